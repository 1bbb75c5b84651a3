# SPDX-License-Identifier: EUPL-1.2
"""Plans for the tests of targets: made up by hypothesis, hostile ones among them, or read from a case's plan.json."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.estate import Access, DeviceFacts, Enrolment, ItService, Network, Owner, People, Platform, Use
from ordinance.model.law import Duty
from ordinance.model.ruling import DeviceClass, Subject
from ordinance.model.target import Bystanders, ClassSize, Demand, Plan

NOON = datetime(2023, 4, 1, 12, tzinfo=UTC)

HOSTILE = (
    "evil.com CNAME .\nbank.example", "evil.com\r\nbank.example", "a;b.example", 'a"b.example', '"', "(",
    "a(b.example", "$INCLUDE /etc/passwd", "$ORIGIN example.", "$GENERATE 1-9 a$ CNAME .", "@", "*", "*.com",
    "a b.example", "a\tb.example", "\\.example", "\\010.example", "tiktokv.com\x00.example",
    "tiktokv.com\u2028bank.example", "töktok.example", "tikto\u212a.com", "ＴＩＫＴＯＫ.com", "com", ".", "", "..",
    ".tiktokv.com", "tiktokv..com", "-a.example", "a-.example", "203.0.113.5", "2001:db8::1", "24.0.2.0.192.rpz-ip",
    "0.0.0.0.0.rpz-client-ip", "ns.example.rpz-nsdname", "a" * 64 + ".example",
    ".".join(["a" * 60] * 4) + ".example", ".".join(["a" * 60] * 4), "TikTokV.com.", "rpz.ordinance", "1.0x1",
    "app.example.1a",
)  # fmt: skip

_LABELS = st.sampled_from(["a", "b", "api", "log", "tiktokv", "tiktok", "com", "eu"])
# Many of them above one another, because that is where targets go wrong.
_FAMILY = ["tiktokv.com", "eu.tiktokv.com", "b.eu.tiktokv.com", "a.b.eu.tiktokv.com", "tiktok.com", "a.tiktok.com"]
NAMES = st.one_of(st.sampled_from(_FAMILY), st.lists(_LABELS, min_size=2, max_size=5).map(".".join))
_TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
_SHARP = st.text(alphabet='ab.\n\r\t ;"()$@*\\-_é\u212a\x00', max_size=12)
_SHARP_INSIDE = _SHARP.map("tiktokv.com{}.example".format)
HOSTILE_TEXTS = st.one_of(st.sampled_from(HOSTILE), _SHARP, _SHARP_INSIDE, st.text(max_size=30))
_DAYS = st.sampled_from([date(2023, 3, 31), date(2023, 4, 1), date(2023, 4, 2)])


def identifier(value: str, role: Role | None = Role.APP_ONLY, kind: Kind = Kind.DOMAIN, **more: Any) -> Identifier:
    """A plain identifier of TikTok."""
    return replace(Identifier(kind, value, "tiktok", "tiktok", Confidence.HIGH, role), **more)


def demand(*identifiers: Identifier, **more: Any) -> Demand:
    """A demand to block the traffic of TikTok's app."""
    app, duty = "tiktok/tiktok", Duty.BLOCK_TRAFFIC
    plain = Demand("gent/paid-devices", duty, app, Surface.APP, NOON, identifiers, False, ("c1",), 3)
    return replace(plain, **more)


def plan(*demands: Demand, **more: Any) -> Plan:
    """A plan of one body at one instant."""
    return replace(Plan("gent", NOON, "2026.11.1", demands), **more)


def network(name: str, *ranges: str) -> Network:
    """A network of these ranges."""
    return Network(name, name, tuple(map(ip_network, ranges)), ())


