# SPDX-License-Identifier: EUPL-1.2
"""Who held which address when, from the files of a DHCP server or a table that somebody keeps.

A reader of such files gives every lease that it finds; only those behind something that is kept leave it. Doubt names
nobody: where two devices seem to hold an address at once, there is no holder, and both leases are given out, so that
whoever joins them sees the doubt.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, timedelta, tzinfo
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter
from sys import intern
from zoneinfo import ZoneInfo

from ordinance.model.evidence import APART, HOUR_S, AddressDay, Lease, Where, is_plain, passes
from ordinance.model.time import Span
from ordinance.readers._clock import utc
from ordinance.readers._held import (
    AFTER,
    END,
    GRANT,
    QUARTER,
    Event,
    Held,
    are_apart,
    held_by,
    joined,
    left_of,
    said_by,
)
from ordinance.readers._order import EVER, FOR_EVER, joined_spans

OPEN_END = 221_845_392_000  # the year 9000, UTC: the end of a lease that has none
MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.ASCII)
_NOWHERE = ("", "")  # no lease comes of it
_IN_TIME = attrgetter("start", "end")

# From when until before when the same leases are near an instant, and these.
Stretch = tuple[int, int, Sequence[Event]]
_NEVER: Stretch = (-FOR_EVER, FOR_EVER, ())
_instant = lru_cache(maxsize=65_536)(utc)  # one ends when others begin, and many begin at once


class LeaseIndex:
    """The leases of one source of leases, by address. They may come in any order; `close` makes them whole.

    Of most addresses each lease stands as one row said it: these stay as they were said (`_said`) until one is asked
    for. All others are joined to leases (`_by_address`).
    """

    def __init__(self, zone: ZoneInfo, window: Span | None = None) -> None:
        self.zone, self.window = zone, window or Span()
        self._fixed: dict[str, list[Held]] = {}
        self._events: dict[str, list[Event]] = {}
        self._said: dict[str, list[Event]] = {}
        self._by_address: dict[str, list[Held]] = {}
        self._rows: dict[str, list[Event]] = {}  # of those, what was asked for
        self._longest: dict[str, int] = {}
        self._doubted: set[str] = set()
        self._doubted_elsewhere: set[str] = set()
        self._unread: list[tuple[int, int]] = []
        self._doubtful: list[tuple[int, int]] = []
        self._since: dict[str, list[int]] = {}
        self.last_given, self.is_table = EVER, False  # when a server last gave an address; it is no server at all
        self._day_of: dict[int, date] = {}  # by the quarter of an hour
        self.doubts: dict[str, list[tuple[int, int]]] = {}  # when nobody knows who has an address, not in any source

    def said_of(self, address: str) -> list[Event]:
        """What was said of an address so far, in the order in which it came. Whoever adds a grant says so (`gave`)."""
        return self._events.setdefault(address, [])

    def gave(self, at: int) -> None:
        """A server gave an address at an instant."""
        self.last_given = max(self.last_given, at)

    def grant(self, address: str, held: Held) -> None:
        """An address was given to a device, or again to the same one."""
        where = held.where
        origin, given = (where.source, where.file), held.given
        self.give(address, held.start, held.end, held.mac, origin, where.line, given=given)

    def give(
        self, address: str, start: int, end: int, mac: str, origin: tuple[str, str], line: int, *, given: bool = True
    ) -> None:
        """The same, without an object for each of many; `origin` are source and file."""
        said = self.said_of(address)  # there are a few lines for each device, and a few devices for each address
        said.append((start, GRANT, intern(mac), end, len(said), given, origin, line, False))
        if given:
            self.gave(start)

    def fix(self, address: str, held: Held) -> None:
        """An address is a device's for just this stretch, whoever else is said to have it meanwhile."""
        self._fixed.setdefault(address, []).append(held)
        self.is_table = True

    def end(self, address: str, at: int, *, after_grants: bool = False) -> None:
        """Whoever held an address holds it no longer from an instant on; also who got it at that instant, if said."""
        said = self.said_of(address)
        said.append((at, AFTER if after_grants else END, "", 0, len(said), False, _NOWHERE, 0, False))

    def give_up(self, address: str, at: int, mac: str) -> None:
        """If it was this device that held an address, it holds it no longer from an instant on."""
        said = self.said_of(address)
        said.append((at, END, mac, 0, len(said), False, _NOWHERE, 0, False))

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
            events = self._events.get(address, [])
            events.sort()
            is_certain = not (self._unread or self._doubtful or address in self._since or address in self._fixed)
            if is_certain and are_apart(events):
                self._said[address] = events
            else:
                self._join(address, events)
        for address in self._doubted:
            self._said.pop(address, None)
            self._by_address.pop(address, None)
        self.doubts = {address: [(EVER, FOR_EVER)] for address in self._doubted_elsewhere} | {
            address: joined_spans(self._doubts_of(address, set(since)))
            for address, since in self._since.items()
            if address not in self._doubted_elsewhere
        }
        self._events.clear()
        self._fixed.clear()

    def _join(self, address: str, events: list[Event]) -> None:
        """The leases of an address of which more is said than when it was whose."""
        behind = {max(e[0], start) for e in events if (start := self._unread_behind(e[0])) is not None}
        ends = ((at, AFTER, "", 0, n, False, _NOWHERE, 0, False) for n, at in enumerate(behind, len(events)))
        found = joined(sorted(chain(events, ends)) if behind else events)
        since = behind.union(self._since.get(address, ()))
        doubtful = joined_spans([*self._doubtful, *self._doubts_of(address, since)]) if since else self._doubtful
        both = left_of(found + self._fixed.get(address, []), doubtful)
        every = self._by_address[address] = sorted((h for h in both if h.start < h.end), key=_IN_TIME)
        self._longest[address] = max((held.end - held.start for held in every), default=0)

    def _doubts_of(self, address: str, since: AbstractSet[int]) -> Iterator[tuple[int, int]]:
        """From what cannot be read of an address to what can, by another clock too: the log has one of its own."""
        said = sorted({event[0] for event in self._events.get(address, ())} - since)
        for at in since:
            n = bisect_right(said, at)
            yield at - APART, said[n] + APART if n < len(said) else FOR_EVER

    def without(self, doubts: Mapping[str, Sequence[tuple[int, int]]]) -> LeaseIndex:
        """The same leases but for these stretches, by address: in order of time and apart."""
        those = {
            address: self._of(address) for address in doubts.keys() & (self._said.keys() | self._by_address.keys())
        }
        if not those:
            return self
        made = LeaseIndex(self.zone, self.window)
        less = {a: sorted(left_of(every, doubts[a]), key=_IN_TIME) for a, every in those.items()}
        longest = {a: max((held.end - held.start for held in every), default=0) for a, every in less.items()}
        made._said = {address: said for address, said in self._said.items() if address not in less}
        made._by_address, made._longest, made.doubts = self._by_address | less, self._longest | longest, self.doubts
        return made

    def _unread_behind(self, at: int) -> int | None:
        """The beginning of the first stretch that ends after an instant, in which something unreadable was said."""
        n = bisect_right(self._unread, at, key=lambda span: span[1])
        return self._unread[n][0] if n < len(self._unread) else None

    def near(self, address: str, at: int) -> Stretch:
        """Every lease of an address that covers an instant, or would by another clock that is `APART` seconds off."""
        said = self._said.get(address)
        if said is not None:
            return _near(said, at)
        said = self._rows.get(address)
        if said is None:
            every = self._by_address.get(address)
            if every is None:
                return _NEVER
            said = self._rows[address] = said_by(every)
        return _near_any(said, at, self._longest[address])

    def every(self) -> tuple[tuple[str, Held], ...]:
        """All leases, by address and start."""
        return tuple((a, held) for a in sorted(self._said.keys() | self._by_address.keys()) for held in self._of(a))

    def _of(self, address: str) -> list[Held]:
        said = self._said.get(address)
        return self._by_address[address] if said is None else [held_by(event) for event in said]

    def days(self) -> frozenset[tuple[date, str]]:
        """Each hardware address and every day of the window on which it held anything.

        A lease that began long before the window counts on the days of the window, and one that lies outside on none.
        Where the window is open on a side, only the day on which a lease began is known to be looked at.
        """
        ends = ((e[0], e[3], e[2]) for said in self._said.values() for e in said)
        more = ((h.start, h.end, h.mac) for those in self._by_address.values() for h in those)
        return frozenset((day, mac) for start, end, mac in chain(ends, more) for day in self._days(start, end))

    def days_of(self, macs: AbstractSet[str]) -> Iterator[AddressDay]:
        """What these hardware addresses held on which days, and whether it was given to them on that day."""
        for address, held in self._held_by(macs):
            every = (held.start, *held.again) if held.given else held.again
            given = {utc(at).astimezone(self.zone).date() for at in every if held.start <= at < held.end}
            days = self._days(held.start, held.end)
            yield from (AddressDay(day, held.mac, address, day in given) for day in days)

    def _held_by(self, macs: AbstractSet[str]) -> Iterator[tuple[str, Held]]:
        for address, said in self._said.items():
            yield from ((address, held_by(event)) for event in said if event[2] in macs)
        for address, those in self._by_address.items():
            yield from ((address, held) for held in those if held.mac in macs)

    def _days(self, first: int, behind: int) -> Iterable[date]:
        """The days of the window between two instants."""
        start, end = self._ends
        start, end = max(start, first), min(end, behind)
        if start >= end:
            return ()
        if self._is_open:
            return (self._day(first),)
        day, last = self._day(start), self._day(end - 1)
        return (day,) if day == last else [day + timedelta(days=n) for n in range((last - day).days + 1)]

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
        quarter = at // QUARTER
        day = self._day_of.get(quarter)
        if day is None:
            day = self._day_of[quarter] = utc(at).astimezone(self.zone).date()
        return day


