# SPDX-License-Identifier: EUPL-1.2
"""`apps identify`: what a name, a package, a bundle id, a store number, a signer or a display name belongs to.

Reads the shipped catalogue and the values; writes nothing, asks nobody. A value that belongs to nothing known is
`None`: that is no statement about what it is. Exact ids go before domains, domains before display names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ordinance.catalogue.load import alias_zones, load, twins
from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher, folded
from ordinance.model.apps import Confidence, Identifier, Kind, PackageVerdict

IDS = (Kind.PACKAGE_NAME, Kind.BUNDLE_ID, Kind.PACKAGE_FAMILY_NAME, Kind.SIGNER_SHA256, Kind.APP_STORE_ID)
AT_ONCE = 20_000  # values answered before anything is written
_LESS = {Confidence.HIGH: Confidence.MEDIUM, Confidence.MEDIUM: Confidence.LOW, Confidence.LOW: Confidence.LOW}
_NONE = "null"


class Identify:
    """Answers for one value after another, from one compiled form of the catalogue."""

    def __init__(self) -> None:
        identifiers = [i for f in load().families for i in f.identifiers]
        self._names = NameMatcher(identifiers, alias_zones(), twins())
        self._software = SoftwareMatcher(identifiers)
        self._exact = {i.value for i in identifiers if i.kind in IDS} | {i.value.casefold() for i in identifiers}
        self._shown = {folded(i.value) for i in identifiers if i.kind is Kind.DISPLAY_NAME}
        self._tails: dict[tuple[Identifier, bool], str] = {}

    def one(self, value: str, kind: Kind | None = None) -> dict[str, Any] | None:
        """`{value, kind, family, member, role, confidence, likely, retired, cites}`, or `None`."""
        found = self._found(value, kind)
        return None if found is None else {"value": value, **_answer(*found)}

    def package(self, value: str, signer: str, class_prefix: str) -> dict[str, Any] | None:
        """The same of a package with what else is known of it, and the `verdict` on the three together.

        `also` are other apps that are built from the same classes: a mod may be of any of them.
        """
        found = self._software.package(value, signer, class_prefix)
        if found is None:
            return None
        sure = found.verdict in {PackageVerdict.GENUINE, PackageVerdict.UNVERIFIED}
        answer = _answer(found.identifier, likely=False)
        confidence = answer["confidence"] if sure else str(Confidence.LOW)
        also = [f"{i.family}/{i.member}" for i in found.also]
        return {"value": value, **answer, "confidence": confidence, "verdict": str(found.verdict), "also": also}

    def every(self, values: Iterable[str], kind: Kind | None = None) -> Iterator[str]:
        """The answers as pieces of one JSON array, in the order asked."""
        yield "["
        between, said = "\n", list[str]()
        for value in values:
            found = self._found(value, kind)
            said.append(_NONE if found is None else f'{{"value": {json.dumps(value)}, {self._tail(*found)}')
            if len(said) == AT_ONCE:
                yield between + ",\n".join(said)
                between, said = ",\n", []
        if said:
            yield between + ",\n".join(said)
        yield "\n]\n"

    def _found(self, value: str, kind: Kind | None) -> tuple[Identifier, bool] | None:
        if kind is not None:
            return self._of_kind(value, kind)
        text = value.strip()
        # Names of hosts are most of what is asked: an id is only looked for where one is written so.
        if text in self._exact or text.casefold() in self._exact or ":" in text:
            for one in IDS:
                if (found := self._software.by_id(one, text)) is not None:
                    return found, False
        hit = self._names.find(text)
        if hit is not None:
            return hit.identifier, hit.likely
        # Folding takes as long as everything above: of a word in ASCII it is the word in small letters.
        plain = text.isascii() and text.isprintable() and " " not in text
        shown = text.lower() if plain else folded(text)
        by_name = self._software.by_name(text, "") if shown in self._shown else None
        return None if by_name is None else (by_name, False)

    def _of_kind(self, value: str, kind: Kind) -> tuple[Identifier, bool] | None:
        if kind is Kind.DOMAIN:
            hit = self._names.find(value.strip())
            return (hit.identifier, hit.likely) if hit else None
        by_name = kind is Kind.DISPLAY_NAME
        found = self._software.by_name(value, "") if by_name else self._software.by_id(kind, value)
        return None if found is None else (found, False)

    def _tail(self, identifier: Identifier, likely: bool) -> str:
        key = identifier, likely
        if key not in self._tails:
            self._tails[key] = json.dumps(_answer(identifier, likely=likely))[1:]
        return self._tails[key]


def _confidence(found: Identifier, *, likely: bool) -> Confidence:
    """Of what was given up nothing is sure: somebody else may hold it by now."""
    if found.retired:
        return Confidence.LOW
    return _LESS[found.confidence] if likely else found.confidence


def _answer(found: Identifier, likely: bool) -> dict[str, Any]:
    """What the catalogue says of an identifier; of one that is only likely it is less sure."""
    return {
        "kind": str(found.kind),
        "family": found.family,
        "member": found.member,
        "role": str(found.role) if found.role else None,
        "confidence": str(_confidence(found, likely=likely)),
        "likely": likely,
        "retired": found.retired.isoformat() if found.retired else None,
        "cites": list(found.cites),
    }
