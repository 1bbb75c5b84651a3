# SPDX-License-Identifier: EUPL-1.2
"""AdGuard Home's query log, beyond the cases on disk."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, Reading, WatchList, Where
from ordinance.model.time import Span
from ordinance.readers._dns_answer import dns_answer
from ordinance.readers._held import Held
from ordinance.readers._leases import LeaseIndex, LeasesOf
from ordinance.readers.adguard_log import AdguardLog, may_be_shortened

from . import samples

SETTINGS = SourceSettings("dns", "adguard-log", ("querylog.json*",), samples.BRUSSELS)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
NINE = "2023-03-20T09:00:00+00:00"
CLIENT, MAC = "192.0.2.5", "00:00:5e:00:53:01"
A, AAAA, HTTPS = 1, 28, 65
LEADS, NOWHERE = bytes([203, 0, 113, 7]), bytes(4)


def record(kind: int, data: bytes, rrclass: int = 1) -> bytes:
    """One record about the name of the question."""
    head = (0xC00C, kind, rrclass, 0, 300, len(data))
    return b"".join(n.to_bytes(2, "big") for n in head) + data


def message(*records: bytes, code: int = 0, count: int | None = None, flags: int = 0x80) -> bytes:
    """A reply about www.tiktok.com."""
    counts = (1, len(records) if count is None else count, 0, 0)
    head = bytes([0x4F, 1, flags | 1, 0x80 | code]) + b"".join(n.to_bytes(2, "big") for n in counts)
    return head + b"\x03www\x06tiktok\x03com\x00" + bytes([0, A, 0, 1]) + b"".join(records)


def text(raw: bytes) -> str:
    """A message as it stands in the log."""
    return base64.b64encode(raw).decode("ascii")


def entry(at: str = NINE, name: str = "log.tiktokv.com", ip: str = CLIENT, **fields: Any) -> dict[str, Any]:
    """The fields of a line, in the order of 0.107."""
    usual = {"T": at, "QH": name, "QT": "A", "QC": "IN", "CP": "", "Answer": text(message(record(A, LEADS))), "IP": ip}
    return {**usual, "Result": {}, "Elapsed": 837_429, **fields}


def row(at: str = NINE, name: str = "log.tiktokv.com", ip: str = CLIENT, **fields: Any) -> str:
    """One line."""
    return json.dumps(entry(at, name, ip, **fields), separators=(",", ":"))


def read(
    folder: Path,
    lines: Iterable[str],
    stated: SourceSettings = SETTINGS,
    watch: WatchList = WATCH,
    window: Span | None = None,
    leases: LeasesOf | None = None,
) -> Reading:
    """Read these lines as one log."""
    (folder / "querylog.json").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return AdguardLog().read(stated, folder, watch, samples.MATCHERS, window, leases)


def held(macs: Mapping[str, str]) -> LeasesOf:
    """Leases of addresses for the whole day."""
    index = LeaseIndex(samples.BRUSSELS)
    start = int(datetime(2023, 3, 20, tzinfo=UTC).timestamp())
    for address, mac in macs.items():
        index.grant(address, Held(start, start + 86_400, mac, Where("dhcp", "leases.csv", 1)))
    index.close()
    return LeasesOf("dns", [index])


def became(folder: Path, name: str = "log.tiktokv.com", **fields: Any) -> str:
    """What a line says of a question."""
    (found,) = read(folder, [row(name=name, **fields)]).names
    return found.answered.value if found.told else "untold"


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({}, "address"),
        ({"Reason": 1}, "address"),
        ({"Reason": 2}, "address"),
        ({"Reason": 3, "IsFiltered": True}, "blocked"),
        ({"Reason": 4, "IsFiltered": True}, "blocked"),
        ({"Reason": 5, "IsFiltered": True}, "blocked"),
        ({"Reason": 6, "IsFiltered": True}, "blocked"),
        ({"Reason": 7, "IsFiltered": True}, "address"),
        ({"Reason": 8, "IsFiltered": True, "ServiceName": "tiktok"}, "blocked"),
        ({"Reason": 9, "IPList": ["203.0.113.7"]}, "untold"),
        ({"Reason": 10}, "untold"),
        ({"Reason": 11, "DNSRewriteResult": {"Response": {"1": ["203.0.113.7"]}}}, "untold"),
        ({"Reason": 11, "DNSRewriteResult": {"RCode": 3}}, "blocked"),
        ({"Reason": 12}, "untold"),
        ({"Reason": 12, "IsFiltered": True}, "untold"),
        ({"Reason": 10**30}, "untold"),
        ({"Reason": 3}, "untold"),
        ({"Reason": 8, "IsFiltered": False}, "untold"),
        ({"Reason": 0, "IsFiltered": True}, "untold"),
        ({"Reason": 11, "IsFiltered": True, "DNSRewriteResult": {"RCode": 3}}, "untold"),
    ],
)
def test_a_reason_says_what_an_address_means(result: dict[str, Any], expected: str, tmp_path: Path) -> None:
    """The same address is the app's, or that of a page that says no; where nobody can tell, that is said."""
    assert became(tmp_path, Result=result) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (message(record(A, LEADS)), "address"),
        (message(record(5, b"\x04edge\xc0\x10"), record(A, LEADS)), "address"),
        (message(record(AAAA, b"\x20\x01\x0d\xb8" + bytes(12))), "address"),
        (message(record(A, NOWHERE), record(A, LEADS)), "address"),
        (message(record(HTTPS, b"\x00\x01\x00\x00\x01\x00\x03\x02h2\x00\x04\x00\x04" + LEADS)), "address"),
        (message(record(HTTPS, b"\x00\x01\x00\x00\x06\x00\x10" + bytes(15) + b"\x02")), "address"),
        (message(record(HTTPS, b"\x00\x01\x00\x00\x01\x00\x03\x02h2")), "nothing"),
        (message(record(HTTPS, b"\x00\x00\x04edge\x07example\x00")), "nothing"),
        (message(record(A, NOWHERE)), "nothing"),
        (message(record(A, bytes([127, 0, 0, 1]))), "nothing"),
        (message(record(AAAA, bytes(16))), "nothing"),
        (message(record(AAAA, bytes(15) + b"\x01")), "nothing"),
        (message(record(AAAA, bytes(10) + b"\xff\xff" + NOWHERE)), "nothing"),
        (message(record(16, b"\x04spf1")), "nothing"),
        (message(record(A, LEADS, rrclass=3)), "nothing"),
        (message(), "nothing"),
        (message(code=2), "nothing"),
        (message(code=3), "nothing"),
        (message(code=5), "nothing"),
        (message(record(A, LEADS), code=2), "nothing"),
        (message(record(A, LEADS), flags=0), "untold"),
        (message(record(A, LEADS), count=2), "untold"),
        (message(record(A, LEADS), count=65_535), "untold"),
        (message(record(A, LEADS))[:-1], "untold"),
        (message(record(A, LEADS), record(16, b"\x04spf1"))[:-1], "untold"),
        (message(record(A, LEADS[:3])), "untold"),
        (message(record(AAAA, LEADS)), "untold"),
        (message(record(HTTPS, b"\x00\x01\x00\x00\x04\x00\x00")), "untold"),
        (message(record(HTTPS, b"\x00\x01\x00\x00\x04\x00\x05" + LEADS)), "untold"),
        (message(record(HTTPS, b"\x00\x01\x00\x00\x04\x00\x03" + LEADS[:3])), "untold"),
        (message(b"\x80\x0c" + record(A, LEADS)[2:]), "untold"),
        (b"", "untold"),
    ],
)
def test_a_message_says_whether_an_address_came(answer: bytes, expected: str, tmp_path: Path) -> None:
    """An address that leads somewhere, without an error; what is no message tells nothing."""
    assert became(tmp_path, Answer=text(answer)) == expected


