# SPDX-License-Identifier: EUPL-1.2
"""Files are opened as safely where a system lacks flags and calls as where it has them."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from pathlib import Path
from typing import Any

import pytest

from ordinance.model import opening
from ordinance.model.opening import NoFileError, digest_of, open_to_read, read_at

SOURCES = Path(opening.__file__).parents[1]
LACKING = ("O_NONBLOCK", "O_CLOEXEC", "O_NOFOLLOW", "pread")  # as on Windows


class Without:
    """The module `os` of a system that lacks some of its names; `meanwhile` is done before a file is opened."""

    def __init__(self, *names: str, meanwhile: Any = None) -> None:
        self._names, self._meanwhile = names, meanwhile

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is."""
        if name in self._names:
            raise AttributeError(name)
        if name == "open" and self._meanwhile is not None:
            self._meanwhile()
        return getattr(os, name)


@pytest.fixture(params=["all", "none"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A system that has all of it, and one that has none."""
    if request.param == "none":
        monkeypatch.setattr(opening, "os", Without(*LACKING))
    return str(request.param)


def opened(path: Path, *, follow: bool = False) -> bytes:
    """What is read from its beginning."""
    handle = open_to_read(path, follow=follow)
    try:
        return read_at(handle, 100, 0)
    finally:
        os.close(handle)


@pytest.mark.usefixtures("system")
def test_a_file_is_read_and_a_link_only_where_it_may_be(tmp_path: Path) -> None:
    """A link in the place of a file is an error as the system has it, unless links are to be followed."""
    (tmp_path / "one").write_bytes(b"tere\r\n")
    (tmp_path / "link").symlink_to(tmp_path / "one")
    assert opened(tmp_path / "one") == b"tere\r\n"
    assert opened(tmp_path / "link", follow=True) == b"tere\r\n"
    with pytest.raises(OSError, match="link") as caught:
        opened(tmp_path / "link")
    assert caught.value.errno == errno.ELOOP
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "none")


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("follow", [False, True])
def test_what_is_no_file_holds_nobody_up(follow: bool, tmp_path: Path) -> None:
    """A pipe that nobody writes into, and a folder."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(NoFileError):
            opened(path, follow=follow)


def test_what_is_exchanged_while_it_is_opened_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the flag a link could take the file's place between a look and the opening."""
    (tmp_path / "one").write_bytes(b"one")
    (tmp_path / "other").write_bytes(b"other")

    def exchanged() -> None:
        if not (tmp_path / "one").is_symlink():
            (tmp_path / "one").unlink()
            (tmp_path / "one").symlink_to(tmp_path / "other")

    monkeypatch.setattr(opening, "os", Without(*LACKING, meanwhile=exchanged))
    with pytest.raises(NoFileError, match="another"):
        opened(tmp_path / "one")


@pytest.mark.usefixtures("system")
def test_reading_somewhere_leaves_the_place_alone(tmp_path: Path) -> None:
    """Others read on from where they stood; a digest is of the whole file all the same."""
    (tmp_path / "one").write_bytes(b"0123456789")
    handle = open_to_read(tmp_path / "one")
    try:
        assert os.read(handle, 3) == b"012"
        assert (read_at(handle, 4, 5), read_at(handle, 4, 8), read_at(handle, 4, 10)) == (b"5678", b"89", b"")
        assert digest_of(handle) == (hashlib.sha256(b"0123456789").hexdigest(), 10)
        assert os.read(handle, 3) == b"345"
    finally:
        os.close(handle)


def test_no_other_module_uses_what_a_system_may_lack() -> None:
    """One that did would end with an AttributeError there."""
    named = re.compile(r"\bos\.(?:" + "|".join(LACKING) + r")\b")
    found = [p.relative_to(SOURCES).as_posix() for p in SOURCES.rglob("*.py") if named.search(p.read_text("utf-8"))]
    assert found == ["model/opening.py"]
