# SPDX-License-Identifier: EUPL-1.2
"""Names that the policy files of Chromium, Chrome and Edge list: all files must list the same."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

from ordinance.model.target import Compiled

KEYS = {
    "chrome.reg": ("HKEY_LOCAL_MACHINE", "SOFTWARE", "Policies", "Google", "Chrome", "URLBlocklist"),
    "edge.reg": ("HKEY_LOCAL_MACHINE", "SOFTWARE", "Policies", "Microsoft", "Edge", "URLBlocklist"),
}
Key = tuple[str, ...]


def blocked(compiled: Compiled) -> set[str]:
    """The names of the JSON file, which those of the registry and of Intune must repeat."""
    files = {a.path.removeprefix("chromium/"): a.content.decode("ascii") for a in compiled.artefacts}
    assert set(files) == {"managed.json", "edge-intune.txt", *KEYS}
    policies = json.loads(files["managed.json"])
    assert set(policies) <= {"URLBlocklist"}
    names = policies.get("URLBlocklist", [])
    assert isinstance(names, list)
    assert bool(names) == bool(policies)
    assert all(isinstance(name, str) for name in names)
    assert len(names) == len(set(names))
    for file, key in KEYS.items():
        assert values_after(files[file], key) == names
    assert values_of_intune(files["edge-intune.txt"]) == names
    return set(names)


def values_after(text: str, key: Key) -> list[str]:
    """The list under a key once the file is imported where an older, longer list was; nothing else may change."""
    older = {str(n): "ended.example" for n in range(1, 2000)}
    registry: dict[Key, dict[str, str]] = {key: older, key[:-1]: {"other": "policy"}}
    apply(text, registry)
    assert registry.pop(key[:-1]) == {"other": "policy"}
    found = registry.pop(key, {})
    assert not registry
    assert list(found) == [str(n) for n in range(1, len(found) + 1)]
    return list(found.values())


def apply(text: str, registry: dict[Key, dict[str, str]]) -> None:
    """What an import of a registry file of version 5 does to keys and their values of type REG_SZ."""
    first, blank, *lines = text.splitlines()
    assert (first, blank) == ("Windows Registry Editor Version 5.00", "")
    open_key: dict[str, str] | None = None
    for line in lines:
        if not line or line.startswith(";"):
            assert not line.endswith("\\")
        elif gone := re.fullmatch(r"\[-([^\[\]]+)\]", line):
            above = tuple(gone[1].split("\\"))
            for key in [k for k in registry if k[: len(above)] == above]:
                del registry[key]
            open_key = None
        elif kept := re.fullmatch(r"\[([^\[\]-][^\[\]]*)\]", line):
            open_key = registry.setdefault(tuple(kept[1].split("\\")), {})
        else:
            value = re.fullmatch(r'"((?:[^"\\]|\\["\\])+)"="((?:[^"\\]|\\["\\])*)"', line)
            assert value is not None, line
            assert open_key is not None, line
            name, data = (re.sub(r"\\(.)", r"\1", part) for part in value.groups())
            assert name not in open_key or open_key[name] == "ended.example", line
            open_key[name] = data


def values_of_intune(text: str) -> list[str]:
    """The values of numbered pairs, as Windows splits them at U+F000."""
    state, *rest = ElementTree.fromstring(f"<setting>{text}</setting>")  # noqa: S314  # written a moment ago
    if state.tag == "disabled":
        assert (state.attrib, rest) == ({}, [])
        return []
    (data,) = rest
    assert (state.tag, state.attrib, data.tag, set(data.attrib)) == ("enabled", {}, "data", {"id", "value"})
    assert data.attrib["id"] == "URLBlocklistDesc"
    parts = data.attrib["value"].split("\uf000")
    assert parts[::2] == [str(n) for n in range(1, len(parts) // 2 + 1)]
    return parts[1::2]
