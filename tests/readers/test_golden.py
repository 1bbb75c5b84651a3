# SPDX-License-Identifier: EUPL-1.2
"""Every case gives exactly what a person wrote down for it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from . import samples


@pytest.mark.parametrize("folder", samples.case_folders(), ids=lambda f: f"{f.parent.name}/{f.name}")
def test_a_case_gives_what_was_written_down(folder: Path) -> None:
    """Observations, leases, coverage and the account are those of expected.json, and nothing besides."""
    reading = samples.read(folder)
    assert samples.as_data(reading) == json.loads((folder / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("folder", samples.case_folders(), ids=lambda f: f"{f.parent.name}/{f.name}")
def test_each_file_read_is_named_with_its_digest(folder: Path) -> None:
    """The reading lists every input file once, with the SHA-256 of its bytes on disk."""
    given = {p.relative_to(folder).as_posix(): p for p in samples.inputs(folder)}
    expected = sorted((name, hashlib.sha256(path.read_bytes()).hexdigest()) for name, path in given.items())
    assert sorted(samples.read(folder).files) == expected
