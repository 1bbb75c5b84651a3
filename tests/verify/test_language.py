# SPDX-License-Identifier: EUPL-1.2
"""What a check makes of rules that name no app, apps that nothing recognises, lists with versions, clauses of trust."""

from __future__ import annotations

from dataclasses import replace

import bodies
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import (
    Clock,
    Duty,
    ExternalList,
    Law,
    ListVersion,
    PlaceKind,
    Restriction,
    Selector,
    Text,
    What,
)
from ordinance.model.result import Checked, Result
from ordinance.model.time import Period

GHENT = bodies.workspace("ghent")
WINDOW = bodies.window(GHENT, bodies.truth_check("ghent", "inside"))
REMOVE = ((Duty.REMOVE, Clock()),)


def law_with(clause_changes: dict[str, object], **text_changes: object) -> Law:
    """Ghent's law with its one clause and its text changed."""

    def changed(text: Text) -> Text:
        clauses = tuple(replace(r, **clause_changes) for r in text.restrictions)
        return replace(text, restrictions=clauses, **text_changes)

    texts = tuple(changed(t) if t.authority == "gent" else t for t in GHENT.law.texts)
    return replace(GHENT.law, texts=texts, catalogue=GHENT.catalogue)


def check(law: Law) -> Checked:
    """Ghent's window under another law, with what was read for its own."""
    return bodies.checked(GHENT, WINDOW, law=law)


def results(checked: Checked, duty: Duty = Duty.REMOVE) -> dict[str, set[str]]:
    """Reasons by result."""
    found: dict[str, set[str]] = {}
    for one in checked.results:
        if one.duty is duty:
            found.setdefault(str(one.result), set()).add(one.reason)
    return found


def test_a_rule_that_names_no_app_never_passes() -> None:
    """By name, devices without the app pass; by origin they are unknown, and who has the app still fails."""
    by_name = results(check(law_with({"duties": REMOVE})))
    assert by_name["pass"] == {"not_installed"} and by_name["fail"] == {"app_installed"}
    by_origin = results(check(law_with({"duties": REMOVE, "what": (Selector(What.ORIGIN, ("CN",)),)})))
    assert "pass" not in by_origin
    assert by_origin["fail"] == {"app_installed"} and "open_ended_rule" in by_origin["unknown"]


def test_an_app_that_nothing_recognises_never_passes() -> None:
    """An inventory without it proves nothing where the catalogue has no identifier of it."""
    nobody = law_with({"duties": (*REMOVE, (Duty.STOP_USING, Clock())), "what": (Selector(What.FAMILY, ("moomoo",)),)})
    checked = check(nobody)
    for duty in (Duty.REMOVE, Duty.STOP_USING):
        found = results(checked, duty)
        assert "pass" not in found and "app_not_recognisable" in found["unknown"]
    assert "app_not_recognisable" in {s.what for s in checked.not_seen}


def test_an_app_is_judged_by_the_list_version_that_named_it() -> None:
    """Listed long ago it fails; listed a week ago the fifteen days still run, and nobody fails."""

    def listed(since: str) -> Law:
        version = ListVersion("1", bodies.instant(since, GHENT), (Selector(What.FAMILY, ("tiktok",)),))
        old = ListVersion("0", bodies.instant("2023-03-01", GHENT), (Selector(What.FAMILY, ("telegram",)),))
        one = ExternalList("l", "gent", (old, version))
        clock = Clock(within=Period(days=15), after_list=True)
        return law_with({"duties": ((Duty.REMOVE, clock),), "what": (Selector(What.LISTED_BY, ("l",)),)}, lists=(one,))

    assert results(check(listed("2023-03-14")))["fail"] == {"app_installed"}
    assert "fail" not in results(check(listed("2023-03-29")))


def test_a_clause_of_trust_reads_nothing_for_itself() -> None:
    """`evidence_allowed: []` in a clause: not checked, by decision, though the body allows evidence for others."""
    trust: dict[str, object] = {"duties": REMOVE, "evidence_allowed": frozenset()}
    found = results(check(law_with(trust)))
    assert set(found) <= {str(Result.NOT_CHECKED), str(Result.NOT_APPLICABLE)}
    assert found["notchecked"] == {"by_decision"}


def test_a_clause_can_only_narrow_what_the_body_allows() -> None:
    """A clause that allows logs only is not checked by an inventory, though the body allows one."""
    logs: dict[str, object] = {"duties": REMOVE, "evidence_allowed": frozenset({EvidenceKind.NETWORK_DEVICE})}
    found = results(check(law_with(logs)))
    assert found["notchecked"] == {"evidence_not_allowed"} and "pass" not in found


def test_a_rule_about_no_device_is_said_to_be_unseen() -> None:
    """A rule about places makes no result for devices, and the check says that it exists."""
    places = law_with({"duties": REMOVE})
    own = next(t for t in places.texts if t.authority == "gent")
    (clause,) = own.restrictions
    place: Restriction = replace(clause, id="p", devices=("all", ()), places=frozenset({PlaceKind.MEETING}))
    both = replace(own, restrictions=(clause, place))
    law = replace(places, texts=tuple(both if t is own else t for t in places.texts))
    checked = check(law)
    assert "rule_about_no_device" in {s.what for s in checked.not_seen}
    assert not [r for r in checked.results if r.restriction.endswith("/p")]
