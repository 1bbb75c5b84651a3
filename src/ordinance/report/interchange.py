# SPDX-License-Identifier: EUPL-1.2
"""The catalogue for other people's tools: STIX 2.1, MISP, hosts and Adblock-style lists.

Reads: a selection of the catalogue. Writes nothing, gives text. Restricted is not malicious: each form says that the
names are a matter of policy, none says indicator or malware, and nothing asks an intrusion detection system to alarm.
The same selection gives the same bytes: ids are derived from what they name, days from the sources.

Cannot do: a hosts file knows no names below a name, so each stands there alone, and what is below stays open.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from ordinance.model.apps import Catalogue, Family, Identifier, Kind, Member

POLICY = "policy:restricted-app"  # the tag: what is done about it is a body's decision
SAYS = "Names of apps that public bodies restrict. Restricted by policy, not malicious: no indicator of a threat."
SCO = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX 2.1, section 2.9: namespace of ids of observables
OWN = uuid5(SCO, "ordinance catalogue of apps")
EXTENSION = f"extension-definition--{uuid5(OWN, 'identifier')}"
EXTENSION_VERSION = "1.0.0"
SINCE = "2026-11-26T00:00:00.000Z"  # when the two objects that say who speaks were first given out; they do not change
EXTENSION_SCHEMA = (
    "app: family/member. On a domain name: kind, value, confidence (high, medium, low), role (app_only, web, embed, "
    "shared), seen (the day on which a source gave it). On software: identifiers, a list of objects with kind, value, "
    "confidence, publisher where a display name is narrowed by one, and seen."
)
# MISP core format: types and the category in which each is allowed that does not say what it was used for.
_MISP = {Kind.DOMAIN: ("domain", "Network activity")}
_MISP_OTHER = ("text", "Other")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is given out: identifiers of families, as one version of the catalogue has them."""

    catalogue: Catalogue
    identifiers: tuple[Identifier, ...]

    @property
    def day(self) -> date:
        """The latest day on which a source gave one of them; what is said is as of then."""
        return max((i.seen for i in self.identifiers if i.seen), default=date(1970, 1, 1))

    def parts(self) -> Iterable[tuple[Family, Sequence[tuple[Member, Sequence[Identifier]]]]]:
        """The identifiers by family and member, in catalogue order; families without any are left out."""
        by_member: dict[tuple[str, str], list[Identifier]] = {}
        for one in self.identifiers:
            by_member.setdefault((one.family, one.member), []).append(one)
        for family in self.catalogue.families:
            members = [(m, found) for m in family.members if (found := by_member.get((family.id, m.id)))]
            if members:
                yield family, members


# --- STIX 2.1 (OASIS standard, 10 June 2021) ------------------------------------------------------------------------


def stix(selection: Selection) -> str:
    """A bundle: a grouping for each family, with its software and domain names as observables.

    What the catalogue knows besides stands in a property extension of each observable. There is no indicator in it:
    that is a pattern of something suspicious or malicious (section 4.7).
    """
    when = f"{selection.day.isoformat()}T00:00:00.000Z"
    common = {"spec_version": "2.1", "created": when, "modified": when}
    fixed = {"spec_version": "2.1", "created": SINCE, "modified": SINCE}
    identity = f"identity--{OWN}"
    objects: list[dict[str, Any]] = [
        {
            "type": "identity",
            "id": identity,
            **fixed,
            "name": "Ordinance catalogue of apps",
            "description": "Open-source catalogue of what apps are, with a source for each name.",
            "identity_class": "system",
        },
        {
            "type": "extension-definition",
            "id": EXTENSION,
            **fixed,
            "created_by_ref": identity,
            "name": "Identifier of an app",
            "description": "What the catalogue says of a name or an id: whose it is, its role, and how sure that is.",
            "schema": EXTENSION_SCHEMA,
            "version": EXTENSION_VERSION,
            "extension_types": ["property-extension"],
        },
    ]
    for family, members in selection.parts():
        observables = [o for member, found in members for o in _observables(family, member, found)]
        objects += observables
        objects.append(
            {
                "type": "grouping",
                "id": f"grouping--{uuid5(OWN, f'{family.id} {selection.catalogue.digest} {when}')}",
                **common,
                "created_by_ref": identity,
                "labels": [POLICY],
                "name": f"{family.name} ({family.id})",
                "description": f"{SAYS} Catalogue {selection.catalogue.version}.",
                "context": "unspecified",
                "object_refs": [o["id"] for o in observables],
            }
        )
    contents = " ".join(str(o["id"]) for o in objects)
    bundle = {"type": "bundle", "id": f"bundle--{uuid5(OWN, contents)}", "objects": objects}
    return _json(bundle)


