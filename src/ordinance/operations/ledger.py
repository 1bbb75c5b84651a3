# SPDX-License-Identifier: EUPL-1.2
"""`ledger`: who looked behind a pseudonym, when and why, and whether the record is as it was written.

Reads the ledger of a body's state. Writes nothing, but for `adopt_ledger`: one entry, that a ledger whose end nothing
vouches for was taken on as it is. Cannot know what was never written into it, nor what was taken from such an end.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ordinance.operations.accountable import answerable
from ordinance.operations.workspace import Workspace
from ordinance.store.ledger import Entry, adopt, ledger_path, read_ledger


def ledger_document(workspace: Workspace) -> dict[str, Any]:
    """All that `ledger --json` prints. `holds` is false where a line was changed, taken out or put in."""
    found = read_ledger(workspace.state)
    return {
        "body": workspace.body.id,
        "ledger": ledger_path(workspace.state).relative_to(workspace.body.folder).as_posix(),
        "entries": [entry_line(entry, workspace) for entry in found.entries],
        "head": f"sha256:{found.head}" if found.entries else None,
        "holds": not (found.faults or found.spoilt),
        "faults": [{"line": f.line, "reason": f.reason} for f in (*found.faults, *found.spoilt)],
        "half": found.half,
        "torn": list(found.torn),
    }


def adopt_ledger(workspace: Workspace, at: datetime, *, by: str, reason: str) -> Entry:
    """Take on a ledger whose chain holds and of whose end nobody knows; the entry that says who did it and why.

    Raises PolicyError for words that do not do, a ledger with which nothing is wrong (`nothing-to-adopt`) or more than
    that (`ledger-broken`), and one that takes no entry; OSError where it cannot be written.
    """
    said = answerable(workspace, by, reason)
    return adopt(workspace.state, at, by=said.by, reason=said.reason)


def entry_line(entry: Entry, workspace: Workspace) -> dict[str, Any]:
    """An entry as JSON, its instant on the body's wall clock."""
    return {
        "n": entry.n,
        "at": _local(entry.at, workspace),
        "what": entry.what,
        "by": entry.by,
        "reason": entry.reason,
        "device": entry.device or None,
        "said": dict(entry.said),
    }


def _local(at: datetime, workspace: Workspace) -> str:
    return at.astimezone(workspace.body.zone).isoformat(timespec="seconds")
