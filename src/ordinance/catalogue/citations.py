# SPDX-License-Identifier: EUPL-1.2
"""The citations of a data file, and which of them something in the file uses.

Reads: `[cites.<key>]` tables and `cites = [...]` lists. Writes: nothing; faults are reported at their
tables. Cannot know: whether a source says what it is cited for.
"""

from __future__ import annotations

from ordinance.catalogue.tables import Table
from ordinance.model.apps import Citation


class Citations:
    """What a file cites, by key. Ask `used` for each list of keys, and `done` at the end."""

    def __init__(self, top: Table) -> None:
        self._top = top
        self._used: set[str] = set()
        self._known: dict[str, Citation] = {}
        for key, table in top.named_tables("cites"):
            title, url = table.text("title", needed=True), table.text("url")
            table.text("licence", needed=True)  # for reviewers: facts are carried over, and from where
            self._known[key] = Citation(title, url, table.day("retrieved"))
            table.done()

    def used(self, table: Table, key: str = "cites") -> tuple[str, ...]:
        """The keys that a table cites under `key`; none, or one that the file does not define, is a fault."""
        cited = table.texts(key)
        if not cited:
            table.fault("catalogue-uncited", "nothing says where this comes from", hint=f"add `{key} = [...]`")
        for one in cited:
            if one not in self._known:
                table.fault("catalogue-unknown-citation", f"{one!r} is not among this file's citations", at=one)
        self._used.update(cited)
        return cited

    def done(self) -> tuple[tuple[str, Citation], ...]:
        """All of them, sorted by key; those that nothing used are reported."""
        for key in sorted(self._known.keys() - self._used):
            self._top.fault("catalogue-unused-citation", f"nothing cites {key!r}")
        return tuple(sorted(self._known.items()))
