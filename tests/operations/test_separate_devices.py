# SPDX-License-Identifier: EUPL-1.2
"""Proofs of separate devices: the example by its truth, and each condition that evidence can show, both ways."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bodies import copy_body, instant, reword, truth
from ordinance.model.errors import PolicyError
from ordinance.model.separation import ProofState
from ordinance.model.time import Span
from ordinance.operations.separate_devices import device_document, devices_document, exit_code, proof_of
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.store.ledger import Act, read_ledger

SD_001, SD_002 = "separate/sd-001.yaml", "separate/sd-002.yaml"
INVENTORY = "inventory/devices-2024-12-11.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Tallinn, to be changed."""
    return copy_body("tallinn", tmp_path)


def opened(folder: Path) -> Workspace:
    """With its records."""
    return open_workspace(folder, channels=True).usable()


def asked(folder: Path, device: str, *named: str, day: str = "2024-12-16", evidence: bool = True) -> dict[str, Any]:
    """The dossier of a device as data."""
    workspace = opened(folder)
    document = device_document(workspace, device, instant(day, workspace), named=named, evidence=evidence)
    found: dict[str, Any] = document["device"]
    return found


def of(line: dict[str, Any], condition: str) -> tuple[str, str]:
    """Result and reason of a condition."""
    return next((c["result"], c["reason"]) for c in line["conditions"] if c["condition"] == condition)


@pytest.mark.parametrize("said", truth("tallinn")["separate"], ids=lambda s: f"{s['device']}-{s['as_of']}")
def test_the_example_comes_out_as_it_was_planned(said: dict[str, Any], folder: Path) -> None:
    """State, sentence and each condition, as written by hand."""
    line = asked(folder, said["device"], day=said["as_of"])
    assert (line["state"], line["why"]) == (said["state"], said["why"])
    assert {c["condition"]: c["result"] for c in line["conditions"]} == said["conditions"]
    assert exit_code([line["state"]]) == said["exit_code"]


def test_a_body_has_all_its_separate_devices_listed(folder: Path) -> None:
    """With and without a record; one without is unknown at best."""
    (folder / SD_001).unlink()
    workspace = opened(folder)
    document = devices_document(workspace, instant("2024-12-16", workspace))
    assert [(d["id"], d["state"], d["file"]) for d in document["devices"]] == [
        ("sd-001", "unknown", None),
        ("sd-002", "red", SD_002),
    ]
    assert document["summary"] == {"green": 0, "red": 1, "unknown": 1}


def test_the_proof_in_short_is_for_who_must_not_use_a_red_device(folder: Path) -> None:
    """State and sentence; of a device that is none nothing is made up."""
    workspace = opened(folder)
    at = instant("2024-12-16", workspace)
    assert proof_of(workspace, "sd-001", at).state is ProofState.GREEN
    red = proof_of(workspace, "sd-002", at)
    assert (red.state, red.why) == (ProofState.RED, truth("tallinn")["separate"][1]["why"])
    with pytest.raises(PolicyError, match="unknown-separate-device"):
        proof_of(workspace, "tw-001", at)


def test_what_was_asked_once_is_red_whatever_is_answered(folder: Path) -> None:
    """A newer answer with a document does not undo what logs show."""
    rest = "\n    owner: Strategy Centre\n  no_other"
    reword(folder / SD_002, {f"on: 2024-12-01{rest}": f"on: 2024-12-15{rest}"})
    assert of(asked(folder, "sd-002"), "no_internal_names") == ("fail", "asked_internal")


def test_a_day_of_the_log_that_is_gone_makes_nothing_green(folder: Path) -> None:
    """The answer is then not borne out; and the contaminated day taken away leaves unknown, never green."""
    (folder / "logs" / "city-2024-12-12.log").unlink()
    assert of(asked(folder, "sd-001"), "no_internal_names") == ("unknown", "network_not_seen")
    assert of(asked(folder, "sd-002"), "no_internal_names") == ("unknown", "network_not_seen")


def test_an_address_on_the_network_is_enough_to_have_been_there(folder: Path) -> None:
    """SD-03 by the lease alone, though the device asked for nothing; the other device held none on any day."""
    log = folder / "logs" / "city-2024-12-12.log"
    asked_nothing = [x for x in log.read_text().splitlines(keepends=True) if "tiktok" not in x]
    assert any("DHCPACK" in x and "00:00:5e:00:53:10" in x for x in asked_nothing)
    log.write_text("".join(asked_nothing))
    reword(folder / "ordinance.toml", {'"intranet.tallinn.example", "mail.tallinn.example"': '"files.tallinn.example"'})
    line = asked(folder, "sd-002", "bpa")
    assert of(line, "not_on_body_network") == ("fail", "on_network")
    assert of(line, "no_internal_names") == ("pass", "not_asked_internal")
    seen = next(c["seen"] for c in line["conditions"] if c["condition"] == "not_on_body_network")
    assert (seen["count"], seen["first"], seen["last"]) == (1, "2024-12-12", "2024-12-12")
    other = next(c for c in asked(folder, "sd-001", "bpa")["conditions"] if c["condition"] == "not_on_body_network")
    assert (other["result"], other["seen"]["result"]) == ("unknown", "pass")  # nobody answered it


