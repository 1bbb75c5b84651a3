# SPDX-License-Identifier: EUPL-1.2
"""How one text differs from a baseline: words and values, no sentences. Each language makes its own of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ordinance.model.apps import Surface
from ordinance.model.estate import DeviceFacts, People
from ordinance.model.ruling import Subject

OTHER = "other"  # a way of using an app that neither text names


class DivergenceKind(StrEnum):
    """In which way our text differs from the baseline.

    `narrower` and `wider` are about devices, people and apps that a clause does not name; an app that the other
    text leaves alone altogether is `stricter` where we restrict it, and `narrower` without a clause of ours where
    we do not. `weaker` and `stronger` are about force. `shorter` and `longer` are about the end, `later` and
    `earlier` about the beginning or, with a value `duty`, about a deadline.
    """

    STRICTER = "stricter"
    NARROWER = "narrower"
    WIDER = "wider"
    SHORTER = "shorter"
    LONGER = "longer"
    LATER = "later"
    EARLIER = "earlier"
    WEAKER = "weaker"
    STRONGER = "stronger"
    DUTY_MISSING = "duty_missing"
    DUTY_ADDED = "duty_added"
    EXEMPTIONS_WIDER = "exemptions_wider"
    EXEMPTIONS_NARROWER = "exemptions_narrower"
    SURFACE_MISSING = "surface_missing"
    SURFACE_ADDED = "surface_added"
    INCOMPARABLE = "incomparable"

    @property
    def looser(self) -> bool:
        """Whether ours asks for less than the baseline in this way."""
        return self in _LOOSER


_LOOSER = frozenset(
    {
        DivergenceKind.NARROWER,
        DivergenceKind.SHORTER,
        DivergenceKind.LATER,
        DivergenceKind.WEAKER,
        DivergenceKind.DUTY_MISSING,
        DivergenceKind.EXEMPTIONS_WIDER,
        DivergenceKind.SURFACE_MISSING,
    }
)


@dataclass(frozen=True, slots=True)
class Witness:
    """One case in which the two texts come out differently: a device or other subject, an app, a surface, an instant.

    `asked` names the facts that either text asks for, `people` among them; those that `facts` does not state are
    unknown in this case. `use` states how the app is used (`edition`, `deployment`, `contract`) where either text asks
    for it and the catalogue leaves it open; `OTHER` is a way that neither text names.
    """

    facts: DeviceFacts
    people: People | None
    asked: tuple[str, ...]
    app: str
    surface: Surface
    at: datetime
    subject: Subject = Subject.DEVICE
    word: str = ""
    use: tuple[tuple[str, str], ...] = ()

    @property
    def stated(self) -> tuple[tuple[str, str], ...]:
        """Each fact asked for with its value in words; "" where it is not stated."""
        return tuple((fact, _in_words(self._value(fact))) for fact in self.asked)

    @property
    def is_complete(self) -> bool:
        """Whether every fact asked for is stated: the texts then differ, not only what is known."""
        return all(word for _, word in self.stated)

    def _value(self, fact: str) -> object:
        return self.people if fact == "people" else getattr(self.facts, fact)


@dataclass(frozen=True, slots=True)
class Divergence:
    """One way in which ours differs from the baseline.

    `ours` and `theirs` are clauses (`text/clause`); `None` where that text has none for it. `apps` are
    `family/member`; `family/?` is any other member of a family, `?/?` an app that the catalogue does not know.
    `values` are named words: days, forces, duties, purposes. Not `certain`: it depends on what nobody has stated.
    """

    kind: DivergenceKind
    ours: str | None
    theirs: str | None
    apps: tuple[str, ...] = ()
    surfaces: tuple[Surface, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    certain: bool = True
    witness: Witness | None = None

    def value(self, name: str) -> str:
        """The value of that name; "" where there is none."""
        return dict(self.values).get(name, "")


def _in_words(value: object) -> str:
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
