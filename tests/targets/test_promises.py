# SPDX-License-Identifier: EUPL-1.2
"""Promises that every target keeps, on plans nobody thought of; a new target runs them by being in BUILTIN."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.estate import Enrolment, Platform
from ordinance.model.law import Duty
from ordinance.model.ruling import Subject
from ordinance.model.target import Artefact, ClassSize, Compiled, Demand, Gap, Plan, Proof, Support, Target
from ordinance.targets import BUILTIN
from ordinance.targets._block import EVERYBODY

from . import plans
from .plans import BLOCKING_PLANS, DEMANDS, HOSTILE, PLANS

TARGETS = Path(__file__).resolve().parents[2] / "src" / "ordinance" / "targets"

OF_WORDS = {"notice"}  # these write letters, and block no name
ALONE = {"hosts"}  # these block a name and nothing beneath it
IN_THE_BROWSER = {"chromium", "firefox"}  # an app does not go through these: its own names cost nobody anything
BY_FORMAT = {"name-too-long", "over-capacity"}  # gaps of names that may be blocked, and do not fit

# For whom files on devices are, as the reference pages have it; written here a second time on purpose.
MANAGED = {Enrolment.MANAGED, Enrolment.SUPERVISED}
SYSTEMS = {
    "chromium": {Platform.LINUX, Platform.WINDOWS},
    "firefox": {Platform.LINUX, Platform.WINDOWS, Platform.MACOS},
    "hosts": {Platform.LINUX, Platform.WINDOWS, Platform.MACOS},
}

every_target = pytest.mark.parametrize("target", [t() for t in BUILTIN], ids=lambda t: t.id)
every_target_of_names = pytest.mark.parametrize(
    "target", [t() for t in BUILTIN if t.id not in OF_WORDS], ids=lambda t: t.id
)
every_target_of_networks = pytest.mark.parametrize("target", [t() for t in BUILTIN if t.by_network], ids=lambda t: t.id)
every_target_of_devices = pytest.mark.parametrize(
    "target", [t() for t in BUILTIN if not t.by_network and t.id not in OF_WORDS], ids=lambda t: t.id
)


def for_every(**strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`given` without a deadline: a busy machine is no counter-example."""
    return lambda test: settings(deadline=None)(given(**strategies)(test))


