# SPDX-License-Identifier: EUPL-1.2
"""Cedar and Rego on the same classes and rules: first that they agree with us, then how long they take.

Reads the folder that `ours.py` wrote. Prints JSON: for each peer that is installed its version, the sample with how
many were forbidden and how many came out otherwise than ours, and seconds a decision, per call and given the classes.
"""

from __future__ import annotations

import importlib.util
import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
from scenario import AT, QUESTIONS, SEED, make_law
from translate import attributes, cedar, rego, rego_input, seconds

from ordinance.model.apps import Surface
from ordinance.model.estate import DeviceFacts
from ordinance.model.law import Law
from ordinance.operations.large_estate import exemption_sets, meaning
from ordinance.policy.alike import FACTS
from ordinance.policy.verdicts import ROW

REPEATS = 3


@dataclass(frozen=True)
class Asked:
    """One decision of the sample: a class by number, its attributes, an app, a surface, and what we say."""

    number: int
    device: dict[str, Any]
    app: str
    surface: Surface
    forbidden: bool


def read_classes(law: Law, folder: Path) -> dict[int, tuple[dict[str, Any], list[bool]]]:
    """Class → its attributes, and for each question whether we forbid it: read back from what was written."""
    with duckdb.connect() as db:
        outcomes = dict(db.execute(f"SELECT verdict, outcome FROM '{folder}/verdicts.parquet'").fetchall())  # noqa: S608
        asked = db.execute(f"SELECT app, surface, \"column\" FROM '{folder}/questions.parquet'").fetchall()  # noqa: S608
        names = ", ".join(ROW)
        rows = db.execute(f"SELECT class, {names}, named, verdicts FROM '{folder}/classes/*.parquet'").fetchall()  # noqa: S608
    columns = {(app, surface): column for app, surface, column in asked}
    named = exemption_sets(law)
    found = {}
    for number, *words, chosen, verdicts in rows:
        values = {n: meaning(law, n, w, folder) for n, w in zip(ROW, words, strict=True)}
        facts = DeviceFacts(**{n: values[n] for n in FACTS})
        device = attributes(facts, values["people"], values["institution"], named[chosen])
        found[number] = device, [outcomes[verdicts[columns[a, str(s)]]] == "forbidden" for a, s in QUESTIONS]
    return found


def sample(classes: dict[int, tuple[dict[str, Any], list[bool]]], size: int) -> list[Asked]:
    """Every other decision is drawn evenly from all classes: these are timed. Between them stand decisions on exempted
    classes, because that rules are lifted must be put to the test."""
    dice = random.Random(SEED)  # noqa: S311  # which decisions are compared is no secret
    exempted = [n for n in classes if classes[n][0]["exempted"]]
    pools = [pool for pool in (list(classes), exempted) if pool]
    found = []
    for turn in range(size):
        number, place = dice.choice(pools[turn % len(pools)]), dice.randrange(len(QUESTIONS))
        device, forbidden = classes[number]
        found.append(Asked(number, device, *QUESTIONS[place], forbidden[place]))
    return found


def apps(law: Law) -> dict[str, dict[str, Any]]:
    """What both are told of an app."""
    return {
        f"{f.id}/{m.id}": {"id": f"{f.id}/{m.id}", "family": f.id, "categories": sorted(map(str, f.categories or ()))}
        for f in law.catalogue.families
        for m in f.members
    }


