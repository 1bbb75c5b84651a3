# SPDX-License-Identifier: EUPL-1.2
"""YAML as located text: what people write stays what they wrote, and no bytes whatever make it raise."""

from __future__ import annotations

import time
from datetime import date
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ordinance.model.errors import Issue
from ordinance.model.law import Text
from ordinance.model.time import Period
from ordinance.policy.load import load_law
from ordinance.policy.nodes import MOST_BYTES, MOST_WORDS, Cursor, did_you_mean, parse
from ordinance.policy.read_text import read_text
from ordinance.policy.shipped import load_library
from policy.spoil import EXAMPLES, EXEMPTION, GENT, copy

BRUSSELS = ZoneInfo("Europe/Brussels")
POLICY = (EXAMPLES / "ghent" / GENT).read_text("utf-8")
AUTHORITIES = load_library()[0]
# enough of a policy to be one, with one place to put things
FRAME = """\
policy: p
version: "1"
title: t
authority: be-federal
lifecycle: [{state: in_force, from: 2023-03-13}]
restrictions:
  - {id: c, force: advice, what: [{family: tiktok}], surfaces: app, duties: {stop_using: at_once}, devices: HERE}
"""


class Colour(StrEnum):
    """Three words."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


def read(text: str) -> tuple[Text | None, list[Issue]]:
    """What a policy file of that text gives. A text with no issue, or at least one issue, and never an exception."""
    issues: list[Issue] = []
    root = parse(text, "f.yaml", issues)
    found = read_text(root, AUTHORITIES) if root else None
    assert found is not None or issues
    assert all(i.file == "f.yaml" and i.line >= 0 and i.message for i in issues)
    assert all(i.line <= len(text.splitlines()) + 2 for i in issues)  # YAML breaks a line at a lone return too
    return found, issues


def at(text: str) -> tuple[Cursor, list[Issue]]:
    """The place of key `k` in `k: …`."""
    issues: list[Issue] = []
    root = parse(f"k: {text}", "f", issues)
    assert root is not None, issues
    return root.entries()["k"], issues


# --- scalars --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["21:00", "NO", "yes", "1.10", "0x1F", "1_000", "~", "null", "2023-03-13", "017", "1e3", ".inf", "=", "<<"]
)
def test_a_scalar_stays_what_was_written(word: str) -> None:
    """No YAML 1.1 guess, whatever the word looks like, as a value or as a key."""
    cursor, issues = at(word)
    assert (cursor.text(), issues) == (word, [])
    found: list[Issue] = []
    root = parse(f"{word}: v", "f", found)
    assert root is not None
    assert list(root.entries()) == [word]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-03-13", date(2023, 3, 13)),
        ('"2024-02-29"', date(2024, 2, 29)),
        ("2023-02-30", None),
        ("2023-02-29", None),
        ("2023-13-01", None),
        ("2023-3-13", None),
        ("20230313", None),
        ("2023-W11-1", None),  # a week date has ten letters too
        ("2023-072", None),
        ("2023-03-13T00:00", None),
        ("9999-12-31", None),
        ("0001-01-01", None),
        ("٢٠٢٣-٠٣-١٣", None),
        ("13.03.2023", None),
    ],
)
def test_days(written: str, day: date | None) -> None:
    """Four digits, two and two, and a day that exists in a year of decisions; else `bad-day` at the place."""
    cursor, issues = at(written)
    assert cursor.day() == day
    assert [(i.line, i.column, i.id) for i in issues] == ([] if day else [(1, 4, "bad-day")])


def test_a_day_that_does_not_exist_is_told_so() -> None:
    """30 February is well written and still no day."""
    cursor, issues = at("2023-02-30")
    cursor.day()
    assert issues[0].message == '"2023-02-30" is not a day such as 2023-03-13; the calendar has no such day'


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2023-03-13", "2023-03-13T00:00:00+01:00"),
        ("2023-04-17T08:00", "2023-04-17T08:00:00+02:00"),
        ("2023-04-17T08:00:30", "2023-04-17T08:00:30+02:00"),
        ("2023-04-17T08:00Z", "2023-04-17T08:00:00+00:00"),
        ("2023-04-17T08:00+03:00", "2023-04-17T08:00:00+03:00"),
        ("2023-10-29T02:30", "2023-10-29T02:30:00+02:00"),  # shown twice: the first
        ("2023-03-26T02:30", None),  # never shown
        ("2023-02-30", None),
        ("2023-02-30T08:00", None),
        ("2023-04-17 08:00", None),
        ("2023-04-17x08:00", None),
        ("20230417T0800", None),
        ("2023-04-17T08", None),
        ("2023-04-17T24:00", None),
        ("9999-12-31T23:59", None),
        ("21:00", None),
    ],
)
def test_instants(written: str, instant: str | None) -> None:
    """A day is its first midnight in the zone; a time is the wall clock's there, and must be shown by it."""
    cursor, issues = at(written)
    found = cursor.instant(BRUSSELS)
    assert (found and found.isoformat()) == instant
    assert [i.id for i in issues] == ([] if instant else ["bad-day"])


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0", 0),
        ("100", 100),
        ("007", 7),
        ("101", None),
        ("-1", None),
        ("1.0", None),
        ("1e2", None),
        ("1_0", None),
        ("９", None),
        ("9" * 5000, None),
    ],
)
def test_numbers(written: str, number: int | None) -> None:
    """Digits within the bounds; no other way of writing them is guessed at."""
    cursor, issues = at(written)
    assert cursor.integer(0, 100) == number
    assert [i.id for i in issues] == ([] if number is not None else ["bad-number"])


