# SPDX-License-Identifier: EUPL-1.2
"""The verbs, one function each. Every help text opens with an example that runs."""

from __future__ import annotations

import gc
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path

import click

from ordinance import __version__
from ordinance.cli._common import (
    OUR_FAULT,
    as_of_option,
    body_argument,
    fail,
    first_instant,
    guarded,
    instant,
    json_option,
    last_instant,
    progress,
    say,
    show_issues,
    show_json,
    show_json_text,
)
from ordinance.cli._verbs import Verbs
from ordinance.model.errors import PolicyError

# A verb and the module of this room that holds it, in the order of the reference.
MODULES = {
    "airlock": "airlock",
    "apps": "apps",
    "plan": "plan",
    "build": "plan",
    "bundle": "bundle",
    "privacy": "privacy",
    "probe": "probe",
    "sources": "sources",
    "targets": "targets",
    "explain": "explain",
    "compare": "compare",
    "cascade": "cascade",
    "campaigns": "campaigns",
    "cases": "campaigns",
    "device": "device",
    "directives": "directives",
    "test": "test",
    "due": "due",
    "effect": "effect",
    "evaluate": "evaluate",
    "channels": "channels",
    "findings": "findings",
    "init": "init",
    "ledger": "ledger",
    "reveal": "reveal",
    "purge": "purge",
    "read": "read",
    "access": "access",
    "erase": "access",
    "watch": "watch",
}
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(commands=Verbs(MODULES), context_settings=HELP)
@click.version_option(__version__, prog_name="ordinance")
def cli() -> None:
    """App restriction as code, for public bodies.

    \b
    Example:
      ordinance demo
    """


COLLECT_AFTER = 200_000  # new objects: a command keeps nearly all that it makes, and going through them costs seconds


def main() -> None:
    """Run the command line; a fault of ours ends with exit 70 and says where to report it."""
    gc.set_threshold(COLLECT_AFTER)
    for stream in (sys.stdout, sys.stderr):  # JSON is UTF-8 whatever the terminal's locale says
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        cli.main(prog_name="ordinance", standalone_mode=True)
    except Exception:  # the last line of defence: a person gets a sentence and an exit code, never a bare trace
        traceback.print_exc()
        fail("This is a fault of ours. Please report it with the lines above.  [our-fault]", OUR_FAULT)


@cli.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("ordinance-demo"),
    show_default=True,
    help="The folder to make.",
)
@json_option
@guarded
def demo(out: Path, as_json: bool) -> None:
    """Check six example bodies and write their reports.

    \b
    Example:
      ordinance demo --out ordinance-demo

    The decisions are real; estates and findings are invented. Nothing leaves this machine.
    """
    from ordinance.cli import _shown as shown
    from ordinance.operations.demo import demo as run

    found = list(run(out, lambda body: progress(f"checking {body} …")))
    if as_json:
        show_json([shown.demo_line(one) for one in found])
    else:
        shown.show_demo(found)


@cli.command()
@body_argument
@as_of_option
@json_option
@guarded
def lint(body: Path, as_of: str | None, as_json: bool) -> None:
    """Say everything that is wrong with a body's files, those of its tests included.

    \b
    Example:
      ordinance lint examples/ghent --as-of 2023-04-10

    What is over or changed is seen from --as-of. Exit 0: usable (warnings may remain). Exit 3: not usable.
    """
    from ordinance.operations.workspace import open_workspace

    try:
        workspace = open_workspace(body, lambda settings: instant(as_of, settings.zone), tests=True, channels=True)
        name, issues = workspace.body.name or str(body), workspace.issues
    except PolicyError as error:  # here faults are what was asked for
        name, issues = str(body), error.issues
    sys.exit(show_issues(name, issues, as_json=as_json))


