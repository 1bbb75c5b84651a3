# SPDX-License-Identifier: EUPL-1.2
"""Writes Zeek's dns.log line by line as time passes: `writer.py FOLDER DEVICES RATE SECONDS`.

FOLDER holds `body/`, made by `scripts/bench_logs/make.py` for so many devices. Writes `body/logs/dns.log`, a hundred
times a second what is due, and `planted.tsv`: device, and when (seconds since 1970) the first line of it was written
that must make a finding. Names, spellings and shares are those of the realistic shape. Prints what it wrote as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "bench_logs"))

from formats import FORMS, FOUND, Block
from make import HITS, SEED, USES, Plan, addresses
from names import Names

TURN_S, DRAWN, RECORDS = 0.01, 131_072, 20_000_000


def main() -> None:
    """Write, in time with the clock."""
    folder, devices, rate, seconds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    plan = Plan(folder, "realistic", "zeek_tsv", devices * 2_000)
    form, names = FORMS["zeek_tsv"], Names("realistic", RECORDS, f"{SEED} live")
    dice, held = names.dice, addresses(plan)[0][:devices]
    made = [form.tail(names.spelt(names.pool[n]), FOUND, "A") for n in names.drawn(DRAWN)]
    clients, ports = dice.choices(held, k=DRAWN), list(map(str, dice.choices(range(1024, 65_536), k=DRAWN)))
    a_turn, planted, count, late = round(rate * TURN_S), {}, 0, 0.0
    with (folder / "body" / "logs" / "dns.log").open("ab", buffering=0) as log:
        log.write(form.head().encode())
        begin = time.time()
        for turn in range(round(seconds / TURN_S)):
            place = dice.randrange(DRAWN - a_turn)
            tails, by = made[place : place + a_turn], clients[place : place + a_turn]
            for n in range(a_turn):
                if dice.random() >= HITS:
                    continue
                if dice.random() < USES:
                    device, one = dice.randrange(devices), dice.choice(names.sure)
                    by[n] = held[device]
                    planted.setdefault(device, turn)
                else:
                    one = dice.choice(names.other)
                tails[n] = form.tail(names.below(one), FOUND, "A")
            now = time.time()
            if (wait := begin + turn * TURN_S - now) > 0:
                time.sleep(wait)
                now = time.time()
            late = max(late, -wait)
            first = int(now)
            times = range(int(now * 1e6), int(now * 1e6) + a_turn)
            words = [form.second(first), form.second(first + 1)]
            units = form.units(Block(first, times, words, by, ports[place : place + a_turn], count), tails)
            written = time.time()
            log.write("".join(units).encode())
            count += a_turn
            for device in [d for d, t in planted.items() if t == turn]:
                planted[device] = written
    took = time.time() - begin
    rows = "".join(f"d-{device:05d}\t{at!r}\n" for device, at in planted.items())
    (folder / "planted.tsv").write_text(rows, "ascii")
    size = (folder / "body" / "logs" / "dns.log").stat().st_size
    print(json.dumps({"lines": count, "seconds": took, "latest_s": late, "devices": len(planted), "bytes": size}))


if __name__ == "__main__":
    main()
