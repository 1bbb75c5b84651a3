# SPDX-License-Identifier: EUPL-1.2
"""Logs that grow, rotate and repeat, and reading them again as a check does, through the store's codec."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.kept import KeptPart, Terms
from ordinance.model.time import Span
from ordinance.model.unseen import UnseenKind
from ordinance.readers._again import Again
from ordinance.readers._clock import utc
from ordinance.readers._known_log import NameLogReader
from ordinance.readers._leases import Held, LeaseIndex, LeasesOf
from ordinance.readers.adguard_log import AdguardLog
from ordinance.readers.squid_log import SquidLog
from ordinance.store.observations import decode, encode

from . import samples

MONDAY = 1_679_299_200  # 20 March 2023, 08:00 UTC
SEPARATE = "02:00:5e:00:53:02"
NAMES = (
    *("www.tiktok.com", "api.tiktokv.com", "intranet.stad.example", "dns.google", "canary.stad.example"),
    *("www.example.org", "unrelated.example.net", "www.facebook.com"),
)
WATCH = WatchList(
    families=frozenset({"tiktok"}),
    apps=samples.TIKTOK,
    internal=frozenset({"stad.example"}),
    separate_macs=frozenset({SEPARATE}),
    canary=frozenset({"canary.stad.example"}),
    unseen={"dns.google": UnseenKind.DOH},
)
APPS = {"tiktok/tiktok": "as it is"}
READERS: Mapping[str, NameLogReader] = {"squid-log": SquidLog(), "adguard-log": AdguardLog()}


def squid(at: int, client: str, name: str) -> str:
    """A tunnel that was opened."""
    return f"{at}.000      0 {client} TCP_TUNNEL/200 5123 CONNECT {name}:443 - HIER_DIRECT/203.0.113.7 -"


def adguard(at: int, client: str, name: str) -> str:
    """A question that a list refused."""
    entry = {"T": f"{utc(at):%Y-%m-%dT%H:%M:%SZ}", "QH": name, "QT": "A", "QC": "IN", "CP": "", "IP": client}
    return json.dumps({**entry, "Result": {"IsFiltered": True, "Reason": 3}, "Elapsed": 1}, separators=(",", ":"))


WRITE = {"squid-log": squid, "adguard-log": adguard}


def leases() -> LeasesOf:
    """Three devices, one of them declared separate, and one address that nobody holds."""
    index = LeaseIndex(samples.BRUSSELS)
    for n, mac in enumerate(("02:00:5e:00:53:01", SEPARATE, "02:00:5e:00:53:03"), 5):
        held = Held(MONDAY - 86_400, MONDAY + 20 * 86_400, mac, samples.Where("dhcp", "leases.csv", n))
        index.grant(f"10.20.0.{n}", held)
    index.close()
    return LeasesOf("log", [index])


@dataclass
class Logs:
    """A folder with the logs of one program, and what is kept of them."""

    reader: str
    folder: Path
    canary: str | None = None
    known: tuple[KeptPart, ...] = ()
    window: Span = field(default_factory=Span)
    watch: WatchList = WATCH
    apps: Mapping[str, str] = field(default_factory=lambda: dict(APPS))
    skipped: int = 0

    @property
    def settings(self) -> SourceSettings:
        """Those of the source."""
        return SourceSettings("log", self.reader, ("log*",), samples.BRUSSELS, canary=self.canary)

    def line(self, at: int, client: str = "10.20.0.5", name: str = NAMES[0]) -> str:
        """A line of this program's."""
        return WRITE[self.reader](at, client, name)

    def write(self, name: str, lines: Iterable[str], end: str = "\n") -> None:
        """A file of these lines."""
        (self.folder / name).write_text("\n".join(lines) + end, "utf-8")

    def fresh(self) -> Reading:
        """Everything that is there, read from its beginning."""
        reader = READERS[self.reader]
        found = reader.read(self.settings, self.folder, self.watch, samples.MATCHERS, self.window, leases())
        return Again(Terms("", "", {}, ""), b"secret").without_names(found)

    def again(self, **terms: Any) -> Reading:
        """What was not read before, and what is known of the rest; the codec of the store stands between two runs."""
        said = replace(Terms(self.watch.digest, "settings", self.apps, "leases"), **terms)
        asked = Again(said, b"secret", decode(encode(self.known)), window=self.window)
        reader = READERS[self.reader]
        found = reader.read_again(self.settings, self.folder, self.watch, samples.MATCHERS, asked, leases())
        self.known, self.skipped = (*asked.parts, *asked.set_aside()), asked.skipped
        return asked.without_names(found)


def some_lines(logs: Logs, random: Random, start: int, count: int) -> list[str]:
    """Lines of a few minutes: watched and other names, lines that say the same again, and some that cannot be read."""
    found: list[str] = []
    at = start
    for _ in range(count):
        at += random.randrange(0, 1500)
        if found and random.random() < 0.1:
            found.append(random.choice(found))
        elif random.random() < 0.06:
            found.append(random.choice(("broken", "", "{", "\u00e9" * 5)))
        else:
            found.append(logs.line(at, f"10.20.0.{random.randrange(5, 9)}", random.choice(NAMES)))
    return found


def packed(path: Path) -> None:
    """Pack a file as logrotate does."""
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()
