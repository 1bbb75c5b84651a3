# SPDX-License-Identifier: EUPL-1.2
"""Texts of Exif data, with the names that are asked for here.

Reads: bytes that anybody may have made: the first directory and that of Exif, each entry once, and of all texts
together so many bytes as the caller allows. Cannot know: what stands in thumbnails, in GPS data and in the notes of
makers, which nobody here asks for.

Sources: TIFF 6.0 section 2 (header, directories, entries); Exif 3.0 4.6.3 and 4.6.6.5.9 (`UserComment`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ordinance.airlock._generators import COMMENT, FIELD
from ordinance.airlock._jumbf import UnreadableError

_EXIF_DIRECTORY, _USER_COMMENT = 0x8769, 0x9286
_TEXTS = frozenset({1, 2, 7})  # kinds of values: bytes, letters, anything
_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\x00": "little", b"MM\x00*": "big"}


def texts_of(data: memoryview, most: int) -> Iterator[tuple[str, bytes]]:
    """The texts of Exif data, each as `UserComment` or as `Exif`; what ends too soon is given to its end.

    Raises UnreadableError where they have more than `most` bytes together.
    """
    if bytes(data[:6]) == b"Exif\x00\x00":
        data = data[6:]
    order = _ORDERS.get(bytes(data[:4]))
    for name, text in _texts(data, order) if order is not None else ():
        most -= len(text)
        if most < 0:
            raise UnreadableError
        yield name, bytes(text)


def _texts(data: memoryview, order: Literal["little", "big"]) -> Iterator[tuple[str, memoryview]]:
    inner = 0
    for tag, kind, count, value in _entries(data, int.from_bytes(data[4:8], order), order):
        if tag == _EXIF_DIRECTORY:
            inner = int.from_bytes(value, order)
        elif kind in _TEXTS:
            yield FIELD, _value(data, count, value, order)
    for tag, kind, count, value in _entries(data, inner, order) if inner else ():
        if tag == _USER_COMMENT and kind in _TEXTS:
            yield COMMENT, _value(data, count, value, order)


def _entries(data: memoryview, at: int, order: Literal["little", "big"]) -> Iterator[tuple[int, int, int, bytes]]:
    """Tag, kind, count and field of each entry of a directory."""
    count = int.from_bytes(data[at : at + 2], order)
    for start in range(at + 2, min(at + 2 + 12 * count, len(data) - 11), 12):
        tag, kind = (int.from_bytes(data[start + i : start + i + 2], order) for i in (0, 2))
        yield tag, kind, int.from_bytes(data[start + 4 : start + 8], order), bytes(data[start + 8 : start + 12])


def _value(data: memoryview, count: int, field: bytes, order: Literal["little", "big"]) -> memoryview:
    """The bytes of a value: in its field where they fit, and else where that points."""
    if count <= 4:
        return memoryview(field)[:count]
    at = int.from_bytes(field, order)
    return data[at : at + count]
