# SPDX-License-Identifier: EUPL-1.2
"""Logs that are cut into files, each kept alone, and what is kept gone over in the place of the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading
from ordinance.model.kept import Terms
from ordinance.model.kept_file import KeptFile
from ordinance.model.time import Span
from ordinance.readers._again import Again
from ordinance.readers._files import matching
from ordinance.readers._known_log import NameLogReader
from ordinance.readers._stand_in import Keeping, Merging
from ordinance.store.kept_files import decode, encode

from . import again, picking, samples
from .again import WATCH, leases

READERS = {**picking.READERS, **again.READERS}
TERMS = Terms("as it is", "settings", again.APPS, "leases")


@dataclass
class Folder:
    """A folder with the logs of one program, and what is kept of some of its files."""

    reader: str
    folder: Path
    canary: str | None = None
    window: Span = field(default_factory=Span)
    own_leases: bool = False  # those in the log itself
    exact: str = TERMS.exact
    kept: dict[str, KeptFile] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)  # files that what is kept did not stand for

    @property
    def one(self) -> NameLogReader:
        """The reader."""
        return READERS[self.reader]

    @property
    def settings(self) -> SourceSettings:
        """Those of the source."""
        return SourceSettings("log", self.reader, ("log*",), samples.BRUSSELS, canary=self.canary, year=2023)

    def write(self, name: str, lines: Iterable[str], end: str = "\n") -> None:
        """A file of these lines."""
        (self.folder / name).write_bytes(("\n".join(lines) + end).encode(errors="surrogatepass"))

    def whole(self) -> Reading:
        """Everything that is there, read from its beginning."""
        held = None if self.own_leases else leases()
        found = self.one.read(self.settings, self.folder, WATCH, samples.MATCHERS, self.window, held)
        return self._again().without_names(found)

    def keep(self, name: str, links: Iterable[str] = ()) -> KeptFile:
        """Read one file alone; what is kept of it is written and read as the store does."""
        file = next(f for f in matching(self.folder, self.settings.files) if f.name == name)
        keeping = Keeping(file, self.exact, frozenset(links), window=self.window)
        held = leases() if self.one.goes_on else None
        kept = self.one.keep(self.settings, WATCH, samples.MATCHERS, keeping, self._known(), held)
        self.kept[name] = decode(encode(kept))
        return self.kept[name]

    def keep_all(self, names: Iterable[str]) -> None:
        """Read each file alone, then those again that earlier ones opened something for."""
        for name in names:
            self.keep(name)
        opened: set[str] = set()
        for file in self.one.run(self.settings, WATCH, samples.MATCHERS, Span(), None).in_order(
            matching(self.folder, self.settings.files)
        ):
            if opened:
                self.keep(file.name, opened)
            opened |= set(getattr(self.kept[file.name].said, "opened", ()))

    def merged(self) -> Reading:
        """What is kept in the place of files; where it does not stand for one, that is read."""
        self.refused = {}
        while True:
            merging = Merging(self.exact, self.kept, frozenset(self.refused), window=self.window)
            held = None if self.own_leases else leases()
            found = self.one.merge(
                self.settings, self.folder, WATCH, samples.MATCHERS, merging, self._known(), held
            )
            if not merging.found:
                return self._again().without_names(found)
            self.refused |= merging.found

    def _again(self) -> Again:
        return Again(TERMS, b"secret", window=self.window)

    def _known(self) -> Again | None:
        return self._again() if self.one.goes_on else None
