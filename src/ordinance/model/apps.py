# SPDX-License-Identifier: EUPL-1.2
"""What an app *is*: families, members, identifiers, who makes them, and what a rule may ask of each.

What nobody said stays unsaid: `None` or empty, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property


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
    ADVERTISING = "advertising"


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
    CLASS_PREFIX = "class_prefix"  # how the names of an Android app's own classes begin, where not like its package
    APP_STORE_ID = "app_store_id"  # Apple's number of a listing; Google Play lists by package name
    DISPLAY_NAME = "display_name"  # what an inventory shows where it gives no id


class Confidence(StrEnum):
    """How sure the catalogue is that the identifier belongs to the member in that role."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class PackageVerdict(StrEnum):
    """What name, signer and classes of an Android package together say."""

    GENUINE = "genuine"  # name and signer are the vendor's
    UNVERIFIED = "unverified"  # the name is; of the signer nothing is given, or nothing is known
    IMPOSTOR = "impostor"  # the name is, and somebody else signed it
    SAME_SIGNER = "same_signer"  # another name, signed with the key of an app of the catalogue
    MOD = "mod"  # another name and signer around the classes of an app of the catalogue


class Category(StrEnum):
    """What an app is for, in the words that decisions use. An app may be several things at once."""

    SOCIAL_MEDIA = "social_media"
    VIDEO_SHARING = "video_sharing"
    MESSAGING = "messaging"
    STREAMING = "streaming"
    GAMES = "games"
    DATING = "dating"
    SHOPPING = "shopping"
    AI_ASSISTANT = "ai_assistant"
    CLOUD_STORAGE = "cloud_storage"
    VIDEO_EDITING = "video_editing"
    OFFICE = "office"
    SECURITY_SOFTWARE = "security_software"
    BROKERAGE = "brokerage"
    FITNESS = "fitness"
    BROWSER = "browser"
    PAYMENT = "payment"
    FILE_SHARING = "file_sharing"


class Deployment(StrEnum):
    """Where a member runs: at its vendor's, or on the body's own machines."""

    SERVICE = "service"
    LOCAL = "local"


class Contract(StrEnum):
    """Under whose words a member is used."""

    STANDARD_TERMS = "standard_terms"
    NEGOTIATED = "negotiated"


class NoIdentifiers(StrEnum):
    """Why a member has nothing to be recognised by."""

    NOT_YET_COLLECTED = "not_yet_collected"


