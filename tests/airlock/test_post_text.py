# SPDX-License-Identifier: EUPL-1.2
"""The text of a post: what stops it, what is for who approves, and how it is measured."""

from __future__ import annotations

import pytest

from ordinance.airlock.post_text import MOST_BYTES, TextFault, TextRemark, read_post_text

MAIL, TELEPHONE = TextFault.MAIL_ADDRESS, TextFault.TELEPHONE


def test_a_text_is_written_as_a_person_sees_it() -> None:
    """A mark at the beginning, ends of lines of other systems, spaces at ends and runs of empty lines go."""
    raw = "\ufeff\r\nTule  Raekoja platsile \r\n\r\n\r\n\r\n#Tallinn\t#noored\r\n\r\n".encode()
    found = read_post_text(raw)
    assert found.text == "Tule Raekoja platsile\n\n#Tallinn #noored"
    assert (found.characters, found.hashtags, found.remarks) == (39, 2, ())


@pytest.mark.parametrize(
    ("raw", "remark"),
    [
        (b"", TextRemark(0, TextFault.EMPTY)),
        (b" \n\t\n", TextRemark(0, TextFault.EMPTY)),
        (b"Tere\n\xffname", TextRemark(2, TextFault.NOT_UTF8)),
        ("Tere\nna\u200bme".encode(), TextRemark(2, TextFault.UNSEEN_CHARACTER)),
        (b"a" * (MOST_BYTES + 1), TextRemark(0, TextFault.TOO_LARGE)),
    ],
)
def test_what_stops_a_text(raw: bytes, remark: TextRemark) -> None:
    """Each of these is an error, and leaves no text that could go on."""
    found = read_post_text(raw)
    assert (found.text, found.errors) == ("", (remark,))


def test_the_largest_text_is_taken() -> None:
    """The limit itself is still inside."""
    assert read_post_text(b"a" * MOST_BYTES).errors == ()


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("ask anna.tamm@tallinn.example", [MAIL]),
        ("call +372 640 4141", [TELEPHONE]),
        ("call 640-4141", [TELEPHONE]),
        ("anna@tallinn.example or (372) 6404141", [MAIL, TELEPHONE]),
        ("@tallinn.example", []),  # a handle
        ("24.11.2026 18:00", []),
        ("kell 18.00-20.00, 15 000 inimest", []),
        ("https://tallinn.example/uudised/20261124123", []),
    ],
)
def test_what_may_be_a_persons_is_said(line: str, faults: list[TextFault]) -> None:
    """Addresses and numbers are for who approves; dates, handles and links are not taken for them."""
    found = read_post_text(f"Tere\n{line}".encode())
    assert found.remarks == tuple(TextRemark(2, fault) for fault in faults)
    assert found.errors == ()
    assert found.text == f"Tere\n{line}"


def test_no_space_hides_a_number() -> None:
    """Spaces that keep digits together are spaces like any other."""
    found = read_post_text("call +372\u00a0640\u202f4141".encode())
    assert (found.text, found.remarks) == ("call +372 640 4141", (TextRemark(1, TELEPHONE),))


@pytest.mark.parametrize(
    ("text", "hashtags"),
    [("#Tallinn", 1), ("#1", 0), ("#2026aasta #a_b", 2), ("a#b ##c", 0), ("#õhtu,#öö", 2), ("# Tallinn", 0)],
)
def test_hashtags_are_counted(text: str, hashtags: int) -> None:
    """A word behind `#` with a letter in it; an address's fragment or a number is none."""
    assert read_post_text(text.encode()).hashtags == hashtags
