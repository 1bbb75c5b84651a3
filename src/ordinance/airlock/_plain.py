# SPDX-License-Identifier: EUPL-1.2
"""Text as a person sees it: what nobody sees can carry a message, or the name of who wrote it.

Cannot know: whether the choice of words, of signs that look alike, or of the order of lines says something; nor which
pairs of emoji are one picture when they are joined: a joiner between any two of them is let through.

Sources: the Unicode Character Database (general categories), UTS 51 (emoji: U+FE0E, U+FE0F and U+200D, and which of
them emoji-zwj-sequences.txt of version 16.0 joins), the Unicode
Standard 23.1 to 23.4 (joiners, variation selectors, tags).
"""

from __future__ import annotations

import re
import unicodedata

_JOINERS = frozenset("\u200c\u200d")
_STYLE = frozenset("\ufe0e\ufe0f")  # an emoji as text, or as a picture
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2800\u3164\uffa0\ufffc")  # by category others
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_EMOJI = frozenset("#*0123456789\u203c\u2049\u2139\u3030\u303d")  # have two styles, and are no symbols by category
# Emoji that are joined to others: these blocks (the last two squares of colour), and those of older ones.
_EMOJI_BLOCKS = ((0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x1F7E0, 0x1F7EB))
_OLDER_EMOJI = frozenset("\u2194\u2195\u2620\u2640\u2642\u2695\u2696\u26a7\u26d3\u26f9\u2708\u2764\u27a1\u2b1b")
_JOIN_NOTHING = (
    *("LATIN ", "GREEK ", "CYRILLIC ", "ARMENIAN ", "GEORGIAN ", "CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL "),
    *("COMBINING ", "FULLWIDTH ", "HALFWIDTH ", "MATHEMATICAL "),
)
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0d\U000e0100-\U000e01ef]")
_SPACES = re.compile("[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")  # also those that keep words together


def unseen(line: str) -> bool:
    """Whether a line has what nobody sees: controls, bidirectional marks, tags, letters of no width, selectors.

    Joiners in scripts that join letters and between emoji, and one choice of an emoji's style, are none.
    """
    return bool(_SELECTORS.search(line)) or any(_is_unseen(line, index, sign) for index, sign in enumerate(line))


def plain(line: str) -> str:
    """A line in composed letters (NFC), with one space where there were several or other ones, and none at its ends."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", line)).strip(" ")


def _is_unseen(line: str, index: int, sign: str) -> bool:
    before, after = line[max(index - 1, 0) : index], line[index + 1 : index + 2]
    if sign in _JOINERS:
        is_emoji = _is_emoji(before) or before == "\ufe0f", _is_emoji(after)
        return not all(is_emoji) if any(is_emoji) and sign == "\u200d" else not (_joins(before) and _joins(after))
    if sign in _STYLE:
        return not before or not (before in _EMOJI or unicodedata.category(before) in ("So", "Sm"))
    return sign in _UNSEEN or unicodedata.category(sign) in _CATEGORIES


def _is_emoji(sign: str) -> bool:
    return sign in _OLDER_EMOJI or any(first <= ord(sign) <= last for first, last in _EMOJI_BLOCKS) if sign else False


def _joins(sign: str) -> bool:
    if not sign or sign.isascii() or sign.isspace() or sign in _JOINERS:
        return False
    if sign in _STYLE or unicodedata.category(sign).startswith(("S", "P")):
        return False  # between a dash or quotation marks, signs and their like nothing joins
    return not unicodedata.name(sign, "").startswith(_JOIN_NOTHING)
