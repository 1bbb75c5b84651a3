# SPDX-License-Identifier: EUPL-1.2
"""Other people's lists against a family: nothing of theirs gets into the catalogue without a person's judgement."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.small import frame
from ordinance.catalogue.load import load, load_folder
from ordinance.catalogue.proposal import Against, as_toml
from ordinance.model.apps import Catalogue, Confidence, Declined, Family, Identifier, Kind, Member, Role
from ordinance.model.errors import PolicyError
from ordinance.model.lists import ForeignList, LeftOut, ListedName, ListForm
from ordinance.model.proposal import Conflict, Popular, Proposal

DAY = date(2026, 11, 26)
ZONES = frozenset({"edge.example"})
TWINS = {"clip-eu.example": "clip.example"}


def identifier(value: str, family: str, role: Role = Role.WEB, retired: date | None = None) -> Identifier:
    return Identifier(Kind.DOMAIN, value, family, family, Confidence.HIGH, role, retired=retired, cites=("theirs",))


CLIP = Family(
    "clip",
    "Clip",
    "Clip Ltd.",
    (
        Member(
            "clip",
            "Clip",
            (
                identifier("clip.example", "clip"),
                identifier("api.clip.example", "clip", Role.APP_ONLY),
                identifier("old-clip.example", "clip", retired=date(2025, 1, 1)),
                identifier("deep.part.example", "clip"),
            ),
        ),
    ),
    declined=(Declined(("stranger.example",), "a shop of that name"),),
)
CHAT = Family("chat", "Chat", "Chat Ltd.", (Member("chat", "Chat", (identifier("msg.suite.example", "chat"),)),))
CATALOGUE = Catalogue("1", "sha256:1", (CHAT, CLIP))


def against(*names: ListedName | str, popular: Iterable[str] = (), source: str = "theirs") -> Proposal:
    listed = tuple(n if isinstance(n, ListedName) else ListedName(n, i, exact=False) for i, n in enumerate(names, 1))
    read = ForeignList("clip", listed, 0, 0, ())
    return Against(CATALOGUE, ZONES, TWINS, popular).proposal(read, ListForm.NEXTDNS, CLIP, source, DAY, ())


def conflict(*names: ListedName | str) -> tuple[Conflict, str | None]:
    (one,) = against(*names).conflicts
    return one.why, one.known.value if one.known else None


def test_each_name_is_one_thing() -> None:
    """Known, below a known one, or new."""
    found = against("clip.example", "www.clip.example", "clip.example.edge.example", "new.example")
    assert (found.known, found.covered, [n.name.value for n in found.new]) == (1, 2, ["new.example"])
    assert found.conflicts == ()


def test_a_twin_that_a_list_gives_is_new() -> None:
    """Until now it was only likely; now somebody says so."""
    (one,) = against("clip-eu.example").new
    assert (one.name.value, one.twin) == ("clip-eu.example", True)


def test_names_that_contradict_the_catalogue() -> None:
    """Another family's own, below it or above it; a content network's; one that is no longer the app's."""
    assert conflict("msg.suite.example") == (Conflict.OTHER_FAMILY, "msg.suite.example")
    assert conflict("eu.msg.suite.example") == (Conflict.BELOW_OTHER, "msg.suite.example")
    assert conflict("suite.example") == (Conflict.ABOVE_OTHER, "msg.suite.example")
    assert conflict("edge.example") == (Conflict.ALIAS_ZONE, None)
    assert conflict("old-clip.example") == (Conflict.RETIRED, "old-clip.example")


def test_a_name_alone_is_judged_as_what_it_would_become() -> None:
    """The catalogue knows no name alone: `full:` and a hosts file's line would take everything below with them."""
    assert conflict(ListedName("suite.example", 1, exact=True)) == (Conflict.ABOVE_OTHER, "msg.suite.example")
    assert conflict(ListedName("edge.example", 1, exact=True)) == (Conflict.ALIAS_ZONE, None)
    (one,) = against(ListedName("part.example", 1, exact=True), popular=["www.part.example"]).new
    assert (one.above, one.popular) == (1, Popular(1, ("www.part.example",)))
    text = as_toml(against(ListedName("part.example", 1, exact=True)))
    assert "# line 1; the list gives it alone, without names below it; above 1 known name(s)" in text


def test_names_below_what_is_doubtful() -> None:
    """Below a twin a name is new like the twin, below a retired one it is as doubtful as that."""
    (one,) = against("api.clip-eu.example").new
    assert one.twin
    assert conflict("api.old-clip.example") == (Conflict.RETIRED, "old-clip.example")


def test_popular_names_below_a_new_one() -> None:
    """Those that are known to be the family's do not count; a look-alike of the ending does not either."""
    popular = ["www.new.example", "new.example", "notnew.example", "clip.example", "four.new.example", "b.new.example"]
    (one,) = against("new.example", popular=popular).new
    assert one.popular == Popular(4, ("b.new.example", "four.new.example", "new.example"))
    (quiet,) = against("part.example", popular=["deep.part.example"]).new
    assert quiet.popular is None


def gone(found: Proposal) -> list[str]:
    assert found.gone is not None
    return [i.value for i in found.gone.names]


def test_what_a_list_no_longer_gives() -> None:
    """Of the names from it: those not in it and not below one of its names; the retired are gone already."""
    assert gone(against("clip.example")) == ["deep.part.example"]
    assert gone(against("clip.example", ListedName("part.example", 2, exact=False))) == []
    assert gone(against("clip.example", ListedName("part.example", 2, exact=True))) == ["deep.part.example"]
    assert against("clip.example", source="somebody-else").gone is None


