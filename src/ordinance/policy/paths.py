# SPDX-License-Identifier: EUPL-1.2
"""Paths within a file of the law: keys and ids joined by dots, as `general_knowledge` and `invented` name them.

`restrictions.phones.duties.remove` is the duty of the clause with that id; `exemptions_allowed.approver` the key of any
entry of the list, `restrictions[0].people` that of the first.
"""

from __future__ import annotations

import re

from ordinance.policy.compose import MappingNode, Node, ScalarNode, SequenceNode

_PARTS = re.compile(r"[^.\[\]]+")


def leads(root: Node, path: str) -> bool:
    """Whether a path names something that stands in the file."""
    return bool(path) and _leads(root, _PARTS.findall(path))


def _leads(node: Node, parts: list[str]) -> bool:
    if not parts:
        return True
    if isinstance(node, MappingNode):
        return any(_leads(value, rest) for key, value in node.value for rest in _after(key, parts))
    if isinstance(node, SequenceNode):
        return any(_leads_item(n, item, parts) for n, item in enumerate(node.value))
    return False


def _leads_item(number: int, item: Node, parts: list[str]) -> bool:
    if isinstance(item, ScalarNode):
        return item.value.strip() in {parts[0], ".".join(parts)}
    named = [rest for value in _names(item) for rest in _after(value, parts)]
    return any(_leads(item, rest) for rest in (parts, *named, *([parts[1:]] if parts[0] == str(number) else ())))


def _names(item: Node) -> list[Node]:
    """What an entry of a list can be called by: its id, or its first word."""
    entries = item.value if isinstance(item, MappingNode) else ()
    return [v for n, (k, v) in enumerate(entries) if n == 0 or (isinstance(k, ScalarNode) and k.value == "id")]


def _after(name: Node, parts: list[str]) -> list[list[str]]:
    """What is left of a path behind a name, which may hold dots itself."""
    if not isinstance(name, ScalarNode):
        return []
    own = _PARTS.findall(name.value)
    return [parts[len(own) :]] if own and parts[: len(own)] == own else []
