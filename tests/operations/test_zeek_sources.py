# SPDX-License-Identifier: EUPL-1.2
"""Ghent's office seen by a sensor instead of its resolver: the same people are found, for the same reasons."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run
from readers import zeek_traffic
from readers.samples import BRUSSELS
from readers.zeek_traffic import Event

AT = "2023-04-10"
LINE = re.compile(r"(\w{3} [ \d]\d [\d:]{8}) dnsmasq(?:-dhcp)?\[\d+\]: (.*)")
QUERY = re.compile(r"(\d+ \S+) query\[(A|AAAA|HTTPS)\] (\S+) from (\S+)")
ANSWER = re.compile(r"(\d+ \S+) (reply|cached|config) \S+ is (\S+)")
ACK = re.compile(r"\d+ DHCPACK\(\w+\) ([\d.]+) ([0-9a-f:]{17})")
LEASE_S = 12 * 3600.0  # what the log of this example says that its dnsmasq grants
SENSOR = '\n[[sources]]\nid = "dhcp"\nreader = "zeek-dhcp"\nfiles = ["zeek/dhcp.log"]\n'


@dataclass(slots=True)
class Asked:
    """A question of the resolver's log, with the addresses that came back."""

    at: float
    client: str
    name: str
    qtype: str
    answers: list[str] = field(default_factory=list)

    def hear(self, source: str, value: str) -> None:
        """An answer line; where the resolver's own settings refuse a name, this one gives no address, but nought."""
        if source == "config" and value == "NXDOMAIN":
            self.answers.append({"A": "0.0.0.0", "AAAA": "::"}.get(self.qtype, ""))  # noqa: S104  # an answer in a log
        elif value[:1].isdigit() or ":" in value:
            self.answers.append(value)


def as_a_sensor_saw_it(folder: Path) -> list[zeek_traffic.Event]:
    """Questions and leases of the resolver's log as rows of Zeek's, taken from its lines and not by a reader."""
    made, leases = zeek_traffic.Traffic(), []
    for log in sorted((folder / "logs").glob("*.log")):
        asked: dict[str, Asked] = {}
        for line in filter(None, map(LINE.match, log.read_text("utf-8").split("\n"))):
            at = datetime.strptime(f"2023 {line[1]}", "%Y %b %d %H:%M:%S").replace(tzinfo=BRUSSELS).timestamp()
            if lease := ACK.match(line[2]):
                given = {"assigned_addr": lease[1], "mac": lease[2], "lease_time": LEASE_S, "duration": 0.0}
                leases.append(Event("dhcp", {"ts": at, "uids": ["C1"], "msg_types": ["REQUEST", "ACK"], **given}))
            elif query := QUERY.match(line[2]):
                asked[query[1]] = Asked(at, query[4], query[3], query[2])
            elif (said := ANSWER.match(line[2])) and said[1] in asked:
                asked[said[1]].hear(said[2], said[3])
        for q in asked.values():
            made.dns(q.at, q.client, q.name, q.answers, qtype=q.qtype)
    return made.events + leases


def checked(folder: Path) -> dict[str, Any]:
    """The document of a check."""
    done = run("check", folder, "--as-of", AT, "--individual", "--json")
    assert done.code in {1, 4}, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def accused(document: dict[str, Any]) -> set[tuple[str, ...]]:
    """Who is said to have used what, or why nobody is."""
    found = [f for f in document["findings"] if f["kind"] in {"app_traffic", "unknown_device"}]
    return {tuple(str(f.get(key)) for key in ("kind", "result", "device", "reason", "count")) for f in found}


@pytest.mark.parametrize("form", ["tables", "json"])
def test_a_sensor_finds_whom_the_resolver_finds(form: str, tmp_path: Path) -> None:
    """The findings of traffic are the same, and no row of the sensor's is lost."""
    folder = body("ghent", tmp_path)
    by_the_resolver = checked(folder)
    rows = as_a_sensor_saw_it(folder)
    (folder / "zeek").mkdir()
    written = zeek_traffic.tables(rows) if form == "tables" else zeek_traffic.objects(rows)
    for name, text in written.items():
        (folder / "zeek" / name).write_text(text, "utf-8")
    settings = folder / "ordinance.toml"
    edit(settings, 'reader = "dnsmasq-log"', 'reader = "zeek-log"')
    edit(settings, '"logs/townhall-*.log"', '"zeek/dns.log"')
    edit(settings, "year = 2023\n", 'leases = ["dhcp"]\n')
    settings.write_text(settings.read_text("utf-8") + SENSOR, "utf-8")
    by_the_sensor = checked(folder)
    assert accused(by_the_resolver) and accused(by_the_sensor) == accused(by_the_resolver)
    assert [a["rejected"] for a in by_the_sensor["accounting"] if a["source"] in {"dns-townhall", "dhcp"}] == [0, 0]
