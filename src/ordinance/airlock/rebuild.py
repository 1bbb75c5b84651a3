# SPDX-License-Identifier: EUPL-1.2
"""A picture or video made anew: read by a process that can reach nothing, written aside, renamed when whole.

Reads one file that somebody wants to publish; writes one other, readable by its owner alone, or nothing at all. Each
value that the process answers is checked here again before it counts. Whether the new file is clean is not decided
here: two checkers who did not write it look at it afterwards.

Cannot know what the picture shows or the sound says, nor take out the noise that a sensor leaves in every picture.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from ordinance.airlock._apart import THREADS, ApartError, Progress, Within, apart
from ordinance.airlock.media import HEAD, medium_of
from ordinance.model.errors import Issue, TransferError
from ordinance.model.opening import NoFileError, digest_of, open_to_read, read_at
from ordinance.model.transfer import Medium

# What a rebuilt file may differ in, in words for who made it.
NOTES = {
    "brightness_reduced": "high dynamic range became standard range: look at bright places",
    "channels_reduced": "more than two channels of sound became two",
    "cmyk_converted": "colours for print (CMYK) became sRGB without a profile: look at them",
    "colours_converted": "colours were brought to sRGB by the profile in the file",
    "colours_to_bt709": "colours of the frames became those of BT.709",
    "colours_unreadable": "the colour profile could not be used: look at the colours",
    "deinterlaced": "half pictures became whole ones",
    "depth_reduced": "more than 8 bits a colour became 8",
    "edges_cropped": "edges that players of the given file do not show were left out",
    "format_reduced": "frames became 8 bit 4:2:0",
    "frames_copied": "coded frames were copied: nobody looked for bytes behind them that no player shows",
    "further_pictures_dropped": "further pictures in the file (a preview, a second lens, a gain map) were left out",
    "metadata_dropped": "data about the recording were in the file and were left out",
    "orientation_applied": "the picture was turned as the camera said",
    "orientation_unreadable": "which way is up could not be read: look at the picture",
    "pixels_made_square": "pixels that were wider or narrower than high became square",
    "rate_made_even": "frames did not come evenly: some were left out or shown again",
    "sound_goes_on": "the sound goes on after the last picture: listen to its end",
    "switched_off_dropped": "tracks that are switched off in the file, which players do not show, were left out",
    "tracks_dropped": "further tracks (positions, subtitles, pictures, other sound) were left out",
}
_HINT_OTHER = "save it again from the program it was made with, then try once more"
_HINT_LOSSY = "leave out --lossless: its frames are then encoded anew"
FAULTS = {
    "airlock-animated": ("it moves, and only still pictures are rebuilt", "make it a video, or save one picture of it"),
    "airlock-cannot-decode": ("it cannot be decoded to its end", _HINT_OTHER),
    "airlock-changing-picture": ("its frames change size on the way", _HINT_OTHER),
    "airlock-decoder-broke": (
        "the process that decodes it gave no answer: it broke, which may be our fault and not the file's",
        "try once more; if it ends so again, report it",
    ),
    "airlock-lossless-codec": ("it is not H.264, so its frames cannot stay as they are", _HINT_LOSSY),
    "airlock-lossless-differs": ("the frames of the copy are not those of the original", _HINT_LOSSY),
    "airlock-lossless-format": ("its frames are not 8 bit 4:2:0 of limited range", _HINT_LOSSY),
    "airlock-lossless-shape": ("it is turned, cropped, interlaced, or its pixels are not square", _HINT_LOSSY),
    "airlock-lossless-timing": ("its frames do not come evenly and in order", _HINT_LOSSY),
    "airlock-lossless-units": ("its stream holds more than slices and one pair of parameter sets", _HINT_LOSSY),
    "airlock-no-isolation": (
        "this system cannot take network and files from the process that decodes, so nothing is decoded",
        "use Linux 3.17 or newer on x86-64 or 64-bit ARM",
    ),
    "airlock-no-picture": ("it has no picture", "name a video that shows something"),
    "airlock-odd-colours": ("it says that its colours are kept in a way that cannot be read here", _HINT_OTHER),
    "airlock-odd-crop": ("what part of its frames is to be seen cannot be told", _HINT_OTHER),
    "airlock-odd-rotation": ("it is to be shown turned by an odd angle, or stretched", _HINT_OTHER),
    "airlock-out-of-limits": ("decoding it needs more memory, time or space than is allowed", ""),
    "airlock-too-long": ("decoding it took longer than is allowed", ""),
    "airlock-too-many-frames": ("it has more frames, or lasts longer, than is decoded", "shorten it first"),
    "airlock-too-many-pixels": ("it has more pixels than are decoded", "make it smaller first"),
}
_INSTALL = "pip install 'ordinance[media]'"
_NEEDS = {"_rebuild_image": ("PIL",), "_rebuild_video": ("av",), "_still": ("av", "PIL")}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is decoded at most, and what that may use up; zero means nothing at all."""

    source_bytes: int = 8_000_000_000
    out_bytes: int = 4_000_000_000
    pixels: int = 100_000_000  # of a picture
    memory_bytes: int = 3_000_000_000
    picture_s: int = 120
    frame_pixels: int = 4096 * 2304  # of a video
    frames: int = 36_000
    seconds: int = 600  # that a video lasts
    video_s: int = 3600


