# SPDX-License-Identifier: EUPL-1.2
"""The page of what can be enforced on which device, as text. Part of scripts/reference: reads the facts that ship."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ordinance.enforce.facts import shipped_facts
from ordinance.enforce.sheet import answer
from ordinance.model.apps import Surface
from ordinance.model.enforceability import Connection, Devices, Fact, Hold, Meeting, Says, Setup
from ordinance.model.estate import Enrolment, Owner, Platform, app_surfaces
from ordinance.model.evidence import EvidenceKind

MADE = "<!-- Made by scripts/reference from src/ordinance/enforce/data/enforceability.toml; change it there. -->"
PLATFORMS = {
    Platform.ANDROID: "Android", Platform.IOS: "iOS", Platform.WINDOWS: "Windows", Platform.MACOS: "macOS",
    Platform.LINUX: "Linux", Platform.CHROMEOS: "ChromeOS", Platform.IOT: "appliances",
}
OWNERS = {Owner.BODY: "the body's", Owner.PERSON: "own"}
HOLDS = {Hold.BLOCK: "block", Hold.DETECT: "detect", Hold.ATTEST_ONLY: "attest only", Hold.NOT_KNOWN: "not known"}
SAYS = {Says.CAN: "", Says.CANNOT: "cannot: ", Says.NOT_BY_THIS: "not by this: "}
ANYTHING = Setup(allowed=frozenset(EvidenceKind))  # nothing is set up, and everything may be read
Row = tuple[Hold, Hold, Hold]


def page() -> str:
    """The general table, and every fact with its documents."""
    lines = [
        "# What can be enforced on which device",
        "",
        MADE,
        "",
        "The strongest that any means can do of which a document was read, whatever is set up anywhere: *block*,",
        "*detect*, *attest only* (somebody's word is all there can be), or *not known*: no document that was read says",
        "so, and it is taken neither for possible nor for impossible. In the office, whoever asks the body's resolver",
        "can be blocked by name, whatever the device; the table is about everything else. `ordinance targets sheet`",
        "says the same of the devices of a body, and what of it is set up there:",
        "[how to read it](../guides/what-can-be-enforced.md).",
        "",
        "| platform | managed how, and whose | the app on the device | its traffic elsewhere | the site elsewhere |",
        "|---|---|---|---|---|",
        *_table(),
        "",
        "## Each means, and who says so",
        "",
        "Set by hand, except where a target of this program is named.",
        "",
        *(line for fact in shipped_facts() for line in _fact(fact)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _table() -> Iterator[str]:
    """Rows of a platform whose answers are alike are one."""
    for platform, name in PLATFORMS.items():
        alike: dict[Row, dict[Enrolment, list[Owner]]] = {}
        for enrolment in Enrolment:
            for owner in OWNERS:
                row = _row(Devices(platform, owner, enrolment))
                alike.setdefault(row, {}).setdefault(enrolment, []).append(owner)
        for row, who in alike.items():
            yield f"| {name} | {'; '.join(_who(who))} | {' | '.join(HOLDS[hold] for hold in row)} |"


def _who(who: dict[Enrolment, list[Owner]]) -> Iterator[str]:
    for enrolment, owners in who.items():
        whose = "" if len(owners) == len(OWNERS) else f" ({OWNERS[owners[0]]})"
        yield f"`{enrolment}`{whose}"


def _row(who: Devices) -> Row:
    program = app_surfaces(who.platform)[0]
    away = Connection.MOBILE_DATA
    return (
        _best(who, program, Meeting.ON_THE_DEVICE, away),
        _best(who, program, Meeting.TRAFFIC, away),
        _best(who, Surface.WEB, Meeting.TRAFFIC, away),
    )


def _best(who: Devices, surface: Surface, meeting: Meeting, at: Connection) -> Hold:
    return answer(shipped_facts(), who, ANYTHING, surface, meeting, at).best


def _fact(fact: Fact) -> Iterator[str]:
    yield f"**{fact.id}** ({fact.act}{_for(fact)}): {SAYS[fact.says]}{fact.by}. {_sentence(fact.how)}"
    if fact.but:
        yield f"But: {fact.but}."
    if fact.targets:
        yield f"Targets: {', '.join(f'`{t}`' for t in sorted(fact.targets))}, as far as they are installed."
    for document in fact.cites:
        yield f"[{document.title}]({document.url}), {document.version}, read {document.retrieved.isoformat()}."
    yield ""


def _for(fact: Fact) -> str:
    """On which devices, where it is not on any."""
    parts: tuple[Iterable[str], ...] = (fact.platforms, fact.enrolments, fact.owners, fact.surfaces, fact.connections)
    said = [" or ".join(sorted(map(str, part))) for part in parts if part]
    return "".join(f"; {one.replace('_', ' ')}" for one in said)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
