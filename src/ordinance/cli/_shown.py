# SPDX-License-Identifier: EUPL-1.2
"""Results as a person reads them on a terminal, and as JSON where an operation gives plain objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ordinance.cli._common import say, show, show_table
from ordinance.model.disclosure import Coarse, Numbers, amount
from ordinance.model.kleene import Truth
from ordinance.model.law import Precision
from ordinance.model.ruling import Outcome, Reason, Ruling, Subject, open_points

if TYPE_CHECKING:  # operations are imported where a verb runs: `--help` must not load them
    from ordinance.operations.demo import Shown
    from ordinance.operations.rulings import ClassRulings, Explanation
    from ordinance.operations.workspace import Workspace

NO_SUCH_APP = "not on this platform"
MOST = 12  # lines listed unless everything is asked for


def show_notice(notice: str, invented: Iterable[tuple[str, str, Iterable[str]]] = ()) -> None:
    """What the body wants to be said of everything made from it, and which parts of its texts an example made up."""
    if notice:
        show(f"  {notice}")
    for text, version, paths in invented:
        show(f"  made up for this example in {text}, version {version}: {', '.join(paths)}")


# --- rulings and explain ----------------------------------------------------------------------------


def rulings_document(workspace: Workspace, at: datetime, found: Iterable[ClassRulings]) -> dict[str, Any]:
    """Rulings of all classes as JSON."""
    return {
        "body": workspace.body.id,
        "as_of": at.isoformat(),
        "notice": workspace.body.notice,
        "invented": [{"text": t, "version": v, "paths": list(p)} for t, v, p in made_up(workspace)],
        "catalogue": workspace.catalogue.version,
        "catalogue_digest": workspace.catalogue.digest,
        "law": workspace.law.digest,
        "classes": [
            {
                "class": c.device_class.id,
                "facts": c.facts,
                "devices": c.devices,
                "rulings": [ruling_document(r, runs=r.surface in c.possible) for r in c.rulings],
            }
            for c in found
        ],
    }


def made_up(workspace: Workspace) -> list[tuple[str, str, tuple[str, ...]]]:
    """The parts of texts that an example made up: the text's id, its version, and their paths."""
    return sorted((t.id, t.version, t.invented) for t in workspace.law.texts if t.invented)


def ruling_document(ruling: Ruling, *, runs: bool) -> dict[str, Any]:
    """One ruling as JSON; `runs`: whether a device of that platform can have the app on that surface."""
    return {
        "app": ruling.app,
        "surface": str(ruling.surface),
        "at": ruling.at.isoformat(),
        "outcome": str(ruling.outcome),
        "on_platform": runs,
        "deciding": ruling.deciding,
        "exemption": ruling.exemption,
        "missing": list(ruling.missing),
        "duties": [
            {"duty": str(d.duty), "restriction": d.restriction, "due": d.due.isoformat()} for d in ruling.duties
        ],
        "reasons": [_reason(r) for r in ruling.reasons],
        "divergences": [_reason(r) for r in ruling.divergences],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "authority": reason.authority,
        "clause": reason.clause,
        "version": reason.version,
        "force": str(reason.force) if reason.force else None,
        "standing": str(reason.standing),
        "since": reason.since.isoformat() if reason.since else None,
        "since_known_to": str(reason.since_known_to) if reason.since else None,
        "until": reason.until.isoformat() if reason.until else None,
        "in_scope": reason.in_scope.name.lower(),
        "facts": list(reason.facts),
        "missing": list(reason.missing),
        "to_be_decided": reason.to_be_decided,
    }


