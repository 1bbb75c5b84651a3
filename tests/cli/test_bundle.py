# SPDX-License-Identifier: EUPL-1.2
"""`ordinance bundle`: a signature stands for the whole bundle, and OpenSSL says the same of it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli.shell import body, run
from ordinance.store import signing

DAY = ("--as-of", "2023-04-10")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A bundle as `build` leaves it, with a key beside it."""
    folder = tmp_path / "bundle"
    assert run("build", body("ghent", tmp_path), *DAY, "--out", folder).code == 0
    assert run("bundle", "key", tmp_path / "city.pem").code == 0
    return folder


def signed(built: Path) -> tuple[Path, Path]:
    """The bundle signed, and the public key."""
    assert run("bundle", "sign", built, "--key", built.parent / "city.pem").code == 0
    return built, built.parent / "city.pub.pem"


def verify(folder: Path, key: Path) -> tuple[int, dict[str, str]]:
    """The exit code, and what is wrong by file."""
    found = run("bundle", "verify", folder, "--key", key, "--json")
    document = json.loads(found.out)
    assert document["whole_and_signed"] is (found.code == 0)
    return found.code, {f["file"]: f["why"] for f in document["faults"]}


def test_a_signed_bundle_is_whole(built: Path) -> None:
    """Body, instant, files and the key's id are said."""
    folder, public = signed(built)
    assert verify(folder, public) == (0, {})
    said = run("bundle", "verify", folder, "--key", public).err
    files = sum(p.is_file() for p in folder.rglob("*")) - 2  # the manifest and its signature
    assert "whole, and signed with key" in said
    assert f"gent at 2023-04-10T00:00:00+02:00, {files} file(s)" in said


def test_a_bundle_says_what_it_was_made_of(built: Path) -> None:
    """Versions, files and entries; whether it is signed, and what was altered since."""
    document = json.loads(run("bundle", "show", built, "--json").out)
    assert (document["body"], document["signed"], document["faults"]) == ("gent", False, [])
    assert document["catalogue_digest"].startswith("sha256:")
    entries = {a["path"]: a["entries"] for a in document["artefacts"]}
    assert entries["dns-rpz/rpz.gent.example.zone"] > 100
    signed(built)
    (built / "gaps.json").write_text("[]")
    said = run("bundle", "show", built)
    assert "gaps.json: the file is not the one that was built" in said.out
    assert said.err == "has a signature, of whom `bundle verify` says; 1 fault(s)\n"


def test_openssl_verifies_it(built: Path, tmp_path: Path) -> None:
    """Whoever does not trust us asks OpenSSL, with the same key and the manifest alone."""
    folder, public = signed(built)
    signature = tmp_path / "raw"
    signature.write_bytes(base64.b64decode((folder / "manifest.sig").read_bytes()))
    openssl = shutil.which("openssl")
    assert openssl
    asked = [openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(public)]
    asked += ["-sigfile", str(signature), "-in"]
    good = subprocess.run([*asked, str(folder / "manifest.json")], capture_output=True, text=True, check=False)
    assert (good.returncode, "Verified Successfully" in good.stdout) == (0, True)
    bad = subprocess.run([*asked, str(folder / "gaps.json")], capture_output=True, text=True, check=False)
    assert bad.returncode != 0


def test_a_key_that_openssl_made(built: Path, tmp_path: Path) -> None:
    """And the other way round: its keys sign here, with a passphrase too."""
    openssl = shutil.which("openssl")
    assert openssl
    key, public = tmp_path / "own.pem", tmp_path / "own.pub.pem"
    subprocess.run([openssl, "genpkey", "-algorithm", "ed25519", "-out", str(key)], check=True)
    subprocess.run([openssl, "pkey", "-in", str(key), "-pubout", "-out", str(public)], check=True)
    assert run("bundle", "sign", built, "--key", key).code == 0
    assert verify(built, public) == (0, {})


def test_every_way_of_altering_it_is_seen(built: Path) -> None:
    """A file changed, gone, added or replaced by a link; the manifest changed; the signature gone or another's."""
    folder, public = signed(built)
    zone = next(folder.glob("dns-rpz/*.zone"))
    whole = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    def restore() -> None:
        for path in folder.rglob("*"):
            if path.is_symlink() or path.is_fifo() or (path.is_file() and path not in whole):
                path.unlink()
        for path, content in whole.items():
            path.write_bytes(content)

    name = zone.relative_to(folder).as_posix()
    for alter, expected in (
        (lambda: zone.write_bytes(whole[zone] + b"; more\n"), {name: "the file is not the one that was built"}),
        (zone.unlink, {name: "the file is missing"}),
        (lambda: (folder / "more").write_text("x"), {"more": "the manifest does not speak of this file"}),
        (
            lambda: (zone.unlink(), zone.symlink_to(folder / "gaps.json")),
            {name: "this is no plain file"},
        ),
        (lambda: (zone.unlink(), os.mkfifo(zone)), {name: "this is no plain file"}),
        (
            lambda: (folder / "manifest.json").write_bytes(whole[folder / "manifest.json"] + b"\n"),
            {"manifest.sig": "this is no signature of that key over this manifest"},
        ),
        ((folder / "manifest.sig").unlink, {"manifest.sig": "the bundle is not signed"}),
        (
            lambda: (folder / "manifest.sig").write_text("AAAA"),
            {"manifest.sig": "this is no signature of that key over this manifest"},
        ),
    ):
        alter()
        assert verify(folder, public) == (1, expected)
        restore()
    assert verify(folder, public) == (0, {})


