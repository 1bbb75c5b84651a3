# SPDX-License-Identifier: EUPL-1.2
"""Two texts side by side in sentences: where ours asks for less, where for more, what cannot be compared.

Reads: divergences (`model.divergence`) and the names. Of each difference the first sentence says what it is, the others
the apps and ways of using them that it is about, and one case in which the two texts come out differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ordinance.model.divergence import OTHER, Divergence, DivergenceKind, Witness
from ordinance.model.law import What
from ordinance.model.ruling import Subject
from ordinance.report.language.messages import Never, When
from ordinance.report.language.phrases import Phrases

K = DivergenceKind


@dataclass(frozen=True, slots=True)
class Side:
    """Differences of one direction under a heading; of each, its sentences."""

    heading: str
    differences: tuple[tuple[str, ...], ...]


def differing(found: Iterable[Divergence], zone: ZoneInfo, phrases: Phrases) -> tuple[Side, ...]:
    """The divergence sheet: less, more, not comparable; nothing where the texts ask for the same."""
    sides: dict[str, list[tuple[str, ...]]] = {"looser": [], "tighter": [], "unsure": []}
    for one in found:
        side = "unsure" if one.kind is K.INCOMPARABLE else "looser" if one.kind.looser else "tighter"
        sides[side].append(sentences(one, zone, phrases))
    return tuple(Side(phrases.messages.word("head", side), tuple(said)) for side, said in sides.items() if said)


def sentences(found: Divergence, zone: ZoneInfo, phrases: Phrases) -> tuple[str, ...]:
    """One difference: what it is, what it is about, and a case that shows it."""
    return tuple(_sentences(found, zone, phrases))


def _sentences(found: Divergence, zone: ZoneInfo, phrases: Phrases) -> Iterator[str]:
    messages = phrases.messages
    yield messages.say(f"divergence.{_sentence_id(found)}", **_fields(found, zone, phrases))
    if found.apps:
        yield messages.say("about_apps", apps=messages.all_of(_apps(found.apps, phrases)))
    if found.surfaces:
        yield messages.say("about_surfaces", surfaces=phrases.surfaces(found.surfaces))
    if found.witness is not None:
        yield _witness(found.witness, zone, phrases)
    if not found.certain and found.kind is not K.INCOMPARABLE:
        yield messages.say("not_certain")


def _sentence_id(found: Divergence) -> str:
    kind = found.kind
    if kind in {K.LATER, K.EARLIER} and found.value("duty"):
        return f"duty_{kind}"
    if kind is K.NARROWER and found.ours is None:
        return "narrower_none"
    if kind is K.INCOMPARABLE and found.value("side"):
        return f"incomparable_{found.value('side')}"
    if kind is K.INCOMPARABLE and found.value("combinations"):
        return "incomparable_many"
    if kind is K.INCOMPARABLE and found.value("not_read") == "purposes":
        return "incomparable_purposes"
    return str(kind)


def _fields(found: Divergence, zone: ZoneInfo, phrases: Phrases) -> dict[str, object]:
    """Every field that a sentence about a divergence can name; each sentence takes its own."""
    messages, none = phrases.messages, phrases.messages.word("divergence", "none")
    ours, theirs = found.value("ours"), found.value("theirs")
    fields: dict[str, object] = {
        "ours": found.ours or none,
        "theirs": found.theirs or none,
        "combinations": found.value("combinations"),
    }
    if purpose := found.value("purpose"):
        fields["purpose"] = phrases.purposes({purpose})
    if duty := found.value("duty"):
        fields["duty"] = messages.word("duty", duty)
    if aspect := found.value("aspect"):
        fields["aspect"] = messages.word("aspect", aspect)
    if found.value("side"):
        fields["dimension"] = messages.word("dimension", found.value("not_read"))
    if found.kind in {K.WEAKER, K.STRONGER}:
        fields |= {f"{side}_force": messages.word("force", v) if v else none for side, v in _sides(ours, theirs)}
    else:
        fields |= {f"{side}_day": _day(found, v, zone, phrases) for side, v in _sides(ours, theirs)}
    return fields


def _sides(ours: str, theirs: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("our", ours), ("their", theirs)


def _day(found: Divergence, value: str, zone: ZoneInfo, phrases: Phrases) -> When | Never:
    """A beginning, or a duty's first day, as that day; an end as the last day before it."""
    messages, ends = phrases.messages, found.kind in {K.SHORTER, K.LONGER}
    if not value:
        if ends:
            return Never(messages.word("divergence", "no_end"))
        return Never(messages.word("divergence", "never"))
    at = datetime.fromisoformat(value)
    return messages.end(at, zone) if ends else messages.instant(at, zone)


def _apps(apps: Iterable[str], phrases: Phrases) -> Iterator[str]:
    """Names of apps; a family of which every product is meant is named once."""
    names = list(apps)
    whole = []
    for family in phrases.catalogue.families:
        members = {f"{family.id}/{m.id}" for m in family.members}
        if f"{family.id}/?" in names and members <= {*names}:
            whole.append(phrases.messages.phrase("say.whole", names=family.name))
            names = [n for n in names if n.partition("/")[0] != family.id]
    yield from whole
    yield from (phrases.app(n) for n in names)


def _witness(found: Witness, zone: ZoneInfo, phrases: Phrases) -> str:
    messages = phrases.messages
    names: dict[str, object] = {
        "app": phrases.app(found.app),
        "surface": messages.listed((messages.word("surface", found.surface), *_use(found, phrases))),
        "at": messages.instant(found.at, zone),
    }
    if found.subject is not Subject.DEVICE:
        return messages.say("witness_subject", **names, subject=messages.word(found.subject, found.word))
    stated = [phrases.stated(fact, word) for fact, word in found.stated if word]
    if not stated:
        return messages.say("witness_any", **names)
    return messages.say("witness", **names, facts=messages.all_of(stated))


def _use(found: Witness, phrases: Phrases) -> Iterator[str]:
    """How the app is used in the case, where that is not the same for every use of it."""
    messages = phrases.messages
    for kind, word in found.use:
        if word == OTHER:
            yield messages.word("other_use", kind)
        elif kind == What.EDITION:
            yield messages.phrase("what.edition", names=word)
        else:
            yield messages.word(kind, word)
