# SPDX-License-Identifier: EUPL-1.2
"""An invented office of 300 devices, and a week of its resolver's log with app sessions planted at known lines.

Nobody opens a page of a network; pages of others carry the widgets of five networks and TikTok's pixel. What an app
asks for stands here as public sources describe it, with names that the catalogue does not hold or does not take for
the app's own: it is not derived from the catalogue. Everything follows from one seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

SEED = 20261126
DAYS = tuple(date(2026, 11, 16) + timedelta(days=n) for n in range(5))  # Monday to Friday
LAPTOPS, PHONES = 180, 120
DEVICES = LAPTOPS + PHONES
NOT_ASKED = 0.20  # of a session's names: remembered by the device or the app, or asked by an encrypted way
FAILED = 0.05  # of the names asked: no such name, or no answer

# --- what apps ask for -----------------------------------------------------------------------------------------------

# Shared by several of ByteDance's apps: snssdk, byteoversea, ibytedtos.
TIKTOK = (
    "log-boot.tiktokv.com",  # hagezi/dns-blocklists issues 655, 9204; AdguardFilters 138132: "first boot" of the app
    "mon-boot.tiktokv.com",  # hagezi/dns-blocklists issue 7595: "only contacted when you open the app"
    "sf16-muse-va.ibytedtos.com",  # hagezi/dns-blocklists issue 576: third address after the app opens
    "log16-normal-useast1a.tiktokv.com",  # hagezi/dns-blocklists issue 7711: TikTok app
    "tnc16-platform-alisg.tiktokv.com",  # badmojr/1Hosts issue 292: in a row, from the Android app
    "tnc16-alisg.isnssdk.com",  # the same
    "tnc16-alisg.byteoversea.com",  # the same
    "log-tiktok.byteoversea.net",  # badmojr/1Hosts issue 731: "requested by the TikTok app"
    "mon-va.tiktokv.com",  # AdguardFilters issue 134868: the request found in the app
    "frontier-va.tiktokv.com",  # badmojr/1Hosts pull request 778
    "pitaya-task-va.tiktokv.com",  # the same
    "api16-normal-no1a.tiktokv.eu",  # public programs that pose as the app, hosts of the cluster in Europe
    "hotapi16-normal-no1a.tiktokv.eu",  # the same
    "webcast16-normal-no1a.tiktokv.eu",  # the same
    "v16m.tiktokcdn.com",  # liamengland1/mischosts issue 10: a home's resolver
    "v19.tiktokcdn.com",  # the same
    "p16-tiktok-va.ibyteimg.com",  # the same
    "analytics16-normal-useastred.tiktokw.eu",  # badmojr/1Hosts issue 2495
)
WECHAT = (
    "dns.weixin.qq.com.cn",  # felixonmars/dnsmasq-china-list issue 706: what voice messages need
    "minorshort.weixin.qq.com",  # the same
    "extshort.weixin.qq.com",  # the same
    "short.weixin.qq.com",  # the same
    "short.mixpay.wechatpay.cn",  # the same
    "finderyz.video.qq.com",  # the same
    "wxapp.tc.qq.com",  # the same
    "dns.wechat.com",  # damengzhu/banad issue 63
    "szlong.weixin.qq.com",  # neodevpro/neodevhost issue 29: where the app learns its servers; no login without it
    "hklong.weixin.qq.com",  # notracking/hosts-blocklists issue 150: from a phone where the app was not even open
    "szextshort.weixin.qq.com",  # aiastia/note issue 12
    "shminorshort.weixin.qq.com",  # jdlingyu/ad-wars issue 9: login
    "support.weixin.qq.com",  # jdlingyu/ad-wars issue 10
)
SIGNAL = (
    "chat.signal.org",  # source of Signal for iOS and Android: servers
    "storage.signal.org",  # the same, and OONI's experiment
    "cdn.signal.org",  # the same; in the capture signal.pcap of ntop/nDPI
    "cdn2.signal.org",  # the same
    "cdn3.signal.org",  # the same
    "updates2.signal.org",  # the same
    "textsecure-service.whispersystems.org",  # the same capture, of 2019
    "api.directory.signal.org",  # OONI's experiment
    "itunes.apple.com",  # the same capture
)
KAKAOTALK = (
    "katalk.kakao.com",  # capture KakaoTalk_chat.pcap of ntop/nDPI, of 2015: all but the two below
    "ac-talk.kakao.com",
    "booking.loco.kakao.com",
    "up-gp.talk.kakao.com",
    "up-p.talk.kakao.com",
    "up-m.talk.kakao.com",
    "up-c.talk.kakao.com",
    "plus-talk.kakao.com",
    "auth.kakao.com",
    "item.kakao.com",
    "dn-l.talk.kakao.com",
    "graph.facebook.com",
    "api.facebook.com",
    "booking-loco.kakao.com",  # storycraft/node-kakao, configuration, and notes on packets of the app: today's server
    "ticket-loco.kakao.com",  # the same notes
)
SNAPCHAT = (
    "gcp.api.snapchat.com",  # badmojr/1Hosts issue 9: the app on iOS breaks without it
    "app.snapchat.com",  # StevenBlack/hosts issue 2626
    "aws.api.snapchat.com",  # the same
    "jaguar-prod.snapchat.com",  # the same
    "app-analytics-v2.snapchat.com",  # notracking/hosts-blocklists issue 447
    "sc-analytics.appspot.com",  # lightswitch05/hosts issue 12
    "gcs.sc-cdn.net",  # Perflyst/PiHoleBlocklist issue 36: nothing is sent without it
)
VIBER = (
    "media.cdn.viber.com",  # capture viber.pcap of ntop/nDPI: the connection itself was open already, so was not asked
    "dl-media.viber.com",
    "mapi.apptimize.com",
    "venetia.iad.appboy.com",
    "app.adjust.com",
    "graph.facebook.com",
)
SESSIONS: Mapping[str, tuple[tuple[str, ...], int]] = {
    "tiktok": (TIKTOK, 80),
    "wechat": (WECHAT, 40),
    "signal": (SIGNAL, 40),
    "kakaotalk": (KAKAOTALK, 40),
    "snapchat": (SNAPCHAT, 20),
    "viber": (VIBER, 20),
}

# --- what pages and other apps ask for -------------------------------------------------------------------------------

WIDGETS: Mapping[str, tuple[str, ...]] = {
    "meta": (
        "connect.facebook.net",
        "star-mini.c10r.facebook.com",
        "graph.facebook.com",
        "www.facebook.com",
        "scontent.xx.fbcdn.net",
        "www.instagram.com",
        "graph.instagram.com",
        "scontent.cdninstagram.com",
    ),
    "x": (
        "platform.twitter.com",
        "syndication.twitter.com",
        "cdn.syndication.twimg.com",
        "pbs.twimg.com",
        "static.ads-twitter.com",
        "t.co",
    ),
    "youtube": (
        "www.youtube-nocookie.com",
        "i.ytimg.com",
        "youtube.googleapis.com",
        "www.youtube.com",
        "yt3.ggpht.com",
        "rr3---sn-5hne6nz6.googlevideo.com",
    ),
    "linkedin": (
        "platform.linkedin.com",
        "px.ads.linkedin.com",
        "snap.licdn.com",
        "www.linkedin.com",
        "media.licdn.com",
    ),
    "pinterest": (
        "assets.pinterest.com",
        "widgets.pinterest.com",
        "ct.pinterest.com",
        "log.pinterest.com",
        "i.pinimg.com",
    ),
    "tiktok": (
        "api16-normal-no1a.tiktokv.eu",  # a video of the embedded player, where the first addresses are blocked
        "analytics.tiktok.com",
        "analytics-ipv6.tiktokw.us",
        "www.tiktok.com",
        "p16-sign-va.tiktokcdn.com",
        "lf16-tiktok-web.tiktokcdn-us.com",
        "mon.tiktokv.com",
        "mcs-va.tiktokv.com",
    ),
    "snapchat": ("tr.snapchat.com", "sc-static.net"),
    "wechat": ("res.wx.qq.com", "open.weixin.qq.com", "mmbiz.qpic.cn"),
    "kakaotalk": ("tiara.kakao.com", "developers.kakao.com", "t1.kakaocdn.net"),
}
LOOK_ALIKES = (
    "nottiktok.com",
    "www.mytiktokv.com",
    "tiktok.com.evil.example",
    "log-boot.tiktokv.com.evil.example",
    "api16-normal-no1a-tiktokv.eu.example",
    "chat-signal.org",
    "chat.signal.org.phish.example",
    "xlong.weixin.qq.com.cn",
    "szlong-weixin.qq.com.example",
    "katalk-kakao.com",
    "akamaized.net",
    "www.tiktok-news.example",
)
# Names that are only likely a vendor's: regional twins, and known names before a content network's zone.
LIKELY = (
    "www.tiktok-sg.com",
    "v16.tiktokcdn-row.net",
    "mon.tiktokv-in.com",
    "v16m.tiktokcdn.com.akamaized.net",
    "www.tiktok.com.edgesuite.net",
    "p16-sign-va.tiktokcdn.com.c.worldfcdn2.com",
)
LIKELY_APP = "log16-normal-useast1a.tiktokv.com.edgekey.net"
ELSEWHERE = (
    "fonts.googleapis.com",
    "fonts.gstatic.com",
    "www.google-analytics.com",
    "login.microsoftonline.com",
    "outlook.office365.com",
    "ctldl.windowsupdate.com",
    "app-measurement.com",
    "cdn.jsdelivr.net",
    "api.apple-cloudkit.com",
    "mtalk.google.com",
)
NETWORKS = ("meta", "x", "youtube", "linkedin", "pinterest")  # the five whose widgets are most of the noise
RESTRICTED = (*NETWORKS, *SESSIONS)

# --- the log ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planted:
    """One planted session."""

    number: int
    family: str
    device: str
    day: date


@dataclass(frozen=True)
class Said:
    """Why a line is in the log: `kind` is session, widget, look_alike, likely, likely_app or background."""

    kind: str
    family: str
    device: str
    session: Planted | None = None


@dataclass(frozen=True)
class Query:
    """A question and what came of it."""

    at: datetime
    name: str
    why: Said
    answered: bool = True


@dataclass(frozen=True)
class Office:
    """A week: questions in order of time, and the addresses of each day."""

    queries: tuple[Query, ...]
    planted: tuple[Planted, ...]
    addresses: Mapping[tuple[date, str], str]


def device(number: int) -> str:
    """The id of a device; laptops come first."""
    return f"of-{number:03d}"


def mac(number: int) -> str:
    """Its hardware address, of the ranges kept for documentation and for IANA."""
    return f"00:00:5e:00:{'53' if number < 256 else '52'}:{number % 256:02x}"


def office(not_asked: float = NOT_ASKED, failed: float = FAILED) -> Office:
    """The week, drawn from the seed."""
    dice = random.Random(SEED)  # noqa: S311  # an invented week is no secret
    sites = _sites(dice)
    queries: list[Query] = []
    addresses: dict[tuple[date, str], str] = {}
    for day in DAYS:
        free = dice.sample(range(DEVICES + 40), DEVICES)
        for number in range(DEVICES):
            host = 256 + free[number]
            addresses[day, device(number)] = f"10.60.{host // 256}.{host % 256}"
            queries += _working_day(dice, day, device(number), sites)
        for number in dice.sample(range(LAPTOPS), 4):
            at = datetime(day.year, day.month, day.day, 10)  # noqa: DTZ001  # wall time, as logs write it
            queries.append(Query(at, LIKELY_APP, Said("likely_app", "tiktok", device(number))))
    planted: list[Planted] = []
    for family, (names, count) in SESSIONS.items():
        for number in dice.sample(range(LAPTOPS, DEVICES), count):  # phones; each opens an app once, if at all
            one = Planted(len(planted), family, device(number), dice.choice(DAYS))
            planted.append(one)
            queries += _session(dice, one, names, not_asked, failed)
    queries.sort(key=lambda q: (q.at, q.why.device, q.name))
    return Office(tuple(queries), tuple(planted), addresses)


def _sites(dice: random.Random) -> list[tuple[str, ...]]:
    """Eighty sites; each asks for itself, for some things elsewhere, and for the widgets of up to three networks."""
    found = []
    networks = [*NETWORKS, *NETWORKS, *WIDGETS]
    for number in range(80):
        names = [f"www.site-{number}.example", f"static.site-{number}.example", *dice.sample(ELSEWHERE, 2)]
        for network in sorted(set(dice.sample(networks, dice.randrange(4)))):
            names += dice.sample(WIDGETS[network], min(3, len(WIDGETS[network])))
        found.append(tuple(sorted(names)))
    return found


def _working_day(dice: random.Random, day: date, who: str, sites: list[tuple[str, ...]]) -> Iterator[Query]:
    """Some ten pages, the same ones more often than others, and now and then a name that misleads."""
    network_of = {n: f for f, names in WIDGETS.items() for n in names}
    opened = datetime(day.year, day.month, day.day, 8, 30)  # noqa: DTZ001
    for _ in range(dice.randrange(6, 16)):
        at = opened + timedelta(seconds=dice.randrange(8 * 3600))
        page = sites[min(int(dice.paretovariate(0.6)) - 1, len(sites) - 1)]
        for name in page:
            if dice.random() < 0.8:  # the rest is remembered
                family = network_of.get(name, "")
                why = Said("widget" if family else "background", family, who)
                yield Query(at + timedelta(seconds=dice.randrange(3)), name, why)
    for kind, names, chance in (("look_alike", LOOK_ALIKES, 0.15), ("likely", LIKELY, 0.1)):
        if dice.random() < chance:
            at = opened + timedelta(seconds=dice.randrange(8 * 3600))
            yield Query(at, dice.choice(names), Said(kind, "tiktok", who))


def _session(
    dice: random.Random, one: Planted, names: tuple[str, ...], not_asked: float, failed: float
) -> Iterator[Query]:
    """An app is opened: each name within a minute, unless it was not asked for here."""
    at = datetime(one.day.year, one.day.month, one.day.day, 9) + timedelta(seconds=dice.randrange(7 * 3600))  # noqa: DTZ001
    for name in names:
        if dice.random() >= not_asked:
            why = Said("session", one.family, one.device, one)
            yield Query(at + timedelta(seconds=dice.randrange(60)), name, why, dice.random() >= failed)


def write(week: Office, folder: Path, *, with_sessions: bool = True) -> dict[tuple[str, int], Said]:
    """The body's folder with its log; gives back why each line of a question is there, by file and line."""
    _write_body(folder)
    lines_of: dict[tuple[str, int], Said] = {}
    for day in DAYS:
        file = f"logs/office-{day}.log"
        lines = list(_leases(week, day))
        serial = 100
        stamped = [(_stamp(at), text) for at, text in _canaries(day)]
        hours = iter([*stamped, ("~", ())])
        stamp, canary = next(hours)
        for q in week.queries:
            if q.at.date() != day or (q.why.session and not with_sessions):
                continue
            now = _stamp(q.at)
            while stamp <= now:
                lines += canary
                stamp, canary = next(hours)
            serial += 1
            address = week.addresses[day, q.why.device]
            head = f"{now} dnsmasq[4641]: {serial} {address}/{20_000 + serial % 40_000}"
            lines.append(f"{head} query[A] {q.name} from {address}")
            lines_of[file, len(lines)] = q.why
            lines.append(f"{head} forwarded {q.name} to 192.0.2.53")
            lines.append(f"{head} reply {q.name} is {'198.51.100.7' if q.answered else 'NXDOMAIN'}")
        while stamp != "~":
            lines += canary
            stamp, canary = next(hours)
        (folder / file).write_text("\n".join(lines) + "\n", "ascii")
    return lines_of


