# SPDX-License-Identifier: EUPL-1.2
"""A paper as an HTML file of headings, paragraphs and lists, to be printed from a browser or copied into a mail.

Reads what the paper says, and its words. It loads nothing and holds no script, no style and no link. It has no day of
its own: the same rules give the same paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from ordinance.model.estate import Enrolment
from ordinance.model.law import Duty
from ordinance.targets._paper_words import Words, shown
from ordinance.targets._papers import Asked, Audience, Paper, Part

_HEAD = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="policy-tag" content="app-restriction">
<title>{title}</title>
</head>
<body>
<main lang="{language}">
"""  # the language stands at `main` too: what is pasted into a mail loses `html`
_FOOT = "</main>\n</body>\n</html>\n"
_NOT_REACHED = frozenset({None, Enrolment.NONE})


@dataclass(frozen=True, slots=True)
class Frame:
    """What all papers of a bundle share; texts are not trusted, `names` are HTML."""

    sender: str
    contact: str
    catalogue_version: str
    notice: str
    names: Mapping[str, str]


def page(paper: Paper, parts: tuple[Part, ...], audience: Audience, frame: Frame, words: Words) -> bytes:
    """A whole file; one that nothing is asked by says so."""
    title = words.text(paper, "title")
    sender = _p(words.text("say", "sender", sender=shown(frame.sender)))
    head = [_HEAD.format(language=words.language, title=title), f"<h1>{title}</h1>\n", sender]
    if parts:
        head.append(_p(words.text(paper, "intro")))
        body = [*_parts(paper, parts, audience, frame, words)]
        body += [_p(words.text("say", note)) for note in _notes(paper, parts, audience)]
    else:
        body = [_p(words.text("say", "empty"))]
    return "".join([*head, *body, *_end(parts, frame, words), _FOOT]).encode()


def _parts(
    paper: Paper, parts: tuple[Part, ...], audience: Audience, frame: Frame, words: Words
) -> Iterator[str]:
    for restriction, of_one in groupby(parts, key=lambda part: part.restriction):
        yield f"<h2>{words.text('say', 'decision', id=_code(restriction))}</h2>\n"
        for part in of_one:
            yield from _part(paper, part, audience, frame, words)


def _part(paper: Paper, part: Part, audience: Audience, frame: Frame, words: Words) -> Iterator[str]:
    yield _p(words.text("say", "apps"))
    yield _ul("apps", (frame.names[app] for app in part.apps))
    yield _p(words.text("say", "networks" if paper is Paper.WIFI else "devices"))
    yield _ul("places", _places(paper, part, audience, words))
    yield _p(words.text(paper, "asked"))
    yield _ul("asked", (_line(one, words) for one in part.asked))


def _places(paper: Paper, part: Part, audience: Audience, words: Words) -> Iterable[str]:
    if paper is Paper.WIFI:
        networks = (audience.networks[n] for n in part.place)
        return sorted({shown(n.name or n.id) for n in networks})
    return words.devices(audience.classes.get(c) for c in part.place)


def _line(asked: Asked, words: Words) -> str:
    surfaces = ", ".join(words.text("surface", s) for s in asked.surfaces)
    return words.text(
        "say", "line", day=words.day(asked.due), surfaces=surfaces, duty=words.text("duty", asked.duty)
    )


def _notes(paper: Paper, parts: tuple[Part, ...], audience: Audience) -> Iterator[str]:
    if paper is Paper.WIFI:
        if any(a.duty is Duty.BLOCK_TRAFFIC for p in parts for a in p.asked):
            yield "everybody"
        yield "persons"
        return
    yield "days"
    if paper is Paper.LETTER:
        holders = (audience.classes.get(c) for p in parts for c in p.place)
        if any(who is None or who.facts.enrolment in _NOT_REACHED for who in holders):
            yield "unmanaged"
        yield "doubt"
    yield "exempt"


def _end(parts: tuple[Part, ...], frame: Frame, words: Words) -> Iterator[str]:
    contact = shown(frame.contact)
    yield _p(words.text("say", "contact", contact=contact) if contact else words.text("say", "contact_none"))
    if parts:
        apps = ", ".join(f"{frame.names[a]} ({_code(a)})" for a in sorted({a for p in parts for a in p.apps}))
        yield _p(words.text("say", "sources", version=shown(frame.catalogue_version), apps=apps))
        yield _p(words.text("say", "tag"))
    if notice := shown(frame.notice):
        yield _p(notice)


def _p(inside: str) -> str:
    return f"<p>{inside}</p>\n"


def _ul(what: str, rows: Iterable[str]) -> str:
    return "".join([f'<ul class="{what}">\n', *(f"<li>{row}</li>\n" for row in rows), "</ul>\n"])


def _code(untrusted: str) -> str:
    return f"<code>{shown(untrusted)}</code>"
