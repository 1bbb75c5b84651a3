# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with a law that reads well: ten questions that loading alone cannot ask.

Each lint is a function from the law, the catalogue and the settings to issues; `LINTS` is the list.
Outsiders add theirs through the entry-point group `ordinance.lints`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue, Severity
from ordinance.model.estate import People
from ordinance.model.law import AtSunset, Exemption, Force, Law, Place, Selector, State, Text
from ordinance.policy import clocks
from ordinance.policy.exempt import Refusal, refusals
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.power import binding_clauses, effective_force, texts_that_advise

Lint = Callable[[Law, Catalogue, Body], Iterator[Issue]]


def lint(law: Law, catalogue: Catalogue, body: Body) -> tuple[Issue, ...]:
    """Every issue that the lints find, sorted by place. Library texts are linted by the release."""
    return tuple(sorted(chain.from_iterable(one(law, catalogue, body) for one in LINTS)))


def _issue(
    place: Place, issue_id: str, message: str, hint: str = "", *, consequence: str = "", warning: bool = False
) -> Issue:
    severity = Severity.WARNING if warning else Severity.ERROR
    return Issue(place.file, place.line, place.column, issue_id, message, consequence, hint, severity)


def _own(law: Law) -> tuple[Text, ...]:
    return tuple(t for t in law.texts if not t.shipped)


