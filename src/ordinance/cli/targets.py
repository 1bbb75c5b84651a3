# SPDX-License-Identifier: EUPL-1.2
"""`ordinance targets`: what can be configured, and how sure it is that it works."""

from __future__ import annotations

import click

from ordinance.cli._common import guarded, json_option, say, show_json, show_table
from ordinance.cli.targets_sheet import sheet

# How a target was shown to work, in words.
PROOF = {
    "behaves": "started and asked",
    "contract_only": "contract only",
    "words": "people read it",
}


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
@guarded
def targets(context: click.Context, as_json: bool) -> None:
    """List the tools that can be configured, what each carries out, and how sure that is.

    \b
    Example:
      ordinance targets

    "Started and asked": the tests start the real program with the files and ask it. "Contract only": the files follow
    what the vendor publishes, and no program was there to be asked. None of them does more than its page says.
    """
    if context.invoked_subcommand is not None:
        return
    from ordinance.operations.target_list import list_targets

    found = list_targets()
    if as_json:
        show_json(found)
        return
    rows = [("target", "for", "how sure", "program", "carries out")]
    for one in found:
        carried = "; ".join(f"{c['duty']} on {_surfaces(c['surfaces'])}" for c in one["carries_out"])
        rows.append((one["id"], one["for"], PROOF[one["proof"]], one["consumer"], carried))
    show_table(rows)
    say(f"{len(found)} targets; `[[targets]]` with `id` in ordinance.toml configures one")


def _surfaces(carried: list[str]) -> str:
    from ordinance.model.apps import Surface

    return "every surface" if len(carried) == len(Surface) else ", ".join(carried)


targets.add_command(sheet)
