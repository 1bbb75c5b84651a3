# SPDX-License-Identifier: EUPL-1.2
"""A strict reader of the master-file format (RFC 1035, section 5), independent of what writes it.

Reads bytes and follows the whole syntax: quotes, escapes, parentheses, comments, an owner left out,
`$ORIGIN`, `$TTL`. `$INCLUDE`, `$GENERATE` and anything it does not understand raise ValueError, so
that whatever a hostile name makes of a line shows as a record or as an error.
"""

from __future__ import annotations

from dataclasses import dataclass

CLASSES = {"IN", "CH", "HS"}
TYPES = {"SOA", "NS", "CNAME", "A", "AAAA", "TXT", "DNAME", "MX", "PTR", "HTTPS"}


@dataclass(frozen=True)
class Record:
    """One record; `owner` is absolute, lower case, without the last dot."""

    owner: str
    type: str
    data: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """The words of one entry; `indented` says that the owner was left out."""

    words: tuple[str, ...]
    indented: bool


def records(content: bytes) -> list[Record]:
    """Every record of the file."""
    origin, owner, found = "", "", []
    for line in lines(content.decode("ascii")):
        first, *rest = line.words
        if first == "$ORIGIN" and not line.indented:
            (origin,) = rest
            if not origin.endswith("."):
                raise ValueError(f"relative origin {origin!r}")
        elif first == "$TTL" and not line.indented:
            int(*rest)
        elif first.startswith("$"):
            raise ValueError(f"directive {first!r}")
        else:
            owner = owner if line.indented else absolute(first, origin)
            found.append(record(owner, list(line.words if line.indented else rest)))
    return found


def record(owner: str, words: list[str]) -> Record:
    """Optional class and time to live in either order, then type and data."""
    while words and (words[0].upper() in CLASSES or words[0].isdigit()):
        words.pop(0)
    if not words or words[0].upper() not in TYPES or len(words) < 2:
        raise ValueError(f"no record: {owner!r} {words!r}")
    if words[0].upper() in {"CNAME", "NS"} and len(words) != 2:
        raise ValueError(f"more than one name after {words[0]}: {words!r}")
    return Record(owner, words[0].upper(), tuple(words[1:]))


def absolute(name: str, origin: str) -> str:
    """The name with the origin behind it where it does not end with a dot; `@` is the origin."""
    if not origin:
        raise ValueError("a name before $ORIGIN")
    full = origin if name == "@" else name if name.endswith(".") else f"{name}.{origin}"
    return full.lower().removesuffix(".")


def lines(text: str) -> list[Line]:  # noqa: PLR0912  # one state machine, in one place, is easier to check
    """Entries: lines, joined where parentheses are open, without comments."""
    entries: list[Line] = []
    words: list[str] = []
    word, in_word, quoted, depth, indented, at_start = "", False, False, 0, False, True
    position = 0
    while position <= len(text):
        c = text[position] if position < len(text) else "\n"
        position += 1
        if quoted and c != '"':
            if c == "\n":
                raise ValueError("a quote left open")
            word += c
            continue
        if c == "\\":
            taken = 3 if text[position : position + 1].isdigit() else 1
            word, in_word = word + "\\" + text[position : position + taken], True
            position += taken
            continue
        if c == '"':
            quoted, in_word = not quoted, True
            continue
        if c not in " \t\r\n;()":
            if not c.isprintable():
                raise ValueError(f"character {ord(c)}")
            word, in_word, at_start = word + c, True, False
            continue
        if at_start and c in " \t":
            indented = True
        if in_word:
            words.append(word)
            word, in_word = "", False
        if c == ";":
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
            continue
        depth += {"(": 1, ")": -1}.get(c, 0)
        if depth < 0:
            raise ValueError("a parenthesis too many")
        if c == "\n" and not depth:
            if words:
                entries.append(Line(tuple(words), indented))
            words, indented, at_start = [], False, True
    if depth or quoted:
        raise ValueError("something left open at the end")
    return entries
