# SPDX-License-Identifier: EUPL-1.2
"""The body's estate: devices, people, units and networks from four CSV files.

Reads: `devices.csv`, which must be there, and `people.csv`, `units.csv`, `networks.csv`. An empty cell is
a missing fact, never a default. Every fault is collected with its place; a row with a fault is still
given out as far as it could be read, so that one mistake is not reported as ten.

Cannot know: whether a row is true, and which facts held before its `valid_from`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import combinations
from pathlib import Path
from typing import TypeVar

from ordinance.model.errors import Issue
from ordinance.model.estate import (
    IPV4_MAPPED,
    Access,
    Device,
    DeviceFacts,
    Enrolment,
    Estate,
    Network,
    Owner,
    People,
    Person,
    Platform,
    Unit,
    Use,
    Validity,
)
from ordinance.readers._tables import Row, Table, did_you_mean, digest, shown

_FACTS = ("owner", "purchase_share", "subscription_share", "use_share", "access", "enrolment", "platform", "use")
DEVICES = ("device", *_FACTS, "holder", "unit", "mac", "inventory_name", "valid_from", "valid_to")
PEOPLE = ("person", "people", "unit", "valid_from", "valid_to")
UNITS = ("unit", "name", "institution", "parent")
NETWORKS = ("network", "name", "cidr", "populations", "use", "units")

_RANGES = "networks such as 10.20.0.0/24 or 2001:db8::/48, without %zone and not as ::ffff:…, separated by spaces"
_MAC = re.compile(r"[0-9a-f]{2}([:-]?)(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")

_Dated = TypeVar("_Dated", Device, Person)
_Found = tuple[Row, _Dated]


def read_estate(folder: Path, default_institution: str) -> tuple[Estate, tuple[Issue, ...], str]:
    """The estate in `folder` (a body's `estate/`), all issues in order, and the digest of the files.

    `default_institution` is the authority of units that name none: the body. Issues: `missing-file`,
    `unreadable-file`, `empty-file`, `bad-encoding`, `bad-csv`, `missing-column`, `unknown-column`,
    `duplicate-column`, `wrong-cells`, `missing-value`, `bad-value`, `bad-day`, `bad-validity`,
    `overlapping-rows`, `unknown-holder`, `unknown-unit`, `unit-circle`, `duplicate-id`, `duplicate-mac`,
    `duplicate-inventory-name`. Never raises for what the files hold.
    """
    tables = [
        Table(folder / "devices.csv", DEVICES, is_optional=False),
        Table(folder / "people.csv", PEOPLE, is_optional=True),
        Table(folder / "units.csv", UNITS, is_optional=True),
        Table(folder / "networks.csv", NETWORKS, is_optional=True),
    ]
    known: dict[tuple[str, ...], DeviceFacts] = {}
    devices = [(row, _device(row, known)) for row in tables[0].rows]
    people = [(row, _person(row)) for row in tables[1].rows]
    units = [(row, _unit(row, default_institution)) for row in tables[2].rows]
    networks = [(row, _network(row)) for row in tables[3].rows]
    _check_names(tables, devices, people, units, networks)
    _check_once("unit", tables[2].rows)
    _check_once("network", tables[3].rows)
    _check_circles(units)
    sound = [(row, device) for row, device in devices if not row.is_faulty]
    _check_overlaps("device", sound)
    _check_overlaps("person", [(row, person) for row, person in people if not row.is_faulty])
    _check_shared(sound, "mac", "duplicate-mac", lambda device: device.macs)
    _check_shared(sound, "inventory_name", "duplicate-inventory-name", _inventory_names)
    estate = Estate(
        devices=tuple(d for _, d in devices if d.id),
        people=tuple(p for _, p in people if p.id),
        units=tuple(u for _, u in units if u.id),
        networks=tuple(n for _, n in networks if n.id),
    )
    return estate, tuple(sorted(issue for table in tables for issue in table.issues)), digest(tables)


def _device(row: Row, known: dict[tuple[str, ...], DeviceFacts]) -> Device:
    """A device; `known` are facts that were read of others, of which thousands have the same."""
    cells = tuple([row.cells[column] for column in _FACTS])
    facts = known.get(cells)
    if facts is None:
        facts = _facts(row)
        if not row.is_faulty:
            known[cells] = facts
    return Device(
        id=row.need("device"),
        facts=facts,
        holder=row.text("holder"),
        unit=row.text("unit"),
        macs=row.each("mac", _mac, "hardware addresses such as 02:00:5e:00:53:01, separated by spaces"),
        inventory_name=row.text("inventory_name") or "",
        validity=row.validity(),
        line=row.line,
    )


def _facts(row: Row) -> DeviceFacts:
    return DeviceFacts(
        owner=row.word("owner", Owner),
        purchase_share=row.share("purchase_share"),
        subscription_share=row.share("subscription_share"),
        use_share=row.share("use_share"),
        access=row.word("access", Access),
        enrolment=row.word("enrolment", Enrolment),
        platform=row.word("platform", Platform),
        use=row.word("use", Use),
    )


def _person(row: Row) -> Person:
    people = row.word("people", People)
    return Person(row.need("person"), people, row.text("unit"), row.validity(), row.line)


def _unit(row: Row, default_institution: str) -> Unit:
    institution = row.text("institution") or default_institution
    return Unit(row.need("unit"), row.need("name"), institution, row.text("parent"))


def _network(row: Row) -> Network:
    """A network's use has no missing value in the model, so the cell must be filled."""
    populations = row.words("populations", People, row.cells["populations"].split())
    row.need("use")
    return Network(
        id=row.need("network"),
        name=row.need("name"),
        cidrs=row.each("cidr", _cidr, _RANGES),
        populations=tuple(p for p in populations if p is not None),
        use=row.word("use", Use) or Use.WORK,
        units=tuple(row.cells["units"].split()),
    )


def _mac(text: str) -> str:
    """Lower-case with colons, from any of the three usual spellings."""
    lower = text.lower()
    if not _MAC.fullmatch(lower):
        raise ValueError(text)
    digits = re.sub("[^0-9a-f]", "", lower)
    return ":".join(digits[n : n + 2] for n in range(0, 12, 2))


def _cidr(text: str) -> IPv4Network | IPv6Network:
    """A range as every resolver and proxy takes it: no zone (RFC 4007, `fe80::%eth0/64`), and IPv4 as IPv4.

    A zone may be any text at all, and one that holds `::ffff:…` alone is another thing to each program.
    """
    found = ip_network(text)
    if "%" in text or (isinstance(found, IPv6Network) and found.subnet_of(IPV4_MAPPED)):
        raise ValueError(text)
    return found


def _inventory_names(device: Device) -> Sequence[str]:
    return (device.inventory_name,) if device.inventory_name else ()


def _check_names(
    tables: Sequence[Table],
    devices: Iterable[_Found[Device]],
    people: Iterable[_Found[Person]],
    units: Sequence[tuple[Row, Unit]],
    networks: Iterable[tuple[Row, Network]],
) -> None:
    """Every holder and unit that a row names has a row of its own."""
    holders = _Known("people.csv", "unknown-holder", tables[1], {p.id for _, p in people})
    known_units = _Known("units.csv", "unknown-unit", tables[2], {u.id for _, u in units})
    for row, device in devices:
        holders.check(row, "holder", device.holder)
        known_units.check(row, "unit", device.unit)
    for row, person in people:
        known_units.check(row, "unit", person.unit)
    for row, unit in units:
        known_units.check(row, "parent", unit.parent)
    for row, network in networks:
        for unit_id in network.units:
            known_units.check(row, "units", unit_id)


@dataclass(frozen=True, slots=True)
class _Known:
    """The ids of one file. While lines of it could not be read, nothing is called unknown."""

    file: str
    issue_id: str
    table: Table
    ids: set[str]

    def check(self, row: Row, column: str, name: str | None) -> None:
        if name is None or name in self.ids or self.table.has_lost_lines:
            return
        hint = did_you_mean(name, self.ids) or f"add it to {self.file}, or leave the cell empty"
        row.wrong(column, self.issue_id, f"{column} {shown(name)} is not in {self.file}", hint)


def _check_once(column: str, rows: Iterable[Row]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        name = row.cells[column]
        if name and first.setdefault(name, row.line) != row.line:
            row.wrong(column, "duplicate-id", f"{column} {shown(name)} is already in line {first[name]}")


def _check_circles(units: Sequence[tuple[Row, Unit]]) -> None:
    """No unit is above itself."""
    parents = {u.id: u.parent for _, u in units}
    for row, unit in units:
        above, steps = unit.parent, 0
        while above is not None and above != unit.id and steps <= len(parents):
            above, steps = parents.get(above), steps + 1
        if above == unit.id:
            row.wrong("parent", "unit-circle", f"unit {shown(unit.id)} is above itself")


def _check_overlaps(column: str, found: Iterable[_Found[_Dated]]) -> None:
    """On no day two rows state facts of one device or person."""
    by_id: dict[str, list[_Found[_Dated]]] = {}
    for row, one in found:
        by_id.setdefault(one.id, []).append((row, one))
    for rows in (those for those in by_id.values() if len(those) > 1):
        for (_, early), (row, late) in combinations(rows, 2):
            if overlap(early.validity, late.validity):
                message = f"{column} {shown(late.id)} has another row for the same days in line {early.line}"
                hint = "give the older row a valid_to before the younger row's valid_from"
                row.wrong(column, "overlapping-rows", message, hint)


def _check_shared(
    devices: Iterable[_Found[Device]], column: str, issue_id: str, values: Callable[[Device], Sequence[str]]
) -> None:
    """What tells devices apart in logs and inventories belongs to one device at a time."""
    by_value: dict[str, list[Device]] = {}
    for row, device in devices:
        for value in values(device):
            twin = next((d for d in by_value.get(value, ()) if _is_twin(d, device)), None)
            if twin is not None:
                message = f"{column} {shown(value)} is also that of {shown(twin.id)}, line {twin.line}"
                row.wrong(column, issue_id, message, "what is seen of either could not be attributed")
            by_value.setdefault(value, []).append(device)


def _is_twin(one: Device, other: Device) -> bool:
    return one.id != other.id and overlap(one.validity, other.validity)


def overlap(one: Validity, other: Validity) -> bool:
    """Whether two rows could state facts of the same day.

    A row without `first` speaks of the day of the check only, which is not known here: it meets every
    row that has no end, and every other row without `first`.
    """
    if one.first is None or other.first is None:
        dated, undated = (one, other) if other.first is None else (other, one)
        if dated.first is None:
            return True
        return dated.last is None and (undated.last is None or undated.last >= dated.first)
    return (other.last is None or one.first <= other.last) and (one.last is None or other.first <= one.last)
