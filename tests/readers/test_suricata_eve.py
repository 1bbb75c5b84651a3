# SPDX-License-Identifier: EUPL-1.2
"""Suricata's eve.json, beyond the cases on disk."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered, NameAsked, Reading, WatchList, Where
from ordinance.model.time import Span
from ordinance.readers._leases import Held, LeaseIndex, LeasesOf
from ordinance.readers.suricata_eve import SuricataEve

from . import samples

SETTINGS = SourceSettings("ids", "suricata-eve", ("eve*.json*",), samples.BRUSSELS)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
CLIENT, RESOLVER, SERVER = "192.0.2.10", "192.0.2.53", "203.0.113.7"
APP, SITE = "api.tiktokv.com", "www.tiktok.com"
NOWHERE = "0.0.0.0"  # noqa: S104  # what resolvers answer in the stead of blocked names; nothing is bound
ENDS = {"dns": (RESOLVER, 53, "UDP"), "quic": (SERVER, 443, "UDP"), "http": (SERVER, 80, "TCP")}


def at(second: float = 0) -> str:
    """A stamp so many seconds after nine."""
    hours, rest = divmod(second, 3600)
    return f"2026-11-02T{9 + int(hours):02}:{int(rest) // 60:02}:{rest % 60:09.6f}+0000"


def event(kind: str, second: float = 0, number: int | None = 1, turned: bool = False, **more: Any) -> str:
    """One event as Suricata writes it; `turned` has the server in front."""
    server, port, proto = ENDS.get(kind if kind in ENDS else str(more.pop("like", "")), (SERVER, 443, "TCP"))
    ends = [(CLIENT, 40_001), (server, port)]
    (source, source_port), (target, target_port) = reversed(ends) if turned else ends
    head = {"timestamp": at(second), "flow_id": number, "event_type": kind, "src_ip": source, "src_port": source_port}
    whole = {**head, "dest_ip": target, "dest_port": target_port, "proto": proto, **more}
    return json.dumps({k: v for k, v in whole.items() if v is not None}, separators=(",", ":"))


def query(name: str = APP, second: float = 0, rrtype: str = "A", flow: int = 1, number: int = 7) -> str:
    """A question."""
    return event("dns", second, flow, dns={"type": "query", "id": number, "rrname": name, "rrtype": rrtype})


def answer(*found: str, name: str = APP, second: float = 0.02, rrtype: str = "A", **more: Any) -> str:
    """Its answer."""
    records = [{"rrname": name, "rrtype": rrtype, "ttl": 60, "rdata": f} for f in found]
    part = {"version": 2, "type": "answer", "id": 7, "rrname": name, "rrtype": rrtype, "rcode": "NOERROR"}
    return event("dns", second, dns={**part, "answers": records, **more})


def tls(name: str | None = SITE, second: float = 0, flow: int | None = 1, **more: Any) -> str:
    """A connection whose server answered."""
    part = {"version": "TLS 1.3", **more}
    return event("tls", second, flow, tls={"sni": name, **part} if name else part)


def alert(name: str | None = SITE, second: float = 0, action: str = "blocked", direction: str = "to_server") -> str:
    """An alert about a connection."""
    part = {"tls": {"sni": name, "version": "UNDETERMINED"}} if name else {}
    turned = direction == "to_client"
    return event("alert", second, turned=turned, alert={"action": action}, **part, direction=direction)


def flow_end(second: float = 9, like: str = "tls", **more: Any) -> str:
    """The record of a flow that is over."""
    return event("flow", second, like=like, flow={"state": "established", "bytes_toclient": 1800, **more})


def quic(name: str | None = SITE, second: float = 0, turned: bool = False, **more: Any) -> str:
    """An Initial."""
    return event("quic", second, turned=turned, quic={"version": "1", **({"sni": name} if name else {}), **more})


def read(
    folder: Path,
    lines: Iterable[str],
    stated: SourceSettings = SETTINGS,
    watch: WatchList = WATCH,
    window: Span | None = None,
    leases: LeasesOf | None = None,
) -> Reading:
    """Read these lines as one log."""
    (folder / "eve.json").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return SuricataEve().read(stated, folder, watch, samples.MATCHERS, window, leases)


def said(found: NameAsked) -> str:
    """What became of it, in one word."""
    return "contacted" if found.contacted else found.answered.value if found.told else "untold"


def outcome(folder: Path, *lines: str) -> str:
    """What became of the one record in these lines."""
    reading = read(folder, lines)
    (found,) = reading.names
    assert reading.account.records == len(lines) and reading.account.rejected == 0
    return said(found)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((query(),), "untold"),
        ((query(), answer("203.0.113.7")), "address"),
        ((query(), answer(rcode="NXDOMAIN")), "nothing"),
        ((query(), answer()), "nothing"),
        ((query(), answer("203.0.113.7", rcode="SERVFAIL")), "nothing"),
        ((query(), answer(NOWHERE)), "nothing"),
        ((query(), answer("127.0.0.1")), "nothing"),
        ((query(), answer("10.20.0.80")), "nothing"),
        ((query(), answer("172.31.0.1")), "nothing"),
        ((query(), answer("172.32.0.1")), "address"),
        ((query(), answer("edge.cdn.example")), "nothing"),
        ((query(), answer("10.20.0.80", "203.0.113.7")), "address"),
        ((query(rrtype="AAAA"), answer("2001:0db8:0001:0000:0000:0000:0000:0007", rrtype="AAAA")), "address"),
        ((query(rrtype="AAAA"), answer("::", rrtype="AAAA")), "nothing"),
        ((query(rrtype="AAAA"), answer("fd00::1", rrtype="AAAA")), "nothing"),
        ((query(rrtype="HTTPS"), answer("203.0.113.7", rrtype="HTTPS")), "nothing"),
        ((query(), answer(answers=None, grouped={"CNAME": ["x.example"], "A": ["203.0.113.7"]})), "address"),
        ((query(), answer(answers=None, grouped={"CNAME": ["x.example"]})), "nothing"),
        ((query(), answer(answers="203.0.113.7", grouped=["203.0.113.7"])), "nothing"),
        ((query(), answer(rcode="NXDOMAIN"), answer("203.0.113.7", second=0.03)), "address"),
    ],
)
def test_what_became_of_a_question(lines: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    """An address is one that leads to a server of the app: no alias, no refusal, nothing within one's own networks."""
    assert outcome(tmp_path, *lines) == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"version": "TLS 1.3"}, "contacted"),
        ({"version": "TLS 1.3 draft-28"}, "contacted"),
        ({"version": "TLS 1.2"}, "untold"),
        ({"version": "TLS 1.2", "session_resumed": True}, "contacted"),
        ({"version": "TLS 1.2", "session_resumed": "yes"}, "untold"),
        ({"version": "TLS 1.2", "issuerdn": "CN=x"}, "contacted"),
        ({"version": "TLS 1.2", "fingerprint": "00"}, "contacted"),
        ({"version": "TLS 1.2", "ja3": {"hash": "0"}}, "untold"),
        ({"version": "TLS 1.2", "ja3s": {"hash": "0"}}, "contacted"),
        ({"version": "UNDETERMINED"}, "untold"),
    ],
)
def test_contacted_needs_the_servers_side_of_tls(part: dict[str, Any], expected: str, tmp_path: Path) -> None:
    """A hello of the client, or a version that stands in an alert as well, is no contact."""
    assert outcome(tmp_path, event("tls", tls={"sni": SITE, **part})) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, "contacted"), ("206", "contacted"), (304, "contacted"), (101, "contacted")]
    + [(code, "untold") for code in (None, 100, 199, 300, 302, 403, "503", "٢٠٠", "2000", True, 200.0, [200])],
)
def test_contacted_needs_a_page(status: object, expected: str, tmp_path: Path) -> None:
    """Redirections and errors may be a filter's or a proxy's words; a request without an answer is no contact."""
    assert outcome(tmp_path, event("http", tx_id=0, http={"hostname": SITE, "status": status})) == expected


