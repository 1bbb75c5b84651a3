# SPDX-License-Identifier: EUPL-1.2
"""`ordinance targets sheet`: what can be enforced on which device, what is set up, and which document says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from ordinance.cli._common import (
    as_of_option,
    body_argument,
    guarded,
    instant,
    json_option,
    say,
    show,
    show_json,
    show_table,
)
from ordinance.model.ruling import open_points

Row = Mapping[str, Any]

_HOLD = {
    "block": "block",
    "detect": "detect",
    "attest_only": "attest only",
    "not_at_all": "not at all",
    "not_known": "not known here",
    "not_on_platform": "never met there",
    "exempt": "exempt",
}
_WHERE = {"office": "in the office", "other_network": "other networks", "mobile_data": "mobile data"}
_MEETING = {"on_the_device": "on the device", "traffic": "its traffic"}
_OWNER = {"body": "the body's", "leased": "leased by the body", "person": "own"}
_ENROLMENT = {"none": "nobody manages it", "user": "enrolled by its user", "work_profile": "with a work profile"}
_HEADER = ("", "where", "at best", "this body", "possible with", "not")


@click.command()
@body_argument
@as_of_option
@click.option("--all", "everything", is_flag=True, help="Also devices and surfaces that no rule in force is about.")
@json_option
@guarded
def sheet(body: Path, as_of: str | None, everything: bool, as_json: bool) -> None:
    """Show what can be enforced on which device: block, detect, attest only, or not at all, and with what.

    \b
    Example:
      ordinance targets sheet examples/ghent --as-of 2023-04-10

    "This body" is what is set up here and does something; "possible with" is what is not, some of it by hand in tools
    that this program writes no files for. Numbers lead to the means, its limits, and the vendor's document with its
    date. Nothing is checked: whether it holds is for `ordinance check`.
    """
    from ordinance.operations.sheet import make_sheet
    from ordinance.operations.workspace import open_workspace

    workspace = open_workspace(body).usable()
    found = make_sheet(workspace, instant(as_of, workspace.body.zone))
    if as_json:
        show_json(found)
    else:
        _show(found, everything=everything)


def _show(found: Row, *, everything: bool) -> None:
    show(f"{found['name']}, {_day(found)}: what can be enforced on which device")
    if found["notice"]:
        show(found["notice"])
    show("Devices, rules and what is set up are of that day; what tools can do is as the documents below say.")
    show()
    for line in _set_up(found):
        show(line)
    numbers: dict[str, int] = {}
    left = []
    for group in found["groups"]:
        if everything or _about(group):
            _show_group(group, found, numbers, everything=everything)
        else:
            left.append(group)
    if left:
        show("\nNo rule in force is surely about these (--all shows what could be done):")
        for group in left:
            show(f"  {_devices(group)}{_doubt(group)}")
    if found["devices_without_facts"]:
        show(f"\n{found['devices_without_facts']} device(s) state no facts for this day: nothing can be said of them")
    _show_means(found, numbers)
    say(f"{found['devices']} devices in {len(found['groups'])} groups; nothing was checked, no evidence was read")


def _day(found: Row) -> str:
    day, _, time = found["as_of"].partition("T")
    return str(day) if time.startswith("00:00") else f"{day} {time[:5]}"


def _set_up(found: Row) -> Iterable[str]:
    for target in found["targets"]:
        where = f" on {', '.join(target['networks'])}" if target["networks"] else ""
        apps = sorted({app for those in target["blocks"].values() for app in those})
        does = f"blocks names of {', '.join(apps)}" if apps else "blocks nothing that a rule in force asks for"
        yield f"this body: {target['id']}{where}: {does}"
    if not found["targets"]:
        yield "this body: no target is configured: nothing is blocked by this program"
    for source in found["sources"]:
        read = "" if source["kind"] in found["evidence_allowed"] else "; not read: evidence_allowed does not have it"
        lists = f" of {', '.join(source['platforms'])}" if source["platforms"] else ""
        yield f"this body: {source['id']}: {source['kind']}{lists}{read}"
    if found["evidence_allowed"]:
        yield f"this body: evidence allowed: {', '.join(found['evidence_allowed'])}"
    else:
        yield f"this body: nothing about devices is read, by decision of {found['no_check_by'] or 'nobody named'}"


def _about(group: Row) -> set[str]:
    """Surfaces that a rule in force is about: one about the devices, or about a network on which a target blocks."""
    there = {c["surface"] for c in group["answers"] if any(u["for_network"] for u in c["in_use"])}
    return {*group["asked"], *group["lifted"], *there}


def _show_group(group: Row, found: Row, numbers: dict[str, int], *, everything: bool) -> None:
    show(f"\n{_devices(group)}{_doubt(group)}")
    about = _about(group)
    answers = [c for c in group["answers"] if everything or c["surface"] in about]
    answers = [c for c in answers if c["best"] != "not_on_platform"]
    if not answers:
        show("  what rules ask to be kept off, such devices never meet")
        return
    rows = [_HEADER, *(_row(cell, group, found, numbers) for cell in answers)]
    show_table([(f"  {row[0]}", *row[1:]) for row in rows])
    for fact in dict.fromkeys(f for c in answers for f in (*c["cannot"], *c["not_by_this"])):
        row = found["facts"][fact]
        show(f"  {_refs([fact], numbers)} {row['by']}: {row['how']}")


def _devices(group: Row) -> str:
    """`android, the body's, managed, staff: 10 devices`."""
    owner, enrolment = group["owner"], group["enrolment"]
    words = [
        str(group["platform"] or "platform not stated"),
        _OWNER.get(owner, str(owner)) if owner else "owner not stated",
        _ENROLMENT.get(enrolment, str(enrolment)) if enrolment else "management not stated",
    ]
    if group["part_funded"] and group["owner"] not in {"body", "leased"}:
        words.append("paid in part")
    if group["use"] != "work":
        words.append(f"use {group['use']}" if group["use"] else "use not stated")
    words.append(group["people"] or "people not stated")
    return f"{', '.join(words)}: {group['devices']} device(s)"


def _doubt(group: Row) -> str:
    return f"; a rule may cover them: {open_points(group['not_stated'])}" if group["not_stated"] else ""


def _row(cell: Row, group: Row, found: Row, numbers: dict[str, int]) -> tuple[str, ...]:
    programs = cell["surface"] in {"app", "desktop"}
    what = f"{cell['surface']}: {_MEETING[cell['meeting']]}" if programs else cell["surface"]
    everywhere = len(cell["connections"]) == len(_WHERE)
    where = "any network" if everywhere else ", ".join(_WHERE[c] for c in cell["connections"])
    by_decision = cell["best"] == "not_at_all" and not found["evidence_allowed"]
    best = _HOLD[cell["best"]] + (", by decision" if by_decision else "")
    ways: dict[str, list[str]] = {}
    for fact in cell["possible"]:
        ways.setdefault(_way(found["facts"][fact]), []).append(fact)
    possible = "; ".join(f"{way} {_refs(ways[way], numbers)}" for way in sorted(ways))
    not_by = _refs((*cell["cannot"], *cell["not_by_this"]), numbers)
    return what, where, best, _here(cell, group, found, numbers), possible or "–", not_by


def _way(row: Row) -> str:
    """`block, by hand`: nothing here writes the files for it; `block, with a target`: `[[targets]]` would."""
    if row["act"] == "detect":
        return "detect, with a source"
    return "block, by hand" if row["by_hand"] else "block, with a target"


def _refs(facts: Iterable[str], numbers: dict[str, int]) -> str:
    return " ".join(f"[{numbers.setdefault(f, len(numbers) + 1)}]" for f in facts)


def _here(cell: Row, group: Row, found: Row, numbers: dict[str, int]) -> str:
    if cell["here"] == "exempt":
        hit = f"; {', '.join(cell['hit_all_the_same'])} hits it all the same" if cell["hit_all_the_same"] else ""
        return f"exempt by {', '.join(cell['exemptions'])}{hit}"
    used = [f"{u['act']}: {u['id']}{_share(u, cell, group)} {_refs([u['fact']], numbers)}" for u in cell["in_use"]]
    if used:
        return "; ".join(used)
    if cell["here"] == "attest_only":
        return "attest only, on paper: nothing here reads it"
    return _nothing(cell, found)


def _nothing(cell: Row, found: Row) -> str:
    """Why nothing at all is done."""
    if cell["why_no_more"] == "by_decision":
        return "not at all: no block is set up, and nothing is read" if cell["possible"] else "not at all, by decision"
    if why := {"not_asked": "no rule asks for it", "not_configured": "not set up"}.get(cell["why_no_more"]):
        return f"not at all: {why}"
    kinds = {found["facts"][f]["evidence"] for f in cell["possible"]} or {"attestation"}
    return f"not at all: evidence_allowed has no {' or '.join(sorted(kinds))}"


def _share(used: Row, cell: Row, group: Row) -> str:
    """How many of the devices and apps, where it is not all of them."""
    said = []
    if used["devices"] is None:
        said.append("nobody stated which devices are there")
    elif used["devices"] < group["devices"]:
        said.append(f"{used['devices']} of {group['devices']} devices")
    asked = group["asked"].get(cell["surface"], [])
    if used["act"] == "block" and not asked:
        said.append("a rule about the network asks for it" if used["for_network"] else "no rule asks for it")
    elif used["act"] == "block" and len(used["apps"]) < len(asked):
        said.append(f"{len(used['apps'])} of {len(asked)} apps")
    return f" ({', '.join(said)})" if said else ""


def _show_means(found: Row, numbers: Mapping[str, int]) -> None:
    """Each means that a number leads to, with its documents."""
    for fact, number in numbers.items():
        row = found["facts"][fact]
        show(f"\n[{number}] {_heading(row)}")
        show(f"    {row['how']}")
        if row["but"]:
            show(f"    but: {row['but']}")
        for name in row["documents"]:
            document = found["documents"][name]
            show(f"    {document['title']} ({document['version']}; read {document['retrieved']})")
            show(f"    {document['url']}")


def _heading(row: Row) -> str:
    if row["says"] == "cannot":
        return f"{row['act']}: no, {row['by']}"
    if row["says"] == "not_by_this":
        return f"{row['act']}: not by this, {row['by']}"
    if row["targets"]:
        return f"{row['act']}: {row['by']}; target {' or '.join(row['targets'])}"
    return f"{row['act']}, by hand: {row['by']}" if row["by_hand"] else f"{row['act']}: {row['by']}"
