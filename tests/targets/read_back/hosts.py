# SPDX-License-Identifier: EUPL-1.2
"""Names that a hosts file sends nowhere: each for both versions of addresses, all of it between the two marks."""

from __future__ import annotations

from collections import defaultdict

from ordinance.model.target import Compiled


def blocked(compiled: Compiled) -> set[str]:
    """Names a reader of hosts(5) finds: an address, one name, and from `#` on a comment."""
    (file,) = compiled.artefacts
    first, *inside, last, end = file.content.decode("ascii").split("\n")
    assert (first, last, end) == ("# >>> ordinance >>>", "# <<< ordinance <<<", "")
    assert not {first, last} & set(inside)
    found: dict[str, list[str]] = defaultdict(list)
    for line in inside:
        fields = line.partition("#")[0].split()
        if fields:
            address, name = fields
            found[name].append(address)
    assert all(addresses == ["0.0.0.0", "::"] for addresses in found.values())  # noqa: S104  # nothing is bound
    return set(found)
