# SPDX-License-Identifier: EUPL-1.2
"""`watch`: logs that are still written, read on as they grow, and what is found told as soon as it is.

The readers, rulings, attribution and findings are those of a check. What is new is which devices lines speak of: only
these are judged anew, and from time to time all. At its end the same readings become the document of a check.

Reads: a body's folder and its logs. Writes: into the ledger, that single devices are shown, and nothing else; what is
told is the caller's to write. What is read while files of leases say more than was read of them (`watching_leases`) is
judged when that was read too: else whoever gave an address back would be named for who has it now.

Cannot know: what is written into a log whose address is in no lease yet, until the lease is there, and what a log says
of hours that are still to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from ordinance.model.apps import Role
from ordinance.model.disclosure import Numbers
from ordinance.model.errors import Issue, PolicyError
from ordinance.model.estate import Estate
from ordinance.model.evidence import EvidenceKind, Ledger, NameAsked, Reading
from ordinance.model.result import Finding
from ordinance.model.time import Span, end_of
from ordinance.operations.accountable import role_of
from ordinance.operations.at_work import at_work
from ordinance.operations.checking import default_window, document_of, kinds_of
from ordinance.operations.disclosure import Disclosure
from ordinance.operations.document_findings import finding_rows
from ordinance.operations.keys import pseudonyms_of
from ordinance.operations.lives import lives_of
from ordinance.operations.purpose import record_rows, require_alarm
from ordinance.operations.watching_leases import PATIENCE
from ordinance.operations.watching_logs import FollowedLog, FollowedLogs
from ordinance.operations.workspace import Workspace
from ordinance.readers import lease_reader, reader
from ordinance.readers._question import Question
from ordinance.store.keys import Pseudonyms
from ordinance.store.watched import ENDED, FOUND, Line, Marks, Whose, follow
from ordinance.verify.attribute import Attribution
from ordinance.verify.check import check
from ordinance.verify.owners import Owners
from ordinance.verify.watch import watch_list, watched_span

WHOLE_S = 60.0  # in which everything is judged again, so that what is no longer so is told
AT_A_TURN, A_MINUTE = 50, 300  # devices that are judged again at a look where leases are others; looks otherwise
RECENT = 5_000  # questions of a source of which it is looked each time whether more came of them
NOBODY = ""  # in the place of a device
OUT, NO_LONGER, NOT_AGAIN = "out-of-window", "no-longer-so", "not-seen-again"  # why a finding ended
_A_SECOND = timedelta(seconds=1)


class Watch:
    """One watch of a body, from an instant on. `standing` are the lines that were told before, by id."""

    def __init__(
        self,
        workspace: Workspace,
        now: datetime,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        by: str | None = None,
        standing: Mapping[str, Line] | None = None,
        marks: Marks | None = None,
    ) -> None:
        """`since`: the window's begin (usually that of a check); `until`: its end, where the clock is not to be asked.

        Raises PolicyError where nothing about single devices may be read, or shown yet.
        """
        self.workspace, body = workspace, workspace.body
        if EvidenceKind.NETWORK_DEVICE not in body.checking.evidence_allowed:
            message = "a watch reads logs of single devices: evidence_allowed has no network_device"
            raise PolicyError([Issue("ordinance.toml", 0, 0, "individual-not-allowed", message, "nothing was read")])
        self._start = since or default_window(workspace, now).closed[0]
        self.over = end_of(now.astimezone(body.zone).date(), body.zone)  # then everything begins anew
        self._until = until
        span = Span(self._start, until or self.over + timedelta(days=1))
        require_alarm(body, span)
        role = role_of(workspace, by)
        with at_work(workspace.state):
            self._lives = lives_of(workspace, now, span)
            self._pseudonyms = pseudonyms_of(workspace, make=True)
            record_rows(body, span, now, now, role)
        self._list = watch_list(workspace.law, workspace.catalogue, workspace.estate, body, span)
        self.standing: dict[str, Line] = dict(standing or {})
        self._marks = marks
        self._kinds = kinds_of(body)
        self._owners = Owners(workspace.estate, self._today())
        self._by_device: dict[str, list[tuple[str, Question]]] = {}
        self._of: dict[int, str] = {}  # which device each question is of
        self._waits: set[str] = set()  # devices of which something is of an instant that is still to come
        self._turns: list[str] = []  # devices that are still to be judged again
        self._turns_at: float | None = None
        self._a_turn = 0
        self._is_late, self._late_at = False, float("-inf")  # something was read of which all is to be judged
        self._held = set[str]()  # devices that new lines speak of, where leases are behind
        self._logs = FollowedLogs(workspace, self._list, watched_span(workspace.law, workspace.estate, span))

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the logs that are followed."""
        return tuple(one.settings.id for one in self._logs.each)

    @property
    def marks(self) -> Marks:
        """How far each log was read."""
        return self._logs.marks

    @property
    def whose(self) -> Whose:
        """Whose the findings are."""
        return _whose(self.workspace, self._pseudonyms)

    # --- one turn ---------------------------------------------------------------------------------------

    def step(self, now: datetime, tick: float, moment: Callable[[], float]) -> list[Line]:
        """Take in what is new, and what is to be told of it. `tick`, `moment`: seconds that only go forward."""
        if self._turns_at is None:
            return self._first(now, tick, moment)
        moved, has_leases = self._logs.step(tick, moment)
        told, is_behind = self._logs.gaps(), self._logs.is_behind
        if any(one.times != one.following.times for one in self._logs.each):
            return told if is_behind else told + self._all(now, tick, NOT_AGAIN)
        self._is_late |= any(m and one.following.run.joins_late for m, one in zip(moved, self._logs.each, strict=True))
        if self._is_late and tick >= self._late_at and not is_behind:
            began, self._is_late = moment(), False
            told += self._all(now, tick, NO_LONGER)
            self._late_at = tick + PATIENCE * (moment() - began)
            return told
        touched = self._touched() if any(moved) or self._waits else set[str]()
        if has_leases:
            touched |= self._attribute_again({NOBODY, *self._held})
        touched |= self._in_turn(tick, at_once=has_leases) | self._held
        self._held = touched if is_behind else set()
        return told + self._judge(touched, now) if touched and not self._held else told

    def _first(self, now: datetime, tick: float, moment: Callable[[], float]) -> list[Line]:
        self._logs.begin(tick, moment)
        self._turns_at = tick
        told = self._logs.missing(self._marks) + self._logs.gaps()
        return told if self._logs.is_behind else told + self._all(now, tick, NOT_AGAIN)

    def _touched(self) -> set[str]:
        """The devices that new lines speak of, or of which it is known by now what came of an older one."""
        found = set(self._waits)
        for source in (s for s in self._logs.each if not s.following.run.joins_late):
            questions, states = source.questions(), source.states
            first = max(0, len(states) - RECENT)
            fresh = list(questions[len(states) :])
            for n in range(first, len(states)):
                state = _state(questions[n])
                if state != states[n]:
                    states[n] = state
                    if _may_be_found(questions[n]):
                        found.add(self._of.get(id(questions[n]), NOBODY))
            states.extend(map(_state, fresh))
            found |= self._attribute(source, [q for q in fresh if not q.watched.is_count])
        return found

    def _attribute(self, source: FollowedLog, questions: list[Question]) -> set[str]:
        if not questions:
            return set()
        workspace, found = self.workspace, set[str]()
        run, today = source.following.standing, self._today()
        addresses = {q.client for q in questions}
        leases = [lease for lease in run.leases.leases() if lease.address in addresses]
        body = workspace.body
        if self._owners.today != today:
            self._owners = Owners(workspace.estate, today)
        whose = Attribution(workspace.estate, leases, body.zone, today, body.sources, self._owners)
        for question in questions:
            device = whose.of(question.observation()).device or NOBODY
            self._by_device.setdefault(device, []).append((source.settings.id, question))
            self._of[id(question)] = device
            if _may_be_found(question):
                found.add(device)
        return found

    def _today(self) -> date:
        return (self._until or self.over - _A_SECOND).astimezone(self.workspace.body.zone).date()

    def _all(self, now: datetime, tick: float, why: str) -> list[Line]:
        """Judge everything anew; `why` something ended that is not there now."""
        self._by_device.clear()
        self._of.clear()
        for source in self._logs.each:
            questions = source.questions()
            source.times, source.states = source.following.times, list(map(_state, questions))
            self._attribute(source, [q for q in questions if not q.watched.is_count])
        self._turns, self._turns_at = [], tick + WHOLE_S
        return self._judge(set(self._by_device) | {NOBODY}, now, every=why)

    def _in_turn(self, tick: float, *, at_once: bool) -> set[str]:
        """Some of the devices that something is known of, each once a minute: all of them are judged again in turn.

        `at_once`: they may all be others', and have their turn from now on.
        """
        if at_once or (not self._turns and self._turns_at is not None and tick >= self._turns_at):
            known = self._by_device.items()
            self._turns = sorted(d for d, rows in known if any(_may_be_found(q) for _, q in rows))
            self._turns_at, self._a_turn = tick + WHOLE_S, AT_A_TURN if at_once else len(self._turns) // A_MINUTE + 1
        some = [self._turns.pop() for _ in range(min(self._a_turn, len(self._turns)))]
        return self._attribute_again(some)

    def _attribute_again(self, devices: Iterable[str]) -> set[str]:
        """Ask anew whose the questions of these devices were; they, and whose they are now."""
        found, before = set[str](), {device: self._by_device.pop(device, []) for device in devices}
        for source in self._logs.each:
            mine = [q for rows in before.values() for name, q in rows if name == source.settings.id]
            self._attribute(source, mine)
            found |= {self._of[id(q)] for q in mine}
        return found | before.keys()

    # --- judging ----------------------------------------------------------------------------------------

    def _end(self, now: datetime) -> datetime:
        """The end of the window that is judged: the second that is not over yet counts."""
        return self._until or now.replace(microsecond=0) + _A_SECOND

    def _judge(self, devices: set[str], now: datetime, *, every: str = "") -> list[Line]:
        """What is to be told of these devices; of `every` one it says why what is not there any more ended."""
        end, workspace = self._end(now), self.workspace
        names: dict[str, list[NameAsked]] = {}
        macs = set[str]()
        self._waits -= devices
        for device in devices:
            for source, question in self._by_device.get(device, ()):
                observation = question.observation()
                if observation.at < end:
                    names.setdefault(source, []).append(observation)
                else:
                    self._waits.add(device)
        readings = {}
        for one in (s for s in self._logs.each if s.settings.id in names):
            asked = names[one.settings.id]
            addresses = {n.address for n in asked}
            leases = tuple(x for x in one.following.standing.leases.leases() if x.address in addresses)
            macs |= {lease.mac for lease in leases}
            account = Ledger(one.settings.id, "line").account()
            readings[one.settings.id] = Reading(account, names=tuple(asked), leases=leases)
        others = {d for mac in macs for d in self._owners.ever(mac)}
        estate = _some(workspace, (devices | others) - {NOBODY})
        law, body = workspace.law, workspace.body
        checked = check(law, estate, body, readings, Span(self._start, end), end, self._kinds)
        found = tuple(f for f in checked.findings if (f.device or NOBODY) in devices and self._is_followed(f))
        mine = {self._pseudonyms.of(d) for d in devices if d}
        scope = {k for k, line in self.standing.items() if every or (line["device"] in mine)}
        if not every and NOBODY in devices:
            scope |= {k for k, line in self.standing.items() if line["device"] is None}
        return self._tell(self._rows(found), scope, every or NO_LONGER, end)

    def _is_followed(self, finding: Finding) -> bool:
        """Whether a finding stands on lines of logs that are followed, and on nothing else."""
        return bool(finding.evidence) and {w.source for w in finding.evidence} <= set(self.sources)

    def _rows(self, found: tuple[Finding, ...]) -> list[dict[str, Any]]:
        exact = Disclosure(Numbers.EXACT, minimum=self.workspace.body.checking.minimum_group)
        return finding_rows(found, self.workspace, self._pseudonyms, self._lives, exact, individual=True)

    def _tell(self, rows: Iterable[Mapping[str, Any]], scope: set[str], why: str, end: datetime) -> list[Line]:
        """Lines for what was not told, and for what was and is not there now, with the reason.

        Of what was seen behind the `end` of the window, where somebody looks at earlier days, nothing is known.
        """
        now = {str(row["id"]): row for row in rows}
        told: list[Line] = [{"event": FOUND, **row} for key, row in now.items() if key not in self.standing]
        for key in sorted(scope - now.keys()):
            line = self.standing[key]
            last = datetime.fromisoformat(str(line["last_seen"]))
            if last < end:
                reason = OUT if last < self._start else why
                told.append({"event": ENDED, "id": key, "device": line["device"], "reason": reason})
        for one in told:
            follow(self.standing, one)
        return told

    def close(self) -> None:
        """Let go of all files."""
        self._logs.close()

    # --- the end ----------------------------------------------------------------------------------------

    def finish(self, now: datetime, tick: float) -> tuple[list[Line], dict[str, Any]]:
        """Read what is there once more, to the last octet; what is to be told, and the document of a check of it."""
        workspace, body, end = self.workspace, self.workspace.body, self._end(now)
        read, followed, allowed = self._logs.end(tick), set(self.sources), body.checking.evidence_allowed
        readings = {name: reading for name, reading in read.items() if name not in followed}  # of leases
        for settings in body.sources:
            if lease_reader(settings.reader) is not None or not self._logs.each:
                continue
            one = reader(settings.reader)
            if settings.id in followed:
                readings[settings.id] = _before(read[settings.id], end)
            elif one.evidence in allowed:
                part = watched_span(workspace.law, workspace.estate, Span(self._start, end))
                readings[settings.id] = one.read(
                    settings, body.folder, self._list, workspace.matchers(), part or Span(self._start, end), None
                )
        told, span = self._logs.gaps(), Span(self._start, end)
        with at_work(workspace.state):
            found = document_of(
                workspace, readings, self._list, span, end, self._pseudonyms, self._lives, individual=True
            )
        rows = [r for r in found["findings"] if r["evidence"] and {e["source"] for e in r["evidence"]} <= followed]
        return told + self._tell(rows, set(self.standing), NO_LONGER, end), found


