# SPDX-License-Identifier: EUPL-1.2
"""Scenarios are read as written, and what cannot be read is located."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bodies import BODIES, EXAMPLES
from ordinance.model.apps import Surface
from ordinance.model.errors import Issue
from ordinance.model.estate import DeviceFacts, Owner, People
from ordinance.model.law import Duty
from ordinance.model.ruling import Outcome, Subject
from ordinance.model.scenario import Scenario
from ordinance.policy.load import load_scenarios
from ordinance.policy.nodes import parse
from ordinance.policy.read_scenario import read_scenarios

ZONE = ZoneInfo("Europe/Brussels")
WHOLE = """
- name: a phone
  device: {owner: person, subscription_share: 30, confidential: yes}
  id: op-001
  people: staff
  app: tiktok/tiktok
  surface: app
  at: 2023-03-03T21:00
  edition: pro
  deployment: service
  contract: negotiated
  expect:
    outcome: forbidden
    deciding: a/b
    because: [one, two]
    missing: []
    duties: {remove: 2023-03-27, stop_using: 2023-03-13T00:00+02:00}
    exemption: e
"""


def read(text: str) -> tuple[tuple[Scenario, ...], list[Issue]]:
    issues: list[Issue] = []
    root = parse(text, "tests/a.yaml", issues)
    return (read_scenarios(root, ZONE) if root else ()), issues


def test_every_key_is_read() -> None:
    """Facts, instants on the body's clock, and what is expected."""
    (found,), issues = read(WHOLE)
    assert issues == []
    assert found.facts == DeviceFacts(owner=Owner.PERSON, subscription_share=30, confidential=True)
    assert (found.device, found.people, found.surface) == ("op-001", People.STAFF, Surface.APP)
    assert (found.edition, found.deployment, found.contract) == ("pro", "service", "negotiated")
    assert found.at == datetime.fromisoformat("2023-03-03T21:00+01:00")
    assert (found.place.line, found.app_place.line, found.app_place.column) == (2, 6, 8)
    expected = found.expected
    assert (expected.outcome, expected.deciding, expected.exemption) == (Outcome.FORBIDDEN, "a/b", "e")
    assert (expected.because, expected.missing) == (("one", "two"), frozenset())
    assert expected.duties == {
        Duty.REMOVE: datetime.fromisoformat("2023-03-27T00:00+02:00"),
        Duty.STOP_USING: datetime.fromisoformat("2023-03-13T00:00+02:00"),
    }


@pytest.mark.parametrize("subject", ["network: public", "place: meeting", "account: official"])
def test_networks_places_and_accounts_can_be_asked_about(subject: str) -> None:
    """Each by its kind; nothing is expected of what is not written."""
    (found,), issues = read(
        f"- {{name: a, {subject}, app: x, surface: app, at: 2023-01-01, expect: {{outcome: permitted}}}}"
    )
    assert issues == []
    assert f"{found.subject}: {found.word}" == subject and found.subject is not Subject.DEVICE
    assert (found.expected.missing, found.expected.duties, found.expected.because) == (None, None, ())


@pytest.mark.parametrize(
    ("old", "new", "place", "issue"),
    [
        ("surface: app", "surface: ap", (7, 12), "unknown-word"),
        ("at: 2023-03-03T21:00", "at: 2023-02-30", (8, 7), "bad-day"),
        ("owner: person", "owner: persons", (3, 19), "unknown-word"),
        ("owner: person", "part_funded: yes", (3, 12), "unknown-fact"),
        ("share: 30", "share: 130", (3, 47), "bad-number"),
        ("outcome: forbidden", "outcome: banned", (13, 14), "unknown-word"),
        ("    outcome: forbidden\n", "", (13, 5), "missing-key"),
        ("remove: 2023", "removes: 2023", (17, 14), "unknown-duty"),
        ("remove: 2023-03-27", "remove: soon", (17, 22), "bad-day"),
        ("  name", "  names", (2, 3), "unknown-key"),
        ("deciding:", "decided:", (14, 5), "unknown-key"),
        ("  people: staff", "  network: public", (5, 3), "one-subject"),
        ("deployment: service", "deployment: cloud", (10, 15), "unknown-word"),
    ],
)
def test_a_fault_is_located_and_its_scenario_left_out(old: str, new: str, place: tuple[int, int], issue: str) -> None:
    """With file, line and column; no half-read scenario runs."""
    text = WHOLE.replace(old, new) if old != "  name" else WHOLE.replace("- name", "- names")
    assert text != WHOLE
    found, issues = read(text)
    assert found == ()
    assert (issue, *place) in {(i.id, i.line, i.column) for i in issues}
    assert {i.file for i in issues} == {"tests/a.yaml"}


def test_about_nothing_is_a_fault() -> None:
    """A scenario that names no device, network, place or account."""
    _, issues = read("- {name: a, app: x, surface: app, at: 2023-01-01, expect: {outcome: permitted}}")
    assert [i.id for i in issues] == ["one-subject"]


def test_people_of_a_device_in_the_estate_are_not_stated_twice() -> None:
    """Its row says who holds it; a second answer would be silently ignored."""
    _, issues = read(
        "- {name: a, id: x, people: staff, app: x, surface: app, at: 2023-01-01, expect: {outcome: unknown}}"
    )
    assert [i.id for i in issues] == ["one-subject"]


def test_an_empty_list_is_a_fault() -> None:
    """A file of tests without a test says nothing."""
    assert [i.id for i in read("[]")[1]] == ["empty-value"]


def test_a_file_with_another_ending_is_told(tmp_path: Path) -> None:
    """A test in a file that nobody reads would seem to pass."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "a.yml").write_text(WHOLE, "utf-8")
    found, issues = load_scenarios(tmp_path, ZONE)
    assert (found, [i.id for i in issues]) == ((), ["file-not-read"])


@pytest.mark.parametrize("name", BODIES)
def test_a_file_cut_anywhere_ends_in_issues_or_scenarios(name: str) -> None:
    """No length of a real file makes anything else happen."""
    text = (EXAMPLES / name / "tests" / "tiktok.yaml").read_text("utf-8")
    whole, issues = read(text)
    assert len(whole) >= 6 and not issues
    for end in range(0, len(text), 7):
        found, issues = read(text[:end])
        assert issues or len(found) <= len(whole)
