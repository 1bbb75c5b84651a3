# SPDX-License-Identifier: EUPL-1.2
"""A catalogue of one family, for tests that write its file themselves."""

from __future__ import annotations

from pathlib import Path

VENDORS = """\
[cites.register]
title = "A register"
licence = "MIT"
[[vendors]]
id = "maker"
name = "Maker Ltd."
cites = ["register"]
"""
ZONES = """\
[cites.list]
title = "A list"
licence = "MIT"
[[zones]]
cites = ["list"]
values = ["edge.example"]
"""


def frame(folder: Path) -> Path:
    """Everything but families."""
    (folder / "_version.toml").write_text('version = "1"\n', "utf-8")
    (folder / "_vendors.toml").write_text(VENDORS, "utf-8")
    (folder / "_cdn-alias-zones.toml").write_text(ZONES, "utf-8")
    return folder
