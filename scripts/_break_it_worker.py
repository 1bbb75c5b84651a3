# SPDX-License-Identifier: EUPL-1.2
"""The process in which scripts/break-it makes its breaks: it keeps pytest and the libraries loaded, and forks.

Started with a folder of its own in which src/ is a copy of ours and PYTHONPATH names it. Reads one order a line on
stdin (JSON: `tests`, `file` of src/ordinance and its broken `text` or null, `limit_s`, `alone`), makes the break in the
copy, runs the tests in a fork that has loaded none of our code but the rooms below the broken one, restores the copy,
and answers one line on stdout: `code` (pytest's, or null where the time limit ended it), `last` (its last lines),
`report` (JUnit XML or null) and `cpu_s` (processor time).
Writes to its folder alone, also what Python compiles. Cannot know what a test leaves outside its folder, except
processes: those of its group end with it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import multiprocessing
import os
import re
import resource
import shutil
import signal
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import cache_from_source
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

# What tests and our code load from elsewhere. A name that is not installed is passed over: its test says so itself.
LIBRARIES = (
    "asyncio", "click.testing", "cryptography.hazmat.primitives.asymmetric.ed25519", "dns.message", "dns.query",
    "duckdb", "hypothesis.strategies", "hypothesis.extra", "icalendar", "idna", "jinja2", "jsonschema", "sqlite3",
    "unittest.mock", "xml.dom.minidom", "yaml", "zoneinfo",
)  # fmt: skip
OPTIONS = (
    "-p", "break_it_guard", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist",
    "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning",  # libraries: on purpose
)  # fmt: skip


def main() -> int:
    """Orders, until stdin ends."""
    away = Path(sys.argv[1]).resolve()
    sys.path[0] = str(Path.cwd())  # as `python -m pytest` has it, and not scripts/
    orders, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for number in (0, 1):  # no test may read an order or write an answer
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    preload(away)
    keep_compiled(away / "compiled")
    floor = Floor(floors(), 0)
    try:
        for line in orders:
            print(json.dumps(obey(away, json.loads(line), floor)), file=answers, flush=True)
    finally:
        floor.close()  # else this process would wait for them at its end, and they for an order
    return 0


# --- processes that have loaded what a break cannot reach ------------------------------------------------------------


def floors() -> list[set[str]]:
    """Our rooms from the bottom to the top, as the contract in pyproject.toml has them: none imports one above it."""
    contracts = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (c["layers"] for c in contracts if c["type"] == "layers")
    return [set(re.findall(r"\w+", layer)) for layer in reversed(layers)]


class Floor:
    """This process, in which the rooms below a floor are loaded, and above it a fork in which this floor's are too.

    A break is tried in a fork of the process that has loaded all below the broken file's room, and nothing beside or
    above it. The unbroken tests are tried where everything is loaded; what this turns red is then tried `alone`.
    """

    def __init__(self, rooms: list[set[str]], number: int) -> None:
        self._rooms = rooms
        self._number = number
        self._above: Connection | None = None
        self._process: BaseProcess | None = None

    def level(self, file: str | None, alone: bool) -> int:
        """On which floor a file of ours is tried; `None` on top of them all, and what must be alone on the ground."""
        if alone:
            return 0
        if file is None:
            return len(self._rooms)
        room = file.partition("/")[0]
        return next((n for n, rooms in enumerate(self._rooms) if room in rooms), 0)

    def run(self, work: Path, order: dict) -> tuple[int | None, float]:
        """pytest's exit code (`None`: time was up) and the processor time in seconds."""
        if self._number < self.level(order["file"], order["alone"]):
            if self._above is None:
                self._build()
            self._above.send((work, order))
            return self._above.recv()
        module = "ordinance." + (order["file"] or "").removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if module in sys.modules:
            raise SystemExit(f"{module} was loaded before it could be broken")
        return run(work, order["tests"], order["limit_s"])

    def close(self) -> None:
        """The processes above end."""
        if self._above is not None:
            self._above.close()
            self._process.join()

    def _build(self) -> None:
        self._above, there = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("fork").Process(target=self._serve, args=(there,))
        self._process.start()
        there.close()

    def _serve(self, orders: Connection) -> None:
        self._above.close()
        for room in sorted(self._rooms[self._number]):
            for module in sorted((Path(os.environ["BREAK_IT_COPY"]) / "ordinance" / room).rglob("*.py")):
                if module.stem != "__main__":
                    with suppress(ImportError):  # for want of a library; its tests say so themselves
                        importlib.import_module(named(module))
        gc.collect()
        gc.freeze()
        floor = Floor(self._rooms, self._number + 1)
        try:
            while True:
                orders.send(floor.run(*orders.recv()))
        except (EOFError, BrokenPipeError):
            return  # whoever gives orders has ended
        finally:
            floor.close()


