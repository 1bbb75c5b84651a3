# SPDX-License-Identifier: EUPL-1.2
"""The verbs by name: a verb's module is loaded when the verb is asked for, so that none waits for the others.

Reads: nothing; imports modules of this room. Cannot know whether a module holds its verb before it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import click


class Verbs(MutableMapping[str, click.Command]):
    """Commands by name: those given as they are first, then those that are loaded when asked for."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        """`modules` says for each verb which module of `ordinance.cli` holds a command of that name."""
        self._modules = dict(modules)
        self._given: dict[str, click.Command] = {}

    def __getitem__(self, verb: str) -> click.Command:
        """The command; its module is loaded the first time."""
        if verb in self._given:
            return self._given[verb]
        command: click.Command = getattr(import_module(f"ordinance.cli.{self._modules[verb]}"), verb)
        return command

    def __setitem__(self, verb: str, command: click.Command) -> None:
        """A command that is there already."""
        self._given[verb] = command

    def __delitem__(self, verb: str) -> None:
        """Never again, whether it was loaded or not."""
        known = self._given.pop(verb, None) is not None
        if self._modules.pop(verb, None) is None and not known:
            raise KeyError(verb)

    def __iter__(self) -> Iterator[str]:
        """The names; loads nothing."""
        yield from self._given
        yield from (verb for verb in self._modules if verb not in self._given)

    def __len__(self) -> int:
        """How many there are; loads nothing."""
        return len(self._given.keys() | self._modules.keys())
