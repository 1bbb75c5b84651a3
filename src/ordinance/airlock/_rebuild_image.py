# SPDX-License-Identifier: EUPL-1.2
"""A picture made anew from its pixels: a worker of the airlock, the only module that loads Pillow.

Reads one open file, a JPEG, PNG or WebP; writes another of the same kind that holds nothing but pixels: upright, in
sRGB, 8 bit. Runs with every way out taken (`_apart`). Answers with numbers and ids alone, never text of the file.

Refuses what moves, what has more pixels than asked, and what does not decode to its end. Cannot know what the picture
shows. Colours below full transparency are made black, for nobody would see what hides there.

Sources: Exif 3.0 4.6.5.1 (orientation), ICC.1:2022, the PNG specification, RFC 9649 (WebP).
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageCms, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from ordinance.airlock._apart import OUT_OF_LIMITS, Progress, StopError, decoding, serve

LOADED = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)  # before the lock
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
SAVED: dict[str, dict[str, Any]] = {
    "jpeg": {"quality": 90, "subsampling": "4:2:0", "optimize": False, "progressive": False},
    "png": {"compress_level": 6, "optimize": False},
    "webp": {"quality": 90, "method": 4, "exact": False},
}
# What TIFF 6.0 page 36 calls orientation, as what makes it upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_PRIVATE = frozenset({"exif", "xmp", "comment", "photoshop", "mp", "icc_profile", "XML:com.adobe.xmp", "dpi"})
_MOST_CHUNKS = 64  # of a WebP file, before the one that holds the picture

Image.preinit()
Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and refuses


def work(request: Mapping[str, Any], files: Sequence[int], told: Progress) -> dict[str, Any]:
    """Rebuild `files[0]` into `files[1]`: the new size in pixels and what was changed on the way."""
    medium, most = str(request["medium"]), int(request["pixels"])
    notes: list[str] = []
    with os.fdopen(os.dup(files[0]), "rb") as source, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nobody would read them
        lossless = medium == "webp" and _is_lossless(source)
        source.seek(0)
        picture = _pixels(source, medium, most, notes)
    options = SAVED[medium] | ({"lossless": True, "quality": 80, "exact": True} if lossless else {})
    made = io.BytesIO()  # given a real file, Pillow takes one that was written in part for written
    picture.save(made, FORMATS[medium], **options)
    try:
        with os.fdopen(os.dup(files[1]), "wb") as out:
            out.write(made.getbuffer())
    except OSError:
        raise StopError(OUT_OF_LIMITS) from None
    return {"width": picture.width, "height": picture.height, "notes": sorted(set(notes))}


def _is_lossless(source: io.BufferedReader) -> bool:
    """Whether a WebP file keeps its first picture without loss (`VP8L`)."""
    source.seek(12)
    for _ in range(_MOST_CHUNKS):
        head = source.read(8)
        if len(head) < 8 or head[:4] in (b"VP8 ", b"VP8L"):
            return head[:4] == b"VP8L"
        size = int.from_bytes(head[4:], "little")
        source.seek(size + size % 2, io.SEEK_CUR)
    return False


def _pixels(source: io.BufferedReader, medium: str, most: int, notes: list[str]) -> Image.Image:
    with decoding():
        opened = Image.open(source, formats=[FORMATS[medium]])
    with opened as found:
        if found.width * found.height > most:
            raise StopError("airlock-too-many-pixels")
        with decoding():
            several = getattr(found, "n_frames", 1) > 1
        if several and medium != "jpeg":
            raise StopError("airlock-animated")
        if several:
            notes.append("further_pictures_dropped")
        deep = any("16" in str(tile.args) for tile in found.tile)  # asked before anything loads the pixels
        turn = _orientation(found, notes)
        with decoding():
            private = _PRIVATE & found.info.keys() or getattr(found, "text", None)
            found.load()
        if private:
            notes.append("metadata_dropped")
        picture: Image.Image = found
        if deep or found.mode.startswith("I"):
            notes.append("depth_reduced")
        picture = _in_srgb(_plain(picture), found.info.get("icc_profile"), notes)
    if turn in UPRIGHT:
        notes.append("orientation_applied")
        picture = picture.transpose(UPRIGHT[turn])
    return _fresh(_without_hidden(picture))


def _orientation(found: Image.Image, notes: list[str]) -> int:
    """How the picture lies, as its EXIF data say; 1 (upright) where they say nothing that can be read."""
    try:
        turn = found.getexif().get(_ORIENTATION, 1)
    except MemoryError:
        raise
    except Exception:  # broken EXIF data are dropped like the rest of them
        notes.append("orientation_unreadable")
        return 1
    return turn if isinstance(turn, int) else 1


def _plain(picture: Image.Image) -> Image.Image:
    """The same picture as L, LA, RGB, RGBA or CMYK, 8 bit."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if picture.mode == "1":
        picture = picture.convert("L")
    if picture.has_transparency_data:
        grey = picture.mode in ("L", "LA", "La")
        return picture.convert("LA" if grey and "transparency" not in picture.info else "RGBA")
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None, notes: list[str]) -> Image.Image:
    alpha = picture.getchannel("A") if picture.mode in ("LA", "RGBA") else None
    colours = picture if alpha is None else picture.convert(picture.mode[:-1])
    if profile:
        colours = _converted(colours, profile, notes)
    if colours.mode == "CMYK":
        notes.append("cmyk_converted")
        colours = colours.convert("RGB")
    if alpha is not None:
        colours.putalpha(alpha)
    return colours


def _converted(colours: Image.Image, profile: bytes, notes: list[str]) -> Image.Image:
    srgb = ImageCms.createProfile("sRGB")
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(colours, given, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        notes.append("colours_unreadable")
        return colours
    notes.append("colours_converted")
    return colours if found is None else found


def _without_hidden(picture: Image.Image) -> Image.Image:
    """The same picture, black where it is wholly transparent; without alpha where nothing is transparent."""
    if picture.mode not in ("LA", "RGBA"):
        return picture
    alpha = picture.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return picture.convert(picture.mode[:-1])
    seen = alpha.point(lambda value: 255 if value else 0)
    return Image.composite(picture, Image.new(picture.mode, picture.size), seen)


def _fresh(picture: Image.Image) -> Image.Image:
    """A picture that has the pixels of another and nothing else of it."""
    return Image.frombytes(picture.mode, picture.size, picture.tobytes())


if __name__ == "__main__":
    serve(work)