@pytest.mark.parametrize("server", ["10.20.0.80", "100.64.0.1", "127.0.0.1", "fd00::80", "::ffff:10.20.0.80"])
@pytest.mark.parametrize(
    "lines",
    [
        [tls(APP, subject="CN=blocked.stad.example")],
        [event("http", tx_id=0, http={"hostname": APP, "status": 200})],
        [quic(APP), quic(None, 0.01, turned=True, ja3s={"hash": "x"}), flow_end(like="quic")],
    ],
    ids=["tls", "http", "quic"],
)
def test_a_page_within_ones_own_networks_is_no_contact(lines: list[str], server: str, tmp_path: Path) -> None:
    """A resolver that leads a blocked name to a page of the body's own has the client connect to that page."""
    assert outcome(tmp_path, *(line.replace(SERVER, server) for line in lines)) == "untold"


def test_a_proxy_of_ones_own_that_went_there_is_a_contact(tmp_path: Path) -> None:
    """It says 200 to CONNECT when it has connected; a page that it answers itself says nothing of the app."""
    for method, expected in (("CONNECT", "contacted"), ("GET", "untold")):
        line = event("http", tx_id=0, http={"hostname": APP, "http_method": method, "status": 200})
        assert outcome(tmp_path, line.replace(SERVER, "10.20.0.3")) == expected


