# SPDX-License-Identifier: EUPL-1.2
"""Which groups of devices are too small to be named, and what goes with them so that nobody is left over.

Reads sizes and results; writes nothing. Cannot know what somebody else knows: against reports that are set against
each other `disclosure` stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ordinance.model.estate import Estate
from ordinance.model.result import DutyResult

SMALL = "small"  # in the place of the id of a class


def too_small(sizes: Counter[str], minimum: int, unnamed: int = 0) -> frozenset[str]:
    """Groups to merge: those below the minimum, and as many of the next as make the merged group large enough.

    Hiding the small ones alone would name them: what is left over when all others are named is they.
    """
    ordered = sorted(sizes, key=lambda g: (sizes[g], g))
    hidden = [g for g in ordered if sizes[g] < minimum]
    total = unnamed + sum(sizes[g] for g in hidden)
    for group in ordered[len(hidden) :]:
        if total == 0 or total >= minimum:
            break
        hidden.append(group)
        total += sizes[group]
    return frozenset(hidden)


def large(sizes: Counter[str], minimum: int, unnamed: int = 0) -> frozenset[str]:
    """Groups that may be named: the others."""
    return frozenset(sizes) - too_small(sizes, minimum, unnamed)


def hidden_classes(results: Iterable[DutyResult], minimum: int) -> frozenset[str]:
    """Ids of the classes of devices that are merged, because they or what is left over would be too few."""
    classes = {r.device: r.device_class for r in results}
    return too_small(Counter(c.id for c in classes.values() if c), minimum, sum(not c for c in classes.values()))


def large_units(estate: Estate, minimum: int) -> frozenset[str | None]:
    """Units that may be named: as large as the minimum group, and so is everything that is not named."""
    sizes = Counter(estate.latest_row(d).unit or "" for d in estate.device_ids())
    unnamed = sizes.pop("", 0)
    return large(sizes, minimum, unnamed)
