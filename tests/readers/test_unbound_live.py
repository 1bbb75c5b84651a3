# SPDX-License-Identifier: EUPL-1.2
"""Lines that the Unbound on this machine writes, read back: what was asked is known, because we asked it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lab.dns import Server, authority, wait
from lab.unbound import control, resolver
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.readers.unbound_log import UnboundLog

from . import samples

pytestmark = [pytest.mark.slow, pytest.mark.consumer("unbound", "nsd", "bind9-dnsutils")]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "readers" / "unbound-log.md"
ASKED = (  # name, type, and what the configuration below makes of it
    ("1.0.0.10.in-addr.arpa", "PTR", None),
    ("api.tiktokv.com", "A", "address"),
    ("API.TikTokV.com", "AAAA", "address"),
    ("api.tiktokv.com", "HTTPS", "nothing"),
    ("www.tiktok.com", "A", "blocked"),
    ("www.tiktok.com", "HTTPS", "blocked"),
    ("deep.www.tiktok.com", "AAAA", "blocked"),
    ("sink.tiktok.com", "A", "blocked"),
    ("p16.tiktokcdn.com", "A", "blocked"),
    ("v16.tiktokcdn.com", "A", "address"),
    ("gone.tiktokcdn.com", "A", "nothing"),
    ("inform.tiktok.com", "A", "address"),
    ("tiktok.com.evil.example", "A", None),
    ("nottiktok.com", "A", None),
)
ZONES = """
  module-config: "respip validator iterator"
  local-zone: "www.tiktok.com" always_nxdomain
  local-zone: "sink.tiktok.com" always_null
  local-zone: "inform.tiktok.com" inform
rpz:
  name: rpz.test
  zonefile: "rpz.zone"
  rpz-log: yes
forward-zone:
  name: "gone.tiktokcdn.com"
  forward-addr: 127.0.0.1@1
"""
POLICY = """$ORIGIN rpz.test.
@ 60 SOA ns. hostmaster. 1 3600 600 86400 60
@ 60 NS ns.
p16.tiktokcdn.com 60 CNAME .
v16.tiktokcdn.com 60 CNAME rpz-passthru.
"""


def switched_on(folder: Path) -> str:
    """The settings of the page, with the log in this folder."""
    block = re.search(r"```\n(server:\n.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert block
    return block[1].replace("/var/log/unbound/", f"{folder}/")


def read(folder: Path) -> Reading:
    """Both files, the rotated one first."""
    stated = SourceSettings("dns", "unbound-log", ("queries.log*",), samples.BRUSSELS)
    watch = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
    return UnboundLog().read(stated, folder, watch, samples.MATCHERS)


def ask(server: Server) -> None:
    """Every question once."""
    for name, rrtype, _ in ASKED:
        server.ask_once(name, rrtype)


def test_what_was_asked_of_unbound_is_read_back(tmp_path: Path) -> None:
    """Every question for a watched name comes back with its answer, no other, and no line is rejected.

    The log is rotated as the page says in between; the second time most answers come from the cache.
    """
    before = datetime.now(UTC).replace(microsecond=0)
    (tmp_path / "upstream").mkdir()
    (tmp_path / "rpz.zone").write_text(POLICY, encoding="ascii")
    log = tmp_path / "queries.log"
    with (
        authority(tmp_path / "upstream") as upstream,
        resolver(tmp_path, upstream, before=switched_on(tmp_path) + ZONES) as unbound,
    ):
        ask(unbound)
        log.rename(tmp_path / "queries.log.1")
        assert control(unbound, "log_reopen") == ["ok"]
        wait("the log is opened anew", log.exists)
        began = datetime.now(UTC).replace(microsecond=0)
        wait("the next second", lambda: datetime.now(UTC).replace(microsecond=0) > began)
        ask(unbound)
    reading = read(tmp_path)
    expected = [(name.lower(), answered) for name, _, answered in ASKED if answered]
    # What took no recursion under `inform` may be local data.
    again = [(name, "nothing" if name == "inform.tiktok.com" else answered) for name, answered in expected]
    assert [(n.name, n.answered.value) for n in reading.names] == expected + again
    assert {n.address for n in reading.names} == {"127.0.0.1"}
    assert reading.account.rejected == 0 and reading.account.dropped >= 6
    assert all(before <= n.at <= datetime.now(UTC) for n in reading.names)
    assert {n.where.file for n in reading.names} == {"queries.log.1", "queries.log"}
