# SPDX-License-Identifier: EUPL-1.2
"""Firefox with the policy file as it ships: pages of restricted sites are refused, others are not.

Shows what Firefox ESR on Debian does without a window, on a web that is made up. It cannot show other platforms.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lab.firefox import Browser, Web, browser, web
from ordinance.model.apps import Role, Surface
from ordinance.model.target import Compiled
from ordinance.targets.firefox import Firefox

from . import plans
from .neighbours import BLOCKED_NAMES, OPEN_NAMES, RESTRICTED, show_counts
from .plans import identifier

pytestmark = pytest.mark.consumer("firefox-esr")

SITE = "tiktokv.com"  # the first of RESTRICTED; the tests of resolvers take it for the app's, here it is a site's
OTHER = "www.city.example"

# Puts an element, or a request, for a host into the page, and then waits for the same of a host that answers.
PROBE = """
const [kind, host, other] = arguments;
const address = h => `http://${h}/${kind == "img" ? "image" : ""}`;
const ask = h => new Promise(done => {
  if (kind == "fetch") return void fetch(address(h)).then(done, done);
  if (kind == "WebSocket") { new WebSocket(`ws://${h}/`).onerror = done; return; }
  const it = document.createElement(kind);
  it[{object: "data", link: "href"}[kind] ?? "src"] = address(h);
  if (kind == "link") it.rel = "stylesheet";
  if (kind == "object" || kind == "embed") it.type = "text/html";
  it.onload = it.onerror = done;
  document.body.append(it);
});
return Promise.race([ask(host), ask(other)]).then(() => ask("last." + other)).then(() => true);
"""


def compiled(*names: str, reserved: str = "0") -> Compiled:
    """What the target makes of a rule about a site of these names."""
    site = plans.demand(*(identifier(n, Role.WEB) for n in names), surface=Surface.WEB, web_forbidden=True)
    return Firefox().compile(plans.plan(site), {"reserved": reserved}, 7)


def file(found: Compiled) -> bytes:
    (artefact,) = found.artefacts
    return artefact.content


def block_list(found: Compiled) -> list[str]:
    entries: list[str] = json.loads(file(found))["policies"]["WebsiteFilter"]["Block"]
    return entries


@dataclass(frozen=True)
class Laboratory:
    """A web in which every host answers, a Firefox with the file, and one with that of a rule that has ended."""

    web: Web
    blocking: Browser
    lifted: Browser


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    new = tmp_path_factory.mktemp
    with (
        web(new("web")) as proxy,
        browser(new("blocking"), proxy, file(compiled(*RESTRICTED))) as blocking,
        browser(new("lifted"), proxy, file(Firefox().compile(plans.plan(), {}, 8))) as lifted,
    ):
        yield Laboratory(proxy, blocking, lifted)


def test_the_policy_is_active_and_nothing_is_complained_of(laboratory: Laboratory) -> None:
    """Unknown or malformed policies are dropped without a word: what is active is asked, and is what the file says."""
    assert laboratory.blocking.active_policies == json.loads(file(compiled(*RESTRICTED)))["policies"]
    assert laboratory.blocking.complaints == []
    assert laboratory.lifted.active_policies == {"WebsiteFilter": {"Block": []}}


def test_restricted_sites_are_refused_and_neighbours_are_open(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Apex, subdomain, deep subdomain and mixed case are refused before anything is sent; every neighbour opens."""
    restricted = [f"http://{n}/" for n in BLOCKED_NAMES] + [f"https://{n}/" for n in BLOCKED_NAMES[:2]]
    neighbours = [f"http://{n}/" for n in OPEN_NAMES] + [f"https://{n}/" for n in OPEN_NAMES[:2]]
    before = len(laboratory.web.asked)
    slipped = [url for url in restricted if not laboratory.blocking.refuses(url)]
    assert not {n.lower() for n in BLOCKED_NAMES}.intersection(laboratory.web.asked[before:])
    broken = [url for url in neighbours if not laboratory.blocking.shows(url)]
    refused = len(restricted) - len(slipped), len(restricted)
    opened = len(neighbours) - len(broken), len(neighbours)
    show_counts("firefox-esr", laboratory.blocking.version, refused, opened, capsys)
    assert not slipped + broken


def test_the_fixture_is_alive_and_a_rule_that_has_ended_refuses_nothing(laboratory: Laboratory) -> None:
    """With the file of an ended rule every restricted name opens in the same browser, plain and with TLS."""
    for url in (*(f"http://{n.lower()}/" for n in BLOCKED_NAMES), f"https://{SITE}/"):
        assert laboratory.lifted.shows(url), url


