# SPDX-License-Identifier: EUPL-1.2
"""Logs that are read file by file and kept, and a check of what is kept: as of the logs, or a word on why not."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from cli.shell import Ran, body, edit, run, tree
from ordinance.operations import keeping
from ordinance.operations.workspace import open_workspace
from ordinance.store import kept_files
from ordinance.store.kept_files import encode, path_of, read_kept
from readers.again import squid

AT = ("--as-of", "2023-04-10")
FIRST, DAY = 1_680_080_400, 86_400  # 29 March 2023, 09:00 UTC
LOG = "logs/townhall-2023-03-29.log"
SOURCES = """
[[sources]]
id = "proxy"
reader = "squid-log"
files = ["proxy/*"]
network = "staff"
leases = ["proxy-leases"]

[[sources]]
id = "proxy-leases"
reader = "lease-table"
files = ["proxy-leases.csv"]
"""
LEASES = "address,mac,start,end\n10.20.0.77,00:00:5e:00:53:01,2023-03-01T00:00:00Z,2023-05-01T00:00:00Z\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ghent with a proxy beside its resolver."""
    made = body("ghent", tmp_path)
    settings = made / "ordinance.toml"
    settings.write_text(settings.read_text("utf-8") + SOURCES, "utf-8")
    (made / "proxy-leases.csv").write_text(LEASES, "utf-8")
    (made / "proxy").mkdir()
    for path in sorted((made / "logs").glob("townhall-*"))[5:]:
        path.unlink()
    for n in range(2):
        names = ("api.tiktokv.com", "x.example")
        lines = [squid(FIRST + n * DAY + 600 * m, "10.20.0.77", names[m % 2]) for m in range(9)]
        (made / "proxy" / f"access-2023-03-{29 + n}").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return made


def read(folder: Path, *files: str | Path) -> list[dict[str, str]]:
    """Read files of a body, all of them where none is named; what became of each."""
    done = run("read", "--body", folder, "--out", folder.parent / "kept", *AT, "--json", *files)
    assert done.code == 0, done.err
    found: list[dict[str, str]] = json.loads(done.out)
    return found


def check(folder: Path, *options: str | Path) -> Ran:
    """A check as JSON."""
    return run("check", folder, *AT, "--json", *options)


def merged(folder: Path) -> Ran:
    """A check of what is kept."""
    return check(folder, "--kept", folder.parent / "kept")


def words(folder: Path, *options: str | Path) -> Ran:
    """A check of what is kept, in words; nothing is on stdout where it is refused."""
    return run("check", folder, *AT, "--kept", folder.parent / "kept", *options)


def kept_of(folder: Path, file: str = LOG, source: str = "dns-townhall") -> Path:
    """Where what is kept of a file lies."""
    return path_of(folder.parent / "kept", source, file)


def take_away(folder: Path) -> None:
    """The logs are gone."""
    shutil.rmtree(folder / "logs")
    shutil.rmtree(folder / "proxy")


def test_files_read_one_by_one_are_one_check_over_all(folder: Path) -> None:
    """The document is that of a check of the logs, byte for byte, also when the logs are gone."""
    whole = check(folder)
    files = sorted([*(folder / "logs").glob("*.log"), *(folder / "proxy").iterdir()])
    Random(4).shuffle(files)  # noqa: S311  # the same in every run on purpose
    for file in files:
        read(folder, file)
    assert len(list((folder.parent / "kept").iterdir())) == len(files) == 7
    assert merged(folder).out == whole.out
    take_away(folder)
    gone = merged(folder)
    assert (gone.out, gone.code) == (whole.out, whole.code)
    assert check(folder).out != whole.out


def test_all_files_of_a_body_are_read_where_none_is_named(folder: Path) -> None:
    """And what is kept of them are whole files that only their owner may read."""
    found = read(folder)
    assert {f["source"] for f in found} == {"dns-townhall", "proxy"}
    assert {f["what"] for f in found} == {"written"}
    kept = list((folder.parent / "kept").iterdir())
    assert len(kept) == len(found)
    if os.name != "nt":
        assert {p.stat().st_mode & 0o777 for p in kept} == {0o600}


