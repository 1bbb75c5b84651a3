# SPDX-License-Identifier: EUPL-1.2
"""The ledger: on disk before anything is said, chained, and never silently mended."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.errors import PolicyError
from ordinance.store import chain
from ordinance.store.chain import LedgerFault, locked
from ordinance.store.chain_head import BEGINNING, HEAD, read_head
from ordinance.store.files import held
from ordinance.store.ledger import BOOK, Act, adopt, append, cut, ledger_path, read_ledger

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DEVICE = "dev-ABCD2345"


def _three(state: Path) -> list[bytes]:
    """Three entries a day apart; their lines."""
    return _some(state, 3)


def _some(state: Path, many: int) -> list[bytes]:
    for n in range(many):
        append(state, Act.REVEAL, AT + timedelta(days=n), by="privacy officer", reason=f"case {n}", device=DEVICE)
    return ledger_path(state).read_bytes().splitlines(keepends=True)


def _faults(state: Path) -> list[tuple[int, str]]:
    return [(f.line, f.reason) for f in read_ledger(state).faults]


def test_an_entry_is_one_line_that_carries_the_digest_of_the_one_before(tmp_path: Path) -> None:
    """Numbered from one, from a stated beginning; what was written comes back."""
    lines = _three(tmp_path)
    said = [json.loads(line) for line in lines]
    assert [s["n"] for s in said] == [1, 2, 3]
    assert said[0]["before"] == BEGINNING
    found = read_ledger(tmp_path)
    assert [e.before for e in found.entries][1:] == [e.digest for e in found.entries][:-1]
    assert found.head == found.entries[-1].digest and found.faults == ()
    last = found.entries[-1]
    assert (last.at, last.what, last.by, last.reason, last.device) == (
        AT + timedelta(days=2), Act.REVEAL, "privacy officer", "case 2", DEVICE
    )  # fmt: skip


def test_it_is_its_owners_alone(tmp_path: Path) -> None:
    """The folder 0700, the file and the note of its last entry 0600, and nothing else in it."""
    _three(tmp_path)
    path = ledger_path(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((path.parent / HEAD).stat().st_mode) == 0o600
    assert sorted(p.name for p in path.parent.iterdir()) == [HEAD, path.name]


@pytest.mark.parametrize("device", ["laptop-12", "dev-abcd2345", "dev-ABCD23456", "dev-ABCD2345 laptop-12"])
def test_no_name_of_a_device_gets_in(device: str, tmp_path: Path) -> None:
    """Only what has the form of a pseudonym; nothing is written otherwise."""
    with pytest.raises(ValueError, match="may not name this device"):
        append(tmp_path, Act.REVEAL, AT, device=device)
    assert not ledger_path(tmp_path).exists()


@pytest.mark.parametrize(
    ("spoil", "faults"),
    [
        (lambda a, b, c: [a, b.replace(b"case 1", b"case 9"), c], [(3, "ledger-chain-broken")]),
        (lambda a, b, c: [a, c], [(2, "ledger-chain-broken"), (2, "ledger-number-missing")]),
        (lambda a, b, c: [b, c], [(1, "ledger-beginning-missing")]),
        (lambda a, b, c: [a, c, b], [(2, "ledger-chain-broken"), (2, "ledger-number-missing"),
                                     (3, "ledger-chain-broken"), (3, "ledger-entry-not-noted"),
                                     (3, "ledger-number-missing")]),
        (lambda a, b, c: [a, b, b, c], [(3, "ledger-chain-broken"), (3, "ledger-number-missing")]),
        (lambda a, b, c: [a, b"{}\n", b, c], [(2, "ledger-not-an-entry"), (3, "ledger-chain-broken")]),
        (lambda a, b, c: [a, b.replace(b"dev-ABCD2345", b"laptop-12"), c],
         [(2, "ledger-not-an-entry"), (3, "ledger-chain-broken"), (3, "ledger-number-missing")]),
        (lambda a, b, c: [b'{"n":', b"[" * 90_000, b"\n"],
         [(1, "ledger-beginning-missing"), (1, "ledger-not-an-entry"), (1, "ledger-end-missing")]),
        (lambda a, b, c: [a, b], [(2, "ledger-end-missing")]),
        (lambda a, b, c: [a, b, c[:-1]], [(2, "ledger-end-missing")]),
        (lambda a, b, c: [a], [(1, "ledger-end-missing")]),
        (lambda a, b, c: [], [(0, "ledger-end-missing")]),
        (lambda a, b, c: [a, b, c.replace(b"case 2", b"case 9")], [(3, "ledger-end-changed")]),
    ],
    ids=["changed", "taken-out", "beginning", "swapped", "twice", "put-in", "name", "nested",
         "last-cut", "byte-cut", "two-cut", "all-cut", "last-changed"],
)  # fmt: skip
def test_what_was_changed_is_found_at_its_line(
    spoil: object, faults: list[tuple[int, str]], tmp_path: Path
) -> None:
    """Every line that does not follow the one before it, and a ledger like that takes no further entry."""
    lines = _three(tmp_path)
    assert callable(spoil)
    content = b"".join(spoil(*lines))
    ledger_path(tmp_path).write_bytes(content)
    assert sorted(_faults(tmp_path)) == sorted(faults)
    with pytest.raises(PolicyError, match="ledger-broken"):
        append(tmp_path, Act.ACCESS, AT)
    with pytest.raises(PolicyError, match="ledger-broken"):
        cut(tmp_path, date(2027, 1, 1), AT)
    assert ledger_path(tmp_path).read_bytes() == content


def test_a_line_left_half_is_put_aside_and_that_is_said(tmp_path: Path) -> None:
    """At every length: reading says how much is left over, the next entry keeps it in a file of its own."""
    first, whole = len(b"".join(_some(tmp_path, 2))), b"".join(_three(tmp_path / "three"))
    note = (tmp_path / "ledger" / HEAD).read_bytes()  # a third one was never noted
    for end in range(first + 1, len(whole), 37):
        state = tmp_path / str(end)
        ledger_path(state).parent.mkdir(parents=True)
        ledger_path(state).write_bytes(whole[:end])
        (ledger_path(state).parent / HEAD).write_bytes(note)
        before = read_ledger(state)
        assert (len(before.entries), before.faults, before.half) == (2, (), end - first)
        append(state, Act.ACCESS, AT, device=DEVICE)
        after = read_ledger(state)
        assert [e.what for e in after.entries] == [Act.REVEAL, Act.REVEAL, Act.TORN, Act.ACCESS]
        assert (after.faults, after.half, len(after.torn)) == ((), 0, 1)
        assert (ledger_path(state).parent / after.torn[0]).read_bytes() == whole[first:end]
        assert after.entries[2].said["file"] == after.torn[0]


def test_what_was_put_aside_is_compared_with_its_digest(tmp_path: Path) -> None:
    """Changed or taken away: found at the entry that names it; it holds no entry, so that the book takes more."""
    _some(tmp_path, 2)
    path = ledger_path(tmp_path)
    with path.open("ab") as file:
        file.write(b'{"n":3,"at":"2026')
    append(tmp_path, Act.ACCESS, AT, device=DEVICE)
    (name,) = read_ledger(tmp_path).torn
    torn = path.with_name(name)
    assert read_ledger(tmp_path).spoilt == ()
    torn.write_bytes(torn.read_bytes() + b" ")
    assert read_ledger(tmp_path).spoilt == (LedgerFault(3, "ledger-torn-changed"),)
    torn.unlink()
    assert read_ledger(tmp_path).spoilt == (LedgerFault(3, "ledger-torn-missing"),)
    append(tmp_path, Act.ACCESS, AT, device=DEVICE)
    assert (read_ledger(tmp_path).faults, len(read_ledger(tmp_path).entries)) == ((), 5)


def test_what_was_put_aside_and_not_yet_said_has_its_digest_in_its_name(tmp_path: Path) -> None:
    """Of a run that was killed between the file and its entry."""
    _some(tmp_path, 2)
    half = b'{"n":3'
    torn = ledger_path(tmp_path).with_name(f"torn-{hashlib.sha256(half).hexdigest()[:12]}")
    torn.write_bytes(half)
    assert read_ledger(tmp_path).spoilt == ()
    torn.write_bytes(half[:-1])
    assert read_ledger(tmp_path).spoilt == (LedgerFault(0, "ledger-torn-changed"),)
    append(tmp_path, Act.ACCESS, AT, device=DEVICE)  # says of it what it is now, and cannot make it what it was
    assert read_ledger(tmp_path).spoilt == (LedgerFault(3, "ledger-torn-changed"),)


@pytest.mark.parametrize("when", ["before the book is read", "after"])
def test_a_line_put_aside_while_the_book_is_read_is_not_missing(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run puts a line aside and says so between two looks: nothing is missing, and nobody is accused."""
    _some(tmp_path, 2)
    read = chain.read_both

    def meanwhile(*asked: Any) -> Any:
        monkeypatch.setattr(chain, "read_both", read)
        found = read(*asked) if when == "after" else None
        with ledger_path(tmp_path).open("ab") as file:
            file.write(b'{"n":3')
        append(tmp_path, Act.ACCESS, AT, device=DEVICE)
        return found or read(*asked)

    monkeypatch.setattr(chain, "read_both", meanwhile)
    found = read_ledger(tmp_path)
    assert (found.faults, found.spoilt, len(found.entries)) == ((), (), 4 if when != "after" else 2)


