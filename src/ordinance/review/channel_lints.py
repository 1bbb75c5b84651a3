# SPDX-License-Identifier: EUPL-1.2
"""Questions put to channels that read well: one class a lint, all of them listed here.

Reads channels, the law and the estate. Errors, which make a channel's file mean nothing, do not depend on the day; a
warning is seen from an instant, and without one none is given. Cannot know whether a sheet would work on the day of
the theft: only whether somebody wrote one and tried it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar
from unicodedata import normalize

from ordinance.model.apps import Surface
from ordinance.model.channel import REHEARSED_EVERY, Channel
from ordinance.model.errors import Issue, Severity
from ordinance.model.estate import Estate, Use
from ordinance.model.law import Law
from ordinance.model.ruling import Outcome
from ordinance.policy.exempt import names_app, names_device
from ordinance.policy.nodes import did_you_mean
from ordinance.review.channels import apps_of, as_account, device_of, forbidden_after, on_its_device
from ordinance.review.mailbox import Whose, people_by, whose

_WORKED = {Surface.APP: "an app", Surface.DESKTOP: "a program"}  # how somebody works with a channel
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # for errors, which look at no day


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a lint may look at. `at` is the instant from which warnings are seen."""

    law: Law
    estate: Estate
    channels: tuple[Channel, ...]
    at: datetime

    def open(self) -> Iterator[Channel]:
        """Channels whose account exists."""
        return (c for c in self.channels if c.is_open(self.at, self.law.zone))

    @property
    def day(self) -> date:
        """The day of the instant, in the law's zone."""
        return self.at.astimezone(self.law.zone).date()

    def posting(self) -> Iterator[Channel]:
        """Channels that somebody works with."""
        return (c for c in self.channels if c.posts(self.at, self.law.zone))


class ChannelLint:
    """One question to the channels. Its docstring says why it is asked; `summary` is one sentence for lists."""

    id: ClassVar[str]
    summary: ClassVar[str]
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Every issue of this id."""
        raise NotImplementedError

    def issue(self, channel: Channel, key: str, message: str, hint: str = "", consequence: str = "") -> Issue:
        """An issue of this lint at a key of a channel's file, or at the file where the key is not there."""
        place = channel.place_of(key)
        return Issue(place.file, place.line, place.column, self.id, message, consequence, hint, self.severity)


# --- what makes a file mean nothing: errors, on every day -----------------------------------------


class UnknownPlatform(ChannelLint):
    """No rule meets a channel on a platform that the catalogue does not know: a mistyped name would look as if nothing
    forbade it."""

    id = "unknown-platform"
    summary = "A channel is on a platform that the catalogue does not know."
    severity = Severity.ERROR

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Platforms that are neither a family nor a member."""
        catalogue = seen.law.catalogue
        known = [f.id for f in catalogue.families]
        members = [f"{f.id}/{m.id}" for f in catalogue.families for m in f.members]
        for one in seen.channels:
            if not apps_of(catalogue, one.platform):
                hint = did_you_mean(one.platform, members if "/" in one.platform else known)
                message = f'"{one.platform}" is neither a family nor a member of the catalogue'
                yield self.issue(one, "platform", message, hint or "`ordinance apps` lists the catalogue")


class TwoChannelsOneHandle(ChannelLint):
    """One account has one file. With two, each can be mended while the other is believed: an owner here, a take-over
    sheet there."""

    id = "two-channels-one-handle"
    summary = "Two channels that are not closed have one handle on one platform."
    severity = Severity.ERROR

    def check(self, seen: Seen) -> Iterator[Issue]:
        """The second of two files about one account. Letters that look alike in width or case count as the same; two
        networks of one vendor (Facebook, Instagram) are two platforms."""
        found: dict[tuple[str, str], list[Channel]] = {}
        for one in (c for c in seen.channels if not c.closes):
            key = (one.platform.partition("/")[0], normalize("NFKC", one.handle).casefold().removeprefix("@"))
            others = found.setdefault(key, [])
            first = next((o for o in others if _may_be_one(o.platform, one.platform)), None)
            if first is not None:
                message = f'"{one.handle}" on {key[0]} is the channel {first.id} already ({first.place.file})'
                yield self.issue(one, "handle", message, "keep one file, or close one of the two")
            others.append(one)


def _may_be_one(one: str, other: str) -> bool:
    """Whether two names of platforms may mean the same: equal, or one of them the whole family."""
    return one == other or not {"/"} <= set(one) & set(other)


class ChannelRestsOnNothing(ChannelLint):
    """A channel that rests on an exemption which nobody gave looks permitted to whoever reads its sheet."""

    id = "channel-rests-on-nothing"
    summary = "A channel rests on an exemption that the body does not have."
    severity = Severity.ERROR

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Ids of exemptions that no file in exemptions/ has."""
        known = {e.id for e in seen.law.exemptions}
        for one in seen.channels:
            if one.exemption and one.exemption not in known:
                message = f'no exemption has the id "{one.exemption}"'
                yield self.issue(one, "exemption", message, did_you_mean(one.exemption, known))


