# SPDX-License-Identifier: EUPL-1.2
"""What is asked of who approves a package, and whether the answers let it go out.

Reads `airlock/data/checklist.toml`: items, each with a closed set of answers. Pure otherwise. Cannot know whether an
answer is true; it knows whether one is missing, does not fit the package, needs a word of explanation or refuses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

DATA = files("ordinance.airlock") / "data" / "checklist.toml"
MOST_NOTE = 300  # characters


class AnswerFault(StrEnum):
    """Why an answer does not do."""

    MISSING = "answer-missing"
    UNKNOWN = "answer-unknown"
    NOT_ASKED = "answer-not-asked"
    NOT_FITTING = "answer-not-fitting"
    NO_NOTE = "answer-without-note"
    LONG_NOTE = "answer-note-too-long"
    REFUSES = "answer-refuses"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of an item: see the head of the data file."""

    id: str
    says: str
    refuses: bool = False
    note: bool = False
    only_if: frozenset[str] = frozenset()
    note_if: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `fact` is the field of the manifest that its answers hang on, or empty."""

    id: str
    asks: str
    answers: tuple[Answer, ...]
    fact: str = ""

    def fitting(self, facts: Mapping[str, str]) -> tuple[Answer, ...]:
        """The answers that may be given for a package of which the manifest says `facts`."""
        said = facts.get(self.fact, "")
        return tuple(a for a in self.answers if not a.only_if or said in a.only_if)

    def needs_note(self, answer: Answer, facts: Mapping[str, str]) -> bool:
        """Whether an answer needs a word of explanation."""
        return answer.note or facts.get(self.fact, "") in answer.note_if


@cache
def checklist() -> tuple[Item, ...]:
    """Every item, in the order in which they are asked."""
    return tuple(map(_item, tomllib.loads(DATA.read_text("utf-8"))["item"]))


def judge_answers(
    given: Mapping[str, str], notes: Mapping[str, str], facts: Mapping[str, str]
) -> tuple[tuple[str, AnswerFault], ...]:
    """Every item that stops the package, with the reason. `facts` are those of the manifest: captions and AI."""
    found: list[tuple[str, AnswerFault]] = []
    items = {item.id: item for item in checklist()}
    for item in items.values():
        fault = _fault(item, given.get(item.id), notes.get(item.id, ""), facts)
        found += [(item.id, fault)] if fault else []
    found += [(name, AnswerFault.NOT_ASKED) for name in sorted({*given, *notes} - items.keys())]
    return tuple(found)


def _fault(item: Item, said: str | None, note: str, facts: Mapping[str, str]) -> AnswerFault | None:
    if not said:
        return AnswerFault.MISSING
    answer = next((a for a in item.answers if a.id == said), None)
    if answer is None:
        return AnswerFault.UNKNOWN
    if answer.refuses:
        return AnswerFault.REFUSES
    if answer not in item.fitting(facts):
        return AnswerFault.NOT_FITTING
    if len(note) > MOST_NOTE:
        return AnswerFault.LONG_NOTE
    return AnswerFault.NO_NOTE if item.needs_note(answer, facts) and not note.strip() else None


def _item(row: Mapping[str, Any]) -> Item:
    """An item from its row; the file ships with the program: what is wrong in it is a KeyError or TypeError."""
    answers = tuple(
        Answer(**{**a, "only_if": frozenset(a.get("only_if", ())), "note_if": frozenset(a.get("note_if", ()))})
        for a in row["answers"]
    )
    return Item(row["id"], row["asks"], answers, row.get("fact", ""))