def test_a_port_behind_a_name_is_no_part_of_it(tmp_path: Path) -> None:
    """HTTP/2 has it there, where HTTP/1.1 has it in a key of its own."""
    reading = read(tmp_path, [event("http", tx_id=0, http={"hostname": f"{SITE}:8443", "status": 200})])
    assert [n.name for n in reading.names] == [SITE]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((quic(),), "untold"),
        ((quic(), quic(None, 0.1, turned=True, ja3s={"hash": "0"})), "contacted"),
        ((quic(), quic(None, 0.1, turned=True, extensions=[{"type": 43}])), "contacted"),
        ((quic(), quic(None, 0.1, turned=True)), "untold"),
        ((quic(), quic(None, 0.1, extensions=[{"type": 43}])), "untold"),
        ((quic(), flow_end(like="quic")), "contacted"),
        ((quic(), flow_end(like="quic", state="closed", bytes_toclient=1200)), "contacted"),
        ((quic(), flow_end(like="quic", bytes_toclient=1199)), "untold"),
        ((quic(), flow_end(like="quic", bytes_toclient="1800")), "untold"),
        ((quic(), flow_end(like="quic", state="new", pkts_toclient=0, bytes_toclient=0)), "nothing"),
        ((quic(), flow_end(like="quic", action="drop")), "blocked"),
        ((quic(), quic(second=0.5)), "untold"),
    ],
)
def test_contacted_needs_the_server_of_quic(lines: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    """The client's Initial says whom it wants; its server's hello, or as many octets as one has, says that it spoke."""
    assert outcome(tmp_path, *lines) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((alert(), tls(second=0)), "blocked"),
        ((alert(second=1, direction="to_client"), tls(second=1)), "blocked"),
        ((alert(second=2), tls(second=1)), "contacted"),
        ((alert(second=1), tls(second=2)), "untold"),
        ((alert(action="allowed"), tls(second=1)), "contacted"),
        ((alert(action="allowed"), flow_end(action="drop")), "blocked"),
        ((tls(version="TLS 1.2"), flow_end()), "untold"),
        ((event("drop", drop={"reason": "rules"}), tls()), "blocked"),
        ((event("drop", drop={"reason": "flow drop"}), quic()), "blocked"),
        ((event("drop", drop={"reason": "stream error"}), tls()), "contacted"),
        ((event("drop", drop={}, alert={"action": "blocked"}), tls()), "blocked"),
        ((event("drop", drop={}, verdict={"action": "drop"}), tls()), "contacted"),
        ((event("alert", alert={"action": "allowed"}, verdict={"action": "reject"}), tls()), "blocked"),
    ],
)
def test_a_block_counts_where_it_came_in_time(lines: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    """Blocked is what no answer came to; a block after the contact changes nothing, a contact after it is a doubt.

    In whatever order the lines stand, as long as the flow is the last.
    """
    *before, last = lines
    orders = permutations(lines) if '"flow"' not in last else ((*some, last) for some in permutations(before))
    assert {outcome(tmp_path, *order) for order in orders} == {expected}


def test_a_block_of_a_question_is_of_that_name_alone(tmp_path: Path) -> None:
    """Many names are asked in one flow: a drop that names none is nobody's, an alert is its own name's."""
    part = {"version": 2, "query": [{"type": "query", "id": 8, "rrname": SITE, "rrtype": "A"}]}
    stopped = event("alert", like="dns", alert={"action": "blocked"}, dns=part, direction="to_server")
    lines = [query(), stopped, query(SITE, number=8), event("drop", 1, like="dns", drop={"reason": "rules"})]
    reading = read(tmp_path, lines)
    assert [(n.name, said(n)) for n in reading.names] == [(APP, "untold"), (SITE, "blocked")]
    assert reading.account.structural == 2


def test_requests_of_one_connection_are_of_their_own(tmp_path: Path) -> None:
    """A connection to a proxy carries requests for many names, and a block is of one of them."""
    names = ((SITE, 200), ("www.example.org", 200), ("m.tiktok.com", None), (SITE, 200))
    lines = [event("http", n, tx_id=n, http={"hostname": x, "status": s}) for n, (x, s) in enumerate(names)]
    stopped = event("alert", 9, like="http", tx_id=2, alert={"action": "blocked"}, http={"hostname": "m.tiktok.com"})
    reading = read(tmp_path, [*lines, stopped.replace('"alert":', '"direction":"to_server","alert":')])
    assert [said(n) for n in reading.names] == ["contacted", "blocked", "contacted"]


def test_the_same_again_is_a_duplicate(tmp_path: Path) -> None:
    """A packet that the sensor sees twice is one question; one that is asked again later is another."""
    lines = [query(), query(second=0.001), query(second=5), tls(), tls(), quic(second=1), quic(second=2)]
    account = read(tmp_path, lines).account
    assert (account.kept, account.duplicate, account.structural) == (4, 2, 1)


def test_who_asked_is_who_is_not_at_port_53(tmp_path: Path) -> None:
    """Version 3 has the server of an answer in front, and a flow whose beginning was not seen may be turned."""
    turned = event("dns", turned=True, dns={"type": "query", "id": 7, "rrname": APP, "rrtype": "A"})
    assert [n.address for n in read(tmp_path, [turned]).names] == [CLIENT]


@pytest.mark.parametrize("stated", ["2001:0db8:0000:0000:0000:0000:0000:0010", "2001:DB8::10", "::ffff:192.0.2.10"])
def test_an_address_has_one_spelling(stated: str, tmp_path: Path) -> None:
    """Suricata writes all digits of an IPv6 address; leases have the short form."""
    found = read(tmp_path, [tls().replace(CLIENT, stated)]).names[0].address
    assert found == (CLIENT if "ffff" in stated else "2001:db8::10")


def test_the_order_of_keys_changes_nothing(tmp_path: Path) -> None:
    """Each case says the same where another program wrote its events anew: keys turned round, with spaces."""
    for folder in samples.case_folders():
        if folder.parent.name != "suricata-eve":
            continue
        lines = (folder / "eve.json.1").read_text("utf-8").splitlines()
        (tmp_path / "eve.json.1").write_text("".join(f"{_turned(line)}\n" for line in lines), "utf-8")
        assert samples.as_data(samples.read(folder, tmp_path)) == samples.as_data(samples.read(folder))


def _turned(line: str) -> str:
    """The event with its keys in the other order; what is none, or would become another by that, as it is."""
    try:
        pairs = json.loads(line, object_pairs_hook=list)
    except ValueError:
        return line
    if not line.startswith("{") or len(pairs) != len(dict(pairs)) or "NaN" in line or line.count('"sni"') > 1:
        return line
    return json.dumps(dict(reversed(json.loads(line).items())), ensure_ascii="\\ud8" in line)


def test_only_names_prove_an_hour(tmp_path: Path) -> None:
    """What Suricata says of itself, connections without a name and other events are no sign that names are logged."""
    others = [event("stats", 0, None, stats={}), tls(None, 3600), event("ssh", 3601, ssh={}), flow_end(3602)]
    lines = [*others, tls("www.example.org", 7200), query("www.example.org", 10_800)]
    assert sorted(h.hour for h in read(tmp_path, lines).hours) == [11, 12]


def test_a_line_that_cannot_be_read_takes_its_hour(tmp_path: Path) -> None:
    """It may have been the one that mattered."""
    lines = [tls("www.example.org", 3600 * n, n) for n in range(4)]
    assert sorted(h.hour for h in read(tmp_path, [*lines[:2], lines[1][:-9], *lines[2:]]).hours) == [9, 12]


def test_the_hour_is_that_of_the_line(tmp_path: Path) -> None:
    """Also where stamps of two forms take turns: a broken line takes the hours of those beside it."""
    whole = tls("www.example.org", 3600).replace(at(3600), "2026-11-02T10:00:00Z")
    lines = [tls("www.example.org"), whole, tls("www.example.org"), "broken", tls("www.example.org", 7200)]
    assert sorted(h.hour for h in read(tmp_path, lines).hours) == [10]


def test_events_of_other_kinds_stop_nothing(tmp_path: Path) -> None:
    """Only alerts and drops say that something was blocked, whatever else has such words in it."""
    other = event("fileinfo", alert={"action": "blocked"}, drop={"reason": "rules"})
    for line in (other, _turned(other)):
        assert outcome(tmp_path, line, tls()) == "contacted"


@pytest.mark.parametrize("stamp", ["2026-11-02T09:00:00x000000+0000", "2026-11-02T09:00:00.00000a+0000", at() + " "])
def test_a_stamp_like_the_one_before_is_still_read(stamp: str, tmp_path: Path) -> None:
    """That most lines are of the second of the one before makes no line with a broken stamp one of them."""
    account = read(tmp_path, [tls(), tls(flow=2).replace(at(), stamp)]).account
    assert [r.reason for r in account.rejects] == ["bad-time"]


def test_a_hit_is_told_from_its_neighbours_in_every_kind(tmp_path: Path) -> None:
    """Names that end alike, contain the name, or lie above it are foreign wherever they stand."""
    for name in ("nottiktok.com", "www.tiktok.com.evil.example", "com", "", ".", "203.0.113.7", "[2001:db8::7]:443"):
        lines = [query(name), tls(name), quic(name), event("http", tx_id=0, http={"hostname": name}), alert(name)]
        reading = read(tmp_path, lines)
        assert reading.names == () and reading.account.dropped == len(lines), name


def test_the_window_is_half_open(tmp_path: Path) -> None:
    """Events count from its start until before its end."""
    window = Span(datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 2, 10, tzinfo=UTC))
    lines = [tls(second=s, flow=n) for n, s in enumerate((0, 3599.999999, 3600))]
    lines.append(tls(flow=9).replace("T09:00:00", "T08:59:59"))
    account = read(tmp_path, lines, window=window).account
    assert (account.kept, account.dropped) == (2, 2)


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ([query("canary.example"), answer("10.20.0.1", name="canary.example")], True),
        ([query("canary.example"), answer(NOWHERE, name="canary.example")], False),
        ([query("canary.example")], False),
        ([tls("canary.example")], True),
        ([tls("www.example.org")], False),
    ],
)
def test_with_a_canary_only_its_answer_proves_an_hour(lines: list[str], counts: bool, tmp_path: Path) -> None:
    """The body's own canary may have an address of its own networks."""
    stated, watch = replace(SETTINGS, canary="canary.example"), replace(WATCH, canary=frozenset({"canary.example"}))
    reading = read(tmp_path, lines, stated, watch)
    assert bool(reading.hours) is counts and reading.account.kept == counts and reading.names == ()


