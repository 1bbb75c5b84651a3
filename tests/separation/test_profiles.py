# SPDX-License-Identifier: EUPL-1.2
"""Profiles: what ships, that it is the law of the library and of exemptions, and that a conflict stays one."""

from __future__ import annotations

from datetime import date

import pytest

from ordinance.model.law import PROFILES, Condition
from ordinance.model.separation import NUMBERS, Known
from ordinance.policy import descriptions
from ordinance.policy.shipped import load_library
from ordinance.separation.profiles import conflicts, intervals, profiles

# What each text asks for, by the numbers of the list of controls; written by hand from the facts.
ASKED = {
    "pspf-001-2023": {1, 2, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17},
    "nsm": {1, 2, 4},
    "ria-tallinn": {1, 4, 5},
    "queensland": {1, 2, 6, 11, 15, 16, 18},
    "nsw": {1, 2, 16, 17, 18},
    "bpa": {1, 2, 3, 19, 20},
    "ncsc": {13, 14, 23},
}
# What is asked for beyond the conditions of the library's allowances: there it is the approver, or another clause.
BEYOND = {
    "ria-tallinn": {Condition.ABSENT_ELSEWHERE},
    "queensland": {Condition.NAMED_APPROVER},
    "nsw": {Condition.DECLARED_SEPARATE, Condition.NO_INTERNAL_NAMES},
}


def test_the_seven_profiles_ask_for_what_their_texts_do() -> None:
    """By number, as the facts have them; no more and no fewer."""
    found = {p.id: {int(NUMBERS[c][3:]) for c in p.conditions} for p in profiles().values()}
    assert found == ASKED


def test_the_numbers_are_those_of_the_list() -> None:
    """The first, the last, and two in between of which the law of many bodies speaks."""
    assert len(NUMBERS) == 23
    assert NUMBERS[Condition.DECLARED_SEPARATE] == "SD-01"
    assert NUMBERS[Condition.NO_OTHER_APPS] == "SD-04"
    assert NUMBERS[Condition.REMOVED_AFTER_USE] == "SD-15"
    assert NUMBERS[Condition.RECOVERY_PLAN] == "SD-23"


@pytest.mark.parametrize("name", sorted(profiles()))
def test_a_profile_is_what_the_library_says(name: str) -> None:
    """What a directive's allowances ask for is asked for here, and what is more is named above by hand."""
    profile = profiles()[name]
    texts = [t for t in load_library()[1] if t.id in profile.directives]
    assert {t.id for t in texts} == {*profile.directives}
    law = {c for t in texts for a in t.allowances for c in (*PROFILES.get(a.conditions or "", ()), *a.requires)}
    if profile.directives:
        assert law | BEYOND.get(name, set()) == profile.conditions


def test_what_stands_in_both_places_is_one_truth() -> None:
    """A profile that an exemption may name and a device may be held to asks for the same in both."""
    both = PROFILES.keys() & profiles().keys()
    assert both == {"pspf-001-2023"}
    assert all(PROFILES[name] == profiles()[name].conditions for name in both)
    assert PROFILES["separate-device"] == profiles()["nsm"].conditions


def test_every_condition_and_position_has_a_source_with_its_day() -> None:
    """A title, an address and the day on which somebody looked; none younger than the profile says."""
    for profile in profiles().values():
        for one in (*profile.asks, *profile.positions):
            assert one.says and one.cite.title and one.cite.url.startswith("https://")
            assert one.cite.retrieved is not None and date(2026, 1, 1) <= one.cite.retrieved <= profile.read


def test_what_no_text_says_is_marked() -> None:
    """That there is a device at all is implied by most texts; PSPF's removal was read in an aligned one."""
    known = {(p.id, a.condition): a.known for p in profiles().values() for a in p.asks}
    assert known["nsm", Condition.DECLARED_SEPARATE] is Known.IMPLIED
    assert known["nsw", Condition.DECLARED_SEPARATE] is Known.READ
    assert known["pspf-001-2023", Condition.REMOVED_AFTER_USE] is Known.ALIGNED


def test_only_a_contract_has_an_exception() -> None:
    """Nobody can answer that a condition does not apply where its text knows no exception."""
    free = {(p.id, a.condition) for p in profiles().values() for a in p.asks if a.unless}
    assert free == {("bpa", Condition.OPERATOR_UNDER_CONTRACT)}


@pytest.mark.parametrize(
    ("one", "other", "subjects"),
    [
        ("pspf-001-2023", "ncsc", ["device"]),
        ("nsm", "ncsc", ["device"]),
        ("queensland", "nsw", ["web"]),
        ("pspf-001-2023", "nsm", []),
        ("ria-tallinn", "ncsc", []),
    ],
)
def test_a_conflict_shows_both_texts_and_takes_neither(one: str, other: str, subjects: list[str]) -> None:
    """Both positions with their sources, in either order; texts that go together make none."""
    for a, b in ((one, other), (other, one)):
        found = conflicts([profiles()[a], profiles()[b]])
        assert [c.subject for c in found] == subjects
        for conflict in found:
            assert (conflict.one[0].id, conflict.other[0].id) == (a, b)
            assert conflict.one[1].says and conflict.other[1].says and conflict.one[1].cite != conflict.other[1].cite
            assert conflict.note


def test_every_condition_has_an_interval_with_its_reason() -> None:
    """All 23; who writes no day gets one, and never none."""
    assert {*intervals()} == {*Condition}
    assert all(i.every.months > 0 and i.because for i in intervals().values())


def test_the_documented_names_are_those_that_ship() -> None:
    """What an editor shows beside `profiles` names each, and no other."""
    said = descriptions.SEPARATE["profiles"].partition(": ")[2].removesuffix(".").replace(" or ", ", ")
    assert said.split(", ") == [*profiles()]


def test_who_approves_is_cited_from_the_report_that_names_the_office() -> None:
    """Of the reports of the Australian direction that were read, HCAMag's says who approves."""
    asks = {a.condition: a.cite.url for a in profiles()["pspf-001-2023"].asks}
    assert "hcamag" in asks[Condition.NAMED_APPROVER]
    assert "jurist" in asks[Condition.CLOSED_PURPOSE]
