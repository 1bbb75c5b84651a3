# SPDX-License-Identifier: EUPL-1.2
"""What other packages bring: the entry points of one group, looked for once in a process.

Reads the metadata of every installed package the first time that a group is asked for; a command that looks up the
reader of each of its sources would otherwise read them all once a source. Cannot see a package that is installed
while the process runs.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points


@cache
def entry_points_of(group: str) -> tuple[EntryPoint, ...]:
    """The entry points of a group, by name and value: never in the order of installation. Loads none of them."""
    return tuple(sorted(entry_points(group=group), key=lambda point: (point.name, point.value)))
