# SPDX-License-Identifier: EUPL-1.2
"""Documents of the runs of `check` that lie in a body's state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ordinance.model.time import Span
from ordinance.review.contacts import seen_days
from ordinance.review.held import runs_about

RUNS, RESULT = "runs", "result.json"


def read_runs(state: Path) -> tuple[dict[str, Mapping[str, Any]], list[dict[str, str]]]:
    """Documents of the runs kept in a body's state, by their name, and those that cannot be used, with the reason."""
    found: dict[str, Mapping[str, Any]] = {}
    unusable: list[dict[str, str]] = []
    for path in sorted((state / RUNS).glob(f"*/{RESULT}")):
        name = path.parent.name
        try:
            document = json.loads(path.read_bytes())
            runs_about({name: document}, "", Span(None, None))
            seen_days({name: document}, datetime.max.replace(tzinfo=UTC))
        except OSError as error:
            unusable.append({"run": name, "reason": error.strerror or "cannot be read"})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            unusable.append({"run": name, "reason": "is no document of a run"})
        else:
            found[name] = document
    return found, unusable
