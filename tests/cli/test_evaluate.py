# SPDX-License-Identifier: EUPL-1.2
"""`ordinance evaluate`: what runs and files say of a rule, and nothing that nobody saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run, tree

POLICY = "gent-2023-tiktok"
EVALUATION = f"""evaluation: autumn
policy: {POLICY}
version: "1"
from: 2023-03-13
to: 2023-08-31
by: information security officer
on: 2023-09-01
findings: [Two teams asked for another channel.]
costs:
  - {{what: service desk, amount: 3200.50, currency: EUR, known: estimated}}
  - {{what: licences, amount: 99.5, currency: EUR, known: estimated}}
options: [{{way: renew, for: [nothing has changed], against: [the channel is missed]}}]
decision:
  way: renew
  by: council
  on: 2023-09-08
  reasons: [Nothing has changed since March.]
  dissent: [{{by: youth council, text: Nobody asked whom the account reaches.}}]
  next_review: 2024-03-01
invented: [costs]
"""


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    return body("ghent", tmp_path)


def sheet(folder: Path, day: str, policy: str = POLICY, *options: str | Path) -> dict[str, Any]:
    done = run("evaluate", policy, folder, "--as-of", day, *options, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def put(folder: Path, text: str = EVALUATION) -> None:
    (folder / "evaluations").mkdir()
    (folder / "evaluations" / "autumn.yaml").write_text(text, "utf-8")


def test_without_a_run_nothing_is_known(ghent: Path) -> None:
    """No word of the sheet says that the rule held; the term, the gaps and the ways stand all the same."""
    found = sheet(ghent, "2023-09-20")
    assert (found["term"]["from"], found["term"]["to"], found["term"]["days"]) == ("2023-03-13", "2023-09-12", 184)
    assert (found["held"]["runs"], found["held"]["now"], found["held"]["days_seen"]) == ([], [], 0)
    assert found["needs"] == ["evaluation"]
    assert found["decided"] == [
        {
            "restriction": f"{POLICY}/paid-devices",
            "evaluation": None,
            "way": None,
            "others_needed": [],
            "overdue": True,
        }
    ]
    assert [w["way"] for w in found["ways"]] == ["renew", "lapse", "change", "make_permanent"]
    assert not any(w["considered"] for w in found["ways"])
    assert found["not_enforced"]["gaps"]
    said = run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out
    assert "Nobody looked whether the rule held. Its time is up and nobody has decided: it has no force." in said
    assert "nothing is known, which is not the same as nothing being wrong" in said


def test_runs_are_quoted_and_not_added_up(ghent: Path) -> None:
    """Two checks of the same fortnight are 14 days, not 28; the last one speaks, and both are listed."""
    for day in ("2023-04-10", "2023-04-10", "2023-04-11"):
        run("check", ghent, "--as-of", day)
    held = sheet(ghent, "2023-09-20")["held"]
    assert [r["as_of"][:10] for r in held["runs"]] == ["2023-04-10", "2023-04-11"]
    assert held["days_seen"] == 15
    result = json.loads(run("check", ghent, "--as-of", "2023-04-11", "--json").out)["summary"]["by_duty"]
    for duty in held["now"]:  # in both, numbers are lower ends: what there is agrees
        assert {k for k, n in duty["results"].items() if n} == {k for k, n in result[duty["duty"]].items() if n}
        assert duty["numbers"] == "some"
    assert {d["duty"]: (d["held"], d["failed_in"], d["of_runs"]) for d in held["now"]} == {
        "block_traffic": ("not_known", 0, 2),
        "deny_install": ("failed", 2, 2),
        "remove": ("failed", 2, 2),
        "stop_using": ("failed", 2, 2),
    }


def test_a_run_that_cannot_be_read_is_said(ghent: Path) -> None:
    """It neither stops the sheet nor leaves it without a word."""
    run("check", ghent, "--as-of", "2023-04-10")
    (kept,) = (ghent / ".ordinance" / "runs").iterdir()
    (kept / "result.json").write_text('{"results": []}', "utf-8")
    held = sheet(ghent, "2023-09-20")["held"]
    assert held["not_usable"] == [{"run": kept.name, "reason": "is no document of a run"}]
    assert (held["runs"], held["days_seen"]) == ([], 0)
    assert f"Run {kept.name} cannot be used" in run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out


def test_a_body_that_checks_nobody(tmp_path: Path) -> None:
    """That nobody looked is a decision there, and is said as such."""
    diest = body("diest", tmp_path)
    run("check", diest, "--as-of", "2023-04-24")
    said = " ".join(run("evaluate", "diest-2023-tiktok", diest, "--as-of", "2023-04-24").out.split())
    assert "Nobody looked whether the rule held, by decision of" in said
    assert "Every duty held" not in said


def test_what_others_did_meanwhile(ghent: Path) -> None:
    """The federal rule that Ghent mirrors ended two days before its own; before that there is nothing to tell."""
    found = {o["text"]: o for o in sheet(ghent, "2023-09-20")["upstream"]}["be-federal-716"]
    assert found["relation"] == "mirrored"
    assert {(e["day"], e["what"]) for e in found["events"]} == {("2023-09-10", "its time is up")}
    early = {o["text"]: o for o in sheet(ghent, "2023-06-01")["upstream"]}["be-federal-716"]
    assert early["events"] == []


def test_a_decision_is_shown_with_its_dissent_and_cost(ghent: Path) -> None:
    """In the words of the file; sums are by currency and by how they are known."""
    put(ghent)
    found = sheet(ghent, "2023-09-20")
    assert found["decided"][0]["way"] == "renew"
    assert found["cost"]["evaluation"] == "autumn"
    assert found["cost"]["totals"] == [{"currency": "EUR", "known": "estimated", "amount": "3300.00"}]
    (one,) = found["evaluations"]
    assert one["decision"]["dissent"] == [{"by": "youth council", "text": "Nobody asked whom the account reaches."}]
    renew = found["ways"][0]
    assert (renew["considered"], renew["for"], renew["against"]) == (
        True,
        ["nothing has changed"],
        ["the channel is missed"],
    )
    said = " ".join(run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out.split())
    assert "It was decided to renew it for another time." in said
    assert "Of another mind, youth council: Nobody asked whom the account reaches." in said
    assert "Invented for the example: costs." in said


def test_no_cost_and_unknown_cost_differ(ghent: Path) -> None:
    """`none` is a statement."""
    assert sheet(ghent, "2023-09-20")["cost"] is None
    listed = EVALUATION[EVALUATION.index("costs:") : EVALUATION.index("options")]
    put(ghent, EVALUATION.replace(listed, "costs: none\n"))
    assert sheet(ghent, "2023-09-20")["cost"] == {"evaluation": "autumn", "rows": [], "totals": []}


def test_a_new_version_needs_it(ghent: Path) -> None:
    """Without the evaluation nothing is resolved (exit 3); with it the rule goes on, and the sheet says how."""
    text = (ghent / "policies" / "gent-2023-tiktok.yaml").read_text("utf-8")
    again = text.replace('version: "1"', 'version: "2"').replace("from: 2023-03-13", "from: 2023-09-13")
    (ghent / "policies" / "gent-2023-tiktok-2.yaml").write_text(again, "utf-8")
    refused = run("rulings", ghent, "--as-of", "2023-09-20")
    assert refused.code == 3
    assert "[renewed-without-evaluation]" in refused.err
    assert run("evaluate", f"{POLICY}@1", ghent, "--as-of", "2023-09-01").code == 0  # what is missing is begun here
    put(ghent)
    assert run("rulings", ghent, "--as-of", "2023-09-20").code == 0
    (clause,) = sheet(ghent, "2023-09-20", f"{POLICY}@1")["term"]["clauses"]
    assert clause["goes_on_as"] == [f"{POLICY}/paid-devices version 2"]
    assert sheet(ghent, "2023-09-20")["policy"]["version"] == "2"
    assert sheet(ghent, "2023-09-13")["term"]["days"] == 184  # on its first day the new one has nothing behind it
    edit(ghent / "evaluations" / "autumn.yaml", "way: renew\n  by", "way: lapse\n  by")
    assert run("rulings", ghent, "--as-of", "2023-09-20").code == 3


def test_its_next_review_is_due(ghent: Path) -> None:
    """Until somebody evaluates again."""
    put(ghent)
    rows = json.loads(run("due", ghent, "--as-of", "2024-03-02", "--json").out)["dates"]
    (one,) = [r for r in rows if r["kind"] == "review" and r["id"] == POLICY]
    assert (one["stands"], one["day"], one["what"], one["owner"]) == (
        "overdue",
        "2024-03-01",
        "review of the decision to renew",
        "council",
    )
    later = EVALUATION[: EVALUATION.index("findings")].replace("autumn", "spring")
    later = later.replace("on: 2023-09-01", "on: 2024-02-20")
    (ghent / "evaluations" / "spring.yaml").write_text(later, "utf-8")
    rows = json.loads(run("due", ghent, "--as-of", "2024-03-02", "--json").out)["dates"]
    assert not [r for r in rows if r["kind"] == "review" and r["id"] == POLICY]


def test_a_draft_reads_well_and_renews_nothing(ghent: Path) -> None:
    """It is never written over, and lint has nothing to say of it."""
    before = tree(ghent)
    done = run("evaluate", POLICY, ghent, "--as-of", "2023-09-01", "--draft", "information security officer")
    assert done.code == 0, done.err
    (name,) = tree(ghent).keys() - before.keys()
    assert name == f"evaluations/{POLICY}-2023-09-01.yaml"
    found = sheet(ghent, "2023-09-01")
    (one,) = found["evaluations"]
    assert (one["from"], one["to"], one["decision"]) == ("2023-03-13", "2023-08-31", None)
    assert [i["id"] for i in json.loads(run("lint", ghent, "--as-of", "2023-09-01", "--json").out)] == [
        i["id"] for i in json.loads(run("lint", body("ghent", ghent / "again"), "--as-of", "2023-09-01", "--json").out)
    ]
    kept = tree(ghent)
    again = run("evaluate", POLICY, ghent, "--as-of", "2023-09-01", "--draft", "somebody else")
    assert (again.code, tree(ghent)) == (3, kept)
    assert "[file-exists]" in again.err


def test_a_rule_without_force_has_nothing_to_look_back_at(ghent: Path) -> None:
    """The sheet says so; a draft is refused."""
    assert sheet(ghent, "2023-03-01")["term"]["days"] == 0
    assert "no force yet" in run("evaluate", POLICY, ghent, "--as-of", "2023-03-01").out
    done = run("evaluate", POLICY, ghent, "--as-of", "2023-03-01", "--draft", "ciso")
    assert (done.code, "[nothing-to-evaluate]" in done.err) == (3, True)


@pytest.mark.parametrize(("name", "hint"), [("gent-2023-tiktak", f'did you mean "{POLICY}"?'), (f"{POLICY}@9", "")])
def test_a_text_that_is_not_there(ghent: Path, name: str, hint: str) -> None:
    """Only the body's own are evaluated by it."""
    for one in (name, "be-federal-716"):
        done = run("evaluate", one, ghent, "--as-of", "2023-09-20")
        assert (done.code, "[unknown-text]" in done.err) == (3, True)
    assert hint in run("evaluate", name, ghent, "--as-of", "2023-09-20").err


