# SPDX-License-Identifier: EUPL-1.2
"""Kleene's strong three-valued logic: what scope evaluates to when facts are missing.

Source of the tables: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """True, false, or not known."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __invert__(self) -> Truth:
        return Truth(2 - self.value)

    def __and__(self, other: Truth) -> Truth:
        return Truth(min(self.value, other.value))

    def __or__(self, other: Truth) -> Truth:
        return Truth(max(self.value, other.value))

    @classmethod
    def of(cls, known: bool | None) -> Truth:
        """`None` is not known."""
        return cls.UNKNOWN if known is None else (cls.TRUE if known else cls.FALSE)


def all_of(values: Iterable[Truth]) -> Truth:
    """Conjunction; of nothing: true."""
    return min(values, key=lambda t: t.value, default=Truth.TRUE)


def any_of(values: Iterable[Truth]) -> Truth:
    """Disjunction; of nothing: false."""
    return max(values, key=lambda t: t.value, default=Truth.FALSE)
