# SPDX-License-Identifier: EUPL-1.2
"""The page of the names whose use goes past an office's logs. Part of scripts/reference: reads the file that ships."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from ordinance.catalogue.load import DATA
from ordinance.catalogue.unseen import UNSEEN_FILE, unseen_names
from ordinance.model.unseen import UnseenKind

FILE = "unseen.md"
MADE = f"<!-- Made by scripts/reference from src/ordinance/catalogue/data/{UNSEEN_FILE}; change it there. -->"
# Kind → heading, what a question for such a name shows, and what it does not.
KINDS = {
    UnseenKind.DOH: (
        "Resolvers that take questions encrypted",
        "The device could send all its further questions there; the office's resolver may be silent about it then.",
        "That it sent one: browsers and systems try whether they could, and the office may block it. Where the device "
        "goes then is still in a TLS or proxy log.",
    ),
    UnseenKind.RELAY: (
        "Relays that come with a system",
        "The device could send its browser's traffic and questions through the relay, past every log of the office.",
        "That it did: where the resolver answers that there is no such name, the relay is not used. Traffic of other "
        "apps may go past the relay, and be seen.",
    ),
    UnseenKind.VPN: (
        "Tunnels",
        "The device could have an app or a browser that tunnels. While a tunnel is open, neither its questions nor its "
        "contacts are seen.",
        "That a tunnel was open, or what went through it. Somebody may have looked at the vendor's site; a body may "
        "have given its devices the client itself.",
    ),
    UnseenKind.ECH: (
        "Outer names of Encrypted Client Hello",
        "In a TLS log: the device went to one of the sites behind that name, and this log cannot say to which.",
        "Which site, or that it was one that anybody restricts. The resolver was still asked for the site's own name; "
        "a question for the outer name shows next to nothing.",
    ),
}


def page() -> str:
    """Each kind with what it shows and what not, then its names with who says so."""
    document = tomllib.loads((DATA / UNSEEN_FILE).read_text("utf-8"))
    lines = [
        "# Names past the logs",
        "",
        MADE,
        "",
        f"{len(unseen_names())} names whose use means that a resolver's or a TLS log of an office may no longer see",
        "what a device does. They belong to no app and restrict nothing. A question for one never shows which app",
        "somebody uses, nor that anything was hidden on purpose; it shows that the silence of these logs about the",
        "device proves nothing. The reverse does not hold: resolvers and tunnels that a person runs alone, or that are",
        "reached by address, ask for none of these names.",
        "",
        "Each name stands for itself and everything beneath it. `use-application-dns.net` is not among them: asking",
        "for it is Firefox asking the network whether it may. What else was left out, and why, stands at the head of",
        "the file.",
    ]
    for kind, (heading, shows, hides) in KINDS.items():
        lines += ["", f"## {heading}", "", f"Kind `{kind}`. What a question shows: {shows}", ""]
        lines += [f"What it does not show: {hides}", "", "| name | whose | who says so |", "|---|---|---|"]
        lines += _rows(document, kind)
    return "\n".join([*lines, ""])


def _rows(document: dict[str, Any], kind: UnseenKind) -> Iterator[str]:
    cites = document["cites"]
    for table in document["names"]:
        if table["kind"] == kind:
            names = ", ".join(f"`{value}`" for value in table["values"])
            said = "; ".join(f"[{_plain(cites[key]['title'])}]({cites[key]['url']})" for key in table["cites"])
            yield f"| {names} | {table['note']} | {said} |"


def _plain(title: str) -> str:
    """A title as the text of a link."""
    return title.replace("_", "\\_")
