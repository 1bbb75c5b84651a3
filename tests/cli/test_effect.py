# SPDX-License-Identifier: EUPL-1.2
"""`ordinance effect` and `channels import`: figures taken in whole or not at all, before and after told in words."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run, tree
from review.test_contacts import run as kept

DAY = "2025-01-15"
POLICY = "tallinn-2024-tiktok"
FILE = "analytics/tallinn-tiktok.csv"
TURN = date(2024, 12, 1)
CHANNEL = ("channels", "import", "tallinn-tiktok")


@pytest.fixture
def tallinn(tmp_path: Path) -> Path:
    return body("tallinn", tmp_path)


def overview(path: Path, before: int, after: int) -> Path:
    """An export of TikTok Studio over 90 days around the turn."""
    days = [TURN + timedelta(days=n) for n in range(-45, 45)]
    rows = [f"{d:%B} {d.day},{before if d < TURN else after},7,1,0,0" for d in days]
    path.write_text("\n".join(["Date,Video Views,Profile Views,Likes,Comments,Shares", *rows]))
    return path


def asked(*words: str | Path, code: int = 0) -> Any:
    done = run(*words, "--json")
    assert done.code == code, done.err
    return json.loads(done.out)


def taken(folder: Path, file: Path, *more: str) -> Any:
    return asked(*CHANNEL, file, folder, "--as", "tiktok", "--exported", DAY, *more)


def told(folder: Path, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = asked("effect", POLICY, folder, "--as-of", DAY, *more)
    return found


def figures(sheet: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    (channel,) = sheet["audience"]
    return {m["metric"]: (m["change"], m["why"]) for m in channel["metrics"]}


def app(sheet: dict[str, Any]) -> dict[str, Any]:
    (family,) = sheet["contacts"]["families"]
    (found,) = [s for s in family["series"] if s["series"] == "app"]
    return dict(found)


def keep(folder: Path, first: date, last: date, count: int, devices: int = 30) -> None:
    """A kept run over days with so many contacts each."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [{"day": str(d), "family": "tiktok", "grade": "app_traffic", "count": count} for d in days]
    end = last + timedelta(days=1)
    document = kept(f"{end}T00:00:00+02:00", (f"{first}", f"{end}"), contacts=rows, devices=devices)
    document["coverage"][0]["hours"] = {str(d): [8, 9] for d in days}
    document["counted"][0]["days"] = [str(d) for d in days]
    summary = {"coverage": {"inventory": None, "network": 1}}
    document |= {"results": [], "findings": [], "policies": [], "summary": summary}
    path = folder / ".ordinance" / "runs" / f"{first:%y%m%d}0000000000" / "result.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(document))


def test_reach_that_was_lost(tallinn: Path, tmp_path: Path) -> None:
    """Imported, compared, said: and a figure too small to tell is said to be so."""
    found = taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    assert (found["new"], found["known_before"], found["written"]) == (450, 0, True)
    sheet = told(tallinn)
    assert figures(sheet)["views"] == ("less", None)
    assert figures(sheet)["profile_views"] == ("cannot_tell", "too_little")
    page = " ".join(run("effect", POLICY, tallinn, "--as-of", DAY).out.split())
    assert "1 lost" in page
    assert "A change says nothing of its cause" in page


def test_reach_that_was_kept(tallinn: Path, tmp_path: Path) -> None:
    """A tenth less on a typical day is the same."""
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 360))
    assert figures(told(tallinn))["views"] == ("same", None)


def test_without_figures_nothing_is_told(tallinn: Path) -> None:
    """And the page says how they come in."""
    sheet = told(tallinn)
    assert figures(sheet) == {}
    assert app(sheet)["why"] == "no_day_before"
    assert "ordinance channels import" in run("effect", POLICY, tallinn, "--as-of", DAY).out


def test_the_same_file_again_adds_nothing(tallinn: Path, tmp_path: Path) -> None:
    """Not a byte."""
    file = overview(tmp_path / "Overview.csv", 400, 90)
    taken(tallinn, file)
    before = tree(tallinn)
    assert taken(tallinn, file)["new"] == 0
    assert tree(tallinn) == before


