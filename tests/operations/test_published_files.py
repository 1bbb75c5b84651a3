# SPDX-License-Identifier: EUPL-1.2
"""A file of one device is the device: what is published neither names it nor confirms a guess of what is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.shell import Ran, body, run
from ordinance.store.keys import Pseudonyms

from . import attacker

AT, COMPUTER = "2023-04-10", "GL-004"
SOURCE = """
[[sources]]
id = "glpi"
reader = "glpi-inventory"
files = ["glpi/*.json"]
platforms = ["windows"]
first = 2023-03-27
every = "P7D"
"""
BROWSER = {"from": "deb", "name": "Firefox", "publisher": "Mozilla"}
TIKTOK = {"from": "deb", "name": "TikTok", "publisher": "TikTok Pte. Ltd."}
BROKEN = {"from": "deb", "name": 7}


def inventory(device: str, *software: dict[str, Any]) -> bytes:
    """What an agent of GLPI leaves for one computer."""
    content = {
        "versionclient": "GLPI-Agent_v1.4",
        "hardware": {"name": device},
        "softwares": software,
        "accesslog": {"logdate": "2023-04-03 06:00:00"},
    }
    said = {"action": "inventory", "deviceid": f"{device}-2019-01-07-09-12-44", "itemtype": "Computer"}
    return json.dumps({**said, "content": content}).encode()


GUESSES = {"clean": inventory(COMPUTER, BROWSER), "guilty": inventory(COMPUTER, BROWSER, TIKTOK)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ghent with an inventory that has a file for each computer."""
    made = body("ghent", tmp_path)
    settings = made / "ordinance.toml"
    settings.write_text(settings.read_text("utf-8") + SOURCE, "utf-8")
    (made / "glpi").mkdir()
    (made / "glpi" / "GL-003.json").write_bytes(inventory("GL-003", BROWSER))
    return made


def check(folder: Path, content: bytes, *options: str | Path) -> tuple[dict[str, Any], Ran]:
    """The document of a check with this inventory of one computer, and what was said."""
    (folder / "glpi" / f"{COMPUTER}.json").write_bytes(content)
    done = run("check", folder, "--as-of", AT, "--json", *options)
    assert done.code in {1, 4}, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found, done


@pytest.mark.parametrize("truth", ["clean", "guilty"])
def test_a_digest_confirms_no_guess_of_what_is_on_one_device(truth: str, folder: Path) -> None:
    """Who knows a file but for one app tries both: the digests of rows say which, those of what is published do not."""
    exact, _ = check(folder, GUESSES[truth], "--individual")
    made, _ = check(folder, GUESSES[truth])
    assert attacker.by_digest(exact, GUESSES) == truth
    assert attacker.by_digest(made, GUESSES) is None
    (row,) = [i for i in made["run"]["inputs"] if i["source"] == "glpi"]
    assert list(row) == ["source", "digest"] and row["digest"].startswith("hmac-sha256:")


def test_the_same_files_have_the_same_digest_and_others_another(folder: Path) -> None:
    """Whoever runs a check twice sees whether it read the same, and of which source it did not."""
    first, again, other = (check(folder, GUESSES[g])[0]["run"] for g in ("clean", "clean", "guilty"))
    assert first == again and first["inputs"]
    changed = [a["source"] for a, b in zip(first["inputs"], other["inputs"], strict=True) if a != b]
    assert changed == ["glpi"]
    assert first["estate"] == other["estate"]


def test_no_file_is_named_in_what_is_published(folder: Path) -> None:
    """A record that cannot be read counts on page and terminal, with why; file and line stand in rows alone."""
    page = folder / "page.html"
    made, done = check(folder, inventory(COMPUTER, BROWSER, BROKEN), "--html", page)
    (account,) = [a for a in made["accounting"] if a["source"] == "glpi"]
    assert account["rejects"] == [{"file": None, "line": None, "reason": "bad-type"}]
    assert COMPUTER not in done.out + done.err + page.read_text("utf-8")
    assert "glpi: records cannot be read  [bad-type]" in done.err and "--individual says" in done.err
    exact, rows = check(folder, inventory(COMPUTER, BROWSER, BROKEN), "--individual")
    assert f"glpi/{COMPUTER}.json:2: a record cannot be read  [bad-type]" in rows.err
    (account,) = [a for a in exact["accounting"] if a["source"] == "glpi"]
    assert [(r["file"], r["line"]) for r in account["rejects"]] == [(f"glpi/{COMPUTER}.json", 2)]


def test_a_keyed_digest_tells_what_is_said_apart() -> None:
    """Another key, another order, another cut between two words: another digest; a device's name is none."""
    one = Pseudonyms(b"k" * 32)
    found = {one.digest("a", "b"), one.digest("b", "a"), one.digest("ab"), Pseudonyms(b"j" * 32).digest("a", "b")}
    assert len(found) == 4 and one.digest("a", "b") == Pseudonyms(b"k" * 32).digest("a", "b")
