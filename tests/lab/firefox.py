# SPDX-License-Identifier: EUPL-1.2
"""Firefox with a policies file as it ships, and a web on loopback in which every host answers.

`web` is an HTTP proxy on 127.0.0.1 that makes up every page itself, plain or with TLS, and notes which hosts it was
asked for; what it does not hear of was stopped in the browser. `browser` starts Firefox without a window, with that
proxy, a profile of its own and its own `/etc/firefox/policies`: it sees an `/etc` that is laid over the machine's in a
mount namespace, so that nothing of the machine is changed and tests run side by side. It is driven by Marionette, the
socket that Firefox opens for tests. Nothing leaves 127.0.0.1. Cannot show what Firefox does on Windows or macOS.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ordinance.model.errors import ConsumerError

READY_WITHIN_S = 60
ANSWERS_WITHIN_S = 60
ALIVE = "alive"  # the title of every page

# The folder that the vendor names for Linux, from a folder of the test. Both mounts go with the last process inside.
OWN_ETC = """set -e
mount -t tmpfs none "$1/layers"
mkdir "$1/layers/upper" "$1/layers/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/layers/upper,workdir=$1/layers/work" /etc
mkdir -p /etc/firefox/policies
mount --bind "$1/policies" /etc/firefox/policies
shift
exec "$@"
"""

# What a first start would ask the vendor for ends at the proxy anyhow; without these it is asked again and again.
PREFS: dict[str, bool | int | str] = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.newtabpage.enabled": False,
    "browser.region.update.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "marionette.port": 0,  # any free one: Firefox writes its number into the profile
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.no_proxies_on": "",
    "network.proxy.type": 1,
    "toolkit.telemetry.enabled": False,
}


@dataclass(frozen=True)
class Web:
    """The proxy; `asked` are the hosts that somebody asked it for, in order."""

    port: int
    asked: list[str] = field(default_factory=list)

    def hears_of(self, host: str) -> bool:
        """Whether the host was asked for, or is within a few seconds: what is on its way is waited for."""
        until = time.monotonic() + 5
        while host not in self.asked and time.monotonic() < until:
            time.sleep(0.02)
        return host in self.asked


class _Proxy(ThreadingHTTPServer):
    """Every host answers, as `_Host` has it."""

    daemon_threads = True

    def __init__(self, certificate: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Host)
        self.certificate = certificate
        self.web = Web(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing on stderr: the browser's own services dislike the certificate, and hang up."""


