# SPDX-License-Identifier: EUPL-1.2
"""The catalogue: families, members and identifiers from `data/*.toml`, checked as they are read.

Reads: one folder of TOML files, one family a file; `_version.toml`, `_vendors.toml`, `_cdn-alias-zones.toml`,
`_regional-twins.toml` and `_unseen.toml` beside them. Writes: nothing. Downloads nothing: updates are
reviewed changes of the files. Cannot know: whether a vendor renamed its hosts since an identifier was `seen`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from ordinance.catalogue.citations import Citations
from ordinance.catalogue.compiled import FILE, read_compiled
from ordinance.catalogue.history import FILE as HISTORY_FILE
from ordinance.catalogue.history import DamagedHistoryError, Earlier, catalogue_of, read_history, statements_of
from ordinance.catalogue.tables import Source, Table
from ordinance.catalogue.unseen import UNSEEN_FILE, unseen_of
from ordinance.catalogue.vendors import VENDORS_FILE, read_vendors
from ordinance.match.names import normalise
from ordinance.match.software import comparable, folded
from ordinance.model.apps import (
    Catalogue,
    Category,
    Confidence,
    Contract,
    Declined,
    Deployment,
    Family,
    FewAppOnly,
    Identifier,
    Kind,
    Member,
    NoIdentifiers,
    Role,
    Vendor,
    reached,
)
from ordinance.model.errors import Issue, PolicyError

DATA = Path(__file__).parent / "data"
ZONES_FILE = "_cdn-alias-zones.toml"
TWINS_FILE = "_regional-twins.toml"
VERSION_FILE = "_version.toml"
ENOUGH_APP_ONLY = 3  # names that only the app speaks to: with fewer a family says why

# Issue id → what it means; the reference page of issues is generated from such tables.
ISSUES = {
    "catalogue-unreadable": "a data file is missing or is not UTF-8 text",
    "catalogue-syntax": "a data file is not TOML",
    "catalogue-type": "a value has the wrong type",
    "catalogue-missing-key": "a key that every such table needs is missing or empty",
    "catalogue-unknown-key": "a key that means nothing here",
    "catalogue-unknown-word": "a word outside the closed list, such as a role that does not exist",
    "catalogue-role": "a domain without a role, or a role on something that is no domain",
    "catalogue-publisher": "a publisher on something that is no display name",
    "catalogue-uncited": "an identifier, a vendor, a family's facts or a group of other names without a citation",
    "catalogue-unknown-citation": "a citation key that the file does not define",
    "catalogue-unused-citation": "a citation that nothing in the file uses",
    "catalogue-not-normalised": "a value that is not in its normal form",
    "catalogue-duplicate": "the same identifier, member, family or vendor twice",
    "catalogue-beneath": "a name of a way past the logs beneath another one, which stands for it already",
    "catalogue-file-name": "a family whose id is not its file's name",
    "catalogue-unknown-vendor": "an id of a vendor that the vendors' file does not hold",
    "catalogue-vendor": "a family that names its vendor both by id and in words",
    "catalogue-country": "a country that is no ISO 3166-1 code of two letters",
    "catalogue-unknown-family": "a family that succeeds one which the catalogue does not hold",
    "catalogue-circle": "vendors that control each other, or families that succeed each other, in a circle",
    "catalogue-few-app-only": "a reason for having few names of the app alone, beside enough of them",
    "catalogue-history": "what was kept of earlier versions cannot be put together again",
    "catalogue-no-identifiers": "a member with neither identifiers nor a reason for having none, or with both",
}

_FORMS = {
    Kind.PACKAGE_NAME: re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+"),
    # Apple, "CFBundleIdentifier": letters, digits, hyphens and full stops; single words exist ("pinterest").
    Kind.BUNDLE_ID: re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"),
    # Microsoft, "Package identity overview": name, underscore, 13 characters of the publisher's hash.
    Kind.PACKAGE_FAMILY_NAME: re.compile(r"[A-Za-z0-9.-]{3,50}_[a-hjkmnp-tv-z0-9]{13}"),
    Kind.CLASS_PREFIX: re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+"),
    Kind.SIGNER_SHA256: re.compile(r"[0-9a-f]{64}"),
    Kind.APP_STORE_ID: re.compile(r"[1-9][0-9]{7,10}"),
}


@cache
def load() -> Catalogue:
    """The catalogue that ships with this version; read once a process.

    From the compiled file where it is that of the TOML files, else from these.
    """
    path = DATA / FILE
    found = read_compiled(path.read_bytes(), _digest(DATA)) if path.is_file() else None
    return found or load_folder(DATA)


@cache
def alias_zones() -> frozenset[str]:
    """Zones of content networks for `match.NameMatcher`, as shipped; read once a process."""
    return alias_zones_of(DATA)


@cache
def twins() -> Mapping[str, str]:
    """Likely names by the known one that each is a twin of, as shipped; read once a process."""
    return twins_of(DATA)


@cache
def history() -> tuple[Earlier, ...]:
    """The versions before the one that is shipped, oldest first; read once a process."""
    path = DATA / HISTORY_FILE
    return read_history(path.read_bytes()) if path.is_file() else ()


def load_version(version: str) -> Catalogue | None:
    """The catalogue as it was in a version, without citations and notes; `None` for one that is not kept.

    Raises PolicyError where it cannot be put together again.
    """
    now = load()
    if version == now.version:
        return now
    try:
        found = statements_of(history(), version)
    except (DamagedHistoryError, ValueError, KeyError, TypeError) as fault:
        message = f"what was kept of earlier versions is damaged: {fault}"
        raise PolicyError([Issue(HISTORY_FILE, 0, 0, "catalogue-history", message)]) from fault
    return None if found is None else catalogue_of(found[0].version, found[0].digest, found[1])


def load_folder(folder: Path) -> Catalogue:
    """The catalogue in `folder`. The same files give the same value and digest.

    Raises PolicyError with every fault found, each located in its file.
    """
    version_file, vendors_file = Source(folder / VERSION_FILE), Source(folder / VENDORS_FILE)
    version = version_file.top.text("version", needed=True)
    version_file.top.done()
    made_by = read_vendors(vendors_file.top)
    known = None if vendors_file.issues else {v.id: v for v in made_by.vendors}
    sources = [Source(path) for path in _family_files(folder)]
    families = [_family(source.top, known) for source in sources]
    issues = [i for source in (version_file, vendors_file, *sources) for i in source.issues]
    issues += _issues_beside(folder)
    if not issues:  # what files say of each other is only worth showing when everything could be read
        issues = [*_duplicates(families, sources), *_successions(families, sources)]
    if issues:
        raise PolicyError(issues)
    by_id = tuple(sorted(families, key=lambda f: f.id))
    return Catalogue(version, _digest(folder), by_id, made_by.vendors, made_by.cites, made_by.networks)


def alias_zones_of(folder: Path) -> frozenset[str]:
    """The alias zones in `folder`. Raises PolicyError like `load_folder`."""
    source = Source(folder / ZONES_FILE)
    zones = _zones(source.top)
    if source.issues:
        raise PolicyError(source.issues)
    return zones


def twins_of(folder: Path) -> Mapping[str, str]:
    """The twins in `folder`; none without the file. Raises PolicyError like `load_folder`."""
    if not (folder / TWINS_FILE).is_file():
        return {}
    source = Source(folder / TWINS_FILE)
    found = _twins(source.top)
    if source.issues:
        raise PolicyError(source.issues)
    return found


def _family_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*.toml") if not p.name.startswith("_"))


def _digest(folder: Path) -> str:
    """Digest over names and contents of all data files; lengths keep one file's end out of the next's start."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        content = path.read_bytes()
        total.update(f"{path.name}\0{len(content)}\0".encode())
        total.update(content)
    return f"sha256:{total.hexdigest()}"