@pytest.mark.parametrize("answer", ["====", "AAAA", "TwGB", "TwGB!", "é", "\ud800", " ", "A" * 60_000, "TwGB\n"])
def test_what_is_no_message_tells_nothing(answer: str, tmp_path: Path) -> None:
    """Text that is no base64, or no message, leaves a question of which nobody knows what came of it."""
    assert dns_answer(answer) is None
    assert became(tmp_path, Answer=answer) == "untold"


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([b"\x0a\x14\x00\x50"], "untold"),
        ([b"\xc0\xa8\x01\x01", b"\x64\x40\x00\x01"], "untold"),
        ([b"\x0a\x14\x00\x50", LEADS], "address"),
    ],
)
def test_an_address_within_ones_own_networks_is_none_of_the_apps(
    addresses: list[bytes], expected: str, tmp_path: Path
) -> None:
    """A resolver behind AdGuard Home leads blocked names to a page of the body's own: nobody used the app."""
    answer = text(message(*(record(A, address) for address in addresses)))
    assert became(tmp_path, Answer=answer) == expected


def test_no_pointer_is_followed(tmp_path: Path) -> None:
    """Names that point at themselves or beyond the end are stepped over like any other."""
    for pointer in (b"\xc0\x21", b"\xc0\x00", b"\xff\xff"):
        assert became(tmp_path, Answer=text(message(pointer + record(A, LEADS)[2:]))) == "address"


