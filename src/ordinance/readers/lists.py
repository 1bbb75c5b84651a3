# SPDX-License-Identifier: EUPL-1.2
"""Lists of names that other people keep: of NextDNS, v2fly, AdGuard and MISP, and hosts files.

Foreign bytes: `parse` runs in a process of its own with limits (`_apart`). Of what comes back only names in their
normal form, numbers of lines and words of a closed list are kept; every line or entry is counted. Downloads nothing:
a list that a file includes must be given too.

The shapes, each from what its project says of it:
- `nextdns` (nextdns/services): a name a line, with all below it.
- `v2fly` (domain-list-community, README): `domain:` or nothing before a name, with all below it; `full:` the name
  alone; `regexp:`, `keyword:` and `include:` give no name; words after `@` are marks, `#` begins a comment.
- `adguard` (AdGuard, "DNS filtering rules syntax"): `||name^` with all below it, `|name^` and a bare name alone, lines
  of a hosts file; or the YAML or JSON of a service, whose `rules` are such lines. `@@` is an exception, `$important`
  changes nothing, other conditions, `/…/` and `*` make no plain name.
- `hosts` (hosts(5)): an address, then names, each alone.
- `misp` (MISP core format): attributes `domain`, `domain|ip` (with all below) and `hostname` (alone) of an event and of
  its objects; or a warning list of the type `hostname` (with all below) or `string` (alone).
"""

from __future__ import annotations

import ipaddress
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ordinance.match.names import normalise
from ordinance.model.errors import Issue, SourceError
from ordinance.model.lists import ForeignList, LeftOut, ListedName, ListForm
from ordinance.readers._apart import ApartError, apart

MOST_BYTES = 20_000_000
MOST_LINES = 500_000
MOST_NAMES = 200_000  # in one list of one family; the largest known have some hundreds
READER = "ordinance.readers.lists"
_COMMENTS = ("#", "!")
_KEY = re.compile(r"""["']?(rules|blocked_services)["']?\s*:""")
_LOCAL = {"localhost", "localhost.localdomain", "local", "broadcasthost"}  # what hosts files begin with: nobody's app


def read_list(path: Path, form: ListForm) -> ForeignList:
    """What a file holds. Raises SourceError for one that cannot be read, or is no list of that form."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise _no(path, "unreadable-file", f"the file cannot be read: {error.strerror or error}") from None
    if len(raw) > MOST_BYTES:
        raise _no(path, "too-large", f"the file is larger than {MOST_BYTES:,} bytes")
    try:
        answer = apart(READER, {"form": form}, raw)
        if answer["fault"]:
            line, issue, message = answer["fault"]
            raise _no(path, str(issue), str(message), int(line))
        names = tuple(ListedName(_checked(v), int(n), bool(e)) for v, n, e in answer["names"])
        left = tuple((int(n), LeftOut(why)) for n, why in answer["left_out"])
        return ForeignList(path.name, names, int(answer["repeated"]), int(answer["structural"]), left)
    except (ApartError, KeyError, TypeError, ValueError) as error:
        raise _no(path, "unreadable-file", f"the file cannot be read: {error}") from None


def _checked(value: object) -> str:
    if not isinstance(value, str) or normalise(value) != value or "." not in value:
        raise ValueError("its reader broke")
    return value


def _no(path: Path, issue: str, message: str, line: int = 0) -> SourceError:
    return SourceError([Issue(str(path), line, 0, issue, message)])


# --- apart ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Parsed:
    """What is gathered of one file."""

    names: dict[str, tuple[int, bool]] = field(default_factory=dict)
    repeated: int = 0
    structural: int = 0
    left_out: list[tuple[int, LeftOut]] = field(default_factory=list)

    def take(self, line: int, text: str, *, exact: bool) -> None:
        """One entry that should be a name. Given alone and with all below it, it counts with all below it."""
        value = normalise(text)
        if value is None or "." not in value:
            address = value is None and _is_address(text)
            self.leave(line, LeftOut.OTHER_KIND if address else LeftOut.NOT_A_NAME)
        elif value in self.names:
            first, alone = self.names[value]
            self.names[value] = first, alone and exact
            self.repeated += 1
        elif len(self.names) == MOST_NAMES:
            raise NotThatFormError(f"it has more than {MOST_NAMES:,} names", line, too_large=True)
        else:
            self.names[value] = line, exact

    def leave(self, line: int, why: LeftOut) -> None:
        """One entry that gives no name."""
        self.left_out.append((line, why))


class NotThatFormError(Exception):
    """The file is not written as it was said to be."""

    def __init__(self, message: str, line: int = 0, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.line, self.too_large = line, too_large


def parse(raw: bytes, form: ListForm) -> Parsed:
    """The entries of a file. Raises NotThatFormError."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotThatFormError(f"it is no UTF-8 text (byte {error.start})") from None
    found = Parsed()
    if form is ListForm.MISP:
        _misp(text, found)
    elif form is ListForm.ADGUARD and _is_service(text):
        for line, rule in _rules(text):
            if rule is None:
                found.leave(line, LeftOut.OTHER_KIND)
            else:
                _adguard(line, rule, found)
    else:
        for line, one in enumerate(_lines(text), 1):
            _LINES[form](line, one.strip(), found)
    return found


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    if len(lines) > MOST_LINES:
        raise NotThatFormError(f"it has more than {MOST_LINES:,} lines", MOST_LINES + 1, too_large=True)
    return lines


