# SPDX-License-Identifier: EUPL-1.2
"""The purpose of a check: nobody is singled out before the notice that the law asks for, and no purpose is swapped."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cli.shell import DAYS, Ran, body, edit, run, tree
from ordinance.model.body import Purpose
from ordinance.model.errors import PolicyError
from ordinance.model.time import Span
from ordinance.operations.purpose import alarm_rule, other_purposes, require_alarm
from ordinance.policy.body import load_body
from ordinance.store.ledger import Act, append, ledger_path, read_ledger
from policy.spoil import EXAMPLES

BRUSSELS = ZoneInfo("Europe/Brussels")
SETTINGS = "ordinance.toml"
ALARM = '[[checking.alarm]]\non = 2023-03-24'


def _from(month: int, day: int, hour: int = 0) -> Span:
    return Span(datetime(2023, month, day, hour, tzinfo=BRUSSELS), datetime(2023, 4, 10, tzinfo=BRUSSELS))


def _without_alarm(folder: Path) -> None:
    text = (folder / SETTINGS).read_text("utf-8")
    (folder / SETTINGS).write_text(text[: text.index("[[checking.alarm]]")], "utf-8")


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    """A copy of Ghent's folder."""
    return body("ghent", tmp_path)


def test_without_a_notice_rows_of_single_devices_are_refused(ghent: Path) -> None:
    """Located, with the rule and what to do; nothing is read or written, and totals go on as before."""
    _without_alarm(ghent)
    before = tree(ghent)
    done = run("check", ghent, "--as-of", DAYS["ghent"], "--individual", "--json")
    (issue,) = json.loads(done.out)
    assert (done.code, issue["id"], issue["file"]) == (3, "alarm-missing", SETTINGS)
    assert (ghent / SETTINGS).read_text("utf-8").splitlines()[issue["line"] - 1] == 'privacy_profile = "be"'
    assert "be-alarm" in issue["consequence"] and "[[checking.alarm]]" in issue["hint"]
    assert tree(ghent) == before
    assert run("check", ghent, "--as-of", DAYS["ghent"]).code == 1


def test_with_the_notice_they_are_shown(ghent: Path) -> None:
    """The window of Ghent begins three days after all staff were told."""
    done = run("check", ghent, "--as-of", DAYS["ghent"], "--individual", "--json")
    document = json.loads(done.out)
    assert done.code == 1 and document["individual"] and document["devices"]
    assert [a["on"] for a in document["checking"]["alarms"]] == ["2023-03-24"]


def test_days_before_the_notice_stay_totals(ghent: Path) -> None:
    """A window that begins on the day of the notice is refused at the notice; the hint's day is let through."""
    done = run("check", ghent, "--as-of", DAYS["ghent"], "--from", "2023-03-24", "--individual", "--json")
    (issue,) = json.loads(done.out)
    assert (done.code, issue["id"]) == (3, "alarm-after-window")
    assert (ghent / SETTINGS).read_text("utf-8").splitlines()[issue["line"] - 1] == "[[checking.alarm]]"
    assert issue["hint"].startswith("--from 2023-03-25;")
    assert run("check", ghent, "--as-of", DAYS["ghent"], "--from", "2023-03-25", "--individual").code == 1
    assert run("check", ghent, "--as-of", DAYS["ghent"], "--from", "2023-03-24").code == 1


@pytest.mark.parametrize(("window", "refused"), [(_from(3, 24), True), (_from(3, 24, 23), True), (_from(3, 25), False)])
def test_what_is_found_after_the_day_of_the_notice_counts(window: Span, refused: bool) -> None:
    """To the hour: the day on which people are told belongs to the time before."""
    ghent = load_body(EXAMPLES / "ghent")
    if refused:
        with pytest.raises(PolicyError):
            require_alarm(ghent, window)
    else:
        require_alarm(ghent, window)


def test_the_first_of_several_notices_counts() -> None:
    """A second one, after the window began, takes nothing back, in whatever order they stand."""
    ghent = load_body(EXAMPLES / "ghent")
    (first,) = ghent.privacy.alarms
    later = replace(first, on=first.on.replace(month=4, day=5))
    for alarms in ((first, later), (later, first)):
        require_alarm(replace(ghent, privacy=replace(ghent.privacy, alarms=alarms)), _from(3, 25))
    with pytest.raises(PolicyError):
        require_alarm(replace(ghent, privacy=replace(ghent.privacy, alarms=(later,))), _from(3, 25))


