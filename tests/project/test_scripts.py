# SPDX-License-Identifier: EUPL-1.2
"""scripts/demo and scripts/test, with a Python that only writes down what it is asked: no network, no installation.

What this cannot show is that pip and the pinned lists really work together; `.ci/run` does that in a clean clone.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30
Done = subprocess.CompletedProcess[str]

# Stands for python3 on PATH. `-m venv DIR` makes a .venv whose python is this same file; pip calls are written down.
# Everything else (version and module checks, the digest) is answered by the real interpreter.
FAKE_PYTHON = """#!/bin/sh
case "$*" in
    *"ensurepip"*) exit "$FAKE_WITHOUT_VENV" ;;
    *"version_info < (3, 11))") exit "$FAKE_TOO_OLD" ;;
    "-m venv "*)
        echo "venv" >>"$FAKE_CALLS"
        mkdir -p "$3/bin"
        cp "$0" "$3/bin/python"
        echo "VIRTUAL_ENV=$3" >"$3/bin/activate"
        printf '#!/bin/sh\\nprintf "ordinance"; printf " <%%s>" "$@"; pwd\\n' >"$3/bin/ordinance"
        chmod +x "$3/bin/ordinance" ;;
    "-m pip "*)
        shift 2
        echo "pip $*" >>"$FAKE_CALLS"
        sleep "$FAKE_PIP_SECONDS"
        if [ -n "$FAKE_PIP_KILLS" ]; then kill -9 "$PPID"; fi
        exit "$FAKE_PIP_EXIT" ;;
    "-m pytest"*) shift 2; printf "pytest"; printf " <%s>" "$@"; pwd ;;
    *) exec "$FAKE_REAL" "$@" ;;
esac
"""
QUIET = {
    "FAKE_WITHOUT_VENV": "0",
    "FAKE_TOO_OLD": "0",
    "FAKE_PIP_SECONDS": "0",
    "FAKE_PIP_EXIT": "0",
    "FAKE_PIP_KILLS": "",
}
TOOLS = ("sh", "cat", "cp", "chmod", "dirname", "grep", "kill", "mkdir", "mv", "pwd", "rm", "sleep", "touch", "flock")


@dataclass(frozen=True)
class Checkout:
    """A copy of the scripts and of what they read, and a PATH on which the fake is the only Python."""

    root: Path
    path: Path
    calls: Path

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Only what the scripts need, so that the caller's own settings cannot help them."""
        fixed = {"PATH": str(self.path), "FAKE_CALLS": str(self.calls), "FAKE_REAL": sys.executable}
        return QUIET | fixed | dict(more)

    def start(self, script: str, *arguments: str, cwd: Path | None = None, **more: str) -> subprocess.Popen[str]:
        """Start a script; its output is read with `communicate`."""
        command = [str(self.root / "scripts" / script), *arguments]
        pipe, environment = subprocess.PIPE, self.environment(more)
        return subprocess.Popen(command, cwd=cwd or self.root, env=environment, stdout=pipe, stderr=pipe, text=True)

    def run(self, script: str, *arguments: str, cwd: Path | None = None, **more: str) -> Done:
        """Run a script to its end, in bounded time."""
        process = self.start(script, *arguments, cwd=cwd, **more)
        out, err = process.communicate(timeout=PATIENCE_S)
        return Done(process.args, process.returncode, out, err)

    def asked(self) -> list[str]:
        """What the fake was asked since the last look."""
        if not self.calls.exists():
            return []
        lines = self.calls.read_text("utf-8").splitlines()
        self.calls.unlink()
        return lines


