# SPDX-License-Identifier: EUPL-1.2
"""`ordinance ledger`: who looked behind a pseudonym, and whether the record is as it was written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ordinance.cli._common import body_argument, guarded, json_option, say, show, show_json, show_table

FAULTS = {
    "ledger-beginning-missing": "the entries before it are gone, and no entry says that they were taken away",
    "ledger-chain-broken": "it does not follow the line before it: one of the two was changed, put in or taken out",
    "ledger-not-an-entry": "this is no entry",
    "ledger-number-missing": "its number does not follow the one before it",
    "ledger-too-large": "the file is larger than any ledger",
}
BROKEN = 1


@click.command()
@body_argument
@json_option
@guarded
def ledger(body: Path, as_json: bool) -> None:
    """Show who looked behind a pseudonym, asked for an answer or deleted something, and whether that record holds.

    \b
    Example:
      ordinance ledger examples/ghent

    Note the digest of the last entry elsewhere: only that shows a ledger whose end was taken away, or which was
    written anew as a whole. Exit 0: the entries follow one another. 1: they do not.
    """
    from ordinance.operations.ledger import ledger_document
    from ordinance.operations.workspace import open_workspace

    found = ledger_document(open_workspace(body, settings=False))
    if as_json:
        show_json(found)
    else:
        _show(found)
    for fault in found["faults"]:
        say(f"{found['ledger']}:{fault['line']}: {FAULTS[fault['reason']]}  [{fault['reason']}]")
    if found["half"]:
        say(f"a killed run left half a line of {found['half']} bytes; the next entry puts it aside")
    for name in found["torn"]:
        say(f"left half by a killed run and put aside: {name}")
    sys.exit(0 if found["holds"] else BROKEN)


def _show(found: dict[str, Any]) -> None:
    if not found["entries"]:
        show("no entry: nobody looked behind a pseudonym here, as far as this ledger says")
        return
    head = ("n", "when", "what", "device", "by", "reason")
    show_table([head, *(_row(entry) for entry in found["entries"])])
    show(f"\nlast entry: {found['head']}")


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    said = entry["reason"] or ", ".join(f"{key}: {value}" for key, value in entry["said"].items())
    return str(entry["n"]), entry["at"], entry["what"], entry["device"] or "", entry["by"], " ".join(said.split())