def test_what_was_read_under_the_same_terms_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run looks at digests alone, and leaves each file as it is; a log that grew is read."""
    read(folder)
    before = tree(folder.parent / "kept")
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "write_kept", lambda *_: pytest.fail("it was written again"))
        assert {f["what"] for f in read(folder)} == {"there"}
    assert tree(folder.parent / "kept") == before
    with (folder / LOG).open("a", encoding="utf-8") as file:
        file.write("Mar 29 23:59:59 dnsmasq[7]: 9 10.20.0.77/4001 query[A] www.tiktok.com from 10.20.0.77\n")
    assert [f["file"] for f in read(folder) if f["what"] == "written"][:1] == [LOG]
    assert merged(folder).out == check(folder).out


def test_a_log_that_is_another_is_read_itself(folder: Path) -> None:
    """What is kept of it does not count, and the check says so, with the place and the reason."""
    read(folder)
    lines = (folder / LOG).read_text("utf-8").splitlines(keepends=True)
    (folder / LOG).write_text("".join(lines[:-3]), "utf-8")
    found = merged(folder)
    assert found.out == check(folder).out
    assert f"{kept_of(folder)}: warning: what is kept does not stand for {LOG}" in found.err
    assert "the log is not the one that was read  [kept-not-used]" in found.err


@pytest.mark.parametrize("how", ["watch list", "window", "settings"])
def test_under_other_terms_nothing_that_is_kept_counts(folder: Path, how: str) -> None:
    """The logs are read where they are at hand; where not, nothing is checked, and each file is named."""
    read(folder)
    options: tuple[str, ...] = ()
    if how == "watch list":
        (policy,) = (folder / "policies").glob("*tiktok*.yaml")
        edit(policy, "{family: tiktok}", "{family: tiktok}, {family: deepseek}")
    elif how == "window":
        options = ("--from", "2023-03-20", "--to", "2023-04-09")
    else:
        edit(folder / "ordinance.toml", 'reader = "dnsmasq-log"', 'reader = "dnsmasq-log"\nlease = "PT3H"')
    kept = ("--kept", folder.parent / "kept")
    found = check(folder, *options, *kept)
    assert found.out == check(folder, *options).out
    take_away(folder)
    if how != "window":  # of no file anything lies before the one that it was read in
        assert "[kept-not-used]" in found.err
        gone = words(folder, *options)
        assert (gone.code, gone.out) == (3, "")
        assert f"{kept_of(folder)}: what is kept does not stand for {LOG}" in gone.err
        assert "under another watch list, other settings or leases" in gone.err
        assert "[kept-cannot-stand-in]" in gone.err


@pytest.mark.parametrize("how", ["cut", "changed", "renamed", "newer"])
def test_a_damaged_file_is_refused(folder: Path, how: str) -> None:
    """It never looks like a clean one; reading the log again mends it."""
    read(folder)
    path = kept_of(folder)
    content = path.read_bytes()
    if how == "renamed":
        path.rename(path.with_name(f"{'0' * 32}.kept"))
        path = path.with_name(f"{'0' * 32}.kept")
    else:
        changed = {"cut": content[:-9], "changed": content.replace(b'"total":', b'"total":1', 1)}
        path.write_bytes(changed.get(how) or content.replace(b" file 1 ", b" file 2 ", 1))
    found = words(folder)
    assert (found.code, found.out) == (3, "")
    assert f"{path}: what was kept of a log file cannot be used" in found.err
    assert "[bad-kept-file]" in found.err
    if how == "renamed":
        path.unlink()
    read(folder)
    assert merged(folder).out == check(folder).out


def test_a_killed_run_leaves_whole_files_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read counts; what was not is read by the next run, and what was half written is nowhere."""

    class Killed(BaseException):
        pass

    written: list[Path] = []

    def killed(path: Path, content: bytes, mode: int) -> None:
        if len(written) == 5:
            path.with_name(f".ordinance-aside-{path.name}-0").write_bytes(content[:50])
            raise Killed
        kept_write(path, content, mode)
        written.append(path)

    kept_write = kept_files.write_file
    with monkeypatch.context() as patch:
        patch.setattr(kept_files, "write_file", killed)
        with pytest.raises(Killed):
            read(folder)
    assert len(list((folder.parent / "kept").glob("*.kept"))) == 5
    assert merged(folder).out == check(folder).out
    assert len(list((folder.parent / "kept").glob("*.kept"))) == 5
    assert len(read(folder)) == len(list((folder.parent / "kept").glob("*.kept"))) == 7


@pytest.mark.parametrize("pattern", ["./proxy/*", "proxy//access-*", "**/access-*", "proxy/**"])
def test_what_is_kept_is_of_the_source_whose_pattern_finds_it(folder: Path, pattern: str) -> None:
    """However the pattern is written: with what is kept it is the check that it is with the logs."""
    edit(folder / "ordinance.toml", 'files = ["proxy/*"]', f'files = ["{pattern}"]')
    whole = check(folder)
    read(folder)
    take_away(folder)
    assert merged(folder).out == whole.out


def test_what_no_pattern_finds_any_more_is_of_no_source(folder: Path) -> None:
    """A star stands for no folder: beneath one the log would not be read either."""
    (folder / "proxy" / "old").mkdir()
    (folder / "proxy" / "access-2023-03-29").rename(folder / "proxy" / "old" / "access-2023-03-29")
    edit(folder / "ordinance.toml", 'files = ["proxy/*"]', 'files = ["proxy/**"]')
    read(folder)
    edit(folder / "ordinance.toml", 'files = ["proxy/**"]', 'files = ["proxy/*"]')
    found = words(folder)
    assert found.code == 3 and "[kept-of-no-source]" in found.err


