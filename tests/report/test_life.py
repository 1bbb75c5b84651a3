# SPDX-License-Identifier: EUPL-1.2
"""The life of a finding in sentences."""

from __future__ import annotations

from typing import Any

from ordinance.model.life import Again, FindingState
from ordinance.report.life import AGAIN, STATE_MEANING, STATES, heading, sentences

DECIDED = {"by": "ISO", "on": "2023-04-04", "reason": "removed", "last_day": None}


def found(**keys: Any) -> dict[str, Any]:
    """A finding with a life."""
    plain = {"state": "open", "since": None, "again": None, "decided": None, "states": None, "said": None}
    return {**plain, **keys}


def test_every_state_has_words() -> None:
    """And no word is left over."""
    assert set(STATES) == set(STATE_MEANING) == set(FindingState)
    assert set(AGAIN) == set(Again)


def test_an_older_document_says_nothing() -> None:
    """Documents of earlier versions have no such keys."""
    assert heading({}) == "" and sentences({}) == []


def test_a_dispute_counts_until_it_is_decided() -> None:
    """And the person's words are quoted, with nothing hidden in them."""
    said = [{"on": "2023-04-12", "text": "not \u202eme"}]
    assert sentences(found(state="disputed", since="2023-04-12", said=said)) == [
        "Disputed since 12 April 2023. It counts until somebody decides.",
        "The person concerned, on 12 April 2023: “not \ufffdme”",
    ]


def test_a_decision_stands_beside_the_result() -> None:
    """Who, when, until when and why."""
    accepted = {**DECIDED, "last_day": "2023-05-31"}
    assert sentences(found(state="accepted", since="2023-04-04", decided=accepted)) == [
        "Accepted since 4 April 2023. The result is what was seen, whoever has decided.",
        "Decided on 4 April 2023 by ISO, until 31 May 2023 at the longest: removed",
    ]


def test_open_again_says_why() -> None:
    """With who had closed it."""
    assert sentences(found(since="2023-04-05", again="seen_again", decided=DECIDED)) == [
        "Open again since 5 April 2023: seen after it was closed.",
        "Decided on 4 April 2023 by ISO: removed",
    ]


def test_states_behind_a_group_are_listed_where_they_say_something() -> None:
    """All open, or all merged, says nothing that the line before has not said."""
    assert sentences(found(states={"open": 9})) == sentences(found(states={"merged": 3})) == ["Open."]
    assert sentences(found(states={"open": 20, "disputed": 5, "merged": 7}))[-1] == (
        "Of the findings on single devices behind it: 20 open, 5 disputed and 7 in states too rare to be told apart."
    )
