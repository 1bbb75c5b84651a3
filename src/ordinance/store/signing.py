# SPDX-License-Identifier: EUPL-1.2
"""Signatures (Ed25519, RFC 8032) over what was made, by a key that its owner keeps.

Reads and writes key files in PEM (PKCS #8, SubjectPublicKeyInfo), as OpenSSL does; a private key is for its owner only.
The mathematics is that of `cryptography` (the extra `sign`). Cannot know: whose key it is, or whether somebody else
holds a copy.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ordinance.model.errors import Issue, PolicyError

MOST_BYTES = 20_000  # of a key file
LONGEST_PASSPHRASE = 1_000  # OpenSSL takes 1,023 bytes


def new_key(path: Path, passphrase: bytes | None = None) -> Path:
    """Make a private key at `path`, readable by its owner only, and its public key beside it (`.pub.pem`).

    Raises PolicyError where either file is there already: nobody's key is ever written over.
    """
    public = path.with_name(f"{path.name.removesuffix('.pem')}.pub.pem")
    for one in (path, public):
        if os.path.lexists(one):
            raise _no(one, "file-exists", "the file is there already, and no key is written over")
    if passphrase is not None and len(passphrase) > LONGEST_PASSPHRASE:
        raise _no(path, "bad-signing-key", f"a passphrase has at most {LONGEST_PASSPHRASE:,} bytes")
    key = Ed25519PrivateKey.generate()
    locked: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        locked = serialization.BestAvailableEncryption(passphrase)
    _write(path, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked), 0o600)
    try:
        _write(public, _public_bytes(key.public_key()), 0o644)
    except OSError:
        path.unlink()  # a private key alone would be of no use to anybody
        raise
    return public


def sign(key_file: Path, content: bytes, passphrase: bytes | None = None) -> tuple[bytes, str]:
    """The signature over `content`, and the id of the key. Raises PolicyError for a file that is no such key."""
    if key_file.stat().st_mode & 0o077:
        raise _no(key_file, "bad-signing-key", "others than its owner may read this private key: chmod 600")
    try:
        key = serialization.load_pem_private_key(_read(key_file), passphrase)
    except TypeError:
        message = "the key needs a passphrase" if passphrase is None else "the key has no passphrase"
        raise _no(key_file, "bad-signing-key", message) from None
    except (ValueError, UnsupportedAlgorithm):
        message = "no private key in PEM" if passphrase is None else "no private key in PEM, or another passphrase"
        raise _no(key_file, "bad-signing-key", message) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _no(key_file, "bad-signing-key", "the key is not one for Ed25519")
    return key.sign(content), key_id(key.public_key())


def verify(key_file: Path, content: bytes, signature: bytes) -> str | None:
    """The id of the key where the signature over `content` is its own, else `None`.

    Raises PolicyError for a file that is no public key for Ed25519.
    """
    try:
        key = serialization.load_pem_public_key(_read(key_file))
    except (ValueError, UnsupportedAlgorithm):
        raise _no(key_file, "bad-signing-key", "no public key in PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise _no(key_file, "bad-signing-key", "the key is not one for Ed25519")
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return None
    return key_id(key)


def key_id(key: Ed25519PublicKey) -> str:
    """Sixteen hexadecimal digits by which people tell keys apart: the beginning of the SHA-256 of the public key."""
    return hashlib.sha256(_public_bytes(key)).hexdigest()[:16]


def _public_bytes(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _no(path, "bad-signing-key", f"a key file has fewer than {MOST_BYTES:,} bytes")
    return content


def _write(path: Path, content: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)


def _no(path: Path, issue: str, message: str) -> PolicyError:
    return PolicyError([Issue(str(path), 0, 0, issue, message)])
