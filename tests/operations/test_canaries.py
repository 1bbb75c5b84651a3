# SPDX-License-Identifier: EUPL-1.2
"""Nothing that is not asked about is kept: every byte that a run leaves anywhere is searched for planted words."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cli.shell import PROGRAM, body, edit, start, tree

from . import canaries
from .canaries import EVERY, INVENTORIES, LEASES, LOGS, plant, source
from .canary_search import found, zstd

AT = "2023-04-10"
POLICY = "gent-2023-tiktok"


@dataclass
class Machine:
    """A body full of canaries, and the places where a process may leave something: home, temporary files, folder."""

    root: Path
    inputs: dict[str, bytes] = field(default_factory=dict)
    said: dict[str, bytes] = field(default_factory=dict)

    @property
    def body(self) -> Path:
        """The body's folder."""
        return self.root / "ghent"

    def run(self, *command: str | Path, program: str = PROGRAM) -> int:
        """A command in a process of its own; what it says is kept with what it writes."""
        running = start(*command, cwd=self.root / "cwd", environment=self.environment(), program=program)
        out, err = running.communicate(timeout=120)
        self.said |= {f"{' '.join(map(str, command))} {name}": text for name, text in (("out", out), ("err", err))}
        return running.returncode

    def environment(self) -> dict[str, str]:
        """Where a process finds its home, its temporary files and the key of pseudonyms."""
        home = str(self.root / "home")
        return {"HOME": home, "XDG_CACHE_HOME": home, "TMPDIR": str(self.root / "tmp")}

    def left(self) -> Mapping[str, bytes]:
        """Every byte that was written or said, but the inputs, which must be as they were."""
        now = tree(self.root)
        assert {n: c for n, c in now.items() if n in self.inputs} == self.inputs
        names = "\n".join(p.relative_to(self.root).as_posix() for p in self.root.rglob("*"))
        new = {n: c for n, c in now.items() if n not in self.inputs}
        planted = {one.file for one in EVERY}
        names = "\n".join(line for line in names.split("\n") if line.removeprefix("ghent/") not in planted)
        return {**new, **self.said, "names of files": names.encode()}


def machine(root: Path, observations: str = "") -> Machine:
    """Ghent with the canaries for its sources; `observations` is how long what logs said is kept."""
    for name in ("home", "tmp", "cwd"):
        (root / name).mkdir()
    made = Machine(root)
    plant(body("ghent", root))
    if observations:
        edit(made.body / "ordinance.toml", "[retention]\n", f'[retention]\nobservations = "{observations}"\n')
    made.inputs = tree(root)
    return made


