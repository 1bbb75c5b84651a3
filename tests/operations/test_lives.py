# SPDX-License-Identifier: EUPL-1.2
"""What persons wrote about findings, beside kept runs: ids that no run knows, and what lint says of a folder."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date
from pathlib import Path
from typing import Any

import pytest

from cli.shell import DAYS, body, edit, run
from ordinance.model.body import Checking
from ordinance.model.errors import Severity
from ordinance.model.life import Entry, FindingState
from ordinance.model.result import Finding, FindingKind, Result
from ordinance.operations.lives import Lives, base_id, issues_of_lives, states_behind
from ordinance.operations.small_groups import too_small

D = date(2023, 4, 9)
HEAR = Checking(None, "", frozenset(), hear_first=True)


def write(folder: Path, finding: str, entries: str, device: str = "", name: str = "one.yaml") -> Path:
    """A file of a finding's life in a body's folder."""
    (folder / "findings").mkdir(exist_ok=True)
    of = f"device: {device}\n" if device else ""
    path = folder / "findings" / name
    path.write_text(f"finding: {finding}\n{of}life:\n{entries}", "utf-8")
    return path


CLOSED = "  - {on: 2023-04-09, state: closed, by: ISO, reason: removed}\n"


def test_an_id_without_the_number_behind_it() -> None:
    """The number tells several findings of one report apart, and may be another one tomorrow."""
    assert base_id("f-0123456789-12") == base_id("f-0123456789") == "f-0123456789"


def test_a_group_that_no_run_knows_is_a_warning(tmp_path: Path) -> None:
    """Only where a run is kept, at the id's place; findings of single devices are kept in none."""
    folder = body("ghent", tmp_path)
    shutil.rmtree(folder / "findings")
    write(folder, "f-0000000000", CLOSED)
    write(folder, "f-0000000001", CLOSED, "dev-ABCDEFG2", "two.yaml")
    state = folder / ".ordinance"
    assert issues_of_lives(folder, state, None) == ()
    done = run("check", folder, "--as-of", DAYS["ghent"], "--json")
    (found,) = issues_of_lives(folder, state, None)
    assert (found.id, found.file, found.line, found.severity) == (
        *("finding-of-no-run", "findings/one.yaml", 1),
        Severity.WARNING,
    )
    write(folder, base_id(json.loads(done.out)["findings"][0]["id"]), CLOSED)
    assert issues_of_lives(folder, state, None) == ()


def test_lint_says_what_is_wrong_with_findings(tmp_path: Path) -> None:
    """At the place in the file; a fault there stops no ruling."""
    folder = body("ghent", tmp_path)
    write(folder, "f-0000000000", CLOSED.replace(", reason: removed", ""))
    linted = run("lint", folder, "--as-of", DAYS["ghent"])
    assert linted.code == 3
    assert 'findings/one.yaml:3:5: a finding is not closed without a reason: "reason" is missing' in linted.out
    assert run("rulings", folder, "--as-of", DAYS["ghent"]).code == 0


def test_lint_says_which_entries_do_not_count_yet(tmp_path: Path) -> None:
    """Seen from the day that lint is asked for."""
    folder = body("ghent", tmp_path)
    write(folder, "f-0000000000", CLOSED)
    assert "entry-not-yet" in run("lint", folder, "--as-of", "2023-04-08").out
    assert "entry-not-yet" not in run("lint", folder, "--as-of", "2023-04-09").out


# --- in the document of a check ---------------------------------------------------------------------------------------


def check(folder: Path, *options: str, day: str = DAYS["ghent"]) -> dict[str, Any]:
    """The document of a check of Ghent."""
    found: dict[str, Any] = json.loads(run("check", folder, "--as-of", day, "--json", *options).out)
    return found


def finding(document: dict[str, Any], kind: str, unit: str) -> dict[str, Any]:
    """The first finding of a kind in a unit; of the body, where units are too small to be named."""
    said = unit if document["individual"] else None
    found: dict[str, Any] = next(f for f in document["findings"] if (f["kind"], f["unit"]) == (kind, said))
    return found


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    """Ghent, with nothing written about its findings."""
    folder = body("ghent", tmp_path)
    shutil.rmtree(folder / "findings")
    return folder


