# SPDX-License-Identifier: EUPL-1.2
"""Where compiled code is kept: what lies there is loaded and run, so that nobody else may have put it there.

Reads: owners and modes of folders. Writes: the folder, if it is not there. Cannot know who may become its owner, nor
what an access list allows beyond the modes; where the system has neither owners nor modes, nothing is looked at.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def compiled_folder(here: Path, name: str, environment: Mapping[str, str], user: int | None) -> Path:
    """A folder of this name beside the modules in `here`, else in the cache of `user` (`None`: there are no users).

    Beside the modules, where whoever may write there may write the modules too. Raises OSError where neither can be
    written, or somebody else may write there.
    """
    beside = here / "__pycache__" / name
    try:
        beside.mkdir(parents=True, exist_ok=True)
        if os.access(beside, os.W_OK) and (user is None or _is_as_safe(beside, here, user)):
            return beside
    except OSError:
        pass
    stated = Path(environment.get("XDG_CACHE_HOME", ""))
    base = stated if stated.is_absolute() else Path.home() / ".cache"
    base.mkdir(parents=True, exist_ok=True)
    base = base.resolve()  # many have it on another disk
    own = base / "ordinance" / name
    for folder in (own.parent, own):
        folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None and not (_is_of(own, user, _OTHERS) and all(_is_of(f, user) for f in (own.parent, base))):
        raise PermissionError(f"somebody else may write into {own}")
    return own


def _is_as_safe(folder: Path, here: Path, user: int) -> bool:
    """Whether nobody may write into a folder, nor into the one around it, who may not write into `here`."""
    modules = here.lstat()
    found = [folder.lstat(), folder.parent.lstat()]
    others = _OTHERS & ~stat.S_IMODE(modules.st_mode)
    return all(
        stat.S_ISDIR(one.st_mode) and one.st_uid in {user, modules.st_uid} and not one.st_mode & others for one in found
    )


def _is_of(folder: Path, user: int, others: int = stat.S_IWOTH) -> bool:
    """Whether it is a folder, and no link to one, of this user's, into which none of these `others` may write."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & others
