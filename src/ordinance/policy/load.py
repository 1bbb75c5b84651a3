# SPDX-License-Identifier: EUPL-1.2
"""The law of a body: its own files, and what of the library reaches it or is named by it, read once.

Reads: `authorities.yaml`, `policies/`, `exemptions/`, `answers/`, `classifications/`, `readings/` and `evaluations/`
of a body's folder, and the shipped library. Writes nothing. Adopted clauses are copied in here, so that what resolves
is plain clauses.
"""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from ordinance.model.apps import Catalogue
from ordinance.model.errors import Issue
from ordinance.model.law import Answer, Authority, ChosenReading, Classification, Exemption, Law, Text
from ordinance.model.scenario import Scenario
from ordinance.policy.adopt import with_adopted
from ordinance.policy.files import AUTHORITIES, not_read, passed_over, read_authorities, read_files
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.policy.read import read_answer, read_classification, read_exemption, read_reading
from ordinance.policy.read_evaluation import read_evaluation
from ordinance.policy.read_scenario import read_scenarios
from ordinance.policy.read_text import read_text
from ordinance.policy.shipped import authorities as shipped_authorities
from ordinance.policy.shipped import shelf

FOLDERS = ("policies", "exemptions", "answers", "classifications", "readings", "evaluations")
TESTS = "tests"
T = TypeVar("T")


def load_law(
    folder: Path,
    body: str,
    zone: ZoneInfo,
    catalogue: Catalogue | None = None,
    institutions: Iterable[str] = (),
) -> tuple[Law, tuple[Issue, ...]]:
    """The law as it stands in `folder` for the body of that authority id, and everything wrong with it.

    `catalogue` says what apps are; without it, rules by vendor, category or origin come out unknown.
    `institutions` are others whose devices are judged too, such as those that units of the estate belong to.
    A law with errors is still returned, so that all of them can be shown; it must not be resolved.
    """
    issues: list[Issue] = []
    digest = hashlib.sha256(shelf().digest.encode())
    roots = dict(_roots(folder, issues, digest))
    own = read_authorities(roots.get(AUTHORITIES), shipped_authorities())
    authorities: Mapping[str, Authority] = ChainMap(own, _writable(shipped_authorities()))
    if body not in authorities:
        hint = did_you_mean(body, authorities)
        issues.append(Issue("ordinance.toml", 0, 0, "unknown-authority", f'no authority has the id "{body}"', "", hint))
    texts = [t for t in _read(roots, "policies", lambda root: read_text(root, authorities)) if t is not None]
    exemptions = _read(roots, "exemptions", lambda root: read_exemption(root, zone))
    answers = _read(roots, "answers", read_answer)
    classifications = _read(roots, "classifications", read_classification)
    readings = _read(roots, "readings", read_reading)
    evaluations = _read(roots, "evaluations", read_evaluation)
    judged = {body, *own, *institutions} & authorities.keys()
    names = frozenset(judged).union(*(authorities[i].groups for i in judged))
    wanted = _named(texts, exemptions, answers, classifications, readings)
    every = with_adopted([*texts, *shelf().texts(wanted, names)], issues)
    issues.extend(shelf().issues)
    speaking = {t.authority for t in every} | judged
    law = Law(
        body=body,
        zone=zone,
        authorities=tuple(authorities[k] for k in sorted(speaking | own.keys())),
        texts=tuple(t for t in every if t.kind.rules),
        records=tuple(t for t in every if not t.kind.rules),
        exemptions=exemptions,
        answers=answers,
        classifications=classifications,
        readings=readings,
        evaluations=evaluations,
        digest=f"sha256:{digest.hexdigest()}",
        catalogue=catalogue or Catalogue("", "", ()),
        shipped_ids=shelf().text_ids,
    )
    return law, tuple(sorted(issues))


def load_scenarios(folder: Path, zone: ZoneInfo) -> tuple[tuple[Scenario, ...], tuple[Issue, ...]]:
    """The tests in `tests/` of a body's folder, by file and line, and everything wrong with them.

    They are no law: nothing that is resolved depends on them.
    """
    issues = list(passed_over(folder, folder / TESTS))
    paths = (p for p in sorted((folder / TESTS).glob("*.yaml")) if p.is_file())
    roots = list(read_files(folder, paths, issues, hashlib.sha256()))
    found = tuple(s for _, root in roots for s in read_scenarios(root, zone))
    return found, tuple(sorted(issues))


def _named(
    texts: Iterable[Text],
    exemptions: Iterable[Exemption],
    answers: Iterable[Answer],
    classifications: Iterable[Classification],
    readings: Iterable[ChosenReading],
) -> frozenset[str]:
    """Ids of texts that the body's files name; they are read whether or not they reach it."""
    found = {t.id for t in texts} | {m for t in texts for m in t.mirrors} | {a.text for t in texts for a in t.adopts}
    found |= {name.partition("/")[0] for e in exemptions for name in e.restrictions}
    found |= {a.text for a in answers} | {c.text for c in classifications} | {r.text for r in readings}
    return frozenset(found)


def _writable(known: Mapping[str, Authority]) -> dict[str, Authority]:
    """A mapping that only reads, in the type that ChainMap asks for; nothing is ever written to it."""
    return known  # type: ignore[return-value]  # ChainMap writes to its first mapping only


def _read(roots: Mapping[str, Cursor], folder: str, read: Callable[[Cursor], T | None]) -> tuple[T, ...]:
    """What `read` makes of each file of a folder."""
    found = (read(root) for name, root in roots.items() if name.startswith(f"{folder}/"))
    return tuple(x for x in found if x is not None)


def _roots(folder: Path, issues: list[Issue], digest: hashlib._Hash) -> Iterator[tuple[str, Cursor]]:
    paths = [folder / AUTHORITIES]
    for name in FOLDERS:
        paths.extend(sorted((folder / name).glob("*.yaml")))
        issues.extend(passed_over(folder, folder / name))
    if paths[0].exists() and not paths[0].is_file():
        issues.append(not_read(AUTHORITIES, "a file is read here, and this is none"))
    if not (folder / "policies").is_dir():
        issues.append(Issue("policies", 0, 0, "missing-folder", "there is no folder policies/ with a decision in it"))
    yield from read_files(folder, [p for p in paths if p.is_file()], issues, digest)
