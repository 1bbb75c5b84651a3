# SPDX-License-Identifier: EUPL-1.2
"""A body's folder, opened: settings, law, catalogue and estate, with everything wrong in them.

Reads the folder and the shipped data; writes nothing. Every verb begins here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ordinance.catalogue.load import alias_zones, load
from ordinance.match.names import NameMatcher
from ordinance.match.software import SoftwareMatcher
from ordinance.model.apps import Catalogue
from ordinance.model.body import Body
from ordinance.model.errors import Issue, PolicyError, Severity
from ordinance.model.estate import Estate
from ordinance.model.law import Law
from ordinance.operations.estate_lints import lint_estate
from ordinance.policy.body import load_body
from ordinance.policy.lint import lint
from ordinance.policy.load import load_law
from ordinance.readers._base import Matchers
from ordinance.readers.estate import read_estate

STATE = ".ordinance"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything that rulings come from. `issues` holds errors and warnings, sorted by place."""

    body: Body
    law: Law
    catalogue: Catalogue
    estate: Estate
    estate_digest: str
    issues: tuple[Issue, ...]

    @property
    def state(self) -> Path:
        """Where the body's state lies; not in git."""
        return self.body.folder / STATE

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Issues with which nothing may be resolved."""
        return tuple(i for i in self.issues if i.severity is Severity.ERROR)

    def usable(self) -> Workspace:
        """This workspace; raises PolicyError with every error where there is one."""
        if self.errors:
            raise PolicyError(self.errors)
        return self

    def matchers(self) -> Matchers:
        """The catalogue compiled for readers."""
        identifiers = [i for f in self.catalogue.families for i in f.identifiers]
        return Matchers(NameMatcher(identifiers, alias_zones()), SoftwareMatcher(identifiers))


def open_workspace(
    folder: Path, at: datetime | Callable[[Body], datetime] | None = None, *, settings: bool = True
) -> Workspace:
    """Open a body's folder. Raises PolicyError only where its `ordinance.toml` cannot be used.

    `at` is the instant from which warnings about what is over, changed or missing by then are seen, or how to find
    it from the body's settings (its time zone). Without it there are none of these; errors do not depend on it.

    Without `settings`, those of sources and targets are not looked into: what applies to a device does not depend on
    them, and every reader and target would have to be loaded for it.
    """
    body = load_body(folder)
    seen_from = at(body) if callable(at) else at
    catalogue = load()
    estate, estate_issues, digest = read_estate(folder / "estate", body.id)
    institutions = sorted({u.institution for u in estate.units})
    law, law_issues = load_law(folder, body.id, body.zone, catalogue, institutions)
    located = (replace(i, file=f"estate/{Path(i.file).name}") for i in estate_issues)
    issues = {*law_issues, *lint(law, catalogue, body, seen_from), *lint_estate(law, estate, seen_from), *located}
    if settings:
        from ordinance.operations.settings import settings_issues  # noqa: PLC0415  # loads all readers and targets

        issues |= {*settings_issues(body, estate)}
    return Workspace(body, law, catalogue, estate, digest, tuple(sorted(issues)))
