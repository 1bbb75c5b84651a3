# SPDX-License-Identifier: EUPL-1.2
"""Faces counted in the files of a package, in words: an aid to who looks, never a verdict.

Reads counts, writes nothing. No count goes into a receipt or a judgement: whoever approves answers for what they saw.
Cannot know whether a count is right; `LIMITS` says so, beside each.
"""

from __future__ import annotations

from collections.abc import Iterator

from ordinance.airlock.faces import LIMITS, Faces, NotCounted
from ordinance.airlock.package import Manifest

_WHY = {
    NotCounted.NOT_ASKED: "nobody asked for it (prepare --count-faces)",
    NotCounted.NOT_INSTALLED: "the extra is not installed: pip install 'ordinance[faces]'",
    NotCounted.TIME_LIMIT: "it took longer than is allowed",
    NotCounted.FAILED: "the count broke off",
}


def sentence(found: Faces) -> str:
    """What was counted in one file, or why nothing was, with what a count cannot say."""
    if found.why is not None:
        return f"faces not counted: {_WHY[found.why]}"
    seen = f"{found.most or 'no'} {'face' if found.most == 1 else 'faces'}"
    if found.frames == 1:
        return f"{seen} counted; {LIMITS}"
    return f"{seen} counted in one frame at most, {found.frames} frames looked at; {LIMITS}"


def sentences(manifest: Manifest) -> Iterator[str]:
    """A line for each picture and video of a package."""
    for part in manifest.media:
        if part.faces is not None:
            yield f"{part.name}: {sentence(part.faces)}"
