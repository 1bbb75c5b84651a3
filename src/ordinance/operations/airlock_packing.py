# SPDX-License-Identifier: EUPL-1.2
"""`airlock prepare --body`: media made anew, with cover, captions and text, as one package with a receipt.

Reads the named files and the estate; writes `airlock/packages/TRANSFER` in the body's state, for its owner alone, all
of it or nothing, and then the receipt `prepared`: hashes before and after, what was changed, what the given files said
of AI, and who leaves out captions and why. Of that the package has only the moment of a cover taken from its video.

Cannot know what is to be seen and heard: that is for whoever approves it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ordinance import __version__
from ordinance.airlock.c2pa import Origin
from ordinance.airlock.captions import as_srt, as_vtt, read_captions
from ordinance.airlock.package import (
    COVER,
    MANIFEST,
    SRT,
    TEXT,
    VTT,
    Kind,
    Label,
    Manifest,
    Part,
    Spoken,
    check_package,
    part_of,
)
from ordinance.airlock.post_text import read_post_text
from ordinance.model.errors import Issue, Severity, TransferError
from ordinance.model.platform import Platform
from ordinance.model.receipt import Act
from ordinance.model.transfer import Medium
from ordinance.operations.airlock_lint import MOST_BYTES, caption_issues, text_issues
from ordinance.operations.airlock_prepare import (
    CHANGED_AT,
    REMAINS,
    How,
    Limits,
    Prepared,
    Told,
    cover_of,
    document,
    prepare,
)
from ordinance.operations.airlock_receipt import tell_of
from ordinance.operations.airlock_transfers import known_person, packages, reason_of, refused
from ordinance.operations.at_work import at_work
from ordinance.operations.workspace import Workspace
from ordinance.store.files import new_folder

_UNWRITTEN = "nothing was written"
_OF_PLATFORMS = "platform-"  # how ids begin that stop nothing: the file is clean, and a platform does not take it


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be packed. `no_captions` is the reason for which a video with sound goes without.

    The cover is a file, or the frame that the video shows at `cover_at_ms`; given both, ValueError is raised.
    `count_faces`: faces are counted in every picture and video, for who approves it.
    """

    files: Sequence[Path]
    cover: Path | None = None
    captions: Path | None = None
    no_captions: str | None = None
    text: Path | None = None
    cover_at_ms: int | None = None
    count_faces: bool = False

    def __post_init__(self) -> None:
        if self.cover is not None and self.cover_at_ms is not None:
            raise ValueError("a cover is a file or a frame of the video")


