# SPDX-License-Identifier: EUPL-1.2
"""Who may be at work in a body's state at the same time: any number that write results, or one that takes things away.

Locks the state folder; reads and writes nothing in it. The system lets go when a process ends, however it ends. Cannot
know of programs that are not this one, and locks nothing where the system has no such locks (Windows).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ordinance.model.errors import Issue, PolicyError
from ordinance.store.files import held

WAIT_S = 5  # for one that takes things away: it is soon done
_TURN_S = 0.05


@contextmanager
def at_work(state: Path) -> Iterator[None]:
    """While this lasts nothing is taken away, so that what it writes is not what a search just said to be gone.

    Waits some seconds. Raises PolicyError (`state-busy`) where another run takes things away for longer.
    """
    with ExitStack() as stack:
        until = time.monotonic() + WAIT_S
        while state.is_dir():  # nothing can be taken away of what is not there
            try:
                stack.enter_context(held(state, shared=True))
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise _busy(state, "another run is taking things away here") from None
                time.sleep(_TURN_S)
        yield


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """While this lasts nobody else writes results or takes anything away. Raises PolicyError (`state-busy`) at once."""
    with ExitStack() as stack:
        try:
            stack.enter_context(held(state))
        except BlockingIOError:
            raise _busy(state, "another run is at work here: it writes results, or takes things away") from None
        yield


def _busy(state: Path, message: str) -> PolicyError:
    hint = "wait until it has ended, and do it again"
    return PolicyError([Issue(state.name, 0, 0, "state-busy", message, "nothing was done", hint)])
