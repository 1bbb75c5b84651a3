# SPDX-License-Identifier: EUPL-1.2
"""The log makers beside the example bodies: they refuse what cannot be done, clean up, and give the same log again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES / "tools"))  # the log makers are scripts, not part of the package

import log_lab  # noqa: E402  # needs the path above
import log_plan  # noqa: E402
import make_logs  # noqa: E402

TOOLS = {"PATH": log_lab.SYSTEM_PATH}


def load(body: str) -> log_plan.Plan:
    return log_plan.load(EXAMPLES / body / "logs" / "plan.toml")


def test_a_client_without_an_address_cannot_ask(tmp_path: Path) -> None:
    """A plan in which somebody asks before joining is refused before anything is started."""
    text = (EXAMPLES / "tallinn" / "logs" / "plan.toml").read_text("utf-8")
    broken = tmp_path / "plan.toml"
    broken.write_text(text.replace('time = "11:14:08"', 'time = "11:50:00"'), "utf-8")
    with pytest.raises(log_plan.PlanError, match="sd-002 has no address at 2024-12-12 11:20:05"):
        log_plan.load(broken)


def test_without_root_the_maker_says_so_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, one sentence, nothing written."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert make_logs.main([str(EXAMPLES / "ghent")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "needs root" in said.err


# Random in a log, and nothing else: process ids, source ports, DHCP transaction ids, and the renewal times T1 and T2
# that dnsmasq spreads a little. Serial numbers count from the start of the daemon: they are numbered anew by day.
_RANDOM = [
    (re.compile(r"\[\d+\]:"), "[PID]:"),
    (re.compile(r"/\d+ (?=query|forwarded|reply|cached|config)"), "/PORT "),
    (re.compile(r"(?<=option: 5[89] )(T\d) .*"), r"\1 TIME"),
]


def comparable(text: str) -> list[str]:
    """The lines of a day's log without what is random; the notes of midnight's start left out."""
    numbers: dict[str, str] = {}
    lines = []
    for line in text.splitlines():
        if line[7:15] == "00:00:00":
            continue
        for pattern, words in _RANDOM:
            line = pattern.sub(words, line)  # noqa: PLW2901  # one line, cleaned in steps
        head, mark, rest = line.partition("[PID]: ")
        number, blank, rest = rest.partition(" ")
        if number.isdigit():
            kind = "dhcp" if head.endswith("-dhcp") else "dns"
            number = numbers.setdefault(f"{kind} {number}", f"{kind}-{len(numbers)}")
        lines.append(f"{head}{mark}{number}{blank}{rest}")
    return lines


def ready_or_leave() -> None:
    """Where the lab cannot run, skip on a laptop and fail in CI."""
    if reason := log_lab.obstacle():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason} In CI this is an error.")
        pytest.skip(reason)


def namespaces_left() -> list[str]:
    """Network namespaces of this process's lab that are still there."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True, env=TOOLS).stdout
    return [line for line in listed.splitlines() if line.startswith(f"ordlog-{os.getpid()}-")]


@pytest.mark.slow
@pytest.mark.consumer("dnsmasq", "faketime", "bind9-dnsutils")
def test_the_programs_give_the_committed_day_again(tmp_path: Path) -> None:
    """dnsmasq, udhcpc and dig, playing the plan of 28 March, write the committed log again but for what is random."""
    ready_or_leave()
    plan, day = load("ghent"), date(2023, 3, 28)
    (made,) = make_logs.make(plan, tmp_path, (day,))
    committed = EXAMPLES / "ghent" / "logs" / plan.log_of(day)
    assert comparable(made.read_text("ascii")) == comparable(committed.read_text("ascii"))
    assert len(comparable(committed.read_text("ascii"))) > 500
    assert namespaces_left() == []


@pytest.mark.slow
@pytest.mark.consumer("dnsmasq", "faketime", "bind9-dnsutils")
def test_a_lab_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """A question that should be answered and is not: an error, no log, and the namespaces are gone."""
    ready_or_leave()
    plan, day = load("tallinn"), date(2024, 12, 14)
    silent = [replace(a, name="printer.old.tallinn.example") for a in plan.on(day) if a.purpose == "canary"]
    with pytest.raises(log_lab.LabError, match=r"printer\.old\.tallinn\.example"):
        make_logs.make(replace(plan, acts=tuple(silent)), tmp_path / "out", (day,))
    assert not (tmp_path / "out").exists()
    assert namespaces_left() == []
