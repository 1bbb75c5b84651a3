# SPDX-License-Identifier: EUPL-1.2
"""A resolver and its clients in network namespaces of their own: real dnsmasq, udhcpc and dig, with a borrowed clock.

Reads: a plan. Writes: the resolver's log, one file a day, as dnsmasq wrote it. Opens nothing to the outside: the
"outside" is a second dnsmasq in the resolver's namespace. Only the resolver sees the wished time (libfaketime,
a stopped clock moved by a file); between two acts of the plan no time passes for it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import date, datetime
from pathlib import Path
from types import TracebackType

from log_plan import Act, Client, Plan

# program → Debian package that brings it
NEEDED = {"dnsmasq": "dnsmasq-base", "udhcpc": "udhcpc", "dig": "bind9-dnsutils", "ip": "iproute2"}
SYSTEM_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/bin", "/bin"))
PATIENCE_S = 10.0
NO_REPLY = 9  # dig's exit code when no server answered
OUTSIDE_PORT, NOBODY_PORT = 5353, 5399

HOOK = """#!/bin/sh
# called by udhcpc: sets the address it was given and says which
case "$1" in
  deconfig) ip addr flush dev "$interface" ;;
  bound|renew) ip addr replace "$ip/$mask" dev "$interface"; echo "$1 $ip" >> "$ADDRESSES" ;;