def whose(workspace: Workspace) -> Whose:
    """Whose the findings of a watch will be; without a key where there is none yet. Raises PolicyError as a check."""
    try:
        return _whose(workspace, pseudonyms_of(workspace))
    except PolicyError as error:
        if {i.id for i in error.issues} != {"no-key"}:
            raise
        return {"body": workspace.body.id, "key": ""}


def _whose(workspace: Workspace, pseudonyms: Pseudonyms) -> Whose:
    body = workspace.body.id
    return {"body": body, "key": pseudonyms.digest("watch", body)}


def _before(reading: Reading, end: datetime) -> Reading:
    return replace(reading, names=tuple(n for n in reading.names if n.at < end))


def _may_be_found(question: Question) -> bool:
    """Whether a finding may stand on it: on a name of the app's own, or of the body's."""
    found = question.watched.identifier
    return found is None or found.role is Role.APP_ONLY


def _state(question: Question) -> tuple[object, ...]:
    return question.answered, question.told, question.contacted


def _some(workspace: Workspace, devices: Iterable[str]) -> Estate:
    """The estate with some of its devices."""
    estate = workspace.estate
    rows = [row for device in sorted(devices) for row in estate.device_rows.get(device, ())]
    holders = sorted({row.holder for row in rows if row.holder})
    people = [person for holder in holders for person in estate.person_rows.get(holder, ())]
    return replace(estate, devices=tuple(rows), people=tuple(people))
