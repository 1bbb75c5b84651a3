# SPDX-License-Identifier: EUPL-1.2
"""Writes an invented estate: `estates.py FILE DEVICES usual|worst`."""

from __future__ import annotations

import sys
from pathlib import Path

from scenario import write_facts

if __name__ == "__main__":
    write_facts(Path(sys.argv[1]), int(sys.argv[2]), each_its_own=sys.argv[3] == "worst")
