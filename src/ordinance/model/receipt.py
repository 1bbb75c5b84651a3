# SPDX-License-Identifier: EUPL-1.2
"""What happens to something that is to be posted, from the first hash to the post's address, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a receipt is about. The last three are the book's own."""

    PREPARED = "prepared"  # made anew, checked, packed
    APPROVED = "approved"  # by another person, who answered every question
    DECLINED = "declined"
    RELEASED = "released"  # handed over to a separate device
    POSTED = "posted"  # its address was typed in
    WITHDRAWN = "withdrawn"  # not to be used any more
    CUT = "cut"
    TORN = "torn"
    ADOPTED = "adopted"


# What may come next after each act of a transfer; the first is `None`.
_NEXT: dict[Act | None, frozenset[Act]] = {
    None: frozenset({Act.PREPARED}),
    Act.PREPARED: frozenset({Act.APPROVED, Act.DECLINED, Act.WITHDRAWN}),
    Act.APPROVED: frozenset({Act.RELEASED, Act.DECLINED, Act.WITHDRAWN}),
    Act.DECLINED: frozenset(),
    Act.RELEASED: frozenset({Act.RELEASED, Act.POSTED, Act.WITHDRAWN}),  # another device, or the stick was lost
    Act.POSTED: frozenset({Act.POSTED, Act.RELEASED, Act.WITHDRAWN}),  # on a second platform, or its address changed
    Act.WITHDRAWN: frozenset(),
}
BOOKS_OWN = frozenset({Act.CUT, Act.TORN, Act.ADOPTED})


class OutOfTurn(StrEnum):
    """Why a receipt may not follow those before it."""

    NOT_NEXT = "receipt-not-next"
    SAME_PERSON = "receipt-same-person"
    OTHER_PACKAGE = "receipt-other-package"


@dataclass(frozen=True, slots=True)
class Step:
    """One receipt of one transfer: who did what, and the digest of the package's manifest."""

    act: Act
    by: str
    manifest: str


def out_of_turn(before: Iterable[Step], step: Step) -> OutOfTurn | None:
    """Why a step may not follow the others of its transfer, the earliest first; `None` where it may.

    Who approves is not who prepared, however the name is spelled, and whatever follows is about the same package.
    """
    steps = tuple(before)
    last = steps[-1].act if steps else None
    if step.act not in _NEXT[last]:
        return OutOfTurn.NOT_NEXT
    if step.act is Act.APPROVED and any(s.act is Act.PREPARED and same_person(s.by, step.by) for s in steps):
        return OutOfTurn.SAME_PERSON
    if steps and step.manifest != steps[0].manifest:
        return OutOfTurn.OTHER_PACKAGE
    return None


def same_person(one: str, other: str) -> bool:
    """Whether two ids may be one person's: capital letters and spaces at the ends make no second one."""
    return one.strip().casefold() == other.strip().casefold()
