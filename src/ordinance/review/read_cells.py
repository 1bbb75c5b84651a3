# SPDX-License-Identifier: EUPL-1.2
"""The scores of a channel review with what they rest on, read from located YAML.

A score without evidence is refused, and so is evidence that was not there yet, or not valid any more, when the review
was made. A criterion of reach takes figures of its own metric alone: daily use and reach that a platform sells are
different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from ordinance.model.apps import Citation
from ordinance.model.channel_review import HIGH, LOW, Cell, Criterion, Evidence, Metric
from ordinance.policy import fields
from ordinance.policy.compose import MappingNode
from ordinance.policy.fields import At
from ordinance.policy.nodes import Cursor, did_you_mean
from ordinance.review.cards import cards
from ordinance.review.offices import office

KEYS, OPTIONS = ("option", "criterion"), ("score", "range", "evidence")
EVIDENCE_KEYS = ("claim", "on", "population", "method", "owner", "expires")
EVIDENCE_OPTIONS = ("cite", "metric", "invented", "internal")
CARD_KEYS = ("card", "owner")
UNKNOWN = "unknown"


def read_cells(at: At, options: list[str], criteria: Mapping[str, Criterion], made: date | None) -> tuple[Cell, ...]:
    """A cell for each option on each scale, in that order; those that are missing are reported."""
    found: dict[tuple[str, str], Cell] = {}
    refused: set[tuple[str, str]] = set()
    for cursor in at["cells"].items() if "cells" in at else ():
        entry = cursor.mapping(KEYS, OPTIONS)
        key = fields.text(entry, "option"), fields.text(entry, "criterion")
        if not _both_known(entry, key, options, criteria):
            continue
        if key in found or key in refused:
            cursor.report("same-cell-twice", f'"{key[0]}" has two scores on "{key[1]}"', "keep one of the two")
        cell = _cell(cursor, entry, key, criteria[key[1]], made)
        if cell is None:
            refused.add(key)
        else:
            found[key] = cell
    if "cells" in at and at["cells"].is_list():
        _all_there(at["cells"], options, criteria, {*found, *refused})
    return tuple(found[o, c] for o in options for c in criteria if (o, c) in found)


def _both_known(entry: At, key: tuple[str, str], options: Iterable[str], criteria: Iterable[str]) -> bool:
    known = True
    for name, place, every in zip(key, KEYS, (options, criteria), strict=True):
        if name and name not in every:
            entry[place].report("not-in-review", f'"{name}" is not in this review', did_you_mean(name, every))
        known = known and name in every
    return known


def _all_there(cells: Cursor, options: list[str], criteria: Iterable[str], seen: set[tuple[str, str]]) -> None:
    """An empty field would be read as whatever its reader likes."""
    for criterion in criteria:
        if missing := [o for o in options if (o, criterion) not in seen]:
            message = f'no score on "{criterion}" for: {", ".join(missing)}'
            cells.report("missing-cell", message, "where nobody knows, write `score: unknown`")


def _cell(cursor: Cursor, entry: At, key: tuple[str, str], criterion: Criterion, made: date | None) -> Cell | None:
    """One score, a range of scores, or `unknown`."""
    evidence = fields.listed(entry, "evidence", lambda item: _evidence(item, criterion, made))
    if ("score" in entry) == ("range" in entry):
        cursor.report("one-score", f'"{key[0]}" on "{key[1]}" needs either a score or a range', "or `score: unknown`")
        return None
    unknown = "score" in entry and fields.is_literal(entry["score"], UNKNOWN)
    if not unknown and not (entry["evidence"].items() if "evidence" in entry else ()):
        hint = "say what shows it, quote a card by its id, or write `score: unknown`"
        cursor.report("no-evidence", f'the score of "{key[0]}" on "{key[1]}" rests on nothing', hint)
        return None
    low_high = (LOW, HIGH) if unknown else _stretch(entry)
    return Cell(*key, *low_high, unknown, evidence, cursor.place) if low_high else None


def _stretch(entry: At) -> tuple[int, int] | None:
    if "score" in entry:
        score = entry["score"].integer(LOW, HIGH)
        return None if score is None else (score, score)
    ends = [c.integer(LOW, HIGH) for c in entry["range"].items()]
    if len(ends) != 2:
        if entry["range"].is_list():
            entry["range"].report("bad-range", "a range has two ends, such as [20, 50]")
        return None
    low, high = ends
    if low is None or high is None:
        return None
    if low > high:
        entry["range"].report("bad-range", f"{low} is above {high}", "the lower end comes first")
        return None
    return low, high


# --- what it rests on -----------------------------------------------------------------------------


def _evidence(cursor: Cursor, criterion: Criterion, made: date | None) -> Evidence | None:
    """A claim written here, or a card quoted: valid on the day of the review, and counting what the scale counts."""
    node = cursor.node
    quoted = isinstance(node, MappingNode) and any(getattr(key, "value", "") == "card" for key, _ in node.value)
    found = _of_card(cursor) if quoted else _written(cursor, made)
    if found is None:
        return None
    if made is not None and found.on > made:
        hint = "the review was made without it: date the review anew, or take it out"
        cursor.report("evidence-from-the-future", f"it is of {found.on}, after the review, of {made}", hint)
    elif made is not None and found.expires < made:
        hint = "look it up again, or say `unknown`"
        cursor.report("evidence-expired", f"it had expired on {found.expires}, before the review, of {made}", hint)
    if criterion.metric is not None and found.metric is not criterion.metric:
        _other_metric(cursor, found.metric, criterion)
    return found


def _other_metric(cursor: Cursor, counted: Metric | None, criterion: Criterion) -> None:
    said = f'counts "{counted}"' if counted else "does not say what it counts"
    message = f'this {said}, and the scale "{criterion.id}" is about "{criterion.metric}"'
    cursor.report("mixed-metrics", message, "a scale of its own for each metric, or another figure")


def _of_card(cursor: Cursor) -> Evidence | None:
    at = cursor.mapping(CARD_KEYS)
    name, owner = fields.text(at, "card"), office(at, "owner")
    card = cards().get(name)
    if card is None:
        if name:
            at["card"].report("unknown-card", f'no card "{name}" ships', did_you_mean(name, cards()))
        return None
    if not card.is_read or card.on is None:
        hint = "read it yourself, and write down what it says and where"
        at["card"].report("card-not-read", f'nobody read what the card "{name}" is about: it shows nothing', hint)
        return None
    return Evidence(
        claim=card.claim,
        cite=card.cites[0],
        on=card.on,
        population=card.population,
        method=card.method,
        owner=owner,
        expires=card.check_again,
        metric=card.metric,
        card=card.id,
        place=cursor.place,
    )


def _written(cursor: Cursor, made: date | None) -> Evidence | None:
    at = cursor.mapping(EVIDENCE_KEYS, EVIDENCE_OPTIONS)
    on, expires, metric = fields.day(at, "on"), fields.day(at, "expires"), fields.word(at, "metric", Metric)
    invented = fields.flag(at, "invented")
    if cursor.is_mapping() and not invented and "cite" not in at:
        hint = "`cite: {title: …, url: …}`, or `invented: yes` in an example"
        cursor.report("no-cite", "nothing says where this was read", hint)
    cite = cite_by(at["cite"], made) if "cite" in at else Citation("")
    if on is None or expires is None:
        return None
    if expires < on:
        at["expires"].report("ends-before-start", f"it expires on {expires}, before the day it is of, {on}")
    return Evidence(
        claim=fields.text(at, "claim"),
        cite=cite,
        on=on,
        population=fields.text(at, "population"),
        method=fields.text(at, "method"),
        owner=office(at, "owner"),
        expires=expires,
        metric=metric,
        invented=invented,
        internal=fields.flag(at, "internal") if "internal" in at else None,
        place=cursor.place,
    )


def cite_by(cursor: Cursor, made: date | None) -> Citation:
    """Where something was read: not after the review that rests on it was made."""
    at = cursor.mapping(("title",), ("url", "retrieved"))
    retrieved = fields.day(at, "retrieved")
    if retrieved is not None and made is not None and retrieved > made:
        hint = "the review was made without it: date the review anew, or take it out"
        message = f"it was looked at on {retrieved}, after the review, of {made}"
        at["retrieved"].report("evidence-from-the-future", message, hint)
    return Citation(fields.text(at, "title"), fields.text(at, "url"), retrieved)
