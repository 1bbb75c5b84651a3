# SPDX-License-Identifier: EUPL-1.2
"""`init`: a new body's folder, whole or not at all, and never over a file that is there.

Everything is made and opened aside before the first file is put in its place: what `init` leaves can be used.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ordinance.model.body import Purpose
from ordinance.model.errors import Issue, PolicyError, Severity
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import Text
from ordinance.model.ruling import Outcome
from ordinance.operations.new_body import NewBody, clause_to_turn, files_of, fill_in
from ordinance.operations.scenarios import run_scenarios
from ordinance.operations.workspace import open_workspace
from ordinance.policy import clocks, fields
from ordinance.policy.compose import ScalarNode
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.policy.privacy import profile
from ordinance.policy.shipped import authorities, shelf
from ordinance.store.files import add_files

APP = "tiktok"  # what the first test asks about where no text names an app


@dataclass(frozen=True, slots=True)
class Made:
    """A new folder: its files, what is still to be written, and what the lint says of it."""

    folder: Path
    files: tuple[str, ...]
    fill_in: tuple[tuple[str, str], ...]
    issues: tuple[Issue, ...]


def init(folder: Path, wanted: NewBody, today: date) -> Made:
    """Make the folder of a body. Raises PolicyError for answers that cannot be used and files that are there."""
    body = _settled(wanted)
    mirrored = tuple(_version(m, today) for m in body.mirrors)
    app = _app(mirrored + tuple(_version(a, today) for a in body.adopts))
    draft = files_of(body, mirrored, app, Outcome.PERMITTED, today)
    there = [name for name in sorted(draft) if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise PolicyError([_there(folder / name) for name in there])
    with tempfile.TemporaryDirectory(prefix="ordinance-init-") as aside:
        add_files(Path(aside), draft, "ordinance.toml")
        opened = open_workspace(Path(aside)).usable()
        (first,) = run_scenarios(opened)
        files = files_of(body, mirrored, app, first.ruling.outcome, today)
    try:
        add_files(folder, files, "ordinance.toml")
    except FileExistsError as error:
        raise PolicyError([_there(Path(error.filename or folder))]) from error
    issues = (*opened.issues, *(_unheard(g) for g in body.groups if g not in _addressed()))
    return Made(folder, tuple(sorted(files)), fill_in(body, today), issues)


def init_document(made: Made) -> dict[str, Any]:
    """All that `init --json` prints."""
    return {
        "folder": str(made.folder),
        "files": list(made.files),
        "fill_in": [{"file": file, "what": what} for file, what in made.fill_in],
        "warnings": [{"file": i.file, "line": i.line, "id": i.id, "message": i.message} for i in made.issues],
    }


def _there(path: Path) -> Issue:
    hint = "name another folder, or move the file away"
    return Issue(str(path), 0, 0, "file-exists", "this file is there already and is never overwritten", "", hint)


# --- answers --------------------------------------------------------------------------------------


def _identifier(cursor: Cursor) -> None:
    fields.identifier({"id": cursor}, "id")


def _country(cursor: Cursor) -> None:
    word = cursor.text()
    if word and not (len(word) == 2 and word.isascii() and word.isalpha() and word.isupper()):
        cursor.report("bad-country", f'"{word}" is no country code', "two capital letters, such as BE")


def _language(cursor: Cursor) -> None:
    word = cursor.text()
    if word and not (len(word) in {2, 3} and word.isascii() and word.isalpha() and word.islower()):
        cursor.report("bad-language", f'"{word}" is no language code', "two small letters, such as nl")


def _directive(cursor: Cursor) -> None:
    name = cursor.text()
    if name and name not in _ruling_texts():
        record = " that rules" if name in shelf().text_ids else ""
        hint = did_you_mean(name, _ruling_texts()) or "`ordinance directives` lists the library"
        cursor.report("unknown-text", f'no text{record} "{name}" in the library', hint)


_CHECKS: Mapping[str, Callable[[Cursor], object]] = {
    "--id": _identifier,
    "--name": Cursor.text,
    "--time-zone": fields.zone,
    "--country": _country,
    "--language": _language,
    "--group": _identifier,
    "--mirrors": _directive,
    "--adopts": _directive,
    "--evidence": lambda cursor: cursor.choice(EvidenceKind),
    "--purpose": lambda cursor: cursor.choice(Purpose),
    "--legal-basis": Cursor.text,
}


def faults(option: str, value: str) -> tuple[Issue, ...]:
    """What is wrong with one answer, in the words of the lint; `option` is how the command line calls it."""
    issues: list[Issue] = []
    cursor = Cursor(ScalarNode(0, 0, value), option, issues)
    if value.isprintable():
        _CHECKS[option](cursor)
    else:
        cursor.report("bad-value", "it holds a character that cannot be seen")
    return tuple(issues)


def known_zone(body: str) -> str:
    """The time zone of an authority that the library has; empty where it has none of that id."""
    return authorities()[body].zone.key if body in authorities() else ""


def _settled(body: NewBody) -> NewBody:
    """The answers, checked. Raises PolicyError with everything that is wrong with them."""
    given = {
        "--id": (body.id,),
        "--name": (body.name,),
        "--time-zone": (body.time_zone,),
        "--country": (body.country,) if body.country else (),
        "--language": body.languages,
        "--group": body.groups,
        "--mirrors": body.mirrors,
        "--adopts": body.adopts,
        "--evidence": body.evidence,
        "--purpose": (body.purpose,) if body.purpose else (),
        "--legal-basis": (body.legal_basis,) if body.legal_basis else (),
    }
    issues = [i for option, values in given.items() for value in values for i in faults(option, value)]
    if body.evidence and not (body.purpose and body.legal_basis):
        message = "evidence is read, but purpose or legal basis is not stated"
        hint = "give --purpose and --legal-basis, or --evidence none"
        issues.append(Issue("--evidence", 0, 0, "no-legal-basis", message, "", hint))
    if issues:
        raise PolicyError(issues)
    ours = authorities().get(body.id)
    country = body.country or (ours.country if ours else "")
    return replace(body, known=ours is not None, profile=profile(country.lower()))


def _addressed() -> frozenset[str]:
    """Every group that an authority of the library belongs to, or has power over."""
    known = authorities().values()
    over = {i for a in known for power in (*a.binds, *a.advises) for i in power.institutions}
    return frozenset(over.union(*(a.groups for a in known)))


def _unheard(group: str) -> Issue:
    message = f'no authority of the library addresses "{group}"'
    consequence = "their rules and their advice do not reach the body under this name"
    hint = did_you_mean(group, _addressed()) or "leave it where an authority of your own binds or advises the group"
    return Issue("authorities.yaml", 0, 0, "unknown-group", message, consequence, hint, Severity.WARNING)


# --- texts of the library -------------------------------------------------------------------------


def _ruling_texts() -> frozenset[str]:
    """Ids of the library that can be mirrored or adopted; a collection or a decision not to decide rules nothing."""
    return frozenset(t.id for t in shelf().texts(shelf().text_ids, frozenset()) if t.kind.rules)


def _version(text_id: str, today: date) -> Text:
    """The version of a library text that stands on a day."""
    versions = [t for t in shelf().texts({text_id}, frozenset()) if t.id == text_id]
    zone = authorities()[versions[0].authority].zone
    return max(versions, key=lambda t: clocks.rank(t, datetime.combine(today, time(), tzinfo=zone)))


def _app(texts: tuple[Text, ...]) -> str:
    """A family or member that one of the texts names."""
    turned = [clause_to_turn(t) for t in texts]
    chosen = [c for t, own in zip(texts, turned, strict=True) for c in ((own,) if own else t.restrictions)]
    named = [leaf.family or leaf.app for c in chosen for s in c.what for leaf in s.leaves()]
    return next((n for n in named if n), APP)
