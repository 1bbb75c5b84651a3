# SPDX-License-Identifier: EUPL-1.2
"""What the browser policies hold: which names, in which form, and what comes back instead of a name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.errors import PolicyError
from ordinance.model.estate import DeviceFacts, Enrolment, Platform
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass, Subject
from ordinance.model.target import ClassSize, Compiled, Demand
from ordinance.targets.chromium import MOST, Chromium

from .plans import demand, identifier, plan
from .read_back.chromium import blocked

LIMITS = {
    "only-pages-and-frames", "other-browsers", "other-systems", "other-ways-to-the-site", "own-policies-first",
    "profiles-of-microsoft",
}  # fmt: skip


def compiled(*demands: Demand) -> Compiled:
    return Chromium().compile(plan(*demands), {}, 7)


def on_web(*identifiers: Identifier, **more: object) -> Demand:
    return demand(*identifiers, surface=Surface.WEB, **more)


def site(name: str = "tiktok.com") -> Identifier:
    return identifier(name, Role.WEB)


def files(found: Compiled) -> dict[str, str]:
    return {a.path: a.content.decode("ascii") for a in found.artefacts}


@pytest.mark.parametrize(
    ("odd", "gap"),
    [
        (site(), None), (identifier("tiktokv.com"), "app-name-not-web"),
        (identifier("analytics.tiktok.com", Role.EMBED), "embed-not-use"),
        (identifier("ibyteimg.com", Role.SHARED), "shared-with-other-products"),
        (identifier("a.example", None), "no-role"),
        (identifier("musical.ly", Role.WEB, retired=date(2023, 4, 1)), "retired-name"),
        (identifier("musical.ly", Role.WEB, confidence=Confidence.LOW), "low-confidence"),
        (identifier("com", Role.WEB), "too-wide"), (identifier("203.0.113.5", Role.WEB), "not-a-host-name"),
        (identifier("*.tiktok.com", Role.WEB), "not-a-host-name"),
        (identifier("https://tiktok.com/a", Role.WEB), "not-a-host-name"),
        (identifier(".tiktok.com", Role.WEB), "not-a-host-name"),
        (identifier("com.zhiliaoapp.musically", None, Kind.PACKAGE_NAME), "not-a-name"),
    ],
    ids=lambda v: v.value if isinstance(v, Identifier) else None,
)  # fmt: skip
@pytest.mark.parametrize("web_forbidden", [True, False])
def test_only_names_of_the_site_are_listed(odd: Identifier, gap: str | None, web_forbidden: bool) -> None:
    """Each other name is a gap of its own: also one with the dot, scheme or star that mean more in such a list."""
    found = compiled(on_web(odd, web_forbidden=web_forbidden))
    assert blocked(found) == (set() if gap else {odd.value})
    assert {(g.id, g.identifier) for g in found.gaps if g.identifier} == ({(gap, odd.value)} if gap else set())


def test_a_rule_about_the_app_writes_nothing() -> None:
    """Not even names of the site that the app uses too: those belong to the rule about the web."""
    found = compiled(demand(site(), identifier("tiktokv.com"), web_forbidden=True))
    assert blocked(found) == set()
    assert [(g.id, g.identifier) for g in found.gaps] == [("not-in-the-browser", "")]
    assert not found.over_reach


def test_the_limits_are_stated_for_every_blocking_demand() -> None:
    """Each demand about the web says what a browser's policy never reaches."""
    found = compiled(*(on_web(site(), restriction=f"gent/{n}") for n in range(2)))
    assert {(g.restriction, g.id) for g in found.gaps} == {(f"gent/{n}", limit) for n in range(2) for limit in LIMITS}


