# SPDX-License-Identifier: EUPL-1.2
"""`plan` and `build`: what would change in the tools the body runs, and the files for them.

Reads the workspace and the last bundle; writes a bundle's folder. A lift reads the last bundle alone: what is wrong
with the law must not stand in the way of taking everything back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ordinance import __version__
from ordinance.enforce.bundle import (
    MANIFEST,
    Bundle,
    Making,
    accepted_by,
    lift_bundle,
    lifted_plan,
    make_bundle,
)
from ordinance.enforce.last import DEVICES, Last, Stage, read_last
from ordinance.enforce.plan import Plans, make_plans
from ordinance.model.body import Body
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.limit import Limit, read_limit
from ordinance.model.target import Accepted, Numbered, Plan
from ordinance.operations.at_work import at_work
from ordinance.operations.consumers import as_rows, ask_consumers
from ordinance.operations.piloting import (
    after_its_pilot,
    asked,
    not_in_pilot,
    pilot_units,
    piloted,
    remember,
    tried,
)
from ordinance.operations.workspace import Workspace
from ordinance.store.files import held, standing, write_folder
from ordinance.store.numbers import numbers_given, remember_numbers
from ordinance.targets import available

FOLDER = "bundle"
PILOT_FOLDER = "bundle-pilot"
SIGNATURE = "manifest.sig"
WAIT_S = 30  # for another build of the same body


def plan(
    workspace: Workspace, at: datetime, out: Path | None = None, *, pilot: bool = False, lift: bool = False
) -> tuple[Plan, Bundle]:
    """The plan at an instant, compiled but not written, and its changes against the bundle in `out`.

    With `pilot`, for the units that go first (`[enforcement] pilot`). With `lift`, what takes everything back that the
    last bundle set. Raises PolicyError for a pilot where none is named, for a lift where nothing was built, and for a
    bundle of another body.
    """
    folder = (out or default_folder(workspace, pilot=pilot)).resolve()
    last = own_bundle(workspace, folder)
    if lift:
        return _lift(workspace, folder, last, at)
    return _planned(workspace, at, last, pilot=pilot)


def _planned(workspace: Workspace, at: datetime, last: Last | None, *, pilot: bool) -> tuple[Plan, Bundle]:
    targets = {t.id: t for t in available()}
    everybody = plans_of(workspace, workspace.body, at, None)
    made, body, units = everybody, workspace.body, frozenset[str]()
    if pilot:
        units = pilot_units(workspace)
        body, left = piloted(workspace, units, targets)
        made = plans_of(workspace, body, at, units)
        skipped = (not_in_pilot(t, d) for t in left for d in made.whole.demands)
        made = replace(made, gaps=tuple(sorted({*made.gaps, *skipped})))
    making = Making(
        f"ordinance {__version__}",
        Stage.PILOT if pilot else Stage.ALL,
        asked(workspace, everybody.whole),
        workspace.law.digest,
        tuple(sorted(units)),
        len(everybody.whole.demands),
        _numbers(workspace),
    )
    return made.whole, make_bundle(made, body, targets, last, making)


def _numbers(workspace: Workspace) -> Mapping[str, Numbered]:
    """The highest version number of each target that this body has given, in whatever folder; see `numbers_given`."""
    found = dict(numbers_given(workspace.state))
    for pilot in (False, True):  # of a folder that was copied here, or restored, nothing was written down
        try:
            there = read_bundle(default_folder(workspace, pilot=pilot))
        except PolicyError:
            continue
        for target, number in (there.serials if there is not None else {}).items():
            if number > found.get(target, Numbered(-1)).number:
                found[target] = Numbered(number)
    return found


def plans_of(workspace: Workspace, body: Body, at: datetime, units: frozenset[str] | None = None) -> Plans:
    """The plans at an instant; networks are those that targets of networks serve: files and letters serve none."""
    serving = {t.id for t in available() if t.by_network}
    return make_plans(workspace.law, workspace.catalogue, workspace.estate, body, at, units, serving)


def _lift(workspace: Workspace, folder: Path, last: Last | None, at: datetime) -> tuple[Plan, Bundle]:
    if last is None:
        hint = "name the folder of the bundle that is to be taken back"
        raise PolicyError([Issue(str(folder), 0, 0, "nothing-to-lift", "no bundle was built here", "", hint)])
    if last.settings is None:  # of an older form, which does not say with which settings it was made
        last = replace(last, settings={t.id: t.settings for t in workspace.body.targets})
    targets = {t.id: t for t in available()}
    if gone := sorted({a.target for a in last.artefacts} - targets.keys()):
        message = f"the bundle has files of {', '.join(gone)}, which is not installed here"
        raise PolicyError([Issue(str(folder), 0, 0, "unknown-target", message, "nothing was taken back")])
    bundle = lift_bundle(last, targets, at, Making(f"ordinance {__version__}", Stage.LIFT, numbers=_numbers(workspace)))
    if left := sorted(last.paths - bundle.files.keys()):
        message = f"{left[0]} would not be taken back: the bundle does not say with which settings it was made"
        hint = "put the target into ordinance.toml again as it was, or empty the file where you put it"
        raise PolicyError([Issue(str(folder), 0, 0, "cannot-lift", message, "nothing was taken back", hint)])
    return lifted_plan(last, at), bundle


def build(
    workspace: Workspace,
    at: datetime,
    out: Path | None = None,
    *,
    limit: Limit | None = None,
    pilot: bool = False,
    skip_pilot: bool = False,
    lift: bool = False,
    ask: bool = False,
) -> tuple[Plan, Bundle, Path, tuple[Accepted, ...]]:
    """Write the bundle of an instant, replacing the last one as a whole; with `lift`, one that takes everything back.

    Raises PolicyError, and writes nothing, where `out` holds something that is no bundle of this body, as it would be
    deleted; where more devices are affected than `limit` allows, or nobody can say how many; where a pilot is named and
    the same was not built for it first; and where a pilot would reach nobody. Taking back asks for no pilot.

    With `ask`, programs of this machine that read such files are asked first, and the manifest says which took what;
    raises ConsumerError where one refuses. The last of what it gives is what they said.
    """
    with _one_at_a_time(workspace), at_work(workspace.state):
        return _build(workspace, at, out, limit=limit, pilot=pilot, skip_pilot=skip_pilot, lift=lift, ask=ask)


@contextmanager
def _one_at_a_time(workspace: Workspace) -> Iterator[None]:
    """Two builds at once would compare with the same last bundle, and give two contents one number.

    What is held is the body's folder.
    """
    folder, until = workspace.body.folder, time.monotonic() + WAIT_S
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(held(folder))
            except BlockingIOError:
                if time.monotonic() < until:
                    time.sleep(0.1)
                    continue
                message = "another build of this body is running"
                raise PolicyError([Issue(str(folder), 0, 0, "another-build", message, "nothing was written")]) from None
            break
        yield


def _build(
    workspace: Workspace,
    at: datetime,
    out: Path | None,
    *,
    limit: Limit | None,
    pilot: bool,
    skip_pilot: bool,
    lift: bool,
    ask: bool,
) -> tuple[Plan, Bundle, Path, tuple[Accepted, ...]]:
    folder = (out or default_folder(workspace, pilot=pilot)).resolve()
    last = read_bundle(folder)
    _may_be_replaced(standing(folder), last)
    made, bundle = plan(workspace, at, folder, pilot=pilot, lift=lift)
    if pilot:
        _not_over_all(folder, last)
        _reaches_somebody(workspace, folder, bundle)
    if not (pilot or skip_pilot or lift):
        had = {tried(workspace.state)} | ({last.asked} if last is not None and last.stage is Stage.ALL else set())
        after_its_pilot(workspace, folder, had - {""}, bundle)
    if limit is not None and (why := wider(made, bundle, limit)):
        hint = "read `ordinance plan`, then raise the limit, or begin with fewer"
        if bundle.devices_affected is None:
            hint = "build once without a limit: take it out of ordinance.toml for that, or `--lift` first"
        elif bundle.uncounted:
            hint = "state whose ranges these are in estate/networks.csv, or build once without a limit"
        raise PolicyError([Issue(str(folder), 0, 0, "wider-than-limit", why, "nothing was written", hint)])
    accepted: tuple[Accepted, ...] = ()
    if ask:
        accepted = ask_consumers(bundle.settings, {t.id: t for t in available()}, bundle.files)
        bundle = accepted_by(bundle, as_rows(accepted))
    remember_numbers(workspace.state, bundle.numbered)  # before the files: a number once given is never given again
    write_folder(folder, bundle.files)
    if pilot or lift:
        remember(workspace.state, bundle.making.asked if pilot else "")
    return made, bundle, folder, accepted


def _not_over_all(folder: Path, last: Last | None) -> None:
    """Refuse to put the pilot's bundle in the place of that for all: it would take from the others what they have."""
    if last is not None and last.stage is not Stage.PILOT and any(a.reach for a in last.artefacts):
        message = "the bundle for all stands here, and a pilot's in its place would take from the others what they have"
        hint = "name another folder, or none: the pilot's own is .ordinance/bundle-pilot"
        raise PolicyError([Issue(str(folder), 0, 0, "pilot-over-all", message, "nothing was written", hint)])


