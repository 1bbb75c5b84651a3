# SPDX-License-Identifier: EUPL-1.2
"""The JSON Schemas for editors: as the reader has it, in both directions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from ordinance.model.law import Condition
from ordinance.operations import attesting
from ordinance.policy import descriptions, read_clause, read_scenario, read_text
from ordinance.policy.json_schema import clause_properties, schemas, text_properties
from ordinance.policy.shipped import FOLDER as LIBRARY
from ordinance.review import read_campaigns, read_cells, read_findings, read_reviews
from ordinance.separation import records
from policy.situations import situations

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    "policies": "policy",
    "exemptions": "exemption",
    "answers": "answer",
    "classifications": "classification",
    "readings": "reading",
    "evaluations": "evaluation",
    "channels": "channel",
    "reviews": "review",
    "campaigns": "campaign",
    "cases": "case",
    "attestations": "attestation",
    "findings": "finding",
    "separate": "separate",
    "tests": "scenario",
}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in schemas().items()}


def plain(text: str) -> Any:
    """A document with every scalar as text, as the reader sees it."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506  # makes texts, lists and mappings only


def as_an_editor(text: str) -> Any:
    """A document as an editor's YAML 1.2 sees it: numbers and true or false have types, days are texts."""
    return _typed(plain(text))


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _typed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_typed(v) for v in value]
    return {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)


def shipped() -> Iterator[Any]:
    for path in sorted(LIBRARY.rglob("*.yaml")):
        kind = "authorities" if path.name == "authorities.yaml" else "policy"
        yield pytest.param(kind, path, id=f"{path.parent.name}/{path.name}")
    for body in sorted(p for p in (ROOT / "examples").iterdir() if (p / "ordinance.toml").is_file()):
        yield pytest.param("authorities", body / "authorities.yaml", id=f"{body.name}/authorities")
        for folder, kind in KINDS.items():
            for path in sorted((body / folder).glob("*.yaml")):
                yield pytest.param(kind, path, id=f"{body.name}/{path.name}")
    for path in sorted((ROOT / "examples" / "reviews").glob("*/reviews/*.yaml")):
        yield pytest.param("review", path, id=f"{path.parents[1].name}/{path.name}")


def faults(kind: str, document: Any) -> list[str]:
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in VALIDATORS[kind].iter_errors(document)]


@pytest.mark.parametrize("kind", sorted(VALIDATORS))
def test_a_schema_is_a_schema(kind: str) -> None:
    """Each is valid against its own dialect, and every part that it refers to is in it."""
    Draft202012Validator.check_schema(schemas()[kind])
    text = json.dumps(schemas()[kind])
    assert all(f'"#/$defs/{name}"' in text for name in schemas()[kind]["$defs"])


@pytest.mark.parametrize(("kind", "path"), list(shipped()))
def test_what_ships_fits(kind: str, path: Path) -> None:
    """No directive of the library and no file of an example is underlined in an editor."""
    assert faults(kind, as_an_editor(path.read_text("utf-8"))) == []


def test_the_situations_fit() -> None:
    """Every text of the table, which uses the whole language, fits as well."""
    for situation in situations():
        for folder, kind in KINDS.items():
            for document in situation.row.get(folder, []):
                assert faults(kind, document) == [], situation.name


