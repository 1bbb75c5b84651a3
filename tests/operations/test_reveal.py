# SPDX-License-Identifier: EUPL-1.2
"""Looking behind a pseudonym: with the key, a reason and a ledger, or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bodies import instant
from cli.shell import DAYS, PROGRAM, body, edit, process, run
from ordinance.model.errors import Issue, PolicyError
from ordinance.operations.accountable import names_somebody
from ordinance.operations.checking import run_check
from ordinance.operations.keys import pseudonyms_of
from ordinance.operations.reveal import reveal
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.store.files import held
from ordinance.store.keys import KEY_VARIABLE, Pseudonyms
from ordinance.store.ledger import Act, ledger_path, read_ledger

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
WHY = {"by": "privacy officer", "reason": "reported stolen, case 12"}


@pytest.fixture(autouse=True)
def _no_key_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


@pytest.fixture
def ghent(tmp_path: Path) -> Workspace:
    """Ghent with a key, and with a notice to all staff that still counts."""
    folder = body("ghent", tmp_path)
    _told(folder / "ordinance.toml", "2026-10-01")
    opened = open_workspace(folder).usable()
    pseudonyms_of(opened, make=True)
    return opened


def _told(settings: Path, *days: str) -> None:
    """Notices to all staff of these days, beside those that stand in the settings."""
    about = 'who = "all staff"\nhow = "e-mail"\nabout = "contacts with the app were found"'
    with settings.open("a") as file:
        file.writelines(f"\n[[checking.alarm]]\non = {day}\n{about}\n" for day in days)


def _refused(issue: str, opened: Workspace, pseudonym: str, **said: str) -> None:
    """Nobody is named, for this reason, and the ledger has no entry."""
    before = read_ledger(opened.state).entries
    with pytest.raises(PolicyError) as raised:
        reveal(opened, pseudonym, AT, **(WHY | said))
    assert [i.id for i in raised.value.issues] == [issue]
    assert read_ledger(opened.state).entries == before


def test_every_pseudonym_of_a_run_leads_to_its_device(ghent: Workspace) -> None:
    """The rows of single devices of a check, one by one, each with its own entry; names are not in the ledger."""
    run_ = run_check(ghent, instant(DAYS["ghent"], ghent), individual=True)
    shown = sorted({row["device"] for row in run_.document["devices"]})
    names = [reveal(ghent, one, AT, **WHY).device for one in shown]
    assert len(shown) > 20 and sorted(map(str, names)) == sorted({*map(str, names)})
    assert {*names} <= {*ghent.estate.device_ids()}
    rows, *entries = read_ledger(ghent.state).entries
    assert (rows.what, rows.device) == (Act.ROWS, "")
    assert [(e.what, e.device, e.by, e.reason, e.said) for e in entries] == [
        (Act.REVEAL, one, WHY["by"], WHY["reason"], {"found": 1}) for one in shown
    ]
    ledger = ledger_path(ghent.state).read_bytes()
    assert not [name for name in ghent.estate.device_ids() if name.encode() in ledger]


def test_an_unknown_pseudonym_is_written_down_too(ghent: Workspace) -> None:
    """Trying is looking: the entry says that nobody was found."""
    found = reveal(ghent, "dev-AAAAAAAA", AT, **WHY)
    assert (found.device, found.found) == (None, 0)
    (entry,) = read_ledger(ghent.state).entries
    assert (entry.device, entry.said) == ("dev-AAAAAAAA", {"found": 0})


def test_two_devices_behind_one_pseudonym_name_nobody(ghent: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty bits are few among a million devices; the wrong one of two is never named."""
    monkeypatch.setattr(Pseudonyms, "of", lambda self, device: "dev-AAAAAAAA" if "op-0" in device else "dev-BBBBBBBB")
    found = reveal(ghent, "dev-AAAAAAAA", AT, **WHY)
    assert found.device is None and found.found > 1
    assert read_ledger(ghent.state).entries[0].said == {"found": found.found}


