# SPDX-License-Identifier: EUPL-1.2
"""dnsmasq logs, beyond the cases on disk."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, Reading, WatchList, Where
from ordinance.model.time import Period, Span
from ordinance.readers._dhcp import LeaseTable, lease_seconds
from ordinance.readers.dnsmasq_log import DnsmasqLog

from . import samples

SETTINGS = SourceSettings("dns", "dnsmasq-log", ("*.log",), samples.BRUSSELS, year=2023)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)


def read(
    folder: Path,
    lines: Iterable[str],
    stated: SourceSettings = SETTINGS,
    watch: WatchList = WATCH,
    window: Span | None = None,
) -> Reading:
    """Read these lines as one log."""
    with (folder / "dnsmasq.log").open("w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)
    return DnsmasqLog().read(stated, folder, watch, samples.MATCHERS, window)


def query(
    clock: str, serial: int = 1, name: str = "api.tiktokv.com", client: str = "10.20.0.9", port: int = 4001
) -> str:
    """One query line of 20 March."""
    return f"Mar 20 {clock} dnsmasq[1]: {serial} {client}/{port} query[A] {name} from {client}"


def answer(clock: str, text: str, serial: int = 1, client: str = "10.20.0.9", port: int = 4001) -> str:
    """One answer line of 20 March."""
    return f"Mar 20 {clock} dnsmasq[1]: {serial} {client}/{port} {text}"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], "nothing"),
        (["forwarded api.tiktokv.com to 9.9.9.9"], "nothing"),
        (["reply api.tiktokv.com is 203.0.113.5"], "address"),
        (["cached api.tiktokv.com is 2001:db8::5"], "address"),
        (["reply api.tiktokv.com is <HTTPS>"], "address"),
        (["reply api.tiktokv.com is <CNAME>"], "nothing"),
        (["reply api.tiktokv.com is <CNAME>", "reply edge.example is NODATA-IPv6"], "nothing"),
        (["reply api.tiktokv.com is <CNAME>", "reply edge.example is 203.0.113.5"], "address"),
        (["reply api.tiktokv.com is NXDOMAIN"], "nothing"),
        (["cached api.tiktokv.com is NXDOMAIN"], "nothing"),
        (["reply api.tiktokv.com is 0.0.0.0"], "nothing"),
        (["reply error is SERVFAIL (EDE: the signature is expired)"], "nothing"),
        (["config error is REFUSED"], "nothing"),
        (["validation api.tiktokv.com is 1.2.3.4"], "nothing"),
        (["config api.tiktokv.com is NXDOMAIN"], "blocked"),
        (["config API.tiktokv.com. is NODATA-IPv4"], "nothing"),
        (["config API.tiktokv.com. is NXDOMAIN"], "blocked"),
        (["config api.tiktokv.com is NODATA"], "nothing"),
        (["config api.tiktokv.com is 0.0.0.0"], "blocked"),
        (["/etc/hosts api.tiktokv.com is ::"], "blocked"),
        (["gravity blocked api.tiktokv.com is 0.0.0.0"], "blocked"),
        (["exactly denied api.tiktokv.com is 0.0.0.0"], "blocked"),
        (["gravity blocked api.tiktokv.com is 10.20.0.2"], "blocked"),
        (["gravity blocked api.tiktokv.com is 2001:db8::53"], "blocked"),
        (["gravity blocked (CNAME) api.tiktokv.com is 10.20.0.2"], "blocked"),
        (["gravity blocked other.example is 10.20.0.2"], "nothing"),
        (["exactly blacklisted api.tiktokv.com is NXDOMAIN"], "blocked"),
        (["regex blacklisted api.tiktokv.com is 10.20.0.2"], "blocked"),
        (["regex denied api.tiktokv.com is REFUSED (EDE: blocked)"], "blocked"),
        (["regex denied api.tiktokv.com is <CNAME>"], "nothing"),
        (["special domain api.tiktokv.com is NXDOMAIN"], "blocked"),
        (["Designated Resolver domain api.tiktokv.com is NODATA"], "blocked"),
        (["reply api.tiktokv.com is <CNAME>", "reply ads.example is blocked during CNAME inspection"], "blocked"),
        (["config api.tiktokv.com is blocked during CNAME inspection"], "nothing"),
        (["Rate-limiting api.tiktokv.com is REFUSED (EDE: blocked)"], "nothing"),
        (["to be refused (gravity database is not available) api.tiktokv.com is REFUSED"], "nothing"),
        (["to be blocked (gravity database is not available) api.tiktokv.com is 0.0.0.0"], "nothing"),
        (["blocked upstream with NULL address api.tiktokv.com is 0.0.0.0"], "nothing"),
        (["cached-stale api.tiktokv.com is 203.0.113.5"], "address"),
        (["reply api.tiktokv.com is 203.0.113.5 (DNSSEC signed)"], "address"),
        (["cached api.tiktokv.com is <HTTPS> (DNSSEC signed)"], "address"),
        (["config api.tiktokv.com is NXDOMAIN (DNSSEC signed)"], "blocked"),
        (["config api.tiktokv.com is 203.0.113.5"], "blocked"),
        (["/etc/hosts api.tiktokv.com is 203.0.113.5"], "blocked"),
        (["config other.example is NXDOMAIN"], "nothing"),
        (["config api.tiktokv.com is 0.0.0.0", "reply api.tiktokv.com is 203.0.113.5"], "address"),
        (["reply api.tiktokv.com is 203.0.113.5", "config api.tiktokv.com is 0.0.0.0"], "address"),
    ],
)
def test_what_became_of_a_question(answers: list[str], expected: str, tmp_path: Path) -> None:
    """Blocked is only what the resolver's own configuration refused for that very name."""
    reading = read(tmp_path, [query("09:00:00"), *(answer("09:00:00", a) for a in answers)])
    assert [n.answered.value for n in reading.names] == [expected]
    assert reading.account.structural == len(answers) and reading.account.rejected == 0