def _family(top: Table, vendors: Mapping[str, Vendor] | None) -> Family:
    family_id, name = top.text("id", needed=True), top.text("name", needed=True)
    if family_id and f"{family_id}.toml" != top.source.name:
        top.fault("catalogue-file-name", f"family {family_id!r} must stand in {family_id}.toml", at="id")
    vendor, vendor_id = _named_vendor(top, vendors)
    categories, succeeds = top.choices("categories", Category), frozenset(top.texts("succeeds"))
    cites = Citations(top)
    facts_cites = cites.used(top, "facts_cites") if vendor_id or categories or succeeds else ()
    members = tuple(_member(t, family_id, cites) for t in top.tables("members"))
    note, few = top.text("note"), top.choice("few_app_only", FewAppOnly)
    _check_app_only(top, members, few)
    declined = tuple(_declined(t, cites, members) for t in top.tables("declined", needed=False))
    cited = cites.done()
    top.done()
    return Family(
        id=family_id,
        name=name,
        vendor=vendor,
        members=members,
        cites=cited,
        note=note,
        vendor_id=vendor_id,
        categories=categories,
        succeeds=succeeds,
        facts_cites=facts_cites,
        few_app_only=few,
        declined=declined,
    )


def _declined(table: Table, cites: Citations, members: Iterable[Member]) -> Declined:
    """Names that were looked at and left out: none may stand among the family's own."""
    values, why = table.texts("values", needed=True), table.text("why", needed=True)
    cited = cites.used(table) if table.texts("cites") else ()
    own = {i.value for m in members for i in m.identifiers}
    table.done()
    for value in values:
        if not is_normal(Kind.DOMAIN, value):
            table.fault("catalogue-not-normalised", f"{value!r} is no domain in its normal form", at=value)
        if value in own or values.count(value) > 1:
            table.fault("catalogue-duplicate", f"{value!r} is declined here and stands somewhere else too", at=value)
    return Declined(values, why, cited)


