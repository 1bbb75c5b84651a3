# SPDX-License-Identifier: EUPL-1.2
"""`ordinance device`: separate devices, their records, and whether they are shown to be separate."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

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
    show,
    show_json,
)
from ordinance.cli._pages import page_options, show_page, write_page

if TYPE_CHECKING:  # operations are imported where a verb runs: `--help` must not load them
    from ordinance.operations.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])


def _proof_options(verb: F) -> F:
    """What every proof can be asked with."""
    made = click.option("--profile", "named", multiple=True, metavar="NAME", help="Also this profile (repeatable).")
    begin = "Look at evidence from here on. Default: checking.window back."
    end = "And until then. Default: yesterday. With an earlier day evidence can only refute."
    since = click.option("--from", "since", metavar="DAY", help=begin)
    until = click.option("--to", "until", metavar="DAY", help=end)
    alone = click.option("--record-only", is_flag=True, help="Look at no log and no inventory.")
    role = click.option("--by", metavar="ROLE", help="Who asks: a role, no name of a person; for the ledger.")
    return made(since(until(alone(role(verb)))))


@click.group()
def device() -> None:
    """Separate devices: what their records answer, held against what logs and inventories show.

    \b
    Example:
      ordinance device list examples/tallinn --as-of 2024-12-16

    One file in separate/ for each device. Devices are named, and who holds one is not said. Where single devices are
    looked at, the ledger says so.
    """


@device.command("list")
@body_argument
@as_of_option
@_proof_options
@json_option
@guarded
def list_all(
    body: Path,
    as_of: str | None,
    named: tuple[str, ...],
    since: str | None,
    until: str | None,
    record_only: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """List the separate devices with their state and the next day on which something is due.

    \b
    Example:
      ordinance device list examples/tallinn --as-of 2024-12-16
    """
    from ordinance.operations.separate_devices import devices_document
    from ordinance.report.separate import devices_page

    workspace, at = _opened(body, as_of)
    how = _how(workspace, at, named, since, until, by, record_only=record_only)
    document = devices_document(workspace, at, **how)
    if as_json:
        show_json(document)
    else:
        show_page(devices_page(document))


@device.command("show")
@click.argument("body", type=click.Path(path_type=Path))
@click.argument("device_id", metavar="DEVICE")
@as_of_option
@_proof_options
@page_options
@json_option
@guarded
def show_one(
    body: Path,
    device_id: str,
    as_of: str | None,
    named: tuple[str, ...],
    since: str | None,
    until: str | None,
    record_only: bool,
    by: str | None,
    html: Path | None,
    pdf: Path | None,
    as_json: bool,
) -> None:
    """Show the dossier of one separate device: each condition, what it rests on, and where texts conflict.

    \b
    Example:
      ordinance device show examples/tallinn sd-002 --as-of 2024-12-16

    The state is shown and changes no exit code: that is for `ordinance device check`.
    """
    from ordinance.operations.separate_devices import device_document
    from ordinance.report.separate import device_page

    workspace, at = _opened(body, as_of)
    how = _how(workspace, at, named, since, until, by, record_only=record_only)
    document = device_document(workspace, device_id, at, **how)
    page = device_page(document)
    if as_json:
        show_json(document)
    else:
        show_page(page)
    write_page(page, html, pdf)


@device.command("check")
@body_argument
@click.argument("device_id", metavar="[DEVICE]", required=False)
@as_of_option
@_proof_options
@json_option
@guarded
def check(
    body: Path,
    device_id: str | None,
    as_of: str | None,
    named: tuple[str, ...],
    since: str | None,
    until: str | None,
    record_only: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Say of each separate device, or of one, whether it is shown to be separate, and why not.

    \b
    Example:
      ordinance device check examples/tallinn --as-of 2024-12-16

    Exit 0: every device is green. 1: one is red, and must not be used. 4: one is unknown, or there is none. 3: the
    body's files cannot be used.
    """
    from ordinance.operations.separate_devices import device_document, devices_document, exit_code

    if device_id is None and not body.exists() and Path("ordinance.toml").is_file():
        raise click.UsageError(f"{body} is no folder; of one device ask `ordinance device check . {body}`")
    workspace, at = _opened(body, as_of)
    how = _how(workspace, at, named, since, until, by, record_only=record_only)
    if device_id is None:
        document = devices_document(workspace, at, **how)
        found = document["devices"]
    else:
        document = device_document(workspace, device_id, at, **how)
        found = [document["device"]]
    if as_json:
        show_json(document)
    else:
        if document["notice"]:
            show(document["notice"])
        for one in found:
            show(f"{one['id']}: {one['why']}")
            for conflict in one["conflicts"]:
                sides = " / ".join(f"{s['profile']}: {s['says']}" for s in conflict["sides"])
                show(f"  conflict ({conflict['subject']}): {sides} {conflict['note']}")
        if not found:
            show("no device is declared separate")
    sys.exit(exit_code(one["state"] for one in found))


@device.command("profiles")
@json_option
@guarded
def list_profiles(as_json: bool) -> None:
    """List the profiles that a device can be held to, with what each asks for in the sense of its text.

    \b
    Example:
      ordinance device profiles
    """
    from ordinance.operations.separate_document import profiles_document

    document = profiles_document()
    if as_json:
        show_json(document)
        return
    for profile in document["profiles"]:
        show(f"{profile['id']}: {profile['name']} (sources read until {profile['read']})")
        for ask in profile["asks"]:
            unless = f" Unless {ask['unless']}." if ask["unless"] else ""
            show(f"  {ask['number']} {ask['condition']}: {ask['says']}{unless}")
        for position in profile["positions"]:
            show(f"  holds on {position['subject']}: {position['says']}")
        show()


def _opened(body: Path, as_of: str | None) -> tuple[Workspace, datetime]:
    """The folder with its channels and records, seen from the instant that was asked for."""
    from ordinance.operations.workspace import open_workspace
    from ordinance.policy.body import load_body

    at = instant(as_of, load_body(body).zone)
    return open_workspace(body, at, channels=True).usable(), at


def _how(
    workspace: Workspace,
    at: datetime,
    named: tuple[str, ...],
    since: str | None,
    until: str | None,
    by: str | None,
    *,
    record_only: bool,
) -> dict[str, Any]:
    from ordinance.operations.checking import window_of

    if by is not None and record_only:
        raise click.UsageError("--by is for the ledger, and with --record-only nothing is written there")
    zone = workspace.body.zone
    first, last = first_instant(since, zone) if since else None, last_instant(until, zone) if until else None
    return {
        "window": window_of(workspace, at, first, last),
        "named": named,
        "evidence": not record_only,
        "now": instant(None, zone),
        "by": by,
        "progress": lambda source: progress(f"reading {source} …"),
    }
