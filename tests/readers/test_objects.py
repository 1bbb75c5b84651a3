# SPDX-License-Identifier: EUPL-1.2
"""Log files at an address: listed, read and kept as files are, and never with what lets somebody in."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.shell import body, edit, run, tree
from ordinance.model.errors import SourceError
from ordinance.readers._objects import is_url, listed, object_at, would_list

AT = ("--as-of", "2023-04-10")


@pytest.fixture
def memory() -> Iterator[dict[str, bytes]]:
    """A store of objects in this process: path to content."""
    fsspec = pytest.importorskip("fsspec")
    store = fsspec.filesystem("memory").store
    store.clear()
    yield store
    store.clear()


def put(path: str, content: bytes) -> None:
    """An object in that store."""
    fsspec = pytest.importorskip("fsspec")
    fsspec.filesystem("memory").pipe_file(path, content)


def test_objects_are_listed_oldest_first(memory: dict[str, bytes]) -> None:
    """As files are, by their names; folders are none, and what no pattern matches neither."""
    for name in ("dns/log", "dns/log.1", "dns/log.2.gz", "dns/other/log", "web/log"):
        put(f"/{name}", b"text")
    found = listed(["memory://dns/log*"])
    assert [f.name for f in found] == ["memory://dns/log.2.gz", "memory://dns/log.1", "memory://dns/log"]
    with found[0].open() as stream:
        assert stream.read() == b"text"
    assert found[0].size == 4


@pytest.mark.parametrize("how", ["memory", "file"])
def test_a_check_of_what_was_read_elsewhere_is_one_of_the_files(
    tmp_path: Path, memory: dict[str, bytes], how: str
) -> None:
    """Findings, counts and hours are those of the same logs as files; only the names of the files differ."""
    folder, kept = body("ghent", tmp_path), tmp_path / "kept"
    whole = run("check", folder, *AT)
    logs = tmp_path / "store"
    (folder / "logs").rename(logs)
    for path in logs.glob("townhall-*"):
        put(f"/logs/{path.name}", path.read_bytes())
    place = "memory://logs" if how == "memory" else f"file://{logs.as_posix()}"
    edit(folder / "ordinance.toml", '"logs/', f'"{place}/')
    done = run("read", "--body", folder, "--out", kept, *AT)
    assert done.code == 0, done.err
    assert f"{place}/townhall-2023-03-29.log" in done.out
    again = run("read", "--body", folder, "--out", kept, *AT, f"{place}/townhall-2023-03-29.log")
    assert "  there" in again.out
    shutil.rmtree(logs)
    memory.clear()
    merged = run("check", folder, *AT, "--kept", kept)
    assert (merged.code, merged.out) == (whole.code, whole.out)
    assert run("check", folder, *AT).out != whole.out


@pytest.mark.parametrize("pattern", ["dns/*", "dns/log*", "**/log", "dns/**/log", "dns/**", "*/log", "*", "**"])
def test_what_would_be_listed_is_what_is_listed(memory: dict[str, bytes], pattern: str) -> None:
    """Of an object that is not there it is said as of one that is."""
    names = ("dns/log", "dns/log.1", "dns/.log", "dns/other/log", "dns/a/b/log", "web/log", "log")
    for name in names:
        put(f"/{name}", b"text")
    found = {file.name for file in listed([f"memory://{pattern}"])}
    assert {u for n in names if would_list(u := f"memory://{n}", ["dns/*", f"memory://{pattern}"])} == found


@pytest.mark.parametrize("url", ["s3://me:hidden@logs/a*", "https://logs.example/a*?X-Amz-Signature=hidden"])
def test_an_address_with_a_secret_is_refused(url: str) -> None:
    """Before anything is asked, and without saying it."""
    with pytest.raises(SourceError, match="url-with-secret") as found:
        listed([url])
    assert "hidden" not in str(found.value)


def test_what_cannot_be_reached_is_said(memory: dict[str, bytes], tmp_path: Path) -> None:
    """A protocol that nobody knows, and an object that is gone: no error of somebody else's comes out."""
    with pytest.raises(SourceError, match="no-fsspec"):
        listed(["nonsense://logs/*"])
    with pytest.raises(OSError, match="cannot be read: FileNotFoundError"):
        object_at("memory://logs/gone", 1).open()
    assert listed(["memory://logs/*"]) == ()
    assert tree(tmp_path) == {}


def test_without_fsspec_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """And files need none of it."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(SourceError, match=r"ordinance\[objects\]"):
        listed(["s3://logs/*"])
    assert listed([]) == ()
    assert not is_url("logs/*.log")
