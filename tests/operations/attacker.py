# SPDX-License-Identifier: EUPL-1.2
"""Programs of somebody who wants to know of one person, and has only what was published and what everybody knows.

Each reads documents of a check and answers `fail`, `pass`, or `None` for "I cannot tell". They take numbers for what
the document says they are: where it says bands, they reckon with every number of the band. They know the program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
Range = tuple[int, int]
MANY = 10**6


def read(number: int, document: Document, step_of: int | None = None) -> Range:
    """What a published number can stand for."""
    said = document["disclosure"]
    if said["numbers"] == "exact" or number == 0:
        return number, number
    step = step_of or said["step"]
    if said["numbers"] == "some" or step is None:
        return (1, MANY) if number == 1 else (number, MANY)
    return number, number // step * step + step - 1


def figures(document: Document) -> dict[str, Range]:
    """Every number about devices in a document, by where it stands."""
    found = {
        f"by_duty/{duty}/{result}": read(n, document)
        for duty, counts in document["summary"]["by_duty"].items()
        for result, n in counts.items()
    }
    found |= {f"devices/{k}": read(n, document) for k, n in document["summary"]["devices"].items()}
    found |= {f"findings/{k}": read(n, document) for k, n in document["summary"]["findings"].items()}
    for row in document["results"]:
        key = "/".join(str(row[k]) for k in ("duty", "class", "result", "reason"))
        found[f"results/{key}"] = _some(row["devices"], document)
    for f in document["findings"]:
        key = "/".join(str(f[k]) for k in ("kind", "result", "unit", "grade"))
        found[f"found/{key}/devices"] = _some(f["devices"], document)
        found[f"found/{key}/count"] = _some(f["count"], document)
    for account in document["accounting"]:
        for part in ("kept", "duplicate"):  # only what is kept is known again, in most readers
            if account[part] is not None:
                found[f"{part}/{account['source']}"] = (account[part], account[part])
        lost, is_exact = account["rejected"], document["disclosure"]["numbers"] == "exact"
        found[f"rejected/{account['source']}"] = (lost, lost) if is_exact or not lost else (lost, MANY)
        for part in ("files", "records"):
            if "gone" in account:
                found[f"gone/{part}/{account['source']}"] = _some(account["gone"][part], document)
    return found


def _some(number: int, document: Document) -> Range:
    return (number, number) if document["disclosure"]["numbers"] == "exact" else (min(number, 1), MANY)


def by_difference(earlier: Document, later: Document, where: str) -> str | None:
    """Two documents that differ by one person: did a number grow by exactly one, or by none?

    The attacker knows that nothing else changed, and that the number is about one more device in `later`.
    """
    before, after = (figures(d).get(where, (0, 0)) for d in (earlier, later))
    possible = {n for n in (0, 1) if before[0] + n <= after[1] and before[1] + n >= after[0]}
    return {frozenset({1}): "fail", frozenset({0}): "pass"}.get(frozenset(possible))


def by_any_difference(earlier: Document, later: Document) -> bool:
    """Whether anything at all differs between two documents: who knows that one person alone changed, needs no more."""
    return earlier != later


def by_digest(document: Document, guesses: Mapping[str, bytes]) -> str | None:
    """Of several contents that one file may have, the one whose SHA-256 stands anywhere in the document."""
    said = str(document)
    found = [name for name, content in guesses.items() if hashlib.sha256(content).hexdigest() in said]
    return found[0] if len(found) == 1 else None


def by_group(document: Document, known: Mapping[str, int], result: str, group: str) -> str | None:
    """Of a unit or a kind of device all outcomes but one are known: what is left of its published number is the last.

    `known` are how many of the others have each result.
    """
    rows = [r for r in document["results"] if r["class"] == group and r["duty"] == "remove"]
    found = [f for f in document["findings"] if f["unit"] == group and f["kind"] == "app_installed"]
    if rows:
        low = sum(_some(r["devices"], document)[0] for r in rows if r["result"] == result)
        high = sum(_some(r["devices"], document)[1] for r in rows if r["result"] == result)
    elif found:
        low, high = (sum(_some(f["devices"], document)[n] for f in found) for n in (0, 1))
    else:
        return None
    possible = {n for n in (0, 1) if low <= known.get(result, 0) + n <= high}
    return {frozenset({1}): "fail", frozenset({0}): "pass"}.get(frozenset(possible))


def pinned(document: Document, total: int) -> set[str]:
    """Figures of a duty that follow exactly from its bands and from how many devices there are, tried one by one.

    Where one result alone occurs, all devices have it: that is said, and no number makes it more.
    """
    found = set()
    for duty, counts in document["summary"]["by_duty"].items():
        ranges = {r: read(n, document) for r, n in counts.items() if n}
        worlds = list(_worlds(list(ranges.values()), total)) if len(ranges) > 1 else []
        for place, result in enumerate(ranges):
            if worlds and len({w[place] for w in worlds}) == 1:
                found.add(f"{duty}/{result}")
    return found


def _worlds(ranges: Sequence[Range], total: int) -> Iterator[tuple[int, ...]]:
    """Every way in which numbers of these ranges add up to a total."""
    (low, high), rest = ranges[0], ranges[1:]
    if not rest:
        if low <= total <= high:
            yield (total,)
        return
    for n in range(low, min(high, total) + 1):
        for others in _worlds(rest, total - n):
            yield (n, *others)


def used_on_a_day(longer: Document, shorter: Document) -> int | None:
    """How many failed by what they did on the day that one window has and the other has not; `None`: cannot tell."""
    one, other = (figures(d)["by_duty/stop_using/fail"] for d in (longer, shorter))
    low, high = one[0] - other[1], one[1] - other[0]
    return low if low == high else None
