# SPDX-License-Identifier: EUPL-1.2
"""Answers of Apple devices to the management command InstalledApplicationList: which watched apps are on which device.

Reads: property lists, XML or binary, plain or gzipped, one a file: what a device sent to its management server, and the
request that it answers. A file of more than MOST_BYTES is not read. An answer has no instant: it speaks of the start of
the day (in the source's zone) that its file's name bears, and of nothing without one.

An answer does not say what it was asked. The request of the same `CommandUUID`, saved among the files of the source,
does. A device is listed completely if that request asked for all apps, or by `Identifiers` for at least every bundle id
of the watch list, and not for managed apps only; if the answer is of the device and not of one user of it, and the
device is not in user enrolment (it has a `UDID`, no `EnrollmentID`); and if each app bears its id. All others are in a
snapshot that is not complete: what they are shown to have counts, what they are not shown to have proves nothing.

The record is the *item*: an app of a device.

- kept: a watched app on a device, by its bundle id, or where macOS gives none by its name
- dropped: any other app; everything outside the window
- duplicate: the same watched app on the same device in the same file again; items of a file whose bytes were read
  before: a command is answered once, and a copy under another day's name is no answer of that day. Only where the
  answer bears no `CommandUUID` the name is believed
- structural: a request; an answer without an app; a device that answered NotNow or Idle
- rejected: `bad-plist`, `file-too-large`, `not-an-inventory` (something else, or another command's), `bad-type`,
  `answered-error`, `no-device`, `no-app-name` (neither id nor name), `no-app-state` (a watched app that is being
  downloaded, or was not), `no-snapshot-date`, and what `_lines` refuses of the file itself

Cannot know: apps of another user, what a device did not send, and whether the saved request is the one that was sent.

Facts: apple/device-management (MIT), mdm/commands/application.installed.list.yaml, commit 0a4527c; Apple's page of
InstalledApplicationListResponse for the keys that every answer has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from ordinance.model.apps import Kind
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.time import Span
from ordinance.readers._answers import naming_key
from ordinance.readers._base import Matchers
from ordinance.readers._files import InputFile, matching
from ordinance.readers._inventory import App, Inventory, InventoryReader, Listing
from ordinance.readers._lines import whole
from ordinance.readers._plists import read_apart

MOST_BYTES = 8_000_000  # unpacked; a Mac with 300 apps sends half of one
_MOST_FILES = 200  # that one process reads
_NOT_YET = frozenset({"NotNow", "Idle"})


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of a file: its digest, and what it holds, or why it cannot be read. Empty: no bytes."""

    sha256: str
    reason: str = ""
    holds: dict[str, Any] | None = None


