# SPDX-License-Identifier: EUPL-1.2
"""What a watch told, so that it is told once: a file of lines that only grows, and beside it how far logs were read.

Beside it also stands whose it is: the body, and a mark of the key of its pseudonyms. Under another key each finding has
another id, and for another body none of these is one: what stands would all be said to have ended.

Reads and writes a file that the caller names (`FILE`, for its owner only), and `FILE.read`, which is written aside and
renamed. A line is told when it stands in the file whole: one that was cut by the end of a process is taken away, and is
written again. Whoever is killed between the two files has read further than it says, which costs nothing.

Cannot know: whether somebody who read the file did anything with a line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ordinance.model.errors import Issue, PolicyError
from ordinance.store.files import held, sync_folder, write_file

FOUND, ENDED, GAP = "found", "ended", "gap"
_FORM = 2
_FIRST = b'{"event": "'
_SIDE = ".read"

Line = Mapping[str, Any]
Marks = Mapping[str, list[list[Any]]]  # by source, what is said of each file
Whose = Mapping[str, str]  # `body`: its id; `key`: what nobody without the key of its pseudonyms can make


class Told:
    """The file, open and held. `standing` are the lines about findings that were found and have not ended, by id."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path, self._handle = path, handle
        self.standing: dict[str, Line] = {}
        self._size = 0
        self._read()

    @property
    def marks(self) -> Marks | None:
        """How far logs were read; nothing of a first run, `None` where nobody can say."""
        if not _side(self.path).exists():
            return {} if not self._size else None
        sources: Marks | None = _noted(self.path).get("sources")
        return sources

    def note(self, sources: Marks, whose: Whose) -> None:
        """Write down how far logs were read, and wait until that, and what was told, is on the disk."""
        content = {"form": _FORM, "sources": sources, "whose": dict(whose)}
        os.fsync(self._handle)
        write_file(_side(self.path), json.dumps(content, ensure_ascii=True, sort_keys=True).encode() + b"\n", 0o600)

    def append(self, lines: Iterable[Line]) -> None:
        """Add lines. Raises OSError where they cannot be added, and none is then.

        They outlast this process; not a power cut, which may take the last of them: they are told again then.
        """
        content = b"".join(json.dumps(one, ensure_ascii=False).encode(errors="replace") + b"\n" for one in lines)
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(self._handle, left) :]
        except OSError as error:
            os.ftruncate(self._handle, self._size)
            error.filename = error.filename or str(self.path)
            raise
        self._size += len(content)

    def _read(self) -> None:
        """Take in what is there, and take away a last line without an end."""
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        for number, text in enumerate(whole.split(b"\n")[:-1], 1):
            follow(self.standing, _line(self.path, number, text))
        rest = content[len(whole) :]
        if not (_FIRST.startswith(rest[: len(_FIRST)])):
            raise _foreign(self.path, whole.count(b"\n") + 1)
        if rest:
            os.ftruncate(self._handle, len(whole))
        self._size = len(whole)


def follow(standing: dict[str, Line], line: Line) -> None:
    """What stands after a line, of what stood before it."""
    if line["event"] == FOUND:
        standing[str(line["id"])] = line
    elif line["event"] == ENDED:
        standing.pop(str(line["id"]), None)


@contextmanager
def told(path: Path, whose: Whose) -> Iterator[Told]:
    """The file, made where there is none, for this process alone. `whose` has no key where there is none yet.

    Raises PolicyError where another one has it (`watch-running`), it was written by something else (`no-watch-file`),
    or what stands in it is of another body or under another key (`watch-of-another`).
    """
    _require_own(path, whose)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with held(path):
            sync_folder(path.parent)
            yield Told(path, handle)
    except BlockingIOError:
        hint = "each watch has a file of its own: --out another one, or end the first"
        message = "another watch writes into this file"
        raise PolicyError([Issue(str(path), 0, 0, "watch-running", message, "nothing was read", hint)]) from None
    finally:
        os.close(handle)


def _noted(path: Path) -> dict[str, Any]:
    """What stands beside a file; nothing where that is not what a watch writes."""
    try:
        found = json.loads(_side(path).read_bytes())
        is_ours = found["form"] == _FORM and isinstance(found["sources"], dict) and isinstance(found["whose"], dict)
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return found if is_ours else {}


def _require_own(path: Path, whose: Whose) -> None:
    written = _noted(path).get("whose", whose)
    if written.get("body") != whose["body"]:
        message = f"what stands in {path.name} is of another body: {written.get('body')}"
    elif written.get("key") != whose["key"]:
        message = f"what stands in {path.name} is under pseudonyms of another key than the body's"
    else:
        return
    hint = "each body, and each key, has a file of its own: --out another one"
    raise PolicyError([Issue(str(_side(path)), 1, 0, "watch-of-another", message, "nothing was read or written", hint)])


def _line(path: Path, number: int, text: bytes) -> Line:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("event") not in (FOUND, ENDED, GAP):
        raise _foreign(path, number)
    if found["event"] != GAP and not isinstance(found.get("id"), str):
        raise _foreign(path, number)
    return found


def _foreign(path: Path, line: int) -> PolicyError:
    hint = "--out names a file that is not there yet, or one that an earlier watch of this body wrote"
    message = "this line was not written by a watch"
    return PolicyError([Issue(str(path), line, 0, "no-watch-file", message, "nothing was read or written", hint)])


def _side(path: Path) -> Path:
    return path.with_name(path.name + _SIDE)
