# SPDX-License-Identifier: EUPL-1.2
"""How each program writes one question: Zeek's dns.log as a table and as JSON, Suricata's eve.json, dnsmasq's log.

A *unit* is a question with what belongs to it: a line of Zeek's; a question and its answer, or a TLS connection, of
Suricata's; a question, where it was sent and its answer of dnsmasq's. Its first line is the one that a reader keeps.
Most of a unit is made once for each name (`tail`) and put behind what differs from one to the next. The forms are those
of Zeek 6, Suricata 7 (DNS in version 2) and dnsmasq 2.90 with `log-queries=extra`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

MIX, MOST = 2_654_435_761, 0xFFFF_FFFF  # spreads numbers over 32 bits

# What came of a question: an address, the same from a memory or in a connection, no such name, a block's 0.0.0.0.
FOUND, AGAIN, NO_NAME, BLOCKED = "found", "again", "no_name", "blocked"
RESOLVER, ABOVE, OFFSET, ZONE = "10.0.0.53", "198.51.100.53", 3600, "+0100"  # Brussels in winter

FIELDS = (
    *("ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"),
    *("proto", "trans_id", "rtt", "query", "qclass", "qclass_name"),
    *("qtype", "qtype_name", "rcode", "rcode_name", "AA", "TC", "RD", "RA", "Z", "answers", "TTLs", "rejected"),
)
_TYPES = (
    *("time", "string", "addr", "port", "addr", "port", "enum", "count", "interval", "string", "count", "string"),
    *("count", "string", "count", "string", "bool", "bool"),
    *("bool", "bool", "count", "vector[string]", "vector[interval]", "bool"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """Units that are one behind the other: microseconds since `start`, the words of each second, clients, and numbers
    (`ports`, and `first`, the number of the first unit among all of the week)."""

    start: int
    times: range
    seconds: list[str]
    clients: list[str]
    ports: list[str]
    first: int


@dataclass(frozen=True, slots=True)
class Form:
    """One format. `again`: of ten units, how many are of the short kind; `lines`: how many ten units have."""

    reader: str
    file: str
    settings: str
    again: int
    lines: int
    head: Callable[[], str]
    second: Callable[[int], str]
    tail: Callable[[str, str, str], Any]
    units: Callable[[Block, list[Any]], Iterable[str]]


def _address(name: str) -> str:
    return f"203.0.113.{len(name) * 7 % 250 + 1}"


def _no_head() -> str:
    return ""


def _epoch(at: int) -> str:
    return str(at)


# --- Zeek ---------------------------------------------------------------------------------------------


def _zeek_head() -> str:
    lines = ("#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tdns")
    return "\n".join([*lines, "\t".join(["#fields", *FIELDS]), "\t".join(["#types", *_TYPES]), ""])


def _zeek_tail(name: str, became: str, kind: str) -> str:
    number = {"A": 1, "AAAA": 28}[kind]
    given = _record(name, became, kind)
    code = "3\tNXDOMAIN" if became == NO_NAME else "0\tNOERROR"
    answers = f"{given}\t300.000000" if given else "-\t-"
    return f"{name}\t1\tC_INTERNET\t{number}\t{kind}\t{code}\tF\tF\tT\tT\t0\t{answers}\tF\n"


def _record(name: str, became: str, kind: str) -> str:
    if became == NO_NAME:
        return ""
    if became == BLOCKED:
        return "0.0.0.0" if kind == "A" else "::"  # noqa: S104  # an answer in a log; nothing is bound
    return _address(name) if kind == "A" else f"2001:db8::{len(name):x}"


def _zeek_units(block: Block, tails: list[Any]) -> Iterable[str]:
    start, seconds, first = block.start, block.seconds, block.first
    rows = enumerate(zip(block.times, block.clients, block.ports, tails, strict=True), first)
    return [
        f"{seconds[at // 1_000_000 - start]}.{at % 1_000_000:06d}\tC{n * MIX & MOST:08x}{n:08x}\t{client}\t"
        f"{port}\t{RESOLVER}\t53\tudp\t{port}\t0.012{at % 997:03d}\t{tail}"
        for n, (at, client, port, tail) in rows
    ]


def _zeek_json_tail(name: str, became: str, kind: str) -> str:
    number = {"A": 1, "AAAA": 28}[kind]
    given = _record(name, became, kind)
    code = '"rcode":3,"rcode_name":"NXDOMAIN"' if became == NO_NAME else '"rcode":0,"rcode_name":"NOERROR"'
    answers = f',"answers":["{given}"],"TTLs":[300.0]' if given else ""
    return (
        f'"query":"{name}","qclass":1,"qclass_name":"C_INTERNET","qtype":{number},"qtype_name":"{kind}",{code},'
        f'"AA":false,"TC":false,"RD":true,"RA":true,"Z":0{answers},"rejected":false}}\n'
    )


def _zeek_json_units(block: Block, tails: list[Any]) -> Iterable[str]:
    start, seconds, first = block.start, block.seconds, block.first
    rows = enumerate(zip(block.times, block.clients, block.ports, tails, strict=True), first)
    return [
        f'{{"ts":{seconds[at // 1_000_000 - start]}.{at % 1_000_000:06d},"uid":"C{n * MIX & MOST:08x}{n:08x}",'
        f'"id.orig_h":"{client}","id.orig_p":{port},"id.resp_h":"{RESOLVER}","id.resp_p":53,"proto":"udp",'
        f'"trans_id":{port},"rtt":0.012{at % 997:03d},{tail}'
        for n, (at, client, port, tail) in rows
    ]


# --- Suricata -----------------------------------------------------------------------------------------


def _eve_tail(name: str, became: str, kind: str) -> tuple[str, str]:
    """What stands behind the head of a question and of its answer; one alone for a connection."""
    if became == AGAIN:
        hello = f'"sni":"{name}","version":"TLS 1.3","ja3":{{}},"ja3s":{{}}'
        return f'"dest_ip":"{_address(name)}","dest_port":443,"proto":"TCP","tls":{{{hello}}}}}\n', ""
    ends = f'"dest_ip":"{RESOLVER}","dest_port":53,"proto":"UDP","dns":{{"version":2,"type":'
    asked = f'"rrname":"{name}","rrtype":"{kind}"'
    given = _record(name, became, kind)
    code = "NXDOMAIN" if became == NO_NAME else "NOERROR"
    flags = '"flags":"8180","qr":true,"rd":true,"ra":true,"opcode":0'
    more = f',"answers":[{{{asked},"ttl":300,"rdata":"{given}"}}],"grouped":{{"{kind}":["{given}"]}}' if given else ""
    return (
        f'{ends}"query","id":%s,{asked},"tx_id":0,"opcode":0}}}}\n',
        f'{ends}"answer","id":%s,{flags},{asked},"rcode":"{code}"{more}}}}}\n',
    )


def _eve_second(at: int) -> str:
    day, rest = divmod(at + OFFSET, 86_400)
    return f"{_day(day)}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"


def _eve_units(block: Block, tails: list[Any]) -> Iterable[str]:
    start, seconds, first = block.start, block.seconds, block.first
    found = []
    for n, (at, client, port, (asked, answer)) in enumerate(
        zip(block.times, block.clients, block.ports, tails, strict=True), first
    ):
        second, micros, flow = seconds[at // 1_000_000 - start], at % 1_000_000, 1_000_000_007 * n % 2**50
        who = f'"src_ip":"{client}","src_port":{port},'
        head = f'{ZONE}","flow_id":{flow},"in_iface":"eth0","event_type":"'
        if answer:
            found.append(
                f'{{"timestamp":"{second}.{micros:06d}{head}dns",{who}{asked % port}'
                f'{{"timestamp":"{second}.{min(micros + 9, 999_999):06d}{head}dns",{who}{answer % port}'
            )
        else:
            found.append(f'{{"timestamp":"{second}.{micros:06d}{head}tls",{who}{asked}')
    return found


# --- dnsmasq ------------------------------------------------------------------------------------------


def _dnsmasq_second(at: int) -> str:
    day, rest = divmod(at + OFFSET, 86_400)
    _, month, number = _day(day).split("-")
    name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][int(month) - 1]
    return f"{name} {int(number):2d} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d} dnsmasq[4641]: "


def _dnsmasq_tail(name: str, became: str, kind: str) -> tuple[str, ...]:
    asked = f" query[{kind}] {name} from "
    given = _record(name, became, kind)
    if became == AGAIN:
        return asked, f" cached {name} is {given}\n"
    if became == BLOCKED:
        return asked, f" config {name} is {given}\n"
    return asked, f" forwarded {name} to {ABOVE}\n", f" reply {name} is {given or 'NXDOMAIN'}\n"


def _dnsmasq_units(block: Block, tails: list[Any]) -> Iterable[str]:
    start, seconds, found = block.start, block.seconds, []
    for n, (at, client, port, tail) in enumerate(
        zip(block.times, block.clients, block.ports, tails, strict=True), block.first
    ):
        head = f"{seconds[at // 1_000_000 - start]}{n} {client}/{port}"
        if len(tail) == 2:
            found.append(f"{head}{tail[0]}{client}\n{head}{tail[1]}")
        else:
            found.append(f"{head}{tail[0]}{client}\n{head}{tail[1]}{head}{tail[2]}")
    return found


def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(number)).isoformat()


FORMS = {
    "zeek_tsv": Form("zeek-log", "dns", "", 0, 10, _zeek_head, _epoch, _zeek_tail, _zeek_units),
    "zeek_json": Form("zeek-log", "dns", "", 0, 10, _no_head, _epoch, _zeek_json_tail, _zeek_json_units),
    "eve": Form("suricata-eve", "eve", "", 2, 18, _no_head, _eve_second, _eve_tail, _eve_units),
    "dnsmasq": Form(
        "dnsmasq-log", "dnsmasq", "year = 2026\n", 4, 26, _no_head, _dnsmasq_second, _dnsmasq_tail, _dnsmasq_units
    ),
}
