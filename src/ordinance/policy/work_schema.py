# SPDX-License-Identifier: EUPL-1.2
"""JSON Schemas of files that are no law: channels, reviews, campaigns, cases of accounts, attestations, findings,
records of separate devices."""

from __future__ import annotations

from ordinance.model.apps import Surface
from ordinance.model.attestation import Stated
from ordinance.model.campaign import AccountWay, HandleWay, Kept
from ordinance.model.channel import ChannelState, MfaKind
from ordinance.model.channel_review import ChannelOutcome, Gate, GateResult, Handle, Metric
from ordinance.model.law import Condition
from ordinance.model.life import FindingState
from ordinance.model.separation import Said
from ordinance.policy import descriptions
from ordinance.policy.schema_parts import (
    DAY,
    FLAG,
    ID,
    NUMBER,
    PERIOD,
    TEXT,
    TEXTS,
    VERSION,
    Schema,
    closed,
    described,
    listed,
    ref,
    some,
    words,
)


def channel() -> Schema:
    """An official channel."""
    stage = {"state": words(ChannelState), "from": DAY}
    comments: dict[str, Schema] = {"by": TEXT, "reason": TEXT}
    archive: dict[str, Schema] = {"where": TEXT, "every": {"anyOf": [{"const": "each_post"}, PERIOD]}}
    keys: dict[str, Schema] = {
        "channel": ID,
        "platform": TEXT,
        "handle": {"type": "string", "pattern": r"^@?[^\s@]+(@[^\s@]+)?$", "examples": ["@city"]},
        "owner": TEXT,
        "separate_device": TEXT,
        "lifecycle": {"type": "array", "items": closed(stage, tuple(stage)), "minItems": 1},
        "mailbox": {"type": "string", "pattern": r"^[^\s@]+@[^\s@]+\.[^\s@.]+$"},
        "mfa": closed({"kind": words(MfaKind), "seen_on": DAY}, ("kind", "seen_on")),
        "custodians": TEXTS,
        "audience": TEXTS,
        "purpose": TEXT,
        "languages": some({"type": "string", "pattern": "^[a-z]{2,3}$"}),
        "comments": closed(comments, ("by",)),
        "archive": closed(archive, tuple(archive)),
        "emergency_duty": {"anyOf": [{"enum": ["no", False]}, closed({"by": TEXT}, ("by",))]},
        "take_over": closed(described(_take_over(), descriptions.TAKE_OVER), ("steps", "calls", "recovery_address")),
        "exemption": TEXT,
        "next_review": DAY,
        "invented": listed(TEXT),
        "cites": ref("cites"),
    }
    required = ("channel", "platform", "handle", "owner", "separate_device", "lifecycle")
    return closed(described(keys, descriptions.CHANNEL), required)


def _take_over() -> dict[str, Schema]:
    return {"steps": TEXTS, "calls": TEXTS, "recovery_address": TEXT, "rehearsed_on": DAY}


