# SPDX-License-Identifier: EUPL-1.2
"""A log that is read while it is written says what it says to who reads it afterwards."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ordinance.model.evidence import Reading
from ordinance.readers import _growing
from ordinance.readers._files import InputFile
from ordinance.readers._following import CHANGED, CUT, GONE, Following
from ordinance.readers._known_log import KnownLog

from . import samples
from .again import MONDAY, NAMES, Logs, leases, some_lines
from .again import READERS as ALONE
from .picking import READERS as SPEAKING
from .picking import Picked

READERS = {**ALONE, **SPEAKING}


@dataclass
class Live:
    """A folder with the logs of one program, and somebody who follows them; `tick` is a clock."""

    reader: str
    folder: Path
    tick: float = 0.0
    logs: Logs | Picked = field(init=False)
    following: Following = field(init=False)

    def __post_init__(self) -> None:
        kind = Logs if self.reader in ALONE else Picked
        self.logs = kind(self.reader, self.folder)
        self.following = Following(self.run, self.folder)

    def run(self) -> KnownLog:
        """A reading that begins."""
        held, logs = leases(), self.logs
        return READERS[self.reader].run(logs.settings, logs.watch, samples.MATCHERS, logs.window, held)

    def lines(self, random: Random, start: int, count: int) -> list[str]:
        """Lines of a few hours."""
        if isinstance(self.logs, Logs):
            return some_lines(self.logs, random, start, count)
        return self.logs.lines(random, start, count)

    def write(self, content: bytes, name: str = "log") -> None:
        """Write on."""
        with (self.folder / name).open("ab") as file:
            file.write(content)

    def step(self, seconds: float = 0.3) -> bool:
        """Look for what is new, some time later."""
        self.tick += seconds
        return self.following.step(self.tick)

    def close(self) -> None:
        """Nobody looks any more."""
        self.following.close()

    def end(self) -> Reading:
        """The whole."""
        self.tick += 5
        self.following.catch_up(self.tick)
        return self.following.end().reading()

    def fresh(self) -> Reading:
        """The same by who comes afterwards."""
        logs = self.logs
        return READERS[self.reader].read(
            logs.settings, self.folder, logs.watch, samples.MATCHERS, logs.window, leases()
        )


def dice(seed: object) -> Random:
    """The same in every run."""
    return Random(str(seed))  # noqa: S311  # on purpose


def said(reading: Reading) -> dict[str, Any]:
    """What a reading says, but for the names of files: one that is read while it is `log` is called otherwise later."""
    data = samples.as_data(reading)
    data["names"] = [[*row[:5], *row[6:]] for row in data.get("names", ())]
    data["rejects"] = [row[1:] for row in data.get("rejects", ())]
    return {**data, "unseen": reading.unseen, "unnamed": reading.unnamed, "leased": reading.leased}


@pytest.fixture(params=sorted(READERS))
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Live]:
    """Each program that writes names line by line."""
    with closing(Live(request.param, tmp_path)) as found:
        yield found


@pytest.fixture
def zeek(tmp_path: Path) -> Iterator[Live]:
    """A sensor whose logs grow at the same time."""
    with closing(Live("zeek-log", tmp_path)) as found:
        yield found


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_becomes_of_the_files_it_says_what_they_say(live: Live, seed: int) -> None:
    """Written in pieces that end anywhere, renamed, copied and emptied, packed: the same names, hours and accounts."""
    random = dice(f"{live.reader} {seed}")
    at, kept = MONDAY, 0
    live.write(_text(live.lines(random, at, 10)))
    live.following.begin()
    for turn in range(6):
        text = _text(live.lines(random, at + turn * 30_000, 25))
        while text:
            cut = random.randrange(1, 2_000)
            live.write(text[:cut])
            text = text[cut:]
            if random.random() < 0.6:
                live.step(random.random())
        what = random.choice(("renamed", "emptied", "packed", "nothing"))
        for n in range(kept, 0, -1) if what != "nothing" else ():
            for end in ("", ".gz"):
                if (live.folder / f"log.{n}{end}").exists():
                    (live.folder / f"log.{n}{end}").rename(live.folder / f"log.{n + 1}{end}")
        if what == "emptied":
            live.step()
            (live.folder / "log.1").write_bytes((live.folder / "log").read_bytes())
            os.truncate(live.folder / "log", 0)
        elif what != "nothing":
            (live.folder / "log").rename(live.folder / "log.1")
            live.write(b"")
        kept += what != "nothing"
        for _ in range(4):
            live.step(0.5)
        if what == "packed":
            (live.folder / "log.1.gz").write_bytes(gzip.compress((live.folder / "log.1").read_bytes()))
            (live.folder / "log.1").unlink()
            live.step()
    reading = live.end()
    assert reading.account.kept > 5 and reading.account.rejected > 0
    assert said(reading) == said(live.fresh())
    assert live.following.gaps == []


def test_a_log_that_grows_is_read_once(live: Live) -> None:
    """Nothing of it is read a second time, however it is rotated."""
    random = dice(7)
    live.following.begin()
    for _ in range(3):
        live.write(_text(live.lines(random, MONDAY, 20)))
        assert live.step()
        assert not live.step()
    (live.folder / "log").rename(live.folder / "log.1")
    live.write(_text(live.lines(random, MONDAY + 90_000, 20)))
    moved = [live.step(1.0) for _ in range(4)]
    assert any(moved) and live.following.times == 1


def test_a_log_that_is_packed_is_not_read_again(live: Live) -> None:
    """Nor one of which a copy was made before it was emptied."""
    random = dice(13)
    live.write(_text(live.lines(random, MONDAY, 20)))
    live.following.begin()
    (live.folder / "log.1").write_bytes((live.folder / "log").read_bytes())
    os.truncate(live.folder / "log", 0)
    live.write(_text(live.lines(random, MONDAY + 40_000, 20)))
    for _ in range(3):
        live.step()
    (live.folder / "log.1.gz").write_bytes(gzip.compress((live.folder / "log.1").read_bytes()))
    (live.folder / "log.1").unlink()
    for _ in range(3):
        live.step()
    assert live.following.times == 1
    assert said(live.end()) == said(live.fresh())


def test_a_line_without_an_end_waits(live: Live) -> None:
    """What is half written says nothing yet, and is one line when it has its end; at the very end it is one too."""
    (line,) = [one for one in live.lines(dice(3), MONDAY, 40) if NAMES[0] in one][:1]
    text = line.encode()
    live.following.begin()
    live.write(text[: len(text) // 2])
    live.step()
    assert live.following.run.ledger.account().records == 0
    live.write(text[len(text) // 2 :])
    live.step()
    assert live.following.run.ledger.account().records == 0
    live.write(b"\n" + text[:9])
    live.step()
    before = live.end()
    assert said(before) == said(live.fresh())
    assert before.account.records == 2


def test_a_line_that_is_too_long_is_one_reject(live: Live) -> None:
    """Also where it comes in pieces, each of which is short."""
    live.following.begin()
    for piece in (b"x" * 40_000, b"y" * 40_000, b"z" * 900_000, b"\n", _text(live.lines(dice(2), MONDAY, 5))):
        live.write(piece)
        live.step()
    assert said(live.end()) == said(live.fresh())


def test_what_a_renamed_log_still_gets_is_its_own(live: Live) -> None:
    """A program writes into it until it opens the new one: it is followed until it is quiet, and nothing twice."""
    random = dice(11)
    live.write(_text(live.lines(random, MONDAY, 10)))
    live.following.begin()
    (live.folder / "log").rename(live.folder / "log.1")
    live.write(_text(live.lines(random, MONDAY + 90_000, 10)))
    for turn in range(3):
        live.step()
        live.step()
        live.write(_text(live.lines(random, MONDAY + 20_000 * (turn + 1), 4)), "log.1")
    for _ in range(5):
        live.step()
    assert live.following.times == 1
    assert said(live.end()) == said(live.fresh())


def test_a_file_that_comes_late_counts_where_it_belongs(live: Live) -> None:
    """An older one is put beside: everything is as for who reads all of it afterwards."""
    random = dice(5)
    old, new = (_text(live.lines(random, MONDAY + n * 50_000, 20)) for n in range(2))
    live.write(new)
    live.following.begin()
    live.write(old, "log.1")
    for _ in range(4):
        live.step()
    assert said(live.end()) == said(live.fresh())


def test_what_is_written_over_is_said_and_read_anew(live: Live) -> None:
    """A log that another text took the place of is a gap: what else it said nobody knows."""
    random = dice(6)
    live.write(_text(live.lines(random, MONDAY, 10)))
    live.following.begin()
    with (live.folder / "log").open("r+b") as file:
        file.write(_text(live.lines(random, MONDAY + 40_000, 60)))
    live.step()
    assert live.following.gaps == [("log", CHANGED)]
    assert said(live.end()) == said(live.fresh())


def test_what_was_emptied_without_a_copy_is_a_gap(live: Live) -> None:
    """What stood in it between two looks is nowhere; what was seen of it stays."""
    random = dice(8)
    live.write(_text(live.lines(random, MONDAY, 40)))
    live.following.begin()
    seen = len(live.following.run.questions())
    assert seen
    (live.folder / "log").write_bytes(b"")
    live.step()
    assert live.following.gaps == [("log", CUT)]
    assert len(live.following.run.questions()) == seen


def test_a_log_that_went_while_nobody_looked_is_missing(live: Live) -> None:
    """Whoever comes later is told of it; of one that was renamed or packed, and of one that grew, is not."""
    random = dice(9)
    live.write(_text(live.lines(random, MONDAY, 30)))
    live.following.begin()
    marks = live.following.marks
    assert [m.file for m in marks] == ["log"]
    later = Following(live.run, live.folder)
    later.begin()
    later.close()
    assert later.missing(marks) == ()
    live.write(b"more\n")
    (live.folder / "log").rename(live.folder / "log.2")
    assert later.missing(marks) == ()
    text = (live.folder / "log.2").read_bytes()
    (live.folder / "log.2.gz").write_bytes(gzip.compress(text))
    (live.folder / "log.2").unlink()
    assert later.missing(marks) == ()
    (live.folder / "log.2.gz").unlink()
    live.write(text[: marks[0].size - 1], "log.3")
    assert later.missing(marks) == (("log", CUT if marks[0].head < marks[0].size else GONE),)
    (live.folder / "log.3").unlink()
    assert later.missing(marks) == (("log", GONE),)


def test_two_logs_of_one_sensor_grow_at_once(zeek: Live) -> None:
    """Rows of one file between rows of another are what they are one after the other."""
    live, random = zeek, dice(4)
    live.following.begin()
    for turn in range(8):
        name = ("log-dns", "log-ssl", "log-conn")[turn % 3]
        live.write(_text(live.lines(random, MONDAY + turn * 9_000, 12)), name)
        live.step()
    assert live.following.times == 1
    asked = [(q.at, q.client, q.watched, q.answered, q.told, q.contacted) for q in live.following.run.questions()]
    expected = live.run()
    for file in sorted(live.folder.iterdir()):
        expected.take(InputFile(file, file.name))
    once = [(q.at, q.client, q.watched, q.answered, q.told, q.contacted) for q in expected.questions()]
    assert sorted(map(repr, asked)) == sorted(map(repr, once)) and len(asked) > 10
    assert said(live.end()) == said(live.fresh())


def test_compiled_code_reads_what_is_there_at_first(zeek: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large log that is there already most lines are passed over, and what grows behind it is read."""
    live, random = zeek, dice(2)
    monkeypatch.setattr(_growing, "MUCH", 1)
    live.write(_text(live.lines(random, MONDAY, 200)))
    live.following.begin()
    live.write(_text(live.lines(random, MONDAY + 200_000, 50)))
    live.step()
    assert said(live.end()) == said(live.fresh())


