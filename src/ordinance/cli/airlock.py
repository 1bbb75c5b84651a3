# SPDX-License-Identifier: EUPL-1.2
"""`ordinance airlock`: what is to be posted, on its way from a work computer to the separate device."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import click

from ordinance.cli._common import (
    clean,
    ending_well,
    guarded,
    json_option,
    say,
    show,
    show_issues,
    show_json,
    show_table,
)
from ordinance.cli.airlock_log import verify_log
from ordinance.cli.airlock_transfers import VERBS, packed
from ordinance.model.errors import Issue, Severity
from ordinance.model.platform import Platform

if TYPE_CHECKING:
    from ordinance.operations.airlock_prepare import Prepared


def _profile(_context: click.Context, _option: click.Parameter, name: str) -> tuple[Platform, ...]:
    from ordinance.operations.airlock_platforms import chosen_platforms, profile_names

    if name not in profile_names():
        raise click.BadParameter(f"there is no profile {name!r}; there are {', '.join(profile_names())}")
    return chosen_platforms(name)


_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_MOMENT = re.compile(r"(?:(\d{1,3}):(?=[0-5]\d(?:\.|$)))?(\d{1,5})(?:\.(\d{1,3}))?", re.ASCII)  # 62.5, 1:02.5


def _milliseconds(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no moment such as 62.5 or 1:02.5, to the millisecond at most")
    minutes, seconds, rest = found.groups()
    return (int(minutes or 0) * 60 + int(seconds)) * 1000 + int((rest or "").ljust(3, "0"))


def _number(_context: click.Context, _option: click.Parameter, seconds: float | None) -> float | None:
    if seconds is not None and seconds != seconds:  # noqa: PLR0124  # "nan" is within every range
        raise click.BadParameter("that is no number")
    return seconds


profile_option = click.option(
    "--profile",
    callback=_profile,
    default="common",
    show_default=True,
    metavar="PLATFORM",
    help="What must take it: a platform of `airlock platforms`, or all of them at once.",
)


@click.group()
def airlock() -> None:
    """Get ready what is to be posted from the separate device.

    \b
    Example:
      ordinance airlock platforms --profile tiktok
    """


airlock.add_command(verify_log)
for _verb in VERBS:
    airlock.add_command(_verb)


@airlock.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder to put them in, where there is no body's folder.",
)
@click.option("--body", type=click.Path(path_type=Path, exists=True), metavar="DIR", help="Make a package of a body.")
@click.option("--by", metavar="PERSON", help="With --body: who does it, an id of estate/people.csv.")
@click.option("--cover", type=_FILE, metavar="FILE", help="With --body: a JPEG; a video needs a cover.")
@click.option(
    "--cover-at",
    "cover_at_ms",
    callback=_milliseconds,
    metavar="SECONDS",
    help="With --body: the cover is what the video shows then (62.5, or 1:02.5).",
)
@click.option("--captions", type=_FILE, metavar="FILE", help="With --body: what is heard, as .srt or .vtt.")
@click.option("--no-captions", metavar="WHY", help="With --body: why it has no captions; kept on the receipt.")
@click.option("--text", type=_FILE, metavar="FILE", help="With --body: the text of the post.")
@click.option("--count-faces", is_flag=True, help="Count faces in the new files, as an aid to who looks at them.")
@profile_option
@click.option("--lossless", is_flag=True, help="Keep the frames of videos as they are, or refuse.")
@json_option
@guarded
def prepare(
    files: tuple[Path, ...],
    out: Path | None,
    body: Path | None,
    by: str | None,
    profile: tuple[Platform, ...],
    lossless: bool,
    count_faces: bool,
    as_json: bool,
    **rest: Any,
) -> None:
    """Make pictures and videos anew, check them twice, and put them into a folder under neutral names.

    \b
    Example:
      ordinance airlock prepare parade.mp4 cover.jpg --profile tiktok --out package

    JPEG, PNG, WebP, MP4 and MOV; anything else is refused, as is whatever a checker does not know. Either all files
    are written, or none. With --body they become a package of that body, with cover, captions and text, and a receipt
    of it is written: another person approves it (`airlock approve`) before it is handed over (`airlock release`).

    Exit 0: written. Exit 1: written, and a platform does not take one of them. Exit 3: refused, nothing was written.
    """
    from ordinance.operations.airlock_prepare import How, document
    from ordinance.operations.airlock_prepare import prepare as run

    if (out is None) == (body is None) or (body is None) != (by is None):
        raise click.UsageError("give --out DIR, or --body DIR and --by PERSON")
    if body is None and any(value is not None for value in rest.values()):
        raise click.UsageError("--cover, --cover-at, --captions, --no-captions and --text make a package: give --body")
    if rest["captions"] is not None and rest["no_captions"] is not None:
        raise click.UsageError("there are captions or a reason why there are none")
    if rest["cover"] is not None and rest["cover_at_ms"] is not None:
        raise click.UsageError("the cover is a file or a frame of the video: give --cover or --cover-at")
    day = datetime.now().astimezone().date()
    _say_old(profile)
    if body is not None:
        rest["count_faces"] = count_faces
        _pack(body, str(by), files, profile, rest, lossless=lossless, as_json=as_json)
        return
    assert out is not None  # noqa: S101  # else there is a body
    with ending_well(), _Bar() as bar:
        found = run(
            files,
            out,
            day=day,
            ids=lambda: secrets.token_hex(2),
            chosen=profile,
            how=How(lossless=lossless),
            told=bar.told,
            counted=count_faces,
        )
    if as_json:
        show_json(document(found, day))
    for one in found:
        if not as_json:
            _show_prepared(one, out)
    _say_rest([issue for one in found for issue in one.issues])


def _pack(
    body: Path,
    by: str,
    files: tuple[Path, ...],
    profile: tuple[Platform, ...],
    rest: dict[str, Any],
    *,
    lossless: bool,
    as_json: bool,
) -> None:
    from ordinance.operations.airlock_packing import Wanted, packed_document

    with ending_well(), _Bar() as bar:
        found = packed(body, Wanted(files, **rest), by, profile, bar.told, lossless=lossless)
    if as_json:
        show_json(packed_document(found, found.manifest.day))
    else:
        show(f"transfer {found.manifest.transfer}: {len(found.manifest.parts) + 1} files in {found.folder}")
        for one in found.prepared:
            _show_prepared(one, found.folder)
    _say_rest(found.issues)


def _say_rest(issues: Sequence[Issue]) -> NoReturn:
    """What is to be looked at, and what no rebuilding takes out; then the end."""
    from ordinance.operations.airlock_prepare import REMAINS

    for issue in issues:
        say(issue)
    say("What no rebuilding takes out:")
    for sentence in REMAINS:
        say(f"  {sentence}")
    sys.exit(int(any(issue.severity is Severity.ERROR for issue in issues)))


def _show_prepared(one: Prepared, out: Path) -> None:
    from ordinance.airlock.faces import NOT_ASKED
    from ordinance.operations.airlock_faces import sentence
    from ordinance.operations.airlock_prepare import NOTES

    rebuilt = one.rebuilt
    length = "" if rebuilt.duration_s is None else f", {float(rebuilt.duration_s):.1f} s"
    show(f"{out / one.name}: {rebuilt.width} × {rebuilt.height}{length}, {rebuilt.size_bytes:,} bytes")
    taken = "" if one.taken_at_ms is None else f"what is shown at {one.taken_at_ms / 1000:.3f} s of "
    show(f"  made of {taken}{one.given}")
    show(f"  SHA-256 before {rebuilt.before}")
    show(f"  SHA-256 after  {rebuilt.after}")
    for note in rebuilt.notes:
        show(f"  {NOTES[note]}")
    if one.faces != NOT_ASKED:
        show(f"  {sentence(one.faces)}")


class _Bar:
    """How far it is, in one line that is written over; on a terminal alone."""

    WIDTH = 30

    def __init__(self) -> None:
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            click.echo(err=True)

    def told(self, name: str, done: int, of: int) -> None:
        """So many frames of a file are done."""
        if not sys.stderr.isatty():
            return
        full = self.WIDTH * min(done, of) // max(of, 1)
        bar = "#" * full + "." * (self.WIDTH - full)
        click.echo(f"\r{clean(name)[:40]} [{bar}] {done} of {of} frames", err=True, nl=False)
        self._shown = True


@airlock.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@profile_option
@click.option(
    "--length",
    "seconds",
    type=click.FloatRange(min=0, max=86_400),
    callback=_number,
    metavar="SECONDS",
    help="How long the video is.",
)
@click.option("--upright/--wide", default=True, show_default=True, help="Whether the picture is taller than wide.")
@json_option
@guarded
def lint(
    files: tuple[Path, ...], profile: tuple[Platform, ...], seconds: float | None, upright: bool, as_json: bool
) -> None:
    """Say what is wrong with captions (.srt, .vtt) and with the text of a post (.txt).

    \b
    Example:
      ordinance airlock lint captions.srt post.txt --profile tiktok --length 45

    Exit 0: usable (warnings may remain). Exit 3: not usable.
    """
    from ordinance.operations.airlock_lint import lint_files

    video_ms = None if seconds is None else round(seconds * 1000)
    issues = lint_files(files, profile, video_ms=video_ms, is_upright=upright)
    _say_old(profile)
    sys.exit(show_issues(f"{len(files)} file(s)", issues, as_json=as_json))


@airlock.command()
@profile_option
@json_option
@guarded
def platforms(profile: tuple[Platform, ...], as_json: bool) -> None:
    """Show what platforms take, who says so, and who says otherwise.

    \b
    Example:
      ordinance airlock platforms --profile tiktok
    """
    from ordinance.operations.airlock_platforms import platform_document

    _say_old(profile)
    if as_json:
        show_json([platform_document(platform) for platform in profile])
        return
    for platform in profile:
        show(f"{platform.name} ({platform.id}), as read on {platform.checked_on}")
        show_table([("limit", "at least", "at most", "one of", "sure", "source"), *_limit_rows(platform)])
        for limit in platform.limits:
            if limit.note:
                show(f"{limit.about}: {limit.note}")
        for note in platform.notes:
            show(f"{note.cite}: {note.says}")
        for name, cite in platform.cites.items():
            show(f"[{name}] {cite.title}: {cite.url}")
        show()


def _limit_rows(platform: Platform) -> list[tuple[str, ...]]:
    """A row for each source of each limit; the limit is named in the first of them."""
    rows: list[tuple[str, ...]] = []
    for limit in platform.limits:
        for index, bound in enumerate(limit.bounds):
            name, sure = ("", "") if index else (str(limit.about), str(limit.confidence))
            least, most = ("" if number is None else f"{number:,}" for number in (bound.least, bound.most))
            rows.append((name, least, most, " ".join(sorted(bound.among or ())), sure, bound.cite))
    return rows


def _say_old(profile: tuple[Platform, ...]) -> None:
    from ordinance.operations.airlock_platforms import stale_issues

    for issue in stale_issues(profile, datetime.now().astimezone().date()):
        say(issue)
