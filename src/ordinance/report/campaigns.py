# SPDX-License-Identifier: EUPL-1.2
"""The board of campaigns and the file of an account as pages, from the documents of `campaigns` and `cases`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ordinance.report import words
from ordinance.report.page import Page, Section, Table

EFFECTS = {
    "began_forbidden": "began although it was forbidden",
    "no_move": "forbidden, and nothing says where it goes",
    "moves_late": "moves too late",
    "not_known": "cannot be said",
    "advised_against": "goes on; advice speaks against it",
    "moves_in_time": "moves in time",
    "moved": "has moved",
    "not_hit": "goes on",
    "over": "over",
}
WAYS = {
    "keep": "keep the account",
    "suspend": "suspend the account",
    "hand_over": "hand the account over",
    "hold_handle": "hold the name and post nothing",
}
NAMES = {"use": "it stays in use", "hold": "it is held", "transfer": "it goes to another", "release": "it is given up"}
KEPT = {"yes": "kept", "no": "not kept", "not_known": "nobody knows"}
STANDS = {"open": "Open", "decided": "Decided, not closed", "closed": "Closed", "overdue": "Its review is overdue"}

Document = Mapping[str, Any]




def campaigns_page(board: Document) -> Page:
    """Every campaign, worst first, with the day from which a rule forbids it and where it goes."""
    rows = tuple(_campaign(c) for c in board["campaigns"])
    heads = ("Campaign", "Runs", "What becomes of it", "Forbidden from", "By", "Moves to, by when, by whom", "Owner")
    supposed = board["supposed"]
    said = (
        (f"As if {supposed['policy']} had force from {words.day(supposed['from'])}.",) if supposed is not None else ()
    )
    invented = tuple(
        f"{c['id']}: invented for the example: {words.listing(c['invented'])}."
        for c in board["campaigns"]
        if c["invented"]
    )
    return Page(
        language=words.LANGUAGE,
        who=board["body"]["name"],
        as_of=f"State of {words.instant(board['as_of'])}",
        title="Campaigns and the rule",
        question="Which campaigns does a rule hit?",
        lead=_lead(board),
        notice=board["notice"],
        sections=(
            Section("board", "The board", said, (), Table("Every campaign", heads, rows), "No campaign is on file."),
            *((Section("invented", "Made up for the example", items=invented),) if invented else ()),
        ),
    )


def _lead(board: Document) -> str:
    count = len(board["campaigns"])
    if not count:
        return "No campaign is on file."
    worry, open_ones = board["to_think_of"], board["not_known"]
    said = f"Of {words.counted(count, 'campaign', 'campaigns')}, {worry} must be decided on now"
    return f"{said}; of {open_ones} it cannot be said." if open_ones else f"{said}."


def _campaign(one: Document) -> tuple[str, ...]:
    moves = [
        f"{m['to']}, {words.day(m['by'])}, {m['owner']}{' (done)' if m['done'] else ''}" for m in one["moves"]
    ]
    what = EFFECTS[one["effect"]]
    if one["exemption"]:
        what += f" (exemption {one['exemption']})"
    if one["missing"]:
        what += f"; {words.open_points(one['missing'])}"
    return (
        one["title"],
        f"{words.day(one['from'])} to {words.day(one['to'])}",
        what,
        words.instant(one["hit_from"]) or "–",
        one["clause"] or "–",
        "; ".join(moves) or ("nowhere yet" if one["clause"] else "–"),
        one["owner"],
    )


def case_page(case: Document) -> Page:
    """The file of an account: what is asked, who depends on it, what must be kept, what was decided."""
    return Page(
        language=words.LANGUAGE,
        who=case["body"]["name"],
        as_of=f"State of {words.instant(case['as_of'])}",
        title=case["title"],
        question=f"What becomes of {case['handle']} on {words.app(case['app'])}?",
        lead=_case_lead(case),
        notice=case["notice"],
        sections=(
            *(_consents(case), _questions(case), _dependants(case), _records(case), _options(case), _decided(case)),
            *_origins(case),
        ),
    )


def _case_lead(case: Document) -> str:
    unanswered = sum(q["answer"] is None for q in case["questions"])
    decision = case["decision"]
    if decision is None:
        return f"Nothing is decided. {words.counted(unanswered, 'question is', 'questions are')} open."
    said = f"{words.capital(decision['by'])} decided on {words.day(decision['on'])} to {WAYS[decision['way']]}."
    if case["stands"] == "overdue":
        return f"{STANDS['overdue']} since {words.day(decision['next_review'])}. {said}"
    name = case["name"]
    return f"{said} The name: {NAMES[name['way']]}." if name else f"{said} Of its name nothing is decided yet."


def _consents(case: Document) -> Section:
    answers = {True: "agrees", False: "does not agree", None: "not heard yet"}
    rows = tuple((c["institution"], answers[c["agrees"]], words.day(c["on"]) or "–") for c in case["answers_to"])
    table = Table("Those to whom the body answers", ("Who", "What they say", "When"), rows)
    return Section("consent", "Whom it answers to", table=table, nothing="Nobody else has a say, as far as is written.")


def _questions(case: Document) -> Section:
    rows = tuple(
        (q["question"], q["answer"] or "open", words.day(q["on"]) or "–", q["owner"]) for q in case["questions"]
    )
    table = Table("Questions", ("Question", "Answer", "When", "Who finds out"), rows)
    return Section("questions", "What must be known", table=table, nothing="No question is written.")


def _dependants(case: Document) -> Section:
    rows = tuple((d["what"], d["owner"]) for d in case["dependants"])
    table = Table("What relies on the account", ("What", "Who answers for it"), rows)
    return Section("dependants", "Who depends on it", table=table, nothing="Nobody is on file.")


def _records(case: Document) -> Section:
    rows = tuple((r["what"], KEPT[r["kept"]], r["where"] or "–") for r in case["records"])
    table = Table("What must not be lost", ("What", "Kept?", "Where"), rows)
    nothing = "Nothing is on file, which does not say that there is none."
    return Section("records", "Records", table=table, nothing=nothing)


def _options(case: Document) -> Section:
    rows = tuple(
        (words.capital(WAYS[o["way"]]), "; ".join(o["for"]) or "–", "; ".join(o["against"]) or "–")
        for o in case["options"]
    )
    table = Table("Ways", ("Way", "What speaks for it", "What speaks against it"), rows)
    return Section("options", "The ways that are open", table=table, nothing="None is written.")


def _decided(case: Document) -> Section:
    decision, name = case["decision"], case["name"]
    said: list[str] = []
    if decision is not None:
        said += [f"{words.capital(decision['by'])} decided on {words.day(decision['on'])}: {WAYS[decision['way']]}."]
        said += [f"Because: {r}" for r in decision["reasons"]]
        if decision["consulted"]:
            said.append(f"Heard before: {words.listing(decision['consulted'])}.")
        said += [f"Of another mind, {d['by']}: {d['text']}" for d in decision["dissent"]]
        said += ["Nobody was of another mind."] if decision["no_dissent"] else []
        if decision["next_review"]:
            said.append(f"Looked at again by {words.day(decision['next_review'])}.")
    if name is not None:
        how = f" ({name['how']})" if name["how"] else ""
        said.append(f"The name {case['handle']}: {NAMES[name['way']]}{how}; {name['by']}, {words.day(name['on'])}.")
    if case["closed"]:
        said.append(f"Closed on {words.day(case['closed'])}.")
    return Section("decision", "What was decided", items=tuple(said), nothing="Nothing yet.")


def _origins(case: Document) -> Iterator[Section]:
    """Where it was read, and what was made up for an example; neither where nothing is said."""
    if case["cites"]:
        said = tuple(" – ".join(x for x in (c["title"], c["url"]) if x) for c in case["cites"])
        yield Section("sources", "Where it was read", items=said)
    if case["invented"]:
        said = (f"Invented for the example: {words.listing([i.replace('_', ' ') for i in case['invented']])}.",)
        yield Section("invented", "Made up for the example", items=said)