IDENTIFIERS = st.builds(
    Identifier,
    kind=st.one_of(st.just(Kind.DOMAIN), st.sampled_from(Kind)),
    value=st.one_of(NAMES, NAMES, _TEXTS),
    family=st.just("tiktok"),
    member=st.sampled_from(["tiktok", "lite"]),
    confidence=st.sampled_from(Confidence),
    role=st.one_of(st.none(), st.sampled_from(Role), st.just(Role.APP_ONLY)),
    retired=st.one_of(st.none(), st.none(), _DAYS),
)
_ANY_DEMANDS = st.builds(
    Demand,
    restriction=st.one_of(st.sampled_from(["gent/paid-devices", "gent/all-networks"]), _TEXTS),
    duty=st.one_of(st.just(Duty.BLOCK_TRAFFIC), st.sampled_from(Duty)),
    app=st.sampled_from(["tiktok/tiktok", "tiktok/lite"]),
    surface=st.one_of(st.just(Surface.APP), st.sampled_from(Surface)),
    due=st.just(NOON),
    identifiers=st.lists(IDENTIFIERS, max_size=6).map(tuple),
    web_forbidden=st.booleans(),
    classes=st.just(("c1",)),
    devices=st.integers(0, 50),
)
# Half of all demands do block something; from the rest alone most plans would come out empty.
_BLOCKING_DEMANDS = st.builds(
    lambda names, restriction, on: demand(
        *(identifier(n, on[0]) for n in names), restriction=restriction, surface=on[1], classes=on[2]
    ),
    st.lists(NAMES, min_size=1, max_size=4),
    st.sampled_from(["gent/paid-devices", "gent/all-networks"]),
    st.sampled_from([(Role.APP_ONLY, Surface.APP, ("c1",)), (Role.WEB, Surface.WEB, ("c1", "c2"))]),
)
DEMANDS = st.one_of(_ANY_DEMANDS, _BLOCKING_DEMANDS)
_NETWORK_IDS = st.sampled_from(["staff", "guest"])
_RANGES = st.sampled_from(["192.0.2.0/24", "198.51.100.0/25", "192.0.2.128/25", "2001:db8::/32", "2001:db8:0:1::/64"])
_NETWORKS = st.builds(
    Network, _NETWORK_IDS, st.just("n"), st.lists(_RANGES.map(ip_network), max_size=2).map(tuple), st.just(())
)
_OTHERS = _NETWORKS.map(lambda n: replace(n, id=f"other-{n.id}"))
_CLASSES = st.builds(
    lambda enrolment, devices: tuple(
        ClassSize(c, "facts", devices, DeviceClass(c, DeviceFacts(enrolment=enrolment), None, "gent"))
        for c in ("c1", "c2")
    ),
    st.one_of(st.none(), st.sampled_from(Enrolment)),
    st.integers(0, 9),
)
_COUNTS = st.one_of(st.none(), st.integers(0, 9))
PLANS = st.builds(
    Plan,
    body=st.one_of(st.just("gent"), _TEXTS),
    at=st.just(NOON),
    catalogue_version=st.one_of(st.just("2026.11.1"), _TEXTS),
    demands=st.lists(DEMANDS, max_size=4).map(tuple),
    networks=st.lists(_NETWORKS, max_size=3).map(tuple),
    others=st.lists(_OTHERS, max_size=2, unique_by=lambda n: n.id).map(tuple),
    classes=_CLASSES,
    bystanders=st.lists(st.builds(Bystanders, _NETWORK_IDS, _TEXTS, _COUNTS), max_size=3).map(tuple),
    exempt_devices=st.integers(0, 3),
)


HOSTILE_PLANS = st.builds(
    lambda values, text: plan(
        demand(*map(identifier, values), restriction=text),
        demand(*(identifier(v, Role.WEB) for v in values), restriction=text, surface=Surface.WEB),
        body=text,
        catalogue_version=text,
        notice=text,
    ),
    st.lists(HOSTILE_TEXTS, max_size=5),
    HOSTILE_TEXTS,
)


def load(path: Path) -> Plan:
    """The plan written in a case's plan.json; what a row leaves out is the plain value."""
    data = json.loads(path.read_text(encoding="utf-8"))
    at = datetime.fromisoformat(data["at"])
    return Plan(
        data["body"], at, data["catalogue_version"], tuple(_demand(row, at) for row in data["demands"]),
        tuple(_network(n) for n in data["networks"]),
        tuple(Bystanders(b["network"], b["who"], b["count"]) for b in data["bystanders"]),
        data["exempt_devices"],
        data.get("notice", ""),
        classes=tuple(_class(c) for c in data.get("classes", ())),
        others=tuple(_network(n) for n in data.get("others", ())),
    )  # fmt: skip


def settings_of(path: Path) -> dict[str, str]:
    """The target's settings in a case's plan.json; a case without them is about the defaults."""
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")).get("settings", {})
    return found


def _network(row: dict[str, Any]) -> Network:
    plain = network(row["id"], *row["cidrs"])
    return replace(
        plain,
        name=row.get("name", plain.name),
        populations=tuple(People(p) for p in row.get("populations", ())),
        use=Use(row.get("use", plain.use)),
    )


def _class(row: dict[str, Any]) -> ClassSize:
    """A class of devices with its facts, or of a `network` of that kind."""
    if kind := row.get("network"):
        who = DeviceClass(row["id"], DeviceFacts(), None, "gent", subject=Subject.NETWORK, word=kind)
        return ClassSize(row["id"], who.in_words, None, who)
    named = {"owner": Owner, "access": Access, "enrolment": Enrolment, "platform": Platform, "use": Use}
    named["it_service"] = ItService
    facts = {key: named[key](value) if key in named else value for key, value in row["facts"].items()}
    people = People(row["people"]) if "people" in row else None
    who = DeviceClass(row["id"], DeviceFacts(**facts), people, "gent")
    return ClassSize(row["id"], who.in_words, row["devices"], who)


def _demand(row: dict[str, Any], at: datetime) -> Demand:
    identifiers = tuple(_identifier(i) for i in row["identifiers"])
    return Demand(
        row["restriction"], Duty(row["duty"]), row["app"], Surface(row["surface"]),
        datetime.fromisoformat(row["due"]) if "due" in row else at, identifiers,
        row["web_forbidden"], tuple(row["classes"]), row["devices"],
    )  # fmt: skip


def _identifier(row: dict[str, str]) -> Identifier:
    return Identifier(
        Kind(row.get("kind", "domain")), row["value"], "tiktok", "tiktok", Confidence(row.get("confidence", "high")),
        Role(row["role"]) if "role" in row else None,
        retired=date.fromisoformat(row["retired"]) if "retired" in row else None,
    )  # fmt: skip