@pytest.mark.parametrize(
    ("written", "flag", "issue"),
    [
        ("yes", True, None),
        ("true", True, None),
        ("no", False, None),
        ("false", False, None),
        ("No", False, "bad-flag"),
        ("1", False, "bad-flag"),
    ],
)
def test_flags(written: str, flag: bool, issue: str | None) -> None:
    """Four words; anything else is a fault and counts as no."""
    cursor, issues = at(written)
    assert cursor.flag() is flag
    assert [i.id for i in issues] == ([issue] if issue else [])


def test_words_periods_and_lists() -> None:
    """One word may stand where a list may, and each wrong word is told by itself."""
    assert at("P14D")[0].period() == Period(days=14)
    assert at("red")[0].choices(Colour) == {Colour.RED}
    cursor, issues = at("[red, gren, blu]")
    assert cursor.choices(Colour) == {Colour.RED}
    assert [(i.id, i.column, i.hint) for i in issues] == [
        ("unknown-word", 10, 'did you mean "green"?'),
        ("unknown-word", 16, 'did you mean "blue"?'),
    ]


@pytest.mark.parametrize(
    ("value", "known", "hint"),
    [
        ("tiktak", ["tiktok", "meta"], 'did you mean "tiktok"?'),
        ("zzz", ["tiktok", "meta"], "known here: meta, tiktok"),
        ("zzz", [], ""),
        ("zzz", [f"w{n}" for n in range(26)], ""),  # too many to be a hint
        ("w4999", [f"w{n}" for n in range(MOST_WORDS)], 'did you mean "w499"?'),
        ("w4999", [f"w{n}" for n in range(MOST_WORDS + 1)], ""),  # too many to look through
    ],
)
def test_hints(value: str, known: list[str], hint: str) -> None:
    """The nearest word, or all where they are few."""
    assert did_you_mean(value, known) == hint


