# SPDX-License-Identifier: EUPL-1.2
"""Zeek's logs of names, beyond the cases on disk."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, NameAsked, Reading, WatchList
from ordinance.model.time import Span
from ordinance.readers.zeek_log import ZeekLog
from ordinance.verify.grades import is_untold, proves_use

from . import samples, zeek_traffic

SETTINGS = SourceSettings("sensor", "zeek-log", ("**/*.log*",), samples.BRUSSELS)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
NINE = 1_679_302_800.0  # 20 March 2023, 09:00 UTC
CLIENT, SERVER, NAME = "10.20.0.5", "203.0.113.7", "api16.tiktokv.com"
FORMS = ("tables", "epoch", "millis", "iso")


def read(
    folder: Path, files: Mapping[str, str | bytes], stated: SourceSettings = SETTINGS, watch: WatchList = WATCH
) -> Reading:
    """Read these files as one source."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return ZeekLog().read(stated, folder, watch, samples.MATCHERS)


def written(made: zeek_traffic.Traffic, form: str) -> dict[str, str]:
    """Traffic in one of the forms."""
    return zeek_traffic.tables(made.events) if form == "tables" else zeek_traffic.objects(made.events, form)


def only(made: zeek_traffic.Traffic, folder: Path) -> NameAsked:
    """The one question that is kept of traffic, the same in every form."""
    found = set()
    for form in FORMS:
        (name,) = read(folder / form, written(made, form)).names
        found.add(replace(name, where=replace(name.where, line=0)))
    (one,) = found
    return one


def became(name: NameAsked) -> str:
    """What came of it, in a word."""
    if name.contacted:
        assert name.answered is Answered.ADDRESS
        return "contacted"
    return name.answered.value if name.told else "untold"


def test_an_instant_of_many_digits_is_none(tmp_path: Path) -> None:
    """A number that is too large for what it is divided into is refused like any other."""
    row = {"ts": 10**400, "id.orig_h": CLIENT, "query": NAME, "rejected": False}
    reading = read(tmp_path, {"dns.log": f"{json.dumps(row)}\n"})
    assert [reject.reason for reject in reading.account.rejects] == ["bad-time"]


@pytest.mark.parametrize(
    ("qtype", "code", "answers", "expected"),
    [
        ("A", 0, ["203.0.113.7"], "address"),
        ("A", 0, ["edge.example.net", "203.0.113.7"], "address"),
        ("A", 0, ["2001:db8::7"], "nothing"),
        ("AAAA", 0, ["2001:db8::7"], "address"),
        ("AAAA", 0, ["203.0.113.7"], "nothing"),
        ("A", 0, ["edge.example.net"], "nothing"),
        ("A", 0, [], "nothing"),
        ("A", 0, None, "nothing"),
        ("A", 3, None, "nothing"),
        ("A", 3, ["203.0.113.7"], "nothing"),
        ("A", 2, None, "nothing"),
        ("A", None, None, "untold"),
        ("A", 0, ["0.0.0.0"], "blocked"),  # noqa: S104  # an answer in a log
        ("AAAA", 0, ["::"], "blocked"),
        ("AAAA", 0, ["0.0.0.0"], "nothing"),  # noqa: S104  # an answer in a log
        ("A", 0, ["0.0.0.0", "203.0.113.7"], "address"),  # noqa: S104  # an answer in a log
        ("A", 0, ["10.20.0.3"], "untold"),
        ("A", 0, ["127.0.0.1"], "untold"),
        ("AAAA", 0, ["fd00::3"], "untold"),
        ("HTTPS", 0, ["<unknown type=65>"], "address"),
        ("HTTPS", 0, ["<unknown type=64>"], "nothing"),
        ("HTTPS", 0, ["203.0.113.7"], "nothing"),
        ("HTTPS", 0, None, "nothing"),
        ("TXT", 0, ["TXT 5 a,b c"], "address"),
    ],
)
def test_what_came_of_a_question(
    qtype: str, code: int | None, answers: list[str] | None, expected: str, tmp_path: Path
) -> None:
    """An address of the kind that was asked for, a block that shows as one, or nothing; without a code nobody knows."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, NAME, answers, qtype=qtype, code=code)
    assert became(only(made, tmp_path)) == expected


def test_another_head_says_how_answers_are_written(tmp_path: Path) -> None:
    """The same cell after a head with another separator of sets is another answer, and none of it is remembered."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, NAME, ["0.0.0.0"], qtype="A", code=0)  # noqa: S104  # an answer in a log
    (table,) = zeek_traffic.tables(made.events).values()
    rows = table.partition("#close")[0].replace("0.0.0.0", "0.0.0.0,203.0.113.7")  # noqa: S104
    (row,) = (line for line in rows.splitlines() if line[:1] != "#")
    other = f"#set_separator\t;\n{row}\n".replace(f"{NINE:.6f}", f"{NINE + 60:.6f}")
    assert row not in other
    reading = read(tmp_path, {"dns.log": rows + other})
    assert [name.answered for name in reading.names] == [Answered.ADDRESS, Answered.NOTHING]


