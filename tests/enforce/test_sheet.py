# SPDX-License-Identifier: EUPL-1.2
"""The enforceability sheet: what the documents say comes out, and nothing that is not set up looks as if it were."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.enforce.facts import shipped_facts
from ordinance.enforce.sheet import answer, cells
from ordinance.model.apps import Surface
from ordinance.model.enforceability import (
    Act,
    Cell,
    Connection,
    Devices,
    Hold,
    Meeting,
    Says,
    SetSource,
    SetTarget,
    Setup,
    WhyNot,
)
from ordinance.model.estate import Enrolment, Owner, Platform, Use, possible_surfaces
from ordinance.model.evidence import EvidenceKind

TRUTH = tomllib.loads((Path(__file__).parent / "sheet_truth.toml").read_text("utf-8"))
APP = "tiktok/tiktok"
SOURCES = {
    "inventory": SetSource("inventory", EvidenceKind.INVENTORY),
    "inventory-of-android": SetSource("inventory-of-android", EvidenceKind.INVENTORY, frozenset({Platform.ANDROID})),
    "log": SetSource("log", EvidenceKind.NETWORK_DEVICE),
}
TARGETS = {
    "dns-rpz": SetTarget(
        "dns-rpz", True, dict.fromkeys((Surface.APP, Surface.DESKTOP, Surface.WEB), frozenset({APP}))
    ),
    "chromium": SetTarget("chromium", False, {Surface.WEB: frozenset({APP})}),
}
# The order in which an answer is weaker; the others say that nothing is asked, met or known.
STRENGTH = {Hold.NOT_AT_ALL: 0, Hold.NOT_KNOWN: 0, Hold.ATTEST_ONLY: 1, Hold.DETECT: 2, Hold.BLOCK: 3}


def devices(case: Mapping[str, Any]) -> Devices:
    """The devices of a case."""
    row = case["device"]
    every = dict.fromkeys(Surface, frozenset({APP}))
    exempt = tuple(case.get("exempt", ()))
    return Devices(
        platform=Platform(row["platform"]) if "platform" in row else None,
        owner=Owner(row["owner"]) if "owner" in row else None,
        enrolment=Enrolment(row["enrolment"]) if "enrolment" in row else None,
        part_funded=row.get("part_funded"),
        use=Use(row.get("use", case["use"])),
        exemptions=exempt,
        devices=case["devices"],
        asked={} if exempt else every,
        lifted=dict.fromkeys(Surface, exempt) if exempt else {},
        reached=dict.fromkeys(TARGETS, case["on"]),
        logged={"log": case["on"]},
    )


def setup(case: Mapping[str, Any]) -> Setup:
    """What is set up in a case."""
    return Setup(
        tuple(TARGETS[t] for t in case["targets"]),
        tuple(SOURCES[s] for s in case["sources"]),
        frozenset(map(EvidenceKind, case["evidence_allowed"])),
        frozenset(TARGETS),
    )


def expectations() -> list[Any]:
    """Each expectation of each case, with a name."""
    return [
        pytest.param({**TRUTH["usual"], **case}, row, Connection(at), id=f"{case['name']}: {row['surface']}, {at}")
        for case in TRUTH["case"]
        for row in case["expect"]
        for at in row["at"]
    ]


@pytest.mark.parametrize(("case", "expect", "at"), expectations())
def test_the_sheet_says_what_the_documents_say(
    case: Mapping[str, Any], expect: Mapping[str, Any], at: Connection
) -> None:
    """Each row of the truth, which was written from the documents before the code."""
    surface, meeting = Surface(expect["surface"]), Meeting(expect["meeting"])
    found = answer(shipped_facts(), devices(case), setup(case), surface, meeting, at)
    assert (str(found.best), str(found.here)) == (expect["best"], expect["here"])
    possible = set(expect.get("with", ()))
    assert possible <= set(found.possible) if possible else found.possible == () or "with" not in expect
    assert set(expect.get("not_by", ())) <= set(found.not_by)
    assert "hit" not in expect or list(found.hit) == expect["hit"]
    assert "why" not in expect or str(found.why) == expect["why"]


def some_devices(platform: Platform | None, owner: Owner | None, enrolment: Enrolment | None) -> Devices:
    """Ten devices that rules ask to keep an app off on every surface, eight of them on the office's networks."""
    return Devices(
        platform,
        owner,
        enrolment,
        devices=10,
        asked=dict.fromkeys(Surface, frozenset({APP})),
        reached=dict.fromkeys(TARGETS, 8),
        logged={"log": 8},
    )