def leased_by_kea(folder: Path, *rows: tuple[str, str, str, int]) -> None:
    """Leases stand in a file of Kea's: address, hardware address, since when, and for how many days."""
    table = '[[sources]]\nid = "kea"\nreader = "kea-leases"\nfiles = ["kea.csv"]\n\n[[targets]]'
    settings = {"[[targets]]": table, "hours = [7, 19]": 'hours = [7, 19]\nleases = ["kea"]'}
    reword(folder / "ordinance.toml", settings)
    lines = ["address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state"]
    for address, mac, since, days in rows:
        start, length = int(datetime.fromisoformat(f"{since}T10:00+02:00").timestamp()), days * 86_400
        lines.append(f"{address},{mac},,{length},{start + length},1,0,0,,0")
    (folder / "kea.csv").write_text("\n".join(lines) + "\n")
    answered = "  not_on_body_network: {answer: met, evidence: a note, on: 2024-12-02, owner: IT service desk}\n"
    reword(folder / SD_001, {"invented:\n": f"{answered}invented:\n"})


def test_a_lease_that_was_not_over_is_no_sighting(folder: Path) -> None:
    """Given while the device was another one, for thirty days: that it came back since, no server says."""
    leased_by_kea(folder, ("10.50.0.9", "00:00:5e:00:53:0f", "2024-11-30", 30))
    assert of(asked(folder, "sd-001", "bpa"), "not_on_body_network") == ("unknown", "perhaps_on_network")


def test_a_lease_accuses_of_the_days_on_which_it_was_given(folder: Path) -> None:
    """And again on the eleventh: of the days between nobody knows."""
    mac = "00:00:5e:00:53:0f"
    leased_by_kea(folder, ("10.50.0.9", mac, "2024-11-30", 30), ("10.50.0.9", mac, "2024-12-11", 30))
    line = asked(folder, "sd-001", "bpa")
    assert of(line, "not_on_body_network") == ("fail", "on_network")
    seen = next(c["seen"] for c in line["conditions"] if c["condition"] == "not_on_body_network")
    assert (seen["count"], seen["first"], seen["last"]) == (1, "2024-12-11", "2024-12-11")


def test_an_address_of_a_network_for_guests_is_none_of_the_bodys(folder: Path) -> None:
    """One server gives addresses on both networks: the device is where it is to be, and that is shown."""
    networks = folder / "estate" / "networks.csv"
    networks.write_text(f"{networks.read_text()}guests,For guests,10.50.0.128/25,visitor,public,\n")
    leased_by_kea(folder, ("10.50.0.140", "00:00:5e:00:53:0f", "2024-12-11", 1))
    found = of(asked(folder, "sd-001", "bpa"), "not_on_body_network")
    assert found in {("pass", "not_on_network"), ("unknown", "network_not_seen")}
    reword(networks, {"10.50.0.128/25": "10.60.0.0/24"})
    assert of(asked(folder, "sd-001", "bpa"), "not_on_body_network") == ("fail", "on_network")


def test_a_question_on_a_network_for_guests_is_none_on_the_bodys(folder: Path) -> None:
    """The other device asked for the intranet, by a log that serves both networks: SD-02 is red, SD-03 is not."""
    networks = folder / "estate" / "networks.csv"
    assert of(asked(folder, "sd-002", "bpa"), "not_on_body_network") == ("fail", "asked_internal")
    networks.write_text(f"{networks.read_text()}guests,For guests,10.50.0.64/26 10.50.0.128/25,visitor,public,\n")
    line = asked(folder, "sd-002", "bpa")
    assert of(line, "no_internal_names") == ("fail", "asked_internal")
    assert line["state"] == "red" and of(line, "not_on_body_network")[0] != "fail"


@pytest.mark.parametrize(
    ("since", "days", "found"),
    [
        ("2024-12-16", 1, ("pass", "not_on_network")),
        ("2024-12-08", 30, ("unknown", "network_not_seen")),
        ("2024-12-14", 1, ("unknown", "network_not_seen")),
    ],
)
def test_leases_that_end_before_the_window_does_clear_nobody(
    since: str, days: int, found: tuple[str, str], folder: Path
) -> None:
    """A file of leases that nobody copies any more says nothing of who was there after its last row."""
    rows = [("10.50.0.9", "00:00:5e:00:53:01", day, length) for day, length in (("2024-12-09", 1), (since, days))]
    leased_by_kea(folder, *rows)
    for log in (folder / "logs").glob("*.log"):  # of what nobody can be named for the doubt is another one
        kept = [x for x in log.read_text().splitlines(keepends=True) if "tiktok" not in x and "tallinn.ex" not in x]
        log.write_text("".join(x for x in log.read_text().splitlines(keepends=True) if x in kept or "canary" in x))
    assert of(asked(folder, "sd-001", "bpa"), "not_on_body_network") == found