# Written here a second time on purpose: what may stand in a configuration is not asked of the code that writes it.
HOST = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!rpz-)[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


def read_back(target: Target, compiled: Compiled) -> set[str]:
    """Names that a reader of the format, which is not the target's own code, finds blocked."""
    found: set[str] = import_module(f"{__package__}.read_back.{target.id.replace('-', '_')}").blocked(compiled)
    return found


def blocking(target: Target, *names: str, **more: Any) -> Demand:
    """A demand that this target carries out: about the app where it can, else about the web."""
    on_web = target.support[Duty.BLOCK_TRAFFIC, Surface.APP] not in {Support.FULL, Support.PARTIAL}
    role, surface = (Role.WEB, Surface.WEB) if on_web else (Role.APP_ONLY, Surface.APP)
    return plans.demand(*(plans.identifier(n, role) for n in names), surface=surface, **more)


def entries(compiled: Compiled) -> set[str]:
    return {e for a in compiled.artefacts for e in a.entries}


def lines(compiled: Compiled) -> set[tuple[str, Duty, str, Surface, str]]:
    return {line for a in compiled.artefacts for line in a.lines}


def key(demand: Demand | Gap) -> tuple[str, Duty, str, Surface]:
    return demand.restriction, demand.duty, demand.app, demand.surface


def carried(target: Target, demand: Demand) -> bool:
    return target.support[demand.duty, demand.surface] in {Support.FULL, Support.PARTIAL}


def no_devices(plan: Plan) -> set[str]:
    """Ids of classes that stand for whoever is on a network or in a place."""
    return {c.id for c in plan.classes if c.who and c.who.subject is not Subject.DEVICE}


def works_on(target: Target, plan: Plan, demand: Demand) -> bool:
    """Whether a demand is carried out for anybody: a file on devices does nothing for who is on a network alone."""
    nowhere = not target.by_network and bool(demand.classes) and set(demand.classes) <= no_devices(plan)
    return carried(target, demand) and not nowhere


def host(identifier: Identifier) -> str:
    """The host name that an identifier is; empty where it is none."""
    name = identifier.value.lower().removesuffix(".") if identifier.value.isascii() else ""
    return name if identifier.kind is Kind.DOMAIN and HOST.fullmatch(name) else ""


def is_sure(identifier: Identifier, plan: Plan) -> bool:
    """Whether a name is the app's on that day, as far as the catalogue knows."""
    is_gone = identifier.retired is not None and identifier.retired <= plan.at.date()
    return not is_gone and identifier.confidence is not Confidence.LOW


def may_be_blocked(identifier: Identifier, demand: Demand, plan: Plan) -> bool:
    """For a rule about the app only its own names, with the web forbidden the site's too; about the web only those."""
    if demand.surface is Surface.WEB:
        allowed = {Role.WEB}
    elif demand.web_forbidden:
        allowed = {Role.APP_ONLY, Role.WEB}
    else:
        allowed = {Role.APP_ONLY}
    return bool(host(identifier)) and identifier.role in allowed and is_sure(identifier, plan)


def under(name: str, names: set[str]) -> bool:
    return any(name == n or name.endswith("." + n) for n in names)


def stopped(target: Target, name: str, names: set[str]) -> bool:
    """Whether the target stops a name by blocking these."""
    return name in names if target.id in ALONE else under(name, names)


def agree(target: Target, found: set[str], said: set[str]) -> bool:
    """Whether a reader finds what is said: some formats refuse a name beneath another, which blocks it already."""
    return found <= said and all(stopped(target, name, found) for name in said)


def test_every_target_module_is_listed() -> None:
    """A file dropped in targets/ cannot be forgotten by the list."""
    on_disk = {p.stem for p in TARGETS.glob("*.py") if not p.stem.startswith("_")}
    assert on_disk == {t.__module__.rpartition(".")[2] for t in BUILTIN}


@every_target
def test_every_target_has_a_case_a_page_and_a_reader(target: Target) -> None:
    """No target without a golden case, a reference page, and a reader here that is not its own code."""
    root = TARGETS.parents[2]
    assert list((root / "tests" / "targets" / "cases" / target.id).glob("*/plan.json"))
    assert (root / "docs" / "reference" / "targets" / f"{target.id}.md").is_file()
    assert (Path(__file__).parent / "read_back" / f"{target.id.replace('-', '_')}.py").is_file()


@every_target
@for_every(plan=PLANS)
def test_same_plan_same_bytes(target: Target, plan: Plan) -> None:
    """Two runs on the same plan give equal artefacts, gaps and over-reach."""
    assert target.compile(plan, {}, 7) == type(target)().compile(plan, {}, 7)


@every_target
def test_same_bytes_in_every_process(target: Target) -> None:
    """Three processes that order their sets differently give the same result."""
    code = (
        "from ordinance.targets import target; from targets.plans import *; import hashlib, sys\n"
        "names = [identifier(f'{a}.example.{b}') for a in 'abcdef' for b in ('com', 'org', '')]\n"
        "demands = [demand(*names, restriction=f'r{n}', app=f'a/{n % 3}') for n in range(9)]\n"
        "people = tuple(Bystanders(f'n{n}', 'visitors', None) for n in range(9))\n"
        "made = target(sys.argv[1], ()).compile(plan(*demands, bystanders=people, exempt_devices=1), {}, 7)\n"
        "print(hashlib.sha256(repr(made).encode()).hexdigest())"
    )
    path = os.pathsep.join((*filter(None, [os.environ.get("PYTHONPATH")]), str(Path(__file__).parents[1])))
    envs = [os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path} for seed in "123"]
    command = [sys.executable, "-c", code, target.id]
    digests = [subprocess.run(command, env=e, capture_output=True, text=True, check=True).stdout for e in envs]
    assert len(digests[0].strip()) == 64
    assert len(set(digests)) == 1


