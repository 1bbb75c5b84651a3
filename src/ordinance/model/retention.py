# SPDX-License-Identifier: EUPL-1.2
"""How long what is kept under `.ordinance/` stays there: what a body says in `[retention]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from ordinance.model.time import Period, add_months

Places = Mapping[str, tuple[int, int]]


class Kept(StrEnum):
    """A kind of thing that is kept and has a day on which it is over."""

    RUNS = "runs"
    PROBES = "probes"
    LEDGER = "ledger"
    OBSERVATIONS = "observations"
    BUNDLES = "bundles"  # of a bundle, the list of the devices that it is for
    RECEIPTS = "receipts"  # of what went through the airlock
    PACKAGES = "packages"  # that went, or wait to go, through the airlock


NEEDED = (Kept.RUNS, Kept.LEDGER)  # where evidence is read; probes that are not named stay as long as runs


@dataclass(frozen=True, slots=True)
class Retention:
    """Periods in whole days or months, by kind; `places` says where each is written, `written` how."""

    periods: Mapping[Kept, Period] = field(default_factory=dict)
    places: Places = field(default_factory=dict, compare=False)
    written: Mapping[Kept, str] = field(default_factory=dict, compare=False)

    def of(self, kind: Kept) -> Period | None:
        """How long a kind is kept: its own period, else that of runs; `None` where neither is said.

        The ledger says who looked at what, so it never takes the period of something else. Observations, which say what
        was asked for from which address, are kept at all only where their own period is said. What is in force is known
        by its bundle, which stays until the next one where no period of its own is said. Receipts are records: how long
        they stay, the body's schedule of records says, and nothing else.
        """
        own = self.periods.get(kind)
        is_alone = kind in (Kept.LEDGER, Kept.OBSERVATIONS, Kept.BUNDLES, Kept.RECEIPTS)
        return own if own is not None or is_alone else self.periods.get(Kept.RUNS)

    def said(self, kind: Kept) -> str | None:
        """The period of a kind as the body wrote it (`P1Y`); `None` where neither its own nor that of runs is said."""
        period = self.of(kind)
        if period is None:
            return None
        return self.written.get(kind if kind in self.periods else Kept.RUNS, str(period))

    def last_day(self, kind: Kept, day: date) -> date | None:
        """The last day on which something of `day` may be there; `None` where nobody said how long.

        `P6M` from 10 April is over on 10 October, so 9 October is its last day.
        """
        period = self.of(kind)
        if period is None:
            return None
        return add_months(day, period.months) + timedelta(days=period.days - 1)
