# SPDX-License-Identifier: EUPL-1.2
"""Rulings for an estate too large for a list of devices: facts as columns in, rulings per class out, as Parquet.

Reads: the law, a file of device facts as they stand at one instant (`store.columns`). Writes a folder:

- `devices.parquet`: device → class
- `classes/*.parquet`: class → its facts, and for each column the number of its verdict (`verdicts`)
- `questions.parquet`: app and surface → column; what no class can tell apart shares one
- `verdicts.parquet`: verdict → outcome, deciding clause, exemption, missing facts, duties with their instants

`RULINGS` joins them for whoever wants rows; a join from a few devices first is fast, a device is never put beside an
app on disk. Reasons are not stored: `explain` gives them for the one device that somebody asks about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from ordinance.model.errors import Issue, SourceError
from ordinance.model.estate import People
from ordinance.model.law import Law
from ordinance.model.ruling import DueDuty
from ordinance.policy.alike import FACTS, alike
from ordinance.policy.compiled import CompiledLaw
from ordinance.policy.exempt import BLANKET
from ordinance.policy.scope import SHARES, WORDS
from ordinance.policy.verdicts import MOST_KEPT, ROW, Question, Verdict, Verdicts
from ordinance.store.columns import EstateColumns
from ordinance.store.files import new_folder

CHUNK = 50_000  # classes at a time
MEMORY_MB = 400  # for the engine; what we keep besides is bounded by CHUNK and by what the law tells apart
RULINGS = """
SELECT d.device, q.app, q.surface, v.* EXCLUDE (verdict)
FROM 'devices.parquet' d JOIN 'classes/*.parquet' c USING (class) CROSS JOIN 'questions.parquet' q
JOIN 'verdicts.parquet' v ON v.verdict = c.verdicts[q."column" + 1]
"""


@dataclass(frozen=True, slots=True)
class Ruled:
    """How much was ruled on: a decision is one device, app and surface."""

    devices: int
    classes: int
    questions: int
    verdicts: int

    @property
    def decisions(self) -> int:
        """Every device, app and surface."""
        return self.devices * self.questions


def rule_estate(
    law: Law, facts: Path, at: datetime, questions: Sequence[Question], folder: Path, memory_mb: int = MEMORY_MB
) -> Ruled:
    """Rule on each device of a file for each app and surface, and write the result in the place of `folder`.

    Raises SourceError for a file that cannot be read, a device that is there twice, and a word that no fact knows.
    """
    verdicts = Verdicts(CompiledLaw(law, at), questions)
    sets, numbers = _exemptions(law)
    exemptions = tuple(numbers)
    with new_folder(folder) as aside, EstateColumns(facts, ROW, sets, aside / "away", memory_mb) as estate:
        read = [_reading(law, estate, name, facts) for name in ROW]
        (aside / "classes").mkdir()
        for part, first in enumerate(range(0, estate.classes, CHUNK)):
            lists = []
            for *words, named in estate.rows(first, CHUNK):
                row = tuple([meant[word] for meant, word in zip(read, words, strict=True)])
                lists.append(_written(verdicts.of(row, exemptions[named])))
            estate.write_classes(aside / "classes" / f"{part:05}.parquet", first, lists)
        estate.write_devices(aside / "devices.parquet")
        _write_questions(estate, aside / "questions.parquet", verdicts)
        _write_verdicts(estate, aside / "verdicts.parquet", verdicts.verdicts)
        return Ruled(estate.devices, estate.classes, len(questions), len(verdicts.verdicts))


def exemption_sets(law: Law) -> tuple[tuple[str, ...], ...]:
    """Each set of exemptions that some device is named by, as sorted ids; at 0 those that name every device."""
    return tuple(_exemptions(law)[1])


def _exemptions(law: Law) -> tuple[dict[str, int], dict[tuple[str, ...], int]]:
    """Device → number of its set of exemptions, for those that are named; set → number."""
    everybody = {e.id for e in law.exemptions if BLANKET in e.devices}
    by_device: dict[str, set[str]] = {}
    for exemption in law.exemptions:
        for device in exemption.devices - {BLANKET}:
            by_device.setdefault(device, set(everybody)).add(exemption.id)
    numbers = {tuple(sorted(everybody)): 0}
    devices = {d: numbers.setdefault(tuple(sorted(by_device[d])), len(numbers)) for d in sorted(by_device)}
    return devices, numbers


def _reading(law: Law, estate: EstateColumns, name: str, file: Path) -> dict[str | None, Any]:
    """What each word of a column means; values that no clause tells apart mean the same."""
    meant = {word: meaning(law, name, word, file) for word in estate.words(name)}
    if name not in FACTS:
        return meant
    clauses = [r for t in law.texts for r in t.restrictions]
    first = alike(clauses, name, sorted({*meant.values()}, key=lambda v: (v is not None, v)))
    return {word: first[value] for word, value in meant.items()}


def meaning(law: Law, name: str, word: str | None, file: Path) -> Any:
    """What a word in a column means. Raises SourceError for one that the column does not know."""
    if word is None:
        return law.body if name == "institution" else None
    if name == "institution":
        return word
    if name in SHARES:
        if word.isascii() and word.isdigit() and int(word) <= 100:
            return int(word)
        raise _unknown(file, name, word, "a whole number from 0 to 100")
    words = _words(name)
    if word not in words:
        raise _unknown(file, name, word, ", ".join(words))
    return words[word]


def _words(name: str) -> dict[str, Any]:
    kinds: dict[str, type[StrEnum]] = {**WORDS, "people": People}
    if name in kinds:
        return {str(w): w for w in kinds[name]}
    return {"yes": True, "true": True, "no": False, "false": False}


def _unknown(file: Path, name: str, word: str, expected: str) -> SourceError:
    return SourceError([Issue(str(file), 0, 0, "bad-value", f'{name} is "{word}"', "", f"it must be {expected}")])


@lru_cache(MOST_KEPT)
def _written(numbers: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, numbers))}]"


def _write_questions(estate: EstateColumns, path: Path, verdicts: Verdicts) -> None:
    asked = verdicts.columns
    estate.write_table(
        path,
        {
            "app": ("VARCHAR", [app for app, _ in asked]),
            "surface": ("VARCHAR", [str(surface) for _, surface in asked]),
            "column": ("USMALLINT", list(asked.values())),
        },
    )


def _write_verdicts(estate: EstateColumns, path: Path, found: Sequence[Verdict]) -> None:
    duties = [[_duty(d) for d in v.duties] for v in found]
    estate.write_table(
        path,
        {
            "verdict": ("UINTEGER", range(len(found))),
            "outcome": ("VARCHAR", [str(v.outcome) for v in found]),
            "deciding": ("VARCHAR", [v.deciding for v in found]),
            "exemption": ("VARCHAR", [v.exemption for v in found]),
            "missing": ("VARCHAR[]", [list(v.missing) for v in found]),
            "duties": ("STRUCT(duty VARCHAR, clause VARCHAR, due VARCHAR)[]", duties),
        },
    )


def _duty(duty: DueDuty) -> dict[str, str]:
    return {"duty": str(duty.duty), "clause": duty.restriction, "due": duty.due.isoformat()}
