# SPDX-License-Identifier: EUPL-1.2
"""What is said of one address, and the leases that it makes: a renewal makes one longer, a successor cuts it short.

Reads nothing itself. Cannot know which of two devices holds an address that were given it at one instant: both stand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ordinance.model.evidence import Where

QUARTER = 900  # of an hour, in seconds: no zone's days begin between two

# What is said of an address: when, one of these three, the hardware address ("": of whoever has it), the end of what is
# given, how many were before, whether the server gave it at this instant, source and file, line, whether somebody keeps
# it by hand. A plain tuple, whose own order is that of time: an end goes before a grant of the same instant, unless it
# is said to come after. There is one for each row of a file, and most are leases as they stand.
Event = tuple[int, int, str, int, int, bool, tuple[str, str], int, bool]
END, GRANT, AFTER = 0, 1, 2


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


def are_apart(events: Iterable[Event]) -> bool:
    """Whether each is a lease that is over before the next one begins, in their order: each is then as it was said."""
    over = -1
    for event in events:
        if not over < event[0] < event[3]:  # what takes an address back has no end
            return False
        over = event[3]
    return True


def held_by(event: Event) -> Held:
    """A lease as it was said."""
    start, _, mac, end, _, given, origin, line, by_hand = event
    return Held(start, end, mac, Where(*origin, line), by_hand, given)


def said_by(leases: Iterable[Held]) -> list[Event]:
    """Leases as if rows had said them, but for their renewals."""
    every = enumerate(leases)
    return [
        (h.start, GRANT, h.mac, h.end, n, h.given, (h.where.source, h.where.file), h.where.line, h.by_hand)
        for n, h in every
    ]


def joined(events: Iterable[Event]) -> list[Held]:
    """The leases of an address, of which all is said in this order."""
    found: list[Held] = []
    current: list[Held] = []  # those that the last grants gave
    for event in events:
        at, what, mac, end = event[:4]
        if what == AFTER:
            for one in current:
                one.end = min(one.end, at)
            current = []
            continue
        if what == END and mac:
            for one in (c for c in current if c.mac == mac):
                one.end = min(one.end, at)
            current = [c for c in current if c.mac != mac]
            continue
        same = next((c for c in current if what == GRANT and c.mac == mac and at <= c.end), None)
        for one in current:
            if one is not same and one.start < at:  # of the same instant is a doubt, not a successor
                one.end = min(one.end, at)
        if same is not None:
            same.end = end  # the server counts anew, be it less
            if event[5] and at - max((same.start, *same.again[-1:])) >= QUARTER:  # of no zone another day
                same.again = (*same.again, at)
            if len(current) == 1:
                continue
        current = [c for c in current if c is same or c.start == at]
        if what == GRANT and same is None:
            current.append(held_by(event))
            found.append(current[-1])
    return found


def left_of(every: Iterable[Held], doubtful: Sequence[tuple[int, int]]) -> Iterator[Held]:
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
