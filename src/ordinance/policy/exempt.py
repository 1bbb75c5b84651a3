# SPDX-License-Identifier: EUPL-1.2
"""Whether an exemption counts against a clause.

It counts where the clause's text allows one of that purpose, approver, length and conditions. A
clause whose text allows none is never lifted, whatever the exemption says.
"""

from __future__ import annotations

from datetime import datetime

from ordinance.model.law import Allowance, Exemption, Law, Text
from ordinance.model.time import plus


def exempts(law: Law, exemption: Exemption, clause: str, at: datetime) -> bool:
    """Whether the exemption lifts `text/restriction` at an instant."""
    if at not in exemption.span or clause not in exemption.restrictions:
        return False
    text_id = clause.partition("/")[0]
    return any(not refusals(law, exemption, text) for text in law.versions(text_id))


def refusals(law: Law, exemption: Exemption, text: Text) -> tuple[str, ...]:
    """Why a text does not admit the exemption; nothing where one of its allowances fits."""
    if not text.allowances:
        return (f'"{text.id}" allows no exemptions',)
    per_allowance = [_mismatches(law, exemption, a) for a in text.allowances]
    return () if any(not m for m in per_allowance) else min(per_allowance, key=len)


def _mismatches(law: Law, exemption: Exemption, allowance: Allowance) -> tuple[str, ...]:
    found = []
    if exemption.purpose not in allowance.purposes:
        found.append(f'purpose "{exemption.purpose}" is not among: {", ".join(sorted(allowance.purposes))}')
    if exemption.approver != allowance.approver:
        found.append(f'approved by "{exemption.approver}", but only "{allowance.approver}" may')
    start, end = exemption.span.start, exemption.span.end
    if allowance.longest is not None and start and end and end > plus(start, allowance.longest, law.zone):
        found.append(f"it runs until {exemption.last_day}, longer than {allowance.longest}")
    if allowance.conditions is not None and exemption.profile != allowance.conditions:
        found.append(f'conditions "{allowance.conditions}" are required, found "{exemption.profile or "none"}"')
    if "*" in exemption.devices and not allowance.blanket:
        found.append("a blanket exemption is not allowed: name the devices")
    return tuple(found)
