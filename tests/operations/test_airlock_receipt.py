# SPDX-License-Identifier: EUPL-1.2
"""A package and its receipt: both are there, or neither, whatever breaks the run off."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.errors import PolicyError
from ordinance.model.receipt import Act
from ordinance.operations import airlock_receipt
from ordinance.operations.airlock_receipt import tell_of
from ordinance.store.receipts import append, read_receipts, receipts_path

AT = datetime(2024, 12, 16, 9, 0, tzinfo=UTC)
SAID = {"transfer": "2024-12-16_a1b2", "manifest": "a" * 64, "files": ("post.txt",)}


def told(tmp_path: Path) -> tuple[bool, int]:
    """Whether the package is there after a receipt of it was to be written, and how many receipts there are."""
    package, state = tmp_path / "package", tmp_path / "state"
    package.mkdir()
    (package / "post.txt").write_text("Tere", "utf-8")
    with suppress(KeyboardInterrupt, PolicyError):
        tell_of(package, state, Act.PREPARED, AT, by="p-001", said=SAID)
    return package.exists(), len(read_receipts(state).entries)


def test_both_are_there(tmp_path: Path) -> None:
    """Nothing stopped it."""
    assert told(tmp_path) == (True, 1)


def test_without_a_receipt_no_package(tmp_path: Path) -> None:
    """A book that takes no entry: one whose note is gone."""
    append(tmp_path / "state", Act.PREPARED, AT, by="p-001", said=SAID)
    receipts_path(tmp_path / "state").with_name("head.json").unlink()
    assert told(tmp_path) == (False, 1)


@pytest.mark.parametrize(("is_written", "expected"), [(False, (False, 0)), (True, (True, 1))])
def test_broken_off_on_either_side_of_the_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_written: bool, expected: tuple[bool, int]
) -> None:
    """Ctrl-C before the receipt is on disk takes the package away; after it the package that it tells of stays."""

    def breaks_off(*words: Any, **more: Any) -> None:
        if is_written:
            append(*words, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(airlock_receipt, "append", breaks_off)
    assert told(tmp_path) == expected


def test_an_older_receipt_of_the_same_words_is_none_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same package handed over again to the same device: the earlier receipt does not vouch for this copy."""
    append(tmp_path / "state", Act.PREPARED, AT, by="p-001", said=SAID)

    def breaks_off(*_words: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(airlock_receipt, "append", breaks_off)
    assert told(tmp_path) == (False, 1)


def test_a_receipt_that_another_run_wrote_meanwhile_is_none_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two sticks for one device: one run has its receipt while the other waits, and the other's is not written."""

    def comes_second(*words: Any, **more: Any) -> None:
        append(*words, **{name: value for name, value in more.items() if name != "unless"})
        raise KeyboardInterrupt

    monkeypatch.setattr(airlock_receipt, "append", comes_second)
    assert told(tmp_path) == (False, 1)
