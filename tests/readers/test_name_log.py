# SPDX-License-Identifier: EUPL-1.2
"""What logs of names share: the local hour of an instant, and what a name is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import WatchList
from ordinance.model.time import Span
from ordinance.readers._name_log import LocalHours
from ordinance.readers.zeek_log import ZeekLog

from . import samples

ZONES = ("UTC", "Europe/Brussels", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns")


def seconds(text: str) -> int:
    """Seconds since 1970 of an instant."""
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("zone", "at", "start"),
    [
        ("Europe/Brussels", "2023-03-20T09:59:59+01:00", "2023-03-20T09:00:00+01:00"),
        ("Asia/Kolkata", "2023-03-20T09:10:00+05:30", "2023-03-20T09:00:00+05:30"),
        ("Asia/Kathmandu", "2023-03-20T09:10:00+05:45", "2023-03-20T09:00:00+05:45"),
        ("Europe/Brussels", "2023-10-29T02:10:00+02:00", "2023-10-29T02:00:00+02:00"),
        ("Europe/Brussels", "2023-10-29T02:10:00+01:00", "2023-10-29T02:00:00+01:00"),
        ("Australia/Lord_Howe", "2023-04-02T01:59:59+11:00", "2023-04-02T01:00:00+11:00"),
        ("Australia/Lord_Howe", "2023-04-02T02:10:00+10:30", "2023-04-02T02:00:00+10:30"),
    ],
)
def test_an_hour_begins_where_the_clock_on_the_wall_is_full(zone: str, at: str, start: str) -> None:
    """Half past in India, a quarter past in Nepal; each pass of a doubled hour has its own start."""
    assert LocalHours(ZoneInfo(zone)).start(seconds(at)) == seconds(start)


@given(st.sampled_from(ZONES), st.lists(st.integers(-7200, 7200), min_size=1, max_size=8), st.integers(0, 3))
@example("Australia/Lord_Howe", [0, -900], 2)
def test_what_was_asked_before_changes_no_hour(zone: str, steps: list[int], change: int) -> None:
    """The last hour is remembered: around changes of the clocks the answer is that of a fresh one all the same."""
    known = LocalHours(ZoneInfo(zone))
    changes = ("2023-03-26T01:00:00+00:00", "2023-10-29T01:00:00+00:00", "2023-04-01T15:00:00+00:00",
               "2023-09-30T15:30:00+00:00")  # fmt: skip
    for step in steps:
        at = seconds(changes[change]) + step
        start = known.start(at)
        assert start == LocalHours(ZoneInfo(zone)).start(at)
        local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)).astimezone(ZoneInfo(zone))
        assert at - start == 60 * local.minute + local.second


SPELT = st.one_of(
    st.sampled_from(("tiktokv.com", "api16.tiktokv.com", "nottiktokv.com", "canary.stad.example", "xn--4gq.example")),
    st.text(st.sampled_from("aZ.-1é。ſK"), max_size=8),
)


@given(st.lists(st.tuples(SPELT, st.integers(0, 2**12), st.sampled_from(("", ".", "..")), st.booleans()), max_size=6))
def test_what_a_name_is_depends_on_no_spelling_and_on_nothing_asked_before(
    asked: list[tuple[str, int, str, bool]],
) -> None:
    """Capitals at random, dots at the end, one at the beginning: each is what it is for who sees it first."""
    settings = SourceSettings("sensor", "zeek-log", (), samples.BRUSSELS)
    watch = WatchList(
        families=frozenset({"tiktok"}), apps=samples.TIKTOK, canary=frozenset({"canary.stad.example"}),
        internal=frozenset({"example"}),
    )  # fmt: skip
    stated = replace(settings, canary="canary.stad.example")
    one = ZeekLog.run(stated, watch, samples.MATCHERS, Span(), None)
    for name, capitals, dots, is_led in asked:
        letters = (c.upper() if capitals >> n % 12 & 1 else c for n, c in enumerate(name))
        spelt = ("." if is_led else "") + "".join(letters) + dots
        assert one.watched(spelt) == ZeekLog.run(stated, watch, samples.MATCHERS, Span(), None)._watched(spelt)
