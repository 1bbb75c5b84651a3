# SPDX-License-Identifier: EUPL-1.2
"""The evaluation of a rule: what it cost, which ways were open, what was decided, by whom and against whose advice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ordinance.model.law import Place


class Way(StrEnum):
    """What can follow a rule whose time is up."""

    RENEW = "renew"  # the same rule, for another stated time
    LAPSE = "lapse"  # let it end
    CHANGE = "change"  # another rule in its place
    MAKE_PERMANENT = "make_permanent"  # the same rule, without an end

    @property
    def goes_on(self) -> bool:
        """Whether a rule has force afterwards."""
        return self is not Way.LAPSE


class Known(StrEnum):
    """How an amount is known."""

    BOOKED = "booked"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Cost:
    """What carrying out the rule cost: an amount of one currency (ISO 4217), and how it is known."""

    what: str
    amount: Decimal
    currency: str
    known: Known


@dataclass(frozen=True, slots=True)
class Considered:
    """One way that was open, with what speaks for and against it."""

    way: Way
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dissent:
    """Somebody who was of another mind, in his own words. `by` is an office, never a person's name.

    `internal`: whether a channel review keeps the words from the public.
    """

    by: str
    text: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class RuleDecision:
    """What was decided about the rule. `proposed_by`, `by` and `consulted` are offices."""

    way: Way
    by: str
    on: date
    reasons: tuple[str, ...]
    proposed_by: str = ""
    consulted: frozenset[str] = frozenset()
    dissent: tuple[Dissent, ...] = ()
    no_dissent: bool = False
    next_review: date | None = None
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One look back at one version of a rule, over a stretch of days (both inclusive).

    `restrictions` are the clauses looked at (empty: all). `costs` is `None` where nobody stated any, and empty where
    it was stated that there were none. Without a `decision` it is a preparation, and renews nothing.
    """

    id: str
    policy: str
    version: str
    first_day: date
    last_day: date
    by: str
    on: date
    restrictions: frozenset[str] = frozenset()
    findings: tuple[str, ...] = ()
    costs: tuple[Cost, ...] | None = None
    considered: tuple[Considered, ...] = ()
    decision: RuleDecision | None = None
    invented: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)

    def covers(self, restriction: str) -> bool:
        """Whether a clause of the version is among those looked at."""
        return not self.restrictions or restriction in self.restrictions
