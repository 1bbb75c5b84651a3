# SPDX-License-Identifier: EUPL-1.2
"""Pages about lints, for scripts/reference: a list, and a page each from the lint's own words and its two cases.

What a page says that a lint prints is what it does print: the failing case is written to a temporary folder and linted.
"""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ordinance.catalogue.load import load
from ordinance.model.errors import Issue, Severity
from ordinance.operations import estate_lints
from ordinance.operations.estate_lints import EstateLint
from ordinance.operations.workspace import open_workspace
from ordinance.policy import lints
from ordinance.policy.body import load_body
from ordinance.policy.lint import lint
from ordinance.policy.lints import Lint
from ordinance.policy.load import load_law
from ordinance.review import channel_lints
from ordinance.review.channel_lints import ChannelLint
from policy.lints.cases import CASES, ZONE, Case, read_case

ESTATE_CASES = CASES.parents[2] / "operations" / "lints" / "cases"
CHANNEL_CASES = CASES.parents[2] / "review" / "lints" / "cases"
One = type[Lint] | type[EstateLint] | type[ChannelLint]
SUBJECTS = {
    "names": "Names",
    "power": "Power",
    "time": "Time",
    "renewal": "Rules that are decided again",
    "exemptions": "Exemptions",
    "lists": "Lists, criteria, readings and findings",
    "texts": "Texts that contradict themselves",
    "upstream": "What others decided",
    "estate_lints": "Law and estate together",
    "channel_lints": "Channels",
}
ALL: tuple[One, ...] = (*lints.BUILTIN, *estate_lints.BUILTIN, *channel_lints.BUILTIN)


def meanings() -> dict[str, str]:
    """Each lint's id with what it means, warnings marked."""
    return {one.id: one.summary.removesuffix(".") + _mark(one) + "." for one in ALL}


def _mark(one: One) -> str:
    return " (a warning)" if one.severity is Severity.WARNING else ""


def pages(made: str) -> dict[str, str]:
    """`lints.md` and `lints/<id>.md`, by their names."""
    return {"lints.md": _list(made), **{f"lints/{one.id}.md": _page(one, made) for one in ALL}}


def _list(made: str) -> str:
    lines = [
        "# Lints",
        "",
        made,
        "",
        "A lint asks a question of a law that reads well. With an error nothing is resolved; a warning stops nothing.",
        "Some warnings depend on the day: `ordinance lint --as-of` says from which it is seen. Other packages bring",
        "lints by the entry-point group `ordinance.lints`: a class with `id`, `summary`, `severity` and `check`.",
        "Faults that show while a file is read are among the [ids in messages](issues.md).",
    ]
    for module, title in SUBJECTS.items():
        lines += ["", f"## {title}", "", "| id | severity | meaning |", "|---|---|---|"]
        found = (one for one in ALL if one.__module__.rpartition(".")[2] == module)
        lines += [f"| [`{one.id}`](lints/{one.id}.md) | {one.severity} | {one.summary} |" for one in found]
    return "\n".join([*lines, ""])


def _page(one: One, made: str) -> str:
    cases = ESTATE_CASES if issubclass(one, EstateLint) else CHANNEL_CASES if issubclass(one, ChannelLint) else CASES
    failing, passing = (read_case(one.id, name, cases) for name in ("failing", "passing"))
    lines = [f"# {one.id}", "", made, "", f"**{one.severity.capitalize()}.** {one.summary}", ""]
    lines += [" ".join((inspect.getdoc(one) or "").split()), ""]
    lines += ["## Where it speaks", "", failing.about, "", *_files(failing)]
    lines += [f"Seen from {failing.day}, `ordinance lint` prints:", ""]
    lines += ["```text", *_printed(one.id, failing), "```", ""]
    lines += ["## Where it does not", "", passing.about, "", *_files(passing, failing)]
    return "\n".join(lines)


def _files(case: Case, shown: Case | None = None) -> Iterator[str]:
    """The files of a case; of a second case only those that differ."""
    for name, content in sorted(case.files.items()):
        if shown is None or shown.files.get(name) != content:
            yield from (f"`{name}`", "", f"```{Path(name).suffix[1:]}", *content.splitlines(), "```", "")


def _printed(lint_id: str, case: Case) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        body = case.write(Path(folder))
        issues = _of_estate(body, case) if "estate/devices.csv" in case.files else _of_law(body, case)
    return "\n\n".join(str(i) for i in issues if i.id == lint_id).splitlines()


def _of_estate(folder: Path, case: Case) -> tuple[Issue, ...]:
    return open_workspace(folder, case.at, channels=True).issues


def _of_law(folder: Path, case: Case) -> tuple[Issue, ...]:
    body, catalogue = load_body(folder), load()
    law, _ = load_law(folder, body.id, ZONE, catalogue)
    return lint(law, catalogue, body, case.at)
