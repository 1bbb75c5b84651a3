# SPDX-License-Identifier: EUPL-1.2
"""Detected apps of Microsoft Intune, as saved answers of Microsoft Graph: which watched apps are on which device.

Reads: JSON, one answer a file, several one after the other, or one a line. A file is one export: what belongs together
stands in it, lists before what they lead to. Answers are known by their `@odata.context` and their keys:

- a device with its apps: `managedDevices/ID?$expand=detectedApps` (beta), or `managedDevices/ID/detectedApps` behind
  the answer that lists the device
- an app with its devices: `detectedApps/ID?$expand=managedDevices`, or `detectedApps/ID/managedDevices` behind the
  answer that lists the app
- lists of devices (`managedDevices`) and of apps (`detectedApps`), and lists of any of these, page by page
 A device with its apps is listed completely if it is the body's (`managedDeviceOwnerType` is `company`), its system is
one for which Intune collects every app (iOS, iPadOS, macOS, Windows 10 or newer), it says when it was seen, at least
one app is listed and no page is missing. Intune gives no ids of apps, so that an app without a display name in the
catalogue is never shown (`names_only`). All other devices are in a snapshot that is not complete: what they are shown
to have counts, what they are not shown to have proves nothing. So are all devices that only a list of an app's devices
names: nobody can see from an answer whether it was asked for all apps.

A device is seen at its `lastSyncDateTime`, without one on the day in the file's name. Intune collects apps every 7
days, so that what is listed may be a week older than that.

The record is the *entry*: an app of a device.

- kept: a watched app on a device
- dropped: any other app; everything outside the window
- duplicate: the same watched app on the same device at the same instant in the same file again (another version);
  entries of a file whose bytes were read before
- structural: a device without apps, an app without devices, an empty page
- rejected: `bad-json`, `document-too-large`, `not-an-inventory` (an error, or anything that is none of the above),
  `no-device`, `bad-type`, `no-app-name`, `bad-seen`, `no-such-time`, `clock-not-set` (Graph writes the year 1 for
  never), `no-snapshot-date`, `unknown-device` and `unknown-app` (apps of a device, or devices of an app, that no answer
  before them in the file lists), `same-name` (two devices of one name), `devices-not-listed` (a watched app is on more
  devices than are listed with it), and what `_lines` refuses

Cannot know: apps that Intune does not collect (see the page), a page that was left out in the middle, and who made an
app: display name and publisher are what the installer wrote, so that a hit is a reason to look and never a failure.

Facts: Microsoft Learn, Graph reference of detectedApp and managedDevice (v1.0 and beta); Microsoft's page "Intune
discovered apps" (MicrosoftDocs/memdocs, 2022-09-13); microsoft-graph-docs issues 13645 and 18963 and
msgraph-sdk-dotnet 2048: lists do not expand, and an expansion that is not made is an empty list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from ordinance.model.apps import Kind
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import WatchList
from ordinance.model.time import Span
from ordinance.readers._answers import AnswerInventory, Entry, naming_key
from ordinance.readers._base import Matchers
from ordinance.readers._documents import at, list_at, text_at
from ordinance.readers._inventory import App, Inventory, InventoryReader, Listing, seen_at

_KEYS = ("deviceName", "serialNumber", "id")
_ANY_OF_A_DEVICE = frozenset({"deviceName", "lastSyncDateTime", "managedDeviceOwnerType", "operatingSystem"})
_APPS_OF = re.compile(r"#deviceManagement/(?:co)?managedDevices\('([^'()]+)'\)/detectedApps", re.ASCII | re.IGNORECASE)
_DEVICES_OF = re.compile(r"#deviceManagement/detectedApps\('([^'()]+)'\)/managedDevices", re.ASCII | re.IGNORECASE)
_FAMILY_NAME = re.compile(r"[A-Za-z0-9.-]{3,50}_[0-9a-hjkmnp-tv-z]{13}", re.ASCII)  # of a Windows store app
_ALL_APPS = frozenset({"ios", "ipados", "macos"})  # of the body's own devices; of Windows from version 10 on


@dataclass(frozen=True, slots=True)
class _Device:
    """What an answer says of a device itself. `is_whole`: Intune collects every app that is on it."""

    name: str
    seen: int | None
    is_whole: bool


class _Export:
    """A file while it is read: devices and apps by their ids, for the answers behind them."""

    def __init__(self, run: _Run, listing: Listing) -> None:
        self._run, self._listing = run, listing
        self._devices: dict[str, _Device] = {}
        self._apps: dict[str, App] = {}
        self._whole: dict[str, int | None] = {}  # when the device was seen, of which all apps are listed
        self._goes_on: set[str] = set()

    def entries(self, document: Any) -> Iterator[Entry]:
        """What an answer says: a list of things, one thing, or all apps or devices of one."""
        things = document if isinstance(document, list) else list_at(document, "value")
        context = text_at(document, "@odata.context")
        if things is None:
            yield from self._thing(document)
        elif not things:
            yield Entry()
        elif found := _APPS_OF.search(context):
            yield from self._apps_of(self._devices.get(found[1]), things, at(document, "@odata.nextLink"))
        elif found := _DEVICES_OF.search(context):
            yield from self._devices_of(self._apps.get(found[1]), things)
        else:
            for thing in things:
                yield from self._thing(thing)

    def close(self) -> None:
        """Devices of which not every app is known to be listed."""
        listing = self._listing
        latest = {name for name, seen in self._whole.items() if listing.devices.get(name) == seen}
        listing.partial |= listing.devices.keys() - (latest - self._goes_on)
        listing.has_ids = False  # that some apps are called by their family name promises none

    def _thing(self, thing: Any) -> Iterator[Entry]:
        if not isinstance(thing, dict):
            yield Entry(reason="not-an-inventory")
        elif _ANY_OF_A_DEVICE & thing.keys():
            yield from self._device(thing)
        elif "displayName" in thing:
            yield from self._app(thing)
        else:
            yield Entry(reason="not-an-inventory")

    def _device(self, thing: dict[str, Any]) -> Iterator[Entry]:
        """A device, and its apps where they are there. An empty list may be one that was not made."""
        device = self._stated(thing)
        if isinstance(device, Entry):
            yield device
        elif apps := list_at(thing, "detectedApps"):
            yield from self._apps_of(device, apps, at(thing, "detectedApps@odata.nextLink"))
        elif thing.get("detectedApps") not in (None, []):
            yield Entry(device.name, reason="bad-type")
        else:
            yield Entry(device.name, device.seen)

    def _apps_of(self, device: _Device | None, things: list[Any], next_page: Any) -> Iterator[Entry]:
        if device is None:
            yield Entry(reason="unknown-device")
            return
        if device.is_whole:
            self._whole[device.name] = device.seen
        (self._goes_on.discard if next_page in (None, "") else self._goes_on.add)(device.name)
        for thing in things:
            app = _app(thing)
            yield Entry(device.name, device.seen, app) if app else Entry(device.name, reason="no-app-name")

    def _app(self, thing: dict[str, Any]) -> Iterator[Entry]:
        """An app, and its devices where they are there."""
        app = _app(thing)
        if app is None:
            yield Entry(reason="no-app-name")
            return
        self._apps[text_at(thing, "id")] = app
        devices, count = list_at(thing, "managedDevices"), thing.get("deviceCount")
        if devices:
            yield from self._devices_of(app, devices)
        else:
            yield Entry()
        if devices is not None and isinstance(count, int) and count > len(devices) and self._run.watched(app):
            yield Entry(reason="devices-not-listed")

    def _devices_of(self, app: App | None, things: list[Any]) -> Iterator[Entry]:
        if app is None:
            yield Entry(reason="unknown-app")
            return
        for thing in things:
            device = self._stated(thing)
            yield device if isinstance(device, Entry) else Entry(device.name, device.seen, app)

    def _stated(self, thing: Any) -> _Device | Entry:
        """A device with its name and when it was seen, or the entry that says why it cannot be read."""
        name, stated = text_at(thing, self._run.key), at(thing, "lastSyncDateTime")
        if not name:
            return Entry(reason="no-device")
        seen = seen_at(stated.strip(), self._run.settings.zone) if isinstance(stated, str) and stated else None
        at_that = seen if isinstance(seen, int) else None
        self._run.is_who(self._listing, name, at_that, text_at(thing, "serialNumber"), text_at(thing, "id"))
        if isinstance(seen, str) or not isinstance(stated, str | None):
            return Entry(name, reason=seen if isinstance(seen, str) else "bad-seen")
        device = _Device(name, seen, seen is not None and _is_whole(thing))
        self._devices[text_at(thing, "id")] = device
        return device


class _Run(AnswerInventory):
    """One reading of one source."""

    def __init__(self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span) -> None:
        super().__init__(settings, watch, matchers, window)
        self.key = naming_key(settings, _KEYS)

    def opened(self, listing: Listing) -> _Export:
        """The file that a listing is filled from."""
        return _Export(self, listing)


def _app(thing: Any) -> App | None:
    """An app by its name and publisher; by its package family name where that is what it is called."""
    name = text_at(thing, "displayName")
    if _FAMILY_NAME.fullmatch(name):
        return App(id=name, kinds=(Kind.PACKAGE_FAMILY_NAME,))
    return App(name=name, publisher=text_at(thing, "publisher")) if name else None


def _is_whole(thing: Any) -> bool:
    """Whether Intune collects every app of a device: whose it is, and which system runs on it."""
    system = text_at(thing, "operatingSystem").lower()
    is_collected = system in _ALL_APPS or (system == "windows" and text_at(thing, "osVersion").startswith("10."))
    return is_collected and text_at(thing, "managedDeviceOwnerType") == "company"


class IntuneGraph(InventoryReader):
    """Installed apps from answers of Microsoft Graph."""

    id: ClassVar[str] = "intune-graph"
    title: ClassVar[str] = "detected apps of Microsoft Intune, as saved answers of Microsoft Graph"
    run: ClassVar[type[Inventory]] = _Run
