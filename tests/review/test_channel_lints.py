# SPDX-License-Identifier: EUPL-1.2
"""Lints of channels: each finds what it is for, where it stands, and nothing in a sound folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ordinance.model.errors import Issue, Severity
from ordinance.operations.workspace import open_workspace
from ordinance.review.channel_lints import BUILTIN, ChannelLint
from policy.lints.cases import Case, read_case
from policy.spoil import place_of

CASES = Path(__file__).parent / "lints" / "cases"
IDS = sorted(one.id for one in BUILTIN)
CHANNEL = "channels/town.yaml"
LATER = "2023-06-02"


def found_in(case: Case, folder: Path) -> tuple[Issue, ...]:
    """Every issue of the opened folder, seen from the case's day."""
    return open_workspace(case.write(folder), case.at, channels=True).issues


def changed(lint_id: str, *pairs: tuple[str, str], name: str = "passing") -> Case:
    """A case whose channel is changed."""
    case = read_case(lint_id, name, CASES)
    for old, new in pairs:
        assert old in case.files[CHANNEL], old
        case.files[CHANNEL] = case.files[CHANNEL].replace(old, new)
    return case


def test_every_channel_lint_has_its_two_cases_and_no_case_is_left_over() -> None:
    """And is listed, and says why it is asked."""
    assert sorted(p.name for p in CASES.iterdir()) == IDS
    assert {*ChannelLint.__subclasses__()} == {*BUILTIN}
    assert all(one.summary.endswith(".") and len(one.__doc__ or "") > 60 for one in BUILTIN)


@pytest.mark.parametrize("lint_id", IDS)
def test_failing_case(lint_id: str, tmp_path: Path) -> None:
    """The fault gives an issue of this id at each place, and no other issue."""
    case = read_case(lint_id, "failing", CASES)
    (severity,) = {one.severity for one in BUILTIN if one.id == lint_id}
    found = found_in(case, tmp_path)
    said = "\n".join(map(str, found))
    assert [(place_of(i), i.id) for i in found] == [(place, lint_id) for place in case.found], said
    assert {i.severity for i in found} == {severity}


@pytest.mark.parametrize("lint_id", IDS)
def test_passing_case(lint_id: str, tmp_path: Path) -> None:
    """With the fault mended nothing is said."""
    found = found_in(read_case(lint_id, "passing", CASES), tmp_path)
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("lint_id", IDS)
def test_a_mended_case_differs_in_little(lint_id: str) -> None:
    """The two cases are one folder with and without the fault, so that nothing else can make the difference."""
    failing, passing = (read_case(lint_id, name, CASES) for name in ("failing", "passing"))
    lines = [{line for text in case.files.values() for line in text.splitlines()} for case in (failing, passing)]
    assert 1 <= len(lines[0] ^ lines[1]) <= 11


@pytest.mark.parametrize("lint_id", IDS)
def test_without_an_instant_there_are_errors_and_no_warnings(lint_id: str, tmp_path: Path) -> None:
    """Whether a file can be used never depends on the day on which it is asked."""
    case = read_case(lint_id, "failing", CASES)
    (severity,) = {one.severity for one in BUILTIN if one.id == lint_id}
    found = open_workspace(case.write(tmp_path), channels=True).issues
    assert [i.id for i in found] == ([lint_id] if severity is Severity.ERROR else [])


def test_whoever_does_not_ask_for_channels_hears_nothing_of_them(tmp_path: Path) -> None:
    """No ruling, plan or check hangs on a channel, so that none is stopped by one."""
    opened = open_workspace(read_case("unknown-platform", "failing", CASES).write(tmp_path))
    assert (opened.issues, opened.channels) == ((), ())


@pytest.mark.parametrize("state", ["planned", "closed"])
def test_an_account_that_does_not_exist_cannot_be_lost(state: str, tmp_path: Path) -> None:
    """Nothing about keeping the account is asked of a channel that is planned or closed."""
    case = changed("mfa-missing", ("state: running", f"state: {state}"), ("security_key", "none"))
    case.files[CHANNEL] = "".join(
        line for line in case.files[CHANNEL].splitlines(keepends=True) if not line.startswith(("mailbox", "custodians"))
    )
    assert found_in(case, tmp_path) == ()


