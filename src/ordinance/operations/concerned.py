# SPDX-License-Identifier: EUPL-1.2
"""`access` and `erase`: what is kept about one device, for whoever it concerns, and what of that can go.

Reads the key, the estate, every file of the body's state and what persons wrote into `findings/`, `attestations/`,
`separate/` and `channels/`; writes the ledger, and takes runs away where that is asked for. Cannot know what logs and
inventories hold, which are the body's own, nor whether a word that is like the device's name means the device.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from ordinance.model.errors import Issue, PolicyError
from ordinance.model.estate import Device
from ordinance.model.retention import Kept
from ordinance.operations.accountable import answerable, place_without_names
from ordinance.operations.at_work import alone
from ordinance.operations.attesting import ATTESTATIONS
from ordinance.operations.keys import pseudonyms_of
from ordinance.operations.ledger import entry_line
from ordinance.operations.lives import written_about
from ordinance.operations.workspace import CHANNELS, SEPARATE, Workspace
from ordinance.review.read_findings import FINDINGS
from ordinance.store import retained
from ordinance.store.chain import TORN
from ordinance.store.ledger import FOLDER as LEDGER
from ordinance.store.ledger import Act, append, read_ledger
from ordinance.store.receipts import FOLDER as AIRLOCK

MOST_PLACES = 20  # in the ledger
WRITTEN_IN = (FINDINGS, ATTESTATIONS, SEPARATE, CHANNELS)  # in the body's folder, by persons


class Place(StrEnum):
    """What becomes of a file in which the device stands, when it is to be erased."""

    RUN = "run"  # goes as a whole
    BUNDLE = "bundle"  # stays as long as what it puts into force
    WRITTEN = "written"  # the body's own file about people: no command edits it
    TORN = "torn"  # half an entry of the ledger; goes with the entries of its time
    RECEIPTS = "receipts"  # of the airlock: no entry of them goes alone
    PACKAGE = "package"  # of the airlock; goes as `packages` says
    OTHER = "other"  # nobody says what it is


@dataclass(frozen=True, slots=True)
class About:
    """What is kept about a device: files by what they are, with the name or pseudonym that stands there.

    `unread` are paths in the body's folder that could not be searched.
    """

    device: str
    pseudonym: str
    addresses: frozenset[str]
    places: tuple[tuple[str, Place, str], ...]
    searched: retained.Searched
    unread: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything could be searched."""
        return not self.searched.packed and not self.unread

    @property
    def runs(self) -> tuple[str, ...]:
        """Runs that hold the pseudonym: they can go. A word that is like a name makes no run go."""
        return tuple(sorted({f.split("/")[1] for w, p, f in self.places if p is Place.RUN and w == self.pseudonym}))


def _about(workspace: Workspace, device: str) -> About:
    if not device.strip():
        raise PolicyError([Issue("--device", 0, 0, "unknown-device", "no device is named", "nothing was done")])
    pseudonym = pseudonyms_of(workspace).of(device)
    rows, state, folder = workspace.estate.device_rows.get(device, ()), workspace.state, workspace.body.folder
    addresses = frozenset(form for row in rows for mac in row.macs for form in _written(mac))
    others = {row.inventory_name for row in rows if row.inventory_name.casefold() not in {"", device.casefold()}}
    names = frozenset({device, pseudonym, *others, *addresses})
    searched = retained.search(state, names, words=True)
    places = [(word, _place(file), file) for word, file in searched.remains]
    unread = [f"{state.name}/{file}" for file in searched.unread]
    for name in WRITTEN_IN:
        found = retained.search(folder / name, names, words=True)
        places += [(word, Place.WRITTEN, f"{name}/{file}") for word, file in found.remains]
        unread += [f"{name}/{file}" for file in (*found.packed, *found.unread)]
    return About(device, pseudonym, addresses, tuple(places), searched, tuple(unread))


def _written(mac: str) -> tuple[str, ...]:
    """How logs and inventories write a hardware address."""
    digits = mac.replace(":", "")
    return mac, mac.replace(":", "-"), digits, ".".join(digits[i : i + 4] for i in (0, 4, 8))


