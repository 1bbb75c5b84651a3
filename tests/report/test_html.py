# SPDX-License-Identifier: EUPL-1.2
"""What the page says, and that it is one well-formed file that loads nothing."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from jinja2 import UndefinedError

from ordinance.report import view, words
from ordinance.report.html import render

Case = Callable[[str], dict[str, Any]]

VOID = {"meta", "br", "hr", "img", "input", "link"}
HEADINGS = {"h1", "h2", "h3", "h4"}


class Page(HTMLParser):
    """Reads a page: every element must be closed in order; text is what a person sees."""

    def __init__(self, source: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.faults: list[str] = []
        self.feed(source.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in HEADINGS:
            self.headings.append((tag, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.said.append(data)
        if self.open and self.open[-1] in HEADINGS:
            tag, text = self.headings[-1]
            self.headings[-1] = (tag, text + data)

    @property
    def text(self) -> str:
        """All text with white space folded."""
        return " ".join(" ".join(self.said).split())


def read(result: dict[str, Any]) -> Page:
    """The page of a result."""
    return Page(render(result))


def test_same_input_same_bytes(case: Case, case_name: str) -> None:
    """Two renderings of equal objects are the same bytes, and the object is left as it was."""
    result = case(case_name)
    before = copy.deepcopy(result)
    assert render(result) == render(case(case_name))
    assert result == before


def test_page_is_well_formed(case: Case, case_name: str) -> None:
    """Every element is closed in order and every id is used once."""
    page = read(case(case_name))
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert page.faults == []
    assert page.open == []
    assert len(ids) == len(set(ids))
    for _, attrs in page.elements:
        assert set((attrs.get("aria-labelledby") or "").split()) <= set(ids)


def test_page_loads_nothing_and_runs_nothing(case: Case, case_name: str) -> None:
    """No element fetches anything: addresses stand in links only, styles inside, and the policy says so."""
    source = render(case(case_name)).decode()
    page = Page(source.encode())
    fetching = {"src", "srcset", "data", "poster", "action", "background", "xlink:href", "ping"}
    for tag, attrs in page.elements:
        assert not fetching & set(attrs), tag
        assert "href" not in attrs or tag == "a"
        assert not [a for a in attrs if a.startswith("on")], tag
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "img", "base", "form"}
    assert "url(" not in re.sub(r"url\(#[a-z_-]+\)", "", source)
    assert "@import" not in source
    policies = [a["content"] for t, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_headings_are_in_order(case: Case, case_name: str) -> None:
    """One h1, no level skipped, the sections in the order a mayor asks."""
    page = read(case(case_name))
    levels = [int(tag[1]) for tag, _ in page.headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    sections = [" ".join(text.split()) for tag, text in page.headings if tag == "h2"]
    asked = ["Does it hold?", "What was decided", "Result for each duty", "What could not be seen", "What was found"]
    assert sections[:5] == asked
    assert sections[-2:] == ["What to do next", "How this was checked"]
    assert ("html", {"lang": "en"}) in page.elements


def test_tables_have_scoped_headers(case: Case) -> None:
    """Every header cell says what it heads."""
    heads = [a for tag, a in read(case("ghent")).elements if tag == "th"]
    assert heads
    assert {a.get("scope") for a in heads} == {"col", "row"}


def test_notice_stands_at_both_ends(case: Case, case_name: str) -> None:
    """The notice of invented data is read before the answer and again after everything."""
    result = case(case_name)
    text = read(result).text
    assert text.count(result["notice"]) == 2
    assert text.index(result["notice"]) < text.index("Does it hold?")
    assert text.rindex(result["notice"]) > text.index("How this was checked")


def test_real_body_has_no_notice(case: Case) -> None:
    """Where nothing is invented no box is drawn."""
    result = case("ghent") | {"notice": ""}
    assert 'class="notice"' not in render(result).decode()


@pytest.mark.parametrize(
    ("name", "state"),
    [("ghent", "fails"), ("tallinn", "fails"), ("diest", "by_decision"), ("before", "not_yet"), ("after", "over")],
)
def test_answer_has_state_sign_and_sentence(case: Case, name: str, state: str) -> None:
    """The answer is the check's own sentence beside a shape, and the state is said in words."""
    result = case(name)
    source = render(result).decode()
    answer = source[source.index('<section class="answer') : source.index("What was decided")]
    assert f"is-{state}" in answer
    assert '<svg class="sign"' in answer
    assert result["summary"]["sentence"] in read(result).text
    assert words.STATES[state].casefold() in answer.casefold()


def test_state_is_said_when_the_sentence_does_not(case: Case) -> None:
    """A sentence that does not begin with the state gets it in front."""
    result = case("ghent")
    result["summary"]["sentence"] = "Four devices break the rule."
    assert "Does not hold Four devices break the rule." in read(result).text


