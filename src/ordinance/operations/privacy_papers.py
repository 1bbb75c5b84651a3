# SPDX-License-Identifier: EUPL-1.2
"""`privacy`: what a body's settings say of the processing that a check is, for its own papers.

Reads: settings, rules in force, the catalogue's identifiers, what each reader declares of itself, and of findings/
whether somebody decided before the person was heard; opens no source.
Writes: one document; what nobody stated is listed as such and never filled. Cannot know: whether what is stated is
true, or whether the processing is proportionate: that is for people to say.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from inspect import cleandoc
from typing import Any

from ordinance import __version__
from ordinance.model.body import Body, SourceSettings
from ordinance.model.evidence import EvidenceKind, WatchList
from ordinance.model.privacy import HeldBy, PrivacyProfile, PrivacyRule
from ordinance.model.retention import NEEDED, Kept
from ordinance.model.time import Span, end_of
from ordinance.operations.checking import default_window
from ordinance.operations.disclosure import GROUPS_IN_A_BAND, GROUPS_IN_A_BODY
from ordinance.operations.law_lines import policy_lines
from ordinance.operations.lives import has_decided_unheard
from ordinance.operations.purpose import alarm_rule
from ordinance.operations.reveal import PER_DEVICE
from ordinance.operations.workspace import Workspace
from ordinance.policy.privacy import privacy_issues, profile
from ordinance.readers import LeaseReader, Reader, lease_reader, reader
from ordinance.report.markdown import render_markdown
from ordinance.report.page import Page, render_page
from ordinance.report.privacy import annex, record, works_council
from ordinance.report.privacy_notice import LANGUAGES, notice
from ordinance.verify.watch import watch_list

_DECLARED = re.compile(r"^- (kept|dropped): (.+(?:\n  .+)*)", re.MULTILINE)
_CANNOT = re.compile(r"^Cannot know:? (.+(?:\n.+)*)", re.MULTILINE)


def privacy_document(workspace: Workspace, as_of: datetime) -> dict[str, Any]:
    """Everything that the papers say, keys in the order of reading; the same input gives the same document.

    Raises PolicyError where the profile asks that people are heard, and a file of findings cannot be used.
    """
    body = workspace.body
    start, _ = default_window(workspace, as_of).closed
    window = Span(start, end_of(as_of.astimezone(body.zone).date(), body.zone))  # that day is read when it is over
    watch = watch_list(workspace.law, workspace.catalogue, workspace.estate, body, window)
    found = profile(body.privacy.profile) if body.privacy.profile else None
    rules = [_rule(r, body, found) for r in found.rules] if found else []
    return {
        "ordinance": __version__,
        "body": {"id": body.id, "name": body.name, "languages": list(body.languages)},
        "as_of": as_of.astimezone(body.zone).isoformat(timespec="seconds"),
        "notice": body.notice,
        "checking": _checking(body),
        "profile": {"id": found.id, "name": found.name, "note": found.note} if found else None,
        "rules": rules,
        "decisions": [
            {k: p[k] for k in ("id", "version", "title", "authority", "standing")}
            for p in policy_lines(workspace, as_of)
        ],
        "people": sorted({str(p.people) for p in workspace.estate.people if p.people}),
        "sources": [_source(s, body) for s in body.sources],
        "watch_list": _watched(watch, workspace),
        "retention": {str(k): str(p) if (p := body.retention.of(k)) else None for k in Kept},
        "roles": _roles(body),
        "not_stated": [*_not_stated(body), *(r["id"] for r in rules if r["state"] == "open")],
    }


def page_of(document: Mapping[str, Any], paper: str, language: str = "en") -> Page:
    """One of the papers as a page; only the notice has other languages than English."""
    if paper == "notice":
        return notice(document, language)
    return {"annex": annex, "record": record, "works-council": works_council}[paper](document)


def papers(document: Mapping[str, Any]) -> dict[str, bytes]:
    """Every paper, by its file's name: as HTML and as Markdown."""
    pages = {paper: page_of(document, paper) for paper in ("annex", "record", "works-council")}
    pages |= {f"notice-{language}": notice(document, language) for language in LANGUAGES}
    return {
        f"{name}.{end}": draw(page)
        for name, page in sorted(pages.items())
        for end, draw in (("html", render_page), ("md", render_markdown))
    }


def _checking(body: Body) -> dict[str, Any]:
    c, allowed = body.checking, body.checking.evidence_allowed
    return {
        "purpose": c.purpose,
        "legal_basis": c.legal_basis,
        "evidence_allowed": [str(k) for k in EvidenceKind if k in allowed],
        "evidence_not_allowed": [str(k) for k in EvidenceKind if k not in allowed],
        "no_check_by": c.no_check_by,
        "informed": [{"who": i.who, "on": i.on.isoformat(), "how": i.how} for i in c.informed],
        "alarm_needed": alarm_rule(body) is not None,
        "alarms": [
            {"on": a.on.isoformat(), "who": a.who, "how": a.how, "about": a.about} for a in body.privacy.alarms
        ],
        "minimum_group": c.minimum_group,
        "smallest": GROUPS_IN_A_BODY * c.minimum_group,
        "step": GROUPS_IN_A_BAND * c.minimum_group,
        "rows": bool(allowed & PER_DEVICE),
        "window": str(c.window),
        "hear_first": c.hear_first,
    }


