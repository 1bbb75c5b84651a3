# SPDX-License-Identifier: EUPL-1.2
"""Entropy-coded data of a baseline JPEG walked to its last bit: what stands behind the last block would never be shown.

Reads: unstuffed bytes of one restart interval. The values themselves are skipped; only their lengths matter. Time is
linear: about a seventh of a microsecond for each coefficient that is written.

Source: ITU-T T.81 F.2.2 (decoding), Annex C (codes from lengths), F.1.2.3 (ones fill up the last byte).
"""

from __future__ import annotations

from array import array
from functools import cache

from ordinance.airlock.structure._jpeg_tables import HUFFMAN
from ordinance.airlock.structure._strange import CODING, FIXED, LOOSE, StrangeError, want

_ENDED = 1000  # added to the place in a block by an end of block
_NO_CODE = 500  # added by bits that are no code


@cache
def _codes(number: int) -> tuple[int, ...]:
    """For each 16 bits that may come: how many bits the code and its value take (low 5), and how far it goes on."""
    counts, symbols = HUFFMAN[number][:16], iter(HUFFMAN[number][16:])
    found: list[int] = []
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            symbol = next(symbols)
            run, size = symbol >> 4, symbol & 15
            on = 0 if number < 0x10 else _ENDED if symbol == 0 else run + 1
            found += [(on << 5) + length + size] * (1 << (16 - length))
    return tuple(found + [_NO_CODE << 5] * (65536 - len(found)))


@cache
def _pairs(number: int) -> tuple[int, ...]:
    """The same for two codes at a time (bits in the low 6), where the second one is within the 16 bits as well."""
    single, lengths, found = _codes(number), _lengths(number), []
    for window in range(65536):
        first = single[window]
        bits, on = first & 31, first >> 5
        if on < _NO_CODE and bits < 16:
            rest = (window << bits) & 0xFFFF
            if 0 < lengths[rest] <= 16 - bits:
                bits, on = bits + (single[rest] & 31), on + (single[rest] >> 5)
        found.append(on << 6 | bits)
    return tuple(found)


@cache
def _lengths(number: int) -> tuple[int, ...]:
    """For each 16 bits that may come: how many bits the code alone takes, zero for what is no code."""
    found: list[int] = []
    for length, count in enumerate(HUFFMAN[number][:16], 1):
        found += [length] * (count << (16 - length))
    return tuple(found + [0] * (65536 - len(found)))


def decoded_to_its_end(data: bytes, tables: tuple[int, ...], units: int, where: str) -> None:
    """Strange unless the data hold just so many units, of one block for each number of a table, and ones after them."""
    codes = [(_codes(number), _codes(number | 0x10), _pairs(number | 0x10)) for number in tables]
    padded = data + b"\xff" * 8
    words = array("I", (a << 16 | b << 8 | c for a, b, c in zip(padded, padded[1:], padded[2:], strict=False)))
    at, most = 0, len(data) * 8
    for _ in range(units):
        for dc, ac, two in codes:
            at += dc[words[at >> 3] >> (8 - (at & 7)) & 0xFFFF] & 31
            place = 1
            while place < 64:
                window = words[at >> 3] >> (8 - (at & 7)) & 0xFFFF
                code = two[window]
                if place + (code >> 6) <= 64 or place + ac[window] // 32 < 64 < _ENDED <= place + (code >> 6):
                    at += code & 63
                    place += code >> 6
                else:  # the first of the two ends the block, or there is but one, or none
                    at += ac[window] & 31
                    place += ac[window] >> 5
            if 64 < place < _ENDED or at > most:
                raise StrangeError(where, CODING, "it is no coded picture, or ends before its last block")
    want(most - at < 8, where, LOOSE, "bytes follow the last block of the picture")
    rest = (1 << (most - at)) - 1
    want(not data or data[-1] & rest == rest, where, FIXED, "the last byte is not filled up with ones")
