# SPDX-License-Identifier: EUPL-1.2
"""Captures made by hand: packets of clients and servers that never were, written as a pcap file.

A `Capture` holds frames in the order of their time. `udp` is one datagram; `Tcp` is a connection from its handshake to
its end. Beside them: DNS messages, TLS hellos with a server name, and the Initial packets of QUIC (RFC 9001, whose keys
follow from a public salt). Checksums are left at nought: whoever reads such a file must not look at them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
QUIC_SALT = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")  # RFC 9001, section 5.2
QUIC_1 = 1
LEAST_DATAGRAM = 1200  # RFC 9000, section 14.1

Place = tuple[str, int]  # address, port


@dataclass
class Capture:
    """Frames with their instants in microseconds since 1970. `now` moves on by itself with every frame."""

    now: int
    step: int = 1000
    frames: list[tuple[int, bytes]] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        """Nothing happens for a while."""
        self.now += int(seconds * 1_000_000)

    def udp(self, source: Place, target: Place, payload: bytes) -> None:
        """One datagram."""
        head = struct.pack("!HHHH", source[1], target[1], 8 + len(payload), 0)
        self._add(source[0], target[0], 17, head + payload)

    def tcp(self, source: Place, target: Place, flags: int, seq: int, ack: int, payload: bytes = b"") -> None:
        """One segment."""
        head = struct.pack("!HHIIBBHHH", source[1], target[1], seq, ack, 5 << 4, flags, 65_535, 0, 0)
        self._add(source[0], target[0], 6, head + payload)

    def write(self, path: Path) -> Path:
        """The file, in the form of libpcap with microseconds and frames of Ethernet."""
        rows = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1)]
        for at, frame in self.frames:
            rows.append(struct.pack("<IIII", *divmod(at, 1_000_000), len(frame), len(frame)) + frame)
        path.write_bytes(b"".join(rows))
        return path

    def _add(self, source: str, target: str, proto: int, payload: bytes) -> None:
        ends = ip_address(source).packed, ip_address(target).packed
        if len(ends[0]) == 4:
            kind, head = 0x0800, struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, proto, 0)
        else:
            kind, head = 0x86DD, struct.pack("!IHBB", 6 << 28, len(payload), proto, 64)
        ether = bytes.fromhex("00005e005301") + bytes.fromhex("00005e005302") + struct.pack("!H", kind)
        self.frames.append((self.now, ether + head + b"".join(ends) + payload))
        self.now += self.step


class Tcp:
    """A connection: `client` and `server` say something, each acknowledged; it ends as `end` or `reset` say."""

    def __init__(self, capture: Capture, client: Place, server: Place) -> None:
        self._capture, self._ends = capture, {True: (client, server), False: (server, client)}
        self._seq = {True: 1000, False: 5000}
        self._send(True, SYN, b"")
        self._seq[True] += 1
        self._send(False, SYN | ACK, b"")
        self._seq[False] += 1
        self._send(True, ACK, b"")

    def client(self, payload: bytes) -> None:
        """The client says something."""
        self._say(True, payload)

    def server(self, payload: bytes) -> None:
        """The server says something."""
        self._say(False, payload)

    def end(self) -> None:
        """Both are through."""
        for is_client in (True, False):
            self._send(is_client, FIN | ACK, b"")
            self._seq[is_client] += 1
        self._send(True, ACK, b"")

    def reset(self) -> None:
        """The server, or somebody in its stead, breaks off."""
        self._send(False, RST | ACK, b"")

    def _say(self, is_client: bool, payload: bytes) -> None:
        for start in range(0, len(payload), 1400):
            part = payload[start : start + 1400]
            self._send(is_client, PSH | ACK, part)
            self._seq[is_client] += len(part)
            self._send(not is_client, ACK, b"")

    def _send(self, is_client: bool, flags: int, payload: bytes) -> None:
        ack = self._seq[not is_client] if flags & ACK else 0
        self._capture.tcp(*self._ends[is_client], flags, self._seq[is_client], ack, payload)


def question(name: str, rrtype: str, number: int) -> bytes:
    """A message that asks."""
    return _question(name, rrtype, number).to_wire()


def answer(name: str, rrtype: str, number: int, *records: str, rcode: str = "NOERROR") -> bytes:
    """A message that answers; each record as a line of a zone file."""
    message = dns.message.make_response(_question(name, rrtype, number), recursion_available=True)
    message.set_rcode(dns.rcode.from_text(rcode))
    for record in records:
        owner, ttl, _, kind, *data = record.split(" ")
        message.answer.append(dns.rrset.from_text(owner, int(ttl), "IN", kind, " ".join(data)))
    return message.to_wire()


def _question(name: str, rrtype: str, number: int) -> dns.message.Message:
    message = dns.message.make_query(name, rrtype)
    message.id = number
    return message


def records(kind: int, *messages: bytes) -> bytes:
    """TLS records of a kind, one a message."""
    return b"".join(struct.pack("!BHH", kind, 0x0303, len(message)) + message for message in messages)


def hello(name: str | None, version: int = 0x0304, quic: bool = False, session: bytes = b"") -> bytes:
    """A ClientHello for a server's name, as a message of the handshake."""
    extensions = b""
    if name is not None:
        host = name.encode("utf-8")
        extensions += _extension(0, _counted(b"\0" + _counted(host)))
    if version == 0x0304:
        extensions += _extension(43, b"\2\3\4")
    extensions += _extension(10, _counted(b"\0\x1d")) + _extension(13, _counted(b"\4\3"))
    if quic:
        extensions += _extension(16, _counted(b"\2h3")) + _extension(57, b"\1\2\x40\x64")
    body = b"\3\3" + bytes(range(32)) + bytes([len(session)]) + session
    return _message(1, body + _counted(b"\x13\1\xc0\x2b") + b"\1\0" + _counted(extensions))


