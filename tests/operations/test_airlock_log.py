# SPDX-License-Identifier: EUPL-1.2
"""The receipts of the airlock: any edit, deletion, reorder or cut is found, and so is a step out of its turn."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bodies import copy_body
from ordinance.model.errors import PolicyError
from ordinance.model.receipt import Act
from ordinance.operations import airlock_log
from ordinance.operations.airlock_log import adopt_receipts, log_document
from ordinance.operations.purging import find_due, purge, purge_document
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.store.chain import Ledger
from ordinance.store.ledger import Act as LedgerAct
from ordinance.store.ledger import append as ledger_append
from ordinance.store.ledger import read_ledger
from ordinance.store.receipts import append, cut, read_receipts, receipts_path

AT = datetime(2024, 12, 9, 9, 30, tzinfo=UTC)
ONE, TWO = "a" * 64, "b" * 64
WAY = [("prepared", "p-001"), ("approved", "p-002"), ("released", "p-001"), ("posted", "p-001")]


@pytest.fixture
def tallinn(tmp_path: Path) -> Workspace:
    """The example, without state."""
    return open_workspace(copy_body("tallinn", tmp_path)).usable()


def write(body: Workspace, way: list[tuple[str, str]], transfer: str = "2024-12-09_a1b2", manifest: str = ONE) -> None:
    """Receipts of one transfer, a minute apart."""
    for n, (act, by) in enumerate(way):
        device = "sd-001" if act == "released" else ""
        said = {"transfer": transfer, "manifest": manifest}
        append(body.state, Act(act), AT + timedelta(minutes=n), by=by, said=said, device=device)


def faults(body: Workspace) -> list[tuple[int, str]]:
    """Line and id of everything that is wrong."""
    found = log_document(body)
    assert found["holds"] is (found["faults"] == [])
    return [(fault["line"], fault["reason"]) for fault in found["faults"]]


def test_changed_receipts_stop_a_purge_before_it_begins(tmp_path: Path) -> None:
    """That nothing was done is said, and so it is: the run that is over is there, and the ledger speaks of no purge."""
    folder = copy_body("tallinn", tmp_path)
    settings = folder / "ordinance.toml"
    settings.write_text(settings.read_text().replace('ledger = "P1Y"', 'ledger = "P1Y"\nreceipts = "P1M"'))
    body = open_workspace(folder).usable()
    write(body, WAY)
    run = body.state / "runs" / ("0" * 16)
    run.mkdir(parents=True)
    (run / "result.json").write_text('{"as_of": "2023-01-01T00:00:00+00:00"}')
    path = receipts_path(body.state)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"p-002", b"p-003"))
    now = AT + timedelta(days=100)
    with pytest.raises(PolicyError, match="ledger-broken"):
        purge(body, now.date(), now)
    assert run.is_dir()
    assert read_ledger(body.state).entries == ()
    path.write_bytes(whole)
    assert purge(body, now.date(), now).done
    assert not run.exists()


def test_no_receipts(tallinn: Workspace) -> None:
    """Where nothing went through, nothing is wrong."""
    found = log_document(tallinn)
    assert (found["entries"], found["transfers"], found["head"], found["holds"]) == ([], [], None, True)


def test_a_transfer_from_the_first_hash_to_the_address(tallinn: Workspace) -> None:
    """Each receipt with its person and device, and the state that they lead to."""
    write(tallinn, WAY)
    write(tallinn, WAY[:1], "2024-12-09_c3d4", TWO)
    found = log_document(tallinn)
    assert [(e["n"], e["what"], e["by"], e["device"]) for e in found["entries"]] == [
        (1, "prepared", "p-001", None),
        (2, "approved", "p-002", None),
        (3, "released", "p-001", "sd-001"),
        (4, "posted", "p-001", None),
        (5, "prepared", "p-001", None),
    ]
    assert [(t["transfer"], t["state"]) for t in found["transfers"]] == [
        ("2024-12-09_a1b2", "posted"),
        ("2024-12-09_c3d4", "prepared"),
    ]
    assert found["entries"][0]["at"] == "2024-12-09T11:30:00+02:00"
    assert found["receipts"] == ".ordinance/airlock/receipts.jsonl"
    assert found["holds"]


def test_every_byte_counts(tallinn: Workspace) -> None:
    """A bit of any byte of the receipts, or of the note of their end, turned round: always found."""
    write(tallinn, WAY)
    path = receipts_path(tallinn.state)
    unnoticed = []
    for file in (path, path.with_name("head.json")):
        whole = file.read_bytes()
        assert len(whole) > 50
        for at in range(len(whole)):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            if log_document(tallinn)["holds"]:
                unnoticed.append((file.name, at))
        file.write_bytes(whole)
    assert unnoticed == []
    assert log_document(tallinn)["holds"]


def test_cut_at_every_length_is_found(tallinn: Workspace) -> None:
    """Whatever was taken from the end, down to nothing at all."""
    write(tallinn, WAY)
    path = receipts_path(tallinn.state)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert not log_document(tallinn)["holds"], length
    path.unlink()
    assert faults(tallinn) == [(0, "ledger-end-missing")]


def test_every_other_order_and_every_gap_is_found(tallinn: Workspace) -> None:
    """Lines in any order but theirs, and with any of them missing or doubled."""
    write(tallinn, WAY)
    path = receipts_path(tallinn.state)
    lines = path.read_bytes().splitlines(keepends=True)
    for order in itertools.chain.from_iterable(itertools.permutations(lines, n) for n in range(5)):
        path.write_bytes(b"".join(order))
        assert log_document(tallinn)["holds"] is (list(order) == lines)
    for line in lines:
        path.write_bytes(b"".join(lines) + line)
        assert not log_document(tallinn)["holds"]


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ([("prepared", "p-001"), ("released", "p-001")], [(2, "receipt-not-next")]),
        ([("prepared", "p-001"), ("approved", "P-001")], [(2, "receipt-same-person")]),
        ([("approved", "p-002")], [(1, "receipt-not-next")]),
    ],
)
def test_a_step_out_of_its_turn_is_found(
    tallinn: Workspace, way: list[tuple[str, str]], expected: list[tuple[int, str]]
) -> None:
    """Also in a book that no other hand touched: a fault of a program is told as well."""
    write(tallinn, way)
    assert faults(tallinn) == expected


def test_another_package_is_found(tallinn: Workspace) -> None:
    """What was approved is not what was prepared."""
    write(tallinn, WAY[:1])
    write(tallinn, WAY[1:2], manifest=TWO)
    assert faults(tallinn) == [(2, "receipt-other-package")]


@pytest.mark.parametrize("said", [{}, {"transfer": "a"}, {"manifest": ONE}, {"transfer": "", "manifest": ONE},
                                  {"transfer": "a", "manifest": "b"}, {"transfer": 1, "manifest": ONE}])  # fmt: skip
def test_a_receipt_that_says_too_little_is_found(tallinn: Workspace, said: dict[str, object]) -> None:
    """Which transfer it is about, and the digest of its package."""
    append(tallinn.state, Act.PREPARED, AT, by="p-001", said=said)
    assert faults(tallinn) == [(1, "receipt-not-whole")]


def test_receipts_without_the_note_of_their_end_are_adopted_by_a_word(tallinn: Workspace) -> None:
    """Restored from a backup: what cannot be known is written down, and the book takes entries again."""
    write(tallinn, WAY[:2])
    receipts_path(tallinn.state).with_name("head.json").unlink()
    assert faults(tallinn) == [(2, "ledger-head-missing")]
    line = adopt_receipts(tallinn, AT + timedelta(days=1), by="registry", reason="restored from a backup")
    assert (line["what"], line["by"], line["said"]["entries"]) == ("adopted", "registry", 2)
    assert faults(tallinn) == []


NAME = "2024-12-09_a1b2c3d4"


def gone(body: Workspace) -> None:
    """Somebody takes receipts and their note away, both together."""
    receipts_path(body.state).unlink()
    receipts_path(body.state).with_name("head.json").unlink()


def test_receipts_that_are_gone_with_their_note_are_missed_by_a_package(tallinn: Workspace) -> None:
    """An empty book beside a package: the package speaks of a transfer, at its place."""
    write(tallinn, WAY[:2], NAME)
    (tallinn.state / "airlock" / "packages" / NAME).mkdir(parents=True)
    assert faults(tallinn) == []
    gone(tallinn)
    found = log_document(tallinn)
    assert (found["entries"], found["holds"]) == ([], False)
    where = f".ordinance/airlock/packages/{NAME}"
    assert found["faults"] == [{"where": where, "line": 0, "reason": "receipt-of-package-missing"}]


def test_receipts_that_are_gone_are_missed_by_the_ledger(tallinn: Workspace) -> None:
    """A purge took the package away, and the ledger says its name."""
    write(tallinn, WAY[:2], NAME)
    ledger_append(tallinn.state, LedgerAct.PURGE, AT, said={"packages": [NAME, 7, "../x"], "runs": ["0" * 16]})
    assert faults(tallinn) == []
    gone(tallinn)
    assert faults(tallinn) == [(0, "receipt-of-purged-missing")]


def test_receipts_that_are_gone_are_missed_by_a_copy(tallinn: Workspace, tmp_path: Path) -> None:
    """What lies on the stick was handed over; where receipts tell of its approval at most, that is told too."""
    stick = tmp_path / "stick"
    (stick / NAME).mkdir(parents=True)
    (stick / "holiday pictures").mkdir()
    (stick / "2024-12-10_0123abcd").write_text("a file is no package")
    for way, expected in ((WAY[:2], False), (WAY[:3], True)):
        write(tallinn, way, NAME)
        found = log_document(tallinn, released=stick)
        assert found["holds"] is expected
        gone(tallinn)
    (fault,) = log_document(tallinn, released=stick)["faults"]
    assert (fault["where"], fault["reason"]) == (str(stick / NAME), "receipt-of-copy-missing")
    assert log_document(tallinn)["holds"]  # nothing else is left: only a digest noted elsewhere shows it


def test_a_place_that_is_not_there_is_no_place_without_copies(tallinn: Workspace, tmp_path: Path) -> None:
    """A stick that is not plugged in was not looked at."""
    with pytest.raises(OSError, match="stick"):
        log_document(tallinn, released=tmp_path / "stick")


def test_what_a_run_writes_meanwhile_is_not_missed(tallinn: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is prepared just when the receipts have been read is of the next look."""

    def just_before(state: Path) -> Ledger:
        found = read_receipts(state)
        (state / "airlock" / "packages" / NAME).mkdir(parents=True)
        write(tallinn, WAY[:1], NAME)
        return found

    monkeypatch.setattr(airlock_log, "read_receipts", just_before)
    assert faults(tallinn) == []
    monkeypatch.undo()
    assert faults(tallinn) == []


