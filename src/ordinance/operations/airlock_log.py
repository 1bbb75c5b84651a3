# SPDX-License-Identifier: EUPL-1.2
"""`airlock verify-log`: whether the receipts are as they were written, and whether each step came in its turn.

Reads the receipts of a body's state. Writes nothing, but for `adopt_receipts`. Cannot know whether who typed an id is
that person, nor whether the whole book was written anew: against that helps the digest of its last entry, noted
elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ordinance.model.receipt import BOOKS_OWN, Act, Step, out_of_turn
from ordinance.operations.accountable import answerable
from ordinance.operations.workspace import Workspace
from ordinance.store.chain import Entry, Ledger
from ordinance.store.receipts import adopt, read_receipts, receipts_path

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ReceiptFault:
    """A receipt that is not as it was written or out of its turn: its line in the file, and an id."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer as its receipts tell it, the earliest first. `is_begun_before`: its first ones were taken away."""

    id: str
    entries: tuple[Entry, ...]
    is_begun_before: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        """The same without what each step says beside its package."""
        return tuple(Step(Act(e.what), e.by, str(e.said.get("manifest"))) for e in self.entries)

    @property
    def state(self) -> Act:
        """What happened to it last."""
        return Act(self.entries[-1].what)


def transfers_of(found: Ledger) -> tuple[Mapping[str, Transfer], tuple[ReceiptFault, ...]]:
    """Every transfer by its id, in the order of their first receipts, and what is out of turn or not whole."""
    transfers: dict[str, Transfer] = {}
    faults: list[ReceiptFault] = []
    was_cut = any(entry.what == Act.CUT for entry in found.entries)
    for line, entry in enumerate(found.entries, 1):
        act = Act(entry.what)
        if act in BOOKS_OWN:
            continue
        name, manifest = entry.said.get("transfer"), entry.said.get("manifest")
        if not (isinstance(name, str) and name and isinstance(manifest, str) and _DIGEST.fullmatch(manifest)):
            faults.append(ReceiptFault(line, "receipt-not-whole"))
            continue
        known = transfers.get(name)
        if known is None and act is not Act.PREPARED and was_cut:
            transfers[name] = Transfer(name, (entry,), is_begun_before=True)
            continue
        why = out_of_turn(known.steps if known else (), Step(act, entry.by, manifest))
        if why is not None:
            faults.append(ReceiptFault(line, str(why)))
        steps = (*known.entries, entry) if known else (entry,)
        transfers[name] = Transfer(name, steps, known is not None and known.is_begun_before)
    return transfers, tuple(faults)


def log_document(workspace: Workspace) -> dict[str, Any]:
    """All that `airlock verify-log --json` prints. `holds` is false where anything is wrong with any receipt."""
    found = read_receipts(workspace.state)
    transfers, turned = transfers_of(found)
    faults = sorted([(f.line, f.reason) for f in found.faults] + [(f.line, f.reason) for f in turned])
    return {
        "body": workspace.body.id,
        "notice": workspace.body.notice,
        "receipts": receipts_path(workspace.state).relative_to(workspace.body.folder).as_posix(),
        "entries": [_line(entry, workspace) for entry in found.entries],
        "transfers": [
            {"transfer": t.id, "state": str(t.state), "begun_before": t.is_begun_before} for t in transfers.values()
        ],
        "head": f"sha256:{found.head}" if found.entries else None,
        "holds": not faults,
        "faults": [{"line": line, "reason": reason} for line, reason in faults],
        "half": found.half,
        "torn": list(found.torn),
    }


def adopt_receipts(workspace: Workspace, at: datetime, *, by: str, reason: str) -> dict[str, Any]:
    """Take on receipts whose chain holds and of whose end nobody knows; the entry that says who did it, as JSON.

    Raises PolicyError for words that do not do, receipts with which nothing is wrong (`nothing-to-adopt`) or more than
    that (`ledger-broken`), and where they take no entry; OSError where it cannot be written.
    """
    said = answerable(workspace, by, reason)
    return _line(adopt(workspace.state, at, by=said.by, reason=said.reason), workspace)


def _line(entry: Entry, workspace: Workspace) -> dict[str, Any]:
    return {
        "n": entry.n,
        "at": entry.at.astimezone(workspace.body.zone).isoformat(timespec="seconds"),
        "what": str(entry.what),
        "by": entry.by,
        "reason": entry.reason,
        "device": entry.device or None,
        "said": dict(entry.said),
    }