def server_hello(version: int = 0x0304, session: bytes = b"") -> bytes:
    """The server's first message."""
    chosen = _extension(43, b"\3\4") if version == 0x0304 else b""
    suite = b"\x13\1" if version == 0x0304 else b"\xc0\x2b"
    body = b"\3\3" + bytes(range(32, 64)) + bytes([len(session)]) + session + suite + b"\0"
    return _message(2, body + _counted(chosen))


def certificate(encoded: bytes) -> bytes:
    """The server's certificate as TLS 1.2 sends it, from its DER."""
    one = len(encoded).to_bytes(3, "big") + encoded
    return _message(11, len(one).to_bytes(3, "big") + one)


def done() -> bytes:
    """ServerHelloDone."""
    return _message(14, b"")


def quic_initial(crypto: bytes, asked: bytes, own: bytes, number: int = 0, is_client: bool = True) -> bytes:
    """A datagram with one Initial packet of QUIC 1 that carries a message; `asked`: the id that the client chose."""
    key, iv, mask_key = _initial_keys(asked, is_client)
    frame = b"\6\0" + _quic_number(len(crypto)) + crypto
    there, here = (asked, own) if is_client else (own, asked)
    ids = bytes([len(there)]) + there + bytes([len(here)]) + here
    start = struct.pack("!BI", 0xC1, QUIC_1) + ids + b"\0"
    frame = frame.ljust(LEAST_DATAGRAM - len(start) - 2 - 2 - 16, b"\0")
    head = start + struct.pack("!H", 0x4000 | (2 + len(frame) + 16)) + struct.pack("!H", number)
    nonce = bytes(a ^ b for a, b in zip(iv, number.to_bytes(12, "big"), strict=True))
    sealed = AESGCM(key).encrypt(nonce, frame, head)
    cipher = Cipher(algorithms.AES(mask_key), modes.ECB()).encryptor()  # noqa: S305  # header protection, RFC 9001, 5.4.3
    mask = cipher.update(sealed[2:18])
    hidden = bytes(a ^ b for a, b in zip(head[-2:], mask[1:3], strict=True))
    return bytes([head[0] ^ (mask[0] & 0x0F)]) + head[1:-2] + hidden + sealed


def _initial_keys(asked: bytes, is_client: bool) -> tuple[bytes, bytes, bytes]:
    secret = _expand(_hmac(QUIC_SALT, asked), "client in" if is_client else "server in", 32)
    return _expand(secret, "quic key", 16), _expand(secret, "quic iv", 12), _expand(secret, "quic hp", 16)


def _expand(secret: bytes, label: str, length: int) -> bytes:
    """HKDF-Expand-Label of RFC 8446, section 7.1, for one block."""
    name = f"tls13 {label}".encode("ascii")
    info = struct.pack("!H", length) + bytes([len(name)]) + name + b"\0"
    return _hmac(secret, info + b"\1")[:length]


def _hmac(key: bytes, data: bytes) -> bytes:
    code = HMAC(key, SHA256())
    code.update(data)
    return code.finalize()


def _quic_number(value: int) -> bytes:
    return struct.pack("!H", 0x4000 | value)


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def _extension(kind: int, body: bytes) -> bytes:
    return struct.pack("!H", kind) + _counted(body)


def _counted(body: bytes) -> bytes:
    return struct.pack("!H", len(body)) + body
