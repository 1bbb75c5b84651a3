# SPDX-License-Identifier: EUPL-1.2
"""Lines that the BIND on this machine writes with the logging of the page, read back: what was asked is known, because
we asked it. Shows nothing about other versions of BIND, nor about syslog.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab.dns import Server, authority, lay, named_conf, running, wait
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import WatchList
from ordinance.readers.bind_log import BindLog
from ordinance.targets.dns_rpz import DnsRpz
from targets.neighbours import app_only

from . import samples

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "readers" / "bind-log.md"
WHERE = "/var/log/named/"  # as the page has it

ASKED = (  # name, type, whether BIND lets it lead somewhere, and what the log says; None: nothing may be kept of it
    ("api.tiktokv.com", "A", False, "blocked"),
    ("api.tiktokv.com", "AAAA", False, "blocked"),
    ("API.TikTokV.com", "HTTPS", False, "blocked"),
    ("p16.tiktokcdn.com", "A", False, "blocked"),
    ("www.tiktok.com", "A", True, "nothing"),
    ("www.tiktok.com", "MX", False, "nothing"),
    ("portal.city.example", "A", False, None),
    ("www.example.org", "A", True, None),
    ("nottiktokv.com", "A", True, None),
    ("tiktok.com.evil.example", "A", True, None),
    (r"x\.tiktokv.com", "A", True, None),
    (r"a\032b.tiktokv.com", "A", False, None),
    ("musical.ly", "A", False, None),
)


def clauses() -> dict[str, str]:
    """The logging of the page: all in one file, and in two."""
    parts = PAGE.read_text("utf-8").split("```")[1::2]
    one, two = (part for part in parts if part.lstrip().startswith("logging {"))
    return {"one file": one, "two files": two}


@contextmanager
def bind(folder: Path, upstream: Server, clause: str) -> Iterator[Server]:
    """BIND with the zone of `dns-rpz` and this logging, into `folder`."""
    lay(folder, app_only(DnsRpz()).artefacts)

    def command(port: int) -> list[str]:
        config = named_conf(folder, port, upstream.port, policy=True)
        with config.open("a", encoding="utf-8") as out:
            out.write(clause.replace(WHERE, f"{folder}/"))
        return ["named", "-f", "-n", "1", "-c", str(config)]

    with running(command, folder / "named.out") as server:
        yield server


@pytest.mark.slow
@pytest.mark.consumer("bind9", "bind9-dnsutils", "nsd")
@pytest.mark.parametrize("clause", ["one file", "two files"])
def test_what_was_asked_of_bind_is_read_back(clause: str, tmp_path: Path) -> None:
    """Every question for a watched name comes back with what the policy zone did, no other, and no line is rejected."""
    for name in ("root", "bind"):
        (tmp_path / name).mkdir()
    before = datetime.now(UTC).replace(microsecond=0)
    logging = clauses()[clause]
    with (
        authority(tmp_path / "root", {"portal.city.example": "www.tiktokv.com"}) as root,
        bind(tmp_path / "bind", root, logging) as server,
    ):
        wait("the policy zone", lambda: server.ask("api.tiktokv.com", "TXT").blocked)
        answers = [server.ask_once(name, kind) for name, kind, *_ in ASKED]
    assert [a.open for a in answers] == [is_open for *_, is_open, _ in ASKED]

    stated = SourceSettings("dns", "bind-log", ("*.log*",), samples.BRUSSELS)
    watch = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
    reading = BindLog().read(stated, tmp_path / "bind", watch, samples.MATCHERS)
    assert len(reading.files) == logging.count(" file ")
    expected = [(name.lower(), answered) for name, _, _, answered in ASKED if answered]
    first = len(reading.names) - len(expected)  # before them, the question whether the zone is there
    assert [(n.name, n.answered.value) for n in reading.names[first:]] == expected
    assert {n.name for n in reading.names[:first]} <= {"api.tiktokv.com"}
    assert reading.account.rejected == 0 and reading.account.dropped >= 7
    assert all(before <= n.at <= datetime.now(UTC) and n.address == "127.0.0.1" for n in reading.names)
    assert reading.hours
