# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with a law that reads well: one row a lint, with its place, words and hint."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ordinance.model.errors import Severity
from ordinance.policy.shipped import load_library
from policy.spoil import ANSWER, EXAMPLES, EXEMPTION, GENT, OVERLAY, TALLINN, Row, both, copy, issues_of, put, table
from policy.spoil import assert_row as assert_the_only_issue

SECOND = """policy: second
version: "1"
title: A second text
authority: gent
lifecycle: [{state: in_force, from: 2023-03-13}]
mirrors: [gent-2023-tiktok]
restrictions: []
"""

TESTS = EXAMPLES.parent / "tests"


def second(folder: Path) -> None:
    """A second text of Ghent's that mirrors the first."""
    (folder / "policies" / "second.yaml").write_text(SECOND, "utf-8")


@table(
    [
        Row("family", "ghent", put(GENT, "family: tiktok", "family: tiktak"),
            f"{GENT}:10:5", "unknown-family", '"tiktak" is not in the catalogue', 'did you mean "tiktok"?'),
        Row("app", "ghent", put(GENT, "family: tiktok", "app: tiktok/tiktok-light"),
            f"{GENT}:10:5", "unknown-app", '"tiktok/tiktok-light"', 'did you mean "tiktok/tiktok-lite"?'),
        Row("id", "ghent", put(GENT, "policy: gent-2023-tiktok", "policy: gent/2023 tiktok"),
            f"{GENT}:2:9", "bad-id", '"gent/2023 tiktok" is no id', "letters, digits, dots"),
        Row("mirrored text", "ghent", put(GENT, "[be-federal-716]", "[be-federal-716, be-federal-717]"),
            f"{GENT}:2:1", "unknown-text", 'no text "be-federal-717"', 'did you mean "be-federal-716"?'),
        Row("mirrors itself", "ghent", put(GENT, "[be-federal-716]", "[be-federal-716, gent-2023-tiktok]"),
            f"{GENT}:2:1", "mirrors-a-cycle", '"gent-2023-tiktok" mirrors itself'),
        Row("binds others", "ghent", put(GENT, "force: binding", "force: binding\n    addressees: [ee-tallinn]"),
            f"{GENT}:10:5", "force-exceeds-power", '"gent" cannot bind', "state the power under binds:"),
        Row("silence unsaid", "ghent", put(GENT, "    at_sunset: decide\n", ""),
            f"{GENT}:10:5", "sunset-unsaid", "not what silence means then", "add at_sunset:"),
        Row("overlay stays", "diest", put(OVERLAY, "at_sunset: lapse", "at_sunset: permanent"),
            f"{OVERLAY}:10:5", "overlay-without-end", "an incident overlay ends by itself"),
        Row("due too late", "ghent", put(GENT, "block_traffic: {within: P21D}", "block_traffic: {within: P7M}"),
            f"{GENT}:10:5", "due-after-end", "when the clause has ended", warning=True),
        Row("never in force", "ghent", put(GENT, "state: in_force", "state: announced"),
            f"{GENT}:2:1", "never-in-force", "never in force as written", "add {state: in_force", warning=True),
        Row("clause exempted from", "tallinn", put(EXEMPTION, "/work-devices]", "/work-device]"),
            f"{EXEMPTION}:2:1", "unknown-restriction", "no clause", "did you mean"),
    ]
)  # fmt: skip
def test_a_lint_says_what_is_wrong_and_where(row: Row, tmp_path: Path) -> None:
    """One fault, one issue, at its place."""
    assert_the_only_issue(row, tmp_path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (put(EXEMPTION, "purpose: reach_young_residents", "purpose: fun"), 'purpose "fun"'),
        (put(EXEMPTION, "approver: head-of-communications", "approver: me"), 'approved by "me"'),
        (put(EXEMPTION, "last_day: 2025-06-30", "last_day: 2026-06-30"), "longer than"),
        (put(TALLINN, "conditions: separate-device", "conditions: another-profile"), '"another-profile" are required'),
        (put(EXEMPTION, "devices: [sd-001, sd-002]", 'devices: ["*"]'), "a blanket exemption is not allowed"),
        (put(TALLINN, "exemptions_allowed:", "invented_too:"), "does not say that it allows exemptions"),
    ],
    ids=["purpose", "approver", "length", "conditions", "blanket", "none-allowed"],
)
def test_an_exemption_that_its_text_does_not_admit(change: object, why: str, tmp_path: Path) -> None:
    """Each of the ways not to fit is named, at the exemption."""
    folder = copy("tallinn", tmp_path)
    change(folder)  # type: ignore[operator]  # a Change
    ids = {"exemption-not-allowed", "exemption-too-long", "blanket-exemption"}
    found = [i for i in issues_of(folder) if i.id in ids]
    assert len(found) == 1
    assert why in found[0].message
    assert (found[0].file, found[0].line) == (EXEMPTION, 2)


