# SPDX-License-Identifier: EUPL-1.2
"""What a finding rests on and how much was not seen, in sentences: for whoever has to believe it or to answer it.

Reads the JSON of a check, of this version or an earlier one. Cannot weigh: it says what there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ordinance.report import words

Json = Mapping[str, Any]


def extent(spot: Json, *, exact: bool = True) -> str:
    """How much was not seen: devices, their days, or what logs show of it; nothing where nobody counted.

    Where numbers are not exact it says no more than that there are some.
    """
    devices, days, contacts = (spot.get(key) for key in ("devices", "days", "contacts"))
    if not exact:
        return "some questions in a log" if contacts else "some devices" if devices else ""
    if contacts:
        return f"{words.counted(contacts, 'question', 'questions')} on {words.counted(days, 'day', 'days')} of a log"
    if devices is None:
        return ""
    on = f" on {words.counted(days, 'day', 'days')}" if days else ""
    return words.counted(devices, "device", "devices") + on


def signs(finding: Json) -> list[str]:
    """What speaks for a finding and what does not, a sentence each; nothing where it rests on no app that was seen."""
    found = finding.get("signs") or {}
    if not any(found.values()):
        return []
    alone = found["answered"] == 1 and not (found["connected"] or found["shown"])
    said = [
        _asked_for(found),
        "Nothing else speaks for it: one question, and no more." if alone and finding["device"] is not None else "",
        _connections(found),
        f"An inventory shows the app on {_these(found['shown'])}." if found["shown"] else "",
        f"An inventory lists {_these(found['not_shown'])} without the app." if found["not_shown"] else "",
        _by_hand(found["by_hand"]),
    ]
    return [sentence for sentence in said if sentence]


def _these(count: int) -> str:
    return "the device" if count == 1 else f"{words.number(count)} devices"


def _by_hand(count: int) -> str:
    times = words.counted(count, "time", "times")
    return f"That the address was the device's stood in a table kept by hand, {times}." if count else ""


def _asked_for(found: Json) -> str:
    """The questions for names that only the app uses, by what came of them."""
    parts = []
    if found["answered"]:
        different = f", {found['names']} different" if found["names"] > 1 else ""
        close = f", {found['together']} within ten minutes" if found["together"] > 1 else ""
        parts.append(f"{words.number(found['answered'])} answered{different}{close}")
    if found["blocked"]:
        parts.append(f"{words.number(found['blocked'])} refused")
    if found["unanswered"]:
        parts.append(f"{words.number(found['unanswered'])} without an answer on record")
    return f"Names that only the app uses: {'; '.join(parts)}." if parts else ""


def _connections(found: Json) -> str:
    if found["connected"]:
        return f"A connection was seen for {words.number(found['connected'])} of them."
    return "No log shows a connection: these are questions." if found["answered"] else ""
