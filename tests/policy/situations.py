# SPDX-License-Identifier: EUPL-1.2
"""The table of situations, each written out as a body's folder and read back as a law."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from ordinance.model.apps import AppFacts, Catalogue, Category, Family, Member, Surface, Vendor
from ordinance.model.errors import Issue
from ordinance.model.estate import DeviceFacts, People
from ordinance.model.law import Law
from ordinance.model.ruling import DeviceClass, Ruling, Subject
from ordinance.model.time import start_of
from ordinance.policy.exempt import names_device
from ordinance.policy.load import load_law
from ordinance.policy.resolve import class_of, resolve, subject_of
from ordinance.policy.scalars import as_day, as_instant
from ordinance.policy.scope import FLAGS, SHARES, WORDS

FILE = Path(__file__).parent / "situations.yaml"
ZONE = ZoneInfo("Europe/Brussels")
FOLDERS = ("policies", "exemptions", "answers", "classifications", "readings")


@dataclass(frozen=True)
class Situation:
    """One row: its parts as plain texts, mappings and lists."""

    name: str
    row: Mapping[str, Any]
    common: Mapping[str, Any]

    @property
    def expected(self) -> Mapping[str, Any]:
        return self.row["expect"]

    @property
    def body(self) -> str:
        return self.row.get("body", "city")

    def law(self, folder: Path) -> tuple[Law, tuple[Issue, ...]]:
        """The law and its issues, by way of files."""
        authorities = [self.common["authorities"][a] for a in self.row["authorities"]]
        _write(folder / "authorities.yaml", {"authorities": [*authorities, *self.row.get("own_authorities", [])]})
        for name in FOLDERS:
            for number, text in enumerate(self.row.get(name, [])):
                _write(folder / name / f"{number}.yaml", text)
        return load_law(folder, self.body, ZONE, self.catalogue())

    def catalogue(self) -> Catalogue:
        """The invented catalogue of the table, with what a situation adds."""
        parts = [self.common["catalogue"], self.row.get("catalogue", {})]
        families = tuple(_family(f) for p in parts for f in p.get("families", ()))
        vendors = tuple(_vendor(v) for p in parts for v in p.get("vendors", ()))
        return Catalogue("test", "test", families, vendors)

    def who(self, law: Law) -> DeviceClass:
        """What is asked about."""
        ask = self.row["ask"]
        for subject in (Subject.NETWORK, Subject.PLACE, Subject.ACCOUNT):
            if subject in ask:
                return subject_of(subject, ask[subject], self.body)
        people = People(ask["people"]) if "people" in ask else None
        named = [e.id for e in law.exemptions if names_device(e, ask.get("id", "asked"))]
        return class_of(_facts(ask["device"]), people, self.body, named)

    def ruling(self, law: Law) -> Ruling:
        """What is ruled."""
        ask = self.row["ask"]
        text = ask["at"]
        at = start_of(as_day(text), ZONE) if len(text) == 10 else as_instant(text, ZONE)
        return resolve(law, self.who(law), self._app(law), Surface(ask["surface"]), at)

    def _app(self, law: Law) -> AppFacts:
        ask = self.row["ask"]
        stated = {k: ask[k] for k in ("edition", "deployment", "contract") if k in ask}
        return replace(law.catalogue.facts(ask["app"]), **stated)


@cache
def situations() -> tuple[Situation, ...]:
    """Every row of the table."""
    table = yaml.load(FILE.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506  # makes texts, lists and mappings only
    return tuple(Situation(row["name"], row, table["common"]) for row in table["situations"])


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")  # JSON is YAML


def _facts(stated: Mapping[str, str]) -> DeviceFacts:
    found: dict[str, Any] = {}
    for fact, value in stated.items():
        if fact in WORDS:
            found[fact] = WORDS[fact](value)
        elif fact in SHARES:
            found[fact] = int(value)
        else:
            assert fact in FLAGS, fact
            found[fact] = {"yes": True, "no": False}[value]
    return DeviceFacts(**found)


def _family(row: Mapping[str, Any]) -> Family:
    categories = frozenset(Category(c) for c in row["categories"]) if "categories" in row else None
    members = tuple(_member(m) for m in row["members"])
    succeeds = frozenset(row.get("succeeds", ()))
    vendor = row.get("vendor", "")
    return Family(row["id"], row["id"], vendor, members, vendor_id=vendor, categories=categories, succeeds=succeeds)


def _member(row: str | Mapping[str, str]) -> Member:
    if isinstance(row, str):
        return Member(row, row, ())
    return Member(row["id"], row["id"], (), deployment=row["deployment"])


def _vendor(row: Mapping[str, Any]) -> Vendor:
    return Vendor(row["id"], row["id"], frozenset(row["origins"]), frozenset(row.get("part_of", ())))
