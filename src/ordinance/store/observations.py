# SPDX-License-Identifier: EUPL-1.2
"""What is kept of logs that were read: statements on the watch list and counts, a file for each source.

Writes and reads `observations/` in a body's state, readable by its owner only, and only where the body asks for it. Of
logs whose lines speak for themselves the addresses of who asked for a watched name are in it, as in the log; no name of
a device or a person, no other name and no line. Of all others only which lines to read again. Written aside, then
renamed: a killed run leaves the old file. One of an older form is as good as none; a damaged one, or one that a newer
version wrote, stops who reads it, so that it never looks like a clean one.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ordinance.model.apps import Confidence, Identifier, Kind, Role
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.evidence import Answered
from ordinance.model.kept import Carry, KeptLines, KeptPart, KeptRow, Part, Terms
from ordinance.model.unseen import UnseenKind
from ordinance.store.files import write_file

FOLDER = "observations"
FORM = 4  # in 1 names stood as they were asked for; in 2 were no lines to be read again; in 3 no names beneath others
_MAGIC = "ordinance observations"


class NewerFormError(ValueError):
    """What is kept is in a form that only a newer version knows."""


def read_observations(state: Path, source: str) -> tuple[Part, ...]:
    """What is kept of a source; nothing where there is no file, or an older form.

    Raises PolicyError (damaged, or newer).
    """
    path = _path(state, source)
    return _read(path) if path.is_file() else ()


def write_observations(state: Path, source: str, parts: Iterable[Part]) -> None:
    """Keep these of a source in the place of all others; without any there is no file."""
    path, every = _path(state, source), tuple(sorted(parts, key=_order))
    if not every:
        path.unlink(missing_ok=True)
        return
    content = encode(every)
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_file(path, content, 0o600)


def forget_observations(state: Path, but: Iterable[str] = ()) -> None:
    """Delete what is kept of all sources but these."""
    left = {_path(state, source).name for source in but}
    if not left:
        shutil.rmtree(state / FOLDER, ignore_errors=True)
    for path in (state / FOLDER).glob("*.json"):
        if path.name not in left:
            path.unlink()


def purge(state: Path, is_over: Callable[[date], bool]) -> int:
    """Delete every part of which a day (UTC) that it speaks of is over, whole; how many there were.

    What it says of later days goes with it: they count as not seen where the log is gone, and are read again where not.
    """
    gone = 0
    for path in sorted((state / FOLDER).glob("*.json")):
        gone += _keep(path, lambda part: (day := first_day(part)) is None or not is_over(day))
    return gone


def first_day(part: Part) -> date | None:
    """The first day (UTC) that a part speaks of; `None` where it has counts alone."""
    return None if part.oldest is None else datetime.fromtimestamp(part.oldest, UTC).date()


def parts_by_name(path: Path) -> dict[str, list[Part]]:
    """The parts of a file of kept observations, by a word that stands in its bytes and in no log.

    Raises PolicyError for a damaged file.
    """
    found: dict[str, list[Part]] = {}
    for part in _read(path):
        rows = part.rows if isinstance(part, KeptPart) else ()
        mark = rows[0].mark if rows else hashlib.sha256(encode([part])).hexdigest()[:32]
        found.setdefault(mark, []).append(part)
    return found


def holds_addresses(path: Path) -> bool:
    """Whether somebody's address may be in a file of kept observations; of a damaged one nobody can tell."""
    try:
        return any(isinstance(part, KeptPart) for part in _read(path))
    except PolicyError:
        return True


def remove_parts(path: Path, name: str) -> None:
    """Delete the parts of that name."""
    going = parts_by_name(path).get(name, [])
    _keep(path, lambda part: part not in going)


def _keep(path: Path, stays: Callable[[Part], bool]) -> int:
    """Leave only what stays in a file, which goes with its last part; how many parts went."""
    parts = _read(path)
    left = [p for p in parts if stays(p)]
    if not left:
        path.unlink()
    elif len(left) < len(parts):
        write_file(path, encode(left), 0o600)
    return len(parts) - len(left)


def _order(part: Part) -> tuple[str, int, str, str]:
    name, token = (part.file, "") if isinstance(part, KeptPart) else ("", part.token)
    return name, part.size, part.digest, token


def _path(state: Path, source: str) -> Path:
    return state / FOLDER / f"{hashlib.sha256(source.encode()).hexdigest()[:16]}.json"


# --- as bytes -------------------------------------------------------------------------------------


def encode(parts: Sequence[Part]) -> bytes:
    """Parts as they are stored: a line with the form and the digest of what follows, then JSON."""
    identifiers: dict[Identifier, int] = {}
    said = [_part(part, identifiers) for part in parts if isinstance(part, KeptPart)]
    lines = [values_of(part) for part in parts if isinstance(part, KeptLines)]
    whole = [[_identifier(i) for i in identifiers], said, lines]
    body = json.dumps(whole, ensure_ascii=True, separators=(",", ":")).encode()
    return f"{_MAGIC} {FORM} {hashlib.sha256(body).hexdigest()}\n".encode() + body


