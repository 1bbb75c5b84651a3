# SPDX-License-Identifier: EUPL-1.2
"""A video made anew from its frames and its sound: a worker of the airlock, which with that of sound alone loads PyAV.

Reads one open file, an MP4 or MOV; writes another, an MP4 of one H.264 and at most one AAC track (`_mp4`), by way of a
third that is thrown away. Runs with every way out taken (`_apart`). Answers with numbers and ids alone.

Frames come out upright, with square pixels, 8 bit 4:2:0 in BT.709, none between the others in time, one every so often.
`lossless` copies the slices of an H.264 stream that is all that already, and believes it only where the decoded frames
of both are equal. Sound is always encoded anew. Cannot know what is seen or said.

Sources: ISO/IEC 14496-12 6.2.2 (matrix), ITU-T H.273 (colours), FFmpeg's documentation of `scale` and `transpose`.
"""

from __future__ import annotations

import errno
import hashlib
import importlib
import os
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
import av.filter
from av.codec.context import Flags
from av.sidedata.sidedata import Type
from av.stream import Disposition

from ordinance.airlock._apart import OUT_OF_LIMITS, Progress, StopError, serve
from ordinance.airlock._mp4 import Track, Writer, video_entry
from ordinance.airlock._nal import (
    PPS,
    SPS,
    OtherUnitError,
    kind_of,
    parameters_of,
    slices,
    units_of_sample,
    units_of_stream,
)
from ordinance.airlock._rebuild_sound import Sound

THREADS = 2  # always as many: the bytes of an encoder depend on it
RATES = [Fraction(*one) for one in ((24000, 1001), (24,), (25,), (30000, 1001), (30,), (50,), (60000, 1001), (60,))]
LONGEST_SIDE = 8192
_UNNOTICED = Fraction(1, 10)  # seconds of sound behind the last picture that nobody misses
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
# Numbers of H.273 and the names that FFmpeg has for them.
MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
_WIDE, _HDR = {9: "bt2020", 11: "smpte431", 12: "smpte432"}, frozenset({16, 18})  # SMPTE ST 2084 and HLG
_BT709, _LIMITED, _FULL = 1, 1, 2


@dataclass(frozen=True, slots=True)
class _Asked:
    pixels: int  # of a frame
    frames: int
    seconds: int
    lossless: bool


def work(request: Mapping[str, Any], files: Sequence[int], told: Progress) -> dict[str, Any]:
    """Rebuild `files[0]` into `files[1]` by way of `files[2]`: size, frames, rate, and what was changed on the way."""
    pixels, frames, seconds = (int(request[name]) for name in ("pixels", "frames", "seconds"))
    asked = _Asked(pixels, frames, seconds, bool(request["lossless"]))
    given, new, passing = (os.dup(one) for one in files)
    with os.fdopen(given, "rb") as source, os.fdopen(new, "w+b") as out, os.fdopen(passing, "w+b") as scratch:
        try:
            _whole(source)
            return _rebuilt(source, out, scratch, asked, told)
        except (MemoryError, StopError):
            raise
        except OtherUnitError:
            raise StopError("airlock-lossless-units") from None
        except OSError as error:
            raise StopError(OUT_OF_LIMITS if error.errno == errno.EFBIG else "airlock-cannot-decode") from None
        except Exception:  # whatever a decoder says of foreign bytes means the same: it cannot be decoded
            raise StopError("airlock-cannot-decode") from None


def _whole(source: BinaryIO) -> None:
    """Refuse a file whose outer boxes do not end where it ends: it was cut, or its sizes lie."""
    end, at = source.seek(0, os.SEEK_END), 0
    while at < end:
        source.seek(at)
        head = source.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size == 0 and len(head) >= 8:
            size = end - at
        if size < 8 or at + size > end:
            raise StopError("airlock-cannot-decode")
        at += size
    source.seek(0)


def _rebuilt(source: BinaryIO, out: BinaryIO, scratch: BinaryIO, asked: _Asked, told: Progress) -> dict[str, Any]:
    notes: set[str] = set()
    before = _Seen(source, asked, told) if asked.lossless else None
    with _opened(source) as given:
        video, audio = _tracks(given, asked, notes)
        writer = Writer(scratch)
        pictures: _Copied | _Encoded
        pictures = _Copied(video, writer, before) if before else _Encoded(video, writer, asked, notes, told)
        sound = Sound(audio, writer, asked.seconds, notes, _start(video)) if audio else None
        for packet in given.demux([one for one in (video, audio) if one is not None]):
            if packet.stream is video:
                pictures.take(packet)
            elif sound is not None:
                sound.take(packet)
        pictures.end()
        if sound is not None:
            sound.end()
    if not writer.tracks[0].sizes:
        raise StopError("airlock-no-picture")
    writer.tracks = [track for track in writer.tracks if track.sizes]
    lengths = [Fraction(track.duration, track.scale) for track in writer.tracks]
    if lengths[-1] - lengths[0] > _UNNOTICED:
        notes.add("sound_goes_on")
    if before is not None:
        notes.add("frames_copied")
    writer.finish(out)
    out.flush()
    if before is not None and _Seen(out, asked, told).digests != before.digests:
        raise StopError("airlock-lossless-differs")
    first = writer.tracks[0]
    return {
        "width": first.width,
        "height": first.height,
        "frames": len(first.sizes),
        "rate": [first.scale, first.ticks],
        "sound": len(writer.tracks) > 1,
        "notes": sorted(notes),
    }


