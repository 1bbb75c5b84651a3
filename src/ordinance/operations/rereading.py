# SPDX-License-Identifier: EUPL-1.2
"""Reading logs again: what is known of them is not read, and what comes out is what reading everything gives.

Only for bodies that ask for it (`observations` in `[retention]`) and for readers that judge each line by itself; all
others are read whole each time. What is kept of a log is used for as long as the body says, also when the log is gone.
Apps that were put on the watch list after that are `lost` on its days: nobody looked for them.

Reads and writes `observations/` in the state. Cannot know why a file is gone, or whether somebody took it away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path

from ordinance import __version__
from ordinance.model.body import Body, SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.kept import KeptLines, KeptPart, Part, Terms
from ordinance.model.retention import Kept
from ordinance.model.time import Span
from ordinance.operations.workspace import Workspace
from ordinance.readers import Reader
from ordinance.readers._again import Again
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._known_log import NameLogReader
from ordinance.readers._lines import ChangedError
from ordinance.readers._picking import Picking
from ordinance.store.observations import (
    FORM,
    forget_observations,
    purge,
    read_observations,
    write_observations,
)

# Where a log lies, whose it is, and when it is expected: what a line of it says is the same.
_OF_NO_LINE = frozenset({"files", "network", "every", "first", "platforms", "hours", "places"})

_A_DAY = timedelta(days=1)  # `--as-of` tomorrow is today's check


@dataclass(slots=True)
class Rereading:
    """What a check knows of its logs. `skipped` counts by source the octets that were not read line by line.

    What is kept becomes what this check read only where `keeps`, and where nothing kept is of `until` or later (seconds
    since 1970; `None`: never): somebody who looks at other days than the next check will leaves it as it is.
    """

    state: Path
    secret: bytes
    apps: dict[str, str]
    keeps: bool = True
    until: int | None = None
    skipped: dict[str, int] = field(default_factory=dict)

    def read(
        self,
        one: Reader,
        settings: SourceSettings,
        body: Body,
        watch: WatchList,
        matchers: Matchers,
        window: Span,
        leases: Leases | None,
        lease_files: Iterable[tuple[str, str]],
    ) -> Reading:
        """A reading of one source: the same as without, sooner."""
        named = [s for s in body.sources if s.id in settings.leases]
        terms = terms_of(settings, watch, self.secret, self.apps, lease_files, named)
        if not isinstance(one, NameLogReader) or not (one.goes_on or one.picks):
            reading = one.read(settings, body.folder, watch, matchers, window, leases)
            return Again(terms, self.secret).without_names(reading)
        stored = read_observations(self.state, settings.id)
        parts = tuple(p for p in stored if isinstance(p, KeptPart))
        picked = tuple(p for p in stored if isinstance(p, KeptLines))
        for is_whole in (False, False, True):
            again = Again(terms, self.secret, parts, window=window, is_whole=is_whole)
            picking = Picking(terms.exact, picked, window=window, is_whole=is_whole)
            known = again if one.goes_on else picking
            try:
                reading = one.read_again(settings, body.folder, watch, matchers, known, leases)
                break
            except ChangedError:  # written anew while it was read: once more, then without what is known of it
                continue
        if self.keeps and not is_whole and not self._is_before(stored):
            left = (*again.parts, *again.set_aside()) if one.goes_on else picking.parts
            write_observations(self.state, settings.id, left)
        self.skipped[settings.id] = known.skipped
        return again.without_names(reading)

    def _is_before(self, stored: Iterable[Part]) -> bool:
        """Whether something is kept of days that this check does not reach."""
        newest = (part.newest for part in stored)
        return self.until is not None and any(at is not None and at >= self.until for at in newest)



def terms_of(
    settings: SourceSettings,
    watch: WatchList,
    secret: bytes,
    apps: Mapping[str, str],
    lease_files: Iterable[tuple[str, str]] = (),
    lease_sources: Iterable[SourceSettings] = (),
) -> Terms:
    """Under what a source is read; `apps` as `apps_of` gives them."""
    key = hashlib.sha256(secret).hexdigest()
    watched = (sorted(w) for w in (watch.internal, watch.separate_macs, watch.canary, watch.unseen.items()))
    same = _digest((*_said_of(settings), *watched, FORM, key))
    leases = _digest((sorted(lease_files), sorted(map(_said_of, lease_sources))))
    exact = _digest((same, watch.digest, __version__))
    return Terms(exact, same, {app: apps[app] for app in sorted(watch.apps)}, leases)


def start_rereading(
    workspace: Workspace, as_of: datetime, secret: bytes, now: datetime, *, is_usual: bool
) -> Rereading | None:
    """What is kept of earlier runs, without what is older than the body keeps; `None` where it keeps nothing.

    `secret` keys what lines are known by: whoever has it could try whether a line that is guessed was kept. What is
    over at `as_of` goes, unless it is not over `now`. A check from a day that is still to come, or of a window that
    shows less than the body's own (not `is_usual`), leaves what is kept as it is.
    """
    retention, state = workspace.body.retention, workspace.state
    if retention.of(Kept.OBSERVATIONS) is None:
        forget_observations(state)
        return None
    today = min(as_of, now).astimezone(workspace.body.zone).date()
    purge(state, lambda day: (retention.last_day(Kept.OBSERVATIONS, day) or today) < today)
    keeps = is_usual and as_of <= now + _A_DAY
    return Rereading(state, secret, apps_of(workspace), keeps, int(as_of.timestamp()))


def end_rereading(state: Path, sources: Iterable[str]) -> None:
    """Nothing stays of a source that may not be read any more, or is gone from the settings."""
    forget_observations(state, sources)


def _said_of(settings: SourceSettings) -> list[tuple[str, str]]:
    """Everything in the settings of a source that a line of it could mean something else by."""
    said = ((f.name, getattr(settings, f.name)) for f in fields(settings) if f.name not in _OF_NO_LINE)
    return [(name, repr(sorted(value.items()) if isinstance(value, Mapping) else value)) for name, value in said]


def apps_of(workspace: Workspace) -> dict[str, str]:
    """By `family/member`, the digest of what an app is recognised by."""
    return {
        f"{family.id}/{member.id}": _digest(sorted(map(repr, member.identifiers)))
        for family in workspace.catalogue.families
        for member in family.members
    }


def _digest(said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()
