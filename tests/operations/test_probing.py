# SPDX-License-Identifier: EUPL-1.2
"""A probe against a resolver that is a function: what is asked, how much, what it comes to, what a check knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from bodies import copy_body, instant
from cli.shell import edit, run, tree
from ordinance.model.errors import PolicyError
from ordinance.model.probe import Reply, Resolver
from ordinance.operations.asking import Asking, Clock
from ordinance.operations.enforcing import build
from ordinance.operations.probing import probe
from ordinance.operations.workspace import Workspace, open_workspace

HERE = Resolver(ip_address("192.0.2.53"))
THERE = Resolver(ip_address("192.0.2.54"))
OTHER = Resolver(ip_address("192.0.2.54"), 5300)
OPEN = Reply(records=1, addresses=("198.51.100.1",))
BLOCKED = Reply(code="NXDOMAIN", zones=("rpz.gent.example",))
DENIED = Reply(code="NXDOMAIN", zones=("com",))
SILENT = Reply(failure="timeout")
IN_FORCE, AFTER = "2023-04-10", "2023-10-10"
APP = ".tiktokv."

Questions = list[tuple[Resolver, str, str]]


class Time:
    """A clock that only sleep, and each question, moves."""

    def __init__(self, per_question: float = 0.0) -> None:
        self.now, self.slept, self.per_question = 0.0, 0.0, per_question

    def sleep(self, seconds: float) -> None:
        """Time goes by."""
        self.now += seconds
        self.slept += seconds

    @property
    def clock(self) -> Clock:
        """As the operation takes it."""
        return Clock(lambda: self.now, self.sleep)


@pytest.fixture
def ghent(tmp_path: Path) -> Workspace:
    """The city, with nothing built."""
    return open_workspace(copy_body("ghent", tmp_path)).usable()


def asked(
    opened: Workspace,
    reply: Callable[[Resolver, str], Reply],
    day: str = IN_FORCE,
    time: Time | None = None,
    **changed: Any,
) -> tuple[dict[str, Any], Questions]:
    """What a probe comes to where names are answered so, and everything that was asked."""
    time, questions = time or Time(), []

    def ask(resolver: Resolver, name: str, rrtype: str, _timeout_s: float) -> Reply:
        questions.append((resolver, name, rrtype))
        time.now += time.per_question
        return reply(resolver, name)

    own = {k: changed.pop(k) for k in ("folder", "target", "record") if k in changed}
    asking = replace(Asking(HERE), **changed)
    return probe(opened, instant(day, opened), asking, time.clock, ask=ask, **own), questions


def works(_: Resolver, name: str) -> Reply:
    """A resolver with the block: names of the app are blocked, everything else is open."""
    return BLOCKED if name in RESTRICTED else OPEN


RESTRICTED: set[str] = set()


@pytest.fixture(autouse=True)
def restricted(ghent: Workspace) -> None:
    """The names that Ghent's plan blocks."""
    bundle = build(ghent, instant(IN_FORCE, ghent), ghent.body.folder / "aside")[1]
    manifest = json.loads(bundle.files["manifest.json"])
    RESTRICTED.clear()
    RESTRICTED.update(e for a in manifest["artefacts"] for e in a["entries"])


def test_only_the_named_addresses_are_asked_and_each_name_for_three_types(ghent: Workspace) -> None:
    """Each question goes to the resolver; the reference is asked only about what was denied without a sign."""
    found, questions = asked(ghent, works, reference=OTHER)
    assert {r for r, _, _ in questions} == {HERE}
    assert len(questions) == found["questions"] == 3 * len(found["names"]) == len(set(questions))
    assert (found["exit_code"], found["sums"][0]["blocked"]) == (0, len(RESTRICTED))
    _, questions = asked(ghent, lambda r, n: OPEN if r == OTHER or n not in RESTRICTED else DENIED, reference=OTHER)
    assert {n for r, n, _ in questions if r == OTHER} == RESTRICTED


