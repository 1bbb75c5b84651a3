# SPDX-License-Identifier: EUPL-1.2
"""The messages of four languages: nothing that can be printed is without words, and no language has its own fields."""

from __future__ import annotations

import importlib
import pkgutil
import re
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

import ordinance.model
from ordinance.cli import _sentences
from ordinance.model import apps, body, divergence, estate, evidence, law, ruling
from ordinance.model.law import Precision
from ordinance.model.time import Period
from ordinance.report.language import LANGUAGES, messages
from ordinance.report.language.messages import FORMS, Never, as_words

ROOM = Path(messages.__file__).parent

# Every enum of the model that a sentence can name, with its tables.
TABLES: dict[type[StrEnum], tuple[str, ...]] = {
    ruling.Outcome: ("outcome",),
    ruling.Standing: ("standing",),
    ruling.Subject: ("subject",),
    law.Force: ("force",),
    law.State: ("state",),
    law.Duty: ("duty",),
    law.AtSunset: ("at_sunset",),
    law.Consequence: ("consequence",),
    law.Condition: ("condition",),
    law.Dimension: ("dimension",),
    law.Adopted: ("answer",),
    law.What: ("what",),
    law.Affiliates: ("affiliates",),
    law.PlaceKind: ("place", "where.place"),
    law.AccountKind: ("account", "where.account"),
    law.Otherwise: ("otherwise",),
    law.Restarts: ("restarts",),
    law.UpwardWhat: ("upward",),
    law.Trigger: ("trigger",),
    law.Precision: ("dates",),
    apps.Surface: ("surface",),
    apps.Category: ("category",),
    apps.Deployment: ("deployment",),
    apps.Contract: ("contract",),
    apps.Confidence: ("confidence",),
    estate.Owner: ("fact.owner", "fact_not.owner"),
    estate.Access: ("fact.access", "fact_not.access"),
    estate.Enrolment: ("fact.enrolment", "fact_not.enrolment"),
    estate.Platform: ("fact.platform", "fact_not.platform"),
    estate.Use: ("fact.use", "fact_not.use", "network", "where.network"),
    estate.ItService: ("fact.it_service", "fact_not.it_service"),
    estate.People: ("people", "fact.people", "fact_not.people"),
    evidence.EvidenceKind: ("evidence",),
    body.Purpose: ("purpose",),
    divergence.DivergenceKind: ("divergence",),
}
SENTENCES = {  # an enum with a whole sentence for each of its words
    law.TextKind: "say.kind_",
    ruling.Outcome: "say.outcome_",
    law.Force: "say.rule_",
}
NOT_SPOKEN = {  # enum → why no sentence names it
    "Proof": "`targets` is a table, and its pages are in English",
    "Role": "the catalogue's own; `apps` is a table",
    "Kind": "the catalogue's own; `apps` is a table",
    "NoIdentifiers": "the catalogue's own; `apps` is a table",
    "FewAppOnly": "the catalogue's own; `apps` is a table",
    "PackageVerdict": "the catalogue's own; `apps` is a table",
    "ListForm": "an option of `apps import`",
    "Conflict": "the catalogue's own; `apps import` is a table",
    "LeftOut": "the catalogue's own; `apps import` is a table",
    "Answered": "what a log says, inside a check",
    "UnseenKind": "the report of a check is in English",
    "Grain": "no text can name it yet",
    "Numbers": "the report of a check is in English",
    "Coarse": "the report of a check is in English",
    "Severity": "messages about files are in English",
    "Result": "the report of a check is in English",
    "Grade": "the report of a check is in English",
    "FindingKind": "the report of a check is in English",
    "Stated": "the report of a check is in English",
    **dict.fromkeys(("FindingState", "Again"), "the report of a check is in English"),
    **dict.fromkeys(("Expected", "Seen", "Neighbour"), "`probe` is a table in English"),
    "Support": "what targets say of themselves",
    "Way": "the sheet of an evaluation is in English",
    **dict.fromkeys(("RuleKnown", "HeldBy"), "the papers of privacy that show a profile are in English"),
    "Known": "the sheet of an evaluation is in English",
    "AccountWay": "the file of an account is in English",
    "HandleWay": "the file of an account is in English",
    "Kept": "the file of an account is in English",
    **dict.fromkeys(("Meeting", "Connection", "Act", "Says", "Hold", "WhyNot"), "`targets sheet` is in English"),
    **dict.fromkeys(("Medium", "About", "Fit", "CaptionFault", "OutOfTurn"), "messages of `airlock` are in English"),
    **dict.fromkeys(("Said", "ProofState"), "`device` and its dossier are in English"),
    "ChannelState": "the sheet of a channel is in English",
    "MfaKind": "the sheet of a channel is in English",
    **dict.fromkeys(("Figure", "ExportForm", "Change", "Restricted", "Why"), "the sheet of effects is in English"),
    **dict.fromkeys(("ChannelOutcome", "Handle", "Gate", "GateResult", "Metric"), "in review/: test_channel_review"),
}
FACTS = ("owner", "purchase_share", "subscription_share", "use_share", "access", "enrolment", "platform", "use")
MORE_FACTS = ("it_service", "part_funded", "confidential", "contract_required", "incidental", "people")


