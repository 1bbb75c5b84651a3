# SPDX-License-Identifier: EUPL-1.2
"""`ordinance purge`: what has been kept as long as the body said, shown or taken away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ordinance.cli._common import (
    as_of_option,
    body_argument,
    guarded,
    instant,
    json_option,
    progress,
    say,
    show,
    show_json,
    show_table,
)
from ordinance.cli.reveal import now

SHOWN, GONE = "is over", "taken away"
UNREAD = "not searched: it is a link or no file, or may not be read"


@click.command()
@body_argument
@as_of_option
@click.option("--do", "do", is_flag=True, help="Take it away. Without it everything is only shown.")
@json_option
@guarded
def purge(body: Path, as_of: str | None, do: bool, as_json: bool) -> None:
    """Show what has been kept as long as `[retention]` says; take it away with --do, and look for it afterwards.

    \b
    Example:
      ordinance purge examples/ghent

    With --do every file that is left under .ordinance/ is searched for the names of what went, and the ledger keeps
    what was found. Exit 0: nothing is over, or it is gone and found nowhere. 1: something is over and there, or is
    still found. 4: of something nobody can tell when it is over, or not everything could be searched.
    3: not done.
    """
    from ordinance.operations.purging import find_due, purge_document
    from ordinance.operations.purging import purge as run
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body, settings=False).usable()
    zone = workspace.body.zone
    seen, today = instant(as_of, zone), now()
    if do and seen > today:
        raise click.UsageError("--do takes nothing away before its day: --as-of lies in the future")
    day = seen.astimezone(zone).date()
    found = run(workspace, day, today, lambda name: progress(f"{name} …")) if do else find_due(workspace, day)
    document = purge_document(workspace, found)
    if as_json:
        show_json(document)
    else:
        _show(document)
    sys.exit(found.exit_code)


def _show(found: dict[str, Any]) -> None:
    word = GONE if found["done"] else SHOWN
    rows = [
        (i["kind"], i["name"], i["day"] or "?", i["last_day"] or "?", word if i["over"] else "")
        for i in found["items"]
    ]
    if rows:
        show_table([("kind", "name", "of", "last day", ""), *rows])
    else:
        show("nothing is kept here that ends with a period")
    for kind in found["kinds"]:
        show(f"{kind['kind']}: {kind['period'] or 'nobody said how long'} ({kind['holds']})")
    show(f"ledger: {found['ledger']['period'] or 'nobody said how long'}")
    if found["ledger"]["entries_over"]:
        show(f"ledger: {found['ledger']['entries_over']} entries {word}")
    if found["receipts"]["period"]:
        over = f"; {found['receipts']['entries_over']} entries {word}" if found["receipts"]["entries_over"] else ""
        show(f"receipts of the airlock: {found['receipts']['period']}{over}")
    for one in found["standing"]:
        show(f"{one['where']}: {one['holds']}; stays until: {one['until']}")
    for name in found["leftovers"]:
        show(f"left by a killed run: {name}" + (" (cleared)" if found["done"] else ""))
    for name in found["unknown"]:
        say(f".ordinance/{name}: nobody says what this holds or how long it may stay")
    if found["unfinished"]:
        say("an earlier purge was killed: " + ", ".join(found["unfinished"]))
    _show_search(found["search"])
    if not found["done"] and any(i["over"] for i in found["items"]):
        say("nothing was taken away: --do does it")


def _show_search(searched: dict[str, Any] | None) -> None:
    if searched is None:
        return
    for one in searched["remains"]:
        say(f".ordinance/{one['file']}: still names {one['name']}")
    found = f"{len(searched['remains'])} places still name it" if searched["remains"] else "named nowhere any more"
    show(f"\n{searched['files']} files ({searched['bytes']:,} bytes) were searched: {found}")
    for name in searched["packed"]:
        say(f".ordinance/{name}: compressed, so a name in it was not seen")
    for name in searched["unread"]:
        say(f".ordinance/{name}: {UNREAD}")
    if searched["devices_still_kept"]:
        show(f"{len(searched['devices_still_kept'])} pseudonyms of what went stand in what is kept")
