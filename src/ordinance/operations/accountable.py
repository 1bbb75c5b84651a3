# SPDX-License-Identifier: EUPL-1.2
"""The words with which somebody answers for what they do: a role and a reason, as the ledger keeps them.

Reads the estate for the names that may not stand in them. Cannot know whether a reason is a good one, whether the role
is the speaker's, or whether it names a person in other words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ordinance.model.errors import Issue, PolicyError
from ordinance.operations.workspace import Workspace

MOST_LETTERS = 1_000
_WORD = re.compile(r"[^\s,;()\[\]\"'“”‘’«»/]+")
_HINT = "say it with the pseudonym, or with the number of a case"


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who does it (a role) and why."""

    by: str
    reason: str


def answerable(workspace: Workspace, by: str, reason: str, *names: str) -> Answerable:
    """The words, with white space made one. `names` may not stand in them anywhere, those of the estate not as a word.

    Raises PolicyError: `no-reason` for an empty one, `bad-value` for one too long, `names-a-device` for one that would
    carry the name of a device, of its holder or its hardware address into the ledger.
    """
    said = {"--by": " ".join(by.split()), "--reason": " ".join(reason.split())}
    issues = []
    for option, text in said.items():
        if not re.search(r"\w", text):
            message = "who does it is not said" if option == "--by" else "there is no reason"
            issues.append(Issue(option, 0, 0, "no-reason", message, "nothing was done", "give --by and --reason"))
        elif len(text) > MOST_LETTERS:
            message = f"it has more than {MOST_LETTERS:,} letters"
            issues.append(Issue(option, 0, 0, "bad-value", message, "nothing was done"))
        elif _named(workspace, text, names):
            message = "the name of a device or of its holder stands in it, and the ledger holds none"
            issues.append(Issue(option, 0, 0, "names-a-device", message, "nothing was done", _HINT))
    if issues:
        raise PolicyError(issues)
    return Answerable(said["--by"], said["--reason"])


def _named(workspace: Workspace, text: str, names: tuple[str, ...]) -> bool:
    """Whether one of the names stands in a text, or a word of it is a name of the estate."""
    folded = text.casefold()
    if any(name.casefold() in folded for name in names):
        return True
    words = {word for found in _WORD.findall(folded) for word in (found, found.strip(".:!?"))}
    for row in workspace.estate.devices:
        theirs = (row.id, row.holder, row.inventory_name, *row.macs)
        if any(name and name.casefold() in words for name in theirs):
            return True
    return False
