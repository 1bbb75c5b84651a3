# SPDX-License-Identifier: EUPL-1.2
"""Which names a resolver is asked about: those it should block, those it should block no more, and neighbours.

Reads plans, the last bundle and the catalogue. What is blocked now is what the last bundle has and today's plan asks
for; without a bundle, the plan. What should be free again is what the bundle, or a rule that has ended, blocked and no
plan asks for. The choice is fixed: the same input asks the same questions. Cannot know names of bundles that nobody
kept, where no text of the law asked for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from ordinance.enforce.bundle import guarded
from ordinance.enforce.last import Last, Stage
from ordinance.enforce.plan import Plans
from ordinance.model.apps import Catalogue, Confidence, Identifier, Kind, Role
from ordinance.model.body import Body, TargetSettings
from ordinance.model.law import Duty, Law
from ordinance.model.probe import AskedFor, Expected, Neighbour, ProbedName
from ordinance.model.target import Target
from ordinance.policy import clocks
from ordinance.targets._names import host_name, lies_in, parents  # what may be asked is what may be blocked

# Targets whose consumer answers DNS. Another one can be named, and is then taken at its word.
RESOLVERS = ("adguard", "dns-rpz", "dnsmasq", "pdns-recursor", "unbound")
MOST_ENDS = 12  # rules that ended: so many of the latest ends are looked back to
MOST_OF_FAMILY, MOST_UNRELATED, MOST_NEAR = 12, 4, 3
MOST_NEIGHBOURS = 20
_MOMENT = timedelta(seconds=1)
_SERIAL = 1  # of files that nobody keeps

Names = Mapping[str, frozenset[AskedFor]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The names of a probe in the order in which they are asked, and those beyond its limit.

    `not_built` counts names that today's plan asks for and the bundle does not have.
    """

    names: tuple[ProbedName, ...]
    over_limit: tuple[ProbedName, ...]
    not_built: int


def names_of(plans: Plans, settings: TargetSettings, target: Target) -> Names:
    """The names that a target blocks for a plan, each with the demands that it is blocked for."""
    plan = plans.of_target[settings.id]
    dues = {(d.restriction, d.duty, d.app, d.surface): d.due for d in plan.demands}
    found: dict[str, set[AskedFor]] = {}
    for artefact in guarded(target, plan, settings, _SERIAL).artefacts:
        found.update((name, set()) for entry in artefact.entries if (name := host_name(entry)) is not None)
        for restriction, duty, app, surface, value in artefact.lines:
            one = AskedFor(restriction, app, surface, dues.get((restriction, duty, app, surface)))
            name = value.lower()
            for above in chain((name,), parents(name)):
                if above in found:
                    found[above].add(one)
    return {name: frozenset(asked) for name, asked in found.items()}


def names_in(last: Last, target: str) -> frozenset[str]:
    """The names that a bundle has for a target."""
    entries = (e for a in last.artefacts if a.target == target for e in a.reach)
    return frozenset(name for e in entries if (name := host_name(e)) is not None)


def ends(law: Law, at: datetime) -> tuple[datetime, ...]:
    """Instants before `at` at which a clause that blocks still had force, and a moment later not; the latest first."""
    spans = (
        span
        for text in law.texts
        for clause in text.restrictions
        if Duty.BLOCK_TRAFFIC in dict(clause.duties)
        for span in clocks.spans_of(law, text, clause)
    )
    return tuple(sorted({s.end - _MOMENT for s in spans if s.end is not None and s.end <= at}, reverse=True))


