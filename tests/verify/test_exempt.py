# SPDX-License-Identifier: EUPL-1.2
"""Exemptions in a check: they lift what they name and nothing else, and their conditions are checked whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bodies
from ordinance.model.apps import Surface
from ordinance.model.law import PROFILES, Condition, Law, Selector, What
from ordinance.operations.workspace import open_workspace

SAID = bodies.truth_check("tallinn", "inside")


def tallinn(law: Law | None = None) -> dict[tuple[str, str], tuple[str, str]]:
    """(device, duty) → (result, reason) under Tallinn's law or another."""
    opened = bodies.workspace("tallinn")
    found = bodies.checked(opened, bodies.window(opened, SAID), law=law or opened.law)
    return {(r.device, str(r.duty or "conditions")): (str(r.result), r.reason) for r in found.results}


def restricting(*families: str) -> Law:
    """Tallinn's law with its clause about these families."""
    law = bodies.workspace("tallinn").law
    texts = tuple(
        replace(t, restrictions=tuple(replace(r, what=tuple(Selector(What.FAMILY, (f,)) for f in families))
                                      for r in t.restrictions)) if t.authority == "tallinn" else t
        for t in law.texts
    )  # fmt: skip
    return replace(law, texts=texts)


def test_an_exemption_for_one_app_leaves_the_others_to_be_checked() -> None:
    """The clause restricts two families and the exemption lifts one: the other duty is not hidden."""
    found = tallinn(restricting("tiktok", "meta"))
    assert found["sd-001", "remove"] == ("pass", "not_installed")
    assert found["sd-001", "conditions"] == ("pass", "conditions_met")
    assert tallinn()["sd-001", "remove"] == ("notapplicable", "exempt")


def test_two_exemptions_lift_two_apps() -> None:
    """Whichever comes first in the folder, each lifts its own."""
    law = restricting("tiktok", "meta")
    (one,) = law.exemptions
    other = replace(one, id="a-channel", what=(Selector(What.FAMILY, ("meta",)),))
    both = replace(law, exemptions=(other, one))
    found = tallinn(both)
    assert found["sd-001", "remove"] == ("notapplicable", "exempt")
    assert found["sd-001", "conditions"] == ("pass", "conditions_met")


def test_an_exemption_for_the_app_leaves_a_computers_program() -> None:
    """On a device that can run the desktop program, an exemption for the app alone lifts nothing of it."""
    opened = bodies.workspace("tallinn")
    (one,) = opened.law.exemptions
    assert one.surfaces == {Surface.APP}
    wider = replace(opened.law, exemptions=(replace(one, devices=frozenset({"tw-001"})),))
    assert tallinn(wider)["tw-001", "remove"] == ("pass", "not_installed")


def test_a_profile_cannot_be_thinned(tmp_path: Path) -> None:
    """The profile decides what is asked; `require` may add to it and leave nothing out."""
    folder = bodies.copy_body("tallinn", tmp_path)
    path = folder / "exemptions" / "channel-devices.yaml"
    text = path.read_text("utf-8")
    required = "require: [declared_separate, no_other_apps, no_internal_names]"
    assert required in text
    path.write_text(text.replace(required, "require: [not_on_body_network]"), "utf-8")
    (exemption,) = open_workspace(folder).usable().law.exemptions
    assert exemption.conditions == PROFILES["separate-device"] | {Condition.NOT_ON_BODY_NETWORK}


def test_an_unknown_profile_is_an_error(tmp_path: Path) -> None:
    """A profile that nobody defined would ask for nothing."""
    folder = bodies.copy_body("tallinn", tmp_path)
    path = folder / "exemptions" / "channel-devices.yaml"
    path.write_text(path.read_text("utf-8").replace("profile: separate-device", "profile: separat-device"), "utf-8")
    (issue,) = (i for i in open_workspace(folder).issues if i.id == "unknown-profile")
    assert (issue.file, issue.line) == ("exemptions/channel-devices.yaml", 13)
    assert 'did you mean "separate-device"?' in issue.hint
