# SPDX-License-Identifier: EUPL-1.2
"""axe-core looks at every kind of page in a real browser: on a phone and at a desk, light and dark."""

from __future__ import annotations

import html
import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bodies import EXAMPLES
from cli.shell import body, run
from cli.test_campaigns import CASE, DECIDED, FESTIVAL, put
from cli.test_effect import CHANNEL as IMPORT
from cli.test_effect import overview

pytestmark = [pytest.mark.consumer("chromium"), pytest.mark.slow]
POLICY = "<meta http-equiv=\"Content-Security-Policy\""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


def judged(page: Path, width: int, *options: str) -> dict[str, Any]:
    """What axe-core says of a page, which runs no script by itself: for this its own policy is taken out of a copy."""
    text = page.read_text("utf-8")
    assert text.count(POLICY) == 1
    script = (files("axe_core_python") / "axe.min.js").read_text("utf-8").replace("</script", "<\\/script")
    ask = (
        f"axe.run(document, {{runOnly: {json.dumps(TAGS)}}}).then(r => document.documentElement.setAttribute("
        "'data-axe', JSON.stringify({passes: r.passes.map(p => p.id), violations: r.violations.map(v => "
        "[v.id, v.nodes.map(n => n.target.join(' ') + ': ' + n.failureSummary).slice(0, 3)])})))"
    )
    copy = page.with_suffix(".axe.html")
    opened = re.sub(f"{POLICY}[^>]*>", "", text)
    copy.write_text(opened.replace("</body>", f"<script>{script}</script><script>{ask}</script></body>"), "utf-8")
    # --no-sandbox: CI runs as root, where the browser's own sandbox does not start; the page is ours
    command = [
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", *QUIET, *options),
        *(f"--user-data-dir={page.parent / 'profile'}", "--virtual-time-budget=20000"),
        *(f"--window-size={width},1000", "--dump-dom", copy.as_uri()),
    ]
    seen = subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.decode("utf-8")
    found = re.search(r'data-axe="([^"]*)"', seen)
    assert found, "axe-core did not finish"
    said: dict[str, Any] = json.loads(html.unescape(found[1]))
    return said


def page_of(kind: str, folder: Path) -> Path:
    """A page of each kind, as a verb writes it."""
    out, ghent = folder / f"{kind}.html", body("ghent", folder)
    if kind == "check":
        run("check", ghent, "--as-of", "2023-04-10", "--html", out)
    elif kind == "evaluate":
        run("check", ghent, "--as-of", "2023-04-10")
        run("evaluate", "gent-2023-tiktok", ghent, "--as-of", "2023-09-20", "--html", out)
    elif kind == "effect":
        tallinn, export = body("tallinn", folder), overview(folder / "Overview.csv", 400, 90)
        run(*IMPORT, export, tallinn, "--as", "tiktok", "--exported", "2025-01-15")
        run("effect", "tallinn-2024-tiktok", tallinn, "--as-of", "2025-01-15", "--html", out)
    elif kind == "channel":
        run("channels", "show", "tallinn-tiktok", body("tallinn", folder), "--as-of", "2024-12-16", "--html", out)
    elif kind == "channels":
        run("channels", "list", body("tallinn", folder), "--as-of", "2024-12-16", "--html", out)
    elif kind == "device":
        words = ["device", "show", body("tallinn", folder), "sd-002", "--as-of", "2024-12-16"]
        run(*words, "--profile", "nsm", "--profile", "ncsc", "--html", out)
    elif kind == "review":
        tartu = EXAMPLES / "reviews" / "tartu-like"
        run("channels", "review", tartu, "--as-of", "2025-05-01", "--language", "et", "--html", out)
    elif kind in {"campaigns", "case"}:
        put(ghent, "campaigns/festival.yaml", FESTIVAL)
        put(ghent, "cases/account.yaml", CASE + DECIDED)
        words = [kind, ghent] if kind == "campaigns" else ["cases", ghent, "zone-account"]
        run(*words, "--as-of", "2023-03-25", "--html", out)
    else:
        run("cascade", "be-federal-716", "--as-of", "2023-06-01", "--html", out)
    return out


KINDS = ("check", "evaluate", "effect", "cascade", "channel", "channels", "review", "campaigns", "case", "device")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found(kind: str, tmp_path: Path) -> None:
    """By the rules of WCAG 2.1 A and AA and axe-core's own best practices, in four settings of the window."""
    page = page_of(kind, tmp_path)
    for width in (390, 1280):
        for dark in ((), ("--force-dark-mode", "--enable-features=WebContentsForceDark:inversion_method/none")):
            said = judged(page, width, *dark)
            assert said["violations"] == [], (kind, width, dark)
            assert {"document-title", "html-has-lang", "heading-order"} <= {*said["passes"]}


def test_a_fault_is_found(tmp_path: Path) -> None:
    """A picture without a name and pale text turn it red: the judge is awake."""
    page = page_of("cascade", tmp_path)
    spoilt = page.read_text("utf-8").replace(
        "<main", '<img src="data:,"><p style="color:#ccc;background:#fff">pale</p><main', 1
    )
    page.write_text(spoilt, "utf-8")
    assert {"image-alt", "color-contrast"} <= {v[0] for v in judged(page, 1280)["violations"]}
