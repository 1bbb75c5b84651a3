# SPDX-License-Identifier: EUPL-1.2
"""Lines that the Squid on this machine writes, read back: what was asked is known, because we asked it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab.dns import free_port
from lab.squid import Proxy, internet, proxy
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import NameAsked, WatchList
from ordinance.readers.squid_log import SquidLog
from ordinance.targets.squid import Squid
from targets.neighbours import plan_of_an_app

from . import samples

pytestmark = [pytest.mark.slow, pytest.mark.consumer("squid")]

OPEN = ("www.tiktok.com", "m.tiktok.com", "nottiktok.com", "www.tiktok.com.evil.example", "www.example.org")
WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
CLIENT = "127.0.0.5"
WITHIN_S = 30.0


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that Squid can write to, also where it runs as a user of its own."""
    with tempfile.TemporaryDirectory(prefix="squid-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@contextmanager
def logging_proxy(folder: Path) -> Iterator[Proxy]:
    """Squid with the files of its target, a log in its native form, and names that lead to this machine."""
    hosts = "".join(f"127.0.0.1 {name}\n" for name in (*OPEN, "closed.tiktok.com"))
    (folder / "hosts").write_text(hosts, "ascii")
    beyond = (
        f"access_log stdio:{folder}/access.log squid\nhosts_file {folder}/hosts\n"
        "dns_nameservers 127.0.0.1\ndns_timeout 1 seconds\nforward_max_tries 1"
    )
    with proxy(folder, Squid().compile(plan_of_an_app(), {"folder": str(folder)}, 1).artefacts, beyond) as found:
        yield found


def lines_within(log: Path, count: int) -> None:
    """Wait until Squid has written so many lines of the client: it does so when a request is over, in that order."""
    until = time.monotonic() + WITHIN_S
    while log.read_text("utf-8").count(f" {CLIENT} ") < count and time.monotonic() < until:
        time.sleep(0.05)


def said(found: NameAsked) -> str:
    """What became of it, in one word."""
    return "contacted" if found.contacted else found.answered.value


def name_in(place: str) -> str:
    """The name that a client meant."""
    return place.lower().removeprefix("http://").rpartition("@")[2].partition("/")[0].partition(":")[0].rstrip(".")


def test_what_was_asked_of_squid_is_read_back() -> None:
    """Blocked, open and failing names come back as what they were, no other does, and no line is rejected."""
    before = datetime.now(UTC).replace(microsecond=0)
    with open_folder() as folder, internet() as server, logging_proxy(folder) as squid:
        closed = free_port()
        asked = (  # how, the place, and what its server, its absence or the target's files make of it
            ("CONNECT", f"www.tiktok.com:{server}", "contacted"),
            ("CONNECT", f"WWW.TikTok.com.:{server}", "contacted"),
            ("GET", f"http://m.tiktok.com:{server}/a/path?token=1", "contacted"),
            ("GET", f"http://jane:secret@m.tiktok.com:{server}/", "contacted"),
            ("CONNECT", "api16.tiktokv.com:443", "blocked"),
            ("GET", "http://tiktokv.com/x", "blocked"),
            ("CONNECT", f"closed.tiktok.com:{closed}", "nothing"),
            ("GET", f"http://closed.tiktok.com:{closed}/", "nothing"),
            ("CONNECT", f"nottiktok.com:{server}", None),
            ("CONNECT", f"www.tiktok.com.evil.example:{server}", None),
            ("GET", f"http://www.example.org:{server}/www.tiktok.com", None),
            ("CONNECT", f"127.0.0.1:{server}", None),
        )
        for method, place, expected in asked:
            assert squid.ask(f"{method} {place}", CLIENT).open is (expected in {"contacted", None})
        lines_within(folder / "access.log", len(asked))
        stated = SourceSettings("proxy", "squid-log", ("access.log",), samples.BRUSSELS)
        reading = SquidLog().read(stated, folder, WATCH, samples.MATCHERS)
    # Not how often: of two requests that Squid writes alike, down to the millisecond, one is a duplicate.
    assert {(n.name, said(n)) for n in reading.names} == {(name_in(p), became) for _, p, became in asked if became}
    assert all(n.address == CLIENT and before <= n.at <= datetime.now(UTC) for n in reading.names)
    assert reading.account.rejected == 0 and reading.account.dropped >= 4
    assert not any(word in repr(reading) for word in ("jane", "secret", "token", "path"))