def test_a_digest_that_was_noted_shows_a_book_that_was_taken_away_or_put_back(tallinn: Workspace) -> None:
    """The last receipt's, or an earlier one's: found while the book has it, and missed in every other book."""
    write(tallinn, WAY[:2])
    first = log_document(tallinn)["head"].removeprefix("sha256:")
    path = receipts_path(tallinn.state)
    earlier = path.read_bytes(), path.with_name("head.json").read_bytes()
    write(tallinn, WAY[2:])
    last = log_document(tallinn)["head"].removeprefix("sha256:")
    for noted in (first, last):
        assert log_document(tallinn, noted=noted)["holds"]
    path.write_bytes(earlier[0])
    path.with_name("head.json").write_bytes(earlier[1])
    assert log_document(tallinn)["holds"]  # an older pair of both: nothing on disk shows it
    missed = {"where": ".ordinance/airlock/receipts.jsonl", "line": 0, "reason": "receipt-noted-missing"}
    assert log_document(tallinn, noted=last)["faults"] == [missed]
    gone(tallinn)
    assert log_document(tallinn, noted=first)["faults"] == [missed]


def test_what_retention_took_away_is_not_missed(tallinn: Workspace) -> None:
    """A package, and a digest noted, of receipts that went in their time; those of later days are missed."""
    dated(tallinn, (0, "prepared", "p-001"), transfer=NAME)
    noted = log_document(tallinn)["head"].removeprefix("sha256:")
    dated(tallinn, (20, "prepared", "p-003"), transfer="2024-12-29_c3d4e5f6", manifest=TWO)
    (tallinn.state / "airlock" / "packages" / NAME).mkdir(parents=True)
    (tallinn.state / "airlock" / "packages" / "2024-12-29_00000000").mkdir()  # of the day that is cut in two
    body = a_month_alone(tallinn)
    assert log_document(body, noted=noted)["faults"] == []
    (tallinn.state / "airlock" / "packages" / "2024-12-30_a1b2c3d4").mkdir()
    assert faults(body) == [(0, "receipt-of-package-missing")]


