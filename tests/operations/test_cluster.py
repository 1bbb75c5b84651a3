# SPDX-License-Identifier: EUPL-1.2
"""Files spread over the workers of a Dask cluster: a scheduler and two workers on this machine, one of them killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from cli.shell import body, process, run, start, tree

AT = ("--as-of", "2023-04-10")
WAIT_S = 60
needs_dask = pytest.mark.skipif(
    find_spec("distributed") is None and not os.environ.get("CI"), reason="Dask is not installed"
)


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that end with the test."""
    found: list[subprocess.Popen[bytes]] = []
    yield found
    for one in found:
        one.kill()
        one.communicate()


def dask(*words: str) -> subprocess.Popen[bytes]:
    """A part of a cluster, on the loopback alone."""
    program = [sys.executable, "-m", *words]
    return subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def cluster(started: list[subprocess.Popen[bytes]], workers: int) -> str:
    """A scheduler and some workers; where it answers. The workers are behind it in `started`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    port = address.rpartition(":")[2]
    started.append(dask("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"))
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    started += [dask("distributed.cli.dask_worker", f"tcp://{address}", *options) for _ in range(workers)]
    return f"tcp://{address}"


def wait_for(folder: Path, files: int, other: subprocess.Popen[bytes]) -> None:
    """Until so many files are kept, or the process ended."""
    until = time.monotonic() + WAIT_S
    while len(list(folder.glob("*.kept"))) < files and other.poll() is None and time.monotonic() < until:
        time.sleep(0.01)


@needs_dask
@pytest.mark.slow
def test_a_worker_that_is_killed_changes_nothing(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """One of two is killed while it works: the other reads what is left, and all is as if one machine had read it."""
    folder, alone, spread = body("ghent", tmp_path), tmp_path / "alone", tmp_path / "spread"
    read = ("read", "--body", folder, *AT)
    assert run(*read, "--out", alone).code == 0
    address = cluster(started, 2)
    reading = start(*read, "--out", spread, "--cluster", address)
    wait_for(spread, 3, reading)
    started[1].send_signal(signal.SIGKILL)
    there = len(list(spread.glob("*.kept")))
    out, err = reading.communicate(timeout=WAIT_S)
    assert reading.returncode == 0, err.decode()
    assert 3 <= there < len(tree(alone))
    assert tree(spread) == tree(alone)
    assert b"written" in out
    whole = run("check", folder, *AT, "--json")
    assert run("check", folder, *AT, "--json", "--kept", spread).out == whole.out


@needs_dask
@pytest.mark.slow
def test_an_address_without_a_cluster_is_said(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """Nobody answers, nobody works, or it is no address: nothing is read, and the hint says what to start."""
    folder = body("ghent", tmp_path)
    read = ("read", "--body", folder, *AT, "--out", tmp_path / "kept", "--cluster")
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        done = process(*read, address)
        assert (done.code, done.out) == (3, "")
        assert f"{address}: no scheduler answers" in done.err
        assert "[no-cluster]" in done.err
    done = process(*read, cluster(started, 0))
    assert done.code == 3
    assert "the scheduler has no worker  [no-cluster]" in done.err
    assert tree(tmp_path / "kept") == {}


def test_without_dask_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not installed it reads on this machine, and hears how to have it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = run("read", "--body", body("ghent", tmp_path), *AT, "--out", tmp_path / "kept", "--cluster", "tcp://x:1")
    assert done.code == 3
    assert "Dask is not installed  [no-dask]" in done.err
    assert "ordinance[cluster]" in done.err
