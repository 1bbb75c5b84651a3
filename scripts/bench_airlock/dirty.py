# SPDX-License-Identifier: EUPL-1.2
"""The files that `scripts/bench airlock` is timed on: large, with markers where cameras and editors write.

    dirty.py photo FOLDER WIDTH HEIGHT COPIES
    dirty.py clip FOLDER WIDTH HEIGHT SECONDS
    dirty.py left FILE                        how many markers are in it; what was planted comes on stdin

Prints JSON: the files and what was planted in each, or the number.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from lab.airlock import jpeg  # found by the line above
from lab.airlock.alone import segments  # the same
from lab.airlock.find import Finder  # the same
from lab.airlock.markers import Form, Marker, Sheet  # the same

NOISE = "noise=alls=10:allf=t:all_seed=1"
IDENTIFIER = "c4a21e0b-d0fe-4c5d-9c5f-0f5b6ac2e1d7"


def photo(folder: Path, width: int, height: int, copies: int) -> tuple[list[Path], tuple[Marker, ...]]:
    """A picture with EXIF, XMP, IPTC and the rest of a phone's photo, as several files."""
    drawn = folder / "drawn.jpg"
    picture = f"testsrc2=size={width}x{height},{NOISE}"
    _ffmpeg("-f", "lavfi", "-i", picture, "-frames:v", "1", "-q:v", "3", "-flags", "+bitexact", str(drawn))
    plain = drawn.read_bytes()
    small, sheet = jpeg.photo()
    behind = b"".join(whole for marker, whole in segments(small) if marker in (0xE1, 0xE2, 0xEB, 0xED, 0xFE))
    whole = plain[:20] + behind + plain[20:]
    planted = tuple(m for m in sheet.planted if not m.place.startswith(("mpf-", "motion-", "mvhd-")))
    files = [folder / f"photo-{number}.jpg" for number in range(copies)]
    for file in files:
        file.write_bytes(whole)
    return files, planted


def clip(folder: Path, width: int, height: int, seconds: int) -> tuple[list[Path], tuple[Marker, ...]]:
    """A film with sound, texts, a place, a subtitle that says where it was, and a message within its stream."""
    sheet = Sheet(2400)
    path, spoken = folder / "clip.mp4", folder / "where.srt"
    cues = [
        f"{n}\n00:00:{n - 1:02d},000 --> 00:00:{n - 1:02d},900\nGPS({', '.join(sheet.spot('subtitle').decimal())})\n"
        for n in range(1, 4)
    ]
    spoken.write_text("\n".join(cues), "ascii")
    texts = [f"-metadata {k}={sheet.text('udta-' + k)}" for k in ("title", "artist", "comment", "copyright")]
    texts.append(f"-metadata location={sheet.spot('udta-xyz').iso6709}")
    message = f"h264_metadata=sei_user_data={IDENTIFIER}+{sheet.text('sei')}"
    inputs = ["-f", "lavfi", "-i", f"testsrc2=size={width}x{height}:rate=30:duration={seconds},{NOISE}"]
    inputs += ["-f", "lavfi", "-i", f"sine=frequency=330:sample_rate=48000:duration={seconds}", "-i", str(spoken)]
    options = "-map 0 -map 1 -map 2 -c:v libx264 -preset veryfast -profile:v high -bf 0 -g 60 -pix_fmt yuv420p"
    colours = "-color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv"
    sounds = "-c:a aac -b:a 160k -c:s mov_text"
    _ffmpeg(*inputs, *f"{options} {colours} {sounds} {' '.join(texts)}".split(), "-bsf:v", message, str(path))
    return [path], tuple(sheet.planted)


def left(file: Path, planted: list[list[str]]) -> int:
    """Markers that are in it, by any route."""
    markers = [Marker(int(number), place, Form(form)) for number, place, form in planted]
    return len(Finder(markers, shutil.which("exiftool")).survivors(file))


def main(what: str, folder: Path, *numbers: str) -> None:
    """One of the three."""
    if what == "left":
        print(left(folder, json.load(sys.stdin)))
        return
    files, planted = {"photo": photo, "clip": clip}[what](folder, *map(int, numbers))
    print(json.dumps({"files": list(map(str, files)), "planted": [[m.number, m.place, m.form] for m in planted]}))


def _ffmpeg(*options: str) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *options], check=True, capture_output=True, text=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