def _reaches_somebody(workspace: Workspace, folder: Path, bundle: Bundle) -> None:
    if bundle.reached or not bundle.making.demands:
        return
    named = ", ".join(workspace.body.enforcement.pilot)
    message = f"no target does anything for a device of the pilot's units ({named}): it would try nothing"
    hint = "name other units in [enforcement] pilot, or state a network of theirs and have a target serve it"
    raise PolicyError([Issue(str(folder), 0, 0, "empty-pilot", message, "nothing was written", hint)])


def limit_of(text: str) -> Limit | None:
    """A limit as a person writes it; `None` for what is none."""
    return read_limit(text)


def wider(made: Plan, bundle: Bundle, limit: Limit) -> str:
    """How a bundle goes beyond a limit, in words; empty where it keeps to it."""
    count = bundle.devices_affected
    if count is None:
        return "nobody can say how many devices are affected: the last bundle does not name those that it was for"
    if ranges := bundle.uncounted:
        return f"{', '.join(ranges)} is left out no longer, and who is there nobody has counted"
    if limit.allows(count, max(made.estate_devices, count)):
        return ""
    return f"{count} of {made.estate_devices} device(s) are affected, and the limit is {limit}"


def _of_this_body(workspace: Workspace, folder: Path, last: Last | None) -> None:
    if last is not None and last.body and last.body != workspace.body.id:
        message = f"this is a bundle of {last.body!r}, and would be taken for the last one of {workspace.body.id!r}"
        raise PolicyError([Issue(str(folder), 0, 0, "other-body", message, "", "name another folder")])


