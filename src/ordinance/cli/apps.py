# SPDX-License-Identifier: EUPL-1.2
"""`ordinance apps`: what the catalogue knows of apps, and what a name or an id belongs to."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import click

from ordinance.cli import _shown as shown
from ordinance.cli._common import guarded, json_option, show, show_json, show_table
from ordinance.cli.apps_effect import effect
from ordinance.cli.apps_export import export
from ordinance.cli.apps_upkeep import import_lists, lint
from ordinance.model.apps import Kind

_HELP = {"-h", "--help"}
_SHA256 = re.compile(r"\s*[0-9A-Fa-f]{64}\s*")


class Apps(click.Group):
    """A group whose first word may also be a family: `ordinance apps tiktok` shows it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a verb of its own: all families, or the one that is named."""
        words = [a for a in args if not a.startswith("-")]
        if not _HELP & set(args) and (not words or words[0] not in self.commands):
            args = ["show" if words else "list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Apps)
def apps() -> None:
    """List the catalogue, or one family with every name and who says so; or say what a name belongs to.

    \b
    Example:
      ordinance apps tiktok

    `ordinance apps` alone lists all families.
    """


@apps.command("list")
@json_option
@guarded
def list_all(as_json: bool) -> None:
    """List the families.

    \b
    Example:
      ordinance apps list
    """
    _show(None, as_json)


@apps.command("show")
@click.argument("family")
@json_option
@guarded
def show_one(family: str, as_json: bool) -> None:
    """Show one family with every name, its role, how sure it is, and who says so.

    \b
    Example:
      ordinance apps show tiktok
    """
    _show(family, as_json)


def _show(family: str | None, as_json: bool) -> None:
    from ordinance.operations.listing import apps_document

    document = apps_document(family)
    if as_json:
        show_json(document)
    else:
        shown.show_apps(document, family)


@apps.command()
@click.argument("values", nargs=-1, metavar="[VALUE]...")
@click.option("--stdin", is_flag=True, help="Also read values from standard input, one a line.")
@click.option("--kind", type=click.Choice([k.value for k in Kind]), help="What the values are; by default any kind.")
@click.option("--signer", default="", metavar="SHA256", help="Who signed the package VALUE.")
@click.option("--class", "class_prefix", default="", metavar="PREFIX", help="How classes in the package VALUE begin.")
@json_option
@guarded
def identify(
    values: tuple[str, ...], stdin: bool, kind: str | None, signer: str, class_prefix: str, as_json: bool
) -> None:
    """Say what names of hosts, packages, bundle ids, store numbers, signers or display names belong to.

    \b
    Example:
      ordinance apps identify api16-normal-no1a.tiktokv.eu com.zhiliaoapp.musically nottiktok.com

    In the order asked, `null` for what belongs to nothing known. `likely` marks a name below a content network's zone
    and a regional twin. With --signer or --class, the one package VALUE gets a verdict: genuine, unverified, impostor,
    same_signer or mod. To identify is not to accuse: the role says what a contact can prove.
    """
    from ordinance.operations.identify import Identify

    if not values and not stdin:
        raise click.UsageError("give a VALUE, or --stdin")
    asked = Identify()
    if signer or class_prefix:
        if len(values) != 1 or stdin:
            raise click.UsageError("--signer and --class are about one VALUE")
        if kind not in {None, Kind.PACKAGE_NAME}:
            raise click.UsageError("--signer and --class are about a package")
        if signer and not _SHA256.fullmatch(signer.replace(":", "")):
            raise click.BadParameter("not a SHA-256: 64 hexadecimal digits", param_hint="--signer")
        _shown_all([asked.package(values[0], signer, class_prefix)], values, as_json)
        return
    wanted = Kind(kind) if kind else None
    if as_json:
        for piece in asked.every(_all(values, stdin), wanted):
            sys.stdout.write(piece)
        return
    every = list(_all(values, stdin))
    _shown_all([asked.one(v, wanted) for v in every], every, as_json)


def _all(values: tuple[str, ...], stdin: bool) -> Iterator[str]:
    yield from values
    if stdin:
        for line in sys.stdin.buffer:
            yield line.rstrip(b"\r\n").decode("utf-8", "replace")


def _shown_all(answers: list[dict[str, object] | None], values: tuple[str, ...] | list[str], as_json: bool) -> None:
    if as_json:
        show_json(answers)
        return
    rows = [("value", "belongs to", "kind", "role", "how sure", "says")]
    for value, one in zip(values, answers, strict=True):
        if one is None:
            rows.append((value, "nothing known", "", "", "", ""))
            continue
        sure = f"{one['confidence']}{', likely' if one['likely'] else ''}{', given up' if one['retired'] else ''}"
        cites = one["cites"]
        says = ", ".join(cites) if isinstance(cites, list) else ""
        verdict = f" ({one['verdict']})" if "verdict" in one else ""
        also = one.get("also")
        others = "".join(f" or {app}" for app in also) if isinstance(also, list) else ""
        app = f"{one['family']}/{one['member']}{others}{verdict}"
        rows.append((value, app, str(one["kind"]), str(one["role"] or ""), sure, says))
    show_table(rows)
    show()


for _verb in (effect, export, import_lists, lint):
    apps.add_command(_verb)
