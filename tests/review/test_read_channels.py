# SPDX-License-Identifier: EUPL-1.2
"""Channels are read as written, what cannot be read is located, and a secret is refused without being repeated."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.model.apps import Citation
from ordinance.model.channel import Archive, Channel, ChannelStage, ChannelState, Comments, Mfa, MfaKind, TakeOver
from ordinance.model.errors import Issue
from ordinance.model.time import Period, start_of
from ordinance.policy import descriptions
from ordinance.policy.json_schema import schemas
from ordinance.policy.nodes import parse
from ordinance.review.read_channels import KEYS, OPTIONS, read_channel, read_channels

BRUSSELS = ZoneInfo("Europe/Brussels")
WHOLE = """channel: town
platform: tiktok/tiktok
handle: "@town"
owner: press office
separate_device: sd-1
lifecycle: [{state: planned, from: 2023-01-01}, {state: running, from: 2023-02-01}]
mailbox: press@city.example
mfa: {kind: security_key, seen_on: 2023-02-02}
custodians: [press office, it desk]
audience: [young residents]
purpose: events
languages: [nl, fr]
comments: {by: nobody, reason: switched off}
archive: {where: city archive, every: P7D}
emergency_duty: {by: duty officer}
take_over:
  steps: [End all sessions.]
  calls: [it desk]
  recovery_address: https://platform.example/recover
  rehearsed_on: 2023-03-01
