# SPDX-License-Identifier: EUPL-1.2
"""AAC-LC as the airlock writes it: frames that begin with their one channel element and end with the mark of the end.

Reads: `esds` with the AudioSpecificConfig in it, and the first and last bits of each frame. Cannot know: what stands
between, which only a decoder of the whole frame finds; the encoder's text would be the first element, and is seen.

Sources: ISO/IEC 14496-1 7.2.6.5-7.2.6.8 and 8.3 (descriptors), 14496-14 5.6; ISO/IEC 14496-3 1.6.2.1,
table 4.85 (elements).
"""

from __future__ import annotations

from ordinance.airlock.structure._strange import CODING, FIXED, RANGE, SIZE, Fields, want

_RATES = {3: 48000, 4: 44100}
_BYTES_A_CHANNEL = 768  # the most that a frame may have of each (14496-3 4.5.3.1: 6144 bits)
_END = 7


def decoder_config(content: memoryview, where: str) -> tuple[int, int]:
    """Samples a second and channels that `esds` describes, as ours writes it."""
    fields = Fields(content, where)
    fields.zeros(4, "version or flags")
    fields.fixed(b"\x03\x19\x00\x00\x00\x04\x11\x40\x15", "a descriptor's length, the id or the kind of stream")
    fields.zeros(11, "sizes and rates of the stream")
    fields.fixed(b"\x05\x02", "the descriptor of the configuration")
    config = fields.number(2)
    fields.fixed(b"\x06\x01\x02", "the descriptor of the layer")
    fields.end()
    want(config >> 11 == 2, where, FIXED, "the coding is not AAC-LC")
    want(config >> 7 & 15 in _RATES, where, RANGE, "the rate is none of ours")
    want(config >> 3 & 15 in (1, 2), where, RANGE, "it has neither one channel nor two")
    want(config & 7 == 0, where, FIXED, "frames are not of 1024 samples alone")
    return _RATES[config >> 7 & 15], config >> 3 & 15


def frame(data: memoryview, channels: int, where: str) -> None:
    """Strange unless a frame begins with its one element and ends with the mark of the end."""
    want(3 <= len(data) <= _BYTES_A_CHANNEL * channels, where, SIZE, "a frame is shorter or longer than any")
    want(data[0] >> 1 == (channels - 1) << 4, where, CODING, "a frame does not begin with its channel element")
    last = data[-2] << 8 | data[-1]
    filling = (last & -last).bit_length() - 1
    want(0 <= filling < 8 and last >> filling & 7 == _END, where, CODING, "a frame does not end as frames do")
