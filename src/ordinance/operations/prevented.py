# SPDX-License-Identifier: EUPL-1.2
"""What a check says of controls: where the law asks for one and no configured target has it.

Reads the workspace and what its targets make of it; writes nothing, and reads no evidence. What other tools of the body
deny or block is not known here, which is why nothing fails by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from ordinance.enforce.controls import CONTROLS, controls, missing, missing_networks
from ordinance.model.law import Duty
from ordinance.model.result import DutyResult, Finding, FindingKind, Result
from ordinance.operations.enforcing import plans_of
from ordinance.operations.workspace import Workspace
from ordinance.policy.power import binding_clauses
from ordinance.targets import available
from ordinance.verify.binding import institutions

NETWORK = "no_target_on_network"
DEVICES = {Duty.DENY_INSTALL: "no_target_denies", Duty.BLOCK_TRAFFIC: "no_target_blocks"}
_ATTESTED = "attested_only"


def findings_of_controls(
    workspace: Workspace, as_of: datetime, results: Iterable[DutyResult]
) -> tuple[Finding, ...]:
    """A finding for each duty of a clause and each unit, or kind of network, without the control that it asks for.

    Devices of which somebody stated that a control is set, and nothing was seen, are left out: that it is missing is
    not known.
    """
    law = workspace.law
    asking = (c for _, c in binding_clauses(law, institutions(law, workspace.estate)))
    if not any(duty in CONTROLS for clause in asking for duty, _ in clause.duties):
        return ()
    plans, targets = plans_of(workspace, workspace.body, as_of), {t.id: t for t in available()}
    made = controls(plans, workspace.body, targets)
    said = {(r.device, r.restriction, r.duty) for r in results if r.reason == _ATTESTED}
    units: Counter[tuple[str, Duty, str | None]] = Counter(
        (one.restriction, one.duty, workspace.estate.latest_row(device).unit)
        for one in missing(plans, made)
        for device in one.devices
        if (device, one.restriction, one.duty) not in said
    )
    found = [
        _finding(clause, duty, DEVICES[duty], unit=unit, devices=units[clause, duty, unit])
        for clause, duty, unit in sorted(units, key=str)
    ]
    networks = missing_networks(law, workspace.estate.networks, made, as_of)
    found += (_finding(*key, NETWORK, networks=len(left)) for key, left in sorted(networks.items()))
    return tuple(found)


def _finding(
    clause: str, duty: Duty, reason: str, *, unit: str | None = None, devices: int = 0, networks: int = 1
) -> Finding:
    """No device is named: what is missing is the body's to set, and nobody's doing."""
    return Finding(
        kind=FindingKind.CONTROL_MISSING,
        result=Result.UNKNOWN,
        unit=unit,
        duty=duty,
        count=networks,
        restriction=clause,
        reason=reason,
        devices=devices,
    )
