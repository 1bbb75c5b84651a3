# SPDX-License-Identifier: EUPL-1.2
"""Settings of a target, as a table of what is allowed.

Reads one `[[targets]]` table's `settings`; every fault in it is collected. Cannot know the line it
stood on: the caller has the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ordinance.model.errors import Issue, PolicyError


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its default, the values allowed (a whole-string pattern), and that in words."""

    default: str
    pattern: str
    expected: str


def read_settings(target_id: str, table: Mapping[str, Setting], given: Mapping[str, str]) -> dict[str, str]:
    """Every setting of `table` with its value. Raises PolicyError (`bad-target-setting`), all faults at once."""
    issues = [_unknown(target_id, key, table) for key in given if key not in table]
    values = {key: str(given.get(key, setting.default)) for key, setting in table.items()}
    issues += [
        _issue(f"{target_id}: {key} = {values[key]!r} is not {setting.expected}", f"the default is {setting.default!r}")
        for key, setting in table.items()
        if not re.fullmatch(setting.pattern, values[key], re.ASCII)
    ]
    if issues:
        raise PolicyError(issues)
    return values


def _unknown(target_id: str, key: str, table: Mapping[str, Setting]) -> Issue:
    return _issue(f"{target_id} has no setting {key!r}", "its settings are " + ", ".join(sorted(table)))


def _issue(message: str, hint: str) -> Issue:
    return Issue("ordinance.toml", 0, 0, "bad-target-setting", message, "the target is not built", hint)
