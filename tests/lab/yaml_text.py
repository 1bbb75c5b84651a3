# SPDX-License-Identifier: EUPL-1.2
"""YAML of the tests' own tables as plain texts, lists and mappings; anchors are allowed here, types are not guessed."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


def as_texts(text: str) -> Any:
    """The document with every scalar as it was written."""
    return _plain(YAML(typ="safe", pure=True).compose(text))


def _plain(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, SequenceNode):
        return [_plain(n) for n in node.value]
    assert isinstance(node, MappingNode)
    return {_plain(k): _plain(v) for k, v in node.value}
