# SPDX-License-Identifier: EUPL-1.2
"""Reads a body's `logs/plan.toml` and spells out every act of every client, in order.

Reads: the plan, written by hand. Gives: acts with a wall time of the body's zone. Starts no program, so that a
test can compare a committed log with its plan. Cannot know: which address a client without `asks` will be given.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

DHCP = ("join", "renew", "release")
PURPOSES = (
    *("background", "internal", "canary", "unanswered", "refused"),
    *("embed", "web", "lookalike", "app_session", "blocked_session", "probe"),
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GROUPS = {"every": WEEKDAYS, "workdays": WEEKDAYS[:5]}


class PlanError(Exception):
    """The plan says something that cannot be done; the message says what."""


@dataclass(frozen=True, slots=True)
class Client:
    """A scripted client. `static` is an address set by hand: such a client never asks DHCP and leaves no lease."""

    id: str
    mac: str
    hostname: str
    static: str


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a client does. `asks` is the address it wishes for (join); `name`, `types` are what it asks DNS."""

    at: datetime
    client: str
    what: str  # join, renew, release or ask
    purpose: str = ""
    name: str = ""
    types: tuple[str, ...] = ()
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Resolver:
    """How the body's resolver is set up. `blocked` gives, from each day on, the names it refuses with NXDOMAIN."""

    address: str
    prefix: int
    zone: str
    pool: tuple[str, str]
    lease: str
    own: Mapping[str, str]
    dead: str
    blocked: tuple[tuple[date, tuple[str, ...]], ...]

    def blocked_on(self, day: date) -> tuple[str, ...]:
        """What is refused on a day: the latest entry that has begun."""
        return [names for since, names in self.blocked if since <= day][-1]


@dataclass(frozen=True, slots=True)
class Outside:
    """What stands for the rest of the world: it answers every name, but for these."""

    aliases: Mapping[str, str]
    no_such: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan. `file` is the pattern of a day's log, such as `townhall-{day}.log`."""

    file: str
    first: date
    last: date
    resolver: Resolver
    outside: Outside
    clients: Mapping[str, Client]
    acts: tuple[Act, ...]

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the plan."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def on(self, day: date) -> tuple[Act, ...]:
        """The acts of one day, in order."""
        return tuple(a for a in self.acts if a.at.date() == day)

    def log_of(self, day: date) -> str:
        """The name of a day's log file."""
        return self.file.format(day=day.isoformat())


def load(path: Path) -> Plan:
    """Read `plan.toml`. Raises PlanError where it contradicts itself, KeyError where something is missing."""
    raw = tomllib.loads(path.read_text("utf-8"))
    first, last = raw["first"], raw["last"]
    clients = {c["id"]: Client(c["id"], c["mac"], c.get("hostname", ""), c.get("static", "")) for c in raw["client"]}
    acts = sorted(_acts(raw, clients, first, last), key=lambda a: (a.at, a.what == "ask"))
    _check(acts, clients)
    return Plan(raw["file"], first, last, _resolver(raw), _outside(raw["outside"]), clients, tuple(acts))


def _resolver(raw: Mapping[str, Any]) -> Resolver:
    r = raw["resolver"]
    address, _, prefix = r["address"].partition("/")
    blocked = tuple((s["since"], tuple(s["blocked"])) for s in r["setting"])
    low, high = r["pool"]
    return Resolver(address, int(prefix), raw["time_zone"], (low, high), r["lease"], r["own"], r["dead"], blocked)


def _outside(raw: Mapping[str, Any]) -> Outside:
    return Outside(raw["aliases"], tuple(raw["no_such"]), tuple(raw["refused"]))


def _acts(raw: Mapping[str, Any], clients: Mapping[str, Client], first: date, last: date) -> Iterator[Act]:
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    present: dict[str, set[date]] = {c.id: set(every) if c.static else set() for c in clients.values()}
    for row in raw["dhcp"]:
        for nth, client in enumerate(_clients(row, clients)):
            days = _days(row["days"], every, present[client])
            yield from _dhcp(row, client, nth, days)
            if row["what"] == "join":
                present[client].update(days)
    order = {client: n for n, client in enumerate(clients)}
    for row in raw["event"]:
        if row["purpose"] not in PURPOSES:
            raise PlanError(f"purpose {row['purpose']!r} is none of {', '.join(PURPOSES)}")
        for client in _clients(row, clients):
            for day in _days(row["days"], every, present[client]):
                yield from _asks(row, raw["names"], client, order[client], day)


def _clients(row: Mapping[str, Any], known: Mapping[str, Client]) -> list[str]:
    wanted: list[str] = row["clients"]
    if unknown := [c for c in wanted if c not in known]:
        raise PlanError(f"no [[client]] with id {', '.join(unknown)}")
    return wanted


def _days(wanted: str | list[date], every: list[date], present: set[date]) -> list[date]:
    """`present` (where the client has joined), `every`, `workdays`, `workdays present`, `mon thu`, or dates."""
    if isinstance(wanted, list):
        if outside := [d for d in wanted if d not in every]:
            raise PlanError(f"{outside[0]} is not a day of this plan")
        return wanted
    words = set(wanted.split())
    names = {name for word in words - {"present"} for name in GROUPS.get(word, (word,))} or set(WEEKDAYS)
    if unknown := names - set(WEEKDAYS):
        raise PlanError(f"{min(unknown)!r} is no weekday")
    return [d for d in every if WEEKDAYS[d.weekday()] in names and ("present" not in words or d in present)]


def _dhcp(row: Mapping[str, Any], client: str, nth: int, days: list[date]) -> Iterator[Act]:
    """One act a day; the clients of a row follow each other, 97 seconds apart."""
    if row["what"] not in DHCP:
        raise PlanError(f"what {row['what']!r} is none of {', '.join(DHCP)}")
    for day in days:
        at = _at(day, row["time"]) + timedelta(seconds=97 * nth)
        yield Act(at, client, row["what"], asks=row.get("asks", ""))


def _asks(row: Mapping[str, Any], pools: Mapping[str, list[str]], client: str, nth: int, day: date) -> Iterator[Act]:
    """One act a name, a second apart. With `pick`, names and minutes differ by day and client."""
    types = tuple(row.get("types", ("A", "AAAA")))
    for slot, clock in enumerate(row["times"]):
        start, names = _at(day, clock), row.get("names", [])
        if "pick" in row:
            turn = day.toordinal() * 5 + nth * 3 + slot * 7
            pool = pools[row["from"]]
            names = [pool[(turn + k) % len(pool)] for k in range(row["pick"])]
            start += timedelta(seconds=(day.toordinal() * 61 + nth * 173) % 900)
        for k, name in enumerate(names):
            yield Act(start + timedelta(seconds=k), client, "ask", row["purpose"], name, types)


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


def _check(acts: list[Act], clients: Mapping[str, Client]) -> None:
    """A client must have an address before it asks, on every day anew; and must not ask after giving it back."""
    holding = {c.id for c in clients.values() if c.static}
    day = None
    for act in acts:
        if act.at.date() != day:
            day, holding = act.at.date(), {c.id for c in clients.values() if c.static}
        if act.what == "join":
            holding.add(act.client)
        elif act.client not in holding:
            raise PlanError(f"{act.client} has no address at {act.at} to {act.what} {act.name} from")
        if act.what == "release":
            holding.discard(act.client)
