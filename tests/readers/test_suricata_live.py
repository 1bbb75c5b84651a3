# SPDX-License-Identifier: EUPL-1.2
"""Events that the Suricata on this machine writes, read back: what the captures meant is known: we made them."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from lab import suricata
from ordinance.model.apps import Role
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import NameAsked, Reading, WatchList
from ordinance.readers.suricata_eve import SuricataEve

from . import samples
from .eve_scenes import RULES, SERVER, Scene, morning, noon

pytestmark = [pytest.mark.slow, pytest.mark.consumer("suricata")]

WATCH = WatchList(families=frozenset({"tiktok"}), apps=samples.TIKTOK)
REAL = samples.CASES / "suricata-eve" / "real"


def said(found: NameAsked) -> str:
    """What became of it, in one word."""
    if found.contacted:
        return "contacted"
    return found.answered.value if found.told else "untold"


def read(folder: Path) -> Reading:
    """What the reader makes of an eve.json."""
    stated = SourceSettings("ids", "suricata-eve", ("eve.json",), samples.BRUSSELS)
    return SuricataEve().read(stated, folder, WATCH, samples.MATCHERS)


def watched(scene: Scene, tmp_path: Path, rules: str = "", stops: bool = False) -> Path:
    """The folder in which Suricata wrote what it saw of a scene."""
    capture = scene.capture.write(tmp_path / "scene.pcap")
    return suricata.watch(capture, tmp_path / "log", rules=rules, stops=stops).parent


def counted(reading: Reading) -> Counter[tuple[str, str, str]]:
    """What was found, in the form of the truth."""
    return Counter((n.address, n.name, said(n)) for n in reading.names)


def show(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for CI."""
    with capsys.disabled():  # on stderr, because parallel workers lose what is written to stdout
        print(f"\nCONSUMER suricata {suricata.version()}: {words}", file=sys.stderr)


@pytest.mark.parametrize("stops", [False, True], ids=["beside the wire", "in the way"])
def test_what_suricata_saw_is_read_back(stops: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each question and connection comes back as what it was; blocked is said only where Suricata could stop it."""
    scene = morning()
    reading = read(watched(scene, tmp_path, RULES if stops else "", stops))
    truth = scene.truth_with(RULES if stops else "")
    found = counted(reading)
    right, where = (found & truth).total(), "in the way" if stops else "beside the wire"
    show(f"{where}: found {right} of {truth.total()}, right {right} of {found.total()}", capsys)
    assert found == truth
    assert reading.account.rejected == 0 and reading.account.duplicate == 0
    shown = repr(reading)
    assert not [word for word in (*scene.strangers, "secret", "token", "edge.cdn", "invented") if word in shown]


def test_a_rule_beside_the_wire_blocks_nothing(tmp_path: Path) -> None:
    """Where Suricata only looks on, a rule with `drop` is an alert, and the connection was made all the same."""
    scene = Scene()
    scene.tls("192.0.2.10", "api16.tiktokv.com")
    reading = read(watched(scene, tmp_path, RULES))
    assert counted(reading) == scene.truth_with("") and scene.truth[0][2] == "contacted"


def crowd(chance: random.Random) -> tuple[Scene, set[str]]:
    """300 clients: some with the app, some on a page with its widget, most with neither; and who has the app."""
    scene, with_app = Scene(), set()
    for number in range(300):
        client, kind = f"192.0.2.{number % 250 + 1}" if number < 250 else f"2001:db8::{number:x}", chance.random()
        for _ in range(chance.randint(1, 3)):
            name = chance.choice(("www.example.org", "nottiktok.com", "www.tiktok.com.evil.example", "tiktokv.example"))
            chance.choice((scene.tls, scene.quic, scene.http))(client, name)
        if kind < 0.3:
            scene.dns(client, "www.tiktok.com", "A", SERVER)
            chance.choice((scene.tls, scene.quic))(client, "www.tiktok.com")
        elif kind < 0.45:
            with_app.add(client)
            name = chance.choice(("api16-normal.tiktokv.com", "v16m.tiktokcdn.com", "log.tiktokv.com"))
            scene.dns(client, name, "A", SERVER)
            chance.choice((scene.tls, scene.quic))(client, name)
        elif kind < 0.5:
            scene.dns(client, "api16-normal.tiktokv.com", rcode="NXDOMAIN")
            scene.refused_tls(client, "api16-normal.tiktokv.com", chance.choice(("alert", "reset", "silence")))
        scene.capture.wait(chance.random() * 20)
    return scene, with_app


def test_planted_sessions_are_found_and_nobody_else_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a crowd those are named that the app spoke for: not who saw a widget, asked in vain, or is a neighbour."""
    scene, with_app = crowd(random.Random(20261102))  # noqa: S311  # no secret
    reading = read(watched(scene, tmp_path))
    users = {n.address for n in reading.names if n.contacted and n.identifier and n.identifier.role is Role.APP_ONLY}
    right = len(users & with_app)
    truth, found = scene.truth_with(""), counted(reading)
    recall, precision = right / len(with_app), right / len(users)
    show(f"app users found {right} of {len(with_app)} (recall {recall:.3f}, precision {precision:.3f})", capsys)
    show(f"records found {(found & truth).total()} of {truth.total()}, right of {found.total()}", capsys)
    assert len(with_app) > 30 and users == with_app
    assert found == truth


def test_the_stored_case_is_what_suricata_writes(tmp_path: Path) -> None:
    """The real case says today what it said when it was made: only numbers of flows and of lines may differ."""
    log = write_case(tmp_path)
    asked = [n[:5] + n[7:] for n in json.loads((REAL / "expected.json").read_text("utf-8"))["names"]]
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "eve.json.1").write_bytes(log.read_bytes())
    again = samples.as_data(samples.read(REAL, tmp_path / "again"))["names"]
    assert sorted(n[:5] + n[7:] for n in again) == sorted(asked)


def write_case(folder: Path) -> Path:
    """The log of the real case: two captures, one after the other, with a Suricata that stands in the way."""
    for name, scene in (("morning", morning()), ("noon", noon())):
        types = suricata.TYPES if name == "morning" else suricata.TYPES.replace("        - stats\n", "")
        capture = scene.capture.write(folder / f"{name}.pcap")
        log = suricata.watch(capture, folder / "log", types, RULES, stops=True)
    return log
