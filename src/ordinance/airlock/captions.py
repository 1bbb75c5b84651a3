# SPDX-License-Identifier: EUPL-1.2
"""Captions in SubRip (.srt) and WebVTT (.vtt): read strictly, judged, and written anew.

Reads: text and times. What a file may carry beside them (notes, styles, regions, names of cues, markup, settings) is
counted and never written again: such places hold names of people and programs. A line that is neither is said, with its
number, and nothing is guessed.

Cannot know: whether the words are what was spoken, or whether anything that is heard is missing.

Sources: the W3C's WebVTT, sections 4 and 6; SubRip has no standard: number, times with a comma, text, an empty line.
The measures of legibility are those that broadcasters use in much the same way: two lines of 42 characters (28 in an
upright picture), one to seven seconds, 17 characters a second.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from ordinance.airlock._plain import plain, unseen
from ordinance.model.captions import CaptionFault, CaptionRemark, Captions, Cue

MOST_BYTES = 500_000
MOST_LINES = 2
MOST_CHARACTERS = 42
MOST_UPRIGHT = 28  # in a line, where the picture is taller than wide
LEAST_MS, MOST_MS = 1_000, 7_000
MOST_SPEED = 17  # characters a second

_TIME = r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMES = re.compile(rf"[ \t]*{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+(\S.*))?")
# Of both formats, and what old players took over from another one; over several lines a tag begins as tags do.
_MARKUP = re.compile(r"<[^<>\n]*>|<[/.A-Za-z][^<>]*>|\{\\[^{}]*\}")
_BLOCKS = ("NOTE", "STYLE", "REGION")


def read_captions(raw: bytes) -> Captions:
    """What a file says. Never raises: what cannot be read is a remark, and its cue is left out."""
    if len(raw) > MOST_BYTES:
        return Captions((), (CaptionRemark(0, CaptionFault.TOO_LARGE, len(raw)),))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Captions((), (CaptionRemark(raw[: error.start].count(b"\n") + 1, CaptionFault.NOT_UTF8),))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_vtt = lines[0] == "WEBVTT" or lines[0].startswith(("WEBVTT ", "WEBVTT\t"))
    cues: list[Cue] = []
    remarks: list[CaptionRemark] = []
    for block in _blocks(lines):
        cue, said = _header(block) if is_vtt and block[0][0] == 1 else _block(block, is_vtt=is_vtt)
        remarks += said
        cues += [cue] if cue else []
    if not cues and not remarks:
        remarks.append(CaptionRemark(0, CaptionFault.NO_CUES))
    return Captions(tuple(cues), tuple(sorted(remarks)))


def judge_captions(captions: Captions, video_ms: int | None, *, is_upright: bool) -> tuple[CaptionRemark, ...]:
    """Every remark of reading and of legibility, by line; `video_ms` is the video's length, where it is known."""
    found = list(captions.remarks)
    before: Cue | None = None
    for cue in captions.cues:
        found += [CaptionRemark(cue.line, fault, number) for fault, number in _faults(cue, is_upright=is_upright)]
        if before is not None and cue.start_ms < before.end_ms:
            found.append(CaptionRemark(cue.line, CaptionFault.OVERLAP, before.end_ms - cue.start_ms))
        if video_ms is not None and cue.end_ms > video_ms:
            found.append(CaptionRemark(cue.line, CaptionFault.AFTER_THE_END, cue.end_ms - video_ms))
        before = cue
    return tuple(sorted(found))


def as_srt(cues: Iterable[Cue]) -> bytes:
    """The cues as SubRip: numbers, times, text, and nothing else."""
    parts = [
        f"{number}\n{_time(cue.start_ms, ',')} --> {_time(cue.end_ms, ',')}\n" + "\n".join(cue.lines) + "\n"
        for number, cue in enumerate(cues, 1)
    ]
    return "\n".join(parts).encode()


def as_vtt(cues: Iterable[Cue]) -> bytes:
    """The cues as WebVTT: the header, times, text, and nothing else."""
    parts = ["WEBVTT\n"]
    for cue in cues:
        text = "\n".join(html.escape(line, quote=False) for line in cue.lines)
        parts.append(f"{_time(cue.start_ms, '.')} --> {_time(cue.end_ms, '.')}\n{text}\n")
    return "\n".join(parts).encode()


