# SPDX-License-Identifier: EUPL-1.2
"""`ordinance watch` as a user starts it, ends it and kills it."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cli.shell import DAYS, KILLER, body, run, start
from operations.watched import AT, HEAD, LEASES, lease, macs, row, sensor_in
from ordinance.store.watched import Told

AS_OF = ("--as-of", "2023-04-10")
LIVE = ("--from", "2023-03-27", *AS_OF, "--individual")


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    """Ghent with a sensor, two devices that have an address, and an empty log."""
    folder = sensor_in(tmp_path)
    one, two = macs(folder, 2)
    (folder / "kea.csv").write_text(LEASES + lease("10.30.0.1", one) + lease("10.30.0.2", two), "utf-8")
    return folder


def lines_of(text: str) -> list[dict[str, Any]]:
    """Each line is a whole object."""
    return [json.loads(line) for line in text.splitlines()]


def found_by_check(folder: Path) -> set[str]:
    """Ids of the findings of a check that stand on lines of logs."""
    done = run("check", folder, *LIVE, "--to", "2023-04-10T00:00", "--json", "--fresh")
    logs = {"sensor", "dns-townhall"}
    rows = json.loads(done.out)["findings"]
    return {row["id"] for row in rows if row["evidence"] and {e["source"] for e in row["evidence"]} <= logs}


def test_once_says_what_is_there_and_what_was_read(ghent: Path) -> None:
    """Data on stdout, words on stderr, the exit code of a check."""
    done = run("watch", ghent, *LIVE, "--once")
    assert done.code == 1
    assert {line["id"] for line in lines_of(done.out)} == found_by_check(ghent) != set()
    assert "dns-townhall: " in done.err and " records, " in done.err and "finding(s) stand" in done.err


def test_without_individual_nothing_is_read(ghent: Path) -> None:
    """Of groups there is nothing to say while they come."""
    done = run("watch", ghent, *AS_OF, "--once")
    assert done.code == 3 and "[watch-needs-individual]" in done.err and not done.out
    assert not (ghent / ".ordinance").exists()


def test_with_a_file_each_line_is_told_once(ghent: Path, tmp_path: Path) -> None:
    """The second run adds nothing, the third what was written meanwhile."""
    out = tmp_path / "found.jsonl"
    assert run("watch", ghent, *LIVE, "--once", "--out", out).out == ""
    first = out.read_bytes()
    assert run("watch", ghent, *LIVE, "--once", "--out", out).code == 1
    assert out.read_bytes() == first != b""
    with (ghent / "zeek" / "dns.log").open("a", encoding="utf-8") as log:
        log.write(row(AT, "10.30.0.1"))
    run("watch", ghent, *LIVE, "--once", "--out", out)
    added = lines_of(out.read_text("utf-8").removeprefix(first.decode()))
    assert sorted(line["reason"] for line in added) == ["app_traffic", "not_blocked"]


@pytest.mark.parametrize("how", ["body", "key"])
def test_a_file_of_another_body_is_refused(ghent: Path, tmp_path: Path, how: str) -> None:
    """Its findings would all be said to have ended; a body that is somewhere else by now is the same one."""
    out = tmp_path / "found.jsonl"
    run("watch", ghent, *LIVE, "--once", "--out", out)
    moved = ghent.rename(tmp_path / "moved")
    assert run("watch", moved, *LIVE, "--once", "--out", out).code == 1
    first, side = out.read_bytes(), (tmp_path / "found.jsonl.read").read_bytes()
    entries = (moved / ".ordinance" / "ledger" / "ledger.jsonl").read_bytes()
    other = body("tallinn", tmp_path) if how == "body" else moved
    if how == "key":
        (moved / ".ordinance" / "keys" / "pseudonym.key").unlink()
    done = run("watch", other, "--individual", "--as-of", DAYS["tallinn"], "--once", "--out", out)
    assert done.code == 3 and "[watch-of-another]" in done.err and "found.jsonl.read:1" in done.err
    assert (out.read_bytes(), (tmp_path / "found.jsonl.read").read_bytes()) == (first, side)
    assert (moved / ".ordinance" / "ledger" / "ledger.jsonl").read_bytes() == entries
    assert how == "key" or not (other / ".ordinance").exists()


def test_a_gap_is_told_before_it_is_noted(ghent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is ended between the two says it again; of all else nothing is said before, and nothing twice."""
    out = tmp_path / "found.jsonl"
    run("watch", ghent, *LIVE, "--once", "--out", out)
    first = out.read_text("utf-8")
    (ghent / "zeek" / "dns.log").write_text(HEAD + row(AT, "10.30.0.1"), "utf-8")
    for log in (ghent / "logs").glob("townhall-*"):
        log.unlink()

    def ends(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Told, "note", ends)
        assert run("watch", ghent, *LIVE, "--once", "--out", out).code != 1
    added = lines_of(out.read_text("utf-8").removeprefix(first))
    assert added and {line["event"] for line in added} == {"gap"}
    run("watch", ghent, *LIVE, "--once", "--out", out)
    later = lines_of(out.read_text("utf-8").removeprefix(first))[len(added) :]
    assert later[: len(added)] == added
    told = [(line["event"], line["id"]) for line in later[len(added) :]]
    assert len(told) == len(set(told)) and {event for event, _ in told} == {"found", "ended"}
    run("watch", ghent, *LIVE, "--once", "--out", out)
    assert lines_of(out.read_text("utf-8").removeprefix(first))[len(added) :] == later


