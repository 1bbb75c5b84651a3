# SPDX-License-Identifier: EUPL-1.2
"""The body of Tallinn with something to post, as tests of the airlock use it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.airlock.pictures import drawn, saved

from bodies import copy_body
from ordinance.airlock.platforms import profile
from ordinance.model.transfer import Medium, Refusal
from ordinance.operations.airlock_approving import Answers, approve
from ordinance.operations.airlock_packing import Packed, Wanted, pack
from ordinance.operations.airlock_releasing import Released, release
from ordinance.operations.workspace import Workspace, open_workspace

AT = datetime(2024, 12, 16, 9, 0, tzinfo=ZoneInfo("Europe/Tallinn"))
TRANSFER = "2024-12-16_00000001"
MAKER, OTHER = "p-001", "p-002"
GOOD = {
    "people": "none",
    "minors": "none",
    "screens": "none",
    "place": "public",
    "music": "none",
    "captions": "nothing_heard",
    "ai": "not_ai",
    "own_site": "there",
    "personal_data": "none",
}


def clean(_path: Path, _medium: Medium, **_more: object) -> tuple[Refusal, ...]:
    """A second reader that finds nothing; the real one has tests of its own."""
    return ()


def ids() -> Callable[[], str]:
    """Ids that count instead of chance."""
    numbers = count(0xA1B2)
    return lambda: f"{next(numbers):04x}"


def opened(folder: Path) -> Workspace:
    """A copy of the body, seen from the day of the tests."""
    return open_workspace(copy_body("tallinn", folder), AT, channels=True).usable()


def picture(folder: Path, name: str = "IMG mayor.jpg", medium: str = "jpeg") -> Path:
    """A picture as somebody gives it."""
    path = folder / name
    path.write_bytes(saved(drawn(size=(360, 640)), medium))
    return path


def packed(workspace: Workspace, files: list[Path], *, by: str = MAKER, at: datetime = AT, **more: Any) -> Packed:
    """A package of files."""
    transfer, chosen = more.pop("transfer", TRANSFER), more.pop("chosen", profile("tiktok"))
    wanted = Wanted(files, **more)
    return pack(workspace, wanted, by=by, at=at, transfer=transfer, ids=ids(), chosen=chosen)


def approved(workspace: Workspace, *, by: str = OTHER, at: datetime = AT, notes: Any = None, **other: str) -> Any:
    """The package approved, with some answers otherwise; `notes` go with them."""
    return approve(workspace, TRANSFER, Answers({**GOOD, **other}, notes or {}), by=by, at=at)


def released(workspace: Workspace, to: Path, device: str = "sd-001", **more: Any) -> Released:
    """The package handed over."""
    how = {"by": MAKER, "at": AT, "now": AT, "second": clean} | more
    return release(workspace, TRANSFER, device, to, **how)
