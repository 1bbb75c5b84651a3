# SPDX-License-Identifier: EUPL-1.2
"""A process that is bound to limits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BOUND = """
import signal, sys
from ordinance.model.apart import keep_within
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
sys.dont_write_bytecode, sys.pycache_prefix = False, sys.argv[1]
keep_within(1 << 30, {"FSIZE": 100})
sys.path.insert(0, sys.argv[2])
import later
print(later.TOLD)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limits of this kind")
def test_no_half_of_a_compiled_module_is_kept(tmp_path: Path) -> None:
    """What a bound process imports would be cut at its limit, and Python would take the half for the whole later on."""
    (tmp_path / "later.py").write_text("TOLD = 'read'\nOTHER = " + repr("x" * 1000) + "\n", "utf-8")
    (tmp_path / "compiled").mkdir()
    command = [sys.executable, "-c", BOUND, str(tmp_path / "compiled"), str(tmp_path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    assert told.stdout == "read\n"
    assert not list((tmp_path / "compiled").rglob("*.pyc"))
