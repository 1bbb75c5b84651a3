# SPDX-License-Identifier: EUPL-1.2
"""Of a log whose lines speak of each other only those are read again that said something, and all comes out alike."""

from __future__ import annotations

import re
import shutil
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from ordinance.model.time import Span
from ordinance.readers import BUILTIN, _picking
from ordinance.readers._clock import utc
from ordinance.readers._known_log import NameLogReader
from ordinance.store.observations import encode

from .again import MONDAY, NAMES, packed
from .picking import READERS, Picked

KINDS = sorted(READERS)
HOUR, DAY = 3600, 86_400


@pytest.fixture(params=KINDS)
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> Picked:
    """An empty folder for each kind of log."""
    return Picked(request.param, tmp_path)


@pytest.mark.parametrize("canary", [None, "canary.stad.example"])
@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_to_a_log_both_ways_agree(logs: Picked, seed: int, canary: str | None) -> None:
    """Logs grow in the middle of a line, rotate, are packed, copied, deleted, come late; the window moves."""
    random = Random(seed)  # noqa: S311  # the same in every run on purpose
    logs.canary, logs.own_leases, at, skipped = canary, seed % 2 == 1, MONDAY, 0
    live, rest = logs.folder / "log", ""
    for turn in range(14):
        text = rest + "".join(f"{line}\n" for line in logs.lines(random, at, random.randrange(1, 20), 0.5))
        cut = random.randrange(len(text)) if random.random() < 0.3 else len(text)
        with live.open("a", encoding="utf-8") as file:
            file.write(text[:cut])
        rest, at = text[cut:], at + random.randrange(0, 4 * HOUR)
        what = random.choice(("nothing", "nothing", "rotate", "rotate", "copy", "late", "window", "delete"))
        if what == "rotate" and not rest:
            live.rename(logs.folder / f"log-2023-04-{turn + 1:02}")
            if random.random() < 0.5:
                packed(logs.folder / f"log-2023-04-{turn + 1:02}")
        elif what == "copy":
            shutil.copy(live, logs.folder / f"log-2023-03-{turn + 1:02}")
        elif what == "late":
            late = logs.lines(random, MONDAY - DAY, 9)
            (logs.folder / f"log-2023-02-{turn + 1:02}").write_text("\n".join(late) + "\n", "utf-8")
        elif what == "window":
            logs.window = Span(utc(MONDAY + random.randrange(0, DAY)), utc(at + random.randrange(0, DAY)))
        elif what == "delete" and (old := sorted(logs.folder.glob("log-*"))):
            old[0].unlink()
        if not live.exists():
            live.touch()
        found = logs.again()
        assert found == logs.fresh(), turn
        skipped += logs.skipped
    assert skipped > 0


def some(logs: Picked, start: int = MONDAY, count: int = 30) -> list[str]:
    """Lines of a morning, most of them for other names."""
    return logs.lines(Random(3), start, count, 0.8)  # noqa: S311  # the same in every run on purpose


def write(logs: Picked, name: str, lines: Iterable[str], end: str = "\n") -> None:
    """A file of these lines."""
    (logs.folder / name).write_text("\n".join(lines) + end, "utf-8")


def size(logs: Picked, name: str = "log") -> int:
    """How many octets a file has."""
    return (logs.folder / name).stat().st_size


