# SPDX-License-Identifier: EUPL-1.2
"""Squid's access log, beyond the cases on disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList, Where
from ordinance.model.time import Span
from ordinance.readers._leases import Held, LeaseIndex, LeasesOf
from ordinance.readers.squid_log import SquidLog

from . import samples

SETTINGS = SourceSettings("proxy", "squid-log", ("*.log",), samples.BRUSSELS)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
NINE = 1_679_302_800  # 20 March 2023, 09:00 UTC
CLIENT = "10.20.0.5"


def row(
    at: str | float = NINE,
    what: str = "CONNECT www.tiktok.com:443",
    code: str = "TCP_TUNNEL/200",
    end: str = "HIER_DIRECT/203.0.113.7 -",
    took: int = 0,
    size: int = 5123,
    user: str = "-",
) -> str:
    """One line; `at` is when the request was over."""
    stamp = at if isinstance(at, str) else f"{at:.3f}"
    return f"{stamp} {took:6} {CLIENT} {code} {size} {what} {user} {end}"


def read(
    folder: Path,
    lines: Iterable[str],
    stated: SourceSettings = SETTINGS,
    watch: WatchList = WATCH,
    window: Span | None = None,
    leases: LeasesOf | None = None,
) -> Reading:
    """Read these lines as one log."""
    (folder / "access.log").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return SquidLog().read(stated, folder, watch, samples.MATCHERS, window, leases)


def held(*leases: tuple[int, int, str]) -> LeasesOf:
    """Leases of the client's address: start, end, hardware address."""
    index = LeaseIndex(samples.BRUSSELS)
    for start, end, mac in leases:
        index.grant(CLIENT, Held(start, end, mac, Where("dhcp", "leases.csv", 1)))
    index.close()
    return LeasesOf("proxy", [index])


@pytest.mark.parametrize(
    ("code", "server", "expected"),
    [
        ("TCP_TUNNEL/200", "HIER_DIRECT/203.0.113.7", "contacted"),
        ("TCP_TUNNEL_ABORTED/200", "HIER_DIRECT/203.0.113.7", "contacted"),
        ("TCP_TUNNEL/200", "ORIGINAL_DST/203.0.113.7", "contacted"),
        ("TCP_TUNNEL/200", "HIER_NONE/-", "nothing"),
        ("TCP_TUNNEL/200", "HIER_DIRECT/-", "nothing"),
        ("NONE_NONE/503", "HIER_DIRECT/203.0.113.7", "nothing"),
        ("TCP_TUNNEL/503", "FIRSTUP_PARENT/10.20.0.2", "nothing"),
        ("TCP_MISS/499", "HIER_DIRECT/203.0.113.7", "contacted"),
        ("TCP_MISS/500", "HIER_DIRECT/203.0.113.7", "nothing"),
        ("TCP_MISS/399", "CARP/10.20.0.2", "contacted"),
        ("TCP_MISS/400", "CARP/10.20.0.2", "nothing"),
        ("TCP_MISS/403", "HIER_NONE/-", "nothing"),
        ("TCP_MEM_HIT/200", "HIER_NONE/-", "contacted"),
        ("TCP_REFRESH_UNMODIFIED/304", "HIER_DIRECT/203.0.113.7", "contacted"),
        ("TCP_SWAPFAIL_MISS/200", "HIER_NONE/-", "nothing"),
        ("TCP_NEW_WORD/200", "HIER_DIRECT/203.0.113.7", "contacted"),
        ("TCP_NEW_WORD/200", "HIER_NONE/-", "nothing"),
        ("TCP_DENIED/403", "HIER_NONE/-", "blocked"),
        ("TCP_DENIED/200", "HIER_NONE/-", "blocked"),
        ("TCP_DENIED/407", "HIER_NONE/-", "nothing"),
        ("TCP_DENIED_REPLY/403", "HIER_DIRECT/203.0.113.7", "blocked"),
    ],
)
def test_what_became_of_a_request(code: str, server: str, expected: str, tmp_path: Path) -> None:
    """Contacted needs a server or the cache, and a status that Squid does not give itself; 407 refuses nobody."""
    (found,) = read(tmp_path, [row(code=code, end=f"{server} -")]).names
    assert ("contacted" if found.contacted else found.answered.value) == expected


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("CONNECT WWW.TikTok.com.:443", "www.tiktok.com"),
        ("CONNECT www.tiktok.com:8443", "www.tiktok.com"),
        ("GET http://www.tiktok.com", "www.tiktok.com"),
        ("GET http://www.tiktok.com?x", "www.tiktok.com"),
        ("GET http://jane:a:b@www.tiktok.com:81/x", "www.tiktok.com"),
        ("GET https://www.tiktok.com/", "www.tiktok.com"),
        ("GET ftp://www.tiktok.com/x", "www.tiktok.com"),
        ("GET http://www.example.org/@www.tiktok.com/", None),
        ("GET http://www.example.org?@www.tiktok.com", None),
        ("GET http://www.example.org#@www.tiktok.com", None),
        ("GET http://www.example.org\\@www.tiktok.com/", None),
        ("GET http://www.tiktok.com@www.example.org/", None),
        ("CONNECT [2001:db8::5]:443", None),
        ("GET http://[2001:db8::5]/www.tiktok.com", None),
        ("CONNECT 203.0.113.7:443", None),
        ("GET urn:www.tiktok.com", None),
        ("GET www.tiktok.com:443", None),
        ("OPTIONS http://:80*", None),
        ("- error:transaction-end-before-headers", None),
    ],
)
def test_the_name_in_what_was_asked(what: str, name: str | None, tmp_path: Path) -> None:
    """The host of the address and nothing else: no user, port, path or query can pass for it."""
    reading = read(tmp_path, [row(what=what)])
    assert [n.name for n in reading.names] == ([name] if name else [])
    assert reading.account.rejected == 0