def every_enum() -> dict[str, type[StrEnum]]:
    """All enums of words in the model."""
    found = {}
    for module in pkgutil.iter_modules(ordinance.model.__path__):
        for thing in vars(importlib.import_module(f"ordinance.model.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, StrEnum) and thing is not StrEnum:
                found[thing.__name__] = thing
    return found


def test_every_enum_is_spoken_or_says_why_not() -> None:
    """A new list of words in the model cannot be forgotten, nor one that is gone be kept."""
    spoken = {enum.__name__ for enum in (*TABLES, *SENTENCES)}
    assert set(every_enum()) == spoken | set(NOT_SPOKEN)
    assert not spoken & set(NOT_SPOKEN)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("enum", TABLES, ids=lambda enum: enum.__name__)
def test_every_word_of_every_enum_is_in_every_language(enum: type[StrEnum], language: str) -> None:
    """Each id in each of its tables; and no table has words for an id that is gone."""
    entries = messages.messages(language).entries
    for table in TABLES[enum]:
        keys = {k.removeprefix(f"{table}.").partition(".")[0] for k in entries if k.startswith(f"{table}.")}
        assert {str(word) for word in enum} <= keys
        if table not in {"dates", "divergence"}:
            assert keys == {str(word) for word in enum}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_of_a_device_has_a_name_and_values(language: str) -> None:
    """The facts that a scope may ask for, and the holder's kind."""
    assert {*FACTS, *MORE_FACTS} == {*estate.DeviceFacts.__dataclass_fields__, "part_funded", "people"}
    known = messages.messages(language)
    for fact in (*FACTS, *MORE_FACTS):
        assert known.has("fact_name", fact)
        assert known.has("share", f"{fact}.stated") or any(k.startswith(f"fact.{fact}.") for k in known.entries)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_with_a_sentence_of_its_own_has_it(language: str) -> None:
    """Kinds of text, outcomes and forces."""
    entries = messages.messages(language).entries
    for enum, prefix in SENTENCES.items():
        assert {f"{prefix}{word}" for word in enum} <= set(entries)


def fields(template: str) -> set[str]:
    """The names between braces."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_languages_have_the_same_keys_and_the_same_fields(language: str) -> None:
    """What one language says, each says; months have as many cases as a language needs."""
    ours, theirs = (
        {k: v for k, v in messages.messages(one).entries.items() if not k.startswith("dates.months_")}
        for one in ("en", language)
    )
    assert set(ours) == set(theirs)
    for key, template in theirs.items():
        if isinstance(template, str) and not key.startswith("dates."):
            assert fields(template) == fields(ours[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_ask_for_forms_that_are_there(language: str) -> None:
    """After the colon of a field stands a form of a day, or the one of a period."""
    entries = messages.messages(language).entries
    cases = {k.removeprefix("dates.").replace("months", "month") for k in entries if k.startswith("dates.months")}
    for key, template in entries.items():
        if not isinstance(template, str):
            assert len(template) == 12
            continue
        for _, name, form, _ in Formatter().parse(template):
            assert not form or form in FORMS or (form == "of" and name == "period"), key
        if re.fullmatch(r"dates\.(day|month|year|instant)\.\w+", key):
            assert fields(template) <= {"d", "y", "h", "m"} | cases, key
    for kind in ("day", "month", "year", "instant"):
        assert {k.rpartition(".")[2] for k in entries if k.startswith(f"dates.{kind}.")} == set(FORMS)


def test_every_sentence_is_said_somewhere() -> None:
    """A sentence that nothing says any more is taken out. Some are put together from a word of the law."""
    source = "".join(path.read_text("utf-8") for path in (*ROOM.glob("*.py"), *ROOM.parents[1].glob("cli/*.py")))
    made = ("outcome_", "rule_binding", "rule_duty_to_react", "rule_advice", "kind_", "power_", "clause_network")
    made += ("clause_place", "clause_account", "note_")
    said = [k.removeprefix("say.") for k in messages.messages("en").entries if k.startswith("say.")]
    left = [k for k in said if not k.startswith(made) and not re.search(rf"[\"'](say\.)?{k}[\"']", source)]
    assert left == []


def test_the_command_line_offers_the_languages_there_are() -> None:
    """The option, the package and the files name the same."""
    assert LANGUAGES == _sentences.LANGUAGES
    assert {path.stem for path in ROOM.glob("*.toml")} == set(LANGUAGES)
    with pytest.raises(ValueError, match="'de'"):
        messages.messages("de")


# --- time -----------------------------------------------------------------------------------------

DAY = date(2023, 3, 13)


@pytest.mark.parametrize(
    ("language", "form", "said"),
    [
        ("en", "plain", "13 March 2023"),
        ("en", "until", "until 13 March 2023, that day included"),
        ("nl", "until", "tot en met 13 maart 2023"),
        ("nl", "by", "uiterlijk op 13 maart 2023"),
        ("fr", "from", "à partir du 13 mars 2023"),
        ("fr", "until", "jusqu'au 13 mars 2023 inclus"),
        ("et", "plain", "13. märts 2023"),
        ("et", "on", "13. märtsil 2023"),
        ("et", "since", "alates 13. märtsist 2023"),
        ("et", "until", "kuni 13. märtsini 2023 (kaasa arvatud)"),
    ],
)
def test_a_day_takes_the_form_of_its_sentence(language: str, form: str, said: str) -> None:
    """Estonian declines the month, French contracts the article."""
    assert format(messages.messages(language).day(DAY), form) == said


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    """1er, and no other day."""
    french = messages.messages("fr")
    assert f"{french.day(date(2023, 4, 1)):on}" == "le 1er avril 2023"
    assert f"{french.day(date(2023, 4, 21)):on}" == "le 21 avril 2023"


@pytest.mark.parametrize(
    ("language", "month", "year"),
    [
        ("en", "in August 2020 (the day is not known)", "in 2020 (day and month are not known)"),
        ("et", "2020. aasta augustis (päev ei ole teada)", "2020. aastal (päev ja kuu ei ole teada)"),
    ],
)
def test_a_day_is_said_as_exactly_as_it_is_known(language: str, month: str, year: str) -> None:
    """Never the first of a month for a month."""
    known = messages.messages(language)
    assert f"{known.day(date(2020, 8, 1), Precision.MONTH):on}" == month
    assert f"{known.day(date(2020, 8, 1), Precision.YEAR):on}" == year


def test_an_instant_and_an_end() -> None:
    """Midnight is a day; an end at midnight is the day before it, inclusive; any other has its time."""
    brussels = ZoneInfo("Europe/Brussels")
    dutch = messages.messages("nl")
    at = datetime(2023, 3, 3, 20, 0, tzinfo=UTC)
    assert f"{dutch.instant(at, brussels):from}" == "vanaf 3 maart 2023 om 21.00 uur"
    assert f"{dutch.end(at, brussels):until}" == "tot 3 maart 2023 om 21.00 uur"
    midnight = datetime(2023, 9, 12, 22, 0, tzinfo=UTC)
    assert f"{dutch.instant(midnight, brussels):from}" == "vanaf 13 september 2023"
    assert f"{dutch.end(midnight, brussels):until}" == "tot en met 12 september 2023"
    assert f"{Never('nooit'):by}" == "nooit"


@pytest.mark.parametrize(
    ("language", "period", "alone", "within"),
    [
        ("en", "P14D", "14 days", "14 days"),
        ("en", "P1M", "1 month", "1 month"),
        ("nl", "PT1H30M", "1 uur en 30 minuten", "1 uur en 30 minuten"),
        ("fr", "P6M", "6 mois", "6 mois"),
        ("et", "P6M", "6 kuud", "6 kuu"),
        ("et", "P1D", "1 päev", "1 päeva"),
        ("et", "PT12H", "12 tundi", "12 tunni"),
    ],
)
def test_a_period_is_said_alone_and_after_within(language: str, period: str, alone: str, within: str) -> None:
    """Estonian has the partitive in one place and the genitive in the other."""
    found = messages.messages(language).period(Period.parse(period))
    assert (f"{found}", f"{found:of}") == (alone, within)


# --- text -----------------------------------------------------------------------------------------


def test_lists_are_joined_in_each_language() -> None:
    """Two, three, one and none."""
    known = {one: messages.messages(one) for one in LANGUAGES}
    assert known["et"].all_of(["a", "b", "c"]) == "a, b ja c"
    assert known["nl"].any_of(["a", "b"]) == "a of b"
    assert known["fr"].all_of(["a"]) == "a" and known["en"].all_of([]) == ""


def test_what_comes_from_a_file_cannot_steer_a_terminal() -> None:
    """A title with a control character or with braces stays text."""
    said = messages.messages("en").say("exemption_impossible", title="a\x1b[31m{title}\u202e")
    assert "\x1b" not in said and "\u202e" not in said and "{title}" in said


def test_french_has_a_space_that_does_not_break_before_its_signs() -> None:
    """Colon, semicolon, per cent and quotation marks; an address between braces is no sentence."""
    for key, template in messages.messages("fr").entries.items():
        if isinstance(template, str):
            assert not re.search(r"(?<=\S)[ ]?(?<!\u00a0)[;%»]| :|« ", template), key
            assert not re.search(r"[^\s\u00a0]:(?!\w+\})", re.sub(r"\{[^}]*\}", "x", template)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_or_has_spaces_at_its_ends(language: str) -> None:
    """But for the words that join a list. No two spaces in a row either."""
    for key, template in messages.messages(language).entries.items():
        if isinstance(template, str) and not key.startswith("lists."):
            assert template.strip(" ") == template != "" and "  " not in template, key


def test_an_id_that_people_chose_is_read_as_words() -> None:
    """Hyphens and underscores are spaces."""
    assert as_words("head-of_communications") == "head of communications"
