# SPDX-License-Identifier: EUPL-1.2
"""`airlock prepare`: pictures and videos made anew, checked twice, and put into a folder under neutral names.

Reads the files that are named, whatever they are; writes only what two checkers found nothing strange in, and either
all of it or nothing. Each new file is its owner's alone, has the same time of change as every other and no further
attributes, and a name of a day and a random id. Nothing is said of a file's text, and no connection is opened.

Cannot know: what is to be seen and heard, what noise the sensor left, and what a platform knows from elsewhere: that
is `REMAINS`, and it is always said.
"""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from ordinance.airlock.c2pa import Origin, origin_of
from ordinance.airlock.faces import NOT_ASKED, Faces, count_faces
from ordinance.airlock.media import HEAD, claimed, medium_of
from ordinance.airlock.platforms import judge
from ordinance.airlock.rebuild import NOTES, How, Limits, Rebuilt, rebuild, still
from ordinance.airlock.second_reader import check_second
from ordinance.airlock.structure import Shape, shape_of
from ordinance.model.errors import Issue, Severity, TransferError
from ordinance.model.platform import About, Judged, Platform
from ordinance.model.transfer import Medium, Refusal
from ordinance.operations.airlock_lint import judged_issues
from ordinance.store.files import HAS_LOCKS, held

__all__ = ["CHANGED_AT", "NOTES", "REMAINS", "How", "Limits", "Prepared", "cover_of", "document", "prepare"]

REMAINS = (
    "The noise of the sensor stays in every picture, and may tell two pictures of one camera apart from others.",
    "Voices, faces, badges, screens, plates, signs and sounds from outside stay as they were filmed.",
    "What hides in the picture or the sound themselves (watermarks, steganography) is not looked for.",
    "The platform sees the device's network address, SIM card, account and place whatever is in the file.",
)
CHANGED_AT = 315_532_800  # the time of change of every file: 1980-01-01, the earliest that archives know
_UNKNOWN_MEDIUM = "it is neither a JPEG, PNG, WebP, MP4 nor MOV file"
_HINT_MEDIUM = "save pictures as JPEG or PNG, videos as MP4; nothing else is rebuilt"
_NOTHING = "nothing was written"
_HINT_AI = "give the post the platform's label for AI, and say it in the text"
# What a given file says of how it was made goes with the rest: never without a word.
_ORIGINS = {
    Origin.MADE_BY_AI: ("airlock-made-by-ai", "it says that AI made it or a part; the new file does not say so"),
    Origin.LIKE_AI: (
        "airlock-generator-texts",
        "it holds texts such as image generators write: a hint that AI made it, and no proof; the new file has none",
    ),
    Origin.UNREADABLE: ("airlock-origin-unreadable", "it says something of how it was made that cannot be read here"),
    Origin.PRESENT: ("airlock-origin-left-out", "its content credentials, which do not speak of AI, were left out"),
}
_ASIDE = ".ordinance-airlock-"  # of ours alone: what a killed run left under it is taken away
_TRIES = 100  # for a name that is free
Told = Callable[[str, int, int], None]  # the file that was given; so much done, of so much


