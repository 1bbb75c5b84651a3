# SPDX-License-Identifier: EUPL-1.2
"""Estate files: what they say, and every fault at its place."""

from __future__ import annotations

from datetime import date
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordinance.model.estate import (
    Access,
    Device,
    DeviceFacts,
    Enrolment,
    Estate,
    Network,
    Owner,
    People,
    Person,
    Platform,
    Unit,
    Use,
    Validity,
)
from ordinance.readers.estate import DEVICES, NETWORKS, PEOPLE, UNITS, overlap, read_estate

HEADERS = {"devices": DEVICES, "people": PEOPLE, "units": UNITS, "networks": NETWORKS}
GOOD = {
    "devices": "phone-001,body,100,30,0,mail,supervised,ios,work,p-01,culture,"
    "02-00-5E-00-53-01 0200.5e00.5302,PH-001,2023-01-01,",
    "people": "p-01,staff,culture,2023-01-01,",
    "units": "culture,Culture and Tourism,,",
    "networks": "staff,Staff Wi-Fi,10.20.0.0/24 fd00::/64,staff elected,work,culture",
}
AN_EMPTY_DEVICE = "{},,,,,,,,,,,{},{},{},{}"


def estate(folder: Path, **rows: str | list[str]) -> tuple[Estate, list[tuple[str, int, int, str]], str]:
    """Write an estate, good where nothing else is said, and read it."""
    (folder / "estate").mkdir(exist_ok=True)
    for name, good in GOOD.items():
        given_rows = rows.get(name, good)
        text = "\n".join([",".join(HEADERS[name]), *([given_rows] if isinstance(given_rows, str) else given_rows)])
        (folder / "estate" / f"{name}.csv").write_text(text + "\n", "utf-8")
    return outcome(folder)


def outcome(folder: Path) -> tuple[Estate, list[tuple[str, int, int, str]], str]:
    """Estate, places and ids of the issues, digest."""
    found, issues, digest = read_estate(folder / "estate", "gent")
    return found, [(i.file.removeprefix("estate/"), i.line, i.column, i.id) for i in issues], digest


def device(name: str, mac: str = "", inventory: str = "", first: str = "", last: str = "") -> str:
    """A row that states nothing but these."""
    return AN_EMPTY_DEVICE.format(name, mac, inventory, first, last)


def test_every_column_is_read(tmp_path: Path) -> None:
    """Each cell of a full estate arrives in its field; a unit without institution is the body's own."""
    found, issues, digest = estate(tmp_path)
    facts = DeviceFacts(Owner.BODY, 100, 30, 0, Access.MAIL, Enrolment.SUPERVISED, Platform.IOS, Use.WORK)
    since = Validity(date(2023, 1, 1), None)
    macs = ("02:00:5e:00:53:01", "02:00:5e:00:53:02")
    networks = (ip_network("10.20.0.0/24"), ip_network("fd00::/64"))
    assert issues == []
    assert found == Estate(
        devices=(Device("phone-001", facts, "p-01", "culture", macs, "PH-001", since, 2),),
        people=(Person("p-01", People.STAFF, "culture", since, 2),),
        units=(Unit("culture", "Culture and Tourism", "gent", None),),
        networks=(Network("staff", "Staff Wi-Fi", networks, (People.STAFF, People.ELECTED), Use.WORK, ("culture",)),),
    )
    assert digest.startswith("sha256:") and digest == estate(tmp_path)[2]


def test_an_empty_cell_is_a_missing_fact(tmp_path: Path) -> None:
    """Nothing is assumed about a device of which nothing is stated."""
    found, issues, _ = estate(tmp_path, devices=device("d"), people="p,,,,")
    assert issues == []
    assert found.devices == (Device("d", DeviceFacts(), line=2),)
    assert found.people == (Person("p", None, line=2),)
    assert found.devices[0].facts.part_funded is None


def test_only_devices_must_be_there(tmp_path: Path) -> None:
    """Without devices.csv there is no estate; the other files may be absent."""
    (tmp_path / "estate").mkdir()
    assert outcome(tmp_path)[1] == [("devices.csv", 0, 0, "missing-file")]
    (tmp_path / "estate" / "devices.csv").write_text(",".join(DEVICES) + "\n" + device("d"), "utf-8")
    assert outcome(tmp_path)[1] == []


