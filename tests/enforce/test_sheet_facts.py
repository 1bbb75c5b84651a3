# SPDX-License-Identifier: EUPL-1.2
"""The shipped facts of the enforceability sheet: each has its document, and each document its date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import combinations

import pytest

from ordinance.enforce.facts import DATA, read_facts, shipped_facts
from ordinance.model.enforceability import Act, Fact, Meeting, Says
from ordinance.model.law import Duty
from ordinance.model.target import Support
from ordinance.targets import BUILTIN

LATEST = date(2100, 1, 1)


@pytest.mark.parametrize("fact", shipped_facts(), ids=lambda f: f.id)
def test_each_fact_says_where_it_comes_from(fact: Fact) -> None:
    """By what, how, and a document of a vendor or standard with its address, its version and the day it was read."""
    assert fact.by and fact.how
    for document in fact.cites:
        assert document.url.startswith("https://")
        assert document.title and document.version
        assert date(2026, 1, 1) <= document.retrieved < LATEST


@pytest.mark.parametrize("fact", [f for f in shipped_facts() if not f.cites], ids=lambda f: f.id)
def test_what_follows_from_the_words_names_no_vendors_platform(fact: Fact) -> None:
    """Without a document a fact says only what `none`, `office` and `network` mean: that something is not."""
    assert fact.says is not Says.CAN
    assert not fact.platforms and not fact.owners
    assert fact.enrolments or fact.connections


def test_every_builtin_target_that_blocks_is_in_the_facts() -> None:
    """Without a fact a target would never count as set up: name a new one in `targets` of the fact that it sets."""
    named = {t for f in shipped_facts() for t in f.targets}
    carried = {Support.FULL, Support.PARTIAL}
    support = {t.id: [s for (duty, _), s in t.support.items() if duty is Duty.BLOCK_TRAFFIC] for t in BUILTIN}
    assert {name for name, those in support.items() if carried.intersection(those)} <= named


def test_a_target_of_networks_counts_in_the_office_alone() -> None:
    """What serves networks is not named by a fact about other connections, nor by one about what lies on a device."""
    networks = {t.id for t in BUILTIN if t.by_network}
    for fact in shipped_facts():
        if fact.targets & networks:
            assert fact.connections == {"office"}
            assert fact.meeting is Meeting.TRAFFIC
            assert not (fact.platforms or fact.enrolments or fact.owners)


def test_nothing_is_possible_and_ruled_out_for_the_same_devices() -> None:
    """Two facts that contradict each other are a mistake in one of them."""
    for one, other in combinations(shipped_facts(), 2):
        if {one.says, other.says} == {Says.CAN, Says.CANNOT} and one.act is other.act and one.meeting is other.meeting:
            pairs = (
                (one.platforms, other.platforms),
                (one.enrolments, other.enrolments),
                (one.owners, other.owners),
                (one.surfaces, other.surfaces),
                (one.connections, other.connections),
            )
            assert any(a and b and not a & b for a, b in pairs), f"{one.id} and {other.id}"


def test_nothing_on_a_device_is_blocked_by_a_target_of_this_program() -> None:
    """No target here takes an app off a device yet: all that is set by hand, and must say so."""
    blocking = [f for f in shipped_facts() if f.meeting is Meeting.ON_THE_DEVICE and f.act is Act.BLOCK]
    assert blocking
    assert all(not f.targets for f in blocking)


BROKEN: dict[str, Callable[[str], str]] = {
    "an unknown key": lambda t: t.replace('act = "block"', 'act = "block"\nhint = "x"', 1),
    "an unknown word": lambda t: t.replace('platforms = ["ios"]', 'platforms = ["iphone"]', 1),
    "an unknown document": lambda t: t.replace('cites = ["rpz"]', 'cites = ["rfc"]', 1),
    "a document that nobody cites": lambda t: t.replace('cites = ["hosts"]', 'cites = ["rpz"]', 1),
    "a document without a date": lambda t: t.replace("retrieved = 2026-11-26\n", "", 1),
    "a fact without a document": lambda t: t.replace('cites = ["apple-dns-settings"]', "", 1),  # another cites it too
    "a definition with a document": lambda t: t.replace("definition = true", 'cites = ["rpz"]\ndefinition = true', 1),
    "two facts of one name": lambda t: t.replace('id = "ios-inventory"', 'id = "ios-dns-settings"', 1),
    "an empty list, which would mean any": lambda t: t.replace('enrolments = ["none"]', "enrolments = []", 1),
    "evidence for what cannot be seen": lambda t: t.replace('says = "can"\n', 'says = "cannot"\n', 40),
    "a detection without its evidence": lambda t: t.replace('evidence = "inventory"\n', "", 1),
    "an unknown table": lambda t: t + "\n[[facts]]\n",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_is_refused(how: str) -> None:
    """A slip of the pen stops the loader; it never becomes a fact about any device."""
    text = DATA.read_text("utf-8")
    assert read_facts(text) == shipped_facts()
    broken = BROKEN[how](text)
    assert broken != text
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_facts(broken)