def every_combination() -> list[Devices]:
    """Every platform, owner and enrolment, each also not stated."""
    return [some_devices(*row) for row in product([*Platform, None], [*Owner, None], [*Enrolment, None])]


EVERYTHING = Setup(tuple(TARGETS.values()), tuple(SOURCES.values()), frozenset(EvidenceKind), frozenset(TARGETS))


def every_answer(setup: Setup) -> list[tuple[Devices, Cell]]:
    """All answers for all combinations."""
    return [(who, cell) for who in every_combination() for cell in cells(shipped_facts(), who, setup)]


@pytest.mark.parametrize("allowed", [frozenset(), frozenset({EvidenceKind.INVENTORY}), frozenset(EvidenceKind)])
def test_every_combination_has_exactly_one_answer(allowed: frozenset[EvidenceKind]) -> None:
    """Each surface, meeting and connection of each device; a program has two meetings, everything else one."""
    wanted = {
        (s, m, c)
        for s in Surface
        for m in Meeting
        for c in Connection
        if m is Meeting.TRAFFIC or s in {Surface.APP, Surface.DESKTOP}
    }
    for who in every_combination():
        answers = cells(shipped_facts(), who, Setup(allowed=allowed))
        found = [(c.surface, c.meeting, at) for c in answers for at in c.connections]
        assert len(found) == len(wanted)
        assert set(found) == wanted


def test_an_answer_rests_on_facts_that_speak_of_the_device() -> None:
    """Block, detect and attest only are never said without a fact for it; of what no fact speaks, nothing is known."""
    facts = {f.id: f for f in shipped_facts()}
    for who, cell in every_answer(Setup(allowed=frozenset(EvidenceKind))):
        can = {facts[f].act for f in cell.possible}
        ruled_out = {facts[f].act for f in cell.cannot}
        if cell.surface not in possible_surfaces(who.platform):
            assert cell.best is Hold.NOT_ON_PLATFORM
        elif Act.BLOCK in can:
            assert cell.best is Hold.BLOCK
        elif Act.DETECT in can:
            assert cell.best is Hold.DETECT
        else:
            assert cell.best is (Hold.ATTEST_ONLY if ruled_out == set(Act) else Hold.NOT_KNOWN)


def test_nothing_is_here_that_is_not_configured() -> None:
    """Without targets and sources, nothing blocks and nothing shows: whatever is possible is said as such."""
    for who, cell in every_answer(Setup(allowed=frozenset(EvidenceKind) - {EvidenceKind.ATTESTATION})):
        assert cell.in_use == ()
        never = cell.surface not in possible_surfaces(who.platform)
        assert cell.here is (Hold.NOT_ON_PLATFORM if never else Hold.NOT_AT_ALL)


def test_what_is_configured_and_blocks_nothing_is_not_here() -> None:
    """A target without a line for the app or surface does nothing there, and is said to be possible."""
    idle = replace(EVERYTHING, targets=tuple(replace(t, blocks={}) for t in EVERYTHING.targets))
    other = {s: frozenset({"other/app"}) for s in Surface}
    beside = replace(EVERYTHING, targets=tuple(replace(t, blocks=other) for t in EVERYTHING.targets))
    for setup_ in (idle, beside):
        for _, cell in every_answer(setup_):
            assert cell.here is not Hold.BLOCK
    assert any(cell.here is Hold.BLOCK for _, cell in every_answer(EVERYTHING))


