# SPDX-License-Identifier: EUPL-1.2
"""What the language says where a selector, a list, a subject, a clock or a reading is written wrongly."""

from __future__ import annotations

from pathlib import Path

from policy.spoil import EXEMPTION, GENT, Row, assert_row, put, table, write

WHAT = "what: [{family: tiktok}]"
REMOVE = "remove: {within: P14D}\n      deny"

ROWS = (
    Row(
        "country that is no code",
        "ghent",
        put(GENT, WHAT, "what: [{origin: [China]}]"),
        f"{GENT}:12:21",
        "bad-country",
        '"China" is no country code',
        "such as CN",
    ),
    Row(
        "affiliates of a family",
        "ghent",
        put(GENT, WHAT, "what: [{family: tiktok, affiliates: group}]"),
        f"{GENT}:12:29",
        "unknown-key",
        "belongs to a vendor",
    ),
    Row(
        "category nobody knows",
        "ghent",
        put(GENT, WHAT, "what: [{category: [social]}]"),
        f"{GENT}:12:24",
        "unknown-word",
        '"social" is not one of',
        'did you mean "social_media"?',
    ),
    Row(
        "devices and networks in one clause",
        "ghent",
        put(GENT, "    people: [staff]", "    people: [staff]\n    networks: [public]"),
        f"{GENT}:14:5",
        "one-subject",
        'speaks of "networks" already',
        "a clause for each",
    ),
    Row(
        "places and accounts in one clause",
        "ghent",
        put(
            GENT,
            "    devices: {any: [{owner: body}, {subscription_share: {over: 0}}]}",
            "    places: [meeting]\n    accounts: [official]",
        ),
        f"{GENT}:15:5",
        "one-subject",
        'speaks of "places" already',
        "a clause for each",
    ),
    Row(
        "replaced by nothing",
        "ghent",
        put(GENT, "      stop_using: at_once", "      stop_using: at_once\n      replace: at_once"),
        f"{GENT}:10:5",
        "replace-with-what",
        "need each other",
    ),
    Row(
        "restart without a list",
        "ghent",
        put(GENT, REMOVE, "remove: {within: P14D, restarts: all}\n      deny"),
        f"{GENT}:18:30",
        "one-clock",
        'needs "after: list_version"',
    ),
    Row(
        "after something else",
        "ghent",
        put(GENT, REMOVE, "remove: {within: P14D, after: dinner}\n      deny"),
        f"{GENT}:18:37",
        "unknown-word",
        '"dinner" starts no clock',
        "after: list_version",
    ),
    Row(
        "list without versions",
        "ghent",
        put(GENT, "mirrors: [be-federal-716]", "mirrors: [be-federal-716]\nlists: [{id: l, by: gent}]"),
        f"{GENT}:9:9",
        "one-list",
        "not_read: yes",
    ),
    Row(
        "two list versions at one instant",
        "ghent",
        put(
            GENT,
            "mirrors: [be-federal-716]",
            "mirrors: [be-federal-716]\nlists:\n  - id: l\n    by: gent\n    versions:\n"
            '      - {version: "1", from: 2023-01-01, items: [{family: tiktok}]}\n'
            '      - {version: "2", from: 2023-01-01, items: [{family: meta}]}',
        ),
        f"{GENT}:13:7",
        "list-order",
        "same instant",
    ),
    Row(
        "finding of nothing",
        "ghent",
        write(
            "classifications/x.yaml",
            "classification: x\nwhat: {family: tiktok}\napplies: yes\nby: somebody\non: 2023-01-01\n",
        ),
        "classifications/x.yaml:1:1",
        "one-finding",
        "category, behaviour, criterion",
    ),
    Row(
        "exemption by category",
        "tallinn",
        put(EXEMPTION, "what: [{family: tiktok}]", "what: [{category: [social_media]}, {family: tiktok}]"),
        f"{EXEMPTION}:5:7",
        "wide-exemption",
        "families or apps",
        "{family: …}",
    ),
    Row(
        "review of no day and no event",
        "ghent",
        put(GENT, "mirrors: [be-federal-716]", "mirrors: [be-federal-716]\nreview: {}"),
        f"{GENT}:9:9",
        "empty-value",
        "a day or an event",
        "due: 2025-01-31",
    ),
    Row(
        "part of a decision that there is not",
        "ghent",
        put(GENT, "mirrors: [be-federal-716]", "mirrors: [be-federal-716]\nnot_read: [money]"),
        f"{GENT}:9:12",
        "unknown-word",
        '"money" is not one of',
        "known here: conditions",
    ),
)


@table(ROWS)
def test_each_fault_is_told_once_at_its_place(row: Row, tmp_path: Path) -> None:
    """One fault gives one issue, where it stands, in words a person can act on."""
    assert_row(row, tmp_path, linted=False)
