# SPDX-License-Identifier: EUPL-1.2
"""Rows of software inventories against identifiers of installed apps.

Reads: ids, display names and publishers as an inventory states them. Writes: nothing.
Cannot know: whether the app behind an id is the vendor's own. A modified app may keep the id, and a
display name is whatever the installer wrote; that is why display names carry lower confidence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from ordinance.model.apps import Identifier, Kind


class SoftwareMatcher:
    """Finds the identifier of an installed app, by exact id or by exact display name."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        self._ids: dict[tuple[Kind, str], Identifier] = {}
        self._names: dict[str, list[Identifier]] = {}
        # Sorted, so that twins in a caller's own list give the same answer in any order.
        for identifier in sorted(identifiers, key=lambda i: (i.value, i.publisher, i.family, i.member)):
            if identifier.kind is Kind.DISPLAY_NAME:
                self._names.setdefault(folded(identifier.value), []).append(identifier)
            elif identifier.kind is not Kind.DOMAIN:
                self._ids.setdefault((identifier.kind, comparable(identifier.kind, identifier.value)), identifier)

    def by_id(self, kind: Kind, value: str) -> Identifier | None:
        """The identifier with this id. Domains and display names are no ids: `None`."""
        return self._ids.get((kind, comparable(kind, value)))

    def by_name(self, name: str, publisher: str) -> Identifier | None:
        """The identifier with exactly this display name, case aside; never a part of a name.

        `publisher` is "" where the row states none. Where both state one, they must be equal: somebody
        else's app may bear the same name.
        """
        stated = folded(publisher)
        for identifier in self._names.get(folded(name), ()):
            if not stated or not identifier.publisher or folded(identifier.publisher) == stated:
                return identifier
        return None


def comparable(kind: Kind, value: str) -> str:
    """`value` in the form in which two ids of this kind are the same one.

    Apple and Android tell case apart; Windows does not for package family names (Microsoft, "Package
    identity overview": compared without case); certificate digests are hexadecimal, with or without colons.
    """
    if kind is Kind.PACKAGE_FAMILY_NAME:
        return value.strip().casefold()
    if kind is Kind.SIGNER_SHA256:
        return value.strip().replace(":", "").lower()
    return value.strip()


def folded(text: str) -> str:
    """Text for comparing display names: case, composition and runs of white space do not count."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
