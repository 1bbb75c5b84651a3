# SPDX-License-Identifier: EUPL-1.2
"""`apps import`: lists that other people keep, compared with the catalogue. Writes only a proposal, where asked to.

Reads the shipped catalogue and the files that are named; downloads nothing and changes no file of the catalogue. What a
list says is a claim: a person gives each new name its role, or leaves it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ordinance.catalogue.load import alias_zones, load, twins
from ordinance.catalogue.proposal import Against, as_toml
from ordinance.model.apps import Catalogue, Family
from ordinance.model.errors import Issue, PolicyError, SourceError
from ordinance.model.lists import ListForm
from ordinance.model.proposal import NameInConflict, NewName, Popular, Proposal
from ordinance.policy.nodes import did_you_mean
from ordinance.readers.lists import read_list
from ordinance.store.files import write_file


def import_lists(
    form: ListForm,
    files: Sequence[Path],
    seen: date,
    *,
    family: str = "",
    source: str = "",
    popular: Path | None = None,
) -> tuple[Proposal, ...]:
    """One proposal a file, in their order. Without `family` a file's name says whose list it is.

    `source` is the key under which the families cite it; by default the form's name. Raises SourceError for a file
    that cannot be read, PolicyError for a family that the catalogue does not have.
    """
    catalogue = load()
    chosen = [_family(catalogue, path, family) for path in files]
    against = Against(catalogue, alias_zones(), twins(), popular_names(popular) if popular else ())
    key = source or str(form)
    lists = [(read_list(path, form), whose) for path, whose in zip(files, chosen, strict=True)]
    return tuple(
        against.proposal(read, form, whose, key, seen, [r for r, w in lists if w is whose and r is not read])
        for read, whose in lists
    )


def popular_names(path: Path) -> tuple[str, ...]:
    """Names that must not be blocked by the way, one a line. Raises SourceError where the file holds none."""
    read = read_list(path, ListForm.NEXTDNS)
    if not read.names:
        raise SourceError([Issue(str(path), 0, 0, "no-names", "no line of the file is a name", "", "one name a line")])
    return tuple(n.value for n in read.names)


def write_proposals(out: Path, proposals: Sequence[Proposal]) -> None:
    """All proposals as one text to be worked through, written aside first."""
    write_file(out, "\n".join(as_toml(p) for p in proposals).encode())


def _family(catalogue: Catalogue, path: Path, named: str) -> Family:
    """The family named, or the one whose id, or member's id, is the file's name."""
    word = named or path.stem.lower()
    if (found := catalogue.family(word)) is not None:
        return found
    by_member = {f.id: f for f in catalogue.families for m in f.members if m.id == word}
    if len(by_member) == 1 and not named:
        return next(iter(by_member.values()))
    hint = did_you_mean(word, (f.id for f in catalogue.families)) or "say which with --family"
    message = f'family "{word}" is not in the catalogue'
    raise PolicyError([Issue(str(path), 0, 0, "unknown-family", message, "", hint)])


def proposals_document(proposals: Sequence[Proposal]) -> dict[str, Any]:
    """The proposals as JSON."""
    catalogue = load()
    head = {"version": catalogue.version, "digest": catalogue.digest}
    return {**head, "proposals": [_document(p) for p in proposals]}


def _document(p: Proposal) -> dict[str, Any]:
    read = p.read
    return {
        "family": p.family,
        "file": read.file,
        "form": str(p.form),
        "source": p.source,
        "seen": p.seen.isoformat(),
        "records": {
            "all": read.records,
            "names": len(read.names),
            "repeated": read.repeated,
            "structural": read.structural,
            "left_out": [{"line": line, "why": str(why)} for line, why in read.left_out],
        },
        "known": p.known,
        "covered": p.covered,
        "new": [_new(n) for n in p.new],
        "conflicts": [_conflict(c) for c in p.conflicts],
        "declined": [{"name": n.value, "line": n.line, "why": why} for n, why in p.declined],
        "gone": None if p.gone is None else [{"name": i.value, "member": i.member, "role": i.role} for i in p.gone],
    }


def _new(n: NewName) -> dict[str, Any]:
    name = {"name": n.name.value, "line": n.name.line, "exact": n.name.exact}
    return {**name, "twin": n.twin, "above": n.above, "popular": _popular(n.popular)}


def _conflict(c: NameInConflict) -> dict[str, Any]:
    known = f"{c.known.family}/{c.known.member}" if c.known else None
    return {
        "name": c.name.value,
        "line": c.name.line,
        "exact": c.name.exact,
        "why": str(c.why),
        "known": known,
        "at": c.known.value if c.known else None,
        "popular": _popular(c.popular),
    }


def _popular(found: Popular | None) -> dict[str, Any] | None:
    return None if found is None else {"count": found.count, "first": list(found.first)}
