# SPDX-License-Identifier: EUPL-1.2
"""What the policy file of Firefox holds, how many names it takes, and which devices it does not get to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from ordinance.model.apps import Confidence, Role, Surface
from ordinance.model.errors import PolicyError
from ordinance.model.estate import DeviceFacts, Enrolment
from ordinance.model.ruling import DeviceClass
from ordinance.model.target import ClassSize, Compiled, Demand
from ordinance.targets.firefox import Firefox

from .plans import demand, identifier, plan


def site(*names: str, **more: Any) -> Demand:
    """A demand that the site be blocked."""
    return demand(*(identifier(n, Role.WEB) for n in names), surface=Surface.WEB, web_forbidden=True, **more)


def compiled(*demands: Demand, reserved: str = "0", **more: Any) -> Compiled:
    return Firefox().compile(plan(*demands, **more), {"reserved": reserved}, 7)


def document(found: Compiled) -> Any:
    return json.loads(found.artefacts[0].content)


def patterns(found: Compiled) -> list[str]:
    entries: list[str] = document(found)["policies"]["WebsiteFilter"]["Block"]
    return entries


def left_out(found: Compiled) -> set[str]:
    return {g.identifier for g in found.gaps if g.id == "over-capacity"}


def many(count: int, under: str) -> Iterable[str]:
    return (f"n{n:04}.{under}" for n in range(count))


def test_a_name_is_one_pattern() -> None:
    """One entry a name, in lower case, without a last dot: what is beneath is in it, and capacity is not halved."""
    assert patterns(compiled(site("TikTok.com.", "tiktok.com", "musical.ly"))) == ["*://*.musical.ly/*", "*://*.tiktok.com/*"]


def test_only_the_web_is_carried_out() -> None:
    """The app's names stay out of the browser, also where they are asked for with the site's."""
    app = demand(identifier("tiktokv.com"), identifier("tiktok.org", Role.WEB), web_forbidden=True)
    found = compiled(site("tiktok.com"), app)
    assert patterns(found) == ["*://*.tiktok.com/*"]
    assert {g.id for g in found.gaps if g.surface is Surface.APP} == {"not-in-the-browser"}


def test_the_app_is_not_hit_by_a_rule_about_the_site() -> None:
    """A resolver that blocks the site's names stops the app too; the browser does not, and does not say so."""
    assert not any("the app" in o.who for o in compiled(site("tiktok.com")).over_reach)


@pytest.mark.parametrize(
    ("doubt", "why"),
    [({"retired": date(2023, 3, 1)}, "retired-name"), ({"confidence": Confidence.LOW}, "low-confidence")],
)
def test_a_name_that_may_be_somebody_elses_by_now_is_hit(doubt: dict[str, Any], why: str) -> None:
    """Beneath a listed name the app's own hits nobody in a browser; one that is in doubt may be any site."""
    names = [identifier("tiktok.com", Role.WEB), identifier("api.tiktok.com", **doubt)]
    found = compiled(demand(*names, surface=Surface.WEB))
    assert f"users of api.tiktok.com ({why})" in {o.who for o in found.over_reach}
    sure = compiled(demand(names[0], identifier("api.tiktok.com"), surface=Surface.WEB))
    assert not any("api.tiktok.com" in o.who for o in sure.over_reach)


def test_a_thousand_names_fit_and_the_rest_are_gaps() -> None:
    """What Firefox would drop without a word comes back as gaps; names with the fewest labels stay."""
    exact = compiled(site(*many(1000, "example")))
    assert (len(patterns(exact)), left_out(exact)) == (1000, set())
    one = site(*many(999, "example"), "deep.site.example.org", "wide.example")
    found = compiled(one, site("other.deep.example.org"))
    assert len(patterns(found)) == 1000
    assert "*://*.wide.example/*" in patterns(found)
    assert left_out(found) == {"deep.site.example.org", "other.deep.example.org"}
    assert set(found.artefacts[0].entries) == {p.removeprefix("*://*.").removesuffix("/*") for p in patterns(found)}


def test_names_beneath_others_make_room_first() -> None:
    """A name that one above it blocks already takes no place when places are short, and is no gap."""
    found = compiled(site(*many(1000, "example"), "www.n0000.example"))
    assert "*://*.www.n0000.example/*" not in patterns(found)
    assert not left_out(found)
    assert "www.n0000.example" in {line[4] for line in found.artefacts[0].lines}


@pytest.mark.parametrize(("own", "kept"), [("0", 3), ("998", 2), ("999", 1), ("1000", 0)])
def test_entries_of_your_own_take_their_places(own: str, kept: int) -> None:
    """With own entries in the same list fewer names fit, down to none: the rest are gaps."""
    found = compiled(site("a.example", "b.example", "c.example"), reserved=own)
    assert len(patterns(found)) == kept
    assert len(left_out(found)) == 3 - kept


@pytest.mark.parametrize("own", ["-1", "1001", "01", "", "1e2", "ten", "५"])
def test_a_number_of_reserved_that_is_none_is_refused(own: str) -> None:
    """Only a number from 0 to 1000 is taken."""
    with pytest.raises(PolicyError):
        compiled(reserved=own)


@pytest.mark.parametrize("enrolment", [None, *Enrolment])
def test_devices_that_are_not_managed_get_no_file(enrolment: Enrolment | None) -> None:
    """Managed and supervised devices get the file; all others are counted in a gap."""
    who = DeviceClass("c1", DeviceFacts(enrolment=enrolment), None, "gent")
    found = compiled(site("tiktok.com"), classes=(ClassSize("c1", "facts", 5, who),))
    said = [g.reason for g in found.gaps if g.id == "not-managed"]
    reached = enrolment in {Enrolment.MANAGED, Enrolment.SUPERVISED}
    assert said == ([] if reached else ["5 device(s): managed in no way that brings them the file"])


def test_the_comment_says_what_it_is_and_stands_beside_the_policies() -> None:
    """Restricted, not malicious, by which rule; inside the policies a comment would be an unknown policy."""
    found = document(compiled(site("tiktok.com", restriction='gent/"x"\n')))
    assert any("app-restriction. Restricted by a decision, not malicious" in line for line in found["comment"])
    assert "Restriction: gent/?x??" in found["comment"]
    assert list(found["policies"]) == ["WebsiteFilter"]


def test_no_number_of_a_bundle_stands_in_the_file() -> None:
    """The same plan gives the same bytes whatever the serial."""
    one, two = (Firefox().compile(plan(site("tiktok.com")), {}, n) for n in (0, 2**40))
    assert one == two