def test_a_dry_run_writes_nothing(tallinn: Path, tmp_path: Path) -> None:
    """And says the same."""
    before = tree(tallinn)
    found = taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90), "--dry-run")
    assert (found["new"], found["written"]) == (450, False)
    assert tree(tallinn) == before


def test_a_file_with_one_fault_changes_nothing(tallinn: Path, tmp_path: Path) -> None:
    """Half an export would look like a loss of reach."""
    file = overview(tmp_path / "Overview.csv", 400, 90)
    file.write_text(file.read_text().replace("December 3,90", "December 3,ninety"))
    before = tree(tallinn)
    done = run(*CHANNEL, file, tallinn, "--as", "tiktok", "--exported", DAY)
    assert done.code == 3
    assert "Overview.csv:49" in done.err
    assert "[bad-value]" in done.err
    assert tree(tallinn) == before


@pytest.mark.parametrize(
    ("words", "issue"),
    [
        ((*CHANNEL, "none.csv", "FOLDER", "--as", "tiktok", "--exported", DAY), "missing-file"),
        (("channels", "import", "tallin", "none.csv", "FOLDER", "--as", "own", "--exported", DAY), "unknown-channel"),
        ((*CHANNEL, "none.csv", "FOLDER", "--as", "youtube", "--exported", DAY), "other-platform"),
        (("effect", "none", "FOLDER"), "unknown-text"),
    ],
)
def test_what_cannot_be_done(words: tuple[str, ...], issue: str, tallinn: Path) -> None:
    """Exit 3, with the reason."""
    done = run(*(tallinn if w == "FOLDER" else w for w in words))
    assert done.code == 3
    assert f"[{issue}]" in done.err


def test_two_exports_of_one_day_that_differ(tallinn: Path, tmp_path: Path) -> None:
    """Figures of one day of export do not change by themselves: the day given is wrong."""
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    again = overview(tmp_path / "Overview.csv", 400, 91)
    done = run(*CHANNEL, again, tallinn, "--as", "tiktok", "--exported", DAY)
    assert done.code == 3
    assert "[two-figures]" in done.err


def test_faults_of_figures_are_said_by_every_verb_about_channels(tallinn: Path) -> None:
    """Located; what hangs on rules alone still runs."""
    (tallinn / "analytics").mkdir()
    (tallinn / FILE).write_text("day,metric,value,exported,form\n2024-12-01,views,x,2025-01-15,own\n")
    for words in (("effect", POLICY), ("evaluate", POLICY), ("lint",)):
        done = run(*words, tallinn)
        assert done.code == 3, words
        assert f"{FILE}:2:3" in done.err + done.out
    assert run("rulings", tallinn, "--as-of", DAY).code == 0


def test_contacts_that_became_less(tallinn: Path) -> None:
    """In bands, never exact; the evaluation says it too."""
    keep(tallinn, TURN - timedelta(days=21), TURN - timedelta(days=1), 333)
    keep(tallinn, TURN, TURN + timedelta(days=20), 7)
    sheet = told(tallinn)
    assert (app(sheet)["change"], app(sheet)["before"]["typical_band"], app(sheet)["after"]["typical_band"]) == (
        "less",
        4,
        2,
    )
    assert "333" not in json.dumps(sheet["contacts"])
    page = run("effect", POLICY, tallinn, "--as-of", DAY).out
    assert "Contacts with TikTok became less." in page
    evaluated = asked("evaluate", POLICY, tallinn, "--as-of", DAY)["effect"]
    assert [(c["family"], c["change"]) for c in evaluated["contacts"]] == [("tiktok", "less")]


