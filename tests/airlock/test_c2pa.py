# SPDX-License-Identifier: EUPL-1.2
"""What a file that comes in says of its own making: found in each format, and never "no" in doubt."""

from __future__ import annotations

import json
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.airlock.structure.films import box, film
from tests.airlock.structure.samples import jpeg, png, png_chunk, riff, riff_chunks, webp

from ordinance.airlock._jumbf import C2PA_TYPE, statements
from ordinance.airlock.c2pa import AI_KINDS, OTHER_KINDS, C2pa, Origin, find_c2pa, origin_of
from ordinance.model.transfer import Medium

REAL = (Path(__file__).parent / "c2pa" / "ai.c2pa").read_bytes()
UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
AI = ("trainedAlgorithmicMedia",)


def cbor(value: object) -> bytes:
    """Texts, lists, maps and numbers below 24 in CBOR."""
    if isinstance(value, int):
        return bytes([value])
    if isinstance(value, str):
        text = value.encode()
        return bytes([0x79]) + len(text).to_bytes(2, "big") + text
    if isinstance(value, list):
        return bytes([0x80 + len(value)]) + b"".join(map(cbor, value))
    assert isinstance(value, dict)
    return bytes([0xA0 + len(value)]) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def superbox(kind: bytes, label: str, *content: bytes) -> bytes:
    """A JUMBF superbox with its description."""
    return box("jumb", box("jumd", kind, b"\x03", label.encode() + b"\x00"), *content)


def store(*content: bytes) -> bytes:
    """A manifest store of one manifest with these boxes."""
    assertions = superbox(b"c2as" + C2PA_TYPE[4:], "c2pa.assertions", *content)
    return superbox(C2PA_TYPE, "c2pa", superbox(b"c2ma" + C2PA_TYPE[4:], "urn:c2pa:1", assertions))


def actions(kind: str) -> bytes:
    """A store whose one action names a kind of source."""
    return store(box("cbor", cbor({"actions": [{"action": "c2pa.created", "digitalSourceType": kind}]})))


def in_jpeg(content: bytes, piece: int = 60_000, number: int = 1) -> bytes:
    """A JPEG with a box over as many APP11 segments as it takes."""
    head, rest, segments = content[:8], content[8:], b""
    for packet, at in enumerate(range(0, len(rest), piece), 1):
        payload = b"JP" + number.to_bytes(2, "big") + packet.to_bytes(4, "big") + head + rest[at : at + piece]
        segments += b"\xff\xeb" + (len(payload) + 2).to_bytes(2, "big") + payload
    return jpeg()[:20] + segments + jpeg()[20:]


def in_png(content: bytes) -> bytes:
    """A PNG with a store."""
    return png()[:33] + png_chunk(b"caBX", content) + png()[33:]


def in_webp(content: bytes) -> bytes:
    """A WebP with a store."""
    return riff(*riff_chunks(webp("RGBA")), (b"C2PA", content))


def in_mp4(content: bytes, purpose: bytes = b"manifest") -> bytes:
    """An MP4 with a store between its type and its tables."""
    return film()[:32] + box("uuid", UUID, bytes(4), purpose + b"\x00", bytes(8), content) + film()[32:]


FORMS = {
    "jpeg": (in_jpeg, Medium.JPEG),
    "jpeg-in-pieces": (lambda content: in_jpeg(content, 97), Medium.JPEG),
    "png": (in_png, Medium.PNG),
    "webp": (in_webp, Medium.WEBP),
    "mp4": (in_mp4, Medium.MP4),
    "mov": (in_mp4, Medium.MOV),
}


def found(data: bytes, medium: Medium) -> C2pa | None:
    """What is found in these bytes."""
    return find_c2pa(memoryview(data), medium)


def ask(content: bytes) -> bool | None:
    """Whether a store in a PNG says AI."""
    answer = found(in_png(content), Medium.PNG)
    assert answer is not None
    assert answer.credentials
    return answer.says_ai


@pytest.mark.parametrize("form", FORMS)
def test_a_real_store_is_found_in_each_format(form: str) -> None:
    """What another program wrote is read to its end: it is there, it says AI, and which program says so."""
    put, medium = FORMS[form]
    answer = found(put(REAL), medium)
    assert answer == C2pa(True, True, AI, "example-generator")
    assert answer.says_ai is True


