# SPDX-License-Identifier: EUPL-1.2
"""`effect`: what went on before and after a rule began to bite, in the body's networks and on its channels.

Reads the opened folder, the runs of `check` that were kept, and the figures of channels in `analytics/`. Says what
became less or more, or that it cannot be told and why; never what caused it. Contacts are given in bands, and only
where the rule is for enough devices to hide one person. Figures of two channels are never added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ordinance import __version__
from ordinance.model.channel import Channel, ChannelStage, ChannelState
from ordinance.model.effect import SIDE_DAYS, Change, Compared, Counted, ExportForm, Figure, Restricted, Side, Why
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Force
from ordinance.model.time import start_of
from ordinance.operations.channels import platform_name
from ordinance.operations.kept_runs import read_runs
from ordinance.operations.law_lines import policy_line
from ordinance.operations.rule import Rule, rule_of
from ordinance.operations.workspace import Workspace
from ordinance.policy import select
from ordinance.policy.power import binding_clauses
from ordinance.readers.analytics import latest, read_analytics
from ordinance.review import effect
from ordinance.review.channels import apps_of, hits
from ordinance.review.contacts import SeenDay, Series, seen_days
from ordinance.review.turn import Asked, Turn, around, turn_of

_CONTACTS, _AUDIENCE = (Duty.BLOCK_TRAFFIC, Duty.STOP_USING), (Duty.STOP_USING,)
_JUDGED = ("change", "why")


def effect_sheet(
    workspace: Workspace, name: str, at: datetime, *, turn: date | None = None, days: int = SIDE_DAYS
) -> dict[str, Any]:
    """The sheet of one rule as plain data; the same input gives the same sheet.

    `turn` is a day to take instead of the one on which the rule's duties bite. Raises PolicyError where the body has
    no such text, or for a day that is not over.
    """
    body, rule = workspace.body, rule_of(workspace, name, at)
    if turn is not None and start_of(turn, body.zone) >= at:
        message = f"{turn} is not before --as-of: there is no day after it"
        raise PolicyError([Issue("--turn", 0, 0, "bad-window", message)])
    return {
        "ordinance": __version__,
        "body": {"id": body.id, "name": body.name, "languages": list(body.languages)},
        "as_of": at.astimezone(body.zone).isoformat(timespec="seconds"),
        "notice": body.notice,
        "policy": policy_line(workspace.law, rule.text, at),
        "days": days,
        "turn_given": turn is not None,
        "contacts": _contacts(workspace, rule, at, turn, days),
        "audience": [_channel(workspace, rule, c, rows, at, turn, days) for c, rows in _figures(workspace, at)],
    }


def effect_in_short(workspace: Workspace, rule: Rule, at: datetime) -> dict[str, Any]:
    """What the sheet says of contacts with the app itself and of each channel, for who evaluates the rule."""
    contacts = _contacts(workspace, rule, at, None, SIDE_DAYS)
    audience = [_channel(workspace, rule, c, rows, at, None, SIDE_DAYS) for c, rows in _figures(workspace, at)]
    return {
        "contacts": [
            {"family": f["family"], "family_name": f["family_name"], **{k: s[k] for k in _JUDGED}}
            for f in contacts["families"]
            for s in f["series"]
            if s["series"] == Series.APP
        ],
        "audience": [
            {**{k: c[k] for k in ("channel", "restricted")}, "metric": m["metric"], **{k: m[k] for k in _JUDGED}}
            for c in audience
            for m in c["metrics"]
        ],
    }


def _turn(
    workspace: Workspace, rule: Rule, asked: Asked, at: datetime, given: date | None, days: int
) -> Turn | None:
    law, zone = workspace.law, workspace.body.zone
    if given is not None:
        return around(law, rule.text, asked, start_of(given, zone), at, zone, days)
    institutions = frozenset({law.body} | {u.institution for u in workspace.estate.units})
    return turn_of(law, rule.text, asked, binding_clauses(law, institutions), at, zone, days)


# --- contacts -------------------------------------------------------------------------------------


def _contacts(workspace: Workspace, rule: Rule, at: datetime, given: date | None, days: int) -> dict[str, Any]:
    checking = workspace.body.checking
    documents, unusable = read_runs(workspace.state) if checking.evidence_allowed else ({}, [])
    known = {n: d for n, d in documents.items() if datetime.fromisoformat(d["as_of"]) <= at}
    seen = seen_days(known, at)
    families = []
    for family, apps in _families(workspace, rule, at).items():
        turn = _turn(workspace, rule, Asked(apps, _CONTACTS), at, given, days)
        families.append(_family(workspace, family, seen.get(family, {}), turn))
    return {
        "runs": len(known),
        "not_usable": unusable,
        "evidence_allowed": sorted(map(str, checking.evidence_allowed)),
        "minimum_group": checking.minimum_group,
        "families": families,
    }


def _families(workspace: Workspace, rule: Rule, at: datetime) -> dict[str, tuple[str, ...]]:
    """Families with the apps of them that a clause names, when the rule began, when it ended, or now."""
    instants = [i for s in rule.spans for i in s.closed] + [at]
    law, text = workspace.law, rule.text
    found: dict[str, tuple[str, ...]] = {}
    for family in workspace.catalogue.families:
        every = [f"{family.id}/{m.id}" for m in family.members]
        named = tuple(
            a for a in every if any(select.names(law, text, c.what, a, i) for c in text.restrictions for i in instants)
        )
        if named:
            found[family.id] = named
    return found


def _family(workspace: Workspace, family: str, days: Mapping[date, SeenDay], turn: Turn | None) -> dict[str, Any]:
    """One family: its days that count, those that do not with the reason, and its four series."""
    near = {d: s for d, s in days.items() if turn and d in turn.before | turn.after}
    last = near[max(near)] if near else None
    alike = {d: s for d, s in near.items() if last and s.hours.keys() == last.hours.keys()}
    same = {d: s for d, s in alike.items() if last and s.names == last.names}
    thin = effect.thin_days(*({d: s.hours for d, s in part.items()} for part in _parts(same, turn)))
    used = {d: s for d, s in same.items() if d not in thin}
    return {
        "family": family,
        "family_name": platform_name(workspace, family),
        "turn": _iso(turn, workspace),
        "days_seen": len(near),
        "days_with_other_sources": len(near) - len(alike),
        "days_with_other_names": len(alike) - len(same),
        "days_seen_in_part": len(thin),
        "days_already_bitten": len(turn.bitten) if turn else 0,
        "series": [_series(workspace, series, used, turn) for series in Series],
    }


def _parts(days: Mapping[date, Any], turn: Turn | None) -> tuple[dict[date, Any], dict[date, Any]]:
    sides = (turn.before, turn.after) if turn else (frozenset(), frozenset())
    first, then = ({d: n for d, n in days.items() if d in part} for part in sides)
    return first, then


def _series(workspace: Workspace, series: Series, days: Mapping[date, SeenDay], turn: Turn | None) -> dict[str, Any]:
    sides = _parts({d: s.counts.get(series, 0) for d, s in days.items()}, turn)
    before, after = effect.balanced(*sides)
    devices = [days[d].devices for d in (*before, *after)]
    if not workspace.body.checking.evidence_allowed:
        found = Compared(Change.CANNOT_TELL, None, None, Why.BY_DECISION)
    elif devices and min(devices) < workspace.body.checking.minimum_group:
        found = Compared(Change.CANNOT_TELL, None, None, Why.TOO_FEW_DEVICES)
    else:
        found = _judged(turn, effect.compared(*sides, effect.LEAST_CONTACTS))
    if found.change is not Change.CANNOT_TELL and effect.devices_changed(devices):
        found = replace(found, change=Change.CANNOT_TELL, why=Why.DEVICES_CHANGED)
    return {
        "series": str(series),
        "change": str(found.change),
        "why": str(found.why) if found.why else None,
        "before": _banded(found.before, before),
        "after": _banded(found.after, after),
    }


def _judged(turn: Turn | None, found: Compared) -> Compared:
    """The reason of what cannot be told, where it lies in the turn itself."""
    if turn is None:
        return Compared(Change.CANNOT_TELL, None, None, Why.NOT_BEGUN)
    if found.why is Why.NO_DAY_BEFORE and turn.bitten:
        return replace(found, why=Why.ALREADY_BITTEN)
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


def _figures(workspace: Workspace, at: datetime) -> list[tuple[Channel, tuple[Counted, ...]]]:
    """Each channel with its figures; what is wrong with the files was said when the folder was opened."""
    today = at.astimezone(workspace.body.zone).date()
    rows, _ = read_analytics(workspace.body.folder, [c.id for c in workspace.channels], today)
    return [(c, rows.get(c.id, ())) for c in workspace.channels]


def _channel(
    workspace: Workspace,
    rule: Rule,
    channel: Channel,
    rows: Iterable[Counted],
    at: datetime,
    given: date | None,
    days: int,
) -> dict[str, Any]:
    """One channel. Where the rule does not speak of its platform, both sides lie around the rule's own turn."""
    every = tuple(f"{f.id}/{m.id}" for f in workspace.catalogue.families for m in f.members)
    own = apps_of(workspace.catalogue, channel.platform)
    turn = _turn(workspace, rule, Asked(own, _AUDIENCE), at, given, days) if own else None
    restricted = _restricted(workspace, rule, channel, turn)
    if turn is None or not turn.after:
        turn = _turn(workspace, rule, Asked(every, _AUDIENCE), at, given, days)
    return {
        "channel": channel.id,
        "platform_name": platform_name(workspace, channel.platform),
        "handle": channel.handle,
        "restricted": str(restricted),
        "turn": _iso(turn, workspace),
        "days_already_bitten": len(turn.bitten) if turn else 0,
        "metrics": [_metric(figure, form, of_day, turn) for (figure, form), of_day in latest(rows).items()],
    }


def _restricted(workspace: Workspace, rule: Rule, channel: Channel, turn: Turn | None) -> Restricted:
    """What the rule says of a channel when it began to bite, as if the channel had run until then and on."""
    if turn is None or not turn.after:
        return Restricted.FREE
    at = max(turn.at, start_of(min(turn.after), workspace.body.zone))
    runs_on = replace(channel, lifecycle=(ChannelStage(ChannelState.RUNNING, date.min.replace(year=1900)),))
    found = hits(workspace.law, workspace.estate, (runs_on,), rule.text, at)
    binding = [h for h in found if h.force is Force.BINDING]
    if any(h.truth is Truth.TRUE and h.lifted_by is None for h in binding):
        return Restricted.RESTRICTED
    if any(h.truth is not Truth.TRUE and h.lifted_by is None for h in binding):
        return Restricted.NOT_KNOWN
    if binding:
        return Restricted.LIFTED
    return Restricted.ADVISED if found else Restricted.FREE


def _metric(figure: Figure, form: ExportForm, days: Mapping[date, int], turn: Turn | None) -> dict[str, Any]:
    found = _judged(turn, effect.compared_audience(figure, *_parts(days, turn)))
    return {
        "metric": str(figure),
        "form": str(form),
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
