# SPDX-License-Identifier: EUPL-1.2
"""`channels`: the official accounts of a body as plain data, with what the law says of each and what is to be mended.

Reads the folder opened with its channels, and an instant. Nothing of followers or commenters is read or kept, and no
connection to a platform is made: what stands here is what offices wrote.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from ordinance import __version__
from ordinance.model.channel import Channel
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.kleene import Truth
from ordinance.model.law import Exemption, Text
from ordinance.model.ruling import Ruling
from ordinance.operations.channel_review import reviews_of
from ordinance.operations.due import dates_of, due_document
from ordinance.operations.workspace import CHANNELS, Workspace
from ordinance.policy.nodes import did_you_mean
from ordinance.review.channels import as_account, device_of, hits, on_its_device, rests_on
from ordinance.review.deadlines import Deadline, Kind
from ordinance.review.mailbox import people_by, whose
from ordinance.review.work_deadlines import work_deadlines

_OWN_DATES = {Kind.CHANNEL_REVIEW, Kind.REHEARSAL}


def channels_document(workspace: Workspace, at: datetime) -> dict[str, Any]:
    """Every channel in a line, by id."""
    return {**_head(workspace, at), "channels": [_line(workspace, c, at) for c in workspace.channels]}


def channel_document(workspace: Workspace, name: str, at: datetime) -> dict[str, Any]:
    """The sheet of one channel. Raises PolicyError where the body has none of that id."""
    found = next((c for c in workspace.channels if c.id == name), None)
    if found is None:
        hint = did_you_mean(name, {c.id for c in workspace.channels}) or "a file in channels/ makes one"
        message = f'the body has no channel "{name}"'
        raise PolicyError([Issue(CHANNELS, 0, 0, "unknown-channel", message, "", hint)])
    return {**_head(workspace, at), "channel": _sheet(workspace, found, at)}


def channels_due_document(workspace: Workspace, at: datetime) -> dict[str, Any]:
    """The dates of channels in the form of `due`: reviews, rehearsals, what was decided in `reviews/`, and ends of
    exemptions that lift a rule for one at the instant."""
    law, estate = workspace.law, workspace.estate
    standing = [c for c in workspace.channels if c.stands(at, law.zone)]
    rests = {e.id for c in standing for e in rests_on(law, estate, c, at)}
    decided = {*work_deadlines(law, (), (), reviews_of(workspace.body), at)}
    dates = [d for d in dates_of(workspace, at) if _is_of_channels(d, rests) or d in decided]
    return due_document(workspace, at, dates=dates)


def channel_issues(workspace: Workspace) -> tuple[Issue, ...]:
    """What is wrong with `channels/` and the files in it."""
    return tuple(i for i in workspace.issues if i.file.partition("/")[0] == CHANNELS)


def _is_of_channels(deadline: Deadline, rests: set[str]) -> bool:
    return deadline.kind in _OWN_DATES or (deadline.kind is Kind.EXEMPTION_ENDS and deadline.id in rests)


def _head(workspace: Workspace, at: datetime) -> dict[str, Any]:
    body = workspace.body
    return {
        "ordinance": __version__,
        "body": {"id": body.id, "name": body.name},
        "as_of": at.astimezone(body.zone).isoformat(timespec="seconds"),
        "notice": body.notice,
    }


def _line(workspace: Workspace, channel: Channel, at: datetime) -> dict[str, Any]:
    """What is known of a channel on the day of the instant, in short."""
    zone = workspace.law.zone
    state = channel.state_at(at, zone)
    rests = rests_on(workspace.law, workspace.estate, channel, at)
    return {
        "id": channel.id,
        "platform": channel.platform,
        "platform_name": platform_name(workspace, channel.platform),
        "handle": channel.handle,
        "owner": channel.owner,
        "state": str(state) if state else None,
        "in_use": channel.posts(at, zone),
        "open": channel.is_open(at, zone),
        "device": _device(workspace, channel, at),
        "rule": _rule(on_its_device(workspace.law, workspace.estate, channel, at), rests),
        "account_rule": _rule(as_account(workspace.law, channel, at), rests),
        "rests_on": _named(workspace, channel, at),
        "next_review": _iso(channel.next_review),
        "review_overdue": channel.review_is_over(at, zone) and channel.stands(at, zone),
        "issues": [
            {"id": i.id, "severity": str(i.severity), "message": i.message, "line": i.line, "hint": i.hint}
            for i in channel_issues(workspace)
            if i.file == channel.place.file
        ],
    }


def _sheet(workspace: Workspace, channel: Channel, at: datetime) -> dict[str, Any]:
    day = at.astimezone(workspace.law.zone).date()
    channel, people = channel.known_by(day), people_by(workspace.estate, day)
    sheet, mfa = channel.take_over, channel.mfa
    return {
        **_line(workspace, channel, at),
        "file": channel.place.file,
        "lifecycle": [{"state": str(s.state), "from": s.first_day.isoformat()} for s in channel.lifecycle],
        "mailbox": channel.mailbox or None,
        "mailbox_of": str(whose(channel.mailbox, people)) if channel.mailbox else None,
        "mfa": {"kind": str(mfa.kind), "seen_on": mfa.seen_on.isoformat()} if mfa else None,
        "custodians": list(channel.custodians),
        "audience": list(channel.audience),
        "purpose": channel.purpose or None,
        "languages": list(channel.languages),
        "comments": {"by": channel.comments.by or None, "reason": channel.comments.reason or None}
        if channel.comments
        else None,
        "archive": {
            "where": channel.archive.where,
            "every": str(channel.archive.every) if channel.archive.every else "each_post",
        }
        if channel.archive
        else None,
        "emergency_duty": None if channel.emergency is None else {"by": channel.emergency or None},
        "take_over": {
            "steps": list(sheet.steps),
            "calls": list(sheet.calls),
            "recovery_address": sheet.recovery_address,
            "rehearsed_on": _iso(sheet.rehearsed_on),
            "rehearse_by": _iso(channel.rehearse_by),
            "rehearsal_overdue": channel.rehearsal_is_over(at, workspace.law.zone),
        }
        if sheet
        else None,
        "invented": list(channel.invented),
        "cites": [{"title": c.title, "url": c.url, "retrieved": _iso(c.retrieved)} for c in channel.cites],
    }


def platform_name(workspace: Workspace, platform: str) -> str:
    """What the catalogue calls a family or a member."""
    if "/" in platform:
        found = workspace.catalogue.member(platform)
        return found[1].name if found else platform
    family = workspace.catalogue.family(platform)
    return family.name if family else platform


def _device(workspace: Workspace, channel: Channel, at: datetime) -> dict[str, Any] | None:
    """The channel's device and its use; `None` where the channel has none."""
    if not channel.device:
        return None
    row = device_of(workspace.estate, channel, at, workspace.law)
    use = row.facts.use if row else None
    return {"id": channel.device, "in_estate": row is not None, "use": str(use) if use else None}