# --- structure ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "issue", "says"),
    [
        ("", (1, 1), "empty-file", "empty"),
        ("# only a comment\n", (1, 1), "empty-file", "empty"),
        ("a: 1\nb: 2\na: 3\n", (3, 1), "duplicate-key", '"a" is written twice; the first is in line 1'),
        ("a:\n\tb: c\n", (2, 1), "not-yaml", "\\t"),
        ("a: [1, 2\n", (2, 1), "not-yaml", "expected"),
        ('a: "open\n', (2, 1), "not-yaml", "end of stream"),
        ("a: 1\n---\nb: 2\n", (2, 1), "not-yaml", "another document"),
        ("a: *nobody\n", (1, 4), "no-aliases", "anchors and aliases"),
        ("a: 1\nb: \x01\n", (2, 4), "not-yaml", "control character"),
        ("a: \ud800\n", (1, 4), "not-yaml", "control character"),
        ("%YAML 9.0\n---\na: 1\n", (1, 1), "not-yaml", "incompatible"),
        ("a: &x 1\nb: *x\n", (1, 4), "no-aliases", "anchors and aliases"),
        ("a: &x {b: c}\n<<: *x\n", (1, 4), "no-aliases", "anchors and aliases"),
        ("&a [*a]", (1, 1), "no-aliases", "anchors and aliases"),
        ("? [a, b]\n: c\n", (1, 3), "wrong-type", "expected a word before the colon, found a list"),
        ("[a, b]", (1, 1), "wrong-type", "expected a mapping (key: value), found a list"),
        ("only words", (1, 1), "wrong-type", 'found "only words"'),
    ],
)
def test_faults_of_structure(text: str, place: tuple[int, int], issue: str, says: str) -> None:
    """Each gives one issue where it stands."""
    issues: list[Issue] = []
    root = parse(text, "f.yaml", issues)
    if root is not None:
        root.entries()
    assert [((i.line, i.column), i.id) for i in issues] == [(place, issue)]
    assert says in issues[0].message


def test_merge_keys_without_an_alias_are_a_word_like_another() -> None:
    """`<<` merges nothing."""
    _, issues = read(FRAME.replace("HERE", "{owner: body}") + "<<: {title: stolen}\n")
    assert [(i.id, i.message) for i in issues] == [("unknown-key", '"<<" means nothing here')]


def test_a_file_too_large_is_not_read() -> None:
    """The limit counts before the parser starts."""
    for text in ("a: 1 #" + "x" * MOST_BYTES, "[" * (MOST_BYTES + 1)):
        issues: list[Issue] = []
        assert parse(text, "f", issues) is None
        assert [i.id for i in issues] == ["too-large"]
    assert parse("a: 1 #" + "x" * (MOST_BYTES - 6), "f", issues := []) is not None
    assert issues == []


@pytest.mark.parametrize("shape", ["[", "{", "{a: ", "- ", "? "])
def test_ten_thousand_levels_are_an_issue(shape: str) -> None:
    """What is nested too deeply for those who read it is refused before anybody recurses into it."""
    issues: list[Issue] = []
    assert parse(shape * 10_000, "f", issues) is None
    assert [i.id for i in issues] in (["too-deep"], ["not-yaml"])


@pytest.mark.parametrize("depth", [5, 30, 60, 200, 400])
@pytest.mark.parametrize("shape", ["{not: %s}", "{any: [%s]}", "{all: [{owner: body}, %s]}"])
def test_nested_scopes_read_or_are_refused(shape: str, depth: int) -> None:
    """There is no depth at which a scope that parses breaks what reads it."""
    scope = "{owner: body}"
    for _ in range(depth):
        scope = shape % scope
    found, issues = read(FRAME.replace("HERE", scope))
    assert [i.id for i in issues] == ([] if depth == 5 or (depth == 30 and "not" in shape) else ["too-deep"])
    assert (found is None) == bool(issues)


