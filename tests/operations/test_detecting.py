# SPDX-License-Identifier: EUPL-1.2
"""Which reader a file is for: asked of every reader, with every reader's own case. No reader of ours is named but where
a test is about one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import pytest

from ordinance.match.names import NameMatcher
from ordinance.model.body import SourceSettings
from ordinance.model.errors import Issue, SourceError
from ordinance.model.evidence import Account, EvidenceKind, Reading, WatchList
from ordinance.model.time import Span
from ordinance.operations.detecting import MOST_DOCUMENT_BYTES, detect, list_readers
from ordinance.operations.file_head import MOST_HEAD_BYTES, MOST_HEAD_LINES
from ordinance.operations.private_folder import PREFIX, private_folder
from ordinance.readers import BUILTIN, LEASES, LeaseReader, Matchers, Reader
from ordinance.readers._base import Leases
from readers import packed
from readers import test_lease_promises as leases
from readers import test_promises as logs

Kind = type[Reader] | type[LeaseReader]
OF_LINES = [kind for kind in (*BUILTIN, *LEASES) if kind.unit in ("line", "row")]  # a document with such a line is none
each_reader = pytest.mark.parametrize("kind", [*BUILTIN, *LEASES], ids=lambda r: r.id)

OTHER_PROGRAM = b"Mar 20 09:00:%02d gate sshd[88]: Connection closed by 192.0.2.%d port 40000 secretword\n"
JUNK = {
    "empty": b"",
    "blank": b"\n\n\n",
    "words": b"secretword is no record\nnor is this\n" * 40,
    "binary": bytes(range(256)) * 40,
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /secretword 2 0 R >>\nendobj\n",
    "zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(200) + b"secretword",
    "other table": b"date,amount,secretword\n2023-01-01,5,x\n2023-01-02,6,y\n",
    "other table with semicolons": b"date;secretword\n2023-01-01;5\n",
    "json": b'{"secretword": 1}\n{"secretword": [1, 2]}\n',
    "json over lines": b'{\n "secretword": [\n  1,\n  2\n ]\n}\n',
    "xml": b'<?xml version="1.0"?>\n<secretword>\n <a/>\n</secretword>\n',
    "another program": b"".join(OTHER_PROGRAM % (n % 60, n % 250) for n in range(200)),
    "settings of a web server": b"server {\n  listen 80;\n  server_name secretword;\n}\n" * 9,
    "web server's log": b'192.0.2.1 - - [20/Mar/2023:09:00:04 +0100] "GET /secretword HTTP/1.1" 200 12\n' * 50,
    "a truncated packed file": b"\x28\xb5\x2f\xfd\x20",
}


def the_file(kind: Kind) -> Path:
    """The file of a reader's real case."""
    suite = logs if kind in BUILTIN else leases
    return suite.the_file(kind)  # type: ignore[arg-type, no-any-return]  # of its own suite


def one(path: Path, content: bytes | None = None, **more: Any) -> dict[str, Any]:
    """What a file is; with `content`, after that was written into it."""
    if content is not None:
        path.write_bytes(content)
    (found,) = detect([path], **more)["files"]
    return dict(found)


def ids(found: dict[str, Any], rows: str = "readers") -> list[str]:
    """The readers of a file."""
    return [row["reader"] for row in found[rows]]


@each_reader
def test_every_reader_is_found_by_its_own_real_file(kind: Kind) -> None:
    """And no other one is: whoever adds a reader sees at once whose files it takes too."""
    found = one(the_file(kind))
    assert (found["verdict"], ids(found)) == ("known", [kind.id])
    assert found["whole_file"] and found["readers"][0]["unit"] == kind.unit


@each_reader
@pytest.mark.parametrize("form", packed.FORMS)
def test_a_packed_file_is_what_it_holds(kind: Kind, form: Any, tmp_path: Path) -> None:
    """Whatever its name says."""
    raw = the_file(kind).read_bytes()
    assert ids(one(tmp_path / the_file(kind).name, form(raw))) == [kind.id]


@pytest.mark.parametrize("kind", OF_LINES, ids=lambda r: r.id)
def test_bad_lines_beside_good_ones_hide_no_format(kind: Kind, tmp_path: Path) -> None:
    """A line that is no text, in an hour in which everything else was logged."""
    first, *rest = the_file(kind).read_bytes().splitlines(keepends=True)
    found = one(tmp_path / the_file(kind).name, b"".join([first, b"\xff\xff\n", *rest]))
    assert ids(found) == [kind.id]
    assert {"reason": "bad-encoding", "records": 1, "first": 2} in found["readers"][0]["rejects"]


