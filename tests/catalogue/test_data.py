# SPDX-License-Identifier: EUPL-1.2
"""The shipped data: against the hand-written truth, and lints of what may never stand in it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ordinance.catalogue.load import DATA, ENOUGH_APP_ONLY, alias_zones, load, twins
from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.apps import Confidence, Kind, Role

KNOWN: dict[str, Any] = tomllib.loads(Path(__file__).with_name("truth.toml").read_text("utf-8"))
TRUTH: list[dict[str, Any]] = KNOWN["names"]
CATALOGUE = load()
IDENTIFIERS = [i for f in CATALOGUE.families for i in f.identifiers]
MATCHER = NameMatcher(IDENTIFIERS, alias_zones(), twins())
SOFTWARE = SoftwareMatcher(IDENTIFIERS)
DOMAINS = [i for i in IDENTIFIERS if i.kind is Kind.DOMAIN]

# Seen in public lists of these apps, and somebody else's.
NOISE = (
    "app-measurement.com", "cloudfront.net", "elb.amazonaws.com", "amazonaws.com", "awsdns-55.com", "react.com",
    "reactjs.org", "rocksdb.org", "parse.com", "groups.com", "i.org", "appsflyersdk.com", "dns.google.com",
    "googleapis.com", "ggpht.com", "googleusercontent.com", "akamaitechnologies.com", "fastly.net", "myqcloud.com",
)  # fmt: skip


@pytest.mark.parametrize("group", TRUTH, ids=[f"{g['family'] or 'nobody'}-{g['role']}: {g['why']}" for g in TRUTH])
def test_every_name_means_what_was_written_down_before(group: dict[str, Any]) -> None:
    """Family, role and likeliness of each name are those of truth.toml; nothing unrelated is hit."""
    expected = (group["family"], group["role"], group.get("likely", False))
    wrong = {}
    for name in group["names"]:
        hit = MATCHER.find(name)
        got = (hit.identifier.family, hit.identifier.role or "", hit.likely) if hit else ("", "", False)
        if got != expected:
            wrong[name] = got
    assert wrong == {}


def test_the_truth_is_large_enough_to_mean_something() -> None:
    """At least 60 unrelated names and 60 known ones: a catalogue of nothing, or of everything, fails."""
    counts = Counter(bool(g["family"]) for g in TRUTH for _ in g["names"])
    assert counts[True] >= 60
    assert counts[False] >= 100


def test_every_file_of_the_folder_is_in_the_catalogue() -> None:
    """A family file dropped in the folder cannot be forgotten, and no other file lies about."""
    on_disk = {p.name for p in DATA.iterdir()}
    written = {"_version.toml", "_vendors.toml", "_cdn-alias-zones.toml", "_regional-twins.toml", "_unseen.toml"}
    beside = written | {"_compiled.json", "_history.json"}
    assert on_disk == {f"{f.id}.toml" for f in CATALOGUE.families} | beside


def test_the_families_and_their_members_are_there() -> None:
    """Decisions name these ids; they never change once released."""
    members = {f.id: [m.id for m in f.members] for f in CATALOGUE.families}
    alone = {f for f, ids in members.items() if ids == [f]}
    assert alone == {
        "bereal", "bluesky", "bytedance-shared", "chatgpt", "claude", "copilot", "discord", "dropbox", "google-drive",
        "kakaotalk", "lemon8", "likee", "line", "max", "moomoo", "netflix", "ok", "olvid", "reddit", "roblox", "rutube",
        "shein", "signal", "snapchat", "strava", "tchap", "temu", "tiger-brokers", "tinder", "tumblr", "twitch",
        "uc-browser", "viber", "webull", "wechat", "wecom", "x", "xiaohongshu", "zoom",
    }  # fmt: skip
    assert {f: ids for f, ids in members.items() if f not in alone} == {
        "aliexpress": ["aliexpress", "aliexpress-russia"],
        "alipay": ["alipay", "alipay-hk"],
        "bigo": ["bigo-live"],
        "bilibili": ["bilibili", "bilibili-tv", "bilibili-comics"],
        "candy-crush": ["candy-crush-saga", "candy-crush-soda-saga", "candy-crush-friends-saga"],
        "capcut": ["capcut", "jianying"],
        "deepseek": ["deepseek", "open-weights"],
        "doubao": ["doubao", "dola"],
        "douyin": ["douyin", "douyin-lite", "douyin-huoshan"],
        "fortnite": ["fortnite", "epic-games"],
        "kaspersky": ["kaspersky-android", "kaspersky-suite"],
        "kimi": ["kimi", "open-weights"],
        "kwai": ["kuaishou", "kwai", "snack-video"],
        "lark": ["lark", "feishu"],
        "linkedin": ["linkedin", "linkedin-learning", "sales-navigator"],
        "mastodon": ["mastodon", "other-clients"],
        "meta": ["facebook", "messenger", "instagram", "threads", "whatsapp"],
        "perplexity": ["perplexity", "comet"],
        "pinterest": ["pinterest", "shuffles"],
        "qq": ["qq", "tim"],
        "qwen": ["qianwen", "qwen-studio", "open-weights"],
        "shareit": ["shareit", "shareit-lite"],
        "steam": ["steam", "steam-chat", "steam-link"],
        "telegram": ["telegram", "telegram-x"],
        "threema": ["threema", "threema-work", "threema-onprem"],
        "tiktok": ["tiktok", "tiktok-lite", "tiktok-studio", "tiktok-now"],
        "trae": ["trae", "trae-cn"],
        "vk": ["vk", "vk-messenger", "vk-video", "vk-clips"],
        "weibo": ["weibo", "weibo-lite", "weibo-international"],
        "yandex": ["yandex", "browser", "maps", "mail", "disk", "go", "kinopoisk", "music"],
        "youtube": ["youtube", "youtube-kids", "youtube-tv"],
    }


def test_every_family_has_a_known_vendor_and_every_app_a_category() -> None:
    """What several products share is for nothing in particular, and for some apps no word of the list fits."""
    facts = [CATALOGUE.facts(f"{f.id}/{m.id}") for f in CATALOGUE.families for m in f.members]
    assert [f.id for f in facts if f.vendor is None] == []
    assert {f.id for f in facts if f.categories is None} == {
        "bilibili/bilibili-comics", "bytedance-shared/bytedance-shared", "linkedin/linkedin-learning",
        "linkedin/sales-navigator", "yandex/go", "yandex/mail", "yandex/maps", "yandex/yandex",
    }  # fmt: skip


@pytest.mark.parametrize("group", KNOWN["apps"], ids=[g["why"] for g in KNOWN["apps"]])
def test_every_app_has_the_facts_that_were_written_down_before(group: dict[str, Any]) -> None:
    """Country, controlling vendors and categories of each app are those of truth.toml."""
    for app in group["apps"]:
        facts = CATALOGUE.facts(app)
        assert facts.categories == set(group["categories"]), app
        assert facts.origins is not None, app
        assert set(group["countries"]) <= facts.origins, app
        assert facts.origins & set(group["not_of"]) == set(), app
        assert set(group["vendors"]) <= facts.group, app


@pytest.mark.parametrize("group", KNOWN["software"], ids=[g["why"] for g in KNOWN["software"]])
def test_every_id_leads_to_the_app_that_was_written_down_before(group: dict[str, Any]) -> None:
    """Ids of installed software belong to the member of truth.toml, and those of mods and clones to nobody."""
    got = {value: SOFTWARE.by_id(Kind(group["kind"]), value) for value in group["apps"]}
    assert {v: f"{i.family}/{i.member}" if i else "" for v, i in got.items()} == group["apps"]


def test_all_of_bytedances_apps_are_affiliates_of_each_other_and_of_nobody_elses() -> None:
    """What a rule about ByteDance and its affiliates covers, and what it leaves alone."""
    apps = [CATALOGUE.facts(f"{f.id}/{m.id}") for f in CATALOGUE.families for m in f.members]
    covered = {a.family for a in apps if "bytedance" in a.affiliates}
    assert covered == {"bytedance-shared", "capcut", "doubao", "douyin", "lark", "lemon8", "tiktok", "trae"}
    assert CATALOGUE.facts("tiktok/tiktok").affiliates == {
        "bytedance", "bytedance-pte", "feishu-technology", "lark-enterprise", "lark-technologies", "spring-sg",
        "tiktok-inc", "tiktok-ltd", "tiktok-technology", "tiktok-uk",
    }  # fmt: skip


def test_no_groups_country_is_known_by_half() -> None:
    """Where the country of one vendor of a group is known, so is that of all: a part would read as the whole."""
    known = {v.id: bool(v.jurisdictions) for v in CATALOGUE.vendors}
    assert [v.id for v in CATALOGUE.vendors if any(known[o] != known[v.id] for o in v.part_of)] == []


def test_every_vendor_is_cited_by_a_page_that_somebody_can_open() -> None:
    """A country is a fact about a company: with an address and the day on which somebody looked."""
    cites = dict(CATALOGUE.vendor_cites)
    assert {key for of in (CATALOGUE.vendors, CATALOGUE.networks) for one in of for key in one.cites} == set(cites)
    assert [key for key, c in cites.items() if not c.url.startswith("http") or c.retrieved is None] == []


def test_a_family_without_names_says_so() -> None:
    """One, whose names are not collected yet; a second would be an oversight."""
    named = {i.family for i in DOMAINS}
    assert {f.id for f in CATALOGUE.families} - named == {"moomoo"}


def test_every_family_has_names_of_the_app_alone_or_says_why_not() -> None:
    """At least three, or a reason of the list; a rule about an app alone needs them."""
    known = Counter(i.family for i in DOMAINS if i.role is Role.APP_ONLY and not i.retired)
    assert [f.id for f in CATALOGUE.families if known[f.id] < ENOUGH_APP_ONLY and f.few_app_only is None] == []


def test_numbers_of_networks_are_of_vendors_that_are_there() -> None:
    """Whose network, never which app: each number belongs to one vendor, with a source and a day."""
    asns = [a for n in CATALOGUE.networks for a in n.asns]
    assert len(asns) == len(set(asns)) >= 40
    assert [n.vendor for n in CATALOGUE.networks if not (n.cites and n.seen and CATALOGUE.vendor(n.vendor))] == []


def test_no_domain_of_another_owner_is_listed() -> None:
    """No noise of public lists, and never a domain that a CDN or cloud gives to everybody."""
    given_to_anybody = (".cloudfront.net", ".amazonaws.com", ".appsflyersdk.com")
    values = {i.value for i in DOMAINS}
    assert values & (set(NOISE) | alias_zones()) == set()
    assert [v for v in values if v.endswith(given_to_anybody)] == []


def test_app_only_is_said_of_hosts_with_a_reason() -> None:
    """`app_only` can accuse somebody: it needs a note, may not be low, and is never a whole registrable domain."""
    app_only = [i for i in DOMAINS if i.role is Role.APP_ONLY]
    assert [i.value for i in app_only if not i.note] == []
    assert [i.value for i in app_only if i.confidence is Confidence.LOW] == []
    assert [i.value for i in app_only if i.value.count(".") < 2] == []


def test_hosts_that_browsers_ask_for_are_never_app_only() -> None:
    """The web client's telemetry, monitoring, strings, experiments and live hosts are not the app's alone."""
    browser = re.compile(r"(mcs|mon|monitor|starling|libra|libraweb|webcast|mssdk|verification|analytics)[0-9-]*[.-]")
    assert [i.value for i in DOMAINS if i.role is Role.APP_ONLY and browser.match(i.value)] == []


def test_tiktok_has_app_only_names_worth_blocking() -> None:
    """An app-only rule needs names: at least eight of high confidence, and some to block on each regional domain."""
    own = [i for i in DOMAINS if (i.family, i.role) == ("tiktok", Role.APP_ONLY) and i.confidence is not Confidence.LOW]
    assert sum(i.confidence is Confidence.HIGH for i in own) >= 8
    for region in ("tiktokv.com", "tiktokv.eu", "tiktokv.us"):
        assert sum(i.value.endswith(f".{region}") for i in own) >= 3


def test_what_serves_videos_accuses_nobody() -> None:
    """Hosts of TikTok's API give out videos to whoever has the link, so a browser may be sent there."""
    api = re.compile(r"(hot)?api[0-9]*-")
    high = [i.value for i in DOMAINS if (i.family, i.role, i.confidence) == ("tiktok", Role.APP_ONLY, Confidence.HIGH)]
    assert [value for value in high if api.match(value)] == []


