# SPDX-License-Identifier: EUPL-1.2
"""`apps lint`: the files of a catalogue, be it the shipped one or one that somebody is working on. Writes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ordinance.catalogue.lint import lint_folder
from ordinance.catalogue.load import DATA
from ordinance.model.errors import Issue
from ordinance.operations.apps_import import popular_names


def lint_catalogue(folder: Path | None, day: date, popular: Path | None) -> tuple[str, tuple[Issue, ...]]:
    """What it is called, and its warnings. Raises PolicyError with every fault of a catalogue that does not load."""
    names = popular_names(popular) if popular else ()
    catalogue, issues = lint_folder(folder or DATA, day, names)
    return f"catalogue {catalogue.version}", issues
