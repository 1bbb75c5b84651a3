# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a campaign under a rule that comes, ends, is lifted, or cannot be judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from ordinance.model.apps import Surface
from ordinance.model.campaign import Campaign, Move
from ordinance.model.estate import Device, DeviceFacts, Estate, Owner, People, Person, Platform, Validity
from ordinance.model.law import AccountKind, Allowance, Exemption, Force, Law, Selector, Stage, State, What
from ordinance.model.time import Period, Span, start_of
from ordinance.review.campaigns import Effect, Hit, hits, worries
from policy.worlds import BRUSSELS, a_clause, a_law, a_text

BODYS = ("is", "owner", ("body",))


def at(day: str) -> datetime:
    return start_of(date.fromisoformat(day), BRUSSELS)


def campaign(first: str = "2023-03-01", last: str = "2023-07-31", *moves: Move, **more: object) -> Campaign:
    plain = Campaign(
        "c", "C", "a/x", "tourism", date.fromisoformat(first), date.fromisoformat(last), device="d", moves=moves
    )
    return replace(plain, **more)


def move(by: str, done: str | None = None) -> Move:
    return Move("elsewhere", date.fromisoformat(by), "tourism", date.fromisoformat(done) if done else None)


def estate(owner: Owner | None = Owner.BODY, since: str | None = "2023-01-01") -> Estate:
    first = date.fromisoformat(since) if since else None
    return Estate((Device("d", DeviceFacts(owner), validity=Validity(first, None)),))


def hit(law: Law, one: Campaign, on: str = "2023-03-05", devices: Estate | None = None) -> Hit:
    (found,) = hits(law, devices or estate(), (one,), at(on))
    return found


RULE = a_law(a_text(a_clause(devices=BODYS)))


@pytest.mark.parametrize(
    ("moves", "on", "effect"),
    [
        ((), "2023-03-05", Effect.NO_MOVE),
        ((move("2023-03-12"),), "2023-03-05", Effect.MOVES_IN_TIME),
        ((move("2023-03-13"),), "2023-03-05", Effect.MOVES_LATE),
        ((move("2023-03-12"),), "2023-03-12", Effect.MOVES_IN_TIME),
        ((move("2023-03-12"),), "2023-03-13", Effect.MOVES_LATE),
        ((move("2023-03-12", "2023-03-10"),), "2023-03-11", Effect.MOVED),
        ((move("2023-03-20", "2023-03-20"),), "2023-03-21", Effect.MOVED),
        ((move("2023-03-20", "2023-03-20"),), "2023-03-19", Effect.MOVES_LATE),
        ((move("2023-03-12", "2023-04-01"),), "2023-03-20", Effect.MOVES_LATE),
        ((move("2023-03-12", "2023-03-10"), move("2023-03-14")), "2023-03-11", Effect.MOVES_LATE),
        ((move("2023-03-12", "2023-03-10"), move("2023-03-11")), "2023-03-11", Effect.MOVES_IN_TIME),
    ],
)
def test_a_rule_that_comes(moves: tuple[Move, ...], on: str, effect: Effect) -> None:
    """On 13 March the rule begins; a move is in time where its last day is over by then, and done where its file says
    so."""
    found = hit(RULE, campaign("2023-03-01", "2023-07-31", *moves), on)
    assert (found.effect, found.since, found.clause) == (effect, at("2023-03-13"), "t/c")


def test_a_campaign_after_its_rule() -> None:
    """It began when it was forbidden already, on the very day too; whether it moves does not mend that."""
    for first in ("2023-03-13", "2023-04-01"):
        assert hit(RULE, campaign(first, "2023-07-31", move("2023-04-02"))).effect is Effect.BEGAN_FORBIDDEN
    assert hit(RULE, campaign("2023-03-12")).effect is Effect.NO_MOVE


def test_what_is_over_or_not_meant_is_not_hit() -> None:
    """Another app, a device of somebody else, a rule that has ended, a campaign that is over."""
    assert hit(RULE, campaign(app="b/x")).effect is Effect.NOT_HIT
    assert hit(RULE, campaign(), devices=estate(Owner.PERSON)).effect is Effect.NOT_HIT
    assert hit(RULE, campaign("2023-02-01", "2023-03-12"), "2023-03-13").effect is Effect.OVER
    assert hit(RULE, campaign("2023-02-01", "2023-03-12"), "2023-03-12").effect is Effect.NOT_HIT
    short = a_law(a_text(a_clause(devices=BODYS, term=Period(months=1))))
    assert hit(short, campaign("2023-04-13")).effect is Effect.NOT_HIT
    assert hit(short, campaign("2023-04-12")).effect is Effect.BEGAN_FORBIDDEN


def test_a_rule_that_pauses_hits_from_its_first_day() -> None:
    """The first instant at which it is forbidden counts, wherever in the campaign it lies."""
    stages = [("2023-02-01", State.IN_FORCE), ("2023-02-15", State.LAPSED), ("2023-05-01", State.IN_FORCE)]
    text = a_text(a_clause(devices=BODYS), lifecycle=tuple(Stage(s, at(d)) for d, s in stages))
    assert hit(a_law(text), campaign()).since == at("2023-05-01")


