# SPDX-License-Identifier: EUPL-1.2
"""Who held which address, for a watch: the sources of leases that logs name, read again as their files change.

Reads: the files of these sources, whole each time, as a check does. A file whose last line has no end yet, or that
says less than before while it is still written, is waited for; not for long, as a program may never end that line.
Until then whoever asks is told that the leases are behind, and names nobody by them.

Cannot know: what a server has not written into its file yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ordinance.model.body import Body, SourceSettings
from ordinance.model.evidence import Reading
from ordinance.model.time import Span
from ordinance.operations.checking import lease_indexes
from ordinance.readers._files import InputFile, matching
from ordinance.readers._following import is_plain
from ordinance.readers._leases import LeaseIndex, LeasesOf

LEASES_S = 2.0  # between two readings of leases
PATIENCE = 20  # leases that take a second to read are read every twentieth second at most
OPEN_S = 10.0  # for which a line without an end, or a file that says less than before, is waited for
_Stand = dict[str, tuple[object, ...]]


class FollowedLeases:
    """Leases of some sources, by file. `readings` are the accounts of them; `is_behind`: files say more by now."""

    def __init__(self, body: Body, names: Iterable[str], part: Span) -> None:
        self._body, self._part = body, part
        self._settings = [s for s in body.sources if s.id in set(names)]
        self.readings: dict[str, Reading] = {}
        self.is_behind = False
        self._next = float("-inf")
        self._since: float | None = None  # when it was seen that there is more, and that it is not whole
        self._indexes: dict[str, LeaseIndex] = {}
        self._known: _Stand = {}
        self._read(self._stand())
        if any(map(_is_open, self._files())):
            self._known = {}  # what was read of them is not what they are about to say

    def of(self, settings: SourceSettings) -> LeasesOf | None:
        """What a log is told of its addresses; `None` where its source names no leases."""
        named = [self._indexes[name] for name in settings.leases]
        return LeasesOf(settings.id, named, settings.zone) if named else None

    def look(self) -> _Stand:
        """See whether files say more than was read of them; what can be seen of them."""
        stand = self._stand()
        self.is_behind = stand != self._known
        return stand

    def step(self, tick: float, moment: Callable[[], float]) -> bool:
        """Read them again where their files changed, and are whole. `tick`, `moment`: as of a watch."""
        stand = self.look()
        if not self.is_behind:
            self._since = None
        if not self.is_behind or tick < self._next:
            return False
        self._since = tick if self._since is None else self._since
        waits = tick - self._since < OPEN_S
        if waits and any(_is_open(one) for one in self._files() if stand.get(one.name) != self._known.get(one.name)):
            return False
        before, began = (self._known, self._indexes, dict(self.readings)), moment()
        self._read(stand)
        self._next = tick + max(LEASES_S, PATIENCE * (moment() - began))
        if waits and self._is_worse_than(before[2]) and self._stand() != stand:
            self._known, self._indexes, self.readings = before
            return False
        self._since, self.is_behind = None, False
        return True

    def catch_up(self) -> bool:
        """Read them again where their files changed, whatever stands in them now; whether they did."""
        stand = self._stand()
        if stand == self._known:
            return False
        self._read(stand)
        self._since, self.is_behind = None, False
        return True

    def _read(self, stand: _Stand) -> None:
        self._known = stand
        names = {s.id for s in self._settings}
        self._indexes = lease_indexes(self._body, names, self._part, self.readings)

    def _is_worse_than(self, before: dict[str, Reading]) -> bool:
        """Whether more lines are refused than before."""
        return any(r.account.rejected > before[n].account.rejected for n, r in self.readings.items())

    def _files(self) -> list[InputFile]:
        return [file for s in self._settings for file in matching(self._body.folder, s.files)]

    def _stand(self) -> _Stand:
        """What can be seen of the files without reading them."""
        found: _Stand = {}
        for file in self._files():
            try:
                about = file.path.stat()
            except OSError:
                continue
            found[file.name] = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)
        return found


def _is_open(file: InputFile) -> bool:
    """Whether a file ends within a line; of a packed one that cannot be seen."""
    if not is_plain(file):
        return False
    try:
        with file.open() as stream:
            return stream.seek(0, 2) > 0 and stream.seek(-1, 2) >= 0 and stream.read(1) != b"\n"
    except OSError:
        return True