def test_without_a_word_each_finding_is_open_and_undecided(ghent: Path) -> None:
    """Nothing has to be written for a finding to be there."""
    for options in ((), ("--individual",)):
        found = check(ghent, *options)["findings"]
        assert {(f["state"], f["again"], f["decided"]) for f in found} == {("open", None, None)}
        assert {str(f["said"]) for f in found} == {"[]" if options else "None"}


def test_no_state_changes_a_result_the_summary_or_the_exit_code(ghent: Path) -> None:
    """With every finding closed, accepted or explained, the check says of the evidence what it said before."""
    before, code = check(ghent), run("check", ghent, "--as-of", DAYS["ghent"]).code
    states = ("closed", "accepted", "explained", "disputed")
    for number, one in enumerate({base_id(f["id"]) for f in before["findings"]}):
        state = states[number % 4]
        end = ", last_day: 2023-05-31" if state == "accepted" else ""
        entry = f"  - {{on: 2023-04-10, state: {state}, by: ISO, reason: done{end}}}\n"
        write(ghent, one, entry, name=f"{one}.yaml")
    after = check(ghent)
    assert {f["state"] for f in after["findings"]} == set(states)
    for key in ("results", "summary", "not_seen", "coverage", "contacts", "next_steps"):
        assert after[key] == before[key]
    assert [f["result"] for f in after["findings"]] == [f["result"] for f in before["findings"]]
    assert code == run("check", ghent, "--as-of", DAYS["ghent"]).code == 1


def test_the_words_of_a_person_stand_only_in_rows_of_single_devices(ghent: Path) -> None:
    """As they were written, and with nothing hidden in them; the report by groups has neither them nor the dispute."""
    one = finding(check(ghent, "--individual"), "app_installed", "culture")
    said = "  - {on: 2023-04-08, state: disputed, by: person concerned, said: \"\\e[31m<b>not</b> \u202eme\"}\n"
    write(ghent, base_id(one["id"]), said, one["device"])
    alone = check(ghent, "--individual")
    disputed = [f for f in alone["findings"] if f["state"] == "disputed"]
    assert [f["id"] for f in disputed] == [one["id"]]
    assert disputed[0]["said"] == [{"on": "2023-04-08", "text": "\ufffd[31m<b>not</b> \ufffdme"}]
    assert (disputed[0]["result"], disputed[0]["since"]) == ("fail", "2023-04-08")
    together = check(ghent)
    assert "disputed" not in json.dumps(together["findings"]) and "not</b>" not in json.dumps(together)
    assert finding(together, "app_installed", "culture")["states"] is None


def test_a_file_of_a_group_says_nothing_of_one_device_and_the_reverse(ghent: Path) -> None:
    """Who writes about a group closes nobody's own finding; the report of single devices says that it is amiss."""
    group = finding(check(ghent), "app_installed", "culture")
    one = finding(check(ghent, "--individual"), "app_installed", "culture")
    write(ghent, base_id(one["id"]), CLOSED.replace("04-09", "04-10"), name="without-device.yaml")
    write(ghent, base_id(group["id"]), CLOSED.replace("04-09", "04-10"), "dev-ABCDEFG2")
    assert {f["state"] for f in check(ghent)["findings"]} == {"open"}
    assert "[finding-of-another-device]" in run("check", ghent, "--as-of", DAYS["ghent"], "--individual").err
    (ghent / "findings" / "without-device.yaml").unlink()
    assert {f["state"] for f in check(ghent, "--individual")["findings"]} == {"open"}


