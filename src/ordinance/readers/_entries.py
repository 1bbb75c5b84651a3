# SPDX-License-Identifier: EUPL-1.2
"""Inventories whose files are JSON documents: what every reader of them shares.

A reader gives `document`, which enters all records of one document; each takes the next of `numbers`, which count the
records of a file from 1. What is no document is one record, rejected.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import WatchList
from ordinance.model.time import Span
from ordinance.readers._base import Matchers
from ordinance.readers._documents import DocumentFile
from ordinance.readers._files import InputFile
from ordinance.readers._inventory import Inventory, Listing


class DocumentInventory(Inventory):
    """One reading of one source of JSON documents."""

    unit: ClassVar[str] = "entry"

    def __init__(self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span) -> None:
        super().__init__(settings, watch, matchers, window)
        self._as_given = (settings, watch, matchers, window)

    @abstractmethod
    def document(self, untrusted: Any, listing: Listing, numbers: Iterator[int]) -> None:
        """Enter the records of a document. It may be any value that JSON knows."""

    def end(self, listing: Listing) -> None:
        """All documents of a file were given: what could only be said at its end."""

    def fill(self, file: InputFile, listing: Listing) -> str:
        """All documents of a file."""
        numbers = count(1)
        documents = DocumentFile(file, lambda reason: self.refuse(listing, next(numbers), reason))
        for untrusted in documents.values():
            self.document(untrusted, listing, numbers)
        self.end(listing)
        return documents.sha256

    def count(self, file: InputFile) -> tuple[int, str]:
        """As many records as it has when it is read alone."""
        alone = type(self)(*self._as_given)
        sha256 = alone._take(file)
        return alone._ledger.account().records, sha256
