# SPDX-License-Identifier: EUPL-1.2
"""`ordinance channels review`: as JSON, as a page and on a terminal; what cannot be used is located."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bodies import EXAMPLES
from cli.shell import body, edit, process, run, tree

DAY = "2025-01-21"
DEAD = '      - {criterion: owner, weight: 50, because: "A dead account is worse than none."}\n'
TARTU = EXAMPLES / "reviews" / "tartu-like"


@pytest.fixture
def tartu(tmp_path: Path) -> Path:
    """A copy of the example that a test may change."""
    return Path(shutil.copytree(TARTU, tmp_path / "tartu"))


def reviews(folder: Path, *arguments: str | Path, code: int = 0) -> list[dict[str, Any]]:
    done = run("channels", "review", folder, *arguments, "--json")
    assert done.code == code, done.err
    found: list[dict[str, Any]] = json.loads(done.out)["reviews"]
    return found


def test_the_document() -> None:
    """Answer, options with what stops them, scores with their evidence, each stakeholder's order, the decision."""
    (found,) = reviews(TARTU, "tiktok", "--as-of", DAY)
    assert found["headline"] == {"kind": "winner", "winner": "wait", "leading": "wait", "share": 98.0}
    assert {o["id"]: o["stopped_by"] for o in found["options"]} == {
        "work-phone": ["device_rule"],
        "separate": [],
        "wait": [],
    }
    assert all(c["evidence"] or c["unknown"] for c in found["cells"])
    assert [v["first"] for v in found["stakeholders"]] == [["wait"], ["wait"]]
    assert found["decision"]["dissent"][0]["by"] == "youth council"
    assert found["method"] == {"draws": 100_000, "seed": 20_250_115, "robust_from": 60.0}


def test_the_same_bytes_everywhere(tmp_path: Path) -> None:
    """Another order of sets, another zone, another locale, another folder: the same JSON and the same page."""
    said, pages = [], []
    for n, (seed, zone) in enumerate([("0", "UTC"), ("4711", "Pacific/Kiritimati")]):
        folder, out = shutil.copytree(TARTU, tmp_path / str(n)), tmp_path / f"{n}.html"
        asked = ("channels", "review", folder, "--as-of", DAY, "--language", "et", "--json", "--html", out)
        done = process(*asked, PYTHONHASHSEED=seed, TZ=zone, LC_ALL="C", PYTHONUTF8="0")
        said.append((done.code, done.out))
        pages.append(out.read_bytes())
    assert said[0] == said[1]
    assert said[0][0] == 0
    assert pages[0] == pages[1]


def test_nothing_is_written_beside_the_page(tartu: Path, tmp_path: Path) -> None:
    """The folder of the body stays as it was."""
    before = tree(tartu)
    out = tmp_path / "review.html"
    assert run("channels", "review", tartu, "--as-of", DAY, "--html", out).code == 0
    assert tree(tartu) == before
    assert out.read_text("utf-8").startswith("<!doctype html>")


def test_a_stale_review_says_so_on_its_first_line(tartu: Path) -> None:
    """Exit 1; each expired claim has its place."""
    done = run("channels", "review", tartu, "--as-of", "2026-01-15")
    assert done.code == 1
    assert "Stale: " in done.out.splitlines()[0]
    (found,) = reviews(tartu, "--as-of", "2026-01-15", code=1)
    assert (found["stale"], found["overdue"]) == (True, True)
    expired = [e["place"] for c in found["cells"] for e in c["evidence"] if e["expired"]]
    assert expired
    assert all(place.startswith("reviews/tiktok.yaml:") for place in expired)
    assert run("channels", "review", tartu, "--as-of", "2026-01-14").code == 0


def test_the_day_is_that_of_the_body(tartu: Path) -> None:
    """An instant late on the last day in London is the next day in Tallinn."""
    assert run("channels", "review", tartu, "--as-of", "2026-01-14T21:59:00+00:00").code == 0
    assert run("channels", "review", tartu, "--as-of", "2026-01-14T22:01:00+00:00").code == 1


@pytest.mark.parametrize(
    ("old", "new", "issue"),
    [
        ("weight: 100", "weight: -1", "negative-weight"),
        (DEAD, "", "missing-weight"),
        ("        on: 2025-01-15\n", "        on: 2025-03-01\n", "evidence-from-the-future"),
        ("        expires: 2026-01-14\n", "        expires: 2025-01-14\n", "evidence-expired"),
        ("metric: constant\n    audience", "metric: daily\n    audience", "mixed-metrics"),
        ("metric: constant\n    audience", "metric: Constant\n    audience", "unknown-word"),
    ],
)  # fmt: skip
def test_bad_input_is_located(tartu: Path, old: str, new: str, issue: str) -> None:
    """Exit 3, nothing on stdout, file, line and id on stderr."""
    if old not in (tartu / "reviews" / "tiktok.yaml").read_text("utf-8"):
        pytest.fail(f"{old!r} is not in the example")
    edit(tartu / "reviews" / "tiktok.yaml", old, new)
    done = run("channels", "review", tartu, "--as-of", DAY)
    assert (done.code, done.out) == (3, "")
    assert "reviews/tiktok.yaml:" in done.err
    assert f"[{issue}]" in done.err


