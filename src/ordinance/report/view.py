# SPDX-License-Identifier: EUPL-1.2
"""What the page shows, worked out from the JSON object of a check before any HTML is written.

Reads the result (already cleaned), writes plain values for the template: the state of the answer,
grouped findings, folded rows, days. It cannot make a result better: counts are passed on or summed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from ordinance.report import svg, words

Json = Mapping[str, Any]

RESULTS = tuple(words.RESULTS)
PARTS = tuple(words.PARTS)
LINES_NAMED = 12  # line numbers of rejected records named per file and reason; the rest is counted

_OVER = {"lapsed", "overdue", "superseded", "repealed"}
_EXIT_INCOMPLETE = 4
_WHOLE = {"policy": "the whole decision", "answer": "the whole answer"}


def state(result: Json) -> str:
    """Which of `words.STATES` answers "does it hold?". Nothing seen is never `holds`."""
    counts, code = result["summary"]["results"], result["summary"]["exit_code"]
    if not result["checking"]["evidence_allowed"]:
        return "by_decision"
    if not applies(result):
        return _nothing_applies(result)
    if counts["fail"] or code == 1:
        return "fails"
    open_ends = any(counts[r] for r in ("error", "unknown", "notchecked"))
    if not counts["pass"]:
        return "unchecked"
    if code == _EXIT_INCOMPLETE:
        return "partly"
    return "holds_where_seen" if open_ends or result["not_seen"] or _missing(result["coverage"]) else "holds"


def applies(result: Json) -> bool:
    """Whether any duty was there to be kept; where none was, there is nothing to pass."""
    counts = result["summary"]["results"]
    return any(counts[r] for r in RESULTS if r != "notapplicable")


def _nothing_applies(result: Json) -> str:
    standings = [c["standing"] for p in result["policies"] for c in (p["restrictions"] or [p])]
    if "in_force" in standings or not standings:
        return "fails" if result["summary"]["exit_code"] == 1 else "nothing"
    return "over" if any(s in _OVER for s in standings) else "not_yet"


def headline(result: Json) -> str:
    """The title of the decision, and how many more there are; of what only may bind nothing stands there."""
    perhaps = {(e["text"], e["version"]) for e in result["bound_by"] if _readings(e)}
    titles = [str(p["title"]) for p in result["policies"] if (p["id"], p["version"]) not in perhaps]
    titles = titles or [str(r["title"]) for r in result.get("records", ()) if not _is_made_up(r)]
    if not titles:
        return "No decision of its own"
    more = words.counted(len(titles) - 1, "more decision", "more decisions")
    return f"{titles[0]}, and {more}" if len(titles) > 1 else titles[0]


def _is_made_up(record: Json) -> bool:
    """Whether what a record is called was made up for an example: it heads no page."""
    return bool({"policy", "title"} & {*record.get("invented", ())})


def maybe_covered(result: Json) -> bool:
    """Whether of some devices it is not known whether a rule covers them."""
    unsure = {"missing_fact", "contested_reading", "contested_until_read", "facts_not_stated", "platform_contradicted"}
    return any(r["reason"] in unsure for r in result["results"])


def label_needed(label: str, sentence: str) -> bool:
    """Whether the state must be said before a sentence that does not begin with it."""
    return not sentence.casefold().startswith(label.casefold())


def days(window: Json) -> tuple[date, ...]:
    """Days the half-open window touches, in its own offset; none where it cannot be read."""
    try:
        first, end = datetime.fromisoformat(window["from"]), datetime.fromisoformat(window["to"])
    except (TypeError, ValueError):
        return ()
    count = (end.date() - first.date()).days + (0 if end.time() == time() else 1)
    return tuple(first.date() + timedelta(days=n) for n in range(max(count, 0)))


def duty_when(duty: Json, since: str | None) -> str:
    """A duty's deadline in words: at once, or the last day to comply."""
    if not duty["due"]:
        return "no date set"
    return "at once" if duty["due"] == since else f"by the end of {words.last_day(duty['due'])}"


