# SPDX-License-Identifier: EUPL-1.2
"""`check`: read what may be read, verify, and keep the run.

The purpose and legal basis stand before the run or there is none. Sources whose kind of evidence the
body does not allow are not opened, not even to count their lines. Kept probes of
resolvers are always read: nobody is in them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from ordinance.model.body import Body
from ordinance.model.disclosure import Numbers
from ordinance.model.errors import Issue, PolicyError, Severity
from ordinance.model.evidence import EvidenceKind, Reading, WatchList
from ordinance.model.time import Period, Span, plus, start_of
from ordinance.operations.accountable import role_of
from ordinance.operations.at_work import at_work
from ordinance.operations.disclosure import disclosure_of, is_of_whole_days
from ordinance.operations.document import document
from ordinance.operations.keys import pseudonyms_of
from ordinance.operations.lives import Lives, lives_of, of_nothing_known, unmatched
from ordinance.operations.merging import KeptFolder, open_kept
from ordinance.operations.prevented import findings_of_controls, prevention_rows, standing_controls
from ordinance.operations.purpose import other_purposes, record_rows, require_alarm
from ordinance.operations.rereading import Rereading, apps_of, end_rereading, start_rereading, terms_of
from ordinance.operations.workspace import Workspace
from ordinance.readers import lease_reader, reader
from ordinance.readers._known_log import NameLogReader
from ordinance.readers._leases import LeaseIndex, LeasesOf
from ordinance.report.html import render
from ordinance.review.overdue import overdue_reviews
from ordinance.store.files import standing, write_file, write_folder
from ordinance.store.keys import Pseudonyms
from ordinance.store.probes import read_probes
from ordinance.verify.check import check
from ordinance.verify.resolver import latest
from ordinance.verify.watch import watch_list, watched_span

RESULT, REPORT, LATEST = "result.json", "report.html", "latest"
_PIECES = 8192  # of JSON, most of them a word
_RUN = re.compile(r"[0-9a-f]{16}")
_PER_DEVICE = frozenset({EvidenceKind.INVENTORY, EvidenceKind.NETWORK_DEVICE})
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A finished run: its document (the JSON), the report, the folder it was kept in (individual rows: none).

    `issues` are warnings about what persons wrote of nothing known, and in a run of single devices of no finding of it.
    """

    document: Mapping[str, Any]
    json: bytes
    html: bytes
    folder: Path | None
    exit_code: int
    issues: tuple[Issue, ...] = ()


def run_check(
    workspace: Workspace,
    as_of: datetime,
    window: Span | None = None,
    *,
    individual: bool = False,
    fresh: bool = False,
    kept: Path | None = None,
    now: datetime | None = None,
    by: str | None = None,
    progress: Progress = lambda source: None,
) -> CheckRun:
    """Check a window (by default the last stretch of `checking.window` that ended before the day of `as_of`).

    `fresh`: without anything that is kept of earlier runs, which stays as it is. `kept`: a folder with what `read`
    kept, in the place of log files, and without what earlier runs kept. `now`: what the clock says, where
    `as_of` is not that: nothing that is kept is over sooner. `by`: the role of who asks for individual rows, for the
    ledger.
    Raises PolicyError where individual rows are asked for and no evidence about single devices is allowed, where the
    body's law asks for a notice to all staff first, where another run takes things away (`state-busy`), or where a file
    about one of these findings names another device; and without individual rows for a window that begins or ends
    within a day.
    """
    said = role_of(workspace, by)
    with at_work(workspace.state):
        return _run_check(
            workspace, as_of, window, said, individual=individual, fresh=fresh, folder=kept, now=now, progress=progress
        )