esac
"""


class LabError(Exception):
    """The lab cannot be set up, or a program in it did not do what it was asked."""


def obstacle() -> str:
    """Why the lab cannot run on this machine, in one sentence; empty when it can."""
    if os.geteuid() != 0:
        return "making logs needs root: it sets up network namespaces."
    if missing := [p for p in NEEDED if shutil.which(p, path=SYSTEM_PATH) is None]:
        return f"making logs needs {', '.join(f'{p} (Debian package {NEEDED[p]})' for p in missing)}."
    if _faketime_library() is None:
        return "making logs needs libfaketime (Debian package faketime)."
    probe = f"ordlog-probe-{os.getpid()}"
    if _run("ip", "netns", "add", probe, check=False).returncode != 0:
        return "making logs needs network namespaces, which this machine does not allow."
    _run("ip", "netns", "del", probe)
    return ""


class Lab:
    """Use as a context manager; `perform` the acts in order, then take the files from `out`."""

    def __init__(self, plan: Plan, work: Path, out: Path) -> None:
        self._plan, self._work, self._out = plan, work, out
        self._tag = f"ordlog-{os.getpid()}"
        self._stack = ExitStack()
        self._current, self._clock = work / "resolver.log", work / "clock"
        self._dhcp: dict[str, subprocess.Popen[bytes]] = {}
        self._address: dict[str, str] = {}
        self._resolver: subprocess.Popen[bytes] | None = None
        self._day: date | None = None

    def __enter__(self) -> Lab:
        try:
            hook = self._work / "hook"
            hook.write_text(HOOK)
            hook.chmod(0o755)
            self._cable()
            self._start_outside()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if kind is None and self._day is not None:
                self._keep(self._day)
        finally:
            self._stack.close()

    # --- cables ------------------------------------------------------------------------------------------------------

    def _cable(self) -> None:
        """One namespace for the resolver with a bridge, one for each client, joined by a veth pair each."""
        home, r = self._namespace("r"), self._plan.resolver
        _run("ip", "-n", home, "link", "set", "lo", "up")
        _run("ip", "-n", home, "link", "add", "lan0", "type", "bridge", "forward_delay", "0")
        _run("ip", "-n", home, "addr", "add", f"{r.address}/{r.prefix}", "dev", "lan0")
        _run("ip", "-n", home, "link", "set", "lan0", "up")
        for n, client in enumerate(self._plan.clients.values()):
            there = self._namespace(client.id)
            veth = ("link", "add", f"port{n}", "type", "veth", "peer", "name", "eth0", "netns", there)
            _run("ip", "-n", home, *veth)
            _run("ip", "-n", home, "link", "set", f"port{n}", "master", "lan0", "up")
            _run("ip", "-n", there, "link", "set", "eth0", "address", client.mac, "up")
            if client.static:
                _run("ip", "-n", there, "addr", "add", f"{client.static}/{r.prefix}", "dev", "eth0")
                self._address[client.id] = client.static

    def _namespace(self, name: str) -> str:
        full = f"{self._tag}-{name}"
        _run("ip", "netns", "add", full)
        self._stack.callback(_run, "ip", "netns", "del", full, check=False)
        return full

    def _inside(self, name: str, *command: str) -> list[str]:
        return ["ip", "netns", "exec", f"{self._tag}-{name}", *command]

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, env=self._env())
        self._stack.callback(_end, process)
        return process

    def _env(self) -> dict[str, str]:
        return {"PATH": SYSTEM_PATH, "ADDRESSES": str(self._work / "addresses")}

    # --- servers -----------------------------------------------------------------------------------------------------

    def _start_outside(self) -> None:
        """The rest of the world: an address for every name, an alias for a few, and names that do not exist."""
        o = self._plan.outside
        options = ["--listen-address=127.0.0.1", "--bind-interfaces", f"--port={OUTSIDE_PORT}", "--local-ttl=600"]
        # `local=/#/` beside `address=/#/`: other types are then "no data" instead of refused
        options += ["--address=/#/203.0.113.5", "--address=/#/2001:db8::5", "--local=/#/"]
        options += [f"--local=/{name}/" for name in o.no_such] + [f"--server=/{name}/#" for name in o.refused]
        for alias, target in o.aliases.items():
            options += [f"--cname={alias},{target}", f"--host-record={target},203.0.113.7,2001:db8::7"]
        self._start(self._inside("r", "dnsmasq", *_BARE, *options))
        probe = ["dig", "@127.0.0.1", "-p", str(OUTSIDE_PORT), "+tries=1", "+time=1", "ready.example"]
        _wait("the outside answers", lambda: _run(*self._inside("r", *probe), check=False).returncode == 0)

    def _start_resolver(self, day: date) -> None:
        r = self._plan.resolver
        options = ["--interface=lan0", "--except-interface=lo", "--bind-interfaces", "--no-ping"]
        options += ["--log-queries=extra", "--log-dhcp", f"--log-facility={self._current}"]
        options += [f"--dhcp-leasefile={self._work / 'leases'}", f"--dhcp-range={','.join(r.pool)},{r.lease}"]
        options += [f"--server=127.0.0.1#{OUTSIDE_PORT}", f"--server=/{r.dead}/127.0.0.1#{NOBODY_PORT}"]
        options += [f"--address=/{name}/{address}" for name, address in r.own.items()]
        options += [f"--local=/{name}/" for name in r.blocked_on(day)]
        clock = ["env", f"TZ={r.zone}", f"LD_PRELOAD={_faketime_library()}", "FAKETIME_NO_CACHE=1"]
        clock += [f"FAKETIME_TIMESTAMP_FILE={self._clock}"]
        started = self._logged("started, version")
        self._resolver = self._start(self._inside("r", *clock, "dnsmasq", *_BARE, *options))
        _wait("the resolver has started", lambda: self._logged("started, version") > started)
        cleared = started + 1
        _wait("the resolver is ready", lambda: self._logged("cleared cache") >= cleared)

    def _stop_resolver(self) -> None:
        if self._resolver is not None:
            _end(self._resolver)
            self._resolver = None

    def _logged(self, words: str) -> int:
        return self._current.read_text("utf-8").count(words) if self._current.exists() else 0

    # --- time --------------------------------------------------------------------------------------------------------

    def _set_clock(self, at: datetime) -> None:
        """Replaced in one step: the resolver may look at any moment."""
        new = self._clock.with_suffix(".new")
        new.write_text(f"{at:%Y-%m-%d %H:%M:%S}\n")
        new.replace(self._clock)

    def begin(self, day: date) -> None:
        """Midnight: yesterday's log is put away as logrotate does it, and a changed block list is loaded."""
        yesterday, self._day = self._day, day
        self._set_clock(datetime.combine(day, datetime.min.time()))
        if yesterday is not None and self._resolver is not None:
            self._keep(yesterday)
            self._resolver.send_signal(signal.SIGUSR2)
            _wait("the resolver opens a new log", self._current.exists)
            r = self._plan.resolver
            if r.blocked_on(yesterday) == r.blocked_on(day):
                return
            self._stop_resolver()
        self._start_resolver(day)

    def _keep(self, day: date) -> None:
        # renamed in the work folder first: the resolver goes on writing to the file until it is told to let go
        kept = self._current.with_name(self._plan.log_of(day))
        self._current.rename(kept)
        shutil.copyfile(kept, self._out / kept.name)

    # --- acts --------------------------------------------------------------------------------------------------------

    def perform(self, act: Act) -> None:
        """Do one act at its time; returns when the resolver has logged all of it."""
        self._set_clock(act.at)
        client = self._plan.clients[act.client]
        if act.what == "ask":
            self._ask(act)
        elif act.what == "join":
            self._join(client, act.asks)
        elif act.what == "renew":
            said = self._told()
            self._dhcp[client.id].send_signal(signal.SIGUSR1)
            _wait(f"{client.id} has renewed its address", lambda: self._told() > said)
        else:
            logged = self._logged("DHCPRELEASE")
            self._dhcp[client.id].send_signal(signal.SIGUSR2)
            _wait(f"{client.id} has given its address back", lambda: self._logged("DHCPRELEASE") > logged)

    def _told(self) -> int:
        path = self._work / "addresses"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def _join(self, client: Client, asks: str) -> None:
        """A fresh udhcpc; it stays alive so that it can renew and release. Yesterday's goes without a word."""
        if client.id in self._dhcp:
            _end(self._dhcp[client.id])
        said = self._told()
        command = ["udhcpc", "-f", "-n", "-t", "5", "-i", "eth0", "-s", str(self._work / "hook")]
        command += ["-x", f"hostname:{client.hostname}"] if client.hostname else []
        command += ["-r", asks] if asks else []
        self._dhcp[client.id] = self._start(self._inside(client.id, *command))
        _wait(f"{client.id} has an address", lambda: self._told() > said)
        last = (self._work / "addresses").read_text().splitlines()[-1]
        self._address[client.id] = last.split()[1]

    def _ask(self, act: Act) -> None:
        server, source = f"@{self._plan.resolver.address}", self._address[act.client]
        command = ["dig", server, "-b", source, "+tries=1", "+time=1"]
        for kind in act.types:
            command += [act.name, kind]
        done = _run(*self._inside(act.client, *command), check=False)
        if done.returncode != (NO_REPLY if act.purpose == "unanswered" else 0):
            raise LabError(f"{act.client} asked for {act.name} at {act.at}: dig ended with {done.returncode}")


# Nothing of the machine's own configuration, nothing written beside the work folder.
_BARE = ("--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file")


def _faketime_library() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


def _run(*command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": SYSTEM_PATH}, stdin=subprocess.DEVNULL
    )
    if check and done.returncode != 0:
        raise LabError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done


def _end(process: subprocess.Popen[bytes]) -> None:
    """End one process that this lab started, and wait for it."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(what: str, true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            raise LabError(f"waited {PATIENCE_S:.0f} s in vain until {what}")
        time.sleep(0.01)
