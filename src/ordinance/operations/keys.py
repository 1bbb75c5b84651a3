# SPDX-License-Identifier: EUPL-1.2
"""The key of a body's pseudonyms, as its settings say where it lies and who keeps it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ordinance.model.body import Body
from ordinance.model.errors import Issue, PolicyError
from ordinance.operations.workspace import STATE, Workspace
from ordinance.policy.toml_table import FILE
from ordinance.store.keys import Pseudonyms, key_path, left_beside, left_issue, lies_beside, load_pseudonyms


def pseudonyms_of(workspace: Workspace, *, make: bool = False) -> Pseudonyms:
    """The body's pseudonyms; only a check may `make` the key. Raises PolicyError where the key may not be used."""
    checking = workspace.body.checking
    try:
        return load_pseudonyms(workspace.state, checking.key_file, checking.key_holder, make=make)
    except PolicyError as error:
        raise PolicyError([_placed(i, workspace.body) for i in error.issues]) from error


def key_issues(body: Body) -> list[Issue]:
    """A key beside the results though a role is named that keeps it: the one of the settings, or one that was left.

    Another file may be named when it runs.
    """
    checking, state = body.checking, body.folder / STATE
    if not checking.key_holder:
        return []
    used = body.folder / Path(checking.key_file).expanduser() if checking.key_file else None
    if used is not None and lies_beside(state, used):
        message = f"the key would lie beside the results, and {checking.key_holder} should keep it"
        hint = "name a file of theirs, outside this folder"
        return [Issue(FILE, *_at(body, "key_file"), "key-beside-results", message, "", hint)]
    return [left_issue(state, one, checking.key_holder) for one in left_beside(state, used or key_path(state))]


def _placed(issue: Issue, body: Body) -> Issue:
    """That the key lies beside the results is a fault of the settings, at the line that names its holder."""
    if issue.id != "key-beside-results":
        return issue
    line, column = _at(body, "key_holder")
    return replace(issue, file=FILE, line=line, column=column)


def _at(body: Body, key: str) -> tuple[int, int]:
    places = body.checking.places
    return places.get(key) or places.get("", (0, 0))
