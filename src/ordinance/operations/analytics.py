# SPDX-License-Identifier: EUPL-1.2
"""`channels import`: an export of a platform, taken into `analytics/` of the body's folder.

Nothing comes back from a platform but numbers: the file is parsed apart, every value is checked again here, and a
file with one fault changes nothing. What was known before stays; the same export again adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from ordinance import __version__
from ordinance.model.effect import Counted, ExportForm, Figure
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.time import add_months
from ordinance.operations.workspace import Workspace
from ordinance.policy.nodes import did_you_mean
from ordinance.readers._apart import ApartError, apart
from ordinance.readers.analytics import FOLDER, MOST_BYTES, as_csv, read_one
from ordinance.readers.exports import MOST_BYTES as MOST_EXPORT
from ordinance.store.files import write_file

MOST_ALIKE = 10  # figures that may be the same on the same day of another year by chance
FEWEST_VALUES = 4  # different ones among them: a small account has 0, 1 and 2 comments in every year
READER = "ordinance.readers.exports"
_PLATFORMS = {
    ExportForm.TIKTOK: {"tiktok"},
    ExportForm.INSTAGRAM: {"instagram"},
    ExportForm.YOUTUBE: {"youtube"},
}


def import_export(
    workspace: Workspace,
    channel: str,
    path: Path,
    form: ExportForm,
    exported: date,
    metric: Figure | None = None,
    *,
    write: bool = True,
) -> dict[str, Any]:
    """Add what a file says about a channel. Raises PolicyError with every fault, and then writes nothing."""
    _is_of_platform(workspace, channel, form)
    rows, left_out, without_figure = _read(path, form, exported, metric)
    kept = workspace.body.folder / FOLDER / f"{channel}.csv"
    before, faults = read_one(kept)
    if faults:
        raise PolicyError(faults)
    known = {(r.day, r.metric, r.exported, r.form): r for r in before}
    differ = [r for r in rows if (old := known.get((r.day, r.metric, r.exported, r.form))) and old.value != r.value]
    if differ:
        first = differ[0]
        message = f"{first.metric} of {first.day}, exported on {first.exported}, is there already with another figure"
        hint = "give the day on which this file was downloaded with --exported"
        raise PolicyError([Issue(f"{FOLDER}/{kept.name}", 0, 0, "two-figures", message, "", hint)])
    _is_no_year_off(rows, before, f"{FOLDER}/{kept.name}")
    new = _news(rows, before)
    content = as_csv([*before, *new])
    if len(content) > MOST_BYTES:
        message = f"the file would be larger than {MOST_BYTES:,} bytes"
        raise PolicyError([Issue(f"{FOLDER}/{kept.name}", 0, 0, "too-large", message)])
    if new and write:
        write_file(kept, content)
    return {
        "ordinance": __version__,
        "channel": channel,
        "file": f"{FOLDER}/{kept.name}",
        "form": str(form),
        "exported": exported.isoformat(),
        "first": min(r.day for r in rows).isoformat(),
        "last": max(r.day for r in rows).isoformat(),
        "metrics": {str(m): n for m, n in sorted(Counter(r.metric for r in rows).items())},
        "new": len(new),
        "known_before": len(rows) - len(new),
        "without_figure": without_figure,
        "left_out": left_out,
        "written": bool(new) and write,
    }


def _news(rows: Iterable[Counted], before: Iterable[Counted]) -> list[Counted]:
    """Rows that say something else than the latest export before theirs: what did not change is not kept again."""
    found = []
    history: dict[tuple[date, Figure, ExportForm], list[Counted]] = {}
    for old in sorted(before, key=lambda r: r.exported):
        history.setdefault((old.day, old.metric, old.form), []).append(old)
    for row in rows:
        every = history.get((row.day, row.metric, row.form), ())
        earlier = [o for o in every if o.exported <= row.exported and _is_whole(o) >= _is_whole(row)]
        if not earlier or earlier[-1].value != row.value:
            found.append(row)
    return found


def _is_whole(row: Counted) -> bool:
    """Whether the day was over when the platform said its figure: that of the day of the export itself is not."""
    return row.day < row.exported


def _is_no_year_off(rows: Iterable[Counted], before: Iterable[Counted], file: str) -> None:
    """Refuse figures that are on file for the same days of another year: the day of the export was given wrongly."""
    known = {(o.day, o.metric, o.form): o.value for o in before}
    for years in (1, -1):
        for metric in sorted({r.metric for r in rows}):
            of_metric = [r for r in rows if r.metric is metric]
            pairs = [(known.get((_year_off(r.day, years), r.metric, r.form)), r.value) for r in of_metric]
            both = [(old, new) for old, new in pairs if old is not None]
            alike = [new for old, new in both if old == new]
            if len(alike) < MOST_ALIKE or len(alike) * 10 < 9 * len(both) or len(set(alike)) < FEWEST_VALUES:
                continue
            what = f"{len(alike)} of {len(both)} figures of {metric}"
            message = f"{what} are those on file for the same days of another year"
            hint = "give the day on which this file was downloaded with --exported"
            raise PolicyError([Issue(file, 0, 0, "two-figures", message, "", hint)])


def _year_off(day: date, years: int) -> date:
    return add_months(day, 12 * years)


def _is_of_platform(workspace: Workspace, channel: str, form: ExportForm) -> None:
    found = next((c for c in workspace.channels if c.id == channel), None)
    if found is None:
        hint = did_you_mean(channel, {c.id for c in workspace.channels}) or "a file in channels/ makes one"
        message = f'the body has no channel "{channel}"'
        raise PolicyError([Issue("channels", 0, 0, "unknown-channel", message, "", hint)])
    family = found.platform.partition("/")[0]
    if form in _PLATFORMS and family not in _PLATFORMS[form]:
        message = f"the channel is on {family}, and the file is said to be of {form}"
        raise PolicyError([Issue(found.place.file, 0, 0, "other-platform", message)])


def _read(
    path: Path, form: ExportForm, exported: date, metric: Figure | None
) -> tuple[list[Counted], list[str], int]:
    """The rows of a foreign file, what of it was left out, and how many cells held no figure."""
    name = path.name
    try:
        if not path.is_file():
            raise PolicyError([Issue(str(path), 0, 0, "missing-file", "there is no such file")])
        with path.open("rb") as stream:
            raw = stream.read(MOST_EXPORT + 1)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise PolicyError([Issue(str(path), 0, 0, "unreadable-file", f"the file cannot be read: {reason}")]) from None
    if len(raw) > MOST_EXPORT:
        raise PolicyError([Issue(name, 0, 0, "too-large", f"the file is larger than {MOST_EXPORT:,} bytes")])
    request = {"name": name, "form": form, "exported": exported.isoformat(), "metric": metric}
    try:
        answer = apart(READER, request, raw)
        faults = [Issue(str(f), int(n), 0, str(i), str(text)) for f, n, i, text in answer["faults"]]
        rows = [Counted(date.fromisoformat(d), Figure(m), int(v), exported, form) for d, m, v in answer["rows"]]
        left_out, without = [str(w) for w in answer["left_out"]], int(answer["without_figure"])
    except (ApartError, KeyError, TypeError, ValueError) as error:
        message = f"the file cannot be read: {error}"
        raise PolicyError([Issue(name, 0, 0, "unreadable-file", message)]) from None
    if faults:
        raise PolicyError(faults)
    return rows, left_out, without
