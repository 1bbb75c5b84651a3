# SPDX-License-Identifier: EUPL-1.2
"""A watch says, line by line, what a check of the same files says in the end; each thing once."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bodies import BODIES, copy_body
from cli.shell import DAYS, edit
from ordinance.cli._common import instant
from ordinance.model.errors import PolicyError
from ordinance.operations import watching
from ordinance.operations.checking import run_check, window_of
from ordinance.operations.watching import NO_LONGER, NOT_AGAIN, OUT, Watch
from ordinance.operations.workspace import open_workspace
from ordinance.store.ledger import Act, read_ledger
from ordinance.store.watched import ENDED, FOUND, GAP, Line, Marks

NAME = "log-boot.tiktokv.com"
HEAD = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqclass\tqtype\trcode\tanswers\n"
)
LEASES = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
SOURCES = """
[[sources]]
id = "sensor"
reader = "zeek-log"
files = ["zeek/*"]
network = "staff"
leases = ["dhcp"]

[[sources]]
id = "dhcp"
reader = "kea-leases"
files = ["kea.csv"]
"""
NONE: Marks = {}
AT = 1_680_512_400  # 3 April 2023, 09:00 UTC


def dice(seed: object) -> Random:
    """The same in every run."""
    return Random(str(seed))  # noqa: S311  # on purpose


def from_check(folder: Path, as_of: datetime, since: datetime | None = None) -> dict[str, Any]:
    """The document of a check of everything that is there, up to an instant."""
    workspace = open_workspace(folder).usable()
    window = window_of(workspace, as_of, since, as_of)
    found = run_check(workspace, as_of, window, individual=True, fresh=True).document
    return dict(found)


def of_logs(document: dict[str, Any], sources: tuple[str, ...]) -> dict[str, Any]:
    """Its findings that stand on lines of these logs, by id."""
    rows = ((row, {e["source"] for e in row["evidence"]}) for row in document["findings"])
    return {row["id"]: row for row, where in rows if where and where <= set(sources)}


def told(lines: list[Line]) -> list[tuple[str, str]]:
    """(what, id) of each line about a finding."""
    return [(str(line["event"]), str(line["id"])) for line in lines if line["event"] != GAP]


def uses(lines: list[Line]) -> list[Line]:
    """Those about a use; each is beside one that says that nothing blocked it."""
    assert {line["reason"] for line in lines if line["event"] == FOUND} == {"app_traffic", "not_blocked"}
    return [line for line in lines if line.get("kind") == "app_traffic"]


@dataclass
class Watched:
    """A body that is watched; the clock goes on by what a test says."""

    folder: Path
    now: datetime
    lines: list[Line] = field(default_factory=list)
    tick: float = 0.0
    watch: Watch = field(init=False)
    document: dict[str, Any] = field(default_factory=dict)

    def begin(
        self, standing: dict[str, Line] | None = None, marks: Marks | None = NONE, since: datetime | None = None
    ) -> Watched:
        """Somebody starts to watch; nobody did before, unless a test says so."""
        workspace = open_workspace(self.folder).usable()
        self.watch = Watch(workspace, self.now, since=since, standing=standing, marks=marks)
        return self

    def step(self, seconds: float = 1.0) -> list[Line]:
        """Look, some time later."""
        self.tick += seconds
        found = self.watch.step(self.now, self.tick, lambda: self.tick)
        self.lines += found
        return found

    def end(self) -> list[Line]:
        """Look for the last time."""
        self.tick += 5
        found, self.document = self.watch.finish(self.now, self.tick)
        self.lines += found
        return found

    def write(self, text: str, name: str = "zeek/dns.log") -> None:
        """Write on."""
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def close(self) -> None:
        """Nobody looks any more."""
        self.watch.close()


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """What is to be closed."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def ghent(tmp_path: Path, held: ExitStack) -> Watched:
    """Ghent with a sensor beside its resolver, whose log has its head and nothing else yet."""
    folder = copy_body("ghent", tmp_path)
    settings = folder / "ordinance.toml"
    settings.write_text(settings.read_text("utf-8") + SOURCES, "utf-8")
    (folder / "zeek").mkdir()
    found = Watched(folder, instant("2023-04-10", open_workspace(folder).body.zone))
    found.write(HEAD)
    found.write(LEASES, "kea.csv")
    held.callback(lambda: found.close() if hasattr(found, "watch") else None)
    return found


