# SPDX-License-Identifier: EUPL-1.2
"""Whether a picture or video that comes in carries Content Credentials (C2PA), and says that a machine made it.

Rebuilding drops such statements with everything else. An AI label must not get lost with them: what is found here is
told before, and goes into the checklist.

Reads: JPEG APP11 over several segments, PNG `caBX`, WebP `C2PA`, the `uuid` box of MP4 and MOV, and the kind of source
(IPTC's `DigitalSourceType`) in these, in XMP and anywhere else in plain bytes. What cannot be read is never "no".
In pictures also texts such as image generators write (`_generators.py`): a hint, which proves nothing.
Cannot know: whether a statement is true; no hash, no signature and no signer is checked.

Sources: C2PA technical specification 2.x, annex on embedding, remote manifests (`dcterms:provenance`); ISO/IEC 19566-5
D.2 (APP11); IPTC NewsCodes `digitalsourcetype`; IPTC Photo Metadata Standard (`Iptc4xmpExt:DigitalSourceType`).
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from pathlib import Path
from types import MappingProxyType

from ordinance.airlock._exif import texts_of
from ordinance.airlock._generators import is_of_generator
from ordinance.airlock._jumbf import Statements, UnreadableError, boxes, is_store, statements
from ordinance.airlock.media import HEAD, medium_of
from ordinance.model.transfer import Medium

# Kinds of source that say that a machine made the content, or a part of it.
AI_KINDS = frozenset(
    {
        "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia", "compositeSynthetic",
        "trainedAlgorithmicData",
    }
)  # fmt: skip
OTHER_KINDS = frozenset(
    {
        "algorithmicallyEnhanced", "composite", "compositeCapture", "computationalCapture", "dataDrivenMedia",
        "digitalArt", "digitalCapture", "digitalCreation", "empty", "humanEdits", "minorHumanEdits",
        "multiFrameCapture", "negativeFilm", "positiveFilm", "print", "screenCapture", "softwareImage",
        "virtualRecording",
    }
)  # fmt: skip
_KINDS = MappingProxyType({kind.lower(): kind for kind in AI_KINDS | OTHER_KINDS})
# Each begins with letters that do not vary, which makes the search thirty times as fast.
_PLAIN = re.compile(rb"igitalsourcetype[/:]([A-Za-z]{3,40})")
_NAMED = re.compile(rb"igital[Ss]ource[Tt]ype")
_LETTERS = (b"i", b"g", b"i", b"t", b"a", b"l", b"[Ss]", b"o", b"u", b"r", b"c", b"e", b"[Tt]", b"y", b"p", b"e")
_WIDE = re.compile(rb"\x00{1,3}".join(_LETTERS))  # UTF-16 and UTF-32, either end first
_CARRIED = tuple(
    re.compile(sign)
    for sign in (
        rb"jumdc2(?:pa|cm)",
        rb"dcterms:provenance",
        rb"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81",
    )
)
_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_MOST = 64 << 20  # bytes of all texts of a picture, packed and unpacked
_MOST_EXIF = 16 << 20  # bytes of the texts of Exif data
_MOST_PARTS = 100_000
_GENERATOR = re.compile(r"[^A-Za-z0-9 ._/+()-]")


@dataclass(frozen=True, slots=True)
class C2pa:
    """What a file that comes in says of its own making.

    `credentials`: it carries C2PA. `whole`: all that it says was read. `kinds`: the kinds of source it names, of those
    that IPTC and C2PA list, sorted. `untrusted_generator`: the program that made the statement, at most 60 characters,
    anything unusual as `?`; anybody may have written it. `generator_texts`: it holds texts such as image generators
    write.
    """

    credentials: bool
    whole: bool
    kinds: tuple[str, ...]
    untrusted_generator: str | None = None
    generator_texts: bool = False

    @property
    def says_ai(self) -> bool | None:
        """Whether it says that a machine made it or a part of it; none when not all that it says could be read.

        None too where a hint alone says so.
        """
        if AI_KINDS.intersection(self.kinds):
            return True
        if self.generator_texts:
            return None
        return False if self.whole else None


class PackedError(UnreadableError):
    """Text that is packed and cannot be unpacked to its end: nobody knows what it says."""


class Origin(StrEnum):
    """What a file that comes in says of how it was made, in one word."""

    NOTHING_SAID = "nothing_said"
    PRESENT = "present"  # content credentials are there, and do not say AI
    MADE_BY_AI = "made_by_ai"
    LIKE_AI = "like_ai"  # it holds texts such as image generators write, which is no proof
    UNREADABLE = "unreadable"  # something is said, and what cannot be seen


def origin_of(path: Path) -> Origin:
    """What a file says; raises OSError where it cannot be read."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            return Origin.NOTHING_SAID
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole, memoryview(whole) as view:
            said = find_c2pa(view, medium_of(bytes(view[:HEAD])))
    if said is None:
        return Origin.NOTHING_SAID
    if said.says_ai:
        return Origin.MADE_BY_AI
    if said.generator_texts:
        return Origin.LIKE_AI
    if said.says_ai is None:
        return Origin.UNREADABLE
    return Origin.PRESENT if said.credentials else Origin.NOTHING_SAID


