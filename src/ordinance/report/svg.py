# SPDX-License-Identifier: EUPL-1.2
"""Draws coverage and contacts, day by day, as SVG text with no script and no outside reference.

Reads days, counts and coverage rows; writes `<svg role="img">` with title and description. Colours
come from the page's style sheet by class, so light and dark are one drawing. Hatching always means
"nobody looked here", never a value. It cannot know why a day is missing.

Text is 11 units or more and a drawing is asked for in the width it will be shown at (`width` units,
336 for a phone), so that it is never scaled below what can be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from ordinance.report import words

GRADES = ("app_traffic", "web_or_embed", "embed", "shared_host", "resolved", "blocked")
ROOM_FOR_TEXT = 18.0  # a column narrower than this has no room for a number of two digits

# Referenced by all drawings on the page; written once. Each pattern is also a texture, so that
# grades can be told apart without colour.
DEFS = Markup(
    '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="p-miss" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="c-gap" width="6" height="6"/><rect class="c-hatch" width="2" height="6"/></pattern>'
    '<pattern id="p-web_or_embed" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect class="c-soft" width="4" height="4"/><rect class="c-ink" width="4" height="1.3"/></pattern>'
    '<pattern id="p-embed" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<rect class="c-soft" width="5" height="5"/><circle class="c-ink" cx="2.5" cy="2.5" r="1.1"/></pattern>'
    '<pattern id="p-blocked" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<rect class="c-seen" width="5" height="5"/><path class="c-cross" d="M0 0l5 5M5 0l-5 5"/></pattern>'
    "</defs></svg>"
)

_SIGNS = {
    "holds": '<circle class="o" cx="16" cy="16" r="13"/><path class="o" d="M9.5 16.5l4.5 4.5 8.5-10"/>',
    "holds_where_seen": (
        '<circle class="o" cx="16" cy="16" r="13" stroke-dasharray="5 3.2"/>'
        '<path class="o" d="M9.5 16.5l4.5 4.5 8.5-10"/>'
    ),
    "fails": '<path class="o" d="M10.6 3h10.8L29 10.6v10.8L21.4 29H10.6L3 21.4V10.6z"/>'
    '<path class="o" d="M11 11l10 10M21 11L11 21"/>',
    "partly": '<circle class="o" cx="16" cy="16" r="13"/><path class="f" d="M16 3a13 13 0 0 0 0 26z"/>'
    '<path class="o thin" d="M19 6v20M23 8v16M27 12v8"/>',
    "unchecked": '<circle class="o" cx="16" cy="16" r="13" stroke-dasharray="5 3.2"/>'
    '<path class="o" d="M12 12.5a4 4 0 1 1 5.6 3.7c-1.2.5-1.6 1.2-1.6 2.6M16 22.6v.6"/>',
    "by_decision": '<path class="o" d="M4 4h24v24H4z"/><path class="o" d="M10 16h12"/>',
    "not_yet": '<circle class="o" cx="16" cy="16" r="13"/><path class="o" d="M16 8.5V16l5 3.5"/>',
    "over": '<circle class="o" cx="16" cy="16" r="13"/><path class="o" d="M16 8.5V16l5 3.5M5 27L27 5"/>',
    "nothing": '<circle class="o" cx="16" cy="16" r="13"/>',
}

_RESULT_SIGN = {
    "pass": "holds",
    "fail": "fails",
    "error": "unchecked",
    "unknown": "unchecked",
    "notapplicable": "nothing",
    "notchecked": "by_decision",
}


def sign(state: str) -> Markup:
    """The shape of a state or result, for beside its words; hidden from readers that hear the words."""
    shape = _SIGNS.get(_RESULT_SIGN.get(state, state), _SIGNS["unchecked"])
    return Markup('<svg class="sign" viewBox="0 0 32 32" aria-hidden="true" focusable="false">{}</svg>').format(
        Markup(shape)  # noqa: S704  # constants above, no input
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """Days side by side: where each column is and how much room it has."""

    days: Sequence[date]
    width: int

    @property
    def step(self) -> float:
        return self.width / max(len(self.days), 1)

    @property
    def gap(self) -> float:
        return 2.0 if self.step >= 8 else 0.0

    @property
    def roomy(self) -> bool:
        return self.step >= ROOM_FOR_TEXT

    def left(self, n: int) -> float:
        return n * self.step + self.gap / 2

    def middle(self, n: int) -> float:
        return (n + 0.5) * self.step

    @property
    def column(self) -> float:
        return max(self.step - self.gap, 0.5)

    def labels(self, y: float) -> list[Markup]:
        """Day numbers as far apart as they need, the month under the first and at each change."""
        every = 1 if self.step >= ROOM_FOR_TEXT else -int(-40 // self.step)
        out, month, free = [], 0, 0.0
        for n, day in enumerate(self.days):
            if n % every == 0:
                out.append(_text(self.middle(n), y, str(day.day), "middle"))
                if day.month != month and self.left(n) >= free:
                    month, free = day.month, self.left(n) + 30
                    out.append(_text(self.left(n), y + 14, words.short_month(day), "start", "t strong"))
        return out


def contacts(
    days: Sequence[date], rows: Iterable[Mapping[str, Any]], unseen: frozenset[date], width: int, name: str
) -> Markup:
    """Stacked columns of contacts per day by grade, `app_traffic` at the foot and never too thin to see.

    `rows` are `{day, family, grade, count}`; days in `unseen` are hatched: no log says what happened.
    `name` makes ids unique on the page. Grades outside the known six are drawn with `shared_host`.
    """
    axis, height, top = _Axis(days, width), 120.0, 18.0
    stacks = _stacks(rows)
    tallest = max((sum(s.values()) for s in stacks.values()), default=0)
    foot = top + height
    body = [_text(0, 11, f"{words.number(tallest)} on the busiest day", "start")]
    body += [_line(0, y, width, y, "c-grid") for y in (top, top + height / 2)]
    for n, day in enumerate(days):
        if day in unseen:
            body.append(_rect(axis.left(n), top, axis.column, height, "g-miss"))
        body += _column(axis, n, stacks.get(day.isoformat(), {}), height / max(tallest, 1), foot)
    body += [_line(0, foot, width, foot, "c-foot"), *axis.labels(foot + 30), *_use_marks(axis, days, stacks, foot)]
    return _svg((width, foot + 48), name, "Traces of the app per day", _contacts_text(days, stacks, unseen), body)


def coverage(days: Sequence[date], rows: Sequence[Mapping[str, Any]], width: int, name: str) -> Markup:
    """One strip a source: for logs each day filled by the hours seen, the fullest day to the brim;
    for inventories one box a snapshot. Missing ones are hatched. `rows` are the check's coverage rows."""
    axis, y, body = _Axis(days, width), 0.0, []
    brim = max((len(hours) for row in rows for hours in row["hours"].values()), default=0)
    for row in sorted(rows, key=is_log):  # logs last: the axis of days below them is theirs
        seen = _seen(row)
        body += [_text(0, y + 12, _short(row["source"], width), "start", "t strong"), _text(width, y + 12, seen, "end")]
        body += _log_strip(axis, row, y + 18, brim) if is_log(row) else _slots(row, y + 18, width)
        y += 64 if is_log(row) and axis.roomy else 48
    if any(is_log(row) for row in rows):
        body += [_line(0, y - 2, width, y - 2, "c-grid"), *axis.labels(y + 13)]
        y += 30
    return _svg((width, y), name, "What each source saw", "; ".join(map(_coverage_text, rows)) + ".", body)


