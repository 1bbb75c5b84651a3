# SPDX-License-Identifier: EUPL-1.2
"""A check that keeps what its logs said: the same document as without, from less reading."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from importlib import import_module
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cli.shell import body, edit, run, tree
from ordinance.cli._common import instant
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import WatchList
from ordinance.model.kept import Terms
from ordinance.model.time import Period
from ordinance.model.unseen import UnseenKind
from ordinance.operations import rereading
from ordinance.operations.rereading import _OF_NO_LINE, _said_of
from ordinance.operations.workspace import open_workspace
from ordinance.readers import _again as again
from ordinance.readers.dnsmasq_log import DnsmasqLog
from readers.again import squid

AT = "2023-04-10"
FIRST = 1_680_080_400  # 29 March 2023, 09:00 UTC
DAY = 86_400
SOURCES = """
[[sources]]
id = "proxy"
reader = "squid-log"
files = ["proxy/*"]
network = "staff"
leases = ["proxy-leases"]

[[sources]]
id = "proxy-leases"
reader = "lease-table"
files = ["proxy-leases.csv"]
"""
TALLINN = 1_734_080_400  # 13 December 2024, 09:00 UTC
DNSMASQ = """
[[sources]]
id = "proxy"
reader = "squid-log"
files = ["proxy/*"]
network = "city-lan"
leases = ["dhcp"]

[[sources]]
id = "dhcp"
reader = "dnsmasq-leases"
files = ["dnsmasq"]
lease = "PT1H"
"""
LEASES = "address,mac,start,end\n10.20.0.77,00:00:5e:00:53:01,2023-03-01T00:00:00Z,2023-05-01T00:00:00Z\n"


PROXY = f"{hashlib.sha256(b'proxy').hexdigest()[:16]}.json"


class Killed(BaseException):
    """What ends a process, wherever it is."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ghent with a proxy beside its resolver, keeping what the proxy's log says for thirty days."""
    made = body("ghent", tmp_path)
    settings = made / "ordinance.toml"
    edit(settings, 'runs = "P6M"\n', 'runs = "P6M"\nobservations = "P30D"\n')
    settings.write_text(settings.read_text("utf-8") + SOURCES, "utf-8")
    (made / "proxy-leases.csv").write_text(LEASES, "utf-8")
    log(made, "access.log.1", FIRST)
    log(made, "access.log", FIRST + 3 * DAY)
    return made