def test_what_a_killed_run_left_is_compared_with_its_digest(tallinn: Workspace) -> None:
    """The half line that was put aside, changed afterwards: told at the receipt that names it."""
    write(tallinn, WAY[:1])
    path = receipts_path(tallinn.state)
    with path.open("ab") as file:
        file.write(b'{"n":2,"at"')
    write(tallinn, WAY[1:2])
    assert faults(tallinn) == []
    (torn,) = path.parent.glob("torn-*")
    torn.write_bytes(b'{"n":2,"by"')
    assert faults(tallinn) == [(2, "ledger-torn-changed")]


def settings(body: Workspace, change: Callable[[str], str]) -> Workspace:
    """The body with its settings changed."""
    path = body.body.folder / "ordinance.toml"
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    return open_workspace(body.body.folder).usable()


def test_receipts_stay_unless_the_body_says_how_long(tallinn: Workspace) -> None:
    """Neither the period of runs nor that of the ledger ends them."""
    write(tallinn, WAY)
    far = date(2040, 1, 1)
    assert find_due(tallinn, far).receipts == 0
    purge(tallinn, far, AT)
    assert len(log_document(tallinn)["entries"]) == 4


def dated(
    body: Workspace, *steps: tuple[int, str, str], transfer: str = "2024-12-09_a1b2", manifest: str = ONE
) -> None:
    """Receipts of one transfer, each so many days after the first day."""
    for days, act, by in steps:
        said = {"transfer": transfer, "manifest": manifest}
        append(body.state, Act(act), AT + timedelta(days=days), by=by, said=said)


