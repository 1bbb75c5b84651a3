# SPDX-License-Identifier: EUPL-1.2
"""A folder of this run alone, for a copy of what people did: gone when the run ends, or cleared by the next one.

Reads the names of folders in the system's temporary folder; makes one there, readable by its owner only, and locks it.
Takes away those of the same user that no run holds any more, because it was killed. A folder that was just made holds
nothing until it is locked, so that none is taken away under a run that begins. Where the system has no such locks
(Windows) nothing of earlier runs is taken away. Cannot know what a disk still holds of a file that is gone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ordinance.store.files import HAS_LOCKS, held

PREFIX = "ordinance-private-"


@contextmanager
def private_folder() -> Iterator[Path]:
    """An empty folder. Raises OSError where none can be made."""
    if HAS_LOCKS:
        _clear()
    with ExitStack() as stack:
        while True:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)))
            with suppress(BlockingIOError, FileNotFoundError):
                stack.enter_context(held(folder))
                if folder.is_dir():
                    break  # else another run took it for one that was left, and there is a next one
        yield folder


def _clear() -> None:
    """Take away the folders of runs of this user that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
                continue
            with held(folder):
                shutil.rmtree(folder)