def test_nothing_about_people_is_asked(ghent: Workspace) -> None:
    """Names are those of the catalogue, the canary, and neighbours of blocked names; none of the city's own."""
    _, questions = asked(ghent, works)
    known = {i.value for f in ghent.catalogue.families for i in f.identifiers}
    of_others = {n for _, n, _ in questions if n not in known}
    near = {n.partition(".")[2] for n in RESTRICTED} | {f"not{n}" for n in RESTRICTED}
    assert of_others - near - RESTRICTED == {"canary.gent.example"}


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (works, 0, "All is as it should be: 321 names are blocked"),
        (lambda *_: OPEN, 1, "321 of 321 names that should be blocked are open."),
        (lambda *_: BLOCKED, 1, "neighbours are blocked that nobody asks to block."),
        (lambda *_: DENIED, 4, "it could not be told"),
        (lambda *_: Reply(code="SERVFAIL"), 4, "it could not be told"),
        (lambda r, n: SILENT if n == "api.tiktokv.com" else works(r, n), 4, "Of 1 it could not be told"),
        (lambda r, n: DENIED if n == "canary.gent.example" else works(r, n), 4, "Of 1 it could not be told"),
        (lambda r, n: DENIED if n.startswith("not") or n == "tiktokv.eu" else works(r, n), 0, "All is as it should be"),
    ],
    ids=["works", "open", "blocks-all", "denies-all", "fails", "one-silent", "no-canary", "near-names-need-not-exist"],
)  # fmt: skip
def test_what_a_probe_comes_to(
    reply: Callable[[Resolver, str], Reply], code: int, words: str, ghent: Workspace
) -> None:
    """Exit code and sentence; what could not be told is never clean."""
    found, _ = asked(ghent, reply)
    assert found["exit_code"] == code
    assert words in found["sentence"]


def test_a_name_that_the_reference_does_not_know_either_is_no_doubt(ghent: Workspace) -> None:
    """It exists nowhere: nothing is to be blocked there. Where that is so of all names, no block was shown."""
    def reply(_: Resolver, name: str) -> Reply:
        return DENIED if name == "api.tiktokv.com" else works(HERE, name)

    found, _ = asked(ghent, reply, reference=OTHER)
    (row,) = [n for n in found["names"] if n["name"] == "api.tiktokv.com"]
    assert (row["seen"], row["reason"], found["exit_code"]) == ("unclear", "absent", 0)
    found, _ = asked(ghent, lambda _, n: DENIED if n in RESTRICTED else OPEN, reference=OTHER)
    assert (found["exit_code"], found["sentence"]) == (4, "No block was shown.")


@pytest.mark.parametrize("most", [1, 4, 5, 50, 340, 341])
def test_at_most_so_many_names_are_asked_and_the_rest_is_counted(most: int, ghent: Workspace) -> None:
    """Asked and left out make the whole; a sample is not everything (exit 4)."""
    found, questions = asked(ghent, works, most=most)
    assert len({n for _, n, _ in questions}) == len(found["names"]) <= most
    blocked = found["sums"][0]
    assert blocked["blocked"] + blocked["not_asked"] == len(RESTRICTED)
    assert found["not_asked"] == ({"over_limit": blocked["not_asked"]} if blocked["not_asked"] else {})
    assert found["exit_code"] == (4 if blocked["not_asked"] else 0)


def test_it_keeps_to_its_pace(ghent: Workspace) -> None:
    """Ten questions a second: the last is put when as many tenths have gone by."""
    time = Time()
    _, questions = asked(ghent, works, time=time, per_second=10, most=20)
    assert time.now == pytest.approx((len(questions) - 1) / 10)


def test_it_ends_when_its_time_is_up(ghent: Workspace) -> None:
    """What was not asked by then is counted, also by restriction."""
    found, questions = asked(ghent, works, time=Time(per_question=1.0), within_s=60, per_second=1_000)
    assert len(questions) <= 63
    assert found["not_asked"] == {"time_up": 321 + 19 - len(found["names"])}
    assert found["exit_code"] == 4


def test_a_silent_resolver_is_asked_no_further(ghent: Workspace) -> None:
    """Three names, one type each; one that answers anything at all is asked to the end."""
    found, questions = asked(ghent, lambda *_: SILENT)
    assert (len(questions), found["exit_code"]) == (3, 4)
    assert found["not_asked"] == {"resolver_silent": 337}
    _, questions = asked(ghent, lambda _, n: SILENT if n in RESTRICTED else OPEN)
    assert {n for _, n, _ in questions} >= RESTRICTED


