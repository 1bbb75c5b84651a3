# SPDX-License-Identifier: EUPL-1.2
"""`ordinance apps import` and `apps lint`: other people's lists against the catalogue, and what to look at again."""

from __future__ import annotations

import re
import sys
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from ordinance.cli._common import (
    guarded,
    instant,
    json_option,
    progress,
    say,
    show,
    show_issues,
    show_json,
    show_table,
)
from ordinance.model.errors import PolicyError
from ordinance.model.lists import ListForm

if TYPE_CHECKING:
    from ordinance.model.proposal import NewName, Popular, Proposal

SHOWN = 40  # rows of a table; all of them are in the JSON and in the proposal
_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_PATH = click.Path(path_type=Path)
popular_option = click.option(
    "--popular", type=_PATH, metavar="FILE", help="Names that must not be hit by the way, one a line."
)


@click.command("import")
@click.argument("form", type=click.Choice([f.value for f in ListForm]))
@click.argument("files", nargs=-1, required=True, type=_PATH, metavar="FILE...")
@click.option("--family", default="", help="Whose names they are; by default what the file is called.")
@click.option("--source", default="", metavar="KEY", help="How the family cites this list; by default the form's name.")
@click.option("--seen", metavar="DAY", help="The day on which the list said so. Default: today.")
@popular_option
@click.option("--out", type=_PATH, help="Write a proposal to be worked through.")
@json_option
@guarded
def import_lists(
    form: str,
    files: tuple[Path, ...],
    family: str,
    source: str,
    seen: str | None,
    popular: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Compare lists that other people keep with the catalogue: new names, gone, in conflict, too much.

    \b
    Example:
      ordinance apps import nextdns examples/lists/tiktok

    Give all lists of a family together: what stands in none of them is gone. Downloads nothing and changes nothing.
    --out writes the new names as a table for the family's file, without a role: the catalogue takes none of them until
    a person has said what a contact with it proves.
    """
    from ordinance.operations.apps_import import import_lists as compare
    from ordinance.operations.apps_import import proposals_document, write_proposals

    if source and not _KEY.fullmatch(source):
        raise click.BadParameter(f"{source!r} is no key: lower case, digits and hyphens", param_hint="--source")
    day = instant(seen, ZoneInfo("UTC")).astimezone(UTC).date()
    if day > instant(None, ZoneInfo("UTC")).date():
        raise click.BadParameter(f"{day} is still to come", param_hint="--seen")
    progress(f"reading {len(files)} list(s) …")
    proposals = compare(ListForm(form), files, day, family=family, source=source, popular=popular)
    if out:
        write_proposals(out, proposals)
    if as_json:
        show_json(proposals_document(proposals))
    else:
        for one in proposals:
            _show(one)
    if out:
        say(f"wrote {out}")


def _show(p: Proposal) -> None:
    read = p.read
    gone = "nothing here cites it" if p.gone is None else f"{len(p.gone.names)} gone"
    if p.gone and p.gone.names and p.gone.unread:
        gone += f" unless covered by {', '.join(f'{n} {why}' for why, n in p.gone.unread)}"
    show(f"{read.file} ({p.form}) against {p.family}: {len(p.new)} new, {len(p.conflicts)} in conflict, {gone}")
    show(
        f"{read.records} lines or entries: {p.known} names known, {p.covered} below known ones, {len(p.new)} new, "
        f"{len(p.conflicts)} in conflict, {len(p.declined)} declined before, {read.repeated} repeated, "
        f"{read.structural} empty or comments, {len(read.left_out)} without a name"
    )
    rows = [("what", "name", "line", "remark")]
    rows += [("new", n.name.value, str(n.name.line), _remark(n)) for n in p.new]
    for c in p.conflicts:
        at = f"{c.known.family}/{c.known.member} by {c.known.value}" if c.known else "a content network's zone"
        rows.append((str(c.why), c.name.value, str(c.name.line), f"{at}{_popular(c.popular)}"))
    rows += [("declined", n.value, str(n.line), why) for n, why in p.declined]
    rows += [("gone", i.value, "", f"{i.member}, {i.role}") for i in (p.gone.names if p.gone else ())]
    rows += [("no name", "", str(line), str(why)) for line, why in read.left_out]
    if len(rows) > 1:
        show_table(rows[: SHOWN + 1])
    if len(rows) > SHOWN + 1:
        show(f"… and {len(rows) - SHOWN - 1} more: --json and --out give all")
    show()


def _remark(new: NewName) -> str:
    said = ["given alone"] if new.name.exact else []
    said += ["a twin, until now only likely"] if new.twin else []
    said += [f"above {new.above} known name(s)"] if new.above else []
    return f"{'; '.join(said)}{_popular(new.popular)}".lstrip("; ")


def _popular(found: Popular | None) -> str:
    if found is None:
        return ""
    more = " …" if found.count > len(found.first) else ""
    return f"; covers {found.count} popular name(s): {', '.join(found.first)}{more}"


@click.command("lint")
@click.argument("folder", required=False, type=_PATH)
@click.option("--as-of", "as_of", metavar="DAY", help="Seen from this day. Default: today.")
@popular_option
@json_option
@guarded
def lint(folder: Path | None, as_of: str | None, popular: Path | None, as_json: bool) -> None:
    """Say what is wrong with a catalogue's files, and what should be looked at again.

    \b
    Example:
      ordinance apps lint

    Without FOLDER, the shipped catalogue. Exit 0: it can be used (warnings may remain). Exit 3: it cannot.
    """
    from ordinance.operations.apps_lint import lint_catalogue

    day = instant(as_of, ZoneInfo("UTC")).date()
    try:
        name, issues = lint_catalogue(folder, day, popular)
    except PolicyError as error:  # here faults are what was asked for
        name, issues = str(folder or "the shipped catalogue"), tuple(error.issues)
    sys.exit(show_issues(name, issues, as_json=as_json))
