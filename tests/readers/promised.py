# SPDX-License-Identifier: EUPL-1.2
"""What the suites of promises share: a reader's real case, and readings of it with other bytes in its file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from ordinance.model.evidence import Reading
from ordinance.readers import BUILTIN, Reader, _inventory, _lease_log, _name_log
from ordinance.readers._files import InputFile, repeated

from . import samples

# A record is a line of the file, or an entry of the JSON documents in it; others show the rest in a file of their own.
OF_LINES = tuple(kind for kind in BUILTIN if kind.unit in {"line", "row"})
OF_DOCUMENTS = tuple(kind for kind in BUILTIN if kind.unit == "entry")
OTHERS = tuple(kind for kind in BUILTIN if kind not in {*OF_LINES, *OF_DOCUMENTS})


def real(kind: type[Reader]) -> Path:
    """The reader's real case."""
    return samples.CASES / kind.id / "real"


def the_file(kind: type[Reader]) -> Path:
    """The one input file of the real case."""
    (file,) = samples.inputs(real(kind))
    return file


def read_bytes(kind: type[Reader], content: bytes, folder: Path) -> Reading:
    """Read the real case with other bytes in its file."""
    (folder / the_file(kind).name).write_bytes(content)
    return samples.read(real(kind), folder)


def grow_after_comparing(monkeypatch: pytest.MonkeyPatch, copy: Path, more: bytes) -> None:
    """Somebody writes on into a copy when it has just been found equal to an earlier file."""

    def compared(files: Iterable[InputFile]) -> dict[str, str]:
        found = repeated(files)
        with copy.open("ab") as file:
            file.write(more)
        return found

    for module in (_name_log, _inventory, _lease_log):
        monkeypatch.setattr(module, "repeated", compared)


def said(reading: Reading) -> dict[str, object]:
    """What a reading says, in plain data."""
    return samples.as_data(reading)


def read_in_little_memory(case: Path, root: Path) -> dict[str, int]:
    """Read a case with the files under `root` in a process of limited memory; how much more it took than the case."""
    (told,) = samples.measured(case, "log", [root])
    return told
