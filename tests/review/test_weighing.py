# SPDX-License-Identifier: EUPL-1.2
"""Gates before sums, fixed scales, weights kept apart, and how firm a first place is."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordinance.model.channel_review import Gate, GatePolicy, GateResult
from ordinance.review.weighing import SEED, first_shares, passes, scored, turns_of, weigh
from review.reviews import review_of

Row = Sequence[tuple[int, int]]
CASES = 1000
FEW = 200


def exact(*scores: int) -> list[tuple[int, int]]:
    """Scores that are known."""
    return [(s, s) for s in scores]


@st.composite
def problems(draw: st.DrawFn, least: int = 2) -> tuple[dict[str, Row], list[list[int]]]:
    """Options with stretches on some scales, and weights of one or two stakeholders."""
    criteria = draw(st.integers(1, 6))
    stretch = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda s: (min(s), max(s)))
    row = st.lists(stretch, min_size=criteria, max_size=criteria)
    rows = draw(st.lists(row, min_size=least, max_size=6))
    weights = st.lists(st.integers(0, 100), min_size=criteria, max_size=criteria).filter(any)
    return {f"o{n}": r for n, r in enumerate(rows)}, draw(st.lists(weights, min_size=1, max_size=2))


# --- gates ----------------------------------------------------------------------------------------


@given(problems(), st.data())
@settings(max_examples=FEW, deadline=None)
def test_an_option_failing_a_gate_never_wins(
    problem: tuple[dict[str, Row], list[list[int]]], data: st.DataObject
) -> None:
    """Whatever its scores, and whatever those of the others: it is in no first place, and has no share."""
    scores, weights = problem
    failing = data.draw(st.frozensets(st.sampled_from(sorted(scores)), min_size=1))
    best = {o: exact(*[100] * len(row)) if o in failing else exact(*[0] * len(row)) for o, row in scores.items()}
    for tried in (scores, best):
        found = weigh(review_of(tried, weights, failing), draws=50)
        assert {s.option for s in found.stopped} == failing
        assert not failing & {*found.running}
        assert found.winner not in failing
        for one in found.views:
            assert not failing & {*one.first}
            assert not failing & {o for turn in one.turns for o in turn.to}


@pytest.mark.parametrize(("result", "enough"), [("passed", True), ("failed", False)])
def test_only_unknown_depends_on_the_policy(result: str, enough: bool) -> None:
    """What failed never passes, what passed always does."""
    for policy in (frozenset[Gate](), frozenset({Gate.RECORDS})):
        assert passes(GateResult(result), Gate.RECORDS, policy) is enough
    assert passes(GateResult.UNKNOWN, Gate.RECORDS, {Gate.RECORDS})
    assert not passes(GateResult.UNKNOWN, Gate.RECORDS, {Gate.MINORS})


def test_a_gate_that_is_no_condition_stops_nobody() -> None:
    """It was answered for information."""
    review = review_of({"a": exact(1), "b": exact(2)}, [[1]], frozenset({"b"}))
    assert weigh(review).winner == "a"
    assert weigh(replace(review, gate_policy=GatePolicy((), frozenset(), ""))).winner == "b"


def test_nobody_may_be_left() -> None:
    """Then there is no winner, and everything has still its score."""
    found = weigh(review_of({"a": exact(1), "b": exact(2)}, [[1]], frozenset({"a", "b"})))
    assert (found.running, found.winner, found.leading) == ((), None, None)
    assert [s.option for s in found.views[0].scores] == ["b", "a"]
    assert found.views[0].first == ()


# --- sums -----------------------------------------------------------------------------------------


@given(problems(least=3), st.data())
@settings(max_examples=CASES, deadline=None)
def test_other_options_change_neither_score_nor_order(
    problem: tuple[dict[str, Row], list[list[int]]], data: st.DataObject
) -> None:
    """One taken away, or one added: everybody else scores and stands as before."""
    scores, weights = problem
    gone = data.draw(st.sampled_from(sorted(scores)))
    whole = weigh(review_of(scores, weights), draws=1)
    without = weigh(review_of({o: r for o, r in scores.items() if o != gone}, weights), draws=1)
    for more, fewer in zip(whole.views, without.views, strict=True):
        assert tuple(s for s in more.scores if s.option != gone) == fewer.scores


def topsis(rows: Mapping[str, Sequence[int]], weights: Sequence[int]) -> list[str]:
    """A well-known method, best first: nearness to the best and worst of what is compared."""
    lengths = [sum(r[c] ** 2 for r in rows.values()) ** 0.5 or 1 for c in range(len(weights))]
    scaled = {o: [w * x / n for w, x, n in zip(weights, r, lengths, strict=True)] for o, r in rows.items()}
    best, worst = ([end(column) for column in zip(*scaled.values(), strict=True)] for end in (max, min))

    def far(row: Sequence[float], other: Sequence[float]) -> float:
        return float(sum((a - b) ** 2 for a, b in zip(row, other, strict=True)) ** 0.5)

    near = {o: far(r, worst) / ((far(r, worst) + far(r, best)) or 1) for o, r in scaled.items()}
    return sorted(near, key=lambda o: -near[o])


def test_the_contrast() -> None:
    """Of 1,000 random cases, taking the last option away moves the first with TOPSIS, and never here."""
    chance = random.Random(4)  # noqa: S311  # cases, no secret
    moved = {"topsis": 0, "here": 0}
    for _ in range(CASES):
        rows = {f"o{n}": [chance.randint(0, 100) for _ in range(6)] for n in range(6)}
        weights = [chance.randint(1, 100) for _ in range(6)]

        def ours(some: Mapping[str, Sequence[int]], by: Sequence[int] = weights) -> list[str]:
            found = weigh(review_of({o: exact(*r) for o, r in some.items()}, [by]), draws=1)
            return [s.option for s in found.views[0].scores]

        for name, method in (("topsis", lambda some, by=weights: topsis(some, by)), ("here", ours)):
            order = method(rows)
            fewer = method({o: r for o, r in rows.items() if o != order[-1]})
            moved[name] += order[0] != fewer[0]
    print(f"\nfirst place moved by removing the last of six, in {CASES} cases: {moved}")
    assert moved["here"] == 0
    assert moved["topsis"] > CASES // 100


def test_a_score_is_the_weighted_middle_with_its_ends() -> None:
    """Worked by hand: (2·40 + 1·(0..90)) / 3."""
    found = scored("a", [(40, 40), (0, 90)], [2, 1])
    assert (found.low, found.middle, found.high) == (Fraction(80, 3), Fraction(125, 3), Fraction(170, 3))


def test_stakeholders_are_never_averaged() -> None:
    """Two who want opposite things have two first places; together they would have had a third option."""
    scores = {"a": exact(100, 0), "b": exact(0, 100), "middle": exact(60, 60)}
    found = weigh(review_of(scores, [[100, 0], [0, 100]]))
    assert [v.first for v in found.views] == [("a",), ("b",)]


def test_a_shared_first_place_is_shared() -> None:
    """Equal scores: both are first, and neither leads."""
    found = weigh(review_of({"a": exact(50, 50), "b": exact(50, 50)}, [[1, 2]]), draws=100)
    assert (found.views[0].first, found.leading, found.winner) == (("a", "b"), None, None)
    assert dict(found.shares) == {"a": Fraction(1, 2), "b": Fraction(1, 2)}


# --- what would change it -------------------------------------------------------------------------


def test_the_weight_at_which_the_first_place_changes() -> None:
    """By hand: with weight w on the first scale a has 100w, b has 60; they meet at 0.6."""
    rows = {"a": [Fraction(100), Fraction(0)], "b": [Fraction(60), Fraction(60)]}
    (turn,) = turns_of("c0", 0, rows, [30, 70])
    assert (turn.now, turn.at, turn.to) == (Fraction(3, 10), Fraction(3, 5), ("a",))
    (back,) = turns_of("c0", 0, rows, [80, 20])
    assert (back.at, back.to) == (Fraction(3, 5), ("b",))


def test_both_directions_are_said() -> None:
    """One that is best in the middle alone loses on either side."""
    rows = {"a": [Fraction(100), Fraction(0)], "b": [Fraction(60), Fraction(60)], "c": [Fraction(0), Fraction(100)]}
    below, above = turns_of("c0", 0, rows, [50, 50])
    assert (below.at, below.to, above.at, above.to) == (Fraction(2, 5), ("c",), Fraction(3, 5), ("a",))


@given(problems())
@settings(max_examples=FEW, deadline=None)
def test_between_two_turns_nothing_changes(problem: tuple[dict[str, Row], list[list[int]]]) -> None:
    """From one's own weight to the turn the first place stays; just beyond it is the one that is named."""
    scores, ((*weights,), *_) = problem
    rows = {o: [Fraction(a + b, 2) for a, b in row] for o, row in scores.items()}

    def first_at(place: int, share: Fraction) -> set[str]:
        part = (1 - share) / (sum(weights) - weights[place])
        others = [part * w if n != place else share for n, w in enumerate(weights)]
        totals = {o: sum((w * x for w, x in zip(others, r, strict=True)), Fraction()) for o, r in rows.items()}
        return {o for o, t in totals.items() if t == max(totals.values())}

    for place in range(len(weights)):
        for turn in turns_of("c", place, rows, weights):
            away = turn.at - turn.now
            steps = [turn.now + away * Fraction(n, 8) for n in range(1, 8)]
            assert all(first_at(place, step) == first_at(place, steps[0]) for step in steps)
            if away:
                beyond = turn.at + Fraction(1 if away > 0 else -1, 10**9)
                assert first_at(place, beyond) == {*turn.to}


