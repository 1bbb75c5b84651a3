# SPDX-License-Identifier: EUPL-1.2
"""`purge`: what has been kept as long as the body said, shown, or taken away and looked for afterwards.

Reads the body's state; writes it only where that is asked for. The ledger says first what is to go, then what went and
how far it was looked for. Cannot know what snapshots, backups and the cells of a disk hold of a file that is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ordinance.model.retention import Kept
from ordinance.operations.accountable import place_without_names
from ordinance.operations.airlock_log import carried
from ordinance.operations.at_work import alone
from ordinance.operations.workspace import Workspace
from ordinance.store import retained
from ordinance.store.ledger import Act, Ledger, append, cut, read_ledger
from ordinance.store.receipts import cut as cut_receipts
from ordinance.store.receipts import read_receipts, require_sound

_ONLY_WHERE_SAID = frozenset({Kept.OBSERVATIONS, Kept.BUNDLES, Kept.PACKAGES})
MOST_PLACES = 20  # of what remains, in the ledger
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is kept, and its last day; `None` where nobody said how long, or of which day it is."""

    item: retained.Item
    last_day: date | None
    over: bool


@dataclass(frozen=True, slots=True)
class Purge:
    """What is kept and over on a day; after it was done, what a search of everything left found.

    `entries` are entries of the ledger that are over, `receipts` such of the airlock's, `unfinished` names that an
    earlier purge began to take away.
    """

    day: date
    due: tuple[Due, ...]
    leftovers: tuple[str, ...]
    unknown: tuple[str, ...]
    entries: int
    receipts: int
    unfinished: tuple[str, ...]
    done: bool = False
    searched: retained.Searched | None = None
    still_kept: tuple[str, ...] = field(default=())

    @property
    def over(self) -> tuple[Due, ...]:
        """What should not be there any more."""
        return tuple(one for one in self.due if one.over)

    @property
    def undated(self) -> tuple[Due, ...]:
        """What nobody can say the last day of."""
        return tuple(one for one in self.due if one.last_day is None)

    @property
    def exit_code(self) -> int:
        """1: something is over and there, or was taken away and is still found. 4: of something nobody can tell."""
        remains = self.searched is not None and self.searched.remains
        if remains or (not self.done and (self.over or self.entries or self.receipts or self.unfinished)):
            return 1
        is_whole = self.searched is None or self.searched.is_whole
        return 4 if self.undated or self.unknown or not is_whole else 0


def find_due(workspace: Workspace, day: date) -> Purge:
    """What is kept, and what of it is over on a day. Changes nothing."""
    retention, state = workspace.body.retention, workspace.state
    due = []
    for keeper in retained.KEEPERS:
        for item in keeper.items(state) if keeper.kind is not Kept.BUNDLES or retention.of(keeper.kind) else ():
            last = retention.last_day(item.kind, item.day) if item.day is not None else None
            due.append(Due(item, last, last is not None and last < day))
    return Purge(
        day=day,
        due=tuple(due),
        leftovers=tuple(p.relative_to(state).as_posix() for p in retained.leftovers(state)),
        unknown=retained.unknown(state),
        entries=len(_old(workspace, Kept.LEDGER, read_ledger(state), day)),
        receipts=len(_old(workspace, Kept.RECEIPTS, read_receipts(state), day)),
        unfinished=_unfinished(workspace),
    )


def purge(workspace: Workspace, day: date, now: datetime, step: Step = lambda name: None) -> Purge:
    """Take away what is over on `day`, look for it in everything that is left, and write both into the ledger.

    `step` hears of each thing before it goes. Raises PolicyError where a check or another purge runs (`state-busy`),
    the ledger takes no entry, or receipts that are over are not as they were written: then nothing is taken away.
    """
    state = workspace.state
    if not state.is_dir():
        return find_due(workspace, day)
    with alone(state):
        return _purged(workspace, day, now, step)