exemption: press-device
next_review: 2023-12-01
invented: [handle]
cites: [{title: A page, url: https://city.example, retrieved: 2023-03-01}]
"""


def read(text: str) -> tuple[Channel | None, list[Issue]]:
    issues: list[Issue] = []
    root = parse(text, "channels/a.yaml", issues)
    return (read_channel(root) if root else None), issues


def test_every_key_is_read() -> None:
    """Each as what it means; the handle without its sign, the places of the keys beside it."""
    found, issues = read(WHOLE)
    assert issues == []
    assert found is not None
    assert (found.id, found.platform, found.handle, found.owner) == ("town", "tiktok/tiktok", "town", "press office")
    assert found.lifecycle == (
        ChannelStage(ChannelState.PLANNED, date(2023, 1, 1)),
        ChannelStage(ChannelState.RUNNING, date(2023, 2, 1)),
    )
    assert (found.device, found.mailbox) == ("sd-1", "press@city.example")
    assert found.mfa == Mfa(MfaKind.SECURITY_KEY, date(2023, 2, 2))
    assert (found.custodians, found.audience) == (("press office", "it desk"), ("young residents",))
    assert (found.purpose, found.languages) == ("events", ("nl", "fr"))
    assert found.comments == Comments("", "switched off")
    assert found.archive == Archive("city archive", Period(days=7))
    assert found.emergency == "duty officer"
    sheet = TakeOver(("End all sessions.",), ("it desk",), "https://platform.example/recover", date(2023, 3, 1))
    assert found.take_over == sheet
    assert (found.exemption, found.next_review) == ("press-device", date(2023, 12, 1))
    assert found.invented == ("handle",)
    assert found.cites == (Citation("A page", "https://city.example", date(2023, 3, 1)),)
    assert (found.place_of("mfa").line, found.place_of("nothing").line) == (8, 1)


def test_what_is_not_said_is_not_known() -> None:
    """Without a key nothing is stated; `none`, `no` and `each_post` are statements."""
    short = "".join(line for line in WHOLE.splitlines(keepends=True)[:6])
    found, issues = read(short)
    assert issues == [] and found is not None
    assert (found.mfa, found.comments, found.archive, found.emergency, found.take_over) == (None,) * 5
    said, issues = read(
        short.replace("sd-1", "none") + "emergency_duty: no\narchive: {where: archive, every: each_post}\n"
    )
    assert issues == [] and said is not None
    assert (said.device, said.emergency, said.archive) == ("", "", Archive("archive", None))


def test_states_begin_at_midnight_of_the_body() -> None:
    """Before the first there is none; the days are half-open."""
    found, _ = read(WHOLE)
    assert found is not None
    days = {
        date(2022, 12, 31): None,
        date(2023, 1, 1): "planned",
        date(2023, 1, 31): "planned",
        date(2023, 2, 1): "running",
    }
    assert {d: found.state_at(start_of(d, BRUSSELS), BRUSSELS) for d in days} == days
    assert found.opens_on == date(2023, 2, 1)
    assert found.rehearse_by == date(2024, 3, 1)
    assert not found.rehearsal_is_over(start_of(date(2024, 3, 1), BRUSSELS), BRUSSELS)
    assert found.rehearsal_is_over(start_of(date(2024, 3, 2), BRUSSELS), BRUSSELS)


@pytest.mark.parametrize(
    ("old", "new", "line", "issue"),
    [
        ("channel: town", "channel: the town", 1, "bad-id"),
        ('handle: "@town"', 'handle: "@the town"', 3, "bad-handle"),
        ('handle: "@town"', "handle: https://tiktok.com/@town", 3, "bad-handle"),
        ('handle: "@town"', f"handle: {'a' * 201}", 3, "bad-handle"),
        ("owner: press office\n", "", 1, "missing-key"),
        ("separate_device: sd-1\n", "", 1, "missing-key"),
        ("separate_device: sd-1", "separate_device: [sd-1, sd-2]", 5, "wrong-type"),
        ("state: planned", "state: going well", 6, "unknown-word"),
        ("from: 2023-02-01", "from: 2023-02-30", 6, "bad-day"),
        ("from: 2023-02-01", "from: 2023-01-01", 6, "lifecycle-order"),
        ("[{state: planned, from: 2023-01-01}, {state: running, from: 2023-02-01}]", "[]", 6, "empty-value"),
        ("press@city.example", "press office", 7, "bad-mailbox"),
        ("press@city.example", "Jane <jane@city.example>", 7, "bad-mailbox"),
        ("kind: security_key", "kind: pigeon", 8, "unknown-word"),
        (", seen_on: 2023-02-02", "", 8, "missing-key"),
        ("custodians: [press office, it desk]", "custodians: [press office, {a: b}]", 9, "wrong-type"),
        ("[nl, fr]", "[nl, French]", 12, "bad-language"),
        ("{by: nobody, reason: switched off}", "nobody", 13, "wrong-type"),
        ("{by: nobody, reason: switched off}", "{reason: switched off}", 13, "missing-key"),
        ("every: P7D", "every: week", 14, "bad-period"),
        ("every: P7D", "every: P0D", 14, "bad-period"),
        ("emergency_duty: {by: duty officer}", "emergency_duty: yes", 15, "wrong-type"),
        ("  steps: [End all sessions.]\n", "", 17, "missing-key"),
        ("steps: [End all sessions.]", "steps: []", 17, "empty-value"),
        ("next_review: 2023-12-01", "next_review: soon", 22, "bad-day"),
        ("next_review: 2023-12-01", "next_review: 2022-12-31", 22, "review-before-start"),
        ("invented: [handle]", "followers: 1200", 23, "unknown-key"),
        ("owner: press office", "owner: press office\nowner: it desk", 5, "duplicate-key"),
    ],
)
def test_what_cannot_be_read_is_located(old: str, new: str, line: int, issue: str) -> None:
    """One fault, one issue, at its line; and no channel that half of it is missing of."""
    assert WHOLE.count(old) == 1
    found, issues = read(WHOLE.replace(old, new))
    assert found is None
    assert [(i.line, i.id) for i in issues] == [(line, issue)], "\n".join(map(str, issues))


def test_every_fault_of_a_file_is_told_at_once() -> None:
    """Whoever mends a file mends it once."""
    text = WHOLE.replace("sms", "").replace("seen_on: 2023-02-02", "seen_on: today").replace("[nl, fr]", "[NL]")
    _, issues = read(text.replace("next_review: 2023-12-01", "next_review: soon"))
    assert [i.id for i in issues] == ["bad-day", "bad-language", "bad-day"]


SECRET = "hunter2-Xy9"  # noqa: S105  # no password of anybody's: the tests look for it in messages


@pytest.mark.parametrize(
    "line",
    [
        f"password: {SECRET}",
        f"Password: {SECRET}",
        f"pass-word: {SECRET}",
        f"wachtwoord: {SECRET}",
        f"mot_de_passe: {SECRET}",
        f"salasõna: {SECRET}",
        f"api_key: {SECRET}",
        f"access-token: {SECRET}",
        f"recovery_codes: [{SECRET}, {SECRET}]",
        f"pin: {SECRET}",
        f"totp: {{seed: {SECRET}}}",
        f"audience: ['the password: {SECRET}']",
        f"audience: ['otpauth://totp/{SECRET}']",
        f"purpose: token={SECRET}",
    ],
)
def test_a_secret_is_refused_and_never_repeated(line: str) -> None:
    """At its place, whatever it is called and however deep it lies; no message holds it."""
    keep = [one for one in WHOLE.splitlines() if not one.startswith(line.partition(":")[0] + ":")]
    found, issues = read("\n".join([*keep, line, ""]))
    assert found is None
    assert [(i.line, i.id) for i in issues] == [(len(keep) + 1, "secret-in-a-file")]
    assert SECRET not in "".join(map(str, issues))


def test_a_secret_within_what_is_nested_hides_no_other_fault() -> None:
    """A code in the take-over sheet, and a day that is none."""
    text = WHOLE.replace("  calls:", f"  backup_code: {SECRET}\n  calls:").replace("2023-12-01", "2023-13-01")
    _, issues = read(text)
    assert [(i.line, i.id) for i in issues] == [(18, "secret-in-a-file"), (23, "bad-day")]
    assert SECRET not in "".join(map(str, issues))


@pytest.mark.parametrize(
    "purpose", ["Ask the desk for the pin.", "a passing thought", "Keep the token economy out", "spin: the podcast"]
)
def test_words_about_secrets_are_none(purpose: str) -> None:
    """A sheet must be able to say who holds the password."""
    found, issues = read(WHOLE.replace("purpose: events", f"purpose: '{purpose}'"))
    assert (found is not None, issues) == (True, [])


def write(folder: Path, **files: str) -> Path:
    (folder / "channels").mkdir(parents=True)
    for name, text in files.items():
        (folder / "channels" / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def test_a_folder_is_read_by_id_and_nothing_in_it_is_passed_over(tmp_path: Path) -> None:
    """Files by the id within them; a second file of one id, and one that nobody reads, are told."""
    folder = write(tmp_path, b=WHOLE, a=WHOLE.replace("channel: town", "channel: zoo"), c=WHOLE)
    (folder / "channels" / "more.yml").write_text(WHOLE)
    (folder / "channels" / "bad.yaml").write_bytes(b"channel: \xff\n")
    found, issues = read_channels(folder)
    assert [c.id for c in found] == ["town", "zoo"]
    assert [(i.file, i.id) for i in issues] == [
        ("channels/bad.yaml", "bad-encoding"),
        ("channels/c.yaml", "duplicate-id"),
        ("channels/more.yml", "file-not-read"),
    ]


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    """Channels written into a file called channels would be gone without a word."""
    (tmp_path / "channels").write_text(WHOLE)
    assert [(i.file, i.id) for i in read_channels(tmp_path)[1]] == [("channels", "file-not-read")]


def test_keys_are_those_of_the_schema() -> None:
    """What the reader learns, editors learn too, with a meaning for each."""
    schema = schemas()["channel"]
    assert set(schema["properties"]) == {*KEYS, *OPTIONS} == set(descriptions.CHANNEL)
    assert set(schema["required"]) == set(KEYS)
    assert set(schema["properties"]["take_over"]["properties"]) == set(descriptions.TAKE_OVER)


@given(st.integers(0, len(WHOLE)), st.text(max_size=8))
def test_a_file_that_is_cut_or_spoiled_gives_issues_and_nothing_else(where: int, junk: str) -> None:
    """A broken download, or a slip of the hand, at any place: a channel, or located issues."""
    for text in (WHOLE[:where], WHOLE[:where] + junk + WHOLE[where:]):
        found, issues = read(text)
        assert (found is None) == bool(issues)
        assert all(i.file == "channels/a.yaml" for i in issues)
