# SPDX-License-Identifier: EUPL-1.2
"""Which names are asked about: a fixed choice, with room for each kind, and no neighbour beneath a blocked name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bodies
from ordinance.enforce.last import Last, LastArtefact, Stage
from ordinance.enforce.plan import make_plans
from ordinance.enforce.probed_names import RESOLVERS, Choice, Names, choose, ends, names_of
from ordinance.model.probe import AskedFor, Expected, Neighbour
from ordinance.targets import BUILTIN, target

GHENT = bodies.workspace("ghent")
AT = bodies.instant("2023-04-10", GHENT)
ASKED = frozenset({AskedFor("a/one", "tiktok/tiktok", None, None)})


def names(*listed: str) -> Names:
    """Names that one clause asks for."""
    return dict.fromkeys(listed, ASKED)


def bundle(*entries: str, stage: Stage = Stage.ALL) -> Last:
    """A last bundle with these names for the policy zone, and something else for another target."""
    files = (
        LastArtefact("dns-rpz", "dns-rpz/x.zone", "", dict.fromkeys(entries, frozenset())),
        LastArtefact("hosts", "hosts/hosts", "", {"other.example": frozenset()}),
    )
    return Last("gent", files, {}, stage)


def chosen(planned: Names, last: Last | None = None, past: tuple[Names, ...] = (), most: int = 500) -> Choice:
    """The choice for Ghent."""
    return choose(planned, last, past, "dns-rpz", GHENT.catalogue, GHENT.body, most, AT)


def of(choice: Choice, expected: Expected) -> list[str]:
    """Names of a kind, in the order in which they are asked."""
    return [n.name for n in choice.names if n.expected is expected]


def test_every_target_that_answers_names_is_a_resolver_here() -> None:
    """Whoever adds a target that serves networks says whether it can be asked; a proxy cannot."""
    assert {t.id for t in BUILTIN if t.by_network} == {*RESOLVERS, "squid"}


@pytest.mark.parametrize(
    ("planned", "last", "past", "blocked", "free", "not_built"),
    [
        (("a.example",), None, (), ["a.example"], [], 0),
        (("a.example",), bundle("a.example"), (), ["a.example"], [], 0),
        (("a.example", "b.example"), bundle("a.example"), (), ["a.example"], [], 1),
        (("a.example",), bundle("a.example", "b.example"), (), ["a.example"], ["b.example"], 0),
        ((), bundle("a.example"), (), [], ["a.example"], 0),
        ((), bundle(), (("a.example",),), [], ["a.example"], 0),
        ((), None, (("a.example",), ("b.example",)), [], ["a.example", "b.example"], 0),
        (("a.example",), None, (("x.a.example", "b.example"),), ["a.example"], ["b.example"], 0),
        (("a.example",), bundle(stage=Stage.LIFT), (), [], ["a.example"], 0),
        (("a.example",), bundle("a.example", "x.a.example"), (), ["a.example"], [], 0),
        (("a.example", "b.example"), bundle("a.example", stage=Stage.PILOT), (("b.example",),), ["a.example"], [], 1),
    ],
    ids=["plan", "bundle", "not-built", "dropped", "ended", "built-again", "no-bundle", "beneath", "lifted",
         "beneath-in-bundle", "pilot"],
)  # fmt: skip
def test_what_should_become_of_a_name(
    planned: tuple[str, ...], last: Last | None, past: tuple[tuple[str, ...], ...], blocked: list[str],
    free: list[str], not_built: int,
) -> None:  # fmt: skip
    """Blocked: the bundle has it and the plan asks for it. Free: it was blocked, and nothing asks for it."""
    found = chosen(names(*planned), last, tuple(names(*p) for p in past))
    assert of(found, Expected.BLOCKED) == blocked
    assert of(found, Expected.FREE) == free
    assert found.not_built == not_built


@settings(deadline=None)  # two cores, shared
@given(st.integers(1, 400), st.integers(0, 300), st.integers(0, 300))
def test_the_limit_is_kept_and_nothing_is_lost(most: int, wanted: int, freed: int) -> None:
    """Asked and left out make the whole; where there are names of both kinds, both are asked about."""
    planned = names(*(f"w{n}.one.example" for n in range(wanted)))
    found = chosen(planned, None, (names(*(f"f{n}.two.example" for n in range(freed))),), most)
    assert len(found.names) <= most
    asked = [n for n in (*found.names, *found.over_limit) if n.expected is not Expected.OPEN]
    assert len({n.name for n in asked}) == len(asked) == wanted + freed
    if wanted and freed and most > 1:
        assert of(found, Expected.BLOCKED) and of(found, Expected.FREE)
    if found.over_limit:
        assert len(found.names) == most


def test_fewest_labels_first_then_by_the_alphabet() -> None:
    """The order does not hang on that of the plan."""
    listed = ("b.c.example", "a.b.c.example", "z.example", "a.example")
    assert of(chosen(names(*listed)), Expected.BLOCKED) == ["a.example", "z.example", "b.c.example", "a.b.c.example"]
    assert chosen(names(*listed)) == chosen(names(*reversed(listed)))


def test_neighbours_lie_beneath_no_name_that_was_ever_blocked() -> None:
    """The canary, the family's open names, what is above a blocked name, and what ends alike."""
    found = chosen(names("tiktok.com", "api.some.example"), None, (names("muscdn.com"),))
    near = {n.name: n.neighbour for n in found.names if n.expected is Expected.OPEN}
    assert near["canary.gent.example"] is Neighbour.CANARY
    assert near["some.example"] is Neighbour.PARENT
    assert near["com"] is Neighbour.PARENT
    assert near["nottiktok.com"] is Neighbour.ALIKE
    assert Neighbour.FAMILY in near.values() and Neighbour.UNRELATED not in near.values()
    assert not {n for n in near if n in {"tiktok.com", "muscdn.com"} or n.endswith((".tiktok.com", ".muscdn.com"))}


def test_hostile_entries_of_a_bundle_are_not_asked() -> None:
    """Only host names leave this machine: no address range, no text."""
    found = chosen({}, bundle("24.0.2.0.192.rpz-client-ip", "a b.example", "x\n.example", "fine.example", ""))
    assert of(found, Expected.FREE) == ["fine.example"]


def test_each_name_knows_its_demands() -> None:
    """Clause, app, surface and due day, of the name itself or of one beneath it."""
    made = names_of(
        make_plans(GHENT.law, GHENT.catalogue, GHENT.estate, GHENT.body, AT), GHENT.body.targets[0], target("dns-rpz")
    )
    assert len(made) == 321
    assert all(asked for asked in made.values())
    assert {(a.restriction, a.app.partition("/")[0]) for asked in made.values() for a in asked} == {
        ("gent-2023-tiktok/paid-devices", "tiktok")
    }


def test_an_end_is_the_last_moment_of_a_clause_that_blocks() -> None:
    """Ghent's rule ended on 13 September 2023; before that nothing had, and clauses that block nothing have no end."""
    end = bodies.instant("2023-09-13", GHENT)
    assert ends(GHENT.law, end - timedelta(seconds=1)) == ()
    assert ends(GHENT.law, end) == (end - timedelta(seconds=1),)
    tallinn = bodies.workspace("tallinn")
    assert ends(tallinn.law, bodies.instant("2030-01-01", tallinn)) == ()
