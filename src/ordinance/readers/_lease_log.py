# SPDX-License-Identifier: EUPL-1.2
"""One reading of the files of a DHCP server, line by line, into an index of leases (`_leases`).

What each kind of file says is its reader's; what all share is here: the account of lines, files that repeat another,
and that a line which cannot be read may be about any address. Cannot know: what such a line said.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Ledger
from ordinance.model.time import Span
from ordinance.readers._base import LeaseReading
from ordinance.readers._files import InputFile, matching, repeated
from ordinance.readers._leases import LeaseIndex
from ordinance.readers._lines import LineFile, count_lines
from ordinance.readers._order import Order


class LeaseLog(ABC):
    """One reading of one source of leases, line by line. `file` and `number` are the place of the line in hand.

    A line that cannot be read may have given any address to anybody, unless it says which (`is_told`), and that of no
    other besides (`is_any`): from the latest instant that a line before it states nobody holds any, until it is given
    again. Where lines stand in no `order` that is all the time.
    """

    unit = "line"
    slack: ClassVar[int] = 0  # seconds by which a line may be older than the one before it, and the file be in order

    def __init__(self, settings: SourceSettings, window: Span) -> None:
        self.settings, self.window = settings, window
        self.index = LeaseIndex(settings.zone, window)
        self.ledger = Ledger(settings.id, self.unit)
        self._files: list[tuple[str, str]] = []
        self.file, self.number = "", 0
        self.origin = (settings.id, "")
        self.is_told, self.is_any = False, False
        self.order = Order(self.slack)

    @abstractmethod
    def line(self, line: str) -> str:
        """The verdict on a line, as `_name_log` has them; a lease is `dropped` until something asks for it."""

    def unusual(self, lines: Iterable[tuple[int, str]]) -> Iterable[tuple[int, str]]:
        """Those of a file's lines that are for `line`. A kind whose `end` says nothing may take in the usual ones here.

        Whoever does accounts for them (`taken`).
        """
        return lines

    def begin(self) -> None:  # noqa: B027  # most kinds need nothing
        """A file begins."""

    def end(self) -> str:
        """A file has ended: the reason why its last line is a reject after all, where something is left open in it."""
        return ""

    def read(self, root: Path) -> LeaseReading:
        """All files of the source."""
        files = matching(root, self.settings.files)
        again = repeated(files)
        for file in files:
            lines, sha256 = count_lines(file) if file.name in again else (0, "")
            if file.name in again and sha256 == again[file.name]:  # else it goes on meanwhile
                self.ledger.duplicate(lines)
                self._files.append((file.name, sha256))
            else:
                self._take(file)
        self.close()
        return LeaseReading(self.ledger.account(), self.index, tuple(self._files))

    def grant(self, address: str, start: int, end: int, mac: str, *, given: bool = True) -> None:
        """The line in hand gives an address to a device."""
        self.index.give(address, start, end, mac, self.origin, self.number, given=given)

    def taken(self, lines: int) -> None:
        """So many lines were leases, and are accounted for."""
        self.ledger.dropped(lines)

    def refuse(self, number: int, reason: str) -> None:
        """A line that cannot be read."""
        self.ledger.reject(self.file, number, reason)
        if self.is_any or not self.is_told:
            self.unread()
        self.is_told = self.is_any = False

    def unread(self) -> None:
        """A line that may be about any address."""
        self.order.unread()

    def close(self) -> None:
        """All files were read."""
        for span in self.order.spans():
            self.index.unread(*span)
        self.index.close()

    def doubt(self, address: str, at: int | None = None, *, after_grants: bool = False) -> None:
        """From an instant on nobody is known to hold an address; where none can be told, at no time."""
        self.is_told = True
        self.index.doubt(address, at, after_grants=after_grants)

    def _fault(self, number: int, reason: str) -> None:
        """A line that is not given out; where it is not one line in other letters, whole rows may be lost."""
        self.is_any = reason != "bad-encoding"
        self.refuse(number, reason)

    def _take(self, file: InputFile) -> None:
        self.file, self.origin = file.name, (self.settings.id, file.name)
        counts = {"dropped": 0, "structural": 0}
        self.order.begin()
        self.begin()
        lines, verdict = LineFile(file, self._fault), ""
        for number, line in self.unusual(lines.lines()):
            self.number, self.is_told, self.is_any = number, False, False
            verdict = self.line(line)
            if verdict in counts:
                counts[verdict] += 1
            else:
                self.refuse(number, verdict)
            self.is_told = False
        if (reason := self.end()) and verdict in counts:
            counts[verdict] -= 1
            self.refuse(self.number, reason)
        self.ledger.dropped(counts["dropped"])
        self.ledger.structural(counts["structural"])
        self._files.append((file.name, lines.sha256))