@pytest.mark.parametrize(
    "url",
    [
        f"http://{SITE}:8080/", f"https://{SITE}:8443/@user/video/1?x=y#z", f"http://{SITE}./", f"http://{SITE}%2E/",
        f"http://user:word@{SITE}/", f"http://{OTHER}/to?http://www.{SITE}/", f"http://{OTHER}/to?//{SITE}/",
        f"view-source:http://{SITE}/", f"about:reader?url=http%3A%2F%2F{SITE}%2F",
    ],
)  # fmt: skip
def test_other_ways_to_the_same_page_are_refused(laboratory: Laboratory, url: str) -> None:
    """Any port and path, a last dot, a user name, a redirect from elsewhere, the source view, and the reader's view."""
    before = len(laboratory.web.asked)
    assert laboratory.blocking.refuses(url)
    assert not [h for h in laboratory.web.asked[before:] if SITE in h]


@pytest.mark.parametrize("kind", ["iframe", "object", "embed"])
def test_frames_in_other_pages_are_refused(laboratory: Laboratory, kind: str) -> None:
    """The over-reach is real: a page that shows the site in a frame stays, and the frame is never asked for."""
    assert any("in a frame" in o.who for o in compiled(SITE).over_reach)
    host = f"{kind}.{SITE}"
    for one in (laboratory.blocking, laboratory.lifted):
        assert host not in laboratory.web.asked
        assert one.shows(f"http://{OTHER}/")
        assert one.script(PROBE, kind, host, f"{kind}.{OTHER}")
    assert laboratory.web.hears_of(host)


@pytest.mark.parametrize("kind", ["fetch", "img", "script", "link", "video", "WebSocket"])
def test_what_a_page_fetches_besides_stays_open(laboratory: Laboratory, kind: str) -> None:
    """The gap is real: scripts, images, media, style sheets and sockets of a restricted site reach it all the same."""
    assert "only-pages-and-frames" in {g.id for g in compiled(SITE).gaps}
    host = f"{kind.lower()}.{SITE}"
    assert laboratory.blocking.shows(f"http://{OTHER}/")
    assert laboratory.blocking.script(PROBE, kind, host, f"{kind.lower()}.{OTHER}")
    assert laboratory.web.hears_of(host)


def test_a_running_firefox_keeps_what_it_started_with(laboratory: Laboratory) -> None:
    """The gap is real: a file that comes later refuses nothing until the browser is started again."""
    assert "after-a-restart" in {g.id for g in compiled(SITE).gaps}
    later = laboratory.lifted.policies / "policies.json"
    ended = later.read_bytes()
    later.write_bytes(file(compiled(*RESTRICTED)))
    try:
        time.sleep(0.5)
        assert laboratory.lifted.shows(f"http://late.{SITE}/")
    finally:
        later.write_bytes(ended)


def test_every_host_name_makes_a_pattern_that_fits_it(laboratory: Laboratory) -> None:
    """Odd names, as long as names may be, are patterns for themselves and those beneath, and for no other."""
    names = ["a--b.example", "1.2.example", "xn--tiktkv-yxa.com", f"{'a' * 63}.example", ".".join(["a" * 62] * 4)]
    entries = block_list(compiled(*names))
    assert len(entries) == len(names)
    fits = "const set = new MatchPatternSet(arguments[0]); return arguments[1].map(url => set.matches(url))"
    inside = [url for n in names for url in (f"http://{n}/", f"https://{n}:8443/a?b", f"wss://x.{n}/")]
    outside = [url for n in names for url in (f"http://z{n[1:]}/", f"http://{OTHER}/{n}/", f"ftp://{n}/")]
    assert laboratory.blocking.inside(fits, entries, inside) == [True] * len(inside)
    assert laboratory.blocking.inside(fits, entries, outside) == [False] * len(outside)


def test_entries_of_your_own_count_and_your_exceptions_win(
    laboratory: Laboratory, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Merged into your own policies, these stay; the list ends after a thousand entries, and exceptions go first."""
    names = [f"n{n:04}.example" for n in range(1000)]
    own_filter = {"Block": ["*://*.own.example/*"], "Exceptions": [f"*://{names[1]}/*"]}
    all_of_them = [*own_filter["Block"], *block_list(compiled(*names))]
    assert len(all_of_them) == 1001
    merged = {"DisableTelemetry": True, "WebsiteFilter": {**own_filter, "Block": all_of_them}}
    file_of_both = json.dumps({"policies": merged}).encode()
    with browser(tmp_path_factory.mktemp("merged"), laboratory.web, file_of_both) as one:
        assert one.active_policies == merged
        assert one.complaints == []
        assert [one.refuses(f"http://{n}/") for n in ("www.own.example", names[0], names[998])] == [True] * 3
        assert [one.shows(f"http://{n}/") for n in (names[1], names[999])] == [True] * 2


def test_who_says_how_many_entries_are_there_learns_which_names_find_no_place() -> None:
    """The name that Firefox drops above is a gap, once the setting says that there is an entry before."""
    names = [f"n{n:04}.example" for n in range(1000)]
    found = compiled(*names, reserved="1")
    assert len(block_list(found)) == 999
    assert {g.identifier for g in found.gaps if g.id == "over-capacity"} == {names[999]}
    assert "own-policies-first" in {g.id for g in found.gaps}
