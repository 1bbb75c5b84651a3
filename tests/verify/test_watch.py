# SPDX-License-Identifier: EUPL-1.2
"""The watch list: what readers may keep, derived from clauses in force and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

import bodies
from ordinance.model.evidence import EvidenceKind, WatchList
from ordinance.model.time import Span
from ordinance.operations.workspace import Workspace
from ordinance.verify.watch import watch_list


def watched(opened: Workspace, start: str, end: str, allowed: frozenset[EvidenceKind] | None = None) -> WatchList:
    """The watch list of a window, with another set of allowed evidence if one is given."""
    body = opened.body
    if allowed is not None:
        body = replace(body, checking=replace(body.checking, evidence_allowed=allowed))
    span = Span(bodies.instant(start, opened), bodies.instant(end, opened))
    return watch_list(opened.law, opened.catalogue, opened.estate, body, span)


@pytest.mark.parametrize(
    ("start", "end", "families"),
    [
        ("2023-03-01T00:00", "2023-03-13T00:00", set()),
        ("2023-03-01T00:00", "2023-03-13T00:01", {"tiktok"}),
        ("2023-09-12T23:59", "2023-09-20T00:00", {"tiktok"}),
        ("2023-09-13T00:00", "2023-09-20T00:00", set()),
    ],
)
def test_a_family_is_watched_while_its_rule_is_in_force(start: str, end: str, families: set[str]) -> None:
    """Not before, and not after it lapsed; advice alone watches nobody."""
    assert watched(bodies.workspace("ghent"), start, end).families == families


def test_without_allowed_evidence_nothing_is_watched() -> None:
    """Diest reads nothing, so there is nothing that a reader could keep."""
    found = watched(bodies.workspace("diest"), "2023-04-17T00:00", "2023-04-24T00:00")
    assert found == WatchList(frozenset(), digest=found.digest)


def test_internal_names_only_for_devices_declared_separate() -> None:
    """Tallinn has separate devices, Ghent has none: only Tallinn's readers may keep an internal name."""
    tallinn = watched(bodies.workspace("tallinn"), "2024-12-09T00:00", "2024-12-16T00:00")
    assert tallinn.internal == {"intranet.tallinn.example", "mail.tallinn.example"}
    assert tallinn.separate_devices == {"sd-001", "sd-002"}
    assert len(tallinn.separate_macs) == 2
    assert watched(bodies.workspace("ghent"), "2023-04-01T00:00", "2023-04-09T00:00").internal == frozenset()


def test_the_digest_follows_what_is_watched() -> None:
    """The same list, the same digest; another list, another digest."""
    opened = bodies.workspace("ghent")
    starts = ("2023-04-01T00:00", "2023-04-02T00:00", "2023-04-03T00:00")
    one, same, other = (watched(opened, start, "2023-04-09T00:00") for start in starts)
    nothing = watched(opened, "2022-01-01T00:00", "2022-02-01T00:00")
    assert one.digest == same.digest == other.digest != nothing.digest
