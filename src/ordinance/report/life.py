# SPDX-License-Identifier: EUPL-1.2
"""What persons wrote about a finding, in sentences: where it stands, who decided, what the person concerned said.

Reads one finding of the JSON of a check, of this version or an earlier one. The words of a person are quoted, never
judged. A state is said beside the result and never in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ordinance.report import words
from ordinance.report.clean import clean_text

Json = Mapping[str, Any]

STATES = {
    "open": "open",
    "disputed": "disputed",
    "explained": "explained",
    "accepted": "accepted",
    "closed": "closed",
}

STATE_MEANING = {
    "open": "Nobody has decided about it yet.",
    "disputed": "The person concerned, or somebody else, says that it is not so. It counts until somebody decides.",
    "explained": "Somebody named by role says how it came about. What was seen stays seen.",
    "accepted": "Somebody named by role answers for it until a last day; then it is open again.",
    "closed": "Somebody named by role says that it is done with. If it is seen after that day, it is open again.",
}

TO_BE_HEARD = "To be heard: the person concerned comes first. Until then nothing is made of this about a person."

AGAIN = {
    "seen_again": "seen after it was closed",
    "acceptance_over": "the time for which it was accepted is over",
    "not_told_apart": "others have the same id, and nothing says of which of them it was decided",
    "seen_since": "something behind it first shows after the decision, which may be on another device",
    "not_checked": "decided of an earlier day than the check looked at, and after that check",
}


def heading(finding: Json) -> str:
    """Where a finding stands, in a few words: `disputed since 12 April 2023`; nothing in an older document."""
    state, since, again = (finding.get(key) for key in ("state", "since", "again"))
    if not state:
        return ""
    if again == "not_checked":
        return f"{STATES.get(state, state)} until the next check"
    anew = " again" if again else ""
    first = "to be heard; " if finding.get("to_be_heard") else ""
    return f"{first}{STATES.get(state, state)}{anew}" + (f" since {words.day(since)}" if since else "")


def sentences(finding: Json) -> list[str]:
    """Everything about a finding's life, a sentence each."""
    found = [
        _where(finding),
        _decided(finding.get("decided")),
        _behind(finding.get("states")),
        TO_BE_HEARD if finding.get("to_be_heard") else "",
        *(_said(one) for one in finding.get("said") or ()),
    ]
    return [one for one in found if one]


def _where(finding: Json) -> str:
    said, again, state = heading(finding), finding.get("again"), finding.get("state")
    if not said:
        return ""
    why = f": {AGAIN.get(again, again)}" if again else ""
    counts = "" if state == "open" else " The result is what was seen, whoever has decided."
    counts = " It counts until somebody decides." if state == "disputed" else counts
    return f"{words.capital(said)}{why}.{counts}"


def _decided(decided: Json | None) -> str:
    if not decided:
        return ""
    until = f", until {words.day(decided['last_day'])} at the longest" if decided["last_day"] else ""
    by, reason = clean_text(decided["by"]), clean_text(decided["reason"])
    return f"Decided on {words.day(decided['on'])} by {by}{until}: {reason}"


def _said(untrusted: Json) -> str:
    return f"The person concerned, on {words.day(untrusted['on'])}: “{clean_text(untrusted['text'])}”"


def _behind(states: Mapping[str, int] | None) -> str:
    if not states or list(states) in (["open"], ["merged"]):
        return ""
    rare = {"merged": "in states too rare to be told apart"}
    listed = words.listing([f"{words.number(n)} {rare.get(s, STATES.get(s, s))}" for s, n in states.items()])
    return f"Of the findings on single devices behind it: {listed}."
