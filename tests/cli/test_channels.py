# SPDX-License-Identifier: EUPL-1.2
"""`ordinance channels`: lists, sheets, faults and dates of a body's accounts; and where other verbs speak of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bodies import EXAMPLES
from cli.shell import body, edit, run, tree

DAY = "2024-12-16"
CHANNEL = "channels/tallinn-tiktok.yaml"
HOSTILE = "\x1b[31m</td><script>alert(1)</script>\u202eevil"


@pytest.fixture
def tallinn(tmp_path: Path) -> Path:
    return body("tallinn", tmp_path)


def asked(*words: str | Path, code: int = 0) -> Any:
    done = run(*words, "--json")
    assert done.code == code, done.err
    return json.loads(done.out)


def listed(folder: Path, day: str = DAY) -> dict[str, Any]:
    found: dict[str, Any] = asked("channels", "list", folder, "--as-of", day)
    return {c["id"]: c for c in found["channels"]}


def test_the_channel_of_tallinn(tallinn: Path) -> None:
    """From a separate device, under an exemption: restricted, lifted, and nothing to be mended."""
    (one,) = listed(tallinn).values()
    assert (one["state"], one["in_use"], one["device"]["use"]) == ("running", True, "separate")
    assert (one["rule"]["outcome"], one["rule"]["lifted_by"]["id"]) == ("conditional", "channel-devices")
    assert (one["account_rule"]["outcome"], one["issues"]) == ("permitted", [])
    said = run("channels", "list", tallinn, "--as-of", DAY).out
    assert "1 channel is on file, 1 in use. None is known to be against a rule." in said


def test_a_body_without_channels(tmp_path: Path) -> None:
    """Nothing on file is said to be that, and not that there is none."""
    ghent = body("ghent", tmp_path)
    assert listed(ghent) == {}
    assert "what accounts the body has is not known here" in run("channels", "list", ghent, "--as-of", DAY).out
    assert asked("channels", "lint", ghent, "--as-of", DAY) == []


def test_against_a_rule_is_on_the_first_line(tallinn: Path) -> None:
    """The day after the exemption ended: forbidden, unreviewed, and said before all else."""
    done = run("channels", "list", tallinn, "--as-of", "2025-07-01")
    lead = " ".join(done.out.split()).partition("The channels")[0]
    assert "1 is against a rule" in lead and "None is known" not in lead
    assert done.code == 0
    (one,) = listed(tallinn, "2025-07-01").values()
    assert [i["id"] for i in one["issues"]] == ["channel-against-a-rule", "review-overdue"]


def test_a_rule_that_cannot_be_judged_is_said_to_be_unknown(tallinn: Path) -> None:
    """Without a device on file nobody knows which rule meets its work: that is no permission."""
    edit(tallinn / CHANNEL, "separate_device: sd-001", "separate_device: none")
    (one,) = listed(tallinn).values()
    assert (one["device"], one["rule"]["outcome"]) == (None, "unknown")
    said = run("channels", "list", tallinn, "--as-of", DAY).out
    assert "Whether a rule meets 1 is not known." in said
    assert "None is known" not in said


def test_the_sheet_says_first_what_to_do_when_it_is_lost(tallinn: Path) -> None:
    """Steps in their order, whom to call, where to ask, and when it was tried."""
    sheet = asked("channels", "show", "tallinn-tiktok", tallinn, "--as-of", DAY)["channel"]
    assert sheet["take_over"]["rehearse_by"] == "2025-12-05"
    said = run("channels", "show", "tallinn-tiktok", tallinn, "--as-of", DAY).out
    parts = ["When the account is lost", "Step 1: End all sessions", "Step 4", "Who keeps it", "What the rules say"]
    assert [said.index(p) for p in parts] == sorted(said.index(p) for p in parts)
    assert "lifted by the exemption channel-devices, until 30 June 2025" in " ".join(said.split())
    assert "every 7 days" in said


def test_a_channel_that_nobody_has(tallinn: Path) -> None:
    """Exit 3 with a hint."""
    done = run("channels", "show", "tallin-tiktok", tallinn, "--as-of", DAY)
    assert (done.code, "[unknown-channel]" in done.err) == (3, True)
    assert 'did you mean "tallinn-tiktok"?' in done.err


def test_pages(tallinn: Path, tmp_path: Path) -> None:
    """Self-contained, without a script, the same bytes twice."""
    for words in (("list",), ("show", "tallinn-tiktok")):
        out = tmp_path / "page.html"
        pages = []
        for _ in range(2):
            assert run("channels", *words, tallinn, "--as-of", DAY, "--html", out).code == 0
            pages.append(out.read_bytes())
        assert pages[0] == pages[1]
        assert b"<script" not in pages[0]
        assert b"tallinn.example on TikTok" in pages[0]
        assert b"Invented estate and findings" in pages[0]


def test_hostile_strings_do_nothing(tallinn: Path, tmp_path: Path) -> None:
    """What a file says can neither steer a terminal nor leave its place in a page."""
    text = (tallinn / CHANNEL).read_text("utf-8")
    quoted = json.dumps(HOSTILE)
    text = text.replace("owner: Strategy Centre", f"owner: {quoted}").replace(
        "purpose: To tell", f"purpose: {quoted}\n#"
    )
    text = text.replace("    - End all sessions", f"    - {quoted}\n    - End all sessions")
    (tallinn / CHANNEL).write_text(text, "utf-8")
    out = tmp_path / "page.html"
    for words in (("list",), ("show", "tallinn-tiktok")):
        done = run("channels", *words, tallinn, "--as-of", DAY, "--html", out)
        assert done.code == 0, done.err
        for shown in (done.out, out.read_text("utf-8")):
            assert "evil" in shown
            assert not {"\x1b", "\u202e"} & set(shown)
        assert "<script" not in out.read_text("utf-8")
    done = run("channels", "due", tallinn, "--as-of", DAY)
    assert "evil" in done.out and not {"\x1b", "\u202e"} & set(done.out)


def test_faults_are_located_and_collected(tallinn: Path) -> None:
    """Errors of two files, each at its place, exit 3; nothing is shown or listed meanwhile."""
    edit(tallinn / CHANNEL, "platform: tiktok/tiktok", "platform: tiktok/tiktak")
    second = (tallinn / CHANNEL).read_text("utf-8").replace("channel: tallinn-tiktok", "channel: second\npassword: abc")
    (tallinn / "channels" / "second.yaml").write_text(second, "utf-8")
    before = tree(tallinn)
    found = asked("channels", "lint", tallinn, "--as-of", DAY, code=3)
    places = [(i["file"], i["line"], i["id"]) for i in found]
    assert places == [("channels/second.yaml", 4, "secret-in-a-file"), (CHANNEL, 4, "unknown-platform")]
    for words in (["list"], ["show", "tallinn-tiktok"], ["due"]):
        done = run("channels", *words, tallinn, "--as-of", DAY)
        assert (done.code, done.out) == (3, "")
        assert "[unknown-platform]" in done.err and "[secret-in-a-file]" in done.err
    assert tree(tallinn) == before


def test_errors_elsewhere_are_counted(tallinn: Path) -> None:
    """With a law that cannot be used no channel is judged, and that is said."""
    edit(tallinn / "policies" / "tallinn-2024-tiktok.yaml", "family: tiktok", "family: tiktak")
    done = run("channels", "lint", tallinn, "--as-of", "2025-07-01")
    assert (done.code, done.out) == (3, "")
    assert "1 error(s) in other files" in done.err


def test_lint_of_the_whole_body_has_the_faults_of_channels(tallinn: Path) -> None:
    """Errors and warnings, beside those of the law."""
    edit(tallinn / CHANNEL, "kind: app", "kind: sms")
    assert [i["id"] for i in asked("lint", tallinn, "--as-of", DAY)] == ["mfa-missing"]
    edit(tallinn / CHANNEL, "owner: Strategy Centre\n", "")
    assert [i["id"] for i in asked("lint", tallinn, "--as-of", DAY, code=3)] == ["missing-key"]


@pytest.mark.parametrize("verb", ["check", "plan", "rulings", "explain"])
def test_no_rule_hangs_on_a_channel(verb: str, tallinn: Path) -> None:
    """A fault in a channel's file stops nothing that is about rules."""
    more = ["--device", "sd-001"] if verb == "explain" else []
    whole = run(verb, tallinn, "--as-of", DAY, *more, "--json")
    (tallinn / CHANNEL).write_text("channel: [", "utf-8")
    broken = run(verb, tallinn, "--as-of", DAY, *more, "--json")
    assert (whole.code, whole.out) == (broken.code, broken.out)
    assert whole.code in {0, 1}