def a_month_alone(body: Workspace) -> Workspace:
    """The body, which keeps receipts for a month, after the purge of 9 January: receipts of the first day are gone."""
    kept = settings(body, lambda text: text.replace("[retention]", '[retention]\nreceipts = "P1M"'))
    assert (find_due(kept, date(2025, 1, 8)).receipts, find_due(kept, date(2025, 1, 9)).receipts > 0) == (0, True)
    found = purge(kept, date(2025, 1, 9), AT + timedelta(days=31))
    assert purge_document(kept, found)["receipts"]["period"] == "P1M"
    return kept


def test_receipts_go_when_the_body_says(tallinn: Workspace) -> None:
    """From the front, with a receipt that says so and how far the transfer had come: its next steps are in turn."""
    dated(tallinn, (0, "prepared", "p-001"), (20, "approved", "p-002"), (20, "released", "p-001"))
    body = a_month_alone(tallinn)
    dated(body, (32, "posted", "p-001"))
    log = log_document(body)
    assert [e["what"] for e in log["entries"]] == ["approved", "released", "cut", "posted"]
    assert log["entries"][2]["said"]["transfers"] == {"2024-12-09_a1b2": [["prepared", "p-001", ONE]]}
    assert (log["holds"], log["transfers"]) == (
        True,
        [{"transfer": "2024-12-09_a1b2", "state": "posted", "begun_before": True}],
    )


