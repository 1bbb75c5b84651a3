# SPDX-License-Identifier: EUPL-1.2
"""Leases of a journal in any order: who held an address alone is told, and doubt names nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.errors import SourceError
from ordinance.model.evidence import APART, Where
from ordinance.model.time import Period, Span, plus
from ordinance.readers._clock import utc
from ordinance.readers._held import END, GRANT, Held, joined
from ordinance.readers._leases import OPEN_END, LeaseIndex, LeasesOf
from ordinance.readers.dnsmasq_leases import DnsmasqLeases, before

from .samples import BRUSSELS

HERE = Where("leases", "a.csv", 1)
ADDRESS = "10.0.0.5"
STEP = 1_000  # seconds: what is asked in the middle of a step is far enough from every beginning and end
GRANTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.sampled_from("abc"), st.booleans()), max_size=8)


def index_of(events: list[tuple[int, int, str, bool]], step: int = STEP) -> LeaseIndex:
    """An index of grants (start, length, device) and of ends."""
    index = LeaseIndex(BRUSSELS)
    for start, length, mac, is_grant in events:
        if is_grant:
            index.grant("10.0.0.5", Held(step * start, step * (start + length), mac, HERE))
        else:
            index.end("10.0.0.5", step * start)
    index.close()
    return index


def holder_of(leases: LeasesOf, step: int, address: str = ADDRESS) -> str | None:
    """Who holds the address in the middle of a step."""
    return leases.holder(address, STEP * step + STEP // 2)


def as_one_reads_it(events: list[tuple[int, int, str, bool]], at: int) -> set[str]:
    """Who may hold the address: devices of the last instant at which anything was said, as long as they were given it.

    A device goes on holding it by a grant that it renewed in time.
    """
    said = [start for start, _, _, _ in events if start <= at]
    last = max(said, default=None)
    if last is None:
        return set()
    return {mac for start, length, mac, grant in events if grant and start == last and at < start + length}


@given(GRANTS, st.integers(0, 45))
def test_nobody_is_named_who_was_not_given_it(events: list[tuple[int, int, str, bool]], at: int) -> None:
    """Whoever is the holder was given the address by a grant that covers the instant, and nobody else was since."""
    holder = holder_of(LeasesOf("dns", [index_of(events)]), at)
    if holder is not None:
        covers = [e for e in events if e[3] and e[2] == holder and e[0] <= at < e[0] + e[1]]
        assert covers
        since = max(e[0] for e in covers)
        assert not [e for e in events if since < e[0] <= at and (not e[3] or e[2] != holder)]
    elif len(sure := as_one_reads_it(events, at)) == 1:
        raise AssertionError(f"{sure} held it alone")


IS_GRANT = st.integers(0, 9).map(bool)
FEW = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.sampled_from("aab"), IS_GRANT), max_size=4)


@given(FEW)
@example([(0, 2, "a", True), (2, 2, "a", True)])
def test_what_is_said_of_an_address_is_joined_where_it_must_be(events: list[tuple[int, int, str, bool]]) -> None:
    """Leases that stand as they were said are those that joining would give."""
    said = [
        (STEP * start, GRANT if is_grant else END, mac if is_grant else "", STEP * (start + length) if is_grant else 0)
        for start, length, mac, is_grant in events
    ]
    every = joined(sorted((*e, n, e[1] == GRANT, ("leases", "a.csv"), 1, False) for n, e in enumerate(said)))
    found = [held for _, held in index_of(events).every()]
    expected = sorted((h for h in every if h.start < h.end), key=lambda h: (h.start, h.end))
    assert [(h.start, h.end, h.mac, h.again) for h in found] == [(h.start, h.end, h.mac, h.again) for h in expected]


CLOSE = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 3), st.sampled_from("aab"), IS_GRANT), min_size=1, max_size=4
)


@given(st.lists(CLOSE, min_size=1, max_size=2), st.lists(st.integers(-2, 26), min_size=4, max_size=20))
@example([[(0, 1, "a", True), (2, 1, "b", True)]], [1, 3])
def test_what_is_near_is_the_same_however_often_it_was_asked(
    sources: list[list[tuple[int, int, str, bool]]], instants: list[int]
) -> None:
    """Whoever asks once more, earlier or later, is told what is told to who asks first; so much leaves as is near."""
    indexes = [index_of(events, APART) for events in sources]
    asked, near = LeasesOf("dns", indexes, BRUSSELS), set()
    for at in (APART // 2 * half - half % 3 for half in instants):
        assert asked.holder(ADDRESS, at) == LeasesOf("dns", indexes, BRUSSELS).holder(ADDRESS, at)
        asked.want(ADDRESS, at)
        held = [h for index in indexes for _, h in index.every() if h.start <= at + APART and at - APART < h.end]
        near.update((h.start, h.end, h.mac) for h in held)
        assert {(int(e.start.timestamp()), int(e.end.timestamp()), e.mac) for e in asked.leases()} == near


@given(GRANTS, st.randoms())
def test_the_order_of_the_rows_says_nothing(events: list[tuple[int, int, str, bool]], dice: object) -> None:
    """Rotated files, copies and late rows give the same leases."""
    other = list(events)
    dice.shuffle(other)  # type: ignore[attr-defined]  # what hypothesis calls randoms
    assert index_of(other).every() == index_of(events).every()


def test_a_renewal_is_the_same_lease_and_a_taker_over_ends_it() -> None:
    """The first holder's own lease would have gone on: whoever got the address since holds it."""
    index = index_of([(0, 10, "a", True), (5, 10, "a", True), (8, 10, "b", True)])
    assert [(h.mac, h.start // STEP, h.end // STEP) for _, h in index.every()] == [("a", 0, 8), ("b", 8, 18)]


def test_a_shorter_renewal_ends_the_lease_earlier() -> None:
    """The server counts from its last grant: after that nobody is known to hold the address, nor is the old holder."""
    index = index_of([(0, 24, "a", True), (5, 2, "a", True)])
    assert [(h.mac, h.start // STEP, h.end // STEP) for _, h in index.every()] == [("a", 0, 7)]


def test_a_doubted_address_is_nobodys() -> None:
    """A row about it could not be read: it may have given the address to anybody."""
    index = LeaseIndex(BRUSSELS)
    index.grant("10.0.0.5", Held(0 * STEP, 10 * STEP, "a", HERE))
    index.grant("10.0.0.6", Held(0 * STEP, 10 * STEP, "b", HERE))
    index.doubt("10.0.0.5")
    index.close()
    assert [holder_of(LeasesOf("dns", [index]), 5, a) for a in ("10.0.0.5", "10.0.0.6")] == [None, "b"]


def test_an_end_after_a_grant_of_its_instant_takes_it_back() -> None:
    """A server that says when it gave, and only that it took back since: nobody holds it from the grant on."""
    index = LeaseIndex(BRUSSELS)
    index.grant("10.0.0.5", Held(0 * STEP, 10 * STEP, "a", HERE))
    index.grant("10.0.0.5", Held(5 * STEP, 15 * STEP, "a", HERE))
    index.end("10.0.0.5", 5 * STEP, after_grants=True)
    index.close()
    assert [holder_of(LeasesOf("dns", [index]), at) for at in (4, 5, 9)] == ["a", None, None]


def test_a_device_gives_up_what_it_holds_and_nothing_else() -> None:
    """What one device gives up ends no lease of another, and the address can be given to it anew."""
    index = LeaseIndex(BRUSSELS)
    index.grant("10.0.0.5", Held(0, 20, "a", HERE))
    index.give_up("10.0.0.5", 3, "b")
    index.give_up("10.0.0.5", 5, "a")
    index.grant("10.0.0.5", Held(8, 28, "a", HERE))
    index.give_up("10.0.0.6", 5, "a")
    index.close()
    assert [(a, h.mac, h.start, h.end) for a, h in index.every()] == [
        ("10.0.0.5", "a", 0, 5),
        ("10.0.0.5", "a", 8, 28),
    ]


def test_two_at_one_instant_are_nobody() -> None:
    """Both leases are given out with what was kept, so that the doubt is seen."""
    leases = LeasesOf("dns", [index_of([(0, 10, "a", True), (0, 10, "b", True)])])
    assert holder_of(leases, 3) is None
    leases.want("10.0.0.5", 3 * STEP)
    assert {(x.mac, x.of) for x in leases.leases()} == {("a", "dns"), ("b", "dns")}


def test_two_sources_that_contradict_each_other_are_nobody() -> None:
    """A log may name several sources of leases; only where they agree is anybody the holder."""
    first, second = index_of([(0, 10, "a", True)]), index_of([(2, 10, "b", True)])
    leases = LeasesOf("dns", [first, second])
    assert [holder_of(leases, at) for at in (1, 5, 11)] == ["a", None, "b"]


def test_only_what_is_wanted_leaves() -> None:
    """A lease behind nothing that is kept stays where it is."""
    leases = LeasesOf("dns", [index_of([(0, 10, "a", True), (20, 10, "b", True)])])
    assert leases.leases() == ()
    leases.want("10.0.0.5", 25 * STEP)
    leases.want("10.0.0.9", 25 * STEP)
    assert [x.mac for x in leases.leases()] == ["b"]


def test_a_fixed_address_is_ended_by_nobody() -> None:
    """Rows of a table stand as they are: a second device, a grant or an end beside them is a doubt, not a successor."""
    index = LeaseIndex(BRUSSELS)
    index.fix("10.0.0.5", Held(0 * STEP, 100 * STEP, "a", HERE))
    index.fix("10.0.0.5", Held(20 * STEP, 30 * STEP, "b", HERE))
    index.grant("10.0.0.5", Held(40 * STEP, 50 * STEP, "c", HERE))
    index.end("10.0.0.5", 60 * STEP)
    index.close()
    leases = LeasesOf("dns", [index])
    assert [holder_of(leases, at) for at in (10, 25, 35, 45, 70, 100)] == ["a", None, "a", None, "a", None]


@pytest.mark.parametrize(
    ("at", "holder"), [(STEP - 301, "a"), (STEP - 300, None), (STEP, None), (STEP + 299, None), (STEP + 300, "b")]
)
def test_while_an_address_changes_hands_it_is_nobodys(at: int, holder: str | None) -> None:
    """The log's clock and that of the leases may be five minutes apart; both leases are given out with what is kept."""
    leases = LeasesOf("dns", [index_of([(0, 10, "a", True), (1, 10, "b", True)])])
    assert leases.holder(ADDRESS, at) == holder
    leases.want(ADDRESS, at)
    assert {x.mac for x in leases.leases()} == ({holder} if holder else {"a", "b"})


def test_a_lease_that_has_just_ended_is_not_its_holders_for_another_moment() -> None:
    """Doubt takes a name away and never gives one."""
    leases = LeasesOf("dns", [index_of([(0, 1, "a", True)])])
    assert [leases.holder(ADDRESS, at) for at in (STEP - 1, STEP, STEP + 10)] == ["a", None, None]


def test_in_the_hour_that_happens_twice_an_address_is_whose_it_is_in_both_passes() -> None:
    """Half past two may be half an hour after midnight, UTC, or an hour later: both leases are given out with it."""
    half_past, quarter = int(datetime(2023, 10, 29, 0, 30, tzinfo=UTC).timestamp()), 900
    index = LeaseIndex(BRUSSELS)
    index.grant(ADDRESS, Held(half_past - 4 * quarter, half_past + 2 * quarter, "a", HERE))
    index.grant(ADDRESS, Held(half_past + 2 * quarter, half_past + 12 * quarter, "b", HERE))
    index.close()
    leases = LeasesOf("dns", [index], BRUSSELS)
    at = (-3 * quarter, 0, 4 * quarter, 8 * quarter)  # before the hour, its two passes, behind it
    assert [leases.holder(ADDRESS, half_past + s) for s in at] == ["a", None, None, "b"]
    assert [LeasesOf("dns", [index]).holder(ADDRESS, half_past + s) for s in at] == ["a", "a", "b", "b"]
    leases.want(ADDRESS, half_past)
    assert {x.mac for x in leases.leases()} == {"a", "b"}


def test_in_the_hour_that_happens_twice_who_had_it_once_is_no_holder() -> None:
    """The lease ends between the passes, and nobody has the address behind it: of half past two nobody knows."""
    half_past, quarter = int(datetime(2023, 10, 29, 0, 30, tzinfo=UTC).timestamp()), 900
    index = LeaseIndex(BRUSSELS)
    index.grant(ADDRESS, Held(half_past - 6 * quarter, half_past + 2 * quarter, "a", HERE))
    index.close()
    leases = LeasesOf("dns", [index], BRUSSELS)
    assert [leases.holder(ADDRESS, half_past + s) for s in (-3 * quarter, 0, 4 * quarter)] == ["a", None, None]
    assert LeasesOf("dns", [index]).holder(ADDRESS, half_past) == "a"


def test_at_the_end_of_the_calendar_nobody_is_named_and_nothing_breaks() -> None:
    """A stamp of the last hour of the year 9999, UTC, has no date in Brussels; it is a question without a holder."""
    index = LeaseIndex(BRUSSELS)
    index.close()
    last = int(datetime(9999, 12, 31, 23, 30, tzinfo=UTC).timestamp())
    assert LeasesOf("dns", [index], BRUSSELS).holder(ADDRESS, last) is None


def days_of(held: Held, window: Span | None) -> list[date]:
    """The days that a lease counts for."""
    index = LeaseIndex(BRUSSELS, window)
    index.fix("10.0.0.5", held)
    index.close()
    return sorted(day for day, _ in LeasesOf("dns", [index]).leased())


def test_a_lease_counts_on_the_days_of_the_window_that_it_covers() -> None:
    """Whoever got an address long ago holds it in the window; whoever held one only before or after it does not."""
    start = datetime(2023, 3, 20, 23, tzinfo=UTC)  # midnight in Brussels
    window, at = Span(start, start + timedelta(days=2)), int(start.timestamp())
    both = [date(2023, 3, 21), date(2023, 3, 22)]
    assert days_of(Held(0, OPEN_END, "a", HERE), window) == both
    assert days_of(Held(at + 3600, at + 7200, "a", HERE), window) == both[:1]
    assert days_of(Held(0, at, "a", HERE), window) == days_of(Held(at + 2 * 86_400, OPEN_END, "a", HERE), window) == []
    assert days_of(Held(at, OPEN_END, "a", HERE), None) == both[:1]


def test_a_device_was_there_on_the_days_on_which_it_was_given_an_address() -> None:
    """Given on the first day, renewed on the third, not over on the fourth; of others nothing is said."""
    first, day = int(datetime(2023, 3, 20, 9, tzinfo=UTC).timestamp()), 86_400
    index = LeaseIndex(BRUSSELS, Span(utc(first), utc(first + 4 * day)))
    for n in (0, 2):
        index.grant(ADDRESS, Held(first + n * day, first + (n + 3) * day, "a", HERE))
    index.grant("10.0.0.6", Held(first, first + day, "b", HERE))
    index.close()
    found = sorted(LeasesOf("dns", [index]).days_of({"a"}), key=lambda held: held.day)
    assert [(h.day.day, h.mac, h.address, h.given) for h in found] == [
        (20, "a", ADDRESS, True), (21, "a", ADDRESS, False), (22, "a", ADDRESS, True),
        (23, "a", ADDRESS, False), (24, "a", ADDRESS, False),
    ]  # fmt: skip


def test_what_is_left_of_a_lease_behind_a_doubt_was_not_given_then() -> None:
    """The lease is the device's again when what could not be read is over; whether it was there nobody saw."""
    first, day = int(datetime(2023, 3, 20, 9, tzinfo=UTC).timestamp()), 86_400
    index = LeaseIndex(BRUSSELS, Span(utc(first), utc(first + 4 * day)))
    index.fix(ADDRESS, Held(first, first + 4 * day, "a", HERE))
    index.doubt_all(first + day, first + 2 * day)
    index.close()
    assert {h.day.day for h in index.days_of({"a"})} == {20, 21, 22, 23, 24}
    assert {h.day.day for h in index.days_of({"a"}) if h.given} == {20}


def test_a_file_without_starts_shows_nobody_there(tmp_path: Path) -> None:
    """Of dnsmasq's file only the end is known: the day on which the lease began may be another one."""
    (tmp_path / "a.leases").write_text("1679356800 00:00:5e:00:53:01 10.0.0.5 * *\n")
    settings = SourceSettings("leases", "dnsmasq-leases", ("*.leases",), BRUSSELS, lease=Period(minutes=60))
    index = DnsmasqLeases().read(settings, tmp_path).index
    assert {held.given for held in index.days_of({"00:00:5e:00:53:01"})} == {False}


@pytest.mark.parametrize("length", [None, Period()])
def test_a_file_without_starts_needs_the_length_of_a_lease(length: Period | None) -> None:
    """Where the settings do not state it the file cannot be used, and the message says what to state."""
    settings = SourceSettings("leases", "dnsmasq-leases", ("*.leases",), BRUSSELS, lease=length)
    with pytest.raises(SourceError) as refused:
        DnsmasqLeases().read(settings, Path())
    (issue,) = refused.value.issues
    assert issue.id == "no-lease-length" and "PT12H" in issue.hint


def test_what_one_source_doubts_no_other_knows() -> None:
    """An address that a row gives to nobody knows whom is nobody's in every source, until it is given again there."""
    index = index_of([(0, 40, "a", True)])
    doubtful, other = LeaseIndex(BRUSSELS), LeaseIndex(BRUSSELS)
    doubtful.doubt(ADDRESS, 10 * STEP)
    doubtful.grant(ADDRESS, Held(20 * STEP, 30 * STEP, "a", HERE))
    other.doubt("10.0.0.6", 10 * STEP)
    for one in (doubtful, other):
        one.close()
    leases = LeasesOf("dns", [index, doubtful])
    assert [holder_of(leases, at) for at in (5, 15, 25, 35)] == ["a", None, "a", "a"]
    assert leases.holder(ADDRESS, 10 * STEP - 299) is None  # by another clock
    leases.want(ADDRESS, 5 * STEP)
    assert [(x.mac, x.end.timestamp()) for x in leases.leases()] == [("a", 10 * STEP - 300)]
    assert holder_of(LeasesOf("dns", [index, other]), 15) == holder_of(LeasesOf("dns", [index]), 15) == "a"


def test_a_device_counts_on_no_day_on_which_another_source_doubts_its_address() -> None:
    """A log could not have named it."""
    index, doubtful = index_of([(0, 10, "a", True)]), LeaseIndex(BRUSSELS)
    doubtful.doubt(ADDRESS)
    doubtful.close()
    assert LeasesOf("dns", [index]).leased()
    assert not LeasesOf("dns", [index, doubtful]).leased()
    assert holder_of(LeasesOf("dns", [index, doubtful]), 5) is None


@given(st.integers(0, 10**11 - 1) | st.integers(1_667_080_000, 1_667_100_000), st.integers(1, 10**6))
def test_a_lease_of_so_many_minutes_is_as_long_on_every_calendar(end: int, minutes: int) -> None:
    """What dnsmasq's file says needs no wall clock then."""
    back = Period(minutes=-minutes)
    at = utc(end)
    start = int((plus(at, back, BRUSSELS) - at).total_seconds()) + end
    assert before(end, back, BRUSSELS) == max(-1, start)


def test_a_lease_of_a_day_and_an_hour_is_both_long() -> None:
    """Across a night in which clocks are put back a day is an hour longer."""
    end = int(datetime(2022, 10, 30, 12, tzinfo=UTC).timestamp())
    assert end - before(end, Period(days=-1, minutes=-60), BRUSSELS) == (24 + 1 + 1) * 3600