def test_due_lists_channels_and_no_end_twice(tallinn: Path) -> None:
    """Review and rehearsal beside all other dates; where the exemption ends, what rests on it is said there."""
    found = asked("due", tallinn, "--as-of", DAY)["dates"]
    mine = [(d["kind"], d["day"], d["id"]) for d in found if d["id"] in {"tallinn-tiktok", "channel-devices"}]
    assert mine == [
        ("channel_review", "2025-06-01", "tallinn-tiktok"),
        ("exemption_ends", "2025-06-30", "channel-devices"),
        ("rehearsal", "2025-12-05", "tallinn-tiktok"),
    ]
    (end,) = [d for d in found if d["kind"] == "exemption_ends"]
    assert end["what"].endswith("the channel tallinn-tiktok rests on it")
    own = asked("channels", "due", tallinn, "--as-of", DAY)
    assert [d for d in found if d["id"] in {"tallinn-tiktok", "channel-devices"}] == own["dates"]


def test_the_end_keeps_its_identity_in_a_calendar(tallinn: Path) -> None:
    """A calendar must not show it twice because a channel came to rest on it."""
    ends = [d["uid"] for d in asked("due", tallinn, "--as-of", DAY)["dates"] if d["kind"] == "exemption_ends"]
    (tallinn / CHANNEL).unlink()
    assert ends == [d["uid"] for d in asked("due", tallinn, "--as-of", DAY)["dates"] if d["kind"] == "exemption_ends"]


