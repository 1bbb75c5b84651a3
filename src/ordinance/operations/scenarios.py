# SPDX-License-Identifier: EUPL-1.2
"""`test`: the scenarios of a body's `tests/*.yaml`, ruled on and compared with what they expect.

Reads the law, the estate and the scenarios. A scenario that names an app or a device which does not exist is a
fault in the file, not a failed test: its answer would mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ordinance.model.apps import AppFacts
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.law import Place
from ordinance.model.ruling import DeviceClass, Reason, Ruling, Subject
from ordinance.model.scenario import Scenario
from ordinance.operations.rulings import known_app
from ordinance.operations.verdict import DONE, FAILS, NOT_ALL_CHECKED
from ordinance.operations.workspace import Workspace
from ordinance.policy.exempt import names_device
from ordinance.policy.load import load_scenarios
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.resolve import class_of, class_of_device, resolve, subject_of


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was expected and did not come out: `outcome`, `deciding`, `because`, a duty …"""

    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A scenario, its ruling, and where the two differ."""

    scenario: Scenario
    ruling: Ruling
    differences: tuple[Difference, ...]

    @property
    def passes(self) -> bool:
        """Whether all came out as expected."""
        return not self.differences


def run_scenarios(workspace: Workspace) -> tuple[Tried, ...]:
    """Every scenario in the order of files and lines.

    Raises PolicyError with every fault in them, and with those of a law that cannot be used.
    """
    scenarios, issues = load_scenarios(workspace.body.folder, workspace.law.zone)
    faults, tried = [*issues, *_repeated(scenarios)], []
    if others := {*workspace.errors} - {*issues}:
        raise PolicyError([*others, *faults])
    for scenario in scenarios:
        try:
            tried.append(_tried(workspace, scenario))
        except PolicyError as error:
            faults.extend(error.issues)
    if faults:
        raise PolicyError(faults)
    return tuple(tried)


def exit_code(tried: tuple[Tried, ...]) -> int:
    """1 where a scenario fails; 4 where there is none: nothing was shown to hold."""
    if not tried:
        return NOT_ALL_CHECKED
    return DONE if all(t.passes for t in tried) else FAILS


def scenarios_document(workspace: Workspace, tried: tuple[Tried, ...]) -> dict[str, Any]:
    """All that `test --json` prints."""
    return {
        "body": workspace.body.id,
        "notice": workspace.body.notice,
        "catalogue": workspace.catalogue.version,
        "law": workspace.law.digest,
        "passed": sum(t.passes for t in tried),
        "failed": sum(not t.passes for t in tried),
        "scenarios": [
            {
                "name": t.scenario.name,
                "file": t.scenario.place.file,
                "line": t.scenario.place.line,
                "at": t.scenario.at.isoformat(),
                "result": "pass" if t.passes else "fail",
                "outcome": str(t.ruling.outcome),
                "deciding": t.ruling.deciding,
                "differences": [{"what": d.what, "expected": d.expected, "found": d.found} for d in t.differences],
            }
            for t in tried
        ],
    }


def _repeated(scenarios: tuple[Scenario, ...]) -> Iterator[Issue]:
    """One name for two scenarios of a body: whoever reads that it failed would look at the wrong one."""
    first: dict[str, Place] = {}
    for scenario in scenarios:
        known = first.setdefault(scenario.name, scenario.place)
        if known is not scenario.place:
            message = f'there is a scenario "{scenario.name}" already, in {known.file}:{known.line}'
            yield _fault(scenario.place, "duplicate-id", message, "choose another name")


def _tried(workspace: Workspace, scenario: Scenario) -> Tried:
    ruling = resolve(workspace.law, _who(workspace, scenario), _app(workspace, scenario), scenario.surface, scenario.at)
    return Tried(scenario, ruling, tuple(_differences(scenario, ruling, workspace.law.zone)))


def _app(workspace: Workspace, scenario: Scenario) -> AppFacts:
    try:
        name = known_app(workspace, scenario.app)
    except PolicyError as error:
        p = scenario.app_place
        raise PolicyError([replace(i, file=p.file, line=p.line, column=p.column) for i in error.issues]) from error
    facts = workspace.law.catalogue.facts(name)
    return replace(
        facts,
        edition=scenario.edition or facts.edition,
        deployment=scenario.deployment or facts.deployment,
        contract=scenario.contract or facts.contract,
    )


def _who(workspace: Workspace, scenario: Scenario) -> DeviceClass:
    law = workspace.law
    if scenario.subject is not Subject.DEVICE:
        return subject_of(scenario.subject, scenario.word, law.body)
    if scenario.facts is None:
        return _of_the_estate(workspace, scenario, scenario.device or "")
    named = (e.id for e in law.exemptions if scenario.device and names_device(e, scenario.device))
    return class_of(scenario.facts, scenario.people, law.body, named)


def _of_the_estate(workspace: Workspace, scenario: Scenario, device: str) -> DeviceClass:
    law, estate = workspace.law, workspace.estate
    if device not in estate.device_rows:
        hint = did_you_mean(device, estate.device_ids()) or "state its facts under device:"
        raise PolicyError([_fault(scenario.place, "unknown-device", f'no device "{device}" in the estate', hint)])
    day = scenario.at.astimezone(law.zone).date()
    row = estate.device_on(device, day, day)
    if row is None:
        message = f"no row of estate/devices.csv states the facts of {device} on {day}"
        raise PolicyError([_fault(scenario.place, "facts-not-stated", message, "state its facts under device:")])
    return class_of_device(law, estate, row, scenario.at, scenario.at)


def _fault(place: Place, issue_id: str, message: str, hint: str) -> Issue:
    return Issue(place.file, place.line, place.column, issue_id, message, "", hint)


# --- what differs ---------------------------------------------------------------------------------


def _differences(scenario: Scenario, ruling: Ruling, zone: ZoneInfo) -> Iterator[Difference]:
    expected = scenario.expected
    if expected.outcome is not ruling.outcome:
        yield Difference("outcome", str(expected.outcome), str(ruling.outcome))
    if expected.deciding is not None and expected.deciding != ruling.deciding:
        yield Difference("deciding", expected.deciding, ruling.deciding or "no clause")
    if expected.exemption is not None and expected.exemption != ruling.exemption:
        yield Difference("exemption", expected.exemption, ruling.exemption or "none")
    if expected.missing is not None and expected.missing != {*ruling.missing}:
        yield Difference("missing", _listed(expected.missing), _listed(ruling.missing))
    said = " | ".join(_in_words(r) for r in (*ruling.reasons, *ruling.divergences))
    for words in expected.because:
        if words not in said:
            yield Difference("because", words, said or "no reason")
    yield from _duties_that_differ(scenario, ruling, zone)


def _duties_that_differ(scenario: Scenario, ruling: Ruling, zone: ZoneInfo) -> Iterator[Difference]:
    if scenario.expected.duties is None:
        return
    wanted = scenario.expected.duties
    found = {d.duty: d.due for d in ruling.duties}
    for duty in sorted({*wanted, *found}):
        if wanted.get(duty) != found.get(duty):
            yield Difference(f"duty {duty}", _due(wanted.get(duty), zone), _due(found.get(duty), zone))


def _due(at: datetime | None, zone: ZoneInfo) -> str:
    return "none" if at is None else at.astimezone(zone).isoformat(timespec="minutes")


def _in_words(reason: Reason) -> str:
    """A reason as `because` quotes it: the clause, where it stands, the tests that decided."""
    return " ".join((reason.clause, str(reason.standing), *reason.facts, reason.to_be_decided)).strip()


def _listed(words: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(words)) or "nothing"