def test_security_of_the_network_asks_for_none(ghent: Path) -> None:
    """The third purpose of the agreement lets people be looked at directly; the purpose stands in the document."""
    _without_alarm(ghent)
    edit(ghent / SETTINGS, '"rule_compliance"', '"network_security"')
    done = run("check", ghent, "--as-of", DAYS["ghent"], "--individual", "--json")
    document = json.loads(done.out)
    assert (done.code, document["checking"]["purpose"]) == (1, "network_security")


@pytest.mark.parametrize("name", ["nl", "fr", "ee", ""])
def test_no_other_profile_has_the_step(name: str) -> None:
    """It is Belgian: whoever names another country's profile, or none, is not held up by it."""
    ghent = load_body(EXAMPLES / "ghent")
    other = replace(ghent, privacy=replace(ghent.privacy, profile=name, alarms=()))
    assert other.checking.purpose is Purpose.RULE_COMPLIANCE and alarm_rule(other) is None
    require_alarm(other, _from(3, 1))


def test_a_purpose_that_was_changed_is_said(ghent: Path) -> None:
    """On stderr, in the document and on the page, with the day of the last run of the other purpose."""
    assert run("check", ghent, "--as-of", DAYS["ghent"], "--json").code == 1
    edit(ghent / SETTINGS, '"rule_compliance"', '"network_security"')
    page = ghent / "report.html"
    done = run("check", ghent, "--as-of", "2023-04-11", "--json", "--html", page)
    document = json.loads(done.out)
    assert document["checking"]["other_purposes"] == [{"purpose": "rule_compliance", "last": "2023-04-10"}]
    assert "runs made for rule_compliance are still kept, the last of 2023-04-10" in done.err
    assert "what was gathered for one purpose may not serve another" in page.read_text("utf-8")


def test_the_same_purpose_is_not_said(ghent: Path) -> None:
    """Run after run for one purpose leaves nothing to be seen; and the same run is the same bytes."""
    first = run("check", ghent, "--as-of", DAYS["ghent"], "--json")
    second = run("check", ghent, "--as-of", DAYS["ghent"], "--json")
    assert json.loads(second.out)["checking"]["other_purposes"] == []
    assert first.out == second.out and "still kept" not in second.err


def test_each_other_purpose_has_its_last_day(ghent: Path) -> None:
    """Seen from a third purpose, or from none; runs that cannot be read say nothing."""
    run("check", ghent, "--as-of", DAYS["ghent"])
    run("check", ghent, "--as-of", "2023-04-09")
    broken = ghent / ".ordinance" / "runs" / "0123456789abcdef"
    broken.mkdir()
    (broken / "result.json").write_text("{}", "utf-8")
    state = ghent / ".ordinance"
    assert other_purposes(state, Purpose.NETWORK_SECURITY) == [{"purpose": "rule_compliance", "last": "2023-04-10"}]
    assert other_purposes(state, Purpose.RULE_COMPLIANCE) == []


# --- what passes by the step ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoilt", ["", "null", "[" * 200_000, '{"as_of": "2023-04-10T00:00:00+02:00"}'])
def test_a_run_that_cannot_be_read_is_no_way_around_the_notice(spoilt: str, ghent: Path) -> None:
    """Nobody knows for which purpose it was made: rows need the notice as if it were for keeping the rules."""
    _without_alarm(ghent)
    edit(ghent / SETTINGS, '"rule_compliance"', '"network_security"')
    assert run("check", ghent, "--as-of", DAYS["ghent"]).code == 1
    (kept,) = (ghent / ".ordinance" / "runs").glob("*/result.json")
    whole = kept.read_text("utf-8")
    kept.write_text(spoilt, "utf-8")
    done = _rows(ghent)
    assert (done.code, done.out) == (3, "") and "[alarm-missing]" in done.err
    assert "runs are there that cannot be read" in done.err
    assert run("check", ghent, "--as-of", "2023-04-11").code == 1
    kept.write_text(whole, "utf-8")
    assert _rows(ghent).code == 1


def test_a_run_that_says_nothing_of_its_checking_says_no_purpose(ghent: Path) -> None:
    """It is the document of a run all the same: what is read of others does not end there."""
    assert run("check", ghent, "--as-of", DAYS["ghent"]).code == 1
    (kept,) = (ghent / ".ordinance" / "runs").glob("*/result.json")
    document = json.loads(kept.read_text("utf-8"))
    del document["checking"]
    other = ghent / ".ordinance" / "runs" / "0123456789abcdef"
    other.mkdir()
    (other / "result.json").write_text(json.dumps(document), "utf-8")
    last = [{"purpose": "rule_compliance", "last": "2023-04-10"}]
    assert other_purposes(ghent / ".ordinance", Purpose.NETWORK_SECURITY) == last


