# SPDX-License-Identifier: EUPL-1.2
"""WebP: its chunks for metadata, unknown ones, padding, bytes inside and behind the picture (RFC 9649)."""

from __future__ import annotations

import io
import struct

from lab.airlock import packets, tiff
from lab.airlock.jpeg import TEXTS, inner, picture
from lab.airlock.markers import Form, Sheet
from lab.airlock.png import hide

EXIF, XMP, ALPHA, ICC = 0x08, 0x04, 0x10, 0x20


def chunk(kind: bytes, payload: bytes, padding: bytes = b"\0") -> bytes:
    """A chunk with its length, padded to an even one."""
    return kind + struct.pack("<I", len(payload)) + payload + padding * (len(payload) % 2)


def chunks(data: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """Kind, payload and padding of each, as far as RIFF says."""
    end = min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    found, at = [], 12
    while at + 8 <= end:
        (size,) = struct.unpack_from("<I", data, at + 4)
        found.append((data[at : at + 4], data[at + 8 : at + 8 + size], data[at + 8 + size : at + 8 + size + size % 2]))
        at += 8 + size + size % 2
    return found


def riff(*parts: bytes) -> bytes:
    """The file around its chunks."""
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def canvas(flags: int, width: int, height: int) -> bytes:
    """The extended header."""
    size = b"".join((side - 1).to_bytes(3, "little") for side in (width, height))
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size)


def photo() -> tuple[bytes, Sheet]:
    """Lossy, with every chunk for metadata that the standard provides."""
    sheet = Sheet(1400)
    out = io.BytesIO()
    picture(160, 120).save(out, "WEBP", quality=80)
    bits = next(body for kind, body, _ in chunks(out.getvalue()) if kind == b"VP8 ")
    return riff(
        canvas(EXIF | XMP | ICC, 160, 120),
        chunk(b"ICCP", packets.icc(sheet)),
        chunk(b"VP8 ", bits),
        chunk(b"EXIF", tiff.exif(sheet, "<", inner(sheet, "exif-thumbnail"))),
        chunk(b"XMP ", packets.xmp(sheet, inner(sheet, "xmp-thumbnail"))),
        chunk(b"C2PA", packets.jumbf(sheet)),
    ), sheet


def odd() -> tuple[bytes, Sheet]:
    """Without loss and with transparency: unknown chunks, padding that is not nought, bytes behind picture and file."""
    sheet = Sheet(1500)
    image = picture(64, 48, "RGBA")
    image.putalpha(255)
    hide(image, sheet.raw("transparent-pixels"))
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=True, exact=True)
    bits = next(body for kind, body, _ in chunks(out.getvalue()) if kind == b"VP8L")
    spot = sheet.spot("unknown-gps")
    parts = [canvas(ALPHA, 64, 48), chunk(b"VP8L", bits + sheet.raw("vp8l-behind"))]
    parts += [chunk(b"CNRY", sheet.raw("unknown-chunk", form)) for form in TEXTS]
    parts.append(chunk(b"GPS ", struct.pack("<dd", spot.latitude / 1e7, spot.longitude / 1e7)))
    parts += [chunk(b"PADD", b"x", bytes([letter])) for letter in sheet.raw("padding-bytes")]
    parts.append(chunk(b"EXIF", b"Exif\0\0" + tiff.small_exif(sheet, "exif-second")))
    behind = [sheet.raw("after-riff", form) for form in (Form.ASCII, Form.UTF16LE, Form.UTF16BE, Form.ZLIB)]
    return riff(*parts) + b"\0".join(behind), sheet
