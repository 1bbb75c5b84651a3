# SPDX-License-Identifier: EUPL-1.2
"""The shipped library of directives: all of it, or only what reaches a body.

Reads `library/<country>/*.yaml` and `library/index.json`, which `scripts/library-index` makes from them: an
explanation of one device must not wait for sixty decisions of other continents. A file that is not as the index
knows it is reported (`library-changed`): a text must not be read under another text's digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

from ordinance.model.errors import Issue
from ordinance.model.law import Authority, Text
from ordinance.policy.files import AUTHORITIES, read_authorities, read_files, read_groups, read_root
from ordinance.policy.read_text import read_text

FOLDER = Path(str(package_files("ordinance.policy"))) / "library"
INDEX = "index.json"


@cache
def load_library() -> tuple[Mapping[str, Authority], tuple[Text, ...], str, tuple[Issue, ...]]:
    """Every shipped authority and text, the digest of the index, and faults (none in a release)."""
    authorities, texts, issues = read_everything()
    return authorities, texts, shelf().digest, issues


def read_everything() -> tuple[Mapping[str, Authority], tuple[Text, ...], tuple[Issue, ...]]:
    """Every authority and text of the library as it lies on disk, and faults; asks no index."""
    issues: list[Issue] = []
    roots = dict(read_files(FOLDER, sorted(FOLDER.rglob("*.yaml")), issues, hashlib.sha256()))
    found: dict[str, Authority] = {}
    for name in [n for n in roots if n.endswith(AUTHORITIES)]:
        found |= read_authorities(roots.pop(name), found)
    texts = tuple(t for root in roots.values() if (t := read_text(root, found, shipped=True)) is not None)
    return found, texts, tuple(issues)


def make_index() -> bytes:
    """The index of the library as it lies on disk: sorted, the same for the same files."""
    found, texts, _ = read_everything()
    digests = {p.relative_to(FOLDER).as_posix(): _digest(p.read_bytes()) for p in FOLDER.rglob("*.yaml")}
    index = {
        "files": dict(sorted(digests.items())),
        "authorities": {
            a.id: {
                "file": a.place.file,
                "over": sorted({b for p in (*a.binds, *a.advises) for b in p.institutions}),
            }
            for a in sorted(found.values(), key=lambda a: a.id)
        },
        "groups": _groups(),
        "texts": [_entry(t) for t in sorted(texts, key=lambda t: (t.id, t.version))],
    }
    return (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode()


def _groups() -> dict[str, str]:
    issues: list[Issue] = []
    files = sorted(FOLDER.rglob(AUTHORITIES))
    roots = (root for _, root in read_files(FOLDER, files, issues, hashlib.sha256()))
    return dict(sorted((group, name) for root in roots for group, name in read_groups(root).items()))


def _entry(text: Text) -> dict[str, Any]:
    return {
        "id": text.id,
        "version": text.version,
        "file": text.place.file,
        "authority": text.authority,
        "to": sorted({to for r in text.restrictions for to in (r.addressees or {text.authority})}),
        "refers": sorted({*text.mirrors, *(a.text for a in text.adopts)}),
    }


class Shelf:
    """The library behind its index: texts and authorities are parsed when they are asked for."""

    def __init__(self, content: bytes) -> None:
        self._index = json.loads(content)
        self.digest = _digest(content)
        self.issues: list[Issue] = []
        self._read: dict[str, dict[str, Authority]] = {}
        self._texts: dict[str, Text | None] = {}

    @cached_property
    def text_ids(self) -> frozenset[str]:
        """The id of every shipped text."""
        return frozenset(t["id"] for t in self._index["texts"])

    @cached_property
    def authority_ids(self) -> frozenset[str]:
        """The id of every shipped authority."""
        return frozenset(self._index["authorities"])

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """How the groups are called that authorities belong to or have power over, by id."""
        named: dict[str, str] = self._index["groups"]
        return named

    def authority(self, authority_id: str) -> Authority:
        """The authority of that id. Raises KeyError where the index has none."""
        file = self._index["authorities"][authority_id]["file"]
        if file not in self._read:
            root = read_root(file, self._content(file), self.issues)
            self._read[file] = read_authorities(root, {})
        return self._read[file][authority_id]

    def texts(self, wanted: Iterable[str], names: frozenset[str]) -> Iterator[Text]:
        """Texts that are wanted by id, or that reach one of the names of institutions, and all that these refer to."""
        ids = {*wanted} | {t["id"] for t in self._index["texts"] if self._reaches(t, names)}
        entries = self._index["texts"]
        while more := {r for t in entries if t["id"] in ids for r in t["refers"]} - ids:
            ids |= more
        authorities = _Authorities(self)
        for entry in entries:
            if entry["id"] in ids and (text := self._text(entry["file"], authorities)) is not None:
                yield text

    def _reaches(self, entry: Mapping[str, Any], names: frozenset[str]) -> bool:
        if entry["authority"] in names:
            return True
        over = self._index["authorities"][entry["authority"]]["over"]
        return bool(names & {*over} and names & {*entry["to"]})

    def _text(self, file: str, authorities: Mapping[str, Authority]) -> Text | None:
        if file not in self._texts:
            root = read_root(file, self._content(file), self.issues)
            self._texts[file] = read_text(root, authorities, shipped=True) if root else None
        return self._texts[file]

    def _content(self, file: str) -> bytes:
        content = (FOLDER / file).read_bytes()
        if _digest(content) != self._index["files"][file]:
            message = "this file of the library is not as its index knows it"
            self.issues.append(Issue(file, 0, 0, "library-changed", message, "", "run scripts/library-index"))
        return content


class _Authorities(Mapping[str, Authority]):
    """The shelf's authorities as a mapping that parses what is asked of it."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def __getitem__(self, key: str) -> Authority:
        return self._shelf.authority(key)

    def __contains__(self, key: object) -> bool:
        return key in self._shelf.authority_ids

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._shelf.authority_ids))

    def __len__(self) -> int:
        return len(self._shelf.authority_ids)


@cache
def shelf() -> Shelf:
    """The library of this installation."""
    return Shelf((FOLDER / INDEX).read_bytes())


def authorities() -> Mapping[str, Authority]:
    """Every shipped authority, parsed when it is asked for."""
    return _Authorities(shelf())


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
