# SPDX-License-Identifier: EUPL-1.2
"""Statements about devices: what they settle, what they do not, and what stands beside them."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import bodies
from ordinance.model.errors import Severity
from ordinance.model.law import Duty
from ordinance.model.result import Checked, FindingKind, Result
from ordinance.operations.checking import run_check
from ordinance.operations.workspace import Workspace, open_workspace

ZONE = ZoneInfo("Europe/Brussels")
AS_OF = datetime(2023, 4, 24, tzinfo=ZONE)
TRUTH = tomllib.loads((Path(__file__).parent / "truth_duties_apart.toml").read_text("utf-8"))
ALL = ("inventory", "network_device", "attestation")
ALLOWED = "evidence_allowed = ["
GOOD = {"what": [{"family": "tiktok"}], "stated": ["not_installed"], "on": "2023-04-05", "last_day": "2023-10-05"}


def written(said: Mapping[str, Any], device: str) -> str:
    """An attestation as YAML, by default of one device."""
    every = {"attestation": "test", "devices": [device], "by": "the holder", **said}
    return "".join(f"{key}: {_yaml(value)}\n" for key, value in every.items())


def _yaml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_yaml(v)}" for k, v in value.items()) + "}"
    return str(value)


def body(folder: Path, files: Mapping[str, str] = {}, allowed: tuple[str, ...] = ALL) -> Path:
    """The City of Brussels' body with these files in attestations/ and no others."""
    copy = bodies.copy_body("city-of-brussels", folder)
    settings = (copy / "ordinance.toml").read_text("utf-8").splitlines(keepends=True)
    line = f"evidence_allowed = {json.dumps(allowed)}\n"
    (copy / "ordinance.toml").write_text("".join(line if s.startswith(ALLOWED) else s for s in settings), "utf-8")
    inside = copy / "attestations"
    for old in inside.glob("*"):
        old.unlink()
    inside.mkdir(exist_ok=True)
    for name, text in files.items():
        (inside / name).write_text(text, "utf-8")
    return copy


def opened(folder: Path, said: Mapping[str, Any], device: str = "bi-001") -> Workspace:
    """The body with one attestation, opened on the day of the check."""
    return open_workspace(body(folder, {"test.yaml": written(said, device)}), AS_OF)


def checked(workspace: Workspace) -> Checked:
    """The check of the week from 17 to 23 April."""
    said = {"as_of": "2023-04-24T00:00", "from": "2023-04-17", "to": "2023-04-23"}
    return bodies.checked(workspace.usable(), bodies.window(workspace, said))


def show_the_app(folder: Path, device: str) -> None:
    """An inventory row of 19 April with the app on an iPhone."""
    path = folder / "inventory" / "mdm-2023-04-19.csv"
    row = f"{device},com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd.,ios,2023-04-19T06:00:00+02:00\n"
    path.write_text(path.read_text("utf-8") + row, "utf-8")


def amend(folder: Path, what: str, **since: str) -> None:
    """A second version of the city's text from a day on, with other apps."""
    path = folder / "policies" / "brussels-2023-tiktok.yaml"
    text = path.read_text("utf-8")
    for old, new in (
        ('version: "1"', 'version: "2"'),
        ("{state: in_force, from: 2023-03-16}", f"{{state: in_force, from: {since['from']}}}"),
        ("what: [{family: tiktok}]", f"what: {what}"),
    ):
        assert old in text
        text = text.replace(old, new)
    (path.parent / "second.yaml").write_text(text, "utf-8")


def test_each_version_has_its_own_statement(tmp_path: Path) -> None:
    """What was stated of each version in its time answers for both; without the second the later one is open."""
    clause = "brussels-2023-tiktok/own-devices-bought-in-part"
    for days, expected in (
        (["2023-03-19", "2023-04-19"], (Result.PASS, "attested")),
        (["2023-03-19"], (Result.UNKNOWN, "attested_in_part")),
        (["2023-04-19"], (Result.FAIL, "attested_late")),
    ):
        said = {"restrictions": [clause], "stated": ["not_installed"], "last_day": "2023-10-05"}
        files = {f"{n}.yaml": written({**said, "attestation": f"a{n}", "on": d}, "bi-001") for n, d in enumerate(days)}
        folder = body(tmp_path / "-".join(days), files)
        amend(folder, "[{family: tiktok}, {family: wechat}]", **{"from": "2023-04-19"})
        path = folder / "policies" / "second.yaml"
        path.write_text(path.read_text("utf-8").replace("{within: P21D}", "at_once"), "utf-8")
        found = checked(open_workspace(folder)).results
        assert [(r.result, r.reason) for r in found if (r.device, r.duty) == ("bi-001", Duty.ATTEST)] == [expected]


