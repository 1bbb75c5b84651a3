# SPDX-License-Identifier: EUPL-1.2
"""What `read` kept of log files, gone over by a check in their place: the same account, rejects and findings.

A file at hand that is not the one that was read, or that what is kept of it cannot stand for, is read itself, and that
is said. Where such a file is not at hand nothing is checked. Reads the folder with what is kept, and the digests of
logs that are at hand. Cannot know whether a log that is neither kept nor at hand ever was: its hours are not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ordinance.model.body import Body, SourceSettings
from ordinance.model.errors import Issue, PolicyError, Severity
from ordinance.model.evidence import Reading, WatchList
from ordinance.model.kept import Terms
from ordinance.model.kept_file import KeptFile
from ordinance.model.time import Span
from ordinance.readers._again import Again
from ordinance.readers._base import Leases, Matchers
from ordinance.readers._files import digest_of, file_size, matching, would_match
from ordinance.readers._known_log import NameLogReader
from ordinance.readers._objects import is_url, would_list
from ordinance.readers._stand_in import Merging
from ordinance.store.kept_files import path_of, read_folder

CHANGED = "changed"
_WHY: Mapping[str, str] = {
    CHANGED: "the log is not the one that was read",
    "unreadable": "the log could not be read to its end then",
    "connections": "connections stand for rows of other files, so that they are read whole",
    "too_much": "too many of its lines say something",
    "other_terms": "it was read under another watch list, other settings or leases, or by another version",
    "other_window": "the window reaches further than the one that it was read in",
    "carried_over": "its lines mean something else behind the files before it",
    "opened_before": "it was not looked through for what files before it opened",
}


@dataclass(slots=True)
class KeptFolder:
    """What is kept, by source. `issues` say which files were read themselves, and why."""

    folder: Path
    files: dict[str, dict[str, KeptFile]]
    secret: bytes
    apps: Mapping[str, str]
    issues: list[Issue] = field(default_factory=list)

    def read(
        self,
        one: NameLogReader,
        settings: SourceSettings,
        body: Body,
        watch: WatchList,
        matchers: Matchers,
        window: Span,
        leases: Leases | None,
        terms: Terms,
    ) -> Reading:
        """A reading of one source: the same as of its files. Raises PolicyError (`kept-cannot-stand-in`)."""
        files = self.files.get(settings.id, {})
        here = {file.name: file for file in matching(body.folder, settings.files)}
        found = {name: kept.why for name, kept in files.items() if kept.said is None}
        for name in files.keys() & here.keys() - found.keys():
            kept, file = files[name], here[name]
            if kept.size != file_size(file) or kept.sha256 != digest_of(file):
                found[name] = CHANGED
        own: dict[str, str] = {}
        while True:
            own |= found
            self._require(settings.id, own.keys() - here.keys(), own)
            merging = Merging(terms.exact, files, frozenset(own), window=window)
            again = Again(terms, self.secret, window=window) if one.goes_on else None
            reading = one.merge(settings, body.folder, watch, matchers, merging, again, leases)
            if not merging.found:
                break
            found = merging.found
        self.issues += [self._issue(settings.id, name, why, Severity.WARNING) for name, why in sorted(own.items())]
        return reading

    def _require(self, source: str, absent: set[str], why: Mapping[str, str]) -> None:
        """Files that have to be read themselves are at hand."""
        if absent:
            raise PolicyError([self._issue(source, name, why[name], Severity.ERROR) for name in sorted(absent)])

    def _issue(self, source: str, name: str, why: str, severity: Severity) -> Issue:
        place = str(path_of(self.folder, source, name))
        message = f"what is kept does not stand for {name} of {source}: {_WHY[why]}"
        if severity is Severity.WARNING:
            return Issue(place, 0, 0, "kept-not-used", message, "the log itself was read", "", severity)
        hint = f"put {name} back and run `ordinance read` on it again, or delete {place}: its hours are then not seen"
        return Issue(place, 0, 0, "kept-cannot-stand-in", message, "nothing was checked", hint)


def open_kept(folder: Path, body: Body, secret: bytes, apps: Mapping[str, str]) -> KeptFolder:
    """Everything that is kept in a folder.

    Raises PolicyError for damaged files, for those of no source of the body (`kept-of-no-source`), and for a folder
    that is not there (`no-kept-folder`).
    """
    if not folder.is_dir():
        hint = "`ordinance read --out FOLDER` makes it"
        raise PolicyError([Issue(str(folder), 0, 0, "no-kept-folder", "no such folder", "nothing was checked", hint)])
    sources = {s.id: s for s in body.sources}
    files: dict[str, dict[str, KeptFile]] = {}
    issues = []
    for kept in read_folder(folder):
        settings = sources.get(kept.source)
        if settings is None or not _is_of(body, settings, kept.file):
            message = f"it stands for {kept.file} of {kept.source}, which no source of the body has"
            hint = "delete it, or put the source back into ordinance.toml"
            place = str(path_of(folder, kept.source, kept.file))
            issues.append(Issue(place, 0, 0, "kept-of-no-source", message, "nothing was checked", hint))
        files.setdefault(kept.source, {})[kept.file] = kept
    if issues:
        raise PolicyError(issues)
    return KeptFolder(folder, files, secret, apps)


def _is_of(body: Body, settings: SourceSettings, file: str) -> bool:
    """Whether a source would have a file of this name, were it there."""
    if is_url(file):
        return would_list(file, settings.files)
    return would_match(body.folder, file, settings.files)
