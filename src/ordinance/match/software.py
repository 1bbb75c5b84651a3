# SPDX-License-Identifier: EUPL-1.2
"""Rows of software inventories against identifiers of installed apps.

Reads: ids, display names and publishers as an inventory states them. Writes: nothing.
Cannot know: whether the app behind an id is the vendor's own. A modified app may keep the id, and a
display name is whatever the installer wrote; that is why display names carry lower confidence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ordinance.model.apps import Identifier, Kind, PackageVerdict, Role

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DEX = re.compile(r"^L([^.]*/)")  # Lcom/instagram/android, as tools for dex files print it


@dataclass(frozen=True, slots=True)
class Package:
    """An Android package against the catalogue: the identifier that it is or claims to be, and the verdict.

    `also` are those of other apps that are built from the same classes, so that a mod may be of any of them.
    """

    identifier: Identifier
    verdict: PackageVerdict
    also: tuple[Identifier, ...] = ()


class SoftwareMatcher:
    """Finds the identifier of an installed app, by exact id or by exact display name."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        self._ids: dict[tuple[Kind, str], Identifier] = {}
        self._names: dict[str, list[Identifier]] = {}
        self._classes: dict[str, list[Identifier]] = {}
        self._of: dict[str, list[Identifier]] = {}
        # Sorted, so that twins in a caller's own list give the same answer in any order.
        for identifier in sorted(identifiers, key=lambda i: (i.value, i.publisher, i.family, i.member)):
            self._of.setdefault(f"{identifier.family}/{identifier.member}", []).append(identifier)
            if identifier.kind is Kind.DISPLAY_NAME:
                self._names.setdefault(folded(identifier.value), []).append(identifier)
            elif identifier.kind is Kind.CLASS_PREFIX:
                self._classes.setdefault(identifier.value, []).append(identifier)
            elif identifier.kind is not Kind.DOMAIN:
                self._ids.setdefault((identifier.kind, comparable(identifier.kind, identifier.value)), identifier)
        signers: dict[tuple[str, str], set[str]] = {}
        for (kind, value), identifier in self._ids.items():
            if kind is Kind.SIGNER_SHA256:
                signers.setdefault((identifier.family, identifier.member), set()).add(value)
        self._signers = {member: frozenset(values) for member, values in signers.items()}

    def of(self, app: str) -> tuple[Identifier, ...]:
        """Everything by which the app written `family/member` can be recognised."""
        return tuple(self._of.get(app, ()))

    def by_id(self, kind: Kind, value: str) -> Identifier | None:
        """The identifier with this id. Domains and display names are no ids: `None`."""
        return self._ids.get((kind, comparable(kind, value)))

    def package(self, name: str, signer: str = "", class_prefix: str = "") -> Package | None:
        """What a package is by its name, the SHA-256 of its signer and the beginning of its classes' names.

        A name alone proves nothing: mods keep it, and others borrow it. An original name with another signer is an
        impostor where the catalogue knows the app's own signers; a foreign name around the app's own classes is a mod.
        What is no SHA-256 counts as no signer: a slip of the pen accuses nobody.
        """
        signer = signer if _SHA256.fullmatch(comparable(Kind.SIGNER_SHA256, signer)) else ""
        named, signed = self.by_id(Kind.PACKAGE_NAME, name), self.by_id(Kind.SIGNER_SHA256, signer) if signer else None
        if named is not None:
            own = self._signers.get((named.family, named.member), frozenset())
            if not signer or not own:
                return Package(named, PackageVerdict.UNVERIFIED)
            genuine = comparable(Kind.SIGNER_SHA256, signer) in own
            return Package(named, PackageVerdict.GENUINE if genuine else PackageVerdict.IMPOSTOR)
        if signed is not None:
            return Package(signed, PackageVerdict.SAME_SIGNER)
        inside = self._of_classes(class_prefix)
        return Package(inside[0], PackageVerdict.MOD, inside[1:]) if inside else None

    def _of_classes(self, class_prefix: str) -> tuple[Identifier, ...]:
        """Apps whose own classes begin so, by the longest beginning known; as Java or dex files write it."""
        parts = _DEX.sub(r"\1", class_prefix.strip()).replace("/", ".").rstrip(".;").split(".")
        for length in range(len(parts), 1, -1):
            prefix = ".".join(parts[:length])
            named = self.by_id(Kind.PACKAGE_NAME, prefix)
            found = [*([named] if named else []), *self._classes.get(prefix, ())]
            if any(i.role is Role.EMBED for i in found):
                return ()  # a kit that any app may have built in
            if found:
                return tuple(sorted(found, key=lambda i: (i.family, i.member)))
        return ()

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