def looked_at(logs: Picked, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Read again; the numbers of the lines that the reader was given."""
    numbers: list[int] = []
    run = READERS[logs.reader].run

    class Watched(run):  # type: ignore[misc, valid-type]  # each kind of log has a class of its own
        def line(self, line: str) -> str:
            numbers.append(self.number)
            return str(super().line(line))

    with monkeypatch.context() as patch:
        patch.setattr(type(READERS[logs.reader]), "run", Watched)
        found = logs.again()
    assert found == logs.fresh()
    return numbers


def test_of_a_known_log_only_what_said_something_is_read(logs: Picked, monkeypatch: pytest.MonkeyPatch) -> None:
    """And of one that grew, all that is new; by the numbers that they have in the file."""
    lines = some(logs)
    write(logs, "log", lines)
    first = looked_at(logs, monkeypatch)
    known = looked_at(logs, monkeypatch)
    assert len(first) > 2 * len(known) > 0
    assert known == [line for line, reason in logs.known[0].picks if not reason]
    more = some(logs, MONDAY + DAY)
    write(logs, "log", [*lines, *more])
    assert [n for n in looked_at(logs, monkeypatch) if n <= len(lines)] == known
    assert logs.known[0].lines == len(lines) + len(more)
    assert len(looked_at(logs, monkeypatch)) < len(lines)


def test_nothing_that_a_log_says_is_kept(logs: Picked) -> None:
    """Numbers, counts, hours and digests: neither a name nor who asked for it, be it watched or not."""
    lines = some(logs, count=60)
    write(logs, "log", lines)
    assert logs.again().names != ()
    kept = encode(logs.known).decode()
    said = {word for line in lines for word in re.split(r'[\s"(),]+', line) if len(word) > 6 and "." in word}
    assert len(said) > 10
    assert [word for word in said if word in kept] == []
    assert [name for name in (*NAMES, "tiktok", "10.20.0") if name in kept] == []


def test_under_other_terms_a_file_is_read(logs: Picked) -> None:
    """Another watch list, settings or version: what said nothing then may say something now."""
    write(logs, "log", some(logs))
    logs.again()
    assert logs.again("otherwise") == logs.fresh()
    assert logs.skipped == 0


@pytest.mark.parametrize("how", ["shortened", "changed"])
def test_a_log_that_is_another_is_read_whole(logs: Picked, how: str) -> None:
    """A file that does not begin as it did, or ends before it did, is unknown."""
    lines = some(logs)
    write(logs, "log", lines)
    logs.again()
    write(logs, "log", lines[:9] if how == "shortened" else [*lines[:3], "broken", *lines[4:]])
    assert logs.again() == logs.fresh()
    assert logs.skipped == 0


def test_a_file_is_known_whatever_it_is_called(logs: Picked) -> None:
    """Rotated and packed it is the same, and the live file behind it too."""
    write(logs, "log", some(logs))
    logs.again()
    (logs.folder / "log").rename(logs.folder / "log.1")
    packed(logs.folder / "log.1")
    write(logs, "log", some(logs, MONDAY + DAY))
    assert logs.again() == logs.fresh()
    before = logs.skipped
    assert logs.again() == logs.fresh()
    assert logs.skipped == before + size(logs)


def test_behind_a_file_that_came_late_all_is_read(logs: Picked) -> None:
    """What it says may be spoken of by lines that said nothing: where lines speak of others, they are read again."""
    write(logs, "log.1", some(logs, MONDAY + DAY))
    write(logs, "log", some(logs, MONDAY + 2 * DAY))
    logs.again()
    write(logs, "log.2", some(logs))
    assert logs.again() == logs.fresh()
    assert logs.skipped == (0 if READERS[logs.reader].run.chained else size(logs))


def test_behind_a_file_that_was_changed_all_is_read(logs: Picked) -> None:
    """As many files as before, and the same place where the next one begins, are not the same files."""
    lines = some(logs)
    write(logs, "log.1", lines)
    write(logs, "log", some(logs, MONDAY + DAY))
    logs.again()
    write(logs, "log.1", lines[2:])
    assert logs.again() == logs.fresh()
    assert logs.skipped == (0 if READERS[logs.reader].run.chained else size(logs))


def test_when_the_oldest_file_goes_the_others_are_known(logs: Picked) -> None:
    """But for the first of them, of which nobody knows any more where it began."""
    for n, name in enumerate(("log.3", "log.2", "log.1", "log")):
        write(logs, name, some(logs, MONDAY + n * DAY))
    logs.again()
    (logs.folder / "log.3").unlink()
    assert logs.again() == logs.fresh()
    assert logs.skipped == size(logs, "log.1") + size(logs)


def test_a_window_that_shows_more_is_read(logs: Picked) -> None:
    """One that moves on is not; what said nothing because it lay outside says something now."""
    write(logs, "log", some(logs))
    for hours, is_known in (((0, 2), False), ((1, 2), True), ((0, 2), False), ((0, 9), False), ((0, 9), True)):
        logs.window = Span(*(utc(MONDAY + HOUR * h) for h in hours))
        assert logs.again() == logs.fresh()
        assert bool(logs.skipped) is is_known, hours


def test_a_file_of_which_too_much_is_said_is_read_each_time(logs: Picked, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of a file has a limit; beyond it nothing of the file is, and the reading is the same."""
    monkeypatch.setattr(_picking, "MOST_PICKS", 2)
    write(logs, "log", some(logs))
    assert logs.again() == logs.again() == logs.fresh()
    assert (logs.known, logs.skipped) == ((), 0)


def test_what_no_line_ends_is_read_each_time(logs: Picked) -> None:
    """A last line that is still being written, and what another file says behind it."""
    lines = some(logs)
    write(logs, "log.1", [*lines, lines[2][:25]], end="")
    write(logs, "log", some(logs, MONDAY + DAY))
    logs.again()
    assert logs.again() == logs.fresh()
    assert logs.skipped == size(logs, "log.1") - 25 + size(logs)
    write(logs, "log.1", [*lines, lines[2]], end="")
    assert logs.again() == logs.fresh()


@pytest.mark.parametrize("line", ["\u00e9" * 40_000, "\ud800" * 30_000], ids=["of-two-octets", "no-text"])
@pytest.mark.parametrize("end", ["", "\n"], ids=["open", "ended"])
def test_a_long_line_is_refused_for_one_reason(logs: Picked, line: str, end: str) -> None:
    """Wherever in the file it stands, and whatever is known of the file: by its octets, before anybody decodes it."""
    write(logs, "log", some(logs))
    logs.again()
    with (logs.folder / "log").open("ab") as file:
        file.write(f"{line}{end}".encode(errors="surrogatepass"))
    if logs.reader == "suricata-eve":  # which takes longer ones
        assert logs.again() == logs.fresh()
        return
    for found in (logs.again(), logs.again(), logs.fresh()):
        assert [r.reason for r in found.account.rejects][-1] == "line-too-long"
    assert logs.again() == logs.fresh()


def test_a_line_without_an_end_takes_no_room(logs: Picked) -> None:
    """Its octets belong to no digest until it ends, and are not held meanwhile."""
    write(logs, "log", some(logs))
    known = size(logs)
    with (logs.folder / "log").open("ab") as file:
        file.truncate(known + (64 << 20))
    logs.fresh()  # what is compiled for a file of that size is loaded before
    tracemalloc.start()
    try:
        found = logs.again()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 24 << 20
    assert found == logs.again()
    assert logs.skipped == known


AUTUMN = 1_698_537_600  # 29 October 2023, 00:00 UTC: an hour before the wall clocks of Brussels go back
NOON = 1_679_310_000  # 20 March 2023, 12:00 in Brussels
APP = "api.tiktokv.com"
B = "client @0x7f2d26cc1098 10.20.0.5"
EVE = '"src_ip":"10.20.0.5","src_port":4001,"dest_ip":"203.0.113.7","dest_port":443,"proto":"TCP"'
TURNED = '"src_ip":"203.0.113.7","src_port":443,"dest_ip":"10.20.0.5","dest_port":4001'
TABLE = ["#separator \\x09", "#path\tdns", "#fields\tts\tid.orig_h\tquery\trcode", "1679310000.0\t10.20.0.5\tx.org\t0"]


def eve(kind: str, second: int, flow: int, more: str) -> str:
    """An event after noon."""
    stamp = f"2023-03-20T11:00:{second:02}.000000+0000"
    return f'{{"timestamp":"{stamp}","flow_id":{flow},"event_type":"{kind}",{EVE},{more}}}'


def ub(at: int, words: str) -> str:
    """A line of Unbound's, some seconds after noon."""
    return f"[{NOON + at}] unbound[7:0] {words}"


# A line of each kind that says nothing at all; behind it no other is the first of its hour.
NOTHING = {
    "bind-log": "20-Mar-2023 12:00:00.0 queries: info: client @0x1 10.20.0.9#1 (x.org): query: x.org IN A + (10.0.0.1)",
    "dnsmasq-log": "Mar 20 12:00:00 dnsmasq[7]: 9 10.20.0.9/4009 query[A] x.org from 10.20.0.9",
    "suricata-eve": eve("tls", 0, 9, '"tls":{"sni":"x.org","version":"TLS 1.3"}'),
    "unbound-log": ub(0, "reply: 10.20.0.9 x.org. A IN NOERROR 0.010000 0 300"),
    "zeek-log": "",
}
GROWS = ""  # what follows was written after the log was read for the first time

# What a line that says nothing by itself decides: kind of log, lines, window, another window, what becomes of the app.
DECIDED: dict[str, tuple[str, list[str], tuple[int, int], tuple[int, int], str]] = {
    "the hour that happens twice, in the clock of dnsmasq": (
        "dnsmasq-log",
        [
            "Oct 29 02:00:10 dnsmasq[7]: 1 10.20.0.9/4001 query[A] x.org from 10.20.0.9",
            "Oct 29 02:50:00 dnsmasq[7]: 2 10.20.0.9/4001 query[A] x.org from 10.20.0.9",
            f"Oct 29 02:20:00 dnsmasq[7]: 3 10.20.0.5/4001 query[A] {APP} from 10.20.0.5",
        ],
        *((AUTUMN, AUTUMN + DAY),) * 2,
        "01:20 nothing",
    ),
    "the hour that happens twice, in stamps of BIND": (
        "bind-log",
        [
            "29-Oct-2023 02:00:10.1 queries: info: client @0x1 10.20.0.9#1 (x.org): query: x.org IN A + (10.0.0.1)",
            "29-Oct-2023 02:50:00.1 queries: info: client @0x1 10.20.0.9#1 (x.org): query: x.org IN A + (10.0.0.1)",
            f"29-Oct-2023 02:20:00.1 queries: info: {B}#1 ({APP}): query: {APP} IN A + (10.0.0.1)",
        ],
        *((AUTUMN, AUTUMN + DAY),) * 2,
        "01:20 nothing",
    ),
    "the hour that happens twice, in stamps of Zeek": (
        "zeek-log",
        [
            f'{{"_path":"dns","ts":"2023-10-29T02:{clock}","id.orig_h":"10.20.0.5","query":"{name}","rcode":3}}'
            for clock, name in (("00:10", "x.org"), ("50:00", "x.org"), ("20:00", APP))
        ],
        *((AUTUMN, AUTUMN + DAY),) * 2,
        "01:20 nothing",
    ),
    "that no zone speaks of the app any more": (
        "unbound-log",
        [
            ub(0, f"info: {APP}. always_nxdomain 10.20.0.5@4001 {APP}. A IN"),
            ub(0, f"reply: 10.20.0.5 {APP}. A IN NXDOMAIN 0.010000 0 40"),
            ub(60, f"reply: 10.20.0.5 {APP}. A IN NXDOMAIN 0.010000 0 40"),
        ],
        *((NOON + 30, NOON + DAY),) * 2,
        "11:01 nothing",
    ),
    "that Unbound says what its zones do": (
        "unbound-log",
        [
            ub(0, f"query: 10.20.0.5 {APP}. A IN"),
            ub(0, f"reply: 10.20.0.5 {APP}. A IN NOERROR 0.010000 0 300"),
            ub(1, "query: 10.20.0.9 localhost. A IN"),
            ub(1, "info: localhost. static 10.20.0.9@4000 localhost. A IN"),
            ub(60, f"query: 10.20.0.5 {APP}. A IN"),
            ub(60, f"reply: 10.20.0.5 {APP}. A IN NOERROR 0.010000 1 300"),
        ],
        *((NOON, NOON + DAY),) * 2,
        "11:00 address, 11:01 address",
    ),
    "that the log has queries": (
        "unbound-log",
        [ub(0, "query: 10.20.0.9 x.org. A IN"), GROWS, ub(60, f"reply: 10.20.0.5 {APP}. A IN NOERROR 0.010000 0 300")],
        *((NOON, NOON + DAY),) * 2,
        "",
    ),
    "that Unbound was started anew": (
        "unbound-log",
        [
            ub(0, f"query: 10.20.0.5 {APP}. A IN"),
            ub(1, "info: start of service (unbound 1.17.1)."),
            ub(2, f"reply: 10.20.0.5 {APP}. A IN NOERROR 0.010000 0 300"),
        ],
        *((NOON, NOON + DAY),) * 2,
        "11:00 nothing, 11:00 address",
    ),
    "a question of before the window, in BIND": (
        "bind-log",
        [
            f"20-Mar-2023 12:00:00.1 queries: info: {B}#1 ({APP}): query: {APP} IN A + (10.0.0.1)",
            f"20-Mar-2023 12:00:05.1 rpz: info: {B}#1 ({APP}): rpz QNAME NXDOMAIN rewrite {APP}/A/IN via {APP}.rpz",
        ],
        *((NOON + 2, NOON + DAY),) * 2,
        "",
    ),
    "a block that lay behind the window, in BIND": (
        "bind-log",
        [f"20-Mar-2023 12:30:05.1 rpz: info: {B}#1 ({APP}): rpz QNAME NXDOMAIN rewrite {APP}/A/IN via {APP}.rpz"],
        (NOON, NOON + 60),
        (NOON, NOON + DAY),
        "11:30 blocked",
    ),
    "the head of a table of Zeek's": (
        "zeek-log",
        [*TABLE, f"1679310001.0\t10.20.0.5\t{APP}\t3"],
        *((NOON, NOON + DAY),) * 2,
        "11:00 nothing",
    ),
    "a serial of dnsmasq's that somebody else has now": (
        "dnsmasq-log",
        [
            f"Mar 20 12:00:00 dnsmasq[7]: 1 10.20.0.5/4001 query[A] {APP} from 10.20.0.5",
            "Mar 20 12:00:01 dnsmasq[7]: 1 10.20.0.5/4001 query[A] x.org from 10.20.0.5",
            GROWS,
            "Mar 20 12:00:02 dnsmasq[7]: 1 10.20.0.5/4001 reply x.org is 203.0.113.7",
        ],
        *((NOON, NOON + DAY),) * 2,
        "11:00 nothing",
    ),
    "a flow that was stopped before it had a name": (
        "suricata-eve",
        [
            eve("drop", 0, 5, '"drop":{"len":60,"reason":"rules"}'),
            eve("tls", 1, 5, f'"tls":{{"sni":"{APP}","version":"UNDETERMINED"}}'),
        ],
        *((NOON, NOON + DAY),) * 2,
        "11:00 blocked",
    ),
    "the hour that happens twice, in stamps of Suricata": (
        "suricata-eve",
        [
            eve("dns", 0, n, f'"dns":{{"type":"query","id":{n},"rrname":"{name}","rrtype":"A"}}').replace(
                "2023-03-20T11:00:00.000000+0000", f"2023-10-29T02:{clock}"
            )
            for n, (clock, name) in enumerate((("00:10", "x.org"), ("50:00", "x.org"), ("20:00", APP)))
        ],
        *((AUTUMN, AUTUMN + DAY),) * 2,
        "01:20 nothing",
    ),
    "the server's part of a connection in QUIC": (
        "suricata-eve",
        [
            eve("quic", 1, 5, f'"quic":{{"version":"1","sni":"{APP}"}}').replace("TCP", "UDP"),
            eve("quic", 2, 5, '"quic":{"version":"1","ja3s":{"hash":"0"}}')
            .replace("TCP", "UDP")
            .replace('"src_ip":"10.20.0.5","src_port":4001,"dest_ip":"203.0.113.7","dest_port":443', TURNED),
        ],
        *((NOON, NOON + DAY),) * 2,
        "11:00 address",
    ),
    "the end of a flow": (
        "suricata-eve",
        [
            eve("tls", 1, 5, f'"tls":{{"sni":"{APP}","version":"UNDETERMINED"}}'),
            eve("flow", 9, 5, '"flow":{"state":"closed","action":"drop"}'),
        ],
        *((NOON, NOON + DAY),) * 2,
        "11:00 blocked",
    ),
}


@pytest.mark.parametrize("what", DECIDED)
def test_a_line_that_decides_is_read_again(tmp_path: Path, what: str) -> None:
    """It says nothing of the app itself, and what is said of the app depends on it."""
    kind, lines, *windows, expected = DECIDED[what]
    logs = Picked(kind, tmp_path)
    lines = lines if windows[0][0] == AUTUMN else [NOTHING[kind], *lines]
    read = [*lines, GROWS].index(GROWS, 1)
    write(logs, "log", lines[:read])
    known = size(logs)
    for window in windows:
        logs.window = Span(*map(utc, window))
        logs.again()
    write(logs, "log", [line for n, line in enumerate(lines) if n != read])
    found = logs.again()
    assert found == logs.fresh()
    assert logs.skipped == known
    assert ", ".join(f"{n.at:%H:%M} {n.answered.value}" for n in found.names) == expected


INSIDE = "intranet.stad.example"  # of which questions count from a separate device alone: 10.20.0.6 by the leases

# A question for it, and what becomes of it on a line that does not count by itself.
OF_A_QUESTION = {
    "dnsmasq-log": (
        f"Mar 20 12:00:29 dnsmasq[7]: 1 10.20.0.6/4001 query[A] {INSIDE} from 10.20.0.6",
        f"Mar 20 12:00:31 dnsmasq[7]: 1 10.20.0.6/4001 config {INSIDE} is 203.0.113.7",
    ),
    "unbound-log": (
        ub(29, f"query: 10.20.0.6 {INSIDE}. A IN"),
        ub(31, f"reply: 10.20.0.6 {INSIDE}. A IN NOERROR 0.010000 0 300"),
    ),
    "suricata-eve": (
        eve("quic", 29, 5, f'"quic":{{"version":"1","sni":"{INSIDE}"}}').replace("20.0.5", "20.0.6"),
        eve("flow", 31, 5, '"flow":{"state":"closed","bytes_toclient":1800,"action":"pass"}'),
    ),
}


@pytest.mark.parametrize("kind", OF_A_QUESTION)
def test_what_becomes_of_a_question_is_read_again_when_it_counts_for_the_first_time(tmp_path: Path, kind: str) -> None:
    """Whose address it is was not known when the log was read: leases come later than the log."""
    logs = Picked(kind, tmp_path, own_leases=True)
    write(logs, "log", [NOTHING[kind], *OF_A_QUESTION[kind]])
    assert logs.again().names == ()
    logs.own_leases = False
    found = logs.again()
    assert found == logs.fresh()
    assert [n.answered.value for n in found.names] == ["address"]
    assert logs.skipped == size(logs)


@pytest.mark.parametrize("kind", OF_A_QUESTION)
def test_what_becomes_of_a_question_of_before_the_window_is_read_again(tmp_path: Path, kind: str) -> None:
    """It stands at the end of another file, and a window that reaches further shows it: that file alone is read."""
    logs = Picked(kind, tmp_path)
    asked, became = OF_A_QUESTION[kind]
    write(logs, "log.1", [NOTHING[kind], asked.replace(INSIDE, "x.org"), asked])
    logs.window = Span(utc(NOON + 30), utc(NOON + DAY))
    logs.again()
    write(logs, "log", [became])
    assert logs.again().names == ()
    logs.window = Span(utc(NOON), utc(NOON + DAY))
    found = logs.again()
    assert found == logs.fresh()
    assert [n.answered.value for n in found.names] == ["address"]
    assert logs.skipped == size(logs)


@pytest.mark.parametrize("kind", OF_A_QUESTION)
def test_what_becomes_of_a_question_that_was_there_twice_is_read_again(tmp_path: Path, kind: str) -> None:
    """When the file goes in which it stood first."""
    logs = Picked(kind, tmp_path)
    asked, became = OF_A_QUESTION[kind]
    write(logs, "log.2", [NOTHING[kind], asked])
    write(logs, "log.1", [NOTHING[kind], asked.replace(INSIDE, "x.org")])
    write(logs, "log", [asked, became])
    logs.again()
    (logs.folder / "log.2").unlink()
    found = logs.again()
    assert found == logs.fresh()
    assert [n.answered.value for n in found.names] == ["address"]
    assert logs.skipped == size(logs)


def test_the_serial_of_a_question_that_did_not_count_is_somebody_elses_too(tmp_path: Path) -> None:
    """The line by which it is another question's is read again, though the question before was dropped then."""
    logs = Picked("dnsmasq-log", tmp_path, own_leases=True)
    asked, became = OF_A_QUESTION["dnsmasq-log"]
    foreign = asked.replace(INSIDE, "x.org")
    write(logs, "log", [NOTHING["dnsmasq-log"], asked, foreign])
    logs.again()
    write(logs, "log", [NOTHING["dnsmasq-log"], asked, foreign, became])
    logs.own_leases = False
    found = logs.again()
    assert found == logs.fresh()
    assert [n.answered.value for n in found.names] == ["nothing"]


@pytest.mark.parametrize("kind", ["alert", "drop"])
def test_what_belongs_to_something_kept_is_dropped_when_that_is_over(tmp_path: Path, kind: str) -> None:
    """An alert that stopped nothing is structural beside a connection that is kept, and dropped behind its window."""
    logs = Picked("suricata-eve", tmp_path)
    asked, _ = OF_A_QUESTION["suricata-eve"]
    more = '"alert":{"action":"allowed"}' if kind == "alert" else '"drop":{"reason":"stream error"}'
    write(logs, "log", [NOTHING["suricata-eve"], asked, eve(kind, 31, 5, more)])
    assert logs.again() == logs.fresh()
    logs.window = Span(utc(NOON + 40), utc(NOON + DAY))
    found = logs.again()
    assert found == logs.fresh()
    assert found.account.structural == 0
    assert logs.skipped == size(logs)


def test_a_second_line_of_a_second_that_is_refused_is_of_that_second(tmp_path: Path) -> None:
    """Whether the line before it is read again or not: the hour that begins behind it is seen."""
    logs = Picked("suricata-eve", tmp_path)
    first = NOTHING["suricata-eve"].replace("11:00:00", "11:59:59").replace("x.org", "y.org")
    broken = first.replace("y.org", APP).replace("203.0.113.7", "nowhere")
    later = first.replace("11:59:59", "12:00:00")
    for lines in ([broken], ["broken", first.replace('"tls"', '"stats"', 1)]):
        write(logs, "log", [NOTHING["suricata-eve"], first, *lines, later])
        logs.again()
        found = logs.again()
        assert found == logs.fresh()
        assert logs.skipped == size(logs)
        assert utc(NOON + HOUR) in found.hours


def test_what_is_refused_no_longer_when_the_oldest_file_goes_is_answered(tmp_path: Path) -> None:
    """A clock that went back refuses a question; without the file that was ahead it counts, and so does its answer."""
    logs = Picked("dnsmasq-log", tmp_path)
    asked, became = OF_A_QUESTION["dnsmasq-log"]
    ahead, later = (NOTHING["dnsmasq-log"].replace("12:00:00", clock) for clock in ("20:00:00", "21:00:00"))
    write(logs, "log.2", [ahead])
    write(logs, "log.1", [asked, later])
    write(logs, "log", [became.replace("12:00:31", "21:00:31")])
    assert logs.again().names == ()
    (logs.folder / "log.2").unlink()
    found = logs.again()
    assert found == logs.fresh()
    assert [n.answered.value for n in found.names] == ["address"]


@pytest.mark.parametrize(("kind", "program"), [("bind-log", "BIND"), ("zeek-log", "Zeek")], ids=["bind", "zeek"])
def test_an_hour_that_happens_twice_goes_on_in_the_next_file(tmp_path: Path, kind: str, program: str) -> None:
    """Which pass of it a file begins in is where the one before it ended, to the second: not the hour alone."""
    logs = Picked(kind, tmp_path)
    early, silent, late = DECIDED[f"the hour that happens twice, in stamps of {program}"][1]
    write(logs, "log.1", [early, silent])
    write(logs, "log", [late])
    assert [n.at for n in logs.again().names] == [utc(AUTUMN + HOUR + 20 * 60)]
    write(logs, "log.1", [early])
    found = logs.again()
    assert found == logs.fresh()
    assert found.hours == {utc(AUTUMN)}
    assert logs.skipped == 0


def test_what_is_broken_before_an_empty_line_is_of_the_next_hour_too(logs: Picked) -> None:
    """Also where nothing else is read again between them."""
    early, late = (logs.lines(Random(1), at, 1) for at in (MONDAY, MONDAY + 9 * HOUR))  # noqa: S311  # as above
    write(logs, "log", [*early, "broken", "", *late])
    assert logs.again() == logs.again() == logs.fresh()
    assert utc(MONDAY + 9 * HOUR) not in logs.fresh().hours


def test_connections_of_zeek_are_read_each_time(tmp_path: Path) -> None:
    """A name that comes later may be that of a connection which was nobody's: names alone are known."""
    logs = Picked("zeek-log", tmp_path)
    ends = '"id.orig_h":"10.20.0.5","id.resp_h":"203.0.113.7","uid":"C1"'
    name = f'{{"_path":"ssl","ts":{NOON},{ends},"server_name":"{APP}","established":true}}'
    write(logs, "log", [name.replace(APP, "x.org").replace("C1", "C2")])
    write(logs, "log_conn", [f'{{"_path":"conn","ts":{NOON},{ends},"id.resp_p":443,"orig_bytes":0,"resp_bytes":0}}'])
    assert logs.again() == logs.fresh()
    write(logs, "log_ssl", [name])
    found = logs.again()
    assert found == logs.fresh()
    assert [n.contacted for n in found.names] == [False]
    assert logs.skipped == size(logs)


def test_questions_of_zeek_count_for_their_hour(tmp_path: Path) -> None:
    """Also where the first question of an hour is not the first row of it, and in each file anew."""
    logs = Picked("zeek-log", tmp_path)
    said = f'{{"_path":"ssl","ts":{NOON},"id.orig_h":"10.20.0.9","server_name":"x.org"}}'
    asked, app, later = (
        f'{{"_path":"dns","ts":{at},"id.orig_h":"10.20.0.9","query":"{name}"}}'
        for at, name in ((NOON + 60, "x.org"), (NOON + HOUR, APP), (NOON + 2 * HOUR, APP))
    )
    write(logs, "log.1", [said, asked, app])
    write(logs, "log", [said, asked, later])
    logs.again()
    (logs.folder / "log.1").unlink()
    for _ in range(3):
        found = logs.again()
        assert found == logs.fresh()
        assert utc(NOON) in found.hours
    assert logs.skipped == size(logs)


def test_half_an_hour_that_happens_twice_has_lines_that_happen_once(tmp_path: Path) -> None:
    """Lord Howe's clocks go back by half an hour, to 01:30: after 01:10 the next is of the first pass."""
    logs = Picked("bind-log", tmp_path, zone=ZoneInfo("Australia/Lord_Howe"))
    asked = "02-Apr-2023 {}:00.1 queries: info: client @0x1 10.20.0.5#1 ({}): query: {} IN A + (10.0.0.1)"
    clocks = (("01:40", "x.org"), ("01:10", "x.org"), ("01:38", APP))
    write(logs, "log", [asked.format(clock, name, name) for clock, name in clocks])
    assert logs.again() == logs.again() == logs.fresh()
    assert [f"{n.at:%H:%M}" for n in logs.fresh().names] == ["14:38"]


def test_all_readers_of_logs_go_on_or_pick() -> None:
    """One way for lines that speak for themselves, the other for all that speak of each other."""
    of_logs = {r.id for r in BUILTIN if issubclass(r, NameLogReader)}
    assert {r.id for r in BUILTIN if getattr(r, "picks", False)} == set(READERS)
    assert {r.id for r in BUILTIN if getattr(r, "goes_on", False)} == of_logs - set(READERS)
    assert NameLogReader.picks is False