def grouped(known: dict[str, dict[str, Any]], name: str) -> dict[str, list[dict[str, Any]]]:
    """Apps by family or by category, so that Rego need not look at each of them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for app in known.values():
        for word in [app[name]] if isinstance(app[name], str) else app[name]:
            found.setdefault(word, []).append(app)
    return found


def quickest(work: Callable[[], object]) -> float:
    """The shortest of some repeats: the peer's best case."""
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def ask_cedar(law: Law, asked: list[Asked]) -> dict[str, Any]:
    """Policies and entities are parsed beforehand, and not counted. `given_classes` is one batch."""
    import cedarpy  # noqa: PLC0415  # a peer that need not be there

    policies = cedarpy.PolicySet.from_str(cedar(law))
    devices = {a.number: a.device for a in asked}
    entities = cedarpy.Entities.from_json_str(
        json.dumps(
            [
                *({"uid": {"type": "Device", "id": str(n)}, "attrs": d, "parents": []} for n, d in devices.items()),
                *({"uid": {"type": "App", "id": n}, "attrs": a, "parents": []} for n, a in apps(law).items()),
                *({"uid": {"type": "Action", "id": str(s)}, "attrs": {}, "parents": []} for s in Surface),
            ]
        )
    )
    requests = [
        {
            "principal": f'Device::"{a.number}"',
            "action": f'Action::"{a.surface}"',
            "resource": f'App::"{a.app}"',
            "context": {"at": seconds(AT)},
        }
        for a in asked
    ]
    results = cedarpy.is_authorized_batch(requests, policies, entities)
    assert not any(r.diagnostics.errors for r in results)  # noqa: S101  # a rule that fails would silently not apply
    even = requests[::2]
    batch = quickest(lambda: cedarpy.is_authorized_batch(even, policies, entities)) / len(even)
    singly = quickest(lambda: [cedarpy.is_authorized(r, policies, entities) for r in even]) / len(even)
    return judged(asked, [not r.allowed for r in results], "cedarpy", singly, batch)


def ask_rego(law: Law, asked: list[Asked]) -> dict[str, Any]:
    """The module is loaded beforehand, and not counted. `given_classes` asks for all that is forbidden for a class at
    once: what it asks of a device is then judged once for all apps."""
    from regopy import Input, Interpreter  # noqa: PLC0415  # a peer that need not be there

    known = apps(law)
    engine = Interpreter()
    engine.add_module("bench", rego(law))
    engine.add_data({"of_family": grouped(known, "family"), "of_category": grouped(known, "categories")})
    forbidden = engine.build("found = data.bench.forbidden", ["bench/forbidden"])
    listed = engine.build("found = data.bench.listed", ["bench/listed"])

    def query(bundle: Any, value: dict[str, Any]) -> Any:
        engine.set_input(Input(value))
        return engine.query_bundle(bundle)

    def found(output: Any) -> Any:
        return json.loads(str(output))["bindings"]["found"]  # not counted; its nodes do not outlive the output

    inputs = [rego_input(a.device, known[a.app], a.surface) for a in asked]
    even = asked[::2][: max(20, len(asked) // 10)]
    few = inputs[::2][: len(even)]
    one_by_one = [found(query(forbidden, value)) for value in few]
    classes = {a.number: rego_input(a.device) for a in asked}
    some = [rego_input(a.device) for a in even]
    every = {n: found(query(listed, value)) for n, value in classes.items()}
    answers = [[a.app, str(a.surface)] in every[a.number] for a in asked]
    differing = sum(one is not two for one, two in zip(one_by_one, answers[::2], strict=False))
    singly = quickest(lambda: [query(forbidden, value) for value in few]) / len(few)
    at_once = quickest(lambda: [query(listed, value) for value in some]) / len(some)
    return judged(asked, answers, "regopy", singly, at_once / len(QUESTIONS)) | {"differ_from_each_other": differing}


def judged(
    asked: list[Asked], answers: list[bool], package: str, per_call: float, given_classes: float
) -> dict[str, Any]:
    """One peer's figures."""
    return {
        "package": package,
        "version": version(package),
        "sample": len(asked),
        "forbidden_in_sample": sum(a.forbidden for a in asked),
        "disagreements": sum(a.forbidden is not answer for a, answer in zip(asked, answers, strict=True)),
        "seconds_per_call": per_call,
        "seconds_per_class_decision": given_classes,
    }


def main() -> None:
    """`peers.py FOLDER SAMPLE`."""
    law = make_law()
    asked = sample(read_classes(law, Path(sys.argv[1])), int(sys.argv[2]))
    found = {
        name: ask(law, asked)
        for name, package, ask in (("cedar", "cedarpy", ask_cedar), ("rego", "regopy", ask_rego))
        if importlib.util.find_spec(package)
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
