# SPDX-License-Identifier: EUPL-1.2
"""What all tests share: real consumers that are missing skip on a laptop and fail in CI, and nothing is timed."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", settings(), deadline=None)  # an example that took long on a busy machine is right
settings.load_profile("untimed")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # behind a shell's ampersand; what tests start is interrupted
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]

# Debian package → programs that a test with `@pytest.mark.consumer(package)` starts.
PROGRAMS = {
    "bind9": ("named", "named-checkzone", "named-checkconf"),
    "bind9-dnsutils": ("dig",),
    "bind9-utils": ("rndc",),
    "nsd": ("nsd",),
    "dnsmasq": ("dnsmasq",),
    "chromium": ("chromium",),
    "firefox-esr": ("firefox-esr",),
    "pdns-recursor": ("pdns_recursor",),
    "squid": ("squid",),
    "suricata": ("suricata",),
    "unbound": ("unbound", "unbound-checkconf", "unbound-control"),
    "faketime": ("faketime",),
    "ffmpeg": ("ffmpeg",),
    "iproute2": ("ip",),
    "libc-bin": ("getent",),
    "libimage-exiftool-perl": ("exiftool",),
    "mat2": ("mat2",),
    "udhcpc": ("udhcpc",),
    "util-linux": ("unshare", "nsenter"),
}


def missing_programs(package: str) -> list[str]:
    """Programs of a package that this machine lacks; daemons often live in /usr/sbin."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    return [p for p in PROGRAMS[package] if shutil.which(p, path=path) is None]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A missing consumer must never make a CI run look checked."""
    for mark in item.iter_markers("consumer"):
        for package in mark.args:
            if missing := missing_programs(package):
                reason = f"needs {', '.join(missing)} (Debian package {package})"
                if os.environ.get("CI") == "true":
                    pytest.fail(f"{reason}; in CI this is an error")
                pytest.skip(reason)
