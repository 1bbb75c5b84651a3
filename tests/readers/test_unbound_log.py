# SPDX-License-Identifier: EUPL-1.2
"""Unbound logs, beyond the cases on disk."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList, Where
from ordinance.model.time import Span
from ordinance.readers._leases import Held, LeaseIndex, LeasesOf
from ordinance.readers.unbound_log import UnboundLog

from . import samples

SETTINGS = SourceSettings("dns", "unbound-log", ("*.log*",), samples.BRUSSELS, year=2023)
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
NINE = 1_679_299_200  # 20 March 2023, 09:00 in Brussels
NAME, CLIENT, TABLET = "api.tiktokv.com.", "10.20.0.9", "02:00:5e:00:53:02"
START = "info: start of service (unbound 1.17.1)."
OTHER_ACTION = "info: localhost. static 10.20.0.7@4000 localhost. A IN"


def read(folder: Path, lines: Iterable[str], stated: SourceSettings = SETTINGS, **more: object) -> Reading:
    """Read these lines as one log."""
    with (folder / "unbound.log").open("w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines)
    return again(folder, stated, **more)


def again(
    folder: Path,
    stated: SourceSettings = SETTINGS,
    watch: WatchList = WATCH,
    window: Span | None = None,
    leases: LeasesOf | None = None,
) -> Reading:
    """Read what lies there."""
    return UnboundLog().read(stated, folder, watch, samples.MATCHERS, window, leases)


def said(text: str, at: int = 0) -> str:
    """A line some seconds after nine."""
    return f"[{NINE + at}] unbound[1:0] {text}"


def query(at: int = 0, name: str = NAME, rrtype: str = "A", client: str = CLIENT) -> str:
    """A question."""
    return said(f"query: {client} {name} {rrtype} IN", at)


def reply(
    at: int = 0, rcode: str = "NOERROR", cached: int = 0, size: int = 60, name: str = NAME, rrtype: str = "A"
) -> str:
    """What is written once it is answered."""
    return said(f"reply: {CLIENT} {name} {rrtype} IN {rcode} 0.000{3 * (1 - cached)}00 {cached} {size}", at)


def action(word: str, at: int = 0, name: str = NAME, asker: str = f"{CLIENT}@4001", zone: str = NAME) -> str:
    """What a local zone did, or with `rpz-` a policy zone."""
    rpz = "rpz: applied [list] " if word.startswith("rpz-") else ""
    return said(f"info: {rpz}{zone} {word} {asker} {name} A IN", at)


def answers(reading: Reading) -> list[str]:
    """What became of the questions kept."""
    return [n.answered.value for n in reading.names]


def leases(address: str = CLIENT, mac: str = TABLET) -> LeasesOf:
    """One lease that never ends."""
    index = LeaseIndex(samples.BRUSSELS)
    index.grant(address, Held(0, 4_000_000_000, mac, Where("leases", "l.csv", 2)))
    index.close()
    return LeasesOf("leases", [index])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], "nothing"),
        ([reply()], "address"),
        ([reply(rcode="NXDOMAIN")], "nothing"),
        ([reply(rcode="SERVFAIL")], "nothing"),
        ([reply(rcode="REFUSED")], "nothing"),
        ([reply(size=33)], "nothing"),  # header and question alone
        ([reply(size=44)], "nothing"),  # with EDNS
        ([reply(size=49)], "address"),  # the smallest with an address
        ([reply(name="API.TIKTOKV.com.")], "address"),
        ([reply(cached=1)], "nothing"),
        ([said(OTHER_ACTION), reply(cached=1)], "nothing"),  # a policy zone's own answer looks the same
        ([said(OTHER_ACTION.replace("static", "inform")), reply(cached=1)], "nothing"),
        ([action("inform"), reply()], "address"),
        ([said(OTHER_ACTION), action("inform"), reply(cached=1)], "nothing"),
        ([action("transparent"), reply(cached=1)], "nothing"),
        ([action("typetransparent"), reply()], "address"),
        ([action("always_transparent"), reply(cached=1)], "nothing"),
        ([action("some_later_kind"), reply()], "nothing"),
        ([action("always_null"), reply(cached=1)], "blocked"),
        ([action("redirect"), reply(cached=1, size=200)], "blocked"),
        ([action("static"), reply(rcode="NXDOMAIN", cached=1)], "blocked"),
        ([action("refuse"), reply(rcode="REFUSED", cached=1)], "blocked"),
        ([action("inform_deny")], "blocked"),
        ([action("rpz-local-data"), reply(name="garden.stad.example.")], "blocked"),
        ([action("rpz-nxdomain", zone="203.0.113.5/32"), reply(rcode="NXDOMAIN")], "blocked"),
        ([action("rpz-passthru"), reply()], "address"),
        ([action("rpz-passthru"), action("rpz-nxdomain", zone="203.0.113.5/32"), reply()], "blocked"),
        ([action("inform"), action("rpz-passthru"), reply(cached=1)], "nothing"),
        ([action("rpz-tcp-only"), reply(size=33)], "nothing"),
        ([action("always_null", name="www.tiktok.com."), reply()], "address"),
        ([action("always_null", asker="10.20.0.10@4001"), reply()], "address"),
        ([reply(), action("always_null")], "address"),
    ],
)
def test_what_became_of_a_question(lines: list[str], expected: str, tmp_path: Path) -> None:
    """Blocked is what a zone of this resolver refused; an address is only what the log cannot explain otherwise."""
    reading = read(tmp_path, [query(), *lines])
    assert answers(reading) == [expected]
    assert reading.account.structural == len(lines) and reading.account.rejected == 0


def test_an_answer_without_recursion_counts_once_the_name_was_resolved_with_one(tmp_path: Path) -> None:
    """And where local actions are seen to be logged; until then nobody knows whose answer it is."""
    later = [query(30), reply(30, cached=1)]
    without = read(tmp_path, [query(), reply(), *later]).names
    assert [(n.answered.value, n.told) for n in without] == [("address", True), ("nothing", False)]
    assert answers(read(tmp_path, [said(OTHER_ACTION), query(), reply(), *later])) == ["address", "address"]


def test_a_question_without_its_reply_is_not_told(tmp_path: Path) -> None:
    """With `log-queries` alone nobody knows what came of any; one that was refused, or that found nothing, is told."""
    assert [n.told for n in read(tmp_path, [query()]).names] == [False]
    for line in (reply(rcode="NXDOMAIN"), reply(size=33), action("always_null"), reply()):
        assert [n.told for n in read(tmp_path, [query(), line]).names] == [True]


@pytest.mark.parametrize("rrtype", ["HTTPS", "TYPE65", "MX", "DS", "ANY"])
def test_only_an_answer_about_an_address_is_one(rrtype: str, tmp_path: Path) -> None:
    """NOERROR says nothing about other types: the note that there is no such record is NOERROR too."""
    assert answers(read(tmp_path, [query(rrtype=rrtype), reply(rrtype=rrtype, size=91)])) == ["nothing"]


def test_each_type_is_a_question_of_its_own(tmp_path: Path) -> None:
    """The answer to one is not the answer to the other, in whatever order they come."""
    lines = [query(), query(rrtype="AAAA"), reply(rrtype="AAAA", rcode="NXDOMAIN"), reply()]
    assert answers(read(tmp_path, lines)) == ["address", "nothing"]


def test_a_reply_belongs_to_the_last_question(tmp_path: Path) -> None:
    """One that was never answered stays so: a reply hours later is not for it."""
    lines = [query(), query(7200), reply(7201), reply(7202, size=200)]
    assert answers(read(tmp_path, lines)) == ["nothing", "address"]


def test_the_same_second_is_the_same_question(tmp_path: Path) -> None:
    """Unbound numbers none: what came of either came of the one that is kept, and a contact is not lost."""
    reading = read(tmp_path, [query(), reply(rcode="SERVFAIL"), query(), reply()])
    assert (answers(reading), reading.account.duplicate) == (["address"], 1)
    blocked = read(tmp_path, [query(), action("always_null"), reply(cached=1), query(), action("always_null")])
    assert answers(blocked) == ["blocked"]


@pytest.mark.parametrize("tag", ["reply:", "info:"])
def test_without_queries_the_reply_is_the_record(tag: str, tmp_path: Path) -> None:
    """Once, with its hour; what was done to it stands before it."""
    lines = [reply(), action("always_null", 1), reply(1, cached=1), reply(2, "NXDOMAIN"), reply(2, "NXDOMAIN")]
    lines.append(reply(name="www.example.org."))
    reading = read(tmp_path, [line.replace("reply:", tag) for line in lines])
    assert answers(reading) == ["address", "blocked", "nothing"]
    account = reading.account
    assert (account.duplicate, account.dropped, account.structural) == (1, 1, 1)
    assert reading.hours == {datetime(2023, 3, 20, 8, tzinfo=UTC)}


def test_an_action_alone_is_no_question(tmp_path: Path) -> None:
    """Where neither queries nor replies are logged nothing is kept and no hour is seen: the open ones are missing."""
    reading = read(tmp_path, [action("always_null"), action("rpz-nxdomain", 1)])
    assert (reading.account.structural, reading.names, reading.hours) == (2, (), frozenset())


def test_with_queries_no_reply_is_a_record(tmp_path: Path) -> None:
    """A reply under another name is the end of an alias of this resolver's own: nobody asked for it."""
    watch = replace(WATCH, internal=frozenset({"stad.example"}), separate_macs=frozenset({TABLET}))
    lines = [query(name="www.example.org."), reply(name="garden.stad.example."), reply()]
    reading = read(tmp_path, lines, watch=watch, leases=leases())
    assert (reading.names, reading.account.structural, reading.account.rejected) == ((), 2, 0)


