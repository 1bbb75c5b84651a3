# SPDX-License-Identifier: EUPL-1.2
"""A run that is killed, or whose disk refuses, leaves the last result whole; the next run works.

The interpreter reports each file operation to an audit hook before it happens. The hook ends the process, or
makes the operation fail, at the one whose turn it is; each operation of a run has its turn. Nothing is patched.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from cli.shell import KILLER, Ran, body, edit, run, start, tree
from ordinance.store.files import standing

PROXY = """
[[sources]]
id = "proxy"
reader = "squid-log"
files = ["proxy.log"]
network = "staff"
leases = ["proxy-leases"]

[[sources]]
id = "proxy-leases"
reader = "lease-table"
files = ["leases.csv"]
"""
PROXY_LEASES = "address,mac,start,end\n10.20.0.77,00:00:5e:00:53:01,2023-03-01T00:00:00Z,2023-05-01T00:00:00Z\n"
WRITES = ("os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "os.chmod")
# Reads a turn a line; each is run in a fork, so that the program is imported once. Answers `exit code, hook's word`.
FORKER = f"""
import os, signal, sys
import ordinance.operations.checking, ordinance.operations.enforcing
from ordinance.cli import main
how, folder, command, words = sys.argv[1], sys.argv[2], sys.argv[3:], os.path.join(sys.argv[2], "words.txt")
def stopped_at(turn):
    count = 0
    def hook(event, arguments):
        nonlocal count
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in {WRITES!r} or (writes and str(arguments[0]).startswith(folder)):
            count += 1
            if count == turn and how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if count == turn:
                os.write(2, b"refused: " + event.encode() + b"\\n")
                raise OSError(28, "No space left on device")
    return hook
for line in sys.stdin:
    said = os.open(words, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    child = os.fork()
    if not child:
        os.dup2(said, 1), os.dup2(said, 2)
        sys.argv[:] = ["ordinance", *command]
        sys.addaudithook(stopped_at(int(line)))
        main()
    os.close(said)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def _turns(how: str, folder: Path, before: Callable[[], object], *command: str | Path) -> Iterator[Ran]:
    """The command again and again, stopped at its first file operation, its second, … until it gets through."""
    with start(how, folder, *command, program=FORKER, stdin=subprocess.PIPE) as forker:
        assert forker.stdin and forker.stdout
        for turn in range(1, 200):
            before()
            forker.stdin.write(f"{turn}\n".encode())
            forker.stdin.flush()
            code = int(forker.stdout.readline())
            words = (folder / "words.txt").read_text("utf-8")
            (folder / "words.txt").unlink()
            yield Ran(code, "", words)
            if code != -signal.SIGKILL and "refused: " not in words:
                assert turn > 10, "the hook stopped hardly anything"
                forker.stdin.close()
                return
    raise AssertionError("the command never got through")


@pytest.fixture
def diest(tmp_path: Path) -> Path:
    """The body that is checked fastest."""
    return body("diest", tmp_path)


def _kept(folder: Path) -> dict[str, bytes]:
    """The run that a reader finds."""
    name = (folder / ".ordinance" / "latest").read_text().strip()
    return tree(folder / ".ordinance" / "runs" / name)


def _leftovers(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir() if p.name.startswith(".ordinance-")]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["killed", "refused"])
def test_a_check_cut_off_anywhere_leaves_the_last_run(how: str, diest: Path, tmp_path: Path) -> None:
    """`report` writes the old run's page or the new one's, whole; the next check comes through."""
    new_day = ("check", diest, "--as-of", "2023-04-25")
    assert run("check", diest, "--as-of", "2023-04-24").code == 0
    old = _kept(diest)
    assert run(*new_day).code == 0
    new = _kept(diest)
    page = tmp_path / "page.html"
    assert old != new

    def old_again() -> None:
        assert run("check", diest, "--as-of", "2023-04-24").code == 0  # whatever the last turn left, the next run works
        assert _kept(diest) == old
        for there in (diest / ".ordinance" / "runs").iterdir():
            if tree(there) == new:
                _forget(there)  # so that each turn has to write it

    for done in _turns(how, diest, old_again, *new_day):
        assert done.code in {-signal.SIGKILL, 0} if how == "killed" else done.code in {3, 0}
        assert "Traceback" not in done.err
        assert _kept(diest) in (old, new)
        assert run("report", diest, "--out", page).code == 0
        assert page.read_bytes() in (old["report.html"], new["report.html"])
    assert _kept(diest) == new
    assert _leftovers(diest / ".ordinance" / "runs") == []  # the last run cleared what its forerunners left


