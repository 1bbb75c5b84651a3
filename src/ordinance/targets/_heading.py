# SPDX-License-Identifier: EUPL-1.2
"""What a file of names says of itself, as comments: no threat, by which restrictions, from which catalogue.

Reads texts that are not trusted. Writes no instant: what ends must leave the same bytes behind.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from ordinance.model.target import Plan
from ordinance.targets._names import plain, remark

BENEATH = "Each name is listed with everything beneath it."


def heading(
    plan: Plan, asked_by: Mapping[str, frozenset[str]], sign: str, purpose: str, beneath: str = BENEATH
) -> tuple[str, ...]:
    """Lines that begin with `sign`. `purpose` is such as "for a response policy zone"."""
    return (
        f"{sign} Names of apps that {plain(plan.body)} restricts, {purpose}.",
        f"{sign} Policy tag: app-restriction. Restricted by a decision, not malicious: not for a threat list.",
        f"{sign} Catalogue {plain(plan.catalogue_version)}. {beneath}",
        *(f"{sign} {line}" for line in textwrap.wrap(f"Notice: {remark(plan.notice)}", 100) if plan.notice),
        *(f"{sign} Restriction: {plain(r)}" for r in sorted(frozenset().union(*set(asked_by.values())))),
    )