def test_a_packed_log_that_comes_just_before_the_end_counts(live: Live) -> None:
    """Nobody waits any longer whether it is still being written."""
    random = dice(19)
    old, new = (_text(live.lines(random, MONDAY + n * 50_000, 20)) for n in range(2))
    live.write(new)
    live.following.begin()
    live.write(gzip.compress(old), "log.1.gz")
    assert said(live.end()) == said(live.fresh())


def test_a_name_that_leads_nowhere_is_a_reject(live: Live) -> None:
    """A folder or a pipe under a log's name is what it is for a check."""
    os.mkfifo(live.folder / "log.pipe")
    live.write(_text(live.lines(dice(1), MONDAY, 10)))
    live.following.begin()
    live.step()
    assert said(live.end()) == said(live.fresh())


def test_a_log_that_is_put_in_its_own_place_is_read_once(live: Live) -> None:
    """A program writes all of it anew, and more, and renames that: it is the same log, and no rotation."""
    random = dice(14)
    live.write(_text(live.lines(random, MONDAY, 20)))
    live.following.begin()
    for turn in range(2):
        whole = (live.folder / "log").read_bytes() + _text(live.lines(random, MONDAY + 30_000 * (turn + 1), 5))
        live.write(whole, ".new")
        (live.folder / ".new").rename(live.folder / "log")
        for _ in range(4):
            live.step()
    assert live.following.gaps == []
    assert said(live.end()) == said(live.fresh())


