# SPDX-License-Identifier: EUPL-1.2
"""What has been kept long enough goes: shown first, said in the ledger, looked for afterwards, whole at any moment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cli.shell import body, edit, run, tree
from ordinance.model.errors import PolicyError
from ordinance.model.receipt import Act as Receipt
from ordinance.model.retention import Kept
from ordinance.operations.checking import latest_run, run_check
from ordinance.operations.concerned import erase
from ordinance.operations.purging import find_due, purge
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.store import retained
from ordinance.store.files import held, write_file, write_folder
from ordinance.store.ledger import Act, append, ledger_path, read_ledger
from ordinance.store.receipts import append as append_receipt
from ordinance.store.receipts import read_receipts

NOW = datetime(2023, 10, 10, 9, 30, tzinfo=UTC)
DAY = NOW.date()
CHECKED = datetime(2023, 4, 10, 9, 30, tzinfo=UTC)
OLD, LAST, NEW = "a" * 16, "b" * 16, "c" * 16  # of 9 April, 10 April and 11 April 2023, kept for six months
DEVICE = "dev-ABCD2345"


def a_run(state: Path, name: str, as_of: str, **more: str) -> Path:
    """A kept run of a day, and `latest` at it."""
    said = json.dumps({"as_of": as_of, **more}).encode()
    write_folder(state / "runs" / name, {"result.json": said, "report.html": b"<p>page</p>"}, mode=0o700)
    write_file(state / "latest", f"{name}\n".encode())
    return state / "runs" / name


@pytest.fixture
def ghent(tmp_path: Path) -> Workspace:
    """Ghent with three runs and two probes, of which one each was over on 9 October 2023, and with a key."""
    opened = open_workspace(body("ghent", tmp_path)).usable()
    state = opened.state
    a_run(state, OLD, "2023-04-09T00:00:00+02:00", device=DEVICE)
    a_run(state, NEW, "2023-04-11T00:00:00+02:00")
    a_run(state, LAST, "2023-04-10T00:00:00+02:00")
    for day in ("20230409", "20230410"):
        write_file(state / "probes" / f"{day}T0900Z-0123456789ab.json", b"{}")
    write_file(state / "keys" / "pseudonym.key", bytes(32), 0o600)
    return opened


def _kept(opened: Workspace) -> set[str]:
    """Names of what is kept; a folder that is half gone would show here."""
    return {p.name for kind in ("runs", "probes") for p in (opened.state / kind).glob("*")}


def _acts(opened: Workspace) -> list[Act]:
    found = read_ledger(opened.state)
    assert found.faults == ()
    return [e.what for e in found.entries]


EVERYTHING = {OLD, LAST, NEW, "20230409T0900Z-0123456789ab.json", "20230410T0900Z-0123456789ab.json"}


def test_the_last_day_is_still_there(ghent: Workspace) -> None:
    """Six months from 10 April are over on 10 October: on the 9th nothing of that day is, on the 10th it is."""
    days = (date(2023, 10, 8), date(2023, 10, 9), DAY)
    over = {day: {d.item.name for d in find_due(ghent, day).over} for day in days}
    assert over == {
        date(2023, 10, 8): set(),
        date(2023, 10, 9): {OLD, "20230409T0900Z-0123456789ab.json"},
        DAY: EVERYTHING - {NEW},
    }


def test_showing_changes_nothing(ghent: Workspace) -> None:
    """Not a byte, and no entry: the command without --do, too."""
    before = tree(ghent.body.folder)
    found = find_due(ghent, DAY)
    assert (found.done, found.exit_code, len(found.over)) == (False, 1, 4)
    done = run("purge", ghent.body.folder, "--as-of", "2023-10-10")
    assert done.code == 1 and "nothing was taken away: --do does it" in done.err and "is over" in done.out
    assert tree(ghent.body.folder) == before


def test_what_is_over_goes_and_is_named_nowhere(ghent: Workspace) -> None:
    """The rest stays byte for byte; the ledger says what was to go, what went, and how far it was looked for."""
    before = {k: v for k, v in tree(ghent.state).items() if NEW in k or "keys/" in k}
    found = purge(ghent, DAY, NOW)
    assert (found.done, found.exit_code) == (True, 0) and len(found.over) == 4
    assert _kept(ghent) == {NEW}
    after = tree(ghent.state)
    assert {k: v for k, v in after.items() if NEW in k or "keys/" in k} == before
    gone = [OLD, LAST, DEVICE, "0123456789ab"]
    assert not [k for k, v in after.items() for n in gone if n.encode() in v + k.encode() and "ledger" not in k]
    begun, ended = read_ledger(ghent.state).entries
    assert (begun.what, begun.said["runs"]) == (Act.PURGE, [OLD, LAST])
    assert (ended.what, ended.said["runs"], ended.said["probes"], ended.said["remains_in"]) == (Act.PURGED, 2, 2, [])
    assert found.searched and ended.said["files_searched"] == found.searched.files == 4
    assert DEVICE.encode() not in ledger_path(ghent.state).read_bytes()


def test_the_last_run_is_then_another_one_or_none(ghent: Workspace) -> None:
    """`latest` never leads to what is gone."""
    assert latest_run(ghent).name == LAST
    purge(ghent, DAY, NOW)
    assert latest_run(ghent).name == NEW
    purge(ghent, date(2023, 10, 11), NOW)
    assert not (ghent.state / "latest").exists()
    with pytest.raises(PolicyError, match="no-run"):
        latest_run(ghent)


def test_nothing_over_leaves_no_entry(ghent: Workspace) -> None:
    """A purge every night does not fill the ledger."""
    assert purge(ghent, date(2023, 10, 8), NOW).exit_code == 0
    assert not ledger_path(ghent.state).exists() and _kept(ghent) == EVERYTHING


def test_a_copy_elsewhere_is_found(ghent: Workspace) -> None:
    """A file that still names the run is said, with its place, in the result and in the ledger; exit 1."""
    write_file(ghent.state / "notes" / "mine.txt", b"x" * (1 << 20) + b"see " + OLD.encode() + b"!")
    (ghent.state / "bundle").mkdir()
    (ghent.state / "bundle" / f"copy-of-{LAST}.txt").write_bytes(b"")
    found = purge(ghent, DAY, NOW)
    assert found.searched and found.searched.remains == ((OLD, "notes/mine.txt"), (LAST, f"bundle/copy-of-{LAST}.txt"))
    assert found.exit_code == 1 and found.unknown == ("notes",)
    assert read_ledger(ghent.state).entries[-1].said["remains_in"] == [f"bundle/copy-of-{LAST}.txt", "notes/mine.txt"]


@pytest.mark.parametrize("at", [-8, -1, 0, 1, 15, 16, 17, 63, 64, 65])
def test_a_name_across_two_pieces_is_found(at: int, tmp_path: Path) -> None:
    """Files are read in pieces; a name that begins in one and ends in the next is seen."""
    write_file(tmp_path / "big", b"." * ((1 << 20) + at) + OLD.encode() + b"." * 100)
    assert retained.search(tmp_path, frozenset({OLD})).remains == ((OLD, "big"),)
    assert retained.search(tmp_path, frozenset({NEW})).remains == ()
    assert retained.search(tmp_path, frozenset()).remains == ()


def test_pseudonyms_that_stay_with_what_is_kept_are_counted(ghent: Workspace) -> None:
    """They are in a run that may be there: told, and no fault."""
    a_run(ghent.state, NEW, "2023-04-11T00:00:00+02:00", device=DEVICE)
    found = purge(ghent, DAY, NOW)
    assert (found.still_kept, found.exit_code) == ((DEVICE,), 0)


def test_what_cannot_be_searched_is_no_proof(ghent: Workspace) -> None:
    """A name in a compressed file would not be seen: the file is named, exit 4."""
    write_file(ghent.state / "bundle" / "files.gz", b"\x1f\x8b")
    found = purge(ghent, DAY, NOW)
    assert found.searched and found.searched.packed == ("bundle/files.gz",) and found.exit_code == 4


def test_a_run_of_no_known_day_stays_and_is_said(ghent: Workspace) -> None:
    """A damaged document, an unreadable day, a probe of a day that does not exist: never guessed, exit 4."""
    (ghent.state / "runs" / OLD / "result.json").write_bytes(b'{"as_of": "some day"}')
    (ghent.state / "runs" / LAST / "result.json").unlink()
    write_file(ghent.state / "probes" / "20230230T0900Z-0123456789ab.json", b"{}")
    found = purge(ghent, DAY, NOW)
    assert {d.item.name for d in found.undated} == {OLD, LAST, "20230230T0900Z-0123456789ab.json"}
    assert {OLD, LAST} <= _kept(ghent) and found.exit_code == 4


def test_a_body_that_says_no_period_keeps_and_says_so(tmp_path: Path) -> None:
    """Diest reads nothing and states none: what is there is shown as of nobody's period, exit 4."""
    opened = open_workspace(body("diest", tmp_path)).usable()
    a_run(opened.state, OLD, "2001-01-01T00:00:00+02:00")
    found = purge(opened, DAY, NOW)
    assert (len(found.undated), found.over, found.exit_code) == (1, (), 4) and latest_run(opened).name == OLD
    assert "runs: nobody said how long" in run("purge", opened.body.folder).out


