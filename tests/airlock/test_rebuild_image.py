# SPDX-License-Identifier: EUPL-1.2
"""Pictures made anew: what stays, what is changed and said, and what is refused."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps
from tests.airlock.pictures import FORMATS, MARK, claimed_png, drawn, marked, saved, swapped_profile

from ordinance.airlock import _rebuild_image, rebuild
from ordinance.airlock._apart import ApartError, StopError
from ordinance.airlock._seccomp import can_lock_in
from ordinance.model.errors import TransferError
from ordinance.model.transfer import Medium

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")


def through(content: bytes, medium: str, **limits: int) -> tuple[bytes, rebuild.Rebuilt]:
    """A file rebuilt by the process that does it, and what is said of it."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "given", Path(folder) / "new"
        source.write_bytes(content)
        found = rebuild.rebuild(source, out, Medium(medium), rebuild.Limits(**limits))
        assert sorted(p.name for p in Path(folder).iterdir()) == ["given", "new"]
        assert source.read_bytes() == content
        return out.read_bytes(), found


def fault_of(content: bytes, medium: str, **limits: int) -> str:
    """The id with which a file is refused, after which nothing is left of it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "given"
        source.write_bytes(content)
        with pytest.raises(TransferError) as refused:
            rebuild.rebuild(source, Path(folder) / "new", Medium(medium), rebuild.Limits(**limits))
        assert [p.name for p in Path(folder).iterdir()] == ["given"]
        (issue,) = refused.value.issues
        assert issue.file == "given"
        assert issue.hint or issue.id not in rebuild.FAULTS or not rebuild.FAULTS[issue.id][1]
        return issue.id


def worked(content: bytes, medium: str, pixels: int = 1_000_000) -> tuple[bytes, dict[str, Any]]:
    """What the worker makes of a file, without a process around it."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out:
        source.write(content)
        source.flush()
        request = {"medium": medium, "pixels": pixels}
        found = _rebuild_image.work(request, (source.fileno(), out.fileno()), lambda *_: None)
        out.seek(0)
        return out.read(), found


def opened(content: bytes) -> Image.Image:
    """A picture's pixels."""
    with Image.open(io.BytesIO(content)) as found:
        found.load()
        return found.copy()


@pytest.mark.parametrize("medium", FORMATS)
def test_nothing_but_the_pixels_goes_through(medium: str) -> None:
    """Of EXIF data, place, texts, comment, profile and what follows the end nothing is in the new file."""
    content = marked(medium)
    assert content.count(MARK.encode()) >= 4
    new, found = through(content, medium)
    assert MARK.encode() not in new
    assert b"Exif" not in new
    assert not opened(new).info.keys() & {"exif", "icc_profile", "xmp", "comment", "dpi", "Author"}
    assert "metadata_dropped" in found.notes
    assert (found.width, found.height) == (24, 16)


@pytest.mark.parametrize("medium", FORMATS)
def test_the_receipt_is_of_these_bytes(medium: str, tmp_path: Path) -> None:
    """Both hashes and the size are those of the files, and the new one is for its owner alone."""
    import hashlib

    source, out = tmp_path / "a", tmp_path / "b"
    source.write_bytes(marked(medium))
    found = rebuild.rebuild(source, out, Medium(medium))
    assert found.before == hashlib.sha256(source.read_bytes()).hexdigest()
    assert found.after == hashlib.sha256(out.read_bytes()).hexdigest()
    assert found.size_bytes == out.stat().st_size
    assert out.stat().st_mode & 0o777 == 0o600
    assert found.medium is Medium(medium)