def test_a_reply_alone_accuses_no_separate_device(tmp_path: Path) -> None:
    """The internal name may be the page that says why something is blocked: the hour is in doubt, nothing is kept."""
    watch = replace(WATCH, internal=frozenset({"stad.example"}), separate_macs=frozenset({TABLET}))
    lines = [reply(name="garden.stad.example."), reply(3600, name="garden.stad.example.")]
    reading = read(tmp_path, lines, watch=watch, leases=leases())
    assert [r.reason for r in reading.account.rejects] == ["no-query", "no-query"]
    assert reading.names == () and reading.hours == frozenset()
    others = read(tmp_path, lines, watch=watch, leases=leases(mac="02:00:5e:00:53:01"))
    assert others.account.dropped == 2 and len(others.hours) == 2


def test_an_internal_name_is_answered_by_local_data(tmp_path: Path) -> None:
    """Of the body's own names a static zone is the source, not a refusal; only refusing zones refuse them."""
    watch = replace(WATCH, internal=frozenset({"stad.example"}), separate_macs=frozenset({TABLET}))
    name = "intranet.stad.example."
    lines = [query(name=name), action("static", name=name), reply(name=name, cached=1, size=66)]
    lines += [query(9, name), action("always_null", 9, name), reply(9, cached=1, size=66, name=name)]
    reading = read(tmp_path, lines, watch=watch, leases=leases())
    assert answers(reading) == ["address", "blocked"]
    assert [x.mac for x in reading.leases] == [TABLET]
    assert read(tmp_path, lines, watch=watch).account.dropped == 2