def _may_be_replaced(folder: Path, last: Last | None) -> None:
    """Raises PolicyError (`not-a-bundle`) where replacing the folder would delete what no build put there."""
    if not folder.exists():
        return
    known = set() if last is None else {MANIFEST, SIGNATURE, *last.paths, *last.said["reports"]}
    others: list[str] = ["."] if not folder.is_dir() else sorted(_files(folder) - known)
    if others:
        message = f"{others[0]} is no part of a bundle, and would be deleted with the folder"
        raise PolicyError([Issue(str(folder), 0, 0, "not-a-bundle", message, "", "name another folder")])


def _files(folder: Path) -> set[str]:
    """Everything in a folder but folders that hold something, relative to it."""
    return {
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.is_symlink() or not p.is_dir() or not any(p.iterdir())
    }


def own_bundle(workspace: Workspace, folder: Path) -> Last | None:
    """The bundle in a folder, or `None`. Raises PolicyError for one of another body, or that cannot be read."""
    last = read_bundle(folder)
    _of_this_body(workspace, folder, last)
    return last


def default_folder(workspace: Workspace, *, pilot: bool = False) -> Path:
    """Where bundles go unless the user says otherwise; the pilot's has a folder of its own."""
    return workspace.state / (PILOT_FOLDER if pilot else FOLDER)


def read_bundle(folder: Path) -> Last | None:
    """The bundle in a folder, or `None`. Raises PolicyError (`bad-manifest`) where it cannot be read."""
    root = standing(folder)
    path = root / MANIFEST
    if path.is_symlink() or not path.is_file():
        return None
    devices = root / DEVICES
    try:
        return read_last(path.read_bytes(), devices.read_bytes() if devices.is_file() else None)
    except ValueError as error:
        hint = "restore the folder from a backup, or build into an empty one"
        raise PolicyError([Issue(str(path), 0, 0, "bad-manifest", "this is no bundle manifest", "", hint)]) from error
