# SPDX-License-Identifier: EUPL-1.2
"""MOV: atoms of QuickTime that MP4 does not have, and Apple's keys (QuickTime File Format)."""

from __future__ import annotations

import struct

from lab.airlock import packets
from lab.airlock.boxes import Media, box, full, mac, mvhd, text_atom, trak
from lab.airlock.clips import lengths, sei, video
from lab.airlock.jpeg import TEXTS, inner
from lab.airlock.markers import Form, Sheet
from lab.airlock.mp4 import keys, picture_track, sound_track, telemetry, texts

BRAND = box(b"ftyp", b"qt  \0\0\2\0qt  ")
TEXTS_OF_USER_DATA = (b"\xa9mak", b"\xa9mod", b"\xa9swr", b"\xa9nam", b"\xa9aut", b"\xa9cmt", b"\xa9cpy", b"\xa9inf")


def user_data(sheet: Sheet) -> bytes:
    """International texts, XMP, and atoms of cameras."""
    texts = [text_atom(k, sheet.raw(f"udta-{k[1:].decode('latin-1')}")) for k in TEXTS_OF_USER_DATA]
    day = sheet.date("udta-day").strftime("%Y-%m-%dT%H:%M:%S").encode()
    return box(
        b"udta",
        *texts,
        text_atom(b"\xa9xyz", sheet.spot("udta-xyz").iso6709.encode()),
        text_atom(b"\xa9day", day),
        box(b"XMP_", packets.xmp(sheet, inner(sheet, "xmp-thumbnail"))),
        box(b"CNRY", *(sheet.raw("udta-unknown", form) for form in TEXTS)),
        struct.pack(">I", 0),
    )


def phone() -> tuple[bytes, Sheet]:
    """As a telephone of Apple's writes it: the keys, user data, texts and telemetry in tracks."""
    sheet = Sheet(2000)
    start = BRAND + box(b"wide")
    media = Media(len(start) + 8)
    pictures = picture_track(sheet)
    first = sei(sheet.raw("sei-first"))
    pictures.samples = [lengths((first, *video().pictures[0])), *pictures.samples[1:]]
    pictures.more = [
        box(b"tref", box(b"chap", b"\0\0\0\4"), box(b"tmcd", b"\0\0\0\x09")),
        box(b"udta", text_atom(b"\xa9nam", sheet.raw("track-udta"))),
        box(b"meta", full(b"hdlr", bytes(4), b"mdta", bytes(12), b"\0"), box(b"CNRY", sheet.raw("track-meta"))),
    ]
    all_of = [pictures, sound_track(), *texts(sheet, quicktime=True), *telemetry(sheet)]
    for track in all_of:
        track.place(media)
    moov = box(b"moov", mvhd(sheet, 9), *(trak(sheet, t, True) for t in all_of), user_data(sheet), keys(sheet))
    return start + box(b"mdat", bytes(media.data)) + moov, sheet


def old() -> tuple[bytes, Sheet]:
    """Without a brand, with a preview picture, bytes in and behind the media, and free atoms."""
    sheet = Sheet(2150)
    start = box(b"wide") + box(b"skip", sheet.raw("skip", Form.UTF16BE))
    start += box(b"pnot", mac(sheet.date("pnot")), struct.pack(">H4sH", 0, b"PICT", 1))
    start += box(b"PICT", inner(sheet, "preview"))
    media = Media(len(start) + 8)
    media.add(sheet.raw("mdat-head", Form.ZLIB))
    pictures, sounds = picture_track(sheet), sound_track()
    pictures.place(media, between=sheet.raw("mdat-middle"))
    sounds.place(media)
    media.add(sheet.raw("mdat-tail", Form.UTF16LE))
    moov = box(
        b"moov",
        mvhd(sheet, 2, sheet.raw("mvhd-zeroes")),
        trak(sheet, pictures, True),
        trak(sheet, sounds, True),
        box(b"ctab", struct.pack(">IHH", 0, 0x8000, 0), bytes(8), sheet.raw("colour-table")),
        box(b"free", sheet.raw("moov-free")),
    )
    return start + box(b"mdat", bytes(media.data)) + moov + box(b"free", sheet.raw("end", Form.UTF16BE)), sheet
