# SPDX-License-Identifier: EUPL-1.2
"""Small pictures for tests, with what cameras and programs put into them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

MARK = "CNRY_f00d"
FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}


def drawn(mode: str = "RGB", size: tuple[int, int] = (24, 16)) -> Image.Image:
    """A picture in which no two corners are alike: red to the right, green downwards."""
    width, height = size
    points = bytes(
        value for y in range(height) for x in range(width) for value in (255 * x // width, 255 * y // height, 60)
    )
    return Image.frombytes("RGB", size, points).convert(mode)


def saved(picture: Image.Image, medium: str, **options: Any) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    picture.save(out, FORMATS[medium], **options)
    return out.getvalue()


def swapped_profile() -> bytes:
    """A colour profile in which red and green have changed places, with a mark in its description."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")


def marked(medium: str, orientation: int = 1) -> bytes:
    """A picture with EXIF data, a place, a comment, texts and bytes after its end, each with the mark."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x8769] = orientation, MARK, {0x9286: MARK.encode()}
    exif[0x8825] = {1: "N", 2: (58.0, 22.0, 39.0), 3: "E", 4: (26.0, 43.0, 44.0)}
    options: dict[str, Any] = {"exif": exif, "icc_profile": swapped_profile() + MARK.encode()}
    if medium == "png":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", MARK)
        texts.add_itxt("XML:com.adobe.xmp", MARK, zip=True)
        texts.add(b"prVt", MARK.encode())
        return saved(drawn(), medium, pnginfo=texts, **options) + MARK.encode()
    options["xmp"] = f"<x>{MARK}</x>".encode()
    if medium == "jpeg":
        options["comment"] = MARK
    return saved(drawn(), medium, **options) + MARK.encode()


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG file, with its right checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def claimed_png(width: int, height: int, depth: int = 8) -> bytes:
    """A PNG file of a few bytes that claims a size."""
    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
