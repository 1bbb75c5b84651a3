# SPDX-License-Identifier: EUPL-1.2
"""A row of leases that cannot be read may have given an address to anybody: who held it before is not named then."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.time import Period
from ordinance.readers._leases import LeasesOf
from ordinance.readers.dnsmasq_leases import DnsmasqLeases
from ordinance.readers.isc_leases import IscLeases
from ordinance.readers.kea_leases import KeaLeases
from ordinance.readers.lease_table import LeaseTable

from . import samples

EIGHT = int(datetime(2023, 3, 20, 8, tzinfo=UTC).timestamp())
HOUR = 3600
MINE, ITS = "00:00:5e:00:53:01", "00:00:5e:00:53:02"
X, Y = "10.20.0.11", "10.20.0.12"
KEA = "address,hwaddr,valid_lifetime,expire,state\n"


def kea(address: str, mac: str, hours: float = 0) -> str:
    """A row of Kea: a lease of eight hours that began `hours` after eight o'clock."""
    return f"{address},{mac},{8 * HOUR},{EIGHT + int((hours + 8) * HOUR)},0\n"


def isc(address: str, mac: str, hours: int = 0, starts: str = "starts") -> str:
    """A declaration of ISC's server, likewise."""
    dates = f"  {starts} epoch {EIGHT + hours * HOUR};\n  ends epoch {EIGHT + (hours + 8) * HOUR};\n"
    return f"lease {address} {{\n{dates}  binding state active;\n  hardware ethernet {mac};\n}}\n"


def table(address: str, mac: str, first: str) -> str:
    """A row of a table that somebody keeps."""
    return f"{address},{mac},{first},\n"


READERS = {"kea": KeaLeases, "isc": IscLeases, "table": LeaseTable, "dnsmasq": DnsmasqLeases}


def holders(kind: str, folder: Path, *files: str) -> tuple[dict[int, str | None], int]:
    """Who held X, by whole hours after eight o'clock, when these files were read; and how many lines were refused."""
    for number, text in enumerate(files):
        (folder / f"leases-{number}").write_text(text, "utf-8")
    settings = SourceSettings("dhcp", f"{kind}-leases", ("leases-*",), samples.BRUSSELS, lease=Period(minutes=8 * 60))
    reading = READERS[kind]().read(settings, folder)
    leases = LeasesOf("dns", [reading.index])
    return {h: leases.holder(X, EIGHT + h * HOUR + 1800) for h in range(8)}, reading.account.rejected