def test_a_table_clears_nobody_of_having_been_there(folder: Path) -> None:
    """Somebody wrote down the address of another device: which of all was there that day, nobody saw."""
    settings = folder / "ordinance.toml"
    table = '[[sources]]\nid = "fixed"\nreader = "lease-table"\nfiles = ["fixed.csv"]\n\n[[targets]]'
    reword(settings, {"[[targets]]": table, "hours = [7, 19]": 'hours = [7, 19]\nleases = ["fixed"]'})
    rows = "".join(f"10.50.0.{n},00:00:5e:00:53:01,2024-12-01,\n" for n in range(1, 255))
    (folder / "fixed.csv").write_text(f"address,mac,first,last\n{rows}")
    answered = "  not_on_body_network: {answer: met, evidence: a note, on: 2024-12-02, owner: IT service desk}\n"
    reword(folder / SD_001, {"invented:\n": f"{answered}invented:\n"})
    assert of(asked(folder, "sd-001", "bpa"), "not_on_body_network") == ("unknown", "network_not_seen")


def test_who_asked_to_look_at_devices_stands_in_the_ledger_as_a_role(folder: Path) -> None:
    """Of one and of all, where it is said; a name is not taken, and then nothing is read."""
    workspace = opened(folder)
    at = instant("2024-12-16", workspace)
    device_document(workspace, "sd-001", at, by=" IT  service desk ")
    devices_document(workspace, at, by="privacy officer")
    device_document(workspace, "sd-001", at)
    with pytest.raises(PolicyError) as refused:
        devices_document(workspace, at, by="p-015")
    assert [i.id for i in refused.value.issues] == ["names-a-device"]
    found = read_ledger(folder / ".ordinance").entries
    assert [(e.what, e.by) for e in found] == [
        (Act.ROWS, "IT service desk"), (Act.ROWS, "privacy officer"), (Act.ROWS, ""),
    ]  # fmt: skip


def test_the_app_on_another_device_is_red(folder: Path) -> None:
    """SD-05: one phone of daily work has it."""
    reword(folder / INVENTORY, {"tp-001,com.microsoft.office.outlook,Outlook,Microsoft Corporation":
                                "tp-001,com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd."})  # fmt: skip
    line = asked(folder, "sd-001")
    assert of(line, "absent_elsewhere") == ("fail", "app_elsewhere")
    assert line["why"].endswith("the app was seen on 1 other device of the body's on 11 December 2024.")


def test_an_app_that_another_device_may_have_is_none_elsewhere(folder: Path) -> None:
    """A phone is exempt for TikTok, and breaks the same clause by Telegram: of TikTok that says nothing."""
    both = {"what: [{family: tiktok}]": "what: [{family: tiktok}, {family: telegram}]"}
    reword(folder / "policies" / "tallinn-2024-tiktok.yaml", both)
    old = "tp-001,com.microsoft.office.outlook,Outlook,Microsoft Corporation"
    tiktok = "tp-001,com.zhiliaoapp.musically,TikTok,TikTok,android,2024-12-11T06:00:00+02:00"
    reword(folder / INVENTORY, {old: f"{tiktok}\ntp-001,org.telegram.messenger,Telegram,Telegram FZ-LLC"})
    assert of(asked(folder, "sd-001"), "absent_elsewhere") == ("fail", "app_elsewhere")
    own = (folder / "exemptions" / "channel-devices.yaml").read_text()
    other = own.replace("channel-devices", "a-phone").replace("[sd-001, sd-002]", "[tp-001]")
    assert other.count("tp-001") == 1
    (folder / "exemptions" / "a-phone.yaml").write_text(other)
    assert of(asked(folder, "sd-001"), "absent_elsewhere")[0] != "fail"


def test_a_rule_that_leaves_separate_devices_out_needs_no_exemption(folder: Path) -> None:
    """SD-05 is then shown by the clauses that name the app of its channel; without a channel, by none."""
    (folder / "exemptions" / "channel-devices.yaml").unlink()
    devices = {"devices: {owner: body}": "devices: {all: [{owner: body}, {not: {use: separate}}]}"}
    reword(folder / "policies" / "tallinn-2024-tiktok.yaml", devices)
    reword(folder / "channels" / "tallinn-tiktok.yaml", {"exemption: channel-devices\n": ""})
    reword(folder / "answers" / "ee-ria.yaml", {"\n    shown_by: {exemption: channel-devices}": ""})
    assert of(asked(folder, "sd-001"), "absent_elsewhere") == ("pass", "not_elsewhere")
    assert of(asked(folder, "sd-002"), "absent_elsewhere") == ("unknown", "not_all_seen")


