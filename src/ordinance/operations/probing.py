# SPDX-License-Identifier: EUPL-1.2
"""`probe`: ask a resolver that the user names about names that it should block, block no more, or leave alone.

Reads the workspace and the last bundle. Asks that resolver, and a second one where the user names it, at a pace and
within a time; nothing else is contacted, and nothing about people is asked. Writes a record where that is wanted, for
later checks. What was not asked is counted: it is never clean. Cannot know whether clients ask this resolver at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from ordinance import __version__
from ordinance.enforce.bundle import MANIFEST, sha256_of
from ordinance.enforce.last import Last, Stage
from ordinance.enforce.probed_names import MOST_ENDS, RESOLVERS, Choice, choose, ends, names_of
from ordinance.model.body import TargetSettings
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.probe import (
    Expected,
    Probed,
    ProbedName,
    Resolver,
    Seen,
    read_resolver,
)
from ordinance.operations.asking import Ask, Asker, Asking, Clock
from ordinance.operations.document_findings import findings_document
from ordinance.operations.enforcing import default_folder, own_bundle, plans_of
from ordinance.operations.workspace import Workspace
from ordinance.policy.toml_table import FILE
from ordinance.store.files import standing
from ordinance.store.probes import write_probe
from ordinance.targets import BUILTIN, available
from ordinance.verify.resolver import (
    ABSENT,
    REFERENCE_SILENT,
    Signs,
    as_findings,
    fails,
    found,
)

DONE, FAILS, NOT_ALL_ASKED = 0, 1, 4
OVER_LIMIT = "over_limit"
BUILTIN_IDS = frozenset(t.id for t in BUILTIN)  # an outsider's target of networks may be a resolver


def resolver_of(text: str) -> Resolver | None:
    """A resolver as a person writes it; `None` for what is no address."""
    return read_resolver(text)


def probe(
    workspace: Workspace,
    at: datetime,
    asking: Asking,
    clock: Clock,
    *,
    folder: Path | None = None,
    target: str | None = None,
    record: bool = False,
    ask: Ask | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Ask, and give what was seen as a document; with `record` it is also kept in the body's state.

    Raises PolicyError where the extra `probe` is not installed, where no target or more than one is a resolver, for a
    bundle that is another body's or not there, and for settings that a target cannot use.
    """
    last = own_bundle(workspace, (folder or default_folder(workspace)).resolve())
    if folder is not None and last is None:
        raise PolicyError([Issue(str(folder), 0, 0, "not-a-bundle", "there is no bundle in this folder")])
    settings = _settings(workspace, last, target)
    choice, ends_left_out = _choice(workspace, at, last, settings, asking.most)
    rows: list[Probed] = []
    left: dict[str, tuple[ProbedName, ...]] = {OVER_LIMIT: choice.over_limit}
    questions = 0
    if choice.names:
        signs = Signs(settings.settings.get("zone", _zone(settings.id)), settings.settings.get("garden", ""))
        asker = Asker(asking, signs, ask or _engine().ask, clock, progress)
        rows, stopped, rest = asker.all(choice.names)
        left |= {stopped: rest} if stopped else {}
        questions = asker.questions
    made = _document(workspace, at, asking, settings.id, last, folder, rows, left, choice, ends_left_out, questions)
    if record:
        made["recorded"] = write_probe(workspace.state, made).relative_to(workspace.body.folder).as_posix()
    return made


def _engine() -> ModuleType:
    """What speaks DNS. Raises PolicyError where the extra `probe` is not installed."""
    try:
        from ordinance.readers import _resolver  # noqa: PLC0415  # only with the extra
    except ModuleNotFoundError:
        hint = "pip install 'ordinance[probe]'"
        message = "asking a resolver needs the extra `probe`"
        raise PolicyError([Issue("", 0, 0, "no-engine", message, "", hint)]) from None
    return _resolver


