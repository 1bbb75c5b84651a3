# SPDX-License-Identifier: EUPL-1.2
"""Names of hosts as clients ask for them: what a restricted app speaks to, what only looks like it, and all the rest.

Reads the shipped catalogue. Two shapes. `realistic`: a few names are asked for again and again and most hardly ever,
new ones come all the time, resolvers and applications spell one name in several ways, some names contain a restricted
one or end in its letters. `toy`: fifty names, all in lower case, nothing that misleads. Everything is drawn with the
dice that it is given: the same each time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate

from ordinance.catalogue.load import alias_zones, load, twins
from ordinance.catalogue.unseen import unseen_names
from ordinance.match.names import NameMatcher
from ordinance.model.apps import Confidence, Identifier, Kind, Role

FAMILIES = (
    *("tiktok", "bytedance-shared", "douyin", "capcut", "lark", "lemon8", "trae", "doubao", "kwai", "likee"),
    *("bilibili", "weibo", "xiaohongshu", "wechat", "qq", "temu"),
    *("shein", "deepseek", "kaspersky", "vk", "ok", "yandex", "max"),
    *("telegram", "snapchat", "bereal"),
)
SYLLABLES = ("ba", "ko", "ri", "ta", "mu", "ne", "so", "li", "va", "du", "pe", "gi", "zo", "fa", "hu", "we")
HOSTS = ("www", "api", "cdn", "static", "img", "mail", "v16", "edge", "eu", "m", "login", "data", "events", "assets")
ENDINGS = ("com", "com", "com", "net", "org", "eu", "be", "ee", "de", "fr", "nl", "co.uk", "io")
# Much asked for, and not restricted here. `t.co` and `x.com` are at the end of many another name.
POPULAR = (
    *("www.google.com", "outlook.office365.com", "www.microsoft.com", "t.co", "x.com", "abs.twimg.com", "i.ytimg.com"),
    *("graph.facebook.com", "www.reddit.com", "v10.events.data.microsoft.com", "ocsp.digicert.com", "www.netflix.com"),
    *("www.youtube.com", "api.spotify.com", "www.linkedin.com", "detectportal.firefox.com", "www.netcompany.com"),
)
TOY = 50  # names of the toy shape


@dataclass(frozen=True, slots=True)
class Watched:
    """A restricted name. `use`: only the app speaks to it; `sure`: nobody doubts that."""

    value: str
    app: str
    use: bool
    sure: bool


def watched() -> list[Watched]:
    """Every name of the restricted families. A name that was given up proves nothing, and stays out of the logs."""
    return [_watched(i) for i in _domains() if i.family in FAMILIES]


def _domains() -> list[Identifier]:
    return [i for f in load().families for i in f.identifiers if i.kind is Kind.DOMAIN]


def _watched(one: Identifier) -> Watched:
    is_app = one.role is Role.APP_ONLY
    return Watched(one.value, f"{one.family}/{one.member}", is_app, is_app and one.confidence is Confidence.HIGH)


class Names:
    """Draws names of one shape. `tiers` are the watched names by what asking for them says."""

    def __init__(self, shape: str, size: int, seed: str) -> None:
        self.is_toy, self.dice = shape == "toy", random.Random(seed)  # noqa: S311  # which names are asked is no secret
        known, retired = watched(), {i.value for i in _domains() if i.retired}
        find = NameMatcher(_domains(), alias_zones(), twins()).find
        self._find, self._unseen = find, unseen_names()
        self._families = frozenset(FAMILIES)
        every = [w for w in known if w.value not in retired]
        self.use = [w for w in every if w.use]
        self.other = [w for w in every if not w.use]
        self.sure = [w for w in self.use if w.sure]
        self._values = sorted(w.value for w in every)
        self.pool = self._pool(TOY if self.is_toy else 20_000 + size // 100)

    def _pool(self, size: int) -> list[str]:
        """What is asked for, the most popular first; nothing of it is watched, and nothing leads past the log."""
        pool = list(POPULAR if not self.is_toy else POPULAR[:3])
        while len(pool) < size:
            name = self._look_alike() if not self.is_toy and self.dice.random() < 0.03 else self._unrelated()
            if not self._matters(name):
                pool.append(name)
        return pool

    def _matters(self, name: str) -> bool:
        hit = self._find(name)
        labels = name.lower().split(".")
        above = (".".join(labels[n:]) for n in range(len(labels)))
        return (hit is not None and hit.identifier.family in self._families) or any(a in self._unseen for a in above)

    def word(self) -> str:
        """Made up."""
        return "".join(self.dice.choices(SYLLABLES, k=self.dice.randint(2, 4))) + str(self.dice.randint(0, 999))

    def _unrelated(self) -> str:
        hosts = self.dice.choices(HOSTS, k=self.dice.randint(0, 2))
        return ".".join([*hosts, self.word(), self.dice.choice(ENDINGS)])

    def _look_alike(self) -> str:
        value = self.dice.choice(self._values)
        return self.dice.choice([f"not{value}", f"{value}.example.net", f"{self.word()}-{value}"])

    def drawn(self, count: int) -> list[int]:
        """Places in the pool, the n-th about an n-th as often as the first."""
        weights = list(accumulate(1 / (n + 1) for n in range(len(self.pool))))
        return self.dice.choices(range(len(self.pool)), cum_weights=weights, k=count)

    def spelt(self, name: str) -> str:
        """As somebody writes it: mostly as it is, some with capitals at random (0x20), some with a dot at the end."""
        if self.is_toy:
            return name
        chance = self.dice.random()
        if chance < 0.10:
            return "".join(c.upper() if self.dice.random() < 0.5 else c for c in name)
        return f"{name}." if chance < 0.14 else name

    def below(self, one: Watched) -> str:
        """A name that falls under this watched one and under no longer one."""
        name = one.value if self.dice.random() < 0.4 else f"{self.dice.choice(HOSTS)}.{one.value}"
        hit = self._find(name)
        is_own = hit is not None and hit.identifier.value == one.value and not hit.likely
        return self.spelt(name if is_own else one.value)

    def fresh(self, text: str) -> str:
        """A name that nobody asked for before, as content networks and measurements make them."""
        return f"{text}.{self.dice.choice(HOSTS)}.{SYLLABLES[len(text) % 16]}-content.net"
