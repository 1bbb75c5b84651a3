# SPDX-License-Identifier: EUPL-1.2
"""`explain` prints authority, clause and facts in that order, for a person who has to read them out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import bodies
from cli.shell import body, run


def explained(name: str, device: str, day: str) -> str:
    """What `ordinance explain` prints about TikTok's app."""
    ran = run("explain", bodies.EXAMPLES / name, "--device", device, "--as-of", day)
    assert ran.code == 0
    return ran.out


def test_a_part_paid_own_phone_is_covered_by_who_pays() -> None:
    """Authority → clause → facts: the share that the city pays, and the deadlines that follow."""
    text = explained("ghent", "op-001", "2023-03-20")
    order = ["FORBIDDEN by gent-2023-tiktok/paid-devices", "City of Ghent", "→ gent-2023-tiktok/paid-devices",
             "→ this device is covered: subscription_share over 0 [subscription_share: 30]",
             "remove: due from 2023-03-27"]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_an_entirely_own_phone_is_out_and_the_federal_advice_a_divergence() -> None:
    """The mirrored text's advice on own phones is shown, and decides nothing."""
    text = explained("ghent", "ow-004", "2023-03-20")
    assert "PERMITTED: no clause in force speaks of this device" in text
    ruling, _, divergence = text.partition("divergence only (a mirrored text; it has no force here)")
    assert "be-federal-716/federal-own-devices" in divergence
    assert "federal-own-devices" not in ruling
    assert "duties" not in text.partition("\nnotice\n")[0]  # below it: what the example made up, duties among it


def test_an_exemption_names_its_conditions() -> None:
    """A separate device: conditional, with what a check will ask of it, and the answer to the advice."""
    text = explained("tallinn", "sd-001", "2024-12-12")
    assert "CONDITIONAL: exemption channel-devices from tallinn-2024-tiktok/work-devices" in text
    assert "no internal names" in text
    assert "answer to ee-ria: mitigated" in text


# --- plain sentences, other languages, other subjects ------------------------------------------------

DAY = ["--as-of", "2023-03-20"]
GHENT = bodies.EXAMPLES / "ghent"


def test_details_are_the_default_and_what_english_alone_means() -> None:
    """README shows them; `--language en` asks for nothing new, `--details` may be said."""
    usual = run("explain", GHENT, "--device", "op-001", *DAY).out
    for more in (["--language", "en"], ["--details"], ["--details", "--language", "en"]):
        assert run("explain", GHENT, "--device", "op-001", *DAY, *more).out == usual
    assert "speaks of: (owner is body or subscription_share over 0)" in usual


def test_plain_sentences_stand_under_headings() -> None:
    """No id of a fact, no field of a file: what somebody can read out."""
    text = run("explain", GHENT, "--device", "op-001", *DAY, "--plain").out
    assert text.startswith("Outcome\n  TikTok (the mobile app) is forbidden on device op-001 on 20 March 2023.\n")
    heads = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert heads == [
        "Outcome", "Who decided, and why it applies here", "What must be done", "Exemption",
        "What else was considered", "What would change the outcome", "Please note",
    ]  # fmt: skip
    assert "subscription_share over" not in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_another_language_means_plain_and_languages_can_be_repeated() -> None:
    """One after the other, each whole."""
    text = run("explain", GHENT, "--device", "op-001", *DAY, "--language", "nl", "--language", "et").out
    dutch, _, estonian = text.partition("\n\nTulemus\n")
    assert "TikTok (de mobiele app) is op 20 maart 2023 op toestel op-001 verboden." in dutch
    assert "on 20. märtsil 2023 seadmes op-001 keelatud." in estonian
    refused = run("explain", GHENT, "--device", "op-001", *DAY, "--language", "nl", "--details")
    assert (refused.code, refused.out) == (2, "") and "in English only" in refused.err


@pytest.mark.parametrize(
    ("options", "name", "said"),
    [
        (["--network", "public"], "network public", "on the network for the public"),
        (["--place", "meeting"], "place meeting", "in meetings"),
        (["--account", "official"], "account official", "through official accounts"),
    ],
)
def test_networks_places_and_accounts_are_explained_too(options: list[str], name: str, said: str) -> None:
    """Nothing there speaks of them: permitted, and no fact of a device is told."""
    details = run("explain", GHENT, *options, *DAY).out
    assert details.startswith(f"{name}: TikTok (tiktok/tiktok), surface app, at 2023-03-20 00:00\n  PERMITTED: no ")
    assert "devices.csv" not in details and "this device" not in details
    plain = run("explain", GHENT, *options, *DAY, "--plain").out
    assert f"is permitted {said} on 20 March 2023" in plain.replace("\n    ", " ")
    found = json.loads(run("explain", GHENT, *options, *DAY, "--json").out)
    assert (found[options[0].removeprefix("--")], found["device"], found["row"]) == (options[1], None, None)


def test_a_rule_about_a_network_is_explained(tmp_path: Path) -> None:
    """A clause of the body about the guests' network forbids there, and says what it speaks of."""
    folder = body("ghent", tmp_path)
    (folder / "policies" / "guests.yaml").write_text(NETWORK_RULE, "utf-8")
    asked = ["explain", folder, "--network", "public", *DAY]
    details = run(*asked)
    assert details.code == 0, details.err
    assert "FORBIDDEN by gent-guests/guest-network" in details.out
    assert "speaks of: network is public" in details.out and "→ this network is covered\n" in details.out
    plain = run(*asked, "--plain").out
    assert "It speaks of networks for the public." in plain
    assert "Block its traffic on the networks: at once, since 15 March 2023." in plain


