# SPDX-License-Identifier: EUPL-1.2
"""A channel review as a page for a council: two pages, and annexes that say what every score rests on.

Reads the document of `ordinance channels review --json`, nothing else. A stale review says so before anything else.
Texts that people wrote into the file are shown as written; everything around them is in the language of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ordinance.model.law import Precision
from ordinance.report.language.messages import Messages, messages_with
from ordinance.report.page import Page, Section, Table, render_page

Review = Mapping[str, Any]


def render_review(document: Mapping[str, Any], review: Review) -> bytes:
    """One review of the document as UTF-8 HTML."""
    return render_page(review_page(document, review))


def review_page(document: Mapping[str, Any], review: Review) -> Page:
    """One review of the document as a page, in the document's language."""
    said = _Said(messages_with(document["language"], "review"), review, date.fromisoformat(document["as_of"]))
    title = said("stale_title", title=review["title"]) if review["stale"] else review["title"]
    return Page(
        language=document["language"],
        who=document["body"]["name"],
        as_of=said("as_of", day=said.day(document["as_of"])),
        title=title,
        question=review["question"],
        lead=" ".join(said.lead()),
        sections=tuple(said.sections()),
        notice=document["notice"],
        notice_word=said("notice"),
        state=_state(review),
    )


def _state(review: Review) -> str:
    """The colour of the answer: doubt where it is stale, overdue or not firm, red where a gate was passed by."""
    if review["decided_against"] or review["headline"]["kind"] == "none_left":
        return "fails"
    if review["stale"] or review["overdue"] or review["headline"]["kind"] == "no_robust_winner":
        return "partly"
    return "holds"