def test_what_killed_runs_left_goes_too(ghent: Workspace) -> None:
    """Half a run that nobody writes any more holds data all the same; one that is being written stays."""
    runs = ghent.state / "runs"
    for name in (".ordinance-aside-x-1", ".ordinance-aside-y-1"):
        (runs / name).mkdir()
        (runs / name / "result.json").write_bytes(OLD.encode())
    for name in ("ledger/.ordinance-aside-ledger.jsonl-1", ".ordinance-aside-latest-1"):
        (ghent.state / name).parent.mkdir(exist_ok=True)
        (ghent.state / name).write_bytes(OLD.encode())
    (runs / OLD).rename(runs / f".ordinance-old-{OLD}")  # a killed run had moved it away: it is over like any other
    with held(runs / ".ordinance-aside-y-1"):
        found = purge(ghent, DAY, NOW)
    assert {p.name for p in runs.iterdir()} == {NEW, ".ordinance-aside-y-1"}
    assert found.searched
    assert {where for _, where in found.searched.remains} == {"runs/.ordinance-aside-y-1/result.json"}
    assert purge(ghent, DAY, NOW).exit_code == 0
    assert {p.name for p in runs.iterdir()} == {NEW}
    assert not [*ghent.state.rglob(".ordinance-*")]


def test_old_entries_of_the_ledger_go_as_well(ghent: Workspace) -> None:
    """After a year, from the front, and the chain still holds; half an entry of that time goes with them."""
    append(ghent.state, Act.REVEAL, datetime(2022, 10, 1, tzinfo=UTC), device=DEVICE, reason="old")
    with ledger_path(ghent.state).open("ab") as file:
        file.write(b'{"n":')
    append(ghent.state, Act.REVEAL, datetime(2022, 10, 2, tzinfo=UTC), device=DEVICE, reason="old")
    append(ghent.state, Act.REVEAL, datetime(2022, 10, 10, tzinfo=UTC), device=DEVICE, reason="young")
    found = purge(ghent, date(2023, 10, 9), NOW)
    assert found.entries == 3 and read_ledger(ghent.state).torn == ()
    assert [(e.n, e.what) for e in read_ledger(ghent.state).entries] == [
        (4, Act.REVEAL), (5, Act.PURGE), (6, Act.PURGED), (7, Act.CUT),
    ]  # fmt: skip
    assert _acts(ghent)


