# SPDX-License-Identifier: EUPL-1.2
"""Who asked is named by leases as they are when it is said, and nobody for another."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from bodies import copy_body
from cli.shell import DAYS, edit
from ordinance.cli._common import instant
from ordinance.operations import watching
from ordinance.operations.keys import pseudonyms_of
from ordinance.operations.watching import NO_LONGER
from ordinance.operations.workspace import open_workspace
from ordinance.readers._following import Following
from ordinance.readers._known_log import KnownLog
from ordinance.store.watched import ENDED, FOUND

from .watched import (
    AT,
    HEAD,
    LEASES,
    NAME,
    Watched,
    add_sensor,
    dice,
    from_check,
    lease,
    macs,
    of_logs,
    row,
    uses,
    watched,
)


@pytest.fixture
def ghent(tmp_path: Path) -> Iterator[Watched]:
    """Ghent with a sensor beside its resolver, whose log has its head and nothing else yet."""
    found = watched(tmp_path)
    yield found
    if hasattr(found, "watch"):
        found.close()


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


def test_who_starts_while_a_lease_is_written_ends_nothing(ghent: Watched) -> None:
    """What stands is not said to be so no more because of a line whose end comes a moment later."""
    one, two = macs(ghent.folder, 2)
    ghent.write(lease("10.30.0.1", one), "kea.csv")
    ghent.write(row(AT, "10.30.0.1"))
    ghent.begin().step()
    standing = dict(ghent.watch.standing)
    ghent.close()
    ghent.write(lease("10.30.0.2", two)[:4], "kea.csv")
    ghent.begin(standing)
    assert ghent.step() + ghent.step() == []
    ghent.write(lease("10.30.0.2", two)[4:], "kea.csv")
    assert ghent.step() + ghent.step() == []
    ghent.write(row(AT + 9, "10.30.0.2"))
    assert len(uses(ghent.step())) == 1


def test_who_starts_beside_a_line_that_never_ends_tells_all_the_same(ghent: Watched) -> None:
    """After some seconds, and at the end in any case."""
    (one,) = macs(ghent.folder, 1)
    ghent.write(lease("10.30.0.1", one).rstrip(), "kea.csv")
    ghent.write(row(AT, "10.30.0.1"))
    ghent.begin()
    assert ghent.step() == []
    for _ in range(4):
        ghent.step(3)
    expected = set(of_logs(from_check(ghent.folder, ghent.now), ghent.watch.sources))
    assert set(ghent.watch.standing) == expected != set()
    ghent.close()
    ghent.begin()
    assert ghent.step() == []
    ghent.end()
    assert set(ghent.watch.standing) == expected


def device_of(ghent: Watched, mac: str) -> str:
    """The pseudonym of the device that has a hardware address."""
    workspace = ghent.watch.workspace
    (device,) = {r.id for r in workspace.estate.devices if mac in r.macs}
    return pseudonyms_of(workspace).of(device)


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
    return device_of(ghent, one), device_of(ghent, two)


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


def test_what_is_read_at_the_very_end_has_leases_as_new(ghent: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all is read once more for its order, an address may have changed hands since leases were read."""
    one, two = macs(ghent.folder, 2)
    ghent.write(lease("10.30.0.1", one), "kea.csv")
    ghent.begin().step()
    ghent.write("broken\n" + row(AT - 50_000, "10.30.0.1", "www.example.org"))
    ghent.write('{"_path": "ssl", "ts": 1}\n', "zeek/ssl.log")
    ghent.step()
    end = Following.end

    def goes_on(following: Following) -> KnownLog:
        if following.run.settings.id == "sensor":
            ghent.write(f"10.30.0.1,{two},,864000,{AT + 864_000 - 3600},1,0,0,,0,\n", "kea.csv")
            ghent.write(row(AT, "10.30.0.1"))
        return end(following)

    monkeypatch.setattr(Following, "end", goes_on)
    lines = ghent.end()
    assert {line["device"] for line in lines if line["event"] == FOUND} == {device_of(ghent, two)}
    expected = from_check(ghent.folder, ghent.now)
    assert ghent.document["accounting"] == expected["accounting"]
    assert set(ghent.watch.standing) == set(of_logs(expected, ghent.watch.sources))


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


def test_separate_devices_are_held_to_internal_names_by_new_leases(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Where internal names are looked for, new leases have the logs read again: who asked may be one of them."""
    folder = copy_body("tallinn", tmp_path)
    zone = open_workspace(folder).body.zone
    one = Watched(folder, instant(DAYS["tallinn"], zone)).begin()
    request.addfinalizer(one.close)
    one.step()
    assert one.end() == []
    assert set(one.watch.standing) == set(of_logs(from_check(folder, one.now), one.watch.sources))


@pytest.mark.parametrize("last", [False, True])
def test_internal_names_are_looked_for_by_leases_that_came_last(
    tmp_path: Path, request: pytest.FixtureRequest, *, last: bool
) -> None:
    """Whether a separate device asked decides what is kept; who it was is said a moment later, or at the very end."""
    folder = copy_body("tallinn", tmp_path)
    end = instant(DAYS["tallinn"], open_workspace(folder).body.zone)
    add_sensor(folder, "city-lan")
    at = int(end.timestamp()) - 3 * 86_400
    one = Watched(folder, end)
    one.begin().step()
    request.addfinalizer(one.close)
    one.write(row(at, "10.30.0.1", "intranet.tallinn.example"))
    one.step()
    one.write(f"10.30.0.1,00:00:5e:00:53:0f,,864000,{at + 860_000},1,0,0,,0,\n", "kea.csv")
    for _ in range(0 if last else 4):
        one.step(3)
    one.end()
    expected = from_check(folder, end)
    assert one.document["accounting"] == expected["accounting"]
    assert next(a for a in expected["accounting"] if a["source"] == "sensor")["kept"] == 1
    assert set(one.watch.standing) == set(of_logs(expected, one.watch.sources))


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