@pytest.mark.parametrize("pseudonym", ["op-001", "dev-abcd2345", "dev-ABCD2345x", "", "dev-ABCD1890"])
def test_what_is_no_pseudonym_gets_nowhere(pseudonym: str, ghent: Workspace) -> None:
    """A name typed by mistake is not written down."""
    _refused("bad-pseudonym", ghent, pseudonym)


@pytest.mark.parametrize(
    ("issue", "said"),
    [
        ("no-reason", {"reason": ""}),
        ("no-reason", {"reason": " \t\n. – "}),
        ("no-reason", {"by": " "}),
        ("bad-value", {"reason": "x" * 1_001}),
        ("names-a-device", {"reason": "OP-001 was stolen"}),
        ("names-a-device", {"reason": "it was stolen (op-001)."}),
        ("names-a-device", {"by": "holder of gp-002"}),
        ("names-a-device", {"reason": "phone of p-002"}),
        ("names-a-device", {"reason": "op-001-stolen"}),
        ("names-a-device", {"reason": "case:OP 001=lost"}),
        ("names-a-device", {"reason": "ｏｐ‑００１"}),
        ("names-a-device", {"reason": "the one with 00-00-5E-00-53-01"}),
        ("names-a-device", {"reason": "0000.5e00.5301"}),
        ("names-a-device", {"reason": "00005E005301"}),
        ("names-a-device", {"by": "mac:00:00:5e:00:53:01"}),
        ("names-a-device", {"reason": "not in the list: 02-AA-BB-CC-DD-EE"}),
        ("names-a-device", {"reason": "not in the list: 02aa.bbcc.ddee"}),
    ],
)
def test_words_that_do_not_do(issue: str, said: dict[str, str], ghent: Workspace) -> None:
    """A reason is there, is short, and carries no device and no holder into the ledger."""
    _refused(issue, ghent, "dev-AAAAAAAA", **said)


def test_a_name_that_looks_like_a_pseudonym_is_a_name(ghent: Workspace) -> None:
    """One of the estate's own, or a longer word in which one stands, is not taken out before names are looked for."""
    names = ("dev-LAPTOP22", "dev-WORKSTATION", "dev-MACBOOKS-7")
    assert [n for n in names if not names_somebody(ghent, f"lost {n} yesterday", n)] == []
    assert not names_somebody(ghent, "lost dev-LAPTOP22 yesterday", "op-001")


def test_what_was_refused_is_said_nowhere(ghent: Workspace) -> None:
    """Neither on the screen nor in any file: whoever typed it knows what it was."""
    folder = ghent.body.folder
    for words in (["--by", "holder of op-001", "--reason", "case 12"], ["--by", "officer", "--reason", "OP-001 lost"]):
        done = run("reveal", folder, "dev-AAAAAAAA", *words)
        assert done.code == 3 and "names-a-device" in done.err
        assert "op-001" not in (done.out + done.err).casefold()
    assert not ledger_path(ghent.state).exists()


def test_names_as_people_write_them(ghent: Workspace) -> None:
    """An inventory's name inside a sentence is found; a number is not found inside the number of a case."""
    estate = ghent.body.folder / "estate"
    edit(estate / "devices.csv", "00:00:5e:00:53:01,,", "00:00:5e:00:53:01,Phone of the Mayor,")
    with (estate / "people.csv").open("a") as people:
        people.writelines(f"{person},staff,culture,2023-01-01,\n" for person in ("k-77", "12", "dev"))
    opened = open_workspace(ghent.body.folder).usable()
    for reason in ("lost:\u00a0PHONE  of the_mayor.", "asked by K 77", "asked by 12.", "about 12"):
        _refused("names-a-device", opened, "dev-AAAAAAAA", **(WHY | {"reason": reason}))
    for reason in ("case 2024-12", "case 12-3, at 9:15 on 3.12", "dev-AAAAAAAA", "telephone of the mayors"):
        reveal(opened, "dev-AAAAAAAA", AT, **(WHY | {"reason": reason}))
    assert len(read_ledger(opened.state).entries) == 4


