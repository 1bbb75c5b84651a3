# SPDX-License-Identifier: EUPL-1.2
"""`ordinance channels claims`: every card with its day, source and what speaks against it."""

from __future__ import annotations

import json

from cli.shell import run
from ordinance.review.cards import cards

DAY = "2026-11-25"


def test_all_cards_are_listed() -> None:
    """As data and on a terminal, by id."""
    found = json.loads(run("channels", "claims", "--as-of", DAY, "--json").out)["cards"]
    assert [c["id"] for c in found] == sorted(cards())
    said = run("channels", "claims", "--as-of", DAY)
    assert said.code == 0
    assert all(c["about"].split()[0] in said.out and c["id"] in said.out for c in found)


def test_one_card() -> None:
    """What it says, of whom, what speaks against it, from where, and when to look again."""
    said = " ".join(run("channels", "claims", "be-smi-2025-tiktok", "--as-of", DAY).out.split())
    for part in (
        "72 %",
        "n = 4516",
        "It counts: daily.",
        "Against it: ",
        "Confidence: medium",
        "1 June 2027",
        "pub.be",
    ):
        assert part in said
    assert "1 January 2025" not in said


def test_what_nobody_read_says_nothing_else() -> None:
    """No claim, no source; it is known to exist."""
    (found,) = json.loads(run("channels", "claims", "ee-valisluureamet-2024", "--as-of", DAY, "--json").out)["cards"]
    assert (found["read"], found["claim"], found["cites"], found["on"]) == (False, None, [], "2024-01-01")
    said = run("channels", "claims", "ee-valisluureamet-2024", "--as-of", DAY).out
    assert "Not read: it shows nothing" in said


def test_a_card_goes_out_of_date() -> None:
    """From the day after it was to be looked up again."""
    for day, late in (("2027-06-01", False), ("2027-06-02", True)):
        done = run("channels", "claims", "be-smi-2025-tiktok", "--as-of", day, "--json")
        assert json.loads(done.out)["cards"][0]["look_again"] is late
    assert "Out of date" in run("channels", "claims", "be-smi-2025-tiktok", "--as-of", "2027-06-02").out


def test_a_card_that_does_not_ship() -> None:
    """Exit 3, with the nearest."""
    done = run("channels", "claims", "be-smi-2025-tiktik", "--as-of", DAY)
    assert (done.code, "[unknown-card]" in done.err) == (3, True)
    assert 'did you mean "be-smi-2025-tiktok"?' in done.err
