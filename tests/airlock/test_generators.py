# SPDX-License-Identifier: EUPL-1.2
"""Texts such as image generators write are found where they write them, and an ordinary photograph is never accused."""

from __future__ import annotations

import json
import time
import zlib
from pathlib import Path

import pytest
from tests.airlock.structure.samples import jpeg, png, png_chunk, riff, riff_chunks, webp
from tests.airlock.test_c2pa import SOURCE, actions, in_png

from ordinance.airlock import c2pa
from ordinance.airlock.c2pa import Origin, find_c2pa, origin_of
from ordinance.model.transfer import Medium

WEB_UI = b"a market\nNegative prompt: people\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512"
PLAN = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 5}}}).encode()
DRAWN = json.dumps({"nodes": [{"type": "KSampler", "widgets_values": [5]}], "links": []}).encode()
SWARM = json.dumps({"sui_image_params": {"prompt": "a market", "seed": 1}}).encode()
INVOKE = json.dumps({"generation_mode": "txt2img", "positive_prompt": "a market"}).encode()


def text(keyword: bytes, content: bytes, kind: str = "tEXt") -> bytes:
    """A PNG with a text under a keyword, in one of the three forms that the format has."""
    body = {
        "tEXt": content,
        "zTXt": b"\x00" + zlib.compress(content),
        "iTXt": b"\x00\x00en\x00w\x00" + content,
        "iTXt-packed": b"\x01\x00\x00\x00" + zlib.compress(content),
    }[kind]
    chunk = png_chunk(kind[:4].encode(), keyword + b"\x00" + body)
    return png()[:33] + chunk + png()[33:]


def exif(*, comment: bytes = b"", order: str = "II", fields: dict[int, bytes] | None = None) -> bytes:
    """Exif data: texts of the first directory by their tag, and a comment of the user in the directory of Exif."""
    end = "little" if order == "II" else "big"

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, end)  # type: ignore[arg-type]  # one of both words

    entries = sorted((fields or {}).items())
    at = 8 + 2 + 12 * (len(entries) + 1) + 4
    first, values = number(len(entries) + 1, 2), b""
    for tag, value in entries:
        first += number(tag, 2) + number(2, 2) + number(len(value), 4) + number(at + len(values), 4)
        values += value
    inner = at + len(values)
    first += number(0x8769, 2) + number(4, 2) + number(1, 4) + number(inner, 4) + bytes(4)
    second = number(1, 2) + number(0x9286, 2) + number(7, 2) + number(len(comment), 4) + number(inner + 18, 4)
    return order.encode() + number(42, 2) + number(8, 4) + first + values + second + bytes(4) + comment


def in_jpeg(data: bytes) -> bytes:
    """A JPEG with Exif data."""
    content = b"Exif\x00\x00" + data
    return jpeg()[:20] + b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content + jpeg()[20:]


def in_webp(data: bytes) -> bytes:
    """A WebP with Exif data."""
    return riff(*riff_chunks(webp("RGBA")), (b"EXIF", data))


def digits(data: bytes) -> bytes:
    """Exif data as ImageMagick spells it in a PNG."""
    content = b"Exif\x00\x00" + data
    return text(b"Raw profile type exif", b"\nexif\n" + b"%8d\n" % len(content) + content.hex().encode(), "zTXt")


WIDE = b"UNICODE\x00" + WEB_UI.decode().encode("utf-16-be")
GENERATED = {
    "web-ui": text(b"parameters", WEB_UI),
    "web-ui-packed": text(b"parameters", WEB_UI, "zTXt"),
    "web-ui-other-letters": text(b"parameters", WEB_UI, "iTXt"),
    "web-ui-other-letters-packed": text(b"parameters", WEB_UI, "iTXt-packed"),
    "web-ui-without-words": text(b"parameters", WEB_UI.rpartition(b"\n")[2]),
    "comfy-prompt": text(b"prompt", PLAN),
    "comfy-workflow": text(b"workflow", DRAWN),
    "swarm": text(b"parameters", SWARM),
    "invoke": text(b"invokeai_metadata", INVOKE, "iTXt"),
    "novel": text(b"Software", b"NovelAI"),
    "comment-jpeg": in_jpeg(exif(comment=WIDE)),
    "comment-jpeg-big-end-first": in_jpeg(exif(comment=WIDE, order="MM")),
    "comment-little-letters": in_jpeg(exif(comment=b"UNICODE\x00" + WEB_UI.decode().encode("utf-16-le"))),
    "comment-ascii": in_jpeg(exif(comment=b"ASCII\x00\x00\x00" + WEB_UI)),
    "comment-webp": in_webp(exif(comment=WIDE)),
    "comment-png": png()[:33] + png_chunk(b"eXIf", exif(comment=WIDE)) + png()[33:],
    "comment-png-in-digits": digits(exif(comment=WIDE)),
    "comfy-webp": in_webp(exif(fields={0x10F: b"workflow:" + DRAWN + b"\x00", 0x110: b"prompt:" + PLAN + b"\x00"})),
    "swarm-jpeg": in_jpeg(exif(comment=b"ASCII\x00\x00\x00" + SWARM)),
}
ORDINARY = {
    "photograph": in_jpeg(exif(fields={0x10F: b"Canon\x00", 0x110: b"EOS R6\x00"}, comment=b"ASCII\x00\x00\x00market")),
    "empty-comment": in_jpeg(exif(comment=b"UNICODE\x00")),
    "zeros": in_jpeg(exif(comment=bytes(256))),
    "stairs": in_jpeg(exif(comment=b"ASCII\x00\x00\x00Steps: 20, new handrail, Seed: grass")),
    "printing": text(b"parameters", b"Steps: 3, Size: A4, Sampler: none"),
    "in-a-sentence": text(b"Description", WEB_UI),
    "speech": text(b"prompt", b"The mayor waits for her prompt: class_type and inputs are to be discussed."),
    "tasks": text(b"workflow", b'{"steps": ["scan", "crop"], "nodes": 2}'),
    "photoshop": text(b"Software", b"Adobe Photoshop 25.0 (Windows)"),
    "photoshop-xmp": text(b"XML:com.adobe.xmp", b"<x xmp:CreatorTool='Adobe Photoshop 25.0'/>", "iTXt"),
    "named-so": text(b"Software", b"NovelAI viewer"),
    "settings": text(b"parameters", b'{"exposure": 2, "steps": 3}'),
    "other-program": text(b"invokeai_metadata", b"none"),
    "webp": in_webp(exif(fields={0x10F: b"workflow:scan\x00", 0x110: b"prompt:\x00"})),
}