def is_log(row: Mapping[str, Any]) -> bool:
    """Whether a coverage row counts days of a log rather than snapshots."""
    return str(row["kind"]).startswith("network")


def unseen_days(days: Sequence[date], rows: Sequence[Mapping[str, Any]]) -> frozenset[date]:
    """Days on which no log was seen at all; all of them where there is no log."""
    seen = {day for row in rows if is_log(row) for day, hours in row["hours"].items() if hours}
    return frozenset(d for d in days if d.isoformat() not in seen)


def totals(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Contacts by grade over the whole window, in drawing order."""
    stacks = _stacks(rows).values()
    return [(grade, sum(stack.get(grade, 0) for stack in stacks)) for grade in GRADES]


def drawn_as(untrusted_grade: str) -> str:
    """The grade itself, or `shared_host` for one that a later version adds: seen, and never use."""
    return untrusted_grade if untrusted_grade in GRADES else "shared_host"


def _stacks(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    stacks: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        stacks[row["day"]][drawn_as(row["grade"])] += row["count"]
    return stacks


def _column(axis: _Axis, n: int, stack: Mapping[str, int], scale: float, foot: float) -> list[Markup]:
    out, y = [], foot
    for grade in GRADES:
        if count := stack.get(grade, 0):
            tall = max(scale * count, 4.0 if grade == "app_traffic" else 1.5)
            y -= tall
            out.append(_rect(axis.left(n), y, axis.column, tall, f"g-{grade}"))
    return out


def _use_marks(axis: _Axis, days: Sequence[date], stacks: Mapping[str, Mapping[str, int]], foot: float) -> list[Markup]:
    """Under each day with use, how often, or a triangle where a number has no room."""
    out = []
    for n, day in enumerate(days):
        if count := stacks.get(day.isoformat(), {}).get("app_traffic", 0):
            x, y = axis.middle(n), foot + 14
            if axis.roomy:
                out.append(_text(x, y, str(count), "middle", "t use"))
            else:
                out.append(Markup('<path class="g-app_traffic" d="M{} {}l4 7h-8z"/>').format(_n(x), _n(foot + 4)))
    return out


def _log_strip(axis: _Axis, row: Mapping[str, Any], y: float, brim: int) -> list[Markup]:
    out, missing = [], set(row["missing"])
    for n, day in enumerate(axis.days):
        key = day.isoformat()
        hours, x = len(row["hours"].get(key, ())), axis.left(n)
        if key in missing:
            out.append(_rect(x, y, axis.column, 24, "g-miss"))
        else:
            full = 24.0 * hours / max(brim, 1)
            out.append(_rect(x, y, axis.column, 24, "g-empty"))
            if full:
                out.append(_rect(x, y + 24 - full, axis.column, full, "g-seen"))
        if axis.roomy:
            said = "–" if key in missing else f"{hours}h"
            out.append(_text(axis.middle(n), y + 37, said, "middle"))
    return out


def _slots(row: Mapping[str, Any], y: float, width: int) -> list[Markup]:
    expected = max(row["expected"], row["seen"])
    size = min(24.0, width / max(expected, 1))
    gap = min(2.0, size / 4)
    classes = ["g-seen"] * row["seen"] + ["g-miss"] * (expected - row["seen"])
    return [_rect(n * size + gap / 2, y, size - gap, 16, cls) for n, cls in enumerate(classes)]


def _contacts_text(days: Sequence[date], stacks: Mapping[str, Mapping[str, int]], unseen: frozenset[date]) -> str:
    sums = {g: sum(s.get(g, 0) for s in stacks.values()) for g in GRADES}
    said = [f"{words.word(words.GRADES, g)}: {words.number(n)}" for g, n in sums.items() if n]
    blind = f" On {len(unseen)} of {len(days)} days no log was seen; a gap there is not a zero." if unseen else ""
    return ("; ".join(said) or "No traces seen") + "." + blind


def _coverage_text(row: Mapping[str, Any]) -> str:
    missing = f", missing {', '.join(words.day(m) for m in row['missing'])}" if row["missing"] else ""
    return f"{row['source']}: {_seen(row)}{missing}"


def _seen(row: Mapping[str, Any]) -> str:
    one, many = ("day", "days") if is_log(row) else ("snapshot", "snapshots")
    return f"{row['seen']} of {words.counted(row['expected'], one, many)}"


def _svg(size: tuple[int, float], name: str, title: str, text: str, body: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{i}-t {i}-d">'
        '<title id="{i}-t">{t}</title><desc id="{i}-d">{d}</desc>{b}</svg>'
    ).format(w=size[0], h=_n(size[1]), i=name, t=title, d=text, b=Markup("").join(body))


def _rect(x: float, y: float, width: float, height: float, cls: str) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        cls, _n(x), _n(y), _n(width), _n(height)
    )


def _line(x1: float, y1: float, x2: float, y2: float, cls: str) -> Markup:
    return Markup('<path class="{}" d="M{} {}L{} {}"/>').format(cls, _n(x1), _n(y1), _n(x2), _n(y2))


def _text(x: float, y: float, text: str, anchor: str, cls: str = "t") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        cls, _n(x), _n(y), anchor, escape(text)
    )


def _short(text: str, width: int) -> str:
    """A name that leaves room for the count at the right."""
    most = width // 12
    return text if len(text) <= most else text[: most - 1] + "…"


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