def _roles(body: Body) -> dict[str, Any]:
    """Who does what; an empty text was not stated."""
    p = body.privacy
    return {
        "responsible": p.responsible,
        "officer": p.officer,
        "contact": p.contact,
        "key_holder": body.checking.key_holder,
        "recipients": list(p.recipients),
        "transfers": p.transfers,
    }


def _not_stated(body: Body) -> Iterator[str]:
    """What the papers need and the settings do not say; of a check that reads nothing, less is needed."""
    c = body.checking
    reads = bool(c.evidence_allowed)
    stated: dict[str, object] = (
        {"purpose": c.purpose, "legal_basis": c.legal_basis} if reads else {"no_check_by": c.no_check_by}
    )
    stated |= {"informed": c.informed, "privacy_profile": body.privacy.profile}
    stated |= {k: v for k, v in _roles(body).items() if reads or k not in {"key_holder", "recipients", "transfers"}}
    stated |= {f"retention_{k}": body.retention.of(k) for k in NEEDED} if reads else {}
    yield from (key for key, value in stated.items() if not value)


def _rule(rule: PrivacyRule, body: Body, found: PrivacyProfile) -> dict[str, Any]:
    """A rule with what stands against it: `held`, `missed` (a lint says so), `answered` or `open`."""
    cites = dict(found.cites)
    answers = [a for a in body.privacy.answers if a.rule == rule.id]
    held_by = rule.held_by
    if held_by is HeldBy.HEAR_FIRST and not body.checking.hear_first:
        held_by = HeldBy.BODY
    missed = held_by is HeldBy.LINT and rule.issue in {i.id for i in privacy_issues(body)}
    missed |= held_by is HeldBy.HEAR_FIRST and has_decided_unheard(body.folder)
    if answers:
        state = "answered"
    elif held_by is HeldBy.BODY:
        state = "open"
    else:
        state = "missed" if missed or _keeps_too_long(rule, body) else "held"
    return {
        "id": rule.id,
        "asks": rule.asks,
        "known": str(rule.known),
        "held_by": str(held_by),
        "how": rule.how if held_by is rule.held_by else "",
        "state": state,
        "answers": [{"answer": a.answer, "by": a.by, "on": a.on.isoformat()} for a in answers],
        "cites": [
            {"title": c.title, "url": c.url, "retrieved": c.retrieved.isoformat() if c.retrieved else None}
            for c in (cites[k] for k in rule.cites)
        ],
    }


def _keeps_too_long(rule: PrivacyRule, body: Body) -> bool:
    """Whether runs, or what logs said, stay longer than a rule lets them, or nobody said how long runs do."""
    if rule.longest is None:
        return False
    runs, logs = body.retention.of(Kept.RUNS), body.retention.of(Kept.OBSERVATIONS)
    most = rule.longest.months * 31 + rule.longest.days
    return runs is None or any(said.months * 30 + said.days > most for said in (runs, logs) if said is not None)


# --- what is read ---------------------------------------------------------------------------------


def _source(source: SourceSettings, body: Body) -> dict[str, Any]:
    """A source with its reader's own words on what it keeps; one that is not allowed is never opened."""
    leases = lease_reader(source.reader)
    one: Reader | LeaseReader = leases if leases is not None else reader(source.reader)
    named = {name for s in body.sources if _is_opened(s, body) for name in s.leases}
    return {
        "id": source.id,
        "reader": one.id,
        "title": one.title,
        "evidence": None if leases is not None else str(reader(source.reader).evidence),
        "opened": source.id in named if leases is not None else _is_opened(source, body),
        "network": source.network,
        "record": one.unit,
        **declared(one),
    }


def _is_opened(source: SourceSettings, body: Body) -> bool:
    if lease_reader(source.reader) is not None:
        return False
    return reader(source.reader).evidence in body.checking.evidence_allowed


def declared(one: Reader | LeaseReader) -> dict[str, str]:
    """What a reader's module says that it keeps, drops and cannot know; empty where it says nothing."""
    text = cleandoc(sys.modules[type(one).__module__].__doc__ or "")
    said = {kind: " ".join(words.split()) for kind, words in _DECLARED.findall(text)}
    cannot = _CANNOT.search(text)
    return {
        "kept": said.get("kept", ""),
        "dropped": said.get("dropped", ""),
        "cannot_know": " ".join(cannot[1].split()) if cannot else "",
    }


def _watched(watch: WatchList, workspace: Workspace) -> dict[str, Any]:
    """The watch list. Devices declared separate are counted: their names are no business of a paper's reader."""
    apps = []
    for family in workspace.catalogue.families:
        for member in (m for m in family.members if f"{family.id}/{m.id}" in watch.apps):
            kinds: dict[str, list[str]] = {}
            for one in member.identifiers:
                kinds.setdefault(str(one.kind), []).append(one.value)
            found = {k: sorted(set(kinds[k])) for k in sorted(kinds)}
            apps.append({"app": f"{family.id}/{member.id}", "name": member.name, "identifiers": found})
    unseen: dict[str, list[str]] = {}
    for name, kind in sorted(watch.unseen.items()):
        unseen.setdefault(str(kind), []).append(name)
    return {
        "digest": watch.digest,
        "catalogue": workspace.catalogue.version,
        "apps": apps,
        "internal": sorted(watch.internal),
        "separate_devices": len(watch.separate_devices),
        "canary": sorted(watch.canary),
        "unseen": unseen,
    }
