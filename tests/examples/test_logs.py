# SPDX-License-Identifier: EUPL-1.2
"""The committed resolver logs of the example bodies hold what was planted, where it was planted, and nothing near it.

Reads the logs with a few lines of its own, not with the project's reader: the logs are what the reader is judged by.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from ordinance.catalogue.load import load as load_catalogue
from ordinance.model.apps import Role

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES / "tools"))  # the log makers are scripts, not part of the package

import log_plan  # noqa: E402  # needs the path above

BODIES = ("ghent", "tallinn", "city-of-brussels", "brussels-police-zone", "tartu")
LEASE = timedelta(hours=12)
MOST_BYTES = 2_300_000

# Written from the brief of each body, not from its plan: body, client, address, begin, names that only the app uses.
SESSIONS = [
    ("ghent", "00:00:5e:00:53:03", "10.20.0.117", datetime.fromisoformat("2023-03-28T12:10"), 7),
    ("ghent", "da:a1:19:4c:7e:02", "10.20.0.162", datetime.fromisoformat("2023-03-29T14:06"), 4),
    ("ghent", "00:00:5e:00:53:1a", "10.20.0.157", datetime.fromisoformat("2023-03-30T17:45"), 5),
    ("ghent", "00:00:5e:00:53:f0", "10.20.0.131", datetime.fromisoformat("2023-03-31T10:24"), 4),
    ("ghent", "00:00:5e:00:53:03", "10.20.0.134", datetime.fromisoformat("2023-04-04T12:25"), 3),
    ("tallinn", "00:00:5e:00:53:10", "10.50.0.147", datetime.fromisoformat("2024-12-12T11:31"), 4),
    ("city-of-brussels", "00:00:5e:00:53:13", "10.70.0.150", datetime.fromisoformat("2023-04-19T12:44"), 3),
    ("city-of-brussels", "00:00:5e:00:53:03", "10.70.0.133", datetime.fromisoformat("2023-04-20T12:18"), 4),
    ("brussels-police-zone", "00:00:5e:00:53:07", "10.80.0.141", datetime.fromisoformat("2023-03-22T11:07"), 4),
    ("tartu", "00:00:5e:00:53:07", "10.90.0.141", datetime.fromisoformat("2025-01-22T11:07"), 4),
]
BLOCK = datetime.fromisoformat("2023-04-03T00:00")
APP_PURPOSES = {"app_session", "blocked_session", "probe"}

_LINE = re.compile(r"(?P<at>\w{3} [ \d]\d \d\d:\d\d:\d\d) (?P<daemon>dnsmasq(-dhcp)?)\[\d+\]: (?P<text>.*)")
_QUERY = re.compile(r"(?P<serial>\d+) (?P<client>[\d.]+)/\d+ query\[(?P<type>[^\]]+)\] (?P<name>\S+) from (?P=client)")
_ANSWER = re.compile(r"(?P<serial>\d+) [\d.]+/\d+ (?P<source>config|reply|cached|forwarded) (?P<rest>.*)")
_LEASE = re.compile(r"\d+ DHCP(?P<what>ACK|RELEASE)\(lan0\) (?P<address>[\d.]+) (?P<mac>\S+) ?.*")


@dataclass(frozen=True)
class Query:
    """A query line with the answer lines that belong to it."""

    at: datetime
    address: str
    type: str
    name: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """An address was a hardware address's from `start` until `end`."""

    address: str
    mac: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Log:
    """All of a body's log files."""

    queries: tuple[Query, ...]
    leases: tuple[Held, ...]

    def holder(self, query: Query) -> str:
        """The hardware address whose lease it was; empty where there was none."""
        held = [h.mac for h in self.leases if h.address == query.address and h.start <= query.at < h.end]
        return held[-1] if held else ""


@cache
def plan_of(body: str) -> log_plan.Plan:
    return log_plan.load(EXAMPLES / body / "logs" / "plan.toml")