def review() -> Schema:
    """A channel review: its keys, and those of each of its parts."""
    score: Schema = {"anyOf": [NUMBER, {"const": "unknown"}]}
    cites = listed(closed({"title": TEXT, "url": TEXT, "retrieved": DAY}, ("title",)))
    options: dict[str, Schema] = {"id": ID, "title": TEXT, "outcome": words(ChannelOutcome), "trigger": TEXT}
    options |= {"until": DAY, "migration": TEXT, "handle": words(Handle)}
    policy: dict[str, Schema] = {"must_pass": some(words(Gate)), "because": TEXT}
    policy["unknown_passes"] = {"anyOf": [{"const": "none"}, *some(words(Gate))["anyOf"]]}
    gates = {"gate": words(Gate), "options": TEXTS, "result": words(GateResult), "reason": TEXT, "cites": cites}
    gates |= {"check_again": DAY, "internal": FLAG}
    criterion: dict[str, Schema] = {"id": ID, "title": TEXT, "metric": words(Metric), "audience": TEXT}
    criterion["anchors"] = closed(dict.fromkeys(("0", "50", "100"), TEXT), ("0", "50", "100"))
    written: dict[str, Schema] = {"claim": TEXT, "cite": cites["items"], "on": DAY, "population": TEXT, "method": TEXT}
    written |= {"owner": TEXT, "expires": DAY, "metric": words(Metric), "invented": FLAG, "internal": FLAG}
    needed = ("claim", "on", "population", "method", "owner", "expires")
    card = closed({"card": TEXT, "owner": TEXT}, ("card", "owner"))
    evidence = {"anyOf": [card, closed(described(written, descriptions.EVIDENCE), needed)]}
    cell: dict[str, Schema] = {"option": TEXT, "criterion": TEXT, "score": score, "evidence": listed(evidence)}
    cell["range"] = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}
    weighed: dict[str, Schema] = {"criterion": TEXT, "weight": NUMBER, "because": TEXT, "internal": FLAG}
    swing = closed(described(weighed, descriptions.SWING), ("criterion", "weight", "because"))
    stakeholder = closed({"id": ID, "name": TEXT, "swings": listed(swing)}, ("id", "name", "swings"))
    decision: dict[str, Schema] = {"option": TEXT, "proposed_by": TEXT, "consulted": TEXTS, "by": TEXT, "on": DAY}
    mark: dict[str, Schema] = described({"internal": FLAG}, descriptions.INTERNAL)
    voice: dict[str, Schema] = {"by": TEXT, "text": TEXT, **mark}
    decision["dissent"] = {"anyOf": [{"const": "none"}, listed(closed(voice, ("by", "text")))]}
    reason: Schema = {"anyOf": [TEXT, closed({"text": TEXT, **mark}, ("text",))]}
    decision |= {"reasons": some(reason), "next_review": DAY, "temporary": FLAG}
    described_options = closed(described(options, descriptions.REVIEW_OPTION), ("id", "title", "outcome"))
    keys: dict[str, Schema] = {
        "review": ID,
        "title": TEXT,
        "question": TEXT,
        "on": DAY,
        "by": TEXT,
        "follows": TEXT,
        "options": {"type": "array", "items": described_options, "minItems": 2, "maxItems": 10},
        "gate_policy": closed(described(policy, descriptions.GATE_POLICY), ("must_pass", "because")),
        "gates": listed(closed(described(gates, descriptions.GATE), sorted(gates.keys() - {"cites", "internal"}))),
        "criteria": listed({"anyOf": [TEXT, closed(described(criterion, descriptions.CRITERION), ("id",))]}),
        "cells": listed(closed(described(cell, descriptions.CELL), ("option", "criterion"))),
        "stakeholders": listed(stakeholder),
        "names": listed(closed({"name": TEXT, "role": TEXT}, ("name", "role"))),
        "decision": closed(described(decision, descriptions.CHANNEL_DECISION), sorted(decision.keys() - {"temporary"})),
        "invented": listed(TEXT),
    }
    free = {"follows", "decision", "names", "invented"}
    return closed(described(keys, descriptions.REVIEW), sorted(keys.keys() - free))


def campaign() -> Schema:
    """A campaign that a rule may hit."""
    move = {"to": TEXT, "by": DAY, "owner": TEXT, "done": DAY}
    keys: dict[str, Schema] = {
        "campaign": ID,
        "title": TEXT,
        "app": TEXT,
        "owner": TEXT,
        "from": DAY,
        "to": DAY,
        "device": TEXT,
        "account": FLAG,
        "surfaces": some(words(Surface)),
        "moves": listed(closed(move, ("to", "by", "owner"))),
        "invented": listed(TEXT),
    }
    return closed(described(keys, descriptions.CAMPAIGN), ("campaign", "title", "app", "owner", "from", "to"))


