# SPDX-License-Identifier: EUPL-1.2
"""Lists that other people keep: each form is read as its project says, and every line counts once."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordinance.match.names import normalise
from ordinance.model.errors import SourceError
from ordinance.model.lists import LeftOut, ListForm
from ordinance.readers import lists
from ordinance.readers.lists import NotThatFormError, parse, read_list

V2FLY = """\
# A list, with what may stand in one
include:other-list
tiktok.com
domain:TikTokV.com @ads  # a comment
full:www.muscdn.com
regexp:^v[0-9]+\\.example$
keyword:tiktok
tiktok.com

unknown:thing
"""
ADGUARD = """\
[Adblock Plus]
! a comment
||tiktok.com^
|www.example.org^
plain.example.net
0.0.0.0 alone.example
@@||allowed.example^
||byhalf.example
||condition.example^$dnstype=A
||important.example^$important
||whole.example^|
/pattern[0-9]/
*.wild.example
example.com##.banner
"""
SERVICE = """\
id: tiktok
name: TikTok
icon_svg: '<svg/>'
rules:
- '||tiktok.com^'
- '||tiktokv.com^'
- '@@||not.example^'
"""
HOSTS = """\
127.0.0.1 localhost
::1 ip6-localhost
0.0.0.0 0.0.0.0
# of the app
0.0.0.0 tiktok.com www.tiktok.com # two
0.0.0.0
tiktok.com
127.0.0.1\tlocalhost tiktokv.com
0.0.0.0 ip6-api.example.org
"""
EVENT = {
    "Event": {
        "Attribute": [
            {"type": "domain", "value": "tiktok.com"},
            {"type": "hostname", "value": "www.muscdn.com"},
            {"type": "domain|ip", "value": "tiktokv.com|192.0.2.1"},
            {"type": "ip-dst", "value": "192.0.2.1"},
            {"type": "domain", "value": 7},
            {"type": "domain", "value": "taken-back.example", "deleted": True},
        ],
        "Object": [{"Attribute": [{"type": "domain", "value": "musical.ly"}, "no attribute"]}],
    }
}


def read(text: str, form: ListForm) -> tuple[list[tuple[str, int, bool]], dict[int, str], int, int]:
    """Names with line and whether alone; what gave none by line; repeated; structural."""
    found = parse(text.encode(), form)
    names = [(value, line, exact) for value, (line, exact) in found.names.items()]
    return names, {line: str(why) for line, why in found.left_out}, found.repeated, found.structural


def test_a_name_a_line() -> None:
    """With all below it; a star before the first dot says the same, another is a pattern."""
    text = "# head\nTikTok.com.\r\n*.tiktokv.com\ntik*.example\nlocalhost\n192.0.2.1\nmüsik.example\n"
    names, left, repeated, structural = read(text, ListForm.NEXTDNS)
    assert names == [("tiktok.com", 2, False), ("tiktokv.com", 3, False), ("xn--msik-0ra.example", 7, False)]
    assert left == {4: "pattern", 5: "not_a_name", 6: "other_kind"}
    assert (repeated, structural) == (0, 1)


def test_rules_of_domain_list_community() -> None:
    """`full:` is the name alone; patterns and lists that are included give no name."""
    names, left, repeated, structural = read(V2FLY, ListForm.V2FLY)
    assert names == [("tiktok.com", 3, False), ("tiktokv.com", 4, False), ("www.muscdn.com", 5, True)]
    assert left == {2: "include", 6: "pattern", 7: "pattern", 10: "not_a_name"}
    assert (repeated, structural) == (1, 2)


def test_filter_rules() -> None:
    """Plain names are taken; exceptions, conditions, patterns and rules about pages are not."""
    names, left, _, structural = read(ADGUARD, ListForm.ADGUARD)
    assert names == [
        ("tiktok.com", 3, False),
        ("www.example.org", 4, True),
        ("plain.example.net", 5, True),
        ("alone.example", 6, True),
        ("important.example", 10, False),
        ("whole.example", 11, False),
    ]
    assert left == {
        7: "exception", 8: "pattern", 9: "modified", 12: "pattern", 13: "pattern", 14: "pattern",
    }  # fmt: skip
    assert structural == 2


def test_the_rules_of_a_service() -> None:
    """A service's YAML or JSON holds rules beside its name and picture; each keeps its line, and each is counted."""
    names, left, _, _ = read(SERVICE, ListForm.ADGUARD)
    assert names == [("tiktok.com", 5, False), ("tiktokv.com", 6, False)]
    assert left == {7: "exception"}
    names, left, _, _ = read('{"id": "tiktok",\n "rules": ["||tiktok.com^", {"a": 1}]}', ListForm.ADGUARD)
    assert names == [("tiktok.com", 2, False)]
    assert left == {2: "other_kind"}


