# SPDX-License-Identifier: EUPL-1.2
"""`ordinance probe`: what a resolver really does with the names that it should block."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from ordinance.model.probe import Resolver

MOST = 12  # names listed of a kind unless everything is asked for
EXPECTED = {"blocked": "should be blocked", "free": "should be free again", "open": "neighbours"}
REASONS = {  # why names were not asked
    "over_limit": "beyond --most",
    "time_up": "the time of --within was up",
    "resolver_silent": "the resolver gave no answer at all",
    "not_in_bundle": "asked for by the plan of today, and not in the bundle: build first",
    "older_rules": "rules that ended longer ago, whose names were not looked up",
}


def _resolver(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Resolver | None:
    if text is None:
        return None
    from ordinance.operations.probing import resolver_of

    found = resolver_of(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no address such as 192.0.2.53, 192.0.2.53:5300 or [2001:db8::53]:53")
    return found


@click.command()
@body_argument
@click.option("--resolver", callback=_resolver, metavar="ADDR[:PORT]", required=True, help="Whom to ask.")
@click.option("--reference", callback=_resolver, metavar="ADDR[:PORT]", help="Who knows whether a denied name exists.")
@as_of_option
@click.option("--bundle", type=click.Path(path_type=Path), help="What should be blocked. Default: the last bundle.")
@click.option("--target", metavar="ID", help="The target whose resolver it is, where there is more than one.")
@click.option("--most", type=click.IntRange(1, 100_000), default=500, show_default=True, help="Names to ask about.")
@click.option("--per-second", type=click.IntRange(1, 1_000), default=50, show_default=True, help="Questions a second.")
@click.option("--timeout", type=click.IntRange(1, 30), default=2, show_default=True, help="Seconds for an answer.")
@click.option("--within", type=click.IntRange(1, 86_400), default=300, show_default=True, help="Seconds in all.")
@click.option("--record", is_flag=True, help="Keep what was seen, so that `check` knows of it.")
@click.option("--all", "everything", is_flag=True, help="List every name, not only the first ones.")
@json_option
@guarded
def probe(
    body: Path,
    resolver: Resolver,
    reference: Resolver | None,
    as_of: str | None,
    bundle: Path | None,
    target: str | None,
    most: int,
    per_second: int,
    timeout: int,
    within: int,
    record: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """Ask a resolver that you name whether it blocks what it should, and nothing else.

    \b
    Example:
      ordinance probe examples/ghent --resolver 127.0.0.1:5300 --as-of 2023-04-10

    Only that address, and that of --reference, is contacted. A denied name may be blocked or not exist: where the
    answer bears no sign of a block, a resolver that blocks nothing (--reference) can tell. Exit 0: everything is as it
    should be. 1: a name is open that should be blocked, still blocked when nothing asks for it, or blocked though
    nobody ever asked. 4: not everything could be asked or told.
    """
    from ordinance.operations.asking import Asking, Clock
    from ordinance.operations.probing import probe as run
    from ordinance.operations.workspace import open_workspace

    if record and as_of is not None:
        raise click.UsageError("--record and --as-of do not go together: an answer of today shows no other day")
    if reference == resolver:
        raise click.UsageError("--reference is another resolver than --resolver: one that blocks nothing")
    workspace = open_workspace(body).usable()
    found = run(
        workspace,
        instant(as_of, workspace.body.zone),
        Asking(resolver, reference, most, per_second, timeout, within),
        Clock(time.monotonic, time.sleep),
        folder=bundle,
        target=target,
        record=record,
        progress=progress,
    )
    if as_json:
        show_json(found)
    else:
        _show(found, everything=everything)
    sys.exit(found["exit_code"])


def _show(found: Mapping[str, Any], *, everything: bool) -> None:
    show(f"{found['target']} at {found['resolver']}, as of {found['as_of']}")
    if found["notice"]:
        show(f"  {found['notice']}")
    columns = ("blocked", "open", "no_answer", "unclear", "not_asked")
    rows = [("", "for", *(c.replace("_", " ") for c in columns))]
    for one in found["sums"]:
        rows.append((EXPECTED[one["expected"]], one["restriction"] or "–", *(str(one[c]) for c in columns)))
    show_table(rows)
    for head, names in _lists(found["names"]):
        show(f"\n{head}: {len(names)}")
        for name in names if everything else names[:MOST]:
            types = ", ".join(f"{t} {v['reason']}" for t, v in name["types"].items())
            show(f"  {name['name']}: {types}")
        if not everything and len(names) > MOST:
            show(f"  … {len(names) - MOST} more (--all lists them)")
    show(f"\n{found['sentence']}")
    for why, count in found["not_asked"].items():
        say(f"not asked: {count} ({REASONS[why]})")
    if "recorded" in found:
        say(f"kept in {found['recorded']}")


def _lists(names: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What a person has to look at; what is as it should be is counted in the table alone."""
    heads = (
        ("open, and should be blocked", ("blocked",), "open"),
        ("blocked, and nothing asks for it any more", ("free",), "blocked"),
        ("blocked, and nobody asked for it", ("open",), "blocked"),
        ("not answered", tuple(EXPECTED), "no_answer"),
        ("unclear", tuple(EXPECTED), "unclear"),
    )
    found = [(head, [n for n in names if n["expected"] in of and n["seen"] == seen]) for head, of, seen in heads]
    return [(head, those) for head, those in found if those]