NETWORK_RULE = """\
policy: gent-guests
version: "1"
title: No TikTok on the guests' network
authority: gent
lifecycle: [{state: in_force, from: 2023-03-15}]
restrictions:
  - id: guest-network
    force: binding
    what: [{family: tiktok}]
    surfaces: [app]
    networks: [public]
    duties: {block_traffic: at_once}
"""


@pytest.mark.parametrize("options", [[], ["--device", "op-001", "--network", "public"], ["--network", "home"]])
def test_one_subject_is_named(options: list[str]) -> None:
    """None, two, or a kind that is none: exit 2."""
    done = run("explain", GHENT, *options, *DAY)
    assert (done.code, done.out) == (2, "")


def test_a_use_can_be_stated_that_the_catalogue_leaves_open(tmp_path: Path) -> None:
    """A rule about a service under standard terms: known only with the contract of this use."""
    folder = body("ghent", tmp_path)
    rule = NETWORK_RULE.replace("{family: tiktok}", "{all: [{family: deepseek}, {contract: standard_terms}]}")
    (folder / "policies" / "ai.yaml").write_text(rule.replace("networks: [public]", "devices: {owner: body}"), "utf-8")
    asked = ["explain", folder, "--device", "gp-001", "--app", "deepseek/deepseek", *DAY]
    assert "under which contract DeepSeek is used" in run(*asked, "--plain").out.replace("\n    ", " ")
    stated = run(*asked, "--contract", "standard_terms").out
    assert "FORBIDDEN by gent-guests/guest-network" in stated
    assert "PERMITTED" in run(*asked, "--contract", "negotiated").out


def test_json_has_sentences_for_the_languages_asked_for_and_what_they_say_as_data() -> None:
    """Without a language the JSON is what it was; with some it holds the same and more."""
    asked = ["explain", GHENT, "--device", "op-001", *DAY, "--json"]
    usual = json.loads(run(*asked).out)
    assert "sentences" not in usual and usual["device"] == "op-001" and usual["row"] == 26
    found = json.loads(run(*asked, "--language", "en", "--language", "fr").out)
    assert {k: found[k] for k in usual} == usual
    assert list(found["sentences"]) == ["en", "fr"]
    french = {p["about"]: p["sentences"] for p in found["sentences"]["fr"]}
    begins, ends = "depuis le 13 mars 2023", "jusqu'au 12 septembre 2023 inclus"
    assert french["why"][1] == f"La mesure est en vigueur {begins} et court {ends}."
    assert [p["about"] for p in found["sentences"]["en"]] == list(french)
    assert found["deciding_facts"]["gent-2023-tiktok/paid-devices"] == {"subscription_share": "30", "people": "staff"}
    assert found["would_change"][0] == {
        "outcome": "permitted", "fact": "not subscription_share over 0", "at": None, "reading": None,
    }  # fmt: skip
    assert found["exemptions"] == {"given": None, "allowed": []}
    assert found["notice"].startswith("Invented estate")
    tallinn = bodies.EXAMPLES / "tallinn"
    given = json.loads(run("explain", tallinn, "--device", "sd-001", "--as-of", "2024-12-12", "--plain", "--json").out)
    assert given["exemptions"]["given"]["last_day"] == "2025-06-30"
    assert given["exemptions"]["allowed"][0]["longest"] == "P12M"
    assert given["answers"] == [{"text": "ee-ria", "answer": "mitigated"}]


def test_a_laptop_is_not_told_to_remove_a_telephone_s_app() -> None:
    """No such app runs there: neither forbidden nor a date, in lines, in sentences and in the table of classes."""
    text = explained("city-of-brussels", "bl-001", "2023-04-24")
    assert "NOT ON THIS PLATFORM" in text and "FORBIDDEN" not in text and "due from" not in text
    asked = ["explain", bodies.EXAMPLES / "city-of-brussels", "--device", "bl-001", "--as-of", "2023-04-24"]
    plain = run(*asked, "--plain").out
    assert "does not run on device bl-001" in plain and "What must be done" not in plain
    assert json.loads(run(*asked, "--json").out)["on_platform"] is False
    table = run("rulings", bodies.EXAMPLES / "city-of-brussels", "--as-of", "2023-04-24").out
    assert "not on this platform" in table


def test_what_nobody_chose_to_read_is_no_fact_that_is_not_stated() -> None:
    """Of the zone's telephone: which reading counts is open, and the text is not called advice."""
    zone = ["explain", bodies.EXAMPLES / "brussels-police-zone", "--device", "zc-001", "--as-of", "2023-03-24"]
    lines, plain = run(*zone).out, " ".join(run(*zone, "--plain").out.split())
    assert "contested, and nobody has chosen a reading: police-zones" in lines and "not stated: reading" not in lines
    assert "are not stated" not in plain and "To the advice of" not in plain
    assert "Whether the text binds it or only advises it is contested" in plain
