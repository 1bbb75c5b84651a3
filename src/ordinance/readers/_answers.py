# SPDX-License-Identifier: EUPL-1.2
"""Inventories that are answers of an interface: entries of several documents that belong together.

A reader says what an `Export` (a file while it is read) makes of each of its documents: entries. A device without apps
is one entry, and so is a document that cannot be read.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ordinance.model.body import SourceSettings
from ordinance.model.errors import Issue, SourceError
from ordinance.readers._columns import unknown_word
from ordinance.readers._entries import DocumentInventory
from ordinance.readers._inventory import App, Listing


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: an app on a device, a device alone, neither of them (structural), or why it cannot be read.

    `is_past`: it speaks of an app that is not on the device any more, and only shows that the device was there.
    """

    device: str = ""
    seen: int | None = None
    app: App | None = None
    reason: str = ""
    is_past: bool = False


class Export(Protocol):
    """A file while it is read."""

    def entries(self, document: Any) -> Iterator[Entry]:
        """What one document of the file says."""
        ...

    def close(self) -> None:
        """All documents were read: which devices are listed in part is known now."""
        ...


class AnswerInventory(DocumentInventory):
    """One reading of a source whose documents are answers that may belong together."""

    _open: tuple[Listing, Export] | None = None

    @abstractmethod
    def opened(self, listing: Listing) -> Export:
        """The file that a listing is filled from."""

    def document(self, untrusted: Any, listing: Listing, numbers: Iterator[int]) -> None:
        """The entries of an answer."""
        for entry in self._export(listing).entries(untrusted):
            self._enter(entry, next(numbers), listing)

    def end(self, listing: Listing) -> None:
        """All answers of a file were given."""
        self._export(listing).close()
        self._open = None

    def _export(self, listing: Listing) -> Export:
        if self._open is None or self._open[0] is not listing:
            self._open = listing, self.opened(listing)
        return self._open[1]

    def _enter(self, entry: Entry, number: int, listing: Listing) -> None:
        if entry.reason:
            self.refuse(listing, number, entry.reason, entry.device)
        elif not entry.device:
            self.structural()
        else:
            self.stands(listing, entry.device, entry.seen, number)
            if entry.is_past:
                listing.counts["dropped"] += 1
            else:
                self.app(listing, entry.device, entry.seen, number, entry.app or App())


def naming_key(settings: SourceSettings, keys: Sequence[str]) -> str:
    """The key of the maker's that bears a device's name: `columns = { device = "…" }`, else the first of `keys`.

    Raises SourceError (`unknown-preset`, `unknown-column`) where the settings name something else.
    """
    issues = []
    if settings.preset is not None:
        message = f"source {settings.id!r}: {settings.reader} has no preset {settings.preset!r}"
        hint = "leave `preset` out; `columns` may say which key names a device"
        issues.append(Issue("ordinance.toml", 0, 0, "unknown-preset", message, "the inventory cannot be read", hint))
    for column in sorted(set(settings.columns) - {"device"}):
        message = f"source {settings.id!r}: no column is called {column!r}"
        issues.append(unknown_word("unknown-column", message, ("device",)))
    key = settings.columns.get("device", keys[0])
    if key not in keys:
        message = f"source {settings.id!r}: devices cannot be named by {key!r}"
        issues.append(unknown_word("unknown-column", message, keys))
    if issues:
        raise SourceError(issues)
    return key
