# SPDX-License-Identifier: EUPL-1.2
"""The page about meaning cannot drift: every example in it is run, and says what comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from policy.situations import Situation
from policy.test_situations import test_what_comes_out as compare
from policy.test_situations import test_what_is_wrong as compare_issues

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explain" / "semantics.md"
BLOCK = re.compile(r"^## (?P<heading>[^\n]+)$|^```yaml (?P<kind>\w+)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
ANSWERS = {
    *("outcome", "deciding", "because", "duties", "missing", "exemption", "divergences", "standing", "version"),
    *("errors", "evidence"),
}
RULES = 18


def examples(page: str) -> Iterator[Situation]:
    """One a question: the last `law` block above it, and the answer below it. Anything out of step stops here."""
    cast, law, question, heading, number = None, None, None, "", 0
    for block in BLOCK.finditer(page):
        if block["heading"]:
            heading, law, number = block["heading"], None, 0
            continue
        content = yaml.load(block["content"], yaml.BaseLoader)  # noqa: S506  # makes texts, lists and mappings only
        if block["kind"] == "cast":
            cast = content
        elif block["kind"] == "law":
            law = content
        elif block["kind"] == "question":
            assert question is None, f"{heading}: a question without an answer"
            question = content
        else:
            assert block["kind"] == "answer", f"{heading}: a block of kind {block['kind']}"
            assert cast and law and question, f"{heading}: an answer to no question"
            assert set(content) <= ANSWERS, f"{heading}: {set(content) - ANSWERS} is compared with nothing"
            number += 1
            yield Situation(f"{heading} ({number})", {**law, "ask": question, "expect": content}, cast)
            question = None
    assert question is None


TEXT = PAGE.read_text("utf-8")
EXAMPLES = tuple(examples(TEXT))
NAMED = [pytest.param(e, id=e.name) for e in EXAMPLES]


@pytest.mark.parametrize("example", NAMED)
def test_each_example_comes_out_as_it_stands(example: Situation, tmp_path: Path) -> None:
    """Outcome, reasons, duties and missing facts are those of the page; only what it calls an error is one."""
    if "errors" not in example.expected:
        compare(example, tmp_path / "asked")
    else:
        law, _ = example.law(tmp_path / "asked")
        assert str(example.ruling(law).outcome) == example.expected["outcome"]
    compare_issues(example, tmp_path / "read")


@pytest.mark.parametrize("example", NAMED)
def test_the_order_of_texts_changes_nothing(example: Situation, tmp_path: Path) -> None:
    """The same texts in files of other names give the same ruling, to the last reason."""
    turned = {k: [*reversed(v)] if isinstance(v, list) and k != "authorities" else v for k, v in example.row.items()}
    law, _ = example.law(tmp_path / "a")
    other, _ = replace(example, row=turned).law(tmp_path / "b")
    assert example.ruling(other) == example.ruling(law)


def test_each_rule_has_an_example() -> None:
    """Headings 1 to 18, in order, and none of them without something that runs."""
    numbered = [int(n) for n in re.findall(r"^## (\d+)\. ", TEXT, re.MULTILINE)]
    assert numbered == list(range(1, RULES + 1))
    assert {int(e.name.partition(".")[0]) for e in EXAMPLES} == set(numbered)
    assert TEXT.count("```") == 2 * len(BLOCK.findall(TEXT)) - 2 * len(re.findall(r"^## ", TEXT, re.MULTILINE))


@pytest.mark.parametrize("example", NAMED)
def test_another_answer_would_be_noticed(example: Situation, tmp_path: Path) -> None:
    """The comparison is no formality: each example with another outcome fails."""
    other = "permitted" if example.expected["outcome"] != "permitted" else "forbidden"
    turned = replace(example, row={**example.row, "expect": {**example.expected, "outcome": other}})
    with pytest.raises(AssertionError):
        test_each_example_comes_out_as_it_stands(turned, tmp_path)
