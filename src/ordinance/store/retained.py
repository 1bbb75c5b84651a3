# SPDX-License-Identifier: EUPL-1.2
"""The one table of what is kept under `.ordinance/`: where, of which day, and how it is taken away.

Reads the names and days of what lies in a body's state; `remove` takes one thing away, so that a run that is killed
leaves it whole or marks it as going. `search` looks for what was taken away in every file that is left. No link is
followed: what lies behind one is somebody else's, is never taken away, and is said to be unread.

Cannot know what a disk, a snapshot or a backup still holds of a file that is gone, nor read what is compressed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ordinance.model.errors import PolicyError
from ordinance.model.retention import Kept
from ordinance.store.chain_head import HEAD
from ordinance.store.files import held, recover, sync_folder, write_file
from ordinance.store.ledger import FILE as LEDGER_FILE
from ordinance.store.ledger import FOLDER as LEDGER
from ordinance.store.ledger import PSEUDONYM
from ordinance.store.observations import FOLDER as OBSERVATIONS
from ordinance.store.observations import first_day, holds_addresses, parts_by_name, remove_parts
from ordinance.store.receipts import FOLDER as AIRLOCK

RUNS, RESULT, LATEST, PROBES = "runs", "result.json", "latest", "probes"
BUNDLES, DEVICES = ("bundle", "bundle-pilot"), "devices.json"
GOING = ".ordinance-going-"  # a run that is being taken away: no run any more, whatever is left of it
_ASIDE, _OLD = ".ordinance-aside-", ".ordinance-old-"
_RUN = re.compile(r"[0-9a-f]{16}")
_PROBE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T[0-9]{4}Z-[0-9a-f]{12}\.json")
PACKAGES = f"{AIRLOCK}/packages"
_PACKAGE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9a-f]{8}")
_OF_THE_LEDGER = frozenset({f"{LEDGER}/{LEDGER_FILE}", f"{LEDGER}/{HEAD}"})
_DEVICE = re.compile(PSEUDONYM.pattern.encode())
_PACKED = (".gz", ".zst", ".zip", ".xz", ".bz2", ".parquet")
_PIECE, _OVERLAP = 1 << 20, 64  # bytes read at a time, and of the piece before that are looked at again


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is kept; `day` is `None` where nobody can tell of which day it is."""

    kind: Kept
    name: str
    day: date | None
    path: Path


@dataclass(frozen=True, slots=True)
class Keeper:
    """A kind of thing: where it lies under the state folder, what it holds, what there is, how one is taken away.

    `is_one` says of a path in that place whether it is such a thing, a real one and no link.
    """

    kind: Kept
    where: str
    holds: str
    is_one: Callable[[Path], bool]
    items: Callable[[Path], tuple[Item, ...]]
    remove: Callable[[Path, Item], None]


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that no period ends: where it lies, what it holds, and what ends it."""

    where: str
    holds: str
    until: str


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search of everything that is left found: names that remain with the files they are in.

    `packed` are files in which a name would not be seen: compressed ones, or such with addresses in the place of names.
    `unread` was not looked into at all: links, what may not be read, and what is neither a file nor a folder.
    """

    files: int
    size_bytes: int
    remains: tuple[tuple[str, str], ...]
    packed: tuple[str, ...]
    unread: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether a name would have been found wherever it stands."""
        return not self.packed and not self.unread


def _is_run(path: Path) -> bool:
    return _RUN.fullmatch(path.name) is not None and path.is_dir() and not path.is_symlink()


def _is_json(path: Path) -> bool:
    return path.suffix == ".json" and path.is_file() and not path.is_symlink()


def _runs(state: Path) -> tuple[Item, ...]:
    folders = sorted(filter(_is_run, (state / RUNS).glob("*")))
    return tuple(Item(Kept.RUNS, p.name, _day_of_run(p), p) for p in folders)


def _day_of_run(folder: Path) -> date | None:
    """The day of a run's `as_of`; `None` where its document is damaged."""
    try:
        return datetime.fromisoformat(json.loads((folder / RESULT).read_bytes())["as_of"]).date()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _remove_run(state: Path, item: Item) -> None:
    """`latest` first turns to another run; the folder is no run any more before its files go."""
    if _latest(state) == item.name:
        others = [(o.day or date.min, o.name) for o in _runs(state) if o.name != item.name]
        if others:
            write_file(state / LATEST, f"{max(others)[1]}\n".encode())
        else:
            (state / LATEST).unlink(missing_ok=True)
    going = item.path.with_name(f"{GOING}{item.name}")
    shutil.rmtree(going, ignore_errors=True)
    item.path.rename(going)
    sync_folder(item.path.parent)
    shutil.rmtree(going)
    sync_folder(item.path.parent)