def _observables(family: Family, member: Member, found: Sequence[Identifier]) -> list[dict[str, Any]]:
    named = {"name": member.name} | ({"vendor": family.vendor} if family.vendor else {})
    ids = [_said(i) for i in found if i.kind is not Kind.DOMAIN]
    extension: dict[str, Any] = {"extension_type": "property-extension", "app": f"{family.id}/{member.id}"}
    software = {
        "type": "software",
        "spec_version": "2.1",
        "id": _observable_id("software", named),
        **named,
        "extensions": {EXTENSION: extension | ({"identifiers": ids} if ids else {})},
    }
    names = [
        {
            "type": "domain-name",
            "spec_version": "2.1",
            "id": _observable_id("domain-name", {"value": i.value}),
            "value": i.value,
            "extensions": {EXTENSION: {"extension_type": "property-extension", "app": extension["app"], **_said(i)}},
        }
        for i in found
        if i.kind is Kind.DOMAIN
    ]
    return [software, *names]


def _observable_id(kind: str, contributing: dict[str, str]) -> str:
    """An id from the properties that make an observable the same one, as canonical JSON (RFC 8785)."""
    canonical = json.dumps(contributing, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{kind}--{uuid5(SCO, canonical)}"


def _said(i: Identifier) -> dict[str, str]:
    said = {"kind": str(i.kind), "value": i.value, "confidence": str(i.confidence)}
    if i.role:
        said["role"] = str(i.role)
    if i.publisher:
        said["publisher"] = i.publisher
    return said | ({"seen": i.seen.isoformat()} if i.seen else {})


# --- MISP core format ------------------------------------------------------------------------------------------------


def misp(selection: Selection) -> str:
    """One event. No attribute is for detection (`to_ids`), and the threat level is the undefined one."""
    attributes = [
        _attribute(family, i) for family, members in selection.parts() for _, found in members for i in found
    ]
    contents = " ".join(a["uuid"] for a in attributes)
    event = {
        "uuid": str(uuid5(OWN, f"{selection.catalogue.digest} {contents}")),
        "info": f"{SAYS} Catalogue {selection.catalogue.version}.",
        "date": selection.day.isoformat(),
        "threat_level_id": "4",
        "analysis": "2",
        "distribution": "0",
        "published": False,
        "Tag": [{"name": POLICY, "colour": "#4a5a6a", "exportable": True}],
        "Attribute": attributes,
    }
    return _json({"Event": event})


def _attribute(family: Family, i: Identifier) -> dict[str, Any]:
    kind, category = _MISP.get(i.kind, _MISP_OTHER)
    said = [f"{i.family}/{i.member}", str(i.kind), *([str(i.role)] if i.role else []), f"confidence {i.confidence}"]
    return {
        "uuid": str(uuid5(OWN, f"{i.family}/{i.member} {i.kind} {i.value} {i.publisher}")),
        "type": kind,
        "category": category,
        "value": i.value,
        "to_ids": False,
        "disable_correlation": i.kind is not Kind.DOMAIN,
        "comment": f"{family.name}: {', '.join(said)}",
        "Tag": [{"name": POLICY}],
    }


# --- lists of names --------------------------------------------------------------------------------------------------


def hosts(selection: Selection) -> str:
    """A hosts file that sends each name to no address (hosts(5))."""
    return _listed(selection, "#", lambda name: f"0.0.0.0 {name}")


def abp(selection: Selection) -> str:
    """An Adblock-style list for resolvers: each name with all names below it."""
    return _listed(selection, "!", lambda name: f"||{name}^")


def _listed(selection: Selection, mark: str, line: Callable[[str], str]) -> str:
    catalogue = selection.catalogue
    lines = [f"{mark} {SAYS}", f"{mark} Tag: {POLICY}. Catalogue {catalogue.version}, {catalogue.digest}."]
    for family, members in selection.parts():
        names = sorted({i.value for _, found in members for i in found if i.kind is Kind.DOMAIN})
        if names:
            lines += [mark, f"{mark} {family.name} ({family.id})", *map(line, names)]
    return "\n".join(lines) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
