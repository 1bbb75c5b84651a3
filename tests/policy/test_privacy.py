# SPDX-License-Identifier: EUPL-1.2
"""Profiles of privacy law: each rule says where it was read, and what the settings leave open is said at its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ordinance.model.body import Body
from ordinance.model.errors import PolicyError, Severity
from ordinance.model.evidence import EvidenceKind
from ordinance.model.privacy import HeldBy, RuleKnown
from ordinance.model.time import Period
from ordinance.policy.body import load_body
from ordinance.policy.privacy import privacy_issues, profile, profile_ids, read_profile
from policy.spoil import BODY, EXAMPLES, copy, put

BELGIAN = ("ghent", "city-of-brussels", "brussels-police-zone")
COUNCIL = '  { who = "works council", on = 2023-03-20, how = "meeting (invented)" }'
WORKING = """id = "xx"
name = "Nowhere"
note = "made up"

[cites.one]
title = "A page"
licence = "none"

[[rules]]
id = "xx-one"
asks = "Something."
known = "read"
held_by = "body"
cites = ["one"]
"""


def _found(body: Body) -> list[tuple[str, int, Severity]]:
    return [(i.id, i.line, i.severity) for i in privacy_issues(body)]


def test_four_countries_ship() -> None:
    """Belgium, Estonia, France and the Netherlands, each in a file of its name."""
    assert profile_ids() == ("be", "ee", "fr", "nl")
    assert profile("xx") is None


@pytest.mark.parametrize("name", profile_ids())
def test_every_rule_says_where_it_is_from(name: str) -> None:
    """Each has a source with an address, says how it is known, and its id begins with the country's."""
    found = profile(name)
    assert found is not None and found.rules
    cites = dict(found.cites)
    for rule in found.rules:
        assert rule.id.startswith(f"{name}-") and rule.asks.endswith(".")
        assert rule.cites and all(cites[c].url.startswith("https://") for c in rule.cites)
        assert rule.held_by not in {HeldBy.RUN, HeldBy.HEAR_FIRST} or rule.how
    assert len({r.id for r in found.rules}) == len(found.rules)


def test_what_was_not_read_says_so() -> None:
    """Belgium's prior warning and Estonia's basis are general knowledge; the talk and the six months were read."""
    known = {r.id: r.known for name in profile_ids() if (p := profile(name)) for r in p.rules}
    assert known["be-alarm"] is known["ee-basis"] is RuleKnown.GENERAL_KNOWLEDGE
    assert known["be-talk-first"] is known["nl-six-months"] is known["fr-one-year"] is RuleKnown.READ


def test_the_longest_times_are_those_of_the_sources() -> None:
    """Six months in the Netherlands, a year in France, and no figure where none was found."""
    found = {r.id: r.longest for name in profile_ids() if (p := profile(name)) for r in p.rules if r.longest}
    assert found == {"nl-six-months": Period(months=6), "fr-one-year": Period(months=12)}


@pytest.mark.parametrize("name", ["ghent", "city-of-brussels", "brussels-police-zone", "tallinn", "tartu", "diest"])
def test_the_examples_leave_nothing_open(name: str) -> None:
    """Each names its country's profile but Diest, which reads nothing; none has anything to say."""
    body = load_body(EXAMPLES / name)
    assert body.privacy.profile == ("be" if name in BELGIAN else "" if name == "diest" else "ee")
    assert _found(body) == []


def test_a_works_council_that_nobody_told_is_missed(tmp_path: Path) -> None:
    """A warning at the line of `informed`, with the rule and the words that would do."""
    folder = copy("ghent", tmp_path)
    put(BODY, COUNCIL, "")(folder)
    (issue,) = privacy_issues(load_body(folder))
    text = (folder / BODY).read_text("utf-8").splitlines()
    assert (issue.id, issue.severity) == ("council-not-informed", Severity.WARNING)
    assert text[issue.line - 1].startswith("informed")
    assert "be-council-told" in issue.consequence and "ondernemingsraad" in issue.hint


@pytest.mark.parametrize("who", ["Ondernemingsraad", "the WORKS COUNCIL of the city", "syndicats (tous)"])
def test_a_works_council_is_known_by_its_words(who: str, tmp_path: Path) -> None:
    """In any letters and any of the country's languages."""
    folder = copy("ghent", tmp_path)
    put(BODY, 'who = "works council"', f'who = "{who}"')(folder)
    assert _found(load_body(folder)) == []