@every_target
@for_every(plan=PLANS, data=st.data())
def test_order_is_free(target: Target, plan: Plan, data: st.DataObject) -> None:
    """The order of demands, identifiers, classes, networks, bystanders and other apps' names changes nothing."""
    shuffled = [
        replace(d, identifiers=tuple(data.draw(st.permutations(d.identifiers))), classes=d.classes[::-1])
        for d in plan.demands
    ]
    other = replace(
        plan,
        demands=tuple(data.draw(st.permutations(shuffled))),
        networks=tuple(data.draw(st.permutations(plan.networks))),
        bystanders=tuple(data.draw(st.permutations(plan.bystanders))),
        **{part: getattr(plan, part)[::-1] for part in ("others", "classes", "neighbours")},
    )
    assert target.compile(plan, {}, 7) == target.compile(other, {}, 7)


@every_target
@for_every(plan=PLANS, more=DEMANDS)
def test_more_demands_never_block_less(target: Target, plan: Plan, more: Demand) -> None:
    """Adding a demand removes no entry and no line."""
    before = target.compile(plan, {}, 7)
    after = target.compile(replace(plan, demands=(*plan.demands, more)), {}, 7)
    assert entries(before) <= entries(after)
    assert lines(before) <= lines(after)
    found = read_back(target, after)
    assert all(stopped(target, name, found) for name in read_back(target, before))


@every_target
def test_a_name_stays_when_one_above_it_is_asked_for(target: Target) -> None:
    """A later demand for the whole domain takes away no entry that an older one put there for a name beneath it."""
    older = blocking(target, "api.tiktokv.com")
    later = replace(blocking(target, "tiktokv.com"), restriction="gent/later")
    before = target.compile(plans.plan(older), {}, 7)
    after = target.compile(plans.plan(older, later), {}, 7)
    assert entries(before) <= entries(after)
    assert lines(before) <= lines(after)


@every_target_of_names
@for_every(plan=PLANS)
def test_nothing_asked_for_is_lost(target: Target, plan: Plan) -> None:
    """Each identifier of a demand is in a line or in a gap, and each demand not carried out has a gap."""
    compiled = target.compile(plan, {}, 7)
    named = {(*key(g), g.identifier) for g in compiled.gaps} | lines(compiled)
    for demand in plan.demands:
        if works_on(target, plan, demand):
            assert {i.value for i in demand.identifiers} <= {n[4] for n in named if n[:4] == key(demand)}
        else:
            assert (*key(demand), "") in named


@every_target_of_names
@for_every(plan=PLANS)
def test_a_demand_that_blocks_nothing_says_so(target: Target, plan: Plan) -> None:
    """A demand none of whose identifiers is blocked has a gap about the whole demand, beside the limits."""
    compiled = target.compile(plan, {}, 7)
    limits = {g.id for g in target.compile(plans.plan(blocking(target, "tiktokv.com")), {}, 7).gaps}
    limits |= {"not-managed", "not-on-this-platform"}
    for demand in plan.demands:
        if not any(line[:4] == key(demand) for line in lines(compiled)):
            about = {g.id for g in compiled.gaps if key(g) == key(demand) and not g.identifier}
            assert about - (limits | {"about-networks"} if works_on(target, plan, demand) else limits)


