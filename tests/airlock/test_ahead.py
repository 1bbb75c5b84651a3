# SPDX-License-Identifier: EUPL-1.2
"""What is made ahead of who takes it: the same as in a plain loop, and nothing goes on behind it."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from ordinance.airlock import _ahead
from ordinance.airlock._ahead import ahead
from ordinance.airlock._apart import StopError


def numbers(count: int, made: list[int], error: BaseException | None = None) -> Generator[int, None, None]:
    """Numbers from 0, each noted when it is made; then an error, where one is given; -1 when it is closed."""
    try:
        for number in range(count):
            made.append(number)
            yield number
        if error is not None:
            raise error
    finally:
        made.append(-1)


def test_what_comes_is_what_a_loop_would_give() -> None:
    """All of it, in its order, and then the end."""
    with ahead(numbers(100, []), 3) as items:
        assert list(items) == list(range(100))


def test_the_next_is_made_while_the_first_is_worked_on() -> None:
    """Who takes one item finds the next one being made meanwhile."""
    second = threading.Event()

    def two() -> Generator[int, None, None]:
        yield 1
        second.set()
        yield 2

    with ahead(two(), 1) as items:
        assert next(items) == 1
        assert second.wait(10)
        assert list(items) == [2]


def test_no_more_is_made_than_was_asked() -> None:
    """So many wait, one is at the door, and the others are not made: frames are large."""
    made: list[int] = []
    with ahead(numbers(100, made), 3) as items:
        for taken in range(40):
            assert next(items) == taken
            assert max(made) <= taken + 1 + 3 + 1


@pytest.mark.parametrize("error", [StopError("airlock-cannot-decode"), MemoryError(), OSError(5, "")], ids=repr)
def test_a_fault_comes_where_it_would_have_come(error: BaseException) -> None:
    """What was made before it is taken first; then the very fault is raised."""
    taken = []
    with pytest.raises(type(error)) as raised, ahead(numbers(5, [], error), 2) as items:
        for item in items:
            taken.append(item)
    assert taken == [0, 1, 2, 3, 4]
    assert raised.value is error


def test_nothing_is_made_any_more_when_somebody_stops() -> None:
    """The file is closed afterwards: who still read from it would break the process."""
    made: list[int] = []
    before = threading.active_count()
    with pytest.raises(KeyError), ahead(numbers(10**9, made), 2) as items:
        assert next(items) == 0
        raise KeyError
    assert threading.active_count() == before
    assert made[-1] == -1


def test_where_there_is_no_thread_it_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that gives no more threads is at its limits, and no fault of ours or of the file."""

    def none(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_ahead.Thread, "start", none)
    with pytest.raises(StopError) as stopped, ahead(numbers(1, []), 1):
        pass
    assert stopped.value.id == "airlock-out-of-limits"
