# SPDX-License-Identifier: EUPL-1.2
"""The one line about a channel's rules: never milder than the stricter of the two answers behind it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from ordinance.report.channels import _rule_in_short

STRICT = ("forbidden", "unknown", "conditional", "advised_against", "permitted")
SAID = {
    "forbidden": ("the account is forbidden", "forbidden on its device"),
    "unknown": ("not known",),
    "conditional": ("permitted by exemption, if its conditions are met",),
    "advised_against": ("advised against",),
    "permitted": ("nothing forbids it",),
}


def answer(outcome: str) -> dict[str, Any]:
    return {"outcome": outcome, "lifted_by": None}


@pytest.mark.parametrize(("account", "app"), list(product(STRICT, STRICT)))
def test_the_stricter_answer_is_said(account: str, app: str) -> None:
    """What is not known about the account is not "nothing forbids it" because the app is free."""
    stricter = min((account, app), key=STRICT.index)
    assert _rule_in_short({"account_rule": answer(account), "rule": answer(app)}) in SAID[stricter]
