# SPDX-License-Identifier: EUPL-1.2
"""An official channel: one account of the body on one platform, who keeps it, and what to do when it is lost.

Offices keep a channel, never named persons; nothing is said of those who follow it or write to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from ordinance.model.apps import Citation
from ordinance.model.law import Place
from ordinance.model.time import Period, add_months, end_of, start_of

REHEARSED_EVERY = 12  # months after which nobody remembers how an account is taken back


class MfaKind(StrEnum):
    """What a login asks for besides the password."""

    SECURITY_KEY = "security_key"
    APP = "app"
    SMS = "sms"
    NONE = "none"

    @property
    def is_weak(self) -> bool:
        """Whether a stranger can get past it without holding a thing of the body's."""
        return self in {MfaKind.SMS, MfaKind.NONE}


class ChannelState(StrEnum):
    """Where a channel is in its life."""

    PLANNED = "planned"
    RUNNING = "running"
    PARKED = "parked"  # the account is held so that nobody else takes the handle, and posts nothing
    EMERGENCY_ONLY = "emergency_only"
    CLOSING = "closing"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Whether the account exists: it can be lost, whether or not anything is posted."""
        return self not in {ChannelState.PLANNED, ChannelState.CLOSED}

    @property
    def posts(self) -> bool:
        """Whether somebody works with the account."""
        return self in {ChannelState.RUNNING, ChannelState.EMERGENCY_ONLY, ChannelState.CLOSING}


@dataclass(frozen=True, slots=True)
class ChannelStage:
    """A state and the day on which it begins."""

    state: ChannelState
    first_day: date


@dataclass(frozen=True, slots=True)
class Mfa:
    """What a login asks for, and the day on which somebody last saw that it does."""

    kind: MfaKind
    seen_on: date


@dataclass(frozen=True, slots=True)
class Comments:
    """Who answers comments: an office, or nobody (`by` is empty), with the reason."""

    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """Where posts are kept as records, and how often they are taken there; `every` is `None` for each post at once."""

    where: str
    every: Period | None = None


@dataclass(frozen=True, slots=True)
class TakeOver:
    """What to do when the account is lost: steps in their order, who is called (offices), where the platform is asked
    for it, and when this was last tried out."""

    steps: tuple[str, ...]
    calls: tuple[str, ...]
    recovery_address: str
    rehearsed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """One account. `platform` is a family of the catalogue or a member (`family/member`); `handle` is without its @.

    `device` is the id of a device of the estate, empty where the channel has no device of its own. `mfa`, `comments`,
    `archive`, `take_over` are `None` where nobody stated them, as is `emergency`; with an emergency duty it names an
    office, and is empty where it was stated that there is none. `places` are those of the file's keys.
    """

    id: str
    platform: str
    handle: str
    owner: str
    device: str
    lifecycle: tuple[ChannelStage, ...]
    mailbox: str = ""
    mfa: Mfa | None = None
    custodians: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    purpose: str = ""
    languages: tuple[str, ...] = ()
    comments: Comments | None = None
    archive: Archive | None = None
    emergency: str | None = None
    take_over: TakeOver | None = None
    exemption: str = ""
    next_review: date | None = None
    invented: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()
    place: Place = field(default_factory=Place)
    places: tuple[tuple[str, Place], ...] = ()

    def place_of(self, key: str) -> Place:
        """Where a key of the file stands; the whole file where it has none."""
        return dict(self.places).get(key, self.place)

    def known_by(self, day: date) -> Channel:
        """The channel as it was known on a day: a second factor seen later was not seen, a later rehearsal not held."""
        mfa, sheet = self.mfa, self.take_over
        if mfa is not None and mfa.seen_on > day:
            mfa = None
        if sheet is not None and sheet.rehearsed_on is not None and sheet.rehearsed_on > day:
            sheet = replace(sheet, rehearsed_on=None)
        return replace(self, mfa=mfa, take_over=sheet)

    def state_at(self, at: datetime, zone: ZoneInfo) -> ChannelState | None:
        """The state at an instant; `None` before the first."""
        begun = [s.state for s in self.lifecycle if start_of(s.first_day, zone) <= at]
        return begun[-1] if begun else None

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the account exists at an instant."""
        state = self.state_at(at, zone)
        return state is not None and state.is_open

    def posts(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether somebody works with the account at an instant."""
        state = self.state_at(at, zone)
        return state is not None and state.posts

    def stands(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether its life has begun at an instant, and it is not closed."""
        return self.state_at(at, zone) not in {None, ChannelState.CLOSED}

    def is_over(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether it is closed at an instant."""
        return self.state_at(at, zone) is ChannelState.CLOSED

    @property
    def closes(self) -> bool:
        """Whether its file says that it is closed in the end."""
        return bool(self.lifecycle) and self.lifecycle[-1].state is ChannelState.CLOSED

    @property
    def opens_on(self) -> date | None:
        """The first day on which the account exists."""
        return next((s.first_day for s in self.lifecycle if s.state.is_open), None)

    @property
    def rehearse_by(self) -> date | None:
        """The last day for the next rehearsal of the take-over sheet: the day on which the account came to exist, where
        none was ever rehearsed; `None` without a sheet or without an account."""
        if self.take_over is None or self.opens_on is None:
            return None
        last = self.take_over.rehearsed_on
        return self.opens_on if last is None else add_months(last, REHEARSED_EVERY)

    def rehearsal_is_over(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the last day for a rehearsal has passed at an instant."""
        return self.rehearse_by is not None and end_of(self.rehearse_by, zone) <= at

    def review_is_over(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the day of the next review has passed at an instant."""
        return self.next_review is not None and end_of(self.next_review, zone) <= at