@pytest.mark.parametrize(
    ("answers", "expected", "is_told"),
    [
        (["reply api.tiktokv.com is 10.20.0.80"], "nothing", False),
        (["cached api.tiktokv.com is 192.168.1.1"], "nothing", False),
        (["reply api.tiktokv.com is fd00::80"], "nothing", False),
        (["reply api.tiktokv.com is ::ffff:10.20.0.80"], "nothing", False),
        (["reply api.tiktokv.com is 10.20.0.80", "reply api.tiktokv.com is 203.0.113.5"], "address", True),
        (["reply api.tiktokv.com is 203.0.113.5", "reply api.tiktokv.com is 10.20.0.80"], "address", True),
    ],
)
def test_an_address_within_ones_own_networks_is_none_of_the_apps(
    answers: list[str], expected: str, is_told: bool, tmp_path: Path
) -> None:
    """A resolver behind this one leads blocked names to a page of the body's own: nobody used the app, nobody knows."""
    (found,) = read(tmp_path, [query("09:00:00"), *(answer("09:00:00", a) for a in answers)]).names
    assert (found.answered.value, found.told) == (expected, is_told)


@pytest.mark.parametrize("protocol", ["UDP", "TCP"])
def test_a_protocol_before_the_number_changes_nothing(protocol: str, tmp_path: Path) -> None:
    """`log-queries=proto` puts it there, for questions and answers."""
    refused = answer("09:00:00", "config api.tiktokv.com is 0.0.0.0")
    plain = [query("09:00:00"), refused, "Mar 20 09:00:00 dnsmasq[1]: 2"]
    with_protocol = read(tmp_path, [line.replace("[1]: ", f"[1]: {protocol} ") for line in plain])
    reading = read(tmp_path, plain)
    assert (with_protocol.names, with_protocol.account) == (reading.names, reading.account)
    assert [n.answered.value for n in reading.names] == ["blocked"] and reading.account.rejected == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2 dnssec-query[DS] com to 10.20.0.1#5353", None),
        ("2 dnssec-retry[DNSKEY] com to 10.20.0.1", None),
        ("2 reply com is DNSKEY keytag 3867, algo 13", None),
        ("2 reply com is truncated", None),
        ("2 dnssec-query[DS] printer at the gate._ipp._tcp.example to 10.20.0.1", None),
        ("UDP 2 dnssec-query[DS] com to 10.20.0.1", None),
        ("2 query[A] api.tiktokv.com from 10.20.0.9", "bad-line"),
        ("2 query[A] api.tiktokv.com to 10.20.0.9", "bad-line"),
        ("2 dnssec-query[DS] com of 10.20.0.1", "bad-line"),
        ("2 config api.tiktokv.com is 0.0.0.0", "bad-line"),
    ],
)
def test_what_dnsmasq_asks_of_its_own_costs_no_hour(text: str, fault: str | None, tmp_path: Path) -> None:
    """To validate an answer it asks under a number without a client; any other line without one cannot be read."""
    reading = read(tmp_path, [query("09:00:00"), f"Mar 20 09:00:00 dnsmasq[1]: {text}"])
    assert [r.reason for r in reading.account.rejects] == ([fault] if fault else [])
    assert bool(reading.hours) is (fault is None) and reading.account.kept == 1


