# SPDX-License-Identifier: EUPL-1.2
"""Captions: what is shown when, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines shown from `start_ms` to `end_ms`, without markup; `line` is where it stands in its file, from 1."""

    line: int
    start_ms: int
    end_ms: int
    lines: tuple[str, ...]


class CaptionFault(StrEnum):
    """What makes captions unusable, or hard to read."""

    NOT_UTF8 = "not_utf8"
    TOO_LARGE = "too_large"
    NO_CUES = "no_cues"
    NOT_A_CUE = "not_a_cue"
    READS_AS_MARKUP = "reads_as_markup"  # words in angle brackets, which a player would not show
    BAD_TIME = "bad_time"
    BACKWARDS = "backwards"  # ends before it begins
    OVERLAP = "overlap"  # begins before the one before it ends
    AFTER_THE_END = "after_the_end"  # of the video
    UNSEEN_CHARACTER = "unseen_character"  # control, bidirectional or of no width: nobody reads it, a program may
    TOO_MANY_LINES = "too_many_lines"
    LONG_LINE = "long_line"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_FAST = "too_fast"
    REMOVED = "removed"  # markup, notes, names of cues: not written again

    @property
    def is_error(self) -> bool:
        """Whether the captions cannot be used; the others are for who writes them."""
        return self in _ERRORS


_ERRORS = frozenset(
    {
        *(CaptionFault.NOT_UTF8, CaptionFault.TOO_LARGE, CaptionFault.NO_CUES, CaptionFault.NOT_A_CUE),
        *(CaptionFault.BAD_TIME, CaptionFault.BACKWARDS, CaptionFault.OVERLAP, CaptionFault.AFTER_THE_END),
        *(CaptionFault.UNSEEN_CHARACTER, CaptionFault.READS_AS_MARKUP),
    }
)


@dataclass(frozen=True, slots=True, order=True)
class CaptionRemark:
    """One fault at a line of the file, from 1 (0: the whole file), and the number that was found, if there is one."""

    line: int
    fault: CaptionFault
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Captions:
    """What a file of captions says, and everything that is to be said of it. Unusable where a remark is an error."""

    cues: tuple[Cue, ...]
    remarks: tuple[CaptionRemark, ...]

    @property
    def errors(self) -> tuple[CaptionRemark, ...]:
        """The remarks that stop it."""
        return tuple(remark for remark in self.remarks if remark.fault.is_error)