def test_a_billion_laughs_cost_nothing() -> None:
    """Nine levels of ten aliases each are refused at once, not expanded."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for one, other in zip("abcdefghi", "bcdefghij", strict=True):
        lines.append(f"{other}: &{other} [{', '.join([f'*{one}'] * 10)}]")
    issues: list[Issue] = []
    began = time.process_time()
    assert parse("\n".join(lines), "f", issues) is None
    assert time.process_time() - began < 2
    assert {i.id for i in issues} == {"no-aliases"}


@pytest.mark.slow
def test_a_fault_in_each_of_two_thousand_files_is_told_in_one_run(tmp_path: Path) -> None:
    """At its place, with the time growing with the number of files only."""
    folder = copy("ghent", tmp_path)
    short = FRAME.replace("HERE", "{owner: body}").replace("be-federal", "gent")
    for number in range(2000):
        text = short.replace("policy: p", f"policy: p{number}").replace("force: advice", "force: advise")
        (folder / "policies" / f"p{number:04}.yaml").write_text(text, "utf-8")
    began = time.process_time()
    issues = load_law(folder, "gent", BRUSSELS)[1]
    assert time.process_time() - began < 6
    assert {(i.id, i.line, i.column) for i in issues} == {("unknown-word", 7, 20)}
    assert len({i.file for i in issues}) == 2000 == len(issues)


def test_a_fault_in_each_of_many_names_is_told_at_once() -> None:
    """No hint is worth comparing ten thousand words with ten thousand."""
    known = {f"policy-{n:05}" for n in range(10_000)}
    began = time.process_time()
    assert [did_you_mean(f"polizy-{n:05}", known) for n in range(1000)] == [""] * 1000
    assert time.process_time() - began < 3


# --- whatever comes -------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_policy_cut_at_every_length_is_read_or_refused() -> None:
    """Every beginning of a real file gives a text without issues or issues with places."""
    whole = 0
    for length in range(len(POLICY) + 1):
        found, issues = _read_own(POLICY[:length])
        whole += found is not None and not issues
    assert whole >= 1
    assert _read_own(POLICY)[1] == []


def _read_own(text: str) -> tuple[Text | None, list[Issue]]:
    return read(text.replace("authority: gent\n", "authority: be-federal\n"))


hostile = st.text(
    st.one_of(st.characters(), st.sampled_from("[]{}:,&*!|>'\"%@`#?- \n\t\r\0\x85\u2028\ufeff\ud800")), max_size=60
)


@settings(max_examples=400, deadline=None)
@given(hostile)
@example("!<")
@example("%TAG ! x\n--- a")
@example("a: !!binary [")
@example("- &x 1\n- &x 2")
@example("? ? ? ?")
@example("a: |99\n b")
def test_any_text_is_read_or_refused(text: str) -> None:
    """Letters, syntax and control characters in any order."""
    read(text)


@pytest.mark.slow
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_spoiled_policy_is_read_or_refused(data: st.DataObject) -> None:
    """A real file with pieces cut out, doubled, moved or replaced by junk."""
    text = POLICY[: POLICY.index("cites:")]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 40)))
        piece = data.draw(st.one_of(st.just(""), st.just(text[start:end] * 2), hostile, st.sampled_from(_ODD)))
        text = text[:start] + piece + text[end:]
    _read_own(text)


_ODD = (
    "{}",
    "[]",
    "''",
    "~",
    "[[]]",
    "{a: b}",
    "9999-12-31",
    "P9999Y",
    "*",
    "any: []",
    "!!set {a}",
    "- \n",
    "\n",
    ": ",
    "{within: {}}",
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_in_the_folder_are_read_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    """Each kind of file with bytes spoiled: a law and issues come of it, never an exception."""
    folder = tmp_path / "tallinn"
    if not folder.exists():
        copy("tallinn", tmp_path)
    for name in ("authorities.yaml", EXEMPTION, "answers/ee-ria.yaml", "policies/tallinn-2024-tiktok.yaml"):
        content = (EXAMPLES / "tallinn" / name).read_bytes()
        start = data.draw(st.integers(0, len(content)))
        end = start + data.draw(st.integers(0, 30))
        junk = data.draw(st.one_of(st.binary(max_size=20), hostile.map(lambda t: t.encode("utf-8", "surrogatepass"))))
        (folder / name).write_bytes(content[:start] + junk + content[end:])
    law, issues = load_law(folder, "tallinn", ZoneInfo("Europe/Tallinn"))
    assert law.digest
    assert all(isinstance(i, Issue) for i in issues)