def _check_app_only(top: Table, members: Iterable[Member], few: FewAppOnly | None) -> None:
    """A reason for having few names that only the app speaks to must not outlive them."""
    known = sum(i.role is Role.APP_ONLY and not i.retired for m in members for i in m.identifiers)
    if few is not None and known >= ENOUGH_APP_ONLY:
        message = f"{known} names have the role app_only: the reason for having few is out of date"
        top.fault("catalogue-few-app-only", message, at="few_app_only")


def _named_vendor(top: Table, vendors: Mapping[str, Vendor] | None) -> tuple[str, str]:
    """Name and id of a family's vendor: the id is of the vendors' file, words are for one that is not there.

    `vendors` is `None` where their file has faults of its own: then nothing is said of its ids.
    """
    vendor_id = top.text("vendor_id")
    words = top.text("vendor", needed=not vendor_id)
    if not vendor_id:
        return words, ""
    if words:
        top.fault("catalogue-vendor", "`vendor_id` says it already: the vendors' file has the name", at="vendor")
    if vendors is None:
        return "", ""
    if vendor_id not in vendors:
        top.fault("catalogue-unknown-vendor", f"no vendor has the id {vendor_id!r}", at="vendor_id")
        return "", ""
    return vendors[vendor_id].name, vendor_id


def _member(table: Table, family: str, cites: Citations) -> Member:
    member, name = table.text("id", needed=True), table.text("name", needed=True)
    reason = table.choice("no_identifiers", NoIdentifiers)
    groups = [_group(t, family, member, cites) for t in table.tables("identifiers", needed=False)]
    if bool(groups) is (reason is not None):
        hint = f'write `no_identifiers = "{NoIdentifiers.NOT_YET_COLLECTED}"` where there are none yet'
        table.fault("catalogue-no-identifiers", f"{member!r} needs identifiers, or a reason", at="id", hint=hint)
    edition, deployment = table.text("edition"), table.choice("deployment", Deployment)
    contract, categories = table.choice("contract", Contract), table.choices("categories", Category)
    table.text("note")
    table.done()
    return Member(
        member,
        name,
        tuple(i for group in groups for i in group),
        edition,
        deployment or "",
        contract or "",
        categories,
        reason,
    )


def _group(table: Table, family: str, member: str, cites: Citations) -> list[Identifier]:
    """The identifiers of one `[[members.identifiers]]`: `values` that share everything else."""
    kind = table.choice("kind", Kind, needed=True)
    role = table.choice("role", Role)
    confidence = table.choice("confidence", Confidence, needed=True)
    seen, retired = table.day("seen", needed=True), table.day("retired")
    publisher, note = table.text("publisher"), table.text("note")
    cited = cites.used(table)
    values = table.texts("values", needed=True)
    table.done()
    if kind is None or confidence is None:
        return []
    _check_fit(table, kind, role, publisher)
    for value in values:
        if not is_normal(kind, value):
            table.fault("catalogue-not-normalised", f"{value!r} is no {kind} in its normal form", at=value)
    return [
        Identifier(kind, v, family, member, confidence, role, publisher, seen, retired, cited, note) for v in values
    ]


def _check_fit(table: Table, kind: Kind, role: Role | None, publisher: str) -> None:
    kit = kind is Kind.CLASS_PREFIX and role is Role.EMBED  # classes that others build in
    if (kind is Kind.DOMAIN) != (role is not None) and not kit:
        table.fault("catalogue-role", "every domain needs a role, and nothing else has one", at="kind")
    if publisher and kind is not Kind.DISPLAY_NAME:
        table.fault("catalogue-publisher", "only a display name is narrowed by a publisher", at="publisher")


def is_normal(kind: Kind, value: str) -> bool:
    """Whether `value` is written in the one form that the catalogue allows for its kind."""
    if kind is Kind.DOMAIN:
        return "." in value and normalise(value) == value
    if kind is Kind.DISPLAY_NAME:
        return bool(value) and " ".join(value.split()) == value
    return _FORMS[kind].fullmatch(value) is not None