def find_c2pa(data: memoryview, medium: Medium | None) -> C2pa | None:
    """What a file says of its own making; none when it says nothing. Raises nothing, whatever its bytes.

    Of a file that is none of the five kinds (`medium` none) plain bytes alone are read.
    """
    stores: list[memoryview] = []
    texts: list[bytes] = []
    whole, packed, hinted = True, False, False
    try:
        for what, name, content in _PARTS[medium](data) if medium is not None else ():
            if what is _What.STORE:
                stores.append(content)
            elif what is _What.EXIF:
                hinted = hinted or _in_exif(content)
            else:
                hinted = hinted or is_of_generator(name, content)
            if what is _What.PACKED:
                texts.append(bytes(content))
    except UnreadableError as error:
        whole, packed = False, isinstance(error, PackedError)
    said = [statements(store) for store in stores]
    whole = whole and all(one.whole for one in said) and all(is_store(store) for store in stores)
    named = [*_PLAIN.findall(data), *(name for text in texts for name in _PLAIN.findall(text))]
    kinds = {_plain_kind(name.lower().decode("ascii"), bool(stores)) for name in named} - {""}
    kinds |= {_kind(text) for one in said for key, text in one.texts if key.lower().endswith("digitalsourcetype")}
    sources: tuple[memoryview, ...] = (data, *(memoryview(text) for text in texts))
    carried = any(sign.search(source) for source in sources for sign in _CARRIED)
    signs = carried or any(_NAMED.search(source) for source in sources)
    wide = any(_WIDE.search(source) for source in sources)
    if not stores and not signs and not kinds and not wide and not packed and not hinted:
        return None
    if None in kinds or (signs and not stores and not kinds) or wide:
        whole = False  # it names a kind that nobody listed here, or says something that was not found by its place
    known = tuple(sorted(kind for kind in kinds if kind is not None))
    return C2pa(bool(stores) or carried, whole, known, _generator(said), hinted)


def _plain_kind(name: str, in_store: bool) -> str | None:
    """The kind of source that stands in plain bytes; none for one that nobody listed.

    In a store other letters may follow it, or a segment may cut it, and the store itself tells where it ends: such a
    one is "" and counts there.
    """
    if name in _KINDS:
        return _KINDS[name]
    begins = max((kind for kind in _KINDS if name.startswith(kind)), key=len, default="")
    if _KINDS.get(begins) in AI_KINDS:
        return _KINDS[begins]
    return "" if in_store and (begins or any(kind.startswith(name) for kind in _KINDS)) else None


def _kind(text: str) -> str | None:
    return _KINDS.get(re.split(r"[/:]", text)[-1].strip().lower())


def _generator(said: list[Statements]) -> str | None:
    """The program that made the last claim."""
    found = [text for one in said for key, text in one.texts if key in ("claim_generator", "name") and text]
    named = [text for one in said for key, text in one.texts if key == "claim_generator" and text] or found
    return _GENERATOR.sub("?", named[-1][:60]) if named else None


# --- where each kind of file keeps it -------------------------------------------------------------


class _What(Enum):
    """What a part is."""

    STORE = auto()
    TEXT = auto()  # as it stands in the file, where its bytes are looked at anyway
    PACKED = auto()  # text that was packed or spelt in digits
    EXIF = auto()


_Parts = Iterator[tuple[_What, str, memoryview]]  # the name is that of a text


def _in_exif(content: memoryview) -> bool:
    """Whether a text of Exif data is a generator's. Raises PackedError where they are too long to be read."""
    try:
        return any(is_of_generator(name, text) for name, text in texts_of(content, _MOST_EXIF))
    except UnreadableError:
        raise PackedError from None


