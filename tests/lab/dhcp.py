# SPDX-License-Identifier: EUPL-1.2
"""Two networks behind one dnsmasq that hands out addresses, each with a client, in network namespaces of their own.

Reads a file of DHCP options as it ships. Real dnsmasq, udhcpc and dig; another dnsmasq, without any list, is the rest
of the world and the other resolver. Nothing leaves the namespaces, which go with the block that made them. As a
program, inside one: says which resolvers DHCPv6 and router advertisements name.
"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
OPEN_RESOLVER = {4: "203.0.113.53", 6: "2001:db8:53::53"}
ADDRESS = "203.0.113.5"  # that every name has
PATIENCE_S = 10.0

HOOK = """#!/bin/sh
# called by udhcpc: sets what it was given, and says which resolver that is
[ "$1" = bound ] || exit 0
ip addr replace "$ip/$mask" dev "$interface"
ip route replace default via "$router"
echo "$dns" > "$TOLD"
"""


@dataclass(frozen=True)
class Segment:
    """A network: the resolver's own address in it, its range for DHCP and for IPv6, and the tag of that range."""

    name: str
    address: str
    prefix6: str
    tag: str = ""

    @property
    def ranges(self) -> list[str]:
        """Options as the owner of dnsmasq writes them."""
        front, tag = self.address.rpartition(".")[0], f"set:{self.tag}," if self.tag else ""
        return [f"--dhcp-range={tag}{front}.10,{front}.99", f"--dhcp-range={tag}{self.prefix6}::,ra-stateless"]


@dataclass(frozen=True)
class Client:
    """A device on a segment."""

    space: str
    folder: Path

    def told_over_ipv4(self) -> list[str]:
        """Ask for an address; the resolvers that came with it."""
        told = self.folder / f"{self.space}.dns"
        once = ["udhcpc", "-i", "eth0", "-f", "-n", "-q", "-t", "5", "-T", "1", "-s", str(self.folder / "hook")]
        run(*inside(self.space, *once), TOLD=str(told))
        return told.read_text().split()

    def told_over_ipv6(self) -> dict[str, list[str]]:
        """The resolvers that DHCPv6 names (`dhcp`), and those of router advertisements (`ra`)."""
        said = run(*inside(self.space, sys.executable, str(Path(__file__)), "eth0"))
        return {kind: addresses for kind, *addresses in (line.split() for line in said.splitlines())}

    def ask(self, resolver: str, name: str) -> str:
        """What a resolver of the client's choice says of a name: an address or the status."""
        flags = ("+time=3", "+tries=1", "+noall", "+comments", "+answer")
        said = run(*inside(self.space, "dig", "-r", f"@{resolver}", name, "A", *flags))
        return ADDRESS if ADDRESS in said else said.partition("status: ")[2].partition(",")[0]


def obstacle() -> str:
    """Why this cannot run on this machine, in one sentence; empty where it can."""
    if os.geteuid() != 0:
        return "network namespaces need root."
    probe = f"orddhcp-probe-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True, env=_env(), check=False).returncode != 0:
        return "this machine allows no network namespaces."
    run("ip", "netns", "del", probe)
    return ""


@contextmanager
def networks(folder: Path, segments: tuple[Segment, ...], names: Path, options: Path) -> Iterator[dict[str, Client]]:
    """One client on each segment, and dnsmasq with the file of names and the file of options."""
    hook = folder / "hook"
    hook.write_text(HOOK, encoding="ascii")
    hook.chmod(0o755)
    with ExitStack() as stack:
        home = _space(stack, "r")
        for number, address in OPEN_RESOLVER.items():
            run("ip", "-n", home, "addr", "add", f"{address}/{32 if number == 4 else 128}", "dev", "lo")
        clients = {s.name: Client(_segment(stack, home, number, s), folder) for number, s in enumerate(segments)}
        outside = ["--listen-address=" + ",".join(OPEN_RESOLVER.values()), f"--address=/#/{ADDRESS}", "--no-resolv"]
        _start(stack, home, folder / "outside.log", "--conf-file=/dev/null", *outside)
        lan = [f"--interface=port{number}" for number in range(len(segments))]
        served = [f"--conf-file={options}", f"--servers-file={names}", f"--server={OPEN_RESOLVER[4]}", "--no-resolv"]
        dhcp = ["--no-ping", "--enable-ra", f"--dhcp-leasefile={folder / 'leases'}", "--except-interface=lo"]
        ranges = [r for s in segments for r in s.ranges]
        _start(stack, home, folder / "dnsmasq.log", *served, *lan, *dhcp, *ranges)
        yield clients


