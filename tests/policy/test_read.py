# SPDX-License-Identifier: EUPL-1.2
"""The nouns of the law as they are written: what each fault of a file says, and where."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ordinance.model.apps import Citation, Surface
from ordinance.model.estate import People
from ordinance.model.law import (
    Adopted,
    Adoption,
    AtSunset,
    Change,
    Clock,
    Condition,
    Duty,
    Force,
    Selector,
    Stage,
    State,
    What,
)
from ordinance.model.time import Period, Span
from ordinance.policy.load import load_law
from policy.spoil import (
    ANSWER,
    AUTHORITIES,
    EXAMPLES,
    EXEMPTION,
    GENT,
    TALLINN,
    Row,
    assert_row,
    both,
    copy,
    issues_of,
    place_of,
    put,
    table,
)

BRUSSELS = ZoneInfo("Europe/Brussels")

ROWS = (
    # --- authorities
    Row(
        "zone nobody knows",
        "ghent",
        put(AUTHORITIES, "Europe/Brussels", "Europe/Gent"),
        f"{AUTHORITIES}:5:16",
        "unknown-time-zone",
        '"Europe/Gent"',
        "Europe/Brussels",
    ),
    Row(
        "zone out of the folder",
        "ghent",
        put(AUTHORITIES, "Europe/Brussels", "../../etc/passwd"),
        f"{AUTHORITIES}:5:16",
        "unknown-time-zone",
        "not an IANA",
        "Europe/Brussels",
    ),
    Row(
        "power over nobody in particular",
        "ghent",
        put(AUTHORITIES, "    groups", "    binds: [{populations: [staff]}]\n    groups"),
        f"{AUTHORITIES}:6:13",
        "missing-key",
        '"bodies" is missing',
    ),
    Row(
        "power over an empty list of people",
        "ghent",
        put(AUTHORITIES, "    groups", "    binds: [{bodies: x, populations: []}]\n    groups"),
        f"{AUTHORITIES}:6:38",
        "empty-value",
        "the list is empty",
        "leave the key out",
    ),
    # --- texts
    Row(
        "unknown key",
        "ghent",
        put(GENT, "title: TikTok", "titel: x\ntitle: TikTok"),
        f"{GENT}:4:1",
        "unknown-key",
        '"titel" means nothing here',
        'did you mean "title"?',
    ),
    Row(
        "misspelt key of a clause",
        "ghent",
        put(GENT, "at_sunset: decide", "at_sunset: decide\n    peple: [staff]"),
        f"{GENT}:23:5",
        "unknown-key",
        '"peple"',
        'did you mean "people"?',
    ),
    Row(
        "unknown authority",
        "ghent",
        put(GENT, "authority: gent", "authority: ghent"),
        f"{GENT}:5:12",
        "unknown-authority",
        '"ghent" is in no list',
        'did you mean "gent"?',
    ),
    Row(
        "authority that is a list",
        "ghent",
        put(GENT, "authority: gent", "authority: [gent]"),
        f"{GENT}:5:12",
        "wrong-type",
        'expected a text in "authority", found a list',
    ),
    Row(
        "nothing written",
        "ghent",
        put(GENT, 'version: "1"', "version:"),
        f"{GENT}:3:1",
        "empty-value",
        'nothing is written in "version"',
        "leave the key out",
    ),
    Row("missing key", "ghent", put(GENT, 'version: "1"\n', ""), f"{GENT}:2:1", "missing-key", '"version" is missing'),
    Row(
        "30 February",
        "ghent",
        put(GENT, "from: 2023-03-13", "from: 2023-02-30"),
        f"{GENT}:7:29",
        "bad-day",
        '"2023-02-30" is not a day that exists',
    ),
    Row(
        "time that the clock skips",
        "ghent",
        put(GENT, "from: 2023-03-13", "from: 2023-03-26T02:30"),
        f"{GENT}:7:29",
        "bad-day",
        '"2023-03-26T02:30"',
    ),
    Row(
        "week date",
        "ghent",
        put(GENT, "from: 2023-03-13", "from: 2023-W11-1"),
        f"{GENT}:7:29",
        "bad-day",
        '"2023-W11-1"',
    ),
    Row(
        "state that is none",
        "ghent",
        put(GENT, "state: in_force", "state: inforce"),
        f"{GENT}:7:13",
        "unknown-word",
        '"inforce" is not one of: under_consideration',
        'did you mean "in_force"?',
    ),
    Row(
        "states out of order",
        "ghent",
        put(GENT, "from: 2023-03-13}", "from: 2023-03-13}\n  - {state: announced, from: 2023-03-01}"),
        f"{GENT}:8:5",
        "lifecycle-order",
        "no earlier than the one before",
    ),
    Row(
        "cite without title",
        "ghent",
        put(GENT, "  - title: HLN, Ghent's staff may not use TikTok either\n    url", "  - url"),
        f"{GENT}:32:5",
        "missing-key",
        '"title" is missing in "cites[1]"',
    ),
    Row(
        "mirrors a mapping",
        "ghent",
        put(GENT, "mirrors: [be-federal-716]", "mirrors: {be-federal-716: yes}"),
        f"{GENT}:8:10",
        "wrong-type",
        "found a mapping",
    ),
    # --- clauses
    Row(
        "force that is none",
        "ghent",
        put(GENT, "force: binding", "force: bindign"),
        f"{GENT}:11:12",
        "unknown-word",
        '"bindign" is not one of: binding, duty_to_react, advice',
        'did you mean "binding"?',
    ),
    Row(
        "surface that is none",
        "ghent",
        put(GENT, "[app, desktop]", "[app, dektop]"),
        f"{GENT}:13:21",
        "unknown-word",
        '"dektop"',
        'did you mean "desktop"?',
    ),
    Row(
        "surfaces of an empty list",
        "ghent",
        put(GENT, "[app, desktop]", "[]"),
        f"{GENT}:13:15",
        "empty-value",
        'the list is empty in "restrictions[0].surfaces"',
        "give a value",
    ),
    Row(
        "nothing restricted",
        "ghent",
        put(GENT, "what: [{family: tiktok}]", "what: []"),
        f"{GENT}:12:11",
        "empty-value",
        "the list is empty",
        "give a value",
    ),
    Row(
        "family and app at once",
        "ghent",
        put(GENT, "{family: tiktok}", "{family: tiktok, app: tiktok/tiktok}"),
        f"{GENT}:12:12",
        "one-selector",
        "name one of: all, allow_only, any, app, behaviour",
    ),
    Row(
        "selector that is a word",
        "ghent",
        put(GENT, "{family: tiktok}", "tiktok"),
        f"{GENT}:12:12",
        "wrong-type",
        'expected a mapping (key: value) in "restrictions[0].what[0]", found "tiktok"',
    ),
    Row(
        "people of an empty list",
        "ghent",
        put(GENT, "people: [staff]", "people: []"),
        f"{GENT}:15:13",
        "empty-value",
        "the list is empty",
        "leave the key out",
    ),
    Row(
        "unknown fact",
        "ghent",
        put(GENT, "{owner: body}", "{ownner: body}"),
        f"{GENT}:14:22",
        "unknown-fact",
        '"ownner" is not a fact',
        'did you mean "owner"?',
    ),
    Row(
        "test of a share that is none",
        "ghent",
        put(GENT, "{over: 0}", "{ovr: 0}"),
        f"{GENT}:14:58",
        "unknown-test",
        '"ovr" is not a test',
        'did you mean "over"?',
    ),
    Row(
        "share of 130 per cent",
        "ghent",
        put(GENT, "{over: 0}", "{over: 130}"),
        f"{GENT}:14:64",
        "bad-number",
        "130 is not between 0 and 100",
    ),
    Row(
        "share in words",
        "ghent",
        put(GENT, "{over: 0}", "{over: none}"),
        f"{GENT}:14:64",
        "bad-number",
        '"none" is not a whole number',
    ),
    Row(
        "unknown duty",
        "ghent",
        put(GENT, "      remove:", "      delete:"),
        f"{GENT}:18:7",
        "unknown-duty",
        '"delete" is not a duty',
        "known here: assess_risk, attest, block_traffic",
    ),
    Row(
        "clock that is none",
        "ghent",
        put(GENT, "stop_using: at_once", "stop_using: soon"),
        f"{GENT}:17:19",
        "unknown-word",
        '"soon" is not a clock',
        "at_once, {within: P14D}",
    ),
    Row(
        "two clocks",
        "ghent",
        put(GENT, "remove: {within: P14D}", "remove: {within: P14D, by: 2023-03-31}"),
        f"{GENT}:18:15",
        "one-clock",
        'either "within" or "by"',
    ),
    Row(
        "period in words",
        "ghent",
        put(GENT, "for: P6M", "for: 6 months"),
        f"{GENT}:21:10",
        "bad-period",
        '"6 months" is not a period',
        'did you mean "P6M"?',
    ),
    Row(
        "period of ten thousand years",
        "ghent",
        put(GENT, "for: P6M", "for: P10000Y"),
        f"{GENT}:21:10",
        "bad-period",
        '"P10000Y"',
        "a century at most",
    ),
    Row(
        "two ends",
        "ghent",
        put(GENT, "for: P6M", "for: P6M\n    last_day: 2023-09-12"),
        f"{GENT}:22:15",
        "two-ends",
        "both say when the clause ends",
        "keep one",
    ),
    Row(
        "last day that does not exist",
        "ghent",
        put(GENT, "for: P6M", "last_day: 2023-09-31"),
        f"{GENT}:21:15",
        "bad-day",
        "the calendar has no such day",
    ),
    Row(
        "last day at the end of time",
        "ghent",
        put(GENT, "for: P6M", "last_day: 9999-12-31"),
        f"{GENT}:21:15",
        "bad-day",
        '"9999-12-31"',
    ),
    Row(
        "sunset that is none",
        "ghent",
        put(GENT, "at_sunset: decide", "at_sunset: never"),
        f"{GENT}:22:16",
        "unknown-word",
        '"never" is not one of: lapse, decide, permanent',
        "known here",
    ),
    # --- exemptions allowed, adoption
    Row(
        "flag that is none",
        "tallinn",
        put(TALLINN, "blanket: no", "blanket: No"),
        f"{TALLINN}:21:14",
        "bad-flag",
        '"No" is neither yes nor no',
    ),
    Row(
        "change without what changes",
        "ghent",
        put(
            GENT,
            "mirrors: [be-federal-716]",
            "adopts: [{text: be-federal-716, changes: [{restriction: other-levels}]}]",
        ),
        f"{GENT}:8:43",
        "one-change",
        '"drop: yes" or "replace:"',
    ),
    Row(
        "drop that does not drop",
        "ghent",
        put(
            GENT,
            "mirrors: [be-federal-716]",
            "adopts: [{text: be-federal-716, changes: [{restriction: other-levels, drop: no}]}]",
        ),
        f"{GENT}:8:77",
        "one-change",
        'only "drop: yes"',
        "leave the change out",
    ),
    # --- exemptions
    Row(
        "exemption that ends before it starts",
        "tallinn",
        put(EXEMPTION, "last_day: 2025-06-30", "last_day: 2024-11-30"),
        f"{EXEMPTION}:11:11",
        "ends-before-start",
        "the last day 2024-11-30 is before the first 2024-12-01",
    ),
    Row(
        "exemption without end",
        "tallinn",
        put(EXEMPTION, "last_day: 2025-06-30\n", ""),
        f"{EXEMPTION}:2:1",
        "missing-key",
        '"last_day" is missing',
    ),
    Row(
        "exemption with an end nobody can read",
        "tallinn",
        put(EXEMPTION, "last_day: 2025-06-30", "last_day: never"),
        f"{EXEMPTION}:11:11",
        "bad-day",
        '"never" is not a day',
    ),
    Row(
        "exemption with an empty end",
        "tallinn",
        put(EXEMPTION, "last_day: 2025-06-30", "last_day:"),
        f"{EXEMPTION}:11:1",
        "empty-value",
        'nothing is written in "last_day"',
        "leave the key out",
    ),
    Row(
        "condition that is none",
        "tallinn",
        put(EXEMPTION, "no_other_apps", "no_otter_apps"),
        f"{EXEMPTION}:14:32",
        "unknown-word",
        '"no_otter_apps"',
        'did you mean "no_other_apps"?',
    ),
    # --- answers
    Row(
        "answer that is none",
        "tallinn",
        put(ANSWER, "answer: mitigated", "answer: mitigatd"),
        f"{ANSWER}:3:9",
        "unknown-word",
        '"mitigatd"',
        'did you mean "mitigated"?',
    ),
)


@table(ROWS)
def test_each_fault_is_told_once_at_its_place(row: Row, tmp_path: Path) -> None:
    """File, line, column, id, words and hint of one fault, and no issue beside it."""
    assert_row(row, tmp_path, linted=False)


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    """Five faults in one file, one of them a missing key, give five issues in the order of their places."""
    folder = copy("ghent", tmp_path)
    both(
        put(GENT, 'version: "1"\n', ""),
        put(GENT, "from: 2023-03-13", "from: 2023-02-30"),
        put(GENT, "force: binding\n", "forces: binding\n"),
        put(GENT, "[app, desktop]", "[app, dektop]"),
    )(folder)
    assert [(place_of(i), i.id) for i in issues_of(folder, linted=False)] == [
        (f"{GENT}:2:1", "missing-key"),
        (f"{GENT}:6:29", "bad-day"),
        (f"{GENT}:9:5", "missing-key"),
        (f"{GENT}:10:5", "unknown-key"),
        (f"{GENT}:12:21", "unknown-word"),
    ]


def test_faults_of_an_exemption_and_an_answer_come_at_once(tmp_path: Path) -> None:
    """A missing key hides nothing there either."""
    folder = copy("tallinn", tmp_path)
    both(
        put(EXEMPTION, "purpose: reach_young_residents\n", ""),
        put(EXEMPTION, "last_day: 2025-06-30", "last_day: 2025-06-31"),
        put(EXEMPTION, "surfaces: [app]", "surfaces: [ap]"),
        put(ANSWER, "by: Strategy Centre\n", ""),
        put(ANSWER, "on: 2024-12-01", "on: yesterday"),
    )(folder)
    errors = [(i.file, i.id) for i in issues_of(folder, linted=False)]
    assert errors == [
        (ANSWER, "missing-key"),
        (ANSWER, "bad-day"),
        (EXEMPTION, "missing-key"),
        (EXEMPTION, "unknown-word"),
        (EXEMPTION, "bad-day"),
    ]


def test_a_policy_is_what_it_says() -> None:
    """Every field of Ghent's decision, as written in the file."""
    law, _ = load_law(EXAMPLES / "ghent", "gent", BRUSSELS)
    text = next(t for t in law.texts if t.id == "gent-2023-tiktok")
    assert (text.version, text.authority, text.mirrors, text.overlay, text.shipped) == (
        "1",
        "gent",
        ("be-federal-716",),
        False,
        False,
    )
    assert text.lifecycle == (Stage(State.IN_FORCE, datetime.fromisoformat("2023-03-13T00:00:00+01:00")),)
    assert text.invented[0] == "restrictions.paid-devices.duties.remove"
    assert text.cites[1] == Citation(
        "HLN, Ghent's staff may not use TikTok either",
        "https://www.hln.be/gent/ook-gents-stadspersoneel-mag-niet-meer-op-tiktok-we-volgen-de-federale-overheid~aebcf3d4/",
        date(2026, 11, 23),
    )
    (clause,) = text.restrictions
    assert (clause.id, clause.force) == ("paid-devices", Force.BINDING)
    assert clause.what == (Selector(What.FAMILY, ("tiktok",)),)
    assert clause.surfaces == {Surface.APP, Surface.DESKTOP}
    assert clause.devices == ("any", (("is", "owner", ("body",)), ("share", "subscription_share", "over", 0)))
    assert clause.people == {People.STAFF}
    assert clause.duties == (
        (Duty.STOP_USING, Clock()),
        (Duty.REMOVE, Clock(within=Period(days=14))),
        (Duty.DENY_INSTALL, Clock(within=Period(days=14))),
        (Duty.BLOCK_TRAFFIC, Clock(within=Period(days=21))),
    )
    assert (clause.term, clause.last_day, clause.at_sunset) == (Period(months=6), None, AtSunset.DECIDE)
    assert clause.renewal_needs == {"evaluation"}
    assert (clause.place.line, clause.place.column) == (10, 5)