def _zones(top: Table) -> frozenset[str]:
    cites = Citations(top)
    zones: list[str] = []
    for table in top.tables("zones"):
        cites.used(table)
        values = table.texts("values", needed=True)
        table.text("note")
        for value in values:
            if not is_normal(Kind.DOMAIN, value):
                table.fault("catalogue-not-normalised", f"{value!r} is no domain in its normal form", at=value)
            if value in zones or values.count(value) > 1:
                table.fault("catalogue-duplicate", f"zone {value!r} stands here twice", at=value)
        zones += values
        table.done()
    cites.done()
    top.done()
    return frozenset(zones)


def _twins(top: Table) -> dict[str, str]:
    """Each base with each ending under each zone, by the base."""
    cites, found = Citations(top), dict[str, str]()
    for table in top.tables("twins"):
        cites.used(table)
        bases, endings, zones = (table.texts(key, needed=True) for key in ("of", "endings", "zones"))
        table.text("note")
        table.done()
        for base in bases:
            label, _, rest = base.partition(".")
            if not is_normal(Kind.DOMAIN, base) or "." in rest:
                table.fault("catalogue-not-normalised", f"{base!r} is no domain such as example.com", at=base)
            found |= {f"{label}{ending}.{zone}": base for ending in endings for zone in zones}
    for twin in sorted(found):
        if not is_normal(Kind.DOMAIN, twin):
            top.fault("catalogue-not-normalised", f"{twin!r} is no domain in its normal form", at="twins")
    cites.done()
    top.done()
    return found


def _issues_beside(folder: Path) -> tuple[Issue, ...]:
    """Faults of files that no family comes from: the catalogue does not hold them, and its digest covers them."""
    found: list[Issue] = []
    beside = [alias_zones_of, twins_of, *([unseen_of] if (folder / UNSEEN_FILE).is_file() else [])]
    for read in beside:
        try:
            read(folder)
        except PolicyError as fault:
            found += fault.issues
    return tuple(found)


def _duplicates(families: Iterable[Family], sources: Iterable[Source]) -> list[Issue]:
    """Twins, reported where the second one stands: an identifier must point at one member only."""
    first: dict[tuple[str, ...], str] = {}
    issues: list[Issue] = []
    for family, source in zip(families, sources, strict=True):
        for key, value, where in _keys(family):
            if key in first:
                message = f"{value!r} of {where} already belongs to {first[key]}"
                line, column = _last_place(source, value)
                issues.append(Issue(source.name, line, column, "catalogue-duplicate", message))
            first.setdefault(key, where)
    return issues


def _successions(families: Iterable[Family], sources: Iterable[Source]) -> list[Issue]:
    """Families that succeed one which is not there, or in the end themselves."""
    succeeds = {f.id: f.succeeds for f in families}
    issues: list[Issue] = []
    for family, source in zip(families, sources, strict=True):
        for unknown in sorted(family.succeeds - succeeds.keys()):
            line, column = _last_place(source, unknown)
            message = f"no family has the id {unknown!r}"
            issues.append(Issue(source.name, line, column, "catalogue-unknown-family", message))
        if family.id in reached(succeeds, family.id):
            line, column = _last_place(source, min(family.succeeds))
            message = f"{family.id!r} would succeed itself"
            issues.append(Issue(source.name, line, column, "catalogue-circle", message))
    return issues


def _keys(family: Family) -> Iterable[tuple[tuple[str, ...], str, str]]:
    """What must be unique in the whole catalogue, as (key, value shown, member shown)."""
    yield ("family", family.id), family.id, family.id
    for member in family.members:
        where = f"{family.id}/{member.id}"
        yield ("member", where), member.id, where
        names: set[str] = set()
        for identifier in member.identifiers:
            if identifier.kind is Kind.CLASS_PREFIX:  # apps that are built from the same classes share it
                yield (identifier.kind, identifier.value, where), identifier.value, where
                continue
            if identifier.kind is not Kind.DISPLAY_NAME:
                yield (identifier.kind, comparable(identifier.kind, identifier.value)), identifier.value, where
                continue
            # One member may give a display name several times, once for each publisher it is sold by.
            name = folded(identifier.value)
            yield (identifier.kind, name, where, folded(identifier.publisher)), identifier.value, where
            if name not in names:
                names.add(name)
                yield (identifier.kind, name), identifier.value, where


def _last_place(source: Source, value: str) -> tuple[int, int]:
    places = [(n, line.find(f'"{value}"') + 1) for n, line in enumerate(source.lines, 1) if f'"{value}"' in line]
    return places[-1] if places else (0, 0)