@every_target_of_names
@for_every(plan=PLANS)
def test_lines_are_blocked_and_gaps_are_open(target: Target, plan: Plan) -> None:
    """What a line names is blocked by what a reader finds in the artefact; what a gap names as a host is not."""
    compiled = target.compile(plan, {}, 7)
    blocked = read_back(target, compiled)
    for line in lines(compiled):
        assert stopped(target, line[4].lower().removesuffix("."), blocked)
    carried_out = {key(d) for d in plan.demands if carried(target, d)}
    for gap in compiled.gaps:
        name = gap.identifier.lower().removesuffix(".") if gap.identifier.isascii() else ""
        if key(gap) in carried_out and HOST.fullmatch(name) and gap.id != "not-a-name":
            assert not stopped(target, name, blocked)


@every_target_of_names
@for_every(plan=PLANS)
def test_nothing_is_blocked_that_nobody_asked_for(target: Target, plan: Plan) -> None:
    """Every blocked name is a domain of a carried demand, or lies between two such names."""
    carried_out = [d for d in plan.demands if works_on(target, plan, d)]
    domains = [i for d in carried_out for i in d.identifiers if i.kind is Kind.DOMAIN and i.value.isascii()]
    asked = {i.value.lower().removesuffix(".") for i in domains}
    for name in read_back(target, target.compile(plan, {}, 7)):
        assert name in asked or (under(name, asked) and any(a.endswith("." + name) for a in asked))


@every_target_of_names
@for_every(plan=BLOCKING_PLANS)
def test_only_names_of_a_role_that_the_rule_allows_are_blocked(target: Target, plan: Plan) -> None:
    """Every entry may be blocked for some demand, or lies between two such names; each that may be is blocked."""
    compiled = target.compile(plan, {}, 7)
    asked = [(d, i) for d in plan.demands if works_on(target, plan, d) for i in d.identifiers]
    allowed = {host(i) for d, i in asked if may_be_blocked(i, d, plan)}
    event("leaves a name open for its role" if {host(i) for _, i in asked} - allowed - {""} else "all are allowed")
    for name in entries(compiled) - allowed:
        assert target.id not in ALONE and under(name, allowed) and any(a.endswith("." + name) for a in allowed)
    do_not_fit = {g.identifier.lower().removesuffix(".") for g in compiled.gaps if g.id in BY_FORMAT}
    assert all(stopped(target, name, entries(compiled)) for name in allowed - do_not_fit)


@every_target_of_names
@for_every(plan=BLOCKING_PLANS)
def test_names_that_no_rule_allows_to_block_are_open_or_said_to_be_hit(target: Target, plan: Plan) -> None:
    """A name that may be blocked for no demand is a gap; beneath a blocked one, whom it serves is over-reach."""
    compiled = target.compile(plan, {}, 7)
    asked = [(d, i) for d in plan.demands if works_on(target, plan, d) for i in d.identifiers if host(i)]
    allowed = {host(i) for d, i in asked if may_be_blocked(i, d, plan)}
    hit = {o.who.partition(" (")[0] for o in compiled.over_reach}
    gaps = {(key(g), g.identifier) for g in compiled.gaps}
    for demand, one in asked:
        if host(one) in allowed:
            continue
        if not stopped(target, host(one), entries(compiled)):
            assert (key(demand), one.value) in gaps
        elif target.id in IN_THE_BROWSER and one.role is Role.APP_ONLY and is_sure(one, plan):
            event("the app's own name in a browser")
        else:
            event("beneath a blocked name")
            assert f"users of {host(one)}" in hit


@every_target_of_names
@for_every(plan=BLOCKING_PLANS)
def test_other_apps_whose_names_are_blocked_are_said_to_be_hit(target: Target, plan: Plan) -> None:
    """An app that no demand has blocked here, and one of whose names is blocked, has its users in the over-reach."""
    compiled = target.compile(plan, {}, 7)
    asked = {d.app for d in plan.demands if works_on(target, plan, d)}
    hit = {o.who for o in compiled.over_reach if o.who.startswith("users of the app yandex/")}
    apps = {
        f"{i.family}/{i.member}" for i in plan.neighbours if host(i) and stopped(target, host(i), entries(compiled))
    }
    assert hit == {f"users of the app {app}" for app in apps - asked}


