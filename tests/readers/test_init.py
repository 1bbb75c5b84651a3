# SPDX-License-Identifier: EUPL-1.2
"""The list of readers and those that other packages bring."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import ClassVar

import pytest

from ordinance import readers
from ordinance.model.errors import PolicyError
from ordinance.readers import BUILTIN, GROUP, LEASES, _installed, available, available_leases, ids, lease_reader, reader
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


def test_each_id_is_that_of_its_reader() -> None:
    """The list says of each where it stands, and that is the one that is found by it; without an outsider, alone."""
    assert [r.id for r in BUILTIN] == sorted(r.id for r in BUILTIN) == [reader(r.id, []).id for r in BUILTIN]
    assert [r.id for r in LEASES] == [r.id for r in available_leases()] == sorted(r.id for r in LEASES)
    assert [type(lease_reader(r.id)) for r in LEASES] == list(LEASES) and lease_reader("dnsmasq-log") is None
    assert ids([]) == (*(r.id for r in BUILTIN), *(r.id for r in LEASES))
    assert ids([point(Outsider)]) == (*(r.id for r in available([point(Outsider)])), *(r.id for r in LEASES))


@pytest.mark.parametrize("known", ["dnsmasq-log", "bind-log"])
def test_one_id_never_has_two_readers_whichever_is_asked_for(known: str) -> None:
    """Nor is one that is built in given out before it is known that no other has its id."""
    with pytest.raises(PolicyError, match=r"dnsmasq-log.*duplicate-reader"):
        reader(known, [point(Impostor)])
    with pytest.raises(PolicyError, match=r"dnsmasq-log.*duplicate-reader"):
        ids([point(Impostor)])


def test_the_list_is_loaded_when_it_is_asked_for() -> None:
    """Every public name is there, and a misspelt one is said to be none of ours."""
    assert {name: getattr(readers, name) for name in readers.__all__} == {
        name: getattr(_installed, name) for name in readers.__all__
    }
    with pytest.raises(AttributeError, match=r"'ordinance\.readers' has no attribute 'redaer'"):
        getattr(readers, "redaer")  # noqa: B009  # a type checker would refuse it
