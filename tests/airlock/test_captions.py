# SPDX-License-Identifier: EUPL-1.2
"""Captions: read strictly, judged by measures of legibility, and written without anything beside text and times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.airlock.captions import MOST_BYTES, as_srt, as_vtt, judge_captions, read_captions
from ordinance.model.captions import CaptionFault, CaptionRemark, Cue

SRT = """1
00:00:01,000 --> 00:00:03,500
Tule Raekoja platsile
laupäeval kell kuus

2
00:00:03,500 --> 00:00:06,000
Tasuta & kõigile
"""
CUES = (
    Cue(2, 1_000, 3_500, ("Tule Raekoja platsile", "laupäeval kell kuus")),
    Cue(7, 3_500, 6_000, ("Tasuta & kõigile",)),
)
VTT = """WEBVTT

00:00:01.000 --> 00:00:03.500
Tule Raekoja platsile
laupäeval kell kuus

00:00:03.500 --> 00:00:06.000
Tasuta &amp; kõigile
"""


def faults(text: str | bytes, video_ms: int | None = None, *, is_upright: bool = False) -> list[tuple[int, str]]:
    """Line and fault of everything that is said of a file."""
    found = read_captions(text.encode() if isinstance(text, str) else text)
    return [(remark.line, str(remark.fault)) for remark in judge_captions(found, video_ms, is_upright=is_upright)]


def srt(*cues: str) -> str:
    """Cues as SubRip, of `times|text` each."""
    parts = [f"{n}\n{cue.replace('|', chr(10))}\n" for n, cue in enumerate(cues, 1)]
    return "\n".join(parts)


@pytest.mark.parametrize("text", [SRT, SRT.replace("\n", "\r\n"), SRT.replace("\n", "\r"), "\ufeff" + SRT, SRT.strip()])
def test_subrip_is_read(text: str) -> None:
    """Numbers, times with a comma, text; whatever the ends of lines and the mark at the beginning."""
    found = read_captions(text.encode())
    assert (found.cues, found.remarks) == (CUES, ())


def test_webvtt_is_read() -> None:
    """Times with a point, no numbers, letters escaped as in HTML."""
    found = read_captions(VTT.encode())
    assert [(c.start_ms, c.end_ms, c.lines) for c in found.cues] == [(c.start_ms, c.end_ms, c.lines) for c in CUES]
    assert found.remarks == ()


def test_both_are_written_anew() -> None:
    """One from the other, to the byte."""
    assert as_srt(CUES) == SRT.encode()
    assert as_vtt(CUES) == VTT.encode()


def test_what_stands_beside_the_text_is_not_written_again() -> None:
    """Notes, styles, regions, headers, names of cues, places, speakers and markup: said with their lines, then gone."""
    text = """WEBVTT - made by Anna
Kind: captions; Editor: Anna

NOTE cut by Anna on her own laptop
second line

STYLE
::cue { color: Anna }

REGION
id:anna

anna-1
00:01.000 --> 00:03.000 position:10% anna:1
<v Anna>Tere</v> <i>hommikust</i>