def test_the_same_answers_give_the_same_document(ghent: Workspace) -> None:
    """And the same questions, in the same order."""
    assert asked(ghent, works) == asked(ghent, works)


def test_a_demand_that_is_not_yet_due_fails_nothing(ghent: Workspace) -> None:
    """The block is due three weeks after the decision: open names are counted before, and no finding."""
    found, _ = asked(ghent, lambda *_: OPEN, "2023-03-20")
    assert (found["exit_code"], found["findings"]) == (0, [])
    assert found["sentence"] == "321 names are open that need not be blocked yet."
    assert asked(ghent, lambda *_: OPEN, "2023-04-03T00:00")[0]["exit_code"] == 1


def test_names_that_the_bundle_lacks_are_not_asked_and_said(ghent: Workspace) -> None:
    """What today's plan asks for and nobody built is no fault of the resolver: build first (exit 4)."""
    folder = ghent.body.folder / ".ordinance" / "bundle"
    build(ghent, instant(IN_FORCE, ghent))
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (zone,) = [a for a in manifest["artefacts"] if a["entries"]]
    gone = zone["entries"].pop()
    zone["group"].pop()
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    found, questions = asked(ghent, works)
    assert found["not_asked"] == {"not_in_bundle": 1}
    assert gone not in {n for _, n, _ in questions}
    assert found["exit_code"] == 4


def test_a_rule_that_never_was_asks_nothing(ghent: Workspace) -> None:
    """Before the decision: nothing was blocked, nothing is to be, nobody is asked; exit 0."""
    found, questions = asked(ghent, works, "2023-03-01")
    assert (questions, found["exit_code"], found["names"]) == ([], 0, [])
    assert found["sentence"] == "Nothing is to be blocked, and nothing was before: nothing was asked."


def test_an_address_that_leads_nowhere_accuses_nobody(ghent: Workspace) -> None:
    """A name may be published with one: after the sunset that is left over only where the reference knows another."""
    nowhere = Reply(records=1, addresses=("127.0.0.1",))
    alone, _ = asked(ghent, lambda _, name: nowhere if name in RESTRICTED else OPEN, AFTER)
    assert (alone["findings"], alone["exit_code"]) == ([], 4)
    alike, _ = asked(ghent, lambda _, name: nowhere if name in RESTRICTED else OPEN, AFTER, reference=OTHER)
    assert alike["findings"] == []
    assert {n["reason"] for n in alike["names"] if n["name"] in RESTRICTED} == {"same_elsewhere"}

    def here_alone(resolver: Resolver, name: str) -> Reply:
        return nowhere if name in RESTRICTED and resolver == HERE else OPEN

    stale, _ = asked(ghent, here_alone, AFTER, reference=OTHER)
    assert {f["kind"] for f in stale["findings"]} == {"leftover"}


def test_a_silent_reference_accuses_nobody_and_takes_no_time(ghent: Workspace) -> None:
    """It is asked three times and no more; what it could have told stays unclear, and that is said."""
    nowhere = Reply(records=1, addresses=("127.0.0.1",))
    for denied, day in ((nowhere, AFTER), (DENIED, IN_FORCE)):
        found, questions = asked(
            ghent, lambda r, n, d=denied: SILENT if r == OTHER else d if n in RESTRICTED else OPEN, day, reference=OTHER
        )
        assert [r for r, _, _ in questions].count(OTHER) == 3
        assert {n["seen"] for n in found["names"] if n["name"] in RESTRICTED} == {"unclear"}
        assert (found["exit_code"], found["findings"]) == (4, [])
        assert f"The reference gave no answer to {len(RESTRICTED)} names." in found["sentence"]


def test_a_reference_that_misses_one_answer_is_asked_on(ghent: Workspace) -> None:
    """One that has answered before is there: an answer that is lost does not end it."""
    lost = iter((False, True, True, True, True))

    def reply(resolver: Resolver, name: str) -> Reply:
        if resolver == OTHER:
            return SILENT if next(lost, False) else OPEN
        return DENIED if name in RESTRICTED else OPEN

    found, questions = asked(ghent, reply, reference=OTHER)
    assert [r for r, _, _ in questions].count(OTHER) == 3 * len(RESTRICTED)
    assert "blocked" in {n["seen"] for n in found["names"]}


