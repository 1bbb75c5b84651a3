# SPDX-License-Identifier: EUPL-1.2
"""Kept probes: read back as they were written, and anything else is refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.errors import PolicyError
from ordinance.model.result import FindingKind
from ordinance.store.probes import FOLDER, read_probes, write_probe

FINDING = {
    "kind": "leftover",
    "restriction": None,
    "family": "tiktok",
    "member": "tiktok",
    "surface": "app",
    "count": 3,
    "reason": "resolver_blocks_still",
}


def document(**changed: Any) -> dict[str, Any]:
    """What a probe gives, as far as it is read again."""
    said = {"as_of": "2023-04-10T12:30:00+02:00", "target": "dns-rpz", "resolver": "192.0.2.53:53"}
    return {**said, "findings": [FINDING], **changed}


def test_a_record_is_read_back(tmp_path: Path) -> None:
    """With its digest, its instant and its findings; one of the same minute takes its place."""
    write_probe(tmp_path / ".ordinance", document(findings=[]))
    path = write_probe(tmp_path / ".ordinance", document())
    (found,) = read_probes(tmp_path / ".ordinance")
    assert found.file == f".ordinance/{FOLDER}/{path.name}" and path.name.startswith("20230410T1030Z-")
    assert [(f.kind, f.count, f.restriction) for f in found.findings] == [(FindingKind.LEFTOVER, 3, None)]
    write_probe(tmp_path / ".ordinance", document(resolver="192.0.2.54:53"))
    assert len(read_probes(tmp_path / ".ordinance")) == 2


def test_no_folder_is_no_record(tmp_path: Path) -> None:
    """Nobody has probed: nothing is read, and nothing is made."""
    assert read_probes(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"findings": None},
        {"findings": [1]},
        {"findings": [{**FINDING, "kind": "app_installed"}]},
        {"findings": [{**FINDING, "kind": "nonsense"}]},
        {"findings": [{**FINDING, "count": 0}]},
        {"findings": [{**FINDING, "count": True}]},
        {"findings": [{**FINDING, "surface": "moon"}]},
        {"findings": [{**FINDING, "reason": "x" * 501}]},
        {"findings": [{**FINDING, "family": 7}]},
        {"target": ""},
        {"resolver": None},
        {"as_of": "2023-04-11T12:30:00+02:00"},  # not that of its name
        {"as_of": "2023-04-10T10:30:00"},  # without a zone
        {"as_of": "yesterday"},
    ],
)
def test_what_no_probe_wrote_is_refused(changed: dict[str, Any], tmp_path: Path) -> None:
    """A damaged record is neither passed over nor taken for a clean one."""
    path = write_probe(tmp_path, document())
    path.write_text(json.dumps(document(**changed)), "utf-8")
    with pytest.raises(PolicyError) as caught:
        read_probes(tmp_path)
    assert [i.id for i in caught.value.issues] == ["bad-probe-record"]


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_no_bytes_escape_as_another_error(content: bytes, tmp_path: Path) -> None:
    """Cut, nested beyond reason, not UTF-8: the same refusal, with the name of the file."""
    path = write_probe(tmp_path, document())
    path.write_bytes(content)
    (tmp_path / FOLDER / "other.json").write_bytes(b"{}")
    with pytest.raises(PolicyError) as caught:
        read_probes(tmp_path)
    assert [Path(i.file).name for i in caught.value.issues] == [path.name, "other.json"]