def test_what_retention_takes_away_while_the_book_is_read_is_not_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The book was read before a purge, and the file is looked for after it: it went as it must."""
    _some(tmp_path, 2)
    with ledger_path(tmp_path).open("ab") as file:
        file.write(b'{"n":3')
    append(tmp_path, Act.ACCESS, AT, device=DEVICE)
    read = chain.read_both

    def meanwhile(*asked: Any) -> Any:
        monkeypatch.setattr(chain, "read_both", read)
        found = read(*asked)
        assert cut(tmp_path, date(2027, 1, 1), AT + timedelta(days=90)) == 4
        return found

    monkeypatch.setattr(chain, "read_both", meanwhile)
    assert read_ledger(tmp_path).spoilt == ()
    assert read_ledger(tmp_path).torn == ()


def test_a_book_is_read_once_for_an_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What decides about an entry and what it follows are one look at the book, under one lock."""
    reads, asked, read = [0], list[int](), chain.read_both

    def counted(*what: Any) -> Any:
        reads[0] += 1
        return read(*what)

    monkeypatch.setattr(chain, "read_both", counted)
    for n in range(3):
        chain.append(BOOK, tmp_path, Act.REVEAL, AT, unless=lambda found: asked.append(len(found.entries)))
        assert (reads[0], asked[-1]) == (n + 1, n)


