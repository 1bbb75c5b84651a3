# SPDX-License-Identifier: EUPL-1.2
"""Wording: every id of the model has words, unknown ids are themselves, dates are said as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest

from ordinance.model.apps import Surface
from ordinance.model.body import Purpose
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import Adopted, AtSunset, Condition, Duty, Force, State
from ordinance.model.result import FindingKind, Grade, Result
from ordinance.model.ruling import Standing
from ordinance.report import svg, words


@pytest.mark.parametrize(
    ("table", "ids"),
    [
        (words.RESULTS, Result),
        (words.RESULT_MEANING, Result),
        (words.DUTIES, Duty),
        (words.SURFACES, Surface),
        (words.FORCE, Force),
        (words.STANDING, Standing),
        (words.STANDING, State),
        (words.SILENCE, AtSunset),
        (words.ANSWERS, Adopted),
        (words.ANSWER_HEADS, Adopted),
        (words.PURPOSES, Purpose),
        (words.EVIDENCE, EvidenceKind),
        (words.FINDINGS, FindingKind),
        (words.FINDING_MEANING, FindingKind),
        (words.GRADES, Grade),
        (words.GRADE_MEANING, Grade),
        (words.GRADE_HEADS, Grade),
        (words.REASONS, Condition),
    ],
)
def test_every_id_of_the_model_has_words(table: Mapping[str, str], ids: type[StrEnum]) -> None:
    """An id added to the model cannot be forgotten here."""
    assert {i.value for i in ids} <= set(table)
    assert all(table[i.value] for i in ids)


def test_results_keep_the_order_of_the_check() -> None:
    """The six results, in the order in which the JSON has them."""
    assert list(words.RESULTS) == [r.value for r in Result]
    assert set(svg.GRADES) == {g.value for g in Grade}


def test_unknown_ids_are_shown_as_they_are() -> None:
    """Nothing is dropped and nothing is guessed."""
    assert words.word(words.DUTIES, "new_duty") == "new duty"
    assert words.word(words.DUTIES, None) == ""
    assert words.reasons("no_other_apps,brand_new") == "it carries other apps and brand new"
    assert words.reasons("Written by a person, in words.") == "Written by a person, in words."


@pytest.mark.parametrize(
    ("untrusted_id", "name"),
    [
        ("tiktok", "TikTok"),
        ("tiktok/tiktok", "TikTok"),
        ("tiktok/tiktok-lite", "TikTok Lite"),
        ("tiktok/other_app", "TikTok: other app"),
        ("new_family", "new family"),
        (None, ""),
    ],
)
def test_apps_have_names(untrusted_id: str | None, name: str) -> None:
    """A family or a member, by name where one is known."""
    assert words.app(untrusted_id) == name


def test_member_without_family_gets_it() -> None:
    """A bare member is named with its family."""
    assert words.member("tiktok", "tiktok-lite") == "TikTok Lite"
    assert words.member("tiktok", "tiktok/tiktok-lite") == "TikTok Lite"
    assert words.member("tiktok", None) == "TikTok"


def test_ends_are_said_inclusively() -> None:
    """Half-open inside, the last day outside; a time of day is said as it is."""
    assert words.until("2023-09-13T00:00:00+02:00") == "12 September 2023, that day included"
    assert words.until("2023-05-01T08:00:00+02:00") == "1 May 2023, 08:00"
    assert words.until(None) == "no end set"
    assert words.last_day("2023-03-01T00:00:00+01:00") == "28 February 2023"


def test_instants_and_days() -> None:
    """Midnight is the day alone; what is no date stands as it is."""
    assert words.instant("2023-04-10T00:00:00+02:00") == "10 April 2023"
    assert words.instant("2023-04-10T09:05:00+02:00") == "10 April 2023, 09:05"
    assert words.day("2023-02-30") == "2023-02-30"
    assert words.stretch("2023-04-10T09:05:00+02:00", "2023-04-10T10:00:00+02:00") == "10 April 2023, 09:05 to 10:00"


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.0, "100 %"), (0.999, "99 %"), (0.0, "0 %"), (0.001, "1 %"), (0.83, "83 %"), (None, "not measured")],
)
def test_only_everything_is_a_hundred_per_cent(value: float | None, said: str) -> None:
    """Rounding never completes what is incomplete, nor empties what is there."""
    assert words.share(value) == said


def test_counts() -> None:
    """One, many, thousands, and what nobody counted."""
    assert words.counted(1, "device", "devices") == "1 device"
    assert words.counted(6040, "device", "devices") == "6,040 devices"
    assert words.counted(None, "device", "devices") == "devices: not counted"
    assert words.listing(["a", "b", "c"]) == "a, b and c"
    assert words.listing(["a"]) == "a"
    assert words.listing([]) == ""


def test_every_reason_a_check_gives_has_words() -> None:
    """The blind spots of a check are worded as places and as reasons; both are ids of `verify`."""
    from ordinance.verify.blind import BLIND, BY_DECISION, NO_DEVICE

    assert {*BLIND, BY_DECISION, NO_DEVICE} <= set(words.NOT_SEEN)
    assert {*BLIND, BY_DECISION, NO_DEVICE} <= set(words.REASONS)
