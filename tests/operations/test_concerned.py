# SPDX-License-Identifier: EUPL-1.2
"""What is kept about one device: all of it is said, what can go goes, and what stays is said with its reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bodies import instant
from cli.shell import body, edit, run, tree
from ordinance.model.errors import PolicyError
from ordinance.operations.checking import latest_run, run_check
from ordinance.operations.concerned import access, erase
from ordinance.operations.keys import pseudonyms_of
from ordinance.operations.reveal import reveal
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.store.files import held, write_file, write_folder
from ordinance.store.keys import KEY_VARIABLE
from ordinance.store.ledger import Act, ledger_path, read_ledger

NOW = datetime(2023, 4, 12, 9, 30, tzinfo=UTC)
DEVICE, OTHER = "op-001", "gp-001"
WHO = {"by": "privacy officer", "reason": "request 7"}
ROW = "d" * 16  # a run of an older form, in which a row about the device stands


@pytest.fixture(autouse=True)
def _no_key_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


@pytest.fixture
def ghent(tmp_path: Path) -> Workspace:
    """Ghent with one kept run of 10 April."""
    opened = open_workspace(body("ghent", tmp_path)).usable()
    run_check(opened, instant("2023-04-10", opened))
    return opened


def _a_row(opened: Workspace, name: str = ROW, device: str = DEVICE) -> None:
    """A kept run that holds a row about a device, under its pseudonym."""
    said = {"as_of": "2023-04-11T00:00:00+02:00", "devices": [{"device": pseudonyms_of(opened).of(device)}]}
    files = {"result.json": json.dumps(said).encode(), "report.html": b"<p>"}
    write_folder(opened.state / "runs" / name, files, mode=0o700)


def test_the_answer_has_all_that_is_kept(ghent: Workspace) -> None:
    """The row of the estate with each fact, the runs that count it with their last day, why, what was not opened."""
    found = access(ghent, DEVICE, NOW, **WHO)
    row = ghent.estate.latest_row(DEVICE)
    assert found["pseudonym"] == pseudonyms_of(ghent).of(DEVICE) and found["in_estate"]
    assert found["estate"][0]["holder"] == row.holder and found["estate"][0]["owner"] == row.facts.owner
    assert found["estate"][0]["file"] == f"estate/devices.csv:{row.line}"
    assert found["places"] == [] and found["searched"]["files"] > 3
    assert found["counted_in"] == [{"run": latest_run(ghent).name, "day": "2023-04-10", "last_day": "2023-10-09"}]
    assert (found["purpose"], found["evidence_allowed"]) == ("rule_compliance", ["inventory", "network_device"])
    assert found["retention"] == {  # as the file has them
        **{"runs": "P6M", "probes": "P6M", "ledger": "P1Y"},
        "packages": "P6M",  # as long as runs, where nothing else is said
    }
    assert [s["id"] for s in found["sources"]] == ["mdm", "intune", "dns-townhall"]


def test_statements_about_it_are_in_the_answer(ghent: Workspace) -> None:
    """Those of its own and no other device's; a body that reads none names none."""
    folder = ghent.body.folder
    edit(folder / "ordinance.toml", '["inventory",', '["attestation", "inventory",')
    for name, device in (("mine", DEVICE), ("theirs", OTHER)):
        text = f"attestation: {name}\ndevices: [{device}]\nwhat: [{{family: tiktok}}]\nstated: [removed]\nby: holder\n"
        write_file(folder / "attestations" / f"{name}.yaml", f"{text}on: 2023-04-01\n".encode())
    found = access(open_workspace(folder).usable(), DEVICE, NOW, **WHO)
    assert found["attestations"] == [
        {"file": "attestations/mine.yaml", "stated": ["removed"], "by": "holder", "on": "2023-04-01"}
    ]
    assert access(ghent, DEVICE, NOW, **WHO)["attestations"] == []
    said = run("access", folder, "--device", DEVICE, "--by", "privacy officer").out
    assert "Stated about it: removed, by holder on 2023-04-01 (attestations/mine.yaml)" in said