def test_it_ends_after_a_while(ghent: Path) -> None:
    """`--for` counts from the start, and nought is nought; what is no period is misuse."""
    done = run("watch", ghent, *LIVE, "--for", "P0D")
    assert done.code == 1 and {line["id"] for line in lines_of(done.out)} == found_by_check(ghent)
    done = run("watch", ghent, *LIVE, "--for", "10m")
    assert done.code == 2 and "is no period" in done.err


def _until(told: Any, wanted: int, seconds: float = 30.0) -> list[dict[str, Any]]:
    """The lines, when there are so many."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = lines_of(told()[: told().rfind("\n") + 1])
        if len(found) >= wanted:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {wanted} lines within {seconds} s")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_reads_what_is_there_and_says_so(ghent: Path, tmp_path: Path, number: int) -> None:
    """A line that was written just before the signal is told; nothing is lost by an orderly end."""
    out = tmp_path / "found.jsonl"
    before = len(found_by_check(ghent))
    running = start("watch", ghent, *LIVE, "--out", out)
    _until(lambda: out.read_text("utf-8") if out.exists() else "", before)
    with (ghent / "zeek" / "dns.log").open("a", encoding="utf-8") as log:
        log.write(row(AT, "10.30.0.1"))
    _until(lambda: out.read_text("utf-8"), before + 2)
    with (ghent / "zeek" / "dns.log").open("a", encoding="utf-8") as log:
        log.write(row(AT, "10.30.0.2"))
    running.send_signal(number)
    _, words = running.communicate(timeout=60)
    assert running.returncode == 1 and b"sensor: " in words
    lines = lines_of(out.read_text("utf-8"))
    assert {line["id"] for line in lines} == found_by_check(ghent) and len(lines) == before + 4


@pytest.mark.slow
def test_lines_go_to_a_pipe_as_they_come(ghent: Path) -> None:
    """Whoever reads standard output need not wait for the end."""
    with start("watch", ghent, *LIVE) as running:
        assert running.stdout is not None
        first = json.loads(running.stdout.readline())
        assert first["event"] == "found"
        running.terminate()
        rest = running.stdout.read().decode()
    assert {first["id"], *(line["id"] for line in lines_of(rest))} == found_by_check(ghent)


@pytest.mark.slow
def test_killed_at_any_instant_nothing_is_lost_and_nothing_said_twice(ghent: Path, tmp_path: Path) -> None:
    """Logs and leases grow and are rotated while their watch is killed again and again (`ORDINANCE_KILLS` times)."""
    kills, out = int(os.environ.get("ORDINANCE_KILLS", "8")), tmp_path / "found.jsonl"
    random = Random(os.environ.get("ORDINANCE_KILLS_SEED", "7"))  # noqa: S311  # the same again for who asks for it
    leases = [lease(f"10.30.0.{n}", mac) for n, mac in enumerate(macs(ghent, 9), 1)]
    (ghent / "kea.csv").write_text(LEASES + "".join(leases[:5]), "utf-8")
    log, names = ghent / "zeek" / "dns.log", ["log-boot.tiktokv.com", "www.example.org", "www.tiktok.com"]
    with start("watch", ghent, *LIVE, "--out", out, program=KILLER, stdin=subprocess.PIPE) as forker:
        assert forker.stdin and forker.stdout
        for turn in range(kills):
            forker.stdin.write(f"{random.uniform(0.02, 1.2)}\n".encode())
            forker.stdin.flush()
            for part in range(3):
                text = "".join(
                    row(AT + 60 * turn + 10 * part + n, f"10.30.0.{random.randrange(1, 9)}", random.choice(names))
                    for n in range(random.randrange(4))
                )
                cut = random.randrange(len(text) + 1)
                pieces = [(log, text[:cut]), (log, text[cut:])]
                if random.random() < 0.3:
                    given = random.choice(leases)
                    cut = random.randrange(len(given))
                    pieces += [(ghent / "kea.csv", given[:cut]), (ghent / "kea.csv", given[cut:])]
                for path, piece in pieces:
                    with path.open("a", encoding="utf-8") as file:
                        file.write(piece)
                    time.sleep(random.uniform(0, 0.1))
                if random.random() < 0.15:
                    log.rename(log.with_name(f"dns-{turn}-{part}.log"))
                    log.write_text(HEAD, "utf-8")
            assert int(forker.stdout.readline()) in (-signal.SIGKILL, 1)
        forker.stdin.write(b"0 --once\n")
        forker.stdin.flush()
        assert int(forker.stdout.readline()) == 1
        forker.stdin.close()
    standing: set[str] = set()
    for line in lines_of(out.read_text("utf-8")):
        assert line["event"] != "gap", line
        assert (line["id"] in standing) is (line["event"] == "ended")
        (standing.remove if line["event"] == "ended" else standing.add)(line["id"])
    assert standing == found_by_check(ghent) and len(standing) > 5
