# SPDX-License-Identifier: EUPL-1.2
"""An inventory of display names cannot show an app that has none in the catalogue: its silence proves nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

import bodies
from ordinance.model.apps import Catalogue, Kind
from ordinance.model.estate import Platform
from ordinance.model.law import Law
from ordinance.model.result import FindingKind
from ordinance.verify.grades import ids_of

from . import worlds as w
from .test_duties import habits


def told_by_names(world: w.World) -> w.World:
    """The world whose inventories have no ids of apps."""
    readings = {
        source: replace(r, snapshots=tuple(replace(s, names_only=True) for s in r.snapshots))
        for source, r in world.readings.items()
    }
    return replace(world, readings=readings)


def law(*, named: bool) -> Law:
    """Ghent's law, under a catalogue whose apps of TikTok all have a display name, or none."""
    before = bodies.workspace("ghent").law
    families = []
    for family in before.catalogue.families:
        members = []
        for member in family.members if family.id == "tiktok" else ():
            kept = tuple(i for i in member.identifiers if i.kind is not Kind.DISPLAY_NAME)
            name = replace(kept[0], kind=Kind.DISPLAY_NAME, value=member.id)
            members.append(replace(member, identifiers=(*kept, name) if named else kept))
        families.append(replace(family, members=tuple(members)) if members else family)
    catalogue: Catalogue = replace(before.catalogue, families=tuple(families))
    return replace(before, catalogue=catalogue)


def verdicts(world: w.World, under: Law) -> dict[str, tuple[str, str]]:
    """Duty → (result, reason)."""
    return {str(r.duty): (str(r.result), r.reason) for r in world.checked(law=under).results}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("names_only", [True, False])
def test_silence_about_an_app_without_a_name_is_no_proof(named: bool, names_only: bool) -> None:
    """Only both together, an inventory of names and an app without one, take the pass away."""
    world = w.world([habits(Platform.WINDOWS)])
    found = verdicts(told_by_names(world) if names_only else world, law(named=named))
    missed = names_only and not named
    assert found["remove"] == (("unknown", "app_not_recognisable") if missed else ("pass", "not_installed"))
    assert found["stop_using"] == (("unknown", "app_not_recognisable") if missed else ("pass", "no_use_seen"))
    assert found["identify"] == ("pass", "in_inventory") if "identify" in found else True


def test_what_an_inventory_of_names_shows_still_counts() -> None:
    """It takes away what silence would prove, and nothing that was seen."""
    world = told_by_names(w.world([w.DIRTY]))
    assert verdicts(world, law(named=False))["remove"] == ("fail", "app_installed")


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("names_only", [True, False])
def test_an_app_that_no_name_showed_was_not_installed_since(named: bool, names_only: bool) -> None:
    """A list of names before one with ids is no list without the app: it may have been there under another name."""
    world = w.world([habits(has_app=(False, True))])
    first, *others = world.readings["intune"].snapshots
    changed = replace(world.readings["intune"], snapshots=(replace(first, names_only=names_only), *others))
    found = replace(world, readings={**world.readings, "intune": changed}).checked(law=law(named=named))
    denied = {str(r.duty): (str(r.result), r.reason) for r in found.results}["deny_install"]
    assert denied == (("unknown", "no_source_for_duty") if names_only else ("fail", "installed_after_deadline"))
    assert (FindingKind.CONTROL_INEFFECTIVE in {f.kind for f in found.findings}) is not names_only


def test_one_inventory_with_ids_is_enough() -> None:
    """A snapshot that has ids beside those that have none could have shown the app."""
    world = w.world([habits(Platform.WINDOWS)])
    first, *others = world.readings["intune"].snapshots
    mixed = replace(world.readings["intune"], snapshots=(first, *(replace(s, names_only=True) for s in others)))
    changed = replace(world, readings={**world.readings, "intune": mixed})
    assert verdicts(changed, law(named=False))["remove"] == ("unknown", "app_not_recognisable")
    again = tuple(replace(s, names_only=False, source="intune") for s in others)
    both = replace(mixed, snapshots=(*mixed.snapshots, *again))
    whole = replace(world, readings={**world.readings, "intune": both})
    assert verdicts(whole, law(named=False))["remove"] == ("pass", "not_installed")


def test_apps_of_other_systems_are_not_missed() -> None:
    """An app that runs on telephones alone cannot be missed in a list of a computer's programs."""
    assert ids_of(Platform.WINDOWS) == {Kind.PACKAGE_FAMILY_NAME} and not ids_of(Platform.LINUX)
    assert ids_of(None) == {Kind.PACKAGE_NAME, Kind.BUNDLE_ID, Kind.PACKAGE_FAMILY_NAME}
    assert {platform for platform in Platform if ids_of(platform) is not None} == set(Platform)
