# SPDX-License-Identifier: EUPL-1.2
"""`evaluate`: everything that the files and kept runs say about one rule, before it is decided again.

Reads the opened folder, the runs of `check` that were kept, and an instant. Nothing here decides or weighs: it says
what held as far as anybody looked, what could not be enforced, what it cost, what changed meanwhile, and which ways
are open. A share of days is said with every result; a day without a run is unseen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ordinance import __version__
from ordinance.model.evaluation import Cost, Evaluation, Way
from ordinance.model.law import Dimension, Exemption, Law, Restriction, Text
from ordinance.model.ruling import Standing
from ordinance.model.target import Gap, OverReach
from ordinance.model.time import Span
from ordinance.operations.campaigning import campaign_line, campaigns_of
from ordinance.operations.effect import effect_in_short
from ordinance.operations.enforcing import plan
from ordinance.operations.kept_runs import read_runs
from ordinance.operations.law_lines import policy_line
from ordinance.operations.rule import Rule, rule_of
from ordinance.operations.workspace import Workspace
from ordinance.policy import clocks
from ordinance.policy.exempt import BLANKET
from ordinance.policy.renewal import EVALUATION, renewals, standing_behind
from ordinance.review.campaigns import hits
from ordinance.review.changed import app_facts, events, related
from ordinance.review.held import DutyHeld, Held, RunHeld, days_seen, runs_about

_MOMENT = timedelta(microseconds=1)


def evaluation_sheet(workspace: Workspace, name: str, at: datetime) -> dict[str, Any]:
    """The sheet of one rule as plain data, keys in the order of reading; the same input gives the same sheet."""
    law, body = workspace.law, workspace.body
    rule = rule_of(workspace, name, at)
    text, today = rule.text, at.astimezone(body.zone).date()
    every = [e for e in law.evaluations if (e.policy, e.version) == (text.id, text.version)]
    made = [_known_by(e, today) for e in every if e.on <= today]
    return {
        "ordinance": __version__,
        "body": {"id": body.id, "name": body.name, "languages": list(body.languages)},
        "as_of": _iso(at, workspace),
        "notice": body.notice,
        "policy": policy_line(law, text, at),
        "needs": sorted({n for c in text.restrictions for n in c.renewal_needs}),
        "term": _term(workspace, rule, at),
        "held": _held(workspace, rule, at),
        "not_enforced": _not_enforced(workspace, rule),
        "exemptions": [_exemption(workspace, e, at) for e in _exemptions(workspace, text)],
        **_campaigns(workspace, rule),
        "channels": _channels(workspace, rule),
        "effect": effect_in_short(workspace, rule, at),
        "cost": _cost(made),
        "upstream": _upstream(workspace, rule, at),
        "app_facts": _app_facts(workspace, rule),
        "evaluations": [_evaluation(e) for e in sorted(made, key=lambda e: (e.on, e.id))],
        "decided": _decided(workspace, text, at),
        "ways": [_way(workspace, rule, way, made) for way in Way],
    }


# --- the rule and its time ------------------------------------------------------------------------


def _term(workspace: Workspace, rule: Rule, at: datetime) -> dict[str, Any]:
    law, text = workspace.law, rule.text
    clauses = []
    for clause in text.restrictions:
        end = clocks.term_ends(law, text, clause)
        clauses.append(
            {
                "id": f"{text.id}/{clause.id}",
                "standing": str(clocks.standing(law, text, clause, at)),
                "begins": _iso(clocks.clause_begins(text, clause), workspace),
                "last_day": _last_day(end, workspace),
                "end_not_read": end is None and Dimension.DURATION in text.not_read,
                "at_sunset": str(clause.at_sunset) if clause.at_sunset else None,
                "needs": sorted(clause.renewal_needs),
                "goes_on_as": [f"{t.id}/{c.id} version {t.version}" for t, c in renewals(law, text, clause)],
            }
        )
    return {
        "from": rule.first.isoformat() if rule.first else None,
        "to": rule.last.isoformat() if rule.last else None,
        "days": len(rule.days(workspace.body.zone)),
        "goes_on": any(c["standing"] == Standing.IN_FORCE for c in clauses),
        "clauses": clauses,
    }


# --- what held ------------------------------------------------------------------------------------


def _held(workspace: Workspace, rule: Rule, at: datetime) -> dict[str, Any]:
    """What runs saw. `now` is the last word about each duty; nothing is added up over runs.

    A run over days of several versions does not say whose results they are: it is listed, and left out of the rest.
    """
    kept, unusable = read_runs(workspace.state)
    about = runs_about(kept, rule.text.id, rule.force) if rule.force else ()
    runs = [r for r in about if r.as_of <= at and any(r.window.overlaps(s) for s in rule.spans)]
    mixed = {r.run for r in runs if _other_versions(workspace, rule.text, r)}
    mine = [r for r in runs if r.run not in mixed]
    days = rule.days(workspace.body.zone)
    seen = days_seen(mine, rule.first, rule.last) & days if rule.first and rule.last else frozenset()
    last = {(d.restriction, d.duty): (d, r) for r in mine for d in r.duties}
    checking = workspace.body.checking
    return {
        "runs": [{**_run(r, workspace), "several_versions": r.run in mixed} for r in runs],
        "days_seen": len(seen),
        "evidence_allowed": sorted(map(str, checking.evidence_allowed)),
        "no_check_by": checking.no_check_by,
        "now": [_duty(d, r, mine, workspace) for _, (d, r) in sorted(last.items())],
        "not_usable": unusable,
    }


def _other_versions(workspace: Workspace, text: Text, run: RunHeld) -> bool:
    """Whether another version of the text had force within the window of a run."""
    law = workspace.law
    others = [t for t in law.versions(text.id) if t.version != text.version]
    return any(run.window.overlaps(s) for t in others for c in t.restrictions for s in clocks.spans_of(law, t, c))


def _run(run: RunHeld, workspace: Workspace) -> dict[str, Any]:
    start, end = run.window.closed
    held = [d.held for d in run.duties]
    return {
        "run": run.run,
        "as_of": _iso(run.as_of, workspace),
        "from": start.date().isoformat(),
        "to": (end - _MOMENT).date().isoformat(),
        "coverage": {"inventory": run.inventory, "network": run.network},
        "numbers": run.numbers,
        "duties": {str(h): held.count(h) for h in Held},
        "findings": dict(run.findings),
    }


def _duty(duty: DutyHeld, run: RunHeld, runs: Iterable[RunHeld], workspace: Workspace) -> dict[str, Any]:
    """One duty in the last run that speaks of it, and in how many of all runs it failed."""
    same = [d for r in runs for d in r.duties if (d.restriction, d.duty) == (duty.restriction, duty.duty)]
    return {
        "restriction": duty.restriction,
        "duty": duty.duty,
        "as_of": _iso(run.as_of, workspace),
        "held": str(duty.held),
        "results": dict(duty.counts),
        "numbers": run.numbers,
        "failed_in": sum(d.held is Held.FAILED for d in same),
        "of_runs": len(same),
    }


# --- what was not enforced, and who was let off ---------------------------------------------------


def _not_enforced(workspace: Workspace, rule: Rule) -> dict[str, Any]:
    """Gaps and over-reach at the last instant at which the rule had force; `at` is `None` where it never had."""
    if rule.force is None:
        return {"at": None, "gaps": [], "over_reach": []}
    at = rule.force.closed[1] - _MOMENT
    made, bundle = plan(workspace, at)
    asks = any(d.restriction.partition("/")[0] == rule.text.id for d in made.demands)
    gaps = [g for g in bundle.gaps if g.restriction.partition("/")[0] == rule.text.id]
    reach = [_reach(o) for o in bundle.over_reach] if asks else []
    return {"at": _iso(at, workspace), "gaps": _gaps(gaps), "over_reach": reach}


def _gaps(gaps: Iterable[Gap]) -> list[dict[str, Any]]:
    """Gaps with one reason are one line, with the duties, apps and surfaces that it is about."""
    joined: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in gaps:
        joined.setdefault((gap.target, gap.id, gap.reason), []).append(gap)
    return [
        {
            "target": target,
            "id": gap_id,
            "reason": reason,
            "duties": sorted({f"{g.restriction}: {g.duty}" for g in found}),
            "apps": sorted({g.app for g in found}),
            "surfaces": sorted({str(g.surface) for g in found}),
        }
        for (target, gap_id, reason), found in sorted(joined.items())
    ]


def _reach(reach: OverReach) -> dict[str, Any]:
    names = ("target", "network", "who", "count", "reason")
    return {n: getattr(reach, n) for n in names}


def _exemptions(workspace: Workspace, text: Text) -> list[Exemption]:
    clauses = {f"{text.id}/{c.id}" for c in text.restrictions}
    return sorted((e for e in workspace.law.exemptions if e.restrictions & clauses), key=lambda e: (e.span.start, e.id))


def _exemption(workspace: Workspace, exemption: Exemption, at: datetime) -> dict[str, Any]:
    """How an exemption was given. Devices are counted, never named."""
    start, end = exemption.span.closed
    stands = "over" if end <= at else "in_force" if start <= at else "coming"
    return {
        "id": exemption.id,
        "restrictions": sorted(exemption.restrictions),
        "purpose": exemption.purpose,
        "approver": exemption.delegate or exemption.approver,
        "from": start.astimezone(workspace.body.zone).date().isoformat(),
        "last_day": exemption.last_day.isoformat(),
        "devices": None if BLANKET in exemption.devices else len(exemption.devices),
        "conditions": sorted(map(str, exemption.conditions)),
        "stands": stands,
    }


def _campaigns(workspace: Workspace, rule: Rule) -> dict[str, Any]:
    """Campaigns that the rule forbids or may forbid, as they stood when it began, and how many are on file.

    Raises PolicyError for files with faults. Which device a campaign is run from is not told here.
    """
    every = campaigns_of(workspace)
    at = rule.force.closed[0] if rule.force else None
    found = hits(workspace.law, workspace.estate, every, at) if at else ()
    mine = [h for h in found if {c.partition("/")[0] for c in h.clauses} & {rule.text.id} or h.missing]
    lines = [campaign_line(h, workspace, at) for h in mine] if at else []
    return {
        "campaigns_on_file": len(every),
        "campaigns": [{k: v for k, v in one.items() if k != "device"} for one in lines],
    }


def _channels(workspace: Workspace, rule: Rule) -> list[dict[str, Any]] | None:
    """Channels that the rule hits at the last instant of its force; `None` where the body has no channel on file."""
    if not workspace.channels:
        return None
    from ordinance.operations.channels import hit_lines  # noqa: PLC0415  # only for bodies with channels

    found = hit_lines(workspace, rule.text, rule.force.closed[1] - _MOMENT) if rule.force else []
    return [{k: v for k, v in one.items() if k != "device"} for one in found]


# --- cost, and what changed -----------------------------------------------------------------------


def _cost(made: Iterable[Evaluation]) -> dict[str, Any] | None:
    """What the last evaluation that speaks of it states, `None` where none does.

    Costs of two evaluations are not added up: the second may repeat the first. Totals are per currency and how they
    are known.
    """
    stated = [e for e in sorted(made, key=lambda e: (e.on, e.id)) if e.costs is not None]
    if not stated:
        return None
    rows = stated[-1].costs or ()
    totals: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = (row.currency, str(row.known))
        totals[key] = totals.get(key, Decimal(0)) + row.amount
    return {
        "evaluation": stated[-1].id,
        "rows": [_cost_row(c) for c in rows],
        "totals": [{"currency": c, "known": k, "amount": str(totals[c, k])} for c, k in sorted(totals)],
    }


def _cost_row(cost: Cost) -> dict[str, str]:
    return {"what": cost.what, "amount": str(cost.amount), "currency": cost.currency, "known": str(cost.known)}


def _upstream(workspace: Workspace, rule: Rule, at: datetime) -> list[dict[str, Any]]:
    """Texts that ours follows, must follow or was advised by, with what happened to each since ours has force."""
    law = workspace.law
    found = []
    for name, relation in related(law, rule.text, at).items():
        since = Span(rule.force.start + _MOMENT, _until(rule)) if rule.force and rule.force.start else None
        found.append(
            {
                "text": name,
                "title": _title(law, name, rule),
                "relation": str(relation),
                "events": [
                    {
                        "day": e.at.astimezone(workspace.body.zone).date().isoformat(),
                        "version": e.version,
                        "what": e.what,
                        "restriction": e.restriction or None,
                    }
                    for e in (events(law, name, since) if since else ())
                ],
            }
        )
    return found


def _title(law: Law, name: str, rule: Rule) -> str:
    """What a text was called on the last day looked at: a later version may have another title."""
    begun = sorted((b, t.version, t.title) for t in law.versions(name) if (b := clocks.force_begins(t)) is not None)
    known = [title for begins, _, title in begun if begins.astimezone(law.zone).date() <= (rule.last or date.max)]
    titles = known[-1:] or [title for _, _, title in begun][:1] or [t.title for t in law.versions(name)][:1]
    return titles[0] if titles else ""


def _until(rule: Rule) -> datetime | None:
    return rule.force.end + _MOMENT if rule.force and rule.force.end else None


def _app_facts(workspace: Workspace, rule: Rule) -> list[dict[str, str]]:
    if rule.first is None or rule.last is None:
        return []
    found = app_facts(workspace.law, rule.text.restrictions, rule.first, rule.last)
    return [
        {"day": f.day.isoformat(), "app": f.app, "kind": str(f.kind), "what": f.what, "source": f.source} for f in found
    ]


# --- decisions and ways ---------------------------------------------------------------------------


def _known_by(one: Evaluation, today: date) -> Evaluation:
    """An evaluation as it stood on a day: what was decided later is not known yet."""
    return replace(one, decision=None) if one.decision and one.decision.on > today else one


def _evaluation(one: Evaluation) -> dict[str, Any]:
    decision = one.decision
    return {
        "id": one.id,
        "from": one.first_day.isoformat(),
        "to": one.last_day.isoformat(),
        "by": one.by,
        "on": one.on.isoformat(),
        "restrictions": sorted(one.restrictions),
        "findings": list(one.findings),
        "invented": list(one.invented),
        "decision": None
        if decision is None
        else {
            "way": str(decision.way),
            "by": decision.by,
            "on": decision.on.isoformat(),
            "reasons": list(decision.reasons),
            "proposed_by": decision.proposed_by,
            "consulted": sorted(decision.consulted),
            "dissent": [{"by": d.by, "text": d.text} for d in decision.dissent],
            "no_dissent": decision.no_dissent,
            "next_review": decision.next_review.isoformat() if decision.next_review else None,
        },
    }


def _decided(workspace: Workspace, text: Text, at: datetime) -> list[dict[str, Any]]:
    """For each clause that ends, needs something for its renewal, or was decided on: where that stands."""
    law = workspace.law
    found = []
    for clause in text.restrictions:
        behind = standing_behind(law, text, clause, at)
        decision = behind[0].decision if behind else None
        if not clause.renewal_needs and decision is None and clocks.term_ends(law, text, clause) is None:
            continue
        found.append(
            {
                "restriction": f"{text.id}/{clause.id}",
                "evaluation": behind[0].id if behind else None,
                "way": str(decision.way) if decision else None,
                "others_needed": sorted(clause.renewal_needs - {EVALUATION}),
                "overdue": clocks.standing(law, text, clause, at) is Standing.OVERDUE,
            }
        )
    return found


def _way(workspace: Workspace, rule: Rule, way: Way, made: Iterable[Evaluation]) -> dict[str, Any]:
    """A way with what was written for and against it, and what in the files it would take."""
    said = [c for e in made for c in e.considered if c.way is way]
    return {
        "way": str(way),
        "considered": bool(said),
        "for": [r for c in said for r in c.reasons_for],
        "against": [r for c in said for r in c.reasons_against],
        "takes": _takes(workspace, rule, way),
    }


def _takes(workspace: Workspace, rule: Rule, way: Way) -> str:
    needs = sorted({n for c in rule.text.restrictions for n in c.renewal_needs})
    first = f"a decided evaluation ({', '.join(needs)} needed), then " if needs else ""
    texts = {
        Way.RENEW: f"{first}a new version of {rule.text.id} with its own for: or last_day:",
        Way.LAPSE: f"a stage {{state: lapsed, from: …}} in the lifecycle of {rule.text.id}{_by_itself(rule)}",
        Way.CHANGE: f"{first}a new version of {rule.text.id} with other clauses",
        Way.MAKE_PERMANENT: f"{first}a new version of {rule.text.id} without for: and last_day:",
    }
    return texts[way]


def _by_itself(rule: Rule) -> str:
    ends: list[Restriction] = [c for c in rule.text.restrictions if c.at_sunset == "lapse"]
    return "; it also ends by itself" if ends and len(ends) == len(rule.text.restrictions) else ""


def _iso(instant: datetime | None, workspace: Workspace) -> str | None:
    return instant.astimezone(workspace.body.zone).isoformat(timespec="seconds") if instant else None


def _last_day(end: datetime | None, workspace: Workspace) -> str | None:
    return (end - _MOMENT).astimezone(workspace.body.zone).date().isoformat() if end else None