def test_an_internal_name_is_kept_from_a_separate_device_alone(tmp_path: Path) -> None:
    """Without leases nobody is a separate device, and what others do within the body is nobody's matter."""
    separate, other = "02:00:5e:00:53:02", "00:00:5e:00:53:01"
    watch = replace(WATCH, internal=frozenset({"stad.example"}), separate_macs=frozenset({separate}))
    for mac, kept in ((separate, 1), (other, 0)):
        index = LeaseIndex(samples.BRUSSELS)
        start = int(datetime(2026, 11, 2, 9, tzinfo=UTC).timestamp())
        index.grant(CLIENT, Held(start, start + 60, mac, Where("dhcp", "leases.csv", 1)))
        index.close()
        leases = LeasesOf("ids", [index])
        assert read(tmp_path, [tls("intranet.stad.example")], watch=watch, leases=leases).account.kept == kept
    assert read(tmp_path, [tls("intranet.stad.example")], watch=watch).account.dropped == 1


def test_rotated_files_are_one_log(tmp_path: Path) -> None:
    """An answer in the newer file finds its question in the older one, whatever rotated them."""
    for older, newer in (("eve.json.1.gz", "eve.json"), ("eve-2026-11-02-09:00.json", "eve-2026-11-02-10:00.json")):
        (tmp_path / older).write_bytes(gzip.compress(f"{query()}\n".encode()))
        (tmp_path / newer).write_text(answer("203.0.113.7"), "utf-8")
        reading = SuricataEve().read(SETTINGS, tmp_path, WATCH, samples.MATCHERS)
        assert [(n.where.file, said(n)) for n in reading.names] == [(older, "address")]
        for name in (older, newer):
            (tmp_path / name).unlink()


