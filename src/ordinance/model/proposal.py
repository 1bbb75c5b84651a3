# SPDX-License-Identifier: EUPL-1.2
"""What another list would change in a family of the catalogue: put before a person, who decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ordinance.model.apps import Identifier
from ordinance.model.lists import ForeignList, ListedName, ListForm


class Conflict(StrEnum):
    """Why a list's name cannot simply be taken over."""

    OTHER_FAMILY = "other_family"  # the catalogue has it under another family
    BELOW_OTHER = "below_other"  # it lies below a name of another family
    ABOVE_OTHER = "above_other"  # names of another family lie below it
    ALIAS_ZONE = "alias_zone"  # a content network's own zone, or above one: it carries everybody's names
    RETIRED = "retired"  # the catalogue says that it, or what it lies below, is no longer the app's


@dataclass(frozen=True, slots=True, order=True)
class Popular:
    """Popular names that a name would cover although they are not known to be the family's."""

    count: int
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewName:
    """A name that the catalogue lacks. `twin`: until now it was only likely. `above`: known names below it."""

    name: ListedName
    twin: bool
    above: int
    popular: Popular | None


@dataclass(frozen=True, slots=True)
class NameInConflict:
    """A name of the list that contradicts the catalogue; `known` is what stands there, `None` for an alias zone."""

    name: ListedName
    why: Conflict
    known: Identifier | None
    popular: Popular | None


@dataclass(frozen=True, slots=True)
class Gone:
    """Names that the catalogue has from a source and that its lists do not give any more.

    `unread` counts entries by why they gave no name (patterns, included lists …): any of them may cover such a name.
    """

    names: tuple[Identifier, ...]
    unread: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One list against one family.

    `known` have a row of their own, `covered` lie below one. `declined` were looked at before and left out: each with
    the reason. `gone` is `None` where nothing in the family cites this source, so that nobody can say.
    """

    family: str
    form: ListForm
    source: str
    seen: date
    read: ForeignList
    known: int
    covered: int
    new: tuple[NewName, ...]
    conflicts: tuple[NameInConflict, ...]
    declined: tuple[tuple[ListedName, str], ...]
    gone: Gone | None
