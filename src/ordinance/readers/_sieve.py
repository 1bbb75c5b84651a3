# SPDX-License-Identifier: EUPL-1.2
"""Large logs, of which most lines say nothing: these are passed over by compiled code, and a reader sees the others.

Reads: blocks of whole lines, several ahead, each in a thread of its own. What is passed over is counted, with the first
and last instant of what counts for an hour; the reader's own rules decide about everything else, line by line. Where
Numba (the extra `fast`) is missing, or there is little to read, every line is shown.

Cannot know what a line means: it passes over what is written as a plan says, of an hour that the reader has just seen,
with a name that ends in nothing watched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from queue import SimpleQueue
from threading import Lock, Semaphore
from types import ModuleType
from typing import Protocol

from ordinance.readers._blocks import Block

LEAST_BYTES = 16 << 20  # of the text of a source; less is read sooner than the compiled code is loaded
_AHEAD = 3  # blocks
_WORKERS = 2  # that fetch one after the other, and scan at the same time
_PACKED = 6  # logs are packed to a fifth of their size, or less

Passed = tuple[int, int, int, int]  # lines dropped, structural ones; the first and last instant of those that count


@dataclass(frozen=True, slots=True)
class TablePlan:
    """How the rows of a table with tabs are written: which column is what, and how an unset cell looks.

    Columns count from 0; -1 where a table has none of a kind. `hosts`: names may have a port behind them.
    """

    width: int
    time: int
    client: int
    name: int
    port: int = -1
    query_class: int = -1
    method: int = -1
    unset: str = "-"
    hosts: bool = False


@dataclass(frozen=True, slots=True)
class ObjectLog:
    """A log whose lines are JSON objects, by the places of keys in the plan's: its path, and its names (-1: all seen).

    `asks`: its lines are questions; `hosts`: its names may have a port behind them, and a method before.
    """

    path: int
    name: int
    asks: bool = False
    hosts: bool = False


@dataclass(frozen=True, slots=True)
class ObjectsPlan:
    """How lines are written that are each a flat JSON object.

    `keys` are an instant, a client, a port, a class, a method, a path, and whatever the rest speaks of. `marks`: keys,
    by the bits of their places, that together tell one of the `logs`, by its place.
    """

    keys: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]
    logs: tuple[ObjectLog, ...]


@dataclass(frozen=True, slots=True)
class QueriesPlan:
    """How dnsmasq writes lines of one hour, which began at `hour` (seconds since 1970): `prefix`, and then `:mm:ss`.

    `Mar 20 09`, in nine octets; `Mar  2 09` too.
    """

    prefix: str
    hour: int


@dataclass(frozen=True, slots=True)
class EventsPlan:
    """Suricata's way to write events."""


Plan = TablePlan | ObjectsPlan | QueriesPlan | EventsPlan


@lru_cache(maxsize=32)
def hours_from(plan: QueriesPlan) -> tuple[QueriesPlan, ...]:
    """The hour of a plan and those of the same day that come behind it, if no clock is set: whoever has passed over
    lines of these asks whether it was so.
    """
    day, hour = plan.prefix[:-2], int(plan.prefix[-2:])
    return tuple(QueriesPlan(f"{day}{hour + n:02}", plan.hour + 3600 * n) for n in range(24 - hour))


_MULTIPLIER = 0x9E37_79B9_7F4A_7C15  # as in `_kernels`


def link_of(text: str) -> int:
    """The number of what lines of dnsmasq's belong to (`SERIAL ADDRESS/PORT`), as compiled code has it."""
    octets, digest = text.encode(), 0
    for at in range(0, len(octets), 8):
        digest = (digest ^ int.from_bytes(octets[at : at + 8], "little")) * _MULTIPLIER % (1 << 64)
        digest ^= digest >> 32
    return digest >> 1


@dataclass(slots=True)
class Linked:
    """What lines may belong to, by number: everything that a line belongs to which is to be seen, and what is new."""

    known: set[int] = field(default_factory=set)
    new: list[int] = field(default_factory=list)

    def add(self, link: int) -> None:
        """Every line from here on that belongs to it is to be seen."""
        if link not in self.known:
            self.known.add(link)
            self.new.append(link)


class Sifting(Protocol):
    """A reader whose lines may be passed over."""

    linked: Linked

    def plan(self) -> Plan | None:
        """How the next lines of its file are written; `None`: each of them has to be seen."""
        ...

    def passed_over(self, passed: Passed) -> None:
        """So many lines behind the last one say nothing but that something was asked, first and last at these instants.

        Nothing was where the first is later than the last.
        """
        ...


@cache
def kernels() -> ModuleType:
    """What is to be compiled. Raises whatever loading it ends with where it cannot be had."""
    return import_module("ordinance.readers._scans")  # it takes half a second, and not everybody has Numba


@cache
def are_there() -> bool:
    """Whether there is compiled code: not every installation has Numba, nor a folder in which it can keep some."""
    if find_spec("numba") is None:
        return False
    try:
        kernels()
    except Exception:  # whatever it ends with, every line is seen then
        return False
    return True


def is_worth_it(plain: int, packed: int) -> bool:
    """Whether so many octets (as stored, plain and packed) are read sooner with compiled code, and there is some."""
    return plain + packed * _PACKED >= LEAST_BYTES and are_there()


