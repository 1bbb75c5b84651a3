# SPDX-License-Identifier: EUPL-1.2
"""What the law says of a channel: as `resolve` says of its device, the strictest of a platform's apps, by clause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ordinance.model.apps import Surface
from ordinance.model.channel import Channel, ChannelStage, ChannelState
from ordinance.model.estate import Device, Estate, Person, Unit, Validity
from ordinance.model.kleene import Truth
from ordinance.model.law import Force, Law
from ordinance.model.ruling import Outcome, Subject
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.policy.resolve import class_of_device, resolve
from ordinance.review.channels import Hit, apps_of, as_account, forbidden_after, hits, on_its_device, rests_on
from policy import worlds
from policy.lints.cases import Case, read_case
from policy.worlds import Question

CASES = Path(__file__).parent / "lints" / "cases"
CHANNEL, POLICY, EXEMPTION = "channels/town.yaml", "policies/ours.yaml", "exemptions/press.yaml"


@pytest.fixture
def case() -> Case:
    """A channel on TikTok's app whose device an exemption lets off the city's ban of the family."""
    return read_case("channel-against-a-rule", "passing", CASES)


def opened(case: Case, folder: Path, **changed: tuple[str, str]) -> tuple[Workspace, datetime]:
    """The folder with texts replaced in its `channel`, `policy` or `exemption`."""
    names = {"channel": CHANNEL, "policy": POLICY, "exemption": EXEMPTION}
    for key, (old, new) in changed.items():
        assert old in case.files[names[key]], old
        case.files[names[key]] = case.files[names[key]].replace(old, new)
    return open_workspace(case.write(folder), case.at, channels=True).usable(), case.at


def ruled(world: Workspace, at: datetime) -> tuple[Outcome, str]:
    ruling = on_its_device(world.law, world.estate, world.channels[0], at)
    assert ruling is not None
    return ruling.outcome, ruling.app


def found(world: Workspace, at: datetime) -> list[Hit]:
    (text,) = [t for t in world.law.texts if t.id == "ours"]
    return list(hits(world.law, world.estate, world.channels, text, at))


def test_a_ruling_is_the_one_of_its_device(case: Case, tmp_path: Path) -> None:
    """No second opinion: what `resolve` says of the row, the member and the surface `app`."""
    world, at = opened(case, tmp_path)
    row = world.estate.device_rows["sd-1"][0]
    who = class_of_device(world.law, world.estate, row, at, at)
    expected = resolve(world.law, who, "tiktok/tiktok", Surface.APP, at)
    assert on_its_device(world.law, world.estate, world.channels[0], at) == expected
    assert expected.outcome is Outcome.CONDITIONAL


def test_the_strictest_member_of_a_family_counts(case: Case, tmp_path: Path) -> None:
    """A channel on a family is worked with by any of its apps."""
    members = apps_of(opened(case, tmp_path)[0].catalogue, "tiktok")
    assert {"tiktok/tiktok", "tiktok/tiktok-lite"} <= set(members)
    world, at = opened(
        case,
        tmp_path,
        channel=("platform: tiktok/tiktok", "platform: tiktok"),
        policy=("family: tiktok", "app: tiktok/tiktok-lite"),
        exemption=("family: tiktok", "app: tiktok/tiktok"),
    )
    assert ruled(world, at) == (Outcome.FORBIDDEN, "tiktok/tiktok-lite")


def test_what_lifts_one_member_lifts_not_the_family(case: Case, tmp_path: Path) -> None:
    """An exemption for one app leaves the others of a channel's platform forbidden, and lifts nothing on the sheet."""
    world, at = opened(
        case,
        tmp_path,
        channel=("platform: tiktok/tiktok", "platform: tiktok"),
        exemption=("family: tiktok", "app: tiktok/tiktok"),
    )
    assert ruled(world, at)[0] is Outcome.FORBIDDEN
    (hit,) = found(world, at)
    assert (hit.truth, hit.lifted_by) == (Truth.TRUE, None)