@cache
def log_of(body: str) -> Log:
    plan = plan_of(body)
    queries: list[Query] = []
    events: list[tuple[datetime, str, str, str]] = []
    for day in plan.days:
        latest: dict[str, int] = {}
        for line in (EXAMPLES / body / "logs" / plan.log_of(day)).read_text("ascii").splitlines():
            match = _LINE.fullmatch(line)
            assert match, f"not a line of dnsmasq: {line}"
            at = datetime.strptime(f"{day.year} {match['at']}", "%Y %b %d %H:%M:%S")  # noqa: DTZ007  # wall time
            if query := _QUERY.fullmatch(match["text"]):
                latest[query["serial"]] = len(queries)
                queries.append(Query(at, query["client"], query["type"], query["name"]))
            elif answer := _ANSWER.fullmatch(match["text"]):
                asked = queries[latest[answer["serial"]]]
                answers = (*asked.answers, f"{answer['source']} {answer['rest']}")
                queries[latest[answer["serial"]]] = replace(asked, answers=answers)
            elif lease := _LEASE.fullmatch(match["text"]):
                events.append((at, lease["what"], lease["address"], lease["mac"]))
    return Log(tuple(queries), _leases(events))


def _leases(events: list[tuple[datetime, str, str, str]]) -> tuple[Held, ...]:
    held: dict[str, Held] = {}
    done: list[Held] = []
    for at, what, address, mac in events:
        last = held.pop(address, None)
        if last is not None:
            done.append(replace(last, end=min(last.end, at)))
        if what == "ACK":
            held[address] = Held(address, mac, at, at + LEASE)
    return (*done, *held.values())


@cache
def app_only() -> frozenset[str]:
    family = load_catalogue().family("tiktok")
    assert family is not None
    return frozenset(i.value for i in family.identifiers if i.role is Role.APP_ONLY)


def is_app_only(name: str) -> bool:
    """Whether the catalogue says that only the app asks for this name or one above it."""
    labels = name.lower().split(".")
    return any(".".join(labels[n:]) in app_only() for n in range(len(labels)))


# --- log and plan ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", BODIES)
def test_there_is_one_log_a_day_and_the_body_reads_all_of_them(body: str) -> None:
    """Each day of the plan has its file, no file is left over, and ordinance.toml names exactly these."""
    plan, folder = plan_of(body), EXAMPLES / body
    settings = tomllib.loads((folder / "ordinance.toml").read_text("utf-8"))
    globs = [g for s in settings["sources"] if s["reader"] == "dnsmasq-log" for g in s["files"]]
    assert {p for g in globs for p in folder.glob(g)} == {folder / "logs" / plan.log_of(d) for d in plan.days}


def test_the_logs_stay_small() -> None:
    """Examples are cloned by everybody: the logs of all bodies together stay under 2.3 MB."""
    assert sum(p.stat().st_size for p in EXAMPLES.glob("*/logs/*.log")) < MOST_BYTES


@pytest.mark.parametrize("body", BODIES)
def test_every_question_of_the_plan_is_in_the_log_and_no_other(body: str) -> None:
    """Second, name as typed, type and number of every query are those of the plan."""
    planned = Counter((a.at, a.name, t) for a in plan_of(body).acts if a.what == "ask" for t in a.types)
    logged = Counter((q.at, q.name, q.type) for q in log_of(body).queries)
    assert logged == planned
    assert planned.total() > 500


@pytest.mark.parametrize("body", BODIES)
def test_every_question_comes_from_the_address_its_client_held(body: str) -> None:
    """Each client of the plan asks from the address that was leased to it then; the canary from its fixed one."""
    plan, log = plan_of(body), log_of(body)
    expected: dict[tuple[datetime, str, str], list[str]] = defaultdict(list)
    for act in plan.acts:
        client = plan.clients[act.client]
        for kind in act.types:
            expected[act.at, act.name, kind].append("" if client.static else client.mac)
    found: dict[tuple[datetime, str, str], list[str]] = defaultdict(list)
    for query in log.queries:
        found[query.at, query.name, query.type].append(log.holder(query))
    assert {k: sorted(v) for k, v in found.items()} == {k: sorted(v) for k, v in expected.items() if v}


