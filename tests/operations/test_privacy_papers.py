# SPDX-License-Identifier: EUPL-1.2
"""Papers of privacy: what the settings say stands in them, what nobody said is called not stated."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cli.shell import DAYS, body, edit, run, tree
from ordinance.operations.privacy_papers import declared
from ordinance.readers import BUILTIN, LEASES, LeaseReader, Reader

SETTINGS = "ordinance.toml"
FILES = {
    f"{paper}.{end}"
    for paper in ("annex", "record", "works-council", "notice-en", "notice-et", "notice-fr", "notice-nl")
    for end in ("html", "md")
}
STATED = """
[privacy]
responsible = "the mayor"
officer = "dpo@gent.example"
contact = "privacy desk, room 12"
recipients = ["the IT contractor"]
transfers = "no data leave the country"
"""


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    """A copy of Ghent's folder."""
    return body("ghent", tmp_path)


def _add(folder: Path, more: str) -> None:
    (folder / SETTINGS).write_text((folder / SETTINGS).read_text("utf-8") + more, "utf-8")


def _document(folder: Path, name: str = "ghent") -> dict[str, Any]:
    done = run("privacy", folder, "--as-of", DAYS[name], "--json")
    assert done.code == 0
    found: dict[str, Any] = json.loads(done.out)
    return found


def _papers(folder: Path, name: str = "ghent") -> dict[str, str]:
    out = folder.parent / "papers"
    assert run("privacy", folder, "--as-of", DAYS[name], "--out", out).code == 0
    return {p.name: p.read_text("utf-8") for p in out.iterdir()}


def test_every_paper_is_written_twice(ghent: Path) -> None:
    """As a page and as Markdown, the notice in four languages; the same input gives the same bytes; no source read."""
    first = _papers(ghent)
    assert first.keys() == FILES
    assert _papers(ghent) == first
    assert not (ghent / ".ordinance").exists()


def test_what_nobody_said_is_not_stated(ghent: Path) -> None:
    """Roles, recipients and the rules that only the body can answer are listed in each paper, and filled by nobody."""
    document = _document(ghent)
    roles = {"responsible", "officer", "contact", "key_holder", "recipients", "transfers"}
    assert set(document["not_stated"]) == roles | {"be-prevention-first", "be-no-sanction"}
    papers = _papers(ghent)
    assert "| Answers for the processing | not stated |" in papers["annex.md"]
    assert "| Data protection officer (a) | not stated |" in papers["record.md"]
    assert "(to be answered by the body)" in papers["works-council.md"]
    assert "Data protection officer: not stated." in papers["notice-en.md"]
    assert "Functionaris voor gegevensbescherming: niet vermeld." in papers["notice-nl.md"]


def test_what_the_settings_say_stands_in_the_papers(ghent: Path) -> None:
    """Each setting, in each paper that it belongs to, and none of these is listed as open any more."""
    _add(ghent, STATED)
    edit(ghent / SETTINGS, "minimum_group = 5", 'minimum_group = 7\nkey_holder = "the archivist"')
    document, papers = _document(ghent), _papers(ghent)
    assert all(k.startswith("be-") for k in document["not_stated"])
    for paper in ("annex.md", "works-council.md"):
        for said in ("the mayor", "dpo@gent.example", "privacy desk, room 12", "the IT contractor", "the archivist"):
            assert said in papers[paper]
    assert "no data leave the country" in papers["record.md"] and "6 months" in papers["annex.md"]
    notice = papers["notice-fr.md"]
    assert "privacy desk, room 12" in notice and "the archivist" in notice and "d'appareils : 28." in notice


def test_an_answer_closes_a_rule(ghent: Path) -> None:
    """With who gave it and when; a rule that a run holds needs none."""
    answer = '\n[[privacy.answers]]\nrule = "be-talk-first"\nanswer = "the head of unit talks first"\nby = "HR"\n'
    _add(ghent, f"{answer}on = 2023-03-20\n")
    states = {r["id"]: r["state"] for r in _document(ghent)["rules"]}
    assert (states["be-talk-first"], states["be-no-sanction"]) == ("answered", "open")
    assert states["be-alarm"] == states["be-four-purposes"] == states["be-council-told"] == "held"
    assert "the head of unit talks first (HR, 20 March 2023)" in _papers(ghent)["annex.md"]


