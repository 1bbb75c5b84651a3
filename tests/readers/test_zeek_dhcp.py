# SPDX-License-Identifier: EUPL-1.2
"""Zeek's dhcp log, beyond the cases on disk."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from ordinance.model.body import SourceSettings
from ordinance.readers._base import LeaseReading
from ordinance.readers.zeek_dhcp import ZeekDhcp

from . import samples, zeek_traffic
from .zeek_traffic import Event

SETTINGS = SourceSettings("dhcp", "zeek-dhcp", ("*.log",), samples.BRUSSELS)
EIGHT = 1_679_299_200
ONE, TWO = "00:00:5e:00:53:01", "00:00:5e:00:53:02"
ADDRESS = "10.20.0.11"


def row(at: float, *types: str, mac: str = ONE, lease: float | None = 3600.0, **more: object) -> Event:
    """An exchange about one address."""
    given = {"assigned_addr": ADDRESS, "lease_time": lease} if "ACK" in types else {"requested_addr": ADDRESS}
    fields = {"ts": float(at), "uids": ["C1"], "mac": mac, "msg_types": list(types), "duration": 0.0, **given, **more}
    return Event("dhcp", {name: value for name, value in fields.items() if value is not None})


def read(folder: Path, rows: Sequence[Event], form: str = "tables") -> LeaseReading:
    """Read these rows as one log."""
    written = zeek_traffic.tables(rows) if form == "tables" else zeek_traffic.objects(rows, form)
    for name, text in written.items():
        (folder / name).write_text(text, "utf-8")
    return ZeekDhcp().read(SETTINGS, folder)


def held(reading: LeaseReading) -> list[tuple[str, int, int]]:
    """Who held the address, in seconds since eight."""
    return [(h.mac, h.start - EIGHT, h.end - EIGHT) for a, h in reading.index.every() if a == ADDRESS]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(EIGHT, "REQUEST", "ACK")], [(ONE, 0, 3600)]),
        ([row(EIGHT, "DISCOVER", "OFFER", "REQUEST", "ACK", duration=4.9)], [(ONE, 4, 3600)]),
        ([row(EIGHT, "ACK")], [(ONE, 0, 3600)]),
        ([row(EIGHT, "INFORM", "ACK")], []),
        ([row(EIGHT, "DISCOVER", "OFFER", assigned_addr=ADDRESS, lease_time=3600.0)], []),
        ([row(EIGHT, "REQUEST", "NAK", "DISCOVER", "OFFER", "REQUEST", "ACK")], [(ONE, 0, 3600)]),
        ([row(EIGHT, "REQUEST", "ACK", lease=0.0)], []),
        ([row(EIGHT, "REQUEST", "ACK", mac="02-00-5e")], []),
        ([row(EIGHT, "REQUEST", "ACK", "OFFER")], []),
        ([row(EIGHT, "OFFER", "REQUEST", "OFFER", "ACK")], [(ONE, 0, 3600)]),
    ],
)
def test_what_an_exchange_gives(rows: Sequence[Event], expected: list[tuple[str, int, int]], tmp_path: Path) -> None:
    """An address that was acknowledged, from the last message until the lease that began with the first is over."""
    assert held(read(tmp_path, rows)) == expected


@pytest.mark.parametrize(
    ("end", "until"),
    [
        (row(EIGHT + 600, "RELEASE", client_addr=ADDRESS), 600),
        (row(EIGHT + 600, "RELEASE", client_addr=ADDRESS, mac=TWO), 3600),
        (row(EIGHT + 600, "RELEASE", client_addr=ADDRESS, mac=None), 600),
        (row(EIGHT + 600, "RELEASE", client_addr="10.20.0.12"), 3600),
        (row(EIGHT + 600, "REQUEST", "NAK"), 600),
        (row(EIGHT + 600, "REQUEST", "NAK", mac=TWO), 3600),
        (row(EIGHT + 600, "REQUEST", "NAK", requested_addr=None, client_addr=ADDRESS), 600),
        (row(EIGHT + 600, "DECLINE"), 300),
        (row(EIGHT + 600, "DECLINE", mac=TWO), 300),
        (row(EIGHT + 600, "REQUEST", "ACK", mac=TWO, lease=None), 300),
        (row(EIGHT + 600, "DISCOVER"), 3600),
        (row(EIGHT + 600, "INFORM", "ACK", assigned_addr=None, lease=None, mac=TWO), 3600),
    ],
)
def test_what_ends_a_lease(end: Event, until: int, tmp_path: Path) -> None:
    """Its own device's word, the server's to that device, a neighbour that has the address, and what cannot be read.

    The last two by the clock of the log too, which may be five minutes off.
    """
    assert held(read(tmp_path, [row(EIGHT, "REQUEST", "ACK"), end])) == [(ONE, 0, until)]


def test_a_device_that_comes_with_an_old_address_takes_it_from_nobody(tmp_path: Path) -> None:
    """A phone asks for the address that it had at home, and is told no; whoever holds it here goes on holding it."""
    rows = [row(EIGHT, "REQUEST", "ACK"), *(row(EIGHT + n, "REQUEST", "NAK", mac=TWO) for n in range(1, 9))]
    assert held(read(tmp_path, rows)) == [(ONE, 0, 3600)]


def test_tables_and_json_of_the_same_exchanges_say_the_same(tmp_path: Path) -> None:
    """In every form of time, whatever the exchanges."""
    dice = random.Random(5)  # noqa: S311  # the same exchanges each time
    often = (("REQUEST", "ACK"), ("DISCOVER", "OFFER", "REQUEST", "ACK"), ("REQUEST", "NAK")) * 20
    kinds = (*often, ("DECLINE",))
    rows = [row(EIGHT + 60 * n, *dice.choice(kinds), mac=dice.choice((ONE, TWO))) for n in range(300)]
    rows += [row(EIGHT + 60 * n + 30, "RELEASE", client_addr=ADDRESS, mac=dice.choice((ONE, TWO))) for n in range(60)]
    found = []
    for form in ("tables", "epoch", "millis", "iso"):
        (tmp_path / form).mkdir()
        reading = read(tmp_path / form, rows, form)
        found.append((held(reading), reading.account.dropped, reading.account.rejected))
    assert len(found[0][0]) > 50
    assert found[1:] == found[:1] * 3


def test_other_rows_of_the_same_stream_are_no_leases(tmp_path: Path) -> None:
    """One file may hold every log of a sensor."""
    made = zeek_traffic.day(clients=2, hours=[9])
    rows = [row(EIGHT, "REQUEST", "ACK"), *made.events]
    (tmp_path / "all.log").write_text(zeek_traffic.stream(rows)["zeek.json"], "utf-8")
    reading = ZeekDhcp().read(SETTINGS, tmp_path)
    assert held(reading) == [(ONE, 0, 3600)]
    assert (reading.account.dropped, reading.account.structural) == (1, len(made.events))


CUT = '{"ts":1679300200.0,"uids":["C1"],"msg_types":["ACK"],"assigned_addr":"192.0.2."}'


@pytest.mark.parametrize(("bad", "until"), [('{"ts":1679299', 0), ("\x00\x01", 0), (CUT, 400)])
def test_a_row_that_says_no_address_leaves_nobody_holding_any(bad: str, until: int, tmp_path: Path) -> None:
    """It may have given the address to somebody else: who had it before is not taken for who asks there now.

    Rows stand up to five minutes out of order, so that it may be older than the row before it by as much; and the clock
    of the log may be as far off.
    """
    first, second = row(EIGHT, "REQUEST", "ACK", lease=36_000.0), row(EIGHT + 7200, "REQUEST", "ACK", lease=36_000.0)
    lines = [next(iter(zeek_traffic.objects([one], "epoch").values())) for one in (first, second)]
    (tmp_path / "dhcp.log").write_text(f"{lines[0]}{bad}\n{lines[1]}", "utf-8")
    reading = ZeekDhcp().read(SETTINGS, tmp_path)
    assert reading.account.rejected == 1
    assert held(reading) == [*([(ONE, 0, until)] if until else []), (ONE, 7500, 43_200)]
    (tmp_path / "dhcp.log").write_text(f"{lines[0]}{lines[1]}{bad}", "utf-8")
    in_order = [(ONE, 0, 6600)] if bad != CUT else []  # which bears a time long before that of the row before it
    assert held(ZeekDhcp().read(SETTINGS, tmp_path)) == in_order
