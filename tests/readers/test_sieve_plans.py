# SPDX-License-Identifier: EUPL-1.2
"""A plan says how the lines behind it are written, and no longer than that: what a log's head leaves open is seen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ordinance.readers import _name_log, _sieve
from ordinance.readers._clock import utc

from .again import MONDAY
from .sifted import Sifted

HOUR = 3600
DNS = "ts uid id.orig_h id.resp_p query qclass rejected"
HTTP = "ts uid id.orig_h id.resp_h trans_depth host uri status_code tags"


@pytest.fixture
def sifted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sifted:
    """An empty folder."""
    return Sifted(tmp_path, monkeypatch)


def head(columns: str, path: str = "", unset: str | None = "-") -> list[str]:
    """A table's head; of `path` and the unset cell only what is given."""
    lines = ["#separator \\x09", *([f"#unset_field\t{unset}"] if unset is not None else [])]
    return [*lines, *([f"#path\t{path}"] if path else []), "\t".join(["#fields", *columns.split()])]


def asked(at: int, query: str = "www.example.org", port: str = "53", qclass: str = "1") -> str:
    """A row of questions."""
    return f"{MONDAY + at}.5\tC{at}\t10.20.0.6\t{port}\t{query}\t{qclass}\tF"


def requested(at: int, host: str, depth: str = "1") -> str:
    """A row of requests."""
    return f"{MONDAY + at}.5\tC{at}\t10.20.0.6\t203.0.113.7\t{depth}\t{host}\t/\t200\t-"


def write(sifted: Sifted, *lines: str, name: str = "log") -> None:
    """A log of these lines."""
    (sifted.folder / name).write_text("\n".join(lines) + "\n", "utf-8")


def test_a_host_with_a_port_is_seen_without_a_method(sifted: Sifted) -> None:
    """A table of requests may lack the column of methods; the name is what stands before the port all the same."""
    rows = [requested(n, "www.example.org:8080") for n in range(90)]
    write(sifted, *head(HTTP, "http"), *rows, requested(90, "www.tiktok.com:443"), *rows)
    shown, before = sifted.agree()
    assert shown < before / 4
    assert [name.name for name in sifted.read(sifts=True).names] == ["www.tiktok.com"]


@pytest.mark.parametrize("unset", ["NULL", "", "é", "-"])
def test_a_class_that_is_unset_counts_however_that_is_written(sifted: Sifted, unset: str) -> None:
    """The first row of a quarter is of another class: the hour counts by the rows behind it, and is noted so."""
    rows = [asked(n, qclass=unset) for n in range(60)]
    write(sifted, *head(DNS, "dns", unset), asked(0, qclass="255"), *rows)
    shown, _ = sifted.agree(again=True)
    assert (shown < 20) is unset.isascii()
    assert sifted.read(sifts=True).hours == {utc(MONDAY)}


def test_an_unset_cell_that_is_said_anew_holds_from_there(sifted: Sifted) -> None:
    """Behind the line that says so; the columns stay."""
    rows = [asked(n, qclass="-") for n in range(60)]
    write(sifted, *head(DNS, "dns"), *rows[:30], "#unset_field\tNULL", *(asked(HOUR + n, qclass="-") for n in range(9)))
    sifted.agree(again=True)
    assert sifted.read(sifts=True).hours == {utc(MONDAY)}


@pytest.mark.parametrize("unset", ["53", "5353", "10.20.0.6", f"{MONDAY + 3}.5", "::"])
def test_an_unset_cell_that_looks_like_a_value_is_none(sifted: Sifted, unset: str) -> None:
    """A port, an address or an instant that is written as an unset cell is unset."""
    rows = [asked(n, port="5353" if unset == "5353" else "53") for n in range(60)]
    write(sifted, *head(DNS, "dns", unset), *rows)
    sifted.agree(again=True)


def test_a_plan_ends_with_its_columns(sifted: Sifted) -> None:
    """Where a head has columns alone, those of a log without a plan may be as many as there were before."""
    conn = "ts uid id.orig_h id.resp_p service conn_state missed_bytes"
    ends = [f"{MONDAY + HOUR + n}.5\tC{n}\t10.20.0.6\t22\tssh\tSF\t0" for n in range(60)]
    write(sifted, *head(DNS, "dns"), *(asked(n) for n in range(30)), "\t".join(["#fields", *conn.split()]), *ends)
    shown, _ = sifted.agree()
    assert shown >= 60
    assert sifted.read(sifts=True).hours == {utc(MONDAY), utc(MONDAY + HOUR)}


def test_what_is_refused_before_others_says_nothing_of_the_next_file(sifted: Sifted) -> None:
    """Rows that are passed over lie between the end of the file and a row that cannot be read."""
    broken = asked(30, "www.tiktok.com", port="x")
    rows = [asked(n) for n in range(30)]
    write(sifted, *head(DNS, "dns"), *rows, broken, *rows, name="log-1")
    write(sifted, *head(DNS, "dns"), *(asked(HOUR + n) for n in range(30)), name="log-2")
    shown, before = sifted.agree()
    assert shown < before / 2
    assert sifted.read(sifts=True).hours == {utc(MONDAY + HOUR)}