def test_what_came_of_a_question_is_said_of_each_kind_of_name(tmp_path: Path) -> None:
    """The same cells: a page of the body's own is anywhere, an app's in the body's network may say it is blocked."""
    made = zeek_traffic.Traffic()
    watch, canary = replace(WATCH, canary=frozenset({"canary.stad.example"})), "canary.stad.example"
    for second, name in enumerate((canary, NAME)):
        made.dns(NINE + second, CLIENT, name, ["10.20.0.3"], qtype="A", code=0)
    stated = replace(SETTINGS, canary=canary)
    reading = read(tmp_path, written(made, "tables"), stated, watch)
    assert [became(name) for name in reading.names] == ["untold"]
    assert [hour.hour for hour in reading.hours] == [9] and reading.account.kept == 2


@pytest.mark.parametrize(
    ("given_row", "expected"),
    [
        ({}, "contacted"),
        ({"established": False}, "untold"),
        ({"established": False, "received": 0}, "nothing"),
        ({"received": 0}, "untold"),
        ({"received": None}, "contacted"),
        ({"server": "10.20.0.3"}, "untold"),
        ({"server": "::1"}, "untold"),
        ({"server": "fe80::1"}, "untold"),
        ({"server": "2001:db8::7"}, "contacted"),
    ],
)
def test_tls_is_a_contact_where_it_was_established(
    given_row: Mapping[str, Any], expected: str, tmp_path: Path
) -> None:
    """With a public server, and unless the connection's own row says that a side sent no byte."""
    made = zeek_traffic.Traffic()
    server = given_row.get("server", SERVER)
    made.ssl(NINE, CLIENT, server, NAME, **{k: v for k, v in given_row.items() if k != "server"})
    assert became(only(made, tmp_path)) == expected


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("ISisH", "contacted"),
        ("ISishIHHoO", "contacted"),
        ("IRISisH", "contacted"),
        ("IHS", "untold"),
        ("ISIS", "untold"),
        ("ISis", "untold"),
        ("ISish", "untold"),
        ("ISiH", "untold"),
        ("HISis", "untold"),
        ("ISisHc", "untold"),
        ("", "untold"),
        ("IU", "untold"),
    ],
)
def test_quic_is_a_contact_where_the_client_went_on(history: str, expected: str, tmp_path: Path) -> None:
    """The client's handshake packet comes behind the server's hello, and the server did not close."""
    made = zeek_traffic.Traffic()
    made.quic(NINE, CLIENT, SERVER, NAME, history=history)
    assert became(only(made, tmp_path)) == expected