def _settings(workspace: Workspace, last: Last | None, target: str | None) -> TargetSettings:
    """The target whose resolver is asked, with the settings with which its files were made."""
    own = {t.id: t for t in workspace.body.targets}
    built = {a.target for a in last.artefacts} if last else set()
    known = sorted(t for t in own.keys() | built if t in RESOLVERS)
    if target is None and len(known) != 1:
        message = "more than one target is a resolver" if known else "no target here is a resolver"
        hint = f"say which with --target: {', '.join(known)}" if known else "`[[targets]]` in ordinance.toml names one"
        raise PolicyError([Issue(FILE, 0, 0, "which-resolver", message, "nothing was asked", hint)])
    chosen = target or known[0]
    if chosen not in own.keys() | built:
        hint = f"targets of this body: {', '.join(sorted(own.keys() | built)) or 'none'}"
        message = f"neither ordinance.toml nor the bundle has a target {chosen!r}"
        raise PolicyError([Issue(FILE, 0, 0, "which-resolver", message, "nothing was asked", hint)])
    if chosen not in RESOLVERS and not (chosen not in BUILTIN_IDS and _serves(chosen)):
        message = f"the target {chosen!r} configures no resolver"
        raise PolicyError([Issue(FILE, 0, 0, "which-resolver", message, "nothing was asked")])
    of_bundle = (last.settings or {}).get(chosen) if last else None
    given = own[chosen].settings if chosen in own else {}  # of an old bundle, and taken out since: as by default
    networks = own[chosen].networks if chosen in own else ()
    return TargetSettings(chosen, networks, of_bundle if of_bundle is not None else given)


def _serves(target: str) -> bool:
    return any(t.id == target and t.by_network for t in available())


def _zone(target: str) -> str:
    """The default name of a target's policy zone; empty where it has none."""
    setting = next((t.settings["zone"] for t in available() if t.id == target and "zone" in t.settings), None)
    return setting.default if setting else ""


def _choice(
    workspace: Workspace, at: datetime, last: Last | None, settings: TargetSettings, most: int
) -> tuple[Choice, int]:
    """The names to ask, and how many ends of rules were not looked back to."""
    targets = {t.id: t for t in available()}
    if settings.id not in targets:
        message = f"the target {settings.id} is not installed here"
        raise PolicyError([Issue(FILE, 0, 0, "unknown-target", message, "nothing was asked")])
    at_ends = ends(workspace.law, at)

    def planned(then: datetime) -> Mapping[str, Any]:
        if settings.id not in {t.id for t in workspace.body.targets}:
            return {}  # taken out of ordinance.toml since: nothing asks it to block
        plans = plans_of(workspace, workspace.body, then)
        return names_of(plans, settings, targets[settings.id])

    past = [planned(then) for then in at_ends[:MOST_ENDS]]
    chosen = choose(planned(at), last, past, settings.id, workspace.catalogue, workspace.body, most, at)
    return chosen, max(len(at_ends) - MOST_ENDS, 0)


# --- what came of it --------------------------------------------------------------------------------


def _document(
    workspace: Workspace,
    at: datetime,
    asking: Asking,
    target: str,
    last: Last | None,
    folder: Path | None,
    rows: list[Probed],
    left: Mapping[str, tuple[ProbedName, ...]],
    choice: Choice,
    ends_left_out: int,
    questions: int,
) -> dict[str, Any]:
    """Keys in the order of reading. No clock and no folder is in it: the same answers give the same document."""
    not_asked = {why: len(names) for why, names in left.items() if names}
    not_asked |= {"not_in_bundle": choice.not_built} if choice.not_built else {}
    not_asked |= {"older_rules": ends_left_out} if ends_left_out else {}
    findings = found(rows, at)
    code = _exit_code(rows, not_asked, at)
    manifest = standing((folder or default_folder(workspace)).resolve()) / MANIFEST
    built = None
    if last is not None:
        stage = last.stage.value if last.stage else None
        built = {"at": last.said.get("at", ""), "stage": stage, "manifest": sha256_of(manifest.read_bytes())}
    return {
        "ordinance": __version__,
        "body": workspace.body.id,
        "notice": workspace.body.notice,
        "as_of": at.isoformat(),
        "target": target,
        "resolver": str(asking.resolver),
        "reference": str(asking.reference) if asking.reference else None,
        "bundle": built,
        "law": workspace.law.digest,
        "catalogue": workspace.catalogue.version,
        "catalogue_digest": workspace.catalogue.digest,
        "limits": {
            "most": asking.most,
            "per_second": asking.per_second,
            "timeout_s": asking.timeout_s,
            "within_s": asking.within_s,
        },
        "questions": questions,
        "not_asked": not_asked,
        "sums": _sums(rows, [n for names in left.values() for n in names]),
        "findings": findings_document(as_findings(findings, at, target, str(asking.resolver)), workspace),
        "names": [_row(r, at) for r in rows],
        "sentence": _sentence(rows, not_asked, last, at),
        "exit_code": code,
    }