def choose(
    planned: Names, last: Last | None, past: Iterable[Names], target: str, catalogue: Catalogue, body: Body, most: int,
    at: datetime,
) -> Choice:  # fmt: skip
    """At most so many names, neighbours among them: fewest labels first, then by the alphabet."""
    before = tuple(past)
    known: dict[str, frozenset[AskedFor]] = {}
    for names in (*reversed(before), planned):
        known.update(names)
    in_bundle = frozenset[str]() if last is None else names_in(last, target)
    lifted = last is not None and last.stage is Stage.LIFT
    blocked: frozenset[str] = frozenset()
    if not lifted:
        blocked = frozenset(planned) if last is None else in_bundle & planned.keys()
    asked_now = frozenset() if lifted else planned.keys()
    once = {*in_bundle, *(n for names in before for n in names), *(planned if lifted else ())}
    free = {n for n in once if lies_in(n, asked_now) is None}
    wanted = [ProbedName(n, Expected.BLOCKED, planned[n]) for n in _in_order(blocked)]
    owners = _owners(catalogue) if free - known.keys() else {}
    freed = [ProbedName(n, Expected.FREE, known.get(n) or owners.get(n, frozenset())) for n in _in_order(free)]
    near = tuple(_neighbours(blocked, free, asked_now, catalogue, body, at)) if wanted or freed else ()
    near = near[: min(MOST_NEIGHBOURS, most // 5)]
    room = most - len(near)
    of_freed = min(len(freed), max(room // 2, room - len(wanted)))
    of_wanted = min(len(wanted), room - of_freed)
    return Choice(
        (*near, *wanted[:of_wanted], *freed[:of_freed]),
        (*wanted[of_wanted:], *freed[of_freed:]),
        0 if last is None or lifted else len(planned.keys() - in_bundle),
    )


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda n: (n.count("."), n))


def _owners(catalogue: Catalogue) -> Names:
    """Whose each name is by the catalogue: for names that no text asks for any more, nor did when it ended."""
    found: dict[str, set[AskedFor]] = {}
    for i in _domains(catalogue):
        found.setdefault(i.value, set()).add(AskedFor("", f"{i.family}/{i.member}", None, None))
    return {name: frozenset(apps) for name, apps in found.items()}


def _domains(catalogue: Catalogue) -> Iterator[Identifier]:
    return (i for f in catalogue.families for i in f.identifiers if i.kind is Kind.DOMAIN)


def _neighbours(
    blocked: frozenset[str], free: Iterable[str], asked_now: Iterable[str], catalogue: Catalogue, body: Body,
    at: datetime,
) -> Iterator[ProbedName]:  # fmt: skip
    """Names that must go on working, each once, and none that lies beneath a blocked one."""
    listed = frozenset({*blocked, *free, *asked_now})
    met: set[str] = set()

    def fresh(names: Iterable[str], kind: Neighbour, most: int) -> Iterator[ProbedName]:
        fit = {n for untrusted in names if (n := host_name(untrusted)) is not None}
        for name in [n for n in _in_order(fit - met) if "." in n or kind is Neighbour.PARENT][:most]:
            if lies_in(name, listed) is None:
                met.add(name)
                yield ProbedName(name, Expected.OPEN, frozenset(), kind)

    apps = {i.family for i in _domains(catalogue) if i.value in listed}
    sure = [i for i in _domains(catalogue) if i.confidence is Confidence.HIGH and not _retired(i, at)]
    away = [i for i in sure if lies_in(i.value, listed) is None]
    yield from fresh((s.canary for s in body.sources if s.canary), Neighbour.CANARY, MOST_UNRELATED)
    yield from fresh((i.value for i in away if i.family in apps), Neighbour.FAMILY, MOST_OF_FAMILY)
    if not met:
        others = (i.value for i in away if i.family not in apps and i.role is Role.WEB)
        yield from fresh(others, Neighbour.UNRELATED, MOST_UNRELATED)
    first = list({n.partition(".")[2]: n for n in reversed(_in_order(blocked or free))}.values())[::-1][:MOST_NEAR]
    yield from fresh((n.partition(".")[2] for n in first), Neighbour.PARENT, MOST_NEAR)
    yield from fresh((f"not{n}" for n in first), Neighbour.ALIKE, MOST_NEAR)


def _retired(identifier: Identifier, at: datetime) -> bool:
    return identifier.retired is not None and identifier.retired <= at.date()