def test_without_a_ledger_nothing_goes(ghent: Workspace) -> None:
    """One that was changed: exit 3, and everything is still there."""
    append(ghent.state, Act.REVEAL, NOW)
    ledger_path(ghent.state).write_bytes(b"{}\n")
    done = run("purge", ghent.body.folder, "--as-of", "2023-10-10", "--do")
    assert done.code == 3 and "[ledger-broken]" in done.err and _kept(ghent) == EVERYTHING


def test_two_purges_at_once(ghent: Workspace) -> None:
    """The second says that the first is at it, and takes nothing."""
    with held(ghent.state), pytest.raises(PolicyError, match="state-busy"):
        purge(ghent, DAY, NOW)
    assert _kept(ghent) == EVERYTHING


def test_a_check_at_work_lets_nobody_take_things_away(ghent: Workspace) -> None:
    """What it is about to write would stand there after a search that said it is gone; two checks may run."""
    refused: list[str] = []

    def meanwhile(source: str) -> None:
        for take in (
            lambda: purge(ghent, DAY, NOW),
            lambda: erase(ghent, "op-001", NOW, by="privacy officer", reason="case 12", do=True),
        ):
            with pytest.raises(PolicyError) as raised:
                take()
            refused.extend(i.id for i in raised.value.issues)
        if len(refused) == 2:
            assert run_check(ghent, CHECKED).folder

    shutil.rmtree(ghent.state / "probes")
    assert run_check(ghent, CHECKED, progress=meanwhile).folder
    assert set(refused) == {"state-busy"} and len(refused) >= 2
    assert {OLD, LAST, NEW} <= _kept(ghent) and not ledger_path(ghent.state).exists()


