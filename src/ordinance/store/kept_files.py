# SPDX-License-Identifier: EUPL-1.2
"""What `ordinance read` keeps of log files: one file for each, in a folder that the user names.

Writes and reads `*.kept`, readable by its owner only: a line with the form and the digest of what follows, then JSON. A
file's name is a digest of its source and of the log's path. Written aside, then renamed: a killed run leaves whole
files only. One that was changed, cut, or written by another version is refused: it never looks like a clean one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.kept import KeptPart
from ordinance.model.kept_file import KeptFile, KeptLine, KeptLog
from ordinance.store.files import write_file
from ordinance.store.observations import NewerFormError, lines_of, part_as_json, part_of_json, values_of

SUFFIX = ".kept"
FORM = 1
_MAGIC = "ordinance kept file"


def path_of(folder: Path, source: str, file: str) -> Path:
    """Where what is kept of a file of a source lies."""
    said = json.dumps([source, file]).encode()
    return folder / f"{hashlib.sha256(said).hexdigest()[:32]}{SUFFIX}"


def write_kept(folder: Path, kept: KeptFile) -> Path:
    """Keep it, in the place of what was kept of the same file. Raises OSError where it cannot be written."""
    path, content = path_of(folder, kept.source, kept.file), encode(kept)
    if not (path.is_file() and path.read_bytes() == content):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(path, content, 0o600)
    return path


def read_kept(path: Path) -> KeptFile:
    """What is kept of a file. Raises PolicyError (`bad-kept-file`) for a damaged or newer one."""
    try:
        kept = decode(path.read_bytes())
        if path.name != path_of(path.parent, kept.source, kept.file).name:
            raise ValueError("it bears another file's name")
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        first = "use that version" if isinstance(error, NewerFormError) else "delete it"
        hint = f"{first}, and run `ordinance read` on the log again"
        why = f"what was kept of a log file cannot be used: {error}"
        raise PolicyError([Issue(str(path), 0, 0, "bad-kept-file", why, "nothing was checked", hint)]) from None
    return kept


def read_folder(folder: Path) -> tuple[KeptFile, ...]:
    """All that is kept in a folder, in the order of its names. Raises PolicyError as `read_kept`, naming each."""
    found, issues = [], list[Issue]()
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            found.append(read_kept(path))
        except PolicyError as error:
            issues += error.issues
    if issues:
        raise PolicyError(issues)
    return tuple(found)


def remove_kept(paths: Iterable[Path]) -> None:
    """Delete these."""
    for path in paths:
        path.unlink(missing_ok=True)


# --- as bytes -------------------------------------------------------------------------------------


def encode(kept: KeptFile) -> bytes:
    """As it is stored; the same for the same."""
    said: Any = None
    if isinstance(kept.said, KeptPart):
        said = {"part": part_as_json(kept.said)}
    elif kept.said is not None:
        lines = [[*values_of(line).values()] for line in kept.said.lines]
        said = {"log": {**values_of(kept.said), "counts": values_of(kept.said.counts), "lines": lines}}
    body = json.dumps({**values_of(kept), "said": said}, ensure_ascii=True, separators=(",", ":")).encode()
    return f"{_MAGIC} {FORM} {hashlib.sha256(body).hexdigest()}\n".encode() + body


def decode(content: bytes) -> KeptFile:
    """As it was stored. Raises ValueError for what is damaged, or of another form."""
    head, _, body = content.partition(b"\n")
    magic, _, rest = head.decode("ascii", "replace").partition(f"{_MAGIC} ")
    form, _, digest = rest.partition(" ")
    if magic or not form.isdigit():
        raise ValueError("it is no kept file")
    if int(form) != FORM:
        raise NewerFormError(f"another version wrote it, in form {form}; this one knows {FORM}")
    if hashlib.sha256(body).hexdigest() != digest:
        raise ValueError("it is not what was written")
    found = json.loads(body)
    return KeptFile(**{**found, "said": _said(found["said"])})


def _said(said: Mapping[str, Any] | None) -> KeptLog | KeptPart | None:
    if said is None:
        return None
    if "part" in said:
        return part_of_json(said["part"])
    found = said["log"]
    tuples = {key: tuple(found[key]) for key in ("needs", "opened", "linked")}
    lines = tuple(_line(values) for values in found["lines"])
    return KeptLog(**{**found, **tuples, "counts": lines_of(found["counts"]), "lines": lines})


def _line(values: list[Any]) -> KeptLine:
    found = dict(zip((f.name for f in fields(KeptLine)), values, strict=True))
    return KeptLine(**{**found, "marks": tuple(found["marks"])})
