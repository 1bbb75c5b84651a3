# SPDX-License-Identifier: EUPL-1.2
"""What a watch reads: the logs of a body, each followed by the reader that a check has, and the leases behind them.

Reads: the logs of the sources that the body may read, and the sources of leases that they name. Leases are looked at
after the logs: where they say no more than was read of them, whatever the logs say by then can be judged by them.

Cannot know: what `_following` and `watching_leases` cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial

from ordinance.model.body import Body, SourceSettings
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.time import Span
from ordinance.operations.watching_leases import PATIENCE, FollowedLeases
from ordinance.operations.workspace import Workspace
from ordinance.readers import lease_reader, reader
from ordinance.readers._following import Following
from ordinance.readers._growing import Mark
from ordinance.readers._known_log import KnownLog, NameLogReader
from ordinance.readers._question import Question
from ordinance.store.watched import GAP, Line, Marks


@dataclass(slots=True)
class FollowedLog:
    """One log that is followed, and what was told of it so far."""

    settings: SourceSettings
    following: Following
    times: int = 0
    states: list[tuple[object, ...]] = field(default_factory=list)  # of each question: what had come of it

    def questions(self) -> tuple[Question, ...]:
        """Everything kept so far. Where only the end says what came of questions, this is one, for now."""
        run = self.following.standing
        if not run.joins_late:
            return run.questions()
        shared = (run.settings, run.leases, run._watch, run._matchers)  # the same for both
        once: KnownLog = deepcopy(run, {id(one): one for one in shared})
        once.finish()
        return once.questions()

    def said(self, gaps: Iterable[tuple[str, str]]) -> list[Line]:
        """Lines that tell gaps: names of files, and reasons."""
        return [{"event": GAP, "source": self.settings.id, "file": name, "reason": reason} for name, reason in gaps]


class FollowedLogs:
    """All logs of a body. `leases` stand behind them; `None` where nothing is watched, and no log either."""

    def __init__(self, workspace: Workspace, watch: WatchList, part: Span | None) -> None:
        self.each: list[FollowedLog] = []
        self.leases: FollowedLeases | None = None
        self._decides = bool(watch.internal)  # who asked decides what is kept
        self._is_kept_by_others, self._anew_at = False, float("-inf")  # logs were read when other leases held
        if not watch.apps or part is None:
            return
        matchers, window, logs = workspace.matchers(), part, list(_logs(workspace.body))
        leases = FollowedLeases(workspace.body, {name for settings, _ in logs for name in settings.leases}, window)

        def begun(settings: SourceSettings, one: NameLogReader) -> KnownLog:
            return one.run(settings, watch, matchers, window, leases.of(settings))

        self.leases = leases
        self.each = [FollowedLog(s, Following(partial(begun, s, one), workspace.body.folder)) for s, one in logs]

    @property
    def is_behind(self) -> bool:
        """Whether something was read that newer leases may be about than those that were."""
        return self.leases is not None and self.leases.is_behind

    def begin(self, tick: float, moment: Callable[[], float]) -> None:
        """Read everything that is there."""
        for one in self.each:
            one.following.begin()
        self._new_leases(tick, moment)

    def step(self, tick: float, moment: Callable[[], float]) -> tuple[list[bool], bool]:
        """Take in what is new: whether anything of each log was, and whether other leases hold since now."""
        return [one.following.step(tick) for one in self.each], self._new_leases(tick, moment)

    def _new_leases(self, tick: float, moment: Callable[[], float]) -> bool:
        if self.leases is None:
            return False
        is_new = self.leases.step(tick, moment)
        if is_new:
            self._hand_on_leases()
        if self._is_kept_by_others and tick >= self._anew_at:
            began = moment()
            self._keep_anew()
            self.leases.look()
            self._anew_at = tick + PATIENCE * (moment() - began)
        return is_new

    def end(self, tick: float) -> dict[str, Reading]:
        """Read what is there once more, to the last octet: a reading of each log, and the accounts of leases."""
        for one in self.each:
            one.following.catch_up(tick)
        if self._decides and self.leases is not None and self.leases.catch_up():
            self._hand_on_leases()
        self._keep_anew()
        runs = [(one.settings, one.following.end()) for one in self.each]
        if self.leases is not None and self.leases.catch_up():  # logs may have been read once more
            for settings, run in runs:
                run.lease(self.leases.of(settings) or run.leases)
        accounts = {} if self.leases is None else self.leases.readings
        return {**accounts, **{settings.id: run.reading() for settings, run in runs}}

    def close(self) -> None:
        """Let go of all files."""
        for one in self.each:
            one.following.close()

    def _hand_on_leases(self) -> None:
        """Other leases stand behind what is kept. Of internal names it hangs on them what was kept at all."""
        for one in self.each:
            leases = None if self.leases is None else self.leases.of(one.settings)
            if leases is not None:
                one.following.lease(leases)
                self._is_kept_by_others |= self._decides

    def _keep_anew(self) -> None:
        """Read logs from their beginning where other leases decided what was kept."""
        if self._is_kept_by_others:
            for one in (o for o in self.each if o.settings.leases):
                one.following.begin()
            self._is_kept_by_others = False

    # --- how far ----------------------------------------------------------------------------------------

    @property
    def marks(self) -> Marks:
        """How far each log was read."""
        return {o.settings.id: [[m.file, m.size, m.head, m.digest] for m in o.following.marks] for o in self.each}

    def missing(self, marks: Marks | None) -> list[Line]:
        """Which logs an earlier watch was reading that are nowhere any more; `marks` are its own."""
        if marks is None:
            return [{"event": GAP, "source": None, "file": None, "reason": "no-marks"}]
        found: list[Line] = []
        for one in self.each:
            found += one.said(one.following.missing(Mark(*m) for m in marks.get(one.settings.id, ())))
        return found

    def gaps(self) -> list[Line]:
        """What nobody was told yet."""
        found: list[Line] = []
        for one in self.each:
            gaps, one.following.gaps = one.following.gaps, []
            found += one.said(gaps)
        return found


def _logs(body: Body) -> Iterator[tuple[SourceSettings, NameLogReader]]:
    for settings in body.sources:
        one = None if lease_reader(settings.reader) is not None else reader(settings.reader)
        if isinstance(one, NameLogReader) and one.evidence in body.checking.evidence_allowed:
            yield settings, one
