# SPDX-License-Identifier: EUPL-1.2
"""Asks one resolver about one name: the only place from which a packet leaves this program.

Reads answers of the address that it is given, through dnspython (the extra `probe`); writes questions to that address,
over UDP and, where an answer was cut, over TCP. It follows nothing that an answer says. Whatever comes back is bounded,
and what cannot be read is no answer. Cannot know who is behind the address.
"""

from __future__ import annotations

import socket
import time

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

from ordinance.model.probe import Reply, Resolver

TRIES = 2  # a packet may get lost
MOST_PACKETS = 16  # read for one question: those that are no answer to it are passed over
PAYLOAD = 1_232  # octets that fit into one packet everywhere (DNS flag day 2020)

TIMEOUT, UNREACHABLE, NOT_DNS = "timeout", "unreachable", "not_dns"


def ask(resolver: Resolver, name: str, rrtype: str, timeout_s: float) -> Reply:
    """One question, asked twice at most. Never raises for anything that comes back."""
    reply = Reply(failure=TIMEOUT)
    for _ in range(TRIES):
        reply = _once(resolver, name, rrtype, timeout_s)
        if reply.failure != TIMEOUT:
            break
    return reply


def _once(resolver: Resolver, name: str, rrtype: str, timeout_s: float) -> Reply:
    query = dns.message.make_query(dns.name.from_text(name), rrtype, use_edns=0, payload=PAYLOAD)
    try:
        message = _over_udp(resolver, query, timeout_s)
        if message is None:
            message = dns.query.tcp(query, str(resolver.address), timeout_s, resolver.port)
        return _reply(query, message)
    except (TimeoutError, dns.exception.Timeout):
        return Reply(failure=TIMEOUT)
    except OSError:
        return Reply(failure=UNREACHABLE)
    except (dns.exception.DNSException, EOFError, ValueError):
        return Reply(failure=NOT_DNS)


def _over_udp(resolver: Resolver, query: dns.message.Message, timeout_s: float) -> dns.message.Message | None:
    """The answer, or `None` for one that was cut. The socket is connected: packets of others never reach it."""
    until = time.monotonic() + timeout_s
    family = socket.AF_INET6 if resolver.address.version == 6 else socket.AF_INET
    junk = False
    with socket.socket(family, socket.SOCK_DGRAM) as link:
        link.settimeout(timeout_s)
        link.connect((str(resolver.address), resolver.port))
        link.send(query.to_wire())
        for _ in range(MOST_PACKETS):
            link.settimeout(max(until - time.monotonic(), 0.001))
            try:
                untrusted = link.recv(65_535)
            except TimeoutError:
                break
            try:
                message = dns.message.from_wire(untrusted, raise_on_truncation=True)
            except dns.message.Truncated as cut:
                if query.is_response(cut.message()):  # type: ignore[no-untyped-call]  # dnspython 2.9 gives it no types
                    return None
            except (dns.exception.DNSException, ValueError):
                pass  # no DNS; the answer may still come
            else:
                if query.is_response(message):
                    return message
            junk = True
    if junk:
        raise dns.exception.FormError
    raise TimeoutError


def _reply(query: dns.message.Message, message: dns.message.Message) -> Reply:
    wanted = query.question[0].rdtype
    answers = {t: [r for s in message.answer if s.rdtype == t for r in s] for t in _KEPT | {wanted}}
    addresses = (r.address for t in (dns.rdatatype.A, dns.rdatatype.AAAA) for r in answers[t])
    return Reply(
        code=dns.rcode.to_text(message.rcode()),
        authoritative=bool(message.flags & dns.flags.AA),
        records=len(answers[wanted]),
        addresses=tuple(addresses),
        aliases=tuple(_text(r.target) for r in answers[dns.rdatatype.CNAME]),
        zones=tuple(_text(s.name) for s in (*message.authority, *message.additional) if _is_soa(s)),
        errors=frozenset(int(o.code) for o in message.options if isinstance(o, dns.edns.EDEOption)),
    )


_KEPT = frozenset({dns.rdatatype.A, dns.rdatatype.AAAA, dns.rdatatype.CNAME})


def _is_soa(found: dns.rrset.RRset) -> bool:
    return found.rdtype == dns.rdatatype.SOA


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