@pytest.mark.parametrize(
    "other",
    [query("09:00:01", name="www.example.org"), query("09:00:01", name="www.facebook.com")],
)
def test_an_answer_goes_to_the_last_query_under_its_number(other: str, tmp_path: Path) -> None:
    """Serials begin anew with the daemon: the answer to another name under the same number is not ours."""
    lines = [query("09:00:00"), other, answer("09:00:01", "reply www.example.org is 203.0.113.5")]
    assert [n.answered.value for n in read(tmp_path, lines).names] == ["nothing"]


def test_answers_of_clients_in_between_are_kept_apart(tmp_path: Path) -> None:
    """Serial, address and port together name a query."""
    lines = [
        query("09:00:00", 1),
        query("09:00:00", 1, port=4002),
        query("09:00:00", 1, client="10.20.0.10"),
        answer("09:00:00", "config api.tiktokv.com is 0.0.0.0", port=4002),
        answer("09:00:00", "reply api.tiktokv.com is 203.0.113.5", client="10.20.0.10"),
    ]
    assert [n.answered.value for n in read(tmp_path, lines).names] == ["nothing", "blocked", "address"]


def test_a_kept_query_is_kept_once(tmp_path: Path) -> None:
    """A rotated file that repeats the end of the one before gives duplicates, not more contacts."""
    reading = read(tmp_path, [query("09:00:00"), query("09:00:01", 2), query("09:00:01", 2)])
    assert (reading.account.kept, reading.account.duplicate) == (2, 1)


def test_a_likely_name_says_so(tmp_path: Path) -> None:
    """A known name under a content network's zone is likely, not listed."""
    names = ["v16.tiktokcdn.com.akamaized.example", "v16.tiktokcdn.com", "xtiktokcdn.com", "tiktokcdn.com.evil.example"]
    reading = read(tmp_path, [query("09:00:00", n, name) for n, name in enumerate(names)])
    assert [(n.name, n.likely) for n in reading.names] == [(names[0], True), (names[1], False)]


def test_coverage_is_what_queries_prove(tmp_path: Path) -> None:
    """Start-up notes, DHCP lines, other daemons and rejects prove no hour; a dropped query does."""
    lines = [
        "Mar 20 07:00:00 dnsmasq[1]: started, version 2.90 cachesize 150",
        "Mar 20 08:00:00 dnsmasq-dhcp[1]: DHCPACK(eth0) 10.20.0.9 02:00:5e:00:53:01",
        "Mar 20 09:00:00 gw cron[9]: nothing to do",
        "Mar 20 10:00:00 dnsmasq[1]: query[A] api.tiktokv.com from 10.20.0.9",
        query("11:59:59", name="www.example.org"),
        answer("12:00:00", "reply www.example.org is 203.0.113.5"),
    ]
    assert read(tmp_path, lines).hours == {datetime(2023, 3, 20, 10, tzinfo=UTC)}


