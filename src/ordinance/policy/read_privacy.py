# SPDX-License-Identifier: EUPL-1.2
"""What an `ordinance.toml` says of privacy: the profile, notices to all staff, and answers for the papers.

Reads `privacy_profile` and `[[checking.alarm]]` of the table [checking], and the table [privacy]. Faults are located.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ordinance.model.privacy import Alarm, Answer, Privacy
from ordinance.policy.toml_table import Table

_ALARM = ("who", "how", "about")
_ANSWER = ("rule", "answer", "by")


def read_privacy(checking: Table, papers: Table) -> Privacy:
    """The settings of privacy; both tables are asked for their keys and only `papers` is closed here."""
    places = {"profile": checking.place("privacy_profile")}
    if "informed" in checking.data:
        places["informed"] = checking.place("informed")
    found = Privacy(
        profile=checking.get("privacy_profile", str, ""),
        alarms=tuple(sorted(_alarms(checking), key=lambda a: (a.on, a.who, a.how, a.about))),
        responsible=papers.get("responsible", str, ""),
        officer=papers.get("officer", str, ""),
        contact=papers.get("contact", str, ""),
        recipients=papers.texts("recipients"),
        transfers=papers.get("transfers", str, ""),
        answers=tuple(_answers(papers)),
        places=places,
    )
    papers.close()
    return found


def _alarms(checking: Table) -> Iterator[Alarm]:
    for table in _below(checking, "alarm"):
        said = {key: table.get(key, str, "", required=True) for key in _ALARM}
        day = _day(table)
        if day is not None and all(said.values()):
            yield Alarm(day, place=table.place(""), **said)


def _answers(papers: Table) -> Iterator[Answer]:
    for table in _below(papers, "answers"):
        said = {key: table.get(key, str, "", required=True) for key in _ANSWER}
        day = _day(table)
        if day is not None and all(said.values()):
            yield Answer(on=day, place=table.place("rule"), **said)


def _day(table: Table) -> date | None:
    """The day `on`; one that is missing is reported: what has no day was not done yet."""
    if "on" not in table.data:
        table.report("on", "missing-key", f'"on" is missing in [[{table.name}]]')
    found = table.day("on")
    table.close()
    return found


def _below(above: Table, key: str) -> Iterator[Table]:
    """The tables of a list, written under `[[above.key]]`, or in one line at the key."""
    name, line = f"{above.name}.{key}", above.place(key)
    for n, table in enumerate(above.tables(key)):
        places = {**above.places, (name, n): above.places.get((name, n), {"": line})}
        yield Table(table.data, name, places, above.issues, n)
