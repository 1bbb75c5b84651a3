# SPDX-License-Identifier: EUPL-1.2
"""`ordinance airlock`: what is to be posted, on its way from a work computer to the separate device."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from ordinance.cli._common import guarded, json_option, say, show, show_issues, show_json, show_table
from ordinance.model.platform import Platform


def _profile(_context: click.Context, _option: click.Parameter, name: str) -> tuple[Platform, ...]:
    from ordinance.operations.airlock_platforms import chosen_platforms, profile_names

    if name not in profile_names():
        raise click.BadParameter(f"there is no profile {name!r}; there are {', '.join(profile_names())}")
    return chosen_platforms(name)


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


@airlock.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@profile_option
@click.option("--length", "seconds", type=click.FloatRange(min=0), help="How long the video is, in seconds.")
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
