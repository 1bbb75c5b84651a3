# SPDX-License-Identifier: EUPL-1.2
"""`ordinance probe` as a person calls it: misuse is said, the JSON has one shape, one address alone is contacted."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import jsonschema
import pytest

from cli.shell import PROGRAM, body, run, start, tree
from lab.dns import free_port
from ordinance.model.probe import TYPES

DAY = ("--as-of", "2023-04-10")
SEEN = {"enum": ["blocked", "open", "no_answer", "unclear"]}
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
COUNT = {"type": "integer", "minimum": 0}


def table(**keys: object) -> dict[str, object]:
    """An object with exactly these keys."""
    return {"type": "object", "properties": keys, "required": list(keys), "additionalProperties": False}


VERDICT = table(seen=SEEN, reason={"type": "string"})
SCHEMA = table(
    ordinance={"type": "string"},
    body={"const": "gent"},
    notice={"type": "string"},
    as_of={"type": "string"},
    target={"const": "dns-rpz"},
    resolver={"type": "string"},
    reference={"type": ["string", "null"]},
    bundle={"anyOf": [{"type": "null"}, table(at=TEXT, stage=TEXT, manifest=TEXT)]},
    law={"type": "string"},
    catalogue={"type": "string"},
    catalogue_digest={"type": "string"},
    limits=table(most=COUNT, per_second=COUNT, timeout_s=COUNT, within_s=COUNT),
    questions=COUNT,
    not_asked={
        "type": "object",
        "propertyNames": {"enum": ["over_limit", "time_up", "resolver_silent", "not_in_bundle", "older_rules"]},
        "additionalProperties": {"type": "integer", "minimum": 1},
    },
    sums={
        "type": "array",
        "items": table(
            expected={"enum": ["blocked", "free", "open"]}, restriction={"type": ["string", "null"]},
            blocked=COUNT, open=COUNT, no_answer=COUNT, unclear=COUNT, not_asked=COUNT,
        ),
    },
    findings={"type": "array"},
    names={
        "type": "array",
        "minItems": 1,
        "items": table(
            name={"type": "string"}, expected={"enum": ["blocked", "free", "open"]},
            neighbour={"enum": ["canary", "family", "unrelated", "parent", "alike", None]},
            restrictions=TEXTS, apps=TEXTS, due={"type": "boolean"}, seen=SEEN, reason={"type": "string"},
            finding={"enum": ["control_ineffective", "leftover", None]},
            types={"type": "object", "properties": dict.fromkeys(TYPES, VERDICT), "additionalProperties": False},
        ),
    },
    sentence={"type": "string"},
    exit_code={"enum": [0, 1, 4]},
)  # fmt: skip


def test_a_dead_port_ends_with_4_and_says_what_was_not_asked(tmp_path: Path) -> None:
    """Three names are tried; the table counts the rest, and nothing looks clean."""
    done = run("probe", body("ghent", tmp_path), "--resolver", f"127.0.0.1:{free_port()}", *DAY)
    assert done.code == 4
    assert "not asked: 337 (the resolver gave no answer at all)" in done.err
    assert re.search(r"^should be blocked +gent-2023-tiktok/paid-devices +0 +0 +0 +0 +321$", done.out, re.MULTILINE)
    assert "unreachable" in done.out


@pytest.mark.parametrize("built", [False, True])
def test_the_json_has_one_shape(built: bool, tmp_path: Path) -> None:
    """Every key, each with its kind; the exit code in it is that of the process."""
    folder = body("ghent", tmp_path)
    if built:
        run("build", folder, *DAY)
    done = run("probe", folder, "--resolver", f"127.0.0.1:{free_port()}", *DAY, "--json")
    found = json.loads(done.out)
    jsonschema.validate(found, SCHEMA)
    assert found["exit_code"] == done.code == 4
    assert (found["bundle"] is not None) is built


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Missing option '--resolver'"),
        (["--resolver", "dns.example"], "'dns.example' is no address"),
        (["--resolver", "127.0.0.1:0"], "is no address"),
        (["--resolver", "127.0.0.1", "--reference", "one.one"], "'one.one' is no address"),
        (["--resolver", "127.0.0.1", "--most", "0"], "0 is not in the range"),
        (["--resolver", "127.0.0.1", "--per-second", "nan"], "'nan' is not a valid integer"),
        (["--resolver", "127.0.0.1", "--timeout", "31"], "31 is not in the range"),
        (["--resolver", "127.0.0.1", "--record", *DAY], "--record and --as-of do not go together"),
    ],
)
def test_misuse_is_said_and_nothing_is_asked(words: list[str], said: str, tmp_path: Path) -> None:
    """Exit 2, with what was expected."""
    folder = body("ghent", tmp_path)
    before = tree(folder)
    done = run("probe", folder, *words)
    assert (done.code, said in done.err) == (2, True), done.err
    assert tree(folder) == before


def test_a_body_without_a_resolver_is_told_so(tmp_path: Path) -> None:
    """Exit 3 with a hint; with --json as data too."""
    done = run("probe", body("tartu", tmp_path), "--resolver", "127.0.0.1", "--json")
    assert (done.code, json.loads(done.out)[0]["id"]) == (3, "which-resolver")


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else needs dnspython: it is loaded when somebody asks."""
    for name in [m for m in sys.modules if m == "dns" or m.startswith("dns.") or m == "ordinance.readers._resolver"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "dns", None)
    monkeypatch.delattr("ordinance.readers._resolver", raising=False)
    done = run("probe", body("ghent", tmp_path), "--resolver", "127.0.0.1", *DAY)
    assert (done.code, "[no-engine]" in done.err, "pip install 'ordinance[probe]'" in done.err) == (3, True, True)


def test_a_record_is_of_now_and_lies_in_the_state(tmp_path: Path) -> None:
    """Ghent's rule is over today: names of then are looked for; what was seen is kept for the next check."""
    folder = body("ghent", tmp_path)
    done = run("probe", folder, "--resolver", f"127.0.0.1:{free_port()}", "--record")
    (path,) = (folder / ".ordinance" / "probes").iterdir()
    assert f"kept in .ordinance/probes/{path.name}" in done.err
    assert json.loads(path.read_bytes())["sums"][0]["expected"] == "free"
    assert run("check", folder).code != 3


# Notes each address that this process connects or sends to, and each name that it looks up.
WATCHED = f"""
import atexit, json, sys
met = []
def note(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        met.append(repr(arguments[1]))
    elif event.startswith("socket.get") or event == "subprocess.Popen":
        met.append(f"{{event}} {{arguments!r}}")
sys.addaudithook(note)
atexit.register(lambda: sys.stderr.write("MET " + json.dumps(sorted(set(met)))))
{PROGRAM}
"""


@pytest.mark.parametrize("reference", [False, True])
def test_nothing_but_the_named_address_is_contacted(reference: bool, tmp_path: Path) -> None:
    """The interpreter itself reports every connection and every look-up of a name."""
    port = free_port()
    words = ["probe", str(body("ghent", tmp_path)), "--resolver", f"127.0.0.1:{port}", *DAY]
    running = start(*words, *(["--reference", "127.0.0.9:9"] if reference else []), program=WATCHED)
    err = running.communicate(timeout=60)[1].decode()
    assert json.loads(err.partition("MET ")[2]) == [repr(("127.0.0.1", port))]
    assert running.returncode == 4
