# SPDX-License-Identifier: EUPL-1.2
"""Two texts side by side in sentences: every kind of difference in every language."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ordinance.catalogue.load import load
from ordinance.model.apps import Surface
from ordinance.model.divergence import Divergence, DivergenceKind, Witness
from ordinance.model.estate import DeviceFacts, Owner, People
from ordinance.model.ruling import Subject
from ordinance.report.language import LANGUAGES
from ordinance.report.language.differing import differing, sentences
from ordinance.report.language.messages import messages
from ordinance.report.language.phrases import Phrases

K = DivergenceKind
ZONE = ZoneInfo("Europe/Brussels")
AT = datetime(2023, 3, 13, 12, tzinfo=UTC)
MARCH, APRIL = "2023-03-13T00:00+01:00", "2023-04-14T00:00+02:00"
VALUES: dict[DivergenceKind, tuple[tuple[str, str], ...]] = {
    K.LATER: (("ours", APRIL), ("theirs", MARCH)),
    K.EARLIER: (("ours", MARCH), ("theirs", "")),
    K.SHORTER: (("ours", MARCH), ("theirs", "")),
    K.LONGER: (("ours", APRIL), ("theirs", MARCH)),
    K.WEAKER: (("ours", "advice"), ("theirs", "binding")),
    K.STRONGER: (("ours", "binding"), ("theirs", "")),
    K.DUTY_MISSING: (("duty", "remove"), ("theirs", MARCH)),
    K.DUTY_ADDED: (("duty", "remove"), ("ours", MARCH)),
    K.EXEMPTIONS_WIDER: (("purpose", "youth_channel"), ("aspect", "longest")),
    K.EXEMPTIONS_NARROWER: (("purpose", "youth_channel"), ("aspect", "none")),
}
MORE = (
    Divergence(K.NARROWER, None, "theirs/b"),
    Divergence(K.LATER, "ours/a", "theirs/b", values=(("duty", "remove"), *VALUES[K.LATER])),
    Divergence(K.EARLIER, "ours/a", "theirs/b", values=(("duty", "remove"), *VALUES[K.LATER])),
    Divergence(K.INCOMPARABLE, "ours/a", "theirs/b", values=(("not_read", "purposes"),), certain=False),
    Divergence(K.EXEMPTIONS_WIDER, "ours/a", "theirs/b", values=(("purpose", "any"), ("aspect", "purposes"))),
    Divergence(K.INCOMPARABLE, None, None, values=(("combinations", "9000"), ("most", "4000")), certain=False),
    *(
        Divergence(K.INCOMPARABLE, None, None, values=(("not_read", "people"), ("side", side)), certain=False)
        for side in ("ours", "theirs", "both")
    ),
)
EVERY = (*(Divergence(kind, "ours/a", "theirs/b", values=VALUES.get(kind, ())) for kind in K), *MORE)


def phrases(language: str = "en") -> Phrases:
    """The words of a language with the shipped catalogue."""
    return Phrases(messages(language), load(), {})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("found", EVERY, ids=lambda d: f"{d.kind}-{'-'.join(v for _, v in d.values)[:30]}")
def test_every_kind_has_its_sentence(found: Divergence, language: str) -> None:
    """No field is missing, none is left between braces, and the same divergence never says the same as another."""
    said = sentences(found, ZONE, phrases(language))
    assert said and not any("{" in s for s in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_kinds_say_the_same(language: str) -> None:
    """Twenty-odd differences, as many sentences."""
    said = [sentences(d, ZONE, phrases(language))[0] for d in EVERY]
    assert len(set(said)) == len(EVERY)


def test_days_are_those_on_which_something_begins_or_the_last_ones() -> None:
    """A beginning and a duty's first day as they are; the end of a term as its last day, inclusive."""
    known = phrases()
    assert "13 March 2023" in sentences(Divergence(K.EARLIER, "a/b", "c/d", values=VALUES[K.EARLIER]), ZONE, known)[0]
    assert "never" in sentences(Divergence(K.EARLIER, "a/b", "c/d", values=VALUES[K.EARLIER]), ZONE, known)[0]
    shorter = sentences(Divergence(K.SHORTER, "a/b", "c/d", values=VALUES[K.SHORTER]), ZONE, known)[0]
    assert "12 March 2023" in shorter and "no end" in shorter
    assert sentences(MORE[1], ZONE, known)[0] == (
        "Ours leaves more time for this duty: remove it from the device (ours/a: it must be met from 14 April 2023; "
        "theirs/b: from 13 March 2023)."
    )


def test_what_it_is_about_and_a_case_that_shows_it() -> None:
    """A family of which every product is meant is named once; only stated facts are part of the case."""
    tiktok = load().family("tiktok")
    assert tiktok
    apps = (*(f"tiktok/{m.id}" for m in tiktok.members), "tiktok/?", "meta/whatsapp", "?/?")
    witness = Witness(
        DeviceFacts(owner=Owner.BODY), People.STAFF, ("owner", "use", "people"), "tiktok/tiktok", Surface.WEB, AT
    )
    found = Divergence(K.NARROWER, "ours/a", "theirs/b", apps, (Surface.WEB,), certain=False, witness=witness)
    assert sentences(found, ZONE, phrases())[1:] == (
        "This is about TikTok (all products), WhatsApp and any app that the catalogue does not know.",
        "In this form: the website.",
        "For example TikTok (the website), on 13 March 2023, 13:00, where this holds: the device belongs to the body "
        "and the holder is a member of staff.",
        "This depends on facts that nobody has stated.",
    )


def test_a_case_without_facts_and_one_that_is_no_device() -> None:
    """Every device; a network of a kind."""
    bare = Witness(DeviceFacts(), None, (), "tiktok/tiktok", Surface.APP, AT)
    network = Witness(DeviceFacts(), None, (), "tiktok/tiktok", Surface.APP, AT, Subject.NETWORK, "public")
    for witness, said in (
        (bare, "For example TikTok (the mobile app), on 13 March 2023, 13:00."),
        (network, "For example TikTok (the mobile app), on 13 March 2023, 13:00: networks for the public."),
    ):
        found = Divergence(K.STRICTER, "ours/a", None, witness=witness)
        assert sentences(found, ZONE, phrases())[-1] == said


def test_the_sheet_has_less_first_then_more_then_what_cannot_be_compared() -> None:
    """Each difference under one heading, none lost."""
    sheet = differing(EVERY, ZONE, phrases("nl"))
    assert [side.heading for side in sheet] == [
        "Waar onze tekst minder vraagt", "Waar onze tekst meer vraagt", "Wat niet te vergelijken is",
    ]  # fmt: skip
    assert sum(len(side.differences) for side in sheet) == len(EVERY)
    assert len(sheet[0].differences) == sum(d.kind.looser for d in EVERY)
    assert differing((), ZONE, phrases()) == ()