class FewAppOnly(StrEnum):
    """Why fewer than three names are known that only a family's apps speak to."""

    SHARED_WITH_WEB = "shared_with_web"  # app and site ask the same hosts
    SHARED_WITH_OTHERS = "shared_with_others"  # the app asks hosts that serve other products too
    MANY_SERVERS = "many_servers"  # it speaks to whichever server its user chose
    NO_NAMES = "no_names"  # it goes to addresses that it carries, without asking for a name
    NO_SOURCE = "no_source"  # none was found that says so


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
class Vendor:
    """A company that makes or controls apps.

    `jurisdictions` are ISO 3166-1 alpha-2 codes of the countries where it is seated or whose law
    reaches it; empty: not known. `part_of` are the ids of vendors that control it, the nearest
    only. `cites` are keys of the vendors' file.
    """

    id: str
    name: str
    jurisdictions: frozenset[str] = frozenset()
    part_of: frozenset[str] = frozenset()
    cites: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """Numbers of autonomous systems (`AS32934`) that a vendor runs: whose network an address is in, never which app.

    `cites` are keys of the vendors' file; `seen` is the day on which a source said so.
    """

    vendor: str
    asns: tuple[str, ...]
    seen: date | None = None
    cites: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """Names that lists give to a family and that are not taken up: looked at, and left out for a reason.

    `cites` name entries of the family's list, where one shows the reason.
    """

    values: tuple[str, ...]
    why: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One product of a family, such as TikTok Lite.

    `edition` is the vendor's word, such as "plus"; `deployment` and `contract` are words of
    `Deployment` and `Contract`; "" where nobody said. `categories` stand in the place of the family's
    where they are given. `no_identifiers` says why there are none.
    """

    id: str
    name: str
    identifiers: tuple[Identifier, ...]
    edition: str = ""
    deployment: str = ""
    contract: str = ""
    categories: frozenset[Category] | None = None
    no_identifiers: NoIdentifiers | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """Products that a decision usually means together.

    `vendor` is who controls them, for reading; `vendor_id` is the id of that `Vendor`, "" where the
    catalogue holds none. `categories` is `None` where nobody said. `succeeds` are ids of families
    that this one took the place of, the nearest only. `facts_cites` are keys of `cites` that say so.
    `few_app_only` says why there are fewer than three domains with that role. `declined` are names that it has not.
    """

    id: str
    name: str
    vendor: str
    members: tuple[Member, ...]
    cites: tuple[tuple[str, Citation], ...] = ()
    note: str = ""
    vendor_id: str = ""
    categories: frozenset[Category] | None = None
    succeeds: frozenset[str] = frozenset()
    facts_cites: tuple[str, ...] = ()
    few_app_only: FewAppOnly | None = None
    declined: tuple[Declined, ...] = ()

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """All identifiers of all members."""
        return tuple(i for m in self.members for i in m.identifiers)


@dataclass(frozen=True, slots=True)
class AppFacts:
    """What the catalogue says of one app, for a rule to ask. `None` means that it does not say.

    `group`: the vendor and everyone who controls it, up the chain. `affiliates`: every vendor that
    shares an ultimate owner with it, itself included. `origins`: known jurisdictions of the group;
    `origins_complete`: they are known of each vendor in it, so that another country can be ruled out.
    `succeeds`: families whose place this app's family took, through any number of steps.
    """

    id: str
    family: str
    vendor: str | None = None
    group: frozenset[str] = frozenset()
    affiliates: frozenset[str] = frozenset()
    origins: frozenset[str] | None = None
    origins_complete: bool = False
    categories: frozenset[Category] | None = None
    succeeds: frozenset[str] = frozenset()
    edition: str | None = None
    deployment: str | None = None
    contract: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """All families and vendors, with the version and digest that rulings, bundles and runs record.

    `vendor_cites` are the citations that vendors name by key, sorted by it.
    """

    version: str
    digest: str
    families: tuple[Family, ...]
    vendors: tuple[Vendor, ...] = ()
    vendor_cites: tuple[tuple[str, Citation], ...] = ()
    networks: tuple[Network, ...] = ()

    def family(self, family_id: str) -> Family | None:
        """The family of that id."""
        return self._families.get(family_id)

    def member(self, member_id: str) -> tuple[Family, Member] | None:
        """The member written `family/member`."""
        return self._members.get(member_id)

    def vendor(self, vendor_id: str) -> Vendor | None:
        """The vendor of that id."""
        return self._vendors.get(vendor_id)

    def facts(self, app_id: str) -> AppFacts:
        """What is known of the app written `family/member`; of one not in the catalogue, nothing but its name."""
        return self._facts.get(app_id) or AppFacts(app_id, app_id.partition("/")[0])

    @cached_property
    def _families(self) -> Mapping[str, Family]:
        return {f.id: f for f in self.families}

    @cached_property
    def _members(self) -> Mapping[str, tuple[Family, Member]]:
        return {f"{f.id}/{m.id}": (f, m) for f in self.families for m in f.members}

    @cached_property
    def _vendors(self) -> Mapping[str, Vendor]:
        return {v.id: v for v in self.vendors}

    @cached_property
    def _facts(self) -> Mapping[str, AppFacts]:
        controls = {v.id: v.part_of for v in self.vendors}
        succeeds = {f.id: f.succeeds for f in self.families}
        groups = {v: frozenset({v}) | reached(controls, v) for v in controls}
        owners = {v: frozenset(g for g in group if not controls.get(g)) for v, group in groups.items()}
        affiliates = {v: frozenset(w for w in owners if w == v or owners[v] & owners[w]) for v in owners}
        facts = {}
        for app_id, (family, member) in self._members.items():
            vendor = family.vendor_id if family.vendor_id in groups else None
            group = groups[vendor] if vendor else frozenset()
            facts[app_id] = AppFacts(
                id=app_id,
                family=family.id,
                vendor=vendor,
                group=group,
                affiliates=affiliates[vendor] if vendor else frozenset(),
                origins=self._origins(group),
                origins_complete=bool(group) and all(self._origins({v}) for v in group),
                categories=family.categories if member.categories is None else member.categories,
                succeeds=reached(succeeds, family.id),
                edition=member.edition or None,
                deployment=member.deployment or None,
                contract=member.contract or None,
            )
        return facts

    def _origins(self, group: Iterable[str]) -> frozenset[str] | None:
        known = (self._vendors[v].jurisdictions for v in group if v in self._vendors)
        return frozenset(code for codes in known for code in codes) or None


def reached(steps: Mapping[str, Iterable[str]], start: str) -> frozenset[str]:
    """Everything that steps lead to from `start`, which is in it only where they lead back."""
    found: set[str] = set()
    ahead = [*steps.get(start, ())]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += steps.get(one, ())
    return frozenset(found)