@pytest.mark.parametrize(
    ("data", "medium"),
    [(jpeg(), Medium.JPEG), (png(), Medium.PNG), (webp(), Medium.WEBP), (film(), Medium.MP4), (film(), Medium.MOV)],
)
def test_a_file_without_a_statement_has_none(data: bytes, medium: Medium) -> None:
    """Nothing is found where nothing is."""
    assert found(data, medium) is None


@pytest.mark.parametrize("kind", sorted(AI_KINDS))
def test_each_kind_that_is_ai_is_told(kind: str) -> None:
    """Made or changed by a trained model, or by an algorithm alone."""
    assert ask(actions(SOURCE + kind)) is True


@pytest.mark.parametrize("kind", sorted(OTHER_KINDS))
def test_each_kind_that_is_none_is_no(kind: str) -> None:
    """A camera, a scan, a person's drawing: read to the end, and not AI."""
    assert ask(actions(SOURCE + kind)) is False


def test_a_kind_that_nobody_listed_is_not_no() -> None:
    """A word that is newer than this program may mean anything."""
    assert ask(actions(SOURCE + "dreamedUpMedia")) is None
    assert ask(actions("https://example.org/kinds/dreamedUpMedia")) is None
    assert ask(actions(SOURCE + "compositeOfDreams")) is None


def test_letters_behind_a_kind_do_not_hide_it() -> None:
    """In a file whose store cannot be read, what follows the word may be letters as well."""
    content = store(box("brob", (SOURCE + "trainedAlgorithmicMediaXYZ").encode()))
    assert ask(content) is True


