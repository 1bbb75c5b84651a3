# SPDX-License-Identifier: EUPL-1.2
"""Probes that were kept: what a resolver did with names at a moment, for later checks.

Writes and reads `probes/` in a body's state, a file each. No person and no device is in one. Everything that is used is
checked first: a file that no probe wrote stops who reads it, so that a damaged one never looks like a clean one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ordinance.model.apps import Surface
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.probe import ProbeFinding, ProbeRecord
from ordinance.model.result import FindingKind
from ordinance.store.files import write_file

FOLDER = "probes"
MOST_BYTES = 20_000_000
MOST_LETTERS = 500  # of an id or a name
_NAME = re.compile(r"[0-9]{8}T[0-9]{4}Z-[0-9a-f]{12}\.json")
_KINDS = frozenset({FindingKind.CONTROL_INEFFECTIVE, FindingKind.LEFTOVER})


def write_probe(state: Path, document: Mapping[str, Any]) -> Path:
    """Keep a probe's document; one of the same minute, resolver and target takes its place."""
    at = datetime.fromisoformat(document["as_of"]).astimezone(UTC)
    whom = hashlib.sha256(repr((document["target"], document["resolver"])).encode()).hexdigest()[:12]
    path = state / FOLDER / f"{at:%Y%m%dT%H%MZ}-{whom}.json"
    write_file(path, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    return path


def read_probes(state: Path) -> tuple[ProbeRecord, ...]:
    """Every probe that was kept. Raises PolicyError (`bad-probe-record`) with every file that is none."""
    found, issues = [], []
    for path in sorted((state / FOLDER).glob("*.json")):
        name = f"{state.name}/{FOLDER}/{path.name}"
        try:
            found.append(_record(path, name))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            hint = "restore it from a backup, or move it away: the check then goes without it"
            why = f"this is no record of a probe: {error}"
            issues.append(Issue(name, 0, 0, "bad-probe-record", why, "nothing was checked", hint))
    if issues:
        raise PolicyError(issues)
    return tuple(found)


def _record(path: Path, name: str) -> ProbeRecord:
    if not _NAME.fullmatch(path.name):
        raise ValueError("its name is not one that a probe gives")
    with path.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES:,} bytes")
    try:
        said = json.loads(content)
    except ValueError:
        raise ValueError("it is not JSON") from None
    if not isinstance(said, dict) or not isinstance(said.get("findings"), list):
        raise TypeError("it has no findings")
    at = datetime.fromisoformat(_text(said, "as_of"))
    if at.tzinfo is None or f"{at.astimezone(UTC):%Y%m%dT%H%MZ}" != path.name.partition("-")[0]:
        raise ValueError("its name and its `as_of` are of two instants")
    return ProbeRecord(
        file=name,
        sha256=f"sha256:{hashlib.sha256(content).hexdigest()}",
        at=at,
        target=_text(said, "target"),
        resolver=_text(said, "resolver"),
        findings=tuple(map(_finding, said["findings"])),
        decided=said.get("exit_code") in (0, 1) and not said.get("not_asked"),
    )


def _finding(row: object) -> ProbeFinding:
    if not isinstance(row, dict):
        raise TypeError("a finding is no table")
    kind, count = FindingKind(_text(row, "kind")), row.get("count")
    if kind not in _KINDS:
        raise ValueError(f"a finding of a probe is not {kind.value!r}")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ValueError("a finding counts no names")
    surface = _perhaps(row, "surface")
    return ProbeFinding(
        kind=kind,
        restriction=_perhaps(row, "restriction"),
        family=_perhaps(row, "family"),
        member=_perhaps(row, "member"),
        surface=None if surface is None else Surface(surface),
        count=count,
        reason=_text(row, "reason"),
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= MOST_LETTERS:
        raise ValueError(f"`{key}` is no text")
    return value


def _perhaps(row: Mapping[str, Any], key: str) -> str | None:
    return None if row.get(key) is None else _text(row, key)
