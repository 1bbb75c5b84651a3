# SPDX-License-Identifier: EUPL-1.2
"""One process of `scripts/bench airlock`: files built anew and checked against our own list, as `airlock prepare` does.

    ours.py jpeg|mp4 encode|lossless OUT FILE…

Prints how many came out and the ids of what was refused, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ordinance.airlock.rebuild import How, rebuild
from ordinance.airlock.structure import check_structure
from ordinance.model.errors import TransferError
from ordinance.model.transfer import Medium


def main(medium: Medium, how: str, out: Path, *files: str) -> None:
    """Each file in turn."""
    made, refused = 0, []
    for file in files:
        target = out / Path(file).name
        try:
            rebuild(Path(file), target, medium, how=How(lossless=how == "lossless"))
        except TransferError as error:
            refused += [issue.id for issue in error.issues]
            continue
        strange = check_structure(memoryview(target.read_bytes()), medium)
        refused += [one.id for one in strange]
        made += not strange
    print(json.dumps({"made": made, "refused": sorted(set(refused))}))


if __name__ == "__main__":
    main(Medium(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
