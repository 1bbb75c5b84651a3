# SPDX-License-Identifier: EUPL-1.2
"""Who held which address when, from the files of a DHCP server or a table that somebody keeps.

A reader of such files gives every lease that it finds; only those behind something that is kept leave it. Doubt names
nobody: where two devices seem to hold an address at once, there is no holder, and both leases are given out, so that
whoever joins them sees the doubt.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from sys import intern
from typing import ClassVar
from zoneinfo import ZoneInfo

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import APART, AddressDay, Lease, Ledger, Where, passes
from ordinance.model.time import Span
from ordinance.readers._base import LeaseReading
from ordinance.readers._clock import utc
from ordinance.readers._files import InputFile, matching, repeated
from ordinance.readers._lines import LineFile, count_lines
from ordinance.readers._order import EVER, FOR_EVER, Order, joined_spans

OPEN_END = 221_845_392_000  # the year 9000, UTC: the end of a lease that has none
MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.ASCII)


@dataclass(order=True, slots=True)
class Held:
    """An address was a hardware address's from `start` until before `end` (seconds since 1970).

    `given`: the server gave it at `start`, and not merely at some time before; `again` are later days' renewals.
    """

    start: int
    end: int
    mac: str = field(compare=False)
    where: Where = field(compare=False)
    by_hand: bool = field(default=False, compare=False)
    given: bool = field(default=True, compare=False)
    again: tuple[int, ...] = field(default=(), compare=False)


_AFTER = Held(0, 0, "", Where("", "", 0))  # in the place of a lease: an end that comes after grants of its instant
_QUARTER = 900  # of an hour, in seconds: no zone's days begin between two
_GIVEN_UP = -1  # in the place of an end: this device holds the address no longer, and nobody else is touched


class LeaseIndex:
    """The leases of one source of leases, by address. They may come in any order; `close` makes them whole."""

    def __init__(self, zone: ZoneInfo, window: Span | None = None) -> None:
        self.zone, self.window = zone, window or Span()
        self._fixed: dict[str, list[Held]] = {}
        self._events: dict[str, list[tuple[int, Held | None]]] = {}
        self._by_address: dict[str, list[Held]] = {}
        self._starts: dict[str, list[int]] = {}
        self._longest: dict[str, int] = {}
        self._doubted: set[str] = set()
        self._doubted_elsewhere: set[str] = set()
        self._unread: list[tuple[int, int]] = []
        self._doubtful: list[tuple[int, int]] = []
        self._since: dict[str, list[int]] = {}
        self.last_given, self.is_table = EVER, False  # when a server last gave an address; it is no server at all
        self._day_of: dict[int, date] = {}  # by the quarter of an hour
        self.doubts: dict[str, list[tuple[int, int]]] = {}  # when nobody knows who has an address, not in any source

    def grant(self, address: str, held: Held) -> None:
        """An address was given to a device, or again to the same one."""
        held.mac = intern(held.mac)  # there are a few lines for each device, and a few devices for each address
        self._events.setdefault(address, []).append((held.start, held))
        if held.given:
            self.last_given = max(self.last_given, held.start)

    def fix(self, address: str, held: Held) -> None:
        """An address is a device's for just this stretch, whoever else is said to have it meanwhile."""
        self._fixed.setdefault(address, []).append(held)
        self.is_table = True

    def end(self, address: str, at: int, *, after_grants: bool = False) -> None:
        """Whoever held an address holds it no longer from an instant on; also who got it at that instant, if said."""
        self._events.setdefault(address, []).append((at, _AFTER if after_grants else None))

    def give_up(self, address: str, at: int, mac: str, where: Where) -> None:
        """If it was this device that held an address, it holds it no longer from an instant on."""
        self._events.setdefault(address, []).append((at, Held(at, _GIVEN_UP, mac, where)))

    def doubt(self, address: str, at: int | None = None, *, after_grants: bool = False) -> None:
        """A row about an address cannot be read: from an instant on, or at any time, it may be anybody's.

        Nobody holds it then, nor within `APART` seconds of that time, as the log has another clock. Nor does anybody by
        what another source says, until it is given again or taken back in this one.
        """
        if at is None:
            self._doubted.add(address)
            self._doubted_elsewhere.add(address)
        else:
            self._since.setdefault(address, []).append(at)
            self.end(address, at, after_grants=after_grants)

    def doubt_here(self, address: str) -> None:
        """Somebody has an address, nobody knows since when: by this source nobody holds it, by another one they may."""
        self._doubted.add(address)

    def doubt_all(self, start: int = EVER, end: int = FOR_EVER) -> None:
        """A row may be about any address, for a stretch that it states or at any time: nobody holds any meanwhile."""
        self._doubtful.append((start, end))

    def unread(self, start: int, end: int) -> None:
        """Something was said from `start` until before `end` that nobody can read, not even of which address.

        Whatever was given before `end` nobody holds from `start` on, until it is given again, nor within `APART`
        seconds of that time. Of several of these the later begins after the end of the earlier.
        """
        self._unread.append((start, end))

    def close(self) -> None:
        """Join grants to leases: a renewal makes one longer, a grant to another device or an end cuts it short.

        Of two grants of one instant to two devices nobody knows which holds: both stand.
        """
        self._doubtful = joined_spans([*self._doubtful, *(s for s in self._unread if s == (EVER, FOR_EVER))])
        for address in {**self._events, **self._fixed}:
            events = self._events.get(address, ())
            behind = {max(at, start) for at, _ in events if (start := self._unread_behind(at)) is not None}
            joined = _joined(sorted([*events, *((at, _AFTER) for at in behind)], key=_order))
            since = behind.union(self._since.get(address, ()))
            doubtful = joined_spans([*self._doubtful, *self._doubts_of(address, since)]) if since else self._doubtful
            both = list(_without(joined + self._fixed.get(address, []), doubtful))
            every = self._by_address[address] = sorted(held for held in both if held.start < held.end)
            self._longest[address] = max((held.end - held.start for held in every), default=0)
        for address in self._doubted:
            self._by_address.pop(address, None)
        self._starts = _starts_of(self._by_address)
        self.doubts = {address: [(EVER, FOR_EVER)] for address in self._doubted_elsewhere} | {
            address: joined_spans(self._doubts_of(address, set(since)))
            for address, since in self._since.items()
            if address not in self._doubted_elsewhere
        }
        self._events.clear()
        self._fixed.clear()

    def _doubts_of(self, address: str, since: AbstractSet[int]) -> Iterator[tuple[int, int]]:
        """From what cannot be read of an address to what can, by another clock too: the log has one of its own."""
        said = sorted({at for at, _ in self._events.get(address, ())} - since)
        for at in since:
            n = bisect_right(said, at)
            yield at - APART, said[n] + APART if n < len(said) else FOR_EVER

    def without(self, doubts: Mapping[str, Sequence[tuple[int, int]]]) -> LeaseIndex:
        """The same leases but for these stretches, by address: in order of time and apart."""
        made = LeaseIndex(self.zone, self.window)
        less = {a: sorted(_without(self._by_address[a], doubts[a])) for a in doubts.keys() & self._by_address.keys()}
        made._by_address, made._longest, made.doubts = self._by_address | less, self._longest, self.doubts
        made._starts = self._starts | _starts_of(less)
        return made if less else self

    def _unread_behind(self, at: int) -> int | None:
        """The beginning of the first stretch that ends after an instant, in which something unreadable was said."""
        n = bisect_right(self._unread, at, key=lambda span: span[1])
        return self._unread[n][0] if n < len(self._unread) else None

    def near(self, address: str, at: int, margin: int = APART) -> list[Held]:
        """Every lease of an address that covers an instant, or would by another clock that is `margin` seconds off."""
        every = self._by_address.get(address)
        if every is None:
            return []
        starts = self._starts[address]
        last = bisect_right(starts, at + margin)
        first = bisect_right(starts, at - margin - self._longest.get(address, 0) - 1, hi=last)
        return [held for held in every[first:last] if at - margin < held.end]

    def every(self) -> tuple[tuple[str, Held], ...]:
        """All leases, by address and start."""
        return tuple((address, held) for address in sorted(self._by_address) for held in self._by_address[address])

    def days(self) -> frozenset[tuple[date, str]]:
        """Each hardware address and every day of the window on which it held anything.

        A lease that began long before the window counts on the days of the window, and one that lies outside on none.
        Where the window is open on a side, only the day on which a lease began is known to be looked at.
        """
        return frozenset((day, h.mac) for those in self._by_address.values() for h in those for day in self._days(h))

    def days_of(self, macs: AbstractSet[str]) -> Iterator[AddressDay]:
        """What these hardware addresses held on which days, and whether it was given to them on that day."""
        mine = ((address, h) for address, those in self._by_address.items() for h in those if h.mac in macs)
        for address, held in mine:
            every = (held.start, *held.again) if held.given else held.again
            given = {utc(at).astimezone(self.zone).date() for at in every if held.start <= at < held.end}
            yield from (AddressDay(day, held.mac, address, day in given) for day in self._days(held))

    def _days(self, held: Held) -> Iterable[date]:
        start, end = self._ends
        start, end = max(start, held.start), min(end, held.end)
        if start >= end:
            return ()
        first = self._day(held.start if self._is_open else start)
        last = first if self._is_open else self._day(end - 1)
        return (first,) if first == last else [first + timedelta(days=n) for n in range((last - first).days + 1)]

    @cached_property
    def _is_open(self) -> bool:
        return self.window.start is None or self.window.end is None

    @cached_property
    def _ends(self) -> tuple[int, int]:
        """Of the window, in whole seconds since 1970: the first that it holds, and the first after it."""
        start, end = (None if at is None else math.ceil(at.timestamp()) for at in (self.window.start, self.window.end))
        return EVER if start is None else start, FOR_EVER if end is None else end

    def _day(self, at: int) -> date:
        """The day of an instant by the zone's clocks."""
        quarter = at // _QUARTER
        day = self._day_of.get(quarter)
        if day is None:
            day = self._day_of[quarter] = utc(at).astimezone(self.zone).date()
        return day


