# SPDX-License-Identifier: EUPL-1.2
"""`ordinance reveal`: which device a pseudonym stands for, written into the ledger before it is said."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ordinance.cli._common import guarded, json_option, say, show, show_json

NOBODY = 1
reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept in the ledger.")
by_option = click.option("--by", required=True, metavar="ROLE", help="Who does it: a role, no name of a person.")


def now() -> datetime:
    """The instant of an entry of the ledger: no option changes it."""
    return datetime.now(UTC).replace(microsecond=0)


@click.command()
@click.argument("body", type=click.Path(path_type=Path))
@click.argument("pseudonym", metavar="DEV")
@reason_option
@by_option
@json_option
@guarded
def reveal(body: Path, pseudonym: str, reason: str, by: str, as_json: bool) -> None:
    """Say which device a pseudonym stands for, and write that into the ledger first.

    \b
    Example:
      ordinance reveal examples/tallinn dev-ABCD2345 --reason "reported stolen, case 12" --by "privacy officer"

    Needs the key of the pseudonyms, and a body that allows evidence about single devices. A pseudonym behind which
    there is no device of the estate, or more than one, names nobody; that somebody looked is written down all the
    same. Exit 0: one device. 1: nobody is named. 3: not allowed, no key, or no ledger.
    """
    from ordinance.operations.reveal import reveal as run
    from ordinance.operations.reveal import reveal_document
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body).usable()
    found = run(workspace, pseudonym, now(), by=by, reason=reason)
    if as_json:
        show_json(reveal_document(workspace, found))
    elif found.device is not None:
        show(found.device)
    if found.device is None:
        why = "no device of the estate stands" if not found.found else f"{found.found} devices stand"
        say(f"{why} behind {pseudonym}: nobody is named")
    say(f"written into the ledger as entry {found.entry.n}")
    if workspace.body.notice:
        say(workspace.body.notice)
    sys.exit(0 if found.device is not None else NOBODY)