# --- shares ---------------------------------------------------------------------------------------


def test_unknown_is_drawn_over_the_whole_scale() -> None:
    """Against a known score of 25 an unknown one is better in 75 of 101 cases, whatever the weights."""
    found = first_shares({"unknown": [(0, 100)], "known": [(25, 25)]})
    assert abs(found["unknown"] - (Fraction(75, 101) + Fraction(1, 202))) < Fraction(1, 100)
    edge = first_shares({"unknown": [(0, 100)], "known": exact(100)})
    assert Fraction(3, 1000) < edge["unknown"] < Fraction(8, 1000)  # 100 is drawn too, and shared
    assert first_shares({"unknown": [(0, 100)], "known": exact(0)})["known"] > Fraction(3, 1000)


def test_a_range_is_drawn_over_its_range_alone() -> None:
    """Above everything it always wins, below everything never; in between as often as it is wide."""
    assert first_shares({"range": [(60, 80)], "known": exact(59)}) == {"range": 1, "known": 0}
    assert first_shares({"range": [(60, 80)], "known": exact(81)}) == {"range": 0, "known": 1}
    half = first_shares({"range": [(60, 80)], "known": exact(70)})["range"]
    assert abs(half - Fraction(1, 2)) < Fraction(1, 100)


def test_weightings_are_drawn_evenly() -> None:
    """By hand: of two scales, `a` is first where the first weighs over 0.4; of three, each best on one has a third."""
    two = first_shares({"a": exact(60, 0), "b": exact(0, 40)})
    assert abs(two["a"] - Fraction(3, 5)) < Fraction(1, 100)
    three = first_shares({"a": exact(9, 0, 0), "b": exact(0, 9, 0), "c": exact(0, 0, 9)})
    assert all(abs(share - Fraction(1, 3)) < Fraction(1, 100) for share in three.values())