@dataclass(frozen=True, slots=True)
class How:
    """What was asked for. `lossless`: frames of a video stay as they are, or it is refused."""

    lossless: bool = False


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came out. Hashes are SHA-256 in hexadecimal; `notes` are ids, their sentences in `NOTES`."""

    medium: Medium
    before: str
    after: str
    size_bytes: int
    width: int
    height: int
    notes: tuple[str, ...]
    duration_s: Fraction | None = None
    frames: int | None = None
    sound: bool = False
    lossless: bool = False


class _AnswerError(Exception):
    """The process answered something that cannot be."""


def rebuild(
    source: Path,
    out: Path,
    medium: Medium,
    limits: Limits | None = None,
    how: How | None = None,
    *,
    on_progress: Progress | None = None,
) -> Rebuilt:
    """Make a file anew at `out`, which appears only when whole and replaces nothing.

    Raises TransferError, with every reason, where it cannot; OSError where a file cannot be read or written.
    """
    limits, how = limits or Limits(), how or How()
    asked = _asked(medium, limits, how)
    return _made(
        source, out, medium.rebuilt_as, asked, limits, lambda said: _believed(said, medium, limits, how), on_progress
    )


def still(
    source: Path,
    out: Path,
    video: Rebuilt,
    at_ms: int,
    limits: Limits | None = None,
    *,
    on_progress: Progress | None = None,
) -> Rebuilt:
    """The frame of a video, rebuilt as `video` says, that is shown at a moment, as a JPEG at `out`.

    `at_ms` is in milliseconds from its beginning. `before` of what comes out is the digest of the video. Raises
    ValueError where no frame is shown then, and as `rebuild` does.
    """
    limits = limits or Limits()
    if video.frames is None or not video.duration_s or not 0 <= Fraction(at_ms, 1000) < video.duration_s:
        raise ValueError("no frame is shown at that moment")
    rate = video.frames / video.duration_s
    begins = int(Fraction(at_ms, 1000) * rate) / rate
    request = {"at": [begins.numerator, begins.denominator]}
    within = Within(limits.memory_bytes, limits.out_bytes, THREADS * limits.picture_s, limits.picture_s)

    def believed(said: Mapping[str, Any]) -> dict[str, Any]:
        if (said.get("width"), said.get("height"), said.get("notes")) != (video.width, video.height, []):
            raise _AnswerError
        return {"width": video.width, "height": video.height, "notes": ()}

    return _made(source, out, Medium.JPEG, ("_still", request, within), limits, believed, on_progress)


def _made(
    source: Path,
    out: Path,
    becomes: Medium,
    asked: tuple[str, dict[str, Any], Within],
    limits: Limits,
    believed: Callable[[Mapping[str, Any]], dict[str, Any]],
    on_progress: Progress | None,
) -> Rebuilt:
    """What a worker makes of a file, and what of its answer is believed."""
    worker, request, within = asked
    with _opened(source, limits) as given, _aside(out) as (path, new), _passing(out) as scratch:
        before, _ = digest_of(given)
        read = os.fstat(given)
        try:
            if any(find_spec(needed) is None for needed in _NEEDS[worker]):
                _refuse(source, "airlock-extra-missing", "rebuilding it needs the extra `media`", _INSTALL)
            said = apart(f"ordinance.airlock.{worker}", request, (given, new, scratch), within, on_progress)
            found = believed(said)
        except ApartError as error:
            message, hint = FAULTS.get(error.id, FAULTS["airlock-decoder-broke"])
            _refuse(source, error.id if error.id in FAULTS else "airlock-decoder-broke", message, hint)
        except _AnswerError:
            _refuse(source, "airlock-decoder-broke", *FAULTS["airlock-decoder-broke"])
        now = os.fstat(given)
        if (now.st_mtime_ns, now.st_size) != (read.st_mtime_ns, read.st_size):
            _refuse(source, "airlock-changed-meanwhile", "it was changed while it was read", "wait until it is whole")
        if medium_of(read_at(new, HEAD, 0)) is not becomes:
            _refuse(source, "airlock-decoder-broke", *FAULTS["airlock-decoder-broke"])
        os.fsync(new)
        after, size = digest_of(new)
        if out.exists() or out.is_symlink():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
        path.rename(out)
        return Rebuilt(medium=becomes, before=before, after=after, size_bytes=size, **found)


@contextmanager
def _opened(source: Path, limits: Limits) -> Iterator[int]:
    """The file, open for reading: a real one, neither empty nor too large."""
    try:
        given = open_to_read(source, follow=True)
    except NoFileError:
        _refuse(source, "airlock-no-file", "it is no file", "name the picture or video itself")
    try:
        if os.fstat(given).st_size > limits.source_bytes:
            _refuse(source, "airlock-too-many-bytes", "it is larger than is read", "shorten it first")
        yield given
    finally:
        os.close(given)


@contextmanager
def _aside(out: Path) -> Iterator[tuple[Path, int]]:
    """A new file beside `out`, for its owner alone, gone again unless it was renamed."""
    new, name = tempfile.mkstemp(prefix=".airlock-", dir=out.parent)
    try:
        yield Path(name), new
    finally:
        os.close(new)
        Path(name).unlink(missing_ok=True)


@contextmanager
def _passing(out: Path) -> Iterator[int]:
    """A file without a name on the same disk, for what is written on the way."""
    with tempfile.TemporaryFile(dir=out.parent) as file:
        yield file.fileno()


def _asked(medium: Medium, limits: Limits, how: How) -> tuple[str, dict[str, Any], Within]:
    """Which worker, what it is asked, and what it may use up."""
    longest = limits.video_s if medium.is_video else limits.picture_s
    within = Within(limits.memory_bytes, limits.out_bytes, THREADS * longest, longest)
    if not medium.is_video:
        return "_rebuild_image", {"medium": str(medium), "pixels": limits.pixels}, within
    most = {"pixels": limits.frame_pixels, "frames": limits.frames, "seconds": limits.seconds}
    return "_rebuild_video", {**most, "lossless": how.lossless}, within


def _believed(said: Mapping[str, Any], medium: Medium, limits: Limits, how: How) -> dict[str, Any]:
    """The answer as values of ours. Raises _AnswerError where it is none that a rebuilt file could have."""
    width, height = _whole(said, "width", 65_535), _whole(said, "height", 65_535)
    if width * height > (limits.frame_pixels if medium.is_video else limits.pixels):
        raise _AnswerError
    found = {"width": width, "height": height, "notes": _known(said.get("notes"))}
    if not medium.is_video:
        return found
    rate, frames, sound = said.get("rate"), _whole(said, "frames", limits.frames), said.get("sound")
    if not isinstance(rate, list) or len(rate) != 2 or type(sound) is not bool:
        raise _AnswerError
    ticks, tick = (_whole({"n": value}, "n", 240_000) for value in rate)
    if not 1 <= (per_second := Fraction(ticks, tick)) <= 240:
        raise _AnswerError
    return found | {"frames": frames, "duration_s": frames / per_second, "sound": sound, "lossless": how.lossless}


def _whole(said: Mapping[str, Any], name: str, most: int, least: int = 1) -> int:
    value = said.get(name)
    if type(value) is not int or not least <= value <= most:
        raise _AnswerError
    return value


def _known(notes: object) -> tuple[str, ...]:
    if not isinstance(notes, list) or not all(isinstance(one, str) and one in NOTES for one in notes):
        raise _AnswerError
    return tuple(sorted(set(notes)))


def _refuse(source: Path, fault: str, message: str, hint: str = "") -> NoReturn:
    raise TransferError([Issue(source.name, 0, 0, fault, message, "nothing of it was written", hint)])
