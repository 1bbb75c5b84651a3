# SPDX-License-Identifier: EUPL-1.2
"""Whole bodies with every target that is built in: what a rule begins and ends, and what two builds have in common."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, run, tree
from ordinance.model.target import Support
from ordinance.targets import BUILTIN

BEFORE, INSIDE, AFTER = "2023-04-16T12:00", "2023-04-18T12:00", "2023-05-02T12:00"  # of Diest's incident overlay
IDS = sorted(t.id for t in BUILTIN)


def with_every_target(name: str, folder: Path) -> Path:
    """An example with all targets in the place of its own, on the networks that it named."""
    found = body(name, folder)
    path = found / "ordinance.toml"
    text = path.read_text("utf-8")
    start = text.index("[[targets]]")
    end = text.find("\n[", start)
    end = len(text) if end < 0 else end + 1
    lines = text[start:end].splitlines()
    networks = next((line for line in lines if line.startswith("networks")), "")
    tables = "".join(f'[[targets]]\nid = "{i}"\n{networks}\n\n' for i in IDS)
    path.write_text(text[:start] + tables + text[end:], "utf-8")
    return found


def built(folder: Path, at: str) -> dict[str, bytes]:
    done = run("build", folder, "--as-of", at)
    assert done.code == 0, done.err
    return tree(folder / ".ordinance" / "bundle")


def artefacts(files: dict[str, bytes]) -> dict[str, bytes]:
    """What ships, with each target's version number taken out where its format carries one."""
    manifest = json.loads(files["manifest.json"])
    numbers = {t: str(manifest["serials"][t]).encode() for t in manifest["version_fields"]}
    paths = {a["path"]: a["target"] for a in manifest["artefacts"]}
    return {p: files[p].replace(numbers[t], b"VERSION") if t in numbers else files[p] for p, t in paths.items()}


def test_an_overlay_ends_without_a_trace_in_any_target(tmp_path: Path) -> None:
    """Before and after it the artefacts are the same but for version fields; inside it, something is blocked."""
    folder = with_every_target("diest", tmp_path)
    before, inside, after = (built(folder, at) for at in (BEFORE, INSIDE, AFTER))
    assert artefacts(before) == artefacts(after)
    changed = {p.partition("/")[0] for p, content in artefacts(inside).items() if artefacts(before)[p] != content}
    blocks = {t.id for t in BUILTIN if _blocks_apps(t.support)}
    assert blocks <= changed
    numbers = [json.loads(files["manifest.json"])["serials"] for files in (before, inside, after)]
    assert all(a[t] <= b[t] <= c[t] for a, b, c in [numbers] for t in IDS)


def _blocks_apps(support: Any) -> bool:
    return any(
        str(duty) == "block_traffic" and str(surface) == "app" and how is not Support.NEVER
        for (duty, surface), how in support.items()
    )


def test_the_plan_before_and_after_the_sunset(tmp_path: Path) -> None:
    """Inside the six months each target that blocks adds; after them everything is removed, and nothing is added."""
    folder = with_every_target("ghent", tmp_path)
    built(folder, "2023-04-10")
    late = json.loads(run("plan", folder, "--as-of", "2023-10-10", "--json").out)
    removing = {c["target"] for c in late["changes"] if c["removed"]}
    assert {t.id for t in BUILTIN if _blocks_apps(t.support)} <= removing
    assert not [c for c in late["changes"] if c["added"]]
    assert not late["over_reach"]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_two_builds_have_equal_digests(tmp_path: Path, seed: str) -> None:
    """In processes that order their sets differently, on copies in different places."""
    here, there = (with_every_target("ghent", tmp_path / name) for name in ("here", "there"))
    built(here, "2023-04-10")
    code = "from ordinance.cli.main import main; main()"
    command = [sys.executable, "-c", code, "build", str(there), "--as-of", "2023-04-10"]
    done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    one, two = (tree(folder / ".ordinance" / "bundle") for folder in (here, there))
    assert one == two
    assert {a["target"] for a in json.loads(one["manifest.json"])["artefacts"]} == set(IDS)


def test_every_demand_ends_in_a_line_or_a_gap_of_each_target(tmp_path: Path) -> None:
    """Over a whole body: what is asked for stands in the manifest's entries or in gaps.json, for each target."""
    folder = with_every_target("ghent", tmp_path)
    files = built(folder, "2023-04-10")
    shown = json.loads(run("plan", folder, "--as-of", "2023-04-10", "--json").out)
    gaps = {(g["target"], g["restriction"], g["duty"], g["app"], g["surface"]) for g in json.loads(files["gaps.json"])}
    asked = {(d["restriction"], d["duty"], d["app"], d["surface"]) for d in shown["demands"]}
    assert asked
    for target in BUILTIN:
        carried = {(str(d), str(s)) for (d, s), how in target.support.items() if how in (Support.FULL, Support.PARTIAL)}
        missing = {(duty, surface) for one in asked if (target.id, *one) not in gaps for _, duty, _, surface in [one]}
        assert missing <= carried
