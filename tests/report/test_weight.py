# SPDX-License-Identifier: EUPL-1.2
"""What a finding rests on, in sentences, and how much was not seen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from ordinance.model.result import Signs
from ordinance.report.weight import extent, signs


def said(device: str | None = "k-1", **counts: int) -> list[str]:
    """The sentences about a finding with these signs."""
    return signs({"device": device, "signs": asdict(Signs(**counts))})


def test_a_session_is_told_from_a_lonely_question() -> None:
    """Names, minutes, connections and the inventory stand beside each other."""
    assert said(names=4, together=3, answered=14, blocked=2, unanswered=1, connected=5, shown=1) == [
        "Names that only the app uses: 14 answered, 4 different, 3 within ten minutes; 2 refused; "
        "1 without an answer on record.",
        "A connection was seen for 5 of them.",
        "An inventory shows the app on the device.",
    ]
    assert said(names=1, together=1, answered=1, not_shown=1) == [
        "Names that only the app uses: 1 answered.",
        "Nothing else speaks for it: one question, and no more.",
        "No log shows a connection: these are questions.",
        "An inventory lists the device without the app.",
    ]


def test_one_question_of_a_group_is_not_called_lonely() -> None:
    """What is added up over devices says nothing of one of them."""
    assert not any("Nothing else" in s for s in said(device=None, names=1, together=1, answered=1))


def test_a_table_kept_by_hand_and_several_devices_are_said() -> None:
    """Counts of an aggregated finding are those of devices and times."""
    assert said(device=None, answered=9, shown=3, not_shown=2, by_hand=4)[-3:] == [
        "An inventory shows the app on 3 devices.",
        "An inventory lists 2 devices without the app.",
        "That the address was the device's stood in a table kept by hand, 4 times.",
    ]


@pytest.mark.parametrize("finding", [{"device": None}, {"device": None, "signs": None}, {"signs": asdict(Signs())}])
def test_without_signs_nothing_is_said(finding: dict[str, Any]) -> None:
    """Findings of earlier versions, and those that rest on no app."""
    assert signs(finding) == []


@pytest.mark.parametrize(
    ("spot", "words"),
    [
        ({"devices": 0, "days": 2, "contacts": 312}, "312 questions on 2 days of a log"),
        ({"devices": 1, "days": 5, "contacts": 0}, "1 device on 5 days"),
        ({"devices": 40}, "40 devices"),
        ({"devices": None}, ""),
    ],
)
def test_how_much_was_not_seen(spot: dict[str, Any], words: str) -> None:
    """Devices with their days, or what a log shows without anybody; a number nobody made is left out."""
    assert extent(spot) == words
