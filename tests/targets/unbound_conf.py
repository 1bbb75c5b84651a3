# SPDX-License-Identifier: EUPL-1.2
"""A strict reader of Unbound's configuration (unbound.conf(5) of 1.17.1), independent of what writes it.

Reads bytes: words between blanks, quotes, comments. A word that ends with a colon is a key, and a key without a value
on its line opens a clause. Anything else raises ValueError, so that whatever a hostile text makes of a line shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

VALUES = {
    "module-config": 1, "local-zone": 2, "local-zone-override": 3, "name": 1, "zonefile": 1,
}  # fmt: skip
CLAUSES = {"server", "rpz"}
_WORD = re.compile(r'"([^"\n]*)"|#[^\n]*|([^\s"#]+)')


@dataclass(frozen=True)
class Option:
    """One option with its values, and the number of the clause it stands in, counted from one."""

    clause: str
    number: int
    key: str
    values: tuple[str, ...]


def options(content: bytes) -> list[Option]:
    """Every option of a file, in its order."""
    text = content.decode("ascii")
    if not re.fullmatch(r"[ -~\n]*", text):
        raise ValueError("a character that is neither printable nor the end of a line")
    clause, number, found = "", 0, []
    for line in text.split("\n"):
        words = _words(line)
        if not words:
            continue
        key, *values = words
        if not key.endswith(":"):
            raise ValueError(f"no key: {line!r}")
        if key[:-1] in CLAUSES and not values:
            clause, number = key[:-1], number + 1
        elif VALUES.get(key[:-1]) != len(values) or not clause:
            raise ValueError(f"no option: {line!r}")
        else:
            found.append(Option(clause, number, key[:-1], tuple(values)))
    return found


def _words(line: str) -> list[str]:
    words, position = [], 0
    while position < len(line):
        if line[position] == " ":
            position += 1
            continue
        match = _WORD.match(line, position)
        if match is None:
            raise ValueError(f"a quote left open: {line!r}")
        position = match.end()
        if not match[0].startswith("#"):
            words.append(match[0].strip('"'))
    return words
