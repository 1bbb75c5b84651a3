# SPDX-License-Identifier: EUPL-1.2
"""Names of ways past the logs: what is shipped, what must never stand there, and every fault where it stands."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.small import frame
from ordinance.catalogue.load import DATA, ISSUES, alias_zones, load, load_folder, twins
from ordinance.catalogue.unseen import UNSEEN_FILE, unseen_names, unseen_of
from ordinance.match.names import NameMatcher, normalise
from ordinance.model.apps import Kind
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.unseen import UnseenKind

DOH, RELAY, VPN, ECH = UnseenKind.DOH, UnseenKind.RELAY, UnseenKind.VPN, UnseenKind.ECH
SHIPPED: dict[str, Any] = tomllib.loads((DATA / UNSEEN_FILE).read_text("utf-8"))
PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "unseen.md").read_text("utf-8")
GOOD = """\
[cites.maker]
title = "A maker's document"
url = "https://example.org/allow"
licence = "MIT"
retrieved = 2026-11-26

[[names]]
kind = "doh"
note = "A resolver"
cites = ["maker"]
values = ["dns.example", "resolver.example.org"]

[[names]]
kind = "vpn"
note = "A tunnel"
cites = ["maker"]
values = ["api.tunnel.example"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue without families and with two ways past the logs."""
    (frame(tmp_path) / UNSEEN_FILE).write_text(GOOD, "utf-8")
    return tmp_path


def written(folder: Path, old: str, new: str) -> Path:
    """The folder, with one thing put in another's place."""
    assert old in GOOD
    (folder / UNSEEN_FILE).write_text(GOOD.replace(old, new, 1), "utf-8")
    return folder


def issues_of(folder: Path) -> tuple[Issue, ...]:
    """What reading complains about; () if it does not."""
    try:
        unseen_of(folder)
    except PolicyError as fault:
        return fault.issues
    return ()


def kind_of(name: str) -> UnseenKind | None:
    """What a name stands for, by itself or by a name above it."""
    while name and name not in unseen_names():
        name = name.partition(".")[2]
    return unseen_names().get(name)


# --- what is shipped ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (DOH, ["dns.google", "dns64.dns.google", "dns.google.com", "8888.google"]),
        (DOH, ["cloudflare-dns.com", "mozilla.cloudflare-dns.com", "chrome.cloudflare-dns.com", "one.one.one.one"]),
        (DOH, ["security.cloudflare-dns.com", "family.cloudflare-dns.com", "1dot1dot1dot1.cloudflare-dns.com"]),
        (DOH, [f"dns{n}.quad9.net" for n in ("", 9, 10, 11, 12)]),
        (DOH, ["doh.opendns.com", "doh.familyshield.opendns.com", "dns.opendns.com"]),
        (DOH, ["dns.nextdns.io", "firefox.dns.nextdns.io", "chromium.dns.nextdns.io", "abc123.dns.nextdns.io"]),
        (DOH, ["dns.adguard-dns.com", "family.adguard-dns.com", "unfiltered.adguard-dns.com"]),
        (DOH, ["doh.cleanbrowsing.org", "family-filter-dns.cleanbrowsing.org"]),
        (DOH, ["dns.mullvad.net", "adblock.dns.mullvad.net", "adblock.doh.mullvad.net"]),
        (DOH, [f"{n}.joindns4.eu" for n in ("protective", "child", "noads", "child-noads", "unfiltered")]),
        (DOH, ["doh.dns.sb", "dot.sb", "dns.alidns.com", "doh.pub", "sm2.doh.pub", "dot.pub"]),
        (DOH, ["freedns.controld.com", "p2.freedns.controld.com", "private.dns.controld.com"]),
        (RELAY, ["mask.icloud.com", "mask-h2.icloud.com"]),
        (VPN, ["engage.cloudflareclient.com", "api.devices.cloudflare.com", "api.mullvad.net", "vpn-api.proton.me"]),
        (ECH, ["cloudflare-ech.com"]),
    ],
)
def test_the_ways_that_must_be_known_are(kind: UnseenKind, names: list[str]) -> None:
    """Written down by hand from the vendors' documents: each with its kind, by itself or by a name above."""
    assert {name: kind_of(name) for name in names} == dict.fromkeys(names, kind)


# Hosts of every provider in Chromium's list (0297de7c), copied by hand. Left out: IIJ's, which has pages beneath it.
CHROMIUM = (
    "adult-filter-dns.cleanbrowsing.org", "doh.cleanbrowsing.org", "family-filter-dns.cleanbrowsing.org",
    "security-filter-dns.cleanbrowsing.org", "one.one.one.one", "1dot1dot1dot1.cloudflare-dns.com",
    "chrome.cloudflare-dns.com", "family.cloudflare-dns.com", "security.cloudflare-dns.com", "dot.xfinity.com",
    "doh.xfinity.com", "dot.cox.net", "doh.cox.net", "odvr.nic.cz", "protective.joindns4.eu", "doh.dns.sb",
    "dns.google", "dns.google.com", "8888.google", "dns64.dns.google", "dns.levonet.sk", "chromium.dns.nextdns.io",
    "doh.opendns.com", "doh.familyshield.opendns.com", "dns11.quad9.net", "dns10.quad9.net", "dns.quad9.net",
    "dns9.quad9.net", "dot.quickline.ch", "doh.quickline.ch", "doh-01.spectrum.com", "doh-02.spectrum.com",
)  # fmt: skip


def test_what_browsers_have_built_in_is_known() -> None:
    """Chrome moves to these by itself; Firefox ships with three."""
    firefox = ("firefox.dns.nextdns.io", "mozilla.cloudflare-dns.com", "doh.xfinity.com")
    assert [name for name in (*CHROMIUM, *firefox) if kind_of(name) is not DOH] == []


@pytest.mark.parametrize(
    "name",
    [
        "use-application-dns.net", "_dns.resolver.arpa", "resolver.arpa",  # questions to the office's own network
        "quad9.net", "www.quad9.net", "nextdns.io", "my.nextdns.io", "www.opendns.com", "www.cleanbrowsing.org",
        "cleanbrowsing.org", "adguard-dns.io", "adguard-dns.com", "www.joindns4.eu", "joindns4.eu", "dns.sb",
        "alidns.com", "www.dnspod.cn", "dns.pub", "controld.com", "www.nic.cz", "public.dns.iij.jp",
        "policy.public.dns.iij.jp", "google.com", "developers.google.com", "cloudflare.com", "www.cloudflare.com",
        "one.one", "1.1.1.1", "icloud.com", "www.icloud.com", "apple.com", "mullvad.net", "protonvpn.com",
        "account.proton.me", "proton.me", "nordvpn.com", "www.privateinternetaccess.com", "windscribe.com",
        "www.windscribe.com", "ivpn.net", "brave.com",
    ],
)  # fmt: skip
def test_pages_that_people_visit_are_no_way_past_the_logs(name: str) -> None:
    """A vendor's site, a domain above a resolver, and questions that keep a device on the office's resolver."""
    assert kind_of(name) is None


def test_every_kind_has_names() -> None:
    """A kind without names would look as if nobody went that way."""
    assert set(unseen_names().values()) == set(UnseenKind)
    assert len(unseen_names()) >= 60


def test_the_names_are_those_of_the_file_in_order() -> None:
    """Nothing lost, nothing added; the same order whatever the file's."""
    expected = {value: table["kind"] for table in SHIPPED["names"] for value in table["values"]}
    assert dict(unseen_names()) == expected
    assert list(unseen_names()) == sorted(expected)
    assert [n for n in unseen_names() if normalise(n) != n] == []


def test_the_names_are_read_once_and_cannot_be_changed() -> None:
    """Whoever asks gets the same; what is shipped is nobody's to change."""
    assert unseen_names() is unseen_names()
    with pytest.raises(TypeError):
        unseen_names()["own.example"] = DOH  # type: ignore[index]  # that it cannot be done is what is shown


def test_no_name_is_an_apps() -> None:
    """Neither it, nor one above or below it: a contact is of an app, or of a way past the logs, never of both."""
    identifiers = [i for f in load().families for i in f.identifiers]
    matcher = NameMatcher(identifiers, alias_zones(), twins())
    assert {i.value for i in identifiers} & set(unseen_names()) == set()
    assert [name for name in unseen_names() if matcher.find(name)] == []
    assert [i.value for i in identifiers if i.kind is Kind.DOMAIN and kind_of(i.value)] == []


def test_no_name_is_a_content_networks() -> None:
    """An alias zone carries everybody's names."""
    assert [zone for zone in alias_zones() if kind_of(zone)] == []


def test_every_source_can_be_opened_and_has_a_day() -> None:
    """A page or a file of whoever says so, never a raw download, with the day on which somebody read it."""
    for key, citation in SHIPPED["cites"].items():
        assert citation["url"].startswith("https://"), key
        assert not re.search(r"//raw\.|/raw/|codeload|pastebin|[/.]cdn\.", citation["url"]), key
        assert citation["retrieved"] and citation["licence"], key


def test_the_page_has_every_name_and_no_other() -> None:
    """What is documented is what is shipped, kind by kind."""
    parts = re.split(r"^Kind `([a-z]+)`\.", PAGE, flags=re.MULTILINE)
    sections = zip(parts[1::2], parts[2::2], strict=True)
    found = {name: kind for kind, part in sections for name in re.findall(r"`([^`]+)`", part)}
    assert found == dict(unseen_names())
    assert PAGE.count("What it does not show:") == len(UnseenKind)


# --- reading --------------------------------------------------------------------------------------


def test_a_file_is_read_into_names_with_their_kinds(folder: Path) -> None:
    """Each value of a table has the table's kind."""
    assert dict(unseen_of(folder)) == {"api.tunnel.example": VPN, "dns.example": DOH, "resolver.example.org": DOH}


FAULTS = [
    ("catalogue-unknown-word", 'kind = "vpn"', 'kind = "proxy"', 14),
    ("catalogue-missing-key", 'kind = "vpn"\n', "", 13),
    ("catalogue-missing-key", 'note = "A tunnel"\n', "", 13),
    ("catalogue-missing-key", 'values = ["api.tunnel.example"]', "", 13),
    ("catalogue-unknown-key", "[[names]]", "[[nmaes]]", 1),
    ("catalogue-type", 'values = ["api.tunnel.example"]', "values = [1]", 17),
    ("catalogue-unknown-key", 'note = "A tunnel"', 'notes = "A tunnel"', 15),
    ("catalogue-uncited", 'note = "A tunnel"\ncites = ["maker"]', 'note = "A tunnel"', 13),
    ("catalogue-unknown-citation", 'note = "A tunnel"\ncites = ["maker"]', 'note = "A tunnel"\ncites = ["mkaer"]', 16),
    ("catalogue-unused-citation", "[cites.maker]", '[cites.other]\ntitle = "O"\nlicence = "MIT"\n[cites.maker]', 1),
    ("catalogue-not-normalised", "api.tunnel.example", "API.tunnel.example", 17),
    ("catalogue-not-normalised", "api.tunnel.example", "api.tunnel.example.", 17),
    ("catalogue-not-normalised", "api.tunnel.example", "https://api.tunnel.example", 17),
    ("catalogue-not-normalised", "api.tunnel.example", "192.0.2.1", 17),
    ("catalogue-not-normalised", "api.tunnel.example", "example", 17),
    ("catalogue-duplicate", "api.tunnel.example", "dns.example", 17),
    ("catalogue-duplicate", '"dns.example", "resolver.example.org"', '"dns.example", "dns.example"', 11),
    ("catalogue-beneath", "api.tunnel.example", "api.dns.example", 17),
    ("catalogue-beneath", "api.tunnel.example", "example.org", 11),
    ("catalogue-beneath", "api.tunnel.example", "a.very.deep.dns.example", 17),
    ("catalogue-syntax", 'kind = "vpn"', "kind = vpn", 14),
]


@pytest.mark.parametrize(("issue", "old", "new", "line"), FAULTS)
def test_a_fault_is_reported_where_it_stands(folder: Path, issue: str, old: str, new: str, line: int) -> None:
    """One fault put into a good file gives that issue on that line, by itself and when the catalogue is loaded."""
    found = issues_of(written(folder, old, new))
    assert [(i.file, i.line) for i in found if i.id == issue] == [(UNSEEN_FILE, line)]
    assert {i.id for i in found} <= set(ISSUES)
    with pytest.raises(PolicyError) as fault:
        load_folder(folder)
    assert fault.value.issues == found


def test_a_name_that_ends_alike_is_not_beneath(folder: Path) -> None:
    """Labels count, not letters."""
    assert issues_of(written(folder, "api.tunnel.example", "otherdns.example")) == ()


def test_a_missing_file_is_a_fault_and_never_no_names(folder: Path) -> None:
    """No list would look as if nobody went past the logs; a catalogue in a test may do without."""
    assert load_folder(folder).families == ()
    (folder / UNSEEN_FILE).unlink()
    assert [(i.file, i.id) for i in issues_of(folder)] == [(UNSEEN_FILE, "catalogue-unreadable")]
    assert load_folder(folder).families == ()


def test_the_digest_of_the_catalogue_covers_the_file(folder: Path) -> None:
    """A run records which names it looked for; what the catalogue says of apps stays the same."""
    before = load_folder(folder)
    after = load_folder(written(folder, "api.tunnel.example", "api.other.example"))
    assert before.digest != after.digest
    assert (before.families, before.vendors) == (after.families, after.vendors)


def test_the_shipped_file_is_read_like_any_other(tmp_path: Path) -> None:
    """From another folder it gives the same."""
    shutil.copy(DATA / UNSEEN_FILE, tmp_path)
    assert unseen_of(tmp_path) == unseen_names()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.integers(0, len(GOOD)), st.text(max_size=6))
def test_a_file_cut_anywhere_never_escapes_as_another_error(folder: Path, length: int, junk: str) -> None:
    """Half a file with junk behind it is read, or is a PolicyError whose issues are documented."""
    (folder / UNSEEN_FILE).write_bytes((GOOD[:length] + junk).encode("utf-8", "replace"))
    assert {i.id for i in issues_of(folder)} <= set(ISSUES)
