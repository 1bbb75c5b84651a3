# SPDX-License-Identifier: EUPL-1.2
"""Two different people, every question, the very package that was prepared: else nothing is approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.airlock.pictures import drawn, saved

from operations.airlock_body import (
    AT,
    GOOD,
    MAKER,
    OTHER,
    TRANSFER,
    approved,
    clean,
    opened,
    packed,
    picture,
)
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.checklist import checklist
from ordinance.model.errors import PolicyError, TransferError
from ordinance.model.estate import Validity
from ordinance.model.receipt import Act
from ordinance.operations import airlock_prepare
from ordinance.operations.airlock_approving import Answers, approve, asked, put_away, read_answers, template
from ordinance.operations.airlock_log import log_document
from ordinance.operations.airlock_transfers import list_document, packages
from ordinance.operations.workspace import Workspace
from ordinance.store.receipts import read_receipts, receipts_path

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
AI = b"<x Iptc4xmpExt:DigitalSourceType='http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia'/>"


@pytest.fixture(autouse=True)
def second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real second reader has tests of its own."""
    monkeypatch.setattr(airlock_prepare, "check_second", clean)


@pytest.fixture
def body(tmp_path: Path) -> Workspace:
    """The body with one package that waits."""
    found = opened(tmp_path)
    packed(found, [picture(tmp_path)])
    return found


def ids(caught: pytest.ExceptionInfo[PolicyError] | pytest.ExceptionInfo[TransferError]) -> list[str]:
    """The ids of what stopped it."""
    return [issue.id for issue in caught.value.issues]


def acts(body: Workspace) -> list[str]:
    """What receipts tell of, in order."""
    return [str(entry.what) for entry in read_receipts(body.state).entries]


def test_another_person_approves(body: Workspace) -> None:
    """The receipt has the answers, the notes and the digest of the manifest, and nothing of the content."""
    said = approved(body, minors="all_consented", notes={"minors": " forms\n3 and 4 ", "music": "  "})
    entry = read_receipts(body.state).entries[-1]
    assert (entry.what, entry.by) == (Act.APPROVED, OTHER)
    assert entry.said == said
    assert said["answers"] == {**GOOD, "minors": "all_consented"}
    assert said["notes"] == {"minors": "forms 3 and 4"}
    assert said["manifest"] == read_receipts(body.state).entries[0].said["manifest"]
    assert log_document(body)["holds"]


@pytest.mark.parametrize(
    ("by", "found"),
    [(MAKER, "receipt-same-person"), ("P-001", "unknown-person-of-transfer"), ("p-999", "unknown-person-of-transfer")],
)
def test_the_same_person_or_nobody_does_not(by: str, found: str, body: Workspace) -> None:
    """Neither who prepared it, however spelled, nor an id that nobody has."""
    with pytest.raises(PolicyError) as caught:
        approved(body, by=by)
    assert ids(caught) == [found]
    assert acts(body) == ["prepared"]


def test_two_spellings_of_one_id_are_one_person(body: Workspace) -> None:
    """A list in which both spellings stand makes no second person of one."""
    people = (*body.estate.people, replace(body.estate.people[0], id="P-001"))
    estate = replace(body.estate, people=people)
    with pytest.raises(PolicyError) as caught:
        approved(replace(body, estate=estate), by="P-001")
    assert ids(caught) == ["receipt-same-person"]


def test_who_left_does_not(body: Workspace) -> None:
    """People are known on the day on which they act."""
    gone = Validity(date(2024, 1, 1), date(2024, 12, 1))
    people = tuple(replace(p, validity=gone) if p.id == OTHER else p for p in body.estate.people)
    with pytest.raises(PolicyError) as caught:
        approved(replace(body, estate=replace(body.estate, people=people)))
    assert ids(caught) == ["unknown-person-of-transfer"]


def test_every_fault_of_the_answers_is_said(body: Workspace) -> None:
    """What is missing, unknown, refused or unexplained, each with its item; nothing is written."""
    given = {**GOOD, "minors": "minors_without_consent", "place": "agreed", "music": "loud", "mood": "good"}
    del given["people"]
    with pytest.raises(PolicyError) as caught:
        approve(body, TRANSFER, Answers(given, {}), by=OTHER, at=AT)
    assert sorted(ids(caught)) == sorted(
        ["answer-missing", "answer-refuses", "answer-without-note", "answer-unknown", "answer-not-asked"]
    )
    assert all(issue.hint for issue in caught.value.issues)
    assert acts(body) == ["prepared"]


