# SPDX-License-Identifier: EUPL-1.2
"""YAML text to nodes: every scalar stays a string, every node knows its line and column.

Reads: the text of one file. Uses the events of libyaml's parser, by way of PyYAML, and nothing above
them: no tag is resolved, no object made, nothing recurses. What the policy language leaves out of
YAML is refused where it stands: anchors and aliases (a reader of a decision must not have to chase
them), tags, a second document, and more than `DEEPEST` levels.

Lines are those of an editor (\\n, \\r\\n, \\r). libyaml ends a line at U+0085, U+2028 and U+2029 too,
so that it could see two lines where people see one: these never reach it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from ordinance.model.errors import Issue

DEEPEST = 40  # levels of nesting; the deepest shipped text has seven


class ScalarNode(NamedTuple):
    """A scalar as it was written, without its quotes. Lines and columns count from 1, columns in characters."""

    line: int
    column: int
    value: str


class SequenceNode(NamedTuple):
    """A list. It begins with its first dash or its bracket."""

    line: int
    column: int
    value: tuple[Node, ...]


class MappingNode(NamedTuple):
    """Keys and values as they were written: a key may stand there twice, and need not be a scalar."""

    line: int
    column: int
    value: tuple[tuple[Node, Node], ...]


Node = ScalarNode | SequenceNode | MappingNode

# What is no character of YAML 1.2 (libyaml would not say where), the byte order mark within a text, and U+0085,
# U+2028 and U+2029.
_UNFIT = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_END_OF_LINE = re.compile("\r\n|\r|\n")


def compose(text: str, file: str, issues: list[Issue]) -> Node | None:
    """The root of the one document in a text, or `None` with what is wrong reported."""
    text = text.removeprefix("\ufeff")
    if unfit := _UNFIT.search(text):
        kind = "a line break that editors do not show" if unfit[0] in "\x85\u2028\u2029" else "a control character"
        issues.append(_not_yaml(text, file, unfit.start(), f"it holds {kind} (U+{ord(unfit[0]):04X})"))
        return None
    found: list[Issue] = []
    documents: list[Node] = []
    try:
        _read(yaml.parse(text, Loader=yaml.CBaseLoader), file, documents, found)
    except MarkedYAMLError as error:
        at = error.problem_mark.index if error.problem_mark else len(text)
        found.append(_not_yaml(text, file, at, error.problem or error.context or "broken off"))
    except YAMLError as error:
        found.append(_not_yaml(text, file, 0, type(error).__name__))
    if not documents and not found:
        found.append(Issue(file, 1, 1, "empty-file", "the file is empty"))
    issues.extend(found)
    return None if found else documents[0]


def _read(events: Iterable[Event], file: str, documents: list[Node], issues: list[Issue]) -> None:
    """Roots into `documents`, faults into `issues`, up to one after which there is no use in going on."""
    levels: list[tuple[Event | None, list[Node]]] = [(None, documents)]
    names: set[str] = set()
    for event in events:
        if isinstance(event, NodeEvent):
            if len(levels) > DEEPEST:
                issues.append(
                    Issue(file, *_at(event), "too-deep", f"more than {DEEPEST} levels are nested in each other")
                )
                return
            issues.extend(_left_out(event, file, names))
            if isinstance(event, CollectionStartEvent):
                levels.append((event, []))
            else:  # an alias is reported; an empty scalar keeps keys and values in step
                levels[-1][1].append(ScalarNode(*_at(event), event.value if isinstance(event, ScalarEvent) else ""))
        elif isinstance(event, CollectionEndEvent):
            start, inside = levels.pop()
            levels[-1][1].append(_collection(start or event, inside))
        elif isinstance(event, DocumentStartEvent) and documents:
            issues.append(Issue(file, *_at(event), "not-yaml", "another document begins here", "", "a file for each"))
            return


def _left_out(event: NodeEvent, file: str, names: set[str]) -> list[Issue]:
    """What is YAML and not part of the language. An anchor or alias is told where its name first stands."""
    found = []
    if event.anchor is not None and event.anchor not in names:
        names.add(event.anchor)
        what = "anchors and aliases (& and *) are not part of the language"
        found.append(Issue(file, *_at(event), "no-aliases", what, "", "write it out"))
    if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
        hint = 'leave it out; a text that begins with "!" needs quotes'
        found.append(Issue(file, *_at(event), "no-tags", "tags (!) are not part of the language", "", hint))
    return found


def _collection(start: Event, inside: list[Node]) -> Node:
    if isinstance(start, MappingStartEvent):
        return MappingNode(*_at(start), tuple(zip(inside[::2], inside[1::2], strict=True)))
    return SequenceNode(*_at(start), tuple(inside))


def _at(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _not_yaml(text: str, file: str, at: int, why: str) -> Issue:
    """A fault at an offset. libyaml counts the end of a text as a line of its own; here it is behind the last word."""
    lines = _END_OF_LINE.split(text[:at])
    character = text[at : at + 1]
    hint = "indent with spaces: no tab may stand here" if character == "\t" else ""
    if character and "cannot start any token" in why:
        why = f"{why}: {character!r}"
    return Issue(file, len(lines), len(lines[-1]) + 1, "not-yaml", f"this is not YAML: {why}", "", hint)
