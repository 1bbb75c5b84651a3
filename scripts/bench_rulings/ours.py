# SPDX-License-Identifier: EUPL-1.2
"""The process that is measured: makes the law, reads the facts, rules, writes Parquet, prints what it ruled on."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from scenario import AT, QUESTIONS, make_law

from ordinance.operations.large_estate import rule_estate

if __name__ == "__main__":
    ruled = rule_estate(make_law(), Path(sys.argv[1]), AT, QUESTIONS, Path(sys.argv[2]))
    print(json.dumps(asdict(ruled) | {"decisions": ruled.decisions}))