def test_shares_add_up_and_repeat() -> None:
    """To one, the same each time; another seed gives another sample."""
    rows = {f"o{n}": [(n, 100 - n), (0, 100)] for n in range(7)}
    found = first_shares(rows, draws=999)
    assert sum(found.values()) == 1
    assert first_shares(rows, draws=999) == found
    assert first_shares(rows, draws=999, seed=SEED + 1) != found


def test_below_sixty_per_cent_nobody_wins() -> None:
    """The limit itself is enough; one that leads below it is only said to lead."""
    firm = weigh(review_of({"a": exact(70, 0), "b": exact(0, 30)}, [[1, 1]]))
    loose = weigh(review_of({"a": exact(55, 0), "b": exact(0, 45)}, [[1, 1]]))
    assert (firm.winner, firm.leading) == ("a", "a")
    assert (loose.winner, loose.leading) == (None, "a")
    edge = replace(firm, shares=(("a", Fraction(60, 100)), ("b", Fraction(40, 100))))
    assert edge.winner == "a"
    assert replace(firm, shares=(("a", Fraction(599, 1000)), ("b", Fraction(401, 1000)))).winner is None


@pytest.mark.slow
def test_a_hundred_thousand_draws_take_less_than_a_second() -> None:
    """Seven options on eight scales, every eighth score unknown: the best of three runs, in processor time."""
    chance = random.Random(2)  # noqa: S311  # cases, no secret
    rows = {
        f"o{n}": [(0, 100) if c == n else (s, s) for c in range(8) for s in [chance.randint(0, 100)]] for n in range(7)
    }
    stamps = [time.process_time()]
    for _ in range(3):
        first_shares(rows)
        stamps.append(time.process_time())
    took = min(b - a for a, b in pairwise(stamps))
    print(f"\n100,000 draws, 7 options, 8 scales: {took:.2f} s")
    assert took < 1
