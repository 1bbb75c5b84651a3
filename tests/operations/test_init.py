# SPDX-License-Identifier: EUPL-1.2
"""A new folder can be used at once, decides nothing by itself, and says what is still to be written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cli.shell import tree
from ordinance.model.errors import PolicyError, Severity
from ordinance.model.law import State
from ordinance.operations.init import faults, init, init_document, known_zone
from ordinance.operations.new_body import SCHEMAS, NewBody, fill_in
from ordinance.operations.rulings import class_rulings
from ordinance.operations.scenarios import run_scenarios
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.policy.privacy import profile
from ordinance.policy.shipped import shelf

TODAY = date(2026, 3, 2)
CITY = NewBody("my-city", "My city", "Europe/Brussels")
RULING = sorted({t.id for t in shelf().texts(shelf().text_ids, frozenset()) if t.kind.rules})
RECORDS = sorted(shelf().text_ids - {*RULING})


def made(folder: Path, body: NewBody = CITY) -> Workspace:
    init(folder / "body", body, TODAY)
    return open_workspace(folder / "body").usable()


def used(opened: Workspace) -> None:
    """What the folder must stand: no error, only expected warnings, rulings, and its own test."""
    assert {i.severity for i in opened.issues} <= {Severity.WARNING}
    assert {i.id for i in opened.issues} <= {"never-in-force", "advice-unanswered", "due-after-end"}
    assert class_rulings(opened, run_scenarios(opened)[0].scenario.at) == ()  # the estate is empty
    assert [t.passes for t in run_scenarios(opened)] == [True]


def test_the_folder_is_whole(tmp_path: Path) -> None:
    """Settings, authority, draft, estate, test, what git leaves out; and schemas for editors."""
    used(made(tmp_path))
    names = {n for n in tree(tmp_path / "body") if not n.startswith(SCHEMAS)}
    assert names == {
        "ordinance.toml", "authorities.yaml", "policies/my-city-2026.yaml", "tests/my-city-2026.yaml", ".gitignore",
        "estate/devices.csv", "estate/people.csv", "estate/units.csv", "estate/networks.csv",
    }  # fmt: skip
    assert (tmp_path / "body" / ".gitignore").read_text("utf-8") == ".ordinance/\n"
    assert (tmp_path / "body" / "estate" / "units.csv").read_text("utf-8") == "unit,name,institution,parent\n"


@pytest.mark.parametrize("relation", ["mirrors", "adopts"])
@pytest.mark.parametrize("text", RULING)
def test_every_directive_can_be_mirrored_and_adopted(text: str, relation: str, tmp_path: Path) -> None:
    """The folder can be used, whatever the other text says; the draft has clauses and no force."""
    opened = made(tmp_path, replace(CITY, **{relation: (text,)}))
    used(opened)
    (own,) = [t for t in opened.law.texts if not t.shipped]
    assert [s.state for s in own.lifecycle] == [State.UNDER_CONSIDERATION]
    if relation == "mirrors":
        assert own.mirrors == (text,)
        leans = "stands by itself" in (tmp_path / "body" / own.place.file).read_text("utf-8")
        assert len(own.restrictions) == (0 if leans else 1)
        assert all(not r.addressees for r in own.restrictions)
    else:
        assert [a.text for a in own.adopts] == [text]


def test_a_mirrored_clause_becomes_one_of_our_own(tmp_path: Path) -> None:
    """Its scope and people stay, now about ours; another body's days do not; where it comes from is said."""
    opened = made(tmp_path, replace(CITY, mirrors=("be-federal-716", "us-omb-m-23-13")))
    (own,) = [t for t in opened.law.texts if not t.shipped]
    assert [r.id for r in own.restrictions] == ["our-devices", "our-devices-2"]
    theirs = max((t for t in opened.law.versions("be-federal-716")), key=lambda t: t.version).restrictions[0]
    assert own.restrictions[0].devices == theirs.devices and own.restrictions[0].people == theirs.people
    text = (tmp_path / "body" / "policies" / "my-city-2026.yaml").read_text("utf-8")
    assert "  # Made from be-federal-716/federal-devices, which binds there." in text


def test_a_fixed_day_of_others_is_not_taken_over(tmp_path: Path) -> None:
    """What was due elsewhere by 31 March 2023 is due at once here, and the day is told; the term stays."""
    init(tmp_path / "body", replace(CITY, mirrors=("be-federal-716",)), date(2023, 3, 20))
    text = (tmp_path / "body" / "policies" / "my-city-2023.yaml").read_text("utf-8")
    assert "      remove: at_once  # there: by 2023-03-31\n" in text
    assert "    for: P6M\n    at_sunset: decide" in text
    assert "    renewal_needs: [evaluation]\n" in text


