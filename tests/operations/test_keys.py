# SPDX-License-Identifier: EUPL-1.2
"""The key of another role: never made by a check, never beside the results, and asked for before anything is read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bodies import instant
from cli.shell import DAYS, body, edit, process, run, tree
from ordinance.model.errors import PolicyError
from ordinance.operations.checking import run_check
from ordinance.operations.keys import pseudonyms_of
from ordinance.operations.settings import settings_issues
from ordinance.operations.workspace import Workspace, open_workspace
from ordinance.store.keys import KEY_BYTES, KEY_VARIABLE

KEY = bytes(range(KEY_BYTES))


@pytest.fixture(autouse=True)
def _no_key_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def ghent(folder: Path, *lines: str) -> Workspace:
    """Ghent with these lines in [checking]."""
    city = body("ghent", folder)
    edit(city / "ordinance.toml", "minimum_group = 5\n", "\n".join(["minimum_group = 5", *lines, ""]))
    return open_workspace(city)


def officers_key(folder: Path, content: bytes = KEY, mode: int = 0o600) -> Path:
    """A key that a privacy officer keeps."""
    path = folder / "officer" / "gent.key"
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(mode)
    return path


def _ids(raised: pytest.ExceptionInfo[PolicyError]) -> list[tuple[str, str, int]]:
    return [(i.id, i.file, i.line) for i in raised.value.issues]


def test_the_key_of_its_holder_is_used_and_none_is_made(tmp_path: Path) -> None:
    """A check makes its pseudonyms with the named file, and the body's folder holds no key afterwards."""
    path = officers_key(tmp_path)
    opened = ghent(tmp_path, 'key_holder = "privacy officer"', 'key_file = "../officer/gent.key"').usable()
    assert pseudonyms_of(opened).key == KEY
    run_check(opened, instant(DAYS["ghent"], opened))
    assert not (opened.state / "keys").exists()
    assert path.read_bytes() == KEY and [p.name for p in path.parent.iterdir()] == ["gent.key"]


def test_the_environment_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ORDINANCE_KEY_FILE is asked first: a key on a stick has another path each day."""
    opened = ghent(tmp_path, 'key_holder = "privacy officer"', 'key_file = "../nowhere.key"').usable()
    monkeypatch.setenv(KEY_VARIABLE, str(officers_key(tmp_path)))
    assert pseudonyms_of(opened).key == KEY


@pytest.mark.parametrize("named", ["", "keys/ours.key", ".ordinance/keys/pseudonym.key", "../ghent/ours.key"])
def test_a_key_beside_the_results_is_refused_where_a_holder_is_named(named: str, tmp_path: Path) -> None:
    """At the line of the holder; nothing is read, made or kept."""
    lines = ['key_holder = "privacy officer"', *([f'key_file = "{named}"'] if named else [])]
    opened = ghent(tmp_path, *lines)
    before = tree(opened.body.folder)
    with pytest.raises(PolicyError) as raised:
        run_check(opened, instant(DAYS["ghent"], opened))
    assert _ids(raised) == [("key-beside-results", "ordinance.toml", 15)]
    assert tree(opened.body.folder) == before
    found = [(i.id, i.line) for i in settings_issues(opened.body, opened.estate)]
    assert found == ([("key-beside-results", 16)] if named else [])


def test_a_link_to_a_key_beside_the_results_is_seen_through(tmp_path: Path) -> None:
    """Where the key lies counts, not under which name."""
    opened = ghent(tmp_path, 'key_holder = "privacy officer"', 'key_file = "../link.key"').usable()
    (opened.body.folder / "ours.key").write_bytes(KEY)
    (tmp_path / "link.key").symlink_to(opened.body.folder / "ours.key")
    with pytest.raises(PolicyError, match="key-beside-results"):
        pseudonyms_of(opened)


def test_a_state_that_is_a_link_has_the_results_where_it_leads(tmp_path: Path) -> None:
    """A key there is beside them, though no part of its path is the body's folder: `lint` and `check` say so."""
    (tmp_path / "disk" / "state").mkdir(parents=True)
    (tmp_path / "disk" / "runs").mkdir()
    for kept, where in ((".ordinance", "state"), (".ordinance/runs", "runs")):
        folder = tmp_path / where
        folder.mkdir()
        opened = ghent(folder, 'key_holder = "privacy officer"', f'key_file = "../../disk/{where}/gent.key"')
        (opened.body.folder / kept).parent.mkdir(exist_ok=True)
        (opened.body.folder / kept).symlink_to(tmp_path / "disk" / where)
        (tmp_path / "disk" / where / "gent.key").write_bytes(KEY)
        with pytest.raises(PolicyError, match="key-beside-results"):
            pseudonyms_of(opened)
        assert [(i.id, i.line) for i in settings_issues(opened.body, opened.estate)] == [("key-beside-results", 16)]


