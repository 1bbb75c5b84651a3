# SPDX-License-Identifier: EUPL-1.2
"""Whether an exemption counts against a clause.

It counts where the clause's text allows one of that purpose, approver, length and conditions. A
clause whose text allows none is never lifted, whatever the exemption says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ordinance.model.law import Allowance, Exemption, Law, Selector, Text
from ordinance.model.time import plus

BLANKET = "*"
ANY, NOT_READ = "any", "not_read"  # purposes of an allowance: its text limits them not, or that part was not read


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an exemption does not count, with the id of the issue that says so."""

    id: str
    why: str


def names_device(exemption: Exemption, device_id: str) -> bool:
    """Whether the exemption is for the device, by its id or as a blanket for all (`*`)."""
    return device_id in exemption.devices or BLANKET in exemption.devices


def names_app(what: Iterable[Selector], app: str) -> bool:
    """Whether the selectors of an exemption cover a member written `family/member`: it names families and apps only."""
    family = app.partition("/")[0]
    return any(s.family == family or s.app == app for s in what)


def names_all(what: Iterable[Selector], asked: Iterable[Selector]) -> bool:
    """Whether selectors take in all that others name; of one that names no app or family only where it is the same."""
    whole = tuple(what)
    families = {s.family for s in whole if s.family is not None}
    return all(
        s in whole or (names_app(whole, s.app) if s.app is not None else s.family is not None and s.family in families)
        for s in asked
    )


def exempts(law: Law, exemption: Exemption, text: Text, clause: str, at: datetime) -> bool:
    """Whether the exemption lifts a clause of this version of a text (`text/restriction`) at an instant."""
    return at in exemption.span and clause in exemption.restrictions and not refusals(law, exemption, text, clause)


def refusals(law: Law, exemption: Exemption, text: Text, clause: str) -> tuple[Refusal, ...]:
    """Why a text does not admit the exemption from a clause; nothing where one of its allowances fits."""
    if not text.allowances:
        why = "allows no exemptions" if text.no_exemptions else "does not say that it allows exemptions"
        return (Refusal("exemption-not-allowed", f'"{text.id}" {why}'),)
    own = clause.partition("/")[2]
    per_allowance = [_mismatches(law, exemption, a, own) for a in text.allowances]
    return () if any(not m for m in per_allowance) else min(per_allowance, key=len)


def _mismatches(law: Law, exemption: Exemption, allowance: Allowance, clause: str) -> tuple[Refusal, ...]:
    found = [Refusal("exemption-not-allowed", why) for why in _unfit(exemption, allowance, clause)]
    start, end = exemption.span.start, exemption.span.end
    if allowance.longest is not None and start and end and end > plus(start, allowance.longest, law.zone):
        why = f"it runs until {exemption.last_day}, longer than {allowance.longest}"
        found.append(Refusal("exemption-too-long", why))
    if BLANKET in exemption.devices and not allowance.blanket:
        found.append(Refusal("blanket-exemption", "a blanket exemption is not allowed: name the devices"))
    if start and exemption.approved > start.astimezone(law.zone).date():
        found.append(Refusal("approved-after-start", f"it was approved on {exemption.approved}, after its first day"))
    return tuple(found)


def _unfit(exemption: Exemption, allowance: Allowance, clause: str) -> Iterator[str]:
    if allowance.restrictions and clause not in allowance.restrictions:
        yield f'exemptions are allowed from {", ".join(sorted(allowance.restrictions))} only, not from "{clause}"'
    if NOT_READ in allowance.purposes:
        yield f'for purpose "{exemption.purpose}", and which purposes are allowed was not read'
    elif exemption.purpose not in allowance.purposes and ANY not in allowance.purposes:
        yield f'purpose "{exemption.purpose}" is not among: {", ".join(sorted(allowance.purposes))}'
    if not allowance.approver:
        yield f'approved by "{exemption.approver}", and who may approve it was not read'
    elif exemption.approver != allowance.approver:
        yield f'approved by "{exemption.approver}", but only "{allowance.approver}" may'
    if exemption.delegate and not allowance.delegable:
        yield f'signed by "{exemption.delegate}", but "{allowance.approver}" may not delegate this'
    if allowance.consulted - exemption.consulted:
        yield f"not consulted: {', '.join(sorted(allowance.consulted - exemption.consulted))}"
    if allowance.conditions is not None and exemption.profile != allowance.conditions:
        yield f'conditions "{allowance.conditions}" are required, found "{exemption.profile or "none"}"'
    if allowance.requires - exemption.conditions:
        yield f"conditions are missing: {', '.join(sorted(allowance.requires - exemption.conditions))}"
