# SPDX-License-Identifier: EUPL-1.2
"""`ordinance sources`: what a check can read, and which reader a file is for."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ordinance.cli._common import ending_well, guarded, json_option, say, show, show_json, show_table

Data = Mapping[str, Any]

# What a person writes where only a person knows.
_FILL_IN = {
    "year": 'year = ""  # fill in: the year of the first line; the lines name none',
    "lease": 'lease = ""  # fill in: the shortest lease that the server grants, such as "PT12H"',
}
_OPTIONAL = {
    "network": '# network = ""   # the network of networks.csv whose devices ask there',
    "canary": '# canary = ""    # a name that a monitor asks in each hour, so that silence is told from a broken log',
    "leases": '# leases = []    # the ids of sources of leases, which say who held an address',
    "every": '# every = ""     # how often an export is expected, such as "P7D"',
    "first": '# first =        # the day of the first export, such as 2023-03-13',
    "platforms": '# platforms = [] # those that the export is expected to list',
}


@click.group()
def sources() -> None:
    """Tell which logs, inventories and leases can be read, and which reader a file is for.

    \b
    Example:
      ordinance sources detect examples/ghent/logs/townhall-2023-03-28.log
    """


@sources.command("list")
@json_option
@guarded
def list_(as_json: bool) -> None:
    """List the installed readers.

    \b
    Example:
      ordinance sources list

    Those without a kind of evidence say who held which address; a log names them in its `leases`.
    """
    from ordinance.operations.detecting import list_readers

    found = list_readers()
    if as_json:
        show_json(found)
        return
    rows = [("reader", "reads", "record", "evidence")]
    show_table(rows + [(one["reader"], one["title"], one["unit"], one["evidence"] or "–") for one in found])
    say(f"{len(found)} readers; `ordinance sources detect FILE` tells which one a file is for")


@sources.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE...")
@json_option
@guarded
def detect(files: Sequence[Path], as_json: bool) -> None:
    """Tell which reader a file is for, and write the table for ordinance.toml.

    \b
    Example:
      ordinance sources detect examples/ghent/logs/townhall-2023-03-28.log

    Every reader reads the file's first lines with nothing to watch. Nothing of what the file holds is shown or kept:
    only how much of it each could read, and why not the rest. The first lines are written into a private temporary
    folder; where the command is killed before that is gone, the next `sources detect` takes it away. Exit 0: one
    reader takes it. 4: several do, as a log of several programs is a source for each. 1: none does. 3: a file cannot be
    read.
    """
    from ordinance.operations.detecting import detect as run

    with ending_well():
        found = run(files)
    if as_json:
        show_json(found)
    else:
        for one in found["files"]:
            _show(one)
    sys.exit(found["exit_code"])


def _show(one: Data) -> None:
    said = {
        "known": "read by {}",
        "several": "read by {}: each of them reads records of its own in it",
        "unknown": "no reader knows this format",
        "unreadable": "the file cannot be read",
    }
    if one["empty"]:
        said["unknown"] = "the file is empty, which tells nothing"
    names = ", ".join(r["reader"] for r in one["readers"])
    show(f"{one['file']}: {said[one['verdict']].format(names)}")
    if one["verdict"] == "unreadable":
        say(f"{one['file']}: missing, not a file, or not allowed to be opened  [unreadable-file]")
        return
    if not one["whole_file"]:
        show("  looked at: the beginning alone")
    rows = one["readers"] or one["nearest"]
    if one["nearest"]:
        show("  nearest:")
    if rows:
        head = ("  reader", "read", "records", "counted", "structural", "rejected")
        counts = ("records", "dropped", "structural", "rejected")
        cells = [(f"  {r['reader']}", f"{r['read_percent']} %", *(str(r[c]) for c in counts)) for r in rows]
        show_table([head, *cells])
    for row in one["nearest"]:
        if not row["rejected"]:
            show(f"  {row['reader']}: nothing in it is a record of its own, as in a log of other programs")
    for row in rows:
        for reason in row["rejects"]:
            where = f"first: {row['unit']} {reason['first']}"
            show(f"  {row['reader']}: {reason['records']} × {reason['reason']} ({where})")
    if one["verdict"] == "unknown" and not rows and not one["empty"]:
        say("an export whose columns have other names can still be read: see `columns` in docs/reference/readers.md")
    if one["nearest"]:
        say("what each reason means, and what to change: docs/reference/issues.md and the reader's page beside it")
    for source in one["source"]:
        show()
        show("\n".join(_table(source)))
    show()


def _table(source: Data) -> list[str]:
    """A `[[sources]]` table; what has to be filled in is no value yet, so that nobody forgets it."""
    lines = ["[[sources]]", f"id = {json.dumps(source['id'])}", f"reader = {json.dumps(source['reader'])}"]
    files = ", ".join(json.dumps(name, ensure_ascii=False) for name in source["files"])
    lines.append(f"files = [{files}]  # relative to the body's folder; a pattern for rotated ones, such as *.log*")
    lines += [f"{name} = {json.dumps(value)}" for name, value in source["stated"].items()]
    lines += [_FILL_IN.get(name, f"{name} =  # fill in") for name in source["fill_in"]]
    lines += [_OPTIONAL[name] for name in source["optional"]]
    if source["named_by_a_log"]:
        lines.append(f"# a log names it: leases = [{json.dumps(source['id'])}]")
    return lines
