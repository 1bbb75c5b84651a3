# SPDX-License-Identifier: EUPL-1.2
"""Earlier versions of the catalogue: what they said, each kept as the difference to the one before it.

Reads and writes bytes only. A version is a set of statements (a vendor, a family, a member, an identifier), one JSON
array each; from the oldest version every later one is put together again, and its digest over these statements must
be the one that was kept. What is not kept: citations, days and notes, the zones and twins of names that are only
likely, and the names of ways past the logs; none of these restricts anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ordinance.catalogue.compiled import as_categories, as_words
from ordinance.model.apps import (
    Catalogue,
    Confidence,
    Contract,
    Deployment,
    Family,
    Identifier,
    Kind,
    Member,
    Network,
    Role,
    Vendor,
)

FILE = "_history.json"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that was: `gone` are statements that only the one before it had, `new` those that it had first.

    `digest` is that of its files, as rulings and runs of its time recorded it; `stated` is that of its statements.
    """

    version: str
    digest: str
    stated: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


class DamagedHistoryError(Exception):
    """An earlier version does not come out as it was."""


def statements(catalogue: Catalogue) -> frozenset[str]:
    """Everything of a catalogue that can change whom a rule restricts, or what is blocked for it."""
    found: list[list[Any]] = []
    found += [["vendor", v.id, v.name, sorted(v.jurisdictions), sorted(v.part_of)] for v in catalogue.vendors]
    found += [["network", n.vendor, list(n.asns)] for n in catalogue.networks]
    for f in catalogue.families:
        found.append(["family", f.id, f.name, f.vendor, f.vendor_id, as_words(f.categories), sorted(f.succeeds)])
        for m in f.members:
            found.append(["member", f.id, m.id, m.name, m.edition, m.deployment, m.contract, as_words(m.categories)])
            found += [_identifier(i) for i in m.identifiers]
    return frozenset(map(_stated, found))


def _stated(row: list[Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _identifier(i: Identifier) -> list[Any]:
    retired = i.retired.isoformat() if i.retired else None
    return ["identifier", i.family, i.member, i.kind, i.value, i.role, i.confidence, i.publisher, retired]


def digest_of(stated: Iterable[str]) -> str:
    """The digest of statements in their order."""
    return f"sha256:{hashlib.sha256(chr(10).join(sorted(stated)).encode()).hexdigest()}"


def read_history(content: bytes) -> tuple[Earlier, ...]:
    """The earlier versions, oldest first."""
    rows = json.loads(content)["versions"]
    parts = ("gone", "new")
    return tuple(
        Earlier(r["version"], r["digest"], r["stated"], *(tuple(map(_stated, r[part])) for part in parts)) for r in rows
    )


def as_json(history: Sequence[Earlier]) -> bytes:
    """The same bytes for the same history: one statement a line, so that a change can be read."""
    every = ",\n".join(_version(e) for e in history)
    return f'{{"versions": [\n{every}\n]}}\n'.encode()


def _version(e: Earlier) -> str:
    head = ", ".join(f"{json.dumps(key)}: {json.dumps(getattr(e, key))}" for key in ("version", "digest", "stated"))
    gone, new = (",\n  ".join(rows) for rows in (e.gone, e.new))
    return f'{{{head},\n "gone": [\n  {gone}\n ],\n "new": [\n  {new}\n ]}}'


def statements_of(history: Sequence[Earlier], version: str) -> tuple[Earlier, frozenset[str]] | None:
    """An earlier version and what it stated; `None` for one that is not kept. Raises DamagedHistoryError."""
    stated: frozenset[str] = frozenset()
    for earlier in history:
        stated = (stated - frozenset(earlier.gone)) | frozenset(earlier.new)
        if earlier.version == version:
            if digest_of(stated) != earlier.stated:
                raise DamagedHistoryError(f"version {version} of the catalogue cannot be put together again")
            return earlier, stated
    return None


def continued(history: Sequence[Earlier], before: Catalogue) -> tuple[Earlier, ...]:
    """The history with one more version, which has now got a successor. Raises DamagedHistoryError."""
    latest = statements_of(history, history[-1].version) if history else None
    known = latest[1] if latest else frozenset()
    stated = statements(before)
    gone, new = tuple(sorted(known - stated)), tuple(sorted(stated - known))
    return (*history, Earlier(before.version, before.digest, digest_of(stated), gone, new))


def catalogue_of(version: str, digest: str, stated: Iterable[str]) -> Catalogue:
    """A catalogue made of statements: without citations, days or notes."""
    rows = [json.loads(one) for one in sorted(stated)]
    by_kind: dict[str, list[list[Any]]] = {k: [] for k in ("vendor", "network", "family", "member", "identifier")}
    for kind, *row in rows:
        by_kind[kind].append(row)
    identifiers: dict[tuple[str, str], list[Identifier]] = {}
    for row in by_kind["identifier"]:
        one = _as_identifier(*row)
        identifiers.setdefault((one.family, one.member), []).append(one)
    members: dict[str, list[Member]] = {}
    for family, member, name, edition, deployment, contract, categories in by_kind["member"]:
        members.setdefault(family, []).append(
            Member(
                member,
                name,
                tuple(identifiers.get((family, member), ())),
                edition,
                Deployment(deployment) if deployment else "",
                Contract(contract) if contract else "",
                as_categories(categories),
            )
        )
    families = tuple(
        Family(
            id=family,
            name=name,
            vendor=vendor,
            members=tuple(members.get(family, ())),
            vendor_id=vendor_id,
            categories=as_categories(categories),
            succeeds=frozenset(succeeds),
        )
        for family, name, vendor, vendor_id, categories, succeeds in by_kind["family"]
    )
    vendors = tuple(Vendor(v, name, frozenset(j), frozenset(p)) for v, name, j, p in by_kind["vendor"])
    networks = tuple(Network(vendor, tuple(asns)) for vendor, asns in by_kind["network"])
    return Catalogue(version, digest, families, vendors, networks=networks)


def _as_identifier(
    family: str,
    member: str,
    kind: str,
    value: str,
    role: str | None,
    confidence: str,
    publisher: str,
    retired: str | None,
) -> Identifier:
    return Identifier(
        Kind(kind),
        value,
        family,
        member,
        Confidence(confidence),
        Role(role) if role else None,
        publisher,
        retired=date.fromisoformat(retired) if retired else None,
    )
