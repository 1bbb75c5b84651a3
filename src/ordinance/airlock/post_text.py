# SPDX-License-Identifier: EUPL-1.2
"""The text of a post: read as a person sees it, measured, and written anew.

Reads: text in UTF-8. What nobody sees in it stops it. What looks like an address or a telephone number of a person is
said with its line, for who approves; whether it is one, and may be told, only a person knows.

Cannot know: how a platform counts characters. Here each is one, as Python counts them after composition (NFC).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ordinance.airlock._plain import plain, unseen

MOST_BYTES = 50_000
MOST_BLANK = 1  # empty lines in a row

_HASHTAG = re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w+")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_TELEPHONE = re.compile(r"(?<![\w#@./:-])\+?\d[\d ()/-]{6,18}\d(?!\w)")
_LEAST_DIGITS = 7


class TextFault(StrEnum):
    """What stops a text, or is for who approves it."""

    NOT_UTF8 = "not_utf8"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    UNSEEN_CHARACTER = "unseen_character"
    MAIL_ADDRESS = "mail_address"
    TELEPHONE = "telephone"

    @property
    def is_error(self) -> bool:
        """Whether the text cannot be used."""
        return self not in (TextFault.MAIL_ADDRESS, TextFault.TELEPHONE)


@dataclass(frozen=True, slots=True, order=True)
class TextRemark:
    """One fault at a line, from 1 (0: the whole text)."""

    line: int
    fault: TextFault


@dataclass(frozen=True, slots=True)
class PostText:
    """A text as it is written into the package, and what is to be said of it. Empty where a remark is an error."""

    text: str
    remarks: tuple[TextRemark, ...]

    @property
    def characters(self) -> int:
        """How many there are, ends of lines counted, the last one not."""
        return len(self.text)

    @property
    def hashtags(self) -> int:
        """How many words begin with `#` and have a letter."""
        return len(_HASHTAG.findall(self.text))

    @property
    def errors(self) -> tuple[TextRemark, ...]:
        """The remarks that stop it."""
        return tuple(remark for remark in self.remarks if remark.fault.is_error)


def read_post_text(raw: bytes) -> PostText:
    """A text from its bytes. Never raises."""
    if len(raw) > MOST_BYTES:
        return PostText("", (TextRemark(0, TextFault.TOO_LARGE),))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return PostText("", (TextRemark(raw[: error.start].count(b"\n") + 1, TextFault.NOT_UTF8),))
    lines = [plain(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    remarks = [TextRemark(n, TextFault.UNSEEN_CHARACTER) for n, line in enumerate(lines, 1) if unseen(line)]
    if not any(lines):
        remarks.append(TextRemark(0, TextFault.EMPTY))
    if remarks:
        return PostText("", tuple(remarks))
    for number, line in enumerate(lines, 1):
        remarks += [TextRemark(number, TextFault.MAIL_ADDRESS)] if _MAIL.search(line) else []
        remarks += [TextRemark(number, TextFault.TELEPHONE)] if _has_telephone(line) else []
    return PostText(_joined(lines), tuple(remarks))


def _has_telephone(line: str) -> bool:
    return any(sum(sign.isdigit() for sign in found) >= _LEAST_DIGITS for found in _TELEPHONE.findall(line))


def _joined(lines: list[str]) -> str:
    """The lines without empty ones at the ends, and with at most `MOST_BLANK` of them in a row."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-MOST_BLANK:] != [""] * MOST_BLANK):
            kept.append(line)
    return "\n".join(kept).strip("\n")
