# SPDX-License-Identifier: EUPL-1.2
"""Where a finding stands: exact days, and what is true of every life."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.life import Again, Entry, FindingState, Standing
from ordinance.verify.life import standing

D = date(2023, 4, 10)
DISPUTED = Entry(D, FindingState.DISPUTED, "person concerned", untrusted_said="not me", was_heard=True)
EXPLAINED = Entry(D, FindingState.EXPLAINED, "ISO", "a widget")
ACCEPTED = Entry(D, FindingState.ACCEPTED, "ISO", "until repaired", last_day=date(2023, 4, 20))
CLOSED = Entry(D, FindingState.CLOSED, "ISO", "removed")


def day(number: int) -> date:
    """A day of April 2023."""
    return date(2023, 4, number)


def test_without_a_word_it_is_open_since_it_was_first_seen() -> None:
    """Nobody has to write anything for a finding to count."""
    assert standing((), day(3), day(9), day(10)) == Standing(since=day(3))
    assert standing((), None, day(9), day(10)) == Standing()


def test_entries_of_later_days_do_not_count_yet() -> None:
    """A report of an earlier day can be made again, and says what was written by then."""
    assert standing((CLOSED,), day(3), day(9), day(9)) == Standing(since=day(3))
    assert standing((CLOSED,), day(3), day(9), day(10)).state is FindingState.CLOSED


def test_what_is_closed_stays_so_while_it_is_not_seen() -> None:
    """Also when it was seen on the very day: somebody looked on that day."""
    assert standing((CLOSED,), day(3), day(10), day(30)) == Standing(FindingState.CLOSED, D, CLOSED)


def test_what_is_seen_after_its_closing_day_is_open_again() -> None:
    """From the first day after, or the first on which it was seen; who had closed it stays in sight."""
    again = Standing(FindingState.OPEN, day(11), CLOSED, Again.SEEN_AGAIN)
    assert standing((CLOSED,), day(3), day(11), day(30)) == again
    assert standing((CLOSED,), day(25), day(26), day(30)).since == day(25)


def test_what_has_no_first_day_is_open_again_from_the_day_after_its_closing() -> None:
    """A blind spot that is closed and there the next day; of days after the last one that was looked at, nothing."""
    assert standing((CLOSED,), None, day(10), day(30)).state is FindingState.CLOSED
    again = Standing(FindingState.OPEN, day(11), CLOSED, Again.SEEN_AGAIN)
    assert standing((CLOSED,), None, day(11), day(11)) == again


def test_closed_once_more_after_it_was_seen_again() -> None:
    """The later closing counts against what was seen before it."""
    later = Entry(day(28), FindingState.CLOSED, "ISO", "removed again")
    assert standing((CLOSED, later), day(3), day(26), day(30)).state is FindingState.CLOSED


def test_an_acceptance_holds_to_the_end_of_its_last_day() -> None:
    """The day after, the finding is open again by itself."""
    assert standing((ACCEPTED,), day(3), day(19), day(20)) == Standing(FindingState.ACCEPTED, D, ACCEPTED)
    over = Standing(FindingState.OPEN, day(21), ACCEPTED, Again.ACCEPTANCE_OVER)
    assert standing((ACCEPTED,), day(3), day(19), day(21)) == over


@pytest.mark.parametrize("entry", [EXPLAINED, ACCEPTED, CLOSED], ids=["explained", "accepted", "closed"])
def test_who_decides_about_a_group_decides_of_what_was_there(entry: Entry) -> None:
    """What was first seen on that day still belongs to it; what comes later opens it, from the first such day."""
    held = standing((entry,), day(3), day(10), day(15), [day(3), day(10)])
    assert (held.state, held.again) == (entry.state, None)
    opened = standing((entry,), day(3), day(10), day(15), [day(3), day(14), day(12)])
    assert opened == Standing(FindingState.OPEN, day(12), entry, Again.SEEN_SINCE)
    anew = Entry(day(14), entry.state, "ISO", "these too", last_day=entry.last_day)
    assert standing((entry, anew), day(3), day(14), day(15), [day(3), day(14), day(12)]).state is entry.state


@pytest.mark.parametrize("entry", [EXPLAINED, ACCEPTED, CLOSED])
def test_what_was_decided_of_one_is_not_decided_of_another_with_the_same_id(entry: Entry) -> None:
    """Nothing tells them apart: each is open, and what was decided stays in sight; a dispute counts for each."""
    apart = Standing(FindingState.OPEN, day(3), entry, Again.NOT_TOLD_APART)
    assert standing((entry,), day(3), day(9), D, is_alone=False) == apart
    assert standing((entry,), day(3), day(9), day(9), is_alone=False) == Standing(since=day(3))
    assert standing((DISPUTED,), day(3), day(9), D, is_alone=False).state is FindingState.DISPUTED
    assert standing((CLOSED,), day(3), day(11), day(30), is_alone=False).again is Again.SEEN_AGAIN


def test_a_dispute_stands_until_somebody_decides() -> None:
    """It has no end by itself, and a decision about it leaves the person's words in sight."""
    disputed = standing((DISPUTED,), day(3), day(9), date(2033, 1, 1))
    assert disputed == Standing(FindingState.DISPUTED, D, None, None, True, (DISPUTED,))
    decided = standing((DISPUTED, EXPLAINED), day(3), day(9), day(12))
    assert decided == Standing(FindingState.EXPLAINED, D, EXPLAINED, None, True, (DISPUTED,))


