# SPDX-License-Identifier: EUPL-1.2
"""The law of a body: its own files and the library of directives, read once.

Reads: `authorities.yaml`, `policies/`, `exemptions/`, `answers/`, `classifications/` and `readings/` of a body's
folder, and the shipped library. Writes nothing. Adopted clauses are copied in here, so that what resolves is plain
clauses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from ordinance.model.apps import Catalogue
from ordinance.model.errors import Issue
from ordinance.model.law import (
    Adoption,
    Authority,
    Classification,
    Criterion,
    ExternalList,
    Law,
    Parameter,
    Text,
)
from ordinance.policy.clocks import force_begins, rank
from ordinance.policy.nodes import MOST_BYTES, Cursor, did_you_mean, parse, too_large
from ordinance.policy.read import (
    read_answer,
    read_authority,
    read_classification,
    read_exemption,
    read_reading,
)
from ordinance.policy.read_text import read_text

LIBRARY_NAME = "library"
AUTHORITIES = "authorities.yaml"  # one a country in the library, one a body
FOLDERS = ("policies", "exemptions", "answers", "classifications", "readings")
T = TypeVar("T")


def load_law(
    folder: Path, body: str, zone: ZoneInfo, catalogue: Catalogue | None = None
) -> tuple[Law, tuple[Issue, ...]]:
    """The law as it stands in `folder` for the body of that authority id, and everything wrong with it.

    `catalogue` says what apps are; without it, rules by vendor, category or origin come out unknown.

    A law with errors is still returned, so that all of them can be shown; it must not be resolved.
    """
    issues: list[Issue] = []
    digest = hashlib.sha256()
    library_authorities, library_texts, library_digest, library_issues = load_library()
    digest.update(library_digest.encode())
    issues.extend(library_issues)
    roots = dict(_roots(folder, issues, digest))
    authorities = _authorities(roots.get(AUTHORITIES), library_authorities, issues)
    if body not in authorities:
        hint = did_you_mean(body, authorities)
        issues.append(Issue("ordinance.toml", 0, 0, "unknown-authority", f'no authority has the id "{body}"', "", hint))
    texts = [t for t in _read(roots, "policies", lambda root: read_text(root, authorities)) if t is not None]
    every = _adopted([*texts, *library_texts], issues)
    law = Law(
        body=body,
        zone=zone,
        authorities=tuple(authorities[k] for k in sorted(authorities)),
        texts=tuple(t for t in every if t.kind.rules),
        records=tuple(t for t in every if not t.kind.rules),
        exemptions=_read(roots, "exemptions", lambda root: read_exemption(root, zone)),
        answers=_read(roots, "answers", read_answer),
        classifications=_read(roots, "classifications", read_classification),
        readings=_read(roots, "readings", read_reading),
        digest=f"sha256:{digest.hexdigest()}",
        catalogue=catalogue or Catalogue("", "", ()),
    )
    return law, tuple(sorted(issues))


def _read(roots: Mapping[str, Cursor], folder: str, read: Callable[[Cursor], T | None]) -> tuple[T, ...]:
    """What `read` makes of each file of a folder."""
    found = (read(root) for name, root in roots.items() if name.startswith(f"{folder}/"))
    return tuple(x for x in found if x is not None)


@cache
def load_library() -> tuple[Mapping[str, Authority], tuple[Text, ...], str, tuple[Issue, ...]]:
    """Shipped authorities and directives, a digest of their files, and faults (none in a release)."""
    issues: list[Issue] = []
    digest = hashlib.sha256()
    folder = Path(str(package_files("ordinance.policy"))) / LIBRARY_NAME
    roots = dict(_files(folder, sorted(folder.rglob("*.yaml")), issues, digest))
    authorities: dict[str, Authority] = {}
    for name in [n for n in roots if n.endswith(AUTHORITIES)]:
        authorities = _authorities(roots.pop(name), authorities, issues)
    texts = tuple(t for root in roots.values() if (t := read_text(root, authorities, shipped=True)) is not None)
    return authorities, texts, f"sha256:{digest.hexdigest()}", tuple(issues)


def _roots(folder: Path, issues: list[Issue], digest: hashlib._Hash) -> Iterator[tuple[str, Cursor]]:
    paths = [folder / AUTHORITIES]
    for name in FOLDERS:
        paths.extend(sorted((folder / name).glob("*.yaml")))
        issues.extend(_passed_over(folder, folder / name))
    if not (folder / "policies").is_dir():
        issues.append(Issue("policies", 0, 0, "missing-folder", "there is no folder policies/ with a decision in it"))
    yield from _files(folder, [p for p in paths if p.is_file()], issues, digest)


def _passed_over(body: Path, folder: Path) -> Iterator[Issue]:
    """A decision in a file that is not read would be gone without a word."""
    no_files = (p for p in folder.glob("*.yaml") if not p.is_file())  # folders, links to nothing
    for path in sorted((*folder.rglob("*.yml"), *folder.glob("*/**/*.yaml"), *no_files)):
        name = path.relative_to(body).as_posix()
        yield Issue(name, 0, 0, "file-not-read", "only *.yaml right in this folder is read", "", "move or rename it")


def _files(
    folder: Path, paths: Iterable[Path], issues: list[Issue], digest: hashlib._Hash
) -> Iterator[tuple[str, Cursor]]:
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if path.stat().st_size > MOST_BYTES:
            issues.append(too_large(name))
            continue
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            issues.append(Issue(name, line, 1, "bad-encoding", "the file is not UTF-8", "", "save it as UTF-8"))
            continue
        root = parse(text, name, issues)
        if root is not None:
            yield name, root


def _authorities(root: Cursor | None, known: Mapping[str, Authority], issues: list[Issue]) -> dict[str, Authority]:
    found = dict(known)
    listed = root.mapping(("authorities",)).get("authorities") if root else None
    for item in listed.items() if listed else ():
        authority = read_authority(item)
        if authority is None:
            continue
        if authority.id in found:
            item.report("duplicate-id", f'there is an authority "{authority.id}" already', "choose another id")
        else:
            found[authority.id] = authority
    return found


# --- adoption -------------------------------------------------------------------------------------


def _adopted(texts: list[Text], issues: list[Issue]) -> tuple[Text, ...]:
    """Every text with the clauses it adopts copied in as its own, and what these clauses refer to with them."""
    by_id: dict[str, list[Text]] = {}
    for text in texts:
        by_id.setdefault(text.id, []).append(text)
    return tuple(_with_adopted(t, by_id, issues, (t.id,)) if t.adopts else t for t in texts)


def _version_adopted(text: Text, versions: list[Text]) -> Text | None:
    """The version that stood when the adopting text began: a later one is for the body to decide about."""
    begins = force_begins(text)
    at = begins or datetime.min.replace(tzinfo=UTC)
    return max((t for t in versions if t.kind.rules), key=lambda t: rank(t, at), default=None)


def _with_adopted(
    text: Text, texts: Mapping[str, list[Text]], issues: list[Issue], trail: tuple[str, ...]
) -> Text:
    for adoption in text.adopts:
        p = adoption.place
        source = _version_adopted(text, texts.get(adoption.text, []))
        if source is None:
            hint = did_you_mean(adoption.text, texts)
            issues.append(Issue(p.file, p.line, p.column, "unknown-text", f'no text "{adoption.text}"', "", hint))
        elif adoption.text in trail:
            circle = " → ".join((*trail, adoption.text))
            issues.append(Issue(p.file, p.line, p.column, "adopts-itself", f"a text cannot adopt itself: {circle}"))
        else:
            text = _joined(text, adoption, _with_adopted(source, texts, issues, (*trail, adoption.text)), issues)
    return text


def _joined(text: Text, adoption: Adoption, source: Text, issues: list[Issue]) -> Text:
    """The text with the clauses of `source` as `adoption` changes them."""
    p = adoption.place
    changes = {c.restriction: c for c in adoption.changes}
    for name in sorted(changes.keys() - {c.id for c in source.restrictions}):
        message = f'"{adoption.text}" has no clause "{name}"'
        issues.append(Issue(p.file, p.line, p.column, "unknown-restriction", message))
    clauses = list(text.restrictions)
    for clause in source.restrictions:
        change = changes.get(clause.id)
        if change is None:
            clauses.append(replace(clause, id=f"{source.id}.{clause.id}", addressees=frozenset()))
        elif change.replacement is not None:
            clauses.append(change.replacement)
    return replace(
        text,
        restrictions=tuple(clauses),
        lists=_with_others(text.lists, source.lists),
        criteria=_with_others(text.criteria, source.criteria),
        parameters=_with_others(text.parameters, source.parameters),
        classifications=_with_others(text.classifications, source.classifications),
    )


_Named = TypeVar("_Named", ExternalList, Criterion, Parameter, Classification)


def _with_others(own: tuple[_Named, ...], others: tuple[_Named, ...]) -> tuple[_Named, ...]:
    """What a text names itself, and what it takes over besides; its own stays where both name one thing."""
    known = {x.id for x in own}
    return own + tuple(x for x in others if x.id not in known)