def _of_jpeg(data: memoryview) -> _Parts:
    """APP11 segments up to the first scan, put together by their number: of each only what is new."""
    gathered: dict[int, bytearray] = {}
    at = 2
    while True:
        while bytes(data[at : at + 2]) == b"\xff\xff":
            at += 1
        kind, size = bytes(data[at : at + 2]), int.from_bytes(data[at + 2 : at + 4], "big")
        if len(kind) < 2 or kind[0] != 0xFF or kind[1] in (0xD9, 0x00):
            if kind != b"\xff\xd9":
                raise UnreadableError
            break
        if kind == b"\xff\xda":
            break
        if size < 2 or at + 2 + size > len(data):
            raise UnreadableError
        content = data[at + 4 : at + 2 + size]
        if kind == b"\xff\xeb" and bytes(content[:2]) == b"JP" and len(content) >= 16:
            _gather(gathered, content)
        elif kind == b"\xff\xe1" and bytes(content[:6]) == b"Exif\x00\x00":
            yield _What.EXIF, "", content
        at += 2 + size
    for store in gathered.values():
        if is_store(memoryview(store)) or bytes(store[4:8]) != b"jumb":  # other boxes than C2PA's are no concern here
            yield _What.STORE, "", memoryview(store)


def _gather(gathered: dict[int, bytearray], content: memoryview) -> None:
    """One segment: number of the box, of the packet, then the head of the box again and what is new."""
    number, packet = int.from_bytes(content[2:4], "big"), int.from_bytes(content[4:8], "big")
    head = 16 if int.from_bytes(content[8:12], "big") == 1 else 8
    store = gathered.setdefault(number, bytearray())
    store += content[8:] if packet <= 1 else content[8 + head :]


def _of_png(data: memoryview) -> _Parts:
    at, left = 8, _MOST
    for _ in range(_MOST_PARTS):
        size, name = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        if at + 12 + size > len(data):
            raise UnreadableError
        content = data[at + 8 : at + 8 + size]
        if name == b"caBX":
            yield _What.STORE, "", content
        elif name == b"eXIf":
            yield _What.EXIF, "", content
        elif name in (b"iTXt", b"zTXt", b"tEXt"):
            left -= size
            if left < 0:
                raise PackedError
            for part in _inflated(bytes(content), name, left):
                left -= len(part[2]) if part[0] is _What.PACKED else 0
                yield part
        elif name == b"IEND":
            return
        at += 12 + size
    raise UnreadableError


def _inflated(content: bytes, name: bytes, most: int) -> _Parts:
    """Text of a chunk, which may be packed, or spelt in hexadecimal; one of Exif data is given once more as such."""
    keyword, _, rest = content.partition(b"\x00")
    in_digits = keyword.startswith(b"Raw profile type ")
    word = keyword[:80].decode("ascii", "replace")
    if name == b"tEXt":
        yield from _named(word, _of_digits(rest)) if in_digits else ((_What.TEXT, word, memoryview(rest)),)
        return
    if name == b"iTXt":
        is_plain, rest = rest[:1] != b"\x01", rest[2:].split(b"\x00", 2)[-1]
        if is_plain:
            yield _What.TEXT, word, memoryview(rest)
            return
    else:
        rest = rest[1:]
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(rest, most + 1)
    except zlib.error:
        raise PackedError from None
    if not stream.eof or len(text) > most:
        raise PackedError
    yield from _named(word, _of_digits(text) if in_digits else memoryview(text))


def _named(word: str, text: memoryview) -> _Parts:
    yield _What.PACKED, word, text
    if bytes(text[:6]) == b"Exif\x00\x00":
        yield _What.EXIF, "", text


def _of_digits(text: bytes) -> memoryview:
    """What ImageMagick keeps as `Raw profile type`: lines of its kind and length, digits; else the text."""
    try:
        return memoryview(bytes.fromhex(text.split(b"\n", 3)[3].decode("ascii")))
    except (IndexError, ValueError):
        return memoryview(text)


def _of_webp(data: memoryview) -> _Parts:
    at = 12
    for _ in range(_MOST_PARTS):
        if at >= len(data):
            return
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + size > len(data):
            raise UnreadableError
        if bytes(data[at : at + 4]) == b"C2PA":
            yield _What.STORE, "", data[at + 8 : at + 8 + size]
        elif bytes(data[at : at + 4]) == b"EXIF":
            yield _What.EXIF, "", data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    raise UnreadableError


def _of_mp4(data: memoryview) -> _Parts:
    for name, content in boxes(data):
        if name == b"uuid" and bytes(content[:16]) == _UUID:
            purpose, _, rest = bytes(content[20:]).partition(b"\x00")
            if purpose != b"merkle":
                yield _What.STORE, "", memoryview(rest[8:])


_PARTS: MappingProxyType[Medium, Callable[[memoryview], _Parts]] = MappingProxyType(
    {
        Medium.JPEG: _of_jpeg,
        Medium.PNG: _of_png,
        Medium.WEBP: _of_webp,
        Medium.MP4: _of_mp4,
        Medium.MOV: _of_mp4,
    }
)