def _starts_of(by_address: Mapping[str, Sequence[Held]]) -> dict[str, list[int]]:
    return {address: [held.start for held in those] for address, those in by_address.items()}


def _order(event: tuple[int, Held | None]) -> tuple[int, int, str, int]:
    """By time; an end goes before a grant of the same instant, unless it is said to come after."""
    at, held = event
    if held is None or held is _AFTER:
        return (at, 0 if held is None else 2, "", 0)
    if held.end == _GIVEN_UP:
        return (at, 0, held.mac, 0)
    return (at, 1, held.mac, held.end)


def _joined(events: Iterable[tuple[int, Held | None]]) -> list[Held]:
    found: list[Held] = []
    current: list[Held] = []  # those that the last grants gave
    for at, held in events:
        if held is _AFTER:
            for one in current:
                one.end = min(one.end, at)
            current = []
            continue
        if held is not None and held.end == _GIVEN_UP:
            for one in (c for c in current if c.mac == held.mac):
                one.end = min(one.end, at)
            current = [c for c in current if c.mac != held.mac]
            continue
        same = next((c for c in current if held is not None and c.mac == held.mac and at <= c.end), None)
        for one in current:
            if one is not same and one.start < at:  # of the same instant is a doubt, not a successor
                one.end = min(one.end, at)
        current = [c for c in current if c is same or c.start == at]
        if held is not None and same is not None:
            same.end = held.end  # the server counts anew, be it less
            if held.given and at - max((same.start, *same.again[-1:])) >= _QUARTER:  # of no zone another day
                same.again = (*same.again, at)
            continue
        if held is not None:
            current.append(Held(held.start, held.end, held.mac, held.where, given=held.given))
            found.append(current[-1])
    return found


