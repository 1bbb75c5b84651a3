# SPDX-License-Identifier: EUPL-1.2
"""Inventories of GLPI Agent as JSON: which watched apps are on which device when it was inventoried.

Reads: documents of GLPI's inventory format, as GLPI Agent, `glpi-inventory --json` and the Android agent write them
and as GLPI keeps them: one a file, several, or JSON Lines. A device is `content.hardware.name`. It was seen at
`content.accesslog.logdate`, its own wall clock, read in the source's zone; a document without one is as old as the
day in the file's name, or as the oldest in the file. The date within `deviceid` is that of the agent's installation
and is not used.

The record is the *entry*, one of `content.softwares`:

- kept: a watched app on a device. On Android by the package's name, which stands in `comments`; a Windows Store app
  by the package family name, as the name of its folder has it; everything else by display name and publisher
- dropped: any other app; everything outside the window
- duplicate: the same watched app on the same device at the same instant in the same file again; entries of a file
  whose bytes were read before
- structural: a device with an empty list; a document of a switch or printer; a partial one without a list
- rejected: `not-an-inventory`, `no-device`, `no-software-list` (the agent was told to leave software out), `bad-type`,
  `no-app-name`, `bad-seen`, `no-such-time`, `clock-not-set` (before 2000), `no-snapshot-date`, `bad-json`,
  `same-name` (computers of one name, told apart by `hardware.uuid` or `bios.ssn`),
  `document-too-large`, and what `_lines` refuses

A device is listed as seen only where a whole inventory of it could be read: of a `partial` one the watched apps are
kept, and what it does not show proves nothing. Nor does one of Windows that shows no app of the Store, or no program
of a user: then PowerShell was not there to be asked, or the agent's `scan-profiles` is off, as it is by default.

Cannot know: another profile of an Android device, an app that was removed before, and bundle ids: of a Mac the format
has names alone.

Source: glpi-project/inventory_format (inventory.schema.json), glpi-project/glpi-agent (Inventory.pm,
Protocol/Inventory.pm, Task/Inventory/AccessLog.pm, Win32/Softwares.pm, MacOS/Softwares.pm,
Generic/Softwares/Flatpak.pm), and glpi-project/android-inventory-library (Software.java).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from ordinance.model.apps import Kind
from ordinance.readers._documents import at, list_at, stated_at, text_at
from ordinance.readers._entries import DocumentInventory
from ordinance.readers._inventory import App, InventoryReader, Listing, seen_at

_WITHOUT_APPS = {"NetworkEquipment", "Printer", "Cluster", "Enclosure"}
_NOT_TOLD = "N/A"  # the Android agent writes it where the system did not answer
_PUBLISHER_ID = re.compile(r"[0-9a-z]{13}", re.ASCII | re.IGNORECASE)


class _Run(DocumentInventory):
    """One reading of one source."""

    def document(self, untrusted: Any, listing: Listing, numbers: Iterator[int]) -> None:
        """One device."""
        content = at(untrusted, "content")
        if not isinstance(content, dict):
            self.refuse(listing, next(numbers), "not-an-inventory")
            return
        softwares, is_partial = list_at(content, "softwares"), untrusted.get("partial", False) is not False
        device = text_at(content, "hardware", "name")
        logged = stated_at(content, "accesslog", "logdate")
        seen = "bad-seen" if logged is None else seen_at(logged, self.settings.zone) if logged else None
        who = text_at(content, "hardware", "uuid"), text_at(content, "bios", "ssn")
        self.is_who(listing, device, seen if isinstance(seen, int) else None, *who)
        if softwares is None and "softwares" not in content and (is_partial or _has_no_apps(untrusted)):
            next(numbers)
            self.structural()
        elif not device:
            self.refuse(listing, next(numbers), "no-device")
        elif softwares is None:
            self.refuse(listing, next(numbers), "bad-type" if "softwares" in content else "no-software-list", device)
        else:
            self._device(device, seen, softwares, listing, numbers)
            if is_partial or _leaves_out(content, softwares):
                listing.doubtful.add(device)

    def _device(
        self, device: str, seen: int | str | None, softwares: list[Any], listing: Listing, numbers: Iterator[int]
    ) -> None:
        if isinstance(seen, str):
            self.refuse(listing, next(numbers), seen, device)
            return
        apps: list[App | str] = [_app(software) for software in softwares]
        for app in apps or [App()]:
            number = next(numbers)
            if isinstance(app, str):
                self.refuse(listing, number, app, device)
            else:
                self.stands(listing, device, seen, number)
                self.app(listing, device, seen, number, app)


def _has_no_apps(document: dict[str, Any]) -> bool:
    """Whether it is about a switch, a printer or the like."""
    return text_at(document, "itemtype") in _WITHOUT_APPS or at(document, "content", "network_device") is not None


def _leaves_out(content: dict[str, Any], softwares: list[Any]) -> bool:
    """Whether it is of Windows, and apps of the Store or programs of users were not looked for."""
    origins = {text_at(software, "from") for software in softwares}
    system = stated_at(content, "operatingsystem", "name")
    if not origins & {"registry", "uwp", "WMI"} and system not in {"Windows", None}:
        return False
    of_users = any(text_at(s, "from") == "registry" and text_at(s, "userid") for s in softwares)
    return "uwp" not in origins or not of_users


def _app(software: Any) -> App | str:
    """What an entry states, or why it cannot be read."""
    if not isinstance(software, dict):
        return "bad-type"
    keys = ("name", "publisher", "from", "comments", "folder")
    name, publisher, origin, comments, folder = (stated_at(software, key) for key in keys)
    if name is None or publisher is None or origin is None:
        return "bad-type"
    app: App | None = App(name=name, publisher="" if origin == "flatpak" else publisher)  # there it is the store's name
    if origin == "Android":
        app = None if comments is None else App(_told(comments), (Kind.PACKAGE_NAME,), _told(name), publisher)
    elif origin == "uwp":
        app = None if folder is None else App(_family(folder), (Kind.PACKAGE_FAMILY_NAME,), name, publisher)
    if app is None:
        return "bad-type"
    return app if app.id or app.name else "no-app-name"


def _told(text: str) -> str:
    return "" if text == _NOT_TOLD else text


def _family(folder: str) -> str:
    """The package family name that the last part of a Store app's folder states; "" where it states none.

    It is called by the package's full name, Name_Version_Architecture_Resource_PublisherId, or for an app of the system
    by the family name itself (Microsoft, "Package identity overview").
    """
    parts = re.split(r"[\\/]", folder.rstrip("\\/"))[-1].split("_")
    if len(parts) not in (2, 5) or not parts[0] or not _PUBLISHER_ID.fullmatch(parts[-1]):
        return ""
    return f"{parts[0]}_{parts[-1]}"


class GlpiInventory(InventoryReader):
    """Installed apps from inventories of GLPI Agent."""

    id: ClassVar[str] = "glpi-inventory"
    title: ClassVar[str] = "inventory of GLPI Agent as JSON (computers, and phones with the Android agent)"
    run: ClassVar[type[DocumentInventory]] = _Run