NO_SERVICE = ["blocked_services:\n- id: a\n", '{"rules": 7}', "rules:\n  a: 1\n", "{", "rules: [\n"]


@pytest.mark.parametrize("text", NO_SERVICE)
def test_what_describes_no_single_service(text: str) -> None:
    """Neither read as rules nor as an empty list."""
    with pytest.raises(NotThatFormError):
        parse(text.encode(), ListForm.ADGUARD)


def test_a_hosts_file() -> None:
    """Names of the machine itself are structure, not somebody's app; every name stands alone."""
    names, left, _, structural = read(HOSTS, ListForm.HOSTS)
    assert names == [
        ("tiktok.com", 5, True),
        ("www.tiktok.com", 5, True),
        ("tiktokv.com", 8, True),
        ("ip6-api.example.org", 9, True),
    ]
    assert left == {6: "not_a_name", 7: "not_a_name"}
    assert structural == 5


def test_an_event() -> None:
    """Attributes of the event and of its objects; what is no name is counted as of another kind."""
    names, left, _, _ = read(json.dumps(EVENT), ListForm.MISP)
    assert names == [
        ("tiktok.com", 1, False),
        ("www.muscdn.com", 2, True),
        ("tiktokv.com", 3, False),
        ("musical.ly", 7, False),
    ]
    assert left == {4: "other_kind", 5: "other_kind", 6: "deleted", 8: "other_kind"}
    every = [read(json.dumps(d), ListForm.MISP) for d in (EVENT, [EVENT], {"response": [EVENT]}, {"response": EVENT})]
    assert all(one == every[0] for one in every)


def test_an_object_that_was_taken_back() -> None:
    """And its attributes with it."""
    taken = {"deleted": True, "Attribute": [{"type": "domain", "value": "tiktok.com"}]}
    names, left, _, _ = read(json.dumps({"Event": {"Object": [taken]}}), ListForm.MISP)
    assert (names, left) == ([], {1: "deleted"})


@pytest.mark.parametrize(("kind", "exact"), [("hostname", False), ("string", True)])
def test_a_warning_list(kind: str, exact: bool) -> None:
    """`hostname` means names below as well, `string` the name alone."""
    names, left, _, _ = read(json.dumps({"type": kind, "list": [".tiktok.com", "10.0.0.0/8", 5]}), ListForm.MISP)
    assert names == [("tiktok.com", 1, exact)]
    assert left == {2: "not_a_name", 3: "other_kind"}


@pytest.mark.parametrize("kind", ["regex", "substring", "cidr"])
def test_a_warning_list_without_names(kind: str) -> None:
    """Pieces of names and networks are no names."""
    names, left, _, _ = read(json.dumps({"type": kind, "list": ["tiktok.com"]}), ListForm.MISP)
    assert names == []
    assert left == {1: "other_kind" if kind == "cidr" else "pattern"}


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"Event": []}', '{"list": {}}', "[" * 100_000])
def test_what_is_no_list(text: str) -> None:
    """It is refused, not read as an empty list."""
    with pytest.raises(NotThatFormError):
        parse(text.encode(), ListForm.MISP)


def test_what_is_no_text() -> None:
    """Bytes that are not UTF-8 are refused with the place."""
    with pytest.raises(NotThatFormError, match="byte 3"):
        parse(b"ab\n\xff", ListForm.HOSTS)


def test_a_name_alone_and_with_all_below_it() -> None:
    """Twice the same name: it is one, with all below it, at its first line."""
    names, _, repeated, _ = read("full:tiktok.com\ntiktok.com\nfull:tiktok.com\n", ListForm.V2FLY)
    assert (names, repeated) == ([("tiktok.com", 1, False)], 2)


