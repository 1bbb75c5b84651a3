# SPDX-License-Identifier: EUPL-1.2
"""`ledger`: who looked behind a pseudonym, when and why, and whether the record is as it was written.

Reads the ledger of a body's state; writes nothing. Cannot know what was never written into it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ordinance.operations.workspace import Workspace
from ordinance.store.ledger import Entry, ledger_path, read_ledger


def ledger_document(workspace: Workspace) -> dict[str, Any]:
    """All that `ledger --json` prints. `holds` is false where a line was changed, taken out or put in."""
    found = read_ledger(workspace.state)
    return {
        "body": workspace.body.id,
        "ledger": ledger_path(workspace.state).relative_to(workspace.body.folder).as_posix(),
        "entries": [entry_line(entry, workspace) for entry in found.entries],
        "head": f"sha256:{found.head}" if found.entries else None,
        "holds": not found.faults,
        "faults": [{"line": f.line, "reason": f.reason} for f in found.faults],
        "half": found.half,
        "torn": list(found.torn),
    }


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
