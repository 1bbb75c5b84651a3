# SPDX-License-Identifier: EUPL-1.2
"""YAML text to nodes: places as an editor shows them, nothing resolved, and what the language leaves out refused."""

from __future__ import annotations

import sys
import time

import pytest

from ordinance.model.errors import Issue
from ordinance.policy.compose import DEEPEST, MappingNode, Node, ScalarNode, SequenceNode, compose
from ordinance.policy.nodes import MOST_BYTES


def composed(text: str) -> Node:
    """The root of a text in which nothing is wrong."""
    issues: list[Issue] = []
    root = compose(text, "f", issues)
    assert issues == []
    assert root is not None
    return root


def refused(text: str) -> list[Issue]:
    """What is wrong with a text of which nothing comes."""
    issues: list[Issue] = []
    assert compose(text, "f", issues) is None
    assert all(i.file == "f" for i in issues)
    return issues


def told(text: str) -> list[tuple[int, int, str]]:
    """The same: line, column and id of each."""
    return [(i.line, i.column, i.id) for i in refused(text)]


def scalars(node: Node) -> list[tuple[int, int, str]]:
    """Line, column and text of every scalar in the order of the file."""
    if isinstance(node, ScalarNode):
        return [(node.line, node.column, node.value)]
    if isinstance(node, MappingNode):
        return [s for pair in node.value for n in pair for s in scalars(n)]
    return [s for n in node.value for s in scalars(n)]


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_an_editor(end: str) -> None:
    """Each of the three ends of a line counts once, for what is read and for what is wrong."""
    text = end.join(["# first", "", "a: 1", "b:", "  - |", "    x", "    y", "  - 'z"])
    assert scalars(composed(text + "'")) == [
        (3, 1, "a"), (3, 4, "1"), (4, 1, "b"), (5, 5, "x\ny\n"), (8, 5, "z"),
    ]  # fmt: skip
    assert told(text) == [(8, 7, "not-yaml")]
    assert told(end.join(["a: 1", "b: 2", "c: \x07"])) == [(3, 4, "not-yaml")]
    assert told(end.join(["a: 1", "b: 2", "c: !!int 3"])) == [(3, 4, "no-tags")]


def test_columns_count_characters() -> None:
    """Neither the bytes of a letter nor the halves of an emoji move what stands behind them."""
    text = "{é: ü, 😀: x, 漢字: \"y\"}\n"
    assert scalars(composed(text)) == [
        (1, 2, "é"), (1, 5, "ü"), (1, 8, "😀"), (1, 11, "x"), (1, 14, "漢字"), (1, 18, "y"),
    ]  # fmt: skip
    assert told("é😀: ]\n") == [(1, 5, "not-yaml")]
    assert told("é😀: \x00\n") == [(1, 5, "not-yaml")]


def test_lists_and_mappings_know_their_place() -> None:
    """A block begins at its first dash or key, a flow at its bracket."""
    root = composed("a:\n  - b: [c]\n  - {d: e}\n")
    assert isinstance(root, MappingNode)
    (_, items), = root.value
    assert isinstance(items, SequenceNode)
    first, second = items.value
    assert [(n.line, n.column) for n in (root, items, first, second)] == [(1, 1), (2, 3), (2, 5), (3, 5)]
    assert isinstance(first, MappingNode)
    assert first.value[0][1] == SequenceNode(2, 8, (ScalarNode(2, 9, "c"),))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'it''s'", "it's"),
        ('"a\\tb\\u00e9\\n"', "a\tbé\n"),
        ('"one\n  two"', "one two"),
        ("one\n  two", "one two"),
        ("|\n  one\n   two\n", "one\n two\n"),
        ("|-\n  one\n", "one"),
        (">\n  one\n  two\n", "one two\n"),
        ("https://a.eu/b?c=d#e", "https://a.eu/b?c=d#e"),
        ("one # two", "one"),
        ("'!!int 5'", "!!int 5"),
        ("'&a'", "&a"),
        ("x & *y !z", "x & *y !z"),
        ("", ""),
    ],
)
def test_every_way_of_writing_a_scalar(written: str, value: str) -> None:
    """Quotes, folds, blocks and escapes give the text that YAML 1.2 says they give."""
    assert scalars(composed(f"k: {written}"))[1][2] == value


