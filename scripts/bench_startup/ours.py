# SPDX-License-Identifier: EUPL-1.2
"""One verb in a process of its own: what it loaded, and how it ended, as JSON on stdout.

    ours.py FOLDER explain examples/ghent --device op-001

Reads: its arguments, the folder to work in and the words of the verb; what the verb shows goes nowhere. Exit 0
however the verb ended.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    from ordinance.cli.main import cli

    shown, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # ends with us
    os.chdir(sys.argv[1])
    code: object = 0
    try:
        cli.main(sys.argv[2:], prog_name="ordinance")
    except SystemExit as ended:
        code = ended.code
    loaded = sorted(sys.modules)  # before anything that only this script needs
    import json

    json.dump({"code": code, "loaded": loaded}, shown)
