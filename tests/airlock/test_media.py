# SPDX-License-Identifier: EUPL-1.2
"""What a file is, by its first bytes, and whether its name agrees."""

from __future__ import annotations

import pytest

from ordinance.airlock.media import ENDINGS, HEAD, claimed, medium_of
from ordinance.model.transfer import Medium

BOX = b"\x00\x00\x00\x20"


@pytest.mark.parametrize(
    ("head", "medium"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", Medium.JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Medium.PNG),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", Medium.WEBP),
        (BOX + b"ftypisom\x00\x00\x02\x00isomiso2avc1mp41", Medium.MP4),
        (BOX + b"ftypmp42", Medium.MP4),
        (BOX + b"ftypqt  ", Medium.MOV),
        (BOX + b"moov", Medium.MOV),
        (b"\x00\x00\x00\x08wide", Medium.MOV),
    ],
)
def test_the_first_bytes_tell(head: bytes, medium: Medium) -> None:
    """Each of the five kinds is known by its own mark, QuickTime of before `ftyp` included."""
    assert medium_of(head) is medium


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff\xd8",
        b"\x89PNG\n\x1a\n",  # through a transfer that changed line ends
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"RIFF\x24\x00\x00\x00AVI LIST",
        BOX + b"ftypheic",
        BOX + b"ftypavif",
        BOX + b"ftypcrx ",  # a camera's raw picture
        b"GIF89a",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\x1aE\xdf\xa3",  # Matroska, WebM
        b"ftypisom",
        b" \xff\xd8\xff\xe0",
    ],
)
def test_every_other_kind_is_none(head: bytes) -> None:
    """HEIC, AVIF, raw pictures, WebM, sound, documents and rests of files are none of the five."""
    assert medium_of(head) is None


@pytest.mark.parametrize(("ending", "medium"), sorted(ENDINGS.items()))
def test_a_name_that_agrees_is_taken(ending: str, medium: Medium) -> None:
    """The endings that cameras and offices give, in capitals too."""
    assert claimed(f"draft.{ending.upper()}", medium) == ()


@pytest.mark.parametrize("name", ["picture", "picture.", ".jpeg", "picture.jpg.exe", "picture.png", "picture.jpg "])
def test_a_name_that_claims_something_else_is_refused(name: str) -> None:
    """Whoever opens the file along the way believes its name; the sentence never repeats it."""
    (refusal,) = claimed(name, Medium.JPEG)
    assert (refusal.where, refusal.id) == ("name", "airlock-wrong-ending")
    assert "picture" not in refusal.message


def test_the_head_is_long_enough() -> None:
    """No mark lies behind the bytes that callers read."""
    assert HEAD >= 12


def test_what_comes_out() -> None:
    """Each kind comes out as itself, but for MOV, and has its usual ending."""
    assert [(m, m.rebuilt_as, m.rebuilt_as.ending, m.is_video) for m in Medium] == [
        (Medium.JPEG, Medium.JPEG, "jpg", False),
        (Medium.PNG, Medium.PNG, "png", False),
        (Medium.WEBP, Medium.WEBP, "webp", False),
        (Medium.MP4, Medium.MP4, "mp4", True),
        (Medium.MOV, Medium.MP4, "mp4", True),
    ]