def test_long_lines_are_read(tmp_path: Path) -> None:
    """Statistics of many threads take hundreds of thousands of octets; more than a mebibyte is refused."""
    stats = event("stats", 0, None, stats={f"thread {n}": n for n in range(20_000)})
    account = read(tmp_path, [stats, tls(), event("stats", 0, None, stats="x" * (1 << 20))]).account
    assert len(stats) > 300_000 and (account.structural, account.kept) == (1, 1)
    assert [r.reason for r in account.rejects] == ["line-too-long"]


def test_no_more_blocked_flows_are_remembered_than_stated(tmp_path: Path) -> None:
    """Where their names never come, the oldest are forgotten; what they were is then not told, and not blocked."""
    drops = [event("drop", number=n, drop={"reason": "rules"}) for n in range(65_537)]
    names = [event("quic", number=n, quic={"sni": SITE}) for n in (0, 1, 65_536)]
    assert [said(n) for n in read(tmp_path, [*drops, *names]).names] == ["untold", "blocked", "blocked"]


@pytest.mark.parametrize(
    "hostile",
    [
        '{"timestamp":' + "[" * 100_000,
        tls()[:-1] + ',"x":' + "[" * 100_000 + "]" * 100_000 + "}",
        tls()[:-1] + ',"x":' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}",
        tls()[:-1] + ',"x":' + "9" * 5_000 + "}",
        tls()[:-1] + ',"x":-Infinity}',
        tls()[:-1] + ',"event_type":"stats"}',
        tls()[:-1] + ',"src_ip":"192.0.2.77"}',
        tls().replace('"flow_id":1', '"flow_id":1,"flow_id":2'),
    ],
    ids=["unclosed", "lists", "objects", "digits", "infinity", "two kinds", "two clients", "two flows"],
)
def test_a_hostile_line_is_a_reject(hostile: str, tmp_path: Path) -> None:
    """Depth, length and contradiction refuse the line, and no other."""
    account = read(tmp_path, [hostile, tls(flow=2)]).account
    assert [r.reason for r in account.rejects] == ["bad-line"] and account.kept == 1