@pytest.mark.parametrize("body", BODIES)
def test_the_canary_is_answered_in_every_working_hour(body: str) -> None:
    """Hours 7 to 18 of every day of the window, weekends too: coverage has no hole."""
    settings = tomllib.loads((EXAMPLES / body / "ordinance.toml").read_text("utf-8"))
    source = next(s for s in settings["sources"] if s["reader"] == "dnsmasq-log")
    seen = {
        (q.at.date(), q.at.hour)
        for q in log_of(body).queries
        if q.name == source["canary"] and any(a.startswith("config ") for a in q.answers)
    }
    assert seen == {(d, h) for d in plan_of(body).days for h in range(*source["hours"])}


# --- the planted app -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("body", "mac", "address", "begin", "names"), SESSIONS)
def test_each_planted_session_is_in_the_log(body: str, mac: str, address: str, begin: datetime, names: int) -> None:
    """Within the minute after its begin, from that address, held by that hardware address: that many app names."""
    log = log_of(body)
    end = begin + timedelta(minutes=1)
    session = [q for q in log.queries if begin <= q.at < end and q.address == address and is_app_only(q.name)]
    assert {log.holder(q) for q in session} == {mac}
    assert len({q.name.lower() for q in session}) >= names
    assert {q.type for q in session} >= {"A", "AAAA"}


@pytest.mark.parametrize("body", BODIES)
def test_nobody_else_asks_for_the_apps_own_names(body: str) -> None:
    """Outside the planted sessions only the monitoring host's probe of the block asks for a name of the app."""
    sessions = [(a, b) for other, _, a, b, _ in SESSIONS if other == body]
    probe = {c.static for c in plan_of(body).clients.values() if c.static}
    for query in log_of(body).queries:
        if not is_app_only(query.name):
            continue
        planted = any(query.address == a and b <= query.at < b + timedelta(minutes=1) for a, b in sessions)
        assert planted or (query.address in probe and query.at.hour == 9), query


@pytest.mark.parametrize("body", BODIES)
def test_the_plan_says_what_its_questions_are_for(body: str) -> None:
    """No embed, look-alike or background row of a plan holds a name of the app."""
    strays = [a for a in plan_of(body).acts if is_app_only(a.name) and a.purpose not in APP_PURPOSES]
    assert strays == []


def test_the_app_gets_an_address_before_the_block_and_none_after() -> None:
    """Until 3 April every A and AAAA question of the app is answered with an address, from then on with NXDOMAIN."""
    questions = [q for q in log_of("ghent").queries if is_app_only(q.name)]
    blocked = [q for q in questions if any(a.startswith("config ") and a.endswith("NXDOMAIN") for a in q.answers)]
    answered = [q for q in questions if any(re.search(r" is [\d.]+$| is [\da-f:]+$", a) for a in q.answers)]
    assert blocked == [q for q in questions if q.at >= BLOCK]
    assert answered == [q for q in questions if q.at < BLOCK and q.type in ("A", "AAAA")]
    assert len(blocked) > 10
    assert len(answered) > 40


def test_the_block_is_probed_on_every_day_it_stands() -> None:
    """A block nobody asks about proves nothing: each day from 3 April a name of the app is asked for and refused."""
    refused = {
        q.at.date()
        for q in log_of("ghent").queries
        if is_app_only(q.name) and q.at.hour == 9 and any(a.endswith("is NXDOMAIN") for a in q.answers)
    }
    assert refused == {d for d in plan_of("ghent").days if d >= BLOCK.date()}


# --- what is awkward, and must stay in ------------------------------------------------------------------------------


