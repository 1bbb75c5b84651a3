# SPDX-License-Identifier: EUPL-1.2
"""What goes through the airlock: the kinds of media, and why something stops there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Medium(StrEnum):
    """A kind of file by its first bytes, whatever its name says."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    MP4 = "mp4"
    MOV = "mov"

    @property
    def is_video(self) -> bool:
        """Whether it has frames in time, and perhaps sound."""
        return self in (Medium.MP4, Medium.MOV)

    @property
    def rebuilt_as(self) -> Medium:
        """The kind that comes out when it is rebuilt: a MOV becomes an MP4, the others stay what they are."""
        return Medium.MP4 if self is Medium.MOV else self

    @property
    def ending(self) -> str:
        """The ending of a file name, without the dot."""
        return "jpg" if self is Medium.JPEG else str(self)


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """Why a file goes no further: the place in it (`moov/udta`, `segment 3 at byte 20`), a stable id, a sentence.

    Neither `where` nor `message` ever holds bytes or text of the file itself, but for names of boxes, chunks and
    segments in printable ASCII.
    """

    where: str
    id: str
    message: str
