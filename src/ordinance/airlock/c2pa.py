# SPDX-License-Identifier: EUPL-1.2
"""Whether a given file says that it was made by AI: asked before rebuilding takes those data out.

Reads the bytes of a file that was not checked and parses nothing of it but the lengths of a JPEG's segments: it looks
for the names under which C2PA and IPTC say so, wherever they stand. A file built for a parser cannot lead it astray.

Cannot know whether what is said is true, nor who signed it. Where such data are there and their content cannot be seen
(compressed, or kept elsewhere), that is said too: then a person decides.

Sources: C2PA 2.1, 11.1 (labels and UUIDs of JUMBF boxes), 11.4 (remote manifests), A.3.1 (APP11 of JPEG); IPTC, codes
of the digital source type; ISO/IEC 19566-5 (JUMBF).
"""

from __future__ import annotations

import mmap
from enum import StrEnum
from pathlib import Path

_UUID = b"\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"  # the rest of the UUID of every JUMBF box
_STORE, _COMPRESSED = b"c2pa" + _UUID, b"c2cm" + _UUID
_CLAIM = b"c2pa.claim"
_REMOTE = b"dcterms:provenance"  # in XMP: the store is at an address
_PACKED_XMP = b"XML:com.adobe.xmp\x00\x01"  # in iTXt of PNG, compressed
_MADE = (b"rainedAlgorithmicMedia", b"compositeSynthetic")  # the first also in compositeWithTrainedAlgorithmicMedia
_APP11, _SOS = 0xEB, 0xDA
_CONTINUED = 16  # bytes of CI, En, Z, LBox and TBox, said again in every segment
_MOST_JOINED = 64_000_000  # bytes


class Origin(StrEnum):
    """What the data of a given file say of how it was made."""

    NOTHING_SAID = "nothing_said"
    PRESENT = "present"  # content credentials are there, and do not say AI
    MADE_BY_AI = "made_by_ai"
    UNREADABLE = "unreadable"  # something is said, and what cannot be seen


def origin_of(path: Path) -> Origin:
    """What a file says; raises OSError where it cannot be read."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            return Origin.NOTHING_SAID
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            return find_origin(whole)


def find_origin(data: bytes | mmap.mmap) -> Origin:
    """What these bytes say."""
    joined = _joined(data)
    if any(_says(data, joined, name) for name in _MADE):
        return Origin.MADE_BY_AI
    stored = _says(data, joined, _STORE)
    hidden = _says(data, joined, _COMPRESSED) or data.find(_PACKED_XMP) >= 0
    if hidden or (stored and not _says(data, joined, _CLAIM)) or (not stored and data.find(_REMOTE) >= 0):
        return Origin.UNREADABLE
    return Origin.PRESENT if stored else Origin.NOTHING_SAID


def _says(data: bytes | mmap.mmap, joined: bytes, name: bytes) -> bool:
    return data.find(name) >= 0 or name in joined


def _joined(data: bytes | mmap.mmap) -> bytes:
    """What stands in the APP11 segments of a JPEG file, put together: a name may be cut in two between them."""
    if data[:2] != b"\xff\xd8":
        return b""
    found, at, size = [], 2, 0
    while data[at : at + 1] == b"\xff" and (kind := data[at + 1 : at + 2]) and kind[0] != _SOS and size < _MOST_JOINED:
        length = int.from_bytes(data[at + 2 : at + 4])
        if length < 2:  # not even its own two bytes
            break
        if kind[0] == _APP11:
            found.append(data[at + 4 + _CONTINUED : at + 2 + length])
            size += length
        at += 2 + length
    return b"".join(found)