def test_what_was_written_about_its_findings_is_in_the_answer(ghent: Workspace) -> None:
    """With the person's own words, and nothing that was written about another device or a group."""
    folder, key = ghent.body.folder, pseudonyms_of(ghent)
    for number, (name, device) in enumerate((("mine", DEVICE), ("theirs", OTHER))):
        life = f"  - {{on: 2023-04-08, state: disputed, by: holder, said: It is a {name} game}}\n"
        text = f"finding: f-012345678{number}\ndevice: {key.of(device)}\nlife:\n{life}"
        write_file(folder / "findings" / f"{name}.yaml", text.encode())
    (found,) = access(open_workspace(folder).usable(), DEVICE, NOW, **WHO)["findings"]
    assert (found["file"], found["state"], found["said"]) == ("findings/mine.yaml", "disputed", "It is a mine game")
    said = run("access", folder, "--device", DEVICE, "--by", "privacy officer").out
    assert 'disputed, by holder on 2023-04-08; "It is a mine game" (findings/mine.yaml)' in said
    assert "theirs game" not in said


def test_an_exemption_of_it_is_in_the_answer(tmp_path: Path) -> None:
    """Tallinn's channel device has one, a work phone has none."""
    opened = open_workspace(body("tallinn", tmp_path)).usable()
    pseudonyms_of(opened, make=True)
    (found,) = access(opened, "sd-001", NOW, **WHO)["exemptions"]
    assert (found["id"], found["last_day"]) == ("channel-devices", "2025-06-30")
    assert access(opened, "sd-009", NOW, **WHO)["exemptions"] == []
    said = run("access", opened.body.folder, "--device", "sd-001", "--by", "privacy officer").out
    assert "Exempted: channel-devices, for reach_young_residents, until 2025-06-30" in said


def test_every_file_in_which_it_stands_is_named(ghent: Workspace) -> None:
    """By its pseudonym, its id or its hardware address, in whatever file; what is only like its id is not it."""
    pseudonym = pseudonyms_of(ghent).of(DEVICE)
    write_file(ghent.state / "a.txt", f"of {pseudonym}.".encode())
    write_file(ghent.state / "b.txt", b'{"device": "op-001"}')
    write_file(ghent.state / "c.txt", b"op-0011 shop-001 op-001x op-001-a _op-001 " + pseudonym[:-1].encode())
    write_file(ghent.state / "d.txt", b"." * ((1 << 20) - 3) + b" op-001")
    write_file(ghent.state / "f.txt", b"." * ((1 << 20) - 8) + b"shop-001" + b"." * 9)
    write_file(ghent.state / "e.txt", b"." * ((1 << 20) - 3) + b" op-0012")
    found = access(ghent, DEVICE, NOW, **WHO)
    assert sorted((p["file"], p["as"]) for p in found["places"]) == [
        ("a.txt", "pseudonym"), ("b.txt", "name"), ("d.txt", "name"),
    ]  # fmt: skip


def test_who_looked_behind_it_is_told(ghent: Workspace) -> None:
    """Entries about its pseudonym and no other; this request is written down, and in the next answer."""
    names = pseudonyms_of(ghent)
    reveal(ghent, names.of(DEVICE), NOW, by="security officer", reason="case 12")
    reveal(ghent, names.of(OTHER), NOW, by="security officer", reason="case 13")
    assert [(e["what"], e["reason"]) for e in access(ghent, DEVICE, NOW, **WHO)["ledger"]] == [("reveal", "case 12")]
    again = access(ghent, DEVICE, NOW, **WHO)["ledger"]
    assert [(e["what"], e["by"]) for e in again] == [("reveal", "security officer"), ("access", "privacy officer")]
    assert DEVICE.encode() not in ledger_path(ghent.state).read_bytes()


@pytest.mark.parametrize(
    ("device", "said", "issue"),
    [
        (DEVICE, {"reason": f"asks about {DEVICE}"}, "names-a-device"),
        ("gone-7", {"reason": "xgone-7x"}, "names-a-device"),
        (DEVICE, {"reason": " "}, "no-reason"),
        (DEVICE, {"by": ""}, "no-reason"),
        (" ", {}, "unknown-device"),
    ],
)
def test_words_that_do_not_do(device: str, said: dict[str, str], issue: str, ghent: Workspace) -> None:
    """Nothing is said and nothing is written, for an answer and for an erasure."""
    for verb in (access, erase):
        with pytest.raises(PolicyError) as raised:
            verb(ghent, device, NOW, **(WHO | said))
        assert {i.id for i in raised.value.issues} == {issue} or " " in device
    assert not ledger_path(ghent.state).exists()


