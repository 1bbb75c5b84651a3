# SPDX-License-Identifier: EUPL-1.2
"""Which of the five kinds of media a file is, by its first bytes.

Reads: the first `HEAD` bytes. Cannot know: whether the rest is of that kind; whoever decodes and checks it says so. A
file whose name claims another kind is refused as well, because somebody along the way believes the name.

Sources: ITU-T T.81 B.1.1.3 and B.2.1 (JPEG), the PNG specification 5.2, RFC 9649 2.4 (WebP), ISO/IEC 14496-12 4.3
(`ftyp`), Apple's QuickTime File Format (files before `ftyp` begin with `moov`, `mdat`, `wide`, `free` or `skip`).
"""

from __future__ import annotations

from ordinance.model.transfer import Medium, Refusal

HEAD = 64  # bytes that must be read to tell
ENDINGS = {
    "jpg": Medium.JPEG,
    "jpeg": Medium.JPEG,
    "png": Medium.PNG,
    "webp": Medium.WEBP,
    "mp4": Medium.MP4,
    "m4v": Medium.MP4,
    "mov": Medium.MOV,
    "qt": Medium.MOV,
}

_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"dash"}
)
_OLD_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})


def medium_of(head: bytes) -> Medium | None:
    """The kind of file that begins with these bytes; `None` for any other, an empty one included."""
    if head.startswith(b"\xff\xd8\xff"):
        return Medium.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Medium.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Medium.WEBP
    kind = head[4:8]
    if kind == b"ftyp":
        brand = head[8:12]
        if brand == b"qt  ":
            return Medium.MOV
        return Medium.MP4 if brand in _MP4_BRANDS else None
    return Medium.MOV if kind in _OLD_QUICKTIME else None


def claimed(name: str, medium: Medium) -> tuple[Refusal, ...]:
    """What a file's name claims against what its bytes are: nothing where both agree."""
    stem, _, ending = name.rpartition(".")
    if stem and ENDINGS.get(ending.lower()) is medium:
        return ()
    return (Refusal("name", "airlock-wrong-ending", f"its name does not end as that of a {medium} file does"),)
