# SPDX-License-Identifier: EUPL-1.2
"""Other people's lists against a family: what is new, gone, in conflict, or would block popular names besides.

Reads: the catalogue, a list that was read, names that are popular. Writes: nothing; `as_toml` gives text for a person
to finish. Cannot know: what a contact with a new name proves. Its role is left open, and the loader takes no domain
without one: nothing gets into the catalogue unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from ordinance.match.names import NameMatcher, normalise
from ordinance.model.apps import Catalogue, Family, Identifier, Kind
from ordinance.model.lists import ForeignList, LeftOut, ListedName, ListForm
from ordinance.model.proposal import Conflict, Gone, NameInConflict, NewName, Popular, Proposal

COULD_COVER = {LeftOut.PATTERN, LeftOut.INCLUDE, LeftOut.MODIFIED}  # entries that may stand for a name that seems gone
SHOWN = 3  # popular names that are named
TO_DECIDE = ""  # the role of a proposed name: no word, so that the loader refuses it until somebody decided


class Against:
    """The catalogue, made ready to be compared with any number of lists.

    The catalogue knows no name alone: a row takes everything below it. So a name that a list gives alone is judged as
    what it would become.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        zones: frozenset[str],
        twins: Mapping[str, str],
        popular: Iterable[str] = (),
    ) -> None:
        identifiers = [i for f in catalogue.families for i in f.identifiers if i.kind is Kind.DOMAIN]
        self._twins = twins
        self._own = {i.value: i for i in identifiers}
        self._matcher = NameMatcher(identifiers, zones, twins)
        self._below = _by_parent(self._own)
        self._zones_below = _by_parent(zones)
        self._popular = _by_parent({p for name in popular if (p := normalise(name)) is not None})

    def proposal(
        self, read: ForeignList, form: ListForm, family: Family, source: str, seen: date, beside: Iterable[ForeignList]
    ) -> Proposal:
        """What a list says of a family. `source` is the key under which the family's file cites it.

        `beside` are the other lists of that family, given with it: a name that stands in one of them is not gone.
        """
        known = covered = 0
        reasons = {value: d.why for d in family.declined for value in d.values}
        declined: list[tuple[ListedName, str]] = []
        new: list[NewName] = []
        conflicts: list[NameInConflict] = []
        for one in read.names:
            why, there = self._conflict(one, family.id)
            above_it = _at_or_above(one.value)
            reason = next((reasons[name] for name in above_it if name in reasons), None)
            twin = any(name in self._twins for name in above_it)
            if there is not None and there.value == one.value and why is None:
                known += 1
            elif reason is not None:
                declined.append((one, reason))
            elif why is not None:
                conflicts.append(NameInConflict(one, why, there, self._popular_at(one, family.id)))
            elif there is not None and not twin:
                covered += 1
            else:
                above = sum(self._own[b].family == family.id for b in self._below.get(one.value, ()))
                new.append(NewName(one, twin, above, self._popular_at(one, family.id)))
        gone = _gone(family, source, (read, *beside))
        return Proposal(
            family=family.id,
            form=form,
            source=source,
            seen=seen,
            read=read,
            known=known,
            covered=covered,
            new=tuple(new),
            conflicts=tuple(conflicts),
            declined=tuple(declined),
            gone=gone,
        )

    def _conflict(self, one: ListedName, family: str) -> tuple[Conflict | None, Identifier | None]:
        """Why a name cannot be taken over, if so, and what the catalogue has at it or above it."""
        hit = self._matcher.find(one.value)
        there = self._own.get(one.value) or (hit.identifier if hit else None)
        if there is not None and there.family != family:
            return (Conflict.OTHER_FAMILY if there.value == one.value else Conflict.BELOW_OTHER), there
        if there is not None and there.retired:
            return Conflict.RETIRED, there
        if one.value in self._zones_below and one.value not in self._own:
            return Conflict.ALIAS_ZONE, None
        others = [self._own[b] for b in self._below.get(one.value, ()) if self._own[b].family != family]
        if others and one.value not in self._own:
            return Conflict.ABOVE_OTHER, min(others, key=lambda i: i.value)
        return None, there

    def _popular_at(self, one: ListedName, family: str) -> Popular | None:
        """Popular names at or below a name which are not known to be the family's."""
        found = [p for p in self._popular.get(one.value, ()) if self._family_of(p) != family]
        return Popular(len(found), tuple(sorted(found)[:SHOWN])) if found else None

    def _family_of(self, name: str) -> str | None:
        hit = self._matcher.find(name)
        return hit.identifier.family if hit else None