def test_what_may_be_covered_is_not_surely_gone() -> None:
    """Patterns, lists that are included and rules with conditions are counted beside the names that seem gone."""
    left = ((2, LeftOut.PATTERN), (3, LeftOut.INCLUDE), (4, LeftOut.PATTERN), (5, LeftOut.OTHER_KIND))
    read = ForeignList("clip", (ListedName("clip.example", 1, exact=False),), 0, 0, left)
    found = Against(CATALOGUE, ZONES, TWINS).proposal(read, ListForm.V2FLY, CLIP, "theirs", DAY, ())
    assert found.gone is not None
    assert found.gone.unread == (("include", 1), ("pattern", 2))
    assert "No longer in the list (or covered by 1 include, 2 pattern): deep.part.example" in as_toml(found)


def test_lists_of_one_family_are_one_list() -> None:
    """A name that stands in the second file is not gone because the first lacks it."""
    first, second = (
        ForeignList(name, (ListedName(value, 1, exact=False),), 0, 0, ())
        for name, value in (("a", "clip.example"), ("b", "deep.part.example"))
    )
    found = Against(CATALOGUE, ZONES, TWINS).proposal(first, ListForm.V2FLY, CLIP, "theirs", DAY, [second])
    assert gone(found) == []


def test_what_was_declined_is_not_proposed_again() -> None:
    """With the reason that somebody gave, and so with all below it."""
    found = against("stranger.example", "www.stranger.example", "clip.example")
    reason = "a shop of that name"
    assert [(n.value, why) for n, why in found.declined] == [
        ("stranger.example", reason),
        ("www.stranger.example", reason),
    ]
    assert (found.known, found.new) == (1, ())


def test_two_lists_of_a_family_propose_a_name_once() -> None:
    """The loader would refuse it twice."""
    first, second = against("new.example"), against("new.example", "other.example")
    text = as_toml(first) + as_toml(second, {n.name.value for n in first.new})
    assert text.count('"new.example"') == 1
    assert text.count('"other.example"') == 1


def test_the_proposal_waits_for_a_role() -> None:
    """Put into the family's file as it is, the catalogue refuses it where it stands; with a role it is taken."""
    text = as_toml(against("new.example", "edge.example"))
    assert 'values = [\n  "new.example",  # line 1\n]' in text
    assert "# In conflict: edge.example (line 2): alias_zone, a content network" in text
    (group,) = tomllib.loads(text.replace("[[members.identifiers]]", "[[groups]]"))["groups"]
    assert group == {
        "kind": "domain", "role": "", "confidence": "low", "seen": DAY, "cites": ["theirs"], "values": ["new.example"],
    }  # fmt: skip


FAMILY = """\
id = "clip"
name = "Clip"
vendor = "Clip Ltd."
[cites.theirs]
title = "A list"
licence = "MIT"
[[members]]
id = "clip"
name = "Clip"
[[members.identifiers]]
kind = "domain"
role = "web"
confidence = "high"
seen = 2025-01-02
cites = ["theirs"]
values = ["clip.example"]
"""


def test_the_loader_takes_no_name_without_a_role(tmp_path: Path) -> None:
    """The text itself, appended to a family's file."""
    frame(tmp_path)
    proposed = FAMILY + as_toml(against("new.example"))
    (tmp_path / "clip.toml").write_text(proposed)
    with pytest.raises(PolicyError) as error:
        load_folder(tmp_path)
    assert any(i.line > FAMILY.count("\n") for i in error.value.issues if i.file == "clip.toml")
    (tmp_path / "clip.toml").write_text(proposed.replace('role = ""', 'role = "web"'))
    assert "new.example" in [i.value for i in load_folder(tmp_path).families[0].identifiers]


def test_a_file_name_writes_no_toml() -> None:
    """A name with a line's end in it stays within its comment."""
    read = ForeignList('x"\nrole = "web"', (ListedName("new.example", 1, exact=False),), 0, 0, ())
    found = Against(CATALOGUE, ZONES, TWINS).proposal(read, ListForm.NEXTDNS, CLIP, "theirs", DAY, ())
    assert 'role = "web"' not in as_toml(found).splitlines()


LABELS = st.sampled_from(
    ["clip", "msg", "suite", "edge", "new", "stranger", "old-clip", "deep", "part", "a", "clip-eu"]
)
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "example"]))


@given(st.lists(NAMES, max_size=8, unique=True), st.booleans())
def test_nothing_of_a_list_disappears(names: list[str], exact: bool) -> None:
    """Known, covered, new and in conflict add up to the names that were read."""
    listed = [ListedName(n, i, exact) for i, n in enumerate(names)]
    found = against(*listed)
    sorted_out = (found.new, found.conflicts, found.declined)
    assert found.known + found.covered + sum(map(len, sorted_out)) == len(names)


def test_the_catalogue_against_itself() -> None:
    """Its own names as a list: each is known, and none in conflict."""
    for family in load().families:
        names = [i.value for i in family.identifiers if i.kind is Kind.DOMAIN and not i.retired]
        read = ForeignList(family.id, tuple(ListedName(n, 1, exact=True) for n in names), 0, 1, ((2, LeftOut.PATTERN),))
        found = Against(load(), frozenset(), {}).proposal(read, ListForm.HOSTS, family, "none", DAY, ())
        assert (found.known, found.new, found.conflicts, found.gone) == (len(names), (), (), None)
