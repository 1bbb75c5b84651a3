# SPDX-License-Identifier: EUPL-1.2
"""JSON documents of inventories: as one file, one after the other, by line, and broken ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ordinance.readers._documents import MOST_TEXT, DocumentFile, at, list_at, stated_at, text_at
from ordinance.readers._files import InputFile


def read(content: bytes, folder: Path, **more: int) -> tuple[list[Any], list[str]]:
    """The documents of a file and its faults."""
    (folder / "a.json").write_bytes(content)
    faults: list[str] = []
    file = DocumentFile(InputFile(folder / "a.json", "a.json"), faults.append, **more)
    return list(file.values()), faults


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (b"", []),
        (b"\n \n", []),
        (b'{"a": 1}', [{"a": 1}]),
        (b'\xef\xbb\xbf{\r\n "a": 1\r\n}\r\n', [{"a": 1}]),
        (b'[\n{"a": 1},\n{"a": 2}\n]\n', [[{"a": 1}, {"a": 2}]]),
        (b'{"a": 1}\n\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        (b'{\n"a": 1\n}\n{\n"a": 2\n}', [{"a": 1}, {"a": 2}]),
        (b'[1][2]\n', [[1], [2]]),
        (b'{"a": 1, "a": 2}', [{"a": 2}]),
    ],
)
def test_documents_stand_alone_one_after_the_other_or_by_line(
    content: bytes, values: list[Any], tmp_path: Path
) -> None:
    """Each form of a file gives the same documents without a fault."""
    assert read(content, tmp_path) == (values, [])


@pytest.mark.parametrize(
    ("content", "values", "faults"),
    [
        (b'{"a": 1}\n{"a": \n{"a": 3}\n', [{"a": 1}, {"a": 3}], ["bad-json"]),
        (b'{"a": 1}\n"\xff"\n{"a": 3}\n', [{"a": 1}, {"a": 3}], ["bad-encoding"]),
        (b'{"a": 1}\nnothing\n', [{"a": 1}], ["bad-json"]),
        (b'{\n"a": 1\n}\n{\n"a":', [{"a": 1}], ["bad-json"]),
        (b'{\n"a": "\xff"\n}', [], ["bad-encoding"]),
        (b'{\n"a": NaN\n}', [], ["bad-json"]),
        (b"[" * 200_000, [], ["bad-json"]),
        (b'{"a": 1}\n' + b'{"a":' * 200_000 + b"\n", [{"a": 1}], ["bad-json"]),
        (b'{"a": 1}\n{"a": ' + b"9" * 10_000 + b"}\n", [{"a": 1}], ["bad-json"]),
        (b"\x1f\x8b\x08", [], ["truncated-gzip"]),
    ],
    ids=range(10),
)
def test_what_is_no_document_is_one_fault(
    content: bytes, values: list[Any], faults: list[str], tmp_path: Path
) -> None:
    """By line the other lines are read on; in a long document nothing after the fault is."""
    assert read(content, tmp_path) == (values, faults)


def test_a_document_that_is_too_large_is_one_fault(tmp_path: Path) -> None:
    """In one line or in many, and by line the next one is read."""
    assert read(b'{"a": "' + b"x" * 3_000 + b'"}', tmp_path, most_text=1_000) == ([], ["document-too-large"])
    assert read(b"[\n" + b"1,\n" * 3_000 + b"1]", tmp_path, most_text=1_000) == ([], ["document-too-large"])
    by_line = b'{"a": 1}\n{"a": "' + b"x" * 3_000_000 + b'"}\n{"a": 3}\n'
    assert read(by_line, tmp_path, most_text=1_000) == ([{"a": 1}, {"a": 3}], ["line-too-long"])


HELD = """
import resource, sys
from pathlib import Path
from ordinance.readers._documents import DocumentFile
from ordinance.readers._files import InputFile
pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
most = pages * resource.getpagesize() + (int(sys.argv[2]) << 20)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
faults = []
found = sum(1 for _ in DocumentFile(InputFile(Path(sys.argv[1]), "a.json"), faults.append).values())
print(found, *faults)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much is held, and limits it")
@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (b"[],", "0 document-too-large"),
        (b'{"a":{}},', "0 document-too-large"),
        (b"[[[[[[[[]]]]]]]],", "0 document-too-large"),
        (b'{"a":"a text of the usual length"},', "1"),
        (b'"ab",', "1"),
        (b"1.5,", "1"),
    ],
    ids=["lists", "objects", "nested", "entries", "texts", "numbers"],
)
@pytest.mark.parametrize("by_line", [False, True], ids=["whole", "by-line"])
def test_what_a_document_may_take_is_bounded(part: bytes, expected: str, by_line: bool, tmp_path: Path) -> None:
    """The largest text of the worst kind, in 384 MiB: a fault or a value, no crash; by line the next one is read."""
    whole = b'{"a":[' + part * ((MOST_TEXT - 40) // len(part)) + b"0]}"
    (tmp_path / "a.json").write_bytes(b'{"a": 1}\n' + whole + b'\n{"b": 2}\n' if by_line else whole)
    asked = [sys.executable, "-c", HELD, str(tmp_path / "a.json"), "384"]
    said = subprocess.run(asked, check=False, capture_output=True, text=True)
    found, *faults = expected.split()
    assert (said.returncode, said.stdout.split()) == (0, [str(int(found) + 2 * by_line), *faults]), said.stderr[-300:]


def test_a_value_of_another_type_is_none() -> None:
    """What stands where something else is expected is nothing, never an error."""
    value = {"a": {"b": " x ", "c": [1]}, "d": 7}
    assert text_at(value, "a", "b") == "x" and text_at(value, "d") == "" and text_at(value, "d", "b") == ""
    assert list_at(value, "a", "c") == [1] and list_at(value, "a") is None and list_at([], "a") is None
    assert at(value, "d") == 7 and at(None, "a") is None


def test_what_is_not_there_is_told_from_what_is_no_text() -> None:
    """An entry without a publisher is readable, one whose publisher is a number is not."""
    value = {"a": " x ", "b": None, "c": 7, "d": ["x"]}
    assert [stated_at(value, key) for key in "abcde"] == ["x", "", None, None, ""]


def test_half_a_surrogate_pair_can_be_written_again() -> None:
    """JSON can escape what UTF-8 cannot write; a pair is one character."""
    assert stated_at({"a": "x\ud83d"}, "a") == text_at({"a": "x\udc00"}, "a") == "x\ufffd"
    assert stated_at({"a": "\ud83d\ude00"}, "a") == "\U0001f600"
