# SPDX-License-Identifier: EUPL-1.2
"""When statements run out that answer a duty to attest.

Reads: attestations of the day of the instant or earlier, the clauses that bind the body, rows of the estate. Writes:
dates with what the statement is called and who gave it, and neither devices nor how many they are. Cannot know whether
the duty is met then: that is for `check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from ordinance.model.attestation import Attestation
from ordinance.model.estate import Estate
from ordinance.model.kleene import Truth
from ordinance.model.law import Duty, Law, Restriction, Text
from ordinance.model.ruling import Standing
from ordinance.model.time import end_of
from ordinance.policy import clocks
from ordinance.policy.exempt import names_all
from ordinance.policy.power import binding_clauses
from ordinance.policy.resolve import holds_under
from ordinance.review.deadlines import Deadline, Kind, Trace
from ordinance.verify.attested import ANSWERS

WHAT = "statement ends; whoever is to attest states it anew"


def statement_dates(
    law: Law, estate: Estate, statements: Iterable[Attestation], at: datetime
) -> Iterator[Deadline]:
    """The end of each statement on which a duty to attest hangs then, until it is stated anew for all its devices.

    One that is over is not overdue: no file says whether somebody still has to attest of a device.
    """
    today, answers = at.astimezone(law.zone).date(), ANSWERS[Duty.ATTEST]
    known = [one for one in statements if one.on <= today and one.stated & answers]
    bound = binding_clauses(law, {law.body, *(u.institution for u in estate.units)})
    asking = [(t, r) for t, r in bound if any(duty is Duty.ATTEST for duty, _ in r.duties)]
    for one in known:
        last = _last_day(one)
        end = end_of(last, law.zone)
        asked = [(t, r) for t, r in asking if _speaks(one, t, r) and _stands(law, t, r, max(end, at))]
        later = [o for o in known if _last_day(o) > last]
        after = last + timedelta(days=1)
        devices = [d for d in one.devices if estate.device_on(d, after, after)]
        if any(not any(d in o.devices and _speaks(o, t, r) for o in later) for d in devices for t, r in asked):
            yield Deadline(
                Kind.STATEMENT_ENDS, end, law.zone, WHAT, law.body, one.id, owner=one.by, trace=Trace.NONE
            )


def _last_day(one: Attestation) -> date:
    return one.last_day or one.on


def _stands(law: Law, text: Text, clause: Restriction, at: datetime) -> bool:
    in_force = clocks.standing(law, text, clause, at) is Standing.IN_FORCE
    return in_force and holds_under(law, text, clause, at)[0] is not Truth.FALSE


def _speaks(one: Attestation, text: Text, clause: Restriction) -> bool:
    return f"{text.id}/{clause.id}" in one.restrictions or names_all(one.what, clause.what)