def test_the_page_says_what_the_terminal_says(ghent: Path, tmp_path: Path) -> None:
    """The same sections in the same order, whole or not at all, no script and nothing to load."""
    put(ghent)
    out = tmp_path / "sheet.html"
    done = run("evaluate", POLICY, ghent, "--as-of", "2023-09-20", "--html", out)
    page = out.read_text("utf-8")
    assert done.code == 0, done.err
    for title in ("The rule", "What held", "What could not be enforced", "What it cost", "Evaluations and decisions"):
        assert f">{title}</h2>" in page
        assert f"\n{title}\n" in done.out
    assert "<script" not in page
    assert "default-src 'none'" in page
    first = out.read_bytes()
    run("evaluate", POLICY, ghent, "--as-of", "2023-09-20", "--html", out)
    assert out.read_bytes() == first


def test_nobody_is_named(ghent: Path) -> None:
    """Devices are counted; neither the sheet nor the page has one's id."""
    run("check", ghent, "--as-of", "2023-04-10")
    ids = {line.split(",")[0] for line in (ghent / "estate" / "devices.csv").read_text("utf-8").splitlines()[1:]}
    (ghent / "campaigns").mkdir()
    text = "campaign: c\ntitle: C\napp: tiktok/tiktok\nowner: o\nfrom: 2023-03-01\nto: 2023-07-31\ndevice: op-006\n"
    (ghent / "campaigns" / "c.yaml").write_text(text, "utf-8")
    said = json.dumps(sheet(ghent, "2023-09-20"))
    assert sheet(ghent, "2023-09-20")["campaigns"]
    assert ids
    assert not [i for i in ids if f'"{i}"' in said or f" {i} " in said]