@pytest.mark.parametrize("name", JUNK)
def test_what_nobody_reads_is_unknown(name: str, tmp_path: Path) -> None:
    """Junk, other programs' logs, other tables: no reader takes them, though some pass over every line."""
    found = one(tmp_path / "file", JUNK[name])
    assert (found["verdict"], found["readers"], found["source"]) == ("unknown", [], [])
    assert found["empty"] is (not JUNK[name] or name == "a truncated packed file")
    assert detect([tmp_path / "file"])["exit_code"] == 1


@each_reader
def test_nothing_of_a_file_is_told(kind: Kind, tmp_path: Path) -> None:
    """No word of a real file that is not the name of a reader, a reason or a setting; none of junk either."""
    told = json.dumps(one(the_file(kind)))
    canary = the_file(kind).parent / "foreign.txt"
    for word in canary.read_text("utf-8").splitlines() if canary.exists() else ():
        assert word not in told
    for name, content in JUNK.items():
        assert "secretword" not in json.dumps(one(tmp_path / name, content))


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was unpacked and written aside is gone, and the file is as it was."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for kind in (*BUILTIN, *LEASES):
        before = the_file(kind).read_bytes()
        one(the_file(kind))
        assert the_file(kind).read_bytes() == before
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys, tempfile
from pathlib import Path
from ordinance.cli.main import cli
left = int(sys.argv[2])
def hook(event, arguments):
    global left
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)) and Path(arguments[0]).name == "secret.log":
        left -= 1
        if not left:
            os.kill(os.getpid(), getattr(signal, sys.argv[1]))
