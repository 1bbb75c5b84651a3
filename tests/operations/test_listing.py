# SPDX-License-Identifier: EUPL-1.2
"""`apps`: what is known of a family, with its sources, and what nobody said."""

from __future__ import annotations

from typing import Any

import pytest

from ordinance.catalogue.load import load
from ordinance.model.errors import PolicyError
from ordinance.operations.listing import apps_document


def member(family: str, name: str) -> dict[str, Any]:
    """One member of a family's document."""
    return next(m for m in apps_document(family)["members"] if m["id"] == f"{family}/{name}")


def test_every_family_is_listed_with_vendor_country_and_categories() -> None:
    """In short: one row a family, `None` where nobody said."""
    rows = {f["id"]: f for f in apps_document()["families"]}
    assert set(rows) == {f.id for f in load().families}
    tiktok = rows["tiktok"]
    assert (tiktok["vendor"], tiktok["vendor_id"], tiktok["origins"]) == ("ByteDance Ltd.", "bytedance", ["CN", "KY"])
    assert tiktok["categories"] == ["social_media", "video_sharing"]
    assert rows["meta"]["categories"] == ["messaging", "social_media"]
    assert rows["bytedance-shared"]["categories"] is None


def test_a_family_names_its_vendor_first_and_then_who_controls_it() -> None:
    """With each one's own countries and the pages that say so."""
    vendors = apps_document("candy-crush")["vendors"]
    assert [(v["id"], v["jurisdictions"]) for v in vendors] == [
        ("king", ["GB", "MT", "SE"]),
        ("activision-blizzard", ["US"]),
        ("microsoft", ["US"]),
    ]
    assert vendors[0]["part_of"] == ["activision-blizzard"]
    assert all(cite["url"] for v in vendors for cite in v["cites"].values())


def test_the_pages_that_state_vendor_and_categories_are_among_the_citations() -> None:
    """Each key of `facts_cites` leads to a title."""
    document = apps_document("meta")
    assert document["facts_cites"]
    assert set(document["facts_cites"]) <= document["cites"].keys()


def test_a_member_has_its_own_categories_and_deployment() -> None:
    """A messenger among social networks; models that run on the body's own machines."""
    assert member("meta", "whatsapp")["categories"] == ["messaging"]
    assert member("deepseek", "deepseek")["deployment"] == "service"
    weights = member("deepseek", "open-weights")
    assert (weights["deployment"], weights["edition"], weights["contract"]) == ("local", None, None)


def test_a_member_without_identifiers_says_why() -> None:
    """An empty list alone could be taken for an app that has none."""
    assert (member("moomoo", "moomoo")["identifiers"], member("moomoo", "moomoo")["no_identifiers"]) == (
        [],
        "not_yet_collected",
    )
    assert member("tiktok", "tiktok")["no_identifiers"] is None


def test_a_family_that_is_not_there_is_refused_with_a_hint() -> None:
    """A slip of the pen is answered with the family that was meant."""
    with pytest.raises(PolicyError) as caught:
        apps_document("wechta")
    assert [(i.id, i.hint) for i in caught.value.issues] == [("unknown-family", 'did you mean "wechat"?')]