@pytest.mark.parametrize(
    ("name", "content"),
    [("keys/pseudonym.key", KEY), ("keys/pseudonym.key", bytes(32)), ("keys/old/.pseudonym.key-0a", KEY)],
    ids=["a-copy", "an-earlier-one", "of-a-killed-run"],
)
def test_a_key_that_was_left_where_checks_make_them_is_said(name: str, content: bytes, tmp_path: Path) -> None:
    """The role has its key now, and everybody who has the results has one too: `lint` and `check` name the file."""
    officers_key(tmp_path)
    opened = ghent(tmp_path, 'key_holder = "privacy officer"', 'key_file = "../officer/gent.key"')
    left = opened.state / name
    left.parent.mkdir(parents=True)
    left.write_bytes(content)
    for verb in ("lint", "check"):
        done = run(verb, opened.body.folder, "--as-of", DAYS["ghent"])
        assert done.code == 3 and "[key-left-beside-results]" in done.err + done.out
        assert f".ordinance/{name}: a key of the pseudonyms was left here" in done.err + done.out
        assert "hint: give it to them" in done.err + done.out
    with pytest.raises(PolicyError, match="key-left-beside-results"):
        pseudonyms_of(opened)
    assert not (opened.state / "runs").exists()
    left.unlink()
    assert run("lint", opened.body.folder).code == 0 and pseudonyms_of(opened).key == KEY


def test_a_copy_of_the_key_under_another_name_is_found_when_it_is_used(tmp_path: Path) -> None:
    """Anywhere in the state; another file of that length is none, and neither is a link to where the key lies."""
    path = officers_key(tmp_path)
    opened = ghent(tmp_path, 'key_holder = "privacy officer"', 'key_file = "../officer/gent.key"')
    (opened.state / "keys").mkdir(parents=True)
    (opened.state / "keys" / "pseudonym.key").symlink_to(path)
    (opened.state / "notes.bin").write_bytes(bytes(32))
    assert pseudonyms_of(opened).key == KEY and settings_issues(opened.body, opened.estate) == []
    (opened.state / "runs").mkdir()
    (opened.state / "runs" / "notes.bin").write_bytes(KEY)
    with pytest.raises(PolicyError) as raised:
        pseudonyms_of(opened)
    assert _ids(raised) == [("key-left-beside-results", ".ordinance/runs/notes.bin", 0)]


def test_a_holders_key_that_is_not_there_is_never_made(tmp_path: Path) -> None:
    """A share that is not mounted would give everybody a new pseudonym: nothing is read, and the hint makes a key."""
    opened = ghent(tmp_path, 'key_holder = "privacy officer"', 'key_file = "../officer/gent.key"').usable()
    with pytest.raises(PolicyError, match="no-key") as raised:
        run_check(opened, instant(DAYS["ghent"], opened))
    assert not (tmp_path / "officer").exists() and not (opened.state / "runs").exists()
    made = re.search(r"/dev/urandom", raised.value.issues[0].hint)
    assert made and f"head -c {KEY_BYTES}" in raised.value.issues[0].hint


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_a_key_that_others_may_read_is_refused(mode: int, tmp_path: Path) -> None:
    """Of whichever role: a key that everybody reads is kept by nobody."""
    path = officers_key(tmp_path, mode=mode)
    opened = ghent(tmp_path, f'key_file = "{path}"').usable()
    with pytest.raises(PolicyError, match="open-key") as raised:
        pseudonyms_of(opened, make=True)
    assert raised.value.issues[0].hint == f"chmod 600 {path}"


def test_only_a_check_makes_a_key(tmp_path: Path) -> None:
    """Who wants to look behind a pseudonym before there is one learns that there is none."""
    opened = ghent(tmp_path)
    with pytest.raises(PolicyError, match="no-key"):
        pseudonyms_of(opened)
    assert not opened.state.exists()
    assert pseudonyms_of(opened, make=True) == pseudonyms_of(opened)


def test_the_key_is_asked_for_before_a_source_is_opened(tmp_path: Path) -> None:
    """A source that cannot be read is not even noticed while the key is missing."""
    opened = ghent(tmp_path, 'key_holder = "privacy officer"', 'key_file = "../officer/gent.key"')
    one = opened.body.sources[0]
    opened = replace(opened, body=replace(opened.body, sources=(replace(one, files=("nowhere/*.csv",)),)))
    met: list[str] = []
    with pytest.raises(PolicyError, match="no-key"):
        run_check(opened, instant(DAYS["ghent"], opened), progress=met.append)
    assert met == []


def test_the_command_says_it(tmp_path: Path) -> None:
    """Exit 3, the place, the id and the way out; a home folder is understood."""
    opened = ghent(tmp_path, 'key_holder = "privacy officer"', 'key_file = "~/gent.key"')
    (tmp_path / "home").mkdir()
    done = process("check", opened.body.folder, "--as-of", DAYS["ghent"], HOME=str(tmp_path / "home"))
    assert (done.code, done.out) == (3, "") and "[no-key]" in done.err
    (tmp_path / "home" / "gent.key").write_bytes(KEY)
    (tmp_path / "home" / "gent.key").chmod(0o600)
    done = process("check", opened.body.folder, "--as-of", DAYS["ghent"], HOME=str(tmp_path / "home"))
    assert done.code == 1
    assert run("lint", opened.body.folder).code == 0
