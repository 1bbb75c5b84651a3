# SPDX-License-Identifier: EUPL-1.2
"""What can go wrong, sorted by what the caller does about it.

::

    OrdinanceError
    ├── PolicyError     fix the body's files        exit 3
    ├── SourceError     fix the log or inventory    exit 3
    ├── TargetError     should have been a gap      exit 70
    ├── ConsumerError   a real program refused us   exit 5
    └── TransferError   stop, quarantine            exit 3

Everything expected and plural is data instead: `Issue`, `Gap`, `Reject`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a file can be used with this issue in it (`warning`) or not (`error`)."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """One fault found in a file: where, what is wrong, what was expected, and a hint.

    `file` is relative to the body's folder, `line` and `column` count from 1 (0: the whole file).
    `id` is stable and documented in ``docs/reference/issues.md``.
    """

    file: str
    line: int
    column: int
    id: str
    message: str
    consequence: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        warned = "warning: " if self.severity is Severity.WARNING else ""
        text = f"{where}: {warned}{self.message}  [{self.id}]"
        if self.consequence:
            text += f"\n  {self.consequence}"
        if self.hint:
            text += f"\n\nhint: {self.hint}"
        return text


class OrdinanceError(Exception):
    """Base of the five; never raised itself."""


class _IssuesError(OrdinanceError):
    """An error that carries every issue found, not only the first."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(sorted(issues))
        super().__init__("\n\n".join(str(issue) for issue in self.issues))


class PolicyError(_IssuesError):
    """The body's own files cannot be used as they are."""


class SourceError(_IssuesError):
    """A log, lease file or inventory cannot be read at all."""


class TargetError(OrdinanceError):
    """A target met something that it should have returned as a gap."""


class ConsumerError(OrdinanceError):
    """A real program refused an artefact we made: our bug, exit 5."""


class TransferError(_IssuesError):
    """Something on its way to the separate device must stop here; `file` of each issue is the name that was given."""