@pytest.mark.parametrize(
    ("holder", "first", "expected"),
    [
        ("p-001", "2023-05-01", ["attestation-changed-hands"]),
        ("", "2023-10-05", ["attestation-changed-hands"]),
        ("p-015", "2023-05-01", []),
        ("p-001", "2023-10-06", []),
        ("p-001", "2023-04-05", []),
    ],
)
def test_a_device_that_changes_hands_is_a_warning(
    holder: str, first: str, expected: list[str], tmp_path: Path
) -> None:
    """While a statement counts, and to another holder; its line of the estate is said, and no name."""
    folder = body(tmp_path, {"test.yaml": ordered({})})
    path = folder / "estate" / "devices.csv"
    rows = path.read_text("utf-8").splitlines(keepends=True)
    (old,) = (r for r in rows if r.startswith("bi-001,"))
    before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
    ended = old.rstrip("\n").removesuffix(",") + f",{before}\n"
    anew = old.replace("p-015", holder).replace("2023-01-01", first)
    path.write_text("".join(ended if r == old else r for r in rows) + anew, "utf-8")
    found = [i for i in open_workspace(folder, AS_OF).issues if i.file.startswith("attestations")]
    assert [i.id for i in found] == expected
    assert all(f"line {len(rows) + 1} of devices.csv" in i.message and "bi-001" not in i.message for i in found)


@pytest.mark.parametrize("row", TRUTH["attested"], ids=[r["name"] for r in TRUTH["attested"]])
def test_the_table(row: Mapping[str, Any], tmp_path: Path) -> None:
    """Each situation comes to the results and findings that stand in the table."""
    device = row["device"]
    files = {"test.yaml": written(row["file"], device)} if "file" in row else {}
    folder = body(tmp_path, files, tuple(row.get("allowed", ALL)))
    bodies.reword(folder / "policies" / "brussels-2023-tiktok.yaml", row.get("policy", {}))
    if "amended" in row:
        amend(folder, **row["amended"])
    if row.get("shows"):
        show_the_app(folder, device)
    found = checked(open_workspace(folder))
    results = {str(r.duty): [str(r.result), r.reason] for r in found.results if r.device == device}
    assert {duty: results[duty] for duty in row["results"]} == row["results"]
    assert sorted({str(f.kind) for f in found.findings if f.device == device}) == row["findings"]


# --- files ------------------------------------------------------------------------------------------------------------


FAULTS = [
    ({"stated": ["sworn"]}, "unknown-word", 3),
    ({"stated": []}, "empty-value", 3),
    ({"on": "2023-02-30"}, "bad-day", 6),
    ({"last_day": "2023-04-04"}, "ends-before-start", 7),
    ({"last_day": "never"}, "bad-day", 7),
    ({"what": [{"vendor": "bytedance"}]}, "wide-attestation", 5),
    ({"signed": "yes"}, "unknown-key", 8),
]


def ordered(said: Mapping[str, Any]) -> str:
    """A good attestation with something changed, each key on a line of its own that the tests know."""
    good = {"devices": ["bi-001"], "stated": ["not_installed"], "by": "the holder", "what": GOOD["what"]}
    every = {"attestation": "test", **good, "on": "2023-04-05", "last_day": "2023-10-05", **said}
    return "".join(f"{key}: {_yaml(value)}\n" for key, value in every.items())


@pytest.mark.parametrize(("said", "issue", "line"), FAULTS, ids=[f"{i}-{n}" for n, (_, i, _) in enumerate(FAULTS)])
def test_a_bad_file_is_an_error_at_its_line_and_nothing_is_checked(
    said: Mapping[str, Any], issue: str, line: int, tmp_path: Path
) -> None:
    """A statement that cannot be read is neither taken nor passed over."""
    found = open_workspace(body(tmp_path, {"bad.yaml": ordered(said)}), AS_OF).errors
    assert [(i.file, i.line, i.id) for i in found] == [("attestations/bad.yaml", line, issue)]


