# SPDX-License-Identifier: EUPL-1.2
"""Real resolvers are asked: those that hold Ghent's block, those that hold too little, too much, or still hold it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

import lab.dnsmasq
import lab.pdns
import lab.unbound
from bodies import copy_body, instant
from cli.shell import edit
from lab.dns import Server, authority, resolver
from ordinance.model.probe import Resolver
from ordinance.model.target import Artefact
from ordinance.operations.asking import Asking, Clock
from ordinance.operations.enforcing import build
from ordinance.operations.probing import probe
from ordinance.operations.workspace import Workspace, open_workspace

pytestmark = [pytest.mark.consumer("bind9", "bind9-dnsutils", "nsd"), pytest.mark.slow]

IN_FORCE, AFTER = "2023-04-10", "2023-10-10"
MISSING = "api.tiktokv.com"


@dataclass(frozen=True)
class City:
    """Ghent with its bundle built, and the files of one target as they shipped."""

    workspace: Workspace
    artefacts: tuple[Artefact, ...]

    def at(self, day: str) -> Any:
        """An instant of the body."""
        return instant(day, self.workspace)


def city(folder: Path, target: str = "dns-rpz", settings: str = 'zone = "rpz.gent.example"') -> City:
    """The city, with this target."""
    body = copy_body("ghent", folder)
    edit(body / "ordinance.toml", 'id = "dns-rpz"', f'id = "{target}"')
    edit(body / "ordinance.toml", 'settings = { zone = "rpz.gent.example" }', f"settings = {{ {settings} }}")
    opened = open_workspace(body).usable()
    _, bundle, _, _ = build(opened, instant(IN_FORCE, opened))
    files = (Artefact(p, c, (), ()) for p, c in bundle.files.items() if p.startswith(f"{target}/"))
    return City(opened, tuple(files))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An authority that knows every name."""
    with authority(tmp_path_factory.mktemp("root")) as server:
        yield server


def asked(one: City, server: Server, day: str, most: int = 90, reference: Server | None = None) -> dict[str, Any]:
    """What a probe of this server says, quickly."""
    named = Resolver(ip_address("127.0.0.1"), server.port)
    other = Resolver(ip_address("127.0.0.1"), reference.port) if reference else None
    asking = Asking(named, other, most=most, per_second=100_000, timeout_s=5)
    return probe(one.workspace, one.at(day), asking, Clock(time.monotonic, time.sleep))


def changed(artefacts: tuple[Artefact, ...], zone: bytes) -> tuple[Artefact, ...]:
    """The same files with another zone."""
    return tuple(replace(a, content=zone) if a.path.endswith(".zone") else a for a in artefacts)


def zone_of(artefacts: tuple[Artefact, ...]) -> bytes:
    """The zone among the files."""
    return next(a.content for a in artefacts if a.path.endswith(".zone"))


def sub(folder: Path, name: str) -> Path:
    """A folder of its own for a program."""
    path = folder / name
    path.mkdir()
    return path


def test_a_resolver_that_holds_the_block_blocks_all_of_it(root: Server, tmp_path: Path) -> None:
    """Each name of the bundle for three types, by the SOA of its policy zone; every neighbour answers; exit 0."""
    one = city(tmp_path)
    with resolver(sub(tmp_path, "bind"), root, one.artefacts) as server:
        found = asked(one, server, IN_FORCE, most=500)
    (blocked, near) = found["sums"]
    assert (found["exit_code"], found["not_asked"], found["findings"]) == (0, {}, [])
    assert (blocked["blocked"], blocked["restriction"]) == (321, "gent-2023-tiktok/paid-devices")
    assert near["open"] == sum(n["expected"] == "open" for n in found["names"]) >= 10
    assert {v["reason"] for n in found["names"] if n["expected"] == "blocked" for v in n["types"].values()} == {
        "policy_zone"
    }
    assert found["questions"] == 3 * len(found["names"])


def test_a_resolver_without_the_block_has_no_effect(root: Server, tmp_path: Path) -> None:
    """Every name is open: a control without effect, for each app and surface, with the number of names."""
    one = city(tmp_path)
    with resolver(sub(tmp_path, "bind"), root) as server:
        found = asked(one, server, IN_FORCE)
    assert found["exit_code"] == 1
    assert {f["kind"] for f in found["findings"]} == {"control_ineffective"}
    wanted = [n for n in found["names"] if n["expected"] == "blocked"]
    assert {n["seen"] for n in wanted} == {"open"}
    rows = {(f["restriction"], f["family"], f["duty"], f["device"], f["devices"]) for f in found["findings"]}
    assert rows == {("gent-2023-tiktok/paid-devices", "tiktok", "block_traffic", None, 0)}
    assert max(f["count"] for f in found["findings"]) <= len(wanted)


