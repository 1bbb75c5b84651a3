# SPDX-License-Identifier: EUPL-1.2
"""Makes a body with a week of logs: `make.py FOLDER SHAPE FORMAT RECORDS`.

Reads the shipped catalogue. Writes into FOLDER:

- `body/`: ordinance.toml, policies, `dhcp/kea-leases4.csv`, `logs/`, estate (a device for 2,000 records, up to 10,000)
- `known.tsv`: each restricted name, its app, and whether only that app speaks to it; `suffixes.txt`: the names alone
- `truth-DAY.tsv`: each unit with a restricted name: line, how many lines, device (empty: one that is not in the
  estate), app, `use` (only the app speaks to that name, and it was answered), `sure`, seconds since 1970

Twice a day addresses change hands: three in ten devices get another one. Between the two nobody asks anything for
twenty minutes, so that no clock's error can make one device of another. A hundred-and-fiftieth part of the questions
is asked by devices that the estate does not have; half of these made their hardware address up.

The same each time for the same arguments. Prints the counts as JSON.
"""

from __future__ import annotations

import json
import math
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from formats import AGAIN, BLOCKED, FORMS, FOUND, NO_NAME, Block
from names import FAMILIES, Names, watched

SEED = "20261127"
DAYS = ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08")
FIRST = 1_772_406_000  # the first instant of the first day, in Brussels
HALF, LEASED, QUIET = 43_200, 42_000, 600  # seconds: half a day, a lease, and what is left out at either end
HITS, USES, FRESH, GUESTS = 0.005, 0.3, 0.04, 1 / 150  # shares: hits of all, uses of hits, new names, guests
ANSWERED = 0.9  # of the names that only an app speaks to, how many were answered
AT_ONCE = 20_000  # units of a block
PORTS = 65_536  # numbers of ports that are drawn once a day, as are DRAWN names and clients
DRAWN = 131_072
A_DAY = 2  # uses of one app by one device on a day, at most


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made."""

    folder: Path
    shape: str
    form: str
    records: int

    @property
    def devices(self) -> int:
        """Ten thousand ask twenty million times in a week; as many of them as a smaller log needs."""
        return max(100, min(10_000, self.records // 2_000))

    @property
    def guests(self) -> int:
        """Devices that the estate does not have."""
        return self.devices // 20

    @property
    def units(self) -> int:
        """Units of half a day."""
        return math.ceil(10 * self.records / FORMS[self.form].lines / len(DAYS) / 2)

    def dice(self, what: str) -> random.Random:
        """The same for the same purpose."""
        return random.Random(f"{SEED} {self.shape} {self.form} {self.records} {what}")  # noqa: S311  # no secret


def mac_of(number: int, plan: Plan) -> str:
    """A device's hardware address; every second guest made its own up."""
    first = "00:16:3e" if number < plan.devices else "00:16:3f" if number % 2 else "02:16:3e"
    return f"{first}:{number >> 16:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


