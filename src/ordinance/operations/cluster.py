# SPDX-License-Identifier: EUPL-1.2
"""Jobs of `read` spread over the workers of a Dask cluster: the one module that loads Dask, and only when it is asked.

Speaks to one address, which the user names, and asks nothing else of the network. A worker gets paths and digests, and
of questions that stay open at the end of a file their number and address. It reads the body's folder and the log where
it is, and writes what is kept into the folder that all share: no key, no line of a log and no name goes over the wire.
A worker that is killed changes nothing: what it wrote is whole, and another one does the job. Cannot know whether two
machines have the same files at the same paths, but for the digests of what they read under, which each job compares.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ordinance import __version__
from ordinance.model.errors import Issue, PolicyError
from ordinance.operations.keeping import Done, Job, Spread, read_file

if TYPE_CHECKING:
    from distributed import Client

WAIT_S = 15


def on_cluster(address: str, wait_s: float = WAIT_S) -> Spread:
    """Over the workers of the cluster whose scheduler answers there.

    Raises PolicyError where Dask is not installed (`no-dask`), nobody answers within `wait_s` seconds, or no worker is
    there by then (`no-cluster`), or where versions differ (`other-worker`).
    """

    def spread(jobs: Sequence[Job]) -> Iterator[Done]:
        if not jobs:
            return
        client = _connected(address, wait_s)
        try:
            _compare(client, address)
            yield from _results(client, jobs)
        finally:
            client.close()

    return spread


def version() -> str:
    """That of the program, as a worker has it."""
    return __version__


def _connected(address: str, wait_s: float) -> Client:
    try:
        from distributed import Client  # noqa: PLC0415  # an extra, and a second to load
    except ImportError:
        hint = "pip install 'ordinance[cluster]', here and on each worker; without it `--jobs` reads on this machine"
        raise PolicyError([_issue(address, "no-dask", "Dask is not installed", hint)]) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what there is to say is said here
    try:
        client = Client(address, timeout=wait_s, set_as_default=False)
    except (OSError, ValueError) as error:
        hint = "is the scheduler running, and can this machine reach it? `dask scheduler` says its address"
        message = f"no scheduler answers: {type(error).__name__}"
        raise PolicyError([_issue(address, "no-cluster", message, hint)]) from None
    try:
        client.wait_for_workers(1, timeout=wait_s)
    except TimeoutError:
        client.close()
        hint = "start some where the program and the logs are: `dask worker ADDRESS`"
        raise PolicyError([_issue(address, "no-cluster", "the scheduler has no worker", hint)]) from None
    return client


def _compare(client: Client, address: str) -> None:
    """All workers have this version of the program."""
    found: dict[str, Any] = client.run(version, on_error="return")
    others = {worker: said for worker, said in found.items() if said != __version__}
    if others:
        versions = ((worker, said if isinstance(said, str) else "none") for worker, said in sorted(others.items()))
        named = ", ".join(f"{worker} has {said}" for worker, said in versions)
        message = f"workers have another version of the program than {__version__}: {named}"
        raise PolicyError([_issue(address, "other-worker", message, "install the same version everywhere")])


def _results(client: Client, jobs: Sequence[Job]) -> Iterator[Done]:
    """What becomes of each job, as they end. The first in the list begin first."""
    from distributed import as_completed  # noqa: PLC0415  # it was loaded a moment ago
    from distributed.scheduler import KilledWorker  # noqa: PLC0415  # the same

    ranks = range(len(jobs), 0, -1)
    waiting = [client.submit(read_file, job, pure=False, priority=n) for n, job in zip(ranks, jobs, strict=True)]
    of = dict(zip((future.key for future in waiting), jobs, strict=True))
    try:
        for future in as_completed(waiting, loop=client.loop):
            try:
                yield future.result()
            except KilledWorker:
                job = of[future.key]
                message = "one worker after the other ended while it read this file"
                hint = "have they enough memory? `--jobs 1` reads it here"
                raise PolicyError([_issue(job.file, "worker-killed", message, hint)]) from None
    finally:
        client.cancel(waiting)


def _issue(place: str, issue_id: str, message: str, hint: str) -> Issue:
    return Issue(place, 0, 0, issue_id, message, "not every file was read; what was kept stays", hint)