def test_a_rule_that_a_warning_stands_for_is_missed(ghent: Path) -> None:
    """What `lint` says, the annex says too: it is not held."""
    edit(ghent / SETTINGS, 'who = "works council"', 'who = "heads of unit"')
    states = {r["id"]: r["state"] for r in _document(ghent)["rules"]}
    assert (states["be-council-told"], states["be-staff-told"]) == ("missed", "held")


@pytest.mark.parametrize(("runs", "state"), [("P6M", "held"), ("P184D", "held"), ("P7M", "missed")])
def test_runs_that_stay_too_long_for_a_country(runs: str, state: str, ghent: Path) -> None:
    """The Netherlands: six months, however they are written."""
    edit(ghent / SETTINGS, 'privacy_profile = "be"', 'privacy_profile = "nl"')
    edit(ghent / SETTINGS, 'runs = "P6M"', f'runs = "{runs}"')
    states = {r["id"]: r["state"] for r in _document(ghent)["rules"]}
    assert states["nl-six-months"] == state


def test_the_watch_list_is_the_one_of_the_check(ghent: Path) -> None:
    """Its digest is that of a run at the same instant, and the names stand in the annex."""
    document = _document(ghent)
    checked = json.loads(run("check", ghent, "--as-of", DAYS["ghent"], "--json").out)
    watch = document["watch_list"]
    assert watch["digest"] == checked["run"]["watch_list"]["digest"]
    assert {a["app"].partition("/")[0] for a in watch["apps"]} == set(checked["run"]["watch_list"]["families"])
    annex = _papers(ghent)["annex.md"]
    assert watch["digest"] in annex and "com.zhiliaoapp.musically" in annex and "cloudflare-ech.com" in annex


def test_the_person_concerned_is_heard_first_where_the_settings_say_so(ghent: Path) -> None:
    """The annex says it for Ghent, and not where the settings leave it out."""
    assert "The person concerned is to be heard first." in _papers(ghent)["annex.md"]
    edit(ghent / SETTINGS, "hear_first = true", "hear_first = false")
    assert "heard first" not in _papers(ghent)["annex.md"]


def test_the_papers_say_who_sees_to_the_talk(ghent: Path) -> None:
    """The program where hear_first is set, with what it does; else the body, which is asked; each in words."""
    set_so = _talk(ghent)
    assert (set_so["held_by"], set_so["state"]) == ("hear_first", "held")
    assert "marked as to be heard" in set_so["how"]
    assert "be-talk-first" not in _document(ghent)["not_stated"]
    assert "Held (the settings ask for it: where nobody was heard is marked, and" in _papers(ghent)["annex.md"]
    edit(ghent / SETTINGS, "hear_first = true", "hear_first = false")
    unset = _talk(ghent)
    assert (unset["held_by"], unset["state"], unset["how"]) == ("body", "open", "")
    assert "be-talk-first" in _document(ghent)["not_stated"]
    for paper in ("annex.md", "works-council.md"):
        assert "who may justify himself. | To be answered by the body (the body's own work). |" in _papers(ghent)[paper]


def test_a_decision_before_the_talk_shows_in_the_papers(ghent: Path) -> None:
    """What lint warns of is missed, not held; and a file that cannot be read stops the papers, as it stops a check."""
    (ghent / "findings" / "one.yaml").write_text(
        "finding: f-0000000000\ndevice: dev-ABCDEFG2\n"
        "life:\n  - {on: 2023-04-09, state: closed, by: ISO, reason: removed}\n",
        "utf-8",
    )
    assert _talk(ghent)["state"] == "missed"
    edit(ghent / "findings" / "one.yaml", "by: ISO", "by: ISO, heard: yes")
    assert _talk(ghent)["state"] == "held"
    edit(ghent / "findings" / "one.yaml", "state: closed", "state: shut")
    done = run("privacy", ghent, "--as-of", DAYS["ghent"], "--json")
    assert done.code == 3 and [i["id"] for i in json.loads(done.out)] == ["unknown-word"]


def _talk(folder: Path) -> dict[str, Any]:
    (rule,) = (r for r in _document(folder)["rules"] if r["id"] == "be-talk-first")
    found: dict[str, Any] = rule
    return found


def test_a_source_that_is_not_allowed_is_not_opened(ghent: Path) -> None:
    """The annex says of each source whether a check opens it."""
    edit(ghent / SETTINGS, '["inventory", "network_device"]', '["inventory"]')
    document = _document(ghent)
    assert {s["id"]: s["opened"] for s in document["sources"]} == {"mdm": True, "intune": True, "dns-townhall": False}
    row = next(x for x in _papers(ghent)["annex.md"].splitlines() if x.startswith("| dns-townhall"))
    assert "no, not even to count" in row
    assert document["checking"]["evidence_not_allowed"] == [
        "attestation", "sample", "network_aggregate", "network_device",
    ]  # fmt: skip


