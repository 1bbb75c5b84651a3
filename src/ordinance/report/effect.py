# SPDX-License-Identifier: EUPL-1.2
"""The sheet about what went on before and after a rule began to bite, as a page.

Reads the document of `ordinance effect --json`, nothing else. A change is not called an effect without saying that
other things may have caused it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ordinance.report import words
from ordinance.report.page import Page, Section, Table

BANDS = ("none", "1 to 4", "5 to 19", "20 to 99", "100 to 499", "500 to 1,999", "2,000 or more")
SERIES = {
    "app": "The app’s own names, answered",
    "shared": "Names of its site, widgets and shared hosts, answered",
    "refused": "Refused by the resolver",
    "asked": "Asked for, without an answer on record",
}
CONTACTS = {"less": "became less", "same": "about the same", "more": "became more", "cannot_tell": "cannot tell"}
AUDIENCE = {"less": "lost", "same": "kept", "more": "gained", "cannot_tell": "cannot tell"}
METRICS = {
    "views": "views",
    "viewers": "viewers",
    "reach": "reach",
    "impressions": "impressions",
    "profile_views": "visits to the profile",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "interactions": "interactions",
    "link_clicks": "clicks on links",
    "follows": "followers won, less those lost",
    "followers": "followers",
}
WHY = {
    "no_day_before": "no day before it was counted",
    "no_day_after": "no day after it was counted",
    "too_few_days": "fewer than 14 days on a side, of weekdays that both have",
    "too_little": "too little on a typical day to tell",
    "days_differ": "the days of each side differ too much among themselves",
    "level": "how many there are mostly only grows, with a rule or without",
    "too_few_devices": "too few devices to hide one person among",
    "devices_changed": "the number of devices changed too much between the checks",
    "not_begun": "the rule has not begun to bite",
}
NO_FIGURES = "No channel has figures on file: `ordinance channels import` adds them."
NO_READING = "Nothing is read of an app before a rule about it has force, so there is often no day before."

Sheet = Mapping[str, Any]


def effect_page(sheet: Sheet) -> Page:
    """The sheet as a page: contacts with the app, what channels reached, and how it was compared."""
    return Page(
        language=words.LANGUAGE,
        who=sheet["body"]["name"],
        as_of=f"State of {words.instant(sheet['as_of'])}",
        title=f"Before and after: {sheet['policy']['title']}",
        question="What changed when the rule began to bite?",
        lead=" ".join(_lead(sheet)),
        notice=sheet["notice"],
        sections=(*_contacts(sheet["contacts"]), *_audience(sheet["audience"]), _method(sheet)),
    )


def _lead(sheet: Sheet) -> Iterator[str]:
    yield _contacts_in_short(sheet["contacts"])
    told = [m["change"] for c in sheet["audience"]["channels"] for m in c["metrics"] if m["why"] != "level"]
    if not told:
        yield "Of what channels reached, nothing is on file."
        return
    short = AUDIENCE | {"cannot_tell": "that cannot be told"}
    counts = [(told.count(k), w) for k, w in short.items() if told.count(k)]
    said = words.listing([f"{n} {w}" for n, w in counts])
    yield f"Of {words.counted(len(told), 'figure', 'figures')} of channels: {said}."
    yield "A change says nothing of its cause."


def _contacts_in_short(contacts: Mapping[str, Any]) -> str:
    if contacts["turn"] is None:
        return "The rule has not begun to bite."
    if not contacts["evidence_allowed"]:
        return "Contacts with the app are not read here, by decision."
    found = [(f["family_name"], s) for f in contacts["families"] for s in f["series"] if s["series"] == "app"]
    said = [f"with {name} {CONTACTS[s['change']]}" for name, s in found if s["change"] != "cannot_tell"]
    if not said:
        return "Whether devices contacted the app less than before cannot be told."
    rest = "" if len(said) == len(found) else ", and of the others it cannot be told"
    return f"Contacts {words.listing(said)}{rest}."


# --- contacts -------------------------------------------------------------------------------------


def _contacts(contacts: Mapping[str, Any]) -> Iterator[Section]:
    title = "Contacts with the app in our networks"
    if contacts["turn"] is None:
        yield Section("contacts", title, nothing="The rule has not begun to bite.")
        return
    if not contacts["families"]:
        yield Section("contacts", title, nothing="The rule names no app whose names are known.")
        return
    for number, family in enumerate(contacts["families"]):
        yield Section(
            f"contacts-{number}",
            f"{title}: {family['family_name']}",
            sentences=tuple(_of_contacts(contacts)) if number == 0 else (),
            table=Table(
                f"Contacts a day with {family['family_name']}, in bands",
                ("What", "Said", "Before", "After"),
                tuple(_contact_row(s) for s in family["series"]),
            ),
        )


def _of_contacts(contacts: Mapping[str, Any]) -> Iterator[str]:
    turn = words.instant(contacts["turn"])
    days = words.counted(contacts["days_seen"], "day", "days")
    yield f"Before and after {turn}. Checks saw {days} near it."
    shown = [s for f in contacts["families"] for s in f["series"] if s["before"] and s["after"]]
    if shown:  # every line is of the same days
        yield f"Compared are {_days(shown[0]['before'])} with {_days(shown[0]['after'])}."
    if not contacts["evidence_allowed"]:
        yield "By decision, no evidence about devices is read."
    if contacts["days_seen_in_part"]:
        part = words.counted(contacts["days_seen_in_part"], "day was", "days were")
        yield f"{part} seen for less than half of the usual hours and not counted."
    if contacts["days_with_other_sources"]:
        other = words.counted(contacts["days_with_other_sources"], "day was", "days were")
        yield f"{other} seen with other logs than the last ones and not counted."
    if contacts["not_usable"]:
        yield f"{words.counted(len(contacts['not_usable']), 'run', 'runs')} could not be read."
    yield NO_READING


def _contact_row(series: Mapping[str, Any]) -> tuple[str, ...]:
    sides = (_banded(series[key]) for key in ("before", "after"))
    return SERIES[series["series"]], judgement(series, CONTACTS), *sides


def _banded(side: Mapping[str, Any] | None) -> str:
    """The band of the typical day, and how many days fell into others."""
    if side is None:
        return "not shown"
    typical = side["typical_band"]
    others = [f"{BANDS[n]} on {days}" for n, days in enumerate(side["days_by_band"]) if days and n != typical]
    return f"{BANDS[typical]}; {', '.join(others)}" if others else BANDS[typical]


def _days(side: Mapping[str, Any]) -> str:
    days = words.counted(side["days"], "day", "days")
    return f"{days} ({words.day(side['first'])} to {words.day(side['last'])})"


# --- channels -------------------------------------------------------------------------------------


def _audience(audience: Mapping[str, Any]) -> Iterator[Section]:
    with_figures = [c for c in audience["channels"] if c["metrics"]]
    without = [c for c in audience["channels"] if not c["metrics"]]
    title = "What the channels reached"
    if not with_figures:
        yield Section("audience", title, nothing=NO_FIGURES)
        return
    for number, channel in enumerate(with_figures):
        sentences = tuple(_of_channel(channel, audience["turn"]))
        yield Section(
            f"audience-{number}",
            f"{channel['platform_name']}, @{channel['handle'].removeprefix('@')}",
            sentences=sentences,
            table=Table(
                f"{channel['platform_name']}, figures a day",
                ("Figure", "Said", "Before", "After"),
                tuple(_metric_row(m, _stretches(channel)) for m in channel["metrics"]),
            ),
        )
    if without:
        yield Section("no-figures", "Channels without figures", items=tuple(_named(without)))


def _named(channels: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for channel in channels:
        yield f"{channel['platform_name']}, @{channel['handle'].removeprefix('@')}: nothing on file, so nothing is told"


def _of_channel(channel: Mapping[str, Any], turn: str | None) -> Iterator[str]:
    if turn is None:
        yield "The rule has not begun to bite."
        return
    lifted = ", and an exemption lifts that" if channel["lifted"] else ""
    yield f"The rule restricts it{lifted}." if channel["hit_by_rule"] else "The rule does not restrict it."
    yield f"Before and after {words.instant(turn)}."
    if len(both := _stretches(channel)) == 1:
        before, after = both.pop()
        yield f"Compared are {before} with {after}."


def _stretches(channel: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The days of both sides, of each figure that has both: one pair where all are of the same days."""
    return {(_days(m["before"]), _days(m["after"])) for m in channel["metrics"] if m["before"] and m["after"]}


