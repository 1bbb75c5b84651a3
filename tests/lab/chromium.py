# SPDX-License-Identifier: EUPL-1.2
"""A browser with policies of its own, and a web on loopback in which every host answers.

`web` serves HTTP and HTTPS on one port and keeps what was asked of it. `browser` starts Debian's Chromium under
Playwright: every host name leads to that port, so that what does not open was stopped by the browser. Policies are read
from one folder of the system and from nowhere else, so each browser gets a mount namespace in which that folder is one
of the test's: tests do not see each other's, and nothing of the machine's. Nothing leaves 127.0.0.1.
"""

from __future__ import annotations

import os
import shlex
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from lab.dns import run
from ordinance.model.errors import ConsumerError
from ordinance.model.target import Artefact

BLOCKED = "ERR_BLOCKED_BY_ADMINISTRATOR"
TLS_HANDSHAKE = b"\x16"  # the first octet of a connection that begins with TLS; HTTP begins with a letter
IN_NAMESPACE = """#!/bin/sh
exec unshare {rights} --mount --propagation private sh -c '
  mount -t tmpfs none /etc/chromium && mkdir -p /etc/chromium/policies/managed &&
  mount --bind {folder} /etc/chromium/policies/managed && exec chromium "$@"' chromium "$@"
"""
# chrome://policy draws each policy in a shadow tree; "Not set." stands beside those without a value.
ROWS = """rows => rows.map(row => Object.fromEntries(
  ["name", "value", "source", "scope", "level", "messages"].map(
    part => [part, row.shadowRoot.querySelector(`.policy .${part}`)?.textContent.trim() ?? ""])))"""


@dataclass(frozen=True)
class Web:
    """Every host on one port; `asked` are the hosts and paths that reached it."""

    port: int
    asked: list[str]


@dataclass(frozen=True)
class Browser:
    """A running browser, the folder from which it reads its policies, and the web that it sees."""

    context: BrowserContext
    policies: Path
    web: Web

    @contextmanager
    def page(self, url: str = "") -> Iterator[Page]:
        """A page of its own, empty if no address is given, closed afterwards."""
        page = self.context.new_page()
        try:
            if url:
                page.goto(url)
            yield page
        finally:
            page.close()

    def open(self, url: str) -> str:
        """What became of a page: `open`, `blocked`, or the browser's error."""
        with self.page() as page:
            try:
                answer = page.goto(url)  # until it is loaded: to close a page before that may never end
            except Error as error:
                return "blocked" if BLOCKED in error.message else error.message.splitlines()[0]
            return "open" if answer is not None and answer.headers.get("server") == "loopback" else "no answer"

    def said(self) -> list[dict[str, str]]:
        """The policies that have a value, as chrome://policy shows them."""
        with self.page("chrome://policy") as page:
            page.locator("policy-row .messages", has_text="Not set.").first.wait_for(state="attached")
            rows: list[dict[str, str]] = page.locator("policy-row").evaluate_all(ROWS)
        return [row for row in rows if row["source"]]

    def reload_policies(self) -> None:
        """As a person would: the button at chrome://policy, which can be pressed again when the policies are read."""
        with self.page("chrome://policy") as page:
            page.locator("#reload-policies").click()
            page.locator("#reload-policies:not([disabled])").wait_for()


@contextmanager
def web(folder: Path) -> Iterator[Web]:
    """HTTP and HTTPS for every host, under a certificate that nobody signed."""
    asked: list[str] = []

    class Site(BaseHTTPRequestHandler):
        """Any page, a redirect (`/to/HOST`), or a script that leaves a mark (`/script.js`)."""

        def version_string(self) -> str:
            return "loopback"

        def do_GET(self) -> None:
            host = self.headers.get("Host", "")
            asked.append(host + self.path)
            away = self.path.startswith("/to/")
            self.send_response(302 if away else 200)
            if away:
                self.send_header("Location", f"https://{self.path.removeprefix('/to/')}/")
            body = b"window.mark = 1" if self.path.endswith(".js") else f"<!doctype html><title>{host}</title>".encode()
            kind = "text/javascript" if self.path.endswith(".js") else "text/html"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: what was asked is kept instead."""

    class Server(ThreadingHTTPServer):
        """One port for both: TLS is known by its first octet."""

        daemon_threads = True

        def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
            request.settimeout(60)
            secure = request.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE
            with tls.wrap_socket(request, server_side=True) if secure else request as channel:
                self.RequestHandlerClass(channel, client_address, self)

        def handle_error(self, *_: object) -> None:
            """Nothing: a browser drops connections as it likes."""

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate(folder))
    with Server(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Web(server.server_port, asked)
        server.shutdown()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate and its key, for any name: the browser is told not to ask."""
    made, key = folder / "cert.pem", folder / "key.pem"
    subject = ("-subj", "/CN=loopback", "-days", "2", "-nodes")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    run("openssl", "req", "-x509", *curve, *subject, "-keyout", str(key), "-out", str(made))
    if not made.exists():
        raise ConsumerError("openssl made no certificate")
    return made, key


@contextmanager
def browser(
    playwright: Playwright,
    folder: Path,
    site: Web,
    artefacts: Sequence[Artefact] = (),
    others: Mapping[str, str] | None = None,
) -> Iterator[Browser]:
    """Chromium with the JSON file of the artefacts as it ships, and with `others`: files of the body's own."""
    policies = folder / "managed"
    policies.mkdir()
    put(policies, artefacts)
    for name, text in (others or {}).items():
        (policies / name).write_text(text, encoding="utf-8")
    program = folder / "chromium-in-namespace"
    rights = "" if os.geteuid() == 0 else "--user --map-root-user"
    program.write_text(IN_NAMESPACE.format(rights=rights, folder=shlex.quote(str(policies))), encoding="utf-8")
    program.chmod(0o755)
    context = playwright.chromium.launch_persistent_context(
        folder / "profile",
        executable_path=program,
        headless=True,
        chromium_sandbox=False,  # CI runs as root, where the browser's own sandbox does not start; the pages are ours
        ignore_https_errors=True,
        args=[
            *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
            *("--disable-component-update", "--disable-sync", f"--host-resolver-rules=MAP * 127.0.0.1:{site.port}"),
        ],
    )
    try:
        yield Browser(context, policies, site)
    finally:
        context.close()


def put(policies: Path, artefacts: Sequence[Artefact]) -> None:
    """The JSON file as the page says to install it, under the name that the page proposes."""
    for artefact in artefacts:
        if PurePosixPath(artefact.path).suffix == ".json":
            (policies / "ordinance.json").write_bytes(artefact.content)