def _nextdns(line: int, text: str, into: Parsed) -> None:
    name = text.partition("#")[0].strip()
    if not name:
        into.structural += 1
    elif "*" in name.removeprefix("*."):
        into.leave(line, LeftOut.PATTERN)
    else:
        into.take(line, name.removeprefix("*."), exact=False)


def _v2fly(line: int, text: str, into: Parsed) -> None:
    words = text.partition("#")[0].split()
    if not words:
        into.structural += 1
        return
    kind, colon, rest = words[0].partition(":")
    kind, name = (kind, rest) if colon else ("domain", words[0])
    if kind in {"domain", "full"}:
        into.take(line, name, exact=kind == "full")
    elif kind in {"regexp", "regex", "keyword"}:
        into.leave(line, LeftOut.PATTERN)
    else:
        into.leave(line, LeftOut.INCLUDE if kind == "include" else LeftOut.NOT_A_NAME)


def _adguard(line: int, text: str, into: Parsed) -> None:
    if not text or text.startswith(_COMMENTS) or (text.startswith("[") and text.endswith("]")):
        into.structural += 1
    elif text.startswith("@@"):
        into.leave(line, LeftOut.EXCEPTION)
    elif text.startswith("/") or "*" in text:
        into.leave(line, LeftOut.PATTERN)
    elif "$" in text:
        rule, _, modifiers = text.rpartition("$")
        if modifiers == "important":
            _adguard(line, rule, into)
        else:
            into.leave(line, LeftOut.MODIFIED)
    else:
        _plain_rule(line, text, into)


def _plain_rule(line: int, text: str, into: Parsed) -> None:
    """A rule without conditions and wildcards."""
    if text.startswith("||"):
        name, end, rest = text[2:].partition("^")
        if rest not in {"", "|"} or not end:
            into.leave(line, LeftOut.PATTERN)  # without a separator it is the beginning of any longer name
        else:
            into.take(line, name, exact=False)
    elif text.startswith("|") and "/" not in text:
        into.take(line, text.strip("|").removesuffix("^"), exact=True)
    elif any(mark in text for mark in ("^", "/", "##", "#@", "#%", "#$")):
        into.leave(line, LeftOut.PATTERN)
    elif _is_address(text.split(maxsplit=1)[0]):
        _hosts(line, text, into)
    else:
        into.take(line, text.partition("#")[0].strip(), exact=True)


def _is_service(text: str) -> bool:
    """Whether a text is what describes services, and not a list of rules."""
    return text.lstrip().startswith("{") or any(_KEY.match(line) for line in _lines(text))


def _rules(text: str) -> list[tuple[int, str | None]]:
    """The rules of one service with their lines, from YAML or JSON; `None` for what is no text."""
    import yaml  # noqa: PLC0415  # only for this form

    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError):
        raise NotThatFormError("it is neither a list of rules nor the YAML or JSON of a service") from None
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    found = next((v for k, v in pairs if isinstance(k, yaml.ScalarNode) and k.value == "rules"), None)
    if not isinstance(found, yaml.SequenceNode):
        raise NotThatFormError("it has no list of `rules`: of a file of many services give each one's own")
    return [
        (r.start_mark.line + 1, str(r.value).strip() if isinstance(r, yaml.ScalarNode) else None) for r in found.value
    ]


