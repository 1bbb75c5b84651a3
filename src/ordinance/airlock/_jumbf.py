# SPDX-License-Identifier: EUPL-1.2
"""What a C2PA manifest store says: its boxes (JUMBF) and the CBOR and JSON in them, as far as they can be read.

Reads: bytes that anybody may have made. Texts are collected, nothing is believed: neither hashes nor signatures are
checked. Recursion is bounded; each byte is read once. Cannot know: what is in compressed or encrypted boxes, which are
told as not read.

Sources: ISO/IEC 19566-5 (JUMBF: boxes, description boxes); C2PA technical specification 2.x, sections on the manifest
store and on embedding; RFC 8949 3 (CBOR).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

C2PA_TYPE = bytes.fromhex("63327061" "00110010800000aa00389b71")
_DEEPEST = 24
_MOST_ITEMS = 200_000
_PICTURES = frozenset({b"bfdb", b"bidb", b"jp2c", b"c2sh", b"free", b"uuid"})  # files and salt: no statements in them


class UnreadableError(ValueError):
    """Bytes that are no such thing, or deeper, longer or newer than what is read here."""


@dataclass(slots=True)
class Statements:
    """Texts of a store with the names of the fields they stand in (empty in a list), and whether all could be read."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    whole: bool = True


def boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Name and content of each box in turn, sizes of 64 bits and to the end included. Raises UnreadableError."""
    at = 0
    while at < len(data):
        head, size = 8, int.from_bytes(data[at : at + 4], "big")
        name = bytes(data[at + 4 : at + 8])
        if size == 1:
            head, size = 16, int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            size = len(data) - at
        if len(name) < 4 or size < head or size > len(data) - at:
            raise UnreadableError
        yield name, data[at + head : at + size]
        at += size


def is_store(data: memoryview) -> bool:
    """Whether a superbox begins here whose description says C2PA."""
    return bytes(data[4:8]) == b"jumb" and bytes(data[12:16]) == b"jumd" and bytes(data[16:32]) == C2PA_TYPE


def statements(store: memoryview) -> Statements:
    """All texts of a manifest store. Raises nothing."""
    said = Statements()
    try:
        _superbox(store, said, 0)
    except UnreadableError:
        said.whole = False
    return said


def _superbox(data: memoryview, said: Statements, depth: int) -> None:
    if depth > _DEEPEST:
        raise UnreadableError
    for name, content in boxes(data):
        if name == b"jumb":
            _superbox(content, said, depth + 1)
        elif name in (b"cbor", b"json"):
            _collect(_decoded(name, content), "", said, 0)
        elif name != b"jumd" and name not in _PICTURES:
            said.whole = False


def _decoded(name: bytes, content: memoryview) -> Any:
    if name == b"cbor":
        return _Cbor(content).whole()
    try:
        return json.loads(bytes(content))
    except (ValueError, RecursionError):
        raise UnreadableError from None


def _collect(value: Any, key: str, said: Statements, depth: int) -> None:
    if depth > _DEEPEST * 2:
        raise UnreadableError
    if isinstance(value, str):
        said.texts.append((key, value))
    elif isinstance(value, dict):
        for name, inner in value.items():
            _collect(inner, name if isinstance(name, str) else "", said, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, key, said, depth + 1)


class _Cbor:
    """One CBOR value: numbers, texts, lists and maps; bytes come out as none, tags are passed over."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0
        self._items = 0

    def whole(self) -> Any:
        """The one value that the bytes are."""
        value = self._value(0)
        if self._at != len(self._data):
            raise UnreadableError
        return value

    def _take(self, size: int) -> memoryview:
        if size > len(self._data) - self._at:
            raise UnreadableError
        self._at += size
        return self._data[self._at - size : self._at]

    def _ends(self) -> bool:
        """Whether the mark that ends a value of open length comes next."""
        if bytes(self._data[self._at : self._at + 1]) != b"\xff":
            return False
        self._at += 1
        return True

    def _value(self, depth: int) -> Any:
        self._items += 1
        if depth > _DEEPEST or self._items > _MOST_ITEMS:
            raise UnreadableError
        first = self._take(1)[0]
        kind, low = first >> 5, first & 31
        if low in (28, 29, 30) or (low == 31 and kind not in (2, 3, 4, 5)):
            raise UnreadableError
        count = None if low == 31 else low if low < 24 else int.from_bytes(self._take(1 << (low - 24)), "big")
        if kind in (2, 3):
            return self._string(kind, count, depth)
        if kind == 4:
            return list(self._several(count, depth))
        if kind == 5:
            return dict(self._pairs(count, depth))
        return self._value(depth + 1) if kind == 6 else count

    def _several(self, count: int | None, depth: int) -> Iterator[Any]:
        while count is None or count > 0:
            if count is None and self._ends():
                return
            yield self._value(depth + 1)
            count = None if count is None else count - 1

    def _pairs(self, count: int | None, depth: int) -> Iterator[tuple[Any, Any]]:
        """Keys that are no texts stay apart by their place, so that what they name is collected all the same."""
        for number, key in enumerate(self._several(count, depth)):
            yield (key if isinstance(key, str) else number), self._value(depth + 1)

    def _string(self, kind: int, count: int | None, depth: int) -> str | None:
        if count is None:
            parts = list(self._several(None, depth))
            return "".join(one for one in parts if isinstance(one, str)) if kind == 3 else None
        content = self._take(count)
        if kind == 2:
            return None
        try:
            return str(content, "utf-8")
        except UnicodeDecodeError:
            raise UnreadableError from None
