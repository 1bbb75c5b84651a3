# SPDX-License-Identifier: EUPL-1.2
"""A text of the law to read: authority and power, decision, life, clauses, exemptions, and what nobody read of it.

Reads: one version of a text, its authority and the names. What the text does not say is said to be unsaid; what was not
read is said to be unread; what the language cannot express stands in the words of who entered it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ordinance.model.law import (
    EVERY_DEVICE,
    Allowance,
    Authority,
    Clock,
    Consequence,
    Dimension,
    Freedom,
    Power,
    Restarts,
    Restriction,
    Stage,
    State,
    Text,
    TextKind,
    UpwardDuty,
)
from ordinance.report.language.messages import as_words
from ordinance.report.language.paragraphs import Paragraph, filled
from ordinance.report.language.phrases import Phrases, wanted_conditions

_NOT_EXPRESSIBLE = "not_expressible"
_ABOUT = {str(d): d for d in Dimension} | {"criteria": Dimension.WHAT, "lists": Dimension.WHAT}


def read_aloud(text: Text, authority: Authority, phrases: Phrases) -> tuple[Paragraph, ...]:
    """A text as its decision reads, paragraph by paragraph."""
    return _Reading(text, authority, phrases).paragraphs()


class _Reading:
    """One version of a text in one language."""

    def __init__(self, text: Text, authority: Authority, phrases: Phrases) -> None:
        self.text, self.authority, self.phrases = text, authority, phrases
        self.messages = phrases.messages

    def paragraphs(self) -> tuple[Paragraph, ...]:
        parts = (
            ("authority", self._authority()),
            ("decided", self._decided()),
            ("reasons", iter(self.text.reasons)),
            ("life", self._life()),
        )
        after = (
            ("free", (s for f in self.text.leaves_free for s in self._free(f))),
            ("exemptions", self._exemptions()),
            ("upward", self._upward()),
            ("readings", self._readings()),
            ("lists", self._lists()),
            ("members", iter(self.text.members)),
            ("not_read", self._not_read()),
            ("not_expressible", self._not_expressible()),
            ("sources", self._sources()),
        )
        clauses = (self._clause(r) for r in self.text.restrictions)
        return filled((*self._headed(parts), *clauses, *self._headed(after)))

    def _headed(self, parts: Iterable[tuple[str, Iterable[str]]]) -> Iterator[Paragraph]:
        for about, said in parts:
            yield Paragraph(about, self.messages.word("head", about), tuple(said))

    # --- authority, decision, life ----------------------------------------------------------------

    def _authority(self) -> Iterator[str]:
        yield self.messages.say(f"kind_{self.text.kind}", authority=self.authority.name)
        if self.authority.country:
            yield self.messages.say("country", country=self.authority.country)
        if self.text.kind in {TextKind.COLLECTION, TextKind.NO_DECISION}:
            return
        for sentence, powers in (("power_binds", self.authority.binds), ("power_advises", self.authority.advises)):
            for power in powers:
                yield self._power(sentence, power)
        if not self.authority.binds:
            yield self.messages.say("power_own")

    def _power(self, sentence: str, power: Power) -> str:
        bodies = self.phrases.bodies(power.institutions)
        if not power.populations:
            return self.messages.say(sentence, bodies=bodies)
        people = self.messages.words("people", power.populations)
        return self.messages.say(f"{sentence}_people", bodies=bodies, people=people)

    def _decided(self) -> Iterator[str]:
        text = self.text
        if text.decided is None:
            yield self.messages.say("decided_unknown")
        else:
            yield self.messages.say("decided", day=self.messages.day(text.decided, text.decided_known_to))
        if text.instrument:
            yield self.messages.say("instrument", text=text.instrument)
        if text.legal_basis:
            yield self.messages.say("legal_basis", text=text.legal_basis)
        if text.advised_by:
            yield self.messages.say("advised_by", names=self.messages.all_of(map(self._by, text.advised_by)))
        if text.mirrors:
            yield self.messages.say("mirrors", texts=self.messages.all_of(text.mirrors))
        if text.adopts:
            yield self.messages.say("adopts", texts=self.messages.all_of(a.text for a in text.adopts))
        if text.overlay:
            yield self.messages.say("overlay")

    def _by(self, name: str) -> str:
        return self.phrases.authority(name)

    def _life(self) -> Iterator[str]:
        for stage in self.text.lifecycle:
            yield self._stage(stage)
        if self.text.kind.rules and all(s.state is not State.IN_FORCE for s in self.text.lifecycle):
            yield self.messages.say("force_unknown")
        review = self.text.review
        if review and review.due is not None:
            yield self.messages.say("review_due", day=self.messages.day(review.due))
        if review and review.trigger is not None:
            yield self.messages.say("review_trigger", trigger=self.messages.word("trigger", review.trigger))

    def _stage(self, stage: Stage) -> str:
        day = self.messages.instant(stage.start, self.authority.zone, stage.known_to)
        said = self.messages.say(f"state.{stage.state}", day=day)
        return f"{said} {self.messages.say('superseded_by', text=stage.by)}" if stage.by else said

    # --- clauses ----------------------------------------------------------------------------------

    def _clause(self, clause: Restriction) -> Paragraph:
        heading = self.messages.phrase("head.clauses", id=clause.id, force=self.messages.word("force", clause.force))
        said = (
            *self._whom(clause),
            *self._what(clause),
            *(self._duty(str(duty), clock) for duty, clock in clause.duties),
            *self._term(clause),
            *self._besides(clause),
        )
        return Paragraph(f"clause {clause.id}", heading, said)

    def _whom(self, clause: Restriction) -> Iterator[str]:
        if clause.addressees:
            yield self.messages.say("clause_addressees", bodies=self.phrases.bodies(clause.addressees))
        else:
            yield self.messages.say("clause_own")
        if clause.people:
            yield self.messages.say("clause_people", people=self.messages.words("people", clause.people))
        else:
            unread = Dimension.PEOPLE in self.text.not_read
            yield self.messages.say("clause_people_unread" if unread else "clause_people_all")
        for table, words in (("network", clause.networks), ("place", clause.places), ("account", clause.accounts)):
            if words:
                yield self.messages.say(f"clause_{table}s", names=self.messages.words(table, words))
        if clause.speaks_of_devices:
            if clause.devices == EVERY_DEVICE:
                unread = Dimension.DEVICES in self.text.not_read
                yield self.messages.say("clause_devices_unread" if unread else "clause_devices_all")
            else:
                yield self.messages.say("clause_devices", scope=self.phrases.scope(clause.devices))
        for parameter, choices in clause.under:
            said = self.messages.any_of(self.phrases.quoted(as_words(c)) for c in sorted(choices))
            yield self.messages.say("clause_under", parameter=as_words(parameter), choices=said)

    def _what(self, clause: Restriction) -> Iterator[str]:
        yield self.messages.say("clause_what", what=self.phrases.selectors(clause.what))
        yield self.messages.say("clause_surfaces", surfaces=self.phrases.surfaces(clause.surfaces))

    def _duty(self, duty: str, clock: Clock) -> str:
        said = self.messages.word("duty", duty)
        if clock.within is not None and clock.after_list:
            restarts = self.messages.word("restarts", clock.restarts or Restarts.ADDED)
            period = self.messages.period(clock.within)
            return self.messages.say("clock_list", duty=said, period=period, restarts=restarts)
        if clock.within is not None:
            return self.messages.say("clock_within", duty=said, period=self.messages.period(clock.within))
        if clock.by is not None:
            return self.messages.say("clock_by", duty=said, day=self.messages.day(clock.by))
        if clock.at is not None:
            return self.messages.say("clock_by", duty=said, day=self.messages.instant(clock.at, self.authority.zone))
        return self.messages.say("clock_at_once", duty=said)

    def _term(self, clause: Restriction) -> Iterator[str]:
        if clause.start is not None:
            yield self.messages.say("clause_from", day=self.messages.instant(clause.start, self.authority.zone))
        if clause.term is not None:
            yield self.messages.say("clause_for", period=self.messages.period(clause.term))
        elif clause.last_day is not None:
            yield self.messages.say("clause_last_day", day=self.messages.day(clause.last_day))
        elif Dimension.DURATION not in self.text.not_read:
            yield self.messages.say("clause_no_end")
        if clause.at_sunset is not None and (clause.term is not None or clause.last_day is not None):
            yield self.messages.word("at_sunset", clause.at_sunset)
        if clause.renewal_needs:
            yield self.messages.say("clause_renewal", needs=self.phrases.needs(clause.renewal_needs))

    def _besides(self, clause: Restriction) -> Iterator[str]:
        if clause.replace_with:
            yield self.messages.say("clause_replace", what=self.phrases.selectors(clause.replace_with))
        if clause.alternatives:
            yield self.messages.say("clause_alternatives", what=self.phrases.selectors(clause.alternatives))
        if clause.consequences:
            said = (self.messages.word("consequence", c) for c in Consequence if c in clause.consequences)
            yield self.messages.say("clause_consequences", consequences=self.messages.listed(said))
        if clause.evidence_allowed:
            evidence = self.messages.words("evidence", clause.evidence_allowed)
            yield self.messages.say("clause_evidence", evidence=evidence)
        elif clause.evidence_allowed is not None:
            yield self.messages.say("clause_no_evidence")

    def _free(self, free: Freedom) -> Iterator[str]:
        if free.what:
            yield self.messages.say("free_what", what=self.phrases.selectors(free.what))
        if free.surfaces:
            yield self.messages.say("clause_surfaces", surfaces=self.phrases.surfaces(free.surfaces))
        if free.devices != EVERY_DEVICE:
            yield self.messages.say("clause_devices", scope=self.phrases.scope(free.devices))
        if free.people:
            yield self.messages.say("free_people", people=self.messages.words("people", free.people))
        if free.accounts:
            yield self.messages.say("clause_accounts", names=self.messages.words("account", free.accounts))

    # --- exemptions, reports upwards --------------------------------------------------------------

    def _exemptions(self) -> Iterator[str]:
        text = self.text
        if text.no_exemptions:
            yield self.messages.say("exemptions_none")
        elif not text.allowances and text.restrictions:
            unread = Dimension.EXEMPTIONS_ALLOWED in text.not_read
            yield self.messages.say("exemptions_unread" if unread else "exemptions_silent")
        for allowance in text.allowances:
            yield from self._allowance(allowance)

    def _allowance(self, found: Allowance) -> Iterator[str]:
        yield self.messages.say("allow_for", purposes=self.phrases.purposes(found.purposes))
        if found.restrictions:
            yield self.messages.say("allow_clauses", clauses=self.messages.all_of(sorted(found.restrictions)))
        if not found.approver:
            yield self.messages.say("allow_approver_unread")
        else:
            sentence = "allow_approver_delegable" if found.delegable else "allow_approver"
            yield self.messages.say(sentence, approver=self._office(found.approver))
        if found.longest is None:
            yield self.messages.say("allow_no_longest")
        else:
            yield self.messages.say("allow_longest", period=self.messages.period(found.longest))
        yield self.messages.say("allow_blanket" if found.blanket else "allow_named")
        if wanted := wanted_conditions(found):
            yield self.messages.say("allow_conditions", conditions=self.phrases.conditions(wanted))
        if found.consulted:
            names = self.messages.all_of(self._office(c) for c in sorted(found.consulted))
            yield self.messages.say("allow_consulted", names=names)
        if found.report_to and found.report_within is not None:
            period = self.messages.period(found.report_within)
            yield self.messages.say("allow_report_within", to=self._office(found.report_to), period=period)
        elif found.report_to:
            yield self.messages.say("allow_report", to=self._office(found.report_to))

    def _office(self, name: str) -> str:
        """An authority by its name; an office, whose id people chose, between quotation marks."""
        known = self.phrases.authorities.get(name)
        return known or self.phrases.quoted(as_words(name))

    def _upward(self) -> Iterator[str]:
        if self.text.no_upward:
            yield self.messages.say("upward_none")
        elif Dimension.UPWARD in self.text.not_read and not self.text.upward:
            yield self.messages.say("upward_unread")
        elif not self.text.upward and self.text.restrictions:
            yield self.messages.say("upward_silent")
        for duty in self.text.upward:
            yield self._upward_duty(duty)

    def _upward_duty(self, duty: UpwardDuty) -> str:
        names = {"to": self._office(duty.to), "what": self.messages.word("upward", duty.what)}
        clock = duty.clock
        if clock.within is not None:
            return self.messages.say("upward_within", **names, period=self.messages.period(clock.within))
        if clock.by is not None:
            return self.messages.say("upward_by", **names, day=self.messages.day(clock.by))
        if clock.at is not None:
            return self.messages.say("upward_by", **names, day=self.messages.instant(clock.at, self.authority.zone))
        return self.messages.say("upward_at_once", **names)

    # --- readings, lists, and what is not known ---------------------------------------------------

    def _readings(self) -> Iterator[str]:
        for one in self.text.parameters:
            choices = self.messages.any_of(self.phrases.quoted(as_words(c)) for c in sorted(one.choices))
            yield self.messages.say("parameter", parameter=as_words(one.id), choices=choices)

    def _lists(self) -> Iterator[str]:
        for one in self.text.lists:
            yield self.messages.say("list_by", list=one.id, by=self._by(one.by))
            if one.not_read:
                yield self.messages.say("list_not_read")
            for version in one.versions:
                day = self.messages.instant(version.start, self.authority.zone)
                items = self.phrases.selectors(version.items)
                yield self.messages.say("list_version", version=version.version, day=day, items=items)
        for criterion in self.text.criteria:
            otherwise = self.messages.word("otherwise", criterion.otherwise)
            yield self.messages.say("criterion", criterion=as_words(criterion.id), otherwise=otherwise)
            if criterion.met_by:
                yield self.messages.say("criterion_met", what=self.phrases.selectors(criterion.met_by))

    def _not_read(self) -> Iterator[str]:
        if self.text.not_read:
            parts = (self.messages.word("dimension", d) for d in Dimension if d in self.text.not_read)
            yield self.messages.say("not_read", parts=self.messages.listed(parts))

    def _not_expressible(self) -> Iterator[str]:
        for n, one in enumerate(self.text.not_expressible):
            dimension = self.messages.word("dimension", one.dimension)
            is_general = f"{_NOT_EXPRESSIBLE}.{n}" in self.text.general_knowledge
            sentence = "not_expressible_general" if is_general else "not_expressible"
            yield self.messages.say(sentence, dimension=dimension, reason=one.reason.strip())

    def _part(self, path: str) -> str:
        """What a path of the file is about, and the path."""
        about = _ABOUT.get(path.partition(".")[0])
        return f"{self.messages.word('dimension', about)} ({path})" if about else path

    def _sources(self) -> Iterator[str]:
        text = self.text
        if text.confidence is not None:
            yield self.messages.say("confidence", confidence=self.messages.word("confidence", text.confidence))
        if general := [p for p in text.general_knowledge if not p.startswith(f"{_NOT_EXPRESSIBLE}.")]:
            yield self.messages.say("general_knowledge", parts=self.messages.listed(map(self._part, general)))
        if text.invented:
            yield self.messages.say("invented", parts=self.messages.listed(text.invented))
        for cite in text.cites:
            if cite.retrieved is None:
                yield self.messages.say("source", title=cite.title, url=cite.url)
            else:
                day = self.messages.day(cite.retrieved)
                yield self.messages.say("source_seen", title=cite.title, url=cite.url, day=day)