# --- who keeps the account: warnings, seen from an instant ----------------------------------------


class ChannelWithoutOwnerMailbox(ChannelLint):
    """An account belongs to whoever reads its mailbox. A person's address leaves with the person, a free one was never
    the body's. Said only where it is known: of `strategy.hub@` nobody can tell whether it is an office or a name."""

    id = "channel-without-owner-mailbox"
    summary = "An open channel has no mailbox, or one that is a person's or outside the body."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Open channels without a mailbox, with that of somebody in people.csv, or one of a free provider."""
        people = people_by(seen.estate, seen.day)
        for one in seen.open():
            why = "no mailbox is stated" if not one.mailbox else _not_an_office(one.mailbox, people)
            if why:
                hint = "use a mailbox of the office that several people read, such as press@ the body's own domain"
                yield self.issue(one, "mailbox", why, hint, "who reads it can take the account")


def _not_an_office(mailbox: str, people: Iterable[str]) -> str:
    """Why a mailbox is known not to be an office's; nothing where that cannot be told."""
    found = whose(mailbox, people)
    if found is Whose.OUTSIDE:
        return f"{mailbox.rpartition('@')[2]} is not the body's own: the mailbox is whoever made it"
    return f'"{mailbox}" is the mailbox of somebody in people.csv' if found is Whose.PERSON else ""


class MfaMissing(ChannelLint):
    """Official accounts are taken with a password that leaked, or a telephone number that was moved to another card.
    A parked account that nobody watches is taken most quietly."""

    id = "mfa-missing"
    summary = "An open channel has no second factor, or one that goes by text message."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Open channels without a factor that is a thing in the body's hands."""
        for one in seen.open():
            known = one.known_by(seen.day).mfa
            if known is None or known.kind.is_weak:
                later = f"the second factor was only seen later, on {one.mfa.seen_on}" if one.mfa else ""
                said = f"the second factor is {known.kind}" if known else later or "nobody stated a second factor"
                yield self.issue(one, "mfa", said, "use security keys, or an app on a device of the body")


class OneCustodian(ChannelLint):
    """Who alone can recover an account is on leave on the day on which it is taken."""

    id = "one-custodian"
    summary = "Fewer than two offices can recover an open channel."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Open channels with fewer than two custodians; one that is named twice is one."""
        for one in seen.open():
            offices = {" ".join(c.casefold().split()) for c in one.custodians}
            if len(offices) < 2:
                said = "nobody can recover the account" if not offices else "one office alone can recover the account"
                yield self.issue(one, "custodians", said, "name two offices that hold what it takes to recover it")


class NoTakeOverSheet(ChannelLint):
    """In the first hour after an account was taken nobody has time to find out whom the platform wants to hear from."""

    id = "no-take-over-sheet"
    summary = "Nothing says what to do when an open channel is lost."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Open channels without `take_over`."""
        for one in seen.open():
            if one.take_over is None:
                hint = "add take_over: {steps, calls, recovery_address}"
                yield self.issue(one, "take_over", "nothing says what to do when the account is lost", hint)


