# SPDX-License-Identifier: EUPL-1.2
"""The highest version number that each target's files were ever given, and of which content it was.

Writes and reads `numbers.json` in a body's state. Whoever loads a zone passes over one whose number did not rise: the
same number never stands for two contents, in whatever folder they were built.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ordinance.model.target import Numbered
from ordinance.store.files import write_file

FILE = "numbers.json"
MOST_NUMBER = 4_000_000_000  # 32 bits hold no much larger one


def numbers_given(state: Path) -> Mapping[str, Numbered]:
    """By target. A file that is damaged or missing says nothing: bundles that stand have their numbers too."""
    try:
        said = json.loads((state / FILE).read_bytes())
        rows = [(str(target), int(row["number"]), str(row["sha256"])) for target, row in said.items()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {target: Numbered(number, sha256) for target, number, sha256 in rows if 0 <= number <= MOST_NUMBER}


def remember_numbers(state: Path, given: Mapping[str, Numbered]) -> None:
    """Write down what was given now; of a target with a higher number already, that stays."""
    known = dict(numbers_given(state))
    for target, one in given.items():
        if one.number >= known.get(target, one).number:
            known[target] = one
    rows = {target: {"number": one.number, "sha256": one.sha256} for target, one in sorted(known.items())}
    write_file(state / FILE, (json.dumps(rows, indent=1) + "\n").encode())