def _run_check(
    workspace: Workspace,
    as_of: datetime,
    window: Span | None,
    role: str,
    *,
    individual: bool,
    fresh: bool,
    folder: Path | None,
    now: datetime | None,
    progress: Progress,
) -> CheckRun:
    body = workspace.body
    if individual and not body.checking.evidence_allowed & _PER_DEVICE:
        message = "individual rows are not allowed: evidence_allowed has no inventory and no network_device"
        raise PolicyError([Issue("ordinance.toml", 0, 0, "individual-not-allowed", message)])
    usual = default_window(workspace, as_of)
    span = window or usual
    if individual:
        require_alarm(body, span)
    elif not is_of_whole_days(span, body.zone):
        raise PolicyError([_within_a_day(span)])
    lives = lives_of(workspace, as_of, span)
    pseudonyms = pseudonyms_of(workspace, make=True)  # before anything is read: without its key nothing is
    if individual:
        record_rows(body, span, as_of, now or as_of, role)
    watch = watch_list(workspace.law, workspace.catalogue, workspace.estate, body, span)
    is_usual = span.closed[0] <= usual.closed[0] and span.closed[1] >= usual.closed[1]
    is_fresh = fresh or folder is not None
    known = None if is_fresh else start_rereading(workspace, as_of, pseudonyms.key, now or as_of, is_usual=is_usual)
    stands = None if folder is None else open_kept(folder, body, pseudonyms.key, apps_of(workspace))
    readings = read_sources(workspace, watch, span, progress, known, stands)
    found = document_of(workspace, readings, watch, span, as_of, pseudonyms, lives, individual=individual)
    issues = unmatched(lives, found["findings"]) if individual else ()
    if any(i.severity is Severity.ERROR for i in issues):
        raise PolicyError(issues)
    kept = _kept(workspace, found)
    issues = (*(stands.issues if stands else ()), *issues)
    unknown = of_nothing_known(lives.places, workspace.state, workspace.estate.device_rows, pseudonyms)
    lines = {(i.file, i.line) for i in unknown}  # said once: of no device known, no finding was made either
    return replace(kept, issues=(*unknown, *(i for i in issues if (i.file, i.line) not in lines)))


def document_of(
    workspace: Workspace,
    readings: Mapping[str, Reading],
    watch: WatchList,
    span: Span,
    as_of: datetime,
    pseudonyms: Pseudonyms,
    lives: Lives,
    *,
    individual: bool,
) -> dict[str, Any]:
    """What these readings of a window say: the document of a check."""
    body, usual = workspace.body, default_window(workspace, as_of)
    said = workspace.attested.statements
    checked = check(workspace.law, workspace.estate, body, readings, span, as_of, kinds_of(body), said)
    planned = standing_controls(workspace, as_of)
    shown = disclosure_of(workspace, checked, span, as_of, individual=individual, read=bool(readings or said))
    is_coarse = shown.numbers is not Numbers.EXACT
    is_late = span.closed[1] >= usual.closed[1]
    seen = checked.results if is_late else ()  # earlier days than any check looks at show no control of this one
    missing = findings_of_controls(workspace, as_of, seen, planned, is_coarse=is_coarse)
    return document(
        workspace,
        checked,
        (*overdue_reviews(workspace.law, as_of), *missing),
        readings,
        watch,
        span,
        as_of,
        pseudonyms,
        individual=individual,
        probes=latest(read_probes(workspace.state), span),
        purposes=other_purposes(workspace.state, body.checking.purpose),
        lives=lives,
        disclosure=shown,
        prevention=prevention_rows(workspace, planned, checked.results, shown),
    )


def kinds_of(body: Body) -> dict[str, str]:
    """The kind of evidence of each source that is no source of leases."""
    return {s.id: str(reader(s.reader).evidence) for s in body.sources if lease_reader(s.reader) is None}


def window_of(workspace: Workspace, as_of: datetime, since: datetime | None, until: datetime | None) -> Span:
    """The window that a user asked for; what was not said comes from the body's settings.

    Raises PolicyError for a window that is empty or ends after `as_of`, when nothing was known yet.
    """
    usual = default_window(workspace, as_of)
    start, end = since or usual.closed[0], until or usual.closed[1]
    if end <= start or end > as_of:
        message = f"the window from {start.isoformat()} to {end.isoformat()} is empty or ends after --as-of"
        hint = "--from comes before --to, and --to (a day counts whole) not after --as-of; without --to the day of "
        hint += "--as-of is not in it, since it is not over"
        if start < as_of != usual.closed[1] and (until is None or end > as_of):
            here = as_of.astimezone(workspace.body.zone).strftime("%Y-%m-%dT%H:%M")
            hint += f"; with --individual an instant of that day can be its end: --to {here}"
        raise PolicyError([Issue("window", 0, 0, "bad-window", message, "", hint)])
    return Span(start, end)


def write_report(path: Path, content: bytes, *, individual: bool = False) -> None:
    """Write a report where the user wants it, at once or not at all; rows of single devices only for its owner."""
    write_file(path, content, 0o600 if individual else 0o666)


def default_window(workspace: Workspace, as_of: datetime) -> Span:
    """The stretch of whole days, as long as the body's `window`, that ends where the day of `as_of` begins."""
    period, zone = workspace.body.checking.window, workspace.body.zone
    back = Period(months=-period.months, days=-period.days, minutes=-period.minutes)
    end = start_of(as_of.astimezone(zone).date(), zone)
    return Span(start_of(plus(end, back, zone).date(), zone), end)


