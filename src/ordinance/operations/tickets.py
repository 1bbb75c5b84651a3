# SPDX-License-Identifier: EUPL-1.2
"""Tickets for a help desk: a CSV with a row for each finding about one device, under its pseudonym.

Reads the document of an individual check, which is kept nowhere, and `findings/*.yaml`; gives bytes. A ticket asks
somebody to look or to talk, and never for anything else: nothing follows by itself from what is in it. The words of
the person concerned stay out of it. Cannot know what became of a ticket.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from ordinance.model.life import FindingState, Standing
from ordinance.model.result import FindingKind
from ordinance.operations.lives import Lives, base_id
from ordinance.report.clean import clean_text
from ordinance.verify.life import standing

COLUMNS = (
    *("ticket", "status", "ask", "kind", "result", "state", "since", "device", "unit", "app", "duty", "clause"),
    *("first_seen", "last_seen", "decided_by", "until"),
)
OPEN, ON_HOLD, CLOSED = "open", "on_hold", "closed"
TO_BE_HEARD, NOT_FOUND = "to_be_heard", "not_found"
_STATUS: Mapping[str, str] = {
    FindingState.OPEN: OPEN,
    FindingState.DISPUTED: OPEN,
    FindingState.EXPLAINED: CLOSED,
    FindingState.ACCEPTED: ON_HOLD,
    FindingState.CLOSED: CLOSED,
}
_TALK = "Talk with the person concerned first, who may explain; then write heard: yes into findings/."
_DISPUTED = "Somebody says that it is not so: ask what speaks against it, and write down what comes of it."
_GONE = "Not found in these days, which proves nothing: ask whether it is done with."
# What is asked for each kind that can be about one device: never more than was decided, least of all to look at a
# telephone of somebody's own where a statement was to do. The kinds that cannot be stand in `NO_TICKET`.
_ASKS: Mapping[str, str] = {
    FindingKind.APP_INSTALLED: "Look whether the app is on the device, and help to remove it where it is.",
    FindingKind.APP_TRAFFIC: "Look whether the app is on the device; what the network saw may have another cause.",
    FindingKind.CONTROL_INEFFECTIVE: "Look why the device was not kept from it: its settings may not have arrived.",
    FindingKind.SEPARATION_BREACH: "Look what else the separate device is used for, and talk with who keeps it.",
    FindingKind.EXEMPTION_LAPSED: "Ask whether the exemption is still needed; it is over, and its app still shows.",
    FindingKind.NOT_ATTESTED: "Ask for the statement that is due: talk; nobody looks at the device.",
    FindingKind.ATTESTED_OTHERWISE: "Talk about the statement and what shows beside it; the app may have come later.",
}
NO_TICKET = frozenset(  # of the body, its tools, its rules and its logs, or of a device that nobody may name
    {
        FindingKind.BLIND_SPOT,
        FindingKind.CONTROL_MISSING,
        FindingKind.LEFTOVER,
        FindingKind.REVIEW_OVERDUE,
        FindingKind.UNKNOWN_DEVICE,
    }
)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # how a spreadsheet knows one, wide forms too
_NEVER = date.min


def tickets(document: Mapping[str, Any], lives: Lives, since: date | None = None) -> list[dict[str, str]]:
    """A row for each finding about one device, and for each that is only written about any more, by ticket.

    The ticket's id is the finding's: a later export names the same finding alike. What was closed before the day
    `since` is left out, by the day of the last entry: with the day of the last export each closing is exported once,
    but for one that is dated back before that. One that this check did not make again, and whose closing lies before
    the days it looked at, is exported each time: in between it may have been seen again, and exported as open.
    """
    found = [f for f in document["findings"] if f["device"] and f["kind"] not in NO_TICKET]
    written = _only_written(lives, {(base_id(f["id"]), f["device"]) for f in found})
    rows = [*((_of_finding(f), (f["decided"] or {}).get("on", "")) for f in found), *written]
    begins = date.fromisoformat(document["window"]["from"][:10])
    kept = [
        r
        for r, on in rows
        if r["status"] != CLOSED or since is None or on >= since.isoformat() or _may_be_open(r, on, begins)
    ]
    return sorted(kept, key=lambda r: r["ticket"])


def _may_be_open(row: Mapping[str, str], on: str, begins: date) -> bool:
    """Whether a help desk may have the ticket as open: closed on a day, and seen again before the window began."""
    if row["result"] != NOT_FOUND or row["state"] != FindingState.CLOSED:
        return False
    return begins > date.fromisoformat(on) + timedelta(days=1)


def tickets_csv(rows: list[dict[str, str]]) -> bytes:
    """The rows as CSV: UTF-8, every cell in quotes, lines ended as RFC 4180 has them, and no cell a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(row[c]) for c in COLUMNS] for row in rows)
    return out.getvalue().encode()


def cell(untrusted_text: str) -> str:
    """A cell that a spreadsheet shows and does not carry out: what would begin a formula gets an apostrophe before it.

    Source of the rule: OWASP, CSV injection (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    text = clean_text(untrusted_text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _of_finding(found: Mapping[str, Any]) -> dict[str, str]:
    decided, first = found["decided"] or {}, found["to_be_heard"]
    app = f"{found['family']}/{found['member']}" if found["family"] else ""
    return {
        "ticket": found["id"],
        "status": _STATUS[found["state"]],
        "ask": _ask(found),
        "kind": found["kind"],
        "result": TO_BE_HEARD if first else found["result"],  # nobody is named as failing before being heard
        "state": found["state"],
        "since": found["since"] or "",
        "device": found["device"],
        "unit": found["unit"] or "",
        "app": app,
        "duty": found["duty"] or "",
        "clause": found["restriction"] or "",
        "first_seen": found["first_seen"] or "",
        "last_seen": found["last_seen"] or "",
        "decided_by": decided.get("by", ""),
        "until": decided.get("last_day") or "",
    }


def _ask(found: Mapping[str, Any]) -> str:
    state = found["state"]
    if _STATUS[state] == CLOSED:
        return ""
    asks = [
        _TALK if found["to_be_heard"] else "",
        _DISPUTED if state == FindingState.DISPUTED else "",
        _ASKS[found["kind"]],
    ]
    return " ".join(a for a in asks if a)


def _only_written(lives: Lives, shown: set[tuple[str, str]]) -> Iterator[tuple[dict[str, str], str]]:
    """Findings that somebody wrote about and that this check did not make again: no proof that they are gone.

    Each with the day of its last decision; empty where there is none.
    """
    for (finding, device), entries in lives.of_devices():
        if (finding, device) not in shown:
            found = standing(entries, None, _NEVER, lives.day)
            row = dict.fromkeys(COLUMNS, "") | {
                "ticket": finding,
                "status": _STATUS[found.state],
                "ask": "" if _STATUS[found.state] == CLOSED else _GONE,
                "result": NOT_FOUND,
                "state": str(found.state),
                "device": device,
                **_since(found),
            }
            yield row, found.decided.on.isoformat() if found.decided else ""


def _since(found: Standing) -> dict[str, str]:
    decided = found.decided
    return {
        "since": found.since.isoformat() if found.since else "",
        "decided_by": decided.by if decided else "",
        "until": decided.last_day.isoformat() if decided and decided.last_day else "",
    }
