# SPDX-License-Identifier: EUPL-1.2
"""`channels review`: the reviews of a body's folder, weighed, as plain data.

Reads `ordinance.toml` and `reviews/*.yaml`. Writes nothing and asks nobody: what a claim says is what its author wrote.
Whether evidence has expired and a review is overdue is seen from the day that is given.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from ordinance import __version__
from ordinance.model.apps import Citation
from ordinance.model.body import Body
from ordinance.model.channel_review import (
    ChannelDecision,
    ChannelReview,
    Criterion,
    Evidence,
    GateAnswer,
    Option,
    decided_anew,
)
from ordinance.model.errors import Issue, PolicyError
from ordinance.operations.public_review import for_the_public
from ordinance.policy.nodes import did_you_mean
from ordinance.review.cards import cards, scale
from ordinance.review.read_reviews import FOLDER, read_reviews
from ordinance.review.weighing import DRAWS, ROBUST, SEED, Turn, View, Weighed, let_through, weigh

Document = dict[str, Any]


def reviews_document(
    body: Body, wanted: str | None, day: date, language: str = "en", *, public: bool = False
) -> Document:
    """One review of a body, or all of them, with the words of shipped scales in a language; `public`: as they may be
    published.

    What was made or decided after the day is not known then: a review of a later day is only named, in `not_yet`.
    Raises PolicyError with every fault of every file, or where there is no such review by then. One that is asked for
    by name and is sound is shown beside faulty files, which are named in `faulty`: one of them may have decided anew.
    """
    reviews, issues, digest = read_reviews(body.folder)
    asked = [r for r in reviews if wanted in {None, r.id}]
    known = [one for r in reviews if (one := r.known_by(day)) is not None]
    chosen = [r for r in known if wanted in {None, r.id}]
    later = [r for r in asked if r.on > day]
    faulty = {i.file for i in issues}
    if issues and (wanted is None or not asked or asked[0].place.file in faulty):
        raise PolicyError(issues)
    if not chosen:
        raise PolicyError([_not_yet(later, day) if later else _none(wanted, (r.id for r in reviews))])
    documents = [review_document(r, day, language, decided_anew(r, known)) for r in chosen]
    document = {
        "ordinance": __version__,
        "body": {"id": body.id, "name": body.name},
        "notice": body.notice,
        "as_of": day.isoformat(),
        "language": language,
        "digest": digest,
        "reviews": documents,
        "not_yet": [] if public else [{"id": r.id, "on": r.on.isoformat()} for r in later],
        "faulty": [] if public else sorted(faulty),
    }
    return for_the_public(document, chosen, (n for r in reviews for n in r.names)) if public else document


def review_issues(body: Body) -> tuple[Issue, ...]:
    """What is wrong with the files of reviews."""
    return read_reviews(body.folder)[1]


def reviews_of(body: Body) -> tuple[ChannelReview, ...]:
    """The reviews of a body; none where it has no folder of them. Raises PolicyError with every fault of every file:
    a list in which the dates of one are missing would look whole."""
    if not (body.folder / FOLDER).exists():
        return ()
    reviews, issues, _ = read_reviews(body.folder)
    if issues:
        raise PolicyError(issues)
    return reviews


def _none(wanted: str | None, known: Iterable[str]) -> Issue:
    if wanted is None:
        hint = "docs/guides/review-channels.md shows how to write one"
        return Issue(FOLDER, 0, 0, "no-review", f"there is no review in {FOLDER}/", "", hint)
    return Issue(FOLDER, 0, 0, "no-review", f'there is no review "{wanted}"', "", did_you_mean(wanted, known))


def _not_yet(later: list[ChannelReview], day: date) -> Issue:
    first = min(later, key=lambda r: (r.on, r.id))
    place, hint = first.place, f"ask with --as-of {first.on} or later"
    message = f'by {day} no review had been made; "{first.id}" is of {first.on}'
    return Issue(place.file, place.line, place.column, "no-review", message, "", hint)


def review_document(
    review: ChannelReview, day: date, language: str, anew: tuple[ChannelReview, ...] = ()
) -> Document:
    """One review: whether it is stale comes first. `anew` are later reviews that decided in its place."""
    weighed = weigh(review)
    decision = review.decision
    against = next((s.answers for s in weighed.stopped if decision and s.option == decision.option), ())
    return {
        "stale": review.is_stale(day),
        "overdue": review.is_overdue(day) and not anew,
        "decided_anew": [{"id": r.id, "title": r.title, "on": r.on.isoformat()} for r in anew],
        "id": review.id,
        "title": review.title,
        "question": review.question,
        "on": review.on.isoformat(),
        "by": review.by,
        "follows": review.follows or None,
        "headline": _headline(weighed),
        "decided_against": [str(a.gate) for a in against],
        "options": [_option(o, review, weighed) for o in review.options],
        "gate_policy": {
            "must_pass": [str(g) for g in review.gate_policy.must_pass],
            "unknown_passes": sorted(str(g) for g in review.gate_policy.unknown_passes),
            "because": review.gate_policy.because,
        },
        "gates": [_gate(a, day) for a in review.gates],
        "criteria": [_criterion(c, language) for c in review.criteria],
        "cells": [
            {
                "option": c.option,
                "criterion": c.criterion,
                "low": c.low,
                "high": c.high,
                "unknown": c.unknown,
                "evidence": [_evidence(e, day) for e in c.evidence],
            }
            for c in review.cells
        ],
        "stakeholders": [
            {
                "id": s.id,
                "name": s.name,
                "swings": [{"criterion": w.criterion, "weight": w.weight, "because": w.because} for w in s.swings],
                **_view(next(v for v in weighed.views if v.stakeholder == s.id)),
            }
            for s in review.stakeholders
        ],
        "decision": _decision(decision) if decision else None,
        "method": {"draws": DRAWS, "seed": SEED, "robust_from": percent(ROBUST)},
        "invented": list(review.invented),
    }


def percent(share: Fraction) -> float:
    """A share in per cent, cut after one decimal: 59.96 % never reads as 60."""
    return (share.numerator * 1000 // share.denominator) / 10


def _headline(weighed: Weighed) -> Document:
    """What can be said in one line. Which option wins is empty where none does firmly."""
    running = weighed.running
    if not running:
        kind = "none_left"
    elif len(running) == 1:
        kind = "only_one"
    elif weighed.winner:
        kind = "winner"
    else:
        kind = "no_robust_winner"
    share = percent(weighed.shares[0][1]) if running else None
    return {"kind": kind, "winner": weighed.winner, "leading": weighed.leading, "share": share}


def _option(option: Option, review: ChannelReview, weighed: Weighed) -> Document:
    answers = next((s.answers for s in weighed.stopped if s.option == option.id), ())
    shares = dict(weighed.shares)
    return {
        "id": option.id,
        "title": option.title,
        "outcome": str(option.outcome),
        "trigger": option.trigger or None,
        "until": option.until.isoformat() if option.until else None,
        "migration": option.migration or None,
        "handle": str(option.handle) if option.handle else None,
        "stopped_by": [str(a.gate) for a in answers],
        "passed_unknown": [str(gate) for gate in let_through(review, option.id)],
        "share": percent(shares[option.id]) if option.id in shares else None,
    }


def _gate(answer: GateAnswer, day: date) -> Document:
    return {
        "gate": str(answer.gate),
        "option": answer.option,
        "result": str(answer.result),
        "reason": answer.reason,
        "cites": [_cite(c) for c in answer.cites],
        "check_again": answer.check_again.isoformat(),
        "look_again": answer.check_again < day,
    }


def _criterion(criterion: Criterion, language: str) -> Document:
    """Title and anchors: the shipped words of a language, or the body's own as written."""
    words = scale(criterion.id, language) if criterion.is_shipped else criterion
    return {
        "id": criterion.id,
        "shipped": criterion.is_shipped,
        "title": words.title,
        "anchors": list(words.anchors or ()),
        "metric": str(criterion.metric) if criterion.metric else None,
        "audience": criterion.audience or None,
    }


