# SPDX-License-Identifier: EUPL-1.2
"""The corpus: fifteen files of five formats, always the same bytes, with the list of what hides in each.

Cannot know: real maker notes, telemetry and manifests of real devices; what is here is made by hand after the standards
and after what such files are described to hold. So nothing left means: nothing left of what was planted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.airlock import jpeg, mov, mp4, png, webp
from lab.airlock.markers import Marker, Sheet
from ordinance.model.transfer import Medium


@dataclass(frozen=True)
class Dirty:
    """One file of the corpus: its name, what it is, what it stands for, and who makes it."""

    name: str
    medium: Medium
    about: str
    make: Callable[[], tuple[bytes, Sheet]]

    def write(self, folder: Path) -> tuple[Path, tuple[Marker, ...]]:
        """The file in this folder, and what was planted."""
        data, sheet = self.make()
        path = folder / self.name
        path.write_bytes(data)
        return path, tuple(sheet.planted)


CORPUS = (
    Dirty("photo.jpg", Medium.JPEG, "as phones and editors write", jpeg.photo),
    Dirty("odd.jpg", Medium.JPEG, "rare segments, unused tables, bytes between and behind", jpeg.odd),
    Dirty("screenshot.png", Medium.PNG, "as editors write, erased pixels", png.screenshot),
    Dirty("odd.png", Medium.PNG, "rare chunks, unused colours, bytes behind the ends", png.odd),
    Dirty("erased.png", Medium.PNG, "what lies under pixels that were rubbed out", png.erased),
    Dirty("photo.webp", Medium.WEBP, "as editors write", webp.photo),
    Dirty("odd.webp", Medium.WEBP, "unknown chunks, padding, bytes behind the ends", webp.odd),
    Dirty("phone.mp4", Medium.MP4, "as phones and editors write", mp4.phone),
    Dirty("camera.mp4", Medium.MP4, "a place each second, chapters, a second picture and sound", mp4.camera),
    Dirty("drone.mp4", Medium.MP4, "telemetry in tracks that few programs know", mp4.drone),
    Dirty("odd.mp4", Medium.MP4, "in samples, between them, in reserved fields, behind the end", mp4.odd),
    Dirty("slices.mp4", Medium.MP4, "behind the coded end of slices", mp4.slices),
    Dirty("fragments.mp4", Medium.MP4, "in pieces, as for streaming", mp4.fragments),
    Dirty("phone.mov", Medium.MOV, "as phones write, with texts and telemetry", mov.phone),
    Dirty("old.mov", Medium.MOV, "old QuickTime, bytes between samples", mov.old),
)
