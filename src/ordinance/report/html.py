# SPDX-License-Identifier: EUPL-1.2
"""One self-contained HTML file from the JSON object of a check: for a mayor, on a phone.

Reads exactly that object and nothing else; writes bytes with the style sheet inside, no script and
nothing to load. Same input, same bytes. It cannot see what the check did not put into the object,
and it shows a missing key as an error rather than as an empty place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ordinance.model.disclosure import Numbers, amount
from ordinance.report import coarse, life, prevention, svg, view, weight, words
from ordinance.report.clean import clean

PHONE, DESK = 336, 720  # units of width of the two drawings; the style sheet shows one of them


def render(result: Mapping[str, Any]) -> bytes:
    """The report of `ordinance check --json` as UTF-8 HTML.

    Raises jinja2.UndefinedError or KeyError where the object lacks a key of the contract.
    """
    cleaned = clean(dict(result))
    rows, numbers = view.class_rows(cleaned["results"]), coarse.numbers(cleaned)
    page = environment().get_template("check.html.j2")
    text = page.render(
        r=cleaned,
        state=view.state(cleaned),
        applies=view.applies(cleaned),
        exact=numbers == Numbers.EXACT,
        amount=partial(amount, numbers=numbers),
        rows=rows,
        separate=view.separate_rows(rows),
        charts=_charts(cleaned),
        css=Markup(style()),  # noqa: S704  # our own file, no input
    )
    return text.encode()


def _charts(result: Mapping[str, Any]) -> dict[str, Any]:
    """Both drawings in both widths (none where there is nothing to draw), with what stands beside them."""
    days, rows = view.days(result["window"]), result["coverage"]
    sizes = (("phone", PHONE), ("desk", DESK)) if days and rows else ()
    by_day = all(row["day"] for row in result["contacts"])  # of a small body the day is not told
    logs = sizes if by_day and any(svg.is_log(row) for row in rows) else ()
    unseen = svg.unseen_days(days, rows)
    return {
        "days": days,
        "unseen": unseen,
        "totals": svg.totals(result["contacts"]),
        "contacts": [(size, svg.contacts(days, result["contacts"], unseen, n, f"contacts-{size}")) for size, n in logs],
        "coverage": [(size, svg.coverage(days, rows, n, f"coverage-{size}")) for size, n in sizes],
    }


@cache
def style() -> str:
    """The style sheet, which every page carries."""
    return (files("ordinance.report") / "templates" / "check.css").read_text("utf-8")


@cache
def environment() -> Environment:
    """The template engine, strict about missing keys, with the filters that all templates share."""
    environment = Environment(
        loader=PackageLoader("ordinance.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        app_name=words.app,
        day_name=words.day,
        surface_name=lambda untrusted_id: words.word(words.SURFACES, untrusted_id),
        evidence_name=lambda untrusted_id: words.word(words.EVIDENCE, untrusted_id),
    )
    environment.globals.update(
        coarse=coarse, life=life, prevention=prevention, svg=svg, view=view, weight=weight, words=words
    )
    return environment