def _hosts(line: int, text: str, into: Parsed) -> None:
    words = text.partition("#")[0].split()
    if not words:
        into.structural += 1
        return
    names = words[1:] if _is_address(words[0]) else []
    if not names:
        into.leave(line, LeftOut.NOT_A_NAME)
    for name in names:
        if _is_own(name.lower()):
            into.structural += 1
        else:
            into.take(line, name, exact=True)


def _is_own(name: str) -> bool:
    """Whether a hosts file's name is of the machine itself, or the line `0.0.0.0 0.0.0.0`."""
    return name in _LOCAL or (name.startswith("ip6-") and "." not in name) or _is_address(name)


_LINES: Mapping[ListForm, Callable[[int, str, Parsed], None]] = {
    ListForm.NEXTDNS: _nextdns,
    ListForm.V2FLY: _v2fly,
    ListForm.ADGUARD: _adguard,
    ListForm.HOSTS: _hosts,
}


def _misp(text: str, into: Parsed) -> None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotThatFormError("it is no JSON", getattr(error, "lineno", 0)) from None
    if isinstance(document, dict) and isinstance(document.get("list"), list):
        _warning_list(document, into)
        return
    events = [e.get("Event") if isinstance(e, dict) else None for e in _events(document)]
    if not events or not all(isinstance(e, dict) for e in events):
        raise NotThatFormError("it is neither an event of MISP, nor several, nor a warning list")
    attributes = [a for event in events if event for a in _attributes(event)]
    for entry, one in enumerate(attributes, 1):
        kind, value = (_word(one, "type"), one.get("value")) if isinstance(one, dict) else ("", None)
        if not isinstance(value, str) or kind not in {"domain", "hostname", "domain|ip"}:
            into.leave(entry, LeftOut.OTHER_KIND)
        elif one.get("deleted") in (True, "1"):
            into.leave(entry, LeftOut.DELETED)
        else:
            into.take(entry, value.partition("|")[0].strip(), exact=kind == "hostname")


def _events(document: Any) -> list[Any]:
    given = document.get("response", [document]) if isinstance(document, dict) else document
    return given if isinstance(given, list) else [given] if isinstance(given, dict) else []


def _attributes(event: Mapping[str, Any]) -> Iterable[Any]:
    """Attributes of an event and of its objects; what is no object counts as an entry of another kind."""
    yield from _list(event, "Attribute")
    for one in _list(event, "Object"):
        gone = {"deleted": True} if isinstance(one, dict) and one.get("deleted") in (True, "1") else {}
        for attribute in _list(one, "Attribute") if isinstance(one, dict) else [None]:
            yield attribute | gone if isinstance(attribute, dict) else attribute


def _list(holder: Mapping[str, Any], key: str) -> list[Any]:
    found = holder.get(key)
    return found if isinstance(found, list) else []


def _word(holder: Mapping[str, Any], key: str) -> str:
    found = holder.get(key)
    return found if isinstance(found, str) else ""


def _warning_list(document: Mapping[str, Any], into: Parsed) -> None:
    kind = _word(document, "type")
    for entry, value in enumerate(document["list"], 1):
        if not isinstance(value, str) or kind not in {"hostname", "string"}:
            into.leave(entry, LeftOut.PATTERN if kind in {"regex", "substring"} else LeftOut.OTHER_KIND)
        else:
            into.take(entry, value.strip().removeprefix("."), exact=kind == "string")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return False
    return True


def answer(request: Mapping[str, Any], raw: bytes) -> dict[str, Any]:
    """What the process answers: plain data only."""
    try:
        found = parse(raw, ListForm(request["form"]))
    except NotThatFormError as error:
        issue = "too-large" if error.too_large else "unreadable-file"
        return {"fault": [error.line, issue, f"not a list of the form {request['form']}: {error}"]}
    return {
        "fault": None,
        "names": [[value, line, exact] for value, (line, exact) in found.names.items()],
        "repeated": found.repeated,
        "structural": found.structural,
        "left_out": found.left_out,
    }


if __name__ == "__main__":
    from ordinance.readers._apart import limited

    limited()
    head = sys.stdin.buffer.readline()
    json.dump(answer(json.loads(head), sys.stdin.buffer.read()), sys.stdout)