SPOILT = (b"", b"{}", b"[1]", b'{"n": "3", "sha256": "0"}', b'{"n": 3, "sha256": 3}', b"[" * 900, None, "more")


def test_a_ledger_that_is_gone_as_a_whole_is_noticed(tmp_path: Path) -> None:
    """The file alone, or the note alone; without both nobody can know that there ever was one."""
    path = ledger_path(tmp_path)
    _three(tmp_path)
    path.unlink()
    assert _faults(tmp_path) == [(0, "ledger-end-missing")]
    with pytest.raises(PolicyError, match="ledger-broken"):
        append(tmp_path, Act.ACCESS, AT)
    assert not path.exists()
    for number, spoilt in enumerate(SPOILT):
        state = tmp_path / str(number)
        _three(state)
        note = state / "ledger" / HEAD
        if spoilt is None:
            note.unlink()
        elif isinstance(spoilt, str):  # a name that would lie where no search looks
            note.write_bytes(note.read_bytes().replace(b"}", b', "phone of": "op-001"}'))
        else:
            note.write_bytes(spoilt)
        assert _faults(state) == [(3, "ledger-head-missing")]
        with pytest.raises(PolicyError, match="ledger-broken"):
            append(state, Act.ACCESS, AT)
    assert _faults(tmp_path / "never") == []


def test_an_entry_that_the_note_does_not_announce_is_a_fault(tmp_path: Path) -> None:
    """One alone or two, written by other means or beside an old note: no run of ours leaves that behind."""
    notes = [_note(tmp_path, n) for n in range(3)]
    note = tmp_path / "ledger" / HEAD
    for old in notes[:2]:
        note.write_bytes(old)
        assert _faults(tmp_path) == [(3, "ledger-entry-not-noted")]
        with pytest.raises(PolicyError, match="ledger --adopt"):
            append(tmp_path, Act.ACCESS, AT)
    first, second, third = (json.loads(one)["sha256"] for one in notes)
    note.write_text(json.dumps({"n": 2, "sha256": second, "then": third}), "utf-8")
    assert _faults(tmp_path) == []
    for said in ({"n": 2, "sha256": second, "then": first}, {"n": 1, "sha256": first, "then": second}):
        note.write_text(json.dumps(said), "utf-8")
        assert _faults(tmp_path) == [(3, "ledger-entry-not-noted")]


def _note(state: Path, number: int) -> bytes:
    append(state, Act.REVEAL, AT, reason=f"case {number}")
    return (state / "ledger" / HEAD).read_bytes()


