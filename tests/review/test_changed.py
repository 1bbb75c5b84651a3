# SPDX-License-Identifier: EUPL-1.2
"""What changed while a rule had force: in other texts and about the apps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from ordinance.catalogue.load import load
from ordinance.model.law import (
    Adoption,
    Authority,
    ChosenReading,
    Classification,
    Force,
    Parameter,
    Power,
    Selector,
    Stage,
    State,
    What,
)
from ordinance.model.time import Period, Span, start_of
from ordinance.review.changed import FactKind, Relation, app_facts, events, related
from policy.worlds import BRUSSELS, a_clause, a_law, a_text


def at(text: str) -> datetime:
    return start_of(date.fromisoformat(text), BRUSSELS)


def test_what_a_text_is_to_ours() -> None:
    """What binds is said to bind, whatever else it is; a text that only stands beside is nothing."""
    ours = a_text(mirrors=("m", "b"), adopts=(Adoption("a"),))
    others = [a_text(name=n, authority="be") for n in ("m", "a", "x")]
    advice = a_text(a_clause(force=Force.ADVICE, addressees=frozenset({"gent"})), name="w", authority="zone")
    binding = a_text(a_clause(addressees=frozenset({"gent"})), name="b", authority="prov")
    above = Authority("prov", "Province", BRUSSELS, binds=(Power(frozenset({"gent"})),))
    law = a_law(ours, *others, advice, binding)
    zone = Authority("zone", "Zone", BRUSSELS, advises=(Power(frozenset({"gent"})),))
    law = replace(law, authorities=(*(x for x in law.authorities if x.id != "zone"), above, zone))
    other = (Selector(What.FAMILY, ("b",)),)
    about_b = a_text(a_clause(what=other, force=Force.ADVICE, addressees=frozenset({"gent"})))
    law = replace(law, texts=(*law.texts, replace(about_b, id="y", authority="zone")))
    assert related(law, ours, at("2023-06-01")) == {
        "a": Relation.ADOPTED,
        "b": Relation.BINDS,
        "m": Relation.MIRRORED,
        "w": Relation.ADVISES,
    }


@pytest.mark.parametrize(
    ("choice", "relation"),
    [(None, Relation.CONTESTED), ("yes", Relation.BINDS), ("no", None), ("later", Relation.CONTESTED)],
)
def test_a_contested_text_binds_where_the_body_reads_it_so(choice: str | None, relation: Relation | None) -> None:
    """Nobody chose, or only later: contested. A clause that is not contested binds whatever is read."""
    clause = a_clause(addressees=frozenset({"gent"}), under=(("reach", frozenset({"yes"})),))
    theirs = a_text(clause, name="b", authority="prov", parameters=(Parameter("reach", frozenset({"yes", "no"})),))
    day = date(2023, 7, 1) if choice == "later" else date(2023, 5, 1)
    reading = ChosenReading("r", "b", "reach", "yes" if choice == "later" else choice or "", "council", day)
    above = Authority("prov", "Province", BRUSSELS, binds=(Power(frozenset({"gent"})),))
    law = a_law(a_text(), theirs, readings=(reading,) if choice else ())
    law = replace(law, authorities=(*law.authorities, above))
    assert related(law, a_text(), at("2023-06-01")) == ({"b": relation} if relation else {})
    sure = replace(theirs, restrictions=(clause, replace(clause, id="d", under=())))
    both = replace(law, texts=(a_text(), sure))
    assert related(both, a_text(), at("2023-06-01")) == {"b": Relation.BINDS}


def test_what_happened_to_a_text() -> None:
    """Stages of every version and ends of terms, within the time asked about and not at its end."""
    stages = (Stage(State.IN_FORCE, at("2023-03-10")), Stage(State.SUPERSEDED, at("2023-08-01"), by="m2"))
    one = a_text(a_clause(term=Period(months=6)), name="m", lifecycle=stages)
    two = a_text(name="m", version="2", lifecycle=(Stage(State.IN_FORCE, at("2023-08-01")),))
    law = a_law(a_text(), one, two)
    found = events(law, "m", Span(at("2023-03-13"), at("2023-09-13")))
    assert [(e.at, e.version, e.what, e.restriction) for e in found] == [
        (at("2023-08-01"), "1", "superseded by m2", ""),
        (at("2023-08-01"), "2", "in force", ""),
        (at("2023-09-10"), "1", "its time is up", "m/c"),
    ]
    assert events(law, "m", Span(at("2023-03-13"), at("2023-08-01"))) == ()
    assert events(law, "nobody", Span(None, None)) == ()


def test_dated_facts_about_the_named_apps() -> None:
    """Names first seen, and findings of people; of families that the clauses name, within the days."""
    catalogue = load()
    dated = [(i.seen, i.value) for f in catalogue.families if f.id == "tiktok" for i in f.identifiers if i.seen]
    first = min(seen for seen, _ in dated)
    clause = a_clause(what=(Selector(What.APP, ("tiktok/tiktok",)),))
    finding = Classification(
        "f", Selector(What.FAMILY, ("tiktok",)), What.BEHAVIOUR, "reads_clipboard", True, "ciso", first
    )
    law = a_law(a_text(clause), catalogue=catalogue, classifications=(finding,))
    found = app_facts(law, (clause,), first, first)
    assert {f.day for f in found} == {first}
    assert {f.kind for f in found} == {FactKind.NAME_SEEN, FactKind.CLASSIFIED}
    assert len([f for f in found if f.kind is FactKind.NAME_SEEN]) == len({d for d in dated if d[0] == first})
    (said,) = [f for f in found if f.kind is FactKind.CLASSIFIED]
    assert (said.what, said.source) == ("is behaviour reads clipboard, found by ciso", "f")
    other = a_clause(what=(Selector(What.FAMILY, ("wechat",)),))
    assert all(f.app != "tiktok" for f in app_facts(law, (other,), date.min, date.max))
    assert app_facts(law, (a_clause(what=(Selector(What.CATEGORY, ("games",)),)),), date.min, date.max) == ()
