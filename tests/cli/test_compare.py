# SPDX-License-Identifier: EUPL-1.2
"""`ordinance compare`: own texts against their models, any two by id, in sentences and as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import bodies
from cli.shell import body, edit, run

GHENT = bodies.EXAMPLES / "ghent"


def kinds(*words: str | Path) -> list[str]:
    """The kinds of difference found."""
    done = run("compare", *words, "--json")
    assert done.code == 0, done.err
    return [d["kind"] for pair in json.loads(done.out) for d in pair["divergences"]]


def test_own_texts_are_compared_with_what_they_follow() -> None:
    """Ghent's act against the version of the circular that stood when it began."""
    done = run("compare", GHENT)
    assert done.code == 0
    text = " ".join(done.out.split())
    assert text.startswith(
        "“TikTok off devices the city pays for (gent-2023-tiktok, 1)” compared with “Federal circular no. 716 on "
        "TikTok (be-federal-716, 1)” Made up for this example, and stated by no source: gent-2023-tiktok ("
    )
    assert "Where ours asks for less" in text
    assert "Ours begins later (gent-2023-tiktok/paid-devices: 13 March 2023)" in text
    assert "Where ours asks for more" in text and "prevent that it is installed" in text
    assert "Ours (gent-2023-tiktok/paid-devices) covers a way of using it that theirs does not cover" in text


def test_json_has_the_data_and_the_sentences() -> None:
    """Kinds, clauses, a case that shows it; a language each."""
    (pair,) = json.loads(run("compare", GHENT, "--json", "--language", "nl").out)
    assert (pair["ours"], pair["theirs"], pair["their_version"]) == ("gent-2023-tiktok", "be-federal-716", "1")
    later = next(d for d in pair["divergences"] if d["kind"] == "later" and "duty" not in d["values"])
    assert later["looser"] is True and later["theirs"] == "be-federal-716/federal-devices"
    assert later["witness"]["facts"]["people"] == "staff" and later["witness"]["app"] == "tiktok/tiktok"
    assert list(later["sentences"]) == ["nl"]
    assert later["sentences"]["nl"][0].startswith("Onze tekst begint later")


def test_two_texts_by_id_and_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the body or of the library; outside a body's folder of the library alone."""
    assert "longer" not in kinds("gent-2023-tiktok", "be-federal-716@2", GHENT)
    assert "longer" in kinds("gent-2023-tiktok", "be-federal-716", GHENT)
    assert kinds("gent-2023-tiktok", "au-pspf-001-2023", GHENT)
    monkeypatch.chdir(tmp_path)
    found = kinds("au-qld-policy", "au-pspf-001-2023")
    assert {"duty_added", "surface_added", "exemptions_narrower"} <= set(found)
    same = run("compare", "be-federal-716@1", "be-federal-716@1")
    assert "The two texts ask for the same." in same.out


def test_an_instant_alone(tmp_path: Path) -> None:
    """On a day on which both are in force neither begins later."""
    assert {"later", "longer"} <= set(kinds(GHENT))
    json_of = json.loads(run("compare", GHENT, "--as-of", "2023-04-10", "--json").out)
    there = [d for d in json_of[0]["divergences"] if "duty" not in d["values"]]
    assert not {"later", "longer", "shorter"} & {d["kind"] for d in there}


def test_a_draft_is_compared_as_if_it_were_in_force(tmp_path: Path) -> None:
    """A new body's draft has no force yet: its clauses count from its day, which is said; at an instant they do not."""
    made = run("init", tmp_path / "new", "--no-input", "--id", "new", "--name", "New", "--time-zone", "Europe/Brussels",
               "--mirrors", "be-federal-716", "--evidence", "none", "--as-of", "2026-01-05")  # fmt: skip
    assert made.code == 0, made.err
    done = run("compare", tmp_path / "new")
    assert "Ours is not in force as written; here it is compared as if it were, from 5 January 2026." in done.out
    assert "Ours begins later (new-2026/our-devices: 5 January 2026)" in " ".join(done.out.split())
    (pair,) = json.loads(run("compare", tmp_path / "new", "--json").out)
    assert pair["notes"] == [{"note": "as_if", "side": "ours", "day": "2026-01-05", "known_to": "day"}]
    assert ("narrower", "be-federal-716/federal-devices") not in {(d["kind"], d["theirs"]) for d in pair["divergences"]}
    then = run("compare", tmp_path / "new", "--as-of", "2026-02-01")
    assert "Ours is not in force at any time as written, so that it asks for nothing here." in then.out.replace(
        "\n    ", " "
    )


def test_a_beginning_known_to_the_month_is_said_to_be_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queensland's policy is of April 2023: that it begins before 4 April is not certain, and nothing says it is."""
    monkeypatch.chdir(tmp_path)
    done = run("compare", "au-qld-policy", "au-pspf-001-2023")
    assert "Ours is in force from April 2023 (the day is not known)." in done.out


def test_what_binds_the_body_is_compared_without_being_named(tmp_path: Path) -> None:
    """A text of another authority with power over the city, and only with its clauses that reach it."""
    folder = body("ghent", tmp_path)
    edit(folder / "policies" / "gent-2023-tiktok.yaml", "mirrors: [be-federal-716]\n", "")
    nothing = run("compare", folder)
    assert (nothing.code, nothing.out) == (0, "") and "nothing to compare" in nothing.err
    assert json.loads(run("compare", folder, "--json").out) == []
    edit(folder / "authorities.yaml", "authorities:\n", f"authorities:\n{REGION}")
    (folder / "policies" / "region.yaml").write_text(REGION_RULE, "utf-8")
    (pair,) = json.loads(run("compare", folder, "--json").out)
    assert pair["theirs"] == "region-rule"
    assert {d["theirs"] for d in pair["divergences"]} <= {"region-rule/cities", None}
    assert "duty_missing" in {d["kind"] for d in pair["divergences"]}


REGION = """\
  - id: region
    name: A region
    country: BE
    time_zone: Europe/Brussels
    groups: []
    binds: [{bodies: [be-municipalities], cites: [{title: invented for a test}]}]
"""
REGION_RULE = """\
policy: region-rule
version: "1"
title: A rule of a region
authority: region
lifecycle: [{state: in_force, from: 2023-03-13}]
restrictions:
  - id: cities
    force: binding
    addressees: [be-municipalities]
    what: [{family: tiktok}]
    surfaces: [app]
    devices: {owner: body}
    people: [staff]
    duties: {identify: at_once}
  - id: itself
    force: binding
    what: [{family: meta}]
    surfaces: [app]
    devices: {owner: body}
    people: [staff]
    duties: {stop_using: at_once}
"""


@pytest.mark.parametrize(
    ("words", "code", "issue"),
    [
        (["gent-2023-tiktok", "be-federal-717", GHENT], 3, "[unknown-text]"),
        (["gent-2023-tiktok", "be-federal-716@9", GHENT], 3, "versions: 1, 2"),
        (["a", "b", "c", "d"], 2, "two texts"),
    ],
)
def test_what_cannot_be_compared(words: list[str | Path], code: int, issue: str) -> None:
    """A text that is nowhere, a version that is none, too many words."""
    done = run("compare", *words)
    assert (done.code, done.out) == (code, "") and issue in done.err
