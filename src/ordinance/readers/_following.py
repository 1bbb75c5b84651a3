# SPDX-License-Identifier: EUPL-1.2
"""A log that is still written: read on as its files grow, are rotated, and begin anew.

Reads: what a source's patterns find, by the very reader that a check has, some lines more each time. A line that has no
end yet waits for it. A file that was renamed is read to its end, and then the one that took its place; of one that was
copied and emptied, the copy is known by its text, as is a packed one. Whatever else happens to files (one that comes
late, or is written anew, in its place or another's) the source is read from its beginning once more, as a check would;
a text that was read before and is in no file then is a gap. A file with several names is one, as it is for a check.

Cannot know: what was written into a file after the last look and before it was taken away. That is a gap, told by name.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ordinance.readers._base import Leases
from ordinance.readers._files import InputFile, file_size, is_packed, matching, opened, repeated, series
from ordinance.readers._growing import HEAD, LAST_LOOKS, Growing, GrowingFile, Mark
from ordinance.readers._known_log import KnownLog
from ordinance.readers._lines import text_digests

QUIET_S = 0.4  # for which nothing came, before one that was renamed counts as over
LOOK_S = 0.25  # between two looks at which files there are
_MAGIC = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # of gzip, RFC 1952, and of Zstandard, RFC 8878
GONE, CUT, CHANGED = "file-gone", "file-cut", "file-changed"


@dataclass(slots=True)
class Following:
    """One source that is followed. `make` begins a reading of it; `gaps` are files and reasons that nobody was told."""

    make: Callable[[], KnownLog]
    root: Path
    gaps: list[tuple[str, str]] = field(default_factory=list)
    times: int = 0  # that it was read from its beginning
    run: KnownLog = field(init=False)
    _growing: list[Growing] = field(default_factory=list)
    _done: dict[str, tuple[int, int, int]] = field(default_factory=dict)  # name to inode and size
    _over: list[Mark] = field(default_factory=list)  # texts that were read to their end; `digest` is of all of it
    _packed: list[tuple[str, str]] = field(default_factory=list)  # packed files: name, and SHA-256 as they are stored
    _unsure: dict[str, tuple[int, int]] = field(default_factory=dict)  # what may be a copy: size, and looks
    _looked: float = float("-inf")

    def close(self) -> None:
        """Let go of all files; what they say further is not read."""
        for one in self._growing:
            one.stream.close()
        self._growing.clear()

    def begin(self) -> None:
        """Read everything that is there, as a check would, and hold on to what may grow.

        What was read before, and is in none of the files, is a gap.
        """
        texts, packed = [*self._over, *(one.said for one in self._growing if one.lines.size)], self._packed
        self._read_all()
        self._gone(texts, packed)

    def _read_all(self) -> None:
        self.close()
        self._done.clear()
        self._over.clear()
        self._packed = []
        self._unsure.clear()
        self.times += 1
        self.run = self.make()
        files = self._files()
        again, last = repeated(files), {self._line_of(file): file for file in files}
        for file in files:
            if self.run.repeats(file, again.get(file.name)):
                self._done[file.name] = _place(file)
            elif is_plain(file) and last[self._line_of(file)] is file:
                self._follow(file)
            else:
                self._done[file.name] = place = _place(file)
                self.standing.take(file)
                self._taken(file.name, place[2], self.standing.last_digest, is_text=is_plain(file))

    def _taken(self, name: str, size: int, digest: str, *, is_text: bool) -> None:
        """A file was read that is not followed; without a digest it could not be."""
        if digest and is_text:
            self._over.append(Mark(name, size, 0, digest))
        elif digest:
            self._packed.append((name, digest))

    def _gone(self, texts: Iterable[Mark], packed: Iterable[tuple[str, str]]) -> None:
        """Say what was read before and is in no file now, but for what is said already."""
        there = self.run.digests | {one.lines.digest for one in self._growing}
        left = [m for m in texts if m.digest not in there]
        sizes = sorted({m.size for m in left})
        begins = {begin for file in self._files() for begin in text_digests(file, sizes).items()} if left else set()
        gone = {m.file for m in left if (m.size, m.digest) not in begins} | {n for n, d in packed if d not in there}
        self.gaps += [(name, GONE) for name in sorted(gone - {name for name, _ in self.gaps})]

    def step(self, now: float) -> bool:
        """Take in what is new; whether anything was. `now`: seconds of a clock that only goes forward."""
        before = self.times
        moved = sum(one.read() for one in self._growing) > 0
        if now - self._looked >= LOOK_S:
            self._looked = now
            moved |= self._look(now)
        return moved or self.times > before

    def catch_up(self, now: float) -> None:
        """Read what is there, and everything that is to be read for the last time; of what comes meanwhile, most."""
        for moment in (now, float("inf")):
            for one in self._growing:
                one.read_on()
            self._look(moment)
        for _ in range(LAST_LOOKS):
            if not self.step(now):
                break

    def lease(self, leases: Leases) -> None:
        """Other leases stand behind what is kept, and behind what comes."""
        self.run.lease(leases)
        for one in self._growing:
            one.run.leases = leases

    def end(self) -> KnownLog:
        """No more is read; the reading is whole.

        Where lines were refused in files that grew at the same time, all is read in its order first: whether the hour
        of such a line was seen hangs on what stands before it.
        """
        if len({id(one.run) for one in self._growing}) > 1 and self.run.ledger.account().rejected:
            self.begin()
        run = self.standing
        for one in self._growing:
            one.end()
        self._growing.clear()
        for file in self._named()[1]:
            run.take_again(file)
        return run

    @property
    def marks(self) -> tuple[Mark, ...]:
        """How far each file was read that is followed."""
        heads = [(g, g.head[: g.lines.size]) for g in self._growing if g.lines.size]
        return tuple(Mark(g.file.name, g.lines.size, len(h), hashlib.sha256(h).hexdigest()) for g, h in heads)

    def missing(self, marks: Iterable[Mark]) -> tuple[tuple[str, str], ...]:
        """Files of which somebody else read a beginning that is nowhere now, or shorter, and why they are gaps."""
        found, wanted = [], list(marks)
        sizes = sorted({m.head for m in wanted})
        heads = [(file, text_digests(file, sizes)) for file in matching(self.root, self.run.settings.files)]
        for mark in wanted:
            those = [file for file, digests in heads if digests.get(mark.head) == mark.digest]
            if not those:
                found.append((mark.file, GONE))
            elif all(is_plain(f) and file_size(f) < mark.size for f in those):
                found.append((mark.file, CUT))
        return tuple(found)

    # --- which files there are ------------------------------------------------------------------------

    def _files(self) -> tuple[InputFile, ...]:
        return self._named()[0]

    def _named(self) -> tuple[tuple[InputFile, ...], tuple[InputFile, ...]]:
        """The files in their order, each once, and again those under their further names."""
        once: dict[object, InputFile] = {}
        again = []
        for file in self.run.in_order(matching(self.root, self.run.settings.files)):
            if once.setdefault(_inode(file) or file.name, file) is not file:
                again.append(file)
        return tuple(once.values()), tuple(again)

    def _line_of(self, file: InputFile) -> tuple[str, str]:
        """The same for all files that one log was rotated into; where files hang together, for all files."""
        return ("", "") if self.run.chained else series(file)

    @property
    def standing(self) -> KnownLog:
        """The reading that stands where the next file begins; what is kept, all of them share."""
        return self._growing[-1].run if self._growing else self.run

    def _follow(self, file: InputFile, run: KnownLog | None = None) -> None:
        """Begin with a file, and take in what is there."""
        run = run or (self.standing if self.run.chained else self.standing.beside())
        try:
            stream = opened(file.path)
        except OSError:
            self._done[file.name] = _place(file)
            run.take(file)  # which says what is wrong with it
            return
        about = os.fstat(stream.fileno())
        run.begin_file(file)
        lines = GrowingFile(file, stream, run.fault, run.most_line_bytes)
        one = Growing(file, run, stream, lines, (about.st_dev, about.st_ino))
        self._growing.append(one)
        one.read_on()

    def _look(self, now: float) -> bool:
        """Whatever became of the files since the last look; whether anything of it was read."""
        files = self._files()
        moved = False
        for one in list(self._growing):
            outcome = self._became(one, files, now)
            if outcome is None:
                self.begin()
                return True
            moved |= outcome
        followed = {one.file.name for one in self._growing}
        for file in files:
            place = _place(file)
            if file.name in followed:
                continue
            if place in self._done.values():  # under this name or another
                self._done[file.name] = place
                continue
            if self._done.get(file.name, _NOWHERE)[:2] == place[:2]:  # one that was over goes on
                self.begin()
                return True
            outcome = self._came(file, files, is_last=now == float("inf"))
            if outcome is None:
                self.begin()
                return True
            moved |= outcome
        return moved

    def _became(self, one: Growing, files: tuple[InputFile, ...], now: float) -> bool | None:
        """What became of a file that is followed; `None`: something for which all has to be read again."""
        about = os.fstat(one.stream.fileno())
        if about.st_size < one.lines.size or not one.is_same():
            return self._emptied(one, files, CUT if about.st_size < one.lines.size else CHANGED)
        place = _place(one.file)
        if place[:2] == one.inode or place == _NOWHERE:
            one.quiet_since = None
            return False
        if about.st_size > one.lines.size or one.quiet_since is None:
            one.quiet_since = now
            if now < float("inf"):
                return False
        if now - one.quiet_since < QUIET_S and now < float("inf"):
            return False
        one.read_on()
        now_called = next((f for f in files if _place(f)[:2] == one.inode), None)
        if now_called is None and _begins_with(one.file, one.said):
            return None  # all of it was written anew, with more behind it
        self._over_with(one, now_called)
        self._follow(one.file, one.run)
        return True

    def _over_with(self, one: Growing, now_called: InputFile | None) -> None:
        """A file is read to its end, whatever it is called by now."""
        self._over.append(one.said)
        one.end()
        self._growing.remove(one)
        if now_called is not None:
            self._done[now_called.name] = _place(now_called)

    def _emptied(self, one: Growing, files: tuple[InputFile, ...], why: str) -> bool | None:
        """A file begins anew under its name: what it said last may stand in a copy. `None` as above."""
        size, digest = one.lines.size, one.lines.digest
        for file in (f for f in files if f.name != one.file.name and file_size(f)):
            if text_digests(file, [size]).get(size) == digest:
                if is_plain(file) and file_size(file) == size:
                    self._over_with(one, file)
                    self._follow(one.file, one.run)
                    return True
                return None  # it says more, or is packed: whatever is in it is read with the rest
        self.gaps.append((one.file.name, why))
        if why == CHANGED:
            return None
        self._over_with(one, None)
        self._follow(one.file, one.run)
        return True

    def _came(self, file: InputFile, files: tuple[InputFile, ...], *, is_last: bool) -> bool | None:
        """A file that was not there before; `None` as above."""
        place = _place(file)
        if place == _NOWHERE or any(place[:2] == one.inode for one in self._growing):
            return False  # taken away already, or renamed just now
        if self._is_copy(file) or (file.name in self._unsure and not is_last):
            return False
        if not is_plain(file):
            return None
        one = next((g for g in self._growing if self._line_of(g.file) == self._line_of(file)), None)
        if one is not None:
            order = [f.name for f in files]
            if one.file.name in order and order.index(one.file.name) > order.index(file.name):
                return None
            one.read_on()
            self._over_with(one, next((f for f in files if _place(f)[:2] == one.inode), None))
        self._follow(file, one.run if one is not None else self.run if self.run.chained else None)
        return True

    def _is_copy(self, file: InputFile) -> bool:
        """Whether a file says what was read already, and no more; one that is still being copied is `unsure`."""
        known = [*self._over, *(one.said for one in self._growing)]
        digests = text_digests(file, sorted({m.size for m in known}))
        size = file_size(file)
        if any(digests.get(m.size) == m.digest and (size <= m.size or is_packed(file)) for m in known if m.size):
            self._done[file.name] = _place(file)
            self._unsure.pop(file.name, None)
            return True
        heads = [one.head[: min(size, HEAD)] for one in self._growing if one.head]
        begins = is_plain(file) and size > 0 and _head(file, HEAD) in heads
        before, looks = self._unsure.get(file.name, (-1, 0))
        if (begins or is_packed(file)) and (size != before or looks < 2):
            self._unsure[file.name] = (size, looks + 1 if size == before else 0)
        else:
            self._unsure.pop(file.name, None)
        return False


_NOWHERE = (0, 0, -1)


def _place(file: InputFile) -> tuple[int, int, int]:
    """Device, inode and size of what stands under a name."""
    with suppress(OSError):
        about = file.path.stat()
        return about.st_dev, about.st_ino, about.st_size
    return _NOWHERE


def _begins_with(file: InputFile, text: Mark) -> bool:
    """Whether a file says first what was read of another one, be that anything."""
    return text.size > 0 and text_digests(file, [text.size]).get(text.size) == text.digest


def _inode(file: InputFile) -> tuple[int, int] | None:
    """Device and inode of a plain file, behind whatever names."""
    with suppress(OSError):
        about = file.path.stat()
        return (about.st_dev, about.st_ino) if stat.S_ISREG(about.st_mode) else None
    return None


def is_plain(file: InputFile) -> bool:
    """Whether a file is text as it stands, and can be read on while it grows."""
    return not is_packed(file) and not _head(file, 4).startswith(_MAGIC)


def _head(file: InputFile, octets: int) -> bytes:
    with suppress(OSError), opened(file.path) as stream:
        return stream.read(octets)
    return b""