sys.addaudithook(hook)
cli(["sources", "detect", sys.argv[3]])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals and no such locks")
@pytest.mark.parametrize("opened", [3, 5, 9])
def test_what_a_killed_run_left_is_taken_away_by_the_next(
    opened: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half-way, with its copy on the disk; what another run still holds, or a link leads to, stays."""
    temporary, precious = tmp_path / "temporary", tmp_path / "precious"
    temporary.mkdir()
    precious.mkdir()
    (precious / "file").write_bytes(b"")
    the_log = tmp_path / "secret.log"
    the_log.write_bytes(JUNK["another program"])
    said = {**os.environ, "TMPDIR": str(temporary)}

    def killed(name: str) -> int:
        asked = [sys.executable, "-c", KILLED, name, str(opened), str(the_log)]
        return subprocess.run(asked, env=said, check=False, capture_output=True).returncode

    assert killed("SIGKILL") == -signal.SIGKILL
    assert [p for p in temporary.rglob("secret.log") if p.read_bytes()], "nothing was left to take away"
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (temporary / f"{PREFIX}link").symlink_to(precious)
    with private_folder() as mine:
        (mine / "copy").write_bytes(b"")
        one(the_log)
        assert (mine / "copy").exists() and {p.name for p in temporary.iterdir()} == {mine.name, f"{PREFIX}link"}
    assert (precious / "file").exists()
    (temporary / f"{PREFIX}link").unlink()
    assert killed("SIGTERM") == 128 + signal.SIGTERM and list(temporary.iterdir()) == []


def test_a_log_of_two_programs_is_a_source_for_each(tmp_path: Path) -> None:
    """Syslog of a machine with two resolvers: each reads its own lines and passes over the other's."""
    cases = logs.samples.CASES
    lines = [(cases / name / "syslog" / "syslog").read_bytes() for name in ("dnsmasq-log", "unbound-log")]
    found = one(tmp_path / "syslog", b"".join(lines))
    assert found["verdict"] == "several" and {"dnsmasq-log", "unbound-log"} <= set(ids(found))
    assert len(found["source"]) == len(found["readers"])
    assert detect([tmp_path / "syslog"])["exit_code"] == 4


def test_a_log_without_what_it_takes_names_its_reader_and_the_reason(tmp_path: Path) -> None:
    """dnsmasq without `extra`: its lines are known, its questions are rejects, and where says the reason."""
    found = one(tmp_path / "q.log", b"Mar 20 09:00:04 dnsmasq[9]: query[A] secretword.example from 192.0.2.7\n" * 9)
    assert (found["verdict"], ids(found, "nearest")) == ("unknown", ["dnsmasq-log"])
    assert found["nearest"][0]["rejects"] == [{"reason": "no-serial", "records": 9, "first": 1}]


def test_lines_of_other_programs_alone_are_no_sign_of_a_reader(tmp_path: Path) -> None:
    """Those that pass over every line are named as such: nothing is rejected, and nothing is their own."""
    found = one(tmp_path / "auth.log", JUNK["another program"])
    assert len(found["nearest"]) >= 2
    assert all(row["dropped"] == row["records"] and not row["rejected"] for row in found["nearest"])


def test_only_the_head_of_a_long_log_is_read(tmp_path: Path) -> None:
    """Whole lines, so many of them and so many bytes; what comes after changes nothing."""
    line = b"1679299204.123     12 192.0.2.7 TCP_MISS/200 35 GET http://a.example/ - HIER_DIRECT/192.0.2.99 -\n"
    found = one(tmp_path / "access.log", line * (MOST_HEAD_LINES + 1) + b"secretword\n" * 100_000)
    assert not found["whole_file"] and found["readers"][0]["records"] == MOST_HEAD_LINES
    long = line.replace(b"a.example/", b"a.example/" + b"x" * 5_000)
    found = one(tmp_path / "access.log", long * 1_000)
    assert found["readers"][0]["records"] == MOST_HEAD_BYTES // len(long)
    assert found["readers"][0]["rejected"] == 0


def test_a_file_that_cannot_be_opened_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    """A folder, a link into nowhere and a name that is not there; the worst gives the exit code."""
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    paths = [tmp_path, tmp_path / "link", tmp_path / "none", the_file(BUILTIN[0])]
    found = detect(paths)
    assert [f["verdict"] for f in found["files"]] == ["unreadable"] * 3 + ["known"]
    assert found["exit_code"] == 3


def test_a_name_of_a_file_is_no_pattern(tmp_path: Path) -> None:
    """Brackets and stars in it are letters, and the table that is given back says so too."""
    path = tmp_path / "log [1]*.log"
    found = one(path, the_file(BUILTIN[0]).read_bytes())
    assert ids(found) == [BUILTIN[0].id]
    assert list(tmp_path.glob(Path(found["source"][0]["files"][0]).name)) == [path]


# --- readers that are not ours ------------------------------------------------------------------------


class OneDocument:
    """An outsider's reader of one JSON document a file; it wants a setting."""

    id: ClassVar[str] = "one-document"
    title: ClassVar[str] = "a document"
    unit: ClassVar[str] = "entry"
    evidence: ClassVar[EvidenceKind] = EvidenceKind.INVENTORY
    asked: ClassVar[list[int]] = []

    def read(
        self,
        settings: SourceSettings,
        root: Path,
        watch: WatchList,
        matchers: Matchers,
        window: Span | None = None,
        leases: Leases | None = None,
    ) -> Reading:
        """Every entry is dropped: nothing is watched."""
        assert watch == WatchList(frozenset()) and matchers.names.find("tiktokv.com") is None
        assert isinstance(matchers.names, NameMatcher) and window is None and leases is None
        if settings.preset != "intune":
            raise SourceError([Issue("", 0, 0, "unknown-preset", "another one is needed")])
        (path,) = root.glob(settings.files[0])
        raw = path.read_bytes()
        self.asked.append(len(raw))
        try:
            entries = len(json.loads(raw)["entries"])
        except (ValueError, KeyError, TypeError):
            return Reading(Account("source", self.unit, 1, 0, 0, 0, 0, 1))
        return Reading(Account("source", self.unit, entries, 0, entries, 0, 0, 0))


@pytest.mark.parametrize("indent", [None, 1])
def test_a_document_is_read_whole_where_its_head_says_nothing(indent: int | None, tmp_path: Path) -> None:
    """In one line or over many, up to a size that is stated; the settings that it took are in the table."""
    content = json.dumps({"entries": ["x" * 50] * 60_000}, indent=indent).encode()
    assert MOST_HEAD_BYTES < len(content) < MOST_DOCUMENT_BYTES
    found = one(tmp_path / "d.json", content, readers=[OneDocument()])
    assert (found["verdict"], ids(found), found["whole_file"]) == ("known", ["one-document"], True)
    assert found["source"][0]["stated"] == {"preset": "intune"}
    OneDocument.asked.clear()
    found = one(tmp_path / "d.json", content + b" " * MOST_DOCUMENT_BYTES, readers=[OneDocument()])
    assert max(OneDocument.asked) == MOST_DOCUMENT_BYTES
    assert not found["whole_file"]


def test_every_reader_is_listed() -> None:
    """With the kind of its evidence, or none where it is one of leases."""
    listed = {row["reader"]: row["evidence"] for row in list_readers()}
    assert listed == {**{r.id: str(r.evidence) for r in BUILTIN}, **{r.id: None for r in LEASES}}
