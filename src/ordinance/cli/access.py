# SPDX-License-Identifier: EUPL-1.2
"""`ordinance access` and `ordinance erase`: what is kept about one device, and what of that can go."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ordinance.cli._common import body_argument, guarded, json_option, say, show, show_json
from ordinance.cli.purge import UNREAD
from ordinance.cli.reveal import by_option, now, reason_option

device_option = click.option("--device", required=True, metavar="ID", help="The device, by its id in the estate.")
WHAT = {  # what a file is in which the device stands
    "run": "a kept run",
    "bundle": "files for tools; it stays as long as they are in force, and the next build without the device ends it",
    "written": "written by persons; whoever keeps this file edits it or takes it away by hand, no command does",
    "torn": "half an entry of the ledger, which a killed run left; it goes with the entries of its time",
    "receipts": "receipts of the airlock; no entry of them goes alone, they go as `receipts` in [retention] says",
    "package": "a package of the airlock; it goes as `packages` in [retention] says",
    "other": "no table says what it is",
}


@click.command()
@body_argument
@device_option
@click.option(
    "--reason",
    default="request of the person concerned",
    show_default=True,
    metavar="TEXT",
    help="Why; it is kept in the ledger.",
)
@by_option
@json_option
@guarded
def access(body: Path, device: str, reason: str, by: str, as_json: bool) -> None:
    """Answer somebody who asks what is kept about their device.

    \b
    Example:
      ordinance access examples/ghent --device op-001 --by "privacy officer"

    Needs the key of the pseudonyms. Every file under .ordinance/ and in findings/, attestations/, separate/ and
    channels/ is searched for the device's pseudonym, id, inventory name and hardware address; that somebody asked
    is written into the ledger first. Logs and inventories are the body's own and are not opened: the answer names
    them. Exit 0: all of it was searched. 4: not everything could be. 3: no answer.
    """
    from ordinance.operations.concerned import access as run
    from ordinance.operations.workspace import open_workspace

    found = run(open_workspace(body).usable(), device, now(), by=by, reason=reason)
    if as_json:
        show_json(found)
    else:
        for line in _answer(found):
            show(line)
    sys.exit(found["exit_code"])


@click.command()
@body_argument
@device_option
@reason_option
@by_option
@click.option("--do", "do", is_flag=True, help="Take it away. Without it everything is only shown.")
@json_option
@guarded
def erase(body: Path, device: str, reason: str, by: str, do: bool, as_json: bool) -> None:
    """Show what can go of what is kept about one device; take it away with --do, and look for it afterwards.

    \b
    Example:
      ordinance erase examples/ghent --device op-001 --reason "objection of 2 May" --by "privacy officer"

    Runs that hold its pseudonym go as a whole. Runs of counts hold no row about a device: nothing in them can be
    taken away for one. What persons wrote into findings/, attestations/, separate/ and channels/ stays: whoever
    keeps these files edits them. Exit 0: nothing stands there, or not any more. 1: something does. 4: not everything
    could be searched. 3: not done. That somebody looked is written into the ledger, with --do or without.
    """
    from ordinance.operations.concerned import erase as run
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body, settings=False).usable()
    found = run(workspace, device, now(), by=by, reason=reason, do=do)
    if as_json:
        show_json(found)
    else:
        _show_erasure(found)
    sys.exit(found["exit_code"])


def _answer(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['body']['name']}: what is kept about the device {found['device']} ({found['pseudonym']})"
    yield ""
    if found["in_estate"]:
        yield "In the body's list of devices:"
        for row in found["estate"]:
            yield "  " + ", ".join(f"{key}: {_text(value)}" for key, value in row.items() if value is not None)
    else:
        yield "It is not in the body's list of devices."
    for one in found["exemptions"]:
        yield f"Exempted: {one['id']}, for {one['purpose']}, until {one['last_day']} ({one['file']})"
    for one in found["attestations"]:
        yield f"Stated about it: {', '.join(one['stated'])}, by {one['by']} on {one['on']} ({one['file']})"
    for one in found["findings"]:
        words = [f"{one['state']}, by {one['by']} on {one['on']}", one["reason"], one["said"] and f'"{one["said"]}"']
        yield f"Written about finding {one['finding']}: {'; '.join(filter(None, words))} ({one['file']})"
    yield from _places(found)
    counted = found["counted_in"]
    if counted:
        yield f"It was one of the devices counted in {len(counted)} kept runs, which hold no row about it:"
        yield from (f"  {c['run']} of {c['day']}, kept until {c['last_day'] or 'nobody said when'}" for c in counted)
    yield from _asked(found)
    yield "Why the body checks: " + (
        f"{found['purpose']}, by {found['legal_basis']}" if found["purpose"] else "it does not read anything"
    )
    yield "What it may read: " + (", ".join(found["evidence_allowed"]) or "nothing about devices")
    yield from (f"Told: {i['who']} on {i['on']}, {i['how']}" for i in found["informed"])
    yield "Kept for: " + (", ".join(f"{k} {p}" for k, p in found["retention"].items()) or "nobody said how long")
    if found["sources"]:
        named = ", ".join(f"{s['id']} ({', '.join(s['files'])})" for s in found["sources"])
        yield f"Not searched, because they are the body's own logs and inventories: {named}"
    why = "because it is compressed or holds addresses, not names"
    yield from (f"Not searched, {why}: {name}" for name in found["packed"])
    why = "because it is a link or no file, or may not be read"
    yield from (f"Not searched, {why}: {name}" for name in found["unread"])
    if found["notice"]:
        yield found["notice"]


def _places(found: dict[str, Any]) -> Iterator[str]:
    size = f"{found['searched']['files']} files ({found['searched']['bytes']:,} bytes)"
    if not found["places"]:
        where = "what could be searched of what they keep" if found["exit_code"] else "what the checks keep"
        yield f"Among {where} it stands nowhere: {size} were searched."
        return
    yield f"Among what the checks keep ({size} were searched) it stands in:"
    yield from (f"  {_file(p)}, by its {p['as']}: {WHAT[p['kind']]}" for p in found["places"])


def _file(place: dict[str, str]) -> str:
    return place["file"] if place["kind"] == "written" else f".ordinance/{place['file']}"


def _asked(found: dict[str, Any]) -> Iterator[str]:
    if not found["ledger"]:
        yield "Nobody looked behind its pseudonym before, as far as the ledger says."
        return
    yield "Who looked behind its pseudonym, or asked about it, before:"
    yield from (f"  {e['at']} {e['what']}, by {e['by'] or 'the program'}: {e['reason']}" for e in found["ledger"])


def _show_erasure(found: dict[str, Any]) -> None:
    show(f"{found['device']} ({found['pseudonym']})")
    word = "taken away" if found["done"] else "can go"
    for run in found["runs"]:
        show(f"run {run}: {word}, as a whole")
    for one in found["stays"]:
        show(f"{_file(one)}, by its {one['as']}: stays; {WHAT[one['kind']]}")
    if not found["runs"] and not found["stays"]:
        show("it stands in no file that the checks keep")
    show(f"{found['counted_in']} kept runs count it among others and hold no row about it: nothing to take away there")
    if found["ledger"]["entries"]:
        until = found["ledger"]["last_day"] or "nobody said when"
        show(f"{found['ledger']['entries']} entries of the ledger stay until {until}: they answer for who looked")
    show(f"{found['searched']['files']} files ({found['searched']['bytes']:,} bytes) were searched")
    for name in found["packed"]:
        say(f".ordinance/{name}: compressed, so a name in it was not seen")
    for name in found["unread"]:
        say(f"{name}: {UNREAD}")
    if found["runs"] and not found["done"]:
        say("nothing was taken away: --do does it")
    if found["notice"]:
        say(found["notice"])


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
