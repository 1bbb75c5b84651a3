# SPDX-License-Identifier: EUPL-1.2
"""Sixty-four octets looked at in one step, as compiled code (see `_kernels`): which of them are within a range.

Reads: octets of a text of which only the beginning is known, from a place on, without asking whether they are there:
whoever calls sees to it that behind the text, or before a place, `AT_ONCE` more of them may be read. Cannot know what
these are, and leaves them to be masked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # it has none
from numba import extending, types, uint64

from ordinance.readers._kernel_compiling import within

if sys.byteorder != "little":
    raise ImportError("the first octet is that of the lowest bits")

AT_ONCE: Final = 64

_OCTET, _MASK = ir.IntType(8), ir.IntType(64)
_OCTETS = ir.VectorType(_OCTET, AT_ONCE)
_LINE_FEED, _SPACE, _NAUGHT, _NINE = 10, 32, 48, 57
_EACH: Final = 0x0101_0101_0101_0101  # times a number below 256: a word of eight such octets
_SIGNS: Final = 0x80 * _EACH


def intrinsic(build: Any) -> Callable[..., Any]:
    """What is called with the arguments behind the first, and compiled as `build` says for their types."""
    found: Callable[..., Any] = extending.intrinsic(build)
    return found


@intrinsic
def start_of(_: Any, array: Any) -> Any:
    """Where an array's values begin: whoever has no more than that counts no references, and has to know how many.

    The array has to be held by the caller of what was compiled.
    """

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, given[0]).data

    return types.CPointer(array.dtype)(array), build  # type: ignore[no-untyped-call]  # as above


def _read(builder: Any, given: Any, of: Any) -> Any:
    """What stands from an octet of a text on."""
    return builder.load(builder.bitcast(builder.gep(given[0], [given[1]]), of.as_pointer()), align=1)


def _all(builder: Any, octet: Any) -> Any:
    """Sixty-four times the same octet."""
    undefined = ir.Constant(_OCTETS, ir.Undefined)
    one = builder.insert_element(undefined, builder.trunc(octet, _OCTET), ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(ir.IntType(32), AT_ONCE), [0] * AT_ONCE))


@intrinsic
def between(_: Any, text: Any, n: Any, low: Any, high: Any) -> Any:
    """Which of the octets from `n` on are from `low` to `high`, both included: a bit for each, the lowest for `n`."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        octets = _read(builder, given, _OCTETS)
        low, high = _all(builder, given[2]), _all(builder, given[3])
        found = builder.icmp_unsigned("<=", builder.sub(octets, low), builder.sub(high, low))
        return builder.bitcast(found, _MASK)

    return types.uint64(text, types.int64, types.int64, types.int64), build


@intrinsic
def word(_: Any, text: Any, n: Any) -> Any:
    """The eight octets from `n` on as one number, the first lowest."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return _read(builder, given, _MASK)

    return types.uint64(text, types.int64), build


@intrinsic
def lowest(_: Any, mask: Any) -> Any:
    """The place of the lowest bit that is set; 64 for none."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.cttz(given[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), build


@intrinsic
def bits(_: Any, mask: Any) -> Any:
    """How many are set."""

    def build(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.ctpop(given[0])

    return types.int64(types.uint64), build


@within
def like(text: Any, n: int, octet: int) -> Any:
    """Which of the octets from `n` on are this one."""
    return between(text, n, octet, octet)


@within
def first(count: int) -> Any:
    """A mask of the first octets; of 64 at most."""
    return uint64(0xFFFF_FFFF_FFFF_FFFF) >> uint64(64 - count) if count > 0 else uint64(0)


@within
def before_lowest(mask: Any) -> Any:
    """A mask of what comes before the lowest bit; all where none is set."""
    return (mask - uint64(1)) & ~mask


@within
def without_lowest(mask: Any) -> Any:
    """The same without its lowest bit."""
    return mask & (mask - uint64(1))


@within
def line_end(text: Any, n: int) -> tuple[int, bool]:
    """Where the line ends that `n` is in, and whether it is ASCII from there on."""
    high = uint64(0)
    while True:
        ends, odd = like(text, n, _LINE_FEED), between(text, n, 128, 255)
        if ends:
            return int(n + lowest(ends)), high | (odd & before_lowest(ends)) == 0
        high |= odd
        n += AT_ONCE


@within
def word_end(text: Any, n: int) -> int:
    """Where a word ends: with the first octet from `n` on that is a space or below."""
    while True:
        found = between(text, n, 0, _SPACE)
        if found:
            return int(n + lowest(found))
        n += AT_ONCE


@within
def digits_end(text: Any, n: int) -> int:
    """Where digits end."""
    while True:
        found = ~between(text, n, _NAUGHT, _NINE)
        if found:
            return int(n + lowest(found))
        n += AT_ONCE


@within
def place_of(text: Any, n: int, end: int, octet: int) -> int:
    """Where an octet stands first between two places; the end where it does not."""
    while n < end:
        found = like(text, n, octet)
        if found:
            return int(min(n + lowest(found), end))
        n += AT_ONCE
    return end


@within
def is_same(text: Any, n: int, other: Any, m: int, size: int) -> bool:
    """Whether so many octets are the same in both; behind each, seven more may be read."""
    while size > 8:
        if word(text, n) != word(other, m):
            return False
        n, m, size = n + 8, m + 8, size - 8
    return bool((word(text, n) ^ word(other, m)) & first(8 * size) == 0)


def literal(octets: bytes) -> tuple[Any, ...]:
    """Up to sixteen octets as `begins` looks for them: two words, each with a mask."""
    words = (octets[:8], octets[8:])
    masks = (int.from_bytes(b"\xff" * len(part), "little") for part in words)
    return tuple(map(np.uint64, (*(int.from_bytes(part, "little") for part in words), *masks)))


@within
def begins(text: Any, n: int, known: Any) -> bool:
    """Whether a literal stands there."""
    one, two, in_one, in_two = known
    return bool(((word(text, n) ^ one) & in_one) | ((word(text, n + 8) ^ two) & in_two) == uint64(0))


@within
def small_letters(octets: Any) -> Any:
    """A word with its capitals as small letters."""
    low = octets & ~uint64(_SIGNS)
    is_from_a, is_behind_z = low + uint64((0x80 - 65) * _EACH), low + uint64((0x80 - 91) * _EACH)
    return octets | (((is_from_a ^ is_behind_z) & ~octets & uint64(_SIGNS)) >> uint64(2))


@within
def eight_digits(octets: Any) -> int:
    """The number that a word of eight digits is."""
    pairs = (octets & uint64(0x0F * _EACH)) * uint64(0xA01) >> uint64(8) & uint64(0x00FF_00FF_00FF_00FF)
    fours = pairs * uint64(0x64_0001) >> uint64(16) & uint64(0x0000_FFFF_0000_FFFF)
    return np.int64(fours * uint64(0x2710_0000_0001) >> uint64(32))  # type: ignore[return-value]  # as a signed number


@within
def number(text: Any, n: int, end: int) -> int:
    """The number that digits are; of eighteen at most."""
    found = 0
    while end - n >= 8:
        found = found * 100_000_000 + eight_digits(word(text, n))
        n += 8
    while n < end:
        found = found * 10 + int(text[n]) - _NAUGHT
        n += 1
    return found
