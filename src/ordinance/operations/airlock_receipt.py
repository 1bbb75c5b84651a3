# SPDX-License-Identifier: EUPL-1.2
"""A folder and its receipt: both are there, or neither.

Writes a receipt of a package that now stands in a folder. Where the receipt cannot be written the folder goes; where
the run is broken off after the receipt is on disk, both stay. Cannot help a run that is killed outright.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ordinance.model.receipt import Act
from ordinance.store.chain import Ledger
from ordinance.store.receipts import append, read_receipts


def tell_of(
    folder: Path,
    state: Path,
    act: Act,
    at: datetime,
    *,
    by: str,
    said: Mapping[str, Any],
    device: str = "",
    unless: Callable[[Ledger], None] = lambda found: None,
) -> None:
    """Write the receipt of what stands in `folder`; whatever stops it before it is on disk takes the folder away.

    `unless` looks at the receipts under their lock, and may raise.

    Raises what `append` raises, and what breaks the run off.
    """
    stood: list[int] = []  # the number of the last receipt before ours, once the lock is held

    def asked(found: Ledger) -> None:
        unless(found)
        stood.append(found.entries[-1].n if found.entries else 0)

    try:
        append(state, act, at, by=by, said=said, device=device, unless=asked)
    except BaseException:
        ours = (e for e in read_receipts(state).entries if stood and e.n > stood[0] and e.what == act)
        if not any(e.device == device and e.said["transfer"] == said["transfer"] for e in ours):
            shutil.rmtree(folder, ignore_errors=True)
        raise
