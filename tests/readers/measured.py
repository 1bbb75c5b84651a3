# SPDX-License-Identifier: EUPL-1.2
"""What reading takes, measured in a process of its own: `python -m readers.measured CASE log|leases FOLDER…`.

Reads the case once, to load what everybody loads, then each folder as the case's files, and writes JSON: for each
folder the account, the memory that was taken beyond what was there before, and processor time. `ru_maxrss` is not
asked: a process begins with that of the one that started it, which hides whatever is less. Linux alone tells more.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from ordinance.readers import _sieve

from . import samples
from . import test_lease_promises as leases

MOST_ADDRESS_SPACE = 768 << 20
COUNTS = ("records", "kept", "dropped", "duplicate", "structural", "rejected")


def main() -> None:
    """Read and measure."""
    case, read = Path(sys.argv[1]), leases.read if sys.argv[2] == "leases" else samples.read
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESS_SPACE, MOST_ADDRESS_SPACE))
    least, _sieve.LEAST_BYTES = _sieve.LEAST_BYTES, 0  # compiled code is loaded too
    read(case)
    _sieve.LEAST_BYTES = least
    print(json.dumps([_measured(read, case, Path(folder)) for folder in sys.argv[3:]]))


def _measured(read: Any, case: Path, folder: Path) -> dict[str, int | float]:
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # proc(5): the peak is counted anew
    before, began = _kib("VmRSS"), _cpu_s()
    account = read(case, folder).account
    counts = {name: getattr(account, name) for name in COUNTS}
    return {**counts, "grown_kib": _kib("VmHWM") - before, "cpu_s": _cpu_s() - began}


def _kib(name: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
