# SPDX-License-Identifier: EUPL-1.2
"""Questions for names behind which no log sees more leave a reader as numbers by day, and in no other form."""

from __future__ import annotations

from pathlib import Path

import pytest

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.unseen import UnseenKind
from ordinance.readers.squid_log import SquidLog
from ordinance.readers.unbound_log import UnboundLog

from . import samples

WATCH = WatchList(
    families=frozenset({"tiktok"}),
    apps=samples.TIKTOK,
    unseen={"dns.example": UnseenKind.DOH, "tunnel.example": UnseenKind.VPN},
)
NIGHT = 1_680_559_200  # 2023-04-04 00:00 in Brussels, 22:00 of the day before in UTC
OK = "TCP_TUNNEL/200 3000 CONNECT {}:443 - HIER_DIRECT/203.0.113.7 -"
REFUSED = "TCP_DENIED/403 3000 CONNECT {}:443 - HIER_NONE/- -"


def proxied(folder: Path, *lines: str, watch: WatchList = WATCH) -> Reading:
    """The reading of a proxy's log."""
    (folder / "access.log").write_text("".join(f"{line}\n" for line in lines), "ascii")
    stated = SourceSettings("proxy", "squid-log", ("access.log",), samples.BRUSSELS)
    return SquidLog().read(stated, folder, watch, samples.MATCHERS)


def line(at: int, name: str, became: str = OK, client: str = "192.0.2.5") -> str:
    """A request."""
    return f"{at}.000    100 {client} {became.format(name)}"


def test_they_are_counted_by_day_and_kind(tmp_path: Path) -> None:
    """Days of the zone; a name counts with everything beneath it, in any spelling, and no neighbour does."""
    reading = proxied(
        tmp_path,
        line(NIGHT - 10, "dns.example"),
        line(NIGHT + 10, "DNS.example."),
        line(NIGHT + 11, "a.b.dns.example"),
        line(NIGHT + 12, "tunnel.example"),
        line(NIGHT + 13, "notdns.example"),
        line(NIGHT + 14, "dns.example.evil.example"),
    )
    days = [(day.isoformat(), kind, count) for day, kind, count in reading.unseen]
    assert days == [("2023-04-03", "doh", 1), ("2023-04-04", "doh", 2), ("2023-04-04", "vpn", 1)]
    assert (reading.account.kept, reading.account.dropped) == (4, 2)


def test_nobody_who_asked_and_no_name_leaves_the_reader(tmp_path: Path) -> None:
    """Only the numbers do."""
    reading = proxied(tmp_path, line(NIGHT, "user7.dns.example", client="192.0.2.77"))
    assert reading.unseen and not reading.names and not reading.leases
    assert "192.0.2.77" not in repr(reading) and "example" not in repr(reading)


def test_what_was_refused_is_no_way_past_the_log(tmp_path: Path) -> None:
    """A body that refuses such names has seen that it does."""
    reading = proxied(tmp_path, line(NIGHT, "dns.example", REFUSED))
    assert reading.unseen == () and reading.account.dropped == 1


def test_the_same_line_again_counts_once(tmp_path: Path) -> None:
    """Late, doubled and rotated files make nothing more of it."""
    reading = proxied(tmp_path, *[line(NIGHT, "dns.example")] * 3)
    assert [n for _, _, n in reading.unseen] == [1] and reading.account.duplicate == 2


def test_a_day_of_many_is_a_number_that_says_enough(tmp_path: Path) -> None:
    """Each is held until its answer is known: above two thousand of a kind a day they are dropped."""
    reading = proxied(tmp_path, *(line(NIGHT + 7_300 + n, "dns.example") for n in range(2_500)))
    assert [n for _, _, n in reading.unseen] == [2_000]
    assert (reading.account.kept, reading.account.dropped) == (2_000, 500)


def test_where_nothing_is_watched_nothing_is_counted(tmp_path: Path) -> None:
    """Without a rule in force there is no reason to look."""
    reading = proxied(tmp_path, line(NIGHT, "dns.example"), watch=samples.NOTHING_WATCHED)
    assert reading.unseen == () and reading.account.kept == 0


@pytest.mark.parametrize(("reply", "counted"), [("NOERROR", 1), ("NXDOMAIN", 0)])
def test_a_question_that_led_nowhere_is_not_counted(tmp_path: Path, reply: str, counted: int) -> None:
    """A resolver that denies the name keeps the device from going past it."""
    rows = [
        f"[{NIGHT}] unbound[1:0] query: 192.0.2.5 dns.example. A IN",
        f"[{NIGHT}] unbound[1:0] reply: 192.0.2.5 dns.example. A IN {reply} 0.010000 0 60",
    ]
    (tmp_path / "unbound.log").write_text("".join(f"{row}\n" for row in rows), "ascii")
    stated = SourceSettings("dns", "unbound-log", ("unbound.log",), samples.BRUSSELS)
    reading = UnboundLog().read(stated, tmp_path, WATCH, samples.MATCHERS)
    assert sum(n for _, _, n in reading.unseen) == counted