def test_anothers_key_does_not_stand_for_it(built: Path, tmp_path: Path) -> None:
    """Nor does the next build keep the signature of the last."""
    folder, _ = signed(built)
    assert run("bundle", "key", tmp_path / "other.pem").code == 0
    assert verify(folder, tmp_path / "other.pub.pem")[0] == 1
    assert run("build", tmp_path / "ghent", *DAY, "--out", folder).code == 0
    assert verify(folder, tmp_path / "city.pub.pem") == (1, {"manifest.sig": "the bundle is not signed"})


def test_nobody_signs_what_was_altered(built: Path) -> None:
    """A word given for an altered bundle would be worth less than none."""
    (built / "gaps.json").write_text("[]")
    found = run("bundle", "sign", built, "--key", built.parent / "city.pem")
    assert (found.code, "bundle-altered" in found.err) == (3, True)
    assert not (built / "manifest.sig").exists()


def test_the_private_key_is_for_its_owner(tmp_path: Path) -> None:
    """Nobody else may read it, and neither file is ever written over."""
    path = tmp_path / "city.pem"
    assert run("bundle", "key", path).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    again = run("bundle", "key", path)
    assert (again.code, "file-exists" in again.err) == (3, True)
    path.unlink()
    assert run("bundle", "key", path).code == 3  # its public key is still there
    assert b"PRIVATE KEY" in before


def test_a_passphrase_locks_the_key(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken from the environment; without it, or with another, nothing is signed."""
    path = tmp_path / "locked.pem"
    monkeypatch.setenv("ORDINANCE_KEY_PASSPHRASE", "correct horse")
    assert run("bundle", "key", path).code == 0
    assert b"ENCRYPTED" in path.read_bytes()
    assert run("bundle", "sign", built, "--key", path).code == 0
    assert verify(built, tmp_path / "locked.pub.pem") == (0, {})
    monkeypatch.setenv("ORDINANCE_KEY_PASSPHRASE", "wrong")
    assert "another passphrase" in run("bundle", "sign", built, "--key", path).err
    monkeypatch.delenv("ORDINANCE_KEY_PASSPHRASE")
    assert "needs a passphrase" in run("bundle", "sign", built, "--key", path).err


def test_what_is_no_key_and_no_bundle(built: Path, tmp_path: Path) -> None:
    """A located error each time, exit 3."""
    odd = tmp_path / "odd.pem"
    odd.write_text("no key")
    public, private = tmp_path / "city.pub.pem", tmp_path / "city.pem"
    for verb, key in (("sign", odd), ("verify", odd), ("sign", public), ("verify", private)):
        signed_by = run("bundle", "sign", built, "--key", tmp_path / "city.pem")
        assert signed_by.code == 0
        found = run("bundle", verb, built, "--key", key)
        assert (found.code, "bad-signing-key" in found.err) == (3, True)
    empty = tmp_path / "empty"
    empty.mkdir()
    found = run("bundle", "verify", empty, "--key", tmp_path / "city.pub.pem")
    assert (found.code, "not-a-bundle" in found.err) == (3, True)
    assert run("bundle", "sign", built, "--key", tmp_path / "none.pem").code == 3


def test_without_the_extra_it_says_what_to_install(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else works without it."""
    monkeypatch.delitem(sys.modules, "ordinance.store.signing", raising=False)
    monkeypatch.delattr("ordinance.store.signing", raising=False)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    found = run("bundle", "sign", built, "--key", built.parent / "city.pem")
    assert (found.code, "ordinance[sign]" in found.err) == (3, True)


def test_keys_are_told_apart(tmp_path: Path) -> None:
    """Sixteen digits, the same of a key every time."""
    run("bundle", "key", tmp_path / "a.pem")
    run("bundle", "key", tmp_path / "b.pem")
    first, again = (signing.sign(tmp_path / "a.pem", b"x")[1] for _ in range(2))
    assert first == again != signing.sign(tmp_path / "b.pem", b"x")[1]
    assert len(first) == 16
