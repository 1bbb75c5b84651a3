# SPDX-License-Identifier: EUPL-1.2
"""The checker by itself: it is shown clean files with one dirty part of the corpus in each, and names that part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.airlock import alone, alone_mp4
from lab.airlock.corpus import CORPUS, Dirty
from lab.airlock.find import Finder
from lab.airlock.jpeg import picture
from ordinance.airlock._seccomp import can_lock_in
from ordinance.airlock.rebuild import rebuild
from ordinance.airlock.second_reader import check_second
from ordinance.airlock.structure import check_structure
from ordinance.model.transfer import Medium

pytestmark = pytest.mark.skipif(not can_lock_in(), reason="only Linux on known processors isolates")

PARTS: dict[Medium, tuple[Callable[[bytes], Iterator[alone.Alone]], int]] = {
    Medium.JPEG: (alone.in_jpeg, 35),
    Medium.PNG: (alone.in_png, 50),
    Medium.WEBP: (alone.in_webp, 20),
    Medium.MP4: (alone_mp4.in_mp4, 100),
}
# What the checker says itself that it cannot know; rebuilding is what removes it.
OUT_OF_REACH = {
    (Medium.WEBP, "behind-stream"),  # where a coded picture ends, only a decoder knows
}
HIDDEN_IN_PIXELS = {"erased.png"}  # nothing of it is strange: whoever decodes it sees it


def clean(medium: Medium, folder: Path) -> bytes:
    """A picture or film as the airlock makes it."""
    if medium is Medium.MP4:
        return rebuilt(next(d for d in CORPUS if d.name == "phone.mp4"), folder)
    source, out = folder / f"drawn.{medium.ending}", folder / f"clean.{medium.ending}"
    picture(96, 64).save(source)
    rebuild(source, out, medium)
    return out.read_bytes()


@pytest.mark.parametrize("medium", PARTS)
def test_each_dirty_part_alone_is_refused_and_named(medium: Medium, tmp_path: Path) -> None:
    """No part hides behind another that is refused first, and none is refused for the wrong reason."""
    parts, least = PARTS[medium]
    whole = clean(medium, tmp_path)
    assert check_structure(memoryview(whole), medium) == ()
    missed, tried = set(), 0
    for name, named, data in parts(whole):
        refused = check_structure(memoryview(data), medium)
        tried += 1
        if not refused or named not in refused[0].where:
            missed.add((medium, name))
    print(f"{medium}: {tried} parts alone")
    assert missed == {case for case in OUT_OF_REACH if case[0] is medium}
    assert tried >= least


@pytest.mark.parametrize("dirty", [d for d in CORPUS if d.medium in PARTS], ids=lambda dirty: dirty.name)
def test_a_dirty_file_is_refused(dirty: Dirty) -> None:
    """What was not rebuilt at all is stopped, unless all that it hides is in its pixels."""
    refused = check_structure(memoryview(dirty.make()[0]), dirty.medium)
    assert bool(refused) is (dirty.name not in HIDDEN_IN_PIXELS)


@pytest.mark.consumer("libimage-exiftool-perl")
@pytest.mark.parametrize("dirty", [d for d in CORPUS if d.medium in PARTS], ids=lambda dirty: dirty.name)
def test_a_dirty_file_is_refused_by_what_exiftool_sees(dirty: Dirty, tmp_path: Path) -> None:
    """The second reader needs no help from the first: it finds something that is not on its own list."""
    path, _ = dirty.write(tmp_path)
    found = [one for one in check_second(path, dirty.medium) if one.id == "airlock-second-reader-found"]
    assert bool(found) is (dirty.name not in HIDDEN_IN_PIXELS)


@pytest.mark.consumer("libimage-exiftool-perl")
@pytest.mark.parametrize("dirty", [d for d in CORPUS if d.medium in PARTS], ids=lambda dirty: dirty.name)
def test_no_refusal_quotes_the_file(dirty: Dirty, tmp_path: Path) -> None:
    """What hides in a file is not published by the one who finds it: files choose names of tags as well."""
    path, planted = dirty.write(tmp_path)
    said = (*check_second(path, dirty.medium), *check_structure(memoryview(path.read_bytes()), dirty.medium))
    quoted = tmp_path / "quoted.txt"
    quoted.write_text("\n".join(f"{one.where} {one.id} {one.message}" for one in said), "utf-8")
    assert Finder(planted).survivors(quoted) == {}


@pytest.mark.parametrize("dirty", CORPUS, ids=lambda dirty: dirty.name)
def test_what_was_made_anew_passes(dirty: Dirty, tmp_path: Path) -> None:
    """Refusing everything would be easy: the same files, rebuilt, have nothing strange in them."""
    assert check_structure(memoryview(rebuilt(dirty, tmp_path)), dirty.medium.rebuilt_as) == ()


def rebuilt(dirty: Dirty, folder: Path) -> bytes:
    """One of the corpus, made anew."""
    path, _ = dirty.write(folder)
    out = folder / f"new-{path.name}"
    rebuild(path, out, dirty.medium)
    return out.read_bytes()
