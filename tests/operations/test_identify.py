# SPDX-License-Identifier: EUPL-1.2
"""What a value belongs to: in the order asked, never a look-alike, and a name alone proves no package."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli.shell import run
from ordinance.catalogue.load import load, twins
from ordinance.cli.main import cli
from ordinance.match.names import NameMatcher, normalise
from ordinance.model.apps import Kind
from ordinance.operations.identify import AT_ONCE, IDS, Identify

ASKED = Identify()
SIGNER = "9041803e91bcb814b4b4399fb5c85a91640b755e5e8ba76813814bf4cf2ab5ba"
KEYS = ["value", "kind", "family", "member", "role", "confidence", "likely", "retired", "cites"]


@pytest.mark.parametrize(
    ("value", "kind", "app"),
    [
        ("www.tiktok.com", "domain", "tiktok/tiktok"),
        ("WWW.TikTok.COM.", "domain", "tiktok/tiktok"),
        ("com.zhiliaoapp.musically", "package_name", "tiktok/tiktok"),
        ("com.burbn.barcelona", "bundle_id", "meta/threads"),
        ("BYTEDANCEPTE.LTD.TIKTOK_6YCCNDN6064SE", "package_family_name", "tiktok/tiktok"),
        (SIGNER, "signer_sha256", "tiktok/tiktok"),
        (":".join(SIGNER[n : n + 2] for n in range(0, 64, 2)).upper(), "signer_sha256", "tiktok/tiktok"),
        ("835599320", "app_store_id", "tiktok/tiktok"),
        ("TikTok Lite", "display_name", "tiktok/tiktok-lite"),
        ("BytedancePte.Ltd.TikTok", "display_name", "tiktok/tiktok"),
    ],
)
def test_a_value_of_each_kind(value: str, kind: str, app: str) -> None:
    """Found without saying what it is, and with."""
    for asked in (ASKED.one(value), ASKED.one(value, Kind(kind))):
        assert asked is not None
        assert (asked["value"], asked["kind"], f"{asked['family']}/{asked['member']}") == (value, kind, app)
        assert list(asked) == KEYS
        assert asked["cites"]


LOOK_ALIKES = ("nottiktok.com", "tiktok.com.evil.example", "mytiktokv.com", "com.tiktok.plugin")


@pytest.mark.parametrize("value", [*LOOK_ALIKES, "", " ", "com", "10.1.2.3", "Messenger"])
def test_nothing_is_said_of_what_is_not_known(value: str) -> None:
    """Look-alikes, addresses and common words."""
    assert ASKED.one(value) is None


def test_a_twin_and_an_alias_are_likely_and_less_sure() -> None:
    """A known name goes first; what only follows the scheme never counts as known."""
    for value in ("v16.tiktokcdn-sg.net", "v16.tiktokcdn.com.edgesuite.net", "v16.tiktokcdn-sg.net.edgesuite.net"):
        found = ASKED.one(value)
        assert found is not None
        assert (found["family"], found["likely"], found["confidence"]) == ("tiktok", True, "medium")
    known = ASKED.one("www.tiktokcdn-eu.com")
    assert known is not None
    assert known["likely"] is False


def test_no_twin_is_anothers_name() -> None:
    """A twin of one family that another lists itself is that other's."""
    direct = NameMatcher([i for f in load().families for i in f.identifiers])
    wrong = {t: of for t, of in twins().items() if (hit := direct.find(t)) and hit.identifier.family != "tiktok"}
    assert wrong == {}
    assert all(normalise(t) == t for t in twins())


@pytest.mark.parametrize(
    ("name", "signer", "classes", "verdict"),
    [
        ("com.zhiliaoapp.musically", SIGNER, "", "genuine"),
        ("com.zhiliaoapp.musically", SIGNER.upper(), "com.ss.android.ugc.aweme", "genuine"),
        ("com.zhiliaoapp.musically", "", "", "unverified"),
        ("com.zhiliaoapp.musically", "0" * 64, "", "impostor"),
        ("com.somebody.camera", SIGNER, "", "same_signer"),
        ("com.aeroinsta.android", "0" * 64, "com.instagram.android.activity", "mod"),
        ("com.aeroinsta.android", "", "com.instagram.android", "mod"),
        ("com.aeroinsta.android", "", "com.instagram", None),
        ("com.aeroinsta.android", "", "com.instagram.androidx.activity", None),
        ("com.aeroinsta.android", "0" * 64, "", None),
        ("com.aeroinsta.android", "", "Lcom/instagram/android/activity;", "mod"),
        ("com.zhiliaoapp.musically", "unknown", "", "unverified"),
        ("com.example.shop", "", "com.tencent.mm.opensdk.openapi.WXAPIFactory", None),
        ("com.example.chat", "", "com.tencent.mm.ui.LauncherUI", "mod"),
        ("com.example.shop", "", "com.tencent.mobileqq.openpay.api.OpenApiFactory", None),
    ],
)
def test_name_signer_and_classes_of_a_package(name: str, signer: str, classes: str, verdict: str | None) -> None:
    """A mod keeps the classes, an impostor borrows the name, and neither is surely the app."""
    found = ASKED.package(name, signer, classes)
    assert (found["verdict"] if found else None) == verdict
    if found and verdict in {"impostor", "mod", "same_signer"}:
        assert found["confidence"] == "low"


