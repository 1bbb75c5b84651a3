# SPDX-License-Identifier: EUPL-1.2
"""Files of the law, opened: each as located YAML, and every file that cannot be read as an issue.

Reads the files it is given, nothing else. A digest takes in name, length and content of each.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ordinance.model.errors import Issue
from ordinance.model.law import Authority
from ordinance.policy.nodes import MOST_BYTES, Cursor, parse, too_large
from ordinance.policy.read import read_authority

AUTHORITIES = "authorities.yaml"  # one a country in the library, one a body


def read_files(
    folder: Path, paths: Iterable[Path], issues: list[Issue], digest: hashlib._Hash
) -> Iterator[tuple[str, Cursor]]:
    """Each file's name within `folder` and its root; faults go to `issues`, every content to `digest`."""
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            if path.stat().st_size > MOST_BYTES:
                issues.append(too_large(name))
                continue
            content = path.read_bytes()
        except OSError as error:
            issues.append(Issue(name, 0, 0, "unreadable-file", f"the file cannot be read: {error.strerror}"))
            continue
        digest.update(f"{name}\0{len(content)}\0".encode(errors="surrogateescape") + content)  # names are bytes
        root = read_root(name, content, issues)
        if root is not None:
            yield name, root


def passed_over(body: Path, folder: Path) -> Iterator[Issue]:
    """Files below a folder of a body that nobody reads: a decision in one would be gone without a word."""
    if folder.exists() and not folder.is_dir():
        yield not_read(folder.relative_to(body).as_posix(), "a folder is read here, and this is a file")
    no_files = (p for p in folder.glob("*.yaml") if not p.is_file())  # folders, links to nothing
    for path in sorted((*folder.rglob("*.yml"), *folder.glob("*/**/*.yaml"), *no_files)):
        yield not_read(path.relative_to(body).as_posix(), "only *.yaml right in this folder is read")


def not_read(name: str, message: str) -> Issue:
    """An issue about something that lies where files are read and is none of them."""
    return Issue(name, 0, 0, "file-not-read", message, "", "move or rename it")


def read_root(name: str, content: bytes, issues: list[Issue]) -> Cursor | None:
    """The root of one file's content, or `None` with the fault noted."""
    try:
        return parse(content.decode("utf-8-sig"), name, issues)
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", content[: error.start])) + 1
        issues.append(Issue(name, line, 1, "bad-encoding", "the file is not UTF-8", "", "save it as UTF-8"))
        return None


def read_groups(root: Cursor | None) -> dict[str, str]:
    """How the groups of one file are called, by id. For people; a name has no effect."""
    return _called(root.entries().get("groups")) if root else {}


def _called(named: Cursor | None) -> dict[str, str]:
    return {group: name.text() for group, name in named.entries().items()} if named else {}


def read_authorities(root: Cursor | None, known: Mapping[str, Authority]) -> dict[str, Authority]:
    """The authorities of one file; one that `known` has already is reported and left out."""
    found: dict[str, Authority] = {}
    entries = root.mapping(("authorities",), ("groups",)) if root else {}
    _called(entries.get("groups"))  # a name that is no text is a fault, though nothing hangs on it
    listed = entries.get("authorities")
    for item in listed.items() if listed else ():
        authority = read_authority(item)
        if authority is None:
            continue
        if authority.id in found or authority.id in known:
            item.report("duplicate-id", f'there is an authority "{authority.id}" already', "choose another id")
        else:
            found[authority.id] = authority
    return found
