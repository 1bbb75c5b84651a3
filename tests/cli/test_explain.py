# SPDX-License-Identifier: EUPL-1.2
"""`explain` prints authority, clause and facts in that order, for a person who has to read them out."""

from __future__ import annotations

import bodies
from cli.shell import run


def explained(body: str, device: str, day: str) -> str:
    """What `ordinance explain` prints about TikTok's app."""
    ran = run("explain", bodies.EXAMPLES / body, "--device", device, "--as-of", day)
    assert ran.code == 0
    return ran.out


def test_a_part_paid_own_phone_is_covered_by_who_pays() -> None:
    """Authority → clause → facts: the share that the city pays, and the deadlines that follow."""
    text = explained("ghent", "op-001", "2023-03-20")
    order = ["FORBIDDEN by gent-2023-tiktok/paid-devices", "City of Ghent", "→ gent-2023-tiktok/paid-devices",
             "→ this device is covered: subscription_share over 0 [subscription_share: 30]",
             "remove: due from 2023-03-27"]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_an_entirely_own_phone_is_out_and_the_federal_advice_a_divergence() -> None:
    """The mirrored text's advice on own phones is shown, and decides nothing."""
    text = explained("ghent", "ow-004", "2023-03-20")
    assert "PERMITTED: no clause in force speaks of this device" in text
    ruling, _, divergence = text.partition("divergence only (a mirrored text; it has no force here)")
    assert "be-federal-716/federal-own-devices" in divergence
    assert "federal-own-devices" not in ruling
    assert "duties" not in text


def test_an_exemption_names_its_conditions() -> None:
    """A separate device: conditional, with what a check will ask of it, and the answer to the advice."""
    text = explained("tallinn", "sd-001", "2024-12-12")
    assert "CONDITIONAL: exemption channel-devices from tallinn-2024-tiktok/work-devices" in text
    assert "no internal names" in text
    assert "answer to ee-ria: mitigated" in text
