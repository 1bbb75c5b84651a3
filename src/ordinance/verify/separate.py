# SPDX-License-Identifier: EUPL-1.2
"""What evidence says of the conditions of separate devices: a sighting for each that evidence can show.

Reads: the list of devices, readings of one window, coverage, results of a clause for all other devices. Judges a device
only for the time in which it is declared separate. What a kind of evidence could show that the body does not allow is
not checked; what it allows and nobody saw is unknown. Cannot know: what a device did on networks of others and on
mobile data, that a device with an address of its own making was on a network, which version of a system is on a device,
or under which accounts it is used: no reader gives any of these. Where an app came from few sources say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from ordinance.model.attestation import Attestation
from ordinance.model.body import Body
from ordinance.model.estate import Access, Estate, Owner, Use
from ordinance.model.evidence import EvidenceKind, Reading
from ordinance.model.law import Condition, Duty, Exemption, Law
from ordinance.model.result import DutyResult, Result
from ordinance.model.separation import Sighting
from ordinance.model.time import Span, end_of, joined, start_of
from ordinance.policy.exempt import names_app, names_device
from ordinance.verify.attested import Statements
from ordinance.verify.attribute import Attribution
from ordinance.verify.binding import Judge, Piece
from ordinance.verify.conditions import few_apps, internal_contacts, networks_seen, worst
from ordinance.verify.coverage import Sight
from ordinance.verify.duties import Duties
from ordinance.verify.grades import platforms_of
from ordinance.verify.lapsed import breaking
from ordinance.verify.names import InventoryNames
from ordinance.verify.observed import Asked, Observed, observe

BY_DECISION, NOT_ALLOWED = "by_decision", "evidence_not_allowed"
NETWORK, INVENTORY = frozenset({EvidenceKind.NETWORK_DEVICE}), frozenset({EvidenceKind.INVENTORY})
# Conditions that readers show something of, with the kind of evidence that it takes.
NEEDS: Mapping[Condition, frozenset[EvidenceKind]] = {
    Condition.NO_INTERNAL_NAMES: NETWORK,
    Condition.NOT_ON_BODY_NETWORK: NETWORK,
    Condition.NO_OTHER_APPS: INVENTORY,
    Condition.ABSENT_ELSEWHERE: INVENTORY,
    Condition.REMOVED_AFTER_USE: INVENTORY,
}
_ABOUT_IT = frozenset({Duty.REMOVE, Duty.STOP_USING})
_NOT_THERE = frozenset({"not_on_platform", "exempt"})  # why a duty does not reach a device for work, and need not


@dataclass(frozen=True, slots=True)
class Needed:
    """What a separate device is there for: its apps (`family/member`), and the last day on which they are needed."""

    apps: frozenset[str] = frozenset()
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everything that is looked at."""

    law: Law
    estate: Estate
    body: Body
    judge: Judge
    observed: Observed
    sight: Sight
    results: tuple[DutyResult, ...]
    as_of: datetime
    watched: frozenset[str]
    stores: bool

    @property
    def today(self) -> date:
        return self.as_of.astimezone(self.body.zone).date()


def declared(estate: Estate, device: str, today: date) -> Sighting:
    """Whether the list of devices declares a device separate on a day and says that somebody holds it."""
    row = estate.device_on(device, today, today)
    reason = "declared"
    if row is None:
        reason = "not_in_estate"
    elif row.facts.use is not Use.SEPARATE:
        reason = "not_declared"
    elif row.holder is None:
        reason = "no_holder"
    return Sighting(Condition.DECLARED_SEPARATE, Result.PASS if reason == "declared" else Result.FAIL, reason)


def of_the_list(estate: Estate, device: str, today: date) -> tuple[Sighting, ...]:
    """What the list of devices says by itself, whatever evidence is allowed."""
    row = estate.device_on(device, today, today)
    reaches = row is not None and row.facts.access in {Access.MAIL, Access.INTERNAL}
    access = (Sighting(Condition.NO_INTERNAL_NAMES, Result.FAIL, "list_says_access"),) if reaches else ()
    return (declared(estate, device, today), *access)