def test_a_canary_that_is_not_on_the_watch_list_proves_nothing(tmp_path: Path) -> None:
    """The watch list says what may be kept; a canary beside it leaves the source without coverage."""
    lines = [query("09:00:00", name="canary.example"), answer("09:00:00", "config canary.example is 10.20.0.1")]
    stated = replace(SETTINGS, canary="canary.example")
    assert read(tmp_path, lines, stated).hours == frozenset()
    watched = replace(WATCH, canary=frozenset({"canary.example"}))
    reading = read(tmp_path, lines, stated, watched)
    assert reading.hours == {datetime(2023, 3, 20, 8, tzinfo=UTC)}
    assert reading.account.kept == 1 and reading.names == ()


def test_the_window_is_half_open_and_leases_may_begin_before(tmp_path: Path) -> None:
    """Queries count from its start until before its end, with the lease of the evening before."""
    lines = [
        "Mar 19 22:00:00 dnsmasq-dhcp[1]: DHCPACK(eth0) 10.20.0.9 02:00:5e:00:53:01",
        *(query(clock, n) for n, clock in enumerate(["08:59:59", "09:00:00", "09:59:59", "10:00:00"])),
    ]
    window = Span(datetime(2023, 3, 20, 8, tzinfo=UTC), datetime(2023, 3, 20, 9, tzinfo=UTC))
    reading = read(tmp_path, lines, replace(SETTINGS, lease=Period(minutes=12 * 60)), window=window)
    assert [n.at.isoformat() for n in reading.names] == ["2023-03-20T08:00:00+00:00", "2023-03-20T08:59:59+00:00"]
    assert reading.account.dropped == 2 and reading.hours == {datetime(2023, 3, 20, 8, tzinfo=UTC)}
    assert [(x.start.hour, x.end.hour) for x in reading.leases] == [(21, 9)]


def test_the_setting_gives_the_length_that_the_log_does_not(tmp_path: Path) -> None:
    """The option line under the same transaction beats the setting; one under another does not."""
    lines = [
        "Mar 20 09:00:00 dnsmasq-dhcp[1]: 7 DHCPACK(eth0) 10.20.0.9 02:00:5e:00:53:01 a",
        "Mar 20 09:00:00 dnsmasq-dhcp[1]: 8 sent size:  4 option: 51 lease-time  1m",
        query("09:00:30"),
        "Mar 20 09:00:40 dnsmasq-dhcp[1]: 9 DHCPACK(eth0) 10.20.0.10 02:00:5e:00:53:02 b",
        "Mar 20 09:00:40 dnsmasq-dhcp[1]: 9 sent size:  4 option: 51 lease-time  1m",
        query("09:00:45", client="10.20.0.10"),
    ]
    reading = read(tmp_path, lines, replace(SETTINGS, lease=Period(days=1)))
    assert [(x.end - x.start).total_seconds() for x in reading.leases] == [86_400, 60]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("12h", 43_200), ("10h30m", 37_800), ("1d", 86_400), ("1d2h3m4s", 93_784), ("3600", 3600), ("90s", 90)),
        ("infinite", 3_153_600_000),
    ],
)
def test_lengths_of_leases(text: str, seconds: int) -> None:
    """The forms that dnsmasq prints and takes."""
    assert lease_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "12x", "h", "-1", "1h 2m", "٣h"])
def test_what_is_no_length(text: str) -> None:
    """Anything else is refused."""
    assert lease_seconds(text) is None


def test_a_line_made_of_tags_is_only_a_bad_line(tmp_path: Path) -> None:
    """Names of machines are skipped once, so that no line can exhaust the stack."""
    line = "Mar 20 09:00:00 " + "dnsmasq[ " * 7000
    rejects = read(tmp_path, [line, "Mar 20 09:00:00 gw " + line[16:]]).account.rejects
    assert [r.reason for r in rejects] == ["bad-line", "bad-line"]


