# SPDX-License-Identifier: EUPL-1.2
"""Names: the longest suffix on label boundaries, against a naive oracle and a table of look-alikes."""

from __future__ import annotations

import random
import time
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordinance.match.names import Hit, NameMatcher, normalise
from ordinance.model.apps import Confidence, Identifier, Kind, Role


def domain(value: str, family: str = "tiktok", role: Role = Role.WEB, retired: date | None = None) -> Identifier:
    """An identifier as the catalogue would hold it."""
    return Identifier(Kind.DOMAIN, value, family, family, Confidence.HIGH, role, retired=retired)


KNOWN = (
    domain("tiktok.com"),
    domain("tiktokv.com"),
    domain("api16-normal.tiktokv.com", role=Role.APP_ONLY),
    domain("tiktokcdn.com", role=Role.SHARED),
    domain("analytics.tiktok.com", role=Role.EMBED),
    domain("googleapis.com", family="google"),
    domain("youtubei.googleapis.com", family="youtube"),
    domain("bytetcdn.com", family="bytedance-shared", role=Role.SHARED),
    domain("xn--mnchen-3ya.de", family="munich"),
)
ZONES = frozenset({"akamaized.net", "edgesuite.net", "c.bytetcdn.com", "akadns.net", "bytewlb.akadns.net"})
MATCHER = NameMatcher(KNOWN, ZONES)


@pytest.mark.parametrize(
    "name",
    [
        "nottiktok.com", "mytiktokv.com", "tiktok.com.evil.example", "tiktok.com.co", "tiktokcom", "tiktok",
        "com", "xtiktok.com", "tiktok.comx", "tiktok-com.example", "evil-tiktok.com", "tiktok.com-evil.example",
        "akamaized.net", "www.example.akamaized.net", "nottiktok.com.akamaized.net", "tiktok.com.notakamaized.net",
        "tiktok.com.evil.akamaized.net", "akamaized.net.tiktok", "",
    ],
)  # fmt: skip
def test_a_look_alike_is_nobody(name: str) -> None:
    """Ends alike, contains, is under somebody else's domain: no hit."""
    assert MATCHER.find(name) is None


def test_beneath_a_name_are_those_below_it() -> None:
    """In order and at any depth; neither the name itself, nor one that only ends alike, nor an alias zone."""
    every = ("a.tiktok.com", "nottiktok.com", "x.a.tiktok.com", "tiktok.com", "b.tiktok.com", "tiktok.com.example")
    matcher = NameMatcher(map(domain, every), frozenset({"zone.tiktok.com"}))
    assert [i.value for i in matcher.beneath("tiktok.com")] == ["a.tiktok.com", "b.tiktok.com", "x.a.tiktok.com"]
    assert matcher.beneath("x.a.tiktok.com") == matcher.beneath("zone.tiktok.com") == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tiktok.com", "tiktok.com"),
        ("www.tiktok.com", "tiktok.com"),
        ("a.b.c.analytics.tiktok.com", "analytics.tiktok.com"),
        ("notanalytics.tiktok.com", "tiktok.com"),
        ("mcs.tiktokv.com", "tiktokv.com"),
        ("v6.api16-normal.tiktokv.com", "api16-normal.tiktokv.com"),
        ("youtubei.googleapis.com", "youtubei.googleapis.com"),
        ("fonts.googleapis.com", "googleapis.com"),
        ("_https._tcp.tiktok.com", "tiktok.com"),
        ("WWW.TikTok.COM..", "tiktok.com"),
        ("ＴｉｋＴｏｋ。com", "tiktok.com"),
        ("tik\u00adtok.com", "tiktok.com"),
        ("www.münchen.de", "xn--mnchen-3ya.de"),
        ("MÜNCHEN.de", "xn--mnchen-3ya.de"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
    ],
)
def test_the_longest_known_suffix_wins(name: str, value: str) -> None:
    """A nested name is its own, whatever case, dots or script the log writes it in."""
    hit = MATCHER.find(name)
    assert hit is not None
    assert (hit.identifier.value, hit.likely) == (value, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tiktokcdn.com.akamaized.net", "tiktokcdn.com"),
        ("v16.tiktokcdn.com.edgesuite.net", "tiktokcdn.com"),
        ("api16-normal.tiktokv.com.edgesuite.net", "api16-normal.tiktokv.com"),
        ("tiktok.com.bytewlb.akadns.net", "tiktok.com"),
        ("pull.tiktokcdn.com.c.bytetcdn.com", "tiktokcdn.com"),
    ],
)
def test_a_known_name_below_an_alias_zone_is_likely(name: str, value: str) -> None:
    """`<known name>.<CDN alias zone>` is a hit that says it is only likely."""
    hit = MATCHER.find(name)
    assert hit is not None
    assert (hit.identifier.value, hit.likely) == (value, True)


