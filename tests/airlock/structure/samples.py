# SPDX-License-Identifier: EUPL-1.2
"""Small files as the airlock's rebuilding makes them, by the same libraries, and how they are taken apart."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image

from ordinance.airlock.structure import check_structure
from ordinance.model.transfer import Medium

Expected = tuple[str, str, str]
Case = tuple[Callable[[], bytes], Expected]


def refused(data: bytes, medium: Medium) -> Expected:
    """The one refusal of a file as place, id and sentence; three empty texts where nothing is strange."""
    found = [(one.where, one.id, one.message) for one in check_structure(memoryview(data), medium)]
    return found[0] if found else ("", "", "")


def _picture(mode: str, size: tuple[int, int]) -> Image.Image:
    """Some colours in every place, and transparency where the mode has it."""
    width, height = size
    places = ((x, y, c) for y in range(height) for x in range(width) for c in range(len(mode)))
    return Image.frombytes(mode, size, bytes((x * 29 + y * 17 + c * 71) & 255 for x, y, c in places))


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    into = io.BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()


@cache
def jpeg(mode: str = "RGB", size: tuple[int, int] = (24, 19), restarts: int = 0) -> bytes:
    """A baseline JPEG with the standard tables; `restarts` is the count of rows of units between two of them."""
    return _saved(_picture(mode, size), "JPEG", quality=60, subsampling=2, restart_marker_rows=restarts)


@cache
def png(mode: str = "RGB", size: tuple[int, int] = (24, 19)) -> bytes:
    """A PNG of eight bits a sample: L, LA, RGB or RGBA."""
    image = _picture("RGBA", size).convert("LA") if mode == "LA" else _picture(mode, size)
    return _saved(image, "PNG")


@cache
def webp(mode: str = "RGB", lossless: bool = False, size: tuple[int, int] = (24, 19)) -> bytes:
    """A WebP with a VP8 or VP8L picture, in the long form where the former has transparency."""
    return _saved(_picture(mode, size), "WEBP", lossless=lossless, quality=60)


def png_chunk(name: bytes, content: bytes) -> bytes:
    """A chunk with its right checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP of these chunks, each filled up to an even size."""
    body = b"".join(n + struct.pack("<I", len(c)) + c + bytes(len(c) % 2) for n, c in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def riff_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Names and contents of the chunks of a well-formed WebP."""
    found, at = [], 12
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append((data[at : at + 4], data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found
