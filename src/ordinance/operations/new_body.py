# SPDX-License-Identifier: EUPL-1.2
"""The files of a new body, from a few answers: settings, authority, a draft of a policy, an empty estate, a test.

Reads the answers, the mirrored texts and a day; writes nothing. The draft is under consideration: it has no force
until a person writes the day on which it was decided. What no answer says is left as a comment, never made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files as package_files
from itertools import chain
from typing import Any

import yaml

from ordinance.model.law import EVERY_DEVICE, Clock, Duty, Force, Restriction, Scope, Selector, Text, What
from ordinance.model.privacy import PrivacyProfile
from ordinance.policy.privacy import profile_ids
from ordinance.readers.estate import DEVICES, NETWORKS, PEOPLE, UNITS

SCHEMAS = ".ordinance-schema"
_OWN_ONLY = {What.LISTED_BY, What.CRITERION}  # what these name is described in the text itself


@dataclass(frozen=True, slots=True)
class NewBody:
    """The answers. `known` says that the library has the authority already, `profile` is that of its country's law."""

    id: str
    name: str
    time_zone: str
    country: str = ""
    languages: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    adopts: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    purpose: str = ""
    legal_basis: str = ""
    known: bool = False
    profile: PrivacyProfile | None = None


def files_of(body: NewBody, mirrored: Iterable[Text], app: str, outcome: str, today: date) -> dict[str, bytes]:
    """Every file of the folder, by its path. `app` and `outcome` are those of the first test."""
    policy = f"{body.id}-{today.year}"
    texts = {
        "ordinance.toml": _settings(body),
        "authorities.yaml": _authorities(body),
        f"policies/{policy}.yaml": _policy(body, policy, tuple(mirrored), today),
        f"tests/{policy}.yaml": _scenario(policy, app, outcome, today),
        "estate/devices.csv": _header(DEVICES),
        "estate/people.csv": _header(PEOPLE),
        "estate/units.csv": _header(UNITS),
        "estate/networks.csv": _header(NETWORKS),
        ".gitignore": ".ordinance/\n",
    }
    return {name: text.encode() for name, text in texts.items()} | _schemas()


def fill_in(body: NewBody, today: date) -> tuple[tuple[str, str], ...]:
    """What a person has to write, file by file."""
    policy = f"{body.id}-{today.year}"
    reading = ", [[sources]], [retention] and who was informed of the checking" if body.evidence else ""
    law = "; privacy_profile is proposed: see whether it is your law" if body.profile else ""
    return (
        (f"policies/{policy}.yaml", "what is decided; add {state: in_force, from: …} with the day when it is"),
        ("estate/devices.csv", "a row a device: what the body owns or pays for, who holds it, since when (valid_from)"),
        ("estate/people.csv", "a row a holder: staff, elected, pupil …; an id, no name"),
        ("estate/units.csv", "a row a unit, in this or another institution"),
        ("estate/networks.csv", "a row a network: its addresses and who may join it"),
        ("ordinance.toml", f"[[targets]] for the tools you run{reading}{law}"),
        (f"tests/{policy}.yaml", "a test for each question that people ask about the policy"),
    )


def _header(columns: Iterable[str]) -> str:
    return ",".join(columns) + "\n"


def _schemas() -> dict[str, bytes]:
    """The shipped JSON Schemas, for editors; none where none are shipped."""
    folder = package_files("ordinance.policy") / "schema"
    found = sorted(folder.iterdir(), key=lambda f: f.name) if folder.is_dir() else []
    return {f"{SCHEMAS}/{f.name}": f.read_bytes() for f in found if f.name.endswith(".schema.json")}


def editor_line(kind: str, up: str = "../") -> str:
    """The first line of a file of this kind, by which an editor finds its schema in the body's folder."""
    return f"# yaml-language-server: $schema={up}{SCHEMAS}/{kind}.schema.json\n"


# --- settings and authority -----------------------------------------------------------------------


def _settings(body: NewBody) -> str:
    lines = [
        "# Who we are and what a check may do. Everything that `ordinance` does in this folder begins here.",
        "[body]",
        f"id = {_toml(body.id)}",
        f"name = {_toml(body.name)}",
        f"time_zone = {_toml(body.time_zone)}",
        f"languages = {_toml(body.languages)}",
        "",
        "# What may be read: attestation, sample, network_aggregate, network_device, inventory; [] is an answer too.",
        "[checking]",
    ]
    stated = {"purpose": body.purpose, "legal_basis": body.legal_basis}
    lines += [f"{key} = {_toml(value)}" for key, value in stated.items() if value]
    lines += [f"evidence_allowed = {_toml(body.evidence)}"]
    if not body.evidence:
        lines += ['# no_check_by = "who decided that nothing is read"']
    lines += [
        '# informed = [{ who = "all staff", on = 2024-01-31, how = "e-mail with the decision" }]',
        *_privacy(body.profile),
        "",
        *_retention(needed=bool(body.evidence)),
        "",
        "# Inventories and logs that a check reads. docs/reference has each reader.",
        "# [[sources]]",
        '# id = "mdm"',
        '# reader = "inventory-csv"',
        '# preset = "ordinance"',
        '# files = ["inventory/mdm-*.csv"]',
        "# first = 2024-01-31",
        '# every = "P7D"',
        "",
        "# Tools for which configuration is made, with the networks of estate/networks.csv that they serve.",
        "# [[targets]]",
        '# id = "dns-rpz"',
        '# networks = ["staff"]',
        f'# settings = {{ zone = "rpz.{body.id}.example" }}',
    ]
    return "\n".join(lines) + "\n"


