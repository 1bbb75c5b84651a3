# SPDX-License-Identifier: EUPL-1.2
"""What is restricted and whether anything stops it, and what is stopped and not restricted: rows for people.

Reads the document of a check. What other tools of the body do is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ordinance.report import words

STATES = {
    "none": "Restricted and not prevented",
    "some": "Restricted and prevented in part",
    "all": "Restricted and prevented",
}


def groups(document: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows by how much is prevented, least first; apps for which all else is alike share one."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in document.get("prevention", {}).get("restricted", ()):
        alike = {k: v for k, v in row.items() if k != "app"}
        one = found.setdefault(row["prevented"], {}).setdefault(repr(alike), {**alike, "apps": []})
        one["apps"].append(row["app"])
    return [(STATES[state], list(found[state].values())) for state in STATES if state in found]


def others(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Whom a target hits that no rule covers."""
    return list(document.get("prevention", {}).get("others", ()))


def sentence(row: Mapping[str, Any], *, exact: bool = True) -> str:
    """One row of `groups` in words: devices, what stops it, whether a control was asked for, what else is known.

    Where numbers are not `exact` it says that there are devices, and not how many.
    """
    devices = _devices(row["devices"], exact=exact)
    by = [f"{one} on the networks that it serves" if one in row["by_network"] else one for one in row["by"]]
    stopped = f"by {words.listing(by)}" if by else "by nothing that is configured here"
    asked = words.listing([words.word(words.DUTIES, duty) for duty in row["asked"]])
    said = [f"{devices}: stopped {stopped}", f"the rule asks to {asked}" if asked else "the rule asks for no control"]
    said += [_evidence(row["checked"])]
    said += [f"somebody stated it of {row['attested']}"] if row["attested"] not in {"none", None} else []
    return "; ".join(said)


def _evidence(checked: str | None) -> str:
    if checked is None:
        return "whether evidence was seen is not told of so few"
    return "no evidence was seen" if checked == "none" else f"evidence was seen of {checked}"


def _devices(count: int | None, *, exact: bool) -> str:
    if count is None:
        return "fewer devices than may be counted"
    return str(words.counted(count, "device", "devices")) if exact else "some devices"
