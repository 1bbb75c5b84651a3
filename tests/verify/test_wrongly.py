# SPDX-License-Identifier: EUPL-1.2
"""What a hostile reader tried: ways to look clean, and ways to be accused wrongly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

import bodies
from ordinance.model.apps import Confidence, Identifier, Kind
from ordinance.model.estate import Platform, Validity
from ordinance.model.evidence import Answered, AppInstalled, NameAsked, Reading, Where
from ordinance.model.law import Restriction, Selector, What
from ordinance.model.result import FindingKind
from ordinance.policy.resolve import class_of

from . import worlds as w
from .test_duties import habits, verdicts

LOG = "dns-townhall"
SURE = w.identifier(Kind.DOMAIN)
DOUBTFUL = replace(SURE, value="api.tiktokv.com", confidence=Confidence.MEDIUM)


def with_log(world: w.World, change: Callable[[Reading], Reading]) -> w.World:
    """The world with another log."""
    return replace(world, readings={**world.readings, LOG: change(world.readings[LOG])})


def asking(identifier: Identifier) -> Callable[[Reading], Reading]:
    """Every answered app name becomes another identifier's."""

    def change(log: Reading) -> Reading:
        names = (
            replace(n, identifier=identifier, name=identifier.value) if n.answered is Answered.ADDRESS else n
            for n in log.names
        )
        return replace(log, names=tuple(names))

    return change


def test_a_doubtful_name_neither_passes_nor_fails() -> None:
    """A name that is only probably the app's: no accusation, and no clean bill of health either."""
    found = verdicts(with_log(w.world([habits(uses=frozenset({3}))]), asking(DOUBTFUL)))
    assert found["stop_using"] == ("unknown", "likely_name_only")
    assert found["block_traffic"] == ("unknown", "likely_name_only")


def test_a_log_that_does_not_say_what_was_answered_shows_nobody_clean() -> None:
    """Asked for, and nobody knows what came of it: no use is shown, none is ruled out, and no block is proven."""

    def nothing(row: NameAsked) -> NameAsked:
        return replace(row, answered=Answered.NOTHING, told=False)

    def untold(log: Reading) -> Reading:
        return replace(log, names=tuple(nothing(n) if n.answered is Answered.ADDRESS else n for n in log.names))

    def unanswered(log: Reading) -> Reading:
        return replace(log, names=tuple(replace(n, told=True) for n in untold(log).names))

    asked = w.world([habits(uses=frozenset({3}))])
    found = verdicts(with_log(asked, untold))
    assert found["stop_using"] == ("unknown", "network_not_seen")
    assert found["block_traffic"][0] == "unknown"
    clean = verdicts(with_log(asked, unanswered))  # the same question where the log says that nothing was answered
    assert (clean["stop_using"][0], clean["block_traffic"][0]) == ("pass", "pass")


def test_a_name_given_up_accuses_nobody() -> None:
    """Somebody else may hold a retired name today."""
    retired = replace(SURE, retired=date(2023, 1, 1))
    found = verdicts(with_log(w.world([habits(uses=frozenset({3}))]), asking(retired)))
    assert found["stop_using"] == ("unknown", "likely_name_only")


def test_a_log_that_can_name_nobody_shows_nobody_clean() -> None:
    """Without leases, or without a hardware address of its own, a device's silence means nothing."""
    world = w.world([habits(uses=frozenset({3})), habits()])
    assert verdicts(world)["stop_using"][0] == "fail"
    nameless = w.without_leases(world)
    assert verdicts(nameless, "d-00")["stop_using"] == ("unknown", "network_not_seen")
    assert verdicts(nameless, "d-01")["stop_using"] == ("unknown", "network_not_seen")
    assert verdicts(w.without_address(world, "d-01"), "d-01")["stop_using"] == ("unknown", "network_not_seen")


def test_app_traffic_of_an_address_without_lease_spoils_the_day_for_all() -> None:
    """Somebody used the app and the log cannot say who: no device of that network passes for that day."""
    world = w.world([habits(uses=frozenset({3})), habits()])
    lost = with_log(world, lambda r: replace(r, leases=tuple(x for x in r.leases if x.mac != "00:00:5e:00:53:00")))
    assert verdicts(lost, "d-01")["stop_using"] == ("unknown", "network_not_seen")


