# SPDX-License-Identifier: EUPL-1.2
"""What the checkers of all formats share: the first strange thing stops a check, and no read leaves its part.

Reads: nothing by itself. Cannot know: what comes behind the first strange thing; one is enough to refuse a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ordinance.model.transfer import Refusal

CUT: Final = "airlock-part-cut"  # it says that it is longer than what holds it
SIZE: Final = "airlock-part-size"  # it is longer or shorter than what it must hold
UNKNOWN: Final = "airlock-part-unknown"  # it is not on the list
ORDER: Final = "airlock-part-order"  # it is missing, stands twice or elsewhere
FIXED: Final = "airlock-field-not-fixed"  # a field that has one value has another
RANGE: Final = "airlock-field-out-of-range"  # a field has a value that no picture or sound of ours has
DISAGREE: Final = "airlock-parts-disagree"  # two parts say different things
LOOSE: Final = "airlock-bytes-unreferenced"  # bytes to which nothing points
CHECKSUM: Final = "airlock-checksum-wrong"
CODING: Final = "airlock-coding-strange"  # coded pictures or sound break the rules of their coding


class StrangeError(Exception):
    """The first thing in a file that the allow-list does not know; never leaves `ordinance.airlock.structure`."""

    def __init__(self, where: str, rule: str, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(where, rule, message)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file is by our own reading, to be compared with a second reader: pixels, seconds, tracks.

    `duration_s` is none for pictures; `channels` and `rate_hz` are zero without sound.
    """

    width: int
    height: int
    duration_s: Fraction | None = None
    frames: int = 1
    tracks: int = 0
    channels: int = 0
    rate_hz: int = 0


def want(holds: bool, where: str, rule: str, message: str) -> None:
    """Stop with a refusal when a rule does not hold."""
    if not holds:
        raise StrangeError(where, rule, message)


def shown(name: bytes) -> str:
    """The name of a box, chunk or segment as it may be printed: letters, digits and space, all else as `?`."""
    return "".join(chr(b) if chr(b).isascii() and (chr(b).isalnum() or b == 0x20) else "?" for b in name)


class Fields:
    """The fields of one part, taken one after the other; nothing is read beyond it, and `end` wants nothing left."""

    def __init__(self, data: memoryview, where: str) -> None:
        self.data = data
        self.where = where
        self.at = 0

    @property
    def left(self) -> int:
        """Bytes not taken yet."""
        return len(self.data) - self.at

    def take(self, size: int) -> memoryview:
        """The next `size` bytes; Strange where the part has fewer."""
        want(size <= self.left, self.where, CUT, "it ends before its last field")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, size: int) -> int:
        """The next `size` bytes as an unsigned number, highest byte first."""
        return int.from_bytes(self.take(size), "big")

    def fixed(self, value: bytes, what: str) -> None:
        """The next bytes, which have one value only."""
        want(self.take(len(value)) == value, self.where, FIXED, f"{what} is not what it always is")

    def zeros(self, size: int, what: str) -> None:
        """The next bytes, which are zero."""
        self.fixed(bytes(size), what)

    def ranged(self, size: int, lowest: int, highest: int, what: str) -> int:
        """The next number, both bounds included."""
        value = self.number(size)
        want(lowest <= value <= highest, self.where, RANGE, f"{what} is outside of what ours have")
        return value

    def end(self) -> None:
        """Nothing is left."""
        want(self.left == 0, self.where, SIZE, "bytes follow its last field")
