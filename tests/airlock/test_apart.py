# SPDX-License-Identifier: EUPL-1.2
"""The process that decodes: what it cannot reach, what it may use up, and that nothing is taken on its word."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ordinance.airlock import _apart, _seccomp
from ordinance.airlock._apart import BROKE, NO_ISOLATION, OUT_OF_LIMITS, TOO_LONG, ApartError, Within, apart

pytestmark = pytest.mark.skipif(not _seccomp.can_lock_in(), reason="only Linux on known processors isolates")
WITHIN = Within(memory_bytes=256 * 1024 * 1024, file_bytes=100_000, cpu_s=10, wall_s=10)
_BEGIN = "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
_SERVE = """
import ctypes, os, socket, subprocess, threading, time
from ordinance.airlock._apart import StopError, serve
def work(request, files, told):
    {body}
serve(work)
"""


def asked(body: str, *, within: Within = WITHIN, request: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """What a worker whose work is `body` answers."""
    return apart("", request or {}, more.pop("files", ()), within, begin=_BEGIN + _SERVE.format(body=body), **more)


def fault_of(begin: str, *, within: Within = WITHIN) -> str:
    """The id with which a process is refused."""
    with pytest.raises(ApartError) as refused:
        apart("", {}, (), within, begin=_BEGIN + begin)
    return refused.value.id


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket(socket.AF_INET)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_INET6)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socketpair()",
        "subprocess.run(['/bin/true'])",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.fork()",
        "os.kill(os.getppid(), 0)",
        "open('/etc/hostname')",
        "open('new', 'w')",
        "os.stat('/etc/hostname')",
        "os.listdir('/')",
        "os.remove('/tmp/nothing')",
    ],
)
def test_there_is_no_way_out(attempt: str) -> None:
    """No socket of any family, no program, no other process, and no file by its name."""
    body = f"try:\n        {attempt}\n    except PermissionError:\n        return {{'no': 1}}\n    return {{'did': 1}}"
    assert asked(body) == {"no": 1}


@pytest.mark.parametrize("call", [425, 101, 0x40000000 + 41, 9999])
def test_other_calls_of_the_system_are_refused(call: int) -> None:
    """io_uring, ptrace, calls of the other kind that one processor has, and calls that nobody knows yet."""
    body = f"libc = ctypes.CDLL(None, use_errno=True)\n    return {{'r': libc.syscall({call}, 0, 0, 0, 0, 0, 0)}}"
    assert asked(body) == {"r": -1}


def test_threads_and_open_files_remain() -> None:
    """What decoding needs still works: threads, and reading and writing what was given open."""
    body = (
        "out = []\n    t = threading.Thread(target=lambda: out.append(os.pread(files[0], 9, 0)))\n"
        "    t.start(); t.join()\n"
        "    os.pwrite(files[1], out[0].upper(), 0)\n    return {'size': os.fstat(files[1]).st_size}"
    )
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out:
        source.write(b"abc")
        source.flush()
        assert asked(body, files=(source.fileno(), out.fileno())) == {"size": 3}
        assert out.read() == b"ABC"


def test_a_given_file_that_is_read_only_stays_so(tmp_path: Path) -> None:
    """The original is given open for reading, and that cannot be widened."""
    path = tmp_path / "given"
    path.write_bytes(b"abc")
    body = (
        "try:\n        os.pwrite(files[0], b'x', 0)\n    except OSError:\n        return {'no': 1}\n"
        "    return {'did': 1}"
    )
    with path.open("rb") as source:
        assert asked(body, files=(source.fileno(),)) == {"no": 1}


def test_nothing_of_the_environment_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the user's, and no other open file of ours."""
    monkeypatch.setenv("SECRET_OF_MINE", "x")
    with tempfile.TemporaryFile() as other:
        os.set_inheritable(other.fileno(), True)
        body = (
            "try:\n        os.fstat(request['other'])\n        held = True\n    except OSError:\n        held = False\n"
            "    return {'secret': 'SECRET_OF_MINE' in os.environ, 'held': held}"
        )
        assert asked(body, request={"other": other.fileno()}) == {"secret": False, "held": False}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("x = bytearray(600_000_000); return {}", OUT_OF_LIMITS),
        ("while True: pass", OUT_OF_LIMITS),
        ("raise StopError('airlock-some-reason')", "airlock-some-reason"),
        ("raise ValueError('text of the file')", BROKE),
        ("os._exit(0)", BROKE),
        ("sys.stdout.write('[' * 90_000_000)", BROKE),
        ("print('no data', flush=True); return {}", BROKE),
        ("print('[]', flush=True); return {}", BROKE),
    ],
)
def test_limits_hold(body: str, fault: str) -> None:
    """Memory and processor are bounded; an answer that is no object, or too long, is none; each says which."""
    within = Within(WITHIN.memory_bytes, WITHIN.file_bytes, cpu_s=1, wall_s=60)
    found = fault_of(_SERVE.format(body=body), within=within)
    assert found == fault or (fault == BROKE and found == OUT_OF_LIMITS)  # killed for what it said, or ended by itself