def show_rulings(workspace: Workspace, found: Iterable[ClassRulings], at: datetime) -> None:
    """A table of outcomes per class; members and surfaces with the same outcome share a line."""
    rows: list[tuple[str, ...]] = [("class", "devices", "outcome", "apps and surfaces", "deciding clause")]
    legend = []
    for one in found:
        legend.append((one.device_class.id, one.facts))
        grouped: dict[tuple[str, str], list[str]] = {}
        for r in one.rulings:
            outcome = str(r.outcome) if r.surface in one.possible else NO_SUCH_APP
            grouped.setdefault((outcome, r.deciding or "–"), []).append(f"{r.app}:{r.surface}")
        for (outcome, deciding), what in sorted(grouped.items(), key=lambda g: _rank(g[0][0])):
            rows.append((one.device_class.id, str(one.devices), outcome, _shortened(what), deciding))
    show(f"rulings at {at.isoformat()}")
    show_notice(workspace.body.notice, made_up(workspace))
    show_table(rows)
    show()
    for name, facts in legend:
        show(f"{name}  {facts}")


def _rank(outcome: str) -> int:
    return [*(str(o) for o in Outcome), NO_SUCH_APP].index(outcome)


def _shortened(what: list[str]) -> str:
    by_surface: dict[str, list[str]] = {}
    for one in what:
        app, _, surface = one.partition(":")
        by_surface.setdefault(surface, []).append(app)
    families = {s: sorted({a.partition("/")[0] for a in names}) for s, names in by_surface.items()}
    return "; ".join(f"{s}: {', '.join(names)}" for s, names in families.items())


def explanation_document(found: Explanation) -> dict[str, Any]:
    """An explanation as JSON."""
    subject = {str(found.subject): found.device} if found.subject is not Subject.DEVICE else {}
    return {
        **subject,
        "device": None if subject else found.device,
        "row": found.line or None,
        "facts": found.facts,
        "app": found.app_name,
        **ruling_document(found.ruling, runs=found.runs),
    }


def show_explanation(found: Explanation, zone: ZoneInfo) -> None:
    """Authority, clause, facts: the lines somebody can read out to a works council."""
    ruling = found.ruling
    is_device = found.subject is Subject.DEVICE
    name = found.device if is_device else f"{found.subject} {found.device}"
    show(f"{name}: {found.app_name} ({ruling.app}), surface {ruling.surface}, at {_local(ruling.at, zone)}")
    said = _in_words(ruling, found.subject)
    show(f"  {said if found.runs else f'{NO_SUCH_APP.upper()}: no such app runs there, so that nothing is asked'}")
    if is_device:
        show(f"  facts (estate/devices.csv:{found.line}): {found.facts}")
    for reason in ruling.reasons:
        show()
        _show_reason(found, reason, zone, "")
    if found.conditions:
        show(f"\nconditions of {ruling.exemption} (a check says whether they are met)")
        for condition in found.conditions:
            show(f"  {condition.replace('_', ' ')}")
    for answer in found.answers:
        if any(r.clause.partition("/")[0] == answer.text for r in ruling.reasons):
            show(f"\nanswer to {answer.text}: {answer.answer} by {answer.by} on {answer.on}")
            for measure in answer.mitigations:
                proof = " (a check says whether this holds)" if measure.is_checked else ""
                show(f"  instead: {measure.what}{proof}")
            if answer.next_review is not None:
                show(f"  looked at again by {answer.next_review}")
    if ruling.duties and found.runs:
        show("\nduties")
        for duty in ruling.duties:
            show(f"  {duty.duty}: due from {_local(duty.due, zone)}  ({duty.restriction})")
    for reason in ruling.divergences:
        show("\ndivergence only (a mirrored text; it has no force here)")
        _show_reason(found, reason, zone, "  ")