def test_a_message_cut_anywhere_is_none() -> None:
    """At every length but its own it tells nothing, and raises nothing."""
    whole = message(record(HTTPS, b"\x00\x01\x00\x00\x04\x00\x04" + LEADS), record(AAAA, bytes(15) + b"\x02"))
    assert dns_answer(text(whole)) is not None
    assert {dns_answer(text(whole[:length])) for length in range(len(whole))} == {None}


@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_are_none(raw: bytes) -> None:
    """Nothing is raised, and what leads somewhere does not lead nowhere."""
    for untrusted in (raw, message(count=9) + raw, message(raw)):
        found = dns_answer(text(untrusted))
        assert found is None or not (found.leads and found.nowhere)


@pytest.mark.parametrize(("reason", "expected"), [(9, "address"), (10, "address"), (11, "address"), (12, "untold")])
def test_a_name_of_the_bodys_own_is_where_the_body_says(reason: int, expected: str, tmp_path: Path) -> None:
    """Rewrites are how AdGuard Home holds local names: an internal name that is rewritten is answered."""
    separate = "02:00:5e:00:53:02"
    watch = replace(WATCH, internal=frozenset({"stad.example"}), separate_macs=frozenset({separate}))
    lines = [row(name="files.stad.example", Result={"Reason": reason})]
    (found,) = read(tmp_path, lines, watch=watch, leases=held({CLIENT: separate})).names
    assert (found.answered.value if found.told else "untold") == expected


def test_an_internal_name_is_kept_from_a_separate_device_alone(tmp_path: Path) -> None:
    """Of other devices it is nobody's matter; without a lease somebody asked, and nobody knows who."""
    watch = replace(WATCH, internal=frozenset({"stad.example"}), separate_macs=frozenset({"02:00:5e:00:53:02"}))
    lines = [row(name="files.stad.example")]
    other = read(tmp_path, lines, watch=watch, leases=held({CLIENT: MAC}))
    nobody = read(tmp_path, lines, watch=watch)
    assert (other.account.dropped, nobody.account.dropped) == (1, 1)
    assert not other.unnamed and nobody.unnamed


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *(("192.0.0.0", True), ("192.0.2.0", True), ("0.0.0.0", True), ("192.0.2.1", False), ("192.0.0.1", False)),  # noqa: S104  # an address in a log
        *(("2001:db8:1::", True), ("2001:db8::1:0", True), ("::", True), ("2001:db8::1", False)),
        ("2001:db8::100", False),
    ],
)
def test_an_address_that_may_be_shortened_is_nobodys(address: str, expected: bool, tmp_path: Path) -> None:
    """Whatever a lease says of it: nobody can tell it from that of all its neighbours. A whole one is its holder's."""
    assert may_be_shortened(address) is expected
    reading = read(tmp_path, [row(ip=address)], leases=held({address: MAC}))
    assert [x.mac for x in reading.leases] == ([] if expected else [MAC])
    assert reading.account.kept == 1 and reading.leased


def test_a_shortened_address_never_passes_for_a_separate_device(tmp_path: Path) -> None:
    """Else what a whole network asks within the body would be laid at one device's door."""
    separate = "02:00:5e:00:53:02"
    watch = replace(WATCH, internal=frozenset({"stad.example"}), separate_macs=frozenset({separate}))
    lines = [row(name="files.stad.example", ip="192.0.0.0")]
    reading = read(tmp_path, lines, watch=watch, leases=held({"192.0.0.0": separate}))
    assert reading.names == () and reading.account.dropped == 1 and reading.unnamed


