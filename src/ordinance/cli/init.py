# SPDX-License-Identifier: EUPL-1.2
"""`ordinance init`: a new body's folder, from questions or from options."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from ordinance.cli._common import guarded, instant, json_option, say, show, show_json

if TYPE_CHECKING:
    from ordinance.operations.init import Made
    from ordinance.operations.new_body import NewBody

NOTHING = "none"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--id", "body_id", metavar="ID", help="The body's id: gent.")
@click.option("--name", metavar="NAME", help="Its name: City of Ghent.")
@click.option("--time-zone", metavar="ZONE", help="Where its days begin: Europe/Brussels.")
@click.option("--country", metavar="CODE", help="Two capital letters: BE.")
@click.option("--language", "languages", multiple=True, metavar="CODE", help="Of its notices: nl (repeatable).")
@click.option("--group", "groups", multiple=True, metavar="ID", help="Under which others address it (repeatable).")
@click.option("--mirrors", multiple=True, metavar="ID", help="A directive to compare with (repeatable).")
@click.option("--adopts", multiple=True, metavar="ID", help="A directive whose clauses become its own (repeatable).")
@click.option("--evidence", multiple=True, metavar="KIND|none", help="What a check may read (repeatable).")
@click.option("--purpose", metavar="WORD", help="Why a check runs: rule_compliance or network_security.")
@click.option("--legal-basis", metavar="TEXT", help="On what legal basis evidence is read.")
@click.option("--as-of", metavar="DAY", help="The day from which the policy is considered. Default: today.")
@click.option("--no-input", is_flag=True, help="Ask nothing, also on a terminal.")
@json_option
@guarded
def init(
    folder: Path,
    body_id: str | None,
    name: str | None,
    time_zone: str | None,
    country: str | None,
    languages: tuple[str, ...],
    groups: tuple[str, ...],
    mirrors: tuple[str, ...],
    adopts: tuple[str, ...],
    evidence: tuple[str, ...],
    purpose: str | None,
    legal_basis: str | None,
    as_of: str | None,
    no_input: bool,
    as_json: bool,
) -> None:
    """Make the folder of a body: settings, a draft of a policy, an empty estate and a first test.

    \b
    Example:
      ordinance init my-city --id my-city --name "My city" --time-zone Europe/Brussels --mirrors be-federal-716

    On a terminal, what no option says is asked. A file that is there is never overwritten.
    """
    from ordinance.operations.init import init as run
    from ordinance.operations.init import init_document
    from ordinance.operations.new_body import NewBody

    asks = not no_input and sys.stdin.isatty()
    given = NewBody(
        id=body_id or "",
        name=name or "",
        time_zone=time_zone or "",
        country=country or "",
        languages=languages,
        groups=groups,
        mirrors=mirrors,
        adopts=adopts,
        evidence=_kinds(evidence),
        purpose=purpose or "",
        legal_basis=legal_basis or "",
    )
    body = _with_zone(_asked(given, folder, evidence_said=bool(evidence)) if asks else given)
    missing = [o for o, v in (("--id", body.id), ("--name", body.name), ("--time-zone", body.time_zone)) if not v]
    if missing:
        raise click.UsageError(f"missing: {', '.join(missing)}")
    made = run(folder, body, _today(as_of, body.time_zone))
    if as_json:
        show_json(init_document(made))
    else:
        _show(made)


def _today(as_of: str | None, zone: str) -> date:
    """The day of the draft; a bad zone is told later, with all that is wrong."""
    try:
        where = ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        where = ZoneInfo("UTC")
    return instant(as_of, where).astimezone(where).date()


def _kinds(evidence: tuple[str, ...]) -> tuple[str, ...]:
    if NOTHING in evidence and len(evidence) > 1:
        raise click.UsageError("--evidence none says that nothing is read: give it alone")
    return () if NOTHING in evidence else evidence


def _with_zone(body: NewBody) -> NewBody:
    """Of an authority that the library has, the zone is known."""
    from ordinance.operations.init import known_zone

    return body if body.time_zone else replace(body, time_zone=known_zone(body.id))


def _show(made: Made) -> None:
    """The files, and what to write into them."""
    for file in made.files:
        show(made.folder / file)
    show("\nwhat to fill in")
    for file, what in made.fill_in:
        show(f"  {file}: {what}")
    for issue in made.issues:
        say(issue)
    say(f"next: ordinance lint {made.folder} · ordinance rulings {made.folder} · ordinance test {made.folder}")


# --- questions ------------------------------------------------------------------------------------


def _asked(given: NewBody, folder: Path, *, evidence_said: bool) -> NewBody:
    """The answers of a person to what no option said; each is asked again until it can be used."""
    from ordinance.operations.init import known_zone

    name = given.name or _ask("Name of the body", "--name", folder.resolve().name)
    body_id = given.id or _ask("Its id", "--id", _slug(name))
    zone = given.time_zone or _ask("Time zone, such as Europe/Brussels", "--time-zone", known_zone(body_id) or None)
    country = given.country or _ask("Country, two letters (empty: leave it out)", "--country", "")
    languages = given.languages or _ask_many("Languages, separated by spaces", "--language")
    groups = given.groups or _ask_many("Groups under which others address it, such as be-municipalities", "--group")
    mirrors = given.mirrors or _ask_many("Directives to compare with (`ordinance directives` lists them)", "--mirrors")
    adopts = given.adopts or _ask_many("Directives whose clauses become its own", "--adopts")
    said = given.evidence if evidence_said else _ask_many("Evidence that a check may read (empty: none)", "--evidence")
    purpose, basis = given.purpose, given.legal_basis
    if said:
        purpose = purpose or _ask("Purpose of checking", "--purpose", "rule_compliance")
        basis = basis or _ask("Legal basis", "--legal-basis", None)
    return replace(
        given,
        id=body_id,
        name=name,
        time_zone=zone,
        country=country,
        languages=languages,
        groups=groups,
        mirrors=mirrors,
        adopts=adopts,
        evidence=said,
        purpose=purpose,
        legal_basis=basis,
    )


def _ask(question: str, option: str, default: str | None) -> str:
    return str(click.prompt(question, default=default, err=True, value_proc=_checked(option, lambda text: [text])))


def _ask_many(question: str, option: str) -> tuple[str, ...]:
    said = click.prompt(question, default="", err=True, value_proc=_checked(option, str.split))
    return tuple(w for w in str(said).split() if w != NOTHING)


def _checked(option: str, parts: Callable[[str], list[str]]) -> Callable[[str], str]:
    """A check that makes click ask again; an empty answer takes the default."""
    from ordinance.operations.init import faults

    def check(text: str) -> str:
        found = [i for part in parts(text) if part and part != NOTHING for i in faults(option, part)]
        if found:
            raise click.UsageError(f"{found[0].message} {found[0].hint}".strip())
        return text

    return check


def _slug(name: str) -> str:
    """`Ville de Liège` → `ville-de-liege`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
