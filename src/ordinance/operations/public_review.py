# SPDX-License-Identifier: EUPL-1.2
"""Channel reviews for the public: without names of persons, and without details of security.

Reads the document of reviews, the reviews themselves and every name that a body's reviews list; gives another document
of the same keys. Withheld are the texts of answers at the gate about devices, of the body's own claims on the scale
about security and of the reasons for its weight, and whatever the file marks `internal: yes`; what it marks
`internal: no` stays. Scores, results and weights stay, for without them it would be no answer, and so do shipped cards,
which are public anyway.

Every text is cleaned but for words of our own, days and digests: persons are called by the roles that `names:` gives
them, e-mail addresses are taken out, and so is a link in which either stands. An id that holds a name is replaced
wherever it stands. Cannot know of a name that no file lists, nor of a form of a listed one in which its stem changes
(Kask, Kase): somebody reads the page before it is published.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any
from urllib.parse import unquote

from ordinance.model.channel_review import SECURITY, ChannelReview, Gate, NamedRole

Document = dict[str, Any]

# Words of our own, days and digests: nobody's text, so that a name like "May" or "Ever" makes no nonsense of them.
_OURS = {
    *("ordinance", "as_of", "language", "digest", "on", "until", "check_again", "retrieved", "expires", "next_review"),
    *("kind", "outcome", "handle", "gate", "result", "metric", "on_known_to", "confidence", "withheld", "card"),
    *("stopped_by", "passed_unknown", "must_pass", "unknown_passes", "decided_against"),
}
_IDS = {"id", "follows", "winner", "leading", "option", "criterion", "first", "to"}
_ADDRESS = re.compile(r"[^\s@<>()\"']+@[^\s@<>()\"']+\.[^\s@<>()\"',;]+")
_ADDRESS_IN_LINK = re.compile(r"[\w.+%-]@[\w-]")
_LINK = re.compile(r"(\b[a-z][a-z0-9+.-]*://\S+)", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # would part a name for a search, and for no reader
_ENDING = 4  # letters that a case adds to a name: Tamme, Tammele, Tammesse
_SHORT = 3  # a name of so few letters begins many a word: in a link it has no ending
_APOSTROPHES = "'\u2019\u2018\u02bc\u0060\u00b4"
_NO_CITE = {"title": None, "url": None, "retrieved": None}
_GONE = "…"


def for_the_public(document: Document, reviews: Sequence[ChannelReview], names: Iterable[NamedRole]) -> Document:
    """The document of reviews as they may be published; `public` of each says how many texts are withheld.

    `names` are those of all reviews of the body: a title of one may stand on the page of another.
    """
    every = tuple(names)
    shown = {
        **document,
        "reviews": [_withheld(d, r) for d, r in zip(document["reviews"], reviews, strict=True)],
    }
    clean = _Cleaner(every, {})
    ids = _new_ids(shown, clean)
    found: Document = _Cleaner(every, ids).cleaned({**shown, "reviews": []})
    found["reviews"] = [
        _Cleaner((*r.names, *every), ids).cleaned(d) for d, r in zip(shown["reviews"], reviews, strict=True)
    ]
    return found


# --- what is withheld -----------------------------------------------------------------------------


def _withheld(document: Document, review: ChannelReview) -> Document:
    """One review without the texts that are not public. An answer for three options is one text."""
    gates = [
        {**shown, "reason": None, "cites": [], "withheld": _why(answer.gate is Gate.DEVICE_RULE)}
        if answer.is_internal
        else shown
        for shown, answer in zip(document["gates"], review.gates, strict=True)
    ]
    answers = {(a.place.line, a.place.column, a.gate, a.reason) for a in review.gates if a.is_internal}
    cells = [
        {
            **shown,
            "evidence": [
                _claim(one, cell.criterion) if evidence.is_internal(cell.criterion) else _unowned(one)
                for one, evidence in zip(shown["evidence"], cell.evidence, strict=True)
            ],
        }
        for shown, cell in zip(document["cells"], review.cells, strict=True)
    ]
    stakeholders = [
        {
            **shown,
            "swings": [
                {**one, "because": None, "withheld": _why(swing.criterion == SECURITY)} if swing.is_internal else one
                for one, swing in zip(shown["swings"], stakeholder.swings, strict=True)
            ],
        }
        for shown, stakeholder in zip(document["stakeholders"], review.stakeholders, strict=True)
    ]
    decision, said = _decision(document["decision"], review)
    others = chain((e for c in cells for e in c["evidence"]), (w for s in stakeholders for w in s["swings"]))
    hidden = len(answers) + said + sum("withheld" in one for one in others)
    parts = {"gates": gates, "cells": cells, "stakeholders": stakeholders, "decision": decision}
    return {**document, **parts, "public": {"withheld": hidden}}


def _why(is_security: bool) -> str:
    """What a page says of a text that is not there."""
    return "security" if is_security else "internal"


def _claim(evidence: Document, criterion: str) -> Document:
    """A claim of which only stands when it was made and until when it counts."""
    gone = dict.fromkeys(("claim", "population", "method", "owner", "place"))
    return {**evidence, **gone, "cite": _NO_CITE, "withheld": _why(criterion == SECURITY)}


def _unowned(evidence: Document) -> Document:
    return {**evidence, "owner": None, "place": None}


def _decision(shown: Document | None, review: ChannelReview) -> tuple[Document | None, int]:
    """The decision without its internal texts, and how many these are. Who was of another mind stays."""
    if shown is None or review.decision is None:
        return shown, 0
    reasons = [
        None if reason.internal else text
        for text, reason in zip(shown["reasons"], review.decision.reasons, strict=True)
    ]
    dissent = [
        {**one, "text": None, "withheld": _why(False)} if voice.internal else one
        for one, voice in zip(shown["dissent"], review.decision.dissent, strict=True)
    ]
    hidden = reasons.count(None) + sum("withheld" in one for one in dissent)
    return {**shown, "reasons": reasons, "dissent": dissent}, hidden


# --- names and addresses --------------------------------------------------------------------------


class _Cleaner:
    """Takes names and addresses out of whatever it is given. `ids` says what stands in the place of which id."""

    def __init__(self, names: Iterable[NamedRole], ids: Mapping[str, str]) -> None:
        roles: dict[str, tuple[str, str]] = {}
        for one in names:
            name = " ".join(_plain(one.name).split())
            roles.setdefault(name.casefold(), (name, one.role))
        longest = sorted(roles.values(), key=lambda n: (-len(n[0]), n))  # `Jan Jansen` before `Jansen`
        self.names = [(_in_text(name), role) for name, role in longest]
        self.hidden = [_in_link(name) for name, _ in longest]
        self.ids = ids

    def cleaned(self, value: Any, key: str = "") -> Any:
        """A document, list or text of the key that it stands at."""
        if isinstance(value, dict):
            return {k: self.cleaned(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [self.cleaned(v, key) for v in value]
        if not isinstance(value, str) or key in _OURS:
            return value
        if key in _IDS:
            return self.ids.get(value, value)
        if key == "url":
            return None if self.gives_away(value) else value
        return self._text(value)

    def gives_away(self, link: str) -> bool:
        """Whether a name or an address stands in a link or an id, however it is written there."""
        for _ in range(3):  # what was escaped twice is unfolded by whoever follows it
            link = unquote(link)
        folded = _folded(_plain(link))
        return bool(_ADDRESS_IN_LINK.search(folded)) or any(p.search(folded) for p in self.hidden)

    def _text(self, text: str) -> str:
        """Links first, then addresses, then names: half an address would be left where its name went first."""
        parts = _LINK.split(_plain(text))
        for n, part in enumerate(parts):
            if n % 2:
                parts[n] = _GONE if self.gives_away(part) else part
            else:
                parts[n] = self._words(part)
        return "".join(parts)

    def _words(self, text: str) -> str:
        text = _ADDRESS.sub(_GONE, text)
        for pattern, role in self.names:
            text = _called(text, pattern, role)
        return text


def _plain(text: str) -> str:
    """One way to write each letter, and none that nobody sees."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def _folded(text: str) -> str:
    """Without accents and capitals, as names stand in addresses of pages."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold()


def _searched(text: str) -> str:
    """A text letter for letter in the form in which names are looked for: without accents and capitals, with one kind
    of apostrophe, and hyphens as blanks. As long as the text itself, so that a place in one is a place in the other."""
    return "".join(_letter(c) for c in text)


def _letter(one: str) -> str:
    if one in _APOSTROPHES:
        return "'"
    if one.isspace() or unicodedata.category(one) in {"Pd", "Pc"}:
        return " "
    return unicodedata.normalize("NFKD", one)[0].lower()[0]


def _in_text(name: str) -> re.Pattern[str]:
    """A name in a searched text, in either order, over the end of a line too, with the ending of a language."""
    words = [re.escape(w) for w in _searched(name).split()]
    orders = {r"[ .]+".join(words), r",?[ .]+".join([words[-1], *words[:-1]])}
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(orders))})(?P<ending>[^\W\d_]{{0,{_ENDING}}})(?!\w)")


def _in_link(name: str) -> re.Pattern[str]:
    """A name in a link or an id, whatever joins its words, in either order."""
    words = [re.escape(_folded(w)) for w in name.split()]
    either = "|".join(r"[\W_]*".join(order) for order in (words, words[::-1]))
    ending = _ENDING if len(name) > _SHORT else 0
    return re.compile(rf"(?<![^\W\d_])(?:{either})[^\W\d_]{{0,{ending}}}(?![^\W\d_])")


def _called(text: str, pattern: re.Pattern[str], role: str) -> str:
    """A text with the role in the place of a name. With an ending it is a name only where it has a capital."""
    parts, done = [], 0
    for found in pattern.finditer(_searched(text)):
        if found["ending"] and not text[found.start()].isupper():
            continue
        parts += [text[done : found.start()], role]
        done = found.end()
    return "".join([*parts, text[done:]])


# --- ids ------------------------------------------------------------------------------------------


def _new_ids(document: Document, clean: _Cleaner) -> dict[str, str]:
    """Other ids for those that hold a name, in the order in which they are met."""
    known = dict.fromkeys(_ids_of(document))
    free = (new for n in count(1) if (new := f"id-{n}") not in known)
    return {old: next(free) for old in known if clean.gives_away(old)}


def _ids_of(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for k, v in value.items():
            yield from _ids_of(v, k)
    elif isinstance(value, list):
        for v in value:
            yield from _ids_of(v, key)
    elif isinstance(value, str) and key in _IDS:
        yield value