def test_the_digest_changes_with_any_byte_and_any_file(tmp_path: Path) -> None:
    """Moving a row from one file to another is another estate."""
    first = estate(tmp_path)[2]
    assert estate(tmp_path, units=["culture,Culture and Tourism,,", ""])[2] != first
    (tmp_path / "estate" / "networks.csv").unlink()
    assert outcome(tmp_path)[2] != first


@pytest.mark.parametrize(
    ("column", "value", "issue"),
    [
        ("owner", "Body", "bad-value"),
        ("purchase_share", "101", "bad-value"),
        ("purchase_share", "-1", "bad-value"),
        ("subscription_share", "30%", "bad-value"),
        ("use_share", "²", "bad-value"),
        ("use_share", "9" * 5000, "bad-value"),
        ("access", "all", "bad-value"),
        ("enrolment", "mdm", "bad-value"),
        ("platform", "iphone", "bad-value"),
        ("use", "private", "bad-value"),
        ("holder", "p-02", "unknown-holder"),
        ("unit", "sport", "unknown-unit"),
        ("mac", "02:00:5e:00:53", "bad-value"),
        ("mac", "02:00-5e:00:53:01", "bad-value"),
        ("valid_from", "2023-02-30", "bad-day"),
        ("valid_from", "20230201", "bad-day"),
        ("valid_to", "2022-12-31", "bad-validity"),
        ("device", "", "missing-value"),
    ],
)
def test_a_wrong_cell_is_located(column: str, value: str, issue: str, tmp_path: Path) -> None:
    """Line and number of the cell, and nothing else is wrong with the row."""
    cells = str(GOOD["devices"]).split(",")
    cells[DEVICES.index(column)] = value
    assert estate(tmp_path, devices=",".join(cells))[1] == [("devices.csv", 2, DEVICES.index(column) + 1, issue)]


@pytest.mark.parametrize("share", ["0", "30", "100"])
def test_shares_reach_from_nothing_to_all(share: str, tmp_path: Path) -> None:
    """Zero is a fact, not a missing one."""
    cells = str(GOOD["devices"]).split(",")
    cells[2] = share
    found, issues, _ = estate(tmp_path, devices=",".join(cells))
    assert issues == [] and found.devices[0].facts.purchase_share == int(share)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({"networks": "staff,Staff,10.20.0.1/24,staff,work,"}, [("networks.csv", 2, 3, "bad-value")]),
        ({"networks": "staff,Staff,10.20.0.0/24,staff guests,work,"}, [("networks.csv", 2, 4, "bad-value")]),
        ({"networks": "staff,Staff,10.20.0.0/24,staff,,"}, [("networks.csv", 2, 5, "missing-value")]),
        ({"networks": "staff,Staff,10.20.0.0/24,staff,work,culture sport"}, [("networks.csv", 2, 6, "unknown-unit")]),
        *(
            ({"networks": f"staff,Staff,10.20.0.0/24 {cidr},staff,work,culture"}, [("networks.csv", 2, 3, "bad-value")])
            for cidr in ("fe80::%eth0/64", '2001:db8::%"}/64', "fe80::%é/64", "::ffff:10.99.0.0/112", "::ffff:0:0/96")
        ),
        ({"networks": [str(GOOD["networks"])] * 2}, [("networks.csv", 3, 1, "duplicate-id")]),
        ({"units": ["culture,Culture,,", "culture,Sport,,"]}, [("units.csv", 3, 1, "duplicate-id")]),
        ({"units": ["culture,Culture,,town"]}, [("units.csv", 2, 4, "unknown-unit")]),
        (
            {"units": ["culture,Culture,,arts", "arts,Arts,,culture", "own,Own,,own"]},
            [("units.csv", n, 4, "unit-circle") for n in (2, 3, 4)],
        ),
        ({"people": "p-01,mayor,culture,,"}, [("people.csv", 2, 2, "bad-value")]),
        ({"people": "p-01,staff,sport,,"}, [("people.csv", 2, 3, "unknown-unit")]),
        (
            {"people": ["p-01,staff,,2023-01-01,", "p-01,elected,,2023-06-01,"]},
            [("people.csv", 3, 1, "overlapping-rows")],
        ),
        (
            {"devices": [device("a", mac="02005e005301"), device("b", mac="02:00:5E:00:53:01")]},
            [("devices.csv", 3, 12, "duplicate-mac")],
        ),
        (
            {"devices": [device("a", inventory="X"), device("b", inventory="X")]},
            [("devices.csv", 3, 13, "duplicate-inventory-name")],
        ),
        ({"devices": [device("a"), device("a")]}, [("devices.csv", 3, 1, "overlapping-rows")]),
    ],
)
def test_faults_between_rows_are_located(
    rows: dict[str, str | list[str]], expected: list[tuple[str, int, int, str]], tmp_path: Path
) -> None:
    """Twins, circles and names without a row are found at the younger row."""
    found = estate(tmp_path, **{"networks": [], **rows} if "units" in rows else rows)[1]
    assert found == expected