def test_an_address_or_a_time_may_stand_within_brackets() -> None:
    """A colon without a space behind it ends nothing there; older parsers stop at it."""
    words = [value for _, _, value in scalars(composed("{a: https://x.eu/y, b: [21:00, c:d]}"))]
    assert words == ["a", "https://x.eu/y", "b", "21:00", "c:d"]


# --- characters -----------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("text", ["a: x%sb: y\n", "a: 'x%s y'\n", "a: 1 # x%sb: y\n", "a: |\n  x%s  y\n"])
def test_a_line_break_that_editors_do_not_show_is_refused(character: str, text: str) -> None:
    """People would see one line where the parser sees two, and a key in what they take for a comment."""
    (issue,) = refused(text % character)
    before = text.partition("%s")[0].split("\n")
    assert (issue.line, issue.column, issue.id) == (len(before), len(before[-1]) + 1, "not-yaml")
    assert f"U+{ord(character):04X}" in issue.message


@pytest.mark.parametrize("character", [*"\x00\x0b\x0c\x1b\x7f\x9f\ud800\udfff\ufeff\ufffe\uffff"])
def test_a_character_that_nobody_sees_is_located(character: str) -> None:
    """Also in a comment, and in the middle of a word."""
    for text in ("k: 1\na: b%sc\n", "k: 1\n# x%s\n"):
        (issue,) = refused(text % character)
        assert (issue.line, issue.column, issue.id) == (2, text.split("\n")[1].index("%") + 1, "not-yaml")
        assert "control character" in issue.message


def test_a_byte_order_mark_at_the_beginning_is_no_part_of_the_text() -> None:
    """The first key stands in column 1; a second mark is a fault."""
    assert scalars(composed("\ufeffa: b")) == [(1, 1, "a"), (1, 4, "b")]
    assert told("\ufeff\ufeffa: b") == [(1, 1, "not-yaml")]


def test_every_character_that_is_let_through_stays_what_it_is() -> None:
    """The parser takes each of them: none is a fault that it could not locate."""
    through = [c for c in map(chr, range(0xA0, sys.maxunicode + 1)) if c not in "\u2028\u2029\ufeff\ufffe\uffff"]
    text = "".join(c for c in through if not 0xD800 <= ord(c) <= 0xDFFF)
    assert scalars(composed(f"'{text}'")) == [(1, 1, text)]
    seen = "".join(map(chr, range(0x20, 0x7F))).replace("'", "")
    assert scalars(composed(f"'{seen}'")) == [(1, 1, seen)]


def test_a_tab_is_called_by_its_name() -> None:
    """Nobody sees it in the file."""
    for text, place in {"a:\n\tb: c\n": (2, 1), "a: |\n  x\n \ty\n": (3, 2)}.items():
        (issue,) = refused(text)
        assert (issue.line, issue.column, issue.hint) == (*place, "indent with spaces: no tab may stand here")
    assert scalars(composed("a:\tb\t# c\n")) == [(1, 1, "a"), (1, 4, "b")]


# --- what the language leaves out -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: !!int 5", (1, 4)),
        ("a: !!str 5", (1, 4)),
        ("a: ! 5", (1, 4)),
        ("a: !local 5", (1, 4)),
        ("a: !<tag:x.eu,2026:y> 5", (1, 4)),
        ("a: !!python/object/apply:os.system [ls]", (1, 4)),
        ("a:\n  - !!set {b}", (2, 5)),
        ("!!map {a: b}", (1, 1)),
        ("!!str a: b", (1, 1)),
        ("a: !!binary", (1, 4)),
        ("%TAG !e! tag:x.eu,2026:\n---\na: !e!y 5", (3, 4)),
    ],
)
def test_a_tag_is_refused_where_it_stands(text: str, place: tuple[int, int]) -> None:
    """On a value, a key, a list or a mapping; nothing is made of it."""
    assert told(text) == [(*place, "no-tags")]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a: &x 1\n", [(1, 4)]),
        ("- &x 1\n- &x 2\n", [(1, 3)]),
        ("- &x 1\n- &y 2\n- *x\n- *y\n", [(1, 3), (2, 3)]),
        ("a: *x\nb: *x\nc: *y\n", [(1, 4), (3, 4)]),
        ("&x a: b\n", [(1, 1)]),
        ("a: {<<: *x}\n", [(1, 9)]),
    ],
)
def test_each_anchor_is_told_once(text: str, places: list[tuple[int, int]]) -> None:
    """Where its name first stands, also where nothing uses it or nothing is behind it."""
    assert told(text) == [(*place, "no-aliases") for place in places]