def test_who_asked_for_rows_stands_in_the_ledger_as_a_role(ghent: Path) -> None:
    """Of a check and of tickets alike, where it is said; entries without it are as they were."""
    by = ["--by", " privacy  officer "]
    assert (_rows(ghent, *by).code, _rows(ghent).code) == (1, 1)
    tickets = run("findings", "tickets", ghent, "--as-of", DAYS["ghent"], "--out", ghent / "tickets.csv", *by)
    assert tickets.code == 0
    found = read_ledger(ghent / ".ordinance")
    assert [(e.what, e.by) for e in found.entries] == [
        (Act.ROWS, "privacy officer"), (Act.ROWS, ""), (Act.ROWS, "privacy officer"),
    ]  # fmt: skip
    assert found.faults == ()
    assert "privacy officer" in run("ledger", ghent).out


@pytest.mark.parametrize(
    ("by", "issue"), [("op-001", "names-a-device"), ("  ", "no-reason"), ("x" * 1_001, "bad-value")]
)
def test_who_asked_for_rows_is_no_name(by: str, issue: str, ghent: Path) -> None:
    """Nothing is read then, and the ledger has no entry."""
    done = _rows(ghent, "--by", by)
    assert (done.code, f"[{issue}]" in done.err, done.out) == (3, True, "")
    assert not ledger_path(ghent / ".ordinance").exists()


def test_who_asks_for_totals_is_not_asked_who_they_are(ghent: Path) -> None:
    """A role that would be written nowhere is not taken."""
    done = run("check", ghent, "--as-of", DAYS["ghent"], "--by", "privacy officer")
    assert done.code == 2 and "--by belongs to --individual" in done.err


def _rows(folder: Path, *options: str) -> Ran:
    return run("check", folder, "--as-of", DAYS["ghent"], "--individual", *options)


def test_whoever_looks_at_single_devices_stands_in_the_ledger(ghent: Path) -> None:
    """Each time, also for tickets, with purpose and days, before anything is read; totals leave no entry."""
    assert run("check", ghent, "--as-of", DAYS["ghent"]).code == 1
    assert not ledger_path(ghent / ".ordinance").exists()
    assert _rows(ghent).code == 1
    assert run("findings", "tickets", ghent, "--as-of", DAYS["ghent"], "--out", ghent / "tickets.csv").code == 0
    entries = read_ledger(ghent / ".ordinance").entries
    said = {
        "purpose": "rule_compliance", "as_of": "2023-04-10T00:00:00+02:00",
        "from": "2023-03-27T00:00:00+02:00", "to": "2023-04-10T00:00:00+02:00",
    }  # fmt: skip
    assert [(e.what, e.device, e.said) for e in entries] == [(Act.ROWS, "", said)] * 2
    assert abs(datetime.now(UTC) - entries[0].at).total_seconds() < 300  # of the clock, whatever --as-of says
    assert "rule_compliance" in run("ledger", ghent).out


def test_what_was_refused_is_no_look(ghent: Path) -> None:
    """Nobody was shown, so nothing is written down."""
    _without_alarm(ghent)
    assert _rows(ghent).code == 3
    assert not ledger_path(ghent / ".ordinance").exists()


def test_nobody_is_shown_where_the_ledger_takes_no_entry(ghent: Path) -> None:
    """Who looked must be on disk before: with a ledger that was changed no row is shown, and totals go on."""
    append(ghent / ".ordinance", Act.REVEAL, datetime(2023, 4, 1, tzinfo=UTC), reason="case 12")
    path = ledger_path(ghent / ".ordinance")
    path.write_bytes(path.read_bytes().replace(b"case 12", b"case 13"))
    done = _rows(ghent)
    assert (done.code, done.out) == (3, "") and "[ledger-broken]" in done.err
    assert run("check", ghent, "--as-of", DAYS["ghent"]).code == 1


def test_another_purpose_is_no_way_around_the_notice(ghent: Path) -> None:
    """While runs for keeping the rules are there, declaring the security of the network names nobody without it."""
    _without_alarm(ghent)
    assert run("check", ghent, "--as-of", DAYS["ghent"]).code == 1
    edit(ghent / SETTINGS, '"rule_compliance"', '"network_security"')
    done = _rows(ghent)
    assert (done.code, done.out) == (3, "") and "[alarm-missing]" in done.err
    who = ("--reason", "case 12", "--by", "privacy officer")
    named = run("reveal", ghent, "dev-ABCD2345", *who)
    assert (named.code, named.out) == (3, "") and "[alarm-missing]" in named.err
    assert run("check", ghent, "--as-of", DAYS["ghent"]).code == 1
    shutil.rmtree(ghent / ".ordinance" / "runs")
    assert _rows(ghent).code == 1