def _show_reason(found: Explanation, reason: Reason, zone: ZoneInfo, pad: str) -> None:
    title = found.titles[reason.clause.partition("/")[0], reason.version]
    force = str(reason.force) if reason.force else f"{found.clauses[reason.clause].force} where it applies"
    show(f"{pad}{found.authorities.get(reason.authority, reason.authority)}")
    show(f"{pad}  → {reason.clause} ({title}; {force})")
    until = f" until {_local(reason.until, zone)}" if reason.until else ""
    since = f" since {_since(reason.since, reason.since_known_to, zone)}" if reason.since else ""
    show(f"{pad}      {reason.standing.replace('_', ' ')}{since}{until}")
    show(f"{pad}      speaks of: {found.scopes[reason.clause]}")
    covered = f"this {found.subject} is covered", f"this {found.subject} is not covered"
    words = {Truth.TRUE: covered[0], Truth.FALSE: covered[1], Truth.UNKNOWN: "may be covered"}
    facts = f": {'; '.join(reason.facts)}" if found.subject is Subject.DEVICE else ""
    show(f"{pad}    → {words[reason.in_scope]}{facts}")
    if reason.missing:
        show(f"{pad}      missing: {', '.join(reason.missing)}")
    if reason.to_be_decided:
        show(f"{pad}      to be decided: {reason.to_be_decided}")


def _in_words(ruling: Ruling, subject: Subject) -> str:
    by = f" by {ruling.deciding}" if ruling.deciding else ""
    words = {
        Outcome.FORBIDDEN: f"FORBIDDEN{by}",
        Outcome.CONDITIONAL: f"CONDITIONAL: exemption {ruling.exemption} from {ruling.deciding}",
        Outcome.UNKNOWN: f"UNKNOWN{by}: {open_points(ruling.missing)}",
        Outcome.ADVISED_AGAINST: f"ADVISED AGAINST{by}",
        Outcome.PERMITTED: f"PERMITTED: no clause in force speaks of this {subject}, app and surface",
    }
    return words[ruling.outcome]


def _since(at: datetime, known_to: Precision, zone: ZoneInfo) -> str:
    """The instant of a beginning; where only its month or year is known, that, as its authority counts it."""

    if known_to is Precision.DAY:
        return _local(at, zone)
    return f"{at:%Y-%m} (day not known)" if known_to is Precision.MONTH else f"{at:%Y} (day not known)"


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


# --- check and demo ---------------------------------------------------------------------------------

_RESULTS = ("pass", "fail", "unknown", "notchecked", "notapplicable", "error")


def show_check(document: Mapping[str, Any]) -> None:
    """What a check found, short: the report has the rest."""
    from ordinance.report.life import heading

    summary, numbers = document["summary"], document["disclosure"]["numbers"]
    is_exact = numbers == Numbers.EXACT
    show(f"{document['body']['name']}: {summary['sentence']}")
    if document["notice"]:
        show(f"  {document['notice']}")
    show(f"  window {document['window']['from']} to {document['window']['to']}\n")
    show_table(
        [("duty", *_RESULTS)]
        + [(duty, *(amount(c[r], numbers) for r in _RESULTS)) for duty, c in summary["by_duty"].items()]
    )
    if document["findings"]:
        show("\nfindings")
    for f in document["findings"]:
        where = f["device"] or f["unit"] or "–"
        app = f"{f['family']}/{f['member']}" if f["family"] else ""
        times = f"×{f['count']}  " if is_exact or f["first_seen"] else ""
        show(f"  {f['result']:8} {f['kind']:20} {where:14} {app:24} {times}{f['reason']}  {heading(f)}")
    for spot in document["not_seen"]:
        accepted = spot["accepted"]
        said = f" (accepted by {accepted['owner']} until {accepted['last_day']})" if accepted else ""
        show(f"  not seen: {spot['what']}: {amount(spot['devices'], numbers)} device(s){said}")
    for line in _prevention(document):
        show(f"  {line}")
    for account in document["accounting"]:
        together = [f"{account['kept_or_dropped']} kept or dropped"] if "kept_or_dropped" in account else []
        names = ("kept", "dropped", "duplicate", "structural", "rejected")
        told = {k: str(account[k]) for k in names if account[k] is not None}
        told["rejected"] = amount(account["rejected"], Numbers.BANDS) if together else told["rejected"]
        parts = " + ".join([*together, *(f"{said} {k}" for k, said in told.items())])
        show(f"  {account['source']}: {account['records']} {account['unit']}s = {parts}")
        if gone := account.get("gone"):
            counted = f"{gone['kept']} kept of {gone['records']} in {gone['files']} file(s) that are gone"
            show(f"    and {'what was kept of files that are gone' if gone['kept'] is None else counted}")