@pytest.mark.parametrize("ip", ["fe80::1%jane-phone", "192.0.2.5/24", "192.0.2.05", "192.0.2", "", "gate", "٣.0.2.5"])
def test_what_is_no_address_is_refused(ip: str, tmp_path: Path) -> None:
    """A zone behind an address may say anything, and AdGuard Home writes none."""
    reading = read(tmp_path, [row(ip=ip)])
    assert [r.reason for r in reading.account.rejects] == ["bad-address"] and "jane" not in repr(reading)


def test_ipv4_in_ipv6_is_ipv4(tmp_path: Path) -> None:
    """A client has one address, however it is written, and a shortened one stays shortened."""
    reading = read(tmp_path, [row(ip=f"::ffff:{CLIENT}"), row(ip="::ffff:192.0.0.0")], leases=held({CLIENT: MAC}))
    assert [n.address for n in reading.names] == [CLIENT, "192.0.0.0"]
    assert [x.address for x in reading.leases] == [CLIENT]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"CID": "jane-phone", "ECS": "198.51.100.0/24", "CP": "dot"},
        {"Upstream": "tls://resolver.example:853", "Cached": True, "AD": True},
        {"Upstream": "quic://résolveur.example"},
        {"Answer": ""},
    ],
)
@pytest.mark.parametrize("name", ["log.tiktokv.com", "www.example.org", "LOG.tiktokv.com."])
def test_the_short_way_reads_what_the_long_way_reads(name: str, fields: dict[str, Any], tmp_path: Path) -> None:
    """In the orders of 0.105 and 0.107, and in one that no version has, which only the long way takes."""
    told = []
    new = entry(name=name)
    upstream = {k: fields[k] for k in ("Upstream",) if k in fields}
    before = {k: fields[k] for k in ("ECS", "CID") if k in fields} | {"CP": fields.get("CP", "")}
    head = {k: new[k] for k in ("T", "QH", "QT", "QC")} | before
    answer = {"Answer": fields["Answer"]} if "Answer" in fields else {"Answer": new["Answer"]}
    last = {k: fields[k] for k in ("Cached", "AD") if k in fields}
    in_order = (
        head | upstream | answer | {"IP": CLIENT, "Result": {}, "Elapsed": 1} | last,
        {"IP": CLIENT} | head | answer | {"Result": {}, "Elapsed": 1} | upstream | last,
        {"Elapsed": 1, "Result": {}} | last | answer | head | {"IP": CLIENT} | upstream,
    )
    for whole in in_order:
        line = json.dumps(whole, separators=(",", ":"), ensure_ascii=False)
        reading = read(tmp_path, [line, json.dumps(whole)])
        told.append([(replace(n, where=n.where), n.told) for n in reading.names])
        assert reading.account.rejected == 0
        assert "jane" not in repr(reading) and "resolver" not in repr(reading)
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(
    "line",
    [
        row() + row(name="www.example.org"),
        row(name="www.example.org")[:-1] + ',"QH":"log.tiktokv.com"}',
        row(name="www.example.org")[:-40] + row(),
        row(name="www.example.org").replace('"IP"', '"IP":"192.0.2.9","IP"'),
        row(name="www.example.org").replace('{"T"', '{"IP":"192.0.2.9","T"'),
        row(name="www.example.org")[:-1],
        row(name="www.example.org") + "x",
        row(name="www.example.org").replace("837429", "NaN"),
        row(name="www.example.org").replace("837429", "0837429"),
        row(name="www.example.org").replace("837429", "٣"),
        row(name="www.example.org").replace("837429", "9" * 5000),
        row(name="www.example.org").replace("www", "w\tw"),
        '{"T":' * 12_000,
        "[" * 60_000,
        "\x00" * 200,
    ],
)
def test_a_line_that_is_no_entry_is_refused_whatever_it_holds(line: str, tmp_path: Path) -> None:
    """Two entries in one line, a key that is there twice, a line cut short, no JSON: nobody knows what it said."""
    reading = read(tmp_path, [row(), line])
    assert [(r.line, r.reason) for r in reading.account.rejects] == [(2, "bad-json")]
    assert reading.hours == frozenset() and reading.account.kept == 1


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2023-03-20T09:00:00Z", "2023-03-20T09:00:00"),
        ("2023-03-20T09:00:00.123456789+00:00", "2023-03-20T09:00:00"),
        ("2023-03-20T14:30:00.5+05:30", "2023-03-20T09:00:00"),
        ("2023-03-19T23:00:00-10:00", "2023-03-20T09:00:00"),
        ("2023-03-20T09:00:00", "bad-time"),
        ("2023-03-20 09:00:00Z", "bad-time"),
        ("2023-03-20T09:00:00.1234567890Z", "bad-time"),
        ("2023-03-20T09:00:00Z ", "bad-time"),
        ("2023-03-20T09:00:60Z", "bad-time"),
        ("2023-02-30T09:00:00Z", "bad-time"),
        ("2023-03-20T09:00:00+30:00", "bad-time"),
        ("20-Mar-2023 09:00:00Z", "bad-time"),
        ("", "bad-time"),
        ("-", "bad-time"),
        ("1999-12-31T23:59:59Z", "clock-not-set"),
        ("0001-01-01T00:00:00Z", "clock-not-set"),
        ("9999-12-31T23:59:59-12:00", "bad-time"),
    ],
)
def test_a_stamp_is_of_rfc_3339(at: str, expected: str, tmp_path: Path) -> None:
    """With an offset, and up to nine digits of a second; the instant is in full seconds."""
    reading = read(tmp_path, [row(at)])
    told = [n.at.strftime("%Y-%m-%dT%H:%M:%S") for n in reading.names] + [r.reason for r in reading.account.rejects]
    assert told == [expected]


