# SPDX-License-Identifier: EUPL-1.2
"""The client: whatever an address sends back is an answer or a reason why there is none, within limits."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.dns import free_port
from ordinance.model.probe import Reply, Resolver
from ordinance.readers import _resolver as client
from ordinance.readers._resolver import MOST_PACKETS, ask

NAME = "api.tiktokv.com"
Answer = Callable[[bytes], list[bytes]]


@contextmanager
def server(answer: Answer, over_tcp: Answer | None = None, host: str = "127.0.0.1") -> Iterator[Resolver]:
    """Answers on a port of loopback with the bytes that it is told; closed with the block."""
    port, family = free_port(), socket.AF_INET6 if ":" in host else socket.AF_INET
    udp, tcp = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family)
    for one in (udp, tcp):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((host, port))
    tcp.listen()

    def serve_udp() -> None:
        while True:
            query, sender = udp.recvfrom(4_096)
            if query == b"end":
                return
            for packet in answer(query):
                udp.sendto(packet, sender)

    def serve_tcp() -> None:
        while True:
            link, _ = tcp.accept()
            with link:
                query = link.recv(4_096)
                if query == b"end":
                    return
                for packet in (over_tcp or (lambda _: []))(query[2:]):
                    link.sendall(packet)

    threads = [threading.Thread(target=serve_udp)] + ([threading.Thread(target=serve_tcp)] if over_tcp else [])
    for thread in threads:
        thread.start()
    try:
        yield Resolver(ip_address(host), port)
    finally:
        with socket.socket(family, socket.SOCK_DGRAM) as link:
            link.sendto(b"end", (host, port))
        if over_tcp:
            with socket.create_connection((host, port)) as end:
                end.sendall(b"end")
        for thread in threads:
            thread.join()
        udp.close()
        tcp.close()


def made(query: bytes, *records: str, flags: int = 0, rcode: int = 0) -> dns.message.Message:
    """An answer to a question, with these A records."""
    asked = dns.message.from_wire(query)
    response = dns.message.make_response(asked)
    response.flags |= flags
    response.set_rcode(dns.rcode.Rcode(rcode))
    if records:
        response.answer.append(dns.rrset.from_text(asked.question[0].name, 60, "IN", "A", *records))
    return response


def sized(wire: bytes) -> bytes:
    """As TCP carries it."""
    return struct.pack("!H", len(wire)) + wire


def test_an_answer_is_read() -> None:
    """Addresses, code, the authority bit, SOA owners and extended errors."""

    def answer(query: bytes) -> list[bytes]:
        response = made(query, "192.0.2.1", "192.0.2.2", flags=dns.flags.AA)
        response.additional.append(
            dns.rrset.from_text("RPZ.City.example.", 60, "IN", "SOA", "localhost. h.localhost. 1 1 1 1 1")
        )
        response.use_edns(0, options=[dns.edns.EDEOption(15, "blocked\u202e")])
        return [response.to_wire()]

    with server(answer) as named:
        found = ask(named, NAME, "A", 2)
    assert sorted(found.addresses) == ["192.0.2.1", "192.0.2.2"]
    assert (found.records, found.code, found.authoritative) == (2, "NOERROR", True)
    assert (found.zones, found.errors, found.failure) == (("rpz.city.example",), frozenset({15}), "")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_answer_that_was_cut_is_asked_again_over_tcp(host: str) -> None:
    """At the same address, and nowhere else."""
    with server(
        lambda q: [made(q, flags=dns.flags.TC).to_wire()], lambda q: [sized(made(q, "192.0.2.9").to_wire())], host
    ) as named:
        assert ask(named, NAME, "A", 2).addresses == ("192.0.2.9",)


@pytest.mark.parametrize("over_tcp", [b"", b"\0", b"\0\5abcde", b"\xff\xff", b"\0\x0c" + b"\0" * 12])
def test_junk_over_tcp_is_no_answer(over_tcp: bytes) -> None:
    """Nothing, half a length, no DNS, less than was announced, an answer to another question."""
    with server(lambda q: [made(q, flags=dns.flags.TC).to_wire()], lambda _: [over_tcp]) as named:
        assert ask(named, NAME, "A", 1).failure in {"not_dns", "timeout"}


@pytest.mark.parametrize(
    "junk",
    [b"", b"\0", b"x" * 12, b"\0" * 12, b"\xff" * 512, b"HTTP/1.1 400 Bad Request\r\n\r\n"],
)
def test_junk_is_no_answer(junk: bytes) -> None:
    """What is no DNS, or answers another question, is said to be no answer."""
    with server(lambda _: [junk]) as named:
        assert ask(named, NAME, "A", 0.2) == Reply(failure="not_dns")


def test_an_answer_behind_junk_counts() -> None:
    """Who can guess the port can send junk; it does not stop the answer."""
    with server(lambda q: [b"junk", made(q, "192.0.2.1").to_wire()]) as named:
        assert ask(named, NAME, "A", 2).addresses == ("192.0.2.1",)


def test_an_answer_to_another_question_does_not_count() -> None:
    """Another id, another name: neither is believed."""

    def other(query: bytes) -> list[bytes]:
        wrong_id = bytes([query[0] ^ 1]) + made(query, "192.0.2.6").to_wire()[1:]
        asked = dns.message.make_query("other.example", "A", id=dns.message.from_wire(query).id)
        return [wrong_id, made(asked.to_wire(), "192.0.2.6").to_wire()]

    with server(other) as named:
        assert ask(named, NAME, "A", 0.2) == Reply(failure="not_dns")


def test_a_flood_ends() -> None:
    """So many packets are read, and the question is given up, however fast they come."""
    with server(lambda _: [b"junk"] * (MOST_PACKETS * 4)) as named:
        began = time.monotonic()
        assert ask(named, NAME, "A", 20).failure == "not_dns"
    assert time.monotonic() - began < 10


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    """At once, without waiting for the time to be up."""
    began = time.monotonic()
    assert ask(Resolver(ip_address("127.0.0.1"), free_port()), NAME, "A", 20) == Reply(failure="unreachable")
    assert time.monotonic() - began < 5


def test_silence_is_a_timeout_after_two_tries() -> None:
    """Each waits as long as it was told; a lost packet alone is no timeout."""
    heard: list[bytes] = []
    with server(lambda q: heard.append(q) or []) as named:  # type: ignore[func-returns-value]
        assert ask(named, NAME, "A", 0.1) == Reply(failure="timeout")
    assert len(heard) == 2
    with server(lambda q: [made(q, "192.0.2.1").to_wire()] if heard.append(q) or len(heard) > 3 else []) as named:  # type: ignore[func-returns-value]
        assert ask(named, NAME, "A", 0.2).addresses == ("192.0.2.1",)


@settings(max_examples=300, deadline=None)  # two cores, shared
@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_bytes_escape_as_an_error(tail: bytes, cut: int) -> None:
    """A real answer, cut at every length and continued with junk: a reply comes of it, whatever is in it."""

    class Link:
        def __init__(self, *_: object) -> None:
            self.sent = b""

        def __enter__(self) -> Link:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def settimeout(self, _: float) -> None:
            pass

        def connect(self, _: object) -> None:
            pass

        def send(self, query: bytes) -> None:
            self.sent = query

        def recv(self, _: int) -> bytes:
            return made(self.sent, "192.0.2.1").to_wire()[:cut] + tail

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client.socket, "socket", Link)
        patch.setattr(client.dns.query, "tcp", lambda *_: (_ for _ in ()).throw(EOFError))
        found = ask(Resolver(ip_address("127.0.0.1"), 9), NAME, "A", 1)
    assert found.failure in {"", "not_dns", "timeout"}