def _forget(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["killed", "refused"])
def test_a_build_cut_off_anywhere_leaves_the_last_bundle(how: str, diest: Path, tmp_path: Path) -> None:
    """Either bundle is there whole, `plan` compares with it, and the next build puts everything right."""
    out = tmp_path / "bundle"
    assert run("build", diest, "--as-of", "2023-04-16T12:00", "--out", out).code == 0
    old = tree(out)
    inside = ("build", diest, "--as-of", "2023-04-18T12:00", "--out", out)
    assert run(*inside).code == 0
    new = tree(out)
    assert old != new

    def old_again() -> None:
        assert run(*inside).code == 0  # whatever the last turn left, the next build works
        assert _leftovers(tmp_path) == []
        for name, content in old.items():
            (out / name).write_bytes(content)

    for done in _turns(how, tmp_path, old_again, *inside):
        assert done.code in {-signal.SIGKILL, 0} if how == "killed" else done.code in {3, 0}
        assert "Traceback" not in done.err
        there = tree(standing(out))
        assert there in (old, new)
        if how == "refused":
            assert tree(out) == there
        planned = run("plan", diest, "--as-of", "2023-04-18T12:00", "--against", out).out
        zone = re.search(r"zone: (\d+) added|zone: same; no name", planned)
        assert zone and (zone[1] is None) == (there == new)
        assert tree(standing(out)) == there
    assert tree(out) == new


@pytest.mark.slow
def test_a_check_killed_at_any_moment_leaves_the_last_run(tmp_path: Path) -> None:
    """The same by the clock: a process shot after ever longer times, until it has finished before."""
    folder = body("ghent", tmp_path)
    assert run("check", folder, "--as-of", "2023-04-09").code == 1
    old = _kept(folder)
    wait_s, code = 0.1, -signal.SIGKILL
    while code == -signal.SIGKILL:
        running = start("check", folder, "--as-of", "2023-04-10")
        time.sleep(wait_s)
        running.kill()
        running.communicate()
        code, wait_s = running.returncode, wait_s + 0.1
        assert code == 1 or _kept(folder) == old or b'"as_of": "2023-04-10' in _kept(folder)["result.json"]
    assert run("check", folder, "--as-of", "2023-04-09").code == 1
    assert _kept(folder) == old


@pytest.mark.slow
def test_a_check_that_keeps_what_it_read_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Logs grow between checks that are shot at any instant (`ORDINANCE_KILLS` times): what is kept says what they say.

    Of a log whose lines speak for themselves statements are kept, of the resolver's the lines to read again.
    """
    folder, kills = body("ghent", tmp_path), int(os.environ.get("ORDINANCE_KILLS", "8"))
    random = Random(os.environ.get("ORDINANCE_KILLS_SEED", "7"))  # noqa: S311  # the same again for who asks for it
    settings, asked = folder / "ordinance.toml", ("--as-of", "2023-04-10", "--individual", "--json")
    edit(settings, 'runs = "P6M"\n', 'runs = "P6M"\nobservations = "P30D"\n')
    settings.write_text(settings.read_text("utf-8") + PROXY, "utf-8")
    (folder / "leases.csv").write_text(PROXY_LEASES, "utf-8")
    resolver = folder / "logs" / "townhall-2023-04-09.log"
    text, at, resumed = resolver.read_bytes(), 1_680_512_400, 0
    resolver.write_bytes(text[: len(text) // 2])
    left = text[len(text) // 2 :]
    (folder / "proxy.log").write_bytes(b"")
    with start("check", folder, *asked, program=KILLER, stdin=subprocess.PIPE) as forker:
        assert forker.stdin and forker.stdout
        for turn in range(kills):
            at += random.randrange(400)
            name = random.choice(("log-boot.tiktokv.com", "www.example.org", "www.tiktok.com"))
            line = f"{at}.000      0 10.20.0.77 TCP_TUNNEL/200 5123 CONNECT {name}:443 - HIER_DIRECT/203.0.113.7 -\n"
            cut = random.choice((len(line), random.randrange(len(line))))
            with (folder / "proxy.log").open("a", encoding="ascii") as log:
                log.write(line[:cut])
            forker.stdin.write(f"{random.uniform(0.02, 1.6)}\n".encode())
            forker.stdin.flush()
            with (folder / "proxy.log").open("a", encoding="ascii") as log:
                log.write(line[cut:])
            more = len(left) // (kills - turn)
            with resolver.open("ab") as log:
                log.write(left[:more])
            left = left[more:]
            assert int(forker.stdout.readline()) in {-signal.SIGKILL, 1}
            resumed += (folder / ".ordinance" / "observations").exists()
        forker.stdin.close()
    again, fresh = (json.loads(run("check", folder, *asked, *more).out) for more in ((), ("--fresh",)))
    assert again == fresh
    proxy = [f for f in fresh["findings"] if any(e["source"] == "proxy" for e in f["evidence"])]
    assert proxy and resumed
    assert run("ledger", folder).code == 0
