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
FORMS = {
    "own": "own figures",
    "tiktok": "TikTok Studio",
    "instagram": "Meta Business Suite",
    "youtube": "YouTube Studio",
}
WHY = {
    "no_day_before": "no day before it was counted",
    "no_day_after": "no day after it was counted",
    "too_few_days": "fewer than 14 days on a side, of weekdays that both have",
    "too_little": "too little on a typical day to tell",
    "days_differ": "the days of each side differ too much among themselves",
    "level": "how many there are mostly only grows, with a rule or without",
    "already_bitten": "on the days before, a rule already asked for the same",
    "too_few_devices": "the rule is for too few devices to hide one person among",
    "devices_changed": "the number of devices changed too much between the checks",
    "not_begun": "the rule has not begun to bite",
    "by_decision": "by decision, nothing about devices is read",
}
NO_FIGURES = "No channel has figures on file: `ordinance channels import` adds them."
NO_READING = "Nothing is read of an app before a rule about it has force, so there is often no day before."
NOT_COUNTED = {
    "days_seen_in_part": "that a log did not see for its usual hours",
    "days_with_other_sources": "seen with other logs than the last ones",
    "days_with_other_names": "on which other names were looked for than last",
    "days_already_bitten": "on which a rule already asked for the same",
}
NO_CAUSE = "A change says nothing of its cause."
RESTRICTED = {
    "restricted": "The rule restricts it.",
    "lifted": "The rule restricts it, and an exemption lifts that.",
    "advised": "The rule speaks against it and does not forbid it.",
    "not_known": "Whether the rule restricts it is not known: a fact about its device is missing.",
    "free": "The rule does not restrict it: a channel to compare with.",
}

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
    contacts = [s for f in sheet["contacts"]["families"] for s in f["series"] if s["series"] == "app"]
    figures = [m for c in sheet["audience"] if c["restricted"] != "free" for m in c["metrics"]]
    yield _contacts_in_short(sheet["contacts"])
    yield _figures_in_short([m for m in figures if m["why"] != "level"], with_levels=bool(figures))
    if any(not found["why"] for found in (*contacts, *figures)):
        yield NO_CAUSE


def _figures_in_short(figures: list[Mapping[str, Any]], *, with_levels: bool) -> str:
    """How many figures of channels that the rule speaks of went which way."""
    if not figures:
        rest = " but how many followers there are" if with_levels else ""
        return f"Of what the channels reached that it speaks of, nothing is on file{rest}."
    told = [m["change"] for m in figures]
    short = AUDIENCE | {"cannot_tell": "that cannot be told"}
    counts = [(told.count(k), w) for k, w in short.items() if told.count(k)]
    said = words.listing([f"{n} {w}" for n, w in counts])
    return f"Of {words.counted(len(told), 'figure', 'figures')} of channels that it speaks of: {said}."


def _contacts_in_short(contacts: Mapping[str, Any]) -> str:
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
    if not contacts["families"]:
        yield Section("contacts", title, nothing="The rule names no app whose names are known.")
        return
    for number, family in enumerate(contacts["families"]):
        yield Section(
            f"contacts-{number}",
            f"{title}: {family['family_name']}",
            sentences=(*_of_family(family), *(_of_runs(contacts) if number == 0 else ())),
            table=Table(
                f"Contacts a day with {family['family_name']}, in bands",
                ("What", "Said", "Before", "After"),
                tuple(_contact_row(s) for s in family["series"]),
            ),
        )


def _of_family(family: Mapping[str, Any]) -> Iterator[str]:
    if family["turn"] is None:
        yield "The rule has not begun to bite."
        return
    days = words.counted(family["days_seen"], "day", "days")
    yield f"Before and after {words.instant(family['turn'])}. Checks counted {days} near it."
    shown = [s for s in family["series"] if s["before"] and s["after"]]
    if shown:  # every line is of the same days
        yield f"Compared are {_days(shown[0]['before'])} with {_days(shown[0]['after'])}."
    for key, why in NOT_COUNTED.items():
        if family[key]:
            yield f"Not compared: {words.counted(family[key], 'day', 'days')} {why}."


def _of_runs(contacts: Mapping[str, Any]) -> Iterator[str]:
    if not contacts["evidence_allowed"]:
        yield "By decision, no evidence about devices is read."
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


def _audience(channels: Iterable[Mapping[str, Any]]) -> Iterator[Section]:
    found = sorted(channels, key=lambda c: c["restricted"] == "free")  # those to compare with last
    with_figures = [c for c in found if c["metrics"]]
    without = [c for c in found if not c["metrics"]]
    if not with_figures:
        yield Section("audience", "What the channels reached", nothing=NO_FIGURES)
        return
    for number, channel in enumerate(with_figures):
        yield Section(
            f"audience-{number}",
            f"{channel['platform_name']}, @{channel['handle'].removeprefix('@')}",
            sentences=tuple(_of_channel(channel)),
            table=Table(
                f"{channel['platform_name']}, figures a day",
                ("Figure", "Said", "Before", "After"),
                tuple(_metric_row(m, channel) for m in channel["metrics"]),
            ),
        )
    if without:
        yield Section("no-figures", "Channels without figures", items=tuple(_named(without)))


def _named(channels: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for channel in channels:
        yield f"{channel['platform_name']}, @{channel['handle'].removeprefix('@')}: nothing on file, so nothing is told"


def _of_channel(channel: Mapping[str, Any]) -> Iterator[str]:
    if channel["turn"] is None:
        yield "The rule has not begun to bite."
        return
    yield RESTRICTED[channel["restricted"]]
    yield f"Before and after {words.instant(channel['turn'])}."
    if len(both := _stretches(channel)) == 1:
        before, after = both.pop()
        yield f"Compared are {before} with {after}."
    if channel["days_already_bitten"]:
        days = words.counted(channel["days_already_bitten"], "day", "days")
        yield f"Not compared: {days} {NOT_COUNTED['days_already_bitten']}."


def _stretches(channel: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The days of both sides, of each figure that has both: one pair where all are of the same days."""
    return {(_days(m["before"]), _days(m["after"])) for m in channel["metrics"] if m["before"] and m["after"]}


def _metric_row(metric: Mapping[str, Any], channel: Mapping[str, Any]) -> tuple[str, ...]:
    name = words.capital(METRICS[metric["metric"]])
    if len({m["form"] for m in channel["metrics"]}) > 1:
        name = f"{name} ({FORMS[metric['form']]})"
    alike = len(_stretches(channel)) == 1 and metric["before"] and metric["after"]
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
        "About the same is said where it and the middle half moved by no more than a fifth of the larger. Less or more "
        "is said where it moved further and three of four days on one side lie beyond three of four on the other.",
        "Both sides have as many of each weekday, those nearest to the day between. Seasons, campaigns and changes of "
        "a platform are not taken out: what changed may have other causes than the rule.",
        "Figures of two channels are never added up: each platform counts in its own way, and people are on several.",
    )
    return Section("method", "How this was compared", sentences=sentences)
