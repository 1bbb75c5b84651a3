# SPDX-License-Identifier: EUPL-1.2
"""JSON Schemas of the files a body writes, for editors: made from the words that the reader itself knows.

The reader decides; a schema helps while typing. It knows keys and words, not places, dates that do not exist, or
whether an id is anybody's. `scripts/schema` writes the files that ship, a test holds them to this module.
"""

from __future__ import annotations

from ordinance.model.apps import Category, Confidence, Contract, Deployment, Surface
from ordinance.model.estate import People, Use
from ordinance.model.evaluation import Known, Way
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import (
    PROFILES,
    AccountKind,
    Adopted,
    Affiliates,
    AtSunset,
    Condition,
    Consequence,
    Dimension,
    Duty,
    Force,
    Otherwise,
    PlaceKind,
    Precision,
    Restarts,
    State,
    TextKind,
    Trigger,
    UpwardWhat,
    What,
)
from ordinance.model.ruling import Outcome
from ordinance.policy import descriptions, work_schema
from ordinance.policy.read_evaluation import DECISION_KEYS, KEYS
from ordinance.policy.schema_parts import (
    AMOUNT,
    CURRENCY,
    DAY,
    DIALECT,
    FLAG,
    ID,
    INSTANT,
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
from ordinance.policy.scope import FLAGS, SHARES, TESTS, WORDS

SCOPE = ref("scope")
SELECTORS: Schema = {"type": "array", "items": ref("selector"), "minItems": 1}


def _scope() -> Schema:
    tests: dict[str, Schema] = {str(k): some(words(v)) for k, v in WORDS.items()}
    share = closed(dict.fromkeys(TESTS, NUMBER), minProperties=1)
    tests |= dict.fromkeys(SHARES, share) | dict.fromkeys(FLAGS, FLAG)
    tests |= {"all": {"type": "array", "items": SCOPE, "minItems": 1}, "not": SCOPE}
    tests["any"] = tests["all"]
    joined = {"all": "All of these.", "any": "Any of these.", "not": "Not this."}
    return closed(described(tests, {**descriptions.FACTS, **joined}), minProperties=1)


def _selector() -> Schema:
    names: dict[str, Schema] = {str(w): TEXT for w in What}
    names |= {str(w): SELECTORS for w in (What.ALL, What.ANY, What.ALLOW_ONLY)}
    names |= {str(w): TEXTS for w in (What.VENDOR, What.EDITION, What.DEPLOYMENT, What.CONTRACT, What.LISTED_BY)}
    names[What.CRITERION] = TEXTS
    names[What.NOT] = ref("selector")
    names[What.CATEGORY] = some(words(Category))
    names[What.ORIGIN] = some({"type": "string", "pattern": "^[A-Z]{2}$"})
    kinds = described(names, descriptions.SELECTORS)
    return closed({**kinds, "affiliates": words(Affiliates)}, minProperties=1, maxProperties=2)


def _clock() -> Schema:
    keys = {"within": PERIOD, "by": INSTANT, "after": {"const": "list_version"}, "restarts": words(Restarts)}
    return {"anyOf": [{"const": "at_once"}, closed(keys, minProperties=1)]}


def clause_properties() -> dict[str, Schema]:
    """The keys of a clause."""
    return described(_clause_keys(), descriptions.CLAUSE)


def _clause_keys() -> dict[str, Schema]:
    return {
        "id": ID,
        "force": words(Force),
        "what": SELECTORS,
        "surfaces": some(words(Surface)),
        "duties": closed({str(d): ref("clock") for d in Duty}),
        "devices": SCOPE,
        "people": some(words(People)),
        "addressees": TEXTS,
        "networks": some(words(Use)),
        "places": some(words(PlaceKind)),
        "accounts": some(words(AccountKind)),
        "under": {"type": "object", "additionalProperties": TEXTS},
        "from": INSTANT,
        "for": PERIOD,
        "last_day": DAY,
        "at_sunset": words(AtSunset),
        "renewal_needs": TEXTS,
        "replace_with": SELECTORS,
        "consequences": some(words(Consequence)),
        "alternatives": SELECTORS,
        "evidence_allowed": {"anyOf": [words(EvidenceKind), listed(words(EvidenceKind))]},
    }


def _conditions() -> Schema:
    profile: Schema = {"enum": sorted(PROFILES)}
    return {"anyOf": [profile, closed({"profile": profile, "require": some(words(Condition))}, minProperties=1)]}


def _allowance() -> Schema:
    keys: dict[str, Schema] = {
        "purposes": TEXTS,
        "approver": TEXT,
        "longest": PERIOD,
        "blanket": FLAG,
        "conditions": _conditions(),
        "delegable": FLAG,
        "consulted": TEXTS,
        "report": closed({"to": TEXT, "within": PERIOD}, ("to",)),
        "restrictions": TEXTS,
    }
    return closed(keys, ("purposes", "approver"))


def _list() -> Schema:
    version = closed({"version": VERSION, "from": INSTANT, "items": SELECTORS}, ("version", "from", "items"))
    return closed({"id": ID, "by": TEXT, "versions": listed(version), "not_read": FLAG}, ("id", "by"))


def text_properties() -> dict[str, Schema]:
    """The keys of a policy or directive."""
    return described(_text_keys(), descriptions.TEXT)


def _text_keys() -> dict[str, Schema]:
    stage = {"state": words(State), "from": INSTANT, "known_to": words(Precision), "by": TEXT}
    replaced = {"restriction": TEXT, "drop": FLAG, "replace": ref("clause")}
    adoption = closed({"text": TEXT, "changes": listed(closed(replaced, ("restriction",)))}, ("text",))
    upward = closed({"what": words(UpwardWhat), "to": TEXT, "clock": ref("clock")}, ("what", "to"))
    free = {k: clause_properties()[k] for k in ("what", "surfaces", "devices", "people", "accounts")}
    return {
        "policy": ID,
        "version": VERSION,
        "title": TEXT,
        "authority": TEXT,
        "lifecycle": listed(closed(stage, ("state", "from"))),
        "kind": words(TextKind),
        "restrictions": listed(ref("clause")),
        "leaves_free": listed(closed(free, minProperties=1)),
        "mirrors": TEXTS,
        "adopts": listed({"anyOf": [TEXT, adoption]}),
        "exemptions_allowed": {"anyOf": [{"const": "none"}, listed(_allowance())]},
        "overlay": FLAG,
        "lists": listed(_list()),
        "criteria": listed(closed({"id": ID, "met_by": SELECTORS, "otherwise": words(Otherwise)}, ("id",))),
        "classifications": listed(classification()),
        "classified_by": TEXTS,
        "parameters": listed(closed({"id": ID, "choices": TEXTS, "cites": ref("cites")}, ("id", "choices"))),
        "upward": {"anyOf": [{"const": "none"}, listed(upward)]},
        "review": closed({"due": DAY, "trigger": words(Trigger)}, minProperties=1),
        "decided": DAY,
        "decided_known_to": words(Precision),
        "legal_basis": TEXT,
        "instrument": TEXT,
        "advised_by": TEXTS,
        "reasons": listed(TEXT),
        "members": listed(TEXT),
        "confidence": words(Confidence),
        "not_read": some(words(Dimension)),
        "not_expressible": listed(closed({"dimension": words(Dimension), "reason": TEXT}, ("dimension", "reason"))),
        "general_knowledge": listed(TEXT),
        "invented": listed(TEXT),
        "cites": ref("cites"),
    }


def classification() -> Schema:
    """One finding of a person about an app."""
    keys: dict[str, Schema] = {
        "classification": ID,
        "what": ref("selector"),
        "category": words(Category),
        "behaviour": TEXT,
        "criterion": TEXT,
        "text": TEXT,
        "applies": FLAG,
        "by": TEXT,
        "on": DAY,
        "reasons": listed(TEXT),
        "invented": listed(TEXT),
    }
    return closed(keys, ("classification", "what", "applies", "by", "on"))


def _authorities() -> Schema:
    power = listed(closed({"bodies": TEXTS, "populations": some(words(People)), "cites": ref("cites")}, ("bodies",)))
    groups = {"anyOf": [TEXT, listed(TEXT)]}
    keys = {"id": ID, "name": TEXT, "time_zone": TEXT, "country": TEXT, "groups": groups}
    authority = closed({**keys, "binds": power, "advises": power}, ("id", "name", "time_zone"))
    called = {"type": "object", "additionalProperties": TEXT}  # how groups are called, for people
    return closed({"authorities": listed(authority), "groups": called}, ("authorities",))


def _exemption() -> Schema:
    required = ("exemption", "restrictions", "devices", "what", "surfaces", "purpose", "approver")
    keys: dict[str, Schema] = {
        "exemption": ID,
        "restrictions": TEXTS,
        "devices": TEXTS,
        "what": SELECTORS,
        "surfaces": some(words(Surface)),
        "purpose": TEXT,
        "approver": TEXT,
        "approved": DAY,
        "from": DAY,
        "last_day": DAY,
        "conditions": _conditions(),
        "delegate": TEXT,
        "consulted": TEXTS,
        "reported": DAY,
        "invented": listed(TEXT),
    }
    return closed(keys, (*required, "approved", "from", "last_day"))


def _answer() -> Schema:
    proof = closed({"restriction": TEXT, "duty": words(Duty), "exemption": TEXT}, minProperties=1, maxProperties=2)
    mitigation: Schema = {"anyOf": [TEXT, closed({"what": TEXT, "shown_by": proof}, ("what",))]}
    keys: dict[str, Schema] = {
        "answer_to": TEXT,
        "answer": words(Adopted),
        "by": TEXT,
        "on": DAY,
        "reasons": listed(TEXT),
        "mitigations": listed(mitigation),
        "next_review": DAY,
        "invented": listed(TEXT),
    }
    return closed(keys, ("answer_to", "answer", "by", "on", "reasons"))


def _evaluation() -> Schema:
    cost = {"what": TEXT, "amount": AMOUNT, "currency": CURRENCY, "known": words(Known)}
    decision: dict[str, Schema] = {
        "way": words(Way),
        "by": TEXT,
        "on": DAY,
        "reasons": TEXTS,
        "proposed_by": TEXT,
        "consulted": TEXTS,
        "dissent": {"anyOf": [{"const": "none"}, listed(closed({"by": TEXT, "text": TEXT}, ("by", "text")))]},
        "next_review": DAY,
    }
    keys: dict[str, Schema] = {
        "evaluation": ID,
        "policy": TEXT,
        "version": VERSION,
        "from": DAY,
        "to": DAY,
        "by": TEXT,
        "on": DAY,
        "restrictions": TEXTS,
        "findings": listed(TEXT),
        "costs": {"anyOf": [{"const": "none"}, listed(closed(cost, tuple(cost)))]},
        "options": listed(closed({"way": words(Way), "for": TEXTS, "against": TEXTS}, ("way",))),
        "decision": closed(described(decision, descriptions.RULE_DECISION), DECISION_KEYS),
        "invented": listed(TEXT),
    }
    return closed(described(keys, descriptions.EVALUATION), KEYS)


def _reading() -> Schema:
    required = ("reading", "text", "parameter", "choice", "by", "on", "reasons")
    keys: dict[str, Schema] = {"reading": ID, "text": TEXT, "parameter": TEXT, "choice": TEXT, "by": TEXT, "on": DAY}
    return closed({**keys, "reasons": listed(TEXT), "invented": listed(TEXT)}, required)


def _scenarios() -> Schema:
    facts: dict[str, Schema] = {str(k): words(v) for k, v in WORDS.items()}
    facts |= dict.fromkeys(SHARES, NUMBER) | {f: FLAG for f in FLAGS if f != "part_funded"}
    expected: dict[str, Schema] = {
        "outcome": words(Outcome),
        "deciding": TEXT,
        "because": TEXTS,
        "missing": {"anyOf": [TEXT, listed(TEXT)]},
        "duties": closed({str(d): INSTANT for d in Duty}),
        "exemption": TEXT,
    }
    keys: dict[str, Schema] = {
        "name": TEXT,
        "app": TEXT,
        "surface": words(Surface),
        "at": INSTANT,
        "expect": closed(expected, ("outcome",)),
        "device": closed(facts),
        "id": TEXT,
        "people": words(People),
        "network": words(Use),
        "place": words(PlaceKind),
        "account": words(AccountKind),
        "edition": TEXT,
        "deployment": words(Deployment),
        "contract": words(Contract),
    }
    return {"type": "array", "minItems": 1, "items": closed(keys, ("name", "app", "surface", "at", "expect"))}


def _policy() -> Schema:
    return closed(text_properties(), ("policy", "version", "title", "authority", "lifecycle"))


def _parts() -> dict[str, Schema]:
    cite = closed({"title": TEXT, "url": TEXT, "retrieved": DAY}, ("title",))
    clause = closed(clause_properties(), ("id", "force", "what", "surfaces", "duties"))
    return {"scope": _scope(), "selector": _selector(), "clock": _clock(), "clause": clause, "cites": listed(cite)}


_FILES = {
    "policy": ("A policy or directive", _policy),
    "authorities": ("Authorities and their power", _authorities),
    "exemption": ("An exemption", _exemption),
    "answer": ("An answer to advice", _answer),
    "classification": ("A finding of a person about an app", classification),
    "scenario": ("Tests of a policy: what must come out", _scenarios),
    "reading": ("A choice between contested readings", _reading),
    "evaluation": ("The evaluation of a rule", _evaluation),
    "channel": ("An official channel: one account, and what to do when it is lost", work_schema.channel),
    "review": ("The review of a channel", work_schema.review),
    "campaign": ("A campaign that a rule may hit", work_schema.campaign),
    "case": ("The case of an account", work_schema.case),
    "attestation": ("What somebody stated about devices", work_schema.attestation),
    "finding": ("The life of a finding", work_schema.finding),
    "separate": ("The record of a separate device", work_schema.separate),
}


def schemas() -> dict[str, Schema]:
    """The schema of each kind of file, by its name without `.schema.json`; only the parts that it uses are in it."""
    return {name: _whole(title, make()) for name, (title, make) in _FILES.items()}


def _whole(title: str, root: Schema) -> Schema:
    parts, used = _parts(), set[str]()
    ahead = _references(root)
    while ahead:
        name = ahead.pop()
        if name not in used:
            used.add(name)
            ahead |= _references(parts[name])
    return {"$schema": DIALECT, "title": title, **root, "$defs": {n: parts[n] for n in sorted(used)}}


def _references(schema: object) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"].rpartition("/")[2]} if "$ref" in schema else set()
        return own.union(*(_references(v) for v in schema.values()))
    return set[str]().union(*(_references(v) for v in schema)) if isinstance(schema, list) else set()