@pytest.mark.parametrize(
    ("status", "method", "uri", "server", "expected"),
    [
        (200, "GET", "/", SERVER, "contacted"),
        (206, "GET", "/", SERVER, "contacted"),
        (101, "GET", "/", SERVER, "contacted"),
        (301, "GET", "/", SERVER, "contacted"),
        (302, "GET", "/", SERVER, "untold"),
        (307, "GET", "/", SERVER, "untold"),
        (403, "GET", "/", SERVER, "untold"),
        (503, "GET", "/", SERVER, "untold"),
        (100, "POST", "/", SERVER, "untold"),
        (None, "GET", "/", SERVER, "untold"),
        (200, "GET", "/", "192.168.1.1", "untold"),
        (200, "GET", f"http://{NAME}/", SERVER, "untold"),
        (200, "GET", "/x?u=http://a", SERVER, "contacted"),
        (200, "CONNECT", f"{NAME}:443", "10.20.0.9", "contacted"),
        (403, "CONNECT", f"{NAME}:443", "10.20.0.9", "untold"),
        (302, "CONNECT", f"{NAME}:443", "10.20.0.9", "untold"),
    ],
)
def test_http_is_a_contact_where_the_server_gave_what_it_has(
    status: int | None, method: str, uri: str, server: str, expected: str, tmp_path: Path
) -> None:
    """What a filter in the way or a proxy says in its stead is none; a tunnel through a proxy is."""
    made = zeek_traffic.Traffic()
    made.http(NINE, CLIENT, server, f"{NAME}:80", status, method=method, uri=uri)
    assert became(only(made, tmp_path)) == expected


def test_a_page_of_the_body_may_be_anywhere(tmp_path: Path) -> None:
    """Names of the body's own lead into its own network, and a canary does too."""
    stated = replace(SETTINGS, canary="canary.stad.example")
    watch = replace(WATCH, canary=frozenset({"canary.stad.example"}))
    for step in ("dns", "ssl"):
        made = zeek_traffic.Traffic()
        if step == "dns":
            made.dns(NINE, CLIENT, "canary.stad.example", ["10.20.0.3"])
        else:
            made.ssl(NINE, CLIENT, "10.20.0.3", "canary.stad.example")
        made.dns(NINE + 3600, CLIENT, "www.example.org", ["198.51.100.1"])
        made.other(NINE + 7200, CLIENT, "192.0.2.123", 123)
        reading = read(tmp_path / step, written(made, "tables"), stated, watch)
        assert [h.hour for h in reading.hours] == [9] and reading.account.kept == 1


def test_whoever_opened_a_flipped_connection_said_no_name(tmp_path: Path) -> None:
    """`^` in the history of TLS: the ClientHello came from the other side."""
    made = zeek_traffic.Traffic()
    made.ssl(NINE, CLIENT, SERVER, NAME, ssl_history="^CsiI")
    reading = read(tmp_path, written(made, "tables"))
    assert reading.names == () and reading.account.rejected == 0 and len(reading.hours) == 1


@pytest.mark.parametrize("port", [137, 5353, 5355])
def test_neighbours_are_no_resolver(port: int, tmp_path: Path) -> None:
    """A question to neighbours is not kept, and that it was logged proves no hour: the sensor may see no other."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, NAME, None, code=None, port=port)
    for form in FORMS:
        reading = read(tmp_path / form, written(made, form))
        assert (reading.names, reading.hours, reading.account.dropped) == ((), frozenset(), 1)


def test_connections_alone_prove_an_hour_without_names(tmp_path: Path) -> None:
    """NTP at ten counts; a TLS connection at eleven of which ssl has no row says that names are not logged."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, "www.example.org", ["198.51.100.1"])
    made.other(NINE + 3600, CLIENT, "192.0.2.123", 123)
    made.other(NINE + 7200, CLIENT, "192.0.2.123", 123)
    made.other(NINE + 7201, CLIENT, "198.51.100.1", 443)
    made.other(NINE + 10_800, CLIENT, "192.0.2.123", 123)
    made.events.append(replace(made.events[-1], fields={**made.events[-1].fields, "service": "ssl", "uid": "Cz"}))
    with_names = written(made, "tables")
    assert sorted(h.hour for h in read(tmp_path / "with", with_names).hours) == [9, 10]
    without = {"conn.log": with_names["conn.log"]}
    assert read(tmp_path / "without", without).hours == frozenset()


