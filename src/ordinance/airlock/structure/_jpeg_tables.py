# SPDX-License-Identifier: EUPL-1.2
"""The tables of ITU-T T.81 Annex K, as an encoder of ours writes them: quantisers at each quality, Huffman codes.

Reads and writes nothing. Source: ITU-T T.81 tables K.1 to K.6, in the order of the zigzag (figure A.6); the scaling is
libjpeg's (`jpeg_quality_scaling`, `jpeg_add_quant_table` with a baseline's limit of 255).
"""

from __future__ import annotations

from typing import Final

_LUMINANCE = bytes.fromhex(
    "100b0a101828333d0c0c0e131a3a3c370e0d101828394538" "0e11161d3357503e1216253844" "6d674d182337405168715c"
    "31404e5767797865485c5f627064" "6763"
)  # K.1, row by row
_CHROMINANCE = bytes.fromhex(
    "1112182f63636363" "12151a4263636363" "181a386363636363" "2f42636363636363" + "63" * 32
)  # K.2, row by row


def _zigzag() -> list[int]:
    """Figure A.6: the place in its rows of each coefficient in the order in which they are written."""
    places = [(row, column) for row in range(8) for column in range(8)]
    places.sort(key=lambda p: (p[0] + p[1], p[0] if (p[0] + p[1]) % 2 else p[1]))
    return [row * 8 + column for row, column in places]


def _scaled(table: bytes, quality: int) -> bytes:
    """A table at a quality of 1 to 100, in zigzag order."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return bytes(min(255, max(1, (table[place] * scale + 50) // 100)) for place in _zigzag())


# number of the table (0 luminance, 1 chrominance) → its 64 bytes at each quality
QUANTISERS: Final = {
    number: frozenset(_scaled(table, quality) for quality in range(1, 101))
    for number, table in ((0, _LUMINANCE), (1, _CHROMINANCE))
}

# class and number as in DHT → how many codes there are of 1 to 16 bits, then what they stand for
HUFFMAN: Final = {
    0x00: bytes.fromhex("00010501010101010100000000000000" "000102030405060708090a0b"),  # K.3
    0x01: bytes.fromhex("00030101010101010101010000000000" "000102030405060708090a0b"),  # K.4
    0x10: bytes.fromhex(
        "0002010303020403050504040000017d" "01020300041105122131410613516107227114328191a1082342b1c11552d1f0"
        "2433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a63646566676869"
        "6a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5"
        "c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa"
    ),  # K.5
    0x11: bytes.fromhex(
        "00020102040403040705040400010277" "000102031104052131061241510761711322328108144291a1b1c109233352f0"
        "156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768"
        "696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3"
        "c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa"
    ),  # K.6
}
