# SPDX-License-Identifier: EUPL-1.2
"""The ledger: on disk before anything is said, chained, and never silently mended."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ordinance.model.errors import PolicyError
from ordinance.store.files import held
from ordinance.store.ledger import Act, _locked, append, cut, ledger_path, read_ledger
from ordinance.store.ledger_head import BEGINNING, HEAD, read_head

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
    with pytest.raises(ValueError, match="pseudonyms"):
        append(tmp_path, Act.REVEAL, AT, device=device)
    assert not ledger_path(tmp_path).exists()


@pytest.mark.parametrize(
    ("spoil", "faults"),
    [
        (lambda a, b, c: [a, b.replace(b"case 1", b"case 9"), c], [(3, "ledger-chain-broken")]),
        (lambda a, b, c: [a, c], [(2, "ledger-chain-broken"), (2, "ledger-number-missing")]),
        (lambda a, b, c: [b, c], [(1, "ledger-beginning-missing")]),
        (lambda a, b, c: [a, c, b], [(2, "ledger-chain-broken"), (2, "ledger-number-missing"),
                                     (3, "ledger-chain-broken"), (3, "ledger-number-missing")]),
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


def test_an_entry_that_a_killed_run_did_not_note_is_no_fault_but_two_are(tmp_path: Path) -> None:
    """The note is written after each entry: it is one behind at most, and the next entry sets it right."""
    notes = [_note(tmp_path, n) for n in range(3)]
    assert ledger_path(tmp_path).read_bytes().count(b"\n") == 3
    (tmp_path / "ledger" / HEAD).write_bytes(notes[1])
    assert _faults(tmp_path) == []
    (tmp_path / "ledger" / HEAD).write_bytes(notes[0])
    assert _faults(tmp_path) == [(3, "ledger-head-missing")]
    (tmp_path / "ledger" / HEAD).write_bytes(notes[1])
    append(tmp_path, Act.ACCESS, AT)
    noted = read_head(tmp_path / "ledger")
    assert noted and (noted.n, noted.digest) == (4, read_ledger(tmp_path).head)


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
    with held(tmp_path / "ledger"), pytest.raises(PolicyError, match="ledger-busy"), _locked(tmp_path, turns=2):
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
from ordinance.store.ledger import Act, append
def hook(event, arguments):
    if event == "os.rename" and sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if event == "os.rename":
        raise OSError(28, "no room")
sys.addaudithook(hook)
try:
    append(Path(sys.argv[1]), Act.ACCESS, datetime(2026, 11, 2, tzinfo=UTC))
except OSError:
    sys.exit(7)
"""


def test_a_disk_without_room_for_the_note_leaves_both_as_they_were(tmp_path: Path) -> None:
    """The line is taken back: an entry that was not noted could be cut off unnoticed."""
    whole = b"".join(_three(tmp_path))
    note = (tmp_path / "ledger" / HEAD).read_bytes()
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", NO_NOTE, str(tmp_path), "full"], check=False)
        assert done.returncode == 7
        assert (ledger_path(tmp_path).read_bytes(), (tmp_path / "ledger" / HEAD).read_bytes()) == (whole, note)


def test_two_runs_that_are_killed_before_their_note_leave_one_entry_unnoted(tmp_path: Path) -> None:
    """The second sets the note right before it writes: a ledger that nobody changed always takes entries."""
    _three(tmp_path)
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", NO_NOTE, str(tmp_path), "killed"], check=False)
        assert done.returncode == -signal.SIGKILL
        found = read_ledger(tmp_path)
        assert (len(found.entries), found.faults) == (4, ())
    append(tmp_path, Act.ACCESS, AT)
    assert _faults(tmp_path) == []
