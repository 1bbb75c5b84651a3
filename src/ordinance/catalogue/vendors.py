# SPDX-License-Identifier: EUPL-1.2
"""Who makes and controls apps, from `data/_vendors.toml`.

Reads: that file. Writes: nothing; faults are reported where they stand. Cannot know: who bought whom
since a citation was `retrieved`, or a country that no source names. What is not written is not known.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from ordinance.catalogue.citations import Citations
from ordinance.catalogue.countries import COUNTRIES
from ordinance.catalogue.tables import Table
from ordinance.model.apps import Citation, Network, Vendor, reached

VENDORS_FILE = "_vendors.toml"

_ASN = re.compile(r"AS[1-9][0-9]{0,9}")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class VendorsFile:
    """What the file says: vendors by id, the numbers of their networks, citations by key."""

    vendors: tuple[Vendor, ...]
    networks: tuple[Network, ...]
    cites: tuple[tuple[str, Citation], ...]


def read_vendors(top: Table) -> VendorsFile:
    """What stands in the file; its faults are in the issues of its source."""
    cites = Citations(top)
    found: dict[str, tuple[Vendor, Table]] = {}
    for table in top.tables("vendors"):
        vendor = _vendor(table, cites)
        if vendor.id in found:
            table.fault("catalogue-duplicate", f"vendor {vendor.id!r} stands here twice", at="id")
        found.setdefault(vendor.id, (vendor, table))
    networks = _networks(top, cites, found.keys())
    cited = cites.done()
    top.done()
    _check_control(found)
    return VendorsFile(tuple(found[vendor_id][0] for vendor_id in sorted(found)), networks, cited)


def _networks(top: Table, cites: Citations, vendors: Collection[str]) -> tuple[Network, ...]:
    """Numbers of autonomous systems by vendor; each belongs to one vendor only."""
    found: list[Network] = []
    taken: dict[str, str] = {}
    for table in top.tables("networks", needed=False):
        vendor, asns = table.text("vendor", needed=True), table.texts("asns", needed=True)
        if vendor and vendor not in vendors:
            table.fault("catalogue-unknown-vendor", f"no vendor has the id {vendor!r}", at="vendor")
        for asn in asns:
            if not _ASN.fullmatch(asn):
                table.fault("catalogue-not-normalised", f"{asn!r} is no number of a network such as AS32934", at=asn)
            if taken.setdefault(asn, vendor) != vendor or asns.count(asn) > 1:
                table.fault("catalogue-duplicate", f"{asn!r} stands here twice", at=asn)
        seen, cited, note = table.day("seen", needed=True), cites.used(table), table.text("note")
        table.done()
        found.append(Network(vendor, asns, seen, cited, note))
    return tuple(sorted(found, key=lambda n: (n.vendor, n.asns)))


def _vendor(table: Table, cites: Citations) -> Vendor:
    vendor_id, name = table.text("id", needed=True), table.text("name", needed=True)
    if vendor_id and not _ID.fullmatch(vendor_id):
        table.fault("catalogue-not-normalised", f"{vendor_id!r} is no id: lower case, digits and hyphens", at="id")
    jurisdictions, part_of = table.texts("jurisdictions"), table.texts("part_of")
    for code in jurisdictions:
        if code not in COUNTRIES:
            table.fault("catalogue-country", f"{code!r} is no ISO 3166-1 code of two letters", at=code)
    cited, note = cites.used(table), table.text("note")
    table.done()
    return Vendor(vendor_id, name, frozenset(jurisdictions), frozenset(part_of), cited, note)


def _check_control(found: dict[str, tuple[Vendor, Table]]) -> None:
    controls = {vendor_id: vendor.part_of for vendor_id, (vendor, _) in found.items()}
    for vendor_id, (vendor, table) in found.items():
        for owner in sorted(vendor.part_of - controls.keys()):
            table.fault("catalogue-unknown-vendor", f"no vendor has the id {owner!r}", at=owner)
        if vendor_id in reached(controls, vendor_id):
            table.fault("catalogue-circle", f"{vendor_id!r} would control itself", at="part_of")