PIECES = st.sampled_from(
    [
        *("Mar 20 09:00:00", "Jan  1 00:00:00", " ", " dnsmasq[1]: ", "dnsmasq-dhcp[1]: ", "1 ", "10.20.0.9/4001 "),
        *("query[A] ", "api.tiktokv.com", " from ", "10.20.0.9", " is ", " to ", "config ", "<CNAME>", "::"),
        *("DHCPACK(eth0) ", "02:00:5e:00:53:01", "sent size:  4 option: ", "51 lease-time  12h", "gw"),
        *("\x00", "٣", "\u202e", ":", "[", "]"),
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one file for all examples
@given(st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=6))
def test_any_pile_of_pieces_is_accounted_for(tmp_path: Path, lines: list[str]) -> None:
    """Whatever stands in the lines, each is one record and nothing is raised."""
    reading = read(tmp_path, lines)
    assert reading.account.records == len(lines)
    assert {n.name for n in reading.names} <= {"api.tiktokv.com"}


@pytest.mark.slow
def test_names_that_never_repeat_need_no_memory(tmp_path: Path) -> None:
    """300,000 different foreign names leave nothing behind but the bounded memory for names."""
    lines = (query("09:00:00", n, f"host-{n}.some.example.org") for n in range(300_000))
    (tmp_path / "warm").mkdir()
    read(tmp_path / "warm", [query("09:00:00", n, f"warm-{n}.example.org") for n in range(100)])
    with (tmp_path / "dnsmasq.log").open("w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)
    tracemalloc.start()
    account = DnsmasqLog().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS).account
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert account.dropped == 300_000
    assert peak < 40 << 20


LINE = "Mar 20 {hour:02}:05:00 dnsmasq[1]: {n} 10.0.0.5/{n} query[A] {name} from 10.0.0.5"


def _hours(folder: Path, *lines: str) -> list[int]:
    (folder / "a.log").write_text("\n".join(lines) + "\n", "utf-8")
    reading = DnsmasqLog().read(SETTINGS, folder, WATCH, samples.MATCHERS)
    return sorted(h.astimezone(samples.BRUSSELS).hour for h in reading.hours)


def test_an_hour_with_a_line_that_cannot_be_read_is_not_seen(tmp_path: Path) -> None:
    """The line may have been the one, of the hour before it or of that behind; other daemons' lines cost nothing."""
    said = [LINE.format(hour=h, n=h, name="www.example.org") for h in (8, 9, 10, 11)]
    again = said[1].replace(":05:", ":40:")
    assert again != said[1] and _hours(tmp_path, *said) == [8, 9, 10, 11]
    assert _hours(tmp_path, said[0], said[1], "\x00\x01 broken", *said[2:]) == [8, 11]
    assert _hours(tmp_path, said[0], "\x00\x01 broken", "", "broken", "", *said[1:]) == [10, 11]
    assert _hours(tmp_path, said[0], said[1], "broken", again, *said[2:]) == [8, 10, 11]
    assert _hours(tmp_path, "broken", *said) == [9, 10, 11]
    assert _hours(tmp_path, said[0], "Mar 20 08:06:00 host cron[7]: (root) CMD (true)", *said[1:]) == [8, 9, 10, 11]


def test_a_file_that_ends_in_a_broken_line_takes_the_first_hour_of_the_next(tmp_path: Path) -> None:
    """What was cut off at its end may be of the hour in which the next file begins."""
    said = [LINE.format(hour=h, n=h, name="www.example.org") for h in (8, 9, 10, 11)]
    (tmp_path / "q.log.1").write_text(f"{said[0]}\n{said[1]}\nMar 2", "utf-8")
    (tmp_path / "q.log").write_text(f"{said[2]}\n{said[3]}\n", "utf-8")
    found = DnsmasqLog().read(replace(SETTINGS, files=("q.log*",)), tmp_path, WATCH, samples.MATCHERS)
    assert sorted(h.astimezone(samples.BRUSSELS).hour for h in found.hours) == [8, 11]


@pytest.mark.parametrize(
    "garbled", ["DHCPACK(eth0) 10.0.0.5 00:00:5e:00:5", "DHCPACK(eth0) 10.0.0.", "DHCPRELEASE(eth0) 10.0.0.5"]
)
def test_a_garbled_lease_line_leaves_nobody_holding_the_address(garbled: str, tmp_path: Path) -> None:
    """Whoever held the address may have lost it: what is asked from it then is nobody's."""
    lines = [
        "Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 DHCPACK(eth0) 10.0.0.5 00:00:5e:00:53:01 phone",
        "Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 sent size:  4 option: 51 lease-time  12h",
        f"Mar 20 09:00:00 dnsmasq-dhcp[1]: 8 {garbled}",
        LINE.format(hour=10, n=1, name="api16-normal-c-useast1a.tiktokv.com"),
    ]
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n", "utf-8")
    reading = DnsmasqLog().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
    assert len(reading.names) == 1
    assert reading.leases == ()
    assert [r.reason for r in reading.account.rejects] == ["bad-lease"]


ACK = "dnsmasq-dhcp[1]: 8 DHCPACK(eth0) 10.0.0.5 00:00:5e:00:53:02"


@pytest.mark.parametrize(
    "lost",
    [
        f"Mar 20 09:61:00 {ACK} tablet".encode(),
        f"Mar 20 09:00:00 {ACK} ".encode() + b"Ren\xe9",
        f"Mar 18 07:00:00 {ACK} tablet".encode(),
        b"Mar 20 09:00:00 dnsmasq-dh",
        b"Mar 20 09:00:00 dnsmasq-dhcp[1]: 8 DHC",
        b"Mar 20 09:00:00 dnsmasq-dhcp[1]: 8 DHCPACK(eth0) 10.0.0.",
        b"Mar 20 0",
        f"Mar 20 09:00:00 dnsmasq[1]: 5 10.0.0.9/5 query[A] exMar 20 09:00:00 {ACK}".encode(),
        b"\0\0\0\0",
    ],
)
def test_a_line_that_may_be_of_dhcp_and_cannot_be_read_leaves_nobody_holding(lost: bytes, tmp_path: Path) -> None:
    """It may have given the address to somebody else: no time, no text, cut short, or run into another line."""
    lines = [
        b"Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 DHCPACK(eth0) 10.0.0.5 00:00:5e:00:53:01 phone",
        b"Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 sent size:  4 option: 51 lease-time  12h",
        lost,
        LINE.format(hour=10, n=1, name="api16-normal-c-useast1a.tiktokv.com").encode(),
    ]
    (tmp_path / "a.log").write_bytes(b"\n".join(lines) + b"\n")
    reading = DnsmasqLog().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
    assert (len(reading.names), reading.account.rejected, reading.leases) == (1, 1, ())


@pytest.mark.parametrize(
    "lost",
    [
        "Mar 20 09:61:00 dnsmasq[1]: 5 10.0.0.9/5 query[A] example.com from 10.0.0.9",
        "Mar 20 09:61:00 box cron[7]: x",
        "Mar 20 09:00:00 dnsmasq[1]: query[A] example.com from 10.0.0.9",
    ],
)
def test_a_line_that_is_none_of_dhcp_ends_no_lease(lost: str, tmp_path: Path) -> None:
    """Also where its time cannot be read: it says whose it is."""
    lines = [
        "Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 DHCPACK(eth0) 10.0.0.5 00:00:5e:00:53:01 phone",
        "Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 sent size:  4 option: 51 lease-time  12h",
        lost,
        LINE.format(hour=10, n=1, name="api16-normal-c-useast1a.tiktokv.com"),
    ]
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n", "utf-8")
    reading = DnsmasqLog().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
    assert (reading.account.rejected, [x.mac for x in reading.leases]) == (1, ["00:00:5e:00:53:01"])


def test_an_address_at_which_a_lease_line_breaks_off_may_be_a_longer_one() -> None:
    """It is not taken for a whole one."""
    leases = LeaseTable(samples.BRUSSELS, Period(days=1))
    assert leases.feed("DHCPACK(eth0) 10.0.0.55 00:00:5e:00:53:01", 1_000, Where("dns", "a.log", 1))
    assert leases.feed("DHCPACK(eth0) 10.0.0.66 00:00:5e:00:53:02", 1_000, Where("dns", "a.log", 2))
    leases.lost("Mar 20 09:00:00 dnsmasq-dhcp[1]: DHCPACK(eth0) 10.0.0.66 00:00")
    assert [leases.holder(a, 2_000) for a in ("10.0.0.55", "10.0.0.66")] == ["00:00:5e:00:53:01", None]
    leases.lost("Mar 20 09:00:00 dnsmasq-dhcp[1]: DHCPACK(eth0) 10.0.0.5")
    assert leases.holder("10.0.0.55", 2_000) is None


def test_a_separate_device_was_there_on_the_days_of_its_acknowledgements(tmp_path: Path) -> None:
    """Of its lease of three days the one between says nothing; of devices that are not separate none is told."""
    ack = "Mar {day} 08:00:00 dnsmasq-dhcp[1]: {day} DHCPACK(eth0) 10.0.0.5 00:00:5e:00:53:01 phone"
    length = "Mar {day} 08:00:00 dnsmasq-dhcp[1]: {day} sent size:  4 option: 51 lease-time  3d"
    lines = [line.format(day=day) for day in (20, 22) for line in (ack, length)]
    lines.append("Mar 23 08:00:00 dnsmasq-dhcp[1]: 7 DHCPACK(eth0) 10.0.0.6 00:00:5e:00:53:02 other")
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n", "utf-8")
    watch = replace(WATCH, separate_macs=frozenset({"00:00:5e:00:53:01"}))
    reading = DnsmasqLog().read(SETTINGS, tmp_path, watch, samples.MATCHERS)
    assert {(h.day.day, h.address) for h in reading.separate if h.given} == {(20, "10.0.0.5"), (22, "10.0.0.5")}
    assert {(h.day.day, h.mac) for h in reading.separate if not h.given} == {
        (21, "00:00:5e:00:53:01"), (23, "00:00:5e:00:53:01")
    }  # fmt: skip
    assert len(reading.leased) == 5


@pytest.mark.parametrize("mac", ["00:00:5e:00:53:01", "00:00:5e:00:53:02"])
def test_of_a_declined_address_nobody_is_named(mac: str, tmp_path: Path) -> None:
    """In the second in which it was given and asked for a name, and shortly before, another device answered there."""
    lines = [
        "Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 DHCPACK(eth0) 10.0.0.5 00:00:5e:00:53:01 phone",
        "Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 sent size:  4 option: 51 lease-time  12h",
        LINE.format(hour=8, n=1, name="api16-normal-c-useast1a.tiktokv.com"),
        f"Mar 20 08:05:01 dnsmasq-dhcp[1]: DHCPDECLINE(eth0) 10.0.0.5 {mac} ",
    ]
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n", "utf-8")
    reading = DnsmasqLog().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
    assert (len(reading.names), reading.leases) == (1, ())
    (tmp_path / "a.log").write_text("\n".join(lines[:3]) + "\n", "utf-8")
    assert DnsmasqLog().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS).leases