@pytest.mark.parametrize(("devices", "why"), [(2, "too_few_devices"), (60, "devices_changed")])
def test_contacts_of_few_or_of_others_are_not_compared(devices: int, why: str, tallinn: Path) -> None:
    """A body with two devices hides nobody; twice as many devices make twice as many contacts."""
    keep(tallinn, TURN - timedelta(days=21), TURN - timedelta(days=1), 333, devices)
    keep(tallinn, TURN, TURN + timedelta(days=20), 7)
    found = app(told(tallinn))
    assert (found["change"], found["why"]) == ("cannot_tell", why)
    assert (found["before"] is None) is (why == "too_few_devices")


def test_before_the_rule_begins(tallinn: Path) -> None:
    """Nothing to compare."""
    sheet = asked("effect", POLICY, tallinn, "--as-of", "2024-11-30")
    assert sheet["contacts"]["families"][0]["turn"] is None
    assert "has not begun to bite" in run("effect", POLICY, tallinn, "--as-of", "2024-11-30").out


def test_another_day_between_the_sides(tallinn: Path, tmp_path: Path) -> None:
    """Said on the page; the days of each side go with it."""
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    sheet = told(tallinn, "--turn", "2024-12-20", "--days", "14")
    (channel,) = sheet["audience"]
    views = next(m for m in channel["metrics"] if m["metric"] == "views")
    assert (views["before"]["first"], views["before"]["last"]) == ("2024-12-06", "2024-12-19")
    assert (views["change"], views["after"]["first"]) == ("same", "2024-12-20")


def test_days_on_which_the_rule_had_no_force_are_on_no_side(tallinn: Path, tmp_path: Path) -> None:
    """What came after its end is not an effect of it."""
    term = "for: P20D\n    at_sunset: lapse\n    duties: {stop_using"
    edit(tallinn / f"policies/{POLICY}.yaml", "duties: {stop_using", term)
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    (channel,) = told(tallinn)["audience"]
    assert {m["after"]["last"] for m in channel["metrics"] if m["after"]} == {"2024-12-20"}


# --- whose days, whose devices, whose rule --------------------------------------------------------

OTHER = """policy: tallinn-2024-wechat
version: "1"
title: No WeChat
authority: tallinn
lifecycle:
  - {state: in_force, from: 2024-10-01}
restrictions:
  - id: work-devices
    force: binding
    what: [{family: wechat}]
    surfaces: [app, desktop]
    devices: {owner: body}
    people: [staff]
    duties: {stop_using: at_once}
"""
VERSION_TWO = ("{state: in_force, from: 2024-12-01}", "{state: in_force, from: 2025-01-01}")
WEEKS = timedelta(days=21)


def counted(folder: Path, day: str, since: str, until: str) -> dict[str, list[str]]:
    """By family, the days that a real check says it counted."""
    done = run("check", folder, "--as-of", day, "--from", since, "--to", until, "--json")
    return {c["family"]: c["days"] for c in json.loads(done.out)["counted"]}


def test_days_without_a_rule_about_the_app_are_not_counted(tallinn: Path) -> None:
    """Another rule lets its own app be counted then: a day without TikTok's rule is not one without TikTok."""
    (tallinn / "policies/wechat.yaml").write_text(OTHER)
    edit(tallinn / f"policies/{POLICY}.yaml", "from: 2024-12-01", "from: 2024-12-12")
    found = counted(tallinn, "2024-12-16", "2024-12-09", "2024-12-15")
    assert found["wechat"] == [f"2024-12-{n:02}" for n in range(9, 16)]
    assert found["tiktok"] == [f"2024-12-{n:02}" for n in range(12, 16)]


def test_a_day_on_which_the_rule_began_at_noon_is_not_whole(tallinn: Path) -> None:
    """Its morning was not counted."""
    edit(tallinn / f"policies/{POLICY}.yaml", "from: 2024-12-01", "from: 2024-12-12T12:00")
    assert counted(tallinn, "2024-12-16", "2024-12-09", "2024-12-15")["tiktok"][0] == "2024-12-13"


