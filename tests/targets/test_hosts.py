# SPDX-License-Identifier: EUPL-1.2
"""What the hosts file holds, which devices get none, and that no text can end it early."""

from __future__ import annotations

from typing import Any

import pytest

from ordinance.model.apps import Role, Surface
from ordinance.model.errors import PolicyError
from ordinance.model.estate import DeviceFacts, Enrolment, Platform
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass, Subject
from ordinance.model.target import ClassSize, Compiled, Demand
from ordinance.targets.hosts import Hosts

from .plans import demand, identifier, plan


def compiled(*demands: Demand, **more: Any) -> Compiled:
    return Hosts().compile(plan(*demands, **more), {}, 7)


def lines(found: Compiled) -> list[str]:
    return found.artefacts[0].content.decode("ascii").splitlines()


def devices(class_id: str, count: int, enrolment: Enrolment | None, platform: Platform | None) -> ClassSize:
    facts = DeviceFacts(enrolment=enrolment, platform=platform)
    return ClassSize(class_id, f"class {class_id}", count, DeviceClass(class_id, facts, None, "gent"))


def test_each_name_has_a_line_for_both_versions_of_addresses() -> None:
    """A name in capitals with a last dot is the same name; who asked for it stands behind each line."""
    found = compiled(
        demand(identifier("TikTokV.com."), identifier("tiktokv.com"), restriction="gent/b"),
        demand(identifier("tiktokv.com"), restriction="gent/a"),
    )
    begin, *_, four, six, end = lines(found)
    assert (begin, end) == ("# >>> ordinance >>>", "# <<< ordinance <<<")
    assert (four, six) == ("0.0.0.0 tiktokv.com # gent/a, gent/b", ":: tiktokv.com # gent/a, gent/b")
    assert sum("tiktokv" in line for line in lines(found)) == 2


def test_a_name_beneath_another_is_listed_itself() -> None:
    """Nothing beneath a listed name is blocked by it: the deep name has lines of its own, names between have none."""
    found = compiled(demand(identifier("tiktokv.com"), identifier("log.eu.tiktokv.com")))
    assert found.artefacts[0].entries == ("log.eu.tiktokv.com", "tiktokv.com")


def test_what_lies_beneath_a_listed_name_is_a_gap_and_hits_nobody() -> None:
    """The pixel beneath the forbidden site stays open: a gap says so, and no over-reach speaks of its users."""
    pixel = identifier("analytics.tiktok.com", Role.EMBED)
    found = compiled(demand(identifier("tiktok.com", Role.WEB), pixel, web_forbidden=True))
    assert ("embed-not-use", "analytics.tiktok.com") in {(g.id, g.identifier) for g in found.gaps}
    assert not any("analytics.tiktok.com" in o.who for o in found.over_reach)


def test_the_limits_stand_beside_every_demand() -> None:
    """Each demand that is carried out says what a hosts file never does, also when all of its names are listed."""
    found = compiled(*(demand(identifier("tiktokv.com"), restriction=f"gent/{n}") for n in range(2)))
    limits = {"fixed-addresses", "beneath-stays-open", "past-the-file", "addresses-only"}
    assert {(g.restriction, g.id) for g in found.gaps} == {(f"gent/{n}", i) for n in range(2) for i in limits}


@pytest.mark.parametrize(
    ("duty", "surface", "gap"),
    [
        (Duty.BLOCK_TRAFFIC, Surface.NETWORK, "one-device-only"),
        (Duty.BLOCK_TRAFFIC, Surface.LINK, "dns-cannot-tell-surface"),
        (Duty.BLOCK_TRAFFIC, Surface.API, "no-api-names"),
        (Duty.REMOVE, Surface.APP, "cannot-see-installed-apps"),
        (Duty.STOP_USING, Surface.APP, "cannot-see-use"),
        (Duty.ATTEST, Surface.APP, "not-for-a-file"),
    ],
)
def test_what_is_not_carried_out_says_why(duty: Duty, surface: Surface, gap: str) -> None:
    """A hosts file serves one device and blocks names: everything else is a gap of its own."""
    found = compiled(demand(identifier("tiktokv.com"), duty=duty, surface=surface))
    assert [g.id for g in found.gaps] == [gap]
    assert not found.artefacts[0].entries


def test_devices_without_such_a_file_are_counted_once() -> None:
    """Unmanaged devices, and managed ones that are phones, Chromebooks or of no stated kind; computers are neither."""
    classes = (
        devices("a", 1, Enrolment.MANAGED, Platform.WINDOWS),
        devices("b", 2, Enrolment.SUPERVISED, Platform.MACOS),
        devices("c", 4, Enrolment.MANAGED, Platform.LINUX),
        devices("d", 8, Enrolment.SUPERVISED, Platform.IOS),
        devices("e", 16, Enrolment.MANAGED, Platform.CHROMEOS),
        devices("f", 32, Enrolment.MANAGED, None),
        devices("g", 64, Enrolment.WORK_PROFILE, Platform.ANDROID),
        devices("h", 128, None, Platform.WINDOWS),
    )
    found = compiled(demand(identifier("tiktokv.com"), classes=tuple("abcdefgh")), classes=classes)
    said = {g.id: g.reason for g in found.gaps}
    assert said["not-on-this-platform"].startswith("56 device(s): ")
    assert said["not-managed"].startswith("192 device(s): ")
    computers = compiled(demand(identifier("tiktokv.com"), classes=tuple("abc")), classes=classes)
    assert not {"not-on-this-platform", "not-managed"} & {g.id for g in computers.gaps}


