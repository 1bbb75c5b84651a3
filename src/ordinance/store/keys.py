# SPDX-License-Identifier: EUPL-1.2
"""Pseudonyms: what stands for a device in everything that is written.

Reads and writes one key file, made at the first run with access for its owner only. Whoever holds the
key can name a device again, so the key can lie where another role keeps it (`ORDINANCE_KEY_FILE`, or what the
body's settings say). Where such a role is named, a key is never made, never taken from the body's own folder, and no
other one may lie there.

Cannot know: who may read the key file besides, as administrator or from a backup, or whether somebody wrote its
bytes down in another form.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ordinance.model.errors import Issue, PolicyError

KEY_BYTES = 32
KEY_VARIABLE = "ORDINANCE_KEY_FILE"
KEYS = "keys"
_KEPT = ("runs", "observations", "bundle", "bundle-pilot", "ledger")  # each may be a link to another place


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
    return state.parent / Path(chosen).expanduser() if chosen else state / KEYS / "pseudonym.key"


def load_pseudonyms(state: Path, named: str = "", holder: str = "", *, make: bool = True) -> Pseudonyms:
    """The body's pseudonyms; the key is made where there is none, unless a `holder` is named or `make` is false.

    Raises PolicyError for a key file of the wrong length (`bad-key`): a new key would silently break every link to
    earlier reports, so nobody makes one over it. Also for one that others may read (`open-key`), one that lies in the
    body's folder though a role is named that keeps it (`key-beside-results`), one that is not there (`no-key`), and a
    copy or an earlier key that was left there (`key-left-beside-results`).
    """
    path = key_path(state, named)
    if holder and beside_results(state, named):
        message = f"the key lies in the body's folder, beside the results, and {holder} should keep it"
        hint = f"name a file of theirs: {KEY_VARIABLE}, or key_file in [checking]"
        raise _no(path, "key-beside-results", message, hint)
    if holder and (left := left_beside(state, path)):
        raise PolicyError([left_issue(state, one, holder) for one in left])
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
    if holder and (left := _copies(state, key, path)):
        raise PolicyError([left_issue(state, one, holder) for one in left])
    return Pseudonyms(key)


def beside_results(state: Path, named: str = "") -> bool:
    """Whether the key lies beside the results, links followed: whoever has the results then has the key too."""
    return lies_beside(state, key_path(state, named))


def lies_beside(state: Path, path: Path) -> bool:
    """Whether a file lies in the body's folder, or where a link in it or in its state takes what is kept."""
    places = (state.parent, state, *(state / name for name in _KEPT))
    return any(path.resolve().is_relative_to(place.resolve()) for place in places)


def left_beside(state: Path, used: Path) -> tuple[Path, ...]:
    """Files in the place where a check makes keys, but for the one that is `used`: a copy of it, or an earlier key.

    A link that leads to the one that is used, or to nothing beside the results, is no copy.
    """
    return tuple(p for p in sorted((state / KEYS).rglob("*")) if p.is_file() and _is_another(state, p, used))


def _is_another(state: Path, path: Path, used: Path) -> bool:
    is_used = path.resolve() == used.resolve()
    return not is_used and lies_beside(state, path) and path.stat().st_size > 0


def _copies(state: Path, key: bytes, used: Path) -> tuple[Path, ...]:
    """Files in the state with the bytes of the key, under whatever name; what may not be read is none."""
    every = sorted(Path(folder, name) for folder, _, names in os.walk(state) for name in names)
    return tuple(p for p in every if _content(p) == key and _is_another(state, p, used))


def _content(path: Path) -> bytes:
    """The bytes of a file that is as long as a key; of others, and of what goes meanwhile, none."""
    with suppress(OSError):
        if path.is_file() and path.stat().st_size == KEY_BYTES:
            return path.read_bytes()
    return b""


def left_issue(state: Path, path: Path, holder: str) -> Issue:
    """That a key was left beside the results: which file, and what to do with it."""
    message = f"a key of the pseudonyms was left here, beside the results, and {holder} should keep it"
    hint = "give it to them, if they have not got it, and destroy it here: whoever has the results has it"
    name = f"{state.name}/{path.relative_to(state).as_posix()}"
    return Issue(name, 0, 0, "key-left-beside-results", message, "no result is apart from the names", hint)


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