# What OONI Probe's test of Signal asks for (its source, 2025): whoever measures a network is no user of the app.
MEASURED = (
    "api.backup", "cdn", "cdn2", "cdn3", "cdsi", "chat", "sfu.voip", "storage", "svr2", "uptime",
)  # fmt: skip


def test_what_is_asked_to_measure_a_network_accuses_nobody() -> None:
    """OONI Probe asks for hosts of Signal on purpose."""
    names = {f"{host}.signal.org" for host in MEASURED}
    found = {i.value: i.confidence for i in DOMAINS if i.value in names}
    assert len(found) == len(names)
    assert Confidence.HIGH not in found.values()


def test_what_only_programs_say_accuses_nobody() -> None:
    """That programs which pose as an app ask for a host shows that others than the app do."""
    sure = [i for i in DOMAINS if i.role is Role.APP_ONLY and i.confidence is Confidence.HIGH]
    assert [i.value for i in sure if set(i.cites) == {"clients"}] == []


def test_shared_infrastructure_is_never_the_app() -> None:
    """Nothing of the shared family can fail a duty about TikTok."""
    roles = {i.role for f in CATALOGUE.families if f.id == "bytedance-shared" for i in f.identifiers}
    assert roles <= {Role.SHARED, Role.EMBED}


def test_names_without_an_id_are_never_of_high_confidence() -> None:
    """A display name is whatever an installer wrote."""
    assert {i.confidence for i in IDENTIFIERS if i.kind is Kind.DISPLAY_NAME} <= {Confidence.MEDIUM, Confidence.LOW}


