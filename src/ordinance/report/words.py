# SPDX-License-Identifier: EUPL-1.2
"""English wording for every id a check can print: the one place a translation replaces.

Reads ids (`app_installed`, `remove`, `no_fresh_inventory`) and ISO dates; writes plain words. It
cannot know ids that later versions add: an unknown id is shown as itself with underscores as
spaces, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from ordinance.model import ruling

LANGUAGE = "en"
INVENTED = "invented for the example"  # the mark of whatever was made up

RESULTS = {
    "pass": "Holds",
    "fail": "Does not hold",
    "error": "Check broke down",
    "unknown": "Unknown",
    "notapplicable": "Does not apply",
    "notchecked": "Not checked",
}

RESULT_MEANING = {
    "pass": "seen, and in order",
    "fail": "seen, and against the rule",
    "error": "the check itself went wrong",
    "unknown": "nothing seen that proves it either way; this is not a pass",
    "notapplicable": "no duty in force for these devices",
    "notchecked": "nobody looked",
}

DUTIES = {
    "stop_using": "Stop using it",
    "remove": "Remove it from the device",
    "deny_install": "Prevent that it is installed",
    "block_traffic": "Block its traffic on our networks",
    "identify": "Find the devices that have it",
    "report": "Report upwards that it is done",
    "attest": "Have staff confirm it in writing",
    "replace": "Use what the rule names instead",
    "assess_risk": "Take it into the risk analysis",
    "conditions": "Keep the conditions of the permission",
}

SURFACES = {
    "app": "the phone and tablet app",
    "desktop": "the desktop program",
    "web": "the web site",
    "link": "links to it",
    "api": "its programming interface",
    "network": "its network traffic",
    "account": "accounts on it",
    "venue": "meetings held through it",
    "advertising": "advertisements placed on it",
}

FORCE = {"binding": "binding", "duty_to_react": "must be answered", "advice": "advice"}

STANDING = {
    "under_consideration": "Under consideration",
    "announced": "Announced, not yet in force",
    "pending_guidelines": "Waiting for guidelines",
    "not_yet_in_force": "Not yet in force",
    "in_force": "In force",
    "lapsed": "Lapsed: its term is over",
    "overdue": "Term over, review overdue",
    "superseded": "Replaced by a newer decision",
    "repealed": "Repealed",
}

SILENCE = {
    "lapse": "If nobody decides anything, the rule ends by itself on its last day.",
    "decide": "If nobody decides anything, the rule stops binding after its last day, and its review is overdue.",
    "permanent": "The rule has no end: it binds until somebody changes it.",
}

ANSWERS = {
    "adopted": "The advice is followed",
    "mitigated": "Not followed as it stands; the risk is reduced by other means",
    "declined": "The advice is not followed",
    "pending": "Looked at, and not decided yet",
    "none": "Not answered yet",
    "own_act": "The body decided on the matter itself",
}

CONTESTED_ANSWERS = {
    **ANSWERS,
    "adopted": "What it asks for is done",
    "declined": "What it asks for is not done",
}

ANSWER_HEADS = {
    "adopted": "Adopted",
    "mitigated": "Mitigated",
    "declined": "Declined",
    "pending": "Pending",
    "none": "Open",
    "own_act": "Own decision",
}

MEASURES = {
    "held": "It held wherever it was looked for.",
    "failed": "It did not hold everywhere.",
    "not_known": "Whether it held is not known.",
    "no_check": "No check looks at it.",
}

CHANNEL_STATES = {
    "planned": "planned",
    "running": "running",
    "parked": "parked: the account is held, nothing is posted",
    "emergency_only": "for emergencies only",
    "closing": "being closed",
    "closed": "closed",
}

PURPOSES = {
    "rule_compliance": "to see whether the rule is kept",
    "network_security": "security of the network",
}

EVIDENCE = {
    "attestation": "signed statements",
    "sample": "samples",
    "network_aggregate": "network logs, as counts only",
    "network_device": "network logs, by device",
    "inventory": "software inventory",
}

FINDINGS = {
    "app_installed": "App installed",
    "app_traffic": "App in use",
    "control_missing": "Control that nothing here sets",
    "control_ineffective": "Control without effect",
    "leftover": "Block left over",
    "separation_breach": "Separate device not kept separate",
    "exemption_lapsed": "Permission has run out",
    "review_overdue": "Review overdue",
    "unknown_device": "Device that is not in the records",
    "blind_spot": "Blind spot",
    "not_attested": "Statement that was due and is not there",
    "attested_otherwise": "Statement and evidence differ",
}

FINDING_MEANING = {
    "app_installed": "The software inventory lists a restricted app on a device the rule covers.",
    "app_traffic": "A device asked for names that only the app uses. A widget inside a web page does not do that.",
    "control_missing": "The rule asks for a control, and no target in the settings has it. Another tool may have it.",
    "control_ineffective": "What technical means should have prevented happened all the same.",
    "leftover": "A resolver that was asked still blocks names, and no rule in force asks for that any more.",
    "separation_breach": "A device set aside for one channel touched something it must not touch.",
    "exemption_lapsed": "A permission ended and the app is still seen.",
    "review_overdue": "The term of a rule, or the day to look at an answer again, is over, and nobody has decided.",
    "unknown_device": "A device on the network, or in the inventory, that the body's own list does not have.",
    "blind_spot": "A place where this check sees nothing. It proves nothing, good or bad.",
    "not_attested": "Something had to be stated by a day, and no statement here covers all days since then.",
    "attested_otherwise": "After somebody stated one thing, another was seen. Things change: this accuses nobody.",
}

GRADES = {
    "app_traffic": "asked for names only the app uses",
    "web_or_embed": "the web site, or something embedded in another page",
    "embed": "a widget, pixel or player in another page",
    "shared_host": "servers shared with other services",
    "resolved": "name asked for, no contact seen",
    "blocked": "asked for and refused by the resolver",
}

GRADE_MEANING = {
    "app_traffic": "No web page and no widget does that.",
    "web_or_embed": "Names cannot tell a visit from an embedded video. This is not counted as use.",
    "embed": "Other people's pages load these. A widget is not use.",
    "shared_host": "Several services answer there. This is not counted as use.",
    "resolved": "A question to the resolver is not yet a contact.",
    "blocked": "The block did its work.",
}

GRADE_HEADS = {
    "app_traffic": "The app",
    "web_or_embed": "Site or embedded",
    "embed": "Widget",
    "shared_host": "Shared",
    "resolved": "Name only",
    "blocked": "Refused",
}

NOT_SEEN = {
    "mobile_data": "Mobile data",
    "no_inventory": "Devices in no recent inventory",
    "network_not_seen": "Networks without a log",
    "missing_fact": "Devices with a deciding fact missing",
    "contested_reading": "Devices for which a rule is contested",
    "contested_until_read": "Devices for which a rule was contested until a reading was chosen",
    "facts_not_stated": "Devices nobody described for those days",
    "no_source_for_duty": "Duties that no source can show",
    "no_proof_of_blocking": "Networks without proof that the block works",
    "let_through_to_others": "Networks where the block let others through",
    "evidence_not_allowed": "What may not be read here",
    "conditions_unknown": "Conditions of a permission that nothing shows",
    "not_checked_by_decision": "Everything, by decision",
    "likely_name_only": "Names that are only probably the app's",
    "no_device_in_scope": "Devices for a rule that is in force",
    "open_ended_rule": "Apps that a rule restricts without naming them",
    "app_not_recognisable": "Apps that nothing recognises",
    "attested_only": "Devices of which somebody said so, and nobody looked",
    "attested_in_part": "Devices of which somebody spoke of a part",
    "lost_days": "Apps that nobody looked for in logs that are gone",
    "rule_about_no_device": "Rules about networks, places or accounts",
    "off_network": "Days away from our networks",
    "doh": "Encrypted DNS past our resolver",
    "relay": "Relays of a system's maker",
    "ech": "Encrypted server names",
    "vpn": "Tunnels (VPN)",
}

COUNT_NAMES = frozenset({"resolver_blocks_still", "resolver_lets_through"})  # their findings count names, not times

PARTS = {
    "kept": ("Kept", "on the watch list"),
    "dropped": ("Dropped", "counted, never stored"),
    "duplicate": ("Duplicate", "the same record again"),
    "structural": ("Structural", "headers and continuation lines"),
    "rejected": ("Rejected", "could not be read"),
}

REASONS = {
    "app_not_recognisable": "the catalogue has nothing by which the app could be recognised",
    "app_installed": "the inventory lists the app",
    "no_target_blocks": "no configured target blocks any of it on every network where these devices may be",
    "no_target_denies": "no target denies the installation on these devices; none that ships here can",
    "no_target_on_network": "no configured target blocks any of it on a network of this kind",
    "attestation_lapsed": "what was stated has run out, and nobody has stated it again",
    "attested": "it was stated in time; whether it is so was not looked at",
    "attested_in_part": "what was stated speaks of a part of what the rule restricts",
    "attested_late": "it was stated after the last day for it",
    "attested_only": "attested, not verified: somebody stated it, and nothing was seen",
    "attested_otherwise": "something else was seen on a later day than that of the statement",
    "not_attested": "nobody has stated it, and the last day for it is over",
    "lost_days": "the app was put on the watch list after a log was read that is gone: its days are not checked",
    "changing_hands": "the address went from one device to another about then, so nobody is named",
    "doh": "somebody asked for resolvers that take encrypted questions: what is asked there, our resolver does not see",
    "ech": "connections that hide their server's name: the log shows the name of whoever stands before it",
    "app_traffic": "names only the app uses were asked for",
    "blocked_on_body_networks": "the resolver refuses the app's names on our networks",
    "gateway": "several devices stand behind the address, so nobody is named",
    "off_network": "on some days the device held no address on our networks: nobody knows what it did elsewhere",
    "relay": "somebody asked for a relay of a system's maker: what goes through it, our logs do not see",
    "vpn": "somebody asked for a tunnel's own names: what goes through it, our logs do not see",
    "by_decision": "nothing is checked, by decision",
    "conditions_unknown": "nothing shows whether the conditions of the permission are met",
    "conditions_met": "all conditions of the permission are met",
    "evidence_not_allowed": "the evidence it would take may not be read here",
    "exemption_lapsed": "the permission for it ended before that day",
    "exempt": "a permission covers these devices; its conditions are checked instead",
    "facts_not_stated": "the records say nothing about the device for those days",
    "in_inventory": "a recent inventory lists the device",
    "installed_after_deadline": "the app appeared after the last day to prevent it",
    "installed_without_traffic": "the app is there, no use of it was seen",
    "lapsed": "the term of the rule is over",
    "let_through_to_others": "the resolver let the app's names through on their network, though not seen from them",
    "likely_name_only": "a name was asked for that is probably, but not surely, the app's own",
    "missing_fact": "a fact that decides whether the rule applies is missing",
    "contested_reading": "whether the rule covers these devices is contested, and nobody has chosen a reading",
    "contested_until_read": "until a reading was chosen in these days, it was contested whether the rule covers them",
    "mobile_data": "on mobile data our resolver sees and blocks nothing",
    "name_match_only": "only the shown name matches; the inventory gives no id",
    "network_not_seen": "no complete log of their network could have shown it",
    "no_device_in_scope": "a rule is in force for which no device is on record",
    "no_inventory": "no recent inventory lists the device",
    "no_lease": "no record says whose address it was",
    "no_proof_of_blocking": "no refusal was seen on their network, so nothing shows that the block works",
    "no_source_for_duty": "no source can show this",
    "no_use_seen": "no use seen while logs and inventory were there",
    "not_blocked": "the resolver gave an address where it should refuse",
    "not_checked_by_decision": "nothing is checked, by decision",
    "not_installed": "a recent inventory lists the device without the app",
    "not_in_estate": "an inventory lists the app on a device that is on no record of ours",
    "not_on_platform": "no such app runs on this platform",
    "not_yet_due": "the time to comply is still running",
    "not_yet_in_force": "the rule was not yet in force on these days",
    "open_ended_rule": "the rule names no apps, so some that it restricts may not have been looked for",
    "out_of_scope": "the rule does not cover these devices",
    "overlapping_leases": "two devices held the address at the time, so nobody is named",
    "platform_contradicted": "the inventory lists an app that does not run on the platform that the records state",
    "randomised_address": "the device hides its hardware address, so nobody is named",
    "read_otherwise": "by the reading that was chosen, the rule does not hold",
    "resolver_blocks_still": "a resolver that was asked still blocks these names",
    "resolver_lets_through": "a resolver that was asked gives addresses for these names",
    "rule_about_no_device": "a rule about networks, places or accounts is in force, which no check of devices shows",
    "repealed": "the rule was repealed",
    "review_overdue": "the term is over and nobody has decided",
    "shared_address": "several devices share the address, so nobody is named",
    "superseded": "a newer decision took the rule's place",
    "unknown_device": "the device is in nobody's list",
    # conditions of a permission for a separate device, as reasons: the one that is not met
    "declared_separate": "not on record as a separate device with a holder",
    "no_internal_names": "it reached an internal service",
    "not_on_body_network": "it was on our network",
    "no_other_apps": "it carries other apps",
    "absent_elsewhere": "the app is on another work device",
    "stored_securely": "it is not put away when idle",
    "system_up_to_date": "its system is not the latest",
    "trusted_store": "the app is not from a trusted store",
    "permissions_reviewed": "its permissions were not reviewed",
    "metadata_removed": "metadata was not removed before uploading",
    "personal_content_minimised": "personal content was not kept to the least",
    "generic_mailbox": "the account is not on an office's mailbox",
    "multi_factor": "the account has no second factor",
    "authorised_users": "somebody has access who may not",
    "removed_after_use": "the app was not removed after its use ended",
    "named_approver": "nobody is named who approved it",
    "closed_purpose": "its purpose is not one that is allowed",
    "risk_assessment": "there is no risk assessment",
    "no_private_devices": "a private device is used for the account",
    "operator_under_contract": "the operator has no contract",
    "has_end": "the permission has no end",
    "reported_upwards": "the permission was not reported",
    "recovery_plan": "there is no plan to get the account back",
}

FAMILIES = {
    "tiktok": "TikTok",
    "bytedance": "ByteDance",
    "bytedance-shared": "ByteDance services",
    "meta": "Meta",
    "youtube": "YouTube",
}

STATES = {
    "holds": "Holds",
    "holds_where_seen": "Holds where it was seen",
    "fails": "Does not hold",
    "partly": "Only partly checked",
    "unchecked": "Could not be checked",
    "by_decision": "Not checked, by decision",
    "not_yet": "Not in force yet",
    "over": "No longer in force",
    "nothing": "Nothing to check",
}

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def word(table: Mapping[str, str], untrusted_id: str | None) -> str:
    """What `table` says for an id, else the id itself with underscores as spaces; `None` is empty."""
    if not untrusted_id:
        return ""
    return table.get(untrusted_id) or untrusted_id.replace("_", " ")


def reasons(untrusted_ids: str | None) -> str:
    """Reasons in words; several ids stand in one string with commas between them, prose stays prose."""
    parts = (untrusted_ids or "").split(",")
    if all(part.strip() and " " not in part.strip() for part in parts):
        return listing([word(REASONS, part.strip()) for part in parts])
    return untrusted_ids or ""


def capital(text: str) -> str:
    """The text with its first letter raised, the rest as it was."""
    return text[:1].upper() + text[1:]


def app(untrusted_id: str | None) -> str:
    """An app's name: `tiktok` is TikTok, `tiktok/tiktok-lite` TikTok Lite, `tiktok/other` TikTok: other."""
    family, _, rest = (untrusted_id or "").partition("/")
    name = word(FAMILIES, family)
    if not rest or rest == family:
        return name
    if rest.startswith(f"{family}-"):
        return f"{name} {rest.removeprefix(f'{family}-').replace('-', ' ').title()}"
    return f"{name}: {rest.replace('_', ' ')}"


