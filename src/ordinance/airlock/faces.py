# SPDX-License-Identifier: EUPL-1.2
"""How many faces are seen in a picture or video that was made anew: an aid to who looks, never a verdict.

Reads one file of a package. Writes nothing: pixels are handed from one process with no way out to another in memory,
and what comes back is a number for each picture. Nothing that lets anything through or stops it asks here.

Cannot know how many people are to be seen, let alone who: a cascade misses faces and takes other things for faces.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ordinance.airlock._apart import THREADS, TOO_LONG, ApartError, Within, apart
from ordinance.model.opening import open_to_read
from ordinance.model.transfer import Medium

PICTURES = 24  # frames of a video that are looked at, at most
LIMITS = "a machine's count misses people and sees faces where there are none: look yourself"  # in manifests as it is
_SIDE = 1280  # pixels of the longer side: what is larger is made smaller first
_MOST_FACES = 10_000
_LONGEST_S = 120  # of each of the two processes
_WITHIN = Within(2_000_000_000, PICTURES * _SIDE * _SIDE, THREADS * _LONGEST_S, _LONGEST_S)
_NEEDS = ("cv2", "numpy", "av", "PIL")


class NotCounted(StrEnum):
    """Why there is no count of a file."""

    NOT_ASKED = "not_asked"
    NOT_INSTALLED = "not_installed"
    TIME_LIMIT = "time_limit"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Faces:
    """The most faces seen in one of so many frames; or `most` is `None`, which is not nought, and `why` says why."""

    most: int | None
    frames: int = 0
    why: NotCounted | None = None

    def __post_init__(self) -> None:
        if (self.most is None) != (self.why is not None) or (self.most is None) != (self.frames == 0):
            raise ValueError("a count is of frames, and no count has a reason")

    def document(self) -> dict[str, Any]:
        """As JSON: the most in one frame or `null`, how many frames were looked at, why not, and what a count is."""
        return {
            "faces": self.most,
            "faces_frames": self.frames,
            "faces_why": None if self.why is None else str(self.why),
            "faces_are": LIMITS,
        }


NOT_ASKED = Faces(None, why=NotCounted.NOT_ASKED)


def can_count() -> bool:
    """Whether what counting needs is there (the extra `faces`, and memory that a file can stand for)."""
    return hasattr(os, "memfd_create") and all(find_spec(needed) is not None for needed in _NEEDS)


def count_faces(path: Path, medium: Medium, within: Within = _WITHIN) -> Faces:
    """What is counted in a rebuilt file, or why nothing was. Never raises for what is in the file."""
    if not can_count():
        return Faces(None, why=NotCounted.NOT_INSTALLED)
    try:
        with _open(path) as given, _in_memory() as grey:
            request = {"medium": str(medium), "pictures": PICTURES, "side": _SIDE}
            sizes = _sizes(apart("ordinance.airlock._grey", request, (given, grey), within).get("sizes"))
            faces = apart("ordinance.airlock._faces", {"sizes": sizes}, (grey,), within).get("faces")
            return _believed(faces, len(sizes))
    except ApartError as error:
        return Faces(None, why=NotCounted.TIME_LIMIT if error.id == TOO_LONG else NotCounted.FAILED)
    except (OSError, ValueError):
        return Faces(None, why=NotCounted.FAILED)


def _sizes(said: object) -> list[list[int]]:
    """Widths and heights as numbers that can be. Raises ValueError for anything else."""
    if not isinstance(said, list) or not 1 <= len(said) <= PICTURES:
        raise ValueError("no sizes")
    for one in said:
        if not (isinstance(one, list) and len(one) == 2 and all(type(n) is int and 1 <= n <= _SIDE for n in one)):
            raise ValueError("no size")
    return said


def _believed(said: object, pictures: int) -> Faces:
    if not isinstance(said, list) or len(said) != pictures:
        raise ValueError("no counts")
    if not all(type(one) is int and 0 <= one <= _MOST_FACES for one in said):
        raise ValueError("no count")
    return Faces(max(said), pictures)


@contextmanager
def _open(path: Path) -> Iterator[int]:
    handle = open_to_read(path)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _in_memory() -> Iterator[int]:
    """A file that lies on no disk and has no name."""
    handle = os.memfd_create("grey")
    try:
        yield handle
    finally:
        os.close(handle)
