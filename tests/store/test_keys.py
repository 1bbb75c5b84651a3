# SPDX-License-Identifier: EUPL-1.2
"""The key of the pseudonyms: made once, for its owner only, and never replaced."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.errors import PolicyError
from ordinance.store.keys import KEY_BYTES, KEY_VARIABLE, Pseudonyms, key_path, load_pseudonyms


@pytest.fixture(autouse=True)
def _no_key_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    """32 random bytes, mode 0600 in a folder of mode 0700, nothing beside it; the second call reads it."""
    first = load_pseudonyms(tmp_path / "state")
    path = tmp_path / "state" / "keys" / "pseudonym.key"
    assert path.read_bytes() == first.key
    assert len(first.key) == KEY_BYTES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [p.name for p in path.parent.iterdir()] == ["pseudonym.key"]
    assert load_pseudonyms(tmp_path / "state") == first
    assert load_pseudonyms(tmp_path / "other") != first


def test_another_role_may_hold_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ORDINANCE_KEY_FILE decides where the key lies; the body's folder then holds none."""
    elsewhere = tmp_path / "officer" / "body.key"
    monkeypatch.setenv(KEY_VARIABLE, str(elsewhere))
    assert key_path(tmp_path / "state") == elsewhere
    assert load_pseudonyms(tmp_path / "state").key == elsewhere.read_bytes()
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_the_wrong_length_is_refused_and_kept(length: int, tmp_path: Path) -> None:
    """Nobody makes a new key over a damaged one: every link to earlier reports would break unseen."""
    path = key_path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"k" * length)
    with pytest.raises(PolicyError, match="bad-key"):
        load_pseudonyms(tmp_path)
    assert path.read_bytes() == b"k" * length


@pytest.mark.slow
def test_two_first_runs_agree(tmp_path: Path) -> None:
    """Processes that make the key at the same moment all end with the same one, and leave no other behind."""
    program = (
        "import sys; from pathlib import Path; from ordinance.store.keys import load_pseudonyms; "
        "sys.stdin.readline(); print(load_pseudonyms(Path(sys.argv[1])).key.hex())"
    )
    for n in range(5):
        state = tmp_path / str(n)
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(4)
        ]
        for racer in racers:
            assert racer.stdin
            racer.stdin.write("go\n")
            racer.stdin.flush()
        keys = {racer.communicate()[0].strip() for racer in racers}
        assert keys == {key_path(state).read_bytes().hex()}
        assert [p.name for p in key_path(state).parent.iterdir()] == ["pseudonym.key"]


def test_a_key_that_appears_meanwhile_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other run's key is there when ours is to be put in place: ours is thrown away."""
    import os

    def link(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"o" * KEY_BYTES)
        raise FileExistsError

    monkeypatch.setattr(os, "link", link)
    assert load_pseudonyms(tmp_path).key == b"o" * KEY_BYTES
    assert [p.name for p in key_path(tmp_path).parent.iterdir()] == ["pseudonym.key"]


@given(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), st.text(min_size=1, max_size=40))
def test_a_pseudonym_has_one_form_and_hides_the_name(key: bytes, device: str) -> None:
    """`dev-` and eight letters or digits, the same each time, another under another key."""
    names = Pseudonyms(key)
    assert re.fullmatch(r"dev-[A-Z2-7]{8}", names.of(device))
    assert names.of(device) == Pseudonyms(key).of(device)
    other = Pseudonyms(bytes(b ^ 1 for b in key))
    assert names.of(device) != other.of(device)
