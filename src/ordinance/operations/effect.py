# SPDX-License-Identifier: EUPL-1.2
"""`effect`: what went on before and after a rule began to bite, in the body's networks and on its channels.

Reads the opened folder, the runs of `check` that were kept, and the figures of channels in `analytics/`. Says what
became less or more, or that it cannot be told and why; never what caused it. Contacts are given in bands, and only
where the body is large enough to hide one person. Figures of two channels are never added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ordinance import __version__
from ordinance.model.channel import Channel
from ordinance.model.effect import SIDE_DAYS, Change, Compared, Counted, Figure, Side, Why
from ordinance.model.law import Duty
from ordinance.model.time import start_of
from ordinance.operations.channels import hit_lines, platform_name
from ordinance.operations.kept_runs import read_runs
from ordinance.operations.law_lines import policy_line
from ordinance.operations.rule import Rule, rule_of
from ordinance.operations.workspace import Workspace
from ordinance.policy import clocks, select
from ordinance.readers.analytics import latest, read_analytics
from ordinance.review import effect
from ordinance.review.contacts import SeenDay, Series, seen_days

_CONTACTS, _AUDIENCE = (Duty.BLOCK_TRAFFIC, Duty.STOP_USING), (Duty.STOP_USING,)


@dataclass(frozen=True, slots=True)
class Turn:
    """The two sides: whole days before an instant, and whole days from it on with the rule in force."""

    at: datetime
    before: frozenset[date]
    after: frozenset[date]


def effect_sheet(
    workspace: Workspace, name: str, at: datetime, *, turn: date | None = None, days: int = SIDE_DAYS
) -> dict[str, Any]:
    """The sheet of one rule as plain data; the same input gives the same sheet.

    `turn` is a day to take instead of the one on which the rule's duties bite. Raises PolicyError where the body has
    no such text.
    """
    rule = rule_of(workspace, name, at)
    for_contacts = _turn(workspace, rule, at, _CONTACTS, turn, days)
    for_audience = _turn(workspace, rule, at, _AUDIENCE, turn, days)
    body = workspace.body
    return {
        "ordinance": __version__,
        "body": {"id": body.id, "name": body.name, "languages": list(body.languages)},
        "as_of": at.astimezone(body.zone).isoformat(timespec="seconds"),
        "notice": body.notice,
        "policy": policy_line(workspace.law, rule.text, at),
        "days": days,
        "turn_given": turn is not None,
        "contacts": _contacts(workspace, rule, at, for_contacts),
        "audience": _audience(workspace, rule, at, for_audience),
    }


def effect_in_short(workspace: Workspace, rule: Rule, at: datetime) -> dict[str, Any]:
    """What the sheet says of contacts with the app itself and of each channel, for who evaluates the rule."""
    contacts = _contacts(workspace, rule, at, _turn(workspace, rule, at, _CONTACTS, None, SIDE_DAYS))
    audience = _audience(workspace, rule, at, _turn(workspace, rule, at, _AUDIENCE, None, SIDE_DAYS))
    judged = ("change", "why")
    return {
        "contacts": [
            {"family": f["family"], "family_name": f["family_name"], **{k: s[k] for k in judged}}
            for f in contacts["families"]
            for s in f["series"]
            if s["series"] == Series.APP
        ],
        "audience": [
            {**{k: c[k] for k in ("channel", "hit_by_rule")}, "metric": m["metric"], **{k: m[k] for k in judged}}
            for c in audience["channels"]
            for m in c["metrics"]
        ],
    }


def _turn(
    workspace: Workspace, rule: Rule, at: datetime, duties: Iterable[Duty], given: date | None, days: int
) -> Turn | None:
    """Where the first of some duties bites, else where the rule begins; `None` where that is not before `at`."""
    zone = workspace.body.zone
    instant = start_of(given, zone) if given else _bites(workspace, rule, duties)
    if instant is None or instant >= at or not rule.spans:
        return None
    local = instant.astimezone(zone)
    first = local.date() + timedelta(days=int(local != start_of(local.date(), zone)))
    today = at.astimezone(zone).date()
    in_force = {d for s in rule.spans for d in s.days(zone)}
    after = {first + timedelta(days=n) for n in range(days)} & in_force
    before = {local.date() - timedelta(days=n) for n in range(1, days + 1)}
    return Turn(instant, frozenset(before), frozenset(d for d in after if d < today))


def _bites(workspace: Workspace, rule: Rule, duties: Iterable[Duty]) -> datetime | None:
    law, text = workspace.law, rule.text
    dues = [found for c in text.restrictions for found in clocks.duties_due(law, text, c)]
    for duty in duties:
        of_duty = [instant for one, instant in dues if one is duty]
        if of_duty:
            return min(of_duty)
    return min((b for c in text.restrictions if (b := clocks.clause_begins(text, c))), default=None)


# --- contacts -------------------------------------------------------------------------------------


def _contacts(workspace: Workspace, rule: Rule, at: datetime, turn: Turn | None) -> dict[str, Any]:
    checking = workspace.body.checking
    runs, unusable = read_runs(workspace.state)
    every = seen_days(runs, at)
    wanted = turn.before | turn.after if turn else frozenset()
    near = {d: s for d, s in every.items() if d in wanted}
    sources = near[max(near)].sources if near else frozenset()
    alike = {d: s for d, s in near.items() if s.sources == sources}
    thin = effect.thin_days({d: s.hours for d, s in alike.items()})
    used = {d: s for d, s in alike.items() if d not in thin}
    return {
        "turn": _iso(turn, workspace),
        "runs": len(runs),
        "not_usable": unusable,
        "evidence_allowed": sorted(map(str, checking.evidence_allowed)),
        "days_seen": len(near),
        "days_with_other_sources": len(near) - len(alike),
        "days_seen_in_part": len(thin),
        "minimum_group": checking.minimum_group,
        "families": [
            _family(workspace, family, used, turn) for family in _families(workspace, rule)
        ],
    }


def _families(workspace: Workspace, rule: Rule) -> list[str]:
    """Families that a clause names with at least one member, as its lists stood when the rule began."""
    at = rule.force.closed[0] if rule.force else None
    if at is None:
        return []
    law, text = workspace.law, rule.text
    named = {
        family.id
        for family in workspace.catalogue.families
        for member in family.members
        if any(select.names(law, text, c.what, f"{family.id}/{member.id}", at) for c in text.restrictions)
    }
    return sorted(named)


def _family(workspace: Workspace, family: str, days: Mapping[date, SeenDay], turn: Turn | None) -> dict[str, Any]:
    return {
        "family": family,
        "family_name": platform_name(workspace, family),
        "series": [_series(workspace, family, series, days, turn) for series in Series],
    }


def _series(
    workspace: Workspace, family: str, series: Series, days: Mapping[date, SeenDay], turn: Turn | None
) -> dict[str, Any]:
    counts = {d: s.counts.get((family, series), 0) for d, s in days.items()}
    before, after = effect.same_weekdays(*({d: n for d, n in counts.items() if d in part} for part in _parts(turn)))
    found = _judged(workspace, days, turn, before, after)
    return {
        "series": str(series),
        "change": str(found.change),
        "why": str(found.why) if found.why else None,
        "before": _banded(found.before, before),
        "after": _banded(found.after, after),
    }


def _parts(turn: Turn | None) -> tuple[frozenset[date], frozenset[date]]:
    return (turn.before, turn.after) if turn else (frozenset(), frozenset())


def _judged(
    workspace: Workspace,
    days: Mapping[date, SeenDay],
    turn: Turn | None,
    before: Mapping[date, int],
    after: Mapping[date, int],
) -> Compared:
    devices = [days[d].devices for d in (*before, *after)]
    if turn is None:
        return Compared(Change.CANNOT_TELL, None, None, Why.NOT_BEGUN)
    if devices and min(devices) < workspace.body.checking.minimum_group:
        return Compared(Change.CANNOT_TELL, None, None, Why.TOO_FEW_DEVICES)
    found = effect.compared(before, after, effect.LEAST_CONTACTS)
    if found.change is not Change.CANNOT_TELL and effect.devices_changed(devices):
        return Compared(Change.CANNOT_TELL, found.before, found.after, Why.DEVICES_CHANGED)
    return found


def _banded(found: Side | None, counts: Mapping[date, int]) -> dict[str, Any] | None:
    """A side in bands: how many of its days fall in each, and the band of its typical day. No exact count."""
    if found is None:
        return None
    bands = Counter(effect.band(n) for n in counts.values())
    return {
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "days": found.days,
        "days_by_band": [bands[n] for n in range(len(effect.BANDS) + 1)],
        "typical_band": effect.band(found.typical),
    }


# --- what channels reached ------------------------------------------------------------------------


def _audience(workspace: Workspace, rule: Rule, at: datetime, turn: Turn | None) -> dict[str, Any]:
    """Each channel with its figures; what is wrong with the files was said when the folder was opened."""
    today = at.astimezone(workspace.body.zone).date()
    rows, _ = read_analytics(workspace.body.folder, [c.id for c in workspace.channels], today)
    hits = hit_lines(workspace, rule.text, turn.at) if turn and workspace.channels else []
    lifted = {c: all(h["lifted_by"] for h in hits if h["channel"] == c) for c in {h["channel"] for h in hits}}
    return {
        "turn": _iso(turn, workspace),
        "channels": [
            _channel(workspace, c, rows.get(c.id, ()), turn, lifted.get(c.id)) for c in workspace.channels
        ],
    }


def _channel(
    workspace: Workspace, channel: Channel, rows: Iterable[Counted], turn: Turn | None, lifted: bool | None
) -> dict[str, Any]:
    """`lifted`: whether an exemption lifts all of what the rule says of it; `None` where it says nothing."""
    figures = latest(rows)
    return {
        "channel": channel.id,
        "platform_name": platform_name(workspace, channel.platform),
        "handle": channel.handle,
        "hit_by_rule": lifted is not None,
        "lifted": bool(lifted),
        "metrics": [_metric(metric, days, turn) for metric, days in figures.items()],
    }


def _metric(metric: Figure, days: Mapping[date, int], turn: Turn | None) -> dict[str, Any]:
    if turn is None:
        found = Compared(Change.CANNOT_TELL, None, None, Why.NOT_BEGUN)
    else:
        before, after = ({d: n for d, n in days.items() if d in part} for part in _parts(turn))
        found = effect.compared_audience(metric, before, after)
    return {
        "metric": str(metric),
        "change": str(found.change),
        "why": str(found.why) if found.why else None,
        "before": _side(found.before),
        "after": _side(found.after),
    }


def _side(found: Side | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "days": found.days,
        "low": found.low,
        "typical": found.typical,
        "high": found.high,
    }


def _iso(turn: Turn | None, workspace: Workspace) -> str | None:
    return turn.at.astimezone(workspace.body.zone).isoformat(timespec="seconds") if turn else None