def test_a_word_about_a_mistyped_device_stops_a_report_of_single_devices(ghent: Path) -> None:
    """At its file, with the device that the finding is about; a report by groups shows neither, and goes on."""
    one = finding(check(ghent, "--individual"), "app_installed", "culture")
    write(ghent, base_id(one["id"]), "  - {on: 2023-04-08, state: disputed, by: head of unit}\n", "dev-ABCDEFG2")
    for command in (("check", "--individual"), ("findings", "tickets", "--out", str(ghent / "t.csv"))):
        done = run(*command, ghent, "--as-of", DAYS["ghent"])
        assert (done.code, done.out) == (3, "") and not (ghent / "t.csv").exists()
        assert f'findings/one.yaml:1:10: "{base_id(one["id"])}" is not a finding of dev-ABCDEFG2' in done.err
        assert f"hint: device: {one['device']}" in done.err
    assert run("check", ghent, "--as-of", DAYS["ghent"]).code == 1


def test_a_word_about_a_finding_that_was_not_made_is_a_warning(ghent: Path) -> None:
    """From the day of its first entry on, in the check of single devices and with the tickets, and nowhere else."""
    dev = finding(check(ghent, "--individual"), "app_installed", "culture")["device"]
    write(ghent, "f-0000000000", "  - {on: 2023-04-08, state: disputed, by: head of unit}\n", dev)
    for command in (("check", "--individual"), ("findings", "tickets", "--out", str(ghent / "t.csv"))):
        done = run(*command, ghent, "--as-of", DAYS["ghent"])
        said = f'findings/one.yaml:1:10: warning: this check made no finding "f-0000000000" of {dev}'
        assert done.code in {0, 1} and said in done.err
    assert "made no finding" not in run("check", ghent, "--as-of", DAYS["ghent"]).err
    earlier = run("check", ghent, "--as-of", "2023-04-07", "--individual", "--from", "2023-03-27")
    assert earlier.code in {0, 1} and "made no finding" not in earlier.err


DISPUTED = "  - {on: 2023-04-08, state: disputed, by: head of unit}\n"


def test_a_word_about_a_device_that_is_not_there_is_said_wherever_it_can_be_known(ghent: Path) -> None:
    """By lint, by both checks and by the listing, at the file; never as an error, and never that a finding was made."""
    one = finding(check(ghent, "--individual"), "app_installed", "culture")
    write(ghent, "f-0000000000", DISPUTED, "dev-ABCDEFG2")
    run("check", ghent, "--as-of", DAYS["ghent"])
    for command in (("check",), ("check", "--individual"), ("findings", "list"), ("lint",)):
        done = run(*command, ghent, "--as-of", DAYS["ghent"])
        said = [x for x in (done.err + done.out).splitlines() if "findings/one.yaml:1:10: warning: " in x]
        assert [x.partition("warning: ")[2] for x in said] == [
            'no device of the estate has the pseudonym "dev-ABCDEFG2": what stands here is beside nothing'
            "  [finding-of-no-device]"
        ], command
        assert done.code in {0, 1}
    write(ghent, "f-0000000000", DISPUTED, one["device"])
    for command in (("check",), ("findings", "list"), ("lint",)):
        done = run(*command, ghent, "--as-of", DAYS["ghent"])
        assert "findings/one.yaml" not in done.err + done.out  # of a device of theirs, none says what it is found of


def test_without_the_key_lint_says_nothing_of_devices(ghent: Path) -> None:
    """Who may not read the key cannot know whose a pseudonym is; no key is made for it, and nothing else is held up."""
    write(ghent, "f-0000000000", DISPUTED, "dev-ABCDEFG2")
    done = run("lint", ghent, "--as-of", DAYS["ghent"])
    assert (done.code, "one.yaml" in done.out) == (0, False)
    assert not (ghent / ".ordinance").exists()
    run("check", ghent, "--as-of", DAYS["ghent"])
    (ghent / ".ordinance" / "keys" / "pseudonym.key").write_bytes(b"short")
    assert "one.yaml" not in run("lint", ghent, "--as-of", DAYS["ghent"]).out