def test_a_reference_that_denies_all_shows_no_end_of_a_block(ghent: Workspace) -> None:
    """After the sunset each name is denied here and there: nobody knows whether the block is gone."""
    found, _ = asked(ghent, lambda _, name: DENIED if name in RESTRICTED else OPEN, AFTER, reference=OTHER)
    assert (found["exit_code"], found["sentence"]) == (4, "It was not shown that any block has ended.")


def test_after_the_sunset_its_names_are_looked_for_without_any_bundle(ghent: Workspace) -> None:
    """The rule that ended says which they are; free is clean, still blocked is left over."""
    clean, questions = asked(ghent, lambda *_: OPEN, AFTER)
    assert {n for _, n, _ in questions} >= RESTRICTED
    assert (clean["exit_code"], clean["findings"]) == (0, [])
    stale, _ = asked(ghent, works, AFTER)
    assert stale["exit_code"] == 1
    assert {f["kind"] for f in stale["findings"]} == {"leftover"}


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ('id = "dns-rpz"', 'id = "squid"', "`[[targets]]` in ordinance.toml names one"),
        ("[[targets]]", '[[targets]]\nid = "unbound"\n\n[[targets]]', "say which with --target: dns-rpz, unbound"),
    ],
)
def test_whose_resolver_it_is_must_be_clear(old: str, new: str, hint: str, ghent: Workspace) -> None:
    """No target that is a resolver, or two: nothing is asked."""
    edit(ghent.body.folder / "ordinance.toml", old, new)
    if "squid" in new:
        edit(ghent.body.folder / "ordinance.toml", 'settings = { zone = "rpz.gent.example" }', "")
    opened = open_workspace(ghent.body.folder).usable()
    with pytest.raises(PolicyError) as caught:
        asked(opened, works)
    assert [(i.id, i.hint) for i in caught.value.issues] == [("which-resolver", hint)]


@pytest.mark.parametrize("target", ["squid", "hosts", "notice"])
def test_what_is_no_resolver_is_not_asked_as_one(target: str, ghent: Workspace) -> None:
    """A resolver beside a proxy is meant to answer: to ask it for the proxy's names would accuse it."""
    edit(ghent.body.folder / "ordinance.toml", "[[accepted]]", f'[[targets]]\nid = "{target}"\n\n[[accepted]]')
    opened = open_workspace(ghent.body.folder).usable()
    with pytest.raises(PolicyError, match="configures no resolver"):
        asked(opened, works, target=target)


def test_a_target_that_nobody_configured_is_not_asked(ghent: Workspace) -> None:
    """`--target` chooses among those of the body; a name that is none of them is said."""
    assert asked(ghent, works, target="dns-rpz")[0]["exit_code"] == 0
    with pytest.raises(PolicyError, match="has a target 'unbound'"):
        asked(ghent, works, target="unbound")


def test_another_bundle_must_be_one_of_this_body(ghent: Workspace, tmp_path: Path) -> None:
    """An empty folder is none; one of another city is not ours."""
    with pytest.raises(PolicyError, match="not-a-bundle"):
        asked(ghent, works, folder=tmp_path / "nothing")
    folder = ghent.body.folder / "aside"
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "body": "other"}), "utf-8")
    with pytest.raises(PolicyError, match="other-body"):
        asked(ghent, works, folder=folder)


# --- what a check knows of it -----------------------------------------------------------------------


def checked(opened: Workspace, day: str) -> dict[str, Any]:
    """The document of a check, read as a user gets it."""
    found: dict[str, Any] = json.loads(run("check", opened.body.folder, "--as-of", day, "--json").out)
    return found


