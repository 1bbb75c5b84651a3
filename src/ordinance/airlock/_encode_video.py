# SPDX-License-Identifier: EUPL-1.2
"""Frames of a video set right and encoded anew: a part of the worker that rebuilds videos, and loaded nowhere else.

Reads packets of a video track; writes H.264. Frames come out upright, with square pixels, 8 bit 4:2:0 in BT.709, none
between the others in time, one every so often. Cannot know what is seen.

Sources: ITU-T H.273 (colours), FFmpeg's documentation of `scale` and of x264's options.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import av.filter
from av.codec.context import Flags

from ordinance.airlock._apart import THREADS, Progress, StopError
from ordinance.airlock._mp4 import Track, Writer, video_entry
from ordinance.airlock._nal import PPS, SPS, kind_of, slices, units_of_stream
from ordinance.airlock._video import BT709, FULL, LIMITED, RATES, Asked, Step, matrix_of, small, turn_of
from ordinance.airlock._window import Window

# Numbers of H.273 and the names that FFmpeg has for them.
_WIDE, _HDR = {9: "bt2020", 11: "smpte431", 12: "smpte432"}, frozenset({16, 18})  # SMPTE ST 2084 and HLG



class Encoded:
    """Frames decoded, set right by filters, spread evenly in time and encoded anew."""

    def __init__(
        self, video: Any, window: Window | None, writer: Writer, asked: Asked, notes: set[str], told: Progress
    ) -> None:
        self._tick, self._window, self._writer = video.time_base, window, writer
        self._asked, self._notes, self._told = asked, notes, told
        self.rate = even_rate(video.average_rate or video.guessed_rate)
        self._of = int((video.duration or 0) * video.time_base * self.rate)
        self._place = writer.add(Track(self.rate.numerator, self.rate.denominator, b""))
        self._shape: tuple[Any, ...] = ()
        self._first: Fraction | None = None
        self._held: tuple[int, Any] | None = None  # a frame, and its place among those that come out
        self._count = 0
        self._until = Fraction(-1)  # when the last picture goes

    def take(self, step: Step) -> None:
        """What a packet decodes to."""
        packet, self._ratio = step.packet, step.ratio
        if packet.pts is not None and packet.duration and not packet.is_discard:
            self._until = max(self._until, (packet.pts + packet.duration) * packet.time_base)
        for frame in step.frames:
            self._one(frame)

    def _one(self, frame: Any) -> None:
        if frame.is_corrupt or frame.pts is None:
            raise StopError("airlock-cannot-decode")
        shape = (frame.width, frame.height, frame.format.name)
        if not self._shape:
            self._begin(frame)
            self._shape = shape
        if shape != self._shape:
            raise StopError("airlock-changing-picture")
        self._graph.vpush(frame)
        self._pull()

    def _pull(self) -> None:
        """What the filters give by now: some of them look at the next frame before they let one go."""
        while True:
            try:
                frame = self._graph.vpull()
            except (BlockingIOError, EOFError):
                return
            self._spread(frame)

    def _spread(self, frame: Any) -> None:
        """Show the frame before this one for as long as it was shown."""
        at = frame.pts * frame.time_base
        self._first = at if self._first is None else self._first
        place = round((at - self._first) * self.rate)
        if self._held is not None:
            held, last = self._held
            if place != held + 1:
                self._notes.add("rate_made_even")
            self._put(last, max(place - held, 0))
            place = max(place, held)
        self._held = (place, frame)

    def _put(self, frame: Any, times: int) -> None:
        if self._count + times > min(self._asked.frames, int(self._asked.seconds * self.rate)):
            raise StopError("airlock-too-many-frames")
        for _ in range(times):
            frame.pts, frame.time_base, frame.pict_type = self._count, 1 / self.rate, 0
            self._count += 1
            self._write(self._encoder.encode(frame))
            if self._count % 8 == 0:
                self._told(self._count, max(self._of, self._count))

    def _write(self, packets: Sequence[Any]) -> None:
        for packet in packets:
            content, key = slices(units_of_stream(bytes(packet)), *self._parameters)
            self._writer.sample(self._place, content, key=key)

    def end(self) -> None:
        """The last frame, and what the encoder holds back."""
        if self._shape:
            self._graph.vpush(None)
            self._pull()
        if self._held is not None and self._first is not None:
            place, last = self._held
            times = max(round((self._until - self._first) * self.rate) - place, 1)
            if times > 1:
                self._notes.add("rate_made_even")
            self._put(last, times)
            self._write(self._encoder.encode(None))

    def _begin(self, frame: Any) -> None:
        """Filters and encoder, now that a frame shows what comes."""
        self._graph, width, height = _filters(
            frame, self._tick, self._ratio, self._window, self._asked, self._notes
        )
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
        encoder.framerate, encoder.time_base = self.rate, 1 / self.rate
        encoder.gop_size, encoder.max_b_frames, encoder.thread_count = round(2 * self.rate), 0, THREADS
        encoder.color_primaries = encoder.color_trc = encoder.colorspace = BT709
        encoder.color_range = LIMITED
        encoder.flags |= Flags.bitexact | Flags.global_header | Flags.closed_gop
        encoder.options = {"preset": "veryfast", "profile": "high", "crf": "20", "a53cc": "0"}
        encoder.open()
        self._encoder = encoder
        units = {kind_of(unit): unit for unit in units_of_stream(bytes(encoder.extradata or b""))}
        self._parameters = (units[SPS], units[PPS])
        track = self._writer.tracks[self._place]
        track.width, track.height = width, height
        track.entry = video_entry(width, height, self._parameters, tagged=True)


def even_rate(given: Fraction | None) -> Fraction:
    """The usual rate that a video has, or a multiple of its own that is usual; otherwise the nearest."""
    rate = Fraction(given or 25)
    for times in range(1, 61):
        near = min(RATES, key=lambda one: abs(one - rate * times))
        if abs(near - rate * times) * 200 <= near:
            return near
    return min(RATES, key=lambda one: abs(one - rate))


def _filters(
    frame: Any, tick: Fraction, ratio: Fraction, window: Window | None, asked: Asked, notes: set[str]
) -> tuple[Any, int, int]:
    """What sets frames right, and the size they have then."""
    turn = turn_of(frame)
    width, height = frame.width, frame.height
    stages: list[tuple[str, str]] = []
    if frame.interlaced_frame:
        notes.add("deinterlaced")
        stages.append(("bwdif", "mode=send_frame:deint=all"))
    if window is not None:
        if window.of != (width, height):
            raise StopError("airlock-odd-crop")
        notes.add("edges_cropped")
        stages.append(("crop", f"{window.width}:{window.height}:{window.left}:{window.top}"))
        width, height = window.width, window.height
    wide = round(width * ratio)
    if wide != width:
        notes.add("pixels_made_square")
    small(wide, height, asked)
    size = (wide - wide % 2, height - height % 2)
    if wide == width and size != (width, height):
        stages.append(("crop", f"{size[0]}:{size[1]}:0:0"))
    if min(size) < 16:
        raise StopError("airlock-cannot-decode")
    stages.append(("scale", _scaling(frame, size, notes)))
    stages += [("format", "yuv420p"), ("setsar", "1"), *turn]
    if turn:
        notes.add("orientation_applied")
    graph = av.filter.Graph()
    graph.threads = THREADS
    last = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=tick)
    for name, options in (*stages, ("buffersink", "")):
        stage = graph.add(name, options) if options else graph.add(name)
        last.link_to(stage)
        last = stage
    graph.configure()
    turned = any(name == "transpose" for name, _ in turn)
    return graph, *(size[::-1] if turned else size)


def _scaling(frame: Any, size: tuple[int, int], notes: set[str]) -> str:
    """Options of `scale`: from the colours that the frame says it has, to BT.709."""
    matrix = matrix_of(frame)
    full = int(frame.color_range) == FULL or frame.format.name.startswith("yuvj")
    wide, curve = _WIDE.get(int(frame.color_primaries)), int(frame.color_trc)
    bright = curve in _HDR
    options = f"{size[0]}:{size[1]}:flags=bicubic+accurate_rnd+full_chroma_int+bitexact:out_color_matrix=bt709"
    options += f":in_range={'full' if full else 'limited'}:out_range=limited"
    if not frame.format.is_rgb:
        options += f":in_color_matrix={matrix}"
    if wide or bright:
        options += f":in_primaries={wide or 'bt2020'}:out_primaries=bt709"
        options += f":in_transfer={curve if bright else BT709}:out_transfer=bt709:intent=perceptual"
    if bright:
        notes.add("brightness_reduced")
    if wide or bright or full or matrix != "bt709":
        notes.add("colours_to_bt709")
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        notes.add("format_reduced")
    return options