00:04.000 --> 00:06.000
{\\an8}Head aega
"""
    found = read_captions(text.encode())
    removed = [(remark.line, remark.found) for remark in found.remarks if remark.fault is CaptionFault.REMOVED]
    assert removed == [(1, 2), (4, 2), (7, 2), (10, 2), (13, 1), (14, 1), (15, 4), (18, 1)]
    assert found.errors == ()
    for written in (as_srt(found.cues), as_vtt(found.cues)):
        assert b"anna" not in written.lower()
    assert as_srt(found.cues) == srt(
        "00:00:01,000 --> 00:00:03,000|Tere hommikust", "00:00:04,000 --> 00:00:06,000|Head aega"
    ).encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, "no_cues")]),
        ("WEBVTT\n", [(0, "no_cues")]),
        ("Tere\n", [(1, "not_a_cue")]),
        (SRT + "\nTere\n", [(10, "not_a_cue")]),
        (SRT.replace("\n\n2", "\n2"), [(6, "not_a_cue")]),  # the empty line between them is missing
        (SRT.replace("03,500 -->", "61,500 -->"), [(7, "bad_time")]),
        (SRT.replace("--> 00:00:06,000", "--> soon"), [(7, "bad_time")]),
        (SRT.replace("00:00:06,000", "00:00:03,500"), [(7, "backwards")]),
        ("1\n00:00:01,000 --> 00:00:03,000\n\n", [(2, "not_a_cue")]),
        ("1\n00:00:01,000 --> 00:00:03,000\n<i></i>\n", [(2, "not_a_cue"), (3, "removed")]),
        (SRT.replace("platsile", "plats\u200bile"), [(3, "unseen_character")]),
        (SRT.replace("Tule", "<<i>v Anna Berg>Tule"), [(3, "reads_as_markup"), (3, "removed")]),  # markup within markup
        (VTT.replace("Tule", "&lt;v Anna Berg&gt;Tule"), [(4, "reads_as_markup")]),  # which SubRip would have as markup
        (VTT.replace("Tule", "a &lt; b &gt; c"), [(4, "reads_as_markup")]),
        (VTT.replace("platsile\nlaup", "&lt;v Anna\nBerg&gt;laup"), [(4, "reads_as_markup")]),  # over two lines
        (SRT.replace("platsile\n", "<b\n").replace("\n\n2\n", "\n2\n"), [(6, "not_a_cue")]),  # no tag goes on there
    ],
)
def test_what_cannot_be_read_is_said_where_it_stands(text: str, expected: list[tuple[int, str]]) -> None:
    """Nothing is guessed: a cue that is not whole is left out, and stops the file."""
    assert faults(text) == expected
    assert any(CaptionFault(fault).is_error for _, fault in expected)


@pytest.mark.parametrize(("tag", "lines"), [("<v Anna\nBerg>", 2), ("<font\ncolor='anna'\n>", 3), ("{\\an\n8}", 2)])
def test_markup_over_several_lines_is_markup(tag: str, lines: int) -> None:
    """A player takes such a tag for one, and its letters are not written again; the lines count as they stand."""
    for form in (VTT, SRT):
        at = form[: form.index("laup")].count("\n") + 1
        found = read_captions(form.replace("laup", tag + "laup").replace("00:03,500 -->", "00:03,50 -->").encode())
        assert (found.remarks[0].line, found.remarks[0].fault) == (at, CaptionFault.REMOVED)
        assert found.cues[0].lines == CUES[0].lines
        if form is SRT:
            assert [r.line for r in found.errors] == [6 + lines]


def test_what_is_less_than_something_stays() -> None:
    """A sign between numbers is no tag that begins, on whatever line the other one stands."""
    found = read_captions(SRT.replace("platsile\nlaup", "3 < 5\n7 > 6 laup").encode())
    assert found.cues[0].lines == ("Tule Raekoja 3 < 5", "7 > 6 laupäeval kell kuus")


def test_other_encodings_are_told() -> None:
    """A file of an older program is refused with the line of the first letter that is no UTF-8."""
    assert faults(SRT.encode("latin-1")) == [(4, "not_utf8")]
    assert faults(SRT.encode("utf-16")) == [(1, "not_utf8")]


def test_a_file_that_is_too_large_is_not_read() -> None:
    """The limit itself is still read."""
    assert faults(b"a" * (MOST_BYTES + 1)) == [(0, "too_large")]
    assert faults(b"a" * MOST_BYTES) == [(1, "not_a_cue")]


@pytest.mark.parametrize(
    ("cue", "upright", "expected"),
    [
        ("00:00:01,000 --> 00:00:02,000|Tere", False, []),
        ("00:00:01,000 --> 00:00:01,999|Tere", False, [("too_short", 999)]),
        ("00:00:01,000 --> 00:00:08,000|Tere", False, []),
        ("00:00:01,000 --> 00:00:08,001|Tere", False, [("too_long", 7_001)]),
        ("00:00:01,000 --> 00:00:02,000|" + "a" * 17, False, []),
        ("00:00:01,000 --> 00:00:02,000|" + "a" * 18, False, [("too_fast", 18)]),
        ("00:00:01,000 --> 00:00:06,000|" + "a" * 42, False, []),
        ("00:00:01,000 --> 00:00:06,000|" + "a" * 43, False, [("long_line", 43)]),
        ("00:00:01,000 --> 00:00:06,000|" + "a" * 28, True, []),
        ("00:00:01,000 --> 00:00:06,000|" + "a" * 29, True, [("long_line", 29)]),
        ("00:00:01,000 --> 00:00:06,000|a|b", False, []),
        ("00:00:01,000 --> 00:00:06,000|a|b|c", False, [("too_many_lines", 3)]),
    ],
)
def test_measures_of_legibility(cue: str, upright: bool, expected: list[tuple[str, int]]) -> None:
    """Each limit is inclusive; these are for who writes captions and stop nothing."""
    found = judge_captions(read_captions(srt(cue).encode()), None, is_upright=upright)
    assert [(str(remark.fault), remark.found) for remark in found] == expected
    assert not any(remark.fault.is_error for remark in found)


def test_cues_follow_one_another() -> None:
    """One that begins before the last one ends is an overlap, also where the file is out of order."""
    assert faults(srt("00:00:01,000 --> 00:00:03,001|a", "00:00:03,000 --> 00:00:05,000|b")) == [(6, "overlap")]
    assert faults(srt("00:00:05,000 --> 00:00:07,000|a", "00:00:01,000 --> 00:00:03,000|b")) == [(6, "overlap")]
    assert faults(srt("00:00:01,000 --> 00:00:03,000|a", "00:00:03,000 --> 00:00:05,000|b")) == []


def test_cues_end_with_the_video() -> None:
    """A cue may end with the last frame, not after it; where the length is not known nothing is said."""
    cue = srt("00:00:01,000 --> 00:00:03,000|a")
    assert faults(cue, 3_000) == []
    assert judge_captions(read_captions(cue.encode()), 2_999, is_upright=False) == (
        CaptionRemark(2, CaptionFault.AFTER_THE_END, 1),
    )
    assert faults(cue, None) == []


LINES = st.text("aZ09-:.,#>", min_size=1, max_size=20)


@given(st.lists(st.tuples(st.integers(1, 9_000), st.integers(1, 9_000), st.lists(LINES, min_size=1, max_size=3))))
def test_what_is_written_is_read_again(parts: list[tuple[int, int, list[str]]]) -> None:
    """Both formats say what the cues say, whatever their times and words."""
    cues, at = [], 0
    for gap, shown, lines in parts:
        if any("-->" in line for line in lines):
            continue
        cues.append(Cue(0, at + gap, at + gap + shown, tuple(lines)))
        at += gap + shown
    for written in (as_srt(cues), as_vtt(cues)):
        found = read_captions(written)
        assert [(c.start_ms, c.end_ms, c.lines) for c in found.cues] == [(c.start_ms, c.end_ms, c.lines) for c in cues]
        assert found.errors == (() if cues else (CaptionRemark(0, CaptionFault.NO_CUES),))


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_bytes_break_the_reader(junk: bytes, at: int) -> None:
    """Whatever is spliced into a file, it is read or refused, and what is written again is whole."""
    found = read_captions(VTT.encode()[:at] + junk + VTT.encode()[at:])
    if not found.errors:
        assert read_captions(as_srt(found.cues)).errors == ()
