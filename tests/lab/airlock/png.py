# SPDX-License-Identifier: EUPL-1.2
"""PNG: its own text chunks, foreign ones, and bytes in and behind the pixels (PNG specification, third edition)."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from lab.airlock import packets, tiff
from lab.airlock.jpeg import TEXTS, inner, picture
from lab.airlock.markers import Form, Sheet

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, payload: bytes) -> bytes:
    """A chunk with its length and checksum."""
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and payload of each, up to the end."""
    found, at = [], len(SIGNATURE)
    while at + 8 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


def screenshot() -> tuple[bytes, Sheet]:
    """Colours with transparency; what editors write, and colours under pixels that are not seen."""
    sheet = Sheet(1200)
    image = picture(160, 120, "RGBA")
    image.putalpha(255)
    hide(image, sheet.raw("transparent-pixels"))
    out = io.BytesIO()
    image.save(out, "PNG")
    parts = chunks(out.getvalue())
    pixels = b"".join(body for kind, body in parts if kind == b"IDAT")
    exif = tiff.exif(sheet, ">", inner(sheet, "exif-thumbnail"))
    profile = zlib.compress(packets.icc(sheet))
    date = sheet.date("time")
    head = [
        chunk(*parts[0]),
        chunk(b"iCCP", sheet.raw("iccp-name") + b"\0\0" + profile),
        chunk(b"pHYs", sheet.raw("phys", Form.SHORT) + b"\0"),
        chunk(b"tIME", struct.pack(">HBBBBB", date.year, date.month, date.day, date.hour, date.minute, date.second)),
        chunk(b"tEXt", b"Author\0" + sheet.raw("text")),
        chunk(b"tEXt", sheet.raw("text-keyword") + b"\0" + b"x"),
        chunk(b"tEXt", b"Comment\0" + ", ".join(sheet.spot("text-gps").decimal()).encode()),
        chunk(b"zTXt", b"Description\0\0" + zlib.compress(sheet.raw("ztxt"))),
        chunk(b"iTXt", b"Title\0\0\0et\0" + sheet.raw("itxt-translated") + b"\0" + sheet.raw("itxt")),
        chunk(b"iTXt", b"Warning\0\1\0et\0\0" + zlib.compress(sheet.raw("itxt-compressed"))),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packets.xmp(sheet, inner(sheet, "xmp-thumbnail"))),
        chunk(b"eXIf", exif),
        chunk(b"IDAT", pixels),
        chunk(b"tEXt", b"Software\0" + sheet.raw("text-late")),
        chunk(b"IEND", b""),
    ]
    return SIGNATURE + b"".join(head), sheet


def erased() -> tuple[bytes, Sheet]:
    """Nothing but what lies under pixels that were rubbed out; no profile, by which colours would be changed anyway."""
    sheet = Sheet(2300)
    image = picture(160, 120, "RGBA")
    image.putalpha(255)
    for row, form in enumerate(TEXTS, 1):
        hide(image, sheet.raw("transparent-pixels", form), 8 * row)
    hide(image, sheet.spot("transparent-pixels-gps").iso6709.encode(), 80)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue(), sheet


def hide(image: Image.Image, text: bytes, row: int = 8) -> None:
    """Writes into the colours of pixels that are wholly transparent, as an eraser leaves them."""
    for number in range(0, len(text) + 2, 3):
        red, green, blue = text.ljust(number + 3, b" ")[number : number + 3]
        image.putpixel((8 + number // 3, row), (red, green, blue, 0))


def _hexed(kind: bytes, payload: bytes) -> bytes:
    """As ImageMagick keeps what PNG has no chunk for."""
    digits = payload.hex().encode()
    lines = b"\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return b"\n" + kind + b"\n" + str(len(payload)).rjust(8).encode() + b"\n" + lines + b"\n"


def odd() -> tuple[bytes, Sheet]:
    """A palette with colours that no pixel has, rare and private chunks, bytes behind every end."""
    sheet = Sheet(1300)
    image = Image.frombytes("P", (64, 48), bytes((x * y) % 7 for y in range(48) for x in range(64)))
    colours = bytes(range(21)) + sheet.raw("palette-unused").ljust(48, b"\0")
    image.putpalette(colours)
    rows = b"".join(b"\0" + image.tobytes()[64 * y : 64 * y + 64] for y in range(48))
    surplus = rows + b"\0" + sheet.raw("rows-too-many").ljust(64, b"\0")
    stream = zlib.compress(surplus, 9) + sheet.raw("idat-behind-stream")
    hexed = _hexed(b"exif", b"Exif\0\0" + tiff.small_exif(sheet, "raw-profile"))
    anim = zlib.compress(b"\0" + sheet.raw("apng-frame").ljust(64, b"\0"))
    parts = [
        chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 3, 0, 0, 0)),
        chunk(b"PLTE", colours),
        chunk(b"caBX", packets.jumbf(sheet)),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(hexed)),
        chunk(b"sPLT", sheet.raw("splt-name") + b"\0\x08" + bytes(6)),
        chunk(b"pCAL", sheet.raw("pcal") + b"\0" + struct.pack(">iiBB", 0, 1, 0, 2) + b"m\0" + b"0\0" + b"1"),
        *(chunk(b"cnRy", sheet.raw("private-chunk", form)) for form in TEXTS),
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 64, 48, 0, 0, 1, 10, 0, 0)),
        chunk(b"IDAT", stream[:200]),
        chunk(b"IDAT", stream[200:]),
        chunk(b"IDAT", sheet.raw("idat-late", Form.UTF16LE)),
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", 1, 64, 1, 0, 0, 1, 10, 0, 0)),
        chunk(b"fdAT", struct.pack(">I", 2) + anim),
        chunk(b"gPSx", struct.pack("<ii", *_ints(sheet, "private-gps"))),
        chunk(b"IEND", b""),
    ]
    behind = [sheet.raw("after-iend", form) for form in TEXTS]
    behind.append(chunk(b"IDAT", zlib.compress(sheet.raw("after-iend-idat").ljust(64, b"\0"))))
    return SIGNATURE + b"".join(parts) + b"\0".join(behind), sheet


def _ints(sheet: Sheet, place: str) -> tuple[int, int]:
    spot = sheet.spot(place)
    return spot.latitude, spot.longitude