def test_what_said_ai_needs_the_label(tmp_path: Path) -> None:
    """A file that said so cannot be approved as made by people."""
    body = opened(tmp_path)
    (tmp_path / "ai.jpg").write_bytes(saved(drawn(size=(360, 640)), "jpeg", xmp=AI))
    packed(body, [tmp_path / "ai.jpg"])
    with pytest.raises(PolicyError) as caught:
        approved(body, notes={"ai": "it looks real"})
    assert ids(caught) == ["answer-not-fitting"]
    approved(body, ai="labelled")
    assert acts(body) == ["prepared", "approved"]


def test_another_package_is_not_approved(body: Workspace) -> None:
    """A byte changed since it was prepared stops it, with the file."""
    path = next((packages(body.state) / TRANSFER).glob("*.jpg"))
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(TransferError) as caught:
        approved(body)
    assert ids(caught) == ["package-changed"]
    assert caught.value.issues[0].file == f"{TRANSFER}/{path.name}"
    assert acts(body) == ["prepared"]


def test_receipts_that_were_changed_stop_it(body: Workspace) -> None:
    """Nobody approves on the ground of a book that is not as it was written."""
    path = receipts_path(body.state)
    path.write_bytes(path.read_bytes().replace(MAKER.encode(), b"p-003"))
    with pytest.raises(PolicyError) as caught:
        approved(body)
    assert ids(caught) == ["ledger-broken"]
    with pytest.raises(PolicyError) as caught:
        asked(body, TRANSFER, MAKER, AT)  # who prepared it is nobody's business any more, as the book reads now
    assert ids(caught) == ["ledger-broken"]


def test_declined_or_withdrawn_is_the_end(body: Workspace) -> None:
    """With a reason, and nothing comes after it; a transfer that nobody knows cannot be either."""
    with pytest.raises(PolicyError) as caught:
        put_away(body, TRANSFER, Act.DECLINED, " ", by=OTHER, at=AT)
    assert ids(caught) == ["no-reason"]
    put_away(body, TRANSFER, Act.DECLINED, "a badge can be read", by=OTHER, at=AT)
    assert read_receipts(body.state).entries[-1].reason == "a badge can be read"
    with pytest.raises(PolicyError) as caught:
        approved(body)
    assert ids(caught) == ["receipt-not-next"]
    with pytest.raises(PolicyError) as caught:
        put_away(body, "2024-12-16_ffffffff", Act.WITHDRAWN, "old", by=OTHER, at=AT)
    assert ids(caught) == ["unknown-transfer"]
    (line,) = list_document(body)["transfers"]
    assert (line["transfer"], line["state"], line["by"], line["files"]) == (TRANSFER, "declined", OTHER, 1)


def test_an_empty_file_of_answers_asks_everything(body: Workspace, tmp_path: Path) -> None:
    """Each question with the answers that fit, which stop it, which need a note; read back, nothing is answered."""
    facts = asked(body, TRANSFER, OTHER, AT)[1]
    text = template(facts)
    assert all(item.asks in text for item in checklist())
    assert "minors_without_consent: A minor can be recognised without that consent. (stops it)" in text
    assert "waived" not in text
    (tmp_path / "answers.toml").write_text(text, "utf-8")
    read = read_answers(tmp_path / "answers.toml")
    with pytest.raises(PolicyError) as caught:
        approve(body, TRANSFER, read, by=OTHER, at=AT)
    assert ids(caught) == ["answer-missing"] * len(checklist())
    assert {issue.file for issue in caught.value.issues} == {str(tmp_path / "answers.toml")}


@pytest.mark.parametrize(
    "text", ["", "[answers", "answers = 1", "[answers]\na = 1", "[answers]\n[more]\n", "#" * 200_000, "\xff"]
)
def test_junk_is_no_file_of_answers(text: str, tmp_path: Path) -> None:
    """Said with the file, and a hint where an empty one comes from."""
    (tmp_path / "a.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(PolicyError) as caught:
        read_answers(tmp_path / "a.toml")
    assert ids(caught) == ["answers-unreadable"]
