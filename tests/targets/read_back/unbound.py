# SPDX-License-Identifier: EUPL-1.2
"""Names that Unbound blocks: by two policy zones and the clauses that load them, or by local zones.

The zone about clients must be loaded first and hold exactly the ranges that are said to be left out.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import PurePosixPath

from ordinance.model.target import Artefact, Compiled

from ..master_file import Record, records
from ..unbound_conf import options


def blocked(compiled: Compiled) -> set[str]:
    """Names found in whichever form the artefacts have; who may ask the resolver is never spoken of."""
    files = {PurePosixPath(a.path).name: a for a in compiled.artefacts}
    if set(files) == {"ordinance-local-zones.conf"}:
        return _by_local_zones(files["ordinance-local-zones.conf"])
    modules = options(files.pop("ordinance-modules.conf").content)
    assert [(o.clause, o.key, o.values) for o in modules] == [
        ("server", "module-config", ("respip validator iterator",))
    ]
    clauses = options(files.pop("ordinance-rpz.conf").content)
    assert [(o.clause, o.number, o.key) for o in clauses] == [
        ("rpz", 1, "name"), ("rpz", 1, "zonefile"), ("rpz", 2, "name"), ("rpz", 2, "zonefile"),
    ]  # fmt: skip
    (first, first_file), (second, second_file) = ([o.values[0] for o in clauses if o.number == n] for n in (1, 2))
    assert set(files) == {first_file, second_file}
    serial, free = _rules(files[first_file], first)
    assert all(r.type == "CNAME" and r.data == ("rpz-passthru.",) for r, _ in free)
    ranges = {_range(owner) for _, owner in free}
    assert {str(r) for r in ranges} == set(files[second_file].left_out)
    assert len(free) == len(ranges)
    same, rules = _rules(files[second_file], second)
    assert same == serial
    return _by_names(rules)


def _by_names(rules: list[tuple[Record, str]]) -> set[str]:
    """Each name must come with its wildcard, and nothing else may stand there."""
    assert {(r.type, r.data) for r, _ in rules} <= {("CNAME", (".",))}
    owners = [owner for _, owner in rules]
    assert not [o for o in owners if o.rpartition(".")[2].startswith("rpz-")]
    apexes = {o for o in owners if not o.startswith("*.")}
    assert sorted(owners) == sorted({*apexes, *(f"*.{a}" for a in apexes)})
    return apexes


def _rules(zone: Artefact, name: str) -> tuple[str, list[tuple[Record, str]]]:
    """The serial of a zone, and its rules, each with its owner as it stands before the zone's name."""
    soa, ns, *rules = records(zone.content)
    assert (soa.type, ns.type, soa.owner, ns.owner) == ("SOA", "NS", name, name)
    assert all(r.owner.endswith(f".{name}") for r in rules)
    return soa.data[2], [(r, r.owner.removesuffix(f".{name}")) for r in rules]


def _range(owner: str) -> IPv4Network | IPv6Network:
    """The range that a trigger about clients means: `24.0.2.0.192.rpz-client-ip`."""
    length, *words, kind = owner.split(".")
    assert kind == "rpz-client-ip"
    words.reverse()
    if len(words) == 4 and "zz" not in words:
        return ip_network(f"{'.'.join(words)}/{length}")
    address = ":".join("" if w == "zz" else w for w in words)
    address = f":{address}" if words[0] == "zz" else address
    address = f"{address}:" if words[-1] == "zz" else address
    return IPv6Network((IPv6Address(address), int(length)))


def _by_local_zones(file: Artefact) -> set[str]:
    """One clause; each name once, and for each of them the same ranges resolved as they are."""
    found = options(file.content)
    assert {(o.clause, o.number) for o in found} <= {("server", 1)}
    zones = [o.values for o in found if o.key == "local-zone"]
    names = {name for name, _ in zones}
    assert all(name.endswith(".") for name in names)
    assert len(zones) == len(names)
    assert {kind for _, kind in zones} <= {"always_nxdomain", "always_nodata"}
    overrides = [o.values for o in found if o.key == "local-zone-override"]
    assert len(zones) + len(overrides) == len(found)
    assert sorted(overrides) == sorted((n, r, "always_transparent") for n in names for r in file.left_out)
    return {name.removesuffix(".") for name in names}