def test_words_close_to_a_name_are_no_name(ghent: Workspace) -> None:
    """`op-001x` is no device of the estate: nobody has to guess which words may be used."""
    reveal(ghent, "dev-AAAAAAAA", AT, by="p-00", reason="case op-001x, shop-001")
    assert len(read_ledger(ghent.state).entries) == 1


@pytest.mark.parametrize("allowed", ["[]", '["attestation", "sample", "network_aggregate"]'])
def test_where_nobody_may_be_looked_at_alone_nobody_is_named(allowed: str, ghent: Workspace) -> None:
    """At the line that says what may be read, whatever key there is."""
    edit(ghent.body.folder / "ordinance.toml", '["inventory", "network_device"]', allowed)
    opened = open_workspace(ghent.body.folder).usable()
    device = ghent.estate.device_ids()[0]
    _refused("reveal-not-allowed", opened, pseudonyms_of(ghent).of(device))
    with pytest.raises(PolicyError) as raised:
        reveal(opened, "dev-AAAAAAAA", AT, **WHY)
    assert [(i.file, i.line) for i in raised.value.issues] == [("ordinance.toml", 12)]


def test_without_the_key_nobody_is_named(ghent: Workspace) -> None:
    """And no new one is made for it."""
    (ghent.state / "keys" / "pseudonym.key").unlink()
    _refused("no-key", ghent, "dev-AAAAAAAA")
    assert not (ghent.state / "keys" / "pseudonym.key").exists()


def test_without_a_ledger_nobody_is_named(ghent: Workspace) -> None:
    """One that was changed, one in whose place a folder stands: no name comes back."""
    pseudonym = pseudonyms_of(ghent).of(ghent.estate.device_ids()[0])
    reveal(ghent, pseudonym, AT, **WHY)
    path = ledger_path(ghent.state)
    whole = path.read_bytes()
    path.write_bytes(b"\n" + whole)
    with pytest.raises(PolicyError, match="ledger-broken"):
        reveal(ghent, pseudonym, AT, **WHY)
    path.unlink()
    path.mkdir()
    with pytest.raises(PolicyError, match="ledger-end-missing"):
        reveal(ghent, pseudonym, AT, **WHY)


def test_the_command_writes_before_it_says_the_name(ghent: Workspace) -> None:
    """The name alone on stdout; the entry is there even where stdout cannot be written."""
    folder, device = ghent.body.folder, ghent.estate.device_ids()[0]
    pseudonym = pseudonyms_of(ghent).of(device)
    words = ["reveal", folder, pseudonym, "--reason", WHY["reason"], "--by", WHY["by"]]
    done = run(*words)
    assert (done.code, done.out) == (0, f"{device}\n") and "entry 1" in done.err
    assert json.loads(run(*words, "--json").out)["device"] == device
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            subprocess.run([sys.executable, "-c", PROGRAM, *map(str, words)], stdout=full, stderr=full, check=False)
        assert len(read_ledger(ghent.state).entries) == 3


def test_the_command_names_nobody_while_the_ledger_is_held(ghent: Workspace) -> None:
    """Another run has it and does not let go: exit 3, no name anywhere."""
    device = ghent.estate.device_ids()[0]
    pseudonym = pseudonyms_of(ghent).of(device)
    (ghent.state / "ledger").mkdir()
    words = ["--reason", WHY["reason"], "--by", WHY["by"]]
    with held(ghent.state / "ledger"):
        done = process("reveal", ghent.body.folder, pseudonym, *words)
    assert done.code == 3 and "[ledger-busy]" in done.err and device not in done.out + done.err


