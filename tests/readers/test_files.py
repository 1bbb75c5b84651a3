# SPDX-License-Identifier: EUPL-1.2
"""Which files a source has, in which order, and which of them say nothing new."""

from __future__ import annotations

import glob
import os
from pathlib import Path

import pytest

from ordinance.readers._files import matching, repeated, would_match


def write(folder: Path, content: bytes, name: str) -> Path:
    """A file of these bytes."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "names",
    [
        ["q.log.10.gz", "q.log.2.gz", "q.log.1", "q.log"],
        ["q.log.10.zst", "q.log.2.gz", "q.log.1", "q.log"],
        ["q.log-20230327.gz", "q.log-20230328", "q.log"],
        ["q.log-20230327.zst", "q.log-20230328.gz", "q.log"],
        ["q.log-2023-03-27.gz", "q.log-2023-03-28", "q.log"],
        ["q-2023-03-27.log", "q-2023-03-28.log", "q-2023-04-01.log"],
        ["q-2023-03-27", "q-2023-03-28", "q-2023-04-01"],
    ],
)
def test_files_come_oldest_first(names: list[str], tmp_path: Path) -> None:
    """Names that logrotate and cron jobs give are put in the order of time, whatever the globs' order."""
    for name in sorted(names):
        write(tmp_path, b"", name)
    assert [f.name for f in matching(tmp_path, ["q*", "*.gz", "*.log"])] == names


def test_globs_look_below_the_folder_and_give_each_file_once(tmp_path: Path) -> None:
    """Folders are no files, a pattern may go down, an absolute path is taken as it is."""
    root = tmp_path / "body [1]"
    (root / "logs" / "deep.log").mkdir(parents=True)
    inside, outside = write(root / "logs", b"", "a.log"), write(tmp_path, b"", "b.log")
    assert [f.name for f in matching(root, ["logs/*.log", "**/*.log"])] == ["logs/a.log"]
    assert [f.path for f in matching(root, [str(outside)])] == [outside]
    assert matching(root, ["logs/a.log"])[0].path == inside
    assert matching(root, ["nothing/*", ""]) == ()


def test_links_that_lead_back_are_followed_once(tmp_path: Path) -> None:
    """Two such links would be walked for ever; what lies behind a link that leads elsewhere is found, once."""
    logs, elsewhere = tmp_path / "logs", tmp_path / "disk"
    (logs / "a").mkdir(parents=True)
    (elsewhere / "deep").mkdir(parents=True)
    (logs / ".hidden").mkdir()
    for folder, name in ((logs / "a", "1.log"), (elsewhere / "deep", "2.log"), (logs / ".hidden", "3.log")):
        write(folder, b"", name)
    (logs / "up").symlink_to(tmp_path / "logs")
    (logs / "a" / "up").symlink_to(logs)
    (logs / "disk").symlink_to(elsewhere)
    (logs / "again").symlink_to(elsewhere / "deep")
    found = [f.path.resolve() for f in matching(tmp_path, ["logs/**/*.log", "logs/**"])]
    assert sorted(p.name for p in found) == ["1.log", "2.log"]


@pytest.mark.skipif(os.name == "nt", reason="such folders are made otherwise there")
def test_a_link_that_may_not_be_entered_hides_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside it everything is found, whoever asks: `Path.is_dir` raises where nobody may look."""
    (tmp_path / "logs" / "a").mkdir(parents=True)
    write(tmp_path / "logs", b"", "flat.log")
    write(tmp_path / "logs" / "a", b"", "x.log")
    (tmp_path / "logs" / "zlink").symlink_to("/secret/in")

    def refused(path: Path) -> bool:
        if path.name == "zlink":
            raise PermissionError(13, "Permission denied", str(path))
        return os.path.isdir(path)  # noqa: PTH112  # what it stands for

    monkeypatch.setattr(Path, "is_dir", refused)
    assert {f.name for f in matching(tmp_path, ["logs/**/*.log"])} == {"logs/a/x.log", "logs/flat.log"}


def test_only_equal_bytes_repeat(tmp_path: Path) -> None:
    """Same size is not enough, and empty files repeat nothing."""
    for name, content in {"a": b"one", "b": b"two", "c": b"one", "d": b"", "e": b""}.items():
        write(tmp_path, content, name)
    assert repeated(matching(tmp_path, ["*"])) .keys() == {"c"}


NAMES = ["log", "log.1", ".log", "a/log", "a/log.1", "a/.log", "a/b/log", "a/.b/log", "a [b]/log", "../beside/log"]


@pytest.mark.parametrize(
    "pattern",
    [
        *("log", "log*", "*", ".*", "./log*", "a/*", "./a/*", "a//log", "*/log", "*/*", "**", "**/log", "**/*.1"),
        *("a/**", "a/**/log", "a/b/**/log", "**/b/log", "a/**/**/log", "**/.log", "**/.b/*", "a [[]b]/*", "[!a]*/log"),
        *("../beside/*", "../**/log", "LOG", "a", "absolute/*", "absolute/**/log"),
    ],
)
def test_what_would_match_is_what_matches(pattern: str, tmp_path: Path) -> None:
    """Of a file that is not there it is said as of one that is: by each pattern, also one that begins at the root."""
    root = tmp_path / "body [1]"
    for name in NAMES:
        (root / name).resolve().parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    pattern = pattern.replace("absolute", glob.escape(str(root / "a")))
    found = {file.name for file in matching(root, [pattern])}
    names = {*NAMES, *found, str(tmp_path / "beside" / "log")}
    assert {name for name in names if would_match(root, name, ["nothing", pattern])} == found
