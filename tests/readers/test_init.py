# SPDX-License-Identifier: EUPL-1.2
"""The list of readers and those that other packages bring."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import ClassVar

import pytest

from ordinance import readers
from ordinance.model.errors import PolicyError
from ordinance.readers import BUILTIN, GROUP, _installed, available, reader
from ordinance.readers.dnsmasq_log import DnsmasqLog


class Outsider(DnsmasqLog):
    """A reader of another package."""

    id: ClassVar[str] = "outsider"


class Impostor(DnsmasqLog):
    """A reader that takes a name already taken."""


def point(cls: type) -> EntryPoint:
    """An entry point as a package's metadata has it."""
    return EntryPoint(cls.__name__, f"{cls.__module__}:{cls.__name__}", GROUP)


def test_readers_of_other_packages_stand_beside_ours() -> None:
    """Sorted by id, ours and theirs, and each is found by its id."""
    outside = [point(Outsider)]
    assert [r.id for r in available(outside)] == sorted([*(r.id for r in BUILTIN), "outsider"])
    assert type(reader("outsider", outside)).__name__ == "Outsider"


def test_one_id_never_has_two_readers() -> None:
    """Who reads a log must not depend on what was installed first."""
    with pytest.raises(PolicyError, match=r"dnsmasq-log.*duplicate-reader"):
        available([point(Impostor)])


def test_an_unknown_reader_is_an_issue_with_the_known_ones() -> None:
    """A slip in ordinance.toml is answered with the ids there are."""
    with pytest.raises(PolicyError) as caught:
        reader("dnsmasq", [])
    hint = f"readers installed here: {', '.join(sorted(r.id for r in BUILTIN))}"
    assert [(i.id, i.hint) for i in caught.value.issues] == [("unknown-reader", hint)]


def test_the_list_is_loaded_when_it_is_asked_for() -> None:
    """Every public name is there, and a misspelt one is said to be none of ours."""
    assert {name: getattr(readers, name) for name in readers.__all__} == {
        name: getattr(_installed, name) for name in readers.__all__
    }
    with pytest.raises(AttributeError, match=r"'ordinance\.readers' has no attribute 'redaer'"):
        getattr(readers, "redaer")  # noqa: B009  # a type checker would refuse it