def _latest(state: Path) -> str:
    try:
        return (state / LATEST).read_bytes().decode("ascii", "replace").strip()
    except OSError:
        return ""


def _probes(state: Path) -> tuple[Item, ...]:
    found = []
    for path in sorted(filter(_is_json, (state / PROBES).glob("*"))):
        named = _PROBE.fullmatch(path.name)
        day = None
        with suppress(ValueError):
            day = date(*map(int, named.groups())) if named else None
        found.append(Item(Kept.PROBES, path.name, day, path))
    return tuple(found)


def _observations(state: Path) -> tuple[Item, ...]:
    """Each file's part is of the first day that it speaks of; parts without any go with the next check."""
    found = []
    for path in sorted(filter(_is_json, (state / OBSERVATIONS).glob("*"))):
        try:
            named = parts_by_name(path)
        except PolicyError:  # damaged: of it nobody can tell a day
            found.append(Item(Kept.OBSERVATIONS, path.name, None, path))
            continue
        for name, parts in sorted(named.items()):
            days = [day for part in parts if (day := first_day(part)) is not None]
            found += [Item(Kept.OBSERVATIONS, name, min(days), path)] if days else []
    return tuple(found)


def _remove_observations(state: Path, item: Item) -> None:
    remove_parts(item.path, item.name)
    sync_folder(item.path.parent)


def _bundles(state: Path) -> tuple[Item, ...]:
    """The lists of devices beside the bundles, each of the day of what its bundle puts into force."""
    lists = [state / folder / DEVICES for folder in BUNDLES]
    real = [p for p in lists if p.is_file() and not p.is_symlink() and not p.parent.is_symlink()]
    return tuple(Item(Kept.BUNDLES, f"{p.parent.name}/{DEVICES}", _day_of_bundle(p.parent), p) for p in real)


def _day_of_bundle(folder: Path) -> date | None:
    try:
        return datetime.fromisoformat(json.loads((folder / "manifest.json").read_bytes())["at"]).date()
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _is_package(path: Path) -> bool:
    return not path.is_symlink() and path.is_dir() and _PACKAGE.fullmatch(path.name) is not None


def _packages(state: Path) -> tuple[Item, ...]:
    """Each is of the day that its name begins with; of a day that no calendar has nobody can tell."""
    found = []
    for path in sorted(filter(_is_package, (state / PACKAGES).glob("*"))):
        day = None
        with suppress(ValueError):
            day = date.fromisoformat(path.name[:10])
        found.append(Item(Kept.PACKAGES, path.name, day, path))
    return tuple(found)


def _remove_package(state: Path, item: Item) -> None:
    """It is no package any more before its files go."""
    going = item.path.with_name(f"{GOING}{item.name}")
    shutil.rmtree(going, ignore_errors=True)
    item.path.rename(going)
    sync_folder(item.path.parent)
    shutil.rmtree(going)
    sync_folder(item.path.parent)


def _remove_file(state: Path, item: Item) -> None:
    item.path.unlink(missing_ok=True)
    sync_folder(item.path.parent)


