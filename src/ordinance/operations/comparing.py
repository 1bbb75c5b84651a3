# SPDX-License-Identifier: EUPL-1.2
"""`compare`: a text against another, or each own text of a body against what it follows and what binds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ordinance.model.divergence import Divergence, Witness
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.law import Law, Text
from ordinance.operations.directives import library
from ordinance.operations.workspace import Workspace
from ordinance.policy.clocks import force_begins, rank
from ordinance.policy.compare import compare
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.power import binding_clauses


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts and every way in which the first differs from the second."""

    ours: Text
    theirs: Text
    divergences: tuple[Divergence, ...]


def compare_texts(law: Law, ours: str, theirs: str, at: Iterable[datetime] = ()) -> Compared:
    """Two texts of the body or of the library, each as `id` or `id@version`.

    Without a version, ours is its latest, and theirs the one that stood when ours began. Raises PolicyError for a text
    that neither has.
    """
    whole = _with_library(law)
    first = _chosen(whole, ours, None)
    second = _chosen(whole, theirs, force_begins(first))
    return Compared(first, second, compare(whole, first, second, at))


def compare_own(law: Law, at: Iterable[datetime] = ()) -> tuple[Compared, ...]:
    """Each own text against the texts that it follows as a model, then against those that bind the body."""
    instants, found = tuple(at), []
    for ours in sorted((t for t in law.texts if t.authority == law.body), key=lambda t: (t.id, t.version)):
        for theirs in (*_followed(law, ours), *_binding(law, ours)):
            found.append(Compared(ours, theirs, compare(law, ours, theirs, instants)))
    return tuple(found)


def law_of(workspace: Workspace | None, ours: str) -> Law:
    """The body's law; where there is no body, the library as the author of ours sees it."""
    if workspace is not None:
        return workspace.law
    law = library()
    author = next((t.authority for t in law.texts if t.id == ours.partition("@")[0]), "")
    zone = next((a.zone for a in law.authorities if a.id == author), law.zone)
    return replace(law, body=author, zone=zone)


def _with_library(law: Law) -> Law:
    """The law with every text of the library that it does not hold yet."""
    shipped = library()
    known, authors = {t.id for t in law.texts}, {a.id for a in law.authorities}
    return replace(
        law,
        texts=(*law.texts, *(t for t in shipped.texts if t.id not in known)),
        authorities=(*law.authorities, *(a for a in shipped.authorities if a.id not in authors)),
    )


def _chosen(law: Law, name: str, stood: datetime | None) -> Text:
    text_id, _, version = name.partition("@")
    versions = law.versions(text_id)
    if not versions:
        hint = did_you_mean(text_id, {t.id for t in law.texts})
        message = f'neither the body nor the library has a text "{text_id}" that rules'
        raise PolicyError([Issue("compare", 0, 0, "unknown-text", message, "", hint)])
    if not version:
        return _standing(versions, stood)
    found = next((t for t in versions if t.version == version), None)
    if found is None:
        hint = f"versions: {', '.join(sorted(t.version for t in versions))}"
        raise PolicyError([Issue("compare", 0, 0, "unknown-text", f'"{text_id}" has no version "{version}"', "", hint)])
    return found


def _standing(versions: Iterable[Text], stood: datetime | None) -> Text:
    at = stood or datetime.max.replace(tzinfo=UTC)
    return max(versions, key=lambda t: rank(t, at))


def _followed(law: Law, ours: Text) -> Iterator[Text]:
    for name in ours.mirrors:
        if versions := law.versions(name):
            yield _standing(versions, force_begins(ours))


def _binding(law: Law, ours: Text) -> Iterator[Text]:
    """Texts of others that bind the body, with those of their clauses that do."""
    clauses: dict[str, list[str]] = {}
    for text, clause in binding_clauses(law, (law.body,)):
        if text.authority != law.body:
            clauses.setdefault(text.id, []).append(clause.id)
    for text_id, names in sorted(clauses.items()):
        text = _standing(law.versions(text_id), force_begins(ours))
        reaching = tuple(r for r in text.restrictions if r.id in names)
        if reaching and text_id not in ours.mirrors:
            yield replace(text, restrictions=reaching)


# --- as plain objects -----------------------------------------------------------------------------


def line(found: Compared) -> dict[str, Any]:
    """Two texts and their differences."""
    return {
        "ours": found.ours.id,
        "our_version": found.ours.version,
        "theirs": found.theirs.id,
        "their_version": found.theirs.version,
        "divergences": [_divergence(d) for d in found.divergences],
    }


def _divergence(d: Divergence) -> dict[str, Any]:
    return {
        "kind": str(d.kind),
        "looser": d.kind.looser,
        "ours": d.ours,
        "theirs": d.theirs,
        "apps": list(d.apps),
        "surfaces": [str(s) for s in d.surfaces],
        "values": dict(d.values),
        "certain": d.certain,
        "witness": _witness(d.witness) if d.witness else None,
    }


def _witness(w: Witness) -> dict[str, Any]:
    return {
        "subject": str(w.subject),
        "word": w.word or None,
        "facts": {fact: word or None for fact, word in w.stated},
        "app": w.app,
        "surface": str(w.surface),
        "at": w.at.isoformat(),
    }
