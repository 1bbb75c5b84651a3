# SPDX-License-Identifier: EUPL-1.2
"""The cascade board as a page: who took a directive over, follows it, answered, or is silent, since and until when.

Reads the document of `ordinance cascade --json`, nothing else. Of authorities of the library it says what is on
record, never that somebody did nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ordinance.report import view, words
from ordinance.report.page import Page, Section, Table

STANDS = {
    "author": "its own text",
    "adopted": "took it over",
    "mirrors": "follows it",
    "differs": "follows it with differences",
    "prepares": "prepares an act that follows it",
    "mitigated": "answered: other measures",
    "declined": "answered: declined",
    "said_adopted": "answered: adopted, without an act of its own",
    "pending": "answered: still to be decided",
    "own_rule": "has a rule of its own about the app",
    "no_decision": "on record that it did not decide",
    "not_yet": "not in force for it yet",
    "over": "no longer in force for it",
    "contested": "nothing on file; whether it is reached is contested",
    "bound": "bound, without an act of its own",
    "silent": "silent",
    "not_reached": "not reached",
}
SHORT = {  # of one, of several
    "adopted": ("took it over", "took it over"),
    "mirrors": ("follows it unchanged", "follow it unchanged"),
    "differs": ("follows it with differences", "follow it with differences"),
    "prepares": ("prepares an act that follows it", "prepare an act that follows it"),
    "mitigated": ("answered with other measures", "answered with other measures"),
    "declined": ("declined", "declined"),
    "said_adopted": ("said that it adopts it", "said that they adopt it"),
    "pending": ("has still to decide", "have still to decide"),
    "own_rule": ("has a rule of its own", "have a rule of their own"),
    "no_decision": ("did not decide", "did not decide"),
    "not_yet": ("is reached only later", "are reached only later"),
    "over": ("is reached no longer", "are reached no longer"),
    "contested": ("may or may not be reached", "may or may not be reached"),
    "bound": ("is bound without an act of its own", "are bound without an act of their own"),
    "silent": ("is silent", "are silent"),
    "not_reached": ("is not reached", "are not reached"),
}
ON_RECORD = {"silent": ("has nothing on record here", "have nothing on record here")}
MADE_UP = "made up for this example"
REACH = {
    "author": "author",
    "binds": "binds it",
    "advises": "advises it",
    "contested": "contested whether it reaches it",
    "not": "does not reach it",
}

Board = Mapping[str, Any]


def cascade_page(board: Board) -> Page:
    """The board as a page: a table of all, then each body with its differences or its reasons."""
    directive = board["directive"]
    others = [b for b in board["bodies"] if b["stand"] != "author"]
    return Page(
        language=words.LANGUAGE,
        who=directive["authority"],
        as_of=f"State of {words.instant(board['as_of'])}",
        title=f"Who follows: {directive['title']}",
        question="What did the others make of it?",
        lead=_lead(board, others),
        notice=_notice(board["bodies"]),
        sections=(_table(board), _unusable(board), *_each(board["bodies"]), _sources(directive)),
    )


def _notice(bodies: Iterable[Mapping[str, Any]]) -> str:
    """The notice of the one body that has any; of several, whose stand with each."""
    found = {b["name"]: b["notice"] for b in bodies if b["notice"]}
    if len(found) > 1:
        return f"Not everything here is a fact: read what is said below of {words.listing(list(found))}."
    return "".join(f"{name}: {notice}" for name, notice in found.items())


def _lead(board: Board, others: list[Mapping[str, Any]]) -> str:
    return " ".join((*_counted(board, others), *_invented(others), *_unread(len(board["not_usable"]))))


def _invented(others: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    names = [b["name"] for b in others if b["stand_invented"]]
    if names:
        yield f"What {words.listing(names)} made of it was {MADE_UP}."


def _parts(paths: Iterable[str]) -> str:
    """` Made up for this example: the whole answer.`, to stand behind a sentence; nothing where nothing was."""
    said = "; ".join(view.path_in_words(p) for p in paths)
    return f" {words.capital(MADE_UP)}: {said}." if said else ""


def _counted(board: Board, others: list[Mapping[str, Any]]) -> Iterator[str]:
    if not others:
        yield "Nobody else is on this board."
        return
    short = SHORT | ON_RECORD if _of_record(others) else SHORT
    said = [f"{n} {short[k][n > 1]}" for k, n in board["counts"].items() if k != "author"]
    yield f"Of {len(others)} on this board, {words.listing(said)}."
    if not board["directive"]["in_force"]:
        yield "The directive has no force at this instant."
    elif not any(b["has_force"] for b in others):
        yield "It reaches nobody on this board."
    else:
        yield _without(sum(b["no_enforcing_act"] for b in others))


def _unread(count: int) -> Iterator[str]:
    if count:
        yield f"{count} folder{'' if count == 1 else 's'} could not be read."


def _of_record(bodies: list[Mapping[str, Any]]) -> bool:
    """Whether those who are silent stand in the library, which does not know everything."""
    return any(b["on_record_only"] for b in bodies)


def _without(count: int) -> str:
    if not count:
        return "Each that it reaches has an enforcing act of its own in force."
    own = "has no enforcing act of its own" if count == 1 else "have no enforcing act of their own"
    return f"{count} of them {own} in force."


def _table(board: Board) -> Section:
    rows = tuple(
        (
            b["name"],
            f"{_stand(b)} ({MADE_UP})" if b["stand_invented"] else _stand(b),
            _reach(b),
            words.day_known_to(b["since"], b["since_known_to"]) or "–",
            _end(b),
            "none in force" if b["no_enforcing_act"] else "in force" if b["has_force"] else "not asked for",
        )
        for b in board["bodies"]
    )
    heads = ("Body", "What it made of it", "The text", "Since", "Last day", "Enforcing act of its own")
    return Section("board", "The board", table=Table("Everybody on the board", heads, rows), nothing="Nobody.")


def _reach(body: Mapping[str, Any]) -> str:
    if body["reach"] in {"binds", "advises"} and not body["has_force"]:
        return "has no force for it"
    return REACH[body["reach"]]


def _until(act: Mapping[str, Any]) -> str:
    if act["last_day"]:
        return f"last day {words.day(act['last_day'])}"
    return "its end was not read" if act["end_not_read"] else "without an end"


def _end(body: Mapping[str, Any]) -> str:
    """The last day of what was decided; an end that nobody read is not said to be none."""
    if body["last_day"]:
        return words.day(body["last_day"])
    if not body["since"]:
        return "–"
    return "not read" if body["end_not_read"] else "no end"


def _stand(body: Mapping[str, Any]) -> str:
    if body["stand"] == "silent" and body["on_record_only"]:
        return "nothing on record here"
    if body["stand"] == "bound" and body["on_record_only"]:
        return "bound; no act of its own on record here"
    if body["stand"] == "own_rule" and not any(a["binding"] for a in body["acts"]):
        return "has advice of its own about the app"
    if body["stand"] == "said_adopted" and body["acts"]:
        return "answered: adopted; its own act names no text that it follows"
    return STANDS[body["stand"]]


def _unusable(board: Board) -> Section:
    said = tuple(f"{u['folder']}: {'; '.join(u['issues'])}" for u in board["not_usable"])
    return Section("unusable", "Folders that could not be read", items=said, nothing="None.")


def _each(bodies: Iterable[Mapping[str, Any]]) -> Iterator[Section]:
    for n, body in enumerate(bodies, 1):
        said = tuple(_said(body))
        lines = tuple(_divergences(body))
        if said or lines:
            yield Section(f"body-{n}", body["name"], said, lines)


def _said(body: Mapping[str, Any]) -> Iterator[str]:
    if body["notice"]:
        yield f"Notice: {body['notice']}"
    for act in body["acts"]:
        if act["relation"] == "author":
            if made_up := _parts(act["invented"]):
                yield f"{act['title']}:{made_up}"
            continue
        state = words.word(words.STANDING, act["standing"]).lower()
        since = words.day_known_to(act["since"], act["since_known_to"]) or "no day set"
        made_up = _parts(act["invented"])
        yield f"{act['title']} ({act['id']}, version {act['version']}): {state}; from {since}, {_until(act)}.{made_up}"
    answer = body["answer"]
    if answer is not None:
        made_up = _parts(answer["invented"])
        yield f"Answered on {words.day(answer['on'])} by {answer['by']}: {answer['answer']}.{made_up}"
        yield from answer["reasons"]
        yield from (f"Instead: {m}" for m in answer["mitigations"])
        if answer["next_review"]:
            yield f"Looked at again by {words.day(answer['next_review'])}."
    if body["record"] is not None:
        yield f"{body['record']['title']}.{_parts(body['record']['invented'])}"
        yield from body["record"]["reasons"]


def _divergences(body: Mapping[str, Any]) -> Iterator[str]:
    """The first sentence of each difference under the heading of its direction."""
    for act in body["acts"]:
        for side in act["sheet"]:
            yield from (f"{side['heading'].rstrip(':.')}: {said[0]}" for said in side["differences"])


def _sources(directive: Mapping[str, Any]) -> Section:
    said = tuple(" – ".join(x for x in (c["title"], c["url"]) if x) for c in directive["cites"])
    return Section("sources", "Where the directive was read", items=said, nothing="No source is on record.")
