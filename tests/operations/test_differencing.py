# SPDX-License-Identifier: EUPL-1.2
"""Two reports set against each other tell nothing of one person; the same attacks succeed on the exact numbers.

What no report that hides no failure can keep from somebody who knows of everybody else: that anybody fails at all.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cli.shell import body, edit, run
from ordinance.model.estate import Platform
from ordinance.model.law import Duty
from ordinance.model.result import Finding, FindingKind, Result
from ordinance.model.time import Period, Span, end_of, start_of
from ordinance.operations.disclosure import coarse_finding, disclosure_of, is_regular, leaves_open, quarter_of
from ordinance.operations.prevented import prevention_rows, standing_controls
from ordinance.report.html import render

from . import attacker
from .invented_checks import FAIL, FIRST, LAST, PASS, UNKNOWN, ZONE, Held, checked, many, published, workspace

CITY = [*many(14, PASS, "c"), *many(3, FAIL, "f"), *many(9, UNKNOWN, "u", unit="youth")]
DAY = date(2023, 4, 6)
QUICKLY = settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
UNITS = st.sampled_from(["culture", "youth", "mobility"])
OUTCOMES = st.sampled_from([PASS, FAIL, UNKNOWN])


def exact(held: list[Held], *window: date) -> dict[str, Any]:
    """The document as it would be without a defence."""
    return published(held, *window, defended=False)


# --- (b) the same window, before and after somebody joins, leaves or changes ------------------------------------------


@pytest.mark.parametrize("outcome", [PASS, FAIL])
def test_who_joins_is_told_by_exact_numbers_and_by_no_published_one(outcome: str) -> None:
    """The only newcomer of a quarter: exact tables say whether that device fails, the published ones are the same."""
    newcomer = Held("new", outcome, since=date(2023, 2, 1))
    where = "by_duty/remove/fail"
    assert attacker.by_difference(exact(CITY), exact([*CITY, newcomer]), where) == outcome
    before, after = published(CITY), published([*CITY, newcomer])
    assert before["disclosure"]["numbers"] == "bands"
    assert attacker.by_difference(before, after, where) is None
    assert not attacker.by_any_difference(before, after)
    assert render(before) == render(after)


@pytest.mark.parametrize("outcome", [PASS, FAIL])
def test_who_leaves_after_the_window_is_in_it_as_before(outcome: str) -> None:
    """The row is closed and not deleted: nothing of an earlier window changes. Deleted, it changes exact numbers."""
    target = Held("target", outcome)
    stays, closed = [*CITY, target], [*CITY, Held("target", outcome, left=date(2023, 4, 12))]
    assert attacker.by_difference(exact(CITY), exact(stays), "by_duty/remove/fail") == outcome
    assert not attacker.by_any_difference(published(stays), published(closed))


def test_who_changes_units_and_class_is_not_seen_to_move() -> None:
    """A unit and a kind of device that gain a failing device show it in the exact tables alone."""
    city = [*CITY, *many(2, PASS, "w", platform=Platform.WINDOWS)]  # such a kind and its surface are there before
    one, other = Held("target", FAIL), Held("target", FAIL, moved=True)
    assert attacker.by_any_difference(exact([*city, one]), exact([*city, other]))
    assert not attacker.by_any_difference(published([*city, one]), published([*city, other]))


@QUICKLY
@given(
    outcomes=st.lists(OUTCOMES, min_size=20, max_size=59),
    platforms=st.lists(st.sampled_from([Platform.ANDROID, Platform.WINDOWS]), min_size=60, max_size=60),
    outcome=OUTCOMES,
    newcomers=st.integers(1, 3),
)
def test_newcomers_change_nothing_but_what_is_there_at_all(
    outcomes: list[str], platforms: list[Platform], outcome: str, newcomers: int
) -> None:
    """Of any city: as long as somebody else has the newcomers' outcome too, the document is the same, to the byte."""
    city = [Held(f"d-{n}", o, platform=platforms[n]) for n, o in enumerate([*outcomes, outcome])]
    joined = [*city, *many(newcomers, outcome, "new", since=date(2023, 2, 1))]
    assert attacker.by_any_difference(exact(city), exact(joined))
    assert render(published(city)) == render(published(joined))
    assert not attacker.by_any_difference(published(city), published(joined))