@every_target_of_names
@for_every(plan=PLANS)
def test_entries_are_what_a_reader_finds(target: Target, plan: Plan) -> None:
    """An independent reader finds the names that the artefact says it blocks: each, or one above it, and no others."""
    compiled = target.compile(plan, {}, 7)
    event("blocks something" if entries(compiled) else "blocks nothing")
    assert agree(target, read_back(target, compiled), entries(compiled))


@every_target_of_names
@for_every(plan=plans.HOSTILE_PLANS)
def test_hostile_names_stay_inside_the_syntax(target: Target, plan: Plan) -> None:
    """Whatever names and texts hold, a reader finds the entries and no more, and every entry is a host name."""
    compiled = target.compile(plan, {}, 7)
    assert agree(target, read_back(target, compiled), entries(compiled))
    assert all(HOST.fullmatch(e) for e in entries(compiled))


@every_target_of_names
@pytest.mark.parametrize("hostile", HOSTILE, ids=repr)
def test_a_hostile_text_changes_no_record(target: Target, hostile: str) -> None:
    """A hostile text as name, restriction, body or version leaves a good name's entry and adds at most a host name."""
    demand = blocking(target, "tiktokv.com", hostile, restriction=hostile)
    plan = plans.plan(demand, body=hostile, catalogue_version=hostile, notice=hostile)
    compiled = target.compile(plan, {}, 7)
    found = read_back(target, compiled)
    assert "tiktokv.com" in found
    itself = hostile.lower().removesuffix(".") if hostile.isascii() else ""
    assert found - {"tiktokv.com"} <= ({itself} if HOST.fullmatch(itself) else set())
    assert b"\r" not in b"".join(a.content for a in compiled.artefacts)


@every_target
@for_every(plan=PLANS)
def test_artefacts_have_safe_paths_and_whole_lines(target: Target, plan: Plan) -> None:
    """Paths are relative, below the target's own folder, and each text ends with a newline."""
    artefacts = target.compile(plan, {}, 7).artefacts
    assert artefacts
    assert len({a.path for a in artefacts}) == len(artefacts)
    for artefact in artefacts:
        parts = PurePosixPath(artefact.path).parts
        assert parts[0] == target.id
        assert ".." not in parts
        assert re.fullmatch(r"[a-z0-9./-]+", artefact.path)
        assert artefact.content.endswith(b"\n")


@every_target_of_names
@pytest.mark.parametrize("duty", Duty)
@pytest.mark.parametrize("surface", Surface)
def test_declared_support_is_what_happens(target: Target, duty: Duty, surface: Surface) -> None:
    """Full: no gap. Partial: a line, and gaps. Not yet and never: one gap about the whole demand."""
    good = [plans.identifier("app.example.org"), plans.identifier("example.net", Role.WEB)]
    good += [plans.identifier("org.example.app", None, kind) for kind in Kind if kind is not Kind.DOMAIN]
    demand = plans.demand(*good, duty=duty, surface=surface, web_forbidden=True)
    compiled = target.compile(plans.plan(demand), {}, 7)
    support = target.support[duty, surface]
    assert bool(lines(compiled)) == (support in {Support.FULL, Support.PARTIAL})
    assert bool(compiled.gaps) == (support is not Support.FULL)
    if support in {Support.NOT_YET, Support.NEVER}:
        assert [g.identifier for g in compiled.gaps] == [""]
        assert not entries(compiled)


@every_target
@for_every(plan=PLANS)
def test_every_gap_gives_a_reason_and_its_target(target: Target, plan: Plan) -> None:
    """A gap has a stable id, a reason for people that repeats no foreign text, and the target's id."""
    for gap in target.compile(plan, {}, 7).gaps:
        assert gap.target == target.id
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", gap.id)
        assert gap.reason.isascii()
        assert gap.reason.isprintable()


