# SPDX-License-Identifier: EUPL-1.2
"""`ordinance directives`: a table with filters, JSON with ids, and one directive to read."""

from __future__ import annotations

import json

import pytest

from cli.shell import run


def listed(*options: str) -> list[str]:
    """Ids of the directives that fit, versions apart."""
    done = run("directives", *options, "--json")
    assert done.code == 0, done.err
    return [d["id"] for d in json.loads(done.out)]


def test_without_more_it_lists_all() -> None:
    """As a table with country and kind, and as an array with ids."""
    done = run("directives")
    rows = done.out.splitlines()
    assert rows[0].split() == ["id", "version", "country", "kind", "in", "force", "from", "title"]
    every = listed()
    assert len(rows) == len(every) + 1
    assert {"be-federal-716", "ee-ria", "au-pspf-001-2023"} <= set(every)
    row = next(r for r in rows if r.startswith("au-qld-policy"))
    assert " 2023-04  " in row, "a month is no day"


def test_country_and_kind_narrow_the_list() -> None:
    """Capital letters or not; kinds apart from each other make up the whole."""
    assert set(listed("--country", "ee")) == {"ee-ria"} | set(listed("--country", "EE"))
    assert all(i.startswith("au-") for i in listed("--country", "AU"))
    kinds = ("decision", "advice", "collection", "no_decision")
    parts = [listed("--kind", kind) for kind in kinds]
    assert all(parts) and sorted(i for part in parts for i in part) == sorted(listed())


def test_an_app_keeps_those_that_restrict_it_and_those_that_perhaps_do() -> None:
    """Also by vendor; a record that rules on nothing restricts nothing."""
    found = json.loads(run("directives", "--app", "deepseek", "--json").out)
    restricts = {d["id"]: d["restricts"] for d in found}
    assert restricts["au-pspf-001-2025"] == "true"
    assert "be-federal-716" not in restricts
    assert set(restricts.values()) == {"true", "unknown"}
    rows = run("directives", "--app", "deepseek").out.splitlines()
    assert sum("(perhaps) " in r for r in rows) == list(restricts.values()).count("unknown")


@pytest.mark.parametrize(
    ("options", "issue"),
    [
        (["--country", "XX"], "[unknown-country]"),
        (["--app", "tiktak"], "[unknown-app]"),
        (["show", "be-federal-717"], "[unknown-text]"),
    ],
)
def test_what_the_library_does_not_know(options: list[str], issue: str) -> None:
    """Exit 3 with a hint."""
    done = run("directives", *options)
    assert (done.code, done.out) == (3, "")
    assert issue in done.err and "hint:" in done.err


def test_one_is_read_in_all_its_versions() -> None:
    """Title, id and version, then paragraph by paragraph; ids of the file's keys appear nowhere."""
    done = run("directives", "show", "be-federal-716")
    assert done.code == 0
    assert done.out.startswith("Federal circular no. 716 on TikTok\nbe-federal-716, 1\n\nAuthority\n")
    assert "\nbe-federal-716, 2\n" in done.out
    assert "Remove it from the device: by 31 March 2023 at the latest." in done.out
    assert not any(word in done.out for word in ("subscription_share", "stop_using", "at_sunset"))


def test_the_australian_direction_reads_with_its_conditions_and_gaps() -> None:
    """What a separate device must be, who approves, and what nobody read."""
    text = run("directives", "show", "au-pspf-001-2023").out.replace("\n    ", " ")
    assert "the account uses the mailbox of an office, not of a person" in text
    assert "What the text says of reports upwards was not read." in text
    assert "What could not be entered as it is" in text and "https://" in text


def test_another_language_and_json() -> None:
    """Sentences of each language that was asked for, beside the data of each version."""
    text = run("directives", "show", "ee-ria", "--language", "et").out
    assert "Kasutamine lõpetada: viivitamata." in text
    languages = ["--language", "nl", "--language", "fr"]
    found = json.loads(run("directives", "show", "be-federal-716", *languages, "--json").out)
    assert [d["version"] for d in found][:2] == ["1", "2"]
    assert list(found[0]["sentences"]) == ["nl", "fr"]
    clause = next(p for p in found[0]["sentences"]["nl"] if p["about"] == "clause federal-devices")
    assert clause["heading"] == "Bepaling federal-devices: bindend"