def test_a_restart_forgets_what_the_log_tells(tmp_path: Path) -> None:
    """Settings change with it: without queries the reply is the record again, and the cache proves nothing yet."""
    lines = [said(OTHER_ACTION), query(), said(START, 1), reply(2, cached=1), reply(3)]
    reading = read(tmp_path, lines)
    assert answers(reading) == ["nothing", "nothing", "address"]
    assert [n.where.line for n in reading.names] == [2, 4, 5]


def test_a_reply_finds_its_query_in_the_older_file(tmp_path: Path) -> None:
    """Rotation may come between the two."""
    (tmp_path / "unbound.log.1").write_text(query(3599) + "\n", "utf-8")
    reading = read(tmp_path, [reply(3600)])
    assert answers(reading) == ["address"] and reading.account.structural == 1
    assert reading.hours == {datetime(2023, 3, 20, 8, tzinfo=UTC)}


@pytest.mark.parametrize(
    "line",
    [
        said(f"query: {CLIENT} {NAME} A CH"),
        said("query: 10.20.0.9 . NS IN"),
        "Mar 20 09:00:00 gw cron[7]: (root) CMD (true)",
        "Mar 20 09:00:00 gw named[7]: client 10.20.0.9#4001: query: api.tiktokv.com IN A + (10.20.0.1)",
    ],
)
def test_what_is_dropped(line: str, tmp_path: Path) -> None:
    """Another class is no name of the internet's, and another daemon is another source."""
    reading = read(tmp_path, [line])
    assert (reading.account.dropped, reading.account.records, reading.names) == (1, 1, ())


@pytest.mark.parametrize(
    "text",
    [
        "reply: 10.20.0.250 null TYPE0 CLASS0 REFUSED 0.000000 1 12",
        "notice: init module 0: respip",
        "error: SERVFAIL <api.tiktokv.com. A IN>: all the configured stub or forward servers failed",
        "fatal error: Could not read config file",
        "info: resolving api.tiktokv.com. A IN",
        "info: response for api.tiktokv.com. A IN",
        "info: reply from <.> 127.0.0.1#5301",
        "info:    0.000128    0.000256 18",
        "info: server stats for thread 0: 86 queries, 58 answers from cache, 28 recursions, 0 prefetch",
        "info: api.tiktokv.com. always_null 10.20.0.9@port api.tiktokv.com. A IN",
    ],
)
def test_what_is_structural(text: str, tmp_path: Path) -> None:
    """What Unbound says of itself, and of who may not ask, is no record and proves no hour."""
    reading = read(tmp_path, [said(text)])
    assert (reading.account.structural, reading.account.rejected, reading.hours) == (1, 0, frozenset())