def sightings(
    law: Law,
    estate: Estate,
    body: Body,
    readings: Mapping[str, Reading],
    window: Span,
    as_of: datetime,
    kinds: Mapping[str, str],
    devices: Mapping[str, Needed],
    attestations: Iterable[Attestation] = (),
    *,
    watched: frozenset[str],
    stores: bool = False,
) -> dict[str, tuple[Sighting, ...]]:
    """The sightings of each of the devices over a closed window, seen from `as_of`.

    `watched`: the apps (`family/member`) that a rule in force restricts in it; of others nothing was kept, and without
    any nothing was read. `stores`: whether a source that was read can say that a store installed an app; where none
    can, nothing is said of it.
    """
    today = as_of.astimezone(body.zone).date()
    judge, names = Judge(law, estate, window, as_of), InventoryNames(estate, body.zone, as_of)
    leases = (lease for reading in readings.values() for lease in reading.leases)
    attribution = Attribution(estate, leases, body.zone, today, body.sources)
    observed = observe(estate, readings.values(), attribution, names, body.zone)
    sight = Sight(body, estate, readings, window, kinds, names, observed, as_of)
    results = Duties(body, estate, judge, sight, observed, Statements(attestations, estate, body.zone)).results()
    seen = _Seen(law, estate, body, judge, observed, sight, results, as_of, watched, stores)
    return {device: _of(device, needed, seen) for device, needed in sorted(devices.items())}


def _of(device: str, needed: Needed, seen: _Seen) -> tuple[Sighting, ...]:
    listed = of_the_list(seen.estate, device, seen.today)
    told = {s.condition for s in listed if s.result is Result.FAIL}
    found = [*listed]
    allowed = seen.body.checking.evidence_allowed
    end = needed.last_day
    is_over = end is not None and end_of(end, seen.body.zone) <= seen.as_of
    for condition, needs in NEEDS.items():
        if condition in told or (condition is Condition.REMOVED_AFTER_USE and not is_over):
            continue
        if not needs & allowed:
            reason = NOT_ALLOWED if allowed else BY_DECISION
            found.append(Sighting(condition, Result.NOT_CHECKED, reason, kinds=needs))
        elif not seen.watched:
            found.append(Sighting(condition, Result.UNKNOWN, "nothing_watched", kinds=needs))
        else:
            found.append(_look(condition, device, needed, seen))
    return (*found, _store(device, seen)) if seen.stores and seen.watched else tuple(found)


def _store(device: str, seen: _Seen) -> Sighting:
    """Whether a store installed the watched apps on the device, by the rows that say it."""
    condition, kinds = Condition.TRUSTED_STORE, INVENTORY
    pieces = seen.judge.pieces(device) if device in seen.estate.device_rows else ()
    spans = joined(p.span for p in pieces if _is_separate(p))
    rows = [x for x in seen.observed.installed.get(device, ()) if any(x.at in s for s in spans)]
    others = [x.at for x in rows if x.row.from_store is False]
    if others:
        return Sighting(
            condition, Result.FAIL, "not_from_store", len(others), min(others), max(others), kinds=kinds
        )
    told = [x.at for x in rows if x.row.from_store]
    result, reason = (Result.PASS, "from_store") if told else (Result.UNKNOWN, "store_not_stated")
    first, last = min(told, default=None), max(told, default=None)
    return Sighting(condition, result, reason, first=first, last=last, kinds=kinds)


def _look(condition: Condition, device: str, needed: Needed, seen: _Seen) -> Sighting:
    if condition is Condition.ABSENT_ELSEWHERE:
        return _elsewhere(device, needed, seen)
    if condition is Condition.REMOVED_AFTER_USE and needed.last_day is not None:
        return _removed(device, needed.apps, needed.last_day, seen)
    pieces = [p for p in seen.judge.pieces(device) if _is_separate(p)] if device in seen.estate.device_rows else []
    spans = joined(p.span for p in pieces)
    if not spans:
        return Sighting(condition, Result.UNKNOWN, "not_separate_then", kinds=NEEDS[condition])
    if condition is Condition.NO_OTHER_APPS:
        return _other_apps(device, needed.apps, pieces[-1], spans, seen)
    return _network(condition, device, spans, seen)


def _is_separate(piece: Piece) -> bool:
    return piece.device_class is not None and piece.device_class.facts.use is Use.SEPARATE


