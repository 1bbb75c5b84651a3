# SPDX-License-Identifier: EUPL-1.2
"""`ordinance test`: a body's own scenarios, run against its policies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ordinance.cli._common import body_argument, guarded, json_option, say, show, show_json

if TYPE_CHECKING:
    from ordinance.operations.scenarios import Tried


@click.command()
@body_argument
@json_option
@guarded
def test(body: Path, as_json: bool) -> None:
    """Run a body's own tests: this device, this app, this day, and what must come out.

    \b
    Example:
      ordinance test examples/ghent

    Reads tests/*.yaml. Exit 0: all pass. 1: some fail. 3: a test or a policy cannot be used. 4: there is no
    test, so nothing was shown.
    """
    from ordinance.operations.scenarios import exit_code, run_scenarios, scenarios_document
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body, tests=True)
    tried = run_scenarios(workspace)
    if as_json:
        show_json(scenarios_document(workspace, tried))
    else:
        for one in tried:
            _show(one)
    if tried:
        failed = sum(not t.passes for t in tried)
        say(f"{workspace.body.name}: {len(tried)} test(s), {len(tried) - failed} pass, {failed} fail")
    else:
        say(f"warning: {workspace.body.name} has no tests: write tests/*.yaml; nothing was shown to hold  [no-tests]")
    sys.exit(exit_code(tried))


def _show(one: Tried) -> None:
    """A line a scenario, and below it what differs."""
    place = one.scenario.place
    show(f"{'pass' if one.passes else 'FAIL'}  {place.file}:{place.line}  {one.scenario.name}")
    for d in one.differences:
        show(f"      {d.what}: expected {d.expected}, found {d.found}")
