# SPDX-License-Identifier: EUPL-1.2
"""The official channels of a body as pages: all in a table, and the sheet of one with what to do when it is lost.

Reads the documents of `ordinance channels list --json` and `channels show --json`, nothing else. A rule that could not
be judged is said to be unknown, never left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ordinance.report import words
from ordinance.report.page import Page, Section, Table

MFA = {
    "security_key": "a security key",
    "app": "an app on a device",
    "sms": "a text message",
    "none": "nothing besides the password",
}
MAILBOX_OF = {
    None: "",
    "office": "",
    "person": " (a person's)",
    "outside": " (not the body's own)",
    "cannot_tell": " (whether an office's or a person's cannot be told from the files)",
}
USES = {"work": "daily work", "separate": "separate", "pupil": "a pupil's", "public": "for the public"}

Line = Mapping[str, Any]




# --- all ------------------------------------------------------------------------------------------


def channels_page(document: Line) -> Page:
    """All channels as a page: a table, then what is to be mended."""
    lines = document["channels"]
    return Page(
        language=words.LANGUAGE,
        who=document["body"]["name"],
        as_of=f"State of {words.instant(document['as_of'])}",
        title="Official channels",
        question="Which accounts are there, and may they be used so?",
        lead=_lead(lines),
        notice=document["notice"],
        state=_state(lines),
        sections=(
            Section("channels", "The channels", table=_table(lines), nothing="There is no file in channels/."),
            *_mend(lines),
        ),
    )


def _lead(lines: list[Line]) -> str:
    if not lines:
        return "No channel is on file: what accounts the body has is not known here."
    used = sum(c["in_use"] for c in lines)
    against = sum(_is_against(c) for c in lines)
    unknown = sum(_is_unknown(c) for c in lines)
    said = [f"{words.counted(len(lines), 'channel is', 'channels are')} on file, {words.number(used)} in use."]
    if against:
        said.append(f"{words.number(against)} {'is' if against == 1 else 'are'} against a rule.")
    if unknown:
        said.append(f"Whether a rule meets {words.number(unknown)} is not known.")
    if not (against or unknown):
        said.append("None is known to be against a rule.")
    return " ".join(said)


def _is_against(line: Line) -> bool:
    """Whether the channel is used, or held, where the law of the body forbids it."""
    used = line["in_use"] and _outcome(line["rule"]) == "forbidden"
    return bool(used or (line["open"] and _outcome(line["account_rule"]) == "forbidden"))


def _is_unknown(line: Line) -> bool:
    found = {_outcome(line["rule"]), _outcome(line["account_rule"])}
    return bool(line["in_use"]) and not _is_against(line) and "unknown" in found


def _outcome(rule: Line | None) -> str:
    return rule["outcome"] if rule else "unknown"


def _state(lines: list[Line]) -> str:
    if any(_is_against(c) for c in lines):
        return "fails"
    return "partly" if any(_is_unknown(c) or c["issues"] for c in lines) else ""


def _table(lines: list[Line]) -> Table:
    rows = tuple(
        (
            f"{_name(c)} ({c['id']})",
            words.capital(_in_words(c)),
            c["owner"],
            _device(c),
            words.capital(_rule_in_short(c)),
            words.day(c["next_review"]) or "no day set",
            words.number(len(c["issues"])),
        )
        for c in lines
    )
    heads = ("Channel", "State", "Owner", "Device", "The rules", "Next review", "To be mended")
    return Table("Every channel on file", heads, rows, frozenset({6}))


def _name(line: Line) -> str:
    return f"{line['handle']} on {line['platform_name']}"


def _in_words(line: Line) -> str:
    return words.word(words.CHANNEL_STATES, line["state"]) or "not yet begun"


def _device(line: Line) -> str:
    device = line["device"]
    if device is None:
        return "none on file"
    if not device["in_estate"]:
        return f"{device['id']}: not in the estate"
    return f"{device['id']}: {words.word(USES, device['use']) or 'use not stated'}"


def _rule_in_short(line: Line) -> str:
    """The stricter of what the rules say of the account and of the app on its device: what is not known is not free."""
    account, rule = _outcome(line["account_rule"]), _outcome(line["rule"])
    if account == "forbidden":
        return "the account is forbidden"
    if rule == "forbidden":
        return "forbidden on its device"
    if {account, rule} - {"conditional", "advised_against", "permitted"}:
        return "not known"
    if rule == "conditional" and line["rule"]["lifted_by"]:
        until = words.day(line["rule"]["lifted_by"]["last_day"])
        return f"permitted by exemption until {until}, if its conditions are met"
    if "conditional" in {account, rule}:
        return "permitted by exemption, if its conditions are met"
    return "advised against" if "advised_against" in {account, rule} else "nothing forbids it"


def _mend(lines: list[Line]) -> Iterator[Section]:
    """What is to be mended, a section a channel."""
    for n, line in enumerate(lines, 1):
        items = tuple(f"{words.capital(i['message'])}." for i in line["issues"])
        if items:
            yield Section(f"mend-{n}", f"To be mended: {_name(line)}", items=items)


# --- one ------------------------------------------------------------------------------------------


def channel_page(document: Line) -> Page:
    """The sheet of one channel: what to do when it is lost comes first, for it is read in a hurry."""
    one = document["channel"]
    return Page(
        language=words.LANGUAGE,
        who=document["body"]["name"],
        as_of=f"State of {words.instant(document['as_of'])}",
        title=f"Channel: {_name(one)}",
        question="Whose is it, and may it be used so?",
        lead=f"Kept by {one['owner']}. State: {_in_words(one)}. {words.capital(_rule_in_short(one))}.",
        notice=document["notice"],
        state=_state([one]),
        sections=(
            _lost(one),
            _keeping(one),
            _rules(one),
            _public(one),
            _dates(one),
            Section("mend", "What is to be mended", items=tuple(_hints(one)), nothing="Nothing."),
            _sources(one),
        ),
    )


def _lost(one: Line) -> Section:
    sheet = one["take_over"]
    if sheet is None:
        return Section("lost", "When the account is lost", nothing="Nobody wrote what to do then.")
    steps = tuple(f"Step {n}: {step}" for n, step in enumerate(sheet["steps"], 1))
    rehearsed = words.day(sheet["rehearsed_on"])
    tried = f"Rehearsed on {rehearsed}." if rehearsed else "It was never rehearsed."
    late = " The next rehearsal is overdue." if sheet["rehearsal_overdue"] else ""
    said = (
        f"Call: {words.listing(list(sheet['calls']))}.",
        f"Ask the platform at {sheet['recovery_address']}, from the mailbox {one['mailbox'] or '(none is on file)'}.",
        f"{tried}{late}",
    )
    return Section("lost", "When the account is lost", said, steps)


def _keeping(one: Line) -> Section:
    mfa = one["mfa"]
    second = f"{MFA[mfa['kind']]}, seen on {words.day(mfa['seen_on'])}" if mfa else "not stated"
    rows = (
        ("Owner", one["owner"]),
        ("Mailbox", f"{one['mailbox'] or 'none'}{MAILBOX_OF[one['mailbox_of']]}"),
        ("Second factor", words.capital(second)),
        ("Who can recover it", words.listing(list(one["custodians"])) or "nobody is named"),
        ("Device", _device(one)),
        ("Emergency duty", _emergency(one["emergency_duty"])),
    )
    return Section("keeping", "Who keeps it", table=Table("The account", ("What", "How it is"), rows))


def _emergency(duty: Line | None) -> str:
    if duty is None:
        return "not stated"
    return duty["by"] or "none"


def _rules(one: Line) -> Section:
    return Section("rules", "What the rules say", tuple(_said(one)))


def _said(one: Line) -> Iterator[str]:
    rule, account = one["rule"], one["account_rule"]
    where = "its device" if one["device"] else "the device that it is worked with"
    yield f"The app on {where}: {_ruled(rule)}"
    yield f"The account itself: {_ruled(account)}"
    if one["rests_on"]:
        yield f"The channel's file names {_named(one['rests_on'])}."


def _named(exemption: Line) -> str:
    """The exemption that a file names, with its time: one that has not begun, or is over, permits nothing."""
    if exemption["over"]:
        return f"{words.lifted(exemption)}, which is over"
    if not exemption["begun"]:
        first, last = words.day(exemption["first_day"]), words.day(exemption["last_day"])
        return f"the exemption {exemption['id']}, which begins only on {first} and ends on {last}"
    return words.lifted(exemption) + ("" if exemption["lifts"] else "; it lifts nothing here")


def _ruled(rule: Line | None) -> str:
    if rule is None:
        return "not known: the catalogue does not know the platform."
    by = f" by {rule['clause']}" if rule["clause"] else ""
    if rule["outcome"] == "conditional" and rule["lifted_by"]:
        return f"restricted{by}, lifted by {words.lifted(rule['lifted_by'])}."
    if rule["outcome"] == "unknown":
        because = f", because of {rule['clause']}" if rule["clause"] else ""
        return f"not known{because}; {words.open_points(rule['missing'])}."
    said = {"forbidden": "forbidden", "advised_against": "advised against", "permitted": "nothing forbids it"}
    return f"{words.word(said, rule['outcome'])}{by}."


def _public(one: Line) -> Section:
    comments, archive = one["comments"], one["archive"]
    answered = "not stated"
    if comments:
        nobody = f"nobody: {comments['reason']}" if comments["reason"] else "nobody, and no reason is given"
        answered = comments["by"] or nobody
    kept = "not stated"
    if archive:
        kept = f"{archive['where']}, {_every(archive['every'])}"
    rows = (
        ("Audience", words.listing(list(one["audience"])) or "not stated"),
        ("Purpose", one["purpose"] or "not stated"),
        ("Languages", words.listing(list(one["languages"])) or "not stated"),
        ("Who answers comments", answered),
        ("Where posts are kept", kept),
    )
    return Section("public", "For whom it is", table=Table("What the public gets", ("What", "How it is"), rows))


def _every(period: str) -> str:
    """`each_post` or a period of months or days in words; another period as it is written."""
    if period == "each_post":
        return "each post at once"
    found = re.fullmatch(r"P(\d+)([MD])", period)
    if not found:
        return f"every {period}"
    count, unit = int(found[1]), {"M": "month", "D": "day"}[found[2]]
    return f"every {unit}" if count == 1 else f"every {count} {unit}s"


def _dates(one: Line) -> Section:
    stages = one["lifecycle"]
    rows = [(words.capital(words.word(words.CHANNEL_STATES, s["state"])), words.day(s["from"])) for s in stages]
    late = " (overdue)" if one["review_overdue"] else ""
    rows.append(("Next review", f"{words.day(one['next_review'])}{late}" if one["next_review"] else "no day set"))
    if one["take_over"]:
        rows.append(("Next rehearsal, at the latest", words.day(one["take_over"]["rehearse_by"]) or "no day set"))
    return Section("dates", "Its dates", table=Table("States and dates", ("What", "Day"), tuple(rows)))


def _hints(one: Line) -> Iterator[str]:
    for issue in one["issues"]:
        yield f"{words.capital(issue['message'])}." + (f" {words.capital(issue['hint'])}." if issue["hint"] else "")


def _sources(one: Line) -> Section:
    cited = tuple(" – ".join(x for x in (c["title"], c["url"]) if x) for c in one["cites"])
    invented = (f"Invented for the example: {words.listing(list(one['invented']))}.",) if one["invented"] else ()
    return Section("sources", "Where this was read", invented, cited, nothing="No source is on record.")