def test_old_entries_go_from_the_front_and_the_chain_still_holds(tmp_path: Path) -> None:
    """An entry says how many and which was the last of them; again it says it of the next."""
    _three(tmp_path)
    assert cut(tmp_path, date(2026, 11, 2), AT) == 0
    assert [e.what for e in read_ledger(tmp_path).entries] == [Act.REVEAL] * 3  # nothing to say
    assert cut(tmp_path, date(2026, 11, 4), AT + timedelta(days=9)) == 2
    found = read_ledger(tmp_path)
    assert [(e.n, e.what) for e in found.entries] == [(3, Act.REVEAL), (4, Act.CUT)]
    assert found.entries[1].said == {"entries": 2, "cut": found.entries[0].before} and found.faults == ()
    assert cut(tmp_path, date(2026, 12, 1), AT + timedelta(days=90)) == 2
    assert [(e.n, e.what) for e in read_ledger(tmp_path).entries] == [(5, Act.CUT)]
    assert _faults(tmp_path) == []
    assert stat.S_IMODE(ledger_path(tmp_path).stat().st_mode) == 0o600


def test_a_beginning_that_was_cut_otherwise_is_found(tmp_path: Path) -> None:
    """Taking away one more than the entry says is no cut."""
    _three(tmp_path)
    cut(tmp_path, date(2026, 11, 3), AT + timedelta(days=9))
    lines = ledger_path(tmp_path).read_bytes().splitlines(keepends=True)
    ledger_path(tmp_path).write_bytes(b"".join(lines[1:]))
    assert _faults(tmp_path) == [(1, "ledger-beginning-missing")]


def test_a_ledger_held_by_another_run_takes_nothing(tmp_path: Path) -> None:
    """It waits, and then says so; without a ledger nothing is done."""
    _three(tmp_path)
    with held(tmp_path / "ledger"), pytest.raises(PolicyError, match="ledger-busy"), locked(BOOK, tmp_path, turns=2):
        raise AssertionError("two hold it")


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ordinance.store.ledger import Act, append
sys.stdin.readline()
for n in range(10):
    append(Path(sys.argv[1]), Act.ACCESS, datetime(2026, 11, 2, tzinfo=UTC), by=sys.argv[2], reason=str(n))
"""


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """Three processes of ten entries each: thirty, in one chain, each writer's in its order."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(n)], stdin=subprocess.PIPE, text=True)
        for n in range(3)
    ]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    while any(writer.poll() is None for writer in writers):
        assert read_ledger(tmp_path).faults == ()  # whoever reads meanwhile accuses nobody
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    found = read_ledger(tmp_path)
    assert (len(found.entries), found.faults) == (30, ())
    for n in range(3):
        assert [e.reason for e in found.entries if e.by == str(n)] == [str(k) for k in range(10)]


KILLED = """
import os, signal, sys
from datetime import UTC, date, datetime
from pathlib import Path
from ordinance.store.ledger import Act, append, cut
turn, count = int(sys.argv[2]), 0
def hook(event, arguments):
    global count
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if event in {"os.rename", "os.truncate", "os.mkdir"} or (writes and str(arguments[0]).startswith(sys.argv[1])):
        count += 1
        if count == turn:
            os.kill(os.getpid(), signal.SIGKILL)
state, at = Path(sys.argv[1]), datetime(2026, 12, 2, tzinfo=UTC)
sys.addaudithook(hook)
append(state, Act.PURGE, at)
cut(state, date(2026, 11, 4), at)
"""


def test_a_writer_that_is_killed_leaves_a_chain_that_holds(tmp_path: Path) -> None:
    """At each of its file operations: the next writer gets through, and no entry is lost unsaid."""
    for turn in range(1, 30):
        state = tmp_path / str(turn)
        lines = _three(state)
        with ledger_path(state).open("ab") as file:
            file.write(lines[2][:40])  # an earlier one was killed too
        done = subprocess.run([sys.executable, "-c", KILLED, str(state), str(turn)], check=False)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        assert _faults(state) == []
        append(state, Act.ACCESS, AT + timedelta(days=40), reason="next")
        cut(state, date(2026, 11, 4), AT + timedelta(days=40))
        found = read_ledger(state)
        assert found.faults == () and found.half == 0 and len(found.torn) == 1
        assert found.entries[0].n == 3
        assert [e.reason for e in found.entries if e.what is Act.ACCESS] == ["next"]
    assert turn > 4, "the hook stopped hardly anything"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such device")