def test_a_zone_that_is_also_known_falls_back_to_its_owner() -> None:
    """Left of ByteDance's own zone stands nobody known: the zone's owner is what can be said."""
    hit = MATCHER.find("something.c.bytetcdn.com")
    assert hit is not None
    assert (hit.identifier.family, hit.likely) == ("bytedance-shared", False)


def test_a_retired_name_is_still_found() -> None:
    """Retired names are watched: old apps keep asking for them."""
    matcher = NameMatcher([domain("old.example", retired=date(2020, 1, 1))])
    assert matcher.find("api.old.example") is not None


def test_other_kinds_are_no_names() -> None:
    """A package name that reads like a host name never matches one."""
    package = Identifier(Kind.PACKAGE_NAME, "com.tiktok.lite", "tiktok", "tiktok-lite", Confidence.HIGH)
    assert NameMatcher([package]).find("com.tiktok.lite") is None


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a..b", ".a.b", "a b.com", "http://a.com", "a.com/x", "192.0.2.1", "a.12", "*.a.com",
             "a\x00.com", "\ud800.com", "☃\ufffd.com", "x" * 64 + ".com", ("x" * 60 + ".") * 5 + "com", "é" * 2000,
             "a@b.com", "[::1]", "2001:db8::1"],
)  # fmt: skip
def test_what_is_no_host_name_is_none(name: str) -> None:
    """Addresses, URLs, empty labels and junk give None and never an exception."""
    assert normalise(name) is None
    assert MATCHER.find(name) is None


@given(st.text(max_size=80))
@example("\u3002")
@example("İstanbul.example")
@example("xn--.com")
def test_normalising_twice_changes_nothing_and_never_raises(text: str) -> None:
    """What normalise gives is its own normal form: lower-case ASCII without dots at the ends."""
    once = normalise(text)
    if once is not None:
        assert normalise(once) == once
        assert once.isascii()
        assert once == once.lower().strip(".")


LABELS = st.sampled_from(["a", "b", "ab", "tiktok", "nottiktok", "com", "net", "cdn", "zone", "xn--a"])
NAMES = st.lists(LABELS, min_size=1, max_size=7).map(".".join)


def naive(name: str, values: set[str], zones: set[str]) -> tuple[str, bool] | None:
    """The rule as one would say it: try every suffix from the longest to the shortest, zones before owners."""
    labels = name.split(".")
    for cut in range(len(labels)):
        suffix, left = ".".join(labels[cut:]), labels[:cut]
        if suffix in zones:
            for inner in range(len(left)):
                if ".".join(left[inner:]) in values:
                    return ".".join(left[inner:]), True
        if suffix in values:
            return suffix, False
    return None


def seen(hit: Hit | None) -> tuple[str, bool] | None:
    """A hit in the oracle's terms."""
    return (hit.identifier.value, hit.likely) if hit else None


@given(NAMES, st.sets(NAMES, max_size=8), st.sets(NAMES, max_size=4))
def test_the_matcher_agrees_with_a_naive_reading_of_the_rule(name: str, values: set[str], zones: set[str]) -> None:
    """For any names, identifiers and zones the compiled matcher and the plain rule say the same."""
    matcher = NameMatcher([domain(v) for v in values], frozenset(zones))
    assert seen(matcher.find(name)) == naive(name, values, zones)


@given(st.lists(NAMES, max_size=8), st.randoms(use_true_random=False), st.lists(NAMES, max_size=5))
def test_the_order_of_identifiers_does_not_matter(values: list[str], chance: random.Random, asked: list[str]) -> None:
    """Any order of the catalogue, twins of two families included, gives the same hits."""
    identifiers = [domain(v, family) for v in values for family in ("one", "two")]
    shuffled = identifiers.copy()
    chance.shuffle(shuffled)
    one, other = NameMatcher(identifiers), NameMatcher(shuffled)
    assert [one.find(n) for n in asked] == [other.find(n) for n in asked]


@given(NAMES, st.sets(NAMES, min_size=1, max_size=8))
def test_case_and_trailing_dots_do_not_matter(name: str, values: set[str]) -> None:
    """Logs write names in many ways; the hit is one."""
    matcher = NameMatcher([domain(v) for v in values])
    assert matcher.find(name) == matcher.find(name.upper() + ".") == matcher.find(name.title() + "..")


def test_what_is_remembered_stays_bounded() -> None:
    """Unique names of a log grow without end; the matcher's memory does not."""
    for number in range(40_000):
        MATCHER.find(f"n{number}.example.org")
    assert MATCHER.find.cache_info().currsize <= 16_384


def test_a_name_takes_microseconds() -> None:
    """Reading a day's log must not wait for matching: 20,000 unseen names well under a second."""
    matcher = NameMatcher([domain(f"x{n}.example{n}.com") for n in range(2_000)], ZONES)
    names = [f"host{n}.part.of.a.name.example.org" for n in range(20_000)]
    start = time.process_time()
    for name in names:
        matcher.find(name)
    assert time.process_time() - start < 1.0  # about 0.06 s on one core of 2023; the bound only catches scans