def named(module: Path) -> str:
    """What a file of ours is imported as."""
    parts = module.relative_to(os.environ["BREAK_IT_COPY"]).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def preload(away: Path) -> None:
    """pytest with its plugins, and the libraries. None of our own modules may be among them."""
    import pytest  # noqa: PLC0415  # here, so that the tests of this file's caller need not load it so

    pytest.main(["--version", *OPTIONS, f"--rootdir={away}"])
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    if found := [name for name in sys.modules if name.partition(".")[0] == "ordinance"]:
        raise SystemExit(f"our code was loaded before it could be broken: {', '.join(found)}")
    gc.collect()
    gc.freeze()  # a fork need not look through what was loaded before it


def keep_compiled(folder: Path) -> None:
    """What Python compiles from now on goes to this folder, here and in the processes that tests start."""
    sys.pycache_prefix, sys.dont_write_bytecode = str(folder), False
    os.environ |= {"PYTHONPYCACHEPREFIX": str(folder), "PYTHONDONTWRITEBYTECODE": ""}


def obey(away: Path, order: dict, floor: Floor) -> dict:
    """One run. The copy is as it was afterwards; where more than the one file changed, nothing goes on."""
    copy, work = away / "src" / "ordinance", away / "run"
    before = state(copy)
    work.mkdir()
    try:
        with broken(copy, order["file"], order["text"]):
            code, cpu_s = floor.run(work, order)
        report = work / "report.xml"
        words = (work / "words").read_text(encoding="utf-8", errors="replace").splitlines()
        told = report.read_text("utf-8") if report.exists() else None
        answer = {"code": code, "last": words[-6:], "report": told, "cpu_s": cpu_s}
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if state(copy) != before:
        raise SystemExit("a test changed the copy of src/")
    return answer


def state(copy: Path) -> dict[str, tuple[int, int]]:
    """What a copy holds: of each file its time of change and size. Compiled files are looked past."""
    found = {}
    for folder, folders, files in os.walk(copy):
        folders[:] = [f for f in folders if f != "__pycache__"]
        for name in files:
            path = os.path.join(folder, name)  # noqa: PTH118  # asked of a thousand files before each break
            found[path] = ((known := os.lstat(path)).st_mtime_ns, known.st_size)
    return found


@contextmanager
def broken(copy: Path, file: str | None, text: str | None) -> Iterator[None]:
    """The copy with other text in one file, for a while. What Python compiled of it goes before and after."""
    if file is None or text is None:
        yield
        return
    path = copy / file
    whole, times = path.read_bytes(), path.stat()
    forget_compiled(path)
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_bytes(whole)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        forget_compiled(path)


def forget_compiled(path: Path) -> None:
    """What Python compiled of a file goes, also what a process wrote that asks no environment (`python -I`)."""
    Path(cache_from_source(str(path))).unlink(missing_ok=True)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        compiled.unlink()


def run(work: Path, tests: list[str], limit_s: float) -> tuple[int | None, float]:
    """pytest in a fork of this process: its exit code, `None` where time was up, and the processor time in seconds.

    What it started ends with it.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = multiprocessing.get_context("fork").Process(target=attempt, args=(work, tests))
    process.start()
    process.join(limit_s)
    code = process.exitcode
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    process.close()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return code, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def attempt(work: Path, tests: list[str]) -> None:
    """The fork: a group of its own, its words in a file, and no way back."""
    os.setsid()
    words = os.open(work / "words", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(words, 1)
    os.dup2(words, 2)
    import pytest  # noqa: PLC0415  # loaded before the fork

    options = ["-q", "--hypothesis-seed=0", f"--junitxml={work / 'report.xml'}", f"--basetemp={work / 'files'}"]
    code = int(pytest.main([*OPTIONS, *options, *tests]))
    atexit._run_exitfuncs()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