def invented(policy: Json, restriction_id: str, duty: str = "") -> bool:
    """Whether the example made up this duty, a part of it, or the clause or text around it; without a duty, of the
    clause alone."""
    clause = f"restrictions.{restriction_id.rpartition('/')[2]}"
    around = {"policy", "restrictions", clause, *([f"{clause}.duties"] if duty else [])}
    return any(p in around or (duty and _within(p, f"{clause}.duties.{duty}")) for p in policy["invented"])


def invented_elsewhere(policy: Json) -> list[str]:
    """Invented paths other than those of a duty, which carries its own mark."""
    clauses = {c["id"].rpartition("/")[2]: c["duties"] for c in policy["restrictions"]}
    marked = [f"restrictions.{name}.duties.{d['duty']}" for name, duties in clauses.items() for d in duties]
    return [path for path in policy["invented"] if not any(_within(path, m) for m in marked)]


def _within(path: str, whole: str) -> bool:
    return f"{path}.".startswith(f"{whole}.")


def path_in_words(path: str) -> str:
    """`restrictions.paid-devices.duties.remove` for people: paid devices › remove."""
    if path in _WHOLE:
        return _WHOLE[path]
    parts = [p for p in path.split(".") if p not in ("restrictions", "duties")]
    return " › ".join(p.replace("_", " ").replace("-", " ") for p in parts)


def clause(restriction: str | None) -> str:
    """A clause's name without the text it stands in: paid devices."""
    return (restriction or "").rpartition("/")[2].replace("-", " ")


def web_link(url: str) -> str:
    """The address if a browser may open it, else nothing: files carry `javascript:` too."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def by_kind(findings: Iterable[Json]) -> list[tuple[str, list[Json]]]:
    """Findings in groups of one kind; kinds with failures first, otherwise in the order given."""
    groups: dict[str, list[Json]] = {}
    for finding in findings:
        groups.setdefault(finding["kind"], []).append(finding)
    return sorted(groups.items(), key=lambda g: not any(f["result"] == "fail" for f in g[1]))


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class of devices under one duty; `apps` are all for which the outcome is the same."""

    facts: str
    apps: tuple[str, ...]
    result: str
    reason: str
    devices: int | None
    restriction: str
    duty: str | None


def class_rows(results: Iterable[Json]) -> list[ClassRow]:
    """Result rows with those that differ only in the app folded into one, failures first."""
    folded: dict[tuple[Any, ...], list[str]] = {}
    for r in results:
        key = (r["facts"], r["result"], r["reason"], r["devices"], r["restriction"], r["duty"], r["class"])
        folded.setdefault(key, []).append(r.get("app", ""))
    rows = [
        ClassRow(facts, tuple(dict.fromkeys(apps)), result, reason, devices, restriction, duty)
        for (facts, result, reason, devices, restriction, duty, _), apps in folded.items()
    ]
    order = {r: n for n, r in enumerate(("fail", "error", "unknown", "notchecked", "pass", "notapplicable"))}
    return sorted(rows, key=lambda r: order.get(r.result, len(order)))


def by_class(rows: Iterable[ClassRow]) -> list[tuple[str, list[ClassRow]]]:
    """Rows in groups of devices with the same facts, in the order in which the facts first come up."""
    groups: dict[str, list[ClassRow]] = {}
    for row in rows:
        groups.setdefault(row.facts, []).append(row)
    return list(groups.items())


def by_device(result: Json) -> list[tuple[Json, list[Json]]]:
    """Rows of single devices in groups of one device, its first row first; none in an aggregated check."""
    groups: dict[str, list[Json]] = {}
    for row in result.get("devices", ()):
        groups.setdefault(row["device"], []).append(row)
    return [(rows[0], rows) for rows in groups.values()]