def test_decision_is_told_in_full(case: Case) -> None:
    """Who, since, until, what silence means, each duty with its clock, the mirrored text and the marks."""
    text = read(case("ghent")).text
    for said in (
        "Decided by City of Ghent",
        "13 March 2023",
        "12 September 2023, that day included",
        words.SILENCE["decide"],
        "Stop using it at once",
        "Remove it from the device by the end of 26 March 2023 invented for the example",
        "be-federal-716",
        "the phone and tablet app and the desktop program",
        "No rule of another authority binds City of Ghent",
    ):
        assert said in text, said
    assert "Stop using it at once invented" not in text


def test_links_are_plain_web_addresses(case: Case) -> None:
    """Cites become links when a browser may open them; anything else is shown as text."""
    result = case("ghent")
    result["policies"][0]["cites"].append({"title": "trap", "url": "javascript:alert(1)"})
    links = [a["href"] for tag, a in read(result).elements if tag == "a"]
    assert links == [c["url"] for c in case("ghent")["policies"][0]["cites"]]
    assert "trap (javascript:alert(1))" in read(result).text


def test_every_result_is_a_number(case: Case) -> None:
    """Each duty shows all six results, zero included, and the bar has a part for each that is not zero."""
    result = case("ghent")
    source = render(result).decode()
    for duty, counts in result["summary"]["by_duty"].items():
        block = source[source.index(f"<h3>{words.DUTIES[duty]}</h3>") :]
        block = block[: block.index("</article>")]
        numbers = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", block)
        assert numbers == [(words.RESULTS[r], str(counts[r])) for r in words.RESULTS]
        assert re.findall(r"b-(\w+)\" style=\"flex-grow:(\d+)", block) == [(r, str(n)) for r, n in counts.items() if n]


def test_unknown_is_never_called_a_pass(case: Case) -> None:
    """The page says so, and an unknown result carries neither the word nor the sign of a pass."""
    result = case("ghent")
    assert "Unknown is not a pass" in read(result).text
    source = render(result).decode()
    unknown = re.findall(r'<span class="mark m-unknown">(.*?)</span>', source)
    assert unknown
    assert all("Holds" not in u and "stroke-dasharray" in u for u in unknown)


def test_percentages_come_with_coverage(case: Case) -> None:
    """The only percentages on the page are those of coverage."""
    text = read(case("ghent")).text
    assert re.findall(r"\d+ %", text) == ["83 %", "93 %"]
    assert "Seen at all: 22 of 31 devices covered by a rule" in text


def test_everything_not_seen_is_listed(case: Case) -> None:
    """Blind spots with their owner or the lack of one, missing slots and rejected records."""
    result = case("ghent")
    text = read(result).text
    for row in result["not_seen"]:
        assert words.NOT_SEEN[row["what"]] in text
    assert "Accepted: information security officer, until 12 September 2023." in text
    assert text.count("Nobody has accepted this.") == 4
    assert "No snapshot for 3 April 2023." in text
    assert "No log for 2 April 2023, network staff." in text
    assert "logs/townhall-2023-03-29.log, lines 17, 40, 41: bad time" in text


def test_acceptance_that_ran_out_is_said(case: Case) -> None:
    """After its last day an acceptance no longer reads as one."""
    result = case("diest") | {"as_of": "2024-01-08T00:00:00+01:00"}
    text = read(result).text
    assert "Acceptance has run out: general director" in text
    assert "Accepted:" not in text


def test_each_finding_is_told(case: Case) -> None:
    """Every kind in plain words with its meaning, every finding with unit, devices, times, id and evidence."""
    result = case("ghent")
    text = read(result).text
    for finding in result["findings"]:
        assert words.FINDINGS[finding["kind"]] in text
        assert words.FINDING_MEANING[finding["kind"]] in text
        assert finding["id"] in text
        assert all(e["file"] in text for e in finding["evidence"])
    assert "culture , 2 devices, TikTok, the phone and tablet app" in text
    assert "26 times, first 30 March 2023, 09:14, last 6 April 2023, 16:40" in text
    assert "3 times, 5 April 2023, 11:02 to 11:20" in text
    assert "Asked for names only the app uses. No web page and no widget does that." in text
    assert "TikTok Lite" in text
    assert "A widget inside a web page does not do that." in text


def test_single_devices_are_shown_by_pseudonym_only_when_given(case: Case) -> None:
    """A device column appears with the rows that carry one."""
    result = case("ghent")
    assert "dev-" not in read(result).text
    result["findings"][0]["device"], result["individual"] = "dev-7K2M9Q", True
    result["findings"][0]["evidence"][0]["line"] = 12
    text = read(result).text
    assert "dev-7K2M9Q" in text
    assert "inventory/mdm-2023-03-27.csv:12" in text
    assert "under pseudonyms" in text


