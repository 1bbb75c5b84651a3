# SPDX-License-Identifier: EUPL-1.2
"""Writes what all are asked: `names.py FOLDER NAMES`.

Reads the shipped catalogue. Writes into the folder `known.tsv` (each known name, regional twin and alias zone, with
the answer that is expected of it), `log.txt` and `unique.txt` (names to identify, one a line), the same each time.
Prints how many different names each of the two has.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from itertools import accumulate, islice
from pathlib import Path

from ordinance.catalogue.load import alias_zones, load, twins
from ordinance.model.apps import Identifier, Kind

SEED = 20261126
DIFFERENT = 20_000  # names of the log-like file, of which each is asked again and again
SYLLABLES = ("ba", "ko", "ri", "ta", "mu", "ne", "so", "li", "va", "du", "pe", "gi", "zo", "fa", "hu", "we")
HOSTS = ("www", "api", "cdn", "static", "img", "mail", "v16", "edge", "eu", "m", "login", "data")
ENDINGS = ("com", "com", "com", "net", "org", "eu", "be", "ee", "de", "fr", "nl", "co.uk", "gov.ee", "io")
LETTERS = ("ä", "õ", "ß", "é", "ш", "日")


def known(identifiers: list[Identifier]) -> list[tuple[str, str, str]]:
    """(`name`, value, answer), (`twin`, value, answer) and (`zone`, value, nothing)."""
    domains = {i.value: f"{i.family}/{i.member} {i.value}" for i in identifiers if i.kind is Kind.DOMAIN}
    return [
        *(("name", value, answer) for value, answer in domains.items()),
        *(("twin", twin, domains[of]) for twin, of in twins().items() if of in domains),
        *(("zone", zone, "") for zone in sorted(alias_zones())),
    ]


class Maker:
    """Draws names of some kinds, in the shares that `kinds` gives them."""

    def __init__(self, rows: list[tuple[str, str, str]]) -> None:
        self.dice = random.Random(SEED)  # noqa: S311  # which names are asked is no secret
        self.of = {kind: [value for k, value, _ in rows if k == kind] for kind in ("name", "twin", "zone")}

    def word(self) -> str:
        return "".join(self.dice.choices(SYLLABLES, k=self.dice.randint(2, 4))) + str(self.dice.randint(0, 999))

    def host(self) -> str:
        return ".".join([self.word(), *self.dice.choices(HOSTS, k=self.dice.randint(0, 2))])

    def unrelated(self) -> str:
        return f"{self.host()}.{self.word()}.{self.dice.choice(ENDINGS)}"

    def below(self) -> str:
        return f"{self.host()}.{self.dice.choice(self.of['name'])}"

    def itself(self) -> str:
        return self.dice.choice(self.of["name"])

    def look_alike(self) -> str:
        name = self.dice.choice(self.of["name"])
        return self.dice.choice([f"{self.word()}{name}", f"{name}.{self.word()}.com", f"{self.word()}-{name}"])

    def twin(self) -> str:
        return f"{self.host()}.{self.dice.choice(self.of['twin'])}"

    def aliased(self) -> str:
        name, zone = self.dice.choice(self.of["name"] + self.of["twin"]), self.dice.choice(self.of["zone"])
        return f"{self.host()}.{name}.{zone}"

    def below_a_zone(self) -> str:
        return f"{self.host()}.{self.dice.choice(self.of['zone'])}"

    def otherwise_spelt(self) -> str:
        name = self.dice.choice((self.below, self.unrelated))()
        letter = self.dice.choice(LETTERS)
        return self.dice.choice([name.upper(), f"{name}.", name.title(), f"{letter}{name}"])

    def no_name(self) -> str:
        word, n = self.word(), self.dice.randint(0, 255)
        return self.dice.choice([f"10.{n}.{self.dice.randint(0, 255)}.7", f"{word}..com", f"{word} {n}.com"])

    def names(self) -> Iterator[str]:
        """Without end; some come twice."""
        kinds: list[tuple[int, Callable[[], str]]] = [
            (64, self.unrelated),
            (16, self.below),
            (2, self.itself),
            (7, self.look_alike),
            (3, self.twin),
            (3, self.aliased),
            (1, self.below_a_zone),
            (3, self.otherwise_spelt),
            (1, self.no_name),
        ]
        weights, makers = zip(*kinds, strict=True)
        while True:
            for make in self.dice.choices(makers, weights, k=1000):
                yield make()


def different(names: Iterator[str], count: int) -> list[str]:
    """So many different names."""
    found: dict[str, None] = {}
    for name in names:
        found[name] = None
        if len(found) == count:
            break
    return list(found)


def repeated(maker: Maker, count: int) -> list[str]:
    """A few names, the n-th asked an n-th as often as the first."""
    few = different(maker.names(), min(DIFFERENT, max(1, count // 20)))
    weights = list(accumulate(1 / n for n in range(1, len(few) + 1)))
    return maker.dice.choices(few, cum_weights=weights, k=count)


def main() -> None:
    """Write the three files."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    rows = known([i for f in load().families for i in f.identifiers])
    (folder / "known.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
    maker, counts = Maker(rows), dict[str, int]()
    for name, asked in (("log", repeated(maker, count)), ("unique", different(maker.names(), count))):
        counts[name] = len(set(asked))
        with (folder / f"{name}.txt").open("w", encoding="utf-8") as file:
            names = iter(asked)
            while block := list(islice(names, 100_000)):
                file.write("\n".join(block) + "\n")
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