def test_an_hour_in_which_dns_stopped_is_not_seen(tmp_path: Path) -> None:
    """TLS at ten without a question in that hour: dns may be broken. Who logs no questions at all has TLS alone."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, "www.example.org", ["198.51.100.1"])
    made.ssl(NINE + 60, CLIENT, SERVER, "www.example.org")
    made.ssl(NINE + 3600, CLIENT, SERVER, "www.example.org")
    for form in FORMS:
        files = written(made, form)
        assert sorted(h.hour for h in read(tmp_path / form / "both", files).hours) == [9]
    alone = zeek_traffic.Traffic()
    alone.ssl(NINE + 3600, CLIENT, SERVER, "www.example.org")
    assert sorted(h.hour for h in read(tmp_path / "alone", written(alone, "tables")).hours) == [10]


def test_a_connection_that_stands_for_nothing_leaves_nothing(tmp_path: Path) -> None:
    """Neither its ends nor its uid are in the reading, and a kept answer makes no contact of it."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, NAME, [SERVER])
    made.other(NINE + 1, CLIENT, SERVER, 443)
    reading = read(tmp_path, written(made, "tables"))
    assert SERVER not in repr(reading) and made.events[-1].fields["uid"] not in repr(reading)
    assert became(reading.names[0]) == "address" and reading.account.dropped == 1


@pytest.mark.parametrize(
    "row",
    [
        {"trans_depth": 1, "method": "INVITE", "uri": f"sip:a@{NAME}", "request_body_len": 0, "status_code": 200},
        {"trans_depth": 1, "helo": NAME, "mailfrom": f"a@{NAME}"},
        {"fuid": "F1", "source": "SSL", "seen_bytes": 5},
        {"note": "SSL::Invalid_Server_Cert", "msg": NAME, "sub": f"CN={NAME}"},
        {"uids": ["C1"], "msg_types": ["INFORM", "ACK"], "domain": NAME, "host_name": NAME},
    ],
)
def test_other_logs_of_the_stream_are_passed_over(row: Mapping[str, Any], tmp_path: Path) -> None:
    """They hold names as well, but not of whoever asked; they prove no hour."""
    line = json.dumps({"ts": NINE, "uid": "C1", "id.orig_h": CLIENT, "id.resp_h": SERVER, **row})
    reading = read(tmp_path, {"all.log": line})
    assert (reading.account.dropped, reading.names, reading.hours) == (1, (), frozenset())


