# SPDX-License-Identifier: EUPL-1.2
"""JPEG: what cameras and editors write, and what only somebody with a hex editor does.

ITU-T T.81 for segments, JFIF 1.02 for its two kinds of thumbnail, CIPA DC-007 for the second picture (MPF).
"""

from __future__ import annotations

import hashlib
import io
import struct

from PIL import Image

from lab.airlock import packets, tiff
from lab.airlock.boxes import small_mp4
from lab.airlock.markers import Form, Sheet

XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
TEXTS = (Form.ASCII, Form.UTF16LE, Form.UTF16BE, Form.ZLIB)


def picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A pattern that no encoder finds flat, always the same."""
    bands = len(mode)
    values = bytes(
        (x * (3 + band) + y * (5 - band) + (x * y) // (7 + band)) % 256
        for y in range(height)
        for x in range(width)
        for band in range(bands)
    )
    return Image.frombytes(mode, (width, height), values)


def plain(width: int, height: int, quality: int = 85) -> bytes:
    """A JPEG without anything."""
    out = io.BytesIO()
    picture(width, height).save(out, "JPEG", quality=quality)
    return out.getvalue()


def segment(marker: int, payload: bytes) -> bytes:
    """A segment with its length."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", 2 + len(payload)) + payload


def inner(sheet: Sheet, place: str, side: int = 16) -> bytes:
    """A small picture with EXIF and a comment of its own."""
    whole = plain(side, side)
    own = segment(0xE1, b"Exif\0\0" + tiff.small_exif(sheet, place)) + segment(0xFE, sheet.raw(f"{place}-com"))
    return whole[:2] + own + whole[2:]


def photo() -> tuple[bytes, Sheet]:
    """As a phone writes it and an editor adds to it: all in places that standards provide."""
    sheet = Sheet(1000)
    whole = plain(320, 240)
    xmp_more = 'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{guid}"'
    beyond = packets.xmp(sheet, prefix="xmp-extended")
    guid = hashlib.md5(beyond, usedforsecurity=False).hexdigest().upper().encode()
    main = packets.xmp(sheet, inner(sheet, "xmp-thumbnail"), xmp_more.format(guid=guid.decode()))
    profile = packets.icc(sheet)
    manifest = packets.jumbf(sheet)
    head = [
        segment(0xE1, b"Exif\0\0" + tiff.exif(sheet, "<", inner(sheet, "exif-thumbnail"))),
        segment(0xE1, XMP + main),
        segment(0xE1, EXTENDED + guid + struct.pack(">II", len(beyond), 0) + beyond),
        segment(0xE2, b"ICC_PROFILE\0\1\1" + profile),
        segment(0xEB, b"JP" + struct.pack(">HI", 1, 1) + manifest),
        segment(0xED, b"Photoshop 3.0\0" + packets.resources(sheet)),
        segment(0xFE, sheet.raw("com")),
    ]
    second = inner(sheet, "mpf-picture", 64)
    before = whole[:20] + b"".join(head)  # SOI and JFIF stay first
    rest = whole[20:]
    position = len(before) + 8  # where offsets of MPF count from
    length = len(before) + len(segment(0xE2, _mpf(0, 0, 0))) + len(rest)
    start = before + segment(0xE2, _mpf(length, len(second), length - position)) + rest
    return start + second + small_mp4(sheet, "motion-photo"), sheet


def _mpf(first: int, second: int, offset: int) -> bytes:
    entries = struct.pack(">IIIHH", 0x2003_0000, first, 0, 0, 0) + struct.pack(">IIIHH", 0, second, offset, 0, 0)
    return b"MPF\0" + tiff.tiff(
        ">", [(0xB000, tiff.UNDEFINED, b"0100"), (0xB001, tiff.LONG, b"\0\0\0\2"), (0xB002, tiff.UNDEFINED, entries)]
    )


def odd() -> tuple[bytes, Sheet]:
    """What no camera does: comments in four forms, foreign segments, unused tables, bytes between and behind."""
    sheet = Sheet(1100)
    whole = plain(160, 120)
    small = bytes(sheet.raw("jfif-thumbnail")).ljust(48, b" ")
    parts = [b"\xff\xd8", segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\4\4" + small)]
    parts.append(segment(0xE0, b"JFXX\0\x10" + inner(sheet, "jfxx-thumbnail")))
    parts.append(segment(0xE1, b"Exif\0\0" + tiff.small_exif(sheet, "exif-second").ljust(64, b"\0")))
    parts += [segment(0xFE, sheet.raw("com", form)) for form in TEXTS]
    for number in (3, 4, 5, 6, 7, 8, 9, 10, 12, 15):
        parts.append(segment(0xE0 + number, b"CNRYAPP\0" + sheet.raw(f"app{number}")))
    parts.append(segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + sheet.raw("app14-behind")))
    parts.append(sheet.raw("between-segments"))
    parts.append(segment(0xDB, b"\3" + sheet.raw("dqt-unused").ljust(64, b"\1")))
    symbols = sheet.raw("dht-unused")
    parts.append(segment(0xC4, b"\x13" + bytes(15) + bytes([len(symbols)]) + symbols))
    parts.append(segment(0xDC, sheet.raw("dnl")))
    scan = whole[20:-2] + b"\0" + sheet.raw("scan-tail")
    spot = sheet.spot("after-eoi-double")
    behind = [sheet.raw("after-eoi", form) for form in TEXTS]
    behind.append(struct.pack(">dd", spot.latitude / 1e7, spot.longitude / 1e7))
    behind.append(",".join(sheet.spot("after-eoi-text").decimal()).encode())
    return b"".join(parts) + scan + b"\xff\xd9" + b"\0".join(behind), sheet
