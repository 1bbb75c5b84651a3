# SPDX-License-Identifier: EUPL-1.2
"""`directives`: the real decisions of the library, by country, kind and app; one of them to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ordinance.catalogue.load import load
from ordinance.model.apps import AppFacts, Catalogue
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.kleene import Truth
from ordinance.model.law import Authority, Law, Text, TextKind
from ordinance.policy import select
from ordinance.policy.adopt import with_adopted
from ordinance.policy.clocks import boundaries
from ordinance.policy.fields import UTC
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.shipped import load_library, shelf


@dataclass(frozen=True, slots=True)
class Listed:
    """A text of the library. `restricts`: whether it ever restricts the app asked for; `None` where none was."""

    text: Text
    authority: Authority
    restricts: Truth | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Every version of one text, with the catalogue and the authorities for names."""

    versions: tuple[Listed, ...]
    catalogue: Catalogue
    authorities: Mapping[str, str]


def library() -> Law:
    """The shipped library as a law of nobody, with the clauses that texts adopt."""
    authorities, texts, digest, _ = load_library()
    issues: list[Issue] = []
    every = with_adopted([*texts], issues)
    return Law(
        body="",
        zone=UTC,
        authorities=tuple(authorities[k] for k in sorted(authorities)),
        texts=tuple(t for t in every if t.kind.rules),
        records=tuple(t for t in every if not t.kind.rules),
        digest=digest,
        catalogue=load(),
    )


def listed(country: str = "", kind: TextKind | None = None, app: str = "") -> tuple[Listed, ...]:
    """The library's texts that fit, by id and version. Texts that may restrict the app are among them.

    Raises PolicyError for an app or a country that the library does not know.
    """
    law = library()
    countries = {a.country for a in law.authorities}
    if country and country.upper() not in countries:
        hint = f"one of: {', '.join(sorted(c for c in countries if c))}"
        raise PolicyError([Issue("library", 0, 0, "unknown-country", f'no directive of "{country}"', "", hint)])
    wanted = _members(law.catalogue, app) if app else ()
    found = (Listed(t, _authority(law, t), _restricts(law, t, wanted) if wanted else None) for t in _every(law))
    return tuple(
        one
        for one in found
        if (not country or one.authority.country == country.upper())
        and (kind is None or one.text.kind is kind)
        and one.restricts is not Truth.FALSE
    )


def shown(text_id: str) -> Shown:
    """One text of the library in all its versions. Raises PolicyError for an id that it does not have."""
    law = library()
    versions = tuple(Listed(t, _authority(law, t)) for t in _every(law) if t.id == text_id)
    if not versions:
        hint = did_you_mean(text_id, (t.id for t in _every(law)))
        message = f'the library has no text "{text_id}"'
        raise PolicyError([Issue("library", 0, 0, "unknown-text", message, "", hint)])
    groups = {group: f"{name} ({group})" for group, name in shelf().groups.items()}
    return Shown(versions, law.catalogue, groups | {a.id: a.name for a in law.authorities})


def _every(law: Law) -> tuple[Text, ...]:
    return tuple(sorted((*law.texts, *law.records), key=lambda t: (t.id, t.version)))


def _authority(law: Law, text: Text) -> Authority:
    found = law.authority(text.authority)
    if found is None:
        raise KeyError(text.authority)
    return found


# --- which apps -----------------------------------------------------------------------------------


def _members(catalogue: Catalogue, app: str) -> tuple[AppFacts, ...]:
    """A member, or all of a family."""
    family = catalogue.family(app)
    names = [f"{family.id}/{m.id}" for family in (family,) if family for m in family.members] or [app]
    if all(catalogue.member(n) is None for n in names):
        known = [f.id for f in catalogue.families] + [f"{f.id}/{m.id}" for f in catalogue.families for m in f.members]
        message = f'no app "{app}" in the catalogue'
        raise PolicyError([Issue("catalogue", 0, 0, "unknown-app", message, "", did_you_mean(app, known))])
    return tuple(catalogue.facts(n) for n in names)


def _restricts(law: Law, text: Text, apps: Iterable[AppFacts]) -> Truth:
    """Whether the text, at any time of its life, restricts one of the apps."""
    alone = Law(law.body, law.zone, law.authorities, (text,), catalogue=law.catalogue)
    instants = boundaries(alone) or (datetime.max.replace(tzinfo=UTC),)
    truths = {
        select.covers(alone, text, r.what, app, at).truth for r in text.restrictions for app in apps for at in instants
    }
    return next((t for t in (Truth.TRUE, Truth.UNKNOWN) if t in truths), Truth.FALSE)


# --- as plain objects -----------------------------------------------------------------------------


def document(found: Iterable[Listed]) -> list[dict[str, Any]]:
    """Texts with authority, state, clauses and citations."""
    return [_line(one) for one in found]


def _line(one: Listed) -> dict[str, Any]:
    t = one.text
    line = {
        "id": t.id,
        "version": t.version,
        "title": t.title,
        "kind": str(t.kind),
        "country": one.authority.country or None,
        "authority": one.authority.name,
        "decided": t.decided.isoformat() if t.decided else None,
        "decided_known_to": str(t.decided_known_to) if t.decided else None,
        "lifecycle": [
            {"state": str(s.state), "from": s.start.isoformat(), "known_to": str(s.known_to)} for s in t.lifecycle
        ],
        "restrictions": [{"id": r.id, "force": str(r.force)} for r in t.restrictions],
        "not_read": sorted(str(d) for d in t.not_read),
        "confidence": str(t.confidence) if t.confidence else None,
        "cites": [{"title": c.title, "url": c.url} for c in t.cites],
    }
    return line if one.restricts is None else {**line, "restricts": one.restricts.name.lower()}
