# SPDX-License-Identifier: EUPL-1.2
"""A watch says, line by line, what a check of the same files says in the end; each thing once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bodies import BODIES, copy_body
from cli.shell import DAYS, edit
from ordinance.cli._common import instant
from ordinance.model.errors import PolicyError
from ordinance.operations.watching import NO_LONGER, NOT_AGAIN, OUT, Watch
from ordinance.operations.workspace import open_workspace
from ordinance.store.ledger import Act, read_ledger
from ordinance.store.watched import ENDED, FOUND, GAP

from .watched import AT, HEAD, NAME, Watched, dice, from_check, lease, macs, of_logs, row, told, uses, watched


@pytest.fixture
def ghent(tmp_path: Path) -> Iterator[Watched]:
    """Ghent with a sensor beside its resolver, whose log has its head and nothing else yet."""
    found = watched(tmp_path)
    yield found
    if hasattr(found, "watch"):
        found.close()


@pytest.mark.parametrize("name", [b for b in BODIES if b != "diest"])
def test_of_files_that_do_not_grow_it_says_what_a_check_says(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
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
    request.addfinalizer(one.close)
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