def addresses(plan: Plan) -> list[list[str]]:
    """For each half day the address of each device, the guests behind them."""
    dice, count = plan.dice("addresses"), plan.devices + plan.guests
    held = list(range(count))
    found = []
    for _ in range(2 * len(DAYS)):
        moving = dice.sample(range(count), count * 3 // 10)
        moved = [held[n] for n in moving]
        dice.shuffle(moved)
        for n, address in zip(moving, moved, strict=True):
            held[n] = address
        found.append([f"10.{20 + n // 62_500}.{n // 250 % 250}.{n % 250 + 2}" for n in held])
    return found


def pairs(plan: Plan, names: Names) -> list[tuple[int, str]]:
    """Who uses what: so many that none of them does on a day what a finding could not list."""
    dice = plan.dice("pairs")
    a_day = 2 * plan.units * HITS * USES
    apps = sorted({w.app for w in names.use})
    weights = [8 if app == "tiktok/tiktok" else 1 for app in apps]
    found: dict[tuple[int, str], None] = {}
    while len(found) < max(3, math.ceil(a_day / A_DAY)):
        found[dice.randrange(plan.devices), dice.choices(apps, weights)[0]] = None
    return list(found)


@lru_cache(maxsize=1)
def names_of(plan: Plan) -> Names:
    """Drawn once, from dice of their own."""
    return Names(plan.shape, plan.records, f"{SEED} names {plan.shape} {plan.records}")


# --- a day of logs ------------------------------------------------------------------------------------


class Day:
    """Writes the log of one day, and what is true of it."""

    def __init__(self, plan: Plan, number: int) -> None:
        self.plan, self.number, self.form = plan, number, FORMS[plan.form]
        self.names = names_of(plan)
        self.dice = plan.dice(f"day {number}")
        self.names.dice = self.dice
        self.held = addresses(plan)[2 * number : 2 * number + 2]
        uses = pairs(plan, self.names) * A_DAY
        self.dice.shuffle(uses)
        self.uses = uses
        self.line, self.before = 0, 2 * plan.units * number
        self.count = self.before  # flows and questions are numbered through, from day to day
        self.owed = 0.0
        self.by_app: dict[str, list[Any]] = {}
        for one in self.names.use:
            self.by_app.setdefault(one.app, []).append(one)

    def write(self) -> dict[str, int]:
        """Both halves of the day."""
        log = self.plan.folder / "body" / "logs" / f"{self.form.file}-{DAYS[self.number]}.log"
        truth = self.plan.folder / f"truth-{DAYS[self.number]}.tsv"
        counts = {"hits": 0, "uses": 0}
        head = self.form.head()
        self.line = head.count("\n")
        drawn = self.names.drawn(DRAWN)
        tails, cached = [], dict[tuple[int, bool], Any]()
        for place, name in enumerate(drawn):
            key = (name, place % 10 < self.form.again)
            if key not in cached:
                cached[key] = self._tail(self.names.spelt(self.names.pool[name]), FOUND, is_again=key[1])
            tails.append(cached[key])
        self.tails = tails + tails[:AT_ONCE]
        self.ports = list(map(str, self.dice.choices(range(1024, 65_536), k=PORTS + AT_ONCE)))
        clients = self.dice.choices(range(self.plan.devices), k=DRAWN)
        guests = range(self.plan.devices, self.plan.devices + self.plan.guests)
        for n in self.dice.sample(range(DRAWN), int(DRAWN * GUESTS)):
            clients[n] = self.dice.choice(guests)
        with log.open("w", encoding="ascii", newline="\n") as file, truth.open("w", encoding="ascii") as known:
            file.write(head)
            for half in range(2):
                held = self.held[half]
                asked_by = [held[n] for n in clients]
                self.clients = asked_by + asked_by[:AT_ONCE]
                self._half(half, file, known, counts)
        return {"lines": self.line, "units": self.count - self.before, **counts}

    def _tail(self, name: str, became: str, *, is_again: bool = False) -> Any:
        kind = "AAAA" if self.dice.random() < 0.2 and became == FOUND and not is_again else "A"
        return self.form.tail(name, AGAIN if is_again and became == FOUND else became, kind)

    def _half(self, half: int, file: Any, known: Any, counts: dict[str, int]) -> None:
        start = FIRST + 86_400 * self.number + HALF * half
        self.seconds = [self.form.second(start + n) for n in range(LEASED)]
        length = (LEASED - 2 * QUIET) * 1_000_000
        blocks = math.ceil(self.plan.units / AT_ONCE)
        for n in range(blocks):
            units = self.plan.units * (n + 1) // blocks - self.plan.units * n // blocks
            begin = (start + QUIET) * 1_000_000 + length * n // blocks
            step = max(1, length // blocks // units)
            self._block(start, range(begin, begin + step * units, step), half, file, known, counts)

    def _block(self, start: int, times: range, half: int, file: Any, known: Any, counts: dict[str, int]) -> None:
        dice, units = self.dice, len(times)
        place = dice.randrange(DRAWN // 10) * 10
        tails = self.tails[place : place + units]
        place = dice.randrange(DRAWN)
        clients = self.clients[place : place + units]
        place = dice.randrange(PORTS)
        ports = self.ports[place : place + units]
        if not self.names.is_toy:
            for n in dice.sample(range(units), int(units * FRESH)):
                is_again = n % 10 < self.form.again
                fresh = self.names.fresh(f"{self.number}{self.count + n:x}")
                tails[n] = self._tail(fresh, FOUND, is_again=is_again)
        self.owed += units * HITS
        hits = sorted(dice.sample(range(units), int(self.owed)))
        self.owed -= len(hits)
        rows = []
        for n in hits:
            row, clients[n], tails[n] = self._hit(half)
            rows.append((n, row, times[n] // 1_000_000))
        made = self.form.units(Block(start, times, self.seconds, clients, ports, self.count), tails)
        before = 0
        for n, (device, app, use, sure), at in rows:
            self._put(file, made[before:n])
            lines = made[n].count("\n")
            known.write(f"{self.line + 1}\t{lines}\t{device}\t{app}\t{use:d}\t{sure:d}\t{at}\n")
            counts["hits"] += 1
            counts["uses"] += use
            before = n
        self._put(file, made[before:])
        self.count += units

    def _put(self, file: Any, made: list[str]) -> None:
        text = "".join(made)
        self.line += text.count("\n")
        file.write(text)

    def _hit(self, half: int) -> tuple[tuple[str, str, bool, bool], str, Any]:
        """What is true of it, who asks, and the words."""
        dice, names = self.dice, self.names
        if dice.random() < USES and self.uses:
            number, app = self.uses.pop()
            one = dice.choice(self.by_app[app])
            if dice.random() < 0.05 and self.plan.guests:
                number, one = self.plan.devices + dice.randrange(self.plan.guests), dice.choice(names.sure)
            became = FOUND if dice.random() < ANSWERED else dice.choice((NO_NAME, BLOCKED))
        else:
            number, one = dice.randrange(self.plan.devices), dice.choice(names.other)
            became = FOUND
        tail = self._tail(names.below(one), became, is_again=dice.randrange(10) < self.form.again)
        device = f"d-{number:05d}" if number < self.plan.devices else ""
        use = one.use and became == FOUND
        return (device, one.app, use, use and one.sure), self.held[half][number], tail


def a_day(plan: Plan, number: int) -> dict[str, int]:
    """One day, in a process of its own."""
    return Day(plan, number).write()


# --- the body -----------------------------------------------------------------------------------------

SETTINGS = """[body]
id = "bench"
name = "Bench"
time_zone = "Europe/Brussels"
languages = ["en"]
notice = "Invented: made by scripts/bench logs."
invented = ["estate", "sources", "checking"]

[checking]
purpose = "rule_compliance"
legal_basis = "none: nobody is behind it"
evidence_allowed = ["network_device"]
window = "P7D"
minimum_group = 5

[retention]
runs = "P6M"
ledger = "P1Y"

[[sources]]
id = "log"
reader = "{reader}"
files = ["logs/*"]
network = "staff"
leases = ["dhcp"]
{more}
[[sources]]
id = "dhcp"
reader = "kea-leases"
files = ["dhcp/kea-leases4.csv"]
"""
AUTHORITIES = """authorities:
  - {id: bench, name: Bench, country: BE, time_zone: Europe/Brussels}
"""
POLICY = """policy: bench-apps
version: "1"
title: Restricted apps
authority: bench
lifecycle:
  - {state: in_force, from: 2026-01-01}
restrictions:
  - id: work-devices
    force: binding
    what: [WHAT]
    surfaces: [app, desktop]
    devices: {owner: body}
    duties: {stop_using: at_once}
    for: P1Y
    at_sunset: decide
cites:
  - {title: Made by scripts/bench logs, url: "https://bench.example/", retrieved: 2026-11-27}
"""
COLUMNS = "device,owner,purchase_share,subscription_share,use_share,access,enrolment,platform,use,holder,unit,mac"


def write_body(plan: Plan) -> None:
    """Everything but the logs."""
    body, form = plan.folder / "body", FORMS[plan.form]
    for name in ("logs", "dhcp", "estate", "policies"):
        (body / name).mkdir(parents=True)
    (body / "ordinance.toml").write_text(SETTINGS.format(reader=form.reader, more=form.settings), "utf-8")
    (body / "authorities.yaml").write_text(AUTHORITIES, "utf-8")
    what = ", ".join(f"{{family: {family}}}" for family in FAMILIES)
    (body / "policies" / "bench-apps.yaml").write_text(POLICY.replace("WHAT", what), "utf-8")
    estate = {
        "units.csv": ["unit,name,institution,parent", *(f"u-{n},Unit {n},bench," for n in range(20))],
        "people.csv": ["person,people,unit,valid_from,valid_to"],
        "networks.csv": ["network,name,cidr,populations,use,units"],
        "devices.csv": [f"{COLUMNS},inventory_name,valid_from,valid_to"],
    }
    every = " ".join(f"u-{n}" for n in range(20))
    estate["networks.csv"].append(f"staff,Staff network,10.20.0.0/15,staff,work,{every}")
    for n in range(plan.devices):
        platform = ("windows", "android", "ios")[n % 3]
        estate["people.csv"].append(f"p-{n:05d},staff,u-{n % 20},2026-01-01,")
        estate["devices.csv"].append(
            f"d-{n:05d},body,100,100,100,internal,managed,{platform},work,p-{n:05d},u-{n % 20},{mac_of(n, plan)},,"
            "2026-01-01,"
        )
    for name, lines in estate.items():
        (body / "estate" / name).write_text("\n".join([*lines, ""]), "utf-8")
    write_leases(plan, body / "dhcp" / "kea-leases4.csv")


def write_leases(plan: Plan, path: Path) -> None:
    """As Kea writes them: twenty minutes lie between one holder and the next."""
    head = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context"
    macs = [mac_of(n, plan) for n in range(plan.devices + plan.guests)]
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write(f"{head}\n")
        for half, held in enumerate(addresses(plan)):
            end = FIRST + HALF * half + LEASED
            rows = zip(held, macs, strict=True)
            file.writelines(f"{address},{mac},,{LEASED},{end},1,0,0,,0,\n" for address, mac in rows)


def main() -> None:
    """Make, print."""
    folder, shape, form, records = sys.argv[1:]
    plan = Plan(Path(folder), shape, form, int(records))
    write_body(plan)
    known = sorted((w.value, w.app, w.use) for w in watched())
    (plan.folder / "known.tsv").write_text("".join(f"{v}\t{a}\t{u:d}\n" for v, a, u in known), "utf-8")
    (plan.folder / "suffixes.txt").write_text("".join(f"{v}\n" for v, _, _ in known), "utf-8")
    names_of(plan)  # processes that are forked have them
    with ProcessPoolExecutor() as several:
        days = list(several.map(partial(a_day, plan), range(len(DAYS))))
    counts = {key: sum(day[key] for day in days) for key in days[0]}
    size = sum(p.stat().st_size for p in (plan.folder / "body" / "logs").iterdir())
    print(json.dumps({**counts, "bytes": size, "devices": plan.devices, "suffixes": len(known)}))


if __name__ == "__main__":
    main()