def unknown_app(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """A clause or exemption names a family or app that the catalogue does not know."""
    places = chain(
        ((r.what, r.place) for t in _own(law) for r in t.restrictions),
        ((e.what, e.place) for e in law.exemptions),
    )
    for what, place in places:
        for selector in (leaf for s in what for leaf in s.leaves()):
            yield from _unknown_selector(selector, place, catalogue)


def _unknown_selector(selector: Selector, place: Place, catalogue: Catalogue) -> Iterator[Issue]:
    families = [f.id for f in catalogue.families]
    if selector.family is not None and catalogue.family(selector.family) is None:
        hint = did_you_mean(selector.family, families)
        yield _issue(
            place,
            "unknown-family",
            f'family "{selector.family}" is not in the catalogue',
            f"{hint} `ordinance apps` lists the catalogue".strip(),
            consequence="restricts nothing as written",
        )
    if selector.app is not None and catalogue.member(selector.app) is None:
        members = [f"{f.id}/{m.id}" for f in catalogue.families for m in f.members]
        hint = did_you_mean(selector.app, members)
        yield _issue(
            place,
            "unknown-app",
            f'app "{selector.app}" is not in the catalogue',
            f"{hint} `ordinance apps` lists the catalogue".strip(),
            consequence="restricts nothing as written",
        )


def unknown_text(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """A text mirrors, or an answer answers, a text that nobody has."""
    known = {t.id for t in law.texts}
    for text in _own(law):
        for mirrored in text.mirrors:
            if mirrored not in known:
                yield _issue(text.place, "unknown-text", f'no text "{mirrored}"', did_you_mean(mirrored, known))
    for answer in law.answers:
        if answer.text not in known:
            yield _issue(answer.place, "unknown-text", f'no text "{answer.text}"', did_you_mean(answer.text, known))


def mirrors_itself(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """A text that mirrors itself, directly or round a circle, is a baseline for nothing."""
    mirrors = {t.id: t.mirrors for t in law.texts}
    for text in _own(law):
        trail, todo = {text.id}, list(text.mirrors)
        while todo:
            found = todo.pop()
            if found == text.id:
                yield _issue(text.place, "mirrors-itself", f'"{text.id}" mirrors itself')
                break
            if found not in trail:
                trail.add(found)
                todo.extend(mirrors.get(found, ()))


def force_exceeds_power(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """A clause says it binds people whom its authority cannot bind."""
    for text in _own(law):
        authority = law.authority(text.authority)
        for clause in text.restrictions if authority else ():
            forces = {
                effective_force(clause, authority, law, name, who)[0]
                for name in (clause.addressees or {text.authority})
                for who in (clause.people or frozenset(People))
                if authority
            }
            if clause.force is Force.BINDING and Force.BINDING not in forces:
                yield _issue(
                    clause.place,
                    "force-exceeds-power",
                    f'"{text.authority}" cannot bind those this clause addresses',
                    "state the power under binds: in authorities.yaml with its source, or make it advice",
                    consequence="counts as advice at most",
                )


def loosens_bound_rule(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """A body takes over a text that binds it and leaves out one of its clauses: it stays bound, whatever it writes."""
    binding = {f"{t.id}/{r.id}" for t, r in binding_clauses(law, (law.body,)) if t.authority != law.body}
    for text in _own(law):
        for adoption in text.adopts:
            for change in adoption.changes:
                if change.replacement is None and f"{adoption.text}/{change.restriction}" in binding:
                    yield _issue(
                        adoption.place,
                        "loosens-bound-rule",
                        f'"{adoption.text}/{change.restriction}" binds "{law.body}" and cannot be left out',
                        "take the change out; the clause holds anyway",
                    )


def duplicate_ids(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """Two texts with one id and version or of two authorities, two clauses or two exemptions with one id."""
    texts: dict[tuple[str, str], Place] = {}
    first_of: dict[str, Text] = {}
    for text in sorted(law.texts, key=lambda t: not t.shipped):
        key = (text.id, text.version)
        if key in texts:
            yield _issue(text.place, "duplicate-id", f'"{text.id}" version {text.version} is also in {texts[key].file}')
        texts.setdefault(key, text.place)
        first = first_of.setdefault(text.id, text)
        if not text.shipped and first.authority != text.authority:
            yield _issue(
                text.place,
                "duplicate-id",
                f'"{text.id}" is the id of a text of "{first.authority}"',
                "choose another id: only an authority itself gives its text another version",
            )
        clauses: set[str] = set()
        for clause in text.restrictions:
            if clause.id in clauses:
                yield _issue(clause.place, "duplicate-id", f'there is a clause "{clause.id}" already')
            clauses.add(clause.id)
    exemptions: set[str] = set()
    for exemption in law.exemptions:
        if exemption.id in exemptions:
            yield _issue(exemption.place, "duplicate-id", f'there is an exemption "{exemption.id}" already')
        exemptions.add(exemption.id)


def sunset_unsaid(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """A clause with an end must say what silence means then; an overlay must end by itself."""
    for text in _own(law):
        for clause in text.restrictions:
            ends = clause.term is not None or clause.last_day is not None
            if ends and clause.at_sunset is None:
                yield _issue(
                    clause.place,
                    "sunset-unsaid",
                    "the clause ends, but not what silence means then",
                    "add at_sunset: lapse, decide or permanent",
                )
            if text.overlay and not (ends and clause.at_sunset is AtSunset.LAPSE):
                yield _issue(
                    clause.place,
                    "overlay-without-end",
                    "an incident overlay ends by itself: it needs for: or last_day: and at_sunset: lapse",
                )


def due_after_end(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """A duty that falls due when its clause is over can never be failed or met."""
    for text in _own(law):
        for clause in text.restrictions:
            end = clocks.ends_at(law, text, clause)
            for duty, due in clocks.duties_due(law, text, clause):
                if end is not None and due >= end:
                    yield _issue(
                        clause.place,
                        "due-after-end",
                        f"{duty} is due on {due.date()}, when the clause has ended",
                        consequence="nobody can fail or meet this duty",
                        warning=True,
                    )


def never_in_force(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """A text with clauses whose lifecycle never reaches `in_force`."""
    for text in _own(law):
        if text.restrictions and not any(s.state is State.IN_FORCE for s in text.lifecycle):
            yield _issue(
                text.place,
                "never-in-force",
                f'"{text.id}" is never in force as written',
                "add {state: in_force, from: …} when it is decided",
                warning=True,
            )


def exemption_not_allowed(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """An exemption from a clause whose text does not admit it, or from no clause at all."""
    clauses: dict[str, list[Text]] = {}
    for text in law.texts:
        for clause in text.restrictions:
            clauses.setdefault(f"{text.id}/{clause.id}", []).append(text)
    for exemption in law.exemptions:
        for name in sorted(exemption.restrictions):
            if name not in clauses:
                hint = did_you_mean(name, clauses)
                yield _issue(exemption.place, "unknown-restriction", f'no clause "{name}"', hint)
            for refusal in _refused_by_all(law, exemption, name, clauses.get(name, [])):
                yield _issue(exemption.place, refusal.id, refusal.why, consequence="the exemption does not count")


def _refused_by_all(law: Law, exemption: Exemption, clause: str, versions: list[Text]) -> tuple[Refusal, ...]:
    """Why no version of a text that is in force during the exemption admits it."""
    meant = [t for t in versions if any(s.overlaps(exemption.span) for s in clocks.spans_in_force(law, t))]
    found = [refusals(law, exemption, t, clause) for t in meant or versions]
    return found[-1] if found and all(found) else ()


def advice_unanswered(law: Law, catalogue: Catalogue, body: Body) -> Iterator[Issue]:
    """Advice that reaches the body and that it neither answered, nor mirrors, nor adopted."""
    settled = {a.text for a in law.answers}
    for text in _own(law):
        settled |= set(text.mirrors) | {a.text for a in text.adopts}
    for text in texts_that_advise(law):
        if text.id not in settled:
            settled.add(text.id)
            yield _issue(
                Place("answers"),
                "advice-unanswered",
                f'nobody has answered "{text.id}" ({text.title})',
                f"write answers/{text.id}.yaml: adopted, mitigated, declined or pending",
                warning=True,
            )


LINTS: tuple[Lint, ...] = (
    unknown_app,
    unknown_text,
    mirrors_itself,
    force_exceeds_power,
    loosens_bound_rule,
    duplicate_ids,
    sunset_unsaid,
    due_after_end,
    never_in_force,
    exemption_not_allowed,
    advice_unanswered,
)