@pytest.mark.parametrize("one", [*BUILTIN, *LEASES], ids=lambda one: one.id)
def test_every_reader_declares_what_it_drops(one: type[Reader] | type[LeaseReader]) -> None:
    """In its own module, where the code stands that does it; a log or an inventory also says what it keeps."""
    said = declared(one())
    assert said["dropped"] and said["cannot_know"] and "\n" not in "".join(said.values())
    assert said["kept"] or one in LEASES


def test_the_alarm_stands_in_the_notice_where_the_law_asks_for_it(ghent: Path) -> None:
    """With its day under Belgium's profile and this purpose, and not where the purpose is another."""
    assert "Such a notice was given on: 2023-03-24." in _papers(ghent)["notice-en.md"]
    edit(ghent / SETTINGS, '"rule_compliance"', '"network_security"')
    assert "something against the rules was found" not in _papers(ghent)["notice-en.md"]


def test_who_reads_nothing_says_so(tmp_path: Path) -> None:
    """Diest: nothing about devices is read, by whose decision, and no purpose is missed."""
    folder = body("diest", tmp_path)
    document, papers = _document(folder, "diest"), _papers(folder, "diest")
    assert set(document["not_stated"]) == {"privacy_profile", "responsible", "officer", "contact"}
    assert "For the restriction of apps, nothing about devices is read." in papers["notice-en.md"]
    assert "Dat er niets wordt gelezen, is beslist door: general director." in papers["notice-nl.md"]
    assert "Purpose: none: nothing about devices is read." in papers["annex.md"]


