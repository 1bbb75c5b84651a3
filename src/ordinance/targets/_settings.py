# SPDX-License-Identifier: EUPL-1.2
"""Settings of a target, as a table of what is allowed.

Reads one `[[targets]]` table's `settings`; every fault in it is collected. Cannot know the line it
stood on: the caller has the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.target import Setting


def read_settings(target_id: str, table: Mapping[str, Setting], given: Mapping[str, str]) -> dict[str, str]:
    """Every setting of `table` with its value. Raises PolicyError (`bad-target-setting`), all faults at once."""
    issues = [_unknown(target_id, key, table) for key in given if key not in table]
    values = {key: str(given.get(key, setting.default)) for key, setting in table.items()}
    issues += [
        bad_setting(
            f"{target_id}: {key} = {values[key]!r} is not {setting.expected}", f"the default is {setting.default!r}"
        )
        for key, setting in table.items()
        if not re.fullmatch(setting.pattern, values[key], re.ASCII)
    ]
    if issues:
        raise PolicyError(issues)
    return values


def _unknown(target_id: str, key: str, table: Mapping[str, Setting]) -> Issue:
    hint = "its settings are " + ", ".join(sorted(table)) if table else "it has no settings"
    return bad_setting(f"{target_id} has no setting {key!r}", hint)


def bad_setting(message: str, hint: str) -> Issue:
    """What is wrong with a setting; the caller knows the line."""
    return Issue("ordinance.toml", 0, 0, "bad-target-setting", message, "the target is not built", hint)
