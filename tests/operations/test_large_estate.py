# SPDX-License-Identifier: EUPL-1.2
"""Rulings of a file of device facts: what is read back from Parquet is what `resolve` says of each device."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings

from ordinance.model.apps import Surface
from ordinance.model.errors import SourceError
from ordinance.model.estate import DeviceFacts, Owner
from ordinance.model.law import Law, Selector, What
from ordinance.model.ruling import DeviceClass, Outcome
from ordinance.operations import large_estate
from ordinance.operations.large_estate import RULINGS, exemption_sets, rule_estate
from ordinance.policy.alike import FACTS
from ordinance.policy.exempt import names_device
from ordinance.policy.resolve import class_of, resolve
from ordinance.policy.verdicts import verdict_of
from policy.wide import QUESTIONS, World, wide_worlds
from policy.worlds import a_clause, a_law, a_text, local

AT = local("2023-04-01")
APP = (("a/x", Surface.APP),)


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    """Rows as CSV; a column is there where any row has it."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(row.get(n, "") for n in names) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def words_of(device: str, who: DeviceClass) -> dict[str, str]:
    """A device's row, as somebody would write it."""
    facts = {n: v for n in FACTS if (v := getattr(who.facts, n)) is not None}
    row = {n: ("yes" if v else "no") if isinstance(v, bool) else str(v) for n, v in facts.items()}
    people = {"people": str(who.people)} if who.people else {}
    return {"device": device, **row, **people, "institution": who.institution}


