# SPDX-License-Identifier: EUPL-1.2
"""`due --ics`: the dates as a file for calendars. Apart from `due`, so that a table waits for no calendar library."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ordinance.report.ics import calendar
from ordinance.store.files import write_file


def write_calendar(path: Path, document: Mapping[str, Any]) -> None:
    """Write the file, replacing one that is there as a whole. Raises OSError where it cannot be written."""
    write_file(path, calendar(document))