def test_other_names_or_logs_are_not_compared(tallinn: Path) -> None:
    """A catalogue that knows more names counts more contacts; so does a second log. Both are said."""
    keep(tallinn, TURN - WEEKS, TURN - timedelta(days=1), 333)
    keep(tallinn, TURN, TURN + WEEKS, 7)
    path = next(p for p in (tallinn / ".ordinance/runs").glob("*/result.json") if "2024-11-10" in p.read_text())
    kept_then = json.loads(path.read_text())
    for change in ({"counted": [kept_then["counted"][0] | {"names": "cd"}]}, {"coverage": _with_second_log(kept_then)}):
        path.write_text(json.dumps(kept_then | change))
        found = app(told(tallinn))
        assert (found["change"], found["why"]) == ("cannot_tell", "no_day_before")
        assert "Not compared: 21 days" in " ".join(run("effect", POLICY, tallinn, "--as-of", DAY).out.split())


def _with_second_log(document: dict[str, Any]) -> list[Any]:
    return [*document["coverage"], document["coverage"][0] | {"source": "second"}]


def test_a_rule_renewed_is_not_compared_with_itself(tallinn: Path) -> None:
    """The days before the second version are days under the first."""
    first = tallinn / f"policies/{POLICY}.yaml"
    (tallinn / "policies/second.yaml").write_text(
        first.read_text().replace('version: "1"', 'version: "2"').replace(*VERSION_TWO)
    )
    keep(tallinn, TURN, TURN + timedelta(days=30), 333)
    keep(tallinn, TURN + timedelta(days=31), TURN + timedelta(days=60), 333)
    sheet = asked("effect", POLICY, tallinn, "--as-of", "2025-02-15")
    assert app(sheet)["why"] == "already_bitten"
    page = " ".join(run("effect", POLICY, tallinn, "--as-of", "2025-02-15").out.split())
    assert "on which a rule already asked for the same" in page


def test_each_app_has_its_own_turn(tallinn: Path) -> None:
    """A clause about another app that bites earlier is none of TikTok's."""
    edit(
        tallinn / f"policies/{POLICY}.yaml",
        "exemptions_allowed:",
        "  - id: other\n    force: binding\n    what: [{family: wechat}]\n    surfaces: [app]\n"
        "    devices: {owner: body}\n    people: [staff]\n    duties: {block_traffic: {within: P10D}}\n"
        "exemptions_allowed:",
    )
    families = {f["family"]: f["turn"][:10] for f in told(tallinn)["contacts"]["families"]}
    assert families == {"tiktok": "2024-12-01", "wechat": "2024-12-11"}


def restricted(folder: Path, *more: str) -> str:
    (channel,) = told(folder, *more)["audience"]
    return str(channel["restricted"])


def test_what_the_rule_says_of_a_channel(tallinn: Path) -> None:
    """Of the days after it began, also where the channel was closed with it; and a missing fact is said."""
    channel = tallinn / "channels/tallinn-tiktok.yaml"
    assert restricted(tallinn) == "lifted"
    assert restricted(tallinn, "--turn", "2024-11-20") == "lifted"
    closed = "{state: running, from: 2024-09-01}\n  - {state: closed, from: 2024-12-01}"
    edit(channel, "{state: running, from: 2024-12-01}", closed)
    assert restricted(tallinn) == "lifted"
    edit(channel, "exemption: channel-devices\n", "")
    edit(tallinn / "exemptions/channel-devices.yaml", "devices: [sd-001, sd-002]", "devices: [sd-002]")
    assert restricted(tallinn) == "restricted"
    edit(tallinn / "estate/devices.csv", "sd-001,", "sd-901,")
    assert restricted(tallinn) == "not_known"
    edit(channel, "platform: tiktok/tiktok", "platform: youtube")
    assert restricted(tallinn) == "free"