def _purged(workspace: Workspace, day: date, now: datetime, step: Step) -> Purge:
    state = workspace.state
    retained.put_back(state)
    found = find_due(workspace, day)
    going = {str(k.kind): [d.item.name for d in found.over if d.item.kind is k.kind] for k in retained.KEEPERS}
    if not (found.over or found.leftovers or found.entries or found.receipts or found.unfinished):
        return found
    if found.receipts:
        require_sound(state)
    # Receipts name packages that are gone, and are to: their names are not looked for.
    names = frozenset(n for kind, named in going.items() if kind != Kept.PACKAGES for n in named) | {*found.unfinished}
    devices = frozenset(w for one in found.over for w in retained.pseudonyms_in(one.item.path))
    step("begin")
    append(state, Act.PURGE, now, said={**going, "unfinished": list(found.unfinished)})
    for keeper in retained.KEEPERS:
        for one in (d.item for d in found.over if d.item.kind is keeper.kind):
            step(one.name)
            keeper.remove(state, one)
    for path in retained.leftovers(state):
        step(path.name)
        retained.clear(path)
    step("search")
    searched = retained.search(state, names)
    still = {word for word, _ in retained.search(state, devices).remains}
    said = {kind: len(named) for kind, named in going.items()}
    files = sorted({where for _, where in searched.remains})[:MOST_PLACES]
    places = sorted({place_without_names(workspace, file) for file in files})
    proof = {"files_searched": searched.files, "bytes_searched": searched.size_bytes, "remains_in": places}
    blind = {"packed": len(searched.packed), "unread": len(searched.unread)}
    append(state, Act.PURGED, now, said={**said, **proof, **blind})
    if receipts := read_receipts(state) if found.receipts else None:
        step("receipts")
        cut_receipts(state, _first_day(workspace, Kept.RECEIPTS, receipts, day), now, carried)
    if old := _old(workspace, Kept.LEDGER, ledger := read_ledger(state), day):
        step("ledger")
        cut(state, _first_day(workspace, Kept.LEDGER, ledger, day), now)
    return replace(found, entries=len(old), done=True, searched=searched, still_kept=tuple(sorted(still)))


def _old(workspace: Workspace, kind: Kept, book: Ledger, day: date) -> tuple[date, ...]:
    """Days of the entries at a book's beginning that are over."""
    found = []
    for entry in book.entries:
        last = workspace.body.retention.last_day(kind, entry.at.date())
        if last is None or last >= day:
            break
        found.append(entry.at.date())
    return tuple(found)


def _first_day(workspace: Workspace, kind: Kept, book: Ledger, day: date) -> date:
    """The day of the first entry that stays."""
    stays = book.entries[len(_old(workspace, kind, book, day)) :]
    return stays[0].at.date() if stays else day


def _unfinished(workspace: Workspace) -> tuple[str, ...]:
    """What a purge that was killed had begun to take away, as the ledger says."""
    open_: list[str] = []
    for entry in read_ledger(workspace.state).entries:
        if entry.what is Act.PURGE:
            lists = [v for key, v in entry.said.items() if isinstance(v, list) and key != Kept.PACKAGES]
            open_ += [name for names in lists for name in names if isinstance(name, str)]
        elif entry.what is Act.PURGED:
            open_ = []
    return tuple(sorted(set(open_)))


def purge_document(workspace: Workspace, found: Purge) -> dict[str, Any]:
    """All that `purge --json` prints."""
    retention, searched = workspace.body.retention, found.searched
    kinds = {keeper.kind: (keeper.where, keeper.holds) for keeper in retained.KEEPERS}
    return {
        "body": workspace.body.id,
        "notice": workspace.body.notice,
        "day": found.day.isoformat(),
        "done": found.done,
        "kinds": [
            {"kind": str(kind), "where": where, "holds": holds, "period": retention.said(kind)}
            for kind, (where, holds) in kinds.items()
            if kind not in _ONLY_WHERE_SAID or kind in retention.periods or any(d.item.kind is kind for d in found.due)
        ],
        "items": [
            {
                "kind": str(d.item.kind),
                "name": d.item.name,
                "day": d.item.day.isoformat() if d.item.day else None,
                "last_day": d.last_day.isoformat() if d.last_day else None,
                "over": d.over,
            }
            for d in found.due
        ],
        "ledger": {"period": retention.said(Kept.LEDGER), "entries_over": found.entries},
        "receipts": {"period": retention.said(Kept.RECEIPTS), "entries_over": found.receipts},
        "unfinished": list(found.unfinished),
        "leftovers": list(found.leftovers),
        "unknown": list(found.unknown),
        "standing": [
            {"where": s.where, "holds": s.holds, "until": s.until}
            for s in retained.STANDING
            if (workspace.state / Path(s.where)).exists()
        ],
        "search": None
        if searched is None
        else {
            "files": searched.files,
            "bytes": searched.size_bytes,
            "remains": [{"name": name, "file": where} for name, where in searched.remains],
            "packed": list(searched.packed),
            "unread": list(searched.unread),
            "devices_still_kept": list(found.still_kept),
        },
        "exit_code": found.exit_code,
    }
