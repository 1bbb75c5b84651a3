# SPDX-License-Identifier: EUPL-1.2
"""What a DNS message says that a resolver gave: its code, and whether an address came that leads anywhere.

Reads: the header, the question and the answer section of a message (RFC 1035 section 4; RFC 9460 for the address hints
of HTTPS and SVCB records). Names are stepped over and never put together, so that no pointer of compression is
followed and none can go round in circles. A message that does not hold what it announces is none. Cannot know whose
addresses they are.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from ordinance.readers._inside import Pages, is_inside

_HEADER, _RECORD = 12, 10  # octets: of a message; of a record behind its name
_IS_REPLY, _CODE = 0x80, 0x0F
_POINTER, _LONGEST_LABEL = 0xC0, 63
_A, _AAAA, _SVCB, _HTTPS = 1, 28, 64, 65
_IN = 1
_HINTS = {4: 4, 6: 16}  # keys of a service's parameters: ipv4hint, ipv6hint, with the octets of one address
_MAPPED = bytes(10) + b"\xff\xff"


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """`leads`: there is an address that may be somebody's. `nowhere`: there are addresses, and none leads anywhere.

    `outside`: one of those that lead is no address of one's own networks, nor of a page of blocks.
    """

    code: int
    leads: bool = False
    nowhere: bool = False
    outside: bool = False


def dns_answer(untrusted_base64: str, pages: Pages = ()) -> DnsAnswer | None:
    """What a message in base64 says; `None` for what is no reply, or breaks off. At `pages` are those of blocks."""
    try:
        message = binascii.a2b_base64(untrusted_base64.encode("ascii"), strict_mode=True)
        return _read(message, pages)
    except (ValueError, IndexError):  # binascii.Error and UnicodeError are ValueErrors
        return None


def _read(message: bytes, pages: Pages) -> DnsAnswer | None:
    questions, answers = _number(message, 4), _number(message, 6)
    if not message[2] & _IS_REPLY or questions > 1:
        return None
    at = _HEADER
    if questions:
        at = _behind_name(message, at) + 4
    addresses = list(_addresses(message, at, answers))
    leading = [a for a in map(_unmapped, addresses) if _leads(a)]
    outside = any(not is_inside(a, pages) for a in leading)
    return DnsAnswer(message[3] & _CODE, bool(leading), bool(addresses) and not leading, outside)


def _addresses(message: bytes, at: int, answers: int) -> Iterator[bytes]:
    """Every address in the answer section. A record takes eleven octets at least: the message is the bound."""
    for _ in range(answers):
        at = _behind_name(message, at)
        kind, rrclass, size = _number(message, at), _number(message, at + 2), _number(message, at + 8)
        at += _RECORD
        data = message[at : at + size]
        at += size
        if at > len(message):
            raise IndexError(at)
        if rrclass != _IN:
            continue
        if kind in (_A, _AAAA):
            yield from _each(data, 4 if kind == _A else 16, most=1)
        elif kind in (_SVCB, _HTTPS):
            yield from _hints(data)


def _hints(data: bytes) -> Iterator[bytes]:
    at = _behind_name(data, 2)
    while at < len(data):
        key, size = _number(data, at), _number(data, at + 2)
        at += 4 + size
        if at > len(data):
            raise IndexError(at)
        if key in _HINTS:
            yield from _each(data[at - size : at], _HINTS[key], most=size)


def _each(data: bytes, size: int, most: int) -> Iterator[bytes]:
    """`data` in addresses of `size` octets; at least one, and at most `most`."""
    if not data or len(data) % size or len(data) > size * most:
        raise ValueError(size)
    yield from (data[n : n + size] for n in range(0, len(data), size))


def _behind_name(message: bytes, at: int) -> int:
    while (length := message[at]) != 0:
        if length & _POINTER == _POINTER:
            return at + 2
        if length > _LONGEST_LABEL:
            raise ValueError(length)
        at += 1 + length
    return at + 1


def _number(message: bytes, at: int) -> int:
    return message[at] << 8 | message[at + 1]


def _leads(address: bytes) -> bool:
    """Whether an address is neither unspecified nor of the asker itself: where blocks of other resolvers lead."""
    if len(address) == 4:
        return any(address) and address[0] != 127  # 127.0.0.0/8
    return address not in (bytes(16), bytes(15) + b"\x01")


def _unmapped(address: bytes) -> bytes:
    """An IPv4 address that is written as one of IPv6, as such."""
    return address[12:] if len(address) == 16 and address.startswith(_MAPPED) else address
