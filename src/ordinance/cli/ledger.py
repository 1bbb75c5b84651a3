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
    "ledger-end-changed": "it does not end with the entry that the note beside it names: its last entries are others",
    "ledger-end-missing": "it ends before the entry that the note beside it names: its last entries are gone",
    "ledger-head-missing": "the note of its last entry (head.json) is gone, damaged or an old one",
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
    """Show who looked behind a pseudonym or at rows, asked or deleted something, and whether that record holds.

    \b
    Example:
      ordinance ledger examples/ghent

    A note beside the ledger shows an end that was taken away. Note the digest of the last entry elsewhere as well:
    only that shows a ledger which was written anew together with its note. Exit 0: the entries follow one another to
    the last one that was noted. 1: they do not.
    """
    from ordinance.operations.ledger import ledger_document
    from ordinance.operations.workspace import open_workspace

    found = ledger_document(open_workspace(body, settings=False))
    if as_json:
        show_json(found)
    else:
        _show(found)
    for fault in found["faults"]:
        place = f":{fault['line']}" if fault["line"] else ""
        say(f"{found['ledger']}{place}: {FAULTS[fault['reason']]}  [{fault['reason']}]")
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
    show(f"\nlast entry: {found['entries'][-1]['n']}, {found['head']}")


def _row(entry: dict[str, Any]) -> tuple[str, ...]:
    said = entry["reason"] or ", ".join(f"{key}: {value}" for key, value in entry["said"].items())
    return str(entry["n"]), entry["at"], entry["what"], entry["device"] or "", entry["by"], " ".join(said.split())
