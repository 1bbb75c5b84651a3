# SPDX-License-Identifier: EUPL-1.2
"""Reading a log again gives what reading all of it gives, and reads only what is new."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.apps import Identifier, Role
from ordinance.model.time import Span
from ordinance.readers import BUILTIN, Matchers
from ordinance.readers import _again as again_module
from ordinance.readers._again import Again
from ordinance.readers._clock import utc
from ordinance.readers._files import InputFile
from ordinance.readers._known_log import NameLogReader
from ordinance.readers._lines import ChangedError, LineFile, text_digests
from ordinance.store.observations import encode

from . import samples
from .again import APPS, MONDAY, NAMES, READERS, WATCH, Logs, packed, some_lines

KINDS = sorted(READERS)
HOUR, DAY = 3600, 86_400


@pytest.fixture(params=KINDS)
def logs(request: pytest.FixtureRequest, tmp_path: Path) -> Logs:
    """An empty folder for each kind of log that is read again."""
    return Logs(request.param, tmp_path)


def some(logs: Logs, start: int = MONDAY, count: int = 6) -> list[str]:
    """Questions for the app and for other names in turn, ten minutes apart."""
    names = (NAMES[0], NAMES[5])
    return [logs.line(start + 600 * n, name=names[n % 2]) for n in range(count)]


def same(logs: Logs) -> bool:
    """Whether both ways of reading give the same, to the last field."""
    return logs.again() == logs.fresh()


def test_a_log_that_did_not_change_is_not_read(logs: Logs) -> None:
    """The second run passes over every octet, and gives the same reading with the app's questions in it."""
    logs.write("log", some(logs))
    first = logs.again()
    assert (len(first.names), logs.skipped) == (3, 0)
    assert logs.again() == first == logs.fresh()
    assert logs.skipped == (logs.folder / "log").stat().st_size


