# SPDX-License-Identifier: EUPL-1.2
"""`compare`: how one text differs from another, in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ordinance.cli._common import guarded, instant, json_option, say, show, show_json
from ordinance.cli._sentences import languages_option, phrases_in, show_wrapped

if TYPE_CHECKING:  # operations are imported where a verb runs: `--help` must not load them
    from ordinance.model.law import Law
    from ordinance.operations.comparing import Compared, Note
    from ordinance.report.language.phrases import Phrases

SETTINGS = "ordinance.toml"


@click.command()
@click.argument("words", nargs=-1, metavar="[OURS THEIRS] [BODY]")
@click.option(
    "--as-of",
    "as_of",
    metavar="DAY|INSTANT",
    help="Only at the start of a day, or at an instant (2023-04-10). Default: over the whole time of both texts.",
)
@languages_option
@json_option
@guarded
def compare(words: tuple[str, ...], as_of: str | None, languages: tuple[str, ...], as_json: bool) -> None:
    """Say where one text asks for less than another, and where for more.

    \b
    Example:
      ordinance compare examples/ghent

    OURS and THEIRS are texts of the body or of the library, as ID or ID@VERSION; without them each own text is
    compared with those that it follows as a model and those that bind the body. Outside a body's folder two texts
    of the library can be compared. With --as-of at that instant only; without it over the whole time of both texts,
    and a draft as if it were in force.
    """
    from ordinance.operations.comparing import alone, compare_own, compare_texts, law_of
    from ordinance.operations.workspace import open_workspace

    pair, folder = _given(words)
    is_body = not pair or len(words) == 3 or (folder / SETTINGS).is_file()
    workspace = open_workspace(folder, settings=False).usable() if is_body else None
    notice = workspace.body.notice if workspace else ""
    law = law_of(workspace, pair[0] if pair else "")
    at = (instant(as_of, law.zone),) if as_of else ()
    found = (compare_texts(law, *pair, at),) if pair else compare_own(law, at)
    wanted = tuple(dict.fromkeys(languages)) or ("en",)
    names = {a.id: a.name for a in law.authorities}
    spoken = [phrases_in(language, law.catalogue, names) for language in wanted]
    if as_json:
        show_json([{**_document(one, law, spoken), "notice": notice} for one in found])
        return
    if not found:
        others = alone(law, *at)
        for phrases in spoken:
            for text, contested in others:
                key = "contested_alone" if contested else "bound_alone"
                say(phrases.messages.say(key, title=text.title, authority=phrases.authority(text.authority)))
            if not others:
                say(phrases.messages.say("nothing_to_compare"))
    for n, (phrases, one) in enumerate((phrases, one) for phrases in spoken for one in found):
        if n:
            show("\n")
        _show(one, law, phrases)
    if found and notice:
        show()
        show_wrapped(notice, "", "  ")


def _given(words: tuple[str, ...]) -> tuple[tuple[str, str] | None, Path]:
    if len(words) > 3:
        raise click.UsageError("Give two texts, a body's folder, or both.")
    pair = (words[0], words[1]) if len(words) >= 2 else None
    return pair, Path(words[-1]) if len(words) in {1, 3} else Path()


def _document(found: Compared, law: Law, spoken: list[Phrases]) -> dict[str, Any]:
    from ordinance.operations.comparing import line
    from ordinance.report.language.differing import sentences

    document = line(found)
    for one, divergence in zip(document["divergences"], found.divergences, strict=True):
        one["sentences"] = {p.messages.language: list(sentences(divergence, law.zone, p)) for p in spoken}
    return document


def _day_of(note: Note, phrases: Phrases) -> dict[str, object]:
    return {"day": phrases.messages.day(note.day, note.known_to)} if note.day else {}


def _show(found: Compared, law: Law, phrases: Phrases) -> None:
    from ordinance.report.language.differing import differing

    ours, theirs = (f"{t.title} ({t.id}, {t.version})" for t in (found.ours, found.theirs))
    show_wrapped(phrases.messages.say("compared", ours=ours, theirs=theirs), "", "  ")
    for note in found.notes:
        said = phrases.messages.say(f"note_{note.kind}_{note.side}", **_day_of(note, phrases))
        show_wrapped(said, "  ", "    ")
    invented = [f"{t.id} ({', '.join(t.invented)})" for t in (found.ours, found.theirs) if t.invented]
    if invented:
        show_wrapped(phrases.messages.say("invented", parts=phrases.messages.listed(invented)), "  ", "    ")
    for side in differing(found.divergences, law.zone, phrases):
        show(f"\n{side.heading}")
        for first, *others in side.differences:
            show_wrapped(first, "  ", "    ")
            for sentence in others:
                show_wrapped(sentence, "      ", "        ")
    if not found.divergences:
        show_wrapped(phrases.messages.say("same"), "  ", "    ")