def _rule(ruling: Ruling | None, rests: Iterable[Exemption]) -> dict[str, Any] | None:
    """What a ruling comes to, with the exemption that lifts it: of several the one that lasts longest."""
    if ruling is None:
        return None
    lifting = [e for e in rests if ruling.exemption and ruling.deciding in e.restrictions]
    given = max(lifting, key=lambda e: (e.last_day, e.id), default=None)
    return {
        "outcome": str(ruling.outcome),
        "app": ruling.app,
        "clause": ruling.deciding,
        "lifted_by": _exemption(given),
        "missing": list(ruling.missing),
    }


def _named(workspace: Workspace, channel: Channel, at: datetime) -> dict[str, Any] | None:
    """The exemption that the channel's file names, with its time and whether it is one of those that lift anything."""
    given = next((e for e in workspace.law.exemptions if e.id == channel.exemption), None)
    if given is None:
        return None
    start, end = given.span.start, given.span.end
    return {
        "id": given.id,
        "last_day": given.last_day.isoformat(),
        "first_day": start.astimezone(workspace.law.zone).date().isoformat() if start else None,
        "begun": start is None or start <= at,
        "over": end is not None and end <= at,
        "lifts": given in rests_on(workspace.law, workspace.estate, channel, at),
    }


def _exemption(given: Exemption | None) -> dict[str, Any] | None:
    return {"id": given.id, "last_day": given.last_day.isoformat()} if given else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# --- what a rule hits -----------------------------------------------------------------------------


def hit_lines(workspace: Workspace, text: Text, at: datetime) -> list[dict[str, Any]]:
    """Channels that a version of a text restricts, or may restrict, at an instant of its force."""
    found = hits(workspace.law, workspace.estate, workspace.channels, text, at)
    return [
        {
            "channel": h.channel.id,
            "platform": h.channel.platform,
            "platform_name": platform_name(workspace, h.channel.platform),
            "handle": h.channel.handle,
            "owner": h.channel.owner,
            "state": str(h.channel.state_at(at, workspace.law.zone)),
            "device": h.channel.device or None,
            "clause": h.clause,
            "force": str(h.force),
            "about": str(h.about),
            "certain": h.truth is Truth.TRUE,
            "missing": list(h.missing),
            "lifted_by": _exemption(h.lifted_by),
        }
        for h in sorted(found, key=lambda h: (h.channel.id, h.clause, h.about))
    ]
