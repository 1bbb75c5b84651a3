# SPDX-License-Identifier: EUPL-1.2
"""A real browser reads the page: with scripts off, on a phone and at a desk, light and dark."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bodies import EXAMPLES
from ordinance.operations.channel_review import reviews_document
from ordinance.policy.body import load_body
from ordinance.report.channel_review import render_review
from ordinance.report.html import render
from ordinance.report.language import LANGUAGES

Case = Callable[[str], dict[str, Any]]
pytestmark = [pytest.mark.consumer("chromium"), pytest.mark.slow]

# The page stands unchanged in a frame of the wanted width (a browser window has a least width) in which
# scripts may not run; the page around it opens every fold and measures from outside.
AROUND = """<!doctype html><meta name="color-scheme" content="light dark"><body style="margin:0">
<iframe id="f" sandbox="allow-same-origin" style="border:0;width:{width}px;height:900px" srcdoc="{page}"></iframe>
<script>onload = () => {{
  const d = document.getElementById("f").contentDocument, w = d.defaultView;
  const folds = [...d.querySelectorAll("details")];
  folds.forEach(fold => fold.open = true);
  const texts = [...d.querySelectorAll("svg.chart text")].filter(t => t.getClientRects().length);
  const sizes = texts.map(t => parseFloat(w.getComputedStyle(t).fontSize) * t.getScreenCTM().a);
  document.documentElement.setAttribute("data-measured", JSON.stringify({{
    inner: w.innerWidth, scroll: d.documentElement.scrollWidth, folds: folds.length,
    texts: texts.length, smallest: Math.min(...sizes, 1000), paper: w.getComputedStyle(d.body).backgroundColor,
    heads: [...d.querySelectorAll("h2")].filter(h => h.getClientRects().length).map(h => h.textContent),
    scripts: d.scripts.length, sentence: d.querySelector(".sentence").textContent, title: d.title,
  }}));
}}</script>"""


def measure(page: bytes, folder: Path, width: int, *options: str) -> dict[str, Any]:
    """What the browser made of the page at that width, every fold open."""
    around = folder / "around.html"
    around.write_text(AROUND.format(width=width, page=html.escape(page.decode())), "utf-8")
    quiet = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
    # --no-sandbox: CI runs as root, where the browser's own sandbox does not start; the page is ours
    fixed = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}",
    )
    command = ["chromium", *fixed, *quiet, *options, "--window-size=1400,1000", "--dump-dom", around.as_uri()]
    seen = subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.decode("utf-8")
    found = re.search(r'data-measured="([^"]*)"', seen)
    assert found, "the browser did not finish loading the page"
    measured: dict[str, Any] = json.loads(html.unescape(found[1]))
    assert measured["inner"] == width
    return measured


def test_phone_reads_all_of_it_without_scripts_or_sideways_scrolling(
    case: Case, tmp_path: Path, case_name: str
) -> None:
    """At 390 px all sections show, nothing is wider than the window with every fold open, and no text in a
    drawing is below 11 px."""
    result = case(case_name)
    measured = measure(render(result), tmp_path, 390)
    assert measured["scroll"] == 390
    assert measured["folds"] > 0
    assert measured["heads"][0] == "Does it hold?"
    assert len(measured["heads"]) == 7 + bool(result["advice"])
    assert measured["sentence"] == result["summary"]["sentence"]
    assert (measured["texts"] > 0) == bool(result["coverage"])
    assert measured["smallest"] >= 11


def test_long_names_do_not_widen_the_page(case: Case, tmp_path: Path) -> None:
    """A name without a single space in it is broken, not pushed out."""
    result, long = case("ghent"), "a" * 300
    result["findings"][0]["unit"] = long
    result["findings"][0]["evidence"][0]["file"] = long
    result["policies"][0]["title"] = long
    result["coverage"][0]["source"] = long
    result["accounting"][0]["source"] = long
    measured = measure(render(result), tmp_path, 390)
    assert long in measured["title"]
    assert measured["scroll"] == 390


@pytest.mark.parametrize(("scheme", "paper"), [(1, "rgb(242, 245, 244)"), (0, "rgb(14, 23, 22)")])
def test_desk_follows_light_and_dark(case: Case, tmp_path: Path, scheme: int, paper: str) -> None:
    """At 1280 px nothing overflows, and the page takes the reader's choice (1 is light, 0 is dark)."""
    measured = measure(render(case("ghent")), tmp_path, 1280, f"--blink-settings=preferredColorScheme={scheme}")
    assert measured["scroll"] == 1280
    assert measured["smallest"] >= 11
    assert measured["paper"] == paper


# --- the page of a channel review -----------------------------------------------------------------


def reviewed(name: str, day: str, language: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document of a worked review, and the review in it."""
    body = load_body(EXAMPLES / "reviews" / name)
    document = reviews_document(body, None, date.fromisoformat(day), language)
    return document, document["reviews"][0]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_channel_review_fits_phone_and_desk(width: int, tmp_path: Path) -> None:
    """Nothing is wider than the window, even with names without a space; wide tables scroll in themselves."""
    document, review = reviewed("norway-agency", "2022-05-01", "nl")
    review["options"][0]["title"] = review["criteria"][0]["title"] = "a" * 300
    review["stakeholders"][0]["name"] = review["question"] = "b" * 300
    measured = measure(render_review(document, review), tmp_path, width)
    assert measured["scroll"] == width
    assert measured["scripts"] == 0
    assert len(measured["heads"]) == 11


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("tartu-like", "2025-01-21"),
        ("tallinn-like", "2024-12-10"),
        ("york-like", "2026-11-25"),
        ("norway-agency", "2022-05-01"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_channel_review_takes_two_pages(name: str, day: str, language: str, tmp_path: Path) -> None:
    """On paper, in each language, the stale one included; the annexes begin on a page of their own."""
    document, review = reviewed(name, day, language)
    page = render_review(document, review).decode()
    annex = page.index('<section class="new-page"')
    (tmp_path / "page.html").write_text(page[:annex] + page[page.index("</main>") :], "utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={tmp_path / 'page.pdf'}"]
    subprocess.run([*command, (tmp_path / "page.html").as_uri()], capture_output=True, timeout=120, check=True)
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "page.pdf").read_bytes())) <= 2