def fake_path(folder: Path, tools: tuple[str, ...] = TOOLS) -> Path:
    """A folder with the shell's usual tools and a python3 of ours."""
    folder.mkdir()
    for tool in tools:
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        (folder / name).write_text(FAKE_PYTHON, "utf-8")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A clean clone as far as the scripts can tell; its name has a space, as folders of people do."""
    root = tmp_path / "a clone"
    for name in ("scripts", ".ci"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pyproject.toml", root)
    return Checkout(root, fake_path(tmp_path / "bin"), tmp_path / "calls")


DEMO_PINS = "pip install --quiet --require-hashes -r {}/.ci/constraints-demo.txt"
TEST_PINS = "pip install --quiet --require-hashes -r {}/.ci/constraints.txt"
OURSELVES = "pip install --quiet --no-deps --no-build-isolation -e {}"


@pytest.mark.parametrize("script", ["demo", "test"])
def test_a_python_without_venv_is_named_in_one_sentence(checkout: Checkout, script: str) -> None:
    """On Debian without python3-venv the script says which package to install, and makes nothing."""
    done = checkout.run(script, FAKE_WITHOUT_VENV="1")
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "python3.11 cannot make a virtual environment: install the Debian package python3-venv and run this again."
    ]
    assert not (checkout.root / ".venv").exists()


def test_a_python_that_is_too_old_is_named_in_one_sentence(checkout: Checkout) -> None:
    """Without Python 3.11 the script says so instead of failing somewhere inside pip."""
    done = checkout.run("demo", FAKE_TOO_OLD="1")
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert "3.11 or newer" in done.stderr
    assert checkout.asked() == []


def test_no_python_at_all_is_named_in_one_sentence(checkout: Checkout) -> None:
    """A machine without Python gets the same sentence, not `command not found`."""
    for name in checkout.path.glob("python*"):
        name.unlink()
    done = checkout.run("test")
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert "python3-venv" in done.stderr


def test_demo_installs_the_pins_then_the_project(checkout: Checkout) -> None:
    """The first demo installs what it needs by hash, the project without looking for anything else, and then runs."""
    done = checkout.run("demo", "--to", "a b")
    assert done.returncode == 0, done.stderr
    root = checkout.root
    assert checkout.asked() == ["venv", DEMO_PINS.format(root), OURSELVES.format(root)]
    assert done.stdout.startswith("ordinance <demo> <--to> <a b>")


@pytest.mark.parametrize("script", ["demo", "test"])
def test_the_second_run_installs_nothing(checkout: Checkout, script: str) -> None:
    """With the stamp in place neither venv nor pip is asked anything and nothing is said."""
    assert checkout.run(script).returncode == 0
    checkout.asked()
    again = checkout.run(script)
    assert (again.returncode, again.stderr) == (0, "")
    assert checkout.asked() == []


def test_test_after_demo_adds_the_test_tools_to_the_same_venv(checkout: Checkout) -> None:
    """demo and test share one .venv; a demo after a test finds everything there."""
    checkout.run("demo")
    checkout.asked()
    assert checkout.run("test").returncode == 0
    assert checkout.asked() == [TEST_PINS.format(checkout.root), OURSELVES.format(checkout.root)]
    assert checkout.run("demo").returncode == 0
    assert checkout.asked() == []


def test_arguments_reach_pytest_from_any_directory(checkout: Checkout, tmp_path: Path) -> None:
    """scripts/test runs at the top of the checkout, wherever it is called from, with its arguments untouched."""
    done = checkout.run("test", "-k", "one or two", cwd=tmp_path)
    assert done.stdout == f"pytest <-k> <one or two>{checkout.root}\n"


def test_demo_runs_where_the_caller_stands(checkout: Checkout, tmp_path: Path) -> None:
    """Paths that a person types after scripts/demo mean what they mean in the person's own directory."""
    done = checkout.run("demo", cwd=tmp_path)
    assert done.stdout == f"ordinance <demo>{tmp_path}\n"


@pytest.mark.parametrize("name", ["pyproject.toml", ".ci/constraints.txt", ".ci/constraints-demo.txt"])
def test_a_changed_list_is_installed(checkout: Checkout, name: str) -> None:
    """The stamp is a digest of everything that decides what gets installed."""
    checkout.run("demo")
    checkout.asked()
    with (checkout.root / name).open("a") as file:
        file.write("# changed\n")
    checkout.run("demo")
    assert checkout.asked() == [DEMO_PINS.format(checkout.root), OURSELVES.format(checkout.root)]


def test_a_killed_installation_is_made_again_from_nothing(checkout: Checkout) -> None:
    """What kill -9 leaves behind never passes for a whole .venv."""
    killed = checkout.run("demo", FAKE_PIP_KILLS="yes")
    assert killed.returncode == -signal.SIGKILL
    assert not list((checkout.root / ".venv").glob(".ordinance-demo*"))
    (checkout.root / ".venv" / "torn").touch()
    checkout.asked()
    done = checkout.run("demo")
    assert done.returncode == 0, done.stderr
    assert checkout.asked()[0] == "venv"
    assert not (checkout.root / ".venv" / "torn").exists()


def test_a_failed_installation_is_tried_again_without_starting_over(checkout: Checkout) -> None:
    """pip that cannot reach its index costs one message, not the .venv; the demo does not start on half of it."""
    failed = checkout.run("demo", FAKE_PIP_EXIT="3")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "again" in failed.stderr.splitlines()[-1]
    checkout.asked()
    assert checkout.run("demo").returncode == 0
    assert checkout.asked() == [DEMO_PINS.format(checkout.root), OURSELVES.format(checkout.root)]