def _network(condition: Condition, device: str, spans: tuple[Span, ...], seen: _Seen) -> Sighting:
    """Internal names that the device asked for, or any sign of it on a network of the body's."""
    every = [a for s in spans for a in internal_contacts(device, seen.observed, s)]
    there = condition is Condition.NO_INTERNAL_NAMES
    internal = [a.row.at for a in every if there or _is_on_network(a, seen)]
    if internal:
        first, last = min(internal), max(internal)
        return Sighting(condition, Result.FAIL, "asked_internal", len(internal), first, last, kinds=NETWORK)
    if condition is Condition.NOT_ON_BODY_NETWORK:
        days, doubtful = _days_on_network(device, spans, seen)
        if days:
            zone = seen.body.zone
            first, last = start_of(min(days), zone), start_of(max(days), zone)
            return Sighting(condition, Result.FAIL, "on_network", len(days), first, last, kinds=NETWORK)
        if doubtful:
            return Sighting(condition, Result.UNKNOWN, "perhaps_on_network", kinds=NETWORK)
    elif not seen.body.internal_names:
        return Sighting(condition, Result.UNKNOWN, "no_internal_names_stated", kinds=NETWORK)
    if _may_have_asked(device, spans, seen):
        return Sighting(condition, Result.UNKNOWN, "perhaps_asked_internal", kinds=NETWORK)
    result = worst(networks_seen(device, s, seen.sight) for s in spans)
    if condition is Condition.NOT_ON_BODY_NETWORK and result is Result.PASS:
        networks = seen.sight.networks_of(None, None)
        is_told = all(seen.sight.is_told_throughout(networks, s) for s in spans)
        result = Result.PASS if is_told else Result.UNKNOWN
    held = "not_asked_internal" if condition is Condition.NO_INTERNAL_NAMES else "not_on_network"
    return Sighting(condition, result, held if result is Result.PASS else "network_not_seen", kinds=NETWORK)


def _may_have_asked(device: str, spans: tuple[Span, ...], seen: _Seen) -> bool:
    """Whether somebody who cannot be named asked for an internal name and may be this device.

    Such names are kept of devices declared separate alone: by one of these, or by an address that several may have.
    """
    macs = {mac for row in seen.estate.device_rows[device] for mac in row.macs}
    unnamed = (a for a in seen.observed.nobody if a.row.identifier is None and any(a.at in s for s in spans))
    return any(not a.by.mac or a.by.mac in macs for a in unnamed)


def _days_on_network(device: str, spans: tuple[Span, ...], seen: _Seen) -> tuple[set[date], set[date]]:
    """Days on which the device held an address, or asked for anything watched, on a network of the body's own; and
    those on which it may have held one."""
    zone, networks = seen.body.zone, seen.sight.networks_of(None, None)
    asked = (a.row for a in seen.observed.asked.get(device, ()) if _is_on_network(a, seen))
    days = {r.at.astimezone(zone).date() for r in asked if any(r.at in s for s in spans)}
    whole = {d for s in spans for d in s.days(zone)}
    held, doubtful = seen.sight.days_held(device, networks)
    return days | (held & whole), doubtful & whole


def _is_on_network(asked: Asked, seen: _Seen) -> bool:
    """Whether a question was asked on a network of the body's own for work, by its log and by the asker's address."""
    named = {n.id for n in seen.sight.networks_of(None, None)}
    of_work = {s.id for s in seen.body.sources if s.network in named}
    return asked.row.where.source in of_work and not seen.sight.is_elsewhere(asked.row.address, named)


def _other_apps(device: str, apps: frozenset[str], last: Piece, spans: tuple[Span, ...], seen: _Seen) -> Sighting:
    platform = last.device_class.facts.platform if last.device_class else None
    told = tuple(platforms_of(k) for s in spans for k in sorted(seen.sight.id_kinds(device, s)))
    counts = [seen.sight.other_apps(device, s) for s in spans]
    slots = [seen.sight.inventory_slots(device, platform, s) for s in spans]
    result = worst(few_apps(n, slot, seen.body) for n, slot in zip(counts, slots, strict=True))
    most = max((n for n in counts if n is not None), default=0)
    condition, permitted = Condition.NO_OTHER_APPS, seen.body.most_other_apps
    own = len(apps - seen.watched)  # each may be one of those that were counted
    reason = {Result.FAIL: "other_apps", Result.PASS: "no_more_apps"}.get(result, "no_inventory")
    when = [at for s in spans for at in seen.sight.over(device, s, permitted)]
    if result is Result.FAIL and own and most - own <= permitted:
        result, reason = Result.UNKNOWN, "own_app_not_watched"
    first, latest = (min(when), max(when)) if result is Result.FAIL else (None, None)
    return Sighting(condition, result, reason, most, first, latest, INVENTORY, told, permitted)