def test_a_hit_says_what_lifts_it(case: Case, tmp_path: Path) -> None:
    """The clause, and the exemption for the channel's own device."""
    world, at = opened(case, tmp_path)
    (hit,) = found(world, at)
    assert (hit.clause, hit.about, hit.truth) == ("ours/paid-devices", Subject.DEVICE, Truth.TRUE)
    assert hit.lifted_by is not None and hit.lifted_by.id == "press-device"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("family: tiktok", "family: youtube"),  # another app
        ("surfaces: [app]", "surfaces: [web]"),  # the site, not the app
        ("devices: {owner: body}", "devices: {use: work}"),  # other devices
        ("from: 2023-03-13", "from: 2023-07-01"),  # not yet in force
    ],
)
def test_what_a_rule_does_not_restrict_it_does_not_hit(old: str, new: str, case: Case, tmp_path: Path) -> None:
    """Each of app, surface, device and time can keep a channel out."""
    del case.files[EXEMPTION]
    case.files[CHANNEL] = case.files[CHANNEL].replace("exemption: press-device\n", "")
    world, at = opened(case, tmp_path, policy=(old, new))
    assert found(world, at) == []


def test_a_missing_fact_may_be_what_is_meant(case: Case, tmp_path: Path) -> None:
    """A device whose owner nobody stated may be hit, and the fact is named."""
    case.files["estate/devices.csv"] = case.files["estate/devices.csv"].replace("sd-1,body", "sd-1,")
    world, at = opened(case, tmp_path)
    (hit,) = found(world, at)
    assert (hit.truth, hit.missing) == (Truth.UNKNOWN, ("owner",))


def test_a_rule_about_private_accounts_says_nothing_of_a_channel(case: Case, tmp_path: Path) -> None:
    """A channel is an official account; the same rule about those forbids it."""
    del case.files[EXEMPTION]
    case.files[CHANNEL] = case.files[CHANNEL].replace("exemption: press-device\n", "")
    case.files[POLICY] = case.files[POLICY].replace("devices: {owner: body}", "accounts: [private]")
    world, at = opened(case, tmp_path, policy=("surfaces: [app]", "surfaces: [account]"))
    ruling = as_account(world.law, world.channels[0], at)
    assert ruling is not None and ruling.outcome is Outcome.PERMITTED
    assert found(world, at) == []
    world, at = opened(case, tmp_path, policy=("private", "official"))
    ruling = as_account(world.law, world.channels[0], at)
    assert ruling is not None and ruling.outcome is Outcome.FORBIDDEN
    assert [h.about for h in found(world, at)] == [Subject.ACCOUNT]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # a whole law, where one fails
@settings(max_examples=200, deadline=None, suppress_health_check=[*HealthCheck])
@given(worlds.cases())
def test_hits_and_rulings_are_of_one_mind(case: tuple[Law, Question]) -> None:
    """In generated laws of the whole language: forbidden where a binding clause hits and nothing lifts it, permitted
    where none hits or may."""
    always = Validity(first=date(2020, 1, 1))
    who, at = case[1].who, case[1].at
    own = [replace(e, devices=frozenset({"d"})) if e.id in who.exemptions else e for e in case[0].exemptions]
    law = replace(case[0], exemptions=tuple(own))
    estate = Estate(
        devices=(Device("d", who.facts, holder="p", unit="u", validity=always),),
        people=(Person("p", who.people, unit="u", validity=always),),
        units=(Unit("u", "A unit", who.institution),),
    )
    stages = (ChannelStage(ChannelState.RUNNING, date(2020, 1, 1)),)
    for app in ("a/x", "b/x"):
        channel = Channel("c", app, "c", "office", "d", stages)
        ruling = on_its_device(law, estate, channel, at)
        assert ruling is not None
        found = [h for t in law.texts for h in hits(law, estate, (channel,), t, at) if h.about is Subject.DEVICE]
        against = [h for h in found if h.force is Force.BINDING and h.truth is Truth.TRUE and h.lifted_by is None]
        assert (ruling.outcome is Outcome.FORBIDDEN) == bool(against)
        assert (ruling.outcome is Outcome.PERMITTED) == (not found)


@pytest.mark.parametrize(
    ("platform", "surface", "expected"),
    [
        ("android", "app", Outcome.FORBIDDEN),
        ("android", "desktop", Outcome.PERMITTED),
        ("windows", "app", Outcome.PERMITTED),
        ("windows", "desktop", Outcome.FORBIDDEN),
        ("macos", "app", Outcome.FORBIDDEN),  # Macs and Chromebooks run phone apps too
        ("", "desktop", Outcome.FORBIDDEN),  # which of the two it is nobody stated: the stricter counts
        ("", "app", Outcome.FORBIDDEN),
    ],
)
def test_a_computer_is_asked_about_its_program(
    platform: str, surface: str, expected: Outcome, case: Case, tmp_path: Path
) -> None:
    """On its sheet, and among what a rule hits: a rule about programs meets a computer, one about apps does not."""
    del case.files[EXEMPTION]
    case.files[CHANNEL] = case.files[CHANNEL].replace("exemption: press-device\n", "")
    rows = case.files["estate/devices.csv"]
    case.files["estate/devices.csv"] = rows.replace("none,managed,android,", f"none,managed,{platform},")
    world, at = opened(case, tmp_path, policy=("surfaces: [app]", f"surfaces: [{surface}]"))
    assert ruled(world, at)[0] is expected
    assert [h.truth for h in found(world, at)] == [Truth.TRUE] * (expected is Outcome.FORBIDDEN)