def test_an_address_that_a_table_assigns_is_no_sighting(folder: Path) -> None:
    """Somebody wrote down an address for the device: nobody saw it there, and nobody is shown that it was not."""
    settings = folder / "ordinance.toml"
    table = '[[sources]]\nid = "fixed"\nreader = "lease-table"\nfiles = ["fixed.csv"]\n\n[[targets]]'
    reword(settings, {"[[targets]]": table, "hours = [7, 19]": 'hours = [7, 19]\nleases = ["fixed"]'})
    rows = "".join(f"10.50.0.{n},00:00:5e:00:53:{n:02x},2024-12-10,\n" for n in range(1, 16))
    (folder / "fixed.csv").write_text(f"address,mac,first,last\n{rows}")
    assert of(asked(folder, "sd-001", "bpa"), "not_on_body_network") == ("unknown", "no_answer")
    answered = "  not_on_body_network: {answer: met, evidence: a note, on: 2024-12-02, owner: IT service desk}\n"
    reword(folder / SD_001, {"invented:\n": f"{answered}invented:\n"})
    assert of(asked(folder, "sd-001", "bpa"), "not_on_body_network") == ("unknown", "perhaps_on_network")


def test_a_made_up_address_neither_accuses_nor_clears(folder: Path) -> None:
    """The list has an address of the device that it made up, and that one asked for the intranet: it may be this one.

    Of the other device, whose addresses are known, nothing changes.
    """
    known = "strategy,00:00:5e:00:53:10"
    reword(folder / "estate" / "devices.csv", {f"{known},": f"{known} 02:00:5e:00:53:77,"})
    for log in (folder / "logs").glob("*.log"):
        log.write_text(log.read_text().replace("00:00:5e:00:53:10", "02:00:5e:00:53:77"))
    answered = "  not_on_body_network: {answer: met, evidence: a note, on: 2024-12-02, owner: IT service desk}\n"
    for record in (SD_001, SD_002):
        reword(folder / record, {"invented:\n": f"{answered}invented:\n"})
    line = asked(folder, "sd-002", "bpa")
    assert of(line, "no_internal_names") == ("unknown", "perhaps_asked_internal")
    assert of(line, "not_on_body_network") == ("unknown", "perhaps_on_network")
    other = asked(folder, "sd-001", "bpa")
    assert of(other, "no_internal_names") == ("pass", "not_asked_internal")
    assert of(other, "not_on_body_network") == ("pass", "not_on_network")


ONE_PHONE = "tp-001,com.microsoft.office.outlook,Outlook,Microsoft Corporation"


def test_another_app_of_the_same_clause_accuses_nobody_of_this_one(folder: Path) -> None:
    """A rule against TikTok and Telegram: Telegram on a phone is no TikTok there, and TikTok in earnest is."""
    both = {"what: [{family: tiktok}]": "what: [{family: tiktok}, {family: telegram}]"}
    reword(folder / "policies" / "tallinn-2024-tiktok.yaml", both)
    telegram = "tp-001,org.telegram.messenger,Telegram,Telegram FZ-LLC"
    reword(folder / INVENTORY, {ONE_PHONE: telegram})
    assert of(asked(folder, "sd-001"), "absent_elsewhere") == ("unknown", "not_all_seen")
    reword(folder / INVENTORY, {telegram: "tp-001,com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd."})
    assert of(asked(folder, "sd-001"), "absent_elsewhere") == ("fail", "app_elsewhere")


def test_devices_that_the_rule_does_not_reach_are_not_shown_without_the_app(folder: Path) -> None:
    """The rule is about phones: whether TikTok is on computers of the body's nobody looked for."""
    phones = {"devices: {owner: body}": "devices: {all: [{owner: body}, {platform: android}]}"}
    reword(folder / "policies" / "tallinn-2024-tiktok.yaml", phones)
    assert of(asked(folder, "sd-001"), "absent_elsewhere") == ("unknown", "not_all_seen")
    reword(folder / "estate" / "devices.csv", {"windows,work": "windows,pupil"})
    assert of(asked(folder, "sd-001"), "absent_elsewhere") == ("pass", "not_elsewhere")


def test_a_clause_without_removal_leaves_its_devices_to_be_looked_at_too(folder: Path) -> None:
    """Phones must remove the app and computers must not use it: a computer of which nobody knows is not passed over."""
    path = folder / "policies" / "tallinn-2024-tiktok.yaml"
    text = path.read_text()
    head, _, rest = text.partition("  - id: work-devices")
    clause, _, tail = rest.partition("exemptions_allowed")
    phones = clause.replace("{owner: body}", "{all: [{owner: body}, {platform: android}]}")
    desks = clause.replace("{owner: body}", "{all: [{owner: body}, {platform: windows}]}")
    desks = desks.replace(", remove: at_once", "")
    path.write_text(f"{head}  - id: work-devices{phones}  - id: desks{desks}exemptions_allowed{tail}")
    before = of(asked(folder, "sd-001"), "absent_elsewhere")
    (folder / "logs" / "city-2024-12-12.log").unlink()
    assert (before, of(asked(folder, "sd-001"), "absent_elsewhere")) == (
        ("pass", "not_elsewhere"),
        ("unknown", "not_all_seen"),
    )


