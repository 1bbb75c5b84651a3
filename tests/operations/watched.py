# SPDX-License-Identifier: EUPL-1.2
"""Ghent with a sensor beside its resolver, and somebody who watches it; the clock goes on by what a test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from bodies import copy_body
from ordinance.cli._common import instant
from ordinance.operations.checking import run_check, window_of
from ordinance.operations.watching import Watch
from ordinance.operations.workspace import open_workspace
from ordinance.store.watched import FOUND, GAP, Line, Marks

NAME = "log-boot.tiktokv.com"
HEAD = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqclass\tqtype\trcode\tanswers\n"
)
LEASES = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
SOURCES = """
[[sources]]
id = "sensor"
reader = "zeek-log"
files = ["zeek/*"]
network = "staff"
leases = ["dhcp"]

[[sources]]
id = "dhcp"
reader = "kea-leases"
files = ["kea.csv"]
"""
NONE: Marks = {}
AT = 1_680_512_400  # 3 April 2023, 09:00 UTC


def dice(seed: object) -> Random:
    """The same in every run."""
    return Random(str(seed))  # noqa: S311  # on purpose


def from_check(folder: Path, as_of: datetime, since: datetime | None = None) -> dict[str, Any]:
    """The document of a check of everything that is there, up to an instant."""
    workspace = open_workspace(folder).usable()
    window = window_of(workspace, as_of, since, as_of)
    found = run_check(workspace, as_of, window, individual=True, fresh=True).document
    return dict(found)


def of_logs(document: dict[str, Any], sources: tuple[str, ...]) -> dict[str, Any]:
    """Its findings that stand on lines of these logs, by id."""
    rows = ((row, {e["source"] for e in row["evidence"]}) for row in document["findings"])
    return {row["id"]: row for row, where in rows if where and where <= set(sources)}


def told(lines: list[Line]) -> list[tuple[str, str]]:
    """(what, id) of each line about a finding."""
    return [(str(line["event"]), str(line["id"])) for line in lines if line["event"] != GAP]


def uses(lines: list[Line]) -> list[Line]:
    """Those about a use; each is beside one that says that nothing blocked it."""
    assert {line["reason"] for line in lines if line["event"] == FOUND} == {"app_traffic", "not_blocked"}
    return [line for line in lines if line.get("kind") == "app_traffic"]


@dataclass
class Watched:
    """A body that is watched; the clock goes on by what a test says."""

    folder: Path
    now: datetime
    lines: list[Line] = field(default_factory=list)
    tick: float = 0.0
    watch: Watch = field(init=False)
    document: dict[str, Any] = field(default_factory=dict)

    def begin(
        self, standing: dict[str, Line] | None = None, marks: Marks | None = NONE, since: datetime | None = None
    ) -> Watched:
        """Somebody starts to watch; nobody did before, unless a test says so."""
        workspace = open_workspace(self.folder).usable()
        self.watch = Watch(workspace, self.now, since=since, standing=standing, marks=marks)
        return self

    def step(self, seconds: float = 1.0) -> list[Line]:
        """Look, some time later."""
        self.tick += seconds
        found = self.watch.step(self.now, self.tick, lambda: self.tick)
        self.lines += found
        return found

    def end(self) -> list[Line]:
        """Look for the last time."""
        self.tick += 5
        found, self.document = self.watch.finish(self.now, self.tick)
        self.lines += found
        return found

    def write(self, text: str, name: str = "zeek/dns.log") -> None:
        """Write on."""
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def close(self) -> None:
        """Nobody looks any more."""
        self.watch.close()


def lease(address: str, mac: str) -> str:
    """A lease of the days that are looked at, as Kea writes it."""
    return f"{address},{mac},,864000,{AT + 800_000},1,0,0,,0,\n"


def row(at: int, address: str, name: str = NAME, answers: str = "203.0.113.7") -> str:
    """A question that was answered."""
    return f"{at}.500000\tC{at}\t{address}\t4001\t10.20.0.1\t53\tudp\t{name}\t1\t1\t0\t{answers}\n"


def macs(folder: Path, count: int) -> list[str]:
    """Hardware addresses of devices that a rule forbids to use the app."""
    workspace = open_workspace(folder)
    found = [r.macs[0] for r in workspace.estate.devices if r.macs and r.facts.owner == "body"]
    return sorted(m for m in set(found) if not int(m[:2], 16) & 2)[:count]


def sensor_in(folder: Path) -> Path:
    """A copy of Ghent in a folder, with a sensor whose log has its head and no more, and leases that name nobody."""
    return add_sensor(copy_body("ghent", folder))


def add_sensor(folder: Path, network: str = "staff") -> Path:
    """The same in a body that is there."""
    settings = folder / "ordinance.toml"
    settings.write_text(settings.read_text("utf-8") + SOURCES.replace('"staff"', f'"{network}"'), "utf-8")
    (folder / "zeek").mkdir()
    (folder / "zeek" / "dns.log").write_text(HEAD, "utf-8")
    (folder / "kea.csv").write_text(LEASES, "utf-8")
    return folder


def watched(folder: Path) -> Watched:
    """That body, not watched yet."""
    made = sensor_in(folder)
    return Watched(made, instant("2023-04-10", open_workspace(made).body.zone))