@dataclass(frozen=True, slots=True)
class Prepared:
    """One file: the name it was given under, its new name, what it is, what it said of AI, how platforms take it.

    `taken_at_ms`: it is the frame that the video of that name shows then, in milliseconds from its beginning.
    `faces`: how many were counted in the new file, or why none were; nothing hangs on it.
    """

    given: str
    name: str
    rebuilt: Rebuilt
    shape: Shape
    origin: Origin
    judged: tuple[Judged, ...]
    taken_at_ms: int | None = None
    faces: Faces = NOT_ASKED

    @property
    def length_ms(self) -> int | None:
        """How long it plays, to the end of what lasts longer, the pictures or the sound; `None` of a picture."""
        return _length_ms(self.rebuilt, self.shape)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What the given file said of how it was made, and what platforms do not take, or may not take."""
        said = _ORIGINS.get(self.origin) if self.taken_at_ms is None else None  # of the video it is said already
        hint = _HINT_AI if self.origin is Origin.MADE_BY_AI else "ask whoever made it whether AI was used"
        warned = [Issue(self.given, 0, 0, *said, "", hint, Severity.WARNING)] if said else []
        return (*warned, *judged_issues(self.name, self.judged))


def prepare(
    files: Sequence[Path],
    out: Path,
    *,
    day: date,
    ids: Callable[[], str],
    chosen: Iterable[Platform] = (),
    how: How | None = None,
    limits: Limits | None = None,
    told: Told | None = None,
    counted: bool = False,
) -> tuple[Prepared, ...]:
    """Rebuild and check every file, then let all of them appear in `out`; `ids` gives a new random id each time.

    `counted`: faces are counted in what was rebuilt, which changes nothing else.

    Raises TransferError with every reason of every file, after which nothing is in `out` that was not there before.
    """
    chosen = tuple(chosen)
    with _aside(out) as aside:
        found: list[tuple[Path, Prepared]] = []
        faults: list[Issue] = []
        for number, path in enumerate(files):
            try:
                new = aside / str(number)
                rebuilt, shape, origin = _one(path, new, how or How(), limits or Limits(), told)
            except TransferError as error:
                faults += (replace(issue, file=str(path), consequence=_NOTHING) for issue in error.issues)
            else:
                judged = judge(chosen, facts := _facts(rebuilt, shape), facts)
                faces = count_faces(new, rebuilt.medium) if counted and not faults else NOT_ASKED
                found.append((new, Prepared(path.name, "", rebuilt, shape, origin, judged, faces=faces)))
        if faults:
            raise TransferError(faults)
        return _placed(found, out, day, ids)


def cover_of(
    video: Prepared,
    folder: Path,
    name: str,
    at_ms: int,
    *,
    chosen: Iterable[Platform] = (),
    limits: Limits | None = None,
    told: Told | None = None,
    counted: bool = False,
) -> Prepared:
    """The frame that a prepared video in `folder` shows at `at_ms`, as a JPEG beside it, checked as every other file.

    Raises TransferError where nothing is shown then (`airlock-cover-beyond-end`) or a checker finds something strange.
    Its file is then not there, or not to be used.
    """
    rebuilt = video.rebuilt
    if rebuilt.duration_s is None or at_ms >= rebuilt.duration_s * 1000:
        ends = 0 if rebuilt.duration_s is None else float(rebuilt.duration_s)
        message = f"it shows nothing at {at_ms / 1000:.3f} s: its last picture ends at {ends:.3f} s"
        hint = "name a moment before that"
        raise TransferError([Issue(video.given, 0, 0, "airlock-cover-beyond-end", message, _NOTHING, hint)])
    progress = None if told is None else lambda done, of: told(video.given, done, of)
    new = folder / name
    try:
        found = still(folder / video.name, new, rebuilt, at_ms, limits, on_progress=progress)
    except TransferError as error:
        issues = [replace(issue, file=video.given, consequence=_NOTHING) for issue in error.issues]
        raise TransferError(issues) from None
    shape, strange = _checked(new, found)
    if strange or shape is None:
        raise TransferError(_issues(Path(video.given), strange))
    _bare(new)
    judged = judge(tuple(chosen), facts := _facts(found, shape), facts)
    faces = count_faces(new, found.medium) if counted else NOT_ASKED
    return Prepared(video.given, name, found, shape, video.origin, judged, at_ms, faces)


def document(prepared: Iterable[Prepared], day: date) -> dict[str, Any]:
    """What was prepared, as JSON."""
    return {"day": day.isoformat(), "files": [_line(one) for one in prepared], "remains": list(REMAINS)}


def _one(path: Path, new: Path, how: How, limits: Limits, told: Told | None) -> tuple[Rebuilt, Shape, Origin]:
    """A file rebuilt, and checked by both who did not write it. Raises TransferError with every reason."""
    if not path.is_file():
        raise TransferError([Issue(path.name, 0, 0, "airlock-no-file", "it is no file", _NOTHING)])
    with path.open("rb") as file:
        medium = medium_of(file.read(HEAD))
    if medium is None:
        raise TransferError([Issue(path.name, 0, 0, "airlock-unknown-medium", _UNKNOWN_MEDIUM, _NOTHING, _HINT_MEDIUM)])
    if wrong := claimed(path.name, medium):
        raise TransferError(_issues(path, wrong))
    origin = origin_of(path)
    progress = None if told is None else lambda done, of: told(path.name, done, of)
    rebuilt = rebuild(path, new, medium, limits, how, on_progress=progress)
    shape, strange = _checked(new, rebuilt)
    if strange or shape is None:
        raise TransferError(_issues(path, strange))
    return rebuilt, shape, origin


def _checked(new: Path, rebuilt: Rebuilt) -> tuple[Shape | None, tuple[Refusal, ...]]:
    """What both checkers say, and whether what the rebuilding said of the file is true of it."""
    with new.open("rb") as file:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    shape = shape_of(memoryview(whole), rebuilt.medium)
    if isinstance(shape, Refusal):
        return None, (shape,)
    strange = list(check_second(new, rebuilt.medium, ours=shape))
    said = (rebuilt.width, rebuilt.height, rebuilt.frames or 1, rebuilt.sound)
    if said != (shape.width, shape.height, shape.frames, shape.channels > 0):
        strange.append(Refusal("file", "airlock-other-than-said", "it is not what its rebuilding said that it is"))
    return shape, tuple(strange)


def _issues(path: Path, refusals: Iterable[Refusal]) -> list[Issue]:
    return [Issue(path.name, 0, 0, one.id, f"{one.where}: {one.message}", _NOTHING) for one in refusals]


def _facts(rebuilt: Rebuilt, shape: Shape) -> dict[About, int | str]:
    """What a platform's limits are about, of a file whose structure was checked."""
    if not rebuilt.medium.is_video:
        kind = str(rebuilt.medium)
        return {About.IMAGE_KIND: kind, About.IMAGE_BYTES: rebuilt.size_bytes, About.IMAGE_WIDTH_PX: shape.width}
    facts: dict[About, int | str] = {
        About.VIDEO_CONTAINER: "mp4",
        About.VIDEO_CODEC: "h264",
        About.VIDEO_BYTES: rebuilt.size_bytes,
        About.VIDEO_WIDTH_PX: shape.width,
        About.VIDEO_HEIGHT_PX: shape.height,
        About.VIDEO_WIDTH_PERCENT: -(-100 * shape.width // shape.height),
        About.VIDEO_EDIT_LISTS: 0,
        About.VIDEO_INDEX: "first",
    }
    length = _length_ms(rebuilt, shape)
    if length is not None and rebuilt.duration_s is not None and rebuilt.frames is not None:
        facts[About.VIDEO_MS] = length
        facts[About.VIDEO_FPS] = round(rebuilt.frames / rebuilt.duration_s)
    if rebuilt.sound:
        facts |= {About.AUDIO_CODEC: "aac", About.AUDIO_HZ: shape.rate_hz, About.AUDIO_CHANNELS: shape.channels}
    return facts


def _length_ms(rebuilt: Rebuilt, shape: Shape) -> int | None:
    longest = shape.duration_s if "sound_goes_on" in rebuilt.notes and shape.duration_s else rebuilt.duration_s
    return None if longest is None else round(longest * 1000)


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """A folder inside `out` that nobody else reads, gone at the end; `out` too where it was made and stays empty.

    Those that killed runs left in it are taken away. It holds nothing before it is locked, so that none of a run that
    begins is taken for one of them.
    """
    with ExitStack() as undo:
        if not out.exists():
            out.mkdir(mode=0o700)
            undo.callback(_without, out)
        elif HAS_LOCKS:
            _clear(out)
        while True:
            aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=out))
            undo.callback(shutil.rmtree, aside, ignore_errors=True)
            with suppress(BlockingIOError, FileNotFoundError):
                undo.enter_context(held(aside))
                if aside.is_dir():
                    break  # else another run took it for one that was left
        yield aside