def test_a_word_about_a_group_that_no_run_has_is_said_by_check_and_listing(ghent: Path) -> None:
    """As lint does; of a group that an earlier kept run had, and that is not made any more, nothing is said."""
    every = {base_id(f["id"]) for f in check(ghent)["findings"]}
    gone = min(every - {base_id(f["id"]) for f in check(ghent, day="2023-04-03")["findings"]})
    write(ghent, gone, CLOSED.replace("04-09", "04-03"))
    for command in (("check",), ("findings", "list"), ("lint",)):
        done = run(*command, ghent, "--as-of", "2023-04-03")
        assert "findings/one.yaml" not in done.err + done.out, command
    write(ghent, "f-0000000000", CLOSED)
    for command in (("check",), ("check", "--individual"), ("findings", "list"), ("lint",)):
        done = run(*command, ghent, "--as-of", DAYS["ghent"])
        assert 'findings/one.yaml:1:10: warning: no kept run has a finding "f-0000000000"' in done.err + done.out


def test_a_first_check_says_that_a_group_is_in_no_run(ghent: Path) -> None:
    """Its own run is kept by then."""
    write(ghent, "f-0000000000", CLOSED)
    done = run("check", ghent, "--as-of", DAYS["ghent"])
    assert 'findings/one.yaml:1:10: warning: no kept run has a finding "f-0000000000"' in done.err


def test_a_closed_finding_that_is_seen_again_is_open_again(ghent: Path) -> None:
    """The inventory of 5 April lists the app: closed on the 5th it stays closed, closed on the 4th it does not."""
    one = finding(check(ghent), "app_installed", "culture")
    path = write(ghent, base_id(one["id"]), CLOSED.replace("04-09", "04-05"))
    found = finding(check(ghent), "app_installed", "culture")
    assert (found["state"], found["since"], found["again"]) == ("closed", "2023-04-05", None)
    path.write_text(path.read_text("utf-8").replace("04-05", "04-04"), "utf-8")
    found = finding(check(ghent), "app_installed", "culture")
    assert (found["state"], found["since"], found["again"]) == ("open", None, "seen_again")  # the day is not told
    assert found["decided"] == {"by": "ISO", "on": "2023-04-04", "reason": "removed", "last_day": None}


def test_no_decision_about_one_unnamed_asker_closes_the_other(ghent: Path) -> None:
    """Two devices in nobody's list have one id: of the group it is closed, of each by itself nobody knows it."""
    devices = ghent / "estate" / "devices.csv"
    rows = devices.read_text("utf-8").splitlines(keepends=True)
    devices.write_text("".join(r for r in rows if not r.startswith(("gp-003,", "op-002,"))), "utf-8")

    def unknown(document: dict[str, Any], reason: str = "unknown_device") -> list[tuple[str, str, str]]:
        return sorted((f["id"], f["state"], f["again"]) for f in document["findings"] if f["reason"] == reason)

    (first, *others) = (i for i, _, _ in unknown(check(ghent, "--individual")))
    assert len(others) == 2 and {base_id(i) for i in others} == {first}
    write(ghent, first, CLOSED)
    assert unknown(check(ghent)) == [(first, "closed", None)]
    assert unknown(check(ghent, "--individual")) == [(i, "open", "not_told_apart") for i in (first, *others)]
    (alone, *none) = unknown(check(ghent, "--individual"), "not_in_estate")
    assert not none
    write(ghent, alone[0], CLOSED, name="two.yaml")
    assert unknown(check(ghent, "--individual"), "not_in_estate") == [(alone[0], "closed", None)]


def listed_later(folder: Path, *computers: str) -> None:
    """An inventory of 13 April that lists a program named like the app on these computers, and nothing else."""
    head, *rows = (folder / "inventory" / "intune-2023-04-06.csv").read_text("utf-8").splitlines()
    (row,) = (r for r in rows if ",TikTok," in r)
    later = [row.replace("GL-004", name).replace("00000004-", f"000000{name[-2:]}-") for name in computers]
    (folder / "inventory" / "intune-2023-04-13.csv").write_text("\n".join([head, *later, ""]), "utf-8")


