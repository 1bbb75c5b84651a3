# SPDX-License-Identifier: EUPL-1.2
"""Grey pixels of media that were made anew, for who counts faces in them: a worker of the airlock.

Reads one open file, a picture or an MP4 as the rebuilding writes them; writes the picture, or a few frames at even
distances, as bytes of grey, one behind the other, made smaller where they are large. Runs with every way out taken
(`_apart`). Answers with sizes alone. Cannot know what is to be seen.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from PIL import Image

from ordinance.airlock._apart import OUT_OF_LIMITS, THREADS, Progress, StopError, decoding, serve
from ordinance.airlock._rebuild_image import FORMATS
from ordinance.airlock._still import picture_of
from ordinance.airlock._video import load_all, opened, shown


def work(request: Mapping[str, Any], files: Sequence[int], told: Progress) -> dict[str, Any]:
    """Write `files[0]` as grey bytes into `files[1]`: width and height in pixels of each picture."""
    medium, most, side = str(request["medium"]), int(request["pictures"]), int(request["side"])
    sizes = []
    with os.fdopen(os.dup(files[0]), "rb") as source, os.fdopen(os.dup(files[1]), "wb", buffering=0) as out:
        for picture in _frames(source, most) if medium == "mp4" else _picture(source, medium):
            picture.thumbnail((side, side))
            content = picture.tobytes()
            try:
                written = out.write(content)
            except OSError:
                raise StopError(OUT_OF_LIMITS) from None
            if written != len(content):
                raise StopError(OUT_OF_LIMITS)
            sizes.append([picture.width, picture.height])
            told(len(sizes), most if medium == "mp4" else 1)
    return {"sizes": sizes}


def _picture(source: BinaryIO, medium: str) -> Iterator[Image.Image]:
    with decoding():
        found = Image.open(source, formats=[FORMATS[medium]])
        found.load()
    seen = found.convert("RGBA")
    ground = Image.new("RGBA", seen.size, "white")  # what is clear shows what is behind it
    yield Image.alpha_composite(ground, seen).convert("L")


def _frames(source: BinaryIO, most: int) -> Iterator[Image.Image]:
    """The frames in the middle of as many equal parts of a video; each one once."""
    given: Any
    with opened(source) as given:
        video = next(iter(given.streams.video), None)
        if video is None or video.codec_context is None:
            raise StopError("airlock-cannot-decode")
        video.codec_context.thread_count = THREADS
        length, before = video.duration or 0, None
        for part in range(most):
            at = (2 * part + 1) * length // (2 * most)
            frame = _frame_at(given, video, at)
            if frame is not None and frame.pts != before:
                before = frame.pts
                yield picture_of(frame, video.time_base).convert("L")


def _frame_at(given: Any, video: Any, at: int) -> Any:
    """The last frame that begins no later than a moment, in ticks of the track."""
    with decoding():
        given.seek(at, stream=video)  # to the frame before it that needs no other
    last = None
    for frame in shown(given, video):
        if last is not None and frame.pts > at:
            break
        last = frame
    return last


if __name__ == "__main__":
    load_all()
    serve(work)