def _opened(source: BinaryIO) -> Any:
    source.seek(0)
    return av.open(source, "r", format="mov", metadata_errors="ignore")


def _tracks(given: Any, asked: _Asked, notes: set[str]) -> tuple[Any, Any]:
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
    _small(decoder.width, decoder.height, asked)
    decoder.thread_count = THREADS
    decoder.options = {"max_pixels": str(2 * asked.pixels)}  # of what the stream itself claims, margins included
    return video, audio


def _small(width: int, height: int, asked: _Asked) -> None:
    if width * height > asked.pixels or max(width, height) > LONGEST_SIDE:
        raise StopError("airlock-too-many-pixels")


def _start(video: Any) -> Fraction:
    """When the first frame is shown, on the clock of the file."""
    return video.start_time * video.time_base if video.start_time else Fraction(0)


def _turn(frame: Any) -> tuple[tuple[str, str], ...]:
    """The filters that set a frame upright. Refuses a matrix that does more than turn and mirror."""
    data = frame.side_data.get(Type.DISPLAYMATRIX)
    if data is None:
        return ()
    matrix = [int.from_bytes(bytes(data)[i : i + 4], "little", signed=True) for i in range(0, 36, 4)]
    signs = tuple((value > 0x8000) - (value < -0x8000) for value in (matrix[0], matrix[1], matrix[3], matrix[4]))
    if signs not in TURNS:
        raise StopError("airlock-odd-rotation")
    return TURNS[signs]


def _ratio(decoder: Any) -> Fraction:
    """How much wider than high a pixel is."""
    return Fraction(decoder.sample_aspect_ratio or 1) or Fraction(1)


class _Encoded:
    """Frames decoded, set right by filters, spread evenly in time and encoded anew."""

    def __init__(self, video: Any, writer: Writer, asked: _Asked, notes: set[str], told: Progress) -> None:
        self._video, self._writer, self._asked, self._notes, self._told = video, writer, asked, notes, told
        self.rate = _even_rate(video.average_rate or video.guessed_rate)
        self._of = int((video.duration or 0) * video.time_base * self.rate)
        self._place = writer.add(Track(self.rate.numerator, self.rate.denominator, b""))
        self._shape: tuple[Any, ...] = ()
        self._first: Fraction | None = None
        self._held: tuple[int, Any] | None = None  # a frame, and its place among those that come out
        self._count = 0
        self._until = Fraction(-1)  # when the last picture goes

    def take(self, packet: Any) -> None:
        """What a packet decodes to."""
        if packet.pts is not None and packet.duration and not packet.is_discard:
            self._until = max(self._until, (packet.pts + packet.duration) * packet.time_base)
        for frame in packet.decode():
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
        self._graph, width, height = _filters(frame, self._video, self._asked, self._notes)
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
        encoder.framerate, encoder.time_base = self.rate, 1 / self.rate
        encoder.gop_size, encoder.max_b_frames, encoder.thread_count = round(2 * self.rate), 0, THREADS
        encoder.color_primaries = encoder.color_trc = encoder.colorspace = _BT709
        encoder.color_range = _LIMITED
        encoder.flags |= Flags.bitexact | Flags.global_header | Flags.closed_gop
        encoder.options = {"preset": "veryfast", "profile": "high", "crf": "20", "a53cc": "0"}
        encoder.open()
        self._encoder = encoder
        units = {kind_of(unit): unit for unit in units_of_stream(bytes(encoder.extradata or b""))}
        self._parameters = (units[SPS], units[PPS])
        track = self._writer.tracks[self._place]
        track.width, track.height = width, height
        track.entry = video_entry(width, height, self._parameters, tagged=True)


def _even_rate(given: Fraction | None) -> Fraction:
    """The usual rate that a video has, or a multiple of its own that is usual; otherwise the nearest."""
    rate = Fraction(given or 25)
    for times in range(1, 61):
        near = min(RATES, key=lambda one: abs(one - rate * times))
        if abs(near - rate * times) * 200 <= near:
            return near
    return min(RATES, key=lambda one: abs(one - rate))


def _filters(frame: Any, video: Any, asked: _Asked, notes: set[str]) -> tuple[Any, int, int]:
    """What sets frames right, and the size they have then."""
    turn, ratio = _turn(frame), _ratio(video.codec_context)
    width, height = frame.width, frame.height
    stages: list[tuple[str, str]] = []
    if frame.interlaced_frame:
        notes.add("deinterlaced")
        stages.append(("bwdif", "mode=send_frame:deint=all"))
    wide = round(width * ratio)
    if wide != width:
        notes.add("pixels_made_square")
    _small(wide, height, asked)
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
    last = graph.add_buffer(width=width, height=height, format=frame.format, time_base=video.time_base)
    for name, options in (*stages, ("buffersink", "")):
        stage = graph.add(name, options) if options else graph.add(name)
        last.link_to(stage)
        last = stage
    graph.configure()
    turned = any(name == "transpose" for name, _ in turn)
    return graph, *(size[::-1] if turned else size)