def test_a_parked_account_is_kept_and_answers_nobody(tmp_path: Path) -> None:
    """Its second factor counts as ever; who answers, and the device, do not."""
    case = changed("mfa-missing", ("state: running", "state: parked"), ("security_key", "none"), ("sd-1", "pc-1"))
    case.files[CHANNEL] = case.files[CHANNEL].replace("comments: {by: press office}\n", "")
    assert [i.id for i in found_in(case, tmp_path)] == ["mfa-missing"]


@pytest.mark.parametrize("state", ["emergency_only", "closing"])
def test_an_account_in_use_is_asked_everything(state: str, tmp_path: Path) -> None:
    """An account for emergencies, or on its way out, still speaks."""
    case = changed("comments-answered-by-nobody", ("state: running", f"state: {state}"), name="failing")
    assert [i.id for i in found_in(case, tmp_path)] == ["comments-answered-by-nobody"]


@pytest.mark.parametrize(
    ("mailbox", "complaint"),
    [
        ("jane.doe@city.example", True),  # an id of people.csv
        ("Jane_Doé@city.example", True),  # the same, written otherwise
        ("city.town@gmail.com", True),
        ("john.doe@city.example", False),  # perhaps somebody, perhaps not: nobody is accused
        ("liina.linnamae@linn.example", False),
        ("strategy.centre@city.example", False),
        ("press.office@city.example", False),
    ],
)
def test_only_a_mailbox_that_is_known_not_to_be_an_offices_is_complained_of(
    mailbox: str, complaint: bool, tmp_path: Path
) -> None:
    """That of somebody in people.csv, or of a free provider."""
    case = changed("channel-without-owner-mailbox", ("press@city.example", mailbox))
    assert [i.id for i in found_in(case, tmp_path)] == ["channel-without-owner-mailbox"] * complaint


def test_no_mailbox_and_no_second_factor_are_told_at_the_file(tmp_path: Path) -> None:
    """What is not there has no line."""
    case = changed("mfa-missing")
    case.files[CHANNEL] = "".join(
        line for line in case.files[CHANNEL].splitlines(keepends=True) if not line.startswith(("mailbox", "mfa"))
    )
    found = found_in(case, tmp_path)
    assert [(i.id, i.line) for i in found] == [("channel-without-owner-mailbox", 1), ("mfa-missing", 1)]


def test_a_sheet_that_was_never_rehearsed(tmp_path: Path) -> None:
    """However new the channel, once the day is over on which it opened: until then it can be."""
    never = ("  rehearsed_on: 2022-06-01\n", "")
    case = changed("take-over-sheet-not-rehearsed", never, ("2023-01-10}]", "2023-06-01}]"))
    assert found_in(case, tmp_path / "today") == ()
    case = changed("take-over-sheet-not-rehearsed", never, ("2023-01-10}]", "2023-05-31}]"))
    (issue,) = found_in(case, tmp_path / "yesterday")
    assert (issue.id, "by then it never was" in issue.message) == ("take-over-sheet-not-rehearsed", True)


def test_a_device_that_nobody_has_and_one_that_is_gone(tmp_path: Path) -> None:
    """A mistyped id gets a hint; a row that is over is no row."""
    case = changed("channel-on-a-work-device", ("sd-1", "sd-11"))
    (issue,) = found_in(case, tmp_path / "a")
    assert (issue.id, issue.hint) == ("channel-on-a-work-device", 'did you mean "sd-1"?')
    case = changed("channel-on-a-work-device")
    case.files["estate/devices.csv"] = case.files["estate/devices.csv"].replace(
        "separate,,,,,2023-01-01,", "separate,,,,,2023-01-01,2023-05-31"
    )
    (issue,) = found_in(case, tmp_path / "b")
    assert "has no row for this day" in issue.message


def test_a_channel_without_a_device_is_against_a_rule_about_all_devices_only(tmp_path: Path) -> None:
    """Whether one of some devices is meant nobody can say; a rule about every device meets it whatever it is."""
    case = changed("channel-against-a-rule", ("separate_device: sd-1", "separate_device: none"), name="failing")
    assert found_in(case, tmp_path / "a") == ()
    case.files["policies/ours.yaml"] = case.files["policies/ours.yaml"].replace("    devices: {owner: body}\n", "")
    (issue,) = found_in(case, tmp_path / "b")
    assert "whatever device" in issue.message


