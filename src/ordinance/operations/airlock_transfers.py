# SPDX-License-Identifier: EUPL-1.2
"""Transfers of a body: where their packages lie, who may act on them, and what their receipts say of them.

Reads the receipts, the packages and `people.csv`; writes nothing. Whoever acts on a transfer comes through here: a book
of receipts that is not as it was written, a step out of its turn, or a package that is not the one that the receipts
tell of stops everything.

Cannot know whether who types an id is that person.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from ordinance.airlock.package import Manifest, check_package
from ordinance.model.errors import Issue, PolicyError, TransferError
from ordinance.model.receipt import Act, OutOfTurn, Step, out_of_turn
from ordinance.model.transfer import Refusal
from ordinance.operations.airlock_log import Transfer, transfers_of
from ordinance.operations.workspace import Workspace
from ordinance.policy.nodes import did_you_mean
from ordinance.store.chain import Ledger
from ordinance.store.receipts import read_receipts

NOTHING = "nothing was done"
PEOPLE = "estate/people.csv"
MOST_REASON = 500  # characters
_WHY = {
    OutOfTurn.NOT_NEXT: ("it was {state}, so that it cannot be {act}", "`ordinance airlock list` shows what came when"),
    OutOfTurn.SAME_PERSON: ("who prepared it cannot be who approves it", "another person looks at it and approves it"),
    OutOfTurn.OTHER_PACKAGE: ("it is another package than the one that was prepared", "prepare it anew"),
}


def packages(state: Path) -> Path:
    """The folder that holds the packages of a body, each under the name of its transfer."""
    return state / "airlock" / "packages"


def known_person(workspace: Workspace, by: str, at: datetime) -> str:
    """The id of a person of the body on the day. Raises PolicyError (`unknown-person-of-transfer`) for any other."""
    today = at.astimezone(workspace.body.zone).date()
    if workspace.estate.person_on(by, today, today) is None:
        message = f'there is nobody with the id "{by}" on {today}'
        hint = did_you_mean(by, workspace.estate.person_rows) or "name the person as people.csv does"
        raise PolicyError([Issue(PEOPLE, 0, 0, "unknown-person-of-transfer", message, NOTHING, hint)])
    return by


def reason_of(text: str, option: str) -> str:
    """A reason in one line. Raises PolicyError where there is none, or a very long one."""
    reason = " ".join(unicodedata.normalize("NFC", text).split())
    if not reason or len(reason) > MOST_REASON:
        message = f"it has more than {MOST_REASON} characters" if reason else "there is no reason"
        raise PolicyError([Issue(option, 0, 0, "no-reason", message, NOTHING, "say why in a sentence")])
    return reason


def transfer_of(workspace: Workspace, name: str, found: Ledger | None = None) -> Transfer:
    """A transfer. Raises PolicyError where no receipt tells of it, or the receipts are not as they were written."""
    found = read_receipts(workspace.state) if found is None else found
    transfers, faults = transfers_of(found)
    wrong = [(f.line, f.reason) for f in found.faults] + [(f.line, f.reason) for f in faults]
    if wrong:
        line, reason = min(wrong)
        message = f"the receipts are not as they were written: {reason}"
        hint = "`ordinance airlock verify-log` lists what is wrong"
        file = f"{workspace.state.name}/airlock/receipts.jsonl"
        raise PolicyError([Issue(file, line, 0, "ledger-broken", message, NOTHING, hint)])
    if name not in transfers:
        message = "no receipt tells of such a transfer"
        hint = did_you_mean(name, transfers) or "`ordinance airlock list` shows them"
        raise PolicyError([Issue(name, 0, 0, "unknown-transfer", message, NOTHING, hint)])
    return transfers[name]


def require_turn(transfer: Transfer, act: Act, by: str) -> None:
    """Raises PolicyError with an id of `OutOfTurn` where this step may not come now."""
    why = out_of_turn(transfer.steps, Step(act, by, digest_of(transfer)))
    if why is not None:
        message, hint = _WHY[why]
        said = message.format(state=transfer.state, act=act)
        raise PolicyError([Issue(transfer.id, 0, 0, str(why), said, NOTHING, hint)])


def still_in_turn(workspace: Workspace, name: str, act: Act, by: str) -> Callable[[Ledger], None]:
    """What is asked once more under the book's lock: another run may have come first, while files were looked at."""
    return lambda found: require_turn(transfer_of(workspace, name, found), act, by)


def digest_of(transfer: Transfer) -> str:
    """The digest of the manifest that the first step of a transfer names."""
    return transfer.steps[0].manifest


def whole_package(workspace: Workspace, transfer: Transfer) -> Manifest:
    """The package of a transfer. Raises TransferError where it is not exactly what was prepared."""
    found = check_package(packages(workspace.state) / transfer.id, digest=digest_of(transfer))
    if isinstance(found, Manifest) and found.transfer == transfer.id:
        return found
    if isinstance(found, Manifest):
        found = (Refusal("manifest.json", "package-other-manifest", "it is that of another transfer"),)
    raise refused(transfer.id, found, "prepare it anew: what was approved is not there any more")


def refused(name: str, refusals: Iterable[Refusal], hint: str = "") -> TransferError:
    """The error that says why something of a transfer goes no further."""
    lines = [Issue(f"{name}/{r.where}", 0, 0, r.id, r.message, "nothing was handed over", hint) for r in refusals]
    return TransferError(lines)


def list_document(workspace: Workspace) -> dict[str, Any]:
    """Every transfer and its state, from the receipts alone. `holds` is false where the receipts cannot be trusted."""
    found = read_receipts(workspace.state)
    transfers, faults = transfers_of(found)
    zone = workspace.body.zone
    return {
        "body": workspace.body.id,
        "notice": workspace.body.notice,
        "holds": not found.faults and not faults,
        "transfers": [
            {
                "transfer": transfer.id,
                "state": str(transfer.state),
                "since": transfer.entries[-1].at.astimezone(zone).isoformat(timespec="seconds"),
                "by": transfer.entries[-1].by,
                "devices": sorted({entry.device for entry in transfer.entries if entry.device}),
                "addresses": [str(e.said["address"]) for e in transfer.entries if "address" in e.said],
                "files": len(said) if isinstance(said := transfer.entries[0].said.get("files"), list) else None,
            }
            for transfer in transfers.values()
        ],
    }