def test_records_add_up_or_the_page_says_not(case: Case) -> None:
    """The account of each source is shown whole, with whether it adds up."""
    result = case("ghent")
    text = read(result).text
    assert "Records 61 adds up 30 adds up 6,040 adds up" in text
    assert "5,900" in text
    result["accounting"][2]["dropped"] -= 1
    assert "6,040 does NOT add up" in read(result).text


def test_diest_says_not_checked_by_decision(case: Case) -> None:
    """Where nothing may be read: by whose decision, who was told when, no drawing, no bar, no result that holds."""
    result = case("diest")
    source, text = render(result).decode(), read(result).text
    assert "Not checked, by decision of the general director" in text
    assert text.count("Staff and board members, 14 March 2023, by e-mail") == 2
    assert "Not checked: 12 devices" in text
    assert "None: nothing about devices is read" in text
    assert 'class="chart"' not in source
    assert 'class="bar"' not in source
    assert "Holds" not in text
    assert "1 May 2023, 08:00" in text


def test_tallinn_answers_advice_and_keeps_conditions_apart(case: Case) -> None:
    """No rule of others binds; the advice is answered; one separate device meets its conditions and one does not."""
    text = read(case("tallinn")).text
    assert "No rule of another authority binds City of Tallinn" in text
    assert "Mitigated Not followed as it stands; the risk is reduced by other means" in text
    assert "The app is on no work computer." in text
    assert "1 June 2025" in text
    assert "Conditions met 1 device" in text
    assert "Conditions not met 1 device" in text
    assert "It reached an internal service and it carries other apps." in text


@pytest.mark.parametrize("name", ["before", "after"])
def test_rule_out_of_force_passes_nothing(case: Case, name: str) -> None:
    """Before and after its time the page says that there was nothing to check, and that this is no pass."""
    source, text = render(case(name)).decode(), read(case(name)).text
    assert "No duty was in force, so there was nothing to check. That is not a pass." in text
    assert text.count("Does not apply: 37 devices") == 4
    assert 'class="bar"' not in source
    assert "100 %" not in text


def test_overdue_review_is_in_plain_sight(case: Case) -> None:
    """After the term the standing, the open question and the finding say that somebody must decide."""
    text = read(case("after")).text
    assert "Term over, review overdue" in text
    assert "Still to be decided" in text
    assert words.FINDING_MEANING["review_overdue"] in text


def test_binding_rules_of_others_are_named(case: Case) -> None:
    """A text of another authority is shown by title or id."""
    result = case("tallinn") | {"bound_by": [{"text": "x-1", "title": "State rule 1"}, "x-2"]}
    text = read(result).text
    assert "Bound by rules of other authorities: State rule 1; x-2" in text
    assert "No rule of another authority" not in text


def test_a_contested_rule_is_not_said_to_bind(case: Case) -> None:
    """It gives the page no title, and the reading that nobody chose is named; a rule that binds stands beside it."""
    result = case("tallinn")
    text = {"text": "x-1", "version": "1", "title": "State rule 1", "contested": ["reading police of x-1"]}
    page = read(result | {"bound_by": [text]}).text
    assert "Whether “State rule 1” binds City of Tallinn is contested, and nobody has chosen: reading police" in page
    assert "Bound by rules" not in page
    assert "No rule of another authority" not in page
    policy = result["policies"][0] | {"id": "x-1", "version": "1", "title": "State rule 1"}
    alone = result | {"bound_by": [text], "policies": [policy]}
    assert view.headline(alone) == "No decision of its own"
    assert "State rule 1 In force Decided by" in read(alone).text  # the title of the page does not name it
    assert view.headline(alone | {"records": [{"title": "Nothing is decided"}]}) == "Nothing is decided"


def test_what_was_not_decided_is_shown(case: Case) -> None:
    """With its reasons and the day on which it is looked at again, instead of "no decision"."""
    record = {"title": "Not yet", "reasons": ["Nobody knows whom it reaches."], "review": "2025-01-31"}
    result = case("tallinn") | {"policies": [], "records": [record | {"invented": ["review"], "cites": []}]}
    page = read(result).text
    assert "Not yet Not decided City of Tallinn put on record that it has not decided." in page
    assert "Because Nobody knows whom it reaches. Looked at again 31 January 2025" in page
    assert "no decision of its own" not in page