def test_nothing_is_here_for_an_app_that_is_not_blocked() -> None:
    """A target that blocks one of two apps is in use for that one; for the other alone it is not."""
    who = some_devices(Platform.WINDOWS, Owner.BODY, Enrolment.MANAGED)
    place = (Surface.DESKTOP, Meeting.TRAFFIC, Connection.OFFICE)
    both = answer(shipped_facts(), replace(who, asked={Surface.DESKTOP: frozenset({APP, "x/y"})}), EVERYTHING, *place)
    assert [u.apps for u in both.in_use if u.act is Act.BLOCK] == [frozenset({APP})]
    other = answer(shipped_facts(), replace(who, asked={Surface.DESKTOP: frozenset({"x/y"})}), EVERYTHING, *place)
    assert other.here is Hold.DETECT and "office-resolver" in other.possible


def test_where_no_rule_asks_nothing_is_looked_for() -> None:
    """Sources show what rules ask about: without a rule, an inventory and a log say nothing of an app."""
    who = replace(some_devices(Platform.WINDOWS, Owner.BODY, Enrolment.MANAGED), asked={Surface.WEB: frozenset({APP})})
    idle = replace(EVERYTHING, targets=())
    for cell in cells(shipped_facts(), who, idle):
        if cell.surface is Surface.WEB or cell.best is Hold.NOT_ON_PLATFORM:
            continue
        assert (cell.here, cell.why, cell.in_use) == (Hold.NOT_AT_ALL, WhyNot.NOT_ASKED, ())
    here = {c.here for c in cells(shipped_facts(), who, idle) if c.surface is Surface.WEB}
    assert Hold.DETECT in here


def test_a_rule_about_the_network_is_told_from_a_block_that_nobody_asked_for() -> None:
    """A resolver hits whoever is on its network: because a rule about the network asks for it, or besides."""
    who = replace(some_devices(Platform.WINDOWS, Owner.BODY, Enrolment.MANAGED), asked={})
    asked = replace(TARGETS["dns-rpz"], for_networks={Surface.WEB: frozenset({APP})})
    for target, by_rule in ((TARGETS["dns-rpz"], False), (asked, True)):
        place = (Surface.WEB, Meeting.TRAFFIC, Connection.OFFICE)
        found = answer(shipped_facts(), who, replace(EVERYTHING, targets=(target,)), *place)
        assert [(u.id, u.for_network) for u in found.in_use] == [("dns-rpz", by_rule)]
        assert found.why is None


def test_the_office_reaches_nobody_elsewhere() -> None:
    """Whatever the resolver and its log do in the office, they are not in use on mobile data and other networks."""
    seen = 0
    for _, cell in every_answer(EVERYTHING):
        elsewhere = set(cell.connections) - {Connection.OFFICE}
        names = {u.id for u in cell.in_use}
        assert not (elsewhere and names & {"dns-rpz", "log"})
        if elsewhere and cell.meeting is Meeting.TRAFFIC and cell.surface is Surface.WEB:
            assert {"office-resolver-elsewhere", "office-log-elsewhere"} <= set(cell.not_by)
            seen += 1
    assert seen > 0


def test_nothing_is_read_where_nothing_is_allowed() -> None:
    """An empty set is trust: no answer detects or attests, with whatever sources; blocking needs no evidence."""
    trusting = replace(EVERYTHING, allowed=frozenset())
    found = every_answer(trusting)
    facts = {f.id: f for f in shipped_facts()}
    for _, cell in found:
        assert {cell.best, cell.here}.isdisjoint({Hold.DETECT, Hold.ATTEST_ONLY})
        assert all(u.act is Act.BLOCK for u in cell.in_use)
        assert all(facts[f].act is Act.BLOCK for f in cell.possible)
    assert any(cell.here is Hold.BLOCK for _, cell in found)


