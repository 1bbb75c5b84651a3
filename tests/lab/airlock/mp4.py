# SPDX-License-Identifier: EUPL-1.2
"""MP4: what phones, cameras and editors write, tracks beside picture and sound, what hides in samples, fragments."""

from __future__ import annotations

import struct
from dataclasses import replace

from lab.airlock import packets, tiff
from lab.airlock.boxes import (
    Media,
    Track,
    avc1,
    avcc,
    box,
    descriptor,
    entry,
    esds,
    full,
    mp4a,
    mvhd,
    text_atom,
    trak,
)
from lab.airlock.clips import (
    DELIMITER,
    END,
    FILLER,
    HEIGHT,
    RATE,
    SOUND_FRAME,
    SOUND_RATE,
    WIDTH,
    lengths,
    other_pps,
    sei,
    sound,
    unit,
    video,
    with_data_element,
    with_fill_element,
)
from lab.airlock.jpeg import TEXTS, inner
from lab.airlock.markers import NTP, Form, Sheet

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
OWN = bytes.fromhex("434e5259434e5259434e5259434e5259")


def picture_track(sheet: Sheet, number: int = 1, shift: int = 0) -> Track:
    """H.264 without anything beside its slices, but for the name of the compressor."""
    clip = video(shift)
    one = avc1(WIDTH, HEIGHT, sheet.raw(f"track{number}-codec"), avcc([clip.sps], [clip.pps]))
    samples = [lengths(p) for p in clip.pictures]
    return Track(number, b"vide", RATE, samples, 1, [one], keys=clip.keys, size=(WIDTH, HEIGHT), is_on=not shift)


def sound_track(number: int = 2) -> Track:
    """AAC."""
    tone = sound()
    return Track(number, b"soun", SOUND_RATE, tone.frames, SOUND_FRAME, [mp4a(SOUND_RATE, esds(tone.config))])


def ilst(sheet: Sheet, *more: bytes) -> bytes:
    """The list of iTunes, with a cover that has EXIF of its own."""

    def item(kind: bytes, value: bytes, form: int = 1) -> bytes:
        return box(kind, box(b"data", struct.pack(">II", form, 0), value))

    free = full(b"mean", b"com.apple.iTunes"), full(b"name", b"CNRYKEY")
    return box(
        b"ilst",
        item(b"\xa9nam", sheet.raw("ilst-title")),
        item(b"\xa9ART", sheet.raw("ilst-artist")),
        item(b"\xa9cmt", sheet.raw("ilst-comment")),
        item(b"\xa9too", sheet.raw("ilst-tool")),
        item(b"desc", sheet.raw("ilst-description")),
        box(b"----", *free, box(b"data", struct.pack(">II", 1, 0), sheet.raw("ilst-freeform"))),
        item(b"covr", inner(sheet, "ilst-cover"), 13),
        *more,
    )


def handler(kind: bytes) -> bytes:
    """For a `meta` box."""
    return full(b"hdlr", bytes(4), kind, bytes(12), b"\0")


def keys(sheet: Sheet) -> bytes:
    """Apple's keys, in a box without version as phones write it: the place, the device, and one of nobody's."""
    values = {
        "com.apple.quicktime.location.ISO6709": sheet.spot("keys-location").iso6709.encode(),
        "com.apple.quicktime.make": sheet.raw("keys-make"),
        "com.apple.quicktime.model": sheet.raw("keys-model"),
        "com.apple.quicktime.software": sheet.raw("keys-software"),
        "com.apple.quicktime.creationdate": sheet.date("keys-date").strftime("%Y-%m-%dT%H:%M:%S+0000").encode(),
        f"org.example.{sheet.text('keys-name')}": b"x",
    }
    names = b"".join(struct.pack(">I4s", 8 + len(n), b"mdta") + n.encode() for n in values)
    items = [
        struct.pack(">II", 24 + len(v), n) + box(b"data", struct.pack(">II", 1, 0), v)
        for n, v in enumerate(values.values(), 1)
    ]
    content = handler(b"mdta"), full(b"keys", struct.pack(">I", len(values)), names), box(b"ilst", *items)
    return box(b"meta", *content)


def chapters(sheet: Sheet) -> bytes:
    """Nero's list of chapters."""
    found = b""
    for second in range(2):
        name = sheet.raw(f"chpl-{second + 1}")
        found += struct.pack(">QB", second * 10**7, len(name)) + name
    return full(b"chpl", bytes(4), b"\2", found, version=1)