class _Host(BaseHTTPRequestHandler):
    """A page for every path, but a redirect for `/to?ADDRESS` and an image for `/image`."""

    protocol_version = "HTTP/1.1"
    server: _Proxy

    def do_CONNECT(self) -> None:
        self.server.web.asked.append(self.path.rpartition(":")[0])
        self.send_response(200, "Connection established")
        self.end_headers()
        self.rfile.close()
        self.wfile.close()
        self.connection = self.server.certificate.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the server knows only of the socket beneath TLS

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.hostname:  # inside TLS only the path is asked for, and CONNECT has said the host
            self.server.web.asked.append(url.hostname)
        if url.path == "/to":
            self._send(302, "", "text/plain", Location=url.query)
        elif url.path == "/image":
            self._send(200, '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "image/svg+xml")
        else:
            self._send(200, f"<!doctype html><title>{ALIVE}</title><body>", "text/html")

    def _send(self, status: int, text: str, media_type: str, **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        every = {"Content-Type": media_type, "Content-Length": str(len(body)), "Access-Control-Allow-Origin": "*"}
        for name, value in {**every, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Nothing on stderr: `asked` says what a test needs."""


@contextmanager
def web(folder: Path) -> Iterator[Web]:
    """The proxy on a free port of 127.0.0.1, ended with the block."""
    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.load_cert_chain(_self_signed(folder / "web.pem"))
    with _Proxy(certificate) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.web
        finally:
            server.shutdown()
            thread.join()


def _self_signed(file: Path) -> Path:
    """A key and a certificate for nobody; the browser is told to take any."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed)
    return file


class RefusedError(Exception):
    """What Marionette answers in the place of a result."""


class Browser:
    """A running Firefox: send it to an address, or run a script in a page or in the browser's own code.

    `policies` is the folder that it sees as `/etc/firefox/policies`.
    """

    def __init__(self, connection: socket.socket, policies: Path) -> None:
        self.policies = policies
        self._socket = connection
        self._stream = connection.makefile("rb")
        self._number = 0
        self._read()  # the greeting
        answer = self._command("WebDriver:NewSession", acceptInsecureCerts=True)
        self.version: str = answer["capabilities"]["browserVersion"]

    def refuses(self, url: str) -> bool:
        """Whether the browser shows the page that says that a policy blocks the address."""
        try:
            self._command("WebDriver:Navigate", url=url)
        except RefusedError as no:
            return "about:neterror?e=blockedByPolicy" in str(no)
        return False

    def shows(self, url: str) -> bool:
        """Whether the browser shows the page that lies at the address."""
        try:
            self._command("WebDriver:Navigate", url=url)
        except RefusedError:
            return False
        here = self._command("WebDriver:GetCurrentURL")["value"]
        return bool(here == url and self.script("return document.title") == ALIVE)

    def script(self, body: str, *arguments: Any) -> Any:
        """The value that a script of the page gives back, also when it is promised for later."""
        return self._command("WebDriver:ExecuteScript", script=body, args=list(arguments))["value"]

    def inside(self, body: str, *arguments: Any) -> Any:
        """The same in the browser's own code."""
        self._command("Marionette:SetContext", value="chrome")
        try:
            return self.script(body, *arguments)
        finally:
            self._command("Marionette:SetContext", value="content")

    @property
    def active_policies(self) -> Any:
        """What `about:policies` shows as active; unknown and malformed policies are not among it."""
        return self.inside("return Services.policies.getActivePolicies() ?? null")

    @property
    def complaints(self) -> list[str]:
        """What `about:policies` shows as errors."""
        found = self.inside(
            "return Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage).getEvents()"
            ".filter(e => /Polic/.test(e.prefix)).map(e => String(e.arguments[0]))"
        )
        return [str(one) for one in found]

    def _command(self, name: str, **parameters: Any) -> Any:
        """One command and its answer, each as a length, a colon and JSON. Raises RefusedError."""
        self._number += 1
        message = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, number, error, result = self._read()
        if number != self._number:
            raise ConsumerError(f"Firefox answered command {number} in the place of {self._number}")
        if error is not None:
            raise RefusedError(error["message"])
        return result

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            byte = self._stream.read(1)
            if not byte:
                raise ConsumerError("Firefox ended the connection")
            length += byte
        return json.loads(self._stream.read(int(length[:-1])))


@contextmanager
def browser(folder: Path, proxy: Web, policies: bytes | None) -> Iterator[Browser]:
    """Firefox with these bytes as `policies.json`, or with none; ready, and ended with the block."""
    for name in ("layers", "policies", "profile"):
        (folder / name).mkdir()
    if policies is not None:
        (folder / "policies" / "policies.json").write_bytes(policies)
    (folder / "profile" / "user.js").write_text(_user_js(proxy), encoding="utf-8")
    env = {**os.environ, "HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"}
    log = folder / "firefox.log"
    with log.open("wb") as out, subprocess.Popen(_command_line(folder), stdout=out, stderr=out, env=env) as process:
        try:
            with _connected(folder / "profile" / "MarionetteActivePort", process, log) as connection:
                yield Browser(connection, folder / "policies")
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _user_js(proxy: Web) -> str:
    own: dict[str, bool | int | str] = {}
    for kind in ("http", "ssl"):
        own |= {f"network.proxy.{kind}": "127.0.0.1", f"network.proxy.{kind}_port": proxy.port}
    return "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in {**PREFS, **own}.items())


def _command_line(folder: Path) -> list[str]:
    """`--remote-allow-system-access` lets Marionette into the browser's own code; it changes no policy."""
    whose = ["--map-root-user"] if os.geteuid() else []
    firefox = ["firefox-esr", "--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
    here = ["--profile", str(folder / "profile"), "about:blank"]
    return ["unshare", "--mount", *whose, "sh", "-c", OWN_ETC, "sh", str(folder), *firefox, *here]


def _connected(port_file: Path, process: subprocess.Popen[bytes], log: Path) -> socket.socket:
    """A connection to Marionette, as soon as Firefox says on which port it listens."""
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        if port_file.exists() and (port := port_file.read_text("ascii").strip()):
            return socket.create_connection(("127.0.0.1", int(port)), timeout=ANSWERS_WITHIN_S)
        time.sleep(0.05)
    raise ConsumerError(f"Firefox did not become ready:\n{log.read_text('utf-8', errors='replace')[-2000:]}")