def test_an_exemption_from_another_rule_hides_no_device(folder: Path) -> None:
    """A phone that may have Telegram has TikTok too: that it is exempt from something changes nothing."""
    path = folder / "policies" / "tallinn-2024-tiktok.yaml"
    head, _, rest = path.read_text().partition("  - id: work-devices")
    clause, _, tail = rest.partition("exemptions_allowed")
    second = f"  - id: telegram{clause.replace('family: tiktok', 'family: telegram')}"
    path.write_text(f"{head}  - id: work-devices{clause}{second}exemptions_allowed{tail}")
    other = (folder / "exemptions" / "channel-devices.yaml").read_text()
    words = {"exemption: channel-devices": "exemption: one-phone", "work-devices]": "telegram]"}
    for old, new in (words | {"[sd-001, sd-002]": "[tp-001]", "family: tiktok": "family: telegram"}).items():
        assert old in other
        other = other.replace(old, new)
    (folder / "exemptions" / "one-phone.yaml").write_text(other)
    reword(folder / INVENTORY, {ONE_PHONE: "tp-001,com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd."})
    assert of(asked(folder, "sd-001"), "absent_elsewhere") == ("fail", "app_elsewhere")


def test_taking_away_evidence_makes_no_condition_better(folder: Path) -> None:
    """Each log, and the inventory: without it what was not shown is not shown, for both devices."""
    files = sorted((*(folder / "logs").glob("*.log"), folder / INVENTORY))
    both = {d: asked(folder, d, "bpa")["conditions"] for d in ("sd-001", "sd-002")}
    before = {d: {c["condition"]: c["result"] for c in found} for d, found in both.items()}
    for path in (files[0], files[3], files[-1]):
        content = path.read_bytes()
        path.unlink()
        for device, results in before.items():
            for one in asked(folder, device, "bpa")["conditions"]:
                assert one["result"] != "pass" or results[one["condition"]] == "pass", (path.name, one)
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("APPLICATION_SOURCE_UNSPECIFIED", ("fail", "not_from_store")),
        ("INSTALLED_FROM_PLAY_STORE", ("pass", "from_store")),
        (None, ("unknown", "store_not_stated")),
    ],
)
def test_an_app_past_every_store_is_red(folder: Path, source: str | None, expected: tuple[str, str]) -> None:
    """SD-08, by the one reader whose source says it; where it does not say it the answer is not borne out."""
    answered = "  trusted_store: {answer: met, evidence: seen when set up, on: 2024-12-02, owner: IT service desk}\n"
    reword(folder / SD_001, {"invented:\n": f"{answered}invented:\n"})
    assert of(asked(folder, "sd-001", "pspf-001-2023"), "trusted_store") == ("pass", "met")
    report = {"packageName": "com.zhiliaoapp.musically", "state": "INSTALLED"}
    device = {
        "name": "enterprises/E1/devices/D1",
        "managementMode": "DEVICE_OWNER",
        "ownership": "COMPANY_OWNED",
        "lastStatusReportTime": "2024-12-11T04:00:00Z",
        "hardwareInfo": {"serialNumber": "sd-001"},
        "applicationReports": [report | ({"applicationSource": source} if source else {})],
    }
    (folder / "amapi.json").write_text(json.dumps({"devices": [device]}))
    table = '\n[[sources]]\nid = "amapi"\nreader = "android-management"\nfiles = ["amapi.json"]\n'
    (folder / "ordinance.toml").write_text((folder / "ordinance.toml").read_text() + table)
    assert of(asked(folder, "sd-001", "pspf-001-2023"), "trusted_store") == expected


def test_the_app_after_its_end_is_red(folder: Path) -> None:
    """SD-15: the use ended on the 10th, the inventory of the 11th shows it; without the row it needs an answer."""
    reword(folder / SD_001, {"last_day: 2025-06-30": "last_day: 2024-12-10"})
    assert of(asked(folder, "sd-001", "queensland"), "removed_after_use") == ("fail", "app_after_end")
    path = folder / INVENTORY
    reword(path, {"sd-001,com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd.": "sd-001,org.example.clock,Clock,"})
    line = asked(folder, "sd-001", "queensland")
    assert of(line, "removed_after_use") == ("unknown", "no_answer")


