# SPDX-License-Identifier: EUPL-1.2
"""`airlock verify-log`: whether the receipts are as they were written, and whether each step came in its turn.

Reads the receipts of a body's state, and what else there speaks of transfers. Writes nothing, but for
`adopt_receipts`. Cannot know whether who typed an id is that person, nor whether the whole book was written anew or
taken away with all the rest: against that helps the digest of its last entry, noted elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ordinance.model.receipt import BOOKS_OWN, Act, Step, out_of_turn
from ordinance.operations.accountable import answerable
from ordinance.operations.airlock_beside import has_digest, look_beside, untold
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
    """One transfer as its receipts tell it, the earliest first; `before` are steps of which the receipts went."""

    id: str
    entries: tuple[Entry, ...]
    before: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step from the first on, without what each says beside its package."""
        return (*self.before, *(Step(Act(e.what), e.by, str(e.said.get("manifest"))) for e in self.entries))

    @property
    def state(self) -> Act:
        """What happened to it last."""
        return self.steps[-1].act


def transfers_of(found: Ledger) -> tuple[Mapping[str, Transfer], tuple[ReceiptFault, ...]]:
    """Every transfer by its id, in the order of their first receipts, and what is out of turn or not whole.

    Where older receipts were taken away, the receipt that says so also says how far each transfer had come, and what
    was wrong then: that is found at line 0, for good.
    """
    transfers, faults = _followed(found, len(found.entries))
    return {name: transfer for name, transfer in transfers.items() if transfer.entries}, tuple(faults)


def _followed(found: Ledger, most: int) -> tuple[dict[str, Transfer], list[ReceiptFault]]:
    """Every transfer as far as the first `most` receipts tell it, also one that a cut carried and they do not name."""
    transfers, faults = _carried_over(found)
    for line, entry in enumerate(found.entries[:most], 1):
        act = Act(entry.what)
        if act in BOOKS_OWN:
            continue
        name, manifest = entry.said.get("transfer"), entry.said.get("manifest")
        if not (isinstance(name, str) and name and isinstance(manifest, str) and _DIGEST.fullmatch(manifest)):
            faults.append(ReceiptFault(line, "receipt-not-whole"))
            continue
        known = transfers.get(name, Transfer(name, ()))
        why = out_of_turn(known.steps, Step(act, entry.by, manifest))
        if why is not None:
            faults.append(ReceiptFault(line, str(why)))
        transfers[name] = replace(known, entries=(*known.entries, entry))
    return transfers, faults


def carried(found: Ledger, gone: int) -> dict[str, Any]:
    """What the receipt of a cut says of the first `gone` receipts: how far the transfers had come of which others stay,
    and what was wrong with any.

    Who did it is carried of the first step alone, which is asked for when somebody approves. A transfer of which every
    receipt goes is forgotten: whatever came later under its id would be out of turn.
    """
    transfers, faults = _followed(found, gone)  # of the whole book: the receipt of the last cut stands behind these
    stays = {entry.said.get("transfer") for entry in found.entries[gone:]}
    split = [transfer for transfer in transfers.values() if transfer.id in stays]
    return {
        "transfers": {
            t.id: [[str(s.act), s.by if s.act is Act.PREPARED else "", s.manifest] for s in t.steps] for t in split
        },
        "wrong": sorted({fault.reason for fault in faults}),
    }


def _carried_over(found: Ledger) -> tuple[dict[str, Transfer], list[ReceiptFault]]:
    """What the receipt of the last cut carries; nothing where the book begins with its first one."""
    if not found.entries or found.entries[0].n == 1:
        return {}, []
    cuts = [e for e in found.entries if e.what == Act.CUT and e.said.get("cut") == found.entries[0].before]
    transfers: dict[str, Transfer] = {}
    try:
        said = cuts[-1].said
        for name, steps in said["transfers"].items():
            before = tuple(Step(Act(act), str(by), str(manifest)) for act, by, manifest in steps)
            transfers[name] = Transfer(name, (), before)
        wrong = [str(reason) for reason in said["wrong"]]
    except (IndexError, KeyError, TypeError, ValueError, AttributeError):  # chained, and yet none of ours
        return {}, [ReceiptFault(0, "receipt-not-whole")]
    return transfers, [ReceiptFault(0, reason) for reason in wrong]


def log_document(
    workspace: Workspace, *, noted: str | None = None, released: Path | None = None
) -> dict[str, Any]:
    """All that `airlock verify-log --json` prints. `holds` is false where anything is wrong with any receipt, or
    something else on disk speaks of a transfer that they do not tell of.

    `noted` is the digest of a receipt (SHA-256) that was noted elsewhere, `released` a folder or stick to which was
    handed over; of that only names are read. Raises OSError where it cannot be.
    """
    lying = look_beside(workspace.state, released)
    found = read_receipts(workspace.state)
    transfers, turned = transfers_of(found)
    book = receipts_path(workspace.state).relative_to(workspace.body.folder).as_posix()
    wrong = [(f.line, f.reason) for f in (*found.faults, *found.spoilt)] + [(f.line, f.reason) for f in turned]
    faults = [(book, line, reason) for line, reason in sorted(wrong)]
    told = {t.id: {step.act for step in t.steps} for t in transfers.values()}
    faults += [(one.where, 0, one.reason) for one in untold(lying, found, told, workspace.body.zone)]
    if noted is not None and not has_digest(found, noted):
        faults.append((book, 0, "receipt-noted-missing"))
    return {
        "body": workspace.body.id,
        "notice": workspace.body.notice,
        "receipts": book,
        "entries": [_line(entry, workspace) for entry in found.entries],
        "transfers": [
            {"transfer": t.id, "state": str(t.state), "begun_before": bool(t.before)} for t in transfers.values()
        ],
        "head": f"sha256:{found.head}" if found.entries else None,
        "holds": not faults,
        "faults": [{"where": where, "line": line, "reason": reason} for where, line, reason in faults],
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