def test_staff_whom_nobody_told_are_missed(tmp_path: Path) -> None:
    """Where nobody at all is on record, both warnings stand at the line of the profile."""
    folder = copy("tartu", tmp_path)
    put(BODY, 'informed = [{ who = "all staff", on = 2025-01-06, how = "e-mail (invented)" }]\n', "")(folder)
    ((issue, line, severity),) = _found(load_body(folder))
    assert (issue, severity) == ("staff-not-informed", Severity.WARNING)
    assert (folder / BODY).read_text("utf-8").splitlines()[line - 1] == 'privacy_profile = "ee"'


def test_who_reads_nothing_is_asked_nothing() -> None:
    """A profile asks about checks; a body that allows no evidence has none."""
    body = load_body(EXAMPLES / "ghent")
    quiet = replace(body, checking=replace(body.checking, informed=()))
    assert {i for i, _, _ in _found(quiet)} == {"staff-not-informed", "council-not-informed"}
    nothing = replace(quiet.checking, evidence_allowed=frozenset[EvidenceKind]())
    assert _found(replace(quiet, checking=nothing)) == []


def test_a_profile_that_is_not_there(tmp_path: Path) -> None:
    """An error at the key: a check would otherwise keep none of its rules."""
    folder = copy("ghent", tmp_path)
    put(BODY, 'privacy_profile = "be"', 'privacy_profile = "bee"')(folder)
    (issue,) = privacy_issues(load_body(folder))
    assert (issue.id, issue.severity) == ("unknown-privacy-profile", Severity.ERROR)
    assert (folder / BODY).read_text("utf-8").splitlines()[issue.line - 1] == 'privacy_profile = "bee"'
    assert issue.hint == "one of: be, ee, fr, nl"


def test_an_answer_to_no_rule(tmp_path: Path) -> None:
    """It would stand in no paper, and whoever wrote it would think that it did."""
    folder = copy("ghent", tmp_path)
    answer = '\n[[privacy.answers]]\nrule = "be-talk-frst"\nanswer = "yes"\nby = "HR"\non = 2023-03-20\n'
    (folder / BODY).write_text((folder / BODY).read_text("utf-8") + answer, "utf-8")
    (issue,) = privacy_issues(load_body(folder))
    assert (issue.id, issue.hint) == ("answer-to-no-rule", 'did you mean "be-talk-first"?')
    assert (folder / BODY).read_text("utf-8").splitlines()[issue.line - 1] == 'rule = "be-talk-frst"'


@pytest.mark.parametrize(
    ("old", "new", "issue"),
    [
        ('held_by = "body"', 'held_by = "run"', "catalogue-missing-key"),
        ('held_by = "body"', 'held_by = "hear_first"', "catalogue-missing-key"),
        ('held_by = "body"', 'held_by = "lint"', "catalogue-missing-key"),
        ('known = "read"', 'known = "surely"', "catalogue-unknown-word"),
        ('cites = ["one"]', "", "catalogue-uncited"),
        ('id = "xx"', 'id = "yy"', "catalogue-file-name"),
    ],
    ids=["run", "hear_first", "lint", "known", "uncited", "id"],
)
def test_a_profile_that_says_too_little_is_refused(old: str, new: str, issue: str, tmp_path: Path) -> None:
    """A rule without a source, or held by something that it does not name, never ships."""
    path = tmp_path / "xx.toml"
    path.write_text(WORKING, "utf-8")
    assert read_profile(path).rules[0].id == "xx-one"
    path.write_text(WORKING.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError) as raised:
        read_profile(path)
    assert issue in {i.id for i in raised.value.issues}


def test_the_alarm_of_ghent() -> None:
    """It comes out as written, with its line."""
    (alarm,) = load_body(EXAMPLES / "ghent").privacy.alarms
    assert (alarm.on, alarm.who) == (date(2023, 3, 24), "all staff")
    assert (EXAMPLES / "ghent" / BODY).read_text("utf-8").splitlines()[alarm.place[0] - 1] == "[[checking.alarm]]"
