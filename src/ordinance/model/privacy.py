# SPDX-License-Identifier: EUPL-1.2
"""Privacy law as a body states it: a country's profile of rules, what was told to whom, and answers to the rules.

A profile is data that ships. What no program can hold stays a question, which the body answers in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ordinance.model.apps import Citation
from ordinance.model.time import Period


class RuleKnown(StrEnum):
    """How the rule is known: read in the source that is cited, or general knowledge that nobody has looked up yet."""

    READ = "read"
    GENERAL_KNOWLEDGE = "general_knowledge"


class HeldBy(StrEnum):
    """What sees to a rule. `body`: no program can; the papers ask the body for its answer.

    `hear_first`: the program where the settings say so, and `body` where they do not.
    """

    SETTINGS = "settings"  # nothing runs while the settings do not say it
    LINT = "lint"  # the settings are asked about it, and a warning says where
    RUN = "run"  # each run keeps it, whatever the settings say
    HEAR_FIRST = "hear_first"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class PrivacyRule:
    """One rule of a profile. `issue` is the id of the message that stands for it, `how` what a run does about it.

    `words` are those by which a list of who was informed shows the people that the rule speaks of; `longest` is the
    longest time that records may be kept.
    """

    id: str
    asks: str
    known: RuleKnown
    held_by: HeldBy
    cites: tuple[str, ...] = ()
    issue: str = ""
    how: str = ""
    words: tuple[str, ...] = ()
    longest: Period | None = None


@dataclass(frozen=True, slots=True)
class PrivacyProfile:
    """The rules of one country, in the order of reading. `note` says what the profile does not settle."""

    id: str
    name: str
    note: str
    rules: tuple[PrivacyRule, ...]
    cites: tuple[tuple[str, Citation], ...] = ()

    def rule_for(self, issue: str) -> PrivacyRule | None:
        """The rule for which a message of this id stands; `None` where the profile has none."""
        return next((r for r in self.rules if r.issue == issue), None)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One `[[checking.alarm]]`: a notice to all staff that something against the rules was found. It names nobody."""

    on: date
    who: str
    how: str
    about: str
    place: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """One `[[privacy.answers]]`: what the body says to a rule that no program can hold."""

    rule: str
    answer: str
    by: str
    on: date
    place: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Privacy:
    """What the settings say for the papers; an empty text is an answer that nobody has given.

    `responsible` answers for the processing, `officer` is the data protection officer, `contact` is where people turn
    to with their rights, `recipients` are who else receives data, `transfers` what leaves for third countries.
    """

    profile: str = ""
    alarms: tuple[Alarm, ...] = ()
    responsible: str = ""
    officer: str = ""
    contact: str = ""
    recipients: tuple[str, ...] = ()
    transfers: str = ""
    answers: tuple[Answer, ...] = ()
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
