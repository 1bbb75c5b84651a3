# SPDX-License-Identifier: EUPL-1.2
"""A search for the words of `canaries` in files, however they are packed, spelled or digested without a key."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from urllib.parse import quote
from zipfile import BadZipFile, ZipFile

from .canaries import CANARIES, WHOLE

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){8,}")
_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}")
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")
_DEEP = 3
MOST = 10_000_000  # bytes unpacked


def forms(canary: str) -> dict[str, bytes]:
    """The spellings of a canary by their names, in small letters."""
    small = canary.lower()
    spelled = {"plain": small.encode(), "sixteen bits": small.encode("utf-16-le")}
    if not small.isascii():
        spelled["idna"] = small.encode("idna")
        spelled["decomposed"] = small.replace("ü", "u\u0308").encode()
        spelled["percent"] = quote(small).lower().encode()
    if re.fullmatch(r"[0-9a-f:]{17}", small):
        spelled |= {"dashes": small.replace(":", "-").encode(), "bare": small.replace(":", "").encode()}
    return spelled


def digests(value: str) -> dict[str, bytes]:
    """Digests without a key: whoever has a list of names finds the name to one."""
    kinds = ("md5", "sha1", "sha256")
    return {kind: hashlib.new(kind, value.encode()).hexdigest()[:10].encode() for kind in kinds}


def unfolded(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and what they hold packed or spelled otherwise, down to a few layers."""
    yield content
    if depth == _DEEP:
        return
    inner = [*_packed(content), *_spelled(content)]
    for part in inner:
        yield from unfolded(part, depth + 1)


def _packed(content: bytes) -> Iterator[bytes]:
    for start in _starts(content, b"\x1f\x8b\x08"):
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        yield _lenient(unpack.decompress, content[start:], MOST)
    for start in _starts(content, b"\x28\xb5\x2f\xfd"):
        yield _lenient(zstd.ZstdDecompressor().decompress, content[start:], MOST)
    for start in (p for magic in (b"\x78\x01", b"\x78\x9c", b"\x78\xda") for p in _starts(content, magic)):
        yield _lenient(zlib.decompressobj().decompress, content[start:], MOST)
    if b"PK\x03\x04" in content:
        try:
            with ZipFile(BytesIO(content[content.index(b"PK\x03\x04") :])) as packed:
                yield from (packed.read(name) for name in packed.namelist())
        except BadZipFile:
            pass


def _spelled(content: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(content):
        plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        for cut in range(4):  # whatever stands before it
            body = plain[cut:]
            yield _lenient(base64.b64decode, body[: len(body) // 4 * 4])
    for run in _HEX.findall(content):
        yield bytes.fromhex(run.decode())
    if _PERCENT.search(content):
        yield _PERCENT.sub(lambda m: bytes.fromhex(m[0][1:].decode()), content)
    if _ESCAPED.search(content):
        yield _ESCAPED.sub(lambda m: chr(int(m[1], 16)).encode(errors="replace"), content)


def _starts(content: bytes, magic: bytes) -> Iterable[int]:
    return (m.start() for m in re.finditer(re.escape(magic), content))


def _lenient(unpack: Callable[..., bytes], *arguments: object) -> bytes:
    """What comes out, or nothing where it was no such thing after all."""
    try:
        return unpack(*arguments)
    except (ValueError, EOFError, zlib.error, zstd.ZstdError):
        return b""


def found(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """(file, canary and its form) wherever one stands, however it is packed or spelled."""
    words = [(f"{name}, {form}", text) for name, c in CANARIES.items() for form, text in forms(c).items()]
    words += [(f"{value}, {kind}", text) for value in WHOLE for kind, text in digests(value).items()]
    return sorted({(n, w) for n, c in files.items() for part in unfolded(c) for w, t in words if t in part.lower()})