def test_more_names_than_any_list_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said which limit, and at which line."""
    monkeypatch.setattr(lists, "MOST_NAMES", 2)
    with pytest.raises(NotThatFormError, match="more than 2 names") as error:
        parse(b"a.example\nb.example\na.example\nc.example\n", ListForm.NEXTDNS)
    assert (error.value.line, error.value.too_large) == (4, True)


LINE_FORMS = (ListForm.NEXTDNS, ListForm.V2FLY, ListForm.ADGUARD)
LINES = st.one_of(
    st.sampled_from([*V2FLY.splitlines(), *ADGUARD.splitlines(), *SERVICE.splitlines(), *HOSTS.splitlines()]),
    st.text(max_size=30),
    st.from_regex(r"[|@/]{0,2}[a-z*.:#^$\-]{1,12}\.[a-z]{2,4}[\^$|#]{0,2}", fullmatch=True),
)


@given(st.lists(LINES, max_size=12), st.sampled_from(LINE_FORMS))
def test_every_line_counts_once(rows: list[str], form: ListForm) -> None:
    """Names, repetitions, structure and the rest add up to the lines; names are in their normal form."""
    text = "\n".join(r.replace("\n", " ").replace("\r", " ") for r in rows)
    try:
        found = parse(text.encode("utf-8", "replace"), form)
    except NotThatFormError:
        return
    if form is ListForm.ADGUARD and lists._is_service(text):  # its rules count, not its lines
        return
    lines = len(text.removesuffix("\n").split("\n"))
    names_a_line = len(found.names)
    assert names_a_line + found.repeated + found.structural + len(found.left_out) >= lines
    if form is not ListForm.ADGUARD:  # a line of a hosts file may hold several names
        assert names_a_line + found.repeated + found.structural + len(found.left_out) == lines
    assert all(normalise(value) == value and "." in value for value in found.names)


@given(st.binary(max_size=300), st.sampled_from(list(ListForm)))
def test_no_bytes_break_the_parser(raw: bytes, form: ListForm) -> None:
    """It answers in names and counts, or refuses with a line that the file may have."""
    try:
        found = parse(raw, form)
    except NotThatFormError as error:
        assert 0 <= error.line <= raw.count(b"\n") + raw.count(b"\r") + 1
        return
    assert all(normalise(value) == value and line > 0 for value, (line, _) in found.names.items())


KEYS = st.sampled_from(["Event", "Attribute", "Object", "list", "type", "value", "response"])
SCALARS = st.none() | st.text(max_size=5) | st.integers()
DOCUMENTS = st.recursive(SCALARS, lambda x: st.lists(x) | st.dictionaries(KEYS, x), max_leaves=20)


@given(DOCUMENTS)
def test_no_json_breaks_the_parser(document: object) -> None:
    """Whatever stands where attributes should be: an event or a list gives names, anything else is refused."""
    raw = json.dumps(document).encode()
    try:
        found = parse(raw, ListForm.MISP)
    except NotThatFormError:
        assert not isinstance(document, dict) or not isinstance(document.get("list"), list)
        return
    assert b'"Event"' in raw or b'"list"' in raw
    assert all(normalise(value) == value for value in found.names)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows do not limit what a process holds")
@pytest.mark.parametrize("part", [b"[],", b'{"a":{}},', b"[[[[[[[[]]]]]]]],"], ids=["lists", "objects", "nested"])
def test_a_list_that_would_fill_the_memory_is_a_fault_at_the_file(part: bytes, tmp_path: Path) -> None:
    """Its process ends at the limit: no crash and no hang of ours, and who asked holds the bytes alone."""
    path = tmp_path / "event.json"
    path.write_bytes(b"[" + part * (lists.MOST_BYTES // len(part) - 2) + b"0]")
    with pytest.raises(SourceError) as raised:
        read_list(path, ListForm.MISP)
    (issue,) = raised.value.issues
    assert (issue.file, issue.id) == (str(path), "unreadable-file") and "stopped at a limit" in issue.message


def test_a_file_is_read_apart(tmp_path: Path) -> None:
    """Through the limited process the same comes back, and the sum is the file's."""
    path = tmp_path / "tiktok"
    path.write_text(V2FLY)
    found = read_list(path, ListForm.V2FLY)
    assert [n.value for n in found.names] == ["tiktok.com", "tiktokv.com", "www.muscdn.com"]
    assert found.records == len(V2FLY.splitlines()) == 10
    assert (6, LeftOut.PATTERN) in found.left_out


def test_a_file_that_cannot_be_read_is_said_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None there, of another form, or too large: a located error each time."""
    with pytest.raises(SourceError, match="No such file"):
        read_list(tmp_path / "none", ListForm.HOSTS)
    path = tmp_path / "event.json"
    path.write_text("{\n\n  broken")
    with pytest.raises(SourceError, match=r"event\.json:3:0: not a list of the form misp"):
        read_list(path, ListForm.MISP)
    monkeypatch.setattr(lists, "MOST_BYTES", 5)
    with pytest.raises(SourceError, match=r"larger than 5 bytes.*too-large"):
        read_list(path, ListForm.MISP)


def test_an_answer_is_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process says is foreign too: a name that is none is refused."""
    path = tmp_path / "list"
    path.write_text("tiktok.com\n")
    said = {"fault": None, "names": [["not a name", 1, False]], "repeated": 0, "structural": 0, "left_out": []}
    monkeypatch.setattr(lists, "apart", lambda *_: said)
    with pytest.raises(SourceError, match="its reader broke"):
        read_list(path, ListForm.NEXTDNS)
