# SPDX-License-Identifier: EUPL-1.2
"""A package: what goes to the separate device, and the manifest that says exactly what is in it.

Reads and describes a folder of media, `cover.jpg`, `captions.srt` and `captions.vtt`, `post.txt` and `manifest.json`,
and nothing else. Names are neutral; no person, office, device, original name or time of day stands in it. The same
parts make the same bytes.

Cannot know whether the media are clean: checkers say so. Nor whether somebody who may write the folder wrote another
manifest for other files: that shows the digest of the manifest, which the receipts hold.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from ordinance.airlock.faces import Faces, NotCounted
from ordinance.model.opening import digest_of, open_to_read
from ordinance.model.transfer import Medium, Refusal

FORM = 1
MANIFEST = "manifest.json"
COVER, SRT, VTT, TEXT = "cover.jpg", "captions.srt", "captions.vtt", "post.txt"
TRANSFER = re.compile(r"\d{4}-\d\d-\d\d_[0-9a-f]{8}")
MOST_MANIFEST = 100_000  # bytes
MOST_PARTS = 100
_MEDIA = re.compile(r"\d{4}-\d\d-\d\d_[0-9a-f]{4}\.(jpg|png|webp|mp4)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[A-Za-z0-9.+-]{1,60}")


class Kind(StrEnum):
    """What a file of a package is for."""

    MEDIA = "media"
    COVER = "cover"
    CAPTIONS = "captions"
    TEXT = "text"


class Spoken(StrEnum):
    """What a package says of captions."""

    INCLUDED = "included"
    WAIVED = "waived"  # by whom and why the receipt says
    NOT_NEEDED = "not_needed"  # nothing is heard


class Label(StrEnum):
    """Whether the post needs the label that it was made by AI, as far as the data in the given files said."""

    NEEDED = "needed"
    HINTED = "hinted"  # texts such as image generators write: a person decides
    NOT_READABLE = "not_readable"  # something was said that could not be read: a person decides
    NOT_SAID = "not_said"


@dataclass(frozen=True, slots=True)
class Part:
    """One file: size in bytes, width and height in pixels, duration in milliseconds; `None` where it has none.

    `frame_at_ms`: it is the frame that the package's video shows then; `None` for a file of its own. `faces`: an aid
    to who looks, on which nothing hangs; `None` of what has no picture, and in manifests older than the count.
    """

    name: str
    kind: Kind
    sha256: str
    size_bytes: int
    medium: Medium | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    frame_at_ms: int | None = None
    faces: Faces | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package is. `profiles` are ids of platforms with the day on which their facts were read."""

    transfer: str
    day: date
    made_with: str
    profiles: tuple[tuple[str, date], ...]
    captions: Spoken
    ai_label: Label
    parts: tuple[Part, ...]

    def written(self) -> bytes:
        """The bytes of `manifest.json`: the same for the same parts, in whatever order they were given."""
        said = {
            "form": FORM,
            "transfer": self.transfer,
            "day": self.day.isoformat(),
            "made_with": self.made_with,
            "profiles": [{"id": id_, "checked_on": on.isoformat()} for id_, on in sorted(self.profiles)],
            "captions": str(self.captions),
            "ai_label": str(self.ai_label),
            "files": [_said(part) for part in sorted(self.parts, key=lambda part: part.name)],
        }
        return json.dumps(said, indent=1, sort_keys=True).encode() + b"\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's bytes, in hexadecimal: all of a package in one number."""
        return hashlib.sha256(self.written()).hexdigest()

    def has_frame(self, part: Part) -> bool:
        """Whether a part is no frame of the video, or a cover that can be one: the only video is that long."""
        if part.frame_at_ms is None:
            return True
        lengths = [one.duration_ms for one in self.parts if one.medium is not None and one.medium.is_video]
        return part.kind is Kind.COVER and len(lengths) == 1 and part.frame_at_ms <= (lengths[0] or 0)

    @property
    def media(self) -> tuple[Part, ...]:
        """The pictures and videos, the cover included."""
        return tuple(part for part in self.parts if part.medium is not None)


def part_of(path: Path, kind: Kind, **facts: Any) -> Part:
    """A file as it is on disk. Raises OSError where it cannot be read."""
    handle = open_to_read(path)
    try:
        sha256, size = digest_of(handle)
    finally:
        os.close(handle)
    return Part(path.name, kind, sha256, size, **facts)


