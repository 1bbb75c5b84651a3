# SPDX-License-Identifier: EUPL-1.2
"""What is odd about how long a body keeps things: longer than authorities name as usual, or the wrong way round.

Reads the settings. Cannot know which figure binds the body: each is named with its source, and none is an error.
"""

from __future__ import annotations

from datetime import date

from ordinance.model.body import Body
from ordinance.model.errors import Issue, Severity
from ordinance.model.retention import Kept, Retention
from ordinance.model.time import Period
from ordinance.policy.toml_table import FILE

_ANCHORS = [date(2023, month, 1) for month in range(1, 13)]  # months have many lengths: every one of a year is tried

# kind → the longest that a source names as a rule, and that source
_UPPER = {
    Kept.RUNS: (
        Period(months=6),
        "six months at most for data of checks: the Dutch data-protection authority's framework for control of "
        "e-mail and internet use at work (https://www.advocaten.nl/controle-e-mail-en-internetgebruik-op-het-werk/)",
    ),
    Kept.OBSERVATIONS: (
        Period(months=6),
        "six months at most for data of checks: the Dutch data-protection authority's framework for control of "
        "e-mail and internet use at work (https://www.advocaten.nl/controle-e-mail-en-internetgebruik-op-het-werk/)",
    ),
    Kept.LEDGER: (
        Period(months=12),
        "logs of access are kept six months to one year as a rule, up to three years where risk is shown: CNIL, "
        "recommendation on logging, October 2021 (https://www.nextinpact.com/lebrief/48665/"
        "la-recommandation-cnil-sur-journalisation)",
    ),
}


def retention_issues(body: Body) -> list[Issue]:
    """Warnings about periods; what is missing was said where the file was read."""
    retention = body.retention
    hint = "shorten it, or write beside it which law or decision asks for more"
    found = [
        _warning(retention, kind, "kept-longer-than-usual", f'"{kind}" stays longer than usual: {source}', hint)
        for kind, (usual, source) in _UPPER.items()
        if _always_longer(retention, kind, usual)
    ]
    runs, ledger = (retention.periods.get(k) for k in (Kept.RUNS, Kept.LEDGER))
    if runs and ledger and any(_ends(retention, Kept.LEDGER, d) < _ends(retention, Kept.RUNS, d) for d in _ANCHORS):
        message = "the ledger is kept for less time than the runs: who looked at a run is forgotten before the run is"
        hint = "keep the ledger at least as long as the runs"
        found.append(_warning(retention, Kept.LEDGER, "ledger-shorter-than-runs", message, hint))
    return found


def _always_longer(retention: Retention, kind: Kept, usual: Period) -> bool:
    other = Retention({kind: usual})
    said = kind in retention.periods
    return said and all(_ends(retention, kind, day) > _ends(other, kind, day) for day in _ANCHORS)


def _ends(retention: Retention, kind: Kept, day: date) -> date:
    return retention.last_day(kind, day) or date.max


def _warning(retention: Retention, kind: Kept, issue_id: str, message: str, hint: str) -> Issue:
    line, column = retention.places.get(kind) or retention.places.get("", (0, 0))
    return Issue(FILE, line, column, issue_id, message, "", hint, Severity.WARNING)
