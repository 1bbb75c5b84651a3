# SPDX-License-Identifier: EUPL-1.2
"""What our rebuilding makes is what both of our checkers take: of each format, in each of its forms."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from tests.airlock.pictures import drawn
from tests.airlock.videos import film

from ordinance.airlock import rebuild
from ordinance.airlock.second_reader import check_second
from ordinance.airlock.structure import Shape, shape_of
from ordinance.model.transfer import Medium


def saved(mode: str, kind: str, **options: Any) -> bytes:
    """A picture in a mode and a format."""
    into = io.BytesIO()
    drawn().convert(mode).resize((61, 47)).save(into, kind, **options)
    return into.getvalue()


PICTURES = {
    "jpeg": (saved("RGB", "JPEG", quality=95), Medium.JPEG),
    "jpeg-grey": (saved("L", "JPEG"), Medium.JPEG),
    "jpeg-progressive": (saved("RGB", "JPEG", progressive=True, quality=30), Medium.JPEG),
    "jpeg-print": (saved("CMYK", "JPEG"), Medium.JPEG),
    "png": (saved("RGB", "PNG"), Medium.PNG),
    "png-grey": (saved("L", "PNG"), Medium.PNG),
    "png-palette": (saved("P", "PNG"), Medium.PNG),
    "png-two-colours": (saved("1", "PNG"), Medium.PNG),
    "png-clear": (saved("RGBA", "PNG"), Medium.PNG),
    "png-grey-clear": (saved("LA", "PNG"), Medium.PNG),
    "webp": (saved("RGB", "WEBP"), Medium.WEBP),
    "webp-clear": (saved("RGBA", "WEBP"), Medium.WEBP),
    "webp-lossless": (saved("RGB", "WEBP", lossless=True), Medium.WEBP),
    "webp-lossless-clear": (saved("RGBA", "WEBP", lossless=True), Medium.WEBP),
}
FILMS: dict[str, tuple[dict[str, Any], Medium, bool]] = {
    "mp4": ({}, Medium.MP4, False),
    "mp4-mute": ({"sound": None}, Medium.MP4, False),
    "mp4-one-channel": ({"sound": 1, "rate": 30, "frames": 40}, Medium.MP4, False),
    "mp4-odd-size": ({"size": (170, 98)}, Medium.MP4, False),
    "mp4-copied": ({}, Medium.MP4, True),
    "mp4-copied-slices": ({"options": {"bf": "0", "profile": "main", "x264-params": "slices=3"}}, Medium.MP4, True),
    "mov": ({"kind": "mov"}, Medium.MOV, False),
}


def looked_at(data: bytes, medium: Medium, folder: Path, *, lossless: bool = False) -> tuple[rebuild.Rebuilt, Shape]:
    """A file rebuilt, with what both checkers find in it."""
    given, new = folder / "given", folder / "new"
    given.write_bytes(data)
    made = rebuild.rebuild(given, new, medium, rebuild.Limits(), rebuild.How(lossless=lossless))
    shape = shape_of(memoryview(new.read_bytes()), made.medium)
    assert isinstance(shape, Shape), shape
    assert check_second(new, made.medium) == ()
    return made, shape


@pytest.mark.consumer("libimage-exiftool-perl")
@pytest.mark.parametrize("name", PICTURES)
def test_both_take_a_rebuilt_picture(name: str, tmp_path: Path) -> None:
    """Nothing is strange to either, and both see the size that the rebuilding tells."""
    data, medium = PICTURES[name]
    made, shape = looked_at(data, medium, tmp_path)
    assert (shape.width, shape.height) == (made.width, made.height) == (61, 47)


@pytest.mark.consumer("libimage-exiftool-perl")
@pytest.mark.parametrize("name", FILMS)
def test_both_take_a_rebuilt_video(name: str, tmp_path: Path) -> None:
    """Nothing is strange to either, and size, frames and sound are those that the rebuilding tells."""
    options, medium, lossless = FILMS[name]
    made, shape = looked_at(film(**options), medium, tmp_path, lossless=lossless)
    assert (shape.width, shape.height, shape.frames) == (made.width, made.height, made.frames)
    assert (shape.channels > 0) is made.sound
