# SPDX-License-Identifier: EUPL-1.2
"""What others leave in a file: the page is drawn from its data, these are of this corpus, the failures are real."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from lab.airlock.corpus import CORPUS
from lab.airlock.find import Finder
from lab.airlock.markers import Marker
from lab.airlock.peers import PEERS, Cleaned, clean

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "explain"
PACKAGES = {"mat2": "mat2", "exiftool": "libimage-exiftool-perl", "ffmpeg": "ffmpeg"}
PACKAGES["ordinance"] = PACKAGES["exiftool"]  # its second reader

# What was measured by others' hands before there was a corpus: the tool says that it worked, and this is still there.
FAILURES = {
    ("mat2", "camera.mp4"): {"subtitle-1", "subtitle-2", "gpmd-1", "gpmd-2", "second-video-sei"},
    ("mat2", "phone.mp4"): {"ilst-cover-artist", "ilst-cover-gps", "sei-first", "sei-gps"},
    ("exiftool", "camera.mp4"): {"subtitle-1", "gpmd-1", "chapter-1", "track1-handler", "mvhd-created", "track1-codec"},
    ("exiftool", "phone.mp4"): {"free", "c2pa-author", "sei-gps", "track1-handler", "track1-tkhd-created"},
    ("exiftool", "odd.png"): {"private-chunk", "palette-unused"},
    ("ffmpeg-copy", "phone.mp4"): {"sei-first", "sei-gps"},
    ("ffmpeg-copy-all", "camera.mp4"): {"subtitle-1", "subtitle-2", "gpmd-1", "gpmd-2"},
    ("ffmpeg-copy-all", "phone.mp4"): {"ilst-cover-artist", "ilst-cover-gps", "sei-first"},
    ("ffmpeg-hardened", "odd.mp4"): {"nal-30", "slice-tail", "aac-dse", "avcc-pps"},
    ("ffmpeg-encoded", "odd.mp4"): {"icc-description"},
    ("pyav", "phone.mp4"): {"sei-first", "sei-gps"},
    ("ordinance-lossless", "slices.mp4"): {"slice-tail"},
    ("exiftool", "erased.png"): {"transparent-pixels", "transparent-pixels-gps"},
    ("pillow", "erased.png"): {"transparent-pixels", "transparent-pixels-gps"},
    ("pillow", "photo.jpg"): {"com"},
    ("pillow", "screenshot.png"): {"icc-description", "transparent-pixels"},
}
NOTHING_LEFT = (
    ("ordinance", "odd.mp4"),
    ("mat2", "photo.jpg"),
    ("exiftool", "photo.jpg"),
    ("ffmpeg-encoded", "phone.mp4"),
)
REFUSED = (("mat2", "photo.webp"), ("mat2", "phone.mov"), ("exiftool", "photo.webp"), ("ffmpeg-copy-all", "drone.mp4"))


def marked(pairs: Any) -> list[Any]:
    """Each pair with the mark of the program that it starts."""
    programs = {peer.id: peer.program for peer in PEERS}
    found = []
    for pair in pairs:
        package = PACKAGES.get(programs[pair[0]])
        marks = [pytest.mark.consumer(package)] if package else []
        found.append(pytest.param(*pair, marks=marks, id="-".join(pair)))
    return found


def cleaned(tool: str, name: str, folder: Path) -> tuple[Cleaned, set[str]]:
    """What the tool did with the file of that name, and the places of what it left."""
    path, planted = next(d for d in CORPUS if d.name == name).write(folder)
    done = clean(next(p for p in PEERS if p.id == tool), path, folder / "cleaned")
    left = Finder(planted).survivors(done.path) if done.path else {}
    return done, {m.place if isinstance(m, Marker) else m for m in left}


@pytest.mark.parametrize(("tool", "name"), marked(FAILURES))
def test_a_stripper_reports_success_and_leaves_it(tool: str, name: str, tmp_path: Path) -> None:
    """The reason for building anew: it ended well, and the places are still in the file."""
    done, left = cleaned(tool, name, tmp_path)
    assert done.claims
    assert FAILURES[tool, name] <= left


@pytest.mark.parametrize(("tool", "name"), marked(NOTHING_LEFT))
def test_a_stripper_can_leave_nothing(tool: str, name: str, tmp_path: Path) -> None:
    """The comparison is fair: where a tool does well, nothing is found."""
    done, left = cleaned(tool, name, tmp_path)
    assert done.claims
    assert left == set()


@pytest.mark.parametrize(("tool", "name"), marked(REFUSED))
def test_a_stripper_can_refuse(tool: str, name: str, tmp_path: Path) -> None:
    """What a tool does not take is not counted as cleaned."""
    done, _ = cleaned(tool, name, tmp_path)
    assert not done.claims


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What draws the page, as a module; no compiled file is left beside the script."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield importlib.import_module("_strippers_page")
    sys.modules.pop("_strippers_page", None)


@pytest.fixture
def data() -> dict[str, Any]:
    """The figures that the page shows."""
    found: dict[str, Any] = json.loads((DOCS / "what-strippers-leave.json").read_text("utf-8"))
    return found


def test_the_page_says_what_the_data_say(drawn: Any, data: dict[str, Any]) -> None:
    """No figure on it was typed by hand, and no line of the data either."""
    assert (DOCS / "what-strippers-leave.md").read_text("utf-8") == drawn.page(data)
    assert (DOCS / "what-strippers-leave.json").read_text("utf-8") == drawn.as_json(data)


def test_the_data_are_of_this_corpus(data: dict[str, Any]) -> None:
    """Whoever plants another marker measures again; each one was seen in its dirty file."""
    planted = [[d.name, m.place, str(m.form), m.text] for d in CORPUS for m in d.make()[1].planted]
    assert [row[:4] for row in data["planted"]] == planted
    assert all(row[4] for row in data["planted"])


def test_the_data_have_every_tool(data: dict[str, Any]) -> None:
    """A tool that is not in the table was not measured by that name; its command stands beside the figures."""
    assert [(t["id"], t["command"]) for t in data["tools"]] == [(p.id, p.shown) for p in PEERS]
    measured = {t["id"] for t in data["tools"] if t["version"]}
    expected = {(d.name, p.id) for d in CORPUS for p in PEERS if p.id in measured and d.medium in p.media}
    assert {(row["file"], row["tool"]) for row in data["cleaned"]} == expected


@pytest.mark.parametrize(("tool", "name"), FAILURES)
def test_the_data_have_the_failures(tool: str, name: str, data: dict[str, Any]) -> None:
    """What is tested here is what the page tells."""
    places = {row[3]: row[1] for row in data["planted"]}
    row = next(r for r in data["cleaned"] if (r["tool"], r["file"]) == (tool, name))
    assert row["code"] == 0
    assert FAILURES[tool, name] <= {places.get(text, text) for text in row["left"]}


def test_a_stand_in_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of the same name that is another one has no version, and so no row of figures."""
    fake = tmp_path / "convert"
    fake.write_text("#!/bin/sh\necho something else\n", "ascii")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("convert") == str(fake)
    assert not next(p for p in PEERS if p.id == "imagemagick").is_here
