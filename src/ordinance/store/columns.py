# SPDX-License-Identifier: EUPL-1.2
"""Facts of very many devices as columns: which combinations there are, and what came of them, as Parquet.

Reads: a Parquet or CSV file with a column `device` and a column for each fact; a column that is not there is a fact
that nobody stated. Writes: Parquet files in a folder that the caller names. Knows no law and no apps: rulings come
in as numbers for a class, and a device is never put beside an app.

The engine is DuckDB. It comes with the extra `large` and is loaded when the first file is opened, never before. It
keeps to the memory it is given and writes what does not fit to the folder of the result.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ordinance.model.errors import Issue, SourceError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DEVICE = "device"
_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"


class EstateColumns:
    """The classes of a file of device facts: numbered from 0, in the order of their facts, unstated ones first.

    `sets` gives each device that is named somewhere a number above 0; devices of different numbers are of different
    classes. All others have 0.
    """

    def __init__(self, facts: Path, names: Sequence[str], sets: Mapping[str, int], away: Path, memory_mb: int) -> None:
        self._db, self._away, self._names = _connect(away, memory_mb), away, tuple(names)
        try:
            self._read(facts)
            self._load("named", {DEVICE: sets, "named": sets.values()}, "VARCHAR", "INTEGER")
            columns = ", ".join([*map(_quoted, self._names), "named"])
            self._db.execute(
                f"CREATE TABLE class AS SELECT row_number() OVER (ORDER BY {columns}) - 1 AS class, * FROM "
                f"(SELECT DISTINCT * EXCLUDE (device) REPLACE (coalesce(named, 0) AS named) "
                f"FROM facts LEFT JOIN named USING (device))"
            )
            self._check_devices(facts)
        except BaseException as error:
            self.close()
            if type(error).__module__.startswith(("duckdb", "_duckdb")):
                raise SourceError([_issue(facts, "unreadable-file", f"the file cannot be read: {error}")]) from error
            raise

    def __enter__(self) -> EstateColumns:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the memory, and of what was put on disk for want of it: it holds facts of people's devices."""
        self._db.close()
        shutil.rmtree(self._away, ignore_errors=True)

    @property
    def devices(self) -> int:
        """How many devices there are."""
        return self._number("SELECT count(*) FROM facts")

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return self._number("SELECT count(*) FROM class")

    def words(self, name: str) -> list[str | None]:
        """What is written in a column, each word once, sorted; `None` where nothing is."""
        column = _quoted(name)
        rows = self._db.execute(f"SELECT DISTINCT {column} FROM class ORDER BY {column} NULLS FIRST").fetchall()
        return [row[0] for row in rows]

    def rows(self, first: int, most: int) -> list[tuple[Any, ...]]:
        """The words of some classes, in the order of the names given, and last the number from `sets`."""
        some = "SELECT * EXCLUDE (class) FROM class WHERE class >= ? AND class < ? ORDER BY class"
        return self._db.execute(some, [first, first + most]).fetchall()

    def write_devices(self, path: Path) -> None:
        """Device and class of each device, by device."""
        same = " AND ".join(f"f.{c} IS NOT DISTINCT FROM c.{c}" for c in map(_quoted, self._names))
        self._copy(
            "SELECT f.device, c.class FROM facts f LEFT JOIN named n USING (device) "
            f"JOIN class c ON {same} AND coalesce(n.named, 0) = c.named ORDER BY f.device",
            path,
        )

    def write_classes(self, path: Path, first: int, lists: Sequence[str]) -> None:
        """Some classes with their words, and a list of numbers each, written `[1,2,3]`."""
        self._load("found", {"class": range(first, first + len(lists)), "numbers": lists}, "BIGINT", "VARCHAR")
        numbers = "numbers::UINTEGER[] AS verdicts"
        self._copy(f"SELECT c.*, {numbers} FROM class c JOIN found USING (class) ORDER BY class", path)
        self._db.execute("DROP TABLE found")

    def write_table(self, path: Path, columns: Mapping[str, tuple[str, Sequence[Any]]]) -> None:
        """A small table: column → its type in SQL and its values."""
        self._load("small", {name: values for name, (_, values) in columns.items()}, *(t for t, _ in columns.values()))
        self._copy("SELECT * FROM small", path)
        self._db.execute("DROP TABLE small")

    def _read(self, facts: Path) -> None:
        """One view of the file in which all that is written is text, and nothing written is NULL."""
        name = "'" + str(facts).replace("'", "''") + "'"  # a view takes no parameter
        table = f"read_csv({name}, all_varchar = true, header = true)"
        table = table if facts.suffix == ".csv" else f"read_parquet({name})"
        found = [row[0] for row in self._db.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()]
        wanted = (DEVICE, *self._names)
        issues = [_issue(facts, "unknown-column", f'column "{c}" is not known') for c in found if c not in wanted]
        if DEVICE not in found:
            issues.append(_issue(facts, "missing-column", f'column "{DEVICE}" is missing'))
        if issues:
            raise SourceError(issues)
        texts = (f"nullif({_quoted(n)}::VARCHAR, '')" if n in found else "NULL::VARCHAR" for n in wanted)
        columns = ", ".join(f"{text} AS {_quoted(n)}" for n, text in zip(wanted, texts, strict=True))
        self._db.execute(f"CREATE VIEW facts AS SELECT {columns} FROM {table}")

    def _check_devices(self, facts: Path) -> None:
        twice = "SELECT device FROM facts GROUP BY device HAVING count(*) > 1 OR device IS NULL LIMIT 1"
        found = self._db.execute(twice).fetchone()
        if found is not None:
            kind = "missing-value" if found[0] is None else "duplicate-id"
            words = "a device has no id" if found[0] is None else f'device "{found[0]}" is there twice'
            raise SourceError([_issue(facts, kind, words)])

    def _number(self, query: str) -> int:
        row = self._db.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _load(self, table: str, columns: Mapping[str, Iterable[Any]], *types: str) -> None:
        lists = ", ".join(f"unnest(?::{t}[]) AS {_quoted(n)}" for n, t in zip(columns, types, strict=True))
        self._db.execute(f"CREATE TABLE {table} AS SELECT {lists}", [list(v) for v in columns.values()])

    def _copy(self, query: str, path: Path) -> None:
        self._db.execute(f"COPY ({query}) TO ? {_PARQUET}", [str(path)])


def _connect(away: Path, memory_mb: int) -> DuckDBPyConnection:
    try:
        import duckdb  # noqa: PLC0415  # an extra: who asks about one device must neither have nor load it
    except ImportError as error:
        reason = "estates of this size need DuckDB, which is not installed"
        hint = "pip install 'ordinance[large]'"
        raise SourceError([Issue("", 0, 0, "no-engine", reason, "", hint)]) from error
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_mb}MB",
        "temp_directory": str(away),
        "threads": 2,
        "default_null_order": "nulls_first",
        "autoinstall_known_extensions": False,  # nothing is ever fetched
        "autoload_known_extensions": False,
    }
    return duckdb.connect(":memory:", config=settings)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _issue(file: Path, issue_id: str, message: str) -> Issue:
    return Issue(str(file), 0, 0, issue_id, message)