def case() -> Schema:
    """The case of an account, until it is decided."""
    consent = closed({"institution": TEXT, "agrees": FLAG, "on": DAY}, ("institution",))
    question = closed({"question": TEXT, "owner": TEXT, "answer": TEXT, "on": DAY}, ("question", "owner"))
    record = closed({"what": TEXT, "kept": words(Kept), "where": TEXT}, ("what", "kept"))
    option = closed({"way": words(AccountWay), "for": TEXTS, "against": TEXTS}, ("way",))
    dissent = {"anyOf": [{"const": "none"}, listed(closed({"by": TEXT, "text": TEXT}, ("by", "text")))]}
    decision: dict[str, Schema] = {"way": words(AccountWay), "by": TEXT, "on": DAY, "reasons": TEXTS}
    decision |= {"consulted": TEXTS, "dissent": dissent, "next_review": DAY}
    name = {"way": words(HandleWay), "by": TEXT, "on": DAY, "how": TEXT}
    keys: dict[str, Schema] = {
        "case": ID,
        "title": TEXT,
        "app": TEXT,
        "handle": TEXT,
        "owner": TEXT,
        "opened": DAY,
        "answers_to": listed(consent),
        "questions": listed(question),
        "dependants": listed(closed({"what": TEXT, "owner": TEXT}, ("what", "owner"))),
        "records": listed(record),
        "options": listed(option),
        "decision": closed(decision, ("way", "by", "on", "reasons")),
        "name": closed(name, ("way", "by", "on")),
        "closed": DAY,
        "invented": listed(TEXT),
        "cites": ref("cites"),
    }
    return closed(described(keys, descriptions.CASE), ("case", "title", "app", "handle", "owner", "opened"))


def attestation() -> Schema:
    """What a person or an office stated about devices."""
    one = closed({"family": TEXT, "app": TEXT}, minProperties=1, maxProperties=1)
    keys: dict[str, Schema] = {
        "attestation": ID,
        "devices": TEXTS,
        "stated": some(words(Stated)),
        "by": TEXT,
        "on": DAY,
        "restrictions": TEXTS,
        "what": some(one),
        "how": TEXT,
        "last_day": DAY,
        "invented": listed(TEXT),
    }
    return closed(described(keys, descriptions.ATTESTATION), ("attestation", "devices", "stated", "by", "on"))


def finding() -> Schema:
    """The life of a finding: what persons wrote about it."""
    entry: dict[str, Schema] = {"on": DAY, "state": words(FindingState), "by": TEXT, "reason": TEXT, "said": TEXT}
    entry |= {"heard": FLAG, "last_day": DAY}
    life = closed(described(entry, descriptions.FINDING_ENTRY), ("on", "state", "by"))
    keys: dict[str, Schema] = {
        "finding": {"type": "string", "pattern": "^f-[0-9a-f]{10}$"},
        "device": {"type": "string", "pattern": "^dev-[A-Z2-7]{8}$"},
        "life": {"type": "array", "items": life, "minItems": 1},
        "invented": listed(TEXT),
    }
    return closed(described(keys, descriptions.FINDING), ("finding", "life"))


def separate() -> Schema:
    """The record of a separate device."""
    answer: dict[str, Schema] = {"answer": words(Said), "on": DAY, "owner": TEXT, "evidence": TEXT, "reason": TEXT}
    answer |= {"due": DAY, "version": VERSION}
    needed = ("answer", "on", "owner")
    answers = closed({str(c): closed(described(answer, descriptions.SEPARATE_ANSWER), needed) for c in Condition})
    release = closed({"version": VERSION, "seen_on": DAY}, ("version", "seen_on"))
    keys: dict[str, Schema] = {
        "device": TEXT,
        "owner": TEXT,
        "profiles": TEXTS,
        "channels": TEXTS,
        "exemptions": TEXTS,
        "last_day": DAY,
        "app": release,
        "system": release,
        "conditions": answers,
        "invented": listed(TEXT),
    }
    return closed(described(keys, descriptions.SEPARATE), ("device", "owner", "conditions"))
