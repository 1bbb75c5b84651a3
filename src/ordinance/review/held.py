# SPDX-License-Identifier: EUPL-1.2
"""What runs of `check` say of one rule: in how much of its time somebody looked, and what was found.

Reads the documents of runs that were kept, as data. Counts of several runs are never added up: two runs may have
looked at the same days. Cannot know of runs that were deleted; days without a run are said to be unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from ordinance.model.disclosure import Numbers
from ordinance.model.result import Result
from ordinance.model.time import Span

Counts = Mapping[str, int]
_MOMENT = timedelta(microseconds=1)


class Held(StrEnum):
    """Whether a duty was kept, as far as a run could see."""

    HELD = "held"  # every device that it is for passed
    FAILED = "failed"  # at least one did not
    NOT_KNOWN = "not_known"  # nothing failed, and not everything was seen


def held(counts: Counts) -> Held:
    """What numbers of devices by result come to. Devices to which a duty does not apply say nothing."""
    if counts.get(Result.FAIL):
        return Held.FAILED
    judged = sum(n for result, n in counts.items() if result != Result.NOT_APPLICABLE)
    return Held.HELD if judged and judged == counts.get(Result.PASS, 0) else Held.NOT_KNOWN


@dataclass(frozen=True, slots=True)
class DutyHeld:
    """One duty of one clause in one run, with the number of devices by result. `duty` may be `conditions`."""

    restriction: str
    duty: str
    counts: Counts

    @property
    def held(self) -> Held:
        """What the counts come to."""
        return held(self.counts)


@dataclass(frozen=True, slots=True)
class RunHeld:
    """What one run says of the rule. `inventory` and `network` are the shares of it all that was seen, 0 to 1.

    Where its `numbers` are not exact, counts and shares are lower ends.
    """

    run: str
    as_of: datetime
    window: Span
    version: str
    duties: tuple[DutyHeld, ...]
    findings: Counts
    inventory: float | None
    network: float | None
    numbers: str = Numbers.EXACT


def runs_about(documents: Mapping[str, Mapping[str, Any]], text: str, span: Span) -> tuple[RunHeld, ...]:
    """Runs whose window meets a stretch of time and that have results about a text, by instant.

    Raises KeyError, TypeError or ValueError for a document that is none.
    """
    found = (_run(name, document, text) for name, document in sorted(documents.items()))
    told = (one for one in found if one.duties and one.window.overlaps(span))
    return tuple(sorted(told, key=lambda r: (r.as_of, r.window.closed, r.run)))


def saw_something(run: RunHeld) -> bool:
    """Whether any inventory or network was seen by a run: one that saw nothing looked at no day."""
    return bool(run.inventory or run.network)


def days_seen(runs: Iterable[RunHeld], first: date, last: date) -> frozenset[date]:
    """Days from first to last (inclusive) that lie in the window of at least one run that saw something."""
    found: set[date] = set()
    for one in filter(saw_something, runs):
        start, end = (i.date() for i in (one.window.closed[0], one.window.closed[1] - _MOMENT))
        found |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
    return frozenset(d for d in found if first <= d <= last)


def _run(name: str, document: Mapping[str, Any], text: str) -> RunHeld:
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for row in document["results"]:
        if str(row["restriction"]).partition("/")[0] == text:
            counts = counted.setdefault((row["restriction"], row["duty"]), dict.fromkeys(map(str, Result), 0))
            counts[Result(row["result"])] += int(row["devices"])
    findings: dict[str, int] = {}
    for row in document["findings"]:
        if str(row["restriction"]).partition("/")[0] == text:
            findings[str(row["kind"])] = findings.get(str(row["kind"]), 0) + 1
    coverage, window = document["summary"]["coverage"], document["window"]
    spoke = [p["version"] for p in document["policies"] if p["id"] == text and p["standing"] == "in_force"]
    return RunHeld(
        run=name,
        as_of=datetime.fromisoformat(document["as_of"]),
        window=Span(*(datetime.fromisoformat(window[key]) for key in ("from", "to"))),
        version=str(spoke[0]) if spoke else "",
        duties=tuple(DutyHeld(*key, counts) for key, counts in sorted(counted.items())),
        findings=dict(sorted(findings.items())),
        inventory=coverage["inventory"],
        network=coverage["network"],
        numbers=str(document.get("disclosure", {}).get("numbers", Numbers.EXACT)),
    )