def test_rows_that_follow_each_other_are_no_fault(tmp_path: Path) -> None:
    """A device may change its facts and pass its hardware address and name on, the day after."""
    rows = [
        device("a", "02:00:5e:00:53:01", "X", "2023-01-01", "2023-03-31"),
        device("a", "", "", "2023-04-01", ""),
        device("b", "02:00:5e:00:53:01", "X", "2023-04-01", ""),
    ]
    assert estate(tmp_path, devices=rows)[1] == []
    rows[0] = rows[0].replace("2023-03-31", "2023-04-01")
    assert [i[3] for i in estate(tmp_path, devices=rows)[1]] == [
        "overlapping-rows",
        "duplicate-mac",
        "duplicate-inventory-name",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(0, 0, "empty-file")]),
        (b"\xef\xbb\xbf\r\n \n", [(0, 0, "empty-file")]),
        (b"unit,nmae,institution,parent\n", [(1, 0, "missing-column"), (1, 2, "unknown-column")]),
        (b"unit,name,institution,parent,unit\n", [(1, 5, "duplicate-column")]),
        (b"unit;name;institution;parent\n", [(1, 0, "missing-column")] * 4 + [(1, 1, "unknown-column")]),
        (b"unit,name,institution,parent\nculture,Culture,\n", [(2, 0, "wrong-cells")]),
        (b"unit,name,institution,parent\nculture,K\xfcltur,,\n", [(2, 0, "bad-encoding")]),
        (b'unit,name,institution,parent\nculture,"Culture,,\n', [(2, 0, "bad-csv")]),
        (b"unit,name,institution,parent\n\nculture,,,\n", [(3, 2, "missing-value")]),
        (b'\xef\xbb\xbfparent,institution,name,unit\r\n,,"Culture, Sport",culture\r\n', []),
    ],
)
def test_a_file_that_is_no_table_is_located(
    content: bytes, expected: list[tuple[int, int, str]], tmp_path: Path
) -> None:
    """Form and header faults are said once, and rows that were lost make nothing else unknown."""
    estate(tmp_path)
    (tmp_path / "estate" / "units.csv").write_bytes(content)
    issues = [(line, column, issue) for file, line, column, issue in outcome(tmp_path)[1] if file == "units.csv"]
    assert issues == expected
    if expected and expected[0][1] == 0:
        assert all(file == "units.csv" for file, *_ in outcome(tmp_path)[1])


def test_hints_name_the_word_that_was_meant(tmp_path: Path) -> None:
    """A slip of the finger is answered with the word; otherwise all allowed words are listed."""
    cells = str(GOOD["devices"]).split(",")
    cells[1], cells[7] = "bodi", "fridge"
    (tmp_path / "estate").mkdir()
    estate(tmp_path, devices=",".join(cells))
    issues = {i.column: i for i in read_estate(tmp_path / "estate", "gent")[1]}
    assert issues[2].hint == 'did you mean "body"?'
    assert issues[8].hint == "one of: android, ios, windows, macos, linux, chromeos, iot"
    assert "android, ios, windows, macos, linux, chromeos, iot" in issues[8].message