def test_without_key_or_ledger_there_is_no_answer(ghent: Workspace) -> None:
    """No key, no pseudonym to look for; no ledger, no word."""
    access(ghent, DEVICE, NOW, **WHO)
    whole = ledger_path(ghent.state).read_bytes()
    ledger_path(ghent.state).write_bytes(b"{}\n" + whole)
    for verb in (access, erase):
        with pytest.raises(PolicyError, match="ledger-broken"):
            verb(ghent, DEVICE, NOW, **WHO)
    (ghent.state / "keys" / "pseudonym.key").unlink()
    with pytest.raises(PolicyError, match="no-key"):
        access(ghent, DEVICE, NOW, **WHO)


def test_a_device_that_is_in_no_list_is_looked_for_all_the_same(ghent: Workspace) -> None:
    """It may have left: what stands under its pseudonym is found."""
    _a_row(ghent, device="gone-7")
    found = access(ghent, "gone-7", NOW, **WHO)
    assert (found["in_estate"], found["counted_in"]) == (False, [])
    assert [(p["file"], p["kind"]) for p in found["places"]] == [(f"runs/{ROW}/result.json", "run")]


def test_looking_takes_nothing_away_and_is_written_down(ghent: Workspace) -> None:
    """What can go is shown, exit 1; only the ledger changes."""
    _a_row(ghent)
    before = tree(ghent.state)
    found = erase(ghent, DEVICE, NOW, **WHO)
    assert (found["done"], found["runs"], found["exit_code"]) == (False, [ROW], 1)
    after = tree(ghent.state)
    assert {k: v for k, v in after.items() if "ledger" not in k} == before
    assert [e.what for e in read_ledger(ghent.state).entries] == [Act.ACCESS]


def test_runs_that_hold_it_go_and_the_others_stay(ghent: Workspace) -> None:
    """As a whole; its pseudonym then stands in no file but the ledger, which says before and after."""
    kept = latest_run(ghent).name
    _a_row(ghent)
    _a_row(ghent, "e" * 16, OTHER)
    write_file(ghent.state / "latest", f"{ROW}\n".encode())
    found = erase(ghent, DEVICE, NOW, do=True, **WHO)
    assert (found["done"], found["runs"], found["stays"], found["exit_code"]) == (True, [ROW], [], 0)
    assert {p.name for p in (ghent.state / "runs").iterdir()} == {kept, "e" * 16}
    assert latest_run(ghent).name == "e" * 16
    pseudonym = pseudonyms_of(ghent).of(DEVICE).encode()
    assert [k for k, v in tree(ghent.state).items() if pseudonym in v] == ["ledger/ledger.jsonl"]
    begun, ended = read_ledger(ghent.state).entries
    assert (begun.what, begun.said, begun.reason) == (Act.ERASE, {"runs": [ROW]}, WHO["reason"])
    assert (ended.what, ended.said["runs"], ended.said["remains_in"]) == (Act.ERASED, 1, [])
    assert found["ledger"] == {"entries": 2, "last_day": "2024-04-11"}


def test_runs_of_counts_are_said_to_hold_no_row(ghent: Workspace) -> None:
    """Nothing can be taken out of a count for one device: it is told, and no run is touched."""
    before = tree(ghent.state)
    found = erase(ghent, DEVICE, NOW, do=True, **WHO)
    assert (found["runs"], found["counted_in"], found["exit_code"]) == ([], 1, 0)
    assert {k: v for k, v in tree(ghent.state).items() if "ledger" not in k} == before


def test_what_cannot_go_here_is_named_with_its_reason(ghent: Workspace) -> None:
    """The list of devices of what is in force, and a file that nobody knows: exit 1, and both in the ledger."""
    run("build", ghent.body.folder, "--as-of", "2023-04-10")
    write_file(ghent.state / "note.txt", DEVICE.encode())
    found = erase(ghent, DEVICE, NOW, do=True, **WHO)
    stays = [(s["file"], s["kind"]) for s in found["stays"]]
    assert stays == [("bundle/devices.json", "bundle"), ("note.txt", "other")]
    assert found["exit_code"] == 1
    assert read_ledger(ghent.state).entries[-1].said["remains_in"] == ["bundle/devices.json", "note.txt"]