def test_campaigns_that_it_hit(ghent: Path) -> None:
    """As they stood when the rule began, also when they are over by now; another's rule hits nothing here."""
    (ghent / "campaigns").mkdir()
    text = """campaign: festival
title: Summer festival
app: tiktok/tiktok
owner: tourism office
from: 2023-03-01
to: 2023-07-31
device: gp-001
"""
    (ghent / "campaigns" / "festival.yaml").write_text(text, "utf-8")
    (one,) = sheet(ghent, "2023-09-20")["campaigns"]
    assert (one["id"], one["hit_from"][:10], one["effect"]) == ("festival", "2023-03-13", "no_move")
    said = " ".join(run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out.split())
    assert "Summer festival 1 March 2023 to" in said
    edit(ghent / "campaigns" / "festival.yaml", "app: tiktok/tiktok", "app: wechat/wechat")
    assert sheet(ghent, "2023-09-20")["campaigns"] == []
    said = " ".join(run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out.split())
    assert "It hits none of the 1 campaign on file." in said


def test_nothing_of_later_days_is_known(ghent: Path) -> None:
    """Neither checks nor evaluations nor decisions that came after the day that is asked about."""
    put(ghent)
    run("check", ghent, "--as-of", "2023-04-20")
    assert sheet(ghent, "2023-04-01")["held"]["runs"] == []
    assert sheet(ghent, "2023-08-31")["evaluations"] == []
    (undecided,) = sheet(ghent, "2023-09-02")["evaluations"]
    assert undecided["decision"] is None
    assert sheet(ghent, "2023-09-09")["evaluations"][0]["decision"]["way"] == "renew"