def separate_rows(rows: Iterable[ClassRow]) -> list[ClassRow]:
    """Rows that say whether exempted separate devices keep the conditions of their permission."""
    return [r for r in rows if r.duty in (None, "conditions")]


@dataclass(frozen=True, slots=True)
class RejectRow:
    """Records of one file refused for one reason; `more` counts lines that are not named."""

    file: str
    reason: str
    lines: tuple[int, ...]
    more: int


def rejects(account: Json) -> list[RejectRow]:
    """Refused records of one source by file and reason, or by reason alone. Their text was never kept."""
    found: dict[tuple[str, str], list[int]] = {}
    for reject in account["rejects"]:
        lines = found.setdefault((reject["file"] or "", reject["reason"]), [])
        if reject["line"] is not None:
            lines.append(reject["line"])
    return [
        RejectRow(file, reason, tuple(lines[:LINES_NAMED]), max(len(lines) - LINES_NAMED, 0))
        for (file, reason), lines in found.items()
    ]


def adds_up(account: Json) -> bool:
    """Whether every record is accounted for, those that are not told apart included."""
    told = sum(account[p] or 0 for p in PARTS)
    return bool(account["records"] == told + account.get("kept_or_dropped", 0))



def acceptance_over(accepted: Json, as_of: str) -> bool:
    """Whether the last day of an acceptance is past."""
    return str(accepted["last_day"]) < as_of[:10]


def bound(entry: Any) -> str:
    """A text of another authority that binds this body, by its title where it has one."""
    if isinstance(entry, Mapping):
        return str(entry.get("title") or entry.get("text") or entry.get("id") or "")
    return str(entry)


def binding(entries: Iterable[Any]) -> list[str]:
    """Texts of other authorities that bind this body under every reading, or the one that was chosen."""
    return [bound(e) for e in entries if not _readings(e)]


def contested(entries: Iterable[Any]) -> list[tuple[str, str]]:
    """Texts that bind this body under some readings only, each with those that nobody has chosen."""
    return [(bound(e), words.listing(_readings(e))) for e in entries if _readings(e)]


def _readings(entry: Any) -> list[str]:
    found = entry.get("contested") if isinstance(entry, Mapping) else None
    return [str(x) for x in found] if isinstance(found, list) else []


def only_if_read(clause: Json) -> list[str]:
    """The contested points that a clause hangs on, each with what the body chose, or that it chose nothing."""
    return [_if_read(_plain(one["parameter"]), one) for one in clause.get("under", ())]


def _if_read(point: str, one: Json) -> str:
    read = " or ".join(f"“{_plain(c)}”" for c in one["choices"])
    if one["chosen"] is None:
        return f"Only if “{point}” is read as {read}: sources disagree, and nobody has chosen"
    if one["chosen"] in one["choices"]:
        return f"Because “{point}” is read as “{_plain(one['chosen'])}” here: sources disagree"
    return f"Does not hold: “{point}” is read as “{_plain(one['chosen'])}” here, not as {read}; sources disagree"


def _plain(untrusted_id: str) -> str:
    return untrusted_id.replace("_", " ").replace("-", " ")


def any_contested(advice: Iterable[Json]) -> bool:
    """Whether it is contested of one of these texts that it is advice."""
    return any(a.get("contested") for a in advice)


def contact_table(rows: Sequence[Json]) -> tuple[list[str], list[tuple[str, str, list[int]]]]:
    """Contacts as a table: the grades that occur, and day, family and one count a grade."""
    grades = [grade for grade, total in svg.totals(rows) if total]
    table: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if row["count"]:
            counts = table.setdefault((row["day"], row["family"]), [0] * len(grades))
            counts[grades.index(svg.drawn_as(row["grade"]))] += row["count"]
    return grades, [(day, family, counts) for (day, family), counts in sorted(table.items())]


def _missing(coverage: Iterable[Json]) -> bool:
    return any(row["missing"] or row["seen"] < row["expected"] for row in coverage)
