# SPDX-License-Identifier: EUPL-1.2
"""Pseudonyms: what stands for a device in everything that is written.

Reads and writes one key file, made at the first run with access for its owner only. Whoever holds the
key can name a device again, so the key can lie where another role keeps it (`ORDINANCE_KEY_FILE`, or what the
body's settings say). Where such a role is named, a key is never made, and never taken from the body's own folder.

Cannot know: who may read the key file besides, as administrator or from a backup.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from ordinance.model.errors import Issue, PolicyError

KEY_BYTES = 32
KEY_VARIABLE = "ORDINANCE_KEY_FILE"


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """A keyed, one-way name for each device: the same in every run with the same key."""

    key: bytes

    def of(self, device: str) -> str:
        """`dev-` and eight letters or digits (40 bits of HMAC-SHA-256)."""
        digest = hmac.new(self.key, device.encode(), hashlib.sha256).digest()
        return "dev-" + base64.b32encode(digest[:5]).decode()

    def digest(self, *said: str) -> str:
        """`hmac-sha256:` and 64 hexadecimal digits over all that is said: nobody without the key can try a guess."""
        content = repr(("digest", *said)).encode()
        return f"hmac-sha256:{hmac.new(self.key, content, hashlib.sha256).hexdigest()}"


def key_path(state: Path, named: str = "") -> Path:
    """Where the key lies: `ORDINANCE_KEY_FILE`, else what is `named`, else `keys/pseudonym.key` in the state folder."""
    chosen = os.environ.get(KEY_VARIABLE) or named
    return state.parent / Path(chosen).expanduser() if chosen else state / "keys" / "pseudonym.key"


def load_pseudonyms(state: Path, named: str = "", holder: str = "", *, make: bool = True) -> Pseudonyms:
    """The body's pseudonyms; the key is made where there is none, unless a `holder` is named or `make` is false.

    Raises PolicyError for a key file of the wrong length (`bad-key`): a new key would silently break every link to
    earlier reports, so nobody makes one over it. Also for one that others may read (`open-key`), one that lies in the
    body's folder though a role is named that keeps it (`key-beside-results`), and one that is not there (`no-key`).
    """
    path = key_path(state, named)
    if holder and beside_results(state, named):
        message = f"the key lies in the body's folder, beside the results, and {holder} should keep it"
        hint = f"name a file of theirs: {KEY_VARIABLE}, or key_file in [checking]"
        raise _no(path, "key-beside-results", message, hint)
    try:
        key = path.read_bytes()
        mode = path.stat().st_mode
    except FileNotFoundError:
        if make and not holder:
            return Pseudonyms(_new_key(path))
        made = f"its holder makes one: (umask 077; head -c {KEY_BYTES} /dev/urandom > FILE)"
        hint = made if holder else "`ordinance check` makes it; nothing was written under a pseudonym before"
        raise _no(path, "no-key", "there is no key of the pseudonyms here", hint) from None
    if len(key) != KEY_BYTES:
        hint = "restore the key from its keeper, or move the file away to begin with new pseudonyms"
        raise _no(path, "bad-key", f"the key file is not {KEY_BYTES} bytes", hint)
    if os.name != "nt" and mode & 0o077:
        raise _no(path, "open-key", "others than its owner may read this key, or write it", f"chmod 600 {path}")
    return Pseudonyms(key)


def beside_results(state: Path, named: str = "") -> bool:
    """Whether the key lies in the body's folder, links followed: whoever has the results then has the key too."""
    return key_path(state, named).resolve().is_relative_to(state.parent.resolve())


def _no(path: Path, issue: str, message: str, hint: str) -> PolicyError:
    return PolicyError([Issue(path.name, 0, 0, issue, message, "nothing was read or named", hint)])


def _new_key(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)  # the first of two runs that start together decides
    except FileExistsError:
        key = path.read_bytes()
    finally:
        aside.unlink()
    return key