def _privacy(found: PrivacyProfile | None) -> list[str]:
    """What the country's law asks of a check, as a proposal with its sources; of another country nothing is made up."""
    if found is None:
        known = ", ".join(profile_ids())
        return [f'# privacy_profile = "be"  # of {known}: the country whose law applies, where it is one of them']
    return [
        f"# Proposed from the country, {found.name}: what its law asks of a check, as far as these say. See whether it",
        "# is yours, and take the line out where it is not; `ordinance privacy` shows each rule.",
        *(f"# - {cite.title}: {cite.url}" for _, cite in found.cites),
        f"privacy_profile = {_toml(found.id)}",
    ]


def _retention(*, needed: bool) -> list[str]:
    """How long what is kept stays: written out where evidence is read, since nothing is read without it."""
    mark = "" if needed else "# "
    return [
        "# How long what is kept may stay: runs (results and reports), and the ledger of who looked at what.",
        f"{mark}[retention]",
        f'{mark}runs = "P6M"',
        f'{mark}ledger = "P1Y"',
    ]


def _toml(value: str | tuple[str, ...]) -> str:
    """A TOML string or array: JSON's, for texts without control characters."""
    return json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)


def _authorities(body: NewBody) -> str:
    head = editor_line("authorities", "") + "# Ourselves. An id carries no power; only `binds` and `advises` do.\n"
    if body.known:
        return f"{head}# The library has the authority {body.id} already.\nauthorities: []\n"
    lines = ["authorities:", f"  - id: {_flow(body.id)}", f"    name: {_flow(body.name)}"]
    lines += [f"    country: {_flow(body.country)}"] if body.country else []
    lines += [f"    time_zone: {_flow(body.time_zone)}"]
    lines += [f"    groups: {_flow(list(body.groups))}  # under which others address us"] if body.groups else []
    return head + "\n".join(lines) + "\n"


# --- the draft ------------------------------------------------------------------------------------


def _policy(body: NewBody, policy: str, mirrored: tuple[Text, ...], today: date) -> str:
    lines = [
        "# A draft: under consideration, without force. `ordinance lint` says what is wrong, `ordinance rulings` what",
        "# would apply. When it is decided, add the stage in_force with its day, and the sources under cites.",
        f"policy: {_flow(policy)}",
        'version: "1"',
        f"title: {_flow(f'Apps on devices of {body.name}')}",
        f"authority: {_flow(body.id)}",
        "lifecycle:",
        f"  - {{state: under_consideration, from: {today}}}",
        f"  # - {{state: in_force, from: {today}}}",
    ]
    if body.mirrors:
        lines += [f"mirrors: {_flow(list(body.mirrors))}  # a baseline to compare with; it imports nothing"]
    if body.adopts:
        lines += [
            "# Their clauses become ours, but for stated changes: {text: …, changes: [{restriction: …, drop: yes}]}.",
            f"adopts: {_flow(list(body.adopts))}",
        ]
    fit = [(text, clause) for text in mirrored if (clause := clause_to_turn(text)) is not None]
    for text in mirrored:
        if text not in [t for t, _ in fit]:
            lines += [f"# No clause of {text.id} stands by itself: they need its lists, criteria or readings."]
    if fit:
        turned = (_turned(text, clause, _clause_id(n)) for n, (text, clause) in enumerate(fit))
        lines += ["restrictions:", *chain.from_iterable(turned)]
    elif not body.adopts:
        lines += _EXAMPLE
    lines += [
        "# Who may be exempted, by whom, for how long; or `exemptions_allowed: none`.",
        "# exemptions_allowed:",
        "#   - {purposes: [press], approver: information-security-officer, longest: P6M, conditions: separate-device}",
    ]
    return editor_line("policy") + "\n".join(lines) + "\n"


_EXAMPLE = (
    "# A clause: what is restricted, on which devices, for whom, and what must be done by when.",
    "# restrictions:",
    "#   - id: our-devices",
    "#     force: binding",
    "#     what: [{family: tiktok}]  # `ordinance apps` lists what can be named",
    "#     surfaces: [app, desktop]",
    "#     devices: {any: [{owner: body}, {purchase_share: {over: 0}}, {subscription_share: {over: 0}}]}",
    "#     people: [staff]",
    "#     duties: {stop_using: at_once, remove: {within: P14D}}",
    "#     for: P6M",
    "#     at_sunset: decide  # what silence means then: lapse, decide or permanent",
)


