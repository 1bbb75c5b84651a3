# SPDX-License-Identifier: EUPL-1.2
"""`ordinance airlock approve | release | posted | withdraw | list`: packages between two people and a device."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ordinance.cli._common import body_argument, guarded, json_option, say, show, show_json, show_table
from ordinance.cli.reveal import now

if TYPE_CHECKING:  # operations are imported where a verb runs: `--help` must not load them
    from collections.abc import Sequence

    from ordinance.model.platform import Platform
    from ordinance.operations.airlock_approving import Answers
    from ordinance.operations.airlock_packing import Packed, Wanted
    from ordinance.operations.airlock_prepare import Told
    from ordinance.operations.workspace import Workspace

by_option = click.option("--by", required=True, metavar="PERSON", help="Who does it: an id of estate/people.csv.")
_body = click.argument("body", type=click.Path(path_type=Path))
_transfer = click.argument("transfer")


def packed(
    body: Path, wanted: Wanted, by: str, profile: Sequence[Platform], told: Told, *, lossless: bool
) -> Packed:
    """What `airlock prepare --body` does: a package in the body's state, and its receipt."""
    from ordinance.operations.airlock_packing import pack
    from ordinance.operations.airlock_prepare import How

    workspace = _opened(body)
    at = now()
    day = at.astimezone(workspace.body.zone).date()
    return pack(
        workspace,
        wanted,
        by=by,
        at=at,
        transfer=f"{day.isoformat()}_{secrets.token_hex(4)}",
        ids=lambda: secrets.token_hex(2),
        chosen=profile,
        how=How(lossless=lossless),
        told=told,
    )


@click.command()
@_body
@_transfer
@by_option
@click.option(
    "--answers",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="The answers, as TOML; without it each question is asked.",
)
@click.option("--template", "empty", is_flag=True, help="Print an empty file of answers for this package; do no more.")
@click.option("--decline", metavar="WHY", help="Decline it instead: it goes no further.")
@json_option
@guarded
def approve(
    body: Path, transfer: str, by: str, file: Path | None, empty: bool, decline: str | None, as_json: bool
) -> None:
    """Answer every question about a package that somebody else prepared, and so approve it; or decline it.

    \b
    Example:
      ordinance airlock approve examples/tallinn 2024-12-16_1f0c9a2b --by p-002 --answers answers.toml

    Look at every file of the package first. An answer that lets nothing out, that is missing, or that needs a word of
    explanation and has none, stops it.

    Exit 0: written to the receipts. Exit 3: not approved, and nothing was written.
    """
    from ordinance.model.receipt import Act
    from ordinance.operations import airlock_approving, airlock_faces
    from ordinance.operations.airlock_transfers import packages

    if sum((file is not None, empty, decline is not None)) > 1:
        raise click.UsageError("--answers, --template and --decline exclude one another")
    workspace, at = _opened(body), now()
    if decline is not None:
        said = airlock_approving.put_away(workspace, transfer, Act.DECLINED, decline, by=by, at=at)
        _done(said, f"{transfer} is declined", as_json=as_json)
        return
    manifest, facts = airlock_approving.asked(workspace, transfer, by, at)
    if empty:
        show(airlock_approving.template(facts).rstrip("\n"))
        return
    say(f"look at every file in {packages(workspace.state) / transfer}")
    for line in airlock_faces.sentences(manifest):
        say(f"  {line}")
    answers = _ask(facts) if file is None else airlock_approving.read_answers(file)
    said = airlock_approving.approve(workspace, transfer, answers, by=by, at=at)
    _done(said, f"{transfer} is approved", as_json=as_json)


@click.command()
@_body
@_transfer
@click.option("--device", required=True, metavar="DEVICE", help="The separate device it is for.")
@click.option(
    "--to", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="A folder or a stick."
)
@by_option
@click.option("--unknown-accepted", metavar="WHY", help="Release although it is not known whether the device is good.")
@json_option
@guarded
def release(
    body: Path, transfer: str, device: str, to: Path, by: str, unknown_accepted: str | None, as_json: bool
) -> None:
    """Hand an approved package over: a new folder of its name in a folder or on a stick, for one separate device.

    \b
    Example:
      ordinance airlock release examples/tallinn 2024-12-16_1f0c9a2b --device sd-001 --to /media/stick --by p-001

    The package is checked again, byte for byte and by both checkers. A device that is not shown to be separate gets
    nothing. What was written is read back; of what lies there otherwise nothing is read. A stick that was in the
    separate device never comes back to a work computer.

    Exit 0: handed over. Exit 3: not, and why; nothing of it is there.
    """
    from ordinance.operations.airlock_releasing import release as run

    at = now()
    found = run(
        _opened(body), transfer, device, to, by=by, at=at, unknown_accepted=unknown_accepted, now=at
    )
    said = {
        "transfer": transfer,
        "device": device,
        "folder": found.folder.name,
        "manifest": found.manifest.digest,
        "proof": {"state": str(found.proof.state), "why": found.proof.why},
        "files": {part.name: part.sha256 for part in found.manifest.parts},
    }
    say(f"{device}: {found.proof.why}")
    _done(said, f"{found.folder}: {len(found.manifest.parts) + 1} files", as_json=as_json)