def test_two_tunnels_of_one_second_are_two(tmp_path: Path) -> None:
    """Lines that differ in anything are contacts of their own; the same line again is a duplicate."""
    lines = [row(size=49), row(size=50), row(NINE + 0.001, size=49), row(size=49)]
    reading = read(tmp_path, lines)
    assert (reading.account.kept, reading.account.duplicate) == (3, 1)
    assert len({n.at for n in reading.names}) == 1


def test_a_request_is_of_the_moment_it_began(tmp_path: Path) -> None:
    """A tunnel of an hour belongs to whoever held the address when it was opened, not when it was closed."""
    leases = held((NINE, NINE + 1800, "00:00:5e:00:53:01"), (NINE + 1800, NINE + 7200, "00:00:5e:00:53:02"))
    reading = read(tmp_path, [row(NINE + 3600.25, took=3_600_000)], leases=leases)
    assert [n.at for n in reading.names] == [datetime(2023, 3, 20, 9, tzinfo=UTC)]
    assert [x.mac for x in reading.leases] == ["00:00:5e:00:53:01"]


def test_an_internal_name_is_kept_from_a_separate_device_alone(tmp_path: Path) -> None:
    """Without leases nobody is a separate device, and what others ask within the body is nobody's matter."""
    watch = replace(WATCH, internal=frozenset({"stad.example"}), separate_macs=frozenset({"02:00:5e:00:53:02"}))
    lines = [row(what="CONNECT intranet.stad.example:443")]
    for mac, kept in (("02:00:5e:00:53:02", 1), ("00:00:5e:00:53:01", 0)):
        assert read(tmp_path, lines, watch=watch, leases=held((NINE, NINE + 60, mac))).account.kept == kept
    reading = read(tmp_path, lines, watch=watch)
    assert reading.account.dropped == 1 and not (reading.leases or reading.leased)


def test_the_window_is_half_open(tmp_path: Path) -> None:
    """Requests count that began from its start until before its end."""
    window = Span(datetime(2023, 3, 20, 9, tzinfo=UTC), datetime(2023, 3, 20, 10, tzinfo=UTC))
    lines = [row(at) for at in (NINE - 0.001, float(NINE), NINE + 3599.999, NINE + 3600.0)]
    reading = read(tmp_path, [*lines, row(NINE + 60.0, took=60_001)], window=window)
    assert (reading.account.kept, reading.account.dropped) == (2, 3)


def test_coverage_is_what_clients_requests_prove(tmp_path: Path) -> None:
    """Lines about no request, other caches' questions and the proxy's own prove no hour; a foreign name does."""
    lines = [
        row(NINE, "- error:transaction-end-before-headers", "NONE_NONE/000", "HIER_NONE/- -"),
        row(NINE + 3600, "ICP_QUERY http://www.tiktok.com/", "UDP_MISS/000", "HIER_NONE/- -"),
        row(NINE + 7200, "GET http://www.tiktok.com/").replace(CLIENT, "-"),
        row(NINE + 10_800, "CONNECT www.example.org:443"),
        row(NINE + 14_400, "CONNECT 203.0.113.7:443"),
    ]
    reading = read(tmp_path, lines)
    assert sorted(h.hour for h in reading.hours) == [12, 13]
    assert reading.account.structural == 2 and reading.account.dropped == 3


def test_a_line_that_cannot_be_read_takes_its_hour(tmp_path: Path) -> None:
    """It may have been the one that mattered."""
    lines = [row(NINE + 3600 * n, "CONNECT www.example.org:443") for n in range(4)]
    hours = read(tmp_path, [lines[0], lines[1], "broken", *lines[2:]]).hours
    assert sorted(h.hour for h in hours) == [9, 12]