def test_the_command_ends_with_1_where_nobody_is_named(ghent: Workspace) -> None:
    """Nothing on stdout, a sentence on stderr, and the entry."""
    words = ["reveal", ghent.body.folder, "dev-AAAAAAAA", "--reason", WHY["reason"], "--by", WHY["by"]]
    done = run(*words)
    assert (done.code, done.out) == (1, "") and "no device of the estate stands behind dev-AAAAAAAA" in done.err
    assert json.loads(run(*words, "--json").out)["device"] is None
    assert len(read_ledger(ghent.state).entries) == 2


def test_a_former_device_is_still_found(ghent: Workspace) -> None:
    """The rows of a device that has left say whose pseudonym an old report holds."""
    gone = ghent.estate.devices[0]
    assert gone.id in replace(ghent.estate, devices=(gone,)).device_ids()
    found = reveal(replace(ghent, estate=replace(ghent.estate, devices=(gone,))), pseudonyms_of(ghent).of(gone.id), AT,
                   **WHY)  # fmt: skip
    assert found.device == gone.id


def _notices(opened: Workspace, *days: str) -> Workspace:
    """The same body with notices of these days alone."""
    settings = opened.body.folder / "ordinance.toml"
    text = settings.read_text("utf-8")
    assert 'privacy_profile = "be"' in text
    settings.write_text(text.partition("[[checking.alarm]]")[0], "utf-8")
    _told(settings, *days)
    return open_workspace(opened.body.folder).usable()


def _issue(opened: Workspace, pseudonym: str, at: datetime) -> Issue:
    with pytest.raises(PolicyError) as raised:
        reveal(opened, pseudonym, at, **WHY)
    (issue,) = raised.value.issues
    return issue


def test_where_the_law_asks_for_a_notice_first_nobody_is_named_before(ghent: Workspace) -> None:
    """Belgium's profile: refused without a notice and on its day, with the day on which it may be; free on that day."""
    pseudonym = pseudonyms_of(ghent).of(ghent.estate.device_ids()[0])
    _refused("alarm-missing", _notices(ghent), pseudonym)
    opened = _notices(ghent, "2026-11-04", "2026-11-02")
    _refused("alarm-missing", opened, pseudonym)
    issue = _issue(opened, pseudonym, AT)
    assert "before 2026-11-03" in issue.message and "2026-11-02" in issue.message
    lines = (opened.body.folder / "ordinance.toml").read_text("utf-8").splitlines()
    assert lines[issue.line] == "on = 2026-11-02"  # the line behind the table's name
    late = datetime(2026, 11, 2, 23, 0, tzinfo=UTC)  # the next day has begun in Ghent
    assert reveal(opened, pseudonym, late, **WHY).found == 1


def test_nobody_is_named_by_a_notice_that_counts_no_longer(ghent: Workspace) -> None:
    """Told on 2 May, results kept for six months: through 1 November in Ghent; then a new notice is asked for."""
    pseudonym = pseudonyms_of(ghent).of(ghent.estate.device_ids()[0])
    opened = _notices(ghent, "2026-05-02", "2023-03-24")
    assert reveal(opened, pseudonym, datetime(2026, 11, 1, 22, 59, tzinfo=UTC), **WHY).found == 1
    over = _issue(opened, pseudonym, datetime(2026, 11, 1, 23, 0, tzinfo=UTC))
    assert (over.id, "2026-05-02" in over.message, "2026-11-01" in over.message) == ("alarm-over", True, True)
    _refused("alarm-over", opened, pseudonym)
    _told(opened.body.folder / "ordinance.toml", "2026-11-01")
    assert reveal(open_workspace(opened.body.folder).usable(), pseudonym, AT, **WHY).found == 1


def test_a_notice_to_come_does_not_bring_back_one_that_is_over(ghent: Workspace) -> None:
    """It names the day on which the new one counts."""
    pseudonym = pseudonyms_of(ghent).of(ghent.estate.device_ids()[0])
    issue = _issue(_notices(ghent, "2023-03-24", "2026-11-02"), pseudonym, AT)
    assert issue.id == "alarm-over" and "2026-11-03" in issue.hint