OTHER = """exemption: {name}
restrictions: [ours/paid-devices]
devices: [sd-1]
what: [{{family: tiktok}}]
surfaces: [app]
purpose: press
approver: ciso
approved: 2023-03-20
from: {first}
last_day: {last}
"""


def test_what_lifts_the_rule_counts_and_not_what_the_file_names(case: Case, tmp_path: Path) -> None:
    """Without a word in the channel's file, or with another exemption's name in it."""
    world, at = opened(case, tmp_path / "a")
    assert [e.id for e in rests_on(world.law, world.estate, world.channels[0], at)] == ["press-device"]
    case.files[CHANNEL] = case.files[CHANNEL].replace("exemption: press-device\n", "")
    world, at = opened(case, tmp_path / "b")
    assert [e.id for e in rests_on(world.law, world.estate, world.channels[0], at)] == ["press-device"]
    case.files[EXEMPTION] = case.files[EXEMPTION].replace("devices: [sd-1]", "devices: [pc-1]")
    world, at = opened(case, tmp_path / "c")
    assert rests_on(world.law, world.estate, world.channels[0], at) == ()


ACCOUNTS = """restrictions:
  - id: accounts
    force: binding
    what: [{family: tiktok}]
    surfaces: [app]
    accounts: [official]
    duties: {stop_using: at_once}
"""


def test_nothing_rests_on_an_exemption_that_leaves_it_forbidden(case: Case, tmp_path: Path) -> None:
    """A device that may be a computer, whose program nobody lifted, rests on nothing; a forbidden account takes nothing
    from the device, and no end of an exemption makes a channel forbidden that is forbidden already."""
    world, at = opened(case, tmp_path / "a", policy=("surfaces: [app]", "surfaces: [app, desktop]"))
    assert [e.id for e in rests_on(world.law, world.estate, world.channels[0], at)] == ["press-device"]
    case.files["estate/devices.csv"] = case.files["estate/devices.csv"].replace("android", "")
    world, at = opened(case, tmp_path / "b")
    assert ruled(world, at)[0] is Outcome.FORBIDDEN
    assert rests_on(world.law, world.estate, world.channels[0], at) == ()
    assert forbidden_after(world.law, world.estate, world.channels[0], at) is None


def test_no_end_forbids_what_is_forbidden_already(case: Case, tmp_path: Path) -> None:
    """The device rests on its exemption; the account is forbidden today, whatever becomes of that."""
    world, at = opened(case, tmp_path, policy=("restrictions:\n", ACCOUNTS))
    ruling = as_account(world.law, world.channels[0], at)
    assert ruling is not None and ruling.outcome is Outcome.FORBIDDEN
    assert [e.id for e in rests_on(world.law, world.estate, world.channels[0], at)] == ["press-device"]
    assert forbidden_after(world.law, world.estate, world.channels[0], at) is None


def test_after_an_exemption_comes_another_or_a_ban(case: Case, tmp_path: Path) -> None:
    """Of exemptions without a gap the last is the one after which it is forbidden; none where the rule ends first."""
    case.files["exemptions/next.yaml"] = OTHER.format(name="next", first="2023-12-01", last="2024-03-31")
    world, at = opened(case, tmp_path / "a")
    after = forbidden_after(world.law, world.estate, world.channels[0], at)
    assert after is not None and after.id == "next"
    case.files["exemptions/next.yaml"] = OTHER.format(name="next", first="2024-01-02", last="2024-03-31")
    world, at = opened(case, tmp_path / "b")
    after = forbidden_after(world.law, world.estate, world.channels[0], at)
    assert after is not None and after.id == "press-device"
    world, at = opened(case, tmp_path / "c", policy=("for: P2Y", "last_day: 2023-12-31"))
    assert forbidden_after(world.law, world.estate, world.channels[0], at) is None