def _clause_id(number: int) -> str:
    return "our-devices" if number == 0 else f"our-devices-{number + 1}"


def clause_to_turn(text: Text) -> Restriction | None:
    """The clause of a mirrored text that a first clause of our own is made from: the strongest about devices that
    stands by itself; `None` where each leans on lists, criteria or readings of its text."""
    fit = [r for r in text.restrictions if _stands_alone(r)]
    return max(fit, key=lambda r: (r.speaks_of_devices, r.force.strength), default=None)


def _stands_alone(clause: Restriction) -> bool:
    leans = any(leaf.kind in _OWN_ONLY for s in clause.what for leaf in s.leaves())
    replaces = any(duty is Duty.REPLACE for duty, _ in clause.duties)
    return not (leans or replaces or clause.under or any(c.after_list for _, c in clause.duties))


def _turned(text: Text, clause: Restriction, name: str) -> Iterator[str]:
    """A clause of another text as one of our own: its scope is now about our devices and our people."""
    there = {Force.BINDING: "binds there", Force.DUTY_TO_REACT: "asks for an answer", Force.ADVICE: "is advice"}
    yield f"  # Made from {text.id}/{clause.id}, which {there[clause.force]}. Here `body` and the people are ours:"
    yield "  # change what is different with us."
    yield f"  - id: {name}"
    yield "    force: binding"
    yield f"    what: {_flow([_selector(s) for s in clause.what])}"
    yield f"    surfaces: {_flow(sorted(str(s) for s in clause.surfaces))}"
    yield from _subjects(clause)
    yield "    duties:"
    for duty, clock in clause.duties:
        said, remark = _clock(clock)
        yield f"      {duty}: {said}{f'  # there: {remark}' if remark else ''}"
    if not clause.duties:
        yield "      stop_using: at_once  # there no duty is stated"
    yield from _ends(clause)


def _subjects(clause: Restriction) -> Iterator[str]:
    if clause.devices != EVERY_DEVICE:
        yield f"    devices: {_flow(_scope(clause.devices))}"
    for key in ("people", "networks", "places", "accounts"):
        words = sorted(str(w) for w in getattr(clause, key))
        if words:
            yield f"    {key}: {_flow(words)}"


def _ends(clause: Restriction) -> Iterator[str]:
    silence = clause.at_sunset or "decide"
    if clause.term is not None:
        yield f"    for: {clause.term}"
    if clause.last_day is not None:
        yield f"    # for: P6M  # there: until {clause.last_day}"
    if clause.term is not None:
        yield f"    at_sunset: {silence}  # what silence means then: lapse, decide or permanent"
        if clause.renewal_needs:
            yield f"    renewal_needs: {_flow(sorted(clause.renewal_needs))}"


def _clock(clock: Clock) -> tuple[str, str]:
    """A clock, and in words what cannot be taken over: another body's days are over or not ours."""
    if clock.within is not None:
        return _flow({"within": str(clock.within)}), ""
    day = clock.by or clock.at
    return "at_once", f"by {day.isoformat()}" if day else ""


def _selector(selector: Selector) -> dict[str, Any]:
    kind = str(selector.kind)
    if selector.parts:
        parts = [_selector(p) for p in selector.parts]
        return {kind: parts[0] if selector.kind is What.NOT else parts}
    words = selector.words[0] if len(selector.words) == 1 else list(selector.words)
    more = {"affiliates": str(selector.affiliates)} if selector.kind is What.VENDOR else {}
    return {kind: words, **more}


def _scope(scope: Scope) -> dict[str, Any]:
    kind = scope[0]
    if kind in {"all", "any"}:
        return {kind: [_scope(s) for s in scope[1]]}
    if kind == "not":
        return {"not": _scope(scope[1])}
    if kind == "share":
        return {scope[1]: {scope[2]: scope[3]}}
    return {scope[1]: scope[2][0] if len(scope[2]) == 1 else list(scope[2])}


# --- the first test -------------------------------------------------------------------------------


def _scenario(policy: str, app: str, outcome: str, today: date) -> str:
    lines = [
        "# Questions about the policy, and what must come out: `ordinance test` asks them. The first has the answer of",
        "# today, while the policy is a draft. Write more from the words of the decision, with a later day.",
        "- name: a device of ours, in the hand of staff",
        "  device: {owner: body, purchase_share: 100, subscription_share: 100}",
        "  people: staff",
        f"  app: {_flow(app)}",
        "  surface: app",
        f"  at: {today}",
        f"  expect: {{outcome: {outcome}}}",
        f"# Later: expect: {{outcome: forbidden, deciding: {policy}/…, duties: {{stop_using: …}}}}",
    ]
    return editor_line("scenario") + "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    """YAML on one line."""
    plain = [_plain(value)]
    text: str = yaml.safe_dump(plain, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
    return text.strip()[1:-1]


def _plain(value: Any) -> Any:
    """Words of the model as texts, which is all that YAML knows."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, str) else value