def say_coarse(document: Mapping[str, Any]) -> None:
    """A warning, on stderr, where a body is so small that what is said of it may be said of somebody."""
    said = document["disclosure"]
    if said["small_body"] and said["numbers"] != Numbers.EXACT:
        say(
            f"fewer than {said['smallest']} devices can be counted: that any of them fails may name a person to "
            f"whoever knows of the others, so no number is given and nothing of this should be published  [small-body]"
        )
    elif Coarse.OTHER_WINDOW in said["because"]:
        say("numbers are given for the body's own windows alone, which do not overlap  [other-window]")


def say_nothing_seen(document: Mapping[str, Any]) -> None:
    """A warning, on stderr, where sources were opened and nothing in any of them is of the days that were looked at."""
    if not document["coverage"] or any(source["seen"] for source in document["coverage"]):
        return
    start, end = (datetime.fromisoformat(document["window"][key]) for key in ("from", "to"))
    last = (end - timedelta(microseconds=1)).date()
    said = f"no source shows anything of the days from {start.date()} to {last}"
    today = datetime.fromisoformat(document["as_of"]).date()
    say(f"{said}  [nothing-of-these-days]")
    later = f"{today} is looked at when it is over, and " if last < today else ""
    say(f"hint: {later}--from and --to name other days")


