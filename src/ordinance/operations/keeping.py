# SPDX-License-Identifier: EUPL-1.2
"""`read`: each log file is read alone, and what stands for it is kept; the files may be spread over many machines.

Reads the body's folder, its logs and what is kept already; writes one file for each log file, aside and then in its
place: whoever is killed leaves whole ones. What lines of one file open (a question whose answer comes later) is looked
for in the files behind it, in a second round over those alone. Sources that list devices or leases are not read here:
a check reads them whole. Cannot know whether all files of a source were named, or whether another machine that reads
sees the same files: each says under what it read, and whoever merges compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from ordinance.model.body import Body, SourceSettings
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.kept import KeptPart, Terms
from ordinance.model.kept_file import KeptFile, KeptLog
from ordinance.model.time import Span
from ordinance.operations.at_work import at_work
from ordinance.operations.checking import default_window, lease_indexes
from ordinance.operations.keys import pseudonyms_of
from ordinance.operations.rereading import apps_of, terms_of
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.readers import lease_reader, reader
from ordinance.readers._again import Again
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._files import InputFile, by_age, digest_of, file_size, matching
from ordinance.readers._known_log import NameLogReader
from ordinance.readers._leases import LeasesOf
from ordinance.readers._objects import is_url, listed, object_at
from ordinance.readers._stand_in import Keeping
from ordinance.store.kept_files import path_of, read_kept, write_kept
from ordinance.verify.watch import watch_list, watched_span

WRITTEN, THERE, ITSELF = "written", "there", "itself"  # what became of a file; the last is read by the check
_MOST_DESKS = 2


@dataclass(frozen=True, slots=True)
class Job:
    """One file to read, wherever that is done: paths as they are there, and what has to be the same there as here.

    `exact` and `leases` are those of the terms. Nothing in it is a key, and nothing is of anybody but the names of
    files and, of questions that stay open, their number and address (`links`).
    """

    body: str
    out: str
    source: str
    file: str
    path: str
    size: int
    exact: str
    start: str
    end: str
    links: tuple[str, ...] = ()
    leases: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a job: `what` is one of WRITTEN, THERE, ITSELF; `opened` is for the files behind it."""

    job: Job
    what: str
    why: str = ""
    opened: tuple[str, ...] = ()


