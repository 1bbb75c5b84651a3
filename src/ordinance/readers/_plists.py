# SPDX-License-Identifier: EUPL-1.2
"""Property lists of Apple's management protocol, described in plain data: requests for a list of apps, and answers.

Foreign bytes: the module runs in a process of its own with limits (`_apart`), many files at once, each for itself. XML
and binary; entities are refused by Python's parser, what nests too deep or declares more than it holds is a fault. Of a
property list only what `described` names leaves the process, and no text of more than MOST_TEXT characters.
"""

from __future__ import annotations

import json
import plistlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ordinance.readers._apart import ApartError, apart

MOST_ITEMS = 20_000
MOST_TEXT = 1_000
_NOT_THERE_YET = ("Installing", "DownloadFailed", "DownloadWaiting", "DownloadPaused", "DownloadCancelled")
_OF_AN_ANSWER = ("UDID", "EnrollmentID", "Status", "CommandUUID")
_OF_A_USER = ("UserID", "EnrollmentUserID")
_FAULTS = frozenset({"bad-plist", "not-an-inventory", "bad-type", "file-too-large"})
_MODULE = "ordinance.readers._plists"
Ask = Callable[[str, Mapping[str, Any], bytes], dict[str, Any]]


def read_apart(raws: Sequence[bytes], ask: Ask = apart) -> list[dict[str, Any]]:
    """What each of these files is. Where their process gives no answer each gets its own, so that one spoils none."""
    request = {"sizes": [len(raw) for raw in raws]}
    try:
        told = ask(_MODULE, request, b"".join(raws)).get("files")
    except ApartError:
        told = None
    if isinstance(told, list) and len(told) == len(raws):
        return [one if _is_described(one) else {"fault": "bad-plist"} for one in told]
    return [read_apart([raw], ask)[0] for raw in raws] if len(raws) > 1 else [{"fault": "bad-plist"}] * len(raws)


def described(raw: bytes) -> dict[str, Any]:
    """What a property list is: `{"fault"}`, `{"request"}` or `{"answer"}`.

    Of a request the command's id, the apps it asks for (`None`: all) and whether only managed ones. Of an answer its
    texts (`None` where something else stands), whether it speaks for one user, and its items: id, name, and whether the
    app is there (`None`: not said in a way that can be read); `None` for an item that is no dictionary.
    """
    try:
        value = plistlib.loads(raw)
    except Exception:  # whatever a parser raises about foreign bytes is one fault
        return {"fault": "bad-plist"}
    if not isinstance(value, dict):
        return {"fault": "not-an-inventory"}
    command, items = value.get("Command"), value.get("InstalledApplicationList")
    if isinstance(command, dict):
        return _request(command, _text(value.get("CommandUUID")))
    answer: dict[str, Any] = {key: _text(value.get(key)) for key in _OF_AN_ANSWER}
    answer["of_a_user"] = any(key in value for key in _OF_A_USER)
    if items is not None and not isinstance(items, list):
        return {"fault": "bad-type"}
    if items is not None and len(items) > MOST_ITEMS:
        return {"fault": "file-too-large"}
    answer["items"] = None if items is None else [_item(item) for item in items]
    return {"answer": answer}


def _request(command: dict[Any, Any], command_id: str | None) -> dict[str, Any]:
    if command.get("RequestType") != "InstalledApplicationList":
        return {"fault": "not-an-inventory"}
    ids, is_managed = command.get("Identifiers"), command.get("ManagedAppsOnly", False)
    asked = [_text(one) for one in ids[:MOST_ITEMS]] if isinstance(ids, list) else None if ids is None else []
    return {"request": {"command": command_id, "ids": asked, "managed_only": is_managed is not False}}


def _item(item: Any) -> list[Any] | None:
    if not isinstance(item, dict):
        return None
    flags = [item.get(key, False) for key in _NOT_THERE_YET]
    is_there = not any(flags) if all(isinstance(flag, bool) for flag in flags) else None
    return [_text(item.get("Identifier")), _text(item.get("Name")), is_there]


def _text(value: Any) -> str | None:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) and len(value) <= MOST_TEXT else None


def _is_described(one: Any) -> bool:
    """Whether what came out of the process has the form that `described` says."""
    if not isinstance(one, dict) or len(one) != 1:
        return False
    ((kind, said),) = one.items()
    if kind == "fault":
        return said in _FAULTS
    if not isinstance(said, dict):
        return False
    if kind == "request":
        ids = said.get("ids", 0)
        are_ids = ids is None or (isinstance(ids, list) and all(isinstance(i, str | None) for i in ids))
        return are_ids and isinstance(said.get("command", 0), str | None) and isinstance(said.get("managed_only"), bool)
    items = said.get("items", 0)
    are_items = items is None or (isinstance(items, list) and all(i is None or _is_item(i) for i in items))
    are_texts = all(isinstance(said.get(key, 0), str | None) for key in _OF_AN_ANSWER)
    return kind == "answer" and are_items and are_texts and isinstance(said.get("of_a_user"), bool)


def _is_item(item: Any) -> bool:
    is_three = isinstance(item, list) and len(item) == 3
    return is_three and isinstance(item[2], bool | None) and all(isinstance(text, str | None) for text in item[:2])


def _each(raw: bytes, sizes: Sequence[int]) -> Iterator[dict[str, Any]]:
    at = 0
    for size in sizes:
        yield described(raw[at : at + size])
        at += size


if __name__ == "__main__":
    from ordinance.readers._apart import limited

    limited()
    wanted = json.loads(sys.stdin.buffer.readline())
    json.dump({"files": list(_each(sys.stdin.buffer.read(), wanted["sizes"]))}, sys.stdout)
