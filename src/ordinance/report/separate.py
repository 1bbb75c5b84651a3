# SPDX-License-Identifier: EUPL-1.2
"""Separate devices as pages: all in a table, and the dossier of one with what each condition rests on.

Reads the documents of `ordinance device list --json` and `device show --json`, nothing else. Red says why in one
sentence; what rests on a record alone is said to do so, and two texts that do not go together are both shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ordinance.report import words
from ordinance.report.language.messages import messages
from ordinance.report.page import Page, Section, Table

Line = Mapping[str, Any]

STATES = {"green": "Green", "red": "Red", "unknown": "Unknown"}
COLOURS = {"green": "holds", "red": "fails", "unknown": "unchecked"}
ANSWERS = {"met": "Met", "not_met": "Not met", "not_applicable": "Does not apply"}
KNOWN = {"read": "", "aligned": " (read in a text that follows it)", "implied": " (implied; no text says it)"}
SUBJECTS = {"device": "Which kind of device", "web": "Using the website"}
PLATFORM_BY = {"record": "the record", "list": "the list of devices", "inventory": "an inventory"}
PLATFORMS = {"ios": "iOS", "macos": "macOS", "chromeos": "ChromeOS", "iot": "an appliance"} | {
    name: name.capitalize() for name in ("android", "windows", "linux")
}
# Reasons that the list of devices gives by itself: nobody saw anything.
OF_THE_LIST = frozenset({"not_in_estate", "not_declared", "no_holder", "declared", "list_says_access"})
# What stands behind each reason; {n} is a count, {when} the days on which it was seen.
REASONS = {
    "not_in_estate": "the list of devices does not have it",
    "not_declared": "the list of devices does not declare it separate",
    "no_holder": "the list of devices names no holder",
    "declared": "the list of devices says so",
    "list_says_access": "the list of devices says that it reaches internal services",
    "asked_internal": "it asked for internal names on the body's network{when}",
    "on_network": "it was on a network of the body's{when}",
    "not_asked_internal": "logs of every day show no question of it for an internal name",
    "not_on_network": "logs of every day show no address of the body's networks held by it",
    "perhaps_on_network": "a network of the body's had an address of it that it made up, or that a table only assigns",
    "perhaps_asked_internal": "internal names were asked for by somebody who cannot be named, and who may be it",
    "network_not_seen": "the body's networks were not seen on every day, or could not have named it",
    "no_internal_names_stated": "the settings state no internal names to look for",
    "other_apps": "an inventory counted {n} on it{when}, and the settings permit {permitted}",
    "no_more_apps": "every inventory that was expected counted at most {n}, and the settings permit {permitted}",
    "no_inventory": "no inventory that was expected lists it completely",
    "nothing_watched": "no rule in force restricts an app in those days, so that nothing was read",
    "own_app_not_watched": "no rule in force then restricts its own app, so that nobody can tell it from others",
    "not_separate_then": "it was not declared separate in the days that were looked at",
    "app_elsewhere": "the app was seen on {devices} of the body's{when}",
    "not_elsewhere": "the check found the app on none of the other devices",
    "not_all_seen": "not every other device was seen",
    "app_after_end": "an inventory shows the app after the last day of its use{when}",
    "gone_after_end": "every inventory after the last day of its use lists it without the app",
    "not_from_store": "an inventory says that the app was installed past every store{when}",
    "from_store": "the inventory says that a store installed the app",
    "store_not_stated": "the inventory that can say where the app came from does not say it",
    "by_decision": "by decision of the body nothing about devices is read",
    "evidence_not_allowed": "the body does not allow the kind of evidence that shows it",
    "platform_contradicted": "nobody knows which device was looked at: {platforms}",
    "other_days_count": "evidence was looked at{when} alone, and other days count on the day of the proof",
    "not_asked": "no log and no inventory was looked at",
    "no_answer": "the record does not answer it",
    "says_not_met": "the record says that it is not met",
    "overdue": "its answer counted until {due} and was not given again",
    "put_off": "its answer counted until {due}, whatever later day the record sets, and was not given again",
    "other_version": "another version is on the device than the one that was looked at",
    "version_not_said": "nobody stated which version was looked at, and which is on the device",
    "version_not_seen_since": "nobody looked which version is on the device since another one was looked at",
    "no_exception": "the record says that it does not apply, and the text knows no exception",
    "not_applicable": "it does not apply",
    "use_not_over": "the use of the device is not over",
    "no_end_stated": "nobody stated until when the app is needed",
    "answered_before_end": "it was answered before the last day of its use",
    "met": "the record answers it",
}

NO_RECORD = "there is no record of it"


# --- one sentence ---------------------------------------------------------------------------------


def why(line: Line) -> str:
    """The state of a device and the reason for it, in one sentence."""
    shown = line["conditions"]
    if line["file"] is None and all(c["result"] != "fail" for c in shown):
        missing = [c["number"] for c in shown if c["result"] != "pass"]
        rest = f"; {words.listing(missing)} {'are' if len(missing) > 1 else 'is'} not shown" if missing else ""
        return f"Unknown: {NO_RECORD}{rest}."
    if not shown:
        return "Unknown: no profile and no exemption asks for anything."
    for results in (("fail",), ("unknown", "notchecked")):
        if found := [c for c in shown if c["result"] in results]:
            state, says = ("Red", "does not hold") if results == ("fail",) else ("Unknown", "is not shown")
            first = min(found, key=lambda c: results.index(c["result"]))
            others = _others([c for c in found if c is not first], first["result"])
            return f"{state}: {first['number']} ({_name(first)}) {says}: {_because(first, line)}{others}."
    alone = [c["number"] for c in shown if c["result"] == "pass" and not c["rests_on"]["evidence"]]
    rest = f"; {words.listing(alone)} on the record alone" if alone else ""
    return f"Green: every condition that is asked for is shown{rest}."


def _others(found: list[Line], result: str) -> str:
    """What else stands so, by its number alone: each has a reason of its own, which is in the dossier."""
    if not found:
        return ""
    verbs = ("does not hold", "do not hold") if result == "fail" else ("is not shown", "are not shown")
    return f"; {words.listing([c['number'] for c in found])} {verbs[len(found) > 1]} either"


def _name(one: Line) -> str:
    return messages(words.LANGUAGE).word("condition", one["condition"])


def _because(one: Line, line: Line) -> str:
    seen = one["seen"] if one["seen"] and one["seen"]["reason"] == one["reason"] else None
    count = seen["count"] if seen else 0
    has_none = line["file"] is None and one["reason"] == "no_answer"
    text = NO_RECORD if has_none else words.word(REASONS, one["reason"])
    return (
        text.replace("{when}", _when(seen))
        .replace("{n}", words.counted(count, "other app", "other apps"))
        .replace("{permitted}", words.number(seen.get("permitted")) if seen else "")
        .replace("{devices}", words.counted(count, "other device", "other devices"))
        .replace("{due}", words.day(one["due"]))
        .replace("{platforms}", words.listing(_platforms(line)))
    )


def _platforms(line: Line) -> list[str]:
    """Who says which platform the device has."""
    said = ((PLATFORM_BY[s["by"]], " or ".join(words.word(PLATFORMS, p) for p in s["platforms"]))
            for s in line.get("platforms", ()))  # fmt: skip
    return [f"{by} says {platforms}" for by, platforms in said]


def _when(seen: Line | None) -> str:
    if seen is None or seen["first"] is None:
        return ""
    first, last = words.day(seen["first"]), words.day(seen["last"])
    return f" on {first}" if first == last else f" between {first} and {last}"


# --- all ------------------------------------------------------------------------------------------


def devices_page(document: Line) -> Page:
    """All separate devices as a page."""
    lines = document["devices"]
    rows = tuple(
        (
            d["id"],
            STATES[d["state"]],
            d["why"].partition(": ")[2].removesuffix("."),
            d["owner"] or "no record",
            _next(d),
        )
        for d in lines
    )
    heads = ("Device", "State", "Why", "Owner", "Next answer due")
    nothing = "No device is declared separate, and there is no record of one."
    return Page(
        language=words.LANGUAGE,
        who=document["body"]["name"],
        as_of=f"State of {words.instant(document['as_of'])}",
        title="Separate devices",
        question="Are the separate devices separate?",
        lead=_lead(lines),
        notice=document["notice"],
        state=_state(lines),
        sections=(
            Section("devices", "The devices", table=Table("Every separate device", heads, rows), nothing=nothing),
            Section("looked", "What was looked at", (_looked(document["evidence"]),)),
        ),
    )


def _lead(lines: list[Line]) -> str:
    if not lines:
        return "No device is declared separate: there is nothing to show."
    counts = {state: sum(d["state"] == state for d in lines) for state in STATES}
    total = words.counted(len(lines), "separate device", "separate devices")
    said = [f"{words.number(n)} {STATES[s].lower()}" for s, n in counts.items() if n]
    return f"{words.capital(total)}: {words.listing(said)}."


def _state(lines: list[Line]) -> str:
    found = {d["state"] for d in lines}
    return next((COLOURS[s] for s in ("red", "unknown", "green") if s in found), "nothing")


def _next(line: Line) -> str:
    due = line["next_due"]
    if due is None:
        return "no answer on file"
    return f"{words.day(due['day'])} ({due['number']}){', overdue' if due['overdue'] else ''}"


def _looked(evidence: Line) -> str:
    if evidence["looked_at"]:
        return (
            f"Logs and inventories from {words.day(evidence['from'])} to {words.day(evidence['to'])}, as far as the "
            "body allows. Days before and after them were not looked at."
        )
    if not evidence["allowed"]:
        return "By decision of the body nothing about devices is read: only records and the list of devices."
    return "No log and no inventory: only records and the list of devices."


# --- one ------------------------------------------------------------------------------------------


def device_page(document: Line) -> Page:
    """The dossier of one separate device."""
    one = document["device"]
    return Page(
        language=words.LANGUAGE,
        who=document["body"]["name"],
        as_of=f"State of {words.instant(document['as_of'])}",
        title=f"Separate device {one['id']}",
        question="Is it shown to be separate?",
        lead=one["why"],
        notice=document["notice"],
        state=COLOURS[one["state"]],
        sections=(
            _conditions(one),
            _conflicts(one),
            _answers(one),
            _device(one),
            _texts(one),
            Section("looked", "What was looked at", (_looked(document["evidence"]), *_limits(one))),
            *_invented(one),
        ),
    )


def _conditions(one: Line) -> Section:
    rows = tuple(
        (
            f"{c['number']}: {_name(c)}",
            words.word(words.RESULTS, c["result"]),
            words.capital(_because(c, one)),
            _rests(c),
            _due(c),
        )
        for c in one["conditions"]
    )
    heads = ("Condition", "Result", "Why", "Rests on", "To be shown again by")
    nothing = "No profile and no exemption asks for anything."
    table = Table("What is asked of the device", heads, rows)
    return Section("conditions", "The conditions", table=table, nothing=nothing)


def _due(one: Line) -> str:
    return words.day(one["due"]) if one["due"] else "no answer on file"


def _rests(one: Line) -> str:
    if not one["rests_on"]["record"]:
        return _refuted_by(one) if one["result"] == "fail" else "nothing"
    if not one["rests_on"]["evidence"]:
        return "the record alone"
    return f"the record and {'the list of devices' if one['reason'] in OF_THE_LIST else 'what was seen'}"


def _refuted_by(one: Line) -> str:
    if not one["seen"] or one["seen"]["result"] != "fail":
        return "the record"
    return "the list of devices" if one["reason"] in OF_THE_LIST else "what was seen"


def _conflicts(one: Line) -> Section:
    items = []
    for found in one["conflicts"]:
        subject = SUBJECTS.get(found["subject"], found["subject"])
        sides = (f"{s['name']}: “{s['says']}” ({_cited(s['cite'])})" for s in found["sides"])
        items.append(f"{subject}. {' Against it, '.join(sides)}. {found['note']}")
    return Section(
        "conflicts",
        "Where the texts do not go together",
        ("Neither text is taken here; whoever answers to both decides.",) if items else (),
        tuple(items),
        nothing="The texts that it is held to do not contradict one another, as far as they are on file.",
    )


def _answers(one: Line) -> Section:
    answered = [c for c in one["conditions"] if c["answer"]]
    rows = tuple(
        (
            c["number"],
            ANSWERS[c["answer"]["answer"]],
            c["answer"]["evidence"] or c["answer"]["reason"] or "",
            words.day(c["answer"]["on"]),
            c["answer"]["owner"],
        )
        for c in answered
    )
    heads = ("Condition", "Answer", "What shows it, or why", "Looked at on", "Owner")
    nothing = f"{words.capital(NO_RECORD)}." if one["file"] is None else "The record answers nothing that is asked for."
    return Section("answers", "What the record answers", table=Table("Answers", heads, rows), nothing=nothing)


def _device(one: Line) -> Section:
    estate = one["estate"]
    rows = (
        ("Record", one["file"] or "none"),
        ("Office that answers for it", one["owner"] or "not stated"),
        ("Channels", words.listing(list(one["channels"])) or "none named"),
        ("Exemptions", words.listing([_exemption(e) for e in one["exemptions"]]) or "none"),
        ("Last day of its use", words.day(one["last_day"]) or "not stated"),
        ("Version of the app", _version(one["app"])),
        ("Version of the system", _version(one["system"])),
        ("Platform", words.capital(words.listing(_platforms(one))) or "not stated"),
        ("List of devices", words.listing([f"{k} {_said(v)}" for k, v in estate.items()])),
    )
    return Section("device", "The device", table=Table("What is on file", ("What", "How it is"), rows))


def _exemption(one: Line) -> str:
    return f"{one['id']} (until {words.day(one['last_day'])})"


def _said(value: str | None) -> str:
    return "not stated" if value is None else value.replace("_", " ")


def _version(release: Line | None) -> str:
    return f"{release['version']}, seen on {words.day(release['seen_on'])}" if release else "not stated"


def _texts(one: Line) -> Section:
    profiles = {p["id"]: p for p in one["profiles"]}
    items = [
        f"{c['number']}: {by['says']}{KNOWN[by['known']]} {profiles[by['id']]['name']}; {_cited(by['cite'])}."
        for c in one["conditions"]
        for by in c["asked_by"]
        if by["says"]
    ]
    items += [
        f"{c['number']}: the exemption {by['id']}." for c in one["conditions"] for by in c["asked_by"] if not by["says"]
    ]
    said = tuple(f"{p['name']}, sources read until {words.day(p['read'])}. {p['note'] or ''}".strip()
                 for p in one["profiles"])  # fmt: skip
    return Section("texts", "Who asks for what, in our words", said, tuple(items),
                   nothing="Neither a profile nor an exemption asks for anything.")  # fmt: skip


def _cited(cite: Line) -> str:
    return f"{cite['title']}, {cite['url']}, read on {words.day(cite['retrieved'])}"


def _limits(one: Line) -> Iterator[str]:
    alone = [c["number"] for c in one["conditions"] if c["rests_on"]["record"] and not c["rests_on"]["evidence"]]
    if alone:
        yield f"{words.listing(alone)} rest on the record alone: no source that is read here can show them."
    yield (
        "No source says which version of a system is on it, or under which accounts it is used; where the app came "
        "from only android-management says. What it does on networks of others and on mobile data is not seen."
    )


def _invented(one: Line) -> Iterator[Section]:
    if one["invented"]:
        said = f"Invented for the example: {words.listing(list(one['invented']))}."
        yield Section("invented", "What was made up", (said,))