def test_each_answer_is_in_its_file(tmp_path: Path) -> None:
    """As it was given, quotes and other letters included."""
    body = replace(
        CITY,
        name='Ville de "Liège": #1',
        country="BE",
        languages=("fr", "nl"),
        groups=("be-municipalities",),
        evidence=("inventory",),
        purpose="rule_compliance",
        legal_basis='"GDPR" art. 6 \\ 1',
    )
    opened = made(tmp_path, body)
    assert {i.id for i in opened.issues} == {"advice-unanswered", "staff-not-informed", "council-not-informed"}
    assert (opened.body.name, opened.body.languages) == (body.name, ("fr", "nl"))
    assert opened.body.checking.legal_basis == body.legal_basis
    assert [str(k) for k in opened.body.checking.evidence_allowed] == ["inventory"]
    assert {str(k): str(p) for k, p in opened.body.retention.periods.items()} == {"runs": "P6M", "ledger": "P12M"}
    authority = opened.law.authority("my-city")
    assert authority and authority.groups == {"be-municipalities"}
    assert (authority.name, authority.country) == (body.name, "BE")


@pytest.mark.parametrize("country", ["BE", "EE", "FR", "NL"])
def test_a_country_with_a_profile_gets_it_proposed(country: str, tmp_path: Path) -> None:
    """In the settings, where it holds at once, with the sources it was read in; and it is to be looked at."""
    opened = made(tmp_path, replace(CITY, country=country))
    used(opened)
    assert opened.body.privacy.profile == country.lower()
    text = (tmp_path / "body" / "ordinance.toml").read_text("utf-8")
    found = profile(country.lower())
    assert found is not None and f"# Proposed from the country, {found.name}: " in text
    assert all(f"# - {cite.title}: {cite.url}" in text for _, cite in found.cites)
    tasks = [what for file, what in fill_in(replace(CITY, profile=found), TODAY) if file == "ordinance.toml"]
    assert ["privacy_profile" in what for what in tasks] == [True]


@pytest.mark.parametrize("country", ["", "DE", "GB"])
def test_no_profile_is_proposed_elsewhere(country: str, tmp_path: Path) -> None:
    """The law of another country is not made up from a neighbour's; which profiles there are is a comment."""
    opened = made(tmp_path, replace(CITY, country=country))
    assert opened.body.privacy.profile == ""
    text = (tmp_path / "body" / "ordinance.toml").read_text("utf-8")
    assert [line for line in text.splitlines() if "privacy_profile" in line] == [
        '# privacy_profile = "be"  # of be, ee, fr, nl: the country whose law applies, where it is one of them'
    ]
    assert not any("privacy_profile" in what for _, what in fill_in(CITY, TODAY))


def test_what_a_profile_asks_is_said_at_once(tmp_path: Path) -> None:
    """Where evidence is to be read and nobody was told, `init` shows the warnings that `lint` has."""
    reads = {"evidence": ("inventory",), "purpose": "rule_compliance", "legal_basis": "GDPR art. 6(1)(e)"}
    asked = init(tmp_path / "be", replace(CITY, country="BE", **reads), TODAY)
    assert {"staff-not-informed", "council-not-informed"} <= {i.id for i in asked.issues}
    unasked = init(tmp_path / "de", replace(CITY, country="DE", **reads), TODAY)
    assert not {"staff-not-informed", "council-not-informed"} & {i.id for i in unasked.issues}


def test_the_country_of_an_authority_of_the_library_is_known(tmp_path: Path) -> None:
    """Nobody has to say it for the proposal; what was said goes before it."""
    ria = replace(CITY, id="ee-ria", name="RIA", time_zone=known_zone("ee-ria"))
    assert made(tmp_path, ria).body.privacy.profile == "ee"
    assert made(tmp_path / "said", replace(ria, country="LV")).body.privacy.profile == ""


def test_an_authority_of_the_library_is_not_written_twice(tmp_path: Path) -> None:
    """It is there already, with its zone and its power; rules of its own that stand are in the first test."""
    body = replace(CITY, id="ee-ria", name="RIA", time_zone=known_zone("ee-ria"))
    opened = made(tmp_path, body)
    used(opened)
    assert (tmp_path / "body" / "authorities.yaml").read_text("utf-8").endswith("authorities: []\n")
    assert "outcome: forbidden" in (tmp_path / "body" / "tests" / "ee-ria-2026.yaml").read_text("utf-8")
    assert known_zone("my-city") == ""


