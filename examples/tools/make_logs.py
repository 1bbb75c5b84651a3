# SPDX-License-Identifier: EUPL-1.2
"""Makes the resolver logs of an example body anew, with real programs: `make_logs.py examples/ghent`.

Reads: BODY/logs/plan.toml, written by hand. Writes: one log a day beside it, as dnsmasq wrote it. Invented clients
and questions; no data from any city. Random in the result, and nothing else: process ids, source ports,
DHCP transaction ids, and the renewal times that dnsmasq spreads a little.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from datetime import date
from pathlib import Path

from log_lab import Lab, LabError, obstacle
from log_plan import Plan, PlanError, load


def make(plan: Plan, out: Path, days: tuple[date, ...]) -> list[Path]:
    """The logs of these days, in `out`. Raises LabError where a program fails; then nothing is left in `out`."""
    with tempfile.TemporaryDirectory(prefix="ordlog-") as work, tempfile.TemporaryDirectory(prefix="ordlog-") as done:
        with Lab(plan, Path(work), Path(done)) as lab:
            for day in days:
                lab.begin(day)
                for act in plan.on(day):
                    lab.perform(act)
        out.mkdir(parents=True, exist_ok=True)
        files = [out / plan.log_of(day) for day in days]
        for file in files:
            file.write_bytes((Path(done) / file.name).read_bytes())
    return files


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: written; 2: this machine or this plan cannot; 70: a program in the lab failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("body", type=Path, help="folder of the body; its logs/plan.toml is read")
    parser.add_argument("--day", type=date.fromisoformat, action="append", help="only this day (may be repeated)")
    parser.add_argument("--out", type=Path, help="write here instead of beside the plan")
    options = parser.parse_args(arguments)
    if reason := obstacle():
        print(reason, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the lab is taken down then, too
    try:
        plan = load(options.body / "logs" / "plan.toml")
        files = make(plan, options.out or options.body / "logs", tuple(options.day or plan.days))
    except (PlanError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except LabError as error:
        print(error, file=sys.stderr)
        return 70
    for file in files:
        print(f"{file}: {file.read_text('utf-8').count(' query[')} queries")
    return 0


if __name__ == "__main__":
    sys.exit(main())