def test_rotated_files_are_one_log_and_a_line_counts_once(tmp_path: Path) -> None:
    """`querylog.json.1` is read with `querylog.json`; a copy that begins before the rotation adds nothing."""
    old, new = row("2023-03-20T08:00:00Z"), row("2023-03-20T09:00:00Z")
    (tmp_path / "querylog.json.1").write_text(f"{old}\n", "utf-8")
    (tmp_path / "querylog.json.2").write_text(f"{old}\n\n", "utf-8")
    reading = read(tmp_path, [new])
    assert [(n.at.hour, n.where.file) for n in reading.names] == [(8, "querylog.json.2"), (9, "querylog.json")]
    assert reading.account.duplicate == 1


def test_questions_of_one_instant_are_kept_apart(tmp_path: Path) -> None:
    """A clock may be coarse: lines that differ in anything are questions of their own."""
    reading = read(tmp_path, [row(), row(Elapsed=1), row(QT="AAAA"), row()])
    assert (reading.account.kept, reading.account.duplicate) == (3, 1)


def test_the_window_is_half_open(tmp_path: Path) -> None:
    """Questions count from its start until before its end."""
    window = Span(datetime(2023, 3, 20, 9, tzinfo=UTC), datetime(2023, 3, 20, 10, tzinfo=UTC))
    clocks = ("08:59:59.999999999", "09:00:00", "09:59:59.999999999", "10:00:00")
    reading = read(tmp_path, [row(f"2023-03-20T{clock}Z") for clock in clocks], window=window)
    assert (reading.account.kept, reading.account.dropped) == (2, 2)


def test_a_line_that_cannot_be_read_takes_its_hour(tmp_path: Path) -> None:
    """It may have been the one that mattered. Questions of another class count no hour."""
    lines = [row(f"2023-03-20T{hour:02}:00:00Z", "www.example.org") for hour in (9, 10, 11)]
    other = row("2023-03-20T12:00:00Z", "version.bind", QC="CH")
    hours = read(tmp_path, [lines[0], lines[1], row(ip="nowhere", at="2023-03-20T10:30:00Z"), lines[2], other]).hours
    assert sorted(h.hour for h in hours) == [9, 11]


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"Result": {"Reason": 9}}, True),
        ({"Result": {"Reason": 3, "IsFiltered": True}}, True),
        ({"Answer": text(message(code=2))}, False),
        ({"Answer": ""}, False),
    ],
)
def test_with_a_canary_only_its_answer_proves_an_hour(fields: dict[str, Any], counts: bool, tmp_path: Path) -> None:
    """The canary answered or refused counts; one that failed, or of which nothing is told, does not."""
    stated, watch = replace(SETTINGS, canary="canary.example"), replace(WATCH, canary=frozenset({"canary.example"}))
    reading = read(tmp_path, [row(name="canary.example", **fields), row(name="www.example.org")], stated, watch)
    assert bool(reading.hours) is counts and reading.account.kept == counts and reading.names == ()