def test_nobody_writes_results_while_things_are_taken_away(
    ghent: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check and a build wait, then say so and write nothing; when it has ended they go on."""
    monkeypatch.setattr("ordinance.operations.at_work.WAIT_S", 0.2)
    shutil.rmtree(ghent.state / "probes")
    before = tree(ghent.body.folder)
    with held(ghent.state):
        for verb in ("check", "build"):
            done = run(verb, ghent.body.folder, "--as-of", "2023-04-10")
            assert done.code == 3 and "[state-busy]" in done.err
    assert tree(ghent.body.folder) == before
    monkeypatch.setattr("ordinance.operations.at_work.WAIT_S", 60)
    with ExitStack() as stack:
        stack.enter_context(held(ghent.state))
        threading.Timer(0.3, stack.pop_all().close).start()
        assert run_check(ghent, CHECKED).folder


def test_do_takes_nothing_before_its_day(ghent: Workspace) -> None:
    """A day that has not come may be looked at, and nothing is taken away for it."""
    assert run("purge", ghent.body.folder, "--as-of", "2199-01-01").code == 1
    done = run("purge", ghent.body.folder, "--as-of", "2199-01-01", "--do")
    assert done.code == 2 and _kept(ghent) == EVERYTHING
    assert run("purge", ghent.body.folder, "--as-of", "2023-10-10", "--do").code == 0
    assert _kept(ghent) == {NEW}


def test_json_says_all_of_it(ghent: Workspace) -> None:
    """Kinds with their periods, things with their last days, what stands without one, and what was found after."""
    found = json.loads(run("purge", ghent.body.folder, "--as-of", "2023-10-10", "--do", "--json").out)
    assert [(k["kind"], k["period"]) for k in found["kinds"]] == [("runs", "P6M"), ("probes", "P6M")]
    assert found["ledger"]["period"] == "P1Y"  # as the file has it
    assert {i["name"]: i["last_day"] for i in found["items"]}[NEW] == "2023-10-10"
    assert "keys/" in [s["where"] for s in found["standing"]] and found["done"]
    assert found["search"]["files"] == 4 and found["search"]["remains"] == []


def test_every_kind_has_its_keeper() -> None:
    """A period that can be written is one by which something goes; books are cut by themselves."""
    assert {k.kind for k in retained.KEEPERS} | {Kept.LEDGER, Kept.RECEIPTS} == {*Kept}


def test_the_table_knows_everything_that_the_commands_write(tmp_path: Path) -> None:
    """After a check, a build and a look at the ledger nothing lies there that no table names."""
    folder = body("ghent", tmp_path)
    run("check", folder, "--as-of", "2023-04-10")
    run("build", folder, "--as-of", "2023-04-10")
    opened = open_workspace(folder)
    append(opened.state, Act.PURGE, NOW)
    assert retained.unknown(opened.state) == ()
    found = [(i.kind, i.day) for k in retained.KEEPERS for i in k.items(opened.state)]
    assert found == [(Kept.RUNS, date(2023, 4, 10)), (Kept.BUNDLES, date(2023, 4, 10))]


def test_a_package_goes_when_its_week_is_over(tmp_path: Path) -> None:
    """All of it and nothing else of the airlock; the receipts, which name it, are no remainder of it."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", 'ledger = "P1Y"\n', 'ledger = "P1Y"\npackages = "P7D"\n')
    opened = open_workspace(folder).usable()
    old, new = "2023-04-10_00000001", "2023-04-11_00000002"
    for name in (old, new):
        package = opened.state / "airlock" / "packages" / name
        package.mkdir(parents=True)
        (package / "post.txt").write_text("who is to be seen", "utf-8")
        said = {"transfer": name, "manifest": "0" * 64}
        append_receipt(opened.state, Receipt.PREPARED, NOW, by="p-001", said=said)
    (opened.state / "airlock" / "packages" / "copy of it").mkdir()
    assert purge(opened, date(2023, 4, 16), NOW).over == ()
    found = purge(opened, date(2023, 4, 17), NOW)
    assert [d.item.name for d in found.over] == [old]
    assert found.searched is not None and found.searched.remains == ()
    assert found.unknown == ("airlock/packages/copy of it",)
    left = {path.name for path in (opened.state / "airlock" / "packages").iterdir()}
    assert left == {new, "copy of it"}
    assert len(read_receipts(opened.state).entries) == 2
    assert read_ledger(opened.state).entries[0].said["packages"] == [old]


