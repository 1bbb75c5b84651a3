# SPDX-License-Identifier: EUPL-1.2
"""`directives`: the library as a table, and one of its texts to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ordinance.cli._common import guarded, json_option, show, show_json, show_table
from ordinance.cli._sentences import languages_option, paragraphs_document, phrases_in, show_paragraphs
from ordinance.model.law import Precision, State, TextKind

if TYPE_CHECKING:  # operations are imported where a verb runs: `--help` must not load them
    from ordinance.operations.directives import Listed

KINDS = [str(k) for k in TextKind]
_DIGITS = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}


@click.group(invoke_without_command=True)
@click.option("--country", default="", metavar="CODE", help="Only those of a country, such as AU; EU and NATO too.")
@click.option("--kind", type=click.Choice(KINDS), help="Only those of a kind.")
@click.option("--app", default="", metavar="FAMILY[/MEMBER]", help="Only those that restrict, or may restrict, an app.")
@json_option
@click.pass_context
@guarded
def directives(context: click.Context, country: str, kind: str | None, app: str, as_json: bool) -> None:
    """List the real directives in the library, or read one.

    \b
    Example:
      ordinance directives --country EE
    """
    if context.invoked_subcommand is not None:
        return
    from ordinance.operations.directives import document, listed

    found = listed(country, TextKind(kind) if kind else None, app)
    if as_json:
        show_json(document(found))
    else:
        _show(found)


@directives.command("show")
@click.argument("directive")
@languages_option
@json_option
@guarded
def show_one(directive: str, languages: tuple[str, ...], as_json: bool) -> None:
    """Read one directive, in all its versions.

    \b
    Example:
      ordinance directives show be-federal-716

    Whom it binds, what it restricts, duties with their deadlines, exemptions and their conditions; and what was
    not read of it, what could not be entered as it is, and where all of it comes from.
    """
    from ordinance.operations.directives import document, shown
    from ordinance.report.language.reading import read_aloud

    found = shown(directive)
    wanted = tuple(dict.fromkeys(languages)) or ("en",)
    read = {
        language: [
            read_aloud(one.text, one.authority, phrases_in(language, found.catalogue, found.authorities))
            for one in found.versions
        ]
        for language in wanted
    }
    if as_json:
        lines = document(found.versions)
        for n, line in enumerate(lines):
            line["sentences"] = {language: paragraphs_document(texts[n]) for language, texts in read.items()}
        show_json(lines)
        return
    for n, (language, one) in enumerate((language, n) for language in wanted for n in range(len(found.versions))):
        if n:
            show("\n")
        text = found.versions[one].text
        show(f"{text.title}\n{text.id}, {text.version}\n")
        show_paragraphs(read[language][one])


def _show(found: Iterable[Listed]) -> None:
    """A line a text; where it only may restrict the app that was asked for, a question mark before its title."""
    rows = [("id", "version", "country", "kind", "in force from", "title")]
    for one in found:
        text = one.text
        begins = next((s for s in text.lifecycle if s.state is State.IN_FORCE), None)
        since = begins.start.date().isoformat()[: _DIGITS[begins.known_to]] if begins else "–"
        unsure = "(perhaps) " if one.restricts is not None and one.restricts.name == "UNKNOWN" else ""
        rows.append((text.id, text.version, one.authority.country, text.kind, since, f"{unsure}{text.title}"))
    show_table(rows)
