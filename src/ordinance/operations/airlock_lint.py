# SPDX-License-Identifier: EUPL-1.2
"""`airlock lint`: what is wrong with captions and with the text of a post, before they go into a package.

Reads the files that are named, by their endings: `.srt` and `.vtt` are captions, `.txt` is the text. Cannot know
whether the words are what was spoken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ordinance.airlock.captions import judge_captions, read_captions
from ordinance.airlock.platforms import judge
from ordinance.airlock.post_text import TextFault, read_post_text
from ordinance.model.captions import CaptionFault
from ordinance.model.errors import Issue, Severity
from ordinance.model.platform import About, Fit, Judged, Platform

CAPTIONS, TEXT = (".srt", ".vtt"), ".txt"
MOST_BYTES = 1_000_000  # read of any file; each kind has its own limit below this

_CAPTION = {
    CaptionFault.NOT_UTF8: ("caption-not-utf8", "is not UTF-8", "save the captions as UTF-8"),
    CaptionFault.TOO_LARGE: ("caption-too-large", "the file has more bytes than any captions have", ""),
    CaptionFault.NO_CUES: ("caption-empty", "there is no caption in it", ""),
    CaptionFault.NOT_A_CUE: (
        "caption-not-one",
        "this is neither times nor text of a caption",
        "captions are times, one or two lines of text, and an empty line",
    ),
    CaptionFault.READS_AS_MARKUP: (
        "caption-reads-as-markup",
        "words between angle brackets are markup for a player of SubRip, and would not be shown",
        "say it without < and >",
    ),
    CaptionFault.BAD_TIME: ("caption-bad-time", "these are no times", "write 00:00:01,000 --> 00:00:03,500"),
    CaptionFault.BACKWARDS: ("caption-backwards", "the caption ends before it begins", ""),
    CaptionFault.OVERLAP: ("caption-overlap", "the caption begins {0:,} ms before the one before it ends", ""),
    CaptionFault.AFTER_THE_END: ("caption-after-the-end", "the caption ends {0:,} ms after the video", ""),
    CaptionFault.UNSEEN_CHARACTER: (
        "caption-unseen-character",
        "there is a character that nobody sees",
        "type the line again",
    ),
    CaptionFault.TOO_MANY_LINES: ("caption-lines", "the caption has {0} lines; two can be read", ""),
    CaptionFault.LONG_LINE: ("caption-long-line", "the longest line has {0} characters", ""),
    CaptionFault.TOO_SHORT: ("caption-too-short", "the caption is shown for {0:,} ms; a second is the least", ""),
    CaptionFault.TOO_LONG: ("caption-too-long", "the caption is shown for {0:,} ms; seven seconds are the most", ""),
    CaptionFault.TOO_FAST: ("caption-too-fast", "{0} characters a second; 17 can be read", ""),
    CaptionFault.REMOVED: ("caption-removed", "{0} part(s) beside the text are not written again", ""),
}
_TEXT = {
    TextFault.NOT_UTF8: ("post-not-utf8", "is not UTF-8", "save the text as UTF-8"),
    TextFault.TOO_LARGE: ("post-too-large", "the file is larger than the text of any post", ""),
    TextFault.EMPTY: ("post-empty", "there is no text in it", ""),
    TextFault.UNSEEN_CHARACTER: (
        "post-unseen-character",
        "there is a character that nobody sees",
        "type the line again",
    ),
    TextFault.MAIL_ADDRESS: ("post-mail-address", "this looks like an e-mail address", "may everybody have it?"),
    TextFault.TELEPHONE: ("post-telephone", "this looks like a telephone number", "may everybody have it?"),
}


def lint_files(
    paths: Iterable[Path], chosen: tuple[Platform, ...], *, video_ms: int | None, is_upright: bool
) -> tuple[Issue, ...]:
    """Everything that is wrong with the files, by file and line. Raises OSError for one that cannot be read."""
    found: list[Issue] = []
    for path in paths:
        ending = path.suffix.lower()
        if ending in CAPTIONS:
            found += caption_issues(path.name, _read(path), video_ms, is_upright=is_upright)
        elif ending == TEXT:
            found += text_issues(path.name, _read(path), chosen)
        else:
            message = "neither captions nor the text of a post"
            hint = "captions end in .srt or .vtt, the text of a post in .txt"
            found.append(Issue(path.name, 0, 0, "airlock-not-text", message, "", hint))
    return tuple(found)


def caption_issues(name: str, raw: bytes, video_ms: int | None, *, is_upright: bool) -> Iterator[Issue]:
    """What is wrong with a file of captions; errors stop it."""
    for remark in judge_captions(read_captions(raw), video_ms, is_upright=is_upright):
        id_, message, hint = _CAPTION[remark.fault]
        severity = Severity.ERROR if remark.fault.is_error else Severity.WARNING
        yield Issue(name, remark.line, 0, id_, message.format(remark.found), "", hint, severity)


def text_issues(name: str, raw: bytes, chosen: tuple[Platform, ...]) -> Iterator[Issue]:
    """What is wrong with the text of a post, and whether each platform takes its length; errors stop it."""
    post = read_post_text(raw)
    for remark in post.remarks:
        id_, message, hint = _TEXT[remark.fault]
        severity = Severity.ERROR if remark.fault.is_error else Severity.WARNING
        yield Issue(name, remark.line, 0, id_, message, "", hint, severity)
    if post.errors:
        return
    facts: dict[About, int | str] = {About.TEXT_CHARACTERS: post.characters, About.TEXT_HASHTAGS: post.hashtags}
    yield from judged_issues(name, judge(chosen, facts, facts))


def judged_issues(name: str, judged: Iterable[Judged]) -> Iterator[Issue]:
    """What platforms do not take, or may not take, as issues: outside is an error, disputed a warning."""
    for one in judged:
        about = str(one.limit.about).replace("_", " ")
        if one.fit is Fit.OUTSIDE:
            message = f"{one.platform} does not take {about} {_shown(one.value)}: {_says(one)}"
            yield Issue(name, 0, 0, "platform-outside", message, "", one.limit.note)
        elif one.fit is Fit.DISPUTED:
            message = f"sources disagree whether {one.platform} takes {about} {_shown(one.value)}: {_says(one)}"
            yield Issue(name, 0, 0, "platform-disputed", message, "", one.limit.note, Severity.WARNING)
        elif one.fit is Fit.NOT_KNOWN:
            message = f"nobody could look whether {one.platform} takes its {about}"
            yield Issue(name, 0, 0, "platform-not-known", message, "", "", Severity.WARNING)


def _shown(value: int | str | None) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _says(judged: Judged) -> str:
    """What each source says, in short."""
    parts = []
    for bound in judged.limit.bounds:
        if bound.among is not None:
            said = " or ".join(sorted(bound.among))
        elif bound.least is not None and bound.most is not None:
            said = f"{bound.least:,} to {bound.most:,}"
        else:
            said = f"at least {bound.least:,}" if bound.least is not None else f"at most {bound.most:,}"
        parts.append(f"{bound.cite} says {said}")
    return "; ".join(parts)


def _read(path: Path) -> bytes:
    """The beginning of a file: more than any of the kinds may have."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES)
