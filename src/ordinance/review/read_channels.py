# SPDX-License-Identifier: EUPL-1.2
"""Official channels, read from located YAML: `channels/*.yaml` of a body's folder, one account a file.

Reads the files, nothing else; every fault is an issue at its place. What looks like a password or a token is refused
and never repeated in a message. Cannot know whether an office is one, or whether a handle is the body's: the lints of
`channel_lints` ask what more can be asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ordinance.model.channel import Archive, Channel, ChannelStage, ChannelState, Comments, Mfa, MfaKind, TakeOver
from ordinance.model.errors import Issue
from ordinance.model.law import Place
from ordinance.model.time import Period
from ordinance.policy import fields
from ordinance.policy.compose import MappingNode, Node, ScalarNode, SequenceNode
from ordinance.policy.fields import At
from ordinance.policy.files import passed_over, read_files
from ordinance.policy.nodes import Cursor

FOLDER = "channels"
KEYS = ("channel", "platform", "handle", "owner", "separate_device", "lifecycle")
OPTIONS = (
    "mailbox",
    "mfa",
    "custodians",
    "audience",
    "purpose",
    "languages",
    "comments",
    "archive",
    "emergency_duty",
    "take_over",
    "exemption",
    "next_review",
    "invented",
    "cites",
)
MFA_KEYS = ("kind", "seen_on")
TAKE_OVER_KEYS = ("steps", "calls", "recovery_address")
NONE, NOBODY, EACH_POST, NO = "none", "nobody", "each_post", "no"

_MAILBOX = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"'.]+")
_HANDLE = re.compile(r"(?!.*://)@?[^\s@]+(@[^\s@]+)?")  # with the server behind a second @ where a platform has several
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOST = 200  # letters of a handle or a mailbox

# What a key is called under which a secret would stand, in the languages of the bodies; spelled without separators.
_SECRET = re.compile(
    r"password|passwd|passphrase|passcode|passwort|kennwort|wachtwoord|motdepasse|parool|salas[oõ]na|secret|token|apikey"
    r"|privatekey|(recovery|backup)codes?|seedphrase|credential|^(pw|pwd|pin|otp|totp|seed|cookie)$"
)
# A secret within a text: the word for it, and something that is set to it.
_SAID = re.compile(
    r"(?i)otpauth://|\b(password|passwd|passphrase|passcode|pwd|pin|token|secret|api[ _-]?key|wachtwoord|mot de passe"
    r"|parool|passwort|kennwort)\s*[:=]\s*\S"
)


def read_channels(folder: Path) -> tuple[tuple[Channel, ...], tuple[Issue, ...]]:
    """The channels of a body's folder by id, and everything wrong with their files."""
    issues: list[Issue] = list(passed_over(folder, folder / FOLDER))
    paths = (p for p in sorted((folder / FOLDER).glob("*.yaml")) if p.is_file())
    found: dict[str, Channel] = {}
    for _, root in read_files(folder, paths, issues, hashlib.sha256()):
        one = read_channel(root)
        if one is None:
            continue
        if one.id in found:
            first = found[one.id].place.file
            root.report("duplicate-id", f'"{one.id}" is the id of {first} already', "choose another id")
        else:
            found[one.id] = one
    return tuple(found[k] for k in sorted(found)), tuple(sorted(issues))


def read_channel(cursor: Cursor) -> Channel | None:
    """One channel, or `None` after the faults were noted."""
    secret = list(_secrets(cursor))
    for one in secret:
        hint = "take it out, and change it: what was written into a file may have been copied"
        one.report("secret-in-a-file", "this looks like a secret; a channel's file never holds one", hint)
    before = len(cursor.issues)
    at = Cursor(_without_secrets(cursor.node), cursor.file, cursor.issues).mapping(KEYS, OPTIONS)
    channel = Channel(
        id=fields.identifier(at, "channel"),
        platform=fields.text(at, "platform"),
        handle=_matching(at, "handle", _HANDLE, "bad-handle", "a handle such as @city, without its address"),
        owner=fields.text(at, "owner"),
        device="" if _is(at, "separate_device", NONE) else fields.text(at, "separate_device"),
        lifecycle=_lifecycle(at),
        mailbox=_matching(at, "mailbox", _MAILBOX, "bad-mailbox", "an address such as press@city.example"),
        mfa=_mfa(at["mfa"]) if "mfa" in at else None,
        custodians=fields.texts(at, "custodians"),
        audience=fields.texts(at, "audience"),
        purpose=fields.text(at, "purpose"),
        languages=_languages(at),
        comments=_comments(at["comments"]) if "comments" in at else None,
        archive=_archive(at["archive"]) if "archive" in at else None,
        emergency=_emergency(at["emergency_duty"]) if "emergency_duty" in at else None,
        take_over=_take_over(at["take_over"]) if "take_over" in at else None,
        exemption=fields.text(at, "exemption"),
        next_review=fields.day(at, "next_review"),
        invented=fields.listed(at, "invented", Cursor.text),
        cites=fields.cites(at),
        place=cursor.place,
        places=tuple((key, _place(child)) for key, child in at.items()),
    )
    _review_after_start(at, channel)
    return None if secret or len(cursor.issues) > before else channel


