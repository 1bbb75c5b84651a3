# SPDX-License-Identifier: EUPL-1.2
"""Compiled code is loaded and run: the folder that it is kept in is nobody else's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ordinance.readers._compiled_folder import compiled_folder

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders have no owners here")

NAME = "kernels-1"


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """The folder of the modules."""
    folder = tmp_path / "readers"
    folder.mkdir(mode=0o755)
    return folder


def kept(modules: Path, user: int | None = None, cache: object = None) -> Path:
    """Where compiled code is kept; by default for who runs this."""
    environment = {"XDG_CACHE_HOME": str(cache if cache is not None else modules.parent / "cache")}
    return compiled_folder(modules, NAME, environment, os.geteuid() if user is None else user)


def shut(modules: Path) -> Path:
    """A file in the way of the folder beside the modules; the user's own cache."""
    (modules / "__pycache__").write_bytes(b"")
    return modules.parent / "cache"


def test_it_lies_beside_the_modules(modules: Path) -> None:
    """As what Python keeps of them does; also where nobody has an owner."""
    assert kept(modules) == modules / "__pycache__" / NAME
    assert compiled_folder(modules, NAME, {}, None) == modules / "__pycache__" / NAME


@pytest.mark.parametrize("place", ["__pycache__", f"__pycache__/{NAME}"])
def test_beside_the_modules_only_who_writes_these_may_write(modules: Path, place: str) -> None:
    """A folder that all may write is passed by for the user's own; one as open as the modules are is no worse."""
    folder = modules / "__pycache__" / NAME
    folder.mkdir(parents=True)
    (modules / place).chmod(0o777)
    assert kept(modules) == modules.parent / "cache" / "ordinance" / NAME
    modules.chmod(0o777)
    assert kept(modules) == folder


def test_a_link_beside_the_modules_is_not_followed(modules: Path) -> None:
    """Whoever could put it there leads elsewhere."""
    (modules / "__pycache__").mkdir()
    (modules / "elsewhere").mkdir()
    (modules / "__pycache__" / NAME).symlink_to(modules / "elsewhere")
    assert kept(modules) == modules.parent / "cache" / "ordinance" / NAME


def test_in_the_users_cache_it_is_the_users_alone(modules: Path) -> None:
    """Whatever the mask says."""
    cache = shut(modules)
    before = os.umask(0)
    try:
        cache.mkdir(mode=0o755)
        found = kept(modules)
    finally:
        os.umask(before)
    assert found == cache / "ordinance" / NAME
    assert {folder.stat().st_mode & 0o777 for folder in (found, found.parent)} == {0o700}


@pytest.mark.parametrize("place", [".", "ordinance", f"ordinance/{NAME}"])
def test_a_cache_that_others_may_write_is_not_used(modules: Path, place: str) -> None:
    """Nor one in which they may exchange the folder."""
    cache = shut(modules)
    kept(modules)
    (cache / place).chmod(0o777)
    with pytest.raises(PermissionError):
        kept(modules)


def test_a_cache_of_somebody_else_is_not_used(modules: Path) -> None:
    """A home that stayed another user's, as some ways to become root leave it, or one made ahead in a shared folder."""
    shut(modules)
    with pytest.raises(PermissionError):
        kept(modules, user=os.geteuid() + 1)


def test_a_cache_that_is_no_whole_path_is_passed_by(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would lie in whatever folder the command is called in; the XDG rules say to ignore it."""
    shut(modules)
    monkeypatch.setenv("HOME", str(modules.parent))
    assert kept(modules, cache="cache") == modules.parent / ".cache" / "ordinance" / NAME
