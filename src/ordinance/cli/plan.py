# SPDX-License-Identifier: EUPL-1.2
"""`ordinance plan` and `ordinance build`: what would change in the tools the body runs, and the files for them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ordinance.cli import _shown_bundle as shown
from ordinance.cli._common import as_of_option, body_argument, guarded, instant, json_option, say, show_json

if TYPE_CHECKING:
    from ordinance.model.limit import Limit

WIDER = 1  # than the limit
NOT_ALL_CHECKED = 4


def _limit(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Limit | None:
    if text is None:
        return None
    from ordinance.operations.enforcing import limit_of

    found = limit_of(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is neither a number of devices nor a share such as 10%")
    return found


def _not_both(one: str, is_one: bool, other: str, is_other: bool) -> None:
    if is_one and is_other:
        raise click.UsageError(f"{one} and {other} do not go together")


limit_option = click.option(
    "--limit", callback=_limit, metavar="N|N%", help="At most so many devices, or such a share of the estate."
)
pilot_option = click.option("--pilot", is_flag=True, help="Only for the units that go first ([enforcement] pilot).")
lift_option = click.option("--lift", is_flag=True, help="Take everything back that the last bundle set.")


@click.command()
@body_argument
@as_of_option
@click.option("--against", type=click.Path(path_type=Path), help="Compare with the bundle in this folder.")
@limit_option
@pilot_option
@lift_option
@click.option("--all", "everything", is_flag=True, help="List every entry and gap, not only the first ones.")
@json_option
@guarded
def plan(
    body: Path,
    as_of: str | None,
    against: Path | None,
    limit: Limit | None,
    pilot: bool,
    lift: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Show what would be added and removed in the tools you run, for whom, what stays open and whom it hits.

    \b
    Example:
      ordinance plan examples/ghent --as-of 2023-04-10

    Changes nothing. Exit 1: more devices are affected than --limit allows.
    """
    from ordinance.operations.enforcing import plan as run
    from ordinance.operations.enforcing import read_bundle, wider
    from ordinance.operations.workspace import open_workspace

    _not_both("--lift", lift, "--pilot", pilot)
    workspace = open_workspace(body) if lift else open_workspace(body).usable()
    made, bundle = run(workspace, instant(as_of, workspace.body.zone), against, pilot=pilot, lift=lift)
    if against is not None and read_bundle(against.resolve()) is None:
        say(f"there is no bundle in {against}: everything is new beside nothing")
    limit = limit or (None if lift else workspace.body.enforcement.limit)
    why = wider(made, bundle, limit) if limit else ""
    if as_json:
        show_json({**shown.bundle_document(made, bundle), "limit": str(limit) if limit else None, "wider": bool(why)})
    else:
        shown.show_bundle(made, bundle, everything=everything)
    if why:
        say(f"wider than allowed: {why}")
        sys.exit(WIDER)


@click.command()
@body_argument
@as_of_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the bundle. Default: BODY/.ordinance/bundle.")
@limit_option
@pilot_option
@lift_option
@click.option("--ask", is_flag=True, help="Ask programs of this machine first whether they take the files.")
@click.option("--skip-pilot", is_flag=True, help="Go to all, although the pilot has not had it.")
@json_option
@guarded
def build(
    body: Path,
    as_of: str | None,
    out: Path | None,
    limit: Limit | None,
    pilot: bool,
    lift: bool,
    ask: bool,
    skip_pilot: bool,
    as_json: bool,
) -> None:
    """Write the configuration for every target, replacing the last bundle as a whole.

    \b
    Example:
      ordinance build examples/ghent --as-of 2023-04-10 --out /tmp/ghent-bundle

    Where a pilot is named in ordinance.toml, its units go first: --pilot, then without it. With --limit, or a limit in
    ordinance.toml, a bundle that affects more devices is not written (exit 3). With --lift, what is written blocks
    nothing any more: for a rule that ended, or when something went wrong. With --ask, the manifest says which program
    of this machine took which file; one that refuses stops the build (exit 5), one that is not here is named (exit 4).
    """
    from ordinance.operations.consumers import as_rows
    from ordinance.operations.enforcing import build as run
    from ordinance.operations.workspace import open_workspace

    _not_both("--lift", lift, "--pilot", pilot)
    _not_both("--skip-pilot", skip_pilot, "--pilot", pilot)
    workspace = open_workspace(body) if lift else open_workspace(body).usable()
    made, bundle, folder, accepted = run(
        workspace,
        instant(as_of, workspace.body.zone),
        out,
        limit=limit or (None if lift else workspace.body.enforcement.limit),
        pilot=pilot,
        skip_pilot=skip_pilot,
        lift=lift,
        ask=ask,
    )
    if as_json:
        show_json({**shown.bundle_document(made, bundle), "accepted": as_rows(accepted)})
    else:
        shown.show_bundle(made, bundle, everything=False)
        say(f"written to {folder}")
    if ask and (missing := sorted({a.program for a in accepted if not a.version})):
        say(f"not asked, as it is not on this machine: {', '.join(missing)}")
    if ask and not any(a.version for a in accepted):
        say("no program took any file: none was asked")
    if ask and (missing or not accepted):
        sys.exit(NOT_ALL_CHECKED)