def test_a_package_whose_going_was_cut_short_goes_whole(tmp_path: Path) -> None:
    """Killed on the way it is no package any more; the next purge clears it, and does not look for its name."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", 'ledger = "P1Y"\n', 'ledger = "P1Y"\npackages = "P7D"\n')
    opened = open_workspace(folder).usable()
    name = "2023-04-10_00000001"
    append(opened.state, Act.PURGE, NOW, said={"packages": [name], "unfinished": []})
    half = opened.state / "airlock" / "packages" / f".ordinance-going-{name}"
    half.mkdir(parents=True)
    append_receipt(opened.state, Receipt.PREPARED, NOW, by="p-001", said={"transfer": name, "manifest": "0" * 64})
    found = purge(opened, date(2023, 4, 17), NOW)
    assert (found.exit_code, found.leftovers) == (0, (f"airlock/packages/{half.name}",))
    assert not half.exists()


def test_the_list_of_devices_of_a_bundle_goes_where_a_period_is_said(tmp_path: Path) -> None:
    """What is in force stays known: only who it is for goes; without a period it stays, and that is said."""
    folder = body("ghent", tmp_path)
    assert run("build", folder, "--as-of", "2023-04-10").code in (0, 4)
    devices = folder / ".ordinance" / "bundle" / "devices.json"
    assert purge(open_workspace(folder), date(2033, 1, 1), NOW).due == () and b"gl-001" in devices.read_bytes()
    edit(folder / "ordinance.toml", 'ledger = "P1Y"\n', 'ledger = "P1Y"\nbundles = "P3M"\n')
    opened = open_workspace(folder).usable()
    before = tree(opened.state)
    assert purge(opened, date(2023, 7, 9), NOW).over == () and tree(opened.state) == before
    found = purge(opened, date(2023, 7, 10), NOW)
    assert [d.item.name for d in found.over] == ["bundle/devices.json"] and found.exit_code == 0
    after = {k: v for k, v in tree(opened.state).items() if "ledger" not in k}
    assert after == {k: v for k, v in before.items() if k != "bundle/devices.json"}
    assert not [k for k, v in after.items() if b"gl-001" in v]
    assert read_ledger(opened.state).entries[0].said["bundles"] == ["bundle/devices.json"]
    assert run("build", folder, "--as-of", "2023-07-11").code in (0, 4) and devices.exists()


def test_a_bundle_of_no_known_day_is_said(tmp_path: Path) -> None:
    """Its list stays, and nobody can say how long: exit 4."""
    folder = body("ghent", tmp_path)
    edit(folder / "ordinance.toml", 'ledger = "P1Y"\n', 'ledger = "P1Y"\nbundles = "P3M"\n')
    for name, content in (("manifest.json", b"{}"), ("devices.json", b"{}")):
        write_file(folder / ".ordinance" / "bundle-pilot" / name, content)
    found = purge(open_workspace(folder).usable(), date(2033, 1, 1), NOW)
    assert [d.item.name for d in found.undated] == ["bundle-pilot/devices.json"] and found.exit_code == 4


KILLED = """
import os, signal, sys
from datetime import UTC, date, datetime
from pathlib import Path
from ordinance.operations.purging import purge
from ordinance.operations.workspace import open_workspace
turn, count, opened = int(sys.argv[2]), 0, open_workspace(Path(sys.argv[1]))
def hook(event, arguments):
    global count
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if event in {"os.rename", "os.remove", "os.rmdir", "os.truncate", "os.mkdir"} or (
        writes and str(arguments[0]).startswith(sys.argv[1])
    ):
        count += 1
        if count == turn:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
