# SPDX-License-Identifier: EUPL-1.2
"""What nobody sees in a line of text."""

from __future__ import annotations

import time

import pytest

from ordinance.airlock._plain import plain, unseen

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three emoji, joined to one


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Tallinna Linnavalitsus: õhtu, žanr, ülemöödunud",
        f"Tere! {FAMILY} \u2764\ufe0f 1\ufe0f\u20e3",
        "\u0645\u0631\u062d\u0628\u0627",  # Arabic: a direction of its own needs no mark
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian needs the joiner inside words
        "10\u00a0000\u202f\u20ac",  # spaces that keep numbers together
        "e\u0301",
        "\U0001f441\ufe0f\u200d\U0001f5e8\ufe0f \u00a9\ufe0f \u2139\ufe0f \u203c\ufe0f \u2194\ufe0f \u303d\ufe0f",
        "\u0915\u094d\u200d\u0937",  # Devanagari
        "\u06f2\u06f0\u200c\u062f\u0631\u0635\u062f",  # a Persian number and its word
        "\U0001f468\u200d\u2695\ufe0f \u2764\ufe0f\u200d\U0001f525 \U0001f426\u200d\u2b1b \U0001f34b\u200d\U0001f7e9",
        "\U0001f3f3\ufe0f\u200d\u26a7\ufe0f \U0001f9d1\U0001f3fd\u200d\U0001f91d\u200d\U0001f9d1\U0001f3fb",
        "\U0001f642\u200d\u2194\ufe0f \u26f9\U0001f3fd\u200d\u2642\ufe0f",  # a head that shakes, a colour of skin
    ],
)
def test_what_people_write_is_seen(line: str) -> None:
    """Letters of any script, joined emoji and spaces between digits stop nobody."""
    assert not unseen(line)


@pytest.mark.parametrize(
    "line",
    [
        "na\u200bme",  # a space of no width
        "a\u200db",  # a joiner between letters that need none
        "\u200d\u200d\U0001f467",
        "\u202ename",  # right to left
        "na\u00adme",  # a hyphen that is seen at the end of a line alone
        "na\ufeffme",
        "\x07",
        "a\tb\x00",
        "\U0001f3f4\U000e0067\U000e0062",  # tags behind a flag
        "\U0001f600\U000e0101",  # a selector of a variation that no emoji has
        "\u2764\ufe0f\ufe0f",  # the second choice of a style
        "x\ufe0f",
        "\ufe0f",
        "\u3164",  # a letter without ink
        "\ue000",  # a private sign
        "a\u2800b",  # Braille without a dot
        "\u043f\u0440\u0438\u200c\u0432\u0435\u0442",  # a joiner where Cyrillic letters need none
        "\u00f5\u200d\u00e4",  # or Latin ones beyond ASCII
        "\u2014\u200d\u2014",  # or dashes
        "\u2026\u200c\u201c",  # or what ends a sentence
        "\u20ac\u200c\u20ac",
        "\uff21\u200c\uff11",  # wide letters and digits
        "\U0001d400\u200d\U0001d400",  # letters of formulas, which posts use for bold ones
        "e\u0323\u0301\u200d\u0301",  # marks above a letter
        "\u043f\u0440\u0438\ufe0f\u0432\u0435\u0442",  # a style behind a letter
        "\u2116\u200d\u2116",  # a joiner between signs that are no emoji
        "\u2500\u200d\u2500",
        "\u25a0\u200d\u25a0",
        "\u2192\u200d\u2192",
        "\u00b0\u200d\u00a9",
        "\u221e\u200c\u221e",
        "\U0001f130\u200d\U0001f131",  # letters in squares
        "\U0001f467\u200c\U0001f467",  # the other joiner, which joins no emoji
        "\U0001f467\u200d\u0915",  # an emoji and a letter
        "\u0915\u200d\U0001f467",
    ],
)
def test_what_carries_a_message_unseen_is_told(line: str) -> None:
    """Each of these is used to hide names and numbers in text that looks like any other."""
    assert unseen(line)


def test_spaces_say_nothing() -> None:
    """Which of the spaces stood between two words, and how many, is no longer to be told."""
    assert plain("640\u00a04141\u202f\u20ac") == "640 4141 \u20ac"
    assert plain("\u2003Tere\u2009\u2009 tulemast\u3000!\t") == "Tere tulemast !"


def test_letters_are_composed() -> None:
    """One letter has one spelling."""
    assert plain("o\u0303htu") == "\u00f5htu"


def test_a_long_line_takes_no_long_time() -> None:
    """The time grows with the length of the line, and not with its square."""
    began = time.process_time()
    assert not unseen("\u2764\ufe0f" * 200_000)
    assert time.process_time() - began < 5