@every_target_of_networks
@for_every(plan=BLOCKING_PLANS)
def test_bystanders_are_stated_while_something_is_blocked(target: Target, plan: Plan) -> None:
    """Each group on the networks and each exempted device shows as over-reach; without a block nobody is hit."""
    compiled = target.compile(plan, {}, 7)
    hit = {(o.network, o.who, o.count) for o in compiled.over_reach}
    if not entries(compiled):
        assert not hit
        return
    assert {(b.network, b.who, b.count) for b in plan.bystanders} <= hit
    exempted = {o.count for o in compiled.over_reach if o.who == "exempted separate devices"}
    assert exempted == ({plan.exempt_devices} if plan.exempt_devices > 0 else set())


@every_target_of_networks
@for_every(plan=BLOCKING_PLANS)
def test_networks_left_alone_are_left_out_or_said_to_be_hit(target: Target, plan: Plan) -> None:
    """A network that is not to be blocked has each of its ranges left out, or stands in the over-reach; never both."""
    compiled = target.compile(plan, {}, 7)
    left_out = {c for a in compiled.artefacts for c in a.left_out}
    if not entries(compiled):
        assert not left_out
        return
    hit = {o.network for o in compiled.over_reach if o.who == EVERYBODY}
    served = {c for n in plan.networks for c in n.cidrs}
    for network in plan.others:
        assert (network.id in hit) != bool(network.cidrs and {str(c) for c in network.cidrs} <= left_out)
    assert not [c for c in map(ip_network, left_out) for s in served if c.version == s.version and c.overlaps(s)]


@every_target_of_devices
@for_every(plan=PLANS)
def test_files_are_for_the_devices_that_can_get_them(target: Target, plan: Plan) -> None:
    """A consumer on devices names the classes of managed devices on its systems, and no others."""
    gets = target.compile(plan, {}, 7).gets
    event("some get it" if gets else "nobody gets it")
    assert gets == {c.id for c in plan.classes if why_away(target, c) == ""}


@every_target
def test_only_files_on_devices_are_for_classes(target: Target) -> None:
    """Who serves networks, or tells each class what is for it alone, names no class that gets all of it."""
    of_devices = not target.by_network and target.id not in OF_WORDS
    assert (target.compile(plans.plan(), {}, 7).gets is not None) == of_devices


@every_target_of_devices
@for_every(plan=BLOCKING_PLANS)
def test_devices_that_get_no_file_are_counted(target: Target, plan: Plan) -> None:
    """A consumer on devices counts a demand's devices that get no file, and says that it is also about networks."""
    compiled = target.compile(plan, {}, 7)
    for demand in (d for d in plan.demands if carried(target, d)):
        said = {(g.id, g.reason.partition(":")[0]) for g in compiled.gaps if key(g) == key(demand) and not g.identifier}
        own = [c for c in plan.classes if c.id in demand.classes]
        for why in ("not-managed", "not-on-this-platform"):
            away = sum(c.devices or 0 for c in own if why_away(target, c) == why)
            assert not away or (why, f"{away} device(s)") in said
        if any(why_away(target, c) == "about-networks" for c in own):
            assert "about-networks" in {gap for gap, _ in said}


@every_target_of_devices
@for_every(plan=BLOCKING_PLANS)
def test_devices_that_get_more_than_is_asked_of_them_are_said_to_be_hit(target: Target, plan: Plan) -> None:
    """A class that gets the files, and of which no rule asks some entry, is over-reach; no other class is."""
    compiled = target.compile(plan, {}, 7)
    said = {o.who for o in compiled.over_reach}
    for one in plan.classes:
        of_it = [d for d in plan.demands if carried(target, d) and one.id in d.classes]
        asked = {host(i) for d in of_it for i in d.identifiers if may_be_blocked(i, d, plan)}
        if one.id in (compiled.gets or ()) and entries(compiled) - asked:
            assert one.facts in said
    reached = {c.facts for c in plan.classes if why_away(target, c) == ""}
    assert said.isdisjoint({c.facts for c in plan.classes} - reached)