def test_a_word_like_its_name_takes_no_run_away(ghent: Workspace) -> None:
    """A device called `result` would take every run with it: only a pseudonym makes a run go, the rest is said."""
    kept = latest_run(ghent).name
    found = erase(ghent, "result", NOW, do=True, **WHO)
    assert (found["runs"], found["exit_code"]) == ([], 1) and latest_run(ghent).name == kept
    assert {s["kind"] for s in found["stays"]} == {"run"} and {s["as"] for s in found["stays"]} == {"name"}


def test_another_run_that_takes_things_away_is_waited_out(ghent: Workspace) -> None:
    """It says so and does nothing."""
    _a_row(ghent)
    with held(ghent.state), pytest.raises(PolicyError, match="state-busy"):
        erase(ghent, DEVICE, NOW, do=True, **WHO)
    assert (ghent.state / "runs" / ROW).is_dir() and not ledger_path(ghent.state).exists()


def test_the_commands_say_it_in_words(ghent: Workspace) -> None:
    """Whole sentences for the person concerned, with the notice that the data are invented."""
    _a_row(ghent)
    folder, who = ghent.body.folder, ["--by", "privacy officer"]
    said = run("access", folder, "--device", DEVICE, *who)
    assert said.code == 0
    assert "It was one of the devices counted in 1 kept runs, which hold no row about it" in said.out
    assert f".ordinance/runs/{ROW}/result.json, by its pseudonym: a kept run" in said.out
    assert "Nobody looked behind its pseudonym before" in said.out and "Invented estate" in said.out
    words = ["erase", folder, "--device", DEVICE, "--reason", "objection", *who]
    shown = run(*words)
    assert shown.code == 1 and "--do does it" in shown.err and f"run {ROW}: can go, as a whole" in shown.out
    done = run(*words, "--do")
    assert done.code == 0 and f"run {ROW}: taken away, as a whole" in done.out
    assert "entries of the ledger stay until" in done.out
    assert json.loads(run(*words, "--json").out)["runs"] == []


def test_an_answer_does_not_call_clean_what_was_not_searched(ghent: Workspace, tmp_path: Path) -> None:
    """A link is named in the answer and in what an erasure says, and both end with 4."""
    write_file(tmp_path / "elsewhere" / "copy.txt", DEVICE.encode())
    (ghent.state / "bundle").mkdir()
    (ghent.state / "bundle" / "away").symlink_to(tmp_path / "elsewhere")
    folder, who = ghent.body.folder, ["--by", "privacy officer"]
    assert access(ghent, DEVICE, NOW, **WHO)["unread"] == [".ordinance/bundle/away"]
    said = run("access", folder, "--device", DEVICE, *who)
    assert said.code == 4 and "may not be read: .ordinance/bundle/away" in said.out
    assert "Among what could be searched of what they keep it stands nowhere" in said.out
    done = run("erase", folder, "--device", DEVICE, "--reason", "objection", *who, "--do")
    assert done.code == 4 and ".ordinance/bundle/away: not searched" in done.err


def test_what_persons_wrote_stays_and_is_said(ghent: Workspace) -> None:
    """Under its pseudonym or its id, whatever evidence is allowed: named, exit 1, and who edits the file is said."""
    folder, pseudonym = ghent.body.folder, pseudonyms_of(ghent).of(DEVICE)
    life = "life:\n  - {on: 2023-04-08, state: disputed, by: holder, said: It is a game}\n"
    write_file(folder / "findings" / "word.yaml", f"finding: f-0123456780\ndevice: {pseudonym}\n{life}".encode())
    write_file(folder / "attestations" / "mine.yaml", f"attestation: x\ndevices: [{DEVICE}]\n".encode())
    write_file(folder / "attestations" / "theirs.yaml", f"attestation: y\ndevices: [{OTHER}]\n".encode())
    found = erase(ghent, DEVICE, NOW, do=True, **WHO)
    assert [(s["file"], s["kind"], s["as"]) for s in found["stays"]] == [
        ("findings/word.yaml", "written", "pseudonym"), ("attestations/mine.yaml", "written", "name"),
    ]  # fmt: skip
    assert found["exit_code"] == 1
    assert read_ledger(ghent.state).entries[-1].said["remains_in"] == ["attestations/mine.yaml", "findings/word.yaml"]
    done = run("erase", folder, "--device", DEVICE, "--reason", "objection", "--by", "privacy officer")
    assert done.code == 1 and "findings/word.yaml, by its pseudonym: stays; written by persons" in done.out
    opened = open_workspace(folder).usable()
    assert [p["file"] for p in access(opened, DEVICE, NOW, **WHO)["places"]] == ["attestations/mine.yaml"]


