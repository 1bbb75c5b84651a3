# SPDX-License-Identifier: EUPL-1.2
"""Opening files that somebody else may have put there, as safely on systems that have no flags for it.

Reads files named by the caller; never waits for who writes into a pipe. Where a system has no flag that says "no links"
or "do not wait" (Windows), the file is looked at before, and what was opened must be what was looked at.

Cannot know: whether a file is changed while it is read; and the second way trusts that the system gives each file a
number of its own.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

_PIECE = 1 << 20


class NoFileError(OSError):
    """It is there, and is no file: a folder, a pipe, a device; or it became another one while it was opened."""


def open_to_read(path: Path, *, follow: bool = False) -> int:
    """A handle of a file, not handed on to programs that are started; with `follow` also one that a link leads to.

    Raises NoFileError for what is no file, OSError (ELOOP) for a link, and OSError where it cannot be opened.
    """
    has_flags = hasattr(os, "O_NONBLOCK") and (follow or hasattr(os, "O_NOFOLLOW"))
    before = None if has_flags else _looked_at(path, follow=follow)
    flags = os.O_RDONLY | _flag("O_BINARY") | _flag("O_NONBLOCK") | (0 if follow else _flag("O_NOFOLLOW"))
    handle = os.open(path, flags)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NoFileError(errno.EINVAL, "it is no file", str(path))
        if before is not None and not os.path.samestat(before, found):
            raise NoFileError(errno.EINVAL, "another file took its place", str(path))
    except BaseException:
        os.close(handle)
        raise
    return handle


def read_at(handle: int, size: int, at: int) -> bytes:
    """Up to `size` bytes from the byte `at` on, none behind the end; where the handle stands is left alone."""
    if hasattr(os, "pread"):
        return os.pread(handle, size, at)
    here = os.lseek(handle, 0, os.SEEK_CUR)
    try:
        os.lseek(handle, at, os.SEEK_SET)
        return os.read(handle, size)
    finally:
        os.lseek(handle, here, os.SEEK_SET)


def digest_of(handle: int) -> tuple[str, int]:
    """SHA-256 in hexadecimal and size in bytes of an open file, from its first byte; where it stands is left alone."""
    digest, size = hashlib.sha256(), 0
    while piece := read_at(handle, _PIECE, size):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _flag(name: str) -> int:
    return int(getattr(os, name, 0))


def _looked_at(path: Path, *, follow: bool) -> os.stat_result:
    found = path.stat() if follow else path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise NoFileError(errno.EINVAL, "it is no file", str(path))
    return found
