# SPDX-License-Identifier: EUPL-1.2
"""The platform of a separate device: who says what of it, and what becomes of a proof where they contradict."""

from __future__ import annotations

from datetime import date

import pytest

from ordinance.model.estate import Platform
from ordinance.model.law import Condition
from ordinance.model.result import Result
from ordinance.model.separation import DeviceRecord, Release, Shown, Sighting, Stated
from ordinance.separation.platforms import OF_THE_PLATFORM, doubted, go_together, platform_named, stated

P = Platform


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("Android 14", P.ANDROID),
        ("iOS 18.1", P.IOS),
        ("iOS18", P.IOS),
        ("iPadOS 17", P.IOS),
        ("WINDOWS 11", P.WINDOWS),
        ("14", None),
        ("", None),
        ("GrapheneOS 2024", None),
        ("iot 1", None),
    ],
)
def test_a_version_names_its_platform_or_none(version: str, expected: Platform | None) -> None:
    """By its first word; a number alone, and a name that is not known, contradict nobody."""
    assert platform_named(version) is expected


def test_who_states_nothing_is_left_out() -> None:
    """Each that states one, and each kind of id in inventories once."""
    both, apple = frozenset({P.ANDROID, P.CHROMEOS}), frozenset({P.IOS, P.MACOS})
    sighting = Sighting(Condition.NO_OTHER_APPS, Result.PASS, "no_more_apps", platforms=(both, apple, both))
    record = DeviceRecord("sd-1", "press office", system=Release("iOS 18", date(2024, 12, 1)))
    assert stated(None, None, []) == ()
    assert stated(record, P.ANDROID, [sighting]) == (
        Stated("record", frozenset({P.IOS})),
        Stated("list", frozenset({P.ANDROID})),
        Stated("inventory", both),
        Stated("inventory", apple),
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], True),
        ([{P.IOS}], True),
        ([{P.ANDROID}, {P.ANDROID, P.CHROMEOS}], True),
        ([{P.IOS}, {P.ANDROID}], False),
        ([{P.ANDROID, P.CHROMEOS}, {P.IOS, P.MACOS}], False),
    ],
)
def test_one_platform_must_be_what_everybody_says(said: list[set[Platform]], expected: bool) -> None:
    """Ids that Chromebooks have as well contradict no telephone."""
    assert go_together([Stated("list", frozenset(p)) for p in said]) is expected


@pytest.mark.parametrize("condition", Condition)
def test_what_rests_on_a_contradicted_platform_does_not_pass(condition: Condition) -> None:
    """And nothing else changes: what fails stays red, and what has nothing to do with the platform stays shown."""
    passed = Shown(condition, Result.PASS, "met", (), on_record=True)
    failed = Shown(condition, Result.FAIL, "other_apps", ())
    first, second = doubted([passed, failed])
    assert second == failed
    assert (first.result is Result.UNKNOWN) is (condition in OF_THE_PLATFORM)
    assert first.on_record is (condition not in OF_THE_PLATFORM)