def test_rows_that_were_shown_for_keeping_the_rules_keep_the_step_as_long_as_the_ledger_has_them(ghent: Path) -> None:
    """Runs are over before the ledger is: whoever looked for one purpose does not look on for another without it."""
    assert _rows(ghent).code == 1
    assert not (ghent / ".ordinance" / "runs").exists()
    _without_alarm(ghent)
    edit(ghent / SETTINGS, '"rule_compliance"', '"network_security"')
    done = _rows(ghent)
    assert (done.code, done.out) == (3, "") and "[alarm-missing]" in done.err
    assert "rows shown for keeping the rules stand in the ledger" in done.err
    named = run("reveal", ghent, "dev-ABCD2345", "--reason", "case 12", "--by", "privacy officer")
    assert (named.code, named.out) == (3, "") and "[alarm-missing]" in named.err
    papers = json.loads(run("privacy", ghent, "--as-of", DAYS["ghent"], "--json").out)
    assert papers["checking"]["alarm_needed"] is True
    shutil.rmtree(ghent / ".ordinance" / "ledger")
    assert _rows(ghent).code == 1


def test_rows_for_the_security_of_the_network_ask_for_no_notice(ghent: Path) -> None:
    """The ledger has them with their purpose, and they hold nobody up."""
    _without_alarm(ghent)
    edit(ghent / SETTINGS, '"rule_compliance"', '"network_security"')
    assert [_rows(ghent).code for _ in range(2)] == [1, 1]
    assert len(read_ledger(ghent / ".ordinance").entries) == 2


def test_a_purpose_for_which_rows_were_shown_is_said_after_it_was_changed_back(ghent: Path) -> None:
    """Rows are kept nowhere: that they were shown for another purpose the ledger knows, and each run after says."""
    _without_alarm(ghent)
    edit(ghent / SETTINGS, '"rule_compliance"', '"network_security"')
    assert _rows(ghent).code == 1
    edit(ghent / SETTINGS, '"network_security"', '"rule_compliance"')
    done = run("check", ghent, "--as-of", "2023-04-11", "--json")
    said = json.loads(done.out)["checking"]["other_purposes"]
    assert said == [{"purpose": "network_security", "last": "2023-04-10"}]


def test_a_notice_counts_as_long_as_results_stay(ghent: Path) -> None:
    """What was found then is gone by then: a notice of years ago names nobody today, and a new one is asked for."""
    edit(ghent / SETTINGS, ALARM, "[[checking.alarm]]\non = 2021-03-24")
    done = _rows(ghent, "--json")
    (issue,) = json.loads(done.out)
    assert (done.code, issue["id"]) == (3, "alarm-over")
    assert (ghent / SETTINGS).read_text("utf-8").splitlines()[issue["line"] - 1] == "[[checking.alarm]]"
    assert "2021-09-23" in issue["message"]
    edit(ghent / SETTINGS, 'runs = "P6M"', 'runs = "P3Y"')
    assert _rows(ghent).code == 1


@pytest.mark.parametrize(("day", "refused"), [(23, False), (24, True)])
def test_the_last_day_of_a_notice_is_that_of_results_of_its_day(day: int, refused: bool) -> None:
    """Told on 24 March, results kept for six months: no window shows a day after 23 September, however it begins."""
    ghent = load_body(EXAMPLES / "ghent")
    window = Span(datetime(2023, 3, 25, tzinfo=BRUSSELS), datetime(2023, 9, day + 1, tzinfo=BRUSSELS))
    if refused:
        with pytest.raises(PolicyError):
            require_alarm(ghent, window)
    else:
        require_alarm(ghent, window)


def test_a_new_notice_counts_where_an_old_one_is_over() -> None:
    """The latest before the window is the one that counts, in whatever order they stand."""
    ghent = load_body(EXAMPLES / "ghent")
    (one,) = ghent.privacy.alarms
    old = replace(one, on=one.on.replace(year=2021))
    for alarms in ((one, old), (old, one)):
        require_alarm(replace(ghent, privacy=replace(ghent.privacy, alarms=alarms)), _from(3, 25))
    with pytest.raises(PolicyError):
        require_alarm(replace(ghent, privacy=replace(ghent.privacy, alarms=(old,))), _from(3, 25))
