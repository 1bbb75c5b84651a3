# SPDX-License-Identifier: EUPL-1.2
"""Questions put to a law that reads well: one class a lint, one module a subject, all of them listed here.

Reads the entry-point group ``ordinance.lints`` of installed packages, nothing else. Cannot know whether a law is wise:
lints find what contradicts itself, leads nowhere, or has no effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.outsiders import entry_points_of
from ordinance.policy.lints import exemptions, lists, names, power, renewal, texts, time, upstream
from ordinance.policy.lints._base import Lint, Warn

__all__ = ["BUILTIN", "GROUP", "Lint", "Warn", "available"]

GROUP = "ordinance.lints"

BUILTIN: tuple[type[Lint], ...] = (
    names.UnknownFamily,
    names.UnknownApp,
    names.UnknownVendor,
    names.UnknownText,
    names.UnknownRestriction,
    names.MirrorsItself,
    names.DuplicateId,
    names.TwoVersionsOneStart,
    power.ForceExceedsPower,
    power.LoosensBoundRule,
    power.ApproverWithoutPower,
    power.AuthoritiesInACycle,
    power.UnreachableClause,
    time.SunsetUnsaid,
    time.OverlayWithoutEnd,
    time.NoEndDate,
    time.SunsetInThePast,
    time.DueAfterEnd,
    time.DeadlineBeforeDecision,
    time.NeverInForce,
    renewal.RenewedWithoutEvaluation,
    renewal.RenewedWithoutEnd,
    renewal.SilenceRenews,
    renewal.EvaluationOfNothing,
    renewal.DecisionNotCarriedOut,
    renewal.DissentUnsaid,
    exemptions.ExemptionNotAllowed,
    exemptions.ExemptionTooLong,
    exemptions.BlanketExemption,
    exemptions.ApprovedAfterStart,
    exemptions.ExemptionLapsed,
    exemptions.ExemptionForAnotherApp,
    lists.UnknownList,
    lists.UnknownCriterion,
    lists.ListWithoutClause,
    lists.CriterionWithoutClause,
    lists.UnknownParameter,
    lists.UnknownChoice,
    lists.ReadingOfNothing,
    lists.ClassificationWithoutEffect,
    texts.AdviceThatBinds,
    texts.RecordWithDuties,
    texts.ClauseWithoutDuties,
    texts.ReplacesWithRestricted,
    texts.NetworkClauseOnAppSurface,
    texts.ScopeMatchesNothing,
    texts.NotReadAndStated,
    texts.GeneralKnowledgePath,
    upstream.AdviceUnanswered,
    upstream.AnswerToADecision,
    upstream.MitigatedByNothing,
    upstream.PendingWithoutDate,
    upstream.MitigationShownByNothing,
    upstream.UpstreamChanged,
)


def available(outside: Iterable[EntryPoint] | None = None) -> tuple[Lint, ...]:
    """All lints: those built in, then those that other packages bring (by default: as installed).

    Raises PolicyError (`duplicate-lint`) where two have one id: what an id means must not depend on what is installed.
    """
    found = entry_points_of(GROUP) if outside is None else outside
    classes = [*BUILTIN, *(point.load() for point in sorted(found, key=lambda p: (p.name, p.value)))]
    lints: list[Lint] = [cls() for cls in classes]
    ids = [one.id for one in lints]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise PolicyError([Issue("", 0, 0, "duplicate-lint", f"two installed lints are called {i!r}") for i in twice])
    return tuple(lints)
