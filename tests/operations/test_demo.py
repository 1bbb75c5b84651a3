# SPDX-License-Identifier: EUPL-1.2
"""The demonstration: the same twice, and never over anything that is somebody's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.shell import run, tree
from ordinance.airlock import rebuild
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.package import Manifest, check_package
from ordinance.operations.demo import BODIES, MARK


def test_twice_gives_the_same(tmp_path: Path) -> None:
    """The second demonstration makes everything anew but the keys: the same table, the same pages, the same bundles."""
    out = tmp_path / "demo"
    first = run("demo", "--out", out, "--json")
    before = tree(out)
    second = run("demo", "--out", out, "--json")
    after = tree(out)
    assert (first.code, first.out) == (second.code, second.out)
    assert {f"{b}/.ordinance/keys/pseudonym.key" for b in BODIES} <= before.keys()
    assert before == after


def test_it_shows_every_body_and_where_their_pages_are(tmp_path: Path) -> None:
    """Each line has the sentence, the six counts and the path of a page that is there and names the body."""
    rows = json.loads(run("demo", "--out", tmp_path / "demo", "--json").out)
    codes = {"ghent": 1, "diest": 0, "tallinn": 1, "city-of-brussels": 1, "brussels-police-zone": 4, "tartu": 0}
    assert [(r["body"], r["exit_code"]) for r in rows] == list(codes.items())
    for row in rows:
        assert row["name"] in Path(row["report"]).read_text("utf-8")
        assert (sum(row["results"].values()) > 0) == (row["body"] != "tartu")  # advice alone gives no result
        assert row["sentence"]
    beside = {r["body"]: r["to_decide"] for r in rows if r["to_decide"]}
    assert beside == {
        "city-of-brussels": ["campaign market-films moves late"],
        "brussels-police-zone": ["case zone-account open", "campaign recruitment not known"],
        "tartu": [
            "channel review facebook decided: adopt",
            "channel review instagram decided: adopt",
            "channel review tiktok decided: wait until 2026-01-14",
        ],
    }
    words = run("demo", "--out", tmp_path / "demo").out
    assert all(r["sentence"] in words and r["report"] in words for r in rows)


@pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")
@pytest.mark.consumer("libimage-exiftool-perl")
def test_a_post_goes_through_the_airlock_to_one_device(tmp_path: Path) -> None:
    """The clean device gets the package, the contaminated one nothing, with its sentence; the receipts hold."""
    rows = json.loads(run("demo", "--out", tmp_path / "demo", "--json").out)
    assert [r["body"] for r in rows if r["airlock"]] == ["tallinn"]
    went, clean, red, log = next(r["airlock"] for r in rows if r["airlock"])
    assert went.endswith("prepared by p-001 and approved by p-002")
    assert clean.startswith("sd-001 gets it: Green")
    assert red.startswith("sd-002 gets nothing: Red: SD-02")
    assert log == "3 receipts, and they hold"
    assert run("airlock", "verify-log", tmp_path / "demo" / "tallinn").code == 0
    (package,) = (tmp_path / "demo" / "tallinn" / "stick").iterdir()
    assert isinstance(check_package(package), Manifest)
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert [line for line in (went, clean, red, log) if f"  airlock: {line}\n" not in readme] == []
    film = (tmp_path / "demo" / "tallinn" / "media" / "film.mp4").read_bytes()
    sent = b"".join(path.read_bytes() for path in package.iterdir())
    for said in (b"Somebody", b"Winter evening", b"loci"):
        assert said in film
        assert said not in sent


def test_without_the_extra_nothing_goes_out_and_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration needs nothing that is not installed: both devices are still said, and nothing is on a stick."""
    monkeypatch.setattr(rebuild, "find_spec", lambda _name: None)
    monkeypatch.setattr(rebuild, "apart", lambda *_, **__: pytest.fail("a process was started"))
    rows = json.loads(run("demo", "--out", tmp_path / "demo", "--json").out)
    nothing, clean, red = next(r["airlock"] for r in rows if r["airlock"])
    assert nothing == "nothing goes out here: rebuilding it needs the extra `media` (pip install 'ordinance[media]')"
    assert clean.startswith("sd-001: Green")
    assert red.startswith("sd-002: Red")
    assert not (tmp_path / "demo" / "tallinn" / "stick").exists()


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    """A folder with anything in it that no demonstration made stays as it is."""
    (tmp_path / "ghent").mkdir()
    (tmp_path / "ghent" / "thesis.txt").write_text("mine")
    before = tree(tmp_path)
    done = run("demo", "--out", tmp_path)
    assert (done.code, done.out) == (3, "")
    assert "[not-a-demo]" in done.err
    assert tree(tmp_path) == before


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    """The name of a file is no folder to write to."""
    (tmp_path / "demo").write_text("mine")
    assert run("demo", "--out", tmp_path / "demo").code == 3
    assert tree(tmp_path) == {"demo": b"mine"}


def test_the_table_of_the_readme_is_what_a_demonstration_prints(tmp_path: Path) -> None:
    """Every number of it, as it is printed today."""
    printed = run("demo", "--out", tmp_path / "demo").out.split("\n\n")[0]
    assert len(printed.splitlines()) == 1 + len(BODIES)
    assert printed in (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_an_interrupted_demonstration_can_be_repeated(tmp_path: Path) -> None:
    """Its mark is written first, so that whatever was half copied is known to be its own."""
    out = tmp_path / "demo"
    assert run("demo", "--out", out).code == 0
    (out / "ghent" / "ordinance.toml").unlink()
    (out / "notes.txt").write_text("mine")
    assert run("demo", "--out", out).code == 0
    assert (out / "ghent" / "ordinance.toml").is_file()
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / MARK).is_file()