@pytest.mark.parametrize(
    ("first", "then", "manifest", "reason"),
    [
        ([(0, "prepared", "p-001")], (31, "released", "p-001"), ONE, "receipt-not-next"),
        ([(0, "prepared", "p-001")], (31, "approved", "P-001"), ONE, "receipt-same-person"),
        ([(0, "prepared", "p-001")], (31, "approved", "p-002"), TWO, "receipt-other-package"),
    ],
)
def test_a_cut_lets_nothing_begin_in_the_middle(
    tallinn: Workspace, first: list[tuple[int, str, str]], then: tuple[int, str, str], manifest: str, reason: str
) -> None:
    """What comes after is held to the steps of which the receipts went."""
    dated(tallinn, *first)
    dated(tallinn, then, manifest=manifest)
    assert faults(tallinn) == [(2, reason)]
    assert faults(a_month_alone(tallinn)) == [(1, reason)]


def test_what_never_was_prepared_is_not_taken_for_older_than_the_cut(tallinn: Workspace) -> None:
    """Another transfer was cut; this one has no beginning anywhere."""
    dated(tallinn, (0, "prepared", "p-001"))
    dated(tallinn, (20, "released", "p-001"), transfer="2024-12-29_c3d4")
    assert faults(a_month_alone(tallinn)) == [(1, "receipt-not-next")]


def test_what_was_wrong_stays_wrong_when_its_receipts_go(tallinn: Workspace) -> None:
    """Somebody approved their own package; a month later that is still to be told, and no name is kept for it."""
    dated(tallinn, (0, "prepared", "p-001"), (0, "approved", "p-001"))
    dated(tallinn, (20, "prepared", "p-003"), transfer="2024-12-29_c3d4", manifest=TWO)
    body = a_month_alone(tallinn)
    assert faults(body) == [(0, "receipt-same-person")]
    assert b"p-001" not in receipts_path(body.state).read_bytes()


def test_a_cut_that_carries_nothing_is_none_of_ours(tallinn: Workspace) -> None:
    """A receipt of a cut by other means, chained as it should be, is told."""
    dated(tallinn, (0, "prepared", "p-001"), (20, "approved", "p-002"))
    assert cut(tallinn.state, date(2024, 12, 20), AT + timedelta(days=21), lambda found, gone: {}) == 1
    assert faults(tallinn) == [(0, "receipt-not-whole"), (1, "receipt-not-next")]


def test_receipts_are_cut_again_and_again(tallinn: Workspace) -> None:
    """Each purge carries on what the one before carried, and accuses nothing of what was in its turn."""
    dated(tallinn, (0, "prepared", "p-001"), (10, "approved", "p-002"), (20, "released", "p-001"))
    dated(tallinn, (20, "posted", "p-001"))
    body = a_month_alone(tallinn)
    for days, left in ((41, ["released", "posted", "cut", "cut"]), (51, ["cut", "cut", "cut"])):
        purge(body, (AT + timedelta(days=days)).date(), AT + timedelta(days=days))
        assert [e["what"] for e in log_document(body)["entries"]] == left
        assert faults(body) == []


def test_what_a_cut_alone_carries_is_carried_on(tallinn: Workspace) -> None:
    """Between two receipts of one transfer two purges come, and a third transfer's receipt is the first that stays."""
    dated(tallinn, (0, "prepared", "p-001"))
    dated(tallinn, (10, "prepared", "p-001"), transfer="2024-12-19_c3d4", manifest=TWO)
    dated(tallinn, (20, "approved", "p-002"))
    body = a_month_alone(tallinn)
    purge(body, (AT + timedelta(days=41)).date(), AT + timedelta(days=41))
    assert faults(body) == []
    dated(body, (41, "released", "p-001"))
    assert faults(body) == []