Spread = Callable[[Sequence[Job]], Iterator[Done]]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one process needs to read files of a body."""

    workspace: Workspace
    watch: WatchList
    matchers: Matchers
    part: Span | None
    secret: bytes
    apps: Mapping[str, str]
    terms: dict[str, Terms]
    leases: dict[str, Leases | None]


def run_read(
    workspace: Workspace,
    files: Sequence[Path | str],
    out: Path,
    as_of: datetime,
    window: Span | None = None,
    spread: Spread | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[Done, ...]:
    """Keep what stands for each of these files, or of all files of the body's logs where none is named.

    `spread` does the jobs somewhere, in any order; by default here, one after the other. Raises PolicyError for a file
    that is of no log that the body may read (`file-of-no-source`), and for a folder in its state (`kept-in-state`).
    """
    span = window or default_window(workspace, as_of)
    if out.resolve().is_relative_to(workspace.state.resolve()):
        message = "what is kept may not lie in the body's state, of which retention and purge know every file"
        hint = "name a folder of its own, and delete it when the checks that need it are done"
        raise PolicyError([Issue(str(out), 0, 0, "kept-in-state", message, "nothing was read", hint)])
    with at_work(workspace.state):
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        pseudonyms_of(workspace, make=True)  # before several processes want to make one
        desk = _desk(workspace, span)
        if desk.part is None or not desk.watch.apps:
            return ()
        jobs = _jobs(desk, files, out, span)
        found: dict[tuple[str, str], Done] = {}
        _run(jobs, spread or in_turn, found, progress)
        again = _second_round(desk, jobs, found)
        while again:
            _run(again, spread or in_turn, found, progress)
            again = _second_round(desk, again, found)
    return tuple(found[key] for key in sorted(found))


def _run(
    jobs: Sequence[Job], spread: Spread, found: dict[tuple[str, str], Done], progress: Callable[[int, int], None]
) -> None:
    """Do jobs, the longest first: the last one to end is then a short one."""
    order = sorted(jobs, key=lambda job: (-job.size, job.source, job.file))
    for n, done in enumerate(spread(order), 1):
        found[done.job.source, done.job.file] = done
        progress(n, len(order))


# --- which files ------------------------------------------------------------------------------------


def _jobs(desk: _Desk, files: Sequence[Path | str], out: Path, span: Span) -> tuple[Job, ...]:
    """A job for each file, with what those before it are known to have opened."""
    body = desk.workspace.body
    named = {_place(path) for path in files}
    jobs, left = [], set(named)
    start, end = (i.isoformat() for i in span.closed)
    for settings, _ in _logs(desk.workspace):
        here = _files_of(body, settings)
        wanted = [f for f in here if not named or _at(f) in named]
        left -= {_at(f) for f in wanted}
        before = _opened_before(out, settings, here)
        terms = desk.terms[settings.id]
        for file in wanted:
            where = (str(body.folder.resolve()), str(out.resolve()), settings.id, file.name, _at(file))
            jobs.append(Job(*where, file_size(file), terms.exact, start, end, before[file.name], terms.leases))
    if left:
        raise PolicyError([_of_no_source(place, desk.workspace) for place in sorted(left)])
    return tuple(jobs)


def _logs(workspace: Workspace) -> list[tuple[SourceSettings, NameLogReader]]:
    """The logs of names that the body may read."""
    body = workspace.body
    allowed = body.checking.evidence_allowed
    found = [(s, reader(s.reader)) for s in body.sources if lease_reader(s.reader) is None]
    return [(s, one) for s, one in found if isinstance(one, NameLogReader) and one.evidence in allowed]


def _files_of(body: Body, settings: SourceSettings) -> tuple[InputFile, ...]:
    """The files of a source, here and elsewhere, oldest first by name."""
    return by_age((*matching(body.folder, settings.files), *listed(p for p in settings.files if is_url(p))))


def _at(file: InputFile) -> str:
    return _place(file.path if file.elsewhere is None else file.name)


def _place(path: Path | str) -> str:
    """Where a file lies, in one way to write it."""
    return str(path) if is_url(str(path)) else str(Path(path).resolve())


def _of_no_source(path: str, workspace: Workspace) -> Issue:
    logs = ", ".join(s.id for s, _ in _logs(workspace)) or "none"
    hint = f"logs that may be read one by one here: {logs}; inventories and leases are read by `ordinance check`"
    return Issue(path, 0, 0, "file-of-no-source", "no log of the body has this file", "nothing was read", hint)


def _opened_before(out: Path, settings: SourceSettings, files: Sequence[InputFile]) -> dict[str, tuple[str, ...]]:
    """By file, what is known to have been opened before it."""
    found, opened = {}, set[str]()
    for file in by_age(files):
        found[file.name] = tuple(sorted(opened))
        path = path_of(out, settings.id, file.name)
        if path.is_file():
            opened.update(_opened(_there(path)))
    return found


def _there(path: Path) -> KeptFile | None:
    """What is kept already; nothing for what is damaged: it is written anew."""
    try:
        return read_kept(path)
    except PolicyError:
        return None


def _opened(kept: KeptFile | None) -> tuple[str, ...]:
    return kept.said.opened if kept is not None and isinstance(kept.said, KeptLog) else ()


def _second_round(desk: _Desk, jobs: Sequence[Job], found: dict[tuple[str, str], Done]) -> tuple[Job, ...]:
    """Files at hand behind those that were read, which were not looked through for what these opened."""
    again = []
    for settings, _ in _logs(desk.workspace):
        first = next((job for job in jobs if job.source == settings.id), None)
        if first is None:
            continue
        opened = set[str]()
        for file in _files_of(desk.workspace.body, settings):
            kept = _there(path_of(Path(first.out), settings.id, file.name))
            if kept is None:
                continue
            if isinstance(kept.said, KeptLog) and not opened <= set(kept.said.linked):
                path, size = _at(file), file_size(file)
                again.append(replace(first, file=file.name, path=path, size=size, links=tuple(sorted(opened))))
            opened.update(_opened(kept))
    return tuple(again)


# --- one file ---------------------------------------------------------------------------------------


def read_file(job: Job) -> Done:
    """Do one job, in whatever process. Raises PolicyError (`other-worker`) where this is read under other terms."""
    desk = desk_of(job)
    settings = next(s for s in desk.workspace.body.sources if s.id == job.source)
    one = reader(settings.reader)
    if not isinstance(one, NameLogReader) or desk.part is None:
        raise TypeError(f"{job.source} is no log that is read one file at a time")
    file = object_at(job.path, job.size) if is_url(job.path) else InputFile(Path(job.path), job.file)
    terms = desk.terms[job.source]
    kept = _there(path) if (path := path_of(Path(job.out), job.source, job.file)).is_file() else None
    keeping = Keeping(file, terms.exact, frozenset(job.links), window=desk.part)
    if kept is not None and _is_still(kept, keeping, terms):
        return Done(job, THERE if kept.said else ITSELF, kept.why, _opened(kept))
    again = Again(terms, desk.secret, window=desk.part) if one.goes_on else None
    kept = one.keep(settings, desk.watch, desk.matchers, keeping, again, desk.leases[job.source])
    write_kept(Path(job.out), kept)
    return Done(job, WRITTEN if kept.said else ITSELF, kept.why, _opened(kept))


def _is_still(kept: KeptFile, keeping: Keeping, terms: Terms) -> bool:
    """Whether reading the file again would say nothing else."""
    if kept.size != file_size(keeping.file) or kept.sha256 != digest_of(keeping.file):
        return False
    if isinstance(kept.said, KeptPart):
        same_leases = kept.said.terms.leases in ("", terms.leases)
        return kept.said.terms.exact == terms.exact and same_leases and kept.said.covers(*keeping.ends)
    if kept.said is None:
        return kept.why == "connections"
    counts = kept.said.counts
    return counts.exact == terms.exact and counts.covers(*keeping.ends) and keeping.links <= set(kept.said.linked)


@lru_cache(maxsize=_MOST_DESKS)
def _opened_desk(folder: str, start: str, end: str, *terms: str) -> _Desk:
    """`terms` are of no use but for being others where something else is read: a worker may live for weeks."""
    return _desk(open_workspace(Path(folder)).usable(), Span(*map(datetime.fromisoformat, (start, end))))


def desk_of(job: Job) -> _Desk:
    """What a process reads a file by: the same for all jobs of a source in one run. Raises as `read_file`."""
    desk = _opened_desk(job.body, job.start, job.end, job.exact, job.leases)
    terms = desk.terms.get(job.source)
    if terms is None or terms.exact != job.exact or (job.leases and terms.leases != job.leases):
        message = "a worker reads under other terms: another version, other settings, or another folder at this path"
        hint = "give every worker the same version of the program and the same folder; `--jobs 1` reads here"
        raise PolicyError([Issue(job.body, 0, 0, "other-worker", message, f"{job.source} was not read", hint)])
    return desk


def _desk(workspace: Workspace, span: Span) -> _Desk:
    """Everything that files are read by, as a check has it."""
    body = workspace.body
    watch = watch_list(workspace.law, workspace.catalogue, workspace.estate, body, span)
    part = watched_span(workspace.law, workspace.estate, span)
    secret, apps = pseudonyms_of(workspace, make=False).key, apps_of(workspace)
    logs = _logs(workspace) if part is not None and watch.apps else []
    readings: dict[str, Reading] = {}
    wanted = {name for s, one in logs if one.goes_on for name in s.leases}
    indexes = lease_indexes(body, wanted, part or span, readings, lambda _: None) if wanted else {}
    terms: dict[str, Terms] = {}
    leases: dict[str, Leases | None] = {}
    for s, one in logs:
        files = [file for name in s.leases if name in readings for file in readings[name].files]
        terms[s.id] = terms_of(s, watch, secret, apps, files, [n for n in body.sources if n.id in s.leases])
        named = [indexes[name] for name in s.leases if name in indexes]
        leases[s.id] = LeasesOf(s.id, named, s.zone) if named and one.goes_on else None
    return _Desk(workspace, watch, workspace.matchers(), part, secret, apps, terms, leases)


# --- where ------------------------------------------------------------------------------------------


def in_turn(jobs: Sequence[Job]) -> Iterator[Done]:
    """Here, one after the other."""
    return map(read_file, jobs)


def side_by_side(processes: int) -> Spread:
    """In so many processes of this machine."""

    def spread(jobs: Sequence[Job]) -> Iterator[Done]:
        with ProcessPoolExecutor(min(processes, len(jobs)) or 1, get_context("spawn")) as pool:
            waiting = [pool.submit(read_file, job) for job in jobs]
            try:
                for one in as_completed(waiting):
                    yield one.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    return spread


def summary(done: Iterable[Done]) -> list[dict[str, str]]:
    """What became of each file, as data."""
    return [{"source": d.job.source, "file": d.job.file, "what": d.what, "why": d.why} for d in done]