def test_when_the_exemption_is_over_the_app_must_be_gone(folder: Path) -> None:
    """A later last day in the record prolongs no exemption, no text has to ask for it, and no answer evades it."""
    reword(folder / "exemptions" / "channel-devices.yaml", {"last_day: 2025-06-30": "last_day: 2024-12-10"})
    line = asked(folder, "sd-001")
    assert (line["state"], line["last_day"]) == ("red", "2024-12-10")
    assert of(line, "removed_after_use") == ("fail", "app_after_end")
    path = folder / INVENTORY
    reword(path, {"sd-001,com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd.": "sd-001,org.example.clock,Clock,"})
    assert of(asked(folder, "sd-001"), "removed_after_use") == ("unknown", "no_answer")
    evasive = "  removed_after_use: {answer: not_applicable, reason: none, on: 2024-12-12, owner: IT service desk}\n"
    reword(folder / SD_001, {"invented:\n": f"{evasive}invented:\n"})
    assert of(asked(folder, "sd-001"), "removed_after_use") == ("unknown", "no_exception")
    before = {c["condition"] for c in asked(folder, "sd-001", day="2024-12-10", evidence=False)["conditions"]}
    assert "removed_after_use" not in before


def test_an_exemption_that_is_over_counts_where_the_record_does_not_name_it(folder: Path) -> None:
    """The app is forbidden to the device again: that nobody wrote the exemption into the record makes nothing green."""
    reword(folder / SD_001, {"exemptions: [channel-devices]\n": "", "last_day: 2025-06-30\n": ""})
    assert asked(folder, "sd-001")["state"] == "green"
    reword(folder / "exemptions" / "channel-devices.yaml", {"last_day: 2025-06-30": "last_day: 2024-12-10"})
    line = asked(folder, "sd-001")
    assert (line["state"], of(line, "removed_after_use")) == ("red", ("fail", "app_after_end"))


def test_an_exemption_that_is_over_counts_where_no_channel_names_the_device(folder: Path) -> None:
    """What the exemption was for is said by itself: TikTok is still on a device that serves no channel."""
    reword(folder / SD_002, {"exemptions: [channel-devices]\n": "", "last_day: 2025-06-30\n": ""})
    reword(folder / "exemptions" / "channel-devices.yaml", {"last_day: 2025-06-30": "last_day: 2024-12-10"})
    lines = (folder / INVENTORY).read_text().splitlines(keepends=True)
    (folder / INVENTORY).write_text("".join(x for x in lines if "sd-002" not in x or "TikTok" in x))
    line = asked(folder, "sd-002")
    assert (line["state"], of(line, "removed_after_use")) == ("red", ("fail", "app_after_end"))


def test_an_exemption_that_is_over_accuses_nobody_whom_no_rule_binds(folder: Path) -> None:
    """The rule leaves separate devices out by now: that an exemption ended says nothing of them."""
    reword(folder / SD_001, {"exemptions: [channel-devices]\n": "", "last_day: 2025-06-30\n": ""})
    reword(folder / "exemptions" / "channel-devices.yaml", {"last_day: 2025-06-30": "last_day: 2024-12-10"})
    devices = {"devices: {owner: body}": "devices: {all: [{owner: body}, {not: {use: separate}}]}"}
    reword(folder / "policies" / "tallinn-2024-tiktok.yaml", devices)
    assert asked(folder, "sd-001")["state"] != "red"


def test_an_app_that_nobody_looks_for_is_not_gone(folder: Path) -> None:
    """The rule is against Telegram: of TikTok inventories keep nothing but a count, and that accuses nobody of it."""
    other = {"what: [{family: tiktok}]": "what: [{family: telegram}]"}
    reword(folder / "policies" / "tallinn-2024-tiktok.yaml", other)
    reword(folder / "exemptions" / "channel-devices.yaml", other)
    answered = "  removed_after_use: {answer: met, evidence: a note, on: 2024-12-12, owner: IT service desk}\n"
    over = {"last_day: 2025-06-30": "last_day: 2024-12-10", "invented:\n": f"{answered}invented:\n"}
    reword(folder / SD_001, over)
    line = asked(folder, "sd-001", "queensland")
    assert of(line, "removed_after_use") == ("unknown", "own_app_not_watched")
    assert of(line, "no_other_apps") == ("unknown", "own_app_not_watched")
    row = "sd-001,com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd."
    more = "\n".join(line for line in (folder / INVENTORY).read_text().splitlines() if line.startswith("sd-001,"))
    extra = "\n".join(more.replace(row, f"sd-001,org.example.game{n},Game {n},") for n in range(9))
    reword(folder / INVENTORY, {more: f"{more}\n{extra}"})
    assert of(asked(folder, "sd-001"), "no_other_apps") == ("fail", "other_apps")


def test_platforms_that_contradict_one_another_are_both_shown(folder: Path) -> None:
    """The record says iOS, list and inventory say Android: what rests on the platform passes nowhere, the rest does."""
    reword(folder / SD_001, {'version: "Android 14"': 'version: "iOS 18.1"'})
    line = asked(folder, "sd-001")
    assert line["state"] == "unknown"
    assert of(line, "no_other_apps") == ("unknown", "platform_contradicted")
    assert of(line, "no_internal_names") == ("pass", "not_asked_internal")
    assert line["platforms"] == [
        {"by": "record", "platforms": ["ios"]},
        {"by": "list", "platforms": ["android"]},
        {"by": "inventory", "platforms": ["android", "chromeos"]},
    ]
    said = "the record says iOS, the list of devices says Android and an inventory says Android or ChromeOS"
    assert said in line["why"]
    rests = next(c["rests_on"] for c in line["conditions"] if c["condition"] == "no_other_apps")
    assert rests == {"record": False, "evidence": False}