def _clear(out: Path) -> None:
    """Take away the folders aside of runs of this user that were killed."""
    for folder in out.glob(f"{_ASIDE}*"):
        with suppress(OSError):
            if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
                continue
            with held(folder):
                shutil.rmtree(folder)


def _without(folder: Path) -> None:
    """Take a folder away if nothing is in it."""
    if not any(folder.iterdir()):
        folder.rmdir()


def _placed(
    found: Sequence[tuple[Path, Prepared]], out: Path, day: date, ids: Callable[[], str]
) -> tuple[Prepared, ...]:
    """Every file under its neutral name; if one cannot be placed, none is."""
    for new, _ in found:
        _bare(new)
    placed: list[Prepared] = []
    try:
        for new, one in found:
            name = _free(out, day, one.rebuilt.medium, ids)
            new.rename(out / name)
            placed.append(replace(one, name=name))
    except BaseException:
        for one in placed:
            (out / one.name).unlink(missing_ok=True)
        raise
    return tuple(placed)


def _bare(path: Path) -> None:
    """A file for its owner alone, with no attributes of its own and the one time of change."""
    path.chmod(0o600)
    for name in _attributes(path):
        os.removexattr(path, name)
    os.utime(path, (CHANGED_AT, CHANGED_AT))


def _attributes(path: Path) -> list[str]:
    """Names of the attributes that somebody gave a file; none where its disk keeps none."""
    try:
        return [name for name in os.listxattr(path) if name.startswith("user.")]
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return []
        raise


def _free(out: Path, day: date, medium: Medium, ids: Callable[[], str]) -> str:
    for _ in range(_TRIES):
        name = f"{day.isoformat()}_{ids()}.{medium.ending}"
        if not (out / name).exists() and not (out / name).is_symlink():
            return name
    raise FileExistsError(errno.EEXIST, "no name is free in it", str(out))


def _line(one: Prepared) -> dict[str, Any]:
    rebuilt = one.rebuilt
    return {
        "given": one.given,
        "taken_at_ms": one.taken_at_ms,
        "file": one.name,
        "medium": str(rebuilt.medium),
        "sha256_before": rebuilt.before,
        "sha256_after": rebuilt.after,
        "size_bytes": rebuilt.size_bytes,
        "width": rebuilt.width,
        "height": rebuilt.height,
        "frames": rebuilt.frames,
        "duration_ms": one.length_ms,
        "sound": rebuilt.sound,
        "lossless": rebuilt.lossless,
        "origin": str(one.origin),
        **one.faces.document(),
        "notes": [{"id": note, "says": NOTES[note]} for note in rebuilt.notes],
        "platforms": [
            {"platform": j.platform, "about": str(j.limit.about), "value": j.value, "fit": str(j.fit)}
            for j in one.judged
        ],
    }