def test_an_earlier_failure_is_not_forgotten(ghent: Path) -> None:
    """A later check that saw nothing does not make it go away."""
    run("check", ghent, "--as-of", "2023-04-10")
    run("check", ghent, "--as-of", "2023-09-12")
    said = " ".join(run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out.split())
    assert "3 duties had failed in an earlier one" in said
    assert "Checks that saw something looked at 14 of 184 days" in said


def test_a_check_over_two_versions_is_nobodys(ghent: Path) -> None:
    """Whose results they are cannot be told: it is listed, and speaks for neither."""
    text = (ghent / "policies" / "gent-2023-tiktok.yaml").read_text("utf-8")
    again = text.replace('version: "1"', 'version: "2"').replace("from: 2023-03-13", "from: 2023-04-05")
    again = again.replace("for: P6M", "last_day: 2023-09-12")
    (ghent / "policies" / "gent-2023-tiktok-2.yaml").write_text(again, "utf-8")
    run("check", ghent, "--as-of", "2023-04-10")
    for version in ("1", "2"):
        held = sheet(ghent, "2023-09-20", f"{POLICY}@{version}")["held"]
        assert ([r["several_versions"] for r in held["runs"]], held["now"], held["days_seen"]) == ([True], [], 0)
    said = " ".join(run("evaluate", f"{POLICY}@2", ghent, "--as-of", "2023-09-20").out.split())
    assert "No check looked at this version alone" in said
    assert "1 check looked at several versions at once" in said


def test_a_rule_that_goes_on_is_not_said_to_have_ended(ghent: Path) -> None:
    """In May it is in force, and still; a pause is no force."""
    said = " ".join(run("evaluate", POLICY, ghent, "--as-of", "2023-05-01").out.split())
    assert "In force since 13 March 2023, and still; looked back at until 30 April 2023: 49 days." in said
    edit(
        ghent / "policies" / "gent-2023-tiktok.yaml",
        "  - {state: in_force, from: 2023-03-13}",
        "  - {state: in_force, from: 2023-03-13}\n  - {state: pending_guidelines, from: 2023-04-01}\n"
        "  - {state: in_force, from: 2023-08-01}",
    )
    assert sheet(ghent, "2023-09-20")["term"]["days"] == 19 + 43


def test_what_is_overdue_is_said_without_needs(ghent: Path) -> None:
    """A rule that needs nothing for its renewal is overdue all the same."""
    edit(ghent / "policies" / "gent-2023-tiktok.yaml", "    renewal_needs: [evaluation]\n", "")
    said = " ".join(run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out.split())
    assert "Its time is up and nobody has decided: it has no force." in said


def test_an_office_is_written_so_that_it_can_be_read(ghent: Path) -> None:
    """Whatever its name; an empty one is refused, and nothing is written."""
    assert run("evaluate", POLICY, ghent, "--as-of", "2023-09-01", "--draft", " ").code == 3
    assert not (ghent / "evaluations").exists()
    run("evaluate", POLICY, ghent, "--as-of", "2023-09-01", "--draft", 'IT: "service" [desk] #1')
    assert sheet(ghent, "2023-09-02")["evaluations"][0]["by"] == 'IT: "service" [desk] #1'


