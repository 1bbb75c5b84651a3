# SPDX-License-Identifier: EUPL-1.2
"""What an app *is*: families, members, identifiers and the role each identifier plays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Surface(StrEnum):
    """The way somebody meets an app."""

    APP = "app"
    DESKTOP = "desktop"
    WEB = "web"
    LINK = "link"
    API = "api"
    NETWORK = "network"
    ACCOUNT = "account"
    VENUE = "venue"


class Role(StrEnum):
    """What seeing a name can mean.

    `app_only`: only the app speaks to it. `web`: the site, reached by browsers and by the app.
    `embed`: a pixel, player or SDK inside other sites and apps. `shared`: a CDN or sibling service
    that several products use.
    """

    APP_ONLY = "app_only"
    WEB = "web"
    EMBED = "embed"
    SHARED = "shared"


class Kind(StrEnum):
    """Kinds of identifier, in the vendors' own spelling."""

    DOMAIN = "domain"
    PACKAGE_NAME = "package_name"
    BUNDLE_ID = "bundle_id"
    PACKAGE_FAMILY_NAME = "package_family_name"
    SIGNER_SHA256 = "signer_sha256"
    DISPLAY_NAME = "display_name"  # what an inventory shows where it gives no id


class Confidence(StrEnum):
    """How sure the catalogue is that the identifier belongs to the member in that role."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """Where a fact comes from; `retrieved` is the day somebody looked."""

    title: str
    url: str = ""
    retrieved: date | None = None


@dataclass(frozen=True, slots=True)
class Identifier:
    """One way to recognise a member.

    `value` is normalised: domains are lower-case A-labels without dots at the ends. `role` is set
    for domains only. `publisher` narrows a display name. `cites` names entries of the family's list.
    """

    kind: Kind
    value: str
    family: str
    member: str
    confidence: Confidence
    role: Role | None = None
    publisher: str = ""
    seen: date | None = None
    retired: date | None = None
    cites: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One product of a family, such as TikTok Lite. `surfaces` are those it exists on."""

    id: str
    name: str
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Products that a decision usually means together. `vendor` is who controls them."""

    id: str
    name: str
    vendor: str
    members: tuple[Member, ...]
    cites: tuple[tuple[str, Citation], ...] = ()
    note: str = ""

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All identifiers of all members."""
        return tuple(i for m in self.members for i in m.identifiers)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All families, with the version and digest that rulings, bundles and runs record."""

    version: str
    digest: str
    families: tuple[Family, ...]

    def family(self, family_id: str) -> Family | None:
        """The family of that id."""
        return next((f for f in self.families if f.id == family_id), None)

    def member(self, member_id: str) -> tuple[Family, Member] | None:
        """The member written `family/member`."""
        family_id, _, rest = member_id.partition("/")
        family = self.family(family_id)
        found = next((m for m in family.members if m.id == rest), None) if family else None
        return (family, found) if family and found else None
