# SPDX-License-Identifier: EUPL-1.2
"""Fields that are counted in bits, as parameter sets and slice headers have them.

Source: ITU-T H.264 7.2 (`u`, `f`) and 9.1 (`ue`, `se`).
"""

from __future__ import annotations

from ordinance.airlock.structure._strange import CUT, FIXED, RANGE, SIZE, StrangeError, want

_LONGEST = 32  # zeros before the first one of a number; more is none that there is


class Bits:
    """The bits of some bytes, taken one after the other; nothing is read beyond them."""

    def __init__(self, data: bytes, where: str) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8
        self.where = where

    def bits(self, count: int) -> int:
        """The next `count` bits as a number."""
        if count > self._left:
            raise StrangeError(self.where, CUT, "it ends before its last field")
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)

    def flag(self) -> bool:
        """The next bit."""
        return bool(self.bits(1))

    def fixed(self, count: int, value: int, what: str) -> None:
        """The next bits, which have one value only."""
        want(self.bits(count) == value, self.where, FIXED, f"{what} is not what it always is")

    def golomb(self) -> int:
        """A number in Exp-Golomb code."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
            want(zeros <= _LONGEST, self.where, RANGE, "a number in it is larger than any that there is")
        return (1 << zeros) - 1 + self.bits(zeros)

    def small(self, highest: int, what: str) -> int:
        """A number in Exp-Golomb code that is at most this."""
        value = self.golomb()
        want(value <= highest, self.where, RANGE, f"{what} is outside of what ours have")
        return value

    def end(self) -> None:
        """Nothing is left but the one that ends it and zeros up to a whole byte."""
        left = self._left
        want(1 <= left <= 8 and self.bits(left) == 1 << (left - 1), self.where, SIZE, "bits follow its last field")