@cli.command()
@body_argument
@as_of_option
@click.option("--app", "apps", multiple=True, metavar="FAMILY/MEMBER", help="Only these apps (repeatable).")
@json_option
@guarded
def rulings(body: Path, as_of: str | None, apps: tuple[str, ...], as_json: bool) -> None:
    """Show what applies to each class of devices.

    \b
    Example:
      ordinance rulings examples/ghent --as-of 2023-03-20
    """
    from ordinance.cli import _shown as shown
    from ordinance.operations.rulings import class_rulings
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body, settings=False).usable()
    at = instant(as_of, workspace.body.zone)
    found = class_rulings(workspace, at, apps)
    if as_json:
        show_json(shown.rulings_document(workspace, at, found))
    else:
        shown.show_rulings(workspace, found, at)


@cli.command()
@body_argument
@as_of_option
@click.option("--from", "since", metavar="DAY|INSTANT", help="Start of the window. Default: checking.window back.")
@click.option("--to", "until", metavar="DAY|INSTANT", help="End of the window; a day is inclusive. Default: yesterday.")
@click.option("--individual", is_flag=True, help="Rows per device, under pseudonyms, where evidence_allowed has it.")
@click.option("--by", metavar="ROLE", help="With --individual: who asks, a role, no name of a person; for the ledger.")
@click.option("--fresh", is_flag=True, help="Read every log from its beginning; what is kept of earlier runs stays.")
@click.option("--kept", type=click.Path(path_type=Path), help="A folder of `ordinance read`, in the place of logs.")
@click.option("--html", type=click.Path(path_type=Path), help="Also write the report to this file.")
@json_option
@guarded
def check(
    body: Path,
    as_of: str | None,
    since: str | None,
    until: str | None,
    individual: bool,
    by: str | None,
    fresh: bool,
    kept: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """Check whether each duty holds, and say what could not be seen.

    \b
    Example:
      ordinance check examples/ghent --as-of 2023-04-10

    The window is of whole days, and ends with the last one that was over at --as-of; instants are for --individual.
    Exit 0: everything checked or accepted, nothing fails. 1: something fails. 4: not everything could
    be checked. 3: the body's files cannot be used.
    """
    from ordinance.cli import _shown as shown
    from ordinance.operations.checking import run_check, window_of, write_report
    from ordinance.operations.workspace import open_workspace

    if by is not None and not individual:
        raise click.UsageError("--by belongs to --individual")
    workspace = open_workspace(body).usable()
    zone = workspace.body.zone
    at = instant(as_of, zone)
    window = window_of(
        workspace, at, first_instant(since, zone) if since else None, last_instant(until, zone) if until else None
    )
    run = run_check(
        workspace,
        at,
        window,
        individual=individual,
        fresh=fresh,
        kept=kept,
        now=instant(None, zone),
        by=by,
        progress=lambda source: progress(f"reading {source} …"),
    )
    if html is not None:
        write_report(html, run.html, individual=individual)
    for issue in run.issues:
        say(issue)
    shown.say_rejects(run.document)
    shown.say_other_purposes(run.document)
    shown.say_nothing_seen(run.document)
    shown.say_coarse(run.document)
    if as_json:
        show_json_text(run.json.decode())
    else:
        shown.show_check(run.document)
        written = html or (run.folder / "report.html" if run.folder else None)
        say(f"report: {written}" if written else "rows of single devices are kept nowhere: --html FILE writes them")
    sys.exit(run.exit_code)


@cli.command()
@body_argument
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The HTML file to write.")
@json_option
@guarded
def report(body: Path, out: Path, as_json: bool) -> None:
    """Write the report of the last check again.

    \b
    Example:
      ordinance report examples/ghent --out report.html
    """
    from ordinance.operations.checking import REPORT, RESULT, latest_run, write_report
    from ordinance.operations.workspace import open_workspace

    folder = latest_run(open_workspace(body))
    write_report(out, (folder / REPORT).read_bytes())
    if as_json:
        show_json_text((folder / RESULT).read_bytes().decode())
    say(f"written to {out}")
