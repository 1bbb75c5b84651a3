# SPDX-License-Identifier: EUPL-1.2
"""Sources of evidence: one module each, listed here.

Reads the entry-point group ``ordinance.readers`` of installed packages, nothing else. Cannot know
whether an outsider's reader keeps the promises; the shared suite in ``tests/readers`` can be run on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.outsiders import entry_points_of
from ordinance.readers._base import LeaseReader, Matchers, Reader
from ordinance.readers.adguard_log import AdguardLog
from ordinance.readers.android_management import AndroidManagement
from ordinance.readers.apple_inventory import AppleInventory
from ordinance.readers.bind_log import BindLog
from ordinance.readers.dnsmasq_leases import DnsmasqLeases
from ordinance.readers.dnsmasq_log import DnsmasqLog
from ordinance.readers.glpi_inventory import GlpiInventory
from ordinance.readers.intune_graph import IntuneGraph
from ordinance.readers.inventory_csv import InventoryCsv
from ordinance.readers.isc_leases import IscLeases
from ordinance.readers.kea_leases import KeaLeases
from ordinance.readers.lease_table import LeaseTable
from ordinance.readers.osquery_log import OsqueryLog
from ordinance.readers.squid_log import SquidLog
from ordinance.readers.suricata_eve import SuricataEve
from ordinance.readers.unbound_log import UnboundLog
from ordinance.readers.zeek_dhcp import ZeekDhcp
from ordinance.readers.zeek_log import ZeekLog

__all__ = [
    "BUILTIN",
    "GROUP",
    "LEASES",
    "LeaseReader",
    "Matchers",
    "Reader",
    "available",
    "available_leases",
    "lease_reader",
    "reader",
]

GROUP = "ordinance.readers"

BUILTIN: tuple[type[Reader], ...] = (
    AdguardLog,
    AndroidManagement,
    AppleInventory,
    BindLog,
    DnsmasqLog,
    GlpiInventory,
    IntuneGraph,
    InventoryCsv,
    OsqueryLog,
    SquidLog,
    SuricataEve,
    UnboundLog,
    ZeekLog,
)
LEASES: tuple[type[LeaseReader], ...] = (DnsmasqLeases, IscLeases, KeaLeases, LeaseTable, ZeekDhcp)


def available(outside: Iterable[EntryPoint] | None = None) -> tuple[Reader, ...]:
    """All readers by id: those built in, then those other packages bring (by default: as installed).

    Raises PolicyError (`duplicate-reader`) where two answer to one id: who reads a log must never
    depend on the order of installation.
    """
    found = entry_points_of(GROUP) if outside is None else outside
    classes = [*BUILTIN, *(point.load() for point in sorted(found, key=lambda p: (p.name, p.value)))]
    readers: list[Reader] = sorted((cls() for cls in classes), key=lambda r: r.id)
    ids = [r.id for r in readers]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise PolicyError([_issue("duplicate-reader", f"two installed readers are called {i!r}") for i in twice])
    return tuple(readers)


def available_leases() -> tuple[LeaseReader, ...]:
    """All readers of leases by id."""
    return tuple(sorted((kind() for kind in LEASES), key=lambda r: r.id))


def lease_reader(reader_id: str) -> LeaseReader | None:
    """The reader of leases of that id; `None` where there is none."""
    return next((r for r in available_leases() if r.id == reader_id), None)


def reader(reader_id: str, outside: Iterable[EntryPoint] | None = None) -> Reader:
    """The reader of that id. Raises PolicyError (`unknown-reader`) where there is none."""
    known = available(outside)
    for one in known:
        if one.id == reader_id:
            return one
    hint = "readers installed here: " + ", ".join(r.id for r in known)
    raise PolicyError([_issue("unknown-reader", f"no reader is called {reader_id!r}", hint)])


def _issue(issue_id: str, message: str, hint: str = "") -> Issue:
    return Issue("ordinance.toml", 0, 0, issue_id, message, "the source cannot be read", hint)