def test_overdue_dates_of_channels(tallinn: Path) -> None:
    """A review and a rehearsal whose day is over stay until the file says more; of a closed channel none is left."""
    found = asked("channels", "due", tallinn, "--as-of", "2026-01-01", code=1)
    assert [(d["stands"], d["kind"]) for d in found["dates"]] == [
        ("overdue", "channel_review"),
        ("overdue", "rehearsal"),
    ]
    edit(
        tallinn / CHANNEL,
        "  - {state: running, from: 2024-12-01}\n",
        "  - {state: running, from: 2024-12-01}\n  - {state: closed, from: 2025-09-01}\n",
    )
    assert asked("channels", "due", tallinn, "--as-of", "2026-01-01")["dates"] == []
    assert asked("channels", "lint", tallinn, "--as-of", "2026-01-01") == []


def test_before_its_first_day_a_channel_has_no_dates(tallinn: Path) -> None:
    """Nor does anything rest on an exemption for it; on its first day the rehearsal is due, and the lint agrees."""
    assert asked("channels", "due", tallinn, "--as-of", "2024-11-30")["dates"] == []
    ends = [d["what"] for d in asked("due", tallinn, "--as-of", "2024-11-30")["dates"] if "exemption" in d["kind"]]
    assert ends and not any("rests" in what for what in ends)
    for day, days, late in (("2024-12-01", 0, False), ("2024-12-02", -1, True)):
        found = asked("channels", "due", tallinn, "--as-of", day, code=int(late))["dates"]
        assert [d["days"] for d in found if d["kind"] == "rehearsal"] == [days]
        said = {i["id"] for i in asked("channels", "lint", tallinn, "--as-of", day)}
        assert ("take-over-sheet-not-rehearsed" in said) is late


