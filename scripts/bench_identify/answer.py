# SPDX-License-Identifier: EUPL-1.2
"""The process that is measured: `answer.py WHO FORM KNOWN NAMES OUT`.

Loads what WHO needs, reads a file of names in blocks, and writes an answer a line: `family/member value` of the known
name that a name ends in, ` likely` behind it where it is only that, or `-`. Prints seconds of loading and of answering
(without reading and writing), and a digest of what was written.
"""

from __future__ import annotations

import hashlib
import json
import sys
from itertools import islice
from pathlib import Path
from time import perf_counter

AT_ONCE = 65_536  # names in memory at a time


def main() -> None:
    """Load, answer, print."""
    who, form = sys.argv[1:3]
    known, names, out = map(Path, sys.argv[3:])
    start = perf_counter()
    if who == "ours":
        from ours import build  # noqa: PLC0415  # only what is measured is loaded

        answers = build()
    else:
        from peers import FORMS  # noqa: PLC0415  # the same

        answers = FORMS[who][form](known)
    loaded, answering, digest, count = perf_counter() - start, 0.0, hashlib.sha256(), 0
    with names.open(encoding="utf-8", newline="\n") as asked, out.open("wb") as file:
        while block := [line[:-1] for line in islice(asked, AT_ONCE)]:
            start = perf_counter()
            found = answers(block)
            answering += perf_counter() - start
            written = ("\n".join(found) + "\n").encode()
            digest.update(written)
            file.write(written)
            count += len(block)
    said = {"names": count, "loading_s": loaded, "answering_s": answering, "digest": digest.hexdigest()}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
