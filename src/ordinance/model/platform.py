# SPDX-License-Identifier: EUPL-1.2
"""What a platform takes, as dated facts: who says so, on which day it was read, and who says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ordinance.model.apps import Citation, Confidence


class About(StrEnum):
    """What a limit is about; numbers are whole and their unit is the last word of the name."""

    VIDEO_CONTAINER = "video_container"
    VIDEO_CODEC = "video_codec"
    VIDEO_BYTES = "video_bytes"
    VIDEO_MS = "video_ms"
    VIDEO_FPS = "video_fps"
    VIDEO_WIDTH_PX = "video_width_px"
    VIDEO_HEIGHT_PX = "video_height_px"
    VIDEO_WIDTH_PERCENT = "video_width_percent"  # of the height, rounded up: 100 is square, 57 is 9:16
    VIDEO_EDIT_LISTS = "video_edit_lists"  # how many there are
    VIDEO_INDEX = "video_index"  # `first` or `last`: where `moov` stands
    AUDIO_CODEC = "audio_codec"
    AUDIO_HZ = "audio_hz"
    AUDIO_CHANNELS = "audio_channels"
    IMAGE_KIND = "image_kind"
    IMAGE_BYTES = "image_bytes"
    IMAGE_WIDTH_PX = "image_width_px"
    IMAGES = "images"  # in one post
    TEXT_CHARACTERS = "text_characters"
    TEXT_HASHTAGS = "text_hashtags"
    TITLE_CHARACTERS = "title_characters"


@dataclass(frozen=True, slots=True)
class Bound:
    """What one source says: at least, at most (both inclusive), or one of these words."""

    cite: str
    least: int | None = None
    most: int | None = None
    among: frozenset[str] | None = None

    def takes(self, value: int | str) -> bool:
        """Whether this source says that the value is taken."""
        if isinstance(value, str):
            return self.among is not None and value in self.among
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a platform: what the sources say, the one that is believed most first, and how sure we are."""

    about: About
    bounds: tuple[Bound, ...]
    confidence: Confidence
    note: str = ""

    @property
    def is_disputed(self) -> bool:
        """Whether the sources say different things."""
        return len({(b.least, b.most, b.among) for b in self.bounds}) > 1


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that who posts should know, in our words, and the source that says so."""

    cite: str
    says: str


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform's limits, all as they were on the day `checked_on`; `app` is its name in the catalogue."""

    id: str
    name: str
    app: str
    checked_on: date
    limits: tuple[Limit, ...]
    cites: Mapping[str, Citation]
    notes: tuple[Remark, ...] = ()


class Fit(StrEnum):
    """How a value stands to a limit."""

    FITS = "fits"  # every source takes it
    DISPUTED = "disputed"  # some sources take it
    OUTSIDE = "outside"  # none does
    NOT_KNOWN = "not_known"  # the file did not say, so that nobody could look


@dataclass(frozen=True, slots=True)
class Judged:
    """One limit of one platform against what a file is; `value` is `None` where the file did not say."""

    platform: str
    limit: Limit
    value: int | str | None
    fit: Fit