def test_a_slow_one_is_ended() -> None:
    """Who sleeps uses no processor, and is ended by the clock on the wall."""
    within = Within(WITHIN.memory_bytes, WITHIN.file_bytes, cpu_s=1, wall_s=1.5)
    assert fault_of(_SERVE.format(body="time.sleep(6); return {}"), within=within) == TOO_LONG


def test_a_file_grows_no_further_than_allowed() -> None:
    """What is written is bounded, and what is small passes."""
    body = (
        "os.ftruncate(files[0], 0); os.pwrite(files[0], b'x' * {n}, 0)\n"
        "    return {{'n': os.fstat(files[0]).st_size}}"
    )
    with tempfile.TemporaryFile() as out:
        assert asked(body.format(n=90_000), files=(out.fileno(),)) == {"n": 90_000}
        assert asked(body.format(n=900_000), files=(out.fileno(),)) == {"n": WITHIN.file_bytes}


def test_how_far_it_is_comes_while_it_works() -> None:
    """Numbers of progress arrive in order, before the answer."""
    seen: list[tuple[int, int]] = []
    assert asked("told(1, 9); told(2, 9); return {'a': 1}", on_progress=lambda d, o: seen.append((d, o))) == {"a": 1}
    assert seen == [(1, 9), (2, 9)]


def test_a_worker_that_is_not_locked_in_does_no_work() -> None:
    """Where the filter was not taken, the work does not begin."""
    begin = "from ordinance.airlock import _apart\n_apart.locked_in = lambda: False\n"
    assert fault_of(begin + _SERVE.format(body="return {'did': 1}")) == NO_ISOLATION


def test_a_filter_that_does_not_hold_is_seen() -> None:
    """The worker tries the door before it trusts that it is closed."""
    begin = "from ordinance.airlock import _seccomp\n_seccomp._EPERM = _seccomp._ALLOW\n"
    assert fault_of(begin + _SERVE.format(body="return {'did': 1}")) == NO_ISOLATION


def test_an_unknown_system_decodes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """On another system or processor no process is even started."""
    monkeypatch.setattr(_seccomp.platform, "machine", lambda: "riscv64")
    monkeypatch.setattr(_apart.subprocess, "Popen", lambda *_, **__: pytest.fail("started"))
    assert fault_of("") == NO_ISOLATION
    monkeypatch.setattr(sys, "platform", "darwin")
    assert fault_of("") == NO_ISOLATION


def test_each_processor_keeps_the_same_calls() -> None:
    """The lists are of one length and name no call twice: a slip in one of them would not show on the other."""
    lists = [machine.remain for machine in _seccomp._MACHINES.values()]
    assert {len(one) for one in lists} == {len(set(one)) for one in lists} == {44}
