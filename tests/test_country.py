# SPDX-License-Identifier: EUPL-1.2
"""The page that sizes a country counts with what was measured, and nothing in it was written by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "explain" / "country.json"
FORMS = ("zeek_tsv", "zeek_json", "eve", "dnsmasq")


def test_the_tables_are_those_of_the_figures() -> None:
    """Both are made from the JSON, line by line."""
    words = [sys.executable, str(ROOT / "scripts" / "country"), "--page", str(FIGURES)]
    tables = subprocess.run(words, check=True, capture_output=True).stdout.decode()
    page = (ROOT / "docs" / "explain" / "country.md").read_text("utf-8")
    assert tables.count("\n| ") == 9
    assert all(table.strip() in page for table in tables.split("\n\n"))


@pytest.mark.parametrize("form", FORMS)
def test_what_was_measured_was_right(form: str) -> None:
    """Each check of what was kept said what the check of the logs said, and something was found."""
    runs = json.loads(FIGURES.read_text("utf-8"))["runs"]
    assert [run["records"] for run in runs] == sorted(run["records"] for run in runs)
    assert all(run[form]["equal"] and run[form]["made"]["hits"] > 300 for run in runs)
    assert runs[-1]["records"] >= 4_000_000


def test_five_thousand_millions_by_hand() -> None:
    """Zeek's tables: 6.41 s for four million records, so 2.2 hours of one core for five billion."""
    page = (ROOT / "docs" / "explain" / "country.md").read_text("utf-8")
    read = json.loads(FIGURES.read_text("utf-8"))["runs"][-1]["zeek_tsv"]["read"]["cpu_s"]
    assert f"| Zeek, table | {read / 4 * 5000 / 3600:.1f} | 3 |" in page
