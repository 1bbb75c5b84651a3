# SPDX-License-Identifier: EUPL-1.2
"""The words of the papers: sentences, days and devices in four languages, and names of apps.

Reads one TOML file a language from `_words/`, when it is asked for, and texts that are not trusted. Everything given
back is HTML. Cannot know an app's name in a language: it is spelled as inventories show it, or as its id.
"""

from __future__ import annotations

import html
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

from ordinance.model.apps import Identifier, Kind
from ordinance.model.estate import DeviceFacts, Owner
from ordinance.model.ruling import DeviceClass
from ordinance.model.target import Demand

LANGUAGES = ("en", "et", "nl", "fr")

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, bidirectional marks, lone surrogates, line separators
_OF_THE_BODY = frozenset({Owner.BODY, Owner.LEASED})  # what it pays for them, and what they reach, goes without saying
_SHARES = ("purchase_share", "subscription_share", "use_share")
_TRUE_OR_NOT = ("confidential", "contract_required", "incidental")


def shown(untrusted: str) -> str:
    """A text as HTML on one line: nothing in it can be a tag, an attribute's end or a mark that hides other letters."""
    one_line = " ".join(untrusted.split())
    seen = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _HIDDEN else c for c in one_line)
    return html.escape(seen)


@cache
def words_of(language: str) -> Words:
    """The words of one of LANGUAGES."""
    text = files("ordinance.targets").joinpath("_words", f"{language}.toml").read_text("utf-8")
    return Words(language, tomllib.loads(text))


@dataclass(frozen=True, eq=False)
class Words:
    """All words of one language, by table and key."""

    language: str
    tables: Mapping[str, Mapping[str, Any]]

    def text(self, table: str, key: str, **fields: str) -> str:
        """A sentence or a part of one. `fields` are HTML already."""
        return html.escape(self.tables[table][key], quote=False).format(**fields)

    def day(self, due: datetime) -> str:
        """A day on the clock of who decided; the time of day too, where it is not midnight."""
        dates = self.tables["dates"]
        template = dates["day" if due.time() == time() else "instant"]
        said = template.format(
            d=dates["first"] if due.day == 1 else due.day,
            month=dates["months"][due.month - 1],
            y=due.year,
            h=f"{due:%H}",
            m=f"{due:%M}",
        )
        return f'<time datetime="{due.isoformat(timespec="minutes")}">{said}</time>'

    def devices(self, classes: Iterable[DeviceClass | None]) -> tuple[str, ...]:
        """Classes of devices, one row for those that read the same."""
        return tuple(dict.fromkeys(self._device(who) for who in sorted(classes, key=_in_order)))

    def _device(self, who: DeviceClass | None) -> str:
        if who is None:
            return self.text("device", "unknown")
        platform = self.text("platform", who.facts.platform or "none")
        return ", ".join([platform, *(self._fact(*fact) for fact in _facts(who))])

    def _fact(self, table: str, key: str, number: int | None = None) -> str:
        return self.text(table, key) if number is None else self.text(table, key, n=str(number))


def _facts(who: DeviceClass) -> Iterator[tuple[str, str] | tuple[str, str, int]]:
    """What is said of a class besides its platform, as keys of the tables; a fact that nobody stated limits nothing."""
    facts = who.facts
    if facts.owner is not None:
        yield "owner", facts.owner
    if facts.owner not in _OF_THE_BODY:
        yield from _shares(facts)
    if who.people is not None:
        yield "people", who.people
    if facts.access is not None and facts.owner not in _OF_THE_BODY:
        yield "access", facts.access
    if facts.use is not None and facts.use != "work":
        yield "use", facts.use
    if facts.it_service == "shared":
        yield "it_service", facts.it_service
    yield from (("is", fact) for fact in _TRUE_OR_NOT if getattr(facts, fact))
    yield "enrolment", facts.enrolment or "unstated"


def _shares(facts: DeviceFacts) -> Iterator[tuple[str, str, int]]:
    for fact in _SHARES:
        if share := getattr(facts, fact):
            yield "share", fact, share


def _in_order(who: DeviceClass | None) -> tuple[str, ...]:
    """The same in each language, and whatever the classes' ids are."""
    return () if who is None else (str(who.facts.platform), *map(repr, _facts(who)))


def names_of(demands: Iterable[Demand]) -> dict[str, str]:
    """Each app's name as HTML, with its id where another app has the same."""
    identifiers: dict[str, set[Identifier]] = {}
    for demand in demands:
        identifiers.setdefault(demand.app, set()).update(demand.identifiers)
    names = {app: _name(app, found) for app, found in sorted(identifiers.items())}
    count = Counter(map(_folded, names.values()))
    return {a: shown(n if count[_folded(n)] == 1 and n.strip() else f"{n} ({a})") for a, n in names.items()}


def _name(app: str, identifiers: Iterable[Identifier]) -> str:
    """The id's last part as inventories spell it, or as words.

    What an inventory shows may name a part of a member only, such as one edition: it counts where it is the id itself.
    """
    family, _, member = app.partition("/")
    member = member or family
    spelled = (i.value for i in identifiers if i.kind is Kind.DISPLAY_NAME and _folded(i.value) == _folded(member))
    if found := min(spelled, default=""):
        return found
    words = _as_words(member)
    return words if _folded(member).startswith(_folded(family)) else f"{_as_words(family)}: {words}"


def _as_words(untrusted_id: str) -> str:
    words = untrusted_id.replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]


def _folded(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
