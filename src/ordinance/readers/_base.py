# SPDX-License-Identifier: EUPL-1.2
"""What every reader is: a record it declares, the kind of evidence it gives, and one method."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import EvidenceKind, Reading, WatchList
from ordinance.model.time import Span


@dataclass(frozen=True, slots=True)
class Matchers:
    """The catalogue, compiled for reading. Whether a hit may be kept is the watch list's to say."""

    names: NameMatcher
    software: SoftwareMatcher


class Reader(Protocol):
    """One kind of source. `unit` is what a record is; every record of a file is accounted for once."""

    id: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str]
    evidence: ClassVar[EvidenceKind]

    def read(
        self,
        settings: SourceSettings,
        root: Path,
        watch: WatchList,
        matchers: Matchers,
        window: Span | None = None,
    ) -> Reading:
        """Everything the files of `settings` under `root` say about the watch list within `window`.

        Never raises for what a file holds or for a file that is missing: those are rejects, or a
        reading without files. Raises SourceError where the settings themselves cannot be used.
        All instants in the reading are in UTC; `days` are days of `settings.zone`.
        """
        ...
