# SPDX-License-Identifier: EUPL-1.2
"""Inventory rows: exact ids, exact display names, publishers that must fit."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.match.software import SoftwareMatcher
from ordinance.model.apps import Confidence, Identifier, Kind


def software(kind: Kind, value: str, member: str = "tiktok", publisher: str = "") -> Identifier:
    """An identifier of installed software."""
    return Identifier(kind, value, "tiktok", member, Confidence.MEDIUM, publisher=publisher)


SHA = "9041803e91bcb814b4b4399fb5c85a91640b755e5e8ba76813814bf4cf2ab5ba"
MATCHER = SoftwareMatcher(
    [
        software(Kind.PACKAGE_NAME, "com.zhiliaoapp.musically"),
        software(Kind.BUNDLE_ID, "com.facebook.Facebook"),
        software(Kind.PACKAGE_FAMILY_NAME, "BytedancePte.Ltd.TikTok_6yccndn6064se"),
        software(Kind.SIGNER_SHA256, SHA),
        software(Kind.DISPLAY_NAME, "TikTok", publisher="TikTok Pte. Ltd."),
        software(Kind.DISPLAY_NAME, "TikTok", publisher="Bytedance Pte. Ltd."),
        software(Kind.DISPLAY_NAME, "WhatsApp", member="whatsapp"),
        software(Kind.DOMAIN, "tiktok.com"),
    ]
)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.PACKAGE_NAME, "com.zhiliaoapp.musically"),
        (Kind.PACKAGE_NAME, " com.zhiliaoapp.musically "),
        (Kind.BUNDLE_ID, "com.facebook.Facebook"),
        (Kind.PACKAGE_FAMILY_NAME, "bytedancepte.ltd.tiktok_6YCCNDN6064SE"),
        (Kind.SIGNER_SHA256, SHA.upper()),
        (Kind.SIGNER_SHA256, ":".join(SHA[n : n + 2] for n in range(0, 64, 2))),
    ],
)
def test_an_id_is_found_as_its_vendor_compares_it(kind: Kind, value: str) -> None:
    """Windows families and digests compare without case, everything else exactly."""
    found = MATCHER.by_id(kind, value)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.PACKAGE_NAME, "com.Zhiliaoapp.musically"),
        (Kind.PACKAGE_NAME, "com.zhiliaoapp.musically.go"),
        (Kind.PACKAGE_NAME, "com.downloaderfor.tiktok"),
        (Kind.PACKAGE_NAME, "com.facebook.Facebook"),
        (Kind.BUNDLE_ID, "com.facebook.facebook"),
        (Kind.BUNDLE_ID, "com.zhiliaoapp.musically"),
        (Kind.PACKAGE_FAMILY_NAME, "BytedancePte.Ltd.TikTok"),
        (Kind.DISPLAY_NAME, "TikTok"),
        (Kind.DOMAIN, "tiktok.com"),
        (Kind.PACKAGE_NAME, ""),
    ],
)
def test_an_id_that_differs_is_another_app(kind: Kind, value: str) -> None:
    """Another case, another kind, a longer id, or no id at all: no hit."""
    assert MATCHER.by_id(kind, value) is None


@pytest.mark.parametrize(
    ("name", "publisher"),
    [
        ("TikTok", "TikTok Pte. Ltd."),
        ("TIKTOK", "tiktok pte. ltd."),
        ("  tiktok ", "BYTEDANCE  PTE. LTD."),
        ("TikTok", ""),
        ("WhatsApp", "whoever says so"),
    ],
)
def test_a_full_name_is_found_where_the_publisher_fits(name: str, publisher: str) -> None:
    """A publisher counts where both sides state one; case and white space never count."""
    assert MATCHER.by_name(name, publisher) is not None


@pytest.mark.parametrize(
    ("name", "publisher"),
    [
        ("TikTok", "Fan Apps Ltd."),
        ("TikTok Downloader", ""),
        ("Downloader for TikTok", ""),
        ("TikTok Video Downloader", "TikTok Pte. Ltd."),
        ("Tik Tok", "TikTok Pte. Ltd."),
        ("TikTo", ""),
        ("", ""),
        ("", "TikTok Pte. Ltd."),
    ],
)
def test_a_part_of_a_name_or_a_strange_publisher_is_nobody(name: str, publisher: str) -> None:
    """No substring ever matches, and somebody else's app of the same name is somebody else's."""
    assert MATCHER.by_name(name, publisher) is None


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_more_text_around_a_name_never_matches(before: str, after: str) -> None:
    """Whatever visible text is put around a known name makes it an unknown one."""
    if before.strip() and after.strip():
        assert MATCHER.by_name(f"{before}tiktok", "") is None
        assert MATCHER.by_name(f"tiktok{after}", "") is None


@given(st.randoms(use_true_random=False))
def test_the_order_of_identifiers_does_not_matter(chance: random.Random) -> None:
    """Twins in a caller's list give the same answer in any order."""
    twins = [software(Kind.DISPLAY_NAME, "App", member=m, publisher=p) for m in "ab" for p in ("", "P", "Q")]
    twins += [software(Kind.PACKAGE_NAME, "a.b", member=m) for m in "ab"]
    shuffled = twins.copy()
    chance.shuffle(shuffled)
    one, other = SoftwareMatcher(twins), SoftwareMatcher(shuffled)
    assert one.by_id(Kind.PACKAGE_NAME, "a.b") == other.by_id(Kind.PACKAGE_NAME, "a.b")
    for publisher in ("", "P", "Q", "R"):
        assert one.by_name("App", publisher) == other.by_name("App", publisher)


def test_everything_by_which_an_app_can_be_recognised_is_told() -> None:
    """Names and ids of one member, and nothing of another or of one that nobody knows."""
    assert {i.kind for i in MATCHER.of("tiktok/whatsapp")} == {Kind.DISPLAY_NAME}
    assert {i.value for i in MATCHER.of("tiktok/tiktok") if i.kind is Kind.PACKAGE_NAME} == {"com.zhiliaoapp.musically"}
    assert MATCHER.of("tiktok") == MATCHER.of("tiktok/other") == ()