purge(opened, date(2023, 10, 10), datetime(2023, 10, 10, 9, 30, tzinfo=UTC))
"""


@pytest.mark.slow
def test_a_purge_that_is_killed_is_finished_by_the_next(ghent: Workspace, tmp_path: Path) -> None:
    """At each of its file operations: no half run passes for one, the ledger holds, and the next one proves it all."""
    for turn in range(1, 60):
        folder = tmp_path / str(turn) / "ghent"
        shutil.copytree(ghent.body.folder, folder)
        done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(turn)], check=False)
        opened = open_workspace(folder)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        whole = {"result.json", "report.html"}
        for item in retained.KEEPERS[0].items(opened.state):
            assert {p.name for p in item.path.iterdir()} == whole
        assert latest_run(opened).name in {LAST, NEW}
        begun = [e for e in read_ledger(opened.state).entries if e.what is Act.PURGE]
        if _kept(opened) != EVERYTHING:
            assert begun  # nothing goes unsaid
        found = purge(opened, DAY, NOW)
        assert found.exit_code == 0
        assert _kept(opened) == {NEW} and latest_run(opened).name == NEW
        assert Act.PURGED in _acts(opened) and find_due(opened, DAY).unfinished == ()
        ended = [e for e in read_ledger(opened.state).entries if e.what is Act.PURGED]
        assert ended[-1].said["remains_in"] == []
    assert turn > 10, "the hook stopped hardly anything"


def test_a_purge_killed_after_its_first_word_is_looked_for_by_the_next(ghent: Workspace) -> None:
    """What it began to take away is searched for again, though it is there no more: its copy is found."""
    append(ghent.state, Act.PURGE, NOW, said={"runs": ["d" * 16], "unfinished": []})
    write_file(ghent.state / "bundle" / "note.txt", b"d" * 16)
    assert find_due(ghent, date(2023, 10, 8)).unfinished == ("d" * 16,)
    found = purge(ghent, date(2023, 10, 8), NOW)
    assert found.searched and found.searched.remains == (("d" * 16, "bundle/note.txt"),)
    assert find_due(ghent, date(2023, 10, 8)).unfinished == ()


def test_what_lies_behind_a_link_is_said_to_be_unread(ghent: Workspace, tmp_path: Path) -> None:
    """A link to a folder, to a file and to nothing: none is followed, each is named, and the proof is none: exit 4."""
    write_file(tmp_path / "elsewhere" / "copy.txt", OLD.encode())
    (ghent.state / "bundle").mkdir()
    for name, target in (("folder", "elsewhere"), ("file", "elsewhere/copy.txt"), ("nothing", "gone")):
        (ghent.state / "bundle" / name).symlink_to(tmp_path / target)
    found = purge(ghent, DAY, NOW)
    links = ("bundle/file", "bundle/folder", "bundle/nothing")
    assert found.searched and (found.searched.unread, found.searched.remains) == (links, ())
    assert found.exit_code == 4 and read_ledger(ghent.state).entries[-1].said["unread"] == 3


def test_what_may_not_be_read_is_said_to_be_unread(ghent: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed folder holds what it holds: the search does not call it empty."""
    write_file(ghent.state / "bundle" / "closed" / "copy.txt", OLD.encode())
    opens = os.scandir

    def closed(path: int | str) -> object:  # whoever runs the tests may be allowed to read everything
        if Path(str(path)).name == "closed":
            raise PermissionError(13, "closed", str(path))
        return opens(path)

    monkeypatch.setattr(os, "scandir", closed)
    found = purge(ghent, DAY, NOW)
    assert found.searched and found.searched.unread == ("bundle/closed",) and found.exit_code == 4


