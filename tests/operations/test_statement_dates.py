# SPDX-License-Identifier: EUPL-1.2
"""When statements run out that answer a duty to attest: said before it is too late, and by what the file is called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run

FILE = "attestations/own-iphones.yaml"
AGAIN = """attestation: {id}
devices: [{devices}]
restrictions: [brussels-2023-tiktok/own-devices-bought-in-part]
stated: [not_installed]
by: the holders, to the information security officer
on: {on}
last_day: 2024-04-04
"""


@pytest.fixture
def brussels(tmp_path: Path) -> Path:
    """Brussels, where two of three holders have stated until 4 October 2023."""
    return body("city-of-brussels", tmp_path)


def due(folder: Path, day: str, *options: str) -> dict[str, Any]:
    """The document of `due`."""
    found: dict[str, Any] = json.loads(run("due", folder, "--as-of", day, "--json", *options).out)
    return found


def ends(folder: Path, day: str, *options: str) -> list[tuple[str, str, str]]:
    """How each end of a statement stands, its day, and what the statement is called."""
    dates = due(folder, day, *options)["dates"]
    return [(d["stands"], d["day"], d["id"]) for d in dates if d["kind"] == "statement_ends"]


def again(folder: Path, devices: str, on: str = "2023-09-20", name: str = "again") -> Path:
    path = folder / "attestations" / f"{name}.yaml"
    path.write_text(AGAIN.format(id=name, devices=devices, on=on), "utf-8")
    return path


def test_the_end_of_a_statement_is_listed(brussels: Path) -> None:
    """With its last day, who gave it, and neither devices nor how many they are."""
    assert ends(brussels, "2023-04-24") == [("coming", "2023-10-04", "own-iphones")]
    (one,) = [d for d in due(brussels, "2023-04-24")["dates"] if d["kind"] == "statement_ends"]
    assert one["owner"] == "the holders, to the information security officer"
    assert one["what"] == "statement ends; whoever is to attest states it anew"
    assert "bi-00" not in json.dumps(due(brussels, "2023-04-24"))
    assert "own-iphones" in run("due", brussels, "--as-of", "2023-04-24", "--within", "P6M").out
    assert ends(brussels, "2023-04-24", "--until", "2023-10-03") == []


def test_one_that_is_over_is_counted_and_nobody_is_said_to_be_late(brussels: Path) -> None:
    """Whether the duty is met is for the check; until the end of its last day it is to come."""
    assert ends(brussels, "2023-10-04") == [("coming", "2023-10-04", "own-iphones")]
    assert ends(brussels, "2023-10-05") == []
    before, after = due(brussels, "2023-10-04"), due(brussels, "2023-10-05")
    assert after["not_listed"]["passed"] == before["not_listed"]["passed"] + 1
    assert ends(brussels, "2023-10-05", "--passed") == [("passed", "2023-10-04", "own-iphones")]


def test_what_was_stated_anew_for_every_device_is_settled(brussels: Path) -> None:
    """Not where one device is left, and not before the day on which it was stated anew."""
    path = again(brussels, "bi-001")
    both = [("coming", "2023-10-04", "own-iphones"), ("coming", "2024-04-04", "again")]
    assert ends(brussels, "2023-09-20") == both
    again(brussels, "bi-002", name="second")
    assert ends(brussels, "2023-09-20") == [("coming", "2024-04-04", "again"), ("coming", "2024-04-04", "second")]
    assert ends(brussels, "2023-09-19") == [("coming", "2023-10-04", "own-iphones")]
    edit(path, "on: 2023-09-20", "on: 2023-10-20")  # late: the days between are for the check
    assert ends(brussels, "2023-10-20", "--passed") == [
        *(("coming", "2024-04-04", "again"), ("coming", "2024-04-04", "second")),
    ]


def test_a_statement_of_another_thing_renews_nothing(brussels: Path) -> None:
    """About another clause, or of something that answers no duty to attest."""
    path = again(brussels, "bi-001, bi-002")
    text = path.read_text("utf-8")
    for old, new in (
        ("brussels-2023-tiktok/own-devices-bought-in-part", "brussels-2023-tiktok/bought-devices"),
        ("not_installed", "control_set"),
        ("last_day: 2024-04-04", "last_day: 2023-10-04"),
    ):
        path.write_text(text.replace(old, new), "utf-8")
        assert ("coming", "2023-10-04", "own-iphones") in ends(brussels, "2023-09-20"), new
    path.write_text(text.replace("restrictions: [brussels-2023-tiktok/own-devices-bought-in-part]",
                                 "what: [{family: tiktok}]"), "utf-8")  # fmt: skip
    assert ends(brussels, "2023-09-20") == [("coming", "2024-04-04", "again")]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("policies/brussels-2023-tiktok.yaml", "attest: {within: P21D}", "stop_using: {within: P21D}"),
        (FILE, "stated: [not_installed]", "stated: [control_set]"),
        (FILE, "devices: [bi-001, bi-002]", "devices: [bi-901]"),
        ("ordinance.toml", ', "attestation"]', "]"),
    ],
    ids=["nobody is to attest", "answers nothing", "of no device", "not to be read"],
)
def test_a_statement_on_which_nothing_hangs_has_no_date(file: str, old: str, new: str, brussels: Path) -> None:
    """No duty to attest, an answer to another one, no device of the estate, or none that may be read."""
    edit(brussels / file, old, new)
    assert run("due", brussels, "--as-of", "2023-04-24").code in {0, 1}
    assert ends(brussels, "2023-04-24") == []


def test_a_rule_that_ends_before_needs_no_new_statement(brussels: Path) -> None:
    """Six months from 16 March: on 4 October nobody has to state anything."""
    duties = "    duties: {attest: {within: P21D}}"
    policy = brussels / "policies" / "brussels-2023-tiktok.yaml"
    edit(policy, duties, f"{duties}\n    for: P6M\n    at_sunset: lapse")
    edit(policy, "not_read: [duration, ", "not_read: [")
    assert ends(brussels, "2023-04-24") == []


def test_devices_that_are_given_back_by_then_need_no_new_statement(brussels: Path) -> None:
    """One that is left does."""
    for row, number in (("bi-001", 1), ("bi-002", 0)):
        lines = (brussels / "estate" / "devices.csv").read_text("utf-8").splitlines()
        (line,) = (x for x in lines if x.startswith(f"{row},"))
        edit(brussels / "estate" / "devices.csv", line, f"{line}2023-09-30")
        assert len(ends(brussels, "2023-04-24")) == number
