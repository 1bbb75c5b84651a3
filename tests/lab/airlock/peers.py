# SPDX-License-Identifier: EUPL-1.2
"""What others use to clean pictures and videos, each started as its users start it, and ours, on the same dirty files.

Reads: a file of the corpus. Writes: what the tool made of it, into a folder of its own. Cannot know: whether another
option of the same tool would have done better; the commands are those that guides give, or that mat2 itself runs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import ordinance
from ordinance.model.transfer import Medium

PATIENCE_S = 120
OWN_SOURCE = os.environ | {"PYTHONPATH": str(Path(ordinance.__file__).parents[1])}  # whatever else is installed
PICTURES = frozenset({Medium.JPEG, Medium.PNG, Medium.WEBP})
VIDEOS = frozenset({Medium.MP4, Medium.MOV})
EVERYTHING = PICTURES | VIDEOS

SAVE = "import sys; from PIL import Image; Image.open(sys.argv[1]).save(sys.argv[2])"
REMUX = """
import av, sys
with av.open(sys.argv[1]) as old, av.open(sys.argv[2], "w") as new:
    streams = {s.index: new.add_stream_from_template(s) for s in (*old.streams.video[:1], *old.streams.audio[:1])}
    for packet in old.demux():
        if packet.dts is not None and packet.stream.index in streams:
            packet.stream = streams[packet.stream.index]
            new.mux(packet)
"""
OURS = """
import sys
from datetime import date
from pathlib import Path
from ordinance.operations.airlock_prepare import How, prepare
how, folder = How(lossless=sys.argv[3] == "lossless"), Path(sys.argv[2]).parent
(made,) = prepare([Path(sys.argv[1])], folder, day=date(2026, 1, 1), ids=lambda: "a1b2", how=how)
(folder / made.name).rename(sys.argv[2])
"""
ONE_OF_EACH = "-map 0:v:0 -map 0:a:0? -sn -dn -map_metadata -1 -map_chapters -1"
PLAIN = "-fflags +bitexact -empty_hdlr_name 1 -write_tmcd 0 -movflags +faststart"
NO_SEI = "-bsf:v filter_units=remove_types=6"
ENCODED = "-c:v libx264 -preset veryfast -c:a aac -flags:v +bitexact -flags:a +bitexact"


@dataclass(frozen=True)
class Peer:
    """One way of cleaning."""

    id: str
    program: str
    shown: str  # the command as a person types it
    media: frozenset[Medium]
    command: Callable[[str, str], list[str]]

    @property
    def is_here(self) -> bool:
        """Whether this machine has the program; a stand-in of the same name does not count."""
        return self.version is not None

    @property
    def version(self) -> str | None:
        """What the program says of itself."""
        if self.program == "ordinance":
            return ordinance.__version__
        if self.program in ("pillow", "av"):
            return version(self.program)
        if not (found := shutil.which(self.program)):
            return None
        flag = {"exiftool": "-ver", "mat2": "--version"}.get(self.program, "-version")
        said = subprocess.run([found, flag], capture_output=True, text=True, check=False)
        line = (said.stdout.splitlines() or [""])[0]
        if self.program == "convert":
            return line.removeprefix("Version: ImageMagick ").split()[0] if "ImageMagick" in line else None
        return line.removeprefix("mat2 ").removeprefix("ffmpeg version ").split(" ")[0] or None


@dataclass(frozen=True)
class Cleaned:
    """What came of it: how the program ended, and the file, where it wrote one."""

    code: int
    path: Path | None

    @property
    def claims(self) -> bool:
        """Whether the tool says that it worked."""
        return self.code == 0 and self.path is not None


def _ffmpeg(options: str) -> Callable[[str, str], list[str]]:
    return lambda source, out: ["ffmpeg", "-nostdin", "-v", "error", "-i", source, *options.split(), out]


def _ours(how: str) -> Callable[[str, str], list[str]]:
    return lambda source, out: [sys.executable, "-c", OURS, source, out, how]


def _shown(options: str) -> str:
    return f"ffmpeg -i IN {options} OUT"


COPY, ALL = "-map_metadata -1 -c copy", "-map 0 -map_metadata -1 -c copy"
HARD, ANEW = f"{ONE_OF_EACH} -c copy {NO_SEI} {PLAIN}", f"{ONE_OF_EACH} {ENCODED} {NO_SEI} {PLAIN}"
PEERS = (
    Peer("ordinance", "ordinance", "ordinance airlock prepare IN --out DIR", EVERYTHING, _ours("encode")),
    Peer(
        "ordinance-lossless",
        "ordinance",
        "ordinance airlock prepare IN --out DIR --lossless",
        VIDEOS,
        _ours("lossless"),
    ),
    Peer("mat2", "mat2", "mat2 IN", EVERYTHING, lambda source, _: ["mat2", source]),
    Peer(
        "exiftool",
        "exiftool",
        "exiftool -all= -o OUT IN",
        EVERYTHING,
        lambda source, out: ["exiftool", "-q", "-all=", "-o", out, source],
    ),
    Peer("ffmpeg-copy", "ffmpeg", _shown(COPY), VIDEOS, _ffmpeg(COPY)),
    Peer("ffmpeg-copy-all", "ffmpeg", _shown(ALL), VIDEOS, _ffmpeg(ALL)),
    Peer("ffmpeg-hardened", "ffmpeg", _shown(HARD), VIDEOS, _ffmpeg(HARD)),
    Peer("ffmpeg-encoded", "ffmpeg", _shown(ANEW), VIDEOS, _ffmpeg(ANEW)),
    Peer("pyav", "av", "PyAV: picture and sound remuxed", VIDEOS, lambda s, o: [sys.executable, "-c", REMUX, s, o]),
    Peer("imagemagick", "convert", "convert IN -strip OUT", PICTURES, lambda s, o: ["convert", s, "-strip", o]),
    Peer("pillow", "pillow", "Pillow: open, save", PICTURES, lambda s, o: [sys.executable, "-c", SAVE, s, o]),
)


def clean(peer: Peer, source: Path, folder: Path) -> Cleaned:
    """Runs one tool on a copy of one file. mat2 chooses the name of its output itself."""
    folder.mkdir(parents=True)
    copy = folder / source.name
    shutil.copyfile(source, copy)
    out = folder / f"{copy.stem}.cleaned{copy.suffix}"
    command = peer.command(str(copy), str(out))
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False, cwd=folder, env=OWN_SOURCE)
    return Cleaned(done.returncode, out if out.is_file() and out.stat().st_size else None)