class _Run(Inventory):
    """One reading of one source."""

    unit: ClassVar[str] = "item"

    def __init__(self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span) -> None:
        super().__init__(settings, watch, matchers, window)
        naming_key(settings, ("UDID",))
        of_watched = (i for app in watch.apps for i in matchers.software.of(app))
        self._bundle_ids = frozenset(i.value for i in of_watched if i.kind is Kind.BUNDLE_ID)
        self._all: tuple[InputFile, ...] = ()
        self._told: dict[str, _Told] = {}
        self._records: dict[str, int] = {}  # by digest
        self._answered: set[str] = set()  # digests of answers that name their command
        self._answers: dict[str, str] = {}  # the command that each file answers
        self._asks_all: dict[str, bool] = {}  # by command

    def states_instants(self) -> bool:
        """An answer has none."""
        return False

    def read(self, root: Path) -> Reading:
        """All files of the source; then what each answer was asked is known."""
        self._all = matching(root, self.settings.files)
        reading = super().read(root)
        asked = {file for file, command in self._answers.items() if self._asks_all.get(command, False)}
        snapshots = (replace(s, complete=s.complete and s.file in asked) for s in reading.snapshots)
        return replace(reading, snapshots=tuple(snapshots))

    def count(self, file: InputFile) -> tuple[int, str]:
        """As many as the file with the same bytes that was read before."""
        sha256 = whole(file, 0)[2]
        return self._records.get(sha256, 0), sha256

    def fill(self, file: InputFile, listing: Listing) -> str:
        """The request or the answer that a file holds."""
        if file.name not in self._told:
            self._look_ahead(file)
        told = self._told.pop(file.name)
        records = 0
        if told.reason:
            self.refuse(listing, 1, told.reason)
            records = 1
        elif told.holds is not None:
            records = self._document(told.holds, listing)
        self._records[told.sha256] = records
        if self._answers.get(file.name):
            self._answered.add(told.sha256)
        return told.sha256

    def _is_another_days(self, file: InputFile) -> bool:
        """Whether equal bytes are a new answer: never where they answer the same command."""
        return super()._is_another_days(file) and whole(file, 0)[2] not in self._answered

    def _look_ahead(self, first: InputFile) -> None:
        """Read a file and those behind it, as many as one process may be given."""
        self._told.clear()
        raws: list[tuple[InputFile, str, bytes]] = []
        size = 0
        for file in self._all[self._all.index(first) :]:
            raw, reason, sha256 = whole(file, MOST_BYTES)
            size += len(raw)
            if self._told and (size > MOST_BYTES or len(raws) >= _MOST_FILES):
                break
            self._told[file.name] = _Told(sha256, reason)
            if raw and not reason:
                raws.append((file, sha256, raw))
        found = read_apart([raw for _, _, raw in raws]) if raws else []
        for (file, sha256, _), holds in zip(raws, found, strict=True):
            self._told[file.name] = _Told(sha256, holds=holds)

    def _document(self, holds: dict[str, Any], listing: Listing) -> int:
        """The records of a property list, as its process described it; how many they are."""
        if isinstance(answer := holds.get("answer"), dict):
            return self._answer(answer, listing)
        if isinstance(request := holds.get("request"), dict):
            self._request(request)
            self.structural()
        else:
            self.refuse(listing, 1, str(holds.get("fault", "bad-plist")))
        return 1

    def _request(self, request: dict[str, Any]) -> None:
        """What was asked. Of two requests with one id nobody knows which was sent."""
        ids, command = request["ids"], request["command"]
        is_enough = ids is None or (bool(self._bundle_ids) and self._bundle_ids <= {*ids})
        asks_all = is_enough and not request["managed_only"]
        if command:
            self._asks_all[command] = asks_all and self._asks_all.get(command, True)

    def _answer(self, answer: dict[str, Any], listing: Listing) -> int:
        device, items = answer["UDID"] or answer["EnrollmentID"], answer["items"]
        if answer["Status"] in _NOT_YET:
            self.structural()
        elif not device:
            self.refuse(listing, 1, "no-device" if items is not None else "not-an-inventory")
        elif answer["Status"] != "Acknowledged":
            self.refuse(listing, 1, "answered-error" if answer["Status"] else "not-an-inventory", device)
        elif items is None:
            self.refuse(listing, 1, "not-an-inventory", device)
        else:
            self._answers[listing.name] = answer["CommandUUID"] or ""
            if answer["EnrollmentID"] != "" or answer["of_a_user"]:
                listing.partial.add(device)
            for number, item in enumerate(items or [["", "", True]], 1):
                self._item(item, device, number, listing, is_empty=not items)
            return len(items) or 1
        return 1

    def _item(self, item: Any, device: str, number: int, listing: Listing, *, is_empty: bool) -> None:
        """An app, or that there is none. Where an id is missing, an app may hide behind another name."""
        app_id, name, is_there = item or (None, None, None)
        app = App(app_id or "", (Kind.BUNDLE_ID,), name or "")
        if not is_empty and (app_id is None or not (app_id or name)):
            self.refuse(listing, number, "no-app-name", device)
        elif is_there is not True and self.watched(app) is not None:
            self.refuse(listing, number, "no-app-state", device)
        else:
            if not (app_id or is_empty):
                listing.partial.add(device)
            self.stands(listing, device, None, number)
            self.app(listing, device, None, number, app)


class AppleInventory(InventoryReader):
    """Installed apps from answers of Apple devices."""

    id: ClassVar[str] = "apple-inventory"
    title: ClassVar[str] = "answers of Apple devices to InstalledApplicationList, as property lists"
    unit: ClassVar[str] = "item"
    run: ClassVar[type[Inventory]] = _Run
