# SPDX-License-Identifier: EUPL-1.2
"""MP4 as the airlock writes it: ftyp, moov, mdat; pictures, and sound where there is any; each byte accounted for.

Reads: every box to its last field, and every sample. No box has a size of 64 bits or goes on to the end; dates are
zero, the language is `und`, handlers have no name, and each byte of mdat belongs to one sample. Cannot know: what is
to be seen and heard.

Sources: ISO/IEC 14496-12 4.2 and 8 (boxes), 12.1 (`avc1`'s fields), 12.2; 14496-14 5.6; 14496-15 5.4.2.1;
ISO/IEC 23001-8 (`nclx`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from ordinance.airlock.structure import aac, h264
from ordinance.airlock.structure._strange import (
    CUT,
    DISAGREE,
    FIXED,
    LOOSE,
    ORDER,
    RANGE,
    SIZE,
    UNKNOWN,
    Fields,
    Shape,
    shown,
    want,
)
from ordinance.airlock.structure._tables import Samples, samples

FTYP = b"isom\x00\x00\x02\x00isomiso2avc1mp41"
_SCALE = 1000
_MATRIX = b"".join(one.to_bytes(4, "big") for one in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000))
_UNDETERMINED = b"\x55\xc4"
_VIDEO, _SOUND = b"vide", b"soun"


@dataclass(frozen=True, slots=True)
class _Track:
    shape: Shape
    movie_ticks: int
    samples: Samples
    stream: h264.Stream | None


def check(data: memoryview) -> Shape:
    """The shape of an MP4 of ours; Strange at the first thing that is none of it."""
    parts = _children(data, "", (b"ftyp", b"moov", b"mdat"))
    want(bytes(parts[b"ftyp"]) == FTYP, "ftyp", FIXED, "its brands are not those of ours")
    names = [name for name, _ in _boxes(parts[b"moov"], "moov")]
    want(names in ([b"mvhd", b"trak"], [b"mvhd", b"trak", b"trak"]), "moov", ORDER, "it does not hold what ours does")
    header, *traks = (content for _, content in _boxes(parts[b"moov"], "moov"))
    tracks = [_track(content, number) for number, content in enumerate(traks, 1)]
    _movie(Fields(header, "moov/mvhd"), tracks)
    mdat = len(data) - len(parts[b"mdat"])
    _cover(tracks, mdat, len(data))
    shapes = [_samples(data, track, f"sample {{}} of moov/trak[{number}]") for number, track in enumerate(tracks, 1)]
    sound = shapes[1] if len(shapes) > 1 else Shape(0, 0)
    pictures = shapes[0]
    length = max(shape.duration_s or 0 for shape in shapes)
    return Shape(
        pictures.width, pictures.height, Fraction(length), pictures.frames, len(shapes), sound.channels, sound.rate_hz
    )


def _boxes(data: memoryview, where: str) -> Iterator[tuple[bytes, memoryview]]:
    """Name and content of each box of a part."""
    at = 0
    while at < len(data):
        want(at + 8 <= len(data), where or "file", LOOSE, "bytes stand where a box should")
        size, name = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        here = f"{where}/{shown(name)}" if where else shown(name)
        want(size >= 8, here, SIZE, "it has a size of 64 bits, or goes on to the end, or is smaller than a box")
        want(at + size <= len(data), here, CUT, "it says that it is longer than what holds it")
        yield name, data[at + 8 : at + size]
        at += size


def _children(data: memoryview, where: str, names: tuple[bytes, ...], *optional: bytes) -> dict[bytes, memoryview]:
    """The content of each box of a part, which are these, in this order, each once; some may be missing."""
    found: dict[bytes, memoryview] = {}
    left = list(names)
    for name, content in _boxes(data, where):
        here = f"{where}/{shown(name)}" if where else shown(name)
        want(name in names, here, UNKNOWN, "this box is not among those of ours")
        while left and left[0] != name and left[0] in optional:
            left.pop(0)
        want(left[:1] == [name], here, ORDER, "it stands twice, or not where it belongs")
        left.pop(0)
        found[name] = content
    want(all(one in optional for one in left), where or "file", ORDER, "a box is missing in it")
    return found


def _movie(fields: Fields, tracks: list[_Track]) -> None:
    fields.zeros(12, "version, flags or a date")
    fields.fixed(_SCALE.to_bytes(4, "big"), "the scale of time")
    length = fields.number(4)
    want(length == max(one.movie_ticks for one in tracks), fields.where, DISAGREE, "it is not as long as its tracks")
    fields.fixed(b"\x00\x01\x00\x00\x01\x00", "speed or volume")
    fields.zeros(10, "a reserved field")
    fields.fixed(_MATRIX, "the matrix")
    fields.zeros(24, "a reserved field")
    fields.fixed((len(tracks) + 1).to_bytes(4, "big"), "the number of the next track")
    fields.end()


def _track(content: memoryview, number: int) -> _Track:
    where = f"moov/trak[{number}]"
    parts = _children(content, where, (b"tkhd", b"mdia"))
    media = _children(parts[b"mdia"], f"{where}/mdia", (b"mdhd", b"hdlr", b"minf"))
    handler = _VIDEO if number == 1 else _SOUND
    _handler(Fields(media[b"hdlr"], f"{where}/mdia/hdlr"), handler)
    header = b"vmhd" if number == 1 else b"smhd"
    inside = f"{where}/mdia/minf"
    minf = _children(media[b"minf"], inside, (header, b"dinf", b"stbl"))
    fields = Fields(minf[header], f"{inside}/{shown(header)}")
    fields.fixed(b"\x00\x00\x00\x01" + bytes(8) if number == 1 else bytes(8), "a field")
    fields.end()
    _own_data(minf[b"dinf"], f"{inside}/dinf")
    inside += "/stbl"
    if number == 1:
        stbl = _children(minf[b"stbl"], inside, (b"stsd", b"stts", b"stss", b"stsc", b"stsz", b"stco"))
    else:
        stbl = _children(minf[b"stbl"], inside, (b"stsd", b"stts", b"stsc", b"stsz", b"stco"))
    stream, shape = _entry(stbl[b"stsd"], f"{inside}/stsd", number)
    return _measured(parts[b"tkhd"], media[b"mdhd"], stbl, where, number, stream, shape)


def _measured(
    tkhd: memoryview,
    mdhd: memoryview,
    stbl: Mapping[bytes, memoryview],
    where: str,
    number: int,
    stream: h264.Stream | None,
    shape: Shape,
) -> _Track:
    """A track whose headers and tables agree on how long it is."""
    table = samples(stbl, f"{where}/mdia/minf/stbl")
    fields = Fields(mdhd, f"{where}/mdia/mdhd")
    fields.zeros(12, "version, flags or a date")
    scale = fields.ranged(4, 1, 1 << 20, "the scale of time")
    length = fields.number(4)
    want(length == table.ticks * len(table.places), fields.where, DISAGREE, "it is not as long as its samples")
    fields.fixed(_UNDETERMINED, "the language")
    fields.zeros(2, "a reserved field")
    fields.end()
    rate = Fraction(scale, table.ticks)
    if stream is None:
        same = scale == shape.rate_hz and table.ticks == 1024
        want(same, fields.where, DISAGREE, "its scale is not that of the sound")
    else:
        want(gcd(scale, table.ticks) == 1, fields.where, FIXED, "scale and durations have a common factor")
        want(1 <= rate <= 240, fields.where, RANGE, "the rate of frames is none of ours")
        named = stream.rate is None or stream.rate[0] * table.ticks == 2 * stream.rate[1] * scale
        want(named, fields.where, DISAGREE, "the stream names another rate of frames")
    movie_ticks = -(-length * _SCALE // scale)
    _track_header(Fields(tkhd, f"{where}/tkhd"), number, movie_ticks, shape)
    frames = len(table.places)
    measured = Shape(shape.width, shape.height, Fraction(length, scale), frames, 1, shape.channels, shape.rate_hz)
    return _Track(measured, movie_ticks, table, stream)


def _track_header(fields: Fields, number: int, movie_ticks: int, shape: Shape) -> None:
    fields.fixed(b"\x00\x00\x00\x03" + bytes(8), "version, flags or a date")
    fields.fixed(number.to_bytes(4, "big"), "the track's number")
    fields.zeros(4, "a reserved field")
    want(fields.number(4) == movie_ticks, fields.where, DISAGREE, "it is not as long as its samples")
    fields.zeros(12, "a reserved field, layer or group")
    fields.fixed(b"\x00\x00" if number == 1 else b"\x01\x00", "the volume")
    fields.zeros(2, "a reserved field")
    fields.fixed(_MATRIX, "the matrix")
    same = fields.number(4) == shape.width << 16 and fields.number(4) == shape.height << 16
    want(same, fields.where, DISAGREE, "it is not as large as its pictures")
    fields.end()


def _handler(fields: Fields, kind: bytes) -> None:
    fields.zeros(8, "version, flags or a reserved field")
    fields.fixed(kind, "the kind of track")
    fields.zeros(12, "a reserved field")
    fields.zeros(1, "the name")
    fields.end()


def _own_data(content: memoryview, where: str) -> None:
    parts = _children(content, where, (b"dref",))
    fields = Fields(parts[b"dref"], f"{where}/dref")
    fields.fixed(bytes(4) + b"\x00\x00\x00\x01\x00\x00\x00\x0curl \x00\x00\x00\x01", "where its data are")
    fields.end()


def _entry(content: memoryview, where: str, number: int) -> tuple[h264.Stream | None, Shape]:
    """The one sample entry."""
    fields = Fields(content, where)
    fields.fixed(b"\x00\x00\x00\x00\x00\x00\x00\x01", "version, flags or count")
    name = b"avc1" if number == 1 else b"mp4a"
    entry = _children(content[8:], where, (name,))[name]
    where = f"{where}/{shown(name)}"
    return _avc1(Fields(entry, where)) if number == 1 else (None, _mp4a(Fields(entry, where)))


def _avc1(fields: Fields) -> tuple[h264.Stream, Shape]:
    fields.fixed(bytes(7) + b"\x01" + bytes(16), "a reserved field or the reference to data")
    width, height = fields.number(2), fields.number(2)
    fields.fixed(b"\x00\x48\x00\x00\x00\x48\x00\x00" + bytes(4), "the resolution or a reserved field")
    fields.fixed(b"\x00\x01" + bytes(32), "the count of frames or the compressor")
    fields.fixed(b"\x00\x18\xff\xff", "the depth")
    parts = _children(fields.take(fields.left), fields.where, (b"avcC", b"colr"), b"colr")
    stream = h264.parameter_sets(parts[b"avcC"], f"{fields.where}/avcC")
    want((stream.width, stream.height) == (width, height), fields.where, DISAGREE, "the stream has another size")
    if b"colr" in parts:
        colours = Fields(parts[b"colr"], f"{fields.where}/colr")
        colours.fixed(b"nclx\x00\x01\x00\x01\x00\x01\x00", "the colours")
        colours.end()
    return stream, Shape(width, height)


def _mp4a(fields: Fields) -> Shape:
    fields.fixed(bytes(7) + b"\x01" + bytes(8), "a reserved field or the reference to data")
    channels = fields.number(2)
    fields.fixed(b"\x00\x10" + bytes(4), "the size of samples or a reserved field")
    rate = fields.number(4)
    esds = _children(fields.take(fields.left), fields.where, (b"esds",))[b"esds"]
    said = aac.decoder_config(esds, f"{fields.where}/esds")
    want((rate, channels) == (said[0] << 16, said[1]), fields.where, DISAGREE, "its stream has other channels")
    return Shape(0, 0, None, 1, 1, channels, said[0])


def _cover(tracks: list[_Track], start: int, end: int) -> None:
    """Each byte of mdat belongs to one sample, and no sample lies elsewhere."""
    at = start
    for place, size in sorted(place for track in tracks for place in track.samples.places):
        want(place >= at, "mdat", DISAGREE, "two samples overlap, or one lies outside")
        want(place == at, "mdat", LOOSE, "bytes belong to no sample")
        at += size
    want(at <= end, "mdat", CUT, "a sample reaches beyond the end")
    want(at == end, "mdat", LOOSE, "bytes belong to no sample")


def _samples(data: memoryview, track: _Track, where: str) -> Shape:
    """Every sample of a track, by the rules of its coding."""
    keys = []
    for number, (place, size) in enumerate(track.samples.places, 1):
        content, here = data[place : place + size], where.format(number)
        if track.stream is None:
            aac.frame(content, track.shape.channels, here)
        elif h264.sample(content, track.stream, here):
            keys.append(number)
    if track.stream is not None:
        want(keys[:1] == [1], where.format(1), ORDER, "the first picture is no key picture")
        want(tuple(keys) == track.samples.keys, "moov/trak[1]/mdia/minf/stbl/stss", DISAGREE, "it names other pictures")
    return track.shape
