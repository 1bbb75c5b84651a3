# SPDX-License-Identifier: EUPL-1.2
"""The cases of this room: five results of a check, written by hand, invented throughout."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parent / "cases"


def load(name: str) -> dict[str, Any]:
    """One case, fresh, so that a test may change it."""
    found: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    return found


@pytest.fixture
def case() -> Callable[[str], dict[str, Any]]:
    """Loads a case by name."""
    return load


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `case_name` runs for every case in the folder."""
    if "case_name" in metafunc.fixturenames:
        metafunc.parametrize("case_name", sorted(p.stem for p in CASES.glob("*.json")))
