# SPDX-License-Identifier: EUPL-1.2
"""Media are decoded apart: in a process of ours that can reach nothing but the open files it was given.

The process gets a request as JSON on its input and a few open files, nothing of the environment, and an empty folder to
stand in. Before it reads the first foreign byte it gives up every way out (`_seccomp`) and binds itself to limits of
memory, processor time and size of files; it is killed when it takes too long or says too much. It answers in lines of
JSON: how far it is, and at last one answer or the id of a fault. Whoever asked checks every value again.

Where the system cannot take the ways out, nothing is decoded: `NO_ISOLATION`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer
from typing import Any

from ordinance.airlock._seccomp import can_lock_in, locked_in
from ordinance.model.apart import BEGIN, bare_environment, command, keep_within

NO_ISOLATION = "airlock-no-isolation"
TOO_LONG = "airlock-too-long"
OUT_OF_LIMITS = "airlock-out-of-limits"
BROKE = "airlock-decoder-broke"
FAULTS = frozenset({NO_ISOLATION, TOO_LONG, OUT_OF_LIMITS, BROKE})

THREADS = 2  # of a worker: always as many, for the bytes of an encoder depend on it
_MOST_REQUEST = 100_000  # bytes
_MOST_SAID = 4_000_000  # bytes, all lines together
_MOST_LINE = 1_000_000
Progress = Callable[[int, int], None]  # so many done, of so many (0: nobody knows)


@dataclass(frozen=True, slots=True)
class Within:
    """What a process may use up: bytes of memory and of a file it writes, seconds of the processor and on the wall."""

    memory_bytes: int
    file_bytes: int
    cpu_s: int
    wall_s: float


class ApartError(Exception):
    """No answer, and why: `id` is that of a fault, from here or from the worker."""

    def __init__(self, fault: str) -> None:
        self.id = fault
        super().__init__(fault)


class StopError(Exception):
    """Raised by a worker: the file goes no further, for the reason with this id."""

    def __init__(self, fault: str) -> None:
        self.id = fault
        super().__init__(fault)


def apart(
    module: str,
    request: Mapping[str, Any],
    files: Sequence[int],
    within: Within,
    on_progress: Progress | None = None,
    *,
    begin: str = BEGIN,
) -> dict[str, Any]:
    """Ask a worker module, which gets these open files. Raises ApartError where it gives no answer."""
    if not can_lock_in():
        raise ApartError(NO_ISOLATION)
    limits = [within.memory_bytes, within.file_bytes, within.cpu_s]
    asked = json.dumps({"within": limits, "files": list(files), "request": dict(request)}).encode() + b"\n"
    if len(asked) > _MOST_REQUEST:
        raise ValueError("a request is a few numbers")
    with tempfile.TemporaryDirectory() as empty:
        process = subprocess.Popen(  # noqa: S603  # our own module, no shell
            command(module, begin),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=empty,
            env=bare_environment(),
            pass_fds=files,
        )
        late = Timer(within.wall_s, process.kill)
        late.start()
        try:
            answer = _listen(process, asked, on_progress)
            code, in_time = process.wait(), late.is_alive()
        finally:
            process.kill()
            process.wait()
            late.cancel()
    if not in_time:
        raise ApartError(TOO_LONG)
    if answer is None:
        raise ApartError(OUT_OF_LIMITS if code < 0 else BROKE)
    if code != 0:
        raise ApartError(BROKE)
    if "fault" in answer:
        raise ApartError(str(answer["fault"]))
    return answer


def _listen(process: subprocess.Popen[bytes], asked: bytes, on_progress: Progress | None) -> dict[str, Any] | None:
    """The last line that is an answer; lines of progress before it are passed on. `None` where there is no answer."""
    assert process.stdin is not None  # noqa: S101  # pipes were asked for
    assert process.stdout is not None  # noqa: S101  # as above
    try:
        with process.stdin:
            process.stdin.write(asked)
    except OSError:
        pass  # it is gone already; what it said is read all the same
    left = _MOST_SAID
    with process.stdout as stream:
        while line := stream.readline(_MOST_LINE):
            left -= len(line)
            said = _object(line) if left > 0 else None
            if said is None:
                process.kill()
                return None
            if "done" not in said:
                return said
            done, of = said.get("done"), said.get("of")
            if on_progress is not None and type(done) is int and type(of) is int:
                on_progress(done, of)
    return None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def serve(work: Callable[[Mapping[str, Any], Sequence[int], Progress], dict[str, Any]]) -> None:
    """The whole of a worker: give up every way out, do the work, answer. Everything it needs is imported before."""
    asked = json.loads(sys.stdin.buffer.readline(_MOST_REQUEST))
    memory, size, cpu = (int(value) for value in asked["within"])
    bound = keep_within(memory, {"FSIZE": size, "CPU": cpu, "NOFILE": 64, "CORE": 0})
    try:
        if not (bound and locked_in()):
            raise StopError(NO_ISOLATION)
        answer = work(asked["request"], asked["files"], _told)
    except StopError as stopped:
        answer = {"fault": stopped.id}
    except MemoryError:
        answer = {"fault": OUT_OF_LIMITS}
    _tell(answer)
    os._exit(0)  # what decoders still hold is the system's to take away: nothing of theirs runs any more


@contextmanager
def decoding() -> Iterator[None]:
    """Around what a decoder does with foreign bytes: whatever it says means the same, that it cannot be decoded.

    Around nothing else: a mistake of our own must not look like one of the file, and ends the worker (`BROKE`).
    """
    try:
        yield
    except (MemoryError, StopError):
        raise
    except Exception:
        raise StopError("airlock-cannot-decode") from None


def _told(done: int, of: int) -> None:
    _tell({"done": done, "of": of})


def _tell(value: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(value).encode() + b"\n")
    sys.stdout.buffer.flush()
