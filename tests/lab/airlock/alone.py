# SPDX-License-Identifier: EUPL-1.2
"""One dirty part in an otherwise clean file: what is strange in it is that part and nothing else.

Takes the parts of the corpus apart and puts each into a clean file of the same kind, which the caller made, so that a
checker that looks only for the first strange thing has to find every one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from lab.airlock import jpeg, png, webp

Alone = tuple[str, str, bytes]  # a name for the case, what the refusal should name, the file


def in_jpeg(clean: bytes) -> Iterator[Alone]:
    """Each segment that a clean file has not, then bytes between segments, at the end of the scan, behind the file."""
    body = 2 + 2 + int.from_bytes(clean[4:6], "big")  # behind JFIF
    for file, make in (("photo", jpeg.photo), ("odd", jpeg.odd)):
        for number, (marker, whole) in enumerate(segments(make()[0])):
            if marker in range(0xE0, 0xF0) or marker in (0xFE, 0xDC):
                named = "APP0" if marker == 0xE0 else f"{marker:02X}"
                yield f"{file}-{number}-{marker:02X}", named, clean[:body] + whole + clean[body:]
            elif file == "odd" and whole[4] in (3, 0x13):
                yield f"{file}-unused-{marker:02X}", "", clean[:body] + whole + clean[body:]
    yield "between-segments", "", clean[:body] + b"CNRY" + clean[body:]
    yield "scan-tail", "", clean[:-2] + b"\0CNRY" + clean[-2:]
    yield "after-eoi", "", clean + b"CNRY"
    yield "after-eoi-nought", "", clean + b"\0"
    yield "second-picture", "", clean + clean
    yield "fill-bytes", "", clean[:body] + b"\xff\xff" + clean[body:]


def segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and whole segment of each, up to the scan; what lies between them is left out."""
    at = 2
    while data[at + 1] != 0xDA:
        if data[at] != 0xFF:
            at = data.index(b"\xff", at)
            continue
        size = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at + 1], data[at : at + size]
        at += size


def in_png(clean: bytes) -> Iterator[Alone]:
    """Each chunk that a clean file has not, before and behind the pixels; then bytes in and behind them."""
    parts = png.chunks(clean)
    first = next(n for n, (kind, _) in enumerate(parts) if kind == b"IDAT")
    for file, make in (("screenshot", png.screenshot), ("odd", png.odd)):
        for number, (kind, body) in enumerate(png.chunks(make()[0])):
            if kind not in KNOWN_PNG:  # those of the picture itself, and what follows the end
                continue
            for where, at in (("before", first), ("behind", len(parts) - 1)):
                name = f"{file}-{number}-{kind.decode()}-{where}"
                yield name, kind.decode(), written([*parts[:at], (kind, body), *parts[at:]])
    pixels = b"".join(body for kind, body in parts if kind == b"IDAT")
    before, behind = parts[:first], [(b"IEND", b"")]
    yield "idat-behind-stream", "", written([*before, (b"IDAT", pixels + b"CNRY"), *behind])
    yield "idat-late", "", written([*before, (b"IDAT", pixels), (b"IDAT", b"CNRY"), *behind])
    yield "end-with-body", "", written([*before, (b"IDAT", pixels), (b"IEND", b"CNRY")])
    yield "after-iend", "", clean + b"CNRY"
    yield "after-iend-idat", "", clean + png.chunk(b"IDAT", b"CNRY")


KNOWN_PNG = frozenset(
    {b"iCCP", b"pHYs", b"tIME", b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"caBX", b"sPLT", b"pCAL", b"cnRy", b"gPSx"}
    | {b"fcTL", b"fdAT"}
)


def written(parts: list[tuple[bytes, bytes]]) -> bytes:
    """The file of these chunks."""
    return png.SIGNATURE + b"".join(png.chunk(kind, body) for kind, body in parts)


def in_webp(clean: bytes) -> Iterator[Alone]:
    """Each chunk that a clean file has not, behind and before the picture; then bytes in padding and behind the end."""
    inside = clean[12:]
    for file, make in (("photo", webp.photo), ("odd", webp.odd)):
        for number, (kind, body, padding) in enumerate(webp.chunks(make()[0])):
            if kind in (b"VP8 ", b"VP8L", b"VP8X"):
                continue
            whole, name = webp.chunk(kind, body, padding or b"\0"), kind.decode()
            yield f"{file}-{number}-{name}-behind", name, webp.riff(inside, whole)
            yield f"{file}-{number}-{name}-before", name, webp.riff(whole, inside)
    kind, body, _ = webp.chunks(clean)[-1]
    yield "behind-stream", "", webp.riff(webp.chunk(kind, body + b"CNRY"))
    yield "padding", "", webp.riff(webp.chunk(kind, body + b"x" * (1 - len(body) % 2), b"C"))
    yield "after-riff", "", clean + b"CNRY"
    yield "size-too-small", "", clean[:4] + struct.pack("<I", len(clean) - 10) + clean[8:]
    yield "size-too-large", "", clean[:4] + struct.pack("<I", len(clean)) + clean[8:]
