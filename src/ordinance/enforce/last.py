# SPDX-License-Identifier: EUPL-1.2
"""The last bundle, read again: what a new one is compared with, and what a lift takes back.

Reads the bytes of a manifest and of the list of devices. Everything that is used is checked first; a bundle of an
older form lacks some of it, and what it does not say is `None`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ordinance.enforce.reach import Group, Reach
from ordinance.model.target import ClassSize

DEVICES = "devices.json"
MOST_SERIAL = 4_000_000_000  # 32 bits hold no much larger one


class Stage(StrEnum):
    """For whom a bundle was made."""

    PILOT = "pilot"
    ALL = "all"
    LIFT = "lift"  # for nobody: it takes everything back


@dataclass(frozen=True, slots=True)
class LastArtefact:
    """A file of the last bundle: for which classes each entry was, and which address ranges were left out."""

    target: str
    path: str
    sha256: str
    reach: Reach
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Last:
    """A bundle as its manifest has it. `groups` and `settings` are `None` for one of an older form."""

    body: str
    artefacts: tuple[LastArtefact, ...]
    serials: Mapping[str, int]
    stage: Stage | None = None
    asked: str = ""
    classes: tuple[ClassSize, ...] = ()
    settings: Mapping[str, Mapping[str, str]] | None = None
    groups: tuple[Group, ...] | None = None
    estate_devices: int = 0
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def paths(self) -> frozenset[str]:
        """The files of its artefacts."""
        return frozenset(a.path for a in self.artefacts)


def read_last(manifest: bytes, devices: bytes | None) -> Last:
    """Raises ValueError for what no build wrote: other types, numbers out of range, nested beyond reason."""
    try:
        said = _table(json.loads(manifest))
        digest = _table(said.get("reports", {})).get(DEVICES)
        if devices is not None and digest != f"sha256:{hashlib.sha256(devices).hexdigest()}":
            devices = None  # not the list that was built: it says nothing of this bundle
        return _last(said, json.loads(devices) if devices is not None else None)
    except (TypeError, KeyError, RecursionError, AttributeError) as error:
        raise ValueError(str(error)) from None


def _last(said: Mapping[str, Any], devices: Any) -> Last:
    artefacts = tuple(_artefact(_table(row)) for row in _list(said["artefacts"]))
    serials = {_text(k): _number(v, MOST_SERIAL) for k, v in _table(said["serials"]).items()}
    settings = said.get("settings")
    known = _table(devices) if devices is not None else {}
    for key in ("restrictions", "accepted"):
        _list(said.get(key, []))
    for row in map(_table, _list(said.get("invented", []))):
        _text(row["text"]), _text(row["version"]), [_text(p) for p in _list(row["paths"])]
    for key in ("tool", "at", "notice", "catalogue", "catalogue_digest", "law"):
        _text(said.get(key, ""))
    return Last(
        body=_text(said.get("body", "")),
        artefacts=artefacts,
        serials=serials,
        stage=Stage(said["stage"]) if "stage" in said else None,
        asked=_text(said.get("asked", "")),
        classes=tuple(_class(_table(row)) for row in _list(said.get("classes", []))),
        settings=None if settings is None else {_text(t): _texts(_table(s)) for t, s in _table(settings).items()},
        groups=None if devices is None else tuple(_group(_table(row)) for row in _list(known["groups"])),
        estate_devices=_number(known.get("estate_devices", 0)),
        said={**said, "reports": _texts(_table(said.get("reports", {})))},
    )


def _artefact(row: Mapping[str, Any]) -> LastArtefact:
    entries = [_text(e) for e in _list(row["entries"])]
    groups = [frozenset(map(_text, _list(g))) for g in _list(row.get("for", []))]
    at = [_number(n) for n in _list(row.get("group", []))]
    known = len(at) == len(entries) and all(n < len(groups) for n in at)
    reach = {e: groups[n] for e, n in zip(entries, at, strict=True)} if known else dict.fromkeys(entries, frozenset())
    left_out = tuple(map(_text, _list(row.get("left_out", []))))
    return LastArtefact(_text(row["target"]), _text(row["path"]), _text(row["sha256"]), reach, left_out)


def _class(row: Mapping[str, Any]) -> ClassSize:
    devices = row["devices"]
    return ClassSize(_text(row["id"]), _text(row["facts"]), None if devices is None else _number(devices))


def _group(row: Mapping[str, Any]) -> Group:
    state, devices = _texts(_table(row["state"])), tuple(map(_text, _list(row["devices"])))
    return Group(_text(row["class"]), _text(row["facts"]), state, devices)


def _texts(table: Mapping[str, Any]) -> dict[str, str]:
    return {_text(k): _text(v) for k, v in table.items()}


def _table(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("no table")
    return value


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _number(value: object, most: int | None = None) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0 or (most is not None and value > most):
        raise TypeError("no such number")
    return value
