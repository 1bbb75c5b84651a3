# SPDX-License-Identifier: EUPL-1.2
"""How exactly a published check counts people's devices, and how such a number is said.

A number in a document that is not exact is the lower end of a band: 1 stands for "some", 20 for "at least 20". Cannot
say how far above it the truth lies; that is what it is for.
"""

from __future__ import annotations

from enum import StrEnum


class Numbers(StrEnum):
    """What numbers in a document are."""

    EXACT = "exact"  # counted: rows of single devices were asked for, or nothing about devices was read
    BANDS = "bands"  # lower ends of bands, over the devices of a fixed cohort
    SOME = "some"  # 0 or 1: whether there are any


class Coarse(StrEnum):
    """Why numbers are not given, or not exactly."""

    SMALL_BODY = "small_body"  # so few devices that most numbers would be about somebody
    OTHER_WINDOW = "other_window"  # not one of the body's own windows, which never overlap each other


def lower_end(count: int, step: int) -> int:
    """The lower end of the band a count falls into; whatever is there at all is at least 1.

    >>> [lower_end(n, 10) for n in (0, 1, 9, 10, 29)]
    [0, 1, 1, 10, 20]
    """
    return 0 if count <= 0 else max(1, count // step * step)


def amount(count: int | None, numbers: str) -> str:
    """A number as a person reads it: `some` and `at least 20` where it is the lower end of a band.

    >>> amount(3, "exact"), amount(3, "some"), amount(20, "bands"), amount(0, "bands")
    ('3', 'some', 'at least 20', '0')
    """
    if count is None:
        return "not counted"
    if numbers == Numbers.EXACT or count == 0:
        return f"{count:,}"
    return "some" if count == 1 or numbers == Numbers.SOME else f"at least {count:,}"
