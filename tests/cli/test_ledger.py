# SPDX-License-Identifier: EUPL-1.2
"""`ordinance ledger`: every entry in words and as JSON, and an exit code that says whether the chain holds."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from cli.shell import body, run
from ordinance.cli.ledger import FAULTS
from ordinance.store.ledger import Act, append, ledger_path, read_ledger

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def _written(folder: Path) -> Path:
    """Ghent with two entries; its state."""
    state = body("ghent", folder) / ".ordinance"
    append(state, Act.REVEAL, AT, by="privacy officer", reason="stolen\n\x1b[2Jphone", device="dev-ABCD2345")
    append(state, Act.PURGED, AT, said={"runs": 3})
    return state


def test_it_shows_each_entry_and_the_last_digest(tmp_path: Path) -> None:
    """On the body's wall clock, with nothing in it that could steer a terminal."""
    state = _written(tmp_path)
    done = run("ledger", state.parent)
    assert done.code == 0
    assert "2026-11-02T10:30:00+01:00" in done.out and "dev-ABCD2345" in done.out and "runs: 3" in done.out
    assert "\x1b" not in done.out and "stolen \ufffd[2Jphone" in done.out
    assert f"last entry: 2, sha256:{read_ledger(state).head}" in done.out


def test_json_has_all_of_it(tmp_path: Path) -> None:
    """The entries as they are, where the file lies, and that it holds."""
    state = _written(tmp_path)
    found = json.loads(run("ledger", state.parent, "--json").out)
    assert found["ledger"] == ".ordinance/ledger/ledger.jsonl" and found["holds"] and found["faults"] == []
    assert [(e["what"], e["device"], e["by"]) for e in found["entries"]] == [
        ("reveal", "dev-ABCD2345", "privacy officer"), ("purged", None, ""),
    ]  # fmt: skip
    assert found["entries"][1]["said"] == {"runs": 3}


def test_a_changed_ledger_is_said_and_ends_with_1(tmp_path: Path) -> None:
    """With its line and what that means; what is left half is said too."""
    state = _written(tmp_path)
    path = ledger_path(state)
    path.write_bytes(path.read_bytes().replace(b"privacy officer", b"somebody else") + b'{"n":3')
    done = run("ledger", state.parent)
    assert done.code == 1
    assert ".ordinance/ledger/ledger.jsonl:2: it does not follow the line before it" in done.err
    assert "[ledger-chain-broken]" in done.err and "half a line of 6 bytes" in done.err


def test_an_empty_ledger_is_no_praise(tmp_path: Path) -> None:
    """It says that there is no entry, as far as the ledger says, and makes no file."""
    folder = body("ghent", tmp_path)
    done = run("ledger", folder)
    assert done.code == 0 and "as far as this ledger says" in done.out
    assert json.loads(run("ledger", folder, "--json").out)["head"] is None
    assert not (folder / ".ordinance").exists()


def test_every_fault_has_its_words() -> None:
    """What the store can say is wrong, the command can explain."""
    store = Path(__file__).parents[2] / "src" / "ordinance" / "store"
    text = "".join((store / name).read_text("utf-8") for name in ("chain.py", "chain_head.py"))
    assert set(re.findall(r'"(ledger-[a-z-]+)"', text)) - {"ledger-broken", "ledger-busy"} == set(FAULTS)


ADOPT = ("--adopt", "--by", "registry", "--reason", "restored from a backup")


def test_a_ledger_without_its_note_is_adopted_by_a_word(tmp_path: Path) -> None:
    """Stdout says at which length, and what nobody can know; every later look at it says that as well."""
    state = _written(tmp_path)
    (state / "ledger" / "head.json").unlink()
    assert run("ledger", state.parent).code == 1
    done = run("ledger", *ADOPT, state.parent)
    assert done.code == 0, done.err
    assert "taken on with 2 entries, as entry 3 says" in done.out
    assert "whether entries after 2 were there and were taken away" in done.out
    assert "up to 2, was put in by other means" in done.out
    later = run("ledger", state.parent)
    assert later.code == 0 and "restored from a backup" in later.out
    assert "entry 3 took the ledger on; cannot be known: whether entries after 2" in later.err


def test_an_entry_put_in_by_other_means_is_said_and_adopted_as_such(tmp_path: Path) -> None:
    """As JSON: the entry and what cannot be known; a second time there is nothing to adopt."""
    state = _written(tmp_path)
    note = (state / "ledger" / "head.json").read_bytes()
    append(state, Act.PURGED, AT, said={"runs": 4})
    (state / "ledger" / "head.json").write_bytes(note)
    done = run("ledger", state.parent)
    assert done.code == 1
    assert "ledger.jsonl:3: the note beside it (head.json) neither names nor announces it" in done.err
    found = json.loads(run("ledger", *ADOPT, "--json", state.parent).out)
    assert found["entry"]["said"] == {"fault": "ledger-entry-not-noted", "entries": 3, "last": 3, "noted": 2}
    assert found["cannot_be_known"] == ["whether the entries 3 to 3 were written by a run of this program"]
    again = run("ledger", *ADOPT, state.parent)
    assert again.code == 3 and "[nothing-to-adopt]" in again.err


def test_nothing_is_adopted_without_a_role_and_a_reason_or_with_a_name(tmp_path: Path) -> None:
    """Misuse of the command, or words that do not do: the ledger is as it was."""
    state = _written(tmp_path)
    (state / "ledger" / "head.json").unlink()
    before = ledger_path(state).read_bytes()
    assert run("ledger", "--adopt", "--by", "registry", state.parent).code == 2
    assert run("ledger", "--by", "registry", state.parent).code == 2
    done = run("ledger", "--adopt", "--by", "registry", "--reason", "for op-001", state.parent)
    assert done.code == 3 and "[names-a-device]" in done.err
    assert ledger_path(state).read_bytes() == before


def test_a_changed_ledger_is_not_adopted(tmp_path: Path) -> None:
    """Also without its note: what is known to be wrong is no doubt."""
    state = _written(tmp_path)
    path = ledger_path(state)
    path.write_bytes(path.read_bytes().replace(b"privacy officer", b"somebody else"))
    (state / "ledger" / "head.json").unlink()
    done = run("ledger", *ADOPT, state.parent)
    assert done.code == 3 and "[ledger-broken]" in done.err and "--adopt" not in done.err


def test_an_end_that_was_cut_is_said(tmp_path: Path) -> None:
    """By one entry, by one byte or as a whole: exit 1, and where; the entries that are left are shown all the same."""
    state = _written(tmp_path)
    path = ledger_path(state)
    whole = path.read_bytes()
    for left, place in ((whole[: whole.index(b"\n") + 1], ":1"), (whole[:-1], ":1"), (b"", "")):
        path.write_bytes(left)
        done = run("ledger", state.parent)
        assert done.code == 1 and ("dev-ABCD2345" in done.out) is bool(place)
        assert f"ledger.jsonl{place}: it ends before the entry that the note beside it names" in done.err