def test_one_name_that_is_missing_in_the_zone_is_found(root: Server, tmp_path: Path) -> None:
    """The others are blocked; the one is named, and it alone."""
    one = city(tmp_path)
    lines = zone_of(one.artefacts).decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith((f"{MISSING} ", f"*.{MISSING} "))]
    assert len(lines) - len(kept) == 2
    with resolver(sub(tmp_path, "bind"), root, changed(one.artefacts, "".join(kept).encode())) as server:
        found = asked(one, server, IN_FORCE)
    assert [n["name"] for n in found["names"] if n["finding"] == "control_ineffective"] == [MISSING]
    assert found["exit_code"] == 1
    assert [f["count"] for f in found["findings"]] == [1] * len(found["findings"])


@pytest.mark.parametrize("built_again", [False, True], ids=["bundle-of-then", "bundle-of-today"])
def test_a_zone_that_stays_after_the_sunset_is_left_over(built_again: bool, root: Server, tmp_path: Path) -> None:
    """The rule ended in September; its names are known from the old bundle, or from the rule that ended."""
    one = city(tmp_path)
    if built_again:
        build(one.workspace, one.at(AFTER))
    with resolver(sub(tmp_path, "bind"), root, one.artefacts) as server:
        found = asked(one, server, AFTER)
    assert found["exit_code"] == 1
    assert {f["kind"] for f in found["findings"]} == {"leftover"}
    assert {f["restriction"] for f in found["findings"]} == {"gent-2023-tiktok/paid-devices"}
    assert {n["seen"] for n in found["names"] if n["expected"] == "free"} == {"blocked"}
    assert {n["seen"] for n in found["names"] if n["expected"] == "open"} == {"open"}


@pytest.mark.parametrize("stale", [False, True])
def test_after_a_lift_nothing_may_be_blocked(stale: bool, root: Server, tmp_path: Path) -> None:
    """A resolver that was given the lifted files is clean, though the rule is in force; one that was not is not."""
    one = city(tmp_path)
    lifted = build(one.workspace, one.at(IN_FORCE), lift=True)[1]
    files = tuple(Artefact(p, c, (), ()) for p, c in lifted.files.items() if p.startswith("dns-rpz/"))
    with resolver(sub(tmp_path, "bind"), root, one.artefacts if stale else files) as server:
        found = asked(one, server, IN_FORCE, most=500)
    assert found["exit_code"] == (1 if stale else 0)
    assert {f["kind"] for f in found["findings"]} == ({"leftover"} if stale else set())
    assert all(n["expected"] != "blocked" for n in found["names"])
    assert found["sentence"].endswith("The last bundle took everything back.")


@pytest.mark.parametrize(("too_wide", "kinds"), [("com", {"family"}), ("tiktokv.com", {"parent", "alike"})])
def test_a_zone_that_blocks_too_much_breaks_neighbours(
    too_wide: str, kinds: set[str], root: Server, tmp_path: Path
) -> None:
    """All that should be blocked is, and the probe still ends with 1."""
    one = city(tmp_path)
    zone = zone_of(one.artefacts) + f"{too_wide} IN CNAME .\n*.{too_wide} IN CNAME .\n".encode()
    with resolver(sub(tmp_path, "bind"), root, changed(one.artefacts, zone)) as server:
        found = asked(one, server, IN_FORCE)
    hit = [n for n in found["names"] if n["expected"] == "open" and n["seen"] == "blocked"]
    assert {n["neighbour"] for n in hit} == kinds
    assert all(f".{n['name']}".endswith(f".{too_wide}") for n in hit)
    assert "neighbours are blocked that nobody asks to block" in found["sentence"]
    assert (found["exit_code"], found["findings"]) == (1, [])


@pytest.mark.parametrize("answer", ["nodata", "garden"])
def test_other_answers_of_the_zone_are_blocks_too(answer: str, root: Server, tmp_path: Path) -> None:
    """An empty answer, and one that leads to the city's page, though that has an address."""
    garden = ', garden = "blocked.gent.example"' if answer == "garden" else ""
    one = city(tmp_path, settings=f'zone = "rpz.gent.example", answer = "{answer}"{garden}')
    with resolver(sub(tmp_path, "bind"), root, one.artefacts) as server:
        found = asked(one, server, IN_FORCE)
    assert found["sums"][0]["blocked"] == sum(n["expected"] == "blocked" for n in found["names"]) > 50
    assert (found["sums"][0]["open"], found["sums"][0]["unclear"], found["findings"]) == (0, 0, [])


@pytest.mark.consumer("unbound")
def test_unbound_shows_its_block_by_authority_that_it_does_not_have(root: Server, tmp_path: Path) -> None:
    """No reference is needed, in either form of the files."""
    for form in ("rpz", "local-zone"):
        folder = sub(tmp_path, form)
        one = city(folder, "unbound", f'form = "{form}"')
        with lab.unbound.resolver(sub(folder, "unbound"), root, one.artefacts) as server:
            found = asked(one, server, IN_FORCE)
        wanted = {(n["seen"], n["reason"]) for n in found["names"] if n["expected"] == "blocked"}
        assert (wanted, found["findings"]) == ({("blocked", "own_data")}, [])
        shutil.rmtree(folder)