def test_a_mod_of_classes_that_two_apps_share() -> None:
    """TikTok is built from classes that bear the name of Douyin's package: both are named."""
    found = ASKED.package("com.tiktok.mod", "", "com.ss.android.ugc.aweme.splash")
    assert found is not None
    assert [f"{found['family']}/{found['member']}", *found["also"]] == ["douyin/douyin", "tiktok/tiktok"]
    alone = ASKED.package("com.aeroinsta.android", "", "com.instagram.android")
    assert alone is not None
    assert alone["also"] == []
    assert "douyin/douyin or tiktok/tiktok (mod)" in run(
        "apps", "identify", "com.tiktok.mod", "--class", "com.ss.android.ugc.aweme"
    ).out


def test_every_value_of_the_catalogue_is_known_whatever_its_kind() -> None:
    """Without saying what it is; of a display name somebody else's publisher may stand in the way."""
    every = [i for f in load().families for i in f.identifiers if i.kind is not Kind.CLASS_PREFIX]
    assert [i.value for i in every if ASKED.one(i.value) is None] == []


def test_what_was_given_up_is_not_sure() -> None:
    """Somebody else may hold it by now: it says since when."""
    (retired,) = [i for f in load().families if f.id == "bereal" for i in f.identifiers if i.retired][:1]
    found = ASKED.one(retired.value)
    assert found is not None
    assert (found["confidence"], found["retired"]) == ("low", retired.retired.isoformat() if retired.retired else "")
    assert "low, given up" in run("apps", "identify", retired.value).out


NOT_OF_A_PACKAGE = [("--signer", "unknown"), ("--signer", "ab" * 20), ("--kind", "domain", "--class", "a.b")]


@pytest.mark.parametrize("more", NOT_OF_A_PACKAGE)
def test_what_cannot_be_about_a_package_is_refused(more: tuple[str, ...]) -> None:
    """A slip of the pen makes nobody an impostor."""
    found = run("apps", "identify", "com.zhiliaoapp.musically", *more)
    assert (found.code, found.out) == (2, "")


def test_an_array_in_the_order_asked() -> None:
    """From arguments first, then from standard input; the same as one by one."""
    values = ["nottiktok.com", "www.tiktok.com", 'a"b\\', "com.zhiliaoapp.musically"]
    found = json.loads("".join(ASKED.every(values)))
    assert found == [ASKED.one(v) for v in values]
    given = "www.tiktok.com\r\n\nnottiktok.com"
    done = CliRunner().invoke(cli, ["apps", "identify", "x.example", "--stdin", "--json"], input=given)
    assert [f and f["value"] for f in json.loads(done.stdout)] == [None, "www.tiktok.com", None, None]


def test_more_than_are_answered_at_once() -> None:
    """Pieces are joined to one array, whatever their number; none gives an empty one."""
    many = ["www.tiktok.com", "x.example"] * (AT_ONCE // 2 + 1)
    found = json.loads("".join(ASKED.every(many)))
    assert len(found) == len(many)
    assert found[-1] is None
    assert json.loads("".join(ASKED.every([]))) == []


@given(st.text(max_size=80))
def test_any_text_is_something_known_or_nothing(value: str) -> None:
    """Never an exception, and the array stays one."""
    (found,) = json.loads("".join(ASKED.every([value])))
    assert found == ASKED.one(value)


@pytest.mark.parametrize("kind", [*IDS, Kind.DOMAIN])
def test_every_identifier_is_found_again(kind: Kind) -> None:
    """Each value of the catalogue leads to its own member."""
    for family in load().families:
        for identifier in family.identifiers:
            if identifier.kind is kind:
                found = ASKED.one(identifier.value, kind)
                assert found is not None
                assert (found["family"], found["member"]) == (identifier.family, identifier.member)


def test_misuse() -> None:
    """Nothing to identify, or a signer of several."""
    assert run("apps", "identify").code == 2
    assert run("apps", "identify", "a.b", "c.d", "--signer", SIGNER).code == 2


def test_words_for_people() -> None:
    """A table; what is not known is said to be so, not to be harmless."""
    done = run("apps", "identify", "www.tiktok.com", "nottiktok.com")
    assert "tiktok/tiktok" in done.out
    assert "nothing known" in done.out
    assert run("apps", "tiktok").out == run("apps", "show", "tiktok").out
    assert run("apps", "--json").out == run("apps", "list", "--json").out