def test_hostile_strings_stay_text(case: Case) -> None:
    """Markup from outside is shown as written; control and bidirectional characters become U+FFFD."""
    bad = "<script>alert(1)</script>\"'><img src=x onerror=y> \u202egpj.exe\x07\ud800"
    clean = "<script>alert(1)</script>\"'><img src=x onerror=y> \ufffdgpj.exe\ufffd\ufffd"
    result = poison(case("ghent"), bad)
    page = read(result)
    assert clean in page.text
    assert not {tag for tag, _ in page.elements} & {"script", "img"}
    assert page.faults == []
    source = render(result).decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", source)


def poison(value: Any, bad: str) -> Any:
    """Every string that is neither an id nor a time becomes `bad`; so do source names and days of hours."""
    if isinstance(value, dict):
        keep = {"evidence_allowed", "result", "grade", "from", "to", "day", "lines", "missing", "kind"}
        return {k: v if k in keep else poison(v, bad) for k, v in value.items()}
    if isinstance(value, list):
        return [poison(v, bad) for v in value]
    return bad if isinstance(value, str) else value


def test_unknown_ids_are_shown_not_dropped(case: Case) -> None:
    """What a later version adds is shown as its id with spaces."""
    result = case("ghent")
    result["findings"][0] |= {"kind": "odd_new_kind", "reason": "odd_new_reason", "grade": "odd_new_grade"}
    result["summary"]["by_duty"]["odd_new_duty"] = result["summary"]["by_duty"]["remove"]
    result["not_seen"][0] |= {"what": "odd_new_place"}
    result["contacts"][0]["grade"] = "odd_new_grade"
    text = read(result).text
    for said in ("Odd new kind", "Odd new reason", "Odd new grade", "odd new duty", "Odd new place"):
        assert said in text


def test_missing_key_is_an_error(case: Case) -> None:
    """An object that lacks a key of the contract is refused, not drawn with a hole."""
    result = case("ghent")
    del result["checking"]["legal_basis"]
    with pytest.raises(UndefinedError):
        render(result)


def test_page_of_a_larger_body_stays_small(case: Case) -> None:
    """Sixty devices in twelve kinds, one by one with four duties each, every third with a finding: under 120 kB."""
    result = case("ghent") | {"individual": True}
    names = [f"dev-{n:06d}" for n in range(60)]
    result["findings"] = [
        result["findings"][n % 4]
        | {"id": f"f-{n:010x}", "device": d, "evidence": result["findings"][0]["evidence"][:1]}
        for n, d in enumerate(names[::3])
    ]
    row = {"unit": "culture", "restriction": "gent-2023-tiktok/paid-devices", "result": "unknown"}
    duties = ("stop_using", "remove", "deny_install", "block_traffic")
    result["devices"] = [
        row | {"device": d, "duty": u, "reason": "no_proof_of_blocking"} for d in names for u in duties
    ]
    kinds = [(n, u) for n in range(12) for u in duties]
    result["results"] = [result["results"][0] | {"class": f"k{n}", "facts": f"kind {n}", "duty": u} for n, u in kinds]
    assert len(render(result)) < 120_000


def test_traces_of_several_families_are_told_apart(case: Case) -> None:
    """The table names the family once there is more than one."""
    result = case("ghent")
    assert '<th scope="col">Family</th>' not in render(result).decode()
    result["contacts"].append({"day": "2023-03-27", "family": "youtube", "grade": "embed", "count": 3})
    source = render(result).decode()
    assert '<th scope="col">Family</th>' in source
    assert "<td>YouTube</td>" in source


def test_advice_without_an_answer_is_not_taken_for_one(case: Case) -> None:
    """No answer reads as open, one that puts it off as pending; a decision of the body itself as its own."""
    assert "Open Not answered yet" in read(case("before")).text
    put_off = case("before")
    put_off["advice"][0] |= {"answer": "pending", "by": "press office", "on": "2023-03-11"}
    assert "Pending Looked at, and not decided yet" in read(put_off).text
    text = read(case("ghent")).text
    assert "Own decision The body decided on the matter itself" in text
    assert "Answered by" not in text


def test_rows_of_single_devices_are_grouped_by_pseudonym(case: Case) -> None:
    """A check made with single devices shows each once, with all its duties."""
    result = case("ghent") | {"individual": True}
    row = {"device": "dev-7K2M9Q", "unit": "culture", "restriction": "gent-2023-tiktok/paid-devices"}
    outcomes = [{"duty": "remove", "result": "fail", "reason": "app_installed"}]
    outcomes.append({"duty": "stop_using", "result": "unknown", "reason": "installed_without_traffic"})
    assert "By device" not in read(result).text
    text = read(result | {"devices": [row | o for o in outcomes]}).text
    assert "By device, under pseudonyms (1)" in text
    assert text.count("dev-7K2M9Q") == 1
    assert "Stop using it (paid devices): the app is there, no use of it was seen." in text