def _place(file: str) -> Place:
    top, _, rest = file.partition("/")
    if top == retained.RUNS and "/" in rest:
        return Place.RUN
    if top == LEDGER and rest.startswith(TORN):
        return Place.TORN
    if top == AIRLOCK:
        return Place.PACKAGE if f"{top}/{rest}".startswith(f"{retained.PACKAGES}/") else Place.RECEIPTS
    return Place.BUNDLE if top in {"bundle", "bundle-pilot"} else Place.OTHER


# --- access ---------------------------------------------------------------------------------------


def access(workspace: Workspace, device: str, now: datetime, *, by: str, reason: str) -> dict[str, Any]:
    """Everything that is kept about a device, as `access --json` prints it. The ledger has it on disk before.

    Raises PolicyError for words that do not do, a key that may not be used, and a ledger that takes no entry.
    """
    said = answerable(workspace, by, reason, device)
    about = _about(workspace, device)
    written = written_about(workspace, about.pseudonym)
    before = [entry_line(e, workspace) for e in read_ledger(workspace.state).entries if e.device == about.pseudonym]
    counts = {"places": len(about.places)}
    append(workspace.state, Act.ACCESS, now, by=said.by, reason=said.reason, device=about.pseudonym, said=counts)
    body, checking = workspace.body, workspace.body.checking
    rows = workspace.estate.device_rows.get(device, ())
    stated = [
        {"file": a.place.file, "stated": sorted(a.stated), "by": a.by, "on": a.on.isoformat()}
        for a in workspace.attested.statements
        if device in a.devices
    ]
    return {
        "body": {"id": body.id, "name": body.name},
        "notice": body.notice,
        "device": device,
        "pseudonym": about.pseudonym,
        "in_estate": bool(rows),
        "estate": [_row(row) for row in rows],
        "exemptions": [
            {"file": e.place.file, "id": e.id, "purpose": e.purpose, "last_day": e.last_day.isoformat()}
            for e in workspace.law.exemptions
            if device in e.devices
        ],
        "attestations": stated,
        "findings": written,
        "purpose": checking.purpose,
        "legal_basis": checking.legal_basis,
        "evidence_allowed": sorted(checking.evidence_allowed),
        "no_check_by": checking.no_check_by,
        "informed": [{"who": i.who, "on": i.on.isoformat(), "how": i.how} for i in checking.informed],
        "places": _places(about, {one["file"] for one in (*written, *stated)}),
        "counted_in": [_run(workspace, item) for item in _runs_counting(workspace, about)],
        "ledger": before,
        "retention": {str(k): p for k in Kept if (p := body.retention.said(k)) is not None},
        "sources": [{"id": s.id, "reader": s.reader, "files": list(s.files)} for s in body.sources],
        "searched": {"files": about.searched.files, "bytes": about.searched.size_bytes},
        "packed": list(about.searched.packed),
        "unread": list(about.unread),
        "exit_code": 0 if about.is_whole else 4,
    }


def _places(about: About, shown: Collection[object] = ()) -> list[dict[str, str]]:
    """Files in which it stands; what persons wrote lies in the body's folder, all else in its state."""
    places = [p for p in about.places if not (p[1] is Place.WRITTEN and p[2] in shown)]
    return [{"file": f, "kind": str(p), "as": _as(w, about)} for w, p, f in places]


def _as(word: str, about: About) -> str:
    return "pseudonym" if word == about.pseudonym else "hardware address" if word in about.addresses else "name"


def _row(row: Device) -> dict[str, Any]:
    """A row of the estate with everything that is stated in it."""
    facts = {name: getattr(row.facts, name) for name in row.facts.__slots__}
    stated = {name: value for name, value in facts.items() if value is not None}
    more = {"holder": row.holder, "unit": row.unit, "inventory_name": row.inventory_name, "macs": list(row.macs)}
    first, last = row.validity.first, row.validity.last
    return {
        "file": f"estate/devices.csv:{row.line}",
        "valid_from": first.isoformat() if first else None,
        "valid_to": last.isoformat() if last else None,
        **stated,
        **{name: value for name, value in more.items() if value},
    }


