# SPDX-License-Identifier: EUPL-1.2
"""The words with which somebody answers for what they do: a role and a reason, as the ledger keeps them.

Reads the estate for the names that may not stand in them. Texts and names are compared without regard to capital
letters, width, kind of dash, invisible letters and what separates letters from digits. Cannot know whether a reason is
a good one, whether the role is the speaker's, or whether it names a person in other words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ordinance.model.errors import Issue, PolicyError
from ordinance.operations.workspace import Workspace
from ordinance.store.ledger import PSEUDONYM

MOST_LETTERS = 1_000
_PSEUDONYM = re.compile(rf"(?<![\w-]){PSEUDONYM.pattern}(?![\w-])")  # part of a longer word it is none
_PIECE = re.compile(r"[^\W\d_]+|\d+")  # letters, or digits
_WORDS, _NUMBER = r"(?<![^\W_]){}(?![^\W_])", r"(?<![^\W_])(?<!\w[-.]){}(?![^\W_]|[-.]\w)"
_MAC = re.compile(r"\b(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})\b")
_HINT = "say it with the pseudonym, or with the number of a case"


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who does it (a role) and why."""

    by: str
    reason: str


def answerable(workspace: Workspace, by: str, reason: str, *names: str) -> Answerable:
    """The words, with white space made one. `names` may not stand in them anywhere, those of the estate not as a word.

    Raises PolicyError: `no-reason` for an empty one, `bad-value` for one too long, `names-a-device` for one that would
    carry the name of a device, of a person of the estate or a hardware address into the ledger. What was refused is
    in no message.
    """
    said = {"--by": " ".join(by.split()), "--reason": " ".join(reason.split())}
    issues = [i for option, text in said.items() if (i := _fault(workspace, option, text, names)) is not None]
    if issues:
        raise PolicyError(issues)
    return Answerable(said["--by"], said["--reason"])


def role_of(workspace: Workspace, by: str | None) -> str:
    """The role of who asks for what needs no reason, with white space made one; empty where it is not said at all.

    Raises PolicyError as `answerable` does.
    """
    said = " ".join((by or "").split())
    issue = _fault(workspace, "--by", said, ()) if by is not None else None
    if issue is not None:
        raise PolicyError([issue])
    return said


def _fault(workspace: Workspace, option: str, text: str, names: tuple[str, ...]) -> Issue | None:
    """Why words do not do; `None` where they do."""
    if not re.search(r"\w", text):
        message = "who does it is not said" if option == "--by" else "there is no reason"
        return Issue(option, 0, 0, "no-reason", message, "nothing was done", "give --by and --reason")
    if len(text) > MOST_LETTERS:
        return Issue(option, 0, 0, "bad-value", f"it has more than {MOST_LETTERS:,} letters", "nothing was done")
    if names_somebody(workspace, text, *names):
        message = "the name of a device or a person, or a hardware address, stands in it; the ledger holds none"
        return Issue(option, 0, 0, "names-a-device", message, "nothing was done", _HINT)
    return None


def names_somebody(workspace: Workspace, text: str, *names: str) -> bool:
    """Whether one of the names stands in a text, or as words of it a name of the estate; or any hardware address.

    A pseudonym is no name. Of a name of digits alone a longer number with dashes or dots is another one: `12` does not
    stand in `2024-12`.
    """
    real = {name.casefold() for name in (*names, *_names(workspace))}
    plain = _plain(_PSEUDONYM.sub(lambda m: m[0] if m[0].casefold() in real else " ", text))
    letters = "".join(_PIECE.findall(plain))
    if _MAC.search(plain):
        return True
    if any(whole in letters for name in names if (whole := _letters(name))):
        return True
    rows = workspace.estate.devices
    if any(mac.replace(":", "") in letters for row in rows for mac in row.macs):
        return True
    return any(_letters(name) in letters and _stands(name, plain) for name in set(_names(workspace)))


def place_without_names(workspace: Workspace, path: str, *names: str) -> str:
    """A path as the ledger may have it: of one in which a name stands, only the uppermost folder."""
    if not names_somebody(workspace, path, *names):
        return path
    top, slash, _ = path.partition("/")
    return f"{top}/" if slash and not names_somebody(workspace, top, *names) else "a file"


def _names(workspace: Workspace) -> Iterator[str]:
    for row in workspace.estate.devices:
        yield from filter(None, (row.id, row.holder, row.inventory_name))
    for person in workspace.estate.people:
        yield person.id


def _stands(name: str, plain: str) -> bool:
    """Whether the name stands in a text as words of it."""
    pieces = _PIECE.findall(_plain(name))
    whole = _NUMBER if "".join(pieces).isdigit() else _WORDS
    return bool(pieces) and re.search(whole.format(r"[\W_]*".join(pieces)), plain) is not None


def _plain(text: str) -> str:
    """A text as it is compared: without invisible letters, in small ones, with one form of each and one dash."""
    if text.isascii():
        return text.casefold()
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", seen.casefold())
    return "".join("-" if unicodedata.category(c) == "Pd" else c for c in folded)


def _letters(text: str) -> str:
    return "".join(_PIECE.findall(_plain(text)))
