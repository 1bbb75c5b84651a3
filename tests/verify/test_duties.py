# SPDX-License-Identifier: EUPL-1.2
"""Each duty by itself: what passes, what fails, and what silence means."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import bodies
from ordinance.model.apps import Kind, Surface
from ordinance.model.estate import Platform
from ordinance.model.evidence import AppInstalled, EvidenceKind, Where
from ordinance.model.law import Clock, Duty, Law, Selector, What
from ordinance.model.result import FindingKind
from ordinance.model.time import Span, start_of
from ordinance.verify.binding import Judge

from . import worlds as w

LISTED, NEVER = (True, True), (False, False)


def verdicts(world: w.World, device: str = "d-00") -> dict[str, tuple[str, str]]:
    """Duty → (result, reason) of a device."""
    return {str(r.duty): (str(r.result), r.reason) for r in world.checked().results if r.device == device}


def habits(platform: Platform = Platform.WINDOWS, listed: tuple[bool, bool] = LISTED,
           has_app: tuple[bool, bool] = NEVER, uses: frozenset[int] = frozenset()) -> w.Habits:  # fmt: skip
    """What one device shows."""
    return w.Habits(platform, listed, has_app, uses)


def test_complete_evidence_without_the_app_passes() -> None:
    """A listed computer without the app, every hour of its network seen, a block that was seen to work."""
    assert verdicts(w.world([habits()])) == {
        "stop_using": ("pass", "no_use_seen"),
        "remove": ("pass", "not_installed"),
        "deny_install": ("unknown", "no_source_for_duty"),
        "block_traffic": ("pass", "blocked_on_body_networks"),
    }


@pytest.mark.parametrize("has_app", [(True, False), (False, True), (True, True)])
def test_an_installed_app_fails_removal_whenever_it_was_seen(has_app: tuple[bool, bool]) -> None:
    """In either snapshot after the deadline; installation alone says nothing about use."""
    found = verdicts(w.world([habits(has_app=has_app)]))
    assert found["remove"] == ("fail", "app_installed")
    assert found["stop_using"] == ("unknown", "installed_without_traffic")


def test_an_app_that_appears_shows_that_installation_was_not_denied() -> None:
    """Absent, then there, both after the deadline; the other way round shows nothing."""
    assert verdicts(w.world([habits(has_app=(False, True))]))["deny_install"] == ("fail", "installed_after_deadline")
    assert verdicts(w.world([habits(has_app=(True, False))]))["deny_install"] == ("unknown", "no_source_for_duty")
    kinds = {f.kind for f in w.world([habits(has_app=(False, True))]).checked().findings}
    assert FindingKind.CONTROL_INEFFECTIVE in kinds


@pytest.mark.parametrize("listed", [(False, True), (True, False), (False, False)])
def test_a_missing_snapshot_is_unknown(listed: tuple[bool, bool]) -> None:
    """A device that one expected snapshot does not list is not known to be clean."""
    found = verdicts(w.world([habits(listed=listed)]))
    assert found["remove"] == ("unknown", "no_inventory")
    assert found["stop_using"] == ("unknown", "no_inventory")


def test_app_traffic_fails_use_and_the_block() -> None:
    """Answered names only the app uses, in a network where they should have been blocked."""
    found = verdicts(w.world([habits(uses=frozenset({3}))]))
    assert found["stop_using"] == ("fail", "app_traffic")
    assert found["block_traffic"] == ("fail", "not_blocked")
    assert found["remove"] == ("pass", "not_installed")


def test_somebody_elses_open_door_is_not_my_failure() -> None:
    """A block that let another device through does not pass, and does not fail, for the others."""
    found = verdicts(w.world([habits(), habits(uses=frozenset({3}))]))
    assert found["block_traffic"] == ("unknown", "let_through_to_others")
    assert found["stop_using"] == ("pass", "no_use_seen")


def test_phones_have_another_way_out() -> None:
    """No office resolver can show that a phone's traffic is blocked."""
    assert verdicts(w.world([habits(Platform.ANDROID)]))["block_traffic"] == ("unknown", "mobile_data")


def test_a_block_nobody_met_is_not_proven() -> None:
    """Without a single blocked question, silence is no proof that the block works."""
    world = w.world([habits()])
    log = world.readings["dns-townhall"]
    quiet = replace(world, readings={**world.readings, "dns-townhall": replace(log, names=())})
    assert verdicts(quiet)["block_traffic"] == ("unknown", "no_proof_of_blocking")


def test_one_lost_hour_of_the_canary_is_a_lost_day() -> None:
    """A day counts as seen only with every hour that the canary promises."""
    world = w.world([habits()])
    log = world.readings["dns-townhall"]
    holed = replace(log, hours=log.hours - {min(log.hours)})
    found = verdicts(replace(world, readings={**world.readings, "dns-townhall": holed}))
    assert found["stop_using"] == ("unknown", "network_not_seen")
    assert found["block_traffic"] == ("unknown", "network_not_seen")


