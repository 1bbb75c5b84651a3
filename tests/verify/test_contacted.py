# SPDX-License-Identifier: EUPL-1.2
"""A connection that was seen is said, and makes nothing of a widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ordinance.model.apps import Kind, Role
from ordinance.model.evidence import Answered, NameAsked
from ordinance.model.result import Finding, FindingKind, Grade
from ordinance.verify.grades import grade, is_let_through, proves_use

from . import worlds as w

LOG = "dns-townhall"
OF_THE_LOG = {FindingKind.APP_TRAFFIC, FindingKind.CONTROL_INEFFECTIVE}


def with_names(world: w.World, change: Callable[[NameAsked], NameAsked]) -> w.World:
    """The world in which each answered name is another row."""
    log = world.readings[LOG]
    names = tuple(change(n) if n.answered is Answered.ADDRESS else n for n in log.names)
    return replace(world, readings={**world.readings, LOG: replace(log, names=names)})


def contacted(asked: NameAsked) -> NameAsked:
    """The same as a proxy's row."""
    return replace(asked, contacted=True)


def of_the_log(found: tuple[Finding, ...]) -> list[Finding]:
    """Findings that rest on names alone."""
    return [f for f in found if f.kind in OF_THE_LOG]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("answered", list(Answered))
def test_a_connection_changes_no_grade(role: Role, answered: Answered) -> None:
    """A tunnel to a site's name may be an embed's as well: the role alone decides, as with a question."""
    found = replace(w.identifier(Kind.DOMAIN), role=role)
    world = w.world([w.DIRTY])
    asked = replace(world.readings[LOG].names[0], identifier=found, answered=answered)
    for judged in (grade, proves_use, is_let_through):
        assert judged(contacted(asked)) == judged(asked)


def test_a_finding_says_whether_a_connection_was_seen() -> None:
    """One connection among the contacts is enough to say so, and nothing else of the check changes."""
    asked = w.world([w.DIRTY, w.CLEAN])
    first = next(n.at for n in asked.readings[LOG].names if n.answered is Answered.ADDRESS)
    seen = with_names(asked, lambda n: contacted(n) if n.at == first else n)
    before, after = asked.checked(), seen.checked()
    assert of_the_log(before.findings) and not any(f.contacted for f in before.findings)
    assert all(f.contacted and f.count == 2 for f in of_the_log(after.findings))
    assert after.results == before.results and after.contacts == before.contacts
    assert [replace(f, contacted=False, signs=None) for f in after.findings] == [
        replace(f, signs=None) for f in before.findings
    ]


def test_connections_to_a_sites_names_are_nobodys_finding() -> None:
    """Contacts with names of the site and of embeds are counted, whatever was connected, and fail nothing."""
    for role, expected in ((Role.WEB, Grade.WEB_OR_EMBED), (Role.EMBED, Grade.EMBED)):
        found = replace(w.identifier(Kind.DOMAIN), role=role)

        def fetched(asked: NameAsked, found: object = found) -> NameAsked:
            return contacted(replace(asked, identifier=found))  # type: ignore[arg-type]  # bound to this turn's role

        checked = with_names(w.world([w.DIRTY, w.CLEAN]), fetched).checked()
        assert not of_the_log(checked.findings) and not any(f.contacted for f in checked.findings)
        assert {c.grade for c in checked.contacts} == {expected, Grade.BLOCKED}
