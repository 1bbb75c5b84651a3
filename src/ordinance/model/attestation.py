# SPDX-License-Identifier: EUPL-1.2
"""What a person or an office stated about devices. A statement is evidence that it was made, never that it is true."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from ordinance.model.law import Place, Selector
from ordinance.model.time import Span, end_of, start_of


class Stated(StrEnum):
    """What can be stated about an app on a device, or about a control of the device."""

    NOT_INSTALLED = "not_installed"
    REMOVED = "removed"
    NOT_USED = "not_used"
    CONTROL_SET = "control_set"  # a setting or a program keeps the app from being installed


@dataclass(frozen=True, slots=True)
class Attestation:
    """One file of `attestations/`: about `devices` (ids of the estate), given on the day `on`.

    It speaks of the clauses `restrictions` (`text/clause`), of the families and apps in `what`, or of both. `by` is a
    role, never a name. It counts from `on` to `last_day`, both whole; without a last day, on the day `on` alone.
    """

    id: str
    devices: frozenset[str]
    stated: frozenset[Stated]
    by: str
    on: date
    restrictions: frozenset[str] = frozenset()
    what: tuple[Selector, ...] = ()
    how: str = ""
    last_day: date | None = None
    place: Place = field(default_factory=Place, compare=False)

    def span(self, zone: ZoneInfo) -> Span:
        """The time that it speaks of, in the body's zone."""
        return Span(start_of(self.on, zone), end_of(self.last_day or self.on, zone))
