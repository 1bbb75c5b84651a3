# SPDX-License-Identifier: EUPL-1.2
"""Writing so that a killed run leaves the last result whole: aside first, then renamed.

Writes: files and folders named by the caller. A file or folder is either the old one or the new one,
never half of either.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]  # Windows has no such locks

HAS_LOCKS = fcntl is not None
_ASIDE = ".ordinance-aside-"
_OLD = ".ordinance-old-"


def write_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Replace a file at once; `mode` is narrowed by the user's umask. Raises OSError where it cannot be written."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EINVAL, "neither a file nor absent, and would be replaced", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.parent / f"{_ASIDE}{path.name}-{secrets.token_hex(4)}"
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX)  # so that nobody takes it for one that a killed run left
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_folder(folder: Path, files: Mapping[str, bytes], mode: int = 0o755) -> None:
    """Replace a folder with these files (relative path → content); `mode` is the folder's own."""
    with new_folder(folder, mode) as aside:
        for name in sorted(files):
            target = _inside(aside, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[name])


@contextmanager
def new_folder(folder: Path, mode: int = 0o755) -> Iterator[Path]:
    """An empty folder to write into, which takes the place of `folder` when all went well.

    The new folder is complete before the old one is moved away. A run killed between the two renames
    leaves the old folder beside: `standing` finds it there, and `recover` (called first) puts it back.
    """
    recover(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f"{_ASIDE}{folder.name}-", dir=folder.parent))
    with held(aside):  # so that no other run takes it for one that a killed run left
        try:
            yield aside
            aside.chmod(mode)
            old = _old(folder)
            if folder.exists():
                folder.rename(old)
            aside.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        except BaseException as error:
            shutil.rmtree(aside, ignore_errors=True)
            recover(folder)
            if isinstance(error, OSError) and not error.filename:
                error.filename = str(folder)  # of a full disk the system does not say which
            raise


def add_files(folder: Path, files: Mapping[str, bytes], last: str) -> None:
    """Put new files (relative path → content) into a folder, made where it is missing; never over one that is there.

    All are written aside first. A fault takes back what was placed: FileExistsError names a file that is there,
    OSError says why one could not be written. `last` is placed after all others: a folder without it is not whole.
    """
    placed: list[Path] = []
    made = _made(folder)
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=folder))
    try:
        order = sorted(files, key=lambda name: (name == last, name))
        for number, name in enumerate(order):
            (aside / str(number)).write_bytes(files[name])
        for number, name in enumerate(order):
            target = _inside(folder, name)
            made += _made(target.parent)
            if target.exists() or target.is_symlink():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
            (aside / str(number)).rename(target)
            placed.append(target)
    except BaseException:
        for path in placed:
            path.unlink()
        shutil.rmtree(aside, ignore_errors=True)
        for path in reversed(made):
            path.rmdir()
        raise
    aside.rmdir()


def _made(folder: Path) -> list[Path]:
    """Make a folder and those above it; the ones that were missing, the uppermost first."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def recover(folder: Path) -> None:
    """Put back what a killed run moved away, and clear what it left aside."""
    old = _old(folder)
    if old.is_symlink():
        old.unlink()  # no run of ours put it there
    elif old.exists():
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.rename(folder)
    prefix = f"{_ASIDE}{folder.name}-"
    for left in folder.parent.iterdir() if folder.parent.is_dir() else ():
        if left.name.startswith(prefix) and "-" not in left.name.removeprefix(prefix):  # not that of `folder-2`
            with suppress(OSError), held(left):
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def held(path: Path, *, shared: bool = False) -> Iterator[None]:
    """A file or folder that is there, for this process alone, or `shared` for all that hold it so.

    Raises BlockingIOError where another one holds it otherwise.

    The system lets go of it when the process ends, however it ends. Where it has no such locks (Windows), all may.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk; where a system cannot open folders (Windows) it has its own way."""
    if os.name == "nt" or not folder.is_dir():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def standing(folder: Path) -> Path:
    """Where the folder's content is to be read: in its place, or where a killed run left it. Changes nothing."""
    old = _old(folder)
    return old if old.exists() and not folder.exists() else folder


def _old(folder: Path) -> Path:
    return folder.parent / f"{_OLD}{folder.name}"


def _inside(folder: Path, name: str) -> Path:
    """A path under `folder`; ValueError for a name that leads out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} leads out of the folder")
    return path