def test_a_decision_about_a_group_is_not_one_about_what_comes_later(tmp_path: Path) -> None:
    """Explained on 7 April for one laptop: of five others, listed on 13 April, nobody has decided."""
    folder = body("ghent", tmp_path)
    before = {f["id"]: f for f in check(folder, day="2023-04-12")["findings"]}["f-fcb1f44968"]
    assert (before["state"], before["since"], before["again"]) == ("explained", "2023-04-07", None)
    listed_later(folder, "GL-001", "GL-002", "GL-003", "GL-005", "GL-007")
    after = {f["id"]: f for f in check(folder, day="2023-04-17")["findings"]}["f-fcb1f44968"]
    assert (after["state"], after["since"], after["again"]) == ("open", None, "seen_since")
    assert after["decided"]["on"] == "2023-04-07"
    done = run("check", folder, "--as-of", "2023-04-17", "--html", folder / "page.html")
    assert done.code == 1 and "Open again: something behind it first shows after the decision" in (
        folder / "page.html"
    ).read_text("utf-8")


def test_a_decision_about_one_of_a_group_is_not_one_about_another(tmp_path: Path) -> None:
    """The laptop of 6 April is in the window too, and the group's first day is before the decision: another is not."""
    folder = body("ghent", tmp_path)
    listed_later(folder, "GL-001")
    found = {f["id"]: f for f in check(folder, day="2023-04-17")["findings"]}["f-fcb1f44968"]
    assert (found["state"], found["again"]) == ("open", "seen_since")


def test_what_was_not_seen_after_it_was_closed_stays_closed(ghent: Path) -> None:
    """Put on after the deadline, last listed on 5 April: closed on that day nothing opens it, on the 4th it is."""
    found = check(ghent, "--individual")
    (one,) = (f for f in found["findings"] if f["reason"] == "installed_after_deadline")
    assert [(str(one[k])[:10], one["count"]) for k in ("first_seen", "last_seen")] == [("2023-04-05", 1)] * 2
    assert one["evidence"] == [{"source": "mdm", "file": "inventory/mdm-2023-04-05.csv", "line": 20}]
    for written, state in (("04-07", "closed"), ("04-05", "closed"), ("04-04", "open")):
        write(ghent, base_id(one["id"]), CLOSED.replace("04-09", written), one["device"])
        alone = {f["id"]: f for f in check(ghent, "--individual")["findings"]}[one["id"]]
        assert (alone["state"], alone["again"]) == (state, "seen_again" if state == "open" else None)


def test_what_has_no_day_was_there_at_the_end_of_the_window_and_no_later(ghent: Path) -> None:
    """A blind spot that is closed on the day after the window's last one is not seen again by a later look at it."""
    days = ("--from", "2023-03-28", "--to", "2023-04-08")
    spot = next(f for f in check(ghent, *days)["findings"] if f["kind"] == "blind_spot")
    assert spot["last_seen"] is None
    for written, state in (("04-08", "closed"), ("04-07", "open")):
        write(ghent, base_id(spot["id"]), CLOSED.replace("04-09", written))
        found = {f["id"]: f for f in check(ghent, *days)["findings"]}[spot["id"]]
        assert (found["state"], found["again"]) == (state, "seen_again" if state == "open" else None)


def test_a_check_stops_at_a_file_that_cannot_be_read(ghent: Path) -> None:
    """A person's word that is written and not shown would be worse than no report."""
    write(ghent, "f-0000000000", CLOSED.replace("closed", "shut"))
    done = run("check", ghent, "--as-of", DAYS["ghent"])
    assert (done.code, done.out) == (3, "") and "findings/one.yaml:3:" in done.err
    assert not (ghent / ".ordinance" / "runs").exists()


def test_rare_states_are_merged_with_enough_others() -> None:
    """Two disputes among twenty-two are not told apart: who knows of one would know its unit."""
    def states(*counts: int) -> dict[str, int]:
        every = []
        entries = {}
        kinds = (("open", ()), ("disputed", (Entry(D, FindingState.DISPUTED, "person concerned"),)))
        for (state, life), count in zip(kinds, counts, strict=True):
            for number in range(count):
                every.append(Finding(FindingKind.APP_INSTALLED, Result.FAIL, device=f"{state}-{number}"))
                entries[f"{state}-{number}", "dev-ABCDEFG2"] = life
        lives = Lives(D, "", entries)
        (found,) = states_behind(
            every, lambda f: "group", lambda f: (str(f.device), "dev-ABCDEFG2"), lambda c: too_small(c, 5), lives, UTC
        ).values()
        return found

    assert states(20, 5) == {"open": 20, "disputed": 5}
    assert states(20, 4) == {"merged": 24}
    assert states(20, 0) == {"open": 20}
    assert states(3, 1) == {"merged": 4}


