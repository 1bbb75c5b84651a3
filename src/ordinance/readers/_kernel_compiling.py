# SPDX-License-Identifier: EUPL-1.2
"""How kernels are compiled: by Numba (the extra `fast`), without Python's lock, and kept by the text of all of them.

Reads: the kernels' own texts. Writes: the folder of what was compiled (`_compiled_folder`), when this is loaded.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numba
from numba import njit

from ordinance.readers._compiled_folder import compiled_folder


def _folder() -> Path:
    """Where compiled code is kept: of these very texts alone, for Numba looks at one file of several.

    Raises OSError where no folder can be written, or somebody else may write there.
    """
    here = Path(__file__).parent
    texts = b"".join(path.read_bytes() for path in sorted(here.glob("_kernel*.py")))
    user = os.geteuid() if hasattr(os, "geteuid") else None
    return compiled_folder(here, f"kernels-{hashlib.sha256(texts).hexdigest()[:16]}", os.environ, user)


numba.config.CACHE_DIR = str(_folder())  # type: ignore[attr-defined]  # its settings come to be when it is loaded
compiled = njit(nogil=True, cache=True)
within = njit(nogil=True, cache=True, forceinline=True)  # part of whatever calls it