def _runs_counting(workspace: Workspace, about: About) -> list[retained.Item]:
    """Kept runs without a row about the device, of days on which today's estate has it: it is one of those counted."""
    runs = next(k for k in retained.KEEPERS if k.kind is Kept.RUNS).items(workspace.state)
    without = [(r, r.day) for r in runs if r.name not in about.runs and r.day is not None]
    return [r for r, day in without if workspace.estate.device_on(about.device, day, day) is not None]


def _run(workspace: Workspace, item: retained.Item) -> dict[str, Any]:
    last = workspace.body.retention.last_day(Kept.RUNS, item.day) if item.day else None
    return {"run": item.name, "day": _iso(item.day), "last_day": _iso(last)}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# --- erasure --------------------------------------------------------------------------------------


def erase(
    workspace: Workspace, device: str, now: datetime, *, by: str, reason: str, do: bool = False
) -> dict[str, Any]:
    """What can go of what is kept about a device, as `erase --json` prints it; with `do` it goes and is looked for.

    Raises PolicyError as `access` does, and where another run is at work (`state-busy`).
    """
    said = answerable(workspace, by, reason, device)
    about = _about(workspace, device)
    words = {"by": said.by, "reason": said.reason, "device": about.pseudonym}
    if not do:  # to look is to look, whatever for
        append(workspace.state, Act.ACCESS, now, said={"places": len(about.places)}, **words)
        return _erasure(workspace, about, None)
    with alone(workspace.state):
        append(workspace.state, Act.ERASE, now, said={"runs": list(about.runs)}, **words)
        keeper = next(k for k in retained.KEEPERS if k.kind is Kept.RUNS)
        for item in keeper.items(workspace.state):
            if item.name in about.runs:
                keeper.remove(workspace.state, item)
        after = _about(workspace, device)
        searched = after.searched
        proof = {"files_searched": searched.files, "bytes_searched": searched.size_bytes}
        blind = {"packed": len(searched.packed), "unread": len(after.unread)}
        files = sorted({file for _, _, file in after.places})[:MOST_PLACES]
        places = sorted({place_without_names(workspace, file, device) for file in files})
        append(
            workspace.state,
            Act.ERASED,
            now,
            device=about.pseudonym,
            said={"runs": len(about.runs), **proof, "remains_in": places, **blind},
        )
    return _erasure(workspace, about, after)


def _erasure(workspace: Workspace, about: About, after: About | None) -> dict[str, Any]:
    entries = [e for e in read_ledger(workspace.state).entries if e.device == about.pseudonym]
    lasts = [last for e in entries if (last := workspace.body.retention.last_day(Kept.LEDGER, e.at.date()))]
    left = about if after is None else after
    going = about.runs if after is None else ()
    stays = tuple(p for p in left.places if not (p[1] is Place.RUN and p[2].split("/")[1] in going))
    return {
        "body": {"id": workspace.body.id, "name": workspace.body.name},
        "notice": workspace.body.notice,
        "device": about.device,
        "pseudonym": about.pseudonym,
        "done": after is not None,
        "runs": list(about.runs),
        "counted_in": len(_runs_counting(workspace, about)),
        "stays": _places(replace(left, places=stays)),
        "ledger": {"entries": len(entries), "last_day": max(lasts).isoformat() if lasts else None},
        "searched": {"files": left.searched.files, "bytes": left.searched.size_bytes},
        "packed": list(left.searched.packed),
        "unread": list(left.unread),
        "exit_code": _exit_code(about, after, stays),
    }


def _exit_code(about: About, after: About | None, stays: Collection[object]) -> int:
    """1: something stands there that can go, or that cannot go here. 4: not everything could be searched."""
    if stays or (after is None and about.runs):
        return 1
    return 0 if (after or about).is_whole else 4