def test_lines_of_other_logs_lie_between_what_is_refused_and_the_next_file(sifted: Sifted) -> None:
    """They are of no log that is read, so that not even their instants are looked at."""

    def objects(first: int, **what: object) -> list[str]:
        return [json.dumps({"ts": MONDAY + first + n, **what}, separators=(",", ":")) for n in range(30)]

    question = {"id.orig_h": "10.20.0.6", "id.resp_p": 53, "query": "www.example.org", "rejected": False}
    write(sifted, *objects(0, **question), "{broken", *objects(0, note="odd"), name="log-1")
    write(sifted, *objects(HOUR, **question), name="log-2")
    shown, before = sifted.agree()
    assert shown < before / 2
    assert sifted.read(sifts=True).hours == {utc(MONDAY + HOUR)}


def test_rows_behind_a_stamp_of_an_hour_that_happens_twice_are_not_of_it(sifted: Sifted) -> None:
    """A stamp without an offset is looked at with those before it; a number of seconds needs none."""
    twice = 1698537600  # 2 o'clock on 29 October 2023 in Brussels, for the first time
    who = {"id.orig_h": "10.20.0.6", "id.resp_p": 53, "query": "www.example.org", "rejected": False}
    stamps = ["2023-10-29T02:30:00.5", *(twice + 7200 + n for n in range(60))]
    write(sifted, *(json.dumps({"ts": at, **who}, separators=(",", ":")) for at in stamps))
    sifted.agree(again=True)
    assert sum(len(part.picks) for part in sifted.known[True]) < 10


def test_which_pass_a_stamp_is_of_is_told_by_those_before_it(sifted: Sifted) -> None:
    """Also where these name their offset, and most of them are passed over."""
    who = {"id.orig_h": "10.20.0.6", "id.resp_p": 53, "rejected": False}
    rows = [{"ts": f"2023-10-29T00:{n}:00.5Z", **who, "query": "www.example.org"} for n in range(30, 44)]
    rows += [{"ts": "2023-10-29T02:31:00.5", **who, "query": "www.tiktok.com"}]
    write(sifted, *(json.dumps(row, separators=(",", ":")) for row in rows))
    shown, _ = sifted.agree()
    assert shown < 4


@pytest.mark.parametrize("flow", [-1, -(10**17), -(10**30), 10**30])
def test_a_flow_may_have_any_number(sifted: Sifted, flow: int) -> None:
    """One that Suricata gives to none says nothing of others, and ends no check."""
    sifted.form = "events"
    dns = {"type": "query", "rrname": "www.example.org"}
    head = {"timestamp": "2023-03-20T08:00:00.5+0000", "flow_id": 7, "event_type": "dns"}
    line = json.dumps({**head, "dns": dns}, separators=(",", ":"))
    ends = {"src_ip": "10.20.0.6", "dest_ip": "10.20.0.1", "src_port": 4001, "dest_port": 53}
    odd = {**head, "flow_id": flow, **ends, "dns": {**dns, "rrname": "www.tiktok.com"}}
    for lines in ([line] * 60, [line] * 90):
        write(sifted, *lines, json.dumps(odd, separators=(",", ":")), *lines)
        shown, before = sifted.agree(again=True)
        assert shown < before / 4
    assert [name.name for name in sifted.read(sifts=True).names] == ["www.tiktok.com"]


@pytest.mark.parametrize("form", ["objects", "events"])
def test_in_an_hour_in_which_clocks_are_set_every_line_is_seen(sifted: Sifted, form: str) -> None:
    """In Adelaide that is half past an hour of UTC, in which a sensor's stamps may be: each is to be read again."""
    sifted.zone, sifted.form = ZoneInfo("Australia/Adelaide"), form
    question = {"id.orig_h": "10.20.0.6", "id.resp_p": 53, "query": "www.example.org", "rejected": False}
    lines = []
    for minute in range(180):  # from 15:00 on 30 September 2023
        stamp = f"{utc(1696086000) + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%S}.5"
        dns = {"type": "query", "rrname": "www.example.org"}
        event = {"timestamp": f"{stamp}+0000", "event_type": "dns", "dns": dns}
        row = {"ts": f"{stamp}Z", **question} if form == "objects" else event
        lines.append(json.dumps(row, separators=(",", ":")))
    write(sifted, *lines)
    shown, _ = sifted.agree(again=True)
    assert 60 <= shown < 90
    assert {part.picks for part in sifted.known[True]} == {part.picks for part in sifted.known[False]}


