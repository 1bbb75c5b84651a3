# SPDX-License-Identifier: EUPL-1.2
"""Papers of privacy as pages: the annex to an impact assessment, the record of processing, the works council's file.

Reads the document of `ordinance privacy --json`, nothing else. Each sentence is drawn from a setting, from a reader's
own words or from what every run does; what nobody stated is called not stated. They are drafts in English, and no
legal advice: whether a check is needed and proportionate is for people to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ordinance.model.time import Period
from ordinance.report import words
from ordinance.report.page import Page, Section, Table

Document = Mapping[str, Any]
NOT_STATED = "not stated"
MISSING = {
    "purpose": "the purpose of checking",
    "legal_basis": "the legal basis",
    "no_check_by": "who decided that nothing is read",
    "informed": "who was informed, when and how",
    "privacy_profile": "the country whose law applies (privacy_profile)",
    "responsible": "who answers for the processing",
    "officer": "the data protection officer",
    "contact": "whom people turn to with their rights",
    "key_holder": "which role keeps the key of the pseudonyms",
    "recipients": "who else receives data",
    "transfers": "whether data leave for third countries",
    "retention_runs": "how long results of checks are kept",
    "retention_ledger": "how long the ledger of who looked is kept",
}
HELD = {
    "settings": "no check runs without it",
    "lint": "the settings are asked about it",
    "run": "each run keeps it",
    "hear_first": "the settings ask for it: where nobody was heard is marked, and a decision before that is named",
    "body": "the body's own work",
}
STATE = {"held": "held", "missed": "missed", "answered": "answered", "open": "to be answered by the body"}
KNOWN = {"read": "read in the source", "general_knowledge": "general knowledge, not looked up"}
KEPT = {
    "runs": "Results of checks",
    "probes": "What resolvers answered",
    "ledger": "Who looked at what",
    "observations": "What logs said of the apps, and from which address",
    "bundles": "For which devices something is in force",
    "receipts": "Receipts of what went through the airlock",
    "packages": "Packages of what goes through the airlock",
}
_CANNOT = (
    "It cannot say whether the check is needed, or whether something milder would do.",
    "It cannot know whether a notice that is stated was given, read or understood.",
    "It does not see what is done on mobile data, behind a tunnel or over encrypted DNS.",
    "It cannot see that a person used an app: it sees devices, names that were asked for, and lists of apps.",
)


def annex(d: Document) -> Page:
    """The annex to a data protection impact assessment."""
    sections = (
        _purpose(d), _evidence(d), _sources(d), _watched(d), _told(d), _kept(d), _roles(d), _risks(d),
        Section("cannot", "What the tool cannot do", items=_CANNOT), _limits(d), _rules(d), _open(d), _cites(d),
    )  # fmt: skip
    lead = "This annex says what a check reads, keeps and drops. It is part of an assessment and replaces none."
    return _page(d, "Annex to the data protection impact assessment", "What does a check process?", lead, sections)


def record(d: Document) -> Page:
    """An entry for the record of processing activities (GDPR art. 30(1)), in the order of that article."""
    c, roles = d["checking"], d["roles"]
    kept = "; ".join(f"{KEPT[k][:1].lower()}{KEPT[k][1:]}: {_period(v)}" for k, v in d["retention"].items() if v)
    rows = (
        ("Controller (a)", f"{d['body']['name']}; answers for it: {roles['responsible'] or NOT_STATED}"),
        ("Contact (a)", roles["contact"] or NOT_STATED),
        ("Data protection officer (a)", roles["officer"] or NOT_STATED),
        ("Purpose (b)", _purpose_word(d)),
        ("Legal basis", _basis(d)),
        ("Categories of people (c)", words.listing(d["people"]).replace("_", " ") or NOT_STATED),
        ("Categories of data (c)", _evidence_words(c["evidence_allowed"]) or "none about devices"),
        ("Recipients (d)", words.listing(roles["recipients"]) or NOT_STATED),
        ("Transfers to third countries (e)", roles["transfers"] or NOT_STATED),
        ("Time limits for erasure (f)", kept or NOT_STATED),
        ("Security measures (g)", " ".join(m for _, m in _measures(d))),
    )
    table = Table("Entry in the record of processing activities", ("Field", "What the settings say"), rows)
    lead = "One entry, drawn from the settings. Letters are those of GDPR art. 30(1) (general knowledge)."
    sections = (Section("entry", "The entry", table=table), _open(d))
    return _page(d, "Record of processing: checking a restriction of apps", "What goes on record?", lead, sections)


def works_council(d: Document) -> Page:
    """The file for a works council, or for whoever stands for the staff."""
    decisions = tuple(
        (p["title"], p["authority"], words.word(words.STANDING, p["standing"]).lower()) for p in d["decisions"]
    )
    table = Table("Decisions that a check serves", ("Decision", "Whose", "State"), decisions)
    sections = (
        Section("decisions", "What was decided", table=table, nothing="Nothing is on file."),
        _purpose(d), _evidence(d), _sources(d), _single(d), _told(d), _kept(d), _roles(d), _rules(d), _open(d),
    )  # fmt: skip
    lead = "This file says what would be checked, for what and how, so that staff can be heard on it beforehand."
    return _page(d, "File for the works council", "What is asked of the works council?", lead, sections)


def _page(d: Document, title: str, question: str, lead: str, sections: Iterable[Section]) -> Page:
    as_of = f"State of {words.instant(d['as_of'])}"
    return Page(words.LANGUAGE, d["body"]["name"], as_of, title, question, lead, tuple(sections), d["notice"])


# --- parts ----------------------------------------------------------------------------------------


def _purpose_word(d: Document) -> str:
    c = d["checking"]
    if not c["evidence_allowed"]:
        return "none: nothing about devices is read"
    return words.word(words.PURPOSES, c["purpose"]) or NOT_STATED


def _basis(d: Document) -> str:
    return d["checking"]["legal_basis"] or (NOT_STATED if d["checking"]["evidence_allowed"] else "none needed")


def _evidence_words(kinds: list[str]) -> str:
    return "; ".join(words.word(words.EVIDENCE, k) for k in kinds)


def _purpose(d: Document) -> Section:
    said = [f"Purpose: {_purpose_word(d)}.", f"Legal basis: {_basis(d)}."]
    if not d["checking"]["evidence_allowed"]:
        said.append(f"Not checking was decided by: {d['checking']['no_check_by'] or NOT_STATED}.")
    said.append("The purpose stands in each run that is kept; a run for another purpose than those before says so.")
    return Section("purpose", "Purpose and legal basis", tuple(said))


def _evidence(d: Document) -> Section:
    c = d["checking"]
    said = (
        f"Allowed: {_evidence_words(c['evidence_allowed']) or 'nothing'}.",
        f"Not allowed, and never opened: {_evidence_words(c['evidence_not_allowed']) or 'nothing'}.",
        f"A check looks back {_period(c['window'])}, if nobody asks for another time.",
    )
    return Section("evidence", "Kinds of evidence", said)


def _sources(d: Document) -> Section:
    rows = tuple(
        (
            s["id"],
            s["title"],
            "yes" if s["opened"] else "no, not even to count",
            s["record"],
            s["kept"] or NOT_STATED if s["evidence"] else "nothing of its own: it says who held an address",
            s["dropped"] or NOT_STATED,
        )
        for s in d["sources"]
    )
    heads = ("Source", "What it is", "Opened", "Record", "Kept", "Dropped")
    table = Table("Sources, in the words of their readers", heads, rows)
    return Section("sources", "What is read, kept and dropped", table=table, nothing="No source is stated.")


def _watched(d: Document) -> Section:
    watch = d["watch_list"]
    said = [
        "Readers keep what stands here and count everything else.",
        f"Digest: {watch['digest']}; catalogue {watch['catalogue']}. Each run states the digest that it had.",
    ]
    if watch["internal"]:
        said.append(f"Internal names, of devices declared separate alone: {words.listing(watch['internal'])}.")
    if watch["canary"]:
        said.append(f"Names that a monitor asks for, as counts an hour: {words.listing(watch['canary'])}.")
    rows = [
        (a["name"], kind.replace("_", " "), ", ".join(values))
        for a in watch["apps"]
        for kind, values in (a["identifiers"] or {"no identifier": []}).items()
    ]
    rows += [("past the logs, as counts a day", kind, ", ".join(names)) for kind, names in watch["unseen"].items()]
    table = Table("The watch list", ("What", "Kind", "Names and ids"), tuple(rows))
    if not watch["apps"]:
        return Section("watched", "The watch list", nothing="Nothing is watched: no source is opened.")
    return Section("watched", "The watch list", tuple(said), table=table)


def _told(d: Document) -> Section:
    c = d["checking"]
    told = [f"{words.day(i['on'])}: {i['who']}, {i['how']}." for i in c["informed"]]
    told += [f"{words.day(a['on'])}, of what was found: {a['who']}, {a['how']}: {a['about']}." for a in c["alarms"]]
    return Section("told", "Who was told", items=tuple(told), nothing=f"{words.capital(NOT_STATED)}.")


def _single(d: Document) -> Section:
    c = d["checking"]
    runs, ledger = (d["retention"][k] for k in ("runs", "ledger"))
    said = [f"Results are totals. {_groups(d)}"]
    if not c["rows"]:
        said.append("Rows of single devices are refused: no evidence about them is allowed.")
        return Section("single", "When single devices are looked at", tuple(said))
    if c["alarm_needed"]:
        when = words.listing([words.day(a["on"]) for a in c["alarms"]])
        said.append("Single devices are looked at only after all staff were told that something was found.")
        said.append(f"Such a notice was given on {when}." if when else "No such notice is on record.")
        said += [f"A notice counts for {_period(runs)}, as long as results of its day are kept."] if runs else []
        said.append("Before the day after a notice, and once none counts, nobody is named behind a pseudonym either.")
    said.append("Rows of single devices can be asked for; they have pseudonyms, and no run keeps them.")
    stays = f"kept {_period(ledger)}" if ledger else f"kept for a time that is {NOT_STATED}"
    said.append(
        f"That they were shown, for which purpose and of which days, is written into the ledger, which is {stays}."
    )
    return Section("single", "When single devices are looked at", tuple(said))


def _groups(d: Document) -> str:
    c = d["checking"]
    return (
        f"Units and kinds of devices are named from {c['smallest']} devices on, and numbers, where any are given, are "
        f"lower ends of bands that are {c['step']} wide."
    )


def _kept(d: Document) -> Section:
    missing = {
        "observations": "nothing is kept",
        "bundles": "until the next build",
        "receipts": "as the body's schedule of records says",
    }
    said = tuple(
        f"{KEPT[k]}: {_period(v) if v else missing.get(k, NOT_STATED)}." for k, v in d["retention"].items()
    )
    return Section("kept", "How long it is kept", items=said)


def _roles(d: Document) -> Section:
    r = d["roles"]
    rows = (
        ("Answers for the processing", r["responsible"]),
        ("Data protection officer", r["officer"]),
        ("Whom people turn to", r["contact"]),
        ("Keeps the key of the pseudonyms", r["key_holder"]),
        ("Others who receive data", words.listing(r["recipients"])),
        ("Transfers to third countries", r["transfers"]),
    )
    table = Table("Roles", ("Role", "Who"), tuple((k, v or NOT_STATED) for k, v in rows))
    return Section("roles", "Roles", table=table)


def _measures(d: Document) -> Iterable[tuple[str, str]]:
    """Risks, each with what every run does about it, or the settings do."""
    c, r = d["checking"], d["roles"]
    kept, logs = d["retention"]["runs"], d["retention"]["observations"]
    also = f", and what logs said of the apps for {_period(logs)}" if logs else ""
    return (
        ("A list of somebody's apps or sites shows health, faith, politics or love.",
         "Names of the watch list are kept; all others are counted and forgotten while they are read."),
        ("A figure about a few people is a figure about a person.",
         _groups(d)),
        ("A result names somebody.",
         f"Results have pseudonyms at most; their key is kept by: {r['key_holder'] or NOT_STATED}."),
        ("Somebody is accused wrongly.",
         "Doubtful attribution names nobody, and what was not seen is called unknown."),
        ("Data serve another purpose later.",
         "Each run states its purpose, and a run for another one says so."),
        ("Data stay for ever.",
         f"Results are kept for {_period(kept)}{also}." if kept else "How long results are kept is not stated."),
        ("Guests and pupils are logged.",
         "A log of a network for the public or for pupils is refused in the settings."),
        ("A program decides about a person.",
         "No result leads to anything by itself: it goes to a person."
         + (" The person concerned is to be heard first." if c["hear_first"] else "")),
    )  # fmt: skip


def _risks(d: Document) -> Section:
    table = Table("Risks and measures", ("Risk", "What the tool does"), tuple(_measures(d)))
    return Section("risks", "Risks, and what the tool does about them", table=table)


def _limits(d: Document) -> Section:
    said = tuple(f"{s['id']} cannot know: {s['cannot_know']}" for s in d["sources"] if s["opened"] and s["cannot_know"])
    return Section("limits", "What its sources cannot know", items=said, nothing="No source is opened.")


def _rules(d: Document) -> Section:
    if d["profile"] is None:
        return Section("rules", "What the country's law asks", nothing=f"Which country's law applies is {NOT_STATED}.")
    rows = tuple((r["asks"], _stands(r), words.word(KNOWN, r["known"])) for r in d["rules"])
    table = Table(f"Profile: {d['profile']['name']}", ("What it asks", "How it stands", "How it is known"), rows)
    return Section("rules", "What the country's law asks", (d["profile"]["note"],), table=table)


def _stands(rule: Mapping[str, Any]) -> str:
    said = [f"{words.capital(words.word(STATE, rule['state']))} ({words.word(HELD, rule['held_by'])})."]
    said += [rule["how"]] if rule["how"] else []
    said += [f"{a['answer']} ({a['by']}, {words.day(a['on'])})" for a in rule["answers"]]
    return " ".join(said)


def _open(d: Document) -> Section:
    asks = {r["id"]: f"{r['asks']} (to be answered by the body)" for r in d["rules"]}
    said = tuple(MISSING.get(k) or asks.get(k) or k for k in d["not_stated"])
    return Section("open", "Not stated", items=said, nothing="Nothing that these papers ask for is left open.")


def _cites(d: Document) -> Section:
    found = {(c["title"], c["url"], c["retrieved"]): None for r in d["rules"] for c in r["cites"]}
    said = tuple(f"{t} – {u}{f' (read on {words.day(on)})' if on else ''}" for t, u, on in found)
    return Section("sources-of-law", "Where the rules were read", items=said, nothing="No source is on record.")


def _period(text: str) -> str:
    """A period such as P6M in words."""
    found = Period.parse(text)
    parts = ((found.months, "month"), (found.days, "day"), (found.minutes // 60, "hour"))
    return words.listing([words.counted(n, one, f"{one}s") for n, one in parts if n]) or text