@pytest.mark.parametrize("joint", ["", ",", "}", '","x":'])
def test_two_events_in_a_line_are_a_reject(joint: str, tmp_path: Path) -> None:
    """Two writers to one file: the second event may be the one that matters, and no name in it is looked up.

    Neither is the first one's kind a reason to pass both over.
    """
    for first in (event("stats", 0, None, stats={}), event("ssh", ssh={}), tls("www.example.org")):
        reading = read(tmp_path, [first[: len(first) - bool(joint)] + joint + tls(flow=2)])
        assert [r.reason for r in reading.account.rejects] == ["bad-line"] and not reading.hours


def test_keys_that_are_not_read_may_stand_twice(tmp_path: Path) -> None:
    """Some loggers of Suricata have written lists in that way."""
    assert outcome(tmp_path, quic()[:-2] + ',"cyu":{"hash":"a"},"cyu":{"hash":"b"}}}') == "untold"


@pytest.mark.parametrize(
    "filler", ["{", "[", '"', "\\", '"sni":', '"sni":"', '{"timestamp":"', ',"flow_id":1', ',"sni":"www.x"', " ", "0"]
)
def test_a_long_hostile_line_is_read_in_no_time(filler: str, tmp_path: Path) -> None:
    """A line as long as lines may be takes no more than its length, whatever is repeated in it."""
    fill = (filler * 500_000)[:500_000]
    started = datetime.now(UTC)
    lines = [fill, "{" + fill, tls()[:-1] + fill, f'{{"timestamp":"{at()}"{fill}', tls() + fill, fill + tls()]
    assert read(tmp_path, lines).account.records == len(lines)
    assert (datetime.now(UTC) - started).total_seconds() < 20