def _within_a_day(window: Span) -> Issue:
    start, end = (i.isoformat() for i in window.closed)
    message = f"the window from {start} to {end} does not begin and end where a day does"
    hint = "name days: --from 2023-03-27 --to 2023-04-09; hours and minutes are for --individual"
    consequence = "it is not read: two windows that differ by a minute would tell who asked in it"
    return Issue("window", 0, 0, "window-within-a-day", message, consequence, hint)


def read_sources(
    workspace: Workspace,
    watch: WatchList,
    window: Span,
    progress: Progress = lambda source: None,
    known: Rereading | None = None,
    kept: KeptFolder | None = None,
) -> dict[str, Reading]:
    """A reading of every source that may be opened; where nothing is watched, none is. What is `known` is not read.

    What is `kept` is gone over in the place of log files.
    """
    body = workspace.body
    readings: dict[str, Reading] = {}
    part = watched_span(workspace.law, workspace.estate, window)
    if not watch.apps or part is None:
        return readings
    matchers = workspace.matchers()
    logs = [s for s in body.sources if lease_reader(s.reader) is None]
    read = [(s, one) for s in logs if (one := reader(s.reader)).evidence in body.checking.evidence_allowed]
    indexes = lease_indexes(body, {name for s, _ in read for name in s.leases}, part, readings, progress)
    for settings, one in read:
        progress(settings.id)
        named = [indexes[name] for name in settings.leases]
        leases = LeasesOf(settings.id, named, settings.zone) if named else None
        files = [file for name in settings.leases for file in readings[name].files]
        if kept is not None and isinstance(one, NameLogReader):
            named_by = [s for s in body.sources if s.id in settings.leases]
            terms = terms_of(settings, watch, kept.secret, kept.apps, files if one.goes_on else (), named_by)
            readings[settings.id] = kept.read(one, settings, body, watch, matchers, part, leases, terms)
        elif known is None:
            readings[settings.id] = one.read(settings, body.folder, watch, matchers, part, leases)
        else:
            readings[settings.id] = known.read(one, settings, body, watch, matchers, part, leases, files)
    if known is not None:
        end_rereading(known.state, (settings.id for settings, _ in read))
    return readings


def lease_indexes(
    body: Body,
    wanted: set[str],
    window: Span,
    readings: dict[str, Reading],
    progress: Progress = lambda source: None,
) -> dict[str, LeaseIndex]:
    """The leases of every source that a log names; their accounts go among the readings. No other one is opened."""
    found = {}
    for settings in (s for s in body.sources if s.id in wanted):
        one = lease_reader(settings.reader)
        if one is not None:
            progress(settings.id)
            reading = one.read(settings, body.folder, window)
            found[settings.id] = reading.index
            readings[settings.id] = Reading(reading.account, files=reading.files)
    return found


def _kept(workspace: Workspace, found: dict[str, Any]) -> CheckRun:
    """Write the run aside, then point `latest` at it. The same input is the same run.

    Rows of single devices are given to who asked for them and kept nowhere.
    """
    content = _encoded(found)
    html, exit_code = render(found), int(found["summary"]["exit_code"])
    if found["individual"]:
        return CheckRun(found, content, html, None, exit_code)
    run = hashlib.sha256(content).hexdigest()[:16]
    folder = workspace.state / "runs" / run
    files = {RESULT: content, REPORT: html}
    if not all((folder / n).is_file() and (folder / n).read_bytes() == c for n, c in files.items()):
        write_folder(folder, files, mode=0o700)
    write_file(workspace.state / LATEST, f"{run}\n".encode())
    return CheckRun(found, content, html, folder, exit_code)


def _encoded(found: dict[str, Any]) -> bytes:
    """As JSON, put together from some pieces at a time: all those of a large document take more room than the whole."""
    written = BytesIO()
    pieces = json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(found)
    while some := "".join(islice(pieces, _PIECES)):
        written.write(some.encode("utf-8", "replace"))  # there may be lone surrogates
    written.write(b"\n")
    return written.getvalue()


def latest_run(workspace: Workspace) -> Path:
    """The folder of the last finished run. Raises PolicyError where there is none."""
    path = workspace.state / LATEST
    run = path.read_bytes().decode("ascii", "replace").strip() if path.is_file() else ""
    folder = standing(workspace.state / "runs" / run) if _RUN.fullmatch(run) else None
    if folder is None or not (folder / RESULT).is_file() or not (folder / REPORT).is_file():
        hint = f"run `ordinance check {workspace.body.folder}` first"
        raise PolicyError([Issue(str(workspace.state), 0, 0, "no-run", "no check has been run here", "", hint)])
    return folder
