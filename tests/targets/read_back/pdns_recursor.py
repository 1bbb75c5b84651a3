# SPDX-License-Identifier: EUPL-1.2
"""Names that a policy zone blocks which the recursor's Lua file loads: it, as it is, and nothing else."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ordinance.model.target import Compiled

from . import dns_rpz

LOADS = re.compile(r'rpzFile\("(/[A-Za-z0-9._/-]+)", \{policyName="([a-z0-9.-]+)"\}\)')


def statements(content: bytes, comment: str) -> list[str]:
    """Lines that are neither empty nor a comment."""
    lines = content.decode("ascii").splitlines()
    return [line for line in lines if line and not line.startswith(comment)]


def blocked(compiled: Compiled) -> set[str]:
    """What the zone blocks. The Lua file must load that zone without a policy of its own, the packet cache be off."""
    files = {PurePosixPath(a.path).name: a.content for a in compiled.artefacts}
    (zone,) = (name for name in files if name.endswith(".zone"))
    assert set(files) == {zone, "ordinance.lua", "ordinance.conf"}
    (call,) = statements(files["ordinance.lua"], "--")
    loads = LOADS.fullmatch(call)
    assert loads
    assert PurePosixPath(loads[1]).name == zone == f"{loads[2]}.zone"
    assert statements(files["ordinance.conf"], "#") == ["disable-packetcache=yes"]
    return dns_rpz.blocked(compiled)
