# SPDX-License-Identifier: EUPL-1.2
"""Leases of a journal in any order: who held an address alone is told, and doubt names nobody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.evidence import Where
from ordinance.readers._leases import Held, LeaseIndex, LeasesOf

from .samples import BRUSSELS

HERE = Where("leases", "a.csv", 1)
GRANTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.sampled_from("abc"), st.booleans()), max_size=8)


def index_of(events: list[tuple[int, int, str, bool]]) -> LeaseIndex:
    """An index of grants (start, length, device) and of ends."""
    index = LeaseIndex(BRUSSELS)
    for start, length, mac, is_grant in events:
        if is_grant:
            index.grant("10.0.0.5", Held(start, start + length, mac, HERE))
        else:
            index.end("10.0.0.5", start)
    index.close()
    return index


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
    holder = LeasesOf("dns", [index_of(events)]).holder("10.0.0.5", at)
    if holder is not None:
        covers = [e for e in events if e[3] and e[2] == holder and e[0] <= at < e[0] + e[1]]
        assert covers
        since = max(e[0] for e in covers)
        assert not [e for e in events if since < e[0] <= at and (not e[3] or e[2] != holder)]
    elif len(sure := as_one_reads_it(events, at)) == 1:
        raise AssertionError(f"{sure} held it alone")


@given(GRANTS, st.randoms())
def test_the_order_of_the_rows_says_nothing(events: list[tuple[int, int, str, bool]], dice: object) -> None:
    """Rotated files, copies and late rows give the same leases."""
    other = list(events)
    dice.shuffle(other)  # type: ignore[attr-defined]  # what hypothesis calls randoms
    assert index_of(other).every() == index_of(events).every()


def test_a_renewal_is_the_same_lease_and_a_taker_over_ends_it() -> None:
    """The first holder's own lease would have gone on: whoever got the address since holds it."""
    index = index_of([(0, 10, "a", True), (5, 10, "a", True), (8, 10, "b", True)])
    assert [(h.mac, h.start, h.end) for _, h in index.every()] == [("a", 0, 8), ("b", 8, 18)]


def test_two_at_one_instant_are_nobody() -> None:
    """Both leases are given out with what was kept, so that the doubt is seen."""
    leases = LeasesOf("dns", [index_of([(0, 10, "a", True), (0, 10, "b", True)])])
    assert leases.holder("10.0.0.5", 3) is None
    leases.want("10.0.0.5", 3)
    assert {(x.mac, x.of) for x in leases.leases()} == {("a", "dns"), ("b", "dns")}


def test_two_sources_that_contradict_each_other_are_nobody() -> None:
    """A log may name several sources of leases; only where they agree is anybody the holder."""
    first, second = index_of([(0, 10, "a", True)]), index_of([(2, 10, "b", True)])
    leases = LeasesOf("dns", [first, second])
    assert [leases.holder("10.0.0.5", at) for at in (1, 5, 11)] == ["a", None, "b"]


def test_only_what_is_wanted_leaves() -> None:
    """A lease behind nothing that is kept stays where it is."""
    leases = LeasesOf("dns", [index_of([(0, 10, "a", True), (20, 10, "b", True)])])
    assert leases.leases() == ()
    leases.want("10.0.0.5", 25)
    leases.want("10.0.0.9", 25)
    assert [x.mac for x in leases.leases()] == ["b"]