def test_a_disk_that_is_full_leaves_the_chain_as_it_was(tmp_path: Path) -> None:
    """The limit of a file's size stands in for the disk: OSError, and the half line is taken back."""
    before = b"".join(_three(tmp_path))
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 40}, {len(before) + 40})); "
        "from datetime import UTC, datetime; from pathlib import Path; from ordinance.store.ledger import Act, append\n"
        "try:\n append(Path(sys.argv[1]), Act.ACCESS, datetime(2026, 11, 2, tzinfo=UTC))\n"
        "except OSError:\n sys.exit(7)"
    )
    assert subprocess.run([sys.executable, "-B", "-c", program, str(tmp_path)], check=False).returncode == 7
    assert ledger_path(tmp_path).read_bytes() == before


NO_NOTE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from ordinance.store.ledger import Act, adopt, append
turn, count = int(sys.argv[3]), 0
def hook(event, arguments):
    global count
    count += event == "os.rename"
    if event == "os.rename" and count == turn and sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if event == "os.rename" and count == turn:
        raise OSError(28, "no room")
sys.addaudithook(hook)
try:
    if sys.argv[4:]:
        adopt(Path(sys.argv[1]), datetime(2026, 11, 2, tzinfo=UTC), by="registry", reason="restored")
    else:
        append(Path(sys.argv[1]), Act.ACCESS, datetime(2026, 11, 2, tzinfo=UTC))
except OSError:
    sys.exit(7)
