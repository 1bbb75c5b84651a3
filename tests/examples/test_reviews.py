# SPDX-License-Identifier: EUPL-1.2
"""The worked reviews come out as public decisions did; outcomes are written here by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bodies import EXAMPLES
from ordinance.model.channel_review import ChannelOutcome, ChannelReview, Gate
from ordinance.policy.body import load_body
from ordinance.review.read_reviews import read_reviews
from ordinance.review.weighing import weigh

FOLDER = EXAMPLES / "reviews"

OUTCOMES: Mapping[str, ChannelOutcome] = {
    "tartu-like": ChannelOutcome.WAIT,
    "tallinn-like": ChannelOutcome.SEPARATE_DEVICE,
    "york-like": ChannelOutcome.EMERGENCY_ONLY,
    "norway-regulator": ChannelOutcome.STAY_OUT,
    "norway-agency": ChannelOutcome.READ_ONLY,
}


def review(name: str) -> ChannelReview:
    found, issues, _ = read_reviews(FOLDER / name)
    assert issues == ()
    return found[0]


def test_every_example_has_its_outcome_here() -> None:
    """A folder cannot be added without saying what must come of it."""
    assert {p.name for p in FOLDER.iterdir() if p.is_dir()} == OUTCOMES.keys()


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_what_comes_out(name: str) -> None:
    """The robust winner is of the kind that was decided, and the record says the same."""
    found = review(name)
    winner = weigh(found).winner
    assert winner is not None
    assert found.option(winner).outcome is OUTCOMES[name]
    assert found.decision is not None
    assert found.decision.option == winner


def test_two_norwegian_answers_from_equal_evidence() -> None:
    """Everything but the gate policy and the decision is the same: only what `unknown` is worth differs."""
    regulator, agency = review("norway-regulator"), review("norway-agency")
    assert regulator.gate_policy.must_pass == agency.gate_policy.must_pass
    assert regulator.gate_policy.unknown_passes == frozenset()
    assert agency.gate_policy.unknown_passes == {Gate.JOINT_CONTROLLER}
    policy = regulator.gate_policy
    assert _without_places(regulator) == _without_places(replace(agency, gate_policy=policy, decision=None))
    swapped = replace(regulator, gate_policy=agency.gate_policy)
    assert weigh(swapped).winner == weigh(agency).winner == "no-messages"
    assert weigh(regulator).winner == "stay-out"


def _without_places(found: ChannelReview) -> ChannelReview:
    """The review without where its parts stand in the file, which the policy's length moves, and its decision."""
    cells = tuple(
        replace(c, place=found.place, evidence=tuple(replace(e, place=found.place) for e in c.evidence))
        for c in found.cells
    )
    options = tuple(replace(o, place=found.place) for o in found.options)
    return replace(found, cells=cells, options=options, decision=None)


def test_york_could_not_close_the_account() -> None:
    """The duty to warn is a gate, so that no score brings the closed account back."""
    stopped = {s.option: [a.gate for a in s.answers] for s in weigh(review("york-like")).stopped}
    assert stopped == {"close": [Gate.EMERGENCY_DUTY]}


def test_tartu_does_not_know_whom_it_would_reach() -> None:
    """Marginal reach is `unknown`, although two figures are at hand: neither says it."""
    cells = {c.option: c for c in review("tartu-like").cells if c.criterion == "reach"}
    assert (cells["separate"].unknown, len(cells["separate"].evidence)) == (True, 2)


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_what_is_invented_says_so(name: str) -> None:
    """The body's notice, the list in the file, and each claim that quotes neither a card nor a source."""
    found = review(name)
    assert "invented and say so" in load_body(FOLDER / name).notice
    assert "cells" in found.invented
    for evidence in found.evidence():
        assert evidence.invented or evidence.card
    assert any(e.card for e in found.evidence())


def test_no_example_names_a_person() -> None:
    """Offices and bodies only; nothing that looks like an address."""
    for path in Path(FOLDER).rglob("*.yaml"):
        assert "@" not in path.read_text("utf-8")