@pytest.mark.parametrize(
    ("changed", "issue", "where"),
    [
        ({"id": "my city"}, "bad-id", "--id"),
        ({"id": ""}, "empty-value", "--id"),
        ({"name": "a\nb"}, "bad-value", "--name"),
        ({"time_zone": "Europe/Bruxelles"}, "unknown-time-zone", "--time-zone"),
        ({"time_zone": "../etc/passwd"}, "unknown-time-zone", "--time-zone"),
        ({"country": "Belgium"}, "bad-country", "--country"),
        ({"mirrors": ("be-federal-761",)}, "unknown-text", "--mirrors"),
        ({"adopts": (RECORDS[0],)}, "unknown-text", "--adopts"),
        ({"evidence": ("inventroy",)}, "unknown-word", "--evidence"),
        ({"evidence": ("inventory",)}, "no-legal-basis", "--evidence"),
        ({"purpose": "curiosity"}, "unknown-word", "--purpose"),
        ({"groups": ("a b",)}, "bad-id", "--group"),
    ],
)
def test_an_answer_that_cannot_be_used(changed: dict[str, object], issue: str, where: str, tmp_path: Path) -> None:
    """It is told where it was given, in the words of the lint, and nothing is made."""
    with pytest.raises(PolicyError) as raised:
        init(tmp_path / "body", replace(CITY, **changed), TODAY)
    assert (issue, where) in {(i.id, i.file) for i in raised.value.issues}
    assert not (tmp_path / "body").exists()


def test_a_slip_of_the_pen_gets_a_hint() -> None:
    """Of a directive and of a kind of evidence."""
    assert faults("--mirrors", "be-federal-761")[0].hint == 'did you mean "be-federal-716"?'
    assert faults("--evidence", "inventroy")[0].hint == 'did you mean "inventory"?'
    assert faults("--mirrors", "be-federal-716") == ()


@pytest.mark.parametrize("name", ["ordinance.toml", "estate/people.csv", "policies/my-city-2026.yaml", ".gitignore"])
def test_nothing_is_overwritten(name: str, tmp_path: Path) -> None:
    """A file that is there stops it, is named, and stays as it is, alone."""
    there = tmp_path / name
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_text("mine", "utf-8")
    with pytest.raises(PolicyError, match="file-exists") as raised:
        init(tmp_path, CITY, TODAY)
    assert [i.file for i in raised.value.issues] == [str(there)]
    assert tree(tmp_path) == {name: b"mine"}


def test_other_files_may_be_there(tmp_path: Path) -> None:
    """A repository with a README becomes a body's folder."""
    (tmp_path / "README.md").write_text("ours", "utf-8")
    init(tmp_path, CITY, TODAY)
    open_workspace(tmp_path).usable()
    assert (tmp_path / "README.md").read_text("utf-8") == "ours"


def test_the_same_answers_give_the_same_bytes(tmp_path: Path) -> None:
    """On whatever machine and day, for the same `--as-of`."""
    for name in ("a", "b"):
        init(tmp_path / name, replace(CITY, mirrors=("be-federal-716",)), TODAY)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_every_template_names_its_schema(tmp_path: Path) -> None:
    """In its first line, for any editor; where the schema is shipped, its copy lies at that path."""
    found = init(tmp_path / "body", CITY, TODAY)
    pages = [n for n in found.files if n.endswith(".yaml")]
    assert len(pages) == 3
    for name in pages:
        head = (tmp_path / "body" / name).read_text("utf-8").splitlines()[0]
        assert head.startswith("# yaml-language-server: $schema=")
        schema = ((tmp_path / "body" / name).parent / head.partition("=")[2]).resolve()
        assert schema.parent == (tmp_path / "body" / SCHEMAS).resolve()
        assert schema.is_file() or schema.name == "scenario.schema.json"


def test_the_document_names_files_and_tasks(tmp_path: Path) -> None:
    """Each task belongs to a file that was made."""
    found = init(tmp_path / "body", CITY, TODAY)
    document = init_document(found)
    assert {t["file"] for t in document["fill_in"]} <= {*document["files"]}
    assert "estate/devices.csv" in {t["file"] for t in document["fill_in"]}
