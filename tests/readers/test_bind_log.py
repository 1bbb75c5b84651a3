# SPDX-License-Identifier: EUPL-1.2
"""BIND logs, beyond the cases on disk."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.time import Span
from ordinance.readers._base import Leases
from ordinance.readers.bind_log import BindLog

from . import samples

SETTINGS = SourceSettings("dns", "bind-log", ("*.log*",), samples.BRUSSELS, year=2023)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
NAME = "api.tiktokv.com"


def read(
    folder: Path,
    files: Mapping[str, Iterable[str]] | Iterable[str],
    stated: SourceSettings = SETTINGS,
    watch: WatchList = WATCH,
    window: Span | None = None,
    leases: Leases | None = None,
) -> Reading:
    """Read these lines as one log, or these files as one source."""
    for name, lines in (files if isinstance(files, Mapping) else {"query.log": files}).items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return BindLog().read(stated, folder, watch, samples.MATCHERS, window, leases)


def said(name: str = NAME, port: int = 4001, kind: str = "A", client: str = "10.20.0.9") -> str:
    """What BIND says of a query."""
    return f"client @0x7f2d26cc1098 {client}#{port} ({name}): query: {name} IN {kind} +E(0)K (10.20.0.1)"


def did(what: str = "rpz QNAME NXDOMAIN", name: str = NAME, port: int = 4001, kind: str = "A") -> str:
    """What BIND says of a policy zone's record."""
    head = f"client @0x7f2d26cc1098 10.20.0.9#{port} ({name}): {what}"
    return f"{head} rewrite {name}/{kind}/IN via {name}.rpz.ordinance"


def query(clock: str, name: str = NAME, port: int = 4001, kind: str = "A", client: str = "10.20.0.9") -> str:
    """One query line of 20 March."""
    return f"20-Mar-2023 {clock}.123 queries: info: {said(name, port, kind, client)}"


def rpz(clock: str, what: str = "rpz QNAME NXDOMAIN", name: str = NAME, port: int = 4001, kind: str = "A") -> str:
    """One rpz line of 20 March."""
    return f"20-Mar-2023 {clock}.456 rpz: info: {did(what, name, port, kind)}"


def answers(reading: Reading) -> list[str]:
    """What became of each question."""
    return [n.answered.value for n in reading.names]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        *(("rpz QNAME NXDOMAIN", "blocked"), ("rpz QNAME NODATA", "blocked"), ("rpz QNAME Local-Data", "blocked")),
        *(("rpz QNAME CNAME", "blocked"), ("rpz QNAME DROP", "blocked"), ("rpz IP NXDOMAIN", "blocked")),
        *(("rpz CLIENT-IP NXDOMAIN", "blocked"), ("rpz NSIP NODATA", "blocked"), ("rpz NSDNAME CNAME", "blocked")),
        *(("rpz QNAME PASSTHRU", "nothing"), ("rpz CLIENT-IP PASSTHRU", "nothing"), ("rpz QNAME TCP-ONLY", "nothing")),
        *(("disabled rpz QNAME NXDOMAIN", "nothing"), ("rpz QNAME SOMETHING-NEW", "nothing")),
    ],
)
def test_what_became_of_a_question(what: str, expected: str, tmp_path: Path) -> None:
    """Blocked is what a policy zone refused or answered itself; nothing is ever said to have had an address."""
    reading = read(tmp_path, [query("09:00:00"), rpz("09:00:00", what)])
    assert answers(reading) == [expected]
    assert (reading.account.structural, reading.account.rejected) == (1, 0)


@pytest.mark.parametrize("other", [{"port": 4002}, {"kind": "AAAA"}, {"name": "www.tiktok.com"}])
def test_a_block_is_that_of_its_own_question(other: dict[str, str | int], tmp_path: Path) -> None:
    """Another port, type or name is another question: both are kept, and the first is not blocked."""
    line = rpz("09:00:00", **other)  # type: ignore[arg-type]  # one of three arguments, of its own type
    assert answers(read(tmp_path, [query("09:00:00"), line])) == ["nothing", "blocked"]