def test_a_review_without_an_alternative(tartu: Path) -> None:
    """Two of the three options taken out."""
    text = (tartu / "reviews" / "tiktok.yaml").read_text("utf-8")
    start, end = text.index("  - id: separate\n"), text.index("gate_policy:")
    (tartu / "reviews" / "tiktok.yaml").write_text(text[:start] + text[end:], "utf-8")
    done = run("channels", "review", tartu, "--as-of", DAY)
    assert (done.code, "[no-alternative]" in done.err) == (3, True)


def test_other_reviews_and_none(tartu: Path, tmp_path: Path) -> None:
    """A wrong id is answered with the right one; a body without reviews says so; without an id all are shown."""
    wrong = run("channels", "review", tartu, "tiktak", "--as-of", DAY)
    assert (wrong.code, "[no-review]" in wrong.err, 'did you mean "tiktok"?' in wrong.err) == (3, True, True)
    text = (tartu / "reviews" / "tiktok.yaml").read_text("utf-8")
    (tartu / "reviews" / "b.yaml").write_text(text.replace("review: tiktok\n", "review: again\n"), "utf-8")
    assert [r["id"] for r in reviews(tartu, "--as-of", DAY)] == ["again", "tiktok"]
    assert run("channels", "review", tartu, "--as-of", DAY).out.count("Who comes first for whom") == 2
    two = run("channels", "review", tartu, "--as-of", DAY, "--html", tmp_path / "x.html")
    assert (two.code, "name it" in two.err, (tmp_path / "x.html").exists()) == (2, True, False)
    shutil.rmtree(tartu / "reviews")
    empty = run("channels", "review", tartu, "--as-of", DAY)
    assert (empty.code, "[no-review]" in empty.err) == (3, True)


def test_a_sound_review_is_shown_beside_a_faulty_file(tartu: Path, tmp_path: Path) -> None:
    """By its name, with the other's faults on stderr. All of them, the faulty one, and lists of dates are refused."""
    text = (tartu / "reviews" / "tiktok.yaml").read_text("utf-8")
    draft = text.replace("review: tiktok\n", "review: draft\n", 1) + "x: y\n"
    (tartu / "reviews" / "draft.yaml").write_text(draft, "utf-8")
    done = run("channels", "review", tartu, "tiktok", "--as-of", DAY, "--json")
    assert (done.code, json.loads(done.out)["faulty"]) == (0, ["reviews/draft.yaml"])
    assert [r["id"] for r in json.loads(done.out)["reviews"]] == ["tiktok"]
    assert "reviews/draft.yaml:" in done.err and "[unknown-key]" in done.err
    assert "decided anew is not known" in done.err
    ghent = body("ghent", tmp_path)
    assert run("due", ghent, "--as-of", "2023-03-20").code == 0
    shutil.copytree(tartu / "reviews", ghent / "reviews")
    for words in (["channels", "review", tartu], ["channels", "due", ghent], ["due", ghent]):
        refused = run(*words, "--as-of", DAY)
        assert (refused.code, refused.out, "[unknown-key]" in refused.err) == (3, "", True), words
    for name in ("draft", "nothing"):
        refused = run("channels", "review", tartu, name, "--as-of", DAY)
        assert (refused.code, refused.out, "[unknown-key]" in refused.err) == (3, "", True)
    (tartu / "reviews" / "draft.yaml").write_text(text, "utf-8")  # which of two files is meant nobody knows
    twice = run("channels", "review", tartu, "tiktok", "--as-of", DAY)
    assert (twice.code, twice.out, twice.err.count("[duplicate-id]")) == (3, "", 2)


def test_hostile_texts_do_not_steer_a_terminal(tartu: Path) -> None:
    """Control and bidirectional characters never reach it."""
    edit(tartu / "reviews" / "tiktok.yaml", "Another year in which", "\u202eAnother \u2066year in which")
    done = run("channels", "review", tartu, "--as-of", DAY)
    assert done.code == 0
    assert "\u202e" not in done.out
    assert "\u2066" not in done.out
    assert "\ufffdAnother" in done.out