def test_every_citation_resolves_and_names_no_download_host() -> None:
    """Each fact leads to a source that a person can open; none to a raw file."""
    for family in CATALOGUE.families:
        cites = dict(family.cites)
        assert {key for i in family.identifiers for key in i.cites} | set(family.facts_cites) == set(cites)
        for citation in cites.values():
            assert citation.title
            assert not re.search(r"//raw\.|/raw/|codeload|pastebin|[/.]cdn\.", citation.url)


@pytest.mark.parametrize(
    ("kind", "value", "member"),
    [
        (Kind.PACKAGE_NAME, "com.zhiliaoapp.musically", "tiktok"),
        (Kind.PACKAGE_NAME, "com.ss.android.ugc.trill", "tiktok"),
        (Kind.PACKAGE_NAME, "com.zhiliaoapp.musically.go", "tiktok-lite"),
        (Kind.PACKAGE_NAME, "com.tiktok.lite.go", "tiktok-lite"),
        (Kind.PACKAGE_NAME, "com.ss.android.tt.creator", "tiktok-studio"),
        (Kind.PACKAGE_NAME, "com.ss.android.ugc.now", "tiktok-now"),
        (Kind.BUNDLE_ID, "com.ss.iphone.tt.creator", "tiktok-studio"),
        (Kind.BUNDLE_ID, "com.facebook.Messenger", "messenger"),
        (Kind.BUNDLE_ID, "com.burbn.barcelona", "threads"),
        (Kind.PACKAGE_FAMILY_NAME, "bytedancepte.ltd.tiktok_6yccndn6064se", "tiktok"),
        (Kind.PACKAGE_NAME, "com.google.android.youtube", "youtube"),
    ],
)
def test_apps_are_told_apart_by_their_ids(kind: Kind, value: str, member: str) -> None:
    """One brand, several apps: each id leads to its own member."""
    found = SOFTWARE.by_id(kind, value)
    assert found is not None
    assert found.member == member