@pytest.mark.parametrize(
    ("days", "app", "expected"),
    [
        (3, "tiktok/tiktok", "lost_days"),
        (3, "snapchat/snapchat", "no_use_seen"),
        (-400, "tiktok/tiktok", "no_use_seen"),
    ],
)
def test_days_that_were_lost_for_an_app_are_not_checked(days: int, app: str, expected: str) -> None:
    """A log that is gone, and was read before an app was looked for, clears nobody of that app on its days."""
    world = w.world([habits(), habits(uses=frozenset({5}))])
    log = world.readings["dns-townhall"]
    lost = frozenset({(min(log.hours).date() + timedelta(days=days), app)})
    changed = replace(world, readings={**world.readings, "dns-townhall": replace(log, lost=lost)})
    result = "notchecked" if expected == "lost_days" else "pass"
    assert verdicts(changed)["stop_using"] == (result, expected)
    assert verdicts(changed, "d-01")["stop_using"] == ("fail", "app_traffic")
    assert ("lost_days" in {s.what for s in changed.checked().not_seen}) is (expected == "lost_days")
    alone = replace(w.world([habits()]), readings=changed.readings)
    assert verdicts(changed)["remove"] == verdicts(alone)["remove"] == ("pass", "not_installed")


def test_a_block_is_not_proven_on_days_that_were_lost() -> None:
    """That the app's names were refused on other days says nothing of these."""
    world = w.world([habits()])
    log = world.readings["dns-townhall"]
    lost = frozenset({(min(log.hours).date() + timedelta(days=3), "tiktok/tiktok")})
    changed = replace(world, readings={**world.readings, "dns-townhall": replace(log, lost=lost)})
    assert verdicts(changed)["block_traffic"] == ("notchecked", "lost_days")
    other = {**world.readings, "dns-townhall": log, "elsewhere": replace(log, lost=lost)}
    assert verdicts(replace(world, readings=other))["block_traffic"] == ("pass", "blocked_on_body_networks")


def test_no_network_means_no_pass() -> None:
    """An estate that names no network of the body's cannot show that nothing was used there."""
    world = w.world([habits()])
    bare = replace(world, estate=replace(world.estate, networks=()))
    assert verdicts(bare)["stop_using"] == ("unknown", "network_not_seen")


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (frozenset[EvidenceKind](), {"by_decision"}),
        (
            frozenset({EvidenceKind.NETWORK_DEVICE}),
            {"evidence_not_allowed", "no_inventory", "blocked_on_body_networks"},
        ),
        (frozenset({EvidenceKind.ATTESTATION}), {"evidence_not_allowed"}),
    ],
)
def test_what_may_not_be_read_is_not_checked(allowed: frozenset[EvidenceKind], expected: set[str]) -> None:
    """Duties whose evidence is not allowed are `notchecked`, and never pass."""
    world = w.world([habits()])
    readings = {k: r for k, r in world.readings.items() if w.KINDS[k] in allowed}
    body = replace(world.body, checking=replace(world.body.checking, evidence_allowed=allowed))
    found = verdicts(replace(world, body=body, readings=readings))
    assert {reason for _, reason in found.values()} == expected
    assert found["remove"][0] == "notchecked"


def test_every_duty_of_the_law_has_a_result() -> None:
    """No branch ends without one: each device has each duty of each clause that can bind it."""
    for body, name in (("ghent", "inside"), ("diest", "inside"), ("tallinn", "inside")):
        opened = bodies.workspace(body)
        found = bodies.checked(opened, bodies.window(opened, bodies.truth_check(body, name)))
        clauses = {r.restriction for r in found.results}
        stated = {(f"{t.id}/{c.id}", d) for t in opened.law.texts for c in t.restrictions for d, _ in c.duties}
        for device in opened.estate.device_ids():
            has = {(r.restriction, r.duty) for r in found.results if r.device == device and r.duty}
            assert has == {(c, d) for c, d in stated if c in clauses}
    assert Duty.REMOVE in {d for _, d in stated}


def test_a_duty_not_yet_due_cannot_fail() -> None:
    """In the days before the deadline an installed app is no failure, and nothing passes either."""
    opened = bodies.workspace("ghent")
    said = {"as_of": "2023-03-20T00:00", "from": "2023-03-14", "to": "2023-03-19"}
    found = bodies.checked(opened, bodies.window(opened, said), {})
    reasons = {(str(r.duty), str(r.result), r.reason) for r in found.results if r.device == "gp-003"}
    assert ("remove", "notapplicable", "not_yet_due") in reasons
    assert ("stop_using", "unknown", "no_inventory") in reasons