@pytest.mark.parametrize("names", list(itertools.permutations(["a.log", "b.log"])))
def test_it_does_not_matter_which_file_is_read_first(names: tuple[str, str], tmp_path: Path) -> None:
    """Questions and blocks find each other from either side, and each question is kept once."""
    lines = [query("09:00:00"), query("09:00:01", port=4002), query("10:00:00")]
    blocks = [rpz("09:00:00"), rpz("09:00:02", port=4002)]
    reading = read(tmp_path, dict(zip(names, (lines, blocks), strict=True)))
    assert answers(reading) == ["blocked", "blocked", "nothing"]
    assert (reading.account.kept, reading.account.structural) == (3, 2)


def test_a_block_is_that_of_the_last_question(tmp_path: Path) -> None:
    """A client that asks again from the same port, with the block lifted in between, is not read as blocked before."""
    lines = [query("09:00:00"), query("09:00:04"), rpz("09:00:05")]
    assert answers(read(tmp_path, lines)) == ["nothing", "blocked"]
    assert answers(read(tmp_path, [*lines, query("09:00:06")])) == ["nothing", "blocked", "nothing"]


def test_the_name_behind_an_alias_was_not_asked_for(tmp_path: Path) -> None:
    """BIND names what it rewrote; who asked for a foreign alias of it asked for no watched name."""
    line = rpz("09:00:00").replace(f"({NAME})", "(portal.city.example)")
    reading = read(tmp_path, [query("09:00:00", "portal.city.example"), line])
    assert reading.names == () and reading.account.dropped == 2
    behind = rpz("09:00:01").replace(f"{NAME}/A/IN", "edge.example/A/IN")
    assert answers(read(tmp_path, [query("09:00:01"), behind])) == ["blocked"]


@pytest.mark.parametrize(
    "name",
    [
        *(r"x\.tiktokv.com", r"a\032b.tiktokv.com", r"a\000.tiktokv.com", "a/IN/b.tiktokv.com", "it's.tiktokv.com"),
        *(r"a\(10.0.0.5#1\032\(tiktokv.com\):\032query:.tiktokv.com", "tiktokv.com.", ".", "tiktokv.com.evil.example"),
    ],
)
def test_hostile_names_are_foreign(name: str, tmp_path: Path) -> None:
    """A dot inside a label is no label's end, and no name can bring a client, a type or a line of its own."""
    watched = name == "tiktokv.com."  # the one that is harmless
    reading = read(tmp_path, [query("09:00:00", name), rpz("09:00:00", name=name)])
    assert reading.account.rejected == 0
    assert [(n.address, n.name) for n in reading.names] == [("10.20.0.9", "tiktokv.com")] * watched


def test_only_names_of_the_internet_count(tmp_path: Path) -> None:
    """The class CH is BIND's own; a question in it proves that queries are logged, and nothing else."""
    reading = read(tmp_path, [query("09:00:00").replace(" IN A", " CH A")])
    assert reading.names == () and reading.hours == {datetime(2023, 3, 20, 8, tzinfo=UTC)}


@pytest.mark.parametrize(
    "client", ["10.20.0.9", "2001:db8::9", "fe80::9%eth0", "::ffff:10.20.0.9"]
)
def test_clients_of_both_families_are_read(client: str, tmp_path: Path) -> None:
    """The scope of a link-local address is the resolver's own word for its interface; IPv4 is written as such."""
    (found,) = read(tmp_path, [query("09:00:00", client=client)]).names
    assert found.address == client.partition("%")[0].removeprefix("::ffff:")
    assert not found.told  # BIND never says what was answered