def _elsewhere(device: str, needed: Needed, seen: _Seen) -> Sighting:
    """Whether the app is off all other devices, by clauses that it is exempt from or that name its apps."""
    clauses = {c for e in _exemptions(seen.law, device, seen.as_of) for c in e.restrictions}
    clauses |= {c for app in needed.apps for c in seen.judge.naming(app)}
    others = [r for r in seen.results if r.restriction in clauses and _is_other(r.device, device, seen)]
    bad = {r.device for r in others if r.duty in _ABOUT_IT and r.result is Result.FAIL}
    failing = {d: when for d in bad if (when := _when_there(d, needed.apps, clauses, seen, device))}
    if failing:
        first, last = min(map(min, failing.values())), max(map(max, failing.values()))
        count, condition = len(failing), Condition.ABSENT_ELSEWHERE
        return Sighting(condition, Result.FAIL, "app_elsewhere", count, first, last, kinds=INVENTORY)
    found: dict[str, list[DutyResult]] = {}
    for r in others:
        found.setdefault(r.device, []).append(r)
    is_any = any(r.duty in _ABOUT_IT and r.result is Result.PASS for r in others)
    shown = is_any and all(_is_off(d, results, seen) for d, results in found.items())
    result, reason = (Result.PASS, "not_elsewhere") if shown else (Result.UNKNOWN, "not_all_seen")
    return Sighting(Condition.ABSENT_ELSEWHERE, result, reason, kinds=INVENTORY)


def _is_other(other: str, device: str, seen: _Seen) -> bool:
    """Whether it is another device, and none that is declared separate itself: of that its own proof speaks."""
    row = seen.estate.device_on(other, seen.today, seen.today)
    return other != device and (row is None or row.facts.use is not Use.SEPARATE)


def _when_there(
    other: str, apps: frozenset[str], clauses: AbstractSet[str], seen: _Seen, device: str
) -> list[datetime]:
    """When evidence shows an app of a separate device on another one that breaks one of these clauses by that app.

    A clause may restrict more, and the other device may have been free to have this one then.
    """
    what = [s for e in _exemptions(seen.law, device, seen.as_of) for s in e.what]
    rows = (*seen.observed.installed.get(other, ()), *seen.observed.asked.get(other, ()))
    its_own = (x for x in rows if x.proves and (x.app in apps or names_app(what, x.app)))
    return [x.at for x in its_own if any(clause in clauses for clause, _ in breaking(seen.judge, other, x))]


def _is_off(other: str, results: list[DutyResult], seen: _Seen) -> bool:
    """Whether a device is shown without what clauses restrict, cannot have it, is exempt, or is none for work."""
    counts = [r for r in results if r.result is not Result.NOT_APPLICABLE]
    told = [r for r in counts if r.duty is Duty.REMOVE] or [r for r in counts if r.duty is Duty.STOP_USING]
    if told:
        return all(r.result is Result.PASS for r in told)
    row = seen.estate.device_on(other, seen.today, seen.today)
    is_for_work = row is not None and row.facts.owner is Owner.BODY and row.facts.use in {Use.WORK, None}
    return not is_for_work or any(r.reason in _NOT_THERE for r in results)


def _exemptions(law: Law, device: str, at: datetime) -> list[Exemption]:
    """Exemptions that name the device and have begun."""
    named = (e for e in law.exemptions if names_device(e, device))
    return [e for e in named if e.span.start is None or e.span.start <= at]


def _removed(device: str, apps: frozenset[str], end: date, seen: _Seen) -> Sighting:
    """Whether the apps that the device was there for are gone, by inventories of after the last day."""
    over = Span(end_of(end, seen.body.zone), None).meets(seen.judge.window)
    condition, kinds = Condition.REMOVED_AFTER_USE, INVENTORY
    if over is None or device not in seen.estate.device_rows:
        return Sighting(condition, Result.UNKNOWN, "no_inventory", kinds=kinds)
    what = [s for e in _exemptions(seen.law, device, seen.as_of) for s in e.what]
    rows = seen.observed.installed.get(device, ())
    there = [x.at for x in rows if x.at in over and x.proves and (x.app in apps or names_app(what, x.app))]
    if there:
        return Sighting(condition, Result.FAIL, "app_after_end", len(there), min(there), max(there), kinds=kinds)
    is_sought = apps <= seen.watched and all(any(names_app([s], a) for a in seen.watched) for s in what)
    if not is_sought:
        return Sighting(condition, Result.UNKNOWN, "own_app_not_watched", kinds=kinds)
    row = seen.estate.latest_row(device)
    listed, expected = seen.sight.inventory_slots(device, row.facts.platform, over)
    gone = bool(what or apps) and 0 < expected == listed and not any(x.at in over for x in rows)
    result, reason = (Result.PASS, "gone_after_end") if gone else (Result.UNKNOWN, "no_inventory")
    return Sighting(condition, result, reason, kinds=kinds)