def test_behind_a_stamp_that_is_refused_an_hour_in_which_clocks_are_set_is_looked_at_again(sifted: Sifted) -> None:
    """An event of the very second of the one before the refused one: those behind it are to be read again as well."""
    sifted.zone, sifted.form = ZoneInfo("Australia/Adelaide"), "events"
    seconds = [f"2023-09-30T16:46:{second}.123456+0000" for second in (43, 43, 44, 45, 46)]
    stamps = [seconds[0], "2023-03-20T09:00:00.1234567890Z", *seconds[1:]]
    events = ({"timestamp": stamp, "event_type": "anomaly"} for stamp in stamps)
    write(sifted, *(json.dumps(event, separators=(",", ":")) for event in events))
    sifted.agree(again=True)


@pytest.mark.parametrize("end", ["event_type", 'x"event_type', "sni", 'x"sni'], ids=["kind", "behind", "name", "after"])
def test_a_name_that_is_a_key_of_suricatas_is_seen(sifted: Sifted, end: str) -> None:
    """The reader counts keys wherever they stand: such a line is parsed in full, and refused where it is no JSON."""
    sifted.form = "events"
    head = [f'{{"timestamp":"2023-03-20T08:00:{n:02}.5+0000","event_type":"tls","tls":{{"sni":"' for n in range(60)]
    lines = [f'{begin}www.example.org"}}}}' for begin in head]
    write(sifted, *lines, f'{head[59]}{end}","version":}}}}', *lines)
    shown, before = sifted.agree()
    assert shown < before / 2
    assert [reject.line for reject in sifted.read(sifts=True).account.rejects] == [61]


def daily(hours: range, day: str = "Mar 20", each: int = 40) -> list[str]:
    """Lines of dnsmasq's: so many in each of these hours, as clocks on a wall show them."""
    lines = [f"{day} {hour:02}:{n // 60:02}:{n % 60:02}" for hour in hours for n in range(each)]
    return [
        f"{line} dnsmasq[7]: {n} 10.20.0.6/4001 query[A] www.example.org from 10.20.0.6" for n, line in enumerate(lines)
    ]


@pytest.mark.parametrize("size", [500, 3_000, 1 << 20])
def test_of_each_hour_of_a_day_little_is_seen(sifted: Sifted, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Compiled code goes on with the next hour by itself, and the reader sees where it begins."""
    sifted.form = "queries"
    monkeypatch.setattr(_name_log, "BLOCK_BYTES", size)
    write(sifted, *daily(range(24)), name="log-1")
    write(sifted, *daily(range(24), "Mar 21"), name="log-2")
    shown, before = sifted.agree(again=True)
    assert before == 2 * 24 * 40
    assert shown < before / 2
    assert len(sifted.read(sifts=True).hours) == 48


def test_hours_are_looked_at_once(sifted: Sifted, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block is scanned by one plan, though the reader has another behind each full hour."""
    scan, scanned = _sieve.kernels().scan, []

    def counted(*given: object) -> object:
        scanned.append(given)
        return scan(*given)

    monkeypatch.setattr(_sieve.kernels(), "scan", counted)
    sifted.form = "queries"
    write(sifted, *daily(range(24)))
    sifted.agree()
    assert len(scanned) == 1


@pytest.mark.parametrize("day", ["Mar 26", "Oct 29"])
@pytest.mark.parametrize("size", [500, 3_000, 1 << 20])
def test_an_hour_behind_one_in_which_clocks_are_set_is_its_own(
    sifted: Sifted, monkeypatch: pytest.MonkeyPatch, size: int, day: str
) -> None:
    """It is not as far from midnight as its clocks show, nor is what lies before it."""
    sifted.form = "queries"
    monkeypatch.setattr(_name_log, "BLOCK_BYTES", size)
    hours = [hour for hour in range(9) if hour != 2 or day == "Oct 29"]
    lines = [line for hour in hours for line in daily(range(hour, hour + 1), day)]
    watched = f"{day} 05:59:00 dnsmasq[7]: 9999 10.20.0.6/4001 query[A] www.tiktok.com from 10.20.0.6"
    write(sifted, *lines[: 40 * hours.index(6)], watched, *lines[40 * hours.index(6) :])
    sifted.agree(again=True)
    (found,) = sifted.read(sifts=True).names
    assert found.at == utc(1679803140 if day == "Mar 26" else 1698555540)


@pytest.mark.parametrize("size", [500, 3_000])
def test_an_hour_that_is_not_the_next_is_looked_at_anew(
    sifted: Sifted, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """A stamp that is refused begins no hour; one of the hour before is of that; so is what follows each."""
    sifted.form = "queries"
    monkeypatch.setattr(_name_log, "BLOCK_BYTES", size)
    first, second, third = (daily(range(hour, hour + 1)) for hour in (9, 10, 11))
    odd = [
        "Mar 20 11:99:00 dnsmasq[7]: 1 10.20.0.6/4001 query[A] www.example.org from 10.20.0.6",
        "Mar 20 11",
        "Mar 20 1",
    ]
    write(sifted, *first, *second[:20], *first[30:], odd[0], *first, *odd[1:], *second, "Feb 31 11:00:00 x", *third)
    sifted.agree(again=True)
