# SPDX-License-Identifier: EUPL-1.2
"""Bytes of plain, gzipped and zstandard files, unpacked in bounded pieces.

Reads: what is packed is known by its first bytes, not by its name: gzip (RFC 1952) in one member or several, zstandard
(RFC 8878) in one frame or several, with frames that are to be skipped. Everything else is plain. No step holds more
than a piece of what is stored and a block of what comes out of it, and a zstandard frame may look back over 128 MiB at
most, as `zstd` itself allows without being told: a file that was made to fill the memory cannot.

What cannot be unpacked to its end raises `BrokenOff`, after everything before that place was given out, with one of
`truncated-gzip`, `corrupt-gzip`, `truncated-zstd`, `corrupt-zstd` (also what needs a dictionary), `wide-zstd-window`.

Cannot know: whether a file was cut exactly between two members or frames; it looks whole.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from ordinance.readers._blocks import Block

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_WINDOW_LOG = 27  # 128 MiB

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPED_MAGIC = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_MAGIC_BYTES = 4
_PIECE_BYTES = 1 << 14  # what follows the end of a member is copied: of a file of tiny ones not all of it, each time
_ZSTD_OPTIONS: Mapping[int, int] = {zstd.DecompressionParameter.window_log_max: MOST_WINDOW_LOG}
_TOO_WIDE = "too much memory"  # in the library's own words for a window above the limit; it has no number for it


class BrokenOff(Exception):  # noqa: N818  # no fault of ours: the file ends here
    """A packed file cannot be read on; `reason` is the id of a reject."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def stored_blocks(
    stream: BinaryIO,
    update: Callable[[Block], object],
    size: int,
    room: Callable[[], memoryview] | None = None,
) -> Iterator[Block]:
    """What is on disk, in blocks of `size` bytes, each told to `update`; the first is long enough to be known by.

    With `room`, of what is not packed all but the first are read into what that gives.
    """
    block: Block = stream.read(max(size, _MAGIC_BYTES))
    into = getattr(stream, "readinto", None)
    if room is None or into is None or _is_gzip(block) or _is_zstd(block):
        while block:
            update(block)
            yield block
            block = stream.read(size)
        return
    while block:
        update(block)
        yield block
        block = room()
        block = block[: into(block)]


def _is_gzip(first: Block) -> bool:
    return bytes(first[:_MAGIC_BYTES]).startswith(_GZIP_MAGIC)


def _is_zstd(first: Block) -> bool:
    magic = bytes(first[:_MAGIC_BYTES])
    return magic == _ZSTD_MAGIC or _SKIPPED_MAGIC.match(magic) is not None


def unpacked(stored: Iterator[Block], size: int) -> Iterator[Block]:
    """The text of a file, in blocks of less than twice `size` bytes. Raises BrokenOff."""
    first = next(stored, b"")
    whole = _chain(first, stored)
    if _is_gzip(first):
        return _gathered(_members(whole, size), size)
    if _is_zstd(first):
        return _gathered(_frames(whole, size), size)
    return whole


def _members(stored: Iterator[Block], size: int) -> Iterator[bytes]:
    """Gzip: members one after the other."""
    inflate = zlib.decompressobj(wbits=31)
    for piece in _pieces(stored):
        data = piece
        while data:
            if inflate.eof:
                data = data.lstrip(b"\0")  # padding between members is allowed (RFC 1952 readers skip it)
                inflate = zlib.decompressobj(wbits=31) if data else inflate
                continue
            try:
                text = inflate.decompress(data, size)
            except zlib.error:
                raise BrokenOff("corrupt-gzip") from None
            if text:
                yield text
            data = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    if not inflate.eof:
        raise BrokenOff("truncated-gzip")


def _frames(stored: Iterator[Block], size: int) -> Iterator[bytes]:
    """Zstandard: frames one after the other; those to be skipped hold no text."""
    unpack: zstd.ZstdDecompressor | None = None
    for piece in _pieces(stored):
        data = piece
        while data:
            unpack = unpack or zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
            yield from _steps(unpack, data, size)
            data = unpack.unused_data if unpack.eof else b""
            unpack = None if unpack.eof else unpack
    if unpack is not None:
        raise BrokenOff("truncated-zstd")


def _steps(unpack: zstd.ZstdDecompressor, data: bytes, size: int) -> Iterator[bytes]:
    """All that a piece gives, `size` bytes at a time."""
    while True:
        try:
            text = unpack.decompress(data, size)
        except zstd.ZstdError as error:
            raise BrokenOff("wide-zstd-window" if _TOO_WIDE in str(error) else "corrupt-zstd") from None
        if text:
            yield text
        if unpack.eof or unpack.needs_input:
            return
        data = b""


def _gathered(texts: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Tiny texts joined: who looks for the end of a long line would copy it once for each."""
    held: list[bytes] = []
    length = 0
    try:
        for text in texts:
            held.append(text)
            length += len(text)
            if length >= size:
                yield b"".join(held)
                held, length = [], 0
    except BrokenOff:
        yield b"".join(held)
        raise
    yield b"".join(held)


def _pieces(stored: Iterator[Block]) -> Iterator[bytes]:
    for block in stored:
        for start in range(0, len(block), _PIECE_BYTES):
            yield bytes(block[start : start + _PIECE_BYTES])


def _chain(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    """Not `yield from`: that would close `rest` together with this one, and the digest is of what follows too."""
    if first:
        yield first
        del first  # it would be held as long as there is a rest
    for block in rest:  # noqa: UP028  # see above
        yield block
