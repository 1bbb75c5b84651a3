# SPDX-License-Identifier: EUPL-1.2
"""Every lint of the project, asked of each directive as if it were a body's own.

Lints pass over what is shipped, because a body cannot change it. Here each text in turn, with its other versions, is
made the own text of somebody whom it addresses: its authority, or one of the group. What the lints then find is a
fault of the library, except what is listed here with the reason why it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from inspect import signature
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ordinance.catalogue.load import load as load_catalogue
from ordinance.model.body import Body, Checking
from ordinance.model.law import Authority, Force, Law, State, Text
from ordinance.policy.lint import lint
from ordinance.policy.shipped import load_library

AUTHORITIES, TEXTS, DIGEST, _ = load_library()
CATALOGUE = load_catalogue()
ZONE = ZoneInfo("UTC")
RULES = tuple(t for t in TEXTS if t.kind.rules)
RECORDS = tuple(t for t in TEXTS if not t.kind.rules)

# The directives are looked at from one day, by those lints that look from an instant.
SEEN_AT = {"at": datetime(2026, 11, 25, tzinfo=UTC)} if "at" in signature(lint).parameters else {}
# What stays, and why: an issue id, the texts that have it, the reason.
EXPLAINED: dict[str, tuple[frozenset[str], str]] = {
    "never-in-force": (
        frozenset({"at-federal", "be-mechelen"}),
        "no page says from which day it holds, or it waits for guidelines; it speaks as announced only",
    ),
    "approver-without-power": (
        frozenset(
            {
                *("at-federal", "au-pspf-001-2025", "cz-nukib-deepseek", "de-federal", "ee-tallinn", "mt-mita"),
                *("nl-politie", "nl-rijksoverheid", "no-bergen", "no-nsm", "nz-parliament", "ua-nccc-telegram"),
                *("us-fl-112-22", "us-tx-sb1893"),
            }
        ),
        "exemptions exist, and who approves them was not read or is not said: none counts, and none is made up",
    ),
    "clause-without-duties": (
        frozenset({"sk-parliament", "us-no-tiktok-act"}),
        "the network refuses the device, whatever its holder does; the Act leaves every duty to OMB's memorandum",
    ),
    "list-without-clause": (
        frozenset({"us-tx-2025-proclamation"}),
        "it changes the list of another text, whose clauses refer to that",
    ),
    "no-end-date": (frozenset({"be-fwb"}), "a review within six months was announced, and no end"),
    "sunset-in-the-past": (
        frozenset({"be-brussels-parliament", "be-ghent"}),
        "six months that are over; what was decided then was not found",
    ),
    "renewed-without-evaluation": (
        frozenset({"be-brussels-region", "be-federal-716"}),
        "both were renewed; an evaluation is a file of who decides, and none was found",
    ),
    "upstream-changed": (
        frozenset({"be-brussels-city", "be-brussels-region", "be-clerfayt-letter", "be-fwb"}),
        "what it mirrors got another version later; what its authority made of that was not found",
    ),
}
ISSUES = Path(__file__).parents[2] / "docs" / "reference" / "issues.md"
KNOWN = frozenset(re.findall(r"`([a-z-]+)`", ISSUES.read_text("utf-8")))
# Of a reader, not of the text: nobody here has answered what others advise him.
OF_THE_READER = frozenset({"advice-unanswered"})


def law_of(text: Text, institution: str) -> Law:
    """The library as an institution reads it that has one text, in all its versions, in its own folder."""
    groups = {institution}.union(*(r.addressees for r in text.restrictions)) - AUTHORITIES.keys()
    members = tuple(Authority(f"one-of-{g}", f"One of {g}", ZONE, groups=frozenset({g})) for g in sorted(groups))
    known = AUTHORITIES.get(institution)
    return Law(
        body=known.id if known else f"one-of-{institution}",
        zone=known.zone if known else ZONE,
        authorities=(*AUTHORITIES.values(), *members),
        texts=tuple(replace(t, shipped=t.id != text.id) for t in RULES),
        records=RECORDS,
        digest=DIGEST,
        catalogue=CATALOGUE,
        shipped_ids=frozenset(t.id for t in TEXTS),
    )


def readers(text: Text) -> Iterator[str]:
    """Whom its clauses address, one for each: the authority itself where a clause names nobody."""
    yield from sorted({min(r.addressees, default=text.authority) for r in text.restrictions} or {text.authority})


def found(law: Law) -> set[tuple[str, str]]:
    """Issue ids with the text that they are about, but for those of the reader."""
    body = Body(Path(), law.body, "A reader", law.zone, ("en",), "", Checking(None, "", frozenset()))
    by_file = {t.place.file: t.id for t in TEXTS}
    issues = lint(law, CATALOGUE, body, **SEEN_AT)
    return {(i.id, by_file.get(i.file, i.file)) for i in issues if i.id not in OF_THE_READER}


@pytest.mark.parametrize("text", {t.id: t for t in RULES}.values(), ids=lambda t: t.id)
def test_no_lint_complains_of_a_directive(text: Text) -> None:
    """Whoever it addresses could take it into a folder of its own as it stands."""
    explained = {(name, t) for name, (texts, _) in EXPLAINED.items() for t in texts}
    assert {r: sorted(found(law_of(text, r)) - explained) for r in readers(text)} == {r: [] for r in readers(text)}


def test_every_explanation_is_needed() -> None:
    """A warning that is gone is taken off the list, and each is one that the project knows."""
    needed = {
        (name, text)
        for name, (texts, _) in EXPLAINED.items()
        for text in texts
        if any((name, text) in found(law_of(t, r)) for t in RULES if t.id == text for r in readers(t))
    }
    assert needed == {(name, text) for name, (texts, _) in EXPLAINED.items() for text in texts if name in KNOWN}


def test_the_lints_are_asked() -> None:
    """A text that nobody ever puts in force and whose issuer has lost his power is complained of."""
    (text,) = (t for t in RULES if t.id == "fr-recreational")
    law = law_of(text, *readers(text))
    weak = replace(law, authorities=tuple(replace(a, binds=()) for a in law.authorities))
    spoilt = tuple(
        replace(t, lifecycle=tuple(replace(s, state=State.ANNOUNCED) for s in t.lifecycle)) if t.id == text.id else t
        for t in law.texts
    )
    assert any(r.force is Force.BINDING for r in text.restrictions)
    assert found(replace(weak, texts=spoilt)) == {(i, text.id) for i in ("force-exceeds-power", "never-in-force")}
