# SPDX-License-Identifier: EUPL-1.2
"""Files and folders are the old ones or the new ones, and nothing is written outside of them."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli.shell import tree
from ordinance.store.files import add_files, new_folder, recover, standing, write_file, write_folder


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_replaced_with_its_mode(tmp_path: Path) -> None:
    """Content and mode are as asked for, parents are made, nothing is left beside."""
    path = tmp_path / "a" / "b.txt"
    write_file(path, b"one")
    write_file(path, b"two", mode=0o600)
    assert (path.read_bytes(), _mode(path)) == (b"two", 0o600)
    assert [p.name for p in path.parent.iterdir()] == ["b.txt"]


def test_a_file_that_cannot_be_put_in_place_leaves_nothing(tmp_path: Path) -> None:
    """A folder stands in the way: the error comes through, and no half is left beside it."""
    (tmp_path / "taken" / "inside").mkdir(parents=True)
    with pytest.raises(OSError):  # which of its kinds depends on the system
        write_file(tmp_path / "taken", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """What the new one does not have is gone; nothing is left beside; the mode is the folder's."""
    folder = tmp_path / "bundle"
    write_folder(folder, {"a": b"1", "sub/b": b"2"})
    assert _mode(folder) == 0o755
    write_folder(folder, {"c/d": b"3"}, mode=0o700)
    assert tree(folder) == {"c/d": b"3"}
    assert _mode(folder) == 0o700
    assert [p.name for p in tmp_path.iterdir()] == ["bundle"]


@pytest.mark.parametrize("name", ["../escaped", "a/../../escaped", "/escaped"])
def test_a_name_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    """ValueError, the old folder stays, and nothing is written anywhere."""
    outside, folder = tmp_path / "outside", tmp_path / "outside" / "bundle"
    write_folder(folder, {"a": b"1"})
    with pytest.raises(ValueError, match="leads out"):
        write_folder(folder, {name: b"2", "a": b"2"})
    assert tree(tmp_path) == {"outside/bundle/a": b"1"}
    assert [p.name for p in outside.iterdir()] == ["bundle"]


def _cut_off(folder: Path) -> None:
    """As a run leaves it that was killed between its two renames."""
    folder.rename(folder.parent / f".ordinance-old-{folder.name}")
    (folder.parent / f".ordinance-aside-{folder.name}-abc_1234").mkdir()


def test_what_a_killed_run_moved_away_is_found_and_put_back(tmp_path: Path) -> None:
    """`standing` reads it where it lies and moves nothing; `recover` restores it and clears the rest."""
    folder = tmp_path / "bundle"
    write_folder(folder, {"a": b"1"})
    assert standing(folder) == folder
    _cut_off(folder)
    assert tree(standing(folder)) == {"a": b"1"}
    assert not folder.exists()
    recover(folder)
    assert tree(folder) == {"a": b"1"}
    assert [p.name for p in tmp_path.iterdir()] == ["bundle"]


def test_a_finished_replacement_wins(tmp_path: Path) -> None:
    """Killed after the second rename: the new folder stays, the old one is cleared."""
    folder = tmp_path / "bundle"
    write_folder(tmp_path / ".ordinance-old-bundle", {"a": b"old"})
    write_folder(folder, {"a": b"new"})
    recover(folder)
    assert tree(tmp_path) == {"bundle/a": b"new"}


def test_recovery_touches_only_its_own(tmp_path: Path) -> None:
    """`bundle-2` is being written beside `bundle`, and another has brackets in its name: both are left alone."""
    for other in ("bundle-2", "bundle[1]"):
        (tmp_path / f".ordinance-aside-{other}-abc_1234").mkdir()
    write_folder(tmp_path / "bundle", {"a": b"1"})
    assert {p.name for p in tmp_path.iterdir()} == {
        "bundle", ".ordinance-aside-bundle-2-abc_1234", ".ordinance-aside-bundle[1]-abc_1234",
    }  # fmt: skip


def test_a_name_with_a_pattern_in_it_is_cleared_too(tmp_path: Path) -> None:
    """A folder's name is a name, not a pattern."""
    folder = tmp_path / "b[1]*"
    write_folder(folder, {"a": b"1"})
    _cut_off(folder)
    recover(folder)
    assert tree(tmp_path) == {"b[1]*/a": b"1"}
    assert [p.name for p in tmp_path.iterdir()] == ["b[1]*"]


def test_a_link_where_the_old_folder_would_lie_is_no_folder_of_ours(tmp_path: Path) -> None:
    """It is taken away, and what it leads to is left alone."""
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / ".ordinance-old-out").symlink_to(other)
    write_folder(tmp_path / "out", {"a": b"1"})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other", "out"]


def test_a_full_disk_is_said_of_the_folder(tmp_path: Path) -> None:
    """The system names no file; a person needs to know where there is no room."""
    with pytest.raises(OSError, match="No space") as caught, new_folder(tmp_path / "out"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert caught.value.filename == str(tmp_path / "out")


def test_what_another_run_writes_is_not_cleared(tmp_path: Path) -> None:
    """It looks like what a killed run left, but somebody holds it."""
    folder = tmp_path / "out"
    with new_folder(folder) as aside:
        (aside / "first").write_bytes(b"1")
        code = "import sys, pathlib, ordinance.store.files as files; files.recover(pathlib.Path(sys.argv[1]))"
        subprocess.run([sys.executable, "-c", code, str(folder)], check=True, timeout=60)
        (aside / "second").write_bytes(b"2")
    assert sorted(p.name for p in folder.iterdir()) == ["first", "second"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_there_is_nothing_to_recover_where_nothing_is(tmp_path: Path) -> None:
    """No folder, not even its parent: nothing happens, nothing is made."""
    recover(tmp_path / "no" / "such")
    assert list(tmp_path.iterdir()) == []


# --- new files beside others ----------------------------------------------------------------------

NEW = {"z.toml": b"1", "a/b/c.yaml": b"2", "d.yaml": b"3"}


def test_new_files_come_beside_others(tmp_path: Path) -> None:
    """In a folder that is there or not; nothing is left aside."""
    for folder in (tmp_path / "new" / "er", tmp_path):
        add_files(folder, NEW, "z.toml")
        assert {n: (folder / n).read_bytes() for n in NEW} == NEW
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "d.yaml", "new", "z.toml"]


@pytest.mark.parametrize("there", ["z.toml", "a/b/c.yaml", "d.yaml"])
def test_a_file_that_is_there_takes_the_others_back(there: str, tmp_path: Path) -> None:
    """It keeps its content; no file and no folder of ours stays."""
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).write_bytes(b"mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileExistsError):
        add_files(tmp_path, NEW, "z.toml")
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / there).read_bytes() == b"mine"


def test_a_file_where_a_folder_must_be_takes_all_back(tmp_path: Path) -> None:
    """The system's own error comes out."""
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(OSError):
        add_files(tmp_path, NEW, "z.toml")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_no_new_file_leads_out_of_the_folder(tmp_path: Path) -> None:
    """Whatever its name."""
    with pytest.raises(ValueError, match="leads out"):
        add_files(tmp_path / "in", {"../out": b""}, "")
    assert list(tmp_path.iterdir()) == []