def _near(said: Sequence[Event], at: int) -> Stretch:
    """Of leases that are apart."""
    first = behind = bisect_right(said, (at + APART, AFTER))
    while first and at - APART < said[first - 1][3]:
        first -= 1
    since = said[first - 1][3] + APART if first else -FOR_EVER
    until = said[behind][0] - APART if behind < len(said) else FOR_EVER
    if first < behind:
        since, until = max(since, said[behind - 1][0] - APART), min(until, said[first][3] + APART)
    return since, until, said[first:behind]


def _near_any(said: Sequence[Event], at: int, longest: int) -> Stretch:
    """Of leases of which none is longer, in order of their start."""
    behind = bisect_right(said, (at + APART, AFTER))
    first = bisect_right(said, (at - APART - longest - 1, AFTER), hi=behind)
    since = said[first - 1][0] + longest + APART if first else -FOR_EVER
    until = said[behind][0] - APART if behind < len(said) else FOR_EVER
    near = []
    for event in said[first:behind]:
        if at - APART < event[3]:
            near.append(event)
            since, until = max(since, event[0] - APART), min(until, event[3] + APART)
        else:
            since = max(since, event[3] + APART)
    return since, until, near


def _all_of(every: Sequence[Stretch]) -> Stretch:
    """What is near by all of several sources."""
    near = [event for *_, those in every for event in those]
    return max((s for s, *_ in every), default=-FOR_EVER), min((u for _, u, _ in every), default=FOR_EVER), near


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
        self._seen: dict[str, Stretch] = {}  # of an address the last answer: who asks once holds it for hours
        self._kept: dict[str, Stretch] = {}  # the last one that is wanted

    def holder(self, address: str, at: int) -> str | None:
        """The hardware address that holds `address` at an instant; `None` for nobody, or more than one.

        Nobody either while it changes hands: the log's clock and that of the leases are not the same one. Of an hour
        that happens twice it must have held it in both passes.
        """
        near = self._near(address, at)[2]
        macs = {event[2] for event in near}
        is_held = all(any(e[0] <= once < e[3] for e in near) for once in self._passes(at))
        return macs.pop() if len(macs) == 1 and is_held else None

    def _passes(self, at: int) -> tuple[int, ...]:
        if is_plain(at // HOUR_S, self._zone):
            return (at,)
        both = passes(utc(at), self._zone)
        return (at,) if len(both) == 1 else tuple(int(once.timestamp()) for once in both)

    def _near(self, address: str, at: int) -> Stretch:
        """Every lease that may cover an instant of the log; of an hour that happens twice, in either pass."""
        if not is_plain(at // HOUR_S, self._zone):
            every = [index.near(address, once) for index in self._indexes for once in self._passes(at)]
            return at, at, [event for *_, near in every for event in near]
        seen = self._seen.get(address)
        if seen is None or not seen[0] <= at < seen[1]:
            all_of = self._indexes
            seen = (
                all_of[0].near(address, at) if len(all_of) == 1 else _all_of([one.near(address, at) for one in all_of])
            )
            if seen[2]:
                self._seen[address] = seen
        return seen

    def want(self, address: str, at: int) -> None:
        """Something of `address` at `at` is kept: so is every lease that covers it, or may by another clock."""
        near = self._near(address, at)
        if not near[2] or self._kept.get(address) is near:
            return
        self._kept[address] = near
        for event in reversed(near[2]):  # where two sources say the same, the last of them is told
            start, _, mac, end, _, _, origin, line, by_hand = event
            key = (address, start, end, mac)
            if key not in self._wanted:
                where = Where(*origin, line)
                self._wanted[key] = Lease(address, mac, _instant(start), _instant(end), where, self._source, by_hand)

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
