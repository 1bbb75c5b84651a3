# SPDX-License-Identifier: EUPL-1.2
"""A video made anew from its frames and its sound: a worker of the airlock, which with its own parts alone loads PyAV.

Reads one open file, an MP4 or MOV; writes another, an MP4 of one H.264 and at most one AAC track (`_mp4`), by way of a
third that is thrown away. Runs with every way out taken (`_apart`). Answers with numbers and ids alone.

Frames are encoded anew (`_encode_video`), or with `lossless` copied (`_copy_video`). Sound is always encoded anew
(`_rebuild_sound`). Cannot know what is seen or said.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any, BinaryIO

from ordinance.airlock._ahead import ahead
from ordinance.airlock._apart import OUT_OF_LIMITS, Progress, StopError, serve
from ordinance.airlock._copy_video import Copied, Seen, likely_rate, seen
from ordinance.airlock._encode_video import Encoded
from ordinance.airlock._mp4 import Writer
from ordinance.airlock._rebuild_sound import Sound
from ordinance.airlock._video import Asked, load_all, opened, start_of, steps_of, tracks
from ordinance.airlock._window import outer, window_of

_UNNOTICED = Fraction(1, 10)  # seconds of sound behind the last picture that nobody misses
_AHEAD = 4  # packets, and what they decode to, that wait to be encoded
_FULL_DISK = frozenset({errno.EFBIG, errno.ENOSPC, errno.EDQUOT})


def work(request: Mapping[str, Any], files: Sequence[int], told: Progress) -> dict[str, Any]:
    """Rebuild `files[0]` into `files[1]` by way of `files[2]`: size, frames, rate, and what was changed on the way."""
    pixels, frames, seconds = (int(request[name]) for name in ("pixels", "frames", "seconds"))
    asked = Asked(pixels, frames, seconds, bool(request["lossless"]))
    given, new, passing = (os.dup(one) for one in files)
    with os.fdopen(given, "rb") as source, os.fdopen(new, "w+b") as out, os.fdopen(passing, "w+b") as scratch:
        for _ in outer(source):  # its boxes end where it ends, or it is refused: it was cut, or its sizes lie
            pass
        try:
            return (_copied if asked.lossless else _rebuilt)(source, out, scratch, asked, told)
        except OSError as error:
            if error.errno in _FULL_DISK:
                raise StopError(OUT_OF_LIMITS) from None
            raise


def _copied(source: BinaryIO, out: BinaryIO, scratch: BinaryIO, asked: Asked, told: Progress) -> dict[str, Any]:
    """The copy of frames, which shows the same as the original, or it is refused.

    It is made first, at the rate that the packets let expect, so that both can be decoded side by side. Where it
    cannot be made, or has another rate, one thing comes after the other: what is wrong is said as if never tried.
    """
    answer: dict[str, Any] = {}
    rate = None
    with suppress(StopError, OSError):
        rate = likely_rate(source, asked)
        answer = _rebuilt(source, out, scratch, asked, told, rate)
    copy = Seen()
    if answer:
        before = Seen()
        with ahead(copy.look(out, asked, _untold), 0) as looked:
            for _ in before.look(source, asked, told):
                pass
            if before.rate == rate:
                for _ in looked:
                    pass
    else:
        before = seen(source, asked, told)
    if not answer or before.rate != rate:
        for file in (out, scratch):
            file.seek(0)
            file.truncate()
        answer = _rebuilt(source, out, scratch, asked, told, before.rate)
        copy = seen(out, asked, told)
    if copy.digests != before.digests:
        raise StopError("airlock-lossless-differs")
    return answer


def _untold(done: int, of: int) -> None:
    """How far the copy is: as far as the original, of which it is said."""


def _rebuilt(
    source: BinaryIO, out: BinaryIO, scratch: BinaryIO, asked: Asked, told: Progress, rate: Fraction | None = None
) -> dict[str, Any]:
    """The new file; with `rate`, frames a second, of copied frames that nobody has looked at."""
    notes: set[str] = set()
    with opened(source) as given:
        video, audio = tracks(given, asked, notes)
        writer = Writer(scratch)
        pictures: Copied | Encoded
        if rate is not None:
            pictures = Copied(video, writer, rate)
        else:
            pictures = Encoded(video, window_of(source, video.id), writer, asked, notes, told)
        sound = Sound(audio, writer, asked.seconds, notes, start_of(video)) if audio else None
        read = steps_of(given, [one for one in (video, audio) if one is not None], video if rate is not None else None)
        with ahead(read, _AHEAD) as steps:
            for step in steps:
                if step.packet.stream is video:
                    pictures.take(step)
                elif sound is not None:
                    sound.take(step)
        pictures.end()
        if sound is not None:
            sound.end()
    if not writer.tracks[0].sizes:
        raise StopError("airlock-no-picture")
    writer.tracks = [track for track in writer.tracks if track.sizes]
    lengths = [Fraction(track.duration, track.scale) for track in writer.tracks]
    if lengths[-1] - lengths[0] > _UNNOTICED:
        notes.add("sound_goes_on")
    if rate is not None:
        notes.add("frames_copied")
    writer.finish(out)
    out.flush()
    first = writer.tracks[0]
    return {
        "width": first.width,
        "height": first.height,
        "frames": len(first.sizes),
        "rate": [first.scale, first.ticks],
        "sound": len(writer.tracks) > 1,
        "notes": sorted(notes),
    }


if __name__ == "__main__":
    load_all()
    serve(work)
