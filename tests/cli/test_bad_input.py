# SPDX-License-Identifier: EUPL-1.2
"""Bad input, through the command line: where, what, which exit code, and nothing half-written."""

from __future__ import annotations

import gzip
import json
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
    """Exit 3 with place and id on stderr, nothing on stdout, and the state is what it was, byte for byte."""
    change, place, issue = UNUSABLE[fault]
    change(ghent)
    _with_state(ghent, good_state)
    before = tree(ghent)
    for options in ([], ["--json"]):
        done = run("check", ghent, "--as-of", DAYS["ghent"], *options)
        assert (done.code, done.out) == (3, "")
        assert any(line.startswith(place) and line.endswith(f"[{issue}]") for line in done.err.splitlines()), done.err
    assert tree(ghent) == before


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


DAMAGED = {
    "broken line": (_line(LOG, 99, b"Dec 10 08:00:00 dnsmasq[9]: query["), f"{LOG}:100:", "no-serial"),
    "line not UTF-8": (_line(LOG, 99, b"Dec 10 08:00:00 dnsmasq[9]: \xe9"), f"{LOG}:100:", "bad-encoding"),
    "31 February": (_line(LOG, 99, b"Feb 31 08:00:00 dnsmasq[9]: started"), f"{LOG}:100:", "bad-time"),
    "truncated gzip": (_cut_gzip, f"{LOG}:", "truncated-gzip"),
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
    """Exit 4: everything else was checked. The place stands on stderr and in the accounting, the text nowhere."""
    change, place, reason = DAMAGED[fault]
    change(tallinn)
    done = run("check", tallinn, "--as-of", DAYS["tallinn"], "--json")
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
