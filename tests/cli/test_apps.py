# SPDX-License-Identifier: EUPL-1.2
"""`ordinance apps`: vendor, country and categories are on the screen, and so is what is missing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from bodies import EXAMPLES
from cli.shell import run
from ordinance.catalogue.load import DATA


def line(text: str, start: str) -> str:
    """The line of an output that begins so."""
    return next(x for x in text.splitlines() if x.startswith(start))


def test_the_list_shows_vendor_country_and_categories() -> None:
    """A row a family; where nobody said anything, it says that."""
    out = run("apps").out
    head = ["family", "name", "vendor", "country", "categories", "members", "identifiers"]
    assert line(out, "family").split() == head
    assert "Kaspersky" in line(out, "kaspersky ") and " RU " in line(out, "kaspersky ")
    assert "social_media video_sharing" in line(out, "tiktok ")
    assert "not stated" in line(out, "bytedance-shared ")


def test_a_family_shows_who_controls_its_vendor_and_what_is_not_collected() -> None:
    """The chain of vendors with their countries and pages, the categories, and why there are no identifiers."""
    out = run("apps", "candy-crush").out
    assert line(out, "vendor: king") == "vendor: king, King.com Limited, country GB MT SE, part of activision-blizzard"
    assert line(out, "vendor: microsoft") == "vendor: microsoft, Microsoft Corporation, country US"
    assert line(out, "categories") == "categories: games"
    assert line(run("apps", "moomoo").out, "no identifiers") == "no identifiers: not yet collected"
    assert line(out, "vendor and categories") == "vendor and categories: as about terms say"
    assert "https://" in line(out, "of vendor microsoft: ")


def test_where_a_member_runs_is_shown_where_it_is_known() -> None:
    """DeepSeek's service and its models are told apart."""
    out = run("apps", "deepseek").out
    assert "deployment: service" in out
    assert "deployment: local" in out


LIST = "# a list\ntiktok.com\nnew-name.example\nweixin.qq.com\n*.tik*.example\n"


