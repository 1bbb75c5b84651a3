# SPDX-License-Identifier: EUPL-1.2
"""What an explanation is made of: one case, the clauses it met, and what would make it come out otherwise.

Words and values, no sentences: each language makes its own of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from ordinance.model.estate import DeviceFacts, People
from ordinance.model.law import Answer, Exemption, Restriction, Scope, Text
from ordinance.model.ruling import Outcome, Reason, Ruling, Subject


@dataclass(frozen=True, slots=True)
class Alternative:
    """One change, and the outcome it would lead to.

    Of a fact (`scope`: the test that would then be met), of time (`at`: the next instant with another outcome), or of a
    contested reading (`text`, `parameter`, `choice`).
    """

    outcome: Outcome
    scope: Scope | None = None
    at: datetime | None = None
    text: str = ""
    parameter: str = ""
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A clause as it met the case. `deciding` are the facts, with their words, that decided whether it covers it."""

    reason: Reason
    text: Text
    restriction: Restriction
    deciding: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AnsweredAdvice:
    """A text that advises the body, with the body's answer; `None` where it gave none.

    `contested`: whether it advises, or binds, hangs on a reading that nobody has chosen.
    """

    text: Text
    answer: Answer | None
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One device, network, place or account, with one app on one surface at one instant, and all that decided.

    `name` is the device's id, or the kind of network, place or account. `divergences` are clauses of texts that the
    body follows as a model; they have no force here. `runs`: whether the app can be on that surface there at all.
    """

    subject: Subject
    name: str
    app: str
    ruling: Ruling
    zone: ZoneInfo
    facts: DeviceFacts = field(default_factory=DeviceFacts)
    people: People | None = None
    rules: tuple[Rule, ...] = ()
    divergences: tuple[Rule, ...] = ()
    exemption: Exemption | None = None
    advice: tuple[AnsweredAdvice, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    notice: str = ""
    runs: bool = True
