# SPDX-License-Identifier: EUPL-1.2
"""What a reader of HTML finds in letters and notices: parts, apps, places, days, and nothing that does not belong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser

from ordinance.model.target import Artefact, Compiled

_ATTRIBUTES = {"html": {"lang"}, "main": {"lang"}, "ul": {"class"}, "time": {"datetime"}}
_META = [
    {"charset": "utf-8"},
    {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'"},
    {"name": "policy-tag", "content": "app-restriction"},
]
_INSIDE = {
    None: {"html"}, "html": {"head", "body"}, "head": {"meta", "title"}, "body": {"main"},
    "main": {"h1", "h2", "p", "ul"}, "ul": {"li"}, "li": {"time"}, "h2": {"code"}, "p": {"code"},
}  # fmt: skip
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "et": "jaanuarist veebruarist märtsist aprillist maist juunist juulist augustist septembrist oktoobrist novembrist "
    "detsembrist",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_DAY = {"en": "{d} {m} {y}", "et": "{d}. {m} {y}", "nl": "{d} {m} {y}", "fr": "{d} {m} {y}"}
_CLOCK = {"en": ", %H:%M", "et": " kell %H.%M", "nl": " om %H.%M uur", "fr": " à %H\u00a0h\u00a0%M"}


@dataclass
class Part:
    """What one clause asks of some apps; `asked` are the lines, `days` what their elements for machines say."""

    restriction: str
    apps: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """One paper. `ids` are the apps that its last lines name, `shape` is all that is not text."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.language, self.title = "", ""
        self.parts: list[Part] = []
        self.paragraphs: list[str] = []
        self.ids: list[str] = []
        self.shape: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self._open: list[str] = []
        self._metas: list[dict[str, str | None]] = []
        self._text: list[str] = []
        self._restriction, self._list, self._day = "", "", ""
        self.feed(content.decode("utf-8"))
        self.close()
        assert not self._open
        assert self._metas == _META

    def handle_decl(self, decl: str) -> None:
        """Only the one at the beginning."""
        assert decl == "DOCTYPE html" and not self.shape

    def handle_comment(self, data: str) -> None:
        """A paper has none."""
        raise AssertionError(data)

    handle_pi = unknown_decl = handle_comment

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Each where it belongs, with the attributes that it has here."""
        above = self._open[-1] if self._open else None
        assert tag in _INSIDE[above], (above, tag)
        self.shape.append((tag, tuple(attrs)))
        if tag == "meta":
            self._metas.append(dict(attrs))
            return
        found = dict(attrs)
        assert set(found) == _ATTRIBUTES.get(tag, set())
        if "lang" in found:
            assert self.language in {"", found["lang"]}
            self.language = found["lang"] or ""
        if tag == "ul":
            self._list = found["class"] or ""
            assert self._list in {"apps", "places", "asked"}
            if self._list == "apps":
                self.parts.append(Part(self._restriction))
        if tag == "time":
            self._day = found["datetime"] or ""
        if tag in {"li", "p", "h1", "h2", "title"}:
            self._text = []
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        """Text stands in what holds text, and nowhere else; a `time` says in words what it says for machines."""
        above = self._open[-1] if self._open else None
        if above in {"li", "p", "h1", "h2", "title", "code", "time"}:
            self._text.append(data)
        else:
            assert not data.strip(), data
        if above == "code" and self._open[-2] == "p":
            self.ids.append(data)
        if above == "code" and self._open[-2] == "h2":
            self._restriction = data
        if above == "time":
            assert data == said(self._day, self.language)
            self.parts[-1].days.append(self._day)

    def handle_endtag(self, tag: str) -> None:
        """What was opened last is closed first."""
        assert self._open.pop() == tag
        text = "".join(self._text)
        if tag == "title":
            self.title = text
        if tag == "p":
            self.paragraphs.append(text)
        if tag == "li":
            getattr(self.parts[-1], self._list).append(text)


def said(day: str, language: str) -> str:
    """An instant in words; one at midnight is a day."""
    at = datetime.fromisoformat(day)
    number = "1er" if language == "fr" and at.day == 1 else at.day
    words = _DAY[language].format(d=number, m=_MONTHS[language].split()[at.month - 1], y=at.year)
    return words if (at.hour, at.minute) == (0, 0) else words + at.strftime(_CLOCK[language])


def page(artefact: Artefact) -> Page:
    """The paper of an artefact, whose name says its language; it is whole."""
    assert b"\r" not in artefact.content
    found = Page(artefact.content)
    assert artefact.path.endswith(f"-{found.language}.html")
    for part in found.parts:
        assert part.apps and part.places and len(part.asked) == len(part.days) > 0
    assert len(found.ids) == len({a for p in found.parts for a in p.apps})
    return found


def blocked(compiled: Compiled) -> set[str]:
    """Ids of the apps that any paper names: what is in the place of blocked names. Each says its entries."""
    found: set[str] = set()
    for artefact in compiled.artefacts:
        ids = page(artefact).ids
        assert tuple(ids) == artefact.entries
        found.update(ids)
    return found
