# SPDX-License-Identifier: EUPL-1.2
"""Each lint finds what it is for, where it stands, and nothing in a law that is sound."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from ordinance.catalogue.load import load
from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue, PolicyError, Severity
from ordinance.model.law import Law
from ordinance.operations import estate_lints
from ordinance.policy import lints
from ordinance.policy.body import load_body
from ordinance.policy.lint import lint
from ordinance.policy.lints import BUILTIN, Lint, available
from ordinance.policy.lints._circles import in_circles
from ordinance.policy.load import load_law
from ordinance.review import channel_lints
from policy.lints.cases import BODY, CASES, ZONE, Case, read_case
from policy.spoil import place_of
from policy.worlds import a_law, a_text

IDS = sorted(one.id for one in BUILTIN)


def found_in(case: Case, folder: Path) -> list[Issue]:
    """Every issue of reading and of all lints."""
    body = load_body(case.write(folder))
    catalogue = load()
    law, issues = load_law(folder, BODY, ZONE, catalogue)
    return sorted({*issues, *lint(law, catalogue, body, case.at)})


def test_every_lint_has_its_two_cases_and_no_case_is_left_over() -> None:
    """A lint without a failing case could be one that never says anything."""
    assert len(IDS) == len(set(IDS)) >= 25
    assert sorted(p.name for p in CASES.iterdir() if p.is_dir()) == IDS
    for one in IDS:
        assert sorted(p.name for p in (CASES / one).iterdir()) == ["failing.yaml", "passing.yaml"]


@pytest.mark.parametrize("lint_id", IDS)
def test_failing_case(lint_id: str, tmp_path: Path) -> None:
    """The fault gives an issue of this id at each place, and no other issue."""
    case = read_case(lint_id, "failing")
    (severity,) = {one.severity for one in BUILTIN if one.id == lint_id}
    found = found_in(case, tmp_path)
    said = "\n".join(map(str, found))
    assert [(place_of(i), i.id) for i in found] == [(place, lint_id) for place in case.found], said
    assert {i.severity for i in found} == {severity}


@pytest.mark.parametrize("lint_id", IDS)
def test_passing_case(lint_id: str, tmp_path: Path) -> None:
    """With the fault mended nothing is said, by this lint or by another."""
    case = read_case(lint_id, "passing")
    assert not case.found
    found = found_in(case, tmp_path)
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("lint_id", IDS)
def test_a_mended_case_differs_in_little(lint_id: str) -> None:
    """The two cases are one law with and without the fault, so that nothing else can make the difference."""
    failing, passing = (read_case(lint_id, name) for name in ("failing", "passing"))
    lines = [{line for text in case.files.values() for line in text.splitlines()} for case in (failing, passing)]
    assert 1 <= len(lines[0] ^ lines[1]) <= 10


def test_every_lint_is_broken_by_a_row_of_the_table() -> None:
    """And the row names the lint's own failing case, so that no other lint's red stands for it."""
    rows = tomllib.loads((CASES.parents[2] / "breaks.toml").read_text("utf-8"))["break"]
    named = {row["name"]: row["tests"] for row in rows if row["name"].startswith("lint-")}
    every = {one.id for one in (*BUILTIN, *estate_lints.BUILTIN, *channel_lints.BUILTIN)}
    assert named.keys() == {f"lint-{one}" for one in every}
    assert all(tests[0].endswith(f"::test_failing_case[{name.removeprefix('lint-')}]") for name, tests in named.items())


def test_every_module_of_lints_is_listed() -> None:
    """A class dropped into the folder cannot be forgotten by the list, and every lint says what and why."""
    folder = Path(lints.__file__).parent
    on_disk = {p.stem for p in folder.glob("*.py") if not p.stem.startswith("_")}
    assert on_disk == {one.__module__.rpartition(".")[2] for one in BUILTIN}
    written = {cls for cls in _subclasses(Lint) if "id" in vars(cls) and cls.__module__.startswith("ordinance")}
    assert written == {*BUILTIN}
    for one in BUILTIN:
        assert one.summary.endswith(".") and one.__doc__ and len(one.__doc__) > 60, one.id


def _subclasses(cls: type[Lint]) -> Iterator[type[Lint]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)


@pytest.mark.parametrize("lint_id", IDS)
def test_without_an_instant_only_warnings_are_missing(lint_id: str, tmp_path: Path) -> None:
    """Whether a law can be used never depends on the day on which it is asked."""
    case = read_case(lint_id, "failing")
    body, catalogue = load_body(case.write(tmp_path)), load()
    law, _ = load_law(tmp_path, BODY, ZONE, catalogue)
    there, without = (lint(law, catalogue, body, at) for at in (case.at, None))
    assert set(without) <= set(there)
    assert all(i.severity is Severity.WARNING for i in {*there} - {*without})


class Outside(Lint):
    """A lint of another package."""

    id = "outside"
    summary = "Always says something."

    def check(self, law: Law, catalogue: Catalogue, body: Body, at: datetime | None) -> Iterator[Issue]:
        yield self.issue(law.texts[0].place, "seen from outside")


class Twice(Outside):
    """A lint that takes the id of another."""

    id = "unknown-family"


def test_other_packages_bring_lints(tmp_path: Path) -> None:
    """By the entry-point group that the documents promise; two of one id are refused."""
    outside = EntryPoint("outside", f"{__name__}:Outside", "ordinance.lints")
    assert [one.id for one in available([outside])] == [*(one.id for one in BUILTIN), "outside"]
    case = read_case("unknown-family", "passing")
    body, law = load_body(case.write(tmp_path)), load_law(tmp_path, BODY, ZONE, load())[0]
    assert [i.id for i in lint(law, load(), body, lints=available([outside]))] == ["outside"]
    with pytest.raises(PolicyError, match="duplicate-lint"):
        available([EntryPoint("twice", f"{__name__}:Twice", "ordinance.lints")])


def test_circles_are_found_in_long_chains() -> None:
    """What leads into a circle, or out of it, is not in it; a chain of thousands is walked without recursion."""
    steps = {"a": ["b"], "b": ["c"], "c": ["b", "d"], "d": [], "e": ["e"], "f": ["a"]}
    assert in_circles(steps) == {"b": ("b", "c"), "c": ("b", "c"), "e": ("e",)}
    chain = {str(n): [str(n + 1)] for n in range(20_000)}
    assert in_circles(chain) == {}
    assert len(in_circles({**chain, "20000": ["0"]})) == 20_001


def many(number: int) -> Law:
    """A law of so many texts of the body, each of which mirrors the one before, with a clause, a duty and an end."""
    texts = (a_text(name=f"t{n}", mirrors=(f"t{n - 1}",) if n else ("be-base",)) for n in range(number))
    return a_law(a_text(name="be-base", authority="be", shipped=True), *texts)


@pytest.mark.slow
def test_nothing_is_quadratic(tmp_path: Path) -> None:
    """Four times as many texts take about four times as many calls; sixteen times would be a quadratic lint."""
    body = load_body(read_case("unknown-family", "passing").write(tmp_path))
    catalogue, at = load(), read_case("unknown-family", "passing").at

    def calls(number: int) -> int:
        law, counted = replace(many(number), body=BODY), 0

        def count(_frame: object, event: str, _of: object) -> None:
            nonlocal counted
            counted += event in {"call", "c_call"}

        sys.setprofile(count)  # calls are counted, not seconds: a busy machine makes no quadratic lint
        try:
            lint(law, catalogue, body, at)
        finally:
            sys.setprofile(None)
        return counted

    calls(50)
    small, large = calls(250), calls(1000)
    assert large < 5 * small, (small, large)


def test_what_was_adopted_is_another_authority_s_to_mend(tmp_path: Path) -> None:
    """A clause without duties, and a list that no clause refers to, are told where they were written and only there."""
    case = read_case("clause-without-duties", "failing")
    adopts = """policy: second
version: "1"
title: A second text
authority: city
lifecycle: [{state: in_force, from: 2023-03-13}]
adopts: [ours]
"""
    found = found_in(replace(case, files={**case.files, "policies/second.yaml": adopts}), tmp_path)
    assert [place_of(i) for i in found if i.id == "clause-without-duties"] == list(case.found)
