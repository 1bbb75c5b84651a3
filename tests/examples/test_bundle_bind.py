# SPDX-License-Identifier: EUPL-1.2
"""A body's own bundle on a real resolver: what Ghent's and Diest's plans say is what BIND does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import bodies
from lab.dns import authority, resolver
from ordinance.model.target import Artefact
from ordinance.operations.enforcing import build
from ordinance.operations.workspace import open_workspace

pytestmark = [pytest.mark.consumer("bind9", "bind9-dnsutils", "nsd"), pytest.mark.slow]

TYPES = ("A", "AAAA", "HTTPS")
APP = ("api16-normal-c-useast1a.tiktokv.com", "x.api-h2.tiktokv.com", "LOG16-normal-useast1a.tiktokv.com")
SITE = ("www.tiktok.com", "tiktok.com", "v16-webapp-prime.tiktok.com")
OPEN = ("analytics.tiktok.com", "www.youtube.com", "connect.facebook.net", "nottiktok.com", "mytiktokv.com",
        "tiktok.com.evil.example", "www.gent.example")  # fmt: skip


def artefacts(folder: Path) -> tuple[Artefact, ...]:
    """The files of a written bundle, read back from disk as an operator would install them."""
    paths = sorted(p for p in folder.rglob("*") if p.parent != folder and p.is_file())
    return tuple(Artefact(p.relative_to(folder).as_posix(), p.read_bytes(), (), ()) for p in paths)


@pytest.mark.parametrize(
    ("body", "day", "blocked", "left_open"),
    [
        pytest.param("ghent", "2023-04-10T00:00", APP, (*SITE, *OPEN), id="ghent-app-only"),
        pytest.param("diest", "2023-04-18T12:00", (*APP, *SITE), OPEN[1:], id="diest-during-the-incident"),
        pytest.param("diest", "2023-05-02T12:00", (), (*APP, *SITE, *OPEN), id="diest-after-the-incident"),
    ],
)
def test_bind_does_what_the_plan_says(
    body: str, day: str, blocked: tuple[str, ...], left_open: tuple[str, ...], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Names of the plan are blocked for A, AAAA and HTTPS; the site (where allowed) and all neighbours answer."""
    opened = open_workspace(bodies.copy_body(body, tmp_path)).usable()
    folder = build(opened, bodies.instant(day, opened))[2]
    for part in ("authority", "resolver"):
        (tmp_path / part).mkdir()
    with authority(tmp_path / "authority") as root, resolver(tmp_path / "resolver", root, artefacts(folder)) as server:
        alive = {(n, t): root.ask(n, t) for n in (*blocked, *left_open) for t in TYPES}
        stopped = {(n, t): server.ask(n, t) for n in blocked for t in TYPES}
        through = {(n, t): server.ask_open(n, t) for n in left_open for t in TYPES}
    assert not {asked: answer for asked, answer in alive.items() if not answer.open}
    assert not {asked: answer for asked, answer in stopped.items() if not answer.blocked}
    assert not {asked: answer for asked, answer in through.items() if not answer.open}
    with capsys.disabled():
        shut, free = sum(a.blocked for a in stopped.values()), sum(a.open for a in through.values())
        counts = f"blocked {shut} of {len(stopped)}, open {free} of {len(through)}"
        print(f"\n{body} on {day[:10]}: {counts}", file=sys.stderr)
