# SPDX-License-Identifier: EUPL-1.2
"""The life of a finding: what persons wrote about it, day by day, and the words for where it stands.

Holds what stands in `findings/*.yaml`. A check never writes any of it, and none of it changes a result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ordinance.model.law import Place


class FindingState(StrEnum):
    """Where a finding stands, by what persons wrote."""

    OPEN = "open"
    DISPUTED = "disputed"
    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    CLOSED = "closed"

    @property
    def is_decided(self) -> bool:
        """Whether somebody has decided: then the file says who, and why."""
        return self in {FindingState.EXPLAINED, FindingState.ACCEPTED, FindingState.CLOSED}

    def may_become(self, other: FindingState) -> bool:
        """Whether a person may take a finding from here to there. To dispute is possible always.

        What is closed is opened first, or closed once more: it may have been seen again, which no file says.
        """
        return self is not FindingState.CLOSED or other not in {FindingState.EXPLAINED, FindingState.ACCEPTED}


class Again(StrEnum):
    """Why a finding that was decided is open again without anybody having written so."""

    SEEN_AGAIN = "seen_again"  # closed, and seen after that day
    ACCEPTANCE_OVER = "acceptance_over"  # accepted until a day that is past
    SEEN_SINCE = "seen_since"  # decided about a group, and something behind it was first seen after that day
    NOT_CHECKED = "not_checked"  # listed only: decided of a day before the last run's end, and after that run
    NOT_TOLD_APART = "not_told_apart"  # decided, and nothing says about which of several with the same id


@dataclass(frozen=True, slots=True)
class Entry:
    """What one person wrote on one day. `by` is a role, never a name.

    `untrusted_said` are the words of the person concerned: they are shown as they are, and judged by nobody here.
    `was_heard`: that person was asked, or said something. `last_day` is the last one of an acceptance.
    """

    on: date
    state: FindingState
    by: str
    reason: str = ""
    untrusted_said: str = ""
    was_heard: bool = False
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """One file. `device` is the pseudonym of the one device that the finding is about; empty: it is about a group."""

    finding: str
    device: str = ""
    entries: tuple[Entry, ...] = ()
    invented: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)
    entry_places: tuple[Place, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a finding stands on a day, and since when.

    `decided` is the entry that somebody decided with: also while the finding is open again, with `again` saying why.
    `was_heard`: whether the person concerned was, in any entry until that day. `said` are that person's words by day.
    """

    state: FindingState = FindingState.OPEN
    since: date | None = None
    decided: Entry | None = None
    again: Again | None = None
    was_heard: bool = False
    said: tuple[Entry, ...] = ()