def _stamp(at: datetime) -> str:
    return f"{at:%b} {at.day:2d} {at:%H:%M:%S}"


def _canaries(day: date) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """Every working hour the monitoring host asks whether the resolver logs."""
    for hour in range(7, 19):
        at = datetime(day.year, day.month, day.day, hour, 0, 1)  # noqa: DTZ001
        head = f"{_stamp(at)} dnsmasq[4641]: {hour} 10.60.0.5/39985"
        name = "canary.office.example"
        yield at, (f"{head} query[A] {name} from 10.60.0.5", f"{head} config {name} is 10.60.0.2")


def _leases(week: Office, day: date) -> Iterator[str]:
    """In the morning each device gets that day's address, for half a day."""
    for number in range(DEVICES):
        at = datetime(day.year, day.month, day.day, 6, number // 60, number % 60)  # noqa: DTZ001
        head = f"{_stamp(at)} dnsmasq-dhcp[4641]: {1_000_000 + number}"
        name = device(number)
        yield f"{head} DHCPACK(lan0) {week.addresses[day, name]} {mac(number)} {name}"
        yield f"{head} sent size:  4 option: 51 lease-time  12h"


def _write_body(folder: Path) -> None:
    """An invented body that restricts each of these apps, on phones and desktops, and not their sites."""
    for name in ("policies", "estate", "logs"):
        (folder / name).mkdir(parents=True)
    what = ", ".join(f"{{family: {f}}}" for f in sorted(set(RESTRICTED)))
    files = {
        "ordinance.toml": f"""
[body]
id = "office"
name = "An invented office"
time_zone = "Europe/Brussels"
languages = ["en"]
notice = "Invented estate and findings."
invented = ["estate", "sources", "checking"]

[checking]
purpose = "rule_compliance"
legal_basis = "invented"
evidence_allowed = ["network_device"]
window = "P7D"
minimum_group = 5
informed = [{{ who = "all staff", on = 2026-11-01, how = "e-mail" }}]

[retention]
runs = "P6M"
ledger = "P1Y"

[[sources]]
id = "dns"
reader = "dnsmasq-log"
files = ["logs/*.log"]
network = "staff"
year = {DAYS[0].year}
canary = "canary.office.example"
hours = [7, 19]
""",
        "policies/apps.yaml": f"""
policy: office-apps
version: "1"
title: No social apps
authority: office
lifecycle: [{{state: in_force, from: 2026-11-01}}]
restrictions:
  - id: apps
    force: binding
    what: [{what}]
    surfaces: [app, desktop]
    devices: {{any: [{{owner: body}}]}}
    people: [staff]
    duties: {{stop_using: at_once}}
invented: [restrictions.apps]
""",
        "authorities.yaml": "authorities: [{id: office, name: An invented office, country: BE,"
        " time_zone: Europe/Brussels}]\n",
        "estate/units.csv": "unit,name,institution,parent\nall,All,office,\n",
        "estate/networks.csv": "network,name,cidr,populations,use,units\nstaff,Staff,10.60.0.0/22,staff,work,all\n",
        "estate/people.csv": "person,people,unit,valid_from,valid_to\n"
        + "".join(f"p-{n},staff,all,2026-01-01,\n" for n in range(DEVICES)),
        "estate/devices.csv": "device,owner,purchase_share,subscription_share,use_share,access,enrolment,platform,use,"
        "holder,unit,mac,inventory_name,valid_from,valid_to\n"
        + "".join(
            f"{device(n)},body,100,100,100,internal,managed,{'windows' if n < LAPTOPS else ('android', 'ios')[n % 2]},"
            f"work,p-{n},all,{mac(n)},,2026-01-01,\n"
            for n in range(DEVICES)
        ),
    }
    for name, text in files.items():
        (folder / name).write_text(text.lstrip("\n"), "utf-8")