def _prevention(document: Mapping[str, Any]) -> Iterator[str]:
    """What is restricted and not wholly prevented, a line for each clause and surface, and who is hit besides."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in document["prevention"]["restricted"]:
        found.setdefault((row["restriction"], row["surface"]), Counter())[row["prevented"]] += 1
    for (clause, surface), rows in found.items():
        if rows["all"] < rows.total():
            said = ", ".join(f"{rows[state]} {state}" for state in ("all", "some", "none") if rows[state])
            yield f"prevented: {clause}, {surface}: of {rows.total()} kinds of device and app {said}"
    if others := document["prevention"]["others"]:
        yield f"prevented and not restricted: {len(others)} row(s), in the report and in `ordinance plan`"


def say_rejects(document: Mapping[str, Any]) -> None:
    """Where records could not be read, on stderr: file, line and reason, never their text; by default why alone."""
    if not document["individual"]:
        why = [(account["source"], r["reason"]) for account in document["accounting"] for r in account["rejects"]]
        for source, reason in why:
            say(f"{source}: records cannot be read  [{reason}]")
        if why:
            say("hint: --individual says in which file and line, `ordinance sources detect FILE` says it of one file;")
            say("      by default neither is named, since a file can be one device's")
        return
    for account in document["accounting"]:
        for reject in account["rejects"][:MOST]:
            say(f"{reject['file']}:{reject['line']}: a record cannot be read  [{reject['reason']}]")
        if account["rejected"] > MOST:
            say(f"{account['source']}: … {account['rejected'] - MOST} more; the JSON lists up to a thousand")


def say_other_purposes(document: Mapping[str, Any]) -> None:
    """That runs made for another purpose are still kept, on stderr."""
    for other in document["checking"]["other_purposes"]:
        said = f"runs made for {other['purpose']} are still kept, the last of {other['last']}"
        say(f"the purpose is now {document['checking']['purpose']}; {said}: data of one may not serve the other")


def demo_line(one: Shown) -> dict[str, Any]:
    """One body of the demonstration as JSON."""
    summary = one.run.document["summary"]
    return {
        "body": one.body,
        "name": one.name,
        "sentence": summary["sentence"],
        "results": summary["results"],
        "numbers": one.run.document["disclosure"]["numbers"],
        "exit_code": one.run.exit_code,
        "blocked_names": one.blocked,
        "gaps": one.gaps,
        "to_decide": list(one.to_decide),
        "airlock": list(one.airlock),
        "report": str(one.report),
    }


def show_demo(found: Iterable[Shown]) -> None:
    """One table, one sentence a body, and where the reports are."""
    every = tuple(found)
    head = ("body", "as of", "pass", "fail", "unknown", "not checked", "n/a", "RPZ entries", "gaps", "exit")
    rows: list[tuple[str, ...]] = [head]
    for one in every:
        results = one.run.document["summary"]["results"]
        numbers = one.run.document["disclosure"]["numbers"]
        counts = [amount(results[k], numbers) for k in ("pass", "fail", "unknown", "notchecked", "notapplicable")]
        as_of = one.run.document["as_of"][:10]
        rows.append((one.name, as_of, *counts, str(one.blocked), str(one.gaps), str(one.run.exit_code)))
    show_table(rows)
    show()
    for one in every:
        show(f"{one.name}: {one.run.document['summary']['sentence']}")
        show(f"  {one.run.document['notice']}")
        if one.to_decide:
            show(f"  beside the check: {'; '.join(one.to_decide)}")
        for line in one.airlock:
            show(f"  airlock: {line}")
        show(f"  report: {one.report}\n")


# --- apps -------------------------------------------------------------------------------------------


def show_apps(document: Mapping[str, Any], family: str | None) -> None:
    """The catalogue, or one family."""
    if family is not None:
        _show_family(document)
        return
    rows: list[tuple[str, ...]] = [("family", "name", "vendor", "country", "categories", "members", "identifiers")]
    for f in document["families"]:
        said = (f["vendor"], _said(f["origins"]), _said(f["categories"]))
        rows.append((f["id"], f["name"], *said, str(len(f["members"])), str(f["identifiers"])))
    show(f"catalogue {document['version']}")
    show_table(rows)


def _show_family(document: Mapping[str, Any]) -> None:
    show(f"{document['name']} ({document['vendor']})")
    for vendor in document["vendors"]:
        owners = f", part of {' '.join(vendor['part_of'])}" if vendor["part_of"] else ""
        show(f"vendor: {vendor['id']}, {vendor['name']}, country {_said(vendor['jurisdictions'])}{owners}")
    for one in document["succeeds"]:
        show(f"in the place of: {one}")
    for member in document["members"]:
        _show_member(member)
    for one in document["declined"]:
        show(f"\nlooked at and left out: {' '.join(one['values'])}: {one['why']}")
    show()
    if document["facts_cites"]:
        show(f"vendor and categories: as {' '.join(document['facts_cites'])} say")
    for key, cite in document["cites"].items():
        show(f"{key}: {cite['title']} {cite['url']}")
    for vendor in document["vendors"]:
        for cite in vendor["cites"].values():
            show(f"of vendor {vendor['id']}: {cite['title']} {cite['url']}")


def _show_member(member: Mapping[str, Any]) -> None:
    show(f"\n{member['id']}  {member['name']}")
    show(f"categories: {_said(member['categories'])}")
    for fact in ("edition", "deployment", "contract"):
        if member[fact]:
            show(f"{fact}: {member[fact]}")
    if member["no_identifiers"]:
        show(f"no identifiers: {member['no_identifiers'].replace('_', ' ')}")
        return
    rows = [("kind", "value", "role", "confidence", "cites")]
    for i in member["identifiers"]:
        rows.append((i["kind"], i["value"], i["role"] or "", i["confidence"], " ".join(i["cites"])))
    show_table(rows)


def _said(words: Iterable[str] | None) -> str:
    """Words in a line; where nobody said anything, that."""
    return "not stated" if words is None else " ".join(words)
