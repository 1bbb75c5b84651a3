# SPDX-License-Identifier: EUPL-1.2
"""The evaluation sheet of a rule, for a council: the document of `ordinance evaluate --json` as a page.

Reads exactly that document. Results are never added up over runs, and a share of days stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ordinance.model.disclosure import Numbers, amount
from ordinance.report import coarse, effect, view, words
from ordinance.report.page import Page, Section, Table

HELD = {"held": "held", "failed": "did not hold", "not_known": "not known"}
WAYS = {
    "renew": "Renew it for another time",
    "lapse": "Let it lapse",
    "change": "Change it",
    "make_permanent": "Make it permanent",
}
WAY_DECIDED = {
    "renew": "to renew it for another time",
    "lapse": "to let it lapse",
    "change": "to change it",
    "make_permanent": "to make it permanent",
}
RELATIONS = {
    "binds": "binds us",
    "contested": "contested whether it binds us",
    "advises": "advises us",
    "mirrored": "we mirror it",
    "adopted": "we adopted it",
}
KNOWN = {"booked": "booked", "estimated": "estimated"}
FACTS = {"name_seen": "name first seen", "name_retired": "name no longer used", "classified": "found by a person"}
STANDS = {"over": "over", "in_force": "in force", "coming": "to come"}

Sheet = Mapping[str, Any]



def evaluation_page(sheet: Sheet) -> Page:
    """The sheet as a page: what was decided, what held, what was missed, what changed, and the ways that are open."""
    policy = sheet["policy"]
    return Page(
        language=words.LANGUAGE,
        who=sheet["body"]["name"],
        as_of=f"State of {words.instant(sheet['as_of'])}",
        title=f"Evaluation: {policy['title']}",
        question="What was found, and what is to be decided?",
        lead=lead(sheet),
        notice=sheet["notice"],
        state=_state(sheet),
        sections=(
            _rule(sheet),
            _held(sheet),
            _runs(sheet),
            _gaps(sheet),
            _reach(sheet),
            _exemptions(sheet),
            _campaigns(sheet),
            _channels(sheet),
            _effect(sheet),
            _cost(sheet),
            _upstream(sheet),
            _facts(sheet),
            _ways(sheet),
            _evaluations(sheet),
        ),
    )


def lead(sheet: Sheet) -> str:
    """One sentence: whether it held as far as anybody looked, and whether somebody must decide."""
    held, term = sheet["held"], sheet["term"]
    if not term["days"]:
        return "The rule has had no force yet: there is nothing to look back at."
    found = [d["held"] for d in held["now"]]
    if not held["evidence_allowed"]:
        said = f"Nobody looked whether the rule held, by decision of {held['no_check_by'] or 'nobody on record'}"
    elif not held["runs"]:
        said = "Nobody looked whether the rule held"
    elif not found:
        said = "No check looked at this version alone"
    elif "failed" in found:
        every = words.counted(len(found), "duty", "duties")
        said = f"In the last check {found.count('failed')} of {every} did not hold"
    elif set(found) == {"held"}:
        said = "Every duty held in the last check"
    else:
        unseen = f"{found.count('not_known')} of {len(found)}"
        said = f"Nothing failed in the last check, and {unseen} could not be seen whole"
    earlier = sum(d["failed_in"] > 0 and d["held"] != "failed" for d in held["now"])
    if earlier:
        said += f"; {words.counted(earlier, 'duty', 'duties')} had failed in an earlier one"
    return f"{said}. {_to_decide(sheet)}"


def _to_decide(sheet: Sheet) -> str:
    """What was decided about which clauses, and of which nobody decided though their time is up."""
    rows = sheet["decided"]
    overdue = sum(d["overdue"] and not d["way"] for d in rows)
    said = []
    for way in sorted({d["way"] for d in rows if d["way"]}):
        clauses = [_clause(d["restriction"]) for d in rows if d["way"] == way]
        which = "" if len(clauses) == len(rows) else f" ({words.listing(clauses)})"
        said.append(f"It was decided {WAY_DECIDED[way]}{which}.")
    if overdue and overdue == len(rows) == len(sheet["term"]["clauses"]):
        said.append("Its time is up and nobody has decided: it has no force.")
    elif overdue:
        clauses = [_clause(d["restriction"]) for d in rows if d["overdue"] and not d["way"]]
        have = "it has" if len(clauses) == 1 else "they have"
        said.append(f"The time of {words.listing(clauses)} is up and nobody has decided: {have} no force.")
    if said:
        return " ".join(said)
    return "Nobody has decided what follows." if sheet["needs"] else "Nothing says that its renewal needs anything."


def _state(sheet: Sheet) -> str:
    found = {d["held"] for d in sheet["held"]["now"]}
    if not sheet["term"]["days"]:
        return "not_yet"
    if not sheet["held"]["evidence_allowed"]:
        return "by_decision"
    if not sheet["held"]["runs"]:
        return "unchecked"
    if "failed" in found:
        return "fails"
    return "holds_where_seen" if found == {"held"} else "partly"


# --- sections -------------------------------------------------------------------------------------


def _marked(policy: Mapping[str, Any], clause: str, duty: str = "") -> str:
    """Behind a clause, or a duty of one, that an example made up: the mark that the page of a check has."""
    return f" ({words.INVENTED})" if view.invented(policy, clause, duty) else ""


def _rule(sheet: Sheet) -> Section:
    policy, term = sheet["policy"], sheet["term"]
    sentences = [f"Decided by {policy['authority']}; version {policy['version']}."]
    if term["days"]:
        first, last = words.day(term["from"]), words.day(term["to"])
        counted = words.counted(term["days"], "day", "days")
        if term["goes_on"]:
            sentences.append(f"In force since {first}, and still; looked back at until {last}: {counted}.")
        else:
            sentences.append(f"In force from {first} to {last}, both included: {counted}, pauses left out.")
    if sheet["needs"]:
        sentences.append(f"Its renewal needs: {words.listing([n.replace('_', ' ') for n in sheet['needs']])}.")
    if policy["to_be_decided"]:
        sentences.append(f"Still to be decided: {words.reasons(policy['to_be_decided'])}.")
    if policy["invented"]:
        said = "; ".join(view.path_in_words(p) for p in policy["invented"])
        sentences.append(f"{words.capital(words.INVENTED)}: {said}.")
    rows = tuple(
        (
            _clause(c["id"]) + _marked(policy, c["id"]),
            words.word(words.STANDING, c["standing"]),
            words.day(c["last_day"]) or ("not read" if c["end_not_read"] else "no end"),
            words.word(words.SILENCE, c["at_sunset"]) or "not said",
            "; ".join(c["goes_on_as"]) or "nothing",
        )
        for c in term["clauses"]
    )
    heads = ("Clause", "State", "Last day", "What silence means", "Goes on as")
    return Section("rule", "The rule", tuple(sentences), table=Table("Clauses and their time", heads, rows))


def _held(sheet: Sheet) -> Section:
    held, term = sheet["held"], sheet["term"]
    sentences = []
    if held["runs"]:
        seen = f"{words.number(held['days_seen'])} of {words.counted(term['days'], 'day', 'days')}"
        rest = "; the other days were seen by nobody" if held["days_seen"] < term["days"] else ""
        sentences.append(f"Checks that saw something looked at {seen}{rest}. Of each duty the last check speaks.")
    mixed = sum(r["several_versions"] for r in held["runs"])
    if mixed:
        said = words.counted(mixed, "check", "checks")
        sentences.append(f"{said} looked at several versions at once; whose results they are cannot be told.")
    rows = tuple(
        (
            f"{_clause(d['restriction'])}: {words.word(words.DUTIES, d['duty'])}"
            + _marked(sheet["policy"], d["restriction"], d["duty"]),
            HELD[d["held"]],
            *(amount(d["results"][r], d["numbers"]) for r in ("pass", "fail")),
            amount(sum(d["results"][r] for r in ("error", "unknown", "notchecked")), d["numbers"]),
            f"{d['failed_in']} of {d['of_runs']}",
        )
        for d in held["now"]
    )
    heads = ("Duty", "Last check", "Holds", "Does not", "Not known", "Checks in which it failed")
    table = Table("Each duty in the last check, in devices", heads, rows, frozenset({2, 3, 4, 5}))
    nothing = "No check of this rule was kept: nothing is known, which is not the same as nothing being wrong."
    unusable = tuple(f"Run {u['run']} cannot be used: it {u['reason']}." for u in held["not_usable"])
    return Section("held", "What held", tuple(sentences), unusable, table, nothing)


def _share(value: float | None, numbers: str) -> str:
    return words.share(value) if numbers == Numbers.EXACT else coarse.share(value)


def _runs(sheet: Sheet) -> Section:
    rows = tuple(
        (
            words.day(r["as_of"]),
            f"{words.day(r['from'])} to {words.day(r['to'])}",
            *(_share(r["coverage"][what], r["numbers"]) for what in ("inventory", "network")),
            words.number(r["duties"]["held"]),
            words.number(r["duties"]["failed"]),
            words.number(r["duties"]["not_known"]),
        )
        for r in sheet["held"]["runs"]
    )
    heads = ("Check of", "Looked at", "Inventories seen", "Network seen", "Duties held", "Failed", "Not known")
    table = Table("Each check that was kept", heads, rows, frozenset({2, 3, 4, 5, 6}))
    return Section("checks", "The checks", table=table, nothing="None was kept.")


def _gaps(sheet: Sheet) -> Section:
    missed = sheet["not_enforced"]
    rows = tuple(
        (
            words.capital(g["reason"]),
            words.listing([_asked(d, sheet["policy"]) for d in g["duties"]]),
            words.listing([words.app(a) for a in g["apps"]]),
            words.listing([words.word(words.SURFACES, s) for s in g["surfaces"]]),
            g["target"],
        )
        for g in missed["gaps"]
    )
    table = Table("What was asked for and could not be enforced", ("Why", "Asked for", "App", "Where", "Tool"), rows)
    last = "the last day looked at" if sheet["term"]["goes_on"] else "the last day of its force"
    when = (f"As the files stand for {words.day(missed['at'])}, {last}.",) if rows else ()
    return Section("gaps", "What could not be enforced", when, table=table, nothing="No gap is on record.")


def _asked(duty: str, policy: Mapping[str, Any]) -> str:
    """`gent-2023/phones: remove` as a person reads it, with the clause in brackets."""
    clause, _, what = duty.partition(": ")
    return f"{words.word(words.DUTIES, what).lower()} ({_clause(clause).lower()}){_marked(policy, clause, what)}"


def _reach(sheet: Sheet) -> Section:
    rows = tuple(
        (o["network"], o["who"], words.number(o["count"]), o["target"], o["reason"])
        for o in sheet["not_enforced"]["over_reach"]
    )
    heads = ("Network", "Who", "How many", "Tool", "Why")
    table = Table("Whom the tools hit besides, all rules together", heads, rows, frozenset({2}))
    return Section("overreach", "Whom it hit besides", table=table, nothing="Nobody that no rule covers.")


def _exemptions(sheet: Sheet) -> Section:
    rows = tuple(
        (
            e["id"],
            e["purpose"].replace("_", " "),
            e["approver"],
            f"{words.day(e['from'])} to {words.day(e['last_day'])}",
            "all" if e["devices"] is None else words.number(e["devices"]),
            STANDS[e["stands"]],
        )
        for e in sheet["exemptions"]
    )
    heads = ("Exemption", "Purpose", "Approved by", "Time", "Devices", "State")
    table = Table("Exemptions from its clauses", heads, rows, frozenset({4}))
    return Section("exemptions", "Exemptions used", table=table, nothing="None was given.")


def _campaigns(sheet: Sheet) -> Section:
    rows = tuple(
        (
            c["title"],
            f"{words.day(c['from'])} to {words.day(c['to'])}",
            words.instant(c["hit_from"]) or f"cannot be said: {words.open_points(c['missing'])}",
            "; ".join(f"{m['to']}{'' if m['done'] else ' (not done)'}" for m in c["moves"]) or "nowhere",
            c["owner"],
        )
        for c in sheet["campaigns"]
    )
    heads = ("Campaign", "Runs", "Forbidden from", "Moved to", "Owner")
    table = Table("Campaigns that the rule forbids", heads, rows)
    count = sheet["campaigns_on_file"]
    counted = words.counted(count, "campaign", "campaigns")
    nothing = f"It hits none of the {counted} on file." if count else "None is on file."
    return Section("campaigns", "Campaigns it hit", table=table, nothing=nothing)


def _channels(sheet: Sheet) -> Section:
    """Channels whose app and device, or which as accounts, a clause restricts, with what lifts it."""
    title = "Channels it hits"
    if sheet["channels"] is None:
        return Section("channels", title, nothing="The body has no channel on file: what the rule hits is not known.")
    rows = tuple(
        (
            f"{c['handle']} on {c['platform_name']}",
            c["owner"],
            words.word(words.CHANNEL_STATES, c["state"]),
            words.capital(words.hit(c)),
            _clause(c["clause"]),
            words.lifted(c["lifted_by"]) if c["lifted_by"] else "nothing",
        )
        for c in sheet["channels"]
    )
    heads = ("Channel", "Owner", "State", "What is restricted", "Clause", "What lifts it")
    table = Table("Channels on the last day of its force", heads, rows)
    return Section("channels", title, table=table, nothing="It restricts none of the channels on file.")


def _effect(sheet: Sheet) -> Section:
    """What changed when the rule began to bite, a line each; `ordinance effect` has the days behind it."""
    contacts = sheet["effect"]["contacts"]
    audience = [m for m in sheet["effect"]["audience"] if m["restricted"] != "free"]
    rows = [(f"Contacts with {c['family_name']}", effect.judgement(c, effect.CONTACTS)) for c in contacts]
    for one in audience:
        name = f"{words.capital(effect.METRICS[one['metric']])} of {one['channel']}"
        rows.append((name, effect.judgement(one, effect.AUDIENCE)))
    table = Table("Before and after the rule began to bite", ("What", "Said"), tuple(rows))
    cause = (effect.NO_CAUSE,) if any(not r["why"] for r in (*contacts, *audience)) else ()
    nothing = "Nothing of what it speaks of was counted."
    return Section("effect", "Before and after", cause, table=table, nothing=nothing)


def _cost(sheet: Sheet) -> Section:
    cost = sheet["cost"]
    if cost is None:
        return Section("cost", "What it cost", nothing="Nobody stated what it cost.")
    rows = tuple((c["what"], f"{c['amount']} {c['currency']}", KNOWN[c["known"]]) for c in cost["rows"])
    if not rows:
        return Section("cost", "What it cost", (f"It was stated that it cost nothing ({cost['evaluation']}).",))
    totals = (f"In all, {KNOWN[t['known']]}: {t['amount']} {t['currency']}." for t in cost["totals"])
    sums = (f"As {cost['evaluation']} states it.", *totals)
    table = Table("Cost", ("What", "Amount", "How it is known"), rows, frozenset({1}))
    return Section("cost", "What it cost", sums, table=table)


def _upstream(sheet: Sheet) -> Section:
    rows = []
    for one in sheet["upstream"]:
        for event in one["events"]:
            what = event["what"].replace("_", " ")
            which = f"{_clause(event['restriction'])}: " if event["restriction"] else f"version {event['version']}: "
            rows.append(
                (words.day(event["day"]), one["title"] or one["text"], RELATIONS[one["relation"]], which + what)
            )
    quiet = [o["title"] or o["text"] for o in sheet["upstream"] if not o["events"]]
    said = (f"Nothing is on record of: {words.listing(quiet)}.",) if quiet and rows else ()
    table = Table("Events since the rule has force", ("Day", "Text", "What it is to us", "What happened"), tuple(rows))
    nothing = f"Nothing is on record of: {words.listing(quiet)}." if quiet else "It follows no other text."
    return Section("upstream", "What others decided meanwhile", said, table=table, nothing=nothing)


def _facts(sheet: Sheet) -> Section:
    rows = tuple(
        (words.day(f["day"]), words.app(f["app"]), FACTS[f["kind"]], f["what"], f["source"]) for f in sheet["app_facts"]
    )
    table = Table("Dated facts about the apps", ("Day", "App", "What is new", "Which", "Source"), rows)
    nothing = "No dated fact of the catalogue or of the body falls into this time."
    return Section("facts", "What changed about the apps", table=table, nothing=nothing)


def _ways(sheet: Sheet) -> Section:
    rows = tuple(
        (
            WAYS[w["way"]],
            "; ".join(w["for"]) or ("nothing written" if w["considered"] else "not considered"),
            "; ".join(w["against"]) or ("nothing written" if w["considered"] else "not considered"),
            w["takes"],
        )
        for w in sheet["ways"]
    )
    heads = ("Way", "What speaks for it", "What speaks against it", "What it takes in the files")
    return Section("ways", "The ways that are open", table=Table("Four ways", heads, rows))


def _evaluations(sheet: Sheet) -> Section:
    said = tuple(line for e in sheet["evaluations"] for line in _one(e))
    return Section("decision", "Evaluations and decisions", items=said, nothing="No evaluation is on file.")


def _one(evaluation: Mapping[str, Any]) -> Iterator[str]:
    one, decision = evaluation, evaluation["decision"]
    about = f"{words.day(one['from'])} to {words.day(one['to'])}"
    yield f"{one['id']}: by {one['by']} on {words.day(one['on'])}, about {about}."
    yield from one["findings"]
    if one["invented"]:
        yield f"Invented for the example: {words.listing(one['invented'])}."
    if decision is None:
        yield "Nobody has decided on it."
        return
    yield f"{decision['by']} decided on {words.day(decision['on'])} {WAY_DECIDED[decision['way']]}."
    yield from (f"Because: {r}" for r in decision["reasons"])
    if decision["consulted"]:
        yield f"Heard before: {words.listing(decision['consulted'])}."
    yield from (f"Of another mind, {d['by']}: {d['text']}" for d in decision["dissent"])
    if decision["no_dissent"]:
        yield "Nobody was of another mind."
    if decision["next_review"]:
        yield f"Looked at again by {words.day(decision['next_review'])}."


def _clause(name: str) -> str:
    return words.capital(name.partition("/")[2].replace("-", " ").replace("_", " "))
