# SPDX-License-Identifier: EUPL-1.2
"""Findings of the last kept run with where they stand today, and a file to be filled in about one of them.

Reads the last run, which has findings of groups only, and `findings/*.yaml`; writes nothing. Cannot know what was seen
since that run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ordinance.model.disclosure import Numbers
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.life import Again, Entry, FindingState, Standing
from ordinance.model.time import Span, last_instant
from ordinance.operations.checking import RESULT, latest_run
from ordinance.operations.disclosure import coarse_life, is_row_about_nobody
from ordinance.operations.document_findings import of_several
from ordinance.operations.lives import NO_DEVICE, NO_RUN, base_id, issues_of_lives, life_of, lives_of
from ordinance.operations.new_body import editor_line
from ordinance.operations.workspace import Workspace
from ordinance.review.read_findings import DEVICE, FINDING_ID, FINDINGS
from ordinance.verify.life import standing


def listed_findings(workspace: Workspace, as_of: datetime) -> dict[str, Any]:
    """The findings of the last run, each with its state by what is written now, on the day of `as_of`.

    A state is never another one than a check of the same day and the same files says. What such a check alone can know
    is open, and `not_checked` says why. Raises PolicyError where there is no run, where it is of a later day, or where
    a file about a finding cannot be used.
    """
    run = latest_run(workspace)
    document, lives = json.loads((run / RESULT).read_bytes()), lives_of(workspace, as_of)
    if document["as_of"][:10] > lives.day.isoformat():
        message = f"the last check is of {document['as_of'][:10]}, and has seen days after {lives.day}"
        hint = f"ordinance check --as-of {lives.day}, or a later --as-of here"
        raise PolicyError([Issue("--as-of", 0, 0, "run-of-a-later-day", message, "", hint)])
    run_day = last_instant(Span(end=datetime.fromisoformat(document["window"]["to"]))).date()
    is_exact = document.get("disclosure", {}).get("numbers", Numbers.EXACT) == Numbers.EXACT
    several, found = of_several(document["findings"]), []
    for one in document["findings"]:
        finding = base_id(one["id"])
        entries = lives.entries.get((finding, ""), ())
        life = _life(one, entries, lives.day, run_day, is_alone=finding not in several)
        of_nobody = is_row_about_nobody(one)
        found.append({**one, **(life if is_exact else coarse_life(life, about_nobody=of_nobody))})
    return {
        "body": document["body"],
        "run": run.name,
        "run_as_of": document["as_of"],
        "as_of": lives.day.isoformat(),
        "findings": found,
    }


def unknown_of_list(workspace: Workspace) -> tuple[Issue, ...]:
    """Warnings about what is written of no device known, where the key can be read, or of a group that no run has."""
    body = workspace.body
    found = issues_of_lives(body.folder, workspace.state, None, body.checking, workspace.estate.device_rows)
    return tuple(i for i in found if i.id in {NO_DEVICE, NO_RUN})


def _life(
    one: Mapping[str, Any], entries: tuple[Entry, ...], day: date, run_day: date, *, is_alone: bool
) -> dict[str, Any]:
    """The keys about a finding's life on `day`, where the last run looked at days until `run_day`.

    When each thing behind a group was first seen, and in a coarse report also when the last was, the run knew and tells
    nobody. What it said of the decision that still stands holds; of one that it did not know, only where it is of its
    last day or a later one.
    """
    first, last = (date.fromisoformat(one[k]) if one[k] else None for k in ("first_seen", "last_seen"))
    now = standing(entries, first, last or date.min, day, is_alone=is_alone)
    written = life_of(now, one.get("states"), individual=False)
    if now.decided is None or now.again not in {None, Again.NOT_TOLD_APART} or now.decided.on >= run_day:
        return written
    if one["decided"] == written["decided"] and (one["again"] or one["state"] == written["state"]):
        return {key: one[key] for key in written}
    if (last is not None and last <= now.decided.on) or _only_counts_the_day(one, now):
        return written
    return life_of(replace(now, state=FindingState.OPEN, since=None, again=Again.NOT_CHECKED), None, individual=False)


def _only_counts_the_day(one: Mapping[str, Any], now: Standing) -> bool:
    """Whether nothing that is seen opens the decision again: it is of nobody, and not closed."""
    return now.state is not FindingState.CLOSED and is_row_about_nobody(one)


def draft_life(workspace: Workspace, finding: str, day: date, device: str = "") -> tuple[str, str]:
    """File name and text about one finding, to be filled in: until that is done, lint names the line.

    Raises PolicyError for what is no id, no pseudonym, or a group's finding that the last run does not have.
    """
    if not FINDING_ID.fullmatch(finding):
        message, hint = f'"{finding}" is no id of a finding', "f- and ten digits or letters, without a number behind it"
        raise PolicyError([Issue("ID", 0, 0, "bad-finding-id", message, "", hint)])
    if device and not DEVICE.fullmatch(device):
        hint = "dev- and eight capital letters or digits, as `check --individual` shows it"
        raise PolicyError([Issue("--device", 0, 0, "bad-pseudonym", f'"{device}" is no pseudonym', "", hint)])
    lines = [editor_line("finding").rstrip()]
    if not device:
        lines += [f"# {line}" for line in _about(workspace, finding)]
    lines += [
        f"finding: {finding}",
        *([f"device: {device}"] if device else []),
        "life:",
        f"  - on: {day.isoformat()}",
        "    state:  # open, disputed, explained, accepted, closed",
        "    by:  # a role, never a name",
        "    # reason: why, for all but disputed",
        "    # last_day: of an acceptance",
        *(["    # said: the person's own words", "    # heard: yes"] if device else []),
    ]
    return f"{FINDINGS}/{finding}.yaml", "\n".join([*lines, ""])


def _about(workspace: Workspace, finding: str) -> list[str]:
    """What the last run says of a group's finding, for who fills the file in."""
    document = json.loads((latest_run(workspace) / RESULT).read_bytes())
    same = [f for f in document["findings"] if base_id(f["id"]) == finding]
    if not same:
        message = f'the last run has no finding "{finding}" of a group'
        hint = "`ordinance findings list` shows those it has; --device DEV for one about a single device"
        raise PolicyError([Issue("ID", 0, 0, "finding-of-no-run", message, "", hint)])
    keys = ("kind", "unit", "family", "member", "duty", "restriction", "reason")
    return [", ".join(json.dumps(f[k], ensure_ascii=True).strip('"') for k in keys if f[k]) for f in same]
