# SPDX-License-Identifier: EUPL-1.2
"""A new evaluation, to be filled in by people: what files know stands in it, what only people know is asked for.

Reads the opened folder and a day; writes nothing. A draft has no decision, so that it renews nothing.
"""

from __future__ import annotations

import json
from datetime import date

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.evaluation import Way
from ordinance.model.time import start_of
from ordinance.operations.new_body import editor_line
from ordinance.operations.rule import rule_of
from ordinance.operations.workspace import Workspace


def draft(workspace: Workspace, name: str, on: date, by: str) -> tuple[str, str]:
    """File name and text of a new evaluation, to be filled in: a preparation that renews nothing.

    Raises PolicyError where the rule has had no force before that day, so that there is nothing to look back at.
    """
    if not by.strip():
        raise PolicyError([Issue("--draft", 0, 0, "empty-value", "say which office evaluates", "", "--draft OFFICE")])
    at = start_of(on, workspace.body.zone)  # what is looked back at is over
    rule = rule_of(workspace, name, at)
    if rule.first is None or rule.last is None:
        message = f'"{rule.text.id}" version {rule.text.version} has had no force before {on}'
        raise PolicyError([Issue("policies", 0, 0, "nothing-to-evaluate", message, "", "evaluate it when it has")])
    made = f"{rule.text.id}-{on.isoformat()}"
    lines = [
        editor_line("evaluation").rstrip(),
        f"evaluation: {made}",
        f"policy: {rule.text.id}",
        f'version: "{rule.text.version}"',
        f"from: {rule.first.isoformat()}",
        f"to: {rule.last.isoformat()}",
        f"by: {json.dumps(by, ensure_ascii=False)}",
        f"on: {on.isoformat()}",
        f"# What `ordinance evaluate {rule.text.id}` shows is not repeated here; write what it cannot know.",
        "# findings: [what staff, IT and the communications team say]",
        "# costs: none, or [{what: hours of the service desk, amount: 0, currency: EUR, known: estimated}]",
        "options:",
        *(f"  - {{way: {way}}}  # for: […], against: […]" for way in Way),
        "# A decision is added when there is one; without it nothing is renewed.",
        "# decision:",
        "#   way: lapse",
        "#   by: the council",
        f"#   on: {on.isoformat()}",
        "#   reasons: [why]",
        "#   consulted: [data protection officer, information security officer]",
        "#   dissent: none",
        "#   next_review: a day",
    ]
    return f"evaluations/{made}.yaml", "\n".join([*lines, ""])
