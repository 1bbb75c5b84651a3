# SPDX-License-Identifier: EUPL-1.2
"""JSON of inventories: one document a file, several one after the other, or one a line.

Reads: files as `_lines` gives them (plain or packed, UTF-8 with or without BOM). Where the first line that is not
empty is a whole JSON object, each line is a document of its own (JSON Lines), so that a file may be of any length.
Otherwise the file holds documents one after the other, of MOST_TEXT characters together. A document takes a multiple of
its text in memory, the most where it is made of empty lists: what opens more than MOST_OPENED lists and objects is not
parsed, so that a file takes 350 MiB at most while it is read, whatever stands in it.

What cannot be given out is one fault: `bad-json` (also nested too deep, numbers that JSON does not know),
`document-too-large`, and what `_lines` refuses. After a fault in a file of long documents nothing more of it is read.
Of a key that is there twice the last one counts, as for most programs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ordinance.readers._files import InputFile
from ordinance.readers._lines import LineFile

MOST_TEXT = 1 << 24  # characters; pages of the interfaces that we read hold a thousand entries at most
MOST_OPENED = 1 << 19  # lists and objects of such a text; one in 32 characters, where inventories have one in a hundred


class TooLargeError(ValueError):
    """A text that would take too much memory as a value."""


class DocumentFile:
    """One pass over a file: `values()` gives its documents; `sha256` is set when that is through.

    `on_fault(reason)` is called once for each part of the file that is no document.
    """

    def __init__(self, file: InputFile, on_fault: Callable[[str], None], most_text: int = MOST_TEXT) -> None:
        self._file, self._on_fault, self._most_text = file, on_fault, most_text
        self._broken = ""
        self._is_by_line = False
        self.sha256 = ""  # of the bytes on disk; empty where the file could not be read to its end

    def values(self) -> Iterator[Any]:
        """All documents, in order."""
        kept: list[str] = []
        size = 0
        lines = LineFile(self._file, self._fault_of_line, most_line_bytes=self._most_text)
        for _, line in lines.lines():
            if self._is_by_line or (not kept and line.startswith("{") and _is_object(line)):
                self._is_by_line = True
                yield from self._of_line(line)
            elif line.strip() and not self._broken:
                kept.append(line)
                size += len(line) + 1
                if size > self._most_text:
                    self._broken = "document-too-large"
                    kept.clear()
        self.sha256 = lines.sha256
        if self._broken and not self._is_by_line:
            self._on_fault(self._broken)
        else:
            yield from self._one_after_the_other("\n".join(kept))

    def _of_line(self, line: str) -> Iterator[Any]:
        if line.strip():
            try:
                yield parsed(line)
            except TooLargeError:
                self._on_fault("document-too-large")
            except ValueError:
                self._on_fault("bad-json")

    def _one_after_the_other(self, text: str) -> Iterator[Any]:
        at = 0
        if _opens_too_many(text):
            self._on_fault("document-too-large")
            return
        while at < len(text):
            try:
                value, end = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                self._on_fault("bad-json")
                return
            yield value
            at = end
            while at < len(text) and text[at].isspace():
                at += 1

    def _fault_of_line(self, _number: int, reason: str) -> None:
        """A line that cannot be read is a fault of its own, or breaks what it stands in."""
        if self._is_by_line:
            self._on_fault(reason)
        elif not self._broken:
            self._broken = "document-too-large" if reason == "line-too-long" else reason


def parsed(text: str) -> Any:
    """The JSON value of a text. Raises ValueError, whatever is wrong with it; TooLargeError where it is not parsed."""
    if _opens_too_many(text):
        raise TooLargeError("too many lists and objects")
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def text_at(value: object, *keys: str) -> str:
    """The text that stands under these keys, stripped; empty where there is none or it is something else."""
    return stated_at(value, *keys) or ""


def stated_at(value: object, *keys: str) -> str | None:
    """The text that stands under these keys, stripped; empty where there is nothing or null, `None` for all else.

    Halves of surrogate pairs, which JSON can escape and UTF-8 cannot write, become U+FFFD.
    """
    found = at(value, *keys)
    if not isinstance(found, str):
        return "" if found is None else None
    if not found.isascii():
        found = found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return found.strip()


def list_at(value: object, *keys: str) -> list[Any] | None:
    """The list that stands under these keys; `None` where there is none or it is something else."""
    found = at(value, *keys)
    return found if isinstance(found, list) else None


def at(value: object, *keys: str) -> Any:
    """What stands under these keys; `None` where nothing does."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_number)


def _opens_too_many(text: str) -> bool:
    return text.count("[") + text.count("{") > MOST_OPENED


def _is_object(line: str) -> bool:
    try:
        return isinstance(parsed(line), dict)
    except ValueError:
        return False