@pytest.fixture(scope="module", params=["", "P30D"], ids=["forgetting", "keeping"])
def ran(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Machine:
    """Every verb that opens a body's sources or what came of them, one after the other."""
    made = machine(tmp_path_factory.mktemp("machine"), request.param)
    folder = made.body
    assert made.run("check", folder, "--as-of", AT) == 1
    assert made.run("check", folder, "--as-of", AT, "--json") == 1
    assert made.run("check", folder, "--as-of", AT, "--individual", "--json", "--html", made.root / "rows.html") == 1
    assert made.run("report", folder, "--out", made.root / "report.html", "--json") == 0
    assert made.run("build", folder, "--as-of", AT) == 0
    assert made.run("plan", folder, "--as-of", AT, "--json") in {0, 4}
    assert made.run("effect", POLICY, folder, "--as-of", AT, "--json") in {0, 1, 4}
    assert made.run("evaluate", POLICY, folder, "--as-of", AT, "--json") in {0, 1, 4}
    assert made.run("lint", folder, "--as-of", AT, "--json") == 0
    assert made.run("sources", "detect", *(folder / one.file for one in EVERY), "--json") in {0, 1, 4}
    return made


def _document(ran: Machine, *options: str) -> dict[str, Any]:
    key = f"check {ran.body} --as-of {AT} {' '.join(options)} out"
    document: dict[str, Any] = json.loads(ran.said[key])
    return document


@pytest.mark.slow
def test_every_file_was_read_and_its_restricted_app_was_found(ran: Machine) -> None:
    """A run that reads nothing proves nothing: each source kept the app, and dropped and refused other records."""
    document = _document(ran, "--individual", "--json", "--html", str(ran.root / "rows.html"))
    accounts = {a["source"]: a for a in document["accounting"]}
    assert set(accounts) == {source(one) for one in EVERY}
    for one in (*LOGS, *INVENTORIES):
        account = accounts[source(one)]
        assert account["kept"] > 0 and account["dropped"] > 0, one.reader
        assert account["rejected"] > 0 or one.reader == "apple-inventory", one.reader
    assert all(accounts[source(one)]["dropped"] > 0 for one in LEASES)
    failing = [f for f in document["findings"] if f["kind"] in {"app_traffic", "app_installed"} and f["device"]]
    shown = {e["source"] for f in failing for e in f["evidence"]}
    says_no_answers = {"bind-log"}  # a question alone is no contact: it is counted in `contacts`
    assert shown >= {source(one) for one in (*LOGS, *INVENTORIES)} - says_no_answers
    assert sum(c["count"] for c in document["contacts"] if c["grade"] == "resolved") > 0


@pytest.mark.slow
def test_no_canary_is_in_any_byte_that_was_written_or_said(ran: Machine) -> None:
    """Not in the state, the pages, the bundle, temporary files, the home, names of files, stdout or stderr."""
    left = ran.left()
    assert sum(n.startswith("ghent/.ordinance/runs/") for n in left) >= 2
    assert {"rows.html", "report.html"} <= set(left)
    kept = {n for n in left if n.startswith("ghent/.ordinance/observations/")}
    assert len(kept) == (7 if "observations" in (ran.body / "ordinance.toml").read_text("utf-8") else 0)
    assert found(left) == []


def test_every_canary_is_in_the_inputs() -> None:
    """What is searched for was planted: each word is in a source, and each kind of source has several of them."""
    inputs = {one.file: one.content for one in EVERY}
    seen = {word.partition(",")[0] for _, word in found(inputs)}
    assert set(canaries.CANARIES) <= seen
    assert {n for n, _ in found(inputs)} == set(inputs)


_SITE = canaries.SITE.encode()
FORMS = {
    "plain": _SITE,
    "capitals": _SITE.upper(),
    "base64": base64.b64encode(_SITE),
    "base64 inside": base64.urlsafe_b64encode(b"a" + _SITE + b"zz"),
    "hex": _SITE.hex().encode(),
    "gzip": gzip.compress(_SITE),
    "zstd": zstd.compress(_SITE),
    "percent": b"b%C3%BCcherkanarie",
    "idna": canaries.FOREIGN_SCRIPT.encode("idna"),
    "json": json.dumps(canaries.FOREIGN_SCRIPT).encode(),
    "sixteen bits": canaries.SITE.encode("utf-16-le"),
    "sha256": hashlib.sha256(_SITE).hexdigest().encode(),
    "md5 of a device": hashlib.md5(canaries.HOST.encode()).hexdigest().encode(),  # noqa: S324  # what is searched for
    "gzip in base64": base64.b64encode(gzip.compress(_SITE)),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_search_finds_a_canary_in_every_form(form: str) -> None:
    """A search that finds nothing proves nothing until it has found each form once."""
    assert found({"file": b"before " + FORMS[form] + b" behind"}) != []
    assert found({"file": b"before nothing behind"}) == []


# --- faults -----------------------------------------------------------------------------------------------------------


def _cut(folder: Path) -> None:
    """Every log and inventory cut in the middle of its last canary, one of them packed and cut."""
    for one in (*LOGS, *LEASES, *INVENTORIES):
        at = max(one.content.rfind(b"kanarie"), one.content.rfind(b"canary"), 20)
        (folder / one.file).write_bytes(one.content[: at + 4])
    packed = gzip.compress(LOGS[0].content)
    (folder / LOGS[0].file).write_bytes(packed[: len(packed) // 2])


def _other_head(folder: Path) -> None:
    """An inventory and a table of leases whose head names other columns, which are canaries."""
    for one in EVERY:
        if one.file.endswith(".csv"):
            first = canaries.OTHER_NAME.encode() + b"," + canaries.PERSON.encode() + b"\n"
            (folder / one.file).write_bytes(first + one.content)


def _folder_for_file(folder: Path) -> None:
    """A folder where a log is expected, with a pattern that matches it."""
    path = folder / LOGS[1].file
    path.unlink()
    path.mkdir()


def _bad_settings(folder: Path) -> None:
    """The settings are broken behind the sources."""
    edit(folder / "ordinance.toml", "[[targets]]", "[[targets]\n")


FULL = f"""
import resource, signal, sys
sys.dont_write_bytecode = True  # a compiled module that is cut short would break every later run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
{PROGRAM}
"""



@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "program", "codes"),
    [
        pytest.param(_cut, PROGRAM, {1, 3, 4}, id="files cut"),
        pytest.param(_other_head, PROGRAM, {1, 3, 4}, id="other columns"),
        pytest.param(_folder_for_file, PROGRAM, {1, 3, 4}, id="a folder for a file"),
        pytest.param(_bad_settings, PROGRAM, {3}, id="settings broken"),
        pytest.param(None, FULL, {3}, id="no room to write"),
    ],
)
def test_no_canary_is_told_of_a_fault(fault: Any, program: str, codes: set[int], tmp_path: Path) -> None:
    """What goes wrong is told with file, line and reason; the text that it was about is in no message and no rest."""
    made = machine(tmp_path)
    if fault is not None:
        fault(made.body)
        made.inputs = tree(made.root)
    for options in ((), ("--json",), ("--individual", "--json")):
        code = made.run("check", made.body, "--as-of", AT, *options, program=program)
        assert code in codes or (program is FULL and "--individual" in options)
    left = made.left()
    assert any(left[n] for n in left if n.endswith("err"))
    assert found(left) == []


STOPPED = """
import os, signal, sys
def stop(event, arguments):
    if event == "open" and str(arguments[0]).endswith(os.environ["LAST"]):
        os.kill(os.getpid(), int(os.environ["HOW"]))
sys.addaudithook(stop)
""" + PROGRAM


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["interrupted", "ended", "killed"])
def test_no_canary_is_left_by_a_run_that_is_stopped(how: signal.Signals, tmp_path: Path) -> None:
    """Stopped when it opens its last log, after others were read: nothing of them is left or told."""
    made = machine(tmp_path)
    environment = made.environment() | {"LAST": LOGS[-1].file, "HOW": str(int(how))}
    running = start("check", made.body, "--as-of", AT, cwd=made.root / "cwd", environment=environment, program=STOPPED)
    out, err = running.communicate(timeout=60)
    made.said = {"out": out, "err": err}
    assert running.returncode != 0
    assert found(made.left()) == []
