# SPDX-License-Identifier: EUPL-1.2
"""How long things are kept: calendar arithmetic of the last day, and warnings that name their source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bodies import workspace
from ordinance.model.errors import Severity
from ordinance.model.retention import Kept, Retention
from ordinance.model.time import Period
from ordinance.operations.retention_lints import retention_issues


def _issues(**periods: str) -> list[tuple[str, int]]:
    """Ids and lines for Ghent with these periods, of which runs stands in line 59 and ledger in 60."""
    body = workspace("ghent").body
    said = {Kept(kind): Period.parse(text) for kind, text in periods.items()}
    found = retention_issues(replace(body, retention=Retention(said, body.retention.places)))
    assert {i.severity for i in found} <= {Severity.WARNING}
    return [(i.id, i.line) for i in found]


@pytest.mark.parametrize(
    ("kind", "day", "period", "last"),
    [
        ("runs", date(2023, 4, 10), "P6M", date(2023, 10, 9)),
        ("runs", date(2023, 4, 10), "P1D", date(2023, 4, 10)),
        ("runs", date(2023, 8, 31), "P6M", date(2024, 2, 28)),
        ("ledger", date(2024, 2, 29), "P1Y", date(2025, 2, 27)),
    ],
)
def test_the_last_day_is_the_one_before_the_period_is_over(kind: str, day: date, period: str, last: date) -> None:
    """A day kept for one day is gone on the next; a month after the 31st is the last of the month."""
    assert Retention({Kept(kind): Period.parse(period)}).last_day(Kept(kind), day) == last


def test_what_is_not_named_stays_as_long_as_runs() -> None:
    """But for the ledger, which says who looked: it has its own period or none."""
    retention = Retention({Kept.RUNS: Period(days=3)})
    assert retention.last_day(Kept.PROBES, date(2023, 4, 10)) == date(2023, 4, 12)
    assert retention.last_day(Kept.LEDGER, date(2023, 4, 10)) is None
    assert Retention().last_day(Kept.PROBES, date(2023, 4, 10)) is None


def test_a_period_is_said_as_it_was_written() -> None:
    """A year is no twelve months to whoever looks for it in the file; what takes that of runs is said as theirs."""
    read = workspace("ghent").body.retention
    assert [read.said(k) for k in (Kept.RUNS, Kept.PROBES, Kept.LEDGER, Kept.BUNDLES)] == ["P6M", "P6M", "P1Y", None]
    weeks = Retention({Kept.RUNS: Period(days=14)}, written={Kept.RUNS: "P2W"})
    assert (weeks.said(Kept.PROBES), Retention({Kept.RUNS: Period(days=14)}).said(Kept.RUNS)) == ("P2W", "P14D")


def test_usual_periods_are_silent() -> None:
    """Six months of results and a year of the ledger, in months or in days; a body that says nothing, too."""
    assert _issues(runs="P6M", ledger="P1Y") == _issues(runs="P181D", ledger="P365D") == _issues() == []
    assert _issues(runs="P183D", ledger="P366D") == []  # six months are 181 to 184 days
    assert _issues(probes="P9Y") == []  # nobody is in a probe


def test_longer_than_a_source_says_is_a_warning_that_names_it() -> None:
    """At the line of the period, with the address of the source; nothing is refused."""
    assert _issues(runs="P7M", ledger="P1Y") == [("kept-longer-than-usual", 59)]
    assert _issues(runs="P6M", ledger="P13M") == [("kept-longer-than-usual", 60)]
    body = workspace("ghent").body
    long = Retention({Kept.RUNS: Period(months=12), Kept.LEDGER: Period(months=36)}, body.retention.places)
    messages = [i.message for i in retention_issues(replace(body, retention=long))]
    assert ["advocaten.nl" in m for m in messages] == [True, False]
    assert ["nextinpact.com" in m for m in messages] == [False, True]


def test_a_ledger_that_forgets_first_is_a_warning() -> None:
    """Who looked at a run must be known for as long as the run is there, whatever month it is."""
    assert _issues(runs="P6M", ledger="P5M") == [("ledger-shorter-than-runs", 60)]
    assert _issues(runs="P1M", ledger="P30D") == [("ledger-shorter-than-runs", 60)]
    assert _issues(runs="P1M", ledger="P31D") == []