def test_texts_that_mirror_each_other_in_a_circle(tmp_path: Path) -> None:
    """Also through two files."""
    folder = copy("ghent", tmp_path)
    both(put(GENT, "[be-federal-716]", "[be-federal-716, second]"), second)(folder)
    found = [i for i in issues_of(folder) if i.id == "mirrors-a-cycle"]
    assert sorted(i.file for i in found) == [GENT, "policies/second.yaml"]


def test_a_text_cannot_adopt_itself(tmp_path: Path) -> None:
    """Directly or round a circle: nothing is copied without end."""
    folder = copy("ghent", tmp_path)
    put(GENT, "mirrors: [be-federal-716]", "mirrors: [be-federal-716]\nadopts: [gent-2023-tiktok]")(folder)
    found = [i for i in issues_of(folder) if i.id == "adopts-itself"]
    assert [(i.file, i.line) for i in found] == [(GENT, 9)]
    assert "gent-2023-tiktok → gent-2023-tiktok" in found[0].message


def test_a_decision_that_is_passed_over_is_located(tmp_path: Path) -> None:
    """Another ending, a deeper folder, a link to nothing: none is skipped without a word."""
    folder = copy("ghent", tmp_path)
    (folder / "policies" / "old").mkdir()
    (folder / "policies" / "old" / "deep.yaml").write_text(SECOND, "utf-8")
    (folder / "policies" / "ending.yml").write_text(SECOND, "utf-8")
    (folder / "policies" / "gone.yaml").symlink_to(tmp_path / "nowhere")
    found = {i.file: i.id for i in issues_of(folder)}
    assert found == dict.fromkeys(
        ("policies/ending.yml", "policies/gone.yaml", "policies/old/deep.yaml"), "file-not-read"
    )


def test_ids_used_twice(tmp_path: Path) -> None:
    """Two files with one id and version, and two clauses with one id."""
    folder = copy("ghent", tmp_path)
    text = (folder / GENT).read_text("utf-8")
    (folder / "policies" / "z-copy.yaml").write_text(text, "utf-8")
    found = [i for i in issues_of(folder) if i.id == "duplicate-id"]
    assert found and {i.file for i in found} <= {GENT, "policies/z-copy.yaml"}


def test_advice_that_nobody_answered_is_a_warning(tmp_path: Path) -> None:
    """Neither mirrored, nor adopted, nor answered; answering it clears the warning."""
    folder = copy("tallinn", tmp_path)
    assert not issues_of(folder)
    (folder / ANSWER).unlink()
    (issue,) = issues_of(folder)
    assert (issue.id, issue.severity) == ("advice-unanswered", Severity.WARNING)
    assert "ee-ria" in issue.message


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    """Five faults in one file are five issues, in the order of their places."""
    folder = copy("ghent", tmp_path)
    both(
        put(GENT, "family: tiktok", "family: tiktak"),
        put(GENT, "    at_sunset: decide\n", ""),
        put(GENT, "[be-federal-716]", "[be-federal-717]"),
        put(GENT, "block_traffic: {within: P21D}", "block_traffic: {within: P7M}"),
        put(GENT, "    force: binding", "    force: binding\n    addressees: [ee-tallinn]"),
    )(folder)
    found = [i for i in issues_of(folder) if i.file == GENT]
    assert {i.id for i in found} >= {
        "unknown-family", "sunset-unsaid", "unknown-text", "due-after-end", "force-exceeds-power",
    }  # fmt: skip
    assert found == sorted(found)


@pytest.mark.parametrize("body", ["ghent", "diest", "tallinn"])
def test_examples_lint_clean(body: str, tmp_path: Path) -> None:
    """No error and no warning in what ships."""
    assert issues_of(copy(body, tmp_path)) == ()


def test_the_library_reads_clean() -> None:
    """The shipped directives have no fault, and each has a citation."""
    authorities, texts, _, issues = load_library()
    assert issues == ()
    assert len({(t.id, t.version) for t in texts}) == len(texts) >= 3
    assert all(t.cites and t.authority in authorities for t in texts)


def test_every_issue_id_of_the_law_is_tested() -> None:
    """An id that the law can give and that no test names would be a message nobody has seen."""
    room = EXAMPLES.parent / "src" / "ordinance" / "policy"
    source = "\n".join(p.read_text("utf-8") for p in room.glob("*.py"))
    calls = r'(?:report|report_key|_issue|Issue)\([^"\n]*(?:\n[^"\n]*){0,4}?'
    given = set(re.findall(calls + r'"([a-z]+(?:-[a-z]+)+)"', source))
    tests = "\n".join(p.read_text("utf-8") for p in (*TESTS.glob("**/*.py"), TESTS / "policy/situations.yaml"))
    assert len(given) > 20
    assert {i for i in given if i not in tests} == set()