def lease(address: str, mac: str) -> str:
    """A lease of the days that are looked at, as Kea writes it."""
    return f"{address},{mac},,864000,{AT + 800_000},1,0,0,,0,\n"


def row(at: int, address: str, name: str = NAME, answers: str = "203.0.113.7") -> str:
    """A question that was answered."""
    return f"{at}.500000\tC{at}\t{address}\t4001\t10.20.0.1\t53\tudp\t{name}\t1\t1\t0\t{answers}\n"


def macs(folder: Path, count: int) -> list[str]:
    """Hardware addresses of devices that a rule forbids to use the app."""
    workspace = open_workspace(folder)
    found = [r.macs[0] for r in workspace.estate.devices if r.macs and r.facts.owner == "body"]
    return sorted(m for m in set(found) if not int(m[:2], 16) & 2)[:count]


@pytest.mark.parametrize("name", [b for b in BODIES if b != "diest"])
def test_of_files_that_do_not_grow_it_says_what_a_check_says(name: str, tmp_path: Path, held: ExitStack) -> None:
    """Each example: the findings that stand on its logs, and the accounts of all sources; nothing is said twice."""
    folder = copy_body(name, tmp_path)
    zone = open_workspace(folder).body.zone
    end = instant(DAYS[name], zone)
    try:
        one = Watch(open_workspace(folder).usable(), end, until=end)
    except PolicyError as error:
        with pytest.raises(PolicyError) as refused:
            from_check(folder, end)
        assert {i.id for i in error.issues} & {i.id for i in refused.value.issues}
        return
    held.callback(one.close)
    first = one.step(end, 0.0, lambda: 0.0)
    last, document = one.finish(end, 1.0)
    expected = from_check(folder, end)
    assert told(first) == [(FOUND, key) for key in of_logs(expected, one.sources)]
    assert last == []
    assert document["accounting"] == expected["accounting"]
    assert document["findings"] == expected["findings"]


def test_what_is_written_is_told_at_the_next_look_and_once(ghent: Watched) -> None:
    """A device that nothing was known of asks; then another; the first again. At the end a check agrees."""
    one, two = macs(ghent.folder, 2)
    ghent.write(lease("10.30.0.1", one) + lease("10.30.0.2", two), "kea.csv")
    ghent.begin().step()
    before = set(ghent.watch.standing)
    ghent.write(row(AT, "10.30.0.1"))
    (first,) = uses(ghent.step())
    assert (first["event"], first["result"], first["count"]) == (FOUND, "fail", 1)
    assert first["evidence"] == [{"source": "sensor", "file": "zeek/dns.log", "line": 7}]
    ghent.write(row(AT + 1, "10.30.0.1") + row(AT + 2, "10.30.0.2") + row(AT + 3, "10.30.0.2", "www.example.org"))
    (second,) = uses(ghent.step())
    assert second["device"] != first["device"] and second["event"] == FOUND
    assert ghent.step() == [] == ghent.end()
    expected = of_logs(from_check(ghent.folder, ghent.now), ghent.watch.sources)
    assert set(expected) == set(ghent.watch.standing)
    assert {first["id"], second["id"]} < set(expected) and len(expected) == len(before) + 4
    assert expected[first["id"]]["count"] == 2


def test_half_a_line_says_nothing(ghent: Watched) -> None:
    """It is told when it has its end, and not twice."""
    (mac,) = macs(ghent.folder, 1)
    ghent.write(lease("10.30.0.1", mac), "kea.csv")
    ghent.begin().step()
    text = row(AT, "10.30.0.1")
    ghent.write(text[:40])
    assert ghent.step() == []
    ghent.write(text[40:-1])
    assert ghent.step() == []
    ghent.write("\n")
    assert len(uses(ghent.step())) == 1


def test_a_lease_that_comes_later_names_who_asked(ghent: Watched) -> None:
    """Until it is there nobody is named; a lease that is half written is none, and leaves those that were read."""
    one, two = macs(ghent.folder, 2)
    ghent.write(lease("10.30.0.1", one), "kea.csv")
    ghent.begin().step()
    ghent.write(row(AT, "10.30.0.1") + row(AT, "10.30.0.2"))
    lines = ghent.step()
    assert {(x["device"] is None, x["reason"]) for x in lines} == {
        *((True, "no_lease"), (False, "app_traffic"), (False, "not_blocked"))
    }
    ghent.write(lease("10.30.0.2", two)[:20], "kea.csv")
    assert ghent.step(10) == []
    ghent.write(lease("10.30.0.2", two)[20:], "kea.csv")
    later = ghent.step(10)
    assert sorted(str(line["event"]) for line in later) == [ENDED, FOUND, FOUND]
    assert next(x for x in later if x["event"] == ENDED)["reason"] == NO_LONGER
    ghent.end()
    assert set(ghent.watch.standing) == set(of_logs(from_check(ghent.folder, ghent.now), ghent.watch.sources))