@pytest.mark.parametrize(
    ("platform", "expected"),
    [(Platform.WINDOWS, ("notapplicable", "not_on_platform")), (Platform.ANDROID, ("pass", "not_installed"))],
)
def test_a_rule_about_the_mobile_app_does_not_meet_a_laptop(platform: Platform, expected: tuple[str, str]) -> None:
    """It neither passes nor is it exempt, for nobody exempted it; a telephone beside it is checked."""
    checked = w.world([habits(platform)]).checked(law=_about_the_mobile_app())
    assert {(str(r.result), r.reason) for r in checked.results if r.duty is Duty.REMOVE} == {expected}
    assert checked.in_scope == (platform is Platform.ANDROID)


def _about_the_mobile_app() -> Law:
    """Ghent's first clause alone, about the mobile app alone."""
    law = bodies.workspace("ghent").law
    (text,) = (t for t in law.texts if t.id == "gent-2023-tiktok")
    clause = replace(text.restrictions[0], surfaces=frozenset({Surface.APP}))
    return replace(law, texts=tuple(replace(t, restrictions=(clause,)) if t is text else t for t in law.texts))


def _two_rules(family: str) -> Law:
    """Ghent's rule about TikTok, and another of its own about a family, in force from the second week on."""
    law = bodies.workspace("ghent").law
    (text,) = (t for t in law.texts if t.id == "gent-2023-tiktok")
    begins = start_of(w.DAYS[7], law.zone)
    clause = replace(
        text.restrictions[0],
        id="late",
        what=(Selector(What.FAMILY, (family,)),),
        duties=((Duty.STOP_USING, Clock()),),
    )
    late = replace(text, id="gent-late", lifecycle=(replace(text.lifecycle[0], start=begins),), restrictions=(clause,))
    return replace(law, texts=(*law.texts, late))


def test_what_is_kept_of_a_clause_is_kept_for_each_app() -> None:
    """Whatever was asked before: each clause restricts its own app, and is named for no other."""
    law, estate = _two_rules("wechat"), w.world([habits()]).estate
    span = Span(start_of(w.FIRST, law.zone), start_of(w.LAST, law.zone))
    judge = Judge(law, estate, span, span.closed[1])
    apps = [f"{f.id}/{m.id}" for f in law.catalogue.families for m in f.members]
    (*_, piece) = judge.pieces("d-00")
    for clause in judge.clauses:
        state = judge.state(clause, piece)
        assert state is not None
        named = {app for app in apps if judge.restricts(state, app)}
        assert named == {app for app in apps if state.names(app)} != set()
        assert named == {app for app in apps if clause in judge.naming(app)}


def test_what_is_kept_of_a_device_is_kept_for_each_stretch() -> None:
    """A day without a log in the first week leaves open what held in it, and nothing of a rule that came after it."""
    world = w.world([habits()])
    log = world.readings["dns-townhall"]
    lost = start_of(w.DAYS[3], world.body.zone)
    seen = frozenset(h for h in log.hours if not lost <= h < lost + timedelta(days=1))
    world = replace(world, readings={**world.readings, "dns-townhall": replace(log, hours=seen)})
    checked = world.checked(law=_two_rules("tiktok"))
    found = {r.restriction: r.reason for r in checked.results if r.duty is Duty.STOP_USING}
    assert found == {"gent-2023-tiktok/paid-devices": "network_not_seen", "gent-late/late": "no_use_seen"}


def test_an_app_that_the_stated_platform_cannot_have_is_a_doubt() -> None:
    """An inventory shows a telephone's app on a computer: one of the two is wrong, and no device fails for it."""
    made = w.world([habits(listed=LISTED)])
    (log, *_) = (r for r in made.readings.values() if r.snapshots and r.snapshots[-1].devices)
    row = AppInstalled("tw-000", w.identifier(Kind.PACKAGE_NAME), log.snapshots[-1].taken, Where("mdm", "made.csv", 2))
    law = _about_the_mobile_app()
    name = next(iter(sorted(log.snapshots[-1].devices)))
    readings = {
        k: replace(r, installed=(replace(row, device=name),)) if r is log else r for k, r in made.readings.items()
    }
    checked = replace(made, readings=readings).checked(law=law)
    removal = {(str(r.result), r.reason) for r in checked.results if r.duty is Duty.REMOVE}
    assert removal == {("unknown", "platform_contradicted")}
    found = {(f.kind, str(f.result), f.reason) for f in checked.findings if f.kind is FindingKind.APP_INSTALLED}
    assert found == {(FindingKind.APP_INSTALLED, "unknown", "platform_contradicted")}
