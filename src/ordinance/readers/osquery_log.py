# SPDX-License-Identifier: EUPL-1.2
"""Results of osquery, and hosts as Fleet exports them: which watched apps were on which device, and when.

Reads: JSON, one document a line or otherwise. Result logs of osquery in each of their forms (events, batches,
snapshots, snapshots as events), with `hostIdentifier` for the device and `unixTime` for the instant; and Fleet's
`GET hosts/:id`, `GET hosts?populate_software=true` and `fleetctl get host --json`, with `hostname` and
`software_updated_at`. An app of a Mac, iPhone or iPad is known by `bundle_identifier`, one of Android by
`application_id`, a program of Windows by name and publisher, a package of Linux by name. No line says which table was
asked: it is told from `source`, as queries by Fleet state it, else from the names of the columns.

The record is the *entry*: a row of a result, or a piece of software of a host.

- kept: a watched app on a device: in a snapshot, or `added`
- dropped: any other app, and rows of other tables; `removed`; everything outside the window
- duplicate: the same watched app on the same device at the same instant in the same file again; entries of a file
  whose bytes were read before
- structural: a snapshot, a batch, a host or a page of hosts without entries
- rejected: `not-an-inventory`, `no-device`, `no-software-list` (Fleet was not asked for software), `bad-type`,
  `bad-action`, `bad-seen`, `no-such-time`, `clock-not-set` (before 2000), `bad-json`, `document-too-large`,
  `same-name` (hosts of one name, told apart by the decoration `host_uuid`, or as Fleet states `uuid`), and what
  `_lines` refuses

What is not there proves something in two places only: in a snapshot of a Mac's apps by a query that the source's
`all_apps` names, and in Fleet's list of a Mac, or of an iPhone, iPad or Android device that is enrolled as the body's.
Only there a device is listed, once a day. A differential log shows changes: `added` was seen at that instant, and
nothing is claimed of any later one.

Cannot know: which rows a query asked for, apps of the Windows Store (`programs` is read from the registry), snaps and
flatpaks, apps outside the folders that osquery searches, lines that never reached the log.

Source: osquery/osquery (docs/wiki/deployment/logging.md, osquery/core/query.cpp, specs/*.table), and fleetdm/fleet
(server/fleet/software.go, docs/REST API).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ordinance.model.body import SourceSettings
from ordinance.model.evidence import WatchList
from ordinance.model.time import Span
from ordinance.readers._base import Matchers
from ordinance.readers._documents import at, list_at, stated_at, text_at
from ordinance.readers._entries import DocumentInventory
from ordinance.readers._inventory import InventoryReader, Listing, seen_at, seen_at_second
from ordinance.readers._osquery_rows import NO_APP, app_of, is_told

_BY_AGENT = "darwin"  # Fleet's agent lists every app of a Mac, whoever owns it
_BY_MANAGEMENT = {"ios", "ipados", "android"}  # of a private one Fleet is told of managed apps, or a work profile, only
_OF_THE_BODY = {"On (company-owned)", "On (automatic)"}  # how Fleet words it, and did before
_ACTIONS = ("added", "removed", "snapshot")
_OF_RESULTS = {"columns", "snapshot", "diffResults"}
_DAY_S = 86_400


class _Run(DocumentInventory):
    """One reading of one source. A log goes on for weeks: each day of it has a listing of its own."""

    def __init__(self, settings: SourceSettings, watch: WatchList, matchers: Matchers, window: Span) -> None:
        super().__init__(settings, watch, matchers, window)
        self._days: dict[int, Listing] = {}

    def document(self, untrusted: Any, listing: Listing, numbers: Iterator[int]) -> None:
        """A line of a result log, or what Fleet says of hosts."""
        if isinstance(untrusted, dict) and not _OF_RESULTS.isdisjoint(untrusted):
            self._result(untrusted, listing, numbers)
            return
        hosts = _hosts(untrusted)
        for host in hosts or ():
            self._host(host, listing, numbers)
        if hosts is None:
            self.refuse(listing, next(numbers), "not-an-inventory")
        elif not hosts:
            next(numbers)
            self.structural()

    def end(self, listing: Listing) -> None:
        """What could not be read casts its doubt on every day of the file."""
        for day in sorted(self._days):
            of_day = self._days[day]
            of_day.is_whole &= listing.is_whole
            of_day.doubtful |= listing.doubtful
            self._close(of_day)
        self._days.clear()

    def _result(self, result: dict[str, Any], listing: Listing, numbers: Iterator[int]) -> None:
        device = text_at(result, "hostIdentifier") or text_at(result, "hostname")
        seen = _second(result.get("unixTime"))
        rows = _rows(result)
        at_that = seen if isinstance(seen, int) else None
        self.is_who(listing, device, at_that, text_at(result, "decorations", "host_uuid"))
        if not device or isinstance(seen, str) or isinstance(rows, str):
            reasons = ("" if device else "no-device", seen, rows)
            self.refuse(listing, next(numbers), next(r for r in reasons if r and isinstance(r, str)), device)
            return
        is_list = "snapshot" in result and text_at(result, "name") in self.settings.all_apps
        is_list = is_list and all(is_told(row, needs_id=True) for _, row in rows)
        self._entries(device, seen, rows, listing, numbers, is_list=is_list)

    def _host(self, host: Any, listing: Listing, numbers: Iterator[int]) -> None:
        device = text_at(host, "hostname") or text_at(host, "computer_name")
        software = list_at(host, "software")
        stated = stated_at(host, "software_updated_at")
        seen = seen_at(stated, self.settings.zone) if stated else "bad-seen"
        self.is_who(listing, device, seen if isinstance(seen, int) else None, text_at(host, "uuid"))
        reason = ""
        if not isinstance(host, dict):
            reason = "bad-type"
        elif not device:
            reason = "no-device"
        elif software is None:
            reason = "no-software-list" if host.get("software") is None else "bad-type"
        if reason or software is None or isinstance(seen, str):
            self.refuse(listing, next(numbers), reason or str(seen), device)
            return
        is_list = _lists_all(host) and all(is_told(row, needs_id=False) for row in software)
        rows = [(True, row) for row in software]
        self._entries(device, seen, rows, listing, numbers, is_list=is_list)

    def _entries(
        self,
        device: str,
        seen: int,
        rows: list[tuple[bool, Any]],
        listing: Listing,
        numbers: Iterator[int],
        *,
        is_list: bool,
    ) -> None:
        """Rows of one device at one instant. An empty list lists nobody: a query that fails gives one too."""
        of_day = self._days.setdefault(seen // _DAY_S, Listing(listing.name, seen))
        apps = [(is_there, app_of(row)) for is_there, row in rows]
        if not rows:
            next(numbers)
            self.structural()
        for is_there, app in apps:
            number = next(numbers)
            if isinstance(app, str):
                self.refuse(listing, number, app, device)
                continue
            if is_list:
                self.stands(of_day, device, seen, number)
            if app is NO_APP or not is_there:
                of_day.counts["dropped"] += 1
            else:
                self.app(of_day, device, seen, number, app)


def _lists_all(host: Any) -> bool:
    """Whether Fleet is told of every app of a host: of a Mac, and of a phone or tablet that is the body's."""
    platform, enrolled = text_at(host, "platform"), text_at(host, "mdm", "enrollment_status")
    return platform == _BY_AGENT or (platform in _BY_MANAGEMENT and enrolled in _OF_THE_BODY)