@pytest.mark.parametrize(
    "package",
    [
        "com.ss.android.ugc.aweme.mobile", "com.lemon.lvoverseat", "com.tiktok.plugin",
        "com.rezvorck.tiktokplugin", "com.ss.android.ugc.tiktok.livewallpaper", "com.downloaderfor.tiktok",
        "com.google.android.youtube.pro", "com.gbox.com.google.android.youtube", "com.facebook.pages.app",
    ],
)  # fmt: skip
def test_other_apps_plugins_and_mods_are_not_listed(package: str) -> None:
    """Clones, plug-ins, wallpapers, downloaders and mods are not these apps."""
    assert SOFTWARE.by_id(Kind.PACKAGE_NAME, package) is None


@pytest.mark.parametrize(
    ("name", "publisher", "member"),
    [
        ("TikTok", "BYTEDANCE PTE. LTD.", "tiktok"),
        ("TikTok", "TikTok Pte. Ltd.", "tiktok"),
        ("TikTok", "", "tiktok"),
        ("TikTok Lite", "TikTok Pte. Ltd.", "tiktok-lite"),
        ("BytedancePte.Ltd.TikTok", "", "tiktok"),
        ("TikTok Video Downloader", "Example Tools", None),
        ("Downloader for TikTok", "", None),
        ("TikTok", "Example Tools", None),
        ("Messenger", "", None),
        ("Threads", "", None),
    ],
)
def test_inventories_without_ids_are_read_by_full_name(name: str, publisher: str, member: str | None) -> None:
    """Full names with a fitting publisher only; words such as Messenger are too common to mean anything."""
    found = SOFTWARE.by_name(name, publisher)
    assert (found.member if found else None) == member
