# SPDX-License-Identifier: EUPL-1.2
"""Files that are read one by one, in any order, and merged: the same reading as of all of them at once."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from ordinance.readers import _again, _stand_in
from ordinance.store.kept_files import encode

from .again import MONDAY, Logs, some_lines
from .kept import READERS, Folder
from .picking import READERS as PICKED
from .picking import Picked

KINDS = sorted(READERS)


@pytest.fixture(params=KINDS)
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    """An empty folder for each kind of log."""
    return Folder(request.param, tmp_path)


def lines_of(logs: Folder, random: Random, start: int = MONDAY, count: int = 40) -> list[str]:
    """Lines of a day, some of which cannot be read."""
    if logs.reader in PICKED:
        return Picked(logs.reader, logs.folder).lines(random, start, count, 0.4)
    return some_lines(Logs(logs.reader, logs.folder), random, start, count)


@pytest.mark.parametrize("canary", [None, "canary.stad.example"])
@pytest.mark.parametrize("seed", range(12))
def test_files_kept_one_by_one_are_all_of_them(logs: Folder, seed: int, canary: str | None) -> None:
    """A log cut into files at any line, each read alone in any order, says merged what it says at once."""
    random = Random(seed)  # noqa: S311  # the same in every run on purpose
    logs.canary, logs.own_leases = canary, seed % 2 == 1 and not logs.one.goes_on
    lines = lines_of(logs, random)
    cuts = sorted({0, len(lines), *(random.randrange(len(lines)) for _ in range(random.randrange(5)))})
    names = []
    for n, (start, end) in enumerate(pairwise(cuts)):
        names.append(f"log-2023-04-{n + 1:02}")
        logs.write(names[-1], lines[start:end], random.choice(("\n", "\n", "")))
    random.shuffle(names)
    logs.keep_all(names)
    expected = logs.whole()
    assert logs.merged() == expected


def test_most_files_are_stood_for(logs: Folder) -> None:
    """A log that is cut between two hours, in one form throughout, is gone over without any of its files."""
    random = Random(5)  # noqa: S311  # the same in every run on purpose
    lines = [line for line in lines_of(logs, random, count=90) if len(line) > 50 and len(line) < 1000]
    if logs.reader in {"bind-log", "unbound-log"}:  # the generator writes two forms
        lines = [line for line in lines if not line.startswith("Mar")]
    names = [f"log-2023-04-{n:02}" for n in range(1, 4)]
    for n, name in enumerate(names):
        logs.write(name, lines[n * len(lines) // 3 : (n + 1) * len(lines) // 3])
    logs.keep_all(names)
    expected = logs.whole()
    for name in names:
        (logs.folder / name).unlink()
    assert logs.merged() == expected
    assert logs.refused == {}
    assert expected.account.kept > 0
    assert expected.account.dropped > 0


MARK = "marker"
HOSTILE: dict[str, list[str]] = {
    "adguard-log": [
        '{"T":"2023-03-20T08:01:00Z","QH":"www.tiktok.com","QT":"A","QC":"IN","CP":"","IP":"10.20.0.5",'
        '"Upstream":"marker.example","Answer":"bWFya2Vy","Result":{},"Elapsed":1}',
    ],
    "bind-log": [
        "20-Mar-2023 09:01:00.123 marker: info: marker.example",
        "20-Mar-2023 10:01:00.123 queries: info: client @0x7f2d26cc1098 10.20.0.8#4005 (marker.example): query: "
        "marker.example IN A +E(0)K (10.20.0.1)",
        "20-Mar-2023 11:01:00.123 queries: info: client @0x7f2d26cc1098 marker",
        "Mar 20 12:01:00 marker marker: marker",
        "marker 12:01:00 named[7]: marker",
    ],
    "dnsmasq-log": [
        "Mar 20 09:01:00 dnsmasq[7]: 1 10.20.0.5/4001 query[A] marker.example from 10.20.0.5",
        "Mar 20 09:01:01 dnsmasq[7]: 1 10.20.0.5/4001 reply marker.example is 203.0.113.7",
        "Mar 20 09:01:02 dnsmasq[7]: 2 10.20.0.5/4001 query[A] www.tiktok.com from 10.20.0.5",
        "Mar 20 09:01:03 dnsmasq[7]: 2 10.20.0.5/4001 reply www.tiktok.com is <CNAME>",
        "Mar 20 09:01:03 dnsmasq[7]: 2 10.20.0.5/4001 reply marker.example is 203.0.113.7",
        "Mar 20 09:01:03 dnsmasq[7]: 2 10.20.0.5/4001 query[A] marker.example from 10.20.0.5",
        "Mar 20 09:01:04 dnsmasq-dhcp[7]: DHCPACK(eth0) 10.20.0.5 02:00:5e:00:53:01 marker",
        "Mar 20 09:01:04 dnsmasq-dhcp[7]: DHCPACK(eth0) 10.20.0.5 marker",
        "Mar 20 10:01:04 dnsmasq-dhcp[7]: marker",
        "Mar 20 11:01:00 marker: marker",
        "Mar 20 12:01:00 marker",
        "marker 12:01:00 dnsmasq[7]: marker",
    ],
    "squid-log": [
        "1679299200.000 0 10.20.0.5 TCP_TUNNEL/200 5123 CONNECT www.tiktok.com:443 marker HIER_DIRECT/203.0.113.7 -",
        "1679302800.000 0 10.20.0.5 TCP_MISS/200 5123 GET http://www.tiktok.com/marker - HIER_DIRECT/203.0.113.7 -",
    ],
    "suricata-eve": [
        '{"timestamp":"2023-03-20T08:01:00.000001+0000","flow_id":3,"event_type":"http","src_ip":"10.20.0.5",'
        '"src_port":1,"dest_ip":"203.0.113.7","dest_port":80,"http":{"hostname":"www.tiktok.com","url":"/marker",'
        '"http_user_agent":"marker","http_refer":"http://marker.example/","status":200}}',
        '{"timestamp":"2023-03-20T08:01:01.000001+0000","flow_id":3,"event_type":"http","src_ip":"10.20.0.5",'
        '"src_port":1,"dest_ip":"203.0.113.7","dest_port":80,"http":{"hostname":"marker.example","status":200}}',
        '{"timestamp":"2023-03-20T08:01:02.000001+0000","flow_id":4,"event_type":"dns","src_ip":"10.20.0.5",'
        '"src_port":1,"dest_ip":"10.20.0.1","dest_port":53,"dns":{"version":2,"type":"answer","id":7,"rrname":'
        '"www.tiktok.com","rrtype":"A","rcode":"NOERROR","answers":[{"rrname":"marker.example","rrtype":"CNAME",'
        '"rdata":"marker.example"},{"rrname":"marker.example","rrtype":"A","rdata":"203.0.113.7"}]}}',
        '{"timestamp":"2023-03-20T09:01:02.000001+0000","flow_id":5,"event_type":"alert","src_ip":"10.20.0.5",'
        '"src_port":1,"dest_ip":"203.0.113.7","dest_port":443,"alert":{"action":"blocked","signature":"marker",'
        '"category":"marker"},"tls":{"sni":"marker.example","subject":"CN=marker"}}',
        '{"timestamp":"2023-03-20T10:01:02.000001+0000","flow_id":6,"event_type":"marker","marker":"marker"}',
        '{"timestamp":"2023-03-20T11:01:02.000001+0000","marker":"marker"',
    ],
    "unbound-log": [
        "[1679299200] unbound[7:0] query: 10.20.0.5 marker.example. A IN",
        "[1679302800] unbound[7:0] reply: 10.20.0.5 marker.example. A IN NOERROR 0.010000 0 300",
        "[1679306400] unbound[7:0] info: marker.example. always_nxdomain 10.20.0.5@4001 marker.example. A IN",
        "[1679310000] unbound[7:0] info: marker",
        "[1679313600] marker",
        "marker",
    ],
    "zeek-log": [
        '{"ts":1679299200.5,"uid":"C1","id.orig_h":"10.20.0.5","id.resp_h":"203.0.113.7","id.resp_p":80,"_path":"http",'
        '"trans_depth":1,"host":"www.tiktok.com","uri":"/","referrer":"http://marker.example/","user_agent":"marker",'
        '"username":"marker","tags":["marker"],"method":"GET","status_code":200}',
        '{"ts":1679302800.5,"uid":"marker","id.orig_h":"10.20.0.5","id.resp_h":"10.20.0.1","id.resp_p":53,"_path":"dns",'
        '"query":"marker.example","qtype":1,"rcode":0,"answers":["marker.example"]}',
        '{"ts":1679306400.5,"uid":"marker","_path":"marker"}',
        '{"ts":1679310000.5,"marker"',
        "#separator \\x09",
        "#open\tmarker",
        "#marker\tmarker",
        "#path\tssl",
        "#fields\tts\tuid\tid.orig_h\tid.resp_h\tserver_name\testablished\tsubject",
        "1679313600.5\tC2\t10.20.0.5\t203.0.113.7\twww.tiktok.com\tT\tCN=marker",
        "1679317200.5\tC3\t10.20.0.5\t203.0.113.7\tmarker.example\tT\tCN=marker",
    ],
}


def test_nothing_unrelated_is_kept(logs: Folder) -> None:
    """Marks in other names, in what nobody looks at, and in lines that cannot be read: none is in what is kept."""
    lines = HOSTILE[logs.reader]
    logs.own_leases = not logs.one.goes_on
    watched = [line for line in lines_of(logs, Random(7), count=30) if "tiktok.com" in line]  # noqa: S311  # the same
    marked = [line.replace("unrelated.example.net", "marker.example.net") for line in lines_of(logs, Random(8))]  # noqa: S311
    logs.write("log", [*lines, *watched, *marked, *lines])
    kept = encode(logs.keep("log"))
    assert MARK not in kept.decode()
    assert b"10.20.0" in kept
    assert sum(MARK in line for line in (*lines, *marked)) > 4
    if not logs.one.goes_on:
        assert "tiktok.com" in kept.decode()
    assert logs.merged() == logs.whole()


def test_an_answer_in_the_next_file_is_looked_for(tmp_path: Path) -> None:
    """A question that ends one file and its answer that begins the next; without the second round it is said."""
    logs = Folder("dnsmasq-log", tmp_path, own_leases=True)
    asked = "10.20.0.5/4001 query[A] www.tiktok.com from 10.20.0.5"
    logs.write("log-2023-04-01", [f"Mar 20 09:01:02 dnsmasq[7]: 2 {asked}"])
    logs.write("log-2023-04-02", ["Mar 20 09:01:03 dnsmasq[7]: 2 10.20.0.5/4001 reply www.tiktok.com is 203.0.113.7"])
    for name in ("log-2023-04-01", "log-2023-04-02"):
        logs.keep(name)
    expected = logs.whole()
    assert str(expected.names[0].answered) == "address"
    assert logs.merged() == expected
    assert logs.refused == {"log-2023-04-02": "opened_before"}
    logs.keep("log-2023-04-02", ["2 10.20.0.5/4001"])
    assert logs.merged() == expected
    assert logs.refused == {}


def test_connections_are_read_whole(tmp_path: Path) -> None:
    """Which connection stands for a kept row, other files say: of such a file nothing is kept but that."""
    logs = Folder("zeek-log", tmp_path)
    logs.write("log-conn", ['{"ts":1679299200.5,"uid":"C1","id.orig_h":"10.20.0.5","_path":"conn","conn_state":"SF"}'])
    kept = logs.keep("log-conn")
    assert (kept.said, kept.why) == (None, "connections")


def test_a_file_of_which_too_much_is_said_is_not_kept(logs: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of a file has a limit; beyond it the check reads the file."""
    monkeypatch.setattr(_stand_in, "MOST_KEPT", 2)
    monkeypatch.setattr(_again, "MOST_ROWS", 2)
    logs.write("log", lines_of(logs, Random(3)))  # noqa: S311  # the same in every run on purpose
    kept = logs.keep("log")
    assert (kept.said, kept.why) == (None, "too_much")
    assert logs.merged() == logs.whole()


def test_a_year_that_ended_before_is_carried_over(tmp_path: Path) -> None:
    """Stamps without a year: the second file is of the year after the first, which it does not know alone."""
    logs = Folder("dnsmasq-log", tmp_path, own_leases=True)
    asked = "10.20.0.5/4001 query[A] www.tiktok.com from 10.20.0.5"
    logs.write("log-2023-12-31", [f"Dec 31 09:01:02 dnsmasq[7]: 2 {asked}"])
    logs.write("log-2024-01-01", [f"Jan  1 09:01:02 dnsmasq[7]: 3 {asked}"])
    logs.keep_all(["log-2023-12-31", "log-2024-01-01"])
    expected = logs.whole()
    assert [str(name.at)[:4] for name in expected.names] == ["2023", "2024"]
    assert logs.merged() == expected
    assert logs.refused == {"log-2024-01-01": "carried_over"}