@pytest.mark.parametrize("key", ["attestation", "devices", "stated", "by", "on"])
def test_what_must_be_there_is_asked_for(key: str, tmp_path: Path) -> None:
    """Who, of what, what, and on which day: without one of them nobody could answer for the statement."""
    text = "".join(row for row in ordered({}).splitlines(keepends=True) if not row.startswith(f"{key}:"))
    found = open_workspace(body(tmp_path, {"bad.yaml": text}), AS_OF).errors
    assert [(i.id, f'"{key}"' in i.message) for i in found] == [("missing-key", True)]


def test_a_statement_about_nothing_is_an_error(tmp_path: Path) -> None:
    """Neither a clause nor an app."""
    text = "".join(row for row in ordered({}).splitlines(keepends=True) if not row.startswith("what:"))
    (found,) = open_workspace(body(tmp_path, {"bad.yaml": text}), AS_OF).errors
    assert (found.id, found.line) == ("about-nothing", 1) and "restrictions" in found.hint


def test_two_files_with_one_id_are_an_error(tmp_path: Path) -> None:
    """One of the two would be taken for the other."""
    found = open_workspace(body(tmp_path, {"a.yaml": ordered({}), "b.yaml": ordered({})}), AS_OF).errors
    assert [(i.file, i.id) for i in found] == [(f"attestations/{n}.yaml", "duplicate-id") for n in "ab"]


@pytest.mark.parametrize(
    ("said", "issue"),
    [
        ({"devices": ["bi-001", "bi-01"]}, "attestation-for-nobody"),
        ({"restrictions": ["brussels-2023-tiktok/own"]}, "attestation-for-nothing"),
        ({"what": [{"family": "tiktak"}]}, "attestation-for-nothing"),
        ({"what": [{"app": "tiktok/tiktak"}]}, "attestation-for-nothing"),
        ({"on": "2023-04-25"}, "attested-in-future"),
    ],
)
def test_what_reads_well_and_says_less_is_a_warning(said: Mapping[str, Any], issue: str, tmp_path: Path) -> None:
    """Each is said once, in the file that it is about, and the check goes on; a sound file gives no warning."""
    for name, text, ids in (("bad", ordered(said), [issue]), ("good", ordered({}), [])):
        found = open_workspace(body(tmp_path / name, {"test.yaml": text}), AS_OF)
        mine = [i for i in found.issues if i.file.startswith("attestations")]
        assert [(i.id, i.severity) for i in mine] == [(one, Severity.WARNING) for one in ids]


def test_without_a_last_day_there_is_a_warning(tmp_path: Path) -> None:
    """It counts on one day, which is not what whoever wrote it may think."""
    text = "".join(row for row in ordered({}).splitlines(keepends=True) if not row.startswith("last_day:"))
    found = open_workspace(body(tmp_path, {"test.yaml": text}), AS_OF)
    assert [i.id for i in found.issues if i.file.startswith("attestations")] == ["attestation-without-end"]


def test_where_they_may_not_be_read_none_is_opened(tmp_path: Path) -> None:
    """A file that nobody could read is not even looked at; that it lies there is said."""
    folder = body(tmp_path, {"bad.yaml": "\x00not: [yaml"}, ("inventory", "network_device"))
    found = open_workspace(folder, AS_OF).usable()
    assert [i.id for i in found.issues if i.file.startswith("attestations")] == ["attestations-not-read"]
    assert run_check(found, AS_OF).document["run"]["inputs"] != []
    assert not [i for i in run_check(found, AS_OF).document["run"]["inputs"] if i["source"] == "attestations"]


# --- the document -----------------------------------------------------------------------------------------------------


def test_both_days_stand_in_the_finding(tmp_path: Path) -> None:
    """The statement's day and the days on which something else was seen, both files, and no verdict on the holder."""
    workspace = opened(tmp_path, GOOD, "bp-003").usable()
    run = run_check(told(workspace), AS_OF, individual=True)
    found = [f for f in run.document["findings"] if f["kind"] == "attested_otherwise"]
    assert [(f["attested"], f["first_seen"][:10], f["last_seen"][:10]) for f in found] == [
        ("2023-04-05", "2023-04-19", "2023-04-20")
    ]
    assert {e["file"] for e in found[0]["evidence"]} == {
        "attestations/test.yaml",
        "inventory/mdm-2023-04-19.csv",
        "logs/cityhall-2023-04-20.log",
    }
    assert found[0]["result"] == "unknown" and found[0]["duty"] is None
    assert "Stated on 5 April 2023; seen" in run.html.decode()
    published = run_check(workspace, AS_OF)
    shown = [f for f in published.document["findings"] if f["kind"] == "attested_otherwise"]
    days = [(f["attested"], f["first_seen"]) for f in shown]
    assert days == [(None, None)] and "Stated on" not in published.html.decode()