def test_a_channel_the_rule_does_not_speak_of_is_only_compared_with(tallinn: Path, tmp_path: Path) -> None:
    """It is shown, and neither the lead nor an evaluation counts it."""
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    edit(tallinn / "channels/tallinn-tiktok.yaml", "platform: tiktok/tiktok", "platform: youtube")
    page = " ".join(run("effect", POLICY, tallinn, "--as-of", DAY).out.split())
    assert "nothing is on file" in page
    assert "a channel to compare with" in page
    assert "Views" not in " ".join(run("evaluate", POLICY, tallinn, "--as-of", DAY).out.split())


def test_only_followers_on_file(tallinn: Path) -> None:
    """That is said, not that there is nothing."""
    (tallinn / "analytics").mkdir()
    rows = [f"{d},followers,{n},2025-01-15,own" for n, d in ((9140, "2024-11-30"), (9240, "2024-12-30"))]
    (tallinn / FILE).write_text("\n".join(["day,metric,value,exported,form", *rows, ""]))
    page = " ".join(run("effect", POLICY, tallinn, "--as-of", DAY).out.split())
    assert "nothing is on file but how many followers there are" in page
    assert "9,140" in page


def test_own_figures_are_not_compared_with_a_platforms(tallinn: Path, tmp_path: Path) -> None:
    """Whoever counted before counted in another way."""
    file = overview(tmp_path / "Overview.csv", 400, 90)
    taken(tallinn, file)
    path = tallinn / FILE
    lines = path.read_text().splitlines()
    own = [line.replace(",tiktok", ",own") if line[:10] < "2024-12-01" else line for line in lines]
    path.write_text("\n".join([*own, ""]))
    (channel,) = told(tallinn)["audience"]
    views = {m["form"]: m["why"] for m in channel["metrics"] if m["metric"] == "views"}
    assert views == {"own": "no_day_after", "tiktok": "no_day_before"}


@pytest.mark.parametrize(("exported", "code"), [("2026-01-15", 3), ("2099-01-15", 2)])
def test_an_export_given_with_another_year(exported: str, code: int, tallinn: Path, tmp_path: Path) -> None:
    """The same figures a year apart, and days still to come, are refused; nothing changes."""
    file = overview(tmp_path / "Overview.csv", 400, 90)
    lines = [line.split(",") for line in file.read_text().splitlines()]
    file.write_text("\n".join(",".join([c[0], str(300 + n) if n else c[1], *c[2:]]) for n, c in enumerate(lines)))
    taken(tallinn, file)
    before = tree(tallinn)
    assert run(*CHANNEL, file, tallinn, "--as", "tiktok", "--exported", exported).code == code
    assert tree(tallinn) == before


def test_what_did_not_change_is_kept_once(tallinn: Path, tmp_path: Path) -> None:
    """A later export adds its corrections and its new days, so that years fit into one file."""
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    again = overview(tmp_path / "Overview.csv", 400, 90)
    again.write_text(again.read_text().replace("January 14,90,", "January 14,95,"))
    found = asked(*CHANNEL, again, tallinn, "--as", "tiktok", "--exported", "2025-01-18")
    assert (found["new"], found["known_before"]) == (1, 449)


def test_a_day_between_that_is_not_over(tallinn: Path) -> None:
    """There is no side after it."""
    done = run("effect", POLICY, tallinn, "--as-of", DAY, "--turn", "2025-02-01")
    assert done.code == 3
    assert "[bad-window]" in done.err


def test_two_forms_exported_on_one_day_are_two_series(tallinn: Path, tmp_path: Path) -> None:
    """What the import writes, every verb can read again; figures of one are no fault of the other."""
    own = tmp_path / "own.csv"
    own.write_text("day,metric,value\n2024-12-20,views,500\n")
    taken(tallinn, overview(tmp_path / "Overview.csv", 400, 90))
    found = asked(*CHANNEL, own, tallinn, "--as", "own", "--exported", DAY)
    assert found["new"] == 1
    (channel,) = told(tallinn)["audience"]
    assert {m["form"] for m in channel["metrics"] if m["metric"] == "views"} == {"own", "tiktok"}


