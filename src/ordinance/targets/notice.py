# SPDX-License-Identifier: EUPL-1.2
"""Letters and notices: what a decision asks, in words for the people whom no tool reaches.

Reads: demands of a plan that people can meet, the classes and networks they are for, and for networks what is to be
blocked there. Writes: for each language a letter to who uses a device, a notice for who uses a network, and a clause
for a contract. Cannot see: whether anybody read it, what they did then, or who they are. Words stop nothing: all that
comes back as gaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from ordinance.model.apps import Surface
from ordinance.model.law import Duty
from ordinance.model.target import (
    Artefact,
    Compiled,
    ConsumerCheck,
    Demand,
    Gap,
    OverReach,
    Plan,
    Proof,
    Setting,
    Support,
    in_order,
)
from ordinance.targets._paper_html import Frame, page
from ordinance.targets._paper_words import LANGUAGES, names_of, words_of
from ordinance.targets._papers import SAID, Audience, Paper, Part, is_said, parts_of
from ordinance.targets._settings import read_settings

_NOT_SAID: Mapping[Duty, str] = {
    Duty.BLOCK_TRAFFIC: "words-block-nothing",
    Duty.ASSESS_RISK: "work-of-the-body",
    Duty.REMOVE: "nothing-installed-there",
    Duty.DENY_INSTALL: "nothing-installed-there",
}
_LIMITS = ("words-only-ask", "must-be-handed-out")
_CODE = "(en|et|nl|fr)"


class Notice:
    """Says to people what is asked of them. No program reads it."""

    id: ClassVar[str] = "notice"
    title: ClassVar[str] = "Letters and notices"
    consumer: ClassVar[str] = "people"
    proof: ClassVar[Proof] = Proof.WORDS
    by_network: ClassVar[bool] = False
    version_field: ClassVar[str] = ""
    support: ClassVar[Mapping[tuple[Duty, Surface], Support]] = {
        (d, s): Support.PARTIAL if s in SAID.get(d, ()) else Support.NEVER for d in Duty for s in Surface
    }
    settings: ClassVar[Mapping[str, Setting]] = {
        "languages": Setting("en", rf"{_CODE}(, ?{_CODE})*", "en, et, nl or fr, or several with commas between them"),
        "contact": Setting("", r"[^\r\n]{0,200}", "who answers questions, on one line of at most 200 letters"),
        "sender": Setting("", r"[^\r\n]{0,200}", "whom the papers come from, on one line of at most 200 letters"),
    }
    gaps: ClassVar[Mapping[str, str]] = {
        "words-only-ask": "words ask people; they stop nothing, and show nothing of what anybody does",
        "must-be-handed-out": "somebody has to hand it to those whom it is for; what nobody gives them, nobody reads",
        "words-block-nothing": "a notice blocks no traffic; who uses a shared network is told of what others block",
        "work-of-the-body": "an analysis of risks is the body's own work; no paper for others does it",
        "nothing-installed-there": "only an app or a program can be installed or removed",
        "nobody-to-tell": "some of those it is for are no device, and no network that is served: no paper is for them",
    }

    def compile(self, plan: Plan, settings: Mapping[str, str], serial: int) -> Compiled:
        """Three papers a language, gaps and over-reach. Raises PolicyError (`bad-target-setting`) for settings."""
        values = read_settings(self.id, self.settings, settings)
        chosen = {code.strip() for code in values["languages"].split(",")}
        audience = Audience.of(plan)
        parts = parts_of(plan.demands, audience)
        frame = Frame(
            values["sender"].strip() or plan.body,
            values["contact"],
            plan.catalogue_version,
            plan.notice,
            names_of(plan.demands),
        )
        papers = (
            Artefact(
                f"{self.id}/{paper}-{language}.html",
                page(paper, parts[paper], audience, frame, words_of(language)),
                tuple(sorted({app for part in parts[paper] for app in part.apps})),
                _lines(paper, plan, audience),
            )
            for paper in Paper
            for language in LANGUAGES
            if language in chosen
        )
        gaps = {gap for demand in plan.demands for gap in self._gaps(demand, audience)}
        return Compiled(tuple(papers), in_order(gaps), tuple(self._over_reach(parts)))

    def checks(self, settings: Mapping[str, str]) -> tuple[ConsumerCheck, ...]:
        """None: people read it."""
        return ()

    def _gaps(self, demand: Demand, audience: Audience) -> Iterator[Gap]:
        if not is_said(demand):
            yield self._gap(demand, _NOT_SAID[demand.duty])
            return
        yield from (self._gap(demand, limit) for limit in _LIMITS)
        if not audience.all_told(demand):
            yield self._gap(demand, "nobody-to-tell")

    def _gap(self, demand: Demand, gap_id: str) -> Gap:
        reason = self.gaps[gap_id]
        return Gap(self.id, demand.restriction, demand.duty, demand.app, demand.surface, gap_id, reason)

    def _over_reach(self, parts: Mapping[Paper, tuple[Part, ...]]) -> Iterator[OverReach]:
        """Devices are described in words, which fit others too; who is only told of a network is not hit by that."""
        reason = "the words leave facts out that the rule asks for; who is in doubt asks"
        for paper in (Paper.CLAUSE, Paper.LETTER):
            if parts[paper]:
                yield OverReach(self.id, "", f"readers of the {paper} whose device fits its words alone", None, reason)


def _lines(paper: Paper, plan: Plan, audience: Audience) -> tuple[tuple[str, Duty, str, Surface, str], ...]:
    """Demands that a paper asks people for; what it only tells of is none."""
    said = (d for d in plan.demands if is_said(d) and paper in audience.places(d))
    return tuple(sorted({(d.restriction, d.duty, d.app, d.surface, d.app) for d in said}))