def test_everything_left_out_is_told_in_one_run() -> None:
    """A tag, an anchor and the syntax error behind them."""
    assert told("a: !!int 5\nb: &x 1\nc: *x\nd: ]\n") == [(1, 4, "no-tags"), (2, 4, "no-aliases"), (4, 4, "not-yaml")]


@pytest.mark.parametrize("head", ["", "---\n", "%YAML 1.2\n---\n", "%YAML 1.1\n---\n", "# c\n---\n"])
def test_one_document_may_be_marked_as_such(head: str) -> None:
    """With its beginning, its end and its version; a version changes nothing in what is read."""
    line = head.count("\n") + 1
    assert scalars(composed(f"{head}a: NO\n...\n")) == [(line, 1, "a"), (line, 4, "NO")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\n---\nb: 2\n", (2, 1)),
        ("a: 1\n---\n", (2, 1)),
        ("--- a\n--- b\n", (2, 1)),
        ("a: 1\n...\nb: 2\n", (3, 1)),
        ("a: 1\n...\n---\n!!int ]", (3, 1)),
        ("%YAML 2.0\n---\na: 1\n", (1, 1)),
        ("%ODD x\n---\na: 1\n", (1, 5)),
        ("a: !e!y 5\n", (1, 4)),
    ],
)
def test_another_document_or_an_odd_directive_is_refused(text: str, place: tuple[int, int]) -> None:
    """A second decision in the file would be gone without a word."""
    assert told(text) == [(*place, "not-yaml")]


@pytest.mark.parametrize(
    ("text", "place"), [('a: "open', (1, 9)), ("a: [1,", (1, 7)), ("a: {b: c", (1, 9)), ("a: 'b\n\n", (3, 1))]
)
def test_a_text_broken_off_is_told_at_its_end(text: str, place: tuple[int, int]) -> None:
    """Behind the last character, in a line that an editor has."""
    assert told(text) == [(*place, "not-yaml")]


# --- what would take forever ----------------------------------------------------------------------


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_nesting_ends_at_the_limit(opening: str, closing: str) -> None:
    """The last level allowed is read; the next is told where it begins."""
    levels = DEEPEST - 1
    assert len(scalars(composed(opening * levels + "x" + closing * levels))) > 0
    text = opening * DEEPEST + "x" + closing * DEEPEST
    assert told(text) == [(1, text.index("x") + 1 if opening == "[" else text.index("x") - 2, "too-deep")]


@pytest.mark.parametrize("shape", ["[", "{a: ", "- ", "? ", "[{a: ", "- ? "])
def test_a_hundred_thousand_levels_neither_crash_nor_take_time(shape: str) -> None:
    """They are refused before anything recurses; libyaml stops by itself where it read 1,000 brackets ahead."""
    began = time.process_time()
    (issue,) = refused(shape * 100_000)
    assert issue.id == "too-deep" or shape == "["
    assert issue.line == 1 and 0 < issue.column <= 1001
    assert "nest" in issue.message
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "piece", ["- &a [*a, *a, *a]\n", "- *a\n", "- !!int 5\n", "a:\n", "? a\n", "- - \n", "'", "{a\n", "[],", "x", "\n"]
)
def test_the_largest_file_is_done_within_seconds(piece: str) -> None:
    """Whatever fills it: the time grows with its length, not with the square."""
    began = time.process_time()
    issues: list[Issue] = []
    root = compose(piece * (MOST_BYTES // len(piece)), "f", issues)
    assert (root is None) == bool(issues)
    assert time.process_time() - began < 5
