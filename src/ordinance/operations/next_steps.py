# SPDX-License-Identifier: EUPL-1.2
"""What to do next, for whom: a fixed table from findings and blind spots, nothing clever.

No step is a sanction: output goes to a person, who talks to a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ordinance.model.result import Checked, Finding, FindingKind
from ordinance.operations.verdict import accepted_by, is_accepted
from ordinance.operations.workspace import Workspace
from ordinance.review.overdue import ANSWER_DUE

_FOR_FINDING = {
    FindingKind.APP_INSTALLED: (
        "IT operations",
        "Ask the holders to remove the app, or remove it where the device is managed; look first where only a "
        "display name matched, or where the estate states a platform on which no such app runs.",
    ),
    FindingKind.APP_TRAFFIC: (
        "Information security officer",
        "Remind all staff of the rule before anybody is spoken to; then talk with the holder, who may explain.",
    ),
    FindingKind.CONTROL_MISSING: (
        "IT operations",
        "Name a target that blocks it, or write down by name what else does: look at the gaps of the plan.",
    ),
    FindingKind.CONTROL_INEFFECTIVE: (
        "IT operations",
        "A control that should have stopped this did not: check that its configuration is in place.",
    ),
    FindingKind.LEFTOVER: (
        "IT operations",
        "Take the block back where nothing asks for it any more: build again, or with --lift, and load it.",
    ),
    FindingKind.SEPARATION_BREACH: (
        "Communications team",
        "Stop using the separate device for anything else; renew the exemption only when it is separate again.",
    ),
    FindingKind.EXEMPTION_LAPSED: (
        "Communications team",
        "The permission has ended: ask for a new one, or take the app off; the rule holds again from the day after.",
    ),
    FindingKind.REVIEW_OVERDUE: (
        "Council and mayor",
        "Decide: renew the rule with the evaluation it asks for, change it, or let it go. Until then it has no force.",
    ),
    FindingKind.UNKNOWN_DEVICE: (
        "IT operations",
        "Find out which device this is and enter it in the estate; nobody is accused by it.",
    ),
    FindingKind.NOT_ATTESTED: (
        "Information security officer",
        "Remind holders of the statement that is due, or write down in attestations/ what they have stated already.",
    ),
    FindingKind.ATTESTED_OTHERWISE: (
        "Information security officer",
        "Ask the holder what has changed since the statement, and have it stated again; nobody is accused by it.",
    ),
}
_DENIES = "no_target_denies"
_FOR_DENIAL = (
    "IT operations",
    "No target that ships here denies an installation: do it in device management and have that stated (control_set), "
    "or accept no_target_denies by name.",
)
MISSING = "missing_fact"
_FOR_MISSING_AND_CONTESTED = (
    "Estate keeper",
    "State the missing facts of these devices; where the rule is contested too, that alone does not settle it.",
)
_FOR_ANSWER = ("Council and mayor", "Look again at the answer to the advice, and write down what it comes to.")
_FOR_BLIND_SPOT = {
    "no_inventory": ("IT operations", "Bring these devices into an inventory, or ask their holders to attest."),
    "network_not_seen": ("IT operations", "Keep a resolver log, with a canary each hour, on each network of the body."),
    "lost_days": (
        "IT operations",
        "Bring back the logs of these days, from a backup or their maker, and check again; or accept this by name.",
    ),
    "mobile_data": (
        "Information security officer",
        "Phones on mobile data never ask the body's resolver: rely on the inventory, or accept this by name.",
    ),
    "off_network": (
        "Information security officer",
        "Devices at home or on the road never ask the body's resolver: rely on the inventory, or accept this by name.",
    ),
    "doh": (
        "IT operations",
        "Set browsers and systems by policy to the body's own resolver, or refuse these names on its networks.",
    ),
    "relay": ("IT operations", "Switch the relay off on managed devices, or refuse its names as its maker describes."),
    "vpn": ("IT operations", "Find out whether a tunnel other than the body's own is allowed, and by whom."),
    "ech": ("IT operations", "Rely on a resolver's log beside this one: the name was asked for before it was hidden."),
    MISSING: ("Estate keeper", "State the missing facts of these devices; the rule turns on them."),
    "contested_reading": (
        "Legal adviser",
        "Choose a reading of the contested text, with reasons, or ask its author: no fact of a device settles it.",
    ),
    "contested_until_read": (
        "Legal adviser",
        "A reading was chosen within these days: check days after it for a rule that is no longer contested.",
    ),
    "facts_not_stated": (
        "Estate keeper",
        "See that each row has the day from which it is true (valid_from): of the days before it nothing can be said, "
        "and they are over in a later window.",
    ),
    "no_source_for_duty": (
        "IT operations",
        "No source here can show whether this duty is met: have it stated where that counts, or accept that by name.",
    ),
    "evidence_not_allowed": (
        "Information security officer",
        "The evidence this duty needs may not be read: allow it, with purpose and legal basis, or accept this by name.",
    ),
    "no_proof_of_blocking": (
        "IT operations",
        "Ask for one blocked name on each network now and then: only a refusal in the log shows that the block works.",
    ),
    "let_through_to_others": (
        "IT operations",
        "The block let the app's names through on a network: check that the resolver there has its configuration.",
    ),
    "likely_name_only": (
        "Information security officer",
        "A name that only looks like one of the app's was asked for: look into it before anybody is spoken to.",
    ),
    "no_device_in_scope": ("Estate keeper", "A rule is in force for which the estate lists no device: complete it."),
    "open_ended_rule": (
        "Information security officer",
        "The rule names no apps, so that some it restricts were not looked for: classify the apps in question by name.",
    ),
    "app_not_recognisable": (
        "Information security officer",
        "The catalogue has nothing by which an app of the rule could be recognised: ask holders to attest.",
    ),
    "rule_about_no_device": (
        "Information security officer",
        "A rule about networks, places or accounts is in force; a check of devices says nothing about it.",
    ),
    "attested_only": (
        "Information security officer",
        "Statements were not verified: bring these devices into an inventory, or accept by name that nobody looks.",
    ),
    "attested_in_part": (
        "Information security officer",
        "Have everything stated that the rule restricts: a statement about one app of a family answers for that alone.",
    ),
    "conditions_unknown": ("Communications team", "Complete the evidence that the separate device is separate."),
}


def next_steps(
    findings: Iterable[Finding], checked: Checked, workspace: Workspace, as_of: datetime
) -> list[dict[str, str]]:
    """Steps in the order of the tables, each once; what was accepted in `ordinance.toml` asks for nothing."""
    every = tuple(f for f in findings if not is_accepted(f, workspace.body, as_of))
    kinds = {f.kind for f in every if f.reason not in {ANSWER_DUE, _DENIES}}
    spots = {s.what for s in checked.not_seen if not accepted_by(workspace.body, s.what, as_of)}
    steps = [_FOR_FINDING[k] for k in _FOR_FINDING if k in kinds]
    steps += [_FOR_DENIAL] if any(f.reason == _DENIES for f in every) else []
    steps += [_FOR_ANSWER] if any(f.reason == ANSWER_DUE for f in every) else []
    table = {**_FOR_BLIND_SPOT}
    if any(r.reason == MISSING and r.contested for r in checked.results):
        table[MISSING] = _FOR_MISSING_AND_CONTESTED
    steps += [table[s] for s in table if s in spots]
    return [{"who": who, "what": what} for who, what in steps]