def _row(row: Probed, at: datetime) -> dict[str, Any]:
    name = row.name
    kind = fails(row, at)
    return {
        "name": name.name,
        "expected": name.expected.value,
        "neighbour": name.neighbour.value if name.neighbour else None,
        "restrictions": sorted({a.restriction for a in name.asked_for if a.restriction}),
        "apps": sorted({a.app for a in name.asked_for}),
        "due": name.is_due(at),
        "seen": row.verdict.seen.value,
        "reason": row.verdict.reason,
        "finding": kind.value if kind else None,
        "types": {t: {"seen": v.seen.value, "reason": v.reason} for t, v in row.types.items()},
    }


def _sums(rows: Iterable[Probed], left: Iterable[ProbedName]) -> list[dict[str, Any]]:
    """Names by what should become of them and by restriction; one that several ask for counts for each."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for name, seen in (*((r.name, r.verdict.seen.value) for r in rows), *((n, "not_asked") for n in left)):
        for restriction in {a.restriction for a in name.asked_for} or {""}:
            counts.setdefault((name.expected.value, restriction), Counter())[seen] += 1
    columns = (*(s.value for s in Seen), "not_asked")
    return [
        {"expected": key[0], "restriction": key[1] or None, **{c: counts[key][c] for c in columns}}
        for key in sorted(counts)
    ]


def _over_blocked(row: Probed) -> bool:
    return row.name.expected is Expected.OPEN and row.verdict.seen is Seen.BLOCKED


def _undecided(row: Probed) -> bool:
    """Whether more could be known of a name: not of one that nobody knows, nor of a neighbour that need not exist."""
    name, verdict = row.name, row.verdict
    if name.neighbour is not None and not name.neighbour.exists:
        return False
    if any(v.seen is Seen.NO_ANSWER for v in row.types.values()):
        return True
    return verdict.seen is Seen.UNCLEAR and verdict.reason != ABSENT


def _nothing_shown(rows: Iterable[Probed]) -> bool:
    """Whether of all that should be blocked, or of all that should be free, nothing was shown.

    A reference that denies every name shows nothing, of a block or of its end.
    """
    every = list(rows)
    for expected in (Expected.BLOCKED, Expected.FREE):
        seen = {r.verdict.seen for r in every if r.name.expected is expected}
        if seen and not seen & {Seen.BLOCKED, Seen.OPEN}:
            return True
    return False


def _exit_code(rows: list[Probed], not_asked: Mapping[str, int], at: datetime) -> int:
    if any(fails(r, at) or _over_blocked(r) for r in rows):
        return FAILS
    return NOT_ALL_ASKED if not_asked or any(map(_undecided, rows)) or _nothing_shown(rows) else DONE


def _sentence(rows: list[Probed], not_asked: Mapping[str, int], last: Last | None, at: datetime) -> str:
    lifted = " The last bundle took everything back." if last is not None and last.stage is Stage.LIFT else ""
    if not rows and not not_asked:
        return f"Nothing is to be blocked, and nothing was before: nothing was asked.{lifted}"
    kinds = Counter(str(k) for r in rows if (k := fails(r, at)))
    parts = []
    wanted = [r for r in rows if r.name.expected is Expected.BLOCKED]
    if count := kinds["control_ineffective"]:
        parts.append(f"{count} of {len(wanted)} names that should be blocked are open.")
    if count := kinds["leftover"]:
        parts.append(f"{count} names are still blocked, and nothing asks for that any more.")
    if count := sum(map(_over_blocked, rows)):
        parts.append(f"{count} neighbours are blocked that nobody asks to block.")
    early = sum(r.name.expected is Expected.BLOCKED and r.verdict.seen is Seen.OPEN and not fails(r, at) for r in rows)
    unheard = sum(any(v.reason == REFERENCE_SILENT for v in r.types.values()) for r in rows)
    if unheard:
        parts.append(f"The reference gave no answer to {unheard} names.")
    if early:
        parts.append(f"{early} names are open that need not be blocked yet.")
    unsure = sum(map(_undecided, rows)) + sum(not_asked.values())
    if not parts and not unsure and not _nothing_shown(rows):
        blocked = sum(r.verdict.seen is Seen.BLOCKED for r in wanted)
        absent = sum(r.verdict.reason == ABSENT for r in rows)
        but = f" {absent} names exist nowhere, as far as the reference knows." if absent else ""
        return f"All is as it should be: {blocked} names are blocked, and what should be open is.{but}{lifted}"
    if unsure or _nothing_shown(rows):
        nothing = "No block was shown." if wanted else "It was not shown that any block has ended."
        parts.append(f"Of {unsure} it could not be told, or they were not asked." if unsure else nothing)
    return f"{' '.join(parts)}{lifted}"
