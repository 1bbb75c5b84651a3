# SPDX-License-Identifier: EUPL-1.2
"""`ordinance findings`: list, draft and tickets, as a user types them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cli.shell import DAYS, body, edit, run, tree

DAY = ("--as-of", DAYS["ghent"])


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    """Ghent, with its worked findings."""
    return body("ghent", tmp_path)


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV, read back."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def listed(folder: Path, day: str = DAYS["ghent"]) -> dict[str, dict[str, Any]]:
    """The findings that the command lists, by id."""
    found = json.loads(run("findings", "list", folder, "--as-of", day, "--json").out)["findings"]
    return {f["id"]: f for f in found}


# --- list -------------------------------------------------------------------------------------------------------------


def test_without_a_run_there_is_nothing_to_list(ghent: Path) -> None:
    """And a hint says how to make one."""
    done = run("findings", "list", ghent, *DAY)
    assert (done.code, done.out) == (3, "") and "[no-run]" in done.err


def test_findings_of_the_last_run_are_listed_with_where_they_stand(ghent: Path) -> None:
    """Each as the check has it, with no device; a word says of which run."""
    document = json.loads(run("check", ghent, *DAY, "--json").out)
    assert list(listed(ghent).values()) == document["findings"]
    shown = run("findings", "list", ghent, *DAY)
    assert shown.code == 0 and "open again\n" in shown.out and "dev-" not in shown.out
    assert "as of 2023-04-10" in shown.err


def test_states_are_those_of_the_files_as_they_are_now(ghent: Path) -> None:
    """No new check is needed to see that somebody has written something, or that an acceptance is over."""
    run("check", ghent, *DAY)
    assert listed(ghent)["f-3f11ed9aeb"]["state"] == "accepted"
    over = listed(ghent, "2023-06-01")["f-3f11ed9aeb"]
    assert (over["state"], over["again"], over["since"]) == ("open", "acceptance_over", "2023-06-01")
    shutil.rmtree(ghent / "findings")
    assert {f["state"] for f in listed(ghent).values()} == {"open"}


def test_what_the_run_has_as_closed_is_listed_as_closed(ghent: Path) -> None:
    """The run knew the last day, 5 April, and tells it to nobody: closed on that day it was not seen again after it."""
    edit(ghent / "findings" / "f-7c6be2172f.yaml", "on: 2023-04-04", "on: 2023-04-05")
    run("check", ghent, *DAY)
    assert listed(ghent)["f-7c6be2172f"]["state"] == "closed"
    edit(ghent / "findings" / "f-7c6be2172f.yaml", "on: 2023-04-05", "on: 2023-04-04")
    run("check", ghent, *DAY)
    again = listed(ghent)["f-7c6be2172f"]
    assert (again["state"], again["again"], again["since"]) == ("open", "seen_again", None)


def test_what_no_check_has_looked_at_is_open_until_the_next(ghent: Path) -> None:
    """In words, where a decision is dated back behind the check."""
    run("check", ghent, *DAY)
    edit(ghent / "findings" / "f-7c6be2172f.yaml", "on: 2023-04-04", "on: 2023-04-05")
    assert "open until the next check\n" in run("findings", "list", ghent, *DAY).out
    run("check", ghent, *DAY)
    assert "until the next check" not in run("findings", "list", ghent, *DAY).out


def test_what_was_there_in_the_run_counts_as_seen_on_its_day_and_not_later(ghent: Path) -> None:
    """A blind spot that is closed after the run stays so until a run of a later day finds it again."""
    document = json.loads(run("check", ghent, *DAY, "--json").out)
    spot = next(f["id"] for f in document["findings"] if f["kind"] == "blind_spot")
    text = f"finding: {spot}\nlife:\n  - {{on: 2023-04-11, state: closed, by: ISO, reason: x}}\n"
    (ghent / "findings" / "spot.yaml").write_text(text, "utf-8")
    assert listed(ghent, "2023-04-20")[spot]["state"] == "closed"
    run("check", ghent, "--as-of", "2023-04-12")  # a day of --as-of begins: it is not looked at any more
    assert listed(ghent, "2023-04-20")[spot]["state"] == "closed"
    run("check", ghent, "--as-of", "2023-04-13")
    assert listed(ghent, "2023-04-20")[spot]["again"] == "seen_again"


# --- draft ------------------------------------------------------------------------------------------------------------


def test_a_draft_is_printed_and_written_nowhere(ghent: Path) -> None:
    """What the run knows stands in a comment; nobody can use the file before a person has filled it in."""
    run("check", ghent, *DAY)
    before = tree(ghent)
    done = run("findings", "draft", "f-109c0abb7f", ghent, *DAY)
    assert done.code == 0 and tree(ghent) == before
    assert "# app_installed, tiktok, tiktok-lite, remove, gent-2023-tiktok/paid-devices, app_installed\n" in done.out
    assert "said" not in done.out
    path = ghent / "findings" / "f-109c0abb7f.yaml"
    path.write_text(done.out, "utf-8")
    linted = run("lint", ghent, *DAY)
    assert linted.code == 3 and linted.out.count("[empty-value]") == 2
    edit(path, "state:  #", "state: closed  #")
    edit(path, "by:  #", "by: information security officer  #")
    edit(path, "# reason: why, for all but disputed", "reason: removed")
    assert run("lint", ghent, *DAY).code == 0
    assert listed(ghent)["f-109c0abb7f"]["state"] == "closed"


def test_a_draft_about_one_device_asks_for_the_persons_words(ghent: Path) -> None:
    """Under its pseudonym; whether the finding was ever made is not known, since no run keeps it."""
    about = ("f-0123456789", ghent, *DAY, "--device", "dev-ABCDEFG2")
    document = json.loads(run("findings", "draft", *about, "--json").out)
    assert document["file"] == "findings/f-0123456789.yaml"
    assert "device: dev-ABCDEFG2\n" in document["text"] and "# said:" in document["text"]


@pytest.mark.parametrize(
    ("words", "issue"),
    [
        (("f-0123456789",), "finding-of-no-run"),
        (("f-109c0abb7f-2",), "bad-finding-id"),
        (("f-0123456789", "--device", "GL-001"), "bad-pseudonym"),
    ],
)
def test_no_draft_about_what_is_not_there(ghent: Path, words: tuple[str, ...], issue: str) -> None:
    """Each with its own id."""
    run("check", ghent, *DAY)
    done = run("findings", "draft", *words[:1], ghent, *DAY, *words[1:])
    assert (done.code, done.out) == (3, "") and f"[{issue}]" in done.err


# --- tickets ----------------------------------------------------------------------------------------------------------


def test_tickets_are_for_their_owner_and_keep_nothing(ghent: Path) -> None:
    """A row for each finding about one device, nobody failing before being heard, and no run of single devices kept."""
    out = ghent / "tickets.csv"
    done = run("findings", "tickets", ghent, *DAY, "--out", out)
    assert (done.code, done.out) == (0, "") and "written to" in done.err
    assert out.stat().st_mode & 0o777 == 0o600
    document = json.loads(run("check", ghent, *DAY, "--individual", "--json").out)
    alone = [f for f in document["findings"] if f["device"]]
    rows = rows_of(out)
    assert len(alone) >= 7
    assert [(r["ticket"], r["device"]) for r in rows] == sorted((f["id"], f["device"]) for f in alone)
    assert {r["result"] for r in rows} == {"to_be_heard"}
    assert not (ghent / ".ordinance" / "runs").exists()


def test_a_second_export_names_the_same_tickets(ghent: Path) -> None:
    """After one was closed: the same ids, one of them closed; with the day after, it is left out."""
    out = ghent / "tickets.csv"
    run("findings", "tickets", ghent, *DAY, "--out", out)
    first = rows_of(out)
    one = next(r for r in first if r["kind"] == "app_installed")
    text = f"finding: {one['ticket']}\ndevice: {one['device']}\nlife:\n"
    text += "  - {on: 2023-04-10, state: closed, by: ISO, reason: removed, heard: yes}\n"
    (ghent / "findings" / "one.yaml").write_text(text, "utf-8")
    run("findings", "tickets", ghent, *DAY, "--out", out)
    second = rows_of(out)
    assert [r["ticket"] for r in second] == [r["ticket"] for r in first]
    assert [r["ticket"] for r in second if r["status"] == "closed"] == [one["ticket"]]
    done = run("findings", "tickets", ghent, *DAY, "--out", out, "--since", "2023-04-11", "--json")
    assert [r["ticket"] for r in rows_of(out)] == [r["ticket"] for r in first if r["ticket"] != one["ticket"]]
    assert json.loads(done.out) == {"file": str(out), "tickets": len(first) - 1, "by_status": {"open": len(first) - 1}}


def test_where_no_single_device_may_be_read_there_are_no_tickets(ghent: Path) -> None:
    """As for `check --individual`: refused, and no file is written."""
    edit(ghent / "ordinance.toml", '["inventory", "network_device"]', '["sample"]')
    done = run("findings", "tickets", ghent, *DAY, "--out", ghent / "tickets.csv")
    assert (done.code, done.out) == (3, "") and "[individual-not-allowed]" in done.err
    assert not (ghent / "tickets.csv").exists()


def test_tickets_name_nobody_by_name(ghent: Path) -> None:
    """No device, holder or hardware address of the estate is in a ticket."""
    out = ghent / "tickets.csv"
    run("findings", "tickets", ghent, *DAY, "--out", out)
    text = out.read_text("utf-8")
    with (ghent / "estate" / "devices.csv").open(encoding="utf-8", newline="") as file:
        devices = list(csv.DictReader(file))
    names = {d[c] for d in devices for c in ("device", "holder", "mac", "inventory_name")} - {""}
    assert len(names) > 50 and [n for n in sorted(names) if n in text] == []
