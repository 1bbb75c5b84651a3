# SPDX-License-Identifier: EUPL-1.2
"""What is said of captions and of the text of a post, file by file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ordinance.model.captions import CaptionFault
from ordinance.model.errors import Severity
from ordinance.operations import airlock_lint
from ordinance.operations.airlock_lint import lint_files, text_issues
from ordinance.operations.airlock_platforms import chosen_platforms, platform_document, stale_issues

TIKTOK = chosen_platforms("tiktok")
SRT = "1\n00:00:01,000 --> 00:00:03,000\nTere\n"


def said(folder: Path, name: str, text: str, *, video_ms: int | None = None) -> list[tuple[str, int, str, Severity]]:
    """What is said of one file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    found = lint_files([path], TIKTOK, video_ms=video_ms, is_upright=True)
    return [(issue.file, issue.line, issue.id, issue.severity) for issue in found]


@pytest.mark.parametrize("name", ["a.srt", "A.SRT", "a.vtt"])
def test_captions_are_known_by_their_ending(tmp_path: Path, name: str) -> None:
    """Whatever its case; the remark stands at its line."""
    text = SRT.replace("00:00:03", "00:00:01")
    assert said(tmp_path, name, text) == [(name, 2, "caption-backwards", Severity.ERROR)]


def test_captions_that_are_well_say_nothing(tmp_path: Path) -> None:
    """An ordinary file has no remark."""
    assert said(tmp_path, "a.srt", SRT, video_ms=3_000) == []


def test_captions_are_held_to_the_video(tmp_path: Path) -> None:
    """A caption behind the last frame stops the file."""
    assert said(tmp_path, "a.srt", SRT, video_ms=2_999) == [("a.srt", 2, "caption-after-the-end", Severity.ERROR)]


def test_legibility_is_a_warning(tmp_path: Path) -> None:
    """What is hard to read is for who writes; it stops nothing."""
    text = SRT.replace("Tere", "a" * 29)
    assert said(tmp_path, "a.srt", text) == [("a.srt", 2, "caption-long-line", Severity.WARNING)]


def test_other_files_are_said(tmp_path: Path) -> None:
    """Nothing that was asked about is passed over."""
    assert said(tmp_path, "a.docx", "Tere") == [("a.docx", 0, "airlock-not-text", Severity.ERROR)]


def test_texts_are_measured_by_each_platform() -> None:
    """2,200 characters fit TikTok and 2,201 do not; the sources are named with what they say."""
    assert list(text_issues("post.txt", b"a" * 2_200, TIKTOK)) == []
    (issue,) = text_issues("post.txt", b"a" * 2_201, TIKTOK)
    assert (issue.id, issue.severity) == ("platform-outside", Severity.ERROR)
    assert issue.message == (
        "tiktok does not take text characters 2,201: emplifi says at most 2,200; repliz says at most 2,200"
    )


def test_a_disputed_number_is_a_warning() -> None:
    """Six hashtags: one source takes thirty, another five."""
    text = " ".join(f"#a{n}" for n in range(6)).encode()
    (issue,) = text_issues("post.txt", text, chosen_platforms("instagram-reels"))
    assert (issue.id, issue.severity) == ("platform-disputed", Severity.WARNING)
    assert "ayrshare-post says at most 30; ayrshare-post-es says at most 5" in issue.message


def test_a_text_that_is_stopped_is_not_measured() -> None:
    """What is left out of a text that cannot be used says nothing of its length."""
    found = list(text_issues("post.txt", ("a" * 3_000 + "\u200b").encode(), TIKTOK))
    assert [issue.id for issue in found] == ["post-unseen-character"]


def test_a_persons_number_is_a_warning() -> None:
    """Whether it may be told, a person says."""
    (issue,) = text_issues("post.txt", b"Tere\n+372 640 4141", TIKTOK)
    assert (issue.line, issue.id, issue.severity) == (2, "post-telephone", Severity.WARNING)


def test_no_message_repeats_the_text() -> None:
    """What somebody wrote stands in no message: those go to terminals and logs."""
    text = "anna@tallinn.example \n+372 640 4141 \nna\u200bme".encode()
    shown = " ".join(str(issue) for issue in text_issues("post.txt", text, TIKTOK))
    assert shown
    assert not any(word in shown for word in ("anna", "640", "na\u200bme"))


@pytest.mark.parametrize("fault", CaptionFault)
def test_each_fault_has_its_sentence(fault: CaptionFault) -> None:
    """None is without an id and a sentence in which every number has its place."""
    id_, message, _ = airlock_lint._CAPTION[fault]
    assert id_.startswith("caption-")
    assert "{" not in message.format(7)


def test_old_facts_are_said() -> None:
    """A platform's facts warn from the day on which they are older than half a year."""
    (tiktok,) = TIKTOK
    last = tiktok.checked_on + timedelta(days=180)
    assert stale_issues(TIKTOK, last) == ()
    (issue,) = stale_issues(TIKTOK, last + timedelta(days=1))
    assert (issue.file, issue.id, issue.severity) == ("tiktok", "platform-facts-old", Severity.WARNING)
    assert str(tiktok.checked_on) in issue.message


def test_a_platform_as_data() -> None:
    """Every source of every limit, in the order of belief, with its address and day."""
    (tiktok,) = TIKTOK
    document = platform_document(replace(tiktok, checked_on=date(2026, 1, 2)))
    assert document["checked_on"] == "2026-01-02"
    images = next(limit for limit in document["limits"] if limit["about"] == "image_kind")
    assert images["disputed"] is True
    assert [(b["cite"], b["among"]) for b in images["says"]] == [
        ("ayrshare", ["jpeg", "webp"]),
        ("repliz", ["jpeg", "webp"]),
        ("late", ["jpeg", "png", "webp"]),
    ]
    assert document["cites"]["late"]["url"].startswith("https://")
