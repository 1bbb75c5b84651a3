# SPDX-License-Identifier: EUPL-1.2
"""One process of `scripts/bench airlock`: files built anew and checked by both readers, as `airlock prepare` does.

    ours.py encode|lossless OUT FILE…

Prints how many came out and the ids of what was refused, as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from itertools import count
from pathlib import Path

from ordinance.model.errors import TransferError
from ordinance.operations.airlock_prepare import How, prepare

DAY = date(2026, 1, 1)


def main(how: str, out: Path, *files: str) -> None:
    """All of them or none, under names that say nothing."""
    numbers = count()
    try:
        made = prepare(
            [Path(file) for file in files],
            out,
            day=DAY,
            ids=lambda: f"{next(numbers):04x}",
            how=How(lossless=how == "lossless"),
        )
    except TransferError as error:
        print(json.dumps({"made": 0, "refused": sorted({issue.id for issue in error.issues})}))
        return
    print(json.dumps({"made": len(made), "refused": []}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