def test_no_device_or_person_stands_in_a_paper(tmp_path: Path) -> None:
    """Tallinn's devices declared separate are counted; no id, hardware address or holder is in any file."""
    folder = body("tallinn", tmp_path)
    rows = (folder / "estate/devices.csv").read_text("utf-8").splitlines()[1:]
    macs = set(re.findall(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}", "\n".join(rows)))
    named = {r.split(",")[0] for r in rows} | macs
    everything = "".join(_papers(folder, "tallinn").values()) + json.dumps(_document(folder, "tallinn"))
    assert macs and len(named) > 10 and not [n for n in named if re.search(rf"\b{re.escape(n)}\b", everything)]
    assert _document(folder, "tallinn")["watch_list"]["separate_devices"] > 0


def test_what_is_written_in_settings_steers_nothing(ghent: Path) -> None:
    """Marks that turn text around, tags and table bars come out as letters, in pages, Markdown and on the terminal."""
    _add(ghent, '\n[privacy]\nofficer = "<b>\\u202Eevil</b> | [x](http://x.example) {purpose}"\n')
    papers = _papers(ghent)
    shown = run("privacy", ghent, "--as-of", DAYS["ghent"], "--paper", "notice", "--language", "nl").out
    assert all("\u202e" not in text for text in (*papers.values(), shown))
    assert "<b>" not in papers["annex.html"] and "&lt;b&gt;" in papers["annex.html"]
    assert "\\<b\\>\N{REPLACEMENT CHARACTER}evil" in papers["record.md"] and "\\| \\[x\\]" in papers["record.md"]
    assert "{purpose}" in shown


def test_nothing_of_the_body_is_touched(ghent: Path) -> None:
    """Papers are written where they are asked for, and nowhere else."""
    before = tree(ghent)
    done = run("privacy", ghent, "--as-of", DAYS["ghent"])
    assert done.code == 0 and "Annex to the data protection impact assessment" in done.out
    assert "not stated, and left open in the papers: 8" in done.err
    assert tree(ghent) == before


# --- figures ----------------------------------------------------------------------------------------------------------

FIGURES = {
    "minimum_group = 5": "minimum_group = 7",
    'window = "P14D"': 'window = "P19D"',
    'runs = "P6M"': 'runs = "P5M"',
    'ledger = "P1Y"': 'ledger = "P13M"\nobservations = "P11D"\nprobes = "P17D"',
}
FROM_SETTINGS = {"28", "14", "19", "5", "13", "11", "17"}  # named from, width of a band, and the periods


def _figures(text: str, settings: str) -> set[str]:
    """Numbers in a paper beside those of a text or day that stands in the settings as it stands in the paper."""
    texts = re.findall(r'= "([^"]+)"', settings) + re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", settings)
    for said in sorted({t for t in texts if not t.startswith("P")}, key=len, reverse=True):
        text = text.replace(said, " ")
    return set(re.findall(r"[0-9]+", text.replace(DAYS["ghent"], " ")))


@pytest.mark.parametrize("language", ["en", "et", "fr", "nl"])
def test_each_figure_of_the_notice_is_one_of_the_settings(language: str, ghent: Path) -> None:
    """Whatever the settings say of groups and periods stands there, and no other number does."""
    for before, after in FIGURES.items():
        edit(ghent / SETTINGS, before, after)
    settings = (ghent / SETTINGS).read_text("utf-8")
    text = _papers(ghent)[f"notice-{language}.md"].replace(_document(ghent)["notice"], "")
    assert _figures(text, settings) == {"28", "5", "13", "11"}


def test_each_figure_of_the_annex_about_the_body_is_one_of_the_settings(ghent: Path) -> None:
    """In what it says of evidence, groups, periods and risks; names to look for and laws have others."""
    for before, after in FIGURES.items():
        edit(ghent / SETTINGS, before, after)
    settings, papers = (ghent / SETTINGS).read_text("utf-8"), _papers(ghent)
    titles = ("Kinds of evidence", "How long it is kept", "Risks, and what the tool does about them")
    parts = [re.split(r"^## ", papers["annex.md"], flags=re.MULTILINE)]
    parts.append(re.split(r"^## ", papers["works-council.md"], flags=re.MULTILINE))
    titles += ("When single devices are looked at",)
    said = "".join(p for part in parts for p in part if p.startswith(titles))
    days = r"[0-9]+ (?:March|April) 2023"
    assert _figures(re.sub(days, "", said), settings) == FROM_SETTINGS


def test_the_papers_say_whether_what_logs_said_stays(ghent: Path) -> None:
    """Annex, record and the notice to staff, with the time, or that nothing of it does."""
    without = _papers(ghent)
    assert "What logs said of the apps, and from which address: nothing is kept." in without["annex.md"]
    assert "observations" not in without["record.md"]
    assert "What logs said of these apps is not kept." in without["notice-en.md"]
    edit(ghent / SETTINGS, 'runs = "P6M"', 'runs = "P6M"\nobservations = "P30D"')
    kept = _papers(ghent)
    assert "What logs said of the apps, and from which address: 30 days." in kept["annex.md"]
    assert "what logs said of the apps, and from which address: 30 days" in kept["record.md"]
    assert "What logs said of these apps, and from which address, is kept for: days: 30." in kept["notice-en.md"]
    assert "and what logs said of the apps for 30 days" in kept["annex.md"]


def test_the_papers_say_that_rows_of_devices_are_written_down(ghent: Path) -> None:
    """With or without a notice: that they have pseudonyms, are kept nowhere, and stand in the ledger, for how long."""
    said = "for which purpose and of which days, is written into the ledger, which is kept 12 months."
    for purpose in ("rule_compliance", "network_security"):
        papers = _papers(ghent)
        assert "have pseudonyms, and no run keeps them" in papers["works-council.md"]
        assert said in papers["works-council.md"]
        assert "is written down, and that is kept for: months: 12." in papers["notice-en.md"]
        if purpose == "rule_compliance":
            assert "A notice counts for 6 months" in papers["works-council.md"]
            assert "once none counts, nobody is named behind a pseudonym either" in papers["works-council.md"]
            edit(ghent / SETTINGS, '"rule_compliance"', '"network_security"')
    edit(ghent / SETTINGS, '["inventory", "network_device"]', '["network_aggregate"]')
    papers = _papers(ghent)
    assert "Rows of single devices are refused" in papers["works-council.md"]
    assert "is written down" not in papers["notice-en.md"]


@pytest.mark.parametrize(("observations", "state"), [("P6M", "held"), ("P7M", "missed")])
def test_what_logs_said_may_not_stay_longer_than_results_may(observations: str, state: str, ghent: Path) -> None:
    """The Dutch six months are for data about use, and kept observations are such data too."""
    edit(ghent / SETTINGS, 'privacy_profile = "be"', 'privacy_profile = "nl"')
    edit(ghent / SETTINGS, 'runs = "P6M"', f'runs = "P6M"\nobservations = "{observations}"')
    assert {r["id"]: r["state"] for r in _document(ghent)["rules"]}["nl-six-months"] == state