def log(folder: Path, name: str, first: int, watched: str = "api.tiktokv.com") -> None:
    """Two hours of the proxy: the app and something else."""
    lines = [squid(first + 600 * n, "10.20.0.77", (watched, "planted.example.org")[n % 2]) for n in range(12)]
    (folder / "proxy").mkdir(exist_ok=True)
    (folder / "proxy" / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")


def check(folder: Path, *options: str, at: str = AT) -> dict[str, Any]:
    """The document of a check."""
    done = run("check", folder, "--as-of", at, "--json", *options)
    assert done.code in {1, 4}, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def kept(folder: Path) -> dict[str, bytes]:
    """The file of what is kept of the proxy's log. Of the resolvers' logs only the lines to read again are known."""
    files = tree(folder / ".ordinance" / "observations")
    return {name: content for name, content in files.items() if name == PROXY}


def account(document: dict[str, Any]) -> dict[str, Any]:
    """That of the proxy."""
    found: dict[str, Any] = next(a for a in document["accounting"] if a["source"] == "proxy")
    return found


def set_clock(patch: pytest.MonkeyPatch, day: str) -> None:
    """Let a check begin on a day."""
    patch.setattr(import_module("ordinance.cli.main"), "instant", lambda text, zone: instant(text or day, zone))


@pytest.fixture
def skipped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Octets that each reading passed over."""
    found: list[int] = []
    longest = again.Again.longest

    def counted(self: again.Again, *said: Any) -> Any:
        part = longest(self, *said)
        found.append(0 if part is None else part.size)
        return part

    monkeypatch.setattr(again.Again, "longest", counted)
    return found


def test_a_second_check_reads_what_is_new_and_says_the_same(folder: Path, skipped: list[int]) -> None:
    """The document is that of a check from the beginning, byte for byte, after every change of the logs."""
    assert account(check(folder))["kept_or_dropped"] >= 12
    assert skipped == [0, 0]
    log(folder, "access.log.2", FIRST - DAY)
    with (folder / "proxy" / "access.log").open("a", encoding="utf-8") as file:
        file.write(squid(FIRST + 3 * DAY + 9000, "10.20.0.77", "www.tiktok.com") + "\n" + "1680")
    second = check(folder)
    assert second == check(folder, "--fresh")
    assert account(second)["kept_or_dropped"] > account(check(folder, "--individual"))["dropped"]
    assert skipped[2] == 0
    assert min(skipped[3:5]) > 0
    assert second["run"]["inputs"] == check(folder, "--fresh")["run"]["inputs"]


def test_the_window_moves_on(folder: Path, skipped: list[int]) -> None:
    """A week later the days before the window are gone from the document, as in a check from the beginning."""
    check(folder)
    later = check(folder, at="2023-04-13")
    assert later == check(folder, "--fresh", at="2023-04-13")
    assert account(later)["kept_or_dropped"] >= 6
    assert min(skipped[2:4]) > 0


def test_without_the_setting_nothing_is_kept(folder: Path) -> None:
    """Nothing of a log outlives the run by default, and what was kept goes when the setting does."""
    document = check(folder)
    assert kept(folder)
    edit(folder / "ordinance.toml", 'observations = "P30D"\n', "")
    without = check(folder)
    assert not (folder / ".ordinance" / "observations").exists()
    assert without == document


def test_what_is_gone_counts_on_and_the_document_says_so(folder: Path) -> None:
    """The findings stay as they were; the account is of the files at hand, and in rows the gone one is named."""
    before = check(folder)
    (folder / "proxy" / "access.log.1").unlink()
    after = check(folder)
    assert after["findings"] == before["findings"]
    assert after["contacts"] == before["contacts"]
    gone = account(after)["gone"]
    assert (gone["files"], gone["records"], gone["kept"]) == (1, 1, None)
    assert "inputs" not in gone and gone["digest"].startswith("hmac-sha256:")
    rows = account(check(folder, "--individual"))["gone"]
    assert (rows["files"], rows["records"]) == (1, 12)
    assert [i["file"] for i in rows["inputs"]] == ["proxy/access.log.1"]
    assert {k: v for k, v in account(after).items() if k != "gone"} == account(check(folder, "--fresh"))
    done = run("check", folder, "--as-of", AT)
    assert "and what was kept of files that are gone" in done.out and "in 1 file" not in done.out
    page = folder / "page.html"
    run("check", folder, "--as-of", AT, "--html", page)
    said = page.read_text("utf-8")
    assert "Of files that are gone" in said and "of 12 in" not in said


def test_fresh_uses_nothing_and_leaves_all(folder: Path) -> None:
    """A check from the beginning neither counts what is kept of a file that is gone, nor throws it away."""
    check(folder)
    stored = kept(folder)
    (folder / "proxy" / "access.log.1").unlink()
    assert "gone" not in account(check(folder, "--fresh"))
    assert kept(folder) == stored
    assert "gone" in account(check(folder))


def test_what_is_older_than_the_period_is_deleted(folder: Path) -> None:
    """At each run, on disk, whether the log is still there or not."""
    check(folder)
    assert b"api.tiktokv.com" in b"".join(kept(folder).values())
    for path in (folder / "proxy").iterdir():
        path.unlink()
    for day, parts in (("2023-04-27", 2), ("2023-04-28", 1)):
        check(folder, at=day)
        assert b"".join(kept(folder).values()).count(b'"file":') == parts
    check(folder, at="2023-05-30")
    assert kept(folder) == {}


@pytest.mark.parametrize(
    "options",
    [
        ("--as-of", AT, "--from", "2023-04-05"),
        ("--as-of", AT, "--to", "2023-04-06"),
        ("--as-of", AT, "--from", "2023-04-05", "--to", "2023-04-06"),
        ("--as-of", "2023-03-30"),
        ("--as-of", "2023-06-10"),
        ("--as-of", "2033-04-10"),
    ],
)
def test_looking_at_other_days_leaves_what_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    """Through a narrower window, from an earlier day or from one to come: what is kept stays, and counts on."""
    set_clock(monkeypatch, AT)
    check(folder)
    stored = kept(folder)
    assert run("check", folder, *options).code in {1, 4}
    assert kept(folder) == stored
    assert len(stored) == 1


def test_a_day_to_come_deletes_nothing_before_its_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock it is over or is not, whatever day a check is asked to be of."""
    check(folder)
    for path in (folder / "proxy").iterdir():
        path.unlink()
    for clock, parts in (("2023-04-27", 2), ("2023-04-28", 1), ("2023-05-30", 0)):
        with monkeypatch.context() as patch:
            set_clock(patch, clock)
            check(folder, at="2033-04-10")
        assert b"".join(kept(folder).values()).count(b'"file":') == parts


def test_of_a_source_that_may_not_be_read_nothing_stays(folder: Path) -> None:
    """What the body does not allow any more, or does not name any more, is not kept either."""
    check(folder)
    edit(folder / "ordinance.toml", '"inventory", "network_device"', '"inventory"')
    check(folder)
    assert kept(folder) == {}


def test_a_check_that_was_killed_leaves_what_still_equals(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before or while the store is written, the next check says what one from the beginning says."""
    check(folder)
    with (folder / "proxy" / "access.log").open("a", encoding="utf-8") as file:
        file.write(squid(FIRST + 4 * DAY, "10.20.0.77", "www.tiktok.com") + "\n")

    def killed(*said: Any) -> None:
        raise Killed

    for where, name in ((rereading, "write_observations"), (Path, "replace")):
        with monkeypatch.context() as patch:
            patch.setattr(where, name, killed)
            with pytest.raises(Killed):
                run("check", folder, "--as-of", AT, "--json")
        assert check(folder) == check(folder, "--fresh")
        log(folder, "access.log.3", FIRST - 2 * DAY)
    assert check(folder) == check(folder, "--fresh")


def test_damaged_observations_stop_the_check(folder: Path) -> None:
    """Nothing is checked on the strength of a file that somebody changed; --fresh needs none."""
    check(folder)
    path = folder / ".ordinance" / "observations" / PROXY
    path.write_bytes(path.read_bytes()[:-5])
    done = run("check", folder, "--as-of", AT)
    assert (done.code, "bad-observations" in done.err) == (3, True)
    check(folder, "--fresh")


@pytest.mark.parametrize("times", [1, 2])
def test_a_file_that_changes_while_it_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """It is read once more, then whole; what was kept of it, and of a file that is gone, counts all the same.

    Where it was read whole, nothing that was kept is overwritten.
    """
    log(folder, "access.log.2", FIRST - DAY)
    first = check(folder, "--individual")
    (folder / "proxy" / "access.log.2").unlink()
    stored = kept(folder)
    longest, left = again.Again.longest, [times]

    def rewritten(self: again.Again, file: Any, carry: Any) -> Any:
        if file.name != "proxy/access.log.1" or self.is_whole:
            return longest(self, file, carry)
        log(folder, "access.log.1", FIRST)
        found = longest(self, file, carry)
        if left[0]:
            log(folder, "access.log.1", FIRST, watched="news.tiktok.com")  # as long as the other
        left[0] -= 1
        return found

    with monkeypatch.context() as patch:
        patch.setattr(again.Again, "longest", rewritten)
        found = check(folder, "--individual")
    changed = ["proxy/access.log.1"] if times == 2 else []
    assert [i["file"] for i in account(found)["gone"]["inputs"]] == [*changed, "proxy/access.log.2"]
    assert {f["id"] for f in found["findings"]} == {f["id"] for f in first["findings"]}
    assert kept(folder) == stored
    assert check(folder, "--individual") == found


def test_apps_that_are_recognised_otherwise_have_other_digests(folder: Path) -> None:
    """One digest for each app of the catalogue, by what it is recognised by."""
    found = rereading.apps_of(open_workspace(folder).usable())
    assert len(set(found.values())) > len(found) / 2
    assert "tiktok/tiktok" in found


def test_a_period_is_longer_than_nothing(folder: Path) -> None:
    """Keeping something for no time is a mistake, and said where it stands."""
    edit(folder / "ordinance.toml", 'observations = "P30D"', 'observations = "P0D"')
    done = run("check", folder, "--as-of", AT)
    assert done.code == 3
    assert '"P0D" is not a period' in done.err


def test_purge_shows_what_is_over_and_takes_it_away(folder: Path) -> None:
    """Each part by a word of its own, with the day from which it counts; afterwards it is found nowhere."""
    check(folder)
    early = json.loads(run("purge", folder, "--as-of", "2023-04-27", "--json").out)
    (stored,) = kept(folder).values()
    of_resolvers = [i for i in early["items"] if i["kind"] == "observations" and i["name"].encode() not in stored]
    assert {i["day"] for i in of_resolvers} > {"2023-03-27", "2023-04-09"}
    parts = [i for i in early["items"] if i["kind"] == "observations" and i not in of_resolvers]
    assert [i["day"] for i in sorted(parts, key=lambda i: str(i["day"]))] == ["2023-03-29", "2023-04-01"]
    assert [i["over"] for i in parts] == [False, False]
    done = json.loads(run("purge", folder, "--as-of", "2023-04-28", "--do", "--json").out)
    assert sum(i["over"] for i in done["items"] if i["name"].encode() in stored) == 1
    assert (done["exit_code"], done["search"]["remains"]) == (0, [])
    assert len(b"".join(kept(folder).values()).split(b'"file":')) == 2


def test_who_asks_about_a_device_is_told_of_addresses(folder: Path) -> None:
    """Nobody claims that the device is nowhere, where addresses are kept that may be its own."""
    check(folder)
    done = run("access", folder, "--device", "gp-001", "--by", "privacy officer", "--reason", "asked", "--json")
    assert json.loads(done.out)["packed"] == [f"observations/{PROXY}"]


def test_of_resolvers_logs_a_check_keeps_which_lines_to_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second check reads no other line of them, says the same, and nothing that anybody said is on disk."""
    first = check(folder)
    looked: list[int] = []
    run_of = DnsmasqLog.run

    class Watched(run_of):  # type: ignore[misc, valid-type]  # a class in a variable
        def line(self, line: str) -> str:
            looked.append(self.number)
            return str(super().line(line))

    monkeypatch.setattr(DnsmasqLog, "run", Watched)
    found = check(folder)
    records = next(a["records"] for a in found["accounting"] if a["source"] == "dns-townhall")
    assert 0 < len(looked) < 0.6 * records
    assert found == first == check(folder, "--fresh")
    files = tree(folder / ".ordinance" / "observations")
    content = b"".join(files[name] for name in files.keys() - {PROXY})
    said = [line for path in (folder / "logs").glob("townhall-*.log") for line in path.read_bytes().split()]
    assert said
    assert [word for word in set(said) if len(word) > 6 and word in content] == []


OTHERWISE: dict[str, Any] = {
    "id": "other",
    "reader": "adguard-log",
    "zone": ZoneInfo("Europe/Tallinn"),
    "year": 2022,
    "canary": "canary.example",
    "lease": Period(days=1),
    "preset": "intune",
    "columns": {"device": "Host"},
    "leases": ("dhcp",),
    "gateways": (ip_network("192.0.2.1"),),
    "block_pages": (ip_network("192.0.2.1"),),
    "all_apps": ("query",),
}


def test_every_setting_that_a_line_could_mean_something_else_by_is_asked() -> None:
    """A setting that is added later counts unless somebody says that it is of no line."""
    usual = SourceSettings("proxy", "squid-log", ("*.log",), ZoneInfo("Europe/Brussels"))
    assert OTHERWISE.keys() == {f.name for f in fields(usual)} - _OF_NO_LINE
    changed = [_said_of(replace(usual, **{name: value})) for name, value in OTHERWISE.items()]
    assert all(said != _said_of(usual) for said in changed)
    assert _said_of(replace(usual, files=("other/*.log",), hours=(7, 19))) == _said_of(usual)


def terms(folder: Path, secret: bytes = b"key", **watched: Any) -> Terms:
    """Under what the proxy of a folder is read, with these on the watch list."""
    (proxy,) = (s for s in open_workspace(folder).usable().body.sources if s.id == "proxy")
    return rereading.terms_of(proxy, WatchList(frozenset(), **watched), secret, {})


@pytest.mark.parametrize(
    "watched",
    [
        {"separate_macs": frozenset({"00:00:5e:00:53:01"})},
        {"unseen": {"dns.google": UnseenKind.DOH}},
        {"internal": frozenset({"ghent.example"})},
        {"canary": frozenset({"canary.example"})},
    ],
)
def test_what_else_readers_look_for_is_among_the_terms(folder: Path, watched: dict[str, Any]) -> None:
    """Other separate devices, internal names, canaries or ways past the log: kept lines would say something else."""
    assert terms(folder, **watched).settings != terms(folder).settings
    assert terms(folder, **watched).exact != terms(folder).exact


def test_the_key_is_among_the_terms(folder: Path) -> None:
    """Marks by another key would never equal those that are kept, and everything would count twice."""
    assert terms(folder, b"other").settings != terms(folder).settings


def test_other_settings_of_a_lease_source_are_other_leases(tmp_path: Path) -> None:
    """How long a lease runs decides who had the address: the log is read again, as from the beginning."""
    made = body("tallinn", tmp_path)
    settings = made / "ordinance.toml"
    edit(settings, 'ledger = "P1Y"\n', 'ledger = "P1Y"\nobservations = "P30D"\n')
    settings.write_text(settings.read_text("utf-8") + DNSMASQ, "utf-8")
    (made / "proxy").mkdir()
    names = ("mail.tallinn.example", "www.example.org")
    lines = [squid(TALLINN + 600 * n, "10.50.0.77", names[n % 2]) for n in range(6)]
    (made / "proxy" / "access.log").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    (made / "dnsmasq").write_text(f"{TALLINN + 11 * 3600} 00:00:5e:00:53:0f 10.50.0.77 x *\n", "utf-8")
    short = check(made, at="2024-12-16")
    edit(settings, 'lease = "PT1H"', 'lease = "PT12H"')
    long = check(made, at="2024-12-16")
    assert long == check(made, "--fresh", at="2024-12-16")
    assert long["findings"] != short["findings"]