def _review_after_start(at: At, channel: Channel) -> None:
    """A review before anything is there to be looked at is a slip in one of the two days."""
    review, first = channel.next_review, min((s.first_day for s in channel.lifecycle), default=None)
    if review is not None and first is not None and review < first:
        message = f"the next review, {review}, is before the channel's first day, {first}"
        at["next_review"].report("review-before-start", message, "a day on which the channel is looked at again")


def _place(child: Cursor) -> Place:
    return Cursor(child.key or child.node, child.file, child.issues).place


def _is(at: At, key: str, word: str) -> bool:
    return key in at and fields.is_literal(at[key], word)


# --- secrets --------------------------------------------------------------------------------------


def _secrets(cursor: Cursor) -> Iterator[Cursor]:
    """Places of keys that are called as secrets are, and of texts that say one."""
    node = cursor.node
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _secrets_of(Cursor(key, cursor.file, cursor.issues), Cursor(value, cursor.file, cursor.issues))
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _secrets(Cursor(item, cursor.file, cursor.issues))
    elif _SAID.search(node.value):
        yield cursor


def _secrets_of(key: Cursor, value: Cursor) -> Iterator[Cursor]:
    if _is_secret(key.node):
        yield key
    else:
        yield from _secrets(key)
        yield from _secrets(value)


def _is_secret(key: Node) -> bool:
    return isinstance(key, ScalarNode) and bool(_SECRET.search(re.sub(r"[\s_.-]", "", key.value.casefold())))


def _without_secrets(node: Node) -> Node:
    """The node without entries whose key is called as a secret is: they are told of once, and read no further."""
    if isinstance(node, MappingNode):
        kept = ((key, _without_secrets(value)) for key, value in node.value if not _is_secret(key))
        return node._replace(value=tuple(kept))
    if isinstance(node, SequenceNode):
        return node._replace(value=tuple(_without_secrets(item) for item in node.value))
    return node._replace(value="(taken out)") if _SAID.search(node.value) else node


# --- fields ---------------------------------------------------------------------------------------


def _matching(at: At, key: str, form: re.Pattern[str], issue_id: str, expected: str) -> str:
    """A text of a form; a handle is kept without its first @."""
    value = fields.text(at, key)
    if value and (len(value) > _MOST or not form.fullmatch(value)):
        at[key].report(issue_id, f'"{value[:_MOST]}" is not {expected}')
        return ""
    return value.removeprefix("@")


def _lifecycle(at: At) -> tuple[ChannelStage, ...]:
    if "lifecycle" not in at:
        return ()
    found: list[ChannelStage] = []
    for item in at["lifecycle"].some():
        entry = item.mapping(("state", "from"))
        state, first = fields.word(entry, "state", ChannelState), fields.day(entry, "from")
        if state is None or first is None:
            continue
        if found and first <= found[-1].first_day:
            message = f"{first} is not after the beginning of what comes before, {found[-1].first_day}"
            item.report("lifecycle-order", message, "write the stages in the order of time")
        found.append(ChannelStage(state, first))
    return tuple(found)


def _mfa(cursor: Cursor) -> Mfa | None:
    at = cursor.mapping(MFA_KEYS)
    kind, seen = fields.word(at, "kind", MfaKind), fields.day(at, "seen_on")
    return Mfa(kind, seen) if kind is not None and seen is not None else None


def _languages(at: At) -> tuple[str, ...]:
    found = []
    for child in at["languages"].one_or_many() if "languages" in at else ():
        word = child.text()
        if _LANGUAGE.fullmatch(word):
            found.append(word)
        elif word:
            child.report("bad-language", f'"{word}" is no language code', "two or three small letters, such as nl")
    return tuple(found)


def _comments(cursor: Cursor) -> Comments:
    """`{by: an office}`, or `{by: nobody, reason: …}`."""
    at = cursor.mapping(("by",), ("reason",))
    nobody = _is(at, "by", NOBODY)
    return Comments("" if nobody else fields.text(at, "by"), fields.text(at, "reason"))


def _archive(cursor: Cursor) -> Archive:
    at = cursor.mapping(("where", "every"))
    each = _is(at, "every", EACH_POST)
    every = at["every"].period() if "every" in at and not each else None
    if every == Period():
        at["every"].report("bad-period", "posts are kept after some time", "a period such as P7D, or each_post")
    return Archive(fields.text(at, "where"), every)


def _emergency(cursor: Cursor) -> str:
    """`no`, or `{by: an office}`."""
    if fields.is_literal(cursor, NO):
        return ""
    if not cursor.is_mapping():
        cursor.report("wrong-type", "expected no, or {by: an office}", "an emergency duty is somebody's")
        return ""
    return fields.text(cursor.mapping(("by",)), "by")


def _take_over(cursor: Cursor) -> TakeOver:
    at = cursor.mapping(TAKE_OVER_KEYS, ("rehearsed_on",))
    for key in ("steps", "calls"):
        if key in at and isinstance(at[key].node, SequenceNode):
            at[key].some()
    rehearsed: date | None = fields.day(at, "rehearsed_on")
    steps, calls = fields.texts(at, "steps"), fields.texts(at, "calls")
    return TakeOver(steps, calls, fields.text(at, "recovery_address"), rehearsed)