def test_foreign_text_in_a_message_is_harmless(tmp_path: Path) -> None:
    """Control and bidirectional characters are shown as U+FFFD, and a long text is cut."""
    estate(tmp_path, units=f"culture,Culture,,\x9b[31m\u202e{'x' * 500}")
    (issue,) = (i for i in read_estate(tmp_path / "estate", "gent")[1])
    assert "\x9b" not in str(issue) and "\u202e" not in str(issue) and "\ufffd[31m\ufffd" in issue.message
    assert len(issue.message) < 120


def test_an_estate_cut_anywhere_raises_nothing(tmp_path: Path) -> None:
    """Cut at every length, the file gives an estate and issues, never an exception."""
    estate(tmp_path)
    path = tmp_path / "estate" / "devices.csv"
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        read_estate(tmp_path / "estate", "gent")


DAYS = st.none() | st.dates(date(2023, 1, 1), date(2023, 1, 8))


@given(DAYS, DAYS, DAYS, DAYS, st.dates(date(2023, 1, 1), date(2023, 1, 9)))
def test_rows_that_do_not_overlap_never_speak_of_one_day(
    first: date | None, last: date | None, other_first: date | None, other_last: date | None, day: date
) -> None:
    """`overlap` misses no day on which two rows state facts, seen from that day or later."""
    one, other = Validity(first, last), Validity(other_first, other_last)
    assert overlap(one, other) == overlap(other, one)
    today = date(2023, 1, 9)
    if one.states(day, today) and other.states(day, today):
        assert overlap(one, other)


CELLS = {
    "owner": ("body", "", "nobody"),
    "purchase_share": ("100", "", "101"),
    "use_share": ("30", "3o"),
    "platform": ("ios", "android", ""),
    "use": ("work", "guest", "play"),
    "valid_from": ("2023-01-01", "20230101", ""),
}


ALIKE = {"owner": "body", "purchase_share": "100", "use_share": "30", "platform": "ios", "valid_from": "2023-01-01"}


@example([{**ALIKE, "use": use} for use in ("work", "guest", "work", "play", "play")])
@given(st.lists(st.fixed_dictionaries({c: st.sampled_from(cells) for c, cells in CELLS.items()}), max_size=5))
def test_what_a_row_says_does_not_depend_on_the_rows_before(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    """Facts that many devices share are read once: a fault among them is still said of each."""
    lines = [",".join({**dict.fromkeys(DEVICES, ""), "device": f"d-{n}", **row}.values()) for n, row in enumerate(rows)]
    folder = tmp_path_factory.mktemp("estate")
    together, issues, _ = estate(folder, devices=lines, people=[], units=[], networks=[])
    alone = [estate(folder, devices=line, people=[], units=[], networks=[]) for line in lines]
    assert [d.facts for d in together.devices] == [one.devices[0].facts for one, _, _ in alone]
    assert issues == [(file, 2 + n, *rest) for n, (_, found, _) in enumerate(alone) for file, _, *rest in found]


@pytest.mark.parametrize(
    ("name", "said"),
    [('"PH,001"', "PH,001"), ('"PH ""001"""', 'PH "001"'), ('"PH,001', "bad-csv"), ("P\rH", "bad-csv")],
)
def test_a_cell_may_stand_in_quotes(name: str, said: str, tmp_path: Path) -> None:
    """With commas and quotes in it; one that does not end is a fault, and so is a line's end within a line."""
    found, issues, _ = estate(tmp_path, devices=device("d-1", inventory=name), people=[], units=[], networks=[])
    assert [d.inventory_name for d in found.devices] + [i[3] for i in issues] == [said]


def test_a_cell_that_is_too_long_for_csv_is_a_fault(tmp_path: Path) -> None:
    """Quotes or none: no spreadsheet writes such a cell."""
    _, issues, _ = estate(tmp_path, devices=device("d-1", inventory="x" * 131_073), people=[], units=[], networks=[])
    assert issues == [("devices.csv", 2, 0, "bad-csv")]
