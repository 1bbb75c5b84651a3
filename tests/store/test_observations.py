# SPDX-License-Identifier: EUPL-1.2
"""Kept observations on disk: whole or not at all, for their owner, as long as the body says."""

from __future__ import annotations

import stat
from dataclasses import MISSING, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ordinance.model.apps import Confidence, Identifier, Kind, Role
from ordinance.model.errors import PolicyError
from ordinance.model.evidence import Answered
from ordinance.model.kept import Carry, KeptLines, KeptPart, KeptRow, Terms
from ordinance.model.unseen import UnseenKind
from ordinance.store.observations import (
    FOLDER,
    FORM,
    decode,
    encode,
    first_day,
    forget_observations,
    holds_addresses,
    parts_by_name,
    purge,
    read_observations,
    remove_parts,
    write_observations,
)

AT = 1_679_299_200  # 20 March 2023, 08:00 UTC
DAY = 86_400
# Every field differs from its default, so that one that a codec forgets is missed.
APP = Identifier(
    kind=Kind.DOMAIN,
    value="app.example",
    family="family",
    member="member",
    confidence=Confidence.LOW,
    role=Role.WEB,
    publisher="Publisher",
    seen=date(2023, 1, 2),
    retired=date(2023, 1, 3),
    cites=("one", "two"),
    note="note",
)
ROW = KeptRow(
    mark="ab" * 16,
    line=7,
    at=AT + 60,
    hour=AT,
    answered=Answered.BLOCKED,
    client="10.20.0.5",
    name="www.app.example",
    identifier=APP,
    likely=True,
    is_canary=True,
    unseen=UnseenKind.DOH,
    told=False,
    contacted=True,
)
PART = KeptPart(
    file="logs/access.log",
    size=1234,
    digest="cd" * 32,
    lines=9,
    terms=Terms("exact", "settings", {"family/member": "ef"}, "leases"),
    start=AT - DAY,
    end=AT + DAY,
    first=AT - 1,
    last=AT + 61,
    dropped=3,
    structural=4,
    rejected=2,
    rejects=((1, "bad-line"), (2, "bad-time")),
    hours=((AT, AT + 1, AT + 61),),
    unnamed=((AT, AT + 2, AT + 3),),
    broken=(AT - 3600,),
    rows=(ROW, replace(ROW, identifier=None, unseen=None)),
    before=Carry(AT, 1, True, 2),
    after=Carry(AT, 9, True, 10),
    beneath=("widget.app.example",),
)


LINES = KeptLines(
    size=1234,
    digest="cd" * 32,
    lines=9,
    exact="exact",
    token="ab" * 16,
    behind=("ef" * 16,),
    start=AT - DAY,
    end=AT + DAY,
    first=AT - 1,
    last=AT + 61,
    dropped=3,
    structural=4,
    hours=((AT, AT + 1, AT + 61),),
    picks=((1, "bad-encoding"), (7, "")),
)


def before(day: date) -> bool:
    """Whether a day is before 21 March."""
    return day < date(2023, 3, 21)


def on_day(day: int) -> KeptPart:
    """A part of so many days after 20 March."""
    at = AT + day * DAY
    row = replace(ROW, at=at, hour=at)
    return replace(PART, file=f"log.{day}", rows=(row,), hours=((at, at, at + 1),), unnamed=())


def test_every_field_comes_back() -> None:
    """What was stored is what is read, to the last field; two parts share an identifier and stay two."""
    parts = (PART, replace(PART, before=None, rows=(), start=None, end=None, first=None, last=None), LINES)
    assert decode(encode(parts)) == parts


@pytest.mark.parametrize("one", [APP, ROW, PART, PART.terms, PART.after, LINES])
def test_the_example_leaves_no_field_out(one: Any) -> None:
    """A class that gains a field fails here until the example, and with it the codec, has it."""
    left = [f.name for f in fields(one) if f.default is not MISSING and getattr(one, f.name) == f.default]
    assert left == []


def test_which_lines_to_read_goes_with_its_first_day(tmp_path: Path) -> None:
    """By the hours that it counts; and only what says something of anybody holds addresses."""
    later = replace(LINES, hours=((AT + 2 * DAY, AT + 2 * DAY, AT + 2 * DAY),))
    write_observations(tmp_path, "dns", [LINES, later])
    (path,) = (tmp_path / FOLDER).iterdir()
    assert first_day(LINES) == date(2023, 3, 20)
    assert not holds_addresses(path)
    assert purge(tmp_path, before) == 1
    assert read_observations(tmp_path, "dns") == (later,)
    write_observations(tmp_path, "dns", [later, PART])
    assert holds_addresses(path)
    path.write_bytes(path.read_bytes()[:-1])
    assert holds_addresses(path)  # nobody can tell


def in_form(form: int) -> bytes:
    """What is stored, as if it were of another form."""
    return encode([PART]).replace(f"observations {FORM} ".encode(), f"observations {form} ".encode(), 1)


def test_an_older_form_is_as_good_as_none() -> None:
    """Written by an older program it is not guessed at."""
    assert decode(in_form(FORM)) == (PART,)
    assert decode(in_form(FORM - 1)) == ()