@given(
    st.sampled_from(every_combination()),
    st.sets(st.sampled_from(sorted(TARGETS))),
    st.sets(st.sampled_from(sorted(SOURCES))),
    st.sets(st.sampled_from(EvidenceKind)),
    st.one_of(st.none(), st.integers(0, 10)),
)
def test_here_is_never_more_than_possible(
    who: Devices, targets: set[str], sources: set[str], allowed: set[EvidenceKind], on: int | None
) -> None:
    """What is set up is possible, names only what is configured, and taking any of it away makes no answer stronger."""
    met = replace(who, reached=dict.fromkeys(TARGETS, on), logged={"log": on})
    configured = tuple(TARGETS[t] for t in sorted(targets))
    given_ = Setup(configured, tuple(SOURCES[s] for s in sorted(sources)), frozenset(allowed))
    fewer = replace(given_, targets=given_.targets[1:], sources=given_.sources[1:])
    for surface, at in product(Surface, Connection):
        cell = answer(shipped_facts(), met, given_, surface, Meeting.TRAFFIC, at)
        if cell.best is Hold.NOT_ON_PLATFORM:
            continue
        if cell.best is not Hold.NOT_KNOWN:
            assert STRENGTH[cell.here] <= STRENGTH[cell.best]
        assert {u.id for u in cell.in_use} <= targets | sources
        assert all(u.devices != 0 for u in cell.in_use)
        less = answer(shipped_facts(), met, fewer, surface, Meeting.TRAFFIC, at)
        assert STRENGTH[less.here] <= STRENGTH[cell.here]
        assert less.best is cell.best


def test_a_part_is_said_to_be_a_part() -> None:
    """How many of the devices may be where a resolver serves is kept; nobody there, and it does nothing for them."""
    who = some_devices(Platform.WINDOWS, Owner.BODY, Enrolment.MANAGED)
    found = answer(shipped_facts(), who, EVERYTHING, Surface.DESKTOP, Meeting.TRAFFIC, Connection.OFFICE)
    assert {(u.id, u.devices) for u in found.in_use} == {("dns-rpz", 8), ("log", 8)}


def test_an_exemption_comes_before_everything() -> None:
    """An exempted device is said to be exempt on that surface alone, whatever is configured."""
    who = replace(
        some_devices(Platform.ANDROID, Owner.BODY, Enrolment.SUPERVISED),
        asked={Surface.WEB: frozenset({APP})},
        lifted={Surface.APP: ("channel",)},
    )
    for cell in cells(shipped_facts(), who, EVERYTHING):
        if cell.surface is Surface.APP:
            assert (cell.best, cell.here, cell.exemptions) == (Hold.EXEMPT, Hold.EXEMPT, ("channel",))
        else:
            assert Hold.EXEMPT not in {cell.best, cell.here}


def test_what_one_document_rules_out_another_may_allow() -> None:
    """`cannot` loses against `can`, and `not_by_this` decides nothing."""
    one = next(f for f in shipped_facts() if f.id == "ios-supervised-app")
    no = replace(one, id="no", says=Says.CANNOT)
    perhaps = replace(one, id="perhaps", says=Says.NOT_BY_THIS)
    who = some_devices(Platform.IOS, Owner.BODY, Enrolment.SUPERVISED)

    def best(*facts: Any) -> Hold:
        return answer(facts, who, EVERYTHING, Surface.APP, Meeting.ON_THE_DEVICE, Connection.OFFICE).best

    assert best(one, no) is best(no, one) is Hold.BLOCK
    assert best(perhaps) is best(no) is Hold.NOT_KNOWN  # of detecting nobody said anything
    assert best(no, replace(no, id="unseen", act=Act.DETECT)) is Hold.ATTEST_ONLY
