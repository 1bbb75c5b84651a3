# SPDX-License-Identifier: EUPL-1.2
"""Which files a source has: what its patterns find, in the order in which they were written, and which repeat another.

Reads: folders, and the bytes of files of equal size. Opens plain files alone. Cannot know when a file was written: of
what is rotated its name says which is older.
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

from ordinance.readers._stored import stored_blocks

_BLOCK_BYTES = 1 << 20
_ROTATED = re.compile(r"(?P<base>.+?)(?:\.(?P<count>\d{1,3})|-(?P<day>\d{4}-?\d\d-?\d\d))?(?:\.(?:gz|zst))?")
_NOT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # for who writes into a pipe; not on Windows


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read; `name` is its path relative to the body's folder, with slashes.

    One that lies elsewhere (`_objects`) has its own way to be opened, and `size` in octets.
    """

    path: Path
    name: str
    elsewhere: Callable[[], BinaryIO] | None = None
    size: int = 0

    def open(self) -> BinaryIO:
        """Its octets, from the first. Raises OSError."""
        return opened(self.path) if self.elsewhere is None else self.elsewhere()


def matching(root: Path, globs: Iterable[str]) -> tuple[InputFile, ...]:
    """Files under `root` that any of the globs matches, each once, oldest first by name.

    No match is an empty tuple: whether that means "no data" is the caller's to say.
    """
    under = Path(glob.escape(str(root)))
    found = {hit for g in globs for hit in _hits((under / g).parts)}
    files = [InputFile(p, _relative(p, root)) for p in found if not os.path.isdir(p)]  # noqa: PTH112  # never raises
    return by_age(files)


def would_match(root: Path, name: str, globs: Iterable[str]) -> bool:
    """Whether `matching` would give a file of this name, were it there."""
    under = Path(glob.escape(str(root)))
    return any(fits((root / name).parts, (under / g).parts) for g in globs)


def fits(parts: Sequence[str], pattern: Sequence[str], *, hidden: bool = False) -> bool:
    """Whether a path fits a pattern, as `_hits` takes it; `hidden`: names with a dot before them as all others."""
    if not pattern:
        return not parts
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        passed = len(parts) if hidden else next((n for n, p in enumerate(parts) if p.startswith(".")), len(parts))
        return any(fits(parts[n:], rest or ("*",), hidden=hidden) for n in range(passed + 1))
    if not parts or not fnmatch(parts[0], first):
        return False
    if not hidden and parts[0].startswith(".") and not first.startswith(".") and glob.has_magic(first):
        return False
    return fits(parts[1:], rest, hidden=hidden)


def by_age(files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    """Oldest first, as far as their names say."""
    return tuple(sorted(files, key=_age))


def _hits(parts: Sequence[str]) -> Iterator[Path]:
    """What a pattern finds. `**` stands for any folders, links to folders followed, each real folder once.

    `glob` would follow links that lead back upwards again and again, two of them for ever.
    """
    if "**" not in parts:
        yield from map(Path, glob.iglob(str(Path(*parts))))  # noqa: PTH207  # Path.glob refuses absolute patterns
        return
    at = parts.index("**")
    for base in sorted(glob.iglob(str(Path(*parts[:at])))):  # noqa: PTH207  # as above, absolute ones too
        for folder in _folders(Path(base)):
            yield from _hits((glob.escape(str(folder)), *(parts[at + 1 :] or ("*",))))


def _folders(base: Path) -> Iterator[Path]:
    """A folder and those beneath it that are not hidden; one that several ways lead to comes once."""
    seen: set[Path] = set()
    left = [base]
    while left:
        folder = left.pop()
        real = Path(os.path.realpath(folder))
        if real in seen or not os.path.isdir(real):  # noqa: PTH112  # `Path.is_dir` raises where nobody may look
            continue
        seen.add(real)
        yield folder
        beneath: list[Path] = []
        with suppress(OSError):  # one that may not be looked into has nothing in it, as for `glob`
            beneath = list(folder.iterdir())
        left += sorted((p for p in beneath if not p.name.startswith(".")), reverse=True)


def repeated(files: Iterable[InputFile]) -> dict[str, str]:
    """Names of files whose bytes equal those of an earlier one, with their digest. Only equal sizes are compared.

    Whoever passes one over looks at its digest again: it may be the log that goes on, just copied.
    """
    by_size: dict[int, list[InputFile]] = {}
    for file in files:
        size = file_size(file)
        if size:  # two empty files repeat nothing
            by_size.setdefault(size, []).append(file)
    again = {}
    for group in (g for g in by_size.values() if len(g) > 1):
        seen = set()
        for file in group:
            digest = digest_of(file)
            if digest in seen:
                again[file.name] = digest
            seen.add(digest)
    return again


def series(file: InputFile) -> tuple[str, str]:
    """The same for all files that one log was rotated into."""
    return _age(file)[:2]


def opened(path: Path) -> BinaryIO:
    """A file to read. Raises OSError for anything else: a pipe would be waited for, and a device has no end."""
    handle = os.open(path, os.O_RDONLY | _NOT_WAITING)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    raise OSError(f"{path} is no file")


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _age(file: InputFile) -> tuple[str, str, bool, str, int, str]:
    """Sorts oldest first: `log.2.gz`, `log.1`, `log` (logrotate counts up, the live file has no
    number) and `log-20230327`, `log-20230328`, `log` (logrotate's dateext)."""
    match = _ROTATED.fullmatch(file.path.name)
    base, count, day = match.group("base", "count", "day") if match else (file.path.name, None, None)
    folder = file.name.rpartition("/")[0]
    is_live = count is None and day is None
    return (folder, base, is_live, (day or "").replace("-", ""), -int(count or 0), file.name)


def is_packed(file: InputFile) -> bool:
    """Whether a file's name says that it is packed; its first octets may say otherwise (`_stored`)."""
    return file.path.suffix in {".gz", ".zst"}


def file_size(file: InputFile) -> int:
    """Octets as they are stored; nought for what cannot be looked at."""
    if file.elsewhere is not None:
        return file.size
    try:
        return file.path.stat().st_size
    except OSError:
        return 0


def digest_of(file: InputFile) -> str:
    """SHA-256 of what is on disk; of what cannot be read nothing that is a digest."""
    digest = hashlib.sha256()
    try:
        with file.open() as stream:
            for _ in stored_blocks(stream, digest.update, _BLOCK_BYTES):
                pass
    except OSError:
        return f"unreadable {file.path}"
    return digest.hexdigest()
