# SPDX-License-Identifier: EUPL-1.2
"""`ordinance findings`: where findings stand, a file to fill in about one, and tickets for a help desk."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from ordinance.cli._common import (
    as_of_option,
    body_argument,
    first_instant,
    guarded,
    instant,
    json_option,
    last_instant,
    progress,
    say,
    show,
    show_json,
    show_table,
)


@click.group()
def findings() -> None:
    """The life of findings: what persons wrote about them, beside results that it never changes.

    \b
    Example:
      ordinance findings list examples/ghent --as-of 2023-04-10

    A check finds and people decide, in findings/*.yaml of the body's folder. No command writes there.
    """


@findings.command("list")
@body_argument
@as_of_option
@json_option
@guarded
def list_all(body: Path, as_of: str | None, as_json: bool) -> None:
    """List the findings of the last check, which name no device, and where each stands.

    \b
    Example:
      ordinance findings list examples/ghent --as-of 2023-04-10

    States are those of the files as they are now, on the day of --as-of. A decision of a day before the end of the last
    check, written after it, is open until the next check, which says whether anything was seen since.
    """
    from ordinance.operations.listed_findings import listed_findings, unknown_of_list
    from ordinance.operations.workspace import open_workspace
    from ordinance.report.life import heading

    workspace = open_workspace(body, settings=False)
    found = listed_findings(workspace, instant(as_of, workspace.body.zone))
    for issue in unknown_of_list(workspace):
        say(issue)
    if as_json:
        show_json(found)
        return
    rows = [("finding", "result", "kind", "unit", "app", "stands")]
    for f in found["findings"]:
        app = f"{f['family']}/{f['member']}" if f["family"] else "–"
        rows.append((f["id"], f["result"], f["kind"], f["unit"] or "–", app, heading(f)))
    show_table(rows)
    say(f"of the run {found['run']}, as of {found['run_as_of'][:10]}")


@findings.command()
@click.argument("finding", metavar="ID")
@body_argument
@as_of_option
@click.option("--device", metavar="DEV", default="", help="The pseudonym, where the finding is about one device.")
@json_option
@guarded
def draft(finding: str, body: Path, as_of: str | None, device: str, as_json: bool) -> None:
    """Print a file about one finding, to be filled in by a person and put into findings/.

    \b
    Example:
      ordinance findings draft f-7c6be2172f examples/ghent --as-of 2023-04-10

    Until it is filled in, `ordinance lint` names the lines, and no check runs with it.
    """
    from ordinance.operations.listed_findings import draft_life
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body, settings=False)
    day = instant(as_of, workspace.body.zone).date()
    name, text = draft_life(workspace, finding, day, device)
    if as_json:
        show_json({"file": name, "text": text})
    else:
        show(text.removesuffix("\n"))
        say(f"put it into {name}, and fill it in")


@findings.command()
@body_argument
@as_of_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The CSV file to write, for its owner.")
@click.option("--since", metavar="DAY", help="Leave out what was closed before this day.")
@click.option("--from", "start", metavar="DAY|INSTANT", help="Start of the window. Default: checking.window back.")
@click.option("--to", "end", metavar="DAY|INSTANT", help="End of the window; a day is inclusive. Default: yesterday.")
@click.option("--by", metavar="ROLE", help="Who asks: a role, no name of a person; for the ledger.")
@json_option
@guarded
def tickets(
    body: Path,
    as_of: str | None,
    out: Path,
    since: str | None,
    start: str | None,
    end: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Write tickets for a help desk: a row for each finding about one device, under its pseudonym.

    \b
    Example:
      ordinance findings tickets examples/ghent --as-of 2023-04-10 --out tickets.csv

    Checks as `check --individual` does, where evidence_allowed has it, and keeps nothing of it. A ticket asks somebody
    to look or to talk, and for nothing else. With --since and the day of the last export each closing is written once;
    one that is dated back before that day is not, and one from before the window, which does not show it, each time.
    Exit 0: written, whatever was found.
    """
    from ordinance.operations.checking import run_check, window_of, write_report
    from ordinance.operations.lives import lives_of
    from ordinance.operations.tickets import tickets as rows_of
    from ordinance.operations.tickets import tickets_csv
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body).usable()
    zone = workspace.body.zone
    at, since_day = instant(as_of, zone), first_instant(since, zone).date() if since else None
    now = instant(None, zone)
    window = window_of(
        workspace, at, first_instant(start, zone) if start else None, last_instant(end, zone) if end else None
    )
    run = run_check(
        workspace, at, window, individual=True, now=now, by=by, progress=lambda source: progress(f"reading {source} …")
    )
    rows = rows_of(run.document, lives_of(workspace, at), since_day)
    write_report(out, tickets_csv(rows), individual=True)
    for issue in run.issues:
        say(issue)
    counts = Counter(row["status"] for row in rows)
    if as_json:
        show_json({"file": str(out), "tickets": len(rows), "by_status": dict(sorted(counts.items()))})
    else:
        listed = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
        say(f"written to {out}: {len(rows)} ticket(s){f' ({listed})' if listed else ''}")
