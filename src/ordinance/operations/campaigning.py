# SPDX-License-Identifier: EUPL-1.2
"""`campaigns` and `cases`: what a rule does to work under way, and the file of an account.

Reads the opened folder with `campaigns/` and `cases/`, and an instant. Writes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ordinance import __version__
from ordinance.model.campaign import AccountCase, Campaign
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.law import Law, Stage, State, Text
from ordinance.model.time import start_of
from ordinance.operations.workspace import Workspace
from ordinance.policy import clocks
from ordinance.policy.nodes import did_you_mean
from ordinance.review.campaigns import Effect, Hit, hits, is_done, worries
from ordinance.review.read_campaigns import load_campaigns, load_cases


def campaigns_of(workspace: Workspace) -> tuple[Campaign, ...]:
    """The campaigns of the body. Raises PolicyError with everything that is wrong with them."""
    found, issues = load_campaigns(workspace.body.folder)
    wrong = [*issues, *(i for c in found for i in _unknown(workspace, c))]
    if wrong:
        raise PolicyError(wrong)
    return found


def _unknown(workspace: Workspace, one: Campaign) -> list[Issue]:
    """An app that the catalogue, or a device that the estate does not have: no rule could be found to hit it."""
    found, place = _unknown_app(workspace, one), one.place
    if one.device and one.device not in workspace.estate.device_rows:
        hint = did_you_mean(one.device, workspace.estate.device_rows)
        message = f'no row of devices.csv has the id "{one.device}"'
        found.append(Issue(place.file, place.line, place.column, "unknown-device", message, "", hint))
    return found


def _unknown_app(workspace: Workspace, one: Campaign | AccountCase) -> list[Issue]:
    if workspace.catalogue.member(one.app) is not None:
        return []
    place, known = one.place, [f"{f.id}/{m.id}" for f in workspace.catalogue.families for m in f.members]
    hint = did_you_mean(one.app, known) or "an app is family/member: `ordinance apps` lists them"
    return [Issue(place.file, place.line, place.column, "unknown-app", f'no app "{one.app}"', "", hint)]


def supposed(law: Law, text_id: str, day: date) -> Law:
    """The law as it would be if the newest version of a text of the body came into force on a day.

    Raises PolicyError for a text that the body does not have.
    """
    own = [t for t in law.texts if t.authority == law.body]
    versions = [t for t in own if t.id == text_id]
    if not versions:
        hint = did_you_mean(text_id, {t.id for t in own})
        message = f'the body has no text "{text_id}"'
        raise PolicyError([Issue("policies", 0, 0, "unknown-text", message, "", hint)])
    newest = max(versions, key=_newness)
    stage = Stage(State.IN_FORCE, start_of(day, clocks.zone_of(law, newest)))
    earlier = tuple(s for s in newest.lifecycle if s.start < stage.start and s.state is not State.IN_FORCE)
    coming: Text = replace(newest, lifecycle=(*earlier, stage))
    return replace(law, texts=tuple(coming if t is newest else t for t in law.texts))


def _newness(text: Text) -> tuple[bool, datetime, clocks.Order]:
    """Sorts versions of a text: one that never had force is a draft, and newer than those that had; then by what its
    lifecycle says last, then by number."""
    last = max(s.start for s in text.lifecycle)
    return clocks.force_begins(text) is None, last, clocks.version_order(text.version)


def campaign_issues(found: tuple[Hit, ...]) -> tuple[Issue, ...]:
    """Campaigns that begin when a rule already forbids them: one of the two days is likely to be a slip."""
    issues = []
    for hit in found:
        if hit.effect is Effect.BEGAN_FORBIDDEN:
            place = hit.campaign.first_day_place
            message = f"{hit.campaign.id} begins on {hit.campaign.first_day}, when {hit.clause} already forbids it"
            hint = "another app, a device or account that an exemption covers, or an earlier day"
            issues.append(
                Issue(place.file, place.line, place.column, "campaign-after-its-rule", message, "", hint)
            )
    return tuple(sorted(issues))


def campaigns_document(
    workspace: Workspace, at: datetime, coming: tuple[str, date] | None = None
) -> tuple[dict[str, Any], tuple[Issue, ...]]:
    """The board of campaigns at an instant as plain data, and what is wrong with their days.

    `coming`: a text of the body and the day from which it is supposed to have force.
    """
    law = supposed(workspace.law, *coming) if coming else workspace.law
    found = hits(law, workspace.estate, campaigns_of(workspace), at)
    body = workspace.body
    document = {
        "ordinance": __version__,
        "body": {"id": body.id, "name": body.name},
        "as_of": at.astimezone(body.zone).isoformat(timespec="seconds"),
        "notice": body.notice,
        "supposed": {"policy": coming[0], "from": coming[1].isoformat()} if coming else None,
        "not_known": sum(h.effect is Effect.NOT_KNOWN for h in found),
        "to_think_of": worries(found),
        "campaigns": [campaign_line(h, workspace, at) for h in found],
    }
    return document, campaign_issues(found)


def campaign_line(hit: Hit, workspace: Workspace, at: datetime) -> dict[str, Any]:
    """A campaign with what becomes of it."""
    one = hit.campaign
    return {
        "id": one.id,
        "title": one.title,
        "app": one.app,
        "owner": one.owner,
        "from": one.first_day.isoformat(),
        "to": one.last_day.isoformat(),
        "device": one.device or None,
        "account": one.account,
        "effect": str(hit.effect),
        "hit_from": hit.since.astimezone(workspace.body.zone).isoformat(timespec="seconds") if hit.since else None,
        "clause": hit.clause or None,
        "exemption": hit.exemption or None,
        "missing": list(hit.missing),
        "moves": [
            {
                "to": m.to,
                "by": m.by.isoformat(),
                "owner": m.owner,
                "done": m.done.isoformat() if m.done and is_done(m, workspace.law, at) else None,
            }
            for m in one.moves
        ],
        "invented": list(one.invented),
    }


# --- cases ----------------------------------------------------------------------------------------


def cases_of(workspace: Workspace) -> tuple[AccountCase, ...]:
    """The cases of the body. Raises PolicyError with everything that is wrong with them."""
    found, issues = load_cases(workspace.body.folder)
    wrong = [*issues, *(i for c in found for i in _unknown_app(workspace, c))]
    if wrong:
        raise PolicyError(wrong)
    return tuple(sorted(found, key=lambda c: (c.closed is not None, c.opened, c.id)))


def case_of(workspace: Workspace, case_id: str, at: datetime) -> AccountCase:
    """One case. Raises PolicyError for an id that the body does not have, or one that was opened later."""
    found = cases_of(workspace)
    one = next((c for c in found if c.id == case_id), None)
    if one is None:
        hint = did_you_mean(case_id, (c.id for c in found))
        raise PolicyError([Issue("cases", 0, 0, "unknown-case", f'there is no case "{case_id}"', "", hint)])
    if not is_opened(workspace, one, at):
        message = f'the case "{case_id}" was opened only on {one.opened}'
        raise PolicyError([Issue(one.place.file, one.place.line, one.place.column, "unknown-case", message)])
    return one


def is_opened(workspace: Workspace, one: AccountCase, at: datetime) -> bool:
    """Whether a case was there on the day of an instant."""
    return one.opened <= at.astimezone(workspace.body.zone).date()


def case_document(workspace: Workspace, one: AccountCase, at: datetime) -> dict[str, Any]:
    """A case as plain data: what is open, who depends on the account, what was decided, and what became of its name."""
    today = at.astimezone(workspace.body.zone).date()
    one = known_by(one, today)
    decision, name = one.decision, one.name
    return {
        "ordinance": __version__,
        "body": {"id": workspace.body.id, "name": workspace.body.name},
        "as_of": at.astimezone(workspace.body.zone).isoformat(timespec="seconds"),
        "notice": workspace.body.notice,
        "id": one.id,
        "title": one.title,
        "app": one.app,
        "handle": one.handle,
        "owner": one.owner,
        "opened": one.opened.isoformat(),
        "stands": stands(one, today),
        "answers_to": [
            {"institution": c.institution, "agrees": c.agrees, "on": c.on.isoformat() if c.on else None}
            for c in one.answers_to
        ],
        "questions": [
            {"question": q.question, "owner": q.owner, "answer": q.answer or None, "on": _iso(q.answered)}
            for q in one.questions
        ],
        "dependants": [{"what": d.what, "owner": d.owner} for d in one.dependants],
        "records": [{"what": r.what, "kept": str(r.kept), "where": r.where or None} for r in one.records],
        "options": [
            {"way": str(o.way), "for": list(o.reasons_for), "against": list(o.reasons_against)} for o in one.options
        ],
        "decision": None
        if decision is None
        else {
            "way": str(decision.way),
            "by": decision.by,
            "on": decision.on.isoformat(),
            "reasons": list(decision.reasons),
            "consulted": sorted(decision.consulted),
            "dissent": [{"by": d.by, "text": d.text} for d in decision.dissent],
            "no_dissent": decision.no_dissent,
            "next_review": _iso(decision.next_review),
        },
        "name": None
        if name is None
        else {"way": str(name.way), "by": name.by, "on": _iso(name.on), "how": name.how or None},
        "closed": _iso(one.closed),
        "invented": list(one.invented),
        "cites": [{"title": c.title, "url": c.url or None} for c in one.cites],
    }


def known_by(one: AccountCase, today: date) -> AccountCase:
    """A case as it stood on a day: what was said or decided later is not known yet."""

    def later(day: date | None) -> bool:
        return day is not None and day > today

    return replace(
        one,
        answers_to=tuple(replace(c, agrees=None, on=None) if later(c.on) else c for c in one.answers_to),
        questions=tuple(replace(q, answer="", answered=None) if later(q.answered) else q for q in one.questions),
        decision=None if one.decision and later(one.decision.on) else one.decision,
        name=None if one.name and later(one.name.on) else one.name,
        closed=None if later(one.closed) else one.closed,
    )


def stands(one: AccountCase, today: date) -> str:
    """`closed`, `decided` (the name is not), `overdue` for its review, or `open`."""
    if one.decision is not None and one.decision.next_review is not None and one.decision.next_review < today:
        return "overdue"
    if one.closed is not None:
        return "closed"
    return "decided" if one.decision is not None else "open"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