def _blocks(lines: list[str]) -> Iterator[list[tuple[int, str]]]:
    """Runs of lines that are not empty, with their numbers from 1."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if line.strip(" \t"):
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _header(block: list[tuple[int, str]]) -> tuple[Cue | None, list[CaptionRemark]]:
    """The first block of WebVTT: what stands behind the word, or beneath it, is not written again."""
    extra = len(block) - 1 + (block[0][1].strip() != "WEBVTT")
    return None, [CaptionRemark(1, CaptionFault.REMOVED, extra)] if extra else []


class _CueError(Exception):
    """A cue that cannot be read, at a line of the file."""

    def __init__(self, line: int, fault: CaptionFault) -> None:
        self.remark = CaptionRemark(line, fault)
        super().__init__(fault)


def _block(block: list[tuple[int, str]], *, is_vtt: bool) -> tuple[Cue | None, list[CaptionRemark]]:
    """A cue, and what was removed from it or made it unreadable."""
    number, first = block[0]
    if is_vtt and first.split(maxsplit=1)[0] in _BLOCKS and "-->" not in first:
        return None, [CaptionRemark(number, CaptionFault.REMOVED, len(block))]
    removed: list[CaptionRemark] = []
    try:
        return _cue(block, removed, is_vtt=is_vtt), removed
    except _CueError as error:
        return None, [*removed, error.remark]


def _cue(block: list[tuple[int, str]], removed: list[CaptionRemark], *, is_vtt: bool) -> Cue:
    number, first = block[0]
    if "-->" not in first:  # a name of the cue, or its number
        if len(block) == 1 or "-->" not in block[1][1]:
            raise _CueError(number, CaptionFault.NOT_A_CUE)
        if not first.strip().isdecimal():
            removed.append(CaptionRemark(number, CaptionFault.REMOVED, 1))
        block = block[1:]
        number, first = block[0]
    times = _TIMES.fullmatch(first.rstrip())
    if times is None:
        raise _CueError(number, CaptionFault.BAD_TIME)
    if times[9]:
        removed.append(CaptionRemark(number, CaptionFault.REMOVED, 1))  # where on the picture it stands
    start, end = _ms(times.group(1, 2, 3, 4)), _ms(times.group(5, 6, 7, 8))
    if end <= start:
        raise _CueError(number, CaptionFault.BACKWARDS)
    lines = _texts(block[1:], removed, is_vtt=is_vtt)
    if not any(lines):
        raise _CueError(number, CaptionFault.NOT_A_CUE)
    return Cue(number, start, end, tuple(line for line in lines if line))


def _texts(block: list[tuple[int, str]], removed: list[CaptionRemark], *, is_vtt: bool) -> list[str]:
    """The lines of a cue as a person sees them; a tag may go over several."""
    for number, raw in block:
        if "-->" in raw:  # the empty line between two cues is missing, and no tag goes on there
            raise _CueError(number, CaptionFault.NOT_A_CUE)
    whole = "\n".join(raw for _, raw in block)
    marks = Counter(whole[: mark.start()].count("\n") for mark in _MARKUP.finditer(whole))
    removed += [CaptionRemark(block[at][0], CaptionFault.REMOVED, count) for at, count in marks.items()]
    without = _MARKUP.sub(lambda mark: "\n" * mark[0].count("\n"), whole).split("\n") if block else []
    lines = [plain(html.unescape(line) if is_vtt else line) for line in without]
    said = "\n".join(lines)
    if again := _MARKUP.search(said):  # `<<i>v Anna>`, or `&lt;v Anna&gt;`: SubRip would have it as markup once more
        raise _CueError(block[said[: again.start()].count("\n")][0], CaptionFault.READS_AS_MARKUP)
    for (number, _), line in zip(block, lines, strict=True):
        if "-->" in line:
            raise _CueError(number, CaptionFault.NOT_A_CUE)
        if unseen(line):
            raise _CueError(number, CaptionFault.UNSEEN_CHARACTER)
    return lines


def _ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _time(ms: int, point: str) -> str:
    seconds, thousandths = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{thousandths:03}"


def _faults(cue: Cue, *, is_upright: bool) -> Iterator[tuple[CaptionFault, int]]:
    """What makes one cue hard to read, with the number that was found."""
    most = MOST_UPRIGHT if is_upright else MOST_CHARACTERS
    shown_ms = cue.end_ms - cue.start_ms
    letters = sum(map(_length, cue.lines))
    if len(cue.lines) > MOST_LINES:
        yield CaptionFault.TOO_MANY_LINES, len(cue.lines)
    if (longest := max(map(_length, cue.lines))) > most:
        yield CaptionFault.LONG_LINE, longest
    if shown_ms < LEAST_MS:
        yield CaptionFault.TOO_SHORT, shown_ms
    if shown_ms > MOST_MS:
        yield CaptionFault.TOO_LONG, shown_ms
    if letters * 1000 > MOST_SPEED * shown_ms:
        yield CaptionFault.TOO_FAST, -(-letters * 1000 // shown_ms)


def _length(line: str) -> int:
    """Characters as a reader counts them: marks above and below letters are none of their own."""
    return sum(not unicodedata.combining(sign) for sign in line)
