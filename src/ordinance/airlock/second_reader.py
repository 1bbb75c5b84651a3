# SPDX-License-Identifier: EUPL-1.2
"""ExifTool as a second reader of a rebuilt file: it knows nothing of our checker, and must find nothing unknown.

Reads: what ExifTool says of a file, every embedded and unknown thing shown, tag by tag against a list with a pattern
for each value; its sizes, lengths and tracks against those that our own reading found. Writes nothing. A tag more, a
warning, a value that does not fit, two values, a difference, no answer in time: each is a refusal, and so is a missing
program. Cannot know: what neither reader can see.

The program gets an open file without a name, no settings, nothing of the environment, and limits of memory, processor
time, output and time. Nothing that it is asked makes it open a connection. Checked against ExifTool 12.57 and 13.59.
"""

from __future__ import annotations

import json
import mmap
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ordinance.airlock.structure import Shape, shape_of
from ordinance.model.transfer import Medium, Refusal

_FOUND, _WARNED = "airlock-second-reader-found", "airlock-second-reader-warned"
_DISAGREE = "airlock-readers-disagree"
_OPTIONS = ("-config", "", "-json", "-G1:3:4", "-a", "-ee3", "-U", "-n", "-e", "--System:all")
_WALL_S = 120.0
# Blocks of 512 bytes that it may write, seconds of the processor, kilobytes of memory.
_LIMITED = 'ulimit -f 8192; ulimit -t 100; ulimit -v 2097152; exec "$@"'
_MOST_SAID = 4 << 20

# Groups whose tags have names from ExifTool's own tables, or of boxes and chunks in four letters.
_NAMED_BY_EXIFTOOL = frozenset(
    {"ExifTool", "File", "JFIF", "IFD0", "IFD1", "ExifIFD", "GPS", "InteropIFD", "IPTC", "Photoshop", "QuickTime"}
    | {"RIFF", "ICC-header", "ICC_Profile", "MPF0", "MPImage1", "MPImage2"}
)
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,17})?"
_BYTES = r"\(Binary data [0-9]{1,12} bytes, use -b option to extract\)"
_NO_DATE = "0000:00:00 00:00:00"
_UPRIGHT = "1 0 0 0 1 0 0 0 1"
_SIDES = {"ImageWidth": _NUMBER, "ImageHeight": _NUMBER}


def _group(group: str, tags: Mapping[str, str]) -> dict[str, str]:
    return {f"{group}:{name}": pattern for name, pattern in tags.items()}


def _file(kind: str, ending: str, mime: str) -> dict[str, str]:
    return {
        "ExifTool:ExifToolVersion": r"[0-9]{1,2}\.[0-9]{1,2}",
        **_group("File", {"FileType": kind, "FileTypeExtension": ending, "MIMEType": re.escape(mime)}),
    }


def _track(**own: str) -> dict[str, str]:
    """Tags of a track of either kind, and its own."""
    dates = dict.fromkeys(("TrackCreateDate", "TrackModifyDate", "MediaCreateDate", "MediaModifyDate"), _NO_DATE)
    lengths = dict.fromkeys(("TrackDuration", "MediaTimeScale", "MediaDuration"), _NUMBER)
    tables = dict.fromkeys(("SampleToChunk", "SampleSizes", "ChunkOffset", "TimeToSampleTable"), _BYTES)
    fixed = {"TrackHeaderVersion": "0", "TrackLayer": "0", "MatrixStructure": _UPRIGHT, "MediaHeaderVersion": "0"}
    return {**dates, **lengths, **tables, **fixed, "MediaLanguageCode": "und", **own}


