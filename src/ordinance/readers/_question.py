# SPDX-License-Identifier: EUPL-1.2
"""A question for a name of the watch list, while a log is read: what the list has on the name, and what came of it.

Reads nothing. Cannot know whose the address is that asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from ordinance.model.apps import Identifier
from ordinance.model.evidence import Answered, NameAsked, Where
from ordinance.model.unseen import UnseenKind
from ordinance.readers._clock import utc


@dataclass(frozen=True, slots=True)
class Watched:
    """What the watch list has on a name. Neither identifier nor canary nor `unseen`: an internal name."""

    name: str
    identifier: Identifier | None = None
    likely: bool = False
    is_canary: bool = False
    unseen: UnseenKind | None = None

    @property
    def is_count(self) -> bool:
        """Whether questions for it leave the reader as numbers alone: nobody who asked does."""
        return self.is_canary or self.unseen is not None


FOREIGN = Watched("")


@dataclass(slots=True)
class Question:
    """A kept question; what a line says of it may still change `answered`, and `contacted` in a log of connections."""

    at: int
    hour: int
    client: str
    watched: Watched
    where: Where
    answered: Answered = Answered.NOTHING
    told: bool = True
    contacted: bool = False

    def observation(self) -> NameAsked:
        """The question as it is given out."""
        watched = self.watched
        return NameAsked(
            at=utc(self.at),
            address=self.client,
            name=watched.name,
            identifier=watched.identifier,
            answered=self.answered,
            where=self.where,
            likely=watched.likely,
            contacted=self.contacted,
            told=self.told or self.answered is not Answered.NOTHING,
        )