KEEPERS = (
    Keeper(
        Kept.RUNS,
        f"{RUNS}/",
        "results and reports of checks, without rows of single devices",
        _is_run,
        _runs,
        _remove_run,
    ),
    Keeper(
        Kept.PROBES,
        f"{PROBES}/",
        "what resolvers did with names; nobody is in them",
        _is_json,
        _probes,
        _remove_file,
    ),
    Keeper(
        Kept.OBSERVATIONS,
        f"{OBSERVATIONS}/",
        "what logs said about the watch list, with addresses, or which of their lines to read again",
        _is_json,
        _observations,
        _remove_observations,
    ),
    Keeper(
        Kept.BUNDLES,
        "bundle/",
        "of what is in force, for which devices it is; without it nobody can say how many a next build affects",
        lambda path: True,  # what lies in a bundle is looked at by who replaces it
        _bundles,
        _remove_file,
    ),
    Keeper(
        Kept.PACKAGES,
        f"{PACKAGES}/",
        "pictures, videos and texts for the separate device; who is to be seen in them stands nowhere else",
        _is_package,
        _packages,
        _remove_package,
    ),
)

_BUILD = "the next build; its devices.json also as long as `bundles` in [retention] says"
STANDING = (
    Standing("bundle/", "the files for tools, and in devices.json which devices they are for", _BUILD),
    Standing("bundle-pilot/", "the same for the pilot", "the next build for the pilot, and likewise"),
    Standing("keys/", "the key of the pseudonyms", "its holder destroys it"),
    Standing(LATEST, "which run is the last", "the next check"),
    Standing("numbers.json", "version numbers of artefacts; nobody is in it", "never"),
    Standing("pilot.json", "a digest of what the pilot had; nobody is in it", "the next build for all"),
)


def unknown(state: Path) -> tuple[str, ...]:
    """What lies in the state folder and stands in no table: nobody says what it holds or how long.

    Also what lies where a kind of thing is kept and is none: a copy, a file, a link in the place of a run.
    """
    known = {k.where.strip("/") for k in KEEPERS} | {s.where.strip("/") for s in STANDING} | {LEDGER, AIRLOCK}
    found = [p.name for p in _strangers(state) if p.name not in known]
    for keeper in KEEPERS:
        folder = state / keeper.where
        found += [f"{keeper.where}{p.name}" for p in _strangers(folder) if not keeper.is_one(p)]
    return tuple(sorted(found))


def _strangers(folder: Path) -> Iterator[Path]:
    """What lies in a folder, but for what a killed run left there."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_symlink() or not path.name.startswith((_ASIDE, _OLD, GOING)):
            yield path


def leftovers(state: Path) -> tuple[Path, ...]:
    """What killed runs left half, or half taken away: files and folders that nobody writes any more."""
    found = []
    for path in sorted(state.rglob(".ordinance-*")) if state.is_dir() else ():
        if path.is_symlink():
            continue
        if path.name.startswith((GOING, _OLD)) or (path.name.startswith(_ASIDE) and not _is_held(path)):
            found.append(path)
    return tuple(found)


def put_back(state: Path) -> None:
    """Whole runs that a killed run had only moved away go back to their place: they have a day like all others."""
    for path in leftovers(state):
        if path.name.startswith(_OLD):
            recover(path.with_name(path.name.removeprefix(_OLD)))


def clear(path: Path) -> None:
    """Take away what a killed run left half."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    sync_folder(path.parent)


def pseudonyms_in(path: Path) -> frozenset[str]:
    """Every pseudonym that stands in a file, or in the files of a folder. Raises OSError for what may not be read."""
    files, _ = _files(path)
    return frozenset(word for file in files for word in _words(file, _DEVICE))