def test_every_gap_can_come_up() -> None:
    """No gap is documented that no plan leads to."""
    kinds = [identifier("x.example", role) for role in (None, *Role)] + [site("com"), site("-"), site("a.example")]
    kinds += [identifier("p", None, Kind.PACKAGE_NAME), identifier("r.example", Role.WEB, retired=date(2023, 1, 1))]
    kinds += [identifier("l.example", Role.WEB, confidence=Confidence.LOW)]
    kinds += [site(f"n{n}.example") for n in range(MOST)]
    unmanaged = ClassSize("c1", "facts", 2, DeviceClass("c1", DeviceFacts(enrolment=Enrolment.NONE), None, "gent"))
    facts = DeviceFacts(enrolment=Enrolment.MANAGED, platform=Platform.MACOS)
    other = ClassSize("c2", "facts", 2, DeviceClass("c2", facts, None, "gent"))
    demands = [demand(duty=d, surface=s) for d in Duty for s in Surface]
    demands += [replace(on_web(*kinds), classes=("c1", "c2")), replace(on_web(*kinds), classes=("n",))]
    who = DeviceClass("n", DeviceFacts(), None, "gent", subject=Subject.NETWORK, word="public")
    found = Chromium().compile(plan(*demands, classes=(unmanaged, other, ClassSize("n", "facts", None, who))), {}, 7)
    assert {g.id for g in found.gaps} == set(Chromium.gaps)


@pytest.mark.parametrize("enrolment", [None, *Enrolment])
def test_devices_without_management_of_their_own_get_no_file(enrolment: Enrolment | None) -> None:
    """A managed or supervised computer gets the files; a work profile, a user's enrolment and no management do not."""
    one = ClassSize("c1", "facts", 5, DeviceClass("c1", DeviceFacts(enrolment=enrolment), None, "gent"))
    found = Chromium().compile(plan(on_web(site()), classes=(one,)), {}, 7)
    said = [g.reason for g in found.gaps if g.id == "not-managed"]
    expected = "5 device(s): managed in no way that brings them the files"
    assert said == ([] if enrolment in {Enrolment.MANAGED, Enrolment.SUPERVISED} else [expected])


def test_names_beyond_the_promise_are_gaps() -> None:
    """A thousand names are listed, those with the fewest labels first; a name beneath a listed one takes no place."""
    names = [site(f"n{n:04}.example") for n in range(MOST - 1)] + [site("a.b.example"), site("c.d.example")]
    found = compiled(on_web(*names, site("deep.n0000.example")))
    listed = blocked(found)
    assert len(listed) == MOST
    assert "deep.n0000.example" not in listed
    assert {g.identifier for g in found.gaps if g.id == "over-capacity"} == {"c.d.example"}


def test_no_file_changes_anything_but_the_list() -> None:
    """Nothing to block: JSON sets no policy, the registry loses the key, Intune's setting is disabled."""
    made = files(compiled())
    assert json.loads(made["chromium/managed.json"]) == {}
    assert made["chromium/edge-intune.txt"] == "<disabled/>\n"
    for browser in ("chrome", "edge"):
        commands = [r for r in made[f"chromium/{browser}.reg"].splitlines()[1:] if r and not r.startswith(";")]
        assert len(commands) == 1
        assert commands[0].startswith("[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\")
        assert commands[0].endswith("\\URLBlocklist]")


def test_the_whole_name_of_each_form() -> None:
    """What each program is given for two names, to the letter."""
    made = files(compiled(on_web(site("TikTok.com."), site("musical.ly"))))
    assert made["chromium/managed.json"] == '{\n  "URLBlocklist": [\n    "musical.ly",\n    "tiktok.com"\n  ]\n}\n'
    value = '<enabled/><data id="URLBlocklistDesc" value="1&#xF000;musical.ly&#xF000;2&#xF000;tiktok.com"/>\n'
    assert made["chromium/edge-intune.txt"] == value
    assert made["chromium/edge.reg"].endswith(
        "\n\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Edge\\URLBlocklist]\n\n"
        '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Edge\\URLBlocklist]\n"1"="musical.ly"\n"2"="tiktok.com"\n'
    )


def test_the_registry_files_never_call_a_name_a_threat() -> None:
    """Restricted is not malicious: the files that can hold comments carry the policy tag and say what it is not."""
    made = files(compiled(on_web(site())))
    for browser in ("chrome", "edge"):
        text = made[f"chromium/{browser}.reg"]
        assert "\n; Policy tag: app-restriction. Restricted by a decision, not malicious: " in text
        assert "\n; Restriction: gent/paid-devices\n" in text
        assert not re.search("malware|phish|attack|botnet", text)


def test_there_is_nothing_to_set() -> None:
    """A setting is an issue with a hint, as for every target."""
    with pytest.raises(PolicyError) as caught:
        Chromium().compile(plan(), {"edge": "no"}, 7)
    (issue,) = caught.value.issues
    assert (issue.id, issue.hint) == ("bad-target-setting", "it has no settings")