def listed(folder: Path, text: str = LIST, name: str = "tiktok") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_list_is_compared_and_nothing_changes(tmp_path: Path) -> None:
    """New names, conflicts and lines without a name are shown; the sums are those of the file; no file is written."""
    path = listed(tmp_path)
    found = run("apps", "import", "nextdns", path)
    assert found.code == 0
    assert found.out.startswith("tiktok (nextdns) against tiktok: 1 new, 1 in conflict, ")
    assert "5 lines or entries: 1 names known, 0 below known ones, 1 new, 1 in conflict, " in found.out
    assert line(found.out, "other_family").split()[:3] == ["other_family", "weixin.qq.com", "4"]
    assert line(found.out, "no name").split() == ["no", "name", "5", "pattern"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["tiktok"]


def test_a_list_as_json_and_as_a_proposal(tmp_path: Path) -> None:
    """The JSON has every line; the proposal is written aside and has no role."""
    out, popular = tmp_path / "proposal.toml", listed(tmp_path, "www.new-name.example\n", "popular")
    arguments = ("--source", "my-list", "--seen", "2026-01-02", "--popular", popular, "--out", out, "--json")
    (one,) = json.loads(run("apps", "import", "nextdns", listed(tmp_path), *arguments).out)["proposals"]
    assert (one["family"], one["source"], one["seen"], one["gone"]) == ("tiktok", "my-list", "2026-01-02", None)
    assert one["new"][0]["popular"] == {"count": 1, "first": ["www.new-name.example"]}
    assert one["records"]["left_out"] == [{"line": 5, "why": "pattern"}]
    text = out.read_text("utf-8")
    assert 'role = ""' in text
    assert 'cites = ["my-list"]' in text
    assert "seen = 2026-01-02" in text
    assert "covers 1 popular name(s): www.new-name.example" in text


def test_whose_list_it_is(tmp_path: Path) -> None:
    """By the file's name, be it a member's; named where it says nothing; unknown names get a hint."""
    by_member = run("apps", "import", "nextdns", listed(tmp_path, "instagram.com\n", "instagram"), "--json")
    assert json.loads(by_member.out)["proposals"][0]["family"] == "meta"
    other = listed(tmp_path, name="some-list.txt")
    assert json.loads(run("apps", "import", "nextdns", other, "--family", "tiktok", "--json").out)["proposals"]
    wrong = run("apps", "import", "nextdns", other)
    assert (wrong.code, "unknown-family" in wrong.err, "--family" in wrong.err) == (3, True, True)
    assert run("apps", "import", "nextdns", other, "--family", "tiktokk").err.count('did you mean "tiktok"') == 1


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    """Another form, no names that are popular, a day to come, a key that is none: an error each, and no proposal."""
    path, out = listed(tmp_path), tmp_path / "proposal.toml"
    broken = run("apps", "import", "misp", path, "--out", out)
    assert (broken.code, "tiktok:1:0: not a list of the form misp" in broken.err) == (3, True)
    empty = run("apps", "import", "nextdns", path, "--popular", listed(tmp_path, "1,2,3\n", "p"), "--out", out)
    assert (empty.code, "no-names" in empty.err) == (3, True)
    assert run("apps", "import", "nextdns", path, "--seen", "2200-01-01").code == 2
    assert run("apps", "import", "nextdns", path, "--source", "My list").code == 2
    assert not out.exists()


def test_the_shipped_catalogue_has_no_error() -> None:
    """Warnings may remain; each is at a file."""
    found = run("apps", "lint", "--as-of", "2026-11-26", "--json")
    issues = json.loads(found.out)
    assert (found.code, {i["severity"] for i in issues} <= {"warning"}) == (0, True)
    assert all(i["file"].endswith((".toml", ".json")) for i in issues)
    assert "0 error(s)" in run("apps", "lint", "--as-of", "2026-11-26").err


def test_a_faulty_catalogue_is_said_to_be(tmp_path: Path) -> None:
    """Each fault at its place, exit 3; a folder that is none likewise."""
    copy = Path(shutil.copytree(DATA, tmp_path / "data"))
    path = copy / "tiktok.toml"
    path.write_text(path.read_text("utf-8").replace('role = "web"', 'role = "site"', 1), "utf-8")
    found = run("apps", "lint", copy)
    assert (found.code, "tiktok.toml:" in found.out, "catalogue-unknown-word" in found.out) == (3, True, True)
    assert run("apps", "lint", tmp_path / "none").code == 3


def test_an_export_to_a_file_and_to_the_screen(tmp_path: Path) -> None:
    """The same text; what is left out is said beside it; an app that is not there is refused."""
    out = tmp_path / "list.txt"
    written = run("apps", "export", "abp", "tiktok", "--out", out)
    shown = run("apps", "export", "abp", "tiktok")
    assert written.out == ""
    assert shown.out == out.read_text("utf-8")
    assert "left out: " in shown.err
    assert "(role web)" in shown.err
    document = json.loads(run("apps", "export", "abp", "tiktok", "--json").out)
    assert document["text"] == shown.out
    assert document["left_out"]["role web"] > 0
    unknown = run("apps", "export", "stix", "tiktokk")
    assert (unknown.code, 'did you mean "tiktok"' in unknown.err) == (3, True)


def test_what_a_newer_catalogue_changes_for_a_body() -> None:
    """By class, with the number of devices; both versions with their digests; nothing between a version and itself."""
    asked = ("apps", "effect", EXAMPLES / "ghent", "--as-of", "2023-04-10")
    document = json.loads(run(*asked, "--since", "2026.11.2", "--json").out)
    assert document["since"]["version"] == "2026.11.2"
    assert {document[k]["digest"][:7] for k in ("since", "now")} == {"sha256:"}
    blocked = [c for c in document["changes"] if c["targets"] == ["dns-rpz"] and c["change"] == "new"]
    assert blocked
    assert all(c["duties"] == ["block_traffic"] for c in blocked)
    sizes = {c["class"]: c["devices"] for c in document["classes"]}
    assert document["devices"] == sum(sizes.values())
    assert {c for one in document["changes"] for c in one["classes"]} == set(sizes)
    shown = run(*asked, "--since", "2026.11.2").out
    assert "Invented estate" in shown
    same = json.loads(run(*asked, "--since", document["now"]["version"], "--json").out)
    assert (same["changes"], same["devices"]) == ([], 0)
    wrong = run(*asked, "--since", "1")
    assert (wrong.code, "kept are 2026.11.2" in wrong.err) == (3, True)


def test_rulings_and_plans_record_the_catalogue_they_were_made_with() -> None:
    """Version and digest, so that a later one can be compared with them."""
    head = json.loads(run("apps", "list", "--json").out)
    for verb in ("rulings", "plan"):
        document = json.loads(run(verb, EXAMPLES / "ghent", "--as-of", "2023-04-10", "--json").out)
        assert (document["catalogue"], document["catalogue_digest"]) == (head["version"], head["digest"])
