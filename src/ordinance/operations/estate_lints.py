# SPDX-License-Identifier: EUPL-1.2
"""Questions that need the law and the estate together: whom a clause or an exemption is for, and whether it is there.

Reads: the law and the rows of the estate, on the day of an instant that is given. Without one nothing is said: which
rows speak depends on the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from ordinance.model.errors import Issue, Severity
from ordinance.model.estate import Estate
from ordinance.model.kleene import Truth
from ordinance.model.law import Law, Place, Restriction
from ordinance.model.ruling import DeviceClass, Standing
from ordinance.policy import clocks, scope
from ordinance.policy.exempt import BLANKET
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.resolve import class_of_device


class EstateLint:
    """One question to law and estate. Its docstring says why it is asked; `summary` is one sentence for lists."""

    id: ClassVar[str]
    summary: ClassVar[str]
    severity: ClassVar[Severity] = Severity.WARNING

    def check(self, law: Law, estate: Estate, at: datetime) -> Iterator[Issue]:
        """Every issue of this id, on the day of the instant."""
        raise NotImplementedError

    def issue(self, place: Place, message: str, hint: str = "", consequence: str = "") -> Issue:
        """An issue of this lint at a place."""
        return Issue(place.file, place.line, place.column, self.id, message, consequence, hint, self.severity)


class NoDeviceInScope(EstateLint):
    """A clause in force whose scope no device of the estate is in, nor may be, applies to nothing here: a slip in the
    scope, or devices that are missing from the estate. Facts that are not stated count as what could be meant."""

    id = "no-device-in-scope"
    summary = "No device of the estate is in the scope of a clause in force."

    def check(self, law: Law, estate: Estate, at: datetime) -> Iterator[Issue]:
        """Own clauses about devices that are in force, against one device of each class."""
        day = at.astimezone(law.zone).date()
        rows = tuple(estate.devices_on(day, day))
        classes = {c.id: c for c in (class_of_device(law, estate, d, at, at) for d in rows)}
        for text in law.texts if classes else ():
            for clause in text.restrictions if not text.shipped else ():
                in_force = clocks.standing(law, text, clause, at) is Standing.IN_FORCE
                if in_force and clause.speaks_of_devices and not any(_may_be_in(c, clause) for c in classes.values()):
                    message = f"no device of the estate is in this scope: {scope.in_words(clause.devices)}"
                    hint = "`ordinance rulings` shows the classes of devices there are"
                    yield self.issue(clause.place, message, hint, "the clause applies to nothing")


def _may_be_in(who: DeviceClass, clause: Restriction) -> bool:
    """Whether devices of a class are, or may be, in the scope of a clause."""
    people = scope.evaluate_people(clause.people, who.people)
    return (scope.evaluate(clause.devices, who.facts) & people) is not Truth.FALSE


class ExemptionForNobody(EstateLint):
    """An exemption for a device that the estate does not have lifts nothing: a mistyped id leaves the right device
    bound, and the wrong one would be exempt on the day on which it is bought."""

    id = "exemption-for-nobody"
    summary = "An exemption names a device that the estate does not have."

    def check(self, law: Law, estate: Estate, at: datetime) -> Iterator[Issue]:
        """Devices of exemptions that are not over, which no row of devices.csv has, on any day."""
        for exemption in law.exemptions if estate.devices else ():
            over = exemption.span.end is not None and exemption.span.end <= at
            for name in sorted(exemption.devices - estate.device_rows.keys() - {BLANKET}) if not over else ():
                message = f'no row of devices.csv has the id "{name}"'
                yield self.issue(exemption.place, message, did_you_mean(name, estate.device_rows), "it lifts nothing")


BUILTIN: tuple[type[EstateLint], ...] = (NoDeviceInScope, ExemptionForNobody)


def lint_estate(law: Law, estate: Estate, at: datetime | None) -> tuple[Issue, ...]:
    """Every issue that law and estate show together, on the day of an instant; without one, none."""
    return () if at is None else tuple(sorted({i for one in BUILTIN for i in one().check(law, estate, at)}))