def check_package(folder: Path, *, digest: str | None = None) -> Manifest | tuple[Refusal, ...]:
    """The manifest of a folder that holds exactly what it says, or everything that is otherwise.

    `digest` is that of the manifest as the receipts have it. Links are never followed. Raises OSError where the folder
    cannot be read.
    """
    if folder.is_symlink() or not folder.is_dir():
        return (Refusal("package", "package-missing", "there is no folder of the package"),)
    names = sorted(os.listdir(folder))  # noqa: PTH208  # names as they are, whatever they are
    if MANIFEST not in names:
        return (Refusal(MANIFEST, "package-file-missing", "it is not there"),)
    raw = _regular(folder / MANIFEST, MOST_MANIFEST)
    manifest = None if raw is None else _manifest(raw)
    if manifest is None:
        return (Refusal(MANIFEST, "package-manifest", "it is no manifest as this program writes one"),)
    found: list[Refusal] = []
    if digest is not None and manifest.digest != digest:
        found.append(Refusal(MANIFEST, "package-other-manifest", "it is not the one that the receipts tell of"))
    parts = {part.name: part for part in manifest.parts}
    further = [name for name in names if name not in parts and name != MANIFEST]
    if further:  # their names may say anything: they are counted
        found.append(Refusal("package", "package-further-file", f"{len(further)} file(s) are in it without a line"))
    for name, part in parts.items():
        if name not in names:
            found.append(Refusal(name, "package-file-missing", "it is not there"))
        else:
            found += _differs(folder / name, part)
    return tuple(found) or manifest


def _differs(path: Path, part: Part) -> Iterable[Refusal]:
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode):
            return [Refusal(part.name, "package-no-file", "it is no file of its own")]
        now = part_of(path, part.kind)
    except OSError:
        return [Refusal(part.name, "package-no-file", "it cannot be read")]
    if (now.sha256, now.size_bytes) != (part.sha256, part.size_bytes):
        return [Refusal(part.name, "package-changed", "it is not the file that the manifest tells of")]
    return []


def _regular(path: Path, most: int) -> bytes | None:
    """The bytes of a file that is no link and not too large."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return None
    with path.open("rb") as file:
        raw = file.read(most + 1)
    return raw if len(raw) <= most else None


def _said(part: Part) -> dict[str, Any]:
    said = {
        "name": part.name,
        "kind": str(part.kind),
        "sha256": part.sha256,
        "size_bytes": part.size_bytes,
        "medium": None if part.medium is None else str(part.medium),
        "width": part.width,
        "height": part.height,
        "duration_ms": part.duration_ms,
    }
    said |= {} if part.frame_at_ms is None else {"frame_at_ms": part.frame_at_ms}
    return said | ({} if part.faces is None else part.faces.document())


def _manifest(raw: bytes) -> Manifest | None:
    """A manifest of these very bytes; `None` for everything that this program would not have written so."""
    try:
        said = json.loads(raw)
        manifest = Manifest(
            transfer=_like(TRANSFER, said["transfer"]),
            day=date.fromisoformat(said["day"]),
            made_with=_like(_WORD, said["made_with"]),
            profiles=tuple((_like(_WORD, p["id"]), date.fromisoformat(p["checked_on"])) for p in said["profiles"]),
            captions=Spoken(said["captions"]),
            ai_label=Label(said["ai_label"]),
            parts=tuple(map(_part, said["files"])),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    names = [part.name for part in manifest.parts]
    sound = len({*names}) == len(names) <= MOST_PARTS and manifest.written() == raw
    return manifest if sound and _is_whole({part.name: part.kind for part in manifest.parts}, manifest) else None


def _is_whole(kinds: Mapping[str, Kind], manifest: Manifest) -> bool:
    """Whether each file has a name of its kind, and what belongs together is there together."""
    fixed = {COVER: Kind.COVER, SRT: Kind.CAPTIONS, VTT: Kind.CAPTIONS, TEXT: Kind.TEXT}
    named = all(fixed.get(name, Kind.MEDIA if _MEDIA.fullmatch(name) else None) is kind for name, kind in kinds.items())
    both = {SRT, VTT} <= kinds.keys()
    none = not {SRT, VTT} & kinds.keys()
    spoken = both if manifest.captions is Spoken.INCLUDED else none
    return named and spoken and Kind.MEDIA in kinds.values() and all(map(manifest.has_frame, manifest.parts))


def _part(said: Mapping[str, Any]) -> Part:
    medium = said["medium"]
    part = Part(
        name=_text(said["name"]),
        kind=Kind(said["kind"]),
        sha256=_like(_DIGEST, said["sha256"]),
        size_bytes=_number(said["size_bytes"]),
        medium=None if medium is None else Medium(medium),
        width=_number_or_none(said["width"]),
        height=_number_or_none(said["height"]),
        duration_ms=_number_or_none(said["duration_ms"]),
        frame_at_ms=_number_or_none(said.get("frame_at_ms")),
        faces=_faces(said) if "faces" in said else None,
    )
    if (part.medium is None) != (part.kind in (Kind.CAPTIONS, Kind.TEXT)):
        raise ValueError("a picture or video has a medium, and nothing else has")
    if part.medium is None and part.faces is not None:
        raise ValueError("faces are counted in pictures")
    return part


def _faces(said: Mapping[str, Any]) -> Faces:
    why = None if said["faces_why"] is None else NotCounted(said["faces_why"])
    return Faces(_number_or_none(said["faces"]), _number(said["faces_frames"]), why)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _like(pattern: re.Pattern[str], value: object) -> str:
    if not pattern.fullmatch(text := _text(value)):
        raise ValueError("not of that form")
    return text


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("no number")
    return value


def _number_or_none(value: object) -> int | None:
    return None if value is None else _number(value)
