# SPDX-License-Identifier: EUPL-1.2
"""`channels reach`: figures of reach from a table, as cells that a review can take over.

Reads one CSV file, and the review that the cells are for where one is named. Writes nothing. Proposes no score: how
many use a network is not how many are reached there and nowhere else, which is what the scale asks.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ordinance import __version__
from ordinance.model.body import Body
from ordinance.model.channel_review import ChannelReview, Metric
from ordinance.model.errors import Issue, PolicyError, SourceError
from ordinance.operations.channel_review import reviews_of
from ordinance.policy.nodes import did_you_mean
from ordinance.readers.reach_table import REACH, Figure, ReachTable, issues_against, issues_of_scales, read_reach
from ordinance.review.cards import shipped_criteria
from ordinance.review.read_reviews import FOLDER

Document = dict[str, Any]

_COUNTED = {
    Metric.EVER: "use it",
    Metric.MONTHLY: "use it monthly",
    Metric.WEEKLY: "use it weekly",
    Metric.DAILY: "use it daily",
    Metric.CONSTANT: "use it several times a day or constantly",
    Metric.NEWS: "use it for news",
    Metric.AD_REACH: "can be reached by advertisements there, as sold by the platform",
    Metric.OWN_POSTS: "saw posts of the body's own account",
    Metric.PREFERRED: "want to hear from the body there",
}


def reach_document(path: Path, body: Body | None = None, review_id: str = "") -> Document:
    """The figures of a file as criteria and cells, with evidence that keeps metric, population and sample.

    With a review its options and scales must be those of the table, and the figures count on its day. Raises
    SourceError with everything that is wrong with the file, and PolicyError where the body has no such review, or one
    that cannot be read.
    """
    table = read_reach(path)
    other = [c for c in shipped_criteria() if c != REACH]
    if issues := table.issues or tuple(sorted(issues_of_scales(table, other))):
        raise SourceError(issues)
    if body is not None:
        _fit(table, _review(body, review_id))
    scales = {f.criterion: f for f in reversed(table.figures)}
    return {
        "ordinance": __version__,
        "file": table.file,
        "review": review_id or None,
        "criteria": [
            {
                "id": i,
                "metric": str(scales[i].metric),
                "audience": scales[i].audience,
                "shipped": i in shipped_criteria(),
            }
            for i in sorted(scales)
        ],
        "cells": [
            {"option": option, "criterion": criterion, "score": "unknown", "evidence": [_evidence(f) for f in figures]}
            for (option, criterion), figures in _by_cell(table.figures).items()
        ],
    }


def _review(body: Body, review_id: str) -> ChannelReview:
    known = {r.id: r for r in reviews_of(body)}
    if review_id not in known:
        hint = did_you_mean(review_id, known)
        raise PolicyError([Issue(FOLDER, 0, 0, "no-review", f'there is no review "{review_id}"', "", hint)])
    return known[review_id]


def _fit(table: ReachTable, review: ChannelReview) -> None:
    scales = {c.id: (str(c.metric or ""), c.audience) for c in review.criteria}
    if issues := sorted(issues_against(table, [o.id for o in review.options], scales, review.on)):
        raise SourceError(issues)


def _by_cell(figures: tuple[Figure, ...]) -> dict[tuple[str, str], list[Figure]]:
    found: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        found.setdefault((figure.option, figure.criterion), []).append(figure)
    return found


def _evidence(figure: Figure) -> Document:
    """The figure as a claim of a review; `percent` and `n` stand beside it for whoever computes."""
    sample = "size of the sample not stated" if figure.n is None else f"n = {figure.n}"
    cite = {"title": figure.source, **({"url": figure.url} if figure.url else {})}
    return {
        "claim": f"{figure.platform}: {figure.percent} % of {figure.audience} {_COUNTED[figure.metric]}.",
        "cite": cite,
        "on": figure.on.isoformat(),
        "population": f"{figure.population}, {sample}",
        "method": figure.method,
        "owner": figure.owner,
        "expires": figure.expires.isoformat(),
        "metric": str(figure.metric),
        "percent": str(figure.percent),
        "n": figure.n,
        "line": figure.line,
    }


def as_yaml(document: Document) -> str:
    """Criteria and cells as they stand in a review. A text in JSON's quotes is one in YAML's."""
    lines = ["criteria:"]
    for one in document["criteria"]:
        if not one["shipped"]:
            lines.append("  # a scale of your own: give it a title, and anchors for 0, 50 and 100")
        lines.append(f"  - {{id: {one['id']}, metric: {one['metric']}, audience: {_quoted(one['audience'])}}}")
    lines.append("cells:")
    for cell in document["cells"]:
        lines += [f"  - option: {cell['option']}", f"    criterion: {cell['criterion']}", "    score: unknown"]
        lines.append("    evidence:")
        for evidence in cell["evidence"]:
            lines += _evidence_lines(evidence)
    return "\n".join(lines)


def _evidence_lines(evidence: Document) -> list[str]:
    cite = ", ".join(f"{key}: {_quoted(text)}" for key, text in evidence["cite"].items())
    return [
        f"      - claim: {_quoted(evidence['claim'])}",
        f"        cite: {{{cite}}}",
        f"        on: {evidence['on']}",
        *(f"        {key}: {_quoted(evidence[key])}" for key in ("population", "method", "owner")),
        f"        expires: {evidence['expires']}",
        f"        metric: {evidence['metric']}",
    ]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
