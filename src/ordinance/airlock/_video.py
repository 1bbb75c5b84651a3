# SPDX-License-Identifier: EUPL-1.2
"""What encoding a video anew and copying its frames share: how it is opened, its tracks, and how a frame is to be seen.

Reads one open file, an MP4 or MOV. Loaded by the worker of videos alone, for it loads PyAV. Cannot know what is seen
or said.

Sources: ISO/IEC 14496-12 6.2.2 (matrix); ITU-T H.273 (colours); FFmpeg's documentation of `transpose` and of the flag
`unaligned`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
from av.codec.context import Flags
from av.sidedata.sidedata import SideDataContainer, Type
from av.stream import Disposition

from ordinance.airlock._apart import THREADS, StopError, decoding

RATES = [Fraction(*one) for one in ((24000, 1001), (24,), (25,), (30000, 1001), (30,), (50,), (60000, 1001), (60,))]
LONGEST_SIDE = 8192
# Numbers of H.273, and the names that FFmpeg has for them.
BT709, LIMITED, FULL = 1, 1, 2
MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc"}
_SAY_NONE = frozenset({0, 2, 3})  # that of RGB, unknown, reserved
_SIDE_DATA: Any = SideDataContainer  # `frame.side_data` would hold the frame and the frame it; stubs lack its argument
_NO_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails
# Signs of the matrix (a, b, c, d) by which a player shows the picture, and the filters that do the same.
TURNS: dict[tuple[int, ...], tuple[tuple[str, str], ...]] = {
    (1, 0, 0, 1): (),
    (0, 1, -1, 0): (("transpose", "clock"),),
    (0, -1, 1, 0): (("transpose", "cclock"),),
    (-1, 0, 0, -1): (("hflip", ""), ("vflip", "")),
    (-1, 0, 0, 1): (("hflip", ""),),
    (1, 0, 0, -1): (("vflip", ""),),
    (0, 1, 1, 0): (("transpose", "cclock_flip"),),
    (0, -1, -1, 0): (("transpose", "clock_flip"),),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is decoded at most, points of a frame, frames and seconds, and whether frames stay as they are."""

    pixels: int
    frames: int
    seconds: int
    lossless: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A packet, what it decodes to, and how much wider than high a pixel is by what the decoder knew then.

    The decoder may be further on when this is looked at: nobody asks it any more.
    """

    packet: Any
    frames: list[Any]
    ratio: Fraction


def load_all() -> None:
    """Load what PyAV would load when it meets a track of some kind: behind the lock no file is opened any more."""
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def packets_of(given: Any, streams: Sequence[Any]) -> Iterator[Any]:
    """The packets of these tracks, as they lie in the file."""
    with decoding():
        yield from given.demux(*streams)


def frames_of(packet: Any) -> list[Any]:
    """What a packet decodes to."""
    with decoding():
        return list(packet.decode())


def steps_of(given: Any, streams: Sequence[Any], copied: Any = None) -> Generator[Step, None, None]:
    """The packets of these tracks, the first of pictures, as they lie in the file; those of `copied` not decoded."""
    for packet in packets_of(given, streams):
        frames = [] if packet.stream is copied else frames_of(packet)
        yield Step(packet, frames, ratio_of(streams[0].codec_context))


def opened(source: BinaryIO) -> Any:
    """The file as PyAV has it, to be closed again."""
    source.seek(0)
    with decoding():
        return av.open(source, "r", format="mov", metadata_errors="ignore")


def shown(given: Any, video: Any) -> Iterator[Any]:
    """The frames of a track, from where the file stands to its end."""
    for packet in packets_of(given, [video]):
        yield from frames_of(packet)


def tracks(given: Any, asked: Asked, notes: set[str]) -> tuple[Any, Any]:
    """The first video and the first audio track that are switched on; the others are left out, and that is said."""
    videos = [one for one in given.streams.video if not one.disposition & _NO_PICTURES]
    audios = list(given.streams.audio)
    if any(one.disposition & Disposition.default for one in videos):  # where no picture is on, nobody meant the marks
        on = [one for one in (*videos, *audios) if one.disposition & Disposition.default]
        if len(on) < len(videos) + len(audios):
            notes.add("switched_off_dropped")
        videos, audios = ([one for one in ours if one in on] for ours in (videos, audios))
    video = next(iter(videos), None)
    if video is None:
        raise StopError("airlock-no-picture")
    audio = next((one for one in audios if one.codec_context is not None), None)
    if audio is None and audios:
        raise StopError("airlock-cannot-decode")
    lengths = [one.duration * one.time_base for one in (video, audio) if one is not None and one.duration]
    if max(lengths, default=Fraction(0)) > asked.seconds:
        raise StopError("airlock-too-many-frames")
    if len(given.streams) > 1 + (audio is not None):
        notes.add("tracks_dropped")
    if given.metadata or any(one.metadata for one in given.streams):
        notes.add("metadata_dropped")
    decoder = video.codec_context
    if decoder is None:  # of a coding that has no decoder here
        raise StopError("airlock-cannot-decode")
    small(decoder.width, decoder.height, asked)
    decoder.thread_count = THREADS
    decoder.flags |= Flags.unaligned  # or what the stream crops away on the left comes back up to 63 points wide
    decoder.options = {"max_pixels": str(2 * asked.pixels)}  # of what the stream itself claims, margins included
    return video, audio


def small(width: int, height: int, asked: Asked) -> None:
    """Refuse pictures with more points than asked, or longer than any."""
    if width * height > asked.pixels or max(width, height) > LONGEST_SIDE:
        raise StopError("airlock-too-many-pixels")


def start_of(video: Any) -> Fraction:
    """When the first frame is shown, on the clock of the file."""
    return video.start_time * video.time_base if video.start_time else Fraction(0)


def turn_of(frame: Any) -> tuple[tuple[str, str], ...]:
    """The filters that set a frame upright. Refuses a matrix that does more than turn and mirror."""
    data = _SIDE_DATA(frame).get(Type.DISPLAYMATRIX)
    if data is None:
        return ()
    matrix = [int.from_bytes(bytes(data)[i : i + 4], "little", signed=True) for i in range(0, 36, 4)]
    signs = tuple((value > 0x8000) - (value < -0x8000) for value in (matrix[0], matrix[1], matrix[3], matrix[4]))
    if signs not in TURNS:
        raise StopError("airlock-odd-rotation")
    return TURNS[signs]


def matrix_of(frame: Any) -> str:
    """FFmpeg's name for the matrix of a frame's colours; what players take, where it says none.

    Refuses one that `scale` does not have (YCgCo, BT.2020 of constant luminance and others): by another one blue would
    be shown as green.
    """
    said = int(frame.colorspace)
    if said in _SAY_NONE:
        return "bt709" if min(frame.width, frame.height) >= 720 else "smpte170m"
    if said not in MATRICES:
        raise StopError("airlock-odd-colours")
    return MATRICES[said]


def ratio_of(decoder: Any) -> Fraction:
    """How much wider than high a pixel is."""
    return Fraction(decoder.sample_aspect_ratio or 1) or Fraction(1)