@pytest.mark.consumer("dnsmasq")
def test_dnsmasq_denies_without_a_sign_and_a_reference_tells(root: Server, tmp_path: Path) -> None:
    """Alone, nobody can say whether a name is blocked or does not exist; beside one who knows it, it is."""
    one = city(tmp_path, "dnsmasq", "")
    with lab.dnsmasq.resolver(sub(tmp_path, "dnsmasq"), root, one.artefacts) as server:
        alone, beside = (asked(one, server, IN_FORCE, reference=r) for r in (None, root))
    wanted = [n for n in alone["names"] if n["expected"] == "blocked"]
    assert {(n["seen"], n["reason"]) for n in wanted} == {("unclear", "denied")}
    told = [n for n in beside["names"] if n["expected"] == "blocked"]
    assert {(n["seen"], n["reason"]) for n in told} == {("blocked", "denied_here_alone")}
    assert alone["sums"][0]["unclear"] == beside["sums"][0]["blocked"] == len(told) > 50
    assert alone["findings"] == beside["findings"] == []


@pytest.mark.consumer("pdns-recursor")
def test_powerdns_recursor_denies_without_a_sign_and_a_reference_tells(root: Server, tmp_path: Path) -> None:
    """Alone, it is said of no denied name that it is blocked; beside one who knows the names, it is of each.

    What is open is known without a reference. The resolver itself is none: it denies its own block twice.
    """
    folder = sub(tmp_path, "recursor")
    one = city(tmp_path, "pdns-recursor", f'folder = "{folder}"')
    with lab.pdns.recursor(folder, root, one.artefacts) as server:
        beside = asked(one, server, IN_FORCE, most=500, reference=root)
        alone = asked(one, server, IN_FORCE)
        by_itself = asked(one, server, IN_FORCE, reference=server)
    assert all(d["findings"] == [] for d in (alone, beside, by_itself))
    seen = [{(n["expected"], n["seen"], n["reason"]) for n in d["names"]} for d in (alone, beside, by_itself)]
    neighbours = ("open", "open", "answered")
    assert seen == [
        {("blocked", "unclear", "denied"), neighbours},
        {("blocked", "blocked", "denied_here_alone"), neighbours},
        {("blocked", "unclear", "absent"), neighbours},
    ]
    (unsure, _), (blocked, near) = alone["sums"], beside["sums"]
    assert (unsure["unclear"] + unsure["not_asked"], unsure["blocked"], blocked["blocked"]) == (321, 0, 321)
    assert min(unsure["unclear"], near["open"]) >= 10
    assert (alone["exit_code"], alone["sentence"]) == (4, "Of 321 it could not be told, or they were not asked.")
    assert (beside["exit_code"], beside["sentence"]) == (
        0,
        "All is as it should be: 321 names are blocked, and what should be open is.",
    )
    assert by_itself["exit_code"] == 4
    assert not by_itself["sentence"].startswith("All")


@pytest.mark.consumer("pdns-recursor")
def test_a_name_that_powerdns_recursor_lets_through_is_found_without_a_reference(root: Server, tmp_path: Path) -> None:
    """Of the others nothing is said; the one that answers is named, and it alone."""
    folder = sub(tmp_path, "recursor")
    one = city(tmp_path, "pdns-recursor", f'folder = "{folder}"')
    lines = zone_of(one.artefacts).decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith((f"{MISSING} ", f"*.{MISSING} "))]
    assert len(lines) - len(kept) == 2
    with lab.pdns.recursor(folder, root, changed(one.artefacts, "".join(kept).encode())) as server:
        found = asked(one, server, IN_FORCE)
    assert [n["name"] for n in found["names"] if n["finding"] == "control_ineffective"] == [MISSING]
    assert {n["seen"] for n in found["names"] if n["expected"] == "blocked" and n["name"] != MISSING} == {"unclear"}
    assert found["exit_code"] == 1


def test_the_same_questions_give_the_same_document(root: Server, tmp_path: Path) -> None:
    """Twice the same, and a sample says how many names it leaves out (exit 4 though all that was asked is blocked)."""
    one = city(tmp_path)
    with resolver(sub(tmp_path, "bind"), root, one.artefacts) as server:
        first, second = (asked(one, server, IN_FORCE, most=50) for _ in range(2))
    assert first == second
    assert (len(first["names"]), first["exit_code"]) == (50, 4)
    assert first["not_asked"] == {"over_limit": 321 - sum(n["expected"] == "blocked" for n in first["names"])}
    labels = [n["name"].count(".") for n in first["names"] if n["expected"] == "blocked"]
    assert labels == sorted(labels)
