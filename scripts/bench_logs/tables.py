# SPDX-License-Identifier: EUPL-1.2
"""Figures of `scripts/bench logs` for people, as Markdown: what each took, both shapes of logs side by side, and what
its answer was worth. Reads what `measure.py` found, and nothing else."""

from __future__ import annotations

from typing import Any

from _bench import marked

SEARCHES, ENGINES = ("ripgrep", "grep"), ("duckdb", "polars")
TITLES = {"zeek_tsv": "Zeek, table", "zeek_json": "Zeek, JSON", "eve": "Suricata", "dnsmasq": "dnsmasq"}
PACKED = {"gz": "Zeek, table, gzip", "zst": "Zeek, table, zstd"}


def table(found: dict[str, Any]) -> str:
    """A table for each format, one of the answers, and where the figures were taken."""
    details, lines = found["details"], list[str]()
    shapes: dict[str, dict[str, Any]] = details["shapes"]
    for form, title in (TITLES | PACKED).items():
        there = {shape: formats[form] for shape, formats in shapes.items() if formats.get(form)}
        if there:
            lines += [f"**{title}.** {'; '.join(asked(shape, one) for shape, one in there.items())}", ""]
            lines += [*marked(timings(there)), ""]
    lines += [*marked(answers(shapes)), ""]
    parts = profiles(next(iter(shapes.values())))
    lines += [*marked(parts), ""] if parts else []
    lines += [f"{name}: no figures, {why}" for name, why in details["absent"].items()]
    here = details["machine"]
    programs = ", ".join(words.split(" (")[0].split(", ")[0] for words in details["versions"].values())
    named = ", ".join(f"{name} {here[name] or 'not installed'}" for name in (*ENGINES, "numba"))
    where = f"{here['cores']} cores ({here['processor']}), Python {here['python']}, {named}, {programs}"
    loads = f"load {details['load_at_first']} before, {here['load_1_min']} after"
    return "\n".join([*lines, "", f"{where}; {loads}; {rounds(shapes)} round(s)"])


def asked(shape: str, one: dict[str, Any]) -> str:
    """How much there was."""
    return (
        f"{shape}: {one['lines']:,} records, {one['bytes'] / 1e6:,.0f} MB, {one['devices']:,} devices, "
        f"{one['hits']:,} questions with one of {one['suffixes']:,} restricted names"
    )


def rounds(shapes: dict[str, dict[str, Any]]) -> int:
    """How often each had its turn."""
    return max((one["ours"]["runs"] for formats in shapes.values() for one in formats.values() if one), default=0)


def timings(there: dict[str, dict[str, Any]]) -> list[tuple[str, ...]]:
    """A row for us and one for each peer, of each shape the same columns."""
    columns = ("seconds (least–most)", "processor s", "peak MB", "wall, ours by theirs", "processor, ours by theirs")
    head = ("", *(f"{shape}: {column}" for shape in there for column in columns))
    names = dict.fromkeys(name for one in there.values() for name in one["peers"])
    rows = [("ours", *(cell for one in there.values() for cell in figures("ours", one["ours"])))]
    for name in names:
        cells = (figures(name, one["peers"].get(name)) for one in there.values())
        rows.append((name, *(cell for some in cells for cell in some)))
    return [head, *rows]


def figures(name: str, one: dict[str, Any] | None) -> tuple[str, ...]:
    """What one took."""
    if one is None:
        return ("–",) * 5
    times = one["seconds"]
    ratios = ["–" if one[key] is None or name == "ours" else f"{one[key]:.2f}" for key in ("wall", "cpu")]
    return (
        f"{times['median']:.2f} ({times['min']:.2f}–{times['max']:.2f})",
        f"{one['processor_seconds']['median']:.2f}",
        f"{one['peak_mb']['max']:.0f}",
        *ratios,
    )


def answers(shapes: dict[str, dict[str, Any]]) -> list[tuple[str, ...]]:
    """What the answer of each was worth, shapes side by side."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for shape, formats in shapes.items():
        for form, one in formats.items():
            for name, row in (("ours", one["ours"]), *one["peers"].items()) if one else ():
                if row["failed"] or row["truth"]:
                    found.setdefault((form, name), {})[shape] = worth(name, row)
    rows = [
        ((TITLES | PACKED)[form], name, *(said.get(shape, "–") for shape in shapes))
        for (form, name), said in found.items()
    ]
    return [("logs", "who", *(f"{shape}: the answer" for shape in shapes)), *rows]


def profiles(formats: dict[str, Any]) -> list[tuple[str, ...]]:
    """Where our time goes, of each format; nothing where nobody looked."""
    there = {form: one["profile"]["parts"] for form, one in formats.items() if one and "profile" in one}
    if not there:
        return []
    names = dict.fromkeys(part for parts in there.values() for part in parts)
    rows = [(name, *(f"{parts.get(name, 0):.0%}" for parts in there.values())) for name in names]
    return [("share of our time under a profiler", *(TITLES[form] for form in there)), *rows]


def worth(name: str, figures: dict[str, Any]) -> str:
    """In words."""
    truth = figures["truth"]
    if figures["failed"]:
        return str(figures["failed"])
    if truth is None:
        return "none"
    if name in SEARCHES:
        return f"{truth['missed']:,} of {truth['expected']:,} missed, {truth['made_up']:,} with none; names nobody"
    if truth["wrong"]:
        return f"WRONG: {truth['missed']:,} missed, {truth['made_up']:,} made up"
    return f"right: {truth['expected']:,} devices × app × day"
