# SPDX-License-Identifier: EUPL-1.2
"""Frames of a video kept as they are (`--lossless`): a part of the worker that rebuilds videos, loaded by it alone.

Reads an H.264 stream that is upright, whole and even already, and copies its slices with its one pair of parameter
sets. Whether the copy shows the same is decided by hashes of the decoded frames of both, not by how it was made.
Cannot know what a slice holds behind its coded end.

Sources: ISO/IEC 14496-15 5.3 (samples, `avcC`); ITU-T H.264 7.4.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, BinaryIO

import av

from ordinance.airlock._apart import Progress, StopError
from ordinance.airlock._mp4 import Track, Writer, video_entry
from ordinance.airlock._nal import OtherUnitError, parameters_of, slices, units_of_sample
from ordinance.airlock._video import (
    BT709,
    LIMITED,
    RATES,
    Asked,
    Step,
    opened,
    packets_of,
    ratio_of,
    shown,
    tracks,
    turn_of,
)
from ordinance.airlock._window import window_of

_BLOCK = 16  # points along a side of what H.264 codes at once


@contextmanager
def _of_slices() -> Iterator[None]:
    """Around what takes the stream apart: with other units in it, it would be another picture without them."""
    try:
        yield
    except OtherUnitError:
        raise StopError("airlock-lossless-units") from None


class Seen:
    """What a player would show of a file: a hash of each frame, and what makes it fit to be copied."""

    def __init__(self) -> None:
        self.digests: list[bytes] = []
        self.rate = Fraction(0)  # frames a second; zero until all were seen

    def look(self, source: BinaryIO, asked: Asked, told: Progress) -> Generator[None, None, None]:
        """Look at one frame after the other; raises StopError for what cannot be decoded, or is not fit."""
        times: list[Fraction] = []
        points = Points()
        with opened(source) as given:
            video, _ = tracks(given, asked, set())
            decoder = video.codec_context
            if decoder.name != "h264":
                raise StopError("airlock-lossless-codec")
            if window_of(source, video.id) is not None:
                raise StopError("airlock-lossless-shape")
            if decoder.pix_fmt != "yuv420p":
                raise StopError("airlock-lossless-format")
            for frame in shown(given, video):
                if frame.is_corrupt or frame.pts is None:
                    raise StopError("airlock-cannot-decode")
                if turn_of(frame) or frame.interlaced_frame or ratio_of(decoder) != 1:
                    raise StopError("airlock-lossless-shape")
                times.append(frame.pts * frame.time_base)
                self.digests.append(points.digest_of(frame))
                if len(times) > asked.frames or times[-1] - times[0] > asked.seconds:
                    raise StopError("airlock-too-many-frames")
                if len(times) % 8 == 0:
                    told(len(times), max(video.frames, len(times)))
                yield
            if max(decoder.coded_width - decoder.width, decoder.coded_height - decoder.height) >= _BLOCK:
                raise StopError("airlock-lossless-shape")  # the stream crops more than its blocks need
            self.rate = exact_rate(times, video.average_rate, video.time_base)


def seen(source: BinaryIO, asked: Asked, told: Progress) -> Seen:
    """All of a file, as `Seen.look` looks at it."""
    found = Seen()
    for _ in found.look(source, asked, told):
        pass
    return found


class Points:
    """Hashes of frames: SHA-256 over their points and their shape, without what lies between the rows."""

    def __init__(self) -> None:
        self._shape: tuple[int, int, str] | None = None
        self._packer: Any = None

    def digest_of(self, frame: Any) -> bytes:
        """The hash of one. Its time is not to be asked for afterwards."""
        shape = (frame.width, frame.height, frame.format.name)
        if shape != self._shape:
            self._packer = av.CodecContext.create("rawvideo", "w")
            self._packer.width, self._packer.height, self._packer.pix_fmt = shape
            self._packer.time_base = frame.time_base
            self._packer.open()
            self._shape = shape
        (packed,) = self._packer.encode(frame)  # one copy of all rows, where Python would take one row after the other
        digest = hashlib.sha256(" ".join(map(str, shape)).encode())
        digest.update(packed)
        return digest.digest()


def likely_rate(source: BinaryIO, asked: Asked) -> Fraction:
    """Frames a second by the times of the packets, before anything was decoded; `Seen` knows better.

    Raises StopError where they do not come evenly, or are too many.
    """
    times: list[Fraction] = []
    with opened(source) as given:
        video, _ = tracks(given, asked, set())
        for packet in packets_of(given, [video]):
            if packet.size and packet.pts is not None:
                times.append(packet.pts * packet.time_base)
            if len(times) > asked.frames:
                raise StopError("airlock-too-many-frames")
        return exact_rate(times, video.average_rate, video.time_base)


def exact_rate(times: Sequence[Fraction], said: Fraction | None, tick: Fraction) -> Fraction:
    """Frames a second. Refuses where they do not come evenly, as far as the file's clock can tell."""
    if not times:
        raise StopError("airlock-no-picture")
    measured = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else said
    rate = Fraction(measured or 25)
    near = min(RATES, key=lambda one: abs(one - rate))
    rate = near if abs(near - rate) * 1000 <= near else rate.limit_denominator(1001)
    slack = max(tick * Fraction(101, 100), Fraction(1, 2000))
    if not 1 <= rate <= 240 or any(abs(at - times[0] - i / rate) > slack for i, at in enumerate(times)):
        raise StopError("airlock-lossless-timing")
    return rate


class Copied:
    """Slices of an H.264 stream as they are, with its one pair of parameter sets."""

    def __init__(self, video: Any, writer: Writer, rate: Fraction) -> None:
        decoder = video.codec_context
        self._writer = writer
        with _of_slices():
            self._length, sps, pps = parameters_of(bytes(decoder.extradata or b""))
        self._parameters = (sps, pps)
        colours = (decoder.color_primaries, decoder.color_trc, decoder.colorspace, decoder.color_range)
        tagged = tuple(map(int, colours)) == (BT709,) * 3 + (LIMITED,)
        entry = video_entry(decoder.width, decoder.height, self._parameters, tagged=tagged)
        self._place = writer.add(Track(rate.numerator, rate.denominator, entry, decoder.width, decoder.height))
        self._last: int | None = None

    def take(self, step: Step) -> None:
        """The slices of a packet."""
        packet = step.packet
        if packet.dts is None and not packet.size:
            return  # the end
        if packet.pts is None or (self._last is not None and packet.pts <= self._last):
            raise StopError("airlock-lossless-timing")  # frames are kept in another order than they are shown in
        self._last = packet.pts
        with _of_slices():
            content, key = slices(units_of_sample(bytes(packet), self._length), *self._parameters)
        self._writer.sample(self._place, content, key=key)

    def end(self) -> None:
        """Nothing is held back."""