def _by_parent(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by themselves and by each name above them."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        rest = name
        while "." in rest:
            found.setdefault(rest, []).append(name)
            rest = rest.partition(".")[2]
    return found


def _gone(family: Family, source: str, lists: Iterable[ForeignList]) -> Gone | None:
    """Names that the catalogue has from a source and that no list of the family gives; `None` where none cites it."""
    cited = [i for i in family.identifiers if i.kind is Kind.DOMAIN and source in i.cites]
    if not cited:
        return None
    every = tuple(lists)
    names = [n for one in every for n in one.names]
    alone, with_below = {n.value for n in names}, {n.value for n in names if not n.exact}
    lost = [i for i in cited if not i.retired and i.value not in alone and not with_below.intersection(_above(i.value))]
    unread = Counter(why for one in every for _, why in one.left_out if why in COULD_COVER)
    return Gone(tuple(lost), tuple(sorted((str(why), n) for why, n in unread.items())))


def _above(name: str) -> list[str]:
    return _at_or_above(name)[1:]


def _at_or_above(name: str) -> list[str]:
    """The name, then each above it that has at least two labels."""
    labels = name.split(".")
    return [".".join(labels[n:]) for n in range(len(labels) - 1)]


def as_toml(proposal: Proposal, given: Collection[str] = ()) -> str:
    """The new names as a table for the family's file, with the role left open; conflicts and lost names as comments.

    `given` are names that an earlier proposal for the same family holds already.
    """
    new = [n for n in proposal.new if n.name.value not in given]
    file = "".join(c if c.isprintable() else "\ufffd" for c in proposal.read.file)
    lines = [
        f"# {file}, read as {proposal.form}: {len(new)} name(s) that {proposal.family} lacks.",
        "# Nobody has looked at them. Sort them into groups, give each a role (app_only, web, embed, shared) and say",
        "# how sure it is. What is somebody else's goes under [[declined]], with the reason. The loader takes no group",
        "# without a role.",
        "",
    ]
    if new:
        lines += [
            "[[members.identifiers]]",
            'kind = "domain"',
            f'role = "{TO_DECIDE}"',
            'confidence = "low"',
            f"seen = {proposal.seen.isoformat()}",
            f'cites = ["{proposal.source}"]',
            "values = [",
            *(f'  "{n.name.value}",{_remark(n)}' for n in new),
            "]",
            "",
        ]
    for one in proposal.conflicts:
        where = f"{one.known.family}/{one.known.member} ({one.known.value})" if one.known else "a content network"
        name = f"{one.name.value} (line {one.name.line})"
        lines.append(f"# In conflict: {name}: {one.why}, {where}{_popular(one.popular)}")
    if proposal.gone:
        unsure = f" (or covered by {_entries(proposal.gone.unread)})" if proposal.gone.unread else ""
        lines += [f"# No longer in the list{unsure}: {i.value} ({i.member}, {i.role})" for i in proposal.gone.names]
    return "\n".join(lines).rstrip() + "\n"


def _entries(unread: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{n} {why}" for why, n in unread)


def _remark(new: NewName) -> str:
    said = [f"line {new.name.line}"]
    if new.name.exact:
        said.append("the list gives it alone, without names below it")
    if new.twin:
        said.append("a twin, until now only likely")
    if new.above:
        said.append(f"above {new.above} known name(s)")
    return f"  # {'; '.join(said)}{_popular(new.popular)}"


def _popular(popular: Popular | None) -> str:
    if popular is None:
        return ""
    more = " …" if popular.count > len(popular.first) else ""
    return f"; covers {popular.count} popular name(s): {', '.join(popular.first)}{more}"