@dataclass(frozen=True, slots=True)
class Packed:
    """A package that stands: its manifest, its media as they were made, the cover last, and what else is to be said."""

    folder: Path
    manifest: Manifest
    prepared: tuple[Prepared, ...]
    warnings: tuple[Issue, ...]

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What platforms do not take, and what is to be looked at in captions and text."""
        return (*(issue for one in self.prepared for issue in one.issues), *self.warnings)


def pack(
    workspace: Workspace,
    wanted: Wanted,
    *,
    by: str,
    at: datetime,
    transfer: str,
    ids: Callable[[], str],
    chosen: Sequence[Platform] = (),
    how: How | None = None,
    limits: Limits | None = None,
    told: Told | None = None,
) -> Packed:
    """Make a package and write its receipt; `transfer` is its new name, `ids` as in `prepare`.

    Raises PolicyError for a person nobody knows or receipts that take no entry; TransferError with every reason why a
    file, the captions or the text stop it; OSError. Then there is neither a package nor a receipt.
    """
    known_person(workspace, by, at)
    waiver = None if wanted.no_captions is None else reason_of(wanted.no_captions, "--no-captions")
    day = at.astimezone(workspace.body.zone).date()
    folder = packages(workspace.state) / transfer
    for parent in (workspace.state, folder.parent.parent, folder.parent):
        parent.mkdir(mode=0o700, exist_ok=True)
    if folder.exists():
        raise FileExistsError(17, "there is such a transfer already", str(folder))
    with at_work(workspace.state):
        with new_folder(folder, 0o700) as aside:
            packed = _packed(aside, wanted, waiver, day, transfer, ids, chosen, how, limits, told)
        packed = replace(packed, folder=folder)
        tell_of(folder, workspace.state, Act.PREPARED, at, by=by, said=_receipt(packed, waiver))
    return packed


def packed_document(packed: Packed, day: date) -> dict[str, Any]:
    """What was packed, as JSON."""
    return {
        "transfer": packed.manifest.transfer,
        "day": day.isoformat(),
        "package": packed.folder.name,
        "manifest": packed.manifest.digest,
        "files": document(packed.prepared, day)["files"],
        "captions": str(packed.manifest.captions),
        "ai_label": str(packed.manifest.ai_label),
        "remains": list(REMAINS),
    }


def _packed(
    aside: Path,
    wanted: Wanted,
    waiver: str | None,
    day: date,
    transfer: str,
    ids: Callable[[], str],
    chosen: Sequence[Platform],
    how: How | None,
    limits: Limits | None,
    told: Told | None,
) -> Packed:
    """Every part of the package in a folder of its own."""
    given = [*wanted.files, *([wanted.cover] if wanted.cover else [])]
    counted = wanted.count_faces
    media = prepare(given, aside, day=day, ids=ids, chosen=chosen, how=how, limits=limits, told=told, counted=counted)
    main, cover = media[: len(wanted.files)], media[len(wanted.files) :]
    if faults := [*_faults_of_media(main, cover, wanted)]:
        raise TransferError(faults)
    parts = [part_of(aside / one.name, Kind.MEDIA, **_facts(one)) for one in main]
    if wanted.cover_at_ms is not None:
        cover = (_frame(aside, main, wanted, wanted.cover_at_ms, chosen, limits, told),)
    elif cover:
        (aside / cover[0].name).rename(aside / COVER)
        cover = (replace(cover[0], name=COVER),)
    for one in cover:
        parts.append(part_of(aside / COVER, Kind.COVER, **_facts(one), frame_at_ms=one.taken_at_ms))
    spoken, warnings = _captions(aside, main, wanted, waiver)
    warnings += _text(aside, wanted, chosen)
    for name, kind in ((SRT, Kind.CAPTIONS), (VTT, Kind.CAPTIONS), (TEXT, Kind.TEXT)):
        parts += [part_of(aside / name, kind)] if (aside / name).exists() else []
    profiles = tuple((platform.id, platform.checked_on) for platform in chosen)
    manifest = Manifest(transfer, day, __version__, profiles, spoken, _label(media), tuple(parts))
    _write(aside / MANIFEST, manifest.written())
    checked = check_package(aside, digest=manifest.digest)
    if not isinstance(checked, Manifest):
        raise refused(transfer, checked)
    return Packed(aside, manifest, (*main, *cover), tuple(warnings))


def _frame(
    aside: Path,
    main: Sequence[Prepared],
    wanted: Wanted,
    at_ms: int,
    chosen: Sequence[Platform],
    limits: Limits | None,
    told: Told | None,
) -> Prepared:
    """The cover as the frame that the video shows at a moment."""
    given, video = next(both for both in zip(wanted.files, main, strict=True) if both[1].rebuilt.medium.is_video)
    try:
        counted = wanted.count_faces
        return cover_of(video, aside, COVER, at_ms, chosen=chosen, limits=limits, told=told, counted=counted)
    except TransferError as error:
        raise TransferError([replace(issue, file=str(given)) for issue in error.issues]) from None


def _faults_of_media(main: Sequence[Prepared], cover: Sequence[Prepared], wanted: Wanted) -> Sequence[Issue]:
    """What does not go together."""
    videos = [one for one in main if one.rebuilt.medium.is_video]
    found = []
    if len(videos) > 1:
        message = "a package has one video: captions and cover are of that one"
        found.append(("airlock-two-videos", str(wanted.files[1]), message, "prepare one package a video"))
    if wanted.cover_at_ms is not None and not videos:
        message = "there is no video that the cover could be taken from"
        found.append(("airlock-cover-without-video", str(wanted.files[0]), message, "leave out --cover-at"))
    if videos and not cover and wanted.cover_at_ms is None:
        hint = "name a JPEG with --cover, or a moment of the video with --cover-at; what a platform takes by itself"
        hint += " may show what nobody chose"
        found.append(("airlock-no-cover", str(wanted.files[0]), "a video needs a cover", hint))
    if cover and cover[0].rebuilt.medium is not Medium.JPEG:
        found.append(("airlock-cover-no-jpeg", str(wanted.cover), "the cover is no JPEG", "save it as JPEG"))
    if wanted.captions and not videos:
        message = "there is no video that the captions belong to"
        found.append(("airlock-captions-alone", str(wanted.captions), message, "leave out --captions"))
    if any(one.rebuilt.sound for one in videos) and not wanted.captions and wanted.no_captions is None:
        hint = "give them with --captions, or say with --no-captions why there are none"
        found.append(("airlock-no-captions", str(wanted.files[0]), "something is heard, and no captions say it", hint))
    return [Issue(file, 0, 0, id_, message, _UNWRITTEN, hint) for id_, file, message, hint in found]


def _captions(
    aside: Path, main: Sequence[Prepared], wanted: Wanted, waiver: str | None
) -> tuple[Spoken, list[Issue]]:
    """Both files of captions, written anew from the one that was given, and what is to be said of it."""
    if wanted.captions is None:
        needed = any(one.rebuilt.sound for one in main) and waiver is not None
        return (Spoken.WAIVED if needed else Spoken.NOT_NEEDED), []
    video = next(one for one in main if one.rebuilt.medium.is_video)
    is_upright = video.rebuilt.height > video.rebuilt.width
    raw = _read(wanted.captions)
    issues = [*caption_issues(str(wanted.captions), raw, video.length_ms, is_upright=is_upright)]
    _stop_at_errors(issues)
    cues = read_captions(raw).cues
    _write(aside / SRT, as_srt(cues))
    _write(aside / VTT, as_vtt(cues))
    return Spoken.INCLUDED, issues


def _text(aside: Path, wanted: Wanted, chosen: Sequence[Platform]) -> list[Issue]:
    if wanted.text is None:
        return []
    raw = _read(wanted.text)
    issues = [*text_issues(str(wanted.text), raw, tuple(chosen))]
    _stop_at_errors(issues)
    _write(aside / TEXT, read_post_text(raw).text.encode() + b"\n")
    return issues


def _stop_at_errors(issues: Sequence[Issue]) -> None:
    errors = [i for i in issues if i.severity is Severity.ERROR and not i.id.startswith(_OF_PLATFORMS)]
    if errors:
        raise TransferError([replace(issue, consequence=_UNWRITTEN) for issue in errors])


def _label(media: Sequence[Prepared]) -> Label:
    origins = {one.origin for one in media}
    if Origin.MADE_BY_AI in origins:
        return Label.NEEDED
    if Origin.LIKE_AI in origins:
        return Label.HINTED
    return Label.NOT_READABLE if Origin.UNREADABLE in origins else Label.NOT_SAID


def _facts(one: Prepared) -> dict[str, Any]:
    rebuilt = one.rebuilt
    return {
        "medium": rebuilt.medium,
        "width": rebuilt.width,
        "height": rebuilt.height,
        "duration_ms": one.length_ms,
        "faces": one.faces,
    }


def _receipt(packed: Packed, waiver: str | None) -> dict[str, Any]:
    """What the receipt says: digests and decisions, no name of a given file and no text."""
    manifest = packed.manifest
    by_name: dict[str, Part] = {part.name: part for part in manifest.parts}
    return {
        "transfer": manifest.transfer,
        "manifest": manifest.digest,
        "files": [
            {
                "name": one.name,
                "before": one.rebuilt.before,
                "after": by_name[one.name].sha256,
                "notes": list(one.rebuilt.notes),
                "origin": str(one.origin),
            }
            | ({} if one.taken_at_ms is None else {"taken_at_ms": one.taken_at_ms})
            for one in packed.prepared
        ],
        "captions": str(manifest.captions),
        "waiver": waiver if manifest.captions is Spoken.WAIVED else None,
        "ai_label": str(manifest.ai_label),
        "profiles": [id_ for id_, _ in manifest.profiles],
    }


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    os.utime(path, (CHANGED_AT, CHANGED_AT))