def test_one_address_is_held_by_three_clients() -> None:
    """10.20.0.117: gp-003 gives it back at noon, gp-010 has it that afternoon, gp-005 two days later."""
    held = [(h.mac[-2:], h.start.date()) for h in log_of("ghent").leases if h.address == "10.20.0.117"]
    assert held == [
        ("03", date(2023, 3, 28)),
        ("0a", date(2023, 3, 28)),
        ("05", date(2023, 3, 30)),
        ("05", date(2023, 4, 4)),
    ]


@pytest.mark.parametrize("body", BODIES)
def test_near_misses_are_in_the_same_log(body: str) -> None:
    """Look-alikes are answered, and embeds are asked for on more days than the app is."""
    queries = log_of(body).queries
    for name in ("nottiktok.com", "tiktok.com.evil.example", "mytiktokv.com", "tiktokv.com.example"):
        asked = [q for q in queries if q.name == name and q.type == "A"]
        assert asked, name
        assert all(q.answers[-1].endswith(" is 203.0.113.5") for q in asked), name
    embeds = {q.at.date() for q in queries if q.name in ("analytics.tiktok.com", "connect.facebook.net")}
    assert len(embeds) > len({q.at.date() for q in queries if is_app_only(q.name) and q.at.hour != 9})


@pytest.mark.parametrize("body", BODIES)
def test_the_log_has_the_forms_that_trip_readers(body: str) -> None:
    """Mixed case, punycode, HTTPS and PTR questions, aliases, refusals, and a question without an answer."""
    queries = log_of(body).queries
    answers = [a for q in queries for a in q.answers]
    assert any(q.name != q.name.lower() for q in queries)
    assert any(q.name.startswith("xn--") for q in queries)
    assert {"A", "AAAA", "HTTPS", "PTR"} <= {q.type for q in queries}
    assert any(a.endswith("is <CNAME>") for a in answers)
    assert any("REFUSED" in a for a in answers)
    assert any(len(q.answers) == 1 and q.answers[0].startswith("forwarded ") for q in queries)


def test_the_separate_device_is_on_the_city_network_and_the_other_never() -> None:
    """sd-002 asks for both internal names on 12 December; sd-001 has no lease; tw-005 asks for them every day."""
    log = log_of("tallinn")
    internal = {"intranet.tallinn.example", "mail.tallinn.example"}
    asked: dict[str, set[tuple[date, str]]] = defaultdict(set)
    for query in log.queries:
        if query.name in internal:
            asked[log.holder(query)].add((query.at.date(), query.name))
    assert asked.keys() == {"00:00:5e:00:53:10", "00:00:5e:00:53:05"}
    assert asked["00:00:5e:00:53:10"] == {(date(2024, 12, 12), n) for n in internal}
    assert asked["00:00:5e:00:53:05"] == {(d, n) for d in plan_of("tallinn").days for n in internal}
    assert "00:00:5e:00:53:0f" not in {h.mac for h in log.leases}


@pytest.mark.parametrize("body", BODIES)
def test_plans_say_that_they_are_invented_and_written_by_hand(body: str) -> None:
    """The plan carries the notice of its body and says who wrote it; a log cannot carry either."""
    text = (EXAMPLES / body / "logs" / "plan.toml").read_text("utf-8")
    notice = tomllib.loads((EXAMPLES / body / "ordinance.toml").read_text("utf-8"))["body"]["notice"]
    assert text.startswith("# Written by hand.")
    assert tomllib.loads(text)["notice"] == notice


@pytest.mark.parametrize("body", BODIES)
def test_clients_carry_the_hardware_addresses_of_the_estate(body: str) -> None:
    """A client named like a device has that device's hardware address; the others are in nobody's list."""
    rows = (EXAMPLES / body / "estate" / "devices.csv").read_text("utf-8").splitlines()
    column = rows[0].split(",").index("mac")
    estate = {r.split(",")[0]: r.split(",")[column] for r in rows[1:]}
    clients = {c.id: c.mac for c in plan_of(body).clients.values()}
    assert {i: m for i, m in clients.items() if i in estate} == {i: estate[i] for i in clients if i in estate}
    assert not {m for i, m in clients.items() if i not in estate} & set(estate.values())