def test_an_exemption_and_an_answer_are_what_they_say() -> None:
    """Tallinn's channel devices, and its answer to the advice."""
    zone = ZoneInfo("Europe/Tallinn")
    law, _ = load_law(EXAMPLES / "tallinn", "tallinn", zone)
    (exemption,), (answer,) = law.exemptions, law.answers
    assert exemption.restrictions == {"tallinn-2024-tiktok/work-devices"}
    assert exemption.devices == {"sd-001", "sd-002"}
    assert (exemption.purpose, exemption.approver) == ("reach_young_residents", "head-of-communications")
    assert (exemption.approved, exemption.last_day) == (date(2024, 12, 1), date(2025, 6, 30))
    assert isinstance(exemption.span, Span)
    assert [i.isoformat() for i in exemption.span.closed] == ["2024-12-01T00:00:00+02:00", "2025-07-01T00:00:00+03:00"]
    assert exemption.profile == "separate-device"
    assert exemption.conditions == {Condition.DECLARED_SEPARATE, Condition.NO_OTHER_APPS, Condition.NO_INTERNAL_NAMES}
    assert (answer.text, answer.answer, answer.on) == ("ee-ria", Adopted.MITIGATED, date(2024, 12, 1))
    assert (len(answer.reasons), len(answer.mitigations)) == (2, 2)
    assert answer.next_review == date(2024, 12, 1) + timedelta(days=182)


