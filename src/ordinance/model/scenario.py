# SPDX-License-Identifier: EUPL-1.2
"""Tests of a policy: a device, an app and an instant, and what must come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ordinance.model.apps import Surface
from ordinance.model.estate import DeviceFacts, People
from ordinance.model.law import Duty, Place
from ordinance.model.ruling import Outcome, Subject


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out. Of what is `None` or empty nothing is expected; `because` are words of the reasons.

    `duties` are all that follow, each with the instant from which it can be failed; `missing` are all missing facts.
    """

    outcome: Outcome
    deciding: str | None = None
    because: tuple[str, ...] = ()
    missing: frozenset[str] | None = None
    duties: Mapping[Duty, datetime] | None = None
    exemption: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One question and the answer it must get.

    About a device: `facts` (then `device` says only which exemptions name it), or without facts the row of
    `device` in the estate. Or about networks, places or accounts of the kind `word`. `edition`, `deployment` and
    `contract` are stated facts of this use of the app.
    """

    name: str
    app: str
    surface: Surface
    at: datetime
    expected: Expected
    subject: Subject = Subject.DEVICE
    word: str = ""
    device: str | None = None
    facts: DeviceFacts | None = None
    people: People | None = None
    edition: str | None = None
    deployment: str | None = None
    contract: str | None = None
    place: Place = field(default_factory=Place)
    app_place: Place = field(default_factory=Place)