def test_a_computer_is_asked_about_its_program() -> None:
    """A rule about programs hits a campaign run from a computer, one about apps does not; what a file says counts."""
    program = a_law(a_text(a_clause(devices=BODYS, surfaces=frozenset({Surface.DESKTOP}))))
    facts = DeviceFacts(Owner.BODY, platform=Platform.WINDOWS)
    computer = Estate((Device("d", facts, validity=Validity(date(2023, 1, 1), None)),))
    assert hit(program, campaign(), devices=computer).effect is Effect.NO_MOVE
    assert hit(RULE, campaign(), devices=computer).effect is Effect.NOT_HIT
    assert hit(RULE, campaign(surfaces=frozenset({Surface.APP})), devices=computer).effect is Effect.NO_MOVE
    assert hit(program, campaign(surfaces=frozenset({Surface.WEB})), devices=computer).effect is Effect.NOT_HIT


def test_a_device_changes_hands_within_a_campaign() -> None:
    """A row of the device, or of its holder, that begins within it counts; one that ends leaves the rest unknown."""
    may, end = date(2023, 5, 15), date(2023, 5, 14)
    rows = (
        Device("d", DeviceFacts(Owner.PERSON), validity=Validity(date(2023, 1, 1), end)),
        Device("d", DeviceFacts(Owner.BODY), validity=Validity(may, None)),
    )
    found = hit(RULE, campaign("2023-05-10"), devices=Estate(rows))
    assert (found.effect, found.since) == (Effect.NO_MOVE, at("2023-05-15"))
    assert hit(RULE, campaign("2023-05-10"), devices=Estate(rows[:1])).effect is Effect.NOT_KNOWN
    held = (Device("d", DeviceFacts(Owner.BODY), "p", validity=Validity(date(2023, 1, 1), None)),)
    people = (
        Person("p", People.ELECTED, validity=Validity(date(2023, 1, 1), end)),
        Person("p", People.STAFF, validity=Validity(may, None)),
    )
    staff = a_law(a_text(a_clause(devices=BODYS, people=frozenset({People.STAFF}))))
    assert hit(staff, campaign("2023-05-10"), devices=Estate(held, people)).since == at("2023-05-15")


def test_advice_is_no_ban_and_no_silence() -> None:
    """It is said beside the campaign, which goes on."""
    found = hit(a_law(a_text(a_clause(devices=BODYS, force=Force.ADVICE))), campaign())
    assert (found.effect, found.clause, worries((found,))) == (Effect.ADVISED_AGAINST, "t/c", 0)


def test_every_clause_that_forbids_is_named() -> None:
    """The first decides; who evaluates the second must see the campaign too."""
    both = a_law(a_text(a_clause(devices=BODYS), a_clause("z", devices=BODYS)))
    assert hit(both, campaign()).clauses == {"t/c", "t/z"}


def test_what_nobody_stated_is_said() -> None:
    """An owner that is not stated, a device without a row for the time: it is neither hit nor safe."""
    found = hit(RULE, campaign(), devices=estate(None))
    assert (found.effect, found.missing) == (Effect.NOT_KNOWN, ("owner",))
    later = hit(a_law(), campaign(), devices=estate(since="2023-04-01"))
    assert (later.effect, later.missing) == (Effect.NOT_KNOWN, ("facts of its device",))


@pytest.mark.parametrize("surface", [Surface.ACCOUNT, Surface.APP, Surface.WEB])
def test_the_account_counts_too(surface: Surface) -> None:
    """A rule about the official account hits a campaign that needs it, whatever its device is and whichever surface
    the rule names."""
    clause = a_clause(accounts=frozenset({AccountKind.OFFICIAL}), surfaces=frozenset({surface}))
    law = a_law(a_text(clause))
    assert hit(law, campaign(account=True)).effect is Effect.NO_MOVE
    assert hit(law, campaign(account=True, device="")).effect is Effect.NO_MOVE
    assert hit(law, campaign()).effect is Effect.NOT_HIT


def test_an_exempted_device_goes_on() -> None:
    """With the exemption named; when it ends before the campaign does, the rest is hit from then on."""
    exemption = Exemption(
        "x", frozenset({"t/c"}), frozenset({"d"}), (Selector(What.FAMILY, ("a",)),), frozenset({Surface.APP}),
        "press", "ciso", date(2023, 3, 1), Span(at("2023-03-01"), at("2023-06-01")), date(2023, 5, 31), None,
        frozenset(),
    )  # fmt: skip
    text = a_text(a_clause(devices=BODYS), allowances=(Allowance(frozenset({"press"}), "ciso"),))
    law = a_law(text, exemptions=(exemption,))
    whole = hit(law, campaign("2023-03-01", "2023-05-31"))
    assert (whole.effect, whole.exemption) == (Effect.NOT_HIT, "x")
    rest = hit(law, campaign())
    assert (rest.effect, rest.since) == (Effect.NO_MOVE, at("2023-06-01"))


def test_the_worst_comes_first_and_is_counted() -> None:
    """What somebody has to think of now."""
    several = (
        campaign(id="fine", app="b/x"),
        campaign(id="late", first="2023-04-01"),
        replace(campaign("2023-03-01", "2023-07-31", move("2023-03-12")), id="moves"),
        campaign(id="nowhere"),
    )
    found = hits(RULE, estate(), several, at("2023-03-05"))
    assert [h.campaign.id for h in found] == ["late", "nowhere", "moves", "fine"]
    assert worries(found) == 2