def test_the_evaluation_of_a_rule_names_the_channels_it_hits(tallinn: Path) -> None:
    """With what lifts it; without a device it may hit, and the sheet says what is missing."""
    words = ("evaluate", "tallinn-2024-tiktok", tallinn, "--as-of", DAY)
    (hit,) = asked(*words)["channels"]
    assert (hit["channel"], hit["clause"], hit["certain"]) == (
        "tallinn-tiktok",
        "tallinn-2024-tiktok/work-devices",
        True,
    )
    assert hit["lifted_by"] == {"id": "channel-devices", "last_day": "2025-06-30"}
    said = " ".join(run(*words).out.split())
    assert "Channels it hits" in said
    edit(tallinn / CHANNEL, "separate_device: sd-001", "separate_device: none")
    (hit,) = asked(*words)["channels"]
    assert (hit["certain"], hit["missing"], hit["lifted_by"]) == (False, ["the device that it is worked with"], None)
    edit(tallinn / CHANNEL, "platform: tiktok/tiktok", "platform: youtube")
    assert asked(*words)["channels"] == []
    (tallinn / CHANNEL).unlink()
    assert asked(*words)["channels"] is None
    assert "no channel on file" in run(*words).out


def test_a_rule_about_accounts_hits_the_account(tallinn: Path) -> None:
    """And a channel that is closed by then is not hit."""
    policy = tallinn / "policies" / "tallinn-2024-tiktok.yaml"
    edit(policy, "exemptions_allowed:", """  - id: accounts
    force: binding
    what: [{family: tiktok}]
    surfaces: [account]
    accounts: [official]
    duties: {stop_using: at_once}
exemptions_allowed:""")  # fmt: skip
    words = ("evaluate", "tallinn-2024-tiktok", tallinn, "--as-of", DAY)
    assert {(h["about"], h["certain"]) for h in asked(*words)["channels"]} == {("account", True), ("device", True)}
    assert "The account itself" in " ".join(run(*words).out.split())
    edit(tallinn / CHANNEL, "state: running, from: 2024-12-01", "state: closed, from: 2024-12-01")
    assert asked(*words)["channels"] == []


def test_only_who_asks_loads_anything_of_channels(tallinn: Path) -> None:
    """`explain` never does, and `lint` of a body without channels neither; with them it does, so the test can tell."""
    words = {
        "explain": ["explain", str(tallinn), "--device", "sd-001", "--as-of", DAY],
        "lint": ["lint", str(tallinn), "--as-of", DAY],
    }
    assert _loads(words["explain"]) == set()
    assert "ordinance.review.channel_lints" in _loads(words["lint"])
    (tallinn / CHANNEL).unlink()
    (tallinn / "channels").rmdir()
    assert _loads(words["lint"]) <= {"ordinance.model.channel"}  # a noun, which records of separate devices name


