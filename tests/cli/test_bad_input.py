# SPDX-License-Identifier: EUPL-1.2
"""Bad input, through the command line: where, what, which exit code, and nothing half-written."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.shell import DAYS, body, edit, process, run, tree

POLICY = "policies/gent-2023-tiktok.yaml"
Change = Callable[[Path], object]


def _put(name: str, old: str, new: str) -> Change:
    return lambda folder: edit(folder / name, old, new)


def _latin_1(name: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_bytes(text.replace(old, new).encode("latin-1"))

    return change


# what is wrong → how it is made, and the message's place and id
UNUSABLE = {
    "broken YAML": (_put(POLICY, "force: binding", "force: [binding"), f"{POLICY}:", "not-yaml"),
    "policy not UTF-8": (_latin_1(POLICY, "TikTok off", "TikTok óff"), f"{POLICY}:4:1:", "bad-encoding"),
    "unknown family": (_put(POLICY, "family: tiktok", "family: tiktak"), f"{POLICY}:10:5:", "unknown-family"),
    "day that does not exist": (_put(POLICY, "from: 2023-03-13", "from: 2023-02-30"), f"{POLICY}:7:29:", "bad-day"),
    "duplicate key": (
        _put(POLICY, "authority: gent", "authority: gent\ntitle: twice"), f"{POLICY}:6:1:", "duplicate-key",
    ),
    "mirrors itself": (_put(POLICY, "be-federal-716", "gent-2023-tiktok"), f"{POLICY}:2:1:", "mirrors-a-cycle"),
    "broken TOML": (_put("ordinance.toml", 'id = "gent"', "id = gent"), "ordinance.toml:2:", "not-toml"),
    "TOML not UTF-8": (_latin_1("ordinance.toml", "all staff", "all stäff"), "ordinance.toml:16:1:", "bad-encoding"),
    "TOML day that does not exist": (
        _put("ordinance.toml", "first = 2023-03-27", "first = 2023-02-30"), "ordinance.toml:26:", "not-toml",
    ),
    "checking without its legal basis": (
        _put("ordinance.toml", "legal_basis =", "# legal_basis ="), "ordinance.toml:10:1:", "no-legal-basis",
    ),
    "checking without an end of keeping": (
        _put("ordinance.toml", 'runs = "P6M"', '# runs = "P6M"'), "ordinance.toml:58:1:", "no-retention",
    ),
    "missing column": (_put("estate/devices.csv", ",use_share,", ","), "estate/devices.csv:1:", "missing-column"),
    "estate not UTF-8": (_latin_1("estate/units.csv", "Youth", "Jeunésse"), "estate/units.csv:3", "bad-encoding"),
    "CSV day that does not exist": (
        _put("estate/people.csv", "p-002,staff,culture,2023-01-01", "p-002,staff,culture,2023-02-30"),
        "estate/people.csv:3:4:", "bad-day",
    ),
    "line with a quote left open": (
        _put("estate/networks.csv", "library-lan,Library", 'library-lan,"Library'), "estate/networks.csv:3", "bad-csv",
    ),
    "device twice": (
        _put("estate/devices.csv", "gp-002,body", "gp-001,body"), "estate/devices.csv:3:1:", "overlapping-rows",
    ),
    "source on no network": (
        _put("ordinance.toml", 'network = "staff"', 'network = "stuff"'), "ordinance.toml", "unknown-network",
    ),
    "inventory with no such layout": (
        _put("ordinance.toml", 'preset = "intune"', 'preset = "intoon"'), "ordinance.toml", "unknown-preset",
    ),
}  # fmt: skip


@pytest.fixture
def ghent(tmp_path: Path) -> Path:
    """A body to spoil."""
    return body("ghent", tmp_path)


@pytest.fixture(scope="module")
def good_state(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The state that a good check and a good build leave."""
    folder = body("ghent", tmp_path_factory.mktemp("good"))
    assert run("check", folder, "--as-of", DAYS["ghent"]).code == 1
    assert run("build", folder, "--as-of", DAYS["ghent"]).code == 0
    return tree(folder / ".ordinance")


def _with_state(folder: Path, state: dict[str, bytes]) -> None:
    for name, content in state.items():
        path = folder / ".ordinance" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.mark.parametrize("fault", UNUSABLE)