def test_since_is_the_first_of_entries_that_say_the_same() -> None:
    """A second dispute does not make the first one younger."""
    again = Entry(day(15), FindingState.DISPUTED, "person concerned")
    assert standing((DISPUTED, again), day(3), day(9), day(20)).since == D


days = st.integers(1, 28).map(day)
def entry(number: int, state: FindingState, heard: bool, more: int) -> Entry:
    """An entry of a day of April; an acceptance ends up to a fortnight later."""
    last_day = day(number) + timedelta(days=more) if state is FindingState.ACCEPTED else None
    return Entry(day(number), state, "ISO", "why", "", heard, last_day)


entries = st.builds(entry, st.integers(1, 28), st.sampled_from(FindingState), st.booleans(), st.integers(0, 14))
lives = st.lists(entries, max_size=6).map(lambda es: tuple(sorted(es, key=lambda e: e.on)))


@given(lives, days, days, days)
def test_no_life_hides_what_was_seen_after_it(life: tuple[Entry, ...], first: date, last: date, on: date) -> None:
    """Closed only with a closing that nothing was seen after, accepted only until its last day, each by an entry."""
    found = standing(life, min(first, last), max(first, last), on)
    until = [e for e in life if e.on <= on]
    if found.state.is_decided:
        assert found.decided == until[-1] and found.again is None
    if found.state is FindingState.CLOSED:
        assert max(first, last) <= until[-1].on
    if found.state is FindingState.ACCEPTED:
        assert until[-1].last_day is not None and on <= until[-1].last_day
    assert (found.again is not None) == (
        bool(until) and until[-1].state.is_decided and found.state is FindingState.OPEN
    )
    assert found.was_heard == any(e.was_heard for e in until)


@given(lives, days, days)
def test_a_dispute_written_last_always_stands(life: tuple[Entry, ...], last: date, on: date) -> None:
    """Whatever was written before, and whatever was seen."""
    disputed = Entry(on, FindingState.DISPUTED, "person concerned")
    before = tuple(e for e in life if e.on <= on)
    assert standing((*before, disputed), None, last, on + timedelta(days=400)).state is FindingState.DISPUTED


@pytest.mark.parametrize("before", list(FindingState))
def test_which_steps_a_person_may_take(before: FindingState) -> None:
    """All but from closed to explained or accepted."""
    refused = {s for s in FindingState if not before.may_become(s)}
    closed = before is FindingState.CLOSED
    assert refused == ({FindingState.EXPLAINED, FindingState.ACCEPTED} if closed else set())