def origin(data: bytes, tmp_path: Path) -> Origin:
    """What is said of a file of these bytes."""
    (tmp_path / "given").write_bytes(data)
    return origin_of(tmp_path / "given")


@pytest.mark.parametrize("form", GENERATED)
def test_what_generators_write_is_told(form: str, tmp_path: Path) -> None:
    """Each sign at each place that a program writes it to."""
    assert origin(GENERATED[form], tmp_path) is Origin.LIKE_AI


@pytest.mark.parametrize("form", ORDINARY)
def test_nobody_is_accused(form: str, tmp_path: Path) -> None:
    """A photograph's comment, the words of a person under the same names, and other programs' data say nothing."""
    assert origin(ORDINARY[form], tmp_path) is Origin.NOTHING_SAID


def test_it_is_a_hint_and_neither_yes_nor_no() -> None:
    """Such texts can be copied, and stay when a photograph is worked on: nothing is said for sure."""
    said = find_c2pa(memoryview(GENERATED["web-ui"]), Medium.PNG)
    assert said is not None
    assert (said.generator_texts, said.credentials, said.says_ai) == (True, False, None)


def test_what_is_said_outright_goes_before_a_hint(tmp_path: Path) -> None:
    """Credentials that say AI are no hint; those that say a camera do not take the hint away."""
    chunk = GENERATED["web-ui"][33:][: len(GENERATED["web-ui"]) - len(png())]
    for kind, expected in (("trainedAlgorithmicMedia", Origin.MADE_BY_AI), ("digitalCapture", Origin.LIKE_AI)):
        whole = in_png(actions(SOURCE + kind))
        assert origin(whole[:33] + chunk + whole[33:], tmp_path) is expected


def test_a_hint_goes_before_what_cannot_be_read(tmp_path: Path) -> None:
    """What was seen is said, also where a text beside it cannot be unpacked."""
    broken = png_chunk(b"zTXt", b"Comment\x00\x00no zlib at all")
    given = GENERATED["comfy-prompt"]
    assert origin(given[:-12] + broken + given[-12:], tmp_path) is Origin.LIKE_AI


@pytest.mark.parametrize("form", ["comment-jpeg", "comment-png", "comfy-webp", "web-ui-packed"])
def test_every_cut_is_read_without_a_fault(form: str) -> None:
    """A file that ends anywhere is read to there, in all bytes that it has."""
    data = GENERATED[form]
    medium = {"comment-jpeg": Medium.JPEG, "comfy-webp": Medium.WEBP}.get(form, Medium.PNG)
    answers = {find_c2pa(memoryview(data)[:length], medium) is None for length in range(len(data))}
    assert answers == {True, False}


def test_what_many_texts_unpack_to_has_one_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each small, together too much: that is not known, and what follows is not unpacked."""
    monkeypatch.setattr(c2pa, "_MOST", 100_000)
    chunk = png_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(30_000)))
    assert origin(png()[:33] + 3 * chunk + png()[33:], tmp_path) is Origin.NOTHING_SAID
    assert origin(png()[:33] + 4 * chunk + png()[33:], tmp_path) is Origin.UNREADABLE


def test_entries_that_point_to_one_text_are_not_read_again_and_again(tmp_path: Path) -> None:
    """Thousands of entries may name the same megabytes: it ends soon, and is not taken for nothing."""
    size = 1 << 20
    entries = b"".join(b"\x0e\x01\x02\x00" + size.to_bytes(4, "little") + bytes(4) for _ in range(60_000))
    data = b"II*\x00\x08\x00\x00\x00" + (60_000).to_bytes(2, "little") + entries + bytes(4) + bytes(size)
    began = time.monotonic()
    assert origin(in_webp(data), tmp_path) is Origin.UNREADABLE
    assert time.monotonic() - began < 5