def test_what_cannot_be_used_is_located_and_changes_nothing(
    fault: str, ghent: Path, good_state: dict[str, bytes]
) -> None:
    """Exit 3 with place and id on stderr, as data where data was asked for, and the state is what it was."""
    change, place, issue = UNUSABLE[fault]
    change(ghent)
    _with_state(ghent, good_state)
    before = tree(ghent)
    for options in ([], ["--json"]):
        done = run("check", ghent, "--as-of", DAYS["ghent"], *options)
        assert done.code == 3
        assert any(line.startswith(place) and line.endswith(f"[{issue}]") for line in done.err.splitlines()), done.err
        if options:
            assert issue in {i["id"] for i in json.loads(done.out)}
        else:
            assert done.out == ""
    assert tree(ghent) == before


# --- bytes, types and shapes that nobody would write in earnest ---------------------------------------------

AS_OF = {"lint", "rulings", "plan", "check", "explain", "due"}
VERBS = [*sorted(AS_OF), "compare", "test"]
SCENARIOS = "tests/tiktok.yaml"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghijkl", "bcdefghijklm", strict=True)
)
SECOND = """policy: second
version: "1"
title: Another
authority: gent
lifecycle: [{state: in_force, from: 2023-03-13}]
"""


def _given(verb: str, folder: Path) -> list[str | Path]:
    """A verb with all that it must be told."""
    day = ["--as-of", DAYS["ghent"]] if verb in AS_OF else []
    return [verb, folder, *day, *(["--device", "gp-001"] if verb == "explain" else [])]


