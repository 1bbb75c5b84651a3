# SPDX-License-Identifier: EUPL-1.2
"""Sources of evidence: one module each, listed here.

Reads the entry-point group ``ordinance.readers`` of installed packages, nothing else. Cannot know
whether an outsider's reader keeps the promises; the shared suite in ``tests/readers`` can be run on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.metadata import EntryPoint
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.outsiders import entry_points_of
from ordinance.readers._base import LeaseReader, Matchers, Reader

__all__ = [
    "BUILTIN",
    "GROUP",
    "LEASES",
    "LeaseReader",
    "Matchers",
    "Reader",
    "available",
    "available_leases",
    "ids",
    "lease_reader",
    "reader",
]

GROUP = "ordinance.readers"

# By their ids: most bodies have few of them, and those alone are loaded.
_BUILTIN: Mapping[str, str] = MappingProxyType(
    {
        "adguard-log": "AdguardLog",
        "android-management": "AndroidManagement",
        "apple-inventory": "AppleInventory",
        "bind-log": "BindLog",
        "dnsmasq-log": "DnsmasqLog",
        "glpi-inventory": "GlpiInventory",
        "intune-graph": "IntuneGraph",
        "inventory-csv": "InventoryCsv",
        "osquery-log": "OsqueryLog",
        "squid-log": "SquidLog",
        "suricata-eve": "SuricataEve",
        "unbound-log": "UnboundLog",
        "zeek-log": "ZeekLog",
    }
)
_LEASES: Mapping[str, str] = MappingProxyType(
    {
        "dnsmasq-leases": "DnsmasqLeases",
        "isc-leases": "IscLeases",
        "kea-leases": "KeaLeases",
        "lease-table": "LeaseTable",
        "zeek-dhcp": "ZeekDhcp",
    }
)

if TYPE_CHECKING:
    BUILTIN: tuple[type[Reader], ...]
    LEASES: tuple[type[LeaseReader], ...]
else:

    def __getattr__(name: str) -> object:
        """All that are built in, which takes every module of theirs. Raises AttributeError for any other name."""
        listed = {"BUILTIN": _BUILTIN, "LEASES": _LEASES}.get(name)
        if listed is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return tuple(_loaded(reader_id, kind) for reader_id, kind in listed.items())


def _loaded(reader_id: str, kind: str) -> Any:
    """The class of a reader that is built in; its module is called as its id is."""
    return getattr(import_module(f"ordinance.readers.{reader_id.replace('-', '_')}"), kind)


def available(outside: Iterable[EntryPoint] | None = None) -> tuple[Reader, ...]:
    """All readers by id: those built in, then those other packages bring (by default: as installed).

    Raises PolicyError (`duplicate-reader`) where two answer to one id: who reads a log must never
    depend on the order of installation.
    """
    found = entry_points_of(GROUP) if outside is None else outside
    built_in: list[type[Reader]] = [_loaded(*one) for one in _BUILTIN.items()]
    classes = [*built_in, *(point.load() for point in sorted(found, key=lambda p: (p.name, p.value)))]
    readers: list[Reader] = sorted((cls() for cls in classes), key=lambda r: r.id)
    ids = [r.id for r in readers]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise PolicyError([_issue("duplicate-reader", f"two installed readers are called {i!r}") for i in twice])
    return tuple(readers)


def available_leases() -> tuple[LeaseReader, ...]:
    """All readers of leases by id."""
    return tuple(_loaded(*one)() for one in _LEASES.items())


def ids(outside: Iterable[EntryPoint] | None = None) -> tuple[str, ...]:
    """The ids of all readers, then those of leases. Raises PolicyError as `available` does."""
    found = tuple(entry_points_of(GROUP) if outside is None else outside)
    return (*((r.id for r in available(found)) if found else _BUILTIN), *_LEASES)


def lease_reader(reader_id: str) -> LeaseReader | None:
    """The reader of leases of that id; `None` where there is none."""
    kind = _LEASES.get(reader_id)
    if kind is None:
        return None
    found: LeaseReader = _loaded(reader_id, kind)()
    return found


def reader(reader_id: str, outside: Iterable[EntryPoint] | None = None) -> Reader:
    """The reader of that id. Raises PolicyError (`unknown-reader`) where there is none."""
    others = tuple(entry_points_of(GROUP) if outside is None else outside)
    if not others and reader_id in _BUILTIN:
        found: Reader = _loaded(reader_id, _BUILTIN[reader_id])()
        return found
    known = available(others)
    for one in known:
        if one.id == reader_id:
            return one
    hint = "readers installed here: " + ", ".join(r.id for r in known)
    raise PolicyError([_issue("unknown-reader", f"no reader is called {reader_id!r}", hint)])


def _issue(issue_id: str, message: str, hint: str = "") -> Issue:
    return Issue("ordinance.toml", 0, 0, issue_id, message, "the source cannot be read", hint)