def test_what_is_kept_of_no_source_of_the_body_is_refused(folder: Path) -> None:
    """A folder of another body, or of a source that was renamed: its days would be seen by nobody."""
    read(folder)
    edit(folder / "ordinance.toml", 'id = "proxy"', 'id = "gate"')
    found = words(folder)
    assert found.code == 3
    assert found.err.count("[kept-of-no-source]") == 2
    assert "it stands for proxy/access-2023-03-29 of proxy" in found.err


def test_a_file_of_no_log_is_refused(folder: Path) -> None:
    """An inventory, a lease table or a file of somebody else: nothing is read, and the logs that may be are named."""
    out = folder.parent / "kept"
    done = run("read", "--body", folder, "--out", out, *AT, folder / "proxy-leases.csv", folder / LOG)
    assert done.code == 3
    assert "proxy-leases.csv: no log of the body has this file  [file-of-no-source]" in done.err
    assert "dns-townhall, proxy" in done.err
    assert list(out.iterdir()) == []


def test_what_is_kept_lies_outside_the_state(folder: Path) -> None:
    """Retention and purge know every file of the state: this would be one that they do not know."""
    done = run("read", "--body", folder, "--out", folder / ".ordinance" / "kept", *AT)
    assert done.code == 3
    assert "[kept-in-state]" in done.err
    assert not (folder / ".ordinance" / "kept").exists()


def test_without_a_folder_nothing_is_checked(folder: Path) -> None:
    """A folder that is not there is no folder in which nothing was seen."""
    found = words(folder)
    assert (found.code, found.out) == (3, "")
    assert "[no-kept-folder]" in found.err


def test_what_evidence_allowed_has_not_is_not_read(folder: Path) -> None:
    """A log that the body may not read is none of its logs here either."""
    edit(folder / "ordinance.toml", "network_device", "network_aggregate")
    done = run("read", "--body", folder, "--out", folder.parent / "kept", *AT, folder / LOG)
    assert done.code == 3
    assert "[file-of-no-source]" in done.err
    assert "logs that may be read one by one here: none" in done.err


def test_files_side_by_side_are_the_same(folder: Path) -> None:
    """Two processes write what one writes, byte for byte."""
    read(folder)
    alone = tree(folder.parent / "kept")
    shutil.rmtree(folder.parent / "kept")
    done = run("read", "--body", folder, "--out", folder.parent / "kept", *AT, "--jobs", "2")
    assert done.code == 0
    assert tree(folder.parent / "kept") == alone


def test_a_worker_that_reads_under_other_terms_is_refused(folder: Path) -> None:
    """Another version, or another folder at the same path: what it kept would be of something else."""
    read(folder)
    where = (str(folder), str(folder.parent / "kept"), "dns-townhall", LOG, str(folder / LOG))
    job = keeping.Job(*where, 1, "otherwise", "2023-03-27T00:00:00+02:00", "2023-04-10T00:00:00+02:00")
    with pytest.raises(keeping.PolicyError, match="other-worker"):
        keeping.read_file(job)


def test_what_a_store_writes_it_reads(folder: Path) -> None:
    """Each form: a log whose lines speak of each other, and one whose lines speak for themselves."""
    read(folder)
    for path in (kept_of(folder), kept_of(folder, "proxy/access-2023-03-29", "proxy")):
        kept = read_kept(path)
        assert kept.said is not None
        assert encode(kept) == path.read_bytes()


def test_a_process_that_lives_on_reads_under_new_leases(folder: Path) -> None:
    """A worker keeps what it knows of a body from one file to the next, but not when somebody else holds an address."""
    jobs: list[keeping.Job] = []
    at = open_workspace(folder).usable()

    def spread(some: Sequence[keeping.Job]) -> Iterator[keeping.Done]:
        jobs.extend(some)
        return keeping.in_turn(some)

    instant = datetime(2023, 4, 10, tzinfo=at.body.zone)
    keeping.run_read(at, (), folder.parent / "kept", instant, None, spread)
    (folder / "proxy-leases.csv").write_text(LEASES + LEASES.splitlines()[1].replace("77", "78") + "\n", "utf-8")
    proxy = [job for job in jobs if job.source == "proxy"]
    first = keeping.desk_of(proxy[0])
    keeping.run_read(at, (), folder.parent / "kept", instant, None, spread)
    again = [job for job in jobs if job.source == "proxy"][len(proxy) :]
    assert [job.exact for job in again] == [job.exact for job in proxy]
    assert keeping.desk_of(again[0]) is not first
    assert keeping.desk_of(again[0]) is keeping.desk_of(again[1])
