# SPDX-License-Identifier: EUPL-1.2
"""Names whose use means that an office's logs no longer see what a device does, from `data/_unseen.toml`.

Reads: that file. Writes: nothing; faults are reported where they stand. Each name stands for itself and everything
beneath it. Cannot know: a resolver or a tunnel that somebody runs alone, one reached by its address, or one that no
source names: that none of these names was asked for is no proof that everything was seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from ordinance.catalogue.citations import Citations
from ordinance.catalogue.tables import Source, Table
from ordinance.match.names import normalise
from ordinance.model.errors import PolicyError
from ordinance.model.unseen import UnseenKind

UNSEEN_FILE = "_unseen.toml"
_SHIPPED = Path(__file__).with_name("data")


@cache
def unseen_names() -> Mapping[str, UnseenKind]:
    """Each name as shipped, sorted, with the way past the logs that it stands for; read once a process."""
    return unseen_of(_SHIPPED)


def unseen_of(folder: Path) -> Mapping[str, UnseenKind]:
    """The names in `folder`. Raises PolicyError with every fault found, each located; a missing file is one."""
    source = Source(folder / UNSEEN_FILE)
    names = _names(source.top)
    if source.issues:
        raise PolicyError(source.issues)
    return MappingProxyType(dict(sorted(names.items())))


def _names(top: Table) -> dict[str, UnseenKind]:
    cites, found = Citations(top), dict[str, tuple[UnseenKind | None, Table]]()
    for table in top.tables("names"):
        kind = table.choice("kind", UnseenKind, needed=True)
        table.text("note", needed=True)
        cites.used(table)
        for value in table.texts("values", needed=True):
            if "." not in value or normalise(value) != value:
                table.fault("catalogue-not-normalised", f"{value!r} is no domain in its normal form", at=value)
            if value in found:
                table.fault("catalogue-duplicate", f"{value!r} stands here twice", at=value)
            found.setdefault(value, (kind, table))
        table.done()
    cites.done()
    top.done()
    for value, (_, table) in found.items():
        for above in _above(value):
            if above in found:
                message = f"{value!r} lies beneath {above!r}, which stands for it already"
                table.fault("catalogue-beneath", message, at=value)
    return {value: kind for value, (kind, _) in found.items() if kind is not None}


def _above(name: str) -> Iterator[str]:
    """Every name above it, the nearest first."""
    while name := name.partition(".")[2]:
        yield name