def test_an_exemption_for_another_app_or_day_lifts_nothing(tmp_path: Path) -> None:
    """What the channel says it rests on counts for nothing; what the exemption says does."""
    case = read_case("channel-against-a-rule", "passing", CASES)
    for n, (old, new) in enumerate(
        [("devices: [sd-1]", "devices: [pc-1]"), ("last_day: 2023-12-31", "last_day: 2023-05-31")]
    ):
        other = read_case("channel-against-a-rule", "passing", CASES)
        other.files["exemptions/press.yaml"] = case.files["exemptions/press.yaml"].replace(old, new)
        assert "channel-against-a-rule" in {i.id for i in found_in(other, tmp_path / str(n))}


@pytest.mark.parametrize("state", ["running", "parked"])
def test_a_rule_about_official_accounts(state: str, tmp_path: Path) -> None:
    """It meets a parked account too, whatever its device; not one that is closed."""
    case = changed("channel-against-a-rule", ("state: running", f"state: {state}"), name="failing")
    case.files["policies/ours.yaml"] = (
        case.files["policies/ours.yaml"]
        .replace("surfaces: [app]", "surfaces: [account]")
        .replace("devices: {owner: body}", "accounts: [official]")
    )
    (issue,) = found_in(case, tmp_path)
    assert (issue.id, issue.line, "official accounts" in issue.message) == ("channel-against-a-rule", 3, True)


def test_advice_forbids_nothing(tmp_path: Path) -> None:
    """A channel that goes on against advice is answered in answers/, and breaks no rule."""
    case = read_case("channel-against-a-rule", "failing", CASES)
    case.files["policies/ours.yaml"] = case.files["policies/ours.yaml"].replace("force: binding", "force: advice")
    assert "channel-against-a-rule" not in {i.id for i in found_in(case, tmp_path)}


def test_two_members_of_a_family_are_one_platform(tmp_path: Path) -> None:
    """The same account written once as the family and once as its member; another platform is another account."""
    case = read_case("two-channels-one-handle", "failing", CASES)
    case.files["channels/town-2.yaml"] = case.files["channels/town-2.yaml"].replace("platform: youtube", "platform: x")
    assert found_in(case, tmp_path / "a") == ()
    case.files["channels/town-2.yaml"] = case.files["channels/town-2.yaml"].replace('"TOWN"', '"＠ｔｏｗｎ"')
    case.files["channels/town-2.yaml"] = case.files["channels/town-2.yaml"].replace(
        "platform: x", "platform: youtube/youtube"
    )
    assert [i.id for i in found_in(case, tmp_path / "b")] == ["two-channels-one-handle"]


def test_two_networks_of_one_vendor_are_two_platforms(tmp_path: Path) -> None:
    """A city is called alike on Facebook and on Instagram; a file that names the vendor only may be about either."""
    case = read_case("two-channels-one-handle", "failing", CASES)
    for name, platform in (("town", "meta/facebook"), ("town-2", "meta/instagram")):
        text = case.files[f"channels/{name}.yaml"]
        case.files[f"channels/{name}.yaml"] = text.replace("platform: youtube", f"platform: {platform}")
    assert found_in(case, tmp_path / "a") == ()
    text = case.files["channels/town-2.yaml"]
    case.files["channels/town-2.yaml"] = text.replace("meta/instagram", "meta")
    assert [i.id for i in found_in(case, tmp_path / "b")] == ["two-channels-one-handle"]


def test_a_law_with_errors_is_not_resolved(tmp_path: Path) -> None:
    """Errors of channels are told beside it; warnings wait until the law reads well."""
    case = read_case("channel-against-a-rule", "failing", CASES)
    case.files["policies/ours.yaml"] = case.files["policies/ours.yaml"].replace("family: tiktok", "family: tiktak")
    case.files[CHANNEL] = case.files[CHANNEL].replace("tiktok/tiktok", "tiktak/tiktok")
    assert {i.id for i in found_in(case, tmp_path)} == {"unknown-family", "unknown-platform"}


def test_what_is_done_later_is_not_done_yet(tmp_path: Path) -> None:
    """A second factor that was seen, and a rehearsal that was held, after the day from which the folder is seen."""
    case = changed("mfa-missing", ("seen_on: 2023-01-10", f"seen_on: {LATER}"))
    (issue,) = found_in(case, tmp_path / "a")
    assert (issue.id, issue.message) == ("mfa-missing", f"the second factor was only seen later, on {LATER}")
    case = changed("mfa-missing", ("rehearsed_on: 2023-03-01", f"rehearsed_on: {LATER}"))
    (issue,) = found_in(case, tmp_path / "b")
    assert (issue.id, "by then it never was" in issue.message) == ("take-over-sheet-not-rehearsed", True)
    assert (case.at + timedelta(days=1)).date().isoformat() == LATER