def _hosts(document: Any) -> list[Any] | None:
    """What Fleet says of hosts; `None` where it is something else."""
    if (hosts := list_at(document, "hosts")) is not None:
        return hosts
    for host in (at(document, "host"), at(document, "spec"), document):
        if isinstance(host, dict) and ("software" in host or "software_updated_at" in host):
            return [host]
    return None


def _rows(result: dict[str, Any]) -> list[tuple[bool, Any]] | str:
    """Each row of a result and whether it is there, or why it cannot be read."""
    if "columns" in result:
        action = result.get("action")
        return [(action != "removed", result["columns"])] if action in _ACTIONS else "bad-action"
    if "snapshot" in result:
        rows = list_at(result, "snapshot")
        return "bad-type" if rows is None else [(True, row) for row in rows]
    if not isinstance(result["diffResults"], dict):
        return "bad-type"
    added, removed = (_changes(result["diffResults"], key) for key in ("added", "removed"))
    if added is None or removed is None:
        return "bad-type"
    return [*((True, row) for row in added), *((False, row) for row in removed)]


def _changes(results: dict[str, Any], key: str) -> list[Any] | None:
    """Rows; older versions of osquery write an empty text for an empty list."""
    return [] if results.get(key, "") == "" else list_at(results, key)


def _second(stated: Any) -> int | str:
    """`unixTime`, which older versions write as text."""
    if isinstance(stated, str) and stated.isascii() and stated.isdigit() and len(stated) < 12:
        return seen_at_second(int(stated))
    return seen_at_second(stated) if type(stated) is int else "bad-seen"


class OsqueryLog(InventoryReader):
    """Installed apps from results of osquery, or as Fleet lists them."""

    id: ClassVar[str] = "osquery-log"
    title: ClassVar[str] = "results of osquery (events, batches, snapshots), and hosts with software from Fleet"
    run: ClassVar[type[DocumentInventory]] = _Run
