# SPDX-License-Identifier: EUPL-1.2
"""Names of offices, read from located YAML: who decides, owns or was heard is a role, and no mailbox.

Reads a text; refuses an e-mail address. Cannot know whether a name without one is that of an office.
"""

from __future__ import annotations

import re

from ordinance.policy import fields
from ordinance.policy.compose import ScalarNode
from ordinance.policy.fields import At
from ordinance.policy.nodes import Cursor

_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")


def office(at: At, key: str) -> str:
    """The office at a key, as written; an address is reported there, and not repeated."""
    if key in at:
        _refuse_address(at[key])
    return fields.text(at, key)


def offices(at: At, key: str) -> tuple[str, ...]:
    """The offices of a list, or the one that stands there without a list."""
    for cursor in at[key].one_or_many() if key in at else ():
        _refuse_address(cursor)
    return fields.texts(at, key)


def _refuse_address(cursor: Cursor) -> None:
    if isinstance(cursor.node, ScalarNode) and _ADDRESS.search(cursor.node.value):
        hint = "name the office: people leave, and the page is made to be published"
        cursor.report("address-for-an-office", "an e-mail address stands where an office is named", hint)