def test_an_hour_begins_when_the_clocks_of_the_zone_say(tmp_path: Path) -> None:
    """Whatever offset the resolver writes, hours are those of the source's zone."""
    stated = replace(SETTINGS, zone=ZoneInfo("Asia/Kolkata"))
    reading = read(tmp_path, [row("2023-03-20T09:29:59Z"), row("2023-03-20T11:30:00+02:00")], stated)
    assert sorted((h.hour, h.minute) for h in reading.hours) == [(8, 30), (9, 30)]


def test_the_root_is_a_question_like_any_other(tmp_path: Path) -> None:
    """It is written as no name in 0.105 and as a dot in 0.107."""
    reading = read(tmp_path, [row(name=""), row(name=".")])
    assert reading.account.dropped == 2 and reading.hours


@pytest.mark.parametrize("filler", ["\\", '"', '","QH":"', '{"T":', "A", "[", "=", '"ECS":"",', "\\ud800"])
def test_a_long_hostile_line_is_read_in_no_time(filler: str, tmp_path: Path) -> None:
    """A line as long as lines may be takes no more than its length, whatever is repeated in it."""
    fill = (filler * 65_000)[:65_000]
    started = datetime.now(UTC)
    lines = [fill, '{"T":"' + fill, row(name=fill[:60_000]), row()[:-1] + fill[:60_000], row(Answer=fill[:30_000])]
    assert read(tmp_path, lines).account.records == 5
    assert (datetime.now(UTC) - started).total_seconds() < 5


PIECES = st.sampled_from(
    [
        *('{"T":"', NINE, '"', ",", ":", "{", "}", "[", "]", '"QH":', '"IP":', '"Result":', "log.tiktokv.com", CLIENT),
        *('"Reason":', '"IsFiltered":', "true", "null", "3", "-1", "1e999", "NaN", '"Answer":', "TwGB", "\\ud800"),
        *("\x00", "\u202e", "\u3000", "\r", "é", "::"),
        row(),
        row(name="www.example.org", Result={"Reason": 3, "IsFiltered": True}),
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one file for all examples
@given(st.lists(st.lists(PIECES, max_size=14).map("".join), max_size=6))
def test_any_pile_of_pieces_is_accounted_for(tmp_path: Path, lines: list[str]) -> None:
    """Whatever stands in the lines, each is one record, nothing is raised, and no name is invented."""
    reading = read(tmp_path, lines)
    assert reading.account.records == len(lines)
    assert {n.name for n in reading.names} <= {"log.tiktokv.com"}


FIELDS = ("T", "QH", "QC", "IP", "Result", "Answer", "Reason", "IsFiltered", "DNSRewriteResult")
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from([NINE, CLIENT]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one file for all examples
@given(st.sampled_from(FIELDS), _VALUES)
def test_any_value_in_any_field_is_kept_or_refused(tmp_path: Path, field: str, value: Any) -> None:
    """A value of another kind is a reject or no name of ours; nothing is raised."""
    fields = {field: value} if field in entry() else {"Result": {field: value}}
    account = read(tmp_path, [row(), json.dumps(entry() | fields)]).account
    assert account.records == 2 and account.kept >= 1


def test_the_page_of_a_block_that_is_stated_is_no_contact(tmp_path: Path) -> None:
    """A page on the internet to which a filter leads is no app: without the setting it looks like one."""
    (one,) = read(tmp_path, [row()]).names
    (other,) = read(tmp_path, [row()], replace(SETTINGS, block_pages=(ip_network("203.0.113.7"),))).names
    assert (one.answered, other.answered, other.told) == (Answered.ADDRESS, Answered.NOTHING, False)