def test_a_log_that_is_renamed_and_packed_at_once_is_no_other(live: Live) -> None:
    """Its old file is gone before anybody looked: the new one, which says something else, is read behind it."""
    random = dice(15)
    live.write(_text(live.lines(random, MONDAY, 20)))
    live.following.begin()
    (live.folder / "log.1.gz").write_bytes(gzip.compress((live.folder / "log").read_bytes()))
    (live.folder / "log").unlink()
    live.write(_text(live.lines(random, MONDAY + 90_000, 20)))
    for _ in range(4):
        live.step()
    assert live.following.times == 1 and live.following.gaps == []
    assert said(live.end()) == said(live.fresh())


def test_a_log_whose_old_file_is_kept_beside_is_put_in_its_place(live: Live, tmp_path: Path) -> None:
    """As editors do it: nobody looks for logs where the old one is, and all of it stands in the new one."""
    random, away = dice(20), tmp_path.parent / f"{tmp_path.name}-away"
    live.write(_text(live.lines(random, MONDAY, 20)))
    live.following.begin()
    whole = (live.folder / "log").read_bytes() + _text(live.lines(random, MONDAY + 30_000, 5))
    (live.folder / "log").rename(away)
    live.write(whole)
    for _ in range(4):
        live.step()
    assert live.following.gaps == []
    assert said(live.end()) == said(live.fresh())


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_gone_when_all_is_read_again_is_a_gap(live: Live, tmp_path: Path, *, packed: bool) -> None:
    """Logs were moved where no pattern looks; when the source is read anew, what they said is not seen again."""
    random, away = dice(16), tmp_path.parent / f"{tmp_path.name}-away"
    away.mkdir()
    old = _text(live.lines(random, MONDAY, 20))
    live.write(gzip.compress(old) if packed else old, "log.2.gz" if packed else "log.2")
    live.write(_text(live.lines(random, MONDAY + 40_000, 20)))
    live.following.begin()
    (live.folder / "log").rename(away / "log.1")
    live.write(_text(live.lines(random, MONDAY + 80_000, 20)))
    for _ in range(4):
        live.step()
    assert live.following.gaps == []
    live.following.begin()
    assert live.following.gaps == [("log", GONE)]
    live.following.gaps.clear()
    (live.folder / ("log.2.gz" if packed else "log.2")).rename(away / "log.2")
    live.following.begin()
    assert live.following.gaps == [("log.2.gz" if packed else "log.2", GONE)]
    live.following.gaps.clear()
    live.following.begin()
    assert live.following.gaps == []


