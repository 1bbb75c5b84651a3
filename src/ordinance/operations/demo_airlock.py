# SPDX-License-Identifier: EUPL-1.2
"""The airlock in the demonstration: a drawn picture on its way to two devices, of which one is not separate.

Writes into the copy of the example body: a package, its receipts, and what lies on a stick. Where pictures cannot be
made anew here (the extra `media`, ExifTool or Linux is missing), nothing goes out, and that is said.
"""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

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
    "music": "none",
    "captions": "nothing_heard",
    "ai": "not_ai",
    "own_site": "there",
    "personal_data": "none",
}
_SIDE = 64  # pixels


def airlock_lines(workspace: Workspace, at: datetime) -> Iterator[str]:
    """What happened, a sentence a line."""
    transfer = f"{at.date().isoformat()}_00000001"
    numbers, stick = count(1), workspace.body.folder / "stick"
    try:
        with tempfile.TemporaryDirectory() as folder:
            picture = Path(folder, "picture.png")
            picture.write_bytes(drawn())
            wanted = Wanted([picture], text=workspace.body.folder / "media" / "post.txt")
            pack(workspace, wanted, by=MAKER, at=at, transfer=transfer, ids=lambda: f"{next(numbers):04x}")
    except TransferError as error:
        first = error.issues[0]
        yield f"nothing goes out here: {first.message}" + (f" ({first.hint})" if first.hint else "")
        for device in (CLEAN, CONTAMINATED):
            yield f"{device}: {proof_of(workspace, device, at, now=at).why}"
        return
    approve(workspace, transfer, Answers(ANSWERS, {}), by=APPROVER, at=at)
    yield f"a picture was made anew, prepared by {MAKER} and approved by {APPROVER}"
    for device in (CLEAN, CONTAMINATED):
        try:
            found = release(workspace, transfer, device, stick, by=MAKER, at=at, now=at)
        except PolicyError as error:
            yield f"{device} gets nothing: {error.issues[0].message}"
        else:
            yield f"{device} gets it: {found.proof.why}"
    log = log_document(workspace)
    yield f"{len(log['entries'])} receipts, and they {'hold' if log['holds'] else 'do not hold'}"


def drawn() -> bytes:
    """A picture in which red grows to the right and green downwards, as PNG, with a text that names somebody."""
    rows = b"".join(b"\0" + bytes(v for x in range(_SIDE) for v in (4 * x, 4 * y, 60)) for y in range(_SIDE))
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"tEXt", b"Author\0Somebody"), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )
