# SPDX-License-Identifier: EUPL-1.2
"""Chromium with the policy file as it ships: pages of restricted sites are refused, neighbours open.

Shows what the browser of Debian does on Linux. It cannot show Chrome, Edge, Windows or Intune.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright, sync_playwright

from lab.chromium import BLOCKED, Browser, Web, browser, put, web
from lab.dns import run
from ordinance.model.apps import Role, Surface
from ordinance.model.target import Compiled
from ordinance.targets.chromium import MOST, Chromium

from . import plans
from .neighbours import BLOCKED_NAMES, OPEN_NAMES, RESTRICTED, show_counts
from .plans import identifier

pytestmark = [pytest.mark.consumer("chromium"), pytest.mark.slow]

# Other ways to write an address of a restricted site: scheme, port, last dot, a name before @, escapes, wide letters.
SPELLINGS = (
    "http://musical.ly/", "http://www.tiktokcdn.com:8080/a?b#c", "https://tiktokv.com./", "https://www.musical.ly.:8443/",
    "https://city.example@tiktokv.com/", "https://tik%74okv.com/", "https://ＴＩＫＴＯＫＶ.com/", "view-source:https://tiktokv.com/",
)  # fmt: skip
# Restricted names elsewhere in an address, and neighbours over plain HTTP.
ALIKE = (
    "https://city.example/tiktokv.com/", "https://city.example/?u=https://tiktokv.com/", "https://tiktokv.com@city.example/",
    "http://musical.ly.city.example/", "http://city.example:8080/#tiktokv.com",
)  # fmt: skip
HOSTS = ("tiktokv.com", "www.tiktokv.com", "city.example", "other.example")
LEADS = (
    "document.body.innerHTML = `<a href='https://tiktokv.com/link'>a link</a>`; document.links[0].click()",
    "location = 'https://tiktokv.com/script'; 0",
    "document.body.innerHTML = `<form action='https://tiktokv.com/form'></form>`; document.forms[0].submit()",
)


def compiled() -> Compiled:
    """A rule about the web: the names of the app alone stay open, as do embedded and shared ones."""
    names = [identifier(n, Role.WEB) for n in RESTRICTED] + [identifier("tiktok.com", Role.APP_ONLY)]
    names += [identifier("analytics.tiktok.com", Role.EMBED), identifier("ibyteimg.com", Role.SHARED)]
    return Chromium().compile(plans.plan(plans.demand(*names, surface=Surface.WEB, web_forbidden=True)), {}, 1)


LIFTED = Chromium().compile(plans.plan(), {}, 2).artefacts


@dataclass(frozen=True)
class Laboratory:
    """A browser with the policy and one without, which see the same web."""

    with_policy: Browser
    without: Browser
    web: Web
    playwright: Playwright


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    new = tmp_path_factory.mktemp
    with (
        web(new("web")) as site,
        sync_playwright() as playwright,
        browser(playwright, new("with"), site, compiled().artefacts) as with_policy,
        browser(playwright, new("without"), site) as without,
    ):
        yield Laboratory(with_policy, without, site, playwright)


def wrong(found: Browser, urls: list[str], outcome: str) -> list[tuple[str, str]]:
    """Addresses that do not come out so, each with what became of it."""
    return [(url, came) for url in urls if (came := found.open(url)) != outcome]


def of(*names: str) -> list[str]:
    return [f"https://{name}/" for name in names]


def test_restricted_sites_are_refused_and_neighbours_open(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Apex, subdomain, deep subdomain, mixed case and every other spelling is refused; every neighbour opens."""
    restricted, neighbours = [*of(*BLOCKED_NAMES), *SPELLINGS], [*of(*OPEN_NAMES), *ALIKE]
    slipped = wrong(laboratory.with_policy, restricted, "blocked")
    broken = wrong(laboratory.with_policy, neighbours, "open")
    version = run("chromium", "--version").split()[1]
    counts = (len(restricted) - len(slipped), len(restricted)), (len(neighbours) - len(broken), len(neighbours))
    show_counts("chromium", version, *counts, capsys)
    assert not slipped + broken


def test_the_fixture_is_alive(laboratory: Laboratory) -> None:
    """Without the policy the same browser opens restricted sites, however they are spelt."""
    assert not wrong(laboratory.without, [*of(*RESTRICTED), *SPELLINGS], "open")
    assert not laboratory.without.said()


def test_the_browser_knows_the_policy(laboratory: Laboratory) -> None:
    """chrome://policy shows our list whole, mandatory, for the machine, without a fault, and no other policy."""
    (row,) = laboratory.with_policy.said()
    assert json.loads(row.pop("value")) == list(compiled().artefacts[0].entries)
    assert row == {
        "name": "URLBlocklist", "source": "Platform", "scope": "Machine", "level": "Mandatory", "messages": "OK"
    }  # fmt: skip


def test_a_wrong_policy_is_seen(laboratory: Laboratory, tmp_path: Path) -> None:
    """The judge is awake: an unknown name and a wrong type are errors at chrome://policy, and nothing is blocked."""
    wrong_file = {"own.json": json.dumps({"URLBlocklist": "tiktokv.com", "URLBlacklists": ["tiktokv.com"]})}
    with browser(laboratory.playwright, tmp_path, laboratory.web, others=wrong_file) as found:
        assert {row["name"]: row["messages"] for row in found.said()} == {
            "URLBlacklists": "Error",
            "URLBlocklist": "Error",
        }
        assert found.open("https://tiktokv.com/") == "open"


def test_frames_popups_and_ways_that_lead_there_are_refused(laboratory: Laboratory) -> None:
    """A frame, an object, a popup, a redirect, a link, a script and a form: none brings the site or asks for it."""
    asked = len(laboratory.web.asked)
    with laboratory.with_policy.page("https://city.example/") as page:
        for tag, attribute in (("iframe", "src"), ("object", "data")):
            page.evaluate(
                """([tag, attribute]) => new Promise(done => {
                const frame = document.createElement(tag);
                frame.onload = frame.onerror = done;
                frame[attribute] = 'https://www.tiktokv.com/frame';
                document.body.append(frame)})""",
                [tag, attribute],
            )
        assert {f.url for f in page.frames[1:]} <= {"chrome-error://chromewebdata/", ""}
        with page.expect_popup() as popup:
            page.evaluate("window.open('https://tiktokv.com/popup'); 0")
        popup.value.wait_for_url("chrome-error://chromewebdata/")
        popup.value.close()
        with pytest.raises(Error, match=BLOCKED):
            page.goto("https://city.example/to/tiktokv.com")
    for lead in LEADS:
        with laboratory.with_policy.page("https://city.example/") as page:
            page.evaluate(lead)
            page.wait_for_url("chrome-error://chromewebdata/")
    assert not [a for a in laboratory.web.asked[asked:] if "tiktokv" in a.partition("/")[0]]


def test_what_pages_fetch_stays_open_as_the_gap_says(laboratory: Laboratory) -> None:
    """`fetch`, a script and a picture from a restricted host reach it all the same: the gap is real."""
    assert "only-pages-and-frames" in {g.id for g in compiled().gaps}
    with laboratory.with_policy.page("https://city.example/") as page:
        assert page.evaluate("fetch('https://tiktokv.com/fetched').then(answer => answer.status)") == 200
        page.add_script_tag(url="https://www.tiktokv.com/script.js")
        assert page.evaluate("window.mark") == 1
        page.evaluate("""new Promise(done => {
            const picture = new Image();
            picture.onload = picture.onerror = done;
            picture.src = 'https://tiktokv.com/picture'})""")
    fetched = {"tiktokv.com/fetched", "www.tiktokv.com/script.js", "tiktokv.com/picture"}
    assert fetched <= set(laboratory.web.asked)


def test_another_name_stays_open_as_the_gap_says(laboratory: Laboratory) -> None:
    """An alias of the site and an address open: the browser looks at the name in the address, not at where it leads."""
    assert "other-ways-to-the-site" in {g.id for g in compiled().gaps}
    assert not wrong(laboratory.with_policy, ["https://portal.city.example/", "https://192.0.2.7/"], "open")


JOINED = {
    "URLAllowlist": ["www.tiktokv.com", "*"],
    "URLBlocklist": ["city.example"],
    "PolicyListMultipleSourceMergeList": ["URLBlocklist"],
}


@pytest.mark.parametrize(
    ("name", "own", "blocked", "message"),
    [
        ("zz.json", {"URLBlocklist": ["city.example"]}, {"city.example"}, "Warning, Conflict"),
        ("a.json", {"URLBlocklist": ["city.example"]}, {"tiktokv.com", "www.tiktokv.com"}, "Warning, Conflict"),
        ("zz.json", JOINED, {"tiktokv.com", "city.example"}, "OK"),
    ],
    ids=["list-after-ours", "list-before-ours", "joined-and-allowed"],
)
def test_policies_of_the_bodys_own(
    laboratory: Laboratory, tmp_path: Path, name: str, own: dict[str, list[str]], blocked: set[str], message: str
) -> None:
    """The list in the file that comes last wins; one policy joins both; an allowlist opens a host it names, not `*`."""
    others = {name: json.dumps(own)}
    with browser(laboratory.playwright, tmp_path, laboratory.web, compiled().artefacts, others) as found:
        came = {host: found.open(f"https://{host}/") for host in HOSTS}
        assert came == {host: "blocked" if host in blocked else "open" for host in HOSTS}
        assert [row["messages"] for row in found.said() if row["name"] == "URLBlocklist"] == [message]


def test_what_ends_is_lifted_and_what_begins_leaves_open_pages(laboratory: Laboratory, tmp_path: Path) -> None:
    """The file of an ended rule opens the sites when policies are read anew; a page open before a rule goes on."""
    with browser(laboratory.playwright, tmp_path, laboratory.web, compiled().artefacts) as found:
        assert found.open("https://tiktokv.com/") == "blocked"
        put(found.policies, LIFTED)
        found.reload_policies()
        assert not wrong(found, of(*RESTRICTED), "open")
        assert not found.said()
        with found.page("https://tiktokv.com/") as before:
            put(found.policies, compiled().artefacts)
            found.reload_policies()
            assert found.open("https://tiktokv.com/") == "blocked"
            assert before.evaluate("fetch('/more').then(answer => answer.status)") == 200


def test_as_many_names_as_are_promised_are_heeded(laboratory: Laboratory, tmp_path: Path) -> None:
    """The first and the last of the names that fit are blocked; one more is a gap, and open."""
    names = [identifier(f"n{n:04}.restricted.example", Role.WEB) for n in range(MOST + 1)]
    made = Chromium().compile(plans.plan(plans.demand(*names, surface=Surface.WEB)), {}, 1)
    (over,) = (g.identifier for g in made.gaps if g.id == "over-capacity")
    assert over == names[-1].value
    with browser(laboratory.playwright, tmp_path, laboratory.web, made.artefacts) as found:
        assert not wrong(found, of(names[0].value, names[MOST - 1].value), "blocked")
        assert found.open(f"https://{over}/") == "open"
