# SPDX-License-Identifier: EUPL-1.2
"""`apps export`: names and ids of the catalogue for tools that know no families, with the tag of a policy.

Reads the shipped catalogue; writes the one file that was asked for. What a form cannot carry, and what was not asked
for, is counted: nothing is left out unsaid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ordinance.catalogue.load import load
from ordinance.model.apps import Catalogue, Identifier, Kind, Role
from ordinance.model.errors import Issue, PolicyError
from ordinance.policy.nodes import did_you_mean
from ordinance.report import interchange
from ordinance.store.files import write_file


class ExportTo(StrEnum):
    """The forms that `apps export` writes."""

    STIX = "stix"
    MISP = "misp"
    HOSTS = "hosts"
    ABP = "abp"


NAMES_ONLY = {ExportTo.HOSTS, ExportTo.ABP}
_WRITERS = {
    ExportTo.STIX: interchange.stix,
    ExportTo.MISP: interchange.misp,
    ExportTo.HOSTS: interchange.hosts,
    ExportTo.ABP: interchange.abp,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """The text, how many identifiers it holds, and how many of the apps asked for it does not, by reason."""

    text: str
    identifiers: int
    left_out: tuple[tuple[str, int], ...]


def export(form: ExportTo, apps: Sequence[str] = (), roles: Collection[Role] = ()) -> Exported:
    """The catalogue, or the families and members (`family/member`) named, in a form.

    Without roles, lists for blocking hold names that only an app asks for: with another role a name takes sites, or
    other products, with it. What informs (`stix`, `misp`) holds every role. Raises PolicyError for an unknown app.
    """
    catalogue = load()
    wanted = frozenset(roles) or (frozenset({Role.APP_ONLY}) if form in NAMES_ONLY else frozenset(Role))
    chosen, left = [], Counter[str]()
    for one in _asked(catalogue, apps):
        reason = _why_not(one, form, wanted)
        if reason:
            left[reason] += 1
        else:
            chosen.append(one)
    text = _WRITERS[form](interchange.Selection(catalogue, tuple(chosen)))
    return Exported(text, len(chosen), tuple(sorted(left.items())))


def write_export(path: Path, exported: Exported) -> None:
    """Replace the file at once."""
    write_file(path, exported.text.encode())


def _why_not(one: Identifier, form: ExportTo, roles: Collection[Role]) -> str:
    if one.retired:
        return "retired"
    if one.kind is not Kind.DOMAIN and one.role is Role.EMBED:
        return f"{one.kind}: a kit inside other apps"
    if one.kind is not Kind.DOMAIN:
        return f"{one.kind}: the form holds names only" if form in NAMES_ONLY else ""
    return "" if one.role in roles else f"role {one.role}"


def _asked(catalogue: Catalogue, apps: Sequence[str]) -> list[Identifier]:
    if not apps:
        return [i for f in catalogue.families for i in f.identifiers]
    members = {f"{f.id}/{m.id}": m.identifiers for f in catalogue.families for m in f.members}
    families = {f.id: f.identifiers for f in catalogue.families}
    found: dict[Identifier, None] = {}
    for app in apps:
        identifiers = members.get(app, families.get(app))
        if identifiers is None:
            hint = did_you_mean(app, [*families, *members])
            message = f'no family or app "{app}" in the catalogue'
            raise PolicyError([Issue("catalogue", 0, 0, "unknown-app", message, "", hint)])
        found |= dict.fromkeys(identifiers)
    return list(found)
