# SPDX-License-Identifier: EUPL-1.2
"""What each target writes for a few plans, byte for byte, as a person approved it.

`cases/<target>/<case>/expected/` is never written by a program. When the bytes shall change, the
failing test names the folder with the new ones: read them, then copy them by hand.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from ordinance.model.target import Compiled
from ordinance.targets import BUILTIN, target

from . import plans

CASES = Path(__file__).parent / "cases"
CASE_FOLDERS = sorted(p.parent for p in CASES.glob("*/*/plan.json"))


def as_files(compiled: Compiled) -> dict[str, str]:
    """Artefacts, gaps and over-reach as texts by file name."""
    files = {PurePosixPath(a.path).name: a.content.decode("utf-8") for a in compiled.artefacts}
    gaps = (f"{g.restriction} {g.duty} {g.app} {g.surface} {g.id} {g.identifier or '-'}\n" for g in compiled.gaps)
    counts = ((o, "not counted" if o.count is None else o.count) for o in compiled.over_reach)
    reach = (f"{o.network}: {o.who} ({count})\n" for o, count in counts)
    return files | {"gaps.txt": "".join(gaps), "over-reach.txt": "".join(reach)}


@pytest.mark.parametrize("case", CASE_FOLDERS, ids=lambda c: f"{c.parent.name}/{c.name}")
def test_artefacts_gaps_and_over_reach_are_as_approved(case: Path, tmp_path: Path) -> None:
    """The files, gaps and over-reach of a case are those in its `expected` folder, and no others."""
    path = case / "plan.json"
    found = as_files(target(case.parent.name, ()).compile(plans.load(path), plans.settings_of(path), 7))
    for name, text in found.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    expected = {p.name: p.read_bytes().decode("utf-8") for p in (case / "expected").iterdir()}
    assert found == expected, f"the new bytes are in {tmp_path}"


def test_every_case_belongs_to_a_target() -> None:
    """No case folder is left behind by a target that is gone."""
    assert {c.parent.name for c in CASE_FOLDERS} == {t.id for t in BUILTIN}
