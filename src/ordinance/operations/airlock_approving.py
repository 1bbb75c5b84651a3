# SPDX-License-Identifier: EUPL-1.2
"""`airlock approve`: another person looked at a package and answers every question, or declines it; and `withdraw`.

Reads a package, its receipts and a file of answers; writes one receipt, with the answers, their notes and the digest of
the manifest. Nothing of the package's content goes into it.

Cannot know whether the answers are true, nor whether two ids are two people: it knows that they are two ids of the
body's own list.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ordinance.airlock.checklist import AnswerFault, Item, checklist, judge_answers
from ordinance.airlock.package import Manifest
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.receipt import Act
from ordinance.operations.airlock_transfers import (
    NOTHING,
    digest_of,
    known_person,
    reason_of,
    require_turn,
    still_in_turn,
    transfer_of,
    whole_package,
)
from ordinance.operations.workspace import Workspace
from ordinance.store.receipts import append

_MOST_BYTES = 100_000
_SAYS = {
    AnswerFault.MISSING: "is not answered",
    AnswerFault.UNKNOWN: "has no such answer",
    AnswerFault.NOT_ASKED: "is not asked",
    AnswerFault.NOT_FITTING: "has an answer that does not fit this package",
    AnswerFault.NO_NOTE: "has an answer that needs a word of explanation",
    AnswerFault.LONG_NOTE: "has a note that is too long",
    AnswerFault.REFUSES: "has an answer with which nothing goes out",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, by item, with notes; `file` is where it stands."""

    given: Mapping[str, str]
    notes: Mapping[str, str]
    file: str = "--answers"


def asked(workspace: Workspace, transfer: str, by: str, at: datetime) -> tuple[Manifest, dict[str, str]]:
    """The package that this person may approve now, and what the answers hang on.

    Raises PolicyError where it is not their turn, TransferError where the package is not what was prepared.
    """
    known_person(workspace, by, at)
    found = transfer_of(workspace, transfer)
    require_turn(found, Act.APPROVED, by)
    manifest = whole_package(workspace, found)
    return manifest, facts_of(manifest)


def facts_of(manifest: Manifest) -> dict[str, str]:
    """What a manifest says that answers hang on."""
    return {"captions": str(manifest.captions), "ai_label": str(manifest.ai_label)}


def approve(workspace: Workspace, transfer: str, answers: Answers, *, by: str, at: datetime) -> dict[str, Any]:
    """Write the receipt `approved`; what it says.

    Raises PolicyError with every answer that does not do, and as `asked` does. Then nothing is written.
    """
    manifest, facts = asked(workspace, transfer, by, at)
    notes = {name: " ".join(note.split()) for name, note in answers.notes.items() if note.strip()}
    if faults := judge_answers(answers.given, notes, facts):
        raise PolicyError([_issue(answers, name, fault, facts) for name, fault in faults])
    said = {
        "transfer": transfer,
        "manifest": manifest.digest,
        "answers": {item.id: answers.given[item.id] for item in checklist()},
        "notes": notes,
    }
    turn = still_in_turn(workspace, transfer, Act.APPROVED, by)
    append(workspace.state, Act.APPROVED, at, by=by, said=said, unless=turn)
    return said


def put_away(workspace: Workspace, transfer: str, act: Act, reason: str, *, by: str, at: datetime) -> dict[str, Any]:
    """Write the receipt `declined` or `withdrawn`, with the reason. Raises PolicyError as `approve` does."""
    known_person(workspace, by, at)
    found = transfer_of(workspace, transfer)
    require_turn(found, act, by)
    said = {"transfer": transfer, "manifest": digest_of(found)}
    turn = still_in_turn(workspace, transfer, act, by)
    append(workspace.state, act, at, by=by, said=said, reason=reason_of(reason, "--reason"), unless=turn)
    return said


def read_answers(path: Path) -> Answers:
    """The answers of a file. Raises PolicyError where it cannot be read as one, OSError where not at all."""
    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    try:
        said = tomllib.loads(raw.decode()) if len(raw) <= _MOST_BYTES else {}
        given, notes = said["answers"], said.get("notes", {})
        texts = [*given.values(), *notes.values()]
        sound = said.keys() <= {"answers", "notes"} and all(isinstance(text, str) for text in texts)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError, RecursionError):
        sound = False
    if not sound:
        message, hint = "it is no file of answers", "`ordinance airlock approve --template` writes an empty one"
        raise PolicyError([Issue(str(path), 0, 0, "answers-unreadable", message, NOTHING, hint)])
    return Answers(given, notes, str(path))


def template(facts: Mapping[str, str]) -> str:
    """An empty file of answers, each question with the answers that fit the package."""
    return "\n".join(["[answers]", *_lines(facts), "[notes]", *(f'{item.id} = ""' for item in checklist()), ""])


def _lines(facts: Mapping[str, str]) -> Iterator[str]:
    for item in checklist():
        yield f"# {item.asks}"
        for answer in item.fitting(facts):
            note = " (needs a note)" if item.needs_note(answer, facts) else ""
            stops = " (stops it)" if answer.refuses else ""
            yield f"#   {answer.id}: {answer.says}{note}{stops}"
        yield f'{item.id} = ""'
        yield ""


def _issue(answers: Answers, name: str, fault: AnswerFault, facts: Mapping[str, str]) -> Issue:
    item = next((item for item in checklist() if item.id == name), None)
    message = f'"{name}" {_SAYS[fault]}' if item else f"an item {_SAYS[fault]}"
    return Issue(answers.file, 0, 0, str(fault), message, NOTHING, _hint(item, fault, facts))


def _hint(item: Item | None, fault: AnswerFault, facts: Mapping[str, str]) -> str:
    if item is None:
        return f"there are {', '.join(one.id for one in checklist())}"
    if fault is AnswerFault.REFUSES:
        return "decline it with --decline, and have it made differently"
    if fault in (AnswerFault.NO_NOTE, AnswerFault.LONG_NOTE):
        return f"say in [notes] why, in a sentence: {item.asks}"
    return f"{item.asks} One of: {', '.join(answer.id for answer in item.fitting(facts))}"
