# SPDX-License-Identifier: EUPL-1.2
"""The law of a body: its own files and the library of directives, read once.

Reads: `authorities.yaml`, `policies/`, `exemptions/`, `answers/` of a body's folder, and the shipped
library. Writes nothing. Adopted clauses are copied in here, so that what resolves is plain clauses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path
from zoneinfo import ZoneInfo

from ordinance.model.errors import Issue
from ordinance.model.law import Authority, Law, Restriction, Text
from ordinance.policy.clocks import force_begins, rank
from ordinance.policy.nodes import MOST_BYTES, Cursor, did_you_mean, parse, too_large
from ordinance.policy.read import read_answer, read_authority, read_exemption, read_text

LIBRARY_NAME = "library"


def load_law(folder: Path, body: str, zone: ZoneInfo) -> tuple[Law, tuple[Issue, ...]]:
    """The law as it stands in `folder` for the body of that authority id, and everything wrong with it.

    A law with errors is still returned, so that all of them can be shown; it must not be resolved.
    """
    issues: list[Issue] = []
    digest = hashlib.sha256()
    library_authorities, library_texts, library_digest, library_issues = load_library()
    digest.update(library_digest.encode())
    issues.extend(library_issues)
    roots = dict(_roots(folder, issues, digest))
    authorities = _authorities(roots.get("authorities.yaml"), library_authorities, issues)
    if body not in authorities:
        hint = did_you_mean(body, authorities)
        issues.append(Issue("ordinance.toml", 0, 0, "unknown-authority", f'no authority has the id "{body}"', "", hint))
    texts = [
        text for name, root in roots.items() if name.startswith("policies/") if (text := read_text(root, authorities))
    ]
    law = Law(
        body=body,
        zone=zone,
        authorities=tuple(authorities[k] for k in sorted(authorities)),
        texts=_adopted([*texts, *library_texts], issues),
        exemptions=tuple(
            e for n, r in roots.items() if n.startswith("exemptions/") if (e := read_exemption(r, zone)) is not None
        ),
        answers=tuple(a for n, r in roots.items() if n.startswith("answers/") if (a := read_answer(r)) is not None),
        digest=f"sha256:{digest.hexdigest()}",
    )
    return law, tuple(sorted(issues))


@cache
def load_library() -> tuple[Mapping[str, Authority], tuple[Text, ...], str, tuple[Issue, ...]]:
    """Shipped authorities and directives, a digest of their files, and faults (none in a release)."""
    issues: list[Issue] = []
    digest = hashlib.sha256()
    folder = Path(str(package_files("ordinance.policy"))) / LIBRARY_NAME
    roots = dict(_files(folder, sorted(folder.rglob("*.yaml")), issues, digest))
    authorities = _authorities(roots.pop("authorities.yaml", None), {}, issues)
    texts = tuple(t for root in roots.values() if (t := read_text(root, authorities, shipped=True)) is not None)
    return authorities, texts, f"sha256:{digest.hexdigest()}", tuple(issues)


def _roots(folder: Path, issues: list[Issue], digest: hashlib._Hash) -> Iterator[tuple[str, Cursor]]:
    paths = [folder / "authorities.yaml"]
    for name in ("policies", "exemptions", "answers"):
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
    """Every text with the clauses it adopts copied in as its own."""
    return tuple(replace(t, restrictions=_with_adopted(t, texts, issues, (t.id,))) for t in texts)


def _version_adopted(text: Text, versions: list[Text]) -> Text | None:
    """The version that stood when the adopting text began: a later one is for the body to decide about."""
    begins = force_begins(text)
    at = begins or datetime.min.replace(tzinfo=UTC)
    return max(versions, key=lambda t: rank(t, at), default=None)


def _with_adopted(
    text: Text, texts: list[Text], issues: list[Issue], trail: tuple[str, ...]
) -> tuple[Restriction, ...]:
    clauses = list(text.restrictions)
    for adoption in text.adopts:
        p = adoption.place
        source = _version_adopted(text, [t for t in texts if t.id == adoption.text])
        if source is None:
            hint = did_you_mean(adoption.text, (t.id for t in texts))
            issues.append(Issue(p.file, p.line, p.column, "unknown-text", f'no text "{adoption.text}"', "", hint))
            continue
        if adoption.text in trail:
            circle = " → ".join((*trail, adoption.text))
            issues.append(Issue(p.file, p.line, p.column, "adopts-itself", f"a text cannot adopt itself: {circle}"))
            continue
        changes = {c.restriction: c for c in adoption.changes}
        inherited = _with_adopted(source, texts, issues, (*trail, adoption.text))
        for name in changes.keys() - {c.id for c in inherited}:
            issues.append(
                Issue(p.file, p.line, p.column, "unknown-restriction", f'"{adoption.text}" has no clause "{name}"')
            )
        for clause in inherited:
            change = changes.get(clause.id)
            if change is None:
                clauses.append(replace(clause, id=f"{source.id}.{clause.id}", addressees=frozenset()))
            elif change.replacement is not None:
                clauses.append(change.replacement)
    return tuple(clauses)
