# SPDX-License-Identifier: EUPL-1.2
"""Bundles: the same input gives the same bytes, and a version number rises with each change and never falls."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run, tree
from ordinance.model.target import Compiled, Plan
from ordinance.targets.dns_rpz import DnsRpz

ZONE = "dns-rpz/rpz.diest.example.zone"
BEFORE, INSIDE, AFTER = "2023-04-16T12:00", "2023-04-18T12:00", "2023-05-02T12:00"


@pytest.fixture
def diest(tmp_path: Path) -> Path:
    """The body with an incident overlay."""
    return body("diest", tmp_path)


def _build(folder: Path, at: str, *options: str | Path) -> dict[str, Any]:
    done = run("build", folder, "--as-of", at, "--json", *options)
    assert done.code == 0
    found: dict[str, Any] = json.loads(done.out)
    return found


def _bundle(folder: Path) -> dict[str, bytes]:
    return tree(folder / ".ordinance" / "bundle")


def _serial(files: dict[str, bytes]) -> int:
    found = re.search(rb"SOA\s[^;(]*\(?\s*(\d{10})", files[ZONE])
    assert found
    assert json.loads(files["manifest.json"])["serials"] == {"dns-rpz": int(found[1])}
    return int(found[1])


def _without_serial(files: dict[str, bytes]) -> dict[str, bytes]:
    return {n: c.replace(str(_serial(files)).encode(), b"SERIAL") for n, c in files.items() if n.startswith("dns-rpz/")}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two bodies alike, built into two places, and one of them twice."""
    folders = [body("ghent", tmp_path / name) for name in ("one", "two")]
    for folder in (*folders, folders[0]):
        _build(folder, "2023-04-10")
    one, two = map(_bundle, folders)
    assert one == two
    assert len(one) == 7


def test_the_manifest_has_the_digests_of_what_lies_there(diest: Path) -> None:
    """What was hashed is what ships: every file but the manifest, each once."""
    _build(diest, INSIDE)
    files = _bundle(diest)
    manifest = json.loads(files["manifest.json"])
    digests = {a["path"]: a["sha256"] for a in manifest["artefacts"]} | manifest["reports"]
    assert digests == {n: f"sha256:{hashlib.sha256(c).hexdigest()}" for n, c in files.items() if n != "manifest.json"}


def test_nothing_changed_keeps_the_serial(diest: Path) -> None:
    """On another day too: a resolver has nothing to fetch."""
    _build(diest, BEFORE)
    first = _bundle(diest)
    said = _build(diest, "2023-04-17T07:59")
    assert _serial(_bundle(diest)) == _serial(first) == 2023041600
    assert _bundle(diest)[ZONE] == first[ZONE]
    assert all(c["added"] == c["removed"] == [] for c in said["changes"])


def test_the_overlay_comes_and_goes(diest: Path) -> None:
    """Before, inside, after: all entries are added, all removed, and the artefact is what it was but for its serial."""
    _build(diest, BEFORE)
    before = _bundle(diest)
    inside = _build(diest, INSIDE)
    blocked = _bundle(diest)
    after = _build(diest, AFTER)
    last = _bundle(diest)
    added = next(c for c in inside["changes"] if c["path"] == ZONE)
    removed = next(c for c in after["changes"] if c["path"] == ZONE)
    assert len(added["added"]) > 100 and added["removed"] == []
    assert (removed["added"], removed["removed"]) == ([], added["added"])
    assert json.loads(last["manifest.json"])["version_fields"] == {"dns-rpz": "serial of the zone's SOA"}
    assert _without_serial(before) == _without_serial(last) != _without_serial(blocked)
    assert _serial(before) < _serial(blocked) < _serial(last)


def test_a_serial_never_falls(diest: Path) -> None:
    """Back and forth through the overlay, on days in any order, many times a day: it rises with each change."""
    serials = []
    for at in (INSIDE, BEFORE, INSIDE, BEFORE, AFTER, INSIDE, BEFORE, BEFORE):
        _build(diest, at)
        serials.append(_serial(_bundle(diest)))
    changed = [True, True, True, False, True, True, False]
    assert [later > earlier for earlier, later in pairwise(serials)] == changed
    assert serials == sorted(serials)


def test_a_target_taken_out_and_put_back_goes_on_counting(diest: Path) -> None:
    """A resolver ignores a zone whose serial is not above the one it has: a number is for the same bytes alone."""
    for at in (INSIDE, BEFORE, INSIDE):
        _build(diest, at)
    known, zone = _serial(_bundle(diest)), _bundle(diest)[ZONE]
    settings = (diest / "ordinance.toml").read_text("utf-8")
    target = settings[settings.index("[[targets]]") : settings.index("[[accepted]]")]
    edit(diest / "ordinance.toml", target, "")
    gone = _build(diest, INSIDE)
    assert [c["path"] for c in gone["changes"] if c["removed"]] == [ZONE]
    assert ZONE not in _bundle(diest)
    edit(diest / "ordinance.toml", "[[accepted]]", f"{target}[[accepted]]")
    _build(diest, INSIDE)
    assert _bundle(diest)[ZONE] == zone
    edit(diest / "ordinance.toml", target, "")
    _build(diest, INSIDE)
    for written_down in diest.rglob("numbers.json"):
        written_down.unlink()  # the bundle itself knows what it gave before
    edit(diest / "ordinance.toml", "[[accepted]]", f"{target}[[accepted]]")
    _build(diest, BEFORE)
    assert _serial(_bundle(diest)) > known