def test_a_garbled_line_of_another_address_ends_no_lease(tmp_path: Path) -> None:
    """Where the address can be read, only its holder is in doubt."""
    lines = [
        "Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 DHCPACK(eth0) 10.0.0.5 00:00:5e:00:53:01 phone",
        "Mar 20 08:00:00 dnsmasq-dhcp[1]: 7 sent size:  4 option: 51 lease-time  12h",
        "Mar 20 09:00:00 dnsmasq-dhcp[1]: 8 DHCPACK(eth0) 10.0.0.6 00:00",
        LINE.format(hour=10, n=1, name="api16-normal-c-useast1a.tiktokv.com"),
    ]
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n", "utf-8")
    reading = DnsmasqLog().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
    assert [x.mac for x in reading.leases] == ["00:00:5e:00:53:01"]
    assert reading.leased == {(date(2023, 3, 20), "00:00:5e:00:53:01")}


def test_the_page_of_a_block_that_is_stated_is_no_contact(tmp_path: Path) -> None:
    """A page on the internet to which a filter leads is no app: without the setting it looks like one."""
    lines = [query("09:00:00"), answer("09:00:00", "reply api.tiktokv.com is 203.0.113.5")]
    (one,) = read(tmp_path, lines).names
    (other,) = read(tmp_path, lines, replace(SETTINGS, block_pages=(ip_network("203.0.113.4/31"),))).names
    assert (one.answered, one.told) == (Answered.ADDRESS, True)
    assert (other.answered, other.told) == (Answered.NOTHING, False)