class TakeOverSheetNotRehearsed(ChannelLint):
    """A sheet that nobody tried names an office that moved, and a page that the platform took down."""

    id = "take-over-sheet-not-rehearsed"
    summary = "The take-over sheet of an open channel was not rehearsed for twelve months, or not by its first day."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Open channels whose last rehearsal is older, seen from the instant; of one that opens, from the next day."""
        for written in seen.open():
            one = written.known_by(seen.day)
            sheet = one.take_over
            if sheet is None or not one.rehearsal_is_over(seen.at, seen.law.zone):
                continue
            last = f"last on {sheet.rehearsed_on}" if sheet.rehearsed_on else "by then it never was"
            message = f"the take-over sheet is to be rehearsed every {REHEARSED_EVERY} months; {last}"
            yield self.issue(one, "take_over", message, "go through its steps, then write the day as rehearsed_on")


# --- the device and the rules ---------------------------------------------------------------------


class ChannelOnAWorkDevice(ChannelLint):
    """The app of a channel on a device of daily work sees what that device reaches; on a device that the estate does
    not have nobody knows what it sees."""

    id = "channel-on-a-work-device"
    summary = "The device of a channel is not declared separate, or is not in the estate."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Channels that are worked with whose device has another use, or no row on the day."""
        for one in seen.posting():
            if not one.device:
                continue
            row = device_of(seen.estate, one, seen.at, seen.law)
            if row is None:
                rows = seen.estate.device_rows
                said = "has no row for this day" if one.device in rows else "is not in the estate"
                hint = "" if one.device in rows else did_you_mean(one.device, rows)
                yield self.issue(one, "separate_device", f'the device "{one.device}" {said}', hint)
            elif row.facts.use is not Use.SEPARATE:
                use = row.facts.use or "not stated"
                message = f'the device "{one.device}" is not declared separate: its use is {use}'
                hint = "use a device for the channel and nothing else, and say so in devices.csv"
                yield self.issue(one, "separate_device", message, hint)


class ChannelAgainstARule(ChannelLint):
    """A body that forbids an app and runs a channel on it breaks its own rule in public. Either an exemption lifts the
    rule for the channel's device, or the channel ends."""

    id = "channel-against-a-rule"
    summary = "The body's law forbids a channel's app on its device, or the account, and no exemption lifts it."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Channels in use whose device, and open accounts that themselves, come out forbidden at the instant."""
        for one in seen.posting():
            ruling = on_its_device(seen.law, seen.estate, one, seen.at)
            if ruling is not None and ruling.outcome is Outcome.FORBIDDEN:
                where = f'its device "{one.device}"' if one.device else "whatever device it is worked with"
                said = f"{ruling.app} as {_WORKED[ruling.surface]}"
                message = f"the law forbids {said} on {where} ({ruling.deciding}), and no exemption lifts it"
                hint = "ask for an exemption that names the device, or close the channel"
                yield self.issue(one, "platform", message, hint)
        for one in seen.open():
            ruling = as_account(seen.law, one, seen.at)
            if ruling is not None and ruling.outcome is Outcome.FORBIDDEN:
                message = f"the law forbids official accounts on {ruling.app} ({ruling.deciding})"
                yield self.issue(one, "handle", message, "park or close the channel as the rule says")


class ExemptionEndsBeforeReview(ChannelLint):
    """A channel whose permission ends before anybody looks at it again is forbidden from one day to the next, in the
    middle of what it is used for. The exemption that lifts the rule counts, whichever the channel's file names."""

    id = "exemption-ends-before-review"
    summary = "The exemption that lifts a rule for a channel ends before the channel's next review, and none follows."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Channels that are not closed, and are forbidden after the last day of an exemption before the review."""
        for one in seen.channels:
            if one.next_review is None or one.is_over(seen.at, seen.law.zone):
                continue
            exemption = forbidden_after(seen.law, seen.estate, one, seen.at)
            if exemption is not None and exemption.last_day < one.next_review:
                message = f"{exemption.id} ends on {exemption.last_day}, before the review on {one.next_review}"
                hint = "review the channel before the exemption ends"
                yield self.issue(one, "next_review", message, hint, "the channel is then against the rule unseen")


class ExemptionForAnotherChannel(ChannelLint):
    """An exemption for another device, or another app, lifts nothing here. Whoever reads the channel's file believes
    that somebody permitted it."""

    id = "exemption-for-another-channel"
    summary = "The exemption that a channel names covers none of its apps, or not its device."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Channels that are not closed whose named exemption is for other apps or devices. Without a device on file
        there is none that it could cover."""
        given = {e.id: e for e in seen.law.exemptions}
        for one in seen.channels:
            exemption, apps = given.get(one.exemption), apps_of(seen.law.catalogue, one.platform)
            if exemption is None or not apps or one.is_over(seen.at, seen.law.zone):
                continue
            wrong = [] if any(names_app(exemption.what, app) for app in apps) else [one.platform]
            if one.device and not names_device(exemption, one.device):
                wrong.append(f'the device "{one.device}"')
            if wrong:
                message = f"{exemption.id} does not cover {' nor '.join(wrong)}"
                hint = "name the exemption that was given for this channel, or ask for one"
                yield self.issue(one, "exemption", message, hint, "it lifts nothing here")


