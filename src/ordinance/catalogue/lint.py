# SPDX-License-Identifier: EUPL-1.2
"""What a person should look at again in a catalogue that loads: contradictions, old facts, and too much at once.

Reads: the files of one folder, and names that are popular. Writes: nothing. Cannot know: whether a warning is a fault;
each says why it may be one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from ordinance.catalogue.compiled import FILE, read_compiled
from ordinance.catalogue.load import ENOUGH_APP_ONLY, alias_zones_of, load_folder, twins_of
from ordinance.match.names import NameMatcher
from ordinance.model.apps import Catalogue, Family, Identifier, Kind, Role
from ordinance.model.errors import Issue, Severity
from ordinance.model.time import add_months

OLD_YEARS = 3  # since a source said so: hosts of apps change within months
WARNINGS = {
    "catalogue-app-only-above": "a name of the app alone above one that is not: blocking the first blocks the second",
    "catalogue-popular-app-only": "a popular name that counts as the app's alone: popular are mostly sites",
    "catalogue-old": "names that no source was seen to give for three years",
    "catalogue-few-unexplained": "a family with names, few of them of the app alone, and no reason for it",
    "catalogue-compiled": "a compiled catalogue that is not that of these files",
}


def lint_folder(folder: Path, day: date, popular: Iterable[str] = ()) -> tuple[Catalogue, tuple[Issue, ...]]:
    """The catalogue of a folder and its warnings as of a day. Raises PolicyError where it does not load."""
    catalogue = load_folder(folder)
    place = _Places(folder)
    domains = [i for f in catalogue.families for i in f.identifiers if i.kind is Kind.DOMAIN]
    found = [
        *_above(domains, place),
        *_popular(NameMatcher(domains, alias_zones_of(folder), twins_of(folder)), popular, place),
        *(w for f in catalogue.families for w in _old(f, day)),
        *(w for f in catalogue.families for w in _few(f)),
        *_compiled(folder, catalogue.digest),
    ]
    return catalogue, tuple(sorted(found))


class _Places:
    """Where a value stands in its family's file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[str, list[str]] = {}

    def __call__(self, one: Identifier) -> tuple[str, int, int]:
        name = f"{one.family}.toml"
        if name not in self._lines:
            self._lines[name] = (self._folder / name).read_text("utf-8").splitlines()
        quoted = f'"{one.value}"'
        at = [(n, line.find(quoted) + 1) for n, line in enumerate(self._lines[name], 1) if quoted in line]
        return (name, *at[-1]) if at else (name, 0, 0)


_Place = Callable[[Identifier], tuple[str, int, int]]


def _warning(place: tuple[str, int, int], issue: str, message: str, hint: str = "") -> Issue:
    return Issue(*place, issue, message, "", hint, Severity.WARNING)


def _above(domains: Iterable[Identifier], place: _Place) -> Iterable[Issue]:
    known = {i.value: i for i in domains if not i.retired}
    for one in known.values():
        rest = one.value.partition(".")[2]
        while rest:
            above = known.get(rest)
            if above and above.role is Role.APP_ONLY and one.role is not Role.APP_ONLY:
                message = f"{above.value!r} is the app's alone, and {one.value!r} below it is {one.role}"
                yield _warning(place(above), "catalogue-app-only-above", message)
            rest = rest.partition(".")[2]


def _popular(matcher: NameMatcher, popular: Iterable[str], place: _Place) -> Iterable[Issue]:
    for name in sorted(set(popular)):
        hit = matcher.find(name)
        if hit and hit.identifier.role is Role.APP_ONLY:
            one = hit.identifier
            message = f"{name!r} is popular, and counts as {one.family}/{one.member}'s alone by {one.value!r}"
            yield _warning(place(one), "catalogue-popular-app-only", message)


def _old(family: Family, day: date) -> Iterable[Issue]:
    before = add_months(day, -12 * OLD_YEARS)
    old = Counter(str(i.role or i.kind) for i in family.identifiers if i.seen and i.seen < before and not i.retired)
    if old:
        said = ", ".join(f"{n} {word}" for word, n in sorted(old.items()))
        hint = "look whether a source gives them still, and set `seen`, or `retired`"
        yield _warning((f"{family.id}.toml", 0, 0), "catalogue-old", f"not seen since {before}: {said}", hint)


def _few(family: Family) -> Iterable[Issue]:
    names = [i for i in family.identifiers if i.kind is Kind.DOMAIN and not i.retired]
    alone = sum(i.role is Role.APP_ONLY for i in names)
    if names and alone < ENOUGH_APP_ONLY and family.few_app_only is None:
        message = f"{alone} of {len(names)} names are the app's alone, and nothing says why so few"
        yield _warning((f"{family.id}.toml", 0, 0), "catalogue-few-unexplained", message, "say `few_app_only = …`")


def _is_compiled(content: bytes, digest: str) -> bool:
    try:
        return read_compiled(content, digest) is not None
    except (ValueError, KeyError, TypeError):
        return False


def _compiled(folder: Path, digest: str) -> Iterable[Issue]:
    path = folder / FILE
    if path.is_file() and not _is_compiled(path.read_bytes(), digest):
        message = "it is not that of these files: what is shipped would be read slowly"
        yield _warning((FILE, 0, 0), "catalogue-compiled", message, "run scripts/catalogue")