def _without(every: Iterable[Held], doubtful: Sequence[tuple[int, int]]) -> Iterator[Held]:
    """What is left of leases outside these stretches, which are in order of time and apart."""
    for held in every:
        start = held.start
        for begins, ends in doubtful[bisect_right(doubtful, held.start, key=lambda span: span[1]) :]:
            if begins >= held.end:
                break
            if start < begins:
                yield replace(held, start=start, end=begins, given=held.given and start == held.start)
            start = max(start, ends)
        if start == held.start:
            yield held
        elif start < held.end:
            yield replace(held, start=start, given=False)


def _doubts_of(indexes: Iterable[LeaseIndex]) -> dict[str, list[tuple[int, int]]]:
    """What any of several sources doubts, by address."""
    found: dict[str, list[tuple[int, int]]] = {}
    for index in indexes:
        for address, spans in index.doubts.items():
            found[address] = joined_spans([*found.get(address, ()), *spans])
    return found


class LeasesOf:
    """What the sources of leases that a log names know of the addresses in it. `zone` is that of the log's stamps."""

    def __init__(self, source: str, indexes: Iterable[LeaseIndex], zone: tzinfo = UTC) -> None:
        self._source, self._zone, every = source, zone, tuple(indexes)
        self._servers = tuple(one for one in every if not one.is_table)
        self._indexes = tuple(one.without(_doubts_of(o for o in every if o is not one)) for one in every)
        self._wanted: dict[tuple[str, int, int, str], Lease] = {}

    def holder(self, address: str, at: int) -> str | None:
        """The hardware address that holds `address` at an instant; `None` for nobody, or more than one.

        Nobody either while it changes hands: the log's clock and that of the leases are not the same one. Of an hour
        that happens twice it must have held it in both passes.
        """
        near = self._near(address, at)
        macs = {held.mac for held in near}
        is_held = all(any(held.start <= once < held.end for held in near) for once in self._passes(at))
        return macs.pop() if len(macs) == 1 and is_held else None

    def _passes(self, at: int) -> tuple[int, ...]:
        both = passes(utc(at), self._zone)
        return (at,) if len(both) == 1 else tuple(int(once.timestamp()) for once in both)

    def _near(self, address: str, at: int) -> list[Held]:
        """Every lease that may cover an instant of the log; of an hour that happens twice, in either pass."""
        both = self._passes(at)
        return [held for index in self._indexes for once in both for held in index.near(address, once)]

    def want(self, address: str, at: int) -> None:
        """Something of `address` at `at` is kept: so is every lease that covers it, or may by another clock."""
        for held in reversed(self._near(address, at)):  # where two sources say the same, the last of them is told
            key = (address, held.start, held.end, held.mac)
            if key not in self._wanted:
                span, where = (utc(held.start), utc(held.end)), held.where
                self._wanted[key] = Lease(address, held.mac, *span, where, self._source, held.by_hand)

    def leases(self) -> tuple[Lease, ...]:
        """Those that are wanted, in order of their start."""
        return tuple(sorted(self._wanted.values(), key=lambda one: (one.start, one.address, one.mac, one.end)))

    def leased(self) -> frozenset[tuple[date, str]]:
        """Each hardware address that was leased anything, by day."""
        return frozenset().union(*(index.days() for index in self._indexes))

    def days_of(self, macs: AbstractSet[str]) -> frozenset[AddressDay]:
        """Of these hardware addresses, what each held on which day."""
        return frozenset(held for index in self._indexes for held in index.days_of(macs))

    def until(self) -> date | None:
        """The last day on which a server gave any address, of several the one that stopped first."""
        servers = [(i.last_given, i.zone) for i in self._servers]
        if not servers or any(at == EVER for at, _ in servers):
            return None
        return min(utc(at).astimezone(zone).date() for at, zone in servers)


class NoLeases:
    """For a log without leases of its own, where its source names none: nobody is known to hold anything."""

    def holder(self, address: str, at: int) -> str | None:
        """Nobody."""
        return None

    def want(self, address: str, at: int) -> None:
        """There is none to keep."""

    def leases(self) -> tuple[Lease, ...]:
        """None."""
        return ()

    def leased(self) -> frozenset[tuple[date, str]]:
        """Nobody."""
        return frozenset()

    def days_of(self, macs: AbstractSet[str]) -> frozenset[AddressDay]:
        """None."""
        return frozenset()

    def until(self) -> date | None:
        """No server speaks."""
        return None


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
        self.is_told, self.is_any = False, False
        self.order = Order(self.slack)

    @abstractmethod
    def line(self, line: str) -> str:
        """The verdict on a line, as `_name_log` has them; a lease is `dropped` until something asks for it."""

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

    def where(self) -> Where:
        """The place of the line in hand."""
        return Where(self.settings.id, self.file, self.number)

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
        self.file = file.name
        counts = {"dropped": 0, "structural": 0}
        self.order.begin()
        self.begin()
        lines, verdict = LineFile(file, self._fault), ""
        for number, line in lines.lines():
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