# --- (a), (e) other windows -------------------------------------------------------------------------------------------


def test_two_windows_that_differ_by_a_day_do_not_tell_what_was_done_on_it() -> None:
    """One person was at work on that day: by exact numbers the person's use is known, by published ones it is not."""
    others = [*CITY, *many(4, PASS, "a", asked=(date(2023, 3, 29),))]
    shorter = FIRST, DAY - timedelta(days=1)
    for used, told in (((DAY,), 1), ((), 0)):
        city = [*others, Held("target", PASS, asked=used)]
        assert attacker.used_on_a_day(exact(city, FIRST, DAY), exact(city, *shorter)) == told
        assert attacker.used_on_a_day(published(city, FIRST, DAY), published(city, *shorter)) is None
        assert attacker.used_on_a_day(published(city), published(city, *shorter)) is None
        numbers = [published(city, *w)["disclosure"]["numbers"] for w in ((FIRST, LAST), (FIRST, DAY), shorter)]
        assert numbers == ["bands", "some", "some"]
        for part in ("kept/mdm", "duplicate/mdm"):
            lines = [attacker.figures(exact(city, *w))[part][0] for w in ((FIRST, DAY), shorter)]
            assert lines[0] - lines[1] == told
            assert part not in attacker.figures(published(city))


def test_asking_again_for_every_window_tells_nothing_of_a_person() -> None:
    """Windows of a fortnight, each with and without one person's use: pair by pair the documents are the same."""
    others = [*CITY, *many(6, PASS, "a", asked=tuple(FIRST + timedelta(days=n) for n in range(14)))]
    windows = [(FIRST + timedelta(days=a), FIRST + timedelta(days=b)) for a in range(14) for b in range(a, 14)]
    assert len(windows) == 105
    told = []
    for window in [*windows[::8], (FIRST, LAST)]:
        idle, used = ([*others, Held("target", PASS, asked=days)] for days in ((), (DAY,)))
        told.append(attacker.by_any_difference(exact(idle, *window), exact(used, *window)))
        assert not attacker.by_any_difference(published(idle, *window), published(used, *window)), window
    assert any(told)


@pytest.mark.parametrize("part", ["gone/files/mdm", "gone/records/mdm", "rejected/mdm"])
def test_files_that_are_gone_and_lines_that_could_not_be_read_count_no_device(part: str) -> None:
    """Where each device has a file they are devices, and an app whose state is not known is one on its way to somebody.

    By exact numbers the last one is told, in a window of the body's own, in another one and in a small body.
    """
    others = [*CITY, *many(5, PASS, "g", gone=12, pending=1)]
    few = [replace(one, outcome=PASS) for one in others[-6:]]
    for known, window in ((others, (FIRST, LAST)), (others, (FIRST, DAY)), (few, (FIRST, LAST))):
        without, other = ([*known, Held("target", PASS, **facts)] for facts in ({}, {"gone": 1, "pending": 1}))
        before, after = (attacker.figures(exact(city, *window))[part][0] for city in (without, other))
        assert after == before + 1
        assert attacker.by_difference(exact(without, *window), exact(other, *window), part) == "fail"
        assert attacker.by_difference(published(without, *window), published(other, *window), part) is None
        assert not attacker.by_any_difference(published(without, *window), published(other, *window))


