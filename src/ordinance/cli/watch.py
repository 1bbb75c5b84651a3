# SPDX-License-Identifier: EUPL-1.2
"""`ordinance watch`: logs followed while they are written, one line for each finding as soon as there is one."""

from __future__ import annotations

import gc
import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from ordinance.cli import _shown as shown
from ordinance.cli._common import body_argument, clean, first_instant, guarded, instant, progress, say, show_json_text
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.time import Period

if TYPE_CHECKING:
    from ordinance.operations.watching import Watch
    from ordinance.store.watched import Told

TURN_S = 0.1  # between two looks at what is new
NOTE_S = 1.0  # between two notes of how far it was read


@click.command()
@body_argument
@click.option("--individual", is_flag=True, help="Rows per device, under pseudonyms. There are no others: say it.")
@click.option("--by", metavar="ROLE", help="Who asks, a role, no name of a person; for the ledger.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Add lines to this file, each once.")
@click.option("--from", "since", metavar="DAY|INSTANT", help="Start of the window. Default: checking.window back.")
@click.option("--as-of", "as_of", metavar="DAY|INSTANT", help="See everything from this instant, and not from now.")
@click.option("--for", "period", metavar="PERIOD", help="End after a while (PT10M).")
@click.option("--once", is_flag=True, help="End when everything that is there was read.")
@guarded
def watch(
    body: Path,
    individual: bool,
    by: str | None,
    out: Path | None,
    since: str | None,
    as_of: str | None,
    period: str | None,
    once: bool,
) -> None:
    """Follow logs while they are written: a line of JSON for each finding, when it is found.

    \b
    Example:
      ordinance watch examples/ghent --individual --as-of 2023-04-10 --once

    Ends with Ctrl-C or SIGTERM, and says then what it read, as `check` does. With --out it goes on, after whatever end,
    where it was: what stands in the file is not told again. Lines: found, ended (no longer so, or out of the window),
    gap (something of a log could not be read). Exit codes as of `check`.
    """
    if not individual:
        message = "a watch shows single devices, as they come: there is no group yet in which one could not be told"
        hint = "--individual, where it is allowed; `ordinance check` shows groups"
        raise PolicyError([Issue("watch", 0, 0, "watch-needs-individual", message, "nothing was read", hint)])
    from ordinance.operations.watching import Watch, whose
    from ordinance.operations.workspace import open_workspace
    from ordinance.store.watched import GAP
    from ordinance.store.watched import told as opened

    workspace = open_workspace(body).usable()
    zone = workspace.body.zone
    fixed = instant(as_of, zone) if as_of else None
    begin = first_instant(since, zone) if since else None
    until = None if period is None else time.monotonic() + _seconds(period)

    def now() -> datetime:
        return fixed or datetime.now(zone)

    with ExitStack() as stack:
        stack.callback(gc.unfreeze)
        stop = stack.enter_context(_told_to_end())
        file = stack.enter_context(opened(out, whose(workspace))) if out is not None else None
        lines, marks = (file.standing, file.marks) if file is not None else ({}, {})
        notes = stack.enter_context(_Notes(file)) if file is not None else None
        one = Watch(workspace, now(), since=begin, until=fixed, by=by, standing=lines, marks=marks)
        stack.callback(lambda: one.close())  # noqa: PLW0108  # whichever it is by then
        for name in one.sources:
            progress(f"following {name} …")
        while True:
            turn = time.monotonic()
            if fixed is None and now() >= one.over:
                gc.unfreeze()
                workspace, before = open_workspace(body).usable(), one
                one = Watch(workspace, now(), since=begin, by=by, standing=before.standing, marks=before.marks)
                before.close()
            events = one.step(now(), turn, time.monotonic)
            _tell([e for e in events if e["event"] == GAP], file)  # first: what is noted is no gap any more
            if notes is not None:
                notes.write(one, turn)  # then: of a log that goes before it is told anything of, a gap is said
            _tell([e for e in events if e["event"] != GAP], file)
            if not gc.get_freeze_count():
                gc.freeze()  # what is there by now stays until the day is over: going through it takes long
            if once or stop.is_set() or (until is not None and turn >= until):
                break
            stop.wait(max(0.0, turn + TURN_S - time.monotonic()))
        if notes is not None:
            notes.write(one, float("inf"))
        events, found = one.finish(now(), time.monotonic())
        _tell(events, file)
    shown.say_rejects(found)
    shown.say_other_purposes(found)
    shown.say_nothing_seen(found)
    say_read(found, one.standing)
    sys.exit(int(found["summary"]["exit_code"]))


def say_read(found: Mapping[str, Any], standing: Mapping[str, Any]) -> None:
    """What was read, in a line for each source."""
    for account in found["accounting"]:
        parts = ("records", "kept", "dropped", "duplicate", "structural", "rejected")
        say(f"{account['source']}: " + ", ".join(f"{account[part]} {part}" for part in parts))
    say(f"{len(standing)} finding(s) stand; {found['summary']['sentence']}")


def _tell(lines: list[Any], file: Told | None) -> None:
    if not lines:
        return
    if file is not None:
        file.append(lines)
        return
    for line in lines:
        show_json_text(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class _Notes:
    """Notes of how far logs were read: the first before anything else, the others beside, as a disk may take long."""

    def __init__(self, file: Told) -> None:
        self._file, self._at = file, float("-inf")
        self._under_way: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1, "notes")

    def __enter__(self) -> _Notes:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def write(self, watch: Watch, now: float) -> None:
        """Write them, if it is time; where the last ones could not be written, say so."""
        is_first, is_last = self._at == float("-inf"), now == float("inf")
        if not is_last and (now - self._at < NOTE_S or not (self._under_way is None or self._under_way.done())):
            return
        if self._under_way is not None:
            self._under_way.result()
        self._at = now
        self._under_way = self._pool.submit(self._file.note, watch.marks, watch.whose)
        if is_first or is_last:
            self._under_way.result()


@contextmanager
def _told_to_end() -> Iterator[Event]:
    """Set when somebody wants it to end: by Ctrl-C, SIGTERM, or the terminal's end. A second time ends it at once."""
    stop = Event()

    def end(number: int, frame: object) -> None:
        if stop.is_set():
            sys.exit(128 + number)
        stop.set()

    kinds = {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}
    before = [(k, signal.signal(k, end)) for k in sorted(kinds) if signal.getsignal(k) is not signal.SIG_IGN]
    try:
        yield stop
    finally:
        for kind, handler in before:
            signal.signal(kind, handler)


def _seconds(text: str) -> float:
    try:
        period = Period.parse(text)
    except ValueError:
        raise click.BadParameter(f"{clean(text)!r} is no period such as PT10M or P1D", param_hint="--for") from None
    return timedelta(days=period.days + 31 * period.months, minutes=period.minutes).total_seconds()
