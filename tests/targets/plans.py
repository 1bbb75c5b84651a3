# SPDX-License-Identifier: EUPL-1.2
"""Plans for the tests of targets: made up by hypothesis, hostile ones among them, or read from a case's plan.json."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
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
# Ids of classes that demands name. Those of `_CLASSES` are in most plans, and `gone` is in none.
_OF_DEVICES = ("c1", "c2", "c3")
_OF_OTHERS = ("everybody", "hall")
_FOR = st.sampled_from(
    [
        ("c1",), ("c2",), ("c1", "c2"), ("c1", "c2", "c3"), ("c3", "gone"), (),
        ("everybody",), ("everybody", "hall"), ("c1", "everybody"), ("c2", "hall"),
    ]
)  # fmt: skip
_INSTANTS = st.sampled_from([NOON, NOON.replace(hour=0), NOON.replace(month=1, tzinfo=timezone(timedelta(hours=2)))])
_ANY_DEMANDS = st.builds(
    Demand,
    restriction=st.one_of(st.sampled_from(["gent/paid-devices", "gent/all-networks"]), _TEXTS),
    duty=st.one_of(st.just(Duty.BLOCK_TRAFFIC), st.sampled_from(Duty)),
    app=st.sampled_from(["tiktok/tiktok", "tiktok/lite"]),
    surface=st.one_of(st.just(Surface.APP), st.sampled_from(Surface)),
    due=_INSTANTS,
    identifiers=st.lists(IDENTIFIERS, max_size=6).map(tuple),
    web_forbidden=st.booleans(),
    classes=_FOR,
    devices=st.integers(0, 50),
)
# Beneath names that a rule blocks, and apart from them, lie such as it may not. Each has one fault, else hardly any
# plan would meet it alone.
_DOUBTS = ({"confidence": Confidence.LOW}, {"retired": date(2023, 3, 31)}, {"retired": NOON.date()})
_BESIDE = st.sampled_from(
    [
        *(identifier(name, role) for name in ("cdn.{}", "log.{}", "apart.example") for role in (*Role, None)),
        *(identifier("old.{}", role, **doubt) for role in (Role.APP_ONLY, Role.WEB) for doubt in _DOUBTS),
    ]
)
# Half of all demands do block something; from the rest alone most plans would come out empty.
_BLOCKING_DEMANDS = st.builds(
    lambda names, beside, restriction, on, classes: demand(
        *(identifier(n, on[0]) for n in names), *(replace(i, value=i.value.format(names[0])) for i in beside),
        restriction=restriction, surface=on[1], classes=classes, web_forbidden=on[2],
    ),
    st.lists(NAMES, min_size=1, max_size=4),
    st.lists(_BESIDE, min_size=1, max_size=3),
    st.sampled_from(["gent/paid-devices", "gent/all-networks"]),
    st.sampled_from(
        [(Role.APP_ONLY, Surface.APP, False), (Role.WEB, Surface.WEB, True), (Role.WEB, Surface.APP, True)]
    ),
    _FOR,
)  # fmt: skip
DEMANDS = st.one_of(_ANY_DEMANDS, _BLOCKING_DEMANDS)
_NETWORK_IDS = st.sampled_from([*(["staff", "guest"] * 20), *HOSTILE])
_RANGES = st.sampled_from(
    [
        "192.0.2.0/24", "198.51.100.0/25", "192.0.2.128/25", "2001:db8::/32", "2001:db8:0:1::/64", "203.0.113.9/32",
        "0.0.0.0/0", "::/0", "::ffff:192.0.2.0/120",
    ]
).map(ip_network)  # fmt: skip
_NETWORKS = st.builds(
    Network,
    id=_NETWORK_IDS,
    name=st.sampled_from(["n", "", *HOSTILE]),
    cidrs=st.lists(_RANGES, max_size=2).map(tuple),
    populations=st.sampled_from([(), (People.STAFF,), (People.VISITOR, People.PUPIL)]),
    use=st.sampled_from(Use),
)
_OTHERS = _NETWORKS.map(lambda n: replace(n, id=f"other-{n.id}"))
# Every kind of management on every kind of system, and who holds it; a third are such as files can be brought to.
# Ready made: to draw each fact costs time.
_DEVICES = st.sampled_from(
    [
        DeviceClass("", DeviceFacts(owner=owner, enrolment=enrolment, platform=platform), people, "gent")
        for enrolment in (*Enrolment, None, *[Enrolment.MANAGED] * 3)
        for platform in (*Platform, None, *[Platform.LINUX, Platform.WINDOWS] * 2)
        for owner, people in ((Owner.BODY, People.STAFF), (Owner.PERSON, None), (Owner.CONTRACTOR, People.CONTRACTOR))
    ]
)
_BEHIND = st.sampled_from(
    [
        DeviceClass("", DeviceFacts(), None, "gent", subject=subject, word=word)
        for subject, word in (
            *((Subject.NETWORK, use) for use in Use), (Subject.PLACE, "meeting"), (Subject.ACCOUNT, "official"),
        )
    ]
)  # fmt: skip
_COUNTS = st.one_of(st.none(), st.integers(0, 9))


def _size(class_id: str, who: DeviceClass, devices: int | None) -> ClassSize:
    """As plans have it: what is no device has no number, and its facts are said in words."""
    who = replace(who, id=class_id)
    return ClassSize(class_id, who.in_words, devices if who.subject is Subject.DEVICE else None, who)


_CLASSES = st.builds(
    lambda devices, count, others: tuple(
        [_size(c, who, count + n) for n, (c, who) in enumerate(zip(_OF_DEVICES, devices, strict=False))]
        + [_size(c, who, None) for c, who in zip(_OF_OTHERS, others, strict=False)]
    ),
    st.lists(_DEVICES, min_size=2, max_size=3),
    st.integers(0, 9),
    st.lists(_BEHIND, min_size=1, max_size=2),
)
# Names of other apps, some of which lie beneath a name that may be blocked, or are one; a catalogue is not trusted.
_NEIGHBOURS = st.builds(
    lambda value, more: replace(identifier(value), family="yandex", **more),
    st.sampled_from([*_FAMILY * 4, *(f"maps.{n}" for n in _FAMILY * 4), *HOSTILE]),
    st.sampled_from([{"member": "maps"}, {"member": "mail"}, {"member": "mail", "kind": Kind.PACKAGE_NAME}]),
)
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
    notice=st.one_of(st.just(""), _TEXTS),
    neighbours=st.lists(_NEIGHBOURS, max_size=3).map(tuple),
    invented=st.sampled_from([(), *(((h, h, (h,)),) for h in HOSTILE)]),
    catalogue_digest=st.just("0" * 64),
    estate_devices=st.just(50),
)
# For promises about what is blocked: of the plans above many block nothing with most targets.
BLOCKING_PLANS = st.builds(lambda p, more: replace(p, demands=(*p.demands, *more)), PLANS, st.tuples(_BLOCKING_DEMANDS))

HOSTILE_PLANS = st.builds(
    lambda values, text: plan(
        demand(*map(identifier, values), restriction=text),
        demand(*(identifier(v, Role.WEB) for v in values), restriction=text, surface=Surface.WEB),
        body=text,
        catalogue_version=text,
        notice=text,
        networks=(network(text, "192.0.2.0/24"),),
        others=(network(f"other-{text}", "198.51.100.0/24"),),
        bystanders=(Bystanders(text, text, None),),
        neighbours=tuple(map(identifier, values)),
        invented=((text, text, (text,)),),
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