@pytest.mark.parametrize(
    ("kind", "change", "where"),
    [
        ("policy", {"restriction": []}, ""),
        ("policy", {"lifecycle": [{"state": "in force", "from": "2023-01-01"}]}, "lifecycle/0/state"),
        ("policy", {"lifecycle": [{"state": "in_force", "from": "1 May"}]}, "lifecycle/0/from"),
        ("policy", {"restrictions": [{"id": "c"}]}, "restrictions/0"),
        ("policy", {"exemptions_allowed": "some"}, "exemptions_allowed"),
        ("policy", {"review": {}}, "review"),
        ("exemption", {"last_day": ""}, "last_day"),
        ("answer", {"answer": "maybe"}, "answer"),
        ("channel", {"password": "x"}, ""),
        ("channel", {"mfa": {"kind": "pigeon", "seen_on": "2024-01-01"}}, "mfa/kind"),
        ("channel", {"mailbox": "the press office"}, "mailbox"),
        ("channel", {"lifecycle": []}, "lifecycle"),
        ("review", {"options": [{"id": "a", "title": "t", "outcome": "perhaps"}, {}]}, "options/0/outcome"),
        ("review", {"options": [{"id": "a", "title": "t", "outcome": "adopt"}]}, "options"),
        ("campaign", {"moves": [{"to": "x", "by": "soon", "owner": "y"}]}, "moves/0/by"),
        ("campaign", {"surfaces": ["television"]}, "surfaces"),
        ("case", {"records": [{"what": "x", "kept": "perhaps"}]}, "records/0/kept"),
        ("case", {"decision": {"way": "keep", "by": "x", "on": "2023-01-01"}}, "decision"),
        ("attestation", {"stated": ["sworn"]}, "stated"),
        ("attestation", {"what": [{"vendor": "bytedance"}]}, "what"),
        ("review", {"cells": [{"option": "a", "criterion": "reach", "score": -1}]}, "cells/0/score"),
        ("finding", {"finding": "f-0123456789-2"}, "finding"),
        ("separate", {"conditions": {"tidy": {}}}, "conditions"),
        ("separate", {"conditions": {"multi_factor": {"answer": "yes"}}}, "conditions/multi_factor/answer"),
        ("finding", {"device": "GL-001"}, "device"),
        ("finding", {"life": []}, "life"),
        ("finding", {"life": [{"on": "2023-04-11", "state": "done", "by": "ISO"}]}, "life/0/state"),
        ("finding", {"life": [{"state": "closed", "by": "ISO"}]}, "life/0"),
    ],
)
def test_what_the_reader_refuses_is_underlined(kind: str, change: dict[str, Any], where: str) -> None:
    """Unknown keys and words, days that are none, and what is missing."""
    good = {"policy": "p", "version": "1", "title": "t", "authority": "a", "lifecycle": []} if kind == "policy" else {}
    assert kind != "policy" or faults(kind, good) == []
    assert where in {f.partition(": ")[0] for f in faults(kind, {**good, **change})}


def test_keys_are_those_of_the_reader() -> None:
    """A key that one of the two learns, the other learns too."""
    assert set(text_properties()) == {*read_text.TEXT_KEYS, *read_text.TEXT_OPTIONS}
    scenario = schemas()["scenario"]["items"]
    assert set(scenario["properties"]) == {*read_scenario.SCENARIO_KEYS, *read_scenario.SCENARIO_OPTIONS}
    assert set(scenario["properties"]["expect"]["properties"]) == {"outcome", *read_scenario.EXPECT_OPTIONS}
    assert set(clause_properties()) == {*read_clause.CLAUSE_KEYS, *read_clause.CLAUSE_OPTIONS}


def test_keys_of_campaigns_and_cases_are_those_of_the_reader() -> None:
    """In both directions, as for the law."""
    found = schemas()
    more = ("device", "account", "surfaces", "moves", "invented")
    assert set(found["campaign"]["properties"]) == {*read_campaigns.CAMPAIGN_KEYS, *more} == set(descriptions.CAMPAIGN)
    every = {*read_campaigns.CASE_KEYS, *read_campaigns.CASE_OPTIONS}
    assert set(found["case"]["properties"]) == every == set(descriptions.CASE)
    assert set(found["case"]["required"]) == set(read_campaigns.CASE_KEYS)
    assert set(found["case"]["properties"]["decision"]["required"]) == set(read_campaigns.DECISION_KEYS)


def test_keys_of_attestations_are_those_of_the_reader() -> None:
    """In both directions, as for the law."""
    found = schemas()["attestation"]
    assert set(found["properties"]) == {*attesting.KEYS, *attesting.OPTIONS} == set(descriptions.ATTESTATION)
    assert set(found["required"]) == {*attesting.KEYS}


def test_keys_of_findings_are_those_of_the_reader() -> None:
    """The same of a finding's life and of each entry."""
    found = schemas()["finding"]
    assert set(found["properties"]) == {*read_findings.KEYS, *read_findings.OPTIONS} == set(descriptions.FINDING)
    entry = found["properties"]["life"]["items"]
    every = {*read_findings.ENTRY_KEYS, *read_findings.ENTRY_OPTIONS}
    assert set(entry["properties"]) == every == set(descriptions.FINDING_ENTRY)
    assert (set(found["required"]), set(entry["required"])) == ({*read_findings.KEYS}, {*read_findings.ENTRY_KEYS})


