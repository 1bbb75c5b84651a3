# SPDX-License-Identifier: EUPL-1.2
"""The catalogue in one file that is read at once: what the TOML files say, and the digest of these files.

Reads and writes bytes only. A compiled file whose digest is not that of the TOML files says nothing: they are then
read themselves. `scripts/catalogue` makes it; an explanation of one device must not wait for thirty files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from ordinance.model.apps import (
    Catalogue,
    Category,
    Citation,
    Confidence,
    Contract,
    Declined,
    Deployment,
    Family,
    FewAppOnly,
    Identifier,
    Kind,
    Member,
    Network,
    NoIdentifiers,
    Role,
    Vendor,
)

FILE = "_compiled.json"
FORM = 3  # of this file: it rises when its rows change, so that a file of another form is not read by accident


class OtherFormError(Exception):
    """The compiled catalogue of the version before is not written as this program reads it."""


def compiled(catalogue: Catalogue) -> bytes:
    """The catalogue as JSON: lists in the order of the fields, the same bytes for the same catalogue."""
    document = {
        "form": FORM,
        "digest": catalogue.digest,
        "version": catalogue.version,
        "vendors": [
            [v.id, v.name, sorted(v.jurisdictions), sorted(v.part_of), list(v.cites), v.note] for v in catalogue.vendors
        ],
        "vendor_cites": _cites(catalogue.vendor_cites),
        "networks": [[n.vendor, list(n.asns), _iso(n.seen), list(n.cites), n.note] for n in catalogue.networks],
        "families": [_family(f) for f in catalogue.families],
    }
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def read_compiled(content: bytes, digest: str) -> Catalogue | None:
    """The catalogue, where the compiled file is that of the files with this digest; else `None`."""
    document = json.loads(content)
    return _as_catalogue(document) if document["digest"] == digest and document.get("form") == FORM else None


def version_of(content: bytes) -> str:
    """The version of the catalogue that the file was made of."""
    return str(json.loads(content)["version"])


def read_anyhow(content: bytes) -> Catalogue:
    """The catalogue that the file was made of, be it that of the files as they are now or not.

    Raises OtherFormError: a new form and a new version are two steps, so that the version before can be kept.
    """
    document = json.loads(content)
    if document.get("form") != FORM:
        raise OtherFormError(f"{FILE} is of another form: take back the new version, run scripts/catalogue, then go on")
    return _as_catalogue(document)


def _as_catalogue(document: Any) -> Catalogue:
    vendors = tuple(_as_vendor(*row) for row in document["vendors"])
    families = tuple(_as_family(*row) for row in document["families"])
    networks = tuple(_as_network(*row) for row in document["networks"])
    version, digest, cites = document["version"], document["digest"], _as_cites(document["vendor_cites"])
    return Catalogue(version, digest, families, vendors, cites, networks)


def _as_vendor(
    vendor: str, name: str, jurisdictions: list[str], part_of: list[str], cites: list[str], note: str
) -> Vendor:
    return Vendor(vendor, name, frozenset(jurisdictions), frozenset(part_of), tuple(cites), note)


def _as_network(vendor: str, asns: list[str], seen: str | None, cites: list[str], note: str) -> Network:
    return Network(vendor, tuple(asns), _day(seen), tuple(cites), note)


def _cites(cites: Iterable[tuple[str, Citation]]) -> list[list[str | None]]:
    return [[key, c.title, c.url, _iso(c.retrieved)] for key, c in cites]


def _as_cites(rows: Iterable[Any]) -> tuple[tuple[str, Citation], ...]:
    return tuple((key, Citation(title, url, _day(retrieved))) for key, title, url, retrieved in rows)


def _family(f: Family) -> list[Any]:
    made_by, what = [f.id, f.name, f.vendor, f.vendor_id], as_words(f.categories)
    head = [*made_by, what, sorted(f.succeeds), list(f.facts_cites), f.note]
    declined = [[list(d.values), d.why, list(d.cites)] for d in f.declined]
    return [*head, f.few_app_only, declined, _cites(f.cites), [_member(m) for m in f.members]]


def _as_family(
    family: str,
    name: str,
    vendor: str,
    vendor_id: str,
    categories: list[str] | None,
    succeeds: list[str],
    facts_cites: list[str],
    note: str,
    few_app_only: str | None,
    declined: list[Any],
    cites: list[Any],
    members: list[Any],
) -> Family:
    return Family(
        id=family,
        name=name,
        vendor=vendor,
        members=tuple(_as_member(family, *row) for row in members),
        cites=_as_cites(cites),
        note=note,
        vendor_id=vendor_id,
        categories=as_categories(categories),
        succeeds=frozenset(succeeds),
        facts_cites=tuple(facts_cites),
        few_app_only=FewAppOnly(few_app_only) if few_app_only else None,
        declined=tuple(Declined(tuple(values), why, tuple(cited)) for values, why, cited in declined),
    )


def _member(m: Member) -> list[Any]:
    facts = [m.edition, m.deployment, m.contract, as_words(m.categories), m.no_identifiers]
    return [m.id, m.name, *facts, [_identifier(i) for i in m.identifiers]]


def _as_member(
    family: str,
    member: str,
    name: str,
    edition: str,
    deployment: str,
    contract: str,
    categories: list[str] | None,
    no_identifiers: str | None,
    identifiers: list[Any],
) -> Member:
    return Member(
        id=member,
        name=name,
        identifiers=tuple(_as_identifier(family, member, *row) for row in identifiers),
        edition=edition,
        deployment=Deployment(deployment) if deployment else "",
        contract=Contract(contract) if contract else "",
        categories=as_categories(categories),
        no_identifiers=NoIdentifiers(no_identifiers) if no_identifiers else None,
    )


def _identifier(i: Identifier) -> list[Any]:
    found = [i.kind, i.value, i.confidence, i.role, i.publisher]
    return [*found, _iso(i.seen), _iso(i.retired), list(i.cites), i.note]


def _as_identifier(
    family: str,
    member: str,
    kind: str,
    value: str,
    confidence: str,
    role: str | None,
    publisher: str,
    seen: str | None,
    retired: str | None,
    cites: list[str],
    note: str,
) -> Identifier:
    return Identifier(
        Kind(kind),
        value,
        family,
        member,
        Confidence(confidence),
        Role(role) if role else None,
        publisher,
        _day(seen),
        _day(retired),
        tuple(cites),
        note,
    )


def as_words(categories: frozenset[Category] | None) -> list[str] | None:
    """Categories as words in order; `None` where nobody said."""
    return None if categories is None else sorted(categories)


def as_categories(categories: list[str] | None) -> frozenset[Category] | None:
    """The categories that words stand for. Raises ValueError for a word that is none."""
    return None if categories is None else frozenset(Category(c) for c in categories)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
