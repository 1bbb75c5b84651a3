# SPDX-License-Identifier: EUPL-1.2
"""What one part of a worker makes, made ahead of the part that takes it, so that both cores have something to do.

Reads and writes nothing itself. Order, and what is raised at which place, are those of a plain loop; who takes never
waits for more than the next item, and who makes is never further ahead than was asked. Only what gives the interpreter
free meanwhile, as decoders, encoders and hashes do, gains by it. Cannot know how long an item will take.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

from ordinance.airlock._apart import OUT_OF_LIMITS, StopError

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class _Made(Generic[_Item]):
    item: _Item


@contextmanager
def ahead(items: Generator[_Item, None, None], most: int) -> Iterator[Iterator[_Item]]:
    """The same items, made in a thread of its own, at most so many before they are taken.

    What making one raises is raised where it would have been taken. At the end of the context nothing is being made
    any more, also where not all were taken, so that the file they come from can be closed. Raises StopError where the
    system gives no thread.
    """
    ready: Queue[_Made[_Item] | BaseException | None] = Queue(most)
    enough = Event()

    def make() -> None:
        end: BaseException | None = None
        try:
            with closing(items):
                for item in items:
                    ready.put(_Made(item))
                    if enough.is_set():
                        return
        except BaseException as error:  # raised again where it is taken
            end = error
        ready.put(end)

    def take() -> Iterator[_Item]:
        while isinstance(found := ready.get(), _Made):
            yield found.item
            del found  # or it is kept while the next one is awaited
        if found is not None:
            raise found

    maker = Thread(target=make, daemon=True)
    try:
        maker.start()
    except RuntimeError:
        raise StopError(OUT_OF_LIMITS) from None
    try:
        yield take()
    finally:
        enough.set()
        while maker.is_alive():
            try:
                ready.get(timeout=0.01)
            except Empty:
                continue