def test_a_lease_that_is_half_written_is_waited_for(ghent: Watched) -> None:
    """Such a line may be about any address: for some seconds nothing ends by it, and then nobody is named."""
    one, two = macs(ghent.folder, 2)
    ghent.write(lease("10.30.0.1", one), "kea.csv")
    ghent.write(row(AT, "10.30.0.1"))
    ghent.begin().step()
    ghent.write(lease("10.30.0.2", two)[:4], "kea.csv")
    for _ in range(3):
        assert ghent.step(3) == []
    lines = [line for _ in range(3) for line in ghent.step(3)]
    assert {line["device"] for line in lines if line["event"] == FOUND} == {None}
    assert sorted(str(line["event"]) for line in lines) == [ENDED, ENDED, FOUND]


def given_back(ghent: Watched, how: str) -> tuple[str, str]:
    """Leases that say of an address, while it is watched, that another device has it now: who had it, and who has."""
    one, two = macs(ghent.folder, 2)
    other = f"10.30.0.1,{two},,864000,{AT + 864_000 - 3600},1,0,0,,0,"
    edit(ghent.folder / "ordinance.toml", '"kea.csv"', '"kea.csv*"')
    if how == "packed":
        (ghent.folder / "kea.csv.1.gz").write_bytes(gzip.compress((LEASES + lease("10.30.0.9", one)).encode()))
    ghent.write(lease("10.30.0.1", one), "kea.csv")
    ghent.write(row(AT - 50_000, "10.30.0.1"))
    ghent.begin().step()
    if how == "soon":
        ghent.write(lease("10.30.0.8", macs(ghent.folder, 3)[2]), "kea.csv")
        ghent.step(3)
    ghent.write(other + ("" if how == "open" else "\n"), "kea.csv")
    return tuple(ghent.watch._pseudonyms.of(d) for mac in (one, two) for d in ghent.watch._owners[mac])  # type: ignore[return-value]  # each has one


@pytest.mark.parametrize("how", ["whole", "open", "packed"])
def test_whoever_gave_an_address_back_is_not_named(ghent: Watched, how: str) -> None:
    """Who has it now is, also where the last line of the leases never ends, or an older file of them is packed."""
    had, has = given_back(ghent, how)
    ghent.write(row(AT, "10.30.0.1"))
    lines = [line for _ in range(6) for line in ghent.step(3)]
    assert {line["device"] for line in lines if line["event"] == FOUND} == {has} != {had}
    ghent.end()
    assert set(ghent.watch.standing) == set(of_logs(from_check(ghent.folder, ghent.now), ghent.watch.sources))


