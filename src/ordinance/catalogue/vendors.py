# SPDX-License-Identifier: EUPL-1.2
"""Who makes and controls apps, from `data/_vendors.toml`.

Reads: that file. Writes: nothing; faults are reported where they stand. Cannot know: who bought whom
since a citation was `retrieved`, or a country that no source names. What is not written is not known.
"""

from __future__ import annotations

import re

from ordinance.catalogue.citations import Citations
from ordinance.catalogue.countries import COUNTRIES
from ordinance.catalogue.tables import Table
from ordinance.model.apps import Citation, Vendor, reached

VENDORS_FILE = "_vendors.toml"

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_vendors(top: Table) -> tuple[tuple[Vendor, ...], tuple[tuple[str, Citation], ...]]:
    """The vendors of the file by id, and its citations by key; its faults are in the issues of its source."""
    cites = Citations(top)
    found: dict[str, tuple[Vendor, Table]] = {}
    for table in top.tables("vendors"):
        vendor = _vendor(table, cites)
        if vendor.id in found:
            table.fault("catalogue-duplicate", f"vendor {vendor.id!r} stands here twice", at="id")
        found.setdefault(vendor.id, (vendor, table))
    cited = cites.done()
    top.done()
    _check_control(found)
    return tuple(found[vendor_id][0] for vendor_id in sorted(found)), cited


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