def test_that_lines_could_not_be_read_and_files_are_gone_stays_said() -> None:
    """One alone is some, many are at least so many; the parts still add up to all records."""
    for pending, told in ((0, 0), (1, 1), (4, 1), (5, 5), (30, 20)):
        (row,) = published([*CITY, Held("target", PASS, pending=pending)])["accounting"]
        assert (row["rejected"], [r["reason"] for r in row["rejects"]]) == (told, ["no-app-state"][: min(pending, 1)])
        assert row["records"] == 1000 == row["structural"] + row["rejected"] + row["kept_or_dropped"]
        assert "gone" not in row
    (row,) = published([*CITY, Held("target", PASS, gone=7)])["accounting"]
    assert {k: row["gone"][k] for k in ("files", "records", "kept")} == {"files": 1, "records": 1, "kept": None}


@pytest.mark.parametrize("length", ["P7D", "P14D", "P30D", "P1M", "P3M"])
def test_windows_with_numbers_never_overlap(length: str) -> None:
    """Of all windows that begin on a day of three years those with numbers lie apart, and there are enough of them."""
    period = Period.parse(length)
    found = []
    for first in (date(2023, 1, 1) + timedelta(days=n) for n in range(3 * 366)):
        for days in range(1, 100):
            last = first + timedelta(days=days - 1)
            if is_regular(Span(start_of(first, ZONE), end_of(last, ZONE)), period, ZONE):
                found.append((first, last))
    assert all(before[1] < after[0] for before, after in pairwise(found))
    covered = sum((last - first).days + 1 for first, last in found)
    assert covered > 0.85 * 3 * 365


def test_a_window_that_begins_within_a_day_has_no_numbers() -> None:
    """Half a day more or less is a window of its own."""
    start = start_of(FIRST, ZONE)
    whole = Span(start, end_of(LAST, ZONE))
    assert is_regular(whole, Period(days=14), ZONE)
    assert not is_regular(Span(start + timedelta(hours=1), whole.closed[1]), Period(days=14), ZONE)
    assert not is_regular(Span(start, whole.closed[1] - timedelta(hours=1)), Period(days=14), ZONE)
    assert not is_regular(whole, Period(days=7), ZONE)


# --- (c) the tables of one report -------------------------------------------------------------------------------------