def test_a_text_is_called_as_it_was_called_then(tmp_path: Path) -> None:
    """The region's ban was temporary in spring and standing from October on."""
    folder = body("city-of-brussels", tmp_path)
    for day, title in (("2023-04-24", "temporary ban"), ("2023-11-01", "standing ban")):
        done = run("evaluate", "brussels-2023-tiktok", folder, "--as-of", day, "--json")
        found = {o["text"]: o["title"] for o in json.loads(done.out)["upstream"]}
        assert title in found["be-brussels-region"]


def test_costs_of_two_evaluations_are_not_added_up(ghent: Path) -> None:
    """The last that states any speaks: the second may repeat the first, and one that states none takes nothing back."""
    put(ghent)
    again = EVALUATION.replace("evaluation: autumn", "evaluation: winter").replace("on: 2023-09-01", "on: 2023-09-05")
    again = again.replace("amount: 3200.50", "amount: 4000")
    path = ghent / "evaluations" / "winter.yaml"
    path.write_text(again, "utf-8")
    cost = sheet(ghent, "2023-09-20")["cost"]
    assert (cost["evaluation"], [c["amount"] for c in cost["rows"]]) == ("winter", ["4000", "99.5"])
    assert cost["totals"] == [{"currency": "EUR", "known": "estimated", "amount": "4099.5"}]
    assert sheet(ghent, "2023-09-02")["cost"]["evaluation"] == "autumn"  # the second came three days later
    listed = again[again.index("costs:") : again.index("options")]
    path.write_text(again.replace(listed, ""), "utf-8")
    assert sheet(ghent, "2023-09-20")["cost"]["evaluation"] == "autumn"
    path.write_text(again.replace(listed, "costs: none\n"), "utf-8")
    assert sheet(ghent, "2023-09-20")["cost"] == {"evaluation": "winter", "rows": [], "totals": []}


def test_over_reach_is_that_of_all_rules_together(ghent: Path) -> None:
    """A resolver answers for every rule at once: whom one rule covers is hit besides by none. Advice asks for no block
    and hits nobody."""
    alone = {o["who"] for o in sheet(ghent, "2023-09-20")["not_enforced"]["over_reach"]}
    text = (ghent / "policies" / "gent-2023-tiktok.yaml").read_text("utf-8")
    elected = text.replace(f"policy: {POLICY}", "policy: gent-elected").replace("people: [staff]", "people: [elected]")
    (ghent / "policies" / "elected.yaml").write_text(elected, "utf-8")
    quiet = text.replace(f"policy: {POLICY}", "policy: gent-quiet").replace("force: binding", "force: advice")
    (ghent / "policies" / "quiet.yaml").write_text(quiet, "utf-8")
    ours, theirs, none = (
        {o["who"] for o in sheet(ghent, "2023-09-20", policy)["not_enforced"]["over_reach"]}
        for policy in (POLICY, "gent-elected", "gent-quiet")
    )
    assert (ours, none) == (theirs, set())
    assert alone - ours == {"the body's devices of elected"}
    said = " ".join(run("evaluate", "gent-elected", ghent, "--as-of", "2023-09-20").out.split())
    assert "visitors, whom nobody counts" in said


def test_what_was_decided_of_several_clauses_names_them(ghent: Path) -> None:
    """Each way with its clauses; one that nobody decided about, though its time is up, is named beside them."""
    path = ghent / "policies" / "gent-2023-tiktok.yaml"
    text = path.read_text("utf-8")
    clause = text[text.index("  - id: paid-devices") : text.index("invented:")]
    more = [clause.replace("id: paid-devices", f"id: {name}") for name in ("own-devices", "guests")]
    path.write_text(text.replace(clause, "".join([clause, *more])), "utf-8")
    said = run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out
    assert "Its time is up and nobody has decided: it has no force." in " ".join(said.split())
    put(ghent, EVALUATION.replace("by: information", "restrictions: [paid-devices, own-devices]\nby: information", 1))
    said = " ".join(run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out.split())
    assert "It was decided to renew it for another time (Paid devices and Own devices)." in said
    assert "The time of Guests is up and nobody has decided: it has no force." in said
    edit(ghent / "evaluations" / "autumn.yaml", "restrictions: [paid-devices, own-devices]", "restrictions: [guests]")
    said = " ".join(run("evaluate", POLICY, ghent, "--as-of", "2023-09-20").out.split())
    assert "It was decided to renew it for another time (Guests)." in said
    assert "The time of Paid devices and Own devices is up and nobody has decided: they have no force." in said