def test_an_inventory_of_another_platform_clears_no_device(folder: Path) -> None:
    """Record and list say iOS; the inventory gives it ids of Android's: it may be that of another device."""
    reword(folder / SD_001, {'version: "Android 14"': 'version: "iOS 18.1"'})
    row = "sd-001,body,100,100,100,none,supervised,{},separate,"
    reword(folder / "estate" / "devices.csv", {row.format("android"): row.format("ios")})
    assert of(asked(folder, "sd-001"), "no_other_apps") == ("unknown", "platform_contradicted")
    one = "sd-001,com.zhiliaoapp.musically,TikTok,TikTok Pte. Ltd.,"
    reword(folder / INVENTORY, {f"{one}android": f"{one}ios"})
    line = asked(folder, "sd-001")
    assert (line["state"], of(line, "no_other_apps")) == ("green", ("pass", "no_more_apps"))
    reword(folder / INVENTORY, {f"{one}ios": one})  # an id that both platforms have, and nobody says of which it is
    assert asked(folder, "sd-001")["state"] == "green"


def windowed(folder: Path, device: str, first: str, last: str, day: str = "2024-12-16") -> dict[str, Any]:
    """The dossier of a device by a window that somebody asked for; `last` is its last day."""
    workspace = opened(folder)
    span = Span(instant(first, workspace), instant(last, workspace) + timedelta(days=1))
    document = device_document(workspace, device, instant(day, workspace), window=span)
    found: dict[str, Any] = document["device"]
    return found


def test_evidence_of_an_old_window_says_nothing_of_later_days(folder: Path) -> None:
    """Shown to be clean for a week in December, and asked in February: unchecked, with the days that were looked at."""
    line = windowed(folder, "sd-001", "2024-12-09", "2024-12-15", "2025-02-01")
    assert line["state"] == "unknown"
    assert of(line, "declared_separate") == ("pass", "declared")
    assert of(line, "no_internal_names") == ("notchecked", "other_days_count")
    assert "looked at between 9 December 2024 and 15 December 2024 alone" in line["why"]
    assert windowed(folder, "sd-001", "2024-12-09", "2024-12-15")["state"] == "green"


def test_a_window_that_leaves_out_the_day_of_the_breach_makes_nothing_green(folder: Path) -> None:
    """On the 12th it was on the network: whoever looks at the 13th to the 15th alone has not looked."""
    line = windowed(folder, "sd-002", "2024-12-13", "2024-12-15")
    assert of(line, "no_internal_names") == ("notchecked", "other_days_count")
    seen = next(c["seen"] for c in line["conditions"] if c["condition"] == "no_internal_names")
    assert (seen["first"], seen["last"]) == ("2024-12-13", "2024-12-15")
    assert line["why"].endswith("; SD-02 and SD-05 are not shown either.")
    assert of(windowed(folder, "sd-002", "2024-12-09", "2024-12-11"), "no_other_apps") == ("fail", "other_apps")


def test_the_list_of_devices_can_refute_by_itself(folder: Path) -> None:
    """Access to mail, no holder, another use: each is red without a log."""
    row = "sd-001,body,100,100,100,none,supervised,android,separate,p-015,"
    devices = folder / "estate" / "devices.csv"
    reword(devices, {row: row.replace("none", "mail")})
    assert of(asked(folder, "sd-001", evidence=False), "no_internal_names") == ("fail", "list_says_access")
    reword(devices, {row.replace("none", "mail"): row.replace("p-015", "")})
    assert of(asked(folder, "sd-001", evidence=False), "declared_separate") == ("fail", "no_holder")
    reword(devices, {row.replace("p-015", ""): row.replace("separate", "work")})
    assert of(asked(folder, "sd-001", evidence=False), "declared_separate") == ("fail", "not_declared")


@pytest.mark.parametrize(("device", "reason"), [("sd-999", "not_in_estate"), ("tw-001", "not_declared")])
def test_what_is_no_separate_device_is_red_whatever_its_profile_asks(device: str, reason: str, folder: Path) -> None:
    """NCSC's text asks for no device of its own: a complete record of a work computer, or of nothing, is not green."""
    names = ("authorised_users", "multi_factor", "recovery_plan")
    claim = "{answer: met, evidence: a note, on: 2024-12-02, owner: IT service desk}"
    answers = "".join(f"  {name}: {claim}\n" for name in names)
    record = f"device: {device}\nowner: Strategy Centre\nprofiles: [ncsc]\nconditions:\n{answers}"
    (folder / "separate" / "other.yaml").write_text(record)
    for evidence in (True, False):
        line = asked(folder, device, evidence=evidence)
        assert (line["state"], of(line, "declared_separate")) == ("red", ("fail", reason))
    (folder / "separate" / "other.yaml").write_text(record.replace(device, "sd-001"))
    (folder / SD_001).unlink()
    assert "declared_separate" in {c["condition"] for c in asked(folder, "sd-001")["conditions"]}  # its exemption asks
    (folder / "exemptions" / "channel-devices.yaml").unlink()
    reword(folder / "channels" / "tallinn-tiktok.yaml", {"exemption: channel-devices\n": ""})
    reword(folder / "answers" / "ee-ria.yaml", {"\n    shown_by: {exemption: channel-devices}": ""})
    reword(folder / SD_002, {"exemptions: [channel-devices]\n": ""})
    assert [c["number"] for c in asked(folder, "sd-001")["conditions"]] == ["SD-13", "SD-14", "SD-23"]


