# SPDX-License-Identifier: EUPL-1.2
"""`apps` and `directives`: what ships with the product, with its sources."""

from __future__ import annotations

from typing import Any

from ordinance.catalogue.load import load
from ordinance.model.apps import Family, Identifier
from ordinance.model.errors import Issue, PolicyError
from ordinance.policy.load import load_library
from ordinance.policy.nodes import did_you_mean


def apps_document(family: str | None = None) -> dict[str, Any]:
    """The catalogue in short, or one family with every identifier.

    Raises PolicyError for a family that the catalogue does not know.
    """
    catalogue = load()
    head = {"version": catalogue.version, "digest": catalogue.digest}
    if family is None:
        return {**head, "families": [_short(f) for f in catalogue.families]}
    found = catalogue.family(family)
    if found is None:
        hint = did_you_mean(family, (f.id for f in catalogue.families))
        message = f'family "{family}" is not in the catalogue'
        raise PolicyError([Issue("catalogue", 0, 0, "unknown-family", message, "", hint)])
    cites = {key: {"title": c.title, "url": c.url} for key, c in found.cites}
    members = [
        {"id": f"{found.id}/{m.id}", "name": m.name, "identifiers": [_identifier(i) for i in m.identifiers]}
        for m in found.members
    ]
    return {**head, **_short(found), "note": found.note, "cites": cites, "members": members}


def _short(family: Family) -> dict[str, Any]:
    return {
        "id": family.id,
        "name": family.name,
        "vendor": family.vendor,
        "members": [f"{family.id}/{m.id}" for m in family.members],
        "identifiers": len(family.identifiers),
    }


def _identifier(found: Identifier) -> dict[str, Any]:
    return {
        "kind": str(found.kind),
        "value": found.value,
        "role": str(found.role) if found.role else None,
        "confidence": str(found.confidence),
        "publisher": found.publisher,
        "seen": found.seen.isoformat() if found.seen else None,
        "retired": found.retired.isoformat() if found.retired else None,
        "cites": list(found.cites),
        "note": found.note,
    }


def directives_document() -> list[dict[str, Any]]:
    """The library's texts with authority, state, clauses and citations."""
    authorities, texts, _, _ = load_library()
    return [
        {
            "id": t.id,
            "version": t.version,
            "title": t.title,
            "authority": authorities[t.authority].name,
            "lifecycle": [{"state": str(s.state), "from": s.start.isoformat()} for s in t.lifecycle],
            "restrictions": [{"id": r.id, "force": str(r.force)} for r in t.restrictions],
            "cites": [{"title": c.title, "url": c.url} for c in t.cites],
        }
        for t in sorted(texts, key=lambda t: (t.id, t.version))
    ]
