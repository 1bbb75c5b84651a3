# SPDX-License-Identifier: EUPL-1.2
"""Settings of every target: unknown keys and bad values are issues, all at once."""

from __future__ import annotations

import pytest

from ordinance.model.errors import PolicyError
from ordinance.targets.dns_rpz import DnsRpz

from . import plans

PLAN = plans.plan(plans.demand(plans.identifier("tiktokv.com")))


def zone_of(**settings: str) -> tuple[str, str]:
    zone = DnsRpz().compile(PLAN, settings, 7).artefacts[0]
    return zone.path, zone.content.decode("ascii")


def test_settings_reach_the_zone() -> None:
    """Zone, time to live and answer stand in the file."""
    path, text = zone_of(zone="rpz.gent.example", ttl="0", answer="nodata")
    assert path == "dns-rpz/rpz.gent.example.zone"
    assert "$ORIGIN rpz.gent.example.\n$TTL 0\n" in text
    assert "\ntiktokv.com IN CNAME *. ;" in text
    assert "\n*.tiktokv.com IN CNAME *.\n" in text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("zone", ""), ("zone", "rpz"), ("zone", 'a"; }; include "/etc/passwd'), ("zone", "rpz.ordinance\n"),
        ("zone", "../up"), ("zone", "RPZ.Ordinance"), ("zone", "x.rpz-ip"), ("zone", "a." * 51 + "example"),
        ("ttl", "-1"), ("ttl", "300\n"), ("ttl", "5m"), ("ttl", "٣٠٠"), ("ttl", "100000"),
        ("answer", "drop"), ("answer", ""), ("zones", "rpz.ordinance"),
    ],
)  # fmt: skip
def test_a_bad_setting_is_an_issue(key: str, value: str) -> None:
    """An unknown key or a value outside the table stops the build and is named."""
    with pytest.raises(PolicyError) as caught:
        zone_of(**{key: value})
    (issue,) = caught.value.issues
    assert (issue.id, issue.file) == ("bad-target-setting", "ordinance.toml")
    assert key in issue.message
    assert issue.hint


def test_all_bad_settings_are_reported_together() -> None:
    """Three faults give three issues."""
    with pytest.raises(PolicyError) as caught:
        zone_of(ttl="soon", answer="drop", colour="red")
    assert len(caught.value.issues) == 3


@pytest.mark.parametrize(
    "settings",
    [
        {"answer": "garden"}, {"garden": "blocked.city.example"}, {"answer": "nodata", "garden": "blocked.example"},
        {"answer": "garden", "garden": "page.tiktokv.com"}, {"answer": "garden", "garden": "tiktokv.com"},
    ],
)  # fmt: skip
def test_a_garden_that_cannot_be_shown_is_an_issue(settings: dict[str, str]) -> None:
    """A garden goes with its answer, and does not lie beneath a blocked name."""
    with pytest.raises(PolicyError) as caught:
        DnsRpz().compile(PLAN, settings, 7)
    assert [i.id for i in caught.value.issues] == ["bad-target-setting"]
