# SPDX-License-Identifier: EUPL-1.2
"""What each key of the language means, in a sentence: shown by editors and in the reference."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TEXT: Mapping[str, str] = MappingProxyType(
    {
        "policy": "The id of the text; two versions of one text share it.",
        "version": "Which version this is. The one in force, else the one begun last, speaks.",
        "title": "What people call it.",
        "authority": "Who decided: an id of authorities.yaml or of the library.",
        "lifecycle": "The states of the text and when each begins; a day begins at midnight in its authority's zone.",
        "kind": "decision and advice rule; collection and no_decision are records.",
        "restrictions": "The clauses.",
        "leaves_free": "What the text says expressly that it leaves free. No effect on any ruling.",
        "mirrors": "Texts that are a baseline for comparison. Nothing is imported.",
        "adopts": "Texts whose clauses become ours, with stated changes.",
        "exemptions_allowed": "Kinds of exemption that this text admits, or `none`. Without the key, none counts.",
        "overlay": "yes: an incident rule, stricter for a stated time, that ends by itself.",
        "lists": "External lists with their versions; a new version changes the rule without a new decision.",
        "criteria": "Tests that the text states instead of naming apps.",
        "classifications": "What the text itself finds of apps.",
        "classified_by": "Bodies that may find for this text that an app is not restricted.",
        "parameters": "Contested readings, and the choices between which the text's own words do not decide.",
        "upward": "What must be told to another authority, or `none`.",
        "review": "When the decision is looked at again: a day, an event, or both.",
        "decided": "The day of the decision.",
        "decided_known_to": "How exactly that day is known.",
        "legal_basis": "What the decision rests on. For people; no effect.",
        "instrument": "What kind of act it is. For people; no effect.",
        "advised_by": "Who advised the authority. For people; no effect.",
        "reasons": "Why, above all of a decision not to decide. For people; no effect.",
        "members": "What a collection gathers. For people; no effect.",
        "confidence": "How sure we are that the decision is as entered.",
        "not_read": "Parts of the decision that were not read. They are never guessed.",
        "not_expressible": "What the decision says and the language cannot: shown, without effect.",
        "general_knowledge": "Paths in this file that no page read states.",
        "invented": "Paths in this file that were made up for an example.",
        "cites": "Where it was read.",
    }
)

CLAUSE: Mapping[str, str] = MappingProxyType(
    {
        "id": "The clause's id within the text.",
        "force": "How strongly it binds; never more than the authority's power over the addressee.",
        "what": "What is restricted: any of these selectors.",
        "surfaces": "The ways of meeting the app that are meant.",
        "duties": "What must be done, each with its own clock.",
        "devices": "Which devices are meant: tests on facts, joined by all, any and not. Every device without the key.",
        "people": "Whose devices: kinds of holders. Everybody without the key.",
        "addressees": "Institutions or groups it speaks to. The authority's own institution without the key.",
        "networks": "Instead of devices: whoever is on networks of these kinds.",
        "places": "Instead of devices: whoever is in places of these kinds.",
        "accounts": "Instead of devices: accounts of these kinds.",
        "under": "Contested readings under which the clause holds: parameter and choices.",
        "from": "The clause's own beginning, where it is later than the text's.",
        "for": "How long it has force, from its beginning.",
        "last_day": "The last day of its force, inclusive.",
        "at_sunset": "What silence means at its end: lapse, decide (ends, and stays visible as overdue) or permanent.",
        "renewal_needs": "What must be there before it is renewed.",
        "replace_with": "What the duty `replace` asks to use instead.",
        "consequences": "What follows where it is not kept, or how it is carried out.",
        "alternatives": "Apps that the text names as permitted instead.",
        "evidence_allowed": "Narrows what may be read for this clause; an empty list: nothing.",
    }
)

SELECTORS: Mapping[str, str] = MappingProxyType(
    {
        "family": "All members of a family of the catalogue.",
        "app": "One member, `family/member`.",
        "vendor": "Apps of a vendor; `affiliates` says whether of whom it controls, or of its group, too.",
        "successor_of": "Apps that the catalogue records as having taken a family's place.",
        "category": "Apps of a category, by the catalogue or a person's classification.",
        "origin": "Apps whose vendor, or who controls it, is under a country's jurisdiction.",
        "criterion": "Apps that meet a criterion of the text.",
        "behaviour": "Apps that behave so; only a person's classification says it.",
        "edition": "An edition of the app, stated of the use.",
        "deployment": "How it is run: `service` or `local`.",
        "contract": "The terms it is used under: `standard_terms` or `negotiated`.",
        "listed_by": "Apps that an external list names at the instant.",
        "allow_only": "Every app that none of these names.",
        "all": "What all of these name.",
        "any": "What any of these names.",
        "not": "What this does not name.",
    }
)

FACTS: Mapping[str, str] = MappingProxyType(
    {
        "owner": "Who owns the device.",
        "purchase_share": "Percentage of its price that the body paid.",
        "subscription_share": "Percentage of its subscription that the body pays.",
        "use_share": "Percentage of its use that the body pays.",
        "part_funded": "Derived: any of the three shares is above zero.",
        "access": "What of the body's own information it reaches.",
        "enrolment": "How it is managed.",
        "platform": "Its operating system's family.",
        "use": "What it is for; `separate` is for one channel and nothing else.",
        "it_service": "Whether the body's own information technology runs it, or one that several bodies share.",
        "confidential": "Whether confidential information is handled on it.",
        "contract_required": "Whether a contract with the body requires it, expressly or to a significant extent.",
        "incidental": "Whether it is incidental to a contract.",
    }
)

EVALUATION: Mapping[str, str] = MappingProxyType(
    {
        "evaluation": "The id of the evaluation.",
        "policy": "The id of the text that was looked at.",
        "version": "Which version of it.",
        "from": "The first day looked at.",
        "to": "The last day looked at, inclusive; never after the day on which the evaluation was made.",
        "by": "Who evaluated: an office.",
        "on": "The day on which it was made.",
        "restrictions": "The clauses looked at. All of the version without the key.",
        "findings": "What was found, in sentences. `ordinance evaluate` says what runs and files show.",
        "costs": "What it cost, or `none`. Without the key nobody stated it.",
        "options": "The ways that were open, each with what speaks for and against it.",
        "decision": "What was decided. Without it this is a preparation, and renews nothing.",
        "invented": "Paths in this file that were made up for an example.",
    }
)

RULE_DECISION: Mapping[str, str] = MappingProxyType(
    {
        "way": "renew (for another time), lapse, change (another rule) or make_permanent.",
        "by": "Who decided: an office or a council.",
        "on": "The day of the decision.",
        "reasons": "Why.",
        "proposed_by": "Who proposed it.",
        "consulted": "Who was heard before.",
        "dissent": "Who was of another mind, in his own words; or `none`.",
        "next_review": "When it is looked at again.",
    }
)

CHANNEL: Mapping[str, str] = MappingProxyType(
    {
        "channel": "The id of the channel.",
        "platform": "A family of the catalogue, or a member: `family/member`.",
        "handle": "The name of the account on the platform.",
        "owner": "The office that the account belongs to. Never a person's name.",
        "separate_device": "The id of the device of the estate that it is worked with, or `none`.",
        "lifecycle": "The states of the channel and the day on which each begins, in the order of time.",
        "mailbox": "The mailbox of an office behind the account. Never a person's address.",
        "mfa": "What a login asks for besides the password, and when that was last seen. Never a password or a code.",
        "custodians": "The offices that can recover the account; at least two.",
        "audience": "Whom the channel is for.",
        "purpose": "What it is for.",
        "languages": "The languages it speaks.",
        "comments": "Who answers comments: an office, or `nobody` with the reason.",
        "archive": "Where posts are kept as records, and how often: a period, or `each_post`.",
        "emergency_duty": "`no`, or the office that uses it to warn and inform in an emergency.",
        "take_over": "What to do when the account is lost.",
        "exemption": "The exemption that it rests on, where a rule forbids the app.",
        "next_review": "When somebody looks again at whether the channel goes on.",
        "invented": "Paths in this file that were made up for an example.",
        "cites": "Where it was read.",
    }
)

TAKE_OVER: Mapping[str, str] = MappingProxyType(
    {
        "steps": "What to do, in its order.",
        "calls": "The offices that are called.",
        "recovery_address": "Where the platform is asked for the account.",
        "rehearsed_on": "The day on which this was last tried out; every twelve months.",
    }
)

REVIEW: Mapping[str, str] = MappingProxyType(
    {
        "review": "The id of the review.",
        "title": "What people call it.",
        "question": "The question that it answers.",
        "on": "The day on which it was made. No evidence is younger.",
        "by": "Who made it: an office.",
        "follows": "The id of an older review that this one takes up again: with a decision here, that one is settled.",
        "options": "The ways that are open, two at least.",
        "gate_policy": "Which gates an option must pass before anything is weighed.",
        "gates": "Whether each option passes each gate, and why.",
        "criteria": "The scales: ids of shipped ones, or scales of the body's own.",
        "cells": "The score of each option on each scale, with what it rests on, or `unknown`.",
        "stakeholders": "Whose weights are kept apart; they are never averaged.",
        "decision": "What was decided. Without it this is a preparation.",
        "names": "Persons who are named in it, each with the role that the public version calls them by.",
        "invented": "Paths in this file that were made up for an example.",
    }
)

REVIEW_OPTION: Mapping[str, str] = MappingProxyType(
    {
        "id": "The id of the option within the review.",
        "title": "What it is, in a few words.",
        "outcome": "What kind of answer it is.",
        "trigger": "Of waiting: what has to happen so that this is decided again.",
        "until": "The last day; waiting and leaving need one. Once it is over, this is decided again.",
        "migration": "Of leaving: how people are told, and where they find the same.",
        "handle": "Of leaving: what becomes of the name.",
    }
)

GATE_POLICY: Mapping[str, str] = MappingProxyType(
    {
        "must_pass": "The gates that an option must pass.",
        "unknown_passes": "Those of them of which `unknown` is enough, or `none`. Without the key: none.",
        "because": "Why these, and why so.",
    }
)

GATE: Mapping[str, str] = MappingProxyType(
    {
        "gate": "Which gate.",
        "options": "Of which options this is the answer.",
        "result": "Whether they pass it.",
        "reason": "Why.",
        "cites": "What shows it. Only `unknown` needs none.",
        "check_again": "The last day on which this counts: what the law is changes.",
        "internal": "yes: its texts are kept from the public. Without the key only those of `device_rule` are.",
    }
)

CRITERION: Mapping[str, str] = MappingProxyType(
    {
        "id": "The id of a shipped criterion, or of one of the body's own.",
        "title": "Of one's own: what it is called.",
        "anchors": "Of one's own: what 0, 50 and 100 mean; 100 is the better end.",
        "metric": "Of reach: what its figures count. Figures of another metric are refused.",
        "audience": "Of reach: whose reach.",
    }
)

CELL: Mapping[str, str] = MappingProxyType(
    {
        "option": "Which option.",
        "criterion": "On which scale.",
        "score": "A whole number from 0 to 100, or `unknown`: it may be anything on the scale.",
        "range": "Instead of a score: the lowest and the highest that it may be.",
        "evidence": "What it rests on: shipped cards by their id, or claims.",
    }
)

EVIDENCE: Mapping[str, str] = MappingProxyType(
    {
        "claim": "What it says, in a sentence.",
        "cite": "Where it was read.",
        "on": "The day that it is of.",
        "population": "Of whom or what it speaks; for a survey with the size of its sample.",
        "method": "How it was found.",
        "owner": "Which office looks it up again.",
        "expires": "The last day on which it counts.",
        "metric": "Of a figure of reach: what it counts.",
        "invented": "yes: made up for an example.",
        "internal": "yes: its texts are kept from the public. Without the key only those on `security_advice` are.",
    }
)

SWING: Mapping[str, str] = MappingProxyType(
    {
        "criterion": "On which scale.",
        "weight": "What it is worth to go from 0 to 100 on it, beside the other scales: 0 to 100.",
        "because": "Why.",
        "internal": "yes: its reason is kept from the public. Without the key only that on `security_advice` is.",
    }
)

INTERNAL: Mapping[str, str] = MappingProxyType({"internal": "yes: its text is kept from the public."})

CHANNEL_DECISION: Mapping[str, str] = MappingProxyType(
    {
        "option": "The option that was chosen.",
        "proposed_by": "Who proposed it.",
        "consulted": "Who was heard before.",
        "dissent": "Who was of another mind, in his own words; or `none`.",
        "by": "Who decided: an office or a council.",
        "on": "The day of the decision.",
        "reasons": "Why.",
        "next_review": "When it is looked at again: within twelve months, or six of a temporary decision.",
        "temporary": "yes: it holds for a time only, such as a ban for half a year.",
    }
)

CAMPAIGN: Mapping[str, str] = MappingProxyType(
    {
        "campaign": "The id of the campaign.",
        "title": "What people call it.",
        "app": "The app that it is run with: `family/member`.",
        "owner": "The office that runs it. Never a person's name.",
        "from": "Its first day.",
        "to": "Its last day.",
        "device": "The id of the device of the estate that it is run from.",
        "account": "Whether it needs the official account.",
        "surfaces": "How it meets the app; without it, the app of a phone and the program of a computer.",
        "moves": "Where it goes instead, by when, by whom, and when that was done.",
        "invented": "Keys that no source gives, so that the example can run.",
    }
)

CASE: Mapping[str, str] = MappingProxyType(
    {
        "case": "The id of the case.",
        "title": "What people call it.",
        "app": "The app that the account is on: `family/member`.",
        "handle": "The name of the account on the platform.",
        "owner": "The office that keeps the case. Never a person's name.",
        "opened": "The day on which it was opened.",
        "answers_to": "Institutions that have to be heard, whether each agrees, and since when.",
        "questions": "What has to be known, who finds out, and the answer with its day.",
        "dependants": "What else hangs on the account.",
        "records": "What has to be kept of it, and whether it is.",
        "options": "Ways that are weighed, with what speaks for and against each.",
        "decision": "What was decided, by which office, when and why, and who was of another mind.",
        "name": "What becomes of the account's name, which somebody else could take.",
        "closed": "The day on which the case was closed: with a decision and one about the name.",
        "invented": "Keys that no source gives, so that the example can run.",
        "cites": "Where the facts come from.",
    }
)

ATTESTATION: Mapping[str, str] = MappingProxyType(
    {
        "attestation": "The id of the statement.",
        "devices": "Ids of the devices of the estate that it is about.",
        "stated": "What was stated of each of them.",
        "by": "Who stated it: a role, such as the holders, or an office. Never a person's name.",
        "on": "The day on which it was stated.",
        "restrictions": "The clauses that it answers, `text/clause`.",
        "what": "The families and apps that it is about.",
        "how": "How it was given, such as a signed form.",
        "last_day": "The last day on which it counts. Without one, it counts on the day on which it was stated.",
        "invented": "What was made up, where this is an example.",
    }
)

FINDING: Mapping[str, str] = MappingProxyType(
    {
        "finding": "The id of the finding, as the report has it, without a number such as -2 behind it.",
        "device": "The pseudonym of the device, where the finding is of one device. Without it, it is of a group.",
        "life": "What was written about it, the oldest first.",
        "invented": "Keys that no source gives, so that the example can run.",
    }
)

FINDING_ENTRY: Mapping[str, str] = MappingProxyType(
    {
        "on": "The day on which this was written or said.",
        "state": "open, disputed, explained, accepted or closed. It changes no result of a check.",
        "by": "The role that writes this, such as information security officer. Never a person's name.",
        "reason": "Why. Needed to explain, accept or close, and to open again.",
        "said": "What the person concerned said, in that person's own words. Only in a file of one device.",
        "heard": "Whether the person concerned was heard: yes also where that person had nothing to say.",
        "last_day": "The last day of an acceptance. The day after it, the finding is open again.",
    }
)

SEPARATE: Mapping[str, str] = MappingProxyType(
    {
        "device": "The id of the device in devices.csv.",
        "owner": "The office that answers for the device. Never a person's name.",
        "profiles": "The profiles that it is held to: bpa, ncsc, nsm, nsw, pspf-001-2023, queensland or ria-tallinn.",
        "channels": "The channels that it serves, by their ids.",
        "exemptions": "The exemptions that it rests on, by their ids. Those in force that name it count anyway.",
        "last_day": "The last day of its use, never later than that of the exemptions that it rests on.",
        "app": "The version of the app that is on it, and when somebody saw that.",
        "system": "The version of its operating system, and when somebody saw that.",
        "conditions": "What is answered to each condition, by the condition's id.",
        "invented": "Paths in this file that were made up for an example.",
    }
)

SEPARATE_ANSWER: Mapping[str, str] = MappingProxyType(
    {
        "answer": "What is answered.",
        "on": "The day on which it was looked at.",
        "owner": "The office that answers for it. Never a person's name.",
        "evidence": "What shows it: a document, a statement, an entry in a register. `met` needs one.",
        "reason": "Why it is not met, or does not apply. Both need one.",
        "due": "The last day for the next answer. Without it, the interval of the condition after `on`.",
        "version": "Of `permissions_reviewed` and `system_up_to_date`: the version that was looked at.",
    }
)
