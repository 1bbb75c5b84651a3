# SPDX-License-Identifier: EUPL-1.2
"""`ordinance ledger`: who looked behind a pseudonym, and whether the record is as it was written; or taking it on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ordinance.cli._common import body_argument, guarded, json_option, say, show, show_json, show_table
from ordinance.cli.reveal import now

FAULTS = {
    "ledger-beginning-missing": "the entries before it are gone, and no entry says that they were taken away",
    "ledger-chain-broken": "it does not follow the line before it: one of the two was changed, put in or taken out",
    "ledger-end-changed": "it does not end with the entry that the note beside it names: its last entries are others",
    "ledger-end-missing": "it ends before the entry that the note beside it names: its last entries are gone",
    "ledger-entry-not-noted": "the note beside it (head.json) neither names nor announces it: it was put in by other "
    "means, or the note is an old one",
    "ledger-head-missing": "the note of its last entry (head.json) is gone or damaged",
    "ledger-not-an-entry": "this is no entry",
    "ledger-number-missing": "its number does not follow the one before it",
    "ledger-too-large": "the file is larger than any ledger",
    "ledger-torn-changed": "a file beside it (torn-…) is not what a killed run left half and was put aside",
    "ledger-torn-missing": "what a killed run left half was put aside, and that file (torn-…) is gone",
}
BROKEN, ADOPTED = 1, "adopted"


@click.command()
@body_argument
@click.option("--adopt", is_flag=True, help="Take on a ledger whose chain holds and whose end is in doubt.")
@click.option("--reason", metavar="TEXT", help="With --adopt: why; it is kept in the ledger.")
@click.option("--by", metavar="ROLE", help="With --adopt: who does it, a role, no name of a person.")
@json_option
@guarded
def ledger(body: Path, adopt: bool, reason: str | None, by: str | None, as_json: bool) -> None:
    """Show who looked behind a pseudonym or at rows, asked or deleted something, and whether that record holds.

    \b
    Example:
      ordinance ledger examples/ghent

    A note beside the ledger shows an end that was taken away. Note the digest of the last entry elsewhere as well:
    only that shows a ledger which was written anew together with its note. Exit 0: the entries follow one another to
    the last one that was noted. 1: they do not.

    --adopt is for a ledger whose note is gone, damaged or behind, after a restore for instance. No entry goes:
    a new entry says what was wrong and at which length the ledger was taken on. A ledger whose chain is broken, or from
    which entries are known to be gone, is refused (exit 3).
    """
    from ordinance.operations.ledger import adopt_ledger, entry_line, ledger_document
    from ordinance.operations.workspace import open_workspace

    if adopt:
        if by is None or reason is None:
            raise click.UsageError("--adopt needs --by and --reason")
        workspace = open_workspace(body).usable()
        line = entry_line(adopt_ledger(workspace, now(), by=by, reason=reason), workspace)
        if as_json:
            show_json({"body": workspace.body.id, "entry": line, "cannot_be_known": doubts(line)})
        else:
            show(f"the ledger is taken on with {line['said']['entries']} entries, as entry {line['n']} says")
            show("\n".join(f"  cannot be known: {doubt}" for doubt in doubts(line)))
        return
    if by is not None or reason is not None:
        raise click.UsageError("--by and --reason belong to --adopt")
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
    for entry in (e for e in found["entries"] if e["what"] == ADOPTED):
        for doubt in doubts(entry):
            say(f"entry {entry['n']} took the ledger on; cannot be known: {doubt}")
    for name in found["torn"]:
        say(f"left half by a killed run and put aside: {name}")
    sys.exit(0 if found["holds"] else BROKEN)


def doubts(entry: dict[str, Any]) -> list[str]:
    """What nobody can know of a ledger that was taken on with this entry."""
    last, noted = (entry["said"].get(key) for key in ("last", "noted"))
    if not isinstance(noted, int):
        gone = f"whether entries after {last} were there and were taken away before it was taken on"
        put = f"whether any of its entries, up to {last}, was put in by other means" if last else ""
    else:
        gone = ""
        put = f"whether the entries {noted + 1} to {last} were written by a run of this program"
    return [doubt for doubt in (gone, put) if doubt]


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
