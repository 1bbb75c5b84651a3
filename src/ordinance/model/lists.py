# SPDX-License-Identifier: EUPL-1.2
"""Lists of names that other people keep, as they were read: to be compared with the catalogue, never taken unseen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ListForm(StrEnum):
    """How a list is written.

    `nextdns`: a name a line. `v2fly`: rules of domain-list-community. `adguard`: filter rules, or a service's YAML.
    `hosts`: an address, then names. `misp`: an event, or a warning list, as JSON.
    """

    NEXTDNS = "nextdns"
    V2FLY = "v2fly"
    ADGUARD = "adguard"
    HOSTS = "hosts"
    MISP = "misp"


class LeftOut(StrEnum):
    """Why an entry of a list gives no name."""

    PATTERN = "pattern"  # a wildcard, a key word or a regular expression
    INCLUDE = "include"  # another list, which has to be given itself
    EXCEPTION = "exception"  # it says what is not meant
    MODIFIED = "modified"  # a rule that holds under conditions only
    DELETED = "deleted"  # taken back by who said it
    OTHER_KIND = "other_kind"  # an address, an URL, the digest of a file …
    NOT_A_NAME = "not_a_name"  # no host name, or only one label


@dataclass(frozen=True, slots=True, order=True)
class ListedName:
    """A name in its normal form, with the place where it stands first.

    `line` counts lines of text; in JSON, entries; both from 1. `exact`: of names below it the list says nothing.
    """

    value: str
    line: int
    exact: bool


@dataclass(frozen=True, slots=True)
class ForeignList:
    """What one file held: `records` is the sum of its names, repetitions, structure and of what was left out.

    `left_out` gives the line of each entry without a name, and why. `structural` counts empty lines and comments.
    """

    file: str
    names: tuple[ListedName, ...]
    repeated: int
    structural: int
    left_out: tuple[tuple[int, LeftOut], ...]

    @property
    def records(self) -> int:
        """How many lines or entries the file has."""
        return len(self.names) + self.repeated + self.structural + len(self.left_out)
