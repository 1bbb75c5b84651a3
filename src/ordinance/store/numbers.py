# SPDX-License-Identifier: EUPL-1.2
"""The highest version number that each target's files were ever given, and of which content it was.

Writes and reads `numbers.json` in a body's state. Whoever loads a zone passes over one whose number did not rise: the
same number never stands for two contents, in whatever folder they were built.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ordinance.model.target import Numbered
from ordinance.store.files import write_file

FILE = "numbers.json"
MOST_NUMBER = 4_000_000_000  # 32 bits hold no much larger one


def numbers_given(state: Path) -> Mapping[str, Numbered]:
    """By target. A row that is damaged or missing says nothing: bundles that stand have their numbers too."""
    try:
        said = json.loads((state / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    rows = said.items() if isinstance(said, dict) else ()
    return {target: one for target, row in rows if (one := _numbered(row)) is not None}


def _numbered(row: Any) -> Numbered | None:
    try:
        number, sha256 = row["number"], row["sha256"]
    except (KeyError, TypeError):
        return None
    is_sound = isinstance(number, int) and 0 <= number <= MOST_NUMBER and isinstance(sha256, str)
    return Numbered(number, sha256) if is_sound else None


def remember_numbers(state: Path, given: Mapping[str, Numbered]) -> None:
    """Write down what was given now; of a target with a higher number already, that stays."""
    known = dict(numbers_given(state))
    for target, one in given.items():
        if one.number >= known.get(target, one).number:
            known[target] = one
    rows = {target: {"number": one.number, "sha256": one.sha256} for target, one in sorted(known.items())}
    write_file(state / FILE, (json.dumps(rows, indent=1) + "\n").encode())
