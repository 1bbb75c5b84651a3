# SPDX-License-Identifier: EUPL-1.2
"""What went on before and after a rule began to bite: counts per day on two sides, and what can be told of them.

A change is never a proof of a cause. Figures of two platforms are never added up: they count different things, and
partly the same people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

SIDE_DAYS, MOST_SIDE_DAYS = 90, 730  # days that are looked at on each side: by default, and at most


class Figure(StrEnum):
    """What a platform counts on an account, per day. Each platform has a definition of its own."""

    VIEWS = "views"
    VIEWERS = "viewers"
    REACH = "reach"
    IMPRESSIONS = "impressions"
    PROFILE_VIEWS = "profile_views"
    LIKES = "likes"
    COMMENTS = "comments"
    SHARES = "shares"
    INTERACTIONS = "interactions"
    LINK_CLICKS = "link_clicks"
    FOLLOWS = "follows"  # won on that day, less those lost where the platform says so
    FOLLOWERS = "followers"  # how many there are: a level, which mostly only grows

    @property
    def is_level(self) -> bool:
        """Whether it is a level rather than something that happens anew each day."""
        return self is Figure.FOLLOWERS

    @property
    def may_be_negative(self) -> bool:
        """Whether a platform takes back what it counted (removed comments, followers lost)."""
        return self in {Figure.LIKES, Figure.COMMENTS, Figure.SHARES, Figure.INTERACTIONS, Figure.FOLLOWS}


class ExportForm(StrEnum):
    """Whose export a file is."""

    OWN = "own"
    TIKTOK = "tiktok"
    INSTAGRAM = "instagram"
    YOUTUBE = "youtube"


@dataclass(frozen=True, slots=True, order=True)
class Counted:
    """What one metric was on a day, as it stood on the day of the export: platforms correct the last days later."""

    day: date
    metric: Figure
    value: int
    exported: date
    form: ExportForm = ExportForm.OWN


class Restricted(StrEnum):
    """What the rule says of a channel, on the days after it began to bite."""

    RESTRICTED = "restricted"
    LIFTED = "lifted"  # an exemption lifts all that it says
    ADVISED = "advised"
    NOT_KNOWN = "not_known"  # a fact is missing
    FREE = "free"


class Change(StrEnum):
    """What happened to a count."""

    LESS = "less"
    SAME = "same"
    MORE = "more"
    CANNOT_TELL = "cannot_tell"


class Why(StrEnum):
    """Why nothing can be told."""

    NO_DAY_BEFORE = "no_day_before"
    NO_DAY_AFTER = "no_day_after"
    TOO_FEW_DAYS = "too_few_days"
    TOO_LITTLE = "too_little"
    DAYS_DIFFER = "days_differ"
    LEVEL = "level"
    ALREADY_BITTEN = "already_bitten"  # a rule with the same duty stood on the days before
    TOO_FEW_DEVICES = "too_few_devices"
    DEVICES_CHANGED = "devices_changed"
    NOT_BEGUN = "not_begun"
    BY_DECISION = "by_decision"  # the body lets no evidence about devices be read


@dataclass(frozen=True, slots=True)
class Side:
    """The days of one side that count. `typical` is the middle day, `low` to `high` the middle half of all days."""

    first: date
    last: date
    days: int
    low: int
    typical: int
    high: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides and what they come to; a side without days is `None`, and `why` is only there with `cannot_tell`."""

    change: Change
    before: Side | None
    after: Side | None
    why: Why | None = None