_PICTURES = _track(
    TrackID="1", TrackVolume="0", **_SIDES, HandlerType="vide", GraphicsMode="0", OpColor="0 0 0", CompressorID="avc1",
    SourceImageWidth=_NUMBER, SourceImageHeight=_NUMBER, XResolution="72", YResolution="72", BitDepth="24",
    AVCConfiguration=_BYTES, ColorProfiles="nclx", ColorPrimaries="1", TransferCharacteristics="1",
    MatrixCoefficients="1", QuickTime_ColorRep_0x000a="0", VideoFullRangeFlag="0", VideoFrameRate=_NUMBER,
    SyncSampleTable=_BYTES,
)  # fmt: skip
_SOUND = _track(
    TrackID="2", TrackVolume="1", HandlerType="soun", Balance="0", AudioFormat="mp4a", AudioChannels="[12]",
    AudioBitsPerSample="16", AudioSampleRate=_NUMBER, Unknown_esds=_BYTES,
)  # fmt: skip
_MOVIE = {
    "MajorBrand": "isom", "MinorVersion": r"0\.2\.0", "CompatibleBrands": "isom iso2 avc1 mp41",
    "MovieHeaderVersion": "0", "CreateDate": _NO_DATE, "ModifyDate": _NO_DATE, "TimeScale": "1000",
    "Duration": _NUMBER, "PreferredRate": "1", "PreferredVolume": "1", "MatrixStructure": _UPRIGHT,
    "NextTrackID": "[23]",
    **dict.fromkeys(
        ("PreviewTime", "PreviewDuration", "PosterTime", "SelectionTime", "SelectionDuration", "CurrentTime"), "0"
    ),
    "MediaDataSize": _NUMBER, "MediaDataOffset": _NUMBER, "MediaData": _BYTES,
}  # fmt: skip

# Medium → group and tag as ExifTool names them → what its value must match as a whole.
ALLOWED = MappingProxyType(
    {
        Medium.JPEG: {
            **_file("JPEG", "JPG", "image/jpeg"),
            **_group("File", {**_SIDES, "EncodingProcess": "0", "BitsPerSample": "8", "ColorComponents": "[13]"}),
            "File:YCbCrSubSampling": "[12] [12]",
            **_group("JFIF", {"JFIFVersion": "1 1", "ResolutionUnit": "0", "XResolution": "1", "YResolution": "1"}),
        },
        Medium.PNG: {
            **_file("PNG", "PNG", "image/png"),
            **_group("PNG", {**_SIDES, "BitDepth": "8", "ColorType": "[0246]"}),
            **_group("PNG", dict.fromkeys(("Compression", "Filter", "Interlace"), "0")),
        },
        Medium.WEBP: {
            **_file(r"(?:Extended )?WEBP(?: \(lossless\))?", "WEBP", "image/webp"),
            **_group("RIFF", {**_SIDES, "VP8Version": "[0-3]", "WebP_Flags": "16", "AlphaIsUsed": "[01]"}),
            **_group("RIFF", dict.fromkeys(("HorizontalScale", "VerticalScale"), "0")),
            **_group("RIFF", {"AlphaPreprocessing": "[01]", "AlphaFiltering": "[0-3]", "AlphaCompression": "[01]"}),
        },
        Medium.MP4: {
            **_file("MP4", "MP4", "video/mp4"),
            **_group("QuickTime", _MOVIE),
            **_group("Track1", _PICTURES),
            **_group("Track2", _SOUND),
        },
    }
)
_WHERE_SIDES = {Medium.JPEG: "File", Medium.PNG: "PNG", Medium.WEBP: "RIFF", Medium.MP4: "Track1"}


def check_second(
    path: Path, medium: Medium, program: str = "exiftool", wall_s: float = _WALL_S, *, ours: Shape | None = None
) -> tuple[Refusal, ...]:
    """What a second reader finds in a rebuilt file that is not on its list, or sees otherwise than we do.

    `ours` is what our own reading of the same bytes found, where somebody has it already. Empty when it finds nothing.
    Raises OSError when the file cannot be read.
    """
    found = shutil.which(program)
    if found is None:
        message = "ExifTool is not installed, so nobody checks a second time"
        return (Refusal("file", "airlock-second-reader-missing", message),)
    if medium not in ALLOWED:
        return (Refusal("file", "airlock-no-checker", f"no list says what ExifTool may find in a {medium} file"),)
    with path.open("rb") as stream:
        said = _asked(found, stream.fileno(), wall_s)
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data, memoryview(data) as view:
            read = ours or shape_of(view, medium)
    if said is None:
        message = "ExifTool gave no answer that can be read, or not in time"
        return (Refusal("file", "airlock-second-reader-failed", message),)
    tags, refusals = _listed(said, ALLOWED[medium])
    return (*refusals, *_disagreements(tags, medium, read))


