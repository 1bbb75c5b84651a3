# SPDX-License-Identifier: EUPL-1.2
"""Gates, then sums: which options may win, how each scores for each stakeholder, and how firm that is.

Reads scores as stretches of whole numbers and weights as whole numbers; gives scores, orders, the weights at which the
first place changes, and how often each option comes first when nobody says what weighs more (stochastic
multicriteria acceptability analysis). Scales are fixed: what an option scores does not depend on the others. Whole
numbers throughout, so that every machine gives the same answer. Cannot know whether the scores are right.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from operator import mul

from ordinance.model.channel_review import ChannelReview, Gate, GateAnswer, GateResult, Stakeholder

DRAWS = 100_000
SEED = 20_250_115
ROBUST = Fraction(60, 100)
_BITS = 20  # a weighting is cut out of a million parts: fine enough, and products stay small whole numbers
_WHOLE = 1 << _BITS
_SHARED = 2520  # divisible by 1 to 10: a first place that up to ten options share is counted in whole parts

Stretch = tuple[int, int]  # lowest and highest score, both possible
Scores = Mapping[str, Sequence[Stretch]]  # a row for each option, a stretch for each criterion


@dataclass(frozen=True, slots=True)
class Stopped:
    """An option that may not win, with the answers that stop it."""

    option: str
    answers: tuple[GateAnswer, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """The weighted score of an option: in the middle of what is possible, and its ends. From 0 to 100."""

    option: str
    low: Fraction
    middle: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Turn:
    """A weight of one criterion at which the first place changes.

    `now` and `at` are shares of all weight; the other weights keep their proportions. `to` come first beyond it.
    """

    criterion: str
    now: Fraction
    at: Fraction
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The options as one stakeholder sees them, best first, and what would turn that."""

    stakeholder: str
    scores: tuple[Scored, ...]
    first: tuple[str, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What weighing gives. `shares` says of each option in the running how often it comes first."""

    stopped: tuple[Stopped, ...]
    views: tuple[View, ...]
    shares: tuple[tuple[str, Fraction], ...]

    @property
    def running(self) -> tuple[str, ...]:
        """Options that passed the gates, the most often first in front."""
        return tuple(option for option, _ in self.shares)

    @property
    def leading(self) -> str | None:
        """The option that comes first most often, or nothing where two do equally, or none is left."""
        if not self.shares or (len(self.shares) > 1 and self.shares[0][1] == self.shares[1][1]):
            return None
        return self.shares[0][0]

    @property
    def winner(self) -> str | None:
        """The leading option where it comes first often enough to be called so."""
        return self.leading if self.shares and self.shares[0][1] >= ROBUST else None


def weigh(review: ChannelReview, draws: int = DRAWS, seed: int = SEED) -> Weighed:
    """Gates first; then everything else for the options that are left, and scores for all."""
    criteria = [c.id for c in review.criteria]
    cells = {(c.option, c.criterion): (c.low, c.high) for c in review.cells}
    scores = {o.id: [cells[o.id, c] for c in criteria] for o in review.options}
    stopped = stopped_at(review)
    out = {s.option for s in stopped}
    running = {option: row for option, row in scores.items() if option not in out}
    found = first_shares(running, draws, seed)
    places = {o.id: n for n, o in enumerate(review.options)}
    shares = sorted(found.items(), key=lambda s: (-s[1], places[s[0]]))
    views = tuple(view(s, criteria, scores, running) for s in review.stakeholders)
    return Weighed(stopped, views, tuple(shares))


# --- gates ----------------------------------------------------------------------------------------


def stopped_at(review: ChannelReview) -> tuple[Stopped, ...]:
    """Options that fail a gate which this review's policy makes a condition."""
    policy = review.gate_policy
    by_option = {
        o.id: tuple(
            a
            for gate in policy.must_pass
            for a in review.gates
            if a.gate is gate and a.option == o.id and not passes(a.result, gate, policy.unknown_passes)
        )
        for o in review.options
    }
    return tuple(Stopped(option, answers) for option, answers in by_option.items() if answers)


def let_through(review: ChannelReview, option: str) -> tuple[Gate, ...]:
    """Gates that an option passes although the answer is `unknown`: there the policy takes that for enough."""
    policy = review.gate_policy
    unknown = {a.gate for a in review.gates if a.option == option and a.result is GateResult.UNKNOWN}
    return tuple(g for g in policy.must_pass if g in unknown & policy.unknown_passes)


def passes(result: GateResult, gate: Gate, unknown_passes: Iterable[Gate]) -> bool:
    """Whether an answer lets an option through."""
    return result is GateResult.PASSED or (result is GateResult.UNKNOWN and gate in unknown_passes)


# --- sums -----------------------------------------------------------------------------------------


def view(stakeholder: Stakeholder, criteria: Sequence[str], scores: Scores, running: Scores) -> View:
    """The options with one stakeholder's weights; options that a gate stopped have scores, and never come first."""
    by_criterion = stakeholder.weights()
    weights = [by_criterion[c] for c in criteria]
    found = {option: scored(option, row, weights) for option, row in scores.items()}
    order = sorted(found.values(), key=lambda s: -s.middle)
    middles = {option: [Fraction(low + high, 2) for low, high in row] for option, row in running.items()}
    turns = tuple(t for n, c in enumerate(criteria) for t in turns_of(c, n, middles, weights))
    return View(stakeholder.id, tuple(order), first_of(middles, weights), turns)


def scored(option: str, row: Sequence[Stretch], weights: Sequence[int]) -> Scored:
    """The weighted sum of one option on the fixed scales: nothing of the other options is in it."""
    total = sum(weights)
    low, high = (Fraction(sum(map(mul, weights, (s[end] for s in row))), total) for end in (0, 1))
    return Scored(option, low, (low + high) / 2, high)


def first_of(rows: Mapping[str, Sequence[Fraction]], weights: Sequence[int | Fraction]) -> tuple[str, ...]:
    """Options with the highest weighted sum: one, or all that share it."""
    totals = {option: sum(map(mul, weights, row), Fraction()) for option, row in rows.items()}
    return tuple(option for option, total in totals.items() if total == max(totals.values()))


def turns_of(
    criterion: str, place: int, rows: Mapping[str, Sequence[Fraction]], weights: Sequence[int]
) -> tuple[Turn, ...]:
    """The nearest weights of one criterion, below and above its own, beyond which others come first.

    An option's sum is a straight line over that weight, so that places change only where two lines cross.
    """
    total, own = sum(weights), weights[place]
    rest = total - own
    if len(rows) < 2 or not rest:  # it alone weighs anything: nothing keeps a proportion
        return ()
    lines = {
        option: (Fraction(sum(map(mul, weights, row)) - own * row[place], rest), row[place])
        for option, row in rows.items()
    }
    now, points = Fraction(own, total), sorted({Fraction(0), Fraction(1), Fraction(own, total), *_crossings(lines)})
    here = _first_at(lines, now)
    between = [(a, b, _first_at(lines, (a + b) / 2)) for a, b in pairwise(points)]
    below = next((Turn(criterion, now, b, who) for a, b, who in reversed(between) if b <= now and who != here), None)
    above = next((Turn(criterion, now, a, who) for a, b, who in between if a >= now and who != here), None)
    return tuple(t for t in (below, above) if t is not None)


def _crossings(lines: Mapping[str, tuple[Fraction, Fraction]]) -> Iterable[Fraction]:
    ends = sorted(set(lines.values()))
    for n, (rest, own) in enumerate(ends):
        for other_rest, other_own in ends[n + 1 :]:
            slope = (own - rest) - (other_own - other_rest)
            if slope and 0 <= (at := (other_rest - rest) / slope) <= 1:
                yield at


def _first_at(lines: Mapping[str, tuple[Fraction, Fraction]], weight: Fraction) -> tuple[str, ...]:
    totals = {option: rest + weight * (own - rest) for option, (rest, own) in lines.items()}
    return tuple(option for option, total in totals.items() if total == max(totals.values()))


# --- shares ---------------------------------------------------------------------------------------


def first_shares(scores: Scores, draws: int = DRAWS, seed: int = SEED) -> dict[str, Fraction]:
    """How often each option comes first, over weightings drawn evenly from all that there are.

    A score that is a stretch is drawn anew each time, evenly over it. A first place that several share is shared.
    """
    rows = list(scores.values())
    if not rows:
        return {}
    chance = random.Random(seed)  # noqa: S311  # a sample that must be the same each time, no secret
    bits, part = chance.getrandbits, chance.random
    cuts_needed = range(len(rows[0]) - 1)
    known = [[low for low, _ in row] for row in rows]
    drawn = [(n, c, high - low + 1) for n, row in enumerate(rows) for c, (low, high) in enumerate(row) if high > low]
    counts = [0] * len(rows)
    for _ in range(draws):
        weights, last = [], 0
        for cut in (*sorted([bits(_BITS) for _ in cuts_needed]), _WHOLE):
            weights.append(cut - last)
            last = cut
        totals = [sum(map(mul, weights, row)) for row in known]
        for n, criterion, width in drawn:
            totals[n] += weights[criterion] * int(part() * width)
        best = max(totals)
        if totals.count(best) == 1:
            counts[totals.index(best)] += _SHARED
        else:
            shared = _SHARED // totals.count(best)
            for n, total in enumerate(totals):
                counts[n] += shared if total == best else 0
    whole = sum(counts)
    return {option: Fraction(count, whole) for option, count in zip(scores, counts, strict=True)}
