# SPDX-License-Identifier: EUPL-1.2
"""The list of targets and how outsiders join it."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from ordinance.model.errors import PolicyError
from ordinance.targets import BUILTIN, GROUP, available, target
from ordinance.targets.dns_rpz import DnsRpz


class Outsider(DnsRpz):
    """A target that another package brings."""

    id = "a-hosts-file"


POINT = EntryPoint("hosts", f"{__name__}:Outsider", GROUP)


def test_built_in_targets_are_available() -> None:
    """Without other packages the targets are those of BUILTIN."""
    assert [type(t) for t in available(())] == sorted(BUILTIN, key=lambda t: t.id)


def test_an_outsider_joins_by_its_entry_point() -> None:
    """A class named in the entry-point group is found by its id, sorted with the others."""
    assert [t.id for t in available([POINT])] == sorted(["a-hosts-file", *(t.id for t in BUILTIN)])
    assert isinstance(target("a-hosts-file", [POINT]), Outsider)


def test_an_unknown_target_is_an_issue_with_the_known_ones() -> None:
    """Asking for a target that is not installed names those that are."""
    with pytest.raises(PolicyError) as caught:
        target("pi-hole", ())
    (issue,) = caught.value.issues
    assert issue.id == "unknown-target"
    assert "dns-rpz" in issue.hint


def test_two_targets_of_one_id_are_refused() -> None:
    """An outsider cannot take the place of a target by calling itself the same."""
    twin = EntryPoint("twin", "ordinance.targets.dns_rpz:DnsRpz", GROUP)
    with pytest.raises(PolicyError) as caught:
        available([twin])
    assert [i.id for i in caught.value.issues] == ["duplicate-target"]
