# SPDX-License-Identifier: EUPL-1.2
"""`airlock release` and `airlock posted`: an approved package handed over to a separate device, and its post's address.

Reads the receipts, the package and the proof of the device; writes the package into a new folder at the place that is
named (a folder or a stick), and then the receipt. The copy is made aside, waited for, read back and renamed. Of what
lies there otherwise nothing is read. No connection is opened: the address of a post is typed in by a person.

A run that is killed leaves no half package under its name and no receipt of what is not there; at worst a whole package
lies there of which no receipt tells.

Cannot know whether the stick went into that device, nor whether anything stands at the address.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from ordinance.airlock.package import MANIFEST, Manifest, Part
from ordinance.airlock.platforms import platforms
from ordinance.airlock.second_reader import check_second
from ordinance.airlock.structure import shape_of
from ordinance.model.apps import Kind, Role
from ordinance.model.errors import Issue, PolicyError, TransferError
from ordinance.model.opening import open_to_read
from ordinance.model.receipt import Act
from ordinance.model.separation import ProofState
from ordinance.model.transfer import Medium, Refusal
from ordinance.operations.airlock_prepare import CHANGED_AT
from ordinance.operations.airlock_receipt import tell_of
from ordinance.operations.airlock_transfers import (
    NOTHING,
    digest_of,
    known_person,
    packages,
    reason_of,
    refused,
    require_turn,
    still_in_turn,
    transfer_of,
    whole_package,
)
from ordinance.operations.separate_devices import ProofOf, proof_of
from ordinance.operations.workspace import SEPARATE, Workspace
from ordinance.store.files import sync_folder
from ordinance.store.receipts import append

SecondReader = Callable[[Path, Medium], tuple[Refusal, ...]]
_ASIDE = ".ordinance-aside-"
_MOST_ADDRESS = 300  # characters
_ADDRESS = re.compile(r"https://[a-z0-9.-]+/[A-Za-z0-9@_./-]+(?:\?v=[A-Za-z0-9_-]+)?")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Released:
    """What was handed over: the folder that now stands there, its manifest, and the proof of the device."""

    folder: Path
    manifest: Manifest
    proof: ProofOf


def release(
    workspace: Workspace,
    transfer: str,
    device: str,
    to: Path,
    *,
    by: str,
    at: datetime,
    unknown_accepted: str | None = None,
    now: datetime | None = None,
    second: SecondReader = check_second,
) -> Released:
    """Hand a package over; `now` is the instant at which the logs of the device are looked at.

    Raises PolicyError where it is not its turn, was approved too long ago, or the device is not shown to be separate;
    TransferError where the package is not what was approved, or cannot be read back; OSError. Then nothing of it is at
    `to`, and no receipt tells of it.
    """
    known_person(workspace, by, at)
    accepted = None if unknown_accepted is None else reason_of(unknown_accepted, "--unknown-accepted")
    found = transfer_of(workspace, transfer)
    require_turn(found, Act.RELEASED, by)
    approved = [entry.at for entry in found.entries if entry.what == Act.APPROVED]  # none: that receipt was cut off
    days = workspace.body.airlock.approval_days
    if not approved or at - max(approved) > timedelta(days=days):
        message = f"it was approved more than {days} day{'' if days == 1 else 's'} ago"
        raise PolicyError([Issue(transfer, 0, 0, "approval-too-old", message, NOTHING, "prepare it anew")])
    manifest = whole_package(workspace, found)
    package = packages(workspace.state) / transfer
    for part in manifest.media:
        if strange := _strange(package / part.name, part, second):
            raise refused(f"{transfer}/{part.name}", strange)
    proof = _proof(workspace, device, at, now, accepted)
    target = _copied(package, manifest, to)
    said = {
        "transfer": transfer,
        "manifest": digest_of(found),
        "files": {part.name: part.sha256 for part in manifest.parts},
        "proof": str(proof.state),
        "unknown_accepted": accepted if proof.state is ProofState.UNKNOWN else None,
    }
    turn = still_in_turn(workspace, transfer, Act.RELEASED, by)
    tell_of(target, workspace.state, Act.RELEASED, at, by=by, device=device, said=said, unless=turn)
    return Released(target, manifest, proof)


def posted(workspace: Workspace, transfer: str, address: str, *, by: str, at: datetime) -> str:
    """Write down where a post stands; the id of the platform. Raises PolicyError where the address cannot be one."""
    known_person(workspace, by, at)
    found = transfer_of(workspace, transfer)
    require_turn(found, Act.POSTED, by)
    said_first = found.entries[0].said.get("profiles")
    asked = [str(id_) for id_ in said_first] if isinstance(said_first, list) and said_first else [*platforms()]
    platform = _platform_of(workspace, address, asked)
    said = {"transfer": transfer, "manifest": digest_of(found), "address": address, "platform": platform}
    turn = still_in_turn(workspace, transfer, Act.POSTED, by)
    append(workspace.state, Act.POSTED, at, by=by, said=said, unless=turn)
    return platform


def _strange(path: Path, part: Part, second: SecondReader) -> tuple[Refusal, ...]:
    """What both checkers say of a file of the package."""
    assert part.medium is not None  # noqa: S101  # only such parts are asked about
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        view = memoryview(whole)
        shape = shape_of(view, part.medium)
        view.release()
    if isinstance(shape, Refusal):
        return (shape,)
    if (shape.width, shape.height) != (part.width, part.height):
        return (Refusal("file", "airlock-other-than-said", "it is not what the manifest says that it is"),)
    return second(path, part.medium)


def _proof(
    workspace: Workspace, device: str, at: datetime, now: datetime | None, accepted: str | None
) -> ProofOf:
    """The proof of the device. Raises PolicyError where it is red, or unknown and nobody answers for that."""
    proof = proof_of(workspace, device, at, now=now)
    file = f"{SEPARATE}/{device}.yaml"
    if all(record.device != device for record in workspace.records):
        message, hint = "the separate device has no record", "write its record"
        raise PolicyError([Issue(SEPARATE, 0, 0, "release-device-without-record", message, NOTHING, hint)])
    if proof.state is ProofState.RED:
        hint = f"`ordinance device show` says of {device} what is to be done; use another device meanwhile"
        raise PolicyError([Issue(file, 0, 0, "release-device-red", proof.why, NOTHING, hint)])
    if proof.state is ProofState.UNKNOWN and accepted is None:
        hint = "find out, or answer for it with --unknown-accepted and why; the receipt keeps that"
        raise PolicyError([Issue(file, 0, 0, "release-device-unknown", proof.why, NOTHING, hint)])
    return proof


def _copied(package: Path, manifest: Manifest, to: Path) -> Path:
    """The package in a new folder of its own under `to`, whole or not at all."""
    target = to / manifest.transfer
    made = not to.exists()
    to.mkdir(exist_ok=True)
    if target.exists() or target.is_symlink():
        message, hint = "a folder of its name is there already", "take it away, or name another place"
        raise PolicyError([Issue(str(target), 0, 0, "release-place-taken", message, NOTHING, hint)])
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=to))
    try:
        digests = {part.name: part.sha256 for part in manifest.parts} | {MANIFEST: manifest.digest}
        for name in sorted(digests):
            _copy(package / name, aside / name, digests[name])
        os.utime(aside, (CHANGED_AT, CHANGED_AT))
        sync_folder(aside)
        aside.rename(target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        if made and not any(to.iterdir()):
            to.rmdir()
        raise
    sync_folder(to)
    return target


def _copy(source: Path, target: Path, digest: str) -> None:
    """One file, on disk when this returns and read back from there."""
    handle = open_to_read(source)
    with os.fdopen(handle, "rb") as given, target.open("xb") as new:
        shutil.copyfileobj(given, new, _PIECE)
        new.flush()
        os.fsync(new.fileno())
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(new.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # so that the stick itself is read
    with target.open("rb") as back:
        found = hashlib.file_digest(back, "sha256").hexdigest()
    if found != digest:
        message, hint = "what was read back is not what was written", "take another stick"
        raise TransferError([Issue(target.name, 0, 0, "release-not-read-back", message, NOTHING, hint)])
    os.utime(target, (CHANGED_AT, CHANGED_AT))


def _platform_of(workspace: Workspace, address: str, asked: list[str]) -> str:
    """The platform at whose names the address is. Raises PolicyError (`address-of-no-post`)."""
    known = {id_: _domains(workspace, platforms()[id_].app) for id_ in asked if id_ in platforms()}
    if not _ADDRESS.fullmatch(address) or len(address) > _MOST_ADDRESS:
        message = "it is no address of a post: https, a name, a path, and nothing behind it but YouTube's v="
        hint = "leave out what stands behind `?` or `#`: it tells who shared it"
        raise PolicyError([Issue("--address", 0, 0, "address-of-no-post", message, NOTHING, hint)])
    host = urlsplit(address).hostname or ""
    for id_, names in known.items():
        if any(host == name or host.endswith(f".{name}") for name in names):
            return id_
    message = "it is at no name of the platforms that it was prepared for"
    hint = f"it was prepared for {', '.join(known)}"
    raise PolicyError([Issue("--address", 0, 0, "address-of-other-platform", message, NOTHING, hint)])


def _domains(workspace: Workspace, app: str) -> frozenset[str]:
    """The names of an app's site in the catalogue; those that only the app asks for, or that others share, left out."""
    found = workspace.catalogue.member(app)
    identifiers = found[1].identifiers if found is not None else ()
    return frozenset(i.value for i in identifiers if i.kind is Kind.DOMAIN and i.role is Role.WEB)