def test_keys_of_separate_devices_are_those_of_the_reader() -> None:
    """The same of a device's record, of each answer, and of each version that was seen."""
    found = schemas()["separate"]
    assert set(found["properties"]) == {*records.KEYS, *records.OPTIONS} == set(descriptions.SEPARATE)
    answers = found["properties"]["conditions"]["properties"]
    assert set(answers) == {*Condition}
    every = {*records.CLAIM_KEYS, *records.CLAIM_OPTIONS}
    assert all(set(one["properties"]) == every == set(descriptions.SEPARATE_ANSWER) for one in answers.values())
    assert all(set(one["required"]) == {*records.CLAIM_KEYS} for one in answers.values())
    assert set(found["required"]) == {*records.KEYS}
    assert set(found["properties"]["app"]["properties"]) == {*records.RELEASE_KEYS}


def test_keys_of_reviews_are_those_of_the_reader() -> None:
    """The same of a channel review and each of its parts."""
    review = schemas()["review"]["properties"]
    assert set(review) == {*read_reviews.KEYS, *read_reviews.PARTS, *read_reviews.OPTIONS}
    said, swings = review["decision"]["properties"], review["stakeholders"]["items"]["properties"]["swings"]
    written, card = review["cells"]["items"]["properties"]["evidence"]["items"]["anyOf"][::-1]
    parts = {
        (read_reviews.OPTION_KEYS, read_reviews.OPTION_OPTIONS): review["options"]["items"],
        (read_reviews.POLICY_KEYS, read_reviews.POLICY_OPTIONS): review["gate_policy"],
        (read_reviews.GATE_KEYS, read_reviews.GATE_OPTIONS): review["gates"]["items"],
        (read_reviews.CRITERION_KEYS, read_reviews.CRITERION_OPTIONS): review["criteria"]["items"]["anyOf"][1],
        (read_reviews.DECISION_KEYS, read_reviews.DECISION_OPTIONS): review["decision"],
        (read_reviews.STAKEHOLDER_KEYS, ()): review["stakeholders"]["items"],
        (read_reviews.SWING_KEYS, read_reviews.INTERNAL): swings["items"],
        (read_reviews.DISSENT_KEYS, read_reviews.INTERNAL): said["dissent"]["anyOf"][1]["items"],
        (read_reviews.REASON_KEYS, read_reviews.INTERNAL): said["reasons"]["anyOf"][0]["anyOf"][1],
        (read_cells.KEYS, read_cells.OPTIONS): review["cells"]["items"],
        (read_cells.EVIDENCE_KEYS, read_cells.EVIDENCE_OPTIONS): written,
        (read_cells.CARD_KEYS, ()): card,
    }
    for (required, optional), schema in parts.items():
        assert (set(schema["required"]), set(schema["properties"])) == ({*required}, {*required, *optional})


def test_every_key_has_a_meaning_and_every_meaning_a_key() -> None:
    """What an editor shows beside a key is written for all of them, and for nothing else."""
    policy = schemas()["policy"]
    parts = {name: part["properties"] for name, part in policy["$defs"].items() if "properties" in part}
    assert set(descriptions.TEXT) == set(policy["properties"])
    assert set(descriptions.CLAUSE) == set(parts["clause"])
    assert set(descriptions.SELECTORS) == set(parts["selector"]) - {"affiliates"}
    assert set(descriptions.FACTS) == set(parts["scope"]) - {"all", "any", "not"}


def test_the_files_are_those_of_the_module() -> None:
    """`scripts/schema --check` finds nothing to write."""
    done = subprocess.run([sys.executable, ROOT / "scripts" / "schema", "--check"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_every_schema_ships() -> None:
    """The files lie in the package, where `init` finds them."""
    folder = ROOT / "src" / "ordinance" / "policy" / "schema"
    assert {p.name for p in folder.iterdir()} == {f"{name}.schema.json" for name in schemas()}