def test_where_nothing_may_be_read_nothing_is(folder: Path) -> None:
    """By decision: not checked, no entry in the ledger, and not green on a promise."""
    reword(folder / "ordinance.toml", {'["inventory", "network_device"]': "[]"})
    line = asked(folder, "sd-001")
    assert of(line, "no_internal_names") == ("notchecked", "by_decision")
    assert line["state"] == "unknown"
    assert not (folder / ".ordinance").exists()


def test_without_a_rule_in_force_nothing_is_read_and_it_says_so(folder: Path) -> None:
    """What may be read hangs on rules that bind: before the city's own practice had force nobody looked."""
    reword(folder / "policies" / "tallinn-2024-tiktok.yaml", {"from: 2024-12-01": "from: 2025-03-01"})
    line = asked(folder, "sd-002")
    assert of(line, "no_internal_names") == ("unknown", "nothing_watched")
    assert (line["state"], "no rule in force" in line["why"]) == ("unknown", True)


def test_a_kind_of_evidence_that_is_not_allowed_is_not_looked_at(folder: Path) -> None:
    """With inventories alone the network is not checked; what they show counts."""
    reword(folder / "ordinance.toml", {'["inventory", "network_device"]': '["inventory"]'})
    line = asked(folder, "sd-002")
    assert of(line, "no_internal_names") == ("notchecked", "evidence_not_allowed")
    assert of(line, "no_other_apps") == ("fail", "other_apps")


def test_from_the_record_alone_nothing_is_opened(folder: Path) -> None:
    """Neither logs nor the ledger; what evidence could show stays unchecked."""
    line = asked(folder, "sd-002", evidence=False)
    assert of(line, "no_other_apps") == ("notchecked", "not_asked")
    assert line["state"] == "unknown"
    assert not (folder / ".ordinance").exists()


def test_that_devices_were_looked_at_stands_in_the_ledger_and_nowhere_else(folder: Path) -> None:
    """One entry with purpose and days; no run, no observation, no row of a device is kept."""
    asked(folder, "sd-002")
    (entry,) = read_ledger(folder / ".ordinance").entries
    assert (entry.what, entry.said["from"][:10], entry.said["to"][:10]) == (Act.ROWS, "2024-12-09", "2024-12-16")
    kept = [p for p in (folder / ".ordinance").rglob("*") if p.is_file()]
    assert all(b"sd-002" not in p.read_bytes() for p in kept)
    assert not (folder / ".ordinance" / "runs").exists()


def test_where_the_law_asks_for_a_notice_first_nobody_is_looked_at(folder: Path) -> None:
    """Belgium's profile, for keeping rules: refused before anything is read; the record alone can be seen."""
    reword(folder / "ordinance.toml", {'privacy_profile = "ee"': 'privacy_profile = "be"',
                                       'purpose = "network_security"': 'purpose = "rule_compliance"'})  # fmt: skip
    with pytest.raises(PolicyError, match="alarm-missing"):
        asked(folder, "sd-001")
    assert asked(folder, "sd-001", evidence=False)["state"] == "unknown"


def test_profiles_are_asked_for_beside_those_of_the_record_and_may_conflict(folder: Path) -> None:
    """Each once; both texts of a conflict with their sources, and the state hangs on conditions alone."""
    line = asked(folder, "sd-001", "ria-tallinn", "nsm", "ncsc")
    assert [p["id"] for p in line["profiles"]] == ["ria-tallinn", "nsm", "ncsc"]
    (conflict,) = line["conflicts"]
    assert [s["profile"] for s in conflict["sides"]] == ["nsm", "ncsc"]
    assert all(s["says"] and s["cite"]["url"] for s in conflict["sides"])
    assert "managed" in conflict["note"]
    assert of(line, "multi_factor") == ("unknown", "no_answer")
    with pytest.raises(PolicyError, match="unknown-device-profile"):
        asked(folder, "sd-001", "nms")


def test_the_exit_code_says_the_worst() -> None:
    """Red before unknown before green; with nothing to show it is not all well."""
    assert [exit_code(s) for s in (["green"], ["green", "unknown"], ["unknown", "red"], [])] == [0, 4, 1, 4]
