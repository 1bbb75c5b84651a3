# SPDX-License-Identifier: EUPL-1.2
"""Ways to pack a file that every reader unpacks, and how each breaks. Nothing here is a test."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SKIPPED = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"notes"  # a frame that is to be skipped


@dataclass(frozen=True, slots=True)
class Packing:
    """One form: what it begins with, the reasons for rejects, and where the checksum of what `pack` gives stands."""

    name: str
    magic: bytes
    truncated: str
    corrupt: str
    pack: Callable[[bytes], bytes]
    checksum: slice

    def damaged(self, plain: bytes) -> bytes:
        """Packed, with a checksum that is wrong."""
        raw = bytearray(self.pack(plain))
        raw[self.checksum] = bytes(b ^ 0xFF for b in raw[self.checksum])
        return bytes(raw)


def gzipped(plain: bytes) -> bytes:
    """As `gzip` does it."""
    return gzip.compress(plain, mtime=0)


def zstandard(plain: bytes, window_log: int = 0) -> bytes:
    """As `zstd` does it, with a checksum; `window_log` is how far back a frame may look, as a power of two."""
    names = zstd.CompressionParameter
    options = {names.checksum_flag: 1} | ({names.window_log: window_log} if window_log else {})
    maker = zstd.ZstdCompressor(options=options)
    return maker.compress(plain) + maker.flush()


def halves(pack: Callable[[bytes], bytes], between: bytes = b"") -> Callable[[bytes], bytes]:
    """Two members or frames, cut in the middle of the text."""
    return lambda plain: pack(plain[: len(plain) // 2]) + between + pack(plain[len(plain) // 2 :])


GZIP = Packing("gzip", b"\x1f\x8b", "truncated-gzip", "corrupt-gzip", gzipped, slice(-8, -4))
ZSTD = Packing("zstd", b"\x28\xb5\x2f\xfd", "truncated-zstd", "corrupt-zstd", zstandard, slice(-4, None))
PACKINGS = (GZIP, ZSTD)
FORMS = (
    pytest.param(gzipped, id="gzip"),
    pytest.param(halves(gzipped), id="gzip in several members"),
    pytest.param(zstandard, id="zstd"),
    pytest.param(halves(zstandard, SKIPPED), id="zstd in several frames"),
    pytest.param(lambda plain: SKIPPED + zstandard(plain), id="zstd behind a frame to skip"),
)