def _loads(words: list[str]) -> set[str]:
    """Modules of channels that a command loads, the command itself left out."""
    program = (
        "import sys\nfrom ordinance.cli.main import cli\n"
        f"try:\n    cli.main({words!r}, prog_name='ordinance')\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.partition("LOADED")[2].split()
    return {m for m in loaded if "channel" in m and m.startswith("ordinance.") and not m.startswith("ordinance.cli.")}


def test_an_exemption_that_has_not_begun_is_not_shown_as_one(tallinn: Path) -> None:
    """Before its first day it permits nothing, and the sheet says from when; what lifts nothing here is said to."""
    edit(tallinn / "exemptions" / "channel-devices.yaml", "from: 2024-12-01", "from: 2025-01-01")
    words = ("channels", "show", "tallinn-tiktok", tallinn, "--as-of")
    sheet = asked(*words, DAY)["channel"]
    assert sheet["rests_on"] == {
        "id": "channel-devices",
        "first_day": "2025-01-01",
        "last_day": "2025-06-30",
        "begun": False,
        "over": False,
        "lifts": False,
    }
    said = " ".join(run(*words, DAY).out.split())
    assert "the exemption channel-devices, which begins only on 1 January 2025 and ends on 30 June 2025." in said
    assert asked(*words, "2025-01-01")["channel"]["rests_on"]["lifts"] is True
    assert "rests on it" not in run("channels", "due", tallinn, "--as-of", DAY).out
    edit(tallinn / "exemptions" / "channel-devices.yaml", "devices: [sd-001, sd-002]", "devices: [sd-002]")
    assert "until 30 June 2025; it lifts nothing here." in " ".join(run(*words, "2025-01-01").out.split())
    said = [i["message"] for i in asked("channels", "lint", tallinn, "--as-of", DAY)]
    assert 'channel-devices does not cover the device "sd-001"' in said


def test_an_end_is_that_of_what_lifts_the_rule(tallinn: Path) -> None:
    """Also where the channel's file names no exemption."""
    edit(tallinn / CHANNEL, "exemption: channel-devices\n", "")
    dates = asked("channels", "due", tallinn, "--as-of", DAY)["dates"]
    assert [d["id"] for d in dates if d["kind"] == "exemption_ends"] == ["channel-devices"]


def test_a_sheet_knows_nothing_of_later_days(tallinn: Path) -> None:
    """Before the first rehearsal one is due at once; before the second factor was seen none is stated."""
    words = ("channels", "show", "tallinn-tiktok", tallinn, "--as-of")
    before, after = asked(*words, "2024-12-04")["channel"], asked(*words, "2024-12-05")["channel"]
    assert (before["take_over"]["rehearsed_on"], before["take_over"]["rehearse_by"]) == (None, "2024-12-01")
    assert (after["take_over"]["rehearsed_on"], after["take_over"]["rehearse_by"]) == ("2024-12-05", "2025-12-05")
    assert asked(*words, "2024-12-01")["channel"]["mfa"] is None
    assert asked(*words, "2024-12-02")["channel"]["mfa"]["seen_on"] == "2024-12-02"
    dates = asked("channels", "due", tallinn, "--as-of", "2024-12-04", code=1)["dates"]
    assert ("overdue", "rehearsal", "2024-12-01") in [(d["stands"], d["kind"], d["day"]) for d in dates]


def test_decisions_about_channels_are_dates_of_channels(tallinn: Path) -> None:
    """The next review of a decision in reviews/, and the last day of what was decided; exit 1 when one is overdue."""
    shutil.copytree(EXAMPLES / "reviews" / "tallinn-like" / "reviews", tallinn / "reviews")
    dates = asked("channels", "due", tallinn, "--as-of", DAY)["dates"]
    assert ("review", "2025-12-01", "tiktok") in [(d["kind"], d["day"], d["id"]) for d in dates]
    late = asked("channels", "due", tallinn, "--as-of", "2025-12-02", code=1)["dates"]
    assert ("overdue", "tiktok") in [(d["stands"], d["id"]) for d in late]
    assert run("due", tallinn, "--as-of", "2025-12-02").code == 1


def test_of_two_exemptions_that_lift_the_same_each_counts(tallinn: Path) -> None:
    """Neither lifts nothing; the channel may be used until the last of them ends, and both ends are dates."""
    first = tallinn / "exemptions/channel-devices.yaml"
    text = first.read_text("utf-8").replace("exemption: channel-devices", "exemption: another")
    text = text.replace("last_day: 2025-06-30", "last_day: 2025-01-31")
    (tallinn / "exemptions/another.yaml").write_text(text, "utf-8")
    (one,) = listed(tallinn, "2025-01-10").values()
    assert (one["rests_on"]["id"], one["rests_on"]["lifts"]) == ("channel-devices", True)
    assert one["rule"]["lifted_by"] == {"id": "channel-devices", "last_day": "2025-06-30"}
    dates = json.loads(run("channels", "due", tallinn, "--as-of", "2025-01-10", "--json").out)
    ends = {d["id"] for d in dates["dates"] if d["kind"] == "exemption_ends"}
    assert ends == {"another", "channel-devices"}
