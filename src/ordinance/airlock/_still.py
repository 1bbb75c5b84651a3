# SPDX-License-Identifier: EUPL-1.2
"""One frame of a video that was made anew, as a picture: a worker of the airlock.

Reads one open file, an MP4 as `_mp4` writes it; writes the frame that begins at a moment as a JPEG like those of
`_rebuild_image`, at the video's size. Runs with every way out taken (`_apart`). Answers with numbers and ids alone.

Cannot know what the frame shows: it is whichever somebody named.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, BinaryIO

import av.filter
from PIL import Image

from ordinance.airlock._apart import OUT_OF_LIMITS, THREADS, Progress, StopError, decoding, serve
from ordinance.airlock._rebuild_image import FORMATS, SAVED
from ordinance.airlock._video import FULL, load_all, matrix_of, opened, shown


def work(request: Mapping[str, Any], files: Sequence[int], told: Progress) -> dict[str, Any]:
    """Write the frame of `files[0]` that begins at `request["at"]`, a fraction of seconds, into `files[1]`."""
    at = Fraction(*(int(part) for part in request["at"]))
    with os.fdopen(os.dup(files[0]), "rb") as source:
        picture = _frame_at(source, at, told)
    made = io.BytesIO()  # given a real file, Pillow takes one that was written in part for written
    picture.save(made, FORMATS["jpeg"], **SAVED["jpeg"])
    try:
        with os.fdopen(os.dup(files[1]), "wb") as out:
            out.write(made.getbuffer())
    except OSError:
        raise StopError(OUT_OF_LIMITS) from None
    return {"width": picture.width, "height": picture.height, "notes": []}


def _frame_at(source: BinaryIO, at: Fraction, told: Progress) -> Image.Image:
    given: Any
    with opened(source) as given:
        video = next(iter(given.streams.video), None)
        if video is None or video.codec_context is None:
            raise StopError("airlock-cannot-decode")
        video.codec_context.thread_count = THREADS
        with decoding():
            given.seek(int(at / video.time_base), stream=video)  # to the frame before it that needs no other
        first: Fraction | None = None
        for count, frame in enumerate(shown(given, video), 1):
            begins = frame.pts * frame.time_base
            first = begins if first is None else first
            if begins == at:
                return picture_of(frame, video.time_base)
            if begins > at:
                break
            if count % 8 == 0:
                told(count, max(round((at - first) * video.average_rate) + 1, count))
    raise StopError("airlock-cannot-decode")


def picture_of(frame: Any, tick: Fraction) -> Image.Image:
    """A frame as RGB, by the matrix and the range that it says it has."""
    spread = "full" if int(frame.color_range) == FULL else "limited"
    scaled = "flags=bicubic+accurate_rnd+full_chroma_int+bitexact"
    scaled += f":in_color_matrix={matrix_of(frame)}:in_range={spread}"
    graph = av.filter.Graph()
    graph.threads = THREADS
    last = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=tick)
    for name, options in (("scale", scaled), ("format", "rgb24"), ("buffersink", "")):
        stage = graph.add(name, options) if options else graph.add(name)
        last.link_to(stage)
        last = stage
    graph.configure()
    graph.vpush(frame)
    found: Any = graph.vpull()
    plane = found.planes[0]
    return Image.frombytes("RGB", (found.width, found.height), b"".join(_rows(plane, found.width * 3)))


def _rows(plane: Any, wide: int) -> Iterable[bytes]:
    """The bytes of each row, without what lies between the rows."""
    whole, step = memoryview(plane), plane.line_size
    return (bytes(whole[row * step : row * step + wide]) for row in range(plane.height))


if __name__ == "__main__":
    load_all()
    serve(work)