def _metric_row(metric: Mapping[str, Any], stretches: set[tuple[str, str]]) -> tuple[str, ...]:
    name = words.capital(METRICS[metric["metric"]])
    alike = len(stretches) == 1 and metric["before"] and metric["after"]
    sides = (_side(metric[key], with_days=not alike) for key in ("before", "after"))
    return name, judgement(metric, AUDIENCE), *sides


def _side(side: Mapping[str, Any] | None, *, with_days: bool) -> str:
    """The typical day and the middle half of all days."""
    if side is None:
        return "no day"
    half = f" ({words.number(side['low'])} to {words.number(side['high'])})" if side["low"] != side["high"] else ""
    days = f", {_days(side)}" if with_days else ""
    return f"{words.number(side['typical'])}{half}{days}"


# --- how ------------------------------------------------------------------------------------------


def judgement(found: Mapping[str, Any], table: Mapping[str, str]) -> str:
    """A change in the words of a table, with the reason where nothing can be told."""
    why = f": {WHY[found['why']]}" if found["why"] else ""
    return f"{table[found['change']]}{why}"


def _method(sheet: Sheet) -> Section:
    given = " The day between the two sides was given by whoever asked." if sheet["turn_given"] else ""
    sentences = (
        f"Up to {sheet['days']} days on each side, whole days only, and only those on which somebody counted.{given}",
        "The typical day is the middle one; with it stands the middle half of all days. "
        "About the same is said where the typical day moved by no more than a fifth. Less or more is "
        "said where it moved further and three of four days on one side lie beyond three of four on the other.",
        "Weekdays that only one side has are left out. Seasons, campaigns and changes of a platform are not taken out: "
        "what changed may have other causes than the rule.",
        "Figures of two channels are never added up: each platform counts in its own way, and people are on several.",
    )
    return Section("method", "How this was compared", sentences=sentences)
