# SPDX-License-Identifier: EUPL-1.2
"""Rows of Kea's file that are written as many others are taken in at once, and mean what they would mean alone."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.body import SourceSettings
from ordinance.readers._base import LeaseReading
from ordinance.readers.kea_leases import KeaLeases

from .samples import BRUSSELS

HEADER = "hostname,address,hwaddr,valid_lifetime,expire,state\n"
MACS = ("00:00:5e:00:53:01", "00:00:5E:00:53:02", "00:00:5e:00:53:02", "none")
USUAL = st.tuples(
    st.sampled_from(("", "", "pc")),
    st.sampled_from(("10.20.0.11", "10.20.0.12")),
    st.sampled_from(MACS[:2]),
    st.just("600"),
    st.integers(2, 12).map(lambda n: str(300 * n)),
    st.just("0"),
)
UNUSUAL = st.tuples(
    st.sampled_from(("", '"pc', '"p,c"', "p,c", " ")),
    st.sampled_from(("10.20.0.11", "10.20.0.11", "10.20.0.1x", "")),
    st.sampled_from(MACS),
    st.sampled_from(("600", "600", "900", "0", "x", "+9", "٣")),
    st.sampled_from(("600", "1800", "300", "", "999999999999", "1_0", "³", "9٣")),
    st.sampled_from(("0", "0", "1", "2", "3", "9")),
)
ROWS = st.lists(USUAL | UNUSUAL, max_size=8)


def read(folder: Path, rows: list[tuple[str, ...]], before_state: str = "") -> LeaseReading:
    """A file of these rows, with something before each state."""
    text = "".join(",".join((*row[:-1], before_state + row[-1])) + "\n" for row in rows)
    (folder / "leases").write_text(HEADER + text, "utf-8")
    return KeaLeases().read(SourceSettings("dhcp", "kea-leases", ("leases",), BRUSSELS), folder)


@given(st.lists(USUAL, min_size=2, max_size=5), ROWS)
def test_usual_rows_are_read_as_all_others(first: list[tuple[str, ...]], more: list[tuple[str, ...]]) -> None:
    """A blank before the state says nothing, and makes a row unusual: leases, doubts and the account are the same."""
    with TemporaryDirectory() as folder:
        usual, alone = read(Path(folder), first + more), read(Path(folder), first + more, " ")
    assert usual.account == alone.account
    assert usual.index.every() == alone.index.every()
    assert usual.index.doubts == alone.index.doubts
    assert usual.index.last_given == alone.index.last_given
    assert usual.index.days() == alone.index.days()


def test_most_rows_are_usual(tmp_path: Path) -> None:
    """Each is a record, and a lease of its own line."""
    rows = [("", f"10.20.0.{n % 7}", MACS[0], "600", str(10_000 * (n + 1)), "0") for n in range(70)]
    reading = read(tmp_path, rows)
    assert (reading.account.dropped, reading.account.structural, reading.account.rejected) == (70, 1, 0)
    said = sorted((h.start, h.end, h.where.line) for _, h in reading.index.every())
    assert said == [(10_000 * (n + 1) - 600, 10_000 * (n + 1), n + 2) for n in range(70)]