@pytest.mark.parametrize("how", ["soon", "open"])
def test_until_new_leases_are_read_nobody_is_named(ghent: Watched, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever had the address is not named for the moment in which it is known that leases are others."""
    monkeypatch.setattr(watching, "AT_A_TURN", 0)
    had, has = given_back(ghent, how)
    ghent.write(row(AT, "10.30.0.1"))
    assert ghent.step(0.1) == []
    lines = [line for _ in range(6) for line in ghent.step(3)]
    assert {line["device"] for line in lines if line["event"] == FOUND} == {has} != {had}


def test_leases_that_are_written_all_the_while_are_read(ghent: Watched) -> None:
    """They grow whenever they are read, and have a line that nobody can read: not for ever are older ones kept."""
    had, has = given_back(ghent, "whole")
    ghent.write("10.30.0.7,no,row\n", "kea.csv")

    def grows() -> float:
        ghent.write(lease("10.30.0.9", macs(ghent.folder, 3)[2]), "kea.csv")
        return ghent.tick

    ghent.write(row(AT, "10.30.0.1"))
    lines = []
    for _ in range(8):
        ghent.tick += 3
        lines += ghent.watch.step(ghent.now, ghent.tick, grows)
    assert {line["device"] for line in lines if line["event"] == FOUND} == {has} != {had}


def test_leases_that_came_just_before_the_end_count(ghent: Watched) -> None:
    """At the last look they are read as the logs are: a check names the same."""
    had, has = given_back(ghent, "whole")
    ghent.write(row(AT, "10.30.0.1"))
    lines = ghent.end()
    assert {line["device"] for line in lines if line["event"] == FOUND} == {has} != {had}
    expected = from_check(ghent.folder, ghent.now)
    assert ghent.document["accounting"] == expected["accounting"]
    assert set(ghent.watch.standing) == set(of_logs(expected, ghent.watch.sources))


def test_a_connection_that_came_to_nothing_takes_a_finding_back(ghent: Watched) -> None:
    """A later line of another file says that the server sent no byte: it ends, as it is in no check either."""
    (mac,) = macs(ghent.folder, 1)
    ghent.write(lease("10.30.0.1", mac), "kea.csv")
    ssl = {"_path": "ssl", "ts": AT, "uid": "Cx", "id.orig_h": "10.30.0.1", "id.orig_p": 4001, "established": True}
    ssl |= {"id.resp_h": "203.0.113.7", "id.resp_p": 443, "server_name": NAME}
    conn = {**ssl, "_path": "conn", "conn_state": "S0", "orig_bytes": 100, "resp_bytes": 0, "missed_bytes": 0}
    ghent.begin().step()
    ghent.write(json.dumps(ssl) + "\n", "zeek/ssl.log")
    found = {line["id"] for line in ghent.step()}
    ghent.write(json.dumps(conn) + "\n", "zeek/conn.log")
    ended = ghent.step()
    assert {(line["event"], line["id"], line["reason"]) for line in ended} == {(ENDED, f, NO_LONGER) for f in found}
    assert ghent.end() == [] and len(found) == 2
    assert found.isdisjoint(of_logs(from_check(ghent.folder, ghent.now), ghent.watch.sources))


def test_leases_that_change_hands_are_asked_again_in_turn(ghent: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease is corrected: whoever had the address by the old one is cleared in some looks, and the other named."""
    monkeypatch.setattr(watching, "AT_A_TURN", 1)
    one, two, *others = macs(ghent.folder, 6)
    rows = [lease(f"10.30.0.{n}", mac) for n, mac in enumerate(others, 3)]
    ghent.write(lease("10.30.0.1", one) + "".join(rows), "kea.csv")
    ghent.write("".join(row(AT + n, f"10.30.0.{n}") for n in (1, 3, 4, 5)))
    ghent.begin().step()
    (ghent.folder / "kea.csv").write_text(LEASES + lease("10.30.0.1", two) + "".join(rows), "utf-8")
    lines = [line for _ in range(8) for line in ghent.step(3)]
    assert sorted(str(line["event"]) for line in lines) == [ENDED, ENDED, FOUND, FOUND]
    ghent.end()
    assert set(ghent.watch.standing) == set(of_logs(from_check(ghent.folder, ghent.now), ghent.watch.sources))


def test_where_blocks_stand_on_other_lines_all_is_judged_again(ghent: Watched) -> None:
    """BIND's log says on a later line that it blocked: what is told in the end is what a check says."""
    settings = ghent.folder / "ordinance.toml"
    edit(settings, 'reader = "zeek-log"\nfiles = ["zeek/*"]', 'reader = "bind-log"\nfiles = ["named/*"]')
    (ghent.folder / "named").mkdir()
    asked = "03-Apr-2023 11:00:0{n}.123 {kind}: info: client @0x7f2d26cc1098 10.30.0.1#400{n} ({name}): {words}\n"
    ghent.begin().step()
    for n in range(4):
        words = f"query: {NAME} IN A +E(0)K (10.20.0.1)"
        ghent.write(asked.format(n=n, kind="queries", name=NAME, words=words), "named/query.log")
        ghent.step()
        blocked = f"rpz QNAME NXDOMAIN rewrite {NAME}/A/IN via {NAME}.rpz.ordinance"
        ghent.write(asked.format(n=n, kind="rpz", name=NAME, words=blocked), "named/rpz.log")
        ghent.step()
    ghent.end()
    expected = from_check(ghent.folder, ghent.now)
    assert ghent.document["accounting"] == expected["accounting"]
    assert ghent.document["contacts"] == expected["contacts"]
    assert set(ghent.watch.standing) == set(of_logs(expected, ghent.watch.sources))


def test_what_a_log_says_of_the_future_waits_for_it(ghent: Watched) -> None:
    """A line of a clock that is ahead is told of when its instant is over, and no device is accused before."""
    (mac,) = macs(ghent.folder, 1)
    ghent.write(lease("10.30.0.1", mac), "kea.csv")
    since, ghent.now = ghent.now - timedelta(days=14), datetime.fromtimestamp(AT, ghent.now.tzinfo)
    ghent.begin(since=since).step()
    ghent.write(row(AT + 30, "10.30.0.1"))
    assert ghent.step() == []
    ghent.now += timedelta(seconds=29)
    assert ghent.step() == []
    ghent.now += timedelta(seconds=1)
    assert len(uses(ghent.step())) == 1


def test_who_goes_on_where_another_was_killed_says_nothing_again(ghent: Watched) -> None:
    """What stands is not said; what was written meanwhile is. The window of a later day ends what it does not show."""
    one, two = macs(ghent.folder, 2)
    ghent.write(lease("10.30.0.1", one) + lease("10.30.0.2", two), "kea.csv")
    ghent.write(row(AT, "10.30.0.1"))
    ghent.begin().step()
    marks, standing = ghent.watch.marks, dict(ghent.watch.standing)
    ghent.close()
    ghent.write(row(AT + 5, "10.30.0.2"))
    ghent.begin(standing, marks)
    assert len(uses(ghent.step())) == 1
    standing = dict(ghent.watch.standing)
    ghent.close()
    ghent.now += timedelta(days=40)
    ghent.begin(standing, marks)
    assert {(line["event"], line["reason"]) for line in ghent.step()} == {(ENDED, OUT)}
    assert ghent.watch.standing == {}


def test_who_looks_at_earlier_days_ends_nothing_of_later_ones(ghent: Watched) -> None:
    """As of an instant before it was seen nothing is known of a finding: it stands, and is told no second time."""
    (mac,) = macs(ghent.folder, 1)
    ghent.write(lease("10.30.0.1", mac), "kea.csv")
    ghent.write(row(AT, "10.30.0.1"))
    ghent.begin().step()
    standing, later = dict(ghent.watch.standing), ghent.now
    ghent.close()
    ghent.now = datetime.fromtimestamp(AT - 60, ghent.now.tzinfo)
    ghent.begin(standing, since=later - timedelta(days=14))
    assert [line for line in ghent.step() + ghent.end() if line["event"] == ENDED] == []
    standing = dict(ghent.watch.standing)
    ghent.close()
    ghent.now = later
    ghent.begin(standing)
    assert [line["event"] for line in ghent.step() + ghent.end()] == []


def test_a_log_that_went_while_nobody_watched_is_a_gap(ghent: Watched) -> None:
    """It is said, by name; what was found in it ends as not seen again, which is no word that it was wrong."""
    (mac,) = macs(ghent.folder, 1)
    ghent.write(lease("10.30.0.1", mac), "kea.csv")
    ghent.write(row(AT, "10.30.0.1"))
    ghent.begin().step()
    marks, standing = ghent.watch.marks, dict(ghent.watch.standing)
    ghent.close()
    (ghent.folder / "zeek/dns.log").unlink()
    ghent.write(HEAD + row(AT + 9, "10.30.0.9"), "zeek/dns.log")
    ghent.begin(standing, marks)
    lines = ghent.step()
    assert {"event": GAP, "source": "sensor", "file": "zeek/dns.log", "reason": "file-gone"} in lines
    assert {line["reason"] for line in lines if line["event"] == ENDED} == {NOT_AGAIN}
    ghent.close()
    ghent.begin(standing, None)
    assert ghent.step()[0] == {"event": GAP, "source": None, "file": None, "reason": "no-marks"}


def test_separate_devices_are_held_to_internal_names_by_new_leases(tmp_path: Path, held: ExitStack) -> None:
    """Where internal names are looked for, new leases have the logs read again: who asked may be one of them."""
    folder = copy_body("tallinn", tmp_path)
    zone = open_workspace(folder).body.zone
    one = Watched(folder, instant(DAYS["tallinn"], zone)).begin()
    held.callback(one.close)
    one.step()
    assert one.end() == []
    assert set(one.watch.standing) == set(of_logs(from_check(folder, one.now), one.watch.sources))


def test_a_body_that_lets_no_log_of_devices_be_read_is_not_watched(tmp_path: Path) -> None:
    """Nothing is opened, and no entry is made that rows were shown."""
    folder = copy_body("diest", tmp_path)
    with pytest.raises(PolicyError, match="individual-not-allowed"):
        Watch(open_workspace(folder).usable(), instant(DAYS["diest"], open_workspace(folder).body.zone))
    assert not (folder / ".ordinance").exists()


def test_before_all_staff_are_told_nobody_is_watched(tmp_path: Path) -> None:
    """The law that asks for a notice asks for it here too."""
    folder = copy_body("brussels-police-zone", tmp_path)
    with pytest.raises(PolicyError, match="alarm-missing"):
        Watch(open_workspace(folder).usable(), instant("2023-03-27", open_workspace(folder).body.zone))


def test_what_it_shows_stands_in_the_ledger(ghent: Watched) -> None:
    """One entry a start, of the days that are looked at, before anything is read."""
    ghent.begin()
    (entry,) = read_ledger(ghent.folder / ".ordinance").entries
    assert entry.what is Act.ROWS and entry.said["purpose"]


@pytest.mark.parametrize("seed", range(4))
def test_however_it_is_written_it_says_what_a_check_says(ghent: Watched, seed: int) -> None:
    """Many devices, pieces that end anywhere, rotations and restarts: each id once, and in the end those of a check."""
    random, devices = dice(seed), macs(ghent.folder, 8)
    ghent.write("".join(lease(f"10.30.0.{n}", mac) for n, mac in enumerate(devices, 1)), "kea.csv")
    ghent.begin().step()
    text, turn = "", 0
    for n in range(120):
        name = random.choice((NAME, NAME, "www.example.org", "www.tiktok.com"))
        text += row(AT + 60 * n, f"10.30.0.{random.randrange(1, 12)}", name, random.choice(("203.0.113.7", "-")))
    while text:
        cut = random.randrange(1, 900)
        ghent.write(text[:cut])
        text, turn = text[cut:], turn + 1
        ghent.step()
        if turn % 7 == 3:
            (ghent.folder / "zeek/dns.log").rename(ghent.folder / f"zeek/dns-{turn:04}.log")
            ghent.write(HEAD)
            ghent.step()
            ghent.step()
        if turn % 5 == 4:
            marks, standing = ghent.watch.marks, dict(ghent.watch.standing)
            ghent.close()
            ghent.begin(standing, marks)
            ghent.step()
    ghent.end()
    seen: set[str] = set()
    for event, key in told(ghent.lines):
        assert (key in seen) is (event == ENDED)
        (seen.remove if event == ENDED else seen.add)(key)
    assert [line for line in ghent.lines if line["event"] == GAP] == []
    expected = of_logs(from_check(ghent.folder, ghent.now), ghent.watch.sources)
    assert seen == set(expected) and len(seen) > 6


@pytest.mark.parametrize("seed", range(3))
def test_however_leases_change_hands_nobody_is_named_for_another(ghent: Watched, seed: int) -> None:
    """Addresses are given to one device after another while it looks: nobody is ever named whom no check names."""
    random, devices = dice(f"leases {seed}"), macs(ghent.folder, 8)
    innocent = devices[5:]  # these ask for other names alone
    ghent.begin().step()
    at = AT - 60_000
    for turn in range(40):
        at += 900
        mac, address = random.choice(devices), f"10.30.0.{random.randrange(1, 4)}"
        text = f"{address},{mac},,864000,{at + 864_000},1,0,0,,0,\n"
        if random.random() < 0.2:  # Kea writes its file anew
            whole = (ghent.folder / "kea.csv").read_text("utf-8") + text
            (ghent.folder / "kea.new").write_text(whole, "utf-8")
            (ghent.folder / "kea.new").rename(ghent.folder / "kea.csv")
        else:
            cut = random.randrange(len(text))
            for piece in (text[:cut], text[cut:]):
                ghent.write(piece, "kea.csv")
                if random.random() < 0.4:
                    ghent.step(random.choice((0.1, 1.0, 3.0)))
        name = "www.example.org" if mac in innocent else NAME
        ghent.write(row(at + 450, address, name))
        if turn % 9 == 8:
            (ghent.folder / "zeek/dns.log").rename(ghent.folder / f"zeek/dns-{turn:04}.log")
            ghent.write(HEAD)
        for _ in range(random.randrange(3)):
            ghent.step(random.choice((0.1, 0.4, 2.0)))
    ghent.end()
    expected = of_logs(from_check(ghent.folder, ghent.now), ghent.watch.sources)
    assert set(ghent.watch.standing) == set(expected)
    named = {str(line["device"]) for line in ghent.lines if line["event"] == FOUND}
    assert named <= {str(line["device"]) for line in expected.values()} and len(named) > 3