@pytest.mark.parametrize(
    ("reply", "day", "kind", "words"),
    [
        (lambda *_: OPEN, "2023-04-10", "control_ineffective", "lets names through that it should block."),
        (works, "2023-10-10", "leftover", "still blocks what nothing asks for any more."),
    ],
    ids=["let-through", "left-over"],
)
def test_a_kept_probe_is_a_finding_of_the_next_check(
    reply: Callable[[Resolver, str], Reply], day: str, kind: str, words: str, ghent: Workspace
) -> None:
    """With the clause, the app, the number of names and the file; the sentence says it, the check ends with 1."""
    before = checked(ghent, day)
    assert all(f["reason"] not in {"resolver_lets_through", "resolver_blocks_still"} for f in before["findings"])
    kept, _ = asked(ghent, reply, day, record=True)
    after = checked(ghent, day)
    new = [f for f in after["findings"] if f["evidence"] and f["evidence"][0]["file"] == kept["recorded"]]
    assert {(f["kind"], f["result"], f["device"], f["devices"]) for f in new} == {(kind, "fail", None, 0)}
    assert sorted(f["id"] for f in new) == sorted(f["id"] for f in kept["findings"])
    assert [f["count"] for f in new] == [f["count"] for f in kept["findings"]] and new[0]["count"] > 0
    assert after["summary"]["exit_code"] == 1
    assert words in after["summary"]["sentence"]
    steps = [s["what"] for s in after["next_steps"] if s["who"] == "IT operations"]
    assert any(("Take the block back" if kind == "leftover" else "A control that should") in s for s in steps)
    added = [i for i in after["run"]["inputs"] if i not in before["run"]["inputs"]]
    assert [i["source"] for i in added] == ["probe"]
    assert after["results"] == before["results"]  # a probe speaks of no device


def test_a_clean_probe_after_it_settles_the_finding(ghent: Workspace) -> None:
    """The last probe of a resolver within the window counts, and one outside of it does not."""
    asked(ghent, lambda *_: OPEN, "2023-04-09T12:00", record=True)
    assert "control_ineffective" in {f["kind"] for f in _of_probes(checked(ghent, "2023-04-10"))}
    assert _of_probes(checked(ghent, "2023-04-09")) == []  # it was asked later
    asked(ghent, works, "2023-04-09T13:00", record=True)
    assert _of_probes(checked(ghent, "2023-04-10")) == []


def test_what_two_resolvers_do_is_two_findings(ghent: Workspace) -> None:
    """Each with a lasting id of its own: of one it is closed, the other is open, on the day after as well."""
    kept = [
        asked(ghent, lambda *_: OPEN, "2023-04-09T12:00", resolver=one, record=True)[0]["findings"]
        for one in (HERE, THERE)
    ]
    ids = [{f["id"] for f in found} for found in kept]
    assert ids[0] and not ids[0] & ids[1] and not any("-" in i[2:] for i in ids[0] | ids[1])
    folder = ghent.body.folder / "findings"
    for one in ids[0]:
        life = f"finding: {one}\nlife:\n  - {{on: 2023-04-10, state: closed, by: IT, reason: loaded}}\n"
        (folder / f"{one}.yaml").write_text(life, "utf-8")
    for options in ((), ("--individual",)):
        done = run("check", ghent.body.folder, "--as-of", "2023-04-11", "--json", *options)
        states = {f["id"]: f["state"] for f in _of_probes(json.loads(done.out))}
        assert states == {**dict.fromkeys(ids[0], "closed"), **dict.fromkeys(ids[1], "open")}


def _of_probes(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [f for f in document["findings"] if any(e["source"] == "probe" for e in f["evidence"])]


def test_a_check_by_decision_says_what_a_resolver_does(tmp_path: Path) -> None:
    """Where no device is looked at, a probe still counts: nobody is in it."""
    diest = open_workspace(copy_body("diest", tmp_path)).usable()
    found, _ = asked(diest, lambda *_: OPEN, "2023-04-24", record=True)
    assert found["exit_code"] == 1
    summary = checked(diest, "2023-04-24")["summary"]
    assert summary["sentence"].startswith("Not checked, by decision of the general director")
    assert summary["sentence"].endswith("A resolver that was asked lets names through that it should block.")
    assert summary["exit_code"] == 1


def test_a_damaged_record_stops_the_check(ghent: Workspace) -> None:
    """It is named, and nothing is checked without it in silence."""
    kept, _ = asked(ghent, works, record=True)
    path = ghent.body.folder / kept["recorded"]
    path.write_bytes(path.read_bytes()[:100])
    done = run("check", ghent.body.folder, "--as-of", IN_FORCE)
    assert (done.code, f"{kept['recorded']}: this is no record of a probe" in done.err) == (3, True)


def test_without_record_nothing_is_written(ghent: Workspace) -> None:
    """Not a file, not a folder, not a key."""
    before = tree(ghent.body.folder)
    asked(ghent, works)
    assert tree(ghent.body.folder) == before
    assert not (ghent.body.folder / ".ordinance" / "probes").exists()