def test_a_moved_checkout_gets_a_new_venv(checkout: Checkout, tmp_path: Path) -> None:
    """Programs in .venv/bin name the place they were made in; elsewhere they would start the old copy or nothing."""
    checkout.run("demo")
    checkout.asked()
    moved = Checkout(checkout.root.rename(tmp_path / "moved"), checkout.path, checkout.calls)
    assert moved.run("demo").returncode == 0
    assert moved.asked()[0] == "venv"


@pytest.mark.parametrize("without", [(), ("flock",)], ids=["flock", "mkdir"])
def test_two_at_once_install_once(checkout: Checkout, without: tuple[str, ...]) -> None:
    """A second start waits for the first one's installation and then uses it, with flock and on systems without it."""
    for tool in without:
        (checkout.path / tool).unlink()
    both = [checkout.start("demo", FAKE_PIP_SECONDS="0.4") for _ in range(2)]
    for process in both:
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, err
    assert checkout.asked() == ["venv", DEMO_PINS.format(checkout.root), OURSELVES.format(checkout.root)]
    assert not list(checkout.root.glob(".venv.lock.d"))


def test_a_dead_holder_of_the_lock_stops_nobody(checkout: Checkout) -> None:
    """Where flock is missing, a lock whose process is gone is broken instead of waited for."""
    (checkout.path / "flock").unlink()
    lock = checkout.root / ".venv.lock.d"
    lock.mkdir()
    gone = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True).stdout
    (lock / "pid").write_text(gone, "utf-8")
    began = time.monotonic()
    assert checkout.run("demo").returncode == 0
    assert time.monotonic() - began < PATIENCE_S


def test_unpinned_leaves_the_choice_to_pip(checkout: Checkout) -> None:
    """ORDINANCE_UNPINNED=1 installs what pyproject.toml allows, for who wants to see whether newer versions work."""
    assert checkout.run("demo", ORDINANCE_UNPINNED="1").returncode == 0
    assert checkout.asked() == ["venv", f"pip install --quiet -e {checkout.root}[fast,media]"]
    assert checkout.run("test", ORDINANCE_UNPINNED="1").returncode == 0
    assert checkout.asked() == [f"pip install --quiet -e {checkout.root}[test]"]
    assert checkout.run("test").returncode == 0
    assert checkout.asked() == [TEST_PINS.format(checkout.root), OURSELVES.format(checkout.root)]


def test_only_the_venv_and_its_lock_are_written(checkout: Checkout) -> None:
    """An installation leaves nothing else in the checkout, and git ignores both."""
    before = set(checkout.root.iterdir())
    checkout.run("test")
    new = {path.name for path in set(checkout.root.iterdir()) - before}
    assert ".venv" in new
    assert new <= {".venv", ".venv.lock"}
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {".venv/", ".venv.lock*"} <= set(ignored)


def script_files() -> list[Path]:
    """Every file in scripts/ and .ci/."""
    return sorted(path for folder in ("scripts", ".ci") for path in (ROOT / folder).iterdir() if path.is_file())


def first_line(path: Path) -> str:
    """The line that says what runs a script."""
    return path.read_text("utf-8").partition("\n")[0]


def shell_scripts() -> list[Path]:
    """Files in scripts/ and .ci/ that a shell runs."""
    return [path for path in script_files() if path.suffix == ".sh" or first_line(path).endswith(("/sh", " bash"))]


def test_scripts_are_executable() -> None:
    """What has a `#!` line can be started, and what is only sourced cannot."""
    files = script_files()
    assert [path.name for path in files if first_line(path).startswith("#!") != os.access(path, os.X_OK)] == []


@pytest.mark.parametrize("path", shell_scripts(), ids=lambda path: path.name)
def test_shell_scripts_parse(path: Path) -> None:
    """`sh -n` (or bash, where the first line says so) finds no fault in a script."""
    shell = "bash" if first_line(path).endswith("bash") else "sh"
    done = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_users_scripts_need_no_bash() -> None:
    """A bare machine has sh; only CI may ask for more."""
    assert {path.name for path in shell_scripts()} >= {"demo", "test", "_venv.sh", "run"}
    assert {first_line(ROOT / "scripts" / name) for name in ("demo", "test")} == {"#!/bin/sh"}
