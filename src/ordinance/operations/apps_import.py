# SPDX-License-Identifier: EUPL-1.2
"""`apps import`: lists that other people keep, compared with the catalogue. Writes only a proposal, where asked to.

Reads the shipped catalogue and the files that are named; downloads nothing and changes no file of the catalogue. What a
list says is a claim: a person gives each new name its role, or leaves it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from ordinance.catalogue.load import alias_zones, load, twins
from ordinance.catalogue.proposal import Against, as_toml
from ordinance.model.apps import Catalogue, Family, Identifier
from ordinance.model.errors import Issue, PolicyError, SourceError
from ordinance.model.lists import ForeignList, LeftOut, ListForm
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
    lists = [(_read(path, form), whose) for path, whose in zip(files, chosen, strict=True)]
    return tuple(
        against.proposal(read, form, whose, key, seen, [r for r, w in lists if w is whose and r is not read])
        for read, whose in lists
    )


def _read(path: Path, form: ListForm) -> ForeignList:
    """A list with a name in it: one without says nothing of what is new or gone. Raises SourceError."""
    read = read_list(path, form)
    if not read.names:
        why = Counter(str(why) for _, why in read.left_out)
        said = ", ".join(f"{n} {word}" for word, n in sorted(why.items())) or "it is empty"
        raise SourceError([Issue(str(path), 0, 0, "no-names", f"the list holds no name ({said})")])
    return read


def popular_names(path: Path) -> tuple[str, ...]:
    """Names that must not be blocked by the way, one a line. Raises SourceError for a line that is something else."""
    read = _read(path, ListForm.NEXTDNS)
    faults = [(line, why) for line, why in read.left_out if why is not LeftOut.NOT_A_NAME]
    odd = [(line, why) for line, why in read.left_out if why is LeftOut.NOT_A_NAME]
    if len(odd) > len(read.names) or faults:
        line, why = (faults or odd)[0]
        hint = "one name a line, without ranks or addresses of pages"
        raise SourceError([Issue(str(path), line, 0, "no-names", f"this is no name ({why})", "", hint)])
    return tuple(n.value for n in read.names)


def write_proposals(out: Path, proposals: Sequence[Proposal]) -> None:
    """All proposals as one text to be worked through, written aside first; no name stands in it twice for a family."""
    given: dict[str, set[str]] = {}
    texts = []
    for one in proposals:
        there = given.setdefault(one.family, set())
        texts.append(as_toml(one, there))
        there.update(n.name.value for n in one.new)
    write_file(out, "\n".join(texts).encode())


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
        "gone": None if p.gone is None else [_gone(i) for i in p.gone.names],
        "gone_unless": None if p.gone is None else dict(p.gone.unread),
    }


def _gone(i: Identifier) -> dict[str, Any]:
    return {"name": i.value, "member": i.member, "role": str(i.role)}


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
