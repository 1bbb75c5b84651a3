# SPDX-License-Identifier: EUPL-1.2
"""What a bundle changes against the last one: per file, per class of devices, and for how many of them.

Reads both bundles. Of an older one it may not be known for which devices it was: then no number is given, not nought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ordinance.enforce.last import Last, LastArtefact
from ordinance.enforce.reach import Affected, Reach, Reached
from ordinance.model.target import ClassSize, Plan


class FileChange(StrEnum):
    """What becomes of a file of the last bundle."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ClassChange:
    """How much of a change is for one class: of its `devices`, `affected` notice it. `None`: nobody counts them."""

    id: str
    facts: str
    devices: int | None
    affected: int | None
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Change:
    """What one artefact would gain and lose against the last bundle. `path` is within the bundle.

    `classes` are those for which entries are added or removed, or whose devices are affected all the same; an entry may
    be for several. `file` is what becomes of its bytes. `opened` and `closed` are address ranges that it leaves out
    from now on, or no longer. `other_settings`: the target was given others than last time.
    """

    target: str
    path: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    classes: tuple[ClassChange, ...] = ()
    file: FileChange = FileChange.SAME
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    other_settings: bool = False


def changes(
    plan: Plan,
    artefacts: Sequence[Reached],
    last: Last | None,
    affected: Mapping[str, Affected] | None,
    settings: Mapping[str, Mapping[str, str]],
) -> tuple[Change, ...]:
    """Additions and removals per artefact and class; an artefact that is gone loses every entry.

    For whom an entry was that is removed says the last bundle; of an older form, it does not.
    """
    before = {a.path: a for a in (last.artefacts if last else ())}
    after = {a.artefact.path: a for a in artefacts}
    known = {c.id: c for c in (*(last.classes if last else ()), *plan.classes)}
    counts = None if affected is None else _counted(affected)
    words = {} if affected is None else {a.device_class: a.facts for a in affected.values()}
    found = []
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path), after.get(path)
        old: Reach = was.reach if was else {}
        new: Reach = now.reach if now else {}
        target = now.target if now else was.target if was else ""
        free = set(was.left_out) if was else set()
        freed = set(now.artefact.left_out) if now else set()
        found.append(
            Change(
                target,
                path,
                tuple(sorted(e for e in new if e not in old)),
                tuple(sorted(e for e in old if e not in new)),
                _by_class(old, new, known, words, counts, target) if old or new else (),
                _file_change(was, now),
                tuple(sorted(freed - free)),
                tuple(sorted(free - freed)) if new else (),  # where nothing is blocked nobody is let past
                _other_settings(last, target, settings),
            )
        )
    return tuple(found)


def _other_settings(last: Last | None, target: str, settings: Mapping[str, Mapping[str, str]]) -> bool:
    if target not in settings:
        return False
    return last is None or last.settings is None or last.settings.get(target) != settings[target]


def _counted(affected: Mapping[str, Affected]) -> Counter[tuple[str, str]]:
    return Counter((target, one.device_class) for one in affected.values() for target in one.targets)


def _file_change(was: LastArtefact | None, now: Reached | None) -> FileChange:
    if was is None or now is None:
        return FileChange.NEW if was is None else FileChange.GONE
    return FileChange.SAME if was.sha256 == now.sha256 else FileChange.CHANGED


def _by_class(
    old: Reach,
    new: Reach,
    known: Mapping[str, ClassSize],
    words: Mapping[str, str],
    counts: Counter[tuple[str, str]] | None,
    target: str,
) -> tuple[ClassChange, ...]:
    """For each class how many entries it gains and loses: also where an entry stays, and is now for others."""
    added, removed, nobody = Counter[str](), Counter[str](), frozenset[str]()
    if not old:
        both = Counter({(nobody, now): times for now, times in Counter(new.values()).items()})
    else:
        both = Counter((old.get(entry, nobody), new.get(entry, nobody)) for entry in old.keys() | new.keys())
    for (was, now), times in both.items():
        added.update(dict.fromkeys(now - was, times))
        removed.update(dict.fromkeys(was - now, times))
    hit = {c for t, c in counts if t == target} if counts is not None else set()
    found = []
    for c in sorted(added.keys() | removed.keys() | hit):
        size = known.get(c, ClassSize(c, words.get(c, "not known any more"), None))
        count = None if counts is None or (c in known and size.devices is None) else counts[target, c]
        found.append(ClassChange(c, size.facts, size.devices, count, added[c], removed[c]))
    return tuple(found)
