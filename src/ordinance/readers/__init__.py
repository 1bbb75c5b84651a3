# SPDX-License-Identifier: EUPL-1.2
"""Sources of evidence: one module each, listed in `_installed.py`.

Reads nothing itself: the list is loaded when it is first asked for, and each reader when it is wanted, so that a
question about a text or a device, which needs only the estate's files, waits for no reader of logs. Cannot know
whether a name is there before the list is loaded; `__all__` says which are.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ordinance.readers._base import LeaseReader, Matchers, Reader
    from ordinance.readers._installed import (
        BUILTIN,
        GROUP,
        LEASES,
        available,
        available_leases,
        ids,
        lease_reader,
        reader,
    )

__all__ = [
    "BUILTIN",
    "GROUP",
    "LEASES",
    "LeaseReader",
    "Matchers",
    "Reader",
    "available",
    "available_leases",
    "ids",
    "lease_reader",
    "reader",
]

if not TYPE_CHECKING:  # else any misspelt name would be an object to whoever checks types

    def __getattr__(name: str) -> object:
        """A name of `__all__`, from the list. Raises AttributeError for any other."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module("ordinance.readers._installed"), name)
