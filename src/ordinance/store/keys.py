# SPDX-License-Identifier: EUPL-1.2
"""Pseudonyms: what stands for a device in everything that is written.

Reads and writes one key file, made at the first run with access for its owner only. Whoever holds the
key can name a device again, so the key can lie where another role keeps it (`ORDINANCE_KEY_FILE`).
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


def key_path(state: Path) -> Path:
    """Where the key lies: `ORDINANCE_KEY_FILE`, else `keys/pseudonym.key` in the state folder."""
    named = os.environ.get(KEY_VARIABLE)
    return Path(named) if named else state / "keys" / "pseudonym.key"


def load_pseudonyms(state: Path) -> Pseudonyms:
    """The body's pseudonyms; the key is made where there is none.

    Raises PolicyError for a key file of the wrong length: a new key would silently break every link to
    earlier reports, so nobody makes one over it.
    """
    path = key_path(state)
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return Pseudonyms(_new_key(path))
    if len(key) != KEY_BYTES:
        hint = "restore the key from its keeper, or move the file away to begin with new pseudonyms"
        raise PolicyError([Issue(path.name, 0, 0, "bad-key", f"the key file is not {KEY_BYTES} bytes", "", hint)])
    return Pseudonyms(key)


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