@pytest.mark.parametrize(
    "content",
    [
        store(box("brob", b"cbor\x0b\x02\x80text\x03")),
        store(box("cbor", b"\xff")),
        store(box("cbor", cbor({"a": 1}) + b"\x00")),
        store(box("cbor", b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff")),
        store(box("cbor", b"\x81" * 100 + b"\x00")),
        store(box("json", b"{")),
        store(box("json", b"[" * 5000)),
        store(b"\x00\x00\x00\x04jumb"),
        store(b"\xff\xff\xff\xffjumb"),
        store(box("new!", b"text")),
        REAL[:120],
        b"text",
        b"",
    ],
    ids=[
        "packed", "break", "more", "count", "deep", "json", "deep-json", "size", "beyond", "unknown", "cut", "text",
        "none",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_never_no(content: bytes) -> None:
    """It is there, and nobody knows what it says: packed, cut, lying, too deep, too new."""
    assert ask(content) is None


def test_a_store_deeper_than_any_is_not_followed() -> None:
    """Boxes in boxes without end are left."""
    content = box("cbor", cbor({}))
    for _ in range(300):
        content = superbox(b"c2as" + C2PA_TYPE[4:], "x", content)
    assert ask(store(content)) is None


def test_json_is_read_too() -> None:
    """Assertions of IPTC and of schema.org are JSON."""
    text = json.dumps({"@context": {}, "Iptc4xmpExt:DigitalSourceType": "trainedAlgorithmicMedia"}).encode()
    assert ask(store(box("json", text))) is True


def test_cbor_of_open_length_and_tags_is_read() -> None:
    """Lists, maps and texts whose length is not told before, and values with a tag."""
    text = b"\x7f" + cbor("compositeWith") + cbor("TrainedAlgorithmicMedia") + b"\xff"
    assert ask(store(box("cbor", b"\x9f\xbf" + cbor("digitalSourceType") + b"\xc1" + text + b"\xff\xff"))) is True


def test_two_boxes_of_a_jpeg_are_not_mixed_up() -> None:
    """Segments go together by their number; boxes of another kind, such as those of a panorama, are no concern here."""
    other = superbox(b"pano" + C2PA_TYPE[4:], "pano", box("json", b"{"))
    assert found(in_jpeg(other), Medium.JPEG) is None
    both = in_jpeg(actions(SOURCE + "digitalCapture"), 50, 2)
    assert found(both[:20] + in_jpeg(other)[20 : 20 - len(jpeg())] + both[20:], Medium.JPEG) == C2pa(
        True, True, ("digitalCapture",)
    )


def test_a_box_with_a_size_of_64_bits_is_put_together() -> None:
    """The longer head is left out of each later segment as well."""
    content = actions(SOURCE + "trainedAlgorithmicMedia")
    head, rest, segments = b"\x00\x00\x00\x01jumb" + (len(content) + 8).to_bytes(8, "big"), content[8:], b""
    for packet, at in enumerate(range(0, len(rest), 70), 1):
        payload = b"JP\x00\x01" + packet.to_bytes(4, "big") + head + rest[at : at + 70]
        segments += b"\xff\xeb" + (len(payload) + 2).to_bytes(2, "big") + payload
    answer = found(jpeg()[:20] + segments + jpeg()[20:], Medium.JPEG)
    assert answer is not None
    assert answer.says_ai is True


XMP = f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{SOURCE}trainedAlgorithmicMedia"/>'.encode()
DIGITS = b"\nxmp\n%8d\n" % len(XMP) + XMP.hex("\n", 36).encode() + b"\n"  # as ImageMagick writes it


@pytest.mark.parametrize(
    ("data", "medium"),
    [
        (jpeg()[:20] + b"\xff\xe1" + (len(XMP) + 31).to_bytes(2, "big") + b"http://ns.adobe.com/xap/1.0/\x00" + XMP
         + jpeg()[20:], Medium.JPEG),
        (png()[:33] + png_chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + XMP) + png()[33:], Medium.PNG),
        (png()[:33] + png_chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(XMP)) + png()[33:],
         Medium.PNG),
        (png()[:33] + png_chunk(b"zTXt", b"Raw profile\x00\x00" + zlib.compress(XMP)) + png()[33:], Medium.PNG),
        (png()[:33] + png_chunk(b"zTXt", b"Raw profile type xmp\x00\x00" + zlib.compress(DIGITS)) + png()[33:],
         Medium.PNG),
        (png()[:33] + png_chunk(b"tEXt", b"Raw profile type xmp\x00" + DIGITS) + png()[33:], Medium.PNG),
        (riff(*riff_chunks(webp("RGBA")), (b"XMP ", XMP)), Medium.WEBP),
        (film() + box("uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), XMP), Medium.MP4),
    ],
    ids=["jpeg", "png", "png-packed", "png-old", "png-digits-packed", "png-digits", "webp", "mp4"],
)  # fmt: skip
def test_xmp_without_credentials_is_told(data: bytes, medium: Medium) -> None:
    """The kind of source stands in XMP where nothing is signed, packed or not."""
    assert found(data, medium) == C2pa(False, True, AI)


@pytest.mark.parametrize("letters", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_xmp_in_letters_of_any_width_is_not_no(letters: str) -> None:
    """XMP may be written in UTF-16 and UTF-32, in either order of bytes: it says something, and what is not seen."""
    wide = XMP.decode().encode(letters)
    answer = found(riff(*riff_chunks(webp("RGBA")), (b"XMP ", wide + bytes(len(wide) % 2))), Medium.WEBP)
    assert answer is not None
    assert answer.says_ai is None


def test_xmp_in_wide_letters_is_not_no() -> None:
    """UTF-16 is allowed in XMP, and rare: it is told as not read."""
    answer = found(riff(*riff_chunks(webp("RGBA")), (b"XMP ", XMP.decode().encode("utf-16"))), Medium.WEBP)
    assert answer is not None
    assert answer.says_ai is None
    packed = b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(XMP.decode().encode("utf-16"))
    answer = found(png()[:33] + png_chunk(b"iTXt", packed) + png()[33:], Medium.PNG)
    assert answer is not None
    assert answer.says_ai is None


@pytest.mark.parametrize("medium", [Medium.JPEG, Medium.PNG, Medium.WEBP, Medium.MP4])
def test_a_store_in_another_place_is_not_no(medium: Medium) -> None:
    """Behind the end, or in a chunk where nobody keeps it: it is there, and was not read."""
    good = {Medium.JPEG: jpeg(), Medium.PNG: png(), Medium.WEBP: webp(), Medium.MP4: film()}[medium]
    content = store(box("cbor", cbor({})))
    answer = found(good + (box("free", content) if medium is Medium.MP4 else content), medium)
    assert answer is not None
    assert (answer.credentials, answer.says_ai) == (True, None)


def test_the_generator_is_made_harmless() -> None:
    """At most sixty letters of a plain kind: anybody may have written it."""
    content = store(box("cbor", cbor({"claim_generator": "evil\x1b[31m\u202e<script>" + "x" * 100})))
    answer = found(in_png(content), Medium.PNG)
    assert answer is not None
    assert answer.untrusted_generator is not None
    assert answer.untrusted_generator.startswith("evil??31m??script?xxx")
    assert len(answer.untrusted_generator) == 60


@pytest.mark.parametrize("form", FORMS)
def test_a_file_cut_anywhere_never_raises_and_never_says_no(form: str) -> None:
    """From the first bytes of the store on it is there; whoever cannot read it all does not say no."""
    put, medium = FORMS[form]
    content = actions(SOURCE + "digitalCapture")
    data = put(content)
    begin = data.index(b"jumdc2pa") + 8
    for size in range(len(data)):
        answer = found(data[:size], medium)
        assert answer is not None or size < begin
        if answer is not None and size < len(data) - len(jpeg()):
            assert answer.says_ai is not False or medium in (Medium.MP4, Medium.MOV)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.data())
def test_changed_bytes_never_raise(form: str, data: st.DataObject) -> None:
    """Any few bytes of a file may be anything."""
    put, medium = FORMS[form]
    made = bytearray(put(REAL))
    for _ in range(data.draw(st.integers(1, 6))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(found(bytes(made), medium), C2pa | None)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_junk_in_a_store_never_raises(junk: bytes) -> None:
    """As CBOR, as JSON, as boxes."""
    for content in (junk, store(junk), store(box("cbor", junk)), store(box("json", junk))):
        statements(memoryview(content))


def test_a_large_file_is_read_in_time() -> None:
    """Forty megabytes of film take a moment: each byte is looked at once."""
    data = film() + box("free", b"\xd8\xfejumd" * (40 << 17))
    began = time.monotonic()
    assert found(data, Medium.MP4) is None
    assert time.monotonic() - began < 5


AI_XMP = b"XML:com.adobe.xmp\x00\x00\x00\x00\x00"


@pytest.mark.parametrize(
    ("data", "origin"),
    [
        (b"", Origin.NOTHING_SAID),
        (jpeg(), Origin.NOTHING_SAID),
        (png()[:33] + png_chunk(b"iTXt", AI_XMP + XMP.replace(b"trainedAlgorithmicMedia", b"digitalArt")) + png()[33:],
         Origin.NOTHING_SAID),
        (in_png(actions(SOURCE + "digitalCapture")), Origin.PRESENT),
        (in_jpeg(actions(SOURCE + "compositeWithTrainedAlgorithmicMedia"), 40), Origin.MADE_BY_AI),
        (film()[:32] + XMP, Origin.MADE_BY_AI),
        (b"GIF89a" + XMP, Origin.MADE_BY_AI),
        (in_png(superbox(b"c2cm" + C2PA_TYPE[4:], "c2pa", box("brob", b"text"))), Origin.UNREADABLE),
        (png()[:33] + png_chunk(b"iTXt", AI_XMP + b"<x dcterms:provenance='u'/>") + png()[33:], Origin.UNREADABLE),
        (in_png(store(box("brob", b"text"))), Origin.UNREADABLE),
    ],
    ids=["empty", "nothing", "art", "capture", "ai-cut-in-two", "cut", "gif", "packed-store", "remote", "packed"],
)  # fmt: skip
def test_it_is_told_in_one_word(data: bytes, origin: Origin, tmp_path: Path) -> None:
    """AI is never missed where its name stands, and what cannot be seen is never taken for nothing."""
    (tmp_path / "given").write_bytes(data)
    assert origin_of(tmp_path / "given") is origin


PACKED = b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(XMP)
FLIPPED = PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:]


@pytest.mark.parametrize(
    "text", [PACKED[:-20], FLIPPED, PACKED[:22] + b"no zlib at all"], ids=["cut", "flipped", "none"]
)
def test_a_packed_text_that_cannot_be_unpacked_is_not_no(text: bytes) -> None:
    """The picture can still be seen, and what its text said of AI nobody knows."""
    answer = found(png()[:33] + png_chunk(b"iTXt", text) + png()[33:], Medium.PNG)
    assert answer is not None
    assert answer.says_ai is None