def test_the_files_read_are_inputs_of_the_run(tmp_path: Path) -> None:
    """With their digest, so that the run can be made again."""
    workspace = opened(tmp_path, GOOD).usable()
    content = (workspace.body.folder / "attestations" / "test.yaml").read_bytes()
    (published,) = [i for i in run_check(workspace, AS_OF).document["run"]["inputs"] if i["source"] == "attestations"]
    assert list(published) == ["source", "digest"]
    told = replace(workspace, body=replace(workspace.body, privacy=replace(workspace.body.privacy, profile="")))
    rows = run_check(told, AS_OF, individual=True).document["run"]["inputs"]
    inputs = [i for i in rows if i["source"] == "attestations"]
    assert inputs == [
        {"source": "attestations", "file": "attestations/test.yaml", "sha256": hashlib.sha256(content).hexdigest()}
    ]


def test_who_has_not_attested_is_not_named(tmp_path: Path) -> None:
    """By default a finding says that there are some, and of no unit where it is small."""
    run = run_check(open_workspace(body(tmp_path)).usable(), AS_OF)
    (found,) = (f for f in run.document["findings"] if f["kind"] == "not_attested")
    assert (found["devices"], found["device"], found["unit"], found["reason"]) == (1, None, None, "not_attested")
    assert any("Remind holders" in step["what"] for step in run.document["next_steps"])


@pytest.mark.parametrize(
    ("on", "last_day", "reason", "days"),
    [
        ("2023-04-19", "2023-10-05", "attested_late", [17, 18]),
        ("2023-04-05", "2023-04-20", "attestation_lapsed", [21, 23]),
        ("2023-04-24", "2023-10-05", "not_attested", [17, 23]),
    ],
)
def test_a_missing_statement_has_the_days_that_none_covers(
    on: str, last_day: str, reason: str, days: list[int], tmp_path: Path
) -> None:
    """Whoever states it late, and closes it with that, has it closed: nothing was missing after that day."""
    found = checked(opened(tmp_path, {**GOOD, "on": on, "last_day": last_day}))
    (one,) = (f for f in found.findings if f.kind is FindingKind.NOT_ATTESTED and f.device == "bi-001")
    assert one.reason == reason and one.first_seen and one.last_seen
    assert [one.first_seen.day, one.last_seen.astimezone(ZONE).day] == days


def told(workspace: Workspace) -> Workspace:
    """A body of which no notice to all staff is asked before single devices are shown."""
    usable = workspace.usable()
    return replace(usable, body=replace(usable.body, privacy=replace(usable.body.privacy, profile="")))


def test_a_page_does_not_count_what_was_missing(tmp_path: Path) -> None:
    """It says for which days there is no statement."""
    run = run_check(told(open_workspace(body(tmp_path))), AS_OF, individual=True)
    assert "<p>Not covered by a statement: " in run.html.decode()


DAYS = [("2023-04-17", "2023-10-05"), ("2023-04-05", "2023-04-20"), ("2023-04-25", "2023-10-05")]


@pytest.mark.parametrize("days", DAYS)
def test_no_statement_ever_makes_removal_pass(days: tuple[str, str], tmp_path: Path) -> None:
    """Whenever it is given: what passes without it passes, and nothing else does."""
    clean = checked(open_workspace(body(tmp_path / "without")))
    stated = ["not_installed", "removed", "not_used", "control_set"]
    devices = sorted({r.device for r in clean.results})
    said = {**GOOD, "stated": stated, "on": days[0], "last_day": days[1], "devices": devices}
    with_it = checked(opened(tmp_path / "with", said))
    assert _those(with_it, Result.PASS) == _those(clean, Result.PASS)
    assert _those(with_it, Result.FAIL) == _those(clean, Result.FAIL)
    assert len(_those(clean, Result.PASS)) >= 10 <= len([r for r in with_it.results if r.duty is Duty.ATTEST])
    assert FindingKind.APP_INSTALLED in {f.kind for f in with_it.findings}


def _those(found: Checked, result: Result) -> set[tuple[str, str, str]]:
    """Devices, clauses and duties of a result; not the duty to attest."""
    return {(r.device, r.restriction, str(r.duty)) for r in found.results if r.result is result} - {
        (r.device, r.restriction, str(r.duty)) for r in found.results if r.duty is Duty.ATTEST
    }
