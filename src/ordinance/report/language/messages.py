# SPDX-License-Identifier: EUPL-1.2
"""The messages of one language: words for ids, sentences with named fields, days, periods and lists.

Reads: the language's TOML file, when it is asked for. Cannot know: words that people chose in their files, such as
titles, purposes and offices; they are shown as written, with underscores and hyphens of an id as spaces.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from ordinance.model.law import Precision
from ordinance.model.time import Period
from ordinance.report.clean import clean_text
from ordinance.report.language import LANGUAGES

FORMS = ("plain", "on", "since", "from", "until", "by")  # what may stand after the colon of a day


@cache
def messages(language: str) -> Messages:
    """The messages of a language; ValueError for one that is not there."""
    if language not in LANGUAGES:
        raise ValueError(f"there are no sentences in {language!r}")
    text = files("ordinance.report.language").joinpath(f"{language}.toml").read_text("utf-8")
    return Messages(language, dict(_flat(tomllib.loads(text))))


@cache
def messages_with(language: str, part: str) -> Messages:
    """The messages of a language, and those of one kind of report, from `<part>/<language>.toml`."""
    text = files("ordinance.report.language").joinpath(part, f"{language}.toml").read_text("utf-8")
    return Messages(language, {**messages(language).entries, **dict(_flat(tomllib.loads(text)))})


def _flat(table: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


@dataclass(frozen=True, eq=False)
class Messages:
    """All messages of one language, by dotted key: `duty.remove`, `say.because`."""

    language: str
    entries: Mapping[str, Any]

    def word(self, table: str, word_id: str) -> str:
        """The words for an id of a closed list. KeyError where the list grew and nobody wrote them."""
        return str(self.entries[f"{table}.{word_id}"])

    def has(self, table: str, word_id: str) -> bool:
        """Whether there are words for it."""
        return f"{table}.{word_id}" in self.entries

    def say(self, sentence: str, **fields: object) -> str:
        """A sentence of the table `say`, or of the table named before a dot; begins with a capital."""
        template = self.entries[sentence if "." in sentence else f"say.{sentence}"]
        return capital(self._filled(template, fields))

    def phrase(self, key: str, **fields: object) -> str:
        """A part of a sentence, by its whole key."""
        return self._filled(self.entries[key], fields)

    def _filled(self, template: str, fields: Mapping[str, object]) -> str:
        return template.format(**{k: clean_text(v) if isinstance(v, str) else v for k, v in fields.items()})

    # --- time -------------------------------------------------------------------------------------

    def day(self, found: date, known_to: Precision = Precision.DAY) -> When:
        """A day, as exactly as it is known."""
        return When(self, found, known_to=known_to)

    def instant(self, found: datetime, zone: ZoneInfo, known_to: Precision = Precision.DAY) -> When:
        """An instant on a wall clock; midnight is said as the day that begins."""
        local = found.astimezone(zone)
        clock = local.time() if local.time() != time() and known_to is Precision.DAY else None
        return When(self, local.date(), clock, known_to)

    def end(self, found: datetime, zone: ZoneInfo) -> When:
        """The end of a half-open span as people say it: midnight is the last day before it, inclusive."""
        local = found.astimezone(zone)
        if local.time() == time():
            return When(self, local.date() - timedelta(days=1))
        return When(self, local.date(), local.time())

    def period(self, found: Period) -> Duration:
        """A period in calendar units."""
        return Duration(self, found)

    # --- lists ------------------------------------------------------------------------------------

    def all_of(self, parts: Iterable[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        return self._joined(parts, "and")

    def any_of(self, parts: Iterable[str]) -> str:
        """`a`, `a or b`, `a, b or c`."""
        return self._joined(parts, "or")

    def listed(self, parts: Iterable[str]) -> str:
        """Longer parts, with semicolons between them."""
        return str(self.entries["lists.semicolon"]).join(parts)

    def words(self, table: str, ids: Iterable[StrEnum]) -> str:
        """The words for several ids of one closed list, in the list's own order."""
        wanted = {*ids}
        return self.all_of(self.word(table, i) for i in next((type(w) for w in wanted), ()) if i in wanted)

    def _joined(self, parts: Iterable[str], last: str) -> str:
        every = list(parts)
        if len(every) < 2:
            return "".join(every)
        return f"{self.entries['lists.comma'].join(every[:-1])}{self.entries[f'lists.{last}']}{every[-1]}"


@dataclass(frozen=True, slots=True)
class When:
    """A day or an instant that takes the form its sentence asks for: `{day:since}`."""

    messages: Messages
    day: date
    clock: time | None = None
    known_to: Precision = Precision.DAY

    def __format__(self, form: str) -> str:
        entries = self.messages.entries
        kind = "instant" if self.clock else str(self.known_to)
        months = {
            key.removeprefix("dates.").replace("months", "month"): names[self.day.month - 1]
            for key, names in entries.items()
            if key.startswith("dates.months")
        }
        said: str = entries[f"dates.{kind}.{form or 'plain'}"].format(
            d=entries["dates.first"] if self.day.day == 1 else self.day.day,
            y=self.day.year,
            h=f"{self.clock:%H}" if self.clock else "",
            m=f"{self.clock:%M}" if self.clock else "",
            **months,
        )
        return said


@dataclass(frozen=True, slots=True)
class Never:
    """Words where a day would stand: without an end, never."""

    words: str

    def __format__(self, form: str) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Duration:
    """A period; `{period:of}` is the form after "within"."""

    messages: Messages
    period: Period

    def __format__(self, form: str) -> str:
        hours, minutes = divmod(self.period.minutes, 60)
        amounts = {"month": self.period.months, "day": self.period.days, "hour": hours, "minute": minutes}
        of = f"_{form}" if form else ""
        units = ((f"{unit}{'s' if n > 1 else ''}{of}", n) for unit, n in amounts.items() if n)
        return self.messages.all_of(self.messages.phrase(f"units.{unit}", n=n) for unit, n in units)


def capital(text: str) -> str:
    """The text with its first letter raised, the rest as it was."""
    return text[:1].upper() + text[1:]


def as_words(untrusted_id: str) -> str:
    """An id that people chose, for reading: hyphens and underscores as spaces."""
    return clean_text(untrusted_id).replace("_", " ").replace("-", " ")