def why_away(target: Target, one: ClassSize) -> str:
    """The gap for a class that no file on devices is brought to; empty for one that gets it."""
    assert one.who
    if one.who.subject is not Subject.DEVICE:
        return "about-networks"
    if one.who.facts.enrolment not in MANAGED:
        return "not-managed"
    return "" if one.who.facts.platform in SYSTEMS[target.id] else "not-on-this-platform"


@every_target
def test_the_page_lists_every_gap_and_setting(target: Target) -> None:
    """The reference page has exactly the gap ids with their reasons, and the settings with their defaults."""
    text = _page(target)
    rows = re.findall(r"^\| `([a-z_-]+)` \| ([^|\n]+) \|(?: `([^`]*)` \|)?$", text, re.MULTILINE)
    gaps = {(i, reason) for i, reason, default in rows if not default}
    settings = {(k, s.expected, s.default or "–") for k, s in target.settings.items()}
    assert gaps == set(target.gaps.items())
    assert {row for row in rows if row[2]} == settings


@every_target
def test_the_page_says_what_is_carried_out_and_how_sure_that_is(target: Target) -> None:
    """The page's sentences on surfaces are the support table's; what only follows a contract, or only asks, says so."""
    carried_out = {(d.value, s.value) for (d, s), support in target.support.items() if support is Support.PARTIAL}
    how = ", in words," if target.proof is Proof.WORDS else ""
    sentences = re.findall(rf"^Carries out{how} ((?:`\w+`(?:, )?)+) on (.+)\.$", _page(target), re.MULTILINE)
    words = ((re.findall(r"`(\w+)`", duties), re.findall(r"`(\w+)`", surfaces)) for duties, surfaces in sentences)
    assert {(d, s) for duties, surfaces in words for d in duties for s in surfaces} == carried_out
    assert ("contract only" in _page(target).lower()) == (target.proof is Proof.CONTRACT_ONLY)


def _page(target: Target) -> str:
    return (TARGETS.parents[2] / "docs" / "reference" / "targets" / f"{target.id}.md").read_text("utf-8")


@every_target
@for_every(plan=PLANS)
def test_the_end_of_a_rule_leaves_an_empty_artefact(target: Target, plan: Plan) -> None:
    """With no demands left the same files are written, and block nothing: what ends is lifted."""
    before, after = target.compile(plan, {}, 7), target.compile(replace(plan, demands=()), {}, 8)
    assert [a.path for a in before.artefacts] == [a.path for a in after.artefacts]
    assert not entries(after)
    assert not read_back(target, after)


@every_target_of_networks
def test_a_rule_that_has_ended_leaves_no_network_out(target: Target) -> None:
    """Networks are left out of what is blocked; when nothing is, no network is said to be left out of it."""
    separate = plans.network("separate", "198.51.100.0/28")
    of = plans.plan(blocking(target, "tiktokv.com"), others=(separate,))
    left_out = {c for a in target.compile(of, {}, 7).artefacts for c in a.left_out}
    assert left_out == ({"198.51.100.0/28"} if target.id != "dnsmasq" else set())  # which says that it hits everybody
    assert not any(a.left_out for a in target.compile(replace(of, demands=()), {}, 8).artefacts)


@every_target
@for_every(plan=PLANS)
def test_the_instant_leaves_no_trace(target: Target, plan: Plan) -> None:
    """The same demands a minute later give the same bytes, so that a rule that returns returns identically."""
    assume(plan.demands)
    later = replace(plan, at=plan.at.replace(minute=1))
    assert _contents(target.compile(plan, {}, 7)) == _contents(target.compile(later, {}, 7))


def _contents(compiled: Compiled) -> list[Artefact]:
    return list(compiled.artefacts)
