# SPDX-License-Identifier: EUPL-1.2
"""Platforms as dated facts: conflicts are kept, old facts are said to be old, and what nobody knows never fits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ordinance.airlock.platforms import COMMON, STALE_AFTER, judge, platforms, profile, profile_names, stale
from ordinance.catalogue.load import load
from ordinance.model.apps import Confidence
from ordinance.model.platform import About, Bound, Fit, Limit, Platform

VIDEO: dict[About, int | str] = {
    About.VIDEO_CONTAINER: "mp4",
    About.VIDEO_CODEC: "h264",
    About.VIDEO_BYTES: 60_000_000,
    About.VIDEO_MS: 45_000,
    About.VIDEO_FPS: 30,
    About.VIDEO_WIDTH_PX: 1080,
    About.VIDEO_HEIGHT_PX: 1920,
    About.VIDEO_WIDTH_PERCENT: 57,
    About.VIDEO_EDIT_LISTS: 0,
    About.VIDEO_INDEX: "first",
    About.AUDIO_CODEC: "aac",
    About.AUDIO_HZ: 48_000,
    About.AUDIO_CHANNELS: 2,
}
DAY = date(2026, 11, 27)


def fits(name: str, **changed: int | str) -> dict[str, Fit]:
    """Platform → the worst fit of the video above, with some facts changed."""
    facts = VIDEO | {About(about): value for about, value in changed.items()}
    order = [Fit.OUTSIDE, Fit.NOT_KNOWN, Fit.DISPUTED, Fit.FITS]
    found: dict[str, Fit] = {}
    for judged in judge(profile(name), facts, facts):
        found[judged.platform] = min(found.get(judged.platform, Fit.FITS), judged.fit, key=order.index)
    return found


def test_the_profiles() -> None:
    """Three platforms, and all of them at once."""
    assert profile_names() == (COMMON, "instagram-reels", "tiktok", "youtube-shorts")
    assert [platform.id for platform in profile(COMMON)] == ["instagram-reels", "tiktok", "youtube-shorts"]
    assert profile("tiktok") == (platforms()["tiktok"],)
    with pytest.raises(KeyError):
        profile("myspace")


def test_an_ordinary_upright_video_fits_all() -> None:
    """1080 by 1920, thirty frames a second, 45 seconds, H.264 and AAC, index first: what all three sources agree on."""
    assert fits(COMMON) == {"instagram-reels": Fit.FITS, "tiktok": Fit.FITS, "youtube-shorts": Fit.FITS}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"video_edit_lists": 1}, {"instagram-reels": Fit.OUTSIDE}),
        ({"video_index": "last"}, {"instagram-reels": Fit.OUTSIDE}),
        ({"video_ms": 2_999}, {"instagram-reels": Fit.OUTSIDE, "tiktok": Fit.OUTSIDE}),
        ({"video_ms": 3_000}, {}),
        ({"video_ms": 180_000}, {}),
        ({"video_ms": 180_001}, {"tiktok": Fit.DISPUTED, "youtube-shorts": Fit.OUTSIDE}),
        ({"video_ms": 600_001}, {"tiktok": Fit.OUTSIDE, "youtube-shorts": Fit.OUTSIDE}),
        ({"video_fps": 23}, {"tiktok": Fit.DISPUTED}),
        ({"video_fps": 61}, {"instagram-reels": Fit.OUTSIDE, "tiktok": Fit.OUTSIDE}),
        ({"video_bytes": 300_000_001}, {"instagram-reels": Fit.DISPUTED}),
        ({"video_bytes": 1_000_000_001}, {"instagram-reels": Fit.OUTSIDE, "tiktok": Fit.DISPUTED}),
        ({"video_width_percent": 100}, {"youtube-shorts": Fit.DISPUTED}),
        ({"video_width_percent": 101}, {"youtube-shorts": Fit.OUTSIDE}),
        ({"video_codec": "hevc"}, {"tiktok": Fit.OUTSIDE, "youtube-shorts": Fit.OUTSIDE}),
        ({"audio_channels": 6}, {"instagram-reels": Fit.OUTSIDE}),
    ],
)
def test_each_limit_counts_where_its_sources_say(changed: dict[str, int | str], expected: dict[str, Fit]) -> None:
    """Limits are inclusive; where sources disagree the verdict is disputed, never the mean or the kinder one."""
    everywhere = {"instagram-reels": Fit.FITS, "tiktok": Fit.FITS, "youtube-shorts": Fit.FITS}
    assert fits(COMMON, **changed) == everywhere | expected


def test_pictures() -> None:
    """PNG is disputed on TikTok: one source takes it, the others do not."""
    kinds = {k: judge(profile("tiktok"), {About.IMAGE_KIND: k}, [About.IMAGE_KIND]) for k in ("jpeg", "png", "gif")}
    assert {k: [j.fit for j in found] for k, found in kinds.items()} == {
        "jpeg": [Fit.FITS],
        "png": [Fit.DISPUTED],
        "gif": [Fit.OUTSIDE],
    }


def test_what_a_file_does_not_say_is_not_known() -> None:
    """A fact that is missing never fits, and one that nobody asked about is not judged."""
    (judged,) = judge(profile("youtube-shorts"), {}, [About.VIDEO_MS])
    assert (judged.fit, judged.value) == (Fit.NOT_KNOWN, None)
    assert judge(profile("youtube-shorts"), VIDEO, []) == ()


def test_a_word_is_no_number() -> None:
    """A fact of the wrong kind is outside: no comparison makes sense of it."""
    limit = Limit(About.VIDEO_MS, (Bound("a", most=10),), Confidence.LOW)
    platform = Platform("p", "P", "p/p", DAY, (limit,), {})
    assert [j.fit for j in judge([platform], {About.VIDEO_MS: "long"}, [About.VIDEO_MS])] == [Fit.OUTSIDE]


def test_facts_grow_old() -> None:
    """On the last day of their time facts are still taken without a word; from the next one on they are old."""
    chosen = profile(COMMON)
    last = min(platform.checked_on for platform in chosen) + timedelta(days=STALE_AFTER)
    assert stale(chosen, last) == ()
    assert {p.id for p in stale(chosen, max(p.checked_on for p in chosen) + timedelta(days=STALE_AFTER + 1))} == {
        platform.id for platform in chosen
    }


@pytest.mark.parametrize("platform", platforms().values(), ids=lambda p: p.id)
def test_each_fact_has_its_source_and_day(platform: Platform) -> None:
    """No limit without a source, no source without an address and a day, no platform that the catalogue lacks."""
    family, _, member = platform.app.partition("/")
    assert member in {m.id for f in load().families if f.id == family for m in f.members}
    assert len({limit.about for limit in platform.limits}) == len(platform.limits)
    for cite in platform.cites.values():
        assert cite.title
        assert cite.url.startswith("https://")
        assert cite.retrieved is not None
        assert cite.retrieved <= platform.checked_on
    for limit in platform.limits:
        assert limit.bounds
        assert not (limit.is_disputed and limit.confidence is Confidence.HIGH)