@pytest.mark.parametrize(
    ("what", "code", "server", "counts"),
    [
        ("GET http://canary.example/", "TCP_MISS/200", "HIER_DIRECT/10.20.0.1", True),
        ("CONNECT canary.example:443", "TCP_DENIED/403", "HIER_NONE/-", True),
        ("GET http://canary.example/", "TCP_MISS/503", "HIER_NONE/-", False),
        ("CONNECT www.example.org:443", "TCP_TUNNEL/200", "HIER_DIRECT/203.0.113.7", False),
    ],
)
def test_with_a_canary_only_its_answer_proves_an_hour(
    what: str, code: str, server: str, counts: bool, tmp_path: Path
) -> None:
    """The canary fetched or refused counts; one that failed, or another name, does not."""
    stated, watch = replace(SETTINGS, canary="canary.example"), replace(WATCH, canary=frozenset({"canary.example"}))
    reading = read(tmp_path, [row(what=what, code=code, end=f"{server} -")], stated, watch)
    assert bool(reading.hours) is counts and reading.account.kept == counts and reading.names == ()


@pytest.mark.parametrize(
    ("zone", "at", "hour"),
    [
        ("Asia/Kolkata", "2023-03-20T09:29:59", "2023-03-20T08:30:00"),
        ("Asia/Kolkata", "2023-03-20T09:30:00", "2023-03-20T09:30:00"),
        ("Asia/Kathmandu", "2023-03-20T09:14:59", "2023-03-20T08:15:00"),
        ("Europe/Brussels", "2023-10-29T00:59:59", "2023-10-29T00:00:00"),
        ("Europe/Brussels", "2023-10-29T01:00:00", "2023-10-29T01:00:00"),
    ],
)
def test_an_hour_begins_when_the_clocks_of_the_zone_say(zone: str, at: str, hour: str, tmp_path: Path) -> None:
    """Zones of half and quarter hours, and the hour that happens twice."""
    ended = datetime.fromisoformat(at).replace(tzinfo=UTC)
    reading = read(tmp_path, [row(ended.timestamp())], replace(SETTINGS, zone=ZoneInfo(zone)))
    assert reading.hours == {datetime.fromisoformat(hour).replace(tzinfo=UTC)}


def test_lines_may_stand_in_any_order(tmp_path: Path) -> None:
    """Each line has its own instant: a clock that was set back loses nothing."""
    lines = [row(NINE + 7200), row(NINE), row(NINE + 3600)]
    reading = read(tmp_path, lines)
    assert [n.at.hour for n in reading.names] == [11, 9, 10] and len(reading.hours) == 3


@pytest.mark.parametrize(
    "user", ["jane", "jane doe", "x TCP_DENIED/403 1 GET http://tiktokv.com/ -", "a HIER_NONE/- -"]
)
def test_the_user_is_never_kept_and_changes_nothing(user: str, tmp_path: Path) -> None:
    """Whatever stands in the column of the user, the reading is that of a line without one."""
    without = read(tmp_path, [row()])
    with_user = read(tmp_path, [row(user=user)])
    assert (with_user.names, with_user.account) == (without.names, without.account)


@pytest.mark.parametrize("filler", [" [", " 1.000", "A_/b ", "1.000 1 x A/200 ", " -", "\t", "%", "[01/Jan/"])
def test_a_long_hostile_line_is_read_in_no_time(filler: str, tmp_path: Path) -> None:
    """A line as long as lines may be takes no more than its length, whatever is repeated in it."""
    fill = (filler * 65_000)[:65_000]
    started = datetime.now(UTC)
    account = read(tmp_path, [fill, row(user=f"x{fill}"), row(what=f"CONNECT {fill.strip()}"), row() + fill]).account
    assert account.records == 4
    assert (datetime.now(UTC) - started).total_seconds() < 5


PIECES = st.sampled_from(
    [
        *(f"{NINE}.000 ", "1.000 ", "9" * 5000, " 45 ", " ", CLIENT, "::1 ", "TCP_TUNNEL/200 ", "TCP_DENIED/403 "),
        *("CONNECT ", "GET ", "http://", "www.tiktok.com", ":443 ", "@", "%", "[", "]", "- ", "HIER_DIRECT/::1 "),
        *("49 ", "\x00", "٣", "\u202e", "\u3000", "\r", "é"),
        row(),
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one file for all examples
@given(st.lists(st.lists(PIECES, max_size=14).map("".join).filter(bool), max_size=6))
def test_any_pile_of_pieces_is_accounted_for(tmp_path: Path, lines: list[str]) -> None:
    """Whatever stands in the lines, each is one record, nothing is raised, and no name is invented."""
    reading = read(tmp_path, lines)
    assert reading.account.records == len(lines)
    assert all(n.name.endswith("tiktok.com") for n in reading.names)


def test_the_page_of_a_block_that_is_stated_is_no_contact(tmp_path: Path) -> None:
    """A page on the internet to which a filter leads is no app: without the setting it looks like one."""
    stated = replace(SETTINGS, block_pages=(ip_network("203.0.113.4/30"),))
    within = row(end="HIER_DIRECT/10.20.0.80 -")
    behind = row(end="FIRSTUP_PARENT/203.0.113.7 -")  # a proxy, which stands wherever it may
    found = [read(tmp_path, [line], settings).names[0] for line, settings in
             ((row(), SETTINGS), (row(), stated), (within, SETTINGS), (behind, stated))]  # fmt: skip
    assert [n.contacted for n in found] == [True, False, False, True]
    assert [n.told for n in found] == [True, False, False, True]
