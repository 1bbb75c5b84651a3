# SPDX-License-Identifier: EUPL-1.2
"""The notice to staff in four languages: what a check reads, for what, and what it never reads.

Reads the document of `ordinance privacy --json` and one TOML file of words a language. Nobody whose language it is has
reviewed the Estonian, the Dutch and the French, and each notice says so. What stands in the settings is shown as it
stands there, whatever its language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ordinance.model.time import Period
from ordinance.report.page import Page, Section

LANGUAGES = ("en", "et", "nl", "fr")
Document = Mapping[str, Any]
Words = Mapping[str, Any]


@cache
def words_of(language: str) -> Words:
    """The words of one of LANGUAGES."""
    text = files("ordinance.report").joinpath("_notice_words", f"{language}.toml").read_text("utf-8")
    return tomllib.loads(text)


def notice(d: Document, language: str) -> Page:
    """The notice in a language."""
    w, reads = words_of(language), bool(d["checking"]["evidence_allowed"])
    about = (Section("people", w["people"], tuple(_people(d, w))), Section("kept", w["kept"], tuple(_kept(d, w))))
    sections = (
        Section("why", w["why"], tuple(_why(d, w))),
        Section("what", w["what"], tuple(_what(d, w))),
        *(about if reads else ()),
        Section("rights", w["rights"], tuple(_rights(d, w))),
    )
    return Page(
        language=language,
        who=d["body"]["name"],
        as_of=w["state"].format(day=d["as_of"][:10]),
        title=w["title"],
        question=w["question"],
        lead=w["lead"] if reads else w["lead_none"],
        sections=sections,
        notice=d["notice"],
        notice_word=w["notice_word"],
    )


def _why(d: Document, w: Words) -> Iterator[str]:
    c = d["checking"]
    if not c["evidence_allowed"]:
        yield w["decided"].format(who=c["no_check_by"] or w["not_stated"])
        return
    yield w["purpose"].format(purpose=w["purposes"].get(c["purpose"]) or w["not_stated"])
    yield w["basis"].format(basis=c["legal_basis"] or w["not_stated"])


def _what(d: Document, w: Words) -> Iterator[str]:
    c, apps = d["checking"], [a["name"] for a in d["watch_list"]["apps"]]
    if c["evidence_allowed"]:
        yield w["kinds"].format(kinds=_kinds(c["evidence_allowed"], w))
        yield w["apps"].format(apps=", ".join(apps)) if apps else w["no_apps"]
    yield w["content"]
    if c["evidence_not_allowed"]:
        yield w["never"].format(kinds=_kinds(c["evidence_not_allowed"], w))


def _kinds(kinds: list[str], w: Words) -> str:
    return "; ".join(w["evidence"][k] for k in kinds)


def _people(d: Document, w: Words) -> Iterator[str]:
    c = d["checking"]
    yield w["totals"].format(n=c["smallest"])
    yield w["pseudonyms"].format(who=d["roles"]["key_holder"] or w["not_stated"])
    if c["alarm_needed"]:
        days = ", ".join(a["on"] for a in c["alarms"])
        yield w["alarm"]
        yield w["alarm_given"].format(days=days) if days else w["alarm_none"]
    yield w["human"]


def _kept(d: Document, w: Words) -> Iterator[str]:
    kept = d["retention"]
    yield w["kept_for"].format(period=_period(kept["runs"], w))
    logs = kept["observations"]
    yield w["logs_kept"].format(period=_period(logs, w)) if logs else w["logs_not_kept"]
    if d["checking"]["rows"]:
        yield w["looked"].format(period=_period(kept["ledger"], w))


def _period(text: str | None, w: Words) -> str:
    found = Period.parse(text) if text else Period()
    parts = (("months", found.months), ("days", found.days))
    return ", ".join(w["period"][key].format(n=n) for key, n in parts if n) or w["not_stated"]


def _rights(d: Document, w: Words) -> Iterator[str]:
    yield w["ask"]
    for key in ("contact", "officer", "responsible"):
        yield w[key].format(**{key: d["roles"][key] or w["not_stated"]})
    if d["roles"]["recipients"]:
        yield w["recipients"].format(recipients=", ".join(d["roles"]["recipients"]))
    yield w["native"]
