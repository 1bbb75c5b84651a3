# SPDX-License-Identifier: EUPL-1.2
"""Names that Firefox's policy file refuses: each entry must be one pattern for a name, its own and those beneath."""

from __future__ import annotations

import json
import re
from typing import Any

from ordinance.model.target import Compiled

PATTERN = re.compile(r"\*://\*\.([^*/:?#@\s]+)/\*")
MOST = 1000


def blocked(compiled: Compiled) -> set[str]:
    """Names in the only list of the only policy; the file holds nothing else but its comment."""
    (artefact,) = compiled.artefacts
    document = json.loads(artefact.content.decode("ascii"), object_pairs_hook=_each_key_once)
    assert document.keys() == {"comment", "policies"}
    assert all(isinstance(line, str) and line.isprintable() for line in document["comment"])
    assert document["policies"].keys() == {"WebsiteFilter"}
    assert document["policies"]["WebsiteFilter"].keys() == {"Block"}
    entries = document["policies"]["WebsiteFilter"]["Block"]
    found = [match.group(1) for entry in entries if (match := PATTERN.fullmatch(entry))]
    assert len(found) == len(entries) == len(set(found)) <= MOST
    return set(found)


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({key for key, _ in pairs}) == len(pairs)
    return dict(pairs)
