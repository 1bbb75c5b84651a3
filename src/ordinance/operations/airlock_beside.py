# SPDX-License-Identifier: EUPL-1.2
"""What lies beside the receipts and speaks of transfers: packages, copies that were handed over, and the ledger.

Reads names of folders in the body's state and in a place that is named (a folder or a stick; no file there is opened),
and the ledger. Whoever takes the receipts away together with the note of their end leaves a book that looks as if
nothing had ever gone through; one of these may still show that something did. Cannot know that there were receipts
where nothing else is left: against that helps a digest that was noted elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from ordinance.airlock.package import TRANSFER
from ordinance.model.receipt import Act
from ordinance.model.retention import Kept
from ordinance.store import ledger
from ordinance.store.chain import Ledger
from ordinance.store.retained import PACKAGES


@dataclass(frozen=True, slots=True)
class Untold:
    """Something that speaks of a transfer of which the receipts do not tell, or not so far: where, and an id."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies there: names of transfers, and the places where they stand. It is looked at before the receipts are
    read, so that of what a run writes in the meantime these tell already."""

    packages: tuple[str, ...]
    purged: tuple[str, ...]
    copies: tuple[str, ...]
    state: str
    released: Path | None


def look_beside(state: Path, released: Path | None = None) -> Beside:
    """What lies beside the receipts of a state, and in `released`, a place to which packages were handed over.

    Raises OSError where one of them cannot be read.
    """
    own = state / PACKAGES
    packages, copies = _named(own) if own.is_dir() else (), _named(released) if released is not None else ()
    return Beside(tuple(packages), tuple(_purged(state)), tuple(copies), state.name, released)


def untold(
    beside: Beside, found: Ledger, told: Mapping[str, Collection[Act]], zone: ZoneInfo
) -> tuple[Untold, ...]:
    """Everything beside the receipts that they should tell of and do not, by place. `told` are the acts that they tell
    of each transfer.

    What is as old as receipts that retention took away is passed over: of that they need not tell any more.
    """
    since = _since(found, zone)
    lines = []
    for name in beside.packages:
        if name not in told and _counts(name, since):
            lines.append(Untold(f"{beside.state}/{PACKAGES}/{name}", "receipt-of-package-missing"))
    for name in beside.purged:
        if name not in told and _counts(name, since):
            lines.append(Untold(f"{beside.state}/ledger: {name}", "receipt-of-purged-missing"))
    for name in beside.copies:
        if Act.RELEASED not in told.get(name, ()) and _counts(name, since):
            lines.append(Untold(f"{beside.released}/{name}", "receipt-of-copy-missing"))
    return tuple(sorted(lines, key=lambda one: (one.where, one.reason)))


def has_digest(found: Ledger, noted: str) -> bool:
    """Whether a digest that was noted elsewhere is that of a receipt, or of the last one that retention took away."""
    cuts = {entry.said.get("cut") for entry in found.entries if entry.what == Act.CUT}
    return noted in {entry.digest for entry in found.entries} or noted in cuts


def _since(found: Ledger, zone: ZoneInfo) -> date | None:
    """The day of the first receipt that stayed; `None` where none was taken away."""
    if not found.entries or found.entries[0].n == 1:
        return None
    return found.entries[0].at.astimezone(zone).date()


def _counts(name: str, since: date | None) -> bool:
    return since is None or name[:10] > since.isoformat()


def _named(folder: Path) -> Iterator[str]:
    """Folders with the name of a transfer, by name. Raises OSError where the place cannot be read."""
    yield from sorted(p.name for p in folder.iterdir() if TRANSFER.fullmatch(p.name) and p.is_dir())


def _purged(state: Path) -> Iterator[str]:
    """Packages of which the ledger says that a purge took them away."""
    for entry in ledger.read_ledger(state).entries:
        names = entry.said.get(str(Kept.PACKAGES)) if entry.what is ledger.Act.PURGE else None
        yield from (n for n in names if isinstance(n, str) and TRANSFER.fullmatch(n)) if isinstance(names, list) else ()