def test_a_review_knows_nothing_of_later_days(tartu: Path) -> None:
    """Before its day it was not made, before the decision nothing was decided; a later one is named, not shown."""
    early = run("channels", "review", tartu, "--as-of", "2025-01-14")
    assert (early.code, early.out) == (3, "")
    assert 'reviews/tiktok.yaml:3:1: by 2025-01-14 no review had been made; "tiktok" is of 2025-01-15' in early.err
    (before,), (after,) = reviews(tartu, "--as-of", "2025-01-20"), reviews(tartu, "--as-of", "2025-01-21")
    assert (before["decision"], before["decided_against"], before["overdue"]) == (None, [], False)
    assert "Nothing has been decided yet." in run("channels", "review", tartu, "--as-of", "2025-01-20").out
    assert after["decision"]["on"] == "2025-01-21"
    text = (tartu / "reviews" / "tiktok.yaml").read_text("utf-8")
    later = text.replace("review: tiktok\n", "review: again\n").replace("\non: 2025-01-15\n", "\non: 2025-01-18\n")
    (tartu / "reviews" / "b.yaml").write_text(later, "utf-8")
    done = run("channels", "review", tartu, "--as-of", "2025-01-16", "--json")
    assert done.err == "not shown: again, made on 2025-01-18\n"
    found = json.loads(done.out)
    assert [r["id"] for r in found["reviews"]] == ["tiktok"]
    assert found["not_yet"] == [{"id": "again", "on": "2025-01-18"}]


def test_waiting_is_over_on_its_day(tartu: Path, tmp_path: Path) -> None:
    """From the day after the decided option's last day it is overdue, on the page and among the dates."""
    edit(tartu / "reviews" / "tiktok.yaml", "until: 2026-01-14", "until: 2025-06-30")
    ghent = body("ghent", tmp_path)
    shutil.copytree(tartu / "reviews", ghent / "reviews")

    def dates(day: str) -> list[tuple[str, str]]:
        listed = json.loads(run("due", ghent, "--as-of", day, "--json").out)["dates"]
        return [(d["stands"], d["day"]) for d in listed if d["id"] == "tiktok"]

    assert reviews(tartu, "--as-of", "2025-06-30")[0]["overdue"] is False
    assert dates("2025-06-30") == [("coming", "2025-06-30"), ("coming", "2026-01-14")]
    (late,) = reviews(tartu, "--as-of", "2025-07-01", code=1)
    assert (late["overdue"], late["stale"]) == (True, False)
    assert dates("2025-07-01") == [("overdue", "2025-06-30"), ("coming", "2026-01-14")]
    said = " ".join(run("channels", "review", tartu, "--as-of", "2025-07-01").out.split())
    assert "Overdue: the last day of “Wait, and meet young people" in said
    assert "was 30 June 2025, and no newer decision is on file." in said
    assert "it was to be looked at again" not in said


def test_a_review_that_takes_it_up_again_settles_it(tartu: Path, tmp_path: Path) -> None:
    """From the day of the newer decision: nothing is overdue any more, and the old page says where it went on."""
    path = tartu / "reviews" / "tiktok.yaml"
    text = path.read_text("utf-8").replace("review: tiktok\n", "review: again\nfollows: tiktok\n")
    text = text.replace("\non: 2025-01-15\n", "\non: 2025-07-03\n").replace("  on: 2025-01-21\n", "  on: 2025-07-04\n")
    (tartu / "reviews" / "b.yaml").write_text(text.replace("TikTok for young", "Again TikTok for young"), "utf-8")
    edit(path, "until: 2026-01-14", "until: 2025-06-30")
    before = {r["id"]: r for r in reviews(tartu, "--as-of", "2025-07-03", code=1)}
    assert (before["tiktok"]["overdue"], before["tiktok"]["decided_anew"]) == (True, [])
    after = {r["id"]: r for r in reviews(tartu, "--as-of", "2025-07-04")}
    assert (after["tiktok"]["overdue"], after["again"]["follows"]) == (False, "tiktok")
    assert [r["id"] for r in after["tiktok"]["decided_anew"]] == ["again"]
    said = " ".join(run("channels", "review", tartu, "tiktok", "--as-of", "2025-07-04").out.split())
    assert "Decided anew by a later review, “Again TikTok for young residents”, made on 3 July 2025" in said
    ghent = body("ghent", tmp_path)
    shutil.copytree(tartu / "reviews", ghent / "reviews")
    listed = json.loads(run("due", ghent, "--as-of", "2025-07-04", "--json").out)["dates"]
    assert "tiktok" not in {d["id"] for d in listed}


def test_a_version_for_the_public(tartu: Path, tmp_path: Path) -> None:
    """Stale on its first line as ever; what is withheld is counted, and somebody is asked to read it."""
    out = tmp_path / "public.html"
    done = run("channels", "review", tartu, "--as-of", "2026-01-15", "--public", "--html", out)
    assert (done.code, "Stale: " in done.out.splitlines()[0]) == (1, True)
    assert done.err.startswith("withheld: 4 text(s). Read it before you publish it")
    assert "the city would follow that" not in out.read_text("utf-8")
    assert "the city would follow that" in run("channels", "review", tartu, "--as-of", DAY).out
    (found,) = reviews(tartu, "--as-of", DAY, "--public")
    assert found["public"] == {"withheld": 4}