def search(state: Path, names: frozenset[str], *, words: bool = False) -> Searched:
    """Look for names (of runs, of probes, pseudonyms) in the path and in every byte of each file.

    The ledger and its note are left out: it says what was taken away. With `words`, a name counts in capital
    letters and small ones alike, and only where no letter, digit, `_` or `-` stands right before or behind it.
    """
    forms = {name: _forms(name, words=words) for name in names}
    texts = sorted({form for every in forms.values() for form in every}, key=len, reverse=True)
    form = _any_of([text.encode() for text in texts], words=words)
    longest = max((len(text.encode()) for text in texts), default=0)
    files, size, remains, packed = 0, 0, set(), set()
    every, unread = _files(state)
    for path in every:
        where = _where(path, state)
        if where in _OF_THE_LEDGER:
            continue  # it says what was taken away; its note is a number and a digest, or a fault
        found = {word.decode() for word in form.findall(os.fsencode(where))}
        try:
            found |= _words(path, form, longest)
            files, size = files + 1, size + path.stat().st_size
        except FileNotFoundError:
            continue  # it went while the others were read
        except OSError:
            unread.append(path)
        remains |= {(name, where) for name in names if _folded(found) & _folded(forms[name])}
        if path.name.endswith(_PACKED):
            packed.add(where)
        elif words and where.startswith(f"{OBSERVATIONS}/") and holds_addresses(path):
            packed.add(where)  # addresses stand there in the place of names
    missed = {_where(path, state) for path in unread}
    for where in missed:
        found = {word.decode() for word in form.findall(os.fsencode(where))}
        remains |= {(name, where) for name in names if _folded(found) & _folded(forms[name])}
    return Searched(files, size, tuple(sorted(remains)), tuple(sorted(packed)), tuple(sorted(missed)))


def _forms(name: str, *, words: bool) -> set[str]:
    """How a name may be written: as it is or as JSON; as a word also in small letters and capital ones throughout."""
    written = {name, name.lower(), name.upper()} if words else {name}
    return {form for one in written for form in (one, json.dumps(one)[1:-1])}


def _folded(words: set[str]) -> set[str]:
    return {word.casefold() for word in words}


def _where(path: Path, state: Path) -> str:
    return path.relative_to(state).as_posix()


def _any_of(texts: list[bytes], *, words: bool) -> re.Pattern[bytes]:
    one = b"|".join(map(re.escape, texts)) or b"(?!)"
    return re.compile(rb"(?<![\w-])(?:" + one + rb")(?![\w-])", re.IGNORECASE) if words else re.compile(one)


def _words(path: Path, form: re.Pattern[bytes], longest: int = _OVERLAP) -> set[str]:
    """Every text in a file that has a form; read piece by piece, each with the end of the one before.

    What touches the edge of a piece is judged in the other one, where what stands beside it is seen.
    """
    found: set[str] = set()
    with path.open("rb") as file:
        before, piece = b"", file.read(_PIECE)
        while piece:
            following = file.read(_PIECE)
            whole = before + piece
            for match in form.finditer(whole):
                cut_off = (match.start() == 0 and before) or (match.end() == len(whole) and following)
                if not cut_off:
                    found.add(match[0].decode())
            before, piece = whole[-4 * longest - _OVERLAP :], following
    return found


def _files(path: Path) -> tuple[list[Path], list[Path]]:
    """Every file in a folder (or the file itself), and what was not looked into: links, special files, closed folders.

    The folder itself may be a link: whoever names it means what lies there.
    """
    if not path.is_dir():
        return ([path], []) if path.is_file() and not path.is_symlink() else ([], [])
    files: list[Path] = []
    unread: list[Path] = []
    closed: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=closed.append):
        unread += [p for p in (Path(folder, name) for name in folders) if p.is_symlink()]
        for one in (Path(folder, name) for name in names):
            (files if one.is_file() and not one.is_symlink() else unread).append(one)
    unread += [Path(error.filename) for error in closed]
    return sorted(files), unread


def _is_held(path: Path) -> bool:
    try:
        with held(path):
            return False
    except OSError:
        return True