def test_a_log_that_is_written_as_fast_as_it_is_read_is_let_go(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time that something is read more is there: nobody waits for the end, and at the next look it is read."""
    random, enter, times = dice(17), KnownLog.enter, [0]
    more = _text(live.lines(random, MONDAY, 400)).splitlines(keepends=True)

    def and_writes(run: KnownLog, lines: Iterable[tuple[int, str]]) -> None:
        enter(run, lines)
        times[0] += 1
        assert times[0] < 100, "it does not end"
        live.write(more.pop())

    live.write(more.pop())
    with monkeypatch.context() as patch:
        patch.setattr(KnownLog, "enter", and_writes)
        live.following.begin()
        live.step()
        (live.folder / "log").rename(live.folder / "log.1")
        for _ in range(4):
            live.step()
        live.following.catch_up(live.tick + 5)
    assert said(live.end()) == said(live.fresh())


@pytest.mark.parametrize(("name", "kind"), [("log", "symlink"), ("log-a", "link"), ("log-c", "symlink")])
def test_one_log_with_two_names_is_read_once(live: Live, name: str, kind: str) -> None:
    """As for a check: what it says counts under one of its names, and is repeated under the other."""
    random = dice(18)
    live.write(_text(live.lines(random, MONDAY, 20)), "log-b")
    other = live.folder / name
    if kind == "symlink":
        other.symlink_to("log-b")
    else:
        other.hardlink_to(live.folder / "log-b")
    live.following.begin()
    for turn in range(3):
        live.write(_text(live.lines(random, MONDAY + 9_000 * (turn + 1), 5)), "log-b")
        live.step()
    assert live.following.times == 1
    reading = live.end()
    assert reading.account.duplicate > 20
    assert said(reading) == said(live.fresh())


@pytest.mark.parametrize("quiet", [1, 4])
def test_a_name_that_is_turned_to_the_next_log_is_none_of_its_own(live: Live, quiet: int) -> None:
    """Each day has a file, and one name always leads to the last: it is that one, as for a check."""
    random = dice(21)
    name = live.folder / "log"
    for day in range(3):
        log = f"log-2023-03-{20 + day}"
        live.write(_text(live.lines(random, MONDAY + day * 90_000, 10)), log)
        name.unlink(missing_ok=True)
        name.symlink_to(log)
        if not day:
            live.following.begin()
        for turn in range(2):
            live.write(_text(live.lines(random, MONDAY + day * 90_000 + (turn + 1) * 20_000, 5)), log)
            for _ in range(quiet):
                live.step()
    assert live.following.times == 1 and live.following.gaps == []
    assert said(live.end()) == said(live.fresh())