def _segment(stack: ExitStack, home: str, number: int, segment: Segment) -> str:
    """A cable from the resolver to a client's namespace; its name."""
    there, port = _space(stack, str(number)), f"port{number}"
    run("ip", "-n", home, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", there)
    run("ip", "-n", home, "addr", "add", f"{segment.address}/24", "dev", port)
    run("ip", "-n", home, "addr", "add", f"{segment.prefix6}::1/64", "dev", port)
    run("ip", "-n", home, "link", "set", port, "up")
    run("ip", "-n", there, "link", "set", "eth0", "up")
    for space, device in ((home, port), (there, "eth0")):
        _wait(f"{device} has its own address", lambda s=space, d=device: _is_linked(s, d))
    return there


def _is_linked(space: str, device: str) -> bool:
    """Whether the kernel gave the device its link-local address; without that nothing is sent over IPv6."""
    return "inet6 fe80" in run("ip", "-n", space, "-6", "addr", "show", "dev", device, "scope", "link", "-tentative")


def _space(stack: ExitStack, name: str) -> str:
    full = f"orddhcp-{os.getpid()}-{name}"
    run("ip", "netns", "add", full)
    stack.callback(run, "ip", "netns", "del", full)
    # addresses are good at once: nobody else is there who could have them
    run(*inside(full, "sh", "-c", "for f in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 > $f; done"))
    run("ip", "-n", full, "link", "set", "lo", "up")
    return full


def _start(stack: ExitStack, space: str, log_file: Path, *options: str) -> None:
    bare = ["--keep-in-foreground", "--bind-dynamic", "--user=root", "--pid-file=", "--log-facility=-", "--no-hosts"]
    log = stack.enter_context(log_file.open("wb"))
    command = inside(space, "dnsmasq", *bare, *options)
    process = stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log, env=_env()))
    stack.callback(process.terminate)
    _wait("dnsmasq ends or starts", lambda: process.poll() is not None or b"started, version" in log_file.read_bytes())
    if process.poll() is not None:
        raise RuntimeError(f"dnsmasq did not start:\n{log_file.read_text(errors='replace')}")


def _wait(what: str, done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not done():
        if time.monotonic() > until:
            raise RuntimeError(f"waited in vain: {what}")
        time.sleep(0.02)


def inside(space: str, *command: str) -> list[str]:
    """A command in a namespace."""
    return ["ip", "netns", "exec", space, *command]


def run(*command: str, **more: str) -> str:
    """What a program says; raises with its own words where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, env=_env() | more, timeout=30, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def _env() -> dict[str, str]:
    return {"PATH": PATH}


# ---- as a program, inside a namespace


def _dhcpv6(device: int) -> list[str]:
    """An information request (RFC 8415, section 18.2.6), and what the answer has for option 23 (RFC 3646)."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.bind(("::", 546))
        s.settimeout(PATIENCE_S)
        who = struct.pack("!HHHH6s", 1, 10, 3, 1, b"\x02\x00\x00\x00\x00\x01")
        s.sendto(b"\x0b\x01\x02\x03" + who + struct.pack("!HHH", 6, 2, 23), ("ff02::1:2", 547, 0, device))
        answer, place = s.recv(4096), 4
    while place < len(answer):
        code, length = struct.unpack_from("!HH", answer, place)
        if code == 23:
            return _addresses(answer[place + 4 : place + 4 + length])
        place += 4 + length
    return []


def _advertised(device: int) -> list[str]:
    """A router solicitation, and what the advertisement has for option 25 (RFC 8106, section 5.1)."""
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as s:
        s.settimeout(PATIENCE_S)
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        s.sendto(b"\x85" + bytes(7), ("ff02::2", 0, 0, device))
        while (answer := s.recv(4096))[0] != 134:
            pass
    place = 16
    while place < len(answer):
        kind, length = answer[place], answer[place + 1] * 8
        if kind == 25:
            return _addresses(answer[place + 8 : place + length])
        place += length
    return []


def _addresses(octets: bytes) -> list[str]:
    return [socket.inet_ntop(socket.AF_INET6, octets[n : n + 16]) for n in range(0, len(octets), 16)]


if __name__ == "__main__":
    index = socket.if_nametoindex(sys.argv[1])
    print("dhcp", *_dhcpv6(index))
    print("ra", *_advertised(index))