class Sieve:
    """What is looked for in the logs of one source. `start` and `end` are seconds since 1970, of the window."""

    def __init__(
        self, watched: Iterable[str], zones: Iterable[str], start: float, end: float, most_line_bytes: int
    ) -> None:
        self._kernels = kernels()
        self._table = self._kernels.name_table(watched, zones)
        self._window = (_whole(start), _whole(end))
        self._most_line_bytes = most_line_bytes
        self._is_broken = False

    def ahead(self, blocks: Iterable[Block], sifting: Sifting) -> Iterator[tuple[Block, Scanned | None]]:
        """The same blocks of whole lines in their order, each with what is found in it by the plan of that moment.

        A block of no octets stands for a line that is too long; it passes through. Some are fetched and scanned
        meanwhile, but only one while there is no plan: something will be known of what comes soon.
        """
        ahead = _Ahead(iter(blocks), self.scan)
        with ThreadPoolExecutor(_WORKERS, "sieve") as pool:
            try:
                for _ in range(_WORKERS):
                    pool.submit(ahead.work)
                while True:
                    ahead.goes_on(sifting.plan())
                    fetched = ahead.fetched.get()
                    if isinstance(fetched, BaseException):
                        raise fetched
                    if fetched is None:
                        return
                    yield fetched
            finally:
                ahead.stop()

    @staticmethod
    def reaches(begun: Plan, plan: Plan) -> bool:
        """Whether what was found by one plan may be right where another holds, as far as `behind` says."""
        return begun == plan or (isinstance(begun, QueriesPlan) and plan in hours_from(begun))

    @staticmethod
    def behind(begun: Plan, plan: Plan, line: bytes) -> Plan:
        """By which plan compiled code went on behind a line that is shown, where it began with one and was at another.

        Where that is not the reader's, what it found further is of no use.
        """
        if isinstance(begun, QueriesPlan) and isinstance(plan, QueriesPlan):
            size = len(plan.prefix)
            prefix = line[:size].decode("ascii", "replace") if len(line) > size else plan.prefix
            if prefix != plan.prefix:
                return next((hour for hour in hours_from(begun) if hour.prefix == prefix), plan)
        return plan

    def scan(self, block: Block, plan: Plan) -> Found:
        """What becomes of the lines of a block. It ends with a line's end."""
        if not self._is_broken:
            try:
                found: Found = self._kernels.scan(block, plan, self._table, *self._window, self._most_line_bytes)
            except Exception:  # of compiling for the first time, which may lack room on the disk, or of another Numba
                self._is_broken = True
            else:
                return found
        return _Everything(block)


class _Ahead:
    """Blocks that are fetched in their order by whoever of several workers has nothing to do, and scanned by the same:
    what it has just fetched is near at hand.
    """

    def __init__(self, blocks: Iterator[Block], scan: Callable[[Block, Plan], Found]) -> None:
        self._blocks, self._scan = blocks, scan
        self._plan: Plan | None = None
        self._one, self._room = Lock(), Semaphore(0)
        self._asked = 0  # blocks that may be fetched, or were, and were not given out
        self._is_over = False
        self.fetched: SimpleQueue[tuple[Block, Scanned | None] | BaseException | None] = SimpleQueue()

    def goes_on(self, plan: Plan | None) -> None:
        """The next one is asked for, and what comes is written as this plan says."""
        self._plan = plan
        more = (1 if plan is None else _AHEAD) - self._asked
        if more > 0:
            self._room.release(more)
            self._asked += more
        self._asked -= 1

    def stop(self) -> None:
        """No more is asked for."""
        self._is_over = True
        self._room.release(_WORKERS)

    def work(self) -> None:
        """Fetch and scan until there is nothing left."""
        while (fetched := self._next()) is not None:
            block, scanned = fetched
            if scanned is not None and scanned.future.set_running_or_notify_cancel():
                try:
                    scanned.future.set_result(self._scan(block, scanned.plan))
                except BaseException as error:  # whoever asks for it raises it
                    scanned.future.set_exception(error)

    def _next(self) -> tuple[Block, Scanned | None] | None:
        """The next block, told in its order; `None` where no more is to be fetched."""
        with self._one:
            self._room.acquire()
            if self._is_over:
                return None
            told: tuple[Block, Scanned | None] | BaseException | None
            try:
                block, plan = next(self._blocks, None), self._plan
                scanned = Scanned(plan, Future()) if block and plan is not None else None
                told = None if block is None else (block, scanned)
            except BaseException as error:  # as above
                told = error
            self.fetched.put(told)
            self._is_over = not isinstance(told, tuple)
            return told if isinstance(told, tuple) else None


class Found(Protocol):
    """What was found in a block (`_scans.Found`)."""

    def shown(self, linked: Linked, passed_over: Callable[[Passed], None]) -> Iterator[tuple[int, int]]:
        """Where each line begins and ends that is to be seen; when it was, what is passed over behind it is told."""
        ...


class _Everything:
    """Of a block that could not be scanned all lines are to be seen."""

    def __init__(self, block: Block) -> None:
        self._block = bytes(block)

    def shown(self, linked: Linked, passed_over: Callable[[Passed], None]) -> Iterator[tuple[int, int]]:
        """Where each line begins and ends."""
        begin = 0
        while (end := self._block.find(b"\n", begin)) >= 0:
            yield begin, end
            begin = end + 1


@dataclass(frozen=True, slots=True)
class Scanned:
    """What is found in a block by a plan."""

    plan: Plan
    future: Future[Found]

    def found(self) -> Found:
        """It, waited for."""
        return self.future.result()

    def end(self) -> None:
        """From here on nobody looks at the block."""
        if not self.future.cancel():
            self.future.result()


def _whole(instant: float) -> int:
    """The first whole second that is not before an instant."""
    return math.ceil(max(-1e15, min(1e15, instant)))
