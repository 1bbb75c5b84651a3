# SPDX-License-Identifier: EUPL-1.2
"""`explain`: why a ruling is what it is, in full detail or in a few plain sentences."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ordinance.cli import _shown as shown
from ordinance.cli._common import as_of_option, body_argument, guarded, instant, json_option, show, show_json
from ordinance.cli._sentences import languages_option, paragraphs_document, phrases_in, show_paragraphs
from ordinance.model.apps import Contract, Deployment, Surface
from ordinance.model.estate import Use
from ordinance.model.law import AccountKind, PlaceKind
from ordinance.model.ruling import Subject

if TYPE_CHECKING:  # operations are imported where a verb runs: `--help` must not load them
    from ordinance.operations.rulings import Asked
    from ordinance.operations.workspace import Workspace
    from ordinance.report.language.phrases import Phrases


@click.command()
@body_argument
@click.option("--device", help="The device's id in estate/devices.csv.")
@click.option("--network", type=click.Choice([str(u) for u in Use]), help="A kind of network instead of a device.")
@click.option("--place", type=click.Choice([str(p) for p in PlaceKind]), help="A kind of place instead of a device.")
@click.option(
    "--account", type=click.Choice([str(a) for a in AccountKind]), help="A kind of account instead of a device."
)
@click.option("--app", default="tiktok", show_default=True, metavar="FAMILY[/MEMBER]", help="The app.")
@click.option(
    "--surface", type=click.Choice([str(s) for s in Surface]), default="app", show_default=True, help="How it is used."
)
@click.option("--edition", default="", help="The edition in use, where the catalogue does not say.")
@click.option("--deployment", type=click.Choice([str(d) for d in Deployment]), help="Where it runs.")
@click.option("--contract", type=click.Choice([str(c) for c in Contract]), help="Under whose terms.")
@as_of_option
@click.option(
    "--plain/--details",
    "plain",
    default=None,
    help="A few plain sentences, or every clause with its facts (in English). Default: details.",
)
@languages_option
@json_option
@guarded
def explain(
    body: Path,
    device: str | None,
    network: str | None,
    place: str | None,
    account: str | None,
    app: str,
    surface: str,
    edition: str,
    deployment: str | None,
    contract: str | None,
    as_of: str | None,
    plain: bool | None,
    languages: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say why a ruling is what it is: authority, clause, facts.

    \b
    Example:
      ordinance explain examples/ghent --device op-001 --as-of 2023-03-20

    With --plain: who decided, since when and until when, what it asks, which facts decided, what is missing,
    exemption and answer to advice, and what would change the outcome. A language other than English means --plain.
    """
    from ordinance.operations.rulings import Asked
    from ordinance.operations.workspace import open_workspace

    subject, name = _subject(device, network, place, account)
    if plain is False and {*languages} - {"en"}:
        raise click.UsageError("--details are in English only: leave --language out, or ask for --plain")
    wanted = tuple(dict.fromkeys(languages)) or (("en",) if plain else ())
    if plain is False or (wanted == ("en",) and plain is None and not as_json):
        wanted = ()
    asked = Asked(subject, name, app, Surface(surface), edition, deployment or "", contract or "")
    workspace = open_workspace(body, settings=False).usable()
    _explain(workspace, asked, as_of, wanted, as_json=as_json)


def _subject(device: str | None, network: str | None, place: str | None, account: str | None) -> tuple[Subject, str]:
    options = {Subject.DEVICE: device, Subject.NETWORK: network, Subject.PLACE: place, Subject.ACCOUNT: account}
    named = [(subject, name) for subject, name in options.items() if name]
    if len(named) != 1:
        raise click.UsageError("Name one of --device, --network, --place and --account.")
    return named[0]


def _explain(workspace: Workspace, asked: Asked, as_of: str | None, wanted: tuple[str, ...], *, as_json: bool) -> None:
    from ordinance.operations.rulings import explain as run

    at = instant(as_of, workspace.body.zone)
    if as_json:
        found = run(workspace, asked, at)
        document = {**shown.explanation_document(found), "notice": workspace.body.notice}
        show_json(document | (_plain_document(workspace, asked, at, wanted) if wanted else {}))
    elif wanted:
        _show_plain(workspace, asked, at, wanted)
    else:
        shown.show_explanation(run(workspace, asked, at), workspace.body.zone)
        if workspace.body.notice or shown.made_up(workspace):
            show("\nnotice")
            shown.show_notice(workspace.body.notice, shown.made_up(workspace))


def _show_plain(workspace: Workspace, asked: Asked, at: datetime, wanted: tuple[str, ...]) -> None:
    from ordinance.operations.explaining import case_of
    from ordinance.report.language.explaining import explained

    case = case_of(workspace, asked, at)
    for n, language in enumerate(wanted):
        if n:
            show()
        show_paragraphs(explained(case, _phrases(workspace, language)))


def _plain_document(workspace: Workspace, asked: Asked, at: datetime, wanted: tuple[str, ...]) -> dict[str, Any]:
    """What the sentences say, as data, and the sentences of each language that was asked for."""
    from ordinance.operations.explaining import alternative_lines, case_of, exemption_lines
    from ordinance.report.language.explaining import explained

    case = case_of(workspace, asked, at)
    return {
        "deciding_facts": {r.reason.clause: dict(r.deciding) for r in case.rules if r.deciding},
        "exemptions": exemption_lines(case),
        "answers": [
            {"text": a.text.id, "answer": str(a.answer.answer) if a.answer else None} for a in case.advice
        ],
        "would_change": alternative_lines(case),
        "notice": case.notice,
        "sentences": {
            language: paragraphs_document(explained(case, _phrases(workspace, language))) for language in wanted
        },
    }


def _phrases(workspace: Workspace, language: str) -> Phrases:
    return phrases_in(language, workspace.catalogue, {a.id: a.name for a in workspace.law.authorities})