"""


def _stopped(state: Path, how: str, rename: int, *adopts: str) -> int:
    """A run that is stopped at one of its renames of the note: announced with the first, noted with the second."""
    command = [sys.executable, "-c", NO_NOTE, str(state), how, str(rename), *adopts]
    return subprocess.run(command, check=False).returncode


@pytest.mark.parametrize("rename", [1, 2])
def test_a_disk_without_room_for_the_note_leaves_the_ledger_as_it_was(rename: int, tmp_path: Path) -> None:
    """The line is taken back: an entry that was not noted could be cut off unnoticed."""
    whole = b"".join(_three(tmp_path))
    for _ in range(2):
        assert _stopped(tmp_path, "full", rename) == 7
        assert (ledger_path(tmp_path).read_bytes(), _faults(tmp_path)) == (whole, [])
    append(tmp_path, Act.ACCESS, AT)
    assert (len(read_ledger(tmp_path).entries), _faults(tmp_path)) == (4, [])


@pytest.mark.parametrize(("rename", "written"), [(1, 0), (2, 1)])
def test_runs_that_are_killed_beside_their_note_leave_a_ledger_that_takes_entries(
    rename: int, written: int, tmp_path: Path
) -> None:
    """Before it announces an entry none is there; before it notes it, it has announced it: no fault either way."""
    _three(tmp_path)
    for turn in (1, 2):
        assert _stopped(tmp_path, "killed", rename) == -signal.SIGKILL
        found = read_ledger(tmp_path)
        assert (len(found.entries), found.faults) == (3 + turn * written, ())
    append(tmp_path, Act.ACCESS, AT)
    found = read_ledger(tmp_path)
    assert (len(found.entries), found.faults) == (4 + 2 * written, ())
    noted = read_head(tmp_path / "ledger")
    assert noted and (noted.n, noted.digest, noted.then) == (found.entries[-1].n, found.head, "")


def test_what_follows_a_killed_run_is_no_entry_of_ours_unless_it_was_announced(tmp_path: Path) -> None:
    """The note still announces the entry that the killed run did not get to write: another one in its place shows."""
    _three(tmp_path)
    append(tmp_path / "other", Act.ACCESS, AT)
    note = tmp_path / "ledger" / HEAD
    said = json.loads(note.read_bytes())
    note.write_text(json.dumps({**said, "then": read_ledger(tmp_path / "other").head}), "utf-8")
    assert _faults(tmp_path) == []
    _forge(tmp_path)
    assert _faults(tmp_path) == [(4, "ledger-entry-not-noted")]


def _forge(state: Path) -> None:
    """One more entry by other means, which follows the last one as it should."""
    found = read_ledger(state)
    said = json.loads(ledger_path(state).read_bytes().splitlines()[-1])
    forged = {**said, "n": found.entries[-1].n + 1, "reason": "never asked", "before": found.head}
    with ledger_path(state).open("a", encoding="utf-8") as file:
        file.write(json.dumps(forged, separators=(",", ":")) + "\n")


@pytest.mark.parametrize(
    ("spoil", "fault", "noted"),
    [
        (lambda state: (state / "ledger" / HEAD).unlink(), "ledger-head-missing", None),
        (lambda state: (state / "ledger" / HEAD).write_bytes(b"{"), "ledger-head-missing", None),
        (_forge, "ledger-entry-not-noted", 3),
    ],
    ids=["missing", "damaged", "added-to"],
)
def test_a_ledger_of_which_only_the_end_is_in_doubt_can_be_adopted(
    spoil: Callable[[Path], None], fault: str, noted: int | None, tmp_path: Path
) -> None:
    """Every entry stays; a new one says what was wrong, at which length it was taken on, by whom and why."""
    _three(tmp_path)
    spoil(tmp_path)
    before, note_file = ledger_path(tmp_path).read_bytes(), tmp_path / "ledger" / HEAD
    left = note_file.read_bytes() if note_file.exists() else b""
    many = before.count(b"\n")
    entry = adopt(tmp_path, AT, by="registry", reason="restored from a backup")
    found = read_ledger(tmp_path)
    assert ledger_path(tmp_path).read_bytes().startswith(before)
    assert (found.entries[-1], found.faults, len(found.entries)) == (entry, (), many + 1)
    assert (entry.what, entry.by, entry.reason) == (Act.ADOPTED, "registry", "restored from a backup")
    note = {"note": hashlib.sha256(b"{").hexdigest()} if left == b"{" else {}
    assert entry.said == {"fault": fault, "entries": many, "last": many, "noted": noted, **note}
    append(tmp_path, Act.ACCESS, AT)
    with pytest.raises(PolicyError, match="nothing-to-adopt"):
        adopt(tmp_path, AT, by="registry", reason="again")
    assert [e.what for e in read_ledger(tmp_path).entries][-2:] == [Act.ADOPTED, Act.ACCESS]


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda a, b, c: [a, b.replace(b"case 1", b"case 9"), c], "ledger-chain-broken"),
        (lambda a, b, c: [b, c], "ledger-beginning-missing"),
        (lambda a, b, c: [a, b], "ledger-end-missing"),
        (lambda a, b, c: [a, b, c.replace(b"case 2", b"case 9")], "ledger-end-changed"),
        (lambda a, b, c: [], "ledger-end-missing"),
    ],
    ids=["changed", "beginning", "last-cut", "last-changed", "all-cut"],
)
@pytest.mark.parametrize("noted", [True, False])
def test_no_ledger_is_adopted_that_is_known_not_to_be_whole(
    spoil: Callable[..., list[bytes]], fault: str, noted: bool, tmp_path: Path
) -> None:
    """A broken chain stays broken with the note and without; an end that the note misses is gone, and is no doubt."""
    content = b"".join(spoil(*_three(tmp_path)))
    ledger_path(tmp_path).write_bytes(content)
    if not noted and fault in {"ledger-chain-broken", "ledger-beginning-missing"}:
        (tmp_path / "ledger" / HEAD).unlink()
    with pytest.raises(PolicyError, match=f"{fault}.*ledger-broken"):
        adopt(tmp_path, AT, by="registry", reason="restored from a backup")
    assert ledger_path(tmp_path).read_bytes() == content


def test_an_adoption_that_is_killed_before_its_note_leaves_the_fault_and_is_done_again(tmp_path: Path) -> None:
    """The note never says that all is well before the entry that says it was not."""
    _three(tmp_path)
    (tmp_path / "ledger" / HEAD).unlink()
    assert _stopped(tmp_path, "killed", 1, "adopt") == -signal.SIGKILL
    assert [e.what for e in read_ledger(tmp_path).entries][3:] == [Act.ADOPTED]
    assert _faults(tmp_path) == [(4, "ledger-head-missing")]
    assert adopt(tmp_path, AT, by="registry", reason="once more").said["entries"] == 4
    assert _faults(tmp_path) == []


def test_what_was_left_half_of_an_adopted_ledger_is_kept(tmp_path: Path) -> None:
    """Put aside before the entry; the next one says it."""
    whole = b"".join(_three(tmp_path))
    ledger_path(tmp_path).write_bytes(whole[:-7])
    (tmp_path / "ledger" / HEAD).unlink()
    assert adopt(tmp_path, AT, by="registry", reason="restored").said["entries"] == 2
    append(tmp_path, Act.ACCESS, AT)
    found = read_ledger(tmp_path)
    assert [e.what for e in found.entries] == [Act.REVEAL, Act.REVEAL, Act.ADOPTED, Act.TORN, Act.ACCESS]
    assert (found.faults, found.half, len(found.torn)) == ((), 0, 1)
