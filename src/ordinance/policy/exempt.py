# SPDX-License-Identifier: EUPL-1.2
"""Whether an exemption counts against a clause.

It counts where the clause's text allows one of that purpose, approver, length and conditions. A
clause whose text allows none is never lifted, whatever the exemption says.
"""

from __future__ import annotations

from datetime import datetime

from ordinance.model.law import Allowance, Exemption, Law, Text
from ordinance.model.time import plus

BLANKET = "*"


def names_device(exemption: Exemption, device_id: str) -> bool:
    """Whether the exemption is for the device, by its id or as a blanket for all (`*`)."""
    return device_id in exemption.devices or BLANKET in exemption.devices


def exempts(law: Law, exemption: Exemption, text: Text, clause: str, at: datetime) -> bool:
    """Whether the exemption lifts a clause of this version of a text (`text/restriction`) at an instant."""
    return at in exemption.span and clause in exemption.restrictions and not refusals(law, exemption, text)


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
    if BLANKET in exemption.devices and not allowance.blanket:
        found.append("a blanket exemption is not allowed: name the devices")
    return tuple(found)