@pytest.mark.parametrize("medium", FORMATS)
def test_the_same_file_gives_the_same_bytes(medium: str) -> None:
    """Rebuilt twice, a file has one hash; and what was rebuilt can be rebuilt again."""
    first, again = through(marked(medium), medium)[0], through(marked(medium), medium)[0]
    assert first == again
    assert through(first, medium)[1].width == 24


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "1", "P"])
def test_the_pixels_of_a_png_stay_as_they_are(mode: str) -> None:
    """No pixel changes, whatever the picture's kind, and nothing is said to have changed."""
    picture = drawn(mode)
    if mode in ("LA", "RGBA"):
        picture.putalpha(drawn("L").point(lambda v: 100 + v // 4))
    new, found = worked(saved(picture, "png"), "png")
    assert opened(new).convert("RGBA").tobytes() == picture.convert("RGBA").tobytes()
    assert found["notes"] == []


@pytest.mark.parametrize("medium", ["jpeg", "webp"])
def test_a_lossy_picture_looks_as_before(medium: str) -> None:
    """Each point differs by little from the one before."""
    before = saved(drawn(size=(64, 48)), medium, quality=95)
    new, _ = worked(before, medium)
    pairs = zip(opened(before).convert("RGB").tobytes(), opened(new).convert("RGB").tobytes(), strict=True)
    assert sum(abs(a - b) for a, b in pairs) / (64 * 48 * 3) < 4


def test_a_lossless_webp_stays_lossless() -> None:
    """Pixels of a WebP that was lossless are the same afterwards, those of alpha included."""
    picture = drawn("RGBA")
    picture.putalpha(drawn("L").point(lambda v: 100 + v // 4))
    new, _ = worked(saved(picture, "webp", lossless=True, exact=True), "webp")
    assert opened(new).tobytes() == picture.tobytes()


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("medium", ["png", "jpeg"])
def test_the_picture_is_upright(turn: int, medium: str) -> None:
    """The camera's word on which way is up is applied to the pixels, and said."""
    exif = Image.Exif()
    exif[0x0112] = turn
    content = saved(drawn(), medium, exif=exif)
    upright = ImageOps.exif_transpose(opened(content))
    new, found = worked(content, medium)
    assert (found["width"], found["height"]) == upright.size
    pairs = zip(opened(new).tobytes(), upright.tobytes(), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= (0 if medium == "png" else 40)
    assert ("orientation_applied" in found["notes"]) is (turn != 1)


def test_unreadable_exif_is_said_and_dropped() -> None:
    """Broken EXIF data neither stop the picture nor get through."""
    content = saved(drawn(), "jpeg", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f" + MARK.encode())
    new, found = worked(content, "jpeg")
    assert MARK.encode() not in new
    assert "metadata_dropped" in found["notes"]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_follow_the_profile(mode: str) -> None:
    """What the profile calls red is green in sRGB, and comes out green; alpha stays."""
    picture = Image.new(mode, (8, 8), (255, 0, 0, 77)[: len(mode)])
    new, found = worked(saved(picture, "png", icc_profile=swapped_profile()), "png")
    red, green, *rest = opened(new).getpixel((3, 3))  # type: ignore[misc]  # several channels
    assert (green > 200, red < 60) == (True, True)
    assert rest[1:] == [77][: len(mode) - 3]
    assert found["notes"] == ["colours_converted", "metadata_dropped"]


def test_a_broken_profile_is_said() -> None:
    """A profile that is none leaves the colours as they are, and says to look at them."""
    picture = Image.new("RGB", (8, 8), (255, 0, 0))
    new, found = worked(saved(picture, "png", icc_profile=b"no profile " * 20), "png")
    assert opened(new).tobytes() == picture.tobytes()
    assert "colours_unreadable" in found["notes"]


def test_print_colours_become_screen_colours() -> None:
    """A CMYK picture comes out as RGB of about the same colours."""
    picture = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    new, found = worked(saved(picture, "jpeg", quality=95), "jpeg")
    red, green, blue = opened(new).getpixel((5, 5))  # type: ignore[misc]  # three channels
    assert (red > 240, green < 15, blue < 15) == (True, True, True)
    assert "cmyk_converted" in found["notes"]


def test_sixteen_bits_become_eight() -> None:
    """A deep grey picture keeps its lightness, and the loss is said."""
    picture = Image.frombytes("I;16", (4, 1), struct.pack("<4H", 0, 257 * 64, 257 * 128, 65535))
    new, found = worked(saved(picture, "png"), "png")
    assert opened(new).tobytes() == bytes((0, 64, 128, 255))
    assert "depth_reduced" in found["notes"]


def test_sixteen_bits_of_colour_become_eight() -> None:
    """A deep picture in colour says so too."""
    body = zlib.compress(b"\0" + struct.pack(">6H", 65535, 0, 257 * 9, 0, 65535, 0))
    head = claimed_png(2, 1, depth=16)[:33]
    content = head + struct.pack(">I", len(body)) + b"IDAT" + body + struct.pack(">I", zlib.crc32(b"IDAT" + body))
    new, found = worked(content + b"\0\0\0\0IEND\xaeB`\x82", "png")
    assert opened(new).tobytes() == bytes((255, 0, 9, 0, 255, 0))
    assert "depth_reduced" in found["notes"]


@pytest.mark.parametrize(("medium", "options"), [("png", {}), ("webp", {"lossless": True, "exact": True})])
def test_what_is_wholly_transparent_hides_nothing(medium: str, options: Mapping[str, Any]) -> None:
    """A second picture below full transparency, which no eye sees, does not go through."""
    hidden = drawn("RGBA")
    alpha = Image.new("L", hidden.size, 0)
    alpha.paste(255, (0, 0, 4, 16))
    hidden.putalpha(alpha)
    content = saved(hidden, medium, **options)
    assert opened(content).getpixel((20, 12)) == hidden.getpixel((20, 12))
    new, _ = worked(content, medium)
    assert opened(new).getpixel((20, 12)) == (0, 0, 0, 0)
    assert opened(new).getpixel((2, 12)) == hidden.getpixel((2, 12))


def test_a_transparent_colour_stays_transparent() -> None:
    """One colour declared transparent, as old PNG files do, comes out as alpha."""
    picture = Image.new("RGB", (8, 8), (1, 2, 3))
    picture.paste((200, 0, 0), (0, 0, 4, 8))
    new, _ = worked(saved(picture, "png", transparency=(1, 2, 3)), "png")
    assert opened(new).getpixel((6, 1)) == (0, 0, 0, 0)
    assert opened(new).getpixel((1, 1)) == (200, 0, 0, 255)


@pytest.mark.parametrize("medium", ["png", "webp"])
def test_what_moves_is_refused(medium: str) -> None:
    """An animation is neither flattened nor passed."""
    frames = [drawn(), Image.new("RGB", (24, 16), (1, 2, 3))]
    content = saved(frames[0], medium, save_all=True, append_images=frames[1:], duration=100)
    assert fault_of(content, medium) == "airlock-animated"


def test_a_second_picture_in_a_jpeg_is_left_out() -> None:
    """Of a file with a preview or a gain map the first picture alone goes through, and that is said."""
    out = io.BytesIO()
    drawn().save(out, "MPO", save_all=True, append_images=[drawn(size=(48, 32))])
    new, found = through(out.getvalue(), "jpeg")
    assert opened(new).size == (24, 16)
    assert new.count(b"\xff\xd8\xff") == 1
    assert "further_pictures_dropped" in found.notes


def lying_jpeg() -> bytes:
    """A JPEG whose header claims the largest size there is."""
    content = saved(drawn(), "jpeg")
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :]


def lying_webp() -> bytes:
    """A WebP whose canvas claims the largest size there is."""
    content = saved(drawn("RGBA").rotate(9, fillcolor=(0, 0, 0, 0)), "webp")
    at = content.index(b"VP8X") + 12
    return content[:at] + b"\xff" * 6 + content[at + 6 :]


@pytest.mark.parametrize(
    ("content", "medium", "faults"),
    [
        (claimed_png(60_000, 60_000), "png", {"airlock-too-many-pixels"}),
        (claimed_png(2**31 - 1, 2**31 - 1), "png", {"airlock-too-many-pixels", "airlock-cannot-decode"}),
        (claimed_png(9_000, 9_000), "png", {"airlock-cannot-decode"}),  # too little data for its size
        (lying_jpeg(), "jpeg", {"airlock-too-many-pixels"}),
        (lying_webp(), "webp", {"airlock-too-many-pixels", "airlock-cannot-decode", "airlock-out-of-limits"}),
    ],
    ids=["png", "png-largest", "png-short", "jpeg", "webp"],
)
def test_a_file_that_lies_about_its_size_is_refused(content: bytes, medium: str, faults: set[str]) -> None:
    """Huge claims end before memory is taken for them, and each has its reason."""
    assert fault_of(content, medium) in faults


def test_the_limit_of_pixels_is_exact() -> None:
    """As many as allowed pass, one fewer allowed refuses; zero allows none."""
    content = saved(drawn(), "png")
    assert through(content, "png", pixels=24 * 16)[1].width == 24
    assert fault_of(content, "png", pixels=24 * 16 - 1) == "airlock-too-many-pixels"
    assert fault_of(content, "png", pixels=0) == "airlock-too-many-pixels"


def test_texts_that_unpack_to_megabytes_are_refused() -> None:
    """A text of a few bytes that unpacks to hundreds of megabytes ends the picture."""
    packed = b"a\0\0" + zlib.compress(b"\0" * 200_000_000, 9)
    plain = saved(drawn(), "png")
    bomb = struct.pack(">I", len(packed)) + b"zTXt" + packed + struct.pack(">I", zlib.crc32(b"zTXt" + packed))
    assert fault_of(plain[:33] + bomb + plain[33:], "png") == "airlock-cannot-decode"


def test_a_file_that_is_two_kinds_comes_out_as_one() -> None:
    """A page, a GIF or an archive inside or behind a picture is not in the new one."""
    other = b"GIF89a\x01\x00\x01\x00<script>" + MARK.encode()
    content = saved(drawn(), "jpeg", comment=other) + b"PK\x03\x04" + other
    new, _ = through(content, "jpeg")
    assert b"GIF89a" not in new
    assert b"PK\x03\x04" not in new
    assert new.endswith(b"\xff\xd9")
    assert new.count(b"\xff\xd9") == 1


@pytest.mark.parametrize(("content", "medium"), [("png", "jpeg"), ("jpeg", "webp"), ("webp", "png")])
def test_no_decoder_but_the_one_asked_for_is_tried(content: str, medium: str) -> None:
    """A file of another kind than was said is refused, not guessed at."""
    assert fault_of(saved(drawn(), content), medium) == "airlock-cannot-decode"


@pytest.mark.parametrize("medium", FORMATS)
def test_cut_at_every_length(medium: str) -> None:
    """A file that ends early is refused, or was whole but for its last bytes; no other error gets out."""
    content = saved(drawn(size=(16, 16)), medium)
    refused = 0
    for length in range(len(content)):
        try:
            new, found = worked(content[:length], medium)
        except StopError as stopped:
            assert stopped.id == "airlock-cannot-decode"
            refused += 1
        else:
            assert opened(new).size == (found["width"], found["height"]) == (16, 16)
    assert refused >= 0.75 * len(content)


@pytest.mark.parametrize("medium", FORMATS)
def test_junk_is_refused_by_the_process_too(medium: str) -> None:
    """An empty file, a head alone and noise end with a reason."""
    content = marked(medium)
    assert fault_of(b"", medium) == "airlock-cannot-decode"
    assert fault_of(content[:40], medium) == "airlock-cannot-decode"
    assert fault_of(content[:60] + os.urandom(2000), medium) == "airlock-cannot-decode"


def test_a_mistake_of_ours_is_not_laid_at_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks behind the decoder is no fault of the file: it gets out as it is, and ends the process."""

    def broken(*_: object) -> None:
        raise ValueError("ours")

    for name in ("_plain", "_in_srgb", "_fresh"):
        with monkeypatch.context() as patch:
            patch.setattr(_rebuild_image, name, broken)
            with pytest.raises(ValueError, match="ours"):
                worked(saved(drawn(), "png"), "png")
    assert "our fault" in rebuild.FAULTS["airlock-decoder-broke"][0]


GOOD = {"width": 24, "height": 16, "notes": []}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        GOOD | {"width": "24"},
        GOOD | {"width": True},
        GOOD | {"width": 0},
        GOOD | {"height": 2**40},
        GOOD | {"width": 65_000, "height": 65_000},
        GOOD | {"notes": "orientation_applied"},
        GOOD | {"notes": ["text of the file"]},
        GOOD | {"notes": [["orientation_applied"]]},
    ],
)
def test_no_answer_is_taken_on_its_word(answer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was taken over can answer what it likes: only what can be true counts."""
    content = saved(drawn(), "png")

    def answered(_: str, __: object, files: Sequence[int], *___: object) -> object:
        os.pwrite(files[1], content, 0)
        return answer

    monkeypatch.setattr(rebuild, "apart", answered)
    assert fault_of(content, "png") == "airlock-decoder-broke"


def test_an_answer_without_a_file_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that says all went well and wrote nothing, or another kind, is not believed."""
    monkeypatch.setattr(rebuild, "apart", lambda *_: GOOD)
    assert fault_of(saved(drawn(), "png"), "png") == "airlock-decoder-broke"


def test_an_unknown_fault_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The id of a fault is one of ours: a text from the process is never shown."""

    def answer(*_: object) -> object:
        raise ApartError("text of the file")

    monkeypatch.setattr(rebuild, "apart", answer)
    assert fault_of(saved(drawn(), "png"), "png") == "airlock-decoder-broke"


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash before must be of the bytes that were decoded."""
    source = tmp_path / "given"
    source.write_bytes(saved(drawn(), "png"))
    real = rebuild.apart

    def slow(*args: Any) -> dict[str, Any]:
        source.write_bytes(source.read_bytes() + b"more")
        return real(*args)

    monkeypatch.setattr(rebuild, "apart", slow)
    with pytest.raises(TransferError, match="airlock-changed-meanwhile"):
        rebuild.rebuild(source, tmp_path / "new", Medium.PNG)
    assert not (tmp_path / "new").exists()


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder or a pipe is refused at once; a pipe does not hold us."""
    os.mkfifo(tmp_path / "pipe")
    for name in (".", "pipe"):
        with pytest.raises(TransferError, match="airlock-no-file"):
            rebuild.rebuild(tmp_path / name, tmp_path / "new", Medium.PNG)


def test_the_limit_of_bytes_is_exact() -> None:
    """As many as allowed pass, one fewer allowed refuses."""
    content = saved(drawn(), "png")
    assert through(content, "png", source_bytes=len(content))[1].width == 24
    assert fault_of(content, "png", source_bytes=len(content) - 1) == "airlock-too-many-bytes"


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Pillow is not there, nothing is tried, and the hint can be copied."""
    monkeypatch.setattr(rebuild, "find_spec", lambda _: None)
    assert fault_of(saved(drawn(), "png"), "png") == "airlock-extra-missing"


def test_nothing_is_replaced(tmp_path: Path) -> None:
    """A file that is there already stays, and nothing is left beside it."""
    (tmp_path / "given").write_bytes(saved(drawn(), "png"))
    (tmp_path / "new").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        rebuild.rebuild(tmp_path / "given", tmp_path / "new", Medium.PNG)
    assert (tmp_path / "new").read_bytes() == b"mine"
    assert len(list(tmp_path.iterdir())) == 2


def test_every_note_and_fault_of_the_worker_has_its_sentence() -> None:
    """What the worker can say is what the parent knows; the reverse as well."""
    import inspect
    import re

    text = inspect.getsource(_rebuild_image)
    assert set(re.findall(r'notes\.append\("(\w+)"\)', text)) | {"metadata_dropped"} <= set(rebuild.NOTES)
    assert set(re.findall(r'StopError\("([\w-]+)"\)', text)) <= set(rebuild.FAULTS)


@pytest.mark.parametrize("medium", FORMATS)
@pytest.mark.parametrize("most", [0, 1, 90])
def test_a_picture_that_does_not_fit_is_refused(medium: str, most: int) -> None:
    """The place where it is written takes fewer bytes than it has: half a picture is none."""
    assert fault_of(marked(medium), medium, out_bytes=most) == "airlock-out-of-limits"
