# SPDX-License-Identifier: EUPL-1.2
"""Draws docs/explain/what-strippers-leave.md from the figures of scripts/strippers: no figure is typed by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

HEAD = """# What strippers leave

Tools that strip a file remove what they know and copy the rest. This page shows what that leaves: {markers} markers
were planted in {places} places of {files} files, and the files were cleaned with what others use. It is why the
airlock builds a file anew from pixels and samples, and checks what came out against a list of what may be there.

Written by `scripts/strippers --write` on {taken}; the data: [what-strippers-leave.json](what-strippers-leave.json).
Do not edit it by hand.

## What was left

The number of markers still in the file after cleaning. **refuses**: the tool ended with an error or wrote nothing,
which is honest. A number means that it reported success. **–**: nobody claims that it takes such files.

"""

WHERE = """
## Where it was left

A place is named for its box, chunk, segment or unit; `tests/lab/airlock` shows each being written.

"""

MEASURED = """
## How it was measured

- **Every marker is one of a kind.** It has a number that stands in its text (`CNRY_com_1006`), in the last decimals
  of its coordinates (all before the town hall of Tartu) or in the seconds of its date. So what is left can be laid at
  the door of one place.
- **In several forms**: plain letters, UTF-16 of either order, packed with zlib, coordinates as EXIF, XMP, ISO 6709,
  3GPP, GoPro and Google write them, dates as text and as seconds since 1904.
- **A marker that was not planted proves nothing.** Each was found again in the dirty file before any tool saw it. The
  table below says by which route, and how many of them ExifTool read as well: what it reads is not our own reading of
  our own writing.
- **Looked for everywhere**: in the raw bytes, in UTF-16, in every zlib stream at any offset, in base64 and
  hexadecimal, in the packets that libav separates (of sound also across the borders of bytes), in decoded pixels and
  texts, and in what `exiftool -ee3 -u -a` prints.
- The files are the same bytes on every machine with the same encoders: `scripts/strippers --corpus DIR` writes them,
  `tests/lab/airlock` makes them.

"""

MEANING = """
## What it does not mean

- **Not that these tools are bad.** Most say themselves what they do not do: ExifTool's own page calls removal "not
  guaranteed" and, for MP4 and MOV, says that only the top level is written; mat2 says that a file without shown
  metadata is not proven clean. A command that a specialist writes for one file can do better than the commands here.
- **Not that nothing was left where it says 0.** It says: nothing of what was planted, where it was looked for. Some
  places of the files named `odd` are used by nobody but a person who wants to hide something.
- **Not that a copy is as good as building anew.** `ordinance-lossless` copies the slices of a picture, and where a
  slice ends only a decoder knows: bytes behind its end (slices.mp4) go along. Leave `--lossless` out wherever the
  video comes from somebody who may want to hide something in it.
- **Not the picture itself.** Badges, screens, faces, voices and the noise of a sensor stay in a picture that was
  built anew. No tool here removes them, ours neither.
- One sample a file, made by hand: no real camera's maker notes, no real drone's telemetry.
"""


def page(found: dict[str, Any]) -> str:
    """The whole page."""
    planted = found["planted"]
    head = HEAD.format(
        markers=len(planted),
        places=len({(_medium(found, row[0]), row[1]) for row in planted}),
        files=len(found["files"]),
        taken=found["taken"],
    )
    parts = [head, _left(found), "\n", _tools(found), WHERE, _where(found)]
    parts += [MEASURED, _planted(found), MEANING]
    return "".join(parts)


def _medium(found: dict[str, Any], name: str) -> str:
    return next(file["medium"] for file in found["files"] if file["name"] == name)


def _left(found: dict[str, Any]) -> str:
    measured = [t for t in found["tools"] if t["version"]]
    cells = {(row["file"], row["tool"]): row for row in found["cleaned"]}
    counts = Counter(row[0] for row in found["planted"])
    rows = [("file", "planted", *(t["id"] for t in measured))]
    for file in found["files"]:
        name = file["name"]
        rows.append((name, str(counts[name]), *(_cell(cells.get((name, t["id"]))) for t in measured)))
    return _table(rows)


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "–"
    if row["code"] or not row["wrote"]:
        return "refuses"
    return f"**{len(row['left'])}**" if row["left"] else "0"


def _tools(found: dict[str, Any]) -> str:
    return _table([
        ("tool", "version", "command"),
        *((t["id"], t["version"] or "not measured: not installed", f"`{t['command']}`") for t in found["tools"]),
    ])


def _where(found: dict[str, Any]) -> str:
    places = {row[3]: row[1] for row in found["planted"]}
    lines = []
    for tool in found["tools"]:
        rows = [r for r in found["cleaned"] if r["tool"] == tool["id"] and r["left"] and r["wrote"] and not r["code"]]
        if not rows:
            continue
        lines.append(f"**{tool['id']}**\n")
        for row in rows:
            names = sorted({re.sub(r"^track\d+-", "track\\*-", places.get(text, text)) for text in row["left"]})
            lines.append(f"- {row['file']}: {', '.join(names)}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _planted(found: dict[str, Any]) -> str:
    rows = [("file", "stands for", "markers", "places", "forms", "read by ExifTool too", "by libav or Pillow too")]
    for file in found["files"]:
        own = [row for row in found["planted"] if row[0] == file["name"]]
        rows.append((
            file["name"],
            file["about"],
            str(len(own)),
            str(len({row[1] for row in own})),
            ", ".join(sorted({row[2] for row in own})),
            str(sum("exiftool" in row[4] for row in own)),
            str(sum(bool({"libav", "pillow"} & set(row[4])) for row in own)),
        ))
    return _table(rows)


def _table(rows: list[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"


def as_json(found: dict[str, Any]) -> str:
    """The data, one row a line, so that a change of one marker is a change of one line."""
    parts = [f'  "taken": {json.dumps(found["taken"])}']
    for key in ("tools", "files", "planted", "cleaned"):
        rows = ",\n".join(f"    {json.dumps(row)}" for row in found[key])
        parts.append(f'  "{key}": [\n{rows}\n  ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"