def test_the_record_of_a_separate_device_and_its_channels_are_in_the_answer(tmp_path: Path) -> None:
    """What persons wrote about it as a separate device is kept about it too; of another device nothing is said."""
    opened = open_workspace(body("tallinn", tmp_path)).usable()
    pseudonyms_of(opened, make=True)
    found = access(opened, "sd-001", NOW, **WHO)
    written = [(p["file"], p["kind"], p["as"]) for p in found["places"]]
    assert written == [
        ("separate/sd-001.yaml", "written", "name"), ("channels/tallinn-tiktok.yaml", "written", "name"),
    ]  # fmt: skip
    assert [p["file"] for p in access(opened, "sd-002", NOW, **WHO)["places"]] == ["separate/sd-002.yaml"]
    said = run("access", opened.body.folder, "--device", "sd-001", "--by", "privacy officer")
    assert "separate/sd-001.yaml, by its name: written by persons" in said.out


@pytest.mark.parametrize(
    ("file", "kind"),
    [("receipts.jsonl", "receipts"), ("packages/2023-04-01_0123abcd/manifest.json", "package")],
)
def test_what_the_airlock_keeps_of_it_is_called_what_it_is(file: str, kind: str, ghent: Workspace) -> None:
    """A table says what it is and how long it stays, and so does the answer."""
    write_file(ghent.state / "airlock" / file, json.dumps({"device": DEVICE}).encode())
    found = erase(ghent, DEVICE, NOW, do=True, **WHO)
    assert [(s["file"], s["kind"]) for s in found["stays"]] == [(f"airlock/{file}", kind)]
    said = run("access", ghent.body.folder, "--device", DEVICE, "--by", "privacy officer")
    assert "[retention] says" in said.out and "no table" not in said.out


def test_each_of_its_names_is_looked_for(ghent: Workspace) -> None:
    """Names of the inventory and hardware addresses however written, in capital letters or small ones."""
    devices = ghent.body.folder / "estate" / "devices.csv"
    head, *rows = devices.read_text().splitlines()
    columns = head.split(",")
    first = next(i for i, row in enumerate(rows) if row.startswith(f"{DEVICE},"))
    cells = dict(zip(columns, rows[first].split(","), strict=True))
    cells |= {"mac": "02:00:5e:00:53:99", "inventory_name": "Phone of the Mayor"}
    rows[first] = ",".join(cells.values())
    devices.write_text("\n".join([head, *rows]) + "\n")
    opened = open_workspace(ghent.body.folder).usable()
    for name, text in (
        ("a", "02-00-5E-00-53-99"), ("b", "0200.5e00.5399"), ("c", "02005E005399"), ("d", "PHONE OF THE MAYOR"),
        ("e", "Op-001"), ("f", "02005E0053990"),
    ):  # fmt: skip
        write_file(opened.state / f"{name}.txt", text.encode())
    found = {p["file"]: p["as"] for p in access(opened, DEVICE, NOW, **WHO)["places"]}
    address = dict.fromkeys(("a.txt", "b.txt", "c.txt"), "hardware address")
    assert found == {**address, "d.txt": "name", "e.txt": "name"}


def test_a_path_with_its_name_does_not_get_into_the_ledger(ghent: Workspace) -> None:
    """Of a file that is called like the device the ledger has the folder alone; the answer has all of it."""
    pseudonym = pseudonyms_of(ghent).of(DEVICE)
    write_file(ghent.body.folder / "findings" / "OP-001.txt", pseudonym.encode())
    write_file(ghent.body.folder / "findings" / f"{OTHER}.txt", pseudonym.encode())
    found = erase(ghent, DEVICE, NOW, do=True, **WHO)
    assert {s["file"] for s in found["stays"]} == {"findings/OP-001.txt", f"findings/{OTHER}.txt"}
    assert read_ledger(ghent.state).entries[-1].said["remains_in"] == ["findings/"]
    ledger = ledger_path(ghent.state).read_bytes().lower()
    assert DEVICE.encode() not in ledger and OTHER.lower().encode() not in ledger
