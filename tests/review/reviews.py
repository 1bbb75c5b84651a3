# SPDX-License-Identifier: EUPL-1.2
"""A small whole review that tests read, spoil and weigh; and reviews made of bare numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ordinance.model.channel_review import (
    Cell,
    ChannelOutcome,
    ChannelReview,
    Criterion,
    Gate,
    GateAnswer,
    GatePolicy,
    GateResult,
    Option,
    Stakeholder,
    Swing,
)
from ordinance.model.errors import Issue
from ordinance.policy.nodes import parse
from ordinance.review.read_reviews import read_review

FILE = "reviews/a.yaml"

WHOLE = """review: tiktok
title: TikTok for young residents
question: Should the city be there?
on: 2025-01-15
by: communications office
options:
  - {id: device, title: From a separate device, outcome: separate_device}
  - {id: later, title: Wait for a year, outcome: wait, trigger: new advice, until: 2026-01-15}
gate_policy:
  must_pass: [legal_basis, records]
  unknown_passes: [records]
  because: The law is not weighed.
gates:
  - {gate: legal_basis, options: [device, later], result: passed, CHECK, reason: A task, cites: [{title: the statute}]}
  - {gate: records, options: device, result: unknown, CHECK, reason: Nobody tried.}
  - {gate: records, options: later, result: passed, CHECK, reason: Nothing to keep, cites: [{title: the archive}]}
criteria:
  - {id: reach, metric: constant, audience: 16 to 24}
  - cost
cells:
  - option: device
    criterion: reach
    range: [40, 70]
    evidence:
      - {card: ee-samsung-2023-tiktok, owner: office}
      - claim: Two schools were asked.
        cite: {title: own survey, url: "https://city.example/survey", retrieved: 2025-01-10}
        on: 2025-01-10
        population: pupils of two schools, n = 80
        method: questions in class
        owner: youth office
        expires: 2026-01-10
        metric: constant
  - {option: later, criterion: reach, score: unknown}
  - option: device
    criterion: cost
    score: 40
    evidence:
      - {claim: Films., on: 2025-01-15, population: us, method: guess, owner: us, expires: 2026-01-15, invented: yes}
  - option: later
    criterion: cost
    score: 95
    evidence:
      - {claim: A day., on: 2025-01-15, population: us, method: guess, owner: us, expires: 2026-01-15, invented: yes}
stakeholders:
  - id: youth
    name: Youth council
    swings:
      - {criterion: reach, weight: 100, because: We are there.}
      - {criterion: cost, weight: 20, because: It is small.}
  - id: finance
    name: Finance
    swings:
      - {criterion: reach, weight: 0, because: Not our business.}
      - {criterion: cost, weight: 100, because: It is our business.}
decision:
  option: later
  proposed_by: communications office
  consulted: [data protection officer, youth council]
  dissent: [{by: youth council, text: Another year lost.}]
  by: council
  on: 2025-01-20
  reasons: [Nobody knows whom it reaches.]
  next_review: 2026-01-20
invented: [cells]
""".replace("CHECK", "check_again: 2026-01-10")


def read(text: str) -> tuple[ChannelReview | None, list[Issue]]:
    """A review from its text, and what is wrong with it."""
    issues: list[Issue] = []
    root = parse(text, FILE, issues)
    return (read_review(root) if root else None), issues


def review_of(
    scores: Mapping[str, Sequence[tuple[int, int]]],
    weights: Sequence[Sequence[int]],
    failing: frozenset[str] = frozenset(),
) -> ChannelReview:
    """A review made of numbers: a row of stretches an option, weights a stakeholder, and who fails the gate."""
    criteria = [f"c{n}" for n in range(len(weights[0]))]
    answers = {True: GateResult.FAILED, False: GateResult.PASSED}
    return ChannelReview(
        id="numbers",
        title="",
        question="",
        on=date(2025, 1, 1),
        by="",
        options=tuple(Option(o, o, ChannelOutcome.ADOPT) for o in scores),
        gate_policy=GatePolicy((Gate.LEGAL_BASIS,), frozenset(), ""),
        gates=tuple(GateAnswer(Gate.LEGAL_BASIS, o, answers[o in failing], "") for o in scores),
        criteria=tuple(Criterion(c) for c in criteria),
        cells=tuple(Cell(o, c, *s) for o, row in scores.items() for c, s in zip(criteria, row, strict=True)),
        stakeholders=tuple(
            Stakeholder(f"s{n}", "", tuple(Swing(c, w, "") for c, w in zip(criteria, row, strict=True)))
            for n, row in enumerate(weights)
        ),
    )