@pytest.mark.parametrize(
    "line",
    [
        "Mar 20 09:00:00 office-one[17:1f] info: 10.20.0.9 api.tiktokv.com. A IN",
        "[1679299200] office-one[17:1f] query: 10.20.0.9 api.tiktokv.com. A IN",
        "Mar 20 09:00:00 gw unbound[17]: [17:1f] query: 10.20.0.9 api.tiktokv.com. A IN",
        "Mar 20 09:00:00 unbound: [17:0] info: 10.20.0.9 api.tiktokv.com. A IN",
    ],
)
def test_every_form_of_a_line_says_the_same(line: str, tmp_path: Path) -> None:
    """Both stamps, both tags, a `log-identity` in a file of its own, and syslog; threads count in hexadecimal."""
    (found,) = read(tmp_path, [line]).names
    assert (found.at, found.address) == (datetime(2023, 3, 20, 8, tzinfo=UTC), CLIENT)


def test_the_hour_is_that_of_the_zone(tmp_path: Path) -> None:
    """In India hours begin at half past of Greenwich's."""
    reading = read(tmp_path, [query()], replace(SETTINGS, zone=ZoneInfo("Asia/Kolkata")))
    assert reading.hours == {datetime(2023, 3, 20, 7, 30, tzinfo=UTC)}


def test_an_hour_with_a_line_that_cannot_be_read_is_not_seen(tmp_path: Path) -> None:
    """The line may have been the one; without a time of its own it may have been of the next hour as well."""
    foreign = [query(3600 * n, "www.example.org.") for n in range(4)]
    reading = read(tmp_path, [*foreign[:2], said("query: 10.20.0.9 api", 3601), *foreign[2:]])
    assert [h.hour for h in sorted(reading.hours)] == [8, 11]


def test_both_stamps_in_one_file_keep_their_hours(tmp_path: Path) -> None:
    """A line of one form after lines of the other counts for its own hour."""
    lines = ["Mar 20 09:00:00 unbound[1:0] query: 10.20.0.9 www.example.org. A IN", query(7200), "broken"]
    lines.insert(2, "Mar 20 09:00:01 unbound[1:0] query: 10.20.0.9 www.example.org. A IN")
    assert [h.hour for h in sorted(read(tmp_path, lines).hours)] == [10]


def test_the_window_is_half_open(tmp_path: Path) -> None:
    """Questions count from its start until before its end; a reply behind it still says what came of one within."""
    window = Span(datetime(2023, 3, 20, 8, tzinfo=UTC), datetime(2023, 3, 20, 9, tzinfo=UTC))
    lines = [query(-1), reply(0), query(0), query(3599), reply(3600), query(3600)]
    reading = read(tmp_path, lines, window=window)
    assert [n.at.isoformat()[11:19] for n in reading.names] == ["08:00:00", "08:59:59"]
    assert answers(reading) == ["nothing", "address"]


def test_a_canary_may_come_from_the_cache_or_local_data(tmp_path: Path) -> None:
    """It accuses nobody: any answer with a record shows that the log works."""
    stated = replace(SETTINGS, canary="canary.example")
    watch = replace(WATCH, canary=frozenset({"canary.example"}))
    name = "canary.example."
    lines = [query(name=name), reply(name=name, cached=1, size=59)]
    lines += [query(3600, name), reply(3600, "NXDOMAIN", name=name)]
    reading = read(tmp_path, lines, stated, watch=watch)
    assert reading.hours == {datetime(2023, 3, 20, 8, tzinfo=UTC)} and reading.names == ()


PIECES = st.sampled_from(
    [
        *("[1679299200] ", "Mar 20 09:00:00 ", "unbound[1:0] ", "unbound: [1:0] ", "gw ", "query: "),
        *("reply: ", "info: "),
        *("10.20.0.9 ", "fd00::9 ", "api.tiktokv.com. ", "A ", "IN", "IN ", "NOERROR ", "0.000148 ", "0 ", "60"),
        *("rpz: applied ", "[a b] ", "rpz-nxdomain ", "always_null ", "10.20.0.9@4001 ", START, " "),
        *("\x00", "٣", "@", "]"),
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
    """Of 100,000 different foreign names with replies and actions nothing is left but the bounded memory for names."""
    (tmp_path / "warm").mkdir()
    read(tmp_path / "warm", [query(name=f"warm-{n}.example.org.") for n in range(100)])
    with (tmp_path / "unbound.log").open("w", encoding="utf-8") as out:
        for n in range(100_000):
            name = f"host-{n}.some.example.org."
            out.write(f"{query(name=name)}\n{action('always_null', name=name)}\n{reply(name=name)}\n")
    tracemalloc.start()
    account = again(tmp_path).account
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (account.dropped, account.structural) == (100_000, 200_000)
    assert peak < 40 << 20
