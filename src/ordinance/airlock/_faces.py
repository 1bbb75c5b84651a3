# SPDX-License-Identifier: EUPL-1.2
"""Faces counted in grey pixels: a worker of the airlock, the only module that loads OpenCV.

Reads one open file of grey bytes, pictures one behind the other; writes nothing. Runs with every way out taken
(`_apart`). Answers with a number for each picture: no place, no size, nothing of a face.

Cannot know who anybody is, and does not know faces well: those that are turned, covered, small or dark are missed, and
patterns that are no face are taken for one.

Source of the method: Viola and Jones, Rapid object detection using a boosted cascade of simple features (2001), with
the cascade that OpenCV brings (`haarcascade_frontalface_alt2`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ordinance.airlock._apart import Progress, StopError, serve
from ordinance.model.opening import read_at

_SMALLEST = 24  # pixels of a face
_SCALE, _NEIGHBOURS = 1.1, 6  # each size a tenth larger than the one before; so many hits close together are a face

cv2.setNumThreads(1)
_KNOWN: Any = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml"))


def work(request: Mapping[str, Any], files: Sequence[int], told: Progress) -> dict[str, Any]:
    """How many faces are seen in each picture of `files[0]`; their sizes in pixels are `request["sizes"]`."""
    at, faces = 0, []
    sizes = [(int(width), int(height)) for width, height in request["sizes"]]
    for width, height in sizes:
        content = read_at(files[0], width * height, at)
        if len(content) != width * height:
            raise StopError("airlock-cannot-decode")
        at += len(content)
        grey = np.frombuffer(content, np.uint8).reshape(height, width)
        faces.append(len(_KNOWN.detectMultiScale(grey, _SCALE, _NEIGHBOURS, minSize=(_SMALLEST, _SMALLEST))))
        told(len(faces), len(sizes))
    return {"faces": faces}


if __name__ == "__main__":
    serve(work)