@pytest.mark.parametrize("archived", ["conn.09:00:00-10:00:00.log.gz", "conn.log", "json_streaming_conn.log"])
def test_names_are_read_before_connections(archived: str, tmp_path: Path) -> None:
    """Whatever the files of connections are called, also those of an earlier day."""
    made = zeek_traffic.Traffic()
    made.ssl(NINE, CLIENT, SERVER, NAME, received=0)
    files = written(made, "tables")
    packed = gzip.compress(files["conn.log"].encode(), mtime=0) if archived.endswith("gz") else files["conn.log"]
    names = {"2023-03-20/ssl.09:00:00-10:00:00.log": files["ssl.log"]}
    reading = read(tmp_path, {f"2023-03-19/{archived}": packed, **names})
    assert became(reading.names[0]) == "untold" and reading.account.structural == 9 + 9 + 1


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    """In whatever order they stand, and whatever others a script added."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, NAME, [SERVER], added="x")
    names = [*reversed(zeek_traffic.FIELDS["dns"]), "added"]
    usual = read(tmp_path / "usual", written(made, "tables"))
    other = read(tmp_path / "other", {"dns.log": zeek_traffic.table("dns", made.events, names)})
    assert other.names == usual.names and len(usual.names) == 1


def test_a_head_holds_until_the_next(tmp_path: Path) -> None:
    """Of logs that were put one behind the other each has its own columns; a head that lost a line misreads none."""
    made = zeek_traffic.Traffic()
    made.ssl(NINE, CLIENT, SERVER, NAME)
    made.dns(NINE + 1, CLIENT, NAME, [SERVER])
    files = written(made, "tables")
    lines = [*files["ssl.log"].splitlines(), *files["dns.log"].splitlines()]
    whole = read(tmp_path / "whole", {"all.log": "\n".join(lines)})
    assert [became(n) for n in whole.names] == ["contacted", "address"]
    for left_out in range(len(lines)):
        text = "\n".join([*lines[:left_out], *lines[left_out + 1 :]])
        reading = read(tmp_path / str(left_out), {"all.log": text})
        assert {(n.name, became(n)) for n in reading.names} <= {(NAME, "contacted"), (NAME, "address")}
        assert reading.account.records == len(lines) - 1
    no_fields = [n for n, line in enumerate(lines) if line.startswith("#fields")]
    for n in no_fields:
        assert [r.reason for r in read(tmp_path / str(n), {}).account.rejects] == ["no-header"]


def test_zeeks_own_rounding_of_iso_is_read(tmp_path: Path) -> None:
    """The writer rounds parts of a second and may give a million of them."""
    row = {"_path": "dns", "ts": "2023-03-20T09:00:00.1000000Z", "id.orig_h": CLIENT, "query": NAME}
    (name,) = read(tmp_path, {"dns.log": json.dumps(row)}).names
    assert name.at == datetime(2023, 3, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "{" * 60_000,
        '{"a":' * 12_000,
        '{"ts":' + "[" * 60_000,
        '{"ts":' + "9" * 60_000 + ',"id.orig_h":"10.20.0.5","rejected":false}',
        '{"ts":1e999,"id.orig_h":"10.20.0.5","rejected":false}',
        '{"ts":1679302800.0,"id.orig_h":"' + "1" * 60_000 + '","rejected":false}',
        '{"ts":1679302800.0,"id.orig_h":"10.20.0.5","query":"\\ud83d","rejected":false}',
        "#fields" + "\tts" * 20_000,
        "#separator \\x",
        "#set_separator",
        "#",
        "\t" * 60_000,
        "\\x" * 30_000,
    ],
)
def test_hostile_lines_raise_nothing(line: str, tmp_path: Path) -> None:
    """Nested deep, numbers without end, halves of characters: each is one record, and the next line is read."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, NAME, [SERVER])
    text = f"{line}\n{written(made, 'tables')['dns.log']}{written(made, 'epoch')['dns.log']}"
    reading = read(tmp_path, {"dns.log": text})
    assert reading.account.records == 1 + 10 + 1 and len(reading.names) == 2


def test_a_stream_cut_anywhere_invents_nothing(tmp_path: Path) -> None:
    """Of JSON of all logs, cut at every length, every line is accounted for, and no more is kept than of the whole."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, NAME, [SERVER])
    made.ssl(NINE + 1, CLIENT, SERVER, NAME)
    whole = zeek_traffic.stream(made.events)["zeek.json"]
    for length in range(len(whole)):
        reading = read(tmp_path, {"zeek.log": whole[:length]})
        assert reading.account.records == len(whole[:length].splitlines())
        assert {(n.name, n.address) for n in reading.names} <= {(NAME, CLIENT)} and len(reading.names) <= 2


def test_tables_and_json_of_the_same_traffic_say_the_same(tmp_path: Path) -> None:
    """Whole days in every form are one reading, but for the numbers of lines and for heads."""
    made = zeek_traffic.day()
    tables = read(tmp_path / "tables", written(made, "tables"))
    assert len(tables.names) > 200
    for form in FORMS[1:]:
        reading = read(tmp_path / form, written(made, form))
        assert placeless(reading) == placeless(tables)
        assert (reading.hours, reading.days, reading.unnamed) == (tables.hours, tables.days, tables.unnamed)
        assert reading.account.structural == tables.account.structural - 9 * len(written(made, form))
        for count in ("kept", "dropped", "duplicate", "rejected"):
            assert getattr(reading.account, count) == getattr(tables.account, count)
    streamed = read(tmp_path / "stream", {"zeek.log": zeek_traffic.stream(made.events)["zeek.json"]})
    assert sorted(map(repr, placeless(streamed, "all"))) == sorted(map(repr, placeless(tables, "all")))
    assert streamed.hours == tables.hours


def placeless(reading: Reading, file: str = "") -> list[NameAsked]:
    """The questions of a reading without their lines."""
    return [replace(n, where=replace(n.where, line=0, file=file or n.where.file)) for n in reading.names]


@pytest.mark.parametrize("form", FORMS)
def test_planted_sessions_are_found_and_widgets_are_none(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the traffic was meant to be is what is read: each session, each contact, and nothing that looks like one."""
    made = zeek_traffic.day(seed=11, clients=60)
    reading = read(tmp_path, written(made, form))
    planted, widgets = meant(made, "app"), meant(made, "widget")
    found = seen(n for n in reading.names if proves_use(n))
    right = len(found & planted)
    with capsys.disabled():
        print(f"\nzeek-log as {form}: app sessions found: recall {right} of {len(planted)}, precision {right} of"
              f" {len(found)}; from {len(widgets)} widgets: {len(found & widgets)}", file=sys.stderr)  # fmt: skip
    assert len(planted) > 100 and len(widgets) > 50 and not planted & widgets
    assert found == planted
    contacts = seen(n for n in reading.names if n.contacted)
    assert contacts == meant(made, "contact") > widgets
    assert seen(n for n in reading.names if is_untold(n)) == meant(made, "untold")
    assert seen(n for n in reading.names if n.answered is Answered.BLOCKED) == meant(made, "blocked")
    assert reading.account.kept == len([e for e in made.events if e.meant])


