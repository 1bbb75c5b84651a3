# SPDX-License-Identifier: EUPL-1.2
"""`reveal`: which device a pseudonym stands for, written into the ledger before it is said.

Reads the key of the pseudonyms and the estate; writes the ledger. A pseudonym that stands for no device of the estate,
or for more than one, names nobody, and is written down all the same. Cannot know devices that are not in the estate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.evidence import EvidenceKind
from ordinance.operations.accountable import answerable
from ordinance.operations.keys import pseudonyms_of
from ordinance.operations.purpose import require_notice
from ordinance.operations.workspace import Workspace
from ordinance.policy.toml_table import FILE
from ordinance.store.ledger import PSEUDONYM, Act, Entry, append

PER_DEVICE = frozenset({EvidenceKind.INVENTORY, EvidenceKind.NETWORK_DEVICE})


@dataclass(frozen=True, slots=True)
class Revealed:
    """What stands behind a pseudonym: `device` only where it is one alone; `found` is how many there are."""

    pseudonym: str
    device: str | None
    found: int
    entry: Entry


def reveal(workspace: Workspace, pseudonym: str, at: datetime, *, by: str, reason: str) -> Revealed:
    """Look behind a pseudonym. When this returns, the ledger has it on disk; where it has not, nobody is named.

    Raises PolicyError for what is no pseudonym, words that do not do, a body that allows no evidence about single
    devices (`reveal-not-allowed`), a law that asks for a notice first (`alarm-missing`) or for a new one
    (`alarm-over`), a key that may not be used, and a ledger that takes no entry.
    """
    if not PSEUDONYM.fullmatch(pseudonym):
        hint = "it is `dev-` and eight capital letters or digits from 2 to 7, as in a result"
        raise PolicyError([Issue("DEV", 0, 0, "bad-pseudonym", "this is no pseudonym of a device", "", hint)])
    said = answerable(workspace, by, reason)
    allow_single_devices(workspace)
    require_notice(workspace.body, at)
    names = pseudonyms_of(workspace)
    behind = [device for device in workspace.estate.device_ids() if names.of(device) == pseudonym]
    entry = append(
        workspace.state,
        Act.REVEAL,
        at,
        by=said.by,
        reason=said.reason,
        device=pseudonym,
        said={"found": len(behind)},
    )
    return Revealed(pseudonym, behind[0] if len(behind) == 1 else None, len(behind), entry)


def allow_single_devices(workspace: Workspace) -> None:
    """Raises PolicyError where the body allows no evidence about single devices: then nobody is looked at alone."""
    checking = workspace.body.checking
    if not checking.evidence_allowed & PER_DEVICE:
        line, column = checking.places.get("evidence_allowed") or (0, 0)
        message = "nobody is named here: evidence_allowed has no inventory and no network_device"
        hint = "a finding that names nobody is acted on without a name: tell everybody, or block"
        raise PolicyError([Issue(FILE, line, column, "reveal-not-allowed", message, "nothing was done", hint)])


def reveal_document(workspace: Workspace, found: Revealed) -> dict[str, Any]:
    """All that `reveal --json` prints."""
    return {
        "body": workspace.body.id,
        "notice": workspace.body.notice,
        "pseudonym": found.pseudonym,
        "device": found.device,
        "found": found.found,
        "by": found.entry.by,
        "reason": found.entry.reason,
    }