def _file(name: str, content: str | bytes) -> Change:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def _folder(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return change


def _huge(name: str) -> Change:
    """A file of 100 MB that takes no room on the disk."""

    def change(folder: Path) -> None:
        with (folder / name).open("wb") as file:
            file.truncate(100_000_000)

    return change


def _pipe(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return change


def _no_folder(name: str) -> Change:
    def change(folder: Path) -> None:
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).write_text("a file", "utf-8")

    return change


def _circle(key: str, entry: str) -> Change:
    """The body's own text and another name each other under a key."""

    def change(folder: Path) -> None:
        edit(folder / POLICY, "mirrors: [be-federal-716]", f"{key}: [{entry.format('second')}]")
        _file("policies/second.yaml", SECOND + f"{key}: [{entry.format('gent-2023-tiktok')}]\n")(folder)

    return change


def _name_in_bytes(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/policies/\xff.yaml")).write_text("a: b\n", "utf-8")


# what is odd → how it is made, and an issue's file, line, column and id
ODD: dict[str, tuple[Change, tuple[str, int, int, str]]] = {
    "alias bomb": (_file(POLICY, BOMB), (POLICY, 1, 4, "no-aliases")),
    "key twice, nested": (
        _put(POLICY, "remove: {within: P14D}", "remove: {within: P14D}\n      remove: {within: P15D}"),
        (POLICY, 19, 7, "duplicate-key"),
    ),
    "key twice, within braces": (
        _put(POLICY, "{state: in_force, from", "{state: in_force, state: lapsed, from"),
        (POLICY, 7, 23, "duplicate-key"),
    ),
    "tab": (_put(POLICY, "    force: binding", "\tforce: binding"), (POLICY, 11, 1, "not-yaml")),
    "list as a file": (_file(POLICY, "- a\n"), (POLICY, 1, 1, "wrong-type")),
    "number as a file": (_file(POLICY, "12\n"), (POLICY, 1, 1, "wrong-type")),
    "null as a file": (_file(POLICY, "null\n"), (POLICY, 1, 1, "wrong-type")),
    "list for a mapping": (
        _put(POLICY, "devices: {any: [{owner: body}, {subscription_share: {over: 0}}]}", "devices: [1, 2]"),
        (POLICY, 14, 14, "wrong-type"),
    ),
    "nothing for a mapping": (
        _put(POLICY, "devices: {any: [{owner: body}, {subscription_share: {over: 0}}]}", "devices:"),
        (POLICY, 14, 13, "wrong-type"),
    ),
    "mapping for a list": (_put(POLICY, "lifecycle:\n  - {", "lifecycle:\n    {"), (POLICY, 7, 5, "wrong-type")),
    "text for a list": (_put(POLICY, "what: [{family: tiktok}]", "what: tiktok"), (POLICY, 12, 11, "wrong-type")),
    "list for a text": (_put(POLICY, "{family: tiktok}", "{family: [tiktok]}"), (POLICY, 12, 21, "wrong-type")),
    "text for a number": (_put(POLICY, "{over: 0}", "{over: much}"), (POLICY, 14, 64, "bad-number")),
    "nothing for a text": (_put(POLICY, "TikTok off devices the city pays for", ""), (POLICY, 4, 1, "empty-value")),
    "list for a key": (_put(POLICY, "mirrors: [be-federal-716]", "[a]: b"), (POLICY, 8, 1, "wrong-type")),
    "unknown key": (_put(POLICY, "at_sunset:", "at_sunst:"), (POLICY, 22, 5, "unknown-key")),
    "unknown unit": (_put(POLICY, "for: P6M", "for: 6 months"), (POLICY, 21, 10, "bad-period")),
    "not UTF-8": (_file(POLICY, b"policy: x\ntitle: \xe9\n"), (POLICY, 2, 1, "bad-encoding")),
    "UTF-16": (_file(POLICY, "policy: x".encode("utf-16")), (POLICY, 1, 1, "bad-encoding")),
    "NUL": (_file(POLICY, b"policy: x\ntitle: a\0b\n"), (POLICY, 2, 9, "not-yaml")),
    "empty": (_file(POLICY, ""), (POLICY, 1, 1, "empty-file")),
    "folder": (_folder(POLICY), (POLICY, 0, 0, "file-not-read")),
    "100 MB": (_huge(POLICY), (POLICY, 0, 0, "too-large")),
    "brackets without end": (_file(POLICY, "[" * 100_000), (POLICY, 1, 1001, "not-yaml")),
    "staircase": (_file(POLICY, "\n".join(" " * n + "a:" for n in range(300))), (POLICY, 40, 40, "too-deep")),
    "pipe": (_pipe(POLICY), (POLICY, 0, 0, "file-not-read")),
    "name that is no text": (_name_in_bytes, ("policies/\udcff.yaml", 1, 1, "missing-key")),
    "file for a folder": (_no_folder("exemptions"), ("exemptions", 0, 0, "file-not-read")),
    "mirrors in a circle": (_circle("mirrors", "{}"), (POLICY, 2, 1, "mirrors-a-cycle")),
    "adopts in a circle": (_circle("adopts", "{{text: {}}}"), ("policies/second.yaml", 6, 10, "adopts-itself")),
    "authorities: nothing": (_file("authorities.yaml", "authorities:\n"), ("authorities.yaml", 1, 13, "wrong-type")),
    "authorities: numbers": (
        _file("authorities.yaml", "authorities: [12, null]\n"), ("authorities.yaml", 1, 19, "wrong-type"),
    ),
    "authorities: folder": (_folder("authorities.yaml"), ("authorities.yaml", 0, 0, "file-not-read")),
    "exemption of wrong types": (
        _file("exemptions/a.yaml", "exemption: [1]\nrestrictions: {a: b}\n"),
        ("exemptions/a.yaml", 2, 15, "wrong-type"),
    ),
    "answer of wrong types": (
        _file("answers/a.yaml", "answer_to: [x]\nanswer: {}\n"), ("answers/a.yaml", 2, 9, "wrong-type"),
    ),
    "settings: key twice": (
        _put("ordinance.toml", 'id = "gent"', 'id = "gent"\nid = "gent"'), ("ordinance.toml", 3, 12, "not-toml"),
    ),
    "settings: number for a text": (
        _put("ordinance.toml", 'id = "gent"', "id = 12"), ("ordinance.toml", 2, 1, "wrong-type"),
    ),
    "settings: list for a table": (
        _put("ordinance.toml", "[body]", "[[body]]"), ("ordinance.toml", 1, 1, "wrong-type"),
    ),
    "settings: unknown key": (
        _put("ordinance.toml", "languages =", "langages ="), ("ordinance.toml", 5, 1, "unknown-key"),
    ),
    "settings: unknown table": (
        _put("ordinance.toml", "[[accepted]]", "[[acepted]]"), ("ordinance.toml", 52, 1, "unknown-key"),
    ),
    "settings: unknown unit": (
        _put("ordinance.toml", '"P14D"', '"14 days"'), ("ordinance.toml", 13, 1, "bad-value"),
    ),
    "settings: no such year": (
        _put("ordinance.toml", "year = 2023", "year = 20230"), ("ordinance.toml", 43, 1, "bad-value"),
    ),
    "settings: number without end": (
        _put("ordinance.toml", "year = 2023", f"year = {'9' * 5000}"), ("ordinance.toml", 43, 8, "not-toml"),
    ),
    "settings: brackets without end": (
        _file("ordinance.toml", "a = " + "[" * 50_000), ("ordinance.toml", 1, 5, "not-toml"),
    ),
    "settings: empty": (_file("ordinance.toml", ""), ("ordinance.toml", 1, 1, "missing-key")),
    "settings: 100 MB": (_huge("ordinance.toml"), ("ordinance.toml", 0, 0, "too-large")),
    "settings: id of nobody": (
        _put("ordinance.toml", 'id = "gent"', 'id = "gant"'), ("ordinance.toml", 2, 1, "unknown-authority"),
    ),
    "estate: NUL": (_put("estate/devices.csv", "gp-001", "gp\0001"), ("estate/devices.csv", 2, 0, "bad-csv")),
    "estate: empty": (_file("estate/devices.csv", ""), ("estate/devices.csv", 0, 0, "empty-file")),
    "estate: folder": (_folder("estate/devices.csv"), ("estate/devices.csv", 0, 0, "unreadable-file")),
    "estate: pipe": (_pipe("estate/units.csv"), ("estate/units.csv", 0, 0, "unreadable-file")),
    "estate: 100 MB": (_huge("estate/devices.csv"), ("estate/devices.csv", 1, 0, "bad-csv")),
}  # fmt: skip
# what only `check` and `plan` depend on, and what only `test` does
SETTINGS = {
    "network of a source": ('network = "staff"', 'network = "stuff"', 42, "unknown-network"),
    "network of a target": ('["staff", "guest"]', '["staff", "gest"]', 49, "unknown-network"),
    "reader": ('reader = "dnsmasq-log"', 'reader = "dnsmask-log"', 40, "unknown-reader"),
    "layout": ('preset = "intune"', 'preset = "intoon"', 29, "unknown-preset"),
    "target": ('id = "dns-rpz"', 'id = "dns-rzp"', 48, "unknown-target"),
    "zone of a target": ('zone = "rpz.gent.example"', 'zone = "rpz"', 50, "bad-target-setting"),
}
BAD_SCENARIOS = {
    "alias bomb": (BOMB, 1, 4, "no-aliases"),
    "number": ("- 12\n", 1, 3, "wrong-type"),
    "mapping": ("name: a\n", 1, 1, "wrong-type"),
    "NUL": ("- name: a\0", 1, 10, "not-yaml"),
    "empty": ("", 1, 1, "empty-file"),
    "unknown key": ("- {nam: a}\n", 1, 4, "unknown-key"),
}


def _listed(out: str) -> set[tuple[str, int, int, str]]:
    return {(i["file"], i["line"], i["column"], i["id"]) for i in json.loads(out) if i["severity"] == "error"}


@pytest.mark.parametrize("fault", ODD)
def test_what_is_odd_is_located_by_every_verb(fault: str, ghent: Path) -> None:
    """Exit 3, the place in words and as data, and no file is written or changed, whatever the verb."""
    change, issue = ODD[fault]
    change(ghent)
    before = tree(ghent)
    for verb in VERBS:
        done = run(*_given(verb, ghent), "--json")
        assert done.code == 3, verb
        assert issue in _listed(done.out), verb
        words = done.out if verb == "lint" else done.err
        assert f"[{issue[3]}]" in words or verb == "lint"
    assert tree(ghent) == before


@pytest.mark.parametrize(
    "fault", ["alias bomb", "name that is no text", "estate: pipe", "settings: brackets without end"]
)
def test_what_is_odd_ends_a_real_process_with_a_sentence(fault: str, ghent: Path) -> None:
    """What a user sees: exit 3, the place, and no trace."""
    change, (_, _, _, issue) = ODD[fault]
    change(ghent)
    for verb in ("lint", "check"):
        done = process(*_given(verb, ghent))
        assert done.code == 3
        assert f"[{issue}]" in done.out + done.err
        assert "Traceback" not in done.err
    assert not (ghent / ".ordinance").exists()


@pytest.mark.parametrize("fault", SETTINGS)
def test_a_setting_that_leads_nowhere_is_located(fault: str, ghent: Path) -> None:
    """The line of the key, or of the table where its reader cannot say which key."""
    old, new, line, issue = SETTINGS[fault]
    edit(ghent / "ordinance.toml", old, new)
    for verb in ("lint", "plan", "check", "due"):
        done = run(*_given(verb, ghent), "--json")
        assert done.code == 3
        assert ("ordinance.toml", line, 1, issue) in _listed(done.out)


@pytest.mark.parametrize("fault", BAD_SCENARIOS)
def test_a_scenario_that_cannot_be_read_is_located(fault: str, ghent: Path) -> None:
    """`test` and `lint` say so; nothing that is resolved depends on it."""
    content, line, column, issue = BAD_SCENARIOS[fault]
    _file(SCENARIOS, content)(ghent)
    for verb in ("test", "lint"):
        done = run(verb, ghent, "--json")
        assert done.code == 3
        assert (SCENARIOS, line, column, issue) in _listed(done.out)
    assert run(*_given("plan", ghent)).code == 0


@pytest.mark.parametrize("settings", ["a key", "no TOML"])
@pytest.mark.parametrize("verb", VERBS)
def test_every_fault_of_every_file_in_one_run(verb: str, settings: str, ghent: Path) -> None:
    """No file hides another: not even settings that are no TOML hide what is wrong with the rest."""
    edit(ghent / POLICY, "force: binding", "force: bindig")
    _file("policies/broken.yaml", "a: [")(ghent)
    _file("answers/a.yaml", "answer: {}\n")(ghent)
    edit(ghent / "estate/people.csv", "p-002,staff", "p-002,stuff")
    _file(SCENARIOS, "- {nam: a}\n")(ghent)
    if settings == "a key":
        edit(ghent / "ordinance.toml", "languages =", "langages =")
    else:
        edit(ghent / "ordinance.toml", 'id = "gent"', "id = gent")
    done = run(*_given(verb, ghent), "--json")
    found = _listed(done.out)
    assert done.code == 3
    assert found >= {
        (POLICY, 11, 12, "unknown-word"), ("policies/broken.yaml", 1, 5, "not-yaml"),
        ("answers/a.yaml", 1, 9, "wrong-type"), ("estate/people.csv", 3, 2, "bad-value"),
    }  # fmt: skip
    assert {i for f, _, _, i in found if f == "ordinance.toml"} == {
        "unknown-key" if settings == "a key" else "not-toml"
    }
    assert ((SCENARIOS, 1, 4, "unknown-key") in found) == (verb in {"lint", "test"})


def test_a_hint_says_which_period_was_meant(ghent: Path) -> None:
    """In a decision and in the settings alike; a unit that means nothing is answered with those that there are."""
    edit(ghent / POLICY, "for: P6M", "for: 6 months")
    edit(ghent / POLICY, "block_traffic: {within: P21D}", "block_traffic: {within: P21X}")
    edit(ghent / "ordinance.toml", 'window = "P14D"', 'window = "PT14D"')
    hints = {i["line"]: i["hint"] for i in json.loads(run("lint", ghent, "--json").out) if "a period" in i["message"]}
    assert hints[21] == 'did you mean "P6M"?'
    assert hints[13] == 'did you mean "P14D"?'
    assert "years (Y), months (M), weeks (W), days (D)" in hints[20]


def test_authorities_that_bind_each_other_are_said(ghent: Path) -> None:
    """A circle of power is a warning with its place, and no verb goes round in it."""
    other = "\n  - {id: province, name: Province, time_zone: Europe/Brussels, binds: [{bodies: [gent]}]}\n"
    text = (ghent / "authorities.yaml").read_text("utf-8").rstrip()
    _file("authorities.yaml", f"{text}\n    binds: [{{bodies: [province]}}]{other}")(ghent)
    said = [i for i in json.loads(run("lint", ghent, "--json").out) if i["id"] == "authorities-in-a-cycle"]
    assert [(i["file"], i["severity"]) for i in said] == [("authorities.yaml", "warning")] * len(said)
    for verb in ("rulings", "plan", "due"):
        assert run(*_given(verb, ghent)).code == 0


@pytest.mark.parametrize("verb", ["plan", "build", "rulings", "explain", "check"])
def test_no_verb_works_with_files_that_cannot_be_used(verb: str, ghent: Path) -> None:
    """A law with an error in it is resolved by nobody."""
    edit(ghent / POLICY, "family: tiktok", "family: tiktak")
    before = tree(ghent)
    more = ["--device", "gp-001"] if verb == "explain" else []
    done = run(verb, ghent, "--as-of", DAYS["ghent"], *more)
    assert (done.code, done.out) == (3, "")
    assert "[unknown-family]" in done.err
    assert tree(ghent) == before


def test_lint_says_everything_at_once(ghent: Path) -> None:
    """Three files with a fault each give three messages; as JSON they are data, still with exit 3."""
    edit(ghent / POLICY, "family: tiktok", "family: tiktak")
    edit(ghent / "estate/people.csv", "p-002,staff", "p-002,stuff")
    edit(ghent / "ordinance.toml", 'network = "staff"', 'network = "stuff"')
    said = run("lint", ghent)
    listed = run("lint", ghent, "--json")
    assert (said.code, listed.code) == (3, 3)
    errors = [i for i in json.loads(listed.out) if i["severity"] == "error"]
    assert {(i["file"], i["id"]) for i in errors} == {
        (POLICY, "unknown-family"), ("estate/people.csv", "bad-value"), ("ordinance.toml", "unknown-network"),
    }  # fmt: skip
    assert all(f"[{i['id']}]" in said.out for i in errors)


def test_a_hint_says_what_was_meant(ghent: Path) -> None:
    """The nearest known word stands on a line of its own."""
    edit(ghent / POLICY, "family: tiktok", "family: tiktak")
    assert any(line.startswith('hint: did you mean "tiktok"?') for line in run("lint", ghent).out.splitlines())


# --- evidence that cannot be read ---------------------------------------------------------------------

LOG = "logs/city-2024-12-10.log"
INVENTORY = "inventory/devices-2024-12-11.csv"


def _line(name: str, after: int, line: bytes) -> Change:
    def change(folder: Path) -> None:
        lines = (folder / name).read_bytes().split(b"\n")
        (folder / name).write_bytes(b"\n".join([*lines[:after], line, *lines[after:]]))

    return change


def _cut_gzip(folder: Path) -> None:
    packed = gzip.compress((folder / LOG).read_bytes(), mtime=0)
    (folder / LOG).write_bytes(packed[: len(packed) // 2])


def _cut_zstd(folder: Path) -> None:
    (folder / LOG).write_bytes(b"\x28\xb5\x2f\xfd\x20")


DAMAGED = {
    "broken line": (_line(LOG, 99, b"Dec 10 08:00:00 dnsmasq[9]: query["), f"{LOG}:100:", "no-serial"),
    "line not UTF-8": (_line(LOG, 99, b"Dec 10 08:00:00 dnsmasq[9]: \xe9"), f"{LOG}:100:", "bad-encoding"),
    "31 February": (_line(LOG, 99, b"Feb 31 08:00:00 dnsmasq[9]: started"), f"{LOG}:100:", "bad-time"),
    "truncated gzip": (_cut_gzip, f"{LOG}:", "truncated-gzip"),
    "truncated zstandard": (_cut_zstd, f"{LOG}:", "truncated-zstd"),
    "short row": (_line(INVENTORY, 3, b"tw-001,com.example"), f"{INVENTORY}:4:", "missing-field"),
    "missing column": (_put(INVENTORY, "device,app_id", "devise,app_id"), f"{INVENTORY}:", "missing-column"),
}


@pytest.fixture
def tallinn(tmp_path: Path) -> Path:
    """A body of which everything is checked and nothing fails: its contaminated device was handed in."""
    folder = body("tallinn", tmp_path)
    for name in ("estate/devices.csv", INVENTORY):
        lines = (folder / name).read_text("utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(line for line in lines if not line.startswith("sd-002")), "utf-8")
    edit(folder / "exemptions/channel-devices.yaml", ", sd-002", "")
    settings = (folder / "ordinance.toml").read_text("utf-8")
    accepted = '\n[[accepted]]\nwhat = "unknown_device"\nowner = "CISO"\nreason = "handed in"\nlast_day = 2024-12-31\n'
    (folder / "ordinance.toml").write_text(settings + accepted, "utf-8")
    return folder


@pytest.mark.parametrize("fault", DAMAGED)
def test_records_that_cannot_be_read_are_located_and_counted(fault: str, tallinn: Path) -> None:
    """Exit 4: everything else was checked. The place stands on stderr and in the rows, by default why alone."""
    change, place, reason = DAMAGED[fault]
    change(tallinn)
    published = run("check", tallinn, "--as-of", DAYS["tallinn"], "--json")
    assert published.code == 4 and f"records cannot be read  [{reason}]" in published.err
    assert place.partition(":")[0] not in published.out + published.err
    done = run("check", tallinn, "--as-of", DAYS["tallinn"], "--json", "--individual")
    assert done.code == 4
    assert any(line.startswith(place) and line.endswith(f"[{reason}]") for line in done.err.splitlines()), done.err
    accounts = json.loads(done.out)["accounting"]
    rejects = [r for a in accounts for r in a["rejects"]]
    assert any(f"{r['file']}:{r['line']}:".startswith(place) and r["reason"] == reason for r in rejects)
    assert "com.example" not in done.out and "query[" not in done.err


def test_exit_codes_in_their_order(tallinn: Path) -> None:
    """One body going from bad to worse: 0, then 4 for a broken line, 1 for a failure beside it, 3 for a broken text."""
    command = ("check", tallinn, "--as-of", DAYS["tallinn"])
    assert run(*command).code == 0
    _line(LOG, 99, b"what is this?")(tallinn)
    assert run(*command).code == 4
    _line(INVENTORY, 1, b"tp-001,com.zhiliaoapp.musically,TikTok,TikTok Ltd,android,2024-12-11T06:00:00+02:00")(tallinn)
    assert run(*command).code == 1
    edit(tallinn / "policies/tallinn-2024-tiktok.yaml", "family: tiktok", "family: tiktak")
    assert run(*command).code == 3


def test_exit_codes_of_a_real_process(tallinn: Path) -> None:
    """What a script sees: 0 held, 2 misuse, 3 unusable; never a trace."""
    day = DAYS["tallinn"]
    assert process("check", tallinn, "--as-of", day).code == 0
    misuse = process("check", tallinn, "--as-of", "2023-02-30")
    assert (misuse.code, misuse.out) == (2, "")
    assert "no day that exists" in misuse.err
    assert process("chekc", tallinn).code == 2
    nowhere = process("check", tallinn / "estate")
    assert (nowhere.code, nowhere.out) == (3, "")
    assert "[no-body]" in nowhere.err and "Traceback" not in nowhere.err


@pytest.mark.parametrize(
    ("options", "issue"),
    [
        (["check", "--from", "2023-04-10", "--to", "2023-04-01"], "bad-window"),
        (["check", "--to", "2023-05-01"], "bad-window"),
        (["explain", "--device", "gp-0001"], "unknown-device"),
        (["explain", "--device", "gp-001", "--app", "tiktak"], "unknown-app"),
        (["rulings", "--app", "tiktak"], "unknown-app"),
        (["rulings", "--app", "tiktok/tiktak"], "unknown-app"),
        (["report", "--out", "report.html"], "no-run"),
    ],
)
def test_what_nobody_knows_is_refused(options: list[str], issue: str, ghent: Path) -> None:
    """A typing error never reads as permitted, as empty or as clean."""
    day = [] if options[0] == "report" else ["--as-of", DAYS["ghent"]]
    before = tree(ghent)
    done = run(options[0], ghent, *options[1:], *day)
    assert (done.code, done.out) == (3, "")
    assert f"[{issue}]" in done.err
    assert tree(ghent) == before


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31T23:00"])
def test_a_year_without_a_calendar_is_misuse(day: str, ghent: Path) -> None:
    """No window or deadline can be reckoned there; that is the user's, not ours."""
    done = run("check", ghent, "--as-of", day)
    assert (done.code, done.out) == (2, "")
    assert "between the years" in done.err
