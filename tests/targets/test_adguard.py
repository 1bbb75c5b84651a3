# SPDX-License-Identifier: EUPL-1.2
"""The list for AdGuard Home: rules as AdGuard's documentation has them, read a second time by Brave's engine.

No AdGuard Home can be started here. What its engine makes of `client` is therefore not shown; that each rule excepts
exactly the networks that are not to be blocked is.
"""

from __future__ import annotations

from importlib.metadata import version

import pytest

from ordinance.model.apps import Role
from ordinance.model.errors import PolicyError
from ordinance.model.target import Compiled, Demand
from ordinance.targets.adguard import Adguard

from .neighbours import BLOCKED_NAMES, OPEN_NAMES, app_only, show_counts
from .plans import demand, identifier, network, plan
from .read_back.adguard import blocked, engine_of, rules, stops


def compiled(*demands: Demand) -> Compiled:
    return Adguard().compile(plan(*demands), {}, 7)


def text(found: Compiled) -> str:
    return found.artefacts[0].content.decode("ascii")


def test_braves_engine_blocks_the_names_and_no_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    """A second opinion on `||name^`: apex, subdomains and names between are blocked, neighbours are not."""
    made = app_only(Adguard())
    engine = engine_of(sorted(blocked(made)))
    slipped = [n for n in BLOCKED_NAMES if not stops(engine, n)]
    broken = [n for n in OPEN_NAMES if stops(engine, n)]
    right = len(BLOCKED_NAMES) - len(slipped), len(OPEN_NAMES) - len(broken)
    counts = (right[0], len(BLOCKED_NAMES)), (right[1], len(OPEN_NAMES))
    show_counts("adblock (Brave's engine, not AdGuard Home)", version("adblock"), *counts, capsys)
    assert not slipped + broken


def test_braves_engine_blocks_nothing_of_its_own() -> None:
    """Without our rules every one of these names is open to it."""
    engine = engine_of([])
    assert not any(stops(engine, n) for n in (*BLOCKED_NAMES, *OPEN_NAMES))


def test_a_rule_is_a_line_of_its_own_under_who_asks_for_it() -> None:
    """A comment behind a rule would be a part of it: who asks stands above, once for all names of the same."""
    found = compiled(
        demand(identifier("b.example"), identifier("a.example"), restriction="gent/a"),
        demand(identifier("c.example"), identifier("a.example"), restriction="gent/b"),
    )
    *_, first, b, second, a, third, c = text(found).splitlines()
    assert (first, b) == ("! By gent/a", "||b.example^")
    assert (second, a) == ("! By gent/a, gent/b", "||a.example^")
    assert (third, c) == ("! By gent/b", "||c.example^")


def test_networks_that_are_not_to_be_blocked_are_excepted_from_every_rule() -> None:
    """Ranges of both versions stand behind each name, each with its tilde; no exception rule opens other lists."""
    others = (network("separate", "198.51.100.0/28", "2001:db8:7::/64"), network("lab", "203.0.113.0/24"))
    asked = plan(demand(identifier("tiktokv.com"), identifier("musical.ly")), others=others)
    found = Adguard().compile(asked, {}, 7)
    free = ("198.51.100.0/28", "203.0.113.0/24", "2001:db8:7::/64")
    assert rules(found) == [("musical.ly", free), ("tiktokv.com", free)]
    assert "\n||musical.ly^$client=~198.51.100.0/28|~203.0.113.0/24|~2001:db8:7::/64\n" in text(found)
    assert found.artefacts[0].left_out == free
    assert "@@" not in text(found)


def test_a_network_that_shares_a_range_or_states_none_is_hit() -> None:
    """Who cannot be told apart is not excepted, and the over-reach says so."""
    others = (network("shared", "192.0.2.128/25"), network("bare"))
    asked = plan(demand(identifier("tiktokv.com")), networks=(network("staff", "192.0.2.0/24"),), others=others)
    found = Adguard().compile(asked, {}, 7)
    assert rules(found) == [("tiktokv.com", ())]
    assert {"shared", "bare"} <= {o.network for o in found.over_reach}


def test_ranges_that_no_line_can_hold_are_said_to_be_hit() -> None:
    """A longer line makes the whole list fall away; a network without room on it is hit, and is named."""
    ranges = [f"10.{n // 256}.{n % 256}.0/24" for n in range(6_000)]
    others = (network("first", *ranges[:3_000]), network("second", *ranges[3_000:]))
    longest = ".".join(["a" * 61] * 4) + ".city"
    found = Adguard().compile(plan(demand(identifier("tiktokv.com"), identifier(longest)), others=others), {}, 7)
    assert 64_000 < max(map(len, text(found).splitlines())) <= 65_000
    kept = set(found.artefacts[0].left_out)
    assert dict(rules(found))["tiktokv.com"] == found.artefacts[0].left_out
    rows = {o.network: int(o.reason.split()[0]) for o in found.over_reach if o.who == "everybody on it"}
    assert rows and sum(rows.values()) == len(ranges) - len(kept)


def test_many_restrictions_make_no_long_remark() -> None:
    """Who asks stands in the heading, a line each; above a rule it is cut short."""
    found = compiled(*(demand(identifier("tiktokv.com"), restriction=f"gent/rule-{n}") for n in range(9_000)))
    assert max(map(len, text(found).splitlines())) < 1_100
    assert text(found).count("! Restriction: gent/rule-") == 9_000


def test_what_can_open_a_name_again_is_a_gap_beside_every_demand() -> None:
    """AdGuard Home has more lists than ours, and switches for single clients."""
    found = compiled(demand(identifier("tiktokv.com")))
    limits = {"fixed-addresses", "foreign-resolver", "outside-the-network", "opened-elsewhere"}
    assert {g.id for g in found.gaps} == limits


def test_an_alias_of_a_blocked_name_is_over_reach() -> None:
    """AdGuard Home looks at the CNAMEs of an answer too, by its documentation."""
    assert any("CNAME" in o.who for o in compiled(demand(identifier("tiktokv.com"))).over_reach)
    assert not compiled(demand(identifier("tiktok.com", Role.WEB))).over_reach


@pytest.mark.parametrize("hostile", ["@@||bank.example^", "||bank.example^", "#include x", "Title: Bank", "!#if x"])
def test_no_text_becomes_a_rule_or_a_title(hostile: str) -> None:
    """Texts stay behind `! `, and the first title, which is the one that counts, is ours."""
    asked = plan(
        demand(identifier("tiktokv.com"), identifier(hostile), restriction=hostile), body=hostile, notice=hostile
    )
    found = Adguard().compile(asked, {}, 7)
    assert rules(found) == [("tiktokv.com", ())]
    assert text(found).startswith("! Title: Apps that ")


def test_the_empty_list_of_a_lifted_rule_holds_comments_only() -> None:
    """No demand, no rule: AdGuard Home takes the names away when it reads the list again."""
    assert all(line.startswith("! ") for line in text(compiled()).splitlines())
    assert not compiled().artefacts[0].left_out


def test_there_are_no_settings() -> None:
    """Whoever sets something is told, rather than believing that it works."""
    with pytest.raises(PolicyError, match="has no setting"):
        Adguard().compile(plan(), {"important": "yes"}, 1)


def test_the_serial_changes_nothing() -> None:
    """The format has no version number: two bundles that ask for the same hold the same bytes."""
    asked = plan(demand(identifier("tiktokv.com")))
    assert Adguard().compile(asked, {}, 1) == Adguard().compile(asked, {}, 2)