def _evidence(evidence: Evidence, day: date) -> Document:
    card = cards().get(evidence.card)
    return {
        "claim": evidence.claim,
        "cite": _cite(evidence.cite),
        "on": evidence.on.isoformat(),
        "on_known_to": str(card.on_known_to) if card else "day",
        "population": evidence.population,
        "method": evidence.method,
        "metric": str(evidence.metric) if evidence.metric else None,
        "owner": evidence.owner,
        "expires": evidence.expires.isoformat(),
        "expired": evidence.expires < day,
        "card": evidence.card or None,
        "confidence": str(card.confidence) if card else None,
        "rebuttal": card.rebuttal if card else None,
        "invented": evidence.invented,
        "place": f"{evidence.place.file}:{evidence.place.line}:{evidence.place.column}",
    }


def _cite(cite: Citation) -> Document:
    retrieved = cite.retrieved.isoformat() if cite.retrieved else None
    return {"title": cite.title, "url": cite.url or None, "retrieved": retrieved}


def _view(view: View) -> Document:
    return {
        "first": list(view.first),
        "scores": [
            {"option": s.option, "low": _tenths(s.low), "middle": _tenths(s.middle), "high": _tenths(s.high)}
            for s in view.scores
        ],
        "turns": [_turn(t) for t in view.turns],
    }


def _turn(turn: Turn) -> Document:
    at, now = percent(turn.at), percent(turn.now)
    return {"criterion": turn.criterion, "now": now, "at": at, "to": list(turn.to)}


def _tenths(score: Fraction) -> float:
    return round(score * 10) / 10


def _decision(decision: ChannelDecision) -> Document:
    return {
        "option": decision.option,
        "proposed_by": decision.proposed_by,
        "consulted": list(decision.consulted),
        "dissent": [{"by": d.by, "text": d.text} for d in decision.dissent],
        "by": decision.by,
        "on": decision.on.isoformat(),
        "reasons": [r.text for r in decision.reasons],
        "next_review": decision.next_review.isoformat(),
        "temporary": decision.temporary,
    }


def reviews_fail(document: Document) -> bool:
    """Whether somebody has to act: what it rests on expired, the day to decide again passed, or a decision went past a
    gate.

    Of a review that a later one decided anew nobody has to do anything any more.
    """
    open_ones = [r for r in document["reviews"] if not r["decided_anew"]]
    return any(r["stale"] or r["overdue"] or r["decided_against"] for r in open_ones)