@click.command()
@_body
@_transfer
@click.option("--address", required=True, metavar="URL", help="Where the post stands, as typed from the device.")
@by_option
@json_option
@guarded
def posted(body: Path, transfer: str, address: str, by: str, as_json: bool) -> None:
    """Write down the address of a post. Nothing is opened: a person types it in.

    \b
    Example:
      ordinance airlock posted BODY TRANSFER --address https://www.tiktok.com/@city/video/1 --by p-001
    """
    from ordinance.operations.airlock_releasing import posted as run

    platform = run(_opened(body), transfer, address, by=by, at=now())
    said = {"transfer": transfer, "address": address, "platform": platform}
    _done(said, f"{transfer} stands at {address}", as_json=as_json)


@click.command()
@_body
@_transfer
@click.option("--reason", required=True, metavar="WHY", help="Why; it is kept in the receipts.")
@by_option
@json_option
@guarded
def withdraw(body: Path, transfer: str, reason: str, by: str, as_json: bool) -> None:
    """Write down that a package is not to be used any more. What was posted is taken down on the device, by hand.

    \b
    Example:
      ordinance airlock withdraw BODY TRANSFER --reason "consent was taken back" --by p-001
    """
    from ordinance.model.receipt import Act
    from ordinance.operations.airlock_approving import put_away

    said = put_away(_opened(body), transfer, Act.WITHDRAWN, reason, by=by, at=now())
    _done(said, f"{transfer} is withdrawn", as_json=as_json)


@click.command("list")
@body_argument
@json_option
@guarded
def list_all(body: Path, as_json: bool) -> None:
    """List the transfers of a body with their state, from the receipts alone.

    \b
    Example:
      ordinance airlock list examples/tallinn

    Exit 1: the receipts are not as they were written, so that what is listed may be wrong.
    """
    from ordinance.operations.airlock_transfers import list_document
    from ordinance.operations.workspace import open_workspace

    found = list_document(open_workspace(body, settings=False))
    if as_json:
        show_json(found)
    elif found["transfers"]:
        rows = [(t["transfer"], t["state"], t["since"], t["by"], " ".join(t["devices"])) for t in found["transfers"]]
        show_table([("transfer", "state", "since", "by", "device"), *rows])
    else:
        show("no transfer: nothing went through the airlock here, as far as the receipts say")
    if not found["holds"]:
        say("the receipts are not as they were written: `ordinance airlock verify-log` says more")
        sys.exit(1)


VERBS = (approve, release, posted, withdraw, list_all)


def _opened(body: Path) -> Workspace:
    from ordinance.operations.workspace import open_workspace

    return open_workspace(body, channels=True).usable()


def _ask(facts: dict[str, str]) -> Answers:
    """Each question in turn; only on a terminal, where somebody answers."""
    from ordinance.airlock.checklist import checklist
    from ordinance.operations.airlock_approving import Answers

    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: give --answers FILE (--template writes an empty one)")
    given: dict[str, str] = {}
    notes: dict[str, str] = {}
    for item in checklist():
        say(item.asks)
        fitting = {answer.id: answer for answer in item.fitting(facts)}
        for answer in fitting.values():
            say(f"  {answer.id}: {answer.says}")
        given[item.id] = click.prompt("answer", type=click.Choice([*fitting]), show_choices=False, err=True)
        if item.needs_note(fitting[given[item.id]], facts):
            notes[item.id] = click.prompt("a word of explanation", err=True)
    return Answers(given, notes, "answers")


def _done(said: object, words: str, *, as_json: bool) -> None:
    if as_json:
        show_json(said)
    else:
        show(words)
