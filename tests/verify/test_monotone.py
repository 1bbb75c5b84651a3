# SPDX-License-Identifier: EUPL-1.2
"""Taking evidence away never yields more `pass`: silence is not a clean bill of health."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bodies
from ordinance.model.result import Result

from . import worlds as w

Removal = tuple[str, Callable[[w.World], w.World]]


def removals(world: w.World) -> Iterator[Removal]:
    """Every way to take away one whole source, snapshot, day or device."""
    for source in w.KINDS:
        yield f"source {source}", partial(w.without_source, source=source)
        yield f"settings of {source}", partial(w.without_settings, source=source)
    for source in ("mdm", "intune"):
        for day in w.SLOTS:
            yield f"inventory of {day}", partial(w.without_snapshot, source=source, file=w.snapshot_file(source, day))
    for day in w.DAYS:
        yield f"day {day}", partial(w.without_day, day=day)
    for device in world.estate.device_ids():
        yield f"device {device}", partial(w.without_device, device=device)
        yield f"rows of {device}", partial(w.without_rows, device=device)
        yield f"address of {device}", partial(w.without_address, device=device)
    yield "leases", w.without_leases


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(w.estates(), st.data())
def test_taking_evidence_away_never_yields_more_pass(shown: list[w.Habits], data: st.DataObject) -> None:
    """No duty has more `pass` without a source, snapshot, day or device; nor after a second removal."""
    world = w.world(shown)
    results = [r.result for r in world.checked().results]
    assert results.count(Result.PASS) >= 0.2 * len(results)
    assert results.count(Result.FAIL) >= 0.2 * len(results)
    every = list(removals(world))
    passes = world.passes()
    for _ in range(2):
        what, take = every.pop(data.draw(st.integers(0, len(every) - 1)))
        poorer = take(world)
        assert poorer.passes() <= passes, what
        world, passes = poorer, poorer.passes()


def test_each_kind_of_removal_costs_a_pass() -> None:
    """The property is not empty: a source, a snapshot, a day and a device each turn some `pass` away."""
    world = w.world([w.CLEAN] * 3 + [w.DIRTY] * 2)
    before = world.passes()
    costly = {what.split(" ")[0] for what, take in removals(world) if take(world).passes() < before}
    assert {"source", "settings", "inventory", "day", "device", "rows", "address", "leases"} <= costly


@pytest.mark.parametrize("source", ["mdm", "intune", "dns-townhall"])
def test_ghent_without_a_source_has_fewer_passes(source: str) -> None:
    """In the example body too: each source that is taken away costs passes and adds none."""
    opened = bodies.workspace("ghent")
    at = bodies.window(opened, bodies.truth_check("ghent", "inside"))
    readings = bodies.read(opened, at.span)
    full = sum(r.result is Result.PASS for r in bodies.checked(opened, at, readings).results)
    poorer = {k: r for k, r in readings.items() if k != source}
    assert sum(r.result is Result.PASS for r in bodies.checked(opened, at, poorer).results) < full


def test_an_unread_window_has_no_pass() -> None:
    """With no reading at all nothing passes, and every duty in force is unknown."""
    opened = bodies.workspace("ghent")
    at = bodies.window(opened, bodies.truth_check("ghent", "inside"))
    found = bodies.checked(opened, at, {})
    assert {r.result for r in found.results} == {Result.UNKNOWN, Result.NOT_APPLICABLE}
