# SPDX-License-Identifier: EUPL-1.2
"""EXIF with a marker in every field that says who, where, when or with what (EXIF 2.32, TIFF 6.0)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from lab.airlock.markers import Form, Sheet

ASCII, SHORT, LONG, RATIONAL, UNDEFINED, BYTE = 2, 3, 4, 5, 7, 1
SIZES = {ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, UNDEFINED: 1, BYTE: 1}

Value = bytes | list["Entry"]
Entry = tuple[int, int, Value]  # tag, type, bytes or another directory


def directory(order: str, entries: Sequence[Entry], at: int, following: int = 0) -> bytes:
    """A directory that stands at byte `at`, with its values behind it and `following` as the offset of the next one."""
    table, values = b"", b""
    behind = at + 2 + 12 * len(entries) + 4
    for tag, kind, value in sorted(entries, key=lambda e: e[0]):
        if isinstance(value, list):
            table += struct.pack(order + "HHII", tag, LONG, 1, behind + len(values))
            values += directory(order, value, behind + len(values))
            continue
        table += struct.pack(order + "HHI", tag, kind, len(value) // SIZES[kind])
        if len(value) <= 4:
            table += value.ljust(4, b"\0")
        else:
            table += struct.pack(order + "I", behind + len(values))
            values += value + b"\0" * (len(value) % 2)
    return struct.pack(order + "H", len(entries)) + table + struct.pack(order + "I", following) + values


def tiff(order: str, first: Sequence[Entry], second: Sequence[Entry] = (), behind: bytes = b"") -> bytes:
    """A TIFF of one or two directories; `behind` are bytes that no directory refers to."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    if not second:
        return head + directory(order, first, 8) + behind
    at = 8 + len(directory(order, first, 8))
    return head + directory(order, first, 8, at) + directory(order, second, at) + behind


def rationals(order: str, *parts: tuple[int, int]) -> bytes:
    """Fractions."""
    return b"".join(struct.pack(order + "II", *p) for p in parts)


def gps(order: str, sheet: Sheet, place: str) -> list[Entry]:
    """Where it was taken."""
    spot = sheet.spot(place)
    return [
        (0, BYTE, b"\2\3\0\0"),
        (1, ASCII, b"N\0"),
        (2, RATIONAL, rationals(order, *spot.rationals(spot.latitude))),
        (3, ASCII, b"E\0"),
        (4, RATIONAL, rationals(order, *spot.rationals(spot.longitude))),
        (0x1B, UNDEFINED, b"ASCII\0\0\0" + sheet.raw(f"{place}-method")),
        (0x1C, UNDEFINED, b"ASCII\0\0\0" + sheet.raw(f"{place}-area")),
    ]


def exif(sheet: Sheet, order: str = "<", thumbnail: bytes = b"", prefix: str = "exif") -> bytes:
    """Everything at once, with a small picture when `thumbnail` is given."""

    def line(tag: int, name: str) -> Entry:
        return tag, ASCII, sheet.raw(f"{prefix}-{name}") + b"\0"

    def xp(tag: int, name: str) -> Entry:
        return tag, BYTE, sheet.raw(f"{prefix}-{name}", Form.UTF16LE) + b"\0\0"

    def date(tag: int, name: str) -> Entry:
        return tag, ASCII, sheet.date(f"{prefix}-{name}").strftime("%Y:%m:%d %H:%M:%S").encode() + b"\0"

    wide = Form.UTF16LE if order == "<" else Form.UTF16BE
    note = b"CNRYCAM\0" + sheet.raw(f"{prefix}-makernote") + b"\0\0" + sheet.raw(f"{prefix}-makernote", Form.ZLIB)
    taken = [
        date(0x9003, "datetimeoriginal"),
        (0x9286, UNDEFINED, b"UNICODE\0" + sheet.raw(f"{prefix}-usercomment", wide)),
        (0x927C, UNDEFINED, note),
        line(0xA420, "imageuniqueid"),
        line(0xA430, "ownername"),
        line(0xA431, "bodyserial"),
        line(0xA435, "lensserial"),
        (0xEA1C, UNDEFINED, b"\x1c\xea\0\0" + sheet.raw(f"{prefix}-padding")),
    ]
    first: list[Entry] = [
        line(0x010D, "documentname"),
        line(0x010E, "description"),
        line(0x010F, "make"),
        line(0x0110, "model"),
        line(0x0131, "software"),
        date(0x0132, "modifydate"),
        line(0x013B, "artist"),
        line(0x013C, "hostcomputer"),
        line(0x8298, "copyright"),
        (0x8769, LONG, taken),
        (0x8825, LONG, gps(order, sheet, f"{prefix}-gps")),
        xp(0x9C9B, "xptitle"),
        xp(0x9C9D, "xpauthor"),
        line(0xC6D3, "private"),
    ]
    second: list[Entry] = []
    if thumbnail:
        length = struct.pack(order + "I", len(thumbnail))
        second = [(0x0103, SHORT, struct.pack(order + "H", 6)), (0x0202, LONG, length)]
        at = 8 + len(directory(order, first, 8))
        picture = at + 2 + 12 * 3 + 4
        second.append((0x0201, LONG, struct.pack(order + "I", picture)))
        return tiff(order, first, second, thumbnail + sheet.raw(f"{prefix}-unreferenced"))
    return tiff(order, first, (), sheet.raw(f"{prefix}-unreferenced"))


def small_exif(sheet: Sheet, place: str) -> bytes:
    """An artist and a place, for pictures inside of others."""
    artist: Entry = (0x013B, ASCII, sheet.raw(f"{place}-artist") + b"\0")
    return tiff(">", [artist, (0x8825, LONG, gps(">", sheet, f"{place}-gps"))])
