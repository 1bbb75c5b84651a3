# SPDX-License-Identifier: EUPL-1.2
"""Finds markers again, wherever and in whatever form: which are still in a file, and by which routes each was seen.

Routes: `bytes` (as they lie in the file, in UTF-16 both ways, as numbers and texts of coordinates), `zlib` (every
stream at any offset, and those inside them), `base64`, `hex`, `bits` (text across the borders of bytes, in packets of
sound), `libav` (packets of each stream put together, texts of all containers, decoded subtitles), `pillow` (decoded
pixels, palettes, texts), `parts` (what a chunk keeps in pieces), `exiftool` (`-ee3 -u -a`). What is found there is
enough to say that something survived; that nothing was found says no more than that these routes saw nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import subprocess
import warnings
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
from PIL import Image

from lab.airlock import png, webp
from lab.airlock.markers import LATITUDE, MAC, NTP, Form, Marker, Spot, date_of
from ordinance.airlock.media import HEAD, medium_of
from ordinance.model.transfer import Medium

UNKNOWN = "GPS of nobody's"  # near the town hall, but of no planted marker
NAME = re.compile(rb"CNRY_[a-z0-9-]+_\d{4}|CNRY\d{4}")
NAME_LE = re.compile(rb"C\0N\0R\0Y\0_\0(?:[a-z0-9-]\0)+_\0(?:\d\0){4}")
NAME_BE = re.compile(rb"\0C\0N\0R\0Y\0_(?:\0[a-z0-9-])+\0_(?:\0\d){4}")
DEGREES = re.compile(rb"58[.,]377[6-9]\d{0,4}|58,22\.6[5-8]\d+|58(?: deg|\xc2\xb0) ?22' ?(?:39|40)\.\d+")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")
HEX = re.compile(rb"[0-9a-fA-F]{24,}")
ZLIB = re.compile(rb"(?=[\x08\x18\x28\x38\x48\x58\x68\x78].)", re.DOTALL)
MOST = 1 << 22  # bytes that one stream may have, and may unpack to
PIECE = 1 << 12

Seen = dict[str, set[str]]  # what was found: the routes


class Finder:
    """Knows what was planted in one file."""

    def __init__(self, planted: Iterable[Marker], exiftool: str | None = None) -> None:
        """`exiftool` is the program; without it that route is not taken."""
        self.planted = tuple(planted)
        self._exiftool = exiftool
        self._needles = [(needle, m) for m in self.planted for needle in needles(m)]
        self._pairs = [(pair, m) for m in self.planted if m.form is Form.GPS for pair in _pairs(Spot(m.number))]
        self._numbers = {m.number: m for m in self.planted if m.form is Form.GPS}

    def survivors(self, path: Path) -> dict[Marker | str, set[str]]:
        """Each marker that is still there, with the routes it was seen by; strings are what nobody planted here."""
        by_text = {m.text: m for m in self.planted}
        found = {by_text.get(text, text): routes for text, routes in self.seen(path).items()}
        if any(isinstance(m, Marker) and m.form is Form.GPS for m in found):
            found.pop(UNKNOWN, None)  # one of them, rounded by a reader
        return found

    def seen(self, path: Path) -> Seen:
        """The same by texts of markers."""
        found: Seen = defaultdict(set)
        data = path.read_bytes()
        for route, view in (*_unpacked("bytes", data), *_streams(path), *_pixels(path), *_pieces(data)):
            for text in self._texts(view):
                found[text].add(route)
        if self._exiftool:
            for view in _exiftool(self._exiftool, path):
                for text in self._texts(view):
                    found[text].add("exiftool")
        return dict(found)

    def _texts(self, view: bytes) -> Iterator[str]:
        for match in NAME.finditer(view):
            yield match[0].decode()
        for match in NAME_LE.finditer(view):
            yield match[0].decode("utf-16-le")
        for match in NAME_BE.finditer(view):
            yield match[0].decode("utf-16-be")
        for needle, marker in self._needles:
            if needle in view:
                yield marker.text
        for pair, marker in self._pairs:
            if pair.search(view):
                yield marker.text
        if self._numbers:
            for match in DEGREES.finditer(view):
                yield self._nearest(match[0])

    def _nearest(self, text: bytes) -> str:
        """The marker whose coordinate this is; readers leave out noughts at the end, or round."""
        if text.startswith((b"58.", b"58,37")):
            marker = self._numbers.get(round(float(text.replace(b",", b".")) * 1e7) - LATITUDE)
        else:
            marker = next((m for n, m in self._needles if m.form is Form.GPS and n.startswith(text)), None)
        return marker.text if marker else UNKNOWN


def needles(marker: Marker) -> tuple[bytes, ...]:
    """The bytes by which coordinates or a date are known, in every form that a reader or writer of ours uses."""
    if marker.form is Form.GPS:
        return tuple(_gps(Spot(marker.number)))
    if marker.form is Form.LOCI:
        return (Spot(marker.number).loci,)
    if marker.form is Form.DATE:
        date = date_of(marker.number)
        texts = [date.strftime(f).encode() for f in ("%Y:%m:%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")]
        short = struct.pack(">HBBBBB", date.year, date.month, date.day, date.hour, date.minute, date.second)
        wide = struct.pack(">6H", date.year, date.month, date.day, date.hour, date.minute, date.second)
        seconds = [struct.pack(">I", int((date - start) / timedelta(seconds=1))) for start in (MAC, NTP)]
        return (*texts, short, wide, *seconds)
    return ()


def _gps(spot: Spot) -> Iterator[bytes]:
    north, east = spot.latitude, spot.longitude
    yield from (text.encode() for text in (*spot.decimal(), *spot.minutes()))
    for order in "<>":
        for value in (north, east):
            yield b"".join(struct.pack(order + "II", *part) for part in spot.rationals(value))
            yield struct.pack(order + "d", value / 1e7)


def _pairs(spot: Spot) -> Iterator[re.Pattern[bytes]]:
    """Both coordinates as whole numbers of four octets, near each other: one alone is in any large film by chance."""
    for order in "<>":
        north, east = (re.escape(struct.pack(order + "i", value)) for value in (spot.latitude, spot.longitude))
        yield re.compile(north + rb".{0,32}?" + east, re.DOTALL)


def _unpacked(route: str, data: bytes, deep: int = 2) -> Iterator[tuple[str, bytes]]:
    """These bytes, and everything packed inside them."""
    yield route, data
    if not deep:
        return
    for inner in _zlib(data):
        yield from _renamed("zlib", inner, deep)
    for match in BASE64.finditer(data):
        for start in range(4):
            run = match[0][start:].rstrip(b"=")
            run = run[:-1] if len(run) % 4 == 1 else run
            yield from _renamed("base64", base64.b64decode(run + b"=" * (-len(run) % 4)), deep)
    for match in HEX.finditer(re.sub(rb"(?<=[0-9a-f])\n(?=[0-9a-f])", b"", data)):
        for start in range(2):  # a length may stand before, in digits as well
            run = match[0][start:]
            yield from _renamed("hex", binascii.unhexlify(run[: len(run) // 2 * 2]), deep)


def _renamed(route: str, data: bytes, deep: int) -> Iterator[tuple[str, bytes]]:
    if len(data) > 6:
        yield from _unpacked(route, data, deep - 1)


def _zlib(data: bytes) -> Iterator[bytes]:
    """What each stream unpacks to, as far as it goes; chance gives some nonsense as well."""
    whole = memoryview(data)
    for match in ZLIB.finditer(data):
        at = match.start()
        if int.from_bytes(data[at : at + 2], "big") % 31:
            continue
        out = b"".join(_pieces_of(zlib.decompressobj(), whole[at : at + MOST]))
        if out:
            yield out


def _pieces_of(stream: Any, packed: memoryview) -> Iterator[bytes]:
    """What a stream unpacks to. Piece by piece: at its end all that was handed over behind it would be copied."""
    left = MOST
    for start in range(0, len(packed), PIECE):
        try:
            out = stream.decompress(packed[start : start + PIECE], left)
        except zlib.error:
            return
        yield out
        left -= len(out)
        if stream.eof or left <= 0:
            return


def _streams(path: Path) -> Iterator[tuple[str, bytes]]:
    """What libav separates of a video: packets, parameters, texts."""
    with path.open("rb") as file:
        if medium_of(file.read(HEAD)) not in (Medium.MP4, Medium.MOV):
            return
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            yield "libav", _words(container.metadata)
            for chapter in container.chapters():
                yield "libav", _words(chapter["metadata"])
            joined: dict[int, bytearray] = defaultdict(bytearray)
            for stream in container.streams:
                yield "libav", _words(stream.metadata)
                context = getattr(stream, "codec_context", None)
                joined[stream.index] += (getattr(context, "extradata", None) or b"") + b"\n"
            for packet in container.demux():
                joined[packet.stream.index] += bytes(packet)
            for stream in container.streams:
                data = bytes(joined[stream.index])
                yield "libav", data
                yield "libav", data.replace(b"\0\0\3", b"\0\0")
                if stream.type == "audio":
                    number = int.from_bytes(data, "big")
                    for shift in range(1, 8):
                        yield "bits", (number << shift).to_bytes(len(data) + 1, "big")
    except (av.FFmpegError, ValueError, OSError):
        return  # not of its kinds: the other routes have it


def _words(metadata: dict[str, str]) -> bytes:
    return "\n".join(f"{k}={v}" for k, v in metadata.items()).encode(errors="replace")


def _pixels(path: Path) -> Iterator[tuple[str, bytes]]:
    """What Pillow decodes: pixels, palettes, texts, of each picture in the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                for number in range(getattr(image, "n_frames", 1)):
                    image.seek(number)
                    image.load()
                    yield "pillow", image.tobytes()
                    if image.mode == "RGBA":
                        yield from (("pillow", v) for _, v in _unpacked("", image.convert("RGB").tobytes(), 1))
                    if image.palette is not None:
                        yield "pillow", bytes(image.palette.getdata()[1])
                    yield "pillow", "\n".join(f"{k}={v}" for k, v in image.info.items()).encode(errors="replace")
    except (OSError, ValueError, SyntaxError, EOFError):
        return


def _pieces(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What a format keeps in pieces: pixels of PNG over several chunks, the padding of WebP."""
    if data.startswith(png.SIGNATURE):
        joined = b"".join(body for kind, body in png.chunks(data) if kind == b"IDAT")
        yield from (("parts", view) for _, view in _unpacked("parts", joined, 1))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        yield "parts", b"".join(padding for _, _, padding in webp.chunks(data))


def _exiftool(program: str, path: Path) -> Sequence[bytes]:
    """What it lists, and the values that it only names because they are not text."""
    views = []
    for more in (["-n"], ["-b", "--MediaData"]):  # with all of `mdat` as a value it would see everything
        command = [program, "-ee3", "-u", "-a", "-G1", "-s", *more, str(path)]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        views.append(done.stdout)
    return views