# --- what the public gets -------------------------------------------------------------------------


class CommentsAnsweredByNobody(ChannelLint):
    """People ask where they are spoken to. A channel that answers nobody can be right, and says why."""

    id = "comments-answered-by-nobody"
    summary = "Nobody answers comments on a channel in use, and no reason is given."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Channels in use without an office that answers, and without a reason."""
        for one in seen.posting():
            if one.comments is None or not (one.comments.by or one.comments.reason):
                said = "nobody stated who answers comments" if one.comments is None else "nobody answers comments"
                hint = "name an office, or say why not: {by: nobody, reason: …}"
                yield self.issue(one, "comments", said, hint)


class NoArchive(ChannelLint):
    """What a public body says is a record, wherever it says it; the platform keeps it only as long as it likes."""

    id = "no-archive"
    summary = "Nothing says where the posts of an open channel are kept."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Open channels without `archive`: what was posted before an account was parked is lost with it, too."""
        for one in seen.open():
            if one.archive is None:
                hint = "add archive: {where: …, every: P7D}, or every: each_post"
                yield self.issue(one, "archive", "nothing says where its posts are kept", hint)


class ReviewOverdue(ChannelLint):
    """Platforms, owners and warnings change. A channel that nobody looks at again goes on because it went on."""

    id = "review-overdue"
    summary = "The next review of a channel is over, or nobody set one."

    def check(self, seen: Seen) -> Iterator[Issue]:
        """Channels that are not closed, whose review was due before the instant or has no day."""
        for one in seen.channels:
            if not one.stands(seen.at, seen.law.zone):
                continue
            if one.next_review is None:
                yield self.issue(one, "next_review", "nobody set a day for the next review", "add next_review: a day")
            elif one.review_is_over(seen.at, seen.law.zone):
                message = f"the review was due by {one.next_review}"
                yield self.issue(one, "next_review", message, "review the channel, then write the next day")


BUILTIN: tuple[type[ChannelLint], ...] = (
    UnknownPlatform,
    TwoChannelsOneHandle,
    ChannelRestsOnNothing,
    ChannelWithoutOwnerMailbox,
    MfaMissing,
    OneCustodian,
    NoTakeOverSheet,
    TakeOverSheetNotRehearsed,
    ChannelOnAWorkDevice,
    ChannelAgainstARule,
    ExemptionEndsBeforeReview,
    ExemptionForAnotherChannel,
    CommentsAnsweredByNobody,
    NoArchive,
    ReviewOverdue,
)


def lint_channels(law: Law, estate: Estate, channels: tuple[Channel, ...], at: datetime | None) -> tuple[Issue, ...]:
    """Every issue of the channels, sorted by place; without an instant the errors alone.

    The law is resolved for warnings: give an instant only where law and estate are without errors.
    """
    seen = Seen(law, estate, channels, at or _ANY_DAY)
    asked = [one() for one in BUILTIN if at is not None or one.severity is Severity.ERROR]
    return tuple(sorted({issue for one in asked for issue in one.check(seen)}))