def decode(content: bytes) -> tuple[Part, ...]:
    """Parts as they were stored; nothing for an older form.

    Raises ValueError for what is damaged, or of a newer one.
    """
    head, _, body = content.partition(b"\n")
    magic, _, rest = head.decode("ascii", "replace").partition(f"{_MAGIC} ")
    form, _, digest = rest.partition(" ")
    if magic or not form.isdigit():
        raise ValueError("no file of kept observations")
    if int(form) > FORM:
        raise NewerFormError(f"a newer version wrote it, in form {form}; this one knows {FORM}")
    if int(form) < FORM:
        return ()
    if hashlib.sha256(body).hexdigest() != digest:
        raise ValueError("it is not what was written")
    named, said, lines = json.loads(body)
    identifiers = [_identifier_of(one) for one in named]
    return (*(_part_of(one, identifiers) for one in said), *map(lines_of, lines))


def _read(path: Path) -> tuple[Part, ...]:
    try:
        return decode(path.read_bytes())
    except (ValueError, TypeError, KeyError, IndexError) as error:
        name = f"{path.parent.parent.name}/{FOLDER}/{path.name}"
        first = "use that version" if isinstance(error, NewerFormError) else "restore it from a backup"
        hint = f"{first}, or delete it: logs that are still there are then read anew"
        why = f"what was kept of a log cannot be used: {error}"
        raise PolicyError([Issue(name, 0, 0, "bad-observations", why, "nothing was checked", hint)]) from None


def part_as_json(part: KeptPart) -> list[Any]:
    """One part as JSON, with the identifiers that it speaks of."""
    identifiers: dict[Identifier, int] = {}
    said = _part(part, identifiers)
    return [[_identifier(i) for i in identifiers], said]


def part_of_json(said: Any) -> KeptPart:
    """A part as it was before."""
    named, part = said
    return _part_of(part, [_identifier_of(one) for one in named])


def values_of(one: Any) -> dict[str, Any]:
    """The fields of a record by name."""
    return {f.name: getattr(one, f.name) for f in fields(one)}


def _part(part: KeptPart, identifiers: dict[Identifier, int]) -> dict[str, Any]:
    found = values_of(part)
    found["terms"] = {**values_of(part.terms), "apps": dict(part.terms.apps)}
    found["rows"] = [_row(row, identifiers) for row in part.rows]
    found["before"] = None if part.before is None else values_of(part.before)
    found["after"] = values_of(part.after)
    return found


def _part_of(said: Mapping[str, Any], identifiers: Sequence[Identifier]) -> KeptPart:
    before = said["before"]
    return KeptPart(
        **{
            **said,
            "terms": Terms(**said["terms"]),
            "rejects": tuple((line, reason) for line, reason in said["rejects"]),
            "hours": tuple((hour, first, last) for hour, first, last in said["hours"]),
            "unnamed": tuple((hour, first, last) for hour, first, last in said["unnamed"]),
            "broken": tuple(said["broken"]),
            "rows": tuple(_row_of(row, identifiers) for row in said["rows"]),
            "before": None if before is None else Carry(**before),
            "after": Carry(**said["after"]),
            "beneath": tuple(said["beneath"]),
        }
    )


def lines_of(said: Mapping[str, Any]) -> KeptLines:
    """Numbers and counts as they were before they were JSON."""
    return KeptLines(
        **{
            **said,
            "behind": tuple(said["behind"]),
            "hours": tuple((hour, first, last) for hour, first, last in said["hours"]),
            "picks": tuple((line, reason) for line, reason in said["picks"]),
        }
    )


def _row(row: KeptRow, identifiers: dict[Identifier, int]) -> list[Any]:
    found = values_of(row)
    found["identifier"] = None if row.identifier is None else identifiers.setdefault(row.identifier, len(identifiers))
    return list(found.values())


def _row_of(values: Sequence[Any], identifiers: Sequence[Identifier]) -> KeptRow:
    found = dict(zip((f.name for f in fields(KeptRow)), values, strict=True))
    number, unseen = found["identifier"], found["unseen"]
    found["identifier"] = None if number is None else identifiers[number]
    found["answered"] = Answered(found["answered"])
    found["unseen"] = None if unseen is None else UnseenKind(unseen)
    return KeptRow(**found)


def _identifier(one: Identifier) -> dict[str, Any]:
    days = {name: None if (day := getattr(one, name)) is None else day.isoformat() for name in ("seen", "retired")}
    return {**values_of(one), **days}


def _identifier_of(said: Mapping[str, Any]) -> Identifier:
    days = {name: None if said[name] is None else date.fromisoformat(said[name]) for name in ("seen", "retired")}
    role = None if said["role"] is None else Role(said["role"])
    kinds = {"kind": Kind(said["kind"]), "confidence": Confidence(said["confidence"]), "role": role}
    return Identifier(**{**said, **days, **kinds, "cites": tuple(said["cites"])})