def test_what_is_no_device_is_not_counted() -> None:
    """Everybody behind a network has no enrolment and no platform, and no file either way."""
    who = DeviceClass("n", DeviceFacts(), None, "gent", subject=Subject.NETWORK, word="public")
    found = compiled(
        demand(identifier("tiktokv.com"), classes=("n", "unknown")), classes=(ClassSize("n", "network", 9, who),)
    )
    assert not {"not-on-this-platform", "not-managed"} & {g.id for g in found.gaps}


def test_devices_for_which_no_rule_holds_are_over_reach() -> None:
    """The file is one for all computers: those of a class that no demand is for are named, with their number."""
    classes = (devices("a", 1, Enrolment.MANAGED, Platform.LINUX), devices("b", 2, Enrolment.MANAGED, Platform.LINUX))
    found = compiled(demand(identifier("tiktokv.com"), classes=("a",)), classes=classes)
    assert ("class b", 2) in {(o.who, o.count) for o in found.over_reach}
    assert not any(o.who == "class a" for o in found.over_reach)


@pytest.mark.parametrize("text", ["<<< ordinance <<<", "x " * 49 + "<<< ordinance <<<", "# <<< ordinance <<<\n"])
def test_no_text_ends_the_lines_early(text: str) -> None:
    """A notice or id that looks like a mark is none: whoever takes the lines out takes all of them."""
    asked = demand(identifier("tiktokv.com"), restriction=text)
    found = compiled(asked, body=text, catalogue_version=text, notice=text)
    marks = [line for line in lines(found) if line in {"# >>> ordinance >>>", "# <<< ordinance <<<"}]
    assert marks == [lines(found)[0], lines(found)[-1]]


def test_there_are_no_settings() -> None:
    """Whoever sets something is told, rather than believing that it works."""
    with pytest.raises(PolicyError, match="has no setting"):
        Hosts().compile(plan(), {"address": "127.0.0.1"}, 1)


def test_the_serial_changes_nothing() -> None:
    """The format has no version number: two bundles that ask for the same hold the same bytes."""
    asked = plan(demand(identifier("tiktokv.com")))
    assert Hosts().compile(asked, {}, 1) == Hosts().compile(asked, {}, 2)


def test_classes_that_get_the_file_and_are_not_asked_for_all_of_it() -> None:
    """A class asked for the app loses the site that another's rule forbids; one without the file loses nothing."""
    names = (identifier("tiktokv.com"), identifier("tiktok.com", Role.WEB))
    app = demand(*names, classes=("a",))
    web = demand(*names, surface=Surface.WEB, classes=("b",), restriction="gent/web")
    phones = demand(identifier("t.example"), duty=Duty.REMOVE, classes=("phone",), app="telegram/telegram")
    managed = [devices(c, 9, Enrolment.MANAGED, Platform.WINDOWS) for c in ("a", "b")]
    classes = (*managed, devices("phone", 40, Enrolment.SUPERVISED, Platform.IOS))
    rows = {(o.who, o.count): o.reason for o in compiled(app, web, phones, classes=classes).over_reach}
    assert "tiktok.com" in rows["class a", 9]
    assert "tiktokv.com" in rows["class b", 9]
    assert ("class phone", 40) not in rows


def test_a_rule_about_a_network_is_none_for_files_on_devices() -> None:
    """Nothing is written for it, and a gap says why."""
    who = DeviceClass("n", DeviceFacts(), None, "gent", subject=Subject.NETWORK, word="public")
    rule = demand(identifier("tiktokv.com"), classes=("n",))
    found = compiled(rule, classes=(ClassSize("n", "facts", None, who),))
    assert [g.id for g in found.gaps] == ["about-networks"]
    assert not found.artefacts[0].entries


def test_a_rule_about_devices_and_a_network_says_that_the_network_is_left() -> None:
    """Its devices get the file; that whoever is on the network does not is a gap, and not silence."""
    network = DeviceClass("n", DeviceFacts(), None, "gent", subject=Subject.NETWORK, word="public")
    classes = (devices("a", 9, Enrolment.MANAGED, Platform.WINDOWS), ClassSize("n", "facts", None, network))
    found = compiled(demand(identifier("tiktokv.com"), classes=("a", "n")), classes=classes)
    assert "about-networks" in {g.id for g in found.gaps}
    assert found.artefacts[0].entries == ("tiktokv.com",)
    assert found.gets == {"a"}