PIECES = st.sampled_from(
    [
        *('"sni":"www.tiktok.com"', '"rrname":"x"', '"flow_id":1', '"event_type":"dns"', '"timestamp":1', '"tls":{'),
        *("{", "}", "[", "]", '"', "\\", "null", "1e999", "-", "9" * 5000, "\\ud800", "\x00", "\u202e", "٣", "é", ","),
        *(query(), answer("203.0.113.7"), tls(), quic(), alert(), flow_end(), tls()[:-1], tls()[1:], at()),
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one file for all examples
@given(st.lists(st.lists(PIECES, max_size=8).map("".join).filter(bool), max_size=6))
def test_any_pile_of_pieces_is_accounted_for(tmp_path: Path, lines: list[str]) -> None:
    """Whatever stands in the lines, each is one record, nothing is raised, and no name is invented."""
    reading = read(tmp_path, lines)
    assert reading.account.records == len(lines)
    assert {n.name for n in reading.names} <= {APP, SITE}


VALUES = st.recursive(
    st.sampled_from([None, True, 0, -1, 1.5, 10**400, "", SITE, APP, "A", "answer", "blocked", CLIENT, "\ud800"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["sni", "rrname", "id"]), inner),
    max_leaves=4,
)
PARTS = ["dns", "tls", "quic", "http", "alert", "drop", "flow", "verdict", "direction", "src_ip", "dest_ip", "src_port"]
INNER = ["type", "rrname", "rrtype", "id", "rcode", "version", "answers", "grouped", "queries", "query"]
INNER += ["sni", "status", "hostname", "action", "state", "bytes_toclient", "pkts_toclient", "reason"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one file for all examples
@given(
    st.sampled_from(["dns", "tls", "quic", "http", "alert", "drop", "flow", "stats"]),
    st.dictionaries(st.sampled_from(PARTS), VALUES | st.dictionaries(st.sampled_from(INNER), VALUES), max_size=6),
)
def test_any_value_may_stand_in_any_place(tmp_path: Path, kind: str, values: dict[str, Any]) -> None:
    """Types that Suricata never writes raise nothing, and the same is kept whether or not a line was read in full."""
    odd = {**json.loads(event(kind)), **values}
    lines = [json.dumps(odd, separators=(",", ":")), json.dumps(dict(reversed(odd.items())))]
    first, second = (read(tmp_path, [query(), tls(), quic(), line, line, flow_end()]) for line in lines)
    assert first.account.records == second.account.records == 6 and first.names == second.names
    assert {n.name for n in first.names} <= {APP, SITE}


def test_the_page_of_a_block_that_is_stated_is_no_contact(tmp_path: Path) -> None:
    """A page on the internet to which a filter leads is no app: without the setting it looks like one."""
    stated = replace(SETTINGS, block_pages=(ip_network(SERVER),))
    shown = ([query(), answer(SERVER)], [tls(APP, subject="CN=blocked.example")], [quic(APP), flow_end(like="quic")])
    for lines in shown:
        one, other = (read(tmp_path, lines, settings).names[0] for settings in (SETTINGS, stated))
        assert (one.answered, other.answered, other.contacted) == (Answered.ADDRESS, Answered.NOTHING, False)
