# SPDX-License-Identifier: EUPL-1.2
"""Markers: what is planted, each with a number of its own, in one of several forms.

A `Sheet` hands them out for one file and keeps the list. The number alone tells a marker from all others of the corpus:
it stands in its text (`CNRY_com_1007`), in the last decimals of its coordinates, in the seconds of its date.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

LATITUDE, LONGITUDE = 583_776_000, 267_290_000  # ten-millionths of a degree: Tartu, before the town hall
NOON = datetime(2019, 7, 14, 12, tzinfo=UTC)
MAC = datetime(1904, 1, 1, tzinfo=UTC)  # what QuickTime counts seconds from
NTP = datetime(1900, 1, 1, tzinfo=UTC)


class Form(StrEnum):
    """How a marker is written."""

    ASCII = "ascii"
    UTF16LE = "utf-16-le"
    UTF16BE = "utf-16-be"
    ZLIB = "zlib"
    GPS = "gps"
    LOCI = "gps-16.16"  # coordinates as 3GPP writes them, too coarse for a number: one in a file
    DATE = "date"
    SHORT = "short"  # eight bytes, where there is no room for more


@dataclass(frozen=True, slots=True, order=True)
class Marker:
    """One thing planted: the place, its form, its number."""

    number: int
    place: str
    form: Form

    @property
    def text(self) -> str:
        """What is looked for; of coordinates and dates only a name."""
        return f"CNRY{self.number:04d}" if self.form is Form.SHORT else f"CNRY_{self.place}_{self.number:04d}"


@dataclass(frozen=True, slots=True)
class Spot:
    """Coordinates of their own for marker `number`, in ten-millionths of a degree."""

    number: int

    @property
    def latitude(self) -> int:
        """North of the equator."""
        return LATITUDE + self.number

    @property
    def longitude(self) -> int:
        """East of Greenwich."""
        return LONGITUDE + self.number

    @property
    def iso6709(self) -> str:
        """As QuickTime writes it."""
        return f"+{self.latitude / 1e7:.7f}+{self.longitude / 1e7:011.7f}/"

    @property
    def loci(self) -> bytes:
        """As 3GPP writes it: longitude first, 16 bits before the point and 16 behind (TS 26.244)."""
        return struct.pack(">ii", *(round(v / 1e7 * 65536) for v in (self.longitude, self.latitude)))

    def decimal(self) -> tuple[str, str]:
        """Degrees with seven decimals."""
        return f"{self.latitude / 1e7:.7f}", f"{self.longitude / 1e7:.7f}"

    def minutes(self) -> tuple[str, str]:
        """As XMP writes it: degrees, minutes with a fraction, the direction."""
        parts = []
        for value, side in ((self.latitude, "N"), (self.longitude, "E")):
            degrees, rest = divmod(value, 10**7)
            parts.append(f"{degrees},{rest * 60 / 1e7:.6f}{side}")
        return parts[0], parts[1]

    def rationals(self, value: int) -> tuple[tuple[int, int], ...]:
        """As EXIF writes it: degrees, minutes, seconds, each as a fraction."""
        degrees, rest = divmod(value, 10**7)
        minutes, rest = divmod(rest * 60, 10**7)
        return (degrees, 1), (minutes, 1), (rest * 60 // 10, 10**6)


def date_of(number: int) -> datetime:
    """An instant of its own for each number."""
    return NOON + timedelta(seconds=number)


@dataclass
class Sheet:
    """What is planted in one file; numbers count on from `first`."""

    first: int
    planted: list[Marker] = field(default_factory=list)

    def add(self, place: str, form: Form) -> Marker:
        """A new marker."""
        found = Marker(self.first + len(self.planted), place, form)
        self.planted.append(found)
        return found

    def text(self, place: str) -> str:
        """In plain letters, for a writer that wants text."""
        return self.add(place, Form.ASCII).text

    def raw(self, place: str, form: Form = Form.ASCII) -> bytes:
        """As bytes of the given form."""
        text = self.add(place, form).text
        if form is Form.ZLIB:
            return zlib.compress(text.encode(), 9)
        return text.encode(form) if form in (Form.UTF16LE, Form.UTF16BE) else text.encode()

    def spot(self, place: str, form: Form = Form.GPS) -> Spot:
        """Coordinates."""
        return Spot(self.add(place, form).number)

    def date(self, place: str) -> datetime:
        """An instant."""
        return date_of(self.add(place, Form.DATE).number)
