# SPDX-License-Identifier: EUPL-1.2
"""The facts of the enforceability sheet, as they ship: which means works on which device, and which document says so.

Reads `enforce/data/enforceability.toml`. Strict: an unknown key, a word that the model does not have, or a fact without
a document stops it. Cannot know whether a document has changed since somebody read it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from ordinance.model.apps import Surface
from ordinance.model.enforceability import Act, Connection, Document, Fact, Meeting, Says
from ordinance.model.estate import Enrolment, Owner, Platform
from ordinance.model.evidence import EvidenceKind

DATA = files("ordinance.enforce") / "data" / "enforceability.toml"
_WORDS = frozenset({"id", "act", "says", "meeting", "by", "how", "but"})
_SETS = frozenset({"platforms", "enrolments", "owners", "surfaces", "connections", "targets", "cites"})
_KEYS = _WORDS | _SETS | {"evidence", "definition"}

_Word = TypeVar("_Word", bound=StrEnum)


@cache
def shipped_facts() -> tuple[Fact, ...]:
    """Every fact that ships. ValueError or KeyError for a file that is not as it must be: our fault."""
    return read_facts(DATA.read_text("utf-8"))


def read_facts(text: str) -> tuple[Fact, ...]:
    """The facts of a file, in its order. Raises ValueError or KeyError where it is not as it must be."""
    data = tomllib.loads(text)
    if unknown := data.keys() - {"documents", "fact"}:
        raise ValueError(f"{', '.join(sorted(unknown))} means nothing in this file")
    documents = {name: Document(id=name, **row) for name, row in data["documents"].items()}
    facts = tuple(_fact(row, documents) for row in data["fact"])
    ids = [f.id for f in facts]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise ValueError(f"several facts are called {', '.join(twice)}")
    if unused := documents.keys() - {d.id for f in facts for d in f.cites}:
        raise ValueError(f"no fact cites {', '.join(sorted(unused))}")
    return facts


def _fact(row: Mapping[str, Any], documents: Mapping[str, Document]) -> Fact:
    name = row["id"]
    if unknown := row.keys() - _KEYS:
        raise ValueError(f"{name}: {', '.join(sorted(unknown))} means nothing in a fact")
    if empty := [key for key in _SETS & row.keys() if not row[key]]:
        raise ValueError(f"{name}: {', '.join(sorted(empty))} is empty, which would mean any")
    if bool(row.get("cites")) == bool(row.get("definition")):
        raise ValueError(f"{name} either cites a document, or follows from the words themselves")
    says, act = Says(row["says"]), Act(row["act"])
    if says is not Says.CAN and (row.get("targets") or row.get("evidence")):
        raise ValueError(f"{name}: what does not work is neither set nor seen by anything")
    if says is Says.CAN and (act is Act.DETECT) != ("evidence" in row):
        raise ValueError(f"{name}: the kind of evidence stands where something is detected, and nowhere else")
    return Fact(
        id=name,
        act=act,
        says=says,
        meeting=Meeting(row["meeting"]),
        by=row["by"],
        how=row["how"],
        but=row.get("but", ""),
        platforms=_words(row, "platforms", Platform),
        enrolments=_words(row, "enrolments", Enrolment),
        owners=_words(row, "owners", Owner),
        surfaces=_words(row, "surfaces", Surface),
        connections=_words(row, "connections", Connection),
        targets=frozenset(row.get("targets", ())),
        evidence=EvidenceKind(row["evidence"]) if "evidence" in row else None,
        cites=tuple(documents[c] for c in row.get("cites", ())),
    )


def _words(row: Mapping[str, Any], key: str, kind: type[_Word]) -> frozenset[_Word]:
    return frozenset(kind(word) for word in row.get(key, ()))
