# SPDX-License-Identifier: EUPL-1.2
"""What speaks for a finding is kept with it, and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bodies
from ordinance.model.apps import Kind, Role
from ordinance.model.estate import Platform
from ordinance.model.evidence import Answered, NameAsked
from ordinance.model.law import Clock
from ordinance.model.result import Finding, FindingKind, Result, Signs
from ordinance.verify.attribute import Attributed
from ordinance.verify.observed import Asked
from ordinance.verify.signs import signs_of

from . import worlds as w
from .test_duties import LISTED, NEVER, habits

LOG = "dns-townhall"
USES = habits(Platform.ANDROID, LISTED, LISTED, frozenset({2, 9}))


def traffic(world: w.World) -> Finding:
    """The one finding about names that the app alone uses."""
    (found,) = (f for f in world.checked().findings if f.kind is FindingKind.APP_TRAFFIC)
    return found


def signs(world: w.World) -> Signs:
    """Its signs."""
    found = traffic(world).signs
    assert found is not None
    return found


def with_rows(world: w.World, rows: Sequence[NameAsked]) -> w.World:
    """The world in which the log has these rows besides."""
    log = world.readings[LOG]
    return replace(world, readings={**world.readings, LOG: replace(log, names=(*log.names, *rows))})


def answered(world: w.World) -> NameAsked:
    """The first answered question."""
    return next(n for n in world.readings[LOG].names if n.answered is Answered.ADDRESS)


def test_a_finding_says_what_it_rests_on() -> None:
    """Two questions on two days, the app in the inventory, no connection, named by a lease."""
    assert signs(w.world([USES])) == Signs(names=1, together=1, answered=2, shown=1)


def test_an_inventory_without_the_app_is_said_too() -> None:
    """Whoever answers the finding needs to know what speaks against it."""
    assert signs(w.world([replace(USES, has_app=NEVER)])) == Signs(names=1, together=1, answered=2, not_shown=1)
    assert signs(w.world([replace(USES, listed=NEVER, has_app=NEVER)])) == Signs(names=1, together=1, answered=2)


def test_what_came_of_the_questions_is_counted_apart() -> None:
    """Refused and unanswered questions of the same device stand beside those that were answered."""
    world = w.world([USES])
    first = answered(world)
    rows = [
        replace(first, at=first.at + timedelta(seconds=1), answered=Answered.BLOCKED),
        replace(first, at=first.at + timedelta(seconds=2), answered=Answered.NOTHING),
        replace(first, at=first.at + timedelta(seconds=3), contacted=True),
    ]
    assert signs(with_rows(world, rows)) == Signs(1, 1, answered=3, blocked=1, unanswered=1, connected=1, shown=1)


def test_a_finding_in_the_inventory_says_what_the_logs_show() -> None:
    """App and traffic confirm each other, whichever of the two the finding is about."""
    every = w.world([USES]).checked().findings
    of_app = [f.signs for f in every if f.kind in {FindingKind.APP_INSTALLED, FindingKind.APP_TRAFFIC}]
    assert len(of_app) > 1 and set(of_app) == {Signs(names=1, together=1, answered=2, shown=1)}


def test_names_of_the_site_are_no_sign_about_the_app() -> None:
    """A rule about an app asks nobody which pages somebody read."""
    world = w.world([USES])
    first = answered(world)
    assert first.identifier is not None
    site = replace(first, name="www.tiktok.com", identifier=replace(first.identifier, role=Role.WEB))
    assert signs(with_rows(world, [site])) == signs(world)


def test_questions_before_the_duty_are_no_sign() -> None:
    """What somebody did before the rule bound them is held against nobody."""
    world = w.world([USES])
    first = answered(world)
    law = bodies.workspace("ghent").law
    (text,) = (t for t in law.texts if t.id == "gent-2023-tiktok")
    late = tuple((duty, Clock(at=first.at)) for duty, _ in text.restrictions[0].duties)
    clause = replace(text.restrictions[0], duties=late)
    changed = replace(text, restrictions=(clause, *text.restrictions[1:]))
    under = replace(law, texts=tuple(changed if t is text else t for t in law.texts))
    early = replace(first, at=first.at - timedelta(minutes=1))
    (found,) = (f for f in with_rows(world, [early]).checked(law=under).findings if f.kind is FindingKind.APP_TRAFFIC)
    assert found.signs == signs(world)


def test_another_device_is_no_sign() -> None:
    """Each finding rests on its own device."""
    found = [f for f in w.world([USES, USES]).checked().findings if f.kind is FindingKind.APP_TRAFFIC]
    assert [f.signs and f.signs.answered for f in found] == [2, 2]


def test_a_table_kept_by_hand_is_said() -> None:
    """The lease came from no server: whoever answers the finding may know better."""
    world = w.world([USES])
    log = world.readings[LOG]
    by_hand = replace(log, leases=tuple(replace(x, by_hand=True) for x in log.leases))
    changed = replace(world, readings={**world.readings, LOG: by_hand})
    assert signs(changed).by_hand == 2 and traffic(changed).result is Result.FAIL


def test_whoever_is_not_named_gets_nothing_put_together() -> None:
    """Of an unknown device only what stands in the finding is counted, not what else an inventory or a log shows."""
    found = [f for f in w.without_device(w.world([USES]), "d-00").checked().findings if f.device is None and f.family]
    assert found and all(f.kind is FindingKind.UNKNOWN_DEVICE and f.signs for f in found)
    assert {f.signs for f in found} == {Signs(answered=2), Signs(shown=1)}


# --- by themselves -----------------------------------------------------------------------------------

START = datetime(2023, 4, 5, 10, tzinfo=w.UTC)


def asked(name: str, minute: float) -> Asked:
    """An answered question for a name of the app's own."""
    row = answered(w.world([USES]))
    at = START + timedelta(minutes=minute)
    return Asked(replace(row, name=name, at=at), Attributed("d-00"), (), at.date())


@pytest.mark.parametrize(
    ("rows", "together"),
    [
        ([], 0),
        ([("a", 0), ("a", 1)], 1),
        ([("a", 0), ("b", 9.9), ("c", 19.8)], 2),
        ([("a", 0), ("b", 10)], 1),
        ([("c", 0), ("a", 60), ("b", 61), ("a", 62), ("c", 63)], 3),
    ],
)
def test_the_most_names_within_ten_minutes(rows: list[tuple[str, float]], together: int) -> None:
    """Different names, not questions, in any ten minutes; the tenth does not belong to them."""
    assert signs_of(asked(*row) for row in rows).together == together


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), max_size=12), st.randoms())
def test_the_order_of_the_rows_says_nothing(rows: list[tuple[str, int]], dice: object) -> None:
    """Counted as somebody would by looking at every ten minutes, in whatever order files were read."""
    every = [asked(*row) for row in rows]
    dice.shuffle(every)  # type: ignore[attr-defined]  # what hypothesis calls randoms
    by_eye = max((len({n for n, m in rows if start <= m < start + 10}) for _, start in rows), default=0)
    assert signs_of(every).together == by_eye


def test_signs_of_two_findings_are_added_up() -> None:
    """Numbers of questions and devices are summed; names are not, as they may be the same ones."""
    one = Signs(3, 2, 5, 1, 0, 1, 1, 0, 0)
    assert one + Signs(4, 1, 2, 0, 2, 0, 0, 1, 2) == Signs(4, 2, 7, 1, 2, 1, 1, 1, 2)


def test_identifiers_of_the_world_are_the_apps_own() -> None:
    """The tests above rest on it."""
    assert w.identifier(Kind.DOMAIN).role is Role.APP_ONLY
