# SPDX-License-Identifier: EUPL-1.2
"""Warnings about records of separate devices that read well and do not fit the rest of the folder.

Reads records, channels, the law and the estate, and a day for what is seen from one. Cannot know whether what a record
says is true: that is for the proof, as far as evidence can show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from ordinance.model.channel import Channel
from ordinance.model.errors import Issue, Severity
from ordinance.model.estate import Estate, Use
from ordinance.model.law import Law, Place
from ordinance.model.separation import DeviceRecord
from ordinance.policy.exempt import names_device
from ordinance.policy.nodes import did_you_mean
from ordinance.separation.profiles import intervals
from ordinance.separation.proof import due_of, is_put_off


def lint_records(
    records: Iterable[DeviceRecord],
    channels: Iterable[Channel],
    law: Law,
    estate: Estate,
    today: date | None,
    *,
    all_channels: bool = True,
) -> Iterator[Issue]:
    """Every warning of a body that keeps records; those that depend on the day only where there is one.

    Where `channels` are not `all_channels`, because a file could not be read, none is called missing.
    """
    by_device, by_id = {r.device: r for r in records}, {c.id: c for c in channels}
    for record in by_device.values():
        yield from _of_estate(record, estate, today)
        yield from _of_channels(record, by_id, all_channels=all_channels)
        yield from _of_exemptions(record, law)
        yield from _of_answers(record, today)
    yield from _without_record(by_device, estate, today)


def _of_estate(record: DeviceRecord, estate: Estate, today: date | None) -> Iterator[Issue]:
    place, consequence = record.place_of("device"), "its proof cannot be green"
    if record.device not in estate.device_rows:
        message = f'no row of devices.csv has the id "{record.device}"'
        hint = did_you_mean(record.device, estate.device_rows)
        yield _issue(place, "record-of-no-device", message, consequence, hint)
    elif today is not None and (row := estate.device_on(record.device, today, today)) is not None:
        use = row.facts.use
        if use is not Use.SEPARATE:
            message = f'devices.csv does not declare "{record.device}" separate: its use is {use or "not stated"}'
            hint = "write separate in its column `use`, or remove the record"
            yield _issue(place, "record-of-no-device", message, consequence, hint)


def _of_channels(record: DeviceRecord, channels: Mapping[str, Channel], *, all_channels: bool) -> Iterator[Issue]:
    place, consequence = record.place_of("channels"), "the record is not looked at for that channel"
    for name in record.channels:
        if name not in channels:
            if not all_channels:
                continue
            message = f'no file in channels/ has the id "{name}"'
            yield _issue(place, "record-of-another-channel", message, consequence, did_you_mean(name, channels))
        elif channels[name].device != record.device:
            other = channels[name].device or "none"
            message = f'the channel {name} names another device: {other}'
            hint = "name one device in both files"
            yield _issue(place, "record-of-another-channel", message, consequence, hint)


def _of_exemptions(record: DeviceRecord, law: Law) -> Iterator[Issue]:
    given, place = {e.id: e for e in law.exemptions}, record.place_of("exemptions")
    for name in record.exemptions:
        if name not in given:
            message = f'no exemption has the id "{name}"'
            hint = did_you_mean(name, given)
        elif not names_device(given[name], record.device):
            message, hint = f'{name} is not for the device "{record.device}"', "ask for one that names the device"
        else:
            continue
        yield _issue(place, "record-rests-on-nothing", message, "its conditions are not asked for", hint)


def _of_answers(record: DeviceRecord, today: date | None) -> Iterator[Issue]:
    for condition, claim in sorted(record.claims.items()):
        if is_put_off(claim):
            latest, every = due_of(claim), intervals()[condition].every
            message = f"{condition} is to be shown again by {claim.due}, later than after {every}"
            hint = f"look again by then, or write for example due: {latest}"
            consequence = f"after {latest} the answer is not believed, and the condition is unknown"
            yield _issue(claim.place, "answer-counts-long", message, consequence, hint)
        if today is not None and claim.on > today:
            message = f"{condition} was answered on {claim.on}, which is still to come on {today}"
            yield _issue(claim.place, "answered-in-future", message, "until then it counts for nothing")


def _without_record(records: Mapping[str, DeviceRecord], estate: Estate, today: date | None) -> Iterator[Issue]:
    for row in estate.devices_on(today, today) if today is not None else ():
        if row.facts.use is Use.SEPARATE and row.id not in records:
            message = f'"{row.id}" is declared separate, and separate/ has no record of it'
            hint = f"write separate/{row.id}.yaml: who answers for it, and what shows each condition"
            place = Place("estate/devices.csv", row.line, 0)
            yield _issue(place, "separate-without-record", message, "nothing is known of its conditions", hint)


def _issue(place: Place, issue_id: str, message: str, consequence: str = "", hint: str = "") -> Issue:
    return Issue(place.file, place.line, place.column, issue_id, message, consequence, hint, Severity.WARNING)