def test_scalars_stay_text(tmp_path: Path) -> None:
    """A version 1.10 is not 1.1, a title `NO` is not false, and 21:00 is nine in the evening."""
    folder = copy("ghent", tmp_path)
    both(
        put(GENT, 'version: "1"', "version: 1.10"),
        put(GENT, "title: TikTok off devices the city pays for", "title: NO"),
        put(GENT, "from: 2023-03-13", "from: 2023-03-13T21:00"),
    )(folder)
    law, issues = load_law(folder, "gent", BRUSSELS)
    text = next(t for t in law.texts if not t.shipped)
    assert issues == ()
    assert (text.version, text.title) == ("1.10", "NO")
    assert text.lifecycle[0].start.isoformat() == "2023-03-13T21:00:00+01:00"


def test_what_is_adopted_and_changed(tmp_path: Path) -> None:
    """Adoption is written as an id, or with changes that drop or replace a clause."""
    folder = copy("ghent", tmp_path)
    put(
        GENT,
        "mirrors: [be-federal-716]",
        "adopts: [ee-ria, {text: be-federal-716, changes: [{restriction: other-levels, drop: yes}]}]",
    )(folder)
    law, issues = load_law(folder, "gent", BRUSSELS)
    text = next(t for t in law.texts if not t.shipped)
    assert issues == ()
    assert [(a.text, a.changes) for a in text.adopts] == [("ee-ria", ()), ("be-federal-716", (Change("other-levels"),))]
    assert all(isinstance(a, Adoption) and a.place.line == 8 for a in text.adopts)
