# SPDX-License-Identifier: EUPL-1.2
"""`ordinance apps`: vendor, country and categories are on the screen, and so is what is missing."""

from __future__ import annotations

from cli.shell import run


def line(text: str, start: str) -> str:
    """The line of an output that begins so."""
    return next(x for x in text.splitlines() if x.startswith(start))


def test_the_list_shows_vendor_country_and_categories() -> None:
    """A row a family; where nobody said anything, it says that."""
    out = run("apps").out
    head = ["family", "name", "vendor", "country", "categories", "members", "identifiers"]
    assert line(out, "family").split() == head
    assert "Kaspersky" in line(out, "kaspersky ") and " RU " in line(out, "kaspersky ")
    assert "social_media video_sharing" in line(out, "tiktok ")
    assert "not stated" in line(out, "bytedance-shared ")


def test_a_family_shows_who_controls_its_vendor_and_what_is_not_collected() -> None:
    """The chain of vendors with their countries and pages, the categories, and why there are no identifiers."""
    out = run("apps", "candy-crush").out
    assert line(out, "vendor: king") == "vendor: king, King.com Limited, country GB MT SE, part of activision-blizzard"
    assert line(out, "vendor: microsoft") == "vendor: microsoft, Microsoft Corporation, country US"
    assert line(out, "categories") == "categories: games"
    assert line(run("apps", "moomoo").out, "no identifiers") == "no identifiers: not yet collected"
    assert line(out, "vendor and categories") == "vendor and categories: as about terms say"
    assert "https://" in line(out, "of vendor microsoft: ")


def test_where_a_member_runs_is_shown_where_it_is_known() -> None:
    """DeepSeek's service and its models are told apart."""
    out = run("apps", "deepseek").out
    assert "deployment: service" in out
    assert "deployment: local" in out