def spoken(sheet: Sheet, kind: bytes, name: str) -> bytes:
    """A text of 3GPP's user data."""
    return full(kind, struct.pack(">H", UND), sheet.raw(name) + b"\0")


UND = 0x55C4


def user_data(sheet: Sheet) -> bytes:
    """Everything that players show and everything they do not."""
    place = sheet.spot("udta-loci", Form.LOCI).loci
    loci = struct.pack(">H", UND) + sheet.raw("udta-loci-name") + b"\0\0" + place + bytes(4) + b"earth\0"
    wide = sheet.raw("udta-xtra", Form.UTF16LE) + b"\0\0"
    value = struct.pack(">IH", 6 + len(wide), 8) + wide
    name = b"WM/Provider"
    xtra = struct.pack(">I", len(name)) + name + struct.pack(">I", 1) + value
    return box(
        b"udta",
        text_atom(b"\xa9xyz", sheet.spot("udta-xyz").iso6709.encode()),
        text_atom(b"\xa9swr", sheet.raw("udta-swr")),
        full(b"loci", loci),
        *(spoken(sheet, kind, f"udta-{kind.decode()}") for kind in (b"titl", b"auth", b"cprt", b"dscp", b"perf")),
        box(b"Xtra", struct.pack(">I", 4 + len(xtra)) + xtra),
        box(b"CNRY", *(sheet.raw("udta-unknown", form) for form in TEXTS)),
        chapters(sheet),
        full(b"meta", handler(b"mdir") + ilst(sheet)),
    )


def phone() -> tuple[bytes, Sheet]:
    """One picture, one sound, and all that a phone and an editor say about them."""
    sheet = Sheet(1600)
    start = box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")
    start += box(b"uuid", XMP, packets.xmp(sheet, inner(sheet, "xmp-thumbnail")))
    start += box(b"uuid", C2PA, full(b"", b"manifest\0", bytes(8), packets.jumbf(sheet))[8:])
    start += box(b"free", sheet.raw("free"))
    media = Media(len(start) + 8)
    pictures, sounds = picture_track(sheet), sound_track()
    first = list(video().pictures[0])
    told = sei(sheet.raw("sei-first")), sei(b"GPS(" + ", ".join(sheet.spot("sei-gps").decimal()).encode() + b")")
    pictures.samples = [lengths((*told, *first)), *pictures.samples[1:]]
    pictures.more = [box(b"udta", box(b"name", sheet.raw("track-name")))]
    pictures.place(media)
    sounds.place(media)
    moov = box(b"moov", mvhd(sheet, 2), trak(sheet, pictures), trak(sheet, sounds), user_data(sheet), keys(sheet))
    return start + box(b"mdat", bytes(media.data)) + moov, sheet