def test_a_small_account_may_have_the_same_figures_every_year(tallinn: Path, tmp_path: Path) -> None:
    """Nought, one and two comments a day are no sign of a wrong year."""
    for year, shift in ((2023, 0), (2024, 1)):
        days = [date(year, 3, 1) + timedelta(days=n) for n in range(59)]
        rows = [f"{d},comments,{(d.toordinal() * 7 + shift * (n % 20 == 0)) % 3}" for n, d in enumerate(days)]
        own = tmp_path / "own.csv"
        own.write_text("\n".join(["day,metric,value", *rows]))
        assert asked(*CHANNEL, own, tallinn, "--as", "own", "--exported", f"{year}-05-01")["new"] == 59


def test_a_day_that_was_not_over_is_kept_again_when_it_was(tallinn: Path, tmp_path: Path) -> None:
    """The same figure said of the whole day is not the one said of its morning."""
    own = tmp_path / "own.csv"
    own.write_text("day,metric,value\n2024-12-01,views,5\n2024-12-02,views,0\n")
    asked(*CHANNEL, own, tallinn, "--as", "own", "--exported", "2024-12-02")
    assert asked(*CHANNEL, own, tallinn, "--as", "own", "--exported", "2024-12-20")["new"] == 1
    assert "2024-12-02,views,0,2024-12-20,own" in (tallinn / FILE).read_text()


def test_sides_without_a_weekday_in_common_have_days_all_the_same(tallinn: Path) -> None:
    """Too few of them, and not none."""
    keep(tallinn, TURN - timedelta(days=3), TURN - timedelta(days=1), 333)
    keep(tallinn, TURN + timedelta(days=1), TURN + timedelta(days=3), 7)
    assert app(told(tallinn))["why"] == "too_few_days"


def test_what_may_not_be_read_is_not_shown(tallinn: Path) -> None:
    """Where the body lets no evidence be read any more, kept runs are not read for this either."""
    keep(tallinn, TURN - timedelta(days=21), TURN - timedelta(days=1), 333)
    keep(tallinn, TURN, TURN + timedelta(days=20), 7)
    settings = tallinn / "ordinance.toml"
    text = settings.read_text()
    line = next(one for one in text.splitlines() if one.startswith("evidence_allowed"))
    settings.write_text(text.replace(line, 'evidence_allowed = []\nno_check_by = "city council"'))
    found = app(told(tallinn))
    assert (found["why"], found["before"], found["after"]) == ("by_decision", None, None)


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    """A body with a rule of its own, and a federal one that by its chosen reading does not bind it."""
    folder = body("brussels-police-zone", tmp_path)
    own = OTHER.replace("wechat", "tiktok").replace("tallinn", folder.name).replace("2024-10-01", "2023-03-24")
    (folder / "policies/own.yaml").write_text(own)
    (folder / "readings").mkdir()
    reading = "reading: r\ntext: be-federal-716\nparameter: police-zones\nchoice: not-meant\n"
    (folder / "readings/r.yaml").write_text(f"{reading}by: legal service\nreasons: [made up]\non: 2023-03-01\n")
    return folder


def test_a_rule_that_is_read_otherwise_lets_nothing_be_counted(zone: Path) -> None:
    """Its days would look like days without contacts."""
    found = counted(zone, "2023-03-27", "2023-03-20", "2023-03-26")
    assert found["tiktok"] == ["2023-03-24", "2023-03-25", "2023-03-26"]


def test_a_rule_that_is_read_otherwise_asked_for_nothing_before(zone: Path) -> None:
    """The body's own rule is the first that asks."""
    sheet = asked("effect", f"{zone.name}-2024-tiktok", zone, "--as-of", "2023-05-01")
    (family,) = sheet["contacts"]["families"]
    assert (family["turn"][:10], family["days_already_bitten"]) == ("2023-03-24", 0)
    edit(zone / "readings/r.yaml", "choice: not-meant", "choice: bound")
    sheet = asked("effect", f"{zone.name}-2024-tiktok", zone, "--as-of", "2023-05-01")
    assert sheet["contacts"]["families"][0]["days_already_bitten"] > 0
