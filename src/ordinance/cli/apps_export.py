# SPDX-License-Identifier: EUPL-1.2
"""`ordinance apps export`: the catalogue's names for other tools, tagged as a matter of policy."""

from __future__ import annotations

from pathlib import Path

import click

from ordinance.cli._common import guarded, json_option, say, show_json, show_json_text
from ordinance.model.apps import Role

FORMS = ("stix", "misp", "hosts", "abp")


@click.command("export")
@click.argument("form", type=click.Choice(FORMS))
@click.argument("apps", nargs=-1, metavar="[APP]...")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice([r.value for r in Role]), help="Only these roles (repeatable)."
)
@click.option("--out", type=click.Path(path_type=Path), help="Write a file instead of standard output.")
@json_option
@guarded
def export(form: str, apps: tuple[str, ...], roles: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """Give out names and ids of families or members in a form that other tools read.

    \b
    Example:
      ordinance apps export abp tiktok meta/instagram

    APP is a family or `family/member`; without any, all. hosts and abp hold names only, and without --role only those
    that nothing but the app asks for. Restricted is not malicious: everything bears the tag of a policy, nothing that
    of a threat. With --json, what was given out and what was left out, beside the text.
    """
    from ordinance.operations.apps_export import ExportTo, write_export
    from ordinance.operations.apps_export import export as run

    found = run(ExportTo(form), apps, [Role(r) for r in roles])
    if out:
        write_export(out, found)
    if as_json:
        counts = {"form": form, "identifiers": found.identifiers, "left_out": dict(found.left_out)}
        show_json({**counts, "file": str(out)} if out else {**counts, "text": found.text})
        return
    if not out:
        show_json_text(found.text)
    say(f"{found.identifiers} name(s) and id(s){f' to {out}' if out else ''}")
    for reason, count in found.left_out:
        say(f"left out: {count} ({reason})")
