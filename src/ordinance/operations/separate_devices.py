# SPDX-License-Identifier: EUPL-1.2
"""`device`: separate devices with their records, held against what sources show, as plain data.

Reads the opened folder and, where `evidence_allowed` has evidence about single devices, the sources of a window: that
is written into the ledger first, as every showing of single devices is, and nothing read is kept. Devices are named as
the records name them; who holds one is not said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ordinance import __version__
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.estate import Estate, Platform, Use, app_surfaces
from ordinance.model.evidence import EvidenceKind
from ordinance.model.law import Exemption
from ordinance.model.ruling import Outcome
from ordinance.model.separation import (
    NUMBERS,
    DeviceRecord,
    Profile,
    ProofState,
    Sighting,
)
from ordinance.model.time import Span, end_of
from ordinance.operations.accountable import role_of
from ordinance.operations.at_work import at_work
from ordinance.operations.checking import default_window, read_sources
from ordinance.operations.purpose import record_rows, require_alarm
from ordinance.operations.separate_document import device_line
from ordinance.operations.workspace import SEPARATE, Workspace
from ordinance.policy.exempt import names_app, names_device
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.resolve import class_of_device, resolve
from ordinance.readers import lease_reader, reader
from ordinance.review.channels import apps_of
from ordinance.review.deadlines import Deadline, Kind, Trace
from ordinance.separation.profiles import profiles
from ordinance.separation.proof import asked_of, due_of, prove, that_count, use_ends
from ordinance.verify.separate import Needed, of_the_list, sightings
from ordinance.verify.watch import watch_list

_PER_DEVICE = frozenset({EvidenceKind.INVENTORY, EvidenceKind.NETWORK_DEVICE})
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ProofOf:
    """The proof of a device in short, for whoever must not use a red one: `why` says it in one sentence."""

    device: str
    state: ProofState
    why: str


def proof_of(workspace: Workspace, device: str, at: datetime, *, now: datetime | None = None) -> ProofOf:
    """The proof of one device at an instant, with evidence of the usual window as far as it may be read.

    Raises PolicyError where the body has no such separate device, or where the body's law asks for a notice first.
    """
    document = device_document(workspace, device, at, now=now)
    found = document["device"]
    return ProofOf(device, ProofState(found["state"]), found["why"])


def devices_document(
    workspace: Workspace,
    at: datetime,
    *,
    window: Span | None = None,
    named: Iterable[str] = (),
    evidence: bool = True,
    now: datetime | None = None,
    by: str | None = None,
    progress: Progress = lambda source: None,
) -> dict[str, Any]:
    """Every separate device, by id, with its proof. `named` are profiles asked for beside those of the records.

    `by`: the role of who asks, for the ledger.
    Raises PolicyError for a profile that does not ship, and where evidence may not be looked at for single devices.
    """
    devices = _devices(workspace, at)
    head, lines = _document(workspace, at, devices, window, named, evidence, now, role_of(workspace, by), progress)
    states = [line["state"] for line in lines]
    return {**head, "devices": lines, "summary": {str(s): states.count(str(s)) for s in ProofState}}


def device_document(
    workspace: Workspace,
    device: str,
    at: datetime,
    *,
    window: Span | None = None,
    named: Iterable[str] = (),
    evidence: bool = True,
    now: datetime | None = None,
    by: str | None = None,
    progress: Progress = lambda source: None,
) -> dict[str, Any]:
    """One separate device with its proof. Raises PolicyError as `devices_document` does, and for an unknown device."""
    known = _devices(workspace, at)
    if device not in known:
        hint = did_you_mean(device, known) or "declare it separate in estate/devices.csv, and write its record"
        message = f'the body has no separate device "{device}"'
        raise PolicyError([Issue(SEPARATE, 0, 0, "unknown-separate-device", message, "", hint)])
    head, lines = _document(workspace, at, [device], window, named, evidence, now, role_of(workspace, by), progress)
    return {**head, "device": lines[0]}


def exit_code(states: Iterable[str]) -> int:
    """1 where a device is red, 4 where one is unknown or there is none, else 0."""
    found = [*states]
    if ProofState.RED in found:
        return 1
    return 0 if found and {*found} == {ProofState.GREEN} else 4


def record_deadlines(workspace: Workspace, at: datetime) -> tuple[Deadline, ...]:
    """The last days of answers in records, as they were known on the day of an instant."""
    zone, body, found = workspace.law.zone, workspace.law.body, []
    for record in workspace.records:
        known = record.known_by(at.astimezone(zone).date())
        given = _exemptions(workspace, record, record.device, at)
        for condition in asked_of(_chosen(record, ()), given):
            claim = known.claims.get(condition)
            if claim is None:
                continue
            end, name = end_of(due_of(claim), zone), str(condition).replace("_", " ")
            found.append(
                Deadline(
                    Kind.SEPARATE_DEVICE,
                    end,
                    zone,
                    f"show {NUMBERS[condition]} ({name}) of the separate device again",
                    body,
                    record.device,
                    str(condition),
                    claim.owner,
                    trace=Trace.UNDONE,
                )
            )
    return tuple(found)


# --- what is asked and seen -----------------------------------------------------------------------


def _devices(workspace: Workspace, at: datetime) -> list[str]:
    """Devices that have a record, or are declared separate on the day."""
    today = at.astimezone(workspace.body.zone).date()
    declared = {d.id for d in workspace.estate.devices_on(today, today) if d.facts.use is Use.SEPARATE}
    return sorted(declared | {r.device for r in workspace.records})


def _named(names: Iterable[str]) -> list[Profile]:
    found = []
    for name in names:
        if name not in profiles():
            message = f'"{name}" is no profile of a separate device'
            hint = did_you_mean(name, profiles())
            raise PolicyError([Issue("--profile", 0, 0, "unknown-device-profile", message, "", hint)])
        found.append(profiles()[name])
    return found


def _chosen(record: DeviceRecord | None, more: Iterable[Profile]) -> list[Profile]:
    """The profiles of a record, then those asked for beside them, each once."""
    own = [profiles()[name] for name in record.profiles] if record is not None else []
    return list({p.id: p for p in (*own, *more)}.values())


def _exemptions(
    workspace: Workspace, record: DeviceRecord | None, device: str, at: datetime
) -> list[Exemption]:
    """Exemptions in force that name the device, and those that its record names and that have begun.

    Where there is none, the one that ended last of those for an app that is forbidden to the device now: its end is
    that of the use, whether the record or a channel speaks of it or not.
    """
    own = record.exemptions if record is not None else ()
    begun = [e for e in workspace.law.exemptions if names_device(e, device) and _has_begun(e, at)]
    found = [e for e in begun if at in e.span or e.id in own]
    over = [] if found else [e for e in begun if _is_forbidden(workspace, e, device, at)]
    return [max(over, key=lambda e: (e.last_day, e.id))] if over else found


def _is_forbidden(workspace: Workspace, exemption: Exemption, device: str, at: datetime) -> bool:
    """Whether a rule forbids an app of an exemption on the device: not where nobody knows what the device is."""
    law, estate = workspace.law, workspace.estate
    day = at.astimezone(law.zone).date()
    row = estate.device_on(device, day, day)
    if row is None:
        return False
    who, surfaces = class_of_device(law, estate, row, at, at), app_surfaces(row.facts.platform)
    every = (f"{f.id}/{m.id}" for f in law.catalogue.families for m in f.members)
    asked = ((app, surface) for app in every if names_app(exemption.what, app) for surface in surfaces)
    return any(resolve(law, who, app, surface, at).outcome is Outcome.FORBIDDEN for app, surface in asked)


def _apps(workspace: Workspace, record: DeviceRecord | None, device: str) -> frozenset[str]:
    """The apps of the channels that a device serves, by their files and by its record."""
    own = record.channels if record is not None else ()
    served = (c for c in workspace.channels if c.device == device or c.id in own)
    return frozenset(app for c in served for app in apps_of(workspace.catalogue, c.platform))


def _has_begun(exemption: Exemption, at: datetime) -> bool:
    return exemption.span.start is None or exemption.span.start <= at


def _seen(
    workspace: Workspace,
    at: datetime,
    window: Span,
    devices: Mapping[str, Needed],
    now: datetime | None,
    role: str,
    progress: Progress,
) -> Mapping[str, tuple[Sighting, ...]]:
    """What the sources of a window say of the devices; into the ledger goes that they were looked at."""
    body = workspace.body
    watch = watch_list(workspace.law, workspace.catalogue, workspace.estate, body, window)
    readings = {}
    if body.checking.evidence_allowed & _PER_DEVICE:
        require_alarm(body, window)
        with at_work(workspace.state):
            record_rows(body, window, at, now or at, role)
            readings = read_sources(workspace, watch, window, progress)
    kinds = {s.id: str(reader(s.reader).evidence) for s in body.sources if lease_reader(s.reader) is None}
    said = workspace.attested.statements
    law, estate, watched = workspace.law, workspace.estate, watch.apps
    allowed = (s for s in body.sources if s.id in kinds and kinds[s.id] in body.checking.evidence_allowed)
    stores = any(getattr(reader(s.reader), "states_stores", False) for s in allowed)
    return sightings(
        law, estate, body, readings, window, at, kinds, devices, said, watched=watched, stores=stores
    )


# --- as data --------------------------------------------------------------------------------------


def _document(
    workspace: Workspace,
    at: datetime,
    devices: list[str],
    window: Span | None,
    named: Iterable[str],
    evidence: bool,
    now: datetime | None,
    role: str,
    progress: Progress,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    body, more = workspace.body, _named(named)
    records = {r.device: r for r in workspace.records}
    span = window or default_window(workspace, at)
    given = {d: _exemptions(workspace, records.get(d), d, at) for d in devices}
    ends = {d: use_ends(records.get(d), given[d]) for d in devices}
    today = at.astimezone(body.zone).date()
    found: Mapping[str, tuple[Sighting, ...]] = {d: of_the_list(workspace.estate, d, today) for d in devices}
    if evidence and devices:
        needed = {d: Needed(_apps(workspace, records.get(d), d), ends[d]) for d in devices}
        usual, seen = default_window(workspace, at), _seen(workspace, at, span, needed, now, role, progress)
        found = {d: that_count(every, span, usual) for d, every in seen.items()}
    lines = []
    for device in devices:
        record, chosen = records.get(device), _chosen(records.get(device), more)
        listed = _listed(workspace.estate, device, today)
        proof = prove(device, record, chosen, given[device], found[device], at, body.zone, listed)
        lines.append(device_line(workspace, proof, record, chosen, given[device], ends[device], at))
    looked = evidence and bool(devices) and bool(body.checking.evidence_allowed & _PER_DEVICE)
    days = span.days(body.zone)
    head = {
        "ordinance": __version__,
        "body": {"id": body.id, "name": body.name},
        "as_of": at.astimezone(body.zone).isoformat(timespec="seconds"),
        "notice": body.notice,
        "evidence": {
            "looked_at": looked,
            "allowed": sorted(str(k) for k in body.checking.evidence_allowed),
            "from": days[0].isoformat() if looked else None,
            "to": days[-1].isoformat() if looked else None,
        },
    }
    return head, lines


def _listed(estate: Estate, device: str, today: date) -> Platform | None:
    row = estate.device_on(device, today, today)
    return row.facts.platform if row is not None else None