def test_a_newer_form_is_left_as_it_is(tmp_path: Path) -> None:
    """Who goes back to an older version is told, and what the newer one kept is neither deleted nor written over."""
    write_observations(tmp_path, "proxy", [PART])
    (path,) = (tmp_path / FOLDER).iterdir()
    path.write_bytes(in_form(FORM + 1))
    for asked in (lambda: read_observations(tmp_path, "proxy"), lambda: purge(tmp_path, lambda day: True)):
        with pytest.raises(PolicyError) as raised:
            asked()
        (issue,) = raised.value.issues
        assert (issue.id, issue.hint.partition(",")[0]) == ("bad-observations", "use that version")
        assert f"in form {FORM + 1}; this one knows {FORM}" in issue.message
    assert path.read_bytes() == in_form(FORM + 1)


@pytest.mark.parametrize("how", ["cut", "changed", "emptied", "other"])
def test_a_damaged_file_stops_the_check(tmp_path: Path, how: str) -> None:
    """Cut, changed or emptied, it is named with its place and is never taken for one without findings."""
    write_observations(tmp_path, "proxy", [PART])
    (path,) = (tmp_path / FOLDER).iterdir()
    content = path.read_bytes()
    damaged = {"cut": content[:-1], "changed": content.replace(b"10.20.0.5", b"10.20.0.6"), "other": b"{}"}
    path.write_bytes(damaged.get(how, b""))
    with pytest.raises(PolicyError) as raised:
        read_observations(tmp_path, "proxy")
    (issue,) = raised.value.issues
    assert (issue.id, issue.file) == ("bad-observations", f"{tmp_path.name}/{FOLDER}/{path.name}")


def test_a_source_has_a_file_for_its_owner(tmp_path: Path) -> None:
    """Nobody else may read it, its name says nothing that could lead out of the folder, and two sources are two."""
    write_observations(tmp_path, "../../proxy", [PART])
    write_observations(tmp_path, "other", [on_day(1)])
    files = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    assert [p.parent for p in files] == [tmp_path / FOLDER] * 2
    assert {stat.S_IMODE(p.stat().st_mode) for p in files} == {0o600}
    assert stat.S_IMODE((tmp_path / FOLDER).stat().st_mode) == 0o700
    assert read_observations(tmp_path, "../../proxy") == (PART,)
    assert read_observations(tmp_path, "neither") == ()


def test_the_same_is_not_written_again(tmp_path: Path) -> None:
    """The order in which parts are given makes no difference, and equal bytes are left alone."""
    write_observations(tmp_path, "proxy", [on_day(1), on_day(2)])
    (path,) = (tmp_path / FOLDER).iterdir()
    before = path.stat().st_ino
    write_observations(tmp_path, "proxy", [on_day(2), on_day(1)])
    assert path.stat().st_ino == before
    write_observations(tmp_path, "proxy", [on_day(2)])
    assert path.stat().st_ino != before


def test_purging_deletes_from_the_disk(tmp_path: Path) -> None:
    """What speaks of a day before the first is gone with its bytes, the first day stays, and the rest too."""
    write_observations(tmp_path, "proxy", [on_day(0), on_day(1), on_day(2)])
    write_observations(tmp_path, "old", [on_day(0)])
    assert purge(tmp_path, before) == 2
    assert read_observations(tmp_path, "proxy") == (on_day(1), on_day(2))
    (left,) = (tmp_path / FOLDER).iterdir()
    assert b"log.0" not in left.read_bytes()
    assert purge(tmp_path, before) == 0


def test_a_part_that_reaches_back_goes_whole(tmp_path: Path) -> None:
    """One row of an older day is enough."""
    both = replace(on_day(3), rows=(*on_day(3).rows, *on_day(0).rows))
    write_observations(tmp_path, "proxy", [both])
    assert purge(tmp_path, before) == 1
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_a_part_is_named_by_a_word_of_its_own(tmp_path: Path) -> None:
    """The word stands in its bytes, and goes with it; equal parts have one name and go together."""
    twice = replace(on_day(0), file="copy")
    other = replace(on_day(1), rows=(replace(ROW, mark="ef" * 16),))
    write_observations(tmp_path, "proxy", [on_day(0), twice, other])
    (path,) = (tmp_path / FOLDER).iterdir()
    assert {name: len(parts) for name, parts in parts_by_name(path).items()} == {"ab" * 16: 2, "ef" * 16: 1}
    remove_parts(path, "ab" * 16)
    assert b"ab" * 16 not in path.read_bytes()
    assert read_observations(tmp_path, "proxy") == (other,)
    remove_parts(path, "ef" * 16)
    assert not path.exists()


def test_sources_can_be_forgotten(tmp_path: Path) -> None:
    """All but those named; where none is, nothing is left, not even a folder."""
    for source in ("one", "two"):
        write_observations(tmp_path, source, [PART])
    forget_observations(tmp_path, ["two"])
    assert (read_observations(tmp_path, "one"), read_observations(tmp_path, "two")) == ((), (PART,))
    write_observations(tmp_path, "two", [])
    assert list((tmp_path / FOLDER).iterdir()) == []
    forget_observations(tmp_path)
    assert not (tmp_path / FOLDER).exists()
