# SPDX-License-Identifier: EUPL-1.2
"""Entry points of other packages: in one order, whoever was installed first."""

from __future__ import annotations

from pathlib import Path

import pytest

from ordinance.model.outsiders import entry_points_of


def test_the_order_of_installation_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two packages bring one point each; they come by name, not as they lie on the path."""
    for folder, name in (("first", "zebra"), ("second", "aardvark")):
        info = tmp_path / folder / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[ordinance.tested]\n{name} = {name}:Thing\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path / "second"))
    monkeypatch.syspath_prepend(str(tmp_path / "first"))
    found = entry_points_of("ordinance.tested")
    assert [(point.name, point.value) for point in found] == [("aardvark", "aardvark:Thing"), ("zebra", "zebra:Thing")]