def gopro(sheet: Sheet, number: int) -> bytes:
    """A second of GoPro's telemetry: its name, where it was."""

    def item(key: bytes, kind: bytes, size: int, data: bytes) -> bytes:
        head = key + kind + struct.pack(">BH", size, len(data) // size)
        return head + data + b"\0" * (-len(data) % 4)

    spot = sheet.spot(f"gpmd-{number}")
    scale = item(b"SCAL", b"l", 4, struct.pack(">5i", 10**7, 10**7, 1000, 1000, 100))
    fix = item(b"GPS5", b"l", 20, struct.pack(">5i", spot.latitude, spot.longitude, 40_000, 0, 0))
    stream = item(b"STRM", b"\0", 1, scale + fix)
    name = item(b"DVNM", b"c", 1, sheet.raw(f"gpmd-name-{number}"))
    return item(b"DEVC", b"\0", 1, name + stream)


def camm(sheet: Sheet, number: int) -> bytes:
    """A fix of Google's camera motion track, type 5."""
    spot = sheet.spot(f"camm-{number}")
    return struct.pack("<HHddd", 0, 5, spot.latitude / 1e7, spot.longitude / 1e7, 40.0)


def cue(text: bytes) -> bytes:
    """A sample of timed text."""
    return struct.pack(">H", len(text)) + text


def texts(sheet: Sheet, quicktime: bool = False) -> list[Track]:
    """Tracks that say where it was second by second, as a subtitle and in GoPro's way, and name its chapters."""
    region = bytes([0, 0, 0, 0, 1, 0xFF]) + bytes(4) + struct.pack(">4h", 0, 0, 20, 100)
    region += struct.pack(">HHHBB", 0, 0, 1, 0, 12) + b"\xff\xff\xff\xff"
    fonts = sheet.raw("tx3g-font")
    tx3g = entry(b"tx3g", region, box(b"ftab", struct.pack(">HHB", 1, 1, len(fonts)), fonts))
    spots = [sheet.spot(f"subtitle-{n}") for n in (1, 2)]
    cues = [cue(f"GPS({', '.join(s.decimal())}) {sheet.text('subtitle-text')}".encode()) for s in spots]
    plain = entry(b"text", bytes(43), b"\0")
    listed = [cue(sheet.raw(f"chapter-{n}")) for n in (1, 2)]
    gmin = box(b"gmin", bytes(16))
    timed = box(b"gmhd", gmin, box(b"text", bytes(36)))
    return [
        Track(3, b"sbtl" if quicktime else b"text", 1, cues, 1, [tx3g]),
        Track(4, b"text", 1, listed, 1, [plain], head=timed, is_on=False),
        Track(5, b"meta", 1, [gopro(sheet, n) for n in (1, 2)], 1, [entry(b"gpmd")]),
    ]


def telemetry(sheet: Sheet) -> list[Track]:
    """Tracks of DJI and Google, of text for machines, and of a clock."""
    gmin = box(b"gmin", bytes(16))
    source = box(b"name", struct.pack(">HH", 24, 0), sheet.raw("tmcd-source"))
    clock = entry(b"tmcd", struct.pack(">IIIIBB", 0, 0, RATE, 1, RATE, 0), source)
    font = sheet.raw("tmcd-font")
    tcmi = full(b"tcmi", bytes(18), bytes([len(font)]), font)
    said = [sheet.raw("mett-sample", form) for form in TEXTS[:2]]
    return [
        Track(6, b"meta", 1, [sheet.raw("djmd-sample"), sheet.raw("djmd-sample", Form.ZLIB)], 1, [entry(b"djmd")]),
        Track(7, b"camm", 1, [camm(sheet, n) for n in (1, 2)], 1, [entry(b"camm")]),
        Track(8, b"meta", 1, said, 1, [entry(b"mett", b"\0" + sheet.raw("mett-type") + b"\0")]),
        Track(9, b"tmcd", RATE, [b"\0\0\0\0"], 50, [clock], head=box(b"gmhd", gmin, box(b"tmcd", tcmi))),
    ]


def camera() -> tuple[bytes, Sheet]:
    """Where it was, in a subtitle and in GoPro's track; chapters, a second picture, a second sound."""
    sheet = Sheet(1700)
    pictures = picture_track(sheet)
    pictures.more = [box(b"tref", box(b"chap", b"\0\0\0\4"))]
    other = picture_track(sheet, 10, 40)
    clip = video(40)
    other.samples = [lengths((sei(sheet.raw("second-video-sei")), *clip.pictures[0])), *other.samples[1:]]
    noise = sound_track(11)
    noise.samples = [with_data_element(noise.samples[0], sheet.raw("second-audio-dse")), *noise.samples[1:]]
    return _movie(sheet, [pictures, sound_track(), *texts(sheet), other, replace(noise, is_on=False)])


def drone() -> tuple[bytes, Sheet]:
    """Telemetry in tracks that few programs know."""
    sheet = Sheet(2200)
    pictures = picture_track(sheet)
    pictures.more = [box(b"tref", box(b"tmcd", b"\0\0\0\x09"))]
    return _movie(sheet, [pictures, sound_track(), *telemetry(sheet)])


def _movie(sheet: Sheet, tracks: list[Track]) -> tuple[bytes, Sheet]:
    start = box(b"ftyp", b"mp42\0\0\0\0mp42isom")
    media = Media(len(start) + 8)
    for track in tracks:
        track.place(media)
    user = box(b"udta", text_atom(b"\xa9xyz", sheet.spot("udta-xyz").iso6709.encode()))
    moov = box(b"moov", mvhd(sheet, 11), *(trak(sheet, t) for t in tracks), user)
    return start + box(b"mdat", bytes(media.data)) + moov, sheet


def odd_pictures(sheet: Sheet) -> Track:
    """H.264 with a message in many kinds of NAL unit, in its parameter sets and behind a slice."""
    clip = video()
    samples = list(clip.pictures)
    last = len(samples) - 1

    def among(number: int, before: list[bytes], behind: list[bytes] | None = None) -> None:
        samples[number] = (*before, *samples[number], *(behind or []))

    among(0, [sei(sheet.raw("sei-first", form)) for form in TEXTS])
    among(24, [sei(sheet.raw("sei-middle")), sei(b"\xb5\0\x31GA94" + sheet.raw("sei-t35"), 4)])
    among(last, [sei(sheet.raw("sei-last")), sei(sheet.raw("sei-unknown-type"), 190)])
    among(5, [unit(DELIMITER, b"\xf0" + sheet.raw("delimiter-tail"))])
    among(7, [clip.sps[:1] + clip.sps[1:] + sheet.raw("sps-in-band")])
    among(9, [other_pps(clip.pps, 9, sheet.raw("pps-in-band"))])
    among(11, [], [unit(FILLER, sheet.raw("filler") + b"\xff\x80")])
    among(13, [unit(30, sheet.raw("nal-30"))])
    among(15, [unit(22, sheet.raw("nal-22"))])
    among(24, [], [unit(END, sheet.raw("end-of-sequence"))])
    samples[17] = (samples[17][0] + sheet.raw("slice-tail"), *samples[17][1:])
    sets = [clip.sps + sheet.raw("avcc-sps-tail")], [clip.pps, other_pps(clip.pps, 7, sheet.raw("avcc-pps"))]
    unknown = box(b"CNRY", sheet.raw("entry-unknown-box"))
    profile = box(b"colr", b"prof", packets.icc(sheet))
    real = avc1(WIDTH, HEIGHT, sheet.raw("codec"), avcc(*sets, sheet.raw("avcc-behind")), profile, unknown)
    unused = avc1(WIDTH, HEIGHT, sheet.raw("entry-unused"), avcc([clip.sps], [clip.pps]))
    group = full(b"sgpd", b"cnry", struct.pack(">II", 32, 1), sheet.raw("sgpd").ljust(32, b"\0"), version=1)
    coded = [lengths(p) for p in samples]
    cut = full(b"elst", struct.pack(">IIII", 1, 2000, 0, 0x10000), sheet.raw("elst-behind", Form.SHORT))
    more = [box(b"edts", cut), box(b"uuid", OWN, sheet.raw("track-uuid")), box(b"free", sheet.raw("track-free"))]
    return Track(
        1, b"vide", RATE, coded, 1, [real, unused], keys=clip.keys, size=(WIDTH, HEIGHT), more=more, table=[group]
    )


def slices() -> tuple[bytes, Sheet]:
    """Nothing but bytes behind the coded end of slices, where decoders stop reading."""
    sheet = Sheet(2320)
    pictures = picture_track(sheet)
    coded = [list(units) for units in video().pictures]
    for number, form in zip((0, 10, 20, 30), TEXTS, strict=True):
        coded[number][-1] += sheet.raw("slice-tail", form) + b"\x80"  # as a slice ends
    pictures.samples = [lengths(tuple(units)) for units in coded]
    return _movie(sheet, [pictures, sound_track()])


def odd_sound(sheet: Sheet) -> Track:
    """AAC with text in its elements and in its descriptors."""
    tone = sound()
    frames = list(tone.frames)
    frames[3] = with_data_element(frames[3], sheet.raw("aac-dse"))
    frames[5] = with_data_element(frames[5], sheet.raw("aac-dse", Form.ZLIB))
    frames[7] = with_fill_element(frames[7], sheet.raw("aac-fil"))
    more = descriptor(0xC0, sheet.raw("esds-private")), descriptor(0x0D, sheet.raw("esds-registration"))
    described = mp4a(SOUND_RATE, esds(tone.config, *more))
    return Track(2, b"soun", SOUND_RATE, frames, SOUND_FRAME, [described])


def odd() -> tuple[bytes, Sheet]:
    """In the samples, between them, in reserved fields, in items beside the movie, behind the last box."""
    sheet = Sheet(1800)
    start = box(b"ftyp", b"isom\0\0\2\0isomavc1" + b"mp41")
    start += box(b"skip", *(sheet.raw("skip", form) for form in TEXTS)) + box(b"wide", sheet.raw("wide"))
    media = Media(len(start) + 8)
    media.add(sheet.raw("mdat-head"))
    pictures, sounds = odd_pictures(sheet), odd_sound(sheet)
    pictures.place(media, between=sheet.raw("mdat-middle", Form.UTF16BE))
    sounds.place(media)
    media.add(sheet.raw("mdat-tail"))
    moov = box(
        b"moov",
        mvhd(sheet, 2, sheet.raw("mvhd-zeroes")),
        trak(sheet, pictures),
        trak(sheet, sounds),
        box(b"free", sheet.raw("moov-free")),
        box(b"uuid", OWN, sheet.raw("moov-uuid", Form.ZLIB)),
        box(b"CNRY", sheet.raw("moov-unknown", Form.UTF16LE)),
    )
    behind = [box(b"mdat", sheet.raw("second-mdat")), items(sheet), box(b"CNRY", sheet.raw("unknown-box"))]
    tail = sheet.raw("after-boxes")
    return start + box(b"mdat", bytes(media.data)) + moov + b"".join(behind) + b"\0\0\0\0" + tail, sheet


def items(sheet: Sheet) -> bytes:
    """Items as HEIF keeps them: one of XMP, one of EXIF, within the box itself."""
    bodies = sheet.raw("item-xmp"), b"\0\0\0\0" + tiff.small_exif(sheet, "item-exif")
    info, where, at = b"", b"", 0
    for number, (kind, body) in enumerate(zip((b"mime", b"Exif"), bodies, strict=True), 1):
        more = b"application/rdf+xml\0" if kind == b"mime" else b""
        name = sheet.raw(f"item-name-{number}") + b"\0"
        info += full(b"infe", struct.pack(">HH4s", number, 0, kind), name, more, version=2)
        where += struct.pack(">HHHHII", number, 1, 0, 1, at, len(body))
        at += len(body)
    return full(
        b"meta",
        handler(b"pict"),
        full(b"iinf", struct.pack(">H", 2), info),
        full(b"iloc", b"\x44\0", struct.pack(">H", 2), where, version=1),
        box(b"idat", *bodies),
    )


def fragments() -> tuple[bytes, Sheet]:
    """A movie in pieces, with what may stand before, in and behind each."""
    sheet = Sheet(1900)
    start = box(b"ftyp", b"iso5\0\0\2\0iso5iso6mp41")
    track = picture_track(sheet)
    track.samples, track.keys = [], ()
    extends = box(b"mvex", full(b"trex", struct.pack(">5I", 1, 1, 1, 0, 0)), box(b"CNRY", sheet.raw("mvex")))
    found = start + box(b"moov", mvhd(sheet, 1), trak(sheet, track), extends)
    pieces = [_piece(sheet, number) for number in (1, 2)]
    sizes = b"".join(struct.pack(">III", len(p), RATE, 0x90000000) for p in pieces)
    index = struct.pack(">IIIIHH", 1, RATE, 0, 0, 0, len(pieces)) + sizes
    found += full(b"sidx", index, sheet.raw("sidx-behind")) + b"".join(pieces)
    access = full(b"tfra", struct.pack(">III", 1, 0, 0))
    size = 8 + len(access) + 16
    return found + box(b"mfra", access, full(b"mfro", struct.pack(">I", size))) + box(b"free", sheet.raw("end")), sheet


def _piece(sheet: Sheet, number: int) -> bytes:
    first = 25 * (number - 1)
    pictures = list(video().pictures[first : first + 25])
    pictures[3] = (sei(sheet.raw(f"fragment-sei-{number}")), *pictures[3])
    message = b"urn:cnry\0" + sheet.raw(f"emsg-value-{number}") + b"\0" + struct.pack(">IIII", RATE, 0, 1, number)
    clock = int((sheet.date(f"prft-{number}") - NTP).total_seconds())
    before = [
        box(b"styp", b"msdh\0\0\0\0msdhmsix"),
        full(b"emsg", message, sheet.raw(f"emsg-data-{number}")),
        full(b"prft", struct.pack(">IIII", 1, clock, 0, 0)),
    ]
    return b"".join(before) + _fragment(sheet, number, first, [lengths(p) for p in pictures])


def _fragment(sheet: Sheet, number: int, first: int, samples: list[bytes]) -> bytes:
    extra = box(b"uuid", OWN, sheet.raw(f"moof-uuid-{number}"))

    def moof(offset: int) -> bytes:
        rows = b"".join(struct.pack(">I", len(s)) for s in samples)
        run = full(b"trun", struct.pack(">IiI", len(samples), offset, 0x02000000), rows, flags=0x205)
        at = full(b"tfdt", struct.pack(">I", first))
        return box(
            b"moof",
            full(b"mfhd", struct.pack(">I", number)),
            box(b"traf", full(b"tfhd", struct.pack(">I", 1), flags=0x20000), at, run),
            extra,
        )

    head = moof(0)
    return moof(len(head) + 8) + box(b"mdat", *samples, sheet.raw(f"fragment-tail-{number}"))
