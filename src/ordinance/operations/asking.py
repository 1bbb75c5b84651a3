# SPDX-License-Identifier: EUPL-1.2
"""Questions to a resolver, and about some to a reference: one after the other, at a pace and within a time.

Knows what each answer shows, and when to ask no further. Reads and writes nothing; whom it may ask it was told.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ordinance.model.probe import TYPES, Expected, Neighbour, Probed, ProbedName, Reply, Resolver, Seen, Verdict
from ordinance.verify.resolver import DENIED, NOWHERE, REFERENCE_SILENT, Signs, beside, judge, of_all_types

SILENT_AFTER = 3  # names, or questions to the reference, without any answer so far: it is asked no further
TIME_UP, SILENT = "time_up", "resolver_silent"
NO_SIGNS = Signs()

Ask = Callable[[Resolver, str, str, float], Reply]


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, and how much: at most `most` names, `per_second` questions a second, `within_s` seconds in all."""

    resolver: Resolver
    reference: Resolver | None = None
    most: int = 500
    per_second: int = 50
    timeout_s: int = 2
    within_s: int = 300


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that only rise, and how to let some go by."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


class Asker:
    """Puts the questions, one after the other, at a pace and within a time."""

    def __init__(
        self, asking: Asking, signs: Signs, ask: Ask, clock: Clock, progress: Callable[[str], None]
    ) -> None:
        self._asking, self._signs, self._ask, self._clock, self._progress = asking, signs, ask, clock, progress
        self._until = clock.now() + asking.within_s
        self._next = clock.now()
        self._answered = False
        self._unheard = 0.0  # questions to a reference that has answered none
        self.questions = 0

    def all(self, names: tuple[ProbedName, ...]) -> tuple[list[Probed], str, tuple[ProbedName, ...]]:
        """What was seen; why it stopped before the end, and what was then not asked."""
        rows: list[Probed] = []
        for number, name in enumerate(names):
            if self._clock.now() >= self._until:
                return rows, TIME_UP, names[number:]
            if number >= SILENT_AFTER and not self._answered:
                return rows, SILENT, names[number:]
            if number % 50 == 0:
                self._progress(f"asking {number + 1} of {len(names)} names …")
            rows.append(self._one(name))
        return rows, "", ()

    def _one(self, name: ProbedName) -> Probed:
        types: dict[str, Verdict] = {}
        for rrtype in TYPES:
            reply = self._put(self._asking.resolver, name.name, rrtype)
            types[rrtype] = self._beside(name, rrtype, judge(reply, self._signs))
            if reply.failure:
                break  # no answer at all: the other types would wait in vain as long again
            self._answered = True
        return Probed(name, types, of_all_types(name.expected, types))

    def _beside(self, name: ProbedName, rrtype: str, verdict: Verdict) -> Verdict:
        if verdict not in (NOWHERE, Verdict(Seen.UNCLEAR, DENIED)):
            return verdict
        reference = self._asking.reference
        if reference is not None and name.neighbour is Neighbour.CANARY:
            return verdict  # a name of the body's own is for its own resolver
        other = None if reference is None else judge(self._elsewhere(reference, name.name, rrtype), NO_SIGNS)
        if verdict == NOWHERE and (other is None or other.seen is Seen.NO_ANSWER):
            # A name may be published with such an address: nobody is accused by it.
            why = NOWHERE.reason if other is None else REFERENCE_SILENT
            return verdict if name.expected is Expected.BLOCKED else Verdict(Seen.UNCLEAR, why)
        return verdict if other is None else beside(verdict, other)

    def _elsewhere(self, reference: Resolver, name: str, rrtype: str) -> Reply:
        """What the reference says. One that never answered is asked no more: each wait takes from the time for all."""
        if self._unheard >= SILENT_AFTER:
            return Reply(failure="not asked any more")
        reply = self._put(reference, name, rrtype)
        if not reply.failure:
            self._unheard = -math.inf  # it is there: one answer that is missing is only that
        self._unheard += 1
        return reply

    def _put(self, resolver: Resolver, name: str, rrtype: str) -> Reply:
        wait = self._next - self._clock.now()
        if wait > 0:
            self._clock.sleep(wait)
        self._next = self._clock.now() + 1 / self._asking.per_second
        self.questions += 1
        return self._ask(resolver, name, rrtype, self._asking.timeout_s)
