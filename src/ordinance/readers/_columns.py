# SPDX-License-Identifier: EUPL-1.2
"""Columns of inventory exports: presets, a body's own mapping, and the cells of a row under them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ordinance.model.apps import Kind
from ordinance.model.body import SourceSettings
from ordinance.model.errors import Issue, SourceError

# Our column → the export's. Intune: Microsoft Learn, "Intune reports and properties available using Graph
# API", report AppInvRawData; it has neither an app id nor a date.
PRESETS: Mapping[str, Mapping[str, str]] = {
    "ordinance": {
        "device": "device",
        "app_id": "app_id",
        "app_name": "app_name",
        "publisher": "publisher",
        "platform": "platform",
        "seen": "seen",
        "device_id": "device_id",
    },
    "intune": {
        "device": "DeviceName",
        "app_name": "ApplicationName",
        "publisher": "ApplicationPublisher",
        "platform": "Platform",
        "device_id": "DeviceId",
    },
}
COLUMNS = ("device", "app_id", "app_id_kind", "app_name", "publisher", "platform", "seen", "device_id")


_KINDS = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row that are looked at, in the order of COLUMNS; empty where the file has no such column."""

    device: str
    app_id: str
    app_id_kind: str
    app_name: str
    publisher: str
    platform: str
    seen: str
    device_id: str


class Header:
    """The first line of a file. `row` reads the others under it."""

    def __init__(self, line: str, wanted: Mapping[str, str], must: Sequence[str]) -> None:
        names = [cell.strip() for cell in cells_of(line) or []]
        self._width = len(names)
        places = {ours: names.index(theirs) for ours, theirs in wanted.items() if theirs in names}
        self._cells = [places.get(column) for column in COLUMNS]
        self.has_ids = "app_id" in places
        told = "device" in places and ("app_id" in places or "app_name" in places)
        self._is_usable = told and set(must) <= set(names)

    def row(self, line: str) -> Row | str:
        """The cells of a line, or the reason why it is no row."""
        cells = cells_of(line)
        if not self._is_usable:
            return "missing-column"
        if cells is None:
            return "bad-csv"
        if len(cells) != self._width:
            return "missing-field" if len(cells) < self._width else "too-many-fields"
        row = Row(*["" if place is None else cells[place].strip() for place in self._cells])
        if not row.device:
            return "no-device"
        return "bad-kind" if row.app_id_kind and row.app_id_kind not in _KINDS else row


def columns(settings: SourceSettings) -> Mapping[str, str]:
    """Our column → the file's: the source's own mapping over its preset (without both: `ordinance`).

    Raises SourceError (`unknown-preset`, `unknown-column`) where the settings name something else.
    """
    preset = settings.preset if settings.preset is not None else "ordinance"
    issues, source = [], f"source {settings.id!r}"
    if preset not in PRESETS:
        issues.append(unknown_word("unknown-preset", f"{source}: no preset is called {preset!r}", PRESETS))
    for column in sorted(set(settings.columns) - set(COLUMNS)):
        issues.append(unknown_word("unknown-column", f"{source}: no column is called {column!r}", COLUMNS))
    if issues:
        raise SourceError(issues)
    if settings.preset is None and settings.columns:
        return dict(settings.columns)
    return {**PRESETS[preset], **settings.columns}


def unknown_word(issue_id: str, message: str, known: Mapping[str, object] | Sequence[str]) -> Issue:
    """A word of a source's settings that none of the known ones is."""
    hint = "one of: " + ", ".join(known)
    return Issue("ordinance.toml", 0, 0, issue_id, message, "the inventory cannot be read", hint)


def cells_of(line: str) -> list[str] | None:
    """The cells of one line, or `None` where its quotes do not close."""
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return None
