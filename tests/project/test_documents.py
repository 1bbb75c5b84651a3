# SPDX-License-Identifier: EUPL-1.2
"""Documents: links lead somewhere, README has the commands, fragments are of known kinds, the card is valid."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import ordinance

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changelog.d").glob("README.md")])
FRAGMENTS = sorted(path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md")
TOWNCRIER = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]


def without_code(text: str) -> str:
    """A page without its code blocks and code words: a bracket there is no link."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(page: Path) -> set[str]:
    """What `#…` may point at on a page: headings, as the usual code hosts spell them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    """Relative links of a page that lead to no file or to no heading."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A reader who follows a relative link finds the file and the heading."""
    assert broken_links(page) == []


def test_every_page_can_be_reached() -> None:
    """A page that no other page links to is not documentation; one can get from README to each."""
    seen: set[Path] = set()
    queue = [ROOT / "README.md"]
    while queue:
        page = queue.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for target in re.findall(r"\]\(([^)\s#]+)", without_code(page.read_text("utf-8"))):
            there = (page.parent / target).resolve()
            # A link to a folder shows its pages, as code hosts do.
            queue += there.rglob("*.md") if there.is_dir() else [there] if there.is_file() else []
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in seen] == []


def test_readme_has_the_two_commands_and_the_one_package() -> None:
    """A stranger reads in README what to type, and what to install beforehand."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert {"scripts/demo", "scripts/test"} <= set(re.findall(r"scripts/\w+", text))
    assert "`python3-venv`" in text
    assert "3.11" in text


def test_fragments_are_of_known_kinds() -> None:
    """A fragment with a mistyped kind would silently be left out of the change log."""
    kinds = {kind["directory"] for kind in TOWNCRIER["type"]}
    assert FRAGMENTS
    known = re.compile(rf"\+[a-z0-9-]+\.({'|'.join(sorted(kinds))})\.md")
    assert [path.name for path in FRAGMENTS if not known.fullmatch(path.name)] == []
    assert [path.name for path in FRAGMENTS if len(path.read_text("utf-8").split()) < 5] == []


def test_the_kinds_table_lists_every_kind() -> None:
    """changelog.d/README.md explains exactly the kinds that pyproject.toml knows, with their headings."""
    text = (ROOT / "changelog.d" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", text, re.MULTILINE)
    assert rows == [(kind["directory"], kind["name"]) for kind in TOWNCRIER["type"]]
    assert rows[0] == ("enforced", "Changes what is enforced")


def test_the_changelog_has_the_place_where_releases_go() -> None:
    """Without its mark the tool that writes a release would replace the page's introduction."""
    assert TOWNCRIER["start_string"] in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_public_code_card_is_valid() -> None:
    """publiccode.yml has every key that version 0.4 of the standard asks for, with allowed values and lengths."""
    card = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    assert card["publiccodeYmlVersion"] == "0.4"
    assert card["name"] and card["url"].startswith("https://") and card["platforms"] and card["categories"]
    assert card["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert card["softwareType"] == "standalone/other"
    assert card["legal"]["license"] == "EUPL-1.2"
    assert card["maintenance"]["type"] in {"internal", "community"}
    assert all(contact["name"] for contact in card["maintenance"]["contacts"])
    assert card["localisation"]["localisationReady"] in {True, False}
    assert card["localisation"]["availableLanguages"]


def test_the_card_describes_in_the_allowed_lengths() -> None:
    """A catalogue cuts or refuses a description that is too long or too short."""
    card = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    for words in card["description"].values():
        assert 1 <= len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert 5 <= len(words["features"]) <= 20


def test_the_card_names_this_version() -> None:
    """The card and the program say the same version."""
    card = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    assert card["softwareVersion"] == ordinance.__version__