def test_of_a_log_that_grew_only_what_is_new_is_read(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that were read are not looked at again, and those behind them have their numbers."""
    logs.write("log", some(logs))
    logs.again()
    logs.write("log", [*some(logs), *some(logs, MONDAY + 2 * HOUR)])
    looked: list[int] = []
    run = READERS[logs.reader].run

    class Watched(run):  # type: ignore[misc, valid-type]  # each kind of log has a class of its own
        def line(self, line: str) -> str:
            looked.append(self.number)
            return str(super().line(line))

    monkeypatch.setattr(type(READERS[logs.reader]), "run", Watched)
    found = logs.again()
    assert looked == [7, 8, 9, 10, 11, 12]
    monkeypatch.undo()
    assert found == logs.fresh()
    assert [n.where.line for n in found.names] == [1, 3, 5, 7, 9, 11]


def test_a_last_line_without_an_end_is_read_each_time(logs: Logs) -> None:
    """It may have been cut in the middle: when the rest of it comes, the whole of it counts, once."""
    lines = some(logs, count=3)
    logs.write("log", [*lines[:2], lines[2][:30]], end="")
    assert same(logs)
    logs.write("log", lines, end="")
    assert same(logs)
    logs.write("log", lines)
    found = logs.again()
    assert found == logs.fresh()
    assert (len(found.names), found.account.records, found.account.rejected) == (2, 3, 0)


def test_a_log_is_known_by_what_is_in_it(logs: Logs) -> None:
    """Renamed, rotated and packed it is the same, and what it said stands in the file as it is called now."""
    logs.write("log", some(logs))
    logs.again()
    (logs.folder / "log").rename(logs.folder / "log.1")
    assert same(logs)
    assert logs.skipped > 0
    packed(logs.folder / "log.1")
    found = logs.again()
    assert found == logs.fresh()
    assert logs.skipped > 0
    assert {n.where.file for n in found.names} == {"log.1.gz"}


@pytest.mark.parametrize("how", ["shortened", "changed"])
def test_a_log_that_is_another_is_read_whole(logs: Logs, how: str) -> None:
    """A file that does not begin as it did, or ends before it did, is unknown."""
    lines = some(logs)
    logs.write("log", lines)
    logs.again()
    logs.write("log", lines[:3] if how == "shortened" else [logs.line(MONDAY, name=NAMES[6]), *lines[1:]])
    found, fresh = logs.again(), logs.fresh()
    assert logs.skipped == 0
    assert found.account == fresh.account
    assert found.gone is not None


def test_a_file_that_comes_late_stands_where_it_belongs(logs: Logs) -> None:
    """An older file read last gives what it gives when it is read in its order."""
    logs.write("log", some(logs, MONDAY + DAY))
    logs.again()
    logs.write("log.1", some(logs))
    found = logs.again()
    assert found == logs.fresh()
    assert [n.where.file for n in found.names] == ["log.1"] * 3 + ["log"] * 3
    assert logs.skipped == (logs.folder / "log").stat().st_size


def test_the_same_twice_counts_once(logs: Logs) -> None:
    """A copy of a known file, packed or not, and lines of it in another file, are duplicates as in one run."""
    lines = some(logs)
    logs.write("log", lines)
    logs.again()
    shutil.copy(logs.folder / "log", logs.folder / "log.1")
    shutil.copy(logs.folder / "log", logs.folder / "log.2")
    packed(logs.folder / "log.2")
    logs.write("log.3", lines[2:])
    found = logs.again()
    assert found == logs.fresh()
    assert (len(found.names), found.account.duplicate) == (3, 11)


def test_a_last_line_without_an_end_that_is_known_counts_once(logs: Logs) -> None:
    """It is the same as in another file, whether that is at hand or gone."""
    line, other = logs.line(MONDAY), logs.line(MONDAY + 5, name=NAMES[5])
    logs.write("log.1", [line])
    logs.write("log", [other, line], end="")
    for _ in range(2):
        found = logs.again()
        assert found == logs.fresh()
        assert (len(found.names), found.account.duplicate) == (1, 1)
    (logs.folder / "log.1").unlink()
    assert len(logs.again().names) == 1


def test_what_is_gone_counts_on_and_apart(logs: Logs) -> None:
    """The account is of the files at hand; what is kept of the other one stands beside it, and its names count."""
    logs.write("log.1", some(logs))
    logs.write("log", some(logs, MONDAY + DAY))
    both = logs.again()
    (logs.folder / "log.1").unlink()
    for _ in range(2):
        found = logs.again()
        assert found.account == logs.fresh().account
        assert sorted(n.at for n in found.names) == sorted(n.at for n in both.names)
        assert found.hours == both.hours
        assert found.gone is not None
        assert (found.gone.files, found.gone.records, found.gone.kept) == (1, 6, 3)
        assert [file for file, _ in found.gone.inputs] == ["log.1"]
        assert found.lost == frozenset()


def test_what_is_gone_and_also_there_counts_once(logs: Logs) -> None:
    """Lines of a file that is gone, which stand in another one, say nothing new."""
    lines = some(logs)
    logs.write("log", lines)
    logs.again()
    logs.write("log", lines[2:])
    found, fresh = logs.again(), logs.fresh()
    assert found.gone is not None
    assert (found.account, found.gone.kept, len(found.names)) == (fresh.account, 1, len(fresh.names) + 1)


def test_of_an_app_that_was_not_watched_the_days_are_lost(logs: Logs) -> None:
    """A file that is there is read again when the list grows; of one that is gone nobody knows about the new app."""
    logs.write("log.1", some(logs))
    logs.write("log", [logs.line(MONDAY + DAY, name=NAMES[7])])
    logs.again()
    (logs.folder / "log.1").unlink()
    logs.watch = replace(WATCH, apps=WATCH.apps | {"meta/meta"}, digest="more")
    logs.apps = {**APPS, "meta/meta": "as it is"}
    for _ in range(2):
        found = logs.again()
        apps = {n.identifier.family for n in found.names if n.identifier}
        assert (apps, len({n.name for n in found.names})) == ({"tiktok", "meta"}, 2)
        assert found.lost == {(date(2023, 3, 20), "meta/meta")}
        assert found.account == logs.fresh().account


def test_of_an_app_with_new_names_the_days_are_lost(logs: Logs) -> None:
    """An app that is recognised by other names than before was not looked for by all of them."""
    logs.write("log", some(logs))
    logs.again()
    (logs.folder / "log").unlink()
    logs.watch, logs.apps = replace(WATCH, digest="other names"), {"tiktok/tiktok": "with one more"}
    found = logs.again()
    assert len(found.names) == 3
    assert found.lost == {(date(2023, 3, 20), "tiktok/tiktok")}


def test_days_outside_the_window_are_not_lost(logs: Logs) -> None:
    """Of an app that nobody looked for, only days are lost that the window shows."""
    logs.write("log", [*some(logs), *some(logs, MONDAY + DAY)])
    logs.again()
    (logs.folder / "log").unlink()
    logs.watch, logs.apps = replace(WATCH, digest="other names"), {"tiktok/tiktok": "with one more"}
    logs.window = Span(utc(MONDAY + DAY), utc(MONDAY + 2 * DAY))
    assert logs.again().lost == {(date(2023, 3, 21), "tiktok/tiktok")}


@pytest.mark.parametrize("canary", [None, "canary.stad.example"])
@pytest.mark.parametrize(
    ("first", "second", "lost", "seen"),
    [
        ((-9, 1.1), (-9, 60), {20, 21, 22}, set()),
        ((25, 60), (-9, 60), {20, 21}, {22}),
        ((25, 60), (24, 60), {21}, {22}),
        ((-9, 25), (-9, 26), {21}, {20}),
        ((-9, 25), (-9, 25), set(), {20, 21}),
        ((-9, 60), (-9, 60), set(), {20, 21, 22}),
    ],
)
def test_days_that_a_window_cut_are_lost_with_the_file(
    logs: Logs,
    canary: str | None,
    first: tuple[float, float],
    second: tuple[float, float],
    lost: set[int],
    seen: set[int],
) -> None:
    """What lay outside the window in which a file was read is nowhere when it is gone: no app passes on those days,
    nobody is cleared of internal names, and the rest of the day says of no hour that it was seen.
    """
    logs.canary = canary
    at = [MONDAY + day * DAY + 1800 * n for day in range(3) for n in range(4)]
    logs.write("log", [logs.line(one, name=name) for one in at for name in (NAMES[0], NAMES[4], NAMES[5])])
    logs.write("log.1", [logs.line(MONDAY - DAY, name=NAMES[5])])
    logs.window = Span(*(utc(MONDAY + int(HOUR * h)) for h in first))
    logs.again()
    (logs.folder / "log").unlink()
    logs.window = Span(*(utc(MONDAY + int(HOUR * h)) for h in second))
    for _ in range(2):
        found = logs.again()
        days = {date(2023, 3, day) for day in lost}
        assert (found.lost, found.unnamed) == ({(day, "tiktok/tiktok") for day in days}, days)
        assert found.days == {date(2023, 3, day) for day in seen}
        assert found.names != ()


def test_who_asked_by_other_leases_is_not_known_of_what_is_gone(logs: Logs) -> None:
    """An internal name that was dropped may have been of a device that is separate by the leases of now."""
    logs.write("log.1", [logs.line(MONDAY, "10.20.0.5", NAMES[2])])
    logs.write("log.2", [logs.line(MONDAY - DAY, "10.20.0.5", NAMES[5])])
    logs.again()
    (logs.folder / "log.1").unlink()
    (logs.folder / "log.2").unlink()
    assert logs.again().unnamed == frozenset()
    assert logs.again(leases="others").unnamed == {date(2023, 3, 20)}


def test_a_name_that_was_taken_back_accuses_nobody(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the catalogue does not say of a name any more, a file that is gone does not say either; the day is lost."""
    logs.write("log", [logs.line(MONDAY, name=name) for name in NAMES[:2]])
    logs.again()
    (logs.folder / "log").unlink()
    left = tuple(replace(i, note="other words") for i in samples.IDENTIFIERS if i.value != "tiktokv.com")
    monkeypatch.setattr(samples, "MATCHERS", Matchers(NameMatcher(left), SoftwareMatcher(left)))
    logs.watch, logs.apps = replace(WATCH, digest="other names"), {"tiktok/tiktok": "with one less"}
    found = logs.again()
    assert [(n.identifier.value, n.identifier.note) for n in found.names if n.identifier] == [
        ("tiktok.com", "other words")
    ]
    assert found.lost == {(date(2023, 3, 20), "tiktok/tiktok")}
    assert found.gone is not None
    assert (found.gone.records, found.gone.kept) == (2, 1)


@pytest.mark.parametrize(
    ("longer", "was_there", "stands"),
    [
        (replace(samples.IDENTIFIERS[0], value="embed.tiktokv.com", role=Role.EMBED), False, False),
        (replace(samples.IDENTIFIERS[0], value="embed.tiktokv.com", family="meta", member="meta"), False, False),
        (replace(samples.IDENTIFIERS[0], value="embed.tiktokv.com", role=Role.EMBED), True, True),
        (replace(samples.IDENTIFIERS[0], value="log.tiktokv.com", note="as sure, of the same app"), False, True),
        (replace(samples.IDENTIFIERS[0], value="nottiktokv.com", role=Role.EMBED), False, True),
    ],
    ids=["widget", "other-app", "was-there", "same", "beside"],
)
def test_a_name_that_is_told_apart_later_accuses_nobody(
    logs: Logs, monkeypatch: pytest.MonkeyPatch, longer: Identifier, *, was_there: bool, stands: bool
) -> None:
    """Below a name of the app another one is known now that says something else: which of them was asked for in a file
    that is gone nobody can tell, and the days of such questions are lost, also where the new name is of another app.
    """

    def know(identifiers: Iterable[Identifier]) -> None:
        every = tuple(identifiers)
        monkeypatch.setattr(samples, "MATCHERS", Matchers(NameMatcher(every), SoftwareMatcher(every)))

    know((*samples.IDENTIFIERS, *([longer] if was_there else [])))
    logs.write("log.1", [logs.line(MONDAY, name=NAMES[1])])
    logs.write("log", [logs.line(MONDAY + DAY, name=NAMES[0])])
    logs.again()
    logs.write("log.1", [logs.line(MONDAY, name=NAMES[1]), logs.line(MONDAY + 60, name=NAMES[5])])
    logs.again()  # what is noted of a beginning is noted of the longer one too
    (logs.folder / "log.1").unlink()
    (logs.folder / "log").unlink()
    know((*samples.IDENTIFIERS, longer, replace(longer, value="new.example")))
    logs.watch = replace(WATCH, digest="other names")
    for _ in range(2):
        found = logs.again()
        assert [n.at for n in found.names] == [utc(MONDAY)] * stands + [utc(MONDAY + DAY)]
        assert found.lost == (frozenset() if stands else {(date(2023, 3, 20), "tiktok/tiktok")})
        assert found.gone is not None
        assert (found.gone.records, found.gone.kept) == (3, 1 + stands)
    logs.window = Span(utc(MONDAY + 3600), None)
    assert logs.again().lost == frozenset()


def test_an_app_that_is_watched_no_longer_is_not_told(logs: Logs) -> None:
    """What is kept of an app whose rule has ended leaves the reader in no form."""
    logs.write("log", some(logs))
    logs.again()
    (logs.folder / "log").unlink()
    logs.watch, logs.apps = replace(WATCH, apps=frozenset({"meta/meta"}), digest="less"), {"meta/meta": ""}
    assert logs.again().names == ()


@pytest.mark.parametrize("term", ["exact", "settings"])
def test_under_other_terms_a_file_is_read(logs: Logs, term: str) -> None:
    """Another watch list, other settings: a file that is there is read from its beginning."""
    logs.write("log", some(logs))
    logs.again()
    found = logs.again(**{term: "other"}) if term == "exact" else logs.again(exact="other", settings="other")
    assert (found, logs.skipped) == (logs.fresh(), 0)


def test_under_other_settings_what_is_gone_waits(logs: Logs) -> None:
    """It may mean something else now, and does not count; under the old settings it does again."""
    logs.write("log", some(logs))
    logs.again()
    (logs.folder / "log").unlink()
    assert logs.again(exact="other", settings="other").names == ()
    assert len(logs.again().names) == 3


def test_where_a_lease_decided_other_leases_are_asked(logs: Logs) -> None:
    """An internal name counts from a separate device alone: by other leases the file is read, and without it is not."""
    logs.write("log", some(logs))
    logs.again()
    logs.again(leases="others")
    assert logs.skipped > 0
    logs.write("log", [logs.line(MONDAY, "10.20.0.6", NAMES[2]), logs.line(MONDAY, "10.20.0.5", NAMES[2])])
    logs.again()
    found = logs.again(leases="others again")
    assert (logs.skipped, len(found.names)) == (0, 4 if found.gone else 1)


@pytest.mark.parametrize(
    ("first", "second", "is_known"),
    [
        ((0, 6), (0, 8), True),
        ((0, 6), (1, 6), True),
        ((0, 6), (-1, 6), True),
        ((2, 6), (1, 6), False),
        ((2, 6), (3, 8), True),
        ((0, 4), (0, 6), False),
        ((0, 4), (1, 3), True),
        ((2.05, 2.2), (2.1, 2.15), False),
    ],
)
def test_a_window_that_shows_more_is_read(
    logs: Logs, first: tuple[float, float], second: tuple[float, float], *, is_known: bool
) -> None:
    """What was cut away was not kept, so that a wider window is read again; a narrower one is known, to the second."""
    logs.write("log", [logs.line(MONDAY + 300 * n) for n in range(72)])
    for hours in (first, second):
        logs.window = Span(*(utc(MONDAY + int(HOUR * h)) for h in hours))
        assert same(logs)
    assert (logs.skipped > 0) is is_known


def test_hours_that_a_window_does_not_show_are_not_kept_on(logs: Logs) -> None:
    """What is cut away goes from what is kept too, by whole hours; of the others first and last stay what they were."""
    logs.write("log", [logs.line(MONDAY + at) for at in (0, 1200, 3540, HOUR, 2 * HOUR)])
    logs.again()
    logs.window = Span(utc(MONDAY + 300), utc(MONDAY + HOUR + 1))
    assert same(logs)
    assert logs.skipped > 0
    (part,) = logs.known
    assert part.hours == ((MONDAY, MONDAY, MONDAY + 3540), (MONDAY + HOUR, MONDAY + HOUR, MONDAY + HOUR))
    logs.window = Span(utc(MONDAY + 600), utc(MONDAY + 1800))  # between first and last: one line lies in it
    assert same(logs)
    assert logs.again().hours == {utc(MONDAY)}


def test_a_file_without_a_time_stands_where_the_one_before_it_ended(logs: Logs) -> None:
    """What is broken behind it is of the hour before it, whatever that is now."""
    logs.write("log.2", some(logs))
    logs.write("log.1", [""])
    logs.write("log", ["broken", *some(logs, MONDAY + 9 * HOUR)])
    assert same(logs)
    logs.write("log.2", some(logs, count=14))
    assert same(logs)
    assert utc(MONDAY) in logs.again().hours


@pytest.mark.parametrize("canary", [None, "canary.stad.example"])
@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_to_a_log_both_ways_agree(logs: Logs, seed: int, canary: str | None) -> None:
    """Logs grow in the middle of a line, rotate, are packed, copied, come late; the window moves: always the same."""
    random = Random(seed)  # noqa: S311  # the same in every run on purpose
    logs.canary, at, skipped = canary, MONDAY, 0
    live, rest = logs.folder / "log", ""
    for turn in range(12):
        text = rest + "".join(f"{line}\n" for line in some_lines(logs, random, at, random.randrange(1, 30)))
        cut = random.randrange(len(text)) if random.random() < 0.3 else len(text)
        with live.open("a", encoding="utf-8") as file:
            file.write(text[:cut])
        rest, at = text[cut:], at + random.randrange(0, 4 * HOUR)
        what = random.choice(("nothing", "nothing", "rotate", "copy", "late", "window"))
        if what == "rotate" and not rest:
            live.rename(logs.folder / f"log-2023-04-{turn + 1:02}")
            if random.random() < 0.5:
                packed(logs.folder / f"log-2023-04-{turn + 1:02}")
        elif what == "copy":
            shutil.copy(live, logs.folder / f"log-2023-03-{turn + 1:02}")
        elif what == "late":
            logs.write(f"log-2023-02-{turn + 1:02}", some_lines(logs, random, MONDAY - DAY, 9))
        elif what == "window":
            logs.window = Span(utc(MONDAY + random.randrange(0, DAY)), utc(at + random.randrange(0, DAY)))
        if live.exists():
            found = logs.again()
            present = replace(found, gone=None)
            assert present == logs.fresh() if found.gone is None else found.account == logs.fresh().account
            skipped += logs.skipped
        else:
            live.touch()
    assert skipped > 0


def test_many_questions_past_the_log_are_counted_alike(
    logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many a day are enough, be they known or read; where the first file is gone, others take their place."""
    monkeypatch.setattr("ordinance.readers._name_log.MOST_COUNTED", 5)
    lines = [logs.line(MONDAY + 60 * n, name="dns.google") for n in range(12)]
    logs.write("log.1", lines[:8])
    logs.write("log", lines[4:])
    assert same(logs)
    assert same(logs)
    assert logs.skipped > 0


def test_a_file_that_says_too_much_is_read_each_time(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of a file has a limit; beyond it nothing of the file is, and the reading is the same."""
    monkeypatch.setattr(again_module, "MOST_ROWS", 2)
    logs.write("log", some(logs))
    assert same(logs)
    assert same(logs)
    assert (logs.known, logs.skipped) == ((), 0)


def test_more_rejects_than_are_listed_are_all_counted(logs: Logs) -> None:
    """A thousand are listed and all are counted, known or read."""
    logs.write("log", [*(f"broken {n}" for n in range(1200)), *some(logs)])
    assert same(logs)
    found = logs.again()
    assert logs.skipped > 0
    assert (found.account.rejected, len(found.account.rejects)) == (1200, 1000)
    assert found == logs.fresh()


@pytest.mark.parametrize("before", [["broken"], [], None])
def test_a_broken_line_between_two_files_breaks_the_same_hours(logs: Logs, before: list[str] | None) -> None:
    """Whether the hour before a file is in doubt depends on the file before it; if that changes, it is weighed anew."""
    logs.write("log.1", ["broken", *some(logs, MONDAY + 2 * HOUR)])
    logs.write("log", some(logs, MONDAY + 4 * HOUR))
    assert same(logs)
    if before is None:
        (logs.folder / "log.1").rename(logs.folder / "log.0")
    else:
        logs.write("log.2", [*some(logs), *before])
    assert same(logs)


def test_nothing_else_of_a_log_is_kept(logs: Logs) -> None:
    """No other name, nobody who asked for one, none who asked for what is counted alone, and no text of a line.

    Nor what stands before a watched name, which may be anything.
    """
    lines = [
        logs.line(MONDAY, "10.20.0.5", "planted-word.tiktok.com"),
        logs.line(MONDAY, "10.99.0.1", "planted-name.example.net"),
        logs.line(MONDAY, "10.99.0.2", "planted.stad.example"),
        logs.line(MONDAY, "10.99.0.3", "dns.google"),
        logs.line(MONDAY, "10.99.0.4", "canary.stad.example"),
        "planted-words that are no line",
    ]
    logs.canary = "canary.stad.example"
    logs.write("log", lines)
    logs.again()
    kept = encode(logs.known)
    assert b"tiktok.com" in kept
    assert b"10.20.0.5" in kept
    foreign = (b"planted", b"10.99.", b"dns.google", b"canary.stad", b"HIER_", b"5123")
    assert [word for word in foreign if word in kept] == []


def test_marks_differ_by_the_key(logs: Logs) -> None:
    """Without the key nobody can try whether a line that is guessed was kept."""
    logs.write("log", some(logs))
    logs.again()
    one = Again(logs.known[0].terms, b"one")
    assert one.mark(1, "line", "name") == one.mark(1, "line", "name")
    assert one.mark(1, "line", "name") != Again(logs.known[0].terms, b"two").mark(1, "line", "name")


def test_only_readers_that_judge_each_line_by_itself_go_on() -> None:
    """All others are read whole: answers, leases or heads on other lines decide what theirs say."""
    assert {r.id for r in BUILTIN if getattr(r, "goes_on", False)} == {"adguard-log", "squid-log"}
    assert NameLogReader.goes_on is False


def test_a_file_that_changes_meanwhile_is_noticed(tmp_path: Path) -> None:
    """What follows a beginning that is not the known one any more is not given out."""
    path = tmp_path / "log"
    path.write_text("one\ntwo\nthree\n", "utf-8")
    file = InputFile(path, "log")
    digests = text_digests(file, [4, 8, 99])
    assert sorted(digests) == [4, 8]
    lines = LineFile(file, lambda *_: None, block_bytes=3)
    lines.follow((8, digests[8], 2))
    assert list(lines.lines()) == [(3, "three")]
    assert lines.ended == (14, text_digests(file, [14])[14], 3)
    for text in ("One\ntwo\nthree\n", "one\n"):
        path.write_text(text, "utf-8")
        lines = LineFile(file, lambda *_: None, block_bytes=3)
        lines.follow((8, digests[8], 2))
        with pytest.raises(ChangedError):
            list(lines.lines())
