# SPDX-License-Identifier: EUPL-1.2
"""The airlock in the demonstration: a drawn video on its way to two devices, of which one is not separate.

Writes into the copy of the example body: a package, its receipts, and what lies on a stick. Where videos cannot be
made anew here (the extra `media`, ExifTool or Linux is missing), nothing goes out, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from ordinance.model.errors import PolicyError, TransferError
from ordinance.operations.airlock_approving import Answers, approve
from ordinance.operations.airlock_log import log_document
from ordinance.operations.airlock_packing import Wanted, pack
from ordinance.operations.airlock_releasing import release
from ordinance.operations.separate_devices import proof_of
from ordinance.operations.workspace import Workspace

MAKER, APPROVER = "p-001", "p-002"
CLEAN, CONTAMINATED = "sd-001", "sd-002"
ANSWERS = {
    "people": "none",
    "minors": "none",
    "screens": "none",
    "place": "public",
    "music": "own",
    "captions": "read_and_right",
    "ai": "not_ai",
    "own_site": "there",
    "personal_data": "none",
}


def airlock_lines(workspace: Workspace, at: datetime) -> Iterator[str]:
    """What happened, a sentence a line."""
    transfer = f"{at.date().isoformat()}_00000001"
    numbers, stick, media = count(1), workspace.body.folder / "stick", workspace.body.folder / "media"
    try:
        wanted = Wanted([media / "film.mp4"], media / "cover.jpg", media / "captions.srt", text=media / "post.txt")
        pack(workspace, wanted, by=MAKER, at=at, transfer=transfer, ids=lambda: f"{next(numbers):04x}")
    except TransferError as error:
        first = error.issues[0]
        yield f"nothing goes out here: {first.message}" + (f" ({first.hint})" if first.hint else "")
        for device in (CLEAN, CONTAMINATED):
            yield f"{device}: {proof_of(workspace, device, at, now=at).why}"
        return
    approve(workspace, transfer, Answers(ANSWERS, {}), by=APPROVER, at=at)
    yield f"a video was made anew, prepared by {MAKER} and approved by {APPROVER}"
    for device in (CLEAN, CONTAMINATED):
        try:
            found = release(workspace, transfer, device, stick, by=MAKER, at=at, now=at)
        except PolicyError as error:
            yield f"{device} gets nothing: {error.issues[0].message}"
        else:
            yield f"{device} gets it: {found.proof.why}"
    log = log_document(workspace)
    yield f"{len(log['entries'])} receipts, and they {'hold' if log['holds'] else 'do not hold'}"
