# SPDX-License-Identifier: EUPL-1.2
"""Profiles of privacy law, one country a file, and what a body's settings leave open under its own.

Reads: the files beside this one, and settings. Writes: nothing; faults of the settings are issues at their lines.
Cannot know: whether a text that is stated is true, whether a notice was read, or what else the law of a country asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ordinance.catalogue.citations import Citations
from ordinance.catalogue.tables import Source, Table
from ordinance.model.body import Body
from ordinance.model.errors import Issue, PolicyError, Severity
from ordinance.model.privacy import HeldBy, PrivacyProfile, PrivacyRule, RuleKnown
from ordinance.model.time import Period
from ordinance.policy.nodes import did_you_mean
from ordinance.policy.toml_table import FILE

_SHIPPED = Path(__file__).parent
_PROFILE = "profile"  # under it Privacy.places has the line of the profile


def profile_ids() -> tuple[str, ...]:
    """The profiles that ship, sorted."""
    return tuple(sorted(p.stem for p in _SHIPPED.glob("*.toml")))


@cache
def profile(profile_id: str) -> PrivacyProfile | None:
    """A shipped profile, read once a process; `None` where there is none of that id."""
    return read_profile(_SHIPPED / f"{profile_id}.toml") if profile_id in profile_ids() else None


def read_profile(path: Path) -> PrivacyProfile:
    """A profile from a file. Raises PolicyError with every fault found, each located."""
    source = Source(path)
    top = source.top
    profile_id, name, note = (top.text(key, needed=True) for key in ("id", "name", "note"))
    cites = Citations(top)
    rules = tuple(rule for table in top.tables("rules") for rule in _rule(table, cites))
    known = cites.done()
    top.done()
    if profile_id != path.stem:
        top.fault("catalogue-file-name", f"the profile is called {profile_id!r} and its file {path.stem!r}", at="id")
    if source.issues:
        raise PolicyError(source.issues)
    return PrivacyProfile(profile_id, name, note, rules, known)


def _rule(table: Table, cites: Citations) -> Iterator[PrivacyRule]:
    known, held_by = table.choice("known", RuleKnown, needed=True), table.choice("held_by", HeldBy, needed=True)
    longest = table.text("longest")
    rule_id, asks = table.text("id", needed=True), table.text("asks", needed=True)
    more = {key: table.text(key) for key in ("issue", "how")}
    words, cited = table.texts("words"), cites.used(table)
    table.done()
    if held_by in {HeldBy.RUN, HeldBy.HEAR_FIRST} and not more["how"]:
        table.fault("catalogue-missing-key", f"{rule_id} is held by each run and does not say how")
    if held_by in {HeldBy.LINT, HeldBy.SETTINGS, HeldBy.HEAR_FIRST} and not more["issue"]:
        table.fault("catalogue-missing-key", f"{rule_id} names no message that stands for it")
    if known and held_by:
        period = Period.parse(longest) if longest else None
        yield PrivacyRule(rule_id, asks, known, held_by, cited, words=words, longest=period, **more)


# --- what the settings leave open -----------------------------------------------------------------


def privacy_issues(body: Body) -> Iterator[Issue]:
    """What a body's profile asks of its settings and they do not say, and answers to rules that are not there.

    A body that reads nothing about devices is asked nothing.
    """
    chosen = body.privacy.profile
    if not chosen:
        yield from _answers_to_nothing(body, ())
        return
    found = profile(chosen)
    if found is None:
        hint = f"one of: {', '.join(profile_ids())}"
        place = body.privacy.places.get(_PROFILE, (0, 0))
        yield Issue(FILE, *place, "unknown-privacy-profile", f'there is no privacy profile "{chosen}"', "", hint)
        return
    yield from _answers_to_nothing(body, tuple(r.id for r in found.rules))
    if body.checking.evidence_allowed:
        yield from _nobody_informed(body, found)
        yield from _council_not_informed(body, found)


def _nobody_informed(body: Body, found: PrivacyProfile) -> Iterator[Issue]:
    rule = found.rule_for("staff-not-informed")
    if rule is not None and not body.checking.informed:
        message = "nobody is on record as informed of the checking"
        hint = 'add informed = [{ who = "all staff", on = 2024-01-31, how = "e-mail with the decision" }]'
        yield _warning(body, "staff-not-informed", message, rule, hint)


def _council_not_informed(body: Body, found: PrivacyProfile) -> Iterator[Issue]:
    rule = found.rule_for("council-not-informed")
    said = [i.who.casefold() for i in body.checking.informed]
    if rule is not None and not any(word.casefold() in who for word in rule.words for who in said):
        message = "no entry of informed names the works council, or who stands for the staff"
        hint = f"add an entry whose who names one of: {', '.join(rule.words)}"
        yield _warning(body, "council-not-informed", message, rule, hint)


def _warning(body: Body, issue: str, message: str, rule: PrivacyRule, hint: str) -> Issue:
    place = body.privacy.places.get("informed") or body.privacy.places.get(_PROFILE, (0, 0))
    consequence = f"{rule.id}: {rule.asks}"
    return Issue(FILE, *place, issue, message, consequence, hint, Severity.WARNING)


def _answers_to_nothing(body: Body, rules: tuple[str, ...]) -> Iterator[Issue]:
    for one in body.privacy.answers:
        if one.rule not in rules:
            message = f'the privacy profile has no rule "{one.rule}"'
            hint = did_you_mean(one.rule, rules) or "`ordinance privacy` lists the rules of the profile"
            yield Issue(FILE, *one.place, "answer-to-no-rule", message, "", hint)