def test_the_run_says_with_which_lives_it_was_made(ghent: Path) -> None:
    """A digest, which another word changes."""
    before = check(ghent)["run"]["lives"]["digest"]
    write(ghent, "f-0000000000", CLOSED)
    assert check(ghent)["run"]["lives"]["digest"] != before


def test_pages_and_terminal_say_where_a_finding_stands(tmp_path: Path) -> None:
    """Of the worked example: one open again, one accepted, one explained."""
    folder = body("ghent", tmp_path)
    done = run("check", folder, "--as-of", DAYS["ghent"], "--html", folder / "page.html")
    assert "open again\n" in done.out and "accepted since 6 April 2023" in done.out
    page = (folder / "page.html").read_text("utf-8")
    assert "Open again: seen after it was closed." in page
    assert "Decided on 6 April 2023 by information security officer, until 31 May 2023 at the longest" in page


# --- the person is heard first ----------------------------------------------------------------------------------------


def test_where_the_law_asks_for_it_a_finding_says_that_somebody_is_to_be_heard(ghent: Path) -> None:
    """Of single devices only, until an entry says that the person was heard; the result stays what was seen."""
    before = check(ghent, "--individual")
    assert before["checking"]["hear_first"] is True
    assert {f["to_be_heard"] for f in before["findings"] if f["device"]} == {True}
    assert {f["to_be_heard"] for f in before["findings"] if not f["device"]} == {False}
    assert {f["to_be_heard"] for f in check(ghent)["findings"]} == {False}
    one = finding(before, "app_installed", "culture")
    path = write(ghent, base_id(one["id"]), "  - {on: 2023-04-08, state: disputed, by: head of unit}\n", one["device"])
    assert finding(check(ghent, "--individual"), "app_installed", "culture")["to_be_heard"] is True
    path.write_text(path.read_text("utf-8").replace("by: head of unit", "by: head of unit, heard: yes"), "utf-8")
    after = check(ghent, "--individual")
    assert finding(after, "app_installed", "culture")["to_be_heard"] is False
    assert after["summary"] == before["summary"] and after["results"] == before["results"]


def test_where_no_law_asks_for_it_nobody_has_to_be_heard(ghent: Path) -> None:
    """The setting is off unless a body sets it."""
    edit(ghent / "ordinance.toml", "hear_first = true", "hear_first = false")
    assert {f["to_be_heard"] for f in check(ghent, "--individual")["findings"]} == {False}
    edit(ghent / "ordinance.toml", "hear_first = false", "")
    assert check(ghent)["checking"]["hear_first"] is False


def test_pages_and_terminal_say_that_somebody_is_to_be_heard(ghent: Path) -> None:
    """Before everything else about the finding."""
    done = run("check", ghent, "--as-of", DAYS["ghent"], "--individual", "--html", ghent / "page.html")
    assert "to be heard; open since 29 March 2023" in done.out
    assert "To be heard: the person concerned comes first." in (ghent / "page.html").read_text("utf-8")


def test_a_decision_before_the_person_was_heard_is_a_warning(ghent: Path) -> None:
    """At the entry that decides; not of a group, not where somebody was heard by then, not where no law asks."""
    state = ghent / ".ordinance"
    write(ghent, "f-0000000001", CLOSED, name="group.yaml")
    path = write(ghent, "f-0000000000", CLOSED, "dev-ABCDEFG2")
    (found,) = issues_of_lives(ghent, state, None, HEAR)
    assert (found.id, found.file, found.line) == ("decided-unheard", "findings/one.yaml", 4)
    assert "decided-unheard" in run("lint", ghent, "--as-of", DAYS["ghent"]).out
    assert issues_of_lives(ghent, state, None) == ()
    edit(path, "by: ISO", "by: ISO, heard: yes")
    assert issues_of_lives(ghent, state, None, HEAR) == ()
