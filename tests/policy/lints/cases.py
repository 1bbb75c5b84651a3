# SPDX-License-Identifier: EUPL-1.2
"""The cases of lints: `cases/<id>/failing.yaml` and `passing.yaml`, each a body's files and what must be found in them.

`about` is a sentence on what the case shows, `at` the day that it is seen from, `found` the places of the issues (file,
line and column; the file where there is no line), `files` the files. `cases/authorities.yaml` is in every case that
brings none. The same files are printed in docs/reference/lints.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from ordinance.model.time import start_of
from ordinance.policy.scalars import as_day

CASES = Path(__file__).parent / "cases"
ZONE = ZoneInfo("Europe/Brussels")
BODY = "city"
SETTINGS = f"""[body]
id = "{BODY}"
name = "A city"
time_zone = "Europe/Brussels"
languages = ["en"]

[checking]
evidence_allowed = []
no_check_by = "the council"
"""


@dataclass(frozen=True)
class Case:
    """One of the two cases of a lint."""

    about: str
    day: str
    found: tuple[str, ...]
    files: dict[str, str]

    @property
    def at(self) -> datetime:
        """The instant that the case is seen from: the start of its day."""
        return start_of(as_day(self.day), ZONE)

    def write(self, folder: Path) -> Path:
        """The body's folder."""
        common = {"ordinance.toml": SETTINGS, "authorities.yaml": (CASES / "authorities.yaml").read_text("utf-8")}
        for name, content in {**common, **self.files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, "utf-8")
        (folder / "policies").mkdir(exist_ok=True)
        return folder


def read_case(lint: str, name: str, cases: Path = CASES) -> Case:
    """The case `failing` or `passing` of a lint."""
    text = (cases / lint / f"{name}.yaml").read_text("utf-8")
    row = yaml.load(text, yaml.BaseLoader)  # noqa: S506  # makes texts, lists and mappings only
    assert set(row) <= {"about", "at", "found", "files"}, row.keys()
    return Case(row["about"], row.get("at", "2023-06-01"), tuple(row.get("found", ())), row["files"])
