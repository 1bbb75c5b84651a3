# SPDX-License-Identifier: EUPL-1.2
"""`ordinance bundle`: who stands for a bundle, and whether it is still the one that was built."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from ordinance.cli._common import guarded, json_option, say, show, show_json, show_table

_PATH = click.Path(path_type=Path)
FAILS = 1


@click.group()
def bundle() -> None:
    """Show a bundle, sign it, and verify that it is whole and whose word stands for it.

    \b
    Example:
      ordinance bundle show /tmp/ghent-bundle

    Keys are Ed25519 in PEM, as OpenSSL makes and reads them. A passphrase is taken from ORDINANCE_KEY_PASSPHRASE.
    """


@bundle.command("show")
@click.argument("folder", type=_PATH)
@json_option
@guarded
def show_one(folder: Path, as_json: bool) -> None:
    """Show what the bundle in FOLDER was made of, and whether its files are those that were built.

    \b
    Example:
      ordinance bundle show /tmp/ghent-bundle

    Whole is not yet signed: anybody who alters a file can alter the manifest too. `bundle verify` asks for the key.
    Exit 1: a file is missing, altered or not spoken of.
    """
    from ordinance.operations.signing import describe_bundle

    found = describe_bundle(folder)
    if as_json:
        show_json(found)
        sys.exit(FAILS if found["faults"] else 0)
    show(f"{found['body']} at {found['at']}: catalogue {found['catalogue']} {found['catalogue_digest']}")
    if found["notice"]:
        show(f"  {found['notice']}")
    rows = [(a["path"], a["target"], str(a["entries"])) for a in found["artefacts"]]
    show_table([("file", "target", "entries"), *rows])
    for fault in found["faults"]:
        show(f"{fault['file']}: {fault['why']}")
    has = "has a signature, of whom `bundle verify` says" if found["signed"] else "not signed"
    say(f"{has}; {len(found['faults'])} fault(s)")
    sys.exit(FAILS if found["faults"] else 0)


@bundle.command()
@click.argument("file", type=_PATH)
@json_option
@guarded
def key(file: Path, as_json: bool) -> None:
    """Make a key to sign with: FILE for its owner alone, and the public key beside it.

    \b
    Example:
      ordinance bundle key city.pem

    Nothing is written over. Give the public key to whoever verifies, by another way than the bundle.
    """
    from ordinance.operations.signing import make_key

    if not file.name:
        raise click.BadParameter("a key needs a file")
    public = make_key(file, _passphrase())
    if as_json:
        show_json({"private": str(file), "public": str(public)})
        return
    say(f"private key, for its owner alone: {file}{'' if _passphrase() else ' (without a passphrase)'}")
    say(f"public key, to be given away: {public}")


@bundle.command()
@click.argument("folder", type=_PATH)
@click.option("--key", "key_file", type=_PATH, required=True, help="The private key.")
@json_option
@guarded
def sign(folder: Path, key_file: Path, as_json: bool) -> None:
    """Sign the bundle in FOLDER, if it is whole: one signature, over its manifest.

    \b
    Example:
      ordinance bundle sign /tmp/ghent-bundle --key city.pem

    The next build takes the signature away: it was for this one.
    """
    from ordinance.operations.enforcing import SIGNATURE
    from ordinance.operations.signing import sign_bundle

    key_id = sign_bundle(folder, key_file, _passphrase())
    if as_json:
        show_json({"key": key_id, "signature": SIGNATURE})
    else:
        say(f"signed with key {key_id}: {folder / SIGNATURE}")


@bundle.command()
@click.argument("folder", type=_PATH)
@click.option("--key", "key_file", type=_PATH, required=True, help="The public key of who should have signed it.")
@json_option
@guarded
def verify(folder: Path, key_file: Path, as_json: bool) -> None:
    """Say whether the bundle in FOLDER is whole, and signed by the holder of a key.

    \b
    Example:
      ordinance bundle verify /tmp/ghent-bundle --key city.pub.pem

    Exit 0: it is. Exit 1: it is not, with each file that is missing, altered or not spoken of.
    """
    from ordinance.operations.signing import document, verify_bundle

    found = verify_bundle(folder, key_file)
    if as_json:
        show_json(document(found))
    else:
        for name, why in found.faults:
            show(f"{name}: {why}")
        whole = f"whole, and signed with key {found.key}: {found.body} at {found.at}, {found.files} file(s)"
        say(f"{folder}: {len(found.faults)} fault(s)" if found.faults else f"{folder}: {whole}")
    sys.exit(FAILS if found.faults else 0)


def _passphrase() -> bytes | None:
    from ordinance.operations.signing import PASSPHRASE_VARIABLE

    said = os.environ.get(PASSPHRASE_VARIABLE)
    return os.fsencode(said) if said else None
