# SPDX-License-Identifier: EUPL-1.2
"""How many devices a change may reach at once: a number, or a share of the estate.

Reads: a limit as a person writes it, and what a bundle changes. Cannot count who is behind a network for guests; such
classes count nobody, and the plan names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"([0-9]{1,9})|([0-9]{1,3})(?:\.([0-9]{1,2}))?\s*%")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many devices, or so many hundredths of a per cent of the estate. Nought is a limit too."""

    devices: int | None
    share: int | None = None  # hundredths of a per cent, so that shares are compared as whole numbers

    def allows(self, affected: int, estate: int) -> bool:
        """Whether a change of that many devices keeps to it."""
        if self.devices is not None:
            return affected <= self.devices
        return affected * 10_000 <= (self.share or 0) * estate

    def __str__(self) -> str:
        if self.devices is not None:
            return f"{self.devices} device(s)"
        whole, part = divmod(self.share or 0, 100)
        return f"{whole}.{part:02} %" if part else f"{whole} %"


def read_limit(text: str) -> Limit | None:
    """`50`, `10%`, `2.5 %`; `None` for what is neither a number nor a share of at most a hundred per cent."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    if found[1] is not None:
        return Limit(int(found[1]))
    share = int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))
    return Limit(None, share) if share <= 10_000 else None