def test_without_a_target_every_demand_is_a_gap(diest: Path) -> None:
    """Nobody configured anything that could carry it out: each is said, with the id `no-target`."""
    with_target = _build(diest, INSIDE)
    settings = (diest / "ordinance.toml").read_text("utf-8")
    target = settings[settings.index("[[targets]]") : settings.index("[[accepted]]")]
    edit(diest / "ordinance.toml", target, "")
    planned = json.loads(run("plan", diest, "--as-of", INSIDE, "--json").out)
    keys = ("restriction", "duty", "app", "surface")
    demands = {tuple(d[k] for k in keys) for d in with_target["demands"]}
    assert len(demands) > 10
    assert {tuple(g[k] for k in keys) for g in planned["gaps"] if g["id"] == "no-target"} == demands


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    """Not even the folder of the state; with a bundle there, it says what would change and leaves it."""
    folder = body("ghent", tmp_path)
    before = tree(tmp_path)
    assert run("plan", folder, "--as-of", "2023-04-10").code == 0
    assert tree(tmp_path) == before and not (folder / ".ordinance").exists()
    _build(folder, "2023-04-10")
    built = tree(tmp_path)
    again = json.loads(run("plan", folder, "--as-of", "2023-09-20", "--json").out)
    assert sum(len(c["removed"]) for c in again["changes"]) > 300
    assert tree(tmp_path) == built


def test_a_plan_compares_with_the_bundle_one_names(diest: Path, tmp_path: Path) -> None:
    """`--against` chooses the bundle; with none there, everything is an addition."""
    _build(diest, INSIDE, "--out", tmp_path / "bundle")
    same = json.loads(run("plan", diest, "--as-of", INSIDE, "--json", "--against", tmp_path / "bundle").out)
    new = json.loads(run("plan", diest, "--as-of", INSIDE, "--json").out)
    assert not any(c["added"] or c["removed"] for c in same["changes"])
    assert sum(len(c["added"]) for c in new["changes"]) > 100


@pytest.mark.parametrize("there", ["notes.txt", "manifest.json", "sub/thing"])
def test_a_foreign_folder_is_not_replaced(there: str, diest: Path, tmp_path: Path) -> None:
    """A folder with something in it that is no bundle, even with a manifest of something else, stays as it is."""
    out = tmp_path / "out"
    (out / there).parent.mkdir(parents=True)
    (out / there).write_text('{"manifest_version": 3}')
    before = tree(tmp_path)
    done = run("build", diest, "--as-of", INSIDE, "--out", out)
    assert (done.code, done.out) == (3, "")
    assert "[bad-manifest]" in done.err if there == "manifest.json" else "[not-a-bundle]" in done.err
    assert tree(tmp_path) == before


def test_a_file_is_not_replaced_by_a_folder(diest: Path, tmp_path: Path) -> None:
    """`--out` names a file of the user's: refused, and nothing lies beside it."""
    (tmp_path / "out").write_text("mine")
    before = tree(tmp_path)
    done = run("build", diest, "--as-of", INSIDE, "--out", tmp_path / "out")
    assert (done.code, done.out) == (3, "") and "[not-a-bundle]" in done.err
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "damage",
    [
        "", "[]", "{", '{"artefacts": [], "serials": []}', '{"artefacts": [1], "serials": {}}',
        '{"artefacts": [], "serials": {"dns-rpz": "7"}}', '{"artefacts": [{"path": "a"}], "serials": {}}',
        '{"artefacts": [], "serials": {"dns-rpz": true}}', "\ud800",
    ],
)  # fmt: skip
def test_a_damaged_manifest_is_said_to_be_one(damage: str, diest: Path) -> None:
    """Exit 3 with its place: neither a fault of ours nor a bundle that begins to count from the start."""
    _build(diest, INSIDE)
    path = diest / ".ordinance" / "bundle" / "manifest.json"
    path.write_bytes(damage.encode(errors="surrogatepass"))
    before = _bundle(diest)
    for verb in ("plan", "build"):
        done = run(verb, diest, "--as-of", AFTER)
        assert (done.code, done.out) == (3, "") and "[bad-manifest]" in done.err
    assert _bundle(diest) == before


def test_a_target_that_fails_is_named_and_nothing_is_written(diest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a target does not expect is our fault, says which one it was, and leaves the last bundle whole."""
    _build(diest, BEFORE)
    before = _bundle(diest)

    real = DnsRpz.compile

    def fails(target: DnsRpz, plan: Plan, settings: dict[str, str], serial: int) -> Compiled:
        if plan.demands:
            raise ZeroDivisionError
        return real(target, plan, settings, serial)

    monkeypatch.setattr(DnsRpz, "compile", fails)
    failed = run("build", diest, "--as-of", INSIDE)
    assert (failed.code, "the target dns-rpz failed" in failed.err) == (70, True)
    assert _bundle(diest) == before
