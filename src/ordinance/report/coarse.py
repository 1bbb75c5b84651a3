# SPDX-License-Identifier: EUPL-1.2
"""How a page says numbers that are coarse on purpose, so that none of them is about one person.

Reads the JSON of a check, of this version or an earlier one, in which all numbers are exact. It cannot refine: where
the document says "some", no page says how many.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ordinance.model.disclosure import Numbers, amount
from ordinance.report import words

Json = Mapping[str, Any]

PARTS_TOGETHER = {
    "kept_or_dropped": (
        "Kept or dropped",
        "or the same again, or rejected beyond what is told: each number alone would say how often somebody asked",
    ),
    **{part: said for part, said in words.PARTS.items() if part not in {"kept", "dropped", "duplicate"}},
}

WHY = {
    "small_body": "So few devices are covered by a rule that a number of them would be about somebody. Only whether "
    "there are any is said; even that can name a person to whoever knows of all the others.",
    "other_window": "This is not one of the windows that follow each other without overlap, for which numbers are "
    "given: two that overlap, set against each other, would tell what lies between them.",
}


def numbers(result: Json) -> str:
    """What the numbers of a document are; exact in one of a version that knew no others."""
    return str(result.get("disclosure", {}).get("numbers", Numbers.EXACT))


def parts(result: Json) -> dict[str, tuple[str, str]]:
    """What became of records, by key, with name and meaning: two of them together where the document says no more."""
    together = any("kept_or_dropped" in a for a in result["accounting"])
    return PARTS_TOGETHER if together else words.PARTS


def rejected(account: Json) -> str:
    """How many records of a source could not be read; the lower end of a band where records are not told apart."""
    return amount(account["rejected"], Numbers.BANDS if "kept_or_dropped" in account else Numbers.EXACT)


def all_rejected(result: Json) -> str:
    """The same over all sources; empty where every record could be read."""
    found = sum(a["rejected"] for a in result["accounting"])
    together = any("kept_or_dropped" in a for a in result["accounting"])
    return amount(found, Numbers.BANDS if together else Numbers.EXACT) if found else ""


def gone(account: Json) -> tuple[str, str]:
    """What was kept of files that are gone, and of how much; nothing more where that is not told."""
    found = account["gone"]
    if found["kept"] is None:
        return "some", "how many is not told"
    return words.number(found["kept"]), f"of {words.number(found['records'])} in " + words.counted(
        found["files"], "file", "files"
    )


def share(value: float | None) -> str:
    """A share of which no more is known than that it is none, some or all."""
    return words.share(value) if value is None else "none" if value == 0 else "all" if value == 1 else "some"
