# SPDX-License-Identifier: EUPL-1.2
"""Small videos for tests, made by PyAV: a bar that wanders, a tone, and what cameras put around them."""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
from av.codec.context import Flags

MARK = "CNRY_f00d"


def film(
    frames: int = 12,
    *,
    size: tuple[int, int] = (160, 90),
    rate: int = 25,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    sound: int | None = 2,
    kind: str = "mp4",
    times: Callable[[int], int] = lambda i: i,
    options: dict[str, str] | None = None,
    ratio: Fraction | None = None,
    flags: Flags | None = None,
    sound_s: float | None = None,
    **colours: int,
) -> bytes:
    """A video of so many frames; `sound` is its number of channels; `times` gives the place of each frame."""
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as made:
        made.metadata["title"], made.metadata["location"] = MARK, "+58.3776+026.7290/"
        video: Any = made.add_stream(codec, rate=rate, options=options or {"bf": "0", "g": "12"})
        video.width, video.height, video.pix_fmt = *size, pix_fmt
        video.metadata["handler_name"] = MARK
        if ratio is not None:
            video.codec_context.sample_aspect_ratio = ratio
        if flags is not None:
            video.codec_context.flags |= flags
        for name, value in colours.items():
            setattr(video.codec_context, name, value)
        audio: Any = None
        if sound is not None:
            audio = made.add_stream("aac", rate=44_100, layout={1: "mono", 2: "stereo", 6: "5.1"}[sound])
            for frame in tone(sound_s or frames / rate, audio.layout.name):
                made.mux(audio.encode(frame))
        for i in range(frames):
            frame = picture(i, size).reformat(format=pix_fmt)
            frame.pts, frame.time_base = times(i), Fraction(1, rate)
            made.mux(video.encode(frame))
        made.mux(video.encode(None))
        if audio is not None:
            made.mux(audio.encode(None))
    return out.getvalue()


def picture(i: int, size: tuple[int, int] = (160, 90)) -> Any:
    """A frame: red left, green right, a white bar that wanders, the upper left corner blue."""
    width, height = size
    frame = av.VideoFrame(width, height, "rgb24")
    plane = frame.planes[0]
    row = bytearray(plane.line_size)
    for x in range(width):
        row[3 * x : 3 * x + 3] = (200, 20, 20) if x < width // 2 else (20, 160, 20)
    bar = 8 + (i * 4) % (width - 16)
    row[3 * bar : 3 * bar + 12] = b"\xff" * 12
    top = bytearray(row)
    top[: 3 * (width // 4)] = bytes((20, 20, 220)) * (width // 4)
    plane.update(bytes(top) * (height // 4) + bytes(row) * (height - height // 4))
    return frame


def tone(seconds: float, layout: str, rate: int = 44_100) -> list[Any]:
    """Sound: silence in the first half, a tone in the second."""
    whole, found = int(seconds * rate), []
    for start in range(0, whole, 1024):
        count = min(1024, whole - start)
        frame = av.AudioFrame(format="fltp", layout=layout, samples=count)
        points = [
            math.sin(t * 2 * math.pi * 440 / rate) / 2 if t > whole / 2 else 0.0 for t in range(start, start + count)
        ]
        for plane in frame.planes:
            plane.update(struct.pack(f"<{count}f", *points).ljust(plane.buffer_size, b"\0"))
        frame.sample_rate, frame.pts = rate, start
        found.append(frame)
    return found


def turned(content: bytes, matrix: tuple[int, int, int, int]) -> bytes:
    """The same video with a matrix in its first track that turns or mirrors it."""
    at = content.index(b"tkhd") + 4 + 40
    a, b, c, d = (value << 16 for value in matrix)
    return content[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + content[at + 36 :]


def switched_on(content: bytes, *numbers: int) -> bytes:
    """The same video with these tracks, counted from 0, switched on, and all others off: no player shows those."""
    made, at = bytearray(content), 0
    for number in range(content.count(b"tkhd")):
        at = content.index(b"tkhd", at) + 4
        made[at + 3] = made[at + 3] & 0xFE | (number in numbers)
    return bytes(made)


def with_box(content: bytes, names: str, more: bytes) -> bytes:
    """The same video with a box more at the end of the last of these, each the first in the one before."""
    made, at = bytearray(content), content.index(b"moov")
    assert at > content.index(b"mdat"), "or samples would lie elsewhere"
    for name in names.split("/"):
        at = content.index(name.encode(), at)
        size = int.from_bytes(content[at - 4 : at], "big")
        made[at - 4 : at] = struct.pack(">I", size + len(more))
    end = at - 4 + size
    return bytes(made[:end]) + more + bytes(made[end:])


def cropped(content: bytes, *numbers: int) -> bytes:
    """The same video with a clean aperture: width, height, shift to the right and down, each a fraction."""
    return with_box(content, "moov/trak/mdia/minf/stbl/stsd/avc1", struct.pack(">I4s8i", 40, b"clap", *numbers))


def two_films() -> bytes:
    """Two tracks of pictures, the first red and the second green, of three frames each."""
    out = io.BytesIO()
    with av.open(out, "w", format="mov") as made:
        tracks: list[Any] = [made.add_stream("libx264", rate=25, options={"bf": "0"}) for _ in range(2)]
        for track in tracks:
            track.width, track.height, track.pix_fmt = 64, 64, "yuv420p"
        for i in range(3):
            for track, point in zip(tracks, (b"\xc8\x14\x14", b"\x14\xa0\x14"), strict=True):
                frame = av.VideoFrame(64, 64, "rgb24")
                frame.planes[0].update(point * (frame.planes[0].buffer_size // 3))
                frame.pts, frame.time_base = i, Fraction(1, 25)
                made.mux(track.encode(frame.reformat(format="yuv420p")))
        for track in tracks:
            made.mux(track.encode(None))
    return out.getvalue()


def frames_of(content: bytes) -> list[Any]:
    """The frames that a player would show."""
    with av.open(io.BytesIO(content), "r", format="mov") as given:
        return list(given.decode(video=0))


def colour(frame: Any, x: float, y: float) -> str:
    """The strongest colour at a place, given as a share of width and height."""
    found = frame.reformat(format="rgb24")
    at = int(y * (found.height - 1)) * found.planes[0].line_size + 3 * int(x * (found.width - 1))
    parts = bytes(found.planes[0])[at : at + 3]
    return ("red", "green", "blue")[parts.index(max(parts))]