ROWS: dict[str, tuple[str, Callable[..., str]]] = {"kea": (KEA, kea), "isc": ("", isc)}
UNREADABLE = {
    "kea": (KEA + kea(X, MINE) + kea(Y, ITS, 2), kea("10.20.0.x1", ITS, 3), kea(X, MINE, 5)),
    "isc": (isc(X, MINE) + isc(Y, ITS, 2), isc("10.20.0.x1", ITS, 2), isc(X, MINE, 5)),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_row_that_says_no_address_leaves_nobody_holding_any(kind: str, tmp_path: Path) -> None:
    """From the latest instant before it nobody is named, until the address is given again; without it, somebody is."""
    before, unreadable, after = UNREADABLE[kind]
    named, refused = holders(kind, tmp_path, before + unreadable + after)
    assert ([h for h, mac in named.items() if mac == MINE], refused) == ([0, 1, 5, 6, 7], 1)
    assert holders(kind, tmp_path, before + after) == (dict.fromkeys(range(8), MINE), 0)


def beside(kind: str, folder: Path, text: str, hour: int) -> list[str | None]:
    """Who held X six and four minutes before an hour, at it, and four and six minutes behind it."""
    (folder / "leases-0").write_text(text, "utf-8")
    settings = SourceSettings("dhcp", f"{kind}-leases", ("leases-*",), samples.BRUSSELS, lease=Period(minutes=8 * 60))
    leases = LeasesOf("dns", [READERS[kind]().read(settings, folder).index])
    return [leases.holder(X, EIGHT + hour * HOUR + 60 * minutes) for minutes in (-6, -4, 0, 4, 6)]


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_row_that_says_no_address_counts_by_the_clock_of_the_log_too(kind: str, tmp_path: Path) -> None:
    """Five minutes before it, and as long after the address is given again, nobody is named; without it, one is."""
    before, unreadable, after = UNREADABLE[kind]
    assert beside(kind, tmp_path, before + unreadable + after, 2) == [MINE, None, None, None, None]
    assert beside(kind, tmp_path, before + unreadable + after, 5) == [None, None, None, None, MINE]
    assert beside(kind, tmp_path, before + after, 5) == [MINE] * 5


DOUBTED = {
    "kea": (KEA + kea(X, MINE), kea(X, "no-mac", 3), kea(X, MINE, 5)),
    "isc": (isc(X, MINE), isc(X, "no-mac", 3), isc(X, MINE, 5)),
    "dnsmasq": tuple(f"{EIGHT + (8 + h) * HOUR} {mac} {X} * *\n" for h, mac in ((0, MINE), (3, "no-mac"), (5, MINE))),
}


@pytest.mark.parametrize("kind", DOUBTED)
def test_a_row_that_says_no_holder_counts_by_the_clock_of_the_log_too(kind: str, tmp_path: Path) -> None:
    """Also of the very source that has it, the device before it is not named when it may be another's already."""
    before, unreadable, after = DOUBTED[kind]
    assert beside(kind, tmp_path, before + unreadable + after, 3) == [MINE, None, None, None, None]
    assert beside(kind, tmp_path, before + unreadable + after, 5) == [None, None, None, None, MINE]
    assert beside(kind, tmp_path, before + after, 3) == [MINE] * 5


def test_a_row_of_the_instant_of_one_that_says_no_holder_names_nobody(tmp_path: Path) -> None:
    """Two devices got the address at once, and of one nobody knows which it is; in whatever order they stand."""
    mine, other = kea(X, MINE), kea(X, "no-mac")
    for text in (KEA + mine + other, KEA + other + mine):
        named, refused = holders("kea", tmp_path, text)
        assert (set(named.values()), refused) == ({None}, 1)
    assert set(holders("kea", tmp_path, KEA + mine)[0].values()) == {MINE}


TAKEN = {
    "kea": KEA + kea(X, MINE) + f"{X},,{HOUR},{EIGHT + 4 * HOUR},1\n",
    "isc": isc(X, MINE) + isc(X, MINE, 3).replace("state active", "state abandoned"),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_an_address_that_was_declined_is_somebodys_whom_nobody_knows(kind: str, tmp_path: Path) -> None:
    """Who was to get it found another device there: by any source's clock nobody is named, whatever a table says."""
    assert beside(kind, tmp_path, TAKEN[kind], 3) == [MINE, None, None, None, None]
    (tmp_path / "fixed.csv").write_text("address,mac,first,last\n" + table(X, MINE, "2020-01-01"), "utf-8")
    (tmp_path / "leases-0").write_text(TAKEN[kind], "utf-8")
    settings = SourceSettings("a", f"{kind}-leases", ("leases-*",), samples.BRUSSELS)
    fixed = SourceSettings("b", "lease-table", ("fixed.csv",), samples.BRUSSELS)
    indexes = READERS[kind]().read(settings, tmp_path).index, LeaseTable().read(fixed, tmp_path).index
    at = (EIGHT - HOUR, EIGHT + 2 * HOUR, EIGHT + 3 * HOUR, EIGHT + 5 * HOUR)
    assert [LeasesOf("dns", indexes).holder(X, i) for i in at] == [MINE, MINE, None, None]


def test_a_declaration_without_its_beginning_may_be_of_any_time(tmp_path: Path) -> None:
    """A line of it that cannot be read may have been the one that says when, or who."""
    named, refused = holders("isc", tmp_path, isc(X, MINE) + isc(X, ITS, 3, starts="begins"))
    assert (set(named.values()), refused > 0) == ({None}, True)
    lost = isc(X, ITS, 3).replace("  binding", '  "binding')
    named, refused = holders("isc", tmp_path, isc(X, MINE) + lost)
    assert ([h for h, mac in named.items() if mac == MINE], refused) == ([0, 1, 2], 1)


SLIPS = (table(X, "its", "2023-03-20"), table(X, ITS, "20 March"), f"{X},{ITS},2023-03-20,2022-01-01\n", f"{X},{ITS}\n")


@pytest.mark.parametrize("row", SLIPS)
def test_a_row_of_a_table_that_cannot_be_read_leaves_its_address_nobodys(row: str, tmp_path: Path) -> None:
    """Whom the table meant to have it now nobody can tell."""
    text = "address,mac,first,last\n" + table(X, MINE, "2020-01-01")
    assert set(holders("table", tmp_path, text)[0].values()) == {MINE}
    named, refused = holders("table", tmp_path, text + row)
    assert (set(named.values()), refused) == ({None}, 1)


def test_a_line_of_a_copy_may_be_about_any_address_that_is_in_others_alone(tmp_path: Path) -> None:
    """A copy has each address once: what stands in it beside the broken line keeps its holder."""
    def row(address: str, mac: str) -> str:
        return f"{EIGHT + 8 * HOUR} {mac} {address} phone *\n"

    broken = row("10.20.0.x1", ITS)
    assert set(holders("dnsmasq", tmp_path, row(X, MINE) + broken, row(X, MINE))[0].values()) == {MINE}
    assert set(holders("dnsmasq", tmp_path, row(X, MINE), row(Y, ITS) + broken)[0].values()) == {None}
    assert set(holders("dnsmasq", tmp_path, row(X, MINE), row(Y, ITS))[0].values()) == {MINE}


def table_of(folder: Path, *rows: str) -> tuple[list[str | None], int]:
    """Who held X and Y on 20 March by a table of these rows, and how many were refused."""
    (folder / "leases-0").write_bytes(("address,mac,first,last\n" + "".join(rows)).encode(errors="surrogateescape"))
    reading = LeaseTable().read(SourceSettings("dhcp", "lease-table", ("leases-*",), samples.BRUSSELS), folder)
    leases = LeasesOf("dns", [reading.index])
    return [leases.holder(address, EIGHT) for address in (X, Y)], reading.account.rejected


THE_TWO = table(X, MINE, "2020-01-01"), table(Y, MINE, "2020-01-01")


@pytest.mark.parametrize(
    "row",
    [
        f"10.20.0.O11,{ITS},2023-03-20,\n",
        f"10.20.O.77,{ITS},2023-03-01,2023-03-31\n",
        f"10.20.0.011,{ITS},2023-03-20,2023-03-20\n",
        f"10.20.0.999,{ITS},March,\n",
        f"10.20.0.999,{ITS},2023-06-01,2023-05-01\n",
        f"the printer's,{ITS},2023-03-20,,was 10.20.0.12\n",
        f"{X};{ITS};2023-03-20;\n",
        f"{ITS},2023-03-20\n",
        "10.20.0.1",  # cut short
        f"{X},{ITS},2023-03-2010.20.0.12,{ITS},2023-03-20,\n",  # two rows, of which the first has no end
        f'"10.20.0.O11,{ITS},2023-03-20,\n',
        "\udcff\n",
    ],
)
def test_a_row_of_a_table_without_its_address_may_mean_any(row: str, tmp_path: Path) -> None:
    """Which one its keeper meant to write nobody can tell: on its days nobody holds any."""
    assert table_of(tmp_path, *THE_TWO) == ([MINE, MINE], 0)
    assert table_of(tmp_path, *THE_TWO, row) == ([None, None], 1)


@pytest.mark.parametrize(
    "row",
    [
        f'"{X},{ITS},2023-03-20,\n',
        f"{X},{ITS}\n",
        f"{X},{ITS},2023-03-20,,,\n",
        f"{X},{ITS},2023-03-20,,the printer, town hall\n",
    ],
)
def test_a_row_of_a_table_with_its_address_means_no_other(row: str, tmp_path: Path) -> None:
    """Whatever else cannot be read in it."""
    assert table_of(tmp_path, *THE_TWO, row) == ([None, MINE], 1)


@pytest.mark.parametrize(
    ("first", "last", "is_named"),
    [("2023-03-21", "", True), ("2023-03-01", "2023-03-19", True), ("2023-03-20", "2023-03-20", False)],
)
def test_a_slip_in_an_address_counts_for_the_days_of_its_row(
    first: str, last: str, is_named: bool, tmp_path: Path
) -> None:
    """Before the first and after the last of them other rows stand."""
    rows, refused = table_of(tmp_path, *THE_TWO, f"10.20.0.O11,{ITS},{first},{last}\n")
    assert (rows, refused) == ([MINE, MINE] if is_named else [None, None], 1)


def test_a_slip_counts_by_another_clock_too(tmp_path: Path) -> None:
    """The log's clock may be five minutes off: as long before its first day nobody is named."""
    text = "address,mac,first,last\n" + THE_TWO[0] + f"10.20.0.O11,{ITS},2023-03-21,\n"
    (tmp_path / "leases-0").write_text(text, "utf-8")
    settings = SourceSettings("dhcp", "lease-table", ("leases-*",), samples.BRUSSELS)
    leases = LeasesOf("dns", [LeaseTable().read(settings, tmp_path).index])
    midnight = EIGHT + 15 * HOUR  # in Brussels
    assert [leases.holder(X, midnight - s) for s in (301, 299, 0)] == [MINE, None, None]


@pytest.mark.parametrize("kind", ROWS)
def test_a_file_in_no_order_says_of_no_row_when_it_was_written(kind: str, tmp_path: Path) -> None:
    """A row that cannot be read may then be of any time, also where the disorder shows behind it alone."""
    head, row = ROWS[kind]
    older, bad = head + row(X, MINE), row("10.20.0.x1", ITS, 3)
    two, four, five = (row(f"10.20.0.{n}", ITS, n) for n in (2, 4, 5))
    for text in (head + five + two + bad, head + two + bad + five + four):
        named, _ = holders(kind, tmp_path, older, text)
        assert set(named.values()) == {None}
    journal = head + two + five + bad
    named, _ = holders(kind, tmp_path, older, journal)
    assert [h for h, mac in named.items() if mac == MINE] == [0, 1, 2, 3, 4]
    assert set(holders(kind, tmp_path, older, head + five + two)[0].values()) == {MINE}


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_was_written_between_those_beside_it(kind: str, tmp_path: Path) -> None:
    """What another file gives away meanwhile, and nobody again before the row behind it, may be somebody else's."""
    head, row = ROWS[kind]
    two, bad, five = row(Y, ITS, 2), row("10.20.0.x1", ITS, 3), row(Y, ITS, 5)
    named, _ = holders(kind, tmp_path, head + row(X, MINE, 3), head + two + bad + five)
    assert set(named.values()) == {None}
    named, _ = holders(kind, tmp_path, head + row(X, MINE, 6), head + two + bad + five)
    assert [h for h, mac in named.items() if mac == MINE] == [6, 7]
    named, _ = holders(kind, tmp_path, head + two + five + bad, head + row(X, MINE, 6) + row(Y, ITS, 7))
    assert [h for h, mac in named.items() if mac == MINE] == [6, 7]  # of the file that begins when the other is over
    named, _ = holders(kind, tmp_path, head + two + five + bad, head + row(Y, ITS, 1) + row(X, MINE, 6))
    assert set(named.values()) == {None}  # of one beside it
    named, _ = holders(kind, tmp_path, head + row(X, MINE), head + bad + five)
    assert [h for h, mac in named.items() if mac == MINE] == []


@pytest.mark.parametrize("kind", ROWS)
def test_a_file_that_says_no_time_may_be_of_any(kind: str, tmp_path: Path) -> None:
    """Its rows cannot be read: before and after what other files say."""
    head, row = ROWS[kind]
    named, refused = holders(kind, tmp_path, head + row(X, MINE, 2), head + row("10.20.0.x1", ITS, 3))
    assert (set(named.values()), refused) == ({None}, 1)


def test_a_broken_line_of_a_copy_is_of_any_time(tmp_path: Path) -> None:
    """When a copy was made nobody knows: a lease that is longer than the shortest begins later than it seems to."""
    first = f"{EIGHT + 8 * HOUR} {MINE} {X} * *\n{EIGHT + 168 * HOUR} {ITS} {Y} * *\n"
    second = f"garbage\n{EIGHT + 168 * HOUR} {ITS} {Y} * *\n"
    assert set(holders("dnsmasq", tmp_path, first, second)[0].values()) == {None}


@pytest.mark.parametrize(("ends", "named"), [(17.7, None), (17.3, MINE)], ids=["several", "one"])
def test_of_leases_of_several_lengths_nobody_is_named_who_was_followed(
    ends: float, named: str | None, tmp_path: Path
) -> None:
    """Those of a copy begin before the first is over: what ends too late is longer, and began nobody knows when.

    The first holder may have given the address back, and what is asked from it be the next one's.
    """

    def row(hours: float, address: str, mac: str) -> str:
        return f"{int(EIGHT + hours * HOUR)} {mac} {address} * *\n"

    copies = row(8, X, MINE), row(ends, X, ITS) + row(8.5, Y, MINE)  # of eight hours, and one until it is forgotten
    assert holders("dnsmasq", tmp_path, *copies)[0][0] == named


@pytest.mark.parametrize(("mac", "named"), [(MINE, MINE), ("no-mac", None)])
def test_a_lease_without_end_belongs_into_a_table(mac: str, named: str | None, tmp_path: Path) -> None:
    """The table says since when it is whose, as long as the server says that it is somebody's that can be named."""
    (tmp_path / "leases-0").write_text(f"0 {mac} {X} printer *\n", "utf-8")
    (tmp_path / "fixed.csv").write_text("address,mac,first,last\n" + table(X, MINE, "2020-01-01"), "utf-8")
    settings = SourceSettings("a", "dnsmasq-leases", ("leases-*",), samples.BRUSSELS, lease=Period(minutes=480))
    fixed = SourceSettings("b", "lease-table", ("fixed.csv",), samples.BRUSSELS)
    indexes = DnsmasqLeases().read(settings, tmp_path).index, LeaseTable().read(fixed, tmp_path).index
    assert LeasesOf("dns", indexes).holder(X, EIGHT) == named


def test_a_line_that_is_no_text_is_about_no_row_before_it(tmp_path: Path) -> None:
    """It may be about any address, whatever the row was that was refused last."""
    rows = table(X, MINE, "2020-01-01") + table(Y, "no-mac", "2020-01-01") + f"10.20.O.1,{ITS},2023-04-01,\n"
    (tmp_path / "leases-0").write_bytes(f"address,mac,first,last\n{rows}".encode() + b"\xff\n")
    reading = LeaseTable().read(SourceSettings("dhcp", "lease-table", ("leases-*",), samples.BRUSSELS), tmp_path)
    assert (LeasesOf("dns", [reading.index]).holder(X, EIGHT), reading.account.rejected) == (None, 3)


def test_a_line_of_a_block_that_cannot_be_decoded_is_of_that_block(tmp_path: Path) -> None:
    """A name of a host in other letters leaves its own lease in doubt and no other one."""
    block = isc(Y, ITS, 1).replace("  binding", '  client-hostname "Ren\udce9";\n  binding')
    (tmp_path / "leases-0").write_bytes((isc(X, MINE) + block).encode(errors="surrogateescape"))
    settings = SourceSettings("dhcp", "isc-leases", ("leases-*",), samples.BRUSSELS)
    leases = LeasesOf("dns", [IscLeases().read(settings, tmp_path).index])
    at = EIGHT + 2 * HOUR
    assert (leases.holder(X, at), leases.holder(Y, at)) == (MINE, None)


def test_a_block_whose_last_statement_has_no_end_gave_its_address_to_somebody_else(tmp_path: Path) -> None:
    """Also where sound statements stand before it in its line."""
    ends = f"  ends epoch {EIGHT + 11 * HOUR}; binding state active; hardware ethernet {ITS} }}\n"
    block = f"lease {X} {{\n  starts epoch {EIGHT + 3 * HOUR};\n{ends}"
    named, refused = holders("isc", tmp_path, isc(X, MINE) + block)
    assert ([h for h, mac in named.items() if mac == MINE], refused) == ([0, 1, 2], 1)


@pytest.mark.parametrize("before", ["", '"', f"lease {Y} {{ starts epoch {EIGHT}; }} "])
def test_an_end_of_a_block_that_has_no_beginning_may_be_of_any_address(before: str, tmp_path: Path) -> None:
    """What stood before it is lost, and may have given each address away, whatever else its line says."""
    named, refused = holders("isc", tmp_path, isc(X, MINE) + isc(Y, ITS, 2) + before + "}\n" + isc(X, MINE, 5))
    assert [h for h, mac in named.items() if mac == MINE] == [0, 1, 5, 6, 7]
    assert refused >= 1


@pytest.mark.parametrize("line", ["10.20.0.1", f"{Y},00:00:5e:{kea(X, ITS, 3)}", kea(Y, ITS, 3)[:-1] + kea(X, ITS, 3)])
def test_a_line_of_kea_that_ends_amiss_may_be_about_two_addresses(line: str, tmp_path: Path) -> None:
    """Its last cell is cut short, and what stands behind it is another row, whatever stands before."""
    named, refused = holders("kea", tmp_path, KEA + kea(X, MINE) + kea(Y, ITS, 2) + line.rstrip() + "\n")
    assert ([h for h, mac in named.items() if mac == MINE], refused) == ([0, 1], 1)


@pytest.mark.parametrize(
    ("begins", "hours"),
    [
        (f" lease {X} {{\n", [0, 1, 2]),
        (f"lease  {X} {{\n", [0, 1, 2]),
        (f"  hardware ethernet 00:00:5lease {X} {{\n", [0, 1]),  # nobody knows whose
    ],
)
def test_a_lease_in_the_middle_of_another_is_not_passed_over(begins: str, hours: list[int], tmp_path: Path) -> None:
    """The end of the one before it is lost."""
    lost = isc(Y, ITS, 2).removesuffix("}\n")
    taken = begins + isc(X, ITS, 3).partition("\n")[2]
    named, refused = holders("isc", tmp_path, isc(X, MINE) + isc("10.20.0.13", ITS, 2) + lost + taken)
    assert [h for h, mac in named.items() if mac == MINE] == hours
    assert refused >= 1


def test_a_file_that_breaks_off_in_a_block_may_have_said_more_than_its_end(tmp_path: Path) -> None:
    """What is lost may be about any address, and not only about that of the block that is open."""
    text = (isc(X, MINE) + isc("10.20.0.13", ITS, 2) + isc(Y, ITS, 2)).removesuffix("}\n")
    packed = gzip.compress(text.encode())[:-8]
    (tmp_path / "leases-0.gz").write_bytes(packed)
    settings = SourceSettings("dhcp", "isc-leases", ("leases-*",), samples.BRUSSELS)
    reading = IscLeases().read(settings, tmp_path)
    leases = LeasesOf("dns", [reading.index])
    assert [leases.holder(X, EIGHT + h * HOUR + 1800) for h in range(4)] == [MINE, MINE, None, None]
    assert reading.account.rejected >= 1
