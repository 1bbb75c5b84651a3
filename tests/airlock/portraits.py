# SPDX-License-Identifier: EUPL-1.2
"""A face that is drawn, so that no picture of anybody lies here: soft shapes that OpenCV's cascade takes for one."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
from PIL import Image, ImageDraw, ImageFilter

_GROUND, _SKIN, _HAIR, _SOCKET, _DARK, _LIGHT = 54, 186, 117, 97, 83, 238


def _drawn() -> Image.Image:
    found = Image.new("L", (256, 256), _GROUND)
    draw = ImageDraw.Draw(found)
    draw.ellipse((48, 24, 208, 244), fill=_SKIN)
    draw.pieslice((44, 10, 212, 200), 180, 360, fill=_HAIR)
    draw.ellipse((58, 47, 198, 220), fill=_SKIN)
    for x in (92, 164):  # eyes under brows
        draw.ellipse((x - 30, 88, x + 30, 124), fill=_SOCKET)
        draw.rectangle((x - 26, 84, x + 26, 92), fill=_DARK)
        draw.ellipse((x - 14, 100, x + 14, 116), fill=_DARK)
    draw.rectangle((119, 88, 137, 159), fill=_LIGHT)  # nose, cheeks, mouth
    draw.ellipse((110, 153, 146, 167), fill=_SOCKET)
    draw.ellipse((62, 132, 112, 179), fill=_LIGHT)
    draw.ellipse((144, 132, 194, 179), fill=_LIGHT)
    draw.ellipse((98, 189, 158, 205), fill=_DARK)
    return found.filter(ImageFilter.GaussianBlur(8)).convert("RGB")


def portrait(*, times: int = 1, side: int = 256) -> Image.Image:
    """The drawn face, so many times side by side."""
    one = _drawn().resize((side, side))
    row = Image.new("RGB", (times * side, side))
    for place in range(times):
        row.paste(one, (place * side, 0))
    return row


def filmed(shows: Callable[[int], Image.Image], frames: int) -> bytes:
    """A video of pictures, 25 a second."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        track: Any = made.add_stream("libx264", rate=25, options={"bf": "0", "g": "25"})
        track.width, track.height, track.pix_fmt = *shows(0).size, "yuv420p"
        for i in range(frames):
            frame = av.VideoFrame.from_image(shows(i))
            frame.pts, frame.time_base = i, Fraction(1, 25)
            made.mux(track.encode(frame.reformat(format="yuv420p")))
        made.mux(track.encode(None))
    return out.getvalue()