@QUICKLY
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.sampled_from([2, 5, 10]))
def test_no_number_follows_from_the_bands_and_the_sum(passes: int, fails: int, unknown: int, least: int) -> None:
    """Who knows how many devices there are has, for each result, several numbers to reckon with: all were tried."""
    counts = {"pass": passes, "fail": fails, "unknown": unknown}
    step, total = 2 * least, sum(counts.values())
    bands = {k: 0 if not n else max(1, n // step * step) for k, n in counts.items()}
    said = {"numbers": "bands", "step": step}
    made: dict[str, Any] = {"disclosure": said, "summary": {"by_duty": {"remove": bands}}}
    ranges = [(low, low // step * step + step - 1) for low in bands.values() if low]
    worlds = list(attacker._worlds(ranges, total)) if len(ranges) > 1 else []
    if worlds and leaves_open(bands, total, step, least):
        assert all(len({w[n] for w in worlds}) >= least for n in range(len(ranges)))
        assert attacker.pinned(made, total) == set()


def test_bands_that_tell_a_number_are_not_given() -> None:
    """20 that pass and one that fails of 21: at least 20 and some would leave one way alone, so no number is given."""
    city = [*many(20, PASS, "p"), *many(1, FAIL, "f")]
    assert not leaves_open({"pass": 20, "fail": 1}, 21, 10, 5)
    made = published(city)
    assert made["disclosure"]["numbers"] == "bands"
    assert made["summary"]["by_duty"]["remove"] == {
        "pass": 1, "fail": 1, "error": 0, "unknown": 0, "notapplicable": 0, "notchecked": 0,
    }  # fmt: skip
    assert attacker.pinned(exact(city), 21) == {"remove/pass", "remove/fail"}
    assert attacker.pinned(published(CITY), len(CITY)) == set()


# --- (d) all but one of a group are known -----------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [PASS, FAIL])
@pytest.mark.parametrize("known", range(5))
def test_who_knows_all_but_one_of_a_unit_learns_nothing_of_the_last(outcome: str, known: int) -> None:
    """Nine colleagues are known, whatever they did; the exact row of their unit gives away the tenth."""
    unit = [*many(9 - known, PASS, "x", unit="mobility"), *many(known, FAIL, "y", unit="mobility")]
    city = [*CITY, *unit, Held("target", outcome, unit="mobility")]
    told = attacker.by_group(exact(city), {FAIL: known}, FAIL, "mobility")
    assert told == outcome or (told is None and outcome == PASS and known == 0)  # no finding, no row
    assert attacker.by_group(published(city), {FAIL: known}, FAIL, "mobility") is None
    assert {f["unit"] for f in published(city)["findings"]} == {None}


@QUICKLY
@given(st.lists(st.tuples(OUTCOMES, UNITS), min_size=4, max_size=19), st.data())
def test_in_a_small_body_it_does_not_matter_who(people: list[tuple[str, str]], data: st.DataObject) -> None:
    """Any two persons may have swapped what they did: the document is the same, so no knowledge of a group helps."""
    a, b = (data.draw(st.integers(0, len(people) - 1)) for _ in range(2))
    swapped = [*people]
    swapped[a], swapped[b] = (people[b][0], people[a][1]), (people[a][0], people[b][1])
    one, other = ([Held(f"d-{n}", o, unit=u) for n, (o, u) in enumerate(p)] for p in (people, swapped))
    made = published(one)
    assert made["disclosure"]["numbers"] == "some" and made["disclosure"]["small_body"]
    assert render(made) == render(published(other))


def test_a_large_unit_is_named_where_several_of_it_are_concerned() -> None:
    """The defence does not hide everything: 30 of a unit with six that fail are named, and four that fail are not."""
    for failing, named in ((6, {"mobility"}), (4, {None})):
        unit = [*many(30 - failing, PASS, "x", unit="mobility"), *many(failing, FAIL, "y", unit="mobility")]
        made = published([*many(25, PASS, "c"), *unit])
        assert {f["unit"] for f in made["findings"] if f["kind"] == "app_installed"} == named
    rest_too_small = published([*many(3, PASS, "c"), *unit, *many(3, FAIL, "z", unit="mobility")])
    assert {f["unit"] for f in rest_too_small["findings"]} == {None}


# --- nothing disappears -----------------------------------------------------------------------------------------------


@QUICKLY
@given(st.lists(OUTCOMES, min_size=1, max_size=70), st.integers(0, 2))
def test_every_result_and_finding_stays_visible(outcomes: list[str], late: int) -> None:
    """One device that fails, a newcomer's too, is never counted away; and what did not happen is not there."""
    city = [Held(f"d-{n}", o) for n, o in enumerate(outcomes)] + many(late, FAIL, "new", since=date(2023, 4, 1))
    made, truth = published(city), exact(city)
    for duty, counts in truth["summary"]["by_duty"].items():
        shown = made["summary"]["by_duty"][duty]
        assert {k for k, n in shown.items() if n} == {k for k, n in counts.items() if n}
        assert all(shown[k] <= n for k, n in counts.items())
    assert made["summary"]["exit_code"] == truth["summary"]["exit_code"]
    for rows, keys in (("results", ("duty", "result", "reason")), ("findings", ("kind", "result", "reason"))):
        seen = [{tuple(r[k] for k in keys) for r in d[rows]} for d in (made, truth)]
        assert seen[0] == seen[1]
    begins = [d["summary"]["sentence"].partition(":")[0].partition(".")[0] for d in (made, truth)]
    assert begins[0] == begins[1]


def test_the_first_that_fails_is_seen_and_that_is_said() -> None:
    """None and some are told apart in every body: to hide it would hide a failure. This one thing is told."""
    nobody, somebody = (published([*many(24, PASS, "p"), Held("target", o)]) for o in (PASS, FAIL))
    assert attacker.by_any_difference(nobody, somebody)
    assert [d["summary"]["by_duty"]["remove"]["fail"] for d in (nobody, somebody)] == [0, 1]


# --- what targets stop ------------------------------------------------------------------------------------------------


def test_the_table_of_what_is_prevented_names_as_the_results_do_and_counts_nobody() -> None:
    """Large kinds by name, two tablets merged: of the seen ones no more than the rows of the results say already."""
    few = many(2, PASS, "i", platform=Platform.IOS)
    city = [*many(24, PASS, "a"), *many(21, FAIL, "w", platform=Platform.WINDOWS), *many(21, UNKNOWN, "m"), *few]
    made, truth = published(city), exact(city)
    rows = [r for r in made["prevention"]["restricted"] if r["app"] == "tiktok/tiktok"]
    assert {r["devices"] for r in rows} == {1} and {r["devices"] for r in truth["prevention"]["restricted"]} > {45}
    named = {r["class"] for r in rows} - {"small"}
    assert named and named <= {r["class"] for r in made["results"]}
    assert {r["checked"] for r in rows if r["class"] in named} == {"some"}
    assert {r["checked"] for r in rows if r["class"] == "small"} == {None}
    assert {r["checked"] for r in truth["prevention"]["restricted"]} == {"all"}


def test_whether_the_last_of_a_kind_was_seen_is_not_told() -> None:
    """All others were seen: `all` or `some` of the exact table is the last one's; the published are alike."""
    tables: dict[bool, list[Any]] = {True: [], False: []}
    for outcome in (PASS, UNKNOWN):
        opened = workspace(city := [*many(24, PASS, "a"), Held("target", outcome)])
        found = checked(city, opened)
        found = replace(found, results=tuple(r for r in found.results if r.duty is Duty.REMOVE))
        at, window = end_of(LAST, ZONE), Span(start_of(FIRST, ZONE), end_of(LAST, ZONE))
        for individual, made in tables.items():
            shown = disclosure_of(opened, found, window, at, individual=individual, read=True)
            rows = prevention_rows(opened, standing_controls(opened, at), found.results, shown)["restricted"]
            made.append(rows)
    assert [{r["checked"] for r in rows} for rows in tables[True]] == [{"all"}, {"some"}]
    assert tables[False][0] == tables[False][1] and {r["checked"] for r in tables[False][0]} == {"some"}


@QUICKLY
@given(st.lists(st.tuples(OUTCOMES, UNITS), min_size=1, max_size=30))
def test_no_control_that_is_missing_counts_devices_or_units(people: list[tuple[str, str]]) -> None:
    """How many lack a control, and in how many units, is not told: that it is missing is."""
    made = published([Held(f"d-{n}", o, unit=u) for n, (o, u) in enumerate(people)])
    found = [f for f in made["findings"] if f["kind"] == "control_missing"]
    assert found and {(f["unit"], f["devices"], f["count"]) for f in found} == {(None, 1, 1)}
    assert made["summary"]["findings"]["control_missing"] == 1


def test_no_day_on_which_something_was_seen_stands_in_the_life_of_a_finding() -> None:
    """Open since the first day it was seen, or again since the day after: days of a person, told by exact numbers."""
    days = [{f["since"] for f in made["findings"] if f["state"] == "open"} for made in (exact(CITY), published(CITY))]
    assert "2023-04-05" in days[0] and days[1] == {None}


def test_the_day_of_a_statement_is_told_by_exact_findings_alone() -> None:
    """Who stated what on which day is one person: the finding that doubts it stays, without the day."""
    kind = FindingKind.ATTESTED_OTHERWISE
    one = Finding(kind, Result.UNKNOWN, device="d", devices=1, attested=date(2023, 3, 20))
    assert coarse_finding(one) == Finding(kind, Result.UNKNOWN, device="d", devices=1, attested=None)


# --- the cohort -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first"),
    [("2023-01-01", "2023-01-01"), ("2023-03-31", "2023-01-01"),
     ("2023-04-01", "2023-04-01"), ("2023-12-31", "2023-10-01")],
)
def test_a_cohort_is_of_a_quarter(day: str, first: str) -> None:
    """It begins with the quarter of the window's first day."""
    assert quarter_of(date.fromisoformat(day)) == date.fromisoformat(first)


@pytest.mark.parametrize(("old", "said"), [(19, ("some", True, ["small_body"])), (20, ("bands", False, []))])
def test_a_body_is_as_small_as_its_cohort(old: int, said: tuple[str, bool, list[str]]) -> None:
    """Numbers count the cohort: nineteen devices of it are few, though a dozen others came after the quarter began."""
    made = published([*many(old, PASS, "c"), *many(12, FAIL, "new", since=date(2023, 2, 1), asked=(DAY,))])
    shown = made["disclosure"]
    assert (shown["numbers"], shown["small_body"], shown["because"]) == said
    assert {r["day"] is None for r in made["contacts"]} == {shown["small_body"]}


def test_who_is_in_the_cohort_and_bound_by_no_rule_makes_no_body_large() -> None:
    """Thirty devices on record, of which a rule is for nineteen: a number of those would be about few."""
    city, others = many(19, PASS, "c"), many(11, PASS, "x")
    opened = workspace([*city, *others])
    found = checked([*city, *others], opened)
    free = {one.name for one in others}
    results = (replace(r, result=Result.NOT_APPLICABLE) if r.device in free else r for r in found.results)
    at, window = end_of(LAST, ZONE), Span(start_of(FIRST, ZONE), end_of(LAST, ZONE))
    found = replace(found, results=tuple(results))
    assert found.in_scope == 30  # as of the window's end; of the cohort fewer are bound
    shown = disclosure_of(opened, found, window, at, individual=False, read=True)
    assert shown.small_body and shown.members is not None and len(shown.members) == 30


# --- the product itself -----------------------------------------------------------------------------------------------

NEW = "gp-099,body,100,100,100,internal,managed,android,work,p-006,youth,00:00:5e:00:53:63,,2023-02-01,\n"


def _ghent(folder: Path, app: str) -> dict[str, Any]:
    """What a check of Ghent keeps, with a phone more that has this app."""
    copy = body("ghent", folder)
    edit(copy / "estate" / "devices.csv", "ge-002,", f"{NEW}ge-002,")
    listed = copy / "inventory" / "mdm-2023-04-05.csv"
    row = f"gp-099,{app},An app,,android,2023-04-05T06:00:00+02:00\n"
    listed.write_text(listed.read_text("utf-8") + row, "utf-8")
    done = run("check", copy, "--as-of", "2023-04-10", "--json")
    assert done.code == 1
    (kept,) = (copy / ".ordinance" / "runs").glob("*/result.json")
    assert kept.read_text("utf-8") == done.out
    document: dict[str, Any] = json.loads(done.out)
    rows = json.loads(run("check", copy, "--as-of", "2023-04-10", "--individual", "--json").out)
    run_of = document["run"]
    for row in (run_of["estate"], run_of["lives"], *run_of["inputs"]):  # each copy has a key of its own
        assert row["digest"].startswith("hmac-sha256:")
        row["digest"] = ""
    document["fails"] = rows["summary"]["by_duty"]["remove"]["fail"]
    return document


def test_a_new_phone_in_ghent_is_told_by_rows_alone(tmp_path: Path) -> None:
    """Files, reader, check and page: with TikTok or with a browser on it, what is kept and printed is the same."""
    clean, guilty = (_ghent(tmp_path / app, app) for app in ("com.android.chrome", "com.zhiliaoapp.musically"))
    assert guilty.pop("fails") == clean.pop("fails") + 1
    assert guilty == clean
    assert render(guilty) == render(clean)
