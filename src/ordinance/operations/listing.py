# SPDX-License-Identifier: EUPL-1.2
"""`apps`: what the shipped catalogue knows, with its sources."""

from __future__ import annotations

from typing import Any

from ordinance.catalogue.load import load
from ordinance.model.apps import Catalogue, Category, Family, Identifier, Member
from ordinance.model.errors import Issue, PolicyError
from ordinance.policy.nodes import did_you_mean


def apps_document(family: str | None = None) -> dict[str, Any]:
    """The catalogue in short, or one family with every identifier.

    Raises PolicyError for a family that the catalogue does not know.
    """
    catalogue = load()
    head = {"version": catalogue.version, "digest": catalogue.digest}
    if family is None:
        return {**head, "families": [_short(f, catalogue) for f in catalogue.families]}
    found = catalogue.family(family)
    if found is None:
        hint = did_you_mean(family, (f.id for f in catalogue.families))
        message = f'family "{family}" is not in the catalogue'
        raise PolicyError([Issue("catalogue", 0, 0, "unknown-family", message, "", hint)])
    cites = {key: {"title": c.title, "url": c.url} for key, c in found.cites}
    facts = {
        "vendors": _group(found, catalogue),
        "succeeds": sorted(found.succeeds),
        "facts_cites": list(found.facts_cites),
    }
    members = [_member(found, m) for m in found.members]
    declined = [{"values": list(d.values), "why": d.why, "cites": list(d.cites)} for d in found.declined]
    whole = {**head, **_short(found, catalogue), **facts, "note": found.note, "cites": cites, "members": members}
    return {**whole, "declined": declined}


def _short(family: Family, catalogue: Catalogue) -> dict[str, Any]:
    """`origins` and `categories` are `null` where nobody said."""
    apps = [catalogue.facts(f"{family.id}/{m.id}") for m in family.members]
    said = [a.categories for a in apps if a.categories is not None]
    origins = apps[0].origins if apps else None
    return {
        "id": family.id,
        "name": family.name,
        "vendor": family.vendor,
        "vendor_id": family.vendor_id,
        "origins": None if origins is None else sorted(origins),
        "categories": _words(frozenset().union(*said)) if said else None,
        "members": [f"{family.id}/{m.id}" for m in family.members],
        "identifiers": len(family.identifiers),
    }


def _group(family: Family, catalogue: Catalogue) -> list[dict[str, Any]]:
    """The vendor first, then those who control it."""
    group = catalogue.facts(f"{family.id}/{family.members[0].id}").group if family.members else ()
    vendors = [v for v in catalogue.vendors if v.id in group]
    return [
        {
            "id": v.id,
            "name": v.name,
            "jurisdictions": sorted(v.jurisdictions) or None,
            "part_of": sorted(v.part_of),
            "cites": {k: {"title": c.title, "url": c.url} for k, c in catalogue.vendor_cites if k in v.cites},
            "note": v.note,
        }
        for v in sorted(vendors, key=lambda v: (v.id != family.vendor_id, v.id))
    ]


def _member(family: Family, member: Member) -> dict[str, Any]:
    categories = family.categories if member.categories is None else member.categories
    return {
        "id": f"{family.id}/{member.id}",
        "name": member.name,
        "categories": _words(categories),
        "edition": member.edition or None,
        "deployment": str(member.deployment) or None,
        "contract": str(member.contract) or None,
        "no_identifiers": str(member.no_identifiers) if member.no_identifiers else None,
        "identifiers": [_identifier(i) for i in member.identifiers],
    }


def _words(categories: frozenset[Category] | None) -> list[str] | None:
    return None if categories is None else sorted(str(c) for c in categories)


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
