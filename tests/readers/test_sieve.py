# SPDX-License-Identifier: EUPL-1.2
"""Lines that are passed over say nothing: whatever a log holds, it is read as if each of them had been seen."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from random import Random
from threading import Timer
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Answered
from ordinance.model.kept import KeptLines
from ordinance.model.time import Span
from ordinance.readers import _known_log, _name_log, _sieve
from ordinance.readers._blocks import Block, Room
from ordinance.readers._clock import utc
from ordinance.readers._files import InputFile
from ordinance.readers._lines import LineFile
from ordinance.readers._name_log import address_of
from ordinance.readers._picking import Picking
from ordinance.readers.zeek_log import ZeekLog

from . import samples
from .again import MONDAY
from .sifted import KINDS, WRITE, Sifted, log, table

HOUR = 3600
FORMS = ("tables", "objects", "queries", "events", "both")
PLAIN = (
    *("10.20.0.5", "10.0.0.0", "255.255.255.255", "2001:db8::5", "::", "::1", "fe80::1", "1:2:3:4:5:6:7:8", "1::"),
    "0::1",
)
LABELS = ("tiktok", "com", "tiktokv", "tiktokcdn", "akamaized", "example", "xn--bcher-kva", "facebook", "a" * 63)


@pytest.fixture
def sifted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sifted:
    """An empty folder."""
    return Sifted(tmp_path, monkeypatch)


def is_plain(text: str) -> bool:
    """Whether the compiled code takes it for an address, wherever in a text it stands."""
    found = {bool(_sieve.kernels().is_plain_address(*octets)) for octets in within(text)}
    assert len(found) == 1, text
    return found.pop()


def is_suspect(name: str, table: Any) -> bool:
    """Whether the compiled code takes it for one to be looked at, wherever in a text it stands."""
    found = {bool(_sieve.kernels().is_suspect(*octets, table)) for octets in within(name)}
    assert len(found) == 1, name
    return found.pop()


def within(text: str) -> Iterator[tuple[Any, int, int]]:
    """At the beginning of a text, and behind much of it: where it begins and ends there."""
    for before in ("", "x" * 64, "10.20.0.5.tiktok.com." * 4):
        octets = np.frombuffer(f"{before}{text}".encode(), np.uint8)
        yield octets, len(before), len(octets)


def quiet(rows: int, write: Callable[..., Iterator[bytes]] = table) -> bytes:
    """A log of which no row says anything."""
    lines = write("dns", Random(5), MONDAY, rows, 0.0)  # noqa: S311  # the same in every run on purpose
    return b"\n".join(lines) + b"\n"


HEAD = quiet(1).partition(b"\n1679")[0] + b"\n"


def row(name: str, at: int = MONDAY, client: str = "10.20.0.6") -> bytes:
    """A question, as a row of that table."""
    return f"{at}.5\tC1\t{client}\t4001\t10.20.0.1\t53\tudp\t{name}\t1\t1\t0\t203.0.113.7\tF".encode()


@pytest.mark.parametrize("canary", [None, "canary.stad.example"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(8))
def test_whatever_a_log_holds_it_is_read_alike(sifted: Sifted, seed: int, form: str, canary: str | None) -> None:
    """Tables put together, rows with anything wrong, blocks that end anywhere, windows, files packed or cut."""
    random = Random(seed)  # noqa: S311  # the same in every run on purpose
    sifted.canary, sifted.form, passed = canary, form, 0
    for turn in range(6):
        sifted.patch.setattr(_name_log, "BLOCK_BYTES", random.choice((9, 65, 200, 3_000, 1 << 20)))
        content = log(random, random.randrange(1, 900), random.choice((0.0, 0.02, 0.3)), form=form)
        if random.random() < 0.3:
            (sifted.folder / f"log-{turn}.gz").write_bytes(gzip.compress(content))
        else:
            (sifted.folder / f"log-{turn}").write_bytes(content)
        if random.random() < 0.4:
            start = MONDAY + random.randrange(0, 4 * HOUR)
            sifted.window = Span(utc(start), utc(start + random.randrange(0, 4 * HOUR)))
        shown, before = sifted.agree()
        passed += before - shown
    assert passed > 0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_known_of_a_log_comes_out_alike(sifted: Sifted, seed: int, form: str) -> None:
    """A log grows and is read again: the same lines are to be read once more, the same hours and ends are noted.

    One with connections is read whole each time.
    """
    random = Random(seed)  # noqa: S311  # the same in every run on purpose
    live, noted, sifted.form = sifted.folder / "log", False, form
    sifted.patch.setattr(_known_log, "BLOCK_BYTES", random.choice((200, 3_000, 1 << 20)))
    for turn in range(6):
        with live.open("ab") as file:
            file.write(log(random, random.randrange(1, 300), random.choice((0.0, 0.02, 0.3)), KINDS[:-1], form))
        sifted.agree(again=True)
        noted = noted or any(part.picks for part in sifted.known[True])
        if random.random() < 0.3:
            live.rename(sifted.folder / f"log-2023-04-{turn + 1:02}")
            live.touch()
    assert noted


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS[:4])
def test_of_a_million_rows_none_is_missed(sifted: Sifted, form: str) -> None:
    """Every kept row of four large logs with all that can be wrong is shown; most of the others are not."""
    random = Random(7)  # noqa: S311  # the same in every run on purpose
    rows, sifted.form = 0, form
    while rows < 250_000:
        content = log(random, 120_000, 0.01, form=form)
        (sifted.folder / "log").write_bytes(content)
        shown, before = sifted.agree()
        assert shown < before / 2
        rows += before


@pytest.mark.parametrize("form", FORMS[:4])
def test_rows_that_say_nothing_are_passed_over(sifted: Sifted, form: str) -> None:
    """Of a quiet hour the reader sees the head and a row or two of each quarter."""
    sifted.form = form
    (sifted.folder / "log").write_bytes(quiet(2_000, WRITE[form]))
    shown, before = sifted.agree()
    assert before >= 2_000
    assert shown < 40


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"qclass":1', b'"qclass":1,"qclass":1'),
        (b'"www.example.org"', b'"www.tik\\u0074ok.com"'),
        (b'"uid":', b'"_path":"conn","uid":'),
        (b'"qclass":1', b'"qclass":01'),
        (b"}", b"}}"),
        (b'"proto"', b'"proto":{},"q"'),
        (b'"www.example.org"', b"5"),
        (b'"udp"', b'"\\u\x10\x11\x18\x19"'),
        (b'"udp"', b'"\\u004G"'),
        (b'"53"', b'"5353"'),
    ],
    ids=["twice", "escape", "path", "number", "behind", "within", "no-name", "controls", "letter", "text"],
)
def test_a_line_that_is_no_plain_object_is_seen(sifted: Sifted, old: bytes, new: bytes) -> None:
    """Between a hundred that are: what the reader makes of it, it makes of it here too."""
    asked = {"ts": MONDAY + 0.5, "uid": "C1", "id.orig_h": "10.20.0.6", "id.resp_p": 53, "proto": "udp", "note": "53"}
    line = json.dumps({**asked, "query": "www.example.org", "qclass": 1, "rejected": False}, separators=(",", ":"))
    lines = [line.encode()] * 100
    (sifted.folder / "log").write_bytes(b"\n".join((*lines, line.encode().replace(old, new), *lines)) + b"\n")
    shown, before = sifted.agree()
    assert old in line.encode()
    assert before == 201
    assert shown in ({2} if old == b'"53"' else {3, 4})


def said(second: int, words: str) -> bytes:
    """A line of dnsmasq's in the first hour."""
    return f"Mar 20 09:{second // 60:02}:{second % 60:02} dnsmasq[7]: {words}".encode()


