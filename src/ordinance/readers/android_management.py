# SPDX-License-Identifier: EUPL-1.2
"""Devices of the Android Management API, as saved answers: which watched apps are on which device.

Reads: JSON of `enterprises.devices`: pages of `devices.list`, single devices of `devices.get`, lists of devices; one
document a file, several one after the other, or one a line. What is looked at of a device is its `name`, its
`applicationReports`, `lastStatusReportTime`, `managementMode`, `ownership`, and of `hardwareInfo` the number that the
settings name devices by.

A device is listed completely if it is fully managed (`managementMode` is `DEVICE_OWNER`) and the body's (`ownership` is
`COMPANY_OWNED`), reports at least one app, each with its package name, and says when. With a work profile only that
profile's apps are reported, whoever owns the device; and of a device whose policy does not ask for reports nothing is.
Such devices are in a snapshot that is not complete: what they are shown to have counts, what they are not shown to have
proves nothing.

The name of a package proves little by itself. Where the certificates that signed it are stated, and all are others than
those that the catalogue knows for the app, it is not the app: that entry is rejected and its device in doubt.

Whether Google's store installed a watched app is not known where `applicationSource` is left out, or says that the app
came with the system or by a command of the body's. Apps that came with the system, as left by the factory or updated,
are none of the other apps of a device declared separate: nobody put them on it.

The record is the *entry*: an app of a device.

- kept: a watched app that is installed; on a device declared separate, whether Google's store installed it
- dropped: any other app; an app that was removed; everything outside the window
- duplicate: the same watched app on the same device at the same instant in the same file again; entries of a file whose
  bytes were read before
- structural: a device without apps, an empty page
- rejected: `bad-json`, `document-too-large`, `not-an-inventory` (an error, or anything that is no device), `no-device`,
  `bad-type`, `no-app-name` (no package name: it may be any app), `no-app-state` (a watched app of which is not said
  that it is installed), `other-signer` (a package that bears the name of a watched app, signed by somebody else),
  `bad-seen`, `no-such-time`, `clock-not-set`, `no-snapshot-date`, and what `_lines` refuses

Cannot know: the private side of a device with a work profile, what other users of a device installed, and an app
removed before the report.

Facts: discovery document of the Android Management API v1, revision 20261104, as in google-api-python-client 2.202.0
(schemas Device, ApplicationReport, ApplicationSigningKeyCert, HardwareInfo, ListDevicesResponse).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from ordinance.model.apps import Kind, PackageVerdict
from ordinance.model.body import SourceSettings
from ordinance.model.evidence import WatchList
from ordinance.model.time import Span
from ordinance.readers._answers import AnswerInventory, Entry, naming_key
from ordinance.readers._base import Matchers
from ordinance.readers._documents import list_at, text_at
from ordinance.readers._inventory import App, Inventory, InventoryReader, Listing, seen_at

_KEYS = ("serialNumber", "enterpriseSpecificId", "name")
_SOURCES = {"INSTALLED_FROM_PLAY_STORE": True, "APPLICATION_SOURCE_UNSPECIFIED": False}  # false: it was sideloaded
_OF_SYSTEM = "SYSTEM_APP_"  # as it left the factory, or updated since
_NAME = re.compile(r"enterprises/[^/\s]+/devices/([^/\s]+)")


class _Export:
    """A file while it is read."""

    def __init__(self, run: _Run, listing: Listing) -> None:
        self._run, self._listing = run, listing

    def entries(self, document: Any) -> Iterator[Entry]:
        """What a page, a device or a list of devices says."""
        things = document if isinstance(document, list) else list_at(document, "devices")
        for thing in [document] if things is None else things:
            yield from self._device(thing)
        if things == []:
            yield Entry()

    def close(self) -> None:
        """Nothing is known only at the end."""

    def _device(self, thing: Any) -> Iterator[Entry]:
        found = _NAME.fullmatch(text_at(thing, "name"))
        if found is None:
            is_one = isinstance(thing, dict) and "applicationReports" in thing
            yield Entry(reason="no-device" if is_one else "not-an-inventory")
            return
        name = found[1] if self._run.key == "name" else text_at(thing, "hardwareInfo", self._run.key)
        stated = thing.get("lastStatusReportTime")
        seen = seen_at(stated.strip(), self._run.settings.zone) if isinstance(stated, str) and stated else None
        reports = thing.get("applicationReports")
        if not name:
            yield Entry(reason="no-device")
        elif isinstance(seen, str) or not isinstance(stated, str | None):
            yield Entry(name, reason=seen if isinstance(seen, str) else "bad-seen")
        elif not isinstance(reports, list | None):
            yield Entry(name, reason="bad-type")
        else:
            if not (reports and seen is not None and _is_fully_managed(thing)):
                self._listing.partial.add(name)
            yield from (self._report(name, seen, report) for report in reports or ())
            if not reports:
                yield Entry(name, seen)

    def _report(self, device: str, seen: int | None, report: Any) -> Entry:
        package, state = text_at(report, "packageName"), text_at(report, "state")
        source = text_at(report, "applicationSource")
        app = App(
            package,
            (Kind.PACKAGE_NAME,),
            text_at(report, "displayName"),
            from_store=_SOURCES.get(source),
            of_system=source.startswith(_OF_SYSTEM),
        )
        if not package:
            return Entry(device, reason="no-app-name")
        if state == "REMOVED":
            return Entry(device, seen, is_past=True)
        if self._run.watched(app) is not None:
            if state != "INSTALLED":
                return Entry(device, reason="no-app-state")
            if self._run.is_signed_by_another(package, report):
                return Entry(device, reason="other-signer")
        return Entry(device, seen, app)


class _Run(AnswerInventory):
    """One reading of one source."""

    def __init__(self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span) -> None:
        super().__init__(settings, watch, matchers, window)
        self.key = naming_key(settings, _KEYS)
        self._software = matchers.software

    def opened(self, listing: Listing) -> _Export:
        """The file that a listing is filled from."""
        return _Export(self, listing)

    def is_signed_by_another(self, package: str, report: Any) -> bool:
        """Whether no stated certificate is one of the app's own; without any, or for an unknown app, nobody knows."""
        found = [self._software.package(package, signer) for signer in _signers(report)]
        return bool(found) and all(p is not None and p.verdict is PackageVerdict.IMPOSTOR for p in found)


def _signers(report: Any) -> list[str]:
    """SHA-256 of the certificates as hexadecimal, "" for what is none. The deprecated list states SHA-1: no use."""
    certificates = list_at(report, "signingKeyCerts") or ()
    return [_hexadecimal(text_at(one, "signingKeyCertFingerprintSha256")) for one in certificates]


def _hexadecimal(text: str) -> str:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def _is_fully_managed(thing: Any) -> bool:
    return text_at(thing, "managementMode") == "DEVICE_OWNER" and text_at(thing, "ownership") == "COMPANY_OWNED"


class AndroidManagement(InventoryReader):
    """Installed apps from devices of the Android Management API."""

    id: ClassVar[str] = "android-management"
    title: ClassVar[str] = "devices of the Android Management API, as saved answers"
    states_stores: ClassVar[bool] = True
    run: ClassVar[type[Inventory]] = _Run
