# SPDX-License-Identifier: EUPL-1.2
"""`ordinance airlock verify-log`: what went through the airlock, and whether that record holds."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from ordinance.cli._common import body_argument, guarded, json_option, say, show, show_json, show_table
from ordinance.cli.reveal import now

BROKEN = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")
RECEIPT_FAULTS = {
    "receipt-noted-missing": "no receipt has the digest that was noted: receipts were taken away, put back to an "
    "earlier state or written anew; or the receipt was one of those that retention took away",
    "receipt-of-copy-missing": "a package of this name lies there, and no receipt tells that it was handed over: "
    "receipts were taken away, a run was killed before it wrote one, or another body handed it over",
    "receipt-of-package-missing": "a package lies there of which no receipt tells: receipts were taken away, or a run "
    "is just writing one, or was killed before",
    "receipt-of-purged-missing": "a purge took this package away, as the ledger says, and no receipt tells of it: "
    "receipts were taken away",
    "receipt-not-next": "this step may not follow the last one of its transfer",
    "receipt-not-whole": "it names no transfer, or not the digest of its package",
    "receipt-other-package": "it is about another package than the one that was prepared",
    "receipt-same-person": "who approved it is who prepared it",
}


@click.command("verify-log")
@body_argument
@click.option("--head", "noted", metavar="DIGEST", help="A digest noted elsewhere: a receipt must still have it.")
@click.option(
    "--released",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A folder that was handed over to: each package there must have its receipt. Only names are read.",
)
@click.option("--adopt", is_flag=True, help="Take on receipts whose chain holds and whose end is in doubt.")
@click.option("--reason", metavar="TEXT", help="With --adopt: why; it is kept in the receipts.")
@click.option("--by", metavar="ROLE", help="With --adopt: who does it, a role, no name of a person.")
@json_option
@guarded
def verify_log(
    body: Path,
    noted: str | None,
    released: Path | None,
    adopt: bool,
    reason: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Show what went through the airlock, and whether that record is as it was written and each step in its turn.

    \b
    Example:
      ordinance airlock verify-log examples/tallinn

    Exit 0: the receipts follow one another to the last one that was noted, and each step came in its turn. 1: not so.
    Note the digest of the last receipt elsewhere, and give it with --head: only that shows a book which was written
    anew, or taken away as a whole.
    """
    from ordinance.cli.ledger import FAULTS, doubts
    from ordinance.operations.airlock_log import adopt_receipts, log_document
    from ordinance.operations.workspace import open_workspace

    if adopt != (by is not None and reason is not None) or (by is None) != (reason is None):
        raise click.UsageError("--adopt, --by and --reason belong together")
    if adopt and (noted is not None or released is not None):
        raise click.UsageError("--adopt takes receipts on; --head and --released look at them")
    digest = _digest(noted) if noted is not None else None
    if adopt:
        workspace = open_workspace(body).usable()
        line = adopt_receipts(workspace, now(), by=str(by), reason=str(reason))
        if as_json:
            show_json({"body": workspace.body.id, "entry": line, "cannot_be_known": doubts(line)})
        else:
            show(f"the receipts are taken on with {line['said']['entries']} entries, as entry {line['n']} says")
            show("\n".join(f"  cannot be known: {doubt}" for doubt in doubts(line)))
        return
    found = log_document(open_workspace(body, settings=False), noted=digest, released=released)
    if as_json:
        show_json(found)
    else:
        _show_log(found)
    for fault in found["faults"]:
        sentence = (FAULTS | RECEIPT_FAULTS)[fault["reason"]]
        place = f":{fault['line']}" if fault["line"] else ""
        say(f"{fault['where']}{place}: {sentence}  [{fault['reason']}]")
    if found["half"]:
        say(f"a killed run left half a line of {found['half']} bytes; the next entry puts it aside")
    for name in found["torn"]:
        say(f"left half by a killed run and put aside: {name}")
    sys.exit(0 if found["holds"] else BROKEN)


def _digest(text: str) -> str:
    """A digest as the command prints it, with or without its kind."""
    digest = text.strip().lower().removeprefix("sha256:")
    if not _DIGEST.fullmatch(digest):
        raise click.BadParameter("a digest is sha256: and 64 hexadecimal digits, as verify-log prints it")
    return digest


def _show_log(found: dict[str, Any]) -> None:
    if not found["entries"]:
        show("no receipt: nothing went through the airlock here, as far as this book says")
        show("whether there ever was one, only a digest noted elsewhere can show: --head")
        return
    rows = [
        (str(e["n"]), e["at"], e["what"], str(e["said"].get("transfer", "")), e["device"] or "", e["by"])
        for e in found["entries"]
    ]
    show_table([("n", "when", "what", "transfer", "device", "by"), *rows])
    show(f"\nlast entry: {found['entries'][-1]['n']}, {found['head']}")