def test_every_resolver_of_a_network_must_have_been_seen() -> None:
    """With two logs on one network, the one that is gone could have shown what the other did not."""
    world = w.world([habits()])
    (first,) = (s for s in world.body.sources if s.id == LOG)
    second = replace(first, id="dns-second")
    body = replace(world.body, sources=(*world.body.sources, second))
    both = replace(world, body=body, readings={**world.readings, "dns-second": world.readings[LOG]})
    kinds = {**w.KINDS, "dns-second": "network_device"}
    assert verdicts_with(both, kinds)["stop_using"] == ("pass", "no_use_seen")
    gone = replace(both, readings=world.readings)
    assert verdicts_with(gone, kinds)["stop_using"] == ("unknown", "network_not_seen")


def verdicts_with(world: w.World, kinds: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Verdicts of the first device with other kinds of source."""
    found = world.checked(kinds)
    return {str(r.duty): (str(r.result), r.reason) for r in found.results if r.device == "d-00"}


def moved(world: w.World, first: date) -> w.World:
    """The first device worked in the library until the day before `first`; the old row stands below the new."""
    (row,) = world.estate.device_rows["d-00"]
    now = replace(row, validity=Validity(first))
    before = replace(row, unit="library", validity=Validity(date(2023, 1, 1), first - timedelta(days=1)), line=99)
    others = tuple(d for d in world.estate.devices if d.id != "d-00")
    library = next(n for n in bodies.workspace("ghent").estate.networks if n.id == "library-lan")
    networks = (*world.estate.networks, library)
    return replace(world, estate=replace(world.estate, devices=(now, *others, before), networks=networks))


def test_a_device_that_moved_needs_both_networks() -> None:
    """Half the window it was in a library whose network has no log: the new unit's log does not speak for that."""
    world = moved(w.world([habits()]), w.DAYS[7])
    assert verdicts(world)["stop_using"] == ("unknown", "network_not_seen")
    assert verdicts(world)["remove"] == ("pass", "not_installed")


def test_a_finding_names_the_unit_of_that_day() -> None:
    """What was seen before a device moved is the old unit's."""
    world = moved(w.world([habits(uses=frozenset({3, 9}))]), w.DAYS[7])
    (found,) = (f for f in world.checked().findings if f.kind is FindingKind.APP_TRAFFIC)
    assert found.unit == "library"


def test_the_order_of_rows_decides_nothing() -> None:
    """A row that ended long ago and stands below the current one says nothing about today."""
    world = moved(w.world([habits()]), date(2023, 2, 1))
    assert verdicts(world)["stop_using"] == ("pass", "no_use_seen")
    assert {r.unit for r in world.checked().results} == {"mobility"}


def test_a_missing_unit_may_be_on_any_network() -> None:
    """Neither the device nor its holder names a unit: every network of the body counts."""
    world = moved(w.world([habits()]), date(2023, 2, 1))
    devices = tuple(replace(d, unit=None) for d in world.estate.devices)
    people = tuple(replace(p, unit=None) for p in world.estate.people)
    found = verdicts(replace(world, estate=replace(world.estate, devices=devices, people=people)))
    assert found["stop_using"] == ("unknown", "network_not_seen")


def named(world: w.World, name: str, former: bool) -> w.World:
    """The first device is called `name` in inventories; a scrapped device had that name until 2022."""
    (row,) = world.estate.device_rows["d-00"]
    devices = [replace(row, inventory_name=name), *(d for d in world.estate.devices if d.id != "d-00")]
    if former:
        scrapped = Validity(date(2020, 1, 1), date(2022, 12, 31))
        devices.append(replace(row, id="old", inventory_name=name, macs=(), validity=scrapped))
    readings = {
        k: replace(
            r,
            snapshots=tuple(replace(s, devices=frozenset(name if d == "d-00" else d for d in s.devices))
                            for s in r.snapshots),
            installed=tuple(replace(i, device=name if i.device == "d-00" else i.device) for i in r.installed),
        )
        for k, r in world.readings.items()
    }  # fmt: skip
    return replace(world, estate=replace(world.estate, devices=tuple(devices)), readings=readings)


def test_an_inventory_name_handed_on_is_the_new_devices() -> None:
    """The former holder of a name ended with its row."""
    dirty = w.world([habits(has_app=(True, True))])
    assert verdicts(named(dirty, "PHONE-10", former=True))["remove"] == ("fail", "app_installed")


def test_an_inventory_name_claimed_twice_shows_nobody_clean() -> None:
    """Two devices of today with one name: the app is nobody's, and neither is known to be clean."""
    world = named(w.world([habits(has_app=(True, True)), habits()]), "PHONE-10", former=False)
    (row,) = world.estate.device_rows["d-01"]
    twin = tuple(replace(d, inventory_name="PHONE-10") if d.id == "d-01" else d for d in world.estate.devices)
    found = replace(world, estate=replace(world.estate, devices=twin))
    assert verdicts(found, "d-00")["remove"] == ("unknown", "no_inventory")
    kinds = {(f.kind, f.reason, f.device) for f in found.checked().findings}
    assert (FindingKind.UNKNOWN_DEVICE, "not_in_estate", None) in kinds
    assert row.inventory_name == ""


def test_an_app_on_a_device_nobody_has_is_a_finding() -> None:
    """Kept by the reader, so somebody has to look: it must not disappear."""
    world = w.world([habits()])
    log = world.readings["intune"]
    stranger = AppInstalled("tw-999", w.identifier(Kind.PACKAGE_FAMILY_NAME), log.snapshots[0].taken,
                            Where("intune", "inventory/x.csv", 9))  # fmt: skip
    found = replace(world, readings={**world.readings, "intune": replace(log, installed=(stranger,))}).checked()
    assert [f.reason for f in found.findings if f.kind is FindingKind.UNKNOWN_DEVICE] == ["not_in_estate"]


def test_an_incomplete_snapshot_proves_no_absence() -> None:
    """A file that broke off may have held the app further down; what it shows still counts."""
    world = w.world([habits(), habits(has_app=(True, True))])
    intune = world.readings["intune"]
    broken = replace(intune, snapshots=tuple(replace(s, complete=False) for s in intune.snapshots))
    found = replace(world, readings={**world.readings, "intune": broken})
    assert verdicts(found, "d-00")["remove"] == ("unknown", "no_inventory")
    assert verdicts(found, "d-01")["remove"] == ("fail", "app_installed")


def test_classes_with_other_facts_are_never_one() -> None:
    """Every combination of shares is its own class, also where a short digest would collide."""
    shares = range(0, 101, 2)
    facts = [replace(w.FACTS, purchase_share=a, subscription_share=b) for a in shares for b in shares]
    assert len({class_of(f, None, "gent").id for f in facts}) == len(facts)


def test_an_app_that_was_always_there_did_not_slip_past_a_control() -> None:
    """A display name first and the id later is the same app; so is one that another inventory cannot show."""
    world = w.world([habits(Platform.ANDROID, has_app=(True, True))])
    mdm = world.readings["mdm"]
    by_name = replace(w.identifier(Kind.PACKAGE_NAME), kind=Kind.DISPLAY_NAME)
    installed = (replace(mdm.installed[0], identifier=by_name), mdm.installed[1])
    found = replace(world, readings={**world.readings, "mdm": replace(mdm, installed=installed)})
    assert verdicts(found)["deny_install"] == ("unknown", "no_source_for_duty")


def test_another_apps_block_proves_nothing_for_ours() -> None:
    """Only questions for the clause's own apps show whether it is blocked."""
    law = bodies.workspace("ghent").law
    other = replace(
        law,
        texts=tuple(
            replace(t, restrictions=tuple(_about(r, "youtube") for r in t.restrictions)) if t.authority == "gent" else t
            for t in law.texts
        ),
    )
    found = w.world([habits()]).checked(law=other)
    assert {r.reason for r in found.results if str(r.duty) == "block_traffic"} == {"no_proof_of_blocking"}


def _about(clause: Restriction, family: str) -> Restriction:
    return replace(clause, what=(Selector(What.FAMILY, (family,)),))


@pytest.mark.parametrize("later", [date(2023, 4, 10), date(2023, 5, 1)])
def test_an_inventory_that_begins_late_leaves_the_time_before_unseen(later: date) -> None:
    """Moving `first` into or behind the window does not shrink what is expected."""
    world = w.world([habits(listed=(False, True))])
    sources = tuple(replace(s, first=later) if s.reader == "inventory-csv" else s for s in world.body.sources)
    found = verdicts(replace(world, body=replace(world.body, sources=sources)))
    assert found["remove"] == ("unknown", "no_inventory")
