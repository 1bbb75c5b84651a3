# SPDX-License-Identifier: EUPL-1.2
"""`demo`: the shipped bodies, checked at a day at which there is something to see.

Copies the example bodies (their estates and findings are invented and say so) into a folder of the
user's and runs the real verbs there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files as package_files
from pathlib import Path
from zoneinfo import ZoneInfo

from ordinance.model.errors import Issue, PolicyError
from ordinance.operations.campaigning import campaigns_document, cases_of, stands
from ordinance.operations.channel_review import reviews_of
from ordinance.operations.checking import CheckRun, Progress, run_check
from ordinance.operations.demo_airlock import airlock_lines
from ordinance.operations.due import due_document
from ordinance.operations.enforcing import build
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.review.campaigns import Effect
from ordinance.store.files import write_file

# body → the instant of the demonstration, on the body's own wall clock
BODIES = {
    "ghent": datetime(2023, 4, 10),  # noqa: DTZ001  # the body's own zone is put on below
    "diest": datetime(2023, 4, 24),  # noqa: DTZ001  # the same
    "tallinn": datetime(2024, 12, 16),  # noqa: DTZ001  # the same
    "city-of-brussels": datetime(2023, 4, 24),  # noqa: DTZ001  # the same
    "brussels-police-zone": datetime(2023, 3, 27),  # noqa: DTZ001  # the same
    "tartu": datetime(2025, 1, 27),  # noqa: DTZ001  # the same
}
AIRLOCK = "tallinn"  # whose post goes through the airlock
WAITING = frozenset({Effect.BEGAN_FORBIDDEN, Effect.NO_MOVE, Effect.MOVES_LATE, Effect.NOT_KNOWN})
MARK = ".ordinance-demo"
KEY = Path(".ordinance", "keys", "pseudonym.key")


@dataclass(frozen=True, slots=True)
class Shown:
    """One body of the demonstration."""

    body: str
    name: str
    run: CheckRun
    report: Path
    blocked: int
    gaps: int
    to_decide: tuple[str, ...]
    airlock: tuple[str, ...] = ()


def examples() -> Path:
    """Where the example bodies lie: in the package, or beside the source of a checkout."""
    packaged = Path(str(package_files("ordinance"))) / "examples"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3] / "examples"


def demo(out: Path, progress: Progress = lambda what: None) -> Iterator[Shown]:
    """Check and build every example body under `out`, which is made, or made anew where a demo made it.

    Raises PolicyError where `out` holds anything else.
    """
    keys = _prepare(out)
    for body, day in BODIES.items():
        progress(body)
        folder = out / body
        shutil.copytree(examples() / body, folder, ignore=shutil.ignore_patterns(".ordinance", "truth.toml"))
        if body in keys:
            (folder / KEY).parent.mkdir(mode=0o700, parents=True)
            write_file(folder / KEY, keys[body], 0o600)
        workspace = open_workspace(folder, channels=True).usable()
        at = day.replace(tzinfo=ZoneInfo(workspace.body.zone.key))
        run = run_check(workspace, at)
        bundle = build(workspace, at)[1]
        report = out / f"{body}.html"
        write_file(report, run.html)
        waiting = tuple(_to_decide(workspace, at))
        through = tuple(airlock_lines(workspace, at)) if body == AIRLOCK else ()
        yield Shown(body, workspace.body.name, run, report, bundle.entries, len(bundle.gaps), waiting, through)


def _to_decide(workspace: Workspace, at: datetime) -> Iterator[str]:
    """What waits for somebody to decide, beside what a check finds: cases, campaigns, and days that are over."""
    for one in cases_of(workspace):
        if (stands_as := stands(one, at.astimezone(workspace.body.zone).date())) != "closed":
            yield f"case {one.id} {stands_as}"
    for line in campaigns_document(workspace, at)[0]["campaigns"]:
        if line["effect"] in WAITING:
            yield f"campaign {line['id']} {line['effect'].replace('_', ' ')}"
    if late := due_document(workspace, at)["overdue"]:
        yield f"{late} overdue"
    for review in reviews_of(workspace.body):
        if review.decision is not None:
            chosen = review.option(review.decision.option)
            until = f" until {chosen.until}" if chosen.until else ""
            yield f"channel review {review.id} decided: {str(chosen.outcome).replace('_', ' ')}{until}"


def _prepare(out: Path) -> dict[str, bytes]:
    """Take an earlier demonstration away; the keys of its bodies, with which the same files have the same digests."""
    keys: dict[str, bytes] = {}
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).is_file():
            message = "the folder is not empty and was not made by a demo"
            raise PolicyError([Issue(str(out), 0, 0, "not-a-demo", message, "", "name another with --out")])
        for body in BODIES:
            if (out / body / KEY).is_file():
                keys[body] = (out / body / KEY).read_bytes()
            shutil.rmtree(out / body, ignore_errors=True)
    write_file(out / MARK, b"Made by `ordinance demo`; made anew each time.\n")
    return keys