@pytest.mark.parametrize(
    "line",
    [
        query("09:00:00") + " [ECS 10.9.8.0/24/0]",
        query("09:00:00").replace("@0x7f2d26cc1098 ", ""),
        query("09:00:00").replace("#4001 (", "#4001/key lab ("),
        query("09:00:00").replace("): query", "): view guests: query"),
        query("09:00:00").replace("): query", "): view in (ter): query: nal: query"),
        query("09:00:00").replace("queries: info: ", ""),
        query("09:00:00").replace("queries: ", ""),
        query("09:00:00").replace("info: ", ""),
        query("09:00:00").replace("info: ", "debug 1: "),
    ],
)
def test_what_a_query_line_may_hold_besides(line: str, tmp_path: Path) -> None:
    """Views, keys, a client's subnet, and with or without category and severity."""
    reading = read(tmp_path, [line])
    assert [n.name for n in reading.names] == [NAME] and reading.account.rejected == 0


@pytest.mark.parametrize(
    "text",
    [
        "general: info: rpz: rpz.ordinance: reload done: success",
        "rpz: rpz.ordinance: reload done: success",  # the same without its category
        "zone rpz.ordinance/IN: loaded serial 1",
        f"rpz: client @0x7f2d26cc1098 10.20.0.9#4001 ({NAME}): try rpz QNAME rewrite {NAME} via {NAME}.rpz.ordinance",
        f"client @0x7f2d26cc1098 10.20.0.9#4001 ({NAME}): query failed (REFUSED) for {NAME}/IN/A at query.c:5708",
        f"query-errors: info: client @0x7f2d26cc1098 10.20.0.9#4001 ({NAME}): query failed (SERVFAIL) for x at y",
        f"security: info: client @0x7f2d26cc1098 10.20.0.9#4001 ({NAME}): query (cache) '{NAME}/A/IN' denied",
    ],
)
def test_other_words_of_bind_prove_nothing(text: str, tmp_path: Path) -> None:
    """They are structure: no reject, no question, and no hour."""
    reading = read(tmp_path, [f"20-Mar-2023 09:00:00.123 {text}"])
    assert (reading.account.structural, reading.account.records) == (1, 1)
    assert not (reading.names or reading.hours)


def test_a_question_at_the_edge_of_two_windows_is_kept_once(tmp_path: Path) -> None:
    """The block of a question of the window before, or of this one but after its end, is no question of its own."""
    lines = [query("08:59:59"), rpz("09:00:00"), query("09:59:58", port=4002), rpz("10:00:01", port=4002)]
    edges = [datetime(2023, 3, 20, hour, tzinfo=UTC) for hour in (7, 8, 9, 10)]
    read_back = [read(tmp_path, lines, window=Span(a, b)) for a, b in itertools.pairwise(edges)]
    assert [answers(r) for r in read_back] == [["blocked"], ["blocked"], []]
    assert [r.account.records for r in read_back] == [4, 4, 4]


def test_an_internal_name_needs_a_separate_device(tmp_path: Path) -> None:
    """Without leases nobody holds anything, also where only the block was logged."""
    watch = replace(WATCH, internal=frozenset({"stad.example"}), separate_macs=frozenset({"02:00:5e:00:53:02"}))
    name = "intranet.stad.example"
    reading = read(tmp_path, [query("09:00:00", name), rpz("09:00:01", name=name, port=4002)], watch=watch)
    assert reading.names == () and reading.account.dropped == 2


def test_only_queries_cover_an_hour(tmp_path: Path) -> None:
    """A file of blocks alone shows what was blocked, and says nothing of what was not."""
    reading = read(tmp_path, [rpz("09:00:00"), query("10:00:00", "www.example.org")])
    assert answers(reading) == ["blocked"] and reading.hours == {datetime(2023, 3, 20, 9, tzinfo=UTC)}


def test_a_line_that_cannot_be_read_spoils_no_hour_of_another_file(tmp_path: Path) -> None:
    """What stands at the beginning of a file belongs to its own first hour, not to the last of the file before."""
    lines = {"a.log": [query("09:00:00"), query("10:00:00")], "b.log": ["garbled", rpz("09:00:00")]}
    assert [h.hour for h in read(tmp_path, lines).hours] == [9]


