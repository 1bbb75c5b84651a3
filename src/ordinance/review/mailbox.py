# SPDX-License-Identifier: EUPL-1.2
"""Whose a mailbox is, as far as a body's files can tell.

Reads an address and the ids of `people.csv`. Two things are known and are reason for a complaint: a free provider's
domain is not the body's own, and a local part (or an address) that is the id of somebody in `people.csv` is that
person's. A word for an office in the local part makes it an office's, also where it is an id of `people.csv`. Of
everything else it cannot be told whether it is an office or a person: `strategy.hub@` and `jane.doe@` are built alike,
so that nobody is accused of either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from unicodedata import combining, normalize

from ordinance.model.estate import Estate

# A mailbox outside the body, which whoever made it takes along.
_FREE = frozenset({
    "gmail.com", "googlemail.com", "icloud.com", "me.com", "proton.me", "protonmail.com", "web.de", "aol.com",
    "mail.ee", "hot.ee", "online.ee", "skynet.be", "telenet.be", "proximus.be", "orange.fr", "free.fr", "laposte.net",
    "ziggo.nl", "kpnmail.nl",
})  # fmt: skip
# Those that have a domain in many countries: hotmail.be, yahoo.co.uk.
_FREE_EVERYWHERE = re.compile(r"(hotmail|outlook|live|yahoo|gmx)\.(com|net|(com?\.)?[a-z]{2})")
# Whole words of offices in addresses, folded; words that are family names too, such as linn or maire, are left out.
_OFFICE = re.compile(
    r"info|press|pers|presse|persdienst|pressikeskus|media|meedia|social|socials|sotsiaalmeedia|communication"
    r"|communications|communicatie|kommunikatsioon|kommunikatsiooni|teavitus|teabeosakond|voorlichting|office"
    r"|bureau|team|webteam|desk|helpdesk|servicedesk|dienst|service|services|contact|onthaal|channel|channels"
    r"|kanal|kanalid|centre|center|centrum|keskus|department|osakond|afdeling|direction|unit|agency|amet"
    r"|secretariat|secretariaat|kantselei|registry|gemeente|commune|linnavalitsus|linnakantselei|youth|noorte"
    r"|noored|jeugd|jeunesse|jeunes|web|webmaster|digital|digitaal|news|nieuws|uudised|public|avalikkus|police"
    r"|politie|politsei|crisis|duty|culture|cultuur|kultuur|tourism|tourisme|toerisme|turism|visit|mayor"
    r"|burgemeester|linnapea|council|conseil|volikogu|account|accounts|konto|admin|support|help"
)


class Whose(StrEnum):
    """What can be told of a mailbox."""

    OFFICE = "office"
    PERSON = "person"
    OUTSIDE = "outside"
    CANNOT_TELL = "cannot_tell"


def whose(address: str, people: Iterable[str]) -> Whose:
    """Whose a mailbox is. `people` are ids of `people.csv`; letters that differ in case or accent count as the same."""
    local, _, domain = address.casefold().rpartition("@")
    if domain in _FREE or _FREE_EVERYWHERE.fullmatch(domain):
        return Whose.OUTSIDE
    if any(map(_OFFICE.fullmatch, _words(local))):
        return Whose.OFFICE
    known = {_words(local), _words(address)} & {_words(p) for p in people}
    return Whose.PERSON if known else Whose.CANNOT_TELL


def people_by(estate: Estate, day: date) -> tuple[str, ...]:
    """Ids of `people.csv` that a row had by a day: an address is nobody's because of somebody who comes later."""
    rows = estate.person_rows.items()
    return tuple(i for i, found in rows if any(p.validity.first is None or p.validity.first <= day for p in found))


def _words(text: str) -> tuple[str, ...]:
    """The words of an address or an id: letters and digits without accents, parted by anything else."""
    plain = "".join(c for c in normalize("NFKD", text.casefold()) if not combining(c))
    return tuple(re.findall(r"[^\W_]+", plain))