def ask(second: int, serial: int, client: str = "10.20.0.5") -> bytes:
    """Somebody asks for a name that nobody watches."""
    return said(second, f"{serial} {client}/4001 query[A] www.example.org from {client}")


def test_what_comes_of_a_question_is_seen(sifted: Sifted) -> None:
    """An answer bears no name that is watched, and is the question's by its serial: a block of lines later too."""
    sifted.form = "queries"
    sifted.patch.setattr(_name_log, "BLOCK_BYTES", 500)
    quiet_lines = [ask(n // 10, n) for n in range(100, 300)]
    asked = said(31, "7 10.20.0.6/4002 query[A] www.tiktok.com from 10.20.0.6")
    another = said(32, "8 10.20.0.6/4002 reply edge.example.net is 203.0.113.9")
    answer = said(33, "7 10.20.0.6/4002 reply edge.example.net is 203.0.113.7")
    lines = [*quiet_lines, asked, another, *quiet_lines[:60], answer, *quiet_lines]
    (sifted.folder / "log").write_bytes(b"\n".join(lines) + b"\n")
    shown, before = sifted.agree()
    assert shown < before / 3
    (found,) = sifted.read(sifts=True).names
    assert found.answered is Answered.ADDRESS


def event(second: int, kind: str, number: int, **parts: object) -> bytes:
    """One of Suricata's, in the first hour."""
    stamp = f"2023-03-20T09:{second // 60:02}:{second % 60:02}.000000+0100"
    head = {"timestamp": stamp, "flow_id": number, "event_type": kind, "src_ip": "10.20.0.6", "src_port": 4001}
    return json.dumps({**head, "dest_ip": "203.0.113.7", "dest_port": 443, **parts}, separators=(",", ":")).encode()


@pytest.mark.parametrize("odd", [False, True], ids=["plain", "spaced"])
def test_the_end_of_a_flow_is_seen_that_something_was_asked_in(sifted: Sifted, odd: bool) -> None:
    """It says what came of it, and names nothing; also where the flow's beginning was written in another way."""
    sifted.form = "events"
    sifted.patch.setattr(_name_log, "BLOCK_BYTES", 3_000)
    quiet_lines = [event(n // 10, "tls", n, tls={"sni": "www.example.org"}) for n in range(100, 300)]
    quiet_lines += [event(n // 10, "flow", n, flow={"bytes_toclient": 9}) for n in range(100, 300)]
    asked = event(30, "quic", 7, quic={"sni": "www.tiktok.com", "version": "1"})
    ended = event(31, "flow", 7, flow={"state": "established", "bytes_toclient": 1800})
    lines = [*quiet_lines, asked.replace(b",", b", ", 1) if odd else asked, event(30, "flow", 8), ended, *quiet_lines]
    for between in (lines, [*lines[:401], *quiet_lines, *lines[401:]]):
        (sifted.folder / "log").write_bytes(b"\n".join(between) + b"\n")
        shown, before = sifted.agree()
        assert shown < before / 4
        (found,) = sifted.read(sifts=True).names
        assert found.contacted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"event_type":"dns"', b'"event_type":"dns","event_type":"dns"'),
        (b"www.example.org", b"www.tik\\u0074ok.com"),
        (b'"rrname":', b'"rrname": '),
        (b'"event_type":"dns"', b'"event_type":"alert"'),
        (b"+0100", b""),
        (b'"dns":{', b'"dnz":{"rrname":"a.example"},"dns":{'),
    ],
    ids=["twice", "escape", "space", "alert", "zone", "two"],
)
def test_an_event_that_is_not_plain_is_seen(sifted: Sifted, old: bytes, new: bytes) -> None:
    """Between a hundred that are: what the reader makes of it, it makes of it here too."""
    sifted.form = "events"
    line = event(30, "dns", 7, dns={"type": "query", "rrname": "www.example.org"})
    odd = line.replace(old, new).replace(b'"flow_id":7', b'"flow_id":8')
    (sifted.folder / "log").write_bytes(b"\n".join((*[line] * 100, odd, *[line] * 100)) + b"\n")
    shown, before = sifted.agree()
    assert old in line
    assert before == 201
    assert shown in ({1} if new.startswith(b'"dnz"') else {3, 4})


def test_an_hour_does_not_count_by_names_of_another_part(sifted: Sifted) -> None:
    """A host's name within an event of DNS is no question."""
    sifted.form = "events"
    lines = [event(n, "dns", n, dns={"type": "query"}, http={"hostname": "www.example.org"}) for n in range(60)]
    (sifted.folder / "log").write_bytes(b"\n".join(lines) + b"\n")
    sifted.agree(again=True)
    assert not sifted.read(sifts=True).hours
    assert [part.hours for part in sifted.known[True]] == [()]


def test_a_question_that_names_two_clients_is_refused(sifted: Sifted) -> None:
    """Nobody knows which of them asked."""
    sifted.form = "queries"
    odd = said(31, "7 10.20.0.6/4002 query[A] www.example.org from 10.20.0.7")
    lines = [*(ask(n, n) for n in range(30)), odd, *(ask(n, n) for n in range(40, 60))]
    (sifted.folder / "log").write_bytes(b"\n".join(lines) + b"\n")
    sifted.agree()
    assert [reject.line for reject in sifted.read(sifts=True).account.rejects] == [31]


def test_behind_what_is_refused_every_answer_is_seen(sifted: Sifted) -> None:
    """They say of no hour that it was read: what was refused may have been of the next."""
    sifted.form = "queries"
    asked = [ask(n, n) for n in range(60)]
    answers = [said(59, f"{n} 10.20.0.5/4001 reply www.example.org is 203.0.113.7") for n in range(9)]
    later = [line.replace(b" 09:", b" 10:") for line in asked]
    (sifted.folder / "log").write_bytes(b"\n".join((*asked, b"broken", *answers, *later)) + b"\n")
    sifted.agree()
    assert sifted.read(sifts=True).hours == frozenset()


def test_each_hour_of_a_quiet_log_counts(sifted: Sifted) -> None:
    """Though nothing in it is shown but its first row."""
    rows = [row("www.example.org", MONDAY + n) for n in range(0, 4 * HOUR, 60)]
    (sifted.folder / "log").write_bytes(HEAD + b"\n".join(rows) + b"\n")
    shown, before = sifted.agree()
    assert shown < before / 4
    assert len(sifted.read(sifts=True).hours) == 4


def test_a_question_counts_where_a_connection_did_before(sifted: Sifted) -> None:
    """Where a log has questions at all, an hour counts by them: the first of each is seen, whatever else was."""
    who = {"uid": "C1", "id.orig_h": "10.20.0.6", "id.resp_p": 53}
    spoke = [{"ts": MONDAY + n, **who, "server_name": "www.example.org", "resumed": False} for n in range(50)]
    seconds = (100, 101, HOUR, HOUR + 1)
    asked = [{"ts": MONDAY + n, **who, "query": "www.example.org", "rejected": False} for n in seconds]
    lines = [json.dumps(row, separators=(",", ":")) for row in (*spoke, *asked)]
    (sifted.folder / "log").write_text("\n".join(lines) + "\n", "utf-8")
    shown, _ = sifted.agree()
    assert shown < 10
    assert len(sifted.read(sifts=True).hours) == 2


def test_behind_a_row_that_is_not_plain_the_hour_is_looked_at_again(sifted: Sifted) -> None:
    """A row of the next hour, by an address in capitals, comes early; what is broken behind it is of the old one."""
    odd = row("www.example.org", MONDAY + HOUR, "2001:DB8::5")
    before = [row("www.example.org", MONDAY + n) for n in range(60)]
    rows = [*before, odd, row("www.example.org", MONDAY + 61), b"broken"]
    (sifted.folder / "log").write_bytes(HEAD + b"\n".join(rows) + b"\n")
    sifted.agree()
    assert sifted.read(sifts=True).hours == {utc(MONDAY + HOUR)}


def test_a_window_begins_within_a_quarter_of_an_hour(sifted: Sifted) -> None:
    """What comes before it counts for nothing, and what comes behind it for its hour, though both are of one slot."""
    (sifted.folder / "log").write_bytes(quiet(600))
    for start, end in ((MONDAY + 30, MONDAY + 60), (MONDAY - 60, MONDAY), (MONDAY + 200, MONDAY + 400)):
        sifted.window = Span(utc(start), utc(end))
        sifted.agree(again=True)
        assert [bool(part.hours) for part in sifted.known[True]] == [start == MONDAY + 30]  # of two minutes and a half


@pytest.mark.parametrize(
    "name",
    [
        *("WWW.tiktok.COM", "tiktok.com..", "a.tiktokcdn.com.akamaized.example", "www.\\x74iktok.com"),
        *("www.tikto\\x6b.com", "x.stad.example"),
    ],
    ids=["capitals", "dots", "content-network", "escape", "escape-at-the-end", "internal"],
)
def test_a_name_is_seen_however_it_is_written(sifted: Sifted, name: str) -> None:
    """In capitals, with dots behind it, repeated under a content network, with Zeek's escapes; and an internal one."""
    lines = quiet(200).split(b"\n")
    (sifted.folder / "log").write_bytes(b"\n".join((*lines[:150], row(name), *lines[150:])))
    sifted.agree()
    (found,) = sifted.read(sifts=True).names
    assert found.where.line == 151


@pytest.mark.parametrize("octets", [b"\xff", b"\x80", b"\xc0\xae"])
def test_a_row_that_is_no_text_is_refused(sifted: Sifted, octets: bytes) -> None:
    """Wherever it has octets that are no UTF-8, be it where nobody looks."""
    lines = quiet(200).split(b"\n")
    odd = row("www.example.org").replace(b"C1", b"C" + octets)
    (sifted.folder / "log").write_bytes(b"\n".join((*lines[:150], odd, *lines[150:])))
    sifted.agree()
    (reject,) = sifted.read(sifts=True).account.rejects
    assert (reject.line, reject.reason) == (151, "bad-encoding")


def test_what_only_resembles_a_name_is_passed_over(sifted: Sifted) -> None:
    """A name counts from the border of a label: a look-alike costs the reader nothing."""
    names = ("nottiktok.com", "tiktok.com.example", "tiktokcom.example", "x.akamaized.example", "com", "tiktok")
    (sifted.folder / "log").write_bytes(quiet(20) + b"\n".join(map(row, names)) + b"\n")
    plain = sifted.agree()
    (sifted.folder / "log").write_bytes(quiet(20) + b"\n".join(row("a.example") for _ in names) + b"\n")
    assert sifted.agree() == plain


def test_of_a_known_log_only_what_is_new_may_be_worth_it(sifted: Sifted) -> None:
    """Where little was added nothing that is compiled is loaded, however large the log has become."""
    text, runs, known = quiet(400), [], tuple[KeptLines, ...]()
    sifted.patch.setattr(_sieve, "LEAST_BYTES", len(text) // 2)
    for more in (text, text[-80:], text):
        with (sifted.folder / "log").open("ab") as file:
            file.write(more[more.index(b"\n") + 1 :] if runs else more)
        reader_settings = SourceSettings("log", "zeek-log", ("log*",), samples.BRUSSELS)
        run = ZeekLog.run(reader_settings, sifted.watch, samples.MATCHERS, Span(), None)
        run.known = picking = Picking("as it is", known)
        run.read(sifted.folder)
        known = tuple(picking.parts)
        runs.append(vars(run)["_sieve"] is not None)
    assert runs == [True, False, True]


@pytest.mark.parametrize("error", [ImportError, OSError, RuntimeError, MemoryError])
def test_where_there_is_no_compiled_code_every_line_is_seen(sifted: Sifted, error: type[Exception]) -> None:
    """Numba missing, made for another Python, or without a folder or the memory for what it compiles."""

    def no_code(_: str) -> None:
        raise error

    sifted.patch.setattr(_sieve, "import_module", no_code)
    _sieve.kernels.cache_clear()
    _sieve.are_there.cache_clear()
    try:
        (sifted.folder / "log").write_bytes(quiet(500))
        shown, before = sifted.agree()
        assert shown == before > 500
    finally:
        _sieve.are_there.cache_clear()


def test_where_nothing_can_be_compiled_every_line_is_seen(sifted: Sifted) -> None:
    """The disk is full, for one; it is tried once."""
    tries = []

    def full(*_: object) -> None:
        tries.append(1)
        raise OSError

    sifted.patch.setattr(_sieve.kernels(), "scan", full)
    sifted.patch.setattr(_name_log, "BLOCK_BYTES", 4_000)
    (sifted.folder / "log").write_bytes(quiet(900))
    shown, before = sifted.agree()
    assert shown == before > 900
    assert 1 <= len(tries) <= 4  # as many as were ahead of the first


class Unasked:
    """A sieve of which nobody asks what was found, and a reader that sees every line."""

    def __init__(self) -> None:
        self.future: Future[Any] = Future()

    def ahead(self, blocks: Iterable[Block], sifting: object) -> Iterator[tuple[Block, _sieve.Scanned]]:
        """The first block, which takes a while."""
        self.future.set_running_or_notify_cancel()
        timer = Timer(0.05, self.future.set_result, [None])
        timer.start()
        yield next(iter(blocks)), _sieve.Scanned(_sieve.EventsPlan(), self.future)
        timer.join()

    def plan(self) -> None:
        """None is known."""


def test_memory_is_not_used_again_while_it_is_scanned(sifted: Sifted) -> None:
    """Also where nobody asks for what is found, as the lines are written in another way by now."""
    unasked, given_back = Unasked(), list[bool]()
    sifted.patch.setattr(Room, "give_back", lambda *_: given_back.append(unasked.future.done()))
    (sifted.folder / "log").write_bytes(b"one\ntwo\n")
    file = InputFile(sifted.folder / "log", "log")
    lines = LineFile(file, lambda *_: None, sieve=(unasked, unasked))  # type: ignore[arg-type]  # what is asked of both
    assert [text for _, text in lines.lines()] == ["one", "two"]
    assert given_back == [True]


def test_small_logs_are_read_without_it(sifted: Sifted) -> None:
    """Loading compiled code takes longer than reading them."""
    (sifted.folder / "log").write_bytes(quiet(500))
    sifted.read(sifts=None)
    every = sifted.shown
    sifted.read(sifts=True)
    assert sifted.shown < every == quiet(500).count(b"\n")


@pytest.mark.parametrize("case", sorted(path.name for path in (samples.CASES / "zeek-log").iterdir()))
def test_cases_are_read_as_without_it(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the reader, each as a person wrote down what it means."""
    monkeypatch.setattr(_sieve, "LEAST_BYTES", 0)
    path = samples.CASES / "zeek-log" / case
    assert samples.as_data(samples.read(path)) == json.loads((path / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("seed", range(4))
def test_a_plain_address_is_one(seed: int) -> None:
    """Whatever the compiled code takes for an address, the reader takes for one too; the usual ones it does take."""
    random, taken = Random(seed), 0  # noqa: S311  # the same in every run on purpose
    for _ in range(20_000):
        text = random.choice(PLAIN)
        for _ in range(random.choice((0, 1, 1, 2))):
            at = random.randrange(len(text))
            text = text[:at] + random.choice(("", *"0123456789abcdefG.:: ")) + text[at + random.randrange(2) :] or "0"
        if is_plain(text):
            taken += 1
            assert address_of(text) is not None, text
    assert taken > 5_000
    assert all(map(is_plain, PLAIN))


@settings(deadline=None)  # the first asks for what was compiled
@given(st.lists(st.sampled_from((*LABELS, "x", "TikTok", "www")), min_size=1, max_size=6), st.sampled_from(("", "..")))
def test_every_hit_is_suspected(labels: list[str], dots: str) -> None:
    """A name that the catalogue, or what else is watched, has something on, is one that the compiled code shows."""
    name = ".".join(labels) + dots
    names, zones = samples.MATCHERS.names.suspects(samples.TIKTOK)
    table = _sieve.kernels().name_table(names, zones)
    hit = samples.MATCHERS.names.find(name)
    is_watched = hit is not None and f"{hit.identifier.family}/{hit.identifier.member}" in samples.TIKTOK
    assert is_suspect(name, table) or not is_watched


def test_a_name_that_may_be_meant_otherwise_is_suspected() -> None:
    """With an escape or a space in it, wherever that is."""
    table = _sieve.kernels().name_table(["tiktok.com"], [])
    for label in ("www", "a" * 20 + "." + "b" * 63):
        for name in (
            f"{label}.\\x74iktok.com",
            f"{label}.tikto\\x6b.com",
            f"{label} x.example.org",
            f"\\x62{label}.org",
        ):
            assert is_suspect(name, table), name
        assert not is_suspect(f"{label}.example.org", table)


@pytest.mark.parametrize("name", ["t.co", "x.com", "fb.me", "abcdef.g", "m"])
def test_a_short_name_is_suspected_below_any_label(name: str) -> None:
    """Also where another begins with its letters, and not where it is the end of a label."""
    table = _sieve.kernels().name_table([name, "long-enough.example"], [])
    for before in ("", "a.", "www.example.", "a" * 63 + "."):
        assert is_suspect(f"{before}{name}", table)
        assert is_suspect(f"{before}{name.upper()}.", table)
    for before in ("a", "www.example", "a" * 63):
        assert not is_suspect(f"{before}{name}", table)
        assert not is_suspect(f"{before}.{name}.example", table)


def test_names_that_nobody_watches_are_not_suspected() -> None:
    """A look-alike, a zone alone, what stands in the middle, another's name."""
    names, zones = samples.MATCHERS.names.suspects(samples.TIKTOK)
    table = _sieve.kernels().name_table(names, zones)
    for name in ("nottiktok.com", "tiktok.com.example", "akamaized.example", "x.akamaized.example", "www.facebook.com"):
        assert not is_suspect(name, table), name
    for name in ("tiktok.com", "WWW.TIKTOK.com.", "x.tiktokcdn.com.akamaized.example"):
        assert is_suspect(name, table), name


def test_the_same_hour_of_another_year_is_another(sifted: Sifted) -> None:
    """In between lie a few lines of many hours, and the clock goes on meanwhile."""
    sifted.form = "queries"
    first, then = [ask(n, n) for n in range(60)], [ask(n, n, "10.20.0.6") for n in range(60)]
    between = [first[0].replace(b"Mar 20", month) for month in (b"Jun 20", b"Sep 20", b"Dec 20", b"Jan 20")]
    for name, lines in (("log-1", first), ("log-2", between), ("log-3", then)):
        (sifted.folder / name).write_bytes(b"\n".join(lines) + b"\n")
    plain = sifted.read(sifts=False)
    assert sifted.read(sifts=True) == plain
    assert {utc(MONDAY).replace(year=year) for year in (2023, 2024)} <= plain.hours