def test_rotated_files_are_one_log(tmp_path: Path) -> None:
    """The hour that happens twice goes on through BIND's `query.log.1`, `query.log.0`, `query.log`."""
    clocks = {"query.log.1": "02:50:00", "query.log.0": "02:10:00", "query.log": "02:40:00"}
    lines = {name: [query(c).replace("20-Mar", "29-Oct")] for name, c in clocks.items()}
    times = [f"{n.at:%H:%M}" for n in read(tmp_path, lines).names]
    assert times == ["00:50", "01:10", "01:40"]


def test_an_hour_is_one_of_the_zone(tmp_path: Path) -> None:
    """Half an hour beside UTC, the hours lie so as well, also in a log in UTC."""
    stated = replace(SETTINGS, zone=ZoneInfo("Asia/Kolkata"))
    lines = [f"2023-03-20T08:15:00.000Z {said()}", f"2023-03-20T08:45:00.000Z {said()}"]
    assert sorted(f"{h:%H:%M}" for h in read(tmp_path, lines, stated).hours) == ["07:30", "08:30"]


@pytest.mark.parametrize("year", [2023, None])
def test_a_stamp_of_its_own_needs_no_year_in_the_settings(year: int | None, tmp_path: Path) -> None:
    """BIND's own stamp behind that of syslog says the year; other daemons' lines need none."""
    stated = replace(SETTINGS, year=year)
    lines = ["Mar 20 09:00:00 gw cron[1]: done", f"Mar 20 09:00:00 gw named[2]: 20-Mar-2023 09:00:00.123 {said()}"]
    account = read(tmp_path, lines, stated).account
    assert (account.kept, account.dropped, account.rejected) == (1, 1, 0)
    rejects = read(tmp_path, [f"Mar 20 09:00:00 gw named[2]: {said()}"], stated).account.rejects
    assert [r.reason for r in rejects] == ["no-year"] * (year is None)


PIECES = st.sampled_from(
    [
        *("20-Mar-2023 09:00:00.123", "2023-03-20T08:00:00Z", "Mar 20 09:00:00", " ", "queries: ", "info: ", "rpz: "),
        *("client @0x7f ", "10.20.0.9#4001", f" ({NAME})", ": ", "query: ", NAME, " IN A +", " (10.20.0.1)", "view x"),
        *("rpz QNAME NXDOMAIN rewrite ", f"{NAME}/A/IN", " via ", "disabled ", "gw named[1]: ", "+01:00"),
        *("\x00", "٣", "\u202e", "\\", "(", ")", "#"),
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # one file for all examples
@given(st.lists(st.lists(PIECES, max_size=14).map("".join), max_size=6))
def test_any_pile_of_pieces_is_accounted_for(tmp_path: Path, lines: list[str]) -> None:
    """Whatever stands in the lines, each is one record and nothing is raised."""
    reading = read(tmp_path, lines)
    assert reading.account.records == len(lines)
    assert {n.name for n in reading.names} <= {NAME}


def test_a_line_made_of_tags_is_only_a_bad_line(tmp_path: Path) -> None:
    """No line, of what pieces ever, takes longer than its length is worth."""
    head = "20-Mar-2023 09:00:00.123 client 10.0.0.1#1 "
    tails = ["(a): view " + ": query: " * 7000, "(" * 60_000, "(a): rpz QNAME NXDOMAIN rewrite " + "a/" * 30_000]
    reasons = [r.reason for r in read(tmp_path, [head + tail for tail in tails]).account.rejects]
    assert reasons == ["bad-query", "bad-line", "bad-rpz"]


def test_a_line_of_colons_takes_no_time(tmp_path: Path) -> None:
    """What might begin an address of IPv6 is bounded: a long line through syslog would stop a check for minutes."""
    line = "20-Mar-2023 09:00:00.000 client " + ":" * 60_000
    assert read(tmp_path, [line, query("09:00:01")]).account.rejected == 1