def matrix_of(frame: Any) -> str:
    """FFmpeg's name for the matrix of a frame's colours; what players take, where it says none."""
    return MATRICES.get(int(frame.colorspace), "bt709" if min(frame.width, frame.height) >= 720 else "smpte170m")


def _scaling(frame: Any, size: tuple[int, int], notes: set[str]) -> str:
    """Options of `scale`: from the colours that the frame says it has, to BT.709."""
    matrix = matrix_of(frame)
    full = int(frame.color_range) == _FULL or frame.format.name.startswith("yuvj")
    wide, curve = _WIDE.get(int(frame.color_primaries)), int(frame.color_trc)
    bright = curve in _HDR
    options = f"{size[0]}:{size[1]}:flags=bicubic+accurate_rnd+full_chroma_int+bitexact:out_color_matrix=bt709"
    options += f":in_range={'full' if full else 'limited'}:out_range=limited"
    if not frame.format.is_rgb:
        options += f":in_color_matrix={matrix}"
    if wide or bright:
        options += f":in_primaries={wide or 'bt2020'}:out_primaries=bt709"
        options += f":in_transfer={curve if bright else _BT709}:out_transfer=bt709:intent=perceptual"
    if bright:
        notes.add("brightness_reduced")
    if wide or bright or full or matrix != "bt709":
        notes.add("colours_to_bt709")
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        notes.add("format_reduced")
    return options


class _Seen:
    """What a player would show of a file: a hash of each frame, and what makes it fit to be copied."""

    def __init__(self, source: BinaryIO, asked: _Asked, told: Progress) -> None:
        self.digests: list[bytes] = []
        times: list[Fraction] = []
        with _opened(source) as given:
            video, _ = _tracks(given, asked, set())
            decoder = video.codec_context
            if decoder.name != "h264":
                raise StopError("airlock-lossless-codec")
            if decoder.pix_fmt != "yuv420p":
                raise StopError("airlock-lossless-format")
            for frame in given.decode(video):
                if frame.is_corrupt or frame.pts is None:
                    raise StopError("airlock-cannot-decode")
                if _turn(frame) or frame.interlaced_frame or _ratio(decoder) != 1:
                    raise StopError("airlock-lossless-shape")
                self.digests.append(_digest(frame))
                times.append(frame.pts * frame.time_base)
                if len(times) > asked.frames or times[-1] - times[0] > asked.seconds:
                    raise StopError("airlock-too-many-frames")
                if len(times) % 8 == 0:
                    told(len(times), max(video.frames, len(times)))
            self.rate = _exact_rate(times, video.average_rate, video.time_base)


def _digest(frame: Any) -> bytes:
    """SHA-256 over the points of a frame, row by row, without what lies between the rows."""
    digest = hashlib.sha256(f"{frame.width} {frame.height} {frame.format.name}".encode())
    for plane in frame.planes:
        rows, wide, step = memoryview(plane), plane.width, plane.line_size
        for row in range(plane.height):
            digest.update(rows[row * step : row * step + wide])
    return digest.digest()


def _exact_rate(times: Sequence[Fraction], said: Fraction | None, tick: Fraction) -> Fraction:
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


class _Copied:
    """Slices of an H.264 stream as they are, with its one pair of parameter sets."""

    def __init__(self, video: Any, writer: Writer, seen: _Seen) -> None:
        decoder = video.codec_context
        self._writer = writer
        self._length, sps, pps = parameters_of(bytes(decoder.extradata or b""))
        self._parameters = (sps, pps)
        colours = (decoder.color_primaries, decoder.color_trc, decoder.colorspace, decoder.color_range)
        tagged = tuple(map(int, colours)) == (_BT709,) * 3 + (_LIMITED,)
        entry = video_entry(decoder.width, decoder.height, self._parameters, tagged=tagged)
        rate = seen.rate
        self._place = writer.add(Track(rate.numerator, rate.denominator, entry, decoder.width, decoder.height))
        self._last: int | None = None

    def take(self, packet: Any) -> None:
        """The slices of a packet."""
        if packet.dts is None and not packet.size:
            return  # the end
        if packet.pts is None or (self._last is not None and packet.pts <= self._last):
            raise StopError("airlock-lossless-timing")  # frames are kept in another order than they are shown in
        self._last = packet.pts
        content, key = slices(units_of_sample(bytes(packet), self._length), *self._parameters)
        self._writer.sample(self._place, content, key=key)

    def end(self) -> None:
        """Nothing is held back."""


def load_all() -> None:
    """Load what PyAV would load when it meets a track of some kind: behind the lock no file is opened any more."""
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


if __name__ == "__main__":
    load_all()
    serve(work)