def meant(made: zeek_traffic.Traffic, word: str) -> set[tuple[str, int]]:
    """Client and hour of the sessions that traffic was meant to have."""
    return {(e.client, int(e.fields["ts"]) // 3600) for e in made.events if word in e.meant}


def seen(names: Iterable[NameAsked]) -> set[tuple[str, int]]:
    """Client and hour of these questions."""
    return {(n.address, int(n.at.timestamp()) // 3600) for n in names}


def test_the_window_is_half_open(tmp_path: Path) -> None:
    """Rows count from its start until before its end."""
    made = zeek_traffic.Traffic()
    for at in (NINE - 0.1, NINE, NINE + 3599.9, NINE + 3600):
        made.dns(at, CLIENT, NAME, [SERVER])
    window = Span(datetime(2023, 3, 20, 9, tzinfo=UTC), datetime(2023, 3, 20, 10, tzinfo=UTC))
    (tmp_path / "dns.log").write_text(written(made, "tables")["dns.log"])
    reading = ZeekLog().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS, window)
    assert (reading.account.kept, reading.account.dropped) == (2, 2)


PIECES = st.sampled_from(
    [
        *("#separator \\x09", "#fields", "#path\tdns", "#close\t", "\t", "ts", "id.orig_h", "query", "rcode", "-"),
        *("1679302800.5", CLIENT, NAME, "T", "0", "\\x", "\\x2c", ",", "\x00", "٣", "\u202e", "é", "\r", "(empty)"),
        *("{", "}", '"ts":', '"id.orig_h":', '"query":', '"_path":"dns"', f'"{CLIENT}"', f'"{NAME}"', "NaN", "[]"),
        "\t".join(["#fields", *zeek_traffic.FIELDS["dns"]]),
        "\n",
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one file for all examples
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_pile_of_pieces_is_accounted_for(tmp_path: Path, text: str) -> None:
    """Whatever stands in the lines, each is one record, nothing is raised, and no name is invented."""
    reading = read(tmp_path, {"dns.log": text})
    assert reading.account.records == len(text.removesuffix("\n").split("\n") if text else [])
    assert all(n.name.endswith("tiktokv.com") for n in reading.names)


def test_the_page_of_a_block_that_is_stated_is_no_contact(tmp_path: Path) -> None:
    """A page on the internet to which a filter leads is no app: without the setting it looks like one."""
    made = zeek_traffic.Traffic()
    made.dns(NINE, CLIENT, NAME, [SERVER])
    made.ssl(NINE + 60, CLIENT, SERVER, NAME)
    one = read(tmp_path, written(made, "tables"))
    other = read(tmp_path, written(made, "tables"), replace(SETTINGS, block_pages=(ip_network(SERVER),)))
    assert [became(n) for n in one.names] == ["address", "contacted"]
    assert {n.answered for n in other.names} == {Answered.NOTHING} and not any(n.contacted for n in other.names)
