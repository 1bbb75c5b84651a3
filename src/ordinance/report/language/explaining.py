# SPDX-License-Identifier: EUPL-1.2
"""A ruling in plain sentences: who decided, since when, until when, what it asks, why it applies, what would change it.

Reads: one case (`model.explained`) and the names. Decides nothing: each sentence says what a field says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from ordinance.model.explained import Alternative, AnsweredAdvice, Case, Rule
from ordinance.model.kleene import Truth
from ordinance.model.law import Allowance, Dimension, Force, Precision
from ordinance.model.ruling import Outcome, Standing, Subject
from ordinance.report.language.messages import Messages, When, as_words
from ordinance.report.language.paragraphs import Paragraph, filled
from ordinance.report.language.phrases import Phrases, wanted_conditions

_DUTIES_OWED = {Outcome.FORBIDDEN}
_ENDED = re.compile(r"(.+) is no longer in force")
_NEWER = re.compile(r"(.+) has a newer version, (.+)")


def explained(case: Case, phrases: Phrases) -> tuple[Paragraph, ...]:
    """What somebody can read out to a works council, paragraph by paragraph."""
    return _Explaining(case, phrases).paragraphs()


class _Explaining:
    """One case in one language."""

    def __init__(self, case: Case, phrases: Phrases) -> None:
        self.case, self.phrases = case, phrases
        self.messages: Messages = phrases.messages
        about = [r for r in case.rules if _speaks_of(r, case.subject)]
        self.counting = sorted((r for r in about if _counts(r)), key=self._rank)
        self.others = [r for r in about if not _counts(r)]

    def _rank(self, rule: Rule) -> tuple[bool, bool, int, str]:
        reason = rule.reason
        strength = reason.force.strength if reason.force else 0
        first = reason.clause == self.case.ruling.deciding
        return not first, reason.in_scope is not Truth.TRUE, -strength, reason.clause

    def paragraphs(self) -> tuple[Paragraph, ...]:
        parts = (
            ("outcome", self._outcome()),
            ("why", (s for r in self.counting for s in self._rule(r))),
            ("missing", self._missing()),
            ("duties", self._duties()),
            ("exemption", self._exemption()),
            ("advice", (s for a in self.case.advice for s in self._advice(a))),
            ("others", self._others()),
            ("changes", self._changes()),
            ("notes", self._notes()),
        )
        return filled(Paragraph(about, self._head(about), tuple(said)) for about, said in parts)

    def _head(self, about: str) -> str:
        """The heading of a paragraph; what is contested is neither a fact that is missing nor said to be advice."""
        missing = self.case.ruling.missing
        contested = (about == "missing" and any(map(_is_reading, missing))) or (
            about == "advice" and any(a.contested for a in self.case.advice)
        )
        return self.messages.word("head", f"{about}_contested" if contested else about)

    # --- the outcome, and the clauses -------------------------------------------------------------

    def _outcome(self) -> Iterator[str]:
        case, ruling = self.case, self.case.ruling
        contested = bool(ruling.missing) and all(map(_is_reading, ruling.missing))
        said = "outcome_contested" if contested else f"outcome_{ruling.outcome}"
        if not case.runs:
            where = self.phrases.where(case.subject, case.name)
            surface = self.messages.word("surface", ruling.surface)
            yield self.messages.say("not_on_platform", app=case.app, surface=surface, where=where)
            return
        yield self.messages.say(
            said,
            app=case.app,
            surface=self.messages.word("surface", ruling.surface),
            where=self.phrases.where(case.subject, case.name),
            at=self.messages.instant(ruling.at, case.zone),
        )

    def _named(self, rule: Rule) -> dict[str, object]:
        force = rule.reason.force or rule.restriction.force
        return {
            "authority": self.phrases.authority(rule.reason.authority),
            "title": rule.text.title,
            "clause": rule.reason.clause,
            "force": self.messages.word("force", force),
        }

    def _rule(self, rule: Rule) -> Iterator[str]:
        reason, names = rule.reason, self._named(rule)
        if reason.in_scope is Truth.UNKNOWN:
            yield self.messages.say("rule_perhaps", **names)
        else:
            names.pop("force")
            yield self.messages.say(f"rule_{reason.force}", **names)
        yield from self._term(rule)
        if reason.in_scope is Truth.TRUE:
            yield from self._covering(rule)
        yield from self._to_be_decided(reason.to_be_decided)

    def _term(self, rule: Rule) -> Iterator[str]:
        reason, zone = rule.reason, self.case.zone
        if reason.since is None:
            return
        since = self._beginning(reason.since, reason.since_known_to)
        if reason.until is None:
            is_read = Dimension.DURATION not in rule.text.not_read
            yield self.messages.say("term_open" if is_read else "term_unread", since=since)
            return
        yield self.messages.say("term_until", since=since, until=self.messages.end(reason.until, zone))
        if rule.restriction.at_sunset:
            yield self.messages.word("at_sunset", rule.restriction.at_sunset)
        if rule.restriction.renewal_needs:
            yield self.messages.say("renewal", needs=self.phrases.needs(rule.restriction.renewal_needs))

    def _beginning(self, since: datetime, known_to: Precision) -> When:
        """When a clause began, as exactly as it is known; a month or a year is its authority's own."""
        if known_to is Precision.DAY:
            return self.messages.instant(since, self.case.zone)
        return self.messages.day(since.date(), known_to)

    def _covering(self, rule: Rule) -> Iterator[str]:
        if self.case.subject is not Subject.DEVICE:
            yield self.messages.say("because_subject", subject=self.messages.word(self.case.subject, self.case.name))
        elif rule.deciding:
            yield self.messages.say("because", facts=self._stated(rule.deciding))
        else:
            yield self.messages.say("because_every")

    def _stated(self, facts: Iterable[tuple[str, str]]) -> str:
        return self.messages.listed(self.phrases.stated(fact, word) for fact, word in facts)

    def _to_be_decided(self, said: str) -> Iterator[str]:
        if found := _ENDED.fullmatch(said):
            yield self.messages.say("to_be_decided_ended", text=found[1])
        elif found := _NEWER.fullmatch(said):
            yield self.messages.say("to_be_decided_newer", text=found[1], version=found[2])

    def _others(self) -> Iterator[str]:
        at = self.messages.instant(self.case.ruling.at, self.case.zone)
        for rule in self.others:
            reason, names = rule.reason, self._named(rule)
            if reason.standing is Standing.IN_FORCE:
                yield self.messages.say("rule_not_covering", **names)
                if rule.deciding:
                    yield self.messages.say("because_not", facts=self._stated(rule.deciding))
                continue
            standing = self.messages.word("standing", reason.standing)
            yield self.messages.say("rule_standing", **names, at=at, standing=standing)
            if reason.standing is Standing.NOT_YET_IN_FORCE and reason.since is not None:
                day = self._beginning(reason.since, reason.since_known_to)
                yield self.messages.say("rule_begins", day=day)
        for rule in self.case.divergences:
            names = self._named(rule)
            names.pop("force")
            yield self.messages.say("divergence", **names)

    def _missing(self) -> Iterator[str]:
        if self.case.ruling.missing:
            readings = [self.phrases.missing(m) for m in self.case.ruling.missing if _is_reading(m)]
            facts = [self.phrases.missing(m) for m in self.case.ruling.missing if not _is_reading(m)]
            if readings:
                yield self.messages.say("not_chosen", readings=self.messages.listed(readings))
            if facts:
                yield self.messages.say("missing", facts=self.messages.listed(facts))

    # --- duties, exemptions, advice ---------------------------------------------------------------

    def _duties(self) -> Iterator[str]:
        if not self.case.runs:
            return
        reasons = {r.reason.clause: r.reason for r in self.case.rules}
        for due in self.case.ruling.duties:
            duty, reason = self.messages.word("duty", due.duty), reasons.get(due.restriction)
            if reason is not None and reason.since is not None and due.due <= reason.since:
                day = self._beginning(reason.since, reason.since_known_to)
                yield self.messages.say("duty_at_once", duty=duty, day=day)
            else:
                yield self.messages.say("duty_by", duty=duty, day=self.messages.end(due.due, self.case.zone))
        if self.case.ruling.outcome in _DUTIES_OWED and not self.case.ruling.duties:
            yield self.messages.say("duties_none")

    def _exemption(self) -> Iterator[str]:
        found = self.case.exemption
        if found is None:
            if self.case.ruling.outcome is Outcome.FORBIDDEN and self.case.runs:
                yield from self._possible()
            return
        yield self.messages.say(
            "exemption",
            id=found.id,
            purpose=as_words(found.purpose),
            approver=as_words(found.approver),
            approved=self.messages.day(found.approved),
            until=self.messages.day(found.last_day),
        )
        if found.delegate:
            yield self.messages.say("exemption_delegate", delegate=as_words(found.delegate))
        if found.conditions:
            yield self.messages.say("conditions", conditions=self.phrases.conditions(found.conditions))
            yield self.messages.say("conditions_check")

    def _possible(self) -> Iterator[str]:
        """Whether the texts that forbid would allow an exemption."""
        binding = [r for r in self.counting if r.reason.force is Force.BINDING and r.reason.in_scope is Truth.TRUE]
        for text in {r.text.id: r.text for r in binding}.values():
            title = text.title
            if text.no_exemptions:
                yield self.messages.say("exemption_impossible", title=title)
            elif Dimension.EXEMPTIONS_ALLOWED in text.not_read:
                yield self.messages.say("exemption_not_read", title=title)
            elif not text.allowances:
                yield self.messages.say("exemption_not_said", title=title)
            for allowance in text.allowances:
                yield from self._allowance(title, allowance)

    def _allowance(self, title: str, allowance: Allowance) -> Iterator[str]:
        yield self.messages.say("exemption_possible", title=title, purposes=self.phrases.purposes(allowance.purposes))
        if allowance.approver:
            yield self.messages.say("exemption_approver", approver=as_words(allowance.approver))
        else:
            yield self.messages.say("exemption_approver_unread")
        if allowance.longest is not None:
            yield self.messages.say("exemption_longest", period=self.messages.period(allowance.longest))
        if wanted := wanted_conditions(allowance):
            yield self.messages.say("exemption_conditions", conditions=self.phrases.conditions(wanted))

    def _advice(self, found: AnsweredAdvice) -> Iterator[str]:
        names = {"authority": self.phrases.authority(found.text.authority), "title": found.text.title}
        answer = found.answer
        if answer is None:
            yield self.messages.say("answer_none_contested" if found.contested else "answer_none", **names)
            return
        said, on = self.messages.word("answer", answer.answer), self.messages.day(answer.on)
        key = "answer_contested" if found.contested else "answer"
        yield self.messages.say(key, **names, answer=said, on=on, by=answer.by)
        if answer.reasons:
            yield self.messages.say("answer_reasons", reasons=" ".join(answer.reasons))
        if answer.mitigations:
            yield self.messages.say("answer_mitigations", mitigations=" ".join(m.what for m in answer.mitigations))
        if any(m.is_checked for m in answer.mitigations):
            yield self.messages.say("answer_mitigations_checked")
        if answer.next_review is not None:
            yield self.messages.say("answer_review", day=self.messages.day(answer.next_review))

    # --- what would change it ---------------------------------------------------------------------

    def _changes(self) -> Iterator[str]:
        if not self.case.runs:
            return
        found = self.case.alternatives
        if self.case.subject is Subject.DEVICE and not any(a.scope for a in found):
            yield self.messages.say("change_none")
        for alternative in found:
            yield self._change(alternative)

    def _change(self, found: Alternative) -> str:
        outcome = self.messages.word("outcome", found.outcome)
        if found.scope is not None:
            return self.messages.say("change_fact", facts=self.phrases.scope(found.scope), outcome=outcome)
        if found.at is not None:
            day = self.messages.instant(found.at, self.case.zone)
            return self.messages.say("change_time", day=day, outcome=outcome)
        titles = {r.text.id: r.text.title for r in self.case.rules}
        return self.messages.say(
            "change_reading",
            parameter=as_words(found.parameter),
            title=titles.get(found.text, found.text),
            choice=as_words(found.choice),
            outcome=outcome,
        )

    def _notes(self) -> Iterator[str]:
        texts = {r.text.id: r.text for r in self.counting}
        quoted = [*(r.text for r in (*self.counting, *self.others, *self.case.divergences))]
        quoted = list({(t.id, t.version): t for t in (*quoted, *(a.text for a in self.case.advice))}.values())
        invented = [f"{t.id} ({', '.join(t.invented)})" for t in quoted if t.invented]
        answers = [(a.text.id, a.answer.invented) for a in self.case.advice if a.answer]
        invented += [f"answers/{name} ({', '.join(paths)})" for name, paths in answers if paths]
        if invented:
            yield self.messages.say("invented", parts=self.messages.listed(invented))
        known = [f"{t.id} ({', '.join(t.general_knowledge)})" for t in texts.values() if t.general_knowledge]
        if known:
            yield self.messages.say("general_knowledge", parts=self.messages.listed(known))
        if self.case.notice:
            yield self.case.notice


def _is_reading(missing: str) -> bool:
    """Whether what is missing is a choice of the body's: no fact of a device."""
    return missing.startswith("reading ")


def _speaks_of(rule: Rule, subject: Subject) -> bool:
    named = {
        Subject.DEVICE: rule.restriction.speaks_of_devices,
        Subject.NETWORK: bool(rule.restriction.networks),
        Subject.PLACE: bool(rule.restriction.places),
        Subject.ACCOUNT: bool(rule.restriction.accounts),
    }
    return named[subject]


def _counts(rule: Rule) -> bool:
    return rule.reason.standing is Standing.IN_FORCE and rule.reason.in_scope is not Truth.FALSE
