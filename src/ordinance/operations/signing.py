# SPDX-License-Identifier: EUPL-1.2
"""`bundle sign` and `bundle verify`: that a bundle is whole, and whose word stands for it.

Reads a bundle's folder and a key file; writes the signature beside the manifest. The manifest has the digest of each
file, so one signature over it covers them all. Cannot know whether a tool was given this bundle or another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ordinance.enforce.bundle import MANIFEST
from ordinance.model.errors import Issue, PolicyError
from ordinance.operations.enforcing import SIGNATURE, read_bundle
from ordinance.store.files import standing, write_file

if TYPE_CHECKING:
    from types import ModuleType

SIGNATURE_BYTES = 64
LONGEST_LINE = 100  # of a signature's file: 88 letters and the end of the line
PASSPHRASE_VARIABLE = "ORDINANCE_KEY_PASSPHRASE"  # noqa: S105  # a name, not a passphrase


@dataclass(frozen=True, slots=True)
class Verified:
    """What is wrong with a bundle, by file; nothing where it is whole and signed by that key."""

    key: str
    body: str
    at: str
    files: int
    faults: tuple[tuple[str, str], ...]


def make_key(path: Path, passphrase: bytes | None) -> Path:
    """A new private key at `path`; gives the file of its public key. Raises PolicyError where one is there."""
    public: Path = _engine().new_key(path, passphrase)
    return public


def _engine() -> ModuleType:
    """The room's part that needs the extra `sign`. Raises PolicyError where that is not installed."""
    try:
        from ordinance.store import signing  # noqa: PLC0415  # only with the extra
    except ModuleNotFoundError:
        hint = "pip install 'ordinance[sign]'"
        raise PolicyError([Issue("", 0, 0, "no-engine", "signing needs the extra `sign`", "", hint)]) from None
    return signing


def sign_bundle(folder: Path, key: Path, passphrase: bytes | None) -> str:
    """Sign what stands in a folder, and give the id of the key.

    Raises PolicyError for a bundle that is not whole: nobody's word should stand for what was altered.
    """
    manifest = _manifest(folder)
    if faults := _faults(folder, manifest):
        issues = [Issue(str(folder / name), 0, 0, "bundle-altered", why) for name, why in faults]
        raise PolicyError(issues)
    key_id: str
    signature, key_id = _engine().sign(key, (standing(folder) / MANIFEST).read_bytes(), passphrase)
    write_file(standing(folder) / SIGNATURE, base64.b64encode(signature) + b"\n")
    return key_id


def verify_bundle(folder: Path, key: Path) -> Verified:
    """Whether a bundle is whole, and signed by the holder of a key. Raises PolicyError for what is no bundle."""
    manifest = _manifest(folder)
    faults = list(_faults(folder, manifest))
    key_id = None
    path = standing(folder) / SIGNATURE
    if not os.path.lexists(path):
        faults.append((SIGNATURE, "the bundle is not signed"))
    else:
        signature = _signature(path)
        if signature is not None:
            key_id = _engine().verify(key, (standing(folder) / MANIFEST).read_bytes(), signature)
        if key_id is None:
            faults.append((SIGNATURE, "this is no signature of that key over this manifest"))
    body, at = (str(manifest.get(key, "")) for key in ("body", "at"))
    return Verified(key_id or "", body, at, len(_listed(manifest)), tuple(faults))


def describe_bundle(folder: Path) -> dict[str, Any]:
    """What a bundle was made of, as JSON, and each file that is not as it was built. Raises PolicyError for none."""
    manifest = _manifest(folder)
    kept = ("tool", "body", "at", "notice", "catalogue", "catalogue_digest")
    return {
        **{key: manifest.get(key, "") for key in kept},
        "restrictions": list(manifest.get("restrictions", ())),
        "artefacts": [
            {"target": a["target"], "path": a["path"], "entries": len(a["entries"]), "sha256": a["sha256"]}
            for a in manifest["artefacts"]
        ],
        "signed": _signature(standing(folder) / SIGNATURE) is not None,
        "faults": [{"file": name, "why": why} for name, why in _faults(folder, manifest)],
    }


def _manifest(folder: Path) -> Mapping[str, Any]:
    found = read_bundle(folder)
    if found is None:
        raise PolicyError([Issue(str(folder), 0, 0, "not-a-bundle", "there is no bundle in this folder")])
    return found.said


def _signature(path: Path) -> bytes | None:
    content = path.read_bytes()[: LONGEST_LINE + 1] if path.is_file() and not path.is_symlink() else b""
    line = content.removesuffix(b"\n")
    if len(content) > LONGEST_LINE or len(line.split()) != 1:
        return None
    try:
        found = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if len(found) == SIGNATURE_BYTES else None


def _listed(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Every file that the manifest speaks for, with its digest."""
    return {a["path"]: a["sha256"] for a in manifest["artefacts"]} | dict(manifest.get("reports", {}))


def _faults(folder: Path, manifest: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Files that are missing, altered, or that the manifest does not speak for."""
    root, listed = standing(folder), _listed(manifest)
    there = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_symlink() or not p.is_dir()}
    found = []
    for name, digest in sorted(listed.items()):
        path = there.get(name)
        if path is None:
            found.append((name, "the file is missing"))
        elif path.is_symlink() or not path.is_file():
            found.append((name, "this is no plain file"))
        elif f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" != digest:
            found.append((name, "the file is not the one that was built"))
    others = there.keys() - listed.keys() - {MANIFEST, SIGNATURE}
    found += [(name, "the manifest does not speak of this file") for name in sorted(others)]
    return tuple(found)


def document(verified: Verified) -> dict[str, Any]:
    """The outcome as JSON."""
    return {
        "whole_and_signed": not verified.faults,
        "key": verified.key,
        "body": verified.body,
        "at": verified.at,
        "files": verified.files,
        "faults": [{"file": name, "why": why} for name, why in verified.faults],
    }