def _asked(program: str, handle: int, wall_s: float) -> list[tuple[str, Any]] | None:
    """Names and values of the tags in one answer about one file; none where there is no such answer."""
    command = ["/bin/sh", "-c", _LIMITED, "sh", program, *_OPTIONS, "--", f"/dev/fd/{handle}"]
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(  # noqa: S603  # a fixed list of arguments; the file has no name in it
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                pass_fds=(handle,),
                timeout=wall_s,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                cwd="/",
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError):
            return None
        out.seek(0)
        text = out.read(_MOST_SAID + 1)
    if done.returncode not in (0, 1) or len(text) > _MOST_SAID:  # 1: it names an error among the tags
        return None
    try:
        (answer,) = json.loads(text, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    pairs = isinstance(answer, list) and all(isinstance(one, tuple) for one in answer)
    return [(name, value) for name, value in answer if name != "SourceFile"] if pairs else None


def _listed(said: Iterable[tuple[str, Any]], allowed: Mapping[str, str]) -> tuple[dict[str, str], list[Refusal]]:
    """The tags that are on the list, as `group:tag`, and a refusal for each other."""
    tags: dict[str, str] = {}
    refusals: list[Refusal] = []
    for full, value in said:
        group, document, *copy, name = full.split(":") if full.count(":") >= 2 else ("", "", full)
        tag, where = f"{group}:{name}", _place(group, full)
        text = " ".join(str(one) for one in value) if isinstance(value, list) else str(value)
        if name in ("Warning", "Error"):
            refusals.append(Refusal(where, _WARNED, "ExifTool finds something wrong with the file"))
        elif document != "Main" or len(copy) > 1 or tag not in allowed:
            refusals.append(Refusal(where, _FOUND, "ExifTool finds what is not on its list"))
        elif tags.get(tag, text) != text:
            refusals.append(Refusal(where, _FOUND, "ExifTool finds a second value"))
        elif re.fullmatch(allowed[tag], text) is None:
            refusals.append(Refusal(where, _FOUND, "ExifTool finds a value that is not on its list"))
        else:
            tags[tag] = text
    return tags, refusals


def _place(group: str, full: str) -> str:
    """Where a tag is, by name only where ExifTool gave it: in PNG, XMP and elsewhere a file names its own tags."""
    if group in _NAMED_BY_EXIFTOOL or re.fullmatch(r"Track[0-9]{1,4}", group):
        return re.sub(r"[^A-Za-z0-9_:-]", "?", full)[:80]
    return re.sub(r"[^A-Za-z0-9_]", "?", group.partition("-")[0])[:20] or "file"


def _disagreements(tags: Mapping[str, str], medium: Medium, ours: Shape | Refusal) -> list[Refusal]:
    """Where the two readers see different things."""
    if isinstance(ours, Refusal):
        return [Refusal("file", _DISAGREE, "ExifTool reads a file that our own checker does not take")]
    group = _WHERE_SIDES[medium]
    expected = {f"{group}:ImageWidth": Fraction(ours.width), f"{group}:ImageHeight": Fraction(ours.height)}
    if ours.duration_s is not None:
        expected |= {"QuickTime:Duration": ours.duration_s, "QuickTime:NextTrackID": Fraction(ours.tracks + 1)}
        if ours.tracks > 1:
            expected |= {
                "Track2:AudioChannels": Fraction(ours.channels),
                "Track2:AudioSampleRate": Fraction(ours.rate_hz),
            }
    theirs = {tag: Fraction(tags[tag]) if tag in tags else None for tag in expected}
    wrong = [tag for tag, value in expected.items() if not _near(theirs[tag], value, tag == "QuickTime:Duration")]
    groups = {tag.partition(":")[0] for tag in tags if tag.startswith("Track")}
    if len(groups) != ours.tracks:
        wrong.append("tracks")
    return [Refusal(tag, _DISAGREE, "ExifTool sees another value than our own checker") for tag in wrong]


def _near(theirs: Fraction | None, ours: Fraction, a_length: bool) -> bool:
    """Whether two readings are one; a length is told in thousandths of a second, rounded up."""
    return theirs is not None and abs(theirs - ours) <= (Fraction(1, 500) if a_length else 0)