def read_back(folder: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Device, app and surface → the columns of its verdict."""
    with duckdb.connect() as db:
        query = RULINGS
        for name in ("devices.parquet", "classes/*.parquet", "questions.parquet", "verdicts.parquet"):
            query = query.replace(f"'{name}'", f"'{folder}/{name}'")
        found = db.execute(query)
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(r.pop("device"), r.pop("app"), r.pop("surface")): r for r in rows}


def expected(law: Law, who: DeviceClass, app: str, surface: Surface, at: datetime) -> dict[str, Any]:
    """The same columns, from `resolve`."""
    found = verdict_of(resolve(law, who, app, surface, at))
    duties = [{"duty": str(d.duty), "clause": d.restriction, "due": d.due.isoformat()} for d in found.duties]
    return {
        "outcome": str(found.outcome),
        "deciding": found.deciding,
        "exemption": found.exemption,
        "missing": list(found.missing),
        "duties": duties,
    }


def named_by(law: Law, device: str) -> list[str]:
    """The ids of the exemptions that name a device."""
    return [e.id for e in law.exemptions if names_device(e, device)]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of its own for each generated case."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=wide_worlds())
def test_what_is_read_back_is_what_resolve_says(world: World) -> None:
    """Every device, app and surface of generated laws: outcome, deciding clause, exemption, missing facts, duties."""
    law = world.law
    devices = dict(zip(("d", "d1", "d2", "d3", "d4", "d5"), world.classes, strict=True))
    with tempfile.TemporaryDirectory() as name:
        facts = write_csv(Path(name) / "facts.csv", [words_of(d, who) for d, who in devices.items()])
        ruled = rule_estate(law, facts, world.at, QUESTIONS, Path(name) / "out")
        found = read_back(Path(name) / "out")
    assert (ruled.devices, ruled.decisions, len(found)) == (6, 6 * len(QUESTIONS), 6 * len(QUESTIONS))
    for device, one in devices.items():
        who = class_of(one.facts, one.people, one.institution, named_by(law, device))
        for app, surface in QUESTIONS:
            assert found[device, app, str(surface)] == expected(law, who, app, surface, world.at)


def test_classes_in_several_parts_are_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that comes in a later part has its own verdict, and each class is there once."""
    monkeypatch.setattr(large_estate, "CHUNK", 7)
    law = a_law(a_text(a_clause(devices=("share", "use_share", "at_least", 50))))
    rows = [{"device": f"d{n:03}", "use_share": str(n)} for n in range(101)]
    ruled = rule_estate(law, write_csv(folder / "facts.csv", rows), AT, APP, folder / "out")
    found = read_back(folder / "out")
    assert (ruled.classes, len(list((folder / "out" / "classes").iterdir()))) == (101, 15)
    assert {d: r["outcome"] == Outcome.FORBIDDEN for (d, _, _), r in found.items()} == {
        f"d{n:03}": n >= 50 for n in range(101)
    }


def test_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    """Files do not differ between two runs, nor with the order of the devices."""
    law = a_law(a_text(a_clause(devices=("is", "owner", ("body",)))))
    rows = [{"device": f"d{n:03}", "owner": ("body", "person", "")[n % 3]} for n in range(300)]
    files = []
    for name, order in (("one", rows), ("two", rows), ("three", rows[::-1])):
        rule_estate(law, write_csv(folder / "facts.csv", order), AT, APP, folder / name)
        out = folder / name
        files.append({str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()})
    assert files[0] == files[1] == files[2]
    assert sorted(files[0]) == ["classes/00000.parquet", "devices.parquet", "questions.parquet", "verdicts.parquet"]


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("device,colour\nd1,red\n", "unknown-column"),
        ("owner\nbody\n", "missing-column"),
        ("device,owner\nd1,king\n", "bad-value"),
        ("device,use_share\nd1,101\n", "bad-value"),
        ("device,use_share\nd1,-1\n", "bad-value"),
        ("device,confidential\nd1,perhaps\n", "bad-value"),
        ("device,people\nd1,nobody\n", "bad-value"),
        ("device,owner\nd1,body\nd1,person\n", "duplicate-id"),
        ("device,owner\n,body\n", "missing-value"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_whole(text: str, issue: str, folder: Path) -> None:
    """Nothing is written, what was there stays, and the reason names the file."""
    (folder / "facts.csv").write_text(text, "utf-8")
    (folder / "out").mkdir()
    (folder / "out" / "kept").touch()
    with pytest.raises(SourceError) as caught:
        rule_estate(a_law(a_text()), folder / "facts.csv", AT, APP, folder / "out")
    assert [(i.id, i.file) for i in caught.value.issues] == [(issue, str(folder / "facts.csv"))]
    assert sorted(p.name for p in folder.rglob("*")) == ["facts.csv", "kept", "out"]


@pytest.mark.parametrize("name", ["facts.parquet", "facts.csv", "missing.parquet"])
def test_junk_is_our_own_error(name: str, folder: Path) -> None:
    """Whatever the bytes are, only a SourceError comes out."""
    if not name.startswith("missing"):
        (folder / name).write_bytes(b'PAR1\x00\xff"' * 50)
    with pytest.raises(SourceError):
        rule_estate(a_law(a_text()), folder / name, AT, APP, folder / "out")


def test_facts_that_nobody_stated_leave_a_ruling_unknown(folder: Path) -> None:
    """A column that is not there, and an empty cell, are missing facts; the body is the institution by default."""
    clause = a_clause(devices=("all", (("is", "owner", ("body",)), ("is", "platform", ("ios",)))))
    facts = write_csv(folder / "facts.csv", [{"device": "d1", "owner": "body"}, {"device": "d2", "owner": ""}])
    rule_estate(a_law(a_text(clause)), facts, AT, APP, folder / "out")
    found = {d: (r["outcome"], r["missing"]) for (d, _, _), r in read_back(folder / "out").items()}
    assert found == {"d1": ("unknown", ["platform"]), "d2": ("unknown", ["owner", "platform"])}


def test_questions_that_nothing_tells_apart_share_a_column(folder: Path) -> None:
    """Apps that no clause names are one column, whatever their number."""
    law = a_law(a_text(a_clause(what=(Selector(What.FAMILY, ("a",)),))))
    many = [(f"z{n}/z", Surface.APP) for n in range(50)]
    facts = write_csv(folder / "facts.csv", [{"device": "d1"}])
    rule_estate(law, facts, AT, [*APP, *many], folder / "out")
    with duckdb.connect() as db:
        query = 'SELECT count(DISTINCT "column") FROM read_parquet(?)'
        columns = db.execute(query, [str(folder / "out" / "questions.parquet")]).fetchone()
    assert columns == (2,)


def test_exempted_devices_are_classes_of_their_own() -> None:
    """Sets of exemptions are numbered once for all devices that they name; a blanket one counts for everybody."""
    from policy.worlds import Dice, make_exemption

    one = make_exemption(Dice(b"\0" * 400), "e1", ("t/c",))
    law = a_law(a_text(), exemptions=(replace(one, devices=frozenset({"d1", "d2"})),))
    assert exemption_sets(law) == ((), ("e1",))
    law = replace(law, exemptions=(*law.exemptions, replace(one, id="e2", devices=frozenset({"*"}))))
    assert exemption_sets(law) == (("e2",), ("e1", "e2"))


def test_who_asks_about_one_device_loads_no_engine() -> None:
    """The command and its `explain` import neither DuckDB nor what works on columns."""
    code = (
        "import sys, ordinance.cli.main, ordinance.operations.rulings, ordinance.operations.checking\n"
        "print([m for m in sys.modules if m.partition('.')[0] in {'duckdb', '_duckdb', 'numpy', 'pyarrow'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_the_engine_the_reason_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named, and nothing is left behind."""
    monkeypatch.setitem(sys.modules, "duckdb", None)
    facts = write_csv(folder / "facts.csv", [{"device": "d1"}])
    with pytest.raises(SourceError) as caught:
        rule_estate(a_law(a_text()), facts, AT, APP, folder / "out")
    assert [(i.id, i.hint) for i in caught.value.issues] == [("no-engine", "pip install 'ordinance[large]'")]
    assert not (folder / "out").exists()


def test_the_facts_are_those_of_the_model() -> None:
    """A class in a file is a class of the estate: same facts, same class id."""
    facts = DeviceFacts(owner=Owner.BODY)
    assert class_of(facts, None, "gent").facts == DeviceFacts(**dict.fromkeys(FACTS) | {"owner": Owner.BODY})
