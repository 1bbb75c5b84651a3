# SPDX-License-Identifier: EUPL-1.2
"""Our own list of what a rebuilt file may consist of, down to its fields; everything else is strange.

Reads: the bytes of one file, with nothing but the standard library, in linear time. It knows what the airlock's own
rebuilding writes, not what the formats allow: a good file from elsewhere is strange here. Cannot know: what is in the
picture or the sound themselves.
"""

from __future__ import annotations

from types import MappingProxyType

from ordinance.airlock.structure import jpeg, mp4, png, webp
from ordinance.airlock.structure._strange import Shape, StrangeError
from ordinance.model.transfer import Medium, Refusal

__all__ = ["Shape", "check_structure", "shape_of"]

_CHECKS = MappingProxyType(
    {Medium.JPEG: jpeg.check, Medium.PNG: png.check, Medium.WEBP: webp.check, Medium.MP4: mp4.check}
)


def shape_of(data: memoryview, medium: Medium) -> Shape | Refusal:
    """What a rebuilt file is, or the first thing in it that is not on the list. Raises nothing, whatever its bytes."""
    check = _CHECKS.get(medium)
    if check is None:
        return Refusal("file", "airlock-no-checker", f"nothing here checks the structure of a {medium} file")
    try:
        return check(data)
    except StrangeError as strange:
        return strange.refusal


def check_structure(data: memoryview, medium: Medium) -> tuple[Refusal, ...]:
    """The first strange thing in a rebuilt file, where and which; empty when there is none. Raises nothing."""
    found = shape_of(data, medium)
    return (found,) if isinstance(found, Refusal) else ()