def test_a_link_in_the_place_of_a_run_is_no_run(ghent: Workspace, tmp_path: Path) -> None:
    """It is not renamed and what it leads to is not touched: nobody says what it is, exit 4. Files and probes alike."""
    away = tmp_path / "away"
    (ghent.state / "runs" / OLD).rename(away)
    (ghent.state / "runs" / OLD).symlink_to(away)
    probe = ghent.state / "probes" / "20230409T0900Z-0123456789ab.json"
    probe.rename(tmp_path / "probe.json")
    probe.symlink_to(tmp_path / "probe.json")
    found = purge(ghent, DAY, NOW)
    assert found.unknown == (f"probes/{probe.name}", f"runs/{OLD}")
    assert (away / "result.json").is_file() and probe.is_symlink() and (ghent.state / "runs" / OLD).is_symlink()
    assert found.exit_code == 4 and _kept(ghent) == {OLD, NEW, probe.name}


def test_a_stranger_among_the_runs_is_said(ghent: Workspace) -> None:
    """A copy of a run under another name, a file in the place of a run, a text among probes: shown without --do."""
    shutil.copytree(ghent.state / "runs" / OLD, ghent.state / "runs" / "copy")
    (ghent.state / "runs" / ("d" * 16)).write_bytes(b"")
    write_file(ghent.state / "probes" / "note.txt", b"")
    found = find_due(ghent, date(2023, 10, 8))
    assert found.unknown == ("probes/note.txt", "runs/copy", f"runs/{'d' * 16}") and found.exit_code == 4


def test_a_copy_beside_the_ledger_is_found(ghent: Workspace) -> None:
    """The ledger itself says what went; another file in its folder has no such reason."""
    write_file(ghent.state / "ledger" / "ledger.jsonl.bak", OLD.encode())
    found = purge(ghent, DAY, NOW)
    assert found.searched and found.searched.remains == ((OLD, "ledger/ledger.jsonl.bak"),) and found.exit_code == 1
