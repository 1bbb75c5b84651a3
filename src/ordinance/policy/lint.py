# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with a law that reads well: every lint of `policy.lints` and of installed packages, asked in turn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue
from ordinance.model.law import Law
from ordinance.policy.lints import Lint, available


def lint(
    law: Law, catalogue: Catalogue, body: Body, at: datetime | None = None, lints: Iterable[Lint] | None = None
) -> tuple[Issue, ...]:
    """Every issue that the lints find, sorted by place. Library texts are linted by the release.

    `at` is the instant that the law is seen from; without one, nothing is said about what is over by now, and every
    error is found all the same. `lints`: those to ask (by default all that are installed).
    """
    asked = available() if lints is None else lints
    return tuple(sorted({issue for one in asked for issue in one.check(law, catalogue, body, at)}))