def member(family: str | None, untrusted_member: str | None) -> str:
    """A member by name, with its family unless it says so itself."""
    if not untrusted_member or "/" in untrusted_member:
        return app(untrusted_member or family)
    return app(f"{family}/{untrusted_member}" if family else untrusted_member)


def hit(line: Mapping[str, Any]) -> str:
    """What a clause restricts of a channel: the app on its device, or the account; and whether that is certain."""
    device = f"on the device {line['device']}" if line.get("device") else "on the device that it is worked with"
    what = "the account itself" if line["about"] == "account" else f"the app {device}"
    said = what if line["force"] == "binding" else f"{what}, as advice"
    return said if line["certain"] else f"perhaps {said}; {open_points(line['missing'])}"


open_points = ruling.open_points  # one wording for terminals and pages


def lifted(exemption: Mapping[str, Any]) -> str:
    """An exemption with its last day."""
    return f"the exemption {exemption['id']}, until {day(exemption['last_day'])}"


def listing(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""


def number(value: float | None) -> str:
    """Thousands with a comma; `None`, a number nobody counted, is said as such."""
    return "not counted" if value is None else f"{value:,}"


def share(value: float | None) -> str:
    """A share of 1 in whole per cent, rounded so that only everything is 100 and only nothing 0."""
    if value is None:
        return "not measured"
    whole = round(value * 100)
    if whole == 100 and value < 1:
        whole = 99
    if whole == 0 and value > 0:
        whole = 1
    return f"{whole} %"


def counted(count: int | None, one: str, many: str) -> str:
    """`1 device`, `2 devices`; a count nobody made is said as such."""
    return f"{many}: not counted" if count is None else f"{number(count)} {one if count == 1 else many}"


def day(text: str | None) -> str:
    """`2023-03-13`, or the day of an instant, as 13 March 2023; anything else as it stands."""
    found = _day_of(text)
    return _in_words(found) if found else text or ""


def day_known_to(text: str | None, known_to: str) -> str:
    """A day as exactly as it is known: `13 March 2023`, `March 2023` or `2023`."""
    found = _day_of(text)
    if not found or known_to == "day":
        return day(text)
    return str(found.year) if known_to == "year" else f"{_MONTHS[found.month - 1]} {found.year}"


def short_day(text: str) -> str:
    """`27 Mar`, for tables whose year is said above them."""
    found = _day_of(text)
    return f"{found.day} {short_month(found)}" if found else text


def instant(text: str | None) -> str:
    """An instant as day and wall-clock time of its own offset; midnight is said as the day alone."""
    found = _instant_of(text)
    if not found:
        return day(text)
    return _in_words(found.date()) + ("" if found.time() == time() else f", {found:%H:%M}")


def stretch(first: str | None, last: str | None) -> str:
    """From first to last seen: one instant, two times of one day, or two instants."""
    if first == last or not last:
        return instant(first)
    start, end = _instant_of(first), _instant_of(last)
    if start and end and start.date() == end.date():
        return f"{_in_words(start.date())}, {start:%H:%M} to {end:%H:%M}"
    return f"first {instant(first)}, last {instant(last)}"


def last_day(text: str | None) -> str:
    """The end of a half-open span as people say it: midnight ends the day before, inclusive."""
    found = _instant_of(text)
    if not found:
        return day(text)
    if found.time() == time():
        return _in_words(found.date() - timedelta(days=1))
    return f"{_in_words(found.date())}, {found:%H:%M}"


def until(text: str | None) -> str:
    """The end of a rule in words: its last day included, or the time of day at which it ends."""
    if not text:
        return "no end set"
    found = _instant_of(text)
    return f"{last_day(text)}, that day included" if found and found.time() == time() else last_day(text)


def short_month(found: date) -> str:
    """`Mar`."""
    return _MONTHS[found.month - 1][:3]


def _in_words(found: date) -> str:
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def _day_of(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _instant_of(text: str | None) -> datetime | None:
    if not text or "T" not in text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