class _Said:
    """The sentences of one review in one language."""

    def __init__(self, messages: Messages, review: Review, today: date) -> None:
        self.messages, self.review, self.today = messages, review, today
        self.titles = {o["id"]: o["title"] for o in review["options"]}
        self.scales = {c["id"]: c["title"] for c in review["criteria"]}
        self.is_whole = "public" not in review

    def __call__(self, key: str, **fields: object) -> str:
        return self.messages.phrase(f"review.{key}", **fields)

    def word(self, table: str, word: str) -> str:
        return self.messages.word(table, word)

    def day(self, text: str, known_to: str = "day") -> object:
        return self.messages.day(date.fromisoformat(text), Precision(known_to))

    def number(self, value: float) -> str:
        """With the decimal sign of the language, and no decimals where they are zero."""
        return f"{value:.1f}".removesuffix(".0").replace(".", self.messages.entries["review.decimal"])

    def listed(self, texts: Iterable[str]) -> str:
        return self.messages.all_of(texts)

    def quoted(self, option: str) -> str:
        """The title of an option, set off from the sentence that it stands in."""
        return self.messages.phrase("lists.quoted", text=self.titles[option])

    def options(self, ids: Iterable[str]) -> str:
        return self.listed(self.quoted(i) for i in ids)

    def gates(self, ids: Iterable[str]) -> str:
        return self.listed(self.word("gate", i) for i in ids)

    # --- the answer -------------------------------------------------------------------------------

    def lead(self) -> Iterator[str]:
        """Stale first, then what weighing says, then what was decided."""
        review, head, decision = self.review, self.review["headline"], self.review["decision"]
        every = [e for c in review["cells"] for e in c["evidence"]]
        if expired := sum(e["expired"] for e in every):
            yield self("stale", n=expired, all=len(every), day=self.messages.day(self.today))
        if again := sum(a["look_again"] for a in review["gates"]):
            yield self("stale_gates", n=again, all=len(review["gates"]), day=self.messages.day(self.today))
        yield from self._late()
        option = self.quoted(head["leading"]) if head["leading"] else ""
        if head["kind"] == "no_robust_winner" and not head["leading"]:
            yield self("no_robust_tie")
        elif head["kind"] == "none_left":
            yield self("none_left")
        else:
            limit = self.number(review["method"]["robust_from"])
            yield self(head["kind"], option=option, share=self.number(head["share"]), limit=limit)
        unknown = [g for o in review["options"] if o["id"] == head["leading"] for g in o["passed_unknown"]]
        if unknown:
            yield self("leading_unknown", option=option, gates=self.gates(unknown))
        if others := [v["name"] for v in review["stakeholders"] if head["winner"] and head["winner"] not in v["first"]]:
            yield self("views_differ", names=self.listed(others))
        if decision is None:
            yield self("undecided")
            return
        chosen = self.quoted(decision["option"])
        yield self._decided(decision)
        if review["decided_against"]:
            yield self("decided_against", option=chosen, gates=self.gates(review["decided_against"]))

    def _late(self) -> Iterator[str]:
        """What should have been decided again, and whether a later review did."""
        review, decision, today = self.review, self.review["decision"], self.today.isoformat()
        for later in review["decided_anew"][-1:]:
            title = self.messages.phrase("lists.quoted", text=later["title"])
            yield self("decided_anew", title=title, day=self.day(later["on"]))
        if review["overdue"] and decision["next_review"] < today:
            yield self("overdue", day=self.day(decision["next_review"]))
        until = next((o["until"] for o in review["options"] if decision and o["id"] == decision["option"]), None)
        if review["overdue"] and until is not None and until < today:
            yield self("until_passed", option=self.quoted(decision["option"]), day=self.day(until))

    def sections(self) -> Iterator[Section]:
        """The two pages, then the annexes."""
        yield self._options()
        yield self._gates()
        yield self._scores()
        yield self._views()
        yield self._decision()
        yield from (self._scales(), self._weights(), self._gate_table(), self._evidence(), self._method())

    def _options(self) -> Section:
        views = self.review["stakeholders"]
        rows = tuple(
            (
                o["title"],
                self.word("outcome_of", o["outcome"]),
                self._passes(o),
                self("not_weighed") if o["share"] is None else self("share", share=self.number(o["share"])),
                *(self._score(v, o["id"]) for v in views),
            )
            for o in self.review["options"]
        )
        heads = tuple(self(k) for k in ("option", "kind", "gates", "first_in"))
        heads += tuple(self("score_for", name=v["name"]) for v in views)
        table = Table(self("options_title"), heads, rows, frozenset({3}))
        made = self("made", day=self.day(self.review["on"]), by=self.review["by"])
        return Section("options", self("options_title"), (made,), tuple(self._conditions()), table)

    def _passes(self, option: Mapping[str, Any]) -> str:
        """Whether it passes the gates. What nobody knows is said to be that, also where the policy lets it through."""
        if option["stopped_by"]:
            return self("stopped", gates=self.gates(option["stopped_by"]))
        unknown = option["passed_unknown"]
        return self("passes_unknown", gates=self.gates(unknown)) if unknown else self("passes")

    def _score(self, view: Mapping[str, Any], option: str) -> str:
        found = next(s for s in view["scores"] if s["option"] == option)
        low, middle, high = (self.number(found[k]) for k in ("low", "middle", "high"))
        return middle if low == high else self("score_range", low=low, middle=middle, high=high)

    def _conditions(self) -> Iterator[str]:
        """What waiting and leaving name, the last day of the others, and what a separate device still lacks."""
        for option in self.review["options"]:
            title = option["title"]
            if option["until"] and option["outcome"] not in {"wait", "leave"}:
                yield self("ends", option=title, day=self.day(option["until"]))
            if option["outcome"] == "wait":
                yield self("waits", option=title, day=self.day(option["until"]), trigger=option["trigger"])
            if option["outcome"] == "leave":
                handle = self.word("handle", option["handle"])
                plan = option["migration"].rstrip(".")
                yield self("leaves", option=title, day=self.day(option["until"]), migration=plan, handle=handle)
            if option["outcome"] == "separate_device" and not option["stopped_by"]:
                yield self("separate_first", option=self.quoted(option["id"]))

    # --- gates and scores -------------------------------------------------------------------------

    def _gates(self) -> Section:
        policy, answers = self.review["gate_policy"], self.review["gates"]
        enough = policy["unknown_passes"]
        sentences = (
            self("gate_policy", gates=self.gates(policy["must_pass"]), because=policy["because"]),
            self("unknown_enough", gates=self.gates(enough)) if enough else self("unknown_never"),
        )
        lines = tuple(self._gate(a) for a in answers if a["result"] != "passed")
        return Section("gates", self("gates_title"), sentences, lines)

    def _gate(self, answer: Mapping[str, Any]) -> str:
        gate, result = self.word("gate", answer["gate"]), self.word("gate_result", answer["result"])
        option = self.titles[answer["option"]]
        if "withheld" in answer:
            return self("gate_withheld", option=option, gate=gate, result=result, why=self._why(answer))
        cites = "; ".join(_cited(c) for c in answer["cites"]) or self("uncited")
        return self("gate_line", option=option, gate=gate, result=result, reason=answer["reason"], cites=cites)

    def _scores(self) -> Section:
        found = {(c["criterion"], c["option"]): self._stretch(c) for c in self.review["cells"]}
        rows = tuple((title, *(found[c, o] for o in self.titles)) for c, title in self.scales.items())
        heads = (self("criterion"), *self.titles.values())
        table = Table(self("scores_title"), heads, rows, frozenset(range(1, len(heads))))
        return Section("scores", self("scores_title"), (self("unknown_drawn"),), table=table)

    def _stretch(self, cell: Mapping[str, Any]) -> str:
        if cell["unknown"]:
            return self("unknown")
        return str(cell["low"]) if cell["low"] == cell["high"] else f"{cell['low']}–{cell['high']}"

    def _views(self) -> Section:
        """Who comes first for whom, and at which weight that turns."""
        lines = tuple(
            self(
                "change_line",
                name=view["name"],
                at=self.number(turn["at"]),
                now=self.number(turn["now"]),
                criterion=self.scales[turn["criterion"]],
                options=self.options(turn["to"]),
            )
            for view in self.review["stakeholders"]
            for turn in view["turns"]
        )
        first = tuple(
            self("view_first", name=v["name"], options=self.options(v["first"]))
            if v["first"]
            else self("view_none", name=v["name"])
            for v in self.review["stakeholders"]
        )
        sentences = (*first, self("views_apart"), *([] if lines else [self("change_none")]))
        return Section("change", self("change_title"), sentences, lines)

    def _decision(self) -> Section:
        decision = self.review["decision"]
        if decision is None:
            return Section("decision", self("decision_title"), nothing=self("undecided"))
        until = next(o["until"] for o in self.review["options"] if o["id"] == decision["option"])
        sentences = (
            self._decided(decision),
            *([self("decided_until", day=self.day(until))] if until else []),
            *(reason or self("reason_withheld") for reason in decision["reasons"]),
            self("proposed", by=decision["proposed_by"], consulted=self.listed(decision["consulted"])),
            *([] if decision["dissent"] else [self("no_dissent")]),
            self("next_review", day=self.day(decision["next_review"])),
        )
        dissent = tuple(
            self("dissent_withheld", by=d["by"], why=self._why(d))
            if "withheld" in d
            else self("dissent", by=d["by"], text=d["text"])
            for d in decision["dissent"]
        )
        return Section("decision", self("decision_title"), sentences, dissent)

    def _decided(self, decision: Mapping[str, Any]) -> str:
        """What was decided; a decision that holds for a time only says so."""
        key = "decided_for_a_time" if decision["temporary"] else "decided"
        return self(key, day=self.day(decision["on"]), by=decision["by"], option=self.quoted(decision["option"]))

    def _why(self, withheld: Mapping[str, Any]) -> str:
        """Why a text is not on the page for the public."""
        return self("withheld_security" if withheld["withheld"] == "security" else "withheld")

    # --- annexes ----------------------------------------------------------------------------------

    def _scales(self) -> Section:
        rows = tuple((self._scale(c), *c["anchors"]) for c in self.review["criteria"])
        table = Table(self("annex_scales"), (self("criterion"), "0", "50", "100"), rows)
        return Section("annex-scales", self("annex_scales"), table=table, new_page=True)

    def _scale(self, criterion: Mapping[str, Any]) -> str:
        if not criterion["metric"]:
            return str(criterion["title"])
        metric = self.word("metric", criterion["metric"])
        return self("reach_of", title=criterion["title"], metric=metric, audience=criterion["audience"])

    def _weights(self) -> Section:
        rows = tuple(
            (view["name"], self.scales[s["criterion"]], str(s["weight"]), s["because"] or self._why(s))
            for view in self.review["stakeholders"]
            for s in view["swings"]
        )
        heads = tuple(self(k) for k in ("stakeholder", "criterion", "weight", "because"))
        table = Table(self("annex_weights"), heads, rows, frozenset({2}))
        return Section("annex-weights", self("annex_weights"), table=table)

    def _gate_table(self) -> Section:
        rows = tuple(
            (
                self.titles[a["option"]],
                self.word("gate", a["gate"]),
                self.word("gate_result", a["result"]),
                a["reason"] or self._why(a),
                "; ".join(_cited(c) for c in a["cites"]) or (self("uncited") if a["reason"] else self._why(a)),
                self._last_day(a["check_again"], over=a["look_again"]),
            )
            for a in self.review["gates"]
        )
        heads = tuple(self(k) for k in ("option", "gates", "result", "because", "source", "check_again"))
        table = Table(self("annex_gates"), heads, rows)
        return Section("annex-gates", self("annex_gates"), table=table)

    def _evidence(self) -> Section:
        rows = tuple(
            (
                f"{self.titles[c['option']]}: {self.scales[c['criterion']]}",
                e["claim"] or self._why(e),
                self("invented_claim") if e["invented"] else _cited(e["cite"]) or self._why(e),
                f"{self.day(e['on'], e['on_known_to']):plain}",
                f"{e['population']}; {e['method']}" if e["claim"] else self._why(e),
                *((e["owner"],) if self.is_whole else ()),
                self._last_day(e["expires"], over=e["expired"]),
            )
            for c in self.review["cells"]
            for e in c["evidence"]
        )
        owner = ("owner",) if self.is_whole else ()
        heads = ("scores_title", "claim", "source", "of_day", "population", *owner, "expires")
        table = Table(self("annex_evidence"), tuple(self(k) for k in heads), rows)
        return Section("annex-evidence", self("annex_evidence"), (self("evidence_note"),), table=table)

    def _last_day(self, day: str, *, over: bool) -> str:
        return self("expired", day=self.day(day)) if over else f"{self.day(day):plain}"

    def _method(self) -> Section:
        method = self.review["method"]
        limit = self.number(method["robust_from"])
        said = [self("method", draws=method["draws"], seed=method["seed"], limit=limit)]
        if not self.is_whole:
            said.append(self("public", n=self.review["public"]["withheld"]))
        if self.review["invented"]:
            said.append(self("invented", parts=", ".join(self.review["invented"])))
        return Section("method", self("method_title"), tuple(said))


def _cited(cite: Mapping[str, Any]) -> str:
    return " – ".join(x for x in (cite["title"], cite["url"]) if x)
